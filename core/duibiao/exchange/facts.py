"""Facts files: TOML, JSON or CSV to the facts of units, every wrong cell named by line and column."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

from attrs import evolve

from duibiao.errors import BadInputError, Collector, Path, Problem, Where, with_lines
from duibiao.exchange.json_text import JsonText, check_json
from duibiao.model.facts import FactSet, Kind, Unit, Values, Vocabulary
from duibiao.model.notation import NotationError, read_value
from duibiao.pack.facts import UNIT_KEYS, read_day, read_history, read_period, read_unit, read_values
from duibiao.pack.structure import unknown_keys
from duibiao.pack.toml import decode_text, parse_toml

FILE_KEYS = frozenset({"period", "as_of", "example", "unit", "facts", "history"})
UNIT_TABLE_KEYS = UNIT_KEYS | {"facts", "history", "period"}
COLUMNS = {
    "name": "name", "code": "code", "kind": "kind", "period": "period",
    "名称": "name", "代码": "code", "类型": "kind", "时期": "period",
}  # fmt: skip
LONGEST_CELL = 1 << 16


def read_bytes(path: FilePath) -> bytes:
    """The content of *path*; BadInputError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInputError([Problem("DB001", Where(str(path)), error.strerror or type(error).__name__)]) from None


def read_facts(path: FilePath, vocabulary: Vocabulary, as_of: date) -> list[FactSet]:
    """The facts of every unit in a file.

    *as_of* is the day asked unless the file names one. Raises BadInputError with everything wrong in the file.
    """
    if path.is_dir():
        raise BadInputError([Problem("DB001", Where(str(path)))])
    readers = {".toml": _from_toml, ".json": _from_json, ".csv": _from_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadInputError([Problem("DB056", Where(str(path)), path.suffix, ", ".join(sorted(readers)))])
    found = reader(read_bytes(path), str(path), vocabulary, as_of)
    if not found:
        raise BadInputError([Problem("DB051", Where(str(path)))])
    return found


def _from_toml(raw: bytes, name: str, vocabulary: Vocabulary, as_of: date) -> list[FactSet]:
    source = parse_toml(raw, name)
    problems = Collector()
    found = _units(source.data, Where(name), vocabulary, as_of, problems)
    _raise_with_lines(problems, source.line)
    return found


def _raise_with_lines(problems: Collector, line: Callable[[Path], int | None]) -> None:
    if problems.problems:
        raise BadInputError(with_lines(problems.problems, line))


def _from_json(raw: bytes, name: str, vocabulary: Vocabulary, as_of: date) -> list[FactSet]:
    text = decode_text(raw, name)
    places = check_json(text, name)
    try:
        data = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise BadInputError([Problem("DB055", Where(name, line=error.lineno, column=error.colno))]) from None
    except (RecursionError, ValueError):
        raise BadInputError([Problem("DB005", Where(name))]) from None
    problems = Collector()
    found = _units(data, Where(name), vocabulary, as_of, problems)
    _raise_with_lines(problems, places.line)
    return found


def located(path: FilePath, problems: Iterable[Problem]) -> list[Problem]:
    """Problems that were found after reading (they name a path in the file), with their lines."""
    if path.suffix.lower() == ".csv":
        return list(problems)
    raw, name = read_bytes(path), str(path)
    line = parse_toml(raw, name).line if path.suffix.lower() == ".toml" else JsonText(decode_text(raw, name), name).line
    return with_lines(problems, line)


def _units(data: Any, where: Where, vocabulary: Vocabulary, as_of: date, problems: Collector) -> list[FactSet]:
    if not isinstance(data, Mapping):
        problems.add("DB008", where, found=data, allowed='{ "unit": [ … ] }')
        return []
    unknown_keys(data, FILE_KEYS, where, problems)
    as_of = read_day(data.get("as_of"), where.at("as_of"), problems) or as_of
    period = read_period(data.get("period", str(as_of.year)), where.at("period"), problems)
    example = data.get("example", False)
    if not isinstance(example, bool):
        problems.add("DB008", where.at("example"), found=example, allowed="true, false")
    tables = data.get("unit", [])
    if isinstance(tables, Mapping):
        whole = {**tables, **{key: data[key] for key in ("facts", "history") if key in data}}
        places = [(whole, where, where.at("unit"))]
    elif isinstance(tables, list):
        places = [(table, where.at("unit", i), where.at("unit", i)) for i, table in enumerate(tables)]
    else:
        problems.add("DB008", where.at("unit"), found=tables, allowed="[[unit]]")
        return []
    found = []
    for table, place, unit_place in places:
        made = _unit(table, place, unit_place, vocabulary, problems)
        if made is not None:
            unit, values, history, own = made
            found.append(FactSet(unit, values, as_of, own or period, history, bool(example), place))
    return found


def _unit(
    table: Any, where: Where, unit_where: Where, vocabulary: Vocabulary, problems: Collector
) -> tuple[Unit, Values, Any, str] | None:
    if not isinstance(table, Mapping):
        problems.add("DB008", where, found=table, allowed="[[unit]]")
        return None
    unknown_keys(table, UNIT_TABLE_KEYS, unit_where, problems)
    unit = read_unit({key: table[key] for key in UNIT_KEYS if key in table}, unit_where, problems)
    values = read_values(table.get("facts", {}), vocabulary, where.at("facts"), problems)
    history = read_history(table.get("history", {}), vocabulary, where.at("history"), problems)
    own = read_period(table["period"], unit_where.at("period"), problems) if "period" in table else ""
    return None if unit is None else (unit, values, history, own)


def _from_csv(raw: bytes, name: str, vocabulary: Vocabulary, as_of: date) -> list[FactSet]:
    text = decode_text(raw, name)
    problems = Collector()
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[FactSet] = []
    start = 1
    try:
        header = next(reader)
        columns = _columns(header, Where(name, line=1), vocabulary, problems)
        start = reader.line_num + 1
        for row in reader:
            if any(cell.strip() for cell in row):
                made = _row(row, header, columns, Where(name, line=reader.line_num), vocabulary, as_of, problems)
                if made is not None:
                    found.append(made)
            start = reader.line_num + 1
    except (csv.Error, StopIteration):
        problems.add("DB053", Where(name, line=start))
    problems.raise_any()
    return found


def _columns(header: list[str], where: Where, vocabulary: Vocabulary, problems: Collector) -> list[str]:
    """What each column holds: a unit key, or a fact id."""
    found: list[str] = []
    for number, title in enumerate(header, 1):
        place, title = evolve(where, column=number), title.strip()
        ftype = vocabulary.find(title)
        name = COLUMNS.get(title) or (ftype.id if ftype else "")
        if not name:
            problems.add("DB010", place, found=title, among=[*COLUMNS, *vocabulary.names()])
        elif name in found:
            problems.add("DB009", place, found=title)
        found.append(name)
    return found


def _row(
    row: list[str], header: list[str], columns: list[str], where: Where, vocabulary: Vocabulary, as_of: date,
    problems: Collector,
) -> FactSet | None:  # fmt: skip
    if len(row) != len(header):
        problems.add("DB053", where, found=len(row), allowed=len(header))
        return None
    words: dict[str, str] = {}
    values: dict[str, Any] = {}
    for number, (name, cell) in enumerate(zip(columns, row, strict=True), 1):
        cell = cell.strip()
        if not cell or not name:
            continue
        if name in UNIT_KEYS or name == "period":
            words[name] = cell
            continue
        place = Where(where.file, (name,), where.line, number)
        ftype = vocabulary.types[name]
        try:
            values[name] = read_value(ftype, _cell(cell, ftype.kind))
        except NotationError as error:
            problems.add(error.code, place, found=cell, allowed=error.allowed)
    unit = read_unit({key: words.get(key, "") for key in UNIT_KEYS}, where, problems)
    return None if unit is None else FactSet(unit, values, as_of, words.get("period", str(as_of.year)), where=where)


def _cell(cell: str, kind: Kind) -> Any:
    """Events in a cell are dates joined by a semicolon; everything else is read as written."""
    return [part.strip() for part in cell.split(";")] if kind is Kind.EVENTS else cell
