"""Rounds at the command line: samples that anybody can draw again, naming in batch within the places there are."""

from __future__ import annotations

import pytest
from conftest import MakeOffice
from offices import FACT, UNITS, Office

from duibiao.services import cases
from duibiao.services.desk import Desk
from duibiao.workflow.sampling import sample

SMALL, ROUND = "small.community", "small.community-2012"
CHECK = 'id = "check"\ntitle = "抽查"\nlevel = "市"\nsampling = { note = "比例未定" }'
NAMING = 'id = "naming"\ntitle = "命名"\ntitle_en = "Naming"\nlevel = "区"\ngrants = ["demonstration"]'
DAY = ("--date", "2012-06-01")


def quota(number: int, **keys: str) -> str:
    """A quota at the naming stage."""
    more = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    return (
        f'[[selection]]\nid = "quota"\ntitle = "命名名额"\ntitle_en = "Quota"\nclause = "二"\nstage = "naming"\n'
        f'award = "demonstration"\nquota = {number}\n{more}'
    )


def apply(office: Office, *points: int | None, first: int = 0, day: str = "2012-03-01") -> list[str]:
    """Cases of units with so many points each, in their order; None stands for points that nobody knows."""
    for number, each in enumerate(points, first):
        code = UNITS[number][0]
        if each is not None:
            office.ok("fact", "set", code, f"{FACT}={each * 10}", "--period", 2012)
        office.ok("case", "open", code, SMALL, "--date", day)
    return [f"small-2012-{number + 1:04}" for number in range(first, first + len(points))]


def name(office: Office, *args: object) -> str:
    """A naming act that goes through."""
    return office.ok("round", "name", ROUND, *DAY, *args)


def named(office: Office) -> list[str]:
    """Cases that ended in the title."""
    return [each["id"] for each in office.json("case", "list", "--status", "named")]


# rounds


def test_a_round_opens_with_a_title_once_a_year_and_closes(office: MakeOffice) -> None:
    made = office(NAMING)
    made.ok("round", "open", SMALL, "--year", 2012, "--title", "首轮")
    assert "E_SAME" in made.no("round", "open", SMALL, "--year", 2012, code=2)
    assert "首轮" in made.ok("round", "list")
    made.ok("round", "close", ROUND)
    assert "首轮 (closed)" in made.ok("round", "list", "--lang", "en")
    assert "E_ROUND" in made.no("round", "close", "none-2012", code=2)


def test_an_office_without_rounds_says_so(office: MakeOffice) -> None:
    assert "还没有轮次" in office(NAMING).ok("round", "list")


def test_a_round_is_listed_with_its_cases_by_stage_and_its_samples(office: MakeOffice) -> None:
    made = office(CHECK, NAMING)
    apply(made, 8, 9)
    made.ok("round", "sample", ROUND, "抽查", "--seed", "甲乙", "--share", "50%", *DAY)
    told = made.ok("round", "list", "--full")
    (only,) = made.json("round", "list")

    assert "抽查 2" in told
    assert "抽样“抽查”：抽 1/2，种子 甲乙，2012-06-01" in told
    assert only["samples"][0]["chosen"][0] in told
    assert {"check": 2, "naming": 0} == only["stages"]


# samples


def test_a_sample_can_be_drawn_again_by_anybody_from_what_is_recorded(office: MakeOffice) -> None:
    made = office(CHECK, NAMING)
    apply(made, 6, 7, 8, 9, 10)
    made.ok("round", "sample", ROUND, "check", "--seed", "彩票12345", "--share", "40%", *DAY)
    (drawn,) = made.json("round", "list")[0]["samples"]

    assert [code for code, _ in UNITS[:5]] == drawn["pool"]
    assert list(sample(drawn["pool"], seed=drawn["seed"], share=drawn["asked"])) == drawn["chosen"]
    assert 2 == len(drawn["chosen"])
    assert "sample.drawn" == made.last()["kind"]


def test_a_sample_is_drawn_once_and_a_dry_run_draws_nothing(office: MakeOffice) -> None:
    made = office(CHECK, NAMING)
    apply(made, 6, 7)
    args = ("round", "sample", ROUND, "check", "--seed", "1", "--count", 1, *DAY)
    before = made.entries()
    tried = made.ok(*args, "--dry-run")
    assert "试算，未保存：2 抽 1" in tried
    assert before == made.entries()
    assert tried.splitlines()[0] == made.ok(*args).splitlines()[0]
    assert "E_DRAWN 这个环节已经抽过样：抽查；不能重抽" in made.no(*args, code=2)
    assert "E_DRAWN" in made.no(*args, "--dry-run", code=2)


