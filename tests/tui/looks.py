"""What holds for every picture of a screen, whatever it shows: each rule yields what breaks it.

A picture is a :class:`Shot`; rules look at its text alone, so that they can be asked of the files that are kept as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs
from attrs import define, field, frozen
from rich.cells import cell_len

SAFE, PLAIN = "safe", "NO_COLOR"
HANZI = re.compile(r"[\u3400-\u9fff]+")
LETTERS = re.compile(r"[A-Za-z]{2,}")


@frozen
class Shot:
    """A screen at one size.

    Attributes:
        size: Width and height.
        lang: Language.
        lines: The lines, whole.
        profile: Empty, ``safe`` or ``NO_COLOR``.
        styles: Digest of the style of every run of text.
    """

    size: tuple[int, int]
    lang: str
    lines: tuple[str, ...]
    profile: str = ""
    styles: str = ""

    @property
    def title(self) -> str:
        """Size, language and profile."""
        return " ".join(part for part in (f"{self.size[0]}×{self.size[1]}", self.lang, self.profile) if part)


# shape


def crooked(shot: Shot) -> Iterator[str]:
    """Lines that are not as wide as the terminal, and a screen that is not as high."""
    if len(shot.lines) != shot.size[1]:
        yield f"{len(shot.lines)} lines"
    for number, line in enumerate(shot.lines, 1):
        if cell_len(line) != shot.size[0]:
            yield f"line {number} is {cell_len(line)} wide: {line!r}"


def ambiguous(shot: Shot) -> Iterator[str]:
    """In the safe profile: characters that some Chinese terminals draw two cells wide."""
    for number, line in enumerate(shot.lines if shot.profile == SAFE else (), 1):
        found = sorted({char for char in line if unicodedata.east_asian_width(char) == "A"})
        if found:
            yield f"line {number}: {' '.join(found)}: {line.strip()}"


_EDGES = {"┌": "┐", "└": "┘", "+": "+"}
_SIDES = "│┃|┤├┐┘┌└+"
_BARS = frozenset("▒░█")


def crossed(shot: Shot) -> Iterator[str]:
    """Boxes whose sides are not straight from corner to corner, and sides that stand alone."""
    grid = [_cells(line) for line in shot.lines]
    for y, row in enumerate(grid):
        for left, right in _tops(row):
            if _at(grid, y - 1, left) == "|":
                continue  # the foot of one
            below = next((n for n in range(y + 1, len(grid)) if _at(grid, n, left) in ("└", "+")), None)
            if below is None:
                yield f"line {y + 1}: the box is not closed"
                continue
            for n in range(y, below + 1):
                if _at(grid, n, left) not in _SIDES or _at(grid, n, right) not in _SIDES:
                    yield f"line {n + 1}: the side of the box is broken: {shot.lines[n].strip()}"
        for x, char in enumerate(row if _BARS.isdisjoint(row) else ()):
            if char == "│" and _alone(grid, y, x):
                yield f"line {y + 1}: a side stands alone: {shot.lines[y].strip()}"


def _alone(grid: list[list[str]], y: int, x: int) -> bool:
    return {_at(grid, y - 1, x), _at(grid, y + 1, x)}.isdisjoint(_SIDES + "┬┴┼")


def _cells(line: str) -> list[str]:
    return [part for char in line for part in ([char] + [""] * (cell_len(char) - 1))]


def _at(grid: list[list[str]], y: int, x: int) -> str:
    return (grid[y][x] if 0 <= y < len(grid) and 0 <= x < len(grid[y]) else "") or " "


def _tops(row: list[str]) -> Iterator[tuple[int, int]]:
    """Left and right corners of the boxes that begin in a line."""
    for found in re.finditer(r"┌─*┐|\+-+\+", "".join(char or "\0" for char in row)):
        yield found.start(), found.end() - 1


# what is cut

_KEYS = re.compile(r"(?:回车|空格|Enter|Esc|Tab|space|[⏎↑↓⌫]) ?\S")
_HELP = re.compile(r"\? (?:帮助|help)$")
_CUT = re.compile(r"(?:…|\.\.\.?|-)$")


def cut_hints(shot: Shot) -> Iterator[str]:
    """A line of keys that ends in the middle of a hint, or (at the foot of a page) without saying where help is."""
    foot = shot.lines[-1].rstrip()
    if "? " in foot and not _HELP.search(foot):
        yield f"no help in the line of keys: {foot!r}"
    for text in (part.strip() for line in shot.lines for part in re.split("[│|┃]", line)):
        if len(_KEYS.findall(text)) > 1 and _CUT.search(text):
            yield f"a hint is cut: {text!r}"


_NUMBER = re.compile(r"\d(?:…|\.\.\.)")


def cut_numbers(shot: Shot) -> Iterator[str]:
    """A number of which only the first digits are there: it would be read as another one."""
    for number, line in enumerate(shot.lines, 1):
        if _NUMBER.search(line):
            yield f"line {number}: {line.strip()}"


# words

_RAW = re.compile(r"\b(?:gate|award|met|points|has|holds|count|lowest)\(|(?<![=-])[=!]=(?!=)|\bNone\b|\bTrue\b|\bFalse\b|\{\w*\}")
_ONE = re.compile(r"(?<![\d.,/:×=-])1 (?!is\b|has\b|was\b|yes\b|this\b)([a-z]{2,}s)\b(?! ')")


def raw(shot: Shot) -> Iterator[str]:
    """What was written for the program, not for people."""
    for number, line in enumerate(shot.lines, 1):
        if _RAW.search(line):
            yield f"line {number}: {line.strip()}"


def one_of_many(shot: Shot) -> Iterator[str]:
    """«1 units»."""
    for number, line in enumerate(shot.lines if shot.lang == "en" else (), 1):
        if _ONE.search(line):
            yield f"line {number}: {line.strip()}"


_FULL = re.compile(r"[（）〔〕：；，。、！？](?=[A-Za-z])|(?<=[A-Za-z.])[（）〔〕：；，。、！？]")
_CLUSTER = re.compile(r"[\u3400-\u9fff（）〔〕、，。：；“”《》()\d]+")
_PART = re.compile(
    r"(?:…|\.\.|(?<=[│|]))[\u3400-\u9fff]+|[\u3400-\u9fff（）〔〕、()]+(?= ?(?:…|\.\.)|[│|])|[\u3400-\u9fff]+(?= [·.] )"
)
"""What is left of a Chinese name that was cut, or lies under a dialog; who acts at a stage, as the source calls it."""
_PLAIN = re.compile(
    r"[A-Z]{1,2}\d{2,3}|E_[A-Z_]+|[\w.+-]+@\d+|[a-z]+(?:[.-][a-z0-9]+)+|[\w~./-]*/[\w~./-]+|F\d+|\b[0-9a-f]{6,}\b|#+|-{3,}"
)
"""Codes, ids, paths, hashes: the same in every language."""
_LAST = re.compile(r"[\w.@'-]*[\w.@'-] ?(?:…|\.\.+)")
"""The last of what there was room for."""
KEYS = frozenset({
    "tab", "esc", "enter", "Enter", "Tab", "Esc", "home", "end", "pgup", "pgdn", "up", "down", "left", "right", "shift", "ctrl",
    "delete", "backspace", "space", "ins", "del", "Shift", "OSC", "qp", "dc",
})  # fmt: skip
NAMES = frozenset(
    {
        "duibiao",
        "Markdown",
        "CSV",
        "csv",
        "xlsx",
        "GB",
        "TOML",
        "JSON",
        "md",
        "demo",
        "office",
        "PDF",
        "Word",
        "WPS",
        "Excel",
        "Parquet",
    }
)
TYPED = frozenset({"例子", "演示日报", "同意", "电话核实"})
"""What the demonstration's operator typed."""


