"""A table of facts, one row per unit, wherever it came from: what its columns mean, and what its cells say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from duibiao.errors import Collector, Problem, Where
from duibiao.model.facts import FactSet, Kind, Unit, Value, Vocabulary
from duibiao.model.notation import NotationError, read_value
from duibiao.pack.facts import UNIT_KEYS, read_unit

COLUMNS = {
    "name": "name", "code": "code", "kind": "kind", "period": "period",
    "名称": "name", "代码": "code", "类型": "kind", "时期": "period",
}  # fmt: skip
LONGEST_CELL = 1 << 16
"""Characters."""
MOST_PROBLEMS = 500
"""A file with more is not read on: nobody mends them one by one."""


@frozen
class Row:
    """One filled row.

    Attributes:
        number: As a spreadsheet counts, from 1.
        line: Line of the file (the number, unless cells hold line breaks).
        cells: Column number (from 1) to what stands there; empty cells are left out.
    """

    number: int
    line: int
    cells: Mapping[int, Any] = field(repr=False)


@frozen
class Table:
    """A table as read, its header first.

    Attributes:
        where: The file.
        rows: Filled rows, top to bottom; they may be read only once.
        notes: What an operator should know although nothing is wrong.
    """

    where: Where
    rows: Iterable[Row] = field(repr=False)
    notes: tuple[Problem, ...] = ()


@frozen
class Column:
    """What a column holds.

    Attributes:
        name: A unit key, ``period``, or a fact id.
        title: As its header says.
    """

    name: str
    title: str


class TooManyError(Exception):
    """So many problems were found that reading on helps nobody."""


def cell_name(column: int, row: int) -> str:
    """A cell as spreadsheets call it: column 5 of row 7 is ``E7``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def read_table(table: Table, vocabulary: Vocabulary, as_of: date, problems: Collector) -> tuple[list[FactSet], int]:
    """The facts of every unit of *table* that can be read, and how many rows it has below its header.

    *problems* takes what cannot be read, cell by cell. *as_of* is the day asked; its year is the period of rows without one.
    """
    rows = iter(table.rows)
    header = next(rows, None)
    if header is None:
        return [], 0
    reader = _Reader(table.where.file, header, vocabulary, as_of, problems)
    found: list[FactSet] = []
    try:
        found.extend(filter(None, map(reader.read, rows)))
    except TooManyError:
        problems.add("X16", table.where, found=f"> {MOST_PROBLEMS}")
    return found, reader.count


class _Reader:
    """Reads the rows of one table; equal cells of a column are read once."""

    def __init__(self, file: str, header: Row, vocabulary: Vocabulary, as_of: date, problems: Collector) -> None:
        self.file = file
        self.vocabulary, self.as_of, self.problems = vocabulary, as_of, problems
        self.columns: Mapping[int, Column] = {}
        self.columns = self._columns(header)
        self.known: dict[tuple[str, type, Any], Value] = {}
        self.count = 0
        self.units: dict[tuple[str, str], str] = {}
        self.places = {column.name: number for number, column in self.columns.items()}
        self.kinds = "kind" in self.places
        if not self.kinds:
            problems.add("DB007", self._row_place(header), allowed="kind, 类型")

    def _columns(self, header: Row) -> dict[int, Column]:
        found: dict[int, Column] = {}
        names: set[str] = set()
        for number, cell in header.cells.items():
            title = str(cell).strip()
            ftype = self.vocabulary.find(title)
            name = COLUMNS.get(title) or (ftype.id if ftype else "")
            if not name:
                self.problems.add("DB010", self._place(header, number), found=title, among=[*COLUMNS, *self.vocabulary.names()])
            elif name in names:
                self.problems.add("DB009", self._place(header, number), found=title)
            names.add(name)
            found[number] = Column(name, title)
        return found

    def read(self, row: Row) -> FactSet | None:
        """One row's facts; None when its unit cannot be told."""
        self.count += 1
        words: dict[str, str] = {}
        values: dict[str, Value] = {}
        for number, cell in row.cells.items():
            column = self.columns.get(number)
            if column is None:
                self._add("X14", row, number, cell)
            elif column.name in COLUMNS:
                words[column.name] = self._word(column, cell, row, number)
            elif column.name:
                value = self._value(column, cell, row, number)
                if value is not None:
                    values[column.name] = value
        unit = self._unit(words, row)
        if unit is None:
            return None
        period = words.get("period") or str(self.as_of.year)
        self._once(unit, period, row)
        return FactSet(unit, values, self.as_of, period, where=self._row_place(row))

    def _unit(self, words: Mapping[str, str], row: Row) -> Unit | None:
        if not self.kinds:
            return None
        unit = read_unit({key: words.get(key, "") for key in UNIT_KEYS}, self._row_place(row), self.problems)
        self._enough()
        return unit

    def _once(self, unit: Unit, period: str, row: Row) -> None:
        """A unit (told by its code) may have one row a period: of two, neither is the right one."""
        if not unit.code:
            return
        column = self.places["code"]
        first = self.units.setdefault((unit.code, period), cell_name(column, row.number))
        if first != cell_name(column, row.number):
            self._add("X15", row, column, f"{unit.code} = {first}")

    def _value(self, column: Column, cell: Any, row: Row, number: int) -> Value | None:
        key = (column.name, cell.__class__, cell)
        found = self.known.get(key)
        if found is None:
            ftype = self.vocabulary.types[column.name]
            try:
                found = self.known[key] = read_value(ftype, _written(cell, ftype.kind))
            except NotationError as error:
                self._add(error.code, row, number, error.found or cell, error.allowed)
        return found

    def _word(self, column: Column, cell: Any, row: Row, number: int) -> str:
        """A name, code, kind or period; a whole number stands for its digits where none can be missing."""
        if isinstance(cell, str):
            return cell.strip()
        if type(cell) is int:
            return str(cell)
        if isinstance(cell, Decimal) and cell == cell.to_integral_value():
            self._add("X11", row, number, cell)
        else:
            self._add("DB008", row, number, cell, '"2011"' if column.name == "period" else '"…"')
        return ""

    def _add(self, code: str, row: Row, number: int, found: object, allowed: object = "") -> None:
        self.problems.add(code, self._place(row, number), found=found, allowed=allowed)
        self._enough()

    def _enough(self) -> None:
        if len(self.problems.problems) >= MOST_PROBLEMS:
            raise TooManyError

    def _place(self, row: Row, number: int) -> Where:
        column = self.columns.get(number)
        name = cell_name(number, row.number)
        return Where(self.file, (f"{name} {column.title}" if column else name,), row.line, number)

    def _row_place(self, row: Row) -> Where:
        return Where(self.file, (), row.line)


def _written(cell: Any, kind: Kind) -> Any:
    """A cell as a facts file would say it: events are dates joined by a semicolon."""
    if kind is Kind.EVENTS:
        return [part.strip() for part in cell.split(";")] if isinstance(cell, str) else [cell]
    return cell.strip() if isinstance(cell, str) else cell


def filled_cells(cells: Iterable[str]) -> dict[int, str]:
    """The cells of a row of texts that hold something, by column number."""
    return {number: cell for number, cell in enumerate(cells, 1) if cell.strip()}
