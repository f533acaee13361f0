"""The three panes of the workflow screen as lines: the stage rail, what is to be done at a stage, and the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from rich.cells import cell_len
from rich.style import Style

from duibiao.model.notation import plain
from duibiao.model.outcome import Interval, Reason
from duibiao.model.process import Stage
from duibiao.services import case_view as view
from duibiao.services.cases import Outlook
from duibiao.services.keeping import Line
from duibiao.services.office import local
from duibiao.services.place_words import level_word
from duibiao.services.process_words import OUTCOMES
from duibiao.services.telling import Teller
from duibiao.tui.lists import Entry, heading
from duibiao.tui.look import SAFE, Inks, fit, wrapped
from duibiao.tui.screens.workflow_acts import MENDS, WORDS, Acts
from duibiao.tui.screens.workflow_moves import acts_title
from duibiao.wording import catalogue, many
from duibiao.workflow.blocks import Block

MARKS: Mapping[str, tuple[str, str, str]] = {
    view.PASSED: ("✓", "已通过", "passed"),
    view.HERE: ("▶", "在办", "here"),
    view.RETURNED: ("↩", "已退回", "returned"),
    view.ENDED: ("✗", "终止于此", "ended here"),
    view.AHEAD: ("·", "未到", "to come"),
    view.NOT_HELD: ("-", "不再办", "not held"),
}
"""State of a stage to its mark and word."""

READ = "read"


@frozen
class Do:
    """What Enter does on a line.

    Attributes:
        act: Act of ``workflow_acts.WORDS``, ``mend`` for whatever mends a block, or ``read`` for nothing.
        stage: Stage id.
        of: The block, objection, finding, task or title it is done to.
        line: Place among the lines of one thing.
    """

    act: str
    stage: str = ""
    of: Any = None
    line: int = 0


@frozen
class Ink:
    """What lines are drawn with.

    Attributes:
        acts: The case and its words.
        inks: Styles.
        width: Cells.
        safe: Whether ambiguous characters are written otherwise, which can take more cells.
    """

    acts: Acts
    inks: Inks
    width: int
    safe: bool = False

    def say(self, zh: str, en: str) -> str:
        """The word in the person's language."""
        return self.acts.say(zh, en)

    def lines(self, mark: str, text: str, style: Style, do: Do, indent: int = 2) -> Iterator[Entry]:
        """A text in as many lines as it needs, all of which stand for the same thing."""
        text = text.translate(SAFE) if self.safe else text
        start = f" {mark} " if mark else " " * indent
        start += " " * (indent + 1 - cell_len(start))
        room = max(self.width - cell_len(start), 10)
        for number, line in enumerate(wrapped(text, room)):
            lead = start if number == 0 else " " * cell_len(start)
            yield Entry([(lead + line, style)], Do(do.act, do.stage, do.of, do.line * 100 + number))

    def read(self, text: str, key: str, style: Style | None = None, mark: str = "") -> Iterator[Entry]:
        """A text that is only read; *key* tells it from others."""
        yield from self.lines(mark, text, style or self.inks.text, Do(READ, key))

    def head(self, text: str) -> Entry:
        """A heading."""
        return heading(fit(f" {text}", self.width), self.inks.head)


def span(points: Interval) -> str:
    """Points, or the range they lie in."""
    return plain(points.low) if points.settled else f"{plain(points.low)}–{plain(points.high)}"


def level(ink: Ink, stage: Stage) -> str:
    """Who acts at a stage and at which level."""
    parts = [stage.actor, ink.say(f"{stage.level}级", f"{level_word(stage.level, 'en')} level") if stage.level else ""]
    return " · ".join(each for each in parts if each)


# the rail


def rail_entries(ink: Ink, groups: Sequence[Sequence[view.Stop]], looks: Mapping[str, Outlook]) -> list[Entry]:
    """The stages in order, two lines each; those beside each other under one heading."""
    found: list[Entry] = []
    after = False
    for group in groups:
        if group[0].stage.supervises and not after:
            after = True
            found.append(ink.head(ink.say("命名以后", "After the naming")))
        beside = len(group) > 1
        if beside:
            found.append(heading(fit(ink.say(" ├ 同时办理", " ├ side by side"), ink.width), ink.inks.dim))
        for stop in group:
            found += _stop_entries(ink, stop, looks.get(stop.stage.id), beside)
    return found


