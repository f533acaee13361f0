"""Each shape of a process (D1–D11, D16–D20, C8, C9) in a small standard of its own, on both sides of its line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from journeys import BlockedError, passed
from small_processes import DAY, begin, process, stage

from duibiao.errors import BadInputError
from duibiao.model.facts import FactSet, Ticks, Unit
from duibiao.workflow.calendar import Holidays, add_days
from duibiao.workflow.case import Status
from duibiao.workflow.derived import recorded, with_recorded
from duibiao.workflow.engine import applied, blocks, forfeit, return_targets, start_blocks
from duibiao.workflow.routes import opening, route, tracks
from duibiao.workflow.sampling import sample, sample_as
from duibiao.workflow.windows import third, timing, window

if TYPE_CHECKING:
    from conftest import WritePack


# D1 ordered stages, D2 tracks


def test_d01_stages_follow_each_other_and_none_is_skipped(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", 'actor = "社区"'), stage("two", 'actor = "区"'), stage("three")))
    assert ["WF22"] == journey.codes("two", DAY)
    moves = [journey.go(name, DAY) for name in ("one", "two", "three")]
    assert [("two",), ("three",), ()] == [each.enters for each in moves]
    assert (None, Status.CLOSED) == (moves[0].finished, moves[2].finished)
    assert ["WF21"] == journey.codes("three", DAY)


def test_d02_tracks_part_by_kind_of_unit_and_one_that_could_take_both_has_to_choose(pack: WritePack) -> None:
    towns, villages = 'track = "a"\nunit_kinds = ["居委会"]', 'track = "b"\nunit_kinds = ["村委会"]'
    source = process(pack, stage("in-a", towns), stage("in-b", villages), stage("both"))
    made = source.standard("small.community")
    assert [["in-a", "both"], ["in-b", "both"]] == [[each.id for each in route(made, Unit("", k))] for k in ("居委会", "村委会")]

    free = process(pack, stage("in-a", 'track = "a"'), stage("in-b", 'track = "b"'), stage("both")).standard("small.community")
    unit = Unit("", "居委会")
    assert ("a", "b") == tracks(free, unit)
    assert ["WF29"] == [each.code for each in start_blocks(free, unit)]
    assert ["WF29"] == [each.code for each in start_blocks(free, unit, "c")]
    assert [] == list(start_blocks(free, unit, "b"))
    assert ("in-b",) == opening(free, unit, "b")
    assert ["both"] == [each.id for each in route(free, unit)]


def test_d02_a_stage_for_another_kind_of_unit_is_passed_over(pack: WritePack) -> None:
    source = process(
        pack,
        stage("one", 'next = ["village-only"]'),
        stage("village-only", 'unit_kinds = ["村委会"]', 'next = ["three"]'),
        stage("three"),
    )
    assert [("three",), ("village-only",)] == [begin(source, kind=kind).go("one", DAY).enters for kind in ("居委会", "村委会")]


def test_work_given_out_at_a_stage_is_done_before_it_or_after_a_breakdown_the_next_is_left(pack: WritePack) -> None:
    journey = begin(process(pack, stage("down", "breakdown = true"), stage("two"), stage("three")))
    assert ["WF18"] == journey.codes("down", DAY)
    journey.task("down", "t1", "民政局")
    journey.go("down", DAY)
    journey.task("two", "t2", "城管局")
    assert [("民政局", "t1"), ("城管局", "t2")] == [each.condition.names for each in journey.blocks("two", DAY)]


def test_a_unit_that_the_standards_scope_leaves_out_passes_no_guard(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", 'requires = "all"')))
    outside = evolve(journey.assessed("one", DAY), in_scope=False)
    (block,) = blocks(journey.standard, journey.case, "one", DAY, outside)
    assert ("WF26", "居委会", "一") == (block.code, block.condition.found, block.cite.clause)


# D3 deadlines, D4 thirds of a month, D5 late


def test_d03_a_deadline_of_every_year_gives_way_to_a_one_off_exception(pack: WritePack) -> None:
    keys = 'window = { opens = "09-01", closes = "09-30", yearly = true, exceptions = [{ year = 2012, closes = "11-15" }] }'
    (made,) = process(pack, stage("one", keys)).standard("small.community").stages
    windows = [window(made, year) for year in (2011, 2012)]
    assert [(date(2011, 9, 30), False), (date(2012, 11, 15), True)] == [(each.closes, each.exception) for each in windows if each]
    assert [("early", 1), ("open", 75), ("open", 0), ("late", 1)] == [
        (found.state, found.days)
        for found in (timing(made, 2012, day) for day in (
            date(2012, 8, 31), date(2012, 9, 1), date(2012, 11, 15), date(2012, 11, 16),
        ))
    ]  # fmt: skip


def test_d03_a_window_over_the_turn_of_the_year_ends_in_the_next(pack: WritePack) -> None:
    (made,) = (
        process(pack, stage("one", 'window = { opens = "12-01", closes = "01-31", yearly = true }'))
        .standard("small.community")
        .stages
    )
    assert ["open", "late"] == [timing(made, 2012, day).state for day in (date(2013, 1, 31), date(2013, 2, 1))]


def test_d04_a_third_of_a_month_is_kept_as_text_and_as_range(pack: WritePack) -> None:
    keys = 'window = { opens = "11月中旬", closes = "11月下旬", yearly = true }\nas_printed = "11月中旬至下旬"'
    (made,) = process(pack, stage("one", keys)).standard("small.community").stages
    found = window(made, 2012)
    assert found is not None
    assert (date(2012, 11, 11), date(2012, 11, 30), "11月中旬至下旬") == (found.opens, found.closes, found.text)
    assert [(1, 10), (11, 20), (21, 29), (29, 29)] == [
        tuple(day.day for day in third(2012, 2, part)) for part in ("上旬", "中旬", "下旬", "底")
    ]


def test_d05_late_is_warned_of_or_forfeits_as_the_source_declares(pack: WritePack) -> None:
    closes = "closes = 2012-05-31"
    mild, strict = begin(process(pack, stage("one", closes))), begin(process(pack, stage("one", closes, 'late = "forfeited"')))
    assert ["WF51"] == [each.code for each in mild.go("one", DAY).warnings]
    (block,) = strict.blocks("one", DAY)
    assert ("WF15", date(2012, 5, 31), 1) == (block.code, block.day, block.days)
    ended = applied(strict.standard, strict.case, forfeit(strict.standard, strict.case, "one", DAY))
    assert (Status.FORFEITED, ()) == (ended.status, ended.active)
    with pytest.raises(BlockedError):
        forfeit(strict.standard, strict.case, "one", date(2012, 5, 31))


def test_d05_a_stage_is_not_left_before_it_opens(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", "opens = 2012-06-02")))
    (block,) = journey.blocks("one", DAY)
    assert ("WF14", date(2012, 6, 2), 1) == (block.code, block.day, block.days)
    assert [] == journey.codes("one", date(2012, 6, 2))


def test_fixed_days_of_an_earlier_round_do_not_bind_a_later_one_but_are_mentioned(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", "opens = 2012-06-02", "closes = 2012-06-30")), year=2013)
    assert ["WF55"] == [each.code for each in journey.go("one", date(2013, 2, 1)).warnings]


# D6 notice, D7 objections

NOTICE = 'notice = { places = ["居委会"], contacts = ["区监督电话"], days = 5, working = WORKING }'


@pytest.mark.parametrize(("working", "last"), [(False, date(2012, 10, 1)), (True, date(2012, 10, 9))])
def test_d06_a_notice_runs_calendar_or_working_days_under_a_holiday_table(pack: WritePack, working: bool, last: date) -> None:
    journey = begin(process(pack, stage("one", NOTICE.replace("WORKING", str(working).lower()))))
    journey.holidays = Holidays.of((date(2012, 10, day) for day in (1, 2, 3, 4, 5)), (date(2012, 9, 29),))
    journey.notice("one", date(2012, 9, 26), None)
    (block,) = journey.blocks("one", last)
    assert ("WF10", last) == (block.code, block.day)
    made = journey.go("one", add_days(last, 1))
    assert () == made.warnings


def test_d06_working_days_of_a_year_without_a_table_are_counted_and_that_is_said(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", NOTICE.replace("WORKING", "true"))))
    journey.notice("one", date(2012, 9, 26), None)
    made = journey.go("one", date(2012, 10, 4))
    assert [("WF52", ("2012",))] == [(each.code, each.condition.names) for each in made.warnings]


def test_d06_a_notice_announced_for_longer_or_shorter_than_asked_ends_at_the_later_day(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", NOTICE.replace("WORKING", "false"))))
    journey.notice("one", date(2012, 6, 1), date(2012, 6, 2))
    assert [date(2012, 6, 6)] == [each.day for each in journey.blocks("one", date(2012, 6, 3))]
    journey.notice("one", date(2012, 6, 1), date(2012, 6, 20))
    assert [date(2012, 6, 20)] == [each.day for each in journey.blocks("one", date(2012, 6, 8))]


def test_d06_a_notice_whose_length_nobody_gives_has_to_be_given_an_end(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", 'notice = { places = ["居委会"] }')))
    assert ["WF08"] == journey.codes("one", DAY)
    journey.notice("one", DAY, None)
    (block,) = journey.blocks("one", date(2012, 12, 1))
    assert ("WF11", ("until",)) == (block.code, block.condition.missing)


def test_d06_after_a_return_the_notice_has_to_be_posted_again(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one"), stage("two", 'notice = { places = ["居委会"] }'), stage("three")))
    journey.go("one", DAY)
    journey.notice("two", DAY, DAY)
    journey.go("two", date(2012, 6, 3))
    journey.back("three", "one", date(2012, 6, 4))
    journey.go("one", date(2012, 6, 5))
    assert ["WF08"] == journey.codes("two", date(2012, 6, 6))
    journey.notice("two", date(2012, 6, 5), date(2012, 6, 6))
    assert [] == journey.codes("two", date(2012, 6, 7))


def test_d07_an_objection_blocks_its_own_stage_and_all_after_it_but_not_one_beside_it(pack: WritePack) -> None:
    source = process(
        pack,
        stage("one", 'next = ["left", "right"]'),
        stage("left", 'next = ["end"]'),
        stage("right", 'next = ["end"]'),
        stage("end"),
    )
    journey = begin(source)
    journey.go("one", DAY)
    journey.object("left", "o1", DAY)
    assert [["WF12"], []] == [journey.codes(name, DAY) for name in ("left", "right")]
    journey.object("left", "o1", DAY, settled=DAY)
    journey.go("left", DAY)
    journey.go("right", DAY)
    journey.object("one", "o2", DAY)
    (block,) = journey.blocks("end", DAY)
    assert ("WF12", ("o2",)) == (block.code, block.condition.names)
    journey.object("one", "o2", DAY, settled=DAY, outcome="upheld")
    assert ["WF56"] == [each.code for each in journey.go("end", DAY).warnings]


def test_d07_an_objection_settled_tomorrow_still_blocks_today_and_one_to_an_unknown_stage_blocks_everywhere(
    pack: WritePack,
) -> None:
    journey = begin(process(pack, stage("one")))
    journey.object("one", "o1", DAY, settled=date(2012, 6, 2))
    journey.object("elsewhere", "o2", DAY, settled=date(2012, 6, 3))
    assert [["WF12", "WF12"], ["WF12"], []] == [journey.codes("one", date(2012, 6, day)) for day in (1, 2, 3)]


# D8 samples, D9 methods, D10 documents, D11 consultation


def test_d08_everybody_goes_through_one_level_and_a_recorded_sample_through_the_next(pack: WritePack) -> None:
    source = process(
        pack,
        stage("all-of-them", 'methods = ["材料审查"]'),
        stage(
            "drawn",
            'sampling = { share = "20%" }',
            'requires = "all"',
            'methods = ["现场检查"]',
            "records = { acceptance_passed = true }",
        ),
    )
    outside, inside = begin(source, met=False), begin(source, met=False)
    for journey in (outside, inside):
        journey.go("all-of-them", DAY)
    (block,) = inside.blocks("drawn", DAY)[:1]
    outside.drawn("drawn", False)
    inside.drawn("drawn", True)

    assert ("WF17", "20%", ()) == (block.code, block.condition.required, block.condition.missing)
    assert ["WF05"] == inside.codes("drawn", DAY)
    assert [("WF53", ("现场检查",))] == [(each.code, each.condition.names) for each in outside.go("drawn", DAY).warnings]
    assert {} == recorded(outside.standard, outside.case, source.vocabulary, DAY)


def test_d08_a_sample_can_be_drawn_again_by_anybody_and_a_larger_one_contains_it() -> None:
    codes = [f"3204121{n:05d}" for n in range(50)]
    drawn = sample(codes, seed="2012-区", share="10%")
    assert drawn == sample(reversed(codes), seed="2012-区", share="10%")
    assert ("320412100002", "320412100007", "320412100035", "320412100038", "320412100043") == drawn
    assert set(drawn) < set(sample(codes, seed="2012-区", share="30%"))
    assert drawn != sample(codes, seed="2013-区", share="10%")
    assert tuple(codes) == sample(codes, seed="", count=99)


@pytest.mark.parametrize(
    ("given", "code"),
    [({}, "DB039"), ({"share": "20%", "count": 3}, "DB039"), ({"share": "120%"}, "DB024"), ({"share": "20 m2"}, "DB052"),
     ({"count": -1}, "DB024"), ({"share": "20%", "rounding": "off"}, "DB018")],
)  # fmt: skip
def test_d08_a_sample_that_nobody_sized_is_refused(given: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInputError) as caught:
        sample(["1", "2"], seed="s", **given)
    assert code in [each.code for each in caught.value.problems]


def test_d08_the_sources_share_stands_and_where_it_gives_none_whoever_draws_says_it() -> None:
    codes = [str(n) for n in range(10)]
    assert 2 == len(sample_as({"share": "20%"}, codes, seed="s"))
    assert 3 == len(sample_as({"note": "按比例"}, codes, seed="s", share="21%"))
    assert 4 == len(sample_as({"count": 4}, codes, seed="s"))
    for spec, share in (({"note": "按比例"}, None), ({"share": "20%"}, "30%")):
        with pytest.raises(BadInputError):
            sample_as(spec, codes, seed="s", share=share)


def test_d10_a_checklist_names_what_is_missing_and_takes_what_came_earlier(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", 'documents = ["申报表"]'), stage("two", 'documents = ["申报表", "报告"]')))
    journey.paper("one", "申报表", day=date(2012, 6, 2))
    assert [["WF07"], []] == [journey.codes("one", day) for day in (DAY, date(2012, 6, 2))]
    journey.go("one", date(2012, 6, 2))
    (block,) = journey.blocks("two", date(2012, 6, 2))
    assert (("报告",), "申报表") == (block.condition.names, block.condition.found)


def test_d11_bodies_are_consulted_without_points_and_one_that_disagrees_goes_on_record(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", 'consults = ["公安", "部门"]')))
    assert [("公安", "部门")] == [each.condition.names for each in journey.blocks("one", DAY)]
    journey.opinion("one", "公安", DAY, agrees=False)
    journey.opinion("one", "部门：环保局", DAY)
    assert ["WF54"] == [each.code for each in journey.go("one", DAY).warnings]


# D16 supervision, D17 and D18 duties and money, D19 rounds, D20 editions


def test_d16_supervision_begins_with_the_title_and_ends_when_what_it_found_is_mended(pack: WritePack) -> None:
    source = process(
        pack, stage("one", 'grants = ["demonstration"]'), stage("after", "supervises = true", 'duties = ["跟踪反馈"]')
    )
    journey = begin(source)
    assert ["WF21"] == journey.codes("after", DAY)
    assert ("after",) == journey.go("one", DAY).enters
    journey.finding("after", "f1", DAY)
    assert ["WF16"] == journey.codes("after", DAY)
    journey.finding("after", "f1", DAY, settled=DAY)
    with pytest.raises(BlockedError) as caught:
        journey.back("after", "one", DAY)
    assert ["WF30"] == [each.code for each in caught.value.blocks]
    journey.go("after", DAY)
    assert (Status.NAMED, ()) == (journey.case.status, journey.case.active)


def test_d17_and_d18_duties_and_money_are_told_beside_the_stages(pack: WritePack) -> None:
    money = """
