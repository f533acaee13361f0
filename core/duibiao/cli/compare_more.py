"""What ``duibiao compare`` prints of editions, witnesses and units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from duibiao.cli.compare_page import Page
from duibiao.cli.output import table
from duibiao.compare.editions import Editions
from duibiao.compare.elsewhere import Look
from duibiao.compare.witness import Answer
from duibiao.model.outcome import State, Verdict
from duibiao.rules.program import Program
from duibiao.services.compare_told import Teller
from duibiao.services.comparing import Elsewhere
from duibiao.services.phrasing import VERDICTS
from duibiao.wording import many

MOST_FACTS = 12


class EditionsPage:
    """What changed from one edition to the next."""

    def __init__(self, page: Page) -> None:
        self.page, self.say, self.told = page, page.say, Teller(page.words)

    def show(self, found: Editions) -> None:
        """Demands by kind of change, then everything else."""
        self.page.heading(self.told.editions(found))
        for each in self.told.changes(found):
            self.page.line(each.text, style="bold" if each.lines else "")
            for label, text in each.lines:
                self.page.hang(f"    {label}  ", text)
        if not found.changes and not found.items:
            self.page.line(self.say("没有变化", "Nothing changed"))
        self.page.line(self.told.stayed(found))


class WitnessPage:
    """What tells two standards apart."""

    def __init__(self, page: Page) -> None:
        self.page, self.say, self.words, self.told = page, page.say, page.words, Teller(page.words)

    def show(self, found: Sequence[Answer], files: Mapping[int, Path]) -> None:
        """Both ways round."""
        for index, each in enumerate(found):
            self.answer(each, self.page.labels[index], self.page.labels[1 - index])
            if index in files:
                self.page.line(self.say(f"已写入 {files[index]}", f"Written: {files[index]}"), 2)

    def answer(self, each: Answer, first: str, second: str) -> None:
        """One way round."""
        self.page.heading(self.told.passing(first, second))
        self.page.line(self.told.titles(each), 2)
        self.page.line(self.told.verdict(each), 2)
        if each.witness is None:
            return
        facts = each.witness.facts
        for title, cite in self.told.fails(each):
            self.page.line(f"✗ {title}  {cite.clause}", 2)
        for fact in each.witness.decisive:
            self.page.line(f"{self.words.fact(fact)} = {self.words.value(fact, facts.values[fact])}", 4)
        for line in self.told.apart(each):
            self.page.line(line, 2)


class ElsewherePage:
    """Units under several standards."""

    def __init__(self, page: Page) -> None:
        self.page, self.say, self.words, self.told = page, page.say, page.words, Teller(page.words)

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
        name = " ".join(part for part in (unit.name, unit.code) if part) + self.words.phrases.aside(
            self.words.phrases.kinds(unit.kind)
        )
        self.page.line(f"{name}  {self.say('数据', 'facts')} {look.facts.period}", style="bold")
        if look.facts.example:
            self.page.line(self.say("※ 例子数据，不是真实情况", "※ example facts, not real ones"), style="yellow")
        for column in range(len(self.page.labels)):
            self.page.beside("·", column, [self.told.summary(look, column)])
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
        self.page.line(
            " ".join(part for part in (unit.name, unit.code) if part)
            + self.words.phrases.aside(self.words.phrases.kinds(unit.kind)),
            style="bold",
        )
        for column in range(len(self.page.labels)):
            self.page.beside(" ", column, [self.told.summary(look, column)])

    def territory(self, found: Elsewhere) -> None:
        """All units together."""
        whole = found.territory
        self.page.heading(self.say(f"合计 {whole.units} 个单位", f"{many(whole.units, 'unit')} in all"))
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
