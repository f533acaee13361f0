"""Points keys (docs/pack-format.md) lowered to an exact number of point steps."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import evolve, frozen

from duibiao.model.facts import LEVELLED, FactType, Kind
from duibiao.model.notation import split_number, to_steps, unit_of
from duibiao.rules.bands import bands_of
from duibiao.rules.conditions import At, LocatedRuleError, located
from duibiao.rules.context import Context, present
from duibiao.rules.expression import months_in
from duibiao.rules.keys import WAYS
from duibiao.rules.nodes import (
    Bands,
    Const,
    Div,
    Greatest,
    Least,
    Mul,
    Num,
    Read,
    Rounding,
    Truth,
    at_least,
    bounds,
    more_than,
    pick,
    times,
    total,
)
from duibiao.rules.program import Sketch
from duibiao.rules.quantity import Quantity, RuleError, multiply
from duibiao.rules.thresholds import literal, subject_of


@frozen
class Scored:
    """Points, lowered.

    Attributes:
        points: Points earned where the indicator applies, in point steps.
        full: Full marks, in point steps.
        sketch: What to say about them.
    """

    points: Num
    full: int
    sketch: Sketch


@frozen
class Marks:
    """How points are kept: their smallest step.

    Attributes:
        step: Smallest step of a point.
    """

    step: Decimal

    def steps(self, raw: Any) -> int:
        """Points as written, in steps; RuleError when finer than the step."""
        number, symbol = split_number(raw)
        if unit_of(symbol) not in ("", "point"):
            raise RuleError("DB017", raw, "point")
        return to_steps(number, self.step)

    def price(self, raw: Any) -> int:
        """Points that may not be negative, in steps."""
        found = self.steps(raw)
        if found < 0:
            raise RuleError("DB024", raw, ">= 0")
        return found

    def exact(self, value: Num, step: Fraction) -> Num:
        """*value* of *step* points as point steps, rounded half up only where it cannot be exact."""
        scale = step / Fraction(self.step)
        top = times(scale.numerator, value)
        return top if scale.denominator == 1 else Div(top, Const(scale.denominator), "half_up")


def lower_points(
    spec: Mapping[str, Any], condition: Mapping[str, Any], met: Truth, context: Context, marks: Marks, at: At
) -> Scored:
    """Lower an indicator's points keys; *met* is its condition, for all-or-nothing points.

    Raises LocatedRuleError.
    """
    ways = [key for key in WAYS if key in spec]
    if len(ways) > 1:
        raise LocatedRuleError(RuleError("DB039", ", ".join(ways), ", ".join(WAYS)), at.path)
    full: int | None = None
    if "points" in spec:
        full = located(spec["points"], at.at("points"), lambda: marks.price(spec["points"]))
    if not ways:
        if full is None:
            raise LocatedRuleError(RuleError("DB007", "", "points"), at.path)
        earned = pick(met, Const(full), Const(0))
        return Scored(earned, full, Sketch("all_or_nothing", shown=_points(earned, marks)))
    lowering = _LOWER[ways[0]]
    table = _Table(spec, condition, full, context, marks, at.at(ways[0]))
    scored: Scored = located(spec[ways[0]], table.at, lambda: lowering(table, spec[ways[0]]))
    return scored


def _points(value: Num, marks: Marks) -> Quantity:
    return Quantity(value, Fraction(marks.step), "point")


@frozen
class _Table:
    """One points table being lowered."""

    spec: Mapping[str, Any]
    condition: Mapping[str, Any]
    full: int | None
    context: Context
    marks: Marks
    at: At

    def type(self, name: Any = None) -> FactType:
        """The fact the table names, or the indicator's own."""
        name = name if name is not None else self.condition.get("fact")
        if name is None:
            raise RuleError("DB007", "", "fact")
        return self.context.type(name)

    def subject(self) -> Quantity:
        return subject_of(self.condition, self.type(), self.context)

    def done(self, points: Num, full: int | None, kind: str, **more: Any) -> Scored:
        if full is None:
            raise RuleError("DB007", "", "points")
        if bounds(points)[1] <= full:
            return Scored(points, full, Sketch(kind, shown=_points(points, self.marks), **more))
        capped, over = Least((points, Const(full))), (more_than(points, Const(full)), "capped")
        return Scored(capped, full, Sketch(kind, shown=_points(capped, self.marks), marks=(over,), **more))

    def floored(self, taken: Num, kind: str, **more: Any) -> Scored:
        """Full marks less what is *taken*, never below 0."""
        if self.full is None:
            raise RuleError("DB007", "", "points")
        earned = Greatest((total(Const(self.full), times(-1, taken)), Const(0)))
        under = (more_than(taken, Const(self.full)), "floored")
        return Scored(earned, self.full, Sketch(kind, shown=_points(earned, self.marks), marks=(under,), **more))


