"""The root command, its languages, and how errors reach people."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from duibiao import __version__

if TYPE_CHECKING:
    from duibiao.registry import Registry
    from duibiao.services.phrasing import Phrases
    from duibiao.wording import Lang
    from duibiao.workflow.blocks import BlockedError

F = TypeVar("F", bound=Callable[..., Any])
WIDEST = 100

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "tui": ("duibiao.cli.tui:tui", "打开屏幕界面（只打 duibiao 也一样）", "Open the terminal UI (plain duibiao does, too)"),
    "demo": ("duibiao.cli.demo:demo", "每个辖区走一个真实单位；或建演示工作区", "Walk real units through, or make a workspace"),
    "standards": ("duibiao.cli.standards:standards", "列出标准", "List the standards"),
    "show": ("duibiao.cli.standards:show", "显示一个标准", "Show a standard: criteria, points, awards, targets, stages, forms"),
    "facts": ("duibiao.cli.facts:facts", "列出数据项", "List the data items"),
    "assess": ("duibiao.cli.assess:assess", "按一个标准评估单位", "Assess the units of a facts file under a standard"),
    "assess-all": ("duibiao.cli.assess_all:assess_all", "一次评很多单位：概况和结果", "Assess many units at once"),
    "compare": ("duibiao.cli.compare:compare", "对照标准：谁更严；见证；异地评估", "Compare standards; witnesses; elsewhere"),
    "units": ("duibiao.cli.units:units", "列出一个辖区的真实单位", "List the real units of a jurisdiction"),
    "workspace": ("duibiao.cli.workspace:workspace", "工作区：建立、查看、备份、检查", "The workspace: make, back up, examine"),
    "operator": ("duibiao.cli.operator:operator", "人员：角色、级别、辖区", "The people: roles, levels, territory"),
    "unit": ("duibiao.cli.unit:unit", "工作区里的单位：导入、查找", "The workspace's units: import, search"),
    "fact": ("duibiao.cli.fact:fact", "事实：填写、查看、历史、导入、附件", "Facts: set, list, history, import, evidence"),
    "case": ("duibiao.cli.case:case", "申报件：办理各个环节", "Cases: through their stages"),
    "round": ("duibiao.cli.round:round_", "轮次：开始、抽样、批量命名", "Rounds: open, sample, name in batch"),
    "award": ("duibiao.cli.award:award", "称号：有效期、复查、撤销、注销", "Titles: validity, re-check, revoke, cancel"),
    "target": ("duibiao.cli.target:target", "目标：各年的进度、差距、预测", "Targets: progress by year, gaps, forecast"),
    "export": ("duibiao.cli.export:export", "导出：案卷、数据、打分、目标、对照", "Export cases, facts, scores, targets"),
    "ask": ("duibiao.cli.ask:ask", "一问一答地填一件申报件", "Answer a case's questions line by line"),
    "journal": ("duibiao.cli.journal:journal", "记录：查看、核验、重建", "The journal: show, verify, rebuild"),
    "plugins": ("duibiao.cli.plugins:plugins", "列出插件", "List the plugins"),
    "check": ("duibiao.cli.check:check", "检查一个文件夹或文件，不必安装", "Check a folder or a file without installing it"),
    "test": ("duibiao.cli.check:test", "对一个插件或文件夹运行一致性检查", "Run the conformance checks on a plugin or folder"),
    "new": ("duibiao.cli.new:new", "新建一个插件", "Start a new plugin"),
    "explain": ("duibiao.cli.explain:explain", "解释一个问题代码，如 DB012", "Explain a problem code such as DB012"),
}  # fmt: skip


class Session:
    """What every command shares: the language and, once asked for, the plugins.

    Attributes:
        lang: ``zh`` or ``en``.
        packs: The office's own tables.
        workspace: Folder of the workspace named on the line or in the environment; empty for the usual place.
        workspace_named: Whether the line itself names it.
        person: Operator who acts, as named on the line or in the environment.
        clock_ok: Whether an odd time of the clock is confirmed.
    """

    def __init__(self, lang: Lang, packs: tuple[Path, ...] = ()) -> None:
        self.lang: Lang = lang
        self.packs = packs
        self.workspace = ""
        self.workspace_named = False
        self.person = ""
        self.clock_ok = False

    def say(self, zh: str, en: str) -> str:
        """The word in the language chosen."""
        return zh if self.lang == "zh" else en

    @cached_property
    def registry(self) -> Registry:
        """All plugins, with the office's own tables laid over their assumptions."""
        from duibiao.registry import Registry

        if not self.packs:
            return Registry()
        from duibiao.services.assessing import read_overrides

        return Registry(overrides=read_overrides(self.packs))

    @property
    def registry_ready(self) -> bool:
        """Whether plugins were loaded already (an error message must not load them)."""
        return "registry" in self.__dict__

    @cached_property
    def phrases(self) -> Phrases:
        """Words for rules and reasons."""
        from duibiao.services.phrasing import Phrases

        return Phrases(self.registry.vocabulary, self.lang)