@pytest.mark.parametrize("args", [("--share", "50%"), ("--count", "3")])
def test_a_sample_that_the_source_sizes_is_not_drawn_otherwise(office: MakeOffice, args: tuple[str, str]) -> None:
    made = office(CHECK.replace('note = "比例未定"', 'share = "20%"'), NAMING)
    apply(made, 6, 7)
    assert "20%" in made.no("round", "sample", ROUND, "check", "--seed", "1", *args, *DAY, code=2)
    made.ok("round", "sample", ROUND, "check", "--seed", "1", *DAY)


def test_only_a_stage_that_samples_is_sampled_and_a_seed_is_needed(office: MakeOffice) -> None:
    made = office(CHECK, NAMING)
    apply(made, 6)
    assert "E_NO_SAMPLE" in made.no("round", "sample", ROUND, "naming", "--seed", "1", "--count", 1, code=2)
    assert "E_STAGE" in made.no("round", "sample", ROUND, "elsewhere", "--seed", "1", "--count", 1, code=2)
    assert "E_BLANK" in made.no("round", "sample", ROUND, "check", "--seed", " ", "--count", 1, code=2)


def test_a_unit_outside_the_sample_passes_unchecked_and_that_is_on_record(office: MakeOffice) -> None:
    made = office(CHECK + '\nrequires = "score >= 9"', NAMING)
    first, second = apply(made, 7, 7)
    made.ok("round", "sample", ROUND, "check", "--seed", "1", "--count", 1, *DAY)
    (drawn,) = made.json("round", "list")[0]["samples"]
    inside, outside = (first, second) if UNITS[0][0] in drawn["chosen"] else (second, first)

    assert "WF01" in made.no("case", "move", inside, *DAY)
    assert "※ WF53 没有抽到，未经检查通过" in made.ok("case", "move", outside, *DAY)


def test_a_case_opened_after_the_sample_was_drawn_is_checked(office: MakeOffice) -> None:
    made = office(CHECK + '\nrequires = "score >= 9"', NAMING)
    apply(made, 7)
    made.ok("round", "sample", ROUND, "check", "--seed", "1", "--count", 0, *DAY)
    (late,) = apply(made, 7, first=1, day="2012-06-02")
    assert "WF01" in made.no("case", "move", late, "--date", "2012-06-03")


# naming in batch


def test_those_who_qualify_are_named_in_one_act_with_certificates_in_a_row(office: MakeOffice) -> None:
    made = office(NAMING)
    first, short, third, unknown = apply(made, 8, 5, 6, None)
    told = name(made, "--certificates", "示〔{year}〕{n:03}号")

    assert [first, third] == named(made)
    assert f"{first}  第一居委会  8  可命名  示〔2012〕001号" in told
    assert f"{short}  第二居委会  5  不符合条件" in told
    assert f"{unknown}  第四居委会  5–10  结果未定" in told
    assert "已保存：命名 2 个" in told
    assert ["示〔2012〕001号", "示〔2012〕002号"] == [each["certificate"] for each in made.json("award", "list")]
    assert {"naming 2012-06-01"} == {each["act"] for each in made.json("award", "list")}


def test_a_dry_run_names_nobody(office: MakeOffice) -> None:
    made = office(NAMING)
    apply(made, 8)
    before = made.entries()
    assert "Dry run, not saved: 1 named" in name(made, "--dry-run", "--lang", "en")
    assert (before, []) == (made.entries(), named(made))


def test_within_a_quota_the_highest_scores_are_named_and_ties_wait_for_a_choice(office: MakeOffice) -> None:
    made = office(NAMING, more=quota(2))
    low, best, tied, also = apply(made, 6, 9, 8, 8)
    told = name(made)

    assert "命名名额：还有 2 个名额  示例〔2020〕1号 二" in told
    assert [best] == named(made)
    assert f"{tied}  第三居委会  8  并列，要选定" in told
    assert f"{low}  第一居委会  6  不在名额内" in told
    name(made, "--pick", also)
    assert [best, also] == named(made)


def test_places_that_were_given_earlier_are_gone(office: MakeOffice) -> None:
    made = office(NAMING, more=quota(2))
    (first,) = apply(made, 7)
    name(made)
    better, best, _ = apply(made, 8, 9, 6, first=1)
    told = name(made)

    assert "命名名额：还有 1 个名额" in told
    assert [first, best] == named(made)
    assert f"{better}  第二居委会  8  不在名额内" in told
    assert "没有可以命名的，什么也没有改" in name(made)


def test_more_picks_than_places_are_refused_and_nobody_is_named(office: MakeOffice) -> None:
    made = office(NAMING, more=quota(1))
    first, second = apply(made, 8, 8)
    before = made.entries()
    found = made.no("round", "name", ROUND, "--pick", first, "--pick", second, *DAY)
    assert "WF45 选中的超过名额：命名名额，名额 1，这是第 2 个  示例〔2020〕1号 二" in found
    assert (before, []) == (made.entries(), named(made))


