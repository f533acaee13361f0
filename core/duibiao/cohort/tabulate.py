"""Facts of units as a frame, one row per unit, in the columns of :mod:`duibiao.cohort.fields`; and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from attrs import field, frozen

from duibiao.assess.bind import values_back
from duibiao.cohort.fields import CODE, KIND, NAME, PERIOD, UNIT_FIELDS, Field, fact_of, fields_of
from duibiao.errors import Where
from duibiao.model.facts import FactSet, FactType, Grading, Happening, Holding, Kind, Ticks, Unit, Value, Vocabulary
from duibiao.rules.program import Program

EVENTS = pl.List(pl.Struct({"on": pl.Date, "kind": pl.String, "settled": pl.Date}))
Facts = Sequence[tuple[FactType, int]]
"""Which facts, and how many periods back."""

Cells = tuple[Any, ...]
"""What a value is in each of its columns."""


@frozen
class Batch:
    """Facts of some units, most of which may have none.

    Attributes:
        units: Whose.
        period: The period assessed.
        values: Fact and how many periods back, to row and value.
        examples: How many of the units have example facts.
    """

    units: Sequence[Unit]
    period: str
    values: Mapping[tuple[str, int], Mapping[int, Value]] = field(factory=dict)
    examples: int = 0


def dtype_of(field: Field) -> pl.DataType:
    """The narrowest type that keeps what a column holds."""
    match field.sort:
        case "flag":
            return pl.Boolean()
        case "day":
            return pl.Date()
        case "events":
            return EVENTS
        case "text":
            return pl.String()
    for found, bits in ((pl.Int8(), 7), (pl.Int16(), 15), (pl.Int32(), 31)):
        if -(1 << bits) <= field.low and field.high < 1 << bits:
            return found
    return pl.Int64()


def schema_of(facts: Facts) -> dict[str, pl.DataType]:
    """The columns of a table of *facts*, with their types."""
    unit = {name: pl.String() for name in UNIT_FIELDS}
    return {**unit, **{field.name: dtype_of(field) for ftype, back in facts for field in fields_of(ftype, back)}}


def read_facts(program: Program) -> Facts:
    """The facts that a program reads, those among whose samples it asks for a least size included."""
    wanted = [(each.fact, each.back) for each in program.inputs]
    wanted += [(fact, 0) for fact in program.samples]
    types = program.vocabulary.types
    return [(types[fact], back) for fact, back in dict.fromkeys(wanted) if fact in types]


def to_frame(units: Iterable[FactSet], facts: Facts) -> pl.DataFrame:
    """One row per unit; what a unit lacks is a gap."""
    found = list(units)
    columns: dict[str, list[Any]] = {
        CODE: [each.unit.code for each in found],
        NAME: [each.unit.name for each in found],
        KIND: [each.unit.kind for each in found],
        PERIOD: [each.period for each in found],
    }
    for ftype, back in facts:
        values = [values_back(each, back).get(ftype.id) for each in found]
        columns |= spread(ftype, back, dict(enumerate(values)), len(found))
    return pl.DataFrame(columns, schema=schema_of(facts))


def frame_of(batch: Batch, facts: Facts) -> pl.DataFrame:
    """A batch as a frame with the columns of *facts*."""
    size = len(batch.units)
    columns = [
        pl.Series(CODE, [each.code for each in batch.units], dtype=pl.String),
        pl.Series(NAME, [each.name for each in batch.units], dtype=pl.String),
        pl.Series(KIND, [each.kind for each in batch.units], dtype=pl.String),
        pl.repeat(batch.period, size, dtype=pl.String, eager=True).alias(PERIOD),
    ]
    for ftype, back in facts:
        columns += _sparse(ftype, back, batch.values.get((ftype.id, back), {}), size)
    return pl.DataFrame(columns)


def _sparse(ftype: FactType, back: int, values: Mapping[int, Value], size: int) -> Iterator[pl.Series]:
    """The columns of a fact that perhaps few units have: gaps first, then what is there."""
    rows = list(values)
    few = {place: values[row] for place, row in enumerate(rows)}
    filled = spread(ftype, back, few, len(rows))
    for each in fields_of(ftype, back):
        dtype = dtype_of(each)
        gaps = pl.repeat(None, size, dtype=dtype, eager=True).alias(each.name)
        if not rows:
            yield gaps
        elif each.sort == "events":
            cells = dict(zip(rows, filled[each.name], strict=True))
            yield pl.Series(each.name, [cells.get(row) for row in range(size)], dtype=dtype)
        else:
            yield gaps.scatter(rows, pl.Series(filled[each.name], dtype=dtype))


def spread(ftype: FactType, back: int, values: Mapping[int, Value | None], size: int) -> dict[str, list[Any]]:
    """A fact's values (by row) as columns of *size* rows."""
    fields = fields_of(ftype, back)
    columns: list[list[Any]] = [[None] * size for _ in fields]
    if len(columns) == 1 and ftype.kind not in _SPREADS:
        (only,) = columns
        flag = ftype.kind is Kind.FLAG
        for row, value in values.items():
            only[row] = bool(value) if flag and value is not None else value
    else:
        for row, value in values.items():
            if value is not None:
                for column, cell in zip(columns, cells(ftype, value), strict=True):
                    column[row] = cell
    return {each.name: column for each, column in zip(fields, columns, strict=True)}