@frozen
class Sources:
    """What standards and workspace say, which is shown as it is.

    Attributes:
        texts: Everything in them that is not English by its name.
        said: Titles that have an English form, levels and kinds of units: not to be seen in English.
    """

    texts: frozenset[str]
    said: frozenset[str]
    _all: str = field(init=False)
    _words: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_all", "\n".join(sorted(self.texts)))
        object.__setattr__(self, "_words", frozenset(LETTERS.findall(self._all)))

    def untranslated(self, shot: Shot) -> Iterator[str]:
        """Words of the other language."""
        yield from self._english(shot) if shot.lang == "zh" else self._chinese(shot)

    def _english(self, shot: Shot) -> Iterator[str]:
        for number, line in enumerate(shot.lines, 1):
            bare = _PLAIN.sub(" ", _LAST.sub(" ", line))
            found = set(LETTERS.findall(bare)) - KEYS - NAMES - self._words
            if found:
                yield f"line {number}: {' '.join(sorted(found))}: {line.strip()}"

    def _chinese(self, shot: Shot) -> Iterator[str]:
        for number, line in enumerate(shot.lines, 1):
            found = {each for each in HANZI.findall(line) if each not in self._all} - TYPED
            found |= {
                each for each in (text.strip("()（）") for text in _CLUSTER.findall(_PART.sub("", line))) if each in self.said
            }
            found |= set(_FULL.findall(line))
            if found:
                yield f"line {number}: {' '.join(sorted(found))}: {line.strip()}"


