"""The small total expression language: Python's operators over facts, no loops, no attributes, no other calls."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import cast

from duibiao.model.facts import Kind
from duibiao.rules.context import Context, Levels, present
from duibiao.rules.nodes import (
    NO,
    YES,
    Choose,
    Count,
    Flag,
    Greatest,
    Input,
    Least,
    Rounding,
    Truth,
    both,
    either,
    negate,
    pick,
)
from duibiao.rules.nodes import Const as ConstNode
from duibiao.rules.program import Sketch
from duibiao.rules.quantity import (
    RATIO,
    Quantity,
    RuleError,
    add,
    aligned,
    compare,
    constant,
    divide_by,
    multiply,
    rounded,
)

LONGEST_TEXT = 4_000
DEEPEST = 40
Operand = Quantity | Truth | Levels | str

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
_OPERATORS = str.maketrans({"≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "（": "(", "）": ")", "，": ","})
_COMPARE = {ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Lt: "<", ast.Eq: "==", ast.NotEq: "!="}
_PERIOD = re.compile(r"\s*(\d{1,3})\s*(years?|年|months?|个?月)\s*\Z")
_TRUTHS = ("Fixed", "Flag", "Compare", "All", "Any", "Not", "Choose")


def months_in(text: object) -> int:
    """The number of months in ``"3 years"``, ``"6 months"``, ``"3年"``."""
    found = _PERIOD.match(text) if isinstance(text, str) and len(text) < 40 else None
    if found is None or int(found[1]) == 0:
        raise RuleError("DB008", text, '"3 years", "6 months"')
    return int(found[1]) * (12 if found[2][0] in "y年" else 1)


def parse(text: str, context: Context) -> tuple[Operand, Sketch]:
    """The meaning of *text* and what to say about it; RuleError for anything outside the language."""
    if len(text) > LONGEST_TEXT:
        raise RuleError("DB035", f"{len(text)} > {LONGEST_TEXT}", LONGEST_TEXT)
    source = _PERCENT.sub(r"percent(\1)", text.translate(_OPERATORS)).strip()
    _check_depth(source)
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise RuleError("DB020", text) from error
    return _Reader(context, source).read(tree)


def parse_truth(text: str, context: Context) -> tuple[Truth, Sketch]:
    """The meaning of a condition; RuleError when *text* is not one."""
    value, sketch = parse(text, context)
    if not is_truth(value):
        raise RuleError("DB020", text, ">=, <=, ==, and, or, not")
    return cast(Truth, value), sketch


def is_truth(value: object) -> bool:
    """Whether an operand is a condition."""
    return type(value).__name__ in _TRUTHS


def _check_depth(source: str) -> None:
    """Refuse what would exhaust Python's own parser before it sees it."""
    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            depth += (token.string in "([{" and bool(token.string)) - (token.string in ")]}" and bool(token.string))
            if depth > DEEPEST:
                raise RuleError("DB035", f"( × {depth}", DEEPEST)
    except (tokenize.TokenError, IndentationError, SyntaxError) as error:
        raise RuleError("DB020", source) from error


