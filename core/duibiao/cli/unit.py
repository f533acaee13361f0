"""``duibiao unit``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from duibiao.cli.base import Session, noun, option, session, verb
from duibiao.services.place_words import kind_word
from duibiao.wording import many

if TYPE_CHECKING:
    from duibiao.services.units import Imported, Sheet
    from duibiao.store.units import Found

unit = noun("unit", zh="工作区里的单位：导入、查找、增加。", en="The workspace's units: import, search, add.")


class Seen(Protocol):
    """Told how much is done, of how much when that is known."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Move the bar."""


@contextmanager
def counting(state: Session, zh: str, en: str) -> Iterator[Seen]:
    """A line on the error stream that counts while something runs; only on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    out = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}"), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(state.say(zh, en), total=None)

        def seen(done: int, total: int | None = None) -> None:
            bar.update(task, completed=done, total=total)

        yield seen


@verb(
    unit,
    "import",
    zh="把单位导入工作区：区划代码（如 320412）、辖区（如 jiangsu.wujin），或 --all 全国 62 万个社区和村。\n"
    "自己的表用 --file：列为 代码、名称、类型，全部正确才导入。已有的更新名称和类型，不会重复。",
    en="Import units: by division code (320412), by jurisdiction (jiangsu.wujin), or --all, the nation's 620 573 communities and "
    "villages.\nYour own table with --file: columns 代码, 名称, 类型; taken only as a whole. Units that are there are updated.",
)
@click.argument("names", nargs=-1, metavar="[DIVISION|JURISDICTION]...")
@option("--all", "everything", is_flag=True, zh="全国", en="The whole nation")
@option(
    "--file", type=click.Path(path_type=Path), metavar="FILE", zh="自己的表（.csv、.xlsx）", en="Your own table (.csv, .xlsx)"
)
@option("--dry-run", is_flag=True, zh="只看会导入什么", en="Only show what would be imported")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def import_(
    ctx: click.Context, names: tuple[str, ...], everything: bool, file: Path | None, dry_run: bool, as_json: bool
) -> None:
    from duibiao.cli.office import me, opened
    from duibiao.cli.output import print_json
    from duibiao.errors import BadInputError, Problem
    from duibiao.services.units import import_register, import_table

    state = session(ctx)
    if [bool(names), everything, file is not None].count(True) != 1:
        raise BadInputError([Problem("U08", found=" ".join(names))])
    with opened(ctx, write=not dry_run) as space:
        actor = me(space, state)
        with counting(state, "读取单位", "Reading units") as seen:
            if file is not None:
                found = import_table(space, actor, file, dry_run=dry_run, seen=seen)
            else:
                found = import_register(space, state.registry, actor, names, dry_run=dry_run, seen=seen)
    if as_json:
        print_json({
            "units": found.rows, "new": found.new, "changed": found.changed, "same": found.same, "kinds": dict(found.kinds),
            "saved": not dry_run,
        })  # fmt: skip
        return
    _tell_import(state, found, dry_run)


def _tell_import(state: Session, found: Imported, dry_run: bool) -> None:
    from duibiao.cli.office import saved
    from duibiao.wording import describe

    for note in found.notes:
        click.echo(describe(note, state.lang), err=True)
    kinds = state.say("、", ", ").join(f"{kind_word(kind, state.lang)} {number:,}" for kind, number in found.kinds.items())
    zh = f"{found.rows:,} 个单位（新增 {found.new:,}，更新 {found.changed:,}，不变 {found.same:,}）"
    en = f"{many(found.rows, 'unit')} ({found.new:,} new, {found.changed:,} changed, {found.same:,} as they were)"
    if dry_run:
        click.echo(state.say(f"将导入 {zh}，尚未保存", f"Would import {en}; nothing was saved"))
    elif not (found.new or found.changed):
        click.echo(state.say(f"没有变化：{zh}", f"No change: {en}"))
    else:
        saved(state, zh, en)
    click.echo(kinds)


@verb(
    unit,
    "list",
    zh="查找工作区里的单位：名称里的字、代码开头、拼音首字母（htz 是湖塘镇）；几个词用空格隔开，可以写上级，如 “武进 新民”。",
    en="Search the workspace's units: part of the name, beginning of the code, pinyin initials (htz is 湖塘镇).\n"
    "Several words narrow the search and may name what lies above: «武进 新民».",
)
@option("--search", default="", metavar="WORDS", zh="名称、代码或拼音首字母", en="Name, code or pinyin initials")
@option("--kind", zh="只看一种单位，如 居委会", en="Only one kind, e.g. 居委会")
@option("--under", default="", metavar="CODE", zh="只看这个区划之下的", en="Only under this division")
@option("--limit", type=click.IntRange(min=1), default=50, show_default=True, zh="最多列多少个", en="List at most so many")
@option("--count", "only_count", is_flag=True, zh="只数个数", en="Only count them")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@option("--out", type=click.Path(path_type=Path), metavar="FILE", zh="全部写入 CSV 文件", en="Write all of them to a CSV file")
@click.pass_context
def list_(
    ctx: click.Context, search: str, kind: str | None, under: str, limit: int, only_count: bool, as_json: bool, out: Path | None
) -> None:
    from duibiao.cli.office import opened
    from duibiao.cli.output import print_json
    from duibiao.store import unit_search
    from duibiao.store.unit_search import Query

    state = session(ctx)
    query = Query.of(search, _kind(kind), _under(under))
    with opened(ctx, write=False) as space:
        found = [] if only_count else unit_search.search(space, query, None if out else limit)
        whole = not only_count and (out is not None or len(found) < limit)
        total = len(found) if whole else unit_search.count(space, query)
    if as_json:
        print_json({"units": total} if only_count else {"units": total, "found": [_json(each) for each in found]})
    elif only_count:
        click.echo(str(total))
    elif out is not None:
        _write(state, out, found)
    else:
        _show(state, found, total)


def _kind(kind: str | None) -> str:
    from duibiao.errors import Collector, Where
    from duibiao.rules.context import KINDS

    if kind is not None and kind not in KINDS:
        problems = Collector()
        problems.add("DB031", Where("--kind"), found=kind, among=KINDS)
        problems.raise_any()
    return kind or ""


def _under(code: str) -> str:
    from duibiao.errors import BadInputError, Problem, Where
    from duibiao.model.divisions import COMMUNITY

    if code and not (code.isascii() and code.isdigit() and len(code) <= COMMUNITY):
        raise BadInputError([Problem("E_CODE", Where("--under"), code, "32, 3204, 320412 …")])
    return code


def _json(each: Found) -> dict[str, Any]:
    return {
        "code": each.unit.code, "name": each.unit.name, "kind": each.unit.kind, "path": list(each.path), "source": each.source,
    }  # fmt: skip


def _columns(state: Session) -> list[str]:
    return [state.say(*words) for words in (("代码", "code"), ("名称", "name"), ("类型", "kind"), ("所在", "in"))]


def _write(state: Session, out: Path, found: list[Found]) -> None:
    from duibiao.cli.office import saved
    from duibiao.exchange.target import write_csv

    rows = ((each.unit.code, each.unit.name, each.unit.kind, " ".join(each.path)) for each in found)
    write_csv(out, _columns(state), rows)
    saved(state, f"{len(found):,} 个单位 → {out}", f"{many(len(found), 'unit')} → {out}")


def _show(state: Session, found: list[Found], total: int) -> None:
    from duibiao.cli.output import console, table
    from duibiao.model.text import shown

    rows = [
        (each.unit.code, shown(each.unit.name), kind_word(each.unit.kind, state.lang), shown(" ".join(each.path)))
        for each in found
    ]
    if rows:
        console().print(table(_columns(state), rows))
    if total > len(found):
        click.echo(state.say(f"共 {total:,} 个，列出 {len(found):,} 个", f"{many(total, 'unit')}, {len(found):,} listed"))
    else:
        click.echo(state.say(f"共 {total:,} 个", f"{many(total, 'unit')}"))
    if not total:
        click.echo(state.say("工作区的单位用 duibiao unit import 导入。", "duibiao unit import brings units in."), err=True)


@verb(unit, "show", zh="显示一个单位：所在、类型、有数据的时期、申报件、称号。UNIT 是代码或不重名的名称。",
      en="Show a unit: where it lies, kind, periods with facts, cases, titles. UNIT is a code or an unshared name.")  # fmt: skip
@click.argument("named", metavar="UNIT")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def show(ctx: click.Context, named: str, as_json: bool) -> None:
    from duibiao.cli.office import opened
    from duibiao.cli.output import print_json
    from duibiao.services.units import sheet

    state = session(ctx)
    with opened(ctx, write=False) as space:
        found = sheet(space, named)
    if as_json:
        print_json(_sheet_json(found))
    else:
        _tell(state, found)


def _sheet_json(found: Sheet) -> dict[str, Any]:
    return {
        **_json(found.found),
        "periods": dict(found.periods),
        "cases": [{"id": e.id, "standard": e.standard, "year": e.year, "status": e.status.value} for e in found.cases],
        "awards": [
            {key: e[key] for key in ("award", "standard", "title", "since", "until", "certificate", "state")}
            for e in found.awards
        ],
        "below": dict(found.below),
    }


def _aside(state: Session, kind: str) -> str:
    return state.say(f"（{kind}）", f" ({kind_word(kind, 'en')})")


def _tell(state: Session, found: Sheet) -> None:
    from duibiao.model.text import shown

    here, comma = found.found, state.say("、", ", ")
    click.echo(f"{here.unit.code} {shown(here.unit.name)}{_aside(state, here.unit.kind)}")
    none = state.say("无", "none")
    periods = comma.join(f"{period} ({number})" for period, number in found.periods.items())
    lines = [
        (("所在", "in"), shown(" ".join(here.path)) or none),
        (("来源", "source"), state.say(*{"register": ("国家登记", "register"), "own": ("自有", "own")}.get(here.source, ("", "")))
         or here.source or none),
        (("数据", "facts"), periods or none),
        (("申报件", "cases"), comma.join(f"{e.id} {e.status.value}" for e in found.cases) or none),
        (("称号", "titles"), comma.join(f"{shown(e['title'])} {e['since']}–{e['until'] or ''}" for e in found.awards) or none),
    ]  # fmt: skip
    if found.below:
        lines.append(
            (("下辖", "below"), comma.join(f"{kind_word(kind, state.lang)} {number:,}" for kind, number in found.below.items()))
        )
    for words, text in lines:
        click.echo(f"{state.say(*words)}{state.say('：', ': ')}{text}")


@verb(unit, "add", zh="增加一个单位。十二位代码能看出居委会或村委会，其他的写明 --kind。",
      en="Add a unit. A code of twelve digits tells 居委会 or 村委会; for others give --kind.")  # fmt: skip
@click.argument("code", metavar="CODE")
@click.argument("name", metavar="NAME")
@option("--kind", default="", zh="类型，如 街道", en="Kind, e.g. 街道")
@click.pass_context
def add(ctx: click.Context, code: str, name: str, kind: str) -> None:
    from duibiao.cli.office import me, opened, saved
    from duibiao.services.units import add_unit

    state = session(ctx)
    with opened(ctx) as space:
        made = add_unit(space, me(space, state), code, name, kind)
    text = f"{made.code} {made.name}{_aside(state, made.kind)}"
    saved(state, text, text)
