"""Cases and titles as they stood on an earlier day, told by the days that their acts carry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from duibiao.store import cases as kept
from duibiao.store.cases import Listed
from duibiao.store.journal import entries
from duibiao.store.workspace import Workspace
from duibiao.workflow.case import Status
from duibiao.workflow.titles import ACTS

RUNNING = ("valid", "rectifying", "renewed")
"""States of a title that a unit holds."""

NAMED = frozenset({Status.NAMED, Status.RECTIFY, Status.REVOKED, Status.CANCELLED, Status.EXPIRED})
"""States of a case that ended in a title, whatever became of it later."""


def cases_on(space: Workspace, day: date, *, standard: str = "", territory: str = "") -> dict[str, tuple[Listed, Status]]:
    """Case id to the case and its state on *day*, of those that were opened by then."""
    since = {row["case_id"]: row["since"] for row in reversed(kept.awards(space, standard=standard, territory=territory))}
    ended = kept.ends(space)
    found = {}
    for each in kept.cases(space, standard=standard, unit=territory):
        if each.opened > day:
            continue
        end = since.get(each.id) if each.status in NAMED else ended.get(each.id)
        over = each.status is not Status.OPEN and end is not None and date.fromisoformat(end) <= day
        found[each.id] = (each, each.status if over else Status.OPEN)
    return found


def title_on(space: Workspace, row: Mapping[str, Any], day: date) -> str | None:
    """The state of a title on *day*; None before it was given. Expiry is for whoever knows the last day.

    The row's ``act`` says whether anything was done to the title since it was given; only then is its history read.
    """
    if row["since"] > day.isoformat():
        return None
    if row["act"].partition(" ")[0] not in ACTS:
        return str(row["state"])
    changed = _changed(space, row["case_id"], row["award"], row["since"])
    earlier = [each for when, each in changed if when <= day]
    return earlier[-1] if earlier else "valid"


def _changed(space: Workspace, case: str, award: str, since: str) -> list[tuple[date, str]]:
    """Day and new state of every act on a title; a day that was not said is that of the entry."""
    found: list[tuple[date, str]] = []
    for each in entries(space.db.conn, stream=f"case/{case}"):
        data = each.event.content["data"]
        if each.event.kind == "award.changed" and (data["award"], data["since"]) == (award, since):
            day = data.get("act", "").rpartition(" ")[2] or each.event.content["at"][:10]
            found.append((date.fromisoformat(day), data["state"]))
    return found


__all__ = ["NAMED", "RUNNING", "cases_on", "title_on"]
