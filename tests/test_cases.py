"""Cases at the command line: opening, what blocks a move and what to type then, warnings, returns and the other ends."""

from __future__ import annotations

import sys

import pytest
from conftest import MakeOffice
from offices import FACT, UNITS, Office

FIRST, SECOND = UNITS[0][0], UNITS[1][0]
APPLY = 'id = "apply"\ntitle = "申报"\ntitle_en = "Application"\nlevel = "街镇"'
NAMING = 'id = "naming"\ntitle = "命名"\ntitle_en = "Naming"\nlevel = "区"\ngrants = ["demonstration"]'
SMALL = "small.community"
NAME = "small-2012-0001"


def opened(office: Office, unit: str = FIRST, points: int | None = 8, *more: object) -> Office:
    """The office with a case of a unit that has so many points, opened on 1 March 2012."""
    if points is not None:
        office.ok("fact", "set", unit, f"{FACT}={points * 10}", "--period", 2012)
    office.ok("case", "open", unit, SMALL, "--date", "2012-03-01", *more)
    return office


def blocked(office: Office, *args: object, day: str = "2012-03-05") -> str:
    """What a move that is refused complains of; nothing has been put on record."""
    before = office.entries(), office.case(NAME)["version"]
    found = office.no("case", "move", NAME, "--date", day, *args)
    assert before == (office.entries(), office.case(NAME)["version"])
    return found


def warned(office: Office, *args: object, day: str = "2012-03-05") -> str:
    """What a move says that goes through."""
    return office.ok("case", "move", NAME, "--date", day, *args)


# opening


def test_a_case_is_opened_with_its_round_and_shown_with_what_to_type_next(office: MakeOffice) -> None:
    made = opened(office(APPLY, NAMING))
    case = made.case(NAME)

    assert ("small.community-2012", 2012, ["apply"], "街镇", "open") == tuple(
        case[key] for key in ("round", "year", "stages", "holder", "status")
    )
    assert f"可以通过：duibiao case move {NAME}" in made.ok("case", "show", NAME)
    assert f"Can be passed: duibiao case move {NAME}" in made.ok("case", "show", NAME, "--lang", "en")


def test_a_unit_has_one_case_of_a_standard_and_year_unless_the_first_was_withdrawn(office: MakeOffice) -> None:
    made = opened(office(APPLY))
    assert "E_SAME_CASE" in made.no("case", "open", FIRST, SMALL, "--date", "2012-04-01", code=2)
    made.ok("case", "withdraw", NAME, "--reason", "材料未备齐", "--date", "2012-03-02")
    made.ok("case", "open", FIRST, SMALL, "--date", "2012-04-01")
    assert ["withdrawn", "open"] == [each["status"] for each in made.json("case", "list")]


def test_no_case_is_opened_in_a_round_that_is_closed(office: MakeOffice) -> None:
    made = opened(office(APPLY))
    made.ok("round", "close", "small.community-2012")
    assert "E_ROUND_OVER" in made.no("case", "open", SECOND, SMALL, "--date", "2012-04-01", code=2)
    assert "E_ROUND_OVER" in made.no("round", "close", "small.community-2012", code=2)
    made.ok("case", "open", SECOND, SMALL, "--date", "2012-04-01", "--year", 2013)


def test_a_unit_is_named_by_code_or_name_and_one_that_is_not_there_is_said_to(office: MakeOffice) -> None:
    made = office(APPLY)
    made.ok("case", "open", "第三居委会", SMALL, "--date", "2012-03-01")
    assert "U01" in made.no("case", "open", "110101001001", SMALL, code=2)
    assert "DB" in made.no("case", "open", FIRST, "small.comunity", code=2)


def test_a_unit_of_another_kind_cannot_apply(demo: Office) -> None:
    found = demo.no("case", "open", "310118102", "jiangsu.wujin.community", "--date", "2012-11-01")
    assert "WF26" in found
    assert "现有 镇，应为 居委会 村委会" in found


