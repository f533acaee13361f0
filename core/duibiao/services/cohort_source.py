"""Where the facts of many units come from: a file, or the workspace; as a table for columns, or one unit after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.exchange.facts import Preview, preview_facts
from duibiao.exchange.tables import COLUMNS
from duibiao.model.calendar import period_of
from duibiao.model.facts import FactSet, FactType, Vocabulary
from duibiao.rules.program import Program
from duibiao.services import mirroring
from duibiao.services.clock import today
from duibiao.services.mirroring import Chosen, Seen
from duibiao.store.tables import Tables

if TYPE_CHECKING:
    from duibiao.cohort.mirror import FactTable

PARQUET = ".parquet"
_ROWS = 20_000


def columns_installed() -> bool:
    """Whether the extra for data frames is there."""
    return find_spec("polars") is not None


def need_columns(what: str) -> None:
    """BadInputError CO05 where data frames are not installed; *what* asks for them."""
    if not columns_installed():
        raise BadInputError([Problem("CO05", Where(what), "polars", "pip install 'duibiao[cohort]'")])


@frozen(slots=False)
class FileSource:
    """A facts file: Parquet, or any that ``duibiao assess`` reads.

    Attributes:
        path: The file.
        vocabulary: Data items.
        asked: The day asked; None for the file's own, else today.
        tell: Hears what an operator should know of the file although nothing is wrong.
    """

    path: Path
    vocabulary: Vocabulary
    asked: date | None = None
    tell: Callable[[Problem], None] | None = None

    @property
    def day(self) -> date:
        """The day asked."""
        return self.asked or self._own_day or today()

    @property
    def small(self) -> bool:
        """Whether its units are at hand one by one, and few."""
        return not self._parquet and len(self._preview.found) < mirroring.FEW

    @property
    def _parquet(self) -> bool:
        return self.path.suffix.lower() == PARQUET

    @cached_property
    def _own_day(self) -> date | None:
        if not self._parquet:
            return self._preview.found[0].as_of if self._preview.found else None
        from duibiao.cohort.mirror import told_of

        self._check()
        told = told_of(self.path)
        return date.fromisoformat(told["as_of"]) if told is not None and told["as_of"] else None

    @cached_property
    def _preview(self) -> Preview:
        found = preview_facts(self.path, self.vocabulary, self.asked or today())
        found.taken()
        for note in found.notes:
            if self.tell is not None:
                self.tell(note)
        return found

    def _check(self) -> None:
        need_columns(str(self.path))
        if not self.path.is_file():
            raise BadInputError([Problem("DB001", Where(str(self.path)))])

    def table(self, program: Program, folder: Path, seen: Seen) -> FactTable:
        """The facts that a program reads, as a table. BadInputError with everything wrong in the file."""
        from duibiao.cohort import mirror
        from duibiao.cohort.foreign import adopt
        from duibiao.cohort.tabulate import read_facts, to_frame

        facts = read_facts(program)
        if self._parquet:
            self._check()
            own = mirror.read_mirror(self.path, self.vocabulary, mirror.columns_of(facts))
            wanted = frozenset(ftype.id for ftype, _ in facts)
            return own or adopt(self.path, self.vocabulary, wanted, COLUMNS, self.day)
        found = self._preview.found
        parts = [to_frame(found[i : i + _ROWS], facts) for i in range(0, len(found), _ROWS)]
        return mirror.of_frames(parts, file=str(self.path), examples=sum(each.example for each in found), as_of=self.day)

    def sets(self, program: Program, seen: Seen) -> Iterator[FactSet]:
        """The units one by one."""
        if not self._parquet:
            yield from (evolve(each, as_of=self.day) for each in self._preview.found)
            return
        from duibiao.cohort.rows import sets_of

        yield from sets_of(self.table(program, self.path, seen), self.vocabulary, self.day)

    def parquet(self, program: Program, folder: Path, seen: Seen) -> Path:
        """The facts as a Parquet file with our layout."""
        from duibiao.cohort import mirror
        from duibiao.cohort.rows import write_table
        from duibiao.cohort.tabulate import read_facts

        if self._parquet and mirror.told_of(self.path) is not None:
            return self.path
        made = folder / "facts.parquet"
        write_table(made, self.table(program, folder, seen), read_facts(program))
        return made


@frozen
class SpaceSource:
    """Units of the workspace.

    Attributes:
        space: The workspace.
        vocabulary: Data items.
        chosen: Which units.
        day: The day asked.
        period: Period of the facts; empty for the year of that day.
    """

    space: Tables
    vocabulary: Vocabulary
    chosen: Chosen
    day: date
    period: str = ""

    small = False

    @property
    def _period(self) -> str:
        return self.period or period_of(self.day)

    def table(self, program: Program, folder: Path, seen: Seen) -> FactTable:
        """The facts that a program reads, as a table; units without facts are there too.

        Raises BadInputError: no such units (CO09), stored values that cannot be read (U03).
        """
        from duibiao.cohort import mirror
        from duibiao.cohort.tabulate import read_facts

        facts = read_facts(program)
        found = mirror.read_mirror(self.write(facts, folder, seen), self.vocabulary, mirror.columns_of(facts))
        assert found is not None  # noqa: S101 - it was just written
        if not found.about.rows:
            raise BadInputError([Problem("CO09", Where("--units"))])
        return evolve(found, file="")

    def write(self, facts: Sequence[tuple[FactType, int]], folder: Path, seen: Seen) -> Path:
        made = folder / "facts.parquet"
        mirroring.write(
            self.space, self.vocabulary, self.chosen, self._period, made, self.day, facts=facts, seen=seen
        )  # fmt: skip
        return made

    def sets(self, program: Program, seen: Seen) -> Iterator[FactSet]:
        """The units one by one; errors as for :meth:`table`, at the end."""
        problems = Collector()
        none = True
        for each in mirroring.sets(self.space, self.vocabulary, self.chosen, self.day, self._period, problems, seen):
            none = False
            yield each
        if none:
            problems.add("CO09", Where("--units"))
        problems.raise_any()

    def parquet(self, program: Program, folder: Path, seen: Seen) -> Path:
        """The facts as a Parquet file with our layout."""
        from duibiao.cohort.tabulate import read_facts

        need_columns("--engine spark")
        return self.write(read_facts(program), folder, seen)


Source = FileSource | SpaceSource
