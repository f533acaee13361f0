"""Units under other jurisdictions' standards, from the facts they have: what is met, and what is still to be collected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pages
import pytest
from conftest import Run, WriteFacts

QINGPU, NATION, WUJIN = "shanghai.qingpu.committee", "national.community", "jiangsu.wujin.community"
COMMUNITY = pages.DOCS / "examples" / "community.toml"
UNIT, OTHER = "320412100002", "320412100003"


def row(unit: Any, fact: str) -> Any:
    return next(each for each in unit["rows"] if each["fact"] == fact)


def test_the_units_own_value_stands_across_the_columns(run: Run) -> None:
    (unit,) = run("compare", QINGPU, WUJIN, NATION, "--facts", COMMUNITY, "--json").json["units"]

    found = row(unit, "premises_area")

    assert ("810 m²", ["met", "met", None]) == (found["value"], found["verdicts"])


def test_every_column_says_what_assess_says(run: Run) -> None:
    (unit,) = run("compare", QINGPU, WUJIN, NATION, "--facts", COMMUNITY, "--json").json["units"]

    for each in unit["standards"]:
        (alone,) = run("assess", each["standard"], COMMUNITY, "--json").json["units"]
        assert [(award["id"], award["state"]) for award in alone["awards"]] == [(a["id"], a["state"]) for a in each["awards"]]
        assert alone["score"] == each["score"]
        assert alone["unknown_facts"] == each["missing"]


def test_a_fact_that_is_not_there_is_unknown_never_no(run: Run, facts: WriteFacts) -> None:
    path = facts('as_of = 2012-12-31\n[unit]\nname = "南街"\nkind = "居委会"\n[facts]\npremises_area = 500\n')

    answer = run("compare", QINGPU, WUJIN, "--facts", path, "--json").json

    (unit,) = answer["units"]
    assert ["not_met", "met"] == row(unit, "premises_area")["verdicts"]
    assert ["", ["unknown", None]] == [row(unit, "green_coverage")[key] for key in ("value", "verdicts")]
    assert "green_coverage" in unit["standards"][0]["missing"]


def test_the_page_shows_values_verdicts_clauses_and_what_to_collect(run: Run) -> None:
    out = run("compare", QINGPU, WUJIN, "--facts", COMMUNITY, "--topic", "premises").out

    assert "办公和活动用房面积 = 810 m²" in out
    assert "✓ 武进区  达到  ≥ 400 m²（4.167 分 = 4.167%、假定）  三(二)" in out
    assert "还要收集" in out
    assert "改造后的老区" in out.partition("还要收集")[2]


def test_a_standard_for_other_units_says_so(run: Run, facts: WriteFacts) -> None:
    path = facts('as_of = 2012-12-31\n[unit]\nname = "城关镇"\nkind = "镇"\n[facts]\npremises_area = 500\n')

    answer = run("compare", "daxinganling.town", WUJIN, "--facts", path, "--json").json

    assert [True, False] == [each["in_scope"] for each in answer["units"][0]["standards"]]


def test_many_units_are_added_up(run: Run, facts: WriteFacts) -> None:
    unit = '[[unit]]\nname = "{name}"\nkind = "居委会"\n[unit.facts]\npremises_area = {area}\n'
    text = "as_of = 2012-12-31\n" + "".join(unit.format(name=f"甲{area}", area=area) for area in (300, 450, 700))

    answer = run("compare", QINGPU, WUJIN, "--facts", facts(text), "--json").json

    cells = next(each for each in answer["rows"] if each["fact"] == "premises_area")["cells"]
    assert 3 == answer["units_in_all"]
    assert [(1, 2), (2, 1)] == [(each["met"], each["not_met"]) for each in cells]
    qingpu = answer["standards"][0]
    assert {"id": "demonstration", "held": 0, "not_held": 2, "open": 1} == qingpu["awards"][0]
    assert {"fact": "green_coverage", "units": 3} in qingpu["missing"]


def test_several_units_are_told_in_short_and_then_together(run: Run, facts: WriteFacts) -> None:
    unit = '[[unit]]\nname = "{name}"\nkind = "居委会"\n[unit.facts]\npremises_area = {area}\n'
    path = facts("as_of = 2012-12-31\n" + unit.format(name="甲", area=300) + unit.format(name="乙", area=700))

    out = run("--lang", "en", "compare", QINGPU, WUJIN, "--facts", path).out

    assert "2 units in all" in out
    assert "Still to be collected (units that lack it)" in out


def test_facts_that_do_not_fit_are_told_with_their_line(run: Run, facts: WriteFacts) -> None:
    path = facts('[unit]\nname = "甲"\nkind = "居委会"\n[facts]\npremises_area = "400 %"\n')

    result = run("compare", QINGPU, WUJIN, "--facts", path)

    assert 2 == result.code
    assert "facts.toml:5: DB017" in result.err


# the workspace


@pytest.fixture
def office(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in a workspace with two units that have a fact each."""
    for name, value in {"STATE": tmp_path / "state", "WORKSPACE": tmp_path / "office", "OPERATOR": "me"}.items():
        monkeypatch.setenv(f"DUIBIAO_{name}", str(value))
    assert run("workspace", "init", "--title", "湖塘镇", "--operator", "me", "--name", "王芳", "--single").code == 0
    for code, name, area in ((UNIT, "南街社区居委会", 500), (OTHER, "北街社区居委会", 650)):
        assert run("unit", "add", code, name).code == 0
        assert run("fact", "set", code, f"premises_area={area}", "--period", "2012").code == 0
    return run


def test_a_unit_of_the_workspace_is_looked_at_with_its_recorded_facts(office: Run) -> None:
    answer = office("compare", QINGPU, WUJIN, "--unit", "南街社区居委会", "--as-of", "2012-12-31", "--json").json

    (unit,) = answer["units"]
    assert (UNIT, "2012") == (unit["unit"]["code"], unit["period"])
    assert ("500 m²", ["not_met", "met"]) == (row(unit, "premises_area")["value"], row(unit, "premises_area")["verdicts"])


def test_the_period_is_another_than_the_days_year_only_when_asked(office: Run) -> None:
    without = office("compare", QINGPU, WUJIN, "--unit", UNIT, "--as-of", "2014-12-31", "--json").json["units"][0]
    asked = office("compare", QINGPU, WUJIN, "--unit", UNIT, "--as-of", "2014-12-31", "--period", "2012", "--json").json["units"][
        0
    ]

    assert ["", "500 m²"] == [row(each, "premises_area")["value"] for each in (without, asked)]


def test_a_territory_is_all_units_below_a_code(office: Run) -> None:
    answer = office("compare", QINGPU, WUJIN, "--under", "320412", "--as-of", "2012-12-31", "--json").json

    cells = next(each for each in answer["rows"] if each["fact"] == "premises_area")["cells"]
    assert 2 == answer["units_in_all"]
    assert [(1, 1), (2, 0)] == [(each["met"], each["not_met"]) for each in cells]


@pytest.mark.parametrize(("args", "code"), [(("--under", "11"), "U16"), (("--unit", "没有"), "U01")])
def test_what_is_not_there_is_told(args: tuple[str, ...], code: str, office: Run) -> None:
    result = office("compare", QINGPU, WUJIN, *args)

    assert 2 == result.code
    assert code in result.err
