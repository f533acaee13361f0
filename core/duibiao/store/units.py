"""Units in the workspace: finding them by 汉字, code or pinyin initials, and where each lies."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from attrs import frozen

from duibiao.model.divisions import ancestors
from duibiao.model.facts import Unit
from duibiao.store.tables import Tables

BATCH = 500
"""So many codes are asked for at once."""

MOST_RANGES = 100
"""So many divisions are told by the ranges of their codes."""

_ENDINGS = ("社区居民委员会", "村民委员会", "居民委员会", "社区居委会", "村委会", "居委会", "社区", "街道", "村", "镇", "乡")
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


@frozen
class Query:
    """What units are asked for.

    Attributes:
        words: Each has to match the unit (part of its name or of its initials, beginning of its code) or a division above it,
            and one at least the unit itself. None: all.
        kind: Only this kind.
        under: Beginning of the codes.
    """

    words: tuple[str, ...] = ()
    kind: str = ""
    under: str = ""

    @classmethod
    def of(cls, text: str, kind: str = "", under: str = "") -> Query:
        """A query from what a person types: words parted by blanks."""
        return cls(tuple(dict.fromkeys(text.split())), kind, under)


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
        sql = f"SELECT code, name, kind, initials FROM unit WHERE code IN ({_marks(some)})"  # noqa: S608
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


def search(space: Tables, query: Query, limit: int | None = 50) -> list[Found]:
    """The units asked for: exact matches first, then by how early the words stand in the name, divisions before communities."""
    where, values = condition(space, query)
    rank, more = _rank(query.words)
    sql = f"""SELECT code, name, kind, source FROM unit AS here WHERE {where}
    ORDER BY {rank}length(code), code LIMIT ?"""  # noqa: S608
    rows = space.db.execute(sql, [*values, *more, -1 if limit is None else limit]).fetchall()
    above = paths(space, [row[0] for row in rows])
    return [Found(Unit(name, kind, code), above[code], source) for code, name, kind, source in rows]


def count(space: Tables, query: Query) -> int:
    """How many units are asked for."""
    where, values = condition(space, query)
    return int(space.value(f"SELECT count(*) FROM unit AS here WHERE {where}", values))  # noqa: S608


def condition(space: Tables, query: Query) -> tuple[str, list[Any]]:
    """The SQL condition of a query on the table called ``here`` (range of codes, kind, the words), with its values."""
    parts, values = ["code >= ? AND code < ?"], list(between(query.under))
    if query.kind:
        parts.append("kind = ?")
        values.append(query.kind)
    tests = [_own(word) for word in query.words]
    if tests:
        parts.append(f"({' OR '.join(test for test, _ in tests)})")
        values += [each for _, some in tests for each in some]
    if len(tests) > 1:
        for (test, some), (lies, more) in zip(tests, _lying(space, tests), strict=True):
            parts.append(f"({test} OR {lies})")
            values += [*some, *more]
    return " AND ".join(parts), values


def _own(word: str) -> tuple[str, list[str]]:
    """The test whether a unit itself matches a word."""
    if word.isascii() and word.isdigit():
        return "(code >= ? AND code < ? OR instr(name, ?) > 0)", [*between(word), word]
    if word.isascii():
        return "(instr(initials, ?) > 0 OR instr(name, ?) > 0)", [word.lower(), word]
    return "(instr(name, ?) > 0)", [word]


def _lying(space: Tables, tests: Sequence[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """For each word the test whether a division above the unit matches it.

    Few such divisions become ranges of codes. Where a word fits many, what lies in one is told by the division right above the
    unit; only of units whose own is not in the workspace the four above are looked up.
    """
    any_test, values = " OR ".join(test for test, _ in tests), [each for _, some in tests for each in some]
    sql = f"SELECT code, {', '.join(test for test, _ in tests)} FROM unit WHERE length(code) < 12 AND ({any_test})"  # noqa: S608
    rows = space.db.execute(sql, [*values, *values]).fetchall()
    divisions: list[str] = []
    found = []
    for seat, (test, some) in enumerate(tests, 1):
        codes = {row[0] for row in rows if row[seat]}
        tops = [code for code in sorted(codes) if codes.isdisjoint(ancestors(code))]
        if len(tops) > MOST_RANGES:
            divisions = divisions or [code for (code,) in space.db.execute(_DIVISIONS).fetchall()]
            within = json.dumps(list(_within(divisions, codes)))
            found.append((_LOOK_UP.format(test=test), [within, json.dumps(divisions), *some]))
        else:
            ranges = " OR ".join(["code >= ? AND code < ?"] * len(tops))
            found.append((f"({ranges or '0'})", [edge for top in tops for edge in between(top)]))
    return found


def _within(divisions: Iterable[str], codes: Collection[str]) -> Iterator[str]:
    """Of divisions in the order of their codes those that are among *codes* or lie in one of them."""
    top = _AFTER_DIGITS
    for code in divisions:
        if code.startswith(top):
            yield code
        elif code in codes:
            top = code
            yield code


_DIVISIONS = "SELECT code FROM unit WHERE length(code) < 12 ORDER BY code"
_LOOK_UP = """(substr(here.code, 1, 9) IN (SELECT value FROM json_each(?))
OR (substr(here.code, 1, 9) NOT IN (SELECT value FROM json_each(?)) AND EXISTS (SELECT 1 FROM unit
WHERE code IN (substr(here.code, 1, 2), substr(here.code, 1, 4), substr(here.code, 1, 6))
AND length(code) < length(here.code) AND {test})))"""


def _rank(words: Sequence[str]) -> tuple[str, list[str]]:
    """What comes first: a word that is the whole name (without 社区, 村 …), code or initials, then one at its beginning."""
    tests, values = [], []
    for word in words:
        lower = word.lower()
        whole = [word, *(f"{word}{ending}" for ending in _ENDINGS)]
        tests.append(
            f"CASE WHEN name IN ({_marks(whole)}) OR code = ? OR initials = ? THEN 0 "
            "WHEN instr(name, ?) = 1 OR instr(initials, ?) = 1 OR instr(code, ?) = 1 THEN 1 ELSE 2 END"
        )
        values += [*whole, lower, lower, word, lower, lower]
    return f"{' + '.join(tests)}, " if tests else "", values


def _batches(codes: Iterable[str]) -> Iterator[list[str]]:
    pending = iter(codes)
    while some := list(islice(pending, BATCH)):
        yield some


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def facts_by_unit(space: Tables, codes: Iterable[str]) -> Iterator[tuple[str, list[Mapping[str, object]]]]:
    """The rows of the table of facts, unit by unit in the order of *codes*; an empty list for a unit without facts."""
    for some in _batches(codes):
        rows: dict[str, list[Mapping[str, object]]] = {code: [] for code in some}
        sql = f"SELECT unit, period, fact, value, example FROM fact WHERE unit IN ({_marks(some)}) ORDER BY period DESC, fact"  # noqa: S608
        for row in space.rows(sql, some):
            rows[row["unit"]].append(row)
        yield from rows.items()


def units_in(
    space: Tables, between_codes: tuple[str, str], kinds: Sequence[str] = (), size: int = 20_000
) -> Iterator[list[Unit]]:
    """Units from one code to another (not included), only of *kinds* where some are given, so many at a time."""
    first, after = between_codes
    condition = f" AND kind IN ({_marks(kinds)})" if kinds else ""
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
    marks = ", ".join("?" * len(kinds))
    where = f"WHERE kind IN ({marks})" if kinds else ""
    sql = f"SELECT substr(code, 1, ?), count(*) FROM unit {where} GROUP BY 1"  # noqa: S608
    return dict(space.db.execute(sql, (length, *kinds)).fetchall())
