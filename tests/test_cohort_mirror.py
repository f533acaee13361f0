"""Tables of facts: written and read back the same, looked through again when others wrote them, refused when they differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from random_standards import AS_OF, TYPES, VOCABULARY, fact_sets

from duibiao.cohort import mirror
from duibiao.cohort.foreign import adopt
from duibiao.cohort.rows import sets_of
from duibiao.cohort.tabulate import Batch, to_frame, to_sets
from duibiao.errors import BadInputError
from duibiao.model.facts import FactSet, FactType, Grading, Happening, Holding, Ticks, Unit, Value, Vocabulary

EVERY = [(ftype, back) for ftype in TYPES for back in (0, 1, 2)]
NAMES = {"名称": "name", "代码": "code", "类型": "kind", "时期": "period"}
AREA = VOCABULARY.types["area"]


def told(values: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """Values without those that say nothing: a checklist of which no member is known."""
    return {name: value for name, value in values if value != Ticks(frozenset(), frozenset())}


def plain(facts: FactSet) -> object:
    history = [(period, told(values.items())) for period, values in facts.history]
    return facts.unit, facts.period, told(facts.values.items()), history


@settings(max_examples=50, deadline=None)
@given(st.lists(fact_sets(), min_size=1, max_size=4))
def test_a_table_read_back_holds_the_facts_it_was_made_of(cohort: list[FactSet]) -> None:
    back = list(to_sets(to_frame(cohort, EVERY), VOCABULARY, AS_OF))

    assert [plain(each) for each in cohort] == [plain(each) for each in back]


def batch(**values: Value) -> Batch:
    units = [Unit("甲", "居委会", "320412100001"), Unit("乙", "村委会", "320412100201")]
    return Batch(units, "2012", {(name, 0): {0: value} for name, value in values.items()}, examples=1)


def write(path: Path, *batches: Batch, types: Iterable[FactType] = TYPES) -> mirror.About:
    return mirror.write_mirror(path, batches, [(each, 0) for each in types], AS_OF)


FACTS: dict[str, Value] = {
    "flag_a": 1, "count_a": 7, "area": 800, "grade": Grading(2), "list": Ticks(frozenset({"m0"}), frozenset({"m1"})),
    "honour": Holding(True, date(2011, 1, 1)), "visits": (Happening(date(2012, 3, 1), "minor"),),
}  # fmt: skip


def test_a_mirror_says_of_itself_what_looking_through_it_finds(tmp_path: Path) -> None:
    path = tmp_path / "facts.parquet"
    about = write(path, batch(**FACTS), batch())

    table = mirror.read_mirror(path, VOCABULARY, mirror.columns_of([(each, 0) for each in TYPES]))

    assert table is not None
    assert about == table.about
    assert (4, 2, AS_OF, {"居委会": 2, "村委会": 2}) == (about.rows, about.examples, about.as_of, about.kinds)
    assert mirror.survey(table.frame).columns == about.columns
    assert mirror.Known(3, 800, 800) == about.columns["area"]
    assert [FACTS, {}, {}, {}] == [told(each.values.items()) for each in sets_of(table, VOCABULARY, AS_OF)]


def test_a_mirror_that_another_program_wrote_anew_is_looked_through_again(tmp_path: Path) -> None:
    path, again = tmp_path / "facts.parquet", tmp_path / "again.parquet"
    write(path, batch(**FACTS))
    note = {mirror.KEY: pl.read_parquet_metadata(path)[mirror.KEY]}
    pl.read_parquet(path).with_columns(area=pl.lit(5, dtype=pl.Int16)).write_parquet(again, metadata=note)

    table = mirror.read_mirror(again, VOCABULARY, ["area"])

    assert table is not None
    assert mirror.Known(0, 5, 5) == table.about.columns["area"]


def test_whole_numbers_that_became_fractions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "facts.parquet"
    write(path, batch(**FACTS))
    note = {mirror.KEY: pl.read_parquet_metadata(path)[mirror.KEY]}
    pl.read_parquet(path).with_columns(pl.col("area").cast(pl.Float64)).write_parquet(path, metadata=note)

    assert ["CO04"] == codes(path)


def rewritten(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The same file, saying something else of itself."""
    note = json.loads(pl.read_parquet_metadata(path)[mirror.KEY])
    change(note)
    pl.read_parquet(path).write_parquet(path, metadata={mirror.KEY: json.dumps(note)})
    return path


def codes(path: Path, vocabulary: Vocabulary = VOCABULARY) -> list[str]:
    with pytest.raises(BadInputError) as caught:
        mirror.read_mirror(path, vocabulary, ["area"])
    return [each.code for each in caught.value.problems]


def test_a_mirror_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", batch())

    assert ["CO02"] == codes(rewritten(tmp_path / "a.parquet", lambda note: note.update(format=2)))


def test_a_mirror_with_other_steps_or_unknown_facts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write(path, batch())
    fewer = {name: each for name, each in VOCABULARY.types.items() if name != "marks"}

    found = codes(path, Vocabulary({**fewer, "area": evolve(AREA, step=Decimal("0.1"))}))

    assert ["CO03", "DB010"] == sorted(found)


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 is not enough")

    assert ["CO01"] == codes(path)


