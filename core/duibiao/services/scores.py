"""Points that levels give: saved without overwriting what somebody else gave meanwhile, and shown beside each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from attrs import field, frozen

from duibiao.assess.columns import Columns, columns
from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.model.notation import NotationError, split_number
from duibiao.model.outcome import Assessment, Given, Interval
from duibiao.model.process import LEVELS
from duibiao.services.cases import File, assessment, get, points_given
from duibiao.services.clock import now
from duibiao.services.desk import Desk, missing, written
from duibiao.services.facts import fact_set
from duibiao.store import drafts, records
from duibiao.store.journal import entries
from duibiao.store.records import Score
from duibiao.store.workspace import ConflictError, stamp
from duibiao.workflow.case import Status
from duibiao.workflow.derived import recorded

SCORED_IN = (Status.OPEN, Status.RECTIFY)
"""States of a case in which points can be given."""


@frozen
class Wanted:
    """What somebody wants to give.

    Attributes:
        case: Case id.
        level: The level that gives.
        points: Indicator id to points as typed; empty text takes them back.
        reason: Why.
        approver: Who approved.
        base: Indicator id to the version it was made from; one that is not named was made from what its author gave last.
    """

    case: str
    level: str
    points: Mapping[str, str]
    reason: str = ""
    approver: str = ""
    base: Mapping[str, int] = field(factory=dict)

    @property
    def form(self) -> str:
        """The name of its draft."""
        return form_of(self.case, self.level)


def form_of(case: str, level: str) -> str:
    """The name of the draft of a level's points in a case."""
    return f"score/{case}/{level}"


def score(desk: Desk, wanted: Wanted) -> Assessment:
    """Give points; the assessment that follows from all that the level gave. A draft of the same form is forgotten.

    BadInputError for points that do not fit, or differ from the computed ones without reason and approver. ConflictError when
    somebody else gave others: nothing is saved then, and what was typed is kept as a draft.
    """
    case = get(desk, wanted.case)
    case.must_be(SCORED_IN)
    _check(case, wanted)
    reason, approver = (written(text, place, needed=False, block=True) for text, place in (
        (wanted.reason, "--reason"), (wanted.approver, "--approver"),
    ))  # fmt: skip
    found = _assessed(desk, case, wanted, reason, approver)
    _reasoned(found, frozenset(wanted.points), reason, approver)
    standing = {each.indicator: each for each in records.scores_of(desk.space, wanted.case, wanted.level)}
    base = {name: wanted.base.get(name, _own_version(standing.get(name), desk.actor)) for name in wanted.points}
    try:
        with desk.space.change(desk.actor) as entry:
            get(desk, wanted.case).must_be(SCORED_IN)
            points = {name: (text, reason, approver) for name, text in wanted.points.items()}
            records.save_scores(entry, wanted.case, wanted.level, points, base=base)
    except ConflictError:
        _keep_draft(desk, wanted)
        raise
    if draft_of(desk, wanted.case, wanted.level) is not None:
        drafts.drop(desk.space, desk.actor, wanted.form)
    return found


def _own_version(there: Score | None, actor: str) -> int:
    """The version that *actor* knows without saying so: none was there, or they gave it themselves."""
    return there.version if there is not None and there.actor == actor else 0


def _check(case: File, wanted: Wanted) -> None:
    """BadInputError: a level that does not score, points for what is no indicator."""
    levels = case.standard.scoring.levels or LEVELS
    if wanted.level not in levels:
        raise missing("E_LEVEL", "LEVEL", wanted.level, levels)
    problems = Collector()
    known = [each.id for each in case.standard.indicators()]
    for name in wanted.points:
        if name not in known:
            problems.add("S02", Where(name), found=name, among=known)
    problems.raise_any()


