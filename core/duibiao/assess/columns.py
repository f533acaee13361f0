"""Parallel score columns: the same standard scored by several levels (self, town, district, city), one of which decides.

A standard that names its levels is scored by those and no others. Where it names none, any of the six common levels may score.
Where it does not say which one decides, the highest that has scored does.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import field, frozen

from duibiao.errors import NOWHERE, Collector, Where
from duibiao.model.outcome import Assessment, Given, IndicatorResult, Interval
from duibiao.model.process import LEVELS
from duibiao.model.standard import Scoring


@frozen
class Row:
    """One line of the comparison.

    Attributes:
        id: Indicator id, or ``score`` for the total.
        points: Level to points; None where that level has not scored.
        spread: Greatest difference between two settled columns.
        deciding: Points of the deciding level; None while it has not scored.
        title: 中文 title; empty for the total.
        title_en: English title.
        full: Full marks.
        given: Level to the points that its assessor gave in the place of the computed ones.
        computed: Level to what the rules alone give, where its assessor gave points.
        used: The points given that decide, if the deciding level gave any.
    """

    id: str
    points: Mapping[str, Interval | None]
    spread: Decimal
    deciding: Interval | None
    title: str = ""
    title_en: str = ""
    full: Decimal = Decimal(0)
    given: Mapping[str, Given] = field(factory=dict)
    computed: Mapping[str, Interval] = field(factory=dict)
    used: Given | None = None


@frozen
class Columns:
    """The levels' scores beside each other.

    Attributes:
        levels: The levels, lowest first.
        deciding: The level that decides; empty while none has scored and the standard names none.
        waiting: Levels that have not scored.
        rows: Scored indicators in order, then the total.
        decided: The deciding level's assessment; None while it has not scored.
    """

    levels: tuple[str, ...]
    deciding: str
    waiting: tuple[str, ...]
    rows: tuple[Row, ...]
    decided: Assessment | None

    def row(self, name: str) -> Row:
        """The line of an indicator, or of the total (``score``); KeyError when there is none."""
        for each in reversed(self.rows):
            if each.id == name:
                return each
        raise KeyError(name)

    def overridden(self) -> tuple[Row, ...]:
        """The lines in which points given by the deciding level took the place of computed ones."""
        return tuple(each for each in self.rows if each.used is not None)


def columns(scoring: Scoring, by_level: Mapping[str, Assessment], where: Where = NOWHERE) -> Columns:
    """The levels' points beside each other, indicator by indicator, then the total.

    *by_level* holds the assessment of each level that has scored so far, *where* is the place that problems are told of.
    Raises BadInputError: a level that scores this standard not (S07), assessments of different units or contents (S08).
    """
    levels = scoring.levels or LEVELS
    _check(levels, by_level, where)
    scored = [level for level in levels if level in by_level]
    deciding = scoring.deciding or (scored[-1] if scored else "")
    rows: list[Row] = []
    if scored:
        for leaf in by_level[scored[0]].indicators():
            found = {level: by_level[level].indicator(leaf.id) for level in scored}
            if leaf.points is not None or any(each.points is not None for each in found.values()):
                rows.append(_indicator(leaf, found, levels, deciding))
        rows.append(_total(by_level, levels, deciding))
    waiting = tuple(level for level in levels if level not in by_level) if scoring.levels else ()
    return Columns(levels, deciding, waiting, tuple(rows), by_level.get(deciding))


def _check(levels: tuple[str, ...], by_level: Mapping[str, Assessment], where: Where) -> None:
    problems = Collector()
    for level in by_level:
        if level not in levels:
            problems.add("S07", where, found=level, allowed="、".join(levels))
    found = {(each.standard, each.content_hash, each.unit): None for each in by_level.values()}
    if len(found) > 1:
        told = [f"{unit.name or unit.code} {standard} {content}".strip() for standard, content, unit in found]
        problems.add("S08", where, found="; ".join(told))
    problems.raise_any()


def _indicator(leaf: IndicatorResult, found: Mapping[str, IndicatorResult], levels: tuple[str, ...], deciding: str) -> Row:
    points = {level: found[level].points if level in found else None for level in levels}
    given = {level: each.given for level, each in found.items() if each.given is not None}
    computed = {level: each.computed for level, each in found.items() if each.computed is not None}
    full = next((each.full for each in points.values() if each is not None), Decimal(0))
    return Row(
        leaf.id, points, spread(points), points.get(deciding), title=leaf.title, title_en=leaf.title_en, full=full,
        given=given, computed=computed, used=given.get(deciding),
    )  # fmt: skip


def _total(by_level: Mapping[str, Assessment], levels: tuple[str, ...], deciding: str) -> Row:
    points = {level: by_level[level].score if level in by_level else None for level in levels}
    full = next((each.full for each in points.values() if each is not None), Decimal(0))
    return Row("score", points, spread(points), points.get(deciding), full=full)


def spread(points: Mapping[str, Interval | None]) -> Decimal:
    """The greatest difference between two settled columns; 0 when fewer than two are settled."""
    settled = [each.low for each in points.values() if each is not None and each.settled]
    return max(settled) - min(settled) if settled else Decimal(0)
