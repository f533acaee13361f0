"""Numbers with a unit and a step while a rule is being lowered: ratios stay ratios, comparisons are cross-multiplied."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from attrs import evolve, frozen

from duibiao.rules.nodes import (
    Add,
    Const,
    Div,
    Mul,
    Not,
    Num,
    Rounding,
    Truth,
    at_least,
    bounds,
    equal,
    more_than,
    times,
)

RATIO = "ratio"
"""Unit of rates, percentages and quotients of like units."""


class RuleError(ValueError):
    """A rule that cannot be lowered.

    Attributes:
        code: Problem code.
        found: What stands there.
        allowed: What would be right.
        among: Known names, to look up the nearest.
    """

    def __init__(self, code: str, found: object = "", allowed: object = "", among: list[str] | None = None) -> None:
        super().__init__(code, found, allowed)
        self.code, self.found, self.allowed, self.among = code, found, allowed, among


@frozen
class Quantity:
    """``top × step`` in *unit*, divided by *bottom* where it is a ratio.

    Attributes:
        top: Integer node.
        step: What one of *top* stands for.
        unit: Unit; ``None`` for a bare literal, which takes the other side's unit.
        bottom: Denominator node, or None.
        rate: Whether it is a rate, which is never compared with a bare number.
        unit_step: Step of *bottom*.
    """

    top: Num
    step: Fraction
    unit: str | None
    bottom: Num | None = None
    rate: bool = False
    unit_step: Fraction = Fraction(1)

    @property
    def literal(self) -> bool:
        """Whether it is a bare number."""
        return self.unit is None


def constant(value: Fraction, unit: str | None = None) -> Quantity:
    """A fixed number."""
    return Quantity(Const(value.numerator), Fraction(1, value.denominator), unit)


def agree(left: Quantity, right: Quantity) -> str | None:
    """The unit both sides share; RuleError when they do not."""
    if left.unit == right.unit:
        return left.unit
    if (left.literal and right.rate) or (right.literal and left.rate):
        raise RuleError("DB052", "", "10%")
    if left.literal or right.literal:
        return right.unit if left.literal else left.unit
    raise RuleError("DB017", f"{left.unit} / {right.unit}")


def compare(op: str, left: Quantity, right: Quantity) -> Truth:
    """``left op right`` as one integer comparison."""
    agree(left, right)
    first, second = left.top, right.top
    if right.bottom is not None:
        first = _product(first, right.bottom)
    if left.bottom is not None:
        second = _product(second, left.bottom)
    scale = left.step / right.step
    first, second = times(scale.numerator, first), times(scale.denominator, second)
    match op:
        case ">=":
            return at_least(first, second)
        case ">":
            return more_than(first, second)
        case "<=":
            return at_least(second, first)
        case "<":
            return more_than(second, first)
        case "==":
            return equal(first, second)
        case "!=":
            return Not(equal(first, second))
    raise RuleError("DB020", op)


def _product(left: Num, right: Num) -> Num:
    return times(left.value, right) if isinstance(left, Const) else Mul(left, right)


def aligned(parts: list[Quantity]) -> tuple[list[Num], Fraction, str | None, bool]:
    """The integers of *parts* at one common step, with that step, their unit, and whether they are rates."""
    if any(part.bottom is not None for part in parts):
        raise RuleError("DB021", "/", 'round(a / b, "0.1", "half_up")')
    unit, rate = parts[0].unit, any(part.rate for part in parts)
    for part in parts[1:]:
        unit = agree(evolve(parts[0], unit=unit, rate=rate), part)
    step = parts[0].step
    for part in parts[1:]:
        step = common_step(step, part.step)
    return [times(int(part.step / step), part.top) for part in parts], step, unit, rate


def common_step(left: Fraction, right: Fraction) -> Fraction:
    """The largest step of which both are whole multiples."""
    return Fraction(gcd(left.numerator * right.denominator, right.numerator * left.denominator)) / (
        left.denominator * right.denominator
    )


def add(left: Quantity, right: Quantity, sign: int = 1) -> Quantity:
    """Sum, or difference with *sign* −1."""
    (first, second), step, unit, rate = aligned([left, right])
    return Quantity(Add((first, times(sign, second))), step, unit, rate=rate)


def multiply(left: Quantity, right: Quantity) -> Quantity:
    """Product; at most one side may carry a unit other than a ratio."""
    if left.bottom is not None or right.bottom is not None:
        raise RuleError("DB021", "/", 'round(a / b, "0.1", "half_up")')
    plain = (None, RATIO)
    if left.unit not in plain and right.unit not in plain:
        raise RuleError("DB017", f"{left.unit} × {right.unit}")
    unit = right.unit if left.unit in plain else left.unit
    for literal, other in ((left, right), (right, left)):
        if isinstance(literal.top, Const):
            factor = literal.top.value * literal.step
            if factor == 0:
                return constant(Fraction(0), unit)
            sign = 1 if factor > 0 else -1
            return Quantity(times(sign, other.top), other.step * abs(factor), unit)
    return Quantity(Mul(left.top, right.top), left.step * right.step, unit)


def divide_by(left: Quantity, right: Quantity) -> Quantity:
    """Quotient: exact by a number, a ratio by a fact (the caller guards the empty case)."""
    if isinstance(right.top, Const):
        divisor = right.top.value * right.step
        if divisor == 0:
            raise RuleError("DB022", "0")
        return multiply(left, constant(1 / divisor, right.unit if right.unit == RATIO else None))
    if left.bottom is not None or right.bottom is not None:
        raise RuleError("DB021", "a / b / c", 'round(a / b, "0.1", "half_up")')
    if bounds(right.top)[0] < 0:
        raise RuleError("DB023", "< 0")
    unit = RATIO if left.unit == right.unit else f"{left.unit or 1}/{right.unit or 1}"
    return Quantity(left.top, left.step / right.step, unit, right.top, unit_step=right.step)


def rounded(value: Quantity, step: Fraction, mode: Rounding) -> Quantity:
    """*value* rounded to *step*."""
    if step <= 0:
        raise RuleError("DB025", step)
    scale = value.step / step
    top = times(scale.numerator, value.top)
    bottom = times(scale.denominator, value.bottom if value.bottom is not None else Const(1))
    return Quantity(Div(top, bottom, mode), step, value.unit, rate=value.rate)


def may_be_empty(value: Quantity) -> bool:
    """Whether the denominator can be 0."""
    return value.bottom is not None and bounds(value.bottom)[0] <= 0
