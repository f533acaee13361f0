"""The whole nation under 100 indicators, Parquet to results: this project, Polars by hand, OpenFisca, DuckDB."""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import cohort_rivals
import polars as pl
import table
from attrs import frozen
from cohort_data import write
from cohort_report import Child, Measure, Report, in_turn, ratio

from duibiao.assess.one import Assessor
from duibiao.cohort.bind_sql import sql_text
from duibiao.cohort.dialects import DUCKDB
from duibiao.cohort.frames import Frames
from duibiao.rules.nodes import OPEN

OURS, LOADED = "duibiao, complete facts", "duibiao, in memory"
READING, MISSING = "reading, 10 % missing", "duibiao, 10 % missing"
HAND = "Polars by hand"
FISCA, FISCA_LOADED = "openfisca-core", "openfisca-core, in memory"
WIDTHS = {", 64 bits": True, "": False}
"""OpenFisca with 64 bits throughout, and with them only where a fact's range asks for them."""
DUCK, DUCK_OURS = "DuckDB, SQL by hand", "DuckDB, duibiao's SQL"
SAMPLE, FRESH = 2_000, 5
MEASURES: tuple[Measure, ...] = ("cpu", "wall")


@frozen
class Field:
    """Who takes part, and on which facts.

    Attributes:
        frames: The made-up standard over frames.
        complete: Facts without gaps.
        partly: The same with one in ten missing.
        folder: For files.
        peers: Python of the other engines; empty without them.
    """

    frames: Frames
    complete: Path
    partly: Path
    folder: Path
    peers: str

    def ours(self) -> list[Child]:
        """This project, reading alone, and Polars by hand in every form that somebody may choose."""
        whole, part = ({"file": str(file), "columns": self.frames.needed} for file in (self.complete, self.partly))
        found = [
            self.child(OURS, "ours", {**whole, "gaps": False}),
            self.child(READING, "reading", part),
            self.child(MISSING, "ours", {**part, "gaps": True}),
            self.child(LOADED, "ours", {**whole, "gaps": False, "loaded": True}),
        ]
        for engine in ("streaming", "in-memory"):
            for width in ("narrow", "int64"):
                found.append(self.child(f"{HAND}, {engine}, {width}", "by_hand", {**whole, "engine": engine, "width": width}))
        return found

    def others(self) -> list[Child]:
        """The other engines."""
        rules = {**cohort_rivals.openfisca_rules(self.frames.program), "file": str(self.complete)}
        file, names = str(self.complete), cohort_rivals.outputs_of(self.frames.layout)
        found = [
            self.peer(DUCK, "duckdb", {"facts": file, "sql": cohort_rivals.sql_query(self.frames.program)}),
            self.peer(DUCK_OURS, "duckdb", {"facts": file, "sql": our_sql(self.frames), "renamed": names}),
        ]
        for word, wide in WIDTHS.items():
            found.append(self.peer(f"{FISCA}{word}", "openfisca", {**rules, "wide": wide, "loaded": False}))
            found.append(self.peer(f"{FISCA_LOADED}{word}", "openfisca", {**rules, "wide": wide, "loaded": True}))
        return found

    def child(self, title: str, kind: str, spec: dict[str, Any]) -> Child:
        return Child.start(title, kind, spec, self.folder)

    def peer(self, title: str, kind: str, spec: dict[str, Any]) -> Child:
        return Child.start(title, kind, spec, self.folder, self.peers)


def our_sql(frames: Frames) -> str:
    """This project's own SQL over a table of facts without gaps."""
    return sql_text(frames.program, frames.as_of, frozenset(), DUCKDB, "facts", ())


def engines(report: Report, args: argparse.Namespace, place: Path) -> None:
    """Measure and print everybody."""
    frames = Frames(table.program(), table.TODAY)
    files = [write(place / f"facts-{args.units}-{missing}.parquet", args.units, missing) for missing in (0, 10)]
    taking_part = Field(frames, *files, place, args.peers)
    children = taking_part.ours()
    try:
        if args.peers:
            children += taking_part.others()
        equal(children, frames, taking_part)
        in_turn(children, args.rounds)
    finally:
        for each in children:
            each.end()
    show(report, args, {each.title: each for each in children})
    memory(report, taking_part)


def equal(children: list[Child], frames: Frames, field: Field) -> None:
    """Refuse to time anybody whose results differ."""
    names = cohort_rivals.outputs_of(frames.layout)
    found = {}
    for each in children:
        each.go()
        if each.title not in (READING, LOADED):
            found[each.title] = path = field.folder / "result.parquet"
            each.ask(f"write {path}")
            result = pl.read_parquet(path)
            if each.title == OURS:
                ours = result.select(list(names)).rename(names)
            if each.title in (OURS, MISSING):
                alone(frames, field.partly if each.title == MISSING else field.complete, result)
            else:
                same(each.title, ours, result)
            path.unlink()
    print(f"\nequal values: {', '.join(found)}; this project's and the evaluator's for one unit on {SAMPLE} units\n")
    print(", ".join(sorted({each.version for each in children})))


