"""The table of any length: what fits, what is read, how the cursor moves, and what another question does to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from workspaces import ME, OFFICE, Clock

from duibiao.errors import BadInputError
from duibiao.services import lists
from duibiao.services.lists import CasesAsked, Listing, UnitRow, UnitsAsked
from duibiao.services.process_words import STATUS
from duibiao.store.events import pack_units
from duibiao.store.views import PAGE
from duibiao.store.workspace import create_workspace, open_workspace
from duibiao.tui.screens.cases import STATUS_WORDS, CaseTable
from duibiao.tui.screens.units import UnitTable
from duibiao.tui.table import laid_out, most_shift
from tui.conftest import SIZES, AppAt, find, screen, settled, text_of

MANY = 3000
COUNTY = "320412"


def code_of(number: int) -> str:
    """The code of a village of the big workspace."""
    return f"{COUNTY}{100 + number // 700:03}{200 + number % 700:03}"


@pytest.fixture(scope="module")
def big_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a county and three thousand villages."""
    folder = tmp_path_factory.mktemp("big") / "office"
    rows = [(COUNTY, "武进区", "区", "wjq")]
    rows += [(code_of(n), f"第{n}村", "村委会" if n % 3 else "居委会", f"d{n}c") for n in range(MANY)]
    with create_workspace(folder, OFFICE, ME, Clock()) as space:
        data = {"object": space.objects.add(pack_units(iter(rows))), "rows": len(rows), "source": "register"}
        with space.change("me") as entry:
            entry.append("units.imported", "office", data)
    return folder


@pytest.fixture
def big(big_made: Path, tmp_path: Path) -> Path:
    """The same, the test's own."""
    return Path(shutil.copytree(big_made, tmp_path / "big"))


@pytest.fixture
def listed(big_made: Path) -> Iterator[Listing[UnitRow]]:
    """All its units, their order laid down."""
    listing = lists.units(big_made, UnitsAsked())
    listing.begin()
    listing.finish(listing.build() or 0)
    yield listing
    listing.close()


def built(folder: Path, asked: UnitsAsked) -> list[str]:
    """The codes that a question finds, in order."""
    listing = lists.units(folder, asked)
    listing.begin()
    if not listing.ready:
        listing.finish(listing.build() or 0)
    try:
        return [listing.key(index) for index in range(listing.count)]
    finally:
        listing.close()


# what a listing reads


def test_the_first_rows_are_there_before_the_whole_order_is(big_made: Path) -> None:
    listing = lists.units(big_made, UnitsAsked())
    listing.begin()
    assert (False, "武进区") == (listing.ready, listing.row(0).name)  # type: ignore[union-attr]
    assert 0 < listing.count < MANY
    assert listing.row(MANY) is None
    listing.finish(listing.build() or 0)
    assert (True, MANY + 1) == (listing.ready, listing.count)
    listing.close()


def test_every_row_is_found_at_its_place_and_its_place_by_its_key(listed: Listing[UnitRow]) -> None:
    for index in (0, 1, PAGE - 1, PAGE, PAGE + 1, MANY):
        assert index == listed.place(listed.key(index))
    assert code_of(MANY - 1) == listed.key(MANY)
    assert listed.row(MANY + 1) is None
    assert listed.place("nobody") is None


def test_walking_the_whole_table_keeps_only_some_pages(listed: Listing[UnitRow]) -> None:
    names = [listed.row(index) for index in range(0, listed.count, 7)]
    assert None not in names
    assert len(listed._pages) <= lists.PAGES


