"""``duibiao workspace``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duibiao.cli.base import Session, noun, option, session, verb
from duibiao.wording import many

if TYPE_CHECKING:
    from duibiao.errors import Problem
    from duibiao.services.keeping import Check, Copy, Info

workspace = noun("workspace", zh="工作区：建立、查看、备份、检查。", en="The workspace: make, look at, back up, examine.")


@verb(workspace, "init", zh="建立工作区。不写经办人，就是一人承担全部角色（单人岗），记录在案。",
      en="Make a workspace. Without an operator it is single-handed: one person for everything, on record.")  # fmt: skip
@click.argument("path", metavar="[PATH]", required=False)
@option("--title", required=True, zh="单位名称", en="Name of the office")
@option("--code", default="", zh="单位的区划代码，如 320412", en="Statistical code of the office's division, such as 320412")
@option("--operator", "operator_id", default="", metavar="ID", zh="第一位经办人的编号", en="Id of the first operator")
@option("--name", default="", zh="第一位经办人的姓名", en="Name of the first operator")
@option("--role", "roles", multiple=True, zh="第一位经办人的角色，可以多个；不写是 admin",
        en="Role of the first operator, repeatable; admin when none is given")  # fmt: skip
@option("--single", is_flag=True, zh="单人岗：一人承担全部角色", en="Single-handed: one person for everything")
@click.pass_context
def init(
    ctx: click.Context, path: str | None, title: str, code: str, operator_id: str, name: str, roles: tuple[str, ...], single: bool
) -> None:
    from duibiao.services import keeping
    from duibiao.store.rights import ADMIN, SINGLE

    state = session(ctx)
    given = roles or ((ADMIN,) if operator_id else ())
    first = keeping.First(operator_id, name, (SINGLE,) if single else given)
    with keeping.make(path or state.workspace, title, code, first) as space:
        (me,) = space.operators()
        folder = space.folder
    click.echo(state.say(f"已建立工作区：{folder}", f"Workspace made: {folder}"))
    if SINGLE in me.roles:
        click.echo(state.say(f"经办人 {me.name}（单人岗，已记录）", f"Operator {me.name} (single-handed, on record)"))
    else:
        click.echo(state.say(f"经办人 {me.id} {me.name}", f"Operator {me.id} {me.name}"))
    click.echo(state.say("接着：duibiao unit import；duibiao operator add", "Next: duibiao unit import; duibiao operator add"))


@verb(
    workspace,
    "info",
    zh="工作区在哪里、有什么、记录到哪一条。",
    en="Where the workspace is, what it holds, where its journal stands.",
)
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def info(ctx: click.Context, as_json: bool) -> None:
    from duibiao.cli.office import opened
    from duibiao.cli.output import console, print_json, table
    from duibiao.services import keeping

    state = session(ctx)
    with opened(ctx) as space:
        found, notes = keeping.info(space), list(space.notes)
    if as_json:
        print_json(_info_json(found, notes))
        return
    shown = table(("", ""), _info_rows(found, state))
    shown.show_header = False
    console().print(shown)


def _info_rows(found: Info, state: Session) -> list[tuple[str, str]]:
    from duibiao.store.rights import ROLES

    count, say = found.counts, state.say
    people = say("；", "; ").join(
        f"{each.id} {each.name} " + say("、", ", ").join(say(*ROLES[role]) for role in each.roles)
        for each in found.operators if each.active
    )  # fmt: skip
    latest = say("无", "none") if found.latest is None else f"{found.latest.astimezone():%Y-%m-%d %H:%M}"
    single = say("（单人岗）", " (single-handed)") if found.office.get("single") == "1" else ""
    return [
        (say("单位", "office"), f"{found.office.get('title', '')} {found.office.get('code', '')}{single}"),
        (say("位置", "place"), str(found.folder)),
        (say("大小", "size"), f"{size(found.size)} + {say('附件', 'evidence')} {size(found.evidence)}"),
        (say("社区等单位", "units"), f"{count['units']:,}"),
        (say("事实", "facts"), f"{count['facts']:,}"),
        (say("附件", "evidence"), f"{count['evidence']:,}"),
        (
            say("申报件", "cases"),
            say(f"{count['cases']:,}，办理中 {count['open_cases']:,}", f"{count['cases']:,}, {count['open_cases']:,} open"),
        ),
        (say("草稿", "drafts"), f"{count['drafts']:,}"),
        (say("记录到", "journal at"), found.head + say("（可抄在纸上，日后核对）", " (write it down to compare later)")),
        (say("备份", "backups"), say(f"{found.backups} 份，最近 {latest}", f"{found.backups}, latest {latest}")),
        (say("格式版本", "format"), str(found.version)),
        (say("人员", "people"), people),
        (say("可以修改", "writable"), say("是", "yes") if found.barred is None else say("否", "no") + f" {found.barred.code}"),
    ]


def _info_json(found: Info, notes: list[Problem]) -> dict[str, object]:
    from attrs import asdict

    return {
        "folder": str(found.folder),
        "office": dict(found.office),
        "size": found.size,
        "evidence_size": found.evidence,
        "counts": dict(found.counts),
        "head": found.head,
        "format": found.version,
        "backups": found.backups,
        "latest_backup": found.latest and found.latest.isoformat(),
        "operators": [asdict(each) for each in found.operators],
        "writable": found.barred is None,
        "notes": [problem_json(each) for each in notes],
    }


def problem_json(problem: Problem) -> dict[str, str]:
    """A finding as plain data."""
    return {"code": problem.code, "where": str(problem.where), "found": problem.found, "allowed": problem.allowed}


def size(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 1_000_000:,.1f} MB" if count >= 100_000 else f"{count / 1000:,.1f} kB"


@verb(workspace, "backup", zh="备份一次，或列出备份。备份到别的文件夹时连附件一起。",
      en="Make a backup, or list them. One to another folder takes the evidence along.")  # fmt: skip
@option("--to", type=click.Path(path_type=Path), metavar="FOLDER", zh="备份到这个文件夹", en="Folder to copy to")
@option("--list", "as_list", is_flag=True, zh="列出已有的备份", en="List the backups")
@click.pass_context
def backup(ctx: click.Context, to: Path | None, as_list: bool) -> None:
    from duibiao.cli.office import opened
    from duibiao.services import keeping
    from duibiao.services.office import folder_of

    state = session(ctx)
    if as_list:
        _list(keeping.copies(folder_of(state.workspace)), state)
        return
    with opened(ctx, write=False) as space:
        made = keeping.copy(space, to)
    click.echo(state.say(f"已备份：{made.path}（{size(made.size)}，到第 {made.seq} 条记录）",
                         f"Backed up: {made.path} ({size(made.size)}, up to entry {made.seq})"))  # fmt: skip


def _list(found: list[Copy], state: Session) -> None:
    from duibiao.cli.output import console, table

    names = [state.say(*each) for each in (("备份", "backup"), ("时间", "made"), ("记录到", "up to entry"), ("大小", "size"))]
    rows = [(each.path.name, f"{each.made.astimezone():%Y-%m-%d %H:%M}", str(each.seq), size(each.size)) for each in found]
    if rows:
        console().print(table(names, rows))
    else:
        click.echo(state.say("还没有备份：duibiao workspace backup", "No backups yet: duibiao workspace backup"))


@verb(workspace, "check", zh="检查工作区（四性）。发现问题退出码为 1。",
      en="Examine the workspace (the four qualities). Exit code 1 when something is wrong.")  # fmt: skip
@option(
    "--full",
    is_flag=True,
    zh="全部检查：每条记录、每行数据、每份附件",
    en="Everything: each entry, each row, each piece of evidence",
)
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def check(ctx: click.Context, full: bool, as_json: bool) -> None:
    from duibiao.cli.output import print_json
    from duibiao.cli.progress import progress
    from duibiao.services import keeping

    state = session(ctx)
    with progress(state.say("核验记录", "verifying")) as tick:
        found = keeping.examine(state.workspace, full=full, tick=tick)
    if as_json:
        print_json(_check_json(found))
    else:
        show_check(found, state)
    ctx.exit(1 if found.problems else 0)


def show_check(found: Check, state: Session) -> None:
    """Print what an examination looked at and found, quality by quality."""
    from duibiao.services.keeping import QUALITIES
    from duibiao.wording import describe

    for note in found.notes:
        click.echo(describe(note, state.lang))
    for quality, names in QUALITIES.items():
        wrong = found.of(quality)
        mark = (
            state.say("✓ 未发现问题", "✓ nothing wrong")
            if not wrong
            else state.say(f"✗ {len(wrong)} 个问题", f"✗ {len(wrong)} found")
        )
        looks = [state.say(each.zh, each.en) for each in found.looks if each.quality == quality]
        click.echo(
            f"{state.say(*names)}  {mark}  {state.say('（', '(')}{state.say('；', '; ').join(looks)}{state.say('）', ')')}"
        )
        for each in wrong:
            click.echo("  " + describe(each, state.lang))
    if found.head:
        click.echo(state.say(f"记录到 {found.head}", f"journal at {found.head}"))
    if not found.full:
        click.echo(state.say("全部检查：duibiao workspace check --full", "Everything: duibiao workspace check --full"))


def _check_json(found: Check) -> dict[str, object]:
    from duibiao.services.keeping import QUALITIES

    return {
        "full": found.full,
        "sound": not found.problems,
        "head": found.head,
        "qualities": {
            quality: {
                "title": names[0],
                "examined": [each.zh for each in found.looks if each.quality == quality],
                "problems": [problem_json(each) for each in found.of(quality)],
            }
            for quality, names in QUALITIES.items()
        },
    }


@verb(workspace, "restore", zh="用备份建立一个新的工作区文件夹，并全部检查。原来的不动。",
      en="Make a new workspace folder from a backup and examine it fully. The old one stays as it is.")  # fmt: skip
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path))
@click.argument("target", metavar="NEWFOLDER", type=click.Path(path_type=Path))
@click.pass_context
def restore(ctx: click.Context, source: Path, target: Path) -> None:
    from duibiao.cli.progress import progress
    from duibiao.services import keeping

    state = session(ctx)
    with progress(state.say("核验记录", "verifying")) as tick:
        found = keeping.restore(state.workspace, source, target, tick)
    click.echo(state.say(f"已恢复到：{found.folder}", f"Restored to: {found.folder}"))
    show_check(found.check, state)
    if found.missing is not None:
        click.echo(state.say(
            f"本机记得记录曾到 {found.missing.allowed}，这一份只到第 {found.missing.found} 条，之后的没有。"
            f"确认用这一份：duibiao workspace accept --workspace {found.folder} --yes",
            f"This profile remembers the journal at {found.missing.allowed}; this copy ends at entry {found.missing.found}, "
            f"what came later is missing. To go on with it: duibiao workspace accept --workspace {found.folder} --yes",
        ))  # fmt: skip
    ctx.exit(1 if any(each != found.missing for each in found.check.problems) else 0)


@verb(workspace, "accept", zh="确认使用比已知记录旧的这一份（恢复备份之后）。",
      en="Go on with a copy that is older than what is known of it (after restoring a backup).")  # fmt: skip
@option("--yes", is_flag=True, zh="确认", en="Confirm")
@click.pass_context
def accept(ctx: click.Context, yes: bool) -> None:
    from duibiao.cli.office import opened
    from duibiao.errors import BadInputError, Problem, Where
    from duibiao.services import keeping

    state = session(ctx)
    with opened(ctx, write=False) as space:
        if not yes:
            asked = state.say(
                f"以后以 {space.head()[0]} 条记录的这一份为准",
                f"this copy with {many(space.head()[0], 'entry', 'entries')} is the one from now on",
            )
            raise BadInputError([Problem("E_CONFIRM", Where(str(space.folder)), asked)])
        head = keeping.accept(space)
    click.echo(state.say(f"已确认：以后以到 {head} 的这一份为准", f"Accepted: the copy at {head} is the one from now on"))
