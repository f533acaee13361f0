"""``duibiao journal``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duibiao.cli.base import Session, noun, option, session, verb
from duibiao.wording import many

if TYPE_CHECKING:
    from duibiao.services.keeping import Line
    from duibiao.services.telling import Teller

journal = noun("journal", zh="记录：查看、核验、重建。", en="The journal: show, verify, rebuild.")

LAST = 20


@verb(journal, "show", zh="显示记录：谁、何时、做了什么。", en="Show the journal: who did what, and when.")
@option("--stream", default="", zh="只看一类：office、unit/代码、case/编号", en="Only one stream: office, unit/CODE, case/ID")
@option("--unit", default="", metavar="CODE", zh="只看一个单位和它的申报件", en="Only a unit and its cases")
@option("--case", "case_", default="", metavar="ID", zh="只看一个申报件", en="Only a case")
@option("--last", type=click.IntRange(min=1), zh=f"最后多少条，不写是 {LAST}", en=f"The last so many; {LAST} when not given")
@option(
    "--since", type=click.IntRange(min=0), default=0, metavar="SEQ", zh="只看这个序号以后的", en="Only those after this number"
)
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def show(ctx: click.Context, stream: str, unit: str, case_: str, last: int | None, since: int, as_json: bool) -> None:
    from duibiao.cli.office import opened
    from duibiao.cli.output import print_json
    from duibiao.services import keeping
    from duibiao.services.telling import Teller

    state = session(ctx)
    if last is None and not since:
        last = LAST
    with opened(ctx, write=False) as space:
        streams = keeping.streams_of(space, stream, unit, case_)
        found = keeping.lines(space, keeping.Which(streams, since, last))
        names, total = keeping.names_of(space, found), space.head()[0]
        standards = keeping.standards_of(space, state.registry, found)
    teller = Teller(state.phrases, names, standards)
    if as_json:
        print_json([_json(each, teller) for each in found])
        return
    for each in found:
        click.echo(_told(each, teller, state))
    if not streams and last is not None and len(found) < total - since:
        click.echo(
            state.say(f"共 {total} 条；看更多：--last {total}", f"{many(total, 'entry', 'entries')}; more: --last {total}"),
            err=True,
        )


def _told(line: Line, teller: Teller, state: Session) -> str:
    from duibiao.model.text import shown
    from duibiao.services.office import local

    odd = state.say("（时间存疑，已确认）", " (doubtful clock, confirmed)") if line.odd else ""
    return shown(f"{line.seq}  {local(line.at)}{odd}  {line.name}  {teller.tell(line.kind, line.data)}")


def _json(line: Line, teller: Teller) -> dict[str, object]:
    return {
        "seq": line.seq,
        "at": line.at,
        "actor": line.actor,
        "name": line.name,
        "stream": line.stream,
        "kind": line.kind,
        "clock_warning": line.odd,
        "text": teller.tell(line.kind, line.data),
        "data": dict(line.data),
        "link": line.link,
    }


@verb(
    journal,
    "verify",
    zh="核验全部记录；写上纸上或回执上的位置，就一并核对。发现问题退出码为 1。",
    en="Verify the whole journal, and a place of it noted on paper or a receipt. Exit code 1 when something is wrong.",
)
@option(
    "--receipt",
    default="",
    metavar="SEQ-HEX",
    zh="记下的位置，如 123-0f1e2d3c4b5a6978",
    en="A place noted, such as 123-0f1e2d3c4b5a6978",
)
@click.pass_context
def verify(ctx: click.Context, receipt: str) -> None:
    import time

    from duibiao.cli.office import opened
    from duibiao.cli.output import console
    from duibiao.cli.progress import progress
    from duibiao.services import keeping
    from duibiao.wording import describe

    state = session(ctx)
    with opened(ctx, write=False) as space:
        begun = time.perf_counter()
        with progress(state.say("核验记录", "verifying"), space.head()[0]) as tick:
            found = keeping.verify(space, receipt, tick)
        took = time.perf_counter() - begun
    for each in found.problems:
        detail = f" ({each.allowed})" if each.code == "E_CHAIN" and state.lang == "en" else ""
        click.echo(describe(each, state.lang) + detail)
    pace = ""
    if console().is_terminal and took > 0:
        pace = state.say(f"，每秒 {found.entries / took:,.0f} 条", f", {found.entries / took:,.0f} entries/s")
    verdict = state.say("全部相符", "all in order") if not found.problems else state.say("发现问题", "not in order")
    click.echo(state.say(f"核验 {found.entries} 条记录，到 {found.head}：{verdict}{pace}",
                         f"{many(found.entries, 'entry', 'entries')} verified, up to {found.head}: {verdict}{pace}"))  # fmt: skip
    ctx.exit(1 if found.problems else 0)


@verb(journal, "rebuild", zh="按记录重建全部数据（先备份）。记录本身不变。",
      en="Make all data anew from the journal (after a backup). The journal itself stays as it is.")  # fmt: skip
@option("--dry-run", is_flag=True, zh="只比较，不改动；有出入退出码为 1", en="Only compare; exit code 1 when something differs")
@click.pass_context
def rebuild(ctx: click.Context, dry_run: bool) -> None:
    from duibiao.cli.office import opened
    from duibiao.cli.progress import progress
    from duibiao.cli.workspace import show_check
    from duibiao.services import keeping
    from duibiao.wording import describe

    state = session(ctx)
    with opened(ctx, write=not dry_run) as space, progress(state.say("核验记录", "verifying"), space.head()[0]) as tick:
        done, check = (keeping.compare(space, tick), None) if dry_run else keeping.put_right(space, tick)
    for each in done.differences:
        click.echo(describe(each, state.lang))
    if not done.differences:
        click.echo(state.say("数据与记录一致，不用重建", "data and journal agree; nothing to rebuild"))
    elif check is None:
        click.echo(state.say(f"{len(done.differences)} 处不一致；重建：duibiao journal rebuild",
                             f"{many(len(done.differences), 'difference')}; to mend them: duibiao journal rebuild"))  # fmt: skip
    else:
        click.echo(state.say(f"已按记录重建 {done.rows} 行；重建前的备份：{done.backup}",
                             f"{many(done.rows, 'row')} made anew from the journal; backup: {done.backup}"))  # fmt: skip
        show_check(check, state)
    wrong = done.differences if check is None else check.problems
    ctx.exit(1 if wrong else 0)
