"""Cases: opening one, looking at where it stands and what is in the way, and deciding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from attrs import field, frozen

from duibiao.errors import BadInputError, Problem, Where
from duibiao.model.editions import in_force
from duibiao.model.outcome import Assessment, Given, Interval
from duibiao.model.process import LEVELS, Stage
from duibiao.model.sources import Cite
from duibiao.model.standard import Standard
from duibiao.services.desk import Desk, missing, not_before, written
from duibiao.services.facts import fact_set
from duibiao.services.quotas import full_blocks
from duibiao.store import cases as kept
from duibiao.store import records
from duibiao.store.cases import Listed
from duibiao.store.workspace import Entry
from duibiao.workflow import engine
from duibiao.workflow.blocks import Block, BlockedError, Condition
from duibiao.workflow.case import CaseState, Status
from duibiao.workflow.derived import recorded
from duibiao.workflow.routes import route
from duibiao.workflow.titles import hold
from duibiao.workflow.windows import Timing, timing

ALIVE = frozenset({Status.OPEN, Status.NAMED, Status.RECTIFY})
"""States of a case that still collects papers, objections, findings."""


@frozen
class File:
    """A case with everything that is needed to work on it.

    Attributes:
        listed: Its row.
        state: Its parts, as the workflow reads them.
        standard: Its standard as it is now.
        results: Number of a visit to what its end rested on.
        checked: Number of a visit to who checked it.
    """

    listed: Listed
    state: CaseState
    standard: Standard
    results: Mapping[int, Mapping[str, Any]] = field(factory=dict)
    checked: Mapping[int, str] = field(factory=dict)

    @property
    def streams(self) -> tuple[str, str]:
        """What a decision rests on: the case, and the unit's facts."""
        return f"case/{self.listed.id}", f"unit/{self.listed.unit.code}"

    @property
    def changed(self) -> bool:
        """Whether the standard is another than the one the case was opened under."""
        return self.standard.content_hash != self.listed.content

    @property
    def route(self) -> tuple[Stage, ...]:
        """The stages that the case goes through, in the order of the file."""
        return route(self.standard, self.state.unit, self.state.track)

    def stage(self, name: str = "") -> Stage:
        """The stage of that id or title, or the one the case is in.

        BadInputError E_STAGE when that is not settled; BlockedError WF21 when the case is in none any more.
        """
        active = self.state.active
        if not name and not active:
            raise self.over()
        wanted = name or (active[0] if len(active) == 1 else "")
        for each in self.route:
            if wanted and wanted in (each.id, each.title, each.title_en):
                return each
        raise missing("E_STAGE", "--stage", name, active if not name else [each.id for each in self.route])

    def over(self) -> BlockedError:
        """What to raise when something is asked of a case that is over."""
        asked = Condition(
            kind="status",
            found=str(self.state.status),
            required=str(Status.OPEN),
            cite=Cite(document=self.standard.header.document),
        )
        return BlockedError([Block(code="WF21", stage="", condition=asked)])

    def must_be(self, states: Iterable[Status]) -> None:
        """BlockedError WF21 unless the case is in one of *states*."""
        if self.state.status not in frozenset(states):
            raise self.over()


@frozen
class Outlook:
    """A stage the case is in, and what stands between it and the next.

    Attributes:
        stage: The stage.
        timing: How the day lies to its window.
        blocks: What is in the way.
        assessment: The assessment at its level; None where none is asked for.
    """

    stage: Stage
    timing: Timing
    blocks: tuple[Block, ...]
    assessment: Assessment | None


def get(desk: Desk, name: str) -> File:
    """A case by its id; BadInputError E_NO_CASE when there is none."""
    listed = kept.case(desk.space, name)
    if listed is None:
        raise missing("E_NO_CASE", "CASE", name, [])
    return File(
        listed, kept.state(desk.space, listed), desk.registry.standard(listed.standard), kept.results(desk.space, name),
        kept.checked_by(desk.space, name),
    )  # fmt: skip