def same(title: str, ours: pl.DataFrame, result: pl.DataFrame) -> None:
    """Every output of every unit is the same."""
    assert len(ours) == len(result), title
    for name in ours.columns:
        assert (ours[name].cast(pl.Int64) == result[name].cast(pl.Int64)).all(), f"{title}: {name}"


def alone(frames: Frames, facts: Path, result: pl.DataFrame) -> None:
    """Some units give the same one by one."""
    compiled, program = Assessor(frames.program).compiled, frames.program
    chosen = sorted(Random(1).sample(range(len(result)), min(SAMPLE, len(result))))
    values = pl.scan_parquet(facts).head(len(result)).select(frames.inputs(frozenset(frames.needed))).collect()[chosen]
    for inputs, row in zip(values.iter_rows(), result[chosen].iter_rows(named=True), strict=True):
        lows = tuple(
            _end(value, each.low, flag=each in program.flags) for value, each in zip(inputs, program.inputs, strict=True)
        )
        highs = tuple(1 if value is None and each in program.flags else int(each.high if value is None else value)
                      for value, each in zip(inputs, program.inputs, strict=True))  # fmt: skip
        assert frames.layout.row(compiled.general(lows, highs)) == {name: int(value) for name, value in row.items()}


def _end(value: int | None, low: int, *, flag: bool) -> int:
    return (OPEN if flag else low) if value is None else int(value)


def show(report: Report, args: argparse.Namespace, found: dict[str, Child]) -> None:
    """Everybody's times, and the figures."""
    report.part(f"{args.units:,} units × {len(table.RULES)} indicators, medians of {args.rounds}",
                "", "CPU s", "wall s", "÷ duibiao, CPU", "÷ duibiao, wall")  # fmt: skip
    ours = found[OURS]
    for name, each in found.items():
        ratios = [f"{ratio(each, ours, measure):.2f}" for measure in MEASURES]
        report.line(name, *(f"{each.middle(measure):.3f}" for measure in MEASURES), *ratios)
    best = min((each for name, each in found.items() if name.startswith(HAND)), key=lambda each: each.middle("cpu"))
    figures(report, "complete facts ÷ best Polars by hand", ours, best, most=1.5)
    figures(report, "10 % missing ÷ reading alone", found[MISSING], found[READING], most=2.2)
    if not args.peers:
        report.left_out("openfisca-core, DuckDB", "not installed: python -m pip install -r requirements/bench-cohort.txt")
        return
    for word in WIDTHS:
        figures(report, f"openfisca-core{word} ÷ ours", found[f"{FISCA}{word}"], ours, least=3)
        figures(report, f"openfisca-core{word} ÷ ours, in memory", found[f"{FISCA_LOADED}{word}"], found[LOADED], least=1.5)
    for name in (DUCK, DUCK_OURS):
        figures(report, f"{name} ÷ ours", found[name], ours, least=4)


def figures(
    report: Report, name: str, over: Child, under: Child, *, most: float | None = None, least: float | None = None
) -> None:
    """A ratio that CPU time decides, and the same of wall time."""
    report.figure(f"{name}, CPU", ratio(over, under, "cpu"), most=most, least=least)
    report.figure(f"{name}, wall", ratio(over, under, "wall"))


def memory(report: Report, field: Field) -> None:
    """Peak memory of one run, Parquet to results, in a fresh process each; the median of some."""
    whole = {"file": str(field.complete), "columns": field.frames.needed, "gaps": False}
    rules = {**cohort_rivals.openfisca_rules(field.frames.program), "file": str(field.complete), "loaded": False}
    found = {"duibiao": median(peak(field.child(OURS, "ours", whole)) for _ in range(FRESH))}
    if field.peers:
        for word, wide in WIDTHS.items():
            found[f"{FISCA}{word}"] = median(peak(field.peer(FISCA, "openfisca", {**rules, "wide": wide})) for _ in range(FRESH))
    report.part(f"Peak memory of one run, medians of {FRESH}", "", "MB")
    for name, value in found.items():
        report.line(name, f"{value:.0f}")
        if name != "duibiao":
            report.figure(f"memory ÷ {name}", found["duibiao"] / value, most=0.4)


def peak(each: Child) -> float:
    """Its peak memory after one turn."""
    found = each.go().memory
    each.end()
    return found
