"""Many units under one standard: facts from a file or the workspace, worked out by the engine that suits, kept as results."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from duibiao.assess.bind import bind
from duibiao.assess.one import Assessor
from duibiao.cohort.answers import Answers, PlainAnswers
from duibiao.cohort.layout import Layout
from duibiao.cohort.loop import Loop
from duibiao.cohort.widen import TooWideError
from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.model.facts import FactSet
from duibiao.registry import Registry
from duibiao.services.cohort_source import FileSource, Source, SpaceSource, columns_installed, need_columns
from duibiao.services.mirroring import FEW

if TYPE_CHECKING:
    from duibiao.cohort.mirror import FactTable
    from duibiao.cohort.peers import Peers

ENGINES = ("auto", "columns", "loop", "spark")
Seen = Callable[[int], object]


@frozen
class Results:
    """What became of many units under one standard.

    Attributes:
        registry: The standards.
        assessor: The standard.
        day: The day asked.
        engine: What worked it out: ``columns``, ``loop`` or ``spark``.
        answers: The results, ready to be asked.
        examples: How many of the units have example facts.
        file: Parquet file (or folder) that holds them; None where data frames are not installed.
        notes: What should be told although nothing is wrong.
    """

    registry: Registry
    assessor: Assessor
    day: date
    engine: str
    answers: Answers
    examples: int = 0
    file: Path | None = None
    notes: tuple[Problem, ...] = ()

    @property
    def layout(self) -> Layout:
        """Names of the results' columns."""
        return Layout.of(self.assessor.program)

    @property
    def note(self) -> dict[str, Any]:
        """What a file of results says of itself."""
        return note_of(self.assessor, self.day)


def note_of(assessor: Assessor, day: date) -> dict[str, Any]:
    """What a file of results says of itself: what was asked, and what its codes and steps mean."""
    from duibiao import __version__

    program = assessor.program
    header = program.standard.header
    return {
        "format": 1, "program": __version__, "standard": header.id, "edition": header.edition,
        "content_hash": program.standard.content_hash, "as_of": day.isoformat(), "point_step": str(program.point_step),
        "scope": {"0": "out_of_scope", "1": "in_scope", "2": "open", "3": "open"},
        "verdict": {"0": "not_met", "1": "met", "2": "needs_judgement", "3": "unknown", "4": "not_applicable"},
        "state": {"0": "not_held", "1": "held", "2": "open", "3": "open"},
    }  # fmt: skip


@define
class Cohort(AbstractContextManager["Cohort"]):
    """Many units being assessed; closing it removes what was kept on the way.

    Attributes:
        registry: The standards.
        folder: Where facts and results are kept meanwhile.
    """

    registry: Registry
    _home: TemporaryDirectory[str] = field(factory=lambda: TemporaryDirectory(prefix="duibiao-", ignore_cleanup_errors=True))

    @property
    def folder(self) -> Path:
        """Where facts and results are kept."""
        return Path(self._home.name)

    def __exit__(self, *error: object) -> None:
        self._home.cleanup()

    def assess_all(
        self, standard: str, source: Source, *, engine: str = "auto", master: str = "", seen: Seen = lambda done: None
    ) -> Results:
        """Every unit of *source* under *standard*: of the workspace's by the edition in force on the day.

        *engine* is one of :data:`ENGINES`, *master* the address of a Spark cluster. Raises BadInputError, with everything
        wrong: no such standard or engine, facts that cannot be read or do not fit, an engine that is not installed.
        """
        if engine not in ENGINES:
            problems = Collector()
            problems.add("CO06", Where("--engine"), found=engine, among=ENGINES)
            problems.raise_any()
        name = self.registry.edition(standard, source.day) if isinstance(source, SpaceSource) else standard
        work = _Work(self, self.registry.assessor(name), source, seen)
        if engine == "spark":
            return work.by_spark(master)
        if engine == "columns":
            need_columns("--engine columns")
            return work.by_columns()
        if engine == "loop" or source.small or not columns_installed():
            return work.by_loop(told=engine == "auto" and not source.small)
        try:
            return work.by_columns()
        except BadInputError as error:
            if [each.code for each in error.problems] != ["CO07"]:
                raise
            return work.by_loop(note=error.problems[0])


