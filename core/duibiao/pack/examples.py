"""Worked examples: units with the outcome a standard must give them, shipped with the pack."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from duibiao.errors import Collector, Where
from duibiao.model.facts import FactSet, Value, Vocabulary
from duibiao.model.notation import split_number
from duibiao.pack.facts import read_day, read_history, read_period, read_unit, read_values
from duibiao.pack.structure import unknown_keys
from duibiao.pack.toml import Source

KEYS = frozenset({"id", "title", "standard", "unit", "period", "as_of", "like", "drop", "facts", "history", "expect"})
EXPECT_KEYS = frozenset(
    {"score", "awards", "gates", "vetoes", "stages", "verdicts", "points", "others", "unknown_facts", "in_scope"}
)


@frozen(kw_only=True)
class Example:
    """One worked unit.

    Attributes:
        id: Id inside its file.
        title: What it shows, 中文.
        standard: Standard id.
        facts: Its (example) facts.
        expect: What must come out.
        where: Place in the pack.
    """

    id: str
    title: str
    standard: str
    facts: FactSet
    expect: Mapping[str, Any] = field(factory=dict)
    where: Where = field(eq=False)


def read_examples(source: Source, vocabulary: Vocabulary, problems: Collector) -> list[Example]:
    """The ``[[example]]`` tables of a file."""
    tables = source.data.get("example", [])
    known: dict[str, dict[str, Any]] = {}
    found = []
    for index, table in enumerate(tables):
        where = source.where("example", index)
        if not isinstance(table, Mapping) or not isinstance(table.get("id"), str):
            problems.add("DB007", where, allowed="id")
            continue
        unknown_keys(table, KEYS, where, problems)
        if table["id"] in known:
            problems.add("DB009", where.at("id"), found=table["id"])
        whole = _whole(table, known, where, problems)
        known[table["id"]] = whole
        made = _example(whole, vocabulary, where, problems)
        if made is not None:
            found.append(made)
    return found


def _whole(table: Mapping[str, Any], known: Mapping[str, Any], where: Where, problems: Collector) -> dict[str, Any]:
    """*table* laid over the example it is ``like``."""
    base: Mapping[str, Any] = {}
    if "like" in table:
        base = known.get(table["like"], {})
        if not base:
            problems.add("DB045", where.at("like"), found=table["like"], among=known)
    kept = {key: value for key, value in base.items() if key not in ("expect", "title", "drop", "like")}
    facts = {**base.get("facts", {}), **_table(table, "facts", where, problems)}
    for index, name in enumerate(table.get("drop", ())):
        if facts.pop(name, None) is None:
            problems.add("DB010", where.at("drop", index), found=name, among=facts)
    history = {**base.get("history", {}), **_table(table, "history", where, problems)}
    return {**kept, **table, "facts": facts, "history": history}


def _table(table: Mapping[str, Any], key: str, where: Where, problems: Collector) -> Mapping[str, Any]:
    found = table.get(key, {})
    if isinstance(found, Mapping):
        return found
    problems.add("DB008", where.at(key), found=found, allowed=f"[example.{key}]")
    return {}


def _example(table: Mapping[str, Any], vocabulary: Vocabulary, where: Where, problems: Collector) -> Example | None:
    before = len(problems.problems)
    for key in ("standard", "unit", "as_of"):
        if key not in table:
            problems.add("DB007", where, found=table["id"], allowed=key)
    if len(problems.problems) > before:
        return None
    unit = read_unit(table["unit"], where.at("unit"), problems)
    as_of = read_day(table["as_of"], where.at("as_of"), problems)
    period = read_period(table.get("period", ""), where.at("period"), problems)
    values: dict[str, Value] = read_values(table["facts"], vocabulary, where.at("facts"), problems)
    history = read_history(table["history"], vocabulary, where.at("history"), problems)
    expect = table.get("expect", {})
    if not isinstance(expect, Mapping) or not expect:
        problems.add("DB007", where, found=table["id"], allowed="[example.expect]")
        return None
    unknown_keys(expect, EXPECT_KEYS, where.at("expect"), problems)
    if unit is None or as_of is None or len(problems.problems) > before:
        return None
    facts = FactSet(unit, values, as_of, period, history, example=True)
    return Example(
        id=table["id"], title=str(table.get("title", "")), standard=str(table["standard"]), facts=facts,
        expect=expect, where=where,
    )  # fmt: skip


def expected_score(raw: Any) -> tuple[Decimal, Decimal]:
    """The score an example expects, as low and high."""
    if isinstance(raw, Mapping):
        return split_number(raw["low"])[0], split_number(raw["high"])[0]
    number = split_number(raw)[0]
    return number, number
