"""Dated targets (目标): how far a territory is, as a range while facts are missing, and how many units are still to go."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from attrs import frozen

from duibiao.assess.bind import find
from duibiao.model.facts import FactSet, Vocabulary
from duibiao.model.notation import split_number
from duibiao.model.outcome import State
from duibiao.model.process import Target
from duibiao.model.sources import Spec
from duibiao.rules.conditions import At, condition
from duibiao.rules.context import Context
from duibiao.rules.interpret import Interpreter
from duibiao.rules.nodes import FALSE, TRUE


@frozen
class Member:
    """A unit of the territory, as a target sees it.

    Attributes:
        counts: Whether it belongs to the target's population.
        achieved: Whether it has what the target asks for.
    """

    counts: State
    achieved: State


@frozen
class Progress:
    """Where a territory stands against a target.

    Attributes:
        population: Least and greatest number of units that count.
        achieved: Least and greatest number that have it.
        needed: Number that would meet the target (over the greatest population).
        gap: Least and greatest number still to go.
        state: Held (met whatever is still unknown), not held, or open.
    """

    population: tuple[int, int]
    achieved: tuple[int, int]
    needed: int
    gap: tuple[int, int]
    state: State


def progress(target: Target, members: Sequence[Member]) -> Progress:
    """*target* measured over *members*; shares round the number of units needed up."""
    sure = [m for m in members if m.counts is State.HELD]
    maybe = [m for m in members if m.counts is State.OPEN]
    low = sum(m.achieved is State.HELD for m in sure)
    high = sum(m.achieved is not State.NOT_HELD for m in (*sure, *maybe))
    population = (len(sure), len(sure) + len(maybe))
    needed, best = (_needed(target, size) for size in reversed(population))
    state = State.HELD if low >= needed else State.NOT_HELD if high < best else State.OPEN
    return Progress(population, (low, high), needed, (max(best - high, 0), max(needed - low, 0)), state)


def _needed(target: Target, population: int) -> int:
    """How many units meet the target in a population of that size."""
    if target.count is not None:
        return target.count
    return ceil(Fraction(split_number(target.at_least)[0]) / 100 * population)


def belongs(target: Target, facts: FactSet, vocabulary: Vocabulary) -> State:
    """Whether a unit belongs to the target's population."""
    kinds = target.population.get("unit_kinds")
    if kinds and facts.unit.kind not in kinds:
        return State.NOT_HELD
    where = target.population.get("where")
    return State.HELD if where is None else holds(where, facts, vocabulary)


def holds(spec: Spec | str, facts: FactSet, vocabulary: Vocabulary) -> State:
    """Whether a condition holds for a unit; a condition that cannot be asked of it does not."""
    lowered = condition(spec, Context(vocabulary), At())
    walk = Interpreter(lambda each: find(each, facts))
    codes = (walk.truth(lowered.applies), walk.truth(lowered.test))
    if FALSE in codes:
        return State.NOT_HELD
    return State.HELD if codes == (TRUE, TRUE) else State.OPEN
