"""Facts typed for a program: one integer (or a range, where it is unknown) per input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from duibiao.errors import Collector, Where
from duibiao.model.calendar import add_months
from duibiao.model.facts import FactSet, FactType, Grading, Happening, Holding, Ticks, Value, Values
from duibiao.model.notation import show_number
from duibiao.rules.compile import Bound
from duibiao.rules.context import KINDS
from duibiao.rules.nodes import ASK, OPEN, Input, Span
from duibiao.rules.program import Program

Peers = Mapping[Input, Span]
"""What the cohort supplies for inputs that compare a unit with others (and an assessor for points): least and greatest value."""

PEER_PARTS = ("average", "median", "rank", "mean_points")
SUPPLIED_PARTS = (*PEER_PARTS, "is_given", "given")
"""Inputs that do not come from the unit's own facts: the peers' and an assessor's points."""


def bind(program: Program, facts: FactSet, peers: Peers | None = None) -> Bound:
    """The facts of one unit in the slots of *program*.

    Raises BadInputError: an unknown unit kind, a value outside the range a rule declares, a sample too small.
    """
    problems = Collector()
    _check(program, facts, problems)
    flags = program.flags
    lows: list[int] = []
    highs: list[int] = []
    complete = True
    for each in program.inputs:
        found = find(each, facts, peers)
        if found is None:
            found = ((ASK if each.judged else OPEN), 1) if each in flags else (each.low, each.high)
        elif not each.low <= found[0] <= found[1] <= each.high:
            _outside(program, facts, each, found[0], problems)
        complete = complete and found[0] == found[1]
        lows.append(found[0])
        highs.append(found[1])
    problems.raise_any()
    return Bound(tuple(lows), tuple(highs), complete)


def _check(program: Program, facts: FactSet, problems: Collector) -> None:
    where = _place(facts)
    if facts.unit.kind not in KINDS:
        problems.add("DB031", where.at("kind"), found=facts.unit.kind, among=KINDS)
    for fact, least in program.samples.items():
        value = facts.values.get(fact)
        if isinstance(value, int) and value < least:
            problems.add("DB054", where.at("facts", fact), found=value, allowed=f">= {least}")


def _place(facts: FactSet) -> Where:
    """Where the facts were written down; without a file, whose they are."""
    return facts.where if facts.where.file else Where(facts.unit.name or facts.unit.code)


def _outside(program: Program, facts: FactSet, each: Input, found: int, problems: Collector) -> None:
    ftype = program.vocabulary.types.get(each.fact)
    where = _place(facts).at("facts", each.fact)
    if ftype is None:
        problems.add("DB024", where, found=found, allowed=f"{each.low} … {each.high}")
        return
    allowed = f"{show_number(ftype, each.low)} … {show_number(ftype, each.high)}"
    problems.add("DB024", where, found=show_number(ftype, found), allowed=allowed)


def values_back(facts: FactSet, back: int) -> Values:
    """The facts of the period *back* periods before the assessed one; years are counted, other labels are stepped."""
    if back == 0:
        return facts.values
    history = dict(facts.history)
    if facts.period.isdigit():
        return history.get(str(int(facts.period) - back), {})
    return facts.history[back - 1][1] if back <= len(facts.history) else {}


def find(each: Input, facts: FactSet, peers: Peers | None = None) -> Span | None:
    """What the facts (and the cohort) say of one input; None when nothing is known of it."""
    if each.part in SUPPLIED_PARTS:
        return (peers or {}).get(each)
    known = _own(each, facts)
    return None if known is None else (known, known)


def _own(each: Input, facts: FactSet) -> int | None:
    if each.fact == "unit.kind":
        return KINDS.index(facts.unit.kind) if facts.unit.kind in KINDS else None
    value = values_back(facts, each.back).get(each.fact)
    if value is None:
        return each.default
    return _PARTS[each.part](value, each, _day_of(facts, each.back))


def _day_of(facts: FactSet, back: int) -> date:
    """The day a period is looked at from: the day asked, whole years earlier for earlier years."""
    return add_months(facts.as_of, -12 * back) if back and facts.period.isdigit() else facts.as_of


def _value(value: Value, each: Input, as_of: date) -> int | None:
    if isinstance(value, Grading):
        return value.level
    if isinstance(value, date):
        return value.toordinal()
    return value if isinstance(value, int) else None


def _member(value: Value, each: Input, as_of: date) -> int | None:
    if not isinstance(value, Ticks):
        return None
    return 1 if each.member in value.present else 0 if each.member in value.absent else None


def _held(value: Value, each: Input, as_of: date) -> int | None:
    return int(value.on(as_of)) if isinstance(value, Holding) else None


def _count(value: Value, each: Input, as_of: date) -> int | None:
    if not isinstance(value, tuple):
        return None
    return sum(1 for event in _inside(value, each, as_of) if each.settled is None or each.settled == _done(event, as_of))


def _late(value: Value, each: Input, as_of: date) -> int | None:
    if not isinstance(value, tuple):
        return None
    return sum(1 for event in _inside(value, each, as_of) if _end(event, as_of) > add_months(event.on, *each.limit))


def _end(event: Happening, as_of: date) -> date:
    """The day a case was settled; one that is not settled yet runs to the day asked."""
    return event.settled if event.settled is not None and event.settled <= as_of else as_of


def _done(event: Happening, as_of: date) -> bool:
    return event.settled is not None and event.settled <= as_of


def _inside(events: tuple[Happening, ...], each: Input, as_of: date) -> list[Happening]:
    """The events of the kind asked for, after the start of the window and not after the day asked."""
    start = add_months(as_of, -each.months) if each.months else date.min
    return [event for event in events if start < event.on <= as_of and each.member in ("", event.kind)]


_PARTS: Mapping[str, Callable[[Value, Input, date], int | None]] = {
    "value": _value,
    "member": _member,
    "held": _held,
    "count": _count,
    "late": _late,
}


def missing_name(each: Input, types: Mapping[str, FactType]) -> str:
    """How a missing input is called for the person who can supply it."""
    name = each.fact
    if each.part == "member":
        name += f".{each.member}"
    elif each.part in PEER_PARTS:
        name = f"peers.{each.fact}"
    return name if each.back == 0 else f"{name}@-{each.back}"