def _bands(table: _Table, spec: Any) -> Scored:
    subject = table.subject()
    earned, best = bands_of(spec, subject, table.marks.price, lambda raw: literal(raw, subject))
    full = table.full if table.full is not None else best
    if best != full:
        raise RuleError("DB012", f"{best * table.marks.step}", f"{full * table.marks.step}")
    return table.done(earned, full, "bands", subject=table.type().id, bound=subject)


def _deduct(table: _Table, spec: Any) -> Scored:
    if not isinstance(spec, list) or not spec:
        raise RuleError("DB008", spec, "[{ fact = …, each = 1, points = 0.5 }]")
    lost = [_deduction(table, each) for each in spec]
    taken = total(*(value for value, _ in lost))
    return table.floored(taken, "deduct", children=tuple(sketch for _, sketch in lost))


def _deduction(table: _Table, spec: Any) -> tuple[Num, Sketch]:
    if not isinstance(spec, Mapping):
        raise RuleError("DB008", spec, "{ fact = …, points = … }")
    if "judged" in spec:
        return _judged_deduction(table, spec)
    if "events" in spec:
        return _event_deduction(table, spec)
    _keys(spec, {"fact", "each", "points", "most"})
    subject = table.context.number(table.type(spec.get("fact")))
    each = literal(spec.get("each", 1), subject)
    count = _steps(subject, each, "down")
    value = _at_most(times(table.marks.price(spec.get("points")), count), spec, table.marks)
    sketch = Sketch("deduction", subject=table.type(spec.get("fact")).id, shown=subject, bound=_points(value, table.marks))
    return value, sketch


def _event_deduction(table: _Table, spec: Mapping[str, Any]) -> tuple[Num, Sketch]:
    _keys(spec, {"events", "kind", "within", "points", "unsettled", "most"})
    ftype = table.type(spec["events"])
    months = months_in(spec["within"]) if "within" in spec else 0
    kind = spec.get("kind", "")
    price = table.marks.price(spec.get("points"))
    if "unsettled" in spec:
        done = table.context.events(ftype, kind, months, True).top
        left = table.context.events(ftype, kind, months, False).top
        value = total(times(price, done), times(table.marks.price(spec["unsettled"]), left))
    else:
        value = times(price, table.context.events(ftype, kind, months).top)
    value = _at_most(value, spec, table.marks)
    shown = table.context.events(ftype, kind, months)
    return value, Sketch("deduction", subject=ftype.id, shown=shown, bound=_points(value, table.marks))


def _at_most(value: Num, spec: Mapping[str, Any], marks: Marks) -> Num:
    """A deduction with its own upper limit, where one is declared."""
    return Least((value, Const(marks.price(spec["most"])))) if "most" in spec else value


def _judged_deduction(table: _Table, spec: Mapping[str, Any]) -> tuple[Num, Sketch]:
    """Points an assessor takes off, inside a declared range; facts outside it are refused when they are read."""
    _keys(spec, {"judged", "least", "most"})
    ftype = table.type(spec["judged"])
    value = _own_points(table, ftype, spec.get("least", 0), spec.get("most"))
    return value, Sketch("deduction", subject=ftype.id, shown=_points(value, table.marks), bound=_points(value, table.marks))


def _own_points(table: _Table, ftype: FactType, least: Any, most: Any) -> Num:
    number = table.context.number(ftype)
    if number.unit != "point":
        raise RuleError("DB017", number.unit or "-", "point")
    low, high = (literal(each, number) for each in (least, most))
    each = number.top
    if not isinstance(each, Read) or not isinstance(low.top, Const) or not isinstance(high.top, Const):
        raise RuleError("DB008", ftype.id, "count, quantity")
    inside = evolve(
        each.input,
        low=int(low.top.value * low.step / number.step),
        high=int(high.top.value * high.step / number.step),
        judged=True,
    )
    return table.marks.exact(Read(inside), number.step)


def _steps(subject: Quantity, each: Quantity, rounding: Rounding) -> Num:
    """How many times *each* goes into *subject*."""
    if not isinstance(each.top, Const) or each.top.value <= 0:
        raise RuleError("DB024", each.top, "> 0")
    scale = subject.step / (each.top.value * each.step)
    top = times(scale.numerator, subject.top)
    if scale.denominator == 1:
        return top
    return Div(top, Const(scale.denominator), rounding)


