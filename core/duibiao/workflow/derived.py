"""Facts that the process itself records, so that nobody types what the case already shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import evolve

from duibiao.model.facts import FactSet, FactType, Happening, Kind, Ticks, Value, Values, Vocabulary
from duibiao.model.notation import NotationError, read_value
from duibiao.model.process import Stage
from duibiao.model.standard import Standard
from duibiao.workflow.calendar import WEEKDAYS, Holidays
from duibiao.workflow.case import CaseState
from duibiao.workflow.checks import Leaving, own_blocks, standing_blocks, standing_notices
from duibiao.workflow.routes import route

PROOFS = ("paper", "place", "contact")
OBJECTIONS = "objections"


def recorded(
    standard: Standard, case: CaseState, vocabulary: Vocabulary, day: date, *,
    leaving: str = "", holidays: Holidays = WEEKDAYS,
) -> Values:  # fmt: skip
    """What *case* shows by itself on *day*: fact id to value.

    A stage's ``records`` hold once it is passed; for the stage named *leaving*, also when everything it asks for beside its
    guard is there, so that the guard can speak of what is just being done. What rests on a paper holds from the day the
    paper is received, what a public notice shows from the day it is posted. A stage that a unit outside the sample went
    through shows nothing of what was not done. Earlier stages give way to later ones.
    """
    found: dict[str, Value] = {}
    for stage in route(standard, case.unit, case.track):
        here = Leaving(standard=standard, case=case, stage=stage, day=day, holidays=holidays)
        for name, value in _of_stage(here, vocabulary, stage.id == leaving):
            found[name] = _joined(found.get(name), value)
    return found


def _of_stage(here: Leaving, vocabulary: Vocabulary, leaving: bool) -> Iterator[tuple[str, Value]]:
    done = here.drawn is not False and (here.case.passed(here.stage.id) or (leaving and _ready(here)))
    papers = {paper.name for paper in here.case.papers if paper.received <= here.day}
    for name, raw in here.stage.records.items():
        value = _value(vocabulary.types[name], raw, {"paper": papers}, done)
        if value is not None:
            yield name, value
    yield from _of_notice(here, vocabulary)


def _ready(here: Leaving) -> bool:
    return not standing_blocks(here) and not own_blocks(here)


def _of_notice(here: Leaving, vocabulary: Vocabulary) -> Iterator[tuple[str, Value]]:
    spec = here.stage.notice or {}
    posted = standing_notices(here)
    if not posted:
        return
    shown = {
        "place": {place for each in posted for place in each.places},
        "contact": {contact for each in posted for contact in each.contacts},
    }
    for name, raw in spec.get("records", {}).items():
        if raw == OBJECTIONS:
            yield name, _objections(here)
            continue
        value = _value(vocabulary.types[name], raw, shown, True)
        if value is not None:
            yield name, value


def _objections(here: Leaving) -> Value:
    mine = [each for each in here.case.objections if each.stage == here.stage.id and each.raised <= here.day]
    return tuple(Happening(each.raised, "", each.settled) for each in mine)


def _value(ftype: FactType, raw: Any, shown: Mapping[str, set[str]], done: bool) -> Value | None:
    """A record's value: of a checklist each member that is proved, else what its proof shows or what was written down."""
    proof = proof_of(raw)
    if proof is not None:
        return 1 if proof[1] in shown.get(proof[0], ()) else None
    if ftype.kind is Kind.CHECKLIST and isinstance(raw, Mapping):
        proofs = {member: proof_of(each) for member, each in raw.items()}
        there = {member for member, each in proofs.items() if each is not None and each[1] in shown.get(each[0], ())}
        there |= {member for member, each in raw.items() if each is True and done}
        return Ticks(frozenset(there), frozenset()) if there else None
    if not done:
        return None
    if ftype.kind is Kind.CHECKLIST and isinstance(raw, list | tuple):
        # A stage vouches for what it did, never for the absence of the rest.
        return Ticks(frozenset(raw), frozenset())
    return read_value(ftype, raw)


def proof_of(raw: Any) -> tuple[str, str] | None:
    """``{ paper = "申报表" }`` as kind of proof and its name; None for anything else."""
    if isinstance(raw, Mapping) and len(raw) == 1:
        kind, name = next(iter(raw.items()))
        if kind in PROOFS and isinstance(name, str):
            return kind, name
    return None


def _joined(old: Value | None, new: Value) -> Value:
    """Two records of one fact: members of a checklist add up, otherwise the later stage's holds."""
    if isinstance(old, Ticks) and isinstance(new, Ticks):
        present = new.present | old.present
        return Ticks(present, (new.absent | old.absent) - present)
    return new


def with_recorded(facts: FactSet, shown: Values) -> FactSet:
    """*facts* with what the process shows; whatever an operator recorded wins, member by member in a checklist."""
    values: dict[str, Value] = {**shown, **facts.values}
    for name, mine in facts.values.items():
        theirs = shown.get(name)
        if isinstance(mine, Ticks) and isinstance(theirs, Ticks):
            values[name] = Ticks(mine.present | (theirs.present - mine.absent), mine.absent | (theirs.absent - mine.present))
    return evolve(facts, values=values)


def record_faults(stage: Stage, vocabulary: Vocabulary) -> Iterator[tuple[tuple[str, ...], str, object, str]]:
    """What is wrong with a stage's records: place below the stage, problem code, what was found, what would be right."""
    tables = {("records",): stage.records, ("notice", "records"): (stage.notice or {}).get("records", {})}
    for place, table in tables.items():
        if not isinstance(table, Mapping):
            yield place, "DB008", table, "{ … }"
            continue
        for name, raw in table.items():
            yield from _fault((*place, name), name, raw, vocabulary)


def _fault(
    place: tuple[str, ...], name: str, raw: Any, vocabulary: Vocabulary
) -> Iterator[tuple[tuple[str, ...], str, object, str]]:
    ftype = vocabulary.types.get(name)
    if ftype is None:
        yield place, "DB010", name, ""
    elif raw == OBJECTIONS and place[0] == "notice":
        if ftype.kind is not Kind.EVENTS:
            yield place, "DB008", raw, Kind.EVENTS.value
    elif ftype.kind is Kind.CHECKLIST:
        members = raw if isinstance(raw, list | tuple | Mapping) else ()
        known = [each.id for each in ftype.options]
        for member in members:
            if member not in known:
                yield (*place, str(member)), "DB018", member, ", ".join(known)
            elif isinstance(raw, Mapping) and raw[member] is not True and proof_of(raw[member]) is None:
                yield (*place, str(member)), "DB008", raw[member], 'true, { paper = "…" }'
        if not members:
            yield place, "DB008", raw, '["…"], { … = { paper = "…" } }'
    elif proof_of(raw) is not None:
        if ftype.kind is not Kind.FLAG:
            yield place, "DB008", raw, Kind.FLAG.value
    else:
        try:
            read_value(ftype, raw)
        except NotationError as error:
            yield place, error.code, error.found or raw, error.allowed


__all__ = ["OBJECTIONS", "PROOFS", "proof_of", "record_faults", "recorded", "with_recorded"]
