"""Tables of facts (from TOML, JSON or a spreadsheet row) as recorded values, every wrong cell reported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from duibiao.errors import Collector, Where
from duibiao.model.facts import Unit, Value, Vocabulary
from duibiao.model.notation import NotationError, read_date, read_value
from duibiao.model.text import TextError, clean
from duibiao.pack.structure import unknown_keys
from duibiao.rules.context import KINDS

UNIT_KEYS = frozenset({"name", "code", "kind"})


def read_values(table: Any, vocabulary: Vocabulary, where: Where, problems: Collector) -> dict[str, Value]:
    """A table of fact names (ids or 中文) to values as written."""
    if not isinstance(table, Mapping):
        problems.add("DB008", where, found=table, allowed="{ … }")
        return {}
    found: dict[str, Value] = {}
    for name, raw in table.items():
        place = where.at(name)
        ftype = vocabulary.find(name)
        if ftype is None:
            problems.add("DB010", place, found=name, among=vocabulary.names())
            continue
        if ftype.id in found:
            problems.add("DB009", place, found=name)
            continue
        try:
            found[ftype.id] = read_value(ftype, raw)
        except NotationError as error:
            problems.add(error.code, place, found=error.found or raw, allowed=error.allowed)
    return found


def read_unit(table: Any, where: Where, problems: Collector) -> Unit | None:
    """A unit table: name, code, kind."""
    if not isinstance(table, Mapping):
        problems.add("DB008", where, found=table, allowed='{ name = "…", code = "…", kind = "…" }')
        return None
    unknown_keys(table, UNIT_KEYS, where, problems)
    words = {key: table.get(key, "") for key in UNIT_KEYS}
    for key, value in words.items():
        if isinstance(value, int) and key == "code":
            words[key] = str(value)
        elif isinstance(value, str):
            words[key] = read_line(value, where.at(key), problems)
        else:
            problems.add("DB008", where.at(key), found=value, allowed='"…"')
            return None
    if not words["kind"]:
        problems.add("DB007", where, found=words["name"], allowed=f"kind: {', '.join(KINDS)}")
        return None
    if words["kind"] not in KINDS:
        problems.add("DB031", where.at("kind"), found=words["kind"], among=KINDS)
        return None
    return Unit(words["name"], words["kind"], words["code"])


def read_history(
    table: Any, vocabulary: Vocabulary, where: Where, problems: Collector
) -> tuple[tuple[str, dict[str, Value]], ...]:
    """Earlier periods, newest first."""
    if not isinstance(table, Mapping):
        problems.add("DB008", where, found=table, allowed="{ 2010 = { … } }")
        return ()
    periods = sorted(table, reverse=True)
    return tuple((each, read_values(table[each], vocabulary, where.at(each), problems)) for each in periods)


def read_day(raw: Any, where: Where, problems: Collector) -> date | None:
    """A date key, or None when it is absent or wrong."""
    if raw is None:
        return None
    try:
        return read_date(raw)
    except NotationError as error:
        problems.add(error.code, where, found=raw, allowed=error.allowed)
        return None


def read_period(raw: Any, where: Where, problems: Collector) -> str:
    """A period label such as ``2011``."""
    if isinstance(raw, str) or (isinstance(raw, int) and not isinstance(raw, bool)):
        return read_line(str(raw), where, problems)
    problems.add("DB008", where, found=raw, allowed='"2011"')
    return ""


def read_line(text: str, where: Where, problems: Collector) -> str:
    """One line of text as it is kept (model.text); empty with a problem when it cannot be."""
    try:
        return clean(text)
    except TextError as error:
        problems.add(error.code, where, found=error.found, allowed=error.allowed)
        return ""
