"""Bands (档次): a number's range cut into pieces, proved at load to cover it exactly once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from attrs import frozen

from duibiao.rules.nodes import Bands, Const, Num, bounds, pick
from duibiao.rules.quantity import Quantity, RuleError, compare

Edge = tuple[Fraction, int]
"""A cut: the value, and 1 when the value itself lies below the cut."""


@frozen
class Band:
    """One piece: from *low* (None: open) to *high* (None: open), worth *points* steps."""

    low: Edge | None
    high: Edge | None
    points: int


def bands_of(spec: Any, subject: Quantity, steps: Callable[[Any], int], literal: Callable[[Any], Quantity]) -> tuple[Num, int]:
    """The points node of a list of bands, and the best band's points.

    Raises RuleError: a gap (DB014), an overlap (DB013), or a band that is no band.
    """
    if not isinstance(spec, list) or not spec:
        raise RuleError("DB008", spec, "[{ at_least = …, points = … }]")
    bands = sorted((_band(each, subject, steps, literal) for each in spec), key=_order)
    for below, above in pairwise(bands):
        _adjoin(below, above)
    _reach(bands, subject)
    best = max(band.points for band in bands)
    if subject.bottom is None:
        cuts = tuple(int(band.low[0] / subject.step) for band in bands[1:] if band.low is not None)
        return Bands(subject.top, cuts, tuple(band.points for band in bands)), best
    return _chain(bands, subject), best


def _order(band: Band) -> tuple[int, Edge]:
    return (0, (Fraction(0), 0)) if band.low is None else (1, band.low)


def _band(spec: Any, subject: Quantity, steps: Callable[[Any], int], literal: Callable[[Any], Quantity]) -> Band:
    if not isinstance(spec, Mapping):
        raise RuleError("DB008", spec, "{ at_least = …, points = … }")
    known = {"at_least", "more_than", "at_most", "less_than", "points"}
    for key in spec:
        if key not in known:
            raise RuleError("DB006", key, among=sorted(known))
    if "points" not in spec:
        raise RuleError("DB007", "", "points")
    if {"at_least", "more_than"} <= set(spec) or {"at_most", "less_than"} <= set(spec):
        raise RuleError("DB039", ", ".join(spec), "at_least | more_than, at_most | less_than")
    low = _edge(spec, (("at_least", 0), ("more_than", 1)), subject, literal)
    high = _edge(spec, (("less_than", 0), ("at_most", 1)), subject, literal)
    if low is not None and high is not None and low >= high:
        raise RuleError("DB013", f"{float(low[0]):g} … {float(high[0]):g}")
    return Band(low, high, steps(spec["points"]))


def _edge(
    spec: Mapping[str, Any], keys: tuple[tuple[str, int], ...], subject: Quantity, literal: Callable[[Any], Quantity]
) -> Edge | None:
    for key, inclusive in keys:
        if key in spec:
            value = literal(spec[key])
            assert isinstance(value.top, Const)  # noqa: S101 - literals are constants
            number = value.top.value * value.step
            if subject.bottom is None and inclusive:
                return number + subject.step, 0
            return number, inclusive
    return None


def _adjoin(below: Band, above: Band) -> None:
    if below.high is None or above.low is None or below.high > above.low:
        raise RuleError("DB013", _text(below, above))
    if below.high < above.low:
        raise RuleError("DB014", _text(below, above))


def _text(below: Band, above: Band) -> str:
    first = "…" if below.high is None else f"{'<=' if below.high[1] else '<'} {float(below.high[0]):g}"
    second = "…" if above.low is None else f"{'>' if above.low[1] else '>='} {float(above.low[0]):g}"
    return f"{first} | {second}"


def _reach(bands: list[Band], subject: Quantity) -> None:
    """The first band must start at or below the least value, the last end above the greatest."""
    first, last = bands[0].low, bands[-1].high
    if subject.bottom is not None:
        if (first is not None and first > (Fraction(0), 0)) or last is not None:
            raise RuleError("DB014", "0 … ∞")
        return
    low, high = bounds(subject.top)
    if first is not None and first > (low * subject.step, 0):
        raise RuleError("DB014", f"{float(low * subject.step):g} … {float(first[0]):g}")
    if last is not None and last < ((high + 1) * subject.step, 0):
        raise RuleError("DB014", f"{float(last[0]):g} … {float(high * subject.step):g}")


def _chain(bands: list[Band], subject: Quantity) -> Num:
    """Bands of a ratio: cross-multiplied comparisons from the top band down."""
    value: Num = Const(bands[0].points)
    for band in bands[1:]:
        if band.low is None:
            raise RuleError("DB013", "…")
        edge = Quantity(Const(band.low[0].numerator), Fraction(1, band.low[0].denominator), subject.unit)
        test = compare(">" if band.low[1] else ">=", subject, edge)
        value = pick(test, Const(band.points), value)
    return value
