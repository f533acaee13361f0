"""Rows of long tables a page at a time, filtered and in any order.

A view is an order of rows that the database lays down in a temporary table of its own connection: a page is then a range of
positions, never an offset, and nothing of it passes through Python before it is looked at. Its first rows are there at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from attrs import frozen

from duibiao.errors import BadInputError
from duibiao.store.connection import FILE
from duibiao.store.faults import told
from duibiao.store.sql import marks

PAGE = 128
"""Rows of a page."""

FIRST = 64
"""Rows shown before the whole order is known."""

PATIENCE = 300
"""Milliseconds that a reader waits for somebody who is saving; it then tries again later."""

R = TypeVar("R")


@frozen
class CaseRow:
    """A case as a table shows it.

    Attributes:
        id: Case id.
        unit: Code of the unit.
        name: Its name.
        kind: Its kind.
        standard: Standard id.
        year: Year.
        track: Track.
        status: Where it stands.
        holder: Levels that have it now, separated by blanks.
        stages: Ids of the stages it is in.
        score: Score that the last decision rested on, as it was frozen; empty where there was none.
    """

    id: str
    unit: str
    name: str
    kind: str
    standard: str
    year: int
    track: str
    status: str
    holder: str
    stages: tuple[str, ...]
    score: str


@frozen(kw_only=True)
class CasesAsked:
    """Which cases, in which order.

    Attributes:
        text: Words parted by blanks; each has to be in the case's id, or the unit's name, initials or (its beginning) code.
        standard: Only of this standard.
        status: Only in this state.
        stage: Only in this stage.
        year: Only of this year; 0 for every year.
        under: Beginning of the units' codes.
        order: ``id``, ``name``, ``standard``, ``stage``, ``level``, ``score``, ``due``, ``status``, ``year`` or ``code``.
        down: Greatest first.
        due: Last days of stages, for the order ``due``: standard id, year, stage id, day.
    """

    text: str = ""
    standard: str = ""
    status: str = ""
    stage: str = ""
    year: int = 0
    under: str = ""
    order: str = "id"
    down: bool = False
    due: tuple[tuple[str, int, str, str], ...] = ()


_STAGE = "(SELECT min(stage) FROM step WHERE case_id = here.id AND left IS NULL)"
_SCORE = """(SELECT json_extract(result, '$.score') FROM step WHERE case_id = here.id
AND json_extract(result, '$.score') IS NOT NULL ORDER BY seq DESC LIMIT 1)"""
_DUE = """(SELECT min(due.closes) FROM step JOIN due ON due.standard = here.standard AND due.year = here.year
AND due.stage = step.stage WHERE step.case_id = here.id AND step.left IS NULL)"""
CASE_ORDERS: Mapping[str, str] = {
    "id": "",
    "name": "unit.initials {way}, unit.name {way}",
    "standard": "here.standard {way}",
    "stage": f"here.standard {{way}}, {_STAGE} {{way}}",
    "level": "here.holder {way}",
    "score": f"CAST({_SCORE} AS REAL) {{way}}",
    "due": f"{_DUE} IS NULL, {_DUE} {{way}}",
    "status": "here.status {way}",
    "year": "here.year {way}",
    "code": "here.unit {way}",
}


@frozen
class Run:
    """Rows in one order.

    Attributes:
        what: SQL from FROM to WHERE with the table called ``here``.
        order: What follows ORDER BY.
        values: Those of the marks in *what*.
    """

    what: str
    order: str
    values: tuple[Any, ...] = ()


class View(Generic[R]):
    """One order of rows on a connection of its own. Close it when another takes its place.

    One thread at a time may use it, except for :meth:`stop`.
    """

    def __init__(self, folder: Path, runs: Sequence[Run], key: str = "id") -> None:
        """*runs*: one after the other they are the order. *key*: the column that tells a row from the others."""
        self.connection = reader(folder)
        self.folder, self.key, self._runs = folder, key, runs
        self._closed = False

    def first(self) -> list[R]:
        """The first rows, found without laying down the order; none when it was stopped.

        BadInputError when the file cannot be read.
        """
        keys: list[str] = []
        with told(self.folder):
            try:
                for number in range(len(self._runs)):
                    keys += self._first_keys(number, FIRST - len(keys)) if len(keys) < FIRST else []
                found = {self.key_of(row): row for row in self.rows(keys)}
            except sqlite3.Error as error:
                if self._is_stopped(error):
                    return []
                raise
        return [found[key] for key in keys if key in found]

    def _first_keys(self, number: int, most: int) -> list[str]:
        """The first keys of a run."""
        return self._keys(self._runs[number], most)

    def _keys(self, run: Run, most: int) -> list[str]:
        sql = f"SELECT here.{self.key} {run.what} ORDER BY {run.order} LIMIT {most}"
        return [key for (key,) in self.connection.execute(sql, run.values).fetchall()]

    def build(self) -> int | None:
        """Lay the order down; how many rows it has, or None when it was stopped."""
        with told(self.folder):
            try:
                self.connection.execute("CREATE TEMP TABLE v (pos INTEGER PRIMARY KEY, key TEXT NOT NULL)")
                for run in self._runs:
                    sql = f"INSERT INTO v (key) SELECT here.{self.key} {run.what} ORDER BY {run.order}"
                    self.connection.execute(sql, run.values)
                return int(self.connection.execute("SELECT coalesce(max(pos), 0) FROM v").fetchone()[0])
            except sqlite3.Error as error:
                if self._is_stopped(error):
                    return None
                raise

    def _is_stopped(self, error: sqlite3.Error) -> bool:
        return self._closed or getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT

    def page(self, number: int) -> list[R]:
        """The rows of a page, counted from 0; only after :meth:`build`. A row that is gone meanwhile is left out."""
        edge = number * PAGE
        with told(self.folder):
            keys = [key for (key,) in self.connection.execute(_PAGE, (edge + 1, edge + PAGE)).fetchall()]
            found = {self.key_of(row): row for row in self.rows(keys)}
        return [found[key] for key in keys if key in found]

    def place(self, key: str) -> int | None:
        """The position of a row, counted from 0."""
        row = self.connection.execute("SELECT pos FROM v WHERE key = ?", (key,)).fetchone()
        return None if row is None else int(row[0]) - 1

    def keys(self, most: int) -> list[str]:
        """The keys of the first *most* rows."""
        return [key for (key,) in self.connection.execute("SELECT key FROM v WHERE pos <= ? ORDER BY pos", (most,)).fetchall()]

    def stop(self) -> None:
        """Stop what another thread is doing with it."""
        if not self._closed:
            self.connection.interrupt()

    def close(self) -> None:
        """Close the connection; the order goes with it."""
        self._closed = True
        self.connection.close()

    def key_of(self, row: R) -> str:
        """What tells a row from the others."""
        raise NotImplementedError

    def rows(self, keys: Sequence[str]) -> list[R]:
        """The rows with these keys, in any order."""
        raise NotImplementedError


_PAGE = "SELECT key FROM v WHERE pos BETWEEN ? AND ? ORDER BY pos"


class CasesView(View[CaseRow]):
    """Cases."""

    def __init__(self, folder: Path, asked: CasesAsked) -> None:
        way = "DESC" if asked.down else "ASC"
        order = CASE_ORDERS[asked.order].format(way=way)
        where, values = _cases_where(asked)
        what = f"FROM cases AS here LEFT JOIN unit ON unit.code = here.unit WHERE {where}"
        super().__init__(folder, [Run(what, f"{order}, here.id" if order else f"here.id {way}", tuple(values))])
        if asked.order == "due":
            self.connection.execute("CREATE TEMP TABLE due (standard TEXT, year INTEGER, stage TEXT, closes TEXT)")
            self.connection.executemany("INSERT INTO due VALUES (?, ?, ?, ?)", asked.due)

    def key_of(self, row: CaseRow) -> str:
        return row.id

    def rows(self, keys: Sequence[str]) -> list[CaseRow]:
        sql = f"{_CASE} WHERE here.id IN ({marks(keys)})"
        return [_case(row) for row in self.connection.execute(sql, keys).fetchall()]


_CASE = f"""SELECT here.id, here.unit, coalesce(unit.name, here.unit), coalesce(unit.kind, ''), here.standard, here.year,
here.track, here.status, here.holder, (SELECT group_concat(stage, char(10)) FROM
(SELECT stage FROM step WHERE case_id = here.id AND left IS NULL ORDER BY seq)), {_SCORE}
FROM cases AS here LEFT JOIN unit ON unit.code = here.unit"""  # noqa: S608 - only our own words


_PLAIN = ("id", "unit", "name", "kind", "standard", "year", "track", "status", "holder")


def _case(row: tuple[Any, ...]) -> CaseRow:
    *plain, stages, score = row
    named = dict(zip(_PLAIN, plain, strict=True))
    return CaseRow(**named, stages=tuple(stages.split("\n")) if stages else (), score=str(score or ""))


def _cases_where(asked: CasesAsked) -> tuple[str, list[Any]]:
    parts, values = ["1"], list[Any]()
    for column, value in (("standard", asked.standard), ("status", asked.status), ("year", asked.year)):
        if value:
            parts.append(f"here.{column} = ?")
            values.append(value)
    if asked.stage:
        parts.append("EXISTS (SELECT 1 FROM step WHERE case_id = here.id AND left IS NULL AND stage = ?)")
        values.append(asked.stage)
    if asked.under:
        parts.append("here.unit >= ? AND here.unit < ?")
        values += [asked.under, f"{asked.under}:"]
    for word in asked.text.split():
        low = word.lower()
        parts.append(
            "(instr(here.id, ?) > 0 OR instr(unit.name, ?) > 0 OR instr(unit.initials, ?) > 0 OR instr(here.unit, ?) = 1)"
        )
        values += [low, word, low, word]
    return " AND ".join(parts), values


def cases_by(folder: Path) -> dict[str, dict[Any, int]]:
    """How many cases there are of each ``standard``, ``status``, ``year``, ``stage`` and county (``under``)."""
    found: dict[str, dict[Any, int]] = {}
    with _reading(folder) as connection:
        for name, sql in _COUNTS.items():
            found[name] = dict(connection.execute(sql).fetchall())
    return found


_COUNTS = {
    "standard": "SELECT standard, count(*) FROM cases GROUP BY 1 ORDER BY 1",
    "status": "SELECT status, count(*) FROM cases GROUP BY 1 ORDER BY 2 DESC, 1",
    "year": "SELECT year, count(*) FROM cases GROUP BY 1 ORDER BY 1 DESC",
    "stage": """SELECT standard || char(10) || stage, count(*) FROM step JOIN cases ON cases.id = case_id
    WHERE left IS NULL GROUP BY 1""",
    "under": "SELECT substr(unit, 1, 6), count(*) FROM cases GROUP BY 1 ORDER BY 1",
}  # fmt: skip


def kinds_of_units(folder: Path) -> dict[str, int]:
    """How many units there are of each kind, most first."""
    with _reading(folder) as connection:
        return dict(connection.execute("SELECT kind, count(*) FROM unit GROUP BY 1 ORDER BY 2 DESC, 1").fetchall())


def standing_stages(folder: Path) -> list[tuple[str, int, str]]:
    """Every standard, year and stage in which a case is."""
    sql = "SELECT DISTINCT standard, year, stage FROM step JOIN cases ON cases.id = case_id WHERE left IS NULL"
    with _reading(folder) as connection:
        return list(connection.execute(sql).fetchall())


def office_title(folder: Path) -> str:
    """The name of the office; empty when it has none. BadInputError when the file cannot be read."""
    with _reading(folder) as connection:
        row = connection.execute("SELECT value FROM office WHERE key = 'title'").fetchone()
    return "" if row is None else str(row[0])


def names_of(folder: Path, codes: Sequence[str]) -> dict[str, str]:
    """Names of units and divisions by code."""
    with _reading(folder) as connection:
        sql = f"SELECT code, name FROM unit WHERE code IN ({marks(codes)})"  # noqa: S608
        return dict(connection.execute(sql, list(codes)).fetchall())


_SETTINGS = (
    ("trusted_schema", 0), ("cell_size_check", 1), ("mmap_size", 0), ("cache_size", -1024), ("temp.cache_size", -256),
)  # fmt: skip
"""An order is laid down and read page by page: there is nothing to keep in memory of it."""


def reader(folder: Path) -> sqlite3.Connection:
    """A connection that only reads and never waits long. BadInputError when the file cannot be opened."""
    file = (folder / FILE).resolve()
    with told(folder):
        made = sqlite3.connect(
            f"{file.as_uri()}?mode=ro", uri=True, timeout=PATIENCE / 1000, isolation_level=None, check_same_thread=False
        )
        for name, value in _SETTINGS:
            made.execute(f"PRAGMA {name} = {value}").fetchall()
        return made


@contextmanager
def _reading(folder: Path) -> Iterator[sqlite3.Connection]:
    made = reader(folder)
    try:
        with told(folder):
            yield made
    finally:
        made.close()


def is_busy(error: BadInputError) -> bool:
    """Whether somebody was saving for longer than a reader waits."""
    return all(each.code == "E_BUSY" for each in error.problems)