def _shortfall(table: _Table, spec: Any) -> Scored:
    if not isinstance(spec, Mapping):
        raise RuleError("DB008", spec, '{ step = …, points = …, mode = "full" }')
    _keys(spec, {"step", "points", "mode"})
    key = next((each for each in ("at_least", "at_most") if each in table.condition), None)
    if key is None:
        raise RuleError("DB007", "", "at_least, at_most")
    for each in ("per", "by_kind", "by", "otherwise", "sustained"):
        if each in table.condition:
            raise RuleError("DB019", f"shortfall / {each}", "bands")
    subject = table.subject()
    if subject.bottom is not None:
        raise RuleError("DB019", "ratio_to", "round(a / b, …)")
    goal, step = literal(table.condition[key], subject), literal(spec.get("step"), subject)
    if not isinstance(goal.top, Const):
        raise RuleError("DB008", goal.top, "number")
    line = int(goal.top.value * goal.step / subject.step)
    sign = 1 if key == "at_least" else -1
    apart = total(Const(sign * line), times(-sign, subject.top))
    missing = Quantity(Greatest((apart, Const(0))), subject.step, subject.unit)
    mode, price = spec.get("mode", "full"), table.marks.price(spec.get("points"))
    if mode == "proportional":
        share = multiply(missing, Quantity(Const(price), Fraction(table.marks.step), None))
        value: Num = _proportional(share, step, table.marks)
    elif mode in ("full", "started"):
        value = times(price, _steps(missing, step, "down" if mode == "full" else "up"))
    else:
        raise RuleError("DB018", mode, "full, started, proportional")
    return table.floored(value, "shortfall", subject=table.type().id, bound=missing)


def _proportional(share: Quantity, step: Quantity, marks: Marks) -> Num:
    if not isinstance(step.top, Const) or step.top.value <= 0:
        raise RuleError("DB024", step.top, "> 0")
    return marks.exact(share.top, share.step / (step.top.value * step.step))


def _each(table: _Table, spec: Any) -> Scored:
    if not isinstance(spec, Mapping):
        raise RuleError("DB008", spec, "{ points = …, cap = … }")
    _keys(spec, {"points", "cap"})
    cap = table.marks.price(spec["cap"]) if "cap" in spec else table.full
    ftype = table.type()
    counted = present(table.context.members(ftype)) if ftype.kind is Kind.CHECKLIST else table.subject()
    if counted.step != 1 or counted.bottom is not None:
        raise RuleError("DB019", f"{ftype.id} ({ftype.kind})", "count, events, checklist")
    value = times(table.marks.price(spec.get("points")), counted.top)
    return table.done(value, table.full if table.full is not None else cap, "each", subject=ftype.id, bound=counted)


def _per_member(table: _Table, spec: Any) -> Scored:
    ftype = table.type()
    members = table.context.members(ftype, table.condition.get("has"))
    price = table.marks.price(spec)
    full = table.full if table.full is not None else price * len(members)
    counted = present(members)
    return table.done(times(price, counted.top), full, "per_member", subject=ftype.id, bound=counted)


def _level_points(table: _Table, ftype: FactType, grades: Any, step: Fraction) -> Num:
    """Points by level, in *step*; every level must be named."""
    if ftype.kind not in LEVELLED:
        raise RuleError("DB019", f"{ftype.id} ({ftype.kind})", "grade, choice")
    if not isinstance(grades, Mapping):
        raise RuleError("DB008", grades, '{ "优" = 5, … }')
    found: dict[int, Decimal] = {}
    for name, value in grades.items():
        level = table.context.level(ftype, name)
        if level in found:
            raise RuleError("DB009", name)
        found[level] = split_number(value)[0]
    missing = [each.title for i, each in enumerate(ftype.options) if i not in found]
    if missing:
        raise RuleError("DB014", ", ".join(missing), ", ".join(each.title for each in ftype.options))
    values = tuple(int(Fraction(found[i]) / step) for i in range(len(ftype.options)))
    return Bands(table.context.levels(ftype).read, tuple(range(1, len(values))), values)


def _graded(table: _Table, spec: Any) -> Scored:
    ftype = table.type()
    if isinstance(spec, Mapping):
        for value in spec.values():
            table.marks.price(value)
    value = _level_points(table, ftype, spec, Fraction(table.marks.step))
    full = table.full if table.full is not None else bounds(value)[1]
    if bounds(value)[1] != full:
        raise RuleError("DB012", f"{bounds(value)[1] * table.marks.step}", f"{full * table.marks.step}")
    return table.done(value, full, "graded", subject=ftype.id)