class _Reader:
    """Walks Python's syntax tree and lowers it."""

    def __init__(self, context: Context, source: str) -> None:
        self.context = context
        self.source = source
        self.depth = 0

    def read(self, node: ast.expr) -> tuple[Operand, Sketch]:
        self.depth += 1
        if self.depth > DEEPEST:
            raise RuleError("DB035", f"> {DEEPEST}", DEEPEST)
        try:
            return self._read(node)
        finally:
            self.depth -= 1

    def _read(self, node: ast.expr) -> tuple[Operand, Sketch]:
        match node:
            case ast.Constant(value):
                return self.constant(value, node)
            case ast.Name(name):
                return self.name(name)
            case ast.Attribute() if self.dotted(node) in self.context.vocabulary.types:
                return self.fact(self.dotted(node))
            case ast.BoolOp(op, values):
                return self.logic(op, values)
            case ast.UnaryOp(ast.Not(), operand):
                test, sketch = self.truth(operand)
                result = negate(test)
                return result, Sketch("not", result, children=(sketch,))
            case ast.UnaryOp(ast.USub(), operand):
                return multiply(constant(Fraction(-1)), self.number(operand)), self.quote(node)
            case ast.BinOp(left, op, right):
                return self.arithmetic(op, left, right, node)
            case ast.Compare(left, [op], [right]):
                return self.comparison(left, op, right, node)
            case ast.Compare(left, ops, rights):
                parts = [left, *rights]
                tests = [self.comparison(a, op, b, node) for a, op, b in zip(parts, ops, rights, strict=False)]
                result = both(*(test for test, _ in tests))
                return result, Sketch("all_of", result, children=tuple(sketch for _, sketch in tests))
            case ast.IfExp(test, body, orelse):
                return self.choice(test, body, orelse, node)
            case ast.Call(ast.Name(name), args, []):
                return self.call(name, args, node)
        raise RuleError("DB021", self.text(node), ", ".join(self.functions()))

    def dotted(self, node: ast.expr) -> str:
        """A local fact id such as ``anhui.lifts``; empty for anything else that has a dot."""
        match node:
            case ast.Attribute(ast.Name(plugin), name):
                return f"{plugin}.{name}"
        return ""

    def functions(self) -> list[str]:
        """The functions that may be called here; those about the result only where there is one."""
        return sorted(name for name in FUNCTIONS if name != "percent" and (self.context.result or name not in _ABOUT_RESULT))

    def text(self, node: ast.expr) -> str:
        return re.sub(r"percent\(([\d.]+)\)", r"\1%", ast.get_source_segment(self.source, node) or self.source)

    def quote(self, node: ast.expr, value: Quantity | None = None) -> Sketch:
        return Sketch("number", text=self.text(node), shown=value)

    def constant(self, value: object, node: ast.expr) -> tuple[Operand, Sketch]:
        if isinstance(value, bool):
            return (YES if value else NO), self.quote(node)
        if isinstance(value, str):
            return value, self.quote(node)
        if isinstance(value, int | float):
            written = (ast.get_source_segment(self.source, node) or str(value)).strip()
            try:
                number = Decimal(written)
            except InvalidOperation:
                number = Decimal(str(value))
            if not number.is_finite() or number.adjusted() > 15 or number.adjusted() < -15:
                raise RuleError("DB036", written, 2**53)
            return constant(Fraction(number)), self.quote(node)
        raise RuleError("DB021", self.text(node), '1, 2.5, 10%, "…"')

    def name(self, name: str) -> tuple[Operand, Sketch]:
        result = self.context.result
        if result is not None:
            if name in result.numbers:
                number = result.numbers[name]
                return number, Sketch("number", subject=name, shown=number)
            if name == "all" and result.every is not None:
                return result.every, Sketch("all_indicators", result.every)
            if name == "vetoed" and result.vetoed is not None:
                return result.vetoed, Sketch("vetoed", result.vetoed)
        return self.fact(name)

    def fact(self, name: str) -> tuple[Operand, Sketch]:
        context = self.context
        if self.context.vocabulary.find(name) is None and context.result is not None:
            raise RuleError("DB010", name, among=[*context.result.numbers, "all", "vetoed", *context.vocabulary.names()])
        ftype = context.type(name)
        if ftype.kind is Kind.FLAG:
            test = context.flag(ftype)
            return test, Sketch("is_true", test, ftype.id)
        if ftype.kind is Kind.TITLE:
            test = context.held(ftype)
            return test, Sketch("held", test, ftype.id)
        if ftype.kind is Kind.CHECKLIST:
            test = both(*context.members(ftype))
            return test, Sketch("has_all", test, ftype.id)
        if ftype.kind in (Kind.CHOICE, Kind.GRADE):
            return context.levels(ftype), Sketch("level", subject=ftype.id)
        number = context.number(ftype)
        return number, Sketch("number", subject=ftype.id, shown=number)

    def truth(self, node: ast.expr) -> tuple[Truth, Sketch]:
        value, sketch = self.read(node)
        if not is_truth(value):
            raise RuleError("DB020", self.text(node), ">=, <=, ==, and, or, not")
        return cast(Truth, value), sketch

    def number(self, node: ast.expr) -> Quantity:
        value, _ = self.read(node)
        if not isinstance(value, Quantity):
            raise RuleError("DB020", self.text(node), "+, -, *, /, min, max, count, round")
        return value

    def logic(self, op: ast.boolop, values: list[ast.expr]) -> tuple[Operand, Sketch]:
        parts = [self.truth(value) for value in values]
        join, kind = (both, "all_of") if isinstance(op, ast.And) else (either, "any_of")
        result = join(*(test for test, _ in parts))
        return result, Sketch(kind, result, children=tuple(sketch for _, sketch in parts))

    def arithmetic(self, op: ast.operator, left: ast.expr, right: ast.expr, node: ast.expr) -> tuple[Operand, Sketch]:
        first, second = self.number(left), self.number(right)
        match op:
            case ast.Add():
                value = add(first, second)
            case ast.Sub():
                value = add(first, second, -1)
            case ast.Mult():
                value = multiply(first, second)
            case ast.Div():
                value = self.context.divided(divide_by(first, second))
            case _:
                raise RuleError("DB021", self.text(node), "+, -, *, /")
        return value, self.quote(node, value)

    def comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr, node: ast.expr) -> tuple[Truth, Sketch]:
        sign = _COMPARE.get(type(op))
        if sign is None:
            raise RuleError("DB021", self.text(node), ", ".join(_COMPARE.values()))
        (first, sketch), (second, _) = self.read(left), self.read(right)
        if isinstance(first, Levels) and isinstance(second, str):
            return self.level_test(first, sign, second, node)
        if isinstance(first, Quantity) and first.unit == "date" and isinstance(second, str):
            second = _day(second)
        if not isinstance(first, Quantity) or not isinstance(second, Quantity):
            raise RuleError("DB020", self.text(node), sign)
        test = compare(sign, first, second)
        operator = sign.replace("==", "=")
        shown = Sketch("compare", test, sketch.subject, first, second, operator, text=self.text(node))
        return test, shown

    def level_test(self, levels: Levels, sign: str, name: str, node: ast.expr) -> tuple[Truth, Sketch]:
        if sign not in ("==", "!=") and levels.type.kind is Kind.CHOICE:
            raise RuleError("DB019", self.text(node), "==, !=")
        index = self.context.level(levels.type, name)
        left, right = Quantity(levels.read, Fraction(1), ""), Quantity(ConstNode(index), Fraction(1), "")
        test = compare(sign, left, right)
        return test, Sketch("level_is", test, levels.type.id, operator=sign.replace("==", "="), text=name)

    def choice(self, test: ast.expr, body: ast.expr, other: ast.expr, node: ast.expr) -> tuple[Operand, Sketch]:
        guard, guard_sketch = self.truth(test)
        (first, one), (second, two) = self.read(body), self.read(other)
        if is_truth(first) and is_truth(second):
            result = Choose(guard, cast(Truth, first), cast(Truth, second))
            return result, Sketch("choose", result, children=(guard_sketch, one, two))
        if isinstance(first, Quantity) and isinstance(second, Quantity):
            (then, otherwise), step, unit, rate = aligned([first, second])
            value = Quantity(pick(guard, then, otherwise), step, unit, rate=rate)
            return value, self.quote(node, value)
        raise RuleError("DB020", self.text(node), "a if c else b")

    def call(self, name: str, args: list[ast.expr], node: ast.expr) -> tuple[Operand, Sketch]:
        function = FUNCTIONS.get(name)
        if function is None:
            raise RuleError("DB021", f"{name}(…)", among=self.functions())
        value = function(self, args)
        if is_truth(value):
            return value, Sketch("compare", cast(Truth, value), text=self.text(node))
        return value, self.quote(node, value if isinstance(value, Quantity) else None)

    def words(self, args: list[ast.expr], least: int, most: int) -> list[str]:
        """Arguments that must be names or quoted texts."""
        if not least <= len(args) <= most:
            raise RuleError("DB021", f"{len(args)} …", f"{least}–{most}")
        found = []
        for arg in args:
            match arg:
                case ast.Name(name) | ast.Constant(str(name)):
                    found.append(name)
                case ast.Attribute() if self.dotted(arg):
                    found.append(self.dotted(arg))
                case _:
                    raise RuleError("DB021", self.text(arg), '"…"')
        return found