def collected(things: Iterable[Any], *, kinds: Iterable[str], units: Iterable[str]) -> Sources:
    """The texts of standards and the like; *kinds* are levels and kinds of units, *units* names that may be like them."""
    found = _Texts()
    for each in things:
        found.take(each)
    found.texts.update(units)
    return Sources(frozenset(found.texts), frozenset((found.titles | {*kinds}) - found.printed - {*units}))


@define
class _Texts:
    """Texts as they are gathered.

    Attributes:
        texts: All that are not English by their name.
        titles: Titles that have an English form.
        printed: What is shown as a source has it, even where something with an English title has the same name.
    """

    texts: set[str] = field(factory=set)
    titles: set[str] = field(factory=set)
    printed: set[str] = field(factory=set)

    def take(self, thing: Any) -> None:
        """Gather what is in a thing."""
        if isinstance(thing, str):
            self.texts.add(thing)
        elif isinstance(thing, Mapping):
            for key, each in thing.items():
                self.take_named(str(key), each)
                self.texts.add(str(key))
        elif isinstance(thing, Iterable):
            for each in thing:
                self.take(each)
        elif attrs.has(type(thing)):
            if getattr(thing, "title_en", "") and HANZI.search(thing.title):
                self.titles.add(thing.title)
            for each in attrs.fields(type(thing)):
                self.take_named(each.name, getattr(thing, each.name))

    def take_named(self, name: str, value: Any) -> None:
        """Gather what is under a name."""
        if not name.endswith("_en"):
            self.take(value)
        elif isinstance(value, str):
            self.texts.update(HANZI.findall(value))
            self.printed.update(HANZI.findall(value))
        if name in _AS_PRINTED:
            self.printed.update(value.split() if isinstance(value, str) else value)


_AS_PRINTED = frozenset({"documents", "methods", "produces", "duties", "clause"})


RULES: Mapping[str, Callable[[Shot], Iterator[str]]] = {
    "as wide as the terminal": crooked,
    "no character of unsure width": ambiguous,
    "boxes are straight": crossed,
    "no hint is cut": cut_hints,
    "no number is cut": cut_numbers,
    "nothing raw": raw,
    "one is one": one_of_many,
}


def broken(shots: Iterable[Shot], sources: Sources | None = None) -> list[str]:
    """Everything that does not hold for some pictures."""
    rules = dict(RULES) if sources is None else {**RULES, "one language at a time": sources.untranslated}
    return [f"{shot.title}: {name}: {told}" for shot in shots for name, rule in rules.items() for told in rule(shot)]
