"""Facts, scores and evidence: saving them without overwriting what somebody else changed meanwhile, and reading them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from duibiao.errors import Problem
from duibiao.store.journal import entries
from duibiao.store.tables import Tables, stored
from duibiao.store.workspace import ConflictError, Entry, Workspace


@frozen
class Recorded:
    """A fact as it stands.

    Attributes:
        unit: Code of the unit.
        period: Period it speaks of.
        fact: Fact id.
        value: The literal, as JSON; None when it was taken back.
        version: How often it was saved.
        actor: Who saved it last.
        at: When, UTC.
        note: What was said with it.
        example: Whether it is an example, not real.
    """

    unit: str
    period: str
    fact: str
    value: Any
    version: int
    actor: str
    at: str
    note: str = ""
    example: bool = False


@frozen
class Saved:
    """One line of a fact's history.

    Attributes:
        seq: Number of the journal's entry.
        period: Period.
        value: The literal; None when it was taken back.
        version: Its version.
        actor: Who.
        at: When, UTC.
        note: What was said with it.
    """

    seq: int
    period: str
    value: Any
    version: int
    actor: str
    at: str
    note: str


def save_facts(
    entry: Entry,
    unit: str,
    period: str,
    values: Mapping[str, Any],
    *,
    base: Mapping[str, int] | None = None,
    note: str = "",
    example: bool = False,
    origin: str = "",
) -> dict[str, int]:
    """Save facts of a unit; the new version of each. A value of None takes the fact back.

    *origin* says that an answer undoes or redoes an earlier one (``undo``, ``redo``): so that undoing goes on after a restart.

    *base* says which version of each fact the values were made from (0: none was there). ConflictError when another
    version stands now: then nothing is saved.
    """
    now = {each.fact: each for each in facts_of(entry.workspace, unit, period, values)}
    _check_versions(base, {name: (each.version, each) for name, each in now.items()})
    versions = {name: (now[name].version if name in now else 0) + 1 for name in values}
    facts = {name: [value, versions[name]] for name, value in values.items()}
    data = {"unit": unit, "period": period, "facts": facts, "note": note, "example": example}
    if origin:
        data["origin"] = origin
    entry.append("fact.set", f"unit/{unit}", data)
    return versions


def _check_versions(base: Mapping[str, int] | None, now: Mapping[str, tuple[int, Any]]) -> None:
    if base is None:
        return
    stale = sorted(name for name, version in base.items() if now.get(name, (0, None))[0] != version)
    if stale:
        raise ConflictError(
            [Problem("E_CONFLICT", found=name, allowed=str(now.get(name, (0, None))[0])) for name in stale],
            {name: now[name][1] for name in stale if name in now},
        )


def facts_of(space: Tables, unit: str, period: str | None = None, names: Iterable[str] | None = None) -> list[Recorded]:
    """The facts of a unit, of one period or all, newest period first."""
    sql, values = "SELECT * FROM fact WHERE unit = ?", [unit]
    if period is not None:
        sql, values = f"{sql} AND period = ?", [unit, period]
    wanted = None if names is None else set(names)
    rows = space.rows(f"{sql} ORDER BY period DESC, fact", values)
    return [recorded(row) for row in rows if wanted is None or row["fact"] in wanted]


def recorded(row: Mapping[str, Any]) -> Recorded:
    """A row of the table as a fact."""
    return Recorded(
        **{
            **row,
            "value": stored(row["value"], f"fact {row['unit']} {row['period']} {row['fact']}"),
            "example": bool(row["example"]),
        }
    )


def history(space: Workspace, unit: str, fact: str) -> list[Saved]:
    """How a fact of a unit came to be what it is, oldest first."""
    found = []
    for each in entries(space.db.conn, stream=f"unit/{unit}"):
        content = each.event.content
        data = content["data"]
        if each.event.kind == "fact.set" and fact in data["facts"]:
            value, version = data["facts"][fact]
            found.append(Saved(each.seq, data["period"], value, version, content["actor"], content["at"], data["note"]))
    return found


def add_evidence(
    entry: Entry, content: str, size: int, name: str, *, unit: str, period: str = "", fact: str = "", case: str = ""
) -> str:
    """Attach content that is already kept (:meth:`Objects.add`) to a fact or a case; the evidence's id."""
    made = uuid.uuid4().hex[:12]
    data = {
        "id": made, "unit": unit, "period": period, "fact": fact, "case_id": case, "sha256": content, "name": name, "size": size,
        "actor": "@actor", "at": "@at", "removed": "",
    }  # fmt: skip
    entry.append("evidence.added", f"unit/{unit}", data)
    return made


def remove_evidence(entry: Entry, unit: str, made: str, reason: str) -> None:
    """Take evidence back, saying why; its content stays, because the journal names it."""
    entry.append("evidence.removed", f"unit/{unit}", {"id": made, "removed": reason})


def evidence_of(space: Tables, unit: str, period: str | None = None, fact: str | None = None) -> list[dict[str, Any]]:
    """Evidence of a unit that was not taken back."""
    found = space.rows("SELECT * FROM evidence WHERE unit = ? AND removed = '' ORDER BY at, id", (unit,))
    return [row for row in found if period in (None, row["period"]) and fact in (None, row["fact"])]


def evidence_by_id(space: Tables, made: str) -> dict[str, Any] | None:
    """A piece of evidence by its id, taken back or not; None when there is none."""
    return next(iter(space.rows("SELECT * FROM evidence WHERE id = ?", (made,))), None)


@frozen
class Score:
    """Points that a level gave an indicator.

    Attributes:
        level: The level.
        indicator: Indicator id.
        points: Decimal points as text; empty when taken back.
        reason: Why.
        approver: Who approved, where that is needed.
        actor: Who entered it.
        at: When, UTC.
        version: How often it was saved.
    """

    level: str
    indicator: str
    points: str
    reason: str
    approver: str
    actor: str
    at: str
    version: int


def save_scores(
    entry: Entry,
    case: str,
    level: str,
    points: Mapping[str, tuple[str, str, str]],
    *,
    base: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Save a level's points (points, reason, approver) by indicator; the new versions. ConflictError as in :func:`save_facts`."""
    now = {each.indicator: each for each in scores_of(entry.workspace, case, level)}
    _check_versions(base, {name: (each.version, each) for name, each in now.items()})
    scores = {
        name: {
            "points": given, "reason": reason, "approver": approver,
            "version": (now[name].version if name in now else 0) + 1,
        }
        for name, (given, reason, approver) in points.items()
    }  # fmt: skip
    entry.append("case.scored", f"case/{case}", {"case_id": case, "level": level, "scores": scores})
    return {name: each["version"] for name, each in scores.items()}  # type: ignore[misc]


def scores_of(space: Tables, case: str, level: str | None = None) -> list[Score]:
    """Points given in a case, by level and indicator."""
    rows = space.rows(
        "SELECT level, indicator, points, reason, approver, actor, at, version FROM score WHERE case_id = ? "
        "ORDER BY level, indicator",
        (case,),
    )
    return [Score(**row) for row in rows if level in (None, row["level"])]
