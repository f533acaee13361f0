"""A table of facts row by row, and written out again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from duibiao.cohort.mirror import About, FactTable, write_frames
from duibiao.cohort.tabulate import Facts, schema_of, to_sets
from duibiao.model.facts import FactSet, Vocabulary

_ROWS = 10_000


def sets_of(table: FactTable, vocabulary: Vocabulary, as_of: date) -> Iterator[FactSet]:
    """The units of a table one by one, some thousands of rows in memory at a time."""
    done = 0
    example = 0 < table.about.rows == table.about.examples
    for batch in table.frame.collect_batches(chunk_size=_ROWS, maintain_order=True):
        rows = range(done + 1, done + batch.height + 1)
        yield from to_sets(batch, vocabulary, as_of, file=table.file, rows=rows, example=example)
        done += batch.height


def sets_at(table: FactTable, places: Sequence[int], vocabulary: Vocabulary, as_of: date) -> list[FactSet]:
    """Some units of a table, by their places in it (from 0), in the order of the table."""
    rows = table.frame.with_row_index("row").filter(pl.col("row").is_in(sorted(places))).drop("row")
    example = 0 < table.about.rows == table.about.examples
    return list(to_sets(rows.collect(engine="streaming"), vocabulary, as_of, example=example))


def write_table(path: Path, table: FactTable, facts: Facts) -> About:
    """Write a table with the columns of *facts* to a Parquet file; what is absent becomes gaps."""
    schema = schema_of(facts)
    present = set(table.frame.collect_schema())
    columns = [(pl.col(name) if name in present else pl.lit(None)).cast(dtype).alias(name) for name, dtype in schema.items()]
    frames = table.frame.select(*columns).collect_batches(chunk_size=_ROWS, maintain_order=True)
    return write_frames(path, frames, facts, table.about.as_of)
