"""Cases and rounds: rows of the tables as the workflow reads them, and the events that change them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import frozen

from duibiao.model.facts import Unit
from duibiao.store.tables import Tables
from duibiao.store.workspace import Entry
from duibiao.workflow.case import CaseState, Finding, Held, Notice, Objection, Opinion, Paper, Status, Step, Task


@frozen
class Round:
    """A round (轮次): one standard, one year.

    Attributes:
        id: Its id.
        standard: Standard id.
        year: Year that windows are read in.
        title: Name.
        state: ``open`` or ``closed``.
    """

    id: str
    standard: str
    year: int
    title: str
    state: str


@frozen
class Listed:
    """A case as a list shows it.

    Attributes:
        id: Case id.
        unit: Who.
        standard: Standard id.
        edition: Edition.
        content: Content hash of the standard when the case was opened.
        round: Round id.
        year: Year.
        track: Track.
        status: Where it stands.
        holder: Level that has it now.
        stages: Stages it is in.
        opened: The day it was opened.
        result: Frozen result of the last decision.
        version: How often it moved.
    """

    id: str
    unit: Unit
    standard: str
    edition: str
    content: str
    round: str
    year: int
    track: str
    status: Status
    holder: str
    stages: tuple[str, ...]
    opened: date
    result: Mapping[str, Any]
    version: int


_LISTED = """SELECT cases.*, coalesce(unit.name, cases.unit) AS name, coalesce(unit.kind, '') AS kind,
(SELECT group_concat(stage, char(10)) FROM
  (SELECT stage FROM step WHERE case_id = cases.id AND left IS NULL ORDER BY seq)) AS stages
FROM cases LEFT JOIN unit ON unit.code = cases.unit"""


def cases(space: Tables, *, standard: str = "", round_: str = "", status: str = "", unit: str = "") -> list[Listed]:
    """Cases in the order of their ids, perhaps only of a standard, round, status or (by the beginning of the code) territory."""
    where = (
        "(:standard IN ('', standard)) AND (:round IN ('', round)) AND (:status IN ('', status)) AND substr(unit, 1, :n) = :unit"
    )
    values = {"standard": standard, "round": round_, "status": status, "unit": unit, "n": len(unit)}
    return [
        _listed(row) for row in space.rows(f"{_LISTED} WHERE {where.replace('unit,', 'cases.unit,')} ORDER BY cases.id", values)
    ]


def case(space: Tables, name: str) -> Listed | None:
    """The case with this id."""
    found = space.rows(f"{_LISTED} WHERE cases.id = ?", (name,))
    return _listed(found[0]) if found else None


def _listed(row: Mapping[str, Any]) -> Listed:
    stages = tuple(row["stages"].split("\n")) if row["stages"] else ()
    return Listed(
        row["id"], Unit(row["name"], row["kind"], row["unit"]), row["standard"], row["edition"], row["content"], row["round"],
        row["year"], row["track"], Status(row["status"]), row["holder"], stages, date.fromisoformat(row["opened"]),
        json.loads(row["result"]), row["version"],
    )  # fmt: skip


def state(space: Tables, listed: Listed) -> CaseState:
    """Everything the workflow reads of a case."""
    rows = {name: space.rows(f'SELECT * FROM "{name}" WHERE case_id = ?', (listed.id,)) for name in _PARTS}  # noqa: S608
    steps = sorted((_step(row) for row in rows["step"]), key=lambda each: each.seq)
    return CaseState(
        id=listed.id, unit=listed.unit, standard=listed.standard, round=listed.round, year=listed.year, track=listed.track,
        status=listed.status, opened=listed.opened, steps=tuple(steps),
        papers=tuple(Paper(r["stage"], r["name"], _day(r["received"]), r["sha256"]) for r in rows["paper"]),
        opinions=tuple(Opinion(r["stage"], r["body"], _day(r["given"]), bool(r["agrees"]), r["text"]) for r in rows["opinion"]),
        notices=tuple(_notice(row) for row in rows["notice"]),
        objections=tuple(_objection(row) for row in rows["objection"]),
        findings=tuple(_finding(row) for row in rows["finding"]),
        tasks=tuple(
            Task(r["id"], r["stage"], r["department"], r["text"], _maybe(r["due"]), _maybe(r["done"])) for r in rows["task"]
        ),
        held=tuple(_held(row) for row in sorted(rows["award"], key=_since)),
        sampled=_sampled(space, listed),
    )  # fmt: skip


def _sampled(space: Tables, listed: Listed) -> dict[str, bool]:
    """Stage to whether the unit is checked there: it was drawn, or it was not there to be drawn and so cannot be spared."""
    code = listed.unit.code
    return {each["stage"]: code in each["chosen"] or code not in each["pool"] for each in samples(space, listed.round)}


_PARTS = ("step", "paper", "opinion", "notice", "objection", "finding", "task", "award")


def _held(row: Mapping[str, Any]) -> Held:
    return Held(row["award"], _day(row["since"]), _maybe(row["until"]), row["certificate"], row["state"])


def _since(row: Mapping[str, Any]) -> str:
    return str(row["since"])


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _maybe(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _step(row: Mapping[str, Any]) -> Step:
    return Step(row["stage"], row["seq"], _day(row["entered"]), _maybe(row["left"]), row["outcome"], row["actor"], row["note"])


def _notice(row: Mapping[str, Any]) -> Notice:
    places, contacts = (tuple(json.loads(row[name])) for name in ("places", "contacts"))
    return Notice(row["stage"], _day(row["posted"]), _maybe(row["until"]), places, contacts, row["media"])


def _objection(row: Mapping[str, Any]) -> Objection:
    return Objection(
        row["id"], row["stage"], _day(row["raised"]), row["who"], row["text"], _maybe(row["settled"]), row["outcome"],
        row["answer"],
    )  # fmt: skip


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(
        row["id"], row["stage"], _day(row["found"]), row["text"], _maybe(row["due"]), _maybe(row["settled"]), row["measure"]
    )


def rounds(space: Tables) -> list[Round]:
    """Every round, newest first."""
    return [Round(**row) for row in space.rows("SELECT * FROM round ORDER BY year DESC, id")]


def samples(space: Tables, round_: str) -> list[dict[str, Any]]:
    """Samples drawn in a round, with their seeds, the codes drawn from and the codes drawn."""
    found = space.rows("SELECT * FROM sample WHERE round = ? ORDER BY stage", (round_,))
    return [{**row, "chosen": json.loads(row["chosen"]), "pool": json.loads(row["pool"])} for row in found]


def results(space: Tables, case_id: str) -> dict[int, Mapping[str, Any]]:
    """Number of a visit to what its end rested on, for the visits that have ended."""
    found = space.rows("SELECT seq, result FROM step WHERE case_id = ? AND left IS NOT NULL ORDER BY seq", (case_id,))
    return {row["seq"]: json.loads(row["result"]) for row in found}


def ends(space: Tables) -> dict[str, str]:
    """Case id to the day on which its last visit to a stage ended; only of cases with one that has."""
    return dict(
        space.db.execute('SELECT case_id, max("left") FROM step GROUP BY case_id HAVING max("left") IS NOT NULL').fetchall()
    )


def checked_by(space: Tables, case_id: str) -> dict[int, str]:
    """Number of a visit to who checked it, for those that were checked."""
    return dict(space.db.execute("SELECT seq, checked FROM step WHERE case_id = ? AND checked <> ''", (case_id,)).fetchall())


def certificates(space: Tables) -> dict[str, str]:
    """Every certificate number in use to the code of the unit that has it."""
    return dict(space.db.execute("SELECT certificate, unit FROM award WHERE certificate <> ''").fetchall())


def awards(space: Tables, *, standard: str = "", territory: str = "", unit: str = "") -> list[dict[str, Any]]:
    """Titles given: rows of the table with the unit's name, by unit code."""
    sql = """SELECT award.*, coalesce(unit.name, award.unit) AS name, coalesce(unit.kind, '') AS kind
    FROM award LEFT JOIN unit ON unit.code = award.unit
    WHERE (:standard IN ('', award.standard)) AND (:unit IN ('', award.unit)) AND substr(award.unit, 1, :n) = :territory
    ORDER BY award.unit, award.since"""
    values = {"standard": standard, "unit": unit, "territory": territory, "n": len(territory)}
    return space.rows(sql, values)


