"""The workflow screen: where a case stands, what is in the way, and what an operator does about it by keys."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import pytest
from attrs import evolve
from rich.cells import cell_len

from duibiao.registry import Registry
from duibiao.services import case_view, cases, papers
from duibiao.services.desk import Desk
from duibiao.services.phrasing import Phrases
from duibiao.services.process_words import ProcessWords
from duibiao.tui.dialogs import Form, FormError
from duibiao.tui.look import SAFE
from duibiao.tui.screens.workflow import Lines, WorkflowScreen
from duibiao.tui.screens.workflow_acts import Acts
from duibiao.workflow.case import Notice

from .casework import (
    BEGINNING,
    BESIDE,
    CONSULTING,
    LATER,
    SAMPLED,
    below,
    case_of,
    desk_on,
    entries,
    go_to,
    typed,
)
from .conftest import DAY, SIZES, AppAt, screen, settled, text_of


async def test_the_rail_shows_every_stage_in_order_with_its_state_in_words(app_at: AppAt) -> None:
    async with app_at((120, 40), case=CONSULTING, go="workflow") as pilot:
        lines = text_of(pilot.app)

    marks = [line.split()[:2] for line in lines if line[:3] in (" ✓ ", " ▶ ", " · ")]
    assert [["✓", "自查申报"], ["▶", "区预查"], ["·", "市预查"], ["·", "验收命名"], ["·", "动态管理"]] == marks
    assert any("已通过" in line for line in lines)
    assert any("在办 ✗1 项" in line for line in lines)


async def test_stages_that_run_beside_each_other_stand_in_one_group(app_at: AppAt) -> None:
    async with app_at((120, 40), case=BESIDE, go="workflow") as pilot:
        lines = text_of(pilot.app)

    top = next(place for place, line in enumerate(lines) if "同时办理" in line)
    assert "│ ▶ 申报同时公示" in lines[top + 1]
    assert "│ ▶ 街道(镇)评定" in lines[top + 3]
    assert "│" not in lines[top + 5][:3]


async def test_a_window_shows_its_days_left_and_the_exception_of_the_year(app_at: AppAt) -> None:
    async with app_at((120, 40), case=BEGINNING, go="workflow") as pilot:
        assert "时间：还剩 10 天（2012-11-15）（这一年的例外）" in screen(pilot.app)


async def test_the_score_stands_against_the_line_of_its_level(app_at: AppAt) -> None:
    async with app_at((120, 40), case=BEGINNING, go="workflow") as pilot:
        assert "✓ 得分（街镇） 100 / 100，线 ≥ 90" in screen(pilot.app)


async def test_a_block_says_what_is_missing_its_clause_and_what_mends_it(app_at: AppAt) -> None:
    async with app_at((120, 40), case=BEGINNING, go="workflow") as pilot:
        text = screen(pilot.app)

    assert "✗ WF07 材料不齐" in text
    assert "考核评分表" in text
    assert "四(一)" in text
    assert "→ 回车：登记材料" in text


async def test_a_blocked_stage_is_offered_with_its_reason_and_not_passed(app_at: AppAt) -> None:
    async with app_at((80, 24), case=BEGINNING, go="workflow") as pilot:
        before = entries(pilot)
        await pilot.press("w")
        text = screen(pilot.app)
        await pilot.press("ctrl+s")

        assert "✗ WF07" in text
        assert "还有 1 项没有办结" in text
        assert isinstance(pilot.app.screen, Form)
        assert before == entries(pilot)
        assert ("self-check",) == case_of(pilot).state.active


async def test_enter_on_a_block_registers_the_paper_and_the_stage_is_passed(app_at: AppAt) -> None:
    async with app_at((80, 24), case=BEGINNING, go="workflow") as pilot:
        await pilot.press("enter")
        assert "☐ 未勾 考核评分表" in screen(pilot.app)
        await pilot.press("space", "ctrl+s")
        await settled(pilot)
        assert "没有阻碍，可以通过" in screen(pilot.app)

        await pilot.press("w")
        assert "将要：通过 自查申报，进入 区预查" in screen(pilot.app)
        await pilot.press("ctrl+s")
        await settled(pilot)

        assert ("district-review",) == case_of(pilot).state.active
        assert "已保存：通过 自查申报，进入 区预查" in below(pilot)
        assert "区预查（在办）" in screen(pilot.app)


async def test_a_paper_that_nobody_ticked_is_not_registered(app_at: AppAt) -> None:
    async with app_at((80, 24), case=BEGINNING, go="workflow") as pilot:
        before = entries(pilot)
        await pilot.press("p", "ctrl+s")

        assert "✗ 没有勾选材料" in screen(pilot.app)
        assert before == entries(pilot)


async def test_a_scan_is_kept_with_its_paper(app_at: AppAt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 table")
    monkeypatch.chdir(tmp_path)
    async with app_at((100, 30), case=BEGINNING, go="workflow") as pilot:
        await pilot.press("p", "1")
        await typed(pilot, "a.pdf")
        await pilot.press("ctrl+s")
        await settled(pilot)

        (paper,) = case_of(pilot).state.papers
        assert paper.sha256
        assert "（有扫描件）" in screen(pilot.app)


async def test_a_scan_that_is_not_there_keeps_the_form_open_and_says_so(app_at: AppAt) -> None:
    async with app_at((100, 30), case=BEGINNING, go="workflow") as pilot:
        await pilot.press("p", "1")
        await typed(pilot, "/nowhere/a.pdf")
        await pilot.press("ctrl+s")

        assert "DB001" in screen(pilot.app)
        assert "/nowhere/a.pdf" in screen(pilot.app)
        assert () == case_of(pilot).state.papers


async def test_an_opinion_against_is_registered_and_goes_on_record_as_a_warning(app_at: AppAt) -> None:
    async with app_at((100, 30), case=CONSULTING, go="workflow", day=LATER) as pilot:
        await pilot.press("enter", "enter", "2")
        await typed(pilot, "用房面积还差一点")
        await pilot.press("ctrl+s")
        await settled(pilot)

        (said,) = [each for each in case_of(pilot).state.opinions if each.stage == "district-review"]
        assert (said.agrees, said.text) == (False, "用房面积还差一点")
        assert "不同意" in screen(pilot.app)
        await pilot.press("w")
        assert "※ WF54" in screen(pilot.app)


async def test_a_notice_begins_as_the_source_asks_and_counts_down(app_at: AppAt) -> None:
    async with app_at((120, 40), case=BESIDE, go="workflow", day=LATER) as pilot:
        await pilot.press("n")
        form = pilot.app.screen
        assert isinstance(form, Form)
        assert form.values["places"]
        await typed(pilot, "+7")
        await pilot.press("ctrl+s")
        await settled(pilot)

        (posted,) = [each for each in case_of(pilot).state.notices if each.stage == "notice"]
        assert date(2012, 12, 7) == posted.until
        assert posted.places
        text = screen(pilot.app)
        assert "公示 2012-11-30 至 2012-12-07，还有 7 天" in text
        assert "✗ WF10" in text


async def test_a_day_that_cannot_be_read_is_told_and_nothing_typed_is_lost(app_at: AppAt) -> None:
    async with app_at((80, 24), case=BESIDE, go="workflow", day=LATER) as pilot:
        before = entries(pilot)
        await pilot.press("n")
        await typed(pilot, "下周五")
        await pilot.press("ctrl+s")

        assert "日期写作 2012-11-15" in screen(pilot.app)
        assert "下周五" in screen(pilot.app)
        assert before == entries(pilot)


async def test_an_objection_blocks_until_it_is_settled(app_at: AppAt) -> None:
    async with app_at((100, 30), case=SAMPLED, go="workflow", day=LATER) as pilot:
        await pilot.press("y")
        await typed(pilot, "李某")
        await pilot.press("enter")
        await typed(pilot, "票数有出入")
        await pilot.press("enter", "enter")
        await settled(pilot)
        assert "✗ WF12" in screen(pilot.app)

        go_to(pilot, "WF12")
        await pilot.press("enter", "1", *"经复核票数无误", "ctrl+s")
        await settled(pilot)

        (objection,) = case_of(pilot).state.objections
        assert ("dismissed", "经复核票数无误") == (objection.outcome, objection.answer)
        assert "没有阻碍，可以通过" in screen(pilot.app)


async def test_a_shortcoming_with_a_deadline_is_registered_and_mended(app_at: AppAt) -> None:
    async with app_at((100, 30), case=SAMPLED, go="workflow", day=LATER) as pilot:
        await pilot.press("f", *"消防通道堵塞", "enter", "+", "1", "0", "enter", "enter")
        await settled(pilot)
        assert "消防通道堵塞" in screen(pilot.app)
        assert "限 2012-12-10" in screen(pilot.app)

        go_to(pilot, "WF16")
        await pilot.press("enter", *"已经清理", "ctrl+s")
        await settled(pilot)
        (finding,) = case_of(pilot).state.findings
        assert (LATER, "已经清理") == (finding.settled, finding.measure)


async def test_work_is_broken_down_to_departments_and_reported_done(app_at: AppAt) -> None:
    async with app_at((100, 30), case="yixing-2012-0001", go="workflow", day=LATER) as pilot:
        assert "✗ WF18" in screen(pilot.app)
        await pilot.press("enter", *"民政局", "enter", *"社区用房", "enter", "enter", "enter")
        await settled(pilot)
        (task,) = case_of(pilot).state.tasks
        assert ("民政局", "社区用房") == (task.department, task.text)

        go_to(pilot, "社区用房")
        await pilot.press("enter", "ctrl+s")
        await settled(pilot)
        assert LATER == case_of(pilot).state.tasks[0].done


def test_a_sample_without_a_share_in_the_source_asks_for_one_and_records_its_seed(demo: Path, registry: Registry) -> None:
    desk = desk_on(demo, registry, date(2013, 11, 1))
    name = cases.open_case(desk, "320412001001", "jiangsu.wujin.community", year=2013) if _free(desk) else ""
    file = cases.get(desk, name)
    acts = Acts(desk, file, ProcessWords(Phrases(registry.vocabulary, "zh"), file.standard))
    plan = acts.sample(file.stage("city-review"))

    with pytest.raises(FormError):
        plan.do({"seed": "种子", "share": ""})
    told = plan.do({"seed": "种子", "share": "100%"})

    assert "抽中 1 个，本件抽中" in told
    assert cases.get(desk, name).state.sampled == {"city-review": True}
    assert "已经抽过" in Acts(desk, cases.get(desk, name), acts.words).sample(file.stage("city-review")).barred
    desk.space.close()


def _free(desk: Desk) -> bool:
    """Whether the unit has no case of that year yet."""
    return all(each.listed.year != desk.day.year for each in [cases.get(desk, BEGINNING)])


async def test_one_of_two_stages_beside_each_other_is_passed_and_the_other_stays(app_at: AppAt) -> None:
    async with app_at((120, 40), case=BESIDE, go="workflow", day=LATER) as pilot:
        await pilot.press("shift+tab", "down", "w")
        assert "街道(镇)评定" in screen(pilot.app)
        await pilot.press("ctrl+s")
        await settled(pilot)

        assert ("notice",) == case_of(pilot).state.active


async def test_enter_on_the_score_goes_to_the_assessment_and_back(app_at: AppAt) -> None:
    async with app_at((100, 30), case=BEGINNING, go="workflow") as pilot:
        go_to(pilot, "得分")
        await pilot.press("enter")
        await settled(pilot)
        assert "评估" in text_of(pilot.app)[0]
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(pilot.app.screen, WorkflowScreen)


async def test_an_act_that_makes_no_sense_here_says_why(app_at: AppAt) -> None:
    async with app_at((80, 24), case=BEGINNING, go="workflow") as pilot:
        await pilot.press("s")
        assert "抽样：不抽样" in below(pilot)
        await pilot.press("d")
        assert "称号处理：还没有称号" in below(pilot)
        await pilot.press("b")
        assert "退回补正：前面没有可退回的环节" in below(pilot)


async def test_the_history_tells_who_did_what_and_what_the_journal_says(app_at: AppAt) -> None:
    async with app_at((200, 60), case=SAMPLED, go="workflow", day=LATER) as pilot:
        text = screen(pilot.app)

    assert "环节记录" in text
    assert "✓ 自查申报  2012-11-01 → 2012-11-01 通过（demo）" in text
    assert "操作记录" in text
    assert f"开申报件 {SAMPLED}" in text or SAMPLED in text.partition("操作记录")[2]


async def test_full_width_letters_work_as_keys(app_at: AppAt) -> None:
    async with app_at((80, 24), case=SAMPLED, go="workflow", day=LATER) as pilot:
        await pilot.press("ｗ")
        assert "将要：通过 市预查" in screen(pilot.app)


async def test_what_somebody_else_did_meanwhile_shows_when_one_comes_back(app_at: AppAt, demo: Path, registry: Registry) -> None:
    async with app_at((80, 24), case=BEGINNING, go="workflow", workspace=demo) as pilot:
        desk = desk_on(demo, registry, DAY)
        papers.receive(desk, BEGINNING, "考核评分表")
        desk.space.close()
        await pilot.press("question_mark")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)

        assert "没有阻碍，可以通过" in screen(pilot.app)


async def test_a_narrow_screen_shows_one_pane_and_tab_the_next(app_at: AppAt) -> None:
    async with app_at((80, 24), case=SAMPLED, go="workflow", day=LATER) as pilot:
        assert "可以办理" in screen(pilot.app)
        await pilot.press("tab")
        assert "操作记录" in screen(pilot.app)
        assert "可以办理" not in screen(pilot.app)
        await pilot.press("tab")
        assert "▶ 市预查" in screen(pilot.app)
        await pilot.press("enter")
        assert "可以办理" in screen(pilot.app)


async def test_another_stage_on_the_rail_shows_what_was_done_and_what_it_asks(app_at: AppAt) -> None:
    async with app_at((120, 40), case=SAMPLED, go="workflow", day=LATER) as pilot:
        await pilot.press("shift+tab", "g")
        await settled(pilot)
        text = screen(pilot.app)

    assert "自查申报（已通过）" in text
    assert "当时得分 100" in text
    assert "☑ 考核评分表" in text


async def test_a_screen_that_is_too_small_asks_for_more_room_and_recovers(app_at: AppAt) -> None:
    async with app_at(case=BESIDE, go="workflow") as pilot:
        whole = screen(pilot.app)
        await pilot.resize_terminal(50, 15)
        await settled(pilot)
        assert "请放大到 60×18" in screen(pilot.app)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert whole == screen(pilot.app)


@pytest.mark.parametrize("safe", [False, True])
async def test_nothing_runs_over_the_edge_and_the_case_is_named(app_at: AppAt, safe: bool) -> None:
    async with app_at(safe=safe, case=BESIDE, go="workflow") as pilot:
        for size, _ in product(SIZES, ("zh", "en")):
            await pilot.resize_terminal(*size)
            await pilot.press("ctrl+l")
            for _ in range(3):
                await pilot.press("tab")
                lines = text_of(pilot.app)
                assert size[1] == len(lines)
                assert all(cell_len(line) <= size[0] for line in lines)
                assert any(BESIDE in line for line in lines[:2])
                assert not safe or not {each for line in lines for each in line if ord(each) in SAFE}


@pytest.mark.parametrize("safe", [False, True])
async def test_the_borders_of_a_form_are_straight(app_at: AppAt, safe: bool) -> None:
    async with app_at(safe=safe, case=BESIDE, go="workflow") as pilot:
        await pilot.press("n")
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            box = pilot.app.screen.query_one("#box").region
            lines = text_of(pilot.app)[box.y : box.bottom]
            assert {("|" if safe else "│", "|" if safe else "│")} == {edges(line, box.x, box.right) for line in lines[1:-1]}
            assert {("+", "+") if safe else ("┌", "┐")} == {edges(lines[0], box.x, box.right)}
            assert box.right <= size[0]


def edges(line: str, left: int, right: int) -> tuple[str, str]:
    """What stands in the first and the last cell of a box."""
    return line_cell(line, left), line_cell(line, right - 1)


def line_cell(line: str, cell: int) -> str:
    """What stands in a cell."""
    at = 0
    for each in line:
        if at == cell:
            return each
        at += cell_len(each)
    return ""


async def test_the_language_changes_at_once(app_at: AppAt) -> None:
    async with app_at((100, 30), case=BEGINNING, go="workflow") as pilot:
        await pilot.press("ctrl+l")
        await settled(pilot)
        text = screen(pilot.app)

    assert "WF07 Documents are missing" in text
    assert "What can be done" in text
    assert "材料不齐" not in text


def test_the_days_of_a_notice_are_counted_in_working_days_where_the_source_does(demo: Path, registry: Registry) -> None:
    desk = desk_on(demo, registry, date(2012, 9, 28))
    file = cases.get(desk, BEGINNING)
    stage = evolve(file.stage("self-check"), notice={"days": 5, "working": True})
    posted = evolve(file, state=evolve(file.state, notices=(Notice(stage.id, desk.day),)))

    (running,) = case_view.notices(desk, posted, stage)

    assert running.last is not None
    assert running.days == (running.last - desk.day).days
    assert 5 == running.working
    assert running.days > running.working
    desk.space.close()


async def test_brackets_jump_from_group_to_group(app_at: AppAt) -> None:
    async with app_at((100, 30), case=SAMPLED, go="workflow", day=LATER) as pilot:
        pane = pilot.app.screen.query_one("#now", Lines)
        await pilot.press("end", "left_square_bracket")
        top = pane.cursor
        assert "可以办理" in pane.entries[top - 1].parts[0][0]
        await pilot.press("K", "J")
        assert top == pane.cursor


def test_the_rail_says_which_stages_will_not_be_held_any_more(demo: Path, registry: Registry) -> None:
    desk = desk_on(demo, registry)
    cases.withdraw(desk, BEGINNING, "社区合并")
    stops = [each for group in case_view.rail(cases.get(desk, BEGINNING), LATER) for each in group]

    assert [case_view.ENDED, *[case_view.NOT_HELD] * 4] == [each.state for each in stops]
    desk.space.close()
