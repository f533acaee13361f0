"""Spark gives what data frames and one unit after the other give, row by row; what is missing for it is told."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib import util
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from random_standards import AS_OF, TYPES, fact_sets, standards
from test_engines_agree import assessor_of

from duibiao.assess.one import Assessor
from duibiao.cohort.frames import Frames
from duibiao.cohort.loop import Loop
from duibiao.cohort.spark import run_on, run_spark
from duibiao.cohort.spark_session import session
from duibiao.cohort.tabulate import read_facts, to_frame
from duibiao.errors import BadInputError, Collector
from duibiao.model.facts import FactSet, FactType, Grading, Happening, Holding, Kind, Ticks, Unit, Value, Vocabulary
from duibiao.model.standard import Criterion, Header, Indicator, Scoring, Standard
from duibiao.registry import Registry, installed
from duibiao.rules.lower import lower

EVERY = [(ftype, back) for ftype in TYPES for back in (0, 1, 2)]
SOME = settings(
    max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
)  # fmt: skip
Row = dict[str, Any]

pytestmark = pytest.mark.xdist_group("spark")
"""Two sessions at once would be started for nothing."""


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """One session for all: starting it takes longer than any test."""
    pytest.importorskip("pyspark", reason="pip install 'duibiao[spark]'")
    with session("local[2]") as found:
        yield found


@pytest.fixture(scope="module")
def bundled() -> Registry:
    return Registry([each for each in installed() if each.distribution == "duibiao"], blocked=())


def on_spark(spark: Any, assessor: Assessor, cohort: list[FactSet], table: pl.DataFrame, folder: Path) -> list[Row]:
    """The results on Spark, in the order of *cohort*."""
    facts, out = folder / f"facts-{random.random()}.parquet", folder / f"results-{random.random()}"
    table.write_parquet(facts)
    assert len(cohort) == run_on(spark, assessor.program, cohort[0].as_of, facts, out)
    found = {row["unit.code"]: row for row in pl.read_parquet(out / "*.parquet").iter_rows(named=True)}
    return [as_ints(found[each.unit.code]) for each in cohort]


def one_by_one(assessor: Assessor, cohort: list[FactSet]) -> list[Row]:
    return [as_ints(row) for row in Loop(assessor).rows(cohort)]


def as_ints(row: Row) -> Row:
    return {name: value if isinstance(value, str) else int(value) for name, value in sorted(row.items())}


def numbered(cohort: list[FactSet]) -> list[FactSet]:
    """Units that can be told apart."""
    return [evolve(each, unit=evolve(each.unit, code=f"{place:09}")) for place, each in enumerate(cohort)]


@pytest.mark.slow
@SOME
@given(standards(), st.lists(fact_sets(), min_size=1, max_size=8))
def test_spark_agrees_with_one_unit_after_the_other(
    spark: Any, tmp_path_factory: pytest.TempPathFactory, standard: Standard, cohort: list[FactSet]
) -> None:
    assessor, units = assessor_of(standard), numbered(cohort)

    found = on_spark(spark, assessor, units, to_frame(units, EVERY), tmp_path_factory.mktemp("spark"))

    assert one_by_one(assessor, units) == found


# Peers

RATE = FactType("rate", "满意率", Kind.RATE, unit="%", step=Decimal("0.01"), high=10_000)
SHOP = FactType("has_shop", "有商铺", Kind.FLAG)
PEERS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"fact": "rate", "above_peers": "average"}, {}),
    ({"fact": "rate", "above_peers": "median"}, {}),
    ({"fact": "rate", "rank_within": 3}, {}),
    ({"fact": "rate", "at_least": "50%"}, {"not_applicable": "impute"}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("condition", "scoring"), PEERS)
def test_spark_looks_at_peers_as_one_list_of_units_does(
    spark: Any, tmp_path: Path, condition: dict[str, Any], scoring: dict[str, Any]
) -> None:
    leaf = Indicator(id="i", title="", condition=condition, points={"points": 10}, when={"fact": "has_shop"})
    other = Indicator(id="j", title="", condition={"fact": "rate", "at_least": "30%"}, points={"points": 5})
    standard = Standard(
        header=Header(id="t.s", edition="1", title="", unit_kinds=("居委会",)),
        scoring=Scoring(method="points", **scoring),
        criteria=(Criterion(id="c", title="", indicators=(leaf, other)),),
    )
    problems = Collector()
    program = lower(standard, Vocabulary({each.id: each for each in (RATE, SHOP)}), problems)
    assert program is not None, problems.problems
    assessor, dice = Assessor(program), random.Random(5)

    for size, missing in ((1, 0.0), (2, 0.5), (7, 0.3), (8, 0.0), (8, 0.3), (9, 1.0)):
        units = numbered([peer(dice, missing) for _ in range(size)])
        found = on_spark(spark, assessor, units, to_frame(units, [(RATE, 0), (SHOP, 0)]), tmp_path)
        assert one_by_one(assessor, units) == found


def peer(dice: random.Random, missing: float) -> FactSet:
    """A unit with one of few rates, so that ties are many."""
    values: dict[str, Value] = {"rate": dice.choice([0, 3000, 5000, 5001, 10_000]), "has_shop": dice.randint(0, 1)}
    known = {name: value for name, value in values.items() if dice.random() >= missing}
    return FactSet(Unit("单位", "居委会"), known, AS_OF, "2012")


# A bundled standard, and one of a hundred indicators


def made_up(assessor: Assessor, seed: int, missing: float) -> FactSet:
    """A unit with random values of all facts that a standard reads."""
    dice = random.Random(seed)
    kinds = assessor.program.standard.header.unit_kinds or ("居委会",)
    found: dict[int, dict[str, Value]] = {}
    for ftype, back in read_facts(assessor.program):
        if dice.random() >= missing:
            found.setdefault(back, {})[ftype.id] = any_value(assessor, ftype, dice)
    history = tuple((str(2012 - back), found.get(back, {})) for back in range(1, max(found, default=0) + 1))
    return FactSet(Unit("单位", dice.choice(kinds), f"{seed:09}"), found.get(0, {}), AS_OF, "2012", history)


def any_value(assessor: Assessor, ftype: FactType, dice: random.Random) -> Value:
    day = date.fromordinal(dice.randint(date(2008, 1, 1).toordinal(), date(2012, 12, 31).toordinal()))
    options = [each.id for each in ftype.options]
    match ftype.kind:
        case Kind.GRADE | Kind.CHOICE:
            return Grading(dice.randrange(len(options)))
        case Kind.CHECKLIST:
            here = frozenset(each for each in options if dice.random() < 0.6)
            return Ticks(here, frozenset(each for each in options if each not in here and dice.random() < 0.8))
        case Kind.DATE:
            return day
        case Kind.TITLE:
            return Holding(dice.random() < 0.8, day, None)
        case Kind.EVENTS:
            return tuple(Happening(day, dice.choice(options) if options else "") for _ in range(dice.randint(0, 3)))
    least = max(ftype.low, assessor.program.samples.get(ftype.id, ftype.low))
    near = [each.value for each in constants(assessor) if least <= each.value <= ftype.high]
    return dice.choice(near) if near and dice.random() < 0.5 else dice.randint(least, min(ftype.high, least + 100_000))


def constants(assessor: Assessor) -> list[Any]:
    """The numbers that rules compare with."""
    from duibiao.rules.nodes import Const

    return [cell.node for cell in assessor.compiled.sheet.cells if isinstance(cell.node, Const)]


def assert_all_agree(spark: Any, assessor: Assessor, units: list[FactSet], folder: Path) -> None:
    table = to_frame(units, read_facts(assessor.program))
    frames = Frames(assessor.program, units[0].as_of).results(
        table.lazy(), keep=("unit.code", "unit.name", "unit.kind", "period")
    )

    found = on_spark(spark, assessor, units, table, folder)

    assert [as_ints(row) for row in frames.collect().iter_rows(named=True)] == found
    assert one_by_one(assessor, units) == found
    assert len({tuple(row.values()) for row in found}) > len(found) // 2


@pytest.mark.slow
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_five_thousand_units_under_a_bundled_standard_come_out_the_same_on_spark(
    spark: Any, tmp_path: Path, missing: float, bundled: Registry
) -> None:
    assessor = bundled.assessor("shanghai.qingpu.committee")

    assert_all_agree(spark, assessor, [made_up(assessor, seed, missing) for seed in range(5_000)], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_five_thousand_units_under_a_hundred_indicators_come_out_the_same_on_spark(
    spark: Any, tmp_path: Path, missing: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    import table

    units = numbered([table.unit(seed, missing=missing) for seed in range(5_000)])

    assert_all_agree(spark, Assessor(table.program()), units, tmp_path)


# What does not fit


@pytest.mark.slow
def test_facts_that_do_not_fit_are_told_by_unit_and_nothing_is_written(spark: Any, tmp_path: Path) -> None:
    assessor = rate_alone()
    units = numbered([peer(random.Random(1), 0.0) for _ in range(4)])
    table = to_frame(units, [(RATE, 0)]).with_columns(
        pl.Series("rate", [10_001, 5, None, 7]), pl.Series("unit.kind", ["居委会", "居委会", "公司", "居委会"])
    )
    table.write_parquet(tmp_path / "facts.parquet")

    with pytest.raises(BadInputError) as caught:
        run_on(spark, assessor.program, AS_OF, tmp_path / "facts.parquet", tmp_path / "out")

    told = {(each.code, each.where.path[0], each.found) for each in caught.value.problems}
    assert {("DB024", "000000000", "100.01%"), ("DB031", "000000002", "公司")} == told
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (pl.Series("rate", [0.5]), "E_COLUMN"),
        (pl.Series("rate", ["高"]), "E_COLUMN"),
        (pl.Series("unit.kind", [3]), "E_COLUMN"),
    ],
)
def test_a_column_of_another_type_is_refused(spark: Any, tmp_path: Path, wrong: pl.Series, code: str) -> None:
    to_frame([peer(random.Random(1), 0.0)], [(RATE, 0)]).with_columns(wrong).write_parquet(tmp_path / "facts.parquet")

    assert {code} == refused(spark, tmp_path / "facts.parquet", tmp_path / "out")


@pytest.mark.slow
def test_results_are_never_written_over(spark: Any, tmp_path: Path) -> None:
    to_frame([peer(random.Random(1), 0.0)], [(RATE, 0)]).write_parquet(tmp_path / "facts.parquet")
    (tmp_path / "out").mkdir()

    assert {"E_TARGET_EXISTS"} == refused(spark, tmp_path / "facts.parquet", tmp_path / "out")
    assert [] == list((tmp_path / "out").iterdir())


@pytest.mark.slow
def test_facts_that_are_not_there_are_a_problem_and_so_is_a_file_of_another_kind(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text("rate\n1\n")

    assert {"DB001"} == refused(spark, tmp_path / "nowhere.parquet", tmp_path / "out")
    assert {"E_SPARK"} == refused(spark, tmp_path / "facts.csv", tmp_path / "out")


def refused(spark: Any, facts: Path, out: Path) -> set[str]:
    with pytest.raises(BadInputError) as caught:
        run_on(spark, rate_alone().program, AS_OF, facts, out)
    return {each.code for each in caught.value.problems}


def rate_alone() -> Assessor:
    leaf = Indicator(id="i", title="", condition={"fact": "rate", "at_least": "50%"})
    standard = Standard(
        header=Header(id="t.s", edition="1", title="", unit_kinds=("居委会",)),
        scoring=Scoring(method="all_required"),
        criteria=(Criterion(id="c", title="", indicators=(leaf,)),),
    )
    problems = Collector()
    program = lower(standard, Vocabulary({RATE.id: RATE}), problems)
    assert program is not None, problems.problems
    return Assessor(program)


# What is missing


def test_without_pyspark_the_reader_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duibiao.cohort.spark_session.find_spec", lambda name: None)

    assert "E_NO_SPARK" == not_started(tmp_path)


@pytest.mark.parametrize("told", ["", 'openjdk version "11.0.2" 2019-01-15', 'java version "1.8.0_202"'])
def test_without_java_or_with_an_old_one_the_reader_is_told_what_to_install(
    told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duibiao.cohort.spark_session.find_spec", lambda name: util.find_spec("json"))
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if told:
        java = tmp_path / "bin" / "java"
        java.parent.mkdir()
        java.write_text(f"#!/bin/sh\necho '{told}' >&2\n")
        java.chmod(0o700)

    assert "E_NO_JAVA" == not_started(tmp_path)


def not_started(folder: Path) -> str:
    with pytest.raises(BadInputError) as caught:
        run_spark(rate_alone().program, AS_OF, folder / "facts.parquet", folder / "out")
    (problem,) = caught.value.problems
    return problem.code


@pytest.mark.slow
def test_a_job_of_a_cluster_reads_and_writes_where_the_cluster_does(tmp_path: Path, bundled: Registry) -> None:
    pyspark = pytest.importorskip("pyspark")
    assessor = bundled.assessor("shanghai.qingpu.committee")
    units = [made_up(assessor, seed, 0.1) for seed in range(20)]
    facts, out = tmp_path / "facts.parquet", tmp_path / "out"
    to_frame(units, read_facts(assessor.program)).write_parquet(facts)
    job = Path(__file__).parents[1] / "docs" / "examples" / "spark_job.py"

    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    asked = ["assess-all", assessor.program.standard.id, "--as-of", AS_OF.isoformat(), "--engine", "spark"]
    done = subprocess.run(
        [submit, "--master", "local[1]", job, *asked, "--facts", facts.as_uri(), "--out", out.as_uri()],
        env={**os.environ, "PYSPARK_PYTHON": sys.executable}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert 0 == done.returncode, (done.stdout + done.stderr)[-2000:]
    rows = pl.read_parquet(out / "*.parquet").sort("unit.code").iter_rows(named=True)
    assert one_by_one(assessor, units) == [as_ints(row) for row in rows]
