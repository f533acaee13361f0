"""What an assessment says: six verdicts, points as intervals, awards held, not held or open, and reasons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from attrs import field, frozen

from duibiao.errors import NOWHERE, Where
from duibiao.model.facts import Unit
from duibiao.model.sources import Cite


class Verdict(StrEnum):
    """判定: the six outcomes of an indicator, kept apart."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    OUT_OF_SCOPE = "out_of_scope"
    UNKNOWN = "unknown"
    NEEDS_JUDGEMENT = "needs_judgement"


class State(StrEnum):
    """State of an award, gate or veto: settled one way, the other, or open."""

    HELD = "held"
    NOT_HELD = "not_held"
    OPEN = "open"


@frozen
class Interval:
    """Exact points between *low* and *high*; equal when nothing is open.

    Attributes:
        low: Least possible.
        high: Greatest possible.
        full: Full marks.
    """

    low: Decimal
    high: Decimal
    full: Decimal

    @property
    def settled(self) -> bool:
        """Whether nothing is open."""
        return self.low == self.high


class Reason(NamedTuple):
    """A node of the explanation: what was asked, what was found, how it came out.

    Attributes:
        kind: What sort of step it is (``at_least``, ``all_of``, ``points``, …).
        outcome: ``met not_met unknown needs_judgement`` for a condition, empty for a number.
        subject: Id of the fact looked at.
        value: The number found, or ``low…high`` while open; empty when nothing is known of it.
        bound: The number it is held against.
        unit: Unit of both.
        quotient: The two numbers of a ratio, as ``421 ÷ 2807``.
        operator: ``>=``, ``>``, ``<=``, ``<``, ``=``, ``≈``.
        note: A token for what was floored, capped, exempted, defaulted, soft …
        text: The author's own words, where the step quotes them.
        judged: Who judged, why and when, where an assessor's grade decides.
        missing: Facts that are unknown here and would settle it.
        children: Steps it rests on.
    """

    kind: str
    outcome: str = ""
    subject: str = ""
    value: str = ""
    bound: str = ""
    unit: str = ""
    quotient: str = ""
    operator: str = ""
    note: str = ""
    text: str = ""
    judged: str = ""
    missing: tuple[str, ...] = ()
    children: tuple[Reason, ...] = ()


@frozen
class Given:
    """Points that an assessor gives for an indicator, in the place of those that the rules compute.

    Attributes:
        indicator: Indicator id.
        points: Points given.
        reason: Why, in the assessor's words; may be empty.
        approver: Who approved it; may be empty.
        where: Where it was written down, for problems.
    """

    indicator: str
    points: Decimal
    reason: str = ""
    approver: str = ""
    where: Where = field(default=NOWHERE, eq=False)


@frozen(kw_only=True)
class IndicatorResult:
    """An indicator's outcome for one unit.

    Attributes:
        id: Indicator id.
        criterion: Id of its criterion.
        title: 中文 title.
        title_en: English title.
        verdict: One of six.
        points: Points, when it is scored.
        force: ``must``, ``aim`` or ``may``.
        scored_by: The body that scores it.
        cite: Where it comes from.
        because: The explanation.
        missing: Facts that would settle it.
        assumed: Whether a value without source (points or threshold) is in play.
        given: The points that an assessor gave in the place of the computed ones, if any.
        computed: With *given*, what the rules alone would give.
    """

    id: str
    criterion: str
    title: str
    title_en: str
    verdict: Verdict
    points: Interval | None
    force: str
    scored_by: str
    cite: Cite
    because: Reason
    missing: tuple[str, ...] = ()
    assumed: bool = False
    given: Given | None = None
    computed: Interval | None = None


@frozen(kw_only=True)
class CriterionResult:
    """A group's outcome.

    Attributes:
        id: Criterion id.
        title: 中文 title.
        title_en: English title.
        points: Points, when scored.
        cite: Where it comes from.
        indicators: Its leaves' outcomes.
    """

    id: str
    title: str
    title_en: str
    points: Interval | None
    cite: Cite
    indicators: tuple[IndicatorResult, ...]


@frozen(kw_only=True)
class StateResult:
    """Outcome of an award, gate or veto.

    Attributes:
        id: Its id.
        title: 中文 title.
        title_en: English title.
        state: Settled or open.
        cite: Where it comes from.
        because: The explanation.
        missing: Facts that would settle it.
        pending: For a veto: it falls, but nobody has confirmed it yet.
    """

    id: str
    title: str
    title_en: str
    state: State
    cite: Cite
    because: Reason
    missing: tuple[str, ...] = ()
    pending: bool = False


@frozen(kw_only=True)
class Assessment:
    """One unit under one standard on one day; can be replayed.

    Attributes:
        standard: Standard id.
        edition: Edition.
        content_hash: Hash of the standard's content.
        as_of: The day asked.
        period: Period of the facts.
        unit: Who.
        in_scope: False when the standard does not speak of such a unit; None while that is open.
        score: Points, when the standard has any.
        criteria: Groups with their leaves.
        awards: Awards.
        gates: Gates.
        vetoes: Vetoes.
        stages: Guards of the stages that have one, by stage id.
        unknown_facts: Facts that would settle what is open, most useful first.
        assumed: Why values without source were used, each reason once.
        example: Whether the facts are marked as examples.
    """

    standard: str
    edition: str
    content_hash: str
    as_of: date
    period: str
    unit: Unit
    in_scope: bool | None
    score: Interval | None
    criteria: tuple[CriterionResult, ...]
    awards: tuple[StateResult, ...]
    gates: tuple[StateResult, ...]
    vetoes: tuple[StateResult, ...]
    unknown_facts: tuple[str, ...]
    assumed: tuple[str, ...] = ()
    example: bool = False
    stages: tuple[StateResult, ...] = ()

    def indicators(self) -> tuple[IndicatorResult, ...]:
        """All leaves, in order."""
        return tuple(leaf for group in self.criteria for leaf in group.indicators)

    def indicator(self, name: str) -> IndicatorResult:
        """The leaf with this id; KeyError when there is none."""
        for leaf in self.indicators():
            if leaf.id == name:
                return leaf
        raise KeyError(name)

    def award(self, name: str) -> StateResult:
        """The award with this id; KeyError when there is none."""
        for each in self.awards:
            if each.id == name:
                return each
        raise KeyError(name)
