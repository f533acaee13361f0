"""Dated coverage targets of a territory (RULE-SHAPES C16)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_standards import MEASURED
from small_standards import assessor as made_assessor
from small_standards import unit as judged

from duibiao.assess.given import Given
from duibiao.model.facts import FactSet, FactType, Kind, Unit, Value, Vocabulary
from duibiao.model.outcome import Assessment, Interval, Reason, State, StateResult
from duibiao.model.process import Target
from duibiao.model.sources import Cite
from duibiao.model.standard import Gate
from duibiao.registry import Registry
from duibiao.targets import (
    Asked,
    Candidate,
    Groups,
    Member,
    PassRate,
    Question,
    assessed,
    belongs,
    by_kind,
    candidate_of,
    census,
    decided,
    either_way,
    forecast,
    holds,
    missing_of,
    named,
    nearest,
    progress,
    report,
)

HELD, NOT_HELD, OPEN = State.HELD, State.NOT_HELD, State.OPEN
VOCABULARY = Vocabulary(
    {
        "households": FactType("households", "户数", Kind.COUNT, unit="household", high=100_000),
        "has_station": FactType("has_station", "有服务站", Kind.FLAG),
    }
)


def target(**keys: Any) -> Target:
    return Target(id="t", title="", award="a", by=date(2012, 12, 31), **keys)


def members(achieved: int, of: int) -> list[Member]:
    return [Member(HELD, HELD)] * achieved + [Member(HELD, NOT_HELD)] * (of - achieved)


@pytest.mark.parametrize(("achieved", "state", "gap"), [(74, NOT_HELD, 1), (75, HELD, 0), (76, HELD, 0)])
def test_a_share_is_met_exactly_at_its_line(achieved: int, state: State, gap: int) -> None:
    found = progress(target(at_least="75%"), members(achieved, 100))

    assert (state, (gap, gap)) == (found.state, found.gap)


def test_the_number_of_units_needed_is_rounded_up() -> None:
    assert progress(target(at_least="71%"), members(0, 7)).needed == 5


def test_a_count_does_not_depend_on_the_population() -> None:
    assert HELD is progress(target(count=3), members(3, 1000)).state


def test_units_still_open_give_a_range_and_leave_the_target_open() -> None:
    found = progress(target(at_least="75%"), [*members(2, 3), Member(HELD, OPEN)])

    assert ((2, 3), (0, 1), OPEN) == (found.achieved, found.gap, found.state)


def test_a_target_lost_already_is_not_open() -> None:
    assert NOT_HELD is progress(target(at_least="75%"), [*members(0, 9), Member(HELD, OPEN)]).state


@given(st.lists(st.tuples(st.sampled_from(State), st.sampled_from(State)), max_size=12), st.integers(0, 100), st.data())
def test_what_is_said_early_holds_when_everything_is_known(
    pairs: list[tuple[State, State]], share: int, data: st.DataObject
) -> None:
    settle = st.sampled_from([HELD, NOT_HELD])
    known = [(c if c is not OPEN else data.draw(settle), a if a is not OPEN else data.draw(settle)) for c, a in pairs]
    asked = target(at_least=f"{share}%")

    early, late = progress(asked, [Member(*each) for each in pairs]), progress(asked, [Member(*each) for each in known])

    assert early.state in (OPEN, late.state)
    assert early.achieved[0] <= late.achieved[0] <= early.achieved[1]


def unit(kind: str = "村委会", **values: Value) -> FactSet:
    return FactSet(Unit("甲", kind), values, date(2012, 6, 30), "2012")


def test_the_population_is_bounded_by_kind_and_by_a_condition() -> None:
    asked = target(at_least="40%", population={"unit_kinds": ["村委会"], "where": {"fact": "households", "at_least": 300}})

    assert HELD is belongs(asked, unit(households=300), VOCABULARY)
    assert NOT_HELD is belongs(asked, unit(households=299), VOCABULARY)
    assert OPEN is belongs(asked, unit(), VOCABULARY)
    assert NOT_HELD is belongs(asked, unit("居委会", households=300), VOCABULARY)


def test_a_condition_on_facts_can_be_what_counts() -> None:
    assert HELD is holds({"fact": "has_station"}, unit(has_station=1), VOCABULARY)
    assert OPEN is holds("has_station and households >= 300", unit(has_station=1), VOCABULARY)


def test_wujin_needs_223_of_its_297_units_if_all_were_urban_in_2012() -> None:
    standard = Registry().standard("jiangsu.wujin.community")
    first = next(each for each in standard.targets if each.by == date(2012, 12, 31) and each.at_least == "75%")

    assert progress(first, members(0, 297)).needed == 223


# groups of alike units


states = st.sampled_from(State)
any_member = st.builds(Member, states, states, st.sampled_from(["居委会", "村委会"]), st.booleans())
groups = st.dictionaries(any_member, st.integers(0, 9))
asks = st.one_of(st.integers(0, 100).map(lambda n: target(at_least=f"{n}%")), st.integers(0, 20).map(lambda n: target(count=n)))


def single(found: Groups) -> list[Member]:
    return [member for member, number in found.items() for _ in range(number)]


@given(asks, groups)
def test_progress_over_groups_equals_progress_over_members(asked: Target, found: Groups) -> None:
    assert progress(asked, single(found)) == progress(asked, found)


@given(asks, groups, any_member)
def test_one_more_success_never_widens_the_gap(asked: Target, found: Groups, member: Member) -> None:
    before = progress(asked, Counter(found) + Counter([member]))
    after = progress(asked, Counter(found) + Counter([Member(member.counts, HELD, member.kind)]))

    assert after.gap[0] <= before.gap[0]
    assert after.gap[1] <= before.gap[1]
    assert before.state is not HELD or after.state is HELD


def test_a_share_of_nobody_is_met_but_says_so() -> None:
    found = progress(target(at_least="75%"), [])

    assert (HELD, True) == (found.state, found.empty)
    assert not progress(target(at_least="75%"), [Member(OPEN, HELD)]).empty


def test_the_population_is_told_kind_by_kind() -> None:
    found = {
        Member(HELD, HELD, "村委会"): 3,
        Member(OPEN, OPEN, "村委会"): 2,
        Member(HELD, OPEN, "居委会"): 1,
        Member(NOT_HELD, HELD, "镇"): 4,
    }

    assert {"居委会": (1, 1), "村委会": (3, 5)} == by_kind(found)


def test_a_census_takes_the_units_of_which_nothing_is_recorded_from_their_number() -> None:
    asked = target(at_least="75%", population={"unit_kinds": ["居委会", "村委会"]})
    known = [Member(HELD, HELD, "居委会"), Member(HELD, NOT_HELD, "村委会")]

    found = census(asked, {"居委会": 3, "村委会": 2, "镇": 5}, known, rest=NOT_HELD)

    assert (5, 1) == (progress(asked, found).population[0], progress(asked, found).achieved[1])
    assert {"居委会": (3, 3), "村委会": (2, 2)} == by_kind(found)


def test_where_facts_decide_the_population_the_rest_of_a_census_may_or_may_not_count() -> None:
    asked = target(at_least="40%", population={"unit_kinds": ["村委会"], "where": "households >= 300"})
    known = [Member(NOT_HELD, HELD, "村委会"), Member(HELD, HELD, "村委会")]

    assert (1, 9) == progress(asked, census(asked, {"村委会": 10}, known)).population


def test_more_known_units_than_there_are_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="居委会: 1 more"):
        census(target(count=1), {"居委会": 1}, [Member(HELD, HELD, "居委会")] * 2)


def test_the_whole_country_is_a_handful_of_groups() -> None:
    standard = Registry().standard("national.community")
    asked = next(each for each in standard.targets if each.id == "four-fifths-2014")

    found = census(asked, {"居委会": 117_000, "村委会": 503_573}, [Member(HELD, HELD, "居委会")] * 500, rest=NOT_HELD)

    assert (496_459, 495_959) == (progress(asked, found).needed, progress(asked, found).gap[1])
    assert 3 == len(found)


# what counts


def state_of(name: str, state: State) -> StateResult:
    return StateResult(id=name, title="", title_en="", state=state, cite=Cite(), because=Reason(kind="award"))


def outcome(**awards: State) -> Assessment:
    return Assessment(
        standard="t.s", edition="1", content_hash="", as_of=date(2012, 1, 1), period="2012", unit=Unit("甲", "居委会"),
        in_scope=True, score=Interval(Decimal(0), Decimal(0), Decimal(100)), criteria=(), gates=(), vetoes=(), unknown_facts=(),
        awards=tuple(state_of(*each) for each in awards.items()),
    )  # fmt: skip


def test_a_target_for_an_award_counts_that_award() -> None:
    asked = Target(id="t", title="", award="model")

    assert (HELD, NOT_HELD) == (named(asked, {"model"}), named(asked, {"demonstration"}))
    assert NOT_HELD is assessed(asked, outcome(demonstration=HELD, model=NOT_HELD))


def test_a_target_for_a_standard_counts_any_award_of_it() -> None:
    asked = Target(id="t", title="", standard="shanghai.qingpu.street")

    assert (HELD, NOT_HELD) == (named(asked, {"model"}), named(asked, ()))
    assert HELD is assessed(asked, outcome(demonstration=HELD, model=NOT_HELD))
    assert OPEN is assessed(asked, outcome(demonstration=OPEN, model=NOT_HELD))
    assert NOT_HELD is assessed(asked, outcome(demonstration=NOT_HELD, model=NOT_HELD))


def test_a_unit_that_was_never_assessed_is_open() -> None:
    assert OPEN is assessed(target(count=1), None)


def test_named_or_found_to_meet_the_standard_is_enough_either_way() -> None:
    assert [HELD, OPEN, NOT_HELD] == [either_way(NOT_HELD, each) for each in (HELD, OPEN, NOT_HELD)]


def test_a_question_says_how_many_of_its_parts_are_missing() -> None:
    both = Question.of({"all_of": [{"fact": "has_station"}, {"fact": "households", "at_least": 300}]}, VOCABULARY)
    either = Question.of({"any_of": [{"fact": "has_station"}, {"fact": "households", "at_least": 300}]}, VOCABULARY)

    assert [Asked(HELD, 0), Asked(NOT_HELD, 1), Asked(NOT_HELD, 2), Asked(OPEN, 2)] == [
        both.ask(each)
        for each in (unit(has_station=1, households=300), unit(has_station=1, households=1), unit(has_station=0), unit())
    ]
    assert Asked(NOT_HELD, 1) == either.ask(unit(has_station=0, households=1))


# forecast


def waiting(achieved: int, cases: int, of: int) -> Groups:
    rest = of - achieved - cases
    return {Member(HELD, HELD): achieved, Member(HELD, NOT_HELD, case_open=True): cases, Member(HELD, NOT_HELD): rest}


def test_if_every_open_case_succeeds() -> None:
    found = forecast(target(at_least="75%"), waiting(70, 5, 100), PassRate(0, 0))

    assert ((70, 70), (75, 75), HELD) == (found.now.achieved, found.if_all.achieved, found.if_all.state)


def test_at_the_present_pass_rate_whole_units_are_counted() -> None:
    found = forecast(target(at_least="75%"), waiting(70, 10, 100), PassRate(2, 3))

    assert (Fraction(2, 3), (6, 6)) == (found.rate, found.expected)
    assert found.at_rate is not None
    assert ((76, 76), HELD) == (found.at_rate.achieved, found.at_rate.state)


def test_before_any_case_is_decided_there_is_no_pass_rate() -> None:
    found = forecast(target(at_least="75%"), waiting(70, 10, 100), PassRate(0, 0))

    assert (None, None, None) == (found.rate, found.expected, found.at_rate)


@pytest.mark.parametrize("counts", [(2, 1), (-1, 1)])
def test_more_passes_than_decisions_is_an_error_of_the_caller(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="of 1"):
        PassRate(*counts)


def test_a_renewal_and_a_unit_that_does_not_count_change_nothing() -> None:
    groups = {Member(HELD, HELD, case_open=True): 4, Member(NOT_HELD, NOT_HELD, case_open=True): 3}

    found = forecast(target(count=5), groups, PassRate(1, 2))

    assert (0, 0) == found.cases
    assert found.now == found.if_all == found.at_rate


@given(asks, groups, st.integers(0, 7), st.integers(0, 7))
def test_a_forecast_lies_between_today_and_every_case_succeeding(asked: Target, found: Groups, one: int, other: int) -> None:
    made = forecast(asked, found, PassRate(min(one, other), max(one, other)))

    assert made.now.achieved[0] <= made.if_all.achieved[0]
    assert made.now.population == made.if_all.population
    if made.at_rate is not None and made.expected is not None:
        assert made.now.achieved[0] <= made.at_rate.achieved[0] <= made.if_all.achieved[0]
        assert made.at_rate.achieved[0] == made.now.achieved[0] + made.expected[0]
        assert made.at_rate.achieved[1] <= made.if_all.achieved[1]


@given(groups, st.fractions(0, 1))
def test_deciding_cases_loses_nobody(found: Groups, rate: Fraction) -> None:
    after = decided(found, rate)

    assert sum(found.values()) == sum(after.values())
    assert {k: v for k, v in by_kind(found).items() if v[1]} == {k: v for k, v in by_kind(after).items() if v[1]}


# who is nearest


WUJIN = Registry().assessor("jiangsu.wujin.community")
DEMONSTRATION = Target(id="t", title="", award="demonstration")


def community(name: str, **values: Value) -> FactSet:
    return FactSet(Unit(name, "居委会", name), values, date(2012, 6, 30), "2012")


def wujin(name: str, lost: int = 0) -> Assessment:
    """A community that has everything but the first *lost* indicators' worth, by points that its assessor gave."""
    step = WUJIN.program.point_step
    points = [Given(leaf.id, leaf.full * step if seat >= lost else Decimal(0)) for seat, leaf in enumerate(WUJIN.program.leaves)]
    return WUJIN.assess(community(name), given=points)