def passed(space: Tables, standard: str, year: int, stage: str, award: str = "") -> list[str]:
    """Codes of the units whose cases of a standard and year have passed a stage, perhaps only those given a title.

    An application that was taken back has freed its place.
    """
    sql = """SELECT DISTINCT cases.unit FROM cases JOIN step ON step.case_id = cases.id
    WHERE standard = :standard AND year = :year AND stage = :stage AND outcome = 'passed' AND status <> 'withdrawn'
    AND (:award = '' OR EXISTS (SELECT 1 FROM award WHERE award.case_id = cases.id AND award.award = :award)) ORDER BY 1"""
    values = {"standard": standard, "year": year, "stage": stage, "award": award}
    return [code for (code,) in space.db.execute(sql, values).fetchall()]


def next_id(space: Tables, prefix: str) -> str:
    """The next free case id that begins with *prefix*: ``wujin-2012-0007``."""
    like = f"{prefix}-[0-9][0-9][0-9][0-9]*"
    last = space.value("SELECT id FROM cases WHERE id GLOB ? ORDER BY length(id) DESC, id DESC LIMIT 1", (like,))
    return f"{prefix}-{int(last.rpartition('-')[2]) + 1 if last else 1:04d}"


def next_part(space: Tables, case_id: str, table: str) -> str:
    """The next free id of an objection, finding or task of a case."""
    if table not in _PARTS:
        raise ValueError(table)
    count = space.value(f'SELECT count(*) FROM "{table}" WHERE case_id = ?', (case_id,))  # noqa: S608
    return str(count + 1)


def open_case(entry: Entry, *, listed: Mapping[str, Any], stages: Sequence[str]) -> None:
    """Open a case at its first stages. *listed*: the columns of its row but ``result`` and ``version``."""
    name = listed["id"]
    row = {**listed, "result": {}, "version": 1}
    entry.append("case.opened", f"case/{name}", {"case": row, "unit": listed["unit"], "stages": list(stages)})


def move(
    entry: Entry,
    listed: Listed,
    case_state: CaseState,
    *,
    day: date,
    leaves: Iterable[str],
    enters: Sequence[str],
    outcome: str,
    status: Status,
    holder: str,
    taken_back: Iterable[int] = (),
    note: str = "",
    result: Mapping[str, Any] | None = None,
) -> None:
    """A case leaves stages and enters others; *result* freezes what the decision rested on."""
    open_steps = {step.stage: step.seq for step in case_state.steps if step.left is None}
    last = max((step.seq for step in case_state.steps), default=0)
    entry.append("case.moved", f"case/{listed.id}", {
        "case_id": listed.id, "version": listed.version + 1, "date": day.isoformat(), "outcome": outcome, "note": note,
        "leaves": [{"seq": open_steps[stage], "stage": stage} for stage in leaves],
        "enters": [{"seq": last + 1 + i, "stage": stage} for i, stage in enumerate(enters)],
        "taken_back": list(taken_back), "status": str(status), "holder": holder, "result": dict(result or {}),
    })  # fmt: skip
