"""Units of the workspace: importing them from the register or an office's own table, adding one, and telling one from another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.exchange.unit_table import check_unit, made_unit, read_units
from duibiao.model.divisions import COMMUNITY, ancestors, is_code
from duibiao.model.facts import Unit
from duibiao.model.standard import Jurisdiction
from duibiao.registry import Registry
from duibiao.services.initials import initials
from duibiao.store import units as stored_units
from duibiao.store.cases import Listed, awards, cases
from duibiao.store.events import pack_units
from duibiao.store.tables import Tables
from duibiao.store.units import Found
from duibiao.store.workspace import Workspace

REGISTER = "register"
"""Source of the units that plugins bring."""

OWN = "own"
"""Source of the units that an office entered itself."""

_BATCH = 500
_PART = 30_000
"""Units saved at once: about a tenth of a second during which others wait."""
_SHOWN = 8

Seen = Callable[[int], object]
"""Told how many rows were read so far."""


@frozen
class Imported:
    """What an import brings, or brought.

    Attributes:
        rows: Units read.
        new: Of them not in the workspace before.
        changed: Of them there with another name or kind.
        kinds: Kind to number of units read, most first.
        notes: What an operator should know although nothing is wrong.
    """

    rows: int
    new: int
    changed: int
    kinds: Mapping[str, int]
    notes: tuple[Problem, ...] = field(default=())

    @property
    def same(self) -> int:
        """How many were there already as they are."""
        return self.rows - self.new - self.changed


def import_register(
    space: Workspace, registry: Registry, actor: str, names: Sequence[str], *, dry_run: bool = False, seen: Seen | None = None
) -> Imported:
    """Import the units of divisions (codes) and jurisdictions (ids or titles), or of the whole nation when none is named.

    The divisions above come with them, so that it can be said where a unit lies. Public data: no territory is asked for.
    Raises BadInputError U07 for a name that stands for no unit; nothing is imported then.
    """
    homes = [_home(registry, name) for name in names] or [Jurisdiction(id="", title="", level="nation")]
    rows = _all(registry, homes, names)
    rows = _once(rows) if names else (unit for unit in rows if is_code(unit.code))
    return _import(space, actor, rows, REGISTER, dry_run=dry_run, seen=seen)


def import_table(space: Workspace, actor: str, path: Path, *, dry_run: bool = False, seen: Seen | None = None) -> Imported:
    """Import an office's own table, all of it or nothing. BadInputError names every wrong row; RefusedError: other territory."""
    table = read_units(path)
    within = _shared([unit.code for unit in table.units])
    return evolve(_import(space, actor, table.units, OWN, within, dry_run=dry_run, seen=seen), notes=table.notes)


def _shared(codes: Sequence[str]) -> str:
    """The beginning that all codes share."""
    digits = takewhile(lambda same: len(set(same)) == 1, zip(*codes, strict=False))
    return "".join(same[0] for same in digits)


def add_unit(space: Workspace, actor: str, code: str, name: str, kind: str = "") -> Unit:
    """Add one unit; without a kind, that of its code. BadInputError for what cannot be, E_SAME for a code that is taken."""
    problems = Collector()
    places = {"code": Where("CODE"), "name": Where("NAME"), "kind": Where("--kind")}
    check_unit(code, name, kind, places, problems)
    if stored_units.unit_of(space, code) is not None:
        problems.add("E_SAME", places["code"], found=code)
    problems.raise_any()
    unit = made_unit(code, name, kind)
    row = {"code": code, "name": unit.name, "kind": unit.kind, "initials": initials(unit.name), "source": OWN}
    with space.change(actor) as entry:
        entry.append("unit.added", f"unit/{code}", row)
    return unit


def _home(registry: Registry, name: str) -> Jurisdiction:
    if is_code(name):
        return Jurisdiction(id="", title="", divisions=(name,))
    homes = registry.jurisdictions
    close = [home for home in homes.values() if name in home.id or name in home.title]
    if name in homes or len(close) == 1:
        return homes.get(name) or close[0]
    problems = Collector()
    problems.add("U07", found=name, among=homes)
    problems.raise_any()
    raise AssertionError(name)


def _all(registry: Registry, homes: Sequence[Jurisdiction], names: Sequence[str]) -> Iterator[Unit]:
    """The units asked for, what lies above them first; BadInputError U07 where there are none."""
    yield from _above(registry, homes)
    for index, home in enumerate(homes):
        empty = True
        for unit in registry.units(home):
            empty = False
            yield unit
        if empty:
            raise BadInputError([Problem("U07", found=names[index] if names else "")])


def _above(registry: Registry, homes: Sequence[Jurisdiction]) -> Iterator[Unit]:
    """The divisions above those asked for: the first of a province's units, before its communities and villages."""
    wanted = {above for home in homes for code in home.divisions for above in ancestors(code)}
    for province in sorted({code[:2] for code in wanted}):
        for unit in registry.units(Jurisdiction(id="", title="", divisions=(province,))):
            if len(unit.code) == COMMUNITY:
                break
            if unit.code in wanted:
                yield unit


