"""``duibiao ask``: a case's questions line by line, for screen readers and for terminals that cannot show the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duibiao.cli.base import Session, command, option, session
from duibiao.cli.office import DAY, at_desk
from duibiao.wording import many

if TYPE_CHECKING:
    from datetime import date

    from duibiao.model.facts import FactType, Value
    from duibiao.services.session import Change, Question
    from duibiao.services.sitting import Sitting
    from duibiao.services.writer import Outcome

PAGE = 9
"""So many choices can be told by one digit."""


@command(
    "ask",
    zh="一问一答地填一件申报件：一行一个问题，不用全屏界面，适合读屏软件。\n"
    "每行写答案后回车；空行跳过，x 收回，u 撤销，b 回到上一问，w 说明理由，s 看得分，? 看写法，q 结束。写好一个就保存一个。",
    en="Answer a case's questions line by line, without a full screen: for screen readers.\n"
    "Write an answer and Enter; an empty line goes on, x takes back, u undoes, b goes back, w says why, s shows the score, "
    "? says what can be written, q ends. Each answer is saved at once.",
)
@click.argument("case_id", metavar="CASE")
@option("--all", "every", is_flag=True, zh="问全部问题，也问答过的", en="Ask every question, answered ones too")
@option("--date", "day", type=DAY, metavar="DATE", zh="哪一天，默认今天", en="Which day, today unless given")
@click.pass_context
def ask(ctx: click.Context, case_id: str, every: bool, day: date | None) -> None:
    from duibiao.services.office import open_office
    from duibiao.services.sitting import sit_down
    from duibiao.services.writer import Writer

    state = session(ctx)
    with at_desk(ctx, day) as desk:
        sitting = sit_down(desk, case_id)
        heard: list[Outcome] = []
        writer = Writer(lambda: open_office(state.workspace, clock_ok=state.clock_ok), desk.actor, heard.append)
        for (period, fact), row in sitting.stored.items():
            writer.knows(sitting.unit, period, fact, row.version)
        try:
            Interview(sitting, state, writer, heard, every=every).run()
        finally:
            writer.close(anyway=True)


class Interview:
    """The questions of a case, asked one after the other."""

    def __init__(self, sitting: Sitting, state: Session, writer: object, heard: list[Outcome], *, every: bool) -> None:
        from duibiao.services.writer import Writer

        assert isinstance(writer, Writer)  # noqa: S101 - named so that this module loads without it
        self.sitting, self.state, self.writer, self.heard, self.every = sitting, state, writer, heard, every
        self.session, self.say = sitting.session, state.say
        self.answered = 0

    def run(self) -> None:
        """Ask until everything is answered or the person ends it."""
        listed = self.sitting.case.listed
        click.echo(f"{listed.id} {listed.unit.name} {self.title(self.session.standard.header)}")
        left = self.session.left()
        click.echo(self.say(f"还有 {left} 个问题要答。? 看写法，q 结束。", f"{many(left, 'question')} left. ? says how, q ends."))
        place: int | None = self._first()
        while place is not None:
            place = self._ask(place)
        self._score()
        self._done()

    def _done(self) -> None:
        left = self.session.left()
        told = self.say(f"答了 {self.answered} 个，还有 {left} 个。", f"{self.answered} answered, {left} left.")
        unsaved = len(self.writer.unsaved)
        if unsaved:
            told += self.say(f"有 {unsaved} 个没有存好！", f"{unsaved} are NOT saved!")
        elif self.answered:
            told += self.say("都已保存。", " All saved.")
        click.echo(told)

    def title(self, item: object) -> str:
        """A title in the person's language."""
        zh, en = getattr(item, "title", ""), getattr(item, "title_en", "")
        return self.say(zh, en or zh)

    def _first(self) -> int | None:
        return 0 if self.every and self.session.questions else self.session.next_open(-1)

    def _next(self, place: int) -> int | None:
        if self.every:
            return place + 1 if place + 1 < len(self.session.questions) else None
        found = self.session.next_open(place)
        return None if found is None or found <= place else found

    def _ask(self, place: int) -> int | None:
        """Ask one question; the next one's position, None at the end."""
        question = self.session.questions[place]
        total = len(self.session.questions)
        self._tell(question, place, total)
        try:
            text = click.prompt(self.say("答", "answer"), default="", show_default=False, prompt_suffix="> ").strip()
        except (click.Abort, EOFError):
            click.echo("")
            return None
        return self._act(text, place, question)

    def _act(self, text: str, place: int, question: Question) -> int | None:
        from unicodedata import normalize

        word = normalize("NFKC", text).strip()
        match word.lower():
            case "":
                return self._next(place)
            case "q":
                return None
            case "b":
                return max(place - 1, 0)
            case "?" | "h":
                click.echo(self.how(question.fact))
            case "w":
                self._why(question)
            case "s":
                self._score()
            case "x":
                self._keep(self.session.answer(question, None))
            case "u":
                return self._undo(place)
            case _:
                return self._next(place) if self._take(word, question) else place
        return place

    def _tell(self, question: Question, place: int, total: int) -> None:
        fact = question.fact
        back = (
            self.say(f"（{self.session.period(question.back)} 年）", f" ({self.session.period(question.back)})")
            if question.back
            else ""
        )
        click.echo("")
        click.echo(f"{place + 1}/{total} {self.title(fact)}{back}")
        click.echo("  " + self.short(fact))
        value = self.session.value(question)
        if value is not None:
            click.echo("  " + self.say("现在：", "now: ") + self.shown(fact, value))
        elif self.session.given(question):
            click.echo("  " + self.say("流程已记录", "the process records it"))

    def shown(self, fact: FactType, value: Value) -> str:
        """An answer in words; of a checklist also what is there."""
        from duibiao.model.facts import Ticks
        from duibiao.model.notation import show_value

        text = show_value(fact, value, self.state.lang)
        if isinstance(value, Ticks) and value.present:
            there = [self.title(each) for each in fact.options if each.id in value.present]
            text += f" {self.state.phrases.comma.join(there)}"
        return text

    def short(self, fact: FactType) -> str:
        """What can be answered, on one line."""
        from duibiao.model.facts import LEVELLED, NUMERIC, Kind
        from duibiao.services.answers import limits, order

        if fact.kind is Kind.FLAG:
            return self.say("1 是，0 否", "1 yes, 0 no")
        if fact.kind is Kind.TITLE:
            return self.say("1 持有，0 未持有", "1 held, 0 not held")
        if fact.kind in LEVELLED:
            return self.state.phrases.comma.join(
                f"{number} {self.title(fact.options[index])}" for number, index in enumerate(order(fact), 1)
            )
        if fact.kind is Kind.CHECKLIST:
            listed = self.state.phrases.comma.join(f"{number} {self.title(each)}" for number, each in enumerate(fact.options, 1))
            return (
                self.say("有哪些（写序号，如 1 3；a 全有，z 全无）：", "which there are (numbers, as 1 3; a all, z none): ")
                + listed
            )
        if fact.kind in NUMERIC:
            unit = self.state.phrases.unit(fact.unit).strip()
            return " ".join(part for part in (self.say("数字", "a number"), unit, limits(fact)) if part)
        return self.say("日期，如 20121115", "a day, as 20121115")

    def how(self, fact: FactType) -> str:
        """What can be written, with what exactly is counted."""
        about = self.say(fact.description, fact.description_en or fact.description)
        keys = self.say(
            "空行 跳过  x 收回  u 撤销  b 上一问  w 理由  s 得分  q 结束",
            "empty: go on  x take back  u undo  b back  w why  s score  q end",
        )
        return "\n".join(part for part in (about, self.short(fact), keys) if part)

    def _take(self, word: str, question: Question) -> bool:
        """Take an answer; False when it cannot be read, having said why."""
        from duibiao.model.notation import NotationError
        from duibiao.wording import catalogue, pick

        try:
            value = self.read(word, question)
        except NotationError as error:
            entry = catalogue()[error.code]
            told = pick(self.state.lang, entry.title, entry.title_en)
            click.echo(f"{error.code} {told}{self.say('；可以写：', '; allowed: ') + error.allowed if error.allowed else ''}")
            return False
        if value is None:
            click.echo(self.how(question.fact))
            return False
        self._keep(self.session.answer(question, value))
        return True

    def read(self, word: str, question: Question) -> Value | None:
        """What was written as an answer; None where a number stands for nothing. NotationError: it cannot be read."""
        from duibiao.model.facts import LEVELLED, Kind
        from duibiao.model.notation import read_value
        from duibiao.services import answers

        fact = question.fact
        if fact.kind in answers.TYPED:
            return answers.read_typed(fact, word, self.session.value(question))
        if fact.kind is Kind.CHECKLIST:
            return self._ticked(word, fact)
        if word.isdecimal() and (fact.kind not in LEVELLED or int(word) <= PAGE):
            return answers.digit(fact, self.session.value(question), int(word)).value
        return read_value(fact, {"y": "是", "n": "否"}.get(word.lower(), word))

    def _ticked(self, word: str, fact: FactType) -> Value | None:
        from duibiao.model.facts import Ticks
        from duibiao.model.notation import read_value
        from duibiao.services.answers import whole

        if word.lower() in ("a", "z"):
            return whole(fact, word.lower() == "a")
        numbers = word.replace(",", " ").replace("、", " ").split()
        if all(each.isdecimal() and 1 <= int(each) <= len(fact.options) for each in numbers):
            there = frozenset(fact.options[int(each) - 1].id for each in numbers)
            return Ticks(there, frozenset(each.id for each in fact.options) - there)
        return None if all(each.isdecimal() for each in numbers) else read_value(fact, word)

    def _keep(self, change: Change) -> None:
        """Save a change and say what became of it."""
        if change.before == change.after:
            return
        self.writer.put(self.sitting.to_save(change))
        self.writer.flush()
        outcome, self.heard[:] = self.heard[-1], []
        if outcome.problems:
            for each in outcome.problems:
                click.echo(self.state.phrases.problem(each), err=True)
            if outcome.theirs is not None:
                self.sitting.accept(outcome.theirs)
            return
        self.sitting.saved(outcome)
        self.answered += 1
        told = self.say("（收回）", "(taken back)") if change.after is None else self.shown(change.question.fact, change.after)
        click.echo(self.say("已保存：", "Saved: ") + told + self._verdicts(change.question))

    def _verdicts(self, question: Question) -> str:
        verdict = self.state.phrases.verdict(self.session.verdict(question))
        return self.say("，", ", ") + verdict

    def _undo(self, place: int) -> int:
        change = self.session.undo()
        if change is None:
            click.echo(self.say("没有可撤销的。", "Nothing to undo."))
            return place
        click.echo(self.say("撤销：", "Undone: ") + self.title(change.question.fact))
        self._keep(change)
        return self.session.place(change.question)

    def _why(self, question: Question) -> None:
        """The rules that rest on a question, where they come from, and how they come out now."""
        found, phrases = self.session.assessment(), self.state.phrases
        rules = {each.id: each for each in self.session.standard.indicators()}
        from duibiao.services.reasons import lines

        for name in question.indicators:
            leaf = found.indicator(name)
            click.echo(f"{self.title(leaf)}{self.say('：', ': ')}{phrases.rule(rules[name])}  {phrases.cite(leaf.cite)}")
            for line in lines(leaf.because, phrases):
                click.echo("  " * (line.depth + 1) + line.text)

    def _score(self) -> None:
        from duibiao.services.extract_cases import points_text

        reading, standard = self.session.reading, self.session.standard
        if reading.score is not None:
            full = f"{reading.score.full.normalize():f}"
            click.echo(f"{self.say('得分', 'Score')} {points_text(reading.score)} / {full}")
        for award in standard.awards:
            click.echo(f"{self.title(award)}{self.say('：', ': ')}{self.state.phrases.state(reading.awards[award.id])}")
