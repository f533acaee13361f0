"""Explanations built from the interval function's own intermediate values, so that they cannot disagree with it."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

from duibiao.assess.bind import missing_name
from duibiao.model.facts import FactSet, Grading, Holding
from duibiao.model.notation import plain
from duibiao.model.outcome import Reason
from duibiao.rules import nodes
from duibiao.rules.cells import Sheet
from duibiao.rules.compile import Bound
from duibiao.rules.interpret import Interpreter
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE, Input, Node, Span
from duibiao.rules.program import Program, Sketch
from duibiao.rules.quantity import RATIO, Quantity

OUTCOMES = {FALSE: "not_met", TRUE: "met", ASK: "needs_judgement", OPEN: "unknown"}


class Explainer:
    """Reads one evaluation's cell values; what no result rests on is worked out from the same facts."""

    def __init__(self, program: Program, sheet: Sheet, values: tuple[Any, ...], facts: Bound, recorded: FactSet) -> None:
        self.program = program
        self.sheet = sheet
        self.values = values
        self.facts = facts
        self.recorded = recorded
        self.rest = Interpreter(self._known)
        self._missing: dict[int, tuple[Input, ...]] = {}

    def reason(self, sketch: Sketch) -> Reason:
        """What to say about a sketched step."""
        outcome, missing = "", tuple[str, ...]()
        if sketch.node is not None:
            code = self.truth(sketch.node)
            outcome = OUTCOMES[code]
            missing = self.names(self.unsettled(sketch.node)) if code > TRUE else ()
        value, unit = self.amount(sketch.shown) if sketch.shown is not None else ("", "")
        bound, bound_unit = self.amount(sketch.bound) if sketch.bound is not None else ("", "")
        return Reason(
            quotient=self._quotient(sketch.shown),
            kind=sketch.kind, outcome=outcome, subject=sketch.subject, value=value, bound=bound,
            unit=unit or bound_unit, operator=sketch.operator, note=self._note(sketch), text=sketch.text,
            judged=self._judged(sketch), missing=missing,
            children=tuple(self.reason(child) for child in sketch.children),
        )  # fmt: skip

    def _note(self, sketch: Sketch) -> str:
        """What has to be said of a step: the author's token and those whose condition holds."""
        said = [token for test, token in sketch.marks if self.truth(test) == TRUE]
        value = self.recorded.values.get(sketch.subject)
        if isinstance(value, Holding) and value.held and not value.on(self.recorded.as_of):
            said.append("not_valid_on_the_day")
        return " ".join(filter(None, [sketch.note, *said]))

    def _judged(self, sketch: Sketch) -> str:
        value = self.recorded.values.get(sketch.subject) if sketch.kind == "level_is" else None
        if not isinstance(value, Grading):
            return ""
        return " ".join(filter(None, [value.by, value.reason, value.on.isoformat() if value.on else ""]))

    def truth(self, node: nodes.Truth) -> int:
        """The truth code of any node, also of one that only the explanation shows."""
        cell = self.sheet.find(node)
        found: int = self.rest.truth(node) if cell is None else self.values[cell]
        return found

    def span(self, node: nodes.Num) -> Span:
        """Bounds of any number, also of one that only the explanation shows."""
        cell = self.sheet.find(node)
        found: Span = self.rest.span(node) if cell is None else self.values[cell]
        return found

    def _known(self, each: Input) -> Span | None:
        slot = self.sheet.slots.get(each)
        if slot is None:
            return None
        low, high = self.facts.lows[slot], self.facts.highs[slot]
        return (low, high) if low == high else None

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

    def _quotient(self, quantity: Quantity | None) -> str:
        """The two numbers of a ratio, as ``421 ÷ 2807``; empty when it is none or they are unknown."""
        if quantity is None or quantity.bottom is None:
            return ""
        top, bottom = self.span(quantity.top), self.span(quantity.bottom)
        if top[0] != top[1] or bottom[0] != bottom[1]:
            return ""
        return f"{decimal_text(top[0] * quantity.step * quantity.unit_step)} ÷ {decimal_text(bottom[0] * quantity.unit_step)}"

    @staticmethod
    def _days(low: int, high: int, quantity: Quantity) -> tuple[str, str]:
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
        elif self.truth(node) <= TRUE:
            return []
        match node:
            case nodes.Read(each) | nodes.Flag(each):
                return [each]
            case nodes.Choose(test, then, other) | nodes.Pick(test, then, other):
                code = self.truth(test)
                if code <= TRUE:
                    return list(self.unsettled(then if code == TRUE else other))
        return [each for child in nodes.children(node) for each in self.unsettled(child)]

    def names(self, inputs: tuple[Input, ...]) -> tuple[str, ...]:
        """Missing inputs as the facts people can supply, each once."""
        types = self.program.vocabulary.types
        return tuple(dict.fromkeys(missing_name(each, types) for each in inputs))


def decimal_text(value: Fraction) -> str:
    """A fraction as a decimal; one without end is cut after four places and says so."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(exact) == value:
        return plain(exact)
    return f"{exact.quantize(Decimal('0.0001'), ROUND_FLOOR)}…"
