"""How things look: themes, the styles that lines are drawn in, and the safe profile for terminals with wide ambiguous glyphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from textual.theme import Theme

_WIDE = {
    "“": "「", "”": "」", "‘": "「", "’": "」", "…": "...", "—": "-", "–": "-", "·": ".", "≥": ">=", "≤": "<=",
    "×": "x", "→": "->", "←": "<-", "▶": ">", "●": "*", "○": "o", "■": "#", "□": "-", "▲": "^", "▼": "v", "│": "|",
    "─": "-", "┃": "|", "━": "=", "╌": "-", "÷": "/", "※": "*", "≠": "<>", "≈": "~", "↩": "<", "├": "|", "└": "`", "▏": "|",
    "²": "2", "↑": "^", "↓": "v", "█": "#", "░": ".", "▒": ":", "①": "(1)", "②": "(2)", "③": "(3)",
}  # fmt: skip
"""Characters that some Chinese terminals draw two cells wide, and what stands for them there."""

SAFE: Mapping[int, str] = str.maketrans(_WIDE)


_CUT = re.compile(r"…( ?)$")
_BLANKS = re.compile(r" {2,}")
_LAST_NUMBER = re.compile(r"\d[\d.,-]*$")
_LEAST_CUT = 6
"""Cells before a mark at the end from which on it is that of a text cut short, not a sign of its own."""


def plain_parts(parts: Iterable[tuple[str, Style]]) -> Iterator[tuple[str, Style]]:
    """Pieces of a line in characters that are one cell wide everywhere; columns stay where they are.

    What takes more cells than before has them back from the padding of its own piece, or of those after it.
    """
    debt = 0
    for text, style in parts:
        plain = _plain(text)
        debt += cell_len(plain) - cell_len(text)
        for found in list(_BLANKS.finditer(plain))[::-1]:
            back = min(max(debt, 0), len(found[0]) - 1)
            plain, debt = plain[: found.end() - back] + plain[found.end() :], debt - back
        yield plain, style


def _plain(text: str) -> str:
    cut = _CUT.search(text)
    if cut is None or cell_len(text[: cut.start()]) < _LEAST_CUT:
        return text.translate(SAFE)
    room = cell_len(text) - len(cut[0]) - 2
    head = whole(set_cell_size(text[: cut.start()].translate(SAFE), room))
    return set_cell_size(head + "...", room + 3) + cut[1]


def whole(head: str) -> str:
    """The beginning of a text that is cut, without a number at its end: that might be the beginning of a longer one."""
    return _LAST_NUMBER.sub("", head) or head if head[-1:].isdigit() else head


def fit(text: str, width: int, align: str = "left") -> str:
    """*text* in exactly *width* cells: cut with «…» (two cells of dots where that is wide) or padded."""
    size = cell_len(text)
    if size > width:
        return set_cell_size(whole(set_cell_size(text, max(width - 1, 0))) + "…", width)
    return text + " " * (width - size) if align == "left" else " " * (width - size) + text


def _theme(name: str, dark: bool, colours: Mapping[str, str], **more: str) -> Theme:
    return Theme(name=name, dark=dark, variables=dict(more), **colours)  # type: ignore[arg-type]


THEMES: tuple[Theme, ...] = (
    _theme("duibiao-dark", True, {
        "primary": "#7aa2f7", "secondary": "#9aa5ce", "accent": "#e0af68", "foreground": "#d5d9e8", "background": "#16181f",
        "surface": "#1d2029", "panel": "#262a36", "success": "#9ece6a", "warning": "#e0af68", "error": "#f7768e",
    }),
    _theme("duibiao-light", False, {
        "primary": "#1f5fb4", "secondary": "#4a5568", "accent": "#9a5b00", "foreground": "#1a1c22", "background": "#fbfbf8",
        "surface": "#f1f1ec", "panel": "#e4e4dc", "success": "#2e6b1f", "warning": "#8a5300", "error": "#b0122f",
    }),
    _theme("duibiao-contrast", True, {
        "primary": "#ffffff", "secondary": "#ffffff", "accent": "#ffff00", "foreground": "#ffffff", "background": "#000000",
        "surface": "#000000", "panel": "#1a1a1a", "success": "#00ff00", "warning": "#ffff00", "error": "#ff8080",
    }),
    _theme("duibiao-colour-blind", True, {
        "primary": "#79a8ff", "secondary": "#a8b0c8", "accent": "#f0c000", "foreground": "#e6e6e6", "background": "#101018",
        "surface": "#181822", "panel": "#22222e", "success": "#79a8ff", "warning": "#f0c000", "error": "#ff9a3c",
    }),
)  # fmt: skip
"""Dark, light, high contrast, and one in which passed is blue and failed is orange."""

THEME_NAMES: Mapping[str, tuple[str, str]] = {
    "duibiao-dark": ("深色", "dark"),
    "duibiao-light": ("浅色", "light"),
    "duibiao-contrast": ("高对比", "high contrast"),
    "duibiao-colour-blind": ("色觉友好", "colour-blind safe"),
}


class Inks:
    """The styles in which lines are drawn, made once per theme."""

    def __init__(self, theme: Theme, *, plain: bool = False) -> None:
        """*plain*: no colours at all, only bold, reverse and underline (NO_COLOR)."""
        back, front = theme.background or "#000000", theme.foreground or "#ffffff"
        panel, surface = theme.panel or back, theme.surface or back

        def ink(colour: str | None, ground: str = back, *, bold: bool = False) -> Style:
            return Style(bold=bold) if plain else Style(color=colour or front, bgcolor=ground, bold=bold)

        self.text = ink(front)
        self.dim = ink(theme.secondary)
        self.head = ink(theme.primary, bold=True)
        self.good = ink(theme.success)
        self.bad = ink(theme.error, bold=True)
        self.open = ink(theme.warning)
        self.mark = ink(theme.accent, bold=True)
        self.panel = ink(front, panel)
        self.bar = ink(front, panel, bold=True)
        self.bar_mark = ink(theme.accent, panel, bold=True)
        self.hint = ink(theme.secondary, surface)
        self.ground = Style() if plain else Style(bgcolor=back)
        self.cursor = Style(reverse=True) if plain else Style(bgcolor=theme.primary, color=back, bold=True)
        self.quiet_cursor = Style(underline=True) if plain else Style(bgcolor=panel)

    def over(self, style: Style, cursor: Style | None) -> Style:
        """*style* under the cursor."""
        return style if cursor is None else style + cursor


def wrapped(text: str, width: int) -> list[str]:
    """*text* in lines of at most *width* cells: Chinese breaks anywhere, Latin words stay whole where they fit."""
    lines: list[str] = []
    for block in text.split("\n"):
        line, used = "", 0
        for word in _pieces(block):
            size = cell_len(word)
            if used + size > width and line:
                lines.append(line.rstrip())
                line, used = "", 0
                word = word.lstrip()
                size = cell_len(word)
            while size > width:
                head = set_cell_size(word, width).rstrip()
                lines.append(head)
                word = word[len(head) :]
                size = cell_len(word)
            line += word
            used += size
        lines.append(line.rstrip())
    return lines


_NEVER_FIRST = frozenset("，。；：、！？）〕》」』】”’…")
_NEVER_LAST = frozenset("（〔《「『【“‘")
"""Signs with which a Chinese line neither begins nor ends."""


def _pieces(text: str) -> list[str]:
    """Wide characters one by one, each with the signs that may not be parted from it; runs of narrow ones up to a blank."""
    found: list[str] = []
    for char in text:
        narrow = (
            bool(found) and cell_len(char) == 1 and char != " " and cell_len(found[-1][-1]) == 1 and not found[-1].endswith(" ")
        )
        if narrow or (found and char != " " and (char in _NEVER_FIRST or found[-1][-1] in _NEVER_LAST)):
            found[-1] += char
        else:
            found.append(char)
    return found


def flowed(pieces: Iterable[str], width: int) -> list[str]:
    """Pieces beside each other in lines of at most *width* cells; one is broken only where it is wider than a line."""
    found, line = list[str](), ""
    for each in pieces:
        if line and cell_len(line) + cell_len(each) + 2 > width:
            found.append(line)
            line = ""
        line += ("  " if line else "") + each
    return [part for text in (*found, line) for part in wrapped(text, width)]
