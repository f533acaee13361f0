"""Evidence (附件): which files are taken, attaching them to facts, taking them back.

A file is never opened or unpacked here: it is let in by its ending and its first bytes, and kept by its content; its name is
only data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.exchange.facts import read_bytes
from duibiao.model.text import TextError, clean
from duibiao.store.records import add_evidence, evidence_by_id, remove_evidence
from duibiao.store.workspace import Entry, Workspace

MOST_MEGABYTES = 200
MOST_BYTES = MOST_MEGABYTES * 1_000_000

_ZIP = (b"PK\x03\x04",)
KINDS: Mapping[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",), ".jpg": (b"\xff\xd8\xff",), ".jpeg": (b"\xff\xd8\xff",), ".png": (b"\x89PNG\r\n\x1a\n",),
    ".docx": _ZIP, ".xlsx": _ZIP, ".ofd": _ZIP, ".txt": (), ".csv": (),
}  # fmt: skip
"""Endings that are taken, and the bytes with which such a file begins; texts have none but hold no control characters."""

_LOOK = 1024
_NOT_IN_TEXT = frozenset(range(0x20)) - {0x09, 0x0A, 0x0C, 0x0D}


@frozen
class Kept:
    """A file that was let in and is kept, not yet attached.

    Attributes:
        name: Its name, without folders and hidden characters.
        digest: SHA-256 of its content.
        size: Bytes.
    """

    name: str
    digest: str
    size: int


def admitted(file: Path) -> bytes:
    """The content of a file that may be kept as evidence.

    Raises BadInputError: cannot be read (DB001), too large (E_EV_SIZE), of a kind that is not taken (E_EV_KIND), not what its
    ending says (E_EV_CONTENT), empty (DB047).
    """
    where = Where(str(file))
    if not file.is_file():
        raise BadInputError([Problem("DB001", where)])
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise BadInputError([Problem("E_EV_SIZE", where, f"{-(-size // 1_000_000)} MB", f"<= {MOST_MEGABYTES} MB")])
    starts = KINDS.get(file.suffix.lower())
    if starts is None:
        raise BadInputError([Problem("E_EV_KIND", where, file.suffix or file.name, ", ".join(KINDS))])
    content = read_bytes(file)
    if not content:
        raise BadInputError([Problem("DB047", where)])
    if not _begins(content, starts):
        raise BadInputError([Problem("E_EV_CONTENT", where, file.suffix)])
    return content


def _begins(content: bytes, starts: tuple[bytes, ...]) -> bool:
    if starts:
        return content.startswith(starts)
    head = content[:_LOOK]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return _NOT_IN_TEXT.isdisjoint(head)


def keep(space: Workspace, files: Sequence[Path]) -> list[Kept]:
    """Keep the content of files, all of them or none; BadInputError with everything that is wrong with them."""
    problems = Collector()
    found: list[tuple[str, bytes]] = []
    for file in files:
        try:
            found.append((clean(file.name), admitted(file)))
        except TextError as error:
            problems.add(error.code, Where(str(file)), found=error.found, allowed=error.allowed)
        except BadInputError as error:
            problems.problems += error.problems
    problems.raise_any()
    space.check_writable()
    return [Kept(name, space.objects.add(content), len(content)) for name, content in found]


def attach_in(entry: Entry, kept: Sequence[Kept], unit: str, period: str, facts: Sequence[str]) -> list[str]:
    """Attach kept files to each of some facts inside a change; the ids of the evidence."""
    return [
        add_evidence(entry, each.digest, each.size, each.name, unit=unit, period=period, fact=fact)
        for fact in facts
        for each in kept
    ]


def attach(space: Workspace, actor: str, unit: str, period: str, fact: str, files: Sequence[Path]) -> list[str]:
    """Attach files to a fact of a unit in a period, all or none; their ids. Errors as :func:`keep`, and RefusedError."""
    kept = keep(space, files)
    with space.change(actor) as entry:
        return attach_in(entry, kept, unit, period, [fact])


def detach(space: Workspace, actor: str, made: str, reason: str) -> dict[str, Any]:
    """Take evidence back, saying why; the row it had. Its content stays, because the journal names it.

    Raises BadInputError: no such evidence, or taken back already (E_EV_NONE), no reason (WF31).
    """
    row = evidence_by_id(space, made)
    problems = Collector()
    if row is None or row["removed"]:
        problems.add("E_EV_NONE", Where("ID"), found=made)
    why = ""
    try:
        why = clean(reason)
    except TextError as error:
        problems.add(error.code, Where("--reason"), found=error.found, allowed=error.allowed)
    if not why and not problems.problems:
        problems.add("WF31", Where("--reason"))
    problems.raise_any()
    assert row is not None  # noqa: S101 — without one there is a problem
    with space.change(actor) as entry:
        remove_evidence(entry, row["unit"], made, why)
    return row
