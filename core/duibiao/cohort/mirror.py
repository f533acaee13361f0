"""A table of facts as a Parquet file: written in one go with bounded memory, and read without looking through it first.

The file says of itself what it holds: facts with their steps and levels, rows, and of every column how many gaps it has and its
least and greatest value. A seal over the end of the file shows whether that was written together with the data; where another
program has written the file anew, it is looked through again.
"""

from __future__ import annotations

import errno
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from attrs import asdict, define, evolve, field, frozen
from polars.io.plugins import register_io_source

from duibiao.cohort.fields import CODE, KIND, PERIOD, UNIT_FIELDS, fact_of
from duibiao.cohort.tabulate import EVENTS, Batch, Facts, frame_of, schema_of
from duibiao.errors import BadInputError, Collector, Problem, Where, clip
from duibiao.model.facts import NUMERIC, FactType, Vocabulary

FORMAT = 1
KEY = "duibiao.facts"
ROWS = 1 << 17
"""Rows of a group inside the file."""

_SEAL = "0" * 64
_EPOCH = date(1970, 1, 1).toordinal()
Frame = pl.LazyFrame | pl.DataFrame


@frozen
class Known:
    """What is known of a column before its rows are read.

    Attributes:
        gaps: How many rows lack a value.
        low: Least value: of numbers in steps, of days their ordinal, of events their number; None where there is none.
        high: Greatest value.
    """

    gaps: int
    low: int | None = None
    high: int | None = None


@frozen
class About:
    """What a table of facts holds.

    Attributes:
        rows: Units, or units and periods.
        columns: Column of a fact to what is known of it.
        kinds: Unit kind to number of rows.
        periods: Period to number of rows.
        examples: Rows whose facts are examples, not real.
        as_of: The day they were put together for; None where nobody said.
    """

    rows: int
    columns: Mapping[str, Known]
    kinds: Mapping[str, int]
    periods: Mapping[str, int]
    examples: int = 0
    as_of: date | None = None

    @property
    def gaps(self) -> frozenset[str]:
        """The columns in which values are missing."""
        return frozenset(name for name, each in self.columns.items() if each.gaps)


@frozen
class FactTable:
    """Facts of many units, in the columns of :mod:`duibiao.cohort.fields`, and what is known of them.

    Attributes:
        frame: The rows.
        about: What they hold.
        file: The file they came from; empty for none.
    """

    frame: pl.LazyFrame
    about: About
    file: str = ""


# Looking through


def survey(frame: Frame) -> About:
    """Look a table through: rows, gaps, ends, kinds and periods."""
    schema = frame.lazy().collect_schema()
    names = [name for name in schema if name not in UNIT_FIELDS]
    asked: list[pl.Expr] = [pl.len().alias("rows")]
    for index, name in enumerate(names):
        asked.append(pl.col(name).null_count().alias(f"{index}.gaps"))
        number = _number(name, schema[name])
        if number is not None:
            asked += [number.min().alias(f"{index}.low"), number.max().alias(f"{index}.high")]
    counts = [pl.col(name).value_counts().implode().alias(name) for name in (KIND, PERIOD)]
    row = frame.lazy().select(*asked, *counts).collect(engine="streaming").row(0, named=True)
    found = {name: Known(row[f"{i}.gaps"], row.get(f"{i}.low"), row.get(f"{i}.high")) for i, name in enumerate(names)}
    kinds, periods = ({each[name] or "": each["count"] for each in row[name]} for name in (KIND, PERIOD))
    return About(row["rows"], found, kinds, periods)


def _number(name: str, dtype: pl.DataType) -> pl.Expr | None:
    """What of a column has a least and a greatest value."""
    if dtype.is_integer():
        return pl.col(name).cast(pl.Int64)
    if dtype == pl.Date:
        return pl.col(name).cast(pl.Int64) + _EPOCH
    return pl.col(name).list.len().cast(pl.Int64) if dtype == EVENTS else None


@define
class _Tally:
    """Adds up what is told of batches that go by."""

    about: About | None = None
    examples: int = 0
    failed: BaseException | None = field(default=None)

    def take(self, frame: pl.DataFrame) -> None:
        found = survey(frame)
        self.about = found if self.about is None else _joined(self.about, found)


def _joined(one: About, two: About) -> About:
    columns = {}
    for name, first in one.columns.items():
        second = two.columns[name]
        ends = [(each.low, each.high) for each in (first, second) if each.low is not None and each.high is not None]
        low, high = (min(end[0] for end in ends), max(end[1] for end in ends)) if ends else (None, None)
        columns[name] = Known(first.gaps + second.gaps, low, high)
    kinds, periods = (dict(Counter(a) + Counter(b)) for a, b in ((one.kinds, two.kinds), (one.periods, two.periods)))
    return About(one.rows + two.rows, columns, kinds, periods)


