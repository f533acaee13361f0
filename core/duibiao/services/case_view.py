"""A case as a person looks at it: the stages in order, what each asks for and has, how long a notice runs, who may do what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from attrs import frozen

from duibiao.errors import Problem, Where
from duibiao.model.outcome import Assessment, Reason
from duibiao.model.process import Stage
from duibiao.model.standard import Award
from duibiao.services import keeping
from duibiao.services.cases import ALIVE, File
from duibiao.services.desk import Desk
from duibiao.store.rights import refusal
from duibiao.workflow import engine, guards, titles
from duibiao.workflow.blocks import Block
from duibiao.workflow.case import Held, Notice, Paper, Status, Step
from duibiao.workflow.checks import Leaving, notice_end, own_warnings
from duibiao.workflow.routes import comes_from
from duibiao.workflow.windows import Timing, timing

HERE, PASSED, RETURNED, ENDED, AHEAD, NOT_HELD = "here", "passed", "returned", "ended", "ahead", "skipped"


@frozen
class Stop:
    """A stage on a case's way.

    Attributes:
        stage: The stage.
        state: ``here``, ``passed``, ``returned`` (to be gone through again), ``ended`` (the case ended in it), ``ahead``, or
            ``skipped`` (ahead of a case that is over).
        step: The latest visit; None before the first.
        timing: How the day lies to its window.
        drawn: Whether the unit is checked where only a sample is; None while none was drawn or where there is no sample.
    """

    stage: Stage
    state: str
    step: Step | None
    timing: Timing
    drawn: bool | None = None


def rail(file: File, day: date) -> tuple[tuple[Stop, ...], ...]:
    """The stages of a case in order; stages that run beside each other stand in one group."""
    depth: dict[str, int] = {}

    def far(name: str) -> int:
        if name not in depth:
            depth[name] = 0
            before = comes_from(file.standard, file.state.unit, name, file.state.track)
            depth[name] = max((far(each) + 1 for each in before), default=0)
        return depth[name]

    groups: dict[tuple[bool, int], list[Stop]] = {}
    for stage in file.route:
        groups.setdefault((stage.supervises, far(stage.id)), []).append(_stop(file, stage, day))
    return tuple(tuple(groups[each]) for each in sorted(groups))


def _stop(file: File, stage: Stage, day: date) -> Stop:
    step = file.state.last(stage.id)
    over = file.state.status not in ALIVE
    state = NOT_HELD if over else AHEAD
    if step is not None:
        ends = {"": HERE, "passed": PASSED, "returned": RETURNED}
        state = ends.get(step.outcome, ENDED)
    drawn = file.state.sampled.get(stage.id) if stage.sampling is not None else None
    return Stop(stage, state, step, timing(stage, file.listed.year, day), drawn)


@frozen
class Wanted:
    """A paper that a stage asks for.

    Attributes:
        name: As the checklist calls it.
        paper: What came in; None while nothing did.
        required: Whether the stage cannot be left without it; otherwise it proves what goes on record.
    """

    name: str
    paper: Paper | None
    required: bool


def checklist(file: File, stage: Stage) -> tuple[Wanted, ...]:
    """The papers of a stage, those of its mock inspection and those that prove its records among them."""
    there = {each.name: each for each in file.state.papers}
    needed = [*stage.documents, *([stage.mock] if stage.mock else [])]
    more = [each for each in dict.fromkeys(_proofs(stage.records)) if each not in needed]
    return tuple(Wanted(each, there.get(each), each in needed) for each in (*needed, *more))


def _proofs(records: Mapping[str, Any]) -> Iterator[str]:
    for value in records.values():
        if isinstance(value, Mapping):
            if isinstance(value.get("paper"), str):
                yield value["paper"]
            else:
                yield from _proofs(value)


@frozen
class Running:
    """A public notice and how long it still runs.

    Attributes:
        notice: The notice.
        last: Its last day; None where nobody said one.
        days: Days until then, the day asked not counted; negative once it is over.
        working: Working days among them, where the source counts those; None elsewhere.
        unknown: Years whose holidays are not known, so that Monday to Friday was counted.
    """

    notice: Notice
    last: date | None
    days: int | None
    working: int | None
    unknown: tuple[int, ...] = ()


def notices(desk: Desk, file: File, stage: Stage) -> tuple[Running, ...]:
    """The public notices of a stage, newest first."""
    spec = stage.notice or {}
    found = []
    for each in sorted((one for one in file.state.notices if one.stage == stage.id), key=lambda one: one.posted, reverse=True):
        last = notice_end(spec, each, desk.holidays)
        counted = bool(spec.get("working")) and last is not None
        found.append(Running(
            each, last, None if last is None else (last - desk.day).days,
            _working(desk, last) if counted and last is not None else None,
            desk.holidays.unknown(each.posted, last) if counted and last is not None else (),
        ))  # fmt: skip
    return tuple(found)


def _working(desk: Desk, last: date) -> int:
    """Working days after the day asked, up to the last."""
    span = max((last - desk.day).days, 0)
    return sum(desk.holidays.works(desk.day + timedelta(days=each)) for each in range(1, span + 1))


def score_lines(found: Assessment | None, stage: Stage) -> tuple[Reason, ...]:
    """The lines that a stage's guard holds the score against, with how each came out."""
    state = next((each for each in found.stages if each.id == stage.id), None) if found is not None else None
    return tuple(each for each in _steps(state.because) if each.subject == "score" and each.bound) if state is not None else ()


