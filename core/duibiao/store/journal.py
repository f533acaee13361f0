"""Reading, verifying and replaying the journal."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from attrs import field, frozen

from duibiao.store.canonical import START, log_link, row_hash
from duibiao.store.events import Event, Load, effects
from duibiao.store.rights import refusal
from duibiao.store.tables import Tables

BATCH = 5000
_COLUMNS = "log.seq, log.event, log.link, event.stream, event.n, event.prev, event.kind, event.body"
_ALL = f"SELECT {_COLUMNS} FROM log LEFT JOIN event ON event.hash = log.event"  # noqa: S608
Tick = Callable[[int], None]


class BrokenError(Exception):
    """The journal is not what was written, from an entry on.

    Attributes:
        seq: Number of the first entry that is wrong.
        why: What is wrong, for the analyst of the damage.
    """

    def __init__(self, seq: int, why: str) -> None:
        self.seq, self.why = seq, why
        super().__init__(f"{seq}: {why}")


@frozen
class Logged:
    """An entry as accepted by this workspace.

    Attributes:
        seq: Its number.
        link: The log's link.
        hash: The event's hash.
        event: The event.
    """

    seq: int
    link: str
    hash: str
    event: Event


def entries(connection: sqlite3.Connection, *, after: int = 0, stream: str = "", last: int | None = None) -> Iterator[Logged]:
    """Entries in order: after a number, of one stream, or only the last few. All are read before the first is given out."""
    sql, values = f"{_ALL} WHERE log.seq > ?", [after]
    if stream:
        sql = f"SELECT {_COLUMNS} FROM event JOIN log ON log.event = event.hash WHERE event.stream = ? AND log.seq > ?"  # noqa: S608
        values = [stream, after]  # type: ignore[list-item]
    if last is not None:
        sql, values = f"SELECT * FROM ({sql} ORDER BY log.seq DESC LIMIT ?)", [*values, last]  # noqa: S608
    for row in connection.execute(f"{sql} ORDER BY seq", values).fetchall():
        yield _logged(row)


def _logged(row: tuple[Any, ...]) -> Logged:
    seq, digest, link, stream, n, prev, kind, body = row
    if stream is None:
        raise BrokenError(seq, "its event is missing")
    return Logged(seq, link, digest, Event(stream, n, prev, kind, body))


def check_tail(connection: sqlite3.Connection, most: int) -> None:
    """Verify the last *most* links. Raises :class:`BrokenError`."""
    link = None
    for each in entries(connection, last=most + 1):
        if link is None and each.seq == 1:
            link = START
        if link is not None:
            _check(each, link)
        link = each.link


def _check(each: Logged, before: str) -> None:
    event = each.event
    _check_row(each.seq, each.hash, each.link, (event.stream, event.n, event.prev, event.kind, event.body), before)


def _check_row(seq: int, digest: str, link: str, event: tuple[str, int, str, str, str], before: str) -> None:
    """An entry against its own hash and the link *before* it. Damage can make a column something else than text."""
    stream, n, prev, kind, body = event
    if type(stream) is not str or type(body) is not str or type(kind) is not str or type(prev) is not str:
        raise BrokenError(seq, "it is not text")
    if row_hash(prev, stream, n, kind, body) != digest:
        raise BrokenError(seq, "its content does not match its hash")
    if log_link(before, digest) != link:
        raise BrokenError(seq, "it is not linked to the entry before it")


class _Chain:
    """The chain as far as it has been verified; rows are taken as they come, because there may be a million."""

    def __init__(self) -> None:
        self.count, self.link = 0, START
        self.streams: dict[str, tuple[int, str]] = {}

    def take(self, row: tuple[Any, ...]) -> None:
        """Verify the next row. Raises :class:`BrokenError`."""
        seq, digest, link, *event = row
        stream, n, prev, _, _ = event
        self.count += 1
        if seq != self.count:
            raise BrokenError(self.count, "an entry is missing")
        if stream is None:
            raise BrokenError(seq, "its event is missing")
        _check_row(seq, digest, link, (stream, n, prev, event[3], event[4]), self.link)
        if (n - 1, prev) != self.streams.get(stream, (0, START)):
            raise BrokenError(seq, "it is not linked to the entry before it in its stream")
        self.streams[stream] = (n, digest)
        self.link = link


def _batches(connection: sqlite3.Connection) -> Iterator[list[tuple[Any, ...]]]:
    """All entries there are now, in order, some at a time.

    No statement stays open meanwhile, for that would keep savers waiting; what they save is not waited for either.
    """
    (last,) = connection.execute("SELECT max(seq) FROM log").fetchone()
    after, sql = -(1 << 63), f"{_ALL} WHERE log.seq > ? AND log.seq <= ? ORDER BY log.seq LIMIT ?"
    while rows := connection.execute(sql, (after, last, BATCH)).fetchall():
        yield rows
        after = rows[-1][0]


def verify(connection: sqlite3.Connection, tick: Tick = lambda seq: None) -> int:
    """Verify every entry and every stream; the number of entries. Raises :class:`BrokenError` for the first that is wrong.

    *tick* hears how far it is.
    """
    chain = _Chain()
    for rows in _batches(connection):
        for row in rows:
            chain.take(row)
        tick(chain.count)
    count = chain.count
    # Both in one statement: another window may have saved since the entries were read.
    if connection.execute("SELECT (SELECT count(*) FROM event) <> (SELECT count(*) FROM log)").fetchone()[0]:
        raise BrokenError(count + 1, "there are events that were never logged")
    return count


@frozen
class Replay:
    """What a replay of the journal found.

    Attributes:
        entries: How many entries were replayed.
        problems: Entry number and why it could not have been made.
    """

    entries: int
    problems: tuple[tuple[int, str], ...] = field(factory=tuple)


def replay(connection: sqlite3.Connection, target: Tables, load: Load, tick: Tick = lambda seq: None) -> Replay:
    """Carry out every entry in the empty tables of *target*, asking the rules again. Raises :class:`BrokenError`."""
    problems: list[tuple[int, str]] = []
    count = 0
    for rows in _batches(connection):
        for row in rows:
            each = _logged(row)
            count += 1
            try:
                content = json.loads(each.event.body)
                no = refusal(each.event.kind, content["actor"], content["data"], target)
                if no is not None:
                    problems.append((each.seq, no.code))
                for effect in effects(each.event, load):
                    target.carry_out([effect])
            except (LookupError, ValueError, TypeError, AttributeError, sqlite3.Error) as error:
                raise BrokenError(each.seq, f"it cannot be replayed: {error}") from error
        tick(count)
    return Replay(count, tuple(problems))