def test_a_pick_that_is_outranked_does_not_qualify_or_is_elsewhere_is_refused(office: MakeOffice) -> None:
    made = office('id = "apply"\ntitle = "申报"', NAMING, more=quota(1))
    best, low, short, away = apply(made, 9, 7, 5, 8)
    for each in (best, low, short):
        made.ok("case", "move", each, "--date", "2012-03-02")
    assert "WF44" in made.no("round", "name", ROUND, "--pick", low, *DAY)
    assert "WF44" in made.no("round", "name", ROUND, "--pick", short, *DAY)
    assert "E_NOT_THERE" in made.no("round", "name", ROUND, "--pick", away, *DAY, code=2)
    assert [] == named(made)


def test_a_case_with_something_in_the_way_is_left_and_does_not_take_a_place(office: MakeOffice) -> None:
    made = office(NAMING, more=quota(1))
    best, second = apply(made, 9, 7)
    made.ok("case", "object", best, "--who", "居民", "--text", "账目未公开", "--date", "2012-03-02")
    assert "WF12" in made.no("round", "name", ROUND, "--pick", best, *DAY)
    told = name(made)

    assert f"{best}  第一居委会  9  有事项未办结" in told
    assert "✗ WF12 有异议没有办结" in told
    assert [second] == named(made)


def test_a_case_below_the_line_of_its_stage_does_not_qualify_and_is_told_why(office: MakeOffice) -> None:
    made = office(NAMING + '\nrequires = "score >= 9"', more=quota(1))
    short, enough = apply(made, 8, 9)
    told = name(made)
    assert f"{short}  第一居委会  8  不符合条件" in told
    assert "✗ WF01 没有达到这一环节的条件：得分 8，应为 ≥ 9  一" in told
    assert [enough] == named(made)


def test_a_standard_with_several_titles_is_told_which_and_one_without_has_no_naming(office: MakeOffice) -> None:
    more = '[[award]]\nid = "model"\ntitle = "模范社区"\nclause = "一"\nrequires = "score >= 9"'
    made = office(NAMING.replace('["demonstration"]', '["demonstration", "model"]'), more=more)
    first, second = apply(made, 9, 7)
    assert "E_WHICH_AWARD" in made.no("round", "name", ROUND, *DAY, code=2)
    assert "E_NO_NAMING" in made.no("round", "name", ROUND, "--award", "gold", *DAY, code=2)
    told = name(made, "--award", "模范社区")
    assert f"{second}  第二居委会  7  不符合条件" in told
    name(made, "--award", "demonstration")
    assert [(first, "model"), (second, "demonstration")] == [(each["case_id"], each["award"]) for each in sorted(
        made.json("award", "list"), key=lambda each: each["case_id"])]  # fmt: skip


def test_certificates_go_on_after_the_last_and_none_is_used_twice(office: MakeOffice) -> None:
    made = office(NAMING)
    first, second, third = apply(made, 8, 8, 8)
    pattern = ("--certificates", "示{year}-{n:02}")
    name(made, *pattern, "--pick", first)
    assert "E_CERTIFICATE 证书编号已经用过：示2012-01" in made.no(
        "round", "name", ROUND, *pattern, "--start", 1, "--pick", second, *DAY, code=2
    )
    name(made, *pattern, "--pick", second)
    assert "E_CERTIFICATE" in made.no("case", "move", third, "--certificate", "示2012-02", *DAY, code=2)
    assert ["示2012-01", "示2012-02"] == sorted(each["certificate"] for each in made.json("award", "list"))
    assert "WF46" in made.no("round", "name", ROUND, "--certificates", "示{number}", *DAY, code=2)


def test_the_last_place_cannot_be_taken_by_two_who_decide_at_the_same_time(
    office: MakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office(NAMING, more=quota(1))
    first, second = apply(made, 8, 8)
    drawn = cases.draw_up

    def draw_up(desk: Desk, case: cases.File, *args: object) -> object:
        found = drawn(desk, case, *args)  # type: ignore[arg-type]
        if case.listed.id == first:
            monkeypatch.setattr(cases, "draw_up", drawn)
            made.ok("case", "move", second, *DAY)
        return found

    monkeypatch.setattr(cases, "draw_up", draw_up)
    found = made.no("case", "move", first, *DAY)
    assert "WF45" in found
    assert [second] == named(made)


def test_a_batch_is_drawn_up_again_when_somebody_names_one_of_them_meanwhile(
    office: MakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office(NAMING, more=quota(2))
    first, second, third = apply(made, 8, 7, 9)
    look, seen = cases.outlook, []

    def outlook(desk: Desk, case: cases.File, *args: object) -> object:
        found = look(desk, case, *args)  # type: ignore[arg-type]
        seen.append(case.listed.id)
        if seen.count(third) == 2:
            monkeypatch.setattr(cases, "outlook", look)
            made.ok("case", "move", second, *DAY)
        return found

    monkeypatch.setattr(cases, "outlook", outlook)
    told = name(made)
    assert [second, third] == named(made)
    assert f"{first}  第一居委会  8  不在名额内" in told
