"""Core nodes to ordinary columns, once for every engine that works on columns.

Which facts have gaps is known beforehand, so whatever rests on facts without gaps stays one plain column, as it would be
written by hand; the rest is carried as least and greatest value, or as a test with gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import frozen

from duibiao.cohort import columns as col
from duibiao.cohort.columns import SIMPLE, Column, Ints, Lit, Sheaf, Tests, parts
from duibiao.cohort.layout import Layout
from duibiao.rules import nodes
from duibiao.rules.cells import DECLARED, FACT, JUDGEMENT, Cell, Sheet, sheet_of
from duibiao.rules.compile import NOT_APPLICABLE
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE, Node, Span
from duibiao.rules.program import Program

NARROW, WIDEST = (1 << 31) - 1, (1 << 53) - 1
Pair = tuple[Ints, Ints]
Make = Callable[[tuple[Ints, ...]], Ints]
Lack = bool | Tests
"""Whether an open test is open for want of a fact, and not only of a judgement."""

_YES, _NO = col.Known(True), col.Known(False)
_NOTHING = frozenset[int]()


class TooWideError(Exception):
    """A number of the standard may grow beyond what columns keep exactly."""


def widen(program: Program, gaps: Iterable[int], ranges: Iterable[int] = ()) -> Sheaf:
    """The columns of *program*, whose inputs in the slots *gaps* may be missing; those in *ranges* are ranges by nature.

    Raises TooWideError: a number may leave 53 bits, and only the evaluator for one unit keeps it exactly.
    """
    return _Widener(program, frozenset(gaps), frozenset(ranges)).sheaf()


@frozen(eq=False)
class _Known:
    """What is settled about a cell before any unit is looked at."""

    open: bool
    missing: frozenset[int]


_SETTLED = _Known(False, _NOTHING)


class _Widener:
    def __init__(self, program: Program, gaps: frozenset[int], ranges: frozenset[int]) -> None:
        self.program = program
        self.sheet: Sheet = sheet_of(program.inputs, program.roots())
        self.gaps, self.ranges = gaps - ranges, ranges
        self.spans: dict[int, Pair] = {}
        self.tests: dict[int, Tests] = {}
        self.lacks: dict[int, Lack] = {}
        self.known: dict[int, _Known] = {}
        self.layers: list[list[tuple[str, Column]]] = []
        self.depths: dict[Column, int] = {}
        self._bounds: dict[int, Span] = {}

    def sheaf(self) -> Sheaf:
        for index, cell in enumerate(self.sheet.cells):
            self.known[index] = self.look(cell)
            if cell.numeric:
                self.spans[index] = self.span(index, cell)
            else:
                self.tests[index] = self.keep(f"t{index}", cell, self.test(index, cell), mixed=self.mixed(index))
        results = tuple(self.results())
        return Sheaf(tuple(tuple(layer) for layer in self.layers), results, self.ranges)

    # What is known beforehand

    def look(self, cell: Cell) -> _Known:
        if isinstance(cell.node, nodes.Read | nodes.Flag):
            slot = self.sheet.slots[cell.node.input]
            if slot not in self.gaps and slot not in self.ranges:
                return _SETTLED
            return _Known(True, _NOTHING if cell.node.input.judged else frozenset([slot]))
        if isinstance(cell.node, nodes.Fixed):
            return _SETTLED if cell.node.code <= TRUE else _Known(True, _NOTHING)
        below = [known for known in map(self.known.__getitem__, cell.args) if known.open]
        if len(below) < 2:
            return below[0] if below else _SETTLED
        return _Known(True, _NOTHING.union(*(each.missing for each in below)))

    def mixed(self, index: int) -> bool:
        """Whether a cell may be open for want of a fact in one unit and of a judgement in another."""
        cell = self.sheet.cells[index]
        return self.known[index].open and bool(cell.open_by & JUDGEMENT) and bool(cell.open_by & (FACT | DECLARED))

    def bounds(self, node: nodes.Num) -> Span:
        found = nodes.bounds(node, self._bounds)
        _fits(*found)
        return found

    def wide(self, node: nodes.Num) -> bool:
        low, high = self.bounds(node)
        return max(-low, high) > NARROW

    # Naming what is used more than once

    def keep(self, name: str, cell: Cell, column: Tests, *, mixed: bool = False) -> Tests:
        if isinstance(column, SIMPLE) or not (cell.uses > 1 or mixed):
            return column
        return col.Answer(name, self.define(name, column))

    def named(self, name: str, column: Ints) -> Ints:
        return column if isinstance(column, SIMPLE) else col.Number(name, self.define(name, column))

    def define(self, name: str, column: Column) -> int:
        layer = self.depth(column)
        while len(self.layers) <= layer:
            self.layers.append([])
        self.layers[layer].append((name, column))
        return layer

    def depth(self, column: Column) -> int:
        """The layer a column belongs to: after every column that it mentions."""
        if isinstance(column, SIMPLE):
            return column.layer + 1 if isinstance(column, col.Number | col.Answer) else 0
        found = self.depths.get(column)
        if found is None:
            found = self.depths[column] = max(map(self.depth, parts(column)), default=0)
        return found

    # Numbers

    def span(self, index: int, cell: Cell) -> Pair:
        low, high = self.number(index, cell)
        if low is high:
            if cell.uses > 1:
                low = high = self.named(f"n{index}", low)
            return low, high
        if cell.uses > 1:
            return self.named(f"n{index}.low", low), self.named(f"n{index}.high", high)
        return low, high

    def number(self, index: int, cell: Cell) -> Pair:
        pairs = [self.spans[arg] for arg in cell.args if arg in self.spans]
        match cell.node:
            case nodes.Const(value):
                return _same(Lit(value))
            case nodes.Read(each):
                return self.read(each)
            case nodes.Add():
                wide = self.wide(cell.node)
                return _both(pairs, lambda terms: col.Plus(terms, wide))
            case nodes.Scale(factor, _):
                wide = self.wide(cell.node)
                found = _both(pairs, lambda terms: col.Times(Lit(factor), terms[0], wide))
                return found if factor >= 0 else found[::-1]
            case nodes.Mul():
                return self.product(index, cell.node, *pairs)
            case nodes.Div():
                return self.quotient(index, cell.node, *pairs)
            case nodes.Least() | nodes.Greatest():
                least = isinstance(cell.node, nodes.Least)
                return _both(pairs, lambda terms: col.Extreme(terms, least))
            case nodes.Pick():
                return self.pick(index, cell.node, cell.args[0], *pairs)
            case nodes.Bands(_, cuts, values):
                return self.bands(index, pairs[0], cuts, values)
            case nodes.Count():
                return self.count(cell)
        raise TypeError(cell.node)

    def read(self, each: nodes.Input) -> Pair:
        slot = self.sheet.slots[each]
        if slot in self.ranges:
            return col.Slot(slot, side="low"), col.Slot(slot, side="high")
        if slot not in self.gaps:
            return _same(col.Slot(slot))
        return col.Slot(slot, each.low), col.Slot(slot, each.high)

    def product(self, index: int, node: nodes.Mul, left: Pair, right: Pair) -> Pair:
        wide = self.wide(node)
        exact = left[0] is left[1] and right[0] is right[1]
        if exact or (self.bounds(node.left)[0] >= 0 and self.bounds(node.right)[0] >= 0):
            return _both([left, right], lambda terms: col.Times(terms[0], terms[1], wide))
        left, right = self.ends(index, left), self.ends(index, right, "r")
        corners = tuple(col.Times(a, b, wide) for a in left for b in right)
        return col.Extreme(corners, True), col.Extreme(corners, False)

    def quotient(self, index: int, node: nodes.Div, left: Pair, right: Pair) -> Pair:
        natural = self.bounds(node.left)[0] >= 0
        twice = 2 * max(map(abs, (*self.bounds(node.left), *self.bounds(node.right))))
        _fits(2 * twice)
        wide = 2 * twice > NARROW
        if right[0] is right[1]:
            return _both([left, right], lambda terms: col.Quotient(terms[0], terms[1], node.rounding, natural, wide))
        left, right = self.ends(index, left), self.ends(index, right, "r")
        corners = tuple(col.Quotient(a, b, node.rounding, natural, wide) for a in dict.fromkeys(left) for b in right)
        return col.Extreme(corners, True), col.Extreme(corners, False)

    def pick(self, index: int, node: nodes.Pick, test: int, then: Pair, other: Pair) -> Pair:
        code = self.tests[test]
        if not self.known[test].open:
            if then[0] is then[1] and other[0] is other[1]:
                return _same(col.If(code, then[0], other[0]))
            return col.If(code, then[0], other[0]), col.If(code, then[1], other[1])
        code = self.reused(f"p{index}", code)
        first, second = self.bounds(node.then), self.bounds(node.other)
        if first[0] >= second[1]:
            return col.If(code, then[0], other[0]), col.If(col.Neg(code), other[1], then[1])
        if first[1] <= second[0]:
            return col.If(col.Neg(code), other[0], then[0]), col.If(code, then[1], other[1])
        then, other = self.ends(index, then), self.ends(index, other, "r")
        low, high = (
            col.If(code, one, col.If(col.Neg(code), two, col.Extreme((one, two), least)))
            for one, two, least in zip(then, other, (True, False), strict=True)
        )
        return low, high

    def reused(self, name: str, test: Tests) -> Tests:
        """A test that is about to be mentioned more than once."""
        return test if isinstance(test, SIMPLE) else col.Answer(name, self.define(name, test))

    def bands(self, index: int, term: Pair, cuts: tuple[int, ...], values: tuple[int, ...]) -> Pair:
        term = self.ends(index, term)
        if term[0] is term[1]:
            return _same(col.Ladder(term[0], cuts, values))
        ends = col.Ladder(term[0], cuts, values), col.Ladder(term[1], cuts, values)
        if list(values) == sorted(values):
            return ends
        if list(values) == sorted(values, reverse=True):
            return ends[::-1]
        reached = [self.reached(*term, cuts, place) for place in range(len(values))]
        least, most = Lit(min(values)), Lit(max(values))
        return (
            col.Extreme(tuple(col.If(test, Lit(value), most) for test, value in zip(reached, values, strict=True)), True),
            col.Extreme(tuple(col.If(test, Lit(value), least) for test, value in zip(reached, values, strict=True)), False),
        )

    @staticmethod
    def reached(low: Ints, high: Ints, cuts: tuple[int, ...], place: int) -> Tests:
        """Whether a term between *low* and *high* can lie in a band."""
        above = [col.Cmp(">=", high, Lit(cuts[place - 1]))] if place else []
        below = [col.Cmp("<", low, Lit(cuts[place]))] if place < len(cuts) else []
        return col.And((*above, *below))

    def count(self, cell: Cell) -> Pair:
        tests = tuple(self.tests[arg] for arg in cell.args)
        if not any(self.known[arg].open for arg in cell.args):
            return _same(col.Tally(tests))
        names = [self.reused(f"c{arg}", test) for arg, test in zip(cell.args, tests, strict=True)]
        return col.Tally(tuple(names)), col.Tally(tuple(names), possible=True)

    # Tests

    def test(self, index: int, cell: Cell) -> Tests:
        tests = tuple(self.tests[arg] for arg in cell.args if arg in self.tests)
        match cell.node:
            case nodes.Fixed(code):
                return col.Known({FALSE: False, TRUE: True}.get(code))
            case nodes.Flag(each):
                return col.FlagSlot(self.sheet.slots[each])
            case nodes.Compare(op, left, right):
                return self.compare(op, index, left, right)
            case nodes.All():
                return col.And(tests)
            case nodes.Any():
                return col.Or(tests)
            case nodes.Not():
                return col.Neg(tests[0])
            case nodes.Choose():
                test = self.reused(f"f{index}", tests[0])
                if not self.known[cell.args[0]].open:
                    return col.Fork(test, tests[1], tests[2], sure=True)
                then, other = self.reused(f"f{index}.then", tests[1]), self.reused(f"f{index}.other", tests[2])
                return col.Fork(test, then, other)
        raise TypeError(cell.node)

    def compare(self, op: str, index: int, left: nodes.Num, right: nodes.Num) -> Tests:
        one, two = (self.spans[arg] for arg in self.sheet.cells[index].args)
        if one[0] is one[1] and two[0] is two[1]:
            return _cmp(op, one[0], two[0])
        settled = self.settled(op, self.bounds(left), self.bounds(right))
        if settled is not None:
            return _YES if settled else _NO
        if isinstance(left, nodes.Read) and isinstance(right, nodes.Const) and isinstance(one[0], col.Slot) and not one[0].side:
            # Neither end of the range settles it, so a missing fact is an open answer: what a gap in the column gives.
            return _cmp(op, col.Slot(one[0].index), two[0])
        if op == "==":
            one, two = self.ends(index, one), self.ends(index, two, "r")
            same = col.And((_cmp("==", one[0], one[1]), _cmp("==", two[0], two[1]), _cmp("==", one[0], two[0])))
            return col.Settled(same, col.Or((_cmp("<", one[1], two[0]), _cmp(">", one[0], two[1]))))
        return col.Settled(_cmp(op, one[0], two[1]), _cmp({">=": "<", ">": "<="}[op], one[1], two[0]))

    def ends(self, index: int, pair: Pair, side: str = "l") -> Pair:
        """Both ends of a term of a cell, about to be mentioned more than once."""
        if pair[0] is pair[1]:
            return _same(self.named(f"e{index}{side}", pair[0]))
        return self.named(f"e{index}{side}.low", pair[0]), self.named(f"e{index}{side}.high", pair[1])

    @staticmethod
    def settled(op: str, left: Span, right: Span) -> bool | None:
        """What a comparison is whatever the facts say, if so."""
        if op == ">=":
            return True if left[0] >= right[1] else False if left[1] < right[0] else None
        if op == ">":
            return True if left[0] > right[1] else False if left[1] <= right[0] else None
        if left[1] < right[0] or left[0] > right[1]:
            return False
        return True if left == right and left[0] == left[1] else None

    # Why something is open

    def lack(self, index: int) -> Lack:
        """Whether the cell, where it is open, is open for want of a fact."""
        if index not in self.lacks:
            found = self.lacking(index)
            if not isinstance(found, bool | col.Known | col.Answer | col.Gap):
                found = col.Answer(f"w{index}", self.define(f"w{index}", found))
            self.lacks[index] = found
        return self.lacks[index]

    def lacking(self, index: int) -> Lack:
        cell, known = self.sheet.cells[index], self.known[index]
        if not known.open:
            return False
        if isinstance(cell.node, nodes.Fixed):
            return cell.node.code == OPEN
        if isinstance(cell.node, nodes.Flag):
            return not cell.node.input.judged
        if isinstance(cell.node, nodes.Compare):
            return self.lacking_number(cell, known)
        below = [(self.tests[arg], self.lack(arg), self.known[arg].open) for arg in cell.args]
        if isinstance(cell.node, nodes.Choose):
            return self.lacking_choice(*below)
        inner = [(test, lack) for test, lack, open_ in below if open_ and lack is not False]
        if not inner:
            return False
        if all(lack is True for _, lack in inner) and len(inner) == sum(open_ for *_, open_ in below):
            return True
        return _any(_open_for(test, lack) for test, lack in inner)

    def lacking_number(self, cell: Cell, known: _Known) -> Lack:
        """A comparison is open for want of a fact when any of those it looks at is missing."""
        if not known.missing:
            return False
        if not cell.open_by & (JUDGEMENT | DECLARED):
            return True
        return _any(self.gap(slot) for slot in sorted(known.missing))

    def gap(self, slot: int) -> Tests:
        if slot in self.ranges:
            return col.Neg(col.Cmp("==", col.Slot(slot, side="low"), col.Slot(slot, side="high")))
        return col.Gap(slot)

    @staticmethod
    def lacking_choice(*below: tuple[Tests, Lack, bool]) -> Lack:
        (test, lack, open_), (then, then_lack, _), (other, other_lack, _) = below
        if all(each is True for _, each, may in below if may):
            return True
        branches = [
            col.And((col.Sure(test), _open_for(then, then_lack))),
            col.And((col.Sure(col.Neg(test)), _open_for(other, other_lack))),
        ]
        if open_:
            inner = (_open_for(test, lack), _open_for(then, then_lack), _open_for(other, other_lack))
            branches.append(col.And((col.Open(test), col.Or(inner))))
        return col.Or(tuple(branches))

    # Results

    def results(self) -> Iterable[tuple[str, Column]]:
        layout = Layout.of(self.program)
        yield layout.scope, self.code(self.program.scope)
        for name, leaf in zip(layout.verdicts, self.program.leaves, strict=True):
            yield name, self.verdict(name, leaf.applies, leaf.rule)
        for names, node in layout.numbers(self.program):
            yield from zip(names, self.spans[self.sheet.cell_of(node)], strict=True)
        for name, finding in zip(layout.findings, self.program.findings(), strict=True):
            yield name, self.code(finding.test)
        for name, finding in zip(layout.findings, self.program.findings(), strict=True):
            if finding.pending is not None:
                yield layout.pending(name), col.Sure(self.tests[self.sheet.cell_of(finding.pending)])

    def code(self, node: Node) -> Column:
        index = self.sheet.cell_of(node)
        test = self.tests[index]
        return self.coded(index, self.reused(f"r{index}", test) if self.known[index].open else test)

    def coded(self, index: int, test: Tests) -> Ints:
        """What a cell's test says as a number."""
        return col.Code(test, _open_code(self.lack(index))) if self.known[index].open else col.If(test, Lit(TRUE), Lit(FALSE))

    def verdict(self, name: str, applies: Node, rule: Node) -> Column:
        if applies == nodes.YES:
            return self.code(rule)
        guard_at, rule_at = self.sheet.cell_of(applies), self.sheet.cell_of(rule)
        guard = self.reused(f"{name}.applies", self.tests[guard_at])
        test = self.reused(f"{name}.rule", self.tests[rule_at])
        met = self.coded(rule_at, test)
        if not self.known[guard_at].open:
            return col.If(guard, met, Lit(NOT_APPLICABLE))
        lack = self.lack(guard_at)
        either: Lack = True if lack is True else _any([_open_for(test, self.lack(rule_at)), *([] if lack is False else [lack])])
        return col.If(guard, met, col.If(col.Neg(guard), Lit(NOT_APPLICABLE), _open_code(either)))


def _fits(*values: int) -> None:
    if max(map(abs, values)) > WIDEST:
        raise TooWideError


def _same(column: Ints) -> Pair:
    return column, column


def _both(pairs: list[Pair], make: Make) -> Pair:
    """A rising function of its terms, for the least and the greatest value."""
    if all(low is high for low, high in pairs):
        return _same(make(tuple(low for low, _ in pairs)))
    return make(tuple(low for low, _ in pairs)), make(tuple(high for _, high in pairs))


def _cmp(op: str, left: Ints, right: Ints) -> Tests:
    return col.Cmp(op, left, right)  # type: ignore[arg-type]


def _any(tests: Iterable[Tests]) -> Tests:
    found = tuple(tests)
    return found[0] if len(found) == 1 else col.Or(found)


def _open_for(test: Tests, lack: Lack) -> Tests:
    """Whether a test is open, and for want of a fact."""
    if lack is False:
        return _NO
    return col.Open(test) if lack is True else col.And((col.Open(test), lack))


def _open_code(lack: Lack) -> Ints:
    if isinstance(lack, bool | col.Known):
        return Lit(OPEN if lack is True or lack == _YES else ASK)
    return col.If(lack, Lit(OPEN), Lit(ASK))