# Writing


def write_mirror(path: Path, batches: Iterable[Batch], facts: Facts, as_of: date | None = None) -> About:
    """Write batches of units to a Parquet file with the columns of *facts*; what it holds.

    Memory is that of a few batches. What iterating *batches* raises is raised; BadInputError E_TARGET where the system does
    not let us write.
    """
    tally = _Tally()

    def frames() -> Iterator[pl.DataFrame]:
        for batch in batches:
            tally.examples += batch.examples
            yield frame_of(batch, facts)

    return write_frames(path, frames(), facts, as_of, tally)


def write_frames(
    path: Path, frames: Iterable[pl.DataFrame], facts: Facts, as_of: date | None = None, tally: _Tally | None = None
) -> About:
    """The same from frames that have the columns of *facts* already."""
    told = tally or _Tally()
    schema = schema_of(facts)

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        # What is raised in here would come out as an error of the engine.
        try:
            for each in frames:
                told.take(each)
                yield each
        except BaseException as error:
            told.failed = error

    room = _room(facts)
    sink(register_io_source(source, schema=pl.Schema(schema), is_pure=False), path, {KEY: room})
    if told.failed is not None:
        raise told.failed
    found = told.about or survey(pl.DataFrame(schema=schema))
    about = evolve(found, examples=told.examples, as_of=as_of)
    _tell(path, room, about, facts)
    return about


def sink(frame: pl.LazyFrame, path: Path, metadata: dict[str, str]) -> None:
    """Write rows to a Parquet file while they come.

    BadInputError E_TARGET where the system does not let us, a full disk included.
    """
    try:
        frame.sink_parquet(path, metadata=metadata, row_group_size=ROWS, maintain_order=True)
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0) or str(error).partition("\n")[0]
        raise BadInputError([Problem("E_TARGET", Where(str(path)), clip(reason))]) from None


def write_example_frames(path: Path, frames: Iterable[pl.DataFrame], facts: Facts, as_of: date) -> About:
    """The same of facts that are all examples."""
    tally = _Tally()

    def counted() -> Iterator[pl.DataFrame]:
        for each in frames:
            tally.examples += each.height
            yield each

    return write_frames(path, counted(), facts, as_of, tally)


def _room(facts: Facts) -> str:
    """A text as long as what the file will say of itself, which is known only once it is written."""
    longest = About(1 << 53, {name: Known(1 << 53, -(1 << 53), 1 << 53) for name in schema_of(facts)}, {}, {}, 1 << 53, date.max)
    return "room:" + "." * (len(_text(longest, facts)) + 4096)


def _text(about: About, facts: Facts) -> str:
    told = {
        "format": FORMAT, "seal": _SEAL, "rows": about.rows, "examples": about.examples,
        "as_of": about.as_of.isoformat() if about.as_of else None, "kinds": dict(about.kinds), "periods": dict(about.periods),
        "facts": {ftype.id: declared(ftype) for ftype, _ in facts},
        "vocabulary": vocabulary_hash(ftype for ftype, _ in facts),
        "columns": {name: list(asdict(each).values()) for name, each in about.columns.items()},
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=True, separators=(",", ":"))


def declared(ftype: FactType) -> dict[str, Any]:
    """What the integers of a fact rest on."""
    found: dict[str, Any] = {"kind": ftype.kind.value}
    if ftype.kind in NUMERIC:
        found |= {"unit": ftype.unit, "step": str(ftype.step)}
    if ftype.options:
        found["options"] = [each.id for each in ftype.options]
    return found


def vocabulary_hash(types: Iterable[FactType]) -> str:
    """SHA-256 of how facts are declared, 16 hexadecimal digits."""
    found = {each.id: declared(each) for each in types}
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:16]


def _tell(path: Path, room: str, about: About, facts: Facts) -> None:
    """Put what the file says of itself in the place kept for it, and seal it."""
    text = _text(about, facts)
    if len(text) > len(room):
        text = _text(evolve(about, periods={}), facts)
    with path.open("r+b") as handle:
        start, footer = _footer(handle.read, handle.seek)
        footer = footer.replace(room.encode(), text.ljust(len(room)).encode())
        footer = footer.replace(_SEAL.encode(), hashlib.sha256(footer).hexdigest().encode(), 1)
        handle.seek(start)
        handle.write(footer)


