"""What is said of editions, witnesses and units under several standards: the same words in the command line and on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from duibiao.compare.editions import Change, Editions, ItemChange
from duibiao.compare.elsewhere import Look
from duibiao.compare.witness import Answer, Side
from duibiao.model.notation import plain
from duibiao.model.sources import Cite
from duibiao.rules.program import Program
from duibiao.services.compare_sections import SECTIONS
from duibiao.services.compare_words import DemandWords, decimal
from duibiao.services.phrasing import VERDICTS
from duibiao.wording import many

KINDS: Mapping[str, tuple[str, str, str]] = {
    "added": ("+", "新增", "added"), "removed": ("-", "取消", "removed"), "tightened": ("▲", "收紧", "tightened"),
    "loosened": ("▽", "放宽", "loosened"), "changed": ("≠", "改变", "changed"), "moved": ("→", "移动", "moved"),
    "points": ("±", "分值变动", "points changed"),
}  # fmt: skip
"""What can become of a demand: sign, words in both languages; the order in which changes are told."""


@frozen
class Told:
    """One change between two editions.

    Attributes:
        kind: Key of :data:`KINDS` that says most.
        text: Sign, kinds, what it is about, how many times as much.
        lines: Before and after: a short label and what was asked, with document and clause.
    """

    kind: str
    text: str
    lines: tuple[tuple[str, str], ...] = ()


class Teller:
    """Words for what comparisons find out."""

    def __init__(self, words: DemandWords) -> None:
        self.words, self.say, self.phrases = words, words.say, words.phrases

    def title(self, item: object) -> str:
        """An item's title in the person's language, else its id."""
        zh, en, name = (getattr(item, each, "") for each in ("title", "title_en", "id"))
        return self.say(zh or name, en or zh or name)

    # editions

    def editions(self, found: Editions) -> str:
        """Which editions of what."""
        old, new = (each.standard.header for each in (found.old, found.new))
        return f"{self.title(new)}  {old.id}@{old.edition} → {new.id}@{new.edition}"

    def changes(self, found: Editions) -> Iterator[Told]:
        """Every change: demands by kind, then everything else."""
        for kind in KINDS:
            yield from (self.change(each) for each in found.changes if each.kinds[0] == kind)
        yield from map(self.item_change, found.items)

    def change(self, each: Change) -> Told:
        """One demand before and after."""
        kinds = self.phrases.comma.join(self.say(*KINDS[kind][1:]) for kind in each.kinds)
        times = f"  {decimal(each.times)} ×" if each.times is not None else ""
        sides = ((each.old, self.say("旧", "old")), (each.new, self.say("新", "new")))
        lines = tuple(
            (label, f"{self.words.demand(demand)}  {demand.cite.document} {demand.cite.clause}".rstrip())
            for demand, label in sides if demand is not None
        )  # fmt: skip
        return Told(each.kinds[0], f"{KINDS[each.kinds[0]][0]} {kinds}  {self.words.fact(each.fact)}{times}", lines)

    def item_change(self, item: ItemChange) -> Told:
        """What became of an award, a gate, a stage …"""
        zh, en = SECTIONS.get(item.table, ("其他规定", "Other provisions"))
        thing = item.new or item.old
        name = "" if thing is None else self.title(thing)
        sign, kind_zh, kind_en = KINDS[item.kind]
        keys = f"  {self.phrases.comma.join(item.keys)}" if item.keys else ""
        return Told(item.kind, f"{sign} {self.say(kind_zh, kind_en)}  {self.say(zh, en)}  {name}{keys}")

    def stayed(self, found: Editions) -> str:
        """How many demands did not change."""
        return self.say(f"其余 {found.same} 项要求未变", f"{found.same} demands stayed as they were")

    # witnesses

    def passing(self, first: str, second: str) -> str:
        """The question: which standard is passed, which is failed, by their labels."""
        return self.say(f"达到{first}、达不到{second}", f"Passes {first}, fails {second}")

    def titles(self, each: Answer) -> str:
        """What passing means, on either side."""
        return self.say("称号：", "Titles: ") + f"{self.award(each.first)} / {self.award(each.second)}"

    def award(self, side: Side) -> str:
        """What passing a standard means."""
        return self.say("全部应达指标", "every binding indicator") if side.award is None else self.title(side.award)

    def verdict(self, each: Answer) -> str:
        """The answer in a sentence; «none» is said only of what is proved."""
        if each.witness is not None:
            count, kind = len(each.witness.facts.values), self.phrases.kinds([each.kind])
            return self.say(
                f"有：{kind}，{count} 个数据项，少一个就定不下来；已用评估核对。",
                f"There is one: {kind}, {many(count, 'fact')}, none of which can be left out; checked by the evaluator.",
            )
        return {
            "none": self.say(
                "没有，已证明：达到前者的，后者的每一项要求都达到。",
                "None, proved: whoever passes the first meets every demand of the second.",
            ),
            "no_common_kind": self.say(
                "没有一类单位能同时得到两个称号，无从比较。", "No kind of unit can get both titles: nothing to compare."
            ),
        }.get(each.state, self.say("没有找到，也没有证明没有。", "None was found, nor proved not to exist."))

    def fails(self, each: Answer) -> Iterator[tuple[str, Cite]]:
        """The indicators of the second standard that the witness does not meet: title and source."""
        known = {leaf.id: leaf for leaf in each.second.assessor.program.standard.indicators()}
        for name in () if each.witness is None else each.witness.fails:
            yield self.title(known[name]), known[name].cite

    def apart(self, each: Answer) -> Iterator[str]:
        """How many demands can tell the two apart, and which are proved not to."""
        leaves: dict[str | None, set[str]] = {}
        for one in each.apart:
            leaves.setdefault(one.leaf, set()).add(one.state)
        if set(leaves) == {None}:
            yield self.say("后者只看得分。", "The second looks at the score alone.")
            return
        telling = sum("found" in states for states in leaves.values())
        implied = sum(states == {"none"} for states in leaves.values())
        rest = len(leaves) - telling - implied
        yield self.say(
            f"后者 {len(leaves)} 项要求里，{telling} 项能把两者分开，{implied} 项证明必然达到，其余 {rest} 项未定。",
            f"Of {len(leaves)} demands of the second, {telling} can tell the two apart, {implied} are proved to be met, "
            f"{rest} are open.",
        )
        if implied and telling + rest:
            sure = {name for name, states in leaves.items() if states == {"none"}}
            leafs = each.second.assessor.program.standard.indicators()
            titles = self.phrases.comma.join(self.title(one) for one in leafs if one.id in sure)
            yield self.say("必然达到：", "Proved to be met: ") + titles

    # a unit elsewhere

    def awards(self, look: Look, column: int) -> list[str]:
        """The titles under one standard and how they stand, and the score."""
        found = look.assessments[column]
        if found.in_scope is False:
            return [self.say("∅ 不评这样的单位", "∅ does not assess such a unit")]
        parts = [f"{self.title(each)} {self.phrases.state(each.state)}" for each in found.awards]
        if found.score is not None:
            low, high = plain(found.score.low), plain(found.score.high)
            parts.append(self.say("得分 ", "score ") + (low if found.score.settled else f"{low}–{high}"))
        return parts

    def summary(self, look: Look, column: int) -> str:
        """How a unit does under one standard, in a line."""
        parts = self.awards(look, column)
        if look.assessments[column].in_scope is not False:
            counts = look.counts(column)
            parts += [f"{self.phrases.verdict(verdict)} {counts[verdict]}" for verdict in VERDICTS if counts.get(verdict)]
        return "  ".join(parts)

    def identity(self, program: Program) -> str:
        """A standard in a line: title, id and edition, document."""
        header = program.standard.header
        return f"{self.title(header)}  {header.id}@{header.edition}  {header.document}"


__all__ = ["KINDS", "Teller", "Told"]
