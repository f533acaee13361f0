"""What a stage asks for beside the assessment: papers, notices, objections, opinions, windows, samples, tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from attrs import frozen

from duibiao.model.process import Stage
from duibiao.model.standard import Standard
from duibiao.workflow.blocks import Block, of
from duibiao.workflow.calendar import WEEKDAYS, Holidays, add_days
from duibiao.workflow.case import CaseState, Notice, Status
from duibiao.workflow.routes import before, route
from duibiao.workflow.windows import timing

SUPERVISED = frozenset({Status.NAMED, Status.RECTIFY})
"""States of a case in which the stages after the naming go on."""


@frozen(kw_only=True)
class Leaving:
    """A stage that a case is about to leave.

    Attributes:
        standard: Whose stage.
        case: The case.
        stage: The stage.
        day: The day of the move.
        holidays: The holiday table.
    """

    standard: Standard
    case: CaseState
    stage: Stage
    day: date
    holidays: Holidays = WEEKDAYS

    def block(self, code: str, kind: str, *, day: date | None = None, **more: object) -> Block:
        """A block of this stage; the condition is the stage's own, *more* are its further attributes."""
        days = None if day is None else abs((day - self.day).days)
        return Block(code=code, stage=self.stage.id, condition=of(self.stage, kind, **more), day=day, days=days)

    @property
    def earlier(self) -> frozenset[str]:
        """Stages that lie before this one on the unit's route."""
        return before(self.standard, self.case.unit, self.stage.id, self.case.track)

    @property
    def drawn(self) -> bool | None:
        """Whether the unit is checked here: None where a sample has still to be drawn."""
        if self.stage.sampling is None:
            return True
        return self.case.sampled.get(self.stage.id)


def own_blocks(leaving: Leaving) -> tuple[Block, ...]:
    """Everything that keeps the case in the stage, as far as no assessment is needed to know it."""
    return tuple(block for check in _CHECKS for block in check(leaving))


def standing_blocks(leaving: Leaving) -> tuple[Block, ...]:
    """Whether the case can be moved out of this stage at all."""
    case, stage = leaving.case, leaving.stage
    allowed = SUPERVISED if stage.supervises else {Status.OPEN}
    if case.status not in allowed:
        return (leaving.block("WF21", "status", found=case.status.value, required=" ".join(sorted(allowed))),)
    if stage.id not in case.active:
        return (leaving.block("WF22", "stage", found=" ".join(case.active), required=stage.id),)
    return ()


def window_blocks(leaving: Leaving) -> Iterator[Block]:
    """Too early, or too late for good."""
    found = timing(leaving.stage, leaving.case.year, leaving.day)
    text = found.window.text
    if found.state == "early":
        yield leaving.block("WF14", "window", day=found.window.opens, required=text)
    elif found.forfeited:
        yield leaving.block("WF15", "window", day=found.window.closes, required=text)


def documents(leaving: Leaving) -> Iterator[Block]:
    """The checklist of the stage; what a stage before it received counts."""
    there = {paper.name for paper in leaving.case.papers if paper.received <= leaving.day}
    missing = tuple(name for name in leaving.stage.documents if name not in there)
    if missing:
        found = " ".join(name for name in leaving.stage.documents if name in there)
        yield leaving.block("WF07", "document", names=missing, found=found, required=" ".join(leaving.stage.documents))
    if leaving.stage.mock and leaving.stage.mock not in there:
        yield leaving.block("WF20", "mock", names=(leaving.stage.mock,), required=leaving.stage.mock)


def notices(leaving: Leaving) -> Iterator[Block]:
    """The public notice: posted, complete, and over."""
    spec = leaving.stage.notice
    if spec is None:
        return
    posted = standing_notices(leaving)
    if not posted:
        yield leaving.block("WF08", "notice", names=tuple(spec.get("places", ())), required=str(spec.get("media", "")))
        return
    missing = _lacking(spec, posted)
    if missing:
        yield leaving.block("WF09", "notice", names=missing)
    yield from _notice_end(leaving, spec, posted)


def standing_notices(leaving: Leaving) -> tuple[Notice, ...]:
    """The notices of the stage that count: one posted before a return for correction told people something else."""
    visits = leaving.case.visits(leaving.stage.id)
    since = visits[-1].entered if len(visits) > 1 else date.min
    return tuple(each for each in leaving.case.notices if each.stage == leaving.stage.id and since <= each.posted <= leaving.day)


def _lacking(spec: Mapping[str, Any], posted: Iterable[Notice]) -> tuple[str, ...]:
    """Places, contacts and media that the source asks for and no notice has."""
    places = {place for each in posted for place in each.places}
    contacts = {contact for each in posted for contact in each.contacts}
    missing = [name for name in spec.get("places", ()) if name not in places]
    missing += [name for name in spec.get("contacts", ()) if name not in contacts]
    if spec.get("media") and not any(each.media for each in posted):
        missing.append(str(spec["media"]))
    return tuple(missing)


def notice_end(spec: Mapping[str, Any], notice: Notice, holidays: Holidays) -> date | None:
    """The last day of a notice: what was announced, and never less than the source asks; None when neither says."""
    days = spec.get("days")
    least = None if days is None else add_days(notice.posted, int(days), bool(spec.get("working", False)), holidays)
    known = [each for each in (least, notice.until) if each is not None]
    return max(known) if known else None


