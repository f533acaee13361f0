"""Which units are nearest to an award: by the points missing to its line, else by how many conditions are missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from heapq import nsmallest

from attrs import field, frozen

from duibiao.model.facts import Unit
from duibiao.model.outcome import Assessment, Reason, State, StateResult, Verdict
from duibiao.model.process import Target
from duibiao.model.standard import Standard
from duibiao.targets.members import Asked

_CALL = re.compile(r"""(gate|award)\(\s*(['"])(.+)\2\s*\)""")
_DONE = (Verdict.MET, Verdict.NOT_APPLICABLE)


@frozen
class Candidate:
    """A unit that has not achieved it yet, and what it still lacks.

    Attributes:
        unit: Who.
        state: Whether it is lost by what is known, open, or met and only not named.
        points: Points missing to the line, at best and if nothing unknown turns out well; None without a line.
        conditions: Conditions beside the line that are not met or not known to be; None when nobody has looked.
        vetoed: Whether a veto stands against it, so that no points help.
        unknown: Facts that are missing.
    """

    unit: Unit
    state: State
    points: tuple[Decimal, Decimal] | None = None
    conditions: int | None = None
    vetoed: bool = False
    unknown: tuple[str, ...] = ()


def candidate_of(target: Target, standard: Standard, assessment: Assessment, *, unnamed: bool = False) -> Candidate | None:
    """What a unit lacks for the award that *target* asks for; None when it has it, or can never have it.

    *standard* is the one that *assessment* is under; of a target that counts a whole standard, the award nearest to the unit.
    With *unnamed* a unit that meets the award is a candidate too, one that lacks nothing but the naming.
    """
    awards = {each.id: each for each in standard.awards if not target.award or each.id == target.award}
    found: list[Candidate] = []
    for result in (each for each in assessment.awards if each.id in awards):
        kinds = awards[result.id].unit_kinds
        if result.state is State.HELD and not unnamed:
            return None
        if assessment.in_scope is not False and (not kinds or assessment.unit.kind in kinds):
            found.append(_lacking(result, standard, assessment))
    return min(found, key=_order, default=None)


def missing_of(unit: Unit, found: State | Asked) -> Candidate | None:
    """The same where only the state is known, or how a condition came out; None when the unit has it."""
    state, conditions = (found.state, found.missing) if isinstance(found, Asked) else (found, None)
    return None if state is State.HELD else Candidate(unit, state, conditions=conditions)


def nearest(candidates: Iterable[Candidate | None], limit: int = 10) -> tuple[Candidate, ...]:
    """The *limit* candidates nearest to the award; None stands for a unit that is none.

    First those whose known points leave the least to the line, among equals those with the fewest conditions missing, then by
    statistical code. Behind them come units of which only the state is known, open ones first, and last those under a veto.
    """
    return tuple(nsmallest(limit, (each for each in candidates if each is not None), key=_order))


_NEVER = Decimal("Infinity")


def _order(each: Candidate) -> tuple[bool, Decimal, Decimal, bool, int, str, str]:
    looked = each.conditions is not None
    points = each.points[1] if each.points is not None else Decimal(0) if looked else _NEVER
    conditions = Decimal(each.conditions) if each.conditions is not None else _NEVER
    settled = each.state is State.NOT_HELD
    return each.vetoed, points, conditions, settled, len(each.unknown), each.unit.code, each.unit.name


def _lacking(result: StateResult, standard: Standard, assessment: Assessment) -> Candidate:
    binding = frozenset(each.id for each in standard.indicators() if each.force == "must" and not each.points.get("bonus", False))
    reader = _Reader(assessment, binding, standard.scoring.step)
    line, points = reader.line(result.because), None
    if line is not None and assessment.score is not None:
        score = assessment.score
        points = (max(line - score.high, Decimal(0)), max(line - score.low, Decimal(0)))
    return Candidate(
        assessment.unit, result.state, points, reader.missing(result.because),
        vetoed=any(each.state is State.HELD for each in assessment.vetoes), unknown=result.missing,
    )  # fmt: skip


@frozen
class _Reader:
    """Reads what an award's explanation says is missing.

    Attributes:
        assessment: What it belongs to.
        binding: Ids of the indicators that `all` rests on.
        step: Smallest step of a point.
    """

    assessment: Assessment
    binding: frozenset[str]
    step: Decimal
    followed: frozenset[str] = field(default=frozenset())

    def line(self, reason: Reason) -> Decimal | None:
        """The score that the award asks for; of alternatives the lowest, None where one of them asks for none."""
        if reason.kind in ("award", "all_of"):
            lines = [line for each in reason.children if (line := self.line(each)) is not None]
            return max(lines, default=None)
        if reason.kind == "any_of":
            either = [self.line(each) for each in reason.children]
            known = [line for line in either if line is not None]
            return min(known, default=None) if len(known) == len(either) else None
        inner = self.inside(reason)
        if inner is not None:
            return self.line(inner)
        return self.own_line(reason)

    def own_line(self, reason: Reason) -> Decimal | None:
        if not _about_score(reason):
            return None
        try:
            bound = Decimal(reason.bound)
        except InvalidOperation:
            return None
        return bound + self.step if reason.operator == ">" else bound

    def inside(self, reason: Reason) -> Reason | None:
        """The explanation of the gate or award that a step refers to."""
        found = _CALL.fullmatch(reason.text.strip()) if reason.kind == "compare" else None
        if found is None:
            return None
        results = self.assessment.gates if found[1] == "gate" else self.assessment.awards
        return next((each.because for each in results if each.id == found[3]), None)

    def missing(self, reason: Reason) -> int:
        """How many conditions beside the score line are not met, or not known to be."""
        if reason.outcome == "met" or self.own_line(reason) is not None:
            return 0
        if reason.kind in ("award", "all_of"):
            return sum(self.missing(each) for each in reason.children)
        if reason.kind == "any_of" and reason.children:
            return min(self.missing(each) for each in reason.children)
        if reason.kind == "all_indicators":
            leaves = self.assessment.indicators()
            return sum(leaf.id in self.binding and leaf.verdict not in _DONE for leaf in leaves)
        inner = self.inside(reason)
        return 1 if inner is None else self.missing(inner)


def _about_score(reason: Reason) -> bool:
    return (reason.kind, reason.subject, reason.unit) == ("compare", "score", "point") and reason.operator in (">=", ">")
