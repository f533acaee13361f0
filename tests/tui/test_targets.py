"""The targets screen: bullet lines by year and kind of unit, the gap, who is nearest, and their cases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from duibiao.model.outcome import State
from duibiao.registry import Registry
from duibiao.services import target_view
from duibiao.services.desk import Desk
from duibiao.services.office import open_office
from duibiao.services.target_view import bar, beginning, territory_of
from duibiao.services.targets import Row
from duibiao.store.records import save_facts
from duibiao.targets import Progress
from duibiao.tui.app import DuibiaoApp
from duibiao.tui.look import SAFE
from duibiao.tui.screens.targets import TargetsScreen

from .conftest import SIZES, AppAt, screen, settled, text_of

WUJIN = "jiangsu.wujin.community"
LATER = date(2012, 12, 1)
"""After two communities of Wujin were named in the demonstration."""

FRESH = "320412001007"
"""A community of Wujin without a case."""


def shown(pilot: Pilot[int]) -> TargetsScreen:
    """The screen."""
    found = pilot.app.screen
    assert isinstance(found, TargetsScreen)
    return found


async def only(pilot: Pilot[int], standard: str) -> None:
    """Pick one standard by keys."""
    await pilot.press("s")
    offered = [value for value, _ in pilot.app.screen.offered]  # type: ignore[attr-defined]
    await pilot.press(*["down"] * offered.index(standard), "enter")
    await settled(pilot)


async def test_wujin_shows_three_years_and_two_kinds_of_unit_with_their_gaps(app_at: AppAt) -> None:
    async with app_at((120, 40), go="targets", day=LATER) as pilot:
        await only(pilot, WUJIN)
        lines = text_of(pilot.app)

    headings = [line[:8].strip() for line in lines if line.startswith(" 20")]
    assert ["2012 年", "2013 年", "2014 年"] == headings
    assert any("✗ 12-31 居委会" in line and "≥ 75%" in line for line in lines)
    assert any("✗ 12-31 村委会" in line for line in lines)
    assert any("已有 2 / 需要 107，差 105 个" in line for line in lines)


async def test_bullet_lines_can_be_read_without_colour(app_at: AppAt) -> None:
    async with app_at((80, 24), go="targets", day=LATER, safe=True) as pilot:
        await only(pilot, WUJIN)
        line = next(line for line in text_of(pilot.app) if "需要 107" in line)

    assert line.strip().startswith("#")
    assert "|" in line
    assert "." in line


async def test_the_year_is_changed_by_left_and_right(app_at: AppAt) -> None:
    async with app_at((120, 40), go="targets", day=LATER) as pilot:
        await only(pilot, WUJIN)
        await pilot.press("right", "right")
        text = screen(pilot.app)
        assert " 2013 年 ·" in text
        assert " 2012 年" not in text

        await pilot.press("left", "left")
        assert " 各年 ·" in screen(pilot.app)
        assert " 2012 年" in screen(pilot.app)


async def test_the_details_say_what_to_expect_and_who_is_nearest(app_at: AppAt) -> None:
    async with app_at((120, 40), go="targets", day=LATER) as pilot:
        await only(pilot, WUJIN)
        text = screen(pilot.app)

    assert "还有 30 天" in text
    assert "总数：居委会 142" in text
    assert "在办 4 件全部成功" in text
    assert "按现在的通过率 2/2" in text
    assert "1. 站北社区居民委员会" in text
    assert "办理中 自查申报" in text


async def test_enter_on_a_candidate_opens_its_case(app_at: AppAt) -> None:
    async with app_at((120, 40), go="targets", day=LATER) as pilot:
        await only(pilot, WUJIN)
        await pilot.press("enter", "enter")
        await settled(pilot)

        app = pilot.app
        assert isinstance(app, DuibiaoApp)
        assert "wujin-2012-0001" == app.case
        assert "自查申报" in screen(app)
        assert "流程" in text_of(app)[0]


async def test_a_candidate_without_a_case_can_be_given_one(app_at: AppAt, demo: Path) -> None:
    with open_office(str(demo)) as space, space.change("demo") as entry:
        save_facts(entry, FRESH, "2012", {"renovated_old_estate": True})
    async with app_at((120, 40), go="targets", workspace=demo, day=LATER) as pilot:
        await only(pilot, WUJIN)
        row = shown(pilot).row
        assert row is not None
        place = [each.unit.code for each in row.report.nearest].index(FRESH)
        await pilot.press("enter", *["down", "down"] * place)
        await pilot.press("enter")
        assert "这个单位还没有申报件" in screen(pilot.app)

        await pilot.press("ctrl+s")
        await settled(pilot)
        app = pilot.app
        assert isinstance(app, DuibiaoApp)
        opened = target_view.case_of(app.desk, WUJIN, FRESH)
        assert opened is not None
        assert (opened.id, 2012) == (app.case, opened.year)
        assert "流程" in text_of(app)[0]


async def test_a_territory_narrows_the_units_that_count(app_at: AppAt) -> None:
    async with app_at((120, 40), go="targets", day=LATER) as pilot:
        await only(pilot, WUJIN)
        await pilot.press("slash", *"320412001", "ctrl+s")
        await settled(pilot)
        text = screen(pilot.app)

    assert "· 320412001 ·" in text
    assert "总数：居委会 142" not in text
    assert "需要 107" not in text


async def test_a_territory_nobody_knows_is_told_in_the_form(app_at: AppAt) -> None:
    async with app_at((80, 24), go="targets") as pilot:
        await pilot.press("slash", *"不存在的地方", "ctrl+s")
        assert "✗ U01" in screen(pilot.app)


async def test_keys_work_while_it_is_counted(app_at: AppAt, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = Event(), Event()
    real = target_view.counted

    def slow(*args: Any) -> Iterator[tuple[str, Sequence[Row]]]:
        for each in real(*args):
            yield each
            begun.set()
            go_on.wait(10)

    monkeypatch.setattr(target_view, "counted", slow)
    async with app_at((100, 30), go="") as pilot:
        app = pilot.app
        assert isinstance(app, DuibiaoApp)
        app.action_go("targets")
        assert await asyncio.to_thread(begun.wait, 20)
        await pilot.pause()
        assert shown(pilot).found
        assert "正在统计…" in screen(app)
        await pilot.press("down", "right")
        assert shown(pilot).year is not None

        go_on.set()
        await settled(pilot)
        assert "正在统计…" not in screen(app)


async def test_a_count_that_was_overtaken_shows_nothing(app_at: AppAt) -> None:
    async with app_at((100, 30), go="targets") as pilot:
        page = shown(pilot)
        page.action_again()
        page._got(page.asked - 1, "gone", [])
        page._done(page.asked - 1)
        assert page.busy
        await settled(pilot)
        assert not page.busy


async def test_a_narrow_screen_goes_from_the_list_to_the_details_and_back(app_at: AppAt) -> None:
    async with app_at((60, 18), go="targets", day=LATER) as pilot:
        await only(pilot, WUJIN)
        assert "[目标]" in screen(pilot.app)
        await pilot.press("enter")
        await settled(pilot)
        assert "[详情]" in screen(pilot.app)
        await pilot.press("escape")
        await settled(pilot)
        assert "[目标]" in screen(pilot.app)


async def test_a_screen_that_is_too_small_asks_for_more_room_and_recovers(app_at: AppAt) -> None:
    async with app_at(go="targets") as pilot:
        whole = screen(pilot.app)
        await pilot.resize_terminal(50, 15)
        await settled(pilot)
        assert "请放大到 60×18" in screen(pilot.app)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert whole == screen(pilot.app)


@pytest.mark.parametrize("safe", [False, True])
async def test_nothing_runs_over_the_edge_and_no_figure_is_cut(app_at: AppAt, safe: bool) -> None:
    async with app_at(safe=safe, go="targets", day=LATER) as pilot:
        await only(pilot, WUJIN)
        for size, lang in product(SIZES, ("en", "zh")):
            await pilot.resize_terminal(*size)
            await pilot.press("ctrl+l")
            for _ in range(2):
                await pilot.press("tab", "g")
                await pilot.pause()
                lines = text_of(pilot.app)
                assert all(cell_len(line) <= size[0] for line in lines)
                assert any(("差 105 个" if lang == "zh" else "105 to go") in line for line in lines)
                assert not safe or not {each for line in lines for each in line if ord(each) in SAFE}


def test_a_territory_is_found_by_code_by_jurisdiction_and_by_name(demo: Path, registry: Registry) -> None:
    with open_office(str(demo)) as space:
        desk = Desk(space, registry, "demo", LATER)

        assert territory_of(desk, "") is None
        assert ("3204", "3204") == territory_of(desk, " 3204 ")
        found = territory_of(desk, "武进区")
        assert found is not None
        assert "320412" == found[0]


@pytest.mark.parametrize(
    ("code", "expected"),
    [("320412001001", "320412001001"), ("320412001000", "320412001"), ("320412000000", "320412"), ("310000", "31")],
)
def test_the_codes_under_a_division_begin_with_its_own_without_filling_zeros(code: str, expected: str) -> None:
    assert expected == beginning(code)


@st.composite
def progresses(draw: st.DrawFn) -> Progress:
    """A progress as one could be counted."""
    size = draw(st.integers(0, 700_000))
    low = draw(st.integers(0, size))
    high = draw(st.integers(low, size))
    needed = draw(st.integers(0, 800_000))
    return Progress((size, size), (low, high), needed, (max(needed - high, 0), max(needed - low, 0)), State.OPEN)


@given(progresses(), st.integers(4, 60))
def test_a_bar_fills_its_width_and_shows_what_is_not_nothing(found: Progress, width: int) -> None:
    drawn = bar(found, width)

    assert width == drawn.sure + drawn.maybe + drawn.rest
    assert 0 <= drawn.needed < width
    assert (found.achieved[0] > 0) == (drawn.sure > 0)
    assert drawn.sure < width or found.achieved[0] >= max(found.population[1], found.needed)
