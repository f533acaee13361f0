"""Actual against needed: as ranges while facts are missing, over single units or over groups of alike ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil

from attrs import frozen

from duibiao.model.notation import split_number
from duibiao.model.outcome import State
from duibiao.model.process import Target
from duibiao.targets.members import Member

Groups = Mapping[Member, int]
"""Alike units and how many there are of them."""


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

    @property
    def empty(self) -> bool:
        """Whether nobody counts: a share of nobody is met, but says nothing."""
        return self.population[1] == 0


def grouped(members: Iterable[Member] | Groups) -> Groups:
    """Members as groups of alike ones."""
    return members if isinstance(members, Mapping) else Counter(members)


def progress(target: Target, members: Iterable[Member] | Groups) -> Progress:
    """*target* measured over *members*, single or grouped; shares round the number of units needed up."""
    sure = low = high = maybe = 0
    for member, number in grouped(members).items():
        if member.counts is State.NOT_HELD:
            continue
        if member.counts is State.HELD:
            sure += number
            low += number if member.achieved is State.HELD else 0
        else:
            maybe += number
        high += number if member.achieved is not State.NOT_HELD else 0
    population = (sure, sure + maybe)
    needed, best = (_needed(target, size) for size in reversed(population))
    state = State.HELD if low >= needed else State.NOT_HELD if high < best else State.OPEN
    return Progress(population, (low, high), needed, (max(best - high, 0), max(needed - low, 0)), state)


def _needed(target: Target, population: int) -> int:
    """How many units meet the target in a population of that size."""
    if target.count is not None:
        return target.count
    return ceil(Fraction(split_number(target.at_least)[0]) / 100 * population)


def by_kind(members: Iterable[Member] | Groups) -> dict[str, tuple[int, int]]:
    """Least and greatest number of units that count, kind by kind; kinds of which none can count are left out."""
    found: dict[str, tuple[int, int]] = {}
    for member, number in grouped(members).items():
        if member.counts is not State.NOT_HELD:
            low, high = found.get(member.kind, (0, 0))
            found[member.kind] = (low + (number if member.counts is State.HELD else 0), high + number)
    return dict(sorted(found.items()))
