"""Events as an answer, one by one: the day of each, its kind where the fact declares kinds, and the day it was dealt with."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from textual import work
from textual.binding import BindingType

from duibiao.model.facts import Happening
from duibiao.services import answers
from duibiao.services.session import Question
from duibiao.tui.assess_conflicts import Deciding
from duibiao.tui.base import spoken
from duibiao.tui.dialogs import Field, Form, FormError, Plan
from duibiao.tui.keys import key
from duibiao.tui.lists import Entries
from duibiao.tui.picking import Choose

MORE = "more"
"""Stands for one more event in the list of events."""


class EventList(Choose):
    """The events of a fact. Dismissed with the place of one and whether it is to go, with ``more`` for one more, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("x,delete,backspace", "remove", "删去", "remove", name="events.remove"),
        key("a,o,plus", "more", "加一件", "one more", name="events.more"),
    ]

    def hint(self) -> str:
        return self.say("回车 更正  a 加一件  x 删去  Esc 完成", "Enter edits  a adds one  x removes  Esc done")

    def action_remove(self) -> None:
        """The event under the cursor is to go."""
        chosen = self.query_one(Entries).chosen
        if isinstance(chosen, int):
            self.dismiss((chosen, True))

    def action_more(self) -> None:
        """One more."""
        self.dismiss(MORE)

    def taken(self, data: Any) -> None:
        if data is not None:
            self.dismiss((data, False) if isinstance(data, int) else data)


class Eventful(Deciding):
    """The part of the screen that takes events one by one."""

    @work
    async def show_events(self, question: Question) -> None:
        """The events of a fact, until the list is closed: correct one, remove one, add one."""
        if not self._happened(question):
            await self._ask_event(question)
        place = 0
        while self._happened(question):
            chosen = await self.app.push_screen_wait(spoken(lambda at=place: self._event_list(question, at)))  # type: ignore[misc]
            if chosen is None:
                return
            if chosen == MORE:
                await self._ask_event(question)
                continue
            assert isinstance(chosen, tuple)  # noqa: S101 - the list is dismissed with nothing else
            place, gone = chosen
            if gone:
                self.answer(question, answers.without_event(self.session.value(question), place))
            else:
                await self._ask_event(question, place)

    @work
    async def ask_kind(self, question: Question, day: date) -> None:
        """The rest of an event whose day was typed in the row."""
        await self._ask_event(question, day=day)

    async def _ask_event(self, question: Question, place: int | None = None, day: date | None = None) -> None:
        await self.app.push_screen_wait(spoken(lambda: Form(self.event_form(question, place, day))))

    def _happened(self, question: Question) -> tuple[Happening, ...]:
        value = self.session.value(question)
        return value if isinstance(value, tuple) else ()

    def _event_list(self, question: Question, place: int) -> EventList:
        lang, found = self.duibiao.lang, self._happened(question)
        items: list[tuple[str, Any]] = [
            (answers.happened(question.fact, each, lang), number) for number, each in enumerate(found)
        ]
        items.append((self.say("＋ 加一件", "+ one more"), MORE))
        return EventList(self.asked(question), items, now=min(place, len(found) - 1))

    def event_form(self, question: Question, place: int | None, day: date | None = None) -> Plan:
        """A form for one event: a new one, or that at *place*."""
        say, found, fact = self.say, self._happened(question), question.fact
        each = found[place] if place is not None and place < len(found) else None
        on = each.on if each is not None else day
        fields = [Field("on", say("日期", "day"), "day", on.isoformat() if on else "", hint="2012-11-15")]
        if fact.options:
            kinds = tuple((kind.id, say(kind.title, kind.title_en or kind.title)) for kind in fact.options)
            fields.append(Field("kind", say("种类", "kind"), "choice", each.kind if each is not None else "", kinds))
        settled = each.settled.isoformat() if each is not None and each.settled else ""
        hint = say("还没有办结就空着", "empty while it is open")
        fields.append(Field("settled", say("办结日期", "settled on"), "day", settled, hint=hint))

        def do(values: Any) -> str:
            event = self._read_event(values, kinds=bool(fact.options))
            if not self.answer(question, answers.with_event(self.session.value(question), event, place)):
                raise FormError(say("工作区现在只读", "the workspace is read-only now"))
            return say("已记下：", "noted: ") + answers.happened(fact, event, self.duibiao.lang)

        title = say("更正一件", "Correct an event") if each is not None else say("加一件", "One more event")
        begin = "" if on is None or each is not None else fields[1].name
        return Plan(f"{self.asked(question)} · {title}", do, fields, begin=begin, at_once=True)

    def _read_event(self, values: Any, *, kinds: bool) -> Happening:
        """What stands in the form. FormError while something is missing or dealt with before it happened."""
        say, on, settled = self.say, values["on"], values["settled"]
        if on is None:
            raise FormError(say("要写日期", "the day is needed"))
        if kinds and not values["kind"]:
            raise FormError(say("选一个种类：按它的数字", "choose a kind by its digit"))
        if settled is not None and settled < on:
            raise FormError(say("办结日期在发生日期之前", "it is settled before it happened"))
        return Happening(on, str(values.get("kind", "")), settled)


__all__ = ["EventList", "Eventful"]
