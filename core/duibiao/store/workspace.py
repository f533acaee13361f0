"""One office's folder: creating it, opening it safely, and the only way to change it.

A change waits for the folder's lock, begins a transaction at once, asks the rules against what is stored at that moment, adds
the event to the journal, carries out its effects, and is saved when :meth:`Workspace.change` returns, not before.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duibiao.errors import BadInputError, Problem, Where
from duibiao.model.process import LEVELS
from duibiao.store import backup, connection, gate, migrate, place, schema, witness
from duibiao.store.canonical import START, canonical, event_hash, log_link
from duibiao.store.events import Event, effects
from duibiao.store.faults import fault, told
from duibiao.store.journal import BrokenError, check_tail
from duibiao.store.objects import Objects, sweep, sync_folder
from duibiao.store.rights import SINGLE, Operator, refusal
from duibiao.store.tables import RowMissingError, Tables

if TYPE_CHECKING:
    from sqlite_utils import Database

Clock = Callable[[], datetime]
BACKWARDS = timedelta(minutes=2)
FORWARDS = timedelta(days=400)
"""An entry so much later than the one before it is confirmed first: a clock set wrong would order the year badly."""

TAIL = 1000
"""Links checked whenever a workspace is opened."""


class RefusedError(BadInputError):
    """Somebody may not do what they asked; the refusal is in the journal."""


class ConflictError(BadInputError):
    """Somebody else changed the same item meanwhile; nothing was saved.

    Attributes:
        theirs: Item to what stands now: a recorded fact or a score.
    """

    def __init__(self, problems: list[Problem], theirs: Mapping[str, Any]) -> None:
        super().__init__(problems)
        self.theirs = theirs


class Workspace(Tables):
    """An open workspace. Use :func:`open_workspace` or :func:`create_workspace`.

    Attributes:
        folder: Where it is.
        objects: Its evidence.
        notes: What whoever opened it should be told (recovered, read-only and why).
        barred: Why it may not be written to; None when it may.
        clock: Tells the time.
        clock_confirmed: Whether a person has said that a strange time is right.
        patience: Seconds to wait for another window that is saving.
        changed: Whether anything was saved through it.
    """

    def __init__(self, folder: Path, db: Database, clock: Clock) -> None:
        super().__init__(db)
        self.folder = folder
        self.objects = Objects(folder)
        self.notes: list[Problem] = []
        self.barred: Problem | None = None
        self.clock = clock
        self.clock_confirmed = False
        self.patience = gate.PATIENCE
        self.changed = False

    @property
    def file(self) -> Path:
        """The database file."""
        return self.folder / connection.FILE

    def office(self) -> dict[str, str]:
        """What is known of the office: ``id title code single …``."""
        return {row["key"]: row["value"] for row in self.rows("SELECT key, value FROM office ORDER BY key")}

    def head(self) -> tuple[int, str]:
        """Number and link of the last entry of the log; (0, zeros) before the first."""
        row = self.db.execute("SELECT seq, link FROM log ORDER BY seq DESC LIMIT 1").fetchone()
        return (0, START) if row is None else (row[0], row[1])

    def close(self) -> None:
        """Close the file, and remember where the log stood: an older copy put in its place is noticed."""
        try:
            if self.barred is None:
                witness.remember(self.office().get("id", ""), *self.head())
            if self.changed:
                backup.make_due(self)
        except (sqlite3.Error, BadInputError):
            # A file that broke or a disk that filled up while it was open has said so already; closing must not hide that.
            pass
        finally:
            self.db.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Close the file; an error of SQLite that ended the work becomes a problem."""
        self.close()
        if isinstance(error, sqlite3.Error):
            with self._told():
                raise error

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of SQLite and the system become problems; one about a damaged file names the latest backup."""
        try:
            with told(self.folder):
                yield
        except BadInputError as error:
            raise backup.with_latest(error, self.folder) from error.__cause__

    @contextmanager
    def change(self, actor: str) -> Iterator[Entry]:
        """One transaction by one person: everything appended inside is saved together when the block ends.

        BadInputError: E_BUSY, E_READONLY, E_GONE, E_DISK_FULL, W_CLOCK …; RefusedError when the rules say no. In every case
        nothing was saved.
        """
        self.check_writable()
        refused: RefusedError | None = None
        with self._told(), gate.hold(self.folder, actor, self.clock(), self.patience):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield Entry(self, actor, self._now())
                self.db.execute("COMMIT")
                self.changed = True
            except BaseException as error:
                self.undo()
                if not isinstance(error, RefusedError):
                    raise
                refused = error
            if refused is not None:
                self._note_refusal(actor, refused)
        if refused is not None:
            raise refused

    def undo(self) -> None:
        if self.db.conn.in_transaction:
            self.db.execute("ROLLBACK")

    def check_writable(self) -> None:
        if self.barred is not None:
            raise BadInputError([self.barred])
        if not self.file.exists():
            raise fault("E_GONE", self.folder)

    def _now(self) -> tuple[datetime, bool]:
        """The time, and whether it is odd but confirmed. BadInputError W_CLOCK when it is odd."""
        now = self.clock()
        last = self.value("SELECT json_extract(body, '$.at') FROM event JOIN log ON event = hash ORDER BY seq DESC LIMIT 1")
        if last is None:
            return now, False
        then = datetime.fromisoformat(last)
        odd = now < then - BACKWARDS or now > then + FORWARDS
        if odd and not self.clock_confirmed:
            raise fault("W_CLOCK", self.folder, stamp(now), stamp(then))
        return now, odd

    def _note_refusal(self, actor: str, error: RefusedError) -> None:
        """A refusal is journalled by itself: the transaction that it stopped is gone. One by a stranger is not."""
        problem = error.problems[0]
        if problem.code == "E_PERSON":
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            data = {"code": problem.code, "found": problem.found, "allowed": problem.allowed, "asked": problem.where.file}
            Entry(self, actor, self._now()).append("refused", "office", data)
            self.db.execute("COMMIT")
        except BaseException:
            self.undo()
            raise


class Entry:
    """What may be done inside one change.

    Attributes:
        workspace: The workspace.
        actor: Who does it.
    """

    def __init__(self, workspace: Workspace, actor: str, now: tuple[datetime, bool]) -> None:
        self.workspace = workspace
        self.actor = actor
        self._at, self._odd = now

    def append(self, kind: str, stream: str, data: Mapping[str, Any]) -> Event:
        """Add an event and carry out its effects. RefusedError when the rules say no."""
        space = self.workspace
        no = refusal(kind, self.actor, data, space)
        if no is not None:
            raise RefusedError([Problem(no.code, Where(kind), no.found, no.allowed)])
        n, prev = self._stream(stream)
        event = Event(stream, n + 1, prev, kind, self._body(data))
        self._carry_out(event)
        digest = event_hash(event)
        space.db.execute(
            "INSERT INTO event (hash, stream, n, prev, kind, body) VALUES (?, ?, ?, ?, ?, ?)",
            (digest, stream, event.n, prev, kind, event.body),
        )
        seq, link = space.head()
        space.db.execute("INSERT INTO log (seq, event, link) VALUES (?, ?, ?)", (seq + 1, digest, log_link(link, digest)))
        return event

    def _carry_out(self, event: Event) -> None:
        """BadInputError E_SAME for a row that is there already, E_DRIFT for one that is gone though the journal made it."""
        space = self.workspace
        try:
            for effect in effects(event, space.objects.read):
                space.carry_out([effect])
        except RowMissingError as error:
            raise fault("E_DRIFT", space.folder, error) from error
        except sqlite3.IntegrityError as error:
            if getattr(error, "sqlite_errorname", "") not in ("SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE"):
                raise
            raise fault("E_SAME", space.folder, event.kind) from error

    def _stream(self, stream: str) -> tuple[int, str]:
        row = self.workspace.db.execute(
            "SELECT n, hash FROM event WHERE stream = ? ORDER BY n DESC LIMIT 1", (stream,)
        ).fetchone()
        return (0, START) if row is None else (row[0], row[1])

    def _body(self, data: Mapping[str, Any]) -> str:
        body = {
            "v": 1, "id": uuid.uuid4().hex, "at": stamp(self._at), "zone": self._at.strftime("%z"), "actor": self.actor,
            "data": data,
        }  # fmt: skip
        if self._odd:
            body["clock_warning"] = True
        return canonical(body)


def stamp(at: datetime) -> str:
    """A time as stored: UTC, to the second."""
    from datetime import UTC

    return at.astimezone(UTC).isoformat(timespec="seconds")


def create_workspace(folder: Path, office: Mapping[str, str], operator: Operator, clock: Clock) -> Workspace:
    """A new workspace for an office and its first operator.

    *office*: ``title`` (name) and ``code`` (division, may be empty). BadInputError E_EXISTS when the folder has one, E_NETFS
    where it must not be. The database is built beside its place and renamed, so that a half-made one is never opened.
    """
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        bad = place.unsafe(folder)
        if bad:
            raise fault("E_NETFS", folder, bad)
        with gate.hold(folder, operator.name, clock()):
            if (folder / connection.FILE).exists():
                raise fault("E_EXISTS", folder)
            _build(folder, office, operator, clock)
    return open_workspace(folder, clock)


def _build(folder: Path, office: Mapping[str, str], operator: Operator, clock: Clock) -> None:
    new = folder / f"{connection.FILE}.new"
    for leftover in (new, new.with_name(f"{new.name}-journal")):
        leftover.unlink(missing_ok=True)
    new.touch()
    db = connection.connect(new)
    try:
        db.execute("BEGIN IMMEDIATE")
        schema.run_steps(db.conn, 0)
        space = Workspace(folder, db, clock)
        known = {"id": uuid.uuid4().hex, "single": "1" if SINGLE in operator.roles else "0", **office}
        first = {
            "id": operator.id, "name": operator.name, "roles": list(operator.roles),
            "levels": list(operator.levels or LEVELS), "territory": operator.territory, "active": True,
        }  # fmt: skip
        Entry(space, operator.id, (clock(), False)).append("workspace.created", "office", {"office": known, "operator": first})
        db.execute("COMMIT")
    finally:
        db.close()
    for each in ("objects", "backups"):
        (folder / each).mkdir(exist_ok=True)
    new.replace(folder / connection.FILE)
    new.with_name(f"{new.name}-journal").unlink(missing_ok=True)
    sync_folder(folder)
    sync_folder(folder.parent)


def open_workspace(folder: Path, clock: Clock, *, write: bool = True, steps: tuple[schema.Step, ...] = schema.STEPS) -> Workspace:
    """Open a workspace; read-only, with a note saying why, where it must not or cannot be written to.

    BadInputError for what cannot be opened at all: missing, empty, foreign, newer, damaged, needing recovery.
    """
    file = folder / connection.FILE
    version = connection.look_at(file, steps[-1].version)
    notes: list[Problem] = []
    barred = _bars(folder, file) if write else Problem("E_READONLY", Where(str(folder)))
    if barred is not None and write:
        notes.append(barred)
    hot = _is_hot(folder)
    if hot and barred is not None and not place.writable(folder, file):
        raise fault("E_NEEDS_RECOVERY", folder)
    try:
        if hot and not write and _bars(folder, file) is None:
            _roll_back(file)
        if version < steps[-1].version and not write and _bars(folder, file) is None:
            version = _upgraded(folder, clock, steps, notes)
        db = connection.connect(file, write=barred is None)
    except BadInputError as error:
        raise backup.with_latest(error, folder) from error.__cause__
    space = Workspace(folder, db, clock)
    space.notes, space.barred = notes, barred
    try:
        _settle(space, hot, version, steps)
    except BaseException:
        db.close()
        raise
    return space


def _is_hot(folder: Path) -> bool:
    """Whether the last save was cut off: its journal still has content and nobody is saving."""
    journal = folder / f"{connection.FILE}-journal"
    return journal.exists() and journal.stat().st_size > 0 and gate.is_free(folder)


def _roll_back(file: Path) -> None:
    """Only a connection that may write can undo a save that was cut off; whoever just wants to look needs it undone too."""
    db = connection.connect(file)
    try:
        with told(file):
            db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    finally:
        db.close()


def _upgraded(folder: Path, clock: Clock, steps: tuple[schema.Step, ...], notes: list[Problem]) -> int:
    """Whoever just wants to look at an older workspace has it upgraded too; the version it then has."""
    with open_workspace(folder, clock, steps=steps) as space:
        notes += [each for each in space.notes if each.code == "W_UPGRADED"]
    return connection.look_at(folder / connection.FILE, steps[-1].version)


def _bars(folder: Path, file: Path) -> Problem | None:
    bad = place.unsafe(folder)
    if bad:
        return Problem("E_NETFS", Where(str(folder)), bad)
    return None if place.writable(folder, file) else Problem("E_READONLY", Where(str(folder)))


def _settle(space: Workspace, hot: bool, version: int, steps: tuple[schema.Step, ...]) -> None:
    """Recover, upgrade, and look at the record before anybody works with it."""
    try:
        with told(space.folder):
            _recover(space, hot)
            if version < steps[-1].version:
                migrate.upgrade(space, version, steps)
            _inspect(space, steps)
    except BadInputError as error:
        raise backup.with_latest(error, space.folder) from error.__cause__


def _recover(space: Workspace, hot: bool) -> None:
    """Undo what an abnormal exit left half-done, and say so. Reading makes SQLite roll a half-made save back."""
    left = 0
    if space.barred is None:
        left = sweep(space.objects.folder) + sweep(space.folder / backup.FOLDER)
    if not hot and not left:
        return
    space.head()
    found = space.value("PRAGMA quick_check(1)")
    if found != "ok":
        raise fault("E_CORRUPT", space.folder, found)
    space.notes.append(Problem("W_RECOVERED", Where(str(space.folder))))


def _inspect(space: Workspace, steps: tuple[schema.Step, ...]) -> None:
    """The schema's text, the end of the log, and what was remembered of it; trouble makes the workspace read-only."""
    trouble = None
    changed = migrate.differences(space.db.conn, steps)
    if changed:
        trouble = Problem("E_SCHEMA", Where(str(space.folder)), changed[0])
    else:
        try:
            check_tail(space.db.conn, TAIL)
        except BrokenError as broken:
            trouble = Problem("E_CHAIN", Where(str(space.folder)), str(broken.seq))
    if trouble is None:
        trouble = witness.contradiction(space)
    if trouble is not None:
        space.barred = space.barred or trouble
        space.notes.append(trouble)
