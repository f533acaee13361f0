"""A standard over a table of facts on Spark: the same columns and results as everywhere, worked out by Spark's own engine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from attrs import define, field

from duibiao.assess.bind import SUPPLIED_PARTS
from duibiao.cohort.bind_sql import Ends, SqlBinder, ranges_of
from duibiao.cohort.columns import slot_name
from duibiao.cohort.dialects import SPARK
from duibiao.cohort.fields import CODE, KIND, NAME, UNIT_FIELDS, Field, Sort, all_read_by, fields_of
from duibiao.cohort.render_sql import sql_of
from duibiao.cohort.spark_peers import Peers
from duibiao.cohort.spark_session import session, spark_problems
from duibiao.cohort.widen import widen
from duibiao.errors import Collector, Where
from duibiao.model.notation import show_number
from duibiao.rules.context import KINDS
from duibiao.rules.nodes import Input
from duibiao.rules.program import Program

FACTS = "duibiao_facts"
"""The name under which Spark knows the table of facts."""

_SORTS: Mapping[Sort, tuple[str, ...]] = {
    "flag": ("boolean",),
    "int": ("tinyint", "smallint", "int", "bigint"),
    "day": ("date",),
    "text": ("string",),
}
_EVENT = {"on": "date", "kind": "string", "settled": "date"}
_SHOWN = 20
"""So many units are named when facts do not fit."""


def run_spark(
    program: Program, as_of: date, facts: str | os.PathLike[str], out: str | os.PathLike[str], *, master: str = ""
) -> int:
    """The results of every unit of the Parquet *facts* (file or folder), written as the Parquet folder *out*; returns how many.

    *facts* has the columns of :mod:`duibiao.cohort.fields`, the results those of :class:`~duibiao.cohort.layout.Layout` behind
    the unit's own. Both may be addresses that Spark knows (``hdfs://…``, ``s3a://…``): give these as text. For *master* see
    :func:`~duibiao.cohort.spark_session.session`.

    Raises BadInputError: Spark or Java is missing, facts that do not fit, *out* exists; nothing is written then. TooWideError:
    numbers may grow beyond what columns keep exactly.
    """
    with session(master) as spark:
        return run_on(spark, program, as_of, facts, out)


def run_on(spark: Any, program: Program, as_of: date, facts: str | os.PathLike[str], out: str | os.PathLike[str]) -> int:
    """The same in a session that is there already."""
    with spark_problems():
        table = spark.read.parquet(os.fspath(facts))
        run = Run(spark, program, as_of, dict(table.dtypes), Where(os.fspath(facts)))
        table.createOrReplaceTempView(FACTS)
        try:
            run.check()
            spark.sql(run.query()).write.mode("error").parquet(os.fspath(out))
        finally:
            spark.catalog.dropTempView(FACTS)
    return run.rows


@define(eq=False)
class Run:
    """One standard over one table.

    Attributes:
        spark: The session.
        program: The standard, lowered.
        as_of: The day asked.
        types: The table's columns and their types, as Spark calls them.
        where: The table, for problems.
        rows: How many units it has, once looked at.
        gaps: The inputs that some unit lacks, once looked at.
    """

    spark: Any
    program: Program
    as_of: date
    types: Mapping[str, str]
    where: Where
    rows: int = 0
    gaps: frozenset[int] = frozenset()
    binder: SqlBinder = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.binder = SqlBinder(self.program, self.as_of, SPARK, frozenset(self.types))

    @property
    def keep(self) -> list[str]:
        """The columns of the unit that the table has."""
        return [name for name in UNIT_FIELDS if name in self.types]

    def query(self) -> str:
        """The text that works everything out."""
        peers = Peers(self.spark, self.binder, FACTS, self.rows)
        ends = peers.of_facts()
        if peers.imputed():
            ends = {**ends, **peers.of_points(self.text(ends, peers.joins()))}
        return self.text(ends, peers.joins())

    def text(self, ends: Ends, joined: str) -> str:
        sheaf = widen(self.program, self.gaps, ranges_of(self.program))
        return sql_of(sheaf, SPARK, "inputs", self.keep, [self.binder.subquery(FACTS, self.keep, ends, joined)])

    # Whether the facts fit

    def check(self) -> None:
        """Looks at every column once: which have gaps, and whether all values fit; raises BadInputError where they do not."""
        self.check_types()
        own = [(slot, each) for slot, each in enumerate(self.program.inputs) if each.part not in SUPPLIED_PARTS]
        numbers = [(slot, each) for slot, each in own if each not in self.program.flags]
        columns = [f"COUNT({_x(slot)})" for slot, _ in own]
        columns += [f"{function}({_x(slot)})" for slot, _ in numbers for function in ("MIN", "MAX")]
        columns += [f"MIN({name})" for name in map(SPARK.name_of, self.samples())]
        kind = self.binder.known(_KIND, (KIND,))
        row = list(self.spark.sql(self.over_inputs(["COUNT(*)", f"COUNT({kind})", *columns])).first())
        self.rows, kinds, *rest = row
        counts, rest = rest[: len(own)], rest[len(own) :]
        self.gaps = frozenset(
            slot for (slot, each), count in zip(own, counts, strict=True) if count < self.rows and each.default is None
        )
        self.check_values(kinds, numbers, rest)

    def samples(self) -> list[str]:
        """The facts of which a standard demands a least sample, where the table has them."""
        return [fact for fact in self.program.samples if fact in self.types]

    def over_inputs(self, columns: Sequence[str], test: str = "") -> str:
        """A query over the inputs, beside the columns of the unit and the samples."""
        inputs = self.binder.subquery(FACTS, [*self.keep, *self.samples()])
        listed = ", ".join(f"{text} AS c{i}" for i, text in enumerate(columns))
        return f"WITH {inputs}\nSELECT {listed} FROM inputs{test}"

    def check_types(self) -> None:
        """Every column that is read must be of the type that its fact is kept in."""
        problems = Collector()
        for name, wanted in self.wanted().items():
            found = self.types.get(name)
            if found is None and name == KIND:
                problems.add("DB031", self.where.at(name), among=KINDS)
            elif found is not None and not _is_sort(found, wanted):
                allowed = " / ".join(_SORTS.get(wanted, (_struct(_EVENT),)))
                problems.add("E_COLUMN", self.where.at(name), found=found, allowed=allowed)
        problems.raise_any()

    def wanted(self) -> dict[str, Sort]:
        """What the columns that are read hold."""
        found: dict[str, Sort] = dict.fromkeys(UNIT_FIELDS, "text")
        read = set(all_read_by(self.program.inputs, self.program.vocabulary))
        facts = {(each.fact, each.back) for each in self.program.inputs}
        facts |= {(fact, 0) for fact in self.program.samples}
        for fact, back in facts:
            ftype = self.program.vocabulary.types.get(fact)
            columns: Sequence[Field] = () if ftype is None else fields_of(ftype, back)
            found |= {each.name: each.sort for each in columns if each.name in read or fact in self.program.samples}
        return found

    def check_values(self, kinds: int, numbers: Sequence[tuple[int, Input]], ends: Sequence[int | None]) -> None:
        """Compares the least and greatest values with what is allowed, and names the units where they do not fit."""
        problems = Collector()
        if kinds < self.rows:
            self.name("DB031", f"{self.binder.known(_KIND, (KIND,))} IS NULL", KIND, ", ".join(KINDS), problems)
        for place, (slot, each) in enumerate(numbers):
            least, most = ends[2 * place : 2 * place + 2]
            if least is not None and most is not None and not each.low <= least <= most <= each.high:
                test = f"NOT {_x(slot)} BETWEEN {each.low} AND {each.high}"
                self.name("DB024", test, slot_name(slot), self.shown(each, each.low, each.high), problems, each)
        for fact, lowest in zip(self.samples(), ends[2 * len(numbers) :], strict=True):
            allowed = self.program.samples[fact]
            if lowest is not None and lowest < allowed:
                self.name("DB054", f"{SPARK.name_of(fact)} < {allowed}", fact, f">= {allowed}", problems)
        problems.raise_any()

    def shown(self, each: Input, *values: int) -> str:
        ftype = self.program.vocabulary.types.get(each.fact)
        return " … ".join(str(value) if ftype is None else show_number(ftype, value) for value in values)

    def name(self, code: str, test: str, column: str, allowed: str, problems: Collector, each: Input | None = None) -> None:
        """Records the problem for the first units whose values do not fit."""
        who = next((SPARK.name_of(name) for name in (CODE, NAME) if name in self.types), "''")
        query = self.over_inputs([who, SPARK.name_of(column)], f" WHERE {test} LIMIT {_SHOWN}")
        for unit, value in (tuple(row) for row in self.spark.sql(query).collect()):
            found = value if each is None else self.shown(each, value)
            problems.add(
                code,
                self.where.at(str(unit), each.fact if each else column),
                found="" if found is None else found,
                allowed=allowed,
            )


def _x(slot: int) -> str:
    return SPARK.name_of(slot_name(slot))


_KIND = Input(KIND, high=len(KINDS) - 1)


def _is_sort(found: str, wanted: Sort) -> bool:
    if wanted != "events":
        return found in _SORTS[wanted]
    return found.startswith("array<struct<") and all(f"{name}:{kind}" in found for name, kind in _EVENT.items())


def _struct(fields: Mapping[str, str]) -> str:
    return f"array<struct<{','.join(f'{name}:{kind}' for name, kind in fields.items())}>>"
