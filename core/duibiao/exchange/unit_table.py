"""An office's own table of units: 代码, 名称, 类型 (CSV or XLSX) to units, every wrong row named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.exchange.csv_text import read_rows
from duibiao.exchange.facts import read_bytes
from duibiao.exchange.tables import MOST_PROBLEMS, Row, Table
from duibiao.model.divisions import COMMUNITY, LENGTHS, community_kind, is_code
from duibiao.model.facts import Unit
from duibiao.model.text import TextError, clean
from duibiao.rules.context import KINDS

COLUMNS = {"代码": "code", "名称": "name", "类型": "kind", "code": "code", "name": "name", "kind": "kind"}
ENDINGS = (".csv", ".xlsx")
CODES = " / ".join(map(str, LENGTHS))


@frozen
class UnitTable:
    """The units of a file.

    Attributes:
        units: Every unit, in the order of the rows.
        notes: What an operator should know although nothing is wrong.
    """

    units: tuple[Unit, ...]
    notes: tuple[Problem, ...] = ()


def read_units(path: Path) -> UnitTable:
    """The units of a file; BadInputError with everything wrong in it, and then none of them may be taken.

    The code is statistical (2, 4, 6, 9 or 12 digits); the kind may be empty where a code of twelve digits tells it.
    """
    problems = Collector()
    if path.suffix.lower() not in ENDINGS:
        raise BadInputError([Problem("DB056", Where(str(path)), path.suffix, ", ".join(ENDINGS))])
    table = _table(read_bytes(path), path, problems)
    rows = iter(table.rows)
    reader = _Reader(table.where.file, next(rows, None), problems)
    units = tuple(unit for row in rows if not reader.full and (unit := reader.read(row)) is not None)
    if not units and not problems.problems:
        problems.add("DB051", table.where)
    if problems.problems:
        raise BadInputError(sorted(problems.problems, key=lambda each: (each.where.line or 0, each.where.column or 0)))
    return UnitTable(units, table.notes)


def _table(raw: bytes, path: Path, problems: Collector) -> Table:
    if path.suffix.lower() == ".csv":
        return read_rows(raw, Where(str(path)), problems)
    from duibiao.exchange.xlsx import read_sheet

    return read_sheet(raw, Where(str(path)))


class _Reader:
    """Reads the rows of one table."""

    def __init__(self, file: str, header: Row | None, problems: Collector) -> None:
        self.file, self.problems = file, problems
        self.columns: dict[str, int] = {}
        self.seen: dict[str, int] = {}
        if header is not None:
            self._header(header)

    @property
    def full(self) -> bool:
        """Whether so much is wrong that reading on helps nobody, or the columns are not known."""
        return len(self.problems.problems) >= MOST_PROBLEMS or not {"code", "name"} <= self.columns.keys()

    def _header(self, row: Row) -> None:
        for number, cell in row.cells.items():
            name = COLUMNS.get(str(cell).strip())
            if name is None:
                self.problems.add("DB010", self._place(row, number, str(cell)), found=cell, among=COLUMNS)
            elif name in self.columns:
                self.problems.add("DB009", self._place(row, number, str(cell)), found=cell)
            else:
                self.columns[name] = number
        for name, title in (("code", "代码"), ("name", "名称")):
            if name not in self.columns:
                self.problems.add("DB007", Where(self.file, line=row.line), allowed=title)

    def read(self, row: Row) -> Unit | None:
        """The unit of a row; None when something is wrong with it."""
        before = len(self.problems.problems)
        words = {name: _word(row.cells.get(number, "")) for name, number in self.columns.items()}
        code = words["code"]
        check_unit(code, words["name"], words.get("kind", ""), self._places(row), self.problems)
        first = self.seen.setdefault(code, row.number)
        if first != row.number:
            self.problems.add("U04", self._places(row)["code"], found=f"{code} = {first}")
        if len(self.problems.problems) > before:
            return None
        return made_unit(code, words["name"], words.get("kind", ""))

    def _places(self, row: Row) -> Mapping[str, Where]:
        names = {"code": "代码", "name": "名称", "kind": "类型"}
        return {name: self._place(row, self.columns.get(name), title) for name, title in names.items()}

    def _place(self, row: Row, number: int | None, title: str) -> Where:
        return Where(self.file, (title,), row.line, number)


def _word(cell: object) -> str:
    return str(cell).strip()


def check_unit(code: str, name: str, kind: str, places: Mapping[str, Where], problems: Collector) -> None:
    """Add what is wrong with a unit's code, name and kind; *places* says where each was written."""
    if not is_code(code):
        problems.add("E_CODE", places["code"], found=code, allowed=CODES)
    try:
        if not clean(name):
            problems.add("U05", places["name"])
    except TextError as error:
        problems.add(error.code, places["name"], found=error.found, allowed=error.allowed)
    if kind and kind not in KINDS:
        problems.add("DB031", places["kind"], found=kind, among=KINDS)
    elif not kind and is_code(code) and len(code) < COMMUNITY:
        problems.add("U06", places["kind"], found=code, allowed=", ".join(KINDS))


def made_unit(code: str, name: str, kind: str) -> Unit:
    """A unit that was checked; without a kind, that of its code."""
    return Unit(clean(name), kind or community_kind(code), code)
