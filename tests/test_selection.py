"""Quotas, ratios, shares, minimums, groups, ties and two stages (RULE-SHAPES C10–C15)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from duibiao.assess.selection import Candidate, Outcome, Place, places_for, select
from duibiao.model.facts import Unit
from duibiao.model.outcome import Assessment, Interval, Reason, State, StateResult
from duibiao.model.process import Selection
from duibiao.model.sources import Cite


def candidate(low: int, high: int | None = None, state: State = State.HELD, group: str = "") -> Candidate:
    points = Interval(Decimal(low), Decimal(low if high is None else high), Decimal(100))
    award = StateResult(id="a", title="", title_en="", state=state, cite=Cite(), because=Reason(kind="award"))
    assessment = Assessment(
        standard="t.s", edition="1", content_hash="", as_of=date(2012, 1, 1), period="2012", unit=Unit("", "居委会"),
        in_scope=True, score=points, criteria=(), awards=(award,), gates=(), vetoes=(), unknown_facts=(),
    )  # fmt: skip
    return Candidate(assessment, group)


def chosen(*candidates: Candidate, **keys: Any) -> Outcome:
    return select(Selection(id="s", title="", award="a", **keys), candidates)


def test_a_quota_takes_the_best() -> None:
    assert (Place.LEFT, Place.TAKEN, Place.TAKEN) == chosen(candidate(80), candidate(95), candidate(90), quota=2).standing


def test_a_quota_is_never_filled_by_those_who_do_not_qualify() -> None:
    found = chosen(candidate(95), candidate(99, state=State.NOT_HELD), quota=2, upper_bound=True)

    assert (Place.TAKEN, Place.NOT_QUALIFIED) == found.standing


def test_one_in_five_rounds_as_declared() -> None:
    down = Selection(id="s", title="", ratio={"take": 1, "of": 5, "round": "down"})
    up = Selection(id="s", title="", ratio={"take": 1, "of": 5, "round": "up"})

    assert (2, 3) == (places_for(down, 14, 14), places_for(up, 14, 14))


def test_a_share_counts_those_that_passed_not_those_that_applied() -> None:
    assert places_for(Selection(id="s", title="", share="30%"), 100, 20) == 6


def test_the_least_of_several_limits_holds() -> None:
    assert places_for(Selection(id="s", title="", quota=4, share="50%"), 10, 10) == 4


def test_without_a_limit_everyone_who_qualifies_is_taken() -> None:
    assert (Place.TAKEN, Place.OPEN) == chosen(candidate(1), candidate(2, state=State.OPEN)).standing


def test_a_tie_at_the_last_place_goes_as_declared() -> None:
    tied = (candidate(95), candidate(90), candidate(90))

    assert (Place.TAKEN, Place.LEFT, Place.LEFT) == chosen(*tied, quota=2, ties="exclude").standing
    assert (Place.TAKEN, Place.TAKEN, Place.TAKEN) == chosen(*tied, quota=2, ties="include").standing
    assert (Place.TAKEN, Place.TIED, Place.TIED) == chosen(*tied, quota=2, ties="declare").standing


def test_a_minimum_that_is_not_reached_is_reported() -> None:
    assert {"": 2} == chosen(candidate(95), candidate(99, state=State.NOT_HELD), minimum=3).short


def test_groups_are_ranked_apart() -> None:
    found = chosen(
        candidate(70, group="甲省"), candidate(60, group="甲省"), candidate(99, group="乙省"), quota=1, group_by="province"
    )

    assert (Place.TAKEN, Place.LEFT, Place.TAKEN) == found.standing


def test_the_second_stage_starts_from_those_taken_in_the_first() -> None:
    candidates = [candidate(95), candidate(90), candidate(85)]
    first = select(Selection(id="first", title="", award="a", quota=2), candidates)

    second = select(Selection(id="second", title="", award="a", quota=2, after="first"), candidates, first.standing)

    assert (Place.TAKEN, Place.TAKEN, Place.NOT_QUALIFIED) == second.standing


def test_an_open_score_leaves_open_only_the_places_it_could_change() -> None:
    found = chosen(candidate(99), candidate(60, 98), candidate(80), candidate(10), quota=2)

    assert (Place.TAKEN, Place.OPEN, Place.OPEN, Place.LEFT) == found.standing


@given(st.lists(st.integers(0, 20), max_size=12), st.integers(0, 12), st.sampled_from(["exclude", "declare"]))
def test_no_more_are_ever_taken_than_there_are_places(scores: list[int], quota: int, ties: str) -> None:
    found = chosen(*(candidate(score) for score in scores), quota=quota, ties=ties)

    assert found.standing.count(Place.TAKEN) <= quota


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=8), st.integers(0, 8), st.data())
def test_a_place_decided_early_stays_when_the_scores_are_known(
    spans: list[tuple[int, int]], quota: int, data: st.DataObject
) -> None:
    early = chosen(*(candidate(min(s), max(s)) for s in spans), quota=quota, ties="exclude").standing
    final = [data.draw(st.integers(min(s), max(s))) for s in spans]

    late = chosen(*(candidate(score) for score in final), quota=quota, ties="exclude").standing

    assert all(before in (Place.OPEN, after) for before, after in zip(early, late, strict=True))
