"""Facts in the workspace: typed by the vocabulary, never overwritten in silence, with periods, history and evidence."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from workbooks import table

from duibiao.services.evidence import MOST_BYTES
from duibiao.store import cases as kept
from duibiao.store.workspace import Workspace

if TYPE_CHECKING:
    from conftest import Result, Run

UNIT, NAME, OTHER = "320412100002", "南街社区居委会", "320412100003"
DAY = date(2012, 11, 15)
PDF = b"%PDF-1.7\n"
SATISFACTION = "jiangsu.wujin.community"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DUIBIAO_WORKSPACE", str(tmp_path / "office"))
    monkeypatch.setenv("DUIBIAO_OPERATOR", "me")


@pytest.fixture
def office(run: Run) -> Run:
    """The command line in a workspace with two units and two people."""
    assert run("workspace", "init", "--title", "湖塘镇", "--operator", "me", "--name", "王芳", "--single").code == 0
    assert run("unit", "add", UNIT, NAME).code == run("unit", "add", OTHER, "北街社区居委会").code == 0
    assert run("operator", "add", "li", "--name", "李强", "--role", "clerk").code == 0
    return run


def listed(run: Run, *args: str, period: str = "2012") -> dict[str, Any]:
    """Fact id to value."""
    found = run("fact", "list", UNIT, "--period", period, "--json", *args).json
    return {each["fact"]: each["value"] for each in found["facts"]}


def put(run: Run, *args: object, who: str = "me", period: str = "2012") -> Result:
    return run("--as", who, "fact", "set", UNIT, *args, "--period", period)


# setting


def test_facts_are_set_by_either_name_and_kept_as_typed_values(office: Run) -> None:
    told = put(office, "绿化覆盖率=16%", "residents=4,210", "renovated_old_estate=是", "--note", "普查")

    assert "已保存：南街社区居委会 2012" in told.out
    assert {"green_coverage": "16%", "residents": "4210 person", "renovated_old_estate": True} == listed(office)


def test_with_one_value_wrong_none_is_saved(office: Run) -> None:
    told = put(office, "绿化覆盖率=16%", "基本组织机构=没有这一项")

    assert 2 == told.code
    assert "DB018" in told.err
    assert {} == listed(office)


def test_a_unit_may_be_named(office: Run) -> None:
    assert 0 == office("fact", "set", NAME, "residents=1", "--period", "2012").code
    assert {"residents": "1 person"} == listed(office)


def test_everything_wrong_is_told_at_once_with_its_argument(office: Run) -> None:
    told = put(
        office,
        "绿化覆盖率=16",
        "residents=-1",
        "绿化复盖率=1%",
        "houses",
        "households=1",
        "家庭户数=2",
        "renovated_old_estate=或许",
    )

    assert 2 == told.code
    for argument, code in (
        ("绿化覆盖率=16", "DB052"), ("residents=-1", "DB024"), ("绿化复盖率=1%", "DB010"), ("houses", "U09"),
        ("renovated_old_estate=或许", "DB008"),
    ):  # fmt: skip
        assert f"{argument}: {code}" in told.err
    assert "是不是想写：绿化覆盖率" in told.err
    assert {} == listed(office)


def test_the_period_is_the_year_of_the_day_asked(office: Run) -> None:
    office("fact", "set", UNIT, "residents=5", "--as-of", "2011-06-30")

    assert {"residents": "5 person"} == listed(office, period="2011")
    assert {} == listed(office)


def test_a_list_without_facts_says_which_periods_have_some(office: Run) -> None:
    put(office, "residents=5", period="2011")

    assert "有数据的时期：2011" in office("fact", "list", UNIT, "--period", "2012").out


@pytest.mark.parametrize("period", ["", " \u200b", "x" * 21])
def test_a_period_that_is_none_is_refused(office: Run, period: str) -> None:
    assert "U12" in put(office, "residents=5", period=period).err


def test_nothing_after_the_sign_takes_a_fact_back(office: Run) -> None:
    put(office, "residents=5")
    put(office, "residents=")

    assert {} == listed(office)
    assert ["5 person", None] == [each["value"] for each in office("fact", "history", UNIT, "residents", "--json").json]


def test_a_value_that_is_there_already_is_not_saved_again(office: Run) -> None:
    put(office, "residents=5")
    told = put(office, "residents=5 人")

    assert "没有变化" in told.out
    assert 1 == len(office("fact", "history", UNIT, "residents", "--json").json)


def test_a_remark_confirms_a_value_anew(office: Run) -> None:
    put(office, "residents=5")
    put(office, "residents=5", "--note", "复核\u202e无误")

    assert ["", "复核无误"] == [each["note"] for each in office("fact", "history", UNIT, "residents", "--json").json]


def test_a_value_with_parts_is_written_as_json(office: Run) -> None:
    put(office, 'notice_objections=[{"on": "2012-03-01", "settled": "2012-03-05"}]', "supervision_visits=2012-02-01；2012-05-01")

    assert [{"on": "2012-03-01", "settled": "2012-03-05"}] == listed(office)["notice_objections"]
    assert ["2012-02-01", "2012-05-01"] == [each["on"] for each in listed(office)["supervision_visits"]]
    assert "DB055" in put(office, "notice_objections=[{").err


def test_a_unit_that_is_not_there_has_no_facts(office: Run) -> None:
    told = office("fact", "set", "320412100009", "residents=1")

    assert 2 == told.code
    assert "U01" in told.err


def test_nothing_to_save_is_told(office: Run) -> None:
    assert "U10" in put(office).err


def test_facts_of_a_case_that_another_level_has_are_refused_and_say_who_has_it(office: Run, tmp_path: Path) -> None:
    with opened_office(tmp_path) as space, space.change("me") as entry:
        row = {
            "id": "wujin-2012-0001", "unit": UNIT, "standard": SATISFACTION, "edition": "2012", "content": "", "round": "",
            "year": 2012, "track": "", "status": "open", "holder": "市", "opened": "2012-06-01",
        }  # fmt: skip
        kept.open_case(entry, listed=row, stages=["city-review"])
    office("operator", "change", "li", "--level", "街镇")

    told = put(office, "residents=1", who="li")

    assert 2 == told.code
    assert "E_NOT_HOLDER 案件 wujin-2012-0001 已报送，现由“市”一级办理；未作改动" in told.err
    assert 0 == put(office, "residents=1", who="li", period="2011").code


def test_facts_outside_the_territory_are_refused_and_noted(office: Run) -> None:
    office("operator", "change", "li", "--territory", "320411")

    assert "E_TERRITORY" in put(office, "residents=1", who="li").err
    assert {} == listed(office)


# two people


def test_what_somebody_else_entered_is_not_replaced_and_both_values_are_shown(office: Run) -> None:
    put(office, "绿化覆盖率=16%")
    told = put(office, "绿化覆盖率=18%", who="li")

    assert 2 == told.code
    assert "E_CONFLICT 他人已修改此项，您的内容未丢失" in told.err
    assert "对方  16%  版本 1  王芳" in told.err
    assert "您的  18%" in told.err
    assert "--drop-draft" in told.err
    assert "--base 1" in told.err
    assert {"green_coverage": "16%"} == listed(office)


def test_the_three_values_are_told_in_english_too(office: Run) -> None:
    put(office, "绿化覆盖率=15%", who="li")
    put(office, "绿化覆盖率=16%", "--base", "1")
    told = office("--lang", "en", "--as", "li", "fact", "set", UNIT, "绿化覆盖率=18%", "--period", "2012", "--base", "1")

    assert "E_CONFLICT" in told.err
    for words in ("was     15%  version 1", "theirs  16%  version 2", "yours   18%", "keep theirs", "edit and save"):
        assert words in told.err


def test_a_draft_is_saved_on_their_version(office: Run) -> None:
    put(office, "绿化覆盖率=16%", "residents=7")
    put(office, "绿化覆盖率=18%", "residents=8", "--note", "新测", who="li")
    drafted = office("--as", "li", "fact", "drafts", "--json").json

    assert ["绿化覆盖率=18%", "residents=8"] == drafted[0]["lines"]
    assert "说明：新测" in office("--as", "li", "fact", "drafts").out
    assert 0 == put(office, "--base", "1", who="li").code
    assert "新测" == office("fact", "history", UNIT, "residents", "--json").json[-1]["note"]
    assert {"green_coverage": "18%", "residents": "8 person"} == listed(office)
    assert [] == office("--as", "li", "fact", "drafts", "--json").json


def test_a_draft_is_given_up_either_way(office: Run) -> None:
    put(office, "residents=7")
    for drop in (("set", UNIT, "--drop-draft"), ("draft", "drop", UNIT)):
        put(office, "residents=8", who="li")
        assert 0 == office("--as", "li", "fact", *drop, "--period", "2012").code
        assert [] == office("--as", "li", "fact", "drafts", "--json").json
    assert {"residents": "7 person"} == listed(office)
    assert "U14" in office("fact", "draft", "drop", UNIT, "--period", "2012").err


def test_a_base_that_is_stale_is_a_conflict_even_with_oneself(office: Run) -> None:
    put(office, "residents=1")
    put(office, "residents=2")

    assert "E_CONFLICT" in put(office, "residents=3", "--base", "1").err
    assert 0 == put(office, "residents=3", "--base", "residents=2").code


@pytest.mark.parametrize(("base", "code"), [("two", "U13"), ("nothing=1", "DB010"), ("residents=x", "U13")])
def test_a_base_that_is_no_version_is_told(office: Run, base: str, code: str) -> None:
    assert code in put(office, "residents=3", "--base", base).err


def test_ones_own_value_is_changed_without_ado(office: Run) -> None:
    put(office, "residents=1")

    assert "版本 2（原值 1 人，王芳）" in put(office, "residents=2").out


def test_of_facts_that_are_saved_together_all_are_kept_or_none(office: Run) -> None:
    put(office, "residents=1")

    assert "E_CONFLICT" in put(office, "residents=2", "households=3", who="li").err
    assert {"residents": "1 person"} == listed(office)


# from files


def test_one_units_facts_come_from_a_file(office: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "one.toml", unit_toml(UNIT, "'绿化覆盖率' = '25%'\nresidents = 9"))

    assert 0 == put(office, "residents=10", "--file", file).code
    assert {"green_coverage": "25%", "residents": "10 person"} == listed(office)


def test_a_file_of_another_unit_or_period_is_refused(office: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "one.toml", unit_toml(OTHER, "residents = 9"))

    assert "U11" in put(office, "--file", file).err
    assert "U12" in put(office, "--file", write(tmp_path, "two.toml", unit_toml(UNIT, "residents = 9")), period="2013").err


CSV = f"名称,代码,类型,时期,绿化覆盖率,居民人数\n{NAME},{UNIT},居委会,2012,25%,9\n北街社区居委会,{OTHER},居委会,2012,26%,\n"


def files(tmp_path: Path) -> dict[str, Path]:
    """The same facts in each form."""
    units = [
        {"name": NAME, "code": UNIT, "kind": "居委会", "facts": {"green_coverage": "25%", "residents": 9}},
        {"name": "北街社区居委会", "code": OTHER, "kind": "居委会", "facts": {"green_coverage": "26%"}},
    ]
    toml = unit_toml(UNIT, "'绿化覆盖率' = '25%'\nresidents = 9") + unit_toml(OTHER, "'绿化覆盖率' = '26%'").partition("\n")[2]
    header = ("名称", "代码", "类型", "时期", "绿化覆盖率", "居民人数")
    book = table(
        (NAME, UNIT, "居委会", "2012", "25%", "9"), ("北街社区居委会", OTHER, "居委会", "2012", "26%", None), header=header
    )
    return {
        "toml": write(tmp_path, "f.toml", toml),
        "json": write(tmp_path, "f.json", json.dumps({"period": "2012", "unit": units}, ensure_ascii=False)),
        "csv": write(tmp_path, "f.csv", CSV),
        "gbk": write(tmp_path, "g.csv", CSV.encode("gbk")),
        "xlsx": write(tmp_path, "f.xlsx", book),
    }


@pytest.mark.parametrize("form", ["toml", "json", "csv", "gbk", "xlsx"])
def test_files_of_every_form_bring_the_facts_of_many_units(office: Run, tmp_path: Path, form: str) -> None:
    file = files(tmp_path)[form]
    looked = office("fact", "import", file, "--dry-run", "--json").json

    assert {"units": 2, "facts": 3, "new": 3, "changed": 0, "same": 0, "others": 0, "saved": False} == {
        key: value for key, value in looked.items() if key != "per_fact"
    }
    assert {} == listed(office)
    assert "已保存：2 个单位 3 个数据" in office("fact", "import", file).out
    assert {"green_coverage": "25%", "residents": "9 person"} == listed(office)


def test_a_second_import_says_what_is_new_changed_and_as_it_was(office: Run, tmp_path: Path) -> None:
    put(office, "green_coverage=25%", "residents=8")
    looked = office("fact", "import", files(tmp_path)["csv"], "--json").json

    assert (1, 1, 1) == (looked["new"], looked["changed"], looked["same"])
    assert "没有变化" in office("fact", "import", files(tmp_path)["csv"]).out


def test_earlier_periods_in_a_file_become_facts_of_those_periods(office: Run, tmp_path: Path) -> None:
    text = unit_toml(UNIT, "residents = 9") + "[unit.history.2011]\nresidents = 8\n"
    office("fact", "import", write(tmp_path, "h.toml", text))

    assert {"residents": "8 person"} == listed(office, period="2011")


def test_an_import_with_anything_wrong_takes_nothing_and_names_every_line(office: Run, tmp_path: Path) -> None:
    text = f"{CSV}甲,320412100099,居委会,2012,27%,1\n北街社区居委会,{OTHER},村委会,2013,27%,1\n乙,{UNIT},居委会,2013,27,1\n"
    told = office("fact", "import", write(tmp_path, "bad.csv", text))

    assert 2 == told.code
    for line, code in ((4, "U01"), (5, "U11"), (6, "DB052")):
        assert any(f"bad.csv:{line}" in each and code in each for each in told.err.splitlines())
    assert {} == listed(office)


def test_problems_of_several_files_are_told_together(office: Run, tmp_path: Path) -> None:
    one = write(tmp_path, "a.toml", unit_toml("320412100098", "residents = 1"))
    two = write(tmp_path, "b.toml", unit_toml("320412100099", "residents = 1"))
    told = office("fact", "import", one, two)

    assert "a.toml:" in told.err
    assert "b.toml:" in told.err


def test_two_files_that_say_two_things_are_refused(office: Run, tmp_path: Path) -> None:
    one = write(tmp_path, "a.toml", unit_toml(UNIT, "residents = 1"))
    two = write(tmp_path, "b.toml", unit_toml(UNIT, "residents = 2"))

    assert "DB009" in office("fact", "import", one, two).err


def test_an_import_replaces_what_others_entered_only_when_told_to(office: Run, tmp_path: Path) -> None:
    put(office, "green_coverage=20%", who="li")
    file = files(tmp_path)["csv"]

    assert "其中 1 个是别人填的" in office("fact", "import", file, "--dry-run").out
    told = office("fact", "import", file)
    assert "E_CONFLICT" in told.err
    assert f"{UNIT} 2012 green_coverage (li)" in told.err
    assert {"green_coverage": "20%"} == listed(office)
    assert 0 == office("fact", "import", file, "--replace").code
    assert {"green_coverage": "25%", "residents": "9 person"} == listed(office)


def test_example_facts_stay_marked(office: Run, tmp_path: Path) -> None:
    text = unit_toml(UNIT, "residents = 9").replace('period = "2012"', 'period = "2012"\nexample = true')
    office("fact", "import", write(tmp_path, "e.toml", text))

    assert "例子数据" in office("fact", "list", UNIT, "--period", "2012").out
    assert office("assess", SATISFACTION, "--unit", UNIT, "--as-of", "2012-11-01", "--json").json["units"][0]["example"]


# evidence


def test_evidence_is_set_with_a_fact_listed_and_taken_back(office: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "证明\u202efdp.pdf", PDF)
    put(office, "green_coverage=25%", "--evidence", file)
    found = office("fact", "evidence", UNIT, "--json").json

    assert ("证明fdp.pdf", "green_coverage", len(PDF)) == (found[0]["name"], found[0]["fact"], found[0]["size"])
    assert "1" == office("fact", "list", UNIT, "--period", "2012").out.splitlines()[2].split()[-1]
    assert "WF31" in office("fact", "detach", found[0]["id"]).err
    assert 0 == office("fact", "detach", found[0]["id"], "--reason", "拿错了").code
    assert [] == office("fact", "evidence", UNIT, "--json").json
    assert "E_EV_NONE" in office("fact", "detach", found[0]["id"], "--reason", "再来").err


def test_evidence_is_attached_to_a_fact_that_is_there(office: Run, tmp_path: Path) -> None:
    told = office("fact", "attach", UNIT, "绿化覆盖率", write(tmp_path, "a.png", b"\x89PNG\r\n\x1a\n"), "--period", "2012")

    assert 0 == told.code
    assert "DB010" in office("fact", "attach", UNIT, "没有", tmp_path / "a.png").err


@pytest.mark.parametrize(("name", "content", "code"), [
    ("a.exe", b"MZ\0", "E_EV_KIND"), ("a.xlsm", b"PK\x03\x04", "E_EV_KIND"), ("a.pdf", b"MZ\0\0", "E_EV_CONTENT"),
    ("a.txt", b"MZ\0\0", "E_EV_CONTENT"), ("a.docx", b"\xd0\xcf\x11\xe0", "E_EV_CONTENT"), ("a.pdf", b"", "DB047"),
    ("a.zip", b"PK\x03\x04", "E_EV_KIND"), ("a", b"x", "E_EV_KIND"),
])  # fmt: skip
def test_files_that_are_not_taken_are_refused_with_the_reason(
    office: Run, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    told = put(office, "green_coverage=25%", "--evidence", write(tmp_path, name, content))

    assert 2 == told.code
    assert code in told.err
    assert {} == listed(office)


def test_a_file_that_is_too_large_or_not_there_is_refused(office: Run, tmp_path: Path) -> None:
    huge = tmp_path / "a.pdf"
    with huge.open("wb") as handle:
        handle.truncate(MOST_BYTES + 1)

    assert "E_EV_SIZE" in put(office, "green_coverage=25%", "--evidence", huge).err
    assert "DB001" in put(office, "green_coverage=25%", "--evidence", tmp_path / "none.pdf").err
    assert "DB001" in put(office, "green_coverage=25%", "--evidence", tmp_path).err


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_plain_text_is_taken_in_any_encoding(office: Run, tmp_path: Path, encoding: str) -> None:
    assert 0 == put(office, "green_coverage=25%", "--evidence", write(tmp_path, "a.txt", "会议记录\r\n".encode(encoding))).code


# looking


def test_what_a_standard_misses_is_listed_most_useful_first(office: Run, tmp_path: Path) -> None:
    put(office, "residents=9", "green_coverage=25%")
    as_of = ("--standard", SATISFACTION, "--as-of", "2012-11-01")
    found = office("fact", "list", UNIT, *as_of, "--json").json

    assert "green_coverage" not in {each["fact"] for each in found["facts"]}  # the standard does not read it
    assessed = office("assess", SATISFACTION, "--unit", UNIT, "--as-of", "2012-11-01", "--json").json["units"][0]
    assert assessed["unknown_facts"] == found["missing"]
    assert "还缺" in office("fact", "list", UNIT, *as_of, "--missing").out
    assert "DB007" in office("fact", "list", UNIT, "--missing").err


def test_a_list_is_written_to_a_file(office: Run, tmp_path: Path) -> None:
    put(office, "residents=9")
    out = tmp_path / "facts.csv"

    assert 0 == office("fact", "list", UNIT, "--period", "2012", "--out", out).code
    assert "residents,居民人数,9 人,1,王芳" in out.read_text("utf-8-sig")


def test_the_history_tells_who_saved_what_when(office: Run) -> None:
    put(office, "residents=9")
    put(office, "residents=10", "--base", "1", who="li")
    found = office("fact", "history", UNIT, "居民人数").out

    assert [line.split()[:4] for line in found.splitlines()[2:]] == [["2012", "9", "人", "1"], ["2012", "10", "人", "2"]]
    assert "李强" in found
    assert "还没有记录" in office("fact", "history", UNIT, "households").out


# assessing


def test_assessing_a_unit_takes_the_edition_and_the_facts_of_the_day(office: Run) -> None:
    put(office, "service_satisfaction=90%")
    put(office, "service_satisfaction=80%", period="2011")
    put(office, "service_satisfaction=70%", period="2013")

    def verdict(day: str) -> str:
        unit = office("assess", SATISFACTION, "--unit", NAME, "--as-of", day, "--json").json["units"][0]
        return next(each["verdict"] for each in unit["indicators"] if each["id"] == "service-satisfaction")

    assert ["met", "not_met"] == [verdict("2012-12-31"), verdict("2013-01-01")]
    assert "S09" in office("assess", SATISFACTION, "--unit", UNIT, "--as-of", "2010-01-01").err


@pytest.mark.parametrize("args", [(), ("facts.toml", "--unit", UNIT), ("facts.toml", "--period", "2012"), ("--period", "2012")])
def test_assessing_needs_a_file_or_a_unit_not_both(office: Run, args: tuple[str, ...]) -> None:
    assert "U15" in office("assess", SATISFACTION, *args).err


def test_every_unit_that_cannot_be_assessed_is_told(office: Run) -> None:
    told = office("assess", SATISFACTION, "--unit", "1", "--unit", "2", "--as-of", "2012-11-01")

    assert 2 == told.err.count("U01 ")


def opened_office(tmp_path: Path) -> Workspace:
    from duibiao.services.clock import now
    from duibiao.store.workspace import open_workspace

    return open_workspace(tmp_path / "office", now)


def write(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def unit_toml(code: str, facts: str) -> str:
    name = {UNIT: NAME, OTHER: "北街社区居委会"}.get(code, "别处")
    return f'period = "2012"\n[[unit]]\nname = "{name}"\ncode = "{code}"\nkind = "居委会"\n[unit.facts]\n{facts}\n'
