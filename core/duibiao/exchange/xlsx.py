"""The first visible sheet of an XLSX workbook as a table.

One reader sees the file: it takes from it only what it understands, so that nothing can slip between a check and a
second parser. A number is taken as stored and as shown: the 0.25 of a cell that shows 25% is ``25%``, the 0.25 of any
other cell stays 0.25 (which a rate then refuses, for it could be 0.25 %). Numbers have the 15 digits that spreadsheets keep
and show. Formulas count with the value they were saved with.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from duibiao.errors import Collector, Problem, Where, clip
from duibiao.exchange.archive import Archive, refused
from duibiao.exchange.tables import LONGEST_CELL, MOST_PROBLEMS, Row, Table, cell_name
from duibiao.exchange.workbook import Book, Look, TextReader, filled, first_visible, read_book, unescaped, walk, whole
from duibiao.model.notation import plain

MOST_ROWS = 20_000
MOST_COLUMNS = 512
MOST_CELLS = 1_200_000

_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_LAST_ROW, _LAST_COLUMN = 1 << 20, 1 << 14
"""Of any sheet, by the format."""
_EXACT = 10**15
"""From here on a spreadsheet has lost digits."""
_MOST_NAMED = 8


def read_sheet(raw: bytes, where: Where) -> Table:
    """The table in a workbook: its first filled row is the header.

    BadInputError: damaged or hostile (``X01``, ``X03``), too large (``X02``), merged cells, errors, formulas without a value.
    """
    archive = Archive(raw, where)
    book = read_book(archive)
    sheet = first_visible(book)
    cells = _Cells(book, where)
    cells.part = sheet.part
    walk(archive, sheet.part, cells.start, cells.end, cells.text)
    cells.problems.raise_any()
    others = [each.name for each in book.sheets if each is not sheet and each.visible and filled(archive, each)]
    rows = [Row(number, number, cells.rows[number]) for number in sorted(cells.rows)]
    return Table(where, tuple(rows), (*cells.notes(), *_unread(others, where)))


def _unread(others: list[str], where: Where) -> tuple[Problem, ...]:
    return (Problem("X12", where, _list(others)),) if others else ()


def _list(names: list[str]) -> str:
    more = f" … ({len(names)})" if len(names) > _MOST_NAMED else ""
    return clip(", ".join(names[:_MOST_NAMED]), 200) + more


class _Cells:
    """Takes the cells of one sheet as its XML goes by.

    Attributes:
        rows: Row number to column number (both from 1) to value; empty cells are left out.
        problems: Everything that keeps the sheet from being read.
    """

    def __init__(self, book: Book, where: Where) -> None:
        self.where = where
        self.part = ""
        self.rows: dict[int, dict[int, Any]] = {}
        self.problems = Collector()
        self._book = book
        self._rich = TextReader()
        self._row = self._column = self._count = 0
        self._cell: Mapping[str, str] = {}
        self._value: list[str] | None = None
        self._formula = self._in_value = self._in_text = False
        self._formulas: list[str] = []
        self._hidden: list[str] = []
        self._row_hidden = False
        self._hidden_columns: list[tuple[int, int]] = []
        self._columns: dict[str, int] = {}
        self._looks = {"": Look.PLAIN}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "c":
            self._begin(attributes)
        elif name == "v":
            self._value, self._in_value = [], True
        elif name == "row":
            self._row = whole(attributes.get("r", str(self._row + 1)), self.where, self.part)
            self._column = 0
            if self._row > _LAST_ROW:
                raise refused("X01", self.where, f"{self.part}: row {self._row}")
            self._row_hidden = attributes.get("hidden") in ("1", "true")
        elif name == "f":
            self._formula = True
        elif name == "is":
            self._in_text, self._value = True, []
        elif self._in_text:
            self._rich.start(name, attributes)
        elif name == "mergeCell":
            self._merged(attributes.get("ref", ""))
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = (whole(attributes.get(key, ""), self.where, self.part) for key in ("min", "max"))
            self._hidden_columns.append((first, last))

    def text(self, piece: str) -> None:
        """Characters between elements."""
        if self._in_value and self._value is not None:
            self._value.append(piece)
        elif self._in_text:
            self._rich.text(piece)

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "v":
            self._in_value = False
        elif name == "c":
            self._finish()
        elif name == "is":
            self._in_text, self._value = False, [self._rich.take()]
        elif self._in_text:
            self._rich.end(name)

    def notes(self) -> tuple[Problem, ...]:
        """What an operator should know although nothing is wrong."""
        found = []
        if self._formulas:
            found.append(Problem("X06", self.where, _list(self._formulas)))
        if self._hidden:
            found.append(Problem("X13", self.where, _list(self._hidden)))
        return tuple(found)

    def _begin(self, attributes: Mapping[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self._column += 1
            if self._column > _LAST_COLUMN:
                raise refused("X01", self.where, f"{self.part}: column {self._column}")
        else:
            self._row, self._column = self._numbers(place)
        self._cell, self._value, self._formula = attributes, None, False

    def _numbers(self, place: str) -> tuple[int, int]:
        found = _PLACE.match(place)
        if found is None:
            raise refused("X01", self.where, f"{self.part}: {place}")
        letters = found[1]
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_number(letters)
        return int(found[2]), column

    def _merged(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        if last and first != last:
            row, column = self._numbers(first)
            self._problem("X04", row, column, ref)

    def _place(self, row: int, column: int) -> Where:
        return Where(self.where.file, (cell_name(column, row),), row, column)

    def _problem(self, code: str, row: int, column: int, found: object = "") -> None:
        self.problems.add(code, self._place(row, column), found=found)
        if len(self.problems.problems) >= MOST_PROBLEMS:
            self.problems.add("X16", self.where, found=f"> {MOST_PROBLEMS}")
            self.problems.raise_any()

    def _finish(self) -> None:
        kind, text = self._cell.get("t", "n"), "".join(self._value or ())
        if self._formula:
            if not text and (kind != "str" or self._value is None):
                self._problem("X05", self._row, self._column)
                return
            if text:
                self._formulas.append(cell_name(self._column, self._row))
        if not text:
            return
        value = self._read(kind, text)
        if value is None or (isinstance(value, str) and not value.strip()):
            return
        self._keep(value)

    def _keep(self, value: Any) -> None:
        row, column = self._row, self._column
        self._count += 1
        if row > MOST_ROWS or column > MOST_COLUMNS or self._count > MOST_CELLS:
            most = f"<= {MOST_ROWS} × {MOST_COLUMNS}, {MOST_CELLS}"
            raise refused("X02", self._place(row, column), f"{row} × {column}, {self._count}", most)
        if isinstance(value, str) and len(value) > LONGEST_CELL:
            raise refused("X02", self._place(row, column), len(value), f"<= {LONGEST_CELL}")
        cells = self.rows.get(row)
        if cells is None:
            cells = self.rows[row] = {}
        if column in cells:
            raise refused("X01", self.where, f"{self.part}: {cell_name(column, row)}")
        cells[column] = value
        if self._row_hidden or any(first <= column <= last for first, last in self._hidden_columns):
            self._hidden.append(cell_name(column, row))

    def _read(self, kind: str, text: str) -> Any:
        match kind:
            case "n":
                return self._number(text)
            case "s":
                index = whole(text.strip(), self.where, self.part)
                if index >= len(self._book.texts):
                    raise refused("X01", self.where, f"{self.part}: {index}")
                return self._book.texts[index]
            case "inlineStr":
                return text
            case "str":
                return unescaped(text)
            case "b":
                return text.strip() == "1"
            case "d":
                return _moment(text.strip())
            case "e":
                self._problem("X07", self._row, self._column, text)
                return None
        raise refused("X01", self.where, f"{self.part}: {cell_name(self._column, self._row)} t={clip(kind, 20)}")

    def _number(self, text: str) -> Any:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise refused("X01", self.where, f"{self.part}: {cell_name(self._column, self._row)} {clip(text, 20)}")
        look = self._look()
        if look is Look.DAY:
            day = _day(number, self._book.since_1904)
            if day is not None:
                return day
        if look is Look.PERCENT:
            return f"{plain(Decimal(f'{number:.15g}') * 100)}%"
        return int(number) if number.is_integer() and abs(number) < _EXACT else Decimal(f"{number:.15g}")

    def _look(self) -> Look:
        style = self._cell.get("s", "")
        look = self._looks.get(style)
        if look is None:
            index = whole(style, self.where, self.part)
            look = self._looks[style] = self._book.looks[index] if index < len(self._book.looks) else Look.PLAIN
        return look


def column_number(letters: str) -> int:
    """Which column letters name, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


_LEAP_DAY_THAT_WAS_NONE = 60
"""Spreadsheets count a 29 February 1900; days before it stand one off."""


def _day(serial: float, since_1904: bool) -> date | datetime | None:
    """The day (or moment) a serial number stands for; None when it stands for none."""
    days = int(serial)
    if serial < 0 or (not since_1904 and days in (0, _LEAP_DAY_THAT_WAS_NONE)):
        return None
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 31 if days < _LEAP_DAY_THAT_WAS_NONE else 30)  # noqa: DTZ001 - cells have no time zone
    try:
        moment = start + timedelta(days=days, seconds=round((serial - days) * 86_400))
    except OverflowError:
        return None
    return _whole_day(moment)


def _whole_day(moment: datetime) -> date | datetime:
    return moment.date() if moment == datetime(moment.year, moment.month, moment.day) else moment  # noqa: DTZ001


def _moment(text: str) -> date | datetime | str:
    try:
        return _whole_day(datetime.fromisoformat(text).replace(tzinfo=None))
    except ValueError:
        return text
