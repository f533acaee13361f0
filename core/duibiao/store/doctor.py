"""Examining a workspace without changing it: fast, or everything."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen
from sqlite_utils import Database

from duibiao.errors import BadInputError, Problem, Where
from duibiao.store import connection, migrate, schema
from duibiao.store.faults import code_of
from duibiao.store.journal import BrokenError, Tick, check_tail, replay, verify
from duibiao.store.objects import Objects
from duibiao.store.tables import Tables

if TYPE_CHECKING:
    from duibiao.store.workspace import Workspace

TAIL = 1000
SAMPLES = 20
"""So many differing rows of a table are named."""


@frozen
class Report:
    """What an examination found.

    Attributes:
        problems: Everything wrong, in the order found; empty when the workspace is sound.
        entries: Entries of the journal that were verified.
        objects: Contents that were hashed.
        full: Whether everything was examined.
    """

    problems: tuple[Problem, ...]
    entries: int = 0
    objects: int = 0
    full: bool = False


def examine(folder: Path, *, full: bool = False, tick: Tick = lambda seq: None) -> Report:
    """Examine the workspace in *folder*; nothing is written, damage is reported rather than raised."""
    where = Where(str(folder))
    problems: list[Problem] = []
    try:
        version = connection.look_at(folder / connection.FILE)
        db = connection.connect(folder / connection.FILE, write=False)
    except BadInputError as error:
        return Report(error.problems, full=full)
    if version != schema.VERSION:
        problems.append(Problem("E_OLDER", where, str(version), str(schema.VERSION)))
    counts = (0, 0)
    try:
        counts = _examine(folder, db, full, problems, tick)
    except BrokenError as broken:
        problems.append(Problem("E_CHAIN", where, str(broken.seq), broken.why))
    except (sqlite3.Error, OSError, UnicodeError) as error:
        problems.append(Problem(code_of(error) or "E_CORRUPT", where, str(error)))
    except BadInputError as error:
        problems.extend(error.problems)
    finally:
        db.close()
    return Report(tuple(problems), *counts, full=full)


def _examine(folder: Path, db: Database, full: bool, problems: list[Problem], tick: Tick) -> tuple[int, int]:
    where = Where(str(folder))
    check = "integrity_check" if full else "quick_check"
    problems += [
        Problem("E_CORRUPT", where, str(text)) for (text,) in db.execute(f"PRAGMA {check}(20)").fetchall() if text != "ok"
    ]
    problems += [Problem("E_SCHEMA", where, name) for name in migrate.differences(db.conn, schema.STEPS)]
    if not full:
        check_tail(db.conn, TAIL)
        return min(TAIL, Tables(db).value("SELECT count(*) FROM log")), 0
    count = verify(db.conn, tick)
    objects = Objects(folder)
    problems += _while_nobody_saves(db, lambda: drift(folder, db, objects))
    return count, _objects(db, objects, problems)


def _while_nobody_saves(db: Database, look: Callable[[], list[Problem]]) -> list[Problem]:
    """What *look* finds in the journal and the tables of one moment.

    Where somebody saved meanwhile it is asked again; the last time savers are kept waiting.
    """
    for _ in range(2):
        before = Tables(db).value("SELECT max(seq) FROM log")
        found = look()
        if not found or before == Tables(db).value("SELECT max(seq) FROM log"):
            return found
    db.execute("BEGIN")
    try:
        return look()
    finally:
        db.execute("ROLLBACK")


def verified(space: Workspace, tick: Tick = lambda seq: None) -> tuple[int, Problem | None]:
    """How many entries of the journal are verified, up to the first that is wrong; and E_CHAIN if one is."""
    try:
        return verify(space.db.conn, tick), None
    except BrokenError as broken:
        return broken.seq - 1, Problem("E_CHAIN", Where(str(space.folder)), str(broken.seq), broken.why)


def drift(folder: Path, db: Database, objects: Objects, tick: Tick = lambda seq: None) -> list[Problem]:
    """Rows that are not what the journal makes of them, and entries that nobody could have made."""
    where = Where(str(folder))
    fresh = rebuilt(db, objects, tick)
    try:
        problems = [Problem(code, where, str(seq)) for seq, code in fresh.problems]
        for table in schema.projections(db.conn):
            problems += [Problem("E_DRIFT", where, text) for text in _differing(db, fresh.tables.db, table)]
    finally:
        fresh.tables.db.close()
    return problems + [Problem("E_DRIFT", where, f"draft {person} {form}") for person, form in _bad_drafts(db)]


@frozen
class Rebuilt:
    """Tables made anew from the journal.

    Attributes:
        tables: The tables, in memory.
        problems: Entry number and problem code of what the rules refuse.
    """

    tables: Tables
    problems: tuple[tuple[int, str], ...]


def rebuilt(db: Database, objects: Objects, tick: Tick = lambda seq: None) -> Rebuilt:
    """Every projection made anew, in memory, from the journal of *db*. Raises BrokenError."""
    memory = Database(sqlite3.connect(":memory:", isolation_level=None), execute_plugins=False)
    memory.execute("BEGIN")
    schema.run_steps(memory.conn, 0)
    tables = Tables(memory)
    found = replay(db.conn, tables, objects.read, tick)
    memory.execute("COMMIT")
    return Rebuilt(tables, found.problems)


def _differing(db: Database, fresh: Database, table: str) -> list[str]:
    """Rows that only one side has, told by their first columns."""
    sql = f'SELECT * FROM "{table}" ORDER BY 1, 2'  # noqa: S608
    mine, theirs = db.conn.execute(sql), fresh.conn.execute(sql)
    found: set[tuple[str, ...]] = set()
    while True:
        some, others = mine.fetchmany(5000), theirs.fetchmany(5000)
        if some != others:
            rest = {*some, *mine.fetchall()} ^ {*others, *theirs.fetchall()}
            found = {tuple(str(cell) for cell in row[:3]) for row in rest}
            break
        if not some:
            break
    return [f"{table} {' '.join(row)}" for row in sorted(found)[:SAMPLES]]


def _bad_drafts(db: Database) -> list[tuple[str, str]]:
    from duibiao.store.drafts import digest

    rows = db.execute("SELECT person, form, base, text, at, digest FROM draft").fetchall()
    return [(row[0], row[1]) for row in rows if digest(*map(str, row[:5])) != row[5]]


def _objects(db: Database, objects: Objects, problems: list[Problem]) -> int:
    """Hash every content that something names."""
    named = dict(db.execute("SELECT sha256, name FROM evidence WHERE removed = ''").fetchall())
    named |= dict(db.execute("SELECT sha256, name FROM paper WHERE sha256 <> ''").fetchall())
    for sha, name in sorted(named.items()):
        code = objects.state(sha)
        if code:
            problems.append(Problem(code, Where(str(objects.path(sha))), name))
    return len(named)
