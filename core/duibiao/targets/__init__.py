"""Dated targets (目标): how far a territory is, how many units are still to go, which are nearest, what to expect."""

from duibiao.targets.forecast import Forecast, PassRate, decided, forecast
from duibiao.targets.members import (
    Asked,
    Member,
    Question,
    assessed,
    belongs,
    census,
    either_way,
    holds,
    named,
    population,
    reached,
)
from duibiao.targets.nearest import Candidate, candidate_of, missing_of, nearest
from duibiao.targets.progress import Groups, Progress, by_kind, grouped, progress
from duibiao.targets.report import TargetReport, report

__all__ = [
    "Asked", "Candidate", "Forecast", "Groups", "Member", "PassRate", "Progress", "Question", "TargetReport", "assessed",
    "belongs", "by_kind", "candidate_of", "census", "decided", "either_way", "forecast", "grouped", "holds", "missing_of",
    "named", "nearest", "population", "progress", "reached", "report",
]  # fmt: skip
