"""An office's own table: it takes the place of assumptions, never of sources, and the sums must hold again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Run, WriteFacts

WUJIN = "jiangsu.wujin.community"
QINGPU = "shanghai.qingpu.committee"
PREMISES = '[unit]\nkind = "居委会"\n\n[facts]\npremises_area = "300 m2"\n'


def table(points: Mapping[str, object] | None = None, *, standard: str = WUJIN, more: str = "") -> str:
    """An office's table as TOML; its first points stand on the sixth line."""
    lines = "".join(f'{name} = "{value}"\n' for name, value in (points or {}).items())
    return f'[override]\nstandard = "{standard}"\nsource = "苏民基〔2012〕7号 附件"\n\n[points]\n{lines}{more}'


def indicators(run: Run, standard: str = WUJIN) -> dict[str, str]:
    """The points a standard gives each indicator on its own."""
    groups = run("show", standard, "--json").json["criteria"]
    return {leaf["id"]: leaf["points"] for group in groups for leaf in group["indicators"]}


def assess(run: Run, facts: WriteFacts, text: str, *, standard: str = WUJIN) -> Any:
    """The assessment of a unit with 300 m² under a standard with an office's table."""
    office = facts(text, "office.toml")
    return run("--pack", office, "assess", standard, facts(PREMISES), "--json")


def test_the_offices_points_take_the_place_of_the_assumed_ones(run: Run, facts: WriteFacts) -> None:
    unit = assess(run, facts, table(dict.fromkeys(indicators(run), 2))).json["units"][0]
    assert {"low": "0", "high": "98", "full": "100"} == unit["score"]
    assert {"2"} == {leaf["points"]["full"] for leaf in unit["indicators"]}


def test_with_the_whole_table_nothing_is_assumed_any_more(run: Run, facts: WriteFacts) -> None:
    data = assess(run, facts, table(dict.fromkeys(indicators(run), 2))).json
    assert [] == data["assumed"]
    assert not any(leaf["assumed"] for leaf in data["units"][0]["indicators"])


def test_the_sheet_with_the_whole_table_speaks_of_no_assumption(run: Run, facts: WriteFacts) -> None:
    office = facts(table(dict.fromkeys(indicators(run), 2)), "office.toml")
    assert "假定" in run("assess", WUJIN, facts(PREMISES)).out
    assert "假定" not in run("--pack", office, "assess", WUJIN, facts(PREMISES)).out


def test_where_the_numbers_come_from_is_shown(run: Run, facts: WriteFacts) -> None:
    office = facts(table(dict.fromkeys(indicators(run), 2)), "office.toml")
    for more in ((), ("--json",)):
        assert "苏民基〔2012〕7号 附件" in run("--pack", office, "show", WUJIN, *more).out


def test_the_content_hash_tells_the_two_apart(run: Run, facts: WriteFacts) -> None:
    changed = assess(run, facts, table(dict.fromkeys(indicators(run), 2))).json["content_hash"]
    assert changed != run("show", WUJIN, "--json").json["content_hash"]


def test_a_table_for_some_leaves_the_rest_assumed(run: Run, facts: WriteFacts) -> None:
    data = assess(run, facts, table({"basic-bodies": "1.5", "bodies-work-together": "1.278"})).json
    assumed = {leaf["id"]: leaf["assumed"] for leaf in data["units"][0]["indicators"]}
    assert 1 == len(data["assumed"])
    assert (False, False, True) == (
        assumed["basic-bodies"],
        assumed["bodies-work-together"],
        assumed["party-core-role"],
    )


def test_two_tables_complete_each_other(run: Run, facts: WriteFacts) -> None:
    names = list(indicators(run))
    one, two = (facts(table(dict.fromkeys(part, 2)), f"{part[0]}.toml") for part in (names[:25], names[25:]))
    data = run("--pack", one, "--pack", two, "assess", WUJIN, facts(PREMISES), "--json").json
    assert [] == data["assumed"]
    assert "98" == data["units"][0]["score"]["high"]


def test_totals_that_no_longer_add_up_are_refused_with_both_sums(run: Run, facts: WriteFacts) -> None:
    found = assess(run, facts, table({"basic-bodies": 2}))
    assert (2, "") == (found.code, found.out)
    assert "DB012 分值加起来与声明的总分不一致" in found.err
    total = sum(map(Decimal, indicators(run).values())) + 2 - Decimal("1.389")
    said = re.search(r"写的是：([\d.]+)；可以是：([\d.]+)", found.err)
    assert said is not None
    assert {"100", str(total)} == set(said.groups())