def _once(units: Iterable[Unit]) -> Iterator[Unit]:
    """Each code once, and only what has one: divisions asked for may lie inside each other."""
    seen: set[str] = set()
    for unit in units:
        if unit.code not in seen and is_code(unit.code):
            seen.add(unit.code)
            yield unit


def _import(
    space: Workspace, actor: str, units: Iterable[Unit], source: str, within: str = "", *, dry_run: bool, seen: Seen | None
) -> Imported:
    """Compare with what is there, keep what is new or changed as content, and save it.

    An office's own table (*source* OWN) is saved whole or not at all. The register is saved in parts, so that nobody else waits
    long; cut off in between, it goes on where it was when it is imported again.
    """
    if not dry_run:
        space.check_writable()
    sieve = _Sieve(space, seen)
    fresh = sieve.fresh(units)
    size = None if source == OWN else _PART
    while part := list(islice(fresh, size)):
        if not dry_run:
            _save(space, actor, part, source, within)
    return Imported(sieve.rows, sieve.new, sieve.changed, dict(sieve.kinds.most_common()))


def _save(space: Workspace, actor: str, part: list[tuple[str, str, str, str]], source: str, within: str) -> None:
    data: dict[str, Any] = {"object": space.objects.add(pack_units(part)), "rows": len(part), "source": source}
    if within:
        data["unit"] = within
    with space.change(actor) as entry:
        entry.append("units.imported", "office", data)


class _Sieve:
    """Lets through what the workspace does not have yet, and counts."""

    def __init__(self, space: Tables, seen: Seen | None) -> None:
        self.space, self.seen = space, seen
        self.rows = self.new = self.changed = 0
        self.kinds: Counter[str] = Counter()

    def fresh(self, units: Iterable[Unit]) -> Iterator[tuple[str, str, str, str]]:
        """Rows (code, name, kind, initials) of the units that are new or changed."""
        batch: list[Unit] = []
        for unit in units:
            batch.append(unit)
            if len(batch) == _BATCH:
                yield from self._fresh(batch)
                batch = []
        yield from self._fresh(batch)

    def _fresh(self, batch: list[Unit]) -> Iterator[tuple[str, str, str, str]]:
        known = stored_units.stored(self.space, [unit.code for unit in batch])
        self.rows += len(batch)
        for unit in batch:
            self.kinds[unit.kind] += 1
            before = known.get(unit.code)
            if before is not None and before[:2] == (unit.name, unit.kind):
                continue
            if before is None:
                self.new += 1
            else:
                self.changed += 1
            yield unit.code, unit.name, unit.kind, initials(unit.name)
        if self.seen is not None:
            self.seen(self.rows)


def find_unit(space: Tables, named: str, where: Where | None = None) -> Unit:
    """The unit that *named* stands for: its code, or its name where that is the only one.

    Raises BadInputError: no such unit (U01), or several of that name (U02, with their codes and where they lie).
    """
    named, place = named.strip(), where or Where("UNIT")
    unit = stored_units.unit_of(space, named)
    if unit is not None:
        return unit
    found = [] if named.isdigit() else stored_units.units_named(space, named)
    if len(found) == 1:
        return found[0]
    if not found:
        raise BadInputError([Problem("U01", place, named)])
    above = stored_units.paths(space, [each.code for each in found[:_SHOWN]])
    told = [f"{each.code} {''.join(above[each.code])}" for each in found[:_SHOWN]]
    rest = [f"… ({len(found)})"] if len(found) > _SHOWN else []
    raise BadInputError([Problem("U02", place, named, ", ".join([*told, *rest]))])


@frozen
class Sheet:
    """Everything the workspace knows of a unit, in short.

    Attributes:
        found: The unit with where it lies and came from.
        periods: Period to number of facts, newest first.
        cases: Its cases.
        awards: Its titles: rows with ``award title since until certificate state``.
        below: Kind to number of the units below it.
    """

    found: Found
    periods: Mapping[str, int]
    cases: tuple[Listed, ...]
    awards: tuple[Mapping[str, Any], ...]
    below: Mapping[str, int]


def sheet(space: Tables, named: str) -> Sheet:
    """What is known of a unit, named by code or name. Raises BadInputError as :func:`find_unit`."""
    unit = find_unit(space, named)
    below = Counter(stored_units.kinds_under(space, unit.code))
    below[unit.kind] -= 1
    return Sheet(
        stored_units.placed(space, unit),
        stored_units.periods_of(space, unit.code),
        tuple(each for each in cases(space, unit=unit.code) if each.unit.code == unit.code),
        tuple(awards(space, unit=unit.code)),
        dict((+below).most_common()),
    )
