"""The assessment screen: getting about in it, the reasons it gives, and how it looks at every size."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from rich.cells import cell_len

from duibiao.model.facts import Kind
from duibiao.tui.screens.assess import AssessScreen
from tui.assessing import WUJIN, Walk, assessment_at, go, here, line_of, made_office, own_office, page, session, typed
from tui.conftest import SIZES, screen, settled, text_of


class TestGettingAbout:
    async def test_ctrl_n_and_shift_n_go_to_open_questions_around_the_end(self, at: Walk) -> None:
        async with at() as pilot:
            await typed(pilot, "a", "1", "g", "ctrl+n")
            assert here(pilot) == session(pilot).questions[2]

            await typed(pilot, "N")
            assert here(pilot) == session(pilot).questions[-1]

    async def test_groups_are_jumped_over(self, at: Walk) -> None:
        async with at() as pilot:
            await typed(pilot, "J")
            assert "party" == here(pilot).criterion

            await typed(pilot, "left_square_bracket")
            assert "leadership" == here(pilot).criterion

    async def test_the_filter_finds_hanzi_and_pinyin_initials_and_escape_ends_it(self, at: Walk) -> None:
        async with at() as pilot:
            await typed(pilot, "slash", "l", "h", "enter")
            shown = [session(pilot).questions[i].fact.title for i in page(pilot).rows.items if isinstance(i, int)]
            assert ["绿化率", "绿化覆盖率"] == [each for each in shown if "绿化" in each]
            assert len(shown) < 10

            await typed(pilot, "escape")
            assert len(session(pilot).questions) == sum(isinstance(i, int) for i in page(pilot).rows.items)

    async def test_a_filter_that_finds_nothing_says_so_and_no_key_does_harm(self, at: Walk) -> None:
        async with at() as pilot:
            await typed(pilot, "slash", "龘", "enter")
            assert "没有这样的题" in screen(pilot.app)

            await typed(pilot, "1", "enter", "x", "a", "backspace", "J", "ctrl+n", "down", "e", "r", "left")
            assert isinstance(pilot.app.screen, AssessScreen)
            assert not session(pilot).undo()

    async def test_tab_shows_why_with_rule_clause_and_what_is_missing(self, at: Walk) -> None:
        async with at() as pilot:
            await go(pilot, Kind.RATE)
            await typed(pilot, "tab")
            await settled(pilot)

            text = screen(pilot.app)
            assert "规则：党小组覆盖率 ≥ 100%" in text
            assert "青民〔2011〕8号 四、创建标准(二)" in text
            assert "还缺：党小组覆盖率" in text

            await typed(pilot, "tab")
            assert "规则：" not in screen(pilot.app)

    async def test_why_says_what_would_change_it(self, at: Walk) -> None:
        async with at((120, 40)) as pilot:
            await go(pilot, Kind.RATE)
            await typed(pilot, "95", "enter", "up")
            await asyncio.sleep(0.4)
            await settled(pilot)

            assert "→ 还差 5 个百分点" in screen(pilot.app)

    async def test_below_the_list_stands_the_question_at_hand_however_short_the_moment_without_a_key(
        self, at: Walk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("duibiao.tui.screens.assess.EXPLAINS_AFTER", 1e-9)
        async with at() as pilot:
            for _ in range(12):
                await typed(pilot, "j")
                await asyncio.sleep(0.02)
                await pilot.pause()

                assert any(line.startswith(here(pilot).fact.title) for line in text_of(pilot.app)), here(pilot).fact.title

    async def test_no_editor_here_is_said_and_does_no_harm(self, at: Walk) -> None:
        async with at() as pilot:
            await typed(pilot, "E")

            assert "不能打开外部编辑器" in screen(pilot.app)

    async def test_another_language_at_once(self, at: Walk) -> None:
        async with at((100, 30)) as pilot:
            await typed(pilot, "ctrl+l")
            await settled(pilot)

            assert "met 0/80" in screen(pilot.app)
            assert "未达" not in screen(pilot.app)

    async def test_columns_say_that_a_standard_without_points_has_none(self, at: Walk) -> None:
        async with at() as pilot:
            await typed(pilot, "C")

            assert "不打分" in screen(pilot.app)

    async def test_columns_of_the_levels_stand_beside_each_other(self, at: Walk) -> None:
        async with at(standard=WUJIN, day=date(2012, 11, 5)) as pilot:
            await typed(pilot, "C")
            await settled(pilot)

            assert "各级得分" in screen(pilot.app)
            await typed(pilot, "escape")
            assert isinstance(pilot.app.screen, AssessScreen)


class TestTheLookOfIt:
    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("lang", ["zh", "en"])
    async def test_no_line_is_wider_than_the_screen_and_the_case_is_always_named(
        self, at: Walk, size: tuple[int, int], lang: str
    ) -> None:
        async with at(size, standard=WUJIN, lang=lang, day=date(2012, 11, 5)) as pilot:
            await typed(pilot, "1", "0")
            await settled(pilot)
            lines = text_of(pilot.app)

            assert size[1] == len(lines)
            assert max(cell_len(line) for line in lines) <= size[0]
            assert "新民社区居委会" in lines[0]
            assert {"zh": "得分 ", "en": "score "}[lang] in "\n".join(lines)
            rows = page(pilot).rows
            shown = ["".join(segment.text for segment in rows.render_line(y)).rstrip() for y in range(rows.size.height)]
            assert not [line for line in shown if line.endswith("…")], "answers and points are never cut"

    async def test_below_the_least_size_it_asks_for_more_room(self, at: Walk) -> None:
        async with at((59, 18)) as pilot:
            assert "请放大到 60×18" in screen(pilot.app)

    async def test_the_safe_profile_has_no_glyph_of_uncertain_width(self, at: Walk) -> None:
        from unicodedata import east_asian_width

        async with at((120, 40), safe=True) as pilot:
            await typed(pilot, "a", "1", "0")
            await settled(pilot)

            odd = {each for each in screen(pilot.app) if east_asian_width(each) == "A"}
            assert set() == odd

    async def test_what_the_process_shows_is_marked_as_on_record(self, at: Walk) -> None:
        async with at((120, 40)) as pilot:
            question = await go(pilot, Kind.FLAG)
            session(pilot).process_shows({question.fact.id: 1})
            page(pilot).redraw()
            await pilot.pause()

            assert "是（流程已记录）" in line_of(pilot, question.fact.title)


__all__ = ["assessment_at", "made_office", "own_office"]
