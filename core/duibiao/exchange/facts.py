"""Facts files: TOML, JSON, CSV or XLSX to the facts of units, every wrong cell named by line and column."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

from attrs import evolve, field, frozen

from duibiao.errors import BadInputError, Collector, Path, Problem, Where, with_lines
from duibiao.exchange.csv_text import MOST_BYTES, read_rows
from duibiao.exchange.json_text import JsonText, check_json
from duibiao.exchange.tables import Table, read_table
from duibiao.model.facts import FactSet, Unit, Values, Vocabulary
from duibiao.pack.facts import UNIT_KEYS, read_day, read_history, read_period, read_unit, read_values
from duibiao.pack.structure import unknown_keys
from duibiao.pack.toml import decode_text, parse_toml

FILE_KEYS = frozenset({"period", "as_of", "example", "unit", "facts", "history"})
UNIT_TABLE_KEYS = UNIT_KEYS | {"facts", "history", "period"}
TABLES = frozenset({".csv", ".xlsx"})
"""Files whose problems name their cells from the start."""


@frozen
class Preview:
    """What a facts file would bring, before anything is kept: all of it, or nothing.

    Attributes:
        file: Its name.
        found: The facts of each unit that could be read.
        rows: Rows (or unit tables) in the file.
        notes: What an operator should know although nothing is wrong.
        problems: What is wrong; with a single one nothing may be taken.
    """

    file: str
    found: tuple[FactSet, ...] = field(repr=False)
    rows: int
    notes: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def units(self) -> int:
        """How many units have facts in it."""
        return len({(each.unit.code or each.unit.name, each.unit.kind) for each in self.found})

    @property
    def facts(self) -> int:
        """How many values it holds, earlier periods included."""
        return sum(self.per_fact.values())

    @property
    def per_fact(self) -> Mapping[str, int]:
        """Fact id to the number of values for it, most first."""
        counts: Counter[str] = Counter()
        for each in self.found:
            for values in (each.values, *(earlier for _, earlier in each.history)):
                counts.update(values.keys())
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def taken(self) -> list[FactSet]:
        """Everything in the file; BadInputError when anything in it is wrong."""
        if self.problems:
            raise BadInputError(self.problems)
        return list(self.found)


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
    return preview_facts(path, vocabulary, as_of).taken()


def preview_facts(path: FilePath, vocabulary: Vocabulary, as_of: date) -> Preview:
    """What a file would bring: units, facts, notes and every problem. Like :func:`read_facts`, but nothing is raised."""
    try:
        found = _preview(path, vocabulary, as_of)
    except BadInputError as error:
        return Preview(str(path), (), 0, problems=error.problems)
    if found.found or found.problems:
        return found
    return evolve(found, problems=(Problem("DB051", Where(str(path))),))


def _preview(path: FilePath, vocabulary: Vocabulary, as_of: date) -> Preview:
    if path.is_dir():
        raise BadInputError([Problem("DB001", Where(str(path)))])
    readers = {".toml": _from_toml, ".json": _from_json, ".csv": _from_csv, ".xlsx": _from_xlsx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadInputError([Problem("DB056", Where(str(path)), path.suffix, ", ".join(sorted(readers)))])
    _check_size(path)
    return reader(read_bytes(path), str(path), vocabulary, as_of)


def _check_size(path: FilePath) -> None:
    """Refuse what no facts file can be, before it is in memory; each kind has a narrower limit of its own."""
    size = path.stat().st_size if path.is_file() else 0
    if size > MOST_BYTES:
        raise BadInputError([Problem("X02", Where(str(path)), f"{size >> 20} MB", f"<= {MOST_BYTES >> 20} MB")])


def _from_toml(raw: bytes, name: str, vocabulary: Vocabulary, as_of: date) -> Preview:
    source = parse_toml(raw, name)
    return _from_data(source.data, source.line, name, vocabulary, as_of)


def _from_data(data: Any, line: Callable[[Path], int | None], name: str, vocabulary: Vocabulary, as_of: date) -> Preview:
    problems = Collector()
    found = _units(data, Where(name), vocabulary, as_of, problems)
    return Preview(name, tuple(found), len(found), problems=tuple(with_lines(problems.problems, line)))


def _from_json(raw: bytes, name: str, vocabulary: Vocabulary, as_of: date) -> Preview:
    text = decode_text(raw, name)
    places = check_json(text, name)
    try:
        data = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise BadInputError([Problem("DB055", Where(name, line=error.lineno, column=error.colno))]) from None
    except RecursionError:
        raise BadInputError([Problem("DB005", Where(name))]) from None
    except ValueError:
        raise BadInputError([Problem("DB036", Where(name))]) from None
    return _from_data(data, places.line, name, vocabulary, as_of)


def located(path: FilePath, problems: Iterable[Problem]) -> list[Problem]:
    """Problems that were found after reading (they name a path in the file), with their lines."""
    if path.suffix.lower() in TABLES:
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


def _from_csv(raw: bytes, name: str, vocabulary: Vocabulary, as_of: date) -> Preview:
    problems = Collector()
    return _from_table(read_rows(raw, Where(name), problems), vocabulary, as_of, problems)


def _from_xlsx(raw: bytes, name: str, vocabulary: Vocabulary, as_of: date) -> Preview:
    from duibiao.exchange.xlsx import read_sheet

    return _from_table(read_sheet(raw, Where(name)), vocabulary, as_of, Collector())


def _from_table(table: Table, vocabulary: Vocabulary, as_of: date, problems: Collector) -> Preview:
    found, rows = read_table(table, vocabulary, as_of, problems)
    ordered = sorted(problems.problems, key=lambda each: (each.where.line or 0, each.where.column or 0))
    return Preview(table.where.file, tuple(found), rows, table.notes, tuple(ordered))