def _stop_entries(ink: Ink, stop: view.Stop, look: Outlook | None, beside: bool) -> Iterator[Entry]:
    inks, words = ink.inks, ink.acts.words
    mark, zh, en = MARKS[stop.state]
    lead = " │ " if beside else " "
    word = ink.say(zh, en)
    if look is not None:
        count = len(look.blocks)
        word = ink.say(f"在办 ✗{count} 项" if count else "在办 可通过", f"here ✗{count}" if count else "here, can pass")
    if stop.drawn is False:
        word += ink.say(" 未抽中", " not drawn")
    style = {view.PASSED: inks.good, view.HERE: inks.mark, view.AHEAD: inks.text, view.NOT_HELD: inks.dim}.get(
        stop.state, inks.bad
    )
    room = max(ink.width - cell_len(lead) - 2 - cell_len(word) - 2, 6)
    name = fit(words.stage(stop.stage), room)
    yield Entry([(lead, inks.dim), (f"{mark} ", style), (name, style if stop.state != view.AHEAD else inks.text),
                 (f" {word}", inks.bad if look is not None and look.blocks else inks.dim)], stop.stage.id)  # fmt: skip
    second = [_when(ink, stop), level(ink, stop.stage), words.cite(stop.stage.cite)]
    told = "  ".join(each for each in second if each)
    yield heading(fit(f"{lead}  {told}", ink.width), inks.dim)


def _when(ink: Ink, stop: view.Stop) -> str:
    """The day a stage was left, or how the day lies to its window."""
    if stop.state in (view.PASSED, view.RETURNED, view.ENDED) and stop.step is not None and stop.step.left is not None:
        return stop.step.left.isoformat()
    return ink.acts.words.timing(stop.timing)


# what is to be done


def now_entries(ink: Ink, stop: view.Stop, look: Outlook | None) -> list[Entry]:
    """Everything about one stage: what is in the way, what came in, what can be done."""
    stage = stop.stage
    found = [ink.head(f"{ink.acts.words.stage(stage)}{ink.say('（', ' (')}{ink.say(*MARKS[stop.state][1:])}{ink.say('）', ')')}")]
    found += _about(ink, stop)
    if look is not None:
        found += _score(ink, look)
        found += _way(ink, look)
    elif stop.step is not None and stop.step.left is not None:
        found += _over(ink, stop)
    found += _titles(ink)
    found += _collected(ink, stage)
    found += _asked(ink, stage)
    found += _menu(ink, stop, look)
    return found


def _about(ink: Ink, stop: view.Stop) -> Iterator[Entry]:
    cite = ink.acts.words.cite(stop.stage.cite)
    first = "  ".join(each for each in (level(ink, stop.stage), cite) if each)
    if first:
        yield from ink.read(first, "about", ink.inks.dim)
    time = ink.acts.words.timing(stop.timing)
    if time and stop.state in (view.HERE, view.AHEAD):
        late = stop.timing.state == "late"
        more = ink.say("（这一年的例外）", " (this year's exception)") if stop.timing.window.exception else ""
        yield from ink.read(ink.say("时间：", "When: ") + time + more, "when", ink.inks.bad if late else ink.inks.text)
    if stop.drawn is not None:
        told = (
            ("本件在抽样之内", "this case was drawn") if stop.drawn else ("本件未抽中，免查通过", "not drawn: passes unchecked")
        )
        yield from ink.read(ink.say(*told), "drawn")


def _score(ink: Ink, look: Outlook) -> Iterator[Entry]:
    found = look.assessment
    if found is None or found.score is None:
        return
    where = ink.say(f"（{look.stage.level}）", f" ({level_word(look.stage.level, 'en')})") if look.stage.level else ""
    text = ink.say(f"得分{where} ", f"Score{where} ") + f"{span(found.score)} / {plain(found.score.full)}"
    lines = view.score_lines(found, look.stage)
    for each in lines:
        text += ink.say("，", ", ") + _held_against(ink, each)
    met = all(each.outcome == "met" for each in lines)
    style = ink.inks.text if not lines else ink.inks.good if met else ink.inks.bad
    yield from ink.lines("" if not lines else "✓" if met else "✗", text, style, Do("assess", look.stage.id))


def _held_against(ink: Ink, reason: Reason) -> str:
    sign = {">=": "≥", ">": ">"}.get(reason.operator, reason.operator)
    text = ink.say(f"线 {sign} {reason.bound}", f"line {sign} {reason.bound}")
    lacking = ink.acts.words.phrases.change(reason) if reason.outcome == "not_met" else ""
    return f"{text}{ink.say('，', ', ')}{lacking}" if lacking else text


