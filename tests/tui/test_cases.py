"""案卷: what a line says of a case, finding the right ones, opening new ones; and the card of a unit."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from duibiao.services import lists
from duibiao.services.lists import CasesAsked
from duibiao.tui.screens.cases import IDLE, CasesScreen, CaseTable
from duibiao.tui.screens.units import UnitCard, UnitsScreen
from tui.conftest import SIZES, AppAt, find, screen, settled, text_of

WUJIN = "jiangsu.wujin.community"


def found(folder: Path, asked: CasesAsked) -> list[str]:
    """Ids of the cases that a question finds, in order."""
    listing = lists.cases(folder, asked)
    listing.begin()
    if not listing.ready:
        listing.finish(listing.build() or 0)
    try:
        return [listing.key(index) for index in range(listing.count)]
    finally:
        listing.close()


def row_of(pilot: Pilot[int], word: str) -> str:
    """The line on the screen that has a word."""
    return next(line for line in text_of(pilot.app) if word in line)


# which cases


@pytest.mark.parametrize(
    ("asked", "first", "count"),
    [
        (CasesAsked(standard=WUJIN), "wujin-2012-0001", 6),
        (CasesAsked(standard=WUJIN, stage="naming"), "", 0),
        (CasesAsked(status="closed"), "daxinganling-2012-0004", 1),
        (CasesAsked(under="310104"), "national-2008-0001", 5),
        (CasesAsked(year=2008), "national-2008-0001", 5),
        (CasesAsked(text="站北"), "wujin-2012-0001", 1),
        (CasesAsked(text="zbsqjm"), "wujin-2012-0001", 1),
        (CasesAsked(text="wujin 0002"), "wujin-2012-0002", 1),
        (CasesAsked(text="320412001003"), "wujin-2012-0003", 1),
        (CasesAsked(order="id", down=True), "yixing-2012-0001", 38),
        (CasesAsked(order="year", down=True), "daxinganling-2012-0001", 38),
    ],
)
def test_cases_are_found_by_standard_state_place_year_and_words(
    demo_made: Path, asked: CasesAsked, first: str, count: int
) -> None:
    names = found(demo_made, asked)
    assert count == len(names)
    assert first == (names[0] if names else "")


@pytest.mark.parametrize("order", ["id", "name", "standard", "stage", "level", "score", "status", "year", "code"])
def test_every_order_lists_every_case_once(demo_made: Path, order: str) -> None:
    every = found(demo_made, CasesAsked())
    for down in (False, True):
        assert sorted(every) == sorted(found(demo_made, CasesAsked(order=order, down=down)))


def test_the_order_by_last_day_puts_what_is_most_late_first(demo_made: Path, registry: lists.Registry) -> None:  # type: ignore[name-defined]
    due = lists.due_days(demo_made, registry)
    listing = lists.cases(demo_made, CasesAsked(order="due"), due)
    listing.begin()
    standings = [lists.standing(listing.row(index), registry, date(2012, 11, 5)) for index in range(listing.count)]
    late = [each.timing.days for each in standings if each.timing is not None and each.timing.state == "late"]
    assert late == sorted(late, reverse=True)
    assert standings[0].timing is not None
    assert standings[-1].timing is None
    listing.close()


# what the screen says


async def test_a_line_says_unit_stage_days_left_state_and_points(app_at: AppAt) -> None:
    async with app_at((120, 40)) as pilot:
        line = row_of(pilot, "站北社区")
        assert all(word in line for word in ("自查申报", "还剩 10 天", "办理中", "省级和谐社区建设示范社区"))
        assert "已过 1405 天" in row_of(pilot, "上海新村")
        assert "✓ 已命名" in row_of(pilot, "安亭")
        assert "38 件" in screen(pilot.app)


async def test_the_points_of_the_rows_on_the_screen_are_worked_out_while_nobody_types(app_at: AppAt) -> None:
    async with app_at((120, 50)) as pilot:
        await asyncio.sleep(2 * IDLE)
        await settled(pilot)
        points = pilot.app.screen.query_one(CaseTable).points
        assert "100" == points["wujin-2012-0001"]
        assert "100" in row_of(pilot, "站北社区")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_days_states_and_points_are_never_cut(app_at: AppAt, size: tuple[int, int], lang: str) -> None:
    async with app_at(size, lang=lang) as pilot:
        lines = text_of(pilot.app)
        assert all(cell_len(line) <= size[0] for line in lines)
        words = ("已过 1405 天", "办理中") if lang == "zh" else ("1405 d late", "open")
        assert all(word in row_of(pilot, "上海新村") for word in words)
        assert ("帮助" if lang == "zh" else "help") in lines[-1]
        assert ("回" if lang == "zh" else "open") in lines[-1] or "⏎" in lines[-1]


async def test_a_terminal_of_wide_signs_gets_only_plain_ones(app_at: AppAt) -> None:
    from duibiao.tui.look import SAFE

    async with app_at((80, 24), safe=True) as pilot:
        assert not {chr(point) for point in SAFE} & set(screen(pilot.app))


async def test_an_office_without_cases_is_told_how_to_open_one(app_at: AppAt, tmp_path: Path) -> None:
    from duibiao.services.office import create

    create(str(tmp_path / "fresh"), "湖塘镇", "320412100").close()
    async with app_at((80, 24), workspace=tmp_path / "fresh") as pilot:
        assert "没有案卷：按 o 新开一件" in screen(pilot.app)
        await pilot.press("enter", "w")
        assert "先新开一件" in screen(pilot.app)
        await pilot.press("o")
        await settled(pilot)
        assert "没有单位：按 i 导入" in screen(pilot.app)


# keys


async def test_a_filter_is_chosen_shown_and_taken_back(app_at: AppAt) -> None:
    async with app_at((80, 24)) as pilot:
        await pilot.press("f")
        await settled(pilot)
        assert "办理中  32" in screen(pilot.app)
        await pilot.press("2")
        await settled(pilot)
        assert " 5 件  已命名" in screen(pilot.app)
        await pilot.press("f")
        await settled(pilot)
        assert "✓ 已命名  5" in screen(pilot.app)
        await pilot.press("2")
        await settled(pilot)
        assert " 38 件" in screen(pilot.app)


async def test_a_stage_is_a_filter_of_its_standard(app_at: AppAt) -> None:
    async with app_at((120, 60)) as pilot:
        await pilot.press("f")
        await settled(pilot)
        page = pilot.app.screen_stack[1]
        assert isinstance(page, CasesScreen)
        page.asked = CasesAsked(standard=WUJIN, stage="self-check")
        await pilot.press("escape")
        page.load()
        await settled(pilot)
        assert "自查申报" in text_of(pilot.app)[1]


async def test_full_width_letters_of_an_input_method_work_as_keys(app_at: AppAt) -> None:
    async with app_at((80, 24)) as pilot:
        await pilot.press("ｊ", "ｊ")
        assert 2 == pilot.app.screen.query_one(CaseTable).cursor


async def test_enter_takes_the_case_to_hand(app_at: AppAt, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app_at((80, 24)) as pilot:
        gone: list[str] = []
        monkeypatch.setattr(pilot.app, "action_go", gone.append)
        await pilot.press("j", "enter", "w")
        assert ("daxinganling-2012-0002", ["assess", "workflow"]) == (pilot.app.case, gone)


async def test_the_cursor_stays_on_its_case_when_others_were_added(app_at: AppAt) -> None:
    async with app_at((80, 24)) as pilot:
        table = pilot.app.screen.query_one(CaseTable)
        await pilot.press("j", "j", "j", "j", "j")
        before = table.key_here()
        lists.open_cases(pilot.app.workspace_named, pilot.app.desk, ["232701100200"], "daxinganling.station", 2012)
        pilot.app.screen.load(keep=True)
        await settled(pilot)
        assert (before, 6) == (table.key_here(), table.cursor)


async def test_a_case_is_opened_by_choosing_unit_standard_and_year(app_at: AppAt) -> None:
    async with app_at((80, 24)) as pilot:
        await pilot.press("o")
        await settled(pilot)
        assert isinstance(pilot.app.screen, UnitsScreen)
        await find(pilot, "320412001007")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert "年度 2012" in screen(pilot.app)
        await pilot.press("right")
        assert "年度 2013" in screen(pilot.app)
        await pilot.press("left", "1")
        await settled(pilot)
        assert "wujin-2012-0007" == pilot.app.case


async def test_marked_units_get_a_case_each_after_a_confirmation_that_names_their_number(app_at: AppAt) -> None:
    async with app_at((80, 24)) as pilot:
        pilot.app.action_go("units")
        await settled(pilot)
        await find(pilot, "320412100")
        await settled(pilot)
        await pilot.press("j", *"vvvvvvvv", "o")
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        assert "为 8 个单位各开一件案卷？" in screen(pilot.app)
        await pilot.press("enter")
        assert "已标记 8 个" in screen(pilot.app), "the cursor begins on «cancel»"
        await pilot.press("o")
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        assert "已开 8 件案卷" in screen(pilot.app)
        assert "已标记" not in screen(pilot.app)
        assert 8 == len(found(Path(pilot.app.workspace_named), CasesAsked(under="320412100")))


async def test_units_that_have_a_case_of_the_year_are_passed_over_and_counted(app_at: AppAt) -> None:
    async with app_at((80, 24)) as pilot:
        pilot.app.action_go("units")
        await settled(pilot)
        await find(pilot, "320412001")
        await settled(pilot)
        await pilot.press("V", "o")
        await settled(pilot)
        assert "（1 个单位不适用）" in screen(pilot.app), "the subdistrict"
        await pilot.press("1")
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        assert "已开案卷 wujin-2012-0007；6 个单位 2012 年度已有案卷" in screen(pilot.app)


async def test_marked_cases_open_another_year_for_the_same_units(app_at: AppAt) -> None:
    async with app_at((100, 30), day=date(2013, 3, 1)) as pilot:
        await find(pilot, "wujin")
        await settled(pilot)
        await pilot.press("V", "o")
        await settled(pilot)
        assert "等 6 个单位" in screen(pilot.app)
        await pilot.press("1")
        await settled(pilot)
        assert "年度 2013" in screen(pilot.app)
        await pilot.press("1")
        await settled(pilot)
        assert "已开 6 件案卷" in screen(pilot.app)
        assert "12 件" in screen(pilot.app)


async def test_only_standards_of_where_a_unit_lies_are_offered(app_at: AppAt) -> None:
    async with app_at((80, 24)) as pilot:
        offered = [each.standard for each in lists.fitting(pilot.app.desk, ["320412001007"])]
        assert {WUJIN, "national.community"} <= set(offered)
        assert all(each.startswith(("jiangsu.wujin.", "national.")) for each in offered)


async def test_units_that_no_standard_is_for_are_told_so(app_at: AppAt) -> None:
    async with app_at((80, 24)) as pilot:
        pilot.app.action_go("units")
        await settled(pilot)
        await pilot.press("o")
        await settled(pilot)
        assert "没有适用于这类单位的标准" in screen(pilot.app)


async def test_the_card_of_a_unit_tells_place_facts_cases_and_titles(app_at: AppAt) -> None:
    async with app_at((80, 30)) as pilot:
        pilot.app.push_screen(UnitCard("320412001005"))
        await settled(pilot)
        text = screen(pilot.app)
        assert all(word in text for word in ("江苏省 › 常州市 › 武进区", "2012", "wujin-2012-0005", "已命名", "称号"))


async def test_the_other_language_is_there_at_once(app_at: AppAt) -> None:
    async with app_at((80, 24)) as pilot:
        await pilot.press("ctrl+l")
        assert "38 cases" in screen(pilot.app)
        assert "Stage" in screen(pilot.app)
