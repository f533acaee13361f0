"""Targets of the sources on the demonstration's workspace: actual, needed, the gap in units, nearest, forecast, other days."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import MakeOffice
from offices import FACT, UNITS, Office

WUJIN, STATION, NATIONAL, STREET = (
    "jiangsu.wujin.community",
    "daxinganling.station",
    "national.community",
    "shanghai.qingpu.street",
)


def rows(office: Office, *args: object) -> dict[str, Any]:
    """Targets by id."""
    return {each["id"]: each for each in office.json("target", "show", *args)}


@pytest.mark.parametrize(
    ("target", "population", "needed"),
    [
        ("urban-2012", 142, 107), ("rural-2012", 155, 111), ("urban-2013", 142, 118), ("rural-2013", 155, 126),
        ("urban-2014", 142, 140), ("rural-2014", 155, 148),
    ],
)  # fmt: skip
def test_wujins_shares_of_three_years_are_counted_over_its_real_communities(
    demo: Office, target: str, population: int, needed: int
) -> None:
    year = target[-4:]
    found = rows(demo, WUJIN, "--year", year, "--as-of", f"{year}-12-01")[target]["now"]
    named = 2 if target.startswith("urban") else 0

    assert ([population] * 2, needed) == (found["population"], found["needed"])
    assert ([named] * 2, [needed - named] * 2, "not_held") == (found["achieved"], found["gap"], found["state"])


def test_a_target_is_told_with_its_gap_in_units_its_clause_and_who_is_nearest(demo: Office) -> None:
    told = demo.ok("target", "show", WUJIN, "--year", 2012, "--as-of", "2012-12-01")
    assert "居委会 → 省级和谐社区建设示范社区（村） ≥ 75%  二" in told
    assert "居委会 142，还有 30 天，已有 2，需要 107，差 105 个" in told
    assert "在办 4 件全部成功：已有 6，需要 107，差 101 个" in told
    assert "按现在的通过率 100%（2 件办结，2 件通过）：已有 6，需要 107，差 101 个" in told
    assert "站北社区居民委员会 320412001001  条件已具备，只差命名" in told
    told = demo.ok("target", "show", WUJIN, "--year", 2012, "--as-of", "2012-12-01", "--lang", "en")
    assert "2 of 107 needed, 105 to go" in told
    assert "If all 4 open cases succeed: 6 of 107 needed, 101 to go" in told


def test_before_the_naming_nobody_counts_and_the_cases_are_still_open(demo: Office) -> None:
    before = rows(demo, WUJIN, "--as-of", "2012-11-21")["urban-2012"]
    after = rows(demo, WUJIN, "--as-of", "2012-11-22")["urban-2012"]

    assert ([0, 0], [6, 6], 0) == (before["now"]["achieved"], before["open_cases"], before["decided"]["all"])
    assert ([2, 2], [4, 4], 2) == (after["now"]["achieved"], after["open_cases"], after["decided"]["all"])
    assert "还没有办结的，通过率未知" in demo.ok("target", "show", WUJIN, "--as-of", "2012-11-21")


def test_a_naming_after_the_day_does_not_count_for_it_nor_does_an_open_case(demo: Office) -> None:
    demo.ok("case", "move", "wujin-2012-0004", "--date", "2013-01-05")
    found = rows(demo, WUJIN, "--as-of", "2013-02-01")

    assert ([2, 2], [0, 0]) == (found["urban-2012"]["now"]["achieved"], found["urban-2012"]["open_cases"])
    assert ([3, 3], [3, 3]) == (found["urban-2013"]["now"]["achieved"], found["urban-2013"]["open_cases"])
    assert "期限已过（2012-12-31）" in demo.ok("target", "show", WUJIN, "--year", 2012, "--as-of", "2013-02-01")


def test_a_title_that_was_revoked_counts_up_to_that_day(demo: Office) -> None:
    demo.ok("award", "revoke", "wujin-2012-0006", "--reason", "弄虚作假", "--date", "2013-05-02")
    before, after = (rows(demo, WUJIN, "--as-of", day)["urban-2013"] for day in ("2013-05-01", "2013-05-02"))
    assert ([2, 2], [1, 1]) == (before["now"]["achieved"], after["now"]["achieved"])
    assert [2, 2] == rows(demo, WUJIN, "--as-of", "2014-01-01")["urban-2012"]["now"]["achieved"]


def test_a_refused_case_lowers_the_pass_rate_and_a_withdrawn_one_does_not(demo: Office) -> None:
    demo.ok("case", "reject", "wujin-2012-0001", "--reason", "不达标", "--date", "2012-11-25")
    demo.ok("case", "withdraw", "wujin-2012-0002", "--reason", "暂缓", "--date", "2012-11-25")
    found = rows(demo, WUJIN, "--as-of", "2012-12-01")["urban-2012"]
    assert ({"passed": 2, "all": 3}, "2/3", [2, 2]) == (found["decided"], found["pass_rate"], found["open_cases"])
    assert ([4, 4], [3, 3]) == (found["if_all"]["achieved"], found["at_rate"]["achieved"])


def test_a_territory_within_counts_its_own_units(demo: Office) -> None:
    found = rows(demo, WUJIN, "--under", "320412001", "--as-of", "2012-12-01")["urban-2012"]["now"]
    assert ([7, 7], 6, [2, 2], [4, 4]) == (found["population"], found["needed"], found["achieved"], found["gap"])
    assert "工作区里没有这样的单位" in demo.ok("target", "show", WUJIN, "--under", "99")


def test_daxinganlings_years_ask_for_facilities_and_facts_settle_them(demo: Office) -> None:
    found = rows(demo, STATION, "--as-of", "2012-12-01")
    years = {each["by"][:4] for each in found.values()}
    assert {"2012", "2013", "2014", "2015", "2017"} == years

    assert ([80, 80], 80, [0, 80], [0, 80]) == tuple(
        found["rural-plans-2012"]["now"][key] for key in ("population", "needed", "achieved", "gap")
    )
    village = demo.json("unit", "list", "--under", "2327", "--kind", "村委会", "--limit", 1)["found"][0]["code"]
    demo.ok("fact", "set", village, "facility_plan_started=否", "--period", 2012)
    now = rows(demo, STATION, "--as-of", "2012-12-01")["rural-plans-2012"]
    assert ([0, 79], [1, 80], "not_held") == (now["now"]["achieved"], now["now"]["gap"], now["now"]["state"])
    demo.ok("fact", "set", village, "facility_plan_started=是", "--period", 2012)
    assert [1, 80] == rows(demo, STATION, "--as-of", "2012-12-01")["rural-plans-2012"]["now"]["achieved"]


def test_the_national_targets_count_who_meets_the_standard_though_unnamed(demo: Office) -> None:
    year = ("--under", "310104", "--as-of", "2008-12-20", "--nearest", 3)
    found = rows(demo, NATIONAL, *year)

    assert {"four-fifths-2014", "all-2021", "volunteers-2014"} == set(found)
    five = found["four-fifths-2014"]["now"]
    population = five["population"][0]
    assert five["needed"] == -(-population * 4 // 5)
    assert population == found["all-2021"]["now"]["needed"]
    held = five["achieved"][0]
    assert held >= 1
    demo.ok("fact", "set", "310104003001", "volunteer_station=否", "--period", 2008)
    assert five["achieved"][1] - 1 <= rows(demo, NATIONAL, *year)["four-fifths-2014"]["now"]["achieved"][1] < five["achieved"][1]


def test_qingpus_five_streets_of_2011(demo: Office) -> None:
    found = rows(demo, STREET, "--as-of", "2011-11-30")["streets-2011"]
    assert ([11, 11], 5, [1, 1], [4, 4]) == tuple(found["now"][key] for key in ("population", "needed", "achieved", "gap"))
    assert ([11, 11], [0, 0]) == (found["if_all"]["achieved"], found["if_all"]["gap"])
    told = demo.ok("target", "show", STREET, "--as-of", "2011-11-30")
    assert "2011年创成5个街镇" in told
    assert "差 4 个" in told
    assert "在办 10 件全部成功：已有 11，需要 5，已达到" in told
    earlier = rows(demo, STREET, "--as-of", "2011-10-20")["streets-2011"]
    assert ([0, 0], [11, 11]) == (earlier["now"]["achieved"], earlier["open_cases"])


def test_without_a_standard_every_one_with_units_in_the_workspace_is_shown(demo: Office) -> None:
    standards = {each["standard"] for each in demo.json("target", "show")}
    assert {WUJIN, STATION, NATIONAL, STREET, "jiangsu.yixing.city"} <= standards
    assert "没有目标" in demo.ok("target", "show", "--year", 1999)
    assert "DB" in demo.no("target", "show", "none.such", code=2)


def test_the_nearest_are_ordered_by_points_missing_and_by_what_is_unknown(office: MakeOffice) -> None:
    target = (
        '[[target]]\nid = "t"\ntitle = "全部达标"\nclause = "二"\nby = 2012-12-31\naward = "demonstration"\nat_least = "100%"\n'
        'population = { unit_kinds = ["居委会"] }'
    )  # fmt: skip
    made = office('id = "apply"\ntitle = "申报"\ngrants = ["demonstration"]', more=target)
    for (code, _), households in zip(UNITS, (50, 90, 55), strict=False):
        made.ok("fact", "set", code, f"{FACT}={households}", "--period", 2012)
    (found,) = made.json("target", "show", "small.community", "--as-of", "2012-06-01", "--nearest", 2)
    told = made.ok("target", "show", "small.community", "--as-of", "2012-06-01")

    assert [UNITS[1][0], UNITS[0][0]] == [each["code"] for each in found["nearest"]]
    assert ["0", "0"], ["1", "1"] == [each["points"] for each in found["nearest"]]
    assert f"第二居委会 {UNITS[1][0]}  条件已具备，只差命名" in told
    assert f"第一居委会 {UNITS[0][0]}  差 1 分" in told
