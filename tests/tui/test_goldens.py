"""Every screen at every size, as text: nothing cut, nothing crooked, nothing in the wrong language, nothing changed unseen."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

import pytest

from duibiao.registry import Registry
from duibiao.tui.base import Page
from tui.bindings import check_keys
from tui.conftest import SIZES
from tui.goldens import (
    FOLDER,
    LANGS,
    SMALL,
    at_every_size,
    drawn,
    made_here,
    parts,
    path_of,
    read_shots,
    shot,
    sources_of,
    stored,
    text_of,
)
from tui.looks import RULES, SAFE, Shot, Sources, broken
from tui.scenes import BY_NAME, SCENES, calm, opened, steady

Made = tuple[Registry, Path, Sources]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The standards, a workspace whose journal tells the same times whenever it is made, and what both say."""
    with steady(tmp_path_factory.mktemp("goldens")) as folder:
        registry, office = made_here(folder)
        yield registry, office, sources_of(registry, office)


SAID_BEFORE = frozenset({"messages", "doctor"})
"""Scenes in which something was said already: that stays in the language it was said in."""


@pytest.mark.parametrize("name", BY_NAME)
async def test_a_screen_looks_as_it_did_at_every_size_and_its_keys_are_its_own(name: str, made: Made) -> None:
    """A page that is put into the other language while it is open looks like one that was opened in it, and back again."""
    scene, (registry, office, sources) = BY_NAME[name], made
    kept = {lang: parts(path_of(name, lang).read_text("utf-8")) for lang in LANGS}
    async with opened(scene, SMALL, registry, office) as pilot:
        screen = pilot.app.screen
        assert scene.shows == type(screen).__name__
        check_keys(screen, pilot.app.focused)
        shots = []
        if isinstance(screen, Page) and name not in SAID_BEFORE:
            await pilot.press("ctrl+l")
            await calm(pilot)
            shots.append(shot(pilot, "en"))
            await pilot.press("ctrl+l")
        shots += await at_every_size(pilot, "zh")
    assert [] == broken(shots, sources)
    for each in shots:
        assert not difference(kept[each.lang][each.title], text_of(each))


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", BY_NAME)
def test_so_it_does_in_each_language_without_colours_and_where_ambiguous_characters_are_wide(
    name: str, lang: str, made: Made
) -> None:
    registry, office, sources = made
    # The plain Chinese ones are drawn by the test above.
    shots = drawn(BY_NAME[name], registry, office, lang, plain=lang != "zh")
    kept = parts(path_of(name, lang).read_text("utf-8"))

    assert [] == broken(shots, sources)
    for each in stored(shots):
        assert not difference(kept[each.title], text_of(each))


@pytest.mark.parametrize("lang", LANGS)
def test_every_picture_that_is_kept_keeps_the_rules(lang: str, made: Made) -> None:
    found = [read_shots(path_of(name, lang).read_text("utf-8")) for name in BY_NAME]

    assert {(*SIZES, SMALL, SMALL)} == {tuple(each.size for each in shots) for shots in found}
    assert [] == [told for name, shots in zip(BY_NAME, found, strict=True) for told in broken(shots, made[2]) if told or name]


def test_every_golden_file_belongs_to_a_screen() -> None:
    assert {f"{lang}/{each.name}.txt" for each in SCENES for lang in LANGS} == {
        str(each.relative_to(FOLDER)) for each in FOLDER.rglob("*.txt")
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cases", "assess-why", "workflow-move"])
async def test_an_app_that_grew_looks_like_one_that_began_at_that_size(name: str, made: Made) -> None:
    registry, office, _ = made
    async with opened(BY_NAME[name], SMALL, registry, office) as pilot:
        grown = await at_every_size(pilot, "zh")
    begun = []
    for size in SIZES:
        async with opened(BY_NAME[name], size, registry, office) as pilot:
            begun.append(shot(pilot, "zh"))

    assert begun == grown


def difference(kept: str, now: str) -> str:
    """What changed, to be read; empty when nothing did."""
    lines = difflib.unified_diff(kept.splitlines(), now.splitlines(), "kept", "now", lineterm="", n=1)
    return "\n".join([*list(lines)[:80], "look at it, then: python tests/tui/goldens.py --update"]) if kept != now else ""


# the rules can be broken

BOX = ("┌──┐", "│好│", "└──┘")
SAYS = Sources(frozenset({"站北社区居委会", "四、创建标准(一)", "wujin"}), frozenset({"居委会", "街镇", "党组织健全"}))


def picture(*lines: str, lang: str = "zh", profile: str = "") -> Shot:
    """A picture as wide as its first line."""
    from rich.cells import cell_len

    return Shot((cell_len(lines[0]), len(lines)), lang, lines, profile)


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ("as wide as the terminal", picture("一二", "abcd"), picture("一二", "abc")),
        ("no character of unsure width", picture("+--+", profile=SAFE), picture("┌──┐", profile=SAFE)),
        ("boxes are straight", picture(*BOX), picture(BOX[0], "│好 ", BOX[2])),
        ("boxes are straight", picture("+--+", "|好|", "+--+"), picture("+--+", "|好 ", "+--+")),
        ("boxes are straight", picture("│ a", "│ b"), picture("│ a", " │b")),
        ("boxes are straight", picture(*BOX), picture(*BOX[:2])),
        ("no hint is cut", picture(" 回车 确定  Esc 取消"), picture(" 回车 确定  Esc …")),
        ("no hint is cut", picture(" ⏎ 打开  ? 帮助 "), picture(" ⏎ 打开  ? 帮 ")),
        ("no number is cut", picture("已过 432 天…"), picture("已过 43…")),
        ("nothing raw", picture("得分 ≥ 90，且关口“材料”通过"), picture('gate("material")')),
        ("nothing raw", picture("城乡类型为 城镇社区"), picture('城乡类型 == "urban"')),
        ("one is one", picture("1 unit, 11 units", lang="en"), picture("1 units", lang="en")),
    ],
)
def test_a_rule_holds_for_what_is_right_and_finds_what_is_wrong(rule: str, right: Shot, wrong: Shot) -> None:
    assert [] == list(RULES[rule](right))
    assert [] != list(RULES[rule](wrong))


@pytest.mark.parametrize(
    ("lang", "right", "wrong"),
    [
        ("en", "站北社区居委会 (community)", "站北社区居委会 (居委会)"),
        ("en", "township, 四、创建标准(一)", "with 街镇"),
        ("en", "Sound party organisation", "党组织健全"),
        ("en", "Day-care centre (may)", "Day-care centre〔may〕"),
        ("en", "saved", "已存"),
        ("zh", "wujin-2012-0001 已存", "wujin-2012-0001 saved"),
    ],
)
def test_words_of_the_other_language_are_found_unless_a_source_says_them(lang: str, right: str, wrong: str) -> None:
    assert [] == list(SAYS.untranslated(picture(right, lang=lang)))
    assert [] != list(SAYS.untranslated(picture(wrong, lang=lang)))