[[provision]]
id = "reward"
title = "奖励"
clause = "一"
kind = "fund"
values = [{ name = "一类", amount = "2000 yuan", territories = ["3204"] }, { name = "二类", amount = "1000 yuan" }]
"""
    made = process(pack, stage("after", "supervises = true", 'duties = ["发放奖金"]'), more=money).standard("small.community")
    assert ("发放奖金",) == made.stages[0].duties
    assert ["2000 yuan", "1000 yuan"] == [each["amount"] for each in made.provisions[0].values]


def test_d19_every_round_reads_the_windows_of_its_own_year(pack: WritePack) -> None:
    source = process(pack, stage("one", 'window = { closes = "06-30", yearly = true }', 'late = "forfeited"'))
    rounds = {year: begin(source, year=year).codes("one", date(2013, 6, 1)) for year in (2012, 2013, 2014)}
    assert {2012: ["WF15"], 2013: [], 2014: []} == rounds


def test_d20_an_assessment_under_an_edition_without_the_guard_cannot_speak_for_the_stage(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", 'requires = "all"')))
    other = evolve(journey.assessed("one", DAY), stages=(), edition="2011")
    (block,) = blocks(journey.standard, journey.case, "one", DAY, other)
    assert ("WF25", "small.community 2011") == (block.code, block.condition.found)


# C8 three-way, C9 ladder


def test_c08_a_shortcoming_with_a_day_keeps_the_case_until_mended_or_refused(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", 'grants = ["demonstration"]')))
    journey.finding("one", "f1", DAY, due=date(2012, 9, 1))
    (block,) = journey.blocks("one", date(2012, 9, 2))
    assert ("WF16", date(2012, 9, 1), 1) == (block.code, block.day, block.days)
    journey.refuse("one", date(2012, 9, 2))
    assert (Status.NOT_NAMED, ["refused"]) == (journey.case.status, [each.outcome for each in journey.case.steps])


def test_c09_of_a_ladder_the_highest_title_that_is_held_is_given(pack: WritePack) -> None:
    ladder = """
