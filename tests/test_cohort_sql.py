"""A standard as SQL text: any database gives what one unit alone gives, to the last digit."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import polars as pl
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from random_standards import AS_OF, TYPES, fact_sets, standards
from test_cohort_columns import plain
from test_engines_agree import assessor_of

from duibiao.assess.bind import bind
from duibiao.assess.one import Assessor
from duibiao.cohort.bind_sql import sql_text
from duibiao.cohort.dialects import ANSI, DIALECTS, DUCKDB, SPARK, SQLITE, Dialect
from duibiao.cohort.frames import Frames
from duibiao.cohort.layout import Layout
from duibiao.cohort.tabulate import to_frame
from duibiao.errors import BadInputError
from duibiao.model.facts import FactSet
from duibiao.model.standard import Award, Criterion, Header, Indicator, Scoring, Standard

EVERY = [(ftype, back) for ftype in TYPES for back in (0, 1, 2)]


def in_sqlite(table: pl.DataFrame, query: str) -> list[dict[str, Any]]:
    """What the query says of a table named ``facts``, in a database that holds nothing else."""
    with closing(sqlite3.connect(":memory:")) as base:
        base.row_factory = sqlite3.Row
        names, places = ", ".join(map(SQLITE.name_of, table.columns)), ", ".join("?" * table.width)
        base.execute(f"CREATE TABLE facts ({names})")
        rows = (tuple(map(_cell, row)) for row in table.iter_rows())
        base.executemany(f"INSERT INTO facts VALUES ({places})", rows)  # noqa: S608 - nothing but question marks
        return [dict(row) for row in base.execute(query)]


def _cell(value: object) -> object:
    if isinstance(value, list):
        return json.dumps(value, default=str)
    return value if value is None or isinstance(value, int | str) else str(value)


def gaps_of(table: pl.DataFrame) -> list[str]:
    return [name for name, count in table.null_count().row(0, named=True).items() if count]


@settings(max_examples=50, deadline=None)
@given(standards(), st.lists(fact_sets(), min_size=1, max_size=8))
def test_sql_agrees_with_the_function_for_one_unit(standard: Standard, cohort: list[FactSet]) -> None:
    assessor = assessor_of(standard)
    layout = Layout.of(assessor.program)

    found = in_sqlite(to_frame(cohort, EVERY), sql_text(assessor.program, AS_OF, dialect=SQLITE))

    alone = []
    for facts in cohort:
        bound = bind(assessor.program, facts)
        alone.append(plain(assessor.compiled.general(bound.lows, bound.highs)))
    assert alone == [plain(layout.raw(row)) for row in found]


@settings(max_examples=30, deadline=None)
@given(standards(), st.lists(fact_sets(holes=False), min_size=1, max_size=8))
def test_sql_over_facts_without_gaps_agrees_with_the_function_for_one_unit(standard: Standard, cohort: list[FactSet]) -> None:
    assessor = assessor_of(standard)
    table = to_frame(cohort, EVERY)

    found = in_sqlite(table, sql_text(assessor.program, AS_OF, gaps_of(table), SQLITE))

    layout = Layout.of(assessor.program)
    assert [plain(assessor.raw(facts)) for facts in cohort] == [plain(layout.raw(row)) for row in found]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(standards(), st.lists(fact_sets(), min_size=1, max_size=8))
def test_duckdb_reads_the_parquet_file_and_agrees(
    tmp_path_factory: pytest.TempPathFactory, standard: Standard, cohort: list[FactSet]
) -> None:
    duckdb = pytest.importorskip("duckdb")
    assessor, facts = assessor_of(standard), tmp_path_factory.mktemp("duckdb") / "facts.parquet"
    to_frame(cohort, EVERY).write_parquet(facts)

    with duckdb.connect() as base:
        base.execute(f"CREATE VIEW facts AS FROM '{facts}'")
        answer = base.execute(sql_text(assessor.program, AS_OF, dialect=DUCKDB))
        names = [each[0] for each in answer.description]
        found = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    layout = Layout.of(assessor.program)
    assert [plain(assessor.raw(facts)) for facts in cohort] == [plain(layout.raw(row)) for row in found]


@settings(max_examples=10, deadline=None)
@given(standards())
@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_each_kind_of_database_can_read_its_text(dialect: Dialect, standard: Standard) -> None:
    reader = "postgres" if dialect is ANSI else dialect.name

    (query,) = sqlglot.parse(sql_text(assessor_of(standard).program, AS_OF, dialect=dialect), read=reader)

    assert isinstance(query, sqlglot.exp.Select)


def of_conditions(*conditions: Mapping[str, Any], lines: Sequence[int] = ()) -> Assessor:
    """A standard with one indicator per condition, ten points each, and awards for so many points (else for half of them)."""
    leaves = (
        Indicator(id=f"i{n}", title="", condition=each, points={"points": 10}) for n, each in enumerate(conditions)
    )  # fmt: skip
    return assessor_of(
        Standard(
            header=Header(id="t.s", edition="1", title="", unit_kinds=("居委会", "村委会")),
            scoring=Scoring(
                method="points",
                awards=tuple(
                    Award(id=f"a{n}", title="", requires=f"score >= {line}")
                    for n, line in enumerate(lines or [5 * len(conditions)])
                ),
            ),
            criteria=(Criterion(id="c", title="", indicators=tuple(leaves)),),
        )
    )


def size(assessor: Assessor, gaps: Sequence[str] | None = None) -> int:
    return len(sql_text(assessor.program, AS_OF, gaps))


def test_ten_times_the_indicators_make_about_ten_times_the_text() -> None:
    some = [{"fact": "count_a", "ratio_to": "count_b", "at_least": f"{share}%", "if_empty": "unknown"} for share in range(1, 101)]

    assert size(of_conditions(*some)) < 12 * size(of_conditions(*some[:10]))


def with_exceptions(cases: int) -> Assessor:
    """A standard of one rule with so many special cases."""
    exceptions = [{"when": f"count_a > {n}", "at_least": f"{n % 90}%"} for n in range(1, cases + 1)]
    return of_conditions({"fact": "rate_a", "at_least": "90%", "otherwise": exceptions})


@pytest.mark.parametrize("gaps", [None, ()])
def test_a_rule_with_many_exceptions_is_not_said_over_and_over(gaps: Sequence[str] | None) -> None:
    assert size(with_exceptions(16), gaps) < 4 * size(with_exceptions(4), gaps)


def test_a_rule_with_more_exceptions_than_a_call_stack_holds_is_written_all_the_same() -> None:
    assert size(with_exceptions(1500)) < 12 * size(with_exceptions(150))


def test_what_is_missing_is_asked_once_however_many_awards_look_at_the_score() -> None:
    some = [{"fact": "grade", "one_of": ["good"]}, *({"fact": name, "at_least": 5} for name in ("count_a", "count_b"))]

    def asked(*lines: int) -> int:
        return len(re.findall(r'"x\d+" IS NULL', sql_text(of_conditions(*some, lines=lines).program, AS_OF)))

    assert asked(10, 15, 20) == asked(10) == 2


@pytest.mark.parametrize("gaps", [frozenset[int](), frozenset({0, 1, 2})])
def test_nor_is_it_in_data_frames(gaps: frozenset[int]) -> None:
    def spread(cases: int) -> int:
        layers = Frames(with_exceptions(cases).program, AS_OF).layers(gaps)
        return sum(len(each.meta.root_names()) for layer in layers for each in layer)

    assert spread(12) < 5 * spread(3)


def test_no_number_of_the_text_is_a_fraction() -> None:
    query = sql_text(of_conditions({"fact": "rate_a", "at_least": "12.5%"}, {"fact": "area", "at_most": "0.5 m2"}).program, AS_OF)

    assert {"1250", "1"} < set(re.findall(r"(?<![\w\".])\d+(?![\w.])", query))
    assert not re.search(r"\d\.\d", query)


def test_a_name_cannot_leave_its_quotes() -> None:
    assert '"a""b"' == ANSI.name_of('a"b')
    assert "`a``b`" == SPARK.name_of("a`b")
    assert r"'a\'b\\'" == SPARK.text_of("a'b\\")
    assert "'a''b\\'" == ANSI.text_of("a'b\\")


def test_a_rule_that_looks_at_other_units_is_named_and_refused() -> None:
    assessor = of_conditions({"fact": "count_a", "above_peers": "average"})

    with pytest.raises(BadInputError) as caught:
        sql_text(assessor.program, AS_OF)

    (problem,) = caught.value.problems
    assert ("E_SQL_PEERS", "peers.average: count_a") == (problem.code, problem.found)
