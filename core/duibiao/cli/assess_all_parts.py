"""The overview of many units on the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from duibiao.assess.selection import Place
from duibiao.cli.base import Session
from duibiao.cli.output import console, flow, table
from duibiao.model.notation import plain
from duibiao.model.text import shown
from duibiao.services.cohort_out import PLACES
from duibiao.services.cohort_overview import Bar, Nearby, Outcomes, Overview, Tried, lacking
from duibiao.services.cohort_selection import Taken
from duibiao.services.cohorts import Results
from duibiao.wording import many

MOST = 8
BAR = 40
"""Cells of the longest bar."""


def show(state: Session, results: Results, found: Overview, limit: int) -> None:
    """Print it."""
    _head(state, results, found)
    _outcomes(state, found)
    _distribution(state, found)
    _tried(state, state.say("最多没达到的指标", "Most failed"), found.failed(MOST), found, failed=True)
    _tried(state, state.say("最多未知的指标", "Least known"), found.unknown(MOST), found, failed=False)
    _nearest(state, found)
    _places(state, found)
    for each in found.taken:
        _taken(state, each, limit)


def _head(state: Session, results: Results, found: Overview) -> None:
    say, out = state.say, console()
    header = results.assessor.program.standard.header
    out.print(say(header.title, header.title_en or header.title), style="bold")
    out.print(f"{header.id}@{header.edition}  {say('截至', 'as of')} {results.day}", style="dim")
    where = f"{found.name} {found.under}".strip()
    counted = say(f"{found.units:,} 个单位", many(found.units, "unit"))
    scope = [
        say(f"在评定范围 {found.in_scope:,}", f"in scope {found.in_scope:,}"),
        say(f"不在 {found.out_of_scope:,}", f"out of scope {found.out_of_scope:,}") if found.out_of_scope else "",
        say(f"是否在内未知 {found.scope_open:,}", f"not known {found.scope_open:,}") if found.scope_open else "",
    ]
    out.print(" ".join(part for part in (where, counted) if part) + say("：", ": ") + say("，", ", ").join(filter(None, scope)))
    if found.examples:
        told = (
            f"※ {found.examples:,} 个单位是例子数据，不是真实情况",
            f"※ example facts, not real ones: {many(found.examples, 'unit')}",
        )
        out.print(say(*told), style="yellow")


def _outcomes(state: Session, found: Overview) -> None:
    say = state.say
    kinds = ((("称号", "Award"), found.awards), (("关口", "Gate"), found.gates), (("一票否决", "Veto"), found.vetoes))
    rows = [
        (say(*word), say(each.title, each.title_en or each.title), f"{each.held:,}", f"{each.not_held:,}", f"{each.open:,}")
        for word, some in kinds
        for each in some
    ]
    if not rows:
        return
    columns = ("", "", say("✓ 成立", "✓ held"), say("✗ 不成立", "✗ not held"), say("? 未定", "? open"))
    made = table(columns, rows)
    for column in made.columns[2:]:
        column.justify = "right"
    console().print()
    console().print(made)


def _distribution(state: Session, found: Overview) -> None:
    say, out = state.say, console()
    most = max((each.units for each in found.bars), default=0)
    if not most:
        return
    out.print()
    title = say("得分分布", "Distribution of points") if found.scored else say("达到的指标数", "Indicators met")
    legend = say("█ 已定，░ 未定（按最低可能）", "█ settled, ░ open (by the least it can be)")
    line = say(f"，称号线 {plain(found.line)}", f", the award's line is {plain(found.line)}") if found.line is not None else ""
    out.print(title, style="bold")
    out.print(f"{legend}{line}", style="dim")
    names = [_range(each, each is found.bars[-1]) for each in found.bars]
    wide = max(map(len, names))
    for name, each in zip(names, found.bars, strict=True):
        out.print(f"{name:>{wide}}  {bar(each, most)} {each.units:,}".rstrip(), soft_wrap=True)


def _range(each: Bar, last: bool) -> str:
    return f"{plain(each.low)}–{plain(each.high)}" if last else f"{plain(each.low)}–<{plain(each.high)}"


def bar(each: Bar, most: int, width: int = BAR) -> str:
    """A bar that reads without colour: full blocks are settled, light ones open; whoever is there shows."""
    solid, light = (-(-count * width // most) for count in (each.settled, each.open))
    return "█" * solid + "░" * min(light, max(width - solid, 1 if light else 0))


def _tried(state: Session, title: str, some: list[Tried], found: Overview, *, failed: bool) -> None:
    if not some:
        return
    say, out = state.say, console()
    total = found.in_scope + found.scope_open
    out.print()
    out.print(title, style="bold")
    for each in some:
        count = each.not_met if failed else each.unsettled
        name = say(each.title, each.title_en or each.title)
        share = f"{count * 100 // total if total else 0}%"
        out.print(f"{count:>9,} {share:>4}  {shown(name)}  {each.cite.clause}", soft_wrap=True)


def _nearest(state: Session, found: Overview) -> None:
    if not found.nearest:
        return
    say, out = state.say, console()
    award = next((each for each in found.awards if each.id == found.award), None)
    name = say(award.title, award.title_en or award.title) if award else ""
    out.print()
    out.print(say(f"离“{name}”最近", f"Nearest to «{name}»"), style="bold")
    for each in found.nearest:
        flow(out, f"{shown(each.name)} {each.code}  {lacking(each, state.say)}", indent=2)


def _places(state: Session, found: Overview) -> None:
    if not found.places:
        return
    say = state.say
    columns = (
        ("代码", "code"), ("区划", "division"), ("单位", "units"), ("✓ 成立", "✓ held"), ("✗ 不成立", "✗ not held"),
        ("? 未定", "? open"),
    )  # fmt: skip
    rows = [
        (each.code, shown(each.name), f"{each.in_scope:,}", f"{each.held:,}", f"{each.not_held:,}", f"{each.open:,}")
        for each in found.places
    ]
    made = table([say(*pair) for pair in columns], rows)
    for column in made.columns[2:]:
        column.justify = "right"
    console().print()
    console().print(made)


def _taken(state: Session, each: Taken, limit: int) -> None:
    """Who would be named: how many places, how many there are for them, and who ties."""
    say, out = state.say, console()
    out.print()
    out.print(say(each.selection.title, each.selection.title_en or each.selection.title), style="bold")
    room = say("没有上限", "without limit") if each.room is None else f"{each.room:,}"
    counts = [f"{say(*PLACES[place])} {each.counts.get(place, 0):,}" for place in PLACES if each.counts.get(place)]
    flow(out, say("、", ", ").join([say(f"名额 {room}", f"places {room}"), *counts]), indent=2)
    for one in each.listed(limit):
        low, high = (plain(point) for point in one.points)
        points = low if low == high else f"{low}–{high}"
        flow(out, f"{one.code}  {points}  {say(*PLACES[one.place])}", "dim", indent=4)


def as_data(results: Results, found: Overview, limit: int) -> dict[str, Any]:
    """The documented answer of ``duibiao assess-all --json``."""
    standard = results.assessor.program.standard
    return {
        "standard": standard.id, "edition": standard.header.edition, "content_hash": standard.content_hash,
        "as_of": results.day.isoformat(), "engine": results.engine, "under": found.under, "name": found.name,
        "units": found.units, "examples": found.examples, "in_scope": found.in_scope, "out_of_scope": found.out_of_scope,
        "scope_open": found.scope_open, "awards": _states(found.awards), "gates": _states(found.gates),
        "vetoes": _states(found.vetoes),
        "indicators": [
            {
                "id": each.id, "title": each.title, "clause": each.cite.clause, "document": each.cite.document,
                **{verdict.value: count for verdict, count in each.counts.items()},
            }
            for each in found.indicators
        ],
        "award": found.award, "scored": found.scored, "line": None if found.line is None else plain(found.line),
        "distribution": [
            {"low": plain(each.low), "high": plain(each.high), "settled": each.settled, "open": each.open} for each in found.bars
        ],
        "nearest": [_near(each) for each in found.nearest],
        "divisions": [
            {
                "code": each.code, "name": each.name, "units": each.units, "in_scope": each.in_scope, "held": each.held,
                "not_held": each.not_held, "open": each.open,
            }
            for each in found.places
        ],
        "selections": [_selection(each, limit) for each in found.taken],
    }  # fmt: skip


def _states(some: Iterable[Outcomes]) -> list[dict[str, Any]]:
    return [
        {"id": each.id, "title": each.title, "held": each.held, "not_held": each.not_held, "open": each.open} for each in some
    ]


def _near(each: Nearby) -> dict[str, Any]:
    return {
        "code": each.code, "name": each.name, "kind": each.kind, "state": each.state.value,
        "points": None if each.gap is None else [plain(point) for point in each.gap],
        "not_met": each.not_met, "unknown": each.unsettled, "vetoed": each.vetoed,
    }  # fmt: skip


def _selection(each: Taken, limit: int) -> dict[str, Any]:
    places: Mapping[Place, int] = each.counts
    return {
        "id": each.selection.id, "title": each.selection.title, "award": each.selection.award, "places": each.room,
        **{place.value: places.get(place, 0) for place in (Place.TAKEN, Place.TIED, Place.OPEN, Place.LEFT)},
        "listed": [
            {"code": one.code, "place": one.place.value, "points": [plain(point) for point in one.points]}
            for one in each.listed(limit)
        ],
    }  # fmt: skip


__all__ = ["as_data", "bar", "show"]
