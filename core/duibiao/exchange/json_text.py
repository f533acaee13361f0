"""Where things stand in a JSON text, and what Python's own reader lets pass: twice the same key, NaN, endless nesting."""

from __future__ import annotations

import json
import re

from duibiao.errors import BadInputError, Path, Problem, Where
from duibiao.pack.positions import nearest_line

DEEPEST = 32

_TOKEN = re.compile(r'(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<mark>[\[\]{}:,])|(?P<word>[^\s\[\]{}:,"]+)|(?P<line>\n)')
_NOT_FINITE = frozenset({"NaN", "Infinity", "-Infinity"})


class JsonText:
    """One walk over a JSON text, noting the line of every key and list item.

    Attributes:
        places: Path to line.
        problems: Keys given twice, numbers that are none, nesting without end.
    """

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.places: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._stack: list[str | int] = []
        self._kinds: list[str] = []
        self._items: list[int] = []
        self._key = ""
        self._walk(text)

    def line(self, path: Path) -> int | None:
        """The line of the item at *path*, or of its nearest parent."""
        return nearest_line(self.places, path)

    def _walk(self, text: str) -> None:
        line, waiting = 1, ""
        for match in _TOKEN.finditer(text):
            kind, piece = match.lastgroup, match.group()
            if kind == "line":
                line += 1
            elif kind == "mark":
                if piece == ":" and self._kinds and self._kinds[-1] == "{":
                    self._name(waiting, line)
                elif not self._mark(piece, line):
                    return
                waiting = ""
            else:
                waiting = piece
                self._value(piece, line)

    def _name(self, piece: str, line: int) -> None:
        try:
            self._key = str(json.loads(piece))
        except ValueError:
            self._key = piece
        path = (*self._stack, self._key)
        if path in self.places:
            self._problem("DB009", line, self._key)
        self.places.setdefault(path, line)

    def _value(self, piece: str, line: int) -> None:
        if self._kinds and self._kinds[-1] == "[":
            self.places.setdefault(self._here(), line)
        if piece in _NOT_FINITE:
            self._problem("DB034", line, piece)

    def _here(self) -> Path:
        return (*self._stack, self._items[-1]) if self._kinds and self._kinds[-1] == "[" else (*self._stack, self._key)

    def _mark(self, piece: str, line: int) -> bool:
        """Follow a bracket or comma; False when the nesting is too deep to go on."""
        if piece in "[{":
            if self._kinds:
                path = self._here()
                self.places.setdefault(path, line)
                self._stack.append(path[-1])
            self._kinds.append(piece)
            self._items.append(0)
            if len(self._kinds) > DEEPEST:
                self._problem("DB005", line, f"> {DEEPEST}", str(DEEPEST))
                return False
        elif piece in "]}" and self._kinds:
            self._kinds.pop()
            self._items.pop()
            if self._stack:
                self._stack.pop()
        elif piece == "," and self._items:
            self._items[-1] += 1
        return True

    def _problem(self, code: str, line: int, found: str, allowed: str = "") -> None:
        self.problems.append(Problem(code, Where(self.name, line=line), found, allowed))


def check_json(text: str, name: str) -> JsonText:
    """The places of a JSON text; BadInputError for what must not be in it."""
    found = JsonText(text, name)
    if found.problems:
        raise BadInputError(found.problems)
    return found
