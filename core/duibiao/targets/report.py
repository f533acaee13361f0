"""One target over a whole territory, in one value: population, actual against needed, what to expect, who is nearest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from duibiao.model.process import Target
from duibiao.targets.forecast import Forecast, PassRate, forecast
from duibiao.targets.members import Member
from duibiao.targets.nearest import Candidate, nearest
from duibiao.targets.progress import Groups, Progress, by_kind, grouped


@frozen
class TargetReport:
    """Where a territory stands against a target.

    Attributes:
        target: The target.
        population: Kind of unit to the least and greatest number that count.
        forecast: Where it stands now, and what to expect of the open cases.
        nearest: Units nearest to it that have not achieved it, at most as many as were asked for.
    """

    target: Target
    population: Mapping[str, tuple[int, int]]
    forecast: Forecast
    nearest: tuple[Candidate, ...]

    @property
    def progress(self) -> Progress:
        """Where it stands now."""
        return self.forecast.now


def report(
    target: Target, members: Iterable[Member] | Groups, *, so_far: PassRate = PassRate(0, 0),  # noqa: B008 - frozen
    candidates: Iterable[Candidate | None] = (), limit: int = 10,
) -> TargetReport:  # fmt: skip
    """*target* over *members*, single or grouped.

    *so_far* is how decided cases have ended, *candidates* the units that could be nearest (see ``nearest``).
    """
    groups = grouped(members)
    return TargetReport(target, by_kind(groups), forecast(target, groups, so_far), nearest(candidates, limit))