def _day(text: str) -> Quantity:
    try:
        return constant(Fraction(date.fromisoformat(text).toordinal()), "date")
    except ValueError:
        raise RuleError("DB033", text, "2012-11-15") from None


def _percent(reader: _Reader, args: list[ast.expr]) -> Quantity:
    match args:
        case [ast.Constant(int() | float() as value)]:
            return constant(Fraction(Decimal(str(value))) / 100, RATIO)
    raise RuleError("DB021", "percent", "10%")


def _extreme(kind: type[Least] | type[Greatest]) -> Callable[[_Reader, list[ast.expr]], Operand]:
    def function(reader: _Reader, args: list[ast.expr]) -> Operand:
        if not args:
            raise RuleError("DB021", "min()/max()", "min(a, b)")
        parts, step, unit, rate = aligned([reader.number(arg) for arg in args])
        return Quantity(kind(tuple(parts)), step, unit, rate=rate)

    return function


def _count(reader: _Reader, args: list[ast.expr]) -> Operand:
    if len(args) == 1 and isinstance(args[0], ast.Name):
        ftype = reader.context.type(args[0].id)
        if ftype.kind is Kind.CHECKLIST:
            return present(reader.context.members(ftype))
        if ftype.kind is Kind.EVENTS:
            return reader.context.events(ftype)
    return Quantity(Count(tuple(reader.truth(arg)[0] for arg in args)), Fraction(1), "")


def _has(reader: _Reader, args: list[ast.expr]) -> Operand:
    fact, *members = reader.words(args, 2, 60)
    return both(*reader.context.members(reader.context.type(fact), members))


