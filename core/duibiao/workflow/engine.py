"""Moves of a case: forward, back for correction, out; what is in the way, and the case afterwards.

Nothing here changes a case: a :class:`Move` says what would, and :func:`applied` gives the case that follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import evolve, frozen

from duibiao.model.facts import Unit
from duibiao.model.outcome import Assessment
from duibiao.model.process import Stage
from duibiao.model.sources import Cite
from duibiao.model.standard import Standard
from duibiao.workflow.blocks import Block, BlockedError, Condition
from duibiao.workflow.calendar import WEEKDAYS, Holidays
from duibiao.workflow.case import CaseState, Status, Step
from duibiao.workflow.checks import Leaving, own_blocks, own_warnings, standing_blocks
from duibiao.workflow.guards import granted, guard_blocks
from duibiao.workflow.routes import before, beyond, comes_from, follows, opening, route, tracks
from duibiao.workflow.titles import hold
from duibiao.workflow.windows import timing

GIVEN = frozenset({"valid", "rectifying"})


@frozen(kw_only=True)
class Move:
    """What happens to a case.

    Attributes:
        stage: Stage that was left; empty when the case began or ended as a whole.
        outcome: What becomes of the visits that end: ``passed``, ``returned``, ``refused`` or ``withdrawn``; empty at the start.
        day: The day.
        leaves: Numbers of the visits that end or, passed earlier, are taken back.
        enters: Ids of the stages that begin.
        grants: Ids of the awards that are given.
        finished: The state that the case as a whole takes; None when it stays as it is.
        warnings: What goes on record without being in the way.
        note: Why, as the operator said it.
    """

    stage: str = ""
    outcome: str = ""
    day: date
    leaves: tuple[int, ...] = ()
    enters: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    finished: Status | None = None
    warnings: tuple[Block, ...] = ()
    note: str = ""


def start_blocks(standard: Standard, unit: Unit, track: str = "") -> tuple[Block, ...]:
    """Why no case of *unit* can be opened: the standard is not for its kind, has no stages for it, or a track must be named."""
    header, open_to = standard.header, tracks(standard, unit)
    known = Condition(kind="scope", title=header.title, title_en=header.title_en, found=unit.kind, cite=_first_cite(standard))
    if not route(standard, unit, open_to[0] if open_to else ""):
        return (Block(code="WF26", stage="", condition=evolve(known, required=" ".join(header.unit_kinds))),)
    if track not in open_to if track else len(open_to) > 1:
        named = evolve(known, kind="track", found=track, names=open_to, missing=("track",))
        return (Block(code="WF29", stage="", condition=named),)
    return ()


def _first_cite(standard: Standard) -> Cite:
    return next((each.cite for each in standard.stages), Cite(document=standard.header.document))


def start(standard: Standard, unit: Unit, day: date, track: str = "") -> Move:
    """The first move of a case; BlockedError when none can be opened."""
    blocks = start_blocks(standard, unit, track)
    if blocks:
        raise BlockedError(blocks)
    return Move(day=day, enters=opening(standard, unit, track))


def stage_of(standard: Standard, case: CaseState, stage: str) -> Stage:
    """The stage of that id on the case's route; KeyError when there is none."""
    for each in route(standard, case.unit, case.track):
        if each.id == stage:
            return each
    raise KeyError(stage)


def blocks(
    standard: Standard, case: CaseState, stage: str, day: date, assessment: Assessment | None = None, *,
    awards: tuple[str, ...] | None = None, holidays: Holidays = WEEKDAYS,
) -> tuple[Block, ...]:  # fmt: skip
    """Everything that keeps *case* from passing *stage* on *day*; empty when it can be passed.

    *assessment* is that of the stage's level, with the facts the process itself recorded; *awards* names the titles to be
    given where the stage could give several. KeyError for a stage that is not on the case's route.
    """
    leaving = Leaving(standard=standard, case=case, stage=stage_of(standard, case, stage), day=day, holidays=holidays)
    standing = standing_blocks(leaving)
    return standing or (*own_blocks(leaving), *guard_blocks(leaving, assessment, awards))


def move(
    standard: Standard, case: CaseState, stage: str, day: date, assessment: Assessment | None = None, *,
    awards: tuple[str, ...] | None = None, holidays: Holidays = WEEKDAYS, note: str = "",
) -> Move:  # fmt: skip
    """Pass *stage*; the arguments are those of :func:`blocks`. BlockedError with everything that is in the way."""
    found = blocks(standard, case, stage, day, assessment, awards=awards, holidays=holidays)
    if found:
        raise BlockedError(found)
    leaving = Leaving(standard=standard, case=case, stage=stage_of(standard, case, stage), day=day, holidays=holidays)
    enters = _enters(standard, case, stage)
    grants = granted(leaving, assessment, awards) if assessment is not None and leaving.stage.grants else ()
    return Move(
        stage=stage, outcome="passed", day=day, leaves=_open_visits(case, {stage}), enters=enters, grants=grants,
        finished=_finished(case, stage, enters, grants), warnings=own_warnings(leaving), note=note,
    )  # fmt: skip


def _enters(standard: Standard, case: CaseState, stage: str) -> tuple[str, ...]:
    """The stages that begin once *stage* is passed: those all of whose predecessors are."""
    found = []
    for name in follows(standard, case.unit, stage, case.track):
        waits = [each for each in comes_from(standard, case.unit, name, case.track) if each != stage and not case.passed(each)]
        if not waits:
            found.append(name)
    return tuple(found)


