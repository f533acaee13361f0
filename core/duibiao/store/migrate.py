"""Upgrading an older workspace: a backup, then every step in one transaction, then the text of the schema compared."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from duibiao.errors import Problem, Where
from duibiao.store import backup, gate, schema
from duibiao.store.faults import code_of, fault

if TYPE_CHECKING:
    from duibiao.store.workspace import Workspace


def differences(connection: sqlite3.Connection, steps: tuple[schema.Step, ...]) -> list[str]:
    """Tables, indexes and triggers whose text is not what *steps* make."""
    wanted, found = schema.expected_schema(steps), schema.schema_of(connection)
    return sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name) and not _own_to_sqlite(name))


def _own_to_sqlite(name: str) -> bool:
    return name.partition(" ")[2].startswith("sqlite_stat")


def upgrade(space: Workspace, version: int, steps: tuple[schema.Step, ...]) -> None:
    """Bring the file from *version* to the last of *steps*; as it was when anything goes wrong (E_MIGRATE).

    Whoever comes second finds the work done.
    """
    if space.barred is not None:
        raise fault("E_OLDER", space.folder, version, steps[-1].version)
    with gate.hold(space.folder, "", space.clock(), space.patience):
        now = space.value("PRAGMA user_version")
        if now >= steps[-1].version:
            return
        backup.make(space)
        space.db.execute("BEGIN IMMEDIATE")
        try:
            schema.run_steps(space.db.conn, now, steps)
            wrong = differences(space.db.conn, steps)
            if wrong:
                raise fault("E_MIGRATE", space.folder, wrong[0])
            space.db.execute("COMMIT")
        except sqlite3.Error as error:
            _undo(space)
            code = code_of(error)
            raise fault("E_MIGRATE" if code in (None, "E_CORRUPT") else code, space.folder, error) from error
        except BaseException:
            _undo(space)
            raise
    space.notes.append(Problem("W_UPGRADED", Where(str(space.folder)), str(version), str(steps[-1].version)))


def _undo(space: Workspace) -> None:
    if space.db.conn.in_transaction:
        space.db.execute("ROLLBACK")
