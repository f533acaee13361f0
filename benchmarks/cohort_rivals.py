"""The sentences of :mod:`table` for engines that work on many units at once, as somebody would write them there by hand.

Two-valued, like all that is written by hand: every fact is there. Each rule becomes a column of its own, in as few layers as its
dependencies allow.
"""

from __future__ import annotations

import ast
from functools import reduce
from operator import add, and_, eq, floordiv, ge, gt, le, lt, mul, or_, sub
from typing import Any

import peers
import polars as pl
import table
from peers import OUTPUTS, SENTENCES, NumpyWords, Translator, Words

from duibiao.cohort.layout import Layout
from duibiao.rules.compile import NOT_APPLICABLE
from duibiao.rules.nodes import Input
from duibiao.rules.program import Program

SIGNS = {"+": add, "-": sub, "*": mul, "//": floordiv, ">=": ge, ">": gt, "<=": le, "<": lt, "==": eq}
FEW = 8
SCOPE = ("居委会", "村委会")
KIND = "unit.kind"


def column_of(each: Input) -> str:
    """The column of a table of facts that an input of the made-up standard is."""
    return f"{each.fact}.{each.member}" if each.member else each.fact


def outputs_of(layout: Layout) -> dict[str, str]:
    """Our columns under the names of the sentences."""
    lows = [ends[0] for ends in layout.points], [points[0] for points, _ in layout.groups], [layout.score[0][0]]
    ours = [*layout.verdicts, *(name for part in lows for name in part), *layout.findings]
    return dict(zip(ours, OUTPUTS, strict=True))


def layers() -> list[list[str]]:
    """Names of the sentences, each after all that it reads."""
    rest, done, found = list(SENTENCES), set[str](), list[list[str]]()
    while rest:
        now = [name for name in rest if _reads(name) <= done]
        found.append(now)
        done |= set(now)
        rest = [name for name in rest if name not in done]
    return found


def _reads(name: str) -> set[str]:
    return {each.id for each in ast.walk(SENTENCES[name]) if isinstance(each, ast.Name)} & set(SENTENCES)