def test_a_standard_that_is_not_in_force_yet_takes_no_cases(demo: Office) -> None:
    assert "S09" in demo.no("case", "open", "320412001007", "jiangsu.wujin.community", "--date", "2001-01-01", code=2)


def test_where_several_tracks_are_open_one_has_to_be_named(office: MakeOffice) -> None:
    made = office('id = "a"\ntitle = "甲线"\ntrack = "one"', 'id = "b"\ntitle = "乙线"\ntrack = "two"')
    found = made.no("case", "open", FIRST, SMALL, "--date", "2012-03-01")
    assert "WF29 要说明走哪一条线" in found
    assert "缺：走哪一条线（--track）" in found
    made.ok("case", "open", FIRST, SMALL, "--track", "two", "--date", "2012-03-01")
    assert ["b"] == made.stages(NAME)


# looking


def test_the_list_is_grouped_by_standard_and_narrowed_by_state_stage_and_territory(office: MakeOffice) -> None:
    made = opened(opened(office(APPLY, NAMING)), SECOND)
    made.ok("case", "move", NAME, "--date", "2012-03-02")

    assert "示范社区  small.community  2 件" in made.ok("case", "list")
    assert [NAME] == [each["id"] for each in made.json("case", "list", "--stage", "命名")]
    assert 2 == len(made.json("case", "list", "--status", "open", "--under", "3101"))
    assert [] == made.json("case", "list", "--under", "32")


@pytest.mark.parametrize(
    ("args", "code"),
    [(("--status", "running"), "E_STATUS"), (("--stage", "nowhere"), "E_STAGE"), (("--standard", "none.such"), "DB")],
)
def test_a_list_by_a_name_that_does_not_exist_is_a_problem(office: MakeOffice, args: tuple[str, ...], code: str) -> None:
    assert code in office(APPLY).no("case", "list", *args, code=2)


def test_a_case_that_does_not_exist_is_said_to(office: MakeOffice) -> None:
    made = office(APPLY)
    for args in (("show", "x"), ("move", "x"), ("score", "x"), ("paper", "x", "y")):
        assert "E_NO_CASE 没有这个申报件：x" in made.no("case", *args, code=2)


# days


def test_nothing_is_recorded_for_a_day_to_come_or_before_its_stage_began(office: MakeOffice) -> None:
    made = opened(office(APPLY, NAMING))
    assert "E_DAY" in made.no("case", "move", NAME, "--date", "2999-01-01", code=2)
    assert "E_DAY 日期的先后不对；写的是：2012-02-28；可以是：>= 2012-03-01" in made.no(
        "case", "move", NAME, "--date", "2012-02-28", code=2
    )
    assert "Can be passed" in made.ok("case", "show", NAME, "--date", "2999-01-01", "--lang", "en")


# every kind of block, once


def test_too_few_points_block_with_score_line_and_clause(office: MakeOffice) -> None:
    made = opened(office(APPLY + '\nrequires = "score >= 9"'))
    assert "✗ WF01 没有达到这一环节的条件：得分 8，应为 ≥ 9  一" in blocked(made)
    assert "score 8, required ≥ 9" in blocked(made, "--lang", "en")


def test_points_that_are_open_block_and_name_the_facts(office: MakeOffice) -> None:
    made = opened(office(APPLY + '\nrequires = "score >= 9"'), points=None)
    found = blocked(made)
    assert "WF02 这一环节的条件还不能判断：应为 ≥ 9，缺：居民户数" in found
    assert f"→ duibiao fact list {FIRST} --standard {SMALL} --period 2012 --missing" in found
    assert "households" in str(made.json("fact", "list", FIRST, "--standard", SMALL, "--period", 2012))


GATE = '[[gate]]\nid = "ready"\ntitle = "准备就绪"\nclause = "二"\nfact = "self_check_done"'


def test_a_gate_blocks_under_its_own_clause_while_unknown_and_when_it_fails(office: MakeOffice) -> None:
    made = opened(office(APPLY + "\nrequires = 'gate(\"ready\")'", more=GATE))
    assert "WF04 关口还不能判断：准备就绪，缺：自查完成  二" in blocked(made)
    made.ok("fact", "set", FIRST, "self_check_done=否", "--period", 2012)
    assert "WF03 关口没有通过：准备就绪" in blocked(made)


