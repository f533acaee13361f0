"""A comparison as plain data: the answer of ``duibiao compare --json`` (docs/json.md), and the rows of its CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from duibiao.compare.atoms import UNIT_KIND_FACT, Subject
from duibiao.compare.demands import Case, Demand
from duibiao.compare.editions import Change, Editions, ItemChange
from duibiao.compare.elsewhere import Look
from duibiao.compare.regions import Choice, Members, Range, Region
from duibiao.compare.table import Comparison, Row
from duibiao.compare.witness import Answer
from duibiao.exchange.target import Cell
from duibiao.model.notation import plain
from duibiao.model.outcome import Interval, State, Verdict
from duibiao.model.sources import Cite
from duibiao.rules.context import KINDS as UNIT_KINDS
from duibiao.rules.program import Program
from duibiao.services.compare_sections import Section
from duibiao.services.compare_words import DemandWords
from duibiao.services.comparing import Elsewhere

COLUMNS = (
    ("主题", "topic"), ("数据项", "fact"), ("名称", "name"), ("标准", "standard"), ("类别", "role"), ("指标", "indicator"),
    ("要求", "demand"), ("力度", "force"), ("分值", "points"), ("占比", "share"), ("比较", "standing"),
    ("文件", "document"), ("条款", "clause"), ("原文用词", "as printed"), ("假定", "assumed"),
)  # fmt: skip
KINDS = {Range: "threshold", Choice: "choice", Members: "checklist"}


def exact(value: Fraction | None) -> str | None:
    """A number as text: decimal where that is exact, else as a fraction."""
    if value is None:
        return None
    found = Decimal(value.numerator) / Decimal(value.denominator)
    return plain(found) if Fraction(found) == value else f"{value.numerator}/{value.denominator}"


def standard_json(program: Program, label: str) -> dict[str, Any]:
    """What identifies a column."""
    header = program.standard.header
    return {
        "id": header.id, "edition": header.edition, "label": label, "title": header.title, "title_en": header.title_en,
        "document": header.document, "unit_kinds": list(header.unit_kinds), "content_hash": program.standard.content_hash,
    }  # fmt: skip


class Data:
    """Plain data of a comparison, with words in one language."""

    def __init__(self, words: DemandWords, labels: Sequence[str]) -> None:
        self.words = words
        self.labels = labels

    def comparison(self, found: Comparison, sections: Sequence[Section]) -> dict[str, Any]:
        """Standards, rows, tables."""
        ids = [program.standard.id for program in found.programs]
        return {
            "standards": [standard_json(program, label) for program, label in zip(found.programs, self.labels, strict=True)],
            "rows": [self.row(row, ids) for row in found.rows],
            "tables": [self.section(each, ids) for each in sections],
        }

    def row(self, row: Row, ids: Sequence[str]) -> dict[str, Any]:
        """One fact."""
        standing = row.standing
        return {
            "topic": row.topic,
            "fact": row.fact,
            "title": self.words.fact(row.fact),
            "differs": row.differs,
            "standing": {
                "state": standing.state,
                "strictest": [ids[each] for each in standing.strictest],
                "times": [{"standard": ids[column], "times": exact(much)} for column, much in standing.times.items()],
                "more": [{"standard": ids[column], "members": count} for column, count in standing.more.items()],
                "certain": standing.certain,
                "text": self.words.standing(standing, self.labels),
            },
            "cells": [
                {"standard": name, "demands": [self.demand(each, row) for each in cell]}
                for name, cell in zip(ids, row.cells, strict=True)
            ],
        }

    def demand(self, each: Demand, row: Row | None = None) -> dict[str, Any]:
        """One demand."""
        asked = each.asked
        soft = [] if asked.soft is None else [exact(asked.soft.low), exact(asked.soft.high)]
        return {
            "role": each.role, "item": each.item.id, "title": each.item.title, "criterion": each.criterion,
            "subject": self.words.subject(asked.subject), "part": asked.subject.part, "over": asked.subject.over or None,
            **self.region(asked.subject, asked.region), "soft": soft, "sustained": asked.sustained, "if_empty": asked.if_empty,
            "either": asked.either, "exceptions": [self.case(each, case) for case in asked.cases],
            "applies": self.words.applies(each), "force": each.force,
            "points": None if each.points is None else plain(each.points), "share": exact(each.share),
            "text": self.words.demand(each, row), **self.cite(each.cite), "assumed": each.assumed,
        }  # fmt: skip

    def case(self, demand: Demand, case: Case) -> dict[str, Any]:
        """One exception."""
        return {"when": self.words.when(case.when), **self.region(demand.asked.subject, case.region)}

    def region(self, subject: Subject, region: Region | None) -> dict[str, Any]:
        """What satisfies: bounds in steps of the fact (a ratio: in its units), levels, members."""
        found: dict[str, Any] = {
            "kind": "none" if region is None else KINDS.get(type(region), "expression"),
            "low": None, "low_open": False, "high": None, "high_open": False, "levels": [], "members": [], "without": [],
            "at_least": 0, "of": [],
        }  # fmt: skip
        match region:
            case Range():
                found |= {
                    "low": exact(region.low), "low_open": region.low_open, "high": exact(region.high),
                    "high_open": region.high_open,
                }  # fmt: skip
            case Choice():
                found["levels"] = [self.level(subject, each) for each in sorted(region.allowed)]
            case Members():
                found |= {
                    "members": sorted(region.required), "without": sorted(region.forbidden), "at_least": region.least,
                    "of": sorted(region.among),
                }  # fmt: skip
        return found

    def level(self, subject: Subject, index: int) -> str:
        """Id of a level, ``yes`` or ``no``, a kind of unit."""
        ftype = self.words.type(subject.fact)
        if subject.fact == UNIT_KIND_FACT:
            return UNIT_KINDS[index]
        return ftype.options[index].id if ftype is not None and ftype.options else ("no", "yes")[index]

    def cite(self, cite: Cite) -> dict[str, Any]:
        """Where something comes from."""
        return {"clause": cite.clause, "document": cite.document, "as_printed": cite.as_printed}

    def section(self, each: Section, ids: Sequence[str]) -> dict[str, Any]:
        """One table of every standard."""
        return {
            "table": each.id,
            "differs": each.differs,
            "cells": [
                {"standard": name, "items": [self.entry(item.id, item.title, item.text, item.cite) for item in cell]}
                for name, cell in zip(ids, each.cells, strict=True)
            ],
        }

    def entry(self, name: str, title: str, text: str, cite: Cite) -> dict[str, Any]:
        """One item."""
        return {
            "id": name,
            "title": title,
            "text": text,
            "clause": cite.clause,
            "document": cite.document,
            "assumed": cite.assumed,
        }

    # editions, witnesses, units

    def editions(self, found: Sequence[Editions]) -> dict[str, Any]:
        """What changed from edition to edition."""
        return {"editions": [self._edition(each) for each in found]}

    def _edition(self, each: Editions) -> dict[str, Any]:
        return {
            "old": standard_json(each.old, each.old.standard.header.edition),
            "new": standard_json(each.new, each.new.standard.header.edition),
            "same": each.same,
            "changes": [self.change(change) for change in each.changes],
            "items": [self.item_change(change) for change in each.items],
        }

    def change(self, each: Change) -> dict[str, Any]:
        """What became of one demand."""
        return {
            "kinds": list(each.kinds), "fact": each.fact, "title": self.words.fact(each.fact), "topic": each.topic,
            "times": exact(each.times), "old": None if each.old is None else self.demand(each.old),
            "new": None if each.new is None else self.demand(each.new),
        }  # fmt: skip

    def item_change(self, each: ItemChange) -> dict[str, Any]:
        """What became of another item."""
        item = each.new or each.old
        return {
            "table": each.table,
            "kind": each.kind,
            "id": each.id,
            "title": "" if item is None else item.title,
            "keys": list(each.keys),
        }

    def answers(self, found: Sequence[Answer], files: Mapping[int, str]) -> dict[str, Any]:
        """What tells two standards apart."""
        return {"witnesses": [self._answer(each, files.get(index)) for index, each in enumerate(found)]}

    def _answer(self, each: Answer, file: str | None) -> dict[str, Any]:
        witness = each.witness
        return {
            "passes": each.first.assessor.program.standard.id,
            "award": each.first.award.id if each.first.award else None,
            "fails": each.second.assessor.program.standard.id,
            "failed_award": each.second.award.id if each.second.award else None,
            "state": each.state,
            "kind": each.kind,
            "facts": None if witness is None else len(witness.facts.values),
            "not_met": [] if witness is None else list(witness.fails),
            "decisive": [] if witness is None else [
                {"fact": fact, "value": self.words.value(fact, witness.facts.values[fact])} for fact in witness.decisive
            ],
            "file": file,
            "apart": [{"indicator": one.leaf, "state": one.state} for one in each.apart],
        }  # fmt: skip

    def elsewhere(self, found: Elsewhere) -> dict[str, Any]:
        """Units under every standard."""
        ids = [program.standard.id for program in found.comparison.programs]
        whole = found.territory
        return {
            "standards": [self._sums(found, column) for column in range(len(ids))],
            "units_in_all": whole.units,
            "rows": [
                {
                    "topic": row.topic, "fact": row.fact, "title": self.words.fact(row.fact),
                    "cells": [
                        {"standard": name, **{verdict.value: cell.get(verdict, 0) for verdict in Verdict}}
                        for name, cell in zip(ids, cells, strict=True)
                    ],
                }
                for row, cells in zip(found.comparison.rows, whole.verdicts, strict=True)
            ],
            "units": [self.look(each, ids) for each in found.looks],
        }  # fmt: skip

    def _sums(self, found: Elsewhere, column: int) -> dict[str, Any]:
        """All units under one standard."""
        whole = found.territory
        return {
            **standard_json(found.comparison.programs[column], self.labels[column]),
            "in_scope": whole.in_scope[column],
            "awards": [
                {"id": name, **{state.value: states.get(state, 0) for state in State}}
                for name, states in whole.titles[column].items()
            ],
            "missing": [{"fact": fact, "units": count} for fact, count in whole.missing[column].items()],
        }

    def look(self, each: Look, ids: Sequence[str]) -> dict[str, Any]:
        """One unit."""
        unit = each.facts.unit
        return {
            "unit": {"name": unit.name, "code": unit.code, "kind": unit.kind}, "period": each.facts.period,
            "example": each.facts.example,
            "standards": [
                {"standard": name, "in_scope": found.in_scope,
                 "score": _score(found.score),
                 "awards": [{"id": award.id, "title": award.title, "state": award.state.value} for award in found.awards],
                 "missing": list(found.unknown_facts)}
                for name, found in zip(ids, each.assessments, strict=True)
            ],
            "rows": [
                {"fact": line.row.fact, "value": self.words.value(line.row.fact, line.value),
                 "verdicts": [None if verdict is None else verdict.value for verdict in line.verdicts]}
                for line in each.lines
            ],
        }  # fmt: skip

    # CSV

    def header(self) -> list[str]:
        """Names of the CSV's columns."""
        return [self.words.say(*each) for each in COLUMNS]

    def lines(self, found: Comparison) -> Iterator[list[Cell]]:
        """One line for each demand."""
        topics = self.words.phrases.vocabulary.topics
        for row in found.rows:
            topic = topics.get(row.topic)
            name = self.words.say(topic.title, topic.title_en or topic.title) if topic else row.topic
            standing = self.words.standing(row.standing, self.labels)
            for program, cell in zip(found.programs, row.cells, strict=True):
                for each in cell:
                    yield [
                        name, row.fact, self.words.fact(row.fact), program.standard.id, each.role, each.item.id,
                        self.words.demand(each, row), each.force, each.points, _rounded(each.share), standing,
                        each.cite.document, each.cite.clause, each.cite.as_printed,
                        self.words.say("是", "yes") if each.assumed else "",
                    ]  # fmt: skip


def _score(points: Interval | None) -> dict[str, str] | None:
    return None if points is None else {key: plain(getattr(points, key)) for key in ("low", "high", "full")}


def _rounded(share: Fraction | None) -> Decimal | None:
    return None if share is None else round(Decimal(share.numerator) / Decimal(share.denominator), 6)


__all__ = ["Data", "exact", "standard_json"]
