"""The tables behind one connection: reading what the rules ask, and carrying out the effects of an event."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from duibiao.store.events import Change, Effect, Many, Put
from duibiao.store.faults import fault
from duibiao.store.rights import Operator
from duibiao.store.sql import marks

if TYPE_CHECKING:
    from sqlite_utils import Database


class RowMissingError(LookupError):
    """A row that an entry changes is not there."""


OPEN_STATES = ("open", "rectify")


class Tables:
    """The projections of a workspace, live or being rebuilt.

    Attributes:
        db: The open database.
    """

    def __init__(self, db: Database) -> None:
        self.db = db

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
        """The rows a query finds, all read at once: a reader that lingers would keep savers waiting."""
        return list(self.db.query(sql, values))

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """First column of the first row, or None."""
        row = self.db.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def operator(self, name: str) -> Operator | None:
        """The operator with this id."""
        found = self.rows("SELECT * FROM operator WHERE id = ?", (name,))
        return _operator(found[0]) if found else None

    def operators(self) -> list[Operator]:
        """Everyone who works or worked here."""
        return [_operator(row) for row in self.rows("SELECT * FROM operator ORDER BY id")]

    def case_standing(self, case: str) -> tuple[str, str] | None:
        """Unit and holder of a case."""
        row = self.db.execute("SELECT unit, holder FROM cases WHERE id = ?", (case,)).fetchone()
        return None if row is None else (row[0], row[1])

    def holders(self, unit: str, period: str) -> list[tuple[str, str]]:
        """Open cases of a unit in a period: id and holder (levels, separated by blanks)."""
        sql = "SELECT id, holder FROM cases WHERE unit = ? AND CAST(year AS TEXT) = ? AND status IN (?, ?)"
        return [(row[0], row[1]) for row in self.db.execute(sql, (unit, period, *OPEN_STATES)).fetchall()]

    def length(self, stream: str) -> int:
        """How many events a stream has: whether anything happened since is told by it."""
        return int(self.value("SELECT coalesce(max(n), 0) FROM event WHERE stream = ?", (stream,)))

    def evidence_home(self, made: str) -> tuple[str, str] | None:
        """Unit and period of a piece of evidence."""
        row = self.db.execute("SELECT unit, period FROM evidence WHERE id = ?", (made,)).fetchone()
        return None if row is None else (row[0], row[1])

    def authors(self, case: str) -> frozenset[str]:
        """Who entered the facts and scores that a case rests on."""
        sql = """SELECT actor FROM score WHERE case_id = :case UNION
        SELECT fact.actor FROM fact JOIN cases ON fact.unit = cases.unit AND fact.period = CAST(cases.year AS TEXT)
        WHERE cases.id = :case"""
        return frozenset(name for (name,) in self.db.execute(sql, {"case": case}).fetchall())

    def checkers(self, case: str) -> frozenset[str]:
        """Who checked the case's present stages."""
        sql = "SELECT checked FROM step WHERE case_id = ? AND left IS NULL AND checked <> ''"
        return frozenset(name for (name,) in self.db.execute(sql, (case,)).fetchall())

    def carry_out(self, done: Iterable[Effect]) -> None:
        """Carry out the effects of an event inside the open transaction. RowMissingError for a row that is not there."""
        for each in done:
            match each:
                case Put(table, row, replaces):
                    self.db.execute(_put(table, tuple(row), replaces), tuple(row.values()))
                case Many(table, columns, rows):
                    self.db.conn.executemany(_put(table, columns, True), rows)
                case Change(table, key, row):
                    cursor = self.db.execute(_change(table, tuple(key), tuple(row)), (*row.values(), *key.values()))
                    if cursor.rowcount != 1:
                        raise RowMissingError(" ".join((table, *map(str, key.values()))))


@cache
def _put(table: str, columns: tuple[str, ...], replaces: bool) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    updates = ", ".join(f'"{name}" = excluded."{name}"' for name in columns)
    otherwise = f" ON CONFLICT DO UPDATE SET {updates}" if replaces else ""
    return f'INSERT INTO "{table}" ({names}) VALUES ({marks(columns)}){otherwise}'  # noqa: S608


@cache
def _change(table: str, key: tuple[str, ...], columns: tuple[str, ...]) -> str:
    updates = ", ".join(f'"{name}" = ?' for name in columns)
    found = " AND ".join(f'"{name}" = ?' for name in key)
    return f'UPDATE "{table}" SET {updates} WHERE {found}'  # noqa: S608


def stored(text: str, what: str) -> Any:
    """What a column holds as JSON. BadInputError E_DRIFT, naming *what*, when something else has written there."""
    try:
        return json.loads(text)
    except ValueError:
        raise fault("E_DRIFT", "", what) from None


def _operator(row: Mapping[str, Any]) -> Operator:
    roles, levels = (tuple(stored(row[name], f"operator {row['id']}")) for name in ("roles", "levels"))
    return Operator(row["id"], row["name"], roles, levels, row["territory"], bool(row["active"]))
