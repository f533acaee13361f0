"""The sheet that ``duibiao assess`` prints for one unit."""

from __future__ import annotations

from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from duibiao.cli.base import Session
from duibiao.cli.output import console, flow
from duibiao.model.notation import plain
from duibiao.model.outcome import Assessment, IndicatorResult, Interval, Reason, State, StateResult, Verdict
from duibiao.services.assessing import main_step

STYLES = {
    Verdict.MET: "green",
    Verdict.NOT_MET: "bold red",
    Verdict.UNKNOWN: "yellow",
    Verdict.NEEDS_JUDGEMENT: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.OUT_OF_SCOPE: "dim",
}
MOST_FACTS = 12


class Sheet:
    """One unit's assessment."""

    def __init__(self, assessment: Assessment, state: Session, *, explain: bool) -> None:
        self.each = assessment
        self.state = state
        self.say = state.say
        self.phrases = state.phrases.of(state.registry.standard(assessment.standard))
        self.explain = explain
        self.out = console()

    def show(self) -> None:
        """Print the sheet."""
        self.head()
        if self.each.in_scope is False:
            kinds = self.phrases.kinds(self.state.registry.standard(self.each.standard).header.unit_kinds)
            told = self.say(
                f"∅ 这个标准不评这样的单位（评 {kinds}）", f"∅ This standard does not assess such a unit (it assesses {kinds})"
            )
            flow(self.out, told)
            return
        self.states()
        if self.explain:
            self.everything()
        else:
            self.not_met()
            self.open_ones()
        self.assumptions()
        self.out.print()

    def head(self) -> None:
        each, unit = self.each, self.each.unit
        header = self.state.registry.header(each.standard)
        name = " ".join(part for part in (unit.name, unit.code) if part) + self.phrases.aside(self.phrases.kinds(unit.kind))
        self.out.print(f"{name}", style="bold")
        title = self.say(header.title, header.title_en or header.title)
        self.out.print(f"{title}  {each.standard}@{each.edition}  {self.say('截至', 'as of')} {each.as_of}", style="dim")
        if self.explain:
            self.out.print(f"{self.say('标准内容指纹', 'Content hash')} {each.content_hash}", style="dim")
        if each.example:
            self.out.print(self.say("※ 例子数据，不是真实情况", "※ example facts, not real ones"), style="yellow")

    def states(self) -> None:
        if self.each.score is not None:
            self.out.print(f"{self.say('得分', 'Score')}: {self.points(self.each.score)}", style="bold")
        for label, states in (
            (self.say("称号", "Award"), self.each.awards),
            (self.say("关口", "Gate"), self.each.gates),
            (self.say("一票否决", "Veto"), self.each.vetoes),
        ):
            for each in states:
                self.out.print(self.state_line(label, each))
        counts = dict.fromkeys(Verdict, 0)
        for leaf in self.each.indicators():
            counts[leaf.verdict] += 1
        said = "  ".join(f"{self.phrases.verdict(v)} {n}" for v, n in counts.items() if n)
        self.out.print(f"{self.say('指标', 'Indicators')}: {said}")

    def state_line(self, label: str, each: StateResult) -> Text:
        pending = self.say("（待认定）", " (pending)") if each.pending else ""
        style = {"held": "bold green", "not_held": "red", "open": "yellow"}[each.state.value]
        text = Text(f"{label}: {self.say(each.title, each.title_en or each.title)} ")
        return text.append(self.phrases.state(each.state) + pending, style)

    def points(self, points: Interval) -> str:
        found = plain(points.low) if points.settled else f"{plain(points.low)}–{plain(points.high)}"
        return f"{found} / {plain(points.full)}"

    def not_met(self) -> None:
        failed = [leaf for leaf in self.each.indicators() if leaf.verdict is Verdict.NOT_MET]
        self.block(self.say("没有达到", "Not met"), [(leaf, "✗", "bold red", self.line(leaf)) for leaf in failed])

    def open_ones(self) -> None:
        wanted = (Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT)
        found = [leaf for leaf in self.each.indicators() if leaf.verdict in wanted]
        lacks = self.say("缺：", "missing: ")
        entries = [
            (leaf, self.phrases.verdict(leaf.verdict)[:1], "yellow", lacks + self.phrases.facts(leaf.missing)) for leaf in found
        ]
        self.block(self.say("还不知道", "Unknown"), entries)
        missing = self.each.unknown_facts
        if missing and self.settled():
            told = self.say(
                "称号已成定局：补齐数据改变不了，先改“没有达到”的项。",
                "The titles are settled: missing facts cannot change them. Mend what is not met first.",
            )
            flow(self.out, told)
        elif missing:
            some = self.phrases.comma.join(f"{self.phrases.fact(name)}〔{name}〕" for name in missing[:MOST_FACTS])
            more = self.say(f" 等 {len(missing)} 项", f" … {len(missing)} in all") if len(missing) > MOST_FACTS else ""
            flow(self.out, f"{self.say('先填这些', 'Fill these first')}: {some}{more}")

    def settled(self) -> bool:
        """Whether every title is lost already."""
        return bool(self.each.awards) and all(each.state is State.NOT_HELD for each in self.each.awards)

    def block(self, title: str, entries: list[tuple[IndicatorResult, str, str, str]]) -> None:
        if not entries:
            return
        self.out.print()
        self.out.print(title, style="bold")
        for leaf, sign, style, text in entries:
            points = f"  {self.points(leaf.points)}" if leaf.points else ""
            self.out.print(
                Text(f"{sign} {self.title(leaf)}", style).append(f"{points}  {self.clause(leaf)}", "default not bold"),
                soft_wrap=True,
            )
            flow(self.out, text, indent=2)

    def title(self, leaf: IndicatorResult) -> str:
        return self.say(leaf.title, leaf.title_en or leaf.title) + self.phrases.force(leaf.force)

    def line(self, leaf: IndicatorResult) -> str:
        step = main_step(leaf.because)
        failed = (
            [child for child in step.children if child.outcome == "not_met"] if step.kind in ("has_all", "has_at_least") else []
        )
        text = self.phrases.reason(step)
        if failed:
            text += self.say("；缺：", "; lacks: ") + self.phrases.comma.join(
                self.phrases.fact(f"{c.subject}.{c.text}").partition("·")[2] for c in failed
            )
        changes = dict.fromkeys(filter(None, (self.phrases.change(step), self.phrases.change(leaf.because))))
        return self.phrases.stop.join((text, *changes))

    def clause(self, leaf: IndicatorResult) -> str:
        mark = self.say(" 假定", " assumed") if leaf.assumed else ""
        return f"{leaf.cite.clause}{mark}"

    def everything(self) -> None:
        for group in self.each.criteria:
            points = f"  {self.points(group.points)}" if group.points else ""
            tree = Tree(
                Text(
                    f"{self.say(group.title, group.title_en or group.title)}{points}  {self.phrases.cite(group.cite)}",
                    "bold",
                )
            )
            for leaf in group.indicators:
                self.leaf(tree, leaf)
            self.out.print()
            self.out.print(tree)
        for label, states in (
            (self.say("关口", "Gate"), self.each.gates),
            (self.say("称号", "Award"), self.each.awards),
        ):
            for each in states:
                tree = Tree(self.state_line(label, each))
                self.reason(tree, each.because)
                self.out.print(tree)

    def reasons(self, most: int) -> None:
        """The whole reasoning of the few indicators that say most: what failed, then what is open, then what is met."""
        order = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT, Verdict.MET)
        ranked = sorted(
            (leaf for leaf in self.each.indicators() if leaf.verdict in order),
            key=lambda leaf: order.index(leaf.verdict),
        )
        tree = Tree(Text(self.say("为什么", "Why"), "bold"))
        for leaf in ranked[:most]:
            self.leaf(tree, leaf)
        self.out.print(tree)
        self.out.print()

    def leaf(self, tree: Tree, leaf: IndicatorResult) -> None:
        points = f"  {self.points(leaf.points)}" if leaf.points else ""
        mark = self.say("  假定：", "  assumed: ") + leaf.cite.reason if leaf.assumed and leaf.cite.reason else ""
        head = Text(f"{self.phrases.verdict(leaf.verdict)} {self.title(leaf)}{points}", STYLES[leaf.verdict])
        detail = Text(
            f"{self.phrases.cite(leaf.cite)}{'  «' + leaf.cite.as_printed + '»' if leaf.cite.as_printed else ''}{mark}",
            "dim",
        )
        self.reason(tree.add(Group(head, detail)), leaf.because)

    def reason(self, tree: Tree, reason: Reason, *, asked: bool = False, mark: str = "") -> None:
        if reason.kind in ("steps", "award"):
            for child in reason.children:
                self.reason(tree, child)
            return
        asked = asked or reason.kind == "applies"
        outcome = f"  {self.phrases.outcome(reason.outcome, asked=asked)}" if reason.outcome else ""
        branch = tree.add(Text(f"{mark}{self.phrases.reason(reason)}{outcome}", "dim" if mark.startswith("(") else ""))
        if reason.kind == "choose" and len(reason.children) == 3:
            self.choice(branch, reason)
            return
        for child in reason.children:
            self.reason(branch, child, asked=asked)

    def choice(self, tree: Tree, reason: Reason) -> None:
        """The question, then both cases: the one that applies is marked with an arrow."""
        test, then, other = reason.children
        taken = {"met": then, "not_met": other}.get(test.outcome)
        self.reason(tree, test, asked=True)
        for case in (then, other):
            unused = self.say("(不用) ", "(unused) ")
            self.reason(tree, case, mark="" if taken is None else "→ " if case is taken else unused)

    def assumptions(self) -> None:
        for reason in self.each.assumed:
            flow(self.out, f"※ {self.say('假定', 'Assumed')}: {reason}", style="yellow")