def listing(desk: Desk, *, standard: str = "", status: str = "", stage: str = "", territory: str = "") -> list[Listed]:
    """Cases by id, perhaps only of a standard, state, territory, or at a stage (by id or title).

    BadInputError for a standard that does not exist, E_STAGE for a stage that none of the standards asked has.
    """
    names = [standard] if standard else list(desk.registry.headers)
    stages = [each for name in names for each in desk.registry.standard(name).stages] if stage or standard else []
    meant = {each.id for each in stages if stage in (each.id, each.title, each.title_en)}
    if stage and not meant:
        raise missing("E_STAGE", "--stage", stage, dict.fromkeys(each.id for each in stages))
    found = kept.cases(desk.space, standard=standard, status=status, unit=territory)
    return [each for each in found if not stage or meant & set(each.stages)]


def open_case(desk: Desk, unit: str, standard: str, *, year: int | None = None, track: str = "") -> str:
    """Open a case of a unit in the round of that year, which begins with it if there is none yet; the case's id.

    BadInputError or BlockedError when that cannot be: no such unit or standard, the standard not in force on the day, not for
    this unit, a case that is not over, a closed round.
    """
    from duibiao.services.units import find_unit

    found = find_unit(desk.space, unit)
    year = year or desk.day.year
    rules = desk.registry.standard(standard)
    in_force(desk.registry.headers, standard, desk.day, Where("--date"))
    made = engine.start(rules, found, desk.day, track)
    with desk.space.change(desk.actor) as entry:
        _none_open(desk, found.code, standard, year)
        name = kept.next_id(desk.space, f"{standard.rpartition('.')[0].rpartition('.')[2] or standard}-{year}")
        row = {
            "id": name, "unit": found.code, "standard": standard, "edition": rules.header.edition, "content": rules.content_hash,
            "round": _its_round(entry, rules, year), "year": year, "track": track, "status": str(Status.OPEN),
            "holder": holder(rules, made.enters), "opened": desk.day.isoformat(),
        }  # fmt: skip
        kept.open_case(entry, listed=row, stages=made.enters)
    return name


def _none_open(desk: Desk, unit: str, standard: str, year: int) -> None:
    """BadInputError E_SAME_CASE when the unit has a case of that standard and year that is not over."""
    for each in kept.cases(desk.space, standard=standard, unit=unit):
        if each.unit.code == unit and each.year == year and each.status in ALIVE:
            raise BadInputError([Problem("E_SAME_CASE", Where(each.unit.name), each.id)])


def _its_round(entry: Entry, rules: Standard, year: int) -> str:
    """Id of the round of a standard and year, which is opened if there is none. BadInputError E_ROUND_OVER: it is closed."""
    name = round_id(rules.id, year)
    known = next((each for each in kept.rounds(entry.workspace) if each.id == name), None)
    if known is None:
        new_round(entry, rules, year)
    elif known.state != "open":
        raise BadInputError([Problem("E_ROUND_OVER", Where("--year"), name)])
    return name


def round_id(standard: str, year: int) -> str:
    """Id of the round of a standard in a year."""
    return f"{standard}-{year}"


def new_round(entry: Entry, rules: Standard, year: int, title: str = "") -> None:
    """Open the round of a standard in a year."""
    row = {
        "id": round_id(rules.id, year), "standard": rules.id, "year": year, "title": title or f"{rules.header.title} {year}",
        "state": "open",
    }  # fmt: skip
    entry.append("round.opened", "office", row)


def holder(standard: Standard, stages: Sequence[str]) -> str:
    """The levels that have a case while it is in *stages*; empty where the source does not say."""
    levels = {each.level for each in standard.stages if each.id in stages and each.level}
    return " ".join(each for each in LEVELS if each in levels)


def assessment(desk: Desk, case: File, level: str, *, leaving: str = "") -> Assessment:
    """The case's assessment with the points that *level* gave, and with what the process itself shows."""
    known = recorded(case.standard, case.state, desk.registry.vocabulary, desk.day, leaving=leaving, holidays=desk.holidays)
    facts = fact_set(
        desk.space, desk.registry.vocabulary, case.listed.unit.code, desk.day, period=str(case.listed.year), known=known
    )  # fmt: skip
    return desk.registry.assessor(case.listed.standard).assess(facts, given=points_given(desk, case, level))