def candidate(assessment: Assessment, asked: Target = DEMONSTRATION) -> Candidate | None:
    return candidate_of(asked, WUJIN.program.standard, assessment)


def test_candidates_are_ordered_by_the_points_missing_to_the_line() -> None:
    found = nearest(candidate(wujin(name, lost)) for name, lost in (("乙", 12), ("甲", 8), ("丙", 20)))

    assert ["甲", "乙", "丙"] == [each.unit.name for each in found]
    scores = [wujin(each.unit.name, lost).score for each, lost in zip(found, (8, 12, 20), strict=True)]
    assert [Decimal(90) - each.low for each in scores if each] == [each.points[1] for each in found if each.points]


def test_points_still_unknown_are_counted_as_missing_until_they_are_known() -> None:
    found = candidate(WUJIN.assess(community("甲")))

    assert found is not None
    assert (Decimal(0), Decimal(90)) == found.points
    assert found.unknown


LINES = [
    ("score >= 9", "9", 0),
    ("score > 9", "9.001", 0),
    ('score >= 9 and met("i0")', "9", 1),
    ('gate("line") and met("i0")', "12", 1),
    ("score >= 9 or score >= 15", "9", 0),
    ("score >= 9 and score >= 15", "15", 0),
    ('score >= 9 and (met("i0") or lowest(indicators) > 5)', "9", 1),
]


