"""CSV as offices really save it: UTF-8 with or without a mark, UTF-16, or the GBK of a Chinese Excel — told apart, or refused."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from attrs import evolve, frozen

from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.exchange.formulas import unguarded
from duibiao.exchange.tables import LONGEST_CELL, MOST_PROBLEMS, Row, Table, filled_cells

MOST_BYTES = 256 << 20
"""Of any file of facts."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_IDEOGRAPH = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")
_CHINESE = re.compile(
    r"[\x00-\x7f\xa7\xb0-\xb3\xb7\xd7\xf7\u2010-\u203b\u20ac\u2103\u2116\u2160-\u217f\u2190-\u25ff\u3000-\u303f\u3200-\u33ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U000323af]*\Z"
)
"""Texts of characters that Chinese files hold; other scripts point to a wrong guess."""
_OTHER_MARKS = (("\t", "TAB"), (";", ";"), ("，", "，"), ("|", "|"))


@frozen
class Decoded:
    """A text and how it was written.

    Attributes:
        text: The text, without a byte order mark.
        encoding: ``utf-8``, ``utf-16`` or ``gb18030`` (of which GBK is the everyday part).
    """

    text: str
    encoding: str


def decode_csv(raw: bytes, where: Where) -> Decoded:
    """The text of a CSV file.

    BadInputError: empty (``DB047``), no text (``DB003``, ``DB048``), or readable in two ways (``X09``).
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return Decoded(_marked(raw, encoding, mark, where), encoding)
    if not raw.strip():
        raise BadInputError([Problem("DB047", where)])
    if b"\0" in raw:
        raise BadInputError([Problem("DB003", where, "NUL")])
    other = None if raw.isascii() else _as_gb18030(raw)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if other is not None:
            return Decoded(other, "gb18030")
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadInputError([Problem("DB048", evolve(where, line=line), f"0x{raw[error.start]:02x}")]) from None
    if other is not None and not _IDEOGRAPH.search(text):
        raise BadInputError([Problem("X09", where, "UTF-8 / GBK", "UTF-8 + BOM")])
    return Decoded(text, "utf-8")


def _marked(raw: bytes, encoding: str, mark: bytes, where: Where) -> str:
    if len(raw) == len(mark):
        raise BadInputError([Problem("DB047", where)])
    try:
        text = raw[len(mark) :].decode("utf-8") if encoding == "utf-8" else raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInputError([Problem("DB048", where, f"{encoding}: 0x{raw[error.start]:02x}")]) from None
    if not text.strip():
        raise BadInputError([Problem("DB047", where)])
    return text


def _as_gb18030(raw: bytes) -> str | None:
    """*raw* read as GB 18030, if that gives Chinese: nothing but its characters, half of the ideographs common ones."""
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    if not _CHINESE.match(text):
        return None
    ideographs = _IDEOGRAPH.findall(text)
    common = sum(_is_common(each) for each in ideographs)
    return text if ideographs and common * 2 >= len(ideographs) else None


def _is_common(char: str) -> bool:
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def read_rows(raw: bytes, where: Where, problems: Collector) -> Table:
    """The table in a CSV file; while its rows are read, *problems* takes those of the wrong length and quotes that do not close.

    BadInputError: the file is no text of a known encoding, or its columns are parted by something else.
    """
    decoded = decode_csv(raw, where)
    notes = () if decoded.encoding == "utf-8" else (Problem("X08", where, _NAMES[decoded.encoding]),)
    csv.field_size_limit(LONGEST_CELL)
    return Table(where, _rows(decoded.text, where, problems), notes)


_NAMES = {"utf-16": "UTF-16", "gb18030": "GBK / GB 18030"}


def _rows(text: str, where: Where, problems: Collector) -> Iterator[Row]:
    """The filled rows; of two lines that a row takes the last is named."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start, width = 1, 0
    try:
        for number, row in enumerate(reader, 1):
            start = reader.line_num + 1
            cells = {column: unguarded(cell) for column, cell in filled_cells(row).items()}
            if not cells:
                continue
            place = Where(where.file, line=reader.line_num)
            if not width:
                _check_separator(row, place)
                width = len(row)
            if len(row) == width:
                yield Row(number, reader.line_num, cells)
                continue
            problems.add("DB053", place, found=len(row), allowed=width)
            if len(problems.problems) >= MOST_PROBLEMS:
                problems.add("X16", where, found=f"> {MOST_PROBLEMS}")
                return
    except csv.Error:
        problems.add("DB053", Where(where.file, line=start))


def _check_separator(header: list[str], where: Where) -> None:
    """Some programs part columns by something else and still call it CSV; a header of one cell gives them away."""
    if len(header) != 1:
        return
    for mark, name in _OTHER_MARKS:
        if mark in header[0]:
            raise BadInputError([Problem("X10", where, name, ",")])
