"""Facts that pass one standard and fail another: found, minimal, and checked by the evaluator; «none» only with proof."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from conftest import Run
from hypothesis import given, settings
from random_standards import VOCABULARY, fact_sets, standards
from small_standards import of

from duibiao.assess.one import Assessor
from duibiao.compare.witness import Answer, Side, common_kinds, passes_but_fails, side_of
from duibiao.errors import BadInputError
from duibiao.exchange.facts import read_facts
from duibiao.model.facts import FactSet, FactType, Kind, Option, Ticks, Value, Vocabulary
from duibiao.model.outcome import State
from duibiao.model.standard import Award, Criterion, Header, Indicator, Scoring, Standard
from duibiao.registry import Registry
from duibiao.services.comparing import find_witnesses, witness_file
from duibiao.services.phrasing import Phrases

DAY = date(2012, 6, 30)
WUJIN, QINGPU = "jiangsu.wujin.community", "shanghai.qingpu.committee"
TYPES = (
    FactType("area", "面积", Kind.QUANTITY, unit="m2", high=5000),
    FactType("volunteers", "志愿者", Kind.COUNT, unit="person", high=10_000),
    FactType("people", "居民", Kind.COUNT, unit="person", high=10_000),
    FactType("old", "老区", Kind.FLAG),
    FactType("plan", "规划", Kind.FLAG),
    FactType("rate", "比率", Kind.RATE, unit="%", high=100),
    FactType("rooms", "用房", Kind.CHECKLIST, options=tuple(Option(name, name) for name in "abc")),
    FactType("visits", "走访", Kind.EVENTS, options=(Option("minor", "一般"),)),
)
SHARE = {"fact": "volunteers", "ratio_to": "people", "if_empty": "not_met"}
OLD = {"fact": "rate", "at_least": "25%", "otherwise": [{"when": "old", "at_least": "16%"}]}
BOTH = {"all_of": [{"fact": "plan"}, {"fact": "old"}]}
SMALL = Vocabulary({each.id: each for each in TYPES})


def side(*conditions: Mapping[str, Any], kinds: tuple[str, ...] = ("居委会",), **more: Any) -> Side:
    """A standard that asks for all *conditions*."""
    leaves = tuple(Indicator(id=f"i{n}", title="", **_keys(each)) for n, each in enumerate(conditions))
    scoring = Scoring(**{"awards": (Award(id="a", title=""),), **more})
    header = Header(id="t.s", edition="1", title="", unit_kinds=kinds)
    made = Standard(header=header, scoring=scoring, criteria=(Criterion(id="c", title="", indicators=leaves),))
    return side_of(of(made, SMALL))


def _keys(each: Mapping[str, Any]) -> Mapping[str, Any]:
    return each if "condition" in each else {"condition": each}


def apart(first: Side, second: Side) -> Answer:
    return passes_but_fails(first, second, DAY, "见证")


def values(answer: Answer) -> dict[str, Value]:
    assert answer.witness is not None
    return dict(answer.witness.facts.values)


# small standards


def test_the_witness_lies_between_the_two_thresholds() -> None:
    lax, strict = side({"fact": "area", "at_least": 400}), side({"fact": "area", "at_least": 640})

    assert {"area": 400} == values(apart(lax, strict))


def test_the_stricter_threshold_implies_the_laxer_and_that_is_proved() -> None:
    lax, strict = side({"fact": "area", "at_least": 400}), side({"fact": "area", "at_least": 640})

    answer = apart(strict, lax)

    assert ("none", None) == (answer.state, answer.witness)
    assert ["none"] == [each.state for each in answer.apart]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"fact": "area", "more_than": 399}, {"fact": "area", "at_least": 400}),
        ({"fact": "rooms"}, {"fact": "rooms", "has_at_least": 2}),
        ({"fact": "rooms", "has": ["a", "b"]}, {"fact": "rooms", "has": ["b"]}),
        ({**SHARE, "at_least": "15%"}, {**SHARE, "more_than": "10%"}),
        ({"rule": "volunteers / people >= 15%", "if_empty": "met"}, {**SHARE, "at_least": "10%", "if_empty": "met"}),
        ({"all_of": [{"fact": "old"}, {"fact": "plan"}]}, {"any_of": [{"fact": "plan"}, {"fact": "area", "at_least": 1}]}),
        ({"fact": "rate", "at_least": "25%"}, OLD),
        ({"fact": "area", "between": [300, 400]}, {"fact": "area", "at_most": 500}),
        ({"fact": "plan"}, {"condition": {"fact": "plan"}, "when": "old"}),
        ({"fact": "area", "about": 300}, {"fact": "area", "at_least": 0}),
        ({"none_of": [{"fact": "plan"}]}, {"none_of": [BOTH]}),
        ({"fact": "visits", "at_least": 4, "within": "1 year"}, {"fact": "visits", "at_least": 2, "within": "1 year"}),
    ],
    ids=lambda each: str(each)[:60],
)  # fmt: skip
def test_what_one_demand_implies_of_another_is_proved(one: Mapping[str, Any], two: Mapping[str, Any]) -> None:
    assert "none" == apart(side(one), side(two)).state


def test_two_demands_of_one_standard_imply_a_third_together() -> None:
    both = side({"fact": "area", "at_least": 300}, {"fact": "area", "at_most": 400})

    assert "none" == apart(both, side({"fact": "area", "between": [200, 500]})).state


@pytest.mark.parametrize(
    ("one", "two", "found"),
    [
        ({"fact": "rooms", "has": ["a"]}, {"fact": "rooms"}, {"rooms": Ticks(frozenset("a"), frozenset("b"))}),
        ({"fact": "plan"}, {"fact": "old"}, {"plan": 1, "old": 0}),
        (OLD, {"fact": "rate", "at_least": "25%"}, {"rate": 16, "old": 1}),
        ({"condition": {"fact": "plan"}, "when": "old"}, {"fact": "plan"}, {"old": 0, "plan": 0}),
        ({"fact": "area", "at_most": 10}, {"fact": "area", "at_most": 5}, {"area": 6}),
        ({"none_of": [BOTH]}, {"none_of": [{"fact": "plan"}]}, {"plan": 1, "old": 0}),
    ],
    ids=lambda each: str(each)[:40],
)  # fmt: skip
def test_the_witness_is_the_smallest_set_of_facts(
    one: Mapping[str, Any], two: Mapping[str, Any], found: Mapping[str, Value]
) -> None:
    assert found == values(apart(side(one), side(two)))


def test_a_share_is_missed_by_one_head() -> None:
    found = values(apart(side({**SHARE, "at_least": "10%"}), side({**SHARE, "at_least": "15%"})))

    people, volunteers = found["people"], found["volunteers"]
    assert isinstance(people, int)
    assert isinstance(volunteers, int)
    assert 10 * people <= 100 * volunteers < 15 * people


def test_events_are_made_up_as_needed() -> None:
    rule = {"fact": "visits", "kind": "minor", "within": "1 year"}

    answer = apart(side({**rule, "at_least": 2}), side({**rule, "at_least": 4}))

    events = values(answer)["visits"]
    assert isinstance(events, tuple)
    assert 2 <= len(events) < 4


def test_last_years_value_goes_into_the_history() -> None:
    answer = apart(side({"fact": "rate", "not_falling": True}), side({"fact": "rate", "rises": True}))

    assert answer.witness is not None
    ((year, before),) = answer.witness.facts.history
    assert ("2011", before["rate"]) == (year, answer.witness.facts.values["rate"])


def test_units_that_only_one_of_them_gives_a_title_to_are_no_witness() -> None:
    town, village = side({"fact": "plan"}), side({"fact": "old"}, kinds=("村委会",))

    assert [] == list(common_kinds(town, village))
    assert "no_common_kind" == apart(town, village).state


def test_a_standard_with_points_is_passed_without_every_point() -> None:
    worth = [{"condition": {"fact": name}, "points": {"points": points}} for name, points in (("plan", 6), ("old", 4))]
    scored = side(*worth, method="points", awards=(Award(id="a", title="", requires="score >= 6"),))

    assert {"plan": 1, "old": 0} == values(apart(scored, side({"fact": "old"})))
    assert "none" == apart(scored, side({"fact": "plan"})).state  # without the plan there are 4 points at most


def test_a_standard_that_nobody_can_pass_has_no_witness() -> None:
    never = side({"fact": "area", "at_least": 10}, {"fact": "area", "at_most": 9})

    assert "none" == apart(never, side({"fact": "plan"})).state


def test_without_an_award_every_binding_indicator_counts() -> None:
    bare = side({"fact": "plan"}, {"condition": {"fact": "old"}, "force": "aim"}, awards=())

    assert {"plan": 0, "area": 1} == values(apart(side({"fact": "area", "at_least": 1}), bare))
    assert {"plan": 1, "area": 0} == values(apart(bare, side({"fact": "area", "at_least": 1})))


# Wujin and Qingpu


def test_both_ways_a_witness_is_written_that_assess_confirms(run: Run, tmp_path: Path) -> None:
    answer = run("compare", WUJIN, QINGPU, "--witness", "--out", tmp_path, "--json").json

    assert ["found", "found"] == [each["state"] for each in answer["witnesses"]]
    for each in answer["witnesses"]:
        (passed,) = run("assess", each["passes"], each["file"], "--json").json["units"]
        (failed,) = run("assess", each["fails"], each["file"], "--json").json["units"]
        assert "held" == next(award["state"] for award in passed["awards"] if award["id"] == each["award"])
        assert {"not_held"} == {award["state"] for award in failed["awards"]}
        missed = {leaf["id"] for leaf in failed["indicators"] if leaf["verdict"] == "not_met"}
        assert set(each["not_met"]) == missed


def test_400_square_metres_pass_wujin_and_fail_qingpu(run: Run, tmp_path: Path) -> None:
    there, back = run("compare", WUJIN, QINGPU, "--witness", "--out", tmp_path, "--json").json["witnesses"]

    assert ["premises-area"] == there["not_met"]
    assert [{"fact": "premises_area", "value": "400 m²"}] == there["decisive"]
    assert "premises_area" not in {each["fact"] for each in back["decisive"]}  # 640 m² are enough for Wujin


def test_no_fact_of_a_witness_can_be_left_out() -> None:
    for answer in find_witnesses(Registry(), [WUJIN, QINGPU]):
        assert answer.witness is not None
        facts = answer.witness.facts
        for name in facts.values:
            fewer = evolve(facts, values={key: value for key, value in facts.values.items() if key != name})
            settled = (answer.first.holds(fewer), answer.second.holds(fewer))
            assert (State.HELD, State.NOT_HELD) != settled, name


def test_the_page_says_what_was_found_and_where_it_was_written(run: Run, tmp_path: Path) -> None:
    out = run("compare", WUJIN, QINGPU, "--witness", "--out", tmp_path).out

    assert "达到武进区、达不到青浦区" in out
    assert "办公和活动用房面积 = 400 m²" in out
    assert 2 == len(list(tmp_path.iterdir()))


def test_a_witness_that_is_there_is_not_overwritten_unasked(run: Run, tmp_path: Path) -> None:
    ask = ("compare", "jiangsu.wujin.premises-2020", WUJIN, "--witness", "--out", tmp_path)
    run(*ask)

    assert 2 == run(*ask).code
    assert 0 == run(*ask, "--overwrite").code


# any two standards


@settings(max_examples=60, deadline=None)
@given(standards(), standards(), fact_sets(holes=False))
def test_no_unit_contradicts_a_proof_and_every_witness_holds(one: Standard, two: Standard, facts: FactSet) -> None:
    first, second = (side_of(of(each, VOCABULARY)) for each in (one, two))
    answer = passes_but_fails(first, second, DAY, "见证")
    if answer.witness is not None:
        found = answer.witness.facts
        assert (State.HELD, State.NOT_HELD) == (_award(first, found), _award(second, found))
    if answer.state == "none":
        assert (State.HELD, State.NOT_HELD) != (_award(first, facts), _award(second, facts))


def _award(side: Side, facts: FactSet) -> State:
    """Evaluated afresh, not by the side that searched."""
    try:
        return Assessor(side.assessor.program).assess(facts).award("a").state
    except BadInputError:
        return State.OPEN


@settings(max_examples=60, deadline=None)
@given(standards(), standards(), fact_sets(holes=False))
def test_a_demand_proved_to_be_met_is_met_by_every_unit_that_passes(one: Standard, two: Standard, facts: FactSet) -> None:
    first, second = (side_of(of(each, VOCABULARY)) for each in (one, two))
    answer = passes_but_fails(first, second, DAY, "见证")
    sure: dict[str | None, bool] = {}
    for each in answer.apart:
        sure[each.leaf] = sure.get(each.leaf, True) and each.state == "none"
    if answer.kind == facts.unit.kind and _award(first, facts) is State.HELD:
        for leaf in second.assessor.assess(facts).indicators():
            assert not sure.get(leaf.id) or leaf.verdict.value != "not_met"


@settings(max_examples=40, deadline=None)
@given(one=standards(), two=standards())
def test_a_witness_survives_its_facts_file(tmp_path_factory: pytest.TempPathFactory, one: Standard, two: Standard) -> None:
    answer = passes_but_fails(side_of(of(one, VOCABULARY)), side_of(of(two, VOCABULARY)), DAY, "甲")
    if answer.witness is None:
        return
    path = tmp_path_factory.mktemp("witness") / "facts.toml"
    path.write_text(witness_file(answer, Phrases(VOCABULARY, "zh")), "utf-8")

    (read,) = read_facts(path, VOCABULARY, DAY)

    assert evolve(answer.witness.facts, where=read.where) == read