def _notice_end(leaving: Leaving, spec: Mapping[str, Any], posted: Iterable[Notice]) -> Iterator[Block]:
    ends = [notice_end(spec, each, leaving.holidays) for each in posted]
    last = max((end for end in ends if end is not None), default=None)
    if last is None:
        yield leaving.block("WF11", "notice", missing=("until",))
    elif leaving.day <= last:
        yield leaving.block("WF10", "notice", day=last, found=str(leaving.day), required=str(last), operator=">")


def objections(leaving: Leaving) -> Iterator[Block]:
    """Objections raised here or before that nobody settled; one that names no stage of the route blocks everywhere."""
    known = {each.id for each in route(leaving.standard, leaving.case.unit, leaving.case.track)}
    reach = {leaving.stage.id, *leaving.earlier}
    for each in leaving.case.objections:
        open_on_the_day = each.raised <= leaving.day and (each.settled is None or each.settled > leaving.day)
        if open_on_the_day and (each.stage in reach or each.stage not in known):
            yield leaving.block("WF12", "objection", names=(each.id,), found=each.text, day=each.raised)


def opinions(leaving: Leaving) -> Iterator[Block]:
    """Bodies that were to be asked and have not answered.

    Where the source names only a kind of body («部门»), an answer counts whose body begins so: «部门：公安分局».
    """
    asked = [each.body for each in leaving.case.opinions if each.stage == leaving.stage.id and each.given <= leaving.day]
    missing = tuple(body for body in leaving.stage.consults if not any(name.startswith(body) for name in asked))
    if missing:
        yield leaving.block("WF13", "opinion", names=missing, required=" ".join(leaving.stage.consults))


def findings(leaving: Leaving) -> Iterator[Block]:
    """Shortcomings found here or before that nobody mended."""
    reach = {leaving.stage.id, *leaving.earlier}
    for each in leaving.case.findings:
        settled = each.settled is not None and each.settled <= leaving.day
        if each.stage in reach and each.found <= leaving.day and not settled:
            yield leaving.block("WF16", "finding", names=(each.id,), found=each.text, day=each.due)


def sample(leaving: Leaving) -> Iterator[Block]:
    """A stage that checks a sample cannot be left before the sample is drawn."""
    if leaving.drawn is None:
        spec = leaving.stage.sampling or {}
        given = next((str(spec[key]) for key in ("share", "count") if key in spec), "")
        missing = () if given else ("share",)
        yield leaving.block("WF17", "sample", required=given, missing=missing, found=str(spec.get("note", "")))


def tasks(leaving: Leaving) -> Iterator[Block]:
    """Work has to be given out where the stage breaks it down, and to be done before the stages after it are left."""
    stage, given = leaving.stage, leaving.case.tasks
    if stage.breakdown and not any(each.stage == stage.id for each in given):
        yield leaving.block("WF18", "task", required=" ".join(stage.produces))
    reach = leaving.earlier if stage.breakdown else {stage.id, *leaving.earlier}
    for each in given:
        done = each.done is not None and each.done <= leaving.day
        if each.stage in reach and not done:
            yield leaving.block("WF19", "task", names=(each.department, each.id), found=each.text, day=each.due)


_CHECKS: tuple[Callable[[Leaving], Iterable[Block]], ...] = (
    window_blocks, documents, opinions, notices, objections, findings, tasks, sample,
)  # fmt: skip


# what goes on record without being in the way


def own_warnings(leaving: Leaving) -> tuple[Block, ...]:
    """Late where that is only warned of, unknown holidays, a unit outside the sample, a body that does not agree …"""
    return tuple(block for check in _WARNINGS for block in check(leaving))


def _late(leaving: Leaving) -> Iterator[Block]:
    found = timing(leaving.stage, leaving.case.year, leaving.day)
    if found.state == "late" and not found.forfeited:
        yield leaving.block("WF51", "window", day=found.window.closes, required=found.window.text)
    elif found.state == "none" and (leaving.stage.opens or leaving.stage.closes):
        yield leaving.block(
            "WF55", "window", day=leaving.stage.closes or leaving.stage.opens, required=leaving.stage.cite.as_printed
        )


def _holidays(leaving: Leaving) -> Iterator[Block]:
    spec = leaving.stage.notice or {}
    if not spec.get("working"):
        return
    for each in standing_notices(leaving):
        years = leaving.holidays.unknown(each.posted, notice_end(spec, each, leaving.holidays) or each.posted)
        if years:
            yield leaving.block("WF52", "notice", names=tuple(map(str, years)), day=each.posted)


def _unsampled(leaving: Leaving) -> Iterator[Block]:
    if leaving.drawn is False:
        yield leaving.block("WF53", "sample", names=leaving.stage.methods)


def _dissent(leaving: Leaving) -> Iterator[Block]:
    for each in leaving.case.opinions:
        if each.stage == leaving.stage.id and not each.agrees:
            yield leaving.block("WF54", "opinion", names=(each.body,), found=each.text, day=each.given)


def _upheld(leaving: Leaving) -> Iterator[Block]:
    for each in leaving.case.objections:
        if each.outcome == "upheld" and each.stage in {leaving.stage.id, *leaving.earlier}:
            yield leaving.block("WF56", "objection", names=(each.id,), found=each.text, day=each.settled)


_WARNINGS = (_late, _holidays, _unsampled, _dissent, _upheld)


__all__ = [
    "SUPERVISED", "Leaving", "notice_end", "own_blocks", "own_warnings", "standing_blocks", "standing_notices", "window_blocks",
]  # fmt: skip
