"""Rows of long tables a page at a time, filtered and in any order.

A view is an order of rows that the database lays down in a temporary table of its own connection: a page is then a range of
positions, never an offset, and nothing of it passes through Python before it is looked at. Its first rows are there at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from attrs import frozen

from duibiao.errors import BadInputError
from duibiao.model.divisions import ancestors
from duibiao.store.connection import FILE
from duibiao.store.faults import told

PAGE = 128
"""Rows of a page."""

FIRST = 64
"""Rows shown before the whole order is known."""

PATIENCE = 300
"""Milliseconds that a reader waits for somebody who is saving; it then tries again later."""

R = TypeVar("R")


@frozen
class UnitRow:
    """A unit as a table shows it.

    Attributes:
        code: Statistical code.
        name: Name.
        kind: Kind.
        path: Names of the divisions above, greatest first.
        cases: How many cases it has or had.
    """

    code: str
    name: str
    kind: str
    path: tuple[str, ...]
    cases: int


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
class UnitsAsked:
    """Which units, in which order.

    Attributes:
        text: Words parted by blanks, as :class:`duibiao.store.units.Query` reads them.
        kinds: Only these kinds; none means all.
        under: Beginning of the codes.
        order: ``code``, ``name``, ``kind`` or ``cases``.
        down: Greatest first.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    under: str = ""
    order: str = "code"
    down: bool = False


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


UNIT_ORDERS: Mapping[str, str] = {
    "code": "",
    "name": "initials {way}, name {way}",
    "kind": "kind {way}",
    "cases": """CASE WHEN here.code BETWEEN (SELECT min(unit) FROM cases) AND (SELECT max(unit) FROM cases)
THEN (SELECT count(*) FROM cases WHERE cases.unit = here.code) ELSE 0 END {way}""",
}
"""Order to SQL; the code settles what is equal. Cases are counted only between the first unit and the last that have one."""

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


class View(Generic[R]):
    """One order of rows on a connection of its own. Close it when another takes its place.

    One thread at a time may use it, except for :meth:`stop`.
    """

    def __init__(self, folder: Path, what: str, order: str) -> None:
        """*what*: SQL from FROM to WHERE with the table called ``here``; *order*: what follows ORDER BY."""
        self.connection = reader(folder)
        self.folder = folder
        self._what, self._order = what, order
        self._values: Sequence[Any] = ()
        self._closed = False
        self.key = "id"

    def first(self) -> list[R]:
        """The first rows, found without laying down the order; none when it was stopped.

        BadInputError when the file cannot be read.
        """
        sql = f"SELECT here.{self.key} {self._what} ORDER BY {self._order} LIMIT {FIRST}"
        with told(self.folder):
            try:
                keys = [key for (key,) in self.connection.execute(sql, self._values).fetchall()]
                found = {self.key_of(row): row for row in self.rows(keys)}
            except sqlite3.Error as error:
                if self._is_stopped(error):
                    return []
                raise
        return [found[key] for key in keys if key in found]

    def build(self) -> int | None:
        """Lay the order down; how many rows it has, or None when it was stopped."""
        sql = f"INSERT INTO v (key) SELECT here.{self.key} {self._what} ORDER BY {self._order}"
        with told(self.folder):
            try:
                self.connection.execute("CREATE TEMP TABLE v (pos INTEGER PRIMARY KEY, key TEXT NOT NULL)")
                self.connection.execute(sql, self._values)
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


class UnitsView(View[UnitRow]):
    """Units."""

    def __init__(self, folder: Path, asked: UnitsAsked) -> None:
        way = "DESC" if asked.down else "ASC"
        order = UNIT_ORDERS[asked.order].format(way=way)
        super().__init__(folder, "", f"{order}, here.code" if order else f"here.code {way}")
        self.key = "code"
        self._names: dict[str, str] = {}
        where, values = self._condition(asked)
        self._what, self._values = f"FROM unit AS here WHERE {where}", values

    def _condition(self, asked: UnitsAsked) -> tuple[str, list[Any]]:
        # Most tables open without words; what reads words is imported when there are some.
        if not asked.text.strip():
            where, values = "1", list[Any]()
            if asked.under:
                where, values = "here.code >= ? AND here.code < ?", [asked.under, f"{asked.under}:"]
        else:
            from duibiao.store.tables import Tables
            from duibiao.store.units import Query, condition

            with told(self.folder):
                where, values = condition(Tables(cast(Any, self.connection)), Query.of(asked.text, under=asked.under))
        if asked.kinds:
            where += f" AND here.kind IN ({', '.join('?' * len(asked.kinds))})"
            values = [*values, *asked.kinds]
        return where, values

    def key_of(self, row: UnitRow) -> str:
        return row.code

    def rows(self, keys: Sequence[str]) -> list[UnitRow]:
        sql = f"""SELECT code, name, kind, (SELECT count(*) FROM cases WHERE cases.unit = unit.code) FROM unit
        WHERE code IN ({_marks(keys)})"""  # noqa: S608
        rows = self.connection.execute(sql, keys).fetchall()
        above = {code: ancestors(code) for code in keys}
        self._learn({each for some in above.values() for each in some})
        return [UnitRow(code, name, kind, self._path(above[code]), cases) for code, name, kind, cases in rows]

    def _learn(self, codes: set[str]) -> None:
        """The names of divisions, kept: neighbours lie in the same ones."""
        new = [code for code in codes if code not in self._names]
        sql = f"SELECT code, name FROM unit WHERE code IN ({_marks(new)})"  # noqa: S608
        if new:
            self._names.update(self.connection.execute(sql, new).fetchall())

    def _path(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self._names[code] for code in codes if code in self._names)


class CasesView(View[CaseRow]):
    """Cases."""

    def __init__(self, folder: Path, asked: CasesAsked) -> None:
        way = "DESC" if asked.down else "ASC"
        order = CASE_ORDERS[asked.order].format(way=way)
        where, values = _cases_where(asked)
        what = f"FROM cases AS here LEFT JOIN unit ON unit.code = here.unit WHERE {where}"
        super().__init__(folder, what, f"{order}, here.id" if order else f"here.id {way}")
        self._values = values
        if asked.order == "due":
            self.connection.execute("CREATE TEMP TABLE due (standard TEXT, year INTEGER, stage TEXT, closes TEXT)")
            self.connection.executemany("INSERT INTO due VALUES (?, ?, ?, ?)", asked.due)

    def key_of(self, row: CaseRow) -> str:
        return row.id

    def rows(self, keys: Sequence[str]) -> list[CaseRow]:
        sql = f"{_CASE} WHERE here.id IN ({_marks(keys)})"
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
        sql = f"SELECT code, name FROM unit WHERE code IN ({_marks(codes)})"  # noqa: S608
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


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


__all__ = ["CaseRow", "CasesAsked", "CasesView", "UnitRow", "UnitsAsked", "UnitsView", "View"]
