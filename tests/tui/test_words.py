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
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

import duibiao.tui
from duibiao.registry import Registry
from duibiao.store import cases as kept
from duibiao.tui.app import PLACES, DuibiaoApp
from duibiao.tui.base import Page
from duibiao.tui.keys import SPLIT
from duibiao.tui.screens.palette import PaletteDialog
from duibiao.tui.words import FRAMEWORK
from tui.scenes import BY_NAME, NOT_WALKED, SCENES, UNTIL_IDLE, Scene, calm, frame, made_workspace, opened, steady

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


def bindings_of(each: type[Any]) -> list[Binding]:
    """The bindings that a class itself adds, key by key."""
    own = each.__dict__.get("BINDINGS", [])
    return [made for one in own for made in Binding.make_bindings([one])]


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


@pytest.fixture(scope="module")
def sources(registry: Registry, office: Path) -> str:
    """Everything that the sources and the workspace say, in whatever language: it is shown as it is."""
    from duibiao.services.office import open_office

    texts = [repr(registry.standard(name)) for name in registry.headers]
    texts += [repr(each) for each in registry.jurisdictions.values()]
    texts += [repr(each) for each in registry.vocabulary.types.values()]
    with open_office(str(office), write=False) as space:
        texts += [repr(row) for row in space.rows("SELECT name, kind FROM unit")]
        texts += [repr(each) for each in kept.cases(space)] + [repr(space.office()), repr(space.operators())]
    return "\n".join(texts)


SOURCE_WORDS = frozenset({"例子", "演示日报", "同意"})
"""What the demonstration's operator typed."""

PLAIN = re.compile(
    r"[A-Z]{1,2}\d{2,3}|E_[A-Z_]+|[\w.+-]+@\d+|[a-z]+(?:[.-][a-z0-9]+)+|[\w~./-]*/[\w~./-]+|F\d+|\b[0-9a-f]{6,}\b|#+|-{3,}"
)
"""Codes, ids, paths, hashes: the same in every language."""
KEYS = frozenset({
    "tab", "esc", "enter", "Enter", "Tab", "Esc", "home", "end", "pgup", "pgdn", "up", "down", "left", "right", "shift", "ctrl",
    "delete", "backspace", "space", "ins", "del",
})  # fmt: skip
NAMES = frozenset({"duibiao", "Markdown", "CSV", "GB", "TOML", "md", "csv", "demo", "office", "PDF", "Word", "WPS", "Excel"})
CUT = re.compile(r"[\w.@-]*[\w.@-] ?…")
"""The last of what there was room for."""


@pytest.mark.parametrize("name", BY_NAME)
async def test_a_screen_speaks_one_language_at_a_time_and_its_keys_are_its_own(
    name: str, place: Path, registry: Registry, office: Path, sources: str
) -> None:
    """A page changes its language while it is open; a dialog is opened again in the other one."""
    scene = BY_NAME[name]
    async with opened(scene, (120, 40), registry, office, idle=0) as pilot:
        screen = pilot.app.screen
        assert scene.shows == type(screen).__name__
        assert set() == {each for each in english_words(pilot) if not re.search(rf"\b{each}\b", sources)}
        check_keys(screen, pilot.app.focused)
        if isinstance(screen, Page):
            # What was said stays as it was said.
            screen.duibiao.status = ("", "")
            await pilot.press("ctrl+l")
            await calm(pilot, UNTIL_IDLE if scene.place == "assess" else 0.02)
            assert set() == {each for each in chinese_words(pilot) if each not in sources}
    if not isinstance(screen, Page):
        async with opened(scene, (120, 40), registry, office, lang="en", idle=0) as pilot:
            assert set() == {each for each in chinese_words(pilot) if each not in sources}


def english_words(pilot: Pilot[int]) -> set[str]:
    """Words in Latin letters on the screen that are no id, key or name."""
    bare = [PLAIN.sub(" ", CUT.sub(" ", line)) for line in frame(pilot)]
    return {word for line in bare for word in LETTERS.findall(line)} - KEYS - NAMES


def chinese_words(pilot: Pilot[int]) -> set[str]:
    """Runs of Chinese characters on the screen that the demonstration's operator did not type."""
    return {run for line in frame(pilot) for run in HANZI.findall(line)} - SOURCE_WORDS


def check_keys(screen: Screen[Any], focused: Widget | None) -> None:
    """No key of the screen is taken by what has the focus, and none of its acts is reached by a letter alone."""
    own = dict(pairs(type(screen)))
    near = dict(pairs(type(focused))) if focused is not None else {}
    taken = {key for key in own.keys() & near.keys() if not same(own[key].action, near[key].action)}
    assert taken <= MOVES.get(type(screen).__name__, frozenset()), {key: (own[key], near[key]) for key in taken}
    keys: dict[str, list[str]] = {}
    for key, each in [*own.items(), *near.items()]:
        keys.setdefault(each.action.removeprefix("screen."), []).append(key)
    offered = {
        each.binding.action.removeprefix("screen.") for each in screen.active_bindings.values() if in_palette(each.binding)
    }
    told = offered if isinstance(screen, Page) else set()
    alone = {action for action, known in keys.items() if all(len(key) == 1 and key.isalpha() for key in known)}
    assert alone <= told


def in_palette(binding: Binding) -> bool:
    """Whether the palette offers what a key does."""
    return bool(binding.id and binding.description.strip() and not binding.id.startswith("rows."))


MOVES = {"Form": frozenset({"up", "down"}), "PaletteDialog": frozenset({"up", "down"})}
"""Keys that a dialog itself needs while text is typed, and its list means in the same way."""


def pairs(each: type[Any]) -> Iterator[tuple[str, Binding]]:
    """Keys and bindings of a class of ours with what it inherits from ours."""
    for base in reversed(each.__mro__):
        if base.__module__.startswith("duibiao."):
            yield from ((made.key, made) for made in bindings_of(base))


def same(one: str, other: str) -> bool:
    """Whether two actions are the same thing, asked of the screen by its widget or by itself."""
    return one.removeprefix("screen.") == other.removeprefix("screen.")


# the palette


@pytest.mark.parametrize("scene", [each for each in SCENES if each.shows in ("CasesScreen", "AssessScreen", "WorkflowScreen")])
async def test_the_palette_names_everything_in_both_languages(
    scene: Scene, place: Path, registry: Registry, office: Path
) -> None:
    async with opened(scene, (120, 40), registry, office, idle=0) as pilot:
        await pilot.app.run_action("palette")
        await pilot.pause()
        palette = pilot.app.screen
        assert isinstance(palette, PaletteDialog)

        assert {zh for _, zh, _, _ in PLACES} <= {each.zh for each in palette.commands}
        for each in palette.commands:
            assert HANZI.search(each.zh), each
            assert each.en, each
            assert not HANZI.search(each.en), each
