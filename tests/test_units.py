"""Units of the workspace: importing them, telling sixty of one name apart, finding one by 汉字, code or pinyin initials."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspaces import ME, OFFICE, Clock

from duibiao.errors import BadInputError
from duibiao.exchange.unit_table import read_units
from duibiao.model.divisions import ancestors, is_code
from duibiao.services.initials import initials
from duibiao.services.units import add_unit, find_unit
from duibiao.store.doctor import examine
from duibiao.store.events import pack_units, unpack_units
from duibiao.store.workspace import Workspace, create_workspace

if TYPE_CHECKING:
    from conftest import Run

WUJIN, STREET = "320412", "320412100"
ABOVE = 3
"""江苏省, 常州市, 武进区."""

OWN = "代码,名称,类型\n320412100002,南街社区,\n320412100301,新民村,\n320412100,湖塘镇,镇\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DUIBIAO_WORKSPACE", str(tmp_path / "office"))
    monkeypatch.setenv("DUIBIAO_OPERATOR", "me")


@pytest.fixture
def office(run: Run) -> Run:
    """The command line in a new workspace."""
    assert run("workspace", "init", "--title", "武进区民政局", "--operator", "me", "--single").code == 0
    return run


@pytest.fixture
def wujin(office: Run) -> Run:
    """The command line in a workspace with the units of 武进."""
    assert office("unit", "import", WUJIN).code == 0
    return office


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """An open workspace without units."""
    with create_workspace(tmp_path / "direct", OFFICE, ME, Clock()) as made:
        yield made


def codes(run: Run, *args: str) -> list[str]:
    return [each["code"] for each in run("unit", "list", "--json", *args).json["found"]]


def table(tmp_path: Path, text: str | bytes, name: str = "own.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# importing


def test_a_division_is_imported_with_what_lies_above_it(wujin: Run) -> None:
    shown = wujin("unit", "show", "320412100002", "--json").json

    assert ["江苏省", "常州市", "武进区", "湖塘镇"] == shown["path"]
    assert "居委会" == shown["kind"]


def test_a_dry_run_says_how_many_and_which_kinds_and_saves_nothing(office: Run) -> None:
    told = office("unit", "import", WUJIN, "--dry-run", "--json").json

    assert told["new"] == told["units"] == 297 + 19 - 1 + ABOVE
    assert 297 == told["kinds"]["居委会"] + told["kinds"]["村委会"]
    assert told["saved"] is False
    assert "0" == office("unit", "list", "--count").out.strip()


def test_importing_again_changes_nothing_and_adds_no_entry(wujin: Run) -> None:
    before = wujin("workspace", "info", "--json").json
    told = wujin("unit", "import", "jiangsu.wujin")

    assert "没有变化" in told.out
    assert before == wujin("workspace", "info", "--json").json


def test_a_jurisdiction_is_known_by_its_title_too(office: Run) -> None:
    told = office("unit", "import", "青浦", "--json").json

    assert 355 == told["kinds"]["居委会"] + told["kinds"]["村委会"]
    assert told["saved"] is True


def test_several_divisions_that_overlap_count_once(office: Run) -> None:
    apart = office("unit", "import", WUJIN, STREET, "--dry-run", "--json").json["units"]
    assert apart == office("unit", "import", WUJIN, "--dry-run", "--json").json["units"]


@pytest.mark.parametrize("name", ["nowhere", "999999"])
def test_a_name_that_stands_for_no_unit_is_told(office: Run, name: str) -> None:
    told = office("unit", "import", WUJIN, name)

    assert 2 == told.code
    assert "U07" in told.err
    assert name in told.err
    assert "0" == office("unit", "list", "--count").out.strip()


@pytest.mark.parametrize("args", [(), ("--all", WUJIN), ("--all", "--file", "x.csv")])
def test_it_has_to_be_said_which_units_to_import(office: Run, args: tuple[str, ...]) -> None:
    assert "U08" in office("unit", "import", *args).err


@pytest.mark.slow
def test_the_whole_register_is_imported_in_one_go(office: Run) -> None:
    told = office("unit", "import", "--all", "--json").json

    assert 620_573 == told["kinds"]["居委会"] + told["kinds"]["村委会"]
    assert str(told["units"]) == office("unit", "list", "--count").out.strip()


def test_an_import_survives_a_rebuild_from_the_journal(office: Run, tmp_path: Path) -> None:
    office("unit", "import", STREET)

    assert () == tuple(examine(tmp_path / "office", full=True).problems)


# an office's own table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_an_offices_own_table_is_taken_in_whatever_encoding_excel_wrote(office: Run, tmp_path: Path, encoding: str) -> None:
    told = office("unit", "import", "--file", table(tmp_path, OWN.encode(encoding)), "--json").json

    assert {"居委会": 1, "村委会": 1, "镇": 1} == told["kinds"]
    assert "南街社区" == office("unit", "show", "320412100002", "--json").json["name"]


def test_every_wrong_line_of_a_table_is_named_and_nothing_is_taken(office: Run, tmp_path: Path) -> None:
    rows = (
        "代码,名称,类型\n32041210000,短一位,\nabc,字母,\n320412100002,,\n320412100003,甲,岛\n320412,武进区,\n320412100002,乙,\n"
    )
    told = office("unit", "import", "--file", table(tmp_path, rows))

    assert 2 == told.code
    for line, code in ((2, "E_CODE"), (3, "E_CODE"), (4, "U05"), (5, "DB031"), (6, "U06"), (7, "U04")):
        assert f"own.csv:{line}:" in told.err
        assert code in told.err
    assert "0" == office("unit", "list", "--count").out.strip()


@pytest.mark.parametrize(("text", "code"), [
    ("名称,类型\n甲,镇\n", "DB007"), ("代码,名称,楼层\n320412100002,甲,3\n", "DB010"), ("代码,代码,名称\n1,2,甲\n", "DB009"),
    ("代码,名称\n", "DB051"), ("", "DB047"), ("代码;名称\n320412100002;甲\n", "X10"),
])  # fmt: skip
def test_a_table_that_cannot_be_read_says_why(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read_units(table(tmp_path, text))

    assert code in {each.code for each in caught.value.problems}


def test_a_table_of_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        read_units(table(tmp_path, OWN, "own.txt"))

    assert "DB056" == caught.value.problems[0].code


def test_a_table_with_units_outside_the_territory_is_refused(office: Run, tmp_path: Path) -> None:
    office("operator", "add", "li", "--name", "李", "--role", "clerk", "--territory", "320411")
    told = office("--as", "li", "unit", "import", "--file", table(tmp_path, OWN))

    assert "E_TERRITORY" in told.err
    assert "0" == office("unit", "list", "--count").out.strip()


def test_a_table_changes_the_name_of_a_unit_that_is_there(wujin: Run, tmp_path: Path) -> None:
    told = wujin("unit", "import", "--file", table(tmp_path, "代码,名称\n320412100002,南街新村社区\n"), "--json").json

    assert (0, 1) == (told["new"], told["changed"])
    assert "南街新村社区" == wujin("unit", "show", "320412100002", "--json").json["name"]
    assert ["320412100002"] == codes(wujin, "--search", "njxc")


# adding one


def test_a_unit_is_added_with_the_kind_that_its_code_tells(office: Run) -> None:
    office("unit", "add", "320412100302", "𠮷庄村")
    shown = office("unit", "show", "320412100302", "--json").json

    assert ("𠮷庄村", "村委会", "own") == (shown["name"], shown["kind"], shown["source"])


@pytest.mark.parametrize(("args", "code"), [
    (("32041", "甲"), "E_CODE"), (("320412100", "甲"), "U06"), (("320412100302", " \u200b"), "U05"),
    (("320412100302", "甲", "--kind", "岛"), "DB031"), (("320412100302", "甲\x00"), "TX01"),
])  # fmt: skip
def test_a_unit_that_cannot_be_is_refused(office: Run, args: tuple[str, ...], code: str) -> None:
    told = office("unit", "add", *args)

    assert 2 == told.code
    assert code in told.err


def test_a_code_is_given_once(wujin: Run) -> None:
    assert "E_SAME" in wujin("unit", "add", "320412100002", "又一个").err


def test_a_unit_outside_the_territory_is_not_added(office: Run) -> None:
    office("operator", "add", "li", "--name", "李", "--role", "clerk", "--territory", "320411")

    assert "E_TERRITORY" in office("--as", "li", "unit", "add", "320412100302", "甲").err


# searching


@pytest.mark.parametrize("word", ["湖塘", "320412100", "htz", "HTZ"])
def test_a_unit_is_found_by_its_name_its_code_and_its_initials(wujin: Run, word: str) -> None:
    assert STREET == codes(wujin, "--search", word)[0]


def test_a_part_of_the_name_is_enough(wujin: Run) -> None:
    assert "320412100046" in codes(wujin, "--search", "塘社")


def test_several_words_narrow_and_may_name_what_lies_above(wujin: Run) -> None:
    both = codes(wujin, "--search", "湖塘 社区")

    assert both
    assert all(code.startswith(STREET) for code in both)
    assert set(both) < set(codes(wujin, "--search", "社区", "--limit", "500"))
    assert both == codes(wujin, "--search", "社区 湖塘")
    assert str(len(both)) == wujin("unit", "list", "--search", "湖塘 社区", "--count").out.strip() or len(both) == 50


def test_one_of_several_words_has_to_be_the_units_own(wujin: Run) -> None:
    assert [WUJIN] == codes(wujin, "--search", "武进 常州", "--kind", "区")
    assert [] == codes(wujin, "--search", "江苏 常州", "--kind", "村委会")


def test_kind_and_division_limit_the_search(wujin: Run) -> None:
    assert 11 == len(codes(wujin, "--kind", "镇"))
    assert 45 + 1 == len(codes(wujin, "--under", STREET, "--limit", "100"))
    assert [] == codes(wujin, "--under", "31")


@pytest.mark.parametrize(("args", "code"), [(("--kind", "村"), "DB031"), (("--under", "武进"), "E_CODE")])
def test_a_wrong_kind_or_division_is_told(wujin: Run, args: tuple[str, ...], code: str) -> None:
    assert code in wujin("unit", "list", *args).err


def test_what_looks_like_sql_is_only_text(wujin: Run) -> None:
    assert [] == codes(wujin, "--search", "' OR 1=1 --")
    assert [] == codes(wujin, "--search", "%")


def test_a_list_is_written_to_a_file_whole(wujin: Run, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    told = wujin("unit", "list", "--kind", "村委会", "--limit", "1", "--out", out)

    assert 0 == told.code
    assert 1 + 155 == len(out.read_text("utf-8-sig").splitlines())
    assert "江苏省 常州市 武进区" in out.read_text("utf-8-sig")
    assert "E_TARGET_EXISTS" in wujin("unit", "list", "--out", out).err


def test_the_list_says_how_many_there_are_beyond_what_it_shows(wujin: Run) -> None:
    assert "共 11 个，列出 5 个" in wujin("unit", "list", "--kind", "镇", "--limit", "5").out
    assert "11 units" in wujin("--lang", "en", "unit", "list", "--kind", "镇").out


# telling one from another


def test_a_unit_is_known_by_a_name_that_no_other_has(wujin: Run) -> None:
    assert "320412100002" == wujin("unit", "show", "南街社区居委会", "--json").json["code"]


def test_a_name_of_several_units_is_answered_with_where_each_lies(office: Run) -> None:
    office("unit", "import", "320412", "320411")
    office("unit", "add", "320412100399", "新民村")
    office("unit", "add", "320411001399", "新民村")
    told = office("--lang", "en", "unit", "show", "新民村")

    assert "U02 Several units have this name" in told.err
    assert "320412100399 江苏省常州市武进区湖塘镇" in told.err
    assert "320411001399" in told.err


def test_a_unit_that_is_not_there_is_told_in_both_languages(office: Run) -> None:
    assert "U01 工作区里没有这个单位" in office("unit", "show", "320412100002").err
    assert "U01 The workspace has no such unit" in office("--lang", "en", "unit", "show", "320412100002").err


def test_a_unit_shows_its_periods_of_facts_and_what_lies_below(wujin: Run) -> None:
    wujin("fact", "set", "320412100002", "居民人数=4210", "--period", "2012")
    wujin("fact", "set", "320412100002", "居民人数=", "--period", "2011")

    assert {"2012": 1} == wujin("unit", "show", "320412100002", "--json").json["periods"]
    assert {"居委会": 45} == wujin("unit", "show", STREET, "--json").json["below"]
    assert "2012 (1)" in wujin("unit", "show", "320412100002").out


# pieces


@pytest.mark.parametrize(("name", "letters"), [
    ("重庆市", "cqs"), ("长沙市", "css"), ("厦门市", "xms"), ("六安市", "las"), ("湖塘镇", "htz"), ("新长征村", "xczc"),
    ("１号A村·(北)", "1hacb"), ("番禺区", "pyq"), ("", ""), ("😀", ""),
])  # fmt: skip
def test_initials_follow_the_reading_of_names(name: str, letters: str) -> None:
    assert letters == initials(name)


@given(st.text())
def test_initials_are_letters_and_digits_whatever_the_name(name: str) -> None:
    found = initials(name)

    assert found.isascii()
    assert found == found.lower()
    assert all(each.isalnum() for each in found)


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[0-9]{12}", fullmatch=True),
            st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0")),
            st.just("镇"),
            st.just("x"),
        )
    )
)
def test_packed_units_unpack_to_the_same_rows(rows: list[tuple[str, str, str, str]]) -> None:
    packed = pack_units(rows)

    assert [(*row, "own") for row in rows] == list(unpack_units(packed, "own"))
    assert packed == pack_units(iter(rows))


@given(st.from_regex(r"[0-9]{0,14}", fullmatch=True))
def test_what_lies_above_a_code_is_shorter_and_its_beginning(code: str) -> None:
    above = ancestors(code)

    assert all(code.startswith(each) and len(each) < len(code) and is_code(each) for each in above)


def test_a_name_with_blanks_around_it_is_still_found(space: Workspace) -> None:
    made = add_unit(space, "me", "320412100302", "甲村")

    assert made == find_unit(space, " 甲村 ")
