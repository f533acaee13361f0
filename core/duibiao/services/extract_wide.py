"""Extracts over many units: recorded facts, and targets."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from duibiao.exchange.target import Cell
from duibiao.model.standard import Standard
from duibiao.services import targets
from duibiao.services.extract import Extract, Table, Work
from duibiao.services.extract_cases import fact_header, fact_row
from duibiao.services.showing import target_text
from duibiao.services.targets import Row as Aim
from duibiao.store.records import evidence_of, facts_of
from duibiao.store.units import units_of, units_with_facts
from duibiao.targets import Candidate, Progress

Row = tuple[Cell, ...]
NEAREST = 5


@frozen
class FactRows:
    """Recorded facts of many units, read from the workspace while they are written.

    Attributes:
        work: What is wanted.
        used: Facts that are wanted; None for all.
    """

    work: Work
    used: frozenset[str] | None

    def __iter__(self) -> Iterator[Row]:
        work, space = self.work, self.work.desk.space
        period = None if work.asked.year is None else str(work.asked.year)
        codes = units_with_facts(space, work.asked.territory)
        homes = units_of(space, codes)
        for code in codes:
            unit = homes.get(code)
            files: dict[tuple[str, str], list[str]] = {}
            for row in evidence_of(space, code, period):
                files.setdefault((row["period"], row["fact"]), []).append(row["name"])
            for each in facts_of(space, code, period, self.used):
                if each.value is not None:
                    names = files.get((each.period, each.fact), [])
                    first = ("", "") if unit is None else (unit.name, unit.kind)
                    yield (code, *first, *fact_row(work, each, names))


def facts(work: Work) -> Extract:
    """What is recorded of the units of a territory; with standards, only what they read, with the clauses that ask for it."""
    used: set[str] = set()
    for name in work.asked.standards:
        program = work.desk.registry.program(name)
        used |= {each.fact for each in program.inputs}
        for leaf in program.standard.indicators():
            work.sources.add(leaf.cite, work.say(leaf.title, leaf.title_en or leaf.title))
    header = (*work.words(("代码", "code"), ("单位", "unit"), ("类型", "kind")), *fact_header(work))
    rows = FactRows(work, frozenset(used) if work.asked.standards else None)
    return Extract(work.say("单位数据", "Facts of units"), work.scope(), (Table(work.say("数据", "Facts"), header, rows),))


def aims(work: Work) -> Extract:
    """Targets: population, actual against needed, gap, forecast; and who is nearest."""
    names = work.asked.standards or tuple(targets.present(work.desk))
    under = work.asked.territory or None
    found = [
        row for name in names
        for row in targets.rows(work.desk, name, territory=under, year=work.asked.year, limit=NEAREST)
    ]  # fmt: skip
    header = work.words(
        ("标准", "standard"), ("目标", "target"), ("期限", "by"), ("还有几天", "days left"), ("总数", "population"),
        ("已有", "achieved"),        ("需要", "needed"), ("差", "to go"), ("在办", "open cases"),
        ("在办全部成功还差", "to go if all succeed"),
        ("按现在通过率还差", "to go at the pass rate"), ("出处", "clause"),
    )  # fmt: skip
    near = work.words(
        ("目标", "target"), ("单位", "unit"), ("代码", "code"), ("差几分", "points short"), ("还缺条件", "conditions"),
        ("一票否决", "veto"), ("未知数据", "facts unknown"),
    )  # fmt: skip
    rows = [_aim(work, each) for each in found]
    nearest = [_candidate(work, row, each) for row in found for each in row.report.nearest]
    tables = (Table(work.say("目标", "Targets"), header, rows), Table(work.say("最接近的单位", "Nearest units"), near, nearest))
    said = (*work.scope(), (work.say("截至", "As of"), work.desk.day.isoformat()))
    return Extract(work.say("目标进度", "Targets"), said, tuple(each for each in tables if each.rows))


def _text(work: Work, row: Aim) -> str:
    counted: Standard = work.desk.registry.standard(row.counted)
    names = {each.id: work.say(each.title, each.title_en or each.title) for each in counted.awards}
    return target_text(row.report.target, work.phrases, names)


def _aim(work: Work, row: Aim) -> Row:
    found, ahead = row.report, row.report.forecast
    text, now = _text(work, row), row.report.progress
    work.sources.add(found.target.cite, text)
    rate = ahead.at_rate
    return (
        row.standard, text, found.target.by, row.due, _range(now.population), _range(now.achieved), now.needed, _gap(work, now),
        _range(ahead.cases), _gap(work, ahead.if_all), "" if rate is None else _gap(work, rate),
        work.phrases.cite(found.target.cite),
    )  # fmt: skip


def _gap(work: Work, found: Progress) -> str:
    if found.empty:
        return work.say("没有这样的单位", "no such units")
    return work.say("已达到", "reached") if found.gap[1] == 0 else _range(found.gap)


def _candidate(work: Work, row: Aim, each: Candidate) -> Row:
    points = "" if each.points is None else "–".join(dict.fromkeys(f"{one.normalize():f}" for one in each.points))
    veto = work.say("是", "yes") if each.vetoed else ""
    return (_text(work, row), each.unit.name, each.unit.code, points, each.conditions, veto, len(each.unknown))


def _range(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}–{pair[1]}"


__all__ = ["FactRows", "aims", "facts"]