def test_rows_come_in_any_order_both_ways(big_made: Path) -> None:
    up, down = (built(big_made, UnitsAsked(order="name", down=way)) for way in (False, True))
    assert sorted(up) == sorted(down)
    assert up[0] == down[-1]
    kinds = built(big_made, UnitsAsked(order="kind"))
    assert [COUNTY, code_of(0), code_of(3)] == kinds[:3]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        (UnitsAsked(text="第2999村"), 1),
        (UnitsAsked(text="d2999c"), 1),
        (UnitsAsked(text=code_of(5)), 1),
        (UnitsAsked(text="武进 第7村"), 1),
        (UnitsAsked(kinds=("居委会",)), 1000),
        (UnitsAsked(text="没有这样的村"), 0),
        (UnitsAsked(under=f"{COUNTY}100"), 700),
    ],
)
def test_units_are_found_by_name_initials_code_place_and_kind(big_made: Path, asked: UnitsAsked, count: int) -> None:
    assert count == len(built(big_made, asked))


def test_what_is_being_laid_down_can_be_stopped(big_made: Path) -> None:
    listing = lists.units(big_made, UnitsAsked(order="name"))
    listing.view.connection.set_progress_handler(lambda: listing.stop() or 0, 1)
    assert listing.build() is None
    listing.close()


def test_a_page_that_cannot_be_read_because_somebody_saves_is_asked_for_again(big: Path) -> None:
    listing = lists.units(big, UnitsAsked())
    listing.begin()
    listing.finish(listing.build() or 0)
    with open_workspace(big, Clock()) as space:
        space.db.execute("BEGIN EXCLUSIVE")
        assert listing.row(200) is None
        assert listing.late
        space.db.execute("ROLLBACK")
    assert listing.row(200) is not None
    listing.close()


def test_a_folder_without_a_workspace_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        lists.cases(tmp_path, CasesAsked())


# what fits


@pytest.mark.parametrize("width", [size[0] for size in SIZES])
@pytest.mark.parametrize("table", [CaseTable, UnitTable])
def test_columns_fill_the_width_and_never_more(table: type[CaseTable | UnitTable], width: int) -> None:
    room = width - 3
    for shift in range(most_shift(table.COLUMNS, room) + 1):
        shown = laid_out(table.COLUMNS, room, shift)
        assert sum(size + 1 for _, size in shown) <= room
        assert {i for i, each in enumerate(table.COLUMNS) if each.keep} <= {i for i, _ in shown}
        assert all(size >= table.COLUMNS[i].least for i, size in shown)


@pytest.mark.parametrize("width", [size[0] for size in SIZES])
@pytest.mark.parametrize("table", [CaseTable, UnitTable])
def test_every_column_can_be_brought_into_sight(table: type[CaseTable | UnitTable], width: int) -> None:
    room = width - 3
    seen = {i for shift in range(most_shift(table.COLUMNS, room) + 1) for i, _ in laid_out(table.COLUMNS, room, shift)}
    assert set(range(len(table.COLUMNS))) == seen


def test_the_words_for_states_are_those_of_the_process() -> None:
    assert {name: zh for name, (zh, _) in STATUS.items()} == {name: zh for name, (zh, _) in STATUS_WORDS.items()}


# on the screen


async def units(pilot: Pilot[int]) -> UnitTable:
    """The units screen, painted."""
    pilot.app.action_go("units")
    await settled(pilot)
    return pilot.app.screen.query_one(UnitTable)


async def test_the_last_of_three_thousand_rows_is_one_key_away(app_at: AppAt, big: Path) -> None:
    async with app_at((80, 24), workspace=big) as pilot:
        table = await units(pilot)
        assert "3,001 个单位" in screen(pilot.app)
        await pilot.press("G")
        assert MANY == table.cursor
        assert f"第{MANY - 1}村" in screen(pilot.app)
        await pilot.press("g")
        assert "武进区" in screen(pilot.app)


async def test_a_page_down_shows_the_rows_after_those_that_were_seen(app_at: AppAt, big: Path) -> None:
    async with app_at((80, 24), workspace=big) as pilot:
        table = await units(pilot)
        await pilot.press("pagedown")
        assert table.size.height - 1 == table.cursor
        await pilot.press("pagedown", "pagedown")
        assert f"第{table.cursor - 1}村" in screen(pilot.app)


