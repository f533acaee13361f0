"""``duibiao assess``: verdicts with their clause, intervals, awards that stay open, and what a machine reads of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli

if TYPE_CHECKING:
    from conftest import Run, WriteFacts

QINGPU = "shanghai.qingpu.committee"
WUJIN = "jiangsu.wujin.community"
CLAUSE = "四、创建标准(八)"
ESTATES = {"not_met": False, "met": True, "unknown": None}
"""The verdict on a green coverage of 16 %, by whether the estate is a renovated old one (None: nobody says)."""


def as_toml(renovated: bool | None) -> str:
    flag = "" if renovated is None else f"renovated_old_estate = {str(renovated).lower()}\n"
    return f'[unit]\nname = "甲居委会"\nkind = "居委会"\n\n[facts]\ngreen_coverage = "16%"\n{flag}'


def as_json(renovated: bool | None) -> str:
    flag = {} if renovated is None else {"改造后的老区": renovated}
    return json.dumps({"unit": [{"name": "甲居委会", "kind": "居委会", "facts": {"绿化覆盖率": "16%", **flag}}]})


def as_csv(renovated: bool | None) -> str:
    flag = {True: "是", False: "否", None: ""}[renovated]
    return f"名称,类型,绿化覆盖率,改造后的老区\n甲居委会,居委会,16%,{flag}\n"


WRITERS = {"toml": as_toml, "json": as_json, "csv": as_csv}


def indicator(data: Mapping[str, Any], name: str, unit: int = 0) -> Any:
    return next(each for each in data["units"][unit]["indicators"] if each["id"] == name)


def lines_from(text: str, start: str) -> tuple[str, str]:
    """The line that begins with *start*, and the one below."""
    lines = text.splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith(start))
    return lines[place], lines[place + 1]


def example_file(folder: Path, package: str, file: str, example: str, without: tuple[str, ...] = ()) -> Path:
    """A facts file made of one of a plugin's worked examples, some facts left out."""
    tables = tomli.loads(files(package).joinpath("examples", file).read_text("utf-8"))["example"]
    table = next(each for each in tables if each["id"] == example)
    values = {name: value for name, value in table["facts"].items() if name not in without}
    unit = {**table["unit"], "facts": values, "history": table.get("history", {})}
    path = folder / "example.json"
    day = {"as_of": table["as_of"], "period": table["period"]}
    path.write_text(json.dumps({**day, "unit": [unit]}, default=str, ensure_ascii=False), "utf-8")
    return path


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("verdict", ESTATES)
def test_sixteen_per_cent_green_depends_on_the_estate(run: Run, facts: WriteFacts, kind: str, verdict: str) -> None:
    path = facts(WRITERS[kind](ESTATES[verdict]), f"facts.{kind}")
    found = indicator(run("assess", QINGPU, path, "--json").json, "green-coverage")
    assert (verdict, CLAUSE) == (found["verdict"], found["clause"])
    assert {"number": "16", "unit": "%"} == found["value"]


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize(("verdict", "word"), [("not_met", "✗未达到"), ("met", "✓达到"), ("unknown", "?未知")])
def test_the_explanation_names_the_clause_under_every_verdict(
    run: Run, facts: WriteFacts, kind: str, verdict: str, word: str
) -> None:
    path = facts(WRITERS[kind](ESTATES[verdict]), f"facts.{kind}")
    shown = run("assess", QINGPU, path, "--explain").squeezed
    assert f"{word}绿化覆盖率" in shown
    assert f"青民〔2011〕8号{CLAUSE}«25%(改造后的老区达16%)»" in shown.partition(f"{word}绿化覆盖率")[2][:120]


def test_the_sheet_lists_what_is_not_met_with_value_bound_and_clause(run: Run, facts: WriteFacts) -> None:
    shown = run("assess", QINGPU, facts(as_toml(False)))
    head, below = lines_from(shown.out, "✗ 绿化覆盖率")
    assert head.endswith(CLAUSE)
    assert re.search(r"绿化覆盖率 16%.*≥ 25%", below)


def test_the_sheet_lists_what_is_unknown_with_the_fact_that_would_settle_it(run: Run, facts: WriteFacts) -> None:
    shown = run("assess", QINGPU, facts(as_toml(None)))
    head, below = lines_from(shown.out, "? 绿化覆盖率")
    assert head.endswith(CLAUSE)
    assert "缺：改造后的老区" == below.strip()
    assert "先填这些:" in shown.out