def test_what_the_stage_records_itself_needs_nobody_to_type_it(office: MakeOffice) -> None:
    stage = APPLY + '\ndocuments = ["申报表"]\nrecords = { self_check_done = true }' + "\nrequires = 'gate(\"ready\")'"
    made = opened(office(stage, NAMING, more=GATE))
    assert "→ 上面的办完，这里自动记录" in blocked(made)
    made.ok("case", "paper", NAME, "申报表", "--date", "2012-03-02")
    warned(made)


def test_binding_indicators_block_while_unknown_and_when_not_met(demo: Office) -> None:
    name = "national-2008-0001"
    demo.ok("case", "paper", name, "申报表", "--date", "2008-11-05")
    demo.ok("fact", "set", "310104003001", "volunteer_station=否", "--period", 2008)
    found = demo.no("case", "move", name, "--date", "2008-12-01")
    assert "WF05 有必须做到的指标没有做到" in found
    assert "· 志愿者服务站  民发〔2009〕165号 三(二)" in found
    demo.ok("fact", "set", "310104003001", "volunteer_station=", "--period", 2008)
    assert "WF06" in demo.codes(name, "2008-12-01")


def test_a_missing_paper_blocks_until_it_is_registered_as_the_hint_says(office: MakeOffice) -> None:
    made = opened(office(APPLY + '\ndocuments = ["申报表", "自评报告"]'))
    found = blocked(made)
    assert "WF07 材料不齐：申报表、自评报告" in found
    assert f"→ duibiao case paper {NAME} 申报表" in found
    made.each(f"case paper {NAME} 申报表", f"case paper {NAME} 自评", day="2012-03-02")
    warned(made)


def test_only_papers_of_the_checklist_are_registered_and_a_scan_is_looked_at(office: MakeOffice, tmp_path: object) -> None:
    made = opened(office(APPLY + '\ndocuments = ["申报表", "申报说明"]'))
    assert "E_PAPER 这个环节的材料清单里没有这一项；写的是：户口簿；可以是：申报表, 申报说明" in made.no(
        "case", "paper", NAME, "户口簿", code=2
    )
    assert "E_PAPER" in made.no("case", "paper", NAME, "申报", code=2)
    scan = made.folder.parent / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4 scan")
    made.ok("case", "paper", NAME, "申报表", "--file", scan)
    scan.with_suffix(".exe").write_bytes(b"MZ")
    assert "E_EV_KIND" in made.no("case", "paper", NAME, "申报说明", "--file", scan.with_suffix(".exe"), code=2)
    assert ["paper.received"] == [each["kind"] for each in made.json("journal", "show", "--last", 1)]


NOTICE = APPLY + '\nnotice = { places = ["社区", "街道"], contacts = ["监督电话"], media = "报纸" }'


def test_a_notice_blocks_until_it_is_posted_whole_and_over(office: MakeOffice) -> None:
    made = opened(office(NOTICE))
    assert "WF08 还没有公示：社区、街道" in blocked(made)
    made.ok("case", "notice", NAME, "--place", "社区", "--contact", "监督电话", "--date", "2012-03-02")
    found = blocked(made)
    assert "WF09 公示不完整：街道、报纸" in found
    assert "WF11 公示没有截止日：缺：公示截止日（--until）" in found
    made.ok("case", "notice", NAME, "--until", "2012-03-09", "--media", "区报", "--date", "2012-03-02")
    found = blocked(made)
    assert "WF10 公示期还没有结束：公示到 2012-03-09，次日起可以办理" in found
    assert f"→ duibiao case move {NAME}（2012-03-10 起）" in found
    assert "WF10" in made.codes(NAME, "2012-03-09")
    warned(made, day="2012-03-10")


def test_a_notice_is_posted_only_where_the_source_asks_for_one(office: MakeOffice) -> None:
    made = opened(office(APPLY))
    assert "E_NO_NOTICE" in made.no("case", "notice", NAME, code=2)
    assert "E_DAY" in opened(made, SECOND).no("case", "notice", NAME, "--date", "2999-01-01", code=2)


