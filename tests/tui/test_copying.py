"""Copying a row: to the clipboard through the terminal, and into a file for terminals that drop what is sent to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from duibiao.tui.copying import FILE
from tui.casework import BEGINNING
from tui.conftest import AppAt, screen, settled, text_of


def copied(state: Path) -> str:
    """What the file holds."""
    return (state / FILE).read_text("utf-8").removesuffix("\n")


async def test_a_row_of_a_table_is_copied_as_its_visible_cells(app_at: AppAt, state: Path) -> None:
    async with app_at() as pilot:
        await pilot.press("c")
        cells = pilot.app.clipboard.split("\t")

        assert len(cells) > 2
        assert all(each in screen(pilot.app) for each in cells[:2])
        assert copied(state) == pilot.app.clipboard


async def test_it_says_where_the_file_is_in_both_languages(app_at: AppAt, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(state.parent))
    async with app_at((120, 40)) as pilot:
        await pilot.press("c")
        assert f"已复制；终端不支持时见 ~/state/{FILE}" == pilot.app.status[0]  # type: ignore[attr-defined]
        await pilot.press("ctrl+l", "c")
        assert pilot.app.status[0].startswith("copied; if the terminal cannot, see ")  # type: ignore[attr-defined]


async def test_on_a_narrow_screen_the_place_of_the_file_is_not_cut(
    app_at: AppAt, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = state.parent
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("DUIBIAO_STATE", str(home / ".local/state/duibiao"))
    async with app_at((60, 18)) as pilot:
        await pilot.press("c")
        assert f"~/.local/state/duibiao/{FILE}" in screen(pilot.app)


async def test_the_answer_under_the_cursor_is_copied_with_its_question_and_points(app_at: AppAt, state: Path) -> None:
    async with app_at(case=BEGINNING, go="assess") as pilot:
        await pilot.press("g", "c")
        page = pilot.app.screen
        question = page.at_cursor()  # type: ignore[attr-defined]

        mark, title, *rest = copied(state).split("\t")
        assert mark in "✓✗?!-"
        assert page.asked(question) == title  # type: ignore[attr-defined]
        assert rest[-1].endswith("/3.472")


async def test_a_question_without_an_answer_is_copied_without_the_keys_that_would_answer_it(app_at: AppAt, state: Path) -> None:
    async with app_at(case=BEGINNING, go="assess") as pilot:
        await pilot.press("g", "x", "c")

        assert "否" not in copied(state)
        assert ["?", ""] == [copied(state).split("\t")[place] for place in (0, 2)]


async def test_the_reasons_are_copied_whole(app_at: AppAt, state: Path) -> None:
    async with app_at(case=BEGINNING, go="assess") as pilot:
        await pilot.press("tab")
        await settled(pilot)
        await pilot.press("c")

        assert "规则：" in copied(state)
        assert "出处：" in copied(state)


@pytest.mark.parametrize("go", ["workflow", "targets", "standards", "units", "export", "compare"])
async def test_every_screen_with_rows_copies_the_line_under_its_cursor(app_at: AppAt, state: Path, go: str) -> None:
    async with app_at((120, 40), case=BEGINNING, go=go) as pilot:
        await settled(pilot)
        await pilot.press("c")

        first = copied(state).split("\t")[0]
        assert first
        assert any(first in line for line in text_of(pilot.app)[1:-2])


async def test_the_points_of_the_levels_are_copied_from_their_window(app_at: AppAt, state: Path) -> None:
    async with app_at((100, 30), case=BEGINNING, go="assess") as pilot:
        await pilot.press("C")
        await settled(pilot)
        await pilot.press("down", "c")

        assert "1.389" in copied(state)
        assert "已复制" in screen(pilot.app)


async def test_where_nothing_stands_nothing_is_copied(app_at: AppAt, state: Path) -> None:
    async with app_at() as pilot:
        await pilot.press("slash", "z", "z", "z", "z", "enter")
        await settled(pilot)
        await pilot.press("c")

        assert "没有可复制" in screen(pilot.app)
        assert not (state / FILE).exists()


async def test_a_file_that_cannot_be_written_is_said_and_does_no_harm(app_at: AppAt, state: Path) -> None:
    state.mkdir(exist_ok=True)
    (state / FILE).mkdir()
    async with app_at() as pilot:
        await pilot.press("c")

        assert "文件写不进" in screen(pilot.app)
        assert pilot.app.clipboard


async def test_nobody_else_may_read_the_file(app_at: AppAt, state: Path) -> None:
    async with app_at() as pilot:
        await pilot.press("c")

    assert 0o600 == (state / FILE).stat().st_mode & 0o777


async def test_full_width_c_copies_too_and_the_palette_offers_it(app_at: AppAt, state: Path) -> None:
    async with app_at() as pilot:
        await pilot.press("ｃ")
        assert copied(state)
        (state / FILE).unlink()

        await pilot.press("colon", *"fzzy", "enter")
        await settled(pilot)
        assert copied(state)
