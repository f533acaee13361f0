"""Going about: the last screen, screens by number, help that can be searched; from what blocks a case to where it is mended."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from duibiao.tui.dialogs import Form, FormRows
from duibiao.tui.screens.assess import AssessScreen
from duibiao.tui.screens.cases import CasesScreen
from duibiao.tui.screens.targets import TargetsScreen
from duibiao.tui.screens.workflow import Lines, WorkflowScreen
from duibiao.workflow.blocks import Block
from tui.casework import BEGINNING, BESIDE, DECIDING, below
from tui.conftest import AppAt, screen, settled, typed


async def test_minus_goes_to_the_screen_before_and_there_and_back_again(app_at: AppAt) -> None:
    async with app_at(case=BEGINNING, go="workflow") as pilot:
        await pilot.press("f6")
        await settled(pilot)
        for expected in (WorkflowScreen, TargetsScreen, WorkflowScreen):
            await pilot.press("minus")
            await settled(pilot)
            assert isinstance(pilot.app.screen, expected)


async def test_minus_before_anything_else_was_seen_says_so(app_at: AppAt) -> None:
    async with app_at() as pilot:
        await pilot.press("minus")

        assert "还没有去过别的屏" in below(pilot)
        assert isinstance(pilot.app.screen, CasesScreen)


async def test_a_digit_in_the_command_line_is_that_of_the_function_key(app_at: AppAt) -> None:
    async with app_at() as pilot:
        await pilot.press("colon", "6", "enter")
        await settled(pilot)

        assert isinstance(pilot.app.screen, TargetsScreen)


async def test_help_is_searched_by_what_a_key_does_its_initials_or_its_name(app_at: AppAt) -> None:
    async with app_at(case=BEGINNING, go="assess") as pilot:
        await pilot.press("f1")
        for needle in ("备注", "bz"):
            await pilot.press("slash")
            await settled(pilot)
            await typed(pilot, needle)
            await pilot.press("enter")
            await settled(pilot)
            assert "用编辑器写备注" in screen(pilot.app)
            assert "下一大类" not in screen(pilot.app)
            await pilot.press("escape")
            await settled(pilot)
        assert "下一未答" in screen(pilot.app)

        await pilot.press("slash", *"zzzz", "enter")
        await settled(pilot)
        assert "没有这样的键" in screen(pilot.app)


# from what is in the way to where it is mended


def on_block(pilot: Pilot[int], code: str) -> Block:
    """Put the cursor on the first line of a block."""
    pane = pilot.app.screen.query_one("#now", Lines)
    found = next(
        (place, each.data.of) for place, each in enumerate(pane.entries)
        if getattr(each.data, "act", "") == "mend" and each.data.of.code == code
    )  # fmt: skip
    pane.move_to(found[0])
    block: Block = found[1]
    return block


async def test_enter_on_an_indicator_that_fails_goes_to_its_question(app_at: AppAt) -> None:
    async with app_at((100, 30), case="qingpu-2011-0007", go="workflow") as pilot:
        block = on_block(pilot, "WF05")
        await pilot.press("enter")
        await settled(pilot)
        page = pilot.app.screen

        assert isinstance(page, AssessScreen)
        question = page.at_cursor()
        assert question is not None
        assert set(block.condition.names) & set(question.indicators)
        assert "流程要看的" in below(pilot)

        await pilot.press("w")
        assert isinstance(pilot.app.screen, WorkflowScreen)


@pytest.mark.parametrize(
    ("case", "paper"),
    [("national-2008-0001", "申报表"), ("national-2008-0002", "省（区、市）评审机构考核验收报告")],
)
async def test_enter_on_what_a_paper_shows_goes_to_the_paper(app_at: AppAt, case: str, paper: str) -> None:
    async with app_at((100, 30), case=case, go="workflow") as pilot:
        on_block(pilot, "WF04")
        await pilot.press("enter")
        await settled(pilot)
        form = pilot.app.screen

        assert isinstance(form, Form)
        row = form.at(form.query_one(FormRows).cursor)
        assert paper == getattr(row, "name", "")


async def test_enter_on_what_a_notice_shows_goes_to_the_notice(app_at: AppAt) -> None:
    async with app_at((100, 30), case="national-2008-0004", go="workflow") as pilot:
        on_block(pilot, "WF04")
        await pilot.press("enter")
        await settled(pilot)

        assert isinstance(pilot.app.screen, Form)
        assert "登记公示" in screen(pilot.app)


async def test_enter_on_the_score_goes_to_where_most_points_are_lacking(app_at: AppAt) -> None:
    async with app_at((100, 30), case=BEGINNING, go="assess") as pilot:
        page = pilot.app.screen
        assert isinstance(page, AssessScreen)
        question = page.session.questions[5]
        page.rows.go(5)
        await pilot.press("x", "0", "g")
        await settled(pilot)
        points = page.session.points(question)
        assert points is not None
        assert points.low < points.full

        await pilot.press("w")
        await settled(pilot)
        pane = pilot.app.screen.query_one("#now", Lines)
        pane.move_to(next(place for place, each in enumerate(pane.entries) if getattr(each.data, "act", "") == "assess"))
        await pilot.press("enter")
        await settled(pilot)

        assert page.at_cursor() == question


async def test_enter_on_missing_papers_begins_at_the_first_that_is_missing(app_at: AppAt) -> None:
    async with app_at((100, 30), case=BEGINNING, go="workflow") as pilot:
        block = on_block(pilot, "WF07")
        await pilot.press("enter")
        await settled(pilot)
        form = pilot.app.screen

        assert isinstance(form, Form)
        row = form.at(form.query_one(FormRows).cursor)
        assert block.condition.names[0] == getattr(row, "name", "")


@pytest.mark.parametrize("case", [BEGINNING, BESIDE, DECIDING])
async def test_enter_on_anything_in_the_way_opens_something_or_says_what_to_do(app_at: AppAt, case: str) -> None:
    async with app_at((100, 30), case=case, go="workflow") as pilot:
        pane = pilot.app.screen.query_one("#now", Lines)
        blocks = [place for place, each in enumerate(pane.entries) if getattr(each.data, "act", "") == "mend"]
        for place in blocks:
            said = len(pilot.app.log_lines)  # type: ignore[attr-defined]
            pane.move_to(place)
            await pilot.press("enter")
            await settled(pilot)
            assert not isinstance(pilot.app.screen, WorkflowScreen) or len(pilot.app.log_lines) > said  # type: ignore[attr-defined]
            if isinstance(pilot.app.screen, Form):
                await pilot.press("escape")
            elif isinstance(pilot.app.screen, AssessScreen):
                await pilot.press("w")
            await settled(pilot)