def _ratio(reader: _Reader, args: list[ast.expr]) -> Operand:
    if len(args) != 2:
        raise RuleError("DB021", f"ratio: {len(args)}", "ratio(a, b)")
    return reader.context.divided(divide_by(reader.number(args[0]), reader.number(args[1])))


def _between(reader: _Reader, args: list[ast.expr]) -> Operand:
    if len(args) != 3:
        raise RuleError("DB021", f"between: {len(args)}", "between(x, a, b)")
    value, low, high = (reader.number(arg) for arg in args)
    return both(compare(">=", value, low), compare("<=", value, high))


def _previous(reader: _Reader, args: list[ast.expr]) -> Operand:
    (fact,) = reader.words(args, 1, 1)
    return _Reader(reader.context.earlier(1), fact).fact(fact)[0]


def _events(reader: _Reader, args: list[ast.expr]) -> Operand:
    fact, *rest = reader.words(args, 1, 3)
    kind, months = "", 0
    for word in rest:
        if _PERIOD.match(word):
            months = months_in(word)
        else:
            kind = word
    return reader.context.events(reader.context.type(fact), kind, months)


def _holds(reader: _Reader, args: list[ast.expr]) -> Operand:
    (fact,) = reader.words(args, 1, 1)
    ftype = reader.context.type(fact)
    if ftype.kind is not Kind.TITLE:
        raise RuleError("DB019", f"{ftype.id} ({ftype.kind})", "title")
    return reader.context.held(ftype)


def _round(reader: _Reader, args: list[ast.expr]) -> Operand:
    if len(args) != 3:
        raise RuleError("DB021", f"round: {len(args)}", 'round(x, "0.1", "half_up")')
    step, mode = reader.words(args[1:], 2, 2)
    if mode not in ("up", "down", "half_up"):
        raise RuleError("DB021", mode, "up, down, half_up")
    try:
        size = Fraction(Decimal(step.rstrip("%")))
    except (InvalidOperation, ValueError):
        raise RuleError("DB008", step, "0.1") from None
    return rounded(reader.number(args[0]), size / 100 if step.endswith("%") else size, cast(Rounding, mode))


def _known_or(reader: _Reader, args: list[ast.expr]) -> Operand:
    if len(args) != 2:
        raise RuleError("DB021", f"known_or: {len(args)}", "known_or(fact, 0)")
    (fact,) = reader.words(args[:1], 1, 1)
    ftype = reader.context.type(fact)
    value, _ = reader.read(args[1])
    if ftype.kind is Kind.FLAG and value in (YES, NO):
        return Flag(Input(ftype.id, back=reader.context.back, default=int(value == YES)))
    number = reader.context.number(ftype)
    if not isinstance(value, Quantity) or not isinstance(value.top, ConstNode):
        raise RuleError("DB021", "known_or", "known_or(fact, 0)")
    steps = value.top.value * value.step / number.step
    if steps.denominator != 1 or not ftype.low <= steps <= ftype.high:
        raise RuleError("DB024", steps, f"{ftype.low} … {ftype.high}")
    return reader.context.number(ftype, default=int(steps))


def _result(part: str) -> Callable[[_Reader, list[ast.expr]], Operand]:
    def function(reader: _Reader, args: list[ast.expr]) -> Operand:
        if reader.context.result is None:
            raise RuleError("DB021", part, ", ".join(reader.functions()))
        (name,) = reader.words(args, 1, 1)
        table: dict[str, Operand] = getattr(reader.context.result, part)
        if name not in table:
            raise RuleError("DB037", name, among=sorted(table))
        return table[name]

    return function


def _days(reader: _Reader, args: list[ast.expr]) -> Operand:
    if len(args) != 2:
        raise RuleError("DB021", f"days: {len(args)}", "days(a, b)")
    first, second = (reader.number(arg) for arg in args)
    if first.unit != "date" or second.unit != "date":
        raise RuleError("DB017", f"{first.unit} / {second.unit}", "date")
    gap = add(second, first, -1)
    return Quantity(gap.top, gap.step, "day")


_ABOUT_RESULT = frozenset({"points", "met", "lowest", "gate", "award"})
FUNCTIONS: dict[str, Callable[[_Reader, list[ast.expr]], Operand]] = {
    "percent": _percent,
    "min": _extreme(Least),
    "max": _extreme(Greatest),
    "count": _count,
    "has": _has,
    "ratio": _ratio,
    "between": _between,
    "previous": _previous,
    "events": _events,
    "holds": _holds,
    "round": _round,
    "known_or": _known_or,
    "days": _days,
    "points": _result("points"),
    "met": _result("met"),
    "lowest": _result("lowest"),
    "gate": _result("gates"),
    "award": _result("awards"),
}
"""The functions an expression may call."""

__all__ = ["FUNCTIONS", "Operand", "is_truth", "months_in", "parse", "parse_truth"]
