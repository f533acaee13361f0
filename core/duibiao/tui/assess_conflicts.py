"""Somebody else was first: what was there, what they have entered, what we have, and which of them is to stand."""

from __future__ import annotations

from duibiao.model.facts import Value
from duibiao.services import answers
from duibiao.services.session import Question
from duibiao.services.sitting import Place
from duibiao.services.sitting import read_stored as value_of
from duibiao.store.records import Recorded
from duibiao.tui.assess_answers import Answering, theirs_key
from duibiao.tui.assess_dialogs import AskWay
from duibiao.tui.assess_rows import answer_text
from duibiao.tui.base import spoken


class Deciding(Answering):
    """The part of the screen that asks whose answer is to stand."""

    def ask_about_conflict(self) -> None:
        """What was there, what the other has entered, what we have: which is to stand?"""
        place = next((each for each in self.conflicts if each not in self._asked_about), None)
        if place is None or self.app.screen is not self:
            return
        self._asked_about.add(place)
        outcome = self.conflicts[place]
        question, theirs = self.sitting.question(place), outcome.theirs
        if question is None or theirs is None:
            del self.conflicts[place]
            return
        mine = self.session.value(question)
        self.app.push_screen(
            spoken(lambda: self._asking(place, question, theirs)), lambda way: self._settle(place, question, theirs, mine, way)
        )

    def _settle(self, place: Place, question: Question, theirs: Recorded, mine: Value | None, way: object) -> None:
        if way is None:
            return
        del self.conflicts[place]
        self.unsaved.pop(place, None)
        self.duibiao.writer.knows(*theirs_key(theirs), theirs.version)
        if way == 1:
            self.sitting.stored[place] = theirs
            self.session.forget(question)
            self.save(self.sitting.as_it_stands(question))
        else:
            self.accept([theirs])
            if way == 2:
                self.rows.go(self.session.place(question))
                self.rows.typed = answers.typed_as(question.fact, mine)
        self._show(place)
        self.ask_about_conflict()

    def _asking(self, place: Place, question: Question, theirs: Recorded) -> AskWay:
        """The three answers and the ways to go on."""
        standing = self.sitting.stored.get(place)
        before = value_of(self.duibiao.desk.registry.vocabulary, place[1], standing.value if standing else None)
        other = value_of(self.duibiao.desk.registry.vocabulary, place[1], theirs.value)
        say = self.say
        note = say(f"（{theirs.note}）", f" ({theirs.note})") if theirs.note else ""
        said = [
            (say(f"{theirs.actor} 先改了：{self.asked(question)}", f"{theirs.actor} was first: {self.asked(question)}"), "head"),
            (say("原值    ", "before  ") + self._told(question, before), ""),
            (say("对方的  ", "theirs  ") + self._told(question, other) + note, ""),
            (
                say("我的    ", "mine    ") + (answer_text(question, self.session, self.duibiao.phrases) or say("未答", "none")),
                "",
            ),
        ]
        ways = [
            say("用对方的", "keep theirs"),
            say("在对方之后存我的", "save mine after theirs"),
            say("用对方的，再改", "edit theirs"),
        ]
        return AskWay(said, ways)


__all__ = ["Deciding"]