def _parts(table: _Table, spec: Any) -> Scored:
    if not isinstance(spec, Mapping):
        raise RuleError("DB008", spec, "{ coefficient = …, facts = […], grades = { … } }")
    _keys(spec, {"coefficient", "facts", "grades", "combine"})
    coefficient = Fraction(split_number(spec.get("coefficient", 1))[0])
    facts, grades = spec.get("facts"), spec.get("grades")
    if not isinstance(facts, list) or not facts or not isinstance(grades, Mapping) or coefficient <= 0:
        raise RuleError("DB007", "", "facts, grades, coefficient > 0")
    step = Fraction(1, 1000)
    for value in grades.values():
        to_steps(split_number(value)[0], Decimal("0.001"))
    values = [_level_points(table, table.type(name), grades, step) for name in facts]
    combined, unit = values[0], step
    if spec.get("combine", "sum") == "sum":
        combined = total(*values)
    elif spec["combine"] == "product":
        for each in values[1:]:
            combined, unit = Mul(combined, each), unit * step
    else:
        raise RuleError("DB018", spec["combine"], "sum, product")
    earned = table.marks.exact(combined, unit * coefficient)
    full = table.full if table.full is not None else bounds(earned)[1]
    children = tuple(Sketch("part", subject=table.type(name).id) for name in facts)
    return table.done(earned, full, "parts", children=children, text=str(spec.get("coefficient", 1)))


def _sources(table: _Table, spec: Any) -> Scored:
    if not isinstance(spec, list) or not spec:
        raise RuleError("DB008", spec, '[{ fact = "…", share = "60%" }]')
    shares: list[tuple[Quantity, Fraction]] = []
    for each in spec:
        if not isinstance(each, Mapping):
            raise RuleError("DB008", each, '{ fact = "…", share = "60%" }')
        _keys(each, {"fact", "share"})
        number, symbol = split_number(each.get("share"))
        if unit_of(symbol) != "%":
            raise RuleError("DB052", each.get("share"), "60%")
        shares.append((table.context.number(table.type(each.get("fact"))), Fraction(number) / 100))
    if sum(share for _, share in shares) != 1:
        raise RuleError("DB044", f"{float(sum(share for _, share in shares)):.4%}", "100%")
    for mark, _ in shares:
        if mark.unit != "point":
            raise RuleError("DB017", mark.unit or "-", "point")
    step = min(mark.step * share for mark, share in shares) / 1000
    parts = [(mark.top, mark.step * share / step) for mark, share in shares]
    common = 1
    for _, factor in parts:
        common = common * factor.denominator
    mixed = total(*(times(int(factor * common), top) for top, factor in parts))
    earned = table.marks.exact(mixed, step / common)
    full = table.full if table.full is not None else bounds(earned)[1]
    return table.done(earned, full, "sources")


def _honours(table: _Table, spec: Any) -> Scored:
    if not isinstance(spec, Mapping) or not isinstance(spec.get("levels"), Mapping):
        raise RuleError("DB008", spec, '{ levels = { … }, within = "3 years", take = "highest" }')
    _keys(spec, {"levels", "within", "take"})
    ftype, months = table.type(), months_in(spec["within"]) if "within" in spec else 0
    values: list[Num] = []
    if spec.get("take") == "sum" and table.full is None:
        raise RuleError("DB007", "", "points")
    for name, price in spec["levels"].items():
        count = table.context.events(ftype, name, months).top
        worth = table.marks.price(price)
        one = pick(at_least(count, Const(1)), Const(worth), Const(0))
        values.append(one if spec.get("take", "highest") == "highest" else times(worth, count))
    if spec.get("take", "highest") not in ("highest", "sum"):
        raise RuleError("DB018", spec["take"], "highest, sum")
    earned = Greatest(tuple(values)) if spec.get("take", "highest") == "highest" else total(*values)
    best = max(table.marks.price(price) for price in spec["levels"].values())
    return table.done(earned, table.full if table.full is not None else best, "honours", subject=ftype.id)


def _points_from(table: _Table, spec: Any) -> Scored:
    if table.full is None:
        raise RuleError("DB007", "", "points")
    ftype = table.type(spec)
    value = _own_points(table, ftype, 0, table.spec["points"])
    return table.done(value, table.full, "points_from", subject=ftype.id)


def _keys(spec: Mapping[str, Any], known: set[str]) -> None:
    for key in spec:
        if key not in known:
            raise RuleError("DB006", key, among=sorted(known))


_LOWER = {
    "bands": _bands,
    "deduct": _deduct,
    "shortfall": _shortfall,
    "each": _each,
    "graded": _graded,
    "per_member": _per_member,
    "parts": _parts,
    "sources": _sources,
    "honours": _honours,
    "points_from": _points_from,
}