def test_an_objection_blocks_until_it_is_settled_with_an_answer(office: MakeOffice) -> None:
    made = opened(office(APPLY, NAMING))
    made.ok("case", "object", NAME, "--who", "居民甲", "--text", "账目未公开", "--date", "2012-03-02")
    found = blocked(made)
    assert "WF12 有异议没有办结：第 1 号：账目未公开，2012-03-02 提出" in found
    assert f"→ duibiao case settle {NAME} 1 --dismissed|--upheld --answer 答复" in found
    assert "E_ANSWER" in made.no("case", "settle", NAME, "1", "--dismissed", "--answer", " ", code=2)
    assert "E_DAY" in made.no("case", "settle", NAME, "1", "--upheld", "--answer", "已公开", "--date", "2012-03-01", code=2)
    made.ok("case", "settle", NAME, "1", "--upheld", "--answer", "已公开", "--date", "2012-03-04")
    assert "E_PART" in made.no("case", "settle", NAME, "1", "--upheld", "--answer", "再答", code=2)
    assert "※ WF56 有异议成立：第 1 号：账目未公开" in warned(made)
    assert "异议 1：居民甲 账目未公开  [2012-03-04 成立 已公开]" in made.ok("case", "show", NAME)


def test_a_body_that_was_not_asked_blocks_and_one_that_disagrees_goes_on_record(office: MakeOffice) -> None:
    made = opened(office(APPLY + '\nconsults = ["公安分局", "城管"]'))
    assert "WF13 还没有征求到意见：公安分局、城管" in blocked(made)
    made.ok("case", "opinion", NAME, "公安分局", "--text", "同意", "--date", "2012-03-02")
    made.ok("case", "opinion", NAME, "城管", "--disagree", "--text", "占道经营", "--date", "2012-03-02")
    assert "※ WF54 有单位不同意：城管：占道经营" in warned(made)


def test_a_stage_that_is_not_open_yet_says_when_it_opens(office: MakeOffice) -> None:
    made = opened(office(APPLY + "\nopens = 2012-04-01\ncloses = 2012-04-30"))
    assert "WF14 办理时段还没有开始：2012-04-01 开始（还有 27 天）" in blocked(made)
    assert "还有 27 天开始（2012-04-01—2012-04-30）" in made.ok("case", "show", NAME, "--date", "2012-03-05")
    assert "还剩 29 天（2012-04-01—2012-04-30）" in made.ok("case", "show", NAME, "--date", "2012-04-01")


def test_where_nothing_is_accepted_late_the_case_is_forfeited(office: MakeOffice) -> None:
    made = opened(office(APPLY + '\ncloses = 2012-03-10\nlate = "forfeited"', NAMING))
    assert "WF32 没有逾期失效" in made.no("case", "forfeit", NAME, "--date", "2012-03-10")
    found = blocked(made, day="2012-03-11")
    assert "WF15 已过截止日，逾期不再受理：截止 2012-03-10（已过 1 天）" in found
    assert f"→ duibiao case forfeit {NAME}" in found
    made.ok("case", "forfeit", NAME, "--date", "2012-03-11")
    assert "forfeited" == made.case(NAME)["status"]


def test_where_late_is_only_warned_of_it_goes_on_record(office: MakeOffice) -> None:
    made = opened(office(APPLY + "\ncloses = 2012-03-10", NAMING))
    assert "※ WF51 过了截止日：截止 2012-03-10（已过 1 天）" in warned(made, day="2012-03-11")


def test_days_of_an_earlier_round_do_not_bind_a_later_one(office: MakeOffice) -> None:
    made = office(APPLY + "\ncloses = 2012-03-10", NAMING)
    made.ok("case", "open", FIRST, SMALL, "--date", "2013-03-01")
    assert "※ WF55" in made.ok("case", "move", "small-2013-0001", "--date", "2013-05-01")


