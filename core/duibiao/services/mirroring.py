"""Facts of many units out of the workspace: chosen by territory, kind, code or name, streamed batch by batch, kept as a file."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.exchange.target import pieces, write_file
from duibiao.model.facts import FactSet, FactType, Unit, Value, Vocabulary
from duibiao.registry import Registry
from duibiao.rules.context import KINDS
from duibiao.services.facts import fact_sets, stored_value
from duibiao.services.units import find_unit
from duibiao.store import units as stored
from duibiao.store.tables import Tables

if TYPE_CHECKING:
    from duibiao.cohort.mirror import About
    from duibiao.cohort.tabulate import Batch

ALL = "all"
FEW = 1000
"""Of so many units the evaluator for one is as fast as columns."""

Seen = Callable[[int], object]
"""Told how many units were read so far."""

Rows = list[tuple[str, str, str, str]]
Columns = dict[tuple[str, int], dict[int, Value]]
"""Fact and how many periods back, to row and value."""


@frozen
class Chosen:
    """Which units of the workspace.

    Attributes:
        ranges: Ranges of codes (end not included), in order, none inside another; with whether only *kinds* of it are meant.
        kinds: Unit kinds that are taken from territories; empty means all.
    """

    ranges: tuple[tuple[str, str, bool], ...]
    kinds: tuple[str, ...] = ()

    def units(self, space: Tables) -> Iterator[list[Unit]]:
        """The units, in the order of their codes, some thousands at a time."""
        for first, after, narrowed in self.ranges:
            yield from stored.units_in(space, (first, after), self.kinds if narrowed else ())


def choose(space: Tables, registry: Registry, named: Sequence[str], kinds: Sequence[str] = ()) -> Chosen:
    """The units that words stand for: ``all``, beginnings of codes, kinds, jurisdictions, codes and names of single units.

    *kinds* are those taken from territories where no word names a kind. Raises BadInputError: words that stand for nothing.
    """
    problems: list[Problem] = []
    areas: set[str] = set()
    single: set[str] = set()
    asked: list[str] = []
    for word in dict.fromkeys(each.strip() for each in named):
        if word in KINDS:
            asked.append(word)
            continue
        home = next((each for each in registry.jurisdictions.values() if word in (each.id, each.title)), None)
        if word == ALL:
            areas.add("")
        elif word.isascii() and word.isdigit():
            areas.add(word)
        elif home is not None:
            areas |= set(home.divisions or ("",))
        else:
            try:
                single.add(find_unit(space, word, Where("--units")).code)
            except BadInputError as error:
                problems += error.problems
    if problems:
        raise BadInputError(problems)
    return Chosen(_ranges(areas if areas or single else {""}, single), tuple(asked or kinds))


def _ranges(areas: set[str], single: set[str]) -> tuple[tuple[str, str, bool], ...]:
    tops = [each for each in areas if not any(each != other and each.startswith(other) for other in areas)]
    found = [(*stored.between(each), True) for each in tops]
    alone = {code for code in single if not any(code.startswith(top) for top in tops)}
    # A code of twelve digits, or a unit that was named, is meant whatever its kind.
    found += [(code, f"{code} ", False) for code in alone]
    return tuple(sorted((first, after, narrowed and len(first) < 12) for first, after, narrowed in found))


def facts_recorded(space: Tables, vocabulary: Vocabulary, period: str) -> list[tuple[FactType, int]]:
    """The facts of which anything is recorded, and how many periods before *period*; those of unknown ids are left out."""
    found: dict[tuple[str, int], None] = {}
    labels: dict[str, set[str]] = defaultdict(set)
    for fact, label in stored.facts_recorded(space, period):
        labels[fact].add(label)
    most = len({label for some in labels.values() for label in some if label != period})
    for fact, some in labels.items():
        for label in sorted(some, reverse=True):
            if label == period:
                found[fact, 0] = None
            elif not period.isdigit():
                found |= {(fact, back): None for back in range(1, most + 1)}
            elif label.isdigit():
                found[fact, int(period) - int(label)] = None
    return [(vocabulary.types[fact], back) for fact, back in found if fact in vocabulary.types]


def batches(
    space: Tables, vocabulary: Vocabulary, chosen: Chosen, period: str, problems: Collector,
    *, only_with_facts: bool = False, seen: Seen | None = None,
) -> Iterator[Batch]:  # fmt: skip
    """The chosen units with what is recorded for *period* and before. *problems* takes values that cannot be read (U03)."""
    reader = _Reader(space, vocabulary, period, problems)
    with_facts = set(stored.units_with_facts(space, until=period)) if only_with_facts else None
    done = 0
    for units in chosen.units(space):
        done += len(units)
        if with_facts is not None:
            units = [unit for unit in units if unit.code in with_facts]
        if units:
            yield reader.batch(units)
        if seen is not None:
            seen(done)


@define
class _Reader:
    """Turns rows of the store into batches; equal values are read once."""

    space: Tables
    vocabulary: Vocabulary
    period: str
    problems: Collector
    known: dict[str, dict[str, Any]] = field(factory=lambda: defaultdict(dict))
    _years: list[str] | None = None

    def batch(self, units: Sequence[Unit]) -> Batch:
        """The facts of some units, in columns by fact."""
        from duibiao.cohort.tabulate import Batch

        places = {unit.code: place for place, unit in enumerate(units)}
        examples = stored.units_with_examples(self.space, units[0].code, units[-1].code, self.period)
        take = self.by_year if self.period.isdigit() else self.by_steps
        return Batch(units, self.period, take(units, places), len(examples & places.keys()))

    def years(self) -> list[str]:
        """The years of which anything is recorded."""
        if self._years is None:
            labels = {label for _, label in stored.facts_recorded(self.space, self.period)}
            self._years = sorted(label for label in labels if label.isdigit())
        return self._years

    def by_year(self, units: Sequence[Unit], places: Mapping[str, int]) -> Columns:
        """Facts of years: how far back each lies is the same for every unit, so they are read year by year."""
        found: Columns = defaultdict(dict)
        for label in self.years():
            columns: dict[str, tuple[dict[str, Any], dict[int, Value]]] = {}
            back = int(self.period) - int(label)
            for code, fact, text in stored.facts_of_period(self.space, units[0].code, units[-1].code, label):
                place = places.get(code)
                if place is None:
                    continue
                if fact not in columns:
                    columns[fact] = self.known[fact], found[fact, back]
                known, column = columns[fact]
                value = known.get(text)
                if value is None or isinstance(value, Problem):
                    value = self.value(units[place], label, fact, text)
                    if value is None:
                        continue
                column[place] = value
        return found

    def by_steps(self, units: Sequence[Unit], places: Mapping[str, int]) -> Columns:
        """Facts of other periods: how far back each lies hangs on what else the unit has."""
        found: Columns = defaultdict(dict)
        rows = stored.fact_rows(self.space, units[0].code, units[-1].code, self.period)
        for code, some in groupby(rows, key=lambda row: row[0]):
            place = places.get(code)
            if place is not None:
                for fact, back, value in self.values(units[place], list(some)):
                    found[fact, back][place] = value
        return found

    def values(self, unit: Unit, rows: Rows) -> Iterator[tuple[str, int, Value]]:
        """Fact, periods back, value."""
        read = [(label, fact, self.value(unit, label, fact, text)) for _, label, fact, text in rows]
        kept = [each for each in read if each[2] is not None]
        backs = self.backs({label for label, *_ in kept})
        for label, fact, value in kept:
            yield fact, backs[label], value

    def backs(self, labels: set[str]) -> Mapping[str, int]:
        """How many periods back each label is."""
        earlier = sorted(labels - {self.period}, reverse=True)
        return {self.period: 0, **{label: back for back, label in enumerate(earlier, 1)}}

    def value(self, unit: Unit, label: str, fact: str, text: str) -> Any:
        """A stored value; None where it was taken back or cannot be read."""
        known = self.known[fact]
        if text not in known:
            known[text] = stored_value(self.vocabulary, fact, json.loads(text))
        found = known[text]
        if isinstance(found, Problem):
            self.problems.add(found.code, Where(unit.name, (label, fact)), found=found.found, allowed=found.allowed)
            return None
        return found


def sets(
    space: Tables, vocabulary: Vocabulary, chosen: Chosen, as_of: date, period: str, problems: Collector, seen: Seen | None = None
) -> Iterator[FactSet]:
    """The chosen units one by one, for the evaluator of one unit."""
    done = 0
    for units in chosen.units(space):
        yield from fact_sets(space, vocabulary, [unit.code for unit in units], as_of, period, problems)
        done += len(units)
        if seen is not None:
            seen(done)


def write(
    space: Tables, vocabulary: Vocabulary, chosen: Chosen, period: str, path: Path, as_of: date,
    *, only_with_facts: bool = False, facts: Sequence[tuple[FactType, int]] | None = None, seen: Seen | None = None,
) -> About:  # fmt: skip
    """Write the facts of the chosen units to *path*, which must not be anybody's file; what it then holds.

    *facts* are the columns wanted; without them all that is recorded. Raises BadInputError: stored values that cannot be read.
    """
    from duibiao.cohort.mirror import write_mirror

    problems = Collector()
    columns = facts_recorded(space, vocabulary, period) if facts is None else facts
    found = batches(space, vocabulary, chosen, period, problems, only_with_facts=only_with_facts, seen=seen)
    about = write_mirror(path, found, columns, as_of)
    problems.raise_any()
    return about


def save(
    space: Tables, registry: Registry, named: Sequence[str], period: str, path: Path, as_of: date,
    *, overwrite: bool = False, seen: Seen | None = None,
) -> About:  # fmt: skip
    """Write the facts of units (see :func:`choose`; none named: every unit with facts) to somebody's Parquet file.

    Raises BadInputError: no data frames (CO05), no such units (CO09), values that cannot be read, a file that cannot be written.
    """
    from duibiao.services.cohort_source import need_columns

    need_columns(str(path))
    chosen = choose(space, registry, named or (ALL,))
    with TemporaryDirectory(prefix="duibiao-") as folder:
        made = Path(folder) / "facts.parquet"
        about = write(space, registry.vocabulary, chosen, period, made, as_of, only_with_facts=not named, seen=seen)
        if not about.rows:
            raise BadInputError([Problem("CO09", Where("--units"), " ".join(named))])
        write_file(path, pieces(made), overwrite=overwrite)
    return about


__all__ = ["ALL", "FEW", "Chosen", "batches", "choose", "facts_recorded", "save", "sets", "write"]
