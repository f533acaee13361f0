"""Many units at once, from the command line and through the service: every source, every engine, the same results."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import UNITS
from random_standards import AS_OF, TYPES, VOCABULARY, fact_sets, standards
from test_engines_agree import assessor_of
from test_json_docs import documented, printed

from duibiao.assess.bind import bind
from duibiao.assess.one import Assessor
from duibiao.cohort import mirror
from duibiao.cohort.answers import Bins, Line, PlainAnswers
from duibiao.cohort.answers_columns import ColumnAnswers
from duibiao.cohort.loop import Loop
from duibiao.cohort.results import KEY, pending_of, schema_of
from duibiao.cohort.tabulate import to_frame
from duibiao.errors import Where
from duibiao.exchange.xlsx import read_sheet
from duibiao.exchange.xlsx_write import Sheet, write_workbook
from duibiao.model.facts import FactSet, Unit
from duibiao.model.standard import Standard
from duibiao.registry import Registry
from duibiao.services.cohort_overview import View, names_known
from duibiao.services.cohort_source import FileSource
from duibiao.services.cohorts import Cohort, Results

if TYPE_CHECKING:
    from conftest import Run
    from offices import Office

PREMISES = "jiangsu.wujin.premises-2020"
HEADER = ("名称", "代码", "类型", "办公和活动用房面积", "居民户数")
ROWS: Sequence[tuple[Any, ...]] = (
    ("南街社区居委会", "320412100002", "居委会", 420, 1400),
    ("北街社区居委会", "320412100003", "居委会", Decimal("419.99"), 1400),
    ("花园社区居委会", "320412100004", "居委会", 410, None),
    ("湖塘镇", "320412100", "镇", 1, 1),
)
EVERY = [(ftype, back) for ftype in TYPES for back in (0, 1, 2)]


class Only(Registry):
    """A registry with one standard that no plugin brings."""

    def __init__(self, assessor: Assessor) -> None:
        super().__init__([], blocked=())
        self.only = assessor

    def assessor(self, name: str) -> Assessor:
        """The one standard."""
        return self.only


def file_of(folder: Path, suffix: str) -> Path:
    """The rows as a file of each kind."""
    path = folder / f"facts{suffix}"
    if suffix == ".parquet":
        columns = {name: [row[place] for row in ROWS] for place, name in enumerate(HEADER)}
        columns["办公和活动用房面积"] = [float(each) for each in columns["办公和活动用房面积"]]
        pl.DataFrame(columns).write_parquet(path)
    elif suffix == ".csv":
        lines = [",".join("" if each is None else str(each) for each in row) for row in (HEADER, *ROWS)]
        path.write_text("\n".join(lines) + "\n", "utf-8")
    elif suffix == ".xlsx":
        write_workbook(path, [Sheet("表", HEADER, ROWS)])
    else:
        units = [
            {"name": row[0], "code": row[1], "kind": row[2], "facts": {
                name: f"{value} m2" if name == HEADER[3] else value
                for name, value in zip(HEADER[3:], row[3:], strict=True) if value is not None
            }}
            for row in ROWS
        ]  # fmt: skip
        text = json.dumps({"unit": units}, ensure_ascii=False)
        path.write_text(text if suffix == ".json" else toml_of(units), "utf-8")
    return path


def toml_of(units: Sequence[Mapping[str, Any]]) -> str:
    parts = []
    for each in units:
        facts = ", ".join(f'"{name}" = {json.dumps(value, ensure_ascii=False)}' for name, value in each["facts"].items())
        words = "".join(f'{key} = "{each[key]}"\n' for key in ("name", "code", "kind"))
        parts.append(f"[[unit]]\n{words}facts = {{ {facts} }}\n")
    return "\n".join(parts)


SUFFIXES = (".parquet", ".csv", ".xlsx", ".json", ".toml")


@pytest.mark.parametrize("engine", ["auto", "columns", "loop"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_of_file_and_every_engine_give_the_same_overview(suffix: str, engine: str, tmp_path: Path, run: Run) -> None:
    path = file_of(tmp_path, suffix)

    found = run("assess-all", PREMISES, "--facts", path, "--as-of", "2020-12-31", "--engine", engine, "--json").json

    assert (4, 3, 1, 0) == tuple(found[key] for key in ("units", "in_scope", "out_of_scope", "examples"))
    (leaf,) = found["indicators"]
    assert (1, 1, 1, 1) == tuple(leaf[key] for key in ("met", "not_met", "unknown", "out_of_scope"))
    assert (2, 1) == tuple(sum(bar[key] for bar in found["distribution"]) for key in ("settled", "open"))


def test_the_overview_says_what_became_of_whom(tmp_path: Path, run: Run) -> None:
    out = run("--lang", "en", "assess-all", PREMISES, "--facts", file_of(tmp_path, ".csv"), "--by", "county").out

    assert "4 units: in scope 3, out of scope 1" in out
    assert "武进区" in out
    assert "█" in out
    assert "░" in out


def test_the_answer_as_json_has_the_keys_of_the_page(tmp_path: Path, run: Run) -> None:
    facts = tmp_path / "facts.parquet"
    run("fact", "example", "national.community", "--units", "320412", "--missing", 60, "--good", 100, "--out", facts)
    some = run("assess-all", "national.community", "--facts", facts, "--by", "county", "--json").json
    points = run("assess-all", "jiangsu.wujin.community", "--facts", facts, "--json").json

    assert set(documented("duibiao assess-all")) == printed(some, points)


# the results as files


def written(tmp_path: Path, run: Run, suffix: str, *more: str) -> Path:
    out = tmp_path / f"results{suffix}"
    found = run(*more, "assess-all", PREMISES, "--facts", file_of(tmp_path, ".csv"), "--out", out)
    assert (0, "") == (found.code, found.err)
    return out


def test_results_as_csv_are_words(tmp_path: Path, run: Run) -> None:
    with written(tmp_path, run, ".csv", "--lang", "en").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))

    assert ["code", "name", "kind", "period", "in scope"] == rows[0][:5]
    assert ["✓ met", "✗ not met", "? unknown", "∅ out of scope"] == [row[-1] for row in rows[1:]]


def test_results_as_xlsx_open_again_with_their_sources(tmp_path: Path, run: Run) -> None:
    path = written(tmp_path, run, ".xlsx")
    table = read_sheet(path.read_bytes(), Where(str(path)))
    header, *rows = [list(row.cells.values()) for row in table.rows]

    assert ["代码", "名称", "类型", "时期", "在评定范围"] == header[:5]
    assert ["✓ 达到", "✗ 未达到", "? 未知", "∅ 不在范围"] == [row[-1] for row in rows]
    assert "320412100002" == rows[0][0]
    assert ["说明"] == [note.found for note in table.notes]


def test_results_as_parquet_are_codes_that_the_file_explains(tmp_path: Path, run: Run) -> None:
    path = written(tmp_path, run, ".parquet")
    note = json.loads(pl.read_parquet_metadata(path)[KEY])

    assert [1, 0, 3] == pl.read_parquet(path)["verdict.premises-per-households"].to_list()[:3]
    assert "met" == note["verdict"]["1"]
    assert PREMISES == note["standard"]


def test_somebodys_file_is_not_written_over_unasked(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "results.csv"
    out.write_text("mine", "utf-8")
    facts = file_of(tmp_path, ".csv")

    refused = run("assess-all", PREMISES, "--facts", facts, "--out", out)

    assert 2 == refused.code
    assert "E_TARGET_EXISTS" in refused.err
    assert "mine" == out.read_text("utf-8")
    assert 0 == run("assess-all", PREMISES, "--facts", facts, "--out", out, "--overwrite").code


# bad input


def no(run: Run, *args: object) -> str:
    found = run("assess-all", *args)
    assert (2, "") == (found.code, found.out)
    assert "Traceback" not in found.err
    return found.err


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ((PREMISES,), "CO13"),
        ((PREMISES, "--facts", "F", "--units", "all"), "CO13"),
        ((PREMISES, "--facts", "F", "--period", "2012"), "CO13"),
        ((PREMISES, "--facts", "F", "--engine", "abacus"), "CO06"),
        ((PREMISES, "--facts", "F", "--by", "village"), "CO12"),
        ((PREMISES, "--facts", "F", "--award", "best"), "CO10"),
        ((PREMISES, "--facts", "F", "--out", "results.pdf"), "E_FORMAT"),
        ((PREMISES, "--sql", "cobol"), "DB018"),
        (("nowhere", "--facts", "F"), "DB070"),
        ((PREMISES, "--facts", "none.parquet"), "DB001"),
    ],
)
def test_what_is_asked_wrongly_is_told(args: Sequence[str], code: str, tmp_path: Path, run: Run) -> None:
    path = file_of(tmp_path, ".csv")

    assert code in no(run, *(path if each == "F" else each for each in args))


def layout_file(folder: Path, **columns: Any) -> Path:
    """A table in our own layout that another program wrote."""
    path = folder / "theirs.parquet"
    types = [VOCABULARY_OF.types[name] for name in ("premises_area", "households")]
    mirror.write_mirror(path, [], [(each, 0) for each in types])
    note = {mirror.KEY: pl.read_parquet_metadata(path)[mirror.KEY]}
    schema = pl.read_parquet(path).schema
    pl.DataFrame({"unit.kind": "居委会", "unit.name": "甲", "unit.code": "1", "period": "2020", **columns}).select(
        pl.col(name).cast(schema[name]) for name in schema
    ).write_parquet(path, metadata=note)
    return path


VOCABULARY_OF = Registry(blocked=()).vocabulary


def test_values_out_of_range_are_collected_and_nothing_is_written(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "results.parquet"
    path = layout_file(tmp_path, **{
        "unit.kind": ["居委会", "小区", "居委会"], "premises_area": [-1, 40_000, 40_000], "households": [1400, 1400, -5],
    })  # fmt: skip

    told = no(run, PREMISES, "--facts", path, "--out", out)

    assert ["DB024", "DB031", "DB024"] == [line.split()[1] for line in told.splitlines()[:3]]
    assert f"{path}:3" in told
    assert not out.exists()


def test_sql_is_printed_and_nothing_is_assessed(run: Run) -> None:
    assert "SELECT" in run("assess-all", PREMISES, "--sql").out
    assert "`" in run("assess-all", PREMISES, "--sql", "spark").out


# without data frames


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without Polars."""
    monkeypatch.setitem(sys.modules, "polars", None)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json", ".toml"])