def cells(ftype: FactType, value: Value) -> Cells:
    """What a value is in each column of its fact."""
    match value:
        case Ticks():
            return tuple(
                True if each.id in value.present else False if each.id in value.absent else None for each in ftype.options
            )
        case Holding():
            return value.held, value.since, value.until
        case tuple():
            return ([{"on": each.on, "kind": each.kind, "settled": each.settled} for each in value],)
        case Grading():
            return (value.level,)
    return (bool(value) if ftype.kind is Kind.FLAG else value,)


_SPREADS = frozenset({Kind.CHECKLIST, Kind.TITLE, Kind.EVENTS, Kind.GRADE, Kind.CHOICE})
"""Kinds whose values are not what stands in a column."""


def to_sets(
    frame: pl.DataFrame, vocabulary: Vocabulary, as_of: date, *, file: str = "", rows: Sequence[int] = (), example: bool = False
) -> Iterator[FactSet]:
    """The units of a frame, row by row; *file* and *rows* (from 1) say where they were written down."""
    facts = list(dict.fromkeys(found for name in frame.columns if (found := fact_of(name, vocabulary)) is not None))
    backs = sorted({back for _, back in facts if back})
    for place, row in enumerate(frame.iter_rows(named=True)):
        period = row.get(PERIOD) or ""
        values = {back: _values(row, facts, back) for back in (0, *backs)}
        where = Where(file, (), rows[place] if rows else place + 1) if file else Where("")
        yield FactSet(
            Unit(row.get(NAME) or "", row.get(KIND) or "", row.get(CODE) or ""), values[0], as_of, period,
            tuple(_labelled(period, values)), example, where,
        )  # fmt: skip


def _labelled(period: str, values: Mapping[int, dict[str, Value]]) -> Iterator[tuple[str, dict[str, Value]]]:
    """Earlier periods, newest first, under labels that lead back to them."""
    for back in range(1, max(values) + 1):
        yield (str(int(period) - back) if period.isdigit() else f"@-{back}"), values.get(back, {})


def _values(row: Mapping[str, Any], facts: Facts, back: int) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for ftype, behind in facts:
        if behind == back:
            value = _value(ftype, [row.get(each.name) for each in fields_of(ftype, back)])
            if value is not None:
                found[ftype.id] = value
    return found


def _value(ftype: FactType, row: list[Any]) -> Value | None:
    """The value that stands in the columns of a fact."""
    if all(each is None for each in row):
        return None
    match ftype.kind:
        case Kind.CHECKLIST:
            marks = list(zip((each.id for each in ftype.options), row, strict=True))
            return Ticks(frozenset(name for name, on in marks if on), frozenset(name for name, on in marks if on is False))
        case Kind.TITLE:
            return None if row[0] is None else Holding(row[0], row[1], row[2])
        case Kind.EVENTS:
            return tuple(Happening(each["on"], each["kind"] or "", each["settled"]) for each in row[0])
        case Kind.GRADE | Kind.CHOICE:
            return Grading(row[0])
        case Kind.DATE:
            day: date = row[0]
            return day
    return int(row[0])
