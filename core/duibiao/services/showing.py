"""A standard as plain data, for ``duibiao show --json`` and for generated documentation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import attrs

from duibiao.model.notation import plain
from duibiao.model.process import Target
from duibiao.model.sources import Item
from duibiao.rules.program import Program
from duibiao.services.phrasing import Phrases


def as_data(program: Program, phrases: Phrases) -> dict[str, Any]:
    """Everything the standard says (docs/json.md)."""
    standard, header = program.standard, program.standard.header
    fulls = {leaf.id: plain(leaf.full * program.point_step) for leaf in program.leaves if leaf.points is not None}
    return {
        "standard": header.id,
        "edition": header.edition,
        "content_hash": standard.content_hash,
        "title": header.title,
        "title_en": header.title_en,
        "jurisdiction": header.jurisdiction,
        "document": header.document,
        "unit_kinds": list(header.unit_kinds),
        "in_force": _plain(header.in_force),
        "until": _plain(header.until),
        "replaces": header.replaces or None,
        "extends": header.extends or None,
        "note": header.note,
        "scoring": {
            "method": standard.scoring.method,
            "total": _plain(standard.scoring.total),
            "step": plain(standard.scoring.step),
            "not_applicable": standard.scoring.not_applicable,
            "assumed": standard.scoring.cite.assumed,
            "reason": standard.scoring.cite.reason,
        },
        "criteria": [
            {
                **_item(group),
                "topic": group.topic,
                "weight": _plain(group.weight),
                "points": _plain(group.points),
                "indicators": [
                    {
                        **_item(leaf),
                        "topic": leaf.topic,
                        "force": leaf.force,
                        "rule": phrases.rule(leaf),
                        "condition": _plain(leaf.condition),
                        "points": fulls.get(leaf.id),
                    }
                    for leaf in group.indicators
                ],
            }
            for group in standard.criteria
        ],
        **{
            name: [_item(each, whole=True) for each in getattr(standard, name)]
            for name in ("awards", "gates", "vetoes", "targets", "selections", "stages", "forms", "provisions")
        },
    }


def _item(item: Item, *, whole: bool = False) -> dict[str, Any]:
    cite = item.cite
    found: dict[str, Any] = {
        "id": item.id,
        "title": item.title,
        "title_en": item.title_en,
        "clause": cite.clause,
        "document": cite.document,
        "as_printed": cite.as_printed,
        "assumed": cite.assumed,
        "reason": cite.reason,
        "rows": list(cite.rows),
        "note": cite.note,
        "replaced_by": cite.replaced_by,
    }
    if whole:
        own = [each.name for each in attrs.fields(type(item)) if each.name not in (*found, "cite", "where", "given")]
        found |= {name: _plain(getattr(item, name)) for name in own}
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if attrs.has(type(value)):
        return {each.name: _plain(getattr(value, each.name)) for each in attrs.fields(type(value))}
    return value


def target_text(target: Target, phrases: Phrases, names: Mapping[str, str]) -> str:
    """A target in words: who, how much, of what."""
    who = phrases.kinds(target.population.get("unit_kinds", ())) or phrases.say("全部单位", "all units")
    if "where" in target.population:
        who += phrases.aside(phrases.condition(target.population["where"]))
    if target.award:
        what = names.get(target.award, target.award)
    elif target.standard:
        what = phrases.say(f"达到 {target.standard}", f"awarded under {target.standard}")
    else:
        # A condition has numbers of its own; the share that follows is not one of them.
        what = phrases.say("“{}”", "“{}”").format(phrases.condition(target.achieved))
    much = f"≥ {target.at_least}" if target.at_least is not None else phrases.say(f"≥ {target.count} 个", f"≥ {target.count}")
    return f"{who} → {what} {much}"
