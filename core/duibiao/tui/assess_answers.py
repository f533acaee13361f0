"""Answering in the row: what keys do to the answer under the cursor, undo and redo, and what became of the saves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from textual.timer import Timer

from duibiao.errors import Problem
from duibiao.model.facts import LEVELLED, NUMERIC, Kind, Value
from duibiao.model.notation import NotationError, show_value
from duibiao.services import answers
from duibiao.services.answers import TYPED
from duibiao.services.session import Change, Question
from duibiao.services.sitting import Place
from duibiao.services.writer import Fact, Outcome
from duibiao.store.records import Recorded
from duibiao.tui.base import Page
from duibiao.tui.later import later
from duibiao.wording import describe

if TYPE_CHECKING:
    from duibiao.services.session import Session
    from duibiao.services.sitting import Sitting
    from duibiao.tui.assess_rows import AssessRows

LONGEST_TYPED = 20
DRAFT_AFTER = 0.4
"""Seconds without a key after which what is half typed is kept."""
SAYS_WAITING_AFTER = 0.08


class Answering(Page):
    """The part of the screen that answers, saves, and hears what became of it."""

    sitting: Sitting

    def __init__(self) -> None:
        super().__init__()
        self.unsaved: dict[Place, str] = {}
        self.conflicts: dict[Place, Outcome] = {}
        self._asked_about: set[Place] = set()
        self._confirmed_at: int | None = None
        self._drafted = False
        self._draft_timer: Timer | None = None

    # what the other parts of the screen give

    @property
    def session(self) -> Session:
        """The assessment in progress."""
        return self.sitting.session

    @property
    def rows(self) -> AssessRows:
        """The questions."""
        raise NotImplementedError

    def asked(self, question: Question) -> str:
        """What a question asks, in the person's language."""
        raise NotImplementedError

    def show_change(self, change: Change) -> None:
        """Draw what reads differently now."""
        raise NotImplementedError

    def show_question(self, *, now: bool = False) -> None:
        """Draw what is said of the question under the cursor; *now*, or when no key has come for a moment."""
        raise NotImplementedError

    # answering

    def at_cursor(self) -> Question | None:
        """The question under the cursor; None on an empty list."""
        index = self.rows.question
        return None if index is None else self.session.questions[index]

    def answer(self, question: Question, value: Value | None) -> bool:
        """Answer a question, and have it saved; whether that may be done here at all."""
        barred = self.duibiao.desk.space.barred
        if barred is not None:
            self.duibiao.tell(describe(barred, self.duibiao.lang), "bad")
            return False
        change = self.session.answer(question, value)
        if change.before != change.after or self.is_unsaved(question):
            self._changed(change)
        return True

    def _changed(self, change: Change) -> None:
        if self.duibiao.status[0]:
            self.duibiao.status = ("", "")
            self.duibiao.say_status()
        self.save(self.sitting.to_save(change))
        self.show_change(change)

    def save(self, fact: Fact) -> None:
        """Have a fact saved; no key waits for it."""
        self.duibiao.waiting += 1
        self.duibiao.writer.put(fact)
        if self.duibiao.waiting == 1:
            later(self, SAYS_WAITING_AFTER, self._say_waiting)

    def _say_waiting(self) -> None:
        if self.duibiao.waiting:
            self.duibiao.say_status()

    def action_digit(self, number: int) -> None:
        """A digit: an answer, or one more character of it."""
        question = self.at_cursor()
        if question is None:
            return
        if question.fact.kind in TYPED:
            self._type(question, str(number))
            return
        pressed = answers.digit(question.fact, self.session.value(question), number, self.rows.page)
        if pressed.value is None:
            self.duibiao.tell(self.say("这个数字在这里没有对应的选项", "that digit stands for nothing here"))
            return
        revising = self.session.value(question) is not None
        if self.answer(question, pressed.value) and pressed.done:
            self._step(revising)

    def action_sign(self, sign: str) -> None:
        """A point, minus or percent sign, while a number or date is typed."""
        question = self.at_cursor()
        if question is not None and question.fact.kind in TYPED:
            self._type(question, sign)

    def _type(self, question: Question, character: str) -> None:
        rows = self.rows
        if len(rows.typed) < LONGEST_TYPED:
            rows.typed += character
        rows.wrong = ""
        rows.show_cursor()
        self._keep_draft()
        if answers.complete(question.fact, rows.typed):
            revising = self.session.value(question) is not None
            if self.commit() and question.fact.kind is not Kind.EVENTS:
                self._step(revising)
                self._confirmed_at = rows.question

    def commit(self) -> bool:
        """Make an answer of what was typed; whether it is one (nothing typed is fine). What is wrong stands in the row."""
        rows, question = self.rows, self.at_cursor()
        if not rows.typed or question is None:
            return True
        try:
            value = answers.read_typed(question.fact, rows.typed, self.session.value(question))
        except NotationError as error:
            rows.wrong = self._short(error)
            told = Problem(error.code, found=rows.typed, allowed=error.allowed)
            self.duibiao.tell(f"{self.asked(question)}{self.say('：', ': ')}{describe(told, self.duibiao.lang)}", "bad")
            rows.show_cursor()
            return False
        typed, rows.typed, rows.wrong = rows.typed, "", ""
        self._drop_draft()
        rows.show_cursor()
        if question.fact.kind is Kind.EVENTS and question.fact.options:
            self.ask_kind(question, answers.read_day(question.fact, typed))
            return False
        return self.answer(question, value)

    def ask_kind(self, question: Question, day: date) -> object:
        """Ask for the kind of an event whose day was typed."""
        raise NotImplementedError

    def _short(self, error: NotationError) -> str:
        if error.code == "DB025":
            return self.say(f"最小到 {error.allowed}", f"no finer than {error.allowed}")
        if error.code == "DB024":
            return error.allowed.replace(" … ", self.say(" 到 ", " to "))
        return {
            "DB008": self.say("不是数字", "not a number"), "DB017": self.say("单位不对", "wrong unit"),
            "DB033": self.say("没有这一天", "no such day"),
        }.get(error.code, error.allowed)  # fmt: skip

    def drop_typed(self) -> bool:
        """Give up what is being typed; whether anything was."""
        rows = self.rows
        if not rows.typed and not rows.wrong:
            return False
        rows.typed = rows.wrong = ""
        rows.show_cursor()
        self._drop_draft()
        return True

    def action_rub_out(self) -> None:
        """Rub out a character; begin editing a number that stands there; take back the latest event, or the answer."""
        rows, question = self.rows, self.at_cursor()
        if question is None:
            return
        value = self.session.value(question)
        if rows.typed:
            rows.typed, rows.wrong = rows.typed[:-1], ""
            rows.show_cursor()
            self._keep_draft()
        elif question.fact.kind in NUMERIC | {Kind.DATE} and value is not None:
            rows.typed = answers.typed_as(question.fact, value)[:-1]
            rows.show_cursor()
        elif question.fact.kind is Kind.EVENTS and value is not None:
            self.answer(question, answers.without_last(value))
        else:
            self.action_clear()

    def action_clear(self) -> None:
        """Take the answer back."""
        question = self.at_cursor()
        if self.drop_typed() or question is None:
            return
        if self.session.value(question) is not None:
            self.answer(question, None)

    def action_whole(self, there: int) -> None:
        """Everything on a checklist, or nothing; of events only nothing."""
        question = self.at_cursor()
        kinds = (Kind.CHECKLIST,) if there else (Kind.CHECKLIST, Kind.EVENTS)
        if question is None or question.fact.kind not in kinds:
            self.duibiao.tell(self.say("a、z 只用于清单", "a and z are for checklists"))
            return
        self.drop_typed()
        revising = self.session.value(question) is not None
        if self.answer(question, answers.whole(question.fact, bool(there))):
            self._step(revising)

    def action_shift(self, step: int) -> None:
        """Another level; of a long checklist the other members."""
        question = self.at_cursor()
        if question is None:
            return
        if question.fact.kind in LEVELLED:
            self.answer(question, answers.shifted(question.fact, self.session.value(question), step))
        elif question.fact.kind is Kind.CHECKLIST:
            last = (len(question.fact.options) - 1) // answers.PAGE
            self.rows.page = max(0, min(self.rows.page + step, last))
            self.show_question(now=True)

    def action_step_on(self) -> None:
        """Enter: what was typed is the answer, the rest of a checklist is not there; then the next question that matters.

        Right after an answer that needed no Enter it does nothing: hands that confirm every number would skip a question.
        """
        question, confirmed = self.at_cursor(), self._confirmed_at
        self._confirmed_at = None
        if confirmed is not None and confirmed == self.rows.question and not self.rows.typed:
            return
        if question is None or not self.commit():
            return
        value = self.session.value(question)
        rest = answers.closed(question.fact, value)
        if rest is not None:
            open_ = len(rest.absent)
            if not self.answer(question, rest):
                return
            told = self.say(f"{self.asked(question)}：没有勾的记为没有（共 {open_} 项）", f"not ticked: not there ({open_})")
            self.duibiao.tell(told)
        self._step(False)

    def _step(self, revising: bool) -> None:
        """After an answer: the next question that matters; the next line where an older answer was changed."""
        index, rows = self.rows.question, self.rows
        if index is None:
            return
        if revising or not rows.go(self.session.next_below(index)):
            rows.action_cursor(1)
        if rows.question == index:
            self._say_end()

    def _say_end(self) -> None:
        left = self.session.left()
        if left:
            told = self.say(
                f"到底了；上面还有 {left} 题没有答，按 ctrl+n 去", f"the end; {left} above are open, ctrl+n goes there"
            )
            self.duibiao.tell(told)
        else:
            self.duibiao.tell(self.say("✓ 全部答完，按 w 办理流程", "✓ all answered; w moves the case on"), "good")

    def action_no_or_next(self) -> None:
        """``n`` is «no» where yes or no is asked, and elsewhere goes to the next open question."""
        question = self.at_cursor()
        if question is not None and question.fact.kind in (Kind.FLAG, Kind.TITLE):
            self.action_digit(0)
        else:
            self.action_next_open(1)

    def action_next_open(self, step: int) -> None:
        """The next or previous question that is not answered and matters, around the end."""
        index = self.rows.question
        if index is None or not self.commit():
            return
        found = self.session.next_open(index, step)
        if found is None:
            self.duibiao.tell(self.say("✓ 没有影响结果的问题了", "✓ nothing left that matters"), "good")
        elif not self.rows.go(found):
            self.duibiao.tell(
                self.say("未答的题被筛选挡住了，Esc 取消筛选", "open questions are filtered out; Esc ends the filter")
            )

    # undo and redo

    def action_undo(self) -> None:
        """Take the last answer back."""
        if not self.drop_typed():
            self._turned(self.session.undo(), self.say("撤销", "undone"))

    def action_redo(self) -> None:
        """Give again the answer that was undone last."""
        self._turned(self.session.redo(), self.say("重做", "done again"))

    def _turned(self, change: Change | None, word: str) -> None:
        if change is None:
            self.duibiao.tell(self.say(f"没有可{word}的了", "there is nothing more"))
            return
        self._changed(change)
        self.rows.go(self.session.place(change.question))
        told = f"{self._told(change.question, change.before)} → {self._told(change.question, change.after)}"
        self.duibiao.tell(f"{word}{self.say('：', ': ')}{self.asked(change.question)}  {told}")

    def _told(self, question: Question, value: Value | None) -> str:
        if value is None:
            return self.say("未答", "no answer")
        return show_value(question.fact, value, self.duibiao.lang)

    # what is half typed

    def _keep_draft(self) -> None:
        """Keep it once no key has come for a moment."""
        if self._draft_timer is not None:
            self._draft_timer.stop()
        self._draft_timer = later(self, DRAFT_AFTER, self.keep_typed)

    def keep_typed(self) -> None:
        """Keep what is half typed now."""
        text = self.rows.typed
        if text or self._drafted:
            self._drafted = bool(text)
            self.duibiao.writer.do(self.sitting.typing(self.at_cursor(), text))

    def _drop_draft(self) -> None:
        if self._draft_timer is not None:
            self._draft_timer.stop()
            self._draft_timer = None
        if self._drafted:
            self._drafted = False
            self.duibiao.writer.do(self.sitting.typing(None, ""))

    def take_up_typed(self) -> None:
        """Put what was half typed when the program stopped back into its row."""
        found = self.sitting.typed
        question = None if found is None else self.session.find(found[0], found[1])
        if found is None or question is None:
            return
        self.rows.go(self.session.place(question))
        self.rows.typed, self._drafted = found[2][:LONGEST_TYPED], True
        self.rows.show_cursor()
        told = self.say("上次输到一半的还在，回车确认", "what was half typed last time is still there; Enter confirms")
        self.duibiao.tell(f"{self.asked(question)}{self.say('：', ': ')}{told}")

    # what became of the saves

    def is_unsaved(self, question: Question) -> bool:
        """Whether an answer that is shown could not be saved."""
        return bool(self.unsaved) and self.sitting.place(question) in self.unsaved

    def why_unsaved(self, question: Question) -> str:
        """Why it could not; empty where it could."""
        return self.unsaved.get(self.sitting.place(question), "")

    def heard(self, outcome: Outcome) -> None:
        """A save went well, met somebody else's, or failed."""
        place = (outcome.fact.period, outcome.fact.fact)
        if outcome.fact.unit != self.sitting.unit:
            return
        if outcome.version:
            self.sitting.saved(outcome)
            if self.unsaved.pop(place, None) is None:
                return
        else:
            self.unsaved[place] = "；".join(map(self.duibiao.phrases.problem, outcome.problems))
            if outcome.conflict and outcome.theirs is not None:
                self.conflicts[place] = outcome
                self._asked_about.discard(place)
                self.ask_about_conflict()
        self._show(place)

    def leave_undecided(self) -> None:
        """Keep as drafts the answers about which nobody has decided whether they or somebody else's are to stand."""
        for each in self.sitting.as_draft(self.conflicts):
            self.duibiao.writer.do(each)
        self.conflicts.clear()
        self.unsaved.clear()
        self.duibiao.unsaved = len(self.duibiao.writer.unsaved)

    def _show(self, place: Place) -> None:
        self.duibiao.unsaved = len(self.unsaved)
        self.duibiao.say_status()
        question = self.sitting.question(place)
        line = None if question is None else self.rows.line(self.session.place(question))
        if line is not None:
            self.rows.renew_lines(line)
            self.show_question(now=True)

    def action_save_again(self) -> None:
        """Try again what could not be saved, and ask again about what somebody else changed."""
        if self.duibiao.waiting:
            return
        again = self.duibiao.writer.retry()
        self.duibiao.waiting += again
        self.duibiao.say_status()
        if not again and not self.conflicts:
            self.duibiao.tell(self.say("答案随输随存，都已存好", "answers are saved as they are given; all are"), "good")
        self._asked_about.clear()
        self.ask_about_conflict()

    # somebody else was first

    def ask_about_conflict(self) -> None:
        """Ask which is to stand where somebody else was first."""
        raise NotImplementedError

    def accept(self, found: Iterable[Recorded]) -> list[Question]:
        """Take over what others have stored; the questions whose answers are others now."""
        changed = []
        for theirs in found:
            self.duibiao.writer.knows(*theirs_key(theirs), theirs.version)
            change = self.sitting.accept(theirs)
            if change is not None and change.before != change.after:
                self.show_change(change)
                changed.append(change.question)
        return changed


def theirs_key(theirs: Recorded) -> tuple[str, str, str]:
    """What the writer calls a stored fact."""
    return theirs.unit, theirs.period, theirs.fact
