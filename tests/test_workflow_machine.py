"""Whatever is tried in whatever order: no stage is skipped, nothing blocked leaves a trace, a correction loses nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from journeys import BlockedError, Journey, passed

from duibiao.workflow.case import Status
from duibiao.workflow.engine import return_targets, stage_of
from duibiao.workflow.routes import before, comes_from, follows, opening, route

PROCESSES: dict[str, tuple[str, date, tuple[str, ...] | None]] = {
    "jiangsu.wujin.community": ("score-exactly-90", date(2012, 10, 8), None),
    "jiangsu.yixing.city": ("all-met", date(2012, 9, 3), None),
    "national.community": ("all-met", date(2008, 11, 3), None),
    "national.district": ("all-met", date(2008, 11, 3), None),
    "shanghai.qingpu.committee": ("all-met", date(2011, 3, 1), ("model",)),
    "shanghai.qingpu.street": ("all-met", date(2011, 3, 1), ("model",)),
    "daxinganling.station": ("all-met", date(2012, 5, 2), None),
}
LAST = {"shanghai.qingpu.committee": date(2011, 9, 1), "shanghai.qingpu.street": date(2011, 9, 1)}
"""When every window of the process is open or over: a day from which nobody has to wait."""

RECORDED = {"self_check_done", "application_form_filled", "acceptance_passed", "local_notice", "recommendation_materials"}


def begun(standard: str) -> Journey:
    name, day, _ = PROCESSES[standard]
    dropped = () if standard == "jiangsu.yixing.city" else RECORDED
    return Journey.worked(standard, name, year=day.year, day=day, drop=dropped)


def ready(standard: str) -> date:
    """A day from which no stage is too early."""
    return max(
        [
            PROCESSES[standard][1],
            LAST.get(standard, date.min),
            *(each.opens for each in begun(standard).standard.stages if each.opens),
        ]
    )


def walked(standard: str) -> Journey:
    """The process gone through without a detour."""
    journey = begun(standard)
    journey.finish(ready(standard), PROCESSES[standard][2])
    return journey


def summary(journey: Journey) -> tuple[Any, ...]:
    """What a case comes to."""
    case = journey.case
    return case.status, sorted(set(passed(case))), sorted(case.active), [each.award for each in case.held]


@pytest.mark.parametrize("standard", PROCESSES)
def test_a_process_ends_and_every_stage_of_the_route_before_its_end_was_passed(standard: str) -> None:
    journey = walked(standard)
    ids = [each.id for each in route(journey.standard, journey.case.unit) if not each.supervises]
    assert ids == sorted(passed(journey.case), key=ids.index)
    assert journey.case.status in (Status.NAMED, Status.CLOSED)


@pytest.mark.parametrize("standard", PROCESSES)
def test_sending_back_from_any_stage_to_any_earlier_one_and_redoing_it_reaches_the_same_end(standard: str) -> None:
    plain = walked(standard)
    stages = [each.id for each in route(plain.standard, plain.case.unit) if not each.supervises]
    for stage in stages:
        journey, day = begun(standard), ready(standard)
        while stage not in journey.case.active:
            name = journey.case.active[0]
            journey.supply(name, day)
            day += timedelta(2)
            journey.go(name, day)
        for to in return_targets(journey.standard, journey.case, stage):
            again = Journey(journey.assessor, journey.case, journey.facts, journey.registry)
            made = again.back(stage, to, day)
            assert (to,) == made.enters
            assert to in again.case.active
            assert not again.case.passed(stage)
            again.finish(day + timedelta(1), PROCESSES[standard][2])
            assert summary(plain) == summary(again)
            assert ["returned"] * len(made.leaves) == [each.outcome for each in again.case.steps if each.seq in made.leaves]


@pytest.mark.parametrize("standard", PROCESSES)
def test_going_along_a_route_is_the_same_forwards_and_backwards(standard: str) -> None:
    journey = begun(standard)
    source, unit = journey.standard, journey.case.unit
    for stage in route(source, unit):
        assert all(stage.id in comes_from(source, unit, name) for name in follows(source, unit, stage.id))
        assert stage.id in opening(source, unit) or comes_from(source, unit, stage.id)
        assert stage.id not in before(source, unit, stage.id)


class Office(RuleBasedStateMachine):
    """An office that tries moves in any order, registers some of what is asked for, and returns cases now and then."""

    @initialize(standard=st.sampled_from(sorted(PROCESSES)))
    def open(self, standard: str) -> None:
        self.name = standard
        self.journey = begun(standard)
        self.day = ready(standard)
        self.objections = 0

    def stages(self) -> list[str]:
        return [each.id for each in route(self.journey.standard, self.journey.case.unit)]

    def attempt(self, action: Any) -> bool:
        """Do *action*; when it is blocked the case is as before."""
        case = self.journey.case
        try:
            action()
        except BlockedError as error:
            blocks = error.blocks
        else:
            return True
        assert blocks
        assert case == self.journey.case
        return False

    @rule(data=st.data(), days=st.integers(0, 9))
    def register(self, data: st.DataObject, days: int) -> None:
        self.day += timedelta(days)
        stage = data.draw(st.sampled_from(self.stages()))
        self.journey.supply(stage, self.day, drawn=data.draw(st.booleans()))

    @precondition(lambda self: bool(self.journey.case.active))
    @rule(data=st.data(), drawn=st.booleans())
    def do_what_is_asked(self, data: st.DataObject, drawn: bool) -> None:
        stage = data.draw(st.sampled_from(self.journey.case.active))
        self.journey.supply(stage, self.day, drawn=drawn)
        self.day += timedelta(1)
        self.move(stage)

    @rule(data=st.data())
    def try_any_stage(self, data: st.DataObject) -> None:
        self.move(data.draw(st.sampled_from(self.stages())))

    @precondition(lambda self: bool(self.journey.case.active))
    @rule(data=st.data())
    def try_an_active_stage(self, data: st.DataObject) -> None:
        self.move(data.draw(st.sampled_from(self.journey.case.active)))

    def move(self, stage: str) -> None:
        case, standard = self.journey.case, self.journey.standard
        grants = stage_of(standard, case, stage).grants
        blocked = self.journey.blocks(stage, self.day, PROCESSES[self.name][2] if grants else None)
        went = self.attempt(lambda: self.journey.go(stage, self.day, awards=PROCESSES[self.name][2] if grants else None))
        assert went == (not blocked)
        if went:
            assert stage in case.active
            assert all(case.passed(name) for name in before(standard, case.unit, stage))
            open_ones = [each for each in case.objections if each.settled is None]
            assert not [each for each in open_ones if each.stage in {stage, *before(standard, case.unit, stage)}]

    @rule(data=st.data())
    def object(self, data: st.DataObject) -> None:
        self.objections += 1
        self.journey.object(data.draw(st.sampled_from(self.stages())), f"o{self.objections}", self.day)

    @rule()
    def settle(self) -> None:
        self.journey.settle(self.day)

    @rule(data=st.data())
    def send_back(self, data: st.DataObject) -> None:
        stage, to = (data.draw(st.sampled_from(self.stages())) for _ in range(2))
        case, standard = self.journey.case, self.journey.standard
        went = self.attempt(lambda: self.journey.back(stage, to, self.day))
        if went:
            assert to in before(standard, case.unit, stage)
            assert case.passed(to)
            assert Status.OPEN is self.journey.case.status

    @invariant()
    def nothing_is_skipped(self) -> None:
        case, standard = self.journey.case, self.journey.standard
        for stage in case.active:
            assert all(case.passed(name) for name in comes_from(standard, case.unit, stage))
        for name in {step.stage for step in case.steps if case.passed(step.stage)}:
            assert all(case.passed(earlier) for earlier in before(standard, case.unit, name))
        assert len(case.steps) == len({step.seq for step in case.steps})
        assert len(case.active) == len(set(case.active))

    @invariant()
    def a_title_rests_on_the_whole_way(self) -> None:
        case, standard = self.journey.case, self.journey.standard
        for held in case.held:
            (giver,) = [each.id for each in standard.stages if held.award in each.grants]
            assert case.passed(giver)
            assert all(case.passed(name) for name in before(standard, case.unit, giver))


Office.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestOffice = Office.TestCase
