"""Parquet files of other programs as tables of facts: columns by fact id or 中文 name, numbers in the unit that is declared.

Whole numbers and decimals are exact; a binary fraction stands for the shortest decimal that it is printed as. Nothing is rounded:
what is finer than its step, out of range or unknown is a problem, told with its column and row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import polars as pl
from attrs import frozen

from duibiao.cohort.fields import CODE, KIND, NAME, PERIOD, UNIT_FIELDS, fields_of
from duibiao.cohort.mirror import FactTable, survey
from duibiao.cohort.tabulate import EVENTS, cells, dtype_of
from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.model.facts import LEVELLED, NUMERIC, FactType, Kind, Vocabulary
from duibiao.model.notation import NotationError, read_date, read_value, show_number, to_steps
from duibiao.rules.context import KINDS

MOST = 500
"""Problems of a file that are told."""

_EXACT = 10**15
"""Whole numbers below have one shortest decimal each."""

_JOIN = "\x1f"
_PARTS = ("held", "since", "until")
_UNIT = {"name": NAME, "code": CODE, "kind": KIND, "period": PERIOD}


@frozen
class _Place:
    """What a column of the file holds.

    Attributes:
        column: Its name there.
        ftype: The fact.
        back: How many periods back.
        part: Member of a checklist, or part of a title; empty for the fact itself.
    """

    column: str
    ftype: FactType
    back: int
    part: str

    @property
    def behind(self) -> str:
        """What follows the name of the fact in the layout."""
        return f"@-{self.back}" if self.back else ""


@frozen
class _Made:
    """A column made ready.

    Attributes:
        columns: Columns of the layout.
        wrong: True of rows that cannot be read.
        reason: What is wrong with a raw value.
    """

    columns: Mapping[str, pl.Expr]
    wrong: pl.Expr | None = None
    reason: Callable[[Any], NotationError | None] = lambda raw: None


def adopt(path: Path, vocabulary: Vocabulary, wanted: frozenset[str], names: Mapping[str, str], as_of: date) -> FactTable:
    """The facts of a Parquet file, as far as their ids are *wanted*.

    *names* are the headers of the columns that say whose facts they are, and what each is (name, code, kind, period); *as_of*
    is the day asked: its year is the period where no column says one. Raises BadInputError with everything wrong in the file.
    """
    return _Adopter(path, vocabulary, wanted, names, as_of).table()


class _Adopter:
    def __init__(self, path: Path, vocabulary: Vocabulary, wanted: frozenset[str], names: Mapping[str, str], as_of: date) -> None:
        self.where = Where(str(path))
        self.frame = pl.scan_parquet(path)
        self.schema = self.frame.collect_schema()
        self.vocabulary, self.wanted, self.as_of = vocabulary, wanted, as_of
        self.names = {**names, **{name: name.removeprefix("unit.") for name in UNIT_FIELDS}}
        self.problems = Collector()

    def table(self) -> FactTable:
        units = self.units()
        made = [(place, each) for place in self.places() if (each := self.made(place)) is not None]
        self.problems.raise_any()
        self.look_for_wrong(made)
        self.problems.raise_any()
        columns = [expr.alias(name) for _, each in made for name, expr in each.columns.items()]
        table = self.frame.select(*units, *columns)
        about = survey(table)
        if not about.rows:
            raise BadInputError([Problem("DB051", self.where)])
        self.look_for_twice(table)
        self.problems.raise_any()
        return FactTable(table, about, self.where.file)

    # What the columns are

    def units(self) -> list[pl.Expr]:
        found = {self.names[name]: name for name in self.schema if name in self.names}
        if "kind" not in found:
            self.problems.add("DB007", self.where, allowed="kind, 类型")
        exprs = []
        for key, field in _UNIT.items():
            otherwise = str(self.as_of.year) if key == "period" else ""
            if key in found:
                text = pl.col(found[key]).cast(pl.String).str.strip_chars()
                exprs.append(pl.when(text.is_null() | (text == "")).then(pl.lit(otherwise)).otherwise(text).alias(field))
            else:
                exprs.append(pl.lit(otherwise).alias(field))
        if "kind" in found:
            self.look_for_kinds(found["kind"])
        return exprs

    def look_for_kinds(self, column: str) -> None:
        kinds = self.frame.select(pl.col(column).cast(pl.String).str.strip_chars().unique()).collect().to_series().to_list()
        for each in sorted({each or "" for each in kinds} - set(KINDS)):
            self.problems.add("DB031", self.where.at(column), found=each, among=KINDS)

    def places(self) -> Iterator[_Place]:
        taken: set[tuple[str, int, str]] = set()
        for name in self.schema:
            if name in self.names:
                continue
            place = self.place(name)
            if place is None:
                self.problems.add("DB010", self.where.at(name), found=name, among=[*self.names, *self.vocabulary.names()])
            elif (key := (place.ftype.id, place.back, place.part)) in taken:
                self.problems.add("DB009", self.where.at(name), found=name)
            else:
                taken.add(key)
                if place.ftype.id in self.wanted:
                    yield place

    def place(self, name: str) -> _Place | None:
        base, mark, number = name.strip().partition("@-")
        if mark and not (number.isdecimal() and int(number)):
            return None
        back = int(number) if mark else 0
        ftype = self.vocabulary.find(base)
        if ftype is not None:
            return _Place(name, ftype, back, "")
        head, _, tail = base.rpartition(".")
        ftype = self.vocabulary.find(head)
        if ftype is not None and ftype.kind is Kind.CHECKLIST and (index := ftype.option(tail)) is not None:
            return _Place(name, ftype, back, ftype.options[index].id)
        return _Place(name, ftype, back, tail) if ftype is not None and ftype.kind is Kind.TITLE and tail in _PARTS else None

    # Reading them

    def made(self, place: _Place) -> _Made | None:
        dtype, kind = self.schema[place.column], place.ftype.kind
        column = pl.col(place.column)
        if dtype == pl.Null:
            return _Made({})
        if isinstance(dtype, pl.Categorical | pl.Enum):
            dtype, column = pl.String(), column.cast(pl.String)
        found: _Made | None = None
        if isinstance(dtype, pl.String | pl.Decimal):
            return self.distinct(place, column.cast(pl.String), dtype)
        if kind in NUMERIC:
            found = _whole(place, column) if dtype.is_integer() else _fraction(place, column, dtype) if dtype.is_float() else None
        elif kind in LEVELLED:
            found = _index(place, column) if dtype.is_integer() else None
        elif place.part in ("since", "until") or kind is Kind.DATE:
            found = _day(place, column, dtype)
        elif kind in (Kind.FLAG, Kind.TITLE) or place.part:
            found = _flag(place, column, dtype)
        elif isinstance(dtype, pl.List):
            found = self.many(place, column, dtype)
        if found is None:
            self.problems.add("CO04", self.where.at(place.column), found=str(dtype), allowed=f"{place.ftype.id} ({kind})")
        return found

    def many(self, place: _Place, column: pl.Expr, dtype: pl.List) -> _Made | None:
        if place.ftype.kind is Kind.EVENTS and dtype.inner != pl.String:
            return _events(place, column, dtype)
        return self.distinct(place, column.list.join(_JOIN), dtype) if dtype.inner == pl.String else None

    def distinct(self, place: _Place, column: pl.Expr, dtype: pl.DataType) -> _Made:
        """Read each different value once, as a facts file would say it."""
        values = self.frame.select(column.alias("value")).unique().drop_nulls().collect(engine="streaming")["value"].to_list()
        fields = _fields(place)
        known: dict[str, tuple[Any, ...]] = {}
        for text in values:
            if text.strip() or isinstance(dtype, pl.List):
                with_reason = _read(place, text, dtype)
                if not isinstance(with_reason, NotationError):
                    known[text] = with_reason
        columns = {}
        for index, (name, target) in enumerate(fields.items()):
            if known:
                new = pl.Series([each[index] for each in known.values()], dtype=target)
                columns[name] = _looked_up(column, list(known), new)
            else:
                columns[name] = pl.lit(None, dtype=target)
        blank = column.str.strip_chars() == "" if not isinstance(dtype, pl.List) else pl.lit(False)
        wrong = ~column.is_in(list(known)) & ~blank
        return _Made(columns, wrong, lambda raw: _reason(place, _JOIN.join(raw) if isinstance(raw, list) else str(raw), dtype))

    # What is wrong with them

    def look_for_wrong(self, made: list[tuple[_Place, _Made]]) -> None:
        tests = {place.column: each for place, each in made if each.wrong is not None}
        if not tests:
            return
        some = [each.wrong.fill_null(False).any().alias(name) for name, each in tests.items() if each.wrong is not None]
        row = self.frame.select(some).collect(engine="streaming").row(0, named=True)
        bad = {name: each for name, each in tests.items() if row[name]}
        if not bad:
            return
        flags = {name: each.wrong.fill_null(False) for name, each in bad.items() if each.wrong is not None}
        rows = self.frame.with_row_index("__row", 1).filter(reduce(or_, flags.values())).head(MOST)
        found = rows.select("__row", *bad, *(flag.alias(f"__wrong.{name}") for name, flag in flags.items()))
        for each in found.collect(engine="streaming").iter_rows(named=True):
            for name in bad:
                if each[f"__wrong.{name}"]:
                    self.tell(name, each["__row"], each[name], bad[name].reason(each[name]))

    def tell(self, column: str, row: int, raw: Any, reason: NotationError | None) -> None:
        if len(self.problems.problems) > MOST:
            return
        if len(self.problems.problems) == MOST:
            self.problems.add("X16", self.where, found=f"> {MOST}")
            return
        error = reason or NotationError("DB008")
        where = Where(self.where.file, (column,), row)
        self.problems.add(error.code, where, found=error.found or str(raw), allowed=error.allowed)

    def look_for_twice(self, table: pl.LazyFrame) -> None:
        """A unit (told by its code) may have one row a period."""
        named = table.select(CODE, PERIOD).with_row_index("row", 1).filter(pl.col(CODE) != "")
        groups = named.group_by(CODE, PERIOD).agg(
            pl.len().alias("count"), pl.col("row").min().alias("first"), pl.col("row").max()
        )
        for each in groups.filter(pl.col("count") > 1).sort("first").head(MOST).collect().iter_rows(named=True):
            self.problems.add("X15", Where(self.where.file, (CODE,), each["row"]), found=f"{each[CODE]} = {each['first']}")


def _looked_up(column: pl.Expr, known: list[str], new: pl.Series) -> pl.Expr:
    """For each text what it stands for; nothing for one that is not known."""
    if not isinstance(new.dtype, pl.List):
        return column.replace_strict(known, new, default=None, return_dtype=new.dtype)
    place = column.replace_strict(known, list(range(len(known))), default=None, return_dtype=pl.UInt32)
    return pl.lit(new).gather(place)


def _fields(place: _Place) -> dict[str, pl.DataType]:
    """The columns of the layout that a column of the file becomes."""
    every = {each.name: dtype_of(each) for each in fields_of(place.ftype, place.back)}
    if not place.part:
        return every
    name = f"{place.ftype.id}.{place.part}{place.behind}"
    return {name: every[name]}


def _one(place: _Place) -> str:
    return next(iter(_fields(place)))


def _whole(place: _Place, column: pl.Expr) -> _Made:
    step = Fraction(place.ftype.step)
    low, high = -(-place.ftype.low * step // 1), place.ftype.high * step // 1
    value = column.cast(pl.Int64, strict=False)
    inside = value.clip(int(low), int(high)) * step.denominator
    wrong = (value != value.clip(int(low), int(high))) | (inside % step.numerator != 0) | (value.is_null() & column.is_not_null())
    target = _fields(place)[_one(place)]
    return _Made({_one(place): (inside // step.numerator).cast(target, strict=False)}, wrong, lambda raw: _off(place, raw))


def _fraction(place: _Place, column: pl.Expr, dtype: pl.DataType) -> _Made:
    step = Fraction(place.ftype.step)
    # The shortest decimal of a narrow fraction is another one than that of the same number written wide.
    value = column.cast(pl.String).cast(pl.Float64) if dtype == pl.Float32 else column
    steps = (value * step.denominator / step.numerator).round()
    back = steps * step.numerator / step.denominator
    right = (back == value) & (steps.abs() < _EXACT) & steps.is_between(place.ftype.low, place.ftype.high)
    target = _fields(place)[_one(place)]
    exact = pl.when(right).then(steps).otherwise(None).cast(target, strict=False)
    return _Made({_one(place): exact}, ~right, lambda raw: _off(place, raw))


def _off(place: _Place, raw: Any) -> NotationError | None:
    """What is wrong with a bare number in the declared unit."""
    try:
        _steps(place.ftype, Decimal(str(raw)))
    except NotationError as error:
        return error
    return NotationError("DB036", str(_EXACT))


def _steps(ftype: FactType, number: Decimal) -> int:
    """A bare number in the declared unit as steps; NotationError where it is none of the fact's values."""
    if not number.is_finite():
        raise NotationError("DB034", "number")
    steps = to_steps(number, ftype.step)
    if not ftype.low <= steps <= ftype.high:
        raise NotationError("DB024", f"{show_number(ftype, ftype.low)} … {show_number(ftype, ftype.high)}")
    return steps


