"""Rules that look at a unit's peers: averages, medians, ranks and imputed points, over a list of units.

Missing facts stay ranges: an average of partly unknown values is itself a range, and a verdict built on it stays open unless
both ends agree.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from duibiao.assess.bind import PEER_PARTS, find
from duibiao.assess.one import Assessor
from duibiao.model.facts import FactSet
from duibiao.model.outcome import Assessment
from duibiao.rules.compile import NOT_APPLICABLE, Raw
from duibiao.rules.nodes import Input, Span, divide
from duibiao.rules.program import Program

HUNDREDTHS = 100
"""An average is kept in hundredths of the fact's step, rounded down: exact for «above the average»."""


def assess_cohort(assessor: Assessor, cohort: Sequence[FactSet]) -> list[Assessment]:
    """Every unit of *cohort* assessed, each against all of them.

    Raises BadInputError when the facts of one do not fit the standard.
    """
    peers = cohort_peers(assessor, cohort)
    return [assessor.assess(facts, own) for facts, own in zip(cohort, peers, strict=True)]


def cohort_peers(assessor: Assessor, cohort: Sequence[FactSet]) -> list[dict[Input, Span]]:
    """What each unit's peer inputs are, in the order of *cohort*."""
    wanted = [each for each in assessor.program.inputs if each.part in PEER_PARTS]
    found: list[dict[Input, Span]] = [{} for _ in cohort]
    for each in wanted:
        if each.part != "mean_points":
            _facts_of_peers(each, assessor.program, cohort, found)
    imputed = [each for each in wanted if each.part == "mean_points"]
    if imputed:
        raws = [assessor.raw(facts, own) for facts, own in zip(cohort, found, strict=True)]
        for each in imputed:
            mean = mean_points(assessor.program, each.fact, raws)
            if mean is not None:
                for own in found:
                    own[each] = mean
    return found


def _facts_of_peers(each: Input, program: Program, cohort: Sequence[FactSet], found: list[dict[Input, Span]]) -> None:
    values = spans_of(each.fact, each.back, program, cohort)
    if each.part == "rank":
        for own, span in zip(found, ranks(values), strict=True):
            own[each] = span
        return
    shared = average(values) if each.part == "average" else median(values)
    if shared is not None:
        for own in found:
            own[each] = shared


def spans_of(fact: str, back: int, program: Program, cohort: Sequence[FactSet]) -> list[Span]:
    """Each unit's value of a fact; a missing one is its whole declared range."""
    ftype = program.vocabulary.types[fact]
    one = Input(fact, back=back, low=ftype.low, high=ftype.high)
    return [find(one, facts) or (ftype.low, ftype.high) for facts in cohort]


def average(values: Sequence[Span]) -> Span | None:
    """The mean in hundredths of a step, as a range; None for no units."""
    if not values:
        return None
    low, high = sum(v[0] for v in values), sum(v[1] for v in values)
    return low * HUNDREDTHS // len(values), high * HUNDREDTHS // len(values)


def median(values: Sequence[Span]) -> Span | None:
    """The median in hundredths of a step, as a range; None for no units."""
    if not values:
        return None
    ends = [sorted(v[side] for v in values) for side in (0, 1)]
    middle, even = len(values) // 2, len(values) % 2 == 0
    low, high = ((each[middle - 1] + each[middle]) * HUNDREDTHS // 2 if even else each[middle] * HUNDREDTHS for each in ends)
    return low, high


def ranks(values: Sequence[Span]) -> list[Span]:
    """Each unit's best and worst possible rank; the greatest value is rank 1, equal values share the better rank."""
    lows, highs = (sorted(value[side] for value in values) for side in (0, 1))
    # Ahead of a unit is surely who has more at least than it at most, and perhaps who has more at most than it at least.
    return [
        (1 + len(lows) - bisect_right(lows, high), 1 + len(highs) - bisect_right(highs, low) - (high > low))
        for low, high in values
    ]


def mean_points(program: Program, indicator: str, raws: Sequence[Raw]) -> Span | None:
    """Mean points of an indicator over the units to which it applies, rounded half up to the point step."""
    leaf = next(i for i, each in enumerate(program.leaves) if each.id == indicator)
    seat = sum(1 for each in program.leaves[:leaf] if each.points is not None)
    taking = [raw for raw in raws if int(raw[1][leaf]) != NOT_APPLICABLE]
    if not taking:
        return None
    low, high = sum(raw[2][seat] for raw in taking), sum(raw[3][seat] for raw in taking)
    return divide(low, len(taking), "half_up"), divide(high, len(taking), "half_up")