async def test_finding_narrows_as_one_types_and_escape_gives_all_back(app_at: AppAt, big: Path) -> None:
    async with app_at((80, 24), workspace=big) as pilot:
        await units(pilot)
        await find(pilot, "d29")
        await settled(pilot)
        text = screen(pilot.app)
        assert "第29村" in text
        assert "查找「d29」" in text
        assert "3,001" not in text
        await pilot.press("escape")
        await settled(pilot)
        assert "3,001 个单位" in screen(pilot.app)


async def test_leaving_the_search_by_escape_brings_back_what_was_listed(app_at: AppAt, big: Path) -> None:
    async with app_at((80, 24), workspace=big) as pilot:
        await units(pilot)
        await pilot.press("slash", *"d29", "escape")
        await settled(pilot)
        assert "3,001 个单位" in screen(pilot.app)


async def test_nothing_found_is_said(app_at: AppAt, big: Path) -> None:
    async with app_at((80, 24), workspace=big) as pilot:
        await units(pilot)
        await find(pilot, "zzzz")
        await settled(pilot)
        assert "没有符合的单位" in screen(pilot.app)
        await pilot.press("j", "enter", "v", "o")
        assert pilot.app.is_running


async def test_the_order_is_chosen_and_shown_in_the_heading(app_at: AppAt, big: Path) -> None:
    async with app_at((80, 24), workspace=big) as pilot:
        await units(pilot)
        await pilot.press("s", "1")
        await settled(pilot)
        assert "单位▲" in screen(pilot.app)
        await pilot.press("S")
        await settled(pilot)
        assert "单位▼" in screen(pilot.app)


async def test_marks_are_counted_and_taken_back(app_at: AppAt, big: Path) -> None:
    async with app_at((80, 24), workspace=big) as pilot:
        table = await units(pilot)
        await pilot.press("v", "v", "v")
        assert (3, 3) == (len(table.marked), table.cursor)
        assert "已标记 3 个" in screen(pilot.app)
        assert 3 == sum(line.startswith("✓ ") for line in text_of(pilot.app))
        await pilot.press("escape")
        assert not table.marked


async def test_too_many_rows_are_not_marked_at_once(app_at: AppAt, big: Path) -> None:
    async with app_at((80, 24), workspace=big) as pilot:
        table = await units(pilot)
        await pilot.press("V")
        assert not table.marked
        assert "一次最多标记 2,000 行" in screen(pilot.app)


async def test_narrow_screens_move_their_columns(app_at: AppAt, big: Path) -> None:
    async with app_at((60, 18), workspace=big) as pilot:
        await units(pilot)
        assert ("区划代码" in screen(pilot.app), "所在" in screen(pilot.app)) == (True, False)
        await pilot.press("l", "l", "l")
        assert ("区划代码" in screen(pilot.app), "所在" in screen(pilot.app)) == (False, True)
        await pilot.press("h", "h", "h")
        assert ("区划代码" in screen(pilot.app), "所在" in screen(pilot.app)) == (True, False)


@pytest.mark.parametrize("safe", [False, True])
@pytest.mark.parametrize("size", SIZES)
async def test_columns_stand_under_their_headings(app_at: AppAt, big: Path, size: tuple[int, int], safe: bool) -> None:
    async with app_at(size, workspace=big, safe=safe) as pilot:
        await units(pilot)
        await pilot.press("j")
        lines = text_of(pilot.app)
        head = next(line for line in lines if "区划代码" in line)
        row = next(line for line in lines if "第3村" in line)
        assert _cell(head, "类型") == _cell(row, "村委会" if "村委会" in row else "居委会")
        assert _cell(head, "区划代码") == _cell(row, code_of(3))


def _cell(line: str, word: str) -> int:
    return cell_len(line[: line.index(word)])
