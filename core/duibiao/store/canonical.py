"""The bytes that are hashed: canonical JSON, and the two chains over it.

An *event* is chained to the one before it in its stream (a case, a unit, the office); the *log* chains every event that
this workspace accepted, in order. Stored bytes are hashed as they stand and never written anew to be verified.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Protocol


class Link(Protocol):
    """What an event's hash covers."""

    @property
    def prev(self) -> str: ...
    @property
    def stream(self) -> str: ...
    @property
    def n(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> str: ...


GREATEST = 1 << 53
START = "0" * 64
_EVENT = b"duibiao/event/v1\n"
_LOG = b"duibiao/log/v1\n"


def canonical(value: Any) -> str:
    """*value* as canonical JSON: sorted keys, no blanks, no floats, integers below 2^53, no lone surrogates.

    ValueError or TypeError for anything else.
    """
    _check(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    text.encode()
    return text


def _check(value: Any) -> None:
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) >= GREATEST:
                raise ValueError(f"integer too large: {value}")
        case list() | tuple():
            for each in value:
                _check(each)
        case dict():
            for key, each in value.items():
                if not isinstance(key, str):
                    raise TypeError(f"key is not text: {key!r}")
                _check(each)
        case _:
            raise TypeError(f"not allowed in a journal: {type(value).__name__}")


def event_hash(event: Link) -> str:
    """Hash of an event: over the hash before it in its stream, its place, and its own bytes."""
    return row_hash(event.prev, event.stream, event.n, event.kind, event.body)


def row_hash(prev: str, stream: str, n: int, kind: str, body: str) -> str:
    """The same from the columns of a row."""
    return sha256(_EVENT + f"{prev}\n{stream}\n{n}\n{kind}\n{body}".encode()).hexdigest()


def log_link(prev: str, event: str) -> str:
    """Link of the office's log: over the link before it, and the event's hash."""
    return sha256(_LOG + prev.encode() + event.encode()).hexdigest()