def points_given(desk: Desk, case: File, level: str) -> tuple[Given, ...]:
    """Points that a level gave in a case."""
    return tuple(
        Given(indicator=each.indicator, points=Decimal(each.points), reason=each.reason, approver=each.approver)
        for each in records.scores_of(desk.space, case.listed.id, level)
        if each.points
    )


def outlook(desk: Desk, case: File, stage: Stage, awards: tuple[str, ...] | None = None) -> Outlook:
    """What stands between a case and the end of a stage; *awards* are the titles to be given where it could give several."""
    found = assessment(desk, case, stage.level, leaving=stage.id) if stage.requires or stage.grants else None
    own = engine.blocks(case.standard, case.state, stage.id, desk.day, found, awards=awards, holidays=desk.holidays)
    full = full_blocks(desk, case.standard, case.listed, stage, awards)
    return Outlook(stage, timing(stage, case.listed.year, desk.day), (*own, *full), found)


def outlooks(desk: Desk, case: File) -> list[Outlook]:
    """The same for every stage the case is in."""
    return [outlook(desk, case, case.stage(each)) for each in case.state.active]


def move(
    desk: Desk, name: str, stage: str = "", *, awards: tuple[str, ...] | None = None, note: str = "",
    certificates: Mapping[str, str] | None = None, dry_run: bool = False,
) -> engine.Move:  # fmt: skip
    """Pass a stage. BlockedError with everything in the way; RefusedError when the operator may not decide here."""
    said = written(note, "--note", needed=False, block=True)
    numbers = {key: written(each, "--certificate", needed=False) for key, each in (certificates or {}).items()}
    if dry_run:
        return draw_up(desk, get(desk, name), stage, awards, said)[0]
    made: list[engine.Move] = []

    def again() -> Callable[[Entry], None]:
        case = get(desk, name)
        passed, result = draw_up(desk, case, stage, awards, said)
        made[:] = [passed]
        return lambda entry: write_move(entry, desk, case, passed, result, numbers)

    desk.decide(get(desk, name).streams, again)
    return made[0]


def draw_up(
    desk: Desk, case: File, stage: str, awards: tuple[str, ...] | None = None, note: str = ""
) -> tuple[engine.Move, dict[str, Any]]:
    """The move that would pass a stage, and what it rests on. BlockedError with everything in the way."""
    at = case.stage(stage)
    look = outlook(desk, case, at, awards)
    if look.blocks:
        raise BlockedError(look.blocks)
    passed = engine.move(
        case.standard, case.state, at.id, desk.day, look.assessment, awards=awards, holidays=desk.holidays, note=note
    )  # fmt: skip
    return passed, frozen_result(desk, case, at, look.assessment)


def frozen_result(desk: Desk, case: File, stage: Stage, found: Assessment | None) -> dict[str, Any]:
    """What a decision rested on, as it goes on record: score, titles, edition and hash of the standard.

    ``seen`` says how many entries the case's and the unit's own journals had: it finds the facts again that were used.
    """
    told: dict[str, Any] = {"stage": stage.id, "seen": {each: desk.space.length(each) for each in case.streams}}
    if found is None:
        return told
    told |= {
        "level": stage.level, "as_of": found.as_of.isoformat(), "period": found.period,
        "standard": found.standard, "edition": found.edition, "content": found.content_hash,
        "awards": {each.id: str(each.state) for each in found.awards},
        "gates": {each.id: str(each.state) for each in found.gates},
        "verdicts": sha256("\n".join(f"{i.id} {i.verdict} {_span(i.points)}" for i in found.indicators()).encode()).hexdigest(),
    }  # fmt: skip
    if found.score is not None:
        told["score"] = _span(found.score)
    return told


def _span(points: Interval | None) -> str:
    if points is None:
        return ""
    return f"{points.low.normalize():f}" if points.settled else f"{points.low.normalize():f}…{points.high.normalize():f}"