@pytest.mark.parametrize(("requires", "line", "conditions"), LINES)
def test_the_line_and_the_conditions_beside_it_are_read_from_what_the_award_requires(
    requires: str, line: str, conditions: int
) -> None:
    gates = (Gate(id="line", title="", requires="score >= 12"),)
    found = made_assessor(MEASURED, MEASURED, requires=requires, gates=gates)

    lacking = candidate_of(target(count=1), found.program.standard, found.assess(judged(rate=0)))

    assert lacking is not None
    assert ((Decimal(line), Decimal(line)), conditions) == (lacking.points, lacking.conditions)


def test_an_award_that_can_be_had_without_a_score_has_no_line() -> None:
    found = made_assessor(MEASURED, requires='score >= 9 or met("i0")')

    lacking = candidate_of(target(count=1), found.program.standard, found.assess(judged(rate=0)))

    assert lacking is not None
    assert lacking.points is None


def test_of_a_whole_standard_the_nearest_award_is_meant() -> None:
    standard = Registry().standard("shanghai.qingpu.street")
    assessor = Registry().assessor("shanghai.qingpu.street")
    unit = FactSet(Unit("甲", "街道"), {}, date(2011, 6, 30), "2011")
    both = Target(id="t", title="", standard=standard.id)
    single = [Target(id="t", title="", award=each.id) for each in standard.awards]

    found = candidate_of(both, standard, assessor.assess(unit))
    apart = [candidate_of(each, standard, assessor.assess(unit)) for each in single]

    assert found is not None
    assert found.conditions == min(each.conditions or 0 for each in apart if each is not None)


