"""Figures of the cohort engine that need no other engine: slopes, building, few units, the mirror, comparing standards."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from gc import collect
from math import log
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import polars as pl
import table
from attrs import define, field
from cohort_data import scaled, write
from cohort_engines import alone
from cohort_report import Child, Report, in_turn

from duibiao.assess.bind import bind
from duibiao.assess.one import Assessor
from duibiao.cohort.bind_sql import open_slots, ranges_of, sql_text
from duibiao.cohort.dialects import ANSI
from duibiao.cohort.frames import Frames
from duibiao.cohort.render_sql import sql_of
from duibiao.cohort.tabulate import to_frame
from duibiao.cohort.widen import widen
from duibiao.model.facts import FactSet
from duibiao.rules.compile import Compiled
from duibiao.rules.program import Program

UNITS = (10_000, 40_000, 155_000, 620_573)
INDICATORS = (20, 50, 100, 200, 500, 1_000)
SCALED_UNITS = 100_000
BUILT = (20, 100, 1_000)
ROUNDS, PROCESSES = 15, 5
FEW = (1, 10, 30, 100, 200, 300, 500, 1_000, 3_000)
WAYS = ("one by one", "columns, from typed facts", "columns, from a frame", "columns, built before")
CHECKED = 200
"""Units of a standard with more or fewer indicators that are held against the evaluator for one."""
STEEPEST = 1.1


def slope(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """By which power of the size the time grows: the slope of a straight line through their logarithms."""
    xs, ys = [log(each) for each in sizes], [log(each) for each in seconds]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def slopes(report: Report, args: argparse.Namespace, place: Path) -> None:
    """How the cost grows with units and with indicators, complete facts and one in ten missing."""
    for missing in (0, 10):
        files = [write(place / f"facts-{units}-{missing}.parquet", units, missing) for units in UNITS]
        specs = [{"file": str(file), "gaps": bool(missing)} for file in files]
        growth(report, args, place, (f"units, {missing} % missing", UNITS), specs)
    for missing in (0, 10):
        specs = []
        for size in INDICATORS:
            found = scaled(size)
            path = write(place / f"scaled-{size}-{missing}.parquet", SCALED_UNITS, missing, found.facts)
            frames = Frames(found.program, table.TODAY)
            some = frames.results(pl.scan_parquet(path).head(CHECKED), None if missing else frozenset()).collect()
            alone(frames, path, some)
            specs.append({"file": str(path), "gaps": bool(missing), "indicators": size})
        growth(report, args, place, (f"indicators, {missing} % missing", INDICATORS), specs)


def growth(
    report: Report, args: argparse.Namespace, place: Path, what: tuple[str, Sequence[int]], specs: Sequence[dict[str, Any]]
) -> None:
    name, sizes = what
    children = [
        Child.start(f"{size} {name}", "ours", {"columns": [], **spec}, place) for size, spec in zip(sizes, specs, strict=True)
    ]
    try:
        in_turn(children, args.rounds)
    finally:
        for each in children:
            each.end()
    report.part(f"Cost against {name}", "", "CPU s", "wall s", "CPU µs ÷ size")
    for size, each in zip(sizes, children, strict=True):
        cpu = each.middle("cpu")
        report.line(f"{size:,}", f"{cpu:.3f}", f"{each.middle('wall'):.3f}", f"{cpu * 1e6 / size:.2f}")
    report.figure(f"slope against {name}, CPU", slope(sizes, [each.middle("cpu") for each in children]), most=STEEPEST, unit="")


def milliseconds(action: Callable[[], object], times: int = 9) -> tuple[float, float]:
    """Median CPU and wall milliseconds."""
    found = [once(action) for _ in range(times)]
    return median(cpu for cpu, _ in found), median(wall for _, wall in found)


def once(action: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall milliseconds of one call."""
    wall, cpu = perf_counter(), process_time()
    action()
    return (process_time() - cpu) * 1000, (perf_counter() - wall) * 1000


MISSING = {False: "complete facts", True: "any may be missing"}
Build = Callable[[Program, bool], Callable[[], object]]
"""From a lowered standard, and whether any fact may be missing, to what is timed."""


def polars_build(program: Program, missing: bool) -> Callable[[], object]:
    """Everything from the nodes to Polars expressions."""
    slots = frozenset(range(len(program.inputs)) if missing else ())
    return lambda: Frames(program, table.TODAY).layers(slots)


def sql_build(program: Program, missing: bool) -> Callable[[], object]:
    """Everything from the nodes to one SQL query over a table of facts."""
    return lambda: sql_text(program, table.TODAY, None if missing else (), ANSI, "facts", ())


def sql_alone(program: Program, missing: bool) -> Callable[[], object]:
    """The same once the columns to work out are known."""
    sheaf = widen(program, open_slots(program, None if missing else ()), ranges_of(program))
    return lambda: sql_of(sheaf, ANSI, "inputs", ())


def sheet_alone(program: Program, missing: bool) -> Callable[[], object]:
    """The nodes in order, which a program keeps once any engine has asked for them."""
    return lambda: program.sheet


BUILDS: tuple[tuple[str, Build, int | None], ...] = (
    ("Polars expressions", polars_build, 50),
    ("SQL text", sql_build, 10),
    ("of it, the nodes in order", sheet_alone, None),
    ("of it, the text once its columns are known", sql_alone, None),
)


