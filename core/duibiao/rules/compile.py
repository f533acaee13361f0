"""One generated Python function per standard: a two-valued body for complete facts, an interval body for the rest.

Both return the same tuple (see :data:`Raw`). The traced variant of the interval body also returns every cell's value, so that
an explanation cannot disagree with the result it explains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from duibiao.rules import nodes
from duibiao.rules.cells import Cell, Sheet, sheet_of
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE, Node, band_span, divide, product_span, quotient_span
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


@frozen
class Compiled:
    """The functions of one program.

    Attributes:
        fast: For complete facts: takes the values in slot order.
        general: For any facts: takes lows and highs.
        trace: Like *general*, and returns every cell's value.
        sheet: The cells that *trace* reports, in order.
    """

    fast: Callable[[Sequence[int]], Raw]
    general: Callable[[Sequence[int], Sequence[int]], Raw]
    trace: Callable[[Sequence[int], Sequence[int]], Traced]
    sheet: Sheet

    def run(self, facts: Bound) -> Raw:
        """The result for one unit."""
        return self.fast(facts.lows) if facts.complete else self.general(facts.lows, facts.highs)


def compile_program(program: Program) -> Compiled:
    """Generate and load the three functions of *program*."""
    sheet = sheet_of(program.inputs, program.roots())
    functions = {name: _load(name, lines) for name, lines in sources(program, sheet).items()}
    return Compiled(functions["fast"], functions["general"], functions["trace"], sheet)


def sources(program: Program, sheet: Sheet) -> dict[str, list[str]]:
    """The source lines of the three functions."""
    return {
        "fast": _Fast(program, sheet).lines(),
        "general": _General(program, sheet).lines(),
        "trace": _General(program, sheet, traced=True).lines(),
    }


_HELPERS = {
    "divide": divide,
    "product_span": product_span,
    "quotient_span": quotient_span,
    "band_span": band_span,
}


def _load(name: str, lines: list[str]) -> Any:
    space: dict[str, Any] = dict(_HELPERS)
    exec(compile("\n".join(lines), f"<standard {name}>", "exec"), space)  # noqa: S102 - built from our own nodes only
    return space[name]


def _tuple(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


class _Writer:
    """What both bodies share: locals for shared cells, and the order of the result."""

    def __init__(self, program: Program, sheet: Sheet) -> None:
        self.program = program
        self.sheet = sheet
        self.body: list[str] = []

    def cell(self, node: Node) -> int:
        return self.sheet.cell_of(node)

    def name(self, index: int, expression: str, suffix: str = "") -> str:
        """Give the expression a local and return the local."""
        local = f"n{index}{suffix}"
        self.body.append(f"    {local} = {expression}")
        return local

    def chunks(self, index: int, parts: list[str], glue: str, suffix: str = "") -> str:
        """Join many parts through locals, so that no generated expression grows without bound."""
        if len(parts) <= _CHUNK:
            return "(" + glue.join(parts) + ")"
        locals_ = []
        for start in range(0, len(parts), _CHUNK):
            piece = "(" + glue.join(parts[start : start + _CHUNK]) + ")"
            locals_.append(self.name(index, piece, f"{suffix}_{start}"))
        return self.chunks(index, locals_, glue, f"{suffix}_")


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
        match cell.node:
            case nodes.Const(value):
                return str(value) if value >= 0 else f"({value})"
            case nodes.Read(each) | nodes.Flag(each):
                return f"x{self.sheet.slots[each]}"
            case nodes.Fixed(code):
                return str(code)
            case nodes.Add():
                return self.chunks(index, args, " + ")
            case nodes.Scale(factor, _):
                return f"({factor} * {args[0]})"
            case nodes.Mul():
                return f"({args[0]} * {args[1]})"
            case nodes.Div(_, _, rounding):
                return f"divide({args[0]}, {args[1]}, {rounding!r})"
            case nodes.Least():
                return f"min({_tuple(args)})"
            case nodes.Greatest():
                return f"max({_tuple(args)})"
            case nodes.Pick() | nodes.Choose():
                return f"({args[1]} if {self.truth(cell.args[0])} else {args[2]})"
            case nodes.Bands(_, cuts, values):
                return self.bands(index, cell, args[0], cuts, values)
            case nodes.Count():
                return self.chunks(index, [f"({self.truth(i)})" for i in cell.args], " + ")
            case nodes.Compare(op, _, _):
                return f"({args[0]} {op} {args[1]})"
            case nodes.All():
                return self.chunks(index, args, " and ") if self.plain(cell) else self.mixed(args, "all")
            case nodes.Any():
                return self.chunks(index, args, " or ") if self.plain(cell) else self.mixed(args, "any")
            case nodes.Not():
                return f"(not {args[0]})" if self.plain(cell) else self.mixed(args, "not")
        raise TypeError(cell.node)

    def plain(self, cell: Cell) -> bool:
        """Whether no declared-open truth can reach the cell, so that Python's own logic serves."""
        return not any(self.may_open(i) for i in cell.args)

    def may_open(self, index: int) -> bool:
        cell = self.sheet.cells[index]
        if isinstance(cell.node, nodes.Fixed):
            return cell.node.code > TRUE
        return not cell.numeric and any(not self.sheet.cells[i].numeric and self.may_open(i) for i in cell.args)

    def truth(self, index: int) -> str:
        """The cell as a Python condition: open counts as not holding."""
        return f"{self.text[index]} == 1" if self.may_open(index) else self.text[index]

    @staticmethod
    def mixed(args: list[str], what: str) -> str:
        parts = _tuple(args)
        if what == "all":
            return f"(max({parts}) if all({parts}) else 0)"
        if what == "any":
            return f"(1 if 1 in {parts} else max({parts}))"
        return f"(1 - {args[0]} if {args[0]} < 2 else {args[0]})"

    def bands(self, index: int, cell: Cell, term: str, cuts: Ints, values: Ints) -> str:
        if not term.isidentifier():
            term = self.name(index, term, "t")
        text = str(values[-1])
        for cut, value in zip(reversed(cuts), reversed(values[:-1]), strict=True):
            text = f"({value} if {term} < {cut} else {text})"
        return text if len(cuts) <= _CHUNK else f"band_span({term}, {term}, {cuts}, {values})[0]"

    def result(self) -> str:
        program = self.program
        scope = self.of(program.scope)
        verdicts = [
            self.of(leaf.rule) if leaf.applies == nodes.YES else f"({self.of(leaf.rule)} if {self.of(leaf.applies)} else 4)"
            for leaf in program.leaves
        ]
        points = [self.of(leaf.points) for leaf in program.leaves if leaf.points is not None]
        groups = [self.of(g.points) for g in program.groups if g.points is not None]
        fulls = [self.of(g.full) for g in program.groups if g.full is not None]
        score = self.of(program.score) if program.score is not None else "0"
        full = self.of(program.full) if program.full is not None else "0"
        findings = [self.of(f.test) for f in (*program.gates, *program.vetoes, *program.awards)]
        self.body += [f"    p = {_tuple(points)}", f"    g = {_tuple(groups)}", f"    u = {_tuple(fulls)}"]
        self.body += [f"    s = {score}", f"    t = {full}"]
        return f"({scope}, {_tuple(verdicts)}, p, p, g, g, u, u, s, s, t, t, {_tuple(findings)})"