def _index(place: _Place, column: pl.Expr) -> _Made:
    last = len(place.ftype.options) - 1
    target = _fields(place)[_one(place)]
    allowed = ", ".join(f"{index} {each.id}" for index, each in enumerate(place.ftype.options))
    wrong = (column < 0) | (column > last)
    return _Made({_one(place): column.cast(target, strict=False)}, wrong, lambda raw: NotationError("DB018", allowed))


def _flag(place: _Place, column: pl.Expr, dtype: pl.DataType) -> _Made | None:
    every = _fields(place)
    if place.ftype.kind is Kind.TITLE and not place.part:
        every = {name: each for name, each in every.items() if name == f"{place.ftype.id}.held{place.behind}"}
    if dtype == pl.Boolean:
        return _Made(dict.fromkeys(every, column))
    if not dtype.is_numeric():
        return None
    wrong = (column != 0) & (column != 1)
    return _Made(dict.fromkeys(every, column == 1), wrong, lambda raw: NotationError("DB008", "true, false, 0, 1"))


def _day(place: _Place, column: pl.Expr, dtype: pl.DataType) -> _Made | None:
    if dtype == pl.Date:
        return _Made({_one(place): column})
    if not isinstance(dtype, pl.Datetime):
        return None
    day = column.dt.date()
    return _Made({_one(place): day}, day.cast(pl.Datetime) != column.dt.replace_time_zone(None).cast(pl.Datetime),
                 lambda raw: NotationError("DB033", "2012-11-15"))  # fmt: skip