def test_an_error_on_the_way_comes_out_as_it_is(tmp_path: Path) -> None:
    def batches() -> Iterable[Batch]:
        yield batch()
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        mirror.write_mirror(tmp_path / "a.parquet", batches(), [(AREA, 0)])


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        write(tmp_path / "nowhere" / "a.parquet", batch())

    assert ["E_TARGET"] == [each.code for each in caught.value.problems]


# files of other programs


def adopted(tmp_path: Path, **columns: Any) -> list[FactSet]:
    frame = pl.DataFrame({"类型": "居委会", "代码": 320412100001, **columns})
    path = tmp_path / "theirs.parquet"
    frame.write_parquet(path)
    table = adopt(path, VOCABULARY, frozenset(VOCABULARY.types), NAMES, AS_OF)
    return list(sets_of(table, VOCABULARY, AS_OF))


@pytest.mark.parametrize(
    ("column", "value", "fact", "kept"),
    [
        ("count_a", [12], "count_a", 12),
        ("人数甲", pl.Series([12.0]), "count_a", 12),
        ("area", [120.5], "area", 241),
        ("area", pl.Series([120.5], dtype=pl.Float32), "area", 241),
        ("面积", [Decimal("120.50")], "area", 241),
        ("area", ["120.5 m2"], "area", 241),
        ("rate_a", [0.07], "rate_a", 7),
        ("rate_a", [29.29], "rate_a", 2929),
        ("rate_a", ["29.29%"], "rate_a", 2929),
        ("grade", ["良"], "grade", Grading(2)),
        ("grade", [3], "grade", Grading(3)),
        ("grade", pl.Series(["good"], dtype=pl.Categorical), "grade", Grading(2)),
        ("flag_a", [True], "flag_a", 1),
        ("flag_a", ["否"], "flag_a", 0),
        ("flag_a", [1], "flag_a", 1),
        ("list.成员1", [False], "list", Ticks(frozenset(), frozenset({"m1"}))),
        ("list", [["m0", "成员2"]], "list", Ticks(frozenset({"m0", "m2"}), frozenset({"m1", "m3"}))),
        ("list", ["m0;m2"], "list", Ticks(frozenset({"m0", "m2"}), frozenset({"m1", "m3"}))),
        ("honour", [True], "honour", Holding(True)),
        ("visits", [[date(2012, 1, 2)]], "visits", (Happening(date(2012, 1, 2)),)),
        ("visits", [[{"on": date(2012, 1, 2), "kind": "重大"}]], "visits", (Happening(date(2012, 1, 2), "serious"),)),
        ("visits", ["2012-01-02; 2012-03-04"], "visits", (Happening(date(2012, 1, 2)), Happening(date(2012, 3, 4)))),
    ],
)  # fmt: skip
def test_a_column_of_another_program_is_read_exactly(tmp_path: Path, column: str, value: Any, fact: str, kept: Value) -> None:
    (facts,) = adopted(tmp_path, **{column: value})

    assert {fact: kept} == facts.values
    assert (Unit("", "居委会", "320412100001"), "2012") == (facts.unit, facts.period)


def test_parts_of_a_title_and_earlier_periods_have_columns_of_their_own(tmp_path: Path) -> None:
    days = {"honour.since": [datetime(2011, 5, 1)], "honour.until": ["2013-05-01"]}  # noqa: DTZ001 - files have no zones
    (facts,) = adopted(tmp_path, **{"honour.held": [True], **days, "area@-1": [10], "时期": [2011]})

    assert Holding(True, date(2011, 5, 1), date(2013, 5, 1)) == facts.values["honour"]
    assert ("2011", (("2010", {"area": 20}),)) == (facts.period, facts.history)


def wrong(tmp_path: Path, **columns: Any) -> list[tuple[str, str, int | None]]:
    with pytest.raises(BadInputError) as caught:
        adopted(tmp_path, **columns)
    return [(each.code, each.where.key, each.where.line) for each in caught.value.problems]


def test_what_cannot_be_read_is_told_with_its_column_and_row(tmp_path: Path) -> None:
    found = wrong(
        tmp_path, 代码=[1, 2, 3, 4], area=[1.0, 0.25, 999.0, float("nan")], grade=["良", "很好", None, "差"],
        count_a=[1, 61, None, -1],
    )  # fmt: skip

    expected = [
        ("DB025", "area", 2), ("DB018", "grade", 2), ("DB024", "count_a", 2), ("DB024", "area", 3), ("DB034", "area", 4),
        ("DB024", "count_a", 4),
    ]  # fmt: skip
    assert sorted(expected) == sorted(found)


def test_an_unknown_column_kind_or_type_is_refused(tmp_path: Path) -> None:
    assert [("DB031", "类型", None), ("DB010", "arae", None), ("CO04", "area", None)] == wrong(
        tmp_path, 类型=["小区"], arae=[1], area=[True]
    )


def test_a_unit_has_one_row_a_period(tmp_path: Path) -> None:
    assert [("X15", "unit.code", 2)] == wrong(tmp_path, 代码=["1", "1", "2"], area=[1, 2, 3])