def test_without_data_frames_results_are_the_same(suffix: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as with_them:
        with_them.delitem(sys.modules, "polars")
        path = file_of(tmp_path, suffix)
        columns = run("assess-all", PREMISES, "--facts", path, "--engine", "columns", "--json", "--by", "county").json

    alone = run("assess-all", PREMISES, "--facts", path, "--json", "--by", "county").json

    assert "loop" == alone.pop("engine")
    assert "columns" == columns.pop("engine")
    assert alone == columns


@pytest.mark.usefixtures("bare")
def test_without_data_frames_parquet_is_refused_with_what_to_install(tmp_path: Path, run: Run) -> None:
    (tmp_path / "facts.parquet").touch()
    csv_file = file_of(tmp_path, ".csv")

    for args in (
        ("--facts", tmp_path / "facts.parquet"), ("--facts", csv_file, "--engine", "columns"),
        ("--facts", csv_file, "--out", tmp_path / "results.parquet"),
    ):  # fmt: skip
        assert "duibiao[cohort]" in no(run, PREMISES, *args)


@pytest.mark.usefixtures("bare")
def test_many_units_assessed_one_by_one_say_what_would_be_faster(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "many.csv"
    path.write_text("类型,居民户数\n" + "居委会,1400\n" * 1000, "utf-8")

    found = run("assess-all", PREMISES, "--facts", path)

    assert 0 == found.code
    assert "pip install 'duibiao[cohort]'" in found.err


# the workspace


def states(found: Any) -> dict[str, tuple[int, int, int]]:
    return {each["id"]: (each["held"], each["not_held"], each["open"]) for each in found["awards"]}


def test_units_of_the_workspace_count_whether_they_have_facts_or_not(demo: Office) -> None:
    asked = ("assess-all", "jiangsu.wujin.community", "--units", "320412", "--period", "2012", "--as-of", "2012-11-30")
    found = demo.json(*asked, "--nearest", "2")
    units = demo.json("unit", "list", "--under", "320412", "--limit", "9999")["found"]
    kinds = [each["code"] for each in units if each["kind"] in ("居委会", "村委会")]

    single = [demo.json("assess", "jiangsu.wujin.community", "--unit", code, "--period", "2012", "--as-of", "2012-11-30")
              for code in kinds[:12]]  # fmt: skip

    assert len(kinds) == found["units"]
    assert sum(states(found)["demonstration"]) == found["units"]
    assert states(found) == states(demo.json(*asked, "--engine", "loop"))
    held = [each["units"][0]["awards"][0]["state"] for each in single]
    some = [arg for code in kinds[:12] for arg in ("--units", code)]
    few = demo.json("assess-all", "jiangsu.wujin.community", *some, "--period", "2012", "--as-of", "2012-11-30")
    assert (held.count("held"), held.count("not_held"), held.count("open")) == states(few)["demonstration"]


def test_units_are_chosen_by_code_kind_jurisdiction_or_name(demo: Office) -> None:
    def count(*words: str) -> int:
        asked = [arg for word in words for arg in ("--units", word)]
        return int(demo.json("assess-all", "jiangsu.wujin.community", *asked, "--as-of", "2012-11-30")["units"])

    every, both = count("all"), count("居委会") + count("村委会")

    assert every == both
    assert count("jiangsu.wujin") == count("320412")
    assert 1 == count("320412001001")
    assert 1 == count("320412001001", "320412001001")
    assert "U01" in demo.no("assess-all", "jiangsu.wujin.community", "--units", "没有这个", code=2)
    assert "CO09" in demo.no("assess-all", "jiangsu.wujin.community", "--units", "99", code=2)


def test_a_mirror_of_the_workspace_gives_what_the_workspace_gives(demo: Office, tmp_path: Path) -> None:
    path = tmp_path / "mirror.parquet"
    demo.ok("fact", "mirror", "--units", "jiangsu.wujin", "--period", "2012", "--as-of", "2012-11-30", "--out", path)

    mirrored = demo.json("assess-all", "jiangsu.wujin.community", "--facts", path)
    direct = demo.json("assess-all", "jiangsu.wujin.community", "--units", "jiangsu.wujin", "--as-of", "2012-11-30")

    assert direct["examples"] > 0
    whole = {**mirrored, "units": direct["units"], "out_of_scope": 0, "indicators": []}
    assert {**direct, "indicators": []} == whole
    without = [{key: count for key, count in leaf.items() if key != "out_of_scope"} for leaf in mirrored["indicators"]]
    assert [{key: count for key, count in leaf.items() if key != "out_of_scope"} for leaf in direct["indicators"]] == without


# quotas


QUOTA = '[[selection]]\nid = "quota"\ntitle = "名额两个"\nclause = "二"\naward = "demonstration"\nstage = "naming"\nquota = 2\n'
STAGE = 'id = "naming"\ntitle = "命名"\nactor = "街镇"\nlevel = "街镇"\ngrants = ["demonstration"]'


@pytest.mark.parametrize("engine", ["columns", "loop"])
def test_ties_for_the_last_places_are_declared(engine: str, office: Any, tmp_path: Path, run: Run) -> None:
    there = office(STAGE, more=QUOTA)
    path = tmp_path / "facts.csv"
    values = (100, 90, 90, 90, 59)
    lines = [f"{name},{code},居委会,{value}" for (code, name), value in zip(UNITS, values, strict=False)]
    path.write_text("名称,代码,类型,households\n" + "\n".join(lines) + "\n", "utf-8")
    out = tmp_path / "results.csv"

    (found,) = there.json("assess-all", "small.community", "--facts", path, "--engine", engine)["selections"]
    there.ok("assess-all", "small.community", "--facts", path, "--engine", engine, "--out", out)

    assert (2, 1, 3, 0) == tuple(found[key] for key in ("places", "taken", "tied", "open"))
    assert ["taken", "tied", "tied", "tied"] == [each["place"] for each in found["listed"]]
    with out.open(encoding="utf-8-sig", newline="") as handle:
        header, *rows = list(csv.reader(handle))
    (place,) = [number for number, name in enumerate(header) if name.startswith("名额")]
    assert ["拟命名", *["同分，须由人选"] * 3, "不够条件"] == [row[place] for row in rows]


# the service


def results_of(cohort: Cohort, folder: Path, units: Sequence[FactSet], engine: str) -> Results:
    path = folder / "facts.parquet"
    mirror.write_frames(path, [to_frame(units, EVERY)], EVERY, AS_OF)
    return cohort.assess_all("t.s", FileSource(path, VOCABULARY), engine=engine)


@settings(max_examples=25, deadline=None)
@given(standards(), st.lists(fact_sets(), min_size=1, max_size=6))
def test_the_service_gives_what_each_unit_alone_gets(
    tmp_path_factory: pytest.TempPathFactory, standard: Standard, units: list[FactSet]
) -> None:
    assessor = assessor_of(standard)
    loop, folder = Loop(assessor), tmp_path_factory.mktemp("cohort")

    alone = [tuple(loop.row(each, bind(assessor.program, each)).values()) for each in units]

    names = list(schema_of(loop.layout, pending_of(loop.layout, assessor.program)))
    order = list(loop.row(units[0], bind(assessor.program, units[0])))
    for engine in ("columns", "loop"):
        with Cohort(Only(assessor)) as cohort:
            found = results_of(cohort, folder, units, engine)
            assert alone == list(found.answers.lines(order))
            assert set(names) == set(order)


@settings(max_examples=25, deadline=None)
@given(standards(), st.lists(fact_sets(), min_size=1, max_size=6), st.sampled_from(["", "1", "12"]))
def test_lists_and_columns_answer_alike(
    tmp_path_factory: pytest.TempPathFactory, standard: Standard, units: list[FactSet], under: str
) -> None:
    assessor = assessor_of(standard)
    coded = [
        FactSet(Unit("单位", each.unit.kind, f"{1 + place % 2}{place % 3}{place:010}"), each.values, AS_OF, "2012", each.history)
        for place, each in enumerate(units)
    ]
    plain = PlainAnswers.of(Loop(assessor).layout, Loop(assessor).rows(coded))
    line = Line("award.a", 5_000, ("居委会",))
    with Cohort(Only(assessor)) as cohort:
        columns = results_of(cohort, tmp_path_factory.mktemp("cohort"), coded, "columns").answers
        assert isinstance(columns, ColumnAnswers)
        for answers in (columns, columns.in_memory()):
            bins = Bins.over(answers.full(), 1000)
            assert plain.full() == answers.full()
            assert plain.tally(bins, under, 2, "award.a") == answers.tally(bins, under, 2, "award.a")
            assert plain.nearest(line, 3, under) == answers.nearest(line, 3, under)
        assert plain.candidates("award.a", ("score.low", "score.high")) == columns.candidates(
            "award.a", ("score.low", "score.high")
        )
        assert plain.pool(1, ["居委会"]) == columns.pool(1, ["居委会"])


def test_a_standard_whose_numbers_outgrow_columns_is_assessed_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from duibiao.cohort import widen

    monkeypatch.setattr(widen, "WIDEST", 3)
    registry = Registry(blocked=())
    with Cohort(registry) as cohort:
        found = cohort.assess_all(PREMISES, FileSource(file_of(tmp_path, ".parquet"), registry.vocabulary, date(2020, 12, 31)))

    assert ("loop", ["CO07"], 4) == (found.engine, [each.code for each in found.notes], found.answers.rows)


def test_drilling_down_tells_the_divisions_below_by_name(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "facts.parquet"
    run("fact", "example", PREMISES, "--units", "jiangsu.wujin", "--units", "jiangsu.yixing", "--out", path)
    registry = Registry(blocked=())
    with Cohort(registry) as cohort:
        view = View(cohort.assess_all(PREMISES, FileSource(path, registry.vocabulary)), names_known(registry))
        nation, county = view.overview(drilling=True), view.overview("320412", drilling=True)

    assert [("32", "江苏省", nation.units)] == [(each.code, each.name, each.units) for each in nation.places]
    assert ("武进区", 297) == (county.name, county.units)
    assert "湖塘镇" in [each.name for each in county.places]
    assert county.units == sum(each.units for each in county.places)
    assert sum(each.units for each in county.bars) == county.in_scope


def test_example_facts_are_the_same_for_the_same_seed_and_marked(tmp_path: Path, run: Run) -> None:
    paths = [tmp_path / f"{number}.parquet" for number in range(3)]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        told = run("fact", "example", PREMISES, "--units", "320412100", "--seed", seed, "--as-of", "2020-12-31", "--out", path)
        assert "不是真实情况" in told.out

    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[0].read_bytes() != paths[2].read_bytes()
    assert "※ 45 个单位是例子数据" in run("assess-all", PREMISES, "--facts", paths[0]).out
    assert "U07" in run("fact", "example", PREMISES, "--units", "月亮", "--out", tmp_path / "x.parquet").err