def _way(ink: Ink, look: Outlook) -> Iterator[Entry]:
    """Everything in the way, with its clause and how it is mended; or that nothing is."""
    if not look.blocks:
        told = ink.say("没有阻碍，可以通过：回车或 w", "nothing is in the way: Enter or w passes it")
        yield from ink.lines("✓", told, ink.inks.good, Do("move", look.stage.id))
        return
    yield ink.head(ink.say(f"被 {len(look.blocks)} 项挡住", f"{len(look.blocks)} in the way"))
    for block in look.blocks:
        do = Do("mend", look.stage.id, block)
        first, *rest = ink.acts.words.block(block)
        yield from ink.lines("✗", first, ink.inks.bad, do)
        for number, line in enumerate(rest, 1):
            yield from ink.lines("", line, ink.inks.text, Do("mend", look.stage.id, block, number), 3)
        yield from ink.lines("", mending(ink, block), ink.inks.mark, Do("mend", look.stage.id, block, 90), 3)


def mending(ink: Ink, block: Block) -> str:
    """How a block is mended, in words: what Enter does, else what the help says."""
    act = MENDS.get(block.code)
    if act is not None:
        return ink.say("→ 回车：", "→ Enter: ") + ink.say(*WORDS[act])
    entry = catalogue()[block.code]
    return f"→ {ink.say(entry.help, entry.help_en)}"


def _over(ink: Ink, stop: view.Stop) -> Iterator[Entry]:
    """How a stage ended, and what that rested on."""
    step = stop.step
    if step is None:
        return
    outcome = ink.acts.words.named(OUTCOMES, step.outcome)
    yield from ink.read(f"{step.entered} → {step.left}  {outcome}  {step.by}", "over")
    if step.note:
        yield from ink.read(ink.say("意见：", "Remark: ") + step.note, "note")
    result = ink.acts.file.results.get(step.seq, {})
    if result.get("score"):
        told = ink.say(f"当时得分 {result['score']}", f"score then {result['score']}")
        edition = ink.say(f"，按 {result.get('edition', '')} 版", f", edition {result.get('edition', '')}")
        yield from ink.read(told + (edition if result.get("edition") else ""), "score")


def _titles(ink: Ink) -> Iterator[Entry]:
    held = ink.acts.file.state.held
    if not held:
        return
    yield ink.head(ink.say("称号", "Titles"))
    for number, each in enumerate(held):
        style = ink.inks.good if each.state in ("valid", "renewed") else ink.inks.bad
        mark = "✓" if each.state in ("valid", "renewed") else "✗"
        yield from ink.lines(mark, acts_title(ink.acts, each), style, Do("title", "", each, number))
        time = view.renewal(ink.acts.desk, ink.acts.file, each)
        told = "" if time is None else ink.acts.words.timing(time)
        if told:
            yield from ink.read(ink.say("续期：", "Renewal: ") + told, f"renewal{number}", ink.inks.dim)


def _collected(ink: Ink, stage: Stage) -> Iterator[Entry]:
    """Papers, notices, opinions, objections, findings, tasks: what came in and what is open."""
    lines = [*_papers(ink, stage), *_notices(ink, stage), *_opinions(ink, stage), *_parts(ink, stage)]
    if lines:
        yield ink.head(ink.say("材料和事项", "Papers and matters"))
        yield from lines


def _papers(ink: Ink, stage: Stage) -> Iterator[Entry]:
    for number, each in enumerate(view.checklist(ink.acts.file, stage)):
        do = Do("papers", stage.id, each.name, number)
        if each.paper is not None:
            scan = ink.say("（有扫描件）", " (with scan)") if each.paper.sha256 else ""
            yield from ink.lines("☑", f"{each.name}  {each.paper.received}{scan}", ink.inks.good, do)
        else:
            word = ink.say("未收到", "not received") if each.required else ink.say("可选，未收到", "optional, not received")
            yield from ink.lines("☐", f"{each.name}  {word}", ink.inks.text, do)


def _notices(ink: Ink, stage: Stage) -> Iterator[Entry]:
    for number, each in enumerate(view.notices(ink.acts.desk, ink.acts.file, stage)):
        yield from ink.lines("※", _notice(ink, each), ink.inks.text, Do("notice", stage.id, None, number))
        told = ink.acts.words.phrases.comma.join((*each.notice.places, *each.notice.contacts, each.notice.media)).strip("、, ")
        if told:
            yield from ink.read(told, f"notice{number}", ink.inks.dim)


