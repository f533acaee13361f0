"""The units of a workspace in any order, found by words: the first rows of the whole national register at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from attrs import frozen

from duibiao.model.divisions import ancestors
from duibiao.store.sql import Sql, marks
from duibiao.store.views import Run, View

WALK, GRAIN = 250, 1000
"""So many times so many steps of the database a search by several words walks along an order before it gathers what it finds."""


@frozen
class UnitRow:
    """A unit as a table shows it.

    Attributes:
        code: Statistical code.
        name: Name.
        kind: Kind.
        path: Names of the divisions above, greatest first.
        cases: How many cases it has or had.
    """

    code: str
    name: str
    kind: str
    path: tuple[str, ...]
    cases: int


@frozen(kw_only=True)
class UnitsAsked:
    """Which units, in which order.

    Attributes:
        text: Words parted by blanks, as :class:`duibiao.store.units.Query` reads them.
        kinds: Only these kinds; none means all.
        under: Beginning of the codes.
        order: ``code``, ``name``, ``kind`` or ``cases``.
        down: Greatest first.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    under: str = ""
    order: str = "code"
    down: bool = False


_ORDERS = {
    "code": "here.code {way}",
    "name": "here.initials {way}, here.name {way}, here.code {way}",
    "kind": "here.kind {way}, here.code {way}",
}
_FIRST = ("unit_first", Sql("here.initials < 'bj'"))
_LAST = ("unit_last", Sql("here.initials >= 'zx'"))
_CASES = "(SELECT count(*) FROM cases WHERE cases.unit = here.code)"
_WITH_CASES = Sql("here.code IN (SELECT unit FROM cases)")
_WITHOUT_CASES = Sql("NOT EXISTS (SELECT 1 FROM cases WHERE cases.unit = here.code)")


class UnitsView(View[UnitRow]):
    """Units."""

    def __init__(self, folder: Path, asked: UnitsAsked) -> None:
        self._words = tuple(dict.fromkeys(asked.text.split()))
        self._parts = _parts(asked)
        self._end = _LAST if asked.down else _FIRST
        self._names: dict[str, str] = {}
        self._by_name = asked.order == "name" and not asked.under
        super().__init__(folder, [_run(self._words, _index(asked), *part) for part in self._parts], "code")

    def _first_keys(self, number: int, most: int) -> list[str]:
        """Walking along the order soon meets the first of many; of few it is quicker to gather all and put them in order."""
        if len(self._words) < 2:
            met = self._met_at_the_end(number, most) if self._by_name else None
            return super()._first_keys(number, most) if met is None else met
        found, word = self._sample
        walk = self._met_at_the_end if self._by_name else self._met_on_the_way
        met = walk(number, most) if found else None
        return self._keys(self._gathering(word, *self._parts[number], most), most) if met is None else met

    @cached_property
    def _sample(self) -> tuple[int, str]:
        from duibiao.store.tables import Tables
        from duibiao.store.unit_search import sampled

        return sampled(Tables(cast(Any, self.connection)), self._words)

    def _met_at_the_end(self, number: int, most: int) -> list[str] | None:
        """By name only the two ends are in order; None when the units there are not enough."""
        (where, order), (index, end) = self._parts[number], self._end
        found = self._keys(_run(self._words, f"INDEXED BY {index}", Sql.joined(" AND ", [where, end]), order), most)
        return found if len(found) == most else None

    def _met_on_the_way(self, number: int, most: int) -> list[str] | None:
        """None when they are so far apart that walking takes too long."""
        budget = _Budget(WALK)
        self.connection.set_progress_handler(budget, GRAIN)
        try:
            return super()._first_keys(number, most)
        except sqlite3.OperationalError:
            if budget.left >= 0:
                raise
            return None
        finally:
            self.connection.set_progress_handler(None, 0)

    def _gathering(self, word: str, where: Sql, order: str, most: int) -> Run:
        from duibiao.store.unit_search import gathered

        few = gathered(self._words, word, where, order, most)
        return Run(f"FROM {few.text} AS few CROSS JOIN unit AS here ON here.code = few.code", order, few.values)

    def key_of(self, row: UnitRow) -> str:
        return row.code

    def rows(self, keys: Sequence[str]) -> list[UnitRow]:
        sql = f"""SELECT code, name, kind, (SELECT count(*) FROM cases WHERE cases.unit = unit.code) FROM unit
        WHERE code IN ({marks(keys)})"""  # noqa: S608
        rows = self.connection.execute(sql, keys).fetchall()
        above = {code: ancestors(code) for code in keys}
        self._learn({each for some in above.values() for each in some})
        return [UnitRow(code, name, kind, self._path(above[code]), cases) for code, name, kind, cases in rows]

    def _learn(self, codes: set[str]) -> None:
        """The names of divisions, kept: neighbours lie in the same ones."""
        new = [code for code in codes if code not in self._names]
        sql = f"SELECT code, name FROM unit WHERE code IN ({marks(new)})"  # noqa: S608
        if new:
            self._names.update(self.connection.execute(sql, new).fetchall())

    def _path(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self._names[code] for code in codes if code in self._names)


class _Budget:
    """Stops the database after so many calls."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def _parts(asked: UnitsAsked) -> list[tuple[Sql, str]]:
    """Which units in which order; one after the other all that are asked for, but for the words."""
    way, scope = "DESC" if asked.down else "ASC", [Sql("1")]
    if asked.under:
        scope.append(Sql("here.code >= ? AND here.code < ?", (asked.under, f"{asked.under}:")))
    if asked.kinds:
        scope.append(Sql(f"here.kind IN ({marks(asked.kinds)})", asked.kinds))
    if asked.order != "cases":
        return [(Sql.joined(" AND ", scope), _ORDERS[asked.order].format(way=way))]
    parts = [
        (Sql.joined(" AND ", [*scope, _WITHOUT_CASES]), f"here.code {way}"),
        (Sql.joined(" AND ", [*scope, _WITH_CASES]), f"{_CASES} {way}, here.code {way}"),
    ]
    return parts[::-1] if asked.down else parts


def _run(words: Sequence[str], index: str, where: Sql, order: str) -> Run:
    if words:
        # Most tables open without words; what reads words is imported when there are some.
        from duibiao.store.unit_search import Query, condition

        where = Sql.joined(" AND ", [where, condition(Query(tuple(words)))])
    return Run(f"FROM unit AS here {index} WHERE {where.text}", order, where.values)


def _index(asked: UnitsAsked) -> str:
    """A territory lies together in the table, and the table is in the order of the codes; all else is smaller in the index."""
    if not asked.under and (asked.order in ("name", "kind") or len(asked.kinds) == 1):
        return "INDEXED BY unit_by_kind"
    return "NOT INDEXED"
