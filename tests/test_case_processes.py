"""One case per jurisdiction from its first stage to the end, typed as an operator would, on the demonstration's workspace."""

from __future__ import annotations

import pytest
from journeys import example
from offices import Office

from duibiao.model.facts import Unit

WUJIN, YIXING, NATIONAL = "jiangsu.wujin.community", "jiangsu.yixing.city", "national.community"
APPLIES, ACCEPTED = "wujin-2012-0001", "wujin-2012-0004"
TEN_AND_A_HALF = ("premises-area=0", "service-centre=0", "door-signs=2")
TEN = ("premises-area=0", "service-centre=0", "door-signs=2.5")
"""What a community of full marks is docked: 4.167 + 4.167 + 2.166, or 1.666."""
STATION_NORTH = Unit("站北社区居民委员会", "居委会", "320412001001")
WHY = ("--reason", "现场查看不达标", "--approver", "考评组")


def passed(office: Office, name: str) -> list[str]:
    """Stages passed, in order."""
    return [each["stage"] for each in office.case(name)["steps"] if each["outcome"] == "passed"]


# Wujin


def dock(office: Office, name: str, level: str, points: tuple[str, ...]) -> str:
    """Points that a level gives in place of full ones."""
    return office.ok("case", "score", name, level, *points, *WHY, "--date", "2012-11-05")


def test_wujin_refuses_eighty_nine_and_a_half_points_at_the_application_and_allows_ninety(demo: Office) -> None:
    demo.ok("case", "paper", APPLIES, "考核评分表", "--date", "2012-11-05")
    assert "总分 89.5" in dock(demo, APPLIES, "街镇", TEN_AND_A_HALF)
    before = demo.entries()
    found = demo.no("case", "move", APPLIES, "--date", "2012-11-10")

    assert "✗ WF01 没有达到这一环节的条件：得分 89.5，应为 ≥ 90  四(一)" in found
    assert "依据：关于在全区开展省级和谐社区建设示范社区（村）创建活动的通知" in found
    assert "不能办理（自查申报），什么也没有改" in found
    assert (before, ["self-check"]) == (demo.entries(), demo.stages(APPLIES))
    assert "score 89.5, required ≥ 90  四(一)" in demo.no("case", "move", APPLIES, "--date", "2012-11-10", "--lang", "en")

    assert "总分 90" in dock(demo, APPLIES, "街镇", TEN)
    assert "已保存：wujin-2012-0001 自查申报 通过 → 区预查" in demo.ok("case", "move", APPLIES, "--date", "2012-11-10")
    assert "得分 90（街镇）" in demo.ok("case", "show", APPLIES)


def test_wujin_refuses_eighty_nine_and_a_half_points_at_the_acceptance_and_allows_ninety(demo: Office) -> None:
    dock(demo, ACCEPTED, "省", TEN_AND_A_HALF)
    before = demo.entries()
    found = demo.no("case", "move", ACCEPTED, "--date", "2012-11-28")

    assert "得分 89.5，应为 ≥ 90  四(三)" in found
    assert "WF27 不符合称号的条件：省级和谐社区建设示范社区（村）  四(三)" in found
    assert (before, ["acceptance"]) == (demo.entries(), demo.stages(ACCEPTED))

    dock(demo, ACCEPTED, "省", TEN)
    done = demo.ok("case", "move", ACCEPTED, "--certificate", "苏示〔2012〕8号", "--date", "2012-11-28")
    assert "验收命名 通过 → 动态管理 已命名 省级和谐社区建设示范社区（村）" in done
    assert "苏示〔2012〕8号" in demo.ok("award", "list", "--standard", WUJIN)


def test_wujin_goes_from_self_check_to_the_title_and_on_to_supervision(demo: Office) -> None:
    demo.ok("case", "paper", APPLIES, "考核评分表", "--date", "2012-11-05")
    demo.ok("case", "move", APPLIES, "--date", "2012-11-10")
    demo.ok("case", "opinion", APPLIES, "部门：公安分局", "--text", "同意", "--date", "2012-11-16")
    for day in ("2012-11-18", "2012-11-22", "2012-11-28"):
        demo.ok("case", "move", APPLIES, "--date", day)
    case = demo.case(APPLIES)

    assert ["self-check", "district-review", "city-review", "acceptance"] == passed(demo, APPLIES)
    assert ("named", ["dynamic-management"], "区") == (case["status"], case["stages"], case["holder"])
    assert ["街镇", None, None, "省"] == [each["result"].get("level") for each in case["steps"][:4]]
    demo.ok("case", "find", APPLIES, "--text", "台账不全", "--due", "2013-06-01", "--date", "2013-05-02")
    assert "WF16" in demo.no("case", "move", APPLIES, "--date", "2013-05-03")
    demo.ok("case", "mend", APPLIES, "1", "--measure", "已补齐", "--date", "2013-05-20")
    demo.ok("case", "move", APPLIES, "--date", "2013-05-21")


