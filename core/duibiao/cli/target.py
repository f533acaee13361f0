"""``duibiao target``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from duibiao.cli.base import Session, noun, option, session, verb
from duibiao.cli.office import DAY, at_desk
from duibiao.model.notation import plain
from duibiao.model.text import shown
from duibiao.wording import many

if TYPE_CHECKING:
    from rich.table import Table

    from duibiao.services.targets import Row
    from duibiao.targets import Candidate, Progress

target = noun("target", zh="目标：各年的进度、差距、预测。", en="Targets: progress by year, gaps, forecast.")


@verb(target, "show", zh="各项目标做到了多少，差几个单位，哪些最接近，预计如何。\n不写标准就列出工作区里有单位的全部标准。",
      en="How far each target is, how many units are still to go, which are nearest, what to expect.\n"
      "Without a standard: every standard whose units the workspace has.")  # fmt: skip
@click.argument("standard", required=False)
@option(
    "--under",
    zh="辖区：代码的开头；默认是标准自己的辖区",
    en="Territory: beginning of the codes; the standard's own unless given",
)
@option("--year", type=click.IntRange(1949, 2999), zh="只看这一年到期的", en="Only those due in this year")
@option("--as-of", "day", type=DAY, metavar="DATE", zh="哪一天的情况，默认今天", en="As of which day, today unless given")
@option("--nearest", type=click.IntRange(min=0), default=5, show_default=True, zh="列出最接近的几个", en="So many of the nearest")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def show(
    ctx: click.Context, standard: str | None, under: str | None, year: int | None, day: date | None, nearest: int, as_json: bool
) -> None:
    from duibiao.cli.output import print_json
    from duibiao.services import targets

    state = session(ctx)
    with at_desk(ctx, day, write=False) as desk:
        names = [standard] if standard else targets.present(desk)
        found = [row for name in names for row in targets.rows(desk, name, territory=under, year=year, limit=nearest)]
    if as_json:
        print_json([_data(each) for each in found])
        return
    for name in dict.fromkeys(each.standard for each in found):
        _standard([each for each in found if each.standard == name], state)
    if not found:
        click.echo(state.say("没有目标", "No targets"))


def _standard(found: list[Row], state: Session) -> None:
    """The targets of one standard: the figures beneath each other, then what to expect and who is nearest."""
    from duibiao.cli.output import console, flow

    out = console()
    header = state.registry.header(found[0].standard)
    flow(out, f"{state.say(header.title, header.title_en or header.title)}  {header.id}", "bold")
    out.print(_figures(found, state))
    for number, each in enumerate(found, 1):
        _tell(number, each, state, header.document)
    out.print()


def _figures(found: list[Row], state: Session) -> Table:
    """One line for each target: by when, over how many units, how many there are, are needed, are missing."""
    from duibiao.cli.output import table

    say = state.say
    names = [say(*each) for each in (
        ("", ""), ("目标", "target"), ("期限", "by"), ("单位", "units"), ("已有", "have"), ("需要", "need"), ("还差", "to go"),
    )]  # fmt: skip
    rows = []
    for number, each in enumerate(found, 1):
        now, target = each.report.progress, each.report.target
        figures = (_range(now.population), _range(now.achieved), f"{now.needed:,}", _range(now.gap))
        title = say(target.title, target.title_en or target.title)
        rows.append((f"{number}.", title, f"{target.by or ''}", *(("—",) * 4 if now.empty else figures)))
    made = table(names, rows, grow=1)
    made.columns[1].min_width = 16
    for column in made.columns[3:]:
        column.justify = "right"
    return made


def _tell(number: int, row: Row, state: Session, document: str) -> None:
    """One target in words: what it asks, where it stands, what to expect, who is nearest."""
    from duibiao.cli.output import console, flow
    from duibiao.services.showing import target_text

    out, say, comma = console(), state.say, state.say("，", ", ")
    found = row.report
    standard = state.registry.standard(row.counted)
    names = {each.id: say(each.title, each.title_en or each.title) for each in standard.awards}
    text = target_text(found.target, state.phrases, names)
    if found.target.standard:
        text = text.replace(found.target.standard, say(standard.header.title, standard.header.title_en or standard.header.title))
    cite = found.target.cite
    clause = cite.clause if cite.document == document and cite.clause else state.phrases.cite(cite)
    flow(out, f"{number}. {text}  {clause}", indent=0)
    kinds = state.phrases.comma.join(f"{state.phrases.kinds(kind)} {_range(count)}" for kind, count in found.population.items())
    flow(out, comma.join(part for part in (kinds, _due(row, state), _line(found.progress, state)) if part), indent=3)
    _ahead(row, state)
    for each in found.nearest:
        flow(out, _candidate(each, row, state), "dim", indent=5)


def _ahead(row: Row, state: Session) -> None:
    """What to expect of the open cases; nothing where there are none, or once the target was measured."""
    from duibiao.cli.output import console, flow

    out, say, ahead = console(), state.say, row.report.forecast
    if not ahead.cases[1]:
        return
    cases = _range(ahead.cases)
    told = say(f"在办 {cases} 件全部成功：", f"If all {cases} open cases succeed: ") + _line(ahead.if_all, state)
    flow(out, told, indent=3)
    if ahead.at_rate is None:
        flow(out, say("还没有办结的，通过率未知", "No case decided yet: pass rate unknown"), "dim", indent=3)
        return
    done = row.so_far
    rate = f"{Decimal(done.passed * 100) / Decimal(done.decided):.0f}%"
    head = say(
        f"按现在的通过率 {rate}（{done.decided} 件办结，{done.passed} 件通过）：",
        f"At the present pass rate {rate} ({done.passed} of {done.decided} decided): ",
    )
    flow(out, head + _line(ahead.at_rate, state), indent=3)


def _line(found: Progress, state: Session) -> str:
    """Actual against needed, and the gap in units."""
    say = state.say
    if found.empty:
        return say("工作区里没有这样的单位", "The workspace has no such units")
    done = say(f"已有 {_range(found.achieved)}，需要 {found.needed:,}", f"{_range(found.achieved)} of {found.needed:,} needed")
    gap = say("已达到", "reached") if found.gap[1] == 0 else say(f"差 {_range(found.gap)} 个", f"{_range(found.gap)} to go")
    return f"{done}{say('，', ', ')}{gap}"


def _due(row: Row, state: Session) -> str:
    if row.due is None:
        return ""
    if row.due >= 0:
        return state.say(f"还有 {row.due:,} 天", f"{many(row.due, 'day')} left")
    return state.say(f"期限已过（{row.report.target.by}）", f"past its day ({row.report.target.by})")


def _candidate(each: Candidate, row: Row, state: Session) -> str:
    """A near unit, and what it still lacks."""
    say = state.say
    parts = []
    if each.points is not None and each.points[1]:
        low, high = (plain(point) for point in each.points)
        parts.append(say("差 ", "lacks ") + (low if low == high else f"{low}–{high}") + say(" 分", " points"))
    if each.conditions:
        parts.append(say(f"{each.conditions} 项条件未满足或未知", f"{many(each.conditions, 'condition')} not met or unknown"))
    if each.vetoed:
        parts.append(say("一票否决", "vetoed"))
    if each.unknown:
        parts.append(say(f"{len(each.unknown)} 项数据未知", f"{many(len(each.unknown), 'fact')} unknown"))
    if not parts and each.conditions is not None:
        met = not row.report.target.achieved and not row.report.target.meets
        parts.append(say("条件已具备，只差命名", "meets the standard, only not named yet") if met else say("只差记录", "nothing"))
    return f"{shown(each.unit.name)} {each.unit.code}  {say('，', ', ').join(parts)}".rstrip()


def _range(pair: tuple[int, int]) -> str:
    return f"{pair[0]:,}" if pair[0] == pair[1] else f"{pair[0]:,}–{pair[1]:,}"


def _data(row: Row) -> dict[str, Any]:
    found, ahead = row.report, row.report.forecast
    return {
        "standard": row.standard, "counted": row.counted, "id": found.target.id, "title": found.target.title,
        "by": found.target.by.isoformat() if found.target.by else None, "days_left": row.due,
        "population": {kind: list(count) for kind, count in found.population.items()}, "now": _progress(found.progress),
        "open_cases": list(ahead.cases), "if_all": _progress(ahead.if_all),
        "pass_rate": None if ahead.rate is None else f"{ahead.rate.numerator}/{ahead.rate.denominator}",
        "at_rate": None if ahead.at_rate is None else _progress(ahead.at_rate),
        "decided": {"passed": row.so_far.passed, "all": row.so_far.decided},
        "nearest": [
            {
                "code": each.unit.code, "name": each.unit.name, "points": each.points and [str(point) for point in each.points],
                "conditions": each.conditions, "vetoed": each.vetoed, "unknown": list(each.unknown),
            }
            for each in found.nearest
        ],
    }  # fmt: skip


def _progress(found: Progress) -> dict[str, Any]:
    return {
        "population": list(found.population), "achieved": list(found.achieved), "needed": found.needed, "gap": list(found.gap),
        "state": str(found.state),
    }  # fmt: skip
