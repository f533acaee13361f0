"""Ordinary columns as SQL text: one subquery per layer, integers and three-valued logic only.

A gap is NULL, and SQL combines NULLs as the columns ask: open and no is no, open or yes is yes, and a CASE takes its ELSE when
its test is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, get_args

from duibiao.cohort import columns as col
from duibiao.cohort.columns import PLAIN, Column, Ints, Sheaf, Tests, slot_name
from duibiao.cohort.dialects import ANSI, Dialect
from duibiao.cohort.fields import UNIT_FIELDS

Named = Sequence[tuple[str, str]]
"""Columns of a subquery: name and text."""

_CHUNK = 16
"""So many operands stand side by side; more are bracketed, because parsers recurse once per operand."""
_INT = 1 << 31
_NUMBERS = frozenset(get_args(Ints))
_BIG = frozenset((col.Slot, col.Plus, col.Times, col.Quotient))
"""Numbers that always come as 64 bits."""
_SAID = frozenset((col.FlagSlot, col.Answer, col.Known, col.Sure))
"""Tests that can stand in front of a sign as they are."""


def sql_of(
    sheaf: Sheaf, dialect: Dialect = ANSI, table: str = "inputs", keep: Sequence[str] = UNIT_FIELDS, before: Sequence[str] = ()
) -> str:
    """A query for the results of *sheaf*, one row per row of *table*, in the order in which they are named.

    *table* has the inputs as columns ``x0``, ``x1`` … (BIGINT; yes or no: BOOLEAN) and the columns to *keep*; it may be one of
    the subqueries *before*, each a name and its text as in ``WITH``.
    """
    painter, query = _Painter(dialect), _Query(dialect, table, before)
    for layer in sheaf.layers:
        painted = [(name, painter.define(name, each)) for name, each in layer]
        query.stages(painter.hoisted())
        query.stage(painted)
    # Where least and greatest are one and the same, the second is a look at the first.
    first: dict[int, str] = {}
    for name, each in sheaf.results:
        first.setdefault(id(each), name)
    painted = [(name, painter.text(each)) for name, each in sheaf.results if first[id(each)] == name]
    query.stages(painter.hoisted())
    query.stage(painted, keep)
    return query.select(keep, [(first[id(each)], name) for name, each in sheaf.results])


class _Query:
    """Subqueries, each over the one before."""

    def __init__(self, dialect: Dialect, table: str, before: Sequence[str]) -> None:
        self.dialect = dialect
        self.last = dialect.name_of(table)
        self.found = list(before)
        self.count = 0

    def stages(self, levels: Iterable[Named]) -> None:
        for level in levels:
            self.stage(level)

    def stage(self, columns: Named, keep: Sequence[str] | None = None) -> None:
        """A further subquery: everything so far and *columns*, or only those to *keep* and *columns*."""
        name = self.dialect.name_of
        head = ["*"] if keep is None else [name(each) for each in keep]
        listed = ",\n  ".join([*head, *(f"{text} AS {name(column)}" for column, text in columns)])
        self.found.append(f"l{self.count} {self.dialect.cte} (\nSELECT {listed}\nFROM {self.last})")
        self.last = f"l{self.count}"
        self.count += 1

    def select(self, keep: Sequence[str], columns: Sequence[tuple[str, str]]) -> str:
        """The whole query, with *columns* of the last subquery by the names they get."""
        name = self.dialect.name_of
        shown = [name(each) if each == shown else f"{name(each)} AS {name(shown)}" for each, shown in columns]
        listed = ",\n  ".join([*map(name, keep), *shown])
        ctes = ",\n".join(self.found)
        return f"WITH {ctes}\nSELECT {listed}\nFROM {self.last}\n"


class _Painter:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.name = dialect.name_of
        self.big: set[str] = set()
        self.quoted: dict[str, str] = {}
        self.levels: list[list[tuple[str, str]]] = []
        self.deepest = 0
        self.once: dict[str, tuple[str, int]] = {}
        self.ways: dict[type[Column], Callable[[Any], str]] = {
            col.Lit: self.lit, col.Slot: self.slot, col.Number: self.mentioned, col.Plus: self.plus, col.Times: self.times,
            col.Quotient: self.quotient, col.Extreme: self.extreme, col.If: self.choice, col.Ladder: self.ladder,
            col.Tally: self.tally, col.Code: self.code, col.Known: self.known, col.FlagSlot: self.flag,
            col.Answer: self.mentioned, col.Cmp: self.compare, col.And: self.every, col.Or: self.some,
            col.Neg: self.against, col.Settled: self.settled, col.Fork: self.fork,
            col.Sure: self.sure, col.Open: self.open, col.Gap: self.gap,
        }  # fmt: skip

    def define(self, name: str, column: Column) -> str:
        """The text of a column that others mention by *name*."""
        if type(column) in _NUMBERS and self.is_big(column):
            self.big.add(name)
        self.quoted[name] = self.name(name)
        return self.text(column)

    def text(self, column: Column) -> str:
        return self.ways[type(column)](column)

    # What would have to be said more than once

    def named(self, column: Ints) -> str:
        """A number that is about to be mentioned more than once: worked out in a subquery of its own, unless it is simple."""
        if type(column) in PLAIN:
            return self.text(column)
        deepest, self.deepest = self.deepest, 0
        text = self.text(column)
        name, level = self.once.get(text, ("", -1))
        if not name:
            name, level = f"q{len(self.once)}", self.deepest
            while len(self.levels) <= level:
                self.levels.append([])
            self.levels[level].append((name, text))
            self.once[text] = name, level
        self.deepest = max(deepest, level + 1)
        return self.name(name)

    def hoisted(self) -> list[Named]:
        """The columns to be worked out before those painted last, level by level."""
        found: list[Named] = list(self.levels)
        self.levels, self.deepest = [], 0
        self.once = {text: (name, -1) for text, (name, _) in self.once.items()}
        return found

    # Numbers

    def is_big(self, column: Column) -> bool:
        """Whether a number comes as 64 bits, so that reckoning with it cannot overflow 32."""
        if type(column) in _BIG:
            return True
        if isinstance(column, col.Number):
            return column.name in self.big
        match column:
            case col.Lit(value):
                return abs(value) >= _INT
            case col.Extreme(terms):
                return any(map(self.is_big, terms))
            case col.If(_, then, other):
                return self.is_big(then) or self.is_big(other)
            case col.Ladder(_, _, values):
                return any(abs(value) >= _INT for value in values)
        return False

    @staticmethod
    def lit(each: col.Lit) -> str:
        return str(each.value) if each.value >= 0 else f"({each.value})"

    def flag(self, each: col.FlagSlot) -> str:
        return self.name(slot_name(each.index))

    def slot(self, each: col.Slot) -> str:
        found = self.name(slot_name(each.index, each.side))
        return found if each.missing is None else f"COALESCE({found}, {each.missing})"

    def mentioned(self, each: col.Number | col.Answer) -> str:
        return self.quoted[each.name]

    def plus(self, each: col.Plus) -> str:
        return self.total([(self.text(term), self.is_big(term)) for term in each.terms])

    def times(self, each: col.Times) -> str:
        one, two = (each.left, each.right) if self.is_big(each.left) else (each.right, each.left)
        return f"({self.wide(self.text(one), self.is_big(one))} * {self.text(two)})"

    def choice(self, each: col.If) -> str:
        return f"CASE WHEN {self.text(each.test)} THEN {self.text(each.then)} ELSE {self.text(each.other)} END"

    def tally(self, each: col.Tally) -> str:
        gap = int(each.possible)
        return _joined([f"COALESCE(CAST({self.text(test)} AS INTEGER), {gap})" for test in each.tests], " + ")

    def code(self, each: col.Code) -> str:
        return f"COALESCE(CAST({self.text(each.test)} AS INTEGER), {self.text(each.open)})"

    @staticmethod
    def wide(text: str, big: bool) -> str:
        return text if big else f"CAST({text} AS BIGINT)"

    def total(self, parts: Sequence[tuple[str, bool]]) -> str:
        """A sum, 64 bits wide from its first term on."""
        if len(parts) > _CHUNK:
            return self.total([(self.total(parts[i : i + _CHUNK]), True) for i in range(0, len(parts), _CHUNK)])
        first = next((i for i, (_, big) in enumerate(parts) if big), 0)
        head = self.wide(*parts[first])
        return f"({' + '.join([head, *(text for i, (text, _) in enumerate(parts) if i != first)])})"

    def extreme(self, each: col.Extreme) -> str:
        found = list(dict.fromkeys(map(self.text, each.terms)))
        function = self.dialect.least if each.least else self.dialect.greatest
        return found[0] if len(found) == 1 else f"{function}({', '.join(found)})"

    def quotient(self, each: col.Quotient) -> str:
        """Rounded quotient, from whole quotients of numbers that are not negative."""
        top = self.wide(self.named(each.left), self.is_big(each.left))
        below, twice = self.divisor(each.right)
        size = top if each.natural else f"ABS({top})"
        if each.rounding == "half_up":
            above = under = self.whole(f"(2 * {size} + {below})", twice)
        else:
            whole, started = self.whole(size, below), self.whole(f"({size} + {below} - 1)", below)
            above, under = (started, whole) if each.rounding == "up" else (whole, started)
        return above if each.natural else f"CASE WHEN {top} < 0 THEN -{under} ELSE {above} END"

    def divisor(self, column: Ints) -> tuple[str, str]:
        """A divisor of at least one, and twice as much."""
        if isinstance(column, col.Lit):
            least = max(column.value, 1)
            return str(least), str(2 * least)
        found = self.named(col.Plus((col.Extreme((column, col.Lit(1)), least=False),)))
        return found, f"(2 * {found})"

    def whole(self, top: str, below: str) -> str:
        return f"({self.dialect.quotient.format(a=top, b=below)})"

    def ladder(self, each: col.Ladder) -> str:
        term = self.named(each.term)
        steps = " ".join(f"WHEN {term} < {cut} THEN {value}" for cut, value in zip(each.cuts, each.values[:-1], strict=True))
        return f"CASE {steps} ELSE {each.values[-1]} END" if steps else str(each.values[-1])

    # Tests

    @staticmethod
    def known(each: col.Known) -> str:
        return "CAST(NULL AS BOOLEAN)" if each.value is None else "TRUE" if each.value else "FALSE"

    def compare(self, each: col.Cmp) -> str:
        return f"{self.text(each.left)} {_SIGNS[each.op]} {self.text(each.right)}"

    def every(self, each: col.And) -> str:
        return _joined([self.text(test) for test in each.tests], " AND ")

    def some(self, each: col.Or) -> str:
        return _joined([self.text(test) for test in each.tests], " OR ")

    def against(self, each: col.Neg) -> str:
        inner = each.test
        if isinstance(inner, col.Cmp):
            return f"{self.text(inner.left)} {_AGAINST[inner.op]} {self.text(inner.right)}"
        return f"(NOT {self.bracketed(inner)})"

    def sure(self, each: col.Sure) -> str:
        return f"COALESCE({self.text(each.test)}, FALSE)"

    def open(self, each: col.Open) -> str:
        return f"{self.bracketed(each.test)} IS NULL"

    def gap(self, each: col.Gap) -> str:
        return f"{self.name(slot_name(each.index))} IS NULL"

    def settled(self, each: col.Settled) -> str:
        return f"CASE WHEN {self.text(each.yes)} THEN TRUE WHEN {self.text(each.no)} THEN FALSE END"

    def bracketed(self, test: Tests) -> str:
        """A test that can stand in front of a sign."""
        found = self.text(test)
        return found if type(test) in _SAID else f"({found})"

    def fork(self, each: col.Fork) -> str:
        asked, then, other = self.text(each.test), self.text(each.then), self.text(each.other)
        if each.sure:
            return f"CASE WHEN {asked} THEN {then} ELSE {other} END"
        agreed = f"WHEN {self.bracketed(each.then)} = {self.bracketed(each.other)} THEN {then}"
        return f"CASE WHEN {asked} THEN {then} WHEN NOT {self.bracketed(each.test)} THEN {other} {agreed} END"


def _joined(parts: Sequence[str], sign: str) -> str:
    """Operands of one sign, in brackets."""
    if len(parts) > _CHUNK:
        return _joined([_joined(parts[i : i + _CHUNK], sign) for i in range(0, len(parts), _CHUNK)], sign)
    return parts[0] if len(parts) == 1 else f"({sign.join(parts)})"


_SIGNS = {">=": ">=", ">": ">", "==": "=", "<": "<", "<=": "<=", "!=": "<>"}
_AGAINST = {">=": "<", ">": "<=", "<": ">=", "<=": ">", "==": "<>"}