class _General(_Writer):
    """Three-valued: a missing fact stands for its whole declared range."""

    def __init__(self, program: Program, sheet: Sheet, *, traced: bool = False) -> None:
        super().__init__(program, sheet)
        self.traced = traced
        self.truths: dict[int, str] = {}
        self.spans: dict[int, tuple[str, str]] = {}

    def lines(self) -> list[str]:
        for index, cell in enumerate(self.sheet.cells):
            if cell.numeric:
                self.spans[index] = self.span(index, cell)
            else:
                self.truths[index] = self.truth(index, cell)
        count = range(len(self.sheet.inputs))
        unpack = [f"    {_tuple([f'{side}{i}' for i in count])} = {side}" for side in "lh" if self.sheet.inputs]
        name = "trace" if self.traced else "general"
        result = self.result()
        if self.traced:
            result = f"({result}, {_tuple([self.report(i) for i in range(len(self.sheet.cells))])})"
        return [f"def {name}(l, h):", *unpack, *self.body, f"    return {result}"]

    def report(self, index: int) -> str:
        return _tuple(self.spans[index]) if index in self.spans else self.truths[index]

    def keep(self, index: int, expression: str, suffix: str = "", *, shared: bool) -> str:
        simple = expression.isidentifier() or expression.lstrip("-").isdigit()
        if simple or not (shared or self.traced or len(expression) > _INLINE):
            return expression
        return self.name(index, expression, suffix)

    def span(self, index: int, cell: Cell) -> tuple[str, str]:
        low, high = self.span_text(index, cell)
        shared = cell.uses > 1
        return self.keep(index, low, "l", shared=shared), self.keep(index, high, "h", shared=shared)

    def span_text(self, index: int, cell: Cell) -> tuple[str, str]:
        pairs = [self.spans[i] for i in cell.args if i in self.spans]
        match cell.node:
            case nodes.Const(value):
                text = str(value) if value >= 0 else f"({value})"
                return text, text
            case nodes.Read(each):
                slot = self.sheet.slots[each]
                return f"l{slot}", f"h{slot}"
            case nodes.Add():
                return (
                    self.chunks(index, [p[0] for p in pairs], " + ", "l"),
                    self.chunks(index, [p[1] for p in pairs], " + ", "h"),
                )
            case nodes.Scale(factor, _):
                low, high = pairs[0] if factor >= 0 else pairs[0][::-1]
                return f"({factor} * {low})", f"({factor} * {high})"
            case nodes.Least():
                return f"min({_tuple([p[0] for p in pairs])})", f"min({_tuple([p[1] for p in pairs])})"
            case nodes.Greatest():
                return f"max({_tuple([p[0] for p in pairs])})", f"max({_tuple([p[1] for p in pairs])})"
            case nodes.Pick():
                return self.pick(self.truths[cell.args[0]], pairs)
            case nodes.Count():
                tests = [self.truths[i] for i in cell.args]
                return (
                    self.chunks(index, [f"({t} == 1)" for t in tests], " + ", "l"),
                    self.chunks(index, [f"({t} != 0)" for t in tests], " + ", "h"),
                )
            case nodes.Mul():
                call = f"product_span({_tuple(pairs[0])}, {_tuple(pairs[1])})"
            case nodes.Div(_, _, rounding):
                call = f"quotient_span({_tuple(pairs[0])}, {_tuple(pairs[1])}, {rounding!r})"
            case nodes.Bands(_, cuts, values):
                call = f"band_span({pairs[0][0]}, {pairs[0][1]}, {cuts}, {values})"
            case _:
                raise TypeError(cell.node)
        self.body.append(f"    n{index}l, n{index}h = {call}")
        return f"n{index}l", f"n{index}h"

    @staticmethod
    def pick(test: str, pairs: list[tuple[str, str]]) -> tuple[str, str]:
        (then_low, then_high), (other_low, other_high) = pairs
        return (
            f"({then_low} if {test} == 1 else {other_low} if {test} == 0 else min({then_low}, {other_low}))",
            f"({then_high} if {test} == 1 else {other_high} if {test} == 0 else max({then_high}, {other_high}))",
        )

    def truth(self, index: int, cell: Cell) -> str:
        expression = self.truth_text(index, cell)
        only_result = cell.uses == 1 and isinstance(cell.node, nodes.Compare)
        return self.keep(index, expression, shared=not only_result)

    def truth_text(self, index: int, cell: Cell) -> str:
        tests = [self.truths[i] for i in cell.args if i in self.truths]
        match cell.node:
            case nodes.Fixed(code):
                return str(code)
            case nodes.Flag(each):
                return f"l{self.sheet.slots[each]}"
            case nodes.Compare(op, _, _):
                return self.compare(index, op, self.spans[cell.args[0]], self.spans[cell.args[1]])
            case nodes.All():
                tests = self.named(index, tests)
                return f"(max({_tuple(tests)}) if {self.chunks(index, tests, ' and ')} else 0)"
            case nodes.Any():
                tests = self.named(index, tests)
                return f"(1 if 1 in {_tuple(tests)} else max({_tuple(tests)}))"
            case nodes.Not():
                return f"(1 - {tests[0]} if {tests[0]} < 2 else {tests[0]})"
            case nodes.Choose():
                test, then, other = self.named(index, tests)
                open_ = f"{then} if {then} == {other} and {then} < 2 else max({test}, {then}, {other})"
                return f"({then} if {test} == 1 else {other} if {test} == 0 else {open_})"
        raise TypeError(cell.node)

    def named(self, index: int, tests: list[str]) -> list[str]:
        """Locals for tests that an expression mentions more than once."""
        return [
            text if text.isidentifier() or text.isdigit() else self.name(index, text, f"a{position}")
            for position, text in enumerate(tests)
        ]

    def compare(self, index: int, op: str, left: tuple[str, str], right: tuple[str, str]) -> str:
        code = self.open_code(index)
        if op == ">=":
            return f"(1 if {left[0]} >= {right[1]} else 0 if {left[1]} < {right[0]} else {code})"
        if op == ">":
            return f"(1 if {left[0]} > {right[1]} else 0 if {left[1]} <= {right[0]} else {code})"
        apart = f"{left[1]} < {right[0]} or {left[0]} > {right[1]}"
        return f"(0 if {apart} else 1 if {left[0]} == {left[1]} == {right[0]} == {right[1]} else {code})"

    def open_code(self, index: int) -> str:
        """Why a comparison is open: a judgement is awaited, or a fact is missing."""
        below = self.sheet.inputs_below(index)
        if all(each.judged for each in below):
            return str(ASK)
        plain = [each for each in below if not each.judged]
        if len(plain) == len(below):
            return str(OPEN)
        missing = " or ".join(sorted(self.missing(each) for each in plain))
        return f"({OPEN} if {missing} else {ASK})"

    def missing(self, each: nodes.Input) -> str:
        slot = self.sheet.slots[each]
        return f"l{slot} != h{slot}"

    def result(self) -> str:
        program = self.program
        verdicts = [self.verdict(leaf.applies, leaf.rule) for leaf in program.leaves]
        points = [self.spans[self.cell(leaf.points)] for leaf in program.leaves if leaf.points is not None]
        groups = [self.spans[self.cell(g.points)] for g in program.groups if g.points is not None]
        fulls = [self.spans[self.cell(g.full)] for g in program.groups if g.full is not None]
        score = self.spans[self.cell(program.score)] if program.score is not None else ("0", "0")
        full = self.spans[self.cell(program.full)] if program.full is not None else ("0", "0")
        findings = [self.truths[self.cell(f.test)] for f in (*program.gates, *program.vetoes, *program.awards)]
        parts = [self.truths[self.cell(program.scope)], _tuple(verdicts)]
        for pairs in (points, groups, fulls):
            parts += [_tuple([p[0] for p in pairs]), _tuple([p[1] for p in pairs])]
        return _tuple([*parts, *score, *full, _tuple(findings)])

    def verdict(self, applies: Node, rule: Node) -> str:
        text = self.truths[self.cell(rule)]
        if applies == nodes.YES:
            return text
        guard = self.truths[self.cell(applies)]
        return f"({text} if {guard} == 1 else 4 if {guard} == 0 else max({guard}, {text}))"


__all__ = ["FALSE", "NOT_APPLICABLE", "OUT_OF_SCOPE", "Bound", "Compiled", "Raw", "compile_program", "sources"]
