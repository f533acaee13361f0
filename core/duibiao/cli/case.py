"""``duibiao case``: opening cases, looking at them, deciding; what they collect is in :mod:`duibiao.cli.case_parts`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import click

from duibiao.cli.base import noun, option, session, verb
from duibiao.cli.office import DAY, at_desk, saved
from duibiao.wording import many

if TYPE_CHECKING:
    from duibiao.services.desk import Desk
    from duibiao.workflow.engine import Move

case = noun("case", zh="申报件：办理各个环节。", en="Cases: through their stages.")
dated = option("--date", "day", type=DAY, metavar="DATE", zh="办理日期，默认今天", en="Day it is done, today unless given")
stage_option = option("--stage", default="", zh="环节；同时在几个环节时要指明", en="Stage, where the case is in several")
as_json = option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")


@verb(case, "open", zh="开一个申报件。\nUNIT 是单位代码或名称，STANDARD 是标准编号。",
      en="Open a case.\nUNIT is a unit's code or name, STANDARD a standard's id.")  # fmt: skip
@click.argument("unit")
@click.argument("standard")
@option(
    "--year",
    type=click.IntRange(1949, 2999),
    zh="轮次的年份，默认办理日期的年份",
    en="Year of the round, that of the day unless given",
)
@option("--track", default="", zh="走哪一条线（标准有几条线时）", en="Track, where the standard has several")
@dated
@click.pass_context
def open_(ctx: click.Context, unit: str, standard: str, year: int | None, track: str, day: date | None) -> None:
    from duibiao.services import cases

    with at_desk(ctx, day) as desk:
        name = cases.open_case(desk, unit, standard, year=year, track=track)
        listed = cases.get(desk, name).listed
    saved(session(ctx), f"申报件 {name}（{listed.unit.name}）", f"case {name} ({listed.unit.name})")
    _next(ctx, f"duibiao case show {name}")


def _next(ctx: click.Context, command: str) -> None:
    click.echo(session(ctx).say(f"下一步：{command}", f"Next: {command}"))


@verb(case, "list", zh="列出申报件。", en="List the cases.")
@option("--standard", default="", zh="只看一个标准", en="Only one standard")
@option("--status", default="", zh="只看一种状态，如 open、named", en="Only one state, e.g. open, named")
@option("--stage", default="", zh="只看一个环节：编号或名称", en="Only one stage: id or title")
@option("--under", default="", zh="只看一个辖区：代码的开头", en="Only one territory: beginning of the codes")
@as_json
@click.pass_context
def list_(ctx: click.Context, standard: str, status: str, stage: str, under: str, as_json: bool) -> None:
    from duibiao.cli.case_sheet import case_data, list_tables
    from duibiao.cli.output import print_json
    from duibiao.services.cases import listing
    from duibiao.services.desk import missing
    from duibiao.services.process_words import STATUS

    state = session(ctx)
    if status and status not in STATUS:
        raise missing("E_STATUS", "--status", status, STATUS)
    with at_desk(ctx, None, write=False) as desk:
        found = listing(desk, standard=standard, status=status, stage=stage, territory=under)
        if as_json:
            print_json([case_data(each) for each in found])
            return
        list_tables(found, state)
    click.echo(state.say(f"共 {len(found)} 件", f"{many(len(found), 'case')}"))


@verb(case, "show", zh="显示一个申报件：到了哪一步，下一步还缺什么，出处在哪里。",
      en="Show a case: where it stands, what the next step lacks, and the clause that asks for it.")  # fmt: skip
@click.argument("case_id", metavar="CASE")
@option("--full", is_flag=True, zh="连同全部评定理由", en="With all reasons of the assessment")
@dated
@as_json
@click.pass_context
def show(ctx: click.Context, case_id: str, full: bool, day: date | None, as_json: bool) -> None:
    from duibiao.cli.case_sheet import CaseSheet, file_data
    from duibiao.cli.output import print_json
    from duibiao.services import cases

    with at_desk(ctx, day, write=False) as desk:
        file = cases.get(desk, case_id)
        looks = cases.outlooks(desk, file)
        if as_json:
            print_json(file_data(file, looks))
            return
        CaseSheet(file, looks, session(ctx), desk.day, _drafts(ctx, desk, case_id)).show(full=full)


def _drafts(ctx: click.Context, desk: Desk, case_id: str) -> list[str]:
    """Levels for which the operator typed points that were not saved; none for somebody who only looks."""
    from attrs import evolve

    from duibiao.cli.office import me
    from duibiao.errors import BadInputError
    from duibiao.services.scores import drafts_in

    try:
        actor = me(desk.space, session(ctx))
    except BadInputError:
        return []
    return [each.level for each in drafts_in(evolve(desk, actor=actor), case_id)]


@verb(case, "move", zh="通过现在的环节，进入下一个。不能通过时逐条说明被什么挡住、出自哪一条，什么也不改。",
      en="Pass the present stage and enter the next. When it cannot be passed, every reason is told with its clause and nothing "
      "is changed.")  # fmt: skip
@click.argument("case_id", metavar="CASE")
@stage_option
@option(
    "--award", "awards", multiple=True, zh="授予的称号（环节可授予几个时）", en="Title given, where the stage can give several"
)
@option("--certificate", default="", zh="证书编号", en="Number of the certificate")
@option("--note", default="", zh="意见", en="Remark")
@option("--dry-run", is_flag=True, zh="只看会发生什么", en="Only say what would happen")
@dated
@click.pass_context
def move(
    ctx: click.Context, case_id: str, stage: str, awards: tuple[str, ...], certificate: str, note: str, dry_run: bool,
    day: date | None,
) -> None:  # fmt: skip
    from duibiao.cli.case_sheet import explained, tell_move
    from duibiao.services import cases

    with at_desk(ctx, day, write=not dry_run) as desk, explained(ctx, desk, case_id):
        file = cases.get(desk, case_id)
        numbers = dict.fromkeys(awards or file.stage(stage).grants, certificate)
        made = cases.move(desk, case_id, stage, awards=awards or None, note=note, certificates=numbers, dry_run=dry_run)
        tell_move(made, file, session(ctx), dry_run=dry_run)


@verb(case, "return", zh="退回到前面的环节补正，写明理由；其后的环节要重新办理。",
      en="Send a case back to an earlier stage for correction, saying why; the stages after it begin anew.")  # fmt: skip
@click.argument("case_id", metavar="CASE")
@option("--to", required=True, zh="退回到哪个环节", en="Stage it goes back to")
@option("--reason", required=True, zh="理由", en="Why")
@stage_option
@dated
@click.pass_context
def return_(ctx: click.Context, case_id: str, to: str, reason: str, stage: str, day: date | None) -> None:
    from duibiao.services import cases

    _end(ctx, case_id, day, lambda desk: cases.send_back(desk, case_id, to, reason, stage))


@verb(case, "withdraw", zh="撤回申报，写明理由。", en="Withdraw an application, saying why.")
@click.argument("case_id", metavar="CASE")
@option("--reason", required=True, zh="理由", en="Why")
@dated
@click.pass_context
def withdraw(ctx: click.Context, case_id: str, reason: str, day: date | None) -> None:
    from duibiao.services import cases

    _end(ctx, case_id, day, lambda desk: cases.withdraw(desk, case_id, reason))


@verb(case, "reject", zh="不予命名，写明理由。", en="End a case without a title, saying why.")
@click.argument("case_id", metavar="CASE")
@option("--reason", required=True, zh="理由", en="Why")
@stage_option
@dated
@click.pass_context
def reject(ctx: click.Context, case_id: str, reason: str, stage: str, day: date | None) -> None:
    from duibiao.services import cases

    _end(ctx, case_id, day, lambda desk: cases.reject(desk, case_id, reason, stage))


@verb(
    case,
    "forfeit",
    zh="逾期失效（文件写明逾期不受理的）。",
    en="Forfeit a case that missed a day after which nothing is accepted.",
)
@click.argument("case_id", metavar="CASE")
@stage_option
@dated
@click.pass_context
def forfeit(ctx: click.Context, case_id: str, stage: str, day: date | None) -> None:
    from duibiao.services import cases

    _end(ctx, case_id, day, lambda desk: cases.forfeit(desk, case_id, stage))


def _end(ctx: click.Context, case_id: str, day: date | None, act: Callable[[Desk], Move]) -> None:
    from duibiao.cli.case_sheet import explained, tell_move
    from duibiao.services import cases

    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        file = cases.get(desk, case_id)
        tell_move(act(desk), file, session(ctx))


def _parts() -> None:
    """Commands for what a case collects on its way, and for the points that levels give."""
    from duibiao.cli.case_parts import COMMANDS
    from duibiao.cli.case_scores import score

    for each in (score, *COMMANDS):
        case.add_command(each)


_parts()