def test_a_wrong_sum_is_blamed_on_the_table_not_on_the_standard(run: Run, facts: WriteFacts) -> None:
    found = assess(run, facts, table({"basic-bodies": 2}))
    assert "/office.toml" in found.err.partition("DB012")[0]


def test_a_wrong_number_is_blamed_on_the_line_of_the_table(run: Run, facts: WriteFacts) -> None:
    found = assess(run, facts, table({"basic-bodies": -1, "bodies-work-together": "3.778"}))
    assert 2 == found.code
    assert "/office.toml:6: DB024" in found.err


@pytest.mark.parametrize("value", ["many", "1.3.9", "", "五"])
def test_points_that_are_no_number_are_refused_with_their_line(run: Run, facts: WriteFacts, value: str) -> None:
    found = assess(run, facts, table({"basic-bodies": value}))
    assert 2 == found.code
    assert re.search(r"/office\.toml:6: (DB008|DB017) ", found.err)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(table({"green-coverage": 2}, standard=QINGPU), id="points"),
        pytest.param(table(standard=QINGPU, more='[thresholds]\ngreen-coverage = "10%"\n'), id="threshold"),
    ],
)
def test_a_value_that_has_a_source_cannot_be_replaced(run: Run, facts: WriteFacts, text: str) -> None:
    found = assess(run, facts, text, standard=QINGPU)
    line = text.partition("green-coverage")[0].count("\n") + 1
    assert (2, "") == (found.code, found.out)
    assert f"/office.toml:{line}: DB043 只有假定的值才能替换" in found.err
    assert "green-coverage" in found.err


def test_a_sourced_threshold_stays_though_its_points_are_assumed(run: Run, facts: WriteFacts) -> None:
    found = assess(run, facts, table(more='[thresholds]\npremises-area = "250 m2"\n'))
    assert 2 == found.code
    assert "/office.toml:7: DB043" in found.err


def test_an_unknown_indicator_is_answered_with_the_nearest(run: Run, facts: WriteFacts) -> None:
    found = assess(run, facts, table({"basic-body": 2}))
    assert 2 == found.code
    assert "/office.toml:6: DB037" in found.err
    assert "是不是想写：basic-bodies？" in found.err


def test_a_table_for_a_standard_that_does_not_exist_is_refused(run: Run, facts: WriteFacts) -> None:
    found = assess(run, facts, table({"basic-bodies": 2}, standard="jiangsu.wujin.comunity"))
    assert 2 == found.code
    assert "/office.toml:2: DB070" in found.err
    assert f"是不是想写：{WUJIN}？" in found.err


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[points]\nbasic-bodies = 2\n", "DB007 缺少必填内容；可以是：[override]"),
        ('[override]\nstandard = "jiangsu.wujin.community"\n', "DB007 缺少必填内容 [override]；可以是：source"),
        (table(more="[point]\nbasic-bodies = 2\n"), "DB006 不认识的键 [point]"),
        (table(more="basic-bodies = [1]\n"), "DB008 值的类型不对 [points.basic-bodies]"),
        ("", "DB047 文件是空的"),
    ],
    ids=["no-head", "no-source", "unknown-table", "a-list", "empty"],
)
def test_a_table_that_cannot_be_read_is_refused(run: Run, facts: WriteFacts, text: str, reason: str) -> None:
    found = assess(run, facts, text)
    assert (2, "") == (found.code, found.out)
    assert reason in found.err


def test_a_missing_table_is_refused(run: Run, facts: WriteFacts, tmp_path: Path) -> None:
    found = run("--pack", tmp_path / "nowhere.toml", "assess", WUJIN, facts(PREMISES))
    assert 2 == found.code
    assert "/nowhere.toml: DB001" in found.err


def test_the_table_changes_only_its_own_standard(run: Run, facts: WriteFacts) -> None:
    office = facts(table(dict.fromkeys(indicators(run), 2)), "office.toml")
    assert run("show", QINGPU).out == run("--pack", office, "show", QINGPU).out


def test_a_sound_table_passes_the_check(run: Run, facts: WriteFacts) -> None:
    found = run("check", facts(table(dict.fromkeys(indicators(run), 2)), "office.toml"), "--json")
    assert (0, "override", []) == (found.code, found.json["what"], found.json["problems"])


def test_a_table_that_replaces_sources_fails_the_check_with_its_line(run: Run, facts: WriteFacts) -> None:
    found = run("check", facts(table({"green-coverage": 2}, standard=QINGPU), "office.toml"), "--json")
    (problem,) = found.json["problems"]
    assert (1, "DB043", 6) == (found.code, problem["code"], problem["line"])
