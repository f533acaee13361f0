"""What surrounds the cells of an XLSX workbook: its sheets, texts and number formats."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from enum import Enum

from attrs import frozen

from duibiao.errors import Where
from duibiao.exchange.archive import Archive, End, Start, Text, XmlRefusedError, local, refused, walk_xml

_BOOK = "xl/workbook.xml"
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REASONS = {"DTD": "X03", "nesting": "X03", "size": "X02"}
_FILLED = re.compile(rb"<(?:\w+:)?v>[^<]|<(?:\w+:)?is>")
_DAYS = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58))
"""Numbers of the formats that show a day and are not spelt out in the file; 27 and up are those of Chinese Excel."""
_PERCENTS = frozenset((9, 10))


class Look(Enum):
    """What a number in a cell is shown as."""

    PLAIN = "plain"
    PERCENT = "percent"
    DAY = "day"


@frozen
class Sheet:
    """One sheet of a workbook.

    Attributes:
        name: As its tab says.
        part: Its member in the archive.
        visible: Whether its tab is shown.
    """

    name: str
    part: str
    visible: bool


@frozen
class Book:
    """A workbook but for its cells.

    Attributes:
        sheets: Worksheets in the order of their tabs.
        texts: The texts that cells share.
        looks: What a cell of each style shows its number as.
        since_1904: Whether days are counted from 1904 on.
    """

    sheets: tuple[Sheet, ...]
    texts: tuple[str, ...]
    looks: tuple[Look, ...]
    since_1904: bool


def read_book(archive: Archive) -> Book:
    """The workbook in *archive*; BadInputError when it is none or has no visible sheet."""
    targets = _targets(archive)
    found: list[Sheet] = []
    dates: list[bool] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            dates.append(attributes.get("date1904") in ("1", "true"))
        if name == "sheet":
            link = next((value for key, value in attributes.items() if local(key) == "id" and key != "id"), "")
            if link in targets:
                title = attributes.get("name", "")
                found.append(Sheet(title, targets[link], attributes.get("state", "visible") == "visible"))

    walk(archive, _BOOK, start)
    if not any(sheet.visible for sheet in found):
        raise refused("X01", archive.where, f"{_BOOK}: 0 sheets")
    return Book(tuple(found), _texts(archive, targets), _looks(archive, targets), any(dates))


def walk(archive: Archive, part: str, start: Start, end: End | None = None, text: Text | None = None) -> None:
    """Walk through one XML part; BadInputError names it when it cannot be read or holds what it must not."""
    content = archive.read(part)
    try:
        walk_xml(content, start, end, text)
    except XmlRefusedError as error:
        raise refused(_REASONS.get(str(error), "X01"), archive.where, f"{part}: {error}") from None


def filled(archive: Archive, sheet: Sheet) -> bool:
    """Whether any cell of a sheet holds something."""
    return sheet.part in archive and _FILLED.search(archive.read(sheet.part)) is not None


def first_visible(book: Book) -> Sheet:
    """The sheet that is read."""
    return next(sheet for sheet in book.sheets if sheet.visible)


def unescaped(text: str) -> str:
    """*text* with characters that XML cannot hold put back (the format writes them ``_x000D_``)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _targets(archive: Archive) -> Mapping[str, str]:
    """Relation id to member, for worksheets; the texts and styles under the names ``sharedStrings`` and ``styles``."""
    found: dict[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        if attributes.get("TargetMode") == "External" or kind == "externalLink":
            raise refused("X03", archive.where, f"{attributes.get('Target', '')}: external link")
        if kind in ("worksheet", "sharedStrings", "styles"):
            key = attributes.get("Id", "") if kind == "worksheet" else kind
            if key in found:
                raise refused("X01", archive.where, f"workbook.xml.rels: {key}")
            found[key] = _member(attributes.get("Target", ""))

    walk(archive, "xl/_rels/workbook.xml.rels", start)
    return found


def _member(target: str) -> str:
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")


def _texts(archive: Archive, targets: Mapping[str, str]) -> tuple[str, ...]:
    part = targets.get("sharedStrings", "")
    if part not in archive:
        return ()
    reader = TextReader()
    found: list[str] = []

    def end(name: str) -> None:
        if name == "si":
            found.append(reader.take())
        else:
            reader.end(name)

    walk(archive, part, reader.start, end, reader.text)
    return tuple(found)


class TextReader:
    """Collects the text of a rich or plain string, without the pronunciation that may stand beside it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._inside = False
        self._phonetic = False

    def start(self, name: str, _: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "rPh":
            self._phonetic = True
        self._inside = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "rPh":
            self._phonetic = False
        self._inside = False

    def text(self, piece: str) -> None:
        """Characters between them."""
        if self._inside:
            self._pieces.append(piece)

    def take(self) -> str:
        """The text so far, which begins anew."""
        whole = unescaped("".join(self._pieces))
        self._pieces.clear()
        self._inside = self._phonetic = False
        return whole


def _looks(archive: Archive, targets: Mapping[str, str]) -> tuple[Look, ...]:
    part = targets.get("styles", "")
    if part not in archive:
        return ()
    formats: dict[int, str] = {}
    used: list[int] = []
    inside = False

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        if name == "cellXfs":
            inside = True
        elif name == "numFmt":
            formats[whole(attributes.get("numFmtId", ""), archive.where, part)] = attributes.get("formatCode", "")
        elif name == "xf" and inside:
            used.append(whole(attributes.get("numFmtId", "0"), archive.where, part))

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    walk(archive, part, start, end)
    return _looks_of(used, formats)


def _looks_of(used: Sequence[int], formats: Mapping[int, str]) -> tuple[Look, ...]:
    return tuple(_look(number, formats.get(number)) for number in used)


def _look(number: int, code: str | None) -> Look:
    if code is None:
        return Look.PERCENT if number in _PERCENTS else Look.DAY if number in _DAYS else Look.PLAIN
    first = _LITERAL.sub("", code).partition(";")[0].lower().replace("general", "")
    if "%" in first:
        return Look.PERCENT
    timed = "h" in first or "s" in first
    return Look.DAY if "y" in first or "d" in first or ("m" in first and not timed) else Look.PLAIN


def whole(text: str, where: Where, part: str) -> int:
    """A whole number of the file format; BadInputError for anything else."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise refused("X01", where, f"{part}: {text}")
    return int(text)
