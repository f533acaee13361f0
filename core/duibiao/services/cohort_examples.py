"""Example facts for real units of the register: seeded, marked as examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from attrs import frozen

from duibiao.errors import BadInputError, Problem, Where
from duibiao.exchange.target import pieces, write_file
from duibiao.model.facts import Unit
from duibiao.model.standard import Jurisdiction
from duibiao.registry import Registry
from duibiao.services.cohort_source import need_columns
from duibiao.services.mirroring import ALL, Seen

if TYPE_CHECKING:
    from duibiao.cohort.mirror import About

_BATCH = 20_000


@frozen
class Wanted:
    """Which example facts.

    Attributes:
        standard: The standard that is to be tried.
        units: Words: ``all``, beginnings of codes, jurisdictions.
        day: The day asked; its year is the period.
        seed: What makes them the same again.
        good: Of a hundred values so many meet their rule.
        missing: Of a hundred values so many are not there.
    """

    standard: str
    units: Sequence[str]
    day: date
    seed: int = 1
    good: int = 92
    missing: int = 5


def save(registry: Registry, wanted: Wanted, path: Path, *, overwrite: bool = False, seen: Seen = lambda done: None) -> About:
    """Write example facts to a Parquet file; what it then holds.

    Raises BadInputError: no such standard, words that stand for no unit of a kind that it assesses (U07), no data frames
    (CO05), a file that cannot be written.
    """
    need_columns(str(path))
    from duibiao.cohort.examples import Recipe, write_examples

    recipe = Recipe(registry.program(wanted.standard), wanted.day, wanted.seed, wanted.good, wanted.missing)
    with TemporaryDirectory(prefix="duibiao-") as folder:
        made = Path(folder) / "facts.parquet"
        about = write_examples(made, _batches(registry, wanted, seen), recipe)
        if not about.rows:
            raise BadInputError([Problem("CO09", Where("--units"), " ".join(wanted.units))])
        write_file(path, pieces(made), overwrite=overwrite)
    return about


def _batches(registry: Registry, wanted: Wanted, seen: Seen) -> Iterator[list[Unit]]:
    kinds = registry.header(wanted.standard).unit_kinds
    some: list[Unit] = []
    done = 0
    for unit in _units(registry, wanted.units):
        if not kinds or unit.kind in kinds:
            some.append(unit)
        if len(some) == _BATCH:
            done += len(some)
            yield some
            seen(done)
            some = []
    if some:
        yield some


def _units(registry: Registry, words: Sequence[str]) -> Iterator[Unit]:
    """Real units, each once."""
    areas: set[str] = set()
    for word in words:
        home = next((each for each in registry.jurisdictions.values() if word in (each.id, each.title)), None)
        if home is not None:
            areas |= set(home.divisions or ("",))
        elif word == ALL or (word.isascii() and word.isdigit()):
            areas.add("" if word == ALL else word)
        else:
            raise BadInputError([Problem("U07", Where("--units"), word)])
    tops = sorted(each for each in areas if not any(each != other and each.startswith(other) for other in areas))
    for top in tops:
        home = Jurisdiction(id="", title="", level="nation", divisions=(top,) if top else ())
        yield from registry.units(home)