@pytest.mark.parametrize(
    ("year", "day", "late"),
    [(2012, "2012-11-15", ""), (2012, "2012-11-16", "2012-11-15"), (2013, "2013-09-30", ""), (2013, "2013-10-01", "2013-09-30")],
)
def test_wujin_closes_on_15_november_2012_and_on_30_september_otherwise_and_late_is_only_warned_of(
    demo: Office, year: int, day: str, late: str
) -> None:
    name, code = f"wujin-{year}-0001", STATION_NORTH.code
    if year != 2012:
        demo.record(STATION_NORTH, year, example(WUJIN, "score-exactly-90").facts)
        demo.ok("case", "open", code, WUJIN, "--date", f"{year}-08-01")
    demo.ok("case", "paper", name, "考核评分表", "--date", f"{year}-11-02" if year == 2012 else f"{year}-09-01")
    told = demo.ok("case", "move", name, "--date", day)

    assert bool(late) == ("※ WF51 过了截止日：原文“每年9月30日前（2012年申报时间为11月15日前）”" in told)
    assert bool(late) == (f"截止 {late}（已过 1 天）  四(一)" in told)


def test_wujins_city_review_asks_for_a_share_that_the_source_leaves_open(demo: Office) -> None:
    name, code, round_ = "wujin-2013-0001", STATION_NORTH.code, f"{WUJIN}-2013"
    demo.record(STATION_NORTH, 2013, example(WUJIN, "score-exactly-90").facts)
    demo.ok("case", "open", code, WUJIN, "--date", "2013-08-01")
    demo.each(f"case paper {name} 考核评分表", f"case move {name}", day="2013-09-01")
    demo.each(f"case opinion {name} 部门", f"case move {name}", day="2013-10-10")
    found = demo.no("case", "move", name, "--date", "2013-10-20")

    assert "WF17 还没有抽样：按比例组织抽查，比例原文未定，缺：抽样比例（--share）  四(二)" in found
    assert f"→ duibiao round sample {round_} city-review --seed 种子 --share 比例" in found
    assert "share" in demo.no("round", "sample", round_, "市预查", "--seed", "7", "--date", "2013-10-20", code=2)
    demo.ok("round", "sample", round_, "市预查", "--seed", "7", "--share", "100%", "--date", "2013-10-20")
    demo.ok("case", "move", name, "--date", "2013-10-20")
    assert ["acceptance"] == demo.stages(name)


# Yixing


def test_yixing_breaks_down_tasks_holds_a_mock_inspection_and_is_named(demo: Office) -> None:
    name = "yixing-2012-0001"
    assert "WF18 任务还没有分解：任务分解表  四(一)" in demo.no("case", "move", name, "--date", "2012-10-09")
    demo.ok("case", "task", name, "市民政局", "社区用房", "--due", "2012-11-10", "--date", "2012-10-09")
    assert "WF51 过了截止日：原文“2012年9月底”，截止 2012-09-30（已过 9 天）" in demo.ok(
        "case", "move", name, "--date", "2012-10-09"
    )
    assert "WF19" in demo.no("case", "move", name, "--date", "2012-11-15")
    demo.ok("case", "done", name, "1", "--date", "2012-11-09")
    demo.ok("case", "move", name, "--date", "2012-11-15")
    for paper in ("汇报材料", "资料台账", "实地考察点"):
        demo.ok("case", "paper", name, paper, "--date", "2012-11-20")
    assert "WF20 还没有做模拟检查：模拟检查记录  四(三)" in demo.no("case", "move", name, "--date", "2012-12-20")
    demo.ok("case", "paper", name, "模拟检查记录", "--date", "2012-11-28")
    demo.ok("case", "find", name, "--text", "资料不全", "--date", "2012-11-28")
    assert "WF16" in demo.no("case", "move", name, "--date", "2012-12-20")
    demo.ok("case", "mend", name, "1", "--measure", "已补", "--date", "2012-12-05")
    demo.ok("case", "move", name, "--date", "2012-12-20")

    assert ["mobilisation", "implementation", "inspection"] == passed(demo, name)
    assert ("named", "demonstration-city") == (demo.case(name)["status"], demo.case(name)["titles"][0]["award"])


# national


def test_the_national_four_steps_end_in_the_title(demo: Office) -> None:
    name = "national-2008-0001"
    demo.each(f"case paper {name} 申报表", day="2008-12-01")
    demo.ok("case", "move", name, "--date", "2008-12-20")
    for paper in ("考核验收报告", "群众满意度", "公示情况", "电子文本"):
        demo.ok("case", "paper", name, paper, "--date", "2009-03-20")
    demo.ok("case", "notice", name, "--media", "解放日报", "--until", "2009-03-10", "--date", "2009-03-01")
    demo.ok("case", "move", name, "--date", "2009-04-10")
    demo.ok("case", "move", name, "--date", "2009-05-20")
    assert "WF08" in demo.no("case", "move", name, "--date", "2009-06-20")
    demo.ok("case", "notice", name, "--media", "人民日报", "--until", "2009-06-10", "--date", "2009-06-01")
    demo.ok("case", "object", name, "--who", "居民", "--text", "数据有误", "--date", "2009-06-05")
    found = demo.no("case", "move", name, "--date", "2009-06-20")
    assert "WF12 有异议没有办结" in found
    assert "WF03 关口没有通过：公示后无异议" in found
    demo.ok("case", "settle", name, "1", "--dismissed", "--answer", "核对无误", "--date", "2009-06-18")
    demo.ok("case", "move", name, "--certificate", "民示1号", "--date", "2009-06-20")

    assert ["self-check", "recommendation", "evaluation", "naming"] == passed(demo, name)
    assert "named" == demo.case(name)["status"]


