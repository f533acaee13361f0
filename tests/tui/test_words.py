"""Every screen's words and keys: each word in both languages, each key with an id, none in another's way, none only a letter."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

import duibiao.tui
from duibiao.registry import Registry
from duibiao.tui.app import PLACES, DuibiaoApp
from duibiao.tui.keys import SPLIT
from duibiao.tui.screens.palette import PaletteDialog
from duibiao.tui.words import FRAMEWORK
from tui.bindings import bindings_of
from tui.scenes import NOT_WALKED, SCENES, Scene, made_workspace, opened, steady

HANZI = re.compile(r"[\u3400-\u9fff]+")
LETTERS = re.compile(r"[A-Za-z]{2,}")
FOLDER = Path(duibiao.tui.__file__).parent


def modules() -> list[Any]:
    """Every module of the terminal UI."""
    return [import_module(each.name) for each in walk_packages([str(FOLDER)], "duibiao.tui.")]


def our_classes() -> list[type[Any]]:
    """Every screen, widget and app of ours, once."""
    found = {
        each for module in modules() for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Screen | Widget | DuibiaoApp) and each.__module__.startswith("duibiao.")
    }  # fmt: skip
    return sorted(found, key=lambda each: each.__qualname__)


OWN = [(each.__qualname__, binding) for each in our_classes() for binding in bindings_of(each)]


# words


def test_every_binding_is_described_in_both_languages() -> None:
    for name, binding in OWN:
        zh, split, en = binding.description.partition(SPLIT)
        if not zh and not en:
            continue
        assert split, (name, binding)
        assert not HANZI.search(en), (name, en)
        assert HANZI.search(zh) or not LETTERS.search(zh), (name, zh)


def test_a_binding_that_is_shown_says_what_it_does() -> None:
    silent = [(name, each.key) for name, each in OWN if each.show and not each.description.strip(SPLIT)]

    assert [] == silent


def test_every_word_of_the_framework_that_a_person_can_see_is_translated() -> None:
    seen = {
        made.description
        for each in our_classes() for base in each.__mro__ if not base.__module__.startswith("duibiao.")
        for one in base.__dict__.get("BINDINGS", ()) for made in Binding.make_bindings([one]) if made.description
    }  # fmt: skip

    assert set() == {each for each in seen if each not in FRAMEWORK}


def chinese_texts() -> Iterator[tuple[str, str, bool]]:
    """Every Chinese text in the program of the screens: where it stands, what it says, whether English stands beside it."""
    for path in sorted(FOLDER.rglob("*.py")):
        if path.name == "words.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        beside = set(_paired(tree))
        said = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and HANZI.search(node.value)
                and id(node) not in said
            ):
                yield f"{path.name}:{node.lineno}", node.value, id(node) in beside


def _has_docstring(node: ast.AST) -> bool:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None


def _paired(tree: ast.AST) -> Iterator[int]:
    """Ids of text nodes that have their English right behind them: in a call or a tuple, as ``zh=`` and ``en=``, or by a name.

    A text kept under a name such as ``zh`` is one that a call pairs later.
    """
    for node in ast.walk(tree):
        listed = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple | ast.List) else []
        for first, second in pairwise(listed):
            if _is_text(second) and not any(HANZI.search(text) for text in _texts(second)):
                yield from map(id, ast.walk(first))
        named = {each.arg: each.value for each in node.keywords} if isinstance(node, ast.Call) else {}
        for zh, en in (("zh", "en"), ("title", "title_en")):
            if zh in named and en in named and not any(HANZI.search(text) for text in _texts(named[en])):
                yield from map(id, ast.walk(named[zh]))
        if isinstance(node, ast.Assign) and any("zh" in ast.unparse(each).lower() for each in node.targets):
            yield from map(id, ast.walk(node.value))


def _texts(node: ast.AST) -> list[str]:
    return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.BinOp():
            return _is_text(node.left) and _is_text(node.right)
        case ast.IfExp():
            return _is_text(node.body) or _is_text(node.orelse)
        case ast.JoinedStr():
            return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_no_chinese_text_stands_without_its_english() -> None:
    alone = [(place, text) for place, text, paired in chinese_texts() if not (paired or SPLIT in text or len(text) == 1)]

    assert [] == alone


# keys


def test_every_binding_has_an_id() -> None:
    assert [] == [(name, each.key) for name, each in OWN if not each.id]


def test_an_id_stands_for_one_thing() -> None:
    """Keys are mapped by id: two things under one id could not be told apart."""
    actions: dict[str, set[tuple[str, str]]] = {}
    for name, each in OWN:
        actions.setdefault(each.id or "", set()).add((name, each.action))

    assert {} == {name: found for name, found in actions.items() if len(found) > 1}


def test_a_key_means_one_thing_in_a_class() -> None:
    for each in our_classes():
        keys = Counter(binding.key for binding in bindings_of(each))
        assert {} == {key: count for key, count in keys.items() if count > 1}, each


def test_every_screen_is_walked() -> None:
    """A new screen or dialog gets a scene, and with it every check of this file and a golden."""
    screens = {each.__name__ for each in our_classes() if issubclass(each, Screen)}

    assert screens == {each.shows for each in SCENES} | set(NOT_WALKED) & screens | STEPS & screens


STEPS = frozenset({"BringStep", "StandardStep", "UnitStep", "FolderStep"})


# what is on the screens


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place in which every run shows the same."""
    with steady(tmp_path_factory.mktemp("words")) as folder:
        yield folder


@pytest.fixture(scope="module")
def office(place: Path, registry: Registry) -> Path:
    """A workspace to take copies of."""
    return made_workspace(place / "made", registry)


# the palette


@pytest.mark.parametrize("scene", [each for each in SCENES if each.shows in ("CasesScreen", "AssessScreen", "WorkflowScreen")])
async def test_the_palette_names_everything_in_both_languages(
    scene: Scene, place: Path, registry: Registry, office: Path
) -> None:
    async with opened(scene, (120, 40), registry, office) as pilot:
        await pilot.app.run_action("palette")
        await pilot.pause()
        palette = pilot.app.screen
        assert isinstance(palette, PaletteDialog)

        assert {zh for _, zh, _, _ in PLACES} <= {each.zh for each in palette.commands}
        for each in palette.commands:
            assert HANZI.search(each.zh), each
            assert each.en, each
            assert not HANZI.search(each.en), each
