"""Core nodes to ordinary columns, once for every engine that works on columns.

Which facts have gaps is known beforehand, so whatever rests on facts without gaps stays one plain column, as it would be
written by hand; the rest is carried as least and greatest value, or as a test with gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import is_
from typing import Any, Literal

from duibiao.cohort import columns as col
from duibiao.cohort.columns import PARTS, PLAIN, Column, Ints, Lit, Sheaf, Tests
from duibiao.cohort.layout import Layout
from duibiao.rules import nodes
from duibiao.rules.cells import Cell, Sheet, places
from duibiao.rules.compile import NOT_APPLICABLE
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE, Node, Span
from duibiao.rules.program import Program

NARROW, WIDEST = (1 << 31) - 1, (1 << 53) - 1
Pair = tuple[Ints, Ints]
Make = Callable[[tuple[Ints, ...]], Ints]
Lack = bool | Tests
"""Whether an open test is open for want of a fact, and not only of a judgement."""

_YES, _NO = col.Known(True), col.Known(False)
_MET, _NOT_MET, _OPEN, _ASK, _NOT_APPLICABLE = map(Lit, (TRUE, FALSE, OPEN, ASK, NOT_APPLICABLE))
_AGAINST: Mapping[str, Literal["<", "<="]] = {">=": "<", ">": "<="}
_LAYERED = (col.Number, col.Answer)
_SURE = (bool, col.Known)
_SAID = (bool, col.Known, col.Answer, col.Gap)


class TooWideError(Exception):
    """A number of the standard may grow beyond what columns keep exactly."""


def widen(program: Program, gaps: Iterable[int], ranges: Iterable[int] = ()) -> Sheaf:
    """The columns of *program*, whose inputs in the slots *gaps* may be missing; those in *ranges* are ranges by nature.

    Raises TooWideError: a number may leave 53 bits, and only the evaluator for one unit keeps it exactly.
    """
    return _Widener(program, frozenset(gaps), frozenset(ranges)).sheaf()


class _Widener:
    def __init__(self, program: Program, gaps: frozenset[int], ranges: frozenset[int]) -> None:
        self.program = program
        self.sheet: Sheet = program.sheet
        self.gaps, self.ranges = gaps - ranges, ranges
        self.spans: dict[int, Pair] = {}
        self.tests: dict[int, Tests] = {}
        self.lacks: dict[int, Lack] = {}
        # What may leave a cell open, as bits: one per slot, and one beyond them for what the author left open.
        unsure = [(1 << slot, each) for slot, each in enumerate(program.inputs) if slot in gaps or slot in ranges]
        self.declared = 1 << len(program.inputs)
        self.judged = sum([bit for bit, each in unsure if each.judged])
        may_open = sum([bit for bit, _ in unsure], self.declared)
        self.open = [cell.below & may_open for cell in self.sheet.cells]
        self.layers: list[list[tuple[str, Column]]] = []
        self._bounds: dict[int, Span] = {}
        self.asked: dict[int, Tests] = {}
        self.numbers: Mapping[type, Callable[[int, Cell, Any], Pair]] = {
            nodes.Const: self.const, nodes.Read: self.read, nodes.Add: self.add, nodes.Scale: self.scale,
            nodes.Mul: self.product, nodes.Div: self.quotient, nodes.Least: self.extreme, nodes.Greatest: self.extreme,
            nodes.Pick: self.pick, nodes.Bands: self.bands, nodes.Count: self.count,
        }  # fmt: skip
        self.truths: Mapping[type, Callable[[int, Cell, Any], Tests]] = {
            nodes.Fixed: self.fixed, nodes.Flag: self.flag, nodes.Compare: self.compare, nodes.All: self.every,
            nodes.Any: self.some, nodes.Not: self.against, nodes.Choose: self.fork,
        }  # fmt: skip

    def sheaf(self) -> Sheaf:
        for index, cell in enumerate(self.sheet.cells):
            node = cell.node
            if cell.numeric:
                pair = self.numbers[type(node)](index, cell, node)
                self.spans[index] = pair if cell.uses < 2 else self.shared(index, pair)
            else:
                test = self.truths[type(node)](index, cell, node)
                self.tests[index] = self.reused(f"t{index}", test) if cell.uses > 1 or self.mixed(index) else test
        results = tuple(self.results())
        return Sheaf(tuple(map(tuple, self.layers)), results, self.ranges)

    # What is known beforehand

    def mixed(self, index: int) -> bool:
        """Whether a cell may be open for want of a fact in one unit and of a judgement in another."""
        judged = self.open[index] & self.judged
        return judged != 0 and judged != self.open[index]

    def limits(self, node: nodes.Num) -> Span:
        found = nodes.bounds(node, self._bounds)
        if found[0] < -WIDEST or found[1] > WIDEST:
            raise TooWideError
        return found

    def wide(self, node: nodes.Num) -> bool:
        low, high = self.limits(node)
        return max(-low, high) > NARROW

    # Naming what is used more than once

    def named(self, name: str, column: Ints) -> Ints:
        return column if type(column) in PLAIN else col.Number(name, self.define(name, column))

    def reused(self, name: str, test: Tests) -> Tests:
        """A test that is about to be mentioned more than once."""
        return test if type(test) in PLAIN else col.Answer(name, self.define(name, test))

    def define(self, name: str, column: Column) -> int:
        """Gives a column a name; returns the layer it belongs to: after every column that it mentions."""
        layer, below = 0, [column]
        while below:
            each = below.pop()
            for part in PARTS[type(each)](each):
                if type(part) not in PLAIN:
                    below.append(part)
                elif isinstance(part, _LAYERED) and part.layer >= layer:
                    layer = part.layer + 1
        while len(self.layers) <= layer:
            self.layers.append([])
        self.layers[layer].append((name, column))
        return layer

    # Numbers

    def shared(self, index: int, pair: Pair) -> Pair:
        """A number that more than one cell or result mentions."""
        low, high = pair
        if type(low) in PLAIN and type(high) in PLAIN:
            return pair
        if low is high:
            return _same(self.named(f"n{index}", low))
        return self.named(f"n{index}.low", low), self.named(f"n{index}.high", high)

    def terms(self, args: tuple[int, ...]) -> list[Pair]:
        return [self.spans[arg] for arg in args]

    def const(self, index: int, cell: Cell, node: nodes.Const) -> Pair:
        return _same(Lit(node.value))

    def read(self, index: int, cell: Cell, node: nodes.Read) -> Pair:
        slot = self.sheet.slots[node.input]
        if slot in self.ranges:
            return col.Slot(slot, side="low"), col.Slot(slot, side="high")
        if slot not in self.gaps:
            return _same(col.Slot(slot))
        return col.Slot(slot, node.input.low), col.Slot(slot, node.input.high)

    def add(self, index: int, cell: Cell, node: nodes.Add) -> Pair:
        wide = self.wide(node)
        return _both(self.terms(cell.args), lambda terms: col.Plus(terms, wide))

    def scale(self, index: int, cell: Cell, node: nodes.Scale) -> Pair:
        wide, factor = self.wide(node), Lit(node.factor)
        found = _both(self.terms(cell.args), lambda terms: col.Times(factor, terms[0], wide))
        return found if node.factor >= 0 else found[::-1]

    def extreme(self, index: int, cell: Cell, node: nodes.Least | nodes.Greatest) -> Pair:
        least = isinstance(node, nodes.Least)
        return _both(self.terms(cell.args), lambda terms: col.Extreme(terms, least))

    def product(self, index: int, cell: Cell, node: nodes.Mul) -> Pair:
        left, right = self.terms(cell.args)
        wide = self.wide(node)
        exact = left[0] is left[1] and right[0] is right[1]
        if exact or (self.limits(node.left)[0] >= 0 and self.limits(node.right)[0] >= 0):
            return _both([left, right], lambda terms: col.Times(terms[0], terms[1], wide))
        left, right = self.ends(index, left), self.ends(index, right, "r")
        corners = tuple(col.Times(a, b, wide) for a in left for b in right)
        return col.Extreme(corners, True), col.Extreme(corners, False)

    def quotient(self, index: int, cell: Cell, node: nodes.Div) -> Pair:
        left, right = self.terms(cell.args)
        natural = self.limits(node.left)[0] >= 0
        twice = 2 * max(map(abs, (*self.limits(node.left), *self.limits(node.right))))
        if 2 * twice > WIDEST:
            raise TooWideError
        wide = 2 * twice > NARROW
        if right[0] is right[1]:
            return _both([left, right], lambda terms: col.Quotient(terms[0], terms[1], node.rounding, natural, wide))
        left, right = self.ends(index, left), self.ends(index, right, "r")
        corners = tuple(col.Quotient(a, b, node.rounding, natural, wide) for a in dict.fromkeys(left) for b in right)
        return col.Extreme(corners, True), col.Extreme(corners, False)

    def pick(self, index: int, cell: Cell, node: nodes.Pick) -> Pair:
        code, (then, other) = self.tests[cell.args[0]], self.terms(cell.args[1:])
        if not self.open[cell.args[0]]:
            if then[0] is then[1] and other[0] is other[1]:
                return _same(col.If(code, then[0], other[0]))
            return col.If(code, then[0], other[0]), col.If(code, then[1], other[1])
        code = self.reused(f"p{index}", code)
        first, second = self.limits(node.then), self.limits(node.other)
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

    def bands(self, index: int, cell: Cell, node: nodes.Bands) -> Pair:
        term, cuts, values = self.ends(index, self.spans[cell.args[0]]), node.cuts, node.values
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

    def count(self, index: int, cell: Cell, node: nodes.Count) -> Pair:
        tests = self.below(cell)
        if not self.open[index]:
            return _same(col.Tally(tests))
        names = [self.reused(f"c{arg}", test) for arg, test in zip(cell.args, tests, strict=True)]
        return col.Tally(tuple(names)), col.Tally(tuple(names), possible=True)

    # Tests

    def below(self, cell: Cell) -> tuple[Tests, ...]:
        return tuple([self.tests[arg] for arg in cell.args])

    def fixed(self, index: int, cell: Cell, node: nodes.Fixed) -> Tests:
        return col.Known({FALSE: False, TRUE: True}.get(node.code))

    def flag(self, index: int, cell: Cell, node: nodes.Flag) -> Tests:
        return col.FlagSlot(self.sheet.slots[node.input])

    def every(self, index: int, cell: Cell, node: nodes.All) -> Tests:
        return col.And(self.below(cell))

    def some(self, index: int, cell: Cell, node: nodes.Any) -> Tests:
        return col.Or(self.below(cell))

    def against(self, index: int, cell: Cell, node: nodes.Not) -> Tests:
        return col.Neg(self.tests[cell.args[0]])

    def fork(self, index: int, cell: Cell, node: nodes.Choose) -> Tests:
        test, then, other = self.below(cell)
        test = self.reused(f"f{index}", test)
        if not self.open[cell.args[0]]:
            return col.Fork(test, then, other, sure=True)
        return col.Fork(test, self.reused(f"f{index}.then", then), self.reused(f"f{index}.other", other))

    def compare(self, index: int, cell: Cell, node: nodes.Compare) -> Tests:
        op, one, two = node.op, self.spans[cell.args[0]], self.spans[cell.args[1]]
        if one[0] is one[1] and two[0] is two[1]:
            return col.Cmp(op, one[0], two[0])
        settled = self.settled(op, self.limits(node.left), self.limits(node.right))
        if settled is not None:
            return _YES if settled else _NO
        slot = one[0]
        if isinstance(slot, col.Slot) and not slot.side and isinstance(two[0], Lit):
            # Neither end of the range settles it, so a missing fact is an open answer: what a gap in the column gives.
            return col.Cmp(op, col.Slot(slot.index), two[0])
        if op == "==":
            one, two = self.ends(index, one), self.ends(index, two, "r")
            same = col.And((col.Cmp("==", one[0], one[1]), col.Cmp("==", two[0], two[1]), col.Cmp("==", one[0], two[0])))
            return col.Settled(same, col.Or((col.Cmp("<", one[1], two[0]), col.Cmp(">", one[0], two[1]))))
        return col.Settled(col.Cmp(op, one[0], two[1]), col.Cmp(_AGAINST[op], one[1], two[0]))

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
        open_by = self.open[index]
        judged = open_by & self.judged
        if judged == open_by:
            return False
        if not judged and open_by < self.declared:
            return True
        found = self.lacks.get(index)
        if found is None:
            found = self.lacking(index, self.sheet.cells[index])
            if not isinstance(found, _SAID):
                found = col.Answer(f"w{index}", self.define(f"w{index}", found))
            self.lacks[index] = found
        return found

    def lacking(self, index: int, cell: Cell) -> Lack:
        """The same of a cell that more than one sort of thing may leave open."""
        if isinstance(cell.node, nodes.Fixed):
            return cell.node.code == OPEN
        if isinstance(cell.node, nodes.Compare):
            # It is open for want of a fact when any of those it looks at is missing.
            facts = self.open[index] & ~self.judged & ~self.declared
            return self.any_missing(f"w{index}", facts) if facts else False
        below = [(self.tests[arg], self.lack(arg), bool(self.open[arg])) for arg in cell.args]
        if isinstance(cell.node, nodes.Choose):
            return self.lacking_choice(*below)
        inner = [(test, lack) for test, lack, open_ in below if open_ and lack is not False]
        if not inner:
            return False
        if all(lack is True for _, lack in inner) and len(inner) == sum(open_ for *_, open_ in below):
            return True
        return _any(_open_for(test, lack) for test, lack in inner)

    def any_missing(self, name: str, wanted: int) -> Lack:
        """Whether any of the inputs with these bits is missing: asked once, however many comparisons rest on them."""
        found = self.asked.get(wanted)
        if found is None:
            found = self.asked[wanted] = self.reused(name, _any(map(self.gap, places(wanted))))
        return found

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
        return self.coded(index, self.reused(f"r{index}", test) if self.open[index] else test)

    def coded(self, index: int, test: Tests) -> Ints:
        """What a cell's test says as a number."""
        return col.Code(test, _open_code(self.lack(index))) if self.open[index] else col.If(test, _MET, _NOT_MET)

    def verdict(self, name: str, applies: Node, rule: Node) -> Column:
        if applies == nodes.YES:
            return self.code(rule)
        guard_at, rule_at = self.sheet.cell_of(applies), self.sheet.cell_of(rule)
        guard = self.reused(f"{name}.applies", self.tests[guard_at])
        test = self.reused(f"{name}.rule", self.tests[rule_at])
        met = self.coded(rule_at, test)
        if not self.open[guard_at]:
            return col.If(guard, met, _NOT_APPLICABLE)
        lack = self.lack(guard_at)
        either: Lack = True if lack is True else _any([_open_for(test, self.lack(rule_at)), *([] if lack is False else [lack])])
        return col.If(guard, met, col.If(col.Neg(guard), _NOT_APPLICABLE, _open_code(either)))


def _same(column: Ints) -> Pair:
    return column, column


def _both(pairs: list[Pair], make: Make) -> Pair:
    """A rising function of its terms, for the least and the greatest value."""
    lows, highs = tuple([low for low, _ in pairs]), tuple([high for _, high in pairs])
    low = make(lows)
    return low, low if all(map(is_, lows, highs)) else make(highs)


def _any(tests: Iterable[Tests]) -> Tests:
    found = tuple(tests)
    return found[0] if len(found) == 1 else col.Or(found)


def _open_for(test: Tests, lack: Lack) -> Tests:
    """Whether a test is open, and for want of a fact."""
    if lack is False:
        return _NO
    return col.Open(test) if lack is True else col.And((col.Open(test), lack))


def _open_code(lack: Lack) -> Ints:
    if isinstance(lack, _SURE):
        return _OPEN if lack is True or lack == _YES else _ASK
    return col.If(lack, _OPEN, _ASK)