class Frame(Translator):
    """Polars expressions.

    Attributes:
        flags: Facts that are yes or no.
        width: What numbers are reckoned in; comparisons take them as they come.
    """

    known = frozenset(SENTENCES)

    def __init__(self, program: Program, width: pl.DataType) -> None:
        self.flags = {table.name_of(each) for each in program.inputs if each in program.flags}
        self.width = width

    def of(self, node: ast.expr) -> Any:
        """A part of a sentence; ticks are added up eight bits wide, everything else is reckoned in full width."""
        if isinstance(node, ast.BinOp):
            sides = [self.term(each) for each in (node.left, node.right)]
            small = self.is_tick(node.left) or self.is_ticks(node.left)
            if not (small and isinstance(node.op, ast.Add)):
                sides = [self.wide(each) for each in sides]
            return SIGNS[peers.SIGNS[type(node.op)]](*sides)
        return super().of(node)

    def term(self, node: ast.expr) -> Any:
        if not (isinstance(node, ast.Name) and self.is_tick(node)):
            return self.of(node)
        return pl.when(self.name(node.id)).then(pl.lit(1, dtype=pl.Int8)).otherwise(pl.lit(0, dtype=pl.Int8))

    def is_tick(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self.flags

    def is_ticks(self, node: ast.expr) -> bool:
        return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and self.is_tick(node.right)

    def wide(self, part: Any) -> Any:
        return part.cast(self.width) if isinstance(part, pl.Expr) else pl.lit(part, dtype=self.width)

    def name(self, name: str) -> pl.Expr:
        return pl.col(name)

    def number(self, value: Any) -> int:
        return int(value)

    def joined(self, word: str, parts: list[Any]) -> pl.Expr:
        if len(parts) > FEW:
            return (pl.all_horizontal if word == "and" else pl.any_horizontal)(parts)
        return reduce(and_ if word == "and" else or_, parts)

    def negated(self, part: Any) -> Any:
        return ~part

    def arithmetic(self, sign: str, left: Any, right: Any) -> Any:
        return SIGNS[sign](left, right)

    def compared(self, sign: str, left: Any, right: Any) -> Any:
        return SIGNS[sign](left, right)

    def choice(self, test: Any, then: Any, other: Any) -> pl.Expr:
        if isinstance(then, pl.Expr) and other == NOT_APPLICABLE:
            return pl.when(test).then(then.cast(pl.Int8)).otherwise(pl.lit(other, dtype=pl.Int8))
        return pl.when(test).then(self.wide(then)).otherwise(self.wide(other))

    def extreme(self, call: str, parts: list[Any]) -> pl.Expr:
        return (pl.max_horizontal if call == "max" else pl.min_horizontal)([self.wide(each) for each in parts])


def polars_query(program: Program, facts: pl.LazyFrame, width: pl.DataType) -> pl.LazyFrame:
    """The query of somebody who knows Polars: one `with_columns` per layer."""
    words = Frame(program, width)
    read = [
        pl.col(KIND).is_in(list(SCOPE)).alias("in_scope")
        if each.fact == KIND
        else pl.col(column_of(each)).alias(table.name_of(each))
        for each in program.inputs
    ]
    frame = facts.select(read)
    for names in layers():
        frame = frame.with_columns(words.of(SENTENCES[name]).alias(name) for name in names if name != "in_scope")
    return frame.select(OUTPUTS)


class Sql(Words):
    """DuckDB's SQL."""

    both, one, none = "AND", "OR", "NOT "
    known = frozenset(SENTENCES)

    def __init__(self, program: Program) -> None:
        self.flags = {table.name_of(each) for each in program.inputs if each in program.flags}

    def of(self, node: ast.expr) -> Any:
        """A part of a sentence; facts are as narrow as the file has them, so they are widened before they are reckoned with."""
        if isinstance(node, ast.BinOp):
            left, right = (self.term(each) for each in (node.left, node.right))
            return self.arithmetic(peers.SIGNS[type(node.op)], left, right)
        return super().of(node)

    def term(self, node: ast.expr) -> Any:
        is_fact = isinstance(node, ast.Name) and node.id not in SENTENCES
        return f"{self.of(node)}::INTEGER" if is_fact else self.of(node)

    def compared(self, sign: str, left: str, right: str) -> str:
        return f"({left} {'=' if sign == '==' else sign} {right})"

    def choice(self, test: str, then: str, other: str) -> str:
        if other == str(NOT_APPLICABLE):
            then = f"{then}::TINYINT"
        return f"CASE WHEN {test} THEN {then} ELSE {other} END"

    def extreme(self, call: str, parts: list[str]) -> str:
        return f"{'GREATEST' if call == 'max' else 'LEAST'}({', '.join(parts)})"


def sql_query(program: Program) -> str:
    """The query of somebody who knows SQL over a table ``facts``: one common table expression per layer."""
    words = Sql(program)
    kinds = ", ".join(f"'{kind}'" for kind in SCOPE)
    read = [
        f'"{KIND}" IN ({kinds}) AS in_scope' if each.fact == KIND else f'"{column_of(each)}" AS {table.name_of(each)}'
        for each in program.inputs
    ]
    parts = [f"typed AS (SELECT {', '.join(read)} FROM facts)"]  # noqa: S608 - our own text
    source = "typed"
    for place, names in enumerate(layers()):
        columns = ", ".join(f"{words.of(SENTENCES[name])} AS {name}" for name in names if name != "in_scope")
        parts.append(f"layer_{place} AS (SELECT *, {columns} FROM {source})")  # noqa: S608 - our own text
        source = f"layer_{place}"
    return f"WITH {', '.join(parts)} SELECT {', '.join(OUTPUTS)} FROM {source}"  # noqa: S608 - our own text


def openfisca_rules(program: Program) -> dict[str, Any]:
    """The rules as OpenFisca's variables: what it reads, and a formula over vectors for each sentence."""
    words = NumpyWords()
    facts = [(table.name_of(each), column_of(each), _width(each)) for each in program.inputs if each.fact != KIND]
    formulas = [
        (name, "int" if name.endswith(("_points", "_met")) or name.startswith(("group", "score")) else "bool", words.of(tree))
        for name, tree in SENTENCES.items()
        if name != "in_scope"
    ]
    return {"facts": facts, "formulas": formulas, "outputs": OUTPUTS, "kind": KIND, "scope": SCOPE}


def _width(each: Input) -> str:
    if table.name_of(each) in peers.CONDITIONS:
        return "bool"
    return "long" if each.high >= 1 << 31 else "int"
