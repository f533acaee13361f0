"""A program evaluated by walking its nodes: the independent answer that generated code is held against."""

from __future__ import annotations

from duibiao.rules.compile import NOT_APPLICABLE
from duibiao.rules.interpret import Interpreter, Lookup
from duibiao.rules.nodes import FALSE, TRUE, Span
from duibiao.rules.program import Program


def reference_verdicts(program: Program, lookup: Lookup) -> list[int]:
    """Verdict code of every indicator."""
    walk = Interpreter(lookup)
    found = []
    for leaf in program.leaves:
        guard, rule = walk.truth(leaf.applies), walk.truth(leaf.rule)
        found.append(rule if guard == TRUE else NOT_APPLICABLE if guard == FALSE else max(guard, rule))
    return found


def reference_findings(program: Program, lookup: Lookup) -> list[int]:
    """Truth code of every gate, veto, award and guard."""
    walk = Interpreter(lookup)
    return [walk.truth(each.test) for each in program.findings()]


def reference_points(program: Program, lookup: Lookup) -> list[Span]:
    """Bounds of every scored indicator's points, then of the score."""
    walk = Interpreter(lookup)
    found = [walk.span(leaf.points) for leaf in program.leaves if leaf.points is not None]
    return [*found, walk.span(program.score)] if program.score is not None else found
