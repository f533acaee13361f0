"""Results of many units as a Parquet file, from columns or from the evaluator for one unit, in the same columns either way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from duibiao.cohort.answers import UNIT_COLUMNS, Answers
from duibiao.cohort.frames import Frames
from duibiao.cohort.layout import Layout
from duibiao.cohort.loop import Row
from duibiao.cohort.mirror import FactTable, sink
from duibiao.cohort.peers import Peers
from duibiao.rules.program import Program

KEY = "duibiao.results"
_ROWS = 10_000


def schema_of(layout: Layout, pending: Iterable[str]) -> dict[str, pl.DataType]:
    """The columns of results with their types: codes in eight bits, points in 64."""
    numbers = [name for ends in layout.points for name in ends]
    numbers += [name for points, full in layout.groups for name in (*points, *full)]
    numbers += [name for ends in layout.score for name in ends]
    codes = (layout.scope, *layout.verdicts)
    return {
        **dict.fromkeys(UNIT_COLUMNS, pl.String()), **dict.fromkeys(codes, pl.Int8()), **dict.fromkeys(numbers, pl.Int64()),
        **dict.fromkeys(layout.findings, pl.Int8()), **dict.fromkeys(pending, pl.Boolean()),
    }  # fmt: skip


def pending_of(layout: Layout, program: Program) -> list[str]:
    """The columns that say whether a veto falls but is not confirmed."""
    names = zip(layout.findings, program.findings(), strict=True)
    return [layout.pending(name) for name, each in names if each.pending is not None]


def write_columns(frames: Frames, table: FactTable, peers: Peers, path: Path, note: Mapping[str, Any]) -> None:
    """The results of a table of facts, worked out in columns while it is read.

    Raises TooWideError: numbers of the standard may grow beyond what columns keep exactly.
    """
    schema = schema_of(frames.layout, pending_of(frames.layout, frames.program))
    found = frames.results(table.frame, table.about.gaps, peers.supplied, UNIT_COLUMNS)
    sink(found.select(pl.col(name).cast(dtype) for name, dtype in schema.items()), path, _metadata(note))


def write_rows(rows: Iterable[Row], layout: Layout, program: Program, path: Path, note: Mapping[str, Any]) -> None:
    """The same from rows of results, a few thousand in memory at a time. What iterating *rows* raises is raised."""
    schema = schema_of(layout, pending_of(layout, program))
    failed: list[BaseException] = []

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        pending = iter(rows)
        # What is raised in here would come out as an error of the engine.
        try:
            while some := list(islice(pending, _ROWS)):
                yield pl.DataFrame(some, schema=schema)
        except BaseException as error:
            failed.append(error)

    sink(register_io_source(source, schema=pl.Schema(schema), is_pure=False), path, _metadata(note))
    if failed:
        raise failed[0]


def write_again(
    answers: Answers, layout: Layout, program: Program, path: Path, more: Mapping[str, list[int]], note: Mapping[str, Any]
) -> None:
    """Results that are at hand, in a file of their own, with more columns of codes behind."""
    schema = schema_of(layout, pending_of(layout, program))
    frame = getattr(answers, "frame", None)
    if not isinstance(frame, pl.LazyFrame):
        names = list(schema)
        frame = pl.DataFrame(list(answers.lines(names)), schema=schema, orient="row").lazy()
    if more:
        columns = pl.DataFrame(dict(more), schema=dict.fromkeys(more, pl.Int8()))
        frame = pl.concat([frame, columns.lazy()], how="horizontal")
    sink(frame, path, _metadata(note))


def _metadata(note: Mapping[str, Any]) -> dict[str, str]:
    return {KEY: json.dumps(dict(note), ensure_ascii=False)}


def read_results(path: Path, layout: Layout, program: Program) -> pl.LazyFrame:
    """The results in a file or folder, whichever engine wrote it."""
    schema = schema_of(layout, pending_of(layout, program))
    return pl.scan_parquet(path / "*.parquet" if path.is_dir() else path).select(
        pl.col(name).cast(dtype) for name, dtype in schema.items()
    )