def _finished(case: CaseState, stage: str, enters: tuple[str, ...], grants: tuple[str, ...]) -> Status | None:
    if grants:
        return Status.NAMED
    if enters or set(case.active) - {stage} or case.status is not Status.OPEN:
        return None
    return Status.NAMED if any(each.state in GIVEN for each in case.held) else Status.CLOSED


def _open_visits(case: CaseState, stages: frozenset[str] | set[str]) -> tuple[int, ...]:
    return tuple(step.seq for step in case.steps if step.left is None and step.stage in stages)


def return_targets(standard: Standard, case: CaseState, stage: str) -> tuple[str, ...]:
    """Ids of the stages to which *stage* can be sent back, in the order of the file."""
    earlier = before(standard, case.unit, stage, case.track)
    return tuple(each.id for each in route(standard, case.unit, case.track) if each.id in earlier and case.passed(each.id))


def send_back(standard: Standard, case: CaseState, stage: str, to: str, day: date, reason: str) -> Move:
    """Return *case* from *stage* to the earlier stage *to* for correction; everything after *to* has to be gone through again.

    BlockedError: the case or stage is not open, *to* does not lie before it or was not passed, no reason is given.
    """
    leaving = Leaving(standard=standard, case=case, stage=stage_of(standard, case, stage), day=day)
    found = [*standing_blocks(leaving), *_without_reason(leaving, reason)]
    possible = return_targets(standard, case, stage)
    if leaving.stage.supervises or to not in possible:
        found.append(leaving.block("WF30", "stage", found=to, required=" ".join(possible), names=possible))
    if found:
        raise BlockedError(found)
    again = {to, *beyond(standard, case.unit, to, case.track)}
    taken_back = {step.seq for name in again if (step := case.last(name)) is not None and step.outcome == "passed"}
    leaves = tuple(sorted(taken_back | set(_open_visits(case, again))))
    return Move(stage=stage, outcome="returned", day=day, leaves=leaves, enters=(to,), note=reason)


def _without_reason(leaving: Leaving, reason: str) -> tuple[Block, ...]:
    return () if reason.strip() else (leaving.block("WF31", "stage", missing=("reason",)),)


def _ends(case: CaseState, day: date, outcome: str, status: Status, reason: str, stage: str = "") -> Move:
    leaves = _open_visits(case, set(case.active))
    return Move(stage=stage, outcome=outcome, day=day, leaves=leaves, finished=status, note=reason)


def withdraw(standard: Standard, case: CaseState, day: date, reason: str) -> Move:
    """Take the application back; BlockedError when the case is not open any more or no reason is given."""
    found = _not_open(standard, case)
    if not reason.strip():
        found = (
            *found,
            Block(code="WF31", stage="", condition=Condition(kind="status", missing=("reason",), cite=_first_cite(standard))),
        )
    if found:
        raise BlockedError(found)
    return _ends(case, day, "withdrawn", Status.WITHDRAWN, reason)


def _not_open(standard: Standard, case: CaseState) -> tuple[Block, ...]:
    if case.status is Status.OPEN:
        return ()
    status = Condition(kind="status", found=case.status.value, required=Status.OPEN.value, cite=_first_cite(standard))
    return (Block(code="WF21", stage="", condition=status),)


def reject(standard: Standard, case: CaseState, stage: str, day: date, reason: str) -> Move:
    """End the case without a title at *stage*; BlockedError when it is not there, is not open, or no reason is given."""
    leaving = Leaving(standard=standard, case=case, stage=stage_of(standard, case, stage), day=day)
    found = (*standing_blocks(leaving), *_not_open(standard, case), *_without_reason(leaving, reason))
    if found:
        raise BlockedError(found)
    return _ends(case, day, "refused", Status.NOT_NAMED, reason, stage)


def forfeit(standard: Standard, case: CaseState, stage: str, day: date) -> Move:
    """End a case that missed a day after which nothing is accepted; BlockedError when that is not so."""
    leaving = Leaving(standard=standard, case=case, stage=stage_of(standard, case, stage), day=day)
    found = list(standing_blocks(leaving))
    time = timing(leaving.stage, case.year, day)
    if not time.forfeited:
        found.append(leaving.block("WF32", "window", day=time.window.closes, required=time.window.text))
    if found:
        raise BlockedError(found)
    return _ends(case, day, "refused", Status.FORFEITED, "", stage)


def applied(
    standard: Standard, case: CaseState, made: Move, *, by: str = "", certificates: Mapping[str, str] | None = None
) -> CaseState:
    """*case* after *made*: visits ended and begun, titles given (with *certificates* by award id), its state as a whole."""
    ended = set(made.leaves)
    steps = [
        evolve(step, left=made.day, outcome=made.outcome, by=by, note=made.note) if step.seq in ended else step
        for step in case.steps
    ]
    first = max((step.seq for step in steps), default=0) + 1
    steps += [Step(name, first + place, made.day) for place, name in enumerate(made.enters)]
    numbers = certificates or {}
    titles = {each.id: each for each in standard.awards}
    given = tuple(hold(titles[name], made.day, numbers.get(name, "")) for name in made.grants)
    return evolve(case, steps=tuple(steps), held=(*case.held, *given), status=made.finished or case.status)


__all__ = [
    "Move", "applied", "blocks", "forfeit", "move", "reject", "return_targets", "send_back", "stage_of", "start",
    "start_blocks", "withdraw",
]  # fmt: skip
