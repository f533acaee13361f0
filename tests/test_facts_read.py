"""Facts as assessments read them from the workspace, and that any value survives being stored, typed and journalled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workspaces import ME, OFFICE, Clock

from duibiao.errors import BadInputError, Collector
from duibiao.model.facts import FactType, Grading, Happening, Holding, Kind, Ticks, Value, Vocabulary
from duibiao.model.notation import literal_of, read_value
from duibiao.model.outcome import Verdict
from duibiao.model.text import clean
from duibiao.registry import Registry
from duibiao.services.fact_entry import Wanted, read_assignments, set_facts
from duibiao.services.facts import fact_set, fact_sets
from duibiao.services.units import add_unit
from duibiao.store.doctor import examine
from duibiao.store.records import facts_of, history
from duibiao.store.workspace import ConflictError, Workspace, create_workspace

UNIT, NAME, OTHER = "320412100002", "南街社区居委会", "320412100003"
DAY = date(2012, 11, 15)
SATISFACTION = "jiangsu.wujin.community"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """An open workspace with one unit."""
    with create_workspace(tmp_path / "direct", OFFICE, ME, Clock()) as made:
        add_unit(made, "me", UNIT, NAME)
        yield made


@cache
def vocabulary() -> Vocabulary:
    return Registry().vocabulary


def save(space: Workspace, period: str, **values: Any) -> None:
    set_facts(space, "me", Wanted(UNIT, period, values))


def satisfied(space: Workspace, day: date) -> Verdict:
    """The verdict of an indicator that compares with the year before."""
    found = Registry().assessor(SATISFACTION).assess(fact_set(space, vocabulary(), UNIT, day))
    return found.indicator("service-satisfaction").verdict


def test_a_rule_about_the_year_before_reads_the_history(space: Workspace) -> None:
    save(space, "2012", service_satisfaction="90%")
    assert Verdict.UNKNOWN is satisfied(space, DAY)
    save(space, "2011", service_satisfaction="85%")
    assert Verdict.MET is satisfied(space, DAY)
    save(space, "2011", service_satisfaction="90%")
    assert Verdict.NOT_MET is satisfied(space, DAY)


def test_facts_of_a_later_period_are_never_read(space: Workspace) -> None:
    save(space, "2013", residents="3 person")
    save(space, "2012", residents="2 person")
    found = fact_set(space, vocabulary(), UNIT, date(2012, 1, 1))

    assert ({"residents": 2}, "2012", ()) == (found.values, found.period, found.history)
    assert {} == fact_set(space, vocabulary(), UNIT, date(2011, 1, 1)).values


def test_what_was_typed_wins_over_what_is_known_otherwise(space: Workspace) -> None:
    save(space, "2012", residents="2 person")
    found = fact_set(space, vocabulary(), UNIT, DAY, known={"residents": 9, "households": 4})

    assert {"residents": 2, "households": 4} == found.values


def test_a_unit_that_is_not_there_is_a_problem(space: Workspace) -> None:
    with pytest.raises(BadInputError) as caught:
        fact_set(space, vocabulary(), OTHER, DAY)

    assert ["U01"] == [each.code for each in caught.value.problems]


@pytest.mark.parametrize("literal", ["5 person", "lots", 1000000000000000, {"level": "gone"}])
def test_a_value_that_does_not_fit_any_more_is_a_problem_and_unknown(space: Workspace, literal: Any) -> None:
    save(space, "2012", residents="2 person", green_coverage=literal)
    problems = Collector()
    found = fact_set(space, vocabulary(), UNIT, DAY, problems=problems)

    assert {"residents": 2} == found.values
    assert ["U03"] == [each.code for each in problems.problems]
    assert str(NAME) == problems.problems[0].where.file
    with pytest.raises(BadInputError, match="U03"):
        fact_set(space, vocabulary(), UNIT, DAY)


def test_a_fact_of_a_plugin_that_is_gone_is_a_problem_and_unknown(space: Workspace) -> None:
    save(space, "2012", **{"gone.fact": True})
    problems = Collector()

    assert {} == fact_set(space, vocabulary(), UNIT, DAY, problems=problems).values
    assert ["U03"] == [each.code for each in problems.problems]


def test_many_units_are_read_at_once_by_code_or_territory(space: Workspace) -> None:
    add_unit(space, "me", OTHER, "北街社区居委会")
    add_unit(space, "me", "320411001001", "别处社区居委会")
    save(space, "2012", residents="2 person")

    assert [UNIT, OTHER] == [each.unit.code for each in fact_sets(space, vocabulary(), [UNIT, OTHER], DAY)]
    assert [{"residents": 2}] == [each.values for each in fact_sets(space, vocabulary(), "3204", DAY)]
    assert [] == list(fact_sets(space, vocabulary(), "320411", DAY))


def test_a_conflict_keeps_what_was_typed_even_where_nothing_was_there_before(space: Workspace) -> None:
    save(space, "2012", residents="2 person")
    wanted = Wanted(UNIT, "2012", {"residents": "3 person"}, ("residents=3",), {"residents": 0})

    with pytest.raises(ConflictError):
        set_facts(space, "me", wanted)

    assert ["2 person"] == [each.value for each in facts_of(space, UNIT, "2012")]


# any value


def value_of(ftype: FactType) -> st.SearchStrategy[Value]:
    """Any value of a data item."""
    days = st.dates(date(2000, 1, 1), date(2020, 12, 31))
    names = [each.id for each in ftype.options]
    words = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=8).map(clean)
    match ftype.kind:
        case Kind.CHOICE | Kind.GRADE:
            return st.builds(Grading, st.integers(0, len(names) - 1), words, words, st.none() | days)
        case Kind.CHECKLIST:
            marks = st.fixed_dictionaries({}, optional=dict.fromkeys(names, st.booleans()))
            return marks.map(lambda m: Ticks(frozenset(k for k in m if m[k]), frozenset(k for k in m if not m[k])))
        case Kind.DATE:
            return days
        case Kind.TITLE:
            pairs = st.tuples(days, days).map(sorted)
            return st.booleans().map(Holding) | st.builds(lambda held, pair: Holding(held, *pair), st.booleans(), pairs)
        case Kind.EVENTS:
            kinds = st.sampled_from(["", *names])
            pairs = st.tuples(days, days).map(sorted)
            event = st.builds(lambda pair, kind: Happening(pair[0], kind, pair[1]), pairs, kinds)
            open_event = st.builds(Happening, days, kinds)
            return st.lists(event | open_event, max_size=4).map(lambda some: tuple(sorted(some, key=lambda each: each.on)))
    return st.integers(ftype.low, ftype.high)


any_fact = st.sampled_from(Kind).flatmap(
    lambda kind: st.sampled_from([each for each in vocabulary().types.values() if each.kind is kind]).flatmap(
        lambda ftype: st.tuples(st.just(ftype.id), value_of(ftype))
    )
)


@given(any_fact)
def test_any_value_is_the_same_after_being_stored(fact: tuple[str, Value]) -> None:
    ftype = vocabulary().types[fact[0]]
    stored = json.loads(json.dumps(literal_of(ftype, fact[1])), parse_float=Decimal)

    assert fact[1] == read_value(ftype, stored)


@given(any_fact)
def test_any_value_can_be_typed_as_it_is_stored(fact: tuple[str, Value]) -> None:
    ftype = vocabulary().types[fact[0]]
    literal = literal_of(ftype, fact[1])
    word = {True: "是", False: "否"}.get(literal) if isinstance(literal, bool) else None
    typed = word or (literal if isinstance(literal, str) else json.dumps(literal, ensure_ascii=False))
    problems = Collector()

    assert {fact[0]: literal} == read_assignments(vocabulary(), [f"{fact[0]}={typed}"], problems)
    assert [] == problems.problems


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(saves=st.lists(st.tuples(st.sampled_from(["2011", "2012"]), st.none() | st.integers(0, 3)), max_size=8))
def test_the_history_of_a_fact_is_everything_that_was_ever_saved(
    saves: list[tuple[str, int | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("history") / "office"
    with create_workspace(folder, OFFICE, ME, Clock()) as space:
        add_unit(space, "me", UNIT, NAME)
        now: dict[str, int | None] = {}
        expected = []
        for period, value in saves:
            save(space, period, residents=value)
            if now.get(period) != value:
                expected.append((period, value))
            now[period] = value
        found = history(space, UNIT, "residents")

        assert expected == [(each.period, each.value) for each in found]
        for period in ("2011", "2012"):
            versions = [each.version for each in found if each.period == period]
            assert list(range(1, len(versions) + 1)) == versions
            last = facts_of(space, UNIT, period)
            assert ([now[period]] if versions else []) == [each.value for each in last]
    assert () == tuple(examine(folder, full=True).problems)
