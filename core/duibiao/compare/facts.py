"""Values of inputs as facts that a person could have recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from duibiao.assess.bind import PEER_PARTS
from duibiao.model.calendar import add_months
from duibiao.model.facts import LEVELLED, FactSet, FactType, Grading, Happening, Holding, Kind, Ticks, Unit, Value
from duibiao.rules.context import KINDS, UNIT_KIND
from duibiao.rules.nodes import Input

MOST_EVENTS = 500
"""More events than that are not made up."""


def facts_from(values: Mapping[Input, int], types: Mapping[str, FactType], as_of: date, name: str) -> FactSet | None:
    """The facts of one unit in which every input has its value; None where facts alone cannot say it (ranks, averages)."""
    periods: dict[int, dict[str, Value]] = {}
    for (fact, back), mine in _by_fact(values).items():
        ftype = types.get(fact)
        if ftype is None:
            return None
        value = _value(ftype, mine, add_months(as_of, -12 * back))
        if value is None:
            return None
        periods.setdefault(back, {})[fact] = value
    history = tuple((str(as_of.year - back), periods[back]) for back in sorted(periods) if back)
    kind = KINDS[values.get(UNIT_KIND, 0)]
    return FactSet(Unit(name, kind), periods.get(0, {}), as_of, str(as_of.year), history, example=True)


def _by_fact(values: Mapping[Input, int]) -> dict[tuple[str, int], dict[Input, int]]:
    found: dict[tuple[str, int], dict[Input, int]] = {}
    for each, value in values.items():
        if each != UNIT_KIND:
            found.setdefault((each.fact, each.back), {})[each] = value
    return found


def _value(ftype: FactType, mine: Mapping[Input, int], day: date) -> Value | None:
    if any(each.part in PEER_PARTS for each in mine):
        return None
    if ftype.kind is Kind.EVENTS:
        return _events(ftype, mine, day)
    if ftype.kind is Kind.CHECKLIST:
        present = frozenset(each.member for each, value in mine.items() if value)
        return Ticks(present, frozenset(each.member for each in mine) - present)
    (value,) = mine.values()
    if ftype.kind is Kind.TITLE:
        return Holding(bool(value))
    if ftype.kind is Kind.DATE:
        return date.fromordinal(value)
    return Grading(value) if ftype.kind in LEVELLED else value


def _events(ftype: FactType, mine: Mapping[Input, int], day: date) -> tuple[Happening, ...] | None:
    """Events of which every count is right, where each kind of count can be met by events of its own."""
    if sum(mine.values()) > MOST_EVENTS:
        return None
    found: list[Happening] = []
    for each, count in mine.items():
        start = add_months(day, -each.limit[0], -each.limit[1]) if each.part == "late" else day
        on = start - timedelta(days=1)
        settled = on if each.part != "late" and each.settled is not False else None
        found += [Happening(on, each.member or _first(ftype), settled)] * count
    return tuple(sorted(found, key=lambda each: each.on))


def _first(ftype: FactType) -> str:
    return ftype.options[0].id if ftype.options else ""


def fact_ids(inputs: Iterable[Input]) -> tuple[str, ...]:
    """The facts behind inputs, each once."""
    return tuple(dict.fromkeys(each.fact for each in inputs if each != UNIT_KIND))


__all__ = ["fact_ids", "facts_from"]