def test_where_there_is_no_score_the_conditions_missing_order_the_candidates() -> None:
    assessor = Registry().assessor("daxinganling.town")
    asked = Target(id="t", title="", award=assessor.program.standard.awards[0].id)
    kind = assessor.program.standard.header.unit_kinds[0]
    empty = FactSet(Unit("甲", kind), {}, date(2012, 6, 30), "2012")
    better = FactSet(Unit("乙", kind), {"service_centre": 1}, date(2012, 6, 30), "2012")

    found = nearest(candidate_of(asked, assessor.program.standard, assessor.assess(each)) for each in (empty, better))

    binding = [each for each in assessor.program.leaves if each.binding]
    assert {None} == {each.points for each in found}
    assert len(binding) >= (found[1].conditions or 0) >= (found[0].conditions or 0) > 0


def test_a_unit_out_of_scope_or_with_the_award_is_no_candidate() -> None:
    stranger = FactSet(Unit("甲", "街道"), {}, date(2012, 6, 30), "2012")

    assert candidate(WUJIN.assess(stranger)) is None
    assert missing_of(Unit("甲", "居委会"), HELD) is None


def test_a_unit_that_lacks_only_the_naming_is_the_nearest_where_naming_counts() -> None:
    found = made_assessor(MEASURED)
    passed = found.assess(judged(rate=9000))
    failed = found.assess(judged(rate=0))
    standard, asked = found.program.standard, target(count=1)

    ranked = nearest(candidate_of(asked, standard, each, unnamed=True) for each in (failed, passed))

    assert candidate_of(asked, standard, passed) is None
    assert [(HELD, Decimal(0), 0), (NOT_HELD, Decimal(9), 0)] == [
        (e.state, e.points[1], e.conditions) for e in ranked if e.points
    ]


