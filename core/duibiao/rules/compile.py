"""One generated Python function per standard: a two-valued body for complete facts, an interval body for the rest.

Both return the same tuple (see :data:`Raw`). The traced variant of the interval body also returns every cell's value, so that
an explanation cannot disagree with the result it explains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from attrs import frozen

from duibiao.rules import nodes
from duibiao.rules.cells import DECLARED, FACT, JUDGEMENT, Cell, Sheet, sheet_of
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE, Node, band_span, divide, open_choice, product_span, quotient_span
from duibiao.rules.program import Program

NOT_APPLICABLE, OUT_OF_SCOPE = 4, 5
"""Verdict codes beyond the truth values FALSE, TRUE, ASK and OPEN."""

Ints = tuple[int, ...]
Raw = tuple[int, Ints, Ints, Ints, Ints, Ints, Ints, Ints, int, int, int, int, Ints]
"""scope, verdicts, points low, high, groups low, high, full low, full high, score low, high, full low, high, findings."""

Traced = tuple[Raw, tuple[Any, ...]]
_INLINE = 240
_CHUNK = 40


@frozen
class Bound:
    """Facts typed for one program.

    Attributes:
        lows: Least value per slot (for a yes/no input its truth code).
        highs: Greatest value per slot.
        complete: Whether nothing is missing.
    """

    lows: Sequence[int]
    highs: Sequence[int]
    complete: bool


@frozen(eq=False, slots=False)
class Compiled:
    """The functions of one program, each generated when first needed.

    Attributes:
        program: The program.
    """

    program: Program

    @cached_property
    def fast(self) -> Callable[[Sequence[int]], Raw]:
        """For complete facts: takes the values in slot order."""
        sheet = self.program.sheet
        if any(cell.numeric and cell.open_by & DECLARED for cell in sheet.cells):
            # An author's own «unknown» leaves a range of points even where no fact is missing.
            general = self.general
            return lambda facts: general(facts, facts)
        return _load("fast", _Fast(self.program, sheet).lines())

    @cached_property
    def general(self) -> Callable[[Sequence[int], Sequence[int]], Raw]:
        """For any facts: takes lows and highs."""
        return _load("general", _General(self.program, self.program.sheet).lines())

    @cached_property
    def trace(self) -> Callable[[Sequence[int], Sequence[int]], Traced]:
        """Like *general*, and returns every cell's value."""
        return _load("trace", _General(self.program, self.sheet, traced=True).lines())

    @cached_property
    def sheet(self) -> Sheet:
        """The cells that *trace* reports, in order: those of the results, and those that only explanations show."""
        return sheet_of(self.program.inputs, [*self.program.roots(), *self.program.shown()])

    def run(self, facts: Bound) -> Raw:
        """The result for one unit."""
        return self.fast(facts.lows) if facts.complete else self.general(facts.lows, facts.highs)


_HELPERS = {
    "open_choice": open_choice,
    "divide": divide,
    "product_span": product_span,
    "quotient_span": quotient_span,
    "band_span": band_span,
}


def _load(name: str, lines: list[str]) -> Callable[..., Any]:
    space: dict[str, Any] = dict(_HELPERS)
    exec(compile("\n".join(lines), f"<standard {name}>", "exec"), space)  # noqa: S102 - built from our own nodes only
    found: Callable[..., Any] = space[name]
    return found


