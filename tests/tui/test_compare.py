"""对标: standards side by side on the screen, the first column always there, own values beside."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from duibiao.registry import Registry
from duibiao.services.beside import beside, short_name
from duibiao.services.phrasing import Phrases
from duibiao.tui.screens.compare import CompareScreen, divided
from tui.conftest import SIZES, AppAt, screen, settled, text_of

CASE = "wujin-2012-0001"
FOUR = ("shanghai.qingpu.committee", "jiangsu.wujin.community", "daxinganling.station", "national.community")


def test_premises_are_asked_by_three_of_four_each_with_its_clause(registry: Registry) -> None:
    found = beside(registry, FOUR, Phrases(registry.vocabulary, "zh"))
    area = next(each for each in found.lines if each.facts == ("premises_area",))

    assert ["≥ 640 m²；仅 居委会"] == [each.text for each in area.demands["shanghai.qingpu.committee"]]
    assert ["≥ 400 m²"] == [each.text for each in area.demands["jiangsu.wujin.community"]]
    assert "national.community" not in area.demands
    assert area.differs
    assert all(each.cite.clause for asked in area.demands.values() for each in asked)


def test_what_one_standard_alone_asks_is_not_called_a_difference(registry: Registry) -> None:
    found = beside(registry, FOUR, Phrases(registry.vocabulary, "zh"))
    lone = [each for each in found.lines if len(each.demands) == 1]

    assert lone
    assert not any(each.differs or each.shared for each in lone)
    assert all(each in found.narrowed(shared=True) for each in found.narrowed(differing=True))


@pytest.mark.parametrize(("lang", "told"), [("zh", "武进区居委会 2012"), ("en", "Wujin District community 2012")])
def test_a_standard_has_a_short_name_that_tells_it_from_the_others(registry: Registry, lang: str, told: str) -> None:
    assert told == short_name(registry, "jiangsu.wujin.community", lang)  # type: ignore[arg-type]
    names = [short_name(registry, each, lang) for each in FOUR]  # type: ignore[arg-type]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("width", [size[0] for size in SIZES])
@pytest.mark.parametrize("start", range(5))
def test_columns_never_take_more_than_the_width(width: int, start: int) -> None:
    found = divided(width, FOUR, start, own=True)

    assert found.names
    assert 1 + found.first + 1 + 2 + found.own + len(found.names) * (found.each + 1) <= width


async def test_moving_sideways_brings_other_standards_while_the_first_column_stays(app_at: AppAt) -> None:
    async with app_at((80, 24), go="compare", case=CASE) as pilot:
        await settled(pilot)
        before = text_of(pilot.app)
        await pilot.press("right")
        await settled(pilot)
        after = text_of(pilot.app)

    assert "武进区居委会 2012" in before[2]
    assert "武进区居委会 2012" not in after[2]
    assert "大兴安岭地区" in after[2]
    assert before[4][:20] == after[4][:20]


async def test_d_narrows_to_what_differs_and_enter_tells_it_whole(app_at: AppAt) -> None:
    async with app_at((80, 24), go="compare", case=CASE) as pilot:
        page = pilot.app.screen
        assert isinstance(page, CompareScreen)
        await settled(pilot)
        await pilot.press("d", "d")
        await settled(pilot)
        assert "要求不同的" in text_of(pilot.app)[1]
        assert all(each.differs for each in page.lines(page.found))  # type: ignore[arg-type]
        await pilot.press("enter")
        await settled(pilot)
        assert "三(一)" in screen(pilot.app)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(pilot.app.screen, CompareScreen)
        assert not page.has_class("whole")


async def test_another_choice_of_standards_is_ticked_in_a_form(app_at: AppAt) -> None:
    async with app_at((100, 30), go="compare") as pilot:
        page = pilot.app.screen
        assert isinstance(page, CompareScreen)
        await settled(pilot)
        first = page.duibiao.compared
        await pilot.press("s", "space", "ctrl+s")
        await settled(pilot)
        assert "选 2 到 4 个" in screen(pilot.app) or first != page.duibiao.compared


@pytest.mark.parametrize("size", SIZES)
async def test_no_line_is_wider_than_the_screen(app_at: AppAt, size: tuple[int, int]) -> None:
    async with app_at(size, go="compare", case=CASE, lang="en") as pilot:
        await settled(pilot)
        assert all(cell_len(line) <= size[0] for line in text_of(pilot.app))
