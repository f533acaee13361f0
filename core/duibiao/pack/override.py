"""An office's own table (drop-in TOML): replaces values that a standard only assumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen

from duibiao.errors import Collector, Where
from duibiao.model.notation import NotationError, split_number, to_steps, unit_of
from duibiao.model.sources import Literal
from duibiao.model.standard import Criterion, Indicator, Standard
from duibiao.pack.structure import convert, unknown_keys
from duibiao.pack.toml import Source
from duibiao.rules.keys import THRESHOLDS


@frozen
class Override:
    """What an office puts in the place of assumptions.

    Attributes:
        standard: Standard id.
        source: Where the numbers come from.
        points: Indicator id to points.
        thresholds: Indicator id to threshold.
        file: The file it was read from.
    """

    standard: str
    source: str
    points: Mapping[str, Literal]
    thresholds: Mapping[str, Literal]
    file: Source

    def at(self, *path: str) -> Where:
        """A place in the table, with its line."""
        return evolve(self.file.where(*path), line=self.file.line(path))


def read_override(source: Source, problems: Collector) -> Override | None:
    """The ``[override]`` of a drop-in file."""
    before = len(problems.problems)
    unknown_keys(source.data, {"override", "points", "thresholds"}, source.where(), problems)
    head = source.data.get("override")
    if not isinstance(head, Mapping):
        problems.add("DB007", source.where(), allowed="[override]")
        return None
    unknown_keys(head, {"standard", "source"}, source.where("override"), problems)
    for key in ("standard", "source"):
        if not isinstance(head.get(key), str) or not head.get(key):
            problems.add("DB007", source.where("override"), allowed=key)
    tables = {key: _numbers(source, key, problems) for key in ("points", "thresholds")}
    if len(problems.problems) > before:
        return None
    return Override(head["standard"], head["source"], tables["points"], tables["thresholds"], source)


def _numbers(source: Source, key: str, problems: Collector) -> dict[str, Any]:
    table = source.data.get(key, {})
    if not isinstance(table, Mapping):
        problems.add("DB008", source.where(key), found=table, allowed=f"[{key}]")
        return {}
    return {name: convert(value, Literal, source.where(key, name), problems) for name, value in table.items()}


def override(standard: Standard, table: Override, problems: Collector) -> Standard:
    """*standard* with the office's values; only what it assumes can be replaced."""
    known = {leaf.id for leaf in standard.indicators()}
    for key, numbers in (("points", table.points), ("thresholds", table.thresholds)):
        for name in numbers:
            if name not in known:
                problems.add("DB037", table.at(key, name), found=name, among=known)
    criteria = tuple(_criterion(each, standard, table, problems) for each in standard.criteria)
    cite = standard.scoring.cite
    if cite.assumed and all(leaf.cite.replaced_by for group in criteria for leaf in group.indicators if leaf.points):
        cite = evolve(cite, assumed=False, reason="", replaced_by=table.source)
    return evolve(standard, criteria=criteria, scoring=evolve(standard.scoring, cite=cite))


def check_total(standard: Standard, tables: Sequence[Override], problems: Collector) -> None:
    """Add a problem where the office's *tables* together miss the declared total: they are wrong then, not the standard."""
    scored = [table for table in tables if table.points]
    if not scored or standard.scoring.total is None:
        return
    leaves = [leaf for leaf in standard.indicators() if not leaf.points.get("bonus")]
    found = sum((split_number(leaf.points.get("points", 0))[0] for leaf in leaves), Decimal(0))
    if found != split_number(standard.scoring.total)[0]:
        problems.add("DB012", scored[-1].at("points"), found=found, allowed=standard.scoring.total)


def _criterion(group: Criterion, standard: Standard, table: Override, problems: Collector) -> Criterion:
    leaves = tuple(_leaf(leaf, standard, table, problems) for leaf in group.indicators)
    changed = any(leaf.id in table.points for leaf in leaves)
    return evolve(group, indicators=leaves, points=None if changed else group.points)


def _leaf(leaf: Indicator, standard: Standard, table: Override, problems: Collector) -> Indicator:
    points, condition, replaced = dict(leaf.points), dict(leaf.condition), False
    if leaf.id in table.points:
        assumed = leaf.cite.assumed or (bool(leaf.points) and standard.scoring.cite.assumed)
        replaced = _accept(assumed, table, "points", leaf.id, standard.scoring.step, problems)
        points["points"] = table.points[leaf.id]
    if leaf.id in table.thresholds:
        key = next((each for each in THRESHOLDS if each in condition), None)
        replaced = _accept(leaf.cite.assumed and key is not None, table, "thresholds", leaf.id, None, problems)
        condition[key or ""] = table.thresholds[leaf.id]
    if not replaced:
        return leaf
    cite = evolve(leaf.cite, assumed=False, reason="", replaced_by=table.source)
    return evolve(leaf, points=points, condition=condition, cite=cite)


def _accept(assumed: bool, table: Override, key: str, name: str, step: Decimal | None, problems: Collector) -> bool:
    """Whether a value may be replaced by what the table says; if not, a problem at its line."""
    where, raw = table.at(key, name), getattr(table, key)[name]
    if not assumed:
        problems.add("DB043", where, found=name)
        return False
    try:
        number, symbol = split_number(raw)
        unit_of(symbol)
        if step is not None:
            to_steps(number, step)
    except NotationError as error:
        problems.add(error.code, where, found=raw, allowed=error.allowed)
        return False
    if step is not None and number < 0:
        problems.add("DB024", where, found=raw, allowed=">= 0")
        return False
    return True