@frozen
class _Work:
    cohort: Cohort
    assessor: Assessor
    source: Source
    seen: Seen

    def by_columns(self) -> Results:
        """In data frames. BadInputError CO07 where a number of the standard may grow beyond 53 bits."""
        from duibiao.cohort.answers_columns import ColumnAnswers
        from duibiao.cohort.checks import misfits
        from duibiao.cohort.frames import Frames
        from duibiao.cohort.peers import peers_of
        from duibiao.cohort.results import write_columns

        program, day = self.assessor.program, self.source.day
        table = self.source.table(program, self.cohort.folder, self.seen)
        problems = misfits(program, table, day)
        if problems:
            raise BadInputError(problems)
        frames = Frames(program, day)
        made = self.cohort.folder / "results.parquet"
        try:
            peers = peers_of(frames, table)
            self._check_peers(table, peers)
            write_columns(frames, table, peers, made, note_of(self.assessor, day))
        except TooWideError:
            raise BadInputError([Problem("CO07", Where(program.standard.id))]) from None
        return self._results("columns", ColumnAnswers.in_file(program, made), table.about.examples, made)

    def _check_peers(self, table: FactTable, peers: Peers) -> None:
        """What the cohort supplies has to fit as well: one unit shows whether it does."""
        from duibiao.cohort.rows import sets_at

        if peers.supplied:
            rows = table.frame.head(1).collect()
            (facts,) = sets_at(table, [0], self.assessor.program.vocabulary, self.source.day)
            bind(self.assessor.program, facts, peers.of(rows)[0])

    def by_loop(self, *, told: bool = False, note: Problem | None = None) -> Results:
        """One unit after the other; *told* says what would be faster."""
        program = self.assessor.program
        counted = _Counted(self.seen if isinstance(self.source, FileSource) else lambda done: None)
        loop = Loop(self.assessor)
        rows = loop.rows(counted.through(self.source.sets(program, self.seen)))
        if columns_installed() and not self.source.small:
            from duibiao.cohort.answers_columns import ColumnAnswers
            from duibiao.cohort.results import write_rows

            made = self.cohort.folder / "results.parquet"
            write_rows(rows, loop.layout, program, made, note_of(self.assessor, self.source.day))
            return self._results("loop", ColumnAnswers.in_file(program, made), counted.examples, made, note)
        answers = PlainAnswers.of(loop.layout, rows)
        if told and answers.rows >= FEW:
            note = Problem("CO08", found=str(answers.rows), allowed="pip install 'duibiao[cohort]'")
        return self._results("loop", answers, counted.examples, None, note)

    def by_spark(self, master: str) -> Results:
        """On a Spark cluster. Raises BadInputError: the extra is missing, Java is, Spark refuses."""
        from duibiao.cohort.answers_columns import ColumnAnswers
        from duibiao.cohort.mirror import read_mirror
        from duibiao.cohort.spark import run_spark

        need_columns("--engine spark")
        program = self.assessor.program
        facts = self.source.parquet(program, self.cohort.folder, self.seen)
        made = self.cohort.folder / "results"
        try:
            run_spark(program, self.source.day, facts, made, master=master)
        except TooWideError:
            raise BadInputError([Problem("CO07", Where(program.standard.id))]) from None
        table = read_mirror(facts, program.vocabulary, [])
        examples = table.about.examples if table is not None else 0
        return self._results("spark", ColumnAnswers.in_file(program, made), examples, made)

    def _results(self, engine: str, answers: Answers, examples: int, file: Path | None, note: Problem | None = None) -> Results:
        return Results(
            self.cohort.registry, self.assessor, self.source.day, engine, answers, examples, file,
            () if note is None else (note,),
        )  # fmt: skip


@define
class _Counted:
    """Counts units that go by."""

    seen: Seen
    done: int = 0
    examples: int = 0

    def through(self, units: Any) -> Any:
        each: FactSet
        for each in units:
            self.done += 1
            self.examples += each.example
            if self.done % FEW == 0:
                self.seen(self.done)
            yield each


def on_cluster(registry: Registry, standard: str, day: date, facts: str, out: str, master: str = "") -> int:
    """Work out *facts* on a Spark cluster's own storage and write *out* there; how many units.

    Raises BadInputError: Spark or Java is missing, it refuses, facts do not fit, numbers beyond 53 bits (CO07).
    """
    from duibiao.cohort.spark import run_spark

    try:
        return run_spark(registry.program(standard), day, facts, out, master=master)
    except TooWideError:
        raise BadInputError([Problem("CO07", Where(standard))]) from None


def sql_of(registry: Registry, standard: str, day: date, dialect: str = "ansi") -> str:
    """A standard as one SQL query over a table of facts.

    Raises BadInputError: no such standard or dialect, rules that look at other units, numbers beyond 53 bits (CO07).
    """
    from duibiao.cohort.bind_sql import sql_text
    from duibiao.cohort.dialects import DIALECTS

    problems = Collector()
    if dialect not in DIALECTS:
        problems.add("DB018", Where("--sql"), found=dialect, among=DIALECTS)
        problems.raise_any()
    try:
        return sql_text(registry.program(standard), day, None, DIALECTS[dialect])
    except TooWideError:
        raise BadInputError([Problem("CO07", Where(standard))]) from None


__all__ = ["ENGINES", "Cohort", "Results", "on_cluster", "sql_of"]