[[award]]
id = "star"
title = "星级"
clause = "一"
rank = 2
requires = "all and self_check_done"
"""
    source = process(pack, stage("one", 'grants = ["demonstration", "star"]'), award="rank = 1", more=ladder)
    low, high = begin(source), begin(source)
    high.facts = evolve(high.facts, values={**high.facts.values, "self_check_done": 1})
    assert [("demonstration",), ("star",)] == [each.go("one", DAY).grants for each in (low, high)]
    assert ["WF27", "WF27"] == begin(source, met=False).codes("one", DAY)


# returning, leaving


def test_a_return_needs_a_reason_and_a_stage_that_lies_before_and_was_passed(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one"), stage("two"), stage("three")))
    journey.go("one", DAY)
    journey.go("two", DAY)
    before = journey.case
    for to, reason, code in (("one", " ", "WF31"), ("three", "有误", "WF30"), ("nowhere", "有误", "WF30")):
        with pytest.raises(BlockedError) as caught:
            journey.back("three", to, DAY, reason)
        assert [code] == [each.code for each in caught.value.blocks]
    assert before == journey.case
    assert ("one", "two") == return_targets(journey.standard, journey.case, "three")


def test_a_return_keeps_what_happened_and_takes_back_only_what_comes_after(pack: WritePack) -> None:
    source = process(
        pack,
        stage("one", 'next = ["left", "right"]'),
        stage("left", 'next = ["end"]'),
        stage("right", 'next = ["end"]'),
        stage("end"),
    )
    journey = begin(source)
    for name in ("one", "left", "right"):
        journey.go(name, DAY)
    journey.back("end", "left", date(2012, 6, 2))
    assert ["one", "right"] == passed(journey.case)
    assert ("left",) == journey.case.active
    assert ("end",) == journey.go("left", date(2012, 6, 3)).enters
    assert [("left", "returned", "材料有误"), ("end", "returned", "材料有误")] == [
        (each.stage, each.outcome, each.note) for each in journey.case.steps if each.outcome == "returned"
    ]


def test_an_application_taken_back_is_over_and_nothing_more_can_be_done(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one"), stage("two")))
    with pytest.raises(BlockedError) as caught:
        journey.leave(DAY, "")
    assert ["WF31"] == [each.code for each in caught.value.blocks]
    journey.leave(DAY)
    assert (Status.WITHDRAWN, (), ["withdrawn"]) == (
        journey.case.status, journey.case.active, [each.outcome for each in journey.case.steps],
    )  # fmt: skip
    with pytest.raises(BlockedError):
        journey.leave(DAY)


# what the process records


def test_facts_that_an_operator_typed_win_over_what_the_process_shows(pack: WritePack) -> None:
    typed = FactSet(
        Unit("甲", "居委会"), {"self_check_done": 0, "local_notice": Ticks(frozenset(), frozenset({"street_phone"}))}, DAY
    )
    shown = {"self_check_done": 1, "acceptance_passed": 1,
             "local_notice": Ticks(frozenset({"street_phone", "at_committees"}), frozenset())}  # fmt: skip
    assert {
        "self_check_done": 0, "acceptance_passed": 1,
        "local_notice": Ticks(frozenset({"at_committees"}), frozenset({"street_phone"})),
    } == with_recorded(typed, shown).values  # fmt: skip


def test_a_stage_records_its_facts_when_it_is_passed_or_ready_to_be_left_and_not_before(pack: WritePack) -> None:
    source = process(
        pack,
        stage("one", 'documents = ["表"]', 'records = { self_check_done = true, application_form_filled = { paper = "表" } }'),
    )
    journey = begin(source)

    def shown(leaving: str = "") -> dict[str, Any]:
        return dict(recorded(journey.standard, journey.case, source.vocabulary, DAY, leaving=leaving))

    assert [{}, {}] == [shown(), shown("one")]
    journey.paper("one", day=DAY)
    assert [{"application_form_filled": 1}, {"application_form_filled": 1, "self_check_done": 1}] == [shown(), shown("one")]
    journey.go("one", DAY)
    assert {"application_form_filled": 1, "self_check_done": 1} == shown()


def test_a_guard_that_asks_for_one_indicator_names_it_with_the_facts_that_are_missing(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", "requires = 'met(\"it\")'")), met=None)
    (block,) = journey.blocks("one", DAY)
    assert ("WF02", "indicator", "it", ("renovated_old_estate",)) == (
        block.code, block.condition.kind, block.condition.id, block.condition.missing,
    )  # fmt: skip