def test_a_shortcoming_blocks_until_it_is_mended_by_its_day(office: MakeOffice) -> None:
    made = opened(office(APPLY, NAMING))
    made.ok("case", "find", NAME, "--text", "台账不全", "--due", "2012-03-20", "--date", "2012-03-02")
    found = blocked(made)
    assert "WF16 有问题没有整改到位：第 1 号：台账不全，限 2012-03-20" in found
    assert f"→ duibiao case mend {NAME} 1 --measure 措施" in found
    assert "问题 1：台账不全  [未整改，限 2012-03-20]" in made.ok("case", "show", NAME)
    assert "E_DAY" in made.no("case", "find", NAME, "--text", "迟", "--due", "2012-03-01", "--date", "2012-03-02", code=2)
    made.ok("case", "mend", NAME, "1", "--measure", "已补齐", "--date", "2012-03-04")
    assert "E_PART" in made.no("case", "mend", NAME, "1", "--measure", "又补", code=2)
    warned(made)


def test_a_sample_blocks_until_it_is_drawn_and_asks_for_the_share_the_source_leaves_open(office: MakeOffice) -> None:
    made = opened(office(APPLY + '\nsampling = { note = "按比例抽查，比例未定" }', NAMING))
    found = blocked(made)
    assert "WF17 还没有抽样：按比例抽查，比例未定，缺：抽样比例（--share）" in found
    assert "→ duibiao round sample small.community-2012 apply --seed 种子 --share 比例" in found
    made.ok("round", "sample", "small.community-2012", "apply", "--seed", "x", "--share", "100%", "--date", "2012-03-02")
    warned(made)


def test_work_is_given_out_and_done_before_the_next_stage_is_left(office: MakeOffice) -> None:
    made = opened(office(APPLY + '\nbreakdown = true\nproduces = ["任务分解表"]', 'id = "work"\ntitle = "实施"', NAMING))
    found = blocked(made)
    assert "WF18 任务还没有分解：任务分解表" in found
    assert f"→ duibiao case task {NAME} 部门 任务" in found
    made.ok("case", "task", NAME, "民政局", "办公用房", "--due", "2012-04-01", "--date", "2012-03-02")
    warned(made)
    found = blocked(made, day="2012-03-06")
    assert "WF19 有任务没有完成：第 1 号（民政局），办公用房，限 2012-04-01" in found
    assert f"→ duibiao case done {NAME} 1" in found
    made.ok("case", "done", NAME, "1", "--date", "2012-03-06")
    assert "E_PART" in made.no("case", "done", NAME, "1", code=2)
    warned(made, day="2012-03-06")


def test_the_mock_inspection_comes_first(office: MakeOffice) -> None:
    made = opened(office(APPLY + '\nmock = "模拟检查记录"', NAMING))
    found = blocked(made)
    assert "WF20 还没有做模拟检查：模拟检查记录" in found
    made.ok("case", "paper", NAME, "模拟检查记录", "--date", "2012-03-02")
    warned(made)


def test_a_case_that_is_over_collects_nothing_more(office: MakeOffice) -> None:
    made = opened(office(APPLY + '\ndocuments = ["申报表"]'))
    made.ok("case", "withdraw", NAME, "--reason", "暂缓", "--date", "2012-03-02")
    before = made.entries()
    for args in (
        ("move", NAME), ("paper", NAME, "申报表"), ("opinion", NAME, "某局"), ("object", NAME, "--who", "甲", "--text", "乙"),
        ("find", NAME, "--text", "丙"), ("task", NAME, "丁", "戊"), ("withdraw", NAME, "--reason", "再撤"),
        ("return", NAME, "--to", "apply", "--reason", "己"), ("reject", NAME, "--reason", "庚"),
        ("score", NAME, "街镇", "reach=1", "--reason", "辛", "--approver", "壬"),
    ):  # fmt: skip
        assert "WF21 申报件已经不在办理中：现在是已撤回" in made.no("case", *args), args
    assert before == made.entries()


