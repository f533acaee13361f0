"""Standards side by side as an extract: a line for each data item, columns for each standard, a unit's own values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from duibiao.compare.demands import Demand
from duibiao.compare.table import Row
from duibiao.exchange.target import Cell
from duibiao.model.outcome import Verdict
from duibiao.services.compare_board import Board, Brief, Narrow, Whose, board, narrowed, own_facts, to_collect
from duibiao.services.compare_sections import sections
from duibiao.services.compare_told import Teller
from duibiao.services.compare_words import DemandWords
from duibiao.services.extract import Extract, Table, Work

MOST_NAMED = 12
"""Of what a standard lacks so many data items are named."""


def side_by_side(work: Work) -> Extract:
    """What ``duibiao compare`` and the screen show, narrowed in the same way. BadInputError as :func:`board`."""
    asked, words = work.asked, DemandWords(work.phrases)
    whose = Whose(asked.case, asked.unit)
    found = board(work.desk.registry, asked.standards, work.phrases, own_facts(work.desk, whose) if whose else None, asked.case)
    narrow = Narrow(asked.topic, asked.differing, asked.contested, asked.needle)
    rows = [_line(work, found, words, row) for row in narrowed(found.comparison, narrow, words)]
    title = work.say("标准对照", "Standards side by side")
    tables = [Table(title, _header(work, found), rows)]
    if found.look is not None:
        tables.append(_sums(work, found))
    if not (asked.topic or asked.needle):
        tables += _provisions(work, found, only_differing=asked.differing or asked.contested)
    _assumed(work, found)
    return Extract(title, tuple(_told(work, found, words)), tuple(each for each in tables if each.rows))


def _told(work: Work, found: Board, words: DemandWords) -> Iterator[tuple[str, str]]:
    asked = work.asked
    for name in found.names:
        yield work.say("标准", "Standard"), work.standard_title(name)
    if asked.topic:
        yield work.say("主题", "Topic"), Brief(words).topic(asked.topic)
    if asked.contested:
        yield work.say("范围", "Scope"), work.say("两个以上都要求而不同的", "asked by two or more, and not alike")
    elif asked.differing:
        yield work.say("范围", "Scope"), work.say("只看不同的", "only what differs")
    if asked.needle:
        yield work.say("查找", "Found by"), asked.needle
    if found.look is not None:
        facts = found.look.facts
        example = work.say("（例子数据）", " (example facts)") if facts.example else ""
        yield work.say("单位", "Unit"), f"{facts.unit.name} {facts.unit.code} {facts.period}{example}"


def _header(work: Work, found: Board) -> tuple[str, ...]:
    header = list(work.words(("主题", "topic"), ("数据项", "fact")))
    header += [f"{work.say('本单位', 'own')} {found.unit}"] if found.look is not None else []
    for label, program in zip(found.labels, found.comparison.programs, strict=True):
        head = program.standard.header
        header.append(f"{label} {work.say(head.title, head.title_en or head.title)}")
        header += [f"{work.say('判定', 'verdict')} {label}"] if found.look is not None else []
        header.append(f"{work.say('出处', 'clause')} {label}")
    return (*header, work.say("宽严", "who is stricter"))


def _line(work: Work, found: Board, words: DemandWords, row: Row) -> tuple[Cell, ...]:
    brief, line = Brief(words), found.line(row)
    cells: list[Cell] = [brief.topic(row.topic), brief.title(row)]
    if line is not None:
        cells.append(words.value(row.fact, line.value))
    for column, demands in enumerate(row.cells):
        for each in demands:
            work.sources.add(each.cite, brief.title(row))
        cells.append(_joined([words.demand(each, row) for each in demands]))
        if line is not None:
            verdict = line.verdicts[column]
            cells.append("" if verdict is None else work.phrases.verdict(verdict))
        own = found.comparison.programs[column].standard.header.document
        cells.append(_joined([_source(each, own) for each in demands]))
    return (*cells, words.standing(row.standing, found.labels))


def _source(each: Demand, own: str) -> str:
    return each.cite.clause if each.cite.document in ("", own) else f"{each.cite.document} {each.cite.clause}".strip()


def _sums(work: Work, found: Board) -> Table:
    """How the unit does under each standard, and what it still has to collect."""
    look, told = found.look, Teller(DemandWords(work.phrases))
    assert look is not None  # noqa: S101 - asked only with a unit
    header = work.words(
        ("标准", "standard"), ("称号、得分", "titles, score"), ("达到", "met"), ("未达到", "not met"), ("未知", "unknown"),
        ("待评判", "to judge"), ("还要收集", "to collect"), ("是哪些", "which"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for column, label in enumerate(found.labels):
        counts, missing = look.counts(column), to_collect(look, column, work.phrases)
        named = work.phrases.comma.join(work.phrases.facts(names) for names in list(missing.values())[:MOST_NAMED])
        more = work.say(" 等", " …") if len(missing) > MOST_NAMED else ""
        order = (Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT)
        cells = (counts[each] for each in order)
        rows.append((label, work.phrases.stop.join(told.awards(look, column)), *cells, len(missing), named + more))
    return Table(work.say("本单位在各标准下", "The unit under each standard"), header, rows)


def _provisions(work: Work, found: Board, *, only_differing: bool) -> Iterator[Table]:
    """Scoring, titles, gates, stages …: a line for each item."""
    header = work.words(("标准", "standard"), ("名称", "title"), ("内容", "what it says"), ("出处", "clause"))
    for section in sections(found.comparison.programs, work.phrases):
        if only_differing and not section.differs:
            continue
        rows = []
        for label, cell in zip(found.labels, section.cells, strict=True):
            for each in cell:
                work.sources.add(each.cite, each.title)
                rows.append((label, each.title, each.text, work.phrases.cite(each.cite)))
        yield Table(section.title, header, rows)


def _assumed(work: Work, found: Board) -> None:
    """Points that no source gives are assumed as a whole."""
    for name in found.names:
        scoring = work.desk.registry.standard(name).scoring
        if scoring.cite.assumed:
            work.sources.assume(work.standard_title(name), scoring.cite.reason)


def _joined(parts: Sequence[str]) -> str:
    return " / ".join(dict.fromkeys(part for part in parts if part))


__all__ = ["side_by_side"]