def test_a_missing_attribute_is_named_in_the_json(run: Run, facts: WriteFacts) -> None:
    data = run("assess", QINGPU, facts(as_toml(None)), "--json").json
    assert ["renovated_old_estate"] == indicator(data, "green-coverage")["missing"]
    assert "renovated_old_estate" in data["units"][0]["unknown_facts"]


KEYS = {
    "answer": "standard edition content_hash as_of assumed units",
    "unit": "unit period as_of example in_scope score awards gates vetoes indicators unknown_facts",
    "who": "name code kind",
    "award": "id title state clause document",
    "indicator": "id criterion title verdict points force scored_by value rule clause document because assumed missing",
}


def test_the_json_has_the_documented_keys_and_no_others(run: Run, facts: WriteFacts) -> None:
    answer = run("assess", QINGPU, facts(as_toml(False)), "--json").json
    unit = answer["units"][0]
    found = (answer, unit, unit["unit"], unit["awards"][0], unit["indicators"][0])
    assert [set(keys.split()) for keys in KEYS.values()] == [set(each) for each in found]


def test_the_json_names_the_standard_its_edition_and_its_content(run: Run, facts: WriteFacts) -> None:
    data = run("assess", QINGPU, facts(as_toml(False)), "--json", "--as-of", "2011-09-30").json
    assert (QINGPU, "2011", "2011-09-30") == (data["standard"], data["edition"], data["as_of"])
    assert data["content_hash"] == run("show", QINGPU, "--json").json["content_hash"]


def test_points_in_the_json_are_an_interval_with_full_marks(run: Run, facts: WriteFacts) -> None:
    path = facts('[unit]\nkind = "居委会"\n\n[facts]\npremises_area = "399.99 m2"\n')
    data = run("assess", WUJIN, path, "--json").json
    assert {"low": "0", "high": "95.833", "full": "100"} == data["units"][0]["score"]
    assert {"low": "0", "high": "0", "full": "4.167"} == indicator(data, "premises-area")["points"]
    assert {"low": "0", "high": "1.389", "full": "1.389"} == indicator(data, "basic-bodies")["points"]


def test_a_standard_without_points_has_no_score(run: Run, facts: WriteFacts) -> None:
    data = run("assess", QINGPU, facts(as_toml(False)), "--json").json
    assert data["units"][0]["score"] is None


def test_the_reasoning_in_the_json_ends_at_the_comparison(run: Run, facts: WriteFacts) -> None:
    found = indicator(run("assess", QINGPU, facts(as_toml(False)), "--json").json, "green-coverage")
    branch = found["because"]["children"][2]
    assert ("not_met", "16", ">=", "25", "%") == tuple(branch[key] for key in ("outcome", "value", "operator", "bound", "unit"))
    assert ("green_coverage", ">=", "25") == tuple(found["rule"][key] for key in ("fact", "operator", "bound"))


def test_the_explanation_shows_the_arithmetic_and_both_branches(run: Run, facts: WriteFacts) -> None:
    shown = run("assess", QINGPU, facts(as_toml(None)), "--explain").out
    assert re.search(r"绿化覆盖率 16%.*≥ 16%.* ✓ 达到", shown)
    assert re.search(r"绿化覆盖率 16%.*≥ 25%.* ✗ 未达到", shown)


def volunteers(count: int, residents: int) -> str:
    return f'[unit]\nkind = "居委会"\n\n[facts]\nregistered_volunteers = {count}\nresidents = {residents}\n'


def test_the_explanation_of_a_ratio_shows_its_value_and_its_bound(run: Run, facts: WriteFacts) -> None:
    shown = run("assess", QINGPU, facts(volunteers(420, 3000)), "--explain")
    assert re.search(r"注册志愿者人数.* 14%.*≥ 15%", shown.out)
    assert "四、创建标准(四)«占总人数的15%»" in shown.squeezed


def test_the_explanation_of_a_ratio_shows_both_numbers(run: Run, facts: WriteFacts) -> None:
    shown = run("assess", QINGPU, facts(volunteers(421, 3003)), "--explain").squeezed
    assert "421" in shown
    assert "3003" in shown


def test_a_ratio_just_under_its_bound_is_not_shown_as_the_bound(run: Run, facts: WriteFacts) -> None:
    shown = run("assess", QINGPU, facts(volunteers(1_499_998, 9_999_993)), "--explain").out
    assert "✗ 未达到 志愿者占总人数比例" in shown
    assert not re.search(r"注册志愿者人数.* 15%.*≥ 15%", shown)


