"""Points that an assessor gives in the place of those that the rules compute; score, gates and awards follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from attrs import evolve

from duibiao.assess.bind import Peers
from duibiao.errors import NOWHERE, Collector, Where
from duibiao.model.notation import NotationError, plain, to_steps
from duibiao.model.outcome import Given
from duibiao.rules.lower import lower_again
from duibiao.rules.nodes import Choose, Const, Flag, Input, Num, Read, at_least, bounds, either, pick
from duibiao.rules.program import Leaf, Program

Steps = Mapping[str, int]
"""Indicator id to points given, in steps of a point."""


def accepting(program: Program) -> Program:
    """*program* with two more inputs per scored indicator: whether points are given for it, and how many.

    An indicator with a condition of its own keeps its verdict: the facts decide it. One whose verdict only says whether its
    points are full follows the points given. Who gives points for an indicator says that it applies.
    """
    return lower_again(program, tuple(leaf if leaf.points is None else _accepting(leaf, leaf.points) for leaf in program.leaves))


def _accepting(leaf: Leaf, points: Num) -> Leaf:
    told, worth = _inputs(leaf, points)
    flag, rule, sketch = Flag(told), leaf.rule, leaf.sketch
    if leaf.line is not None:
        rule = Choose(flag, at_least(Read(worth), Const(leaf.line)), rule)
        sketch = evolve(sketch, node=rule)
    return evolve(
        leaf, points=pick(flag, Read(worth), points), rule=rule, sketch=sketch, applies=either(flag, leaf.applies),
    )  # fmt: skip


def _inputs(leaf: Leaf, points: Num) -> tuple[Input, Input]:
    """Whether points are given for an indicator, and how many."""
    least = min(0, bounds(points)[0])
    return Input(leaf.id, "is_given"), Input(leaf.id, "given", low=least, high=leaf.full)


def supplied(program: Program, given: Steps) -> Peers:
    """What the inputs of an :func:`accepting` program are for the points *given*; *program* is the one it was made from."""
    found: dict[Input, tuple[int, int]] = {}
    for told, worth in (_inputs(leaf, leaf.points) for leaf in program.leaves if leaf.points is not None):
        steps = given.get(told.fact)
        found[told] = (0, 0) if steps is None else (1, 1)
        found[worth] = (0, 0) if steps is None else (steps, steps)
    return found


def steps_given(program: Program, givens: Iterable[Given]) -> Steps:
    """Points given, in steps of a point.

    Raises BadInputError, with everything wrong: a standard without points (S01), an indicator that is unknown or not
    scored (S02), points outside its range (S03) or finer than the smallest step (S04), one indicator twice (S05).
    """
    problems, found = Collector(), dict[str, int]()
    ranges = {leaf.id: _inputs(leaf, leaf.points)[1] for leaf in program.leaves if leaf.points is not None}
    for each in givens:
        if not ranges:
            problems.add("S01", place_of(each), found=program.standard.id)
        elif each.indicator not in ranges:
            problems.add("S02", place_of(each), found=each.indicator, among=ranges)
        elif each.indicator in found:
            problems.add("S05", place_of(each), found=each.indicator)
        else:
            found[each.indicator] = _steps(ranges[each.indicator], each, program.point_step, problems)
    problems.raise_any()
    return found


def _steps(worth: Input, given: Given, step: Decimal, problems: Collector) -> int:
    low, high = worth.low * step, worth.high * step
    if not given.points.is_finite() or not low <= given.points <= high:
        problems.add("S03", place_of(given), found=given.points, allowed=f"{plain(low)} … {plain(high)}")
        return 0
    try:
        return to_steps(given.points, step)
    except NotationError:
        problems.add("S04", place_of(given), found=given.points, allowed=f"{plain(step)} × n")
        return 0


def place_of(given: Given) -> Where:
    """Where points were written down; without a file, for which indicator."""
    return Where(given.indicator) if given.where == NOWHERE else given.where


__all__ = ["Given", "Steps", "accepting", "place_of", "steps_given", "supplied"]
