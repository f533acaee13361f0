"""Tests on numbers: thresholds, ranges, soft values, changes against last year, comparisons with peers, deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from duibiao.model.facts import FactType, Kind
from duibiao.model.notation import read_date, split_number, to_steps, unit_of, with_percent
from duibiao.rules.context import Context, present
from duibiao.rules.expression import months_in
from duibiao.rules.keys import CHANGES, PEERS, THRESHOLDS
from duibiao.rules.nodes import Const, Truth, both, bounds, either, more_than, negate
from duibiao.rules.program import Sketch
from duibiao.rules.quantity import RATIO, Quantity, RuleError, add, compare, constant, divide_by, multiply, rounded


def subject_of(spec: Mapping[str, Any], ftype: FactType, context: Context) -> Quantity:
    """The number that a condition or points table looks at: a fact, a ratio, or a count of events."""
    if ftype.kind is Kind.EVENTS:
        months = months_in(spec["within"]) if "within" in spec else 0
        settled = spec.get("settled")
        if settled is not None and not isinstance(settled, bool):
            raise RuleError("DB008", settled, "true, false")
        number = context.events(ftype, spec.get("kind", ""), months, settled)
    elif ftype.kind is Kind.CHECKLIST:
        number = present(context.members(ftype, spec.get("has")))
    else:
        number = context.number(ftype)
    if "ratio_to" in spec:
        return divide_by(number, context.number(context.type(spec["ratio_to"])))
    return number


def literal(raw: Any, like: Quantity) -> Quantity:
    """A threshold as written, in the unit of *like*; RuleError or NotationError when it does not fit."""
    if like.unit == "date":
        return constant(Fraction(read_date(raw).toordinal()), "date")
    if isinstance(raw, date):
        raise RuleError("DB008", raw, "number")
    number, symbol = split_number(raw)
    unit = unit_of(symbol, like.unit)
    if unit == "%":
        if like.unit != RATIO:
            raise RuleError("DB017", raw, like.unit or "number")
        return _checked(constant(Fraction(number) / 100, RATIO), like, raw)
    if like.rate:
        raise RuleError("DB052", raw, with_percent(number))
    if unit and unit != like.unit:
        raise RuleError("DB017", raw, like.unit or "number")
    return _checked(constant(Fraction(number), like.unit), like, raw)


def _checked(value: Quantity, like: Quantity, raw: Any) -> Quantity:
    """Refuse a threshold finer than the fact's step or outside its range: no fact could ever lie on it."""
    if like.bottom is not None:
        return value
    steps = value.top.value * value.step / like.step if isinstance(value.top, Const) else Fraction(0)
    low, high = bounds(like.top)
    if steps.denominator != 1:
        raise RuleError("DB025", raw, str(float(like.step)))
    if not low <= steps <= high:
        percent, sign = (100, "%") if like.unit == RATIO else (1, f" {like.unit}" if like.unit else "")
        ends = (f"{float(end * like.step * percent):g}{sign}" for end in (low, high))
        raise RuleError("DB024", raw, " … ".join(ends))
    return value


def numeric_test(key: str, spec: Mapping[str, Any], ftype: FactType, subject: Quantity, context: Context) -> tuple[Truth, Sketch]:
    """One threshold, range, soft value, change or comparison with peers; RuleError or NotationError when it does not fit."""
    raw = spec[key]
    if key in CHANGES:
        return _change(key, raw, ftype, subject, context)
    if key in PEERS:
        return _peers(key, raw, ftype, subject, context)
    if key == "each_within":
        return _each_within(raw, spec, ftype, context)
    if key == "between":
        return _between(raw, spec, ftype, subject, context)
    if key in ("about", "floor"):
        return _soft(key, raw, spec, ftype, subject)
    sign = THRESHOLDS[key]
    bound = _bound(raw, spec, subject, context)
    test = compare(sign, subject, bound)
    note = "per" if "per" in spec else ""
    return test, Sketch(key, test, ftype.id, subject, bound, sign.replace("==", "="), note=note)


def _bound(raw: Any, spec: Mapping[str, Any], subject: Quantity, context: Context) -> Quantity:
    """The threshold, multiplied out where it is so much per N of another fact."""
    if "per" not in spec:
        return literal(raw, subject)
    per = spec["per"]
    if not isinstance(per, Mapping) or not {"fact", "each"} <= set(per) <= {"fact", "each", "round"}:
        raise RuleError("DB008", per, '{ fact = "…", each = 100, round = "up" }')
    base, size = context.number(context.type(per["fact"])), per["each"]
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise RuleError("DB008", size, ">= 1")
    shares = multiply(base, constant(Fraction(1, size)))
    mode = per.get("round", "none")
    if mode not in ("up", "down", "none"):
        raise RuleError("DB018", mode, "up, down, none")
    if mode != "none":
        shares = rounded(shares, Fraction(1), mode)
    number, symbol = split_number(raw)
    if unit_of(symbol, subject.unit) not in ("", subject.unit):
        raise RuleError("DB017", raw, subject.unit or "")
    scaled = multiply(Quantity(shares.top, shares.step, None), constant(Fraction(number)))
    return Quantity(scaled.top, scaled.step, subject.unit)


