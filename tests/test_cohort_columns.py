"""Many units at once give what each unit alone gives, to the last digit."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from random_nodes import programs, values
from random_standards import AS_OF, TYPES, VOCABULARY, fact_sets, standards
from test_engines_agree import assessor_of

from duibiao.assess.bind import bind, find
from duibiao.cohort.frames import Binder, Frames
from duibiao.cohort.tabulate import to_frame
from duibiao.cohort.widen import TooWideError
from duibiao.model.calendar import add_months
from duibiao.model.facts import FactSet, Happening, Holding, Unit, Value
from duibiao.model.standard import Standard
from duibiao.rules.compile import Compiled, Raw
from duibiao.rules.nodes import Input
from duibiao.rules.program import Program

EVERY = [(ftype, back) for ftype in TYPES for back in (0, 1, 2)]


def plain(raw: Raw) -> list[object]:
    return [tuple(map(int, part)) if isinstance(part, tuple) else int(part) for part in raw]


def gaps_of(table: pl.DataFrame) -> frozenset[str]:
    return frozenset(name for name, count in table.null_count().row(0, named=True).items() if count)


@settings(max_examples=50, deadline=None)
@given(standards(), st.lists(fact_sets(), min_size=1, max_size=8))
def test_columns_agree_with_the_function_for_one_unit(standard: Standard, cohort: list[FactSet]) -> None:
    assessor = assessor_of(standard)
    frames = Frames(assessor.program, AS_OF)

    found = frames.results(to_frame(cohort, EVERY).lazy()).collect()

    alone = []
    for facts in cohort:
        bound = bind(assessor.program, facts)
        alone.append(plain(assessor.compiled.general(bound.lows, bound.highs)))
    assert [plain(frames.layout.raw(row)) for row in found.iter_rows(named=True)] == alone


@settings(max_examples=50, deadline=None)
@given(standards(), st.lists(fact_sets(holes=False), min_size=1, max_size=8))
def test_columns_without_gaps_agree_with_the_function_for_one_unit(standard: Standard, cohort: list[FactSet]) -> None:
    assessor = assessor_of(standard)
    frames = Frames(assessor.program, AS_OF)

    table = to_frame(cohort, EVERY)
    found = frames.results(table.lazy(), gaps_of(table)).collect()

    alone = [plain(assessor.raw(facts)) for facts in cohort]
    assert [plain(frames.layout.raw(row)) for row in found.iter_rows(named=True)] == alone


@settings(max_examples=60, deadline=None)
@given(programs(), st.lists(values, min_size=1, max_size=12))
def test_columns_agree_with_the_function_for_one_unit_on_nodes_of_every_sort(
    program: Program, units: list[dict[str, int]]
) -> None:
    cohort = [FactSet(Unit("单位", "居委会"), each, AS_OF, "2012") for each in units]
    frames, compiled = Frames(program, AS_OF), Compiled(program)

    table = to_frame(cohort, [(ftype, 0) for ftype in program.vocabulary.types.values()])
    try:
        found = frames.results(table.lazy(), gaps_of(table)).collect()
    except TooWideError:
        reject()

    bounds = [bind(program, facts) for facts in cohort]
    alone = [plain(compiled.general(bound.lows, bound.highs)) for bound in bounds]
    assert [plain(frames.layout.raw(row)) for row in found.iter_rows(named=True)] == alone


EDGES = [AS_OF, add_months(AS_OF, -12), add_months(AS_OF, -24), date(2012, 1, 31), date(2011, 2, 28)]
near = st.builds(lambda day, off: day + timedelta(days=off), st.sampled_from(EDGES), st.integers(-32, 32))
happenings = st.builds(
    lambda on, kind, wait: Happening(on, kind, None if wait is None else on + timedelta(days=wait)),
    near,
    st.sampled_from(["", "minor", "serious"]),
    st.none() | st.integers(0, 70),
)
holdings = st.builds(Holding, st.booleans(), st.none() | near, st.none() | near)
counted = st.builds(
    lambda member, back, months, settled: Input("visits", "count", member, back, months, settled, 0, 99),
    st.sampled_from(["", "minor", "serious"]),
    st.integers(0, 2),
    st.sampled_from([0, 1, 12]),
    st.sampled_from([None, True, False]),
)
late = st.builds(
    lambda back, months, limit: Input("visits", "late", "", back, months, None, 0, 99, limit=limit),
    st.integers(0, 2),
    st.sampled_from([0, 12]),
    st.sampled_from([(1, 0), (0, 15), (1, 5), (0, 0)]),
)
held = st.builds(lambda back: Input("honour", "held", back=back), st.integers(0, 2))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(counted | late | held, min_size=1, max_size=6),
    st.lists(st.fixed_dictionaries({}, optional={"visits": st.lists(happenings).map(tuple), "honour": holdings}), min_size=3),
    st.sampled_from(["2012", "第三季度"]),
)
def test_dated_facts_are_read_alike_at_the_edges_of_their_windows(
    wanted: list[Input], said: list[dict[str, Value]], period: str
) -> None:
    cohort = [FactSet(Unit("单位", "居委会"), values, AS_OF, period, (("2011", values), ("2010", values))) for values in said]
    table = to_frame(cohort, EVERY)
    binder = Binder(VOCABULARY, AS_OF)

    columns = [binder.column(each, frozenset(table.columns)).alias(str(n)) for n, each in enumerate(wanted)]
    found = table.select(columns).rows()

    alone = [tuple(None if (span := find(each, facts)) is None else span[0] for each in wanted) for facts in cohort]
    assert found == alone


def test_days_alone_do_not_say_whether_an_honour_is_held() -> None:
    later = AS_OF + timedelta(days=1)
    table = to_frame([], EVERY).clear(1).with_columns(pl.lit(later).alias("honour.since"))

    found = table.select(Binder(VOCABULARY, AS_OF).column(Input("honour", "held"), frozenset(table.columns)).alias("held"))

    assert found["held"].to_list() == [None]
