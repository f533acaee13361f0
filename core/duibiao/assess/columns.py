"""Parallel score columns: the same standard scored by several levels (self, town, district, city), one of which decides."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import frozen

from duibiao.model.outcome import Assessment, Interval
from duibiao.model.standard import Scoring


@frozen
class Row:
    """One line of the comparison.

    Attributes:
        id: Indicator id, or ``score`` for the total.
        points: Level to points; None where that level did not score.
        spread: Greatest difference between two settled columns.
        deciding: Points of the deciding level.
    """

    id: str
    points: Mapping[str, Interval | None]
    spread: Decimal
    deciding: Interval | None


def columns(scoring: Scoring, by_level: Mapping[str, Assessment]) -> list[Row]:
    """The levels' points beside each other, indicator by indicator, then the total.

    *by_level* holds the assessment of each level that has scored so far. ValueError for a level that *scoring* does not name.
    """
    for level in by_level:
        if level not in scoring.levels:
            raise ValueError(level)
    known = next(iter(by_level.values()), None)
    if known is None:
        return []
    names = [leaf.id for leaf in known.indicators() if leaf.points is not None]
    rows = [_row(name, {level: each.indicator(name).points for level, each in by_level.items()}, scoring) for name in names]
    return [*rows, _row("score", {level: each.score for level, each in by_level.items()}, scoring)]


def _row(name: str, found: Mapping[str, Interval | None], scoring: Scoring) -> Row:
    points = {level: found.get(level) for level in scoring.levels}
    settled = [each.low for each in points.values() if each is not None and each.settled]
    spread = max(settled) - min(settled) if settled else Decimal(0)
    return Row(name, points, spread, points.get(scoring.deciding))