@define
class Built:
    """What building took, round by round.

    Attributes:
        what: What was built.
        build: How.
        most: Milliseconds that it may take; None where that is not demanded.
        missing: Whether any fact may be missing.
        first: CPU and wall milliseconds of the first build from a standard.
        again: CPU milliseconds of the second.
    """

    what: str
    build: Build
    most: int | None
    missing: bool
    first: list[tuple[float, float]] = field(factory=list)
    again: list[float] = field(factory=list)

    def round(self, size: int) -> None:
        """One first build and one second, from a standard lowered anew."""
        program = lowered(size)
        self.first.append(once(self.build(program, self.missing)))
        self.again.append(once(self.build(program, self.missing))[0])


def building(report: Report, args: argparse.Namespace, place: Path) -> None:
    """A lowered standard to expressions, and to SQL.

    Whoever uses a standard builds it once, so what counts is the first build of a standard that was lowered for it alone; a
    second one from the same standard finds the nodes in order. The first build of a whole process stands beside.
    """
    heads = ("first, CPU ms", "least", "wall ms", "again, CPU ms")
    report.part(f"Building from a lowered standard, medians of {ROUNDS}", "", *heads)
    for size in BUILT:
        found = [Built(*each, missing) for missing in MISSING for each in BUILDS]
        for _ in range(ROUNDS):
            for each in found:  # in turn, so that what else the machine does meets everybody
                each.round(size)
        for each in found:
            name = f"{size:,} indicators, {MISSING[each.missing]}: {each.what}"
            cpu, wall = median(cpu for cpu, _ in each.first), median(wall for _, wall in each.first)
            least, again = min(each.first)[0], f"{median(each.again):.1f}" if each.most else ""
            report.line(name, f"{cpu:.1f}", f"{least:.1f}", f"{wall:.1f}", again)
            if each.most and size == len(table.RULES):
                report.figure(f"building {name}, CPU", cpu, most=each.most, unit="ms")
                alone_in = median(in_process(each.build.__name__, each.missing) for _ in range(PROCESSES))
                report.figure(f"building {name}, first of a process, CPU", alone_in, most=each.most, unit="ms")


def lowered(size: int) -> Program:
    """A standard of so many indicators, lowered anew; what that left behind is not for the next to clear away."""
    found = table.program() if size == len(table.RULES) else scaled(size).program
    collect()
    return found


def in_process(build: str, missing: bool) -> float:
    """CPU milliseconds of the first build in a process of its own, which has imported everything and lowered the standard."""
    said = f"import cohort_figures as f; print(f.once(f.{build}(f.lowered(len(f.table.RULES)), {missing}))[0])"
    folder = Path(__file__).parent
    return float(subprocess.run([sys.executable, "-c", said], cwd=folder, capture_output=True, text=True, check=True).stdout)


def few(report: Report, args: argparse.Namespace, place: Path) -> None:
    """From how many units on columns are faster than one unit after the other."""
    report.part("Few units, 10 % missing: CPU ms to results", "units", *WAYS)
    program = table.program()
    compiled, frames = Assessor(program).compiled, Frames(program, table.TODAY)
    units = [table.unit(seed, missing=0.1) for seed in range(FEW[-1])]
    facts = [(fact.type, 0) for fact in table.FACTS.values()]
    found: list[list[float]] = [[] for _ in WAYS]
    for size in FEW:
        some = units[:size]
        frame = to_frame(some, facts)
        ways = (
            partial(one_by_one, frames, compiled, some),
            partial(in_columns, program, None, partial(to_frame, some, facts)),
            partial(in_columns, program, None, lambda f=frame: f),
            partial(in_columns, program, frames, lambda f=frame: f),
        )
        for times, way in zip(found, ways, strict=True):
            times.append(milliseconds(way, 7)[0])
        report.line(f"{size:,}", *(f"{times[-1]:.1f}" for times in found))
    for name, times in zip(WAYS[1:], found[1:], strict=True):
        report.figure(f"{name}: faster than one by one from", crossing(FEW, found[0], times), unit="units")


def one_by_one(frames: Frames, compiled: Compiled, units: Sequence[FactSet]) -> list[dict[str, int]]:
    """Result rows of the evaluator for one unit."""
    return [frames.layout.row(compiled.run(bind(frames.program, each))) for each in units]


def in_columns(program: Program, frames: Frames | None, source: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """The same from columns; without *frames* they are built."""
    return (frames or Frames(program, table.TODAY)).results(source().lazy()).collect()


def crossing(sizes: Sequence[int], one: Sequence[float], two: Sequence[float]) -> float:
    """The size from which the second is cheaper, read off between two measured sizes."""
    for place in range(1, len(sizes)):
        if one[place] > two[place]:
            before, after = (two[i] - one[i] for i in (place - 1, place))
            return sizes[place - 1] + (sizes[place] - sizes[place - 1]) * max(before, 0) / (max(before, 0) - after)
    return float("inf")


def comparing(report: Report, args: argparse.Namespace, place: Path) -> None:
    """The four standards against each other: the figure of `compare.py`."""
    out = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("compare.py"))], capture_output=True, text=True, check=True
    )
    report.part("Comparing four standards")
    print(out.stdout)
    for name, value in re.findall(r"^\| (.+?) \| ([\d.]+) \| ≤", out.stdout, re.MULTILINE):
        report.figure(f"comparing, {name}, CPU", float(value), most=200, unit="ms")
