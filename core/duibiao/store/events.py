"""Entries of the journal, and what each does to the tables: one pure function, used by every save and by every rebuild.

The data of an event name rows and columns plainly: an event that adds a row has the row's columns as its data. Kinds are
never removed and their data never change meaning, because the journal is read for as long as the workspace lives.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from duibiao.store.canonical import canonical

Load = Callable[[str], bytes]
"""From the SHA-256 of a kept content to the content."""


@frozen
class Event:
    """One entry.

    Attributes:
        stream: What it is about: ``office``, ``unit/<code>``, ``case/<id>``.
        n: Its number in the stream, from 1.
        prev: Hash of the stream's entry before it.
        kind: What happened.
        body: Its canonical JSON, as stored.
    """

    stream: str
    n: int
    prev: str
    kind: str
    body: str

    @property
    def content(self) -> Mapping[str, Any]:
        """The body, read."""
        found: Mapping[str, Any] = json.loads(self.body)
        return found


@frozen
class Put:
    """Add a row.

    Attributes:
        table: Table.
        row: Every column.
        replaces: Whether it takes the place of a row with the same key; otherwise there must be none.
    """

    table: str
    row: Mapping[str, Any]
    replaces: bool = False


@frozen
class Change:
    """Change columns of one row that must exist.

    Attributes:
        table: Table.
        key: Columns that find it.
        row: Columns that change.
    """

    table: str
    key: Mapping[str, Any]
    row: Mapping[str, Any]


@frozen
class Many:
    """Add or replace many rows of a table.

    Attributes:
        table: Table.
        columns: Every column.
        rows: The values, row by row.
    """

    table: str
    columns: tuple[str, ...]
    rows: Iterable[tuple[Any, ...]]


Effect = Put | Change | Many

_ADDS = {
    "operator.added": "operator",
    "unit.added": "unit",
    "evidence.added": "evidence",
    "round.opened": "round",
    "sample.drawn": "sample",
    "paper.received": "paper",
    "opinion.given": "opinion",
    "notice.posted": "notice",
    "objection.raised": "objection",
    "finding.raised": "finding",
    "task.assigned": "task",
    "award.granted": "award",
}
"""Kinds whose data are the columns of one row."""

_REPLACES = frozenset({"unit", "paper", "opinion", "notice"})
"""Tables whose rows are said anew: the later word counts."""

_CHANGES = {
    "operator.changed": ("operator", ("id",)),
    "evidence.removed": ("evidence", ("id",)),
    "round.closed": ("round", ("id",)),
    "step.checked": ("step", ("case_id", "seq")),
    "objection.settled": ("objection", ("case_id", "id")),
    "finding.settled": ("finding", ("case_id", "id")),
    "task.done": ("task", ("case_id", "id")),
    "award.changed": ("award", ("case_id", "award", "since")),
}
"""Kinds whose data are the key of one row and its new columns."""

UNIT_COLUMNS = ("code", "name", "kind", "initials", "source")


def effects(event: Event, load: Load) -> Iterator[Effect]:
    """What *event* does to the tables. Pure: the same event always has the same effects.

    KeyError or ValueError for an event that this program cannot have written.
    """
    content = event.content
    data, kind = content["data"], event.kind
    if kind in _ADDS:
        table = _ADDS[kind]
        yield Put(table, _columns(data, content), table in _REPLACES)
    elif kind in _CHANGES:
        table, key = _CHANGES[kind]
        yield Change(
            table, {name: data[name] for name in key}, _columns({k: v for k, v in data.items() if k not in key}, content)
        )
    elif kind in _SPECIAL:
        yield from _SPECIAL[kind](data, content, load)
    elif kind != "refused":
        raise ValueError(f"unknown kind of entry: {kind}")


_FILLED_IN = frozenset({"at", "actor", "checked"})
"""Columns that may ask for the time or the person of the entry; anything else is what somebody typed."""


def _columns(data: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a row: lists and mappings are stored as canonical JSON, flags as 0 and 1, ``@at`` and ``@actor`` filled in."""
    found = {}
    for name, value in data.items():
        if name in _FILLED_IN and value in ("@at", "@actor"):
            value = content[value[1:]]
        elif isinstance(value, bool):
            value = int(value)
        elif isinstance(value, (list, dict)):
            value = canonical(value)
        found[name] = value
    return found


