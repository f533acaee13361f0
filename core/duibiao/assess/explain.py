"""Explanations built from the interval function's own intermediate values, so that they cannot disagree with it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from duibiao.assess.bind import missing_name
from duibiao.model.notation import plain
from duibiao.model.outcome import Reason
from duibiao.rules import nodes
from duibiao.rules.cells import Sheet
from duibiao.rules.compile import Bound
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE, Input, Node
from duibiao.rules.program import Program, Sketch
from duibiao.rules.quantity import RATIO, Quantity

OUTCOMES = {FALSE: "not_met", TRUE: "met", ASK: "needs_judgement", OPEN: "unknown"}


class Explainer:
    """Reads one evaluation's cell values."""

    def __init__(self, program: Program, sheet: Sheet, values: tuple[Any, ...], facts: Bound) -> None:
        self.program = program
        self.sheet = sheet
        self.values = values
        self.facts = facts
        self._missing: dict[int, tuple[Input, ...]] = {}

    def value(self, node: Node) -> Any:
        """The truth code, or the (low, high) pair, of a node of the program."""
        return self.values[self.sheet.cell_of(node)]

    def reason(self, sketch: Sketch) -> Reason:
        """What to say about a sketched step."""
        outcome, missing = "", ()
        if sketch.node is not None:
            code = self._truth(sketch.node)
            outcome = OUTCOMES[code]
            missing = self.names(self.unsettled(sketch.node)) if code > TRUE else ()
        value, unit = self.amount(sketch.shown) if sketch.shown is not None else ("", "")
        bound, bound_unit = self.amount(sketch.bound) if sketch.bound is not None else ("", "")
        return Reason(
            kind=sketch.kind, outcome=outcome, subject=sketch.subject, value=value, bound=bound,
            unit=unit or bound_unit, operator=sketch.operator, note=sketch.note, text=sketch.text, missing=missing,
            children=tuple(self.reason(child) for child in sketch.children),
        )  # fmt: skip

    def _truth(self, node: Node) -> int:
        try:
            code: int = self.values[self.sheet.cell_of(node)]
        except KeyError:
            code = self.truth_of(node)
        return code

    def truth_of(self, node: Node) -> int:
        """A truth that no result rests on (it was simplified away while lowering), worked out on the spot."""
        match node:
            case nodes.Fixed(code):
                return code
            case nodes.Flag(each):
                slot = self.sheet.slots.get(each)
                return OPEN if slot is None else self.facts.lows[slot]
            case nodes.Compare(op, left, right):
                return compare_spans(op, self.span(left), self.span(right))
            case nodes.Not(test):
                code = self._truth(test)
                return code if code > TRUE else 1 - code
            case nodes.All(tests):
                codes = [self._truth(test) for test in tests]
                return FALSE if FALSE in codes else max(codes)
            case nodes.Any(tests):
                codes = [self._truth(test) for test in tests]
                return TRUE if TRUE in codes else max(codes)
            case nodes.Choose(test, then, other):
                return choose_code(self._truth(test), self._truth(then), self._truth(other))
        raise TypeError(node)

    def span(self, node: nodes.Num) -> tuple[int, int]:
        """Bounds of a number, also of one that only the explanation shows."""
        try:
            found: tuple[int, int] = self.values[self.sheet.cell_of(node)]
        except KeyError:
            found = self._span(node)
        return found

    def _span(self, node: nodes.Num) -> tuple[int, int]:
        match node:
            case nodes.Const(value):
                return value, value
            case nodes.Read(each):
                slot = self.sheet.slots.get(each)
                return (each.low, each.high) if slot is None else (self.facts.lows[slot], self.facts.highs[slot])
            case nodes.Add(terms):
                spans = [self.span(term) for term in terms]
                return sum(s[0] for s in spans), sum(s[1] for s in spans)
            case nodes.Scale(factor, term):
                low, high = self.span(term)
                return (factor * low, factor * high) if factor >= 0 else (factor * high, factor * low)
            case nodes.Mul(left, right):
                return nodes.product_span(self.span(left), self.span(right))
            case nodes.Div(left, right, rounding):
                return nodes.quotient_span(self.span(left), self.span(right), rounding)
            case nodes.Least(terms):
                spans = [self.span(term) for term in terms]
                return min(s[0] for s in spans), min(s[1] for s in spans)
            case nodes.Greatest(terms):
                spans = [self.span(term) for term in terms]
                return max(s[0] for s in spans), max(s[1] for s in spans)
            case nodes.Count(tests):
                codes = [self._truth(test) for test in tests]
                return sum(c == TRUE for c in codes), sum(c != FALSE for c in codes)
            case nodes.Bands(term, cuts, values):
                return nodes.band_span(*self.span(term), cuts, values)
            case nodes.Pick(test, then, other):
                code, first, second = self._truth(test), self.span(then), self.span(other)
                if code <= TRUE:
                    return first if code == TRUE else second
                return min(first[0], second[0]), max(first[1], second[1])
        raise TypeError(node)

    def amount(self, quantity: Quantity) -> tuple[str, str]:
        """A quantity as (text, unit); the text is empty when nothing at all is known of it."""
        low, high = self.span(quantity.top)
        if quantity.unit == "date":
            return self._days(low, high, quantity)
        unit = quantity.unit or ""
        factor = quantity.step * (100 if unit == RATIO else 1)
        if quantity.bottom is not None:
            return self._ratio(quantity, factor, unit)
        shown = "%" if unit == RATIO else unit
        if low == high:
            return decimal_text(low * factor), shown
        if (low, high) == nodes.bounds(quantity.top):
            return "", shown
        return f"{decimal_text(low * factor)}…{decimal_text(high * factor)}", shown

    def _ratio(self, quantity: Quantity, factor: Fraction, unit: str) -> tuple[str, str]:
        (low, high), bottom = self.span(quantity.top), self.span(quantity.bottom)  # type: ignore[arg-type]
        shown = "%" if unit == RATIO else unit
        if low != high or bottom[0] != bottom[1] or bottom[0] < 1:
            return "", shown
        return decimal_text(low * factor / bottom[0]), shown

    @staticmethod
    def _days(low: int, high: int, quantity: Quantity) -> tuple[str, str]:
        from datetime import date

        return (date.fromordinal(low).isoformat() if low == high and low > 0 else ""), ""

    def unsettled(self, node: Node) -> tuple[Input, ...]:
        """The missing inputs that could still change an open node; none for a settled one."""
        key = id(node)
        if key not in self._missing:
            self._missing[key] = tuple(dict.fromkeys(self._unsettled(node)))
        return self._missing[key]

    def _unsettled(self, node: Node) -> list[Input]:
        if isinstance(node, nodes.NUMERIC_NODES):
            low, high = self.span(node)
            if low == high:
                return []
        elif self._truth(node) <= TRUE:
            return []
        match node:
            case nodes.Read(each) | nodes.Flag(each):
                return [each]
            case nodes.Choose(test, then, other) | nodes.Pick(test, then, other):
                code = self._truth(test)
                if code <= TRUE:
                    return list(self.unsettled(then if code == TRUE else other))
        return [each for child in nodes.children(node) for each in self.unsettled(child)]

    def names(self, inputs: tuple[Input, ...]) -> tuple[str, ...]:
        """Missing inputs as the facts people can supply, each once."""
        types = self.program.vocabulary.types
        return tuple(dict.fromkeys(missing_name(each, types) for each in inputs))


def compare_spans(op: str, left: tuple[int, int], right: tuple[int, int]) -> int:
    """A comparison of two ranges as a truth code."""
    if op == "==":
        if left[1] < right[0] or left[0] > right[1]:
            return FALSE
        return TRUE if left[0] == left[1] == right[0] == right[1] else OPEN
    if op == ">=":
        return TRUE if left[0] >= right[1] else FALSE if left[1] < right[0] else OPEN
    return TRUE if left[0] > right[1] else FALSE if left[1] <= right[0] else OPEN


def choose_code(test: int, then: int, other: int) -> int:
    """One truth or the other, or what both agree on."""
    if test <= TRUE:
        return then if test == TRUE else other
    return then if then == other and then <= TRUE else max(test, then, other)


def decimal_text(value: Fraction) -> str:
    """A fraction as a decimal, rounded to four places only where it has no end."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return plain(exact if Fraction(exact) == value else round(exact, 4))
