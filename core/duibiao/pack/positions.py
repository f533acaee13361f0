"""On which line of a TOML text a key stands. Runs only when a problem is shown; the text has been parsed before."""

from __future__ import annotations

import re
from collections.abc import Mapping

from duibiao.errors import Path

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r]+) | (?P<newline>\n) | (?P<comment>\#[^\n]*)
  | (?P<text>\"\"\"(?:[^\\]|\\.)*?\"\"\"+ | '''.*?'''+ | "(?:[^"\\\n]|\\.)*" | '[^'\n]*')
  | (?P<mark>\[\[|\]\]|[\[\]{}=,.])
  | (?P<bare>[^\s\[\]{}=,.\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


def find_places(text: str) -> dict[Path, int]:
    """The line of every key and list item of a TOML text."""
    return _Places(text).collect()


def nearest_line(places: Mapping[Path, int], path: Path) -> int | None:
    """The line of the item at *path*, or of the nearest parent that has one; None where none has."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return None


class _Places:
    """One walk over the tokens, noting where each key begins."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.places: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def collect(self) -> dict[Path, int]:
        table: Path = ()
        while self.at < len(self.tokens):
            kind, piece, line = self.tokens[self.at]
            if kind in ("newline", "comment"):
                self.at += 1
            elif piece in ("[[", "["):
                table = self.header(piece == "[[", line)
            else:
                self.pair(table)
        return self.places

    def header(self, many: bool, line: int) -> Path:
        self.at += 1
        path: Path = ()
        keys = self.keys(("]", "]]"))
        self.at += 1
        for position, key in enumerate(keys):
            path = (*path, key)
            last = position == len(keys) - 1
            if last and many:
                self.counts[path] = self.counts.get(path, -1) + 1
                self.places.setdefault(path, line)
            if path in self.counts:
                path = (*path, self.counts[path])
        self.places.setdefault(path, line)
        return path

    def keys(self, ends: tuple[str, ...]) -> list[str]:
        found: list[str] = []
        while self.at < len(self.tokens):
            kind, piece, _ = self.tokens[self.at]
            if (piece in ends and kind == "mark") or kind == "newline":
                break
            if kind == "text":
                found.append(piece.strip("\"'"))
            elif kind == "bare":
                found.append(piece)
            self.at += 1
        return found

    def pair(self, table: Path) -> None:
        line = self.tokens[self.at][2]
        path = table
        for key in self.keys(("=",)):
            path = (*path, key)
            self.places.setdefault(path, line)
        self.at += 1
        self.value(path)

    def skip_blank(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at][0] in ("newline", "comment"):
            self.at += 1

    def value(self, path: Path) -> None:
        if self.at >= len(self.tokens):
            return
        piece = self.tokens[self.at][1]
        if piece in ("[", "[["):
            self.array(path, piece)
        elif piece == "{":
            self.table(path)
        else:
            while self.at < len(self.tokens) and not self._ends_value():
                self.at += 1

    def _ends_value(self) -> bool:
        kind, piece, _ = self.tokens[self.at]
        return kind in ("newline", "comment") or (kind == "mark" and piece in (",", "]", "}", "]]"))

    def array(self, path: Path, opening: str) -> None:
        self.split(opening)
        self.at += 1
        index = 0
        while self.at < len(self.tokens):
            self.skip_blank()
            if self.at >= len(self.tokens):
                return
            kind, piece, line = self.tokens[self.at]
            if kind == "mark" and piece in ("]", "]]"):
                self.split(piece)
                self.at += 1
                return
            if piece == ",":
                self.at += 1
                continue
            self.places.setdefault((*path, index), line)
            before = self.at
            self.value((*path, index))
            self.at += before == self.at
            index += 1

    def split(self, piece: str) -> None:
        """Inside values ``[[`` and ``]]`` are two brackets."""
        if len(piece) == 2:
            _, _, line = self.tokens[self.at]
            self.tokens[self.at : self.at + 1] = [("mark", piece[0], line), ("mark", piece[0], line)]

    def table(self, path: Path) -> None:
        self.at += 1
        while self.at < len(self.tokens):
            self.skip_blank()
            if self.at >= len(self.tokens):
                return
            piece = self.tokens[self.at][1]
            if piece == "}":
                self.at += 1
                return
            if piece == ",":
                self.at += 1
                continue
            before = self.at
            self.pair(path)
            self.at += before == self.at


def _tokens(text: str) -> list[tuple[str, str, int]]:
    found = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup or "", match.group()
        if kind != "space":
            found.append((kind, piece, line))
        line += piece.count("\n")
    return found