def _tuple(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _simple(text: str) -> bool:
    """Whether mentioning *text* again costs nothing."""
    return text.isidentifier() or text.lstrip("-").isdigit()


def _ladder(term: str, cuts: Ints, values: Ints) -> str:
    """The band value of *term*, asked from the top: most units are good."""
    text = str(values[0])
    for cut, value in zip(cuts, values[1:], strict=True):
        text = f"({value} if {term} >= {cut} else {text})"
    return text


class _Writer:
    """What both bodies share: locals for shared cells, and the order of the result."""

    def __init__(self, program: Program, sheet: Sheet) -> None:
        self.program = program
        self.sheet = sheet
        self.body: list[str] = []
        self._bounds: dict[int, nodes.Span] = {}

    def cell(self, node: Node) -> int:
        return self.sheet.cell_of(node)

    def name(self, index: int, expression: str, suffix: str = "") -> str:
        """Give the expression a local and return the local."""
        local = f"n{index}{suffix}"
        self.body.append(f"    {local} = {expression}")
        return local

    def named(self, index: int, texts: list[str], suffix: str = "") -> list[str]:
        """Locals for texts that an expression mentions more than once."""
        return [each if _simple(each) else self.name(index, each, f"{suffix}a{i}") for i, each in enumerate(texts)]

    def chunks(self, index: int, parts: list[str], glue: str, suffix: str = "") -> str:
        """Join many parts through locals, so that no generated expression grows without bound."""
        if len(parts) <= _CHUNK:
            return "(" + glue.join(parts) + ")"
        locals_ = []
        for start in range(0, len(parts), _CHUNK):
            piece = "(" + glue.join(parts[start : start + _CHUNK]) + ")"
            locals_.append(self.name(index, piece, f"{suffix}_{start}"))
        return self.chunks(index, locals_, glue, f"{suffix}_")

    def extreme(self, index: int, node: nodes.Least | nodes.Greatest, terms: list[str], suffix: str = "") -> str:
        """The least or greatest of some numbers; of two without a call."""
        call, sign = ("min", "<") if isinstance(node, nodes.Least) else ("max", ">")
        if len(terms) != 2:
            return f"{call}({', '.join(terms)})" if len(terms) > 2 else terms[0]
        one, two = self.named(index, terms, suffix)
        return f"({one} if {one} {sign} {two} else {two})"

    def quotient(self, node: nodes.Div, top: str) -> str | None:
        """A rounded quotient as plain arithmetic, where the divisor is fixed and one formula serves."""
        if not isinstance(node.right, nodes.Const) or node.right.value < 1:
            return None
        divisor = node.right.value
        if node.rounding == "half_up":
            return f"((2 * {top} + {divisor}) // {2 * divisor})" if self.bounds(node.left)[0] >= 0 else None
        return f"({top} // {divisor})" if node.rounding == "down" else f"(-(-{top} // {divisor}))"

    def bounds(self, node: nodes.Num) -> nodes.Span:
        return nodes.bounds(node, self._bounds)


class _Fast(_Writer):
    """Two-valued: every slot holds a value."""

    def lines(self) -> list[str]:
        self.text: dict[int, str] = {}
        for index, cell in enumerate(self.sheet.cells):
            expression = self.expression(index, cell)
            shared = cell.uses > 1 and not isinstance(cell.node, nodes.Read | nodes.Flag | nodes.Const | nodes.Fixed)
            self.text[index] = self.name(index, expression) if shared or len(expression) > _INLINE else expression
        unpack = [f"    {_tuple([f'x{i}' for i in range(len(self.sheet.inputs))])} = x"] if self.sheet.inputs else []
        result = self.result()  # before the body is read: it names the tuples that are returned twice
        return ["def fast(x):", *unpack, *self.body, f"    return {result}"]

    def of(self, node: Node) -> str:
        return self.text[self.cell(node)]

    def expression(self, index: int, cell: Cell) -> str:
        args = [self.text[i] for i in cell.args]
        return self.number(index, cell, args) if cell.numeric else self.condition(index, cell, args)

    def number(self, index: int, cell: Cell, args: list[str]) -> str:
        match cell.node:
            case nodes.Const(value):
                return str(value) if value >= 0 else f"({value})"
            case nodes.Read(each):
                return f"x{self.sheet.slots[each]}"
            case nodes.Add():
                return self.chunks(index, args, " + ")
            case nodes.Scale(factor, _):
                return f"({factor} * {args[0]})"
            case nodes.Mul():
                return f"({args[0]} * {args[1]})"
            case nodes.Div(_, _, rounding):
                return self.quotient(cell.node, args[0]) or f"divide({args[0]}, {args[1]}, {rounding!r})"
            case nodes.Least() | nodes.Greatest():
                return self.extreme(index, cell.node, args)
            case nodes.Pick():
                return f"({args[1]} if {args[0]} else {args[2]})"
            case nodes.Bands(_, cuts, values):
                return self.bands(index, args[0], cuts, values)
            case nodes.Count():
                return self.chunks(index, args, " + ")
        raise TypeError(cell.node)

    def condition(self, index: int, cell: Cell, args: list[str]) -> str:
        match cell.node:
            case nodes.Fixed(code):
                return str(code)
            case nodes.Flag(each):
                return f"x{self.sheet.slots[each]}"
            case nodes.Compare(op, _, _):
                return f"({args[0]} {op} {args[1]})"
            case nodes.All():
                return self.chunks(index, args, " and ") if self.plain(cell) else self.mixed(args, "all")
            case nodes.Any():
                return self.chunks(index, args, " or ") if self.plain(cell) else self.mixed(args, "any")
            case nodes.Not():
                return f"(not {args[0]})" if self.plain(cell) else self.mixed(args, "not")
            case nodes.Choose():
                return self.choice(cell.args[0], args)
        raise TypeError(cell.node)

    def plain(self, cell: Cell) -> bool:
        """Whether no declared-open truth can reach the cell, so that Python's own logic serves."""
        return not cell.open_by & DECLARED

    def choice(self, test: int, args: list[str]) -> str:
        code, then, other = args
        if self.plain(self.sheet.cells[test]):
            return f"({then} if {code} else {other})"
        return f"({then} if {code} == 1 else {other} if {code} == 0 else open_choice({code}, {then}, {other}))"

    @staticmethod
    def mixed(args: list[str], what: str) -> str:
        parts = _tuple(args)
        if what == "all":
            return f"(max({parts}) if all({parts}) else 0)"
        if what == "any":
            return f"(1 if 1 in {parts} else max({parts}))"
        return f"(1 - {args[0]} if {args[0]} < 2 else {args[0]})"

    def bands(self, index: int, term: str, cuts: Ints, values: Ints) -> str:
        if not term.isidentifier():
            term = self.name(index, term, "t")
        return _ladder(term, cuts, values) if len(cuts) <= _CHUNK else f"band_span({term}, {term}, {cuts}, {values})[0]"

    def result(self) -> str:
        program = self.program
        scope = self.of(program.scope)
        verdicts = [self.verdict(leaf.applies, leaf.rule) for leaf in program.leaves]
        points = [self.of(leaf.points) for leaf in program.leaves if leaf.points is not None]
        groups = [self.of(g.points) for g in program.groups if g.points is not None]
        fulls = [self.of(g.full) for g in program.groups if g.full is not None]
        score = self.of(program.score) if program.score is not None else "0"
        full = self.of(program.full) if program.full is not None else "0"
        findings = [self.of(f.test) for f in program.findings()]
        self.body += [f"    p = {_tuple(points)}", f"    g = {_tuple(groups)}", f"    u = {_tuple(fulls)}"]
        self.body += [f"    s = {score}", f"    t = {full}"]
        return f"({scope}, {_tuple(verdicts)}, p, p, g, g, u, u, s, s, t, t, {_tuple(findings)})"

    def verdict(self, applies: Node, rule: Node) -> str:
        text, guard = self.of(rule), self.of(applies)
        if applies == nodes.YES:
            return text
        if self.plain(self.sheet.cells[self.cell(applies)]):
            return f"({text} if {guard} else 4)"
        return f"({text} if {guard} == 1 else 4 if {guard} == 0 else max({guard}, {text}))"


@frozen
class _Test:
    """A three-valued condition as Python text.

    Attributes:
        yes: Holds when the condition surely does.
        no: Holds when it surely does not.
        open: Its code when neither holds.
        code: Its code.
    """

    yes: str
    no: str
    open: str
    code: str


def _coded(local: str) -> _Test:
    """A test whose code is in a local."""
    return _Test(f"{local} == 1", f"{local} == 0", local, local)


_ONLY = {FACT: OPEN, JUDGEMENT: ASK}
"""The code of an open condition that rests on nothing else."""


class _General(_Writer):
    """Three-valued: a missing fact stands for its whole declared range.

    Known facts are by far the most, so every text asks first for what they settle.
    """

    def __init__(self, program: Program, sheet: Sheet, *, traced: bool = False) -> None:
        super().__init__(program, sheet)
        self.traced = traced
        self.tests: dict[int, _Test] = {}
        self.spans: dict[int, tuple[str, str]] = {}

    def lines(self) -> list[str]:
        for index, cell in enumerate(self.sheet.cells):
            if cell.numeric:
                self.spans[index] = self.span(index, cell)
            else:
                self.tests[index] = self.test(index, cell)
        count = range(len(self.sheet.inputs))
        unpack = [f"    {_tuple([f'{side}{i}' for i in count])} = {side}" for side in "lh" if self.sheet.inputs]
        name = "trace" if self.traced else "general"
        result = self.result()
        if self.traced:
            result = f"({result}, {_tuple([self.report(i) for i in range(len(self.sheet.cells))])})"
        return [f"def {name}(l, h):", *unpack, *self.body, f"    return {result}"]

    def report(self, index: int) -> str:
        return _tuple(self.spans[index]) if index in self.spans else self.tests[index].code

    def span(self, index: int, cell: Cell) -> tuple[str, str]:
        low, high = self.span_text(index, cell)
        return self.keep(index, cell, low, "l"), self.keep(index, cell, high, "h")

    def keep(self, index: int, cell: Cell, expression: str, suffix: str) -> str:
        if _simple(expression) or not (cell.uses > 1 or self.traced or len(expression) > _INLINE):
            return expression
        return self.name(index, expression, suffix)

    def span_text(self, index: int, cell: Cell) -> tuple[str, str]:
        pairs = [self.spans[i] for i in cell.args if i in self.spans]
        lows, highs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        match cell.node:
            case nodes.Const(value):
                text = str(value) if value >= 0 else f"({value})"
                return text, text
            case nodes.Read(each):
                slot = self.sheet.slots[each]
                return f"l{slot}", f"h{slot}"
            case nodes.Add():
                return self.chunks(index, lows, " + ", "l"), self.chunks(index, highs, " + ", "h")
            case nodes.Scale(factor, _):
                low, high = pairs[0] if factor >= 0 else pairs[0][::-1]
                return f"({factor} * {low})", f"({factor} * {high})"
            case nodes.Least() | nodes.Greatest():
                return self.extreme(index, cell.node, lows, "l"), self.extreme(index, cell.node, highs, "h")
            case nodes.Pick():
                return self.pick(cell.node, self.tests[cell.args[0]], pairs)
            case nodes.Bands(_, cuts, values):
                return self.bands(index, pairs[0], cuts, values)
            case nodes.Count():
                return self.count(index, cell)
            case nodes.Mul():
                return self.product(index, cell.node, pairs)
            case nodes.Div():
                return self.division(index, cell.node, pairs)
        raise TypeError(cell.node)

    def product(self, index: int, node: nodes.Mul, pairs: list[tuple[str, str]]) -> tuple[str, str]:
        left, right = pairs
        if self.bounds(node.left)[0] >= 0 and self.bounds(node.right)[0] >= 0:
            return f"({left[0]} * {right[0]})", f"({left[1]} * {right[1]})"
        return self.call(index, f"product_span({_tuple(left)}, {_tuple(right)})")

    def division(self, index: int, node: nodes.Div, pairs: list[tuple[str, str]]) -> tuple[str, str]:
        left, right = pairs
        low, high = self.quotient(node, left[0]), self.quotient(node, left[1])
        if low is not None and high is not None:
            return low, high
        return self.call(index, f"quotient_span({_tuple(left)}, {_tuple(right)}, {node.rounding!r})")

    def call(self, index: int, call: str) -> tuple[str, str]:
        """Both bounds from one call."""
        self.body.append(f"    n{index}l, n{index}h = {call}")
        return f"n{index}l", f"n{index}h"

    def pick(self, node: nodes.Pick, test: _Test, pairs: list[tuple[str, str]]) -> tuple[str, str]:
        (then_low, then_high), (other_low, other_high) = pairs
        then, other = self.bounds(node.then), self.bounds(node.other)
        if then[0] >= other[1]:
            return f"({then_low} if {test.yes} else {other_low})", f"({other_high} if {test.no} else {then_high})"
        if then[1] <= other[0]:
            return f"({other_low} if {test.no} else {then_low})", f"({then_high} if {test.yes} else {other_high})"
        return (
            f"({then_low} if {test.yes} else {other_low} if {test.no} else min({then_low}, {other_low}))",
            f"({then_high} if {test.yes} else {other_high} if {test.no} else max({then_high}, {other_high}))",
        )

    def bands(self, index: int, pair: tuple[str, str], cuts: Ints, values: Ints) -> tuple[str, str]:
        low, high = self.named(index, list(pair), "t")
        rises, falls = list(values) == sorted(values), list(values) == sorted(values, reverse=True)
        if not (rises or falls) or len(cuts) > _CHUNK:
            return self.call(index, f"band_span({low}, {high}, {cuts}, {values})")
        first = self.name(index, _ladder(low, cuts, values), "l" if rises else "h")
        last = self.name(index, f"{first} if {low} == {high} else {_ladder(high, cuts, values)}", "h" if rises else "l")
        return (first, last) if rises else (last, first)

    def count(self, index: int, cell: Cell) -> tuple[str, str]:
        tests = [self.tests[i] for i in cell.args]
        low = self.chunks(index, [f"({test.yes})" for test in tests], " + ", "l")
        flags = [self.sheet.cells[i].node for i in cell.args]
        slots = [self.sheet.slots[node.input] for node in flags if isinstance(node, nodes.Flag)]
        if len(slots) < len(tests):
            return low, self.chunks(index, [f"(not ({test.no}))" for test in tests], " + ", "h")
        high = self.name(index, self.chunks(index, [f"h{slot}" for slot in slots], " + ", "h"), "h")
        known = " and ".join(f"l{slot} == h{slot}" for slot in slots)
        return f"({high} if {known} else {low})", high

    def test(self, index: int, cell: Cell) -> _Test:
        match cell.node:
            case nodes.Fixed(code):
                return _Test(str(int(code == TRUE)), str(int(code == FALSE)), str(code), str(code))
            case nodes.Flag(each):
                return _coded(f"l{self.sheet.slots[each]}")
        test = self.test_text(index, cell)
        inline = cell.uses == 1 and not self.traced and len(test.code) <= _INLINE
        return test if inline or test.code.isidentifier() else _coded(self.name(index, test.code))

    def test_text(self, index: int, cell: Cell) -> _Test:
        tests = [self.tests[i] for i in cell.args if i in self.tests]
        open_ = str(_ONLY.get(cell.open_by, ""))
        match cell.node:
            case nodes.Compare(op, _, _):
                yes, no = self.compare(op, self.spans[cell.args[0]], self.spans[cell.args[1]])
                open_ = open_ or self.open_compare(index)
            case nodes.All():
                yes, no = " and ".join(test.yes for test in tests), " or ".join(test.no for test in tests)
            case nodes.Any():
                yes, no = " or ".join(test.yes for test in tests), " and ".join(test.no for test in tests)
            case nodes.Not():
                yes, no, open_ = tests[0].no, tests[0].yes, tests[0].open
            case nodes.Choose():
                test, then, other = tests
                open_ = f"open_choice({test.code}, {then.code}, {other.code})"
                return _coded(self.name(index, f"{then.code} if {test.yes} else {other.code} if {test.no} else {open_}"))
            case _:
                raise TypeError(cell.node)
        codes = [test.code for test in tests]
        open_ = open_ or (codes[0] if len(codes) == 1 else f"max({', '.join(codes)})")
        return _Test(f"({yes})", f"({no})", open_, f"(1 if {yes} else 0 if {no} else {open_})")

    @staticmethod
    def compare(op: str, left: tuple[str, str], right: tuple[str, str]) -> tuple[str, str]:
        """When a comparison surely holds, and when it surely does not."""
        if op == ">=":
            return f"{left[0]} >= {right[1]}", f"{left[1]} < {right[0]}"
        if op == ">":
            return f"{left[0]} > {right[1]}", f"{left[1]} <= {right[0]}"
        same = f"{left[0]} == {right[1]} and {left[1]} == {right[0]} and {left[0]} == {left[1]}"
        return same, f"{left[1]} < {right[0]} or {left[0]} > {right[1]}"

    def open_compare(self, index: int) -> str:
        """Why a comparison is open: a fact is missing, or only a judgement is awaited."""
        plain = [self.sheet.slots[each] for each in self.sheet.inputs_below(index) if not each.judged]
        missing = " or ".join(f"l{slot} != h{slot}" for slot in sorted(plain))
        return f"({OPEN} if {missing} else {ASK})" if missing else str(ASK)

    def result(self) -> str:
        program = self.program
        verdicts = [self.verdict(leaf.applies, leaf.rule) for leaf in program.leaves]
        points = [self.spans[self.cell(leaf.points)] for leaf in program.leaves if leaf.points is not None]
        groups = [self.spans[self.cell(g.points)] for g in program.groups if g.points is not None]
        fulls = [self.spans[self.cell(g.full)] for g in program.groups if g.full is not None]
        score = self.spans[self.cell(program.score)] if program.score is not None else ("0", "0")
        full = self.spans[self.cell(program.full)] if program.full is not None else ("0", "0")
        findings = [self.tests[self.cell(f.test)].code for f in program.findings()]
        parts = [self.tests[self.cell(program.scope)].code, _tuple(verdicts)]
        for pairs in (points, groups, fulls):
            parts += [_tuple([p[0] for p in pairs]), _tuple([p[1] for p in pairs])]
        return _tuple([*parts, *score, *full, _tuple(findings)])

    def verdict(self, applies: Node, rule: Node) -> str:
        text = self.tests[self.cell(rule)].code
        if applies == nodes.YES:
            return text
        guard = self.tests[self.cell(applies)]
        return f"({text} if {guard.yes} else 4 if {guard.no} else max({guard.code}, {text}))"


__all__ = ["FALSE", "NOT_APPLICABLE", "OUT_OF_SCOPE", "Bound", "Compiled", "Raw"]
