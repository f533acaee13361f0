"""A form confirmed while an answer is still being saved: what needs the answer waits for it, what does not is done at once."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from duibiao.model.facts import Grading, Kind
from duibiao.services.office import open_office
from duibiao.services.writer import Job
from duibiao.store.records import facts_of
from duibiao.tui.dialogs import Form
from tui.assessing import disk_full, go, here, page, saved, session
from tui.assessing import typed as pressed
from tui.casework import BEGINNING, case_of, typed
from tui.conftest import AppAt, screen, settled

SAVING = "○ 还有内容正在保存，存好就办"


@contextlib.asynccontextmanager
async def slow_disk(pilot: Pilot[int]) -> AsyncIterator[None]:
    """Nothing is saved meanwhile, and everything afterwards."""
    free = Event()
    pilot.app.writer.do(Job(lambda space: free.wait(60)))  # type: ignore[attr-defined]
    try:
        yield
    finally:
        free.set()
    await saved(pilot)
    await settled(pilot)


async def an_answer_and_a_paper(pilot: Pilot[int]) -> None:
    """Answer a question, and go on to register a paper."""
    await go(pilot, Kind.RATE)
    await pressed(pilot, "87", "enter")
    pilot.app.action_go("workflow")  # type: ignore[attr-defined]
    await settled(pilot)
    await pilot.press("p", "space", "ctrl+s")
    await settled(pilot)


async def test_what_needs_the_answers_is_done_as_soon_as_they_are_saved(app_at: AppAt) -> None:
    async with app_at((80, 24), case=BEGINNING, go="assess") as pilot:
        async with slow_disk(pilot):
            await an_answer_and_a_paper(pilot)
            assert SAVING in screen(pilot.app)
            assert () == case_of(pilot).state.papers

        assert not isinstance(pilot.app.screen, Form)
        assert 1 == len(case_of(pilot).state.papers)
        assert "没有阻碍，可以通过" in screen(pilot.app)


async def test_a_form_changed_meanwhile_is_not_done_by_itself(app_at: AppAt) -> None:
    async with app_at((80, 24), case=BEGINNING, go="assess") as pilot:
        async with slow_disk(pilot):
            await an_answer_and_a_paper(pilot)
            await pilot.press("space")

        assert "☐ 未勾 考核评分表" in screen(pilot.app)
        assert SAVING not in screen(pilot.app)
        assert () == case_of(pilot).state.papers


async def test_a_form_that_is_left_meanwhile_does_nothing(app_at: AppAt) -> None:
    async with app_at((80, 24), case=BEGINNING, go="assess") as pilot:
        async with slow_disk(pilot):
            await an_answer_and_a_paper(pilot)
            await pilot.press("escape")

        assert not isinstance(pilot.app.screen, Form)
        assert () == case_of(pilot).state.papers


async def test_where_the_answer_could_not_be_saved_the_form_says_so_and_waits_for_a_second_confirmation(
    app_at: AppAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app_at((80, 24), case=BEGINNING, go="assess") as pilot:
        with disk_full(monkeypatch):
            async with slow_disk(pilot):
                await an_answer_and_a_paper(pilot)
            assert "有内容没有存好，还没有办" in screen(pilot.app)
            assert () == case_of(pilot).state.papers

        await pilot.press("ctrl+s")
        await settled(pilot)
        assert 1 == len(case_of(pilot).state.papers)


async def test_leaving_saves_what_could_not_be_saved_before(app_at: AppAt, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app_at((80, 24), case=BEGINNING, go="assess") as pilot:
        with disk_full(monkeypatch):
            question, unit = await go(pilot, Kind.RATE), case_of(pilot).listed.unit.code
            await pressed(pilot, "87", "enter")
            await saved(pilot)
            pilot.app.action_go("workflow")  # type: ignore[attr-defined]
            await settled(pilot)

        await pilot.press("ctrl+q")
        await settled(pilot)

    assert 0 == pilot.app.return_code
    with contextlib.closing(open_office(str(demo), write=False)) as space:
        assert "87%" in [each.value for each in facts_of(space, unit) if each.fact == question.fact.id]


async def test_what_is_said_of_an_answer_waits_for_nothing(app_at: AppAt) -> None:
    async with app_at((80, 24), case=BEGINNING, go="assess") as pilot:
        await go(pilot, Kind.GRADE)
        async with slow_disk(pilot):
            await pressed(pilot, "2")
            assert page(pilot).duibiao.waiting
            await pressed(pilot, "r")
            await settled(pilot)
            await typed(pilot, "看过台账")
            await pilot.press("ctrl+s")
            await settled(pilot)

            value = session(pilot).value(here(pilot))
            assert isinstance(value, Grading)
            assert "看过台账" == value.reason
