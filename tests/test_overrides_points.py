"""Points that an assessor gives in the place of the computed ones: score, gates and awards follow, and everybody can see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, assume, settings
from hypothesis import given as each_of
from random_standards import VOCABULARY as RANDOM_VOCABULARY
from random_standards import fact_sets, standards
from small_standards import JUDGED, MEASURED, VOCABULARY, assessor, gives, of, unit

from duibiao.assess.given import Given
from duibiao.assess.one import Assessor
from duibiao.errors import BadInputError, Where
from duibiao.model.facts import FactSet, Unit
from duibiao.model.outcome import Assessment, Reason, State, Verdict
from duibiao.model.standard import Gate, Standard, Veto
from duibiao.registry import Registry
from duibiao.services.phrasing import Phrases

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def low(assessment: Assessment) -> Decimal:
    assert assessment.score is not None
    assert assessment.score.settled
    return assessment.score.low


def refused(found: Assessor, *points: Given, facts: FactSet | None = None) -> list[tuple[str, str]]:
    with pytest.raises(BadInputError) as caught:
        found.assess(facts or unit(rate=9000), given=points)
    return [(each.code, str(each.where)) for each in caught.value.problems]


def last_step(assessment: Assessment) -> Reason:
    return assessment.indicator("i0").because.children[-1]


@pytest.mark.parametrize(("points", "state"), [("8.999", State.NOT_HELD), ("9", State.HELD)])
def test_the_award_follows_the_points_given(points: str, state: State) -> None:
    found = assessor().assess(unit(rate=9000), given=[gives(points)])

    assert (Decimal(points), state) == (low(found), found.award("a").state)


def test_a_verdict_that_the_facts_decide_stays() -> None:
    found = assessor().assess(unit(rate=9000), given=[gives("0")])

    assert Verdict.MET is found.indicator("i0").verdict


@pytest.mark.parametrize(("points", "verdict"), [("9.999", Verdict.NOT_MET), ("10", Verdict.MET)])
def test_a_verdict_that_says_full_marks_follows_the_points(points: str, verdict: Verdict) -> None:
    found = assessor(JUDGED).assess(unit(), given=[gives(points)])

    assert verdict is found.indicator("i0").verdict


def test_points_given_settle_what_the_facts_leave_open() -> None:
    found = assessor(MEASURED, MEASURED, requires="score >= 15").assess(unit(), given=[gives("8"), gives("7", "i1")])

    assert (Decimal(15), State.HELD) == (low(found), found.award("a").state)


def test_other_indicators_stay_as_the_rules_compute_them() -> None:
    found = assessor(MEASURED, MEASURED).assess(unit(rate=9000), given=[gives("3", "i1")])

    assert (Decimal(10), Decimal(13)) == (found.indicator("i0").points.low, low(found))  # type: ignore[union-attr]


def test_gates_and_expressions_over_the_points_follow() -> None:
    gates = (Gate(id="g", title="", requires='points("i0") >= 5 and lowest(indicators) > 4'),)

    closed = assessor(gates=gates).assess(unit(rate=9000), given=[gives("4")])
    opened = assessor(gates=gates).assess(unit(rate=1), given=[gives("5")])

    assert (State.NOT_HELD, State.HELD) == (closed.gates[0].state, opened.gates[0].state)


def test_a_veto_beats_points_given() -> None:
    found = assessor(vetoes=(Veto(id="v", title="", condition={"fact": "has_shop"}),)).assess(
        unit(rate=9000, has_shop=1), given=[gives("10")]
    )

    assert State.NOT_HELD is found.award("a").state


def test_the_outcome_says_who_gave_the_points_and_what_the_rules_would_give() -> None:
    points = gives("4.5", reason="现场核实", approver="王主任")

    leaf = assessor().assess(unit(rate=9000), given=[points]).indicator("i0")

    assert points == leaf.given
    assert leaf.computed is not None
    assert Decimal(10) == leaf.computed.low


@pytest.mark.parametrize(
    ("lang", "reason", "approver", "said"),
    [
        ("zh", "现场核实", "王主任", "人工给分 4.5 分（理由：现场核实；批准人：王主任）"),
        ("zh", "", "王主任", "人工给分 4.5 分（批准人：王主任）"),
        ("zh", "", "", "人工给分 4.5 分"),
        ("en", "seen on site", "Wang", "points given 4.5 points (reason: seen on site; approved by: Wang)"),
    ],
)
def test_the_explanation_says_it_in_words(lang: Any, reason: str, approver: str, said: str) -> None:
    found = assessor().assess(unit(rate=9000), given=[gives("4.5", reason=reason, approver=approver)])

    assert said == Phrases(VOCABULARY, lang).reason(last_step(found))


def test_without_points_given_nothing_is_said_of_them() -> None:
    leaf = assessor().assess(unit(rate=9000)).indicator("i0")

    assert (None, None) == (leaf.given, leaf.computed)


def test_a_unit_scored_by_hand_needs_no_more_facts_for_its_points() -> None:
    found = assessor(JUDGED).assess(unit(), given=[gives("10")])

    assert () == found.indicator("i0").missing
    assert () == found.unknown_facts


def test_full_marks_do_not_shrink_where_applicability_is_unknown() -> None:
    leaf = {**MEASURED, "when": {"fact": "has_shop"}}
    found = assessor(leaf, not_applicable="drop").assess(unit(rate=9000), given=[gives("6")])

    assert found.score is not None
    assert (Decimal(6), Decimal(10)) == (found.score.low, found.score.full)


def test_who_gives_points_says_that_the_indicator_applies() -> None:
    found = assessor({**MEASURED, "when": {"fact": "has_shop"}})

    assert Verdict.UNKNOWN is found.assess(unit(rate=9000)).indicator("i0").verdict
    assert Verdict.MET is found.assess(unit(rate=9000), given=[gives("6")]).indicator("i0").verdict


# what is refused


def test_a_standard_without_points_refuses_points() -> None:
    found = Registry().assessor("shanghai.qingpu.committee")
    facts = FactSet(Unit("甲", "居委会"), {}, date(2011, 6, 30), "2011")

    assert [("S01", "甲表:3")] == refused(found, gives("1", "green-coverage", where=Where("甲表", line=3)), facts=facts)


@pytest.mark.parametrize(
    ("code", "points"),
    [
        ("S02", gives("1", "i9")),
        ("S03", gives("-0.001")),
        ("S03", gives("10.001")),
        ("S03", gives("NaN")),
        ("S03", gives("Infinity")),
        ("S04", gives("1.0005")),
    ],
)
def test_points_that_do_not_fit_are_refused(code: str, points: Given) -> None:
    assert [(code, points.indicator)] == refused(assessor(), points)


def test_points_for_one_indicator_twice_are_refused() -> None:
    assert [("S05", "i0")] == refused(assessor(), gives("1"), gives("2"))


def test_points_for_an_indicator_that_the_unit_does_not_have_are_refused() -> None:
    found = assessor({**MEASURED, "when": {"fact": "has_shop"}})

    assert [("S06", "i0")] == refused(found, gives("1"), facts=unit(rate=9000, has_shop=0))
    assert [("S06", "i0")] == refused(assessor(), gives("1"), facts=unit("街道", rate=9000))


def test_everything_wrong_is_told_at_once() -> None:
    assert ["S02", "S03"] == [code for code, _ in refused(assessor(), gives("1", "i9"), gives("11"))]


def test_the_nearest_indicator_is_named() -> None:
    with pytest.raises(BadInputError) as caught:
        Registry().assessor("jiangsu.wujin.community").assess(unit(), given=[gives("1", "basic-bodie")])

    assert "basic-bodies" == caught.value.problems[0].nearest


# in general


def exact(assessment: Assessment) -> list[Given]:
    """The computed points of every indicator that is decided, as if an assessor had given them."""
    return [
        Given(leaf.id, leaf.points.low)
        for leaf in assessment.indicators()
        if leaf.points is not None and leaf.points.settled and leaf.verdict in (Verdict.MET, Verdict.NOT_MET)
    ]


def for_all(standard: Standard) -> Standard:
    """*standard* for every unit: one out of its scope has no points that could be given."""
    return evolve(standard, header=evolve(standard.header, scope=None))


@MANY
@each_of(standards(), fact_sets(holes=False))
def test_giving_the_computed_points_changes_nothing(standard: Standard, facts: FactSet) -> None:
    found = of(for_all(standard), RANDOM_VOCABULARY)
    before = found.assess(facts)
    points = exact(before)
    assume(points)

    after = found.assess(facts, given=points)

    assert (before.score, before.gates, before.vetoes) == (after.score, after.gates, after.vetoes)
    assert [each.state for each in before.awards] == [each.state for each in after.awards]
    assert [each.verdict for each in before.indicators()] == [each.verdict for each in after.indicators()]


@MANY
@each_of(standards(), fact_sets(holes=False) | fact_sets())
def test_full_marks_given_never_lower_the_score_that_is_sure(standard: Standard, facts: FactSet) -> None:
    # Where what does not apply is left out of the maximum, more points can mean a lower score.
    kept = evolve(standard.scoring, not_applicable="full")
    found = of(evolve(for_all(standard), scoring=kept), RANDOM_VOCABULARY)
    before = found.assess(facts)
    points = [Given(each.indicator, _full(found, each.indicator)) for each in exact(before)]
    assume(points)

    after = found.assess(facts, given=points)

    assert before.score is not None
    assert after.score is not None
    assert before.score.low <= after.score.low <= after.score.high <= after.score.full + _bonus(found)


def _full(found: Assessor, name: str) -> Decimal:
    return next(leaf.full for leaf in found.program.leaves if leaf.id == name) * found.program.point_step


def _bonus(found: Assessor) -> Decimal:
    return sum((leaf.full for leaf in found.program.leaves if leaf.bonus), 0) * found.program.point_step


def every(found: Assessor, points: Sequence[str]) -> list[Given]:
    return [gives(each, leaf.id) for leaf, each in zip(found.program.leaves, points, strict=True)]


@pytest.mark.parametrize(("lost", "state"), [("0.5", State.NOT_HELD), ("0", State.HELD)])
def test_wujins_line_of_90_is_drawn_through_points_given(lost: str, state: State) -> None:
    found = Registry().assessor("jiangsu.wujin.community")
    full = [leaf.full * found.program.point_step for leaf in found.program.leaves]
    left = Decimal(10) + Decimal(lost)
    points = []
    for each in full:
        less = min(each, left)
        left -= less
        points.append(str(each - less))

    result = found.assess(unit(), given=every(found, points))

    assert Decimal(90) - Decimal(lost) == low(result)
    assert {state} == {each.state for each in result.stages if each.id == "self-check"}
