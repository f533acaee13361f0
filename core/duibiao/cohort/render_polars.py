"""Ordinary columns as Polars expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, reduce
from operator import add, and_, or_

import polars as pl

from duibiao.cohort import columns as col
from duibiao.cohort.columns import SIMPLE, Column, Ints, Sheaf, Tests, slot_name
from duibiao.rules.nodes import Input

Layers = list[list[pl.Expr]]
_FEW = 8
_BYTE = 127


def render(sheaf: Sheaf, inputs: Sequence[Input]) -> Layers:
    """Expressions to evaluate one after the other, each list at once; the last one gives the result."""
    painter = _Painter(inputs)
    layers = [[painter.column(each).alias(name) for name, each in layer] for layer in sheaf.layers]
    # Where least and greatest are one and the same, the second is a look at the first.
    seen: dict[int, str] = {}
    results: list[pl.Expr] = []
    again: list[pl.Expr] = []
    for name, each in sheaf.results:
        first = seen.setdefault(id(each), name)
        if first == name:
            results.append(painter.result(each).alias(name))
        else:
            again.append(pl.col(first).alias(name))
    return [*layers, results, again]


class _Painter:
    def __init__(self, inputs: Sequence[Input]) -> None:
        self.inputs = inputs

    def column(self, column: Column) -> pl.Expr:
        return self.ints(column) if isinstance(column, Ints) else self.test(column)

    def result(self, column: Column) -> pl.Expr:
        return self.code(column) if isinstance(column, Ints) else self.test(column)

    def lit(self, value: int) -> pl.Expr:
        return _literal(value, pl.Int32() if -(1 << 31) < value < 1 << 31 else pl.Int64())

    # Numbers

    def ints(self, column: Ints) -> pl.Expr:
        match column:
            case col.Lit(value):
                return self.lit(value)
            case col.Slot():
                return self.slot(column).cast(self.kind_of(column))
            case col.Number(name):
                return pl.col(name)
            case col.Plus(terms, wide):
                found = [self.ints(each) for each in terms]
                if wide:
                    found = [each.cast(pl.Int64) for each in found]
                return _balanced(add, found)
            case col.Times(left, right, wide):
                one, two = self.ints(left), self.ints(right)
                return one.cast(pl.Int64) * two.cast(pl.Int64) if wide else one * two
            case col.Quotient():
                return self.quotient(column)
            case col.Extreme(terms, least):
                return self.extreme(terms, least)
            case col.If(test, then, other):
                return pl.when(self.test(test)).then(self.ints(then)).otherwise(self.ints(other))
            case col.Ladder():
                return self.ladder(column)
            case col.Tally(tests, possible):
                return self.tally(tests, possible=possible)
        return self.code(column)

    def extreme(self, terms: tuple[Ints, ...], least: bool) -> pl.Expr:
        fixed = [each.value for each in terms if isinstance(each, col.Lit)]
        found = [self.ints(each) for each in terms if not isinstance(each, col.Lit)]
        if not found:
            return self.lit(min(fixed) if least else max(fixed))
        if fixed:
            found.append(self.lit(min(fixed) if least else max(fixed)))
        return found[0] if len(found) == 1 else (pl.min_horizontal if least else pl.max_horizontal)(found)

    def tally(self, tests: tuple[Tests, ...], *, possible: bool) -> pl.Expr:
        """How many hold: added up eight bits wide, which is far faster than a sum over booleans."""
        one, none = _byte(1), _byte(0)
        if possible:
            ones = [pl.when(~self.test(each)).then(none).otherwise(one) for each in tests]
        else:
            ones = [pl.when(self.test(each)).then(one).otherwise(none) for each in tests]
        return _balanced(add, [_balanced(add, ones[i : i + _BYTE]).cast(pl.Int32) for i in range(0, len(ones), _BYTE)])

    def slot(self, slot: col.Slot) -> pl.Expr:
        found = pl.col(slot_name(slot.index, slot.side))
        return found if slot.missing is None else found.fill_null(slot.missing)

    def kind_of(self, slot: col.Slot) -> pl.DataType:
        """The width in which an input is reckoned with."""
        each = self.inputs[slot.index]
        return (pl.Int32 if max(-each.low, each.high) < 1 << 31 else pl.Int64)()

    def quotient(self, each: col.Quotient) -> pl.Expr:
        width = pl.Int64() if each.wide else pl.Int32()
        top = self.ints(each.left).cast(width)
        if isinstance(each.right, col.Lit):
            below = _literal(max(each.right.value, 1), width)
        else:
            below = pl.max_horizontal(self.ints(each.right).cast(width), _literal(1, width))
        if each.rounding == "down":
            return top // below
        if each.rounding == "up":
            return -((-top) // below)
        if each.natural:
            return (2 * top + below) // (2 * below)
        size = (2 * top.abs() + below) // (2 * below)
        return pl.when(top < 0).then(-size).otherwise(size)

    def ladder(self, each: col.Ladder) -> pl.Expr:
        term = self.raw(each.term)
        found = self.lit(each.values[-1])
        # Asked from the bottom: the first cut that the term stays under decides.
        for cut, value in zip(reversed(each.cuts), reversed(each.values[:-1]), strict=True):
            found = pl.when(term < cut).then(self.lit(value)).otherwise(found)
        return found

    def code(self, column: Ints) -> pl.Expr:
        """A number that, as a code, needs no more than eight bits."""
        match column:
            case col.Code(test, open_):
                # To choose between two numbers is ten times as fast as to turn yes and no into a number.
                found = self.test(test)
                settled = pl.when(found).then(_byte(1)).otherwise(_byte(0))
                return pl.when(found.is_null()).then(self.code(open_)).otherwise(settled)
            case col.If(test, then, other) if self.is_code(then) and self.is_code(other):
                return pl.when(self.test(test)).then(self.code(then)).otherwise(self.code(other))
            case col.Lit(value) if 0 <= value <= _BYTE:
                return _byte(value)
        return self.ints(column)

    def is_code(self, column: Ints) -> bool:
        match column:
            case col.Code():
                return True
            case col.Lit(value):
                return 0 <= value <= _FEW
            case col.If(_, then, other):
                return self.is_code(then) and self.is_code(other)
        return False

    # Tests

    def test(self, column: Tests) -> pl.Expr:
        match column:
            case col.Cmp(op, left, right):
                return self.compare(op, left, right)
            case col.And(tests):
                return self.join(tests, all_=True)
            case col.Or(tests):
                return self.join(tests, all_=False)
            case col.Neg(col.Cmp(op, left, right)):
                return self.compare(_AGAINST[op], left, right)
            case col.Neg(test):
                return ~self.test(test)
            case col.Sure(test):
                return self.test(test).fill_null(False)
            case col.Open(test):
                return self.test(test).is_null()
            case col.Settled() | col.Fork():
                return self.open_choice(column)
        return self.leaf(column)

    @staticmethod
    def leaf(column: Tests) -> pl.Expr:
        match column:
            case col.Known(value):
                return _truth(value)
            case col.FlagSlot(index):
                return pl.col(slot_name(index))
            case col.Gap(index):
                return pl.col(slot_name(index)).is_null()
            case col.Answer(name):
                return pl.col(name)
        raise TypeError(column)

    def open_choice(self, column: col.Settled | col.Fork) -> pl.Expr:
        nothing = _truth(None)
        match column:
            case col.Settled(yes, no):
                answer = pl.when(self.test(yes)).then(_truth(True)).when(self.test(no)).then(_truth(False))
                return answer.otherwise(nothing)
            case col.Fork(test, then, other, sure):
                asked, first, second = self.test(test), self.test(then), self.test(other)
                if sure:
                    return pl.when(asked).then(first).otherwise(second)
                agreed = pl.when(first == second).then(first).otherwise(nothing)
                return pl.when(asked).then(first).when(~asked).then(second).otherwise(agreed)

    def join(self, tests: tuple[Tests, ...], *, all_: bool) -> pl.Expr:
        return _balanced(and_ if all_ else or_, [self.test(each) for each in tests])

    def compare(self, op: str, left: Ints, right: Ints) -> pl.Expr:
        if isinstance(left, col.Extreme) and isinstance(right, SIMPLE) and op in _ALL_OF:
            # The least is at least n where all are: cheaper than to look for the least.
            every = _ALL_OF[op] is left.least
            return self.join(tuple(col.Cmp(op, each, right) for each in left.terms), all_=every)  # type: ignore[arg-type]
        one, two = self.raw(left), self.raw(right)
        match op:
            case ">=":
                return one >= two
            case ">":
                return one > two
            case "<":
                return one < two
            case "<=":
                return one <= two
            case "!=":
                return one != two
        return one == two

    def raw(self, column: Ints) -> pl.Expr:
        """A number that is only compared: as narrow as it came."""
        if isinstance(column, col.Slot):
            return self.slot(column)
        return self.ints(column)


@lru_cache(1 << 12)
def _literal(value: int | bool | None, dtype: pl.DataType) -> pl.Expr:
    """A constant; made once, since making one is dear."""
    return pl.lit(value, dtype=dtype)


def _byte(value: int) -> pl.Expr:
    return _literal(value, pl.Int8())


def _truth(value: bool | None) -> pl.Expr:
    return _literal(value, pl.Boolean())


def _balanced(join: Callable[[pl.Expr, pl.Expr], pl.Expr], parts: Sequence[pl.Expr]) -> pl.Expr:
    """All parts joined two by two, so that long lists do not nest deeply: faster than what Polars has for many columns."""
    if len(parts) <= _FEW:
        return reduce(join, parts)
    half = len(parts) // 2
    return join(_balanced(join, parts[:half]), _balanced(join, parts[half:]))


_ALL_OF = {">=": True, ">": True, "<": False, "<=": False}
"""Comparisons of an extreme: whether «all» serves for the least (and «any» for the greatest), or the other way round."""
_AGAINST = {">=": "<", ">": "<=", "<": ">=", "<=": ">", "==": "!="}