def _between(raw: Any, spec: Mapping[str, Any], ftype: FactType, subject: Quantity, context: Context) -> tuple[Truth, Sketch]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise RuleError("DB008", raw, "[low, high]")
    low, high = (_bound(each, spec, subject, context) for each in raw)
    tests = (compare(">=", subject, low), compare("<=", subject, high))
    test = both(*tests)
    children = tuple(
        Sketch(kind, each, ftype.id, subject, bound, sign)
        for kind, each, bound, sign in zip(("at_least", "at_most"), tests, (low, high), (">=", "<="), strict=True)
    )
    return test, Sketch("between", test, ftype.id, subject, children=children)


def _soft(key: str, raw: Any, spec: Mapping[str, Any], ftype: FactType, subject: Quantity) -> tuple[Truth, Sketch]:
    """A soft value is shown and never failed; asking for the fact keeps an empty answer unknown."""
    bound = literal(raw, subject)
    if key == "floor":
        test = compare(">=", subject, bound)
        return test, Sketch("floor", test, ftype.id, subject, bound, ">=")
    test = _asked(subject)
    return test, Sketch("about", test, ftype.id, subject, bound, "≈", note="soft")


def _asked(subject: Quantity) -> Truth:
    """True for every value of the fact, open while it is missing."""
    low, high = bounds(subject.top)
    above = more_than(subject.top, Const((low + high) // 2))
    return either(above, negate(above))


def _change(key: str, raw: Any, ftype: FactType, subject: Quantity, context: Context) -> tuple[Truth, Sketch]:
    before = context.earlier(1).number(ftype)
    if key == "rises_by":
        bound = add(before, _gain(raw, subject))
        test = compare(">=", subject, bound)
        return test, Sketch("rises_by", test, ftype.id, subject, bound, ">=", text=str(raw))
    if raw is not True:
        raise RuleError("DB008", raw, "true")
    sign = {"rises": ">", "not_rising": "<=", "not_falling": ">="}[key]
    test = compare(sign, subject, before)
    return test, Sketch(key, test, ftype.id, subject, before, sign)


def _gain(raw: Any, subject: Quantity) -> Quantity:
    number, symbol = split_number(raw)
    unit = unit_of(symbol)
    if unit == "%" or subject.unit == RATIO:
        if unit != "%" or subject.unit != RATIO:
            raise RuleError("DB017", raw, subject.unit or "")
        return Quantity(Const(to_steps(number / 100, _decimal(subject.step))), subject.step, RATIO, rate=True)
    return constant(Fraction(number), subject.unit)


def _decimal(step: Fraction) -> Decimal:
    return Decimal(step.numerator) / Decimal(step.denominator)


def _peers(key: str, raw: Any, ftype: FactType, subject: Quantity, context: Context) -> tuple[Truth, Sketch]:
    if key == "rank_within":
        if isinstance(raw, bool) or not isinstance(raw, int) or raw < 1:
            raise RuleError("DB008", raw, ">= 1")
        rank, bound = context.peers(ftype, "rank"), constant(Fraction(raw), "")
        test = compare("<=", rank, bound)
        return test, Sketch("rank_within", test, ftype.id, rank, bound, "<=")
    if raw not in ("average", "median"):
        raise RuleError("DB018", raw, "average, median")
    bound = context.peers(ftype, raw)
    test = compare(">", subject, bound)
    return test, Sketch("above_peers", test, ftype.id, subject, bound, ">", text=raw)


def _each_within(raw: Any, spec: Mapping[str, Any], ftype: FactType, context: Context) -> tuple[Truth, Sketch]:
    months = months_in(spec["within"]) if "within" in spec else 0
    late = context.late(ftype, limit_of(raw), months, spec.get("kind", ""))
    bound = constant(Fraction(0), "event")
    test = compare("<=", late, bound)
    return test, Sketch("each_within", test, ftype.id, late, bound, "<=", text=str(raw))


def limit_of(raw: Any) -> tuple[int, int]:
    """Months and days in ``"1 month"``, ``"30 days"``, ``"1 year"``."""
    number, symbol = split_number(raw)
    unit = unit_of(symbol)
    if unit not in ("day", "month", "year") or number != number.to_integral_value() or not 1 <= number <= 1200:
        raise RuleError("DB008", raw, '"1 month", "30 days"')
    return (0, int(number)) if unit == "day" else (int(number) * (12 if unit == "year" else 1), 0)
