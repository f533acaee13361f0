"""Keys: bindings with their words in both languages, and what a Chinese input method sends in their place."""

from __future__ import annotations

import unicodedata

from textual.binding import Binding

SPLIT = "‖"
"""Between the two languages of a binding's description: a binding is made once, the language changes while it runs."""

ARROWS = {"↑": "up", "↓": "down", "←": "left", "→": "right"}
"""Names of the arrow keys, for terminals that draw their signs two cells wide."""

_PUNCTUATION = {
    "、": "/",
    "，": ",",
    "。": ".",
    "；": ";",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "【": "[",
    "】": "]",
    "《": "<",
    "》": ">",
}
"""What Chinese input methods make of the keys that name themselves otherwise."""


def key(keys: str, action: str, zh: str, en: str, *, show: bool = True, name: str = "", priority: bool = False) -> Binding:
    """A binding whose words are known in both languages. *name* lets a person map it to other keys."""
    return Binding(keys, action, f"{zh}{SPLIT}{en}", show=show, id=name or None, priority=priority)


def words_of(description: str, lang: str) -> str:
    """The description in a language; as it is when it has only one."""
    zh, split, en = description.partition(SPLIT)
    return (zh if lang == "zh" else en) if split else description


def narrow(character: str) -> str:
    """The key that a full-width character stands for; empty when it stands for none."""
    if character in _PUNCTUATION:
        return _PUNCTUATION[character]
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain != character and len(plain) == 1 and plain.isascii() else ""


def is_hanzi(character: str) -> bool:
    """Whether a character came from an input method that is still on."""
    return len(character) == 1 and "一" <= character <= "鿿"


def takes_text(widget: object | None) -> bool:
    """Whether text is being typed into a widget."""
    return bool(widget is not None and {"Input", "TextArea"} & {each.__name__ for each in type(widget).__mro__})


def name_of(character: str) -> str:
    """The framework's name of a key."""
    from textual.keys import _character_to_key

    return _character_to_key(character)
