"""对标: standards side by side on the screen, the first column always there, a unit's own values and verdicts in the cells."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from duibiao.registry import Registry
from duibiao.services.compare_board import Brief, Narrow, board, narrowed, usual
from duibiao.services.compare_words import DemandWords
from duibiao.services.desk import Desk
from duibiao.services.office import open_office
from duibiao.services.phrasing import Phrases
from duibiao.tui.screens.assess import AssessScreen
from duibiao.tui.screens.compare import CompareScreen
from duibiao.tui.screens.compare_choose import Standards
from duibiao.tui.screens.compare_more import NeedsScreen, ProvisionsScreen
from duibiao.tui.screens.compare_view import divided, shortened, squeezed
from duibiao.tui.screens.export import ExportScreen
from tui.conftest import DAY, SIZES, AppAt, find, screen, settled, text_of, typed
from tui.scenes import calm

CASE = "wujin-2012-0001"
QINGPU, WUJIN, DAXING, NATION = FOUR = (
    "shanghai.qingpu.committee", "jiangsu.wujin.community", "daxinganling.station", "national.community",
)  # fmt: skip


@pytest.fixture
def words(registry: Registry) -> DemandWords:
    return DemandWords(Phrases(registry.vocabulary, "zh"))


def cells(registry: Registry, words: DemandWords, fact: str) -> list[str]:
    """A row of the matrix, standard by standard."""
    found = board(registry, FOUR, words.phrases).comparison
    row = next(each for each in found.rows if each.fact == fact)
    return [" / ".join(Brief(words).cell(row, column)) for column in range(len(FOUR))]


# what stands in the cells


def test_premises_are_asked_by_three_of_four(registry: Registry, words: DemandWords) -> None:
    assert ["≥ 640 m² !", "≥ 400 m² ※", "≥ 300 m² ! / 目标 ≥ 500 m² !", ""] == cells(registry, words, "premises_area")


def test_volunteers_are_asked_by_three_of_four_and_only_one_must_have_them(registry: Registry, words: DemandWords) -> None:
    assert ["≥ 15%", "", "≥ 10% ~", "≥ 10% ~"] == cells(registry, words, "registered_volunteers")


def test_an_exception_is_marked(registry: Registry, words: DemandWords) -> None:
    assert "≥ 25% !" == cells(registry, words, "green_coverage")[0]


def test_a_list_says_its_length_first(registry: Registry, words: DemandWords) -> None:
    assert cells(registry, words, "public_services")[1].startswith("5 项：")


@pytest.mark.parametrize(
    ("narrow", "shown"),
    [
        (Narrow(needle="办公和活动"), "premises_area"),
        (Narrow(needle="bghhd"), "premises_area"),
        (Narrow(topic="premises"), "door_signs"),
    ],
)
def test_rows_are_found_by_words_initials_and_topic(registry: Registry, words: DemandWords, narrow: Narrow, shown: str) -> None:
    found = board(registry, FOUR, words.phrases).comparison
    rows = narrowed(found, narrow, words)

    assert shown in [row.fact for row in rows]
    assert len(rows) < len(found.rows)


def test_what_one_standard_alone_asks_is_a_difference_but_not_contested(registry: Registry, words: DemandWords) -> None:
    found = board(registry, FOUR, words.phrases).comparison
    lone = [row for row in found.rows if sum(map(bool, row.cells)) == 1]
    differing = narrowed(found, Narrow(differing=True), words)
    contested = narrowed(found, Narrow(contested=True), words)

    assert lone
    assert set(map(id, lone)) <= set(map(id, differing))
    assert not set(map(id, lone)) & set(map(id, contested))
    assert set(map(id, contested)) < set(map(id, differing))


def test_standards_that_fit_the_case_are_offered_first(demo_made: Path, state: Path, registry: Registry) -> None:
    desk = Desk(open_office(str(demo_made), write=False), registry, "demo", DAY)
    with desk.space:
        found = usual(desk, CASE)

    assert WUJIN == found[0]
    assert len(found) == len(set(found)) == 4


# how it is laid out


@pytest.mark.parametrize("width", [size[0] - 1 for size in SIZES])
@pytest.mark.parametrize("column", range(4))
@pytest.mark.parametrize("own", [True, False])
def test_columns_never_take_more_than_the_width_and_hold_the_cursor(width: int, column: int, own: bool) -> None:
    found = divided(width, 4, column, own=own)

    assert column in found.shown
    assert 1 + found.first + 1 + 2 + found.own + found.count * (found.each + 1) <= width


@pytest.mark.parametrize(
    ("column", "told"), [(0, "1/4 →"), (1, "← 2/4 →"), (3, "← 4/4")],
)  # fmt: skip
def test_a_narrow_screen_says_which_of_the_columns_it_shows(column: int, told: str) -> None:
    assert told == divided(59, 4, column, own=True).told


def test_a_number_is_shown_whole_or_not_at_all() -> None:
    for width in range(1, 30):
        text = shortened("不超过 12345 平方米，且 ≥ 640 m² !", width)
        assert cell_len(text) <= width
        assert not any(part in text.replace("12345", "").replace("640", "") for part in "123456")


def test_of_several_demands_it_says_how_many_more_there_are() -> None:
    assert "≥ 300 m² !  +1".replace("  ", " ") == squeezed(["≥ 300 m² !", "目标 ≥ 500 m² !"], 16)
    assert "≥ 300 m² ! / 目标 ≥ 500 m² !" == squeezed(["≥ 300 m² !", "目标 ≥ 500 m² !"], 40)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("lang", "safe"), [("zh", False), ("en", True)])
async def test_no_line_is_wider_than_the_screen_and_the_columns_stand_under_their_names(
    app_at: AppAt, size: tuple[int, int], lang: str, safe: bool
) -> None:
    async with app_at(size, go="compare", case=CASE, lang=lang, safe=safe) as pilot:
        await settled(pilot)
        page = pilot.app.screen
        assert isinstance(page, CompareScreen)
        lines = text_of(pilot.app)
        assert all(cell_len(line) <= size[0] for line in lines)
        columns = page.view.columns
        assert (columns.told == "") == (columns.count == 4)
        if columns.told and not safe:
            assert columns.told in lines[2]


# going about


async def test_moving_sideways_brings_other_standards_while_the_first_column_stays(app_at: AppAt) -> None:
    async with app_at((60, 18), go="compare", case=CASE) as pilot:
        await settled(pilot)
        before = text_of(pilot.app)
        await pilot.press("right", "l")
        await settled(pilot)
        after = text_of(pilot.app)

    assert "1/4 →" in before[2]
    assert "▶ 武进区" in before[2]
    assert "← 3/4 →" in after[2]
    assert "▶ 全国" in after[2]
    assert before[4][:20] == after[4][:20]


async def test_the_words_of_the_standard_under_the_cursor_come_first(app_at: AppAt) -> None:
    async with app_at((120, 40), go="compare") as pilot:
        page = pilot.app.screen
        assert isinstance(page, CompareScreen)
        page.duibiao.compared = FOUR
        page.compare_again()
        await settled(pilot)
        await find(pilot, "premises_area")
        await pilot.press("right")
        await settled(pilot)
        text = screen(pilot.app)

    assert "1.6 × 武进区" in text
    assert "▲ 最严" in text
    assert text.index("▶ 武进区  关于") < text.index("≥ 640 m²（仅 居委会）")
    assert "4.167 分 = 4.167%" in text
    assert "四、创建标准(十)" in text
    assert "※ 假定：" in text


async def test_d_shows_what_differs_then_what_is_contested_then_everything(app_at: AppAt) -> None:
    async with app_at((80, 24), go="compare", case=CASE) as pilot:
        page = pilot.app.screen
        assert isinstance(page, CompareScreen)
        await settled(pilot)
        counts = [len(page.view.rows)]
        for told in ("只看不同的", "都要求而不同的", "全部"):
            await pilot.press("d")
            await settled(pilot)
            assert told in text_of(pilot.app)[1]
            counts.append(len(page.view.rows))

    assert counts[0] == counts[3] > counts[1] > counts[2]


async def test_enter_tells_a_row_whole_and_escape_comes_back(app_at: AppAt) -> None:
    async with app_at((60, 18), go="compare", case=CASE) as pilot:
        page = pilot.app.screen
        assert isinstance(page, CompareScreen)
        await settled(pilot)
        await find(pilot, "基本组织机构")
        await pilot.press("enter")
        await calm(pilot)
        assert "三(四)" in screen(pilot.app)
        assert "会达到" not in screen(pilot.app)
        await pilot.press("escape")
        await settled(pilot)
        assert not page.has_class("whole")
        assert len(page.view.rows) == 1
        await pilot.press("escape")
        await settled(pilot)
        assert len(page.view.rows) > 200
        assert isinstance(pilot.app.screen, CompareScreen)


async def test_initials_find_rows_while_they_are_typed(app_at: AppAt) -> None:
    async with app_at((80, 24), go="compare", case=CASE) as pilot:
        page = pilot.app.screen
        assert isinstance(page, CompareScreen)
        await settled(pilot)
        await pilot.press("slash")
        await settled(pilot)
        await typed(pilot, "zyz")
        assert 0 < len(page.view.rows) < 20
        await pilot.press("escape")
        await settled(pilot)
        assert len(page.view.rows) > 200


async def test_a_topic_is_picked_from_a_list(app_at: AppAt) -> None:
    async with app_at((80, 24), go="compare", case=CASE) as pilot:
        page = pilot.app.screen
        assert isinstance(page, CompareScreen)
        await settled(pilot)
        await pilot.press("t", "6")
        await settled(pilot)
        assert {"premises"} == {row.topic for row in page.view.rows}
        assert "主题 基础设施" in text_of(pilot.app)[1]


async def test_standards_are_added_removed_and_put_in_order(app_at: AppAt) -> None:
    async with app_at((80, 24), go="compare", case=CASE) as pilot:
        await settled(pilot)
        app = pilot.app
        first = app.compared  # type: ignore[attr-defined]
        await pilot.press("s")
        await settled(pilot)
        assert isinstance(app.screen, Standards)
        await pilot.press("right", "home", "space", "enter")  # the first one comes second, the new first one goes
        await settled(pilot)
        page = app.screen
        assert isinstance(page, CompareScreen)
        assert (first[0], *first[2:]) == app.compared == page.board.names  # type: ignore[attr-defined, union-attr]


async def test_fewer_than_two_standards_are_refused_in_the_dialog(app_at: AppAt) -> None:
    async with app_at((60, 18), go="compare", case=CASE) as pilot:
        await settled(pilot)
        await pilot.press("s", "home", "space", "home", "space", "home", "space", "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, Standards)
        assert "至少选 2 个" in screen(pilot.app)


# a unit's own values


async def test_a_unit_has_its_values_verdicts_and_sums_across_the_columns(app_at: AppAt) -> None:
    async with app_at((120, 40), go="compare", case=CASE) as pilot:
        page = pilot.app.screen
        assert isinstance(page, CompareScreen)
        await settled(pilot)
        await find(pilot, "基本组织机构")
        lines = text_of(pilot.app)
        row = next(line for line in lines if "基本组织机构" in line and "≠" in line)
        foot = [line for line in lines if line.startswith((" 会达到", " 未知 ?"))]
        assert "4/6" in row
        assert "✓ 2 项" in row
        assert "✗ 5 项" in row
        assert ["✓ 50  ✗ 0", "✓ 11  ✗ 2"] == [each.strip() for each in foot[0].split("   ") if "✓ 5" in each or "✓ 11" in each]
        assert "缺 0" in foot[1]


async def test_without_a_unit_there_are_no_sums(app_at: AppAt) -> None:
    async with app_at((120, 40), go="compare") as pilot:
        await settled(pilot)
        assert "会达到" not in screen(pilot.app)
        await pilot.press("m")
        await settled(pilot)
        assert "先按 o 选一个单位" in text_of(pilot.app)[-2]


async def test_a_unit_without_a_case_is_named_by_its_code(app_at: AppAt) -> None:
    async with app_at((120, 40), go="compare", case=CASE) as pilot:
        page = pilot.app.screen
        assert isinstance(page, CompareScreen)
        await settled(pilot)
        await pilot.press("o", "home", "j", "enter")
        await settled(pilot)
        await typed(pilot, "310118105001")
        await pilot.press("enter")
        await settled(pilot)
        assert page.board is not None
        assert page.board.look is not None
        assert "310118105001" == page.board.look.facts.unit.code
        assert page.board.unit in text_of(pilot.app)[1]


async def test_a_unit_that_does_not_exist_is_told(app_at: AppAt) -> None:
    async with app_at((80, 24), go="compare", case=CASE) as pilot:
        await settled(pilot)
        await pilot.press("o", "home", "j", "enter")
        await settled(pilot)
        await typed(pilot, "没有这个单位")
        await pilot.press("enter")
        await settled(pilot)
        assert "U01" in text_of(pilot.app)[1]


async def on_something_lacking(pilot: Pilot[int], column: int) -> str:
    """The cursor on the first data item that a standard lacks; which."""
    page = pilot.app.screen
    assert isinstance(page, NeedsScreen)
    for index in range(page.sheet.total()):
        page.sheet.move_to(index)
        if page.at_cursor and page.at_cursor[0] == column:
            return str(page.at_cursor[1])
    raise AssertionError("nothing is lacking")


async def test_enter_on_what_is_lacking_goes_to_the_question(app_at: AppAt) -> None:
    async with app_at((80, 24), go="compare", case="daxinganling-2012-0001") as pilot:
        await settled(pilot)
        await pilot.press("m")
        await settled(pilot)
        fact = await on_something_lacking(pilot, 0)
        await pilot.press("enter")
        await calm(pilot)
        work = pilot.app.screen
        assert isinstance(work, AssessScreen)
        asked = work.at_cursor()
        assert asked is not None
        assert fact == asked.fact.id


async def test_a_fact_that_no_case_asks_for_is_said_to_be_so(app_at: AppAt) -> None:
    async with app_at((80, 24), go="compare", case=CASE) as pilot:
        await settled(pilot)
        await pilot.press("m")
        await settled(pilot)
        await on_something_lacking(pilot, 1)
        await pilot.press("enter")
        await settled(pilot)
        assert "没有问到" in text_of(pilot.app)[-2]


# other pages


async def test_provisions_beyond_facts_stand_side_by_side_with_their_clauses(app_at: AppAt) -> None:
    async with app_at((120, 40), go="compare", case=CASE) as pilot:
        await settled(pilot)
        await pilot.press("p")
        await settled(pilot)
        page = pilot.app.screen
        assert isinstance(page, ProvisionsScreen)
        whole = "\n".join("".join(text for text, _ in entry.parts) for entry in page.sheet.entries)
        for title in ("评定方式", "称号", "关口", "目标", "环节", "表格"):
            assert f"≠ {title}" in whole
        assert "四(三)" in whole
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(pilot.app.screen, CompareScreen)


async def test_a_standard_of_one_edition_says_so(app_at: AppAt) -> None:
    async with app_at((60, 18), go="compare", case=CASE) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        assert "武进区的标准只有一个版次" in text_of(pilot.app)[-2]


async def test_what_is_in_sight_is_what_is_exported(app_at: AppAt, tmp_path: Path) -> None:
    async with app_at((100, 30), go="compare", case=CASE) as pilot:
        page = pilot.app.screen
        assert isinstance(page, CompareScreen)
        await settled(pilot)
        await pilot.press("d")
        await find(pilot, "zyz")
        shown = [Brief(page.view.words).title(row) for row in page.view.rows]
        await pilot.press("x")
        await calm(pilot)
        out = pilot.app.screen
        assert isinstance(out, ExportScreen)
        assert "只看不同的" in screen(pilot.app)
        assert "zyz" in screen(pilot.app)
        out.form, out.path = "csv", tmp_path / "seen.csv"
        await pilot.press("w")
        await settled(pilot)

    rows = list(csv.reader(io.StringIO((tmp_path / "seen.csv").read_text("utf-8-sig"))))
    assert shown == [row[1] for row in rows[1 : len(shown) + 1]]
    assert not rows[len(shown) + 1]
    assert any(row[:1] == ["武进区"] and "✓ 成立" in row[1] for row in rows)