def _notice(ink: Ink, each: view.Running) -> str:
    head = ink.say(f"公示 {each.notice.posted}", f"Notice {each.notice.posted}")
    if each.last is None or each.days is None:
        return head + ink.say("，没有截止日", ", no last day")
    head += ink.say(f" 至 {each.last}", f" until {each.last}")
    if each.days < 0:
        return head + ink.say("，公示期满", ", over")
    left = ink.say(f"，还有 {each.days} 天", f", {many(each.days, 'day')} left")
    if each.working is not None:
        left += ink.say(f"（{each.working} 个工作日）", f" ({each.working} working days)")
    if each.unknown:
        years = ink.acts.words.phrases.comma.join(map(str, each.unknown))
        left += ink.say(f"，{years} 年节假日未知", f", holidays of {years} unknown")
    return head + left


def _opinions(ink: Ink, stage: Stage) -> Iterator[Entry]:
    for number, each in enumerate(one for one in ink.acts.file.state.opinions if one.stage == stage.id):
        word = ink.say("同意", "agrees") if each.agrees else ink.say("不同意", "does not agree")
        text = f"{each.body} {word}  {each.given}  {each.text}".rstrip()
        yield from ink.lines("☑", text, ink.inks.good if each.agrees else ink.inks.bad, Do(READ, "opinion", None, number))


def _parts(ink: Ink, stage: Stage) -> Iterator[Entry]:
    """Objections, findings and tasks of the whole case: they block beyond the stage they were raised at."""
    state = ink.acts.file.state
    for objection in state.objections:
        settled = f"{objection.settled} {objection.answer}" if objection.settled else ink.say("未办结", "open")
        text = ink.say("异议", "Objection") + f" {objection.id} {objection.who}: {objection.text} [{settled}]"
        yield from _part(ink, text, objection.settled is not None, Do("settle", stage.id, objection))
    for finding in state.findings:
        due = ink.say(f"限 {finding.due}", f"due {finding.due}") if finding.due else ""
        settled = f"{finding.settled} {finding.measure}" if finding.settled else f"{ink.say('未整改', 'open')} {due}".strip()
        text = ink.say("问题", "Shortcoming") + f" {finding.id} {finding.text} [{settled}]"
        yield from _part(ink, text, finding.settled is not None, Do("mended", stage.id, finding))
    for task in state.tasks:
        due = ink.say(f"限 {task.due}", f"due {task.due}") if task.due else ""
        done = str(task.done) if task.done else f"{ink.say('未完成', 'open')} {due}".strip()
        text = ink.say("任务", "Task") + f" {task.id} {task.department}: {task.text} [{done}]"
        yield from _part(ink, text, task.done is not None, Do("done", stage.id, task))


def _part(ink: Ink, text: str, over: bool, do: Do) -> Iterator[Entry]:
    act = Do(READ, do.act, do.of) if over else do
    yield from ink.lines("☑" if over else "☐", text, ink.inks.dim if over else ink.inks.bad, act)


def _asked(ink: Ink, stage: Stage) -> Iterator[Entry]:
    """What the source says of a stage."""
    words, comma = ink.acts.words, ink.acts.words.phrases.comma
    rows = [
        (("条件", "Condition"), words.phrases.result(stage.requires, ink.acts.file.standard) if stage.requires else ""),
        (("征求意见", "Consults"), comma.join(stage.consults)),
        (("要做", "Duties"), comma.join(stage.duties)),
        (("方法", "Methods"), comma.join(stage.methods)),
        (("产出", "Produces"), comma.join(stage.produces)),
        (
            ("可授予", "Can give"),
            comma.join(ink.say(a.title, a.title_en or a.title) for a in view.grantable(ink.acts.file, stage)),
        ),
    ]
    told = [(label, text) for label, text in rows if text]
    if told:
        yield ink.head(ink.say("文件要求", "What the source asks"))
    for label, text in told:
        yield from ink.read(f"{ink.say(*label)}{ink.say('：', ': ')}{text}", label[1])


