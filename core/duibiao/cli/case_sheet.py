"""How cases are printed: lists, one case with what is in its way, the levels' points beside each other, moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from duibiao.assess.columns import Columns
from duibiao.cli.base import Session, session, wrap
from duibiao.cli.output import console, flow, table
from duibiao.model.notation import plain
from duibiao.model.outcome import Interval
from duibiao.model.text import shown
from duibiao.services.cases import File, Outlook
from duibiao.services.next_steps import NextSteps
from duibiao.services.place_words import holder_words, kind_word, level_word
from duibiao.services.process_words import OUTCOMES, STATUS, TITLES, UPHELD, ProcessWords
from duibiao.store.cases import Listed
from duibiao.wording import many
from duibiao.workflow.blocks import Block, BlockedError
from duibiao.workflow.engine import Move
from duibiao.workflow.titles import expired

if TYPE_CHECKING:
    from duibiao.services.desk import Desk


def list_tables(found: Sequence[Listed], state: Session) -> None:
    """Cases, one line each, under their standards."""
    out = console()
    names = [state.say(*each) for each in (
        ("编号", "case"), ("单位", "unit"), ("状态", "state"), ("环节", "stage"), ("办理层级", "with"),
    )]  # fmt: skip
    headers = state.registry.headers
    for standard in dict.fromkeys(each.standard for each in found):
        mine = [each for each in found if each.standard == standard]
        known = state.registry.standard(standard) if standard in headers else None
        words = ProcessWords(state.phrases, known)
        title = "" if known is None else state.say(known.header.title, known.header.title_en or known.header.title)
        flow(out, f"{title}  {standard}  " + state.say(f"{len(mine)} 件", f"{many(len(mine), 'case')}"), "bold")
        rows = [
            (
                each.id, shown(each.unit.name), words.named(STATUS, each.status), words.route(each.stages),
                words.phrases.level(each.holder),
            )
            for each in mine
        ]  # fmt: skip
        made = table(names, rows, grow=3)
        made.columns[3].min_width = 12
        out.print(made)
        out.print()


def case_data(each: Listed) -> dict[str, Any]:
    """A case as JSON."""
    return {
        "id": each.id, "unit": {"code": each.unit.code, "name": each.unit.name, "kind": each.unit.kind},
        "standard": each.standard, "edition": each.edition,
        "content_hash": each.content, "round": each.round, "year": each.year, "track": each.track,
        "status": str(each.status), "stages": list(each.stages), "holder": each.holder, "opened": each.opened.isoformat(),
        "result": dict(each.result), "version": each.version,
    }  # fmt: skip


def file_data(file: File, looks: Sequence[Outlook]) -> dict[str, Any]:
    """A case with its steps, what their ends rested on, what it collected and what is in its way, as JSON."""
    steps = [
        {
            "seq": step.seq, "stage": step.stage, "entered": step.entered.isoformat(),
            "left": step.left.isoformat() if step.left else None, "outcome": step.outcome, "by": step.by, "note": step.note,
            "checked": file.checked.get(step.seq, ""), "result": dict(file.results.get(step.seq, {})),
        }
        for step in file.state.steps
    ]  # fmt: skip
    now = [
        {
            "stage": look.stage.id, "blocks": [block_data(each) for each in look.blocks],
            "score": None if look.assessment is None or look.assessment.score is None else span(look.assessment.score),
        }
        for look in looks
    ]  # fmt: skip
    held = [
        {"award": each.award, "since": each.since.isoformat(), "until": each.until and each.until.isoformat(),
         "certificate": each.certificate, "state": each.state} for each in file.state.held
    ]  # fmt: skip
    return {**case_data(file.listed), "changed": file.changed, "steps": steps, "titles": held, "now": now}


def block_data(block: Block) -> dict[str, Any]:
    """What is in the way, as JSON."""
    each = block.condition
    return {
        "code": block.code, "stage": block.stage, "kind": each.kind, "id": each.id, "state": each.state, "found": each.found,
        "required": each.required, "operator": each.operator, "missing": list(each.missing), "names": list(each.names),
        "document": each.cite.document, "clause": each.cite.clause, "day": block.day.isoformat() if block.day else None,
    }  # fmt: skip


def span(points: Interval) -> str:
    """Points, or the range they lie in."""
    return plain(points.low) if points.settled else f"{plain(points.low)}–{plain(points.high)}"


class CaseSheet:
    """One case on the terminal.

    Attributes:
        drafts: Levels for which the operator has points that were typed and not saved.
    """

    def __init__(self, file: File, looks: Sequence[Outlook], state: Session, day: date, drafts: Sequence[str] = ()) -> None:
        self.file, self.looks, self.state, self.day, self.drafts = file, looks, state, day, drafts
        self.say = state.say
        self.words = ProcessWords(state.phrases, file.standard)
        self.out = console()

    def show(self, *, full: bool = False) -> None:
        """Print it; with *full*, the assessment of each stage as well."""
        self.head()
        self.steps()
        self.collected()
        for look in self.looks:
            self.outlook(look)
            if full and look.assessment is not None:
                from duibiao.cli.assessed import Sheet

                Sheet(look.assessment, self.state, explain=True).show()

    def head(self) -> None:
        each, header = self.file.listed, self.file.standard.header
        kind = self.say(f"（{each.unit.kind}）", f" ({kind_word(each.unit.kind, 'en')})")
        flow(self.out, f"{each.id}  {shown(each.unit.name)} {each.unit.code}{kind}", "bold")
        title = self.say(header.title, header.title_en or header.title)
        flow(self.out, f"{title}  {each.standard}@{each.edition}  {self.say(f'{each.year} 年', f'{each.year}')}", "dim")
        flow(self.out, self.say("依据：", "Under: ") + header.document, "dim")
        holder = self.say(f"，在{each.holder}办理", f", with {holder_words(each.holder, 'en')}") if each.holder else ""
        self.out.print(self.say("状态：", "State: ") + self.words.named(STATUS, each.status) + holder)
        if self.file.changed:
            told = self.say(
                "※ 标准的内容在开件之后改过，以下按现在的内容",
                "※ the standard has changed since the case was opened; shown as it is now",
            )
            flow(self.out, told, "yellow")
        self.titles()
        for level in self.drafts:
            command = f"duibiao case score {each.id} {level} --base …"
            flow(self.out, self.say(f"※ {level}有没保存的给分：{command}", f"※ unsaved points of {level}: {command}"), "yellow")

    def titles(self) -> None:
        """The titles given, as they stand on the day asked."""
        awards = {each.id: each for each in self.file.standard.awards}
        for held in self.file.state.held:
            award = awards.get(held.award)
            title = held.award if award is None else self.say(award.title, award.title_en or award.title)
            now = held if award is None else expired(award, held, self.day)
            until = self.say(f"至 {held.until}", f"until {held.until}") if held.until else ""
            parts = (title, held.certificate, f"{held.since}", until, self.words.named(TITLES, now.state))
            style = "green" if now.state in ("valid", "renewed") else "yellow"
            flow(self.out, self.say("称号：", "Title: ") + " ".join(part for part in parts if part), style)

    def steps(self) -> None:
        """Every visit to a stage: when, how it ended, with what score, by whom."""
        self.out.print()
        known = {each.id: self.words.stage(each) for each in self.file.standard.stages}
        marks = {"": "▶", "passed": "✓", "returned": "↩", "refused": "✗", "withdrawn": "✗"}
        for step in self.file.state.steps:
            result = self.file.results.get(step.seq, {})
            parts = [f"{step.entered}" + (f" → {step.left} {self.words.named(OUTCOMES, step.outcome)}" if step.left else "")]
            if result.get("score"):
                parts.append(self.say("得分 ", "score ") + str(result["score"]) + self._level(str(result.get("level", ""))))
            if self.file.checked.get(step.seq):
                parts.append(self.say("复核 ", "checked by ") + self.file.checked[step.seq])
            parts += [part for part in (self.say("经办 ", "by ") + step.by if step.by else "", shown(step.note)) if part]
            flow(self.out, f"{marks.get(step.outcome, '·')} {known.get(step.stage, step.stage)}  " + "  ".join(parts))

    def _level(self, level: str) -> str:
        return self.say(f"（{level}）", f" ({level_word(level, 'en')})") if level else ""

    def collected(self) -> None:
        """Objections, findings and tasks, with what became of them."""
        state, colon = self.file.state, self.say("：", ": ")
        for objection in state.objections:
            outcome = self.say(*UPHELD[objection.outcome]) if objection.outcome in UPHELD else ""
            settled = f"{objection.settled} {outcome} {objection.answer}" if objection.settled else self.say("未办结", "open")
            head = self.say(f"异议 {objection.id}", f"Objection {objection.id}")
            flow(self.out, shown(f"{head}{colon}{objection.who} {objection.text}  [{settled}]"), indent=2)
        for finding in state.findings:
            due = self.say(f"，限 {finding.due}", f", due {finding.due}") if finding.due else ""
            settled = f"{finding.settled} {finding.measure}" if finding.settled else self.say("未整改", "open") + due
            head = self.say(f"问题 {finding.id}", f"Finding {finding.id}")
            flow(self.out, shown(f"{head}{colon}{finding.text}  [{settled}]"), indent=2)
        for task in state.tasks:
            due = self.say(f"，限 {task.due}", f", due {task.due}") if task.due else ""
            done = f"{task.done}" if task.done else self.say("未完成", "open") + due
            flow(self.out, shown(f"{self.say('任务', 'Task')} {task.id}{colon}{task.department} {task.text}  [{done}]"), indent=2)

    def outlook(self, look: Outlook) -> None:
        """A stage the case is in: its window, its score, and everything in the way."""
        time = self.words.timing(look.timing)
        actor = self.say(f"（{look.stage.actor}）", f" ({look.stage.actor})") if look.stage.actor else ""
        self.out.print()
        flow(self.out, f"{self.words.stage(look.stage)}{actor}  {self.words.cite(look.stage.cite)}", "bold")
        if time:
            flow(self.out, time, indent=2)
        if look.assessment is not None and look.assessment.score is not None:
            points = look.assessment.score
            told = f"{span(points)} / {plain(points.full)}"
            flow(self.out, f"{self.say('得分', 'Score')}{self._level(look.stage.level)}{self.say('：', ': ')}{told}", indent=2)
        if not look.blocks:
            which = f" --stage {look.stage.id}" if len(self.looks) > 1 else ""
            command = f"duibiao case move {self.file.listed.id}{which}"
            flow(self.out, self.say(f"可以通过：{command}", f"Can be passed: {command}"), "green", indent=2)
        steps = NextSteps(self.file, self.say)
        for each, commands in zip(look.blocks, steps.beneath(look.blocks), strict=True):
            first, *rest = self.words.block(each)
            flow(self.out, f"✗ {first}", "red", indent=2)
            for line in (*rest, *(f"→ {command}" for command in commands)):
                flow(self.out, line, indent=4)


def tell_blocks(blocks: Sequence[Block], state: Session, file: File | None = None) -> None:
    """Everything in the way, each with its clause and, of a case that is known, what to do about it; on the error stream."""
    words = ProcessWords(state.phrases, None if file is None else file.standard)
    steps = [[] for _ in blocks] if file is None else NextSteps(file, state.say).beneath(tuple(blocks))
    for each, commands in zip(blocks, steps, strict=True):
        first, *rest = words.block(each)
        _complain(f"✗ {first}", 0)
        for line in (*rest, *(f"→ {command}" for command in commands)):
            _complain(line, 2)


def _complain(text: str, indent: int) -> None:
    for line in wrap(shown(text), max(console().width - indent, 20)):
        click.echo(" " * indent + line, err=True)


@contextmanager
def explained(ctx: click.Context, desk: Desk, case_id: str) -> Iterator[None]:
    """What the state of a case does not allow is told with its stages by name and the commands that help; exit code 1."""
    try:
        yield
    except BlockedError as error:
        from duibiao.services.cases import get

        state, file = session(ctx), get(desk, case_id)
        stages = ProcessWords(state.phrases, file.standard).route(dict.fromkeys(b.stage for b in error.blocks if b.stage))
        where = state.say(f"（{stages}）", f" ({stages})") if stages else ""
        click.echo(state.say(f"不能办理{where}，什么也没有改：", f"Not possible{where}, nothing was changed:"), err=True)
        tell_blocks(error.blocks, state, file)
        _complain(state.say("依据：", "Under: ") + file.standard.header.document, 0)
        codes = sorted({each.code for each in error.blocks})
        click.echo(state.say(f"怎么办：duibiao explain {codes[0]}", f"What to do: duibiao explain {codes[0]}"), err=True)
        ctx.exit(1)


def tell_move(made: Move, file: File, state: Session, *, dry_run: bool = False) -> None:
    """What a move did, or would do, to a case."""
    words = ProcessWords(state.phrases, file.standard)
    known = {each.id: words.stage(each) for each in file.standard.stages}
    titles = {each.id: state.say(each.title, each.title_en or each.title) for each in file.standard.awards}
    head = state.say("试算，未保存：", "Dry run, not saved: ") if dry_run else state.say("已保存：", "Saved: ")
    parts = [file.listed.id, known.get(made.stage, ""), words.named(OUTCOMES, made.outcome)]
    if made.enters:
        parts.append("→ " + words.stages(file.standard, made.enters))
    if made.finished is not None:
        parts.append(words.named(STATUS, made.finished))
    if made.grants:
        parts.append(state.phrases.comma.join(titles[each] for each in made.grants))
    click.echo(head + " ".join(part for part in parts if part))
    for each in made.warnings:
        click.echo("  ※ " + words.block(each)[0])


def columns_table(found: Columns, state: Session) -> Table:
    """The levels' points beside each other; the deciding one is marked, points given by hand too."""
    marks = {found.deciding: state.say("（定）", " (decides)")}
    shown = [level for level in found.levels if any(row.points.get(level) is not None for row in found.rows)]
    told = {level: level_word(level, state.lang) for level in found.levels}
    columns = [told[level] + marks.get(level, "") for level in shown]
    names = [state.say("指标", "indicator"), *columns, state.say("相差", "spread")]
    rows = []
    for row in found.rows:
        title = (
            state.say("总分", "Total") if row.id == "score" else f"{state.say(row.title, row.title_en or row.title)} [{row.id}]"
        )
        cells = []
        for level in shown:
            points = row.points.get(level)
            cells.append("" if points is None else span(points) + ("*" if level in row.given else ""))
        rows.append((title, *cells, plain(row.spread) if row.spread else ""))
    caption = [
        f"* {row.id} {told[level]}: {given.reason or '-'} {state.say('批准', 'approved')}: {given.approver or '-'}"
        for row in found.rows for level, given in row.given.items()
    ]  # fmt: skip
    made = table(names, rows, grow=0)
    for column in made.columns[1:]:
        column.justify = "right"
    made.caption, made.caption_justify = "\n".join(caption) or None, "left"
    return made


def columns_data(found: Columns) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "levels": list(found.levels), "deciding": found.deciding, "waiting": list(found.waiting),
        "rows": [
            {
                "id": row.id, "points": {level: points and span(points) for level, points in row.points.items()},
                "spread": plain(row.spread), "deciding": row.deciding and span(row.deciding),
                "given": {
                    level: {"points": plain(given.points), "reason": given.reason, "approver": given.approver}
                    for level, given in row.given.items()
                },
            }
            for row in found.rows
        ],
    }  # fmt: skip