def made(name: str, **keys: Any) -> Candidate:
    return Candidate(Unit(name, "居委会", name), keys.pop("state", NOT_HELD), **keys)


def test_units_of_which_only_the_state_is_known_come_behind_open_ones_first_and_those_under_a_veto_last() -> None:
    vetoed = made("1", points=(Decimal(0), Decimal(0)), conditions=0, vetoed=True)
    lost, still_open = made("2"), made("3", state=OPEN)
    near, far = made("4", points=(Decimal(1), Decimal(1)), conditions=9), made("5", points=(Decimal(1), Decimal(2)), conditions=0)

    assert (near, far, still_open, lost, vetoed) == nearest([vetoed, lost, None, still_open, far, near])


def test_equal_points_are_ordered_by_conditions_and_then_by_code() -> None:
    points = (Decimal(0), Decimal(1))
    a, b, c = (
        made("3", points=points, conditions=0),
        made("1", points=points, conditions=1),
        made("2", points=points, conditions=1),
    )

    assert (a, b) == nearest([c, b, a], limit=2)


def test_a_report_holds_population_progress_forecast_and_the_nearest() -> None:
    asked = target(at_least="75%")
    groups = {Member(HELD, HELD, "居委会"): 5, Member(HELD, NOT_HELD, "居委会", case_open=True): 5}

    found = report(asked, groups, so_far=PassRate(1, 2), candidates=[made("1"), made("2")], limit=1)

    assert ({"居委会": (10, 10)}, 8, (3, 3)) == (found.population, found.progress.needed, found.progress.gap)
    assert found.forecast.at_rate is not None
    assert (7, 10, 1) == (found.forecast.at_rate.achieved[0], found.forecast.if_all.achieved[0], len(found.nearest))


@pytest.mark.parametrize("name", [each for each in Registry().headers if Registry().standard(each).targets])
def test_every_bundled_target_can_be_reported_over_its_territory(name: str) -> None:
    registry = Registry()
    for asked in registry.standard(name).targets:
        kinds = asked.population["unit_kinds"]
        facts = [FactSet(Unit("甲", kind), {}, asked.by or date(2012, 12, 31), "2012") for kind in kinds]
        counted = asked.standard or name
        reached = (
            [Question.of(asked.achieved, registry.vocabulary).ask(each).state for each in facts]
            if asked.achieved
            else [assessed(asked, registry.assessor(counted).assess(each)) for each in facts]
        )
        known = [
            Member(belongs(asked, each, registry.vocabulary), state, each.unit.kind)
            for each, state in zip(facts, reached, strict=True)
        ]

        found = report(asked, census(asked, dict.fromkeys(kinds, 50), known))

        assert 50 * len(kinds) == found.progress.population[1]
        assert found.progress.gap[1] == max(found.progress.needed - found.progress.achieved[0], 0)
        assert set(kinds) == set(found.population)
