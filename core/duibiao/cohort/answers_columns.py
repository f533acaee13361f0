"""Answers about the results of many units that lie in a data frame, on disk or in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import add, or_
from pathlib import Path

import polars as pl
from attrs import define

from duibiao.cohort.answers import CODES, UNIT_COLUMNS, Bins, Division, Line, Near, Pick, Tally
from duibiao.cohort.fields import CODE, KIND, NAME
from duibiao.cohort.layout import Layout
from duibiao.cohort.results import read_results
from duibiao.rules.compile import NOT_APPLICABLE
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE
from duibiao.rules.program import Program

_ROWS = 20_000
_LOW, _HIGH, _NOT_MET, _UNKNOWN = "__low", "__high", "__not_met", "__unknown"


@define(eq=False)
class ColumnAnswers:
    """Results as columns.

    Attributes:
        layout: Their names.
        frame: The rows, in the order of the facts.
        rows: How many.
        ordered: Whether they are in the order of their units' codes and in memory: a territory is then a slice.
    """

    layout: Layout
    frame: pl.LazyFrame
    rows: int
    ordered: pl.DataFrame | None = None

    @classmethod
    def in_file(cls, program: Program, path: Path) -> ColumnAnswers:
        """Results in a Parquet file or folder, read when they are asked for."""
        layout = Layout.of(program)
        frame = read_results(path, layout, program)
        return cls(layout, frame, int(frame.select(pl.len()).collect().item()))

    def in_memory(self) -> ColumnAnswers:
        """The same with what tallies ask for kept at hand, in the order of codes."""
        names = [*UNIT_COLUMNS[:3], self.layout.scope, *self.layout.verdicts, *self.layout.findings]
        names += [name for ends in self.layout.score for name in ends]
        low, high = self._measure()
        worked = [
            low.alias(_LOW), high.alias(_HIGH), self._count(FALSE).alias(_NOT_MET),
            (self._count(ASK) + self._count(OPEN)).alias(_UNKNOWN),
        ]  # fmt: skip
        frame = self.frame.select(*names, *worked).sort(CODE).collect(engine="streaming")
        return ColumnAnswers(self.layout, frame.lazy(), self.rows, frame)

    def full(self) -> int:
        """The greatest full marks of any unit."""
        if not self.layout.score:
            return len(self.layout.verdicts)
        return int(self.frame.select(pl.col(self.layout.score[1][1]).max()).collect(engine="streaming").item() or 0)

    def tally(self, bins: Bins, under: str = "", level: int = 0, award: str = "") -> Tally:
        """Counts over a territory."""
        frame = self._under(under)
        scope = pl.col(self.layout.scope)
        counts = [(scope == code).sum().alias(str(code)) for code in range(4)]
        row = frame.select(pl.len(), *counts).collect(engine="streaming").row(0)
        inside = frame.filter(scope != FALSE) if row[1] else frame
        settled, open_ = self._bars(inside, bins)
        return Tally(
            row[0], row[1:], self._codes(inside), settled, open_,
            tuple(self._divisions(frame, level, award)) if level else (),
        )  # fmt: skip

    def _codes(self, inside: pl.LazyFrame) -> Mapping[str, tuple[int, ...]]:
        """Column of a verdict or finding to how many units have each code."""
        names = (*self.layout.verdicts, *self.layout.findings)
        asked = [(pl.col(name) == code).sum().alias(f"{code}.{name}") for name in names for code in range(CODES)]
        row = inside.select(asked).collect(engine="streaming").row(0) if asked else ()
        return {name: row[CODES * place : CODES * (place + 1)] for place, name in enumerate(names)}

    def _bars(self, inside: pl.LazyFrame, bins: Bins) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Settled and open units of each step of the distribution."""
        low, high = self._measure()
        places = inside.select(low.alias(_LOW), high.alias(_HIGH)).select(
            (pl.col(_LOW) // bins.width).clip(0, bins.count - 1).alias("place"), (pl.col(_LOW) == pl.col(_HIGH)).alias("settled")
        )
        found = {(e[0], e[1]): e[2] for e in places.group_by("place", "settled").len().collect(engine="streaming").iter_rows()}
        settled, open_ = (tuple(found.get((place, done), 0) for place in range(bins.count)) for done in (True, False))
        return settled, open_

    def nearest(self, line: Line, limit: int, under: str = "") -> list[Near]:
        """The units that are nearest to an award."""
        scoring = line.score is not None and bool(self.layout.score)
        test = (pl.col(line.award) != TRUE) & (pl.col(self.layout.scope) != FALSE)
        if line.kinds:
            test = test & pl.col(KIND).is_in(line.kinds)
        vetoes = [pl.col(name) == TRUE for name in self.layout.findings if name.startswith("veto.")]
        gaps = [pl.lit(0), pl.lit(0)]
        if scoring:
            low, high = (pl.col(name).cast(pl.Int64) for name in self.layout.score[0])
            gaps = [(pl.lit(line.score, dtype=pl.Int64) - end).clip(0) for end in (high, low)]
        found = self._under(under).filter(test).select(
            CODE, NAME, KIND, pl.col(line.award).alias("state"), gaps[0].alias("best"), gaps[1].alias("gap"),
            self._failing().alias("not_met"), self._unsettled().alias("unknown"),
            (reduce(or_, vetoes) if vetoes else pl.lit(False)).alias("vetoed"), (pl.col(line.award) == FALSE).alias("settled"),
        ).bottom_k(
            limit, by=["vetoed", "gap", pl.col("not_met") + pl.col("unknown"), "settled", "unknown", CODE]
        ).collect(engine="streaming")  # fmt: skip
        made = [
            Near(
                e[CODE], e[NAME], e[KIND], e["state"], (e["best"], e["gap"]) if scoring else None, e["not_met"], e["unknown"],
                e["vetoed"],
            )
            for e in found.iter_rows(named=True)
        ]  # fmt: skip
        return sorted(made, key=lambda each: each.order)

    def candidates(self, award: str, points: tuple[str, str]) -> list[Pick]:
        """The units that hold an award or still may."""
        known = self.frame.collect_schema()
        low, high = (pl.col(name) if name in known else pl.lit(0) for name in points)
        frame = self.frame.with_row_index("row").filter(pl.col(award) != FALSE)
        picked = frame.select("row", CODE, pl.col(award).alias("state"), low.alias(_LOW), high.alias(_HIGH))
        return picked.collect(engine="streaming").rows()

    def pool(self, length: int, kinds: Sequence[str]) -> Mapping[str, int]:
        """How many units of *kinds* there are, by the beginning of their codes."""
        mine = self.frame.filter(pl.col(KIND).is_in(kinds))
        groups = mine.group_by(pl.col(CODE).str.slice(0, length).alias("group")).agg(pl.len().alias("rows"))
        return {each[0]: each[1] for each in groups.collect(engine="streaming").iter_rows()}

    def lines(self, names: Sequence[str]) -> Iterator[tuple[str | int | bool, ...]]:
        """Some columns, row by row, a few thousand rows in memory at a time."""
        for batch in self.frame.select(names).collect_batches(chunk_size=_ROWS, maintain_order=True):
            yield from batch.iter_rows()

    def within(self, under: str) -> ColumnAnswers:
        """The results of the units whose codes begin with *under* alone."""
        frame = self.frame.filter(pl.col(CODE).str.starts_with(under))
        return ColumnAnswers(self.layout, frame, int(frame.select(pl.len()).collect(engine="streaming").item()))

    def _under(self, under: str) -> pl.LazyFrame:
        if not under:
            return self.frame
        if self.ordered is None:
            return self.frame.filter(pl.col(CODE).str.starts_with(under))
        codes = self.ordered[CODE]
        first, after = (int(codes.search_sorted(pl.Series([each]), side="left")[0]) for each in (under, f"{under}:"))
        return self.ordered.slice(first, after - first).lazy()

    def _failing(self) -> pl.Expr:
        return self._count(FALSE) if self.ordered is None else pl.col(_NOT_MET)

    def _unsettled(self) -> pl.Expr:
        return self._count(ASK) + self._count(OPEN) if self.ordered is None else pl.col(_UNKNOWN)

    def _count(self, code: int) -> pl.Expr:
        """How many of a unit's indicators have a code."""
        ones = [(pl.col(name) == code).cast(pl.UInt16) for name in self.layout.verdicts]
        return reduce(add, ones) if ones else pl.lit(0)

    def _measure(self) -> tuple[pl.Expr, pl.Expr]:
        if self.ordered is not None:
            return pl.col(_LOW), pl.col(_HIGH)
        if self.layout.score:
            low, high = self.layout.score[0]
            return pl.col(low), pl.col(high)
        met = self._count(TRUE) + self._count(NOT_APPLICABLE)
        return met, met + self._count(ASK) + self._count(OPEN)

    def _divisions(self, frame: pl.LazyFrame, level: int, award: str) -> Iterator[Division]:
        inside = pl.col(self.layout.scope) != FALSE
        state = pl.col(award) if award else pl.lit(None, dtype=pl.Int8)
        tests = {
            "in_scope": inside, "held": inside & (state == TRUE), "not_held": inside & (state == FALSE),
            "open": inside & state.is_in([ASK, OPEN]),
        }  # fmt: skip
        groups = frame.group_by(pl.col(CODE).str.slice(0, level).alias("group")).agg(
            pl.len().alias("rows"), *(test.sum().alias(name) for name, test in tests.items())
        )
        for each in groups.sort("group").collect(engine="streaming").iter_rows(named=True):
            yield Division(each["group"], each["rows"], *(each[name] or 0 for name in tests))
