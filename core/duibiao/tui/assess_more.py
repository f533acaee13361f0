"""What an operator says and attaches beside an answer: note, file, judgement, validity; the filter; the levels' columns."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import evolve
from textual.app import SuspendNotSupported

from duibiao.errors import Problem
from duibiao.model.facts import LEVELLED, Grading, Holding, Kind, Value
from duibiao.model.text import LONGEST_BLOCK, TextError, clean
from duibiao.services import evidence
from duibiao.services.initials import initials
from duibiao.services.scores import score_columns
from duibiao.services.session import Question
from duibiao.services.writer import Job
from duibiao.tui.assess_columns import column_lines
from duibiao.tui.assess_dialogs import AskLine, Reading
from duibiao.tui.assess_events import Eventful
from duibiao.tui.base import spoken
from duibiao.tui.dialogs import Field, Form, FormError, Plan
from duibiao.wording import describe


class Saying(Eventful):
    """The part of the screen that takes notes, files, reasons, and filters."""

    needle = ""

    def _here(self) -> Question | None:
        """The question under the cursor, once what was typed is an answer."""
        return self.at_cursor() if self.commit() else None

    # notes

    def action_note(self) -> None:
        """Write an evidence note."""
        question = self._here()
        if question is None:
            return

        def asking() -> AskLine:
            title = f"{self.say('佐证说明', 'Evidence note')} · {self.asked(question)}"
            return AskLine(title, self.sitting.note(question), hint=self.say("写明依据、来源、核实情况", "what it rests on"))

        self.app.push_screen(spoken(asking), lambda text: self._noted(question, text))

    def _noted(self, question: Question, text: object) -> None:
        if not isinstance(text, str) or text.strip() == self.sitting.note(question):
            return
        try:
            note = clean(text, LONGEST_BLOCK)
        except TextError as error:
            self._wrong([Problem(error.code, found=error.found, allowed=error.allowed)])
            return
        made = self.sitting.as_it_stands(question, note)
        self.sitting.keep_note(question, note)
        self.save(made)
        self.rows.show_cursor()
        self.show_question(now=True)
        self.duibiao.tell(self.say("备注已记下", "note taken"), "good")

    def action_editor(self) -> None:
        """Write the note in the editor of the person's choice."""
        question = self._here()
        if question is None:
            return
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ("notepad" if os.name == "nt" else "vi")
        try:
            with self.app.suspend(), TemporaryDirectory() as folder:
                file = Path(folder, "note.txt")
                file.write_text(self.sitting.note(question), "utf-8")
                subprocess.run([*shlex.split(editor), str(file)], check=True)  # noqa: S603 - the person's own editor
                text = file.read_text("utf-8")
        except SuspendNotSupported:
            self.duibiao.tell(self.say("这个终端里不能打开外部编辑器，用 e", "no editor can be opened here; use e"), "bad")
        except (OSError, ValueError, subprocess.CalledProcessError):
            told = self.say(f"编辑器没有正常结束：{editor}（EDITOR 可以指定）", f"the editor failed: {editor} (EDITOR names one)")
            self.duibiao.tell(told, "bad")
        else:
            self._noted(question, text)

    # files

    def action_attach(self) -> None:
        """Attach a file."""
        question = self._here()
        if question is None:
            return

        def asking() -> AskLine:
            title = f"{self.say('附上文件', 'Attach a file')} · {self.asked(question)}"
            return AskLine(title, hint=self.say("文件路径，如 ~/台账.pdf", "path, such as ~/list.pdf"))

        self.app.push_screen(spoken(asking), lambda text: self._take_file(question, text))

    def _take_file(self, question: Question, text: object) -> None:
        if not isinstance(text, str) or not text.strip():
            return
        file = Path(text.strip().strip("\"'")).expanduser()
        unit, (period, fact), actor = self.sitting.unit, self.sitting.place(question), self.duibiao.desk.actor

        def heard(problems: Sequence[Problem]) -> None:
            self.app.call_later(self._attached, question, file.name, problems)

        self.duibiao.writer.do(Job(lambda space: evidence.attach(space, actor, unit, period, fact, [file]), heard))
        self.duibiao.tell(self.say(f"正在收 {file.name} …", f"taking {file.name} …"))

    def _attached(self, question: Question, name: str, problems: Sequence[Problem]) -> None:
        if problems:
            self._wrong(problems)
            return
        self.sitting.read_evidence()
        line = self.rows.line(self.session.place(question))
        if line is not None:
            self.rows.renew_lines(line)
        self.show_question(now=True)
        self.duibiao.tell(self.say(f"已附上：{name}", f"attached: {name}"), "good")

    def _wrong(self, problems: Sequence[Problem]) -> None:
        self.duibiao.tell("；".join(describe(each, self.duibiao.lang) for each in problems), "bad")

    # who judged, how long it is valid

    def action_details(self) -> None:
        """Who judged a grade, why and when; from when to when an honour is valid; events one by one."""
        question = self._here()
        if question is None:
            return
        value = self.session.value(question)
        if isinstance(value, Grading):
            self.app.push_screen(spoken(lambda: Form(self._judged(question, value))))
        elif question.fact.kind is Kind.TITLE:
            held = value if isinstance(value, Holding) else Holding(True)
            self.app.push_screen(spoken(lambda: Form(self._valid(question, held))))
        elif question.fact.kind is Kind.EVENTS:
            self.show_events(question)
        elif question.fact.kind in LEVELLED:
            self.duibiao.tell(self.say("先选等级，再写评定理由", "choose a level first, then say why"))
        else:
            told = self.say("这里没有：r 写评定理由、称号有效期、逐件事件", "nothing here: r is for judgements, titles, events")
            self.duibiao.tell(told)

    def _judged(self, question: Question, value: Grading) -> Plan:
        say = self.say

        def do(values: Any) -> str:
            self._detailed(question, evolve(value, by=_line(values["by"]), reason=_line(values["reason"]), on=values["on"]))
            return say("评定理由已记下", "judgement noted")

        return Plan(
            f"{say('评定理由', 'Judgement')} · {self.asked(question)}", do,
            (
                Field("reason", say("理由", "reason"), value=value.reason),
                Field("by", say("评定人", "judged by"), value=value.by),
                Field("on", say("日期", "day"), "day", value=value.on or "", hint="2012-11-15"),
            ),
            at_once=True,
        )  # fmt: skip

    def _valid(self, question: Question, value: Holding) -> Plan:
        say = self.say

        def do(values: Any) -> str:
            since, until = values["since"], values["until"]
            if since and until and until < since:
                raise FormError(say("止日在起日之前", "it ends before it begins"))
            self._detailed(question, Holding(bool(values["held"]), since, until))
            return say("有效期已记下", "validity noted")

        return Plan(
            f"{say('称号有效期', 'Validity')} · {self.asked(question)}", do,
            (
                Field("held", say("持有", "held"), "tick", value=value.held),
                Field("since", say("自", "from"), "day", value=_day(value.since), hint="2012-11-15"),
                Field("until", say("至", "until"), "day", value=_day(value.until), hint="2015-11-14"),
            ),
            at_once=True,
        )  # fmt: skip

    def _detailed(self, question: Question, value: Value) -> None:
        if not self.answer(question, value):
            raise FormError(self.say("工作区现在只读", "the workspace is read-only now"))

    # the filter

    def action_filter(self) -> None:
        """Only the questions whose title, or its pinyin initials, holds what is typed."""
        if self.commit():

            def asking() -> AskLine:
                title = self.say("筛选：汉字、拼音首字母或编号", "Filter: words, pinyin initials or id")
                return AskLine(title, self.needle, low=True, heard=self.narrow)

            self.app.push_screen(spoken(asking), self._filtered)

    def _filtered(self, text: object) -> None:
        self.narrow(text if isinstance(text, str) else "")

    def narrow(self, needle: str) -> None:
        """Show the questions that *needle* finds; all for an empty one."""
        raise NotImplementedError

    def matches(self, question: Question, needle: str) -> bool:
        """Whether a question, or an indicator that rests on it, is what the filter asks for."""
        fact = question.fact
        mine = [each for each in self.sitting.case.standard.indicators() if each.id in question.indicators]
        titles = [fact.title, *(each.title for each in mine)]
        names = [fact.id, fact.title_en.lower(), *(each.id for each in mine), *(each.title_en.lower() for each in mine)]
        return any(needle in each for each in (*titles, *names)) or any(needle in initials(each) for each in titles)

    # the levels' columns

    def action_columns(self) -> None:
        """The points of every level beside each other."""
        if not self.session.reading.points:
            self.duibiao.tell(self.say("这个标准不打分，没有各级得分", "this standard gives no points"))
            return
        found = score_columns(self.duibiao.desk, self.sitting.case)
        self.app.push_screen(Reading(lambda width: column_lines(self.duibiao, found, width)))


def _line(text: Any) -> str:
    try:
        return clean(str(text), LONGEST_BLOCK)
    except TextError as error:
        raise FormError(error.found) from None


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