def _footer(read: Any, seek: Any) -> tuple[int, bytes]:
    """Where the end of a Parquet file begins that describes it, and what it holds."""
    size = seek(-8, 2) + 8
    length = int.from_bytes(read(8)[:4], "little")
    start = max(size - 8 - length, 0)
    seek(start)
    return start, read(length)


def sealed(path: Path, seal: str) -> bool:
    """Whether a file is as it was written, by the *seal* it bears."""
    with path.open("rb") as handle:
        _, footer = _footer(handle.read, handle.seek)
    return hashlib.sha256(footer.replace(seal.encode(), _SEAL.encode(), 1)).hexdigest() == seal


# Reading back


def told_of(path: Path) -> dict[str, Any] | None:
    """What a Parquet file says of itself; None where it is not one of ours.

    Raises BadInputError: no Parquet (CO01), written by a newer version (CO02).
    """
    where = Where(str(path))
    try:
        text = pl.read_parquet_metadata(path).get(KEY)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadInputError([Problem("CO01", where, type(error).__name__)]) from None
    if text is None:
        return None
    try:
        told = json.loads(text)
        version = told["format"]
    except (ValueError, KeyError, TypeError):
        return None
    if version != FORMAT:
        raise BadInputError([Problem("CO02", where, str(version), f"<= {FORMAT}")])
    return dict(told)


def read_mirror(path: Path, vocabulary: Vocabulary, wanted: Sequence[str]) -> FactTable | None:
    """The facts of a file that this program wrote, as far as columns are *wanted*; None for any other file.

    Raises BadInputError: no Parquet, written by a newer version, a fact that is not known here (DB010) or has other steps or
    levels here (CO03).
    """
    told = told_of(path)
    if told is None:
        return None
    _agree(told, vocabulary, Where(str(path)))
    frame = pl.scan_parquet(path)
    present = [name for name in frame.collect_schema() if name in UNIT_FIELDS or name in set(wanted)]
    frame = frame.select(present)
    if sealed(path, str(told["seal"])):
        columns = {name: Known(*told["columns"][name]) for name in present if name not in UNIT_FIELDS}
        as_of = date.fromisoformat(told["as_of"]) if told["as_of"] else None
        about = About(told["rows"], columns, told["kinds"], told["periods"], told["examples"], as_of)
    else:
        _check_types(frame, vocabulary, Where(str(path)))
        about = evolve(survey(frame), examples=int(told["examples"]))
    return FactTable(frame, about, str(path))


def _check_types(frame: pl.LazyFrame, vocabulary: Vocabulary, where: Where) -> None:
    """BadInputError CO04 for columns that no longer hold what they should: whole numbers that became fractions, for one."""
    problems = Collector()
    schema = frame.collect_schema()
    wanted = schema_of(facts_in(schema, vocabulary))
    for name, found in schema.items():
        due = wanted.get(name, pl.String())
        if found != due and not (found.is_integer() and due.is_integer()):
            problems.add("CO04", where.at(name), found=str(found), allowed=str(due))
    problems.raise_any()


def _agree(told: Mapping[str, Any], vocabulary: Vocabulary, where: Where) -> None:
    problems = Collector()
    for name, there in told["facts"].items():
        ftype = vocabulary.types.get(name)
        if ftype is None:
            problems.add("DB010", where.at(name), found=name, among=vocabulary.names())
        elif declared(ftype) != there:
            problems.add("CO03", where.at(name), found=_said(there), allowed=_said(declared(ftype)))
    problems.raise_any()


def _said(told: Mapping[str, Any]) -> str:
    return " ".join(", ".join(each) if isinstance(each, list) else str(each) for each in told.values() if each)


def columns_of(facts: Facts) -> list[str]:
    """The columns of *facts*."""
    return [name for name in schema_of(facts) if name not in UNIT_FIELDS]


def of_frames(parts: Sequence[pl.DataFrame], *, file: str = "", examples: int = 0, as_of: date | None = None) -> FactTable:
    """A table of frames that have the layout already, one below the other."""
    frame = pl.concat(parts)
    return FactTable(frame.lazy(), evolve(survey(frame), examples=examples, as_of=as_of), file)


def facts_in(names: Iterable[str], vocabulary: Vocabulary) -> Facts:
    """The facts that columns hold."""
    return list(dict.fromkeys(found for name in names if (found := fact_of(name, vocabulary)) is not None))


__all__ = [
    "CODE", "About", "FactTable", "Known", "columns_of", "facts_in", "of_frames", "read_mirror", "sink", "survey",
    "told_of", "write_example_frames", "write_frames", "write_mirror",
]  # fmt: skip
