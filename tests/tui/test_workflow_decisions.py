"""Decisions on the workflow screen: the line, returning, ending, naming, titles, and who may decide."""

from __future__ import annotations

from pathlib import Path

from duibiao.registry import Registry
from duibiao.services import papers
from duibiao.services.office import open_office
from duibiao.services.people import add_operator
from duibiao.services.scores import Wanted, score
from duibiao.tui.screens.workflow import WorkflowScreen
from duibiao.workflow.case import Status

from .casework import (
    BEGINNING,
    DECIDING,
    LATER,
    NAMED,
    SAMPLED,
    below,
    case_of,
    desk_on,
    entries,
    typed,
)
from .conftest import DAY, AppAt, screen, settled


async def test_half_a_point_under_the_line_is_refused_and_the_line_itself_passes(
    app_at: AppAt, demo: Path, registry: Registry
) -> None:
    desk = desk_on(demo, registry, DAY)
    papers.receive(desk, BEGINNING, "考核评分表")
    docked = {"premises-area": "0", "service-centre": "0", "door-signs": "2"}
    score(desk, Wanted(BEGINNING, "街镇", docked, "现场查看不达标", "考评组"))
    async with app_at((100, 30), case=BEGINNING, go="workflow", workspace=demo) as pilot:
        text = screen(pilot.app)
        assert "✗ 得分（街镇） 89.5 / 100，线 ≥ 90，还差 0.5" in text
        assert "✗ WF01" in text
        before = entries(pilot)
        await pilot.press("w", "ctrl+s")
        assert (before, ("self-check",)) == (entries(pilot), case_of(pilot).state.active)
        await pilot.press("escape")

        score(desk, Wanted(BEGINNING, "街镇", {"door-signs": "2.5"}, "现场查看不达标", "考评组"))
        desk.space.close()
        await pilot.press("w", "escape", "w", "ctrl+s")
        await settled(pilot)
        assert ("district-review",) == case_of(pilot).state.active


async def test_a_return_needs_a_reason_and_begins_the_stages_anew(app_at: AppAt) -> None:
    async with app_at((100, 30), case=SAMPLED, go="workflow", day=LATER) as pilot:
        await pilot.press("b", "1", "ctrl+s")
        assert "✗ 要写明理由" in screen(pilot.app)

        await typed(pilot, "评分表漏项")
        await pilot.press("ctrl+s")
        await settled(pilot)

        file = case_of(pilot)
        assert ("self-check",) == file.state.active
        assert "评分表漏项" in {each.note for each in file.state.steps}
        assert "↩ 区预查" in screen(pilot.app)
        assert "已退回" in screen(pilot.app)


async def test_refusing_a_title_comes_to_cancel_first(app_at: AppAt) -> None:
    async with app_at((80, 24), case=SAMPLED, go="workflow", day=LATER) as pilot:
        before = entries(pilot)
        await pilot.press("R", *"不符合", "enter", "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, WorkflowScreen)
        assert before == entries(pilot)

        await pilot.press("R", *"不符合", "enter", "down", "enter")
        await settled(pilot)
        assert Status.NOT_NAMED is case_of(pilot).state.status
        assert "不予命名" in screen(pilot.app)


async def test_an_application_is_withdrawn_with_its_reason(app_at: AppAt) -> None:
    async with app_at((80, 24), case=BEGINNING, go="workflow", day=LATER) as pilot:
        await pilot.press("X", *"社区合并", "ctrl+s")
        await settled(pilot)

        assert Status.WITHDRAWN is case_of(pilot).state.status
        assert "已撤回" in screen(pilot.app)
        await pilot.press("w")
        assert "申报件已经办完" in below(pilot)


async def test_naming_says_the_title_first_and_keeps_the_certificate_number(app_at: AppAt) -> None:
    async with app_at((100, 30), case=DECIDING, go="workflow", day=LATER) as pilot:
        await pilot.press("w")
        assert "授予 省级和谐社区建设示范社区" in screen(pilot.app)
        await typed(pilot, "武社示2012第009号")
        await pilot.press("ctrl+s")
        await settled(pilot)

        (held,) = case_of(pilot).state.held
        assert ("武社示2012第009号", LATER) == (held.certificate, held.since)
        assert "武社示2012第009号" in screen(pilot.app)


async def test_one_of_several_titles_has_to_be_chosen(app_at: AppAt) -> None:
    async with app_at((100, 30), case="qingpu-2011-0021", go="workflow", day=LATER) as pilot:
        assert "✗ WF23" in screen(pilot.app)
        await pilot.press("w", "ctrl+s")
        assert "要选定授予哪一个称号" in screen(pilot.app)
        assert () == case_of(pilot).state.held

        await pilot.press("1", "ctrl+s")
        await settled(pilot)
        assert 1 == len(case_of(pilot).state.held)


async def test_a_title_is_revoked_only_with_a_reason(app_at: AppAt) -> None:
    async with app_at((100, 30), case=NAMED, go="workflow", day=LATER) as pilot:
        await pilot.press("d")
        text = screen(pilot.app)
        assert "✗ 续期" in text
        revoke = [name for name, _ in pilot.app.screen.plan.fields[0].options].index("revoke") + 1  # type: ignore[attr-defined]
        await pilot.press(str(revoke), "ctrl+s")
        assert "WF31" in screen(pilot.app)

        await typed(pilot, "弄虚作假")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert ["revoked"] == [each.state for each in case_of(pilot).state.held]
        assert "已撤销" in screen(pilot.app)


async def test_a_person_of_another_level_is_told_so_in_words(app_at: AppAt, demo: Path) -> None:
    with open_office(str(demo)) as space:
        add_operator(space, "demo", "zhang", "张三", ["head"], ["街镇"], "")
    async with app_at((100, 30), case=SAMPLED, go="workflow", workspace=demo, day=LATER, person="zhang") as pilot:
        before = entries(pilot)
        await pilot.press("w")
        text = screen(pilot.app)
        await pilot.press("ctrl+s")

        assert "现由“市”一级办理" in text
        assert before == entries(pilot)
        assert "现由“市”一级办理" in below(pilot)


async def test_a_clerk_may_register_papers_but_not_decide(app_at: AppAt, demo: Path) -> None:
    with open_office(str(demo)) as space:
        add_operator(space, "demo", "li", "李四", ["clerk"], ["街镇"], "")
    async with app_at((120, 40), case=BEGINNING, go="workflow", workspace=demo, person="li") as pilot:
        text = screen(pilot.app)

        assert "p  登记材料" in text
        assert "R  不予命名（不能：E_PERM 无此权限" in text
