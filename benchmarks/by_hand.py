"""The same 100 indicators as a programmer writes them for one standard: one plain, two-valued Python function.

It has no notion of a missing fact, no explanation and no source; it is the floor that generated code is measured against.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import table
from duibiao.rules.program import Program

ByHand = Callable[[Sequence[int]], tuple[Any, ...]]
"""Typed facts to verdicts, points, groups, score, gates, vetoes, awards."""


def source(program: Program) -> str:
    """The function's text: a sentence per rule, a name per result; facts come in the order of *program*'s inputs."""
    lines = ["def assess(facts):", f"    ({', '.join(table.name_of(each) for each in program.inputs)}) = facts"]
    lines.append(f"    in_scope = {table.IN_SCOPE}")
    for rule in table.RULES:
        lines += [f"    {line}" for line in _rule(rule)]
    scored = [(i, group) for i, group in enumerate(table.GROUPS) if group[0].full]
    for i, group in scored:
        lines.append(f"    group_{i} = {' + '.join(f'{rule.name}_points' for rule in group)}")
    lines.append(f"    score = {' + '.join(f'group_{i}' for i, _ in scored)}")
    lines += [f"    {name} = {text}" for name, _, text in (*table.gates(), *table.VETOES)]
    lines.append(f"    eligible = in_scope and not ({' or '.join(name for name, _, _ in table.VETOES)})")
    lines += [f"    {name} = eligible and {text}" for name, _, text in table.awards()]
    met = [f"{rule.name}_met" if rule.guard else f"{rule.name}_ok" for rule in table.RULES]
    points = [f"{rule.name}_points" for rule in table.RULES if rule.full]
    groups = [f"group_{i}" for i, _ in scored]
    found = [_tuple(met), _tuple(points), _tuple(groups), "score"]
    found += [_tuple([name for name, _, _ in each]) for each in (table.gates(), table.VETOES, table.awards())]
    lines.append(f"    return {', '.join(found)}")
    return "\n".join(lines)


def _rule(rule: table.Rule) -> list[str]:
    stem = rule.name
    lines = []
    if rule.marks:
        lines.append(f"{stem}_points = {rule.marks}")
    if rule.guard:
        lines.append(f"{stem}_ok = not {rule.guard} or {rule.text}")
        lines.append(f"{stem}_met = {stem}_ok if {rule.guard} else 4")
    else:
        lines.append(f"{stem}_ok = {rule.text or f'{stem}_points >= {rule.full * table.POINT}'}")
    if rule.full and not rule.marks:
        lines.append(f"{stem}_points = {rule.full * table.POINT} if {stem}_ok else 0")
    return lines


def _tuple(names: list[str]) -> str:
    return f"({', '.join(names)},)"


def function(program: Program) -> ByHand:
    """The function, loaded."""
    space: dict[str, Any] = {}
    exec(compile(source(program), "<by hand>", "exec"), space)  # noqa: S102 - our own text
    found: ByHand = space["assess"]
    return found


def flat(result: tuple[Any, ...]) -> list[int]:
    """A result of any two-valued engine as a flat list of integers, to compare."""
    found: list[int] = []
    for part in result:
        found += [int(each) for each in part] if isinstance(part, list | tuple) else [int(part)]
    return found
