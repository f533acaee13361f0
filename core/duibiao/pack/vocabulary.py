"""The catalogue of data items: the shared one in the core, and each plugin's local additions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from keyword import iskeyword
from typing import Any

from attrs import frozen

from duibiao.errors import Collector, Where
from duibiao.model.facts import LEVELLED, FactType, Kind, Option, Topic, Vocabulary
from duibiao.model.notation import NotationError, split_number, to_steps
from duibiao.model.sources import Literal
from duibiao.pack.structure import build
from duibiao.pack.toml import Source, parse_toml

SHARED = "vocabulary.toml"
_HIGHEST = {Kind.COUNT: 10**9, Kind.QUANTITY: 10**9, Kind.MONEY: 10**12, Kind.RATE: 100}
_DEFAULT_STEP = {Kind.COUNT: "1", Kind.QUANTITY: "0.01", Kind.MONEY: "0.01", Kind.RATE: "0.01"}
_DEFAULT_UNIT = {Kind.RATE: "%", Kind.MONEY: "yuan"}


@frozen(kw_only=True)
class _Option:
    id: str
    title: str
    title_en: str = ""


@frozen(kw_only=True)
class _Fact:
    """A ``[[fact]]`` table as written."""

    id: str
    title: str
    kind: str
    title_en: str = ""
    unit: str = ""
    step: Decimal | None = None
    min: Literal | None = None
    max: Literal | None = None
    levels: tuple[_Option, ...] = ()
    members: tuple[_Option, ...] = ()
    kinds: tuple[_Option, ...] = ()
    topic: str = ""
    description: str = ""
    description_en: str = ""
    aliases: tuple[str, ...] = ()


@frozen(kw_only=True)
class _Topic:
    id: str
    title: str
    title_en: str = ""


def shared_source() -> Source:
    """The shared catalogue's file."""
    raw = resources.files("duibiao").joinpath(SHARED).read_bytes()
    return parse_toml(raw, f"duibiao/{SHARED}")


def shared_vocabulary(problems: Collector) -> Vocabulary:
    """The shared catalogue."""
    source = shared_source()
    topics = {}
    for index, table in enumerate(source.data.get("topic", ())):
        made = build(_Topic, table, source.where("topic", index), problems)
        if made is not None:
            topics[made.id] = Topic(made.id, made.title, made.title_en)
    types = {each.id: each for each in fact_types(source, problems)}
    return Vocabulary(types, topics)


def fact_types(source: Source, problems: Collector, prefix: str = "") -> list[FactType]:
    """The ``[[fact]]`` tables of a file; ids outside *prefix*, twice the same id, and odd ranges are problems."""
    found: dict[str, FactType] = {}
    for index, table in enumerate(source.data.get("fact", ())):
        where = source.where("fact", index)
        made = build(_Fact, table, where, problems)
        ftype = _fact_type(made, where, problems) if made is not None else None
        if ftype is None:
            continue
        if not all(part.isidentifier() and not iskeyword(part) for part in ftype.id.split(".")):
            problems.add("DB074", where.at("id"), found=ftype.id, allowed="a–z, 0–9, _")
        if not ftype.id.startswith(prefix):
            problems.add("DB042", where.at("id"), found=ftype.id, allowed=f"{prefix}…")
        if ftype.id in found:
            problems.add("DB009", where.at("id"), found=ftype.id)
        found[ftype.id] = ftype
    return list(found.values())


def _fact_type(fact: _Fact, where: Where, problems: Collector) -> FactType | None:
    if fact.kind not in set(Kind):
        problems.add("DB018", where.at("kind"), found=fact.kind, among=set(Kind))
        return None
    kind = Kind(fact.kind)
    unit = fact.unit or _DEFAULT_UNIT.get(kind, "")
    options = fact.levels or fact.members or fact.kinds
    if (kind in LEVELLED or kind is Kind.CHECKLIST) and not options:
        problems.add("DB007", where, found=fact.id, allowed="levels" if kind in LEVELLED else "members")
        return None
    names = [each.id for each in options]
    if len(set(names)) != len(names):
        problems.add("DB009", where, found=", ".join(sorted({n for n in names if names.count(n) > 1})))
    try:
        step, low, high = _range(fact, kind)
    except NotationError as error:
        problems.add(error.code, where, found=f"{fact.min} … {fact.max}", allowed=error.allowed)
        return None
    return FactType(
        id=fact.id, title=fact.title, kind=kind, title_en=fact.title_en, unit=unit, step=step, low=low, high=high,
        options=tuple(Option(each.id, each.title, each.title_en) for each in options), topic=fact.topic,
        description=fact.description, description_en=fact.description_en, aliases=fact.aliases,
    )  # fmt: skip


def _range(fact: _Fact, kind: Kind) -> tuple[Decimal, int, int]:
    if kind not in _HIGHEST:
        return Decimal(1), 0, max(len(fact.levels) - 1, 1)
    step = fact.step if fact.step is not None else Decimal(_DEFAULT_STEP[kind])
    if step <= 0:
        raise NotationError("DB025", "> 0")
    low = split_number(fact.min)[0] if fact.min is not None else Decimal(0)
    high = split_number(fact.max)[0] if fact.max is not None else Decimal(_HIGHEST[kind])
    if low >= high:
        raise NotationError("DB024", "min < max")
    return step, to_steps(low, step), to_steps(high, step)


def merged(shared: Vocabulary, local: Mapping[str, Any]) -> Vocabulary:
    """The shared catalogue with local data items added."""
    return Vocabulary({**shared.types, **local}, shared.topics) if local else shared