def test_a_stage_the_case_is_not_at_is_not_passed(office: MakeOffice) -> None:
    made = opened(office(APPLY, NAMING))
    assert "WF22 申报件不在这个环节：现在在 申报" in blocked(made, "--stage", "naming")
    assert "it is at Application" in blocked(made, "--stage", "命名", "--lang", "en")
    assert "E_STAGE" in made.no("case", "move", NAME, "--stage", "nowhere", code=2)


TWO = '[[award]]\nid = "model"\ntitle = "模范社区"\nclause = "一"\nrequires = "score >= 9"'


def test_of_several_titles_one_is_named_and_its_own_condition_holds(office: MakeOffice) -> None:
    both = NAMING.replace('["demonstration"]', '["demonstration", "model"]')
    made = opened(office(both, more=TWO))
    found = blocked(made)
    assert "WF23 要说明授予哪一个称号：demonstration 示范社区、model 模范社区" in found
    assert f"→ duibiao case move {NAME} --award model" in found
    assert "WF24 这个环节不授予这个称号" in blocked(made, "--award", "gold")
    assert "WF27 不符合称号的条件：模范社区" in blocked(made, "--award", "model")
    assert "得分 8，应为 ≥ 9" in blocked(made, "--award", "model")
    assert "示范社区" in warned(made, "--award", "demonstration", "--certificate", "示〔2012〕1号")
    assert [("demonstration", "示〔2012〕1号")] == [(each["award"], each["certificate"]) for each in made.case(NAME)["titles"]]


def test_a_title_whose_condition_is_open_is_not_given(office: MakeOffice) -> None:
    made = opened(office(NAMING), points=None)
    assert "WF28 称号的条件还不能判断：示范社区" in blocked(made)


def test_a_quota_is_never_exceeded_and_a_withdrawal_frees_the_place(office: MakeOffice) -> None:
    quota = '[[selection]]\nid = "one"\ntitle = "推荐名额"\nclause = "二"\nstage = "apply"\nquota = 1\naward = "demonstration"'
    made = opened(opened(office(APPLY, NAMING, more=quota)), SECOND)
    second = "small-2012-0002"
    warned(made)
    found = made.no("case", "move", second, "--date", "2012-03-05")
    assert "WF45 选中的超过名额：推荐名额，名额 1，这是第 2 个  二" in found
    made.ok("case", "return", NAME, "--to", "apply", "--reason", "补正", "--date", "2012-03-06")
    made.ok("case", "move", second, "--date", "2012-03-06")
    assert "WF45" in made.no("case", "move", NAME, "--date", "2012-03-07")
    made.ok("case", "withdraw", second, "--reason", "让出", "--date", "2012-03-07")
    warned(made, day="2012-03-08")


def test_a_ratio_is_counted_over_the_units_of_the_province_in_the_workspace(office: MakeOffice) -> None:
    ratio = (
        '[[selection]]\nid = "r"\ntitle = "推荐比例"\nclause = "二"\nstage = "apply"\naward = "demonstration"\n'
        'ratio = { take = 1, of = 9, round = "down" }\ngroup_by = "province"'
    )  # fmt: skip
    made = opened(opened(office(APPLY, NAMING, more=ratio)), SECOND)
    warned(made)
    found = made.no("case", "move", "small-2012-0002", "--date", "2012-03-05")
    assert "名额 1，这是第 2 个，按工作区里 31 的 9 个单位计" in found
    assert "→ duibiao unit import 31" in found


# back, out, and what is frozen


