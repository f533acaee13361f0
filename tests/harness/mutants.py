"""The store, broken on purpose: what the harnesses must notice. Each changes this process only and is meant for a child."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from duibiao.store import connection, gate, migrate, objects, schema, workspace
from duibiao.store.canonical import event_hash, log_link
from duibiao.store.events import Event, effects
from duibiao.store.workspace import Entry, Workspace

from . import office


def journal_and_state_apart() -> None:
    """The journal's row is saved in one transaction and what it does to the tables in the next."""

    class Apart(Entry):
        def append(self, kind: str, stream: str, data: Mapping[str, Any]) -> Event:
            db, (n, prev) = self.workspace.db, self._stream(stream)
            event = Event(stream, n + 1, prev, kind, self._body(data))
            digest, (seq, link) = event_hash(event), self.workspace.head()
            values = (digest, stream, event.n, prev, kind, event.body)
            db.execute("INSERT INTO event (hash, stream, n, prev, kind, body) VALUES (?, ?, ?, ?, ?, ?)", values)
            db.execute("INSERT INTO log (seq, event, link) VALUES (?, ?, ?)", (seq + 1, digest, log_link(link, digest)))
            db.execute("COMMIT")
            db.execute("BEGIN IMMEDIATE")
            self.workspace.carry_out(effects(event, self.workspace.objects.read))
            return event

    setattr(workspace, "Entry", Apart)  # noqa: B010 -- an assignment would not pass the type checker


def attach_row_first(space: Workspace, random: Random, number: int) -> str:
    """A piece of evidence, named in the database before it is kept."""
    content = office.content_of(random)
    promised = office.name_evidence(space, random, sha256(content).hexdigest(), len(content))
    space.objects.add(content)
    return promised


def delete_and_full() -> None:
    """SQLite's own settings instead of ours, on every connection."""
    ours = connection.configure

    def theirs(db: sqlite3.Connection, file: Path, *, write: bool = True) -> None:
        ours(db, file, write=write)
        db.execute("PRAGMA journal_mode = DELETE").fetchall()
        db.execute("PRAGMA synchronous = FULL").fetchall()

    setattr(connection, "configure", theirs)  # noqa: B010 -- as above


def evidence_not_synced() -> None:
    """Evidence is left to the system to write when it likes."""

    def write(path: Path, chunks: Iterator[bytes]) -> None:
        with path.open("xb") as handle:
            handle.writelines(chunks)

    setattr(objects, "write_synced", write)  # noqa: B010 -- as above


def evidence_names_not_synced() -> None:
    """The content of evidence is synced, its name is not."""
    setattr(objects, "sync_folder", lambda path: None)  # noqa: B010 -- as above


def no_gate() -> None:
    """Nobody waits in line; SQLite alone decides, and for a moment only."""

    @contextmanager
    def hold(folder: Path, who: str, now: datetime, patience: float = 0) -> Iterator[None]:
        yield

    setattr(gate, "hold", hold)  # noqa: B010 -- as above
    ours = connection.configure

    def impatient(db: sqlite3.Connection, file: Path, *, write: bool = True) -> None:
        ours(db, file, write=write)
        db.execute("PRAGMA busy_timeout = 1").fetchall()

    setattr(connection, "configure", impatient)  # noqa: B010 -- as above


def upgrade_step_by_step(space: Workspace, version: int, steps: tuple[schema.Step, ...]) -> None:
    """Each statement of an upgrade is saved by itself."""
    for step in steps:
        if step.version > version:
            for statement in step.statements:
                space.db.execute(statement)
            space.db.execute(f"PRAGMA user_version = {step.version}")


MUTANTS = {
    "": lambda: None,
    "journal and state apart": journal_and_state_apart,
    "delete and full": delete_and_full,
    "evidence not synced": evidence_not_synced,
    "names of evidence not synced": evidence_names_not_synced,
}
"""What a recorded program may be told to break."""


def session(folder: str, marks: str, mutant: str, seed: str, count: str) -> None:
    """`office.some_of_each`, broken."""
    MUTANTS[mutant]()
    office.some_of_each(folder, marks, seed, count)


def facts_apart(folder: str, seed: int, marks: str) -> None:
    """A writer of facts whose journal and tables are saved apart."""
    journal_and_state_apart()
    office.facts(folder, seed, marks)


def evidence_row_first(folder: str, seed: int, marks: str) -> None:
    """A writer who names evidence before it is kept."""
    office.for_ever(folder, seed, marks, attach_row_first)


def upgrade_in_steps() -> None:
    """Make upgrading go step by step."""
    setattr(migrate, "upgrade", upgrade_step_by_step)  # noqa: B010 -- as above


assert os.name == "posix", "the harnesses fork and kill"
