"""Rules that look at a unit's peers, over columns: exactly what :mod:`duibiao.assess.cohort` gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
from attrs import field, frozen

from duibiao.assess.bind import PEER_PARTS
from duibiao.assess.cohort import HUNDREDTHS
from duibiao.cohort.frames import Frames, Supplied
from duibiao.cohort.mirror import FactTable
from duibiao.rules.compile import NOT_APPLICABLE
from duibiao.rules.nodes import Input, Span, divide

_HALF = 1 << 26
"""Sums are made of two halves, so that no number of units takes them beyond 64 bits."""

Ends = tuple[pl.Expr, pl.Expr]


@frozen
class Peers:
    """What the cohort supplies to each of its units.

    Attributes:
        supplied: Slots and their least and greatest value, for the columns engine.
        ranges: Inputs that are the same for every unit: least and greatest value.
        ranked: Inputs that differ from unit to unit, with their slots.
    """

    supplied: Supplied = field(factory=dict)
    ranges: Mapping[Input, Span] = field(factory=dict)
    ranked: Mapping[Input, int] = field(factory=dict)

    def of(self, rows: pl.DataFrame) -> list[dict[Input, Span]]:
        """What each of some rows of facts is supplied with, for the evaluator of one unit."""
        found = [dict(self.ranges) for _ in range(rows.height)]
        for each, slot in self.ranked.items():
            low, high = self.supplied[slot]
            pairs = rows.select(low.alias("low"), high.alias("high")).iter_rows()
            for own, pair in zip(found, pairs, strict=True):
                own[each] = pair
        return found


def peers_of(frames: Frames, table: FactTable) -> Peers:
    """What the units of *table*, all of them together, supply to each other."""
    wanted = {slot: each for slot, each in enumerate(frames.program.inputs) if each.part in PEER_PARTS}
    if not wanted or not table.about.rows:
        return Peers()
    present = frozenset(table.frame.collect_schema().names())
    supplied: dict[int, Ends] = {}
    ranges: dict[Input, Span] = {}
    ranked: dict[Input, int] = {}
    for slot, each in wanted.items():
        if each.part == "rank":
            supplied[slot] = _ranks(_ends(frames, each, present), table)
            ranked[each] = slot
        elif each.part != "mean_points":
            _share(slot, each, _shared(each, _ends(frames, each, present), table), supplied, ranges)
    imputed = {slot: each for slot, each in wanted.items() if each.part == "mean_points"}
    if imputed:
        means = _means(frames, list(imputed.values()), table, supplied)
        for slot, each in imputed.items():
            _share(slot, each, means.get(each), supplied, ranges)
    return Peers(supplied, ranges, ranked)


def _share(slot: int, each: Input, found: Span | None, supplied: dict[int, Ends], ranges: dict[Input, Span]) -> None:
    if found is not None:
        supplied[slot] = (pl.lit(found[0], dtype=pl.Int64), pl.lit(found[1], dtype=pl.Int64))
        ranges[each] = found


def _ends(frames: Frames, each: Input, present: frozenset[str]) -> Ends:
    """Each unit's value of a fact, twice; a missing one is its whole declared range."""
    ftype = frames.program.vocabulary.types[each.fact]
    own = frames.binder.column(Input(each.fact, back=each.back, low=ftype.low, high=ftype.high), present).cast(pl.Int64)
    return own.fill_null(ftype.low), own.fill_null(ftype.high)


def _shared(each: Input, ends: Ends, table: FactTable) -> Span:
    return _average(ends, table) if each.part == "average" else _median(ends, table)


def _average(ends: Ends, table: FactTable) -> Span:
    low, high = _sums(ends, table)
    return low * HUNDREDTHS // table.about.rows, high * HUNDREDTHS // table.about.rows


def _sums(columns: Sequence[pl.Expr], table: FactTable) -> list[int]:
    """Exact sums of whole columns."""
    asked = [half.sum().alias(f"{i}.{name}") for i, each in enumerate(columns) for name, half in _halves(each)]
    return _joined(table.frame.select(asked).collect(engine="streaming").row(0, named=True), len(columns))


def _halves(each: pl.Expr) -> tuple[tuple[str, pl.Expr], tuple[str, pl.Expr]]:
    high = each // _HALF
    return ("high", high), ("low", each - high * _HALF)


def _joined(row: Mapping[str, int], columns: int) -> list[int]:
    return [row[f"{i}.high"] * _HALF + row[f"{i}.low"] for i in range(columns)]


def _median(ends: Ends, table: FactTable) -> Span:
    rows = table.about.rows
    middle, even = rows // 2, rows % 2 == 0
    found = []
    for each in ends:
        values = table.frame.select(each.alias("value")).collect(engine="streaming")["value"].sort()
        found.append((values[middle - 1] + values[middle]) * HUNDREDTHS // 2 if even else values[middle] * HUNDREDTHS)
    return found[0], found[1]


def _ranks(ends: Ends, table: FactTable) -> Ends:
    """Best and worst possible rank, looked up by a unit's own ends; equal values share the better rank."""
    low, high = ends
    spans = table.frame.select(low.alias("low"), high.alias("high")).collect(engine="streaming")
    best = _ahead(spans["low"].sort(), spans["high"].unique())
    worst = _ahead(spans["high"].sort(), spans["low"].unique())
    itself = (high > low).cast(pl.Int64)
    return _looked_up(high, best), _looked_up(low, worst) - itself


def _ahead(values: pl.Series, asked: pl.Series) -> tuple[pl.Series, pl.Series]:
    """For each of the values asked: its rank among *values*, which are sorted."""
    below = values.search_sorted(asked, side="right").cast(pl.Int64)
    return asked, 1 + len(values) - below


def _looked_up(value: pl.Expr, table: tuple[pl.Series, pl.Series]) -> pl.Expr:
    return value.replace_strict(table[0], table[1], return_dtype=pl.Int64)


def _means(frames: Frames, imputed: Sequence[Input], table: FactTable, supplied: Mapping[int, Ends]) -> dict[Input, Span]:
    """Mean points of indicators over the units to which they apply, rounded half up to the point step."""
    scored = [leaf.id for leaf in frames.program.leaves if leaf.points is not None]
    ends = dict(zip(scored, frames.layout.points, strict=True))
    results = frames.results(table.frame, table.about.gaps, supplied)
    asked: list[pl.Expr] = []
    for index, each in enumerate(imputed):
        taking = pl.col(f"verdict.{each.fact}") != NOT_APPLICABLE
        asked.append(taking.sum().alias(f"{index}.taking"))
        for side, name in enumerate(ends[each.fact]):
            points = pl.when(taking).then(pl.col(name).cast(pl.Int64)).otherwise(0)
            asked += [half.sum().alias(f"{2 * index + side}.{part}") for part, half in _halves(points)]
    row = results.select(asked).collect(engine="streaming").row(0, named=True)
    sums = _joined(row, 2 * len(imputed))
    found: dict[Input, Span] = {}
    for index, each in enumerate(imputed):
        taking = row[f"{index}.taking"]
        if taking:
            found[each] = (divide(sums[2 * index], taking, "half_up"), divide(sums[2 * index + 1], taking, "half_up"))
    return found
