"""Whether many units at once get what each unit alone gets, over the real units of the register with seeded example facts.

Two standards: the committee standard of Qingpu, and the made-up one of 100 indicators that share 100 points. All units go
through `Cohort.assess_all`; a random 10 000 of them are compared column by column with the function for one unit, and 1 000 of
these with the full assessment: every verdict, all points, awards, gates, vetoes, and the reasons counted. Of another engine than
columns every value of every unit is compared with theirs besides.

    python benchmarks/cohort_equal.py [--units all|CODE] [--seed N] [--engine columns|loop|spark]

Exits with 1 when anything differs.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import table
from attrs import define

from duibiao.assess.bind import bind
from duibiao.assess.one import VERDICTS, Assessor
from duibiao.cohort.examples import Recipe, write_examples
from duibiao.cohort.loop import Loop
from duibiao.cohort.mirror import columns_of, read_mirror
from duibiao.cohort.results import pending_of, schema_of
from duibiao.cohort.rows import sets_at
from duibiao.cohort.tabulate import read_facts
from duibiao.model.facts import FactSet, Unit, Vocabulary
from duibiao.model.outcome import Assessment, Reason, State
from duibiao.model.standard import Jurisdiction
from duibiao.registry import Registry
from duibiao.rules.nodes import FALSE, TRUE
from duibiao.services.cohort_source import FileSource
from duibiao.services.cohorts import Cohort

BENCH = "bench.unit"
BATCH = 20_000
PICKED, EXPLAINED = 10_000, 1_000


class WithTable(Registry):
    """What is installed, and the made-up standard."""

    def __init__(self) -> None:
        super().__init__(blocked=())
        self.made_up = Assessor(table.program())

    def assessor(self, name: str) -> Assessor:
        """A standard ready to assess units."""
        return self.made_up if name == BENCH else super().assessor(name)


@define
class Count:
    """What was compared and what differed."""

    cells: int = 0
    different: int = 0
    reasons: int = 0
    shown: int = 0

    def same(self, what: str, one: object, other: object) -> None:
        """Compare two values and say where they differ."""
        self.cells += 1
        if one != other:
            self.different += 1
            if self.shown < 5:
                self.shown += 1
                print(f"    {what}: {one!r} is not {other!r}")


def real_units(registry: Registry, under: str, kinds: tuple[str, ...]) -> Iterator[list[Unit]]:
    """The units of the register, some thousands at a time."""
    home = Jurisdiction(id="", title="", level="nation", divisions=() if under == "all" else (under,))
    some: list[Unit] = []
    for unit in registry.units(home):
        if unit.kind in kinds and len(unit.code) == 12:
            some.append(unit)
        if len(some) == BATCH:
            yield some
            some = []
    if some:
        yield some


def compare_rows(loop: Loop, row: Mapping[str, Any], facts: FactSet, count: Count) -> None:
    """One unit's row against the function for one unit."""
    for name, value in loop.row(facts, bind(loop.assessor.program, facts)).items():
        count.same(f"{facts.unit.code} {name}", row[name], value)


def compare_told(assessor: Assessor, row: Mapping[str, Any], told: Assessment, count: Count) -> None:
    """One unit's row against its full assessment."""
    step, code = assessor.program.point_step, told.unit.code
    scope = {True: TRUE, False: FALSE}.get(told.in_scope) if told.in_scope is not None else None
    if scope is not None:
        count.same(f"{code} scope", row["scope"], scope)
    for leaf in told.indicators():
        if told.in_scope is not False:
            count.same(f"{code} {leaf.id}", VERDICTS[row[f"verdict.{leaf.id}"]], leaf.verdict)
        if leaf.points is not None:
            ends = (row[f"points.{leaf.id}.low"] * step, row[f"points.{leaf.id}.high"] * step)
            count.same(f"{code} points of {leaf.id}", ends, (leaf.points.low, leaf.points.high))
        count.reasons += steps(leaf.because)
    if told.score is not None:
        ends = (row["score.low"] * step, row["score.high"] * step)
        count.same(f"{code} score", ends, (told.score.low, told.score.high))
    states = {TRUE: State.HELD, FALSE: State.NOT_HELD}
    for kind, found in (("gate", told.gates), ("veto", told.vetoes), ("award", told.awards)):
        for each in found:
            state = states.get(row[f"{kind}.{each.id}"], State.OPEN)
            count.same(f"{code} {kind} {each.id}", state, each.state)
            count.reasons += steps(each.because)


