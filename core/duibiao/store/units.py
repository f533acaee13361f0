"""Units in the workspace: by their codes, by what they lie in, and with the facts recorded of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from attrs import frozen

from duibiao.model.divisions import ancestors
from duibiao.model.facts import Unit
from duibiao.store.sql import marks
from duibiao.store.tables import Tables

BATCH = 500
"""So many codes are asked for at once."""

_NEXT = " "
"""What comes right after a code that it is put behind: before every digit."""

_AFTER_DIGITS = ":"
"""The character after «9»: codes under a prefix lie between the prefix and the prefix with it."""


@frozen
class Found:
    """A unit with where it lies.

    Attributes:
        unit: The unit.
        path: Names of the divisions above it, greatest first.
        source: Where the unit came from.
    """

    unit: Unit
    path: tuple[str, ...] = ()
    source: str = ""


def unit_of(space: Tables, code: str) -> Unit | None:
    """The unit with this code."""
    return units_of(space, [code]).get(code)


def units_of(space: Tables, codes: Iterable[str]) -> dict[str, Unit]:
    """The units with these codes; those that are not in the workspace are left out."""
    return {code: Unit(name, kind, code) for code, (name, kind, _) in stored(space, codes).items()}


def stored(space: Tables, codes: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """Name, kind and initials by code, of those codes that are in the workspace."""
    found: dict[str, tuple[str, str, str]] = {}
    for some in _batches(codes):
        sql = f"SELECT code, name, kind, initials FROM unit WHERE code IN ({marks(some)})"  # noqa: S608
        found.update((code, (name, kind, initials)) for code, name, kind, initials in space.db.execute(sql, some).fetchall())
    return found


def units_named(space: Tables, name: str) -> list[Unit]:
    """The units with exactly this name, in the order of their codes."""
    rows = space.db.execute("SELECT code, name, kind FROM unit WHERE name = ? ORDER BY code", (name,)).fetchall()
    return [Unit(title, kind, code) for code, title, kind in rows]


def units_under(space: Tables, under: str = "") -> list[Unit]:
    """Every unit whose code begins with *under*, in the order of their codes."""
    rows = space.db.execute("SELECT code, name, kind FROM unit WHERE code >= ? AND code < ? ORDER BY code", between(under))
    return [Unit(name, kind, code) for code, name, kind in rows.fetchall()]


def kinds_under(space: Tables, under: str = "") -> dict[str, int]:
    """How many units of each kind have a code that begins with *under*, most first."""
    sql = "SELECT kind, count(*) FROM unit WHERE code >= ? AND code < ? GROUP BY kind ORDER BY count(*) DESC, kind"
    return dict(space.db.execute(sql, between(under)).fetchall())


def between(under: str) -> tuple[str, str]:
    """First code that begins with *under*, and the end (not included) of those that do."""
    return under, f"{under}{_AFTER_DIGITS}"


def paths(space: Tables, codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The names of the divisions above each code, greatest first; divisions that are not in the workspace are left out."""
    above = {code: ancestors(code) for code in codes}
    names = {code: row[0] for code, row in stored(space, {each for some in above.values() for each in some}).items()}
    return {code: tuple(names[each] for each in some if each in names) for code, some in above.items()}


def placed(space: Tables, unit: Unit) -> Found:
    """A unit of the workspace with where it lies and came from."""
    source = space.value("SELECT source FROM unit WHERE code = ?", (unit.code,))
    return Found(unit, paths(space, [unit.code])[unit.code], source or "")


def periods_of(space: Tables, code: str) -> dict[str, int]:
    """The periods that facts of a unit are recorded for, newest first, with how many."""
    sql = "SELECT period, count(*) FROM fact WHERE unit = ? AND value <> 'null' GROUP BY period ORDER BY period DESC"
    return dict(space.db.execute(sql, (code,)).fetchall())


