"""Single bits of a database flipped, one at a time: did that change what the file says, and is it noticed?"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

from attrs import frozen

PRAGMAS = ("application_id", "user_version", "encoding", "page_size", "foreign_key_check")

PAGE = 4096

Find = Callable[[Path], Iterable[str]]
"""Looks at a folder whose database may be damaged ⇒ what is wrong with it, a sentence each."""


@frozen
class Flip:
    """A bit whose flipping changed what the database says, unnoticed; or the reverse.

    Attributes:
        byte: Offset of its byte.
        bit: Which of the eight, 0 the lowest.
        told: What the check said of it.
    """

    byte: int
    bit: int
    told: tuple[str, ...]


@frozen
class Flipped:
    """What became of all flips.

    Attributes:
        flips: How many bits were flipped, one at a time.
        changed: How many of them changed what the database says.
        missed: Those that did, and were not found.
        cautious: How many changed nothing that can be read and were found nevertheless.
    """

    flips: int
    changed: int
    missed: tuple[Flip, ...]
    cautious: int


def said_by(database: Path) -> object:
    """Everything that a database says, comparable: its schema, its rows, its marks; None when it cannot be read to the end.

    Every table is read by its rows and once more by each of its indexes: a damaged index answers wrongly too.
    """
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            db.text_factory = bytes
            return tuple(_said(db))
    except (sqlite3.Error, UnicodeDecodeError, OverflowError, ValueError):
        return None


def _said(db: sqlite3.Connection) -> Iterator[object]:
    for pragma in PRAGMAS:
        yield db.execute(f"pragma {pragma}").fetchall()
    schema = db.execute("select type, name, tbl_name, sql from sqlite_schema order by type, name").fetchall()
    yield schema
    for kind, name, table, _ in schema:
        if kind == b"table":
            yield db.execute(f"select * from {_quoted(name)} not indexed").fetchall()  # noqa: S608 -- a quoted name
        elif kind == b"index":
            yield _by_index(db, table, name)


def _by_index(db: sqlite3.Connection, table: bytes, index: bytes) -> list[object]:
    columns = [row[2] for row in db.execute(f"pragma index_info({_quoted(index)})")]
    if None in columns:
        return []
    names = ", ".join(map(_quoted, columns))
    try:
        # S608: only quoted names of the schema are put in.
        return db.execute(f"select {names} from {_quoted(table)} indexed by {_quoted(index)} order by {names}").fetchall()  # noqa: S608
    except sqlite3.OperationalError as error:
        # A partial index cannot answer for the whole table.
        if "no query solution" in str(error):
            return []
        raise


def _quoted(name: bytes) -> str:
    return '"' + name.decode().replace('"', '""') + '"'


def flip(database: Path, find: Find, *, times: int, seed: int, near: bytes = b"") -> Flipped:
    """Flip *times* random bits of *database*, each in the otherwise sound file, and ask *find* about its folder.

    The file is left as it was.

    Args:
        database: The file; nobody has it open.
        find: The check under test.
        times: How many.
        seed: Decides which.
        near: Only bits of pages that hold these bytes.
    """
    sound, random = database.read_bytes(), Random(seed)
    pages = [page for page in range(0, len(sound), PAGE) if near in sound[page : page + PAGE]]
    saying, missed, changed, cautious = said_by(database), list[Flip](), 0, 0
    assert saying is not None
    try:
        for _ in range(times):
            byte, bit = random.choice(pages) + random.randrange(PAGE), random.randrange(8)
            damaged = bytearray(sound)
            damaged[byte] ^= 1 << bit
            database.write_bytes(damaged)
            differs = said_by(database) != saying
            told = tuple(find(database.parent))
            changed += differs
            cautious += bool(told) and not differs
            if differs and not told:
                missed.append(Flip(byte, bit, told))
    finally:
        database.write_bytes(sound)
    return Flipped(times, changed, tuple(missed), cautious)
