"""Whether the facts of many units fit a standard: seen from what is known of the columns, told row by row where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import or_

import polars as pl

from duibiao.assess.bind import bind
from duibiao.cohort.fields import KIND, read_by
from duibiao.cohort.mirror import FactTable
from duibiao.cohort.tabulate import to_sets
from duibiao.errors import BadInputError, Problem
from duibiao.model.facts import Kind
from duibiao.rules.context import KINDS
from duibiao.rules.nodes import Input
from duibiao.rules.program import Program

MOST = 500
"""Rows with problems that are told of."""

_EPOCH = date(1970, 1, 1).toordinal()


def misfits(program: Program, table: FactTable, as_of: date) -> list[Problem]:
    """What keeps units from being assessed: unknown kinds, values out of range, samples too small, as for one unit."""
    tests = list(_tests(program, table))
    if not tests:
        return []
    wrong = table.frame.with_row_index("row", 1).filter(reduce(or_, tests).fill_null(False)).head(MOST)
    frame = wrong.collect(engine="streaming")
    rows = frame["row"].to_list()
    found: list[Problem] = []
    for facts in to_sets(frame.drop("row"), program.vocabulary, as_of, file=table.file, rows=rows):
        try:
            bind(program, facts)
        except BadInputError as error:
            found += error.problems
    return found


def _tests(program: Program, table: FactTable) -> Iterator[pl.Expr]:
    """What is true of rows that do not fit; nothing where the ends of the columns show that all do."""
    about = table.about
    if set(about.kinds) - set(KINDS):
        yield ~pl.col(KIND).is_in(KINDS) | pl.col(KIND).is_null()
    for each in program.inputs:
        names = read_by(each, program.vocabulary)
        if not names or names[0] not in about.columns or each.part not in ("value", "count", "late"):
            continue
        known = about.columns[names[0]]
        low, high = (0, each.high) if each.part != "value" else (each.low, each.high)
        if known.low is not None and known.high is not None and not low <= known.low <= known.high <= high:
            value = _value(program, each, names[0])
            yield (value < low) | (value > high)
    for fact, least in program.samples.items():
        known_sample = about.columns.get(fact)
        if known_sample is not None and known_sample.low is not None and known_sample.low < least:
            yield pl.col(fact) < least


def _value(program: Program, each: Input, name: str) -> pl.Expr:
    kind = program.vocabulary.types[each.fact].kind
    if kind is Kind.DATE:
        return pl.col(name).cast(pl.Int64) + _EPOCH
    return pl.col(name).list.len().cast(pl.Int64) if kind is Kind.EVENTS else pl.col(name)


__all__ = ["MOST", "misfits"]