def _batches(codes: Iterable[str]) -> Iterator[list[str]]:
    pending = iter(codes)
    while some := list(islice(pending, BATCH)):
        yield some


def facts_by_unit(space: Tables, codes: Iterable[str]) -> Iterator[tuple[str, list[Mapping[str, object]]]]:
    """The rows of the table of facts, unit by unit in the order of *codes*; an empty list for a unit without facts."""
    for some in _batches(codes):
        rows: dict[str, list[Mapping[str, object]]] = {code: [] for code in some}
        sql = f"SELECT unit, period, fact, value, example FROM fact WHERE unit IN ({marks(some)}) ORDER BY period DESC, fact"  # noqa: S608
        for row in space.rows(sql, some):
            rows[row["unit"]].append(row)
        yield from rows.items()


def units_in(
    space: Tables, between_codes: tuple[str, str], kinds: Sequence[str] = (), size: int = 20_000
) -> Iterator[list[Unit]]:
    """Units from one code to another (not included), only of *kinds* where some are given, so many at a time."""
    first, after = between_codes
    condition = f" AND kind IN ({marks(kinds)})" if kinds else ""
    sql = f"SELECT code, name, kind FROM unit WHERE code >= ? AND code < ?{condition} ORDER BY code LIMIT {size}"  # noqa: S608
    while rows := space.db.execute(sql, (first, after, *kinds)).fetchall():
        yield [Unit(name, kind, code) for code, name, kind in rows]
        if len(rows) < size:
            return
        first = f"{rows[-1][0]}{_NEXT}"


def fact_rows(space: Tables, first: str, last: str, until: str) -> list[tuple[str, str, str, str]]:
    """Unit, period, fact, value of what is recorded of the units *first* to *last* up to a period, in that order."""
    sql = """SELECT unit, period, fact, value FROM fact
    WHERE unit >= ? AND unit <= ? AND period <= ? ORDER BY unit, period"""
    return list(space.db.execute(sql, (first, last, until)).fetchall())


def facts_of_period(space: Tables, first: str, last: str, period: str) -> Iterator[tuple[str, str, str]]:
    """Unit, fact, value of what is recorded of the units *first* to *last* for one period."""
    sql = "SELECT unit, fact, value FROM fact WHERE unit >= ? AND unit <= ? AND period = ?"
    return space.db.execute(sql, (first, last, period))


def units_with_examples(space: Tables, first: str, last: str, until: str) -> set[str]:
    """Which of the units *first* to *last* have example facts up to a period."""
    sql = "SELECT DISTINCT unit FROM fact WHERE unit >= ? AND unit <= ? AND period <= ? AND example"
    return {unit for (unit,) in space.db.execute(sql, (first, last, until))}


def facts_recorded(space: Tables, until: str) -> list[tuple[str, str]]:
    """The facts of which anything was ever recorded, with the periods, up to one of them."""
    sql = "SELECT DISTINCT fact, period FROM fact WHERE period <= ? ORDER BY fact, period DESC"
    return list(space.db.execute(sql, (until,)).fetchall())


def units_with_facts(space: Tables, under: str = "", until: str | None = None) -> list[str]:
    """Codes of the units in a territory that facts were ever recorded of, or were up to a period."""
    sql = "SELECT DISTINCT unit FROM fact WHERE unit >= ? AND unit < ? AND period <= coalesce(?, period) ORDER BY unit"
    return [code for (code,) in space.db.execute(sql, (*between(under), until)).fetchall()]


def counts_by_prefix(space: Tables, length: int, kinds: Sequence[str] = ()) -> dict[str, int]:
    """How many units there are whose codes begin alike, by the first *length* digits; only of *kinds* where some are given."""
    where = f"WHERE kind IN ({marks(kinds)})" if kinds else ""
    sql = f"SELECT substr(code, 1, ?), count(*) FROM unit {where} GROUP BY 1"  # noqa: S608
    return dict(space.db.execute(sql, (length, *kinds)).fetchall())
