"""Making every table anew from the journal, where something else has changed them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from duibiao.errors import BadInputError, Problem, Where
from duibiao.store import backup, doctor, gate, migrate, schema
from duibiao.store.faults import fault, told
from duibiao.store.journal import BrokenError, Tick, verify
from duibiao.store.workspace import Workspace


@frozen
class Rebuild:
    """What a rebuild changed, or would change.

    Attributes:
        differences: Rows that were not what the journal makes of them.
        rows: Rows written; 0 when nothing was.
        backup: The copy made before; None when nothing was written.
    """

    differences: tuple[Problem, ...]
    rows: int = 0
    backup: Path | None = None


def compare(space: Workspace, tick: Tick = lambda seq: None) -> tuple[Problem, ...]:
    """What differs between the tables and a replay of the journal. BadInputError E_CHAIN when the journal is broken itself."""
    with _chain(space), told(space.folder):
        verify(space.db.conn, tick)
        return tuple(each for each in doctor.drift(space.folder, space.db, space.objects) if each.code == "E_DRIFT")


def rebuild(space: Workspace, who: str, tick: Tick = lambda seq: None) -> Rebuild:
    """Put the tables right, in one transaction after a backup; the journal is only read, and nothing is added to it.

    BadInputError: E_CHAIN for a broken journal, and whatever keeps the workspace from being written to. Then nothing changed.
    """
    space.check_writable()
    differences = compare(space, tick)
    if not differences:
        return Rebuild(())
    kept = backup.make(space)
    with told(space.folder), gate.hold(space.folder, who, space.clock(), space.patience):
        space.db.execute("BEGIN IMMEDIATE")
        try:
            with _chain(space):
                rows = _replace(space)
            space.db.execute("COMMIT")
        except BaseException:
            space.undo()
            raise
    return Rebuild(differences, rows, kept)


def _replace(space: Workspace) -> int:
    """Every row of every projection replaced by the replayed one; how many there are. The text of the schema stays."""
    conn = space.db.conn
    # Rows of one table name those of another; all are there at the end.
    conn.execute("PRAGMA defer_foreign_keys = ON")
    verify(conn)
    fresh = doctor.rebuilt(space.db, space.objects).tables.db
    count = 0
    try:
        for table in schema.projections(conn):
            conn.execute(f'DELETE FROM "{table}"')  # noqa: S608 -- a name from the schema
            cursor = fresh.conn.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            marks = ", ".join("?" * len(cursor.description))
            count += conn.executemany(f'INSERT INTO "{table}" VALUES ({marks})', cursor).rowcount  # noqa: S608
    finally:
        fresh.close()
    changed = migrate.differences(conn, schema.STEPS)
    if changed:
        raise fault("E_SCHEMA", space.folder, changed[0])
    return count


@contextmanager
def _chain(space: Workspace) -> Iterator[None]:
    """A broken journal becomes a problem about the workspace."""
    try:
        yield
    except BrokenError as broken:
        raise BadInputError([Problem("E_CHAIN", Where(str(space.folder)), str(broken.seq), broken.why)]) from broken
