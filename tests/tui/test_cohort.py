"""The cohort view: every unit of a territory under one standard, from above, division by division."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from duibiao.services.cohort_desk import Question
from duibiao.services.cohort_overview import Place
from duibiao.tui.app import DuibiaoApp
from duibiao.tui.screens.assess import AssessScreen
from duibiao.tui.screens.cohort import CohortScreen
from duibiao.tui.screens.cohort_panes import ORDERS, measured, ordered, shares
from duibiao.tui.screens.units import UnitCard

from .conftest import SIZES, AppAt, screen, settled, text_of, typed

QINGPU, WUJIN = "qingpu-2011-0003", "wujin-2012-0001"
COMMITTEE = "shanghai.qingpu.committee"


def shown(pilot: Pilot[int]) -> CohortScreen:
    """The screen."""
    found = pilot.app.screen
    assert isinstance(found, CohortScreen)
    return found


async def press(pilot: Pilot[int], *keys: str) -> str:
    """The text on the screen after some keys."""
    for each in keys:
        await pilot.press(each)
        await settled(pilot)
    return screen(pilot.app)


def pane(pilot: Pilot[int], name: str) -> list[Any]:
    """What the lines of a pane stand for."""
    return [each.data for each in shown(pilot).list_of(name).entries if each.data is not None]


# from above


async def test_the_units_of_the_case_at_hand_are_counted_by_township(app_at: AppAt) -> None:
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        lines = text_of(pilot.app)

    assert "全域评估 › 青浦区" in lines[0]
    assert "青浦区市级示范(模范)居委会创建标准 · 青浦区 310118 · 2011 年" in lines[1]
    assert "355 个单位：在评 355  ※ 数据里有 11 个单位是例子" in lines[2]
    assert "示范居委会  ✓ 成立 0  ? 未定 160  ✗ 不成立 195" in lines[3]
    row = next(line for line in lines if "夏阳街道" in line)
    assert ["0", "13", "19"] == row.split()[-3:]
    assert "▒░" in row


async def test_without_a_case_the_standard_of_most_cases_is_asked(app_at: AppAt) -> None:
    async with app_at((80, 24), go="cohort") as pilot:
        assert Question(COMMITTEE, "310118", "2011") == shown(pilot).question


async def test_it_is_reached_from_the_palette_by_initials_and_from_units_and_targets_by_a_key(app_at: AppAt) -> None:
    async with app_at((80, 24), case=QINGPU) as pilot:
        await pilot.press("colon")
        await settled(pilot)
        await typed(pilot, "qy")
        assert "全域评估 › 青浦区" in await press(pilot, "enter")
        assert "单位" in await press(pilot, "f9")
        assert "全域评估 › 青浦区" in await press(pilot, "a")


async def test_from_a_target_its_standard_is_asked(app_at: AppAt) -> None:
    async with app_at((120, 40), go="targets") as pilot:
        page: Any = pilot.app.screen
        standard = page.row.counted
        await press(pilot, "a")

        question = shown(pilot).question
        assert question is not None
        assert standard == question.standard


# up and down


async def test_enter_goes_down_to_the_units_and_backspace_up_to_the_division_come_from(app_at: AppAt) -> None:
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        text = await press(pilot, "down", "enter")
        assert "全域评估 › 青浦区 › 盈浦街道" in text
        assert "35 个单位：在评 35" in text
        assert 35 == len(pane(pilot, "map"))

        assert "355 个单位" in await press(pilot, "backspace")
        assert ("place", "310118002") == shown(pilot).list_of("map").chosen

        assert "盈浦街道" in (await press(pilot, "enter")).splitlines()[0]
        assert "盈浦街道" not in (await press(pilot, "escape")).splitlines()[0]
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, CohortScreen)


async def test_the_other_panes_follow_the_division(app_at: AppAt) -> None:
    async with app_at((160, 40), case=WUJIN, go="cohort") as pilot:
        whole = shown(pilot).seen
        text = await press(pilot, "enter")

        look = shown(pilot).seen
        assert whole is not None
        assert look is not None
        assert (297, 7) == (whole.units, look.units)
        assert (7, 7) == (sum(each.units for each in look.bars), max(sum(each.counts.values()) for each in look.indicators))
        assert "戚墅堰街道" in text
        assert {each.code for each in look.nearest} == {code for kind, code, line in pane(pilot, "near") if line == 0}


async def test_a_division_in_which_all_units_lie_is_passed_over(app_at: AppAt) -> None:
    async with app_at((80, 24), case="national-2008-0001", go="cohort") as pilot:
        shown(pilot)._ask(Question("national.community", "31", "2008"))
        await settled(pilot)
        page = shown(pilot)

        assert page.seen is not None
        assert 6 == page.seen.level
        assert "全域评估 › 上海市 " in text_of(pilot.app)[0]


async def test_enter_on_a_unit_opens_its_case_or_its_card(app_at: AppAt) -> None:
    async with app_at((80, 24), case=WUJIN, go="cohort") as pilot:
        app = pilot.app
        assert isinstance(app, DuibiaoApp)
        await press(pilot, "enter", "enter")
        assert isinstance(app.screen, AssessScreen)
        assert app.case.startswith("wujin-2012-")
        await press(pilot, "escape")
        await press(pilot, "end", "enter")
        assert isinstance(app.screen, UnitCard)


async def test_enter_on_one_of_the_nearest_opens_it(app_at: AppAt) -> None:
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        text = await press(pilot, "shift+tab")
        assert "离“示范居委会”最近" in text
        assert "1 项未达到" in text
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, AssessScreen)


# what fails, what is open


async def test_t_toggles_between_what_fails_and_what_is_unknown(app_at: AppAt) -> None:
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        assert "✗ 最多未达到的指标" in await press(pilot, "t")
        text = await press(pilot, "t")
        assert "? 最多未知的指标" in text
        assert "344  96%" in text
        assert "✗ 最多未达到的指标" in await press(pilot, "t")


async def test_what_is_unknown_comes_first_where_nothing_fails(app_at: AppAt) -> None:
    async with app_at((80, 24), case=WUJIN, go="cohort") as pilot:
        assert "? 最多未知的指标" in await press(pilot, "t")


async def test_enter_on_an_indicator_says_its_rule_clause_and_six_verdicts(app_at: AppAt) -> None:
    async with app_at((80, 24), case=WUJIN, go="cohort") as pilot:
        text = await press(pilot, "t", "enter")

    assert "规则：基本组织机构" in text
    assert "三(一)" in text
    for word, count in (("✓ 达到", 6), ("✗ 未达到", 0), ("– 不适用", 0), ("∅ 不在范围", 0), ("? 未知", 291), ("… 待评判", 0)):
        line = next(line for line in text.splitlines() if word in line)
        assert str(count) == line.split()[-3]


async def test_the_line_of_the_award_is_marked_in_the_distribution(app_at: AppAt) -> None:
    async with app_at((80, 24), case=WUJIN, go="cohort") as pilot:
        text = await press(pilot, "tab")

    assert "▶ 称号要 90 分" in text
    row = next(line for line in text.splitlines() if "90–100" in line)
    assert row.startswith("▶")
    assert ["6", "0"] == row.split()[-2:]


async def test_another_award_is_asked_about(app_at: AppAt) -> None:
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        await press(pilot, "a", "2")
        assert "模范居委会  ✓ 成立" in text_of(pilot.app)[3]


async def test_the_divisions_are_ordered_by_what_failed(app_at: AppAt) -> None:
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        text = await press(pilot, "d", "d")
        assert "不成立多的在前" in text
        assert ("place", "310118109") == next(data for data in pane(pilot, "map") if data) or "金泽镇" in text.splitlines()[8]


# looks


async def test_one_two_or_three_panes_as_there_is_room(app_at: AppAt) -> None:
    heads = ("区划：█ 成立", "达到的指标数：█", "✗ 最多未达到的指标")
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await settled(pilot)
            text = screen(pilot.app)
            assert (1 if size[0] < 100 else 2 if size[0] < 140 else 3) == sum(each in text for each in heads)


async def test_the_pane_with_the_keys_is_the_one_in_sight(app_at: AppAt) -> None:
    async with app_at((60, 18), case=QINGPU, go="cohort") as pilot:
        for word in ("分布", "指标", "最接近", "区划"):
            text = await press(pilot, "tab")
            assert f"[{word}]" in text
            assert all(cell_len(line) <= 60 for line in text.splitlines())


async def test_bars_read_without_colour_where_blocks_are_wide(app_at: AppAt) -> None:
    async with app_at((80, 24), case=QINGPU, go="cohort", safe=True) as pilot:
        lines = text_of(pilot.app)

    assert any("# 成立 : 未定 . 不成立" in line for line in lines)
    assert any("夏阳街道   :::" in line and "..." in line for line in lines)


async def test_the_language_changes_while_it_is_open(app_at: AppAt) -> None:
    async with app_at((160, 40), case=QINGPU, go="cohort") as pilot:
        text = await press(pilot, "ctrl+l")

    assert "Cohort › 青浦区" in text
    assert "355 units: 355 in scope" in text
    assert "✓ held 0  ? open 160  ✗ not held 195" in text
    assert "Divisions: █ held ▒ open ░ not held" in text
    assert "Indicators met" in text


# the parts


@given(st.lists(st.integers(0, 1000), min_size=3, max_size=3), st.integers(4, 60))
def test_a_bar_has_exactly_its_cells_and_whoever_is_there_shows(counts: list[int], width: int) -> None:
    cells = shares(counts, width)

    assert (width if any(counts) else 0) == sum(cells)
    assert [bool(each) for each in counts] == [bool(each) for each in cells]


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 60))
def test_a_bar_is_never_longer_than_its_room(count: int, most: int, width: int) -> None:
    cells = measured(min(count, most), most, width)

    assert 0 <= cells <= width
    assert bool(count) == bool(cells)


@pytest.mark.parametrize(("order", "first"), [("code", "1"), ("held", "2"), ("failed", "3"), ("open", "4")])
def test_divisions_are_ordered_by_shares(order: str, first: str) -> None:
    places = [
        Place("1", "", 90, 90, 30, 30, 30),
        Place("2", "", 10, 10, 9, 1, 0),
        Place("3", "", 10, 10, 1, 9, 0),
        Place("4", "", 10, 10, 0, 1, 9),
    ]

    assert first == ordered(places, order)[0].code
    assert order in ORDERS
