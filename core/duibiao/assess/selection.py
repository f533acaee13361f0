"""Who is taken: quotas, ratios, shares, minimums, ranking inside groups, ties (RULE-SHAPES C10–C15).

A quota is an upper bound: only units that hold the award are ever taken. Where scores are still open, a unit is taken or left
only if that is so however they turn out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Any

from attrs import frozen

from duibiao.model.notation import split_number
from duibiao.model.outcome import Assessment, Interval, State
from duibiao.model.process import Selection
from duibiao.rules.nodes import divide


class Place(StrEnum):
    """Where a candidate stands."""

    TAKEN = "taken"
    LEFT = "left"
    TIED = "tied"
    OPEN = "open"
    NOT_QUALIFIED = "not_qualified"


@frozen
class Candidate:
    """A unit that could be taken.

    Attributes:
        assessment: Its assessment.
        group: The group inside which it is ranked.
    """

    assessment: Assessment
    group: str = ""


@frozen
class Outcome:
    """The result of a selection.

    Attributes:
        places: Group to number of places (None: without limit).
        standing: One place per candidate, in the order given.
        short: Group to how many are missing to the declared minimum.
    """

    places: Mapping[str, int | None]
    standing: tuple[Place, ...]
    short: Mapping[str, int]


def select(
    selection: Selection, candidates: Sequence[Candidate], before: Sequence[Place] | None = None,
    pools: Mapping[str, int] | None = None, taken: Mapping[str, int] | None = None,
) -> Outcome:  # fmt: skip
    """Apply a selection to its candidates.

    *before* is the standing after the selection that this one starts from (``after``): only those taken there go on.
    *pools* is the number of units that a ratio speaks of, by group; without it the candidates are the pool. *taken* is how many
    places of a group are gone already: the places told of are those that are left.
    """
    bare = [Bare(_state(selection, each), _score(selection, each), each.group) for each in candidates]
    return select_bare(selection, bare, before, pools, taken)


@frozen
class Bare:
    """A candidate of whom no more is known than a selection asks.

    Attributes:
        state: Whether it holds the award.
        points: What orders it: least and greatest.
        group: The group inside which it is ranked.
    """

    state: State
    points: tuple[Fraction | int, Fraction | int]
    group: str = ""


def select_bare(
    selection: Selection, candidates: Sequence[Bare], before: Sequence[Place] | None = None,
    pools: Mapping[str, int] | None = None, taken: Mapping[str, int] | None = None,
) -> Outcome:  # fmt: skip
    """The same of bare numbers, as they are at hand for many units."""
    states = [each.state for each in candidates]
    if before is not None:
        states = [_narrow(state, place) for state, place in zip(states, before, strict=True)]
    groups: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(candidates):
        groups[each.group if selection.group_by else ""].append(index)
    standing = [Place.NOT_QUALIFIED] * len(candidates)
    places: dict[str, int | None] = {}
    short: dict[str, int] = {}
    for group, members in groups.items():
        held = sum(states[i] is State.HELD for i in members)
        gone = 0 if taken is None else taken.get(group, 0)
        room = places_for(selection, len(members) if pools is None else pools.get(group, 0), held + gone)
        room = None if room is None else max(room - gone, 0)
        places[group] = room
        field = _Field.of((states[i], candidates[i].points) for i in members)
        for index in members:
            standing[index] = _place(selection, states[index], candidates[index].points, field, room)
        won = gone + sum(standing[i] is Place.TAKEN for i in members)
        if selection.minimum is not None and won < selection.minimum:
            short[group] = selection.minimum - won
    return Outcome(places, tuple(standing), short)


@frozen
class _Field:
    """Everybody who may be taken in a group: how many are ahead of a unit, and how many at least level with it.

    Attributes:
        sure: Least points of those that hold the award, in order.
        hopeful: Greatest points of those that hold it or still may, in order.
    """

    sure: list[Fraction | int]
    hopeful: list[Fraction | int]

    @classmethod
    def of(cls, members: Iterable[tuple[State, tuple[Fraction | int, Fraction | int]]]) -> _Field:
        there = [(state, points) for state, points in members if state is not State.NOT_HELD]
        return cls(sorted(low for state, (low, _) in there if state is State.HELD), sorted(high for _, (_, high) in there))

    def ahead(self, points: tuple[Fraction | int, Fraction | int]) -> tuple[int, int]:
        """Surely, and at most."""
        low, high = points
        return len(self.sure) - bisect_right(self.sure, high), len(self.hopeful) - bisect_right(self.hopeful, low) - (high > low)

    def level(self, state: State, points: tuple[Fraction | int, Fraction | int]) -> tuple[int, int]:
        """Surely, and at most; the unit itself is not counted."""
        low, high = points
        itself = state is State.HELD and low >= high
        return len(self.sure) - bisect_left(self.sure, high) - itself, len(self.hopeful) - bisect_left(self.hopeful, low) - 1


def _state(selection: Selection, candidate: Candidate) -> State:
    if selection.award:
        return candidate.assessment.award(selection.award).state
    states = {each.state for each in candidate.assessment.awards}
    return next((state for state in (State.HELD, State.OPEN) if state in states), State.NOT_HELD)


def _narrow(state: State, place: Place) -> State:
    if place in (Place.LEFT, Place.NOT_QUALIFIED):
        return State.NOT_HELD
    return state if place is Place.TAKEN or state is State.NOT_HELD else State.OPEN


def places_for(selection: Selection, pool: int, passed: int) -> int | None:
    """The number of places: a fixed quota, one in N of the pool, a share of those that passed; the least of them."""
    limits = [] if selection.quota is None else [selection.quota]
    if selection.ratio is not None:
        limits.append(_ratio(selection.ratio, pool))
    if selection.share is not None:
        limits.append(int(Fraction(split_number(selection.share)[0]) / 100 * passed))
    return min(limits) if limits else None


def _ratio(ratio: Mapping[str, Any], pool: int) -> int:
    return divide(pool * int(ratio.get("take", 1)), int(ratio["of"]), str(ratio.get("round", "down")))


def _place(
    selection: Selection, state: State, points: tuple[Fraction | int, Fraction | int], field: _Field, room: int | None
) -> Place:
    if state is State.NOT_HELD:
        return Place.NOT_QUALIFIED
    if room is None:
        return Place.TAKEN if state is State.HELD else Place.OPEN
    found = _decide(selection.ties, room, ahead=field.ahead(points), level=field.level(state, points))
    return Place.OPEN if found is Place.TAKEN and state is State.OPEN else found


def _decide(ties: str, room: int, *, ahead: tuple[int, int], level: tuple[int, int]) -> Place:
    """From how many are ahead, and how many at least level: surely, and at most."""
    if ahead[0] >= room:
        return Place.LEFT
    if ties == "include":
        return Place.TAKEN if ahead[1] < room else Place.OPEN
    if level[1] < room:
        return Place.TAKEN
    if ties == "exclude":
        return Place.LEFT if level[0] >= room else Place.OPEN
    settled = ahead[0] == ahead[1] and level[0] == level[1]
    return Place.TIED if settled else Place.OPEN


def _score(selection: Selection, candidate: Candidate) -> tuple[Fraction, Fraction]:
    points: Interval | None
    if selection.rank_by == "score":
        points = candidate.assessment.score
    else:
        points = candidate.assessment.indicator(selection.rank_by).points
    return (Fraction(0), Fraction(0)) if points is None else (Fraction(points.low), Fraction(points.high))
