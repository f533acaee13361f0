"""The score that an award asks for, read from what is to be said about it."""

from __future__ import annotations

import re
from fractions import Fraction

from duibiao.rules.nodes import Const
from duibiao.rules.program import Finding, Program, Sketch

_CALL = re.compile(r"""(gate|award)\(\s*(['"])(.+)\2\s*\)""")


def score_line(program: Program, finding: Finding) -> int | None:
    """The score, in steps, below which an award is surely not held; of alternatives the lowest. None where it asks for none."""
    return _line(program, finding.sketch)


def _line(program: Program, sketch: Sketch) -> int | None:
    if sketch.kind in ("award", "all_of"):
        lines = [line for each in sketch.children if (line := _line(program, each)) is not None]
        return max(lines, default=None)
    if sketch.kind == "any_of":
        either = [_line(program, each) for each in sketch.children]
        known = [line for line in either if line is not None]
        return min(known, default=None) if len(known) == len(either) else None
    inner = _inside(program, sketch)
    return _line(program, inner.sketch) if inner is not None else _own(program, sketch)


def _inside(program: Program, sketch: Sketch) -> Finding | None:
    """The gate or award that a step refers to."""
    found = _CALL.fullmatch(sketch.text.strip()) if sketch.kind == "compare" else None
    if found is None:
        return None
    among = program.gates if found[1] == "gate" else program.awards
    return next((each for each in among if each.id == found[3]), None)


def _own(program: Program, sketch: Sketch) -> int | None:
    if sketch.kind != "compare" or sketch.subject != "score" or sketch.operator not in (">=", ">"):
        return None
    bound = sketch.bound
    if bound is None or not isinstance(bound.top, Const) or bound.bottom is not None:
        return None
    steps = bound.top.value * bound.step / Fraction(program.point_step)
    return int(steps // 1) + 1 if sketch.operator == ">" else int(-(-steps // 1))