def _menu(ink: Ink, stop: view.Stop, look: Outlook | None) -> Iterator[Entry]:
    """What can be done, with its key; what cannot, with its reason."""
    yield ink.head(ink.say("可以办理", "What can be done"))
    for key, act in MENU:
        why = barred(ink.acts, act, stop, look)
        text = f"{key}  {ink.say(*WORDS[act])}"
        style = ink.inks.text
        if why:
            text, style = f"{text}{ink.say('（不能：', ' (not now: ')}{why}{ink.say('）', ')')}", ink.inks.dim
        yield from ink.lines("", text, style, Do(act, stop.stage.id, None, 9))


MENU: tuple[tuple[str, str], ...] = (
    ("w", "move"), ("b", "back"), ("p", "papers"), ("o", "opinion"), ("n", "notice"), ("y", "objection"), ("f", "finding"),
    ("t", "task"), ("s", "sample"), ("C", "check"), ("d", "title"), ("X", "withdraw"), ("R", "reject"),
)  # fmt: skip
"""Key and act, in the order in which they are offered."""


def barred(acts: Acts, act: str, stop: view.Stop, look: Outlook | None) -> str:
    """Why an act cannot be done at a stage now, in words; empty when it can."""
    say, stage = acts.say, stop.stage
    if act == "title":
        return acts.barred(act) if acts.file.state.held else say("还没有称号", "no title yet")
    if view.over(acts.file) or not acts.file.state.active:
        return say("申报件已经办完", "the case is over")
    if look is None and act != "withdraw":
        return say("申报件不在这个环节", "the case is not at this stage")
    if act == "move" and look is not None and (count := sum(each.code != "WF23" for each in look.blocks)):
        return say(f"还有 {count} 项没有办结", f"{count} in the way")
    if act in ("withdraw", "reject") and not view.is_open(acts.file):
        return say("已经命名", "it is named")
    return _pointless(acts, act, stage) or acts.barred(act, stage)


def _pointless(acts: Acts, act: str, stage: Stage) -> str:
    """Why an act makes no sense at a stage."""
    say = acts.say
    if act == "back" and not view.back_to(acts.file, stage):
        return say("前面没有可退回的环节", "no stage before it to return to")
    if act == "papers" and not view.checklist(acts.file, stage):
        return say("没有材料清单", "it asks for no papers")
    if act == "sample" and stage.sampling is None:
        return say("不抽样", "it draws no sample")
    if act == "sample" and stage.id in acts.file.state.sampled:
        return say("已经抽过", "drawn already")
    if act == "notice" and stage.notice is None:
        return say("不公示", "it posts no notice")
    return ""


# the history


def history_entries(ink: Ink, lines: Sequence[Line], names: Mapping[str, str]) -> list[Entry]:
    """Every step, then every entry of the journal, newest first."""
    words, file = ink.acts.words, ink.acts.file
    known = {each.id: words.stage(each) for each in file.standard.stages}
    found = [ink.head(ink.say("环节记录", "Steps"))]
    marks = {"": "▶", "passed": "✓", "returned": "↩", "refused": "✗", "withdrawn": "✗"}
    for step in reversed(file.state.steps):
        left = f" → {step.left} {words.named(OUTCOMES, step.outcome)}" if step.left else ""
        by = f"（{step.by}）" if step.by and ink.acts.words.lang == "zh" else f" ({step.by})" if step.by else ""
        checker = file.checked.get(step.seq, "")
        checked = ink.say(f" 复核：{checker}", f" checked: {checker}") if checker else ""
        text = f"{known.get(step.stage, step.stage)}  {step.entered}{left}{by}{checked}"
        style = ink.inks.mark if not step.left else ink.inks.good if step.outcome == "passed" else ink.inks.bad
        found += ink.lines(marks.get(step.outcome, "·"), text, style, Do(READ, "step", None, step.seq))
        if step.note:
            found += ink.lines("", step.note, ink.inks.dim, Do(READ, "note", None, step.seq), 3)
    found.append(ink.head(ink.say("操作记录", "Journal")))
    teller = Teller(words.phrases, names, {file.listed.id: file.standard})
    for line in lines:
        found += ink.lines("", f"{local(line.at)}  {line.name}", ink.inks.dim, Do(READ, "at", None, line.seq), 1)
        found += ink.lines("", teller.tell(line.kind, line.data), ink.inks.text, Do(READ, "entry", None, line.seq), 3)
    return found


__all__ = ["MARKS", "MENU", "READ", "Do", "Ink", "barred", "history_entries", "now_entries", "rail_entries", "span"]
