"""Who would be named: the quotas, ratios and ranks of a standard over many units, ties declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from heapq import nsmallest
from typing import TYPE_CHECKING

from attrs import frozen

from duibiao.assess.selection import Bare, Place, select_bare
from duibiao.cohort.answers import Pick
from duibiao.model.outcome import State
from duibiao.model.process import Selection
from duibiao.rules.nodes import TRUE
from duibiao.services.quotas import GROUPS, group_of

if TYPE_CHECKING:
    from duibiao.services.cohorts import Results

CODES = {Place.NOT_QUALIFIED: 0, Place.TAKEN: 1, Place.TIED: 2, Place.OPEN: 3, Place.LEFT: 4}
"""What stands in a column of results."""


@frozen
class Standing:
    """A unit that a selection speaks of.

    Attributes:
        row: Its place among the results, from 0.
        code: Statistical code.
        place: Where it stands.
        points: Least and greatest of what orders it.
    """

    row: int
    code: str
    place: Place
    points: tuple[Decimal, Decimal]


@frozen
class Taken:
    """What a quota would do.

    Attributes:
        selection: The quota, ratio or share.
        places: Group (beginning of the codes; empty without groups) to number of places; None is without limit.
        counts: How many units stand where.
        picks: The units that hold the award or still may.
        standing: Where each of them stands.
        step: Smallest step of a point.
    """

    selection: Selection
    places: Mapping[str, int | None]
    counts: Mapping[Place, int]
    picks: Sequence[Pick]
    standing: Sequence[Place]
    step: Decimal

    @property
    def column(self) -> str:
        """Its column in a file of results."""
        return f"selection.{self.selection.id}"

    @property
    def room(self) -> int | None:
        """Places of all groups together; None where there is no limit."""
        found = [each for each in self.places.values() if each is not None]
        return sum(found) if len(found) == len(self.places) else None

    def listed(self, most: int) -> list[Standing]:
        """The units that would be taken, then those that tie for the last places, then those that are open."""
        told = [(place, pick) for place, pick in zip(self.standing, self.picks, strict=True) if place in _LISTED]
        best = nsmallest(most, told, key=lambda each: (_LISTED[each[0]], -each[1][3], -each[1][4], each[1][1]))
        return [Standing(pick[0], pick[1], place, (pick[3] * self.step, pick[4] * self.step)) for place, pick in best]


_LISTED = {Place.TAKEN: 0, Place.TIED: 1, Place.OPEN: 2}


def selections(results: Results) -> tuple[Taken, ...]:
    """Every selection of a standard over all units; nothing where it has none."""
    found: dict[str, tuple[Taken, dict[int, Place]]] = {}
    for selection in results.assessor.program.standard.selections:
        before = found.get(selection.after)
        found[selection.id] = _taken(results, selection, before[1] if before else None)
    return tuple(taken for taken, _ in found.values())


def _taken(results: Results, selection: Selection, before: Mapping[int, Place] | None) -> tuple[Taken, dict[int, Place]]:
    picks = _picks(results, selection)
    groups = [group_of(selection, pick[1]) for pick in picks]
    bare = [
        Bare(State.HELD if state == TRUE else State.OPEN, (low, high), group)
        for (_, _, state, low, high), group in zip(picks, groups, strict=True)
    ]
    earlier = None if before is None else [before.get(pick[0], Place.NOT_QUALIFIED) for pick in picks]
    length = GROUPS.get(selection.group_by, 0) if selection.group_by else 0
    pools = results.answers.pool(length, results.assessor.program.standard.header.unit_kinds) if selection.ratio else None
    outcome = select_bare(selection, bare, earlier, pools)
    step = results.assessor.program.point_step
    taken = Taken(selection, outcome.places, dict(Counter(outcome.standing)), picks, outcome.standing, step)
    return taken, {pick[0]: place for pick, place in zip(picks, outcome.standing, strict=True)}


def _picks(results: Results, selection: Selection) -> Sequence[Pick]:
    """The units that hold the award (or, where none is named, any) or still may."""
    program, answers = results.assessor.program, results.answers
    names = ("score.low", "score.high")
    if selection.rank_by != "score":
        names = (f"points.{selection.rank_by}.low", f"points.{selection.rank_by}.high")
    awards = [selection.award] if selection.award else [each.id for each in program.awards]
    best: dict[int, Pick] = {}
    for award in awards:
        for pick in answers.candidates(f"award.{award}", names):
            known = best.get(pick[0])
            if known is None or (pick[2] == TRUE and known[2] != TRUE):
                best[pick[0]] = pick
    return [best[row] for row in sorted(best)]


def columns_of(results: Results, taken: Sequence[Taken]) -> dict[str, list[int]]:
    """Where every unit stands, as columns of results: see :data:`CODES`."""
    found = {}
    for each in taken:
        column = [CODES[Place.NOT_QUALIFIED]] * results.answers.rows
        for pick, place in zip(each.picks, each.standing, strict=True):
            column[pick[0]] = CODES[place]
        found[each.column] = column
    return found


__all__ = ["CODES", "Standing", "Taken", "columns_of", "selections"]