def write_move(
    entry: Entry, desk: Desk, case: File, made: engine.Move, result: Mapping[str, Any],
    certificates: Mapping[str, str] | None = None, act: str = "",
) -> None:  # fmt: skip
    """Put a move on record, with the titles that it gives.

    What others may have done meanwhile is asked again, inside the transaction: BlockedError WF45 when the last place is gone,
    BadInputError E_CERTIFICATE for a number in use, E_DAY for a day before the stage began; RefusedError for another level.
    """
    open_now = {step.seq: step for step in case.state.steps if step.left is None}
    left = [open_now[seq] for seq in made.leaves if seq in open_now]
    not_before(made.day, max((step.entered for step in left), default=case.state.opened))
    if made.stage:
        stage = case.stage(made.stage)
        desk.must_act_at([stage.level], "E_NOT_HOLDER", case.listed.id, "case.moved")
        if made.outcome == "passed" and (full := full_blocks(desk, case.standard, case.listed, stage, made.grants or None)):
            raise BlockedError(full)
    _give_titles(entry, case, made, certificates or {}, act)
    stay = [step.stage for step in open_now.values() if step not in left]
    status = made.finished or case.state.status
    kept.move(
        entry, case.listed, case.state, day=made.day, leaves=[step.stage for step in left], enters=made.enters,
        outcome=made.outcome, status=status, note=made.note, result=result,
        holder=holder(case.standard, [*stay, *made.enters]) if status in ALIVE else "",
        taken_back=[seq for seq in made.leaves if seq not in open_now],
    )  # fmt: skip


def _give_titles(entry: Entry, case: File, made: engine.Move, certificates: Mapping[str, str], act: str) -> None:
    """The titles of a move go on record before the case is handed on: who holds it gives them."""
    titles = {each.id: each for each in case.standard.awards}
    used = kept.certificates(entry.workspace)
    for name in made.grants:
        held = hold(titles[name], made.day, certificates.get(name, ""))
        if held.certificate in used:
            raise BadInputError([Problem("E_CERTIFICATE", Where("--certificate"), held.certificate)])
        entry.append("award.granted", f"case/{case.listed.id}", {
            "case_id": case.listed.id, "award": name, "unit": case.listed.unit.code, "standard": case.listed.standard,
            "title": titles[name].title, "since": held.since.isoformat(), "until": held.until and held.until.isoformat(),
            "certificate": held.certificate, "state": held.state, "act": act, "reason": "",
        })  # fmt: skip


def send_back(desk: Desk, name: str, to: str, reason: str, stage: str = "") -> engine.Move:
    """Return a case to an earlier stage for correction."""
    said = written(reason, "--reason", needed=False, block=True)
    return _out(desk, name, lambda case: engine.send_back(
        case.standard, case.state, case.stage(stage).id, case.stage(to).id, desk.day, said
    ))  # fmt: skip


def withdraw(desk: Desk, name: str, reason: str) -> engine.Move:
    """Take an application back."""
    said = written(reason, "--reason", needed=False, block=True)
    return _out(desk, name, lambda case: engine.withdraw(case.standard, case.state, desk.day, said))


def reject(desk: Desk, name: str, reason: str, stage: str = "") -> engine.Move:
    """End a case without a title."""
    said = written(reason, "--reason", needed=False, block=True)
    return _out(desk, name, lambda case: engine.reject(case.standard, case.state, case.stage(stage).id, desk.day, said))


def forfeit(desk: Desk, name: str, stage: str = "") -> engine.Move:
    """End a case that missed a day after which nothing is accepted."""
    return _out(desk, name, lambda case: engine.forfeit(case.standard, case.state, case.stage(stage).id, desk.day))


def _out(desk: Desk, name: str, act: Callable[[File], engine.Move]) -> engine.Move:
    made: list[engine.Move] = []

    def again() -> Callable[[Entry], None]:
        case = get(desk, name)
        made[:] = [act(case)]
        return lambda entry: write_move(entry, desk, case, made[0], {})

    desk.decide(get(desk, name).streams, again)
    return made[0]


__all__ = [
    "ALIVE", "BlockedError", "File", "Outlook", "assessment", "draw_up", "forfeit", "frozen_result", "get", "holder",
    "listing", "move", "new_round", "open_case", "outlook", "outlooks", "points_given", "reject", "round_id", "send_back",
    "withdraw", "write_move",
]  # fmt: skip