def _events(place: _Place, column: pl.Expr, dtype: pl.List) -> _Made | None:
    inner, event = dtype.inner, pl.element()
    if inner == pl.Date:
        column = column.list.eval(pl.struct(event.alias("on")))
    elif isinstance(inner, pl.Struct):
        types = {each.name: each.dtype for each in inner.fields}
        if types.get("on") != pl.Date or set(types) - {"on", "kind", "settled"} or types.get("settled", pl.Date) != pl.Date:
            return None
    else:
        return None
    ids = {name: each.id for each in place.ftype.options for name in (each.id, each.title)} | {"": ""}
    on, settled = event.struct.field("on"), event.struct.field("settled")
    raw = event.struct.field("kind").fill_null("")
    kind = raw.replace_strict(list(ids), list(ids.values()), default=None, return_dtype=pl.String)
    whole = column.cast(EVENTS)
    made = whole.list.eval(pl.struct(on.alias("on"), kind.alias("kind"), settled.alias("settled"))).cast(EVENTS)
    bad = on.is_null() | kind.is_null() | (settled < on).fill_null(False)
    allowed = ", ".join(f"{each.id} {each.title}" for each in place.ftype.options)
    return _Made({_one(place): made}, whole.list.eval(bad).list.any(), lambda raw: NotationError("DB018", allowed))


def _read(place: _Place, text: str, dtype: pl.DataType) -> tuple[Any, ...] | NotationError:
    """A text as cells of the layout, or what is wrong with it."""
    ftype, said = place.ftype, text.strip()
    try:
        if place.part in ("since", "until"):
            return (read_date(said),)
        if place.part:
            return (bool(read_value(FactType(ftype.id, ftype.title, Kind.FLAG), said)),)
        raw: Any = said
        if isinstance(dtype, pl.Decimal) and ftype.kind in NUMERIC:
            return (_steps(ftype, Decimal(said)),)
        if isinstance(dtype, pl.List):
            raw = text.split(_JOIN) if text else []
        elif ftype.kind is Kind.EVENTS:
            raw = [part.strip() for part in said.split(";")]
        return cells(ftype, read_value(ftype, raw))
    except NotationError as error:
        return error


def _reason(place: _Place, text: str, dtype: pl.DataType) -> NotationError | None:
    found = _read(place, text, dtype)
    return found if isinstance(found, NotationError) else None