def _steps(reason: Reason) -> Iterator[Reason]:
    yield reason
    for each in reason.children:
        yield from _steps(each)


def warnings(desk: Desk, file: File, stage: Stage) -> tuple[Block, ...]:
    """What would go on record if the stage were passed today."""
    return own_warnings(Leaving(standard=file.standard, case=file.state, stage=stage, day=desk.day, holidays=desk.holidays))


def grantable(file: File, stage: Stage) -> tuple[Award, ...]:
    """The titles that a stage can give to the case's unit, in the order of the file."""
    return guards.candidates(file.standard, stage, file.state.unit.kind) if stage.grants else ()


def must_choose(able: Iterable[Award]) -> bool:
    """Whether somebody has to say which of several titles is given: they stand side by side, not on a ladder."""
    listed = tuple(able)
    return len(listed) > 1 and not all(each.rank for each in listed)


def back_to(file: File, stage: Stage) -> tuple[Stage, ...]:
    """Stages to which a case can be returned from *stage*."""
    if stage.supervises or stage.id not in file.state.active:
        return ()
    names = engine.return_targets(file.standard, file.state, stage.id)
    return tuple(each for each in file.route if each.id in names)


def title_blocks(desk: Desk, file: File, held: Held, act: str) -> tuple[Block, ...]:
    """Why an act of :data:`duibiao.workflow.titles.ACTS` cannot be done to a title today; a reason is taken as given."""
    award = next((each for each in file.standard.awards if each.id == held.award), None)
    if award is None:
        return ()
    return tuple(titles.act_blocks(award, held, act, desk.day, reason="-", findings=file.state.findings))


def renewal(desk: Desk, file: File, held: Held) -> Timing | None:
    """How the day lies to the time in which a title can be renewed; None when the standard no longer knows it."""
    award = next((each for each in file.standard.awards if each.id == held.award), None)
    return None if award is None else titles.renewal(award, held, desk.day)


def refused(desk: Desk, file: File, kind: str, outcome: str = "", stage: Stage | None = None) -> Problem | None:
    """Why the person may not do this to the case now (kind of journal entry; of a move its outcome); None when they may.

    Only looked at: nothing is journalled, as it is when they try.
    """
    if desk.space.barred is not None:
        return desk.space.barred
    data = {"case_id": file.listed.id, "outcome": outcome, "leaves": [1], "enters": [], "taken_back": []}
    problem = refusal(kind, desk.actor, data, desk.space)
    if problem is None and kind == "case.moved" and stage is not None and stage.level:
        person = desk.space.operator(desk.actor)
        if person is not None and stage.level not in person.levels:
            return Problem("E_NOT_HOLDER", Where(kind), file.listed.id, stage.level)
    return problem


def over(file: File) -> bool:
    """Whether the case is neither open nor named any more."""
    return file.state.status not in ALIVE


def is_open(file: File) -> bool:
    """Whether the case is still on its way to a naming."""
    return file.state.status is Status.OPEN


def history(desk: Desk, file: File, last: int = 200) -> tuple[list[keeping.Line], dict[str, str]]:
    """What the journal says of a case, newest first, and the names of the units it speaks of."""
    found = keeping.lines(desk.space, keeping.Which((f"case/{file.listed.id}",), 0, last))
    return found[::-1], keeping.names_of(desk.space, found)


__all__ = [
    "AHEAD", "ENDED", "HERE", "NOT_HELD", "PASSED", "RETURNED", "Running", "Stop", "Wanted", "back_to", "checklist", "grantable",
    "history", "is_open", "must_choose", "notices", "over", "rail", "refused", "renewal", "score_lines", "title_blocks",
    "warnings",
]  # fmt: skip
