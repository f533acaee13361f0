"""What stands beside the questions: the score so far, what is settled and what is left, and why an indicator is as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.cells import cell_len

from duibiao.model.facts import LEVELLED, NUMERIC, Grading, Holding, Kind, Ticks
from duibiao.model.notation import plain, show_number
from duibiao.model.outcome import Assessment, IndicatorResult, Interval, State, Verdict
from duibiao.services.answers import PAGE, happened
from duibiao.services.phrasing import STATES, VERDICTS
from duibiao.services.reasons import changes, lines
from duibiao.services.session import Question
from duibiao.tui.assess_rows import ink, levels, members, points_text
from duibiao.tui.lines import Part
from duibiao.tui.look import fit, flowed, wrapped

if TYPE_CHECKING:
    from duibiao.tui.screens.assess import AssessScreen

Line = Sequence[Part]
DEEPEST = 4
_SHOWN = (Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT, Verdict.NOT_APPLICABLE)


class Told:
    """Makes the lines of the panels."""

    def __init__(self, page: AssessScreen) -> None:
        self.page = page
        self.words = page.words
        self.inks = page.duibiao.inks
        self.say = page.duibiao.say

    # the score

    def bar(self, width: int) -> list[Line]:
        """One line: score or count, award, what is left."""
        session, inks = self.page.session, self.inks
        reading = session.reading
        left = self.say(f"还剩 {session.left()} 题 ", f"{session.left()} left ")
        head = self._total()
        awards = [self._short(each.title, each.title_en, reading.awards[each.id]) for each in session.standard.awards]
        size = max(min((width - cell_len(head) - cell_len(left)) // 3, 24), 0)
        room = width - cell_len(head) - cell_len(left) - size - 6
        told = self._fitting(awards, room)
        return [
            [
                (f" {head} ", inks.bar), (self._gauge(size), inks.head), ("  " + fit(told, max(room, 0)) + "  ", inks.text),
                (left, inks.mark),
            ]
        ]  # fmt: skip

    def _fitting(self, pieces: Sequence[str], room: int) -> str:
        """As many pieces as have room, and how many have not."""
        for count in range(len(pieces), 0, -1):
            rest = len(pieces) - count
            told = "  ".join(pieces[:count]) + (f"  +{rest}" if rest else "")
            if cell_len(told) <= room:
                return told
        return ""

    def _short(self, title: str, title_en: str, state: State) -> str:
        return f"{STATES[state][0]} {self.say(title, title_en)}"

    def _total(self) -> str:
        reading = self.page.session.reading
        if reading.score is not None:
            return self.say("得分 ", "score ") + points_text(reading.score)
        met = sum(each is Verdict.MET for each in reading.verdicts.values())
        failed = sum(each is Verdict.NOT_MET for each in reading.verdicts.values())
        total = len(reading.verdicts)
        return self.say(f"达到 {met}/{total} 未达 {failed}", f"met {met}/{total} failed {failed}")

    def _gauge(self, size: int) -> str:
        """A bar: full as far as it is certain, shaded as far as it is possible."""
        low, high, full = self._span()
        if size < 4 or not full:
            return ""
        sure = int(size * low / full)
        maybe = max(int(-(-size * high // full)) - sure, 0)
        return "█" * sure + "▒" * maybe + "░" * (size - sure - maybe)

    def _span(self) -> tuple[Decimal, Decimal, Decimal]:
        reading = self.page.session.reading
        if reading.score is not None:
            return reading.score.low, reading.score.high, reading.score.full
        verdicts = list(reading.verdicts.values())
        met = sum(each in (Verdict.MET, Verdict.NOT_APPLICABLE) for each in verdicts)
        failed = sum(each is Verdict.NOT_MET for each in verdicts)
        return Decimal(met), Decimal(len(verdicts) - failed), Decimal(len(verdicts))

    def score(self, width: int) -> list[Line]:
        """The panel: score with its bar, indicators by verdict, awards, gates and vetoes, what is left."""
        session, inks = self.page.session, self.inks
        reading, standard = session.reading, session.standard
        found: list[Line] = [[(self._total(), inks.bar)], [(self._gauge(max(width - 2, 4)), inks.head)]]
        counts = {each: sum(found is each for found in reading.verdicts.values()) for each in _SHOWN}
        told = "  ".join(f"{self.words.verdict(each)} {number}" for each, number in counts.items() if number)
        found += [[(line, inks.text)] for line in wrapped(told, width)]
        for label, items, states in (
            (self.say("称号", "Award"), standard.awards, reading.awards),
            (self.say("关口", "Gate"), standard.gates, reading.gates),
        ):
            found += [self._state(label, self.say(each.title, each.title_en), states[each.id], width) for each in items]
        found += [self._veto(self.say(each.title, each.title_en), reading.vetoes[each.id], width) for each in standard.vetoes]
        left = session.left()
        told = self.say(f"还有 {left} 题会影响结果", f"open questions that matter: {left}") if left else self.done()
        return [*found, [(fit(told, width), inks.mark)]]

    def done(self) -> str:
        """Nothing is left that matters."""
        return self.say("✓ 没有影响结果的问题了", "✓ nothing left that matters")

    def _state(self, label: str, title: str, state: State, width: int) -> Line:
        style = {State.HELD: self.inks.good, State.NOT_HELD: self.inks.bad, State.OPEN: self.inks.open}[state]
        told = self.words.state(state)
        room = max(width - cell_len(told) - cell_len(label) - 3, 4)
        return [(label + " ", self.inks.dim), (fit(title, room) + " ", self.inks.text), (told, style)]

    def _veto(self, title: str, state: State, width: int) -> Line:
        """A veto that falls is bad, one that does not is good."""
        words = {
            State.HELD: ("✗ 否决", "✗ falls"), State.NOT_HELD: ("✓ 未触发", "✓ does not"), State.OPEN: ("? 未定", "? open"),
        }  # fmt: skip
        style = {State.HELD: self.inks.bad, State.NOT_HELD: self.inks.good, State.OPEN: self.inks.open}[state]
        label, told = self.say("否决 ", "Veto "), self.say(*words[state])
        room = max(width - cell_len(told) - cell_len(label) - 2, 4)
        return [(label, self.inks.dim), (fit(title, room) + " ", self.inks.text), (told, style)]

    # the question

    def brief(self, question: Question, width: int, height: int) -> list[Line]:
        """The question under the cursor in a few lines: what is asked, what the keys stand for, the rule."""
        found = [*self.head(question, width), *self.choices(question, width)]
        for name in question.indicators:
            indicator = self.page.indicators[name]
            found += self._wrapped(f"{self.words.rule(indicator)}  {self.words.cite(indicator.cite)}", width, dim=True)
        for kind, name in question.findings:
            found += self._finding(kind, name, None, width)
        found += self.about(question, width)
        if len(found) > height:
            more = self.say("  Tab 看全部", "  Tab: all")
            last = "".join(text for text, _ in found[height - 1])
            found = [*found[: height - 1], [(fit(last, width - cell_len(more)), self.inks.dim), (more, self.inks.mark)]]
        return found + [[("", self.inks.text)]] * (height - len(found))

    def head(self, question: Question, width: int) -> list[Line]:
        """What is asked, of which period, in which unit; what is wrong with it."""
        inks = self.inks
        found: list[Line] = [[(line, inks.bar)] for line in wrapped(self.page.asked(question) + self._asked(question), width)]
        why = self.page.why_unsaved(question)
        if why:
            told = self.say("✗ 没有存好：", "✗ not saved: ") + why + self.say("（ctrl+s 再试）", " (ctrl+s tries again)")
            found += [[(line, inks.bad)] for line in wrapped(told, width)]
        return found

    def about(self, question: Question, width: int) -> Iterator[Line]:
        """What exactly is counted."""
        fact = question.fact
        text = self.say(fact.description, fact.description_en)
        if text and text != fact.title:
            yield from self._wrapped(text, width, dim=True)

    def _asked(self, question: Question) -> str:
        fact = question.fact
        if fact.kind in NUMERIC:
            low, high = (show_number(fact, each, self.words.lang) for each in (fact.low, fact.high))
            return self.say(f"（{low} 到 {high}）", f" ({low} to {high})")
        if fact.kind is Kind.CHECKLIST:
            more = self.say("  → 后面的", "  → others") if len(fact.options) > PAGE else ""
            keys = self.say("（a 全有  z 全无  回车 其余没有", " (a all  z none  Enter: not the rest")
            return keys + more + self.say("）", ")")
        if fact.kind is Kind.EVENTS:
            return self.say("（输 20121115 加一件；r 逐件更正；z 没有）", " (20121115 adds one; r: one by one; z: none)")
        return self.say("（日期，如 20121115）", " (a date such as 20121115)") if fact.kind is Kind.DATE else ""

    def choices(self, question: Question, width: int) -> list[Line]:
        """Levels or members with their digits."""
        fact, value = question.fact, self.page.session.value(question)
        if fact.kind in LEVELLED:
            told = [f"{digit} {title}" for digit, title in levels(fact, self.words)]
            return self._flow(told, width)
        if fact.kind is Kind.EVENTS:
            events = value if isinstance(value, tuple) else ()
            return [[(line, self.inks.text)] for each in events for line in wrapped(happened(fact, each, self.words.lang), width)]
        if fact.kind is not Kind.CHECKLIST:
            return []
        page = self.page.rows.page
        told = [
            f"{digit} {title}" for digit, title in members(fact, value if isinstance(value, Ticks) else None, page, self.words)
        ]
        return self._flow(told, width)

    def _flow(self, pieces: Sequence[str], width: int) -> list[Line]:
        """Pieces beside each other, none broken where that can be helped."""
        return [[(line, self.inks.text)] for line in flowed(pieces, width)]

    # why

    def why(self, question: Question, assessment: Assessment | None, width: int) -> list[Line]:
        """The question, its answer's circumstances, and its indicators with rule, reasons and clause."""
        found = [*self.head(question, width), *self.choices(question, width)]
        found += [*self.about(question, width), *self._said(question, width)]
        for name in question.indicators:
            found.append([("", self.inks.text)])
            found += self._indicator(name, assessment, width)
        for kind, name in question.findings:
            found.append([("", self.inks.text)])
            found += self._finding(kind, name, assessment, width)
        return found

    def _finding(self, kind: str, name: str, assessment: Assessment | None, width: int) -> Iterator[Line]:
        """A gate, veto or title that rests on the question directly."""
        labels = {
            "gates": ("关口", "Gate"), "vetoes": ("一票否决", "Veto"), "awards": ("称号", "Award"), "stages": ("环节", "Stage"),
        }  # fmt: skip
        state: State = getattr(self.page.session.reading, kind)[name]
        item = next(each for each in getattr(self.page.session.standard, kind) if each.id == name)
        told = f"{self.say(*labels[kind])} {self.say(item.title, item.title_en)}  {self.words.state(state)}"
        yield from ([(line, self.inks.text)] for line in wrapped(told, width))
        if assessment is not None:
            result = next(each for each in getattr(assessment, kind) if each.id == name)
            for each in lines(result.because, self.words):
                indent = "  " * min(each.depth, DEEPEST)
                yield from self._wrapped(f"{indent}· {each.text}", width)
        yield from self._wrapped(self.say("出处：", "source: ") + self.words.cite(item.cite), width, dim=True)

    def _said(self, question: Question, width: int) -> Iterator[Line]:
        """Note, files, who judged, from when to when; what was answered for other periods."""
        sitting, value = self.page.sitting, self.page.session.value(question)
        told = []
        if isinstance(value, Grading) and (value.reason or value.by):
            told.append(self.say("评定：", "judged: ") + " ".join(part for part in (value.by, value.reason) if part))
        if isinstance(value, Holding) and (value.since or value.until):
            told.append(self.say("有效：", "valid: ") + f"{value.since or ''} — {value.until or ''}")
        if sitting.note(question):
            told.append(self.say("备注：", "note: ") + sitting.note(question))
        if sitting.files(question):
            told.append(self.say("附件：", "files: ") + self.words.comma.join(sitting.files(question)))
        for each in told:
            yield from ([(line, self.inks.mark)] for line in wrapped(each, width))

    def _indicator(self, name: str, assessment: Assessment | None, width: int) -> Iterator[Line]:
        inks, session = self.inks, self.page.session
        indicator, verdict = self.page.indicators[name], session.reading.verdicts[name]
        points = session.reading.points.get(name)
        force = self.words.force(indicator.force)
        head = f"{VERDICTS[verdict][0]} {self.say(indicator.title, indicator.title_en)}{force}"
        told = head + (f"  {points_text(points)}" if points is not None else f"  {self.say(*VERDICTS[verdict][1:])}")
        yield from ([(line, ink(inks, verdict))] for line in wrapped(told, width))
        yield from self._wrapped(self.say("规则：", "rule: ") + self.words.rule(indicator), width)
        if assessment is not None:
            yield from self._reasons(assessment.indicator(name), width)
        cite = self.words.cite(indicator.cite)
        printed = f"  «{indicator.cite.as_printed}»" if indicator.cite.as_printed else ""
        yield from self._wrapped(self.say("出处：", "source: ") + cite + printed, width, dim=True)
        if indicator.cite.assumed or (assessment is not None and assessment.indicator(name).assumed):
            shared = assessment.assumed if assessment is not None else ()
            generic = self.say("得分或界限里有来源没有写明的数", "its points or its line hold a number that no source gives")
            reason = indicator.cite.reason or (shared[0] if len(shared) == 1 else generic)
            yield from ([(line, inks.open)] for line in wrapped(self.say("※ 假定：", "※ assumed: ") + reason, width))

    def _reasons(self, leaf: IndicatorResult, width: int) -> Iterator[Line]:
        styles: Mapping[str, Verdict] = {each.value: each for each in Verdict}
        for each in lines(leaf.because, self.words):
            indent = "  " * min(each.depth, DEEPEST)
            style = ink(self.inks, styles[each.outcome]) if each.outcome and each.used else self.inks.dim
            for number, line in enumerate(wrapped(each.text, max(width - len(indent) - 2, 10))):
                yield [(indent + ("· " if number == 0 else "  ") + line, style if each.outcome else self.inks.text)]
        for told in changes(leaf, self.words):
            yield from ([(line, self.inks.mark)] for line in wrapped("→ " + told, width))
        if leaf.missing:
            told = self.say("还缺：", "missing: ") + self.words.facts(leaf.missing)
            yield from ([(line, self.inks.open)] for line in wrapped(told, width))

    def _wrapped(self, text: str, width: int, *, dim: bool = False) -> Iterator[Line]:
        style = self.inks.dim if dim else self.inks.text
        yield from ([(line, style)] for line in wrapped(text, width))


def span(points: Interval | None) -> str:
    """Points of a level, ``—`` where it gave none."""
    if points is None:
        return "—"
    return plain(points.low) if points.settled else f"{plain(points.low)}–{plain(points.high)}"
