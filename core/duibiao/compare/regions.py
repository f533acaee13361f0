"""What a demand leaves of a fact's values: ranges, sets of levels, members of a checklist; which of two leaves less."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from attrs import evolve, frozen

from duibiao.rules.nodes import Span, Truth


@frozen
class Range:
    """Numbers between two bounds.

    Attributes:
        low: Lower bound, or None.
        high: Upper bound, or None.
        low_open: Whether the lower bound itself is left out.
        high_open: Whether the upper bound itself is left out.
        domain: Least and greatest whole number where only whole numbers occur; None for a ratio.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False
    domain: Span | None = None

    def whole(self) -> Span:
        """The least and greatest whole number in it, inside the domain (the first above the second: there is none)."""
        least, most = self.domain or (0, 0)
        low, high = least, most
        if self.low is not None:
            low = max(low, floor(self.low) + 1 if self.low_open else ceil(self.low))
        if self.high is not None:
            high = min(high, ceil(self.high) - 1 if self.high_open else floor(self.high))
        return low, high


@frozen
class Choice:
    """Some of the levels of a choice or grade, of yes and no, of the kinds of unit.

    Attributes:
        allowed: Indexes that satisfy.
        count: How many levels there are.
    """

    allowed: frozenset[int]
    count: int


@frozen
class Members:
    """Members of a checklist.

    Attributes:
        required: Those that have to be there.
        forbidden: Those that may not.
        least: How many of *among* have to be there.
        among: The members counted.
    """

    required: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    least: int = 0
    among: frozenset[str] = frozenset()

    def sure(self, among: frozenset[str]) -> int:
        """So many of *among* are there for certain."""
        counted = self.least - len(self.among - among) if self.least else 0
        return max(len(self.required & among), counted)


@frozen
class Opaque:
    """A condition that no single number, level or list says.

    Attributes:
        node: The condition.
    """

    node: Truth


Region = Range | Choice | Members | Opaque
Bound = tuple[Fraction | None, bool]
"""A bound, or None, and whether it is open."""


def implies(left: Region, right: Region, *, product: bool = False) -> bool:
    """Whether everything in *left* is in *right* too; False where that is not certain.

    *product*: ratios are asked as products, whose divisor may be 0.
    """
    match left, right:
        case Range(), Range():
            return _inside(left, right, product=product)
        case Choice(), Choice():
            return left.allowed <= right.allowed
        case Members(), Members():
            named = right.required <= left.required and right.forbidden <= left.forbidden
            return named and (not right.least or left.sure(right.among) >= right.least)
    return left == right


def _inside(left: Range, right: Range, *, product: bool) -> bool:
    if left.domain is not None and right.domain is not None:
        (low, high), (least, most) = left.whole(), right.whole()
        return low > high or (least <= low and high <= most)
    low = _beyond((left.low, left.low_open), (right.low, right.low_open), 1, product=product)
    return low and _beyond((left.high, left.high_open), (right.high, right.high_open), -1, product=product)


def _beyond(mine: Bound, other: Bound, sign: int, *, product: bool) -> bool:
    (bound, is_open), (limit, strict) = mine, other
    if limit is None:
        return True
    if bound is None or sign * bound < sign * limit:
        return False
    # A product holds at 0 = 0 too, however far the bounds lie apart: only an open bound keeps that out.
    return is_open or not strict or (bound != limit and not product)


def meet(left: Region, right: Region) -> Region | None:
    """What satisfies both; None where no single region says it."""
    match left, right:
        case Range(), Range():
            low = _tighter((left.low, left.low_open), (right.low, right.low_open), 1)
            high = _tighter((left.high, left.high_open), (right.high, right.high_open), -1)
            return Range(low[0], high[0], low[1], high[1], left.domain)
        case Choice(), Choice():
            return Choice(left.allowed & right.allowed, left.count)
        case Members(), Members() if not (left.least and right.least):
            counted = left if left.least else right
            required, forbidden = left.required | right.required, left.forbidden | right.forbidden
            return Members(required, forbidden, counted.least, counted.among)
    return left if left == right else None


def _tighter(left: Bound, right: Bound, sign: int) -> Bound:
    if left[0] is None or right[0] is None:
        return right if left[0] is None else left
    if left[0] == right[0]:
        return left[0], left[1] or right[1]
    return left if sign * left[0] > sign * right[0] else right


def opposite(region: Region) -> Region | None:
    """What does not satisfy it; None where no single region says it."""
    match region:
        case Range(low, None, is_open) if low is not None:
            return evolve(region, low=None, high=low, low_open=False, high_open=not is_open)
        case Range(None, high, _, is_open) if high is not None:
            return evolve(region, low=high, high=None, low_open=not is_open, high_open=False)
        case Choice(allowed, count):
            return Choice(frozenset(range(count)) - allowed, count)
        case Members(required, forbidden, 0) if len(required) + len(forbidden) == 1:
            return Members(forbidden, required)
    return None


def times_as_much(left: Region, right: Region) -> Fraction | None:
    """How many times as much *left* asks as *right*, where both bound the same side of a number above zero."""
    if not isinstance(left, Range) or not isinstance(right, Range):
        return None
    if left.low and right.low and left.high == right.high and left.low > 0 and right.low > 0:
        return left.low / right.low
    if left.high and right.high and left.low == right.low and left.high > 0 and right.high > 0:
        return right.high / left.high
    return None


__all__ = ["Choice", "Members", "Opaque", "Range", "Region", "implies", "meet", "opposite", "times_as_much"]
