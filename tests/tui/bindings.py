"""What every screen's keys have to be: its own, and never a letter alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

from duibiao.tui.base import Page


def bindings_of(each: type[Any]) -> list[Binding]:
    """The bindings that a class itself adds, key by key."""
    own = each.__dict__.get("BINDINGS", [])
    return [made for one in own for made in Binding.make_bindings([one])]


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


MOVES = {"AssessScreen": frozenset({"minus"}), "Form": frozenset({"up", "down"}), "PaletteDialog": frozenset({"up", "down"})}
"""Keys that a screen itself needs: «-» belongs to a number; a dialog's list means its arrows in the same way."""


def pairs(each: type[Any]) -> Iterator[tuple[str, Binding]]:
    """Keys and bindings of a class of ours with what it inherits from ours."""
    for base in reversed(each.__mro__):
        if base.__module__.startswith("duibiao."):
            yield from ((made.key, made) for made in bindings_of(base))


def same(one: str, other: str) -> bool:
    """Whether two actions are the same thing, asked of the screen by its widget or by itself."""
    return one.removeprefix("screen.") == other.removeprefix("screen.")
