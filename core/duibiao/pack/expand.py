"""Saying it once: shapes (``like``) and tables of rows become ordinary indicator tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from duibiao.errors import Collector, Where


def indicator_tables(
    criterion: Mapping[str, Any], where: Where, shapes: Mapping[str, Any], problems: Collector
) -> Iterator[tuple[dict[str, Any], Where]]:
    """Every indicator of a criterion as a plain table, with the place that people should look at."""
    for index, table in enumerate(_list(criterion, "indicator", where, problems)):
        place = where.at("indicator", index)
        if isinstance(table, Mapping):
            yield _shaped(table, place, shapes, problems), place
        else:
            problems.add("DB008", place, found=table, allowed="[table]")
    for index, rows in enumerate(_list(criterion, "rows", where, problems)):
        yield from _rows(rows, where.at("rows", index), shapes, problems)


def _list(table: Mapping[str, Any], key: str, where: Where, problems: Collector) -> list[Any]:
    found = table.get(key, [])
    if key == "rows" and found and all(isinstance(each, str) for each in found):
        return []
    if not isinstance(found, list):
        problems.add("DB008", where.at(key), found=found, allowed=f"[[…{key}]]")
        return []
    return found


def _shaped(table: Mapping[str, Any], where: Where, shapes: Mapping[str, Any], problems: Collector) -> dict[str, Any]:
    name = table.get("like")
    own = {key: value for key, value in table.items() if key != "like"}
    if name is None:
        return own
    shape = shapes.get(name) if isinstance(name, str) else None
    if not isinstance(shape, Mapping):
        problems.add("DB045", where.at("like"), found=name, among=shapes)
        return own
    return _merge(shape, own)


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of *above* win; tables are merged key by key."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def _rows(spec: Any, where: Where, shapes: Mapping[str, Any], problems: Collector) -> Iterator[tuple[dict[str, Any], Where]]:
    if not isinstance(spec, Mapping) or not isinstance(spec.get("columns"), list) or not isinstance(spec.get("rows"), list):
        problems.add("DB008", where, found=spec, allowed="columns = […], rows = [[…], …]")
        return
    common = {key: value for key, value in spec.items() if key not in ("columns", "rows")}
    columns = spec["columns"]
    for index, row in enumerate(spec["rows"]):
        place = where.at("rows", index)
        if not isinstance(row, list) or len(row) != len(columns):
            problems.add("DB008", place, found=row, allowed=f"{len(columns)}: {', '.join(map(str, columns))}")
            continue
        cells = {str(column): cell for column, cell in zip(columns, row, strict=True) if cell != ""}
        yield _shaped({**common, **cells}, place, shapes, problems), place
