"""Every process of the five sources, from its first stage to its end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from journeys import BlockedError, Journey, example, passed, points, prove_cited, registry

from duibiao.assess.selection import Candidate, Place
from duibiao.model.facts import Unit
from duibiao.model.outcome import State
from duibiao.workflow.blocks import Block
from duibiao.workflow.case import Status
from duibiao.workflow.engine import move
from duibiao.workflow.naming import choose, selections_at
from duibiao.workflow.windows import timing

WUJIN, YIXING = "jiangsu.wujin.community", "jiangsu.yixing.city"
COMMITTEE, STREET = "shanghai.qingpu.committee", "shanghai.qingpu.street"
STATION = "daxinganling.station"
PROCESS_FACTS = (
    "self_check_done", "application_form_filled", "recommendation_materials", "acceptance_passed", "media_notice_given",
    "notice_objections", "rectification_done", "local_notice", "creation_preparation", "district_government_consent",
    "mobilisation_meeting_held", "tasks_decomposed", "inspection_materials", "mock_inspection_done", "new_facility",
    "new_facility_accepted",
)  # fmt: skip
"""What the process records: left out of the worked facts, so that only the process can have said it."""


def one(found: tuple[Block, ...], code: str) -> Block:
    """The only block with that code; every block is cited."""
    prove_cited(found)
    (block,) = [each for each in found if each.code == code]
    return block


# Wujin: three steps, ninety points twice


def wujin(name: str = "score-exactly-90", year: int = 2012, day: date = date(2012, 10, 8)) -> Journey:
    return Journey.worked(WUJIN, name, year=year, day=day)


def at_89_5() -> Journey:
    """A community whose assessor took half a point off ninety."""
    journey = wujin()
    leaves = journey.assessed("self-check", date(2012, 11, 1)).indicators()
    best = next(leaf for leaf in leaves if leaf.points is not None and leaf.points.low > 1)
    assert best.points is not None
    journey.given = (points(best.id, str(best.points.low - Decimal("0.5"))),)
    return journey


def to_acceptance(journey: Journey) -> None:
    journey.paper("self-check", day=date(2012, 11, 1))
    journey.go("self-check", date(2012, 11, 10))
    journey.opinion("district-review", "部门：公安分局", date(2012, 11, 16))
    journey.go("district-review", date(2012, 11, 18))
    journey.drawn("city-review", True)
    journey.go("city-review", date(2012, 11, 22))
    journey.drawn("acceptance", True)


def test_wujin_runs_from_self_check_to_the_title_and_on_to_supervision() -> None:
    journey = wujin()
    to_acceptance(journey)
    made = journey.go("acceptance", date(2012, 11, 28))

    assert (("demonstration",), ("dynamic-management",), Status.NAMED) == (made.grants, made.enters, made.finished)
    assert ["self-check", "district-review", "city-review", "acceptance"] == passed(journey.case)
    assert [("demonstration", date(2012, 11, 28), None)] == [(each.award, each.since, each.until) for each in journey.case.held]
    assert [] == journey.warnings


def test_eighty_nine_and_a_half_points_are_refused_at_the_application_and_ninety_allowed() -> None:
    short, enough = at_89_5(), wujin()
    for journey in (short, enough):
        journey.paper("self-check", day=date(2012, 11, 1))
    block = one(short.blocks("self-check", date(2012, 11, 10)), "WF01")

    assert ("89.5", "90", ">=") == (block.condition.found, block.condition.required, block.condition.operator)
    assert ("关于在全区开展省级和谐社区建设示范社区（村）创建活动的通知", "四(一)") == (block.cite.document, block.cite.clause)
    assert () == enough.blocks("self-check", date(2012, 11, 10))


def test_eighty_nine_and_a_half_points_are_refused_at_the_acceptance_and_ninety_allowed() -> None:
    journey = wujin()
    to_acceptance(journey)
    allowed = journey.blocks("acceptance", date(2012, 11, 28))
    journey.given = at_89_5().given
    found = journey.blocks("acceptance", date(2012, 11, 28))
    before = journey.case

    assert () == allowed
    assert ["WF01", "WF27"] == [each.code for each in found]
    assert ("89.5", "四(三)") == (found[0].condition.found, found[0].cite.clause)
    with pytest.raises(BlockedError) as caught:
        journey.go("acceptance", date(2012, 11, 28))
    assert found == caught.value.blocks
    assert before == journey.case


def test_a_score_that_is_still_open_names_the_facts_that_would_settle_it() -> None:
    journey = wujin("judgement-missing")
    journey.paper("self-check", day=date(2012, 11, 1))
    block = one(journey.blocks("self-check", date(2012, 11, 10)), "WF02")

    assert "open" == block.condition.state
    assert block.condition.missing
    assert "85.833…" in block.condition.found


@pytest.mark.parametrize(
    ("year", "day", "state", "days"),
    [
        (2012, date(2012, 11, 15), "open", 0),
        (2012, date(2012, 11, 16), "late", 1),
        (2013, date(2013, 9, 30), "open", 0),
        (2013, date(2013, 10, 1), "late", 1),
        (2014, date(2014, 9, 29), "open", 1),
    ],
)
def test_applications_close_on_30_september_and_in_2012_on_15_november(year: int, day: date, state: str, days: int) -> None:
    (stage,) = [each for each in registry().standard(WUJIN).stages if each.id == "self-check"]
    found = timing(stage, year, day)
    assert (state, days) == (found.state, found.days)


def test_a_late_application_is_warned_of_because_the_source_does_not_refuse_it() -> None:
    journey = wujin()
    journey.paper("self-check", day=date(2012, 11, 1))
    made = journey.go("self-check", date(2012, 11, 16))
    assert [("WF51", date(2012, 11, 15), 1)] == [(each.code, each.day, each.days) for each in made.warnings]


def test_wujins_reviews_ask_for_opinions_and_a_sample_whose_share_the_source_leaves_open() -> None:
    journey = wujin()
    journey.paper("self-check", day=date(2012, 11, 1))
    journey.go("self-check", date(2012, 11, 10))
    opinions = one(journey.blocks("district-review", date(2012, 11, 18)), "WF13")
    journey.opinion("district-review", "部门：公安分局", date(2012, 11, 16), agrees=False)
    journey.go("district-review", date(2012, 11, 18))
    sample = one(journey.blocks("city-review", date(2012, 11, 22)), "WF17")

    assert (("部门",), "四(二)") == (opinions.condition.names, opinions.cite.clause)
    assert [("WF54", "district-review")] == journey.warnings
    assert (("share",), "") == (sample.condition.missing, sample.condition.required)


def test_a_unit_outside_the_citys_sample_passes_without_a_check_and_that_is_on_record() -> None:
    journey = wujin()
    to_acceptance(journey)
    journey.case = evolve(journey.case, sampled={"city-review": True, "acceptance": False})
    made = journey.go("acceptance", date(2012, 11, 28))
    assert (("demonstration",), ["WF53"]) == (made.grants, [each.code for each in made.warnings])


def test_a_unit_outside_the_sample_is_not_named_below_ninety_points() -> None:
    journey = wujin()
    to_acceptance(journey)
    journey.case = evolve(journey.case, sampled={"city-review": True, "acceptance": False})
    journey.given = at_89_5().given
    assert ["WF27"] == journey.codes("acceptance", date(2012, 11, 28))


def test_supervision_after_the_naming_waits_for_what_it_found_to_be_mended() -> None:
    journey = wujin()
    to_acceptance(journey)
    journey.go("acceptance", date(2012, 11, 28))
    journey.finding("dynamic-management", "f1", date(2013, 5, 2), due=date(2013, 6, 1))
    block = one(journey.blocks("dynamic-management", date(2013, 5, 3)), "WF16")
    journey.finding("dynamic-management", "f1", date(2013, 5, 2), date(2013, 6, 1), settled=date(2013, 5, 20))
    made = journey.go("dynamic-management", date(2013, 5, 21))

    assert (("f1",), date(2013, 6, 1), "五(三)") == (block.condition.names, block.day, block.cite.clause)
    assert (None, Status.NAMED) == (made.finished, journey.case.status)


# Yixing: three phases, tasks, a mock inspection


def yixing() -> Journey:
    journey = Journey.worked(YIXING, "all-met", year=2012, day=date(2012, 9, 3), drop=PROCESS_FACTS)
    typed = {"self_check_done": 1, "rectification_done": 1}
    journey.facts = evolve(journey.facts, values={**journey.facts.values, **typed})
    return journey


def test_yixing_runs_through_its_three_phases() -> None:
    journey = yixing()
    journey.task("mobilisation", "t1", "市民政局")
    journey.go("mobilisation", date(2012, 9, 28))
    journey.task("mobilisation", "t1", "市民政局", done=date(2012, 11, 9))
    journey.go("implementation", date(2012, 11, 15))
    journey.paper("inspection", day=date(2012, 11, 20))
    journey.paper("inspection", "模拟检查记录", day=date(2012, 11, 28))
    made = journey.go("inspection", date(2012, 12, 20))

    assert (("demonstration-city",), Status.NAMED) == (made.grants, made.finished)
    assert ["mobilisation", "implementation", "inspection"] == passed(journey.case)
    assert [] == journey.warnings


def test_yixing_breaks_the_work_down_before_it_goes_on_and_finishes_it_before_the_inspection() -> None:
    journey = yixing()
    breakdown = one(journey.blocks("mobilisation", date(2012, 9, 28)), "WF18")
    journey.task("mobilisation", "t1", "市民政局")
    journey.go("mobilisation", date(2012, 9, 28))
    undone = one(journey.blocks("implementation", date(2012, 11, 15)), "WF19")

    assert ("四(一)", "任务分解表") == (breakdown.cite.clause, breakdown.condition.required)
    assert (("市民政局", "t1"), "四(二)") == (undone.condition.names, undone.cite.clause)


def test_yixing_is_not_inspected_before_the_mock_inspection_and_what_it_found_is_mended() -> None:
    journey = yixing()
    journey.task("mobilisation", "t1", "市民政局", done=date(2012, 10, 9))
    journey.go("mobilisation", date(2012, 9, 28))
    journey.go("implementation", date(2012, 11, 15))
    journey.paper("inspection", day=date(2012, 11, 20))
    day = date(2012, 12, 20)
    missing = journey.codes("inspection", day)
    journey.paper("inspection", "模拟检查记录", day=date(2012, 11, 28))
    journey.finding("inspection", "f1", date(2012, 11, 28))
    found = journey.codes("inspection", day)
    journey.finding("inspection", "f1", date(2012, 11, 28), settled=date(2012, 12, 5))

    assert "WF20" in missing
    assert ["WF16"] == found
    assert [] == journey.codes("inspection", day)


def test_yixings_phases_overlap_in_the_middle_of_november_as_printed() -> None:
    stages = {each.id: each for each in registry().standard(YIXING).stages}
    assert ["open", "open"] == [timing(stages[name], 2012, date(2012, 11, 15)).state for name in ("implementation", "inspection")]
    assert "early" == timing(stages["inspection"], 2012, date(2012, 11, 10)).state
    assert "2012年11月中旬—12月" == stages["inspection"].cite.as_printed


# national: four steps, quotas as upper bounds

NATIONAL = [("national.community", "demonstration", 500, 150), ("national.street", "demonstration", 200, 30),
            ("national.district", "district", 100, 5)]  # fmt: skip


def national(standard: str) -> Journey:
    return Journey.worked(standard, "all-met", year=2008, day=date(2008, 11, 3), drop=PROCESS_FACTS)


def to_naming(journey: Journey) -> None:
    journey.paper("self-check", day=date(2008, 12, 1))
    journey.go("self-check", date(2008, 12, 20))
    journey.paper("recommendation", day=date(2009, 3, 20))
    journey.notice("recommendation", date(2009, 3, 1), date(2009, 3, 10))
    journey.go("recommendation", date(2009, 4, 10))
    journey.drawn("evaluation", True)
    journey.go("evaluation", date(2009, 5, 20))


@pytest.mark.parametrize(("standard", "award"), [(each[0], each[1]) for each in NATIONAL])
def test_the_national_four_steps_satisfy_their_own_gates(standard: str, award: str) -> None:
    journey = national(standard)
    to_naming(journey)
    journey.notice("naming", date(2009, 6, 1), date(2009, 6, 10))
    made = journey.go("naming", date(2009, 6, 20))

    assert ((award,), Status.NAMED) == (made.grants, made.finished)
    assert ["self-check", "recommendation", "evaluation", "naming"] == passed(journey.case)
    assert [] == journey.warnings


def test_a_form_that_was_not_filled_in_blocks_the_national_application() -> None:
    journey = national("national.community")
    found = journey.blocks("self-check", date(2008, 12, 20))
    gate = one(found, "WF04")

    assert ("applied", ("self_check_done", "application_form_filled")) == (gate.condition.id, gate.condition.missing)
    assert ("申报表",) == one(found, "WF07").condition.names


def test_an_objection_to_the_national_notice_blocks_the_naming_until_it_is_settled() -> None:
    journey = national("national.community")
    to_naming(journey)
    journey.notice("naming", date(2009, 6, 1), date(2009, 6, 10))
    journey.object("naming", "o1", date(2009, 6, 5))
    found = journey.blocks("naming", date(2009, 6, 20))
    journey.object("naming", "o1", date(2009, 6, 5), settled=date(2009, 6, 18))

    assert ["WF12", "WF03"] == [each.code for each in found]
    assert "no-objection" == one(found, "WF03").condition.id
    assert () == journey.blocks("naming", date(2009, 6, 20))


def test_the_notice_in_the_national_media_has_to_be_over() -> None:
    journey = national("national.community")
    to_naming(journey)
    none = journey.codes("naming", date(2009, 6, 20))
    journey.notice("naming", date(2009, 6, 1), date(2009, 6, 20), media="")
    without = journey.blocks("naming", date(2009, 6, 20))

    assert "WF08" in none
    assert ("中央有关媒体和网站",) == one(without, "WF09").condition.names
    assert (date(2009, 6, 20), 0) == (one(without, "WF10").day, one(without, "WF10").days)


@pytest.mark.parametrize(("standard", "award", "quota", "of"), NATIONAL)
def test_national_ratios_and_quotas_are_upper_bounds(standard: str, award: str, quota: int, of: int) -> None:
    source = registry().standard(standard)
    held = registry().assessor(standard).assess(example(standard, "all-met").facts)
    other = evolve(held, awards=tuple(evolve(each, state=State.NOT_HELD) for each in held.awards))
    (ratio,) = selections_at(source, "recommendation", award)
    (fixed,) = selections_at(source, "naming", award)
    province = [Candidate(held, "江苏省")] * of + [Candidate(other, "江苏省")] * (of - 1)

    tied = choose(ratio, province)
    assert ({"江苏省": 1}, (), of) == (tied.places, tied.taken, len(tied.ties))
    assert (3,) == choose(ratio, province, picked=[3]).taken
    assert () == choose(ratio, province, picked=[3, 4]).taken
    assert ["WF45"] == [each.code for each in choose(ratio, province, picked=[3, 4]).blocks]
    assert ["WF44", "WF44"] == [each.code for each in choose(ratio, province, picked=[of, of + 1]).blocks][:2]
    assert {"": quota} == choose(fixed, [Candidate(held)] * (quota + 1)).places
    assert () == choose(fixed, [Candidate(other)] * 3).taken
    assert quota == len(choose(fixed, [Candidate(held)] * quota).taken)
    (over,) = choose(fixed, [Candidate(held)] * (quota + 1), picked=range(quota + 1)).blocks
    assert ("WF45", str(quota + 1), str(quota)) == (over.code, over.condition.found, over.condition.required)
    prove_cited([over])
    left = choose(fixed, [Candidate(held)] * 3, before=[Place.TAKEN, Place.LEFT, Place.TAKEN])
    assert (0, 2) == left.taken


# Shanghai: two tracks, a notice beside the assessment


def committee() -> Journey:
    return Journey.worked(COMMITTEE, "all-met", year=2011, day=date(2011, 3, 1), drop=PROCESS_FACTS)


def to_application(journey: Journey) -> None:
    if "实施方案" in journey.standard.stages[0].documents:
        journey.paper("mobilisation", day=date(2011, 3, 10))
    journey.go("mobilisation", date(2011, 3, 20))
    journey.go("implementation", date(2011, 6, 30))
    journey.go("self-check", date(2011, 8, 20))
    journey.paper("application", day=date(2011, 9, 5))


def test_shanghais_committees_join_notice_and_assessment_before_the_district_accepts() -> None:
    journey = committee()
    to_application(journey)
    split = journey.go("application", date(2011, 9, 5))
    journey.notice("notice", date(2011, 9, 5), date(2011, 9, 12))
    waiting = journey.go("street-assessment", date(2011, 9, 10))
    joined = journey.go("notice", date(2011, 9, 13))
    journey.go("district-acceptance", date(2011, 9, 20))
    journey.go("district-report", date(2011, 9, 22))
    journey.go("city-acceptance", date(2011, 10, 20))
    unsaid = one(journey.blocks("naming", date(2011, 11, 1)), "WF23")
    made = journey.go("naming", date(2011, 11, 1), awards=("model",))

    assert (("notice", "street-assessment"), (), ("district-acceptance",)) == (split.enters, waiting.enters, joined.enters)
    assert ("demonstration", "model", "harmonious") == unsaid.condition.names
    assert (("model",), Status.NAMED) == (made.grants, made.finished)
    assert [] == journey.warnings


def test_shanghais_streets_have_a_track_of_their_own_with_the_districts_consent() -> None:
    journey = Journey.worked(STREET, "all-met", year=2011, day=date(2011, 3, 1), drop=PROCESS_FACTS)
    to_application(journey)
    entered = journey.go("application", date(2011, 9, 5)).enters
    journey.notice("notice", date(2011, 9, 5), date(2011, 9, 12))
    for stage, day in (
        ("notice", date(2011, 9, 13)), ("district-assessment", date(2011, 9, 20)), ("district-consent", date(2011, 9, 22)),
        ("district-report", date(2011, 9, 23)), ("city-acceptance", date(2011, 10, 20)),
    ):  # fmt: skip
        journey.go(stage, day)
    made = journey.go("naming", date(2011, 11, 1), awards=("demonstration",))

    assert ("notice",) == entered
    assert (("demonstration",), Status.NAMED) == (made.grants, made.finished)


def test_a_notice_without_the_streets_phone_number_is_named_with_its_clause() -> None:
    journey = committee()
    to_application(journey)
    journey.go("application", date(2011, 9, 5))
    journey.notice("notice", date(2011, 9, 5), date(2011, 9, 12), contacts=("区监督及投诉电话",))
    block = one(journey.blocks("notice", date(2011, 9, 13)), "WF09")
    assert (("街道(镇)监督及投诉电话",), "四、创建步骤(四)") == (block.condition.names, block.cite.clause)


def test_a_village_can_take_part_but_no_title_of_shanghais_is_for_it() -> None:
    journey = Journey.worked(COMMITTEE, "village", year=2011, day=date(2011, 3, 1), drop=PROCESS_FACTS)
    to_application(journey)
    journey.go("application", date(2011, 9, 5))
    journey.notice("notice", date(2011, 9, 5), date(2011, 9, 12))
    for stage, day in (
        ("street-assessment", date(2011, 9, 10)), ("notice", date(2011, 9, 13)), ("district-acceptance", date(2011, 9, 20)),
        ("district-report", date(2011, 9, 22)), ("city-acceptance", date(2011, 10, 20)),
    ):  # fmt: skip
        journey.go(stage, day)
    assert ("村委会", "WF24") == (
        journey.blocks("naming", date(2011, 11, 1))[0].condition.found, journey.codes("naming", date(2011, 11, 1))[0],
    )  # fmt: skip


def test_an_unmet_indicator_is_named_with_its_own_clause_when_the_district_accepts() -> None:
    journey = Journey.worked(COMMITTEE, "green-coverage-just-under", year=2011, day=date(2011, 3, 1), drop=PROCESS_FACTS)
    to_application(journey)
    journey.go("application", date(2011, 9, 5))
    journey.notice("notice", date(2011, 9, 5), date(2011, 9, 12))
    journey.go("street-assessment", date(2011, 9, 10))
    journey.go("notice", date(2011, 9, 13))
    block = one(journey.blocks("district-acceptance", date(2011, 9, 20)), "WF05")

    assert ("green-coverage",) == block.condition.names
    (leaf,) = block.condition.parts
    assert ("24.99", "25") == (leaf.found.rstrip("%"), leaf.required.rstrip("%"))
    assert leaf.cite.clause


def test_where_something_is_surely_not_met_what_is_merely_unknown_is_not_held_against_the_unit() -> None:
    dropped = (*PROCESS_FACTS, "premises_area")
    journey = Journey.worked(COMMITTEE, "green-coverage-just-under", year=2011, day=date(2011, 3, 1), drop=dropped)
    to_application(journey)
    journey.go("application", date(2011, 9, 5))
    journey.notice("notice", date(2011, 9, 5), date(2011, 9, 12))
    journey.go("street-assessment", date(2011, 9, 10))
    journey.go("notice", date(2011, 9, 13))
    assert ("green-coverage",) == one(journey.blocks("district-acceptance", date(2011, 9, 20)), "WF05").condition.names


# Daxing'anling: acceptance before the reward


def test_daxinganling_accepts_before_it_rewards_and_gives_no_title() -> None:
    journey = Journey.worked(STATION, "all-met", year=2012, day=date(2012, 5, 2), drop=PROCESS_FACTS)
    early = journey.codes("reward", date(2012, 9, 1))
    journey.go("build", date(2012, 8, 1))
    journey.go("acceptance", date(2012, 9, 1))
    made = journey.go("reward", date(2012, 10, 1))

    assert ["WF22"] == early
    assert ((), Status.CLOSED) == (made.grants, made.finished)


def test_a_station_that_is_too_small_is_not_accepted() -> None:
    journey = Journey.worked(STATION, "area-just-under-300", year=2012, day=date(2012, 5, 2), drop=PROCESS_FACTS)
    journey.go("build", date(2012, 8, 1))
    block = one(journey.blocks("acceptance", date(2012, 9, 1)), "WF01")
    assert ("indicator", "station-area", "299.99", "300") == (
        block.condition.kind, block.condition.id, block.condition.found, block.condition.required,
    )  # fmt: skip


def test_no_reward_is_paid_where_an_operator_recorded_that_the_facility_was_not_accepted() -> None:
    journey = Journey.worked(STATION, "all-met", year=2012, day=date(2012, 5, 2), drop=PROCESS_FACTS)
    journey.go("build", date(2012, 8, 1))
    journey.go("acceptance", date(2012, 9, 1))
    journey.facts = evolve(journey.facts, values={**journey.facts.values, "new_facility_accepted": 0})
    block = one(journey.blocks("reward", date(2012, 10, 1)), "WF03")
    assert ("reward-eligible", "(三十三)") == (block.condition.id, block.cite.clause)


# all of them


@pytest.mark.parametrize("standard", sorted(registry().headers))
def test_every_stage_of_every_standard_can_be_reached_and_cites_its_clause(standard: str) -> None:
    source = registry().standard(standard)
    for stage in source.stages:
        assert stage.cite.clause, stage.id
    grants: set[Any] = {name for stage in source.stages for name in stage.grants}
    assert grants <= {award.id for award in source.awards}


def test_no_case_is_opened_for_a_unit_that_the_standard_does_not_assess() -> None:
    with pytest.raises(BlockedError) as caught:
        Journey.of(registry(), WUJIN, example(WUJIN, "town").facts, year=2012, day=date(2012, 10, 8), unit=Unit("某镇", "镇"))
    (block,) = caught.value.blocks
    assert ("WF26", "镇") == (block.code, block.condition.found)


def test_without_an_assessment_nothing_that_rests_on_one_is_passed() -> None:
    journey = wujin()
    journey.paper("self-check", day=date(2012, 11, 1))
    with pytest.raises(BlockedError) as caught:
        move(journey.standard, journey.case, "self-check", date(2012, 11, 10))
    assert [("WF25", "街镇")] == [(each.code, each.condition.required) for each in caught.value.blocks]
