"""Opening the database file: what it is, the settings every connection needs, and that they took."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from duibiao.store import schema
from duibiao.store.faults import fault, told

if TYPE_CHECKING:
    from sqlite_utils import Database

FILE = "workspace.db"
BUSY = 10_000
"""Milliseconds that SQLite waits for readers to finish."""

_MAGIC = b"SQLite format 3\x00"
_SETTINGS: tuple[tuple[str, int | str, int | str], ...] = (
    ("busy_timeout", BUSY, BUSY),
    ("foreign_keys", 1, 1),
    ("recursive_triggers", 1, 1),
    ("trusted_schema", 0, 0),
    ("cell_size_check", 1, 1),
    ("mmap_size", 0, 0),
    ("synchronous", "EXTRA", 3),
)
"""Pragma, value set, value read back."""


def look_at(file: Path, newest: int = schema.VERSION) -> int:
    """The schema version in the file's header, read without SQLite so that nothing is touched.

    BadInputError for a file that is gone, empty, somebody else's or newer than this program.
    """
    with told(file):
        try:
            with file.open("rb") as handle:
                head = handle.read(100)
        except FileNotFoundError:
            raise fault("E_MISSING", file.parent) from None
    if not head:
        raise fault("E_EMPTY", file)
    version, owner = int.from_bytes(head[60:64], "big"), int.from_bytes(head[68:72], "big")
    if len(head) < 100 or head[:16] != _MAGIC or owner != schema.APPLICATION_ID:
        raise fault("E_NOT_OURS", file)
    if version > newest:
        raise fault("E_NEWER", file, version, newest)
    return version


def connect(file: Path, *, write: bool = True) -> Database:
    """A connection with every setting made and read back; BadInputError where that fails."""
    from sqlite_utils import Database

    connection = sqlite3.connect(
        f"{file.resolve().as_uri()}?mode={'rw' if write else 'ro'}", uri=True, timeout=BUSY / 1000, isolation_level=None,
        check_same_thread=False,
    )  # fmt: skip
    try:
        with told(file):
            configure(connection, file, write=write)
    except BaseException:
        connection.close()
        raise
    return Database(connection, execute_plugins=False, recursive_triggers=True, strict=True)


def configure(connection: sqlite3.Connection, file: Path, *, write: bool = True) -> None:
    """Make the settings and read them back; BadInputError E_IO for one that did not take."""
    wanted = list(_SETTINGS)
    if write:
        wanted.append(("journal_mode", "TRUNCATE", "truncate"))
    if sys.platform == "darwin":
        wanted.append(("fullfsync", 1, 1))
    for name, value, read in wanted:
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
        rows = connection.execute(f"PRAGMA {name}").fetchall()
        if not rows and name == "mmap_size":
            continue
        if not rows or rows[0][0] != read:
            raise fault("E_IO", file, f"PRAGMA {name} = {rows[0][0] if rows else '?'}", value)
