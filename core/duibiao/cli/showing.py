"""The page that ``duibiao show`` prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from duibiao.cli.base import Session
from duibiao.cli.output import console, flow, table
from duibiao.model.notation import plain
from duibiao.model.process import Selection, Stage
from duibiao.model.sources import Cite, Item
from duibiao.rules.program import Program
from duibiao.services.phrasing import FORCES
from duibiao.services.showing import target_text


class Page:
    """One standard, table by table, each line with its clause."""

    def __init__(self, program: Program, state: Session) -> None:
        self.program = program
        self.standard = program.standard
        self.state = state
        self.say = state.say
        self.phrases = state.phrases
        self.out = console()
        self.fulls = {each.id: plain(each.full * program.point_step) for each in program.leaves if each.points is not None}

    def show(self) -> None:
        """Print everything."""
        self.head()
        for group in self.standard.criteria:
            self.criterion(group)
        self.awards()
        self.targets()
        self.selections()
        self.stages()
        self.forms()
        self.provisions()

    def title(self, item: Item) -> str:
        return self.say(item.title or item.id, item.title_en or item.title or item.id)

    def clause(self, cite: Cite) -> str:
        """The clause; the document too when it is not the standard's own."""
        own = cite.document in ("", self.standard.header.document)
        text = cite.clause if own else f"{cite.document} {cite.clause}"
        marks = [self.say("假定", "assumed")] if cite.assumed else []
        if cite.as_printed:
            marks.append(f"«{cite.as_printed}»")
        return " ".join([text, *marks]).strip()

    def section(self, zh: str, en: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]], grow: int) -> None:
        listed = list(rows)
        if listed:
            self.out.print()
            self.out.print(self.say(zh, en), style="bold")
            self.out.print(table([self.say(*each) for each in columns], listed, grow=grow))

    def head(self) -> None:
        header, scoring = self.standard.header, self.standard.scoring
        self.out.print(f"{self.say(header.title, header.title_en or header.title)}  {header.id}@{header.edition}", style="bold")
        units = self.phrases.kinds(header.unit_kinds)
        self.out.print(f"{self.say('文件', 'Document')}: {header.document}   {self.say('对象', 'Units')}: {units}")
        methods = {
            "all": self.say("全部应达指标达到", "every binding indicator met"),
            "points": self.say(f"累计得分，满分 {scoring.total}", f"points, {scoring.total} in all"),
            "weighted": self.say(f"加权得分，满分 {scoring.total}", f"weighted points, {scoring.total} in all"),
            "none": self.say("不评分", "no scoring"),
        }
        self.out.print(f"{self.say('评定', 'Scoring')}: {methods[scoring.method]}")
        if scoring.cite.assumed:
            flow(self.out, f"{self.say('假定', 'Assumed')}: {scoring.cite.reason}", style="yellow")
        for source in dict.fromkeys(leaf.cite.replaced_by for leaf in self.standard.indicators() if leaf.cite.replaced_by):
            label = self.say("本单位的数", "The office's own numbers")
            self.out.print(f"{label}: {source}")
        if header.note:
            flow(self.out, f"{self.say('说明', 'Note')}: {header.note}")
        self.out.print(f"{self.say('内容指纹', 'Content hash')}: {self.standard.content_hash}", style="dim")

    def criterion(self, group: Item) -> None:
        index = [each.id for each in self.standard.criteria].index(group.id)
        leaves = self.standard.criteria[index].indicators
        extra = f"  {self.standard.criteria[index].weight or ''}".rstrip()
        self.out.print()
        self.out.print(f"{index + 1}. {self.title(group)}{extra}  {self.clause(group.cite)}", style="bold")
        scored = any(leaf.id in self.fulls for leaf in leaves)
        columns = [self.say(*words) for words in (("指标", "indicator"), ("规则", "rule"), ("条款", "clause"))]
        rows = []
        for leaf in leaves:
            mark = self.phrases.force(leaf.force)
            row = [f"{self.title(leaf)}{mark}", self.phrases.rule(leaf), self.clause(leaf.cite)]
            if scored:
                row.insert(2, self.fulls.get(leaf.id, ""))
            rows.append(row)
        if scored:
            columns.insert(2, self.say("分值", "points"))
        self.out.print(table(columns, rows, grow=1))

    def awards(self) -> None:
        standard = self.standard
        rows = [
            (
                self.title(a),
                self.phrases.result(a.requires, standard),
                self.award_extra(a.validity, a.unit_kinds),
                self.clause(a.cite),
            )
            for a in standard.awards
        ]
        columns = (("称号", "award"), ("条件", "requires"), ("其他", "more"), ("条款", "clause"))
        self.section("称号", "Awards", columns, rows, 1)
        gates = [
            (
                self.title(g),
                self.phrases.result(g.requires, standard) if g.requires else self.phrases.condition(g.condition),
                self.clause(g.cite),
            )
            for g in standard.gates
        ]
        self.section("关口", "Gates", (("关口", "gate"), ("条件", "requires"), ("条款", "clause")), gates, 1)
        vetoes = [
            (self.title(v), self.phrases.condition(v.condition), v.confirmed_by, self.clause(v.cite)) for v in standard.vetoes
        ]
        self.section(
            "一票否决",
            "Vetoes",
            (("事项", "veto"), ("条件", "falls when"), ("认定", "confirmed by"), ("条款", "clause")),
            vetoes,
            1,
        )

    def award_extra(self, validity: str, kinds: tuple[str, ...]) -> str:
        return "  ".join(part for part in (self.phrases.kinds(kinds), validity) if part)

    def targets(self) -> None:
        names = {award.id: self.title(award) for award in self.standard.awards}
        rows = [
            (
                each.by.isoformat() if each.by else "",
                target_text(each, self.phrases, names),
                self.say(*FORCES[each.force]),
                self.clause(each.cite),
            )
            for each in self.standard.targets
        ]
        self.section("目标", "Targets", (("期限", "by"), ("目标", "target"), ("力度", "force"), ("条款", "clause")), rows, 1)

    def selections(self) -> None:
        rows = [(self.title(each), self.measure(each), self.clause(each.cite)) for each in self.standard.selections]
        self.section("名额", "Quotas", (("名额", "quota"), ("数量", "measure"), ("条款", "clause")), rows, 1)

    def measure(self, each: Selection) -> str:
        parts = []
        if each.quota is not None:
            parts.append(self.say(f"{each.quota} 个", f"{each.quota}"))
        if each.ratio is not None:
            parts.append(f"{each.ratio.get('of')}:{each.ratio.get('take')}")
        if each.share is not None:
            parts.append(str(each.share))
        if each.minimum is not None:
            parts.append(self.say(f"至少 {each.minimum}", f"at least {each.minimum}"))
        if each.upper_bound:
            parts.append(self.say("上限，宁缺勿滥", "an upper bound, never filled by lowering the standard"))
        return self.phrases.comma.join(parts)

    def stages(self) -> None:
        self.heading("环节", "Stages", self.standard.stages)
        for number, each in enumerate(self.standard.stages, 1):
            head = [f"{number}. {self.title(each)}", each.actor, self.window(each), each.cite.clause]
            self.entry("  ".join(filter(None, head)), self.stage_details(each))

    def stage_details(self, each: Stage) -> list[str]:
        named = {
            self.say("前提", "Guard"): self.phrases.result(each.requires, self.standard) if each.requires else "",
            self.say("要件", "Documents"): self.phrases.comma.join(each.documents),
            self.say("征求意见", "Opinions of"): self.phrases.comma.join(each.consults),
            self.say("模拟检查", "Mock inspection"): each.mock,
            self.say("方法", "Methods"): self.phrases.comma.join(each.methods),
            self.say("要做", "Duties"): self.phrases.comma.join(each.duties),
            self.say("产生", "Yields"): self.phrases.comma.join(each.produces),
            self.say("公示", "Public notice"): self.phrases.table(
                {k: v for k, v in (each.notice or {}).items() if k != "records"}
            ),
            self.say("抽查", "Sampling"): self.phrases.table(each.sampling or {}),
            self.say("授予", "Gives"): self.phrases.comma.join(
                self.title(a) for a in self.standard.awards if a.id in each.grants
            ),
            self.say("轨道", "Track"): each.track,
        }
        return [f"{name}: {text}" for name, text in named.items() if text]

    def heading(self, zh: str, en: str, items: Sequence[object]) -> None:
        if items:
            self.out.print()
            self.out.print(self.say(zh, en), style="bold")

    def entry(self, head: str, details: Iterable[str]) -> None:
        self.out.print(head)
        for text in details:
            flow(self.out, text, indent=3)

    def window(self, each: Stage) -> str:
        if each.window is not None:
            text = " – ".join(str(each.window[key]) for key in ("opens", "closes") if key in each.window)
            text = self.say(f"每年 {text}", f"yearly {text}") if each.window.get("yearly") else text
            for case in each.window.get("exceptions", ()):
                text += self.say(f"；{case.get('year')} 年 {case.get('closes')}", f"; {case.get('year')}: {case.get('closes')}")
            return text
        days = [day.isoformat() for day in (each.opens, each.closes) if day]
        return each.cite.as_printed or " – ".join(days)

    def forms(self) -> None:
        self.heading("表格", "Forms", self.standard.forms)
        for each in self.standard.forms:
            fields = self.phrases.comma.join(field.label for field in each.fields)
            opinions = " → ".join(opinion.label for opinion in each.opinions)
            named = {self.say("栏目", "Fields"): fields, self.say("意见", "Opinions"): opinions}
            details = [f"{name}: {text}" for name, text in named.items() if text]
            self.entry(f"{self.title(each)}  {self.clause(each.cite)}", details)

    def provisions(self) -> None:
        self.heading("其他规定", "Other provisions", self.standard.provisions)
        for each in self.standard.provisions:
            details = [each.text, *(self.phrases.table(value) for value in each.values)]
            self.entry(f"{self.title(each)}  {self.clause(each.cite)}", filter(None, details))
