"""How each step of an explanation is told, settled once per standard so that telling it for a unit is mere look-up."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

from attrs import define, field, frozen

from duibiao.model.facts import Kind, Vocabulary
from duibiao.model.notation import plain
from duibiao.model.outcome import Reason
from duibiao.rules import nodes
from duibiao.rules.cells import Sheet
from duibiao.rules.nodes import FALSE, TRUE, Num
from duibiao.rules.program import Sketch
from duibiao.rules.quantity import RATIO, Quantity

_RECORDED = (Kind.GRADE, Kind.CHOICE, Kind.TITLE)
_TENS = {10**places: places for places in range(12)}
Amount = tuple[str, str, str]
"""A number as text, its unit, and the two numbers of a ratio."""


@frozen(eq=False)
class Number:
    """How a quantity is told.

    Attributes:
        fixed: Its text, where it never changes.
        top: Cell of the numerator.
        bottom: Cell of the denominator, or None.
        up: What one of the numerator stands for, as numerator …
        down: … and denominator of a fraction, percent included.
        parts: The same for the two numbers of a ratio apart.
        unit: Unit as shown.
        spread: Range when nothing is known.
        day: Whether it is a date.
    """

    fixed: Amount | None
    top: int
    bottom: int | None
    up: int
    down: int
    parts: tuple[Fraction, Fraction]
    unit: str
    spread: tuple[int, int]
    day: bool

    def told(self, values: tuple[Any, ...]) -> Amount:
        """The number among a unit's cell *values*; the text is empty when nothing at all is known of it."""
        if self.fixed is not None:
            return self.fixed
        low, high = values[self.top]
        if self.bottom is not None:
            return self._ratio(low, high, *values[self.bottom])
        if low == high:
            text = date.fromordinal(low).isoformat() if self.day and low > 0 else fraction_text(low * self.up, self.down)
            return text, self.unit, ""
        if (low, high) == self.spread or self.day:
            return "", self.unit, ""
        return f"{fraction_text(low * self.up, self.down)}…{fraction_text(high * self.up, self.down)}", self.unit, ""

    def _ratio(self, low: int, high: int, least: int, most: int) -> Amount:
        if low != high or least != most:
            return "", self.unit, ""
        over, under = (number * part for number, part in zip((low, least), self.parts, strict=True))
        quotient = f"{fraction_text(over.numerator, over.denominator)} ÷ {fraction_text(under.numerator, under.denominator)}"
        return (fraction_text(low * self.up, self.down * least) if least > 0 else ""), self.unit, quotient


@define(eq=False)
class Plan:
    """How a step is told.

    Attributes:
        sketch: The step.
        cell: Cell of its condition; None when it has none (or one that is not traced).
        shown: The number looked at.
        bound: The number it is held against.
        marks: Cells of the conditions under which a token is said.
        recorded: Whether what was written down (who judged, validity) is told with it.
        children: Steps below.
        settled: Reasons that are the same for every unit, by truth code.
    """

    sketch: Sketch
    cell: int | None
    shown: Number | None
    bound: Number | None
    marks: tuple[tuple[int, str], ...]
    recorded: bool
    children: tuple[Plan, ...]
    settled: dict[int, Reason] = field(factory=dict)


class Plans:
    """The plans of one standard, each made when first needed."""

    def __init__(self, sheet: Sheet, vocabulary: Vocabulary) -> None:
        self.sheet = sheet
        self.vocabulary = vocabulary
        self._plans: dict[int, Plan] = {}

    def of(self, sketch: Sketch) -> Plan:
        """The plan of a step."""
        found = self._plans.get(id(sketch))
        if found is None:
            found = self._plans[id(sketch)] = self._make(sketch)
        return found

    def _make(self, sketch: Sketch) -> Plan:
        shown, bound = (None if each is None else self._number(each) for each in (sketch.shown, sketch.bound))
        cell = None if sketch.node is None else self.sheet.find(sketch.node)
        ftype = self.vocabulary.find(sketch.subject)
        plan = Plan(
            sketch=sketch, cell=cell, shown=shown, bound=bound,
            marks=tuple((found, token) for test, token in sketch.marks if (found := self.sheet.find(test)) is not None),
            recorded=ftype is not None and ftype.kind in _RECORDED, children=tuple(self.of(each) for each in sketch.children),
        )  # fmt: skip
        if cell is not None and not (shown or bound or plan.marks or plan.recorded or plan.children):
            for code, outcome in ((FALSE, "not_met"), (TRUE, "met")):
                plan.settled[code] = Reason(
                    kind=sketch.kind, outcome=outcome, subject=sketch.subject,
                    operator=sketch.operator, note=sketch.note, text=sketch.text,
                )  # fmt: skip
        return plan

    def _number(self, quantity: Quantity) -> Number | None:
        """How a quantity is told; None when it rests on facts that no result needs."""
        top = self.sheet.find(quantity.top)
        bottom = None if quantity.bottom is None else self.sheet.find(quantity.bottom)
        if top is None or (quantity.bottom is not None and bottom is None):
            return None
        ratio, day = quantity.unit == RATIO, quantity.unit == "date"
        factor = quantity.step * (100 if ratio else 1)
        unit = "" if day else "%" if ratio else quantity.unit or ""
        return Number(
            fixed=_fixed(quantity.top, factor, unit) if bottom is None and not day else None,
            top=top, bottom=bottom, up=factor.numerator, down=factor.denominator,
            parts=(quantity.step * quantity.unit_step, quantity.unit_step), unit=unit,
            spread=nodes.bounds(quantity.top), day=day,
        )  # fmt: skip


def _fixed(top: Num, factor: Fraction, unit: str) -> Amount | None:
    if not isinstance(top, nodes.Const):
        return None
    return fraction_text(top.value * factor.numerator, factor.denominator), unit, ""


def fraction_text(top: int, bottom: int) -> str:
    """A fraction as a decimal; one without end is cut after four places and says so."""
    places = _TENS.get(bottom)
    if places is None:
        return _long_text(Fraction(top, bottom))
    if not places:
        return str(top)
    whole, part = divmod(abs(top), bottom)
    text = f"{whole}.{part:0{places}d}".rstrip("0") if part else str(whole)
    return f"-{text}" if top < 0 else text


def _long_text(value: Fraction) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(exact) == value:
        return plain(exact)
    return f"{exact.quantize(Decimal('0.0001'), ROUND_FLOOR)}…"