@pytest.mark.parametrize(("have", "more"), [(449, 1), (400, 50)])
def test_a_ratio_that_misses_says_how_many_more_would_do(run: Run, facts: WriteFacts, have: int, more: int) -> None:
    shown = run("assess", QINGPU, facts(volunteers(have, 3000))).squeezed
    assert f"注册志愿者人数还差{more}" in shown


def test_a_special_case_that_would_be_met_is_named(run: Run, facts: WriteFacts) -> None:
    shown = run("assess", QINGPU, facts(as_toml(False))).squeezed
    assert "还差9个百分点；若“改造后的老区”成立则达到" in shown


def test_the_day_on_the_command_line_wins_over_the_files(run: Run, facts: WriteFacts) -> None:
    title = "safe_estate_title = { held = true, from = 2010-01-01, until = 2012-12-31 }"
    path = facts(f'as_of = 2011-09-30\n\n[unit]\nkind = "居委会"\n\n[facts]\n{title}\n')
    of_file, of_line = (run("assess", QINGPU, path, "--json", *more).json for more in ((), ("--as-of", "2013-01-01")))
    assert ("2011-09-30", "met") == (of_file["as_of"], indicator(of_file, "safe-estate-title")["verdict"])
    assert ("2013-01-01", "not_met") == (of_line["as_of"], indicator(of_line, "safe-estate-title")["verdict"])


def test_the_last_day_of_a_title_still_counts(run: Run, facts: WriteFacts) -> None:
    path = facts('[unit]\nkind = "居委会"\n\n[facts]\nsafe_estate_title = { held = true, until = 2012-12-31 }\n')
    data = run("assess", QINGPU, path, "--json", "--as-of", "2012-12-31").json
    assert "met" == indicator(data, "safe-estate-title")["verdict"]


def test_assumed_points_are_said_to_be_assumed_and_why(run: Run, facts: WriteFacts) -> None:
    path = facts('[unit]\nkind = "居委会"\n\n[facts]\npremises_area = "500 m2"\n')
    data, shown = run("assess", WUJIN, path, "--json").json, run("assess", WUJIN, path).squeezed
    assert ["附件1的百分评分表未公开"] == ["".join(reason.split()).partition("（")[0] for reason in data["assumed"]]
    assert "※假定:附件1的百分评分表未公开" in shown


def test_every_indicator_with_assumed_points_carries_the_mark(run: Run, facts: WriteFacts) -> None:
    path = facts('[unit]\nkind = "居委会"\n\n[facts]\npremises_area = "500 m2"\n')
    indicators = run("assess", WUJIN, path, "--json").json["units"][0]["indicators"]
    assert [True] * 50 == [each["assumed"] for each in indicators]


def test_a_standard_with_sources_throughout_assumes_nothing(run: Run, facts: WriteFacts) -> None:
    data = run("assess", QINGPU, facts(as_toml(False)), "--json").json
    assert [] == data["assumed"]
    assert not any(each["assumed"] for each in data["units"][0]["indicators"])


def test_an_award_stays_open_while_facts_are_missing(run: Run, facts: WriteFacts) -> None:
    awards = run("assess", QINGPU, facts(as_toml(True)), "--json").json["units"][0]["awards"]
    assert [("demonstration", "open"), ("model", "open"), ("harmonious", "open")] == [(a["id"], a["state"]) for a in awards]


def test_an_award_is_lost_as_soon_as_one_binding_indicator_is(run: Run, facts: WriteFacts) -> None:
    unit = run("assess", QINGPU, facts(as_toml(False)), "--json").json["units"][0]
    assert {"not_held"} == {award["state"] for award in unit["awards"]}
    assert "leading_group_meets" in unit["unknown_facts"]


def test_an_award_is_won_as_soon_as_no_missing_fact_can_take_it_away(run: Run, tmp_path: Path) -> None:
    path = example_file(tmp_path, "duibiao_jiangsu", "community.toml", "all-met", without=("premises_area",))
    unit = run("assess", WUJIN, path, "--json").json["units"][0]
    assert {"low": "95.833", "high": "100", "full": "100"} == unit["score"]
    assert [("demonstration", "held")] == [(award["id"], award["state"]) for award in unit["awards"]]
    assert ["premises_area"] == unit["unknown_facts"]


