"""docs/processes.md, made from the packs: every stage of every process, with the clause that asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reference import bundled, clause_of, code, lines, page, quota_row, table, titled, window

from duibiao.model.standard import Standard
from duibiao.services.phrasing import Phrases
from duibiao.services.showing import as_data

Data = Mapping[str, Any]
COLUMNS = ("stage 环节", "who 办理", "when 时段", "asks for 要求", "shown or drawn 公示、抽样", "gives 产生", "clause 条款")


def processes() -> str:
    """Every standard that has stages, track by track."""
    registry = bundled()
    phrases = Phrases(registry.vocabulary, "en")
    parts: list[str] = []
    for name in registry.headers:
        standard = registry.standard(name)
        if standard.stages:
            parts += process(standard, as_data(registry.program(name), phrases))
    return page(*parts)


def process(standard: Standard, data: Data) -> Iterator[str]:
    """One standard: what it is, a table for each track, what it rations."""
    yield f"## {data['title_en'] or data['title']}"
    document = bundled().documents[data["document"]]
    yield f"{data['title']} · `{standard.id}` · {document.title} · for {'、'.join(data['unit_kinds'])}"
    names = {each["id"]: each["title"] for kind in ("awards", "gates", "stages") for each in data[kind]}
    for track in dict.fromkeys(each["track"] for each in data["stages"]):
        stages = [each for each in data["stages"] if each["track"] == track]
        rows = [row(each, below, data["document"], names) for each, below in zip(stages, [*stages[1:], None], strict=True)]
        yield titled(f"Track `{track}`", COLUMNS, rows) if track else table(COLUMNS, rows)
    quotas = [quota_row(each, data["document"]) for each in data["selections"]]
    yield titled("Quotas and ratios 名额", ("quota", "中文", "measure", "clause"), quotas)


def row(each: Data, below: Data | None, document: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """One stage, and the one below it in the table."""
    leads = [] if below and each["next"] == [below["id"]] else each["next"]
    kinds = f"only {'、'.join(each['unit_kinds'])}" if each["unit_kinds"] else ""
    return (
        lines(part for part in (f"**{each['title']}**", each["title_en"], kinds) if part),
        lines(part for part in (each["actor"], f"level {each['level']}" if each["level"] else "") if part),
        when(each),
        lines(demands(each, names)),
        lines(outside(each)),
        lines(yields(each, leads, names)),
        clause_of(each, document),
    )


def when(each: Data) -> str:
    """The window, and what missing its last day means."""
    text = window(each)
    return f"{text}; late: not accepted" if text and each["late"] == "forfeited" else text


def demands(each: Data, names: Mapping[str, str]) -> Iterator[str]:
    """What has to be there before the stage can be left."""
    if each["requires"]:
        yield code(each["requires"])
        yield from listed("gates", [names[name] for name in re.findall(r'gate\("(.+?)"\)', each["requires"])])
    yield from listed("papers", each["documents"])
    yield from listed("opinions of", each["consults"])
    if each["mock"]:
        yield f"mock inspection: {each['mock']}"
    if each["breakdown"]:
        yield "work given out to departments, and done"
    yield from listed("duties", each["duties"])
    yield from listed("checked by", each["methods"])


def outside(each: Data) -> Iterator[str]:
    """The public notice and the sample."""
    notice, sample = each["notice"], each["sampling"]
    if notice is not None:
        kind = "working days" if notice.get("working") else "days"
        days = f"{notice['days']} {kind}" if notice.get("days") else "length not stated"
        yield f"public notice, {days}"
        yield from listed("at", notice.get("places", ()))
        yield from listed("contacts", notice.get("contacts", ()))
        yield from listed("in", [notice["media"]] if notice.get("media") else ())
    if sample is not None:
        size = sample.get("share") or sample.get("count")
        yield f"sample: {size}" if size else "sample, its share not stated"


def yields(each: Data, leads: Sequence[str], names: Mapping[str, str]) -> Iterator[str]:
    """Titles, what comes out, and where it leads when that is not the row below."""
    yield from listed("title", [names[name] for name in each["grants"]])
    yield from listed("", each["produces"])
    if each["supervises"]:
        yield "follows the naming"
    yield from listed("then", [names[name] for name in leads])


def listed(word: str, values: Sequence[str]) -> Iterator[str]:
    """Several values behind a word; nothing when there are none."""
    if values:
        yield f"{word}: {'、'.join(values)}" if word else "、".join(values)