def test_a_case_sent_back_goes_through_its_stages_again_and_the_reason_is_kept(office: MakeOffice) -> None:
    middle = 'id = "review"\ntitle = "审核"\nlevel = "区"'
    made = opened(office(APPLY + '\ndocuments = ["申报表"]', middle, NAMING))
    made.ok("case", "paper", NAME, "申报表", "--date", "2012-03-02")
    for day in ("2012-03-03", "2012-03-04"):
        warned(made, day=day)
    assert "WF30 不能退回到这个环节：可以退回到 申报、审核" in made.no("case", "return", NAME, "--to", "naming", "--reason", "x")
    assert "WF31 要写明理由" in made.no("case", "return", NAME, "--to", "apply", "--reason", " ")
    made.ok("case", "return", NAME, "--to", "申报", "--reason", "申报表有误", "--date", "2012-03-06")

    case = made.case(NAME)
    assert (["apply"], "街镇") == (case["stages"], case["holder"])
    assert [("apply", "returned"), ("review", "returned"), ("naming", "returned"), ("apply", "")] == [
        (each["stage"], each["outcome"]) for each in case["steps"]
    ]
    assert "申报表有误" in made.ok("case", "show", NAME)
    for day in ("2012-03-07", "2012-03-08", "2012-03-09"):
        warned(made, day=day)
    assert "named" == made.case(NAME)["status"]


def test_a_case_can_be_refused_with_a_reason(office: MakeOffice) -> None:
    made = opened(office(APPLY, NAMING))
    made.ok("case", "reject", NAME, "--reason", "不符合标准", "--date", "2012-03-04")
    assert ("not_named", [], "") == tuple(made.case(NAME)[key] for key in ("status", "stages", "holder"))


def test_withdrawing_needs_a_reason(office: MakeOffice) -> None:
    made = opened(office(APPLY))
    assert "WF31" in made.no("case", "withdraw", NAME, "--reason", " ")


def test_a_dry_run_says_what_would_happen_and_changes_nothing(office: MakeOffice) -> None:
    made = opened(office(APPLY, NAMING))
    before = made.entries()
    assert "试算，未保存：small-2012-0001 申报 通过 → 命名" in made.ok("case", "move", NAME, "--dry-run", "--date", "2012-03-02")
    assert (before, ["apply"]) == (made.entries(), made.stages(NAME))


def test_a_decision_keeps_score_edition_and_hash_whatever_the_facts_become(office: MakeOffice) -> None:
    made = opened(office(APPLY + '\nrequires = "score >= 6"', NAMING))
    warned(made)
    (before,) = [each["result"] for each in made.case(NAME)["steps"] if each["stage"] == "apply"]
    made.ok("fact", "set", FIRST, f"{FACT}=60", "--period", 2012)
    (after,) = [each["result"] for each in made.case(NAME)["steps"] if each["stage"] == "apply"]

    assert before == after
    assert ("8", "街镇", "2020", "2012", "2012-03-05") == tuple(
        after[key] for key in ("score", "level", "edition", "period", "as_of")
    )
    assert made.case(NAME)["content_hash"] == after["content"]
    assert 64 == len(after["verdicts"])
    assert {f"case/{NAME}", f"unit/{FIRST}"} == set(after["seen"])
    assert "得分 8（街镇）" in made.ok("case", "show", NAME)
    assert "得分（区）：6 / 10" in made.ok("case", "show", NAME)


def test_a_case_opened_under_another_content_of_the_standard_is_marked(office: MakeOffice) -> None:
    made = opened(office(APPLY))
    assert "标准的内容在开件之后改过" not in made.ok("case", "show", NAME)
    site = made.folder.parents[1] / "site-0" / "duibiao_small" / "community.toml"
    site.write_text(site.read_text("utf-8").replace("score >= 6", "score >= 7"), "utf-8")
    del sys.modules["duibiao_small"]
    assert "※ 标准的内容在开件之后改过，以下按现在的内容" in made.ok("case", "show", NAME)
    assert made.case(NAME)["changed"] is True


def test_what_is_typed_is_kept_without_what_cannot_be_seen(office: MakeOffice) -> None:
    made = opened(office(APPLY))
    made.ok("case", "find", NAME, "--text", "台\u202e账\x1b[31m不全[red]")
    shown = made.ok("case", "show", NAME)
    assert "台账[31m不全[red]" in shown
    assert "\x1b" not in shown
    assert "E_BLANK" in made.no("case", "find", NAME, "--text", "\u200b", code=2)
    assert "TX01" in made.no("case", "find", NAME, "--text", "a\x00b", code=2)
    assert "TX02" in made.no("case", "object", NAME, "--who", "甲" * 300, "--text", "x", code=2)