def test_with_every_fact_the_score_is_one_number(run: Run, tmp_path: Path) -> None:
    path = example_file(tmp_path, "duibiao_jiangsu", "community.toml", "all-met")
    unit = run("assess", WUJIN, path, "--json").json["units"][0]
    assert {"low": "100", "high": "100", "full": "100"} == unit["score"]
    assert [] == unit["unknown_facts"]


def test_the_sheet_shows_the_score_as_an_interval(run: Run, facts: WriteFacts) -> None:
    path = facts('[unit]\nkind = "居委会"\n\n[facts]\npremises_area = "300 m2"\n')
    assert "得分: 0–95.833 / 100" in run("assess", WUJIN, path).out


def test_a_judgement_nobody_made_is_told_apart_from_a_missing_measurement(run: Run, facts: WriteFacts) -> None:
    data = run("assess", QINGPU, facts(as_toml(True)), "--json").json
    assert "needs_judgement" == indicator(data, "building-party-work")["verdict"]
    assert "unknown" == indicator(data, "party-satisfaction")["verdict"]


def test_an_indicator_for_other_kinds_of_unit_does_not_apply(run: Run, facts: WriteFacts) -> None:
    path = facts('[unit]\nkind = "村委会"\n\n[facts]\npremises_area = "10 m2"\n')
    data = run("assess", QINGPU, path, "--json").json
    assert "not_applicable" == indicator(data, "premises-area")["verdict"]


def test_a_unit_of_a_foreign_kind_is_out_of_scope_not_failed(run: Run, facts: WriteFacts) -> None:
    unit = run("assess", QINGPU, facts('[unit]\nkind = "县"\n\n[facts]\n'), "--json").json["units"][0]
    assert unit["in_scope"] is False
    assert {"out_of_scope"} == {each["verdict"] for each in unit["indicators"]}


def test_every_row_of_a_table_is_a_unit(run: Run, facts: WriteFacts) -> None:
    rows = "名称,代码,类型,绿化覆盖率,改造后的老区\n甲,310118105001,居委会,16%,是\n乙,310118105002,居委会,16%,否\n"
    data = run("assess", QINGPU, facts(rows, "facts.csv"), "--json").json
    assert ["甲", "乙"] == [unit["unit"]["name"] for unit in data["units"]]
    assert ["met", "not_met"] == [indicator(data, "green-coverage", unit)["verdict"] for unit in (0, 1)]


def test_example_facts_are_marked_as_such(run: Run, facts: WriteFacts) -> None:
    path = facts("example = true\n" + as_toml(False))
    assert run("assess", QINGPU, path, "--json").json["units"][0]["example"] is True
    assert "例子数据，不是真实情况" in run("assess", QINGPU, path).out


def test_an_assessment_that_finds_shortcomings_still_succeeds(run: Run, facts: WriteFacts) -> None:
    assert 0 == run("assess", QINGPU, facts(as_toml(False))).code
    assert 0 == run("assess", QINGPU, facts(as_toml(None)), "--json").code


def test_a_file_that_cannot_be_used_is_code_two_and_prints_no_result(run: Run, facts: WriteFacts) -> None:
    found = run("assess", QINGPU, facts(as_toml(False).replace("16%", "161%")), "--json")
    assert (2, "") == (found.code, found.out)


def test_the_sheet_in_english(run: Run, facts: WriteFacts) -> None:
    shown = run("--lang", "en", "assess", QINGPU, facts(as_toml(False)))
    head, below = lines_from(shown.out, "✗ Green coverage")
    assert head.endswith(CLAUSE)
    assert re.search(r"Green coverage 16%.*≥ 25%", below)
    assert "Award: Demonstration residents' committee ✗ not held" in shown.out
    assert "没有达到" not in shown.out


def test_the_explanation_in_english_keeps_the_printed_clause(run: Run, facts: WriteFacts) -> None:
    shown = run("--lang", "en", "assess", QINGPU, facts(as_toml(True)), "--explain")
    assert "✓ met Green coverage" in shown.out
    assert f"青民〔2011〕8号{CLAUSE}" in shown.squeezed


def test_the_language_changes_no_verdict(run: Run, facts: WriteFacts) -> None:
    path = facts(as_toml(True))
    chinese, english = (run("--lang", lang, "assess", QINGPU, path, "--json").json for lang in ("zh", "en"))
    assert chinese == english
