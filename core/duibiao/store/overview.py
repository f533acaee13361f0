"""How much a workspace holds, and which streams of its journal belong to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from duibiao.store.tables import Tables

_COUNTS: Mapping[str, str] = {
    "units": "SELECT count(*) FROM unit",
    "facts": "SELECT count(*) FROM fact WHERE value <> 'null'",
    "evidence": "SELECT count(*) FROM evidence WHERE removed = ''",
    "cases": "SELECT count(*) FROM cases",
    "open_cases": "SELECT count(*) FROM cases WHERE status IN ('open', 'rectify')",
    "drafts": "SELECT count(*) FROM draft",
    "entries": "SELECT count(*) FROM log",
}


def counts(space: Tables) -> dict[str, int]:
    """How many ``units facts evidence cases open_cases drafts entries`` there are; what was taken back does not count."""
    return {name: space.value(sql) for name, sql in _COUNTS.items()}


def version(space: Tables) -> int:
    """Version of the file's format."""
    found: int = space.value("PRAGMA user_version")
    return found


def evidence_names(space: Tables) -> list[str]:
    """The names that evidence goes by, each once."""
    return [row["name"] for row in space.rows("SELECT DISTINCT name FROM evidence WHERE removed = '' ORDER BY name")]


def unit_streams(space: Tables, unit: str) -> list[str]:
    """The stream of a unit and those of its cases."""
    cases = space.rows("SELECT id FROM cases WHERE unit = ? ORDER BY id", (unit,))
    return [f"unit/{unit}", *(f"case/{row['id']}" for row in cases)]


def spoken_of(space: Tables, streams: Iterable[str]) -> bool:
    """Whether the journal has an entry in one of *streams*."""
    return any(space.value("SELECT 1 FROM event WHERE stream = ?", (each,)) for each in streams)


def unit_names(space: Tables, codes: Iterable[str]) -> dict[str, str]:
    """Names of those of the units that are in the workspace."""
    found = ((code, space.value("SELECT name FROM unit WHERE code = ?", (code,))) for code in sorted(set(codes)))
    return {code: name for code, name in found if name is not None}
