"""Dated coverage targets of a territory (RULE-SHAPES C16)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duibiao.model.facts import FactSet, FactType, Kind, Unit, Value, Vocabulary
from duibiao.model.outcome import State
from duibiao.model.process import Target
from duibiao.registry import Registry
from duibiao.targets import Member, belongs, holds, progress

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