def session(context: click.Context) -> Session:
    """The session of a running command."""
    return cast(Session, context.find_root().obj)


def width_of(text: str) -> int:
    """Terminal cells that *text* takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def wrap(text: str, width: int) -> list[str]:
    """*text* in lines of at most *width* cells; Latin words stay whole, Chinese breaks anywhere."""
    lines, line, used = [], "", 0
    for word in _words(text):
        size = width_of(word)
        if used + size > width and line:
            lines.append(line.rstrip())
            line, used = "", 0
            word = word.lstrip()
            size = width_of(word)
        line += word
        used += size
    return [*lines, line.rstrip()]


def _words(text: str) -> list[str]:
    found: list[str] = []
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF"
        if found and not wide and char != " " and not found[-1].endswith(" ") and width_of(found[-1][-1]) == 1:
            found[-1] += char
        else:
            found.append(char)
    return found


class Words:
    """Help in two languages, mixed into commands and options."""

    zh: str = ""
    en: str = ""

    def help_in(self, context: click.Context | None) -> str:
        """The help in the session's language."""
        found = context.find_root().obj if context is not None else None
        return self.en if isinstance(found, Session) and found.lang == "en" else self.zh


class BiOption(Words, click.Option):
    """An option with help in two languages."""

    def __init__(self, *args: Any, zh: str, en: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zh, self.en = zh, en

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = self.help_in(ctx)
        return super().get_help_record(ctx)


class BiCommand(Words, click.Command):
    """A command with help in two languages."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _say(ctx, "显示本帮助", "Show this help")
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = [piece.replace("[OPTIONS]", _say(ctx, "[选项]", "[OPTIONS]")) for piece in self.collect_usage_pieces(ctx)]
        formatter.write(f"{_say(ctx, '用法：', 'Usage: ')}{ctx.command_path} {' '.join(pieces)}\n")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        for paragraph in self.help_in(ctx).split("\n"):
            for line in wrap(paragraph, min(formatter.width, WIDEST) - 2):
                formatter.write(f"  {line}\n" if line else "\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [record for each in self.get_params(ctx) if (record := each.get_help_record(ctx)) is not None and record[1]]
        write_list(formatter, _say(ctx, "选项", "Options"), records)


class Noun(BiCommand, click.Group):
    """A command with commands of its own, listed with their one-line helps."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        write_list(formatter, _say(ctx, "命令", "Commands"), self.lines(ctx))

    def lines(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Name and first line of the help of each command."""
        found = []
        for name, each in self.commands.items():
            text = each.help_in(ctx) if isinstance(each, Words) else each.get_short_help_str()
            found.append((name, text.partition("\n")[0]))
        return found


class Root(Noun):
    """The root: knows its commands' names and one-line helps, imports one when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name][0].partition(":")
            return cast(click.Command, getattr(import_module(module), name))
        extra = click.Group()
        session(ctx).registry.add_commands(extra)
        return extra.commands.get(cmd_name)

    def lines(self, ctx: click.Context) -> list[tuple[str, str]]:
        return [(name, _say(ctx, zh, en)) for name, (_, zh, en) in COMMANDS.items()]


def write_list(formatter: click.HelpFormatter, title: str, rows: list[tuple[str, str]]) -> None:
    """A titled two-column list, aligned by terminal cells."""
    formatter.write(f"\n{title}\n")
    first = min(max((width_of(name) for name, _ in rows), default=0), 34)
    for name, text in rows:
        lines = wrap(text, min(formatter.width, WIDEST) - first - 4)
        formatter.write(f"  {name}{' ' * (first - width_of(name))}  {lines[0]}\n")
        for line in lines[1:]:
            formatter.write(f"{' ' * (first + 4)}{line}\n")


def _say(ctx: click.Context, zh: str, en: str) -> str:
    found = ctx.find_root().obj
    return en if isinstance(found, Session) and found.lang == "en" else zh


def command(name: str, *, zh: str, en: str) -> Callable[[F], BiCommand]:
    """Make a function a command with help in two languages."""

    def made(function: F) -> BiCommand:
        found = click.command(name, cls=BiCommand)(function)
        found.zh, found.en = zh, en
        return found

    return made


def noun(name: str, *, zh: str, en: str) -> Noun:
    """A group of commands with help in two languages; give it commands with :func:`verb`."""
    found = Noun(name, callback=lambda: None)
    found.zh, found.en = zh, en
    return found


def verb(group: Noun, name: str, *, zh: str, en: str) -> Callable[[F], BiCommand]:
    """Make a function a command of *group*."""

    def made(function: F) -> BiCommand:
        found = command(name, zh=zh, en=en)(function)
        group.add_command(found)
        return found

    return made


def option(*names: str, zh: str, en: str, **kwargs: Any) -> Callable[[F], F]:
    """An option with help in two languages."""
    return click.option(*names, cls=BiOption, zh=zh, en=en, **kwargs)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"duibiao {__version__}")
        ctx.exit()


@click.group("duibiao", cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@option(
    "--lang",
    metavar="zh|en",
    zh="语言，也可用环境变量 DUIBIAO_LANG",
    en="Language; also the environment variable DUIBIAO_LANG",
)
@option(
    "--pack", "packs", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    zh="本单位自己的分值表（TOML），替换标准里假定的值",
    en="The office's own table (TOML): replaces values a standard only assumes",
)  # fmt: skip
@option(
    "--workspace",
    metavar="PATH",
    zh="工作区文件夹，也可用环境变量 DUIBIAO_WORKSPACE",
    en="Folder of the workspace; also DUIBIAO_WORKSPACE",
)
@option("--as", "person", metavar="ID", zh="经办人，也可用环境变量 DUIBIAO_OPERATOR", en="Who acts; also DUIBIAO_OPERATOR")
@option("--clock-ok", is_flag=True, zh="系统时间看着不对但确实无误", en="The clock looks wrong but is right")
@option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    zh="显示版本",
    en="Show the version",
)
@click.pass_context
def root(ctx: click.Context, /, packs: tuple[Path, ...], **_: object) -> None:
    session(ctx).packs = packs


root.zh = "对标：按政府公布的标准评估社区，每个结论都说明理由和出处。"
root.en = "duibiao assesses communities against published government standards; every verdict says why and cites its clause."


_ANYWHERE = {"--lang": "DUIBIAO_LANG", "--workspace": "DUIBIAO_WORKSPACE", "--as": "DUIBIAO_OPERATOR"}
"""Options that may stand anywhere on the line, and the environment variables that stand in for them."""


def take_globals(args: list[str], environment: Mapping[str, str]) -> tuple[Session, list[str], str | None]:
    """What holds for every command wherever it stands on the line, the other arguments, and a language that does not exist."""
    found = {name: environment.get(variable, "") for name, variable in _ANYWHERE.items()}
    rest: list[str] = []
    waiting, clock_ok = "", False
    for index, each in enumerate(args):
        name, equals, value = each.partition("=")
        if waiting:
            found[waiting], waiting = each, ""
        elif each == "--":
            rest += args[index:]
            break
        elif each == "--clock-ok":
            clock_ok = True
        elif name in found and equals:
            found[name] = value
        elif each in found:
            waiting = each
        else:
            rest.append(each)
    lang = found["--lang"] or "zh"
    wrong = waiting or (lang if lang not in ("zh", "en") else None)
    state = Session(cast("Lang", lang) if lang in ("zh", "en") else "zh")
    state.workspace, state.person, state.clock_ok = found["--workspace"], found["--as"], clock_ok
    state.workspace_named = any(each == "--workspace" or each.startswith("--workspace=") for each in args)
    return state, rest, wrong


def run(args: list[str], environment: Mapping[str, str]) -> int:
    """Run the command line; every error becomes a message and an exit code."""
    _use_utf8()
    state, rest, wrong = take_globals(args, environment)
    if wrong is not None:
        missing = wrong in _ANYWHERE and wrong != "--lang"
        text = f"缺少参数 / value missing: {wrong}" if missing else f"没有这种语言 / no such language: {wrong} (zh, en)"
        click.echo(text, err=True)
        return 2
    if not rest and sys.stdin.isatty() and sys.stdout.isatty():
        rest = ["tui"]
    try:
        result = root.main(rest, prog_name="duibiao", standalone_mode=False, obj=state)
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=False)
        return 0
    except click.ClickException as error:
        click.echo(_usage_message(error, state), err=True)
        return 2
    except click.Abort:
        return 130
    except BrokenPipeError:
        _hush()
        return 0
    except Exception as error:
        return _input_error(error, state)


