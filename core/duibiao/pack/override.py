"""An office's own table (drop-in TOML): replaces values that a standard only assumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from duibiao.errors import Collector, Where
from duibiao.model.sources import Cite, Literal
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
        where: The file.
    """

    standard: str
    source: str
    points: Mapping[str, Literal]
    thresholds: Mapping[str, Literal]
    where: Where


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
    return Override(head["standard"], head["source"], tables["points"], tables["thresholds"], source.where())


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
                problems.add("DB037", table.where.at(key, name), found=name, among=known)
    criteria = tuple(_criterion(each, standard, table, problems) for each in standard.criteria)
    settled = all(not leaf.cite.assumed for group in criteria for leaf in group.indicators)
    cite = standard.scoring.cite
    if settled and cite.assumed:
        cite = evolve(cite, assumed=False, reason="", note=table.source)
    total = _sum(criteria) if table.points else standard.scoring.total
    kept = standard.scoring.total if standard.scoring.total is not None else total
    return evolve(standard, criteria=criteria, scoring=evolve(standard.scoring, cite=cite, total=kept))


def _sum(criteria: tuple[Criterion, ...]) -> Literal | None:
    from duibiao.model.notation import split_number

    found = [split_number(leaf.points["points"])[0] for g in criteria for leaf in g.indicators if "points" in leaf.points]
    return sum(found[1:], found[0]) if found else None


def _criterion(group: Criterion, standard: Standard, table: Override, problems: Collector) -> Criterion:
    leaves = tuple(_leaf(leaf, standard, table, problems) for leaf in group.indicators)
    changed = leaves != group.indicators and any(leaf.id in table.points for leaf in leaves)
    return evolve(group, indicators=leaves, points=None if changed else group.points)


def _leaf(leaf: Indicator, standard: Standard, table: Override, problems: Collector) -> Indicator:
    if leaf.id not in table.points and leaf.id not in table.thresholds:
        return leaf
    if not leaf.cite.assumed and not standard.scoring.cite.assumed:
        problems.add("DB043", table.where.at("points", leaf.id), found=leaf.id)
        return leaf
    points, condition = dict(leaf.points), dict(leaf.condition)
    if leaf.id in table.points:
        points["points"] = table.points[leaf.id]
    if leaf.id in table.thresholds:
        key = next((each for each in THRESHOLDS if each in condition), None)
        if key is None or not leaf.cite.assumed:
            problems.add("DB043", table.where.at("thresholds", leaf.id), found=leaf.id)
            return leaf
        condition[key] = table.thresholds[leaf.id]
    cite = Cite(**{**_fields(leaf.cite), "assumed": False, "reason": "", "note": table.source})
    return evolve(leaf, points=points, condition=condition, cite=cite)


def _fields(cite: Cite) -> dict[str, Any]:
    from attrs import asdict

    return asdict(cite, recurse=False)
