"""Every screen at every size, as text: nothing cut, nothing crooked, nothing changed unseen."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from duibiao.registry import Registry
from tui.goldens import FOLDER, Shot, ambiguous, crooked, drawn, drawn_small, golden, made_here
from tui.scenes import BY_NAME, SCENES, steady

Made = tuple[Registry, Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The standards and a workspace whose journal tells the same times whenever it is made."""
    with steady(tmp_path_factory.mktemp("goldens")) as folder:
        yield made_here(folder)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_screen_looks_as_it_did_and_is_straight_at_every_size(name: str, made: Made) -> None:
    check(name, drawn_small(BY_NAME[name], *made))


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_so_it_does_in_english_without_colours_and_where_ambiguous_characters_are_wide(name: str, made: Made) -> None:
    check(name, drawn(BY_NAME[name], *made), whole=True)


def check(name: str, shots: list[Shot], *, whole: bool = False) -> None:
    """Everything that has to hold for the pictures of a scene."""
    assert [] == [each for shot in shots for each in crooked(shot)]
    assert [] == [each for shot in shots for each in cut_hints(shot)]
    assert [] == [each for shot in shots if shot.title.endswith("safe") for each in ambiguous(shot)]
    kept = (FOLDER / f"{name}.txt").read_text("utf-8")
    now = golden(shots)
    assert not difference(kept if whole else kept[: len(now)], now), difference(kept, now)


def difference(kept: str, now: str) -> str:
    """What changed, to be read; empty when nothing did."""
    lines = difflib.unified_diff(kept.splitlines(), now.splitlines(), "kept", "now", lineterm="", n=1)
    return "\n".join([*list(lines)[:80], "look at it, then: python tests/tui/goldens.py --update"]) if kept != now else ""


_HELP = re.compile(r"\? (?:帮助|help) *$")


def cut_hints(shot: Shot) -> Iterator[str]:
    """A line of keys that ends in the middle of a hint, or without saying where help is."""
    last = shot.lines[-1]
    page = "? " in last
    if page and (not _HELP.search(last) or "…" in last):
        yield f"{shot.title}: {last!r}"


def test_every_golden_file_belongs_to_a_screen() -> None:
    assert {f"{each.name}.txt" for each in SCENES} == {each.name for each in FOLDER.iterdir()}