def _assessed(desk: Desk, case: File, wanted: Wanted, reason: str, approver: str) -> Assessment:
    given = tuple(
        Given(indicator=each, points=_decimal(each, text), reason=reason, approver=approver, where=Where(each))
        for each, text in wanted.points.items()
        if text
    )  # fmt: skip
    others = tuple(each for each in points_given(desk, case, wanted.level) if each.indicator not in wanted.points)
    vocabulary = desk.registry.vocabulary
    known = recorded(case.standard, case.state, vocabulary, desk.day, holidays=desk.holidays)
    facts = fact_set(desk.space, vocabulary, case.listed.unit.code, desk.day, period=str(case.listed.year), known=known)
    return desk.registry.assessor(case.listed.standard).assess(facts, given=(*others, *given))


def _decimal(name: str, text: str) -> Decimal:
    try:
        number, symbol = split_number(text)
    except NotationError as error:
        raise BadInputError([Problem(error.code, Where(name), text, error.allowed)]) from None
    if symbol:
        raise BadInputError([Problem("DB052", Where(name), text, "1.5")])
    return number


def _reasoned(found: Assessment, mine: frozenset[str], reason: str, approver: str) -> None:
    """Points that differ from what the rules compute need a reason and somebody who approved them."""
    odd = [
        each.id for each in found.indicators()
        if each.id in mine and each.given is not None and (each.computed is None or _differs(each.given.points, each.computed))
    ]  # fmt: skip
    lacking = [name for name, text in (("--reason", reason), ("--approver", approver)) if not text]
    if odd and lacking:
        raise BadInputError([Problem("E_REASON", Where(name), ", ".join(odd)) for name in lacking])


def _differs(points: Decimal, computed: Interval) -> bool:
    return not computed.settled or points != computed.low


def score_columns(desk: Desk, case: File) -> Columns:
    """The levels' points beside each other: every level that gave points or whose stage is over or open."""
    levels = {each.level for each in records.scores_of(desk.space, case.listed.id)}
    seen = {step.stage for step in case.state.steps}
    levels |= {each.level for each in case.standard.stages if each.id in seen and each.level and each.requires}
    allowed = case.standard.scoring.levels or LEVELS
    return columns(
        case.standard.scoring, {each: assessment(desk, case, each) for each in LEVELS if each in levels & set(allowed)}
    )


# what was typed and not saved


def _keep_draft(desk: Desk, wanted: Wanted) -> None:
    told = {"points": dict(wanted.points), "reason": wanted.reason, "approver": wanted.approver}
    base = json.dumps(dict(wanted.base), sort_keys=True)
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    drafts.keep(desk.space, drafts.Draft(desk.actor, wanted.form, base, text, stamp(now())))


def draft_of(desk: Desk, case: str, level: str) -> Wanted | None:
    """What the operator typed for a level of a case and was not saved."""
    form = form_of(case, level)
    found = next((each for each in drafts.of(desk.space, desk.actor) if each.form == form), None)
    return None if found is None else _read(found)


def drafts_in(desk: Desk, case: str) -> list[Wanted]:
    """Everything that the operator typed for a case and was not saved."""
    return [_read(each) for each in drafts.of(desk.space, desk.actor) if each.form.startswith(f"score/{case}/")]


def _read(draft: drafts.Draft) -> Wanted:
    _, case, level = draft.form.split("/", 2)
    return Wanted(case, level, base=json.loads(draft.base), **json.loads(draft.text))


def drop_draft(desk: Desk, case: str, level: str) -> None:
    """Give a draft up; BadInputError U14 when there is none."""
    if draft_of(desk, case, level) is None:
        raise BadInputError([Problem("U14", found=form_of(case, level))])
    drafts.drop(desk.space, desk.actor, form_of(case, level))


def past(desk: Desk, case: str, level: str, indicator: str) -> list[Score]:
    """Every saving of a level's points for an indicator, oldest first."""
    found = []
    for each in entries(desk.space.db.conn, stream=f"case/{case}"):
        content = each.event.content
        data = content["data"]
        if each.event.kind == "case.scored" and data["level"] == level and indicator in data["scores"]:
            found.append(Score(level, indicator, actor=content["actor"], at=content["at"], **data["scores"][indicator]))
    return found


__all__ = ["Wanted", "draft_of", "drafts_in", "drop_draft", "past", "score", "score_columns"]