def _blocked(error: BlockedError, state: Session) -> int:
    """A move that the case does not allow: everything in the way, and that nothing was changed."""
    from duibiao.cli.case_sheet import tell_blocks

    click.echo(state.say("不能办理，什么也没有改：", "Not possible, nothing was changed:"), err=True)
    tell_blocks(error.blocks, state)
    codes = sorted({each.code for each in error.blocks})
    click.echo(state.say(f"怎么办：duibiao explain {codes[0]}", f"What to do: duibiao explain {codes[0]}"), err=True)
    return 1


def _use_utf8() -> None:
    """Chinese comes out whole whatever the terminal's locale says."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _hush() -> None:
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage_message(error: click.ClickException, state: Session) -> str:
    usage = ""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        usage = state.say(f"\n用 {error.ctx.command_path} --help 看用法。", f"\nTry {error.ctx.command_path} --help.")
    if state.lang == "en":
        return f"duibiao: {error.format_message()}{usage}"
    return f"duibiao：{_in_chinese(error)}{usage}"


def _in_chinese(error: click.ClickException) -> str:
    match error:
        case click.NoSuchOption():
            hint = f"；是不是想写：{'、'.join(error.possibilities)}？" if error.possibilities else ""
            return f"没有选项 {error.option_name}{hint}"
        case click.MissingParameter():
            name = error.param.make_metavar(error.ctx) if error.param and error.ctx else error.param_hint
            return f"缺少参数 {name}"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 用法不对"
        case click.BadParameter():
            name = error.param.opts[0] if error.param else error.param_hint
            range_ = re.search(r"not in the range (.*)", error.message)
            return f"参数 {name} 的值不对" + (f"，应当 {range_[1].rstrip('.')}" if range_ else f"：{error.message}")
        case click.UsageError() if "No such command" in error.message:
            return "没有命令 " + error.message.split("'")[1] if "'" in error.message else error.message
        case click.UsageError() if "unexpected extra argument" in error.message:
            return "参数太多：" + error.message.partition("(")[2].rstrip(").")
    return error.format_message()


def _input_error(error: Exception, state: Session) -> int:
    from duibiao.errors import BadInputError
    from duibiao.workflow.blocks import BlockedError

    if isinstance(error, BlockedError):
        return _blocked(error, state)
    if not isinstance(error, BadInputError):
        raise error
    from duibiao.model.text import shown
    from duibiao.wording import describe

    problems = error.problems
    if state.registry_ready:
        problems = tuple(state.registry.located(problems))
    for problem in problems:
        click.echo(shown(describe(problem, state.lang)), err=True)
    if len(problems) > 1:
        click.echo(state.say(f"共 {len(problems)} 个问题。", f"{len(problems)} problems."), err=True)
    codes = sorted({problem.code for problem in problems})
    click.echo(state.say(f"想知道怎么改：duibiao explain {codes[0]}", f"What to do: duibiao explain {codes[0]}"), err=True)
    return 2