def _created(data: Mapping[str, Any], content: Mapping[str, Any], load: Load) -> Iterator[Effect]:
    for key, value in data["office"].items():
        yield Put("office", {"key": key, "value": value}, replaces=True)
    yield Put("operator", _columns(data["operator"], content))


def _imported(data: Mapping[str, Any], content: Mapping[str, Any], load: Load) -> Iterator[Effect]:
    yield Many("unit", UNIT_COLUMNS, unpack_units(load(data["object"]), data["source"]))


def _facts(data: Mapping[str, Any], content: Mapping[str, Any], load: Load) -> Iterator[Effect]:
    shared = (data["unit"], data["period"])
    rest = (content["actor"], content["at"], data["note"], int(data["example"]))
    rows = [(*shared, name, canonical(value), version, *rest) for name, (value, version) in data["facts"].items()]
    yield Many("fact", ("unit", "period", "fact", "value", "version", "actor", "at", "note", "example"), rows)


def _scores(data: Mapping[str, Any], content: Mapping[str, Any], load: Load) -> Iterator[Effect]:
    for name, given in data["scores"].items():
        yield Put("score", {
            "case_id": data["case_id"], "level": data["level"], "indicator": name, **given,
            "actor": content["actor"], "at": content["at"],
        }, replaces=True)  # fmt: skip


def _opened(data: Mapping[str, Any], content: Mapping[str, Any], load: Load) -> Iterator[Effect]:
    yield Put("cases", _columns(data["case"], content))
    for seq, stage in enumerate(data["stages"], 1):
        yield Put("step", _new_step(data["case"]["id"], seq, stage, data["case"]["opened"]))


def _new_step(case: str, seq: int, stage: str, day: str) -> dict[str, Any]:
    return {
        "case_id": case, "seq": seq, "stage": stage, "entered": day, "left": None, "outcome": "", "actor": "", "note": "",
        "result": "{}", "checked": "",
    }  # fmt: skip


def _moved(data: Mapping[str, Any], content: Mapping[str, Any], load: Load) -> Iterator[Effect]:
    """A case leaves steps and enters others; its own row follows."""
    case = data["case_id"]
    for each in data["leaves"]:
        yield Change("step", {"case_id": case, "seq": each["seq"]}, {
            "left": data["date"], "outcome": data["outcome"], "actor": content["actor"], "note": data["note"],
            "result": canonical(data["result"]),
        })  # fmt: skip
    for seq in data["taken_back"]:
        yield Change("step", {"case_id": case, "seq": seq}, {"outcome": "returned"})
    for each in data["enters"]:
        yield Put("step", _new_step(case, each["seq"], each["stage"], data["date"]))
    row = {"status": data["status"], "holder": data["holder"], "version": data["version"]}
    if data["leaves"]:
        row["result"] = canonical(data["result"])
    yield Change("cases", {"id": case}, row)


_SPECIAL: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any], Load], Iterator[Effect]]] = {
    "workspace.created": _created,
    "units.imported": _imported,
    "fact.set": _facts,
    "case.opened": _opened,
    "case.scored": _scores,
    "case.moved": _moved,
}

KINDS = frozenset({*_ADDS, *_CHANGES, *_SPECIAL, "refused"})


def pack_units(rows: Iterable[tuple[str, str, str, str]]) -> bytes:
    """Units (code, name, kind, initials) as the bytes that are kept: compressed CSV, the same for the same units."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=packed, mtime=0) as zipped,
        io.TextIOWrapper(zipped, encoding="utf-8", newline="") as text,
    ):
        csv.writer(text, lineterminator="\n").writerows(rows)
    return packed.getvalue()


def unpack_units(packed: bytes, source: str) -> Iterator[tuple[str, ...]]:
    """The units again, as rows of the table."""
    with gzip.open(io.BytesIO(packed), "rt", encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            yield (*row, source)
