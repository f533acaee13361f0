"""Dialogs over screens: whole at every size, in the other language at once, nothing typed lost; screens too small to work on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from attrs import evolve
from textual.widgets import Input

from duibiao.assess.columns import Columns
from duibiao.model.outcome import Interval
from duibiao.services.scores import score_columns
from duibiao.tui import assess_more
from duibiao.tui.assess_dialogs import AskLine, Read
from duibiao.tui.dialogs import Form, FormRows
from duibiao.tui.going import PLACES
from tui.casework import BEGINNING, BESIDE
from tui.conftest import SIZES, AppAt, screen, settled, text_of, typed
from tui.scenes import calm

SMALL = ((59, 18), (60, 17), (30, 8), (12, 4))
"""Too small in one way or in both."""


# whole at every size


@pytest.mark.parametrize("safe", [False, True])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_keys_of_a_choice_are_whole_at_every_size(app_at: AppAt, lang: str, safe: bool) -> None:
    async with app_at(lang=lang, safe=safe) as pilot:
        await pilot.press("f")
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await settled(pilot)
            lines = text_of(pilot.app)

            assert any({"zh": "回车 确定  Esc 取消", "en": "Enter OK  Esc cancel"}[lang] in line for line in lines)
            assert 2 == sum(any(edge in line for edge in ("┌──", "└──", "+--")) for line in lines)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_the_points_of_every_level_are_whole_at_every_size(
    app_at: AppAt, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], lang: str
) -> None:
    """Four levels, all with open points of three digits behind the point."""
    monkeypatch.setattr(assess_more, "score_columns", lambda desk, case: four_levels(score_columns(desk, case)))
    async with app_at(size, lang=lang, case=BEGINNING, go="assess") as pilot:
        await pilot.press("C")
        await settled(pilot)
        lines = ["".join(text for text, _ in line) for line in pilot.app.screen.query_one(Read).lines]
        told = "\n".join(lines)

        rows = told.count("合计") + told.count("total")
        assert 1 == rows
        assert told.count("10.125–13.472") == 4 * told.count("Δ13.472")
        assert "…" not in told
        assert {"zh": "Esc 关闭", "en": "Esc close"}[lang] in screen(pilot.app)


def four_levels(found: Columns) -> Columns:
    """The same columns with every level scored."""
    each: Mapping[str, Any] = dict.fromkeys(found.levels, Interval(Decimal("10.125"), Decimal("13.472"), Decimal(20)))
    return evolve(found, rows=tuple(evolve(row, points=each, spread=Decimal("13.472")) for row in found.rows), waiting=())


# over a screen


async def test_what_is_found_is_seen_while_one_types(app_at: AppAt) -> None:
    async with app_at(go="units") as pilot:
        await pilot.press("slash")
        await settled(pilot)
        await typed(pilot, "松苑")
        picture = unescape(pilot.app.export_screenshot())

        assert "松苑社区" in picture
        assert "查找：汉字" in picture


async def test_what_is_said_over_a_form_stands_on_the_status_line_beneath(app_at: AppAt) -> None:
    async with app_at((100, 30), case=BEGINNING, go="workflow") as pilot:
        await pilot.press("t", "ctrl+s")
        await settled(pilot)

        assert unescape(pilot.app.export_screenshot()).count("要写明责任部门") == 2


async def test_a_screen_is_laid_out_for_the_size_it_has_when_a_dialog_closes(app_at: AppAt) -> None:
    async with app_at((80, 24), case=BEGINNING, go="assess") as pilot:
        await pilot.press("e")
        await settled(pilot)
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)

        assert pilot.app.screen.has_class("-wide")
        assert any("规则：" in line[60:] for line in text_of(pilot.app))


# the other language


async def test_a_note_being_written_is_kept_when_the_language_changes(app_at: AppAt) -> None:
    async with app_at(case=BEGINNING, go="assess") as pilot:
        await pilot.press("e")
        await settled(pilot)
        pilot.app.screen.query_one(Input).value = ""
        await typed(pilot, "见台账")
        await pilot.press("ctrl+l")
        await settled(pilot)

        assert "Evidence note" in screen(pilot.app)
        assert "佐证说明" not in screen(pilot.app)
        assert "见台账" == pilot.app.screen.query_one(Input).value


async def test_a_form_half_filled_in_is_the_same_form_in_the_other_language(app_at: AppAt) -> None:
    async with app_at(case=BEGINNING, go="workflow") as pilot:
        await pilot.press("t")
        await typed(pilot, "民政科")
        await pilot.press("down")
        await typed(pilot, "核对名册")
        await pilot.press("ctrl+l")
        await settled(pilot)
        form = pilot.app.screen

        assert isinstance(form, Form)
        assert ("民政科", "核对名册") == (form.values["department"], form.values["text"])
        assert "assign a task" in screen(pilot.app)
        assert "责任部门" not in screen(pilot.app)
        assert 1 == form.query_one(FormRows).cursor
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "Saved: assign a task 民政科" in screen(pilot.app)


@pytest.mark.parametrize(
    ("go", "keys", "zh", "en"),
    [
        ("", ("s",), "按哪一列排序", "Sort by"),
        ("", ("f",), "只看哪些", "Show only"),
        ("units", ("f",), "只看哪一类", "Show only"),
        ("units", ("slash",), "几个词用空格隔开", "words with blanks"),
        ("targets", ("s",), "只看一个标准", "Only one standard"),
        ("targets", ("slash",), "只看一个辖区", "Only one territory"),
        ("compare", ("t",), "只看一个主题", "Only one topic"),
        ("compare", ("o",), "旁边列出哪个单位", "Whose values beside"),
        ("export", ("down", "enter"), "哪一件申报件", "Which case"),
        ("assess", ("C",), "各级得分", "points by level"),
        ("assess", ("slash",), "筛选：", "Filter:"),
        ("", ("colon",), "中文、拼音首字母或英文", "Chinese, pinyin initials or English"),
    ],
)
async def test_a_list_to_choose_from_changes_its_language(
    app_at: AppAt, go: str, keys: tuple[str, ...], zh: str, en: str
) -> None:
    async with app_at((100, 30), case=BEGINNING, go=go) as pilot:
        await pilot.press(*keys)
        await settled(pilot)
        assert zh in screen(pilot.app)

        await pilot.press("ctrl+l")
        await settled(pilot)

        assert en in screen(pilot.app)
        assert zh not in screen(pilot.app)
        await pilot.press("escape")


async def test_what_cannot_be_said_in_the_other_language_keeps_the_language_and_says_why(app_at: AppAt) -> None:
    async with app_at() as pilot:
        pilot.app.push_screen(AskLine("一句话"))
        await settled(pilot)
        await pilot.press("ctrl+l")

        assert "zh" == pilot.app.lang  # type: ignore[attr-defined]
        assert "先完成或取消这个窗口" in pilot.app.status[0]  # type: ignore[attr-defined]


# too small


@pytest.mark.parametrize("place", [name for name, _, _, _ in PLACES])
async def test_a_screen_too_small_says_only_that_and_comes_back_as_it_was(app_at: AppAt, place: str) -> None:
    async with app_at(case=BESIDE, go=place) as pilot:
        await calm(pilot)
        whole = text_of(pilot.app)
        for columns, rows in SMALL:
            await pilot.resize_terminal(columns, rows)
            await settled(pilot)
            told = "".join(line.strip() for line in text_of(pilot.app))
            assert f"请放大到 60×18（现在 {columns}×{rows}）".replace(" ", "") == told.replace(" ", "")
        await pilot.resize_terminal(80, 24)
        await calm(pilot)

        assert whole == text_of(pilot.app)


async def test_a_form_too_small_keeps_what_was_typed_and_takes_no_keys_unseen(app_at: AppAt) -> None:
    async with app_at(case=BEGINNING, go="workflow") as pilot:
        await pilot.press("t")
        await typed(pilot, "民政科")
        await pilot.resize_terminal(40, 12)
        await settled(pilot)
        assert "请放大到" in screen(pilot.app)
        assert "责任部门" not in screen(pilot.app)
        await pilot.press("a", "escape", "enter")

        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        form = pilot.app.screen
        assert isinstance(form, Form)
        assert "民政科" == form.query_one(Input).value
        assert "请放大到" not in screen(pilot.app)


async def test_a_digit_half_typed_in_the_row_survives_a_small_screen(app_at: AppAt) -> None:
    async with app_at(case=BEGINNING, go="assess") as pilot:
        rows = pilot.app.screen.rows  # type: ignore[attr-defined]
        rows.typed = "12"
        await pilot.resize_terminal(59, 24)
        await settled(pilot)
        await pilot.press("3", "escape")
        await pilot.resize_terminal(60, 18)
        await settled(pilot)

        assert "12" == rows.typed
        assert rows.has_focus


async def test_it_may_start_too_small(app_at: AppAt) -> None:
    async with app_at((50, 15)) as pilot:
        assert "请放大到 60×18（现在 50×15）" in screen(pilot.app)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert "件" in screen(pilot.app)