def steps(reason: Reason) -> int:
    """How many steps an explanation has."""
    return 1 + sum(steps(each) for each in reason.children)


def check(registry: WithTable, standard: str, asked: argparse.Namespace, day: date, folder: Path) -> bool:
    """One standard over all units; whether everything is equal."""
    assessor = registry.assessor(standard)
    program = assessor.program
    facts_file = folder / f"{standard}.parquet"
    started = time.perf_counter()
    units = real_units(registry, asked.units, program.standard.header.unit_kinds)
    about = write_examples(facts_file, units, Recipe(program, day, asked.seed))
    print(f"{standard}: {about.rows:,} real units with example facts, seed {asked.seed} ({time.perf_counter() - started:.1f} s)")
    vocabulary = Vocabulary({**registry.vocabulary.types, **program.vocabulary.types})
    with Cohort(registry) as cohort:
        started, cpu = time.perf_counter(), time.process_time()
        source = FileSource(facts_file, vocabulary, day)
        results = cohort.assess_all(standard, source, engine=asked.engine)
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu
        print(f"  {len(program.leaves)} indicators by {results.engine}: {wall:.1f} s, CPU {cpu:.1f} s")
        frame: pl.LazyFrame = results.answers.frame  # type: ignore[attr-defined]
        equal = compare(assessor, frame, facts_file, vocabulary, day, asked.seed)
        if asked.engine != "columns":
            beside = cohort.assess_all(standard, source, engine="columns").answers.frame  # type: ignore[attr-defined]
            equal = compare_all(frame, beside, Loop(assessor)) and equal
        return equal


def compare(assessor: Assessor, frame: pl.LazyFrame, facts_file: Path, vocabulary: Vocabulary, day: date, seed: int) -> bool:
    """A random part of the results against one unit at a time."""
    program, loop = assessor.program, Loop(assessor)
    own = read_mirror(facts_file, vocabulary, columns_of(read_facts(program)))
    assert own is not None
    places = sorted(Random(seed).sample(range(own.about.rows), min(PICKED, own.about.rows)))
    names = list(schema_of(loop.layout, pending_of(loop.layout, program)))
    found = frame.select(names).filter(pl.col("unit.code").is_in(pl.Series(codes_at(own.frame, places)).implode()))
    rows = {row["unit.code"]: row for row in found.collect(engine="streaming").iter_rows(named=True)}
    bare, told = Count(), Count()
    units = sets_at(own, places, vocabulary, day)
    for facts in units:
        compare_rows(loop, rows[facts.unit.code], facts, bare)
    explained = Random(seed + 1).sample(units, min(EXPLAINED, len(units)))
    for facts in explained:
        compare_told(assessor, rows[facts.unit.code], assessor.assess(facts), told)
    print(f"  {len(units):,} units against the function for one: {bare.cells:,} values, {bare.different} different")
    print(f"  {len(explained):,} with explanations ({told.reasons:,} steps): {told.cells:,} values, {told.different} different")
    return not (bare.different or told.different)


def compare_all(frame: pl.LazyFrame, beside: pl.LazyFrame, loop: Loop) -> bool:
    """Every value of every unit against those of columns."""
    names = list(schema_of(loop.layout, pending_of(loop.layout, loop.assessor.program)))
    one, other = (each.select(names).sort("unit.code").collect(engine="streaming") for each in (frame, beside))
    different = [int(one[name].ne_missing(other[name]).sum()) for name in names] if one.height == other.height else [one.height]
    print(f"  all {one.height:,} units against columns: {one.height * len(names):,} values, {sum(different)} different")
    return not sum(different)


def codes_at(frame: pl.LazyFrame, places: list[int]) -> list[str]:
    """The codes of some rows."""
    picked = frame.select("unit.code").with_row_index("row").filter(pl.col("row").is_in(places))
    return picked.collect(engine="streaming")["unit.code"].to_list()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", default="all")
    parser.add_argument("--seed", type=int, default=20_111)
    parser.add_argument("--engine", default="columns")
    asked = parser.parse_args()
    registry = WithTable()
    with TemporaryDirectory(prefix="duibiao-") as folder:
        days = {"shanghai.qingpu.committee": date(2011, 9, 30), BENCH: table.TODAY}
        equal = [check(registry, name, asked, day, Path(folder)) for name, day in days.items()]
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB")
    print("all equal" if all(equal) else "NOT EQUAL")
    return 0 if all(equal) else 1


if __name__ == "__main__":
    sys.exit(main())
