"""What can be done to a case, each as a form: papers, opinions, notices, objections, findings, tasks, samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import evolve, frozen

from duibiao.model.process import Stage
from duibiao.services import case_view as view
from duibiao.services import papers, rounds
from duibiao.services.cases import File
from duibiao.services.desk import Desk
from duibiao.services.process_words import ProcessWords
from duibiao.tui.dialogs import Field, FormError, Plan, Values
from duibiao.workflow.blocks import Block, Condition
from duibiao.workflow.case import Finding, Objection, Task

Said = list[tuple[str, str]]

MENDS: Mapping[str, str] = {
    "WF01": "assess", "WF02": "assess", "WF03": "assess", "WF04": "assess", "WF05": "assess", "WF06": "assess",
    "WF07": "papers", "WF08": "notice", "WF09": "notice", "WF11": "notice", "WF12": "settle", "WF13": "opinion",
    "WF15": "forfeit", "WF16": "mended", "WF17": "sample", "WF18": "task", "WF19": "done", "WF20": "papers", "WF23": "move",
    "WF25": "assess", "WF27": "assess", "WF28": "assess",
}  # fmt: skip
"""Code of a block to the act that mends it; of the others the help says what to do."""

WORDS: Mapping[str, tuple[str, str]] = {
    "move": ("通过这一环节", "pass this stage"),
    "back": ("退回补正", "return for correction"),
    "papers": ("登记材料", "register papers"),
    "opinion": ("登记意见", "register an opinion"),
    "notice": ("登记公示", "register a notice"),
    "objection": ("登记异议", "register an objection"),
    "settle": ("办结异议", "settle the objection"),
    "finding": ("登记问题", "register a shortcoming"),
    "mended": ("登记整改", "record the mending"),
    "task": ("分解任务", "assign a task"),
    "done": ("任务完成", "task done"),
    "sample": ("抽样", "draw the sample"),
    "check": ("复核", "check"),
    "forfeit": ("逾期失效", "forfeit"),
    "withdraw": ("撤回申报", "withdraw"),
    "reject": ("不予命名", "refuse the title"),
    "title": ("称号处理", "deal with the title"),
    "assess": ("去评估", "go to the assessment"),
}

KINDS: Mapping[str, tuple[str, str]] = {
    "move": ("case.moved", "passed"), "back": ("case.moved", "returned"), "withdraw": ("case.moved", "withdrawn"),
    "reject": ("case.moved", "refused"), "forfeit": ("case.moved", "refused"), "papers": ("paper.received", ""),
    "opinion": ("opinion.given", ""), "notice": ("notice.posted", ""), "objection": ("objection.raised", ""),
    "settle": ("objection.settled", ""), "finding": ("finding.raised", ""), "mended": ("finding.settled", ""),
    "task": ("task.assigned", ""), "done": ("task.done", ""), "sample": ("sample.drawn", ""), "check": ("step.checked", ""),
    "title": ("award.changed", ""),
}  # fmt: skip
"""Act to the kind of journal entry it makes and, of a move, its outcome: who may do it is asked by these."""


@frozen
class Acts:
    """Forms for what can be done to one case.

    Attributes:
        desk: Workspace, person, day.
        file: The case.
        words: Words for the process.
    """

    desk: Desk
    file: File
    words: ProcessWords

    @property
    def name(self) -> str:
        """Id of the case."""
        return self.file.listed.id

    def say(self, zh: str, en: str) -> str:
        """The word in the person's language."""
        return self.words.say(zh, en)

    def title(self, act: str, stage: Stage | None = None) -> str:
        """Head of a form: what, and at which stage of which case."""
        at = f" · {self.words.stage(stage)}" if stage is not None else ""
        return f"{self.say(*WORDS[act])}{at} · {self.name} {self.file.listed.unit.name}"

    def barred(self, act: str, stage: Stage | None = None) -> str:
        """Why the person may not do it, in words; empty when they may."""
        from duibiao.wording import describe

        kind, outcome = KINDS[act]
        problem = view.refused(self.desk, self.file, kind, outcome, stage)
        return describe(problem, self.words.lang) if problem is not None else ""

    def text(self, name: str, zh: str, en: str, *, value: str = "", hint: tuple[str, str] = ("", "")) -> Field:
        """A row to type in."""
        return Field(name, self.say(zh, en), value=value, hint=self.say(*hint))

    def day(self, name: str, zh: str, en: str) -> Field:
        """A row for a day."""
        return Field(name, self.say(zh, en), "day", hint=self.say("2012-11-15 或 +7，可不填", "2012-11-15 or +7, may stay empty"))

    def told(self, act: str, what: str) -> str:
        """What is said once something was done."""
        return f"{self.say('已保存：', 'Saved: ')}{self.say(*WORDS[act])} {what}".rstrip()

    def plan(
        self, act: str, stage: Stage | None, fields: list[Field], do: Callable[[Values], str], *, said: Said | None = None,
        careful: bool = False, barred: str = "",
    ) -> Plan:  # fmt: skip
        """A form for an act, barred when the person may not do it."""
        return Plan(
            self.title(act, stage), do, fields, said or [], self.say(*WORDS[act]), careful, barred or self.barred(act, stage)
        )  # fmt: skip

    def need(self, values: Values, name: str, zh: str, en: str) -> str:
        """What was typed in a row. FormError when nothing was."""
        text = str(values[name]).strip()
        if not text:
            raise FormError(self.say(f"要写明{zh}", f"{en} is needed"))
        return text

    # what comes in

    def papers(self, stage: Stage, begin: str = "") -> Plan:
        """Tick the papers that came in; one of them may bring a scan. The cursor begins on the paper named *begin*."""
        wanted = view.checklist(self.file, stage)
        there = [each for each in wanted if each.paper is not None]
        said: Said = [
            (f"✓ {each.name}  {each.paper.received}{self._scan(each.paper.sha256)}", "good")
            for each in there if each.paper is not None
        ]  # fmt: skip
        fields = [
            Field(each.name, each.name + ("" if each.required else self.say("（可选）", " (optional)")), "tick", False)
            for each in wanted
            if each.paper is None
        ]
        again = [Field(each.name, each.name + self.say("（再次登记）", " (again)"), "tick", False) for each in there]
        fields += again
        names = [each.name for each in fields]
        if names:
            hint = ("文件路径，可不填", "path of a file, may stay empty")
            fields.append(self.text("\0file", "扫描件", "scan", hint=hint))
        else:
            said.append((self.say("这一环节没有材料清单", "this stage asks for no papers"), "dim"))

        def do(values: Values) -> str:
            ticked = [each for each in names if values[each]]
            path = str(values.get("\0file", ""))
            if not ticked:
                raise FormError(self.say("没有勾选材料", "no paper is ticked"))
            if path and len(ticked) > 1:
                raise FormError(self.say("附扫描件时一次登记一项材料", "with a scan, register one paper at a time"))
            for each in ticked:
                papers.receive(self.desk, self.name, each, stage=stage.id, file=Path(path).expanduser() if path else None)
            return self.told("papers", self.words.phrases.comma.join(ticked))

        nothing = "" if names else self.say("没有要登记的", "there is nothing to register")
        made = self.plan("papers", stage, fields, do, said=said, barred=nothing)
        return evolve(made, begin=begin)

    def _scan(self, digest: str) -> str:
        return self.say("（有扫描件）", " (with scan)") if digest else ""

    def opinion(self, stage: Stage, body: str = "") -> Plan:
        """What a body that was asked said."""
        asked = self.words.phrases.comma.join(stage.consults)
        said: Said = [(self.say(f"要征求意见：{asked}", f"To be asked: {asked}"), "dim")] if asked else []
        agrees = (("agree", self.say("同意", "agrees")), ("disagree", self.say("不同意", "does not")))
        fields = [
            self.text("body", "征求的单位", "body", value=body or (stage.consults[0] if stage.consults else "")),
            Field("agrees", self.say("意见", "opinion"), "choice", "agree", agrees),
            self.text("text", "内容", "what it says", hint=("可不填", "may stay empty")),
        ]

        def do(values: Values) -> str:
            who = self.need(values, "body", "单位", "the body")
            papers.opinion(self.desk, self.name, who, values["agrees"] == "agree", str(values["text"]), stage=stage.id)
            return self.told("opinion", who)

        return self.plan("opinion", stage, fields, do, said=said)

    def notice(self, stage: Stage) -> Plan:
        """A public notice; places, contacts and media begin as the source asks."""
        spec = stage.notice or {}
        comma = self.words.phrases.comma
        said: Said = [(f"{self.say('依据：', 'Source: ')}{self.words.cite(stage.cite)}", "dim")]
        if spec.get("days"):
            kind = self.say("个工作日", " working days") if spec.get("working") else self.say(" 天", " days")
            said.append((self.say(f"不少于 {spec['days']}{kind}", f"at least {spec['days']}{kind}"), ""))
        either = ("用、隔开；不填就是文件要求的全部", "separated by commas; empty: all that the source asks for")
        fields = [
            self.day("until", "截止日", "last day"),
            self.text("places", "地点", "places", value=comma.join(spec.get("places", ())), hint=either),
            self.text("contacts", "联系方式", "contacts", value=comma.join(spec.get("contacts", ())), hint=either),
            self.text("media", "媒体", "media", value=str(spec.get("media", "")), hint=("可不填", "may stay empty")),
        ]

        def do(values: Values) -> str:
            last = papers.notice(
                self.desk, self.name, stage=stage.id, until=values["until"], places=_listed(values["places"]),
                contacts=_listed(values["contacts"]), media=str(values["media"]),
            )  # fmt: skip
            return self.told("notice", self.say(f"到 {last}", f"until {last}") if last else "")

        return self.plan("notice", stage, fields, do, said=said)

    def objection(self, stage: Stage) -> Plan:
        """Somebody objects."""
        fields = [self.text("who", "提出人", "who"), self.text("text", "内容", "what they say")]
        said: Said = [(self.say("办结以前申报件不能往下走", "the case does not go on before it is settled"), "dim")]

        def do(values: Values) -> str:
            who = self.need(values, "who", "提出人", "who objects")
            text = self.need(values, "text", "内容", "what they say")
            return self.told("objection", papers.objection(self.desk, self.name, who, text, stage=stage.id))

        return self.plan("objection", stage, fields, do, said=said)

    def settle(self, each: Objection) -> Plan:
        """An objection is settled."""
        choices = (("dismissed", self.say("不成立", "dismissed")), ("upheld", self.say("成立", "upheld")))
        fields = [
            Field("outcome", self.say("结果", "outcome"), "choice", "dismissed", choices),
            self.text("answer", "答复", "answer"),
        ]
        said: Said = [(f"{each.id}  {each.raised}  {each.who}{self.say('：', ': ')}{each.text}", "")]

        def do(values: Values) -> str:
            answer = self.need(values, "answer", "答复", "the answer")
            papers.settle(self.desk, self.name, each.id, str(values["outcome"]), answer)
            return self.told("settle", each.id)

        return self.plan("settle", None, fields, do, said=said)

    def finding(self, stage: Stage) -> Plan:
        """Something was found wanting."""
        fields = [self.text("text", "问题", "what was found"), self.day("due", "整改期限", "to be mended by")]

        def do(values: Values) -> str:
            text = self.need(values, "text", "问题", "what was found")
            return self.told("finding", papers.finding(self.desk, self.name, text, stage=stage.id, due=values["due"]))

        return self.plan("finding", stage, fields, do)

    def mended(self, each: Finding) -> Plan:
        """It was mended."""
        due = self.say(f"  限 {each.due}", f"  due {each.due}") if each.due else ""
        said: Said = [(f"{each.id}  {each.found}  {each.text}{due}", "")]

        def do(values: Values) -> str:
            papers.mended(self.desk, self.name, each.id, self.need(values, "measure", "整改措施", "the measure"))
            return self.told("mended", each.id)

        return self.plan("mended", None, [self.text("measure", "整改措施", "measure")], do, said=said)

    def task(self, stage: Stage) -> Plan:
        """A piece of the work is given to a department."""
        fields = [
            self.text("department", "责任部门", "department"),
            self.text("text", "任务", "task"),
            self.day("due", "完成期限", "due"),
        ]

        def do(values: Values) -> str:
            who = self.need(values, "department", "责任部门", "the department")
            text = self.need(values, "text", "任务", "the task")
            papers.task(self.desk, self.name, who, text, stage=stage.id, due=values["due"])
            return self.told("task", who)

        return self.plan("task", stage, fields, do)

    def done(self, each: Task) -> Plan:
        """A task is done."""
        due = self.say(f"  限 {each.due}", f"  due {each.due}") if each.due else ""
        said: Said = [(f"{each.id}  {each.department}{self.say('：', ': ')}{each.text}{due}", "")]

        def do(values: Values) -> str:
            papers.done(self.desk, self.name, each.id)
            return self.told("done", each.id)

        return self.plan("done", None, [], do, said=said)

    # what the office does

    def sample(self, stage: Stage) -> Plan:
        """Draw the round's sample; the share is asked for where the source gives none."""
        spec = stage.sampling or {}
        given = str(spec.get("share", spec.get("count", "")))
        round_ = self.file.listed.round
        said: Said = [
            (self.say(f"轮次 {round_}：本轮在办的都在抽样范围内", f"round {round_}: all its open cases are in the pool"), ""),
            (self.say("同样的种子抽出同样的结果，种子记录在案", "the same seed draws the same again; it goes on record"), "dim"),
        ]
        if not given:
            told = self.say("文件没有给比例，由组织抽查的单位写明", "the source gives no share: whoever checks has to say it")
            said.append((told, "dim"))
        fields = [
            self.text("share", "比例或个数", "share or number", value=given, hint=("如 20% 或 5", "e.g. 20% or 5")),
            self.text("seed", "种子", "seed", hint=("任何文字，如日期", "any text, e.g. the date")),
        ]

        def do(values: Values) -> str:
            seed = self.need(values, "seed", "种子", "a seed")
            asked = self.need(values, "share", "比例或个数", "a share or number")
            how = {"count": int(asked)} if asked.isdigit() else {"share": asked}
            drawn = rounds.draw(self.desk, round_, stage.id, seed=seed, **how)
            mine = self.file.listed.unit.code in drawn.chosen
            told = self.say(f"抽中 {len(drawn.chosen)} 个，本件", f"{len(drawn.chosen)} drawn, this case ")
            return self.told("sample", told + (self.say("抽中", "is") if mine else self.say("未抽中", "is not")))

        none = self.say("这一环节不抽样", "this stage draws no sample") if stage.sampling is None else ""
        drawn = self.say("已经抽过", "it has been drawn") if stage.id in self.file.state.sampled else ""
        return self.plan("sample", stage, fields, do, said=said, barred=none or drawn)

    def check(self, stage: Stage) -> Plan:
        """The office's own second look."""
        said: Said = [
            (self.say("确认材料和分数已经复核，记录复核人", "papers and points were looked at again; who did goes on record"), "")
        ]

        def do(values: Values) -> str:
            papers.check(self.desk, self.name, stage.id)
            return self.told("check", self.words.stage(stage))

        return self.plan("check", stage, [], do, said=said)

    def mends(self, block: Block, stage: Stage) -> Plan | None:
        """The form that mends a block; None where none does."""
        names = block.condition.names
        match MENDS.get(block.code, ""):
            case "papers":
                return self.papers(stage, names[0] if names else "")
            case "notice":
                return self.notice(stage)
            case "opinion":
                return self.opinion(stage, names[0] if names else "")
            case "sample":
                return self.sample(stage)
            case "task":
                return self.task(stage)
            case "settle":
                return next((self.settle(each) for each in self.file.state.objections if each.id in names), None)
            case "mended":
                return next((self.mended(each) for each in self.file.state.findings if each.id in names), None)
            case "done":
                return next((self.done(each) for each in self.file.state.tasks if each.id in names[-1:]), None)
        return None


def concerned(condition: Condition) -> tuple[str, ...]:
    """Ids of what a condition speaks of, in the order in which one would look: it, its parts, what would settle it, and the
    steps of its explanation that fail; ``score`` where it is the score.
    """
    found = [condition.id, *condition.names]
    for part in condition.parts:
        found += concerned(part)
    found += condition.missing
    waiting = [condition.because] if condition.because is not None else []
    while waiting:
        step = waiting.pop(0)
        found += [step.subject] if step.outcome != "met" else []
        waiting += step.children
    found += ["score"] if condition.kind == "score" else []
    return tuple(dict.fromkeys(each for each in found if each))


def _listed(text: object) -> tuple[str, ...]:
    """Names that somebody typed with any of the usual commas between them."""
    for sign in "，,；;":
        text = str(text).replace(sign, "、")
    return tuple(each.strip() for each in str(text).split("、") if each.strip())


__all__ = ["KINDS", "MENDS", "WORDS", "Acts", "concerned"]
