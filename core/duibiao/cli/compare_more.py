"""What ``duibiao compare`` prints of editions, witnesses and units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from duibiao.cli.compare_page import Page
from duibiao.cli.output import table
from duibiao.compare.editions import Change, Editions
from duibiao.compare.elsewhere import Look
from duibiao.compare.witness import Answer, Side
from duibiao.model.notation import plain
from duibiao.model.outcome import State, Verdict
from duibiao.rules.program import Program
from duibiao.services.compare_sections import SECTIONS
from duibiao.services.comparing import Elsewhere
from duibiao.services.phrasing import VERDICTS

MOST_FACTS = 12
KINDS: Mapping[str, tuple[str, str, str]] = {
    "added": ("+", "新增", "added"), "removed": ("-", "取消", "removed"), "tightened": ("▲", "收紧", "tightened"),
    "loosened": ("▽", "放宽", "loosened"), "changed": ("≠", "改变", "changed"), "moved": ("→", "移动", "moved"),
    "points": ("±", "分值变动", "points changed"),
}  # fmt: skip


class EditionsPage:
    """What changed from one edition to the next."""

    def __init__(self, page: Page) -> None:
        self.page, self.say, self.words = page, page.say, page.words

    def show(self, found: Editions) -> None:
        """Demands by kind of change, then everything else."""
        old, new = (each.standard.header for each in (found.old, found.new))
        title = self.say(new.title, new.title_en or new.title)
        self.page.heading(f"{title}  {old.id}@{old.edition} → {new.id}@{new.edition}")
        for kind in KINDS:
            mine = [each for each in found.changes if each.kinds[0] == kind]
            for each in mine:
                self.change(each)
        for item in found.items:
            zh, en = SECTIONS.get(item.table, ("其他规定", "Other provisions"))
            thing = item.new or item.old
            name = "" if thing is None else self.say(thing.title or thing.id, thing.title_en or thing.title or thing.id)
            sign, kind_zh, kind_en = KINDS[item.kind]
            keys = f"  {self.words.phrases.comma.join(item.keys)}" if item.keys else ""
            self.page.line(f"{sign} {self.say(kind_zh, kind_en)}  {self.say(zh, en)}  {name}{keys}")
        if not found.changes and not found.items:
            self.page.line(self.say("没有变化", "Nothing changed"))
        self.page.line(self.say(f"其余 {found.same} 项要求未变", f"{found.same} demands stayed as they were"))

    def change(self, each: Change) -> None:
        """One demand before and after."""
        kinds = self.words.phrases.comma.join(self.say(*KINDS[kind][1:]) for kind in each.kinds)
        times = f"  {plain_times(each)}" if each.times is not None else ""
        self.page.line(f"{KINDS[each.kinds[0]][0]} {kinds}  {self.words.fact(each.fact)}{times}", style="bold")
        for demand, word in ((each.old, self.say("旧", "old")), (each.new, self.say("新", "new"))):
            if demand is not None:
                self.page.hang(
                    f"    {word}  ", f"{self.words.demand(demand)}  {demand.cite.document} {demand.cite.clause}".rstrip()
                )


def plain_times(each: Change) -> str:
    """How many times as much is asked now."""
    from duibiao.services.compare_data import exact

    return f"{exact(each.times)} ×"


class WitnessPage:
    """What tells two standards apart."""

    def __init__(self, page: Page) -> None:
        self.page, self.say, self.words = page, page.say, page.words

    def show(self, found: Sequence[Answer], files: Mapping[int, Path]) -> None:
        """Both ways round."""
        for index, each in enumerate(found):
            self.answer(each, self.page.labels[index], self.page.labels[1 - index])
            if index in files:
                self.page.line(self.say(f"已写入 {files[index]}", f"Written: {files[index]}"), 2)

    def answer(self, each: Answer, first: str, second: str) -> None:
        """One way round."""
        self.page.heading(self.say(f"达到{first}、达不到{second}", f"Passes {first}, fails {second}"))
        self.page.line(self.say("称号：", "Titles: ") + f"{self.award(each.first)} / {self.award(each.second)}", 2)
        self.page.line(self.verdict(each), 2)
        if each.witness is None:
            return
        facts, standard = each.witness.facts, each.second.assessor.program.standard
        titles = {leaf.id: self.say(leaf.title, leaf.title_en or leaf.title) for leaf in standard.indicators()}
        clauses = {leaf.id: leaf.cite.clause for leaf in standard.indicators()}
        for leaf in each.witness.fails:
            self.page.line(f"✗ {titles[leaf]}  {clauses[leaf]}", 2)
        for fact in each.witness.decisive:
            self.page.line(f"{self.words.fact(fact)} = {self.words.value(fact, facts.values[fact])}", 4)
        self.apart(each)

    def award(self, side: Side) -> str:
        """What passing means."""
        if side.award is None:
            return self.say("全部应达指标", "every binding indicator")
        return self.say(side.award.title, side.award.title_en or side.award.title)

    def verdict(self, each: Answer) -> str:
        """The answer in a sentence."""
        if each.witness is not None:
            count = len(each.witness.facts.values)
            return self.say(
                f"有：{each.kind}，{count} 个数据项，少一个就定不下来；已用评估核对。",
                f"There is one: {each.kind}, {count} facts, none of which can be left out; checked by the evaluator.",
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

    def apart(self, each: Answer) -> None:
        """How many demands can tell the two apart."""
        leaves: dict[str | None, set[str]] = {}
        for one in each.apart:
            leaves.setdefault(one.leaf, set()).add(one.state)
        if set(leaves) == {None}:
            self.page.line(self.say("后者只看得分。", "The second looks at the score alone."), 2)
            return
        telling = sum("found" in states for states in leaves.values())
        implied = sum(states == {"none"} for states in leaves.values())
        rest = len(leaves) - telling - implied
        told = self.say(
            f"后者 {len(leaves)} 项要求里，{telling} 项能把两者分开，{implied} 项证明必然达到，其余 {rest} 项未定。",
            f"Of {len(leaves)} demands of the second, {telling} can tell the two apart, {implied} are proved to be met, "
            f"{rest} are open.",
        )
        self.page.line(told, 2)
        if implied and telling + rest:
            standard = each.second.assessor.program.standard
            sure = {name for name, states in leaves.items() if states == {"none"}}
            titles = [self.say(one.title, one.title_en or one.title) for one in standard.indicators() if one.id in sure]
            self.page.line(self.say("必然达到：", "Proved to be met: ") + self.words.phrases.comma.join(titles), 2)


class ElsewherePage:
    """Units under several standards."""

    def __init__(self, page: Page) -> None:
        self.page, self.say, self.words = page, page.say, page.words

    def show(self, found: Elsewhere) -> None:
        """One unit in full; of several each in short, then all of them together."""
        if found.territory.units == 1:
            self.unit(found.looks[0], found.comparison.programs)
            return
        for look in found.looks:
            self.short(look)
        self.territory(found)

    def unit(self, look: Look, programs: Sequence[Program]) -> None:
        """One unit: its own values across the columns."""
        unit = look.facts.unit
        name = " ".join(part for part in (unit.name, unit.code, f"（{unit.kind}）") if part)
        self.page.line(f"{name}  {self.say('数据', 'facts')} {look.facts.period}", style="bold")
        if look.facts.example:
            self.page.line(self.say("※ 例子数据，不是真实情况", "※ example facts, not real ones"), style="yellow")
        for column in range(len(self.page.labels)):
            self.page.beside("·", column, [self.summary(look, column)])
        topic = None
        for line in look.lines:
            if not any(verdict not in (None, Verdict.OUT_OF_SCOPE) for verdict in line.verdicts):
                continue
            if line.row.topic != topic:
                topic = line.row.topic
                self.page.heading(self.page.topic_title(topic))
            value = self.words.value(line.row.fact, line.value) or self.say("未知", "unknown")
            self.page.line(f"{self.words.fact(line.row.fact)} = {value}", style="bold")
            for column, verdict in enumerate(line.verdicts):
                if verdict is not None:
                    mine = [each for each in line.row.cells[column] if each.role == "indicator"]
                    asks = self.words.phrases.stop.join(self.page.cell(programs[column], line.row, mine))
                    self.page.beside(VERDICTS[verdict][0], column, [f"{self.say(*VERDICTS[verdict][1:])}  {asks}"])
        self.collect(look)

    def summary(self, look: Look, column: int) -> str:
        """How a unit does under one standard."""
        found = look.assessments[column]
        if found.in_scope is False:
            return self.say("∅ 不评这样的单位", "∅ does not assess such a unit")
        parts = [
            f"{self.say(each.title, each.title_en or each.title)} {self.words.phrases.state(each.state)}" for each in found.awards
        ]
        if found.score is not None:
            low, high = plain(found.score.low), plain(found.score.high)
            parts.append(self.say("得分 ", "score ") + (low if found.score.settled else f"{low}–{high}"))
        counts = look.counts(column)
        parts += [f"{self.words.phrases.verdict(verdict)} {counts[verdict]}" for verdict in VERDICTS if counts.get(verdict)]
        return "  ".join(parts)

    def collect(self, look: Look) -> None:
        """What still has to be collected, for which standard."""
        self.page.heading(self.say("还要收集", "Still to be collected"))
        for column in range(len(self.page.labels)):
            missing = look.missing(column)
            some = self.words.phrases.facts(missing[:MOST_FACTS])
            more = self.say(f" 等 {len(missing)} 项", f" … {len(missing)} in all") if len(missing) > MOST_FACTS else ""
            self.page.beside(" ", column, [some + more if missing else "–"])

    def short(self, look: Look) -> None:
        """One unit in a line for each standard."""
        unit = look.facts.unit
        self.page.line(" ".join(part for part in (unit.name, unit.code, f"（{unit.kind}）") if part), style="bold")
        for column in range(len(self.page.labels)):
            self.page.beside(" ", column, [self.summary(look, column)])

    def territory(self, found: Elsewhere) -> None:
        """All units together."""
        whole = found.territory
        self.page.heading(self.say(f"合计 {whole.units} 个单位", f"{whole.units} units in all"))
        rows = []
        for column, program in enumerate(found.comparison.programs):
            for award in program.standard.awards:
                states = whole.titles[column][award.id]
                counts = [str(states.get(each, 0)) for each in (State.HELD, State.NOT_HELD, State.OPEN)]
                rows.append((self.page.labels[column], self.say(award.title, award.title_en or award.title), *counts))
        columns = [
            self.say(*each)
            for each in (("标准", "standard"), ("称号", "title"), ("达到", "held"), ("达不到", "not held"), ("未定", "open"))
        ]
        self.page.out.print(table(columns, rows, grow=1))
        self.page.heading(self.say("还要收集（缺的单位数）", "Still to be collected (units that lack it)"))
        for column, missing in enumerate(whole.missing):
            told = [f"{self.words.fact(fact)} {count}" for fact, count in list(missing.items())[:MOST_FACTS]]
            self.page.beside(" ", column, [self.words.phrases.comma.join(told) or "–"])


__all__ = ["EditionsPage", "ElsewherePage", "WitnessPage"]
