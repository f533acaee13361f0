"""The same 100 indicators as a programmer writes them for one standard: one plain, two-valued Python function.

It has no notion of a missing fact, no explanation and no source; it is the floor that generated code is measured against.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import table

from duibiao.rules.program import Program

ByHand = Callable[[Sequence[int]], tuple[Any, ...]]
"""Typed facts to verdicts, points, groups, score and findings."""


def source(program: Program) -> str:
    """The function's text: a sentence per rule, a name per result; facts come in the order of *program*'s inputs."""
    facts = ", ".join(table.name_of(each) for each in program.inputs)
    lines = ["def assess(facts):", f"    ({facts}) = facts"]
    lines += [f"    {name} = {text}" for name, text in table.sentences()]
    lines.append("    return " + ", ".join(f"({', '.join(names)},)" for names in table.outputs()))
    return "\n".join(lines)


def function(program: Program) -> ByHand:
    """The function, loaded."""
    space: dict[str, Any] = {}
    exec(compile(source(program), "<by hand>", "exec"), space)  # noqa: S102 - our own text
    found: ByHand = space["assess"]
    return found
