"""Reading TOML that strangers wrote: bounded, in UTF-8, with an explanation for what people really get wrong."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property
from typing import Any

import tomli
from attrs import field, frozen

from duibiao.errors import BadInputError, Collector, Path, Problem, Where
from duibiao.pack.positions import find_places, nearest_line

MOST_BYTES = 1 << 20
MOST_LINES = 20_000
LONGEST_LINE = 1 << 16
MOST_DOTS = 8
DEEPEST = 32

_PART = r"""(?:"[^"\n]*+"|'[^'\n]*+'|[A-Za-z0-9_-]++)"""
_DOTTED = re.compile(rf"""(?<![\w"'-])(?:{_PART}[ \t]*+\.[ \t]*+){{{MOST_DOTS + 1},}}""")
_NESTED = re.compile(r"[\[{](?:\s*+[\[{]|\s*+[A-Za-z0-9_-]++\s*+=\s*+[\[{]){" + str(DEEPEST) + ",}")
_KEY_EXPECTED = ("Invalid initial character", "Invalid statement", "Expected '='", "Expected ']'")
_TWICE = ("Cannot ", "Duplicate ")
_NOT_FINITE = re.compile(
    r"""\"\"\".*?\"\"\"|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\#[^\n]*|[=\[,]\s*([+-]?(?:nan|inf))\b""", re.DOTALL
)
"""``nan`` and ``inf`` as values; texts and comments are stepped over."""
_ENDLESS_NUMBER = re.compile(r"\d[\d_]{4300,}")
_WIDE = re.compile(r"[“”‘’＝，。：；（）【】]")


@frozen
class Source:
    """A TOML file as read.

    Attributes:
        name: Name shown to people.
        text: Its text.
        data: Its content; decimals stay exact.
    """

    name: str
    text: str = field(repr=False)
    data: dict[str, Any] = field(repr=False)

    def where(self, *path: str | int) -> Where:
        """A place in this file (its line is looked up only when somebody asks)."""
        return Where(self.name, path)

    def line(self, path: Path) -> int | None:
        """The line on which the item at *path* (or its nearest parent) stands."""
        return nearest_line(self._places, path)

    @cached_property
    def _places(self) -> dict[Path, int]:
        return find_places(self.text)


def parse_toml(raw: bytes, name: str) -> Source:
    """The content of *raw*; BadInputError says what keeps it from being read."""
    text = decode(raw, name)
    _check_size(text, name)
    try:
        data = tomli.loads(text, parse_float=_decimal)
    except tomli.TOMLDecodeError as error:
        raise BadInputError([_explain(error, text, name)]) from None
    except _NotFiniteError:
        found = next((each for each in _NOT_FINITE.finditer(text) if each[1]), None)
        raise BadInputError([_problem("DB034", _line_of(found, text, name), found[1] if found else "nan")]) from None
    except RecursionError:
        raise BadInputError([_problem("DB005", Where(name), f"> {DEEPEST}", DEEPEST)]) from None
    except ValueError:
        endless = _ENDLESS_NUMBER.search(text)
        raise BadInputError([_problem("DB036", _line_of(endless, text, name), endless[0] if endless else "")]) from None
    return Source(name, text, data)


def _line_of(found: re.Match[str] | None, text: str, name: str) -> Where:
    return Where(name, line=None if found is None else text.count("\n", 0, found.start(found.lastindex or 0)) + 1)


def decode(raw: bytes, name: str) -> str:
    """*raw* as UTF-8 text; BadInputError for an empty, over-large, marked or differently encoded file."""
    if len(raw) > MOST_BYTES:
        raise BadInputError([_problem("DB005", Where(name), f"{len(raw)} B", f"{MOST_BYTES} B")])
    return decode_text(raw, name)


def decode_text(raw: bytes, name: str) -> str:
    """Like :func:`decode`, for files of any size."""
    if not raw.strip():
        raise BadInputError([_problem("DB047", Where(name))])
    if b"\0" in raw[:4096] or raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise BadInputError([_problem("DB003", Where(name, line=1), raw[:3].hex(" "))])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        code = "DB002" if _looks_gbk(raw) else "DB048"
        raise BadInputError([_problem(code, Where(name, line=line), f"0x{raw[error.start]:02x}")]) from None


def _looks_gbk(raw: bytes) -> bool:
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _check_size(text: str, name: str) -> None:
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        raise BadInputError([_problem("DB005", Where(name), f"{len(lines)} lines", f"{MOST_LINES} lines")])
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            raise BadInputError([_problem("DB005", Where(name, line=number), f"{len(line)}", LONGEST_LINE)])
    for pattern, most in ((_DOTTED, MOST_DOTS), (_NESTED, DEEPEST)):
        found = pattern.search(text)
        if found is not None:
            number = text.count("\n", 0, found.start()) + 1
            raise BadInputError([_problem("DB005", Where(name, line=number), f"> {most}", most)])


class _NotFiniteError(Exception):
    """``nan`` or ``inf`` stands where a number belongs."""


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise _NotFiniteError
    return number


def _explain(error: tomli.TOMLDecodeError, text: str, name: str) -> Problem:
    lines = text.split("\n")
    number = min(error.lineno, len(lines))
    line = lines[number - 1]
    where = Where(name, line=number, column=error.colno)
    if error.msg.startswith(_TWICE):
        return _problem("DB009", where, line.strip())
    char = text[error.pos : error.pos + 1]
    if error.msg.startswith(_KEY_EXPECTED) and char.isalpha() and not char.isascii():
        return _problem("DB032", where, line.strip())
    if "date" in error.msg.lower() or re.search(r"=\s*\d{4}-\d{2}-\d{2}", line):
        return _problem("DB033", where, line.strip(), "2012-11-15")
    if _WIDE.search(line):
        return _problem("DB049", where, line.strip())
    return _problem("DB004", where, line.strip())


def _problem(code: str, where: Where, found: object = "", allowed: object = "") -> Problem:
    collector = Collector()
    collector.add(code, where, found=found, allowed=allowed)
    return collector.problems[0]
