"""Extracts about cases: their list, one with its history and assessment, the points that the levels gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import evolve

from duibiao.exchange.target import Cell
from duibiao.model.facts import FactType
from duibiao.model.notation import plain
from duibiao.model.outcome import Assessment, IndicatorResult, Interval
from duibiao.model.process import LEVELS
from duibiao.model.standard import Standard
from duibiao.services import cases, keeping
from duibiao.services.assessing import main_step
from duibiao.services.cases import File
from duibiao.services.extract import Extract, Table, Work
from duibiao.services.fact_lists import told
from duibiao.services.office import local
from duibiao.services.process_words import OUTCOMES, STATUS, TITLES, ProcessWords
from duibiao.services.reasons import changes
from duibiao.services.scores import score_columns
from duibiao.services.telling import Teller
from duibiao.store import cases as kept
from duibiao.store.cases import Listed
from duibiao.store.records import Recorded, evidence_of, facts_of

Row = tuple[Cell, ...]


def points_text(points: Interval | None) -> str:
    """Points, or the range they lie in; empty where nothing is scored."""
    if points is None:
        return ""
    return plain(points.low) if points.settled else f"{plain(points.low)}–{plain(points.high)}"


def list_of_cases(work: Work) -> Extract:
    """The cases of the office, one line each."""
    asked, space = work.asked, work.desk.space
    wanted = asked.standards or ("",)
    found = [
        each for name in wanted for each in kept.cases(space, standard=name, status=asked.status, unit=asked.territory)
        if asked.year in (None, each.year)
    ]  # fmt: skip
    titles: dict[str, list[Mapping[str, Any]]] = {}
    for row in kept.awards(space, territory=asked.territory):
        titles.setdefault(row["case_id"], []).append(row)
    header = work.words(
        ("编号", "case"), ("单位", "unit"), ("代码", "code"), ("类型", "kind"), ("标准", "standard"), ("版本", "edition"),
        ("年份", "year"), ("状态", "state"), ("环节", "stage"), ("办理层级", "with"), ("开件", "opened"), ("得分", "score"),
        ("称号", "title"), ("证书编号", "certificate"),
    )  # fmt: skip
    rows = [_case_row(work, each, titles.get(each.id, [])) for each in found]
    count = work.say(f"{len(found)} 件", f"{len(found)}")
    told_first = (*work.scope(), (work.say("件数", "Cases"), count))
    return Extract(work.say("案卷清单", "Cases"), told_first, (Table(work.say("案卷", "Cases"), header, rows),))


def _case_row(work: Work, each: Listed, titles: list[Mapping[str, Any]]) -> Row:
    known = work.desk.registry.standard(each.standard) if each.standard in work.desk.registry.headers else None
    words = ProcessWords(work.phrases)
    stages = ", ".join(each.stages) if known is None else words.stages(known, each.stages)
    if known is not None:
        for stage in known.stages:
            if stage.id in each.stages:
                work.sources.add(stage.cite, words.stage(stage))
    names = [row["title"] + work.phrases.aside(words.named(TITLES, row["state"])) for row in titles]
    return (
        each.id, each.unit.name, each.unit.code, work.phrases.kinds(each.unit.kind), each.standard, each.edition, each.year,
        words.named(STATUS, each.status), stages, work.phrases.level(each.holder), each.opened, str(each.result.get("score", "")),
        work.phrases.comma.join(names), work.phrases.comma.join(row["certificate"] for row in titles if row["certificate"]),
    )  # fmt: skip


def one_case(work: Work) -> Extract:
    """A case: where it stands, its way, what it collected, its answers, its assessment, what the journal says of it."""
    file = cases.get(work.desk, work.need_case())
    level = next((each for each in file.listed.holder.split() if each in LEVELS), "")
    found = cases.assessment(work.desk, file, level)
    work = evolve(work, phrases=work.phrases.of(file.standard))
    words = ProcessWords(work.phrases, file.standard)
    parts = (
        _titles(work, file, words), _way(work, file, words), _in_the_way(work, file, words), _collected(work, file, words),
        _results(work, found), _states(work, found), _answers(work, file, found), _journal(work, file),
    )  # fmt: skip
    for reason in found.assumed:
        work.sources.assume(work.standard_title(file.listed.standard), reason)
    title = f"{file.listed.id} {file.listed.unit.name}"
    return Extract(title, _head(work, file, words, found), tuple(each for each in parts if each.rows))


def _head(work: Work, file: File, words: ProcessWords, found: Assessment) -> tuple[tuple[str, str], ...]:
    listed, say = file.listed, work.say
    score = points_text(found.score) + (f" / {plain(found.score.full)}" if found.score is not None else "")
    lines = [
        (say("单位", "Unit"), f"{listed.unit.name} {listed.unit.code} {work.phrases.kinds(listed.unit.kind)}"),
        (say("标准", "Standard"), f"{work.standard_title(listed.standard)} {found.content_hash}"),
        (say("年份", "Year"), str(listed.year)),
        (say("状态", "State"), words.named(STATUS, listed.status)),
        (say("环节", "Stage"), words.stages(file.standard, listed.stages)),
        (say("得分", "Score"), score),
        (say("评定日期", "As of"), found.as_of.isoformat()),
    ]
    if found.example:
        lines.append((say("注意", "Note"), say("例子数据，不是真实情况", "example facts, not real ones")))
    if file.changed:
        told_changed = say("标准的内容在开件之后改过", "the standard has changed since the case was opened")
        lines.append((say("注意", "Note"), told_changed))
    return tuple(each for each in lines if each[1])


def _titles(work: Work, file: File, words: ProcessWords) -> Table:
    names = {each.id: each for each in file.standard.awards}
    rows: list[Row] = []
    for held in file.state.held:
        award = names.get(held.award)
        title = held.award if award is None else work.say(award.title, award.title_en or award.title)
        if award is not None:
            work.sources.add(award.cite, title)
        rows.append((title, words.named(TITLES, held.state), held.since, held.until, held.certificate))
    header = work.words(("称号", "title"), ("状态", "state"), ("起", "since"), ("止", "until"), ("证书编号", "certificate"))
    return Table(work.say("称号", "Titles"), header, rows)


def _way(work: Work, file: File, words: ProcessWords) -> Table:
    stages = {each.id: each for each in file.standard.stages}
    rows: list[Row] = []
    for step in file.state.steps:
        stage = stages.get(step.stage)
        name, clause = step.stage, ""
        if stage is not None:
            name, clause = words.stage(stage), work.phrases.cite(stage.cite)
            work.sources.add(stage.cite, name)
        rows.append((name, step.entered, step.left, words.named(OUTCOMES, step.outcome), step.by, step.note, clause))
    header = work.words(
        ("环节", "stage"), ("进入", "entered"), ("离开", "left"), ("结果", "outcome"), ("谁", "by"), ("意见", "remark"),
        ("出处", "clause"),
    )  # fmt: skip
    return Table(work.say("办理经过", "Way"), header, rows)


def _in_the_way(work: Work, file: File, words: ProcessWords) -> Table:
    rows: list[Row] = []
    for look in cases.outlooks(work.desk, file):
        for block in look.blocks:
            first, *rest = words.block(block)
            work.sources.add(block.condition.cite, first)
            rows.append((words.stage(look.stage), first, " ".join(rest)))
    header = work.words(("环节", "stage"), ("还缺什么", "what is in the way"), ("说明", "more"))
    return Table(work.say("未办结事项", "In the way"), header, rows)


def _collected(work: Work, file: File, words: ProcessWords) -> Table:
    known = {each.id: words.stage(each) for each in file.standard.stages}
    rows = [(known.get(stage, stage), kind, text, day, end) for kind, stage, text, day, end in _parts(work, file)]
    header = work.words(("环节", "stage"), ("类别", "kind"), ("内容", "content"), ("日期", "day"), ("办结", "settled"))
    return Table(
        work.say("材料、公示、意见、异议、问题、任务", "Papers, notices, opinions, objections, findings, tasks"), header, rows
    )


def _parts(work: Work, file: File) -> Iterator[tuple[str, str, str, date | None, date | None]]:
    state, say = file.state, work.say
    for paper in state.papers:
        yield say("材料", "paper"), paper.stage, paper.name, paper.received, None
    for notice in state.notices:
        text = " ".join([*notice.places, *notice.contacts, notice.media]).strip()
        yield say("公示", "notice"), notice.stage, text, notice.posted, notice.until
    for opinion in state.opinions:
        agrees = say("同意", "agrees") if opinion.agrees else say("不同意", "disagrees")
        yield say("意见", "opinion"), opinion.stage, f"{opinion.body} {agrees} {opinion.text}".strip(), opinion.given, None
    for raised in state.objections:
        text = f"{raised.id} {raised.who} {raised.text} {raised.answer}".strip()
        yield say("异议", "objection"), raised.stage, text, raised.raised, raised.settled
    for finding in state.findings:
        yield (
            say("问题", "finding"),
            finding.stage,
            f"{finding.id} {finding.text} {finding.measure}".strip(),
            finding.found,
            finding.settled,
        )
    for task in state.tasks:
        yield say("任务", "task"), task.stage, f"{task.id} {task.department} {task.text}", task.due, task.done


def _results(work: Work, found: Assessment) -> Table:
    rows: list[Row] = []
    for group in found.criteria:
        name = work.say(group.title, group.title_en or group.title)
        rows += [_result(work, name, leaf) for leaf in group.indicators]
    header = work.words(
        ("大类", "criterion"), ("指标", "indicator"), ("判定", "verdict"), ("得分", "points"), ("满分", "full"),
        ("理由", "reason"), ("怎样达到", "what would change it"), ("出处", "clause"), ("假定", "assumed"),
    )  # fmt: skip
    return Table(work.say("指标评定", "Indicators"), header, rows)


def _result(work: Work, group: str, leaf: IndicatorResult) -> Row:
    title = work.say(leaf.title, leaf.title_en or leaf.title)
    work.sources.add(leaf.cite, title)
    full: Decimal | None = leaf.points.full if leaf.points is not None else None
    change = work.phrases.stop.join(changes(leaf, work.phrases)) if leaf.verdict == "not_met" else ""
    return (
        group, title, work.phrases.verdict(leaf.verdict), points_text(leaf.points), full,
        work.phrases.reason(main_step(leaf.because)), change,
        work.phrases.cite(leaf.cite), work.say("是", "yes") if leaf.assumed else "",
    )  # fmt: skip


def _states(work: Work, found: Assessment) -> Table:
    rows: list[Row] = []
    kinds = (
        (work.say("称号", "title"), found.awards), (work.say("门槛", "gate"), found.gates),
        (work.say("一票否决", "veto"), found.vetoes),
    )  # fmt: skip
    for kind, states in kinds:
        for each in states:
            title = work.say(each.title, each.title_en or each.title)
            work.sources.add(each.cite, title)
            rows.append((kind, title, work.phrases.state(each.state), work.phrases.cite(each.cite)))
    header = work.words(("类别", "kind"), ("名称", "title"), ("状态", "state"), ("出处", "clause"))
    return Table(work.say("称号、门槛、一票否决", "Titles, gates, vetoes"), header, rows)


def _answers(work: Work, file: File, found: Assessment) -> Table:
    """What was entered for the year of the case and the years before it that its standard reads."""
    space, code = work.desk.space, file.listed.unit.code
    used = {each.fact for each in work.desk.registry.program(file.listed.standard).inputs}
    attached: dict[tuple[str, str], list[str]] = {}
    for row in evidence_of(space, code):
        attached.setdefault((row["period"], row["fact"]), []).append(row["name"])
    rows = [
        fact_row(work, each, attached.get((each.period, each.fact), []))
        for each in facts_of(space, code)
        if each.fact in used and each.value is not None and each.period <= found.period
    ]
    return Table(work.say("填写的数据", "Answers"), fact_header(work), rows)


def fact_header(work: Work) -> tuple[str, ...]:
    """Names of the columns of recorded facts."""
    return work.words(
        ("时期", "period"), ("数据项", "id"), ("名称", "fact"), ("值", "value"), ("版本", "version"), ("谁", "who"),
        ("何时", "when"), ("说明", "note"), ("附件", "evidence"), ("例子", "example"),
    )  # fmt: skip


def fact_row(work: Work, each: Recorded, files: list[str]) -> Row:
    """A recorded fact, told as people read it."""
    ftype: FactType | None = work.desk.registry.vocabulary.types.get(each.fact)
    title = each.fact if ftype is None else work.say(ftype.title, ftype.title_en or ftype.title)
    value = told(ftype, each.value, work.phrases.lang)
    example = work.say("例子", "example") if each.example else ""
    return (
        each.period, each.fact, title, value, each.version, each.actor, local(each.at), each.note, work.phrases.comma.join(files),
        example,
    )  # fmt: skip


def _journal(work: Work, file: File) -> Table:
    lines = keeping.lines(work.desk.space, keeping.Which(streams=(f"case/{file.listed.id}",)))
    teller = Teller(work.phrases, keeping.names_of(work.desk.space, lines), {file.listed.id: file.standard})
    rows: list[Row] = [(each.seq, local(each.at), each.name, teller.tell(each.kind, each.data), each.link) for each in lines]
    header = work.words(("序号", "no."), ("何时", "when"), ("谁", "who"), ("做了什么", "what was done"), ("校验", "link"))
    return Table(work.say("记录", "Journal"), header, rows)


def scores(work: Work) -> Extract:
    """The points of the levels beside each other, with what was given by hand and why."""
    file = cases.get(work.desk, work.need_case())
    found = score_columns(work.desk, file)
    shown = [level for level in found.levels if any(row.points.get(level) is not None for row in found.rows)]
    marked = {found.deciding: work.say("（定）", " (decides)")}
    named = {level: work.phrases.level(level) for level in found.levels}
    titles = _indicator_titles(file.standard)
    comma = work.say("，", ", ")
    rows: list[Row] = []
    for row in found.rows:
        if row.id in titles:
            work.sources.add(titles[row.id], work.say(row.title, row.title_en or row.title))
        title = work.say("总分", "Total") if row.id == "score" else work.say(row.title, row.title_en or row.title)
        given = [
            f"{named[level]} {plain(each.points)}{comma}{each.reason} {work.say('批准', 'approved')} {each.approver}".strip()
            for level, each in row.given.items()
        ]
        cells = (points_text(row.points.get(level)) for level in shown)
        rows.append((title, row.id, row.full, *cells, row.spread if row.spread else None, work.phrases.stop.join(given)))
    header = (
        *work.words(("指标", "indicator"), ("编号", "id"), ("满分", "full")),
        *(named[level] + marked.get(level, "") for level in shown),
        *work.words(("相差", "spread"), ("人工给分", "given by hand")),
    )  # fmt: skip
    if found.decided is not None:
        for reason in found.decided.assumed:
            work.sources.assume(work.standard_title(file.listed.standard), reason)
    said = (
        (work.say("单位", "Unit"), f"{file.listed.unit.name} {file.listed.unit.code}"),
        (work.say("标准", "Standard"), work.standard_title(file.listed.standard)),
        (work.say("决定的一级", "Deciding level"), work.phrases.level(found.deciding)),
        (work.say("还没有打分", "Not scored yet"), work.phrases.comma.join(found.waiting)),
    )
    title = work.say(f"{file.listed.id} 各级打分", f"{file.listed.id} score columns")
    return Extract(title, tuple(each for each in said if each[1]), (Table(work.say("各级打分", "Score columns"), header, rows),))


def _indicator_titles(standard: Standard) -> dict[str, Any]:
    return {each.id: each.cite for each in standard.indicators()}


__all__ = ["fact_header", "fact_row", "list_of_cases", "one_case", "points_text", "scores"]