def test_the_national_recommendation_is_bounded_by_one_in_a_hundred_and_fifty_of_the_province(demo: Office) -> None:
    (pool,) = [each for each in demo.json("target", "show", NATIONAL, "--year", 2014) if each["id"] == "four-fifths-2014"]
    communities = demo.ok("unit", "list", "--under", "31", "--kind", "居委会", "--count")
    villages = demo.ok("unit", "list", "--under", "31", "--kind", "村委会", "--count")
    shanghai = sum(int("".join(filter(str.isdigit, each))) for each in (communities, villages))

    assert sum(high for _, high in pool["population"].values()) > shanghai > 150
    assert [] == demo.codes("national-2008-0003", "2009-05-20")


# Shanghai


def test_qingpus_committees_join_notice_and_assessment_before_the_district_accepts(demo: Office) -> None:
    name = "qingpu-2011-0001"
    for day in ("2011-03-20", "2011-06-30", "2011-08-20"):
        demo.ok("case", "move", name, "--date", day)
    assert "WF07 材料不齐：申报表  四、创建步骤(四)" in demo.no("case", "move", name, "--date", "2011-09-05")
    demo.ok("case", "paper", name, "申报表", "--date", "2011-09-05")
    assert "→ 申报同时公示、街道(镇)评定" in demo.ok("case", "move", name, "--date", "2011-09-05")
    assert "E_STAGE" in demo.no("case", "move", name, "--date", "2011-09-10", code=2)
    demo.ok("case", "notice", name, "--until", "2011-09-12", "--date", "2011-09-05")
    demo.ok("case", "move", name, "--stage", "街道(镇)评定", "--date", "2011-09-10")
    assert ["notice"] == demo.stages(name)
    assert "WF10" in demo.no("case", "move", name, "--date", "2011-09-12")
    for day in ("2011-09-13", "2011-09-20", "2011-09-22", "2011-10-20"):
        demo.ok("case", "move", name, "--date", day)
    assert "WF23" in demo.no("case", "move", name, "--date", "2011-11-01")
    demo.ok("case", "move", name, "--award", "model", "--certificate", "沪模1号", "--date", "2011-11-01")

    assert ("named", "model") == (demo.case(name)["status"], demo.case(name)["titles"][0]["award"])
    assert 10 == len(passed(demo, name))


def test_qingpus_streets_have_a_track_of_their_own_with_the_districts_consent(demo: Office) -> None:
    name = "qingpu-2011-0012"
    demo.ok("case", "paper", name, "实施方案", "--date", "2011-03-10")
    for day in ("2011-03-20", "2011-06-30", "2011-08-20"):
        demo.ok("case", "move", name, "--date", day)
    demo.ok("case", "paper", name, "申报表", "--date", "2011-09-05")
    demo.ok("case", "move", name, "--date", "2011-09-05")
    demo.ok("case", "notice", name, "--until", "2011-09-12", "--date", "2011-09-05")
    for day in ("2011-09-13", "2011-09-20", "2011-09-22", "2011-09-23", "2011-10-20"):
        demo.ok("case", "move", name, "--date", day)
    demo.ok("case", "move", name, "--award", "demonstration", "--date", "2011-11-01")

    assert "district-consent" in passed(demo, name)
    assert "named" == demo.case(name)["status"]


# Daxing'anling


def test_daxinganling_accepts_before_it_rewards_and_gives_no_title(demo: Office) -> None:
    name = "daxinganling-2012-0001"
    assert "WF22 申报件不在这个环节：现在在 新建服务设施" in demo.no(
        "case", "move", name, "--stage", "reward", "--date", "2012-06-01"
    )
    for day in ("2012-08-01", "2012-09-01", "2012-10-01"):
        demo.ok("case", "move", name, "--date", day)

    assert ["build", "acceptance", "reward"] == passed(demo, name)
    assert ("closed", []) == (demo.case(name)["status"], demo.case(name)["titles"])


def test_no_reward_is_paid_for_a_station_that_is_too_small(demo: Office) -> None:
    name, code = "daxinganling-2012-0002", "232701100002"
    demo.ok("fact", "set", code, "premises_area=299.99 m2", "--period", 2012)
    found = demo.no("case", "move", name, "--date", "2012-09-01")
    assert "WF01" in found
    assert "299.99" in found
