"""The questions of an assessment, one line each: mark, what is asked, the answer as it is typed, points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual.binding import BindingType

from duibiao.model.facts import LEVELLED, NUMERIC, FactType, Happening, Kind, Ticks
from duibiao.model.notation import UNITS, plain, show_value
from duibiao.model.outcome import Interval, Verdict
from duibiao.model.standard import Criterion
from duibiao.services.answers import PAGE, order
from duibiao.services.phrasing import VERDICTS, Phrases
from duibiao.services.session import Question, Session
from duibiao.tui.keys import key
from duibiao.tui.lines import Part, Rows
from duibiao.tui.look import Inks, fit

if TYPE_CHECKING:
    from duibiao.tui.screens.assess import AssessScreen

_DIGITS = {1: ("是；第 1 项；数字", "yes; item 1; digit"), 0: ("否；第 10 项；数字", "no; item 10; digit")}
_SIGNS = {"full_stop": ".", "minus": "-", "percent_sign": "%"}
_MARK, _FLAGS = 2, 4
_ROOMY, _ROOMIER = 70, 90


def ink(inks: Inks, verdict: Verdict) -> Style:
    """The style of a verdict; its mark says the same without colour."""
    if verdict is Verdict.MET:
        return inks.good
    if verdict is Verdict.NOT_MET:
        return inks.bad
    return inks.open if verdict in (Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT) else inks.dim


def points_text(points: Interval) -> str:
    """Points as ``2.5/3``, or ``0–3/3`` while they are open."""
    found = plain(points.low) if points.settled else f"{plain(points.low)}–{plain(points.high)}"
    return f"{found}/{plain(points.full)}"


def _points(points: Interval | None, room: int, *, full: bool) -> str:
    if points is None:
        return ""
    text = points_text(points)
    return text if full and len(text) <= room else text.partition("/")[0]


class AssessRows(Rows):
    """The questions under their criteria.

    Attributes:
        items: What stands on each line: a criterion, or the position of a question.
        typed: What is being typed on the cursor's line; empty when nothing is.
        wrong: What is wrong with it, in short.
        page: Which ten members of a long checklist the digits speak of.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            key(str(n), f"screen.digit({n})", *_DIGITS.get(n, ("", "")), show=False, name=f"assess.digit-{n}")
            for n in (1, 0, *range(2, 10))
        ),
        key("y", "screen.digit(1)", "是", "yes", show=False, name="assess.yes"),
        key("n", "screen.no_or_next", "否；别处：下一未答", "no; elsewhere: next open", show=False, name="assess.no"),
        *(key(name, f"screen.sign('{sign}')", "", "", show=False, name=f"assess.{name}") for name, sign in _SIGNS.items()),
        key("backspace", "screen.rub_out", "删一位、改数", "rub out, edit", show=False, name="assess.rub-out"),
        key("x,delete", "screen.clear", "清除答案", "clear answer", show=False, name="assess.clear"),
        key("a", "screen.whole(1)", "清单全有", "all on the list", show=False, name="assess.all"),
        key("z", "screen.whole(0)", "清单全无", "none on the list", show=False, name="assess.none"),
        key("left,h", "screen.shift(-1)", "前一档、前十项", "level before, ten before", show=False, name="assess.left"),
        key("right,l", "screen.shift(1)", "后一档、后十项", "level after, ten after", show=False, name="assess.right"),
        key("enter", "screen.step_on", "确认、下一题", "confirm, next", name="assess.enter"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - textual's own name
        super().__init__(id=id)
        self.items: list[Criterion | int] = []
        self.typed, self.wrong, self.page = "", "", 0
        self._lines: dict[int, int] = {}

    @property
    def assessing(self) -> AssessScreen:
        """The screen it stands on."""
        from duibiao.tui.screens.assess import AssessScreen

        screen = self.screen
        assert isinstance(screen, AssessScreen)  # noqa: S101 - only that screen has these rows
        return screen

    def set_items(self, items: list[Criterion | int]) -> None:
        """Show these lines."""
        self.items = items
        self._lines = {item: line for line, item in enumerate(items) if isinstance(item, int)}
        self.renew()

    @property
    def question(self) -> int | None:
        """Position of the question under the cursor; None where there is none."""
        item = self.items[self.cursor] if self.cursor < len(self.items) else None
        return item if isinstance(item, int) else None

    def line(self, question: int) -> int | None:
        """The line on which a question stands; None when the filter hides it."""
        return self._lines.get(question)

    def heading(self, question: int) -> int | None:
        """The line of the heading above a question."""
        line = self._lines.get(question, -1)
        return next((at for at in range(line, -1, -1) if isinstance(self.items[at], Criterion)), None)

    def go(self, question: int) -> bool:
        """Put the cursor on a question; whether it is shown."""
        line = self._lines.get(question)
        if line is not None:
            self.move_to(line)
        return line is not None

    def move_to(self, index: int, *, direction: int = 1) -> None:
        """As in any list; what was being typed is an answer first, and the cursor stays when it is none."""
        if self.typed and index != self.cursor and not self.assessing.commit():
            return
        self.page = 0
        super().move_to(index, direction=direction)
        self._show_heading()

    def _show_heading(self) -> None:
        """The heading of the first question of a criterion stays in sight with it."""
        above = self.cursor - 1
        if self.size.height and self.scroll_offset.y == self.cursor and above >= 0 and not self.selectable(above):
            self.scroll_to(y=above, animate=False, force=True)

    def show_cursor(self) -> None:
        """The line under the cursor reads differently."""
        self.renew_lines(self.cursor)

    # the list

    def total(self) -> int:
        return len(self.items)

    def selectable(self, index: int) -> bool:
        return isinstance(self.items[index], int)

    def parts(self, index: int, width: int) -> Sequence[Part]:
        item = self.items[index]
        if isinstance(item, int):
            return self._question(self.assessing.session.questions[item], width, here=index == self.cursor)
        return self._heading(item, width)

    def told(self, index: int, width: int) -> Sequence[Part]:
        """A line as it is read without being worked on: no hint which keys answer, nothing half typed."""
        item = self.items[index]
        if isinstance(item, int):
            return self._question(self.assessing.session.questions[item], width, here=False)
        return self._heading(item, width)

    def _heading(self, item: Criterion, width: int) -> Sequence[Part]:
        session = self.assessing.session
        mine = [each for each in session.questions if each.criterion == item.id]
        answered = sum(not session.matters(each) for each in mine)
        right = f"{answered}/{len(mine)} "
        title = self.duibiao.say(item.title, item.title_en)
        return [(" " + fit(title, width - len(right) - 1), self.inks.head), (right, self.inks.dim)]

    def _question(self, question: Question, width: int, *, here: bool) -> Sequence[Part]:
        page, inks = self.assessing, self.inks
        session, verdict = page.session, page.session.verdict(question)
        points = session.points(question)
        room = 18 if width < _ROOMY else 26 if width < _ROOMIER else 32
        tail = self._points_width(width)
        style = ink(inks, verdict)
        text, text_style = self._answer(question, room, here=here)
        title = page.asked(question)
        if here and self.wrong:
            left = max(width - cell_len(text) - _MARK - 3, 8)
            return [(f" {VERDICTS[verdict][0]} ", style), (fit(title, left) + " ", inks.text), (text, text_style)]
        return [
            (f" {VERDICTS[verdict][0]} ", style),
            (fit(title, width - room - _FLAGS - tail - _MARK - 4) + " ", inks.text),
            (fit(text, room) + " ", text_style),
            (fit(self._flags(question), _FLAGS), inks.mark),
            (fit(_points(points, tail, full=width >= _ROOMY), tail, "right"), style),
        ]

    def _points_width(self, width: int) -> int:
        """Cells for ``0–3.472/3.472``; without full marks where there is little room; none where nothing is scored."""
        longest = self.assessing.longest_points
        return 0 if not longest else 2 * longest + (3 if width >= _ROOMY else 1)

    def _flags(self, question: Question) -> str:
        page, say = self.assessing, self.duibiao.say
        if page.is_unsaved(question):
            return say("未存", "!")
        sitting = page.sitting
        return (say("注", "n ") if sitting.note(question) else "") + (say("附", "f ") if sitting.files(question) else "")

    def _answer(self, question: Question, room: int, *, here: bool) -> Part:
        page, inks = self.assessing, self.inks
        session, words = page.session, page.words
        if here and (self.typed or self.wrong):
            return _being_typed(question.fact, self.typed, self.wrong, words, room), inks.bad if self.wrong else inks.text
        value = session.value(question)
        if value is not None:
            return answer_text(question, session, words, room), inks.text
        if session.given(question):
            shown = show_value(question.fact, session.known[question.fact.id], words.lang)
            return shown + (words.say("（流程已记录）", " (on record)")), inks.dim
        if here:
            return hint(question.fact, words, room), inks.text
        return ("", inks.dim) if session.matters(question) else (words.say("不影响结果", "not needed"), inks.dim)


def answer_text(question: Question, session: Session, words: Phrases, room: int = 60) -> str:
    """An answer as it was typed, of events as much as *room* cells hold; empty when there is none."""
    value, fact = session.value(question), question.fact
    if value is None:
        return ""
    if isinstance(value, Ticks):
        open_ = len(fact.options) - len(value.present) - len(value.absent)
        more = words.say(f"，{open_} 项未定", f", {open_} open") if open_ else ""
        return words.say(f"{len(value.present)}/{len(fact.options)} 项", f"{len(value.present)}/{len(fact.options)}") + more
    if isinstance(value, tuple) and value:
        return _events(fact, value, words, room)
    return show_value(fact, value, words.lang)


def _events(fact: FactType, value: tuple[Happening, ...], words: Phrases, room: int) -> str:
    """How many events, how many of them are open (of what is dealt with, not of visits and the like), when the last one was."""
    told = show_value(fact, value, words.lang)
    open_ = sum(each.settled is None for each in value)
    more = [words.say(f"{open_} 件未结", f"{open_} open")] if open_ and not fact.options else []
    for piece in (*more, f"{words.say('末次', 'last')} {value[-1].on}", str(value[-1].on)):
        if cell_len(told) + 1 + cell_len(piece) <= room and str(value[-1].on) not in told:
            told += f" {piece}"
    return told


def unit_text(fact: FactType, words: Phrases) -> str:
    """A number's unit as it is shown; empty where it has none."""
    chinese, english, _ = UNITS.get(fact.unit, (fact.unit, fact.unit, ()))
    return words.say(chinese, english)


def _being_typed(fact: FactType, typed: str, wrong: str, words: Phrases, room: int) -> str:
    if wrong:
        return f"{typed} ✗ {wrong}"
    unit = unit_text(fact, words)
    shown = f"{typed}_"
    if unit and not typed.endswith(unit) and cell_len(shown) + cell_len(unit) < room:
        shown += f" {unit}"
    return shown


def hint(fact: FactType, words: Phrases, room: int) -> str:
    """Which keys answer, as far as there is room for it."""
    say = words.say
    if fact.kind in (Kind.FLAG, Kind.TITLE):
        return say("1 是  0 否", "1 yes  0 no")
    if fact.kind in LEVELLED:
        full = "  ".join(f"{digit} {title}" for digit, title in levels(fact, words))
        return full if cell_len(full) <= room else say(f"按 1–{len(fact.options)} 选", f"1–{len(fact.options)}")
    if fact.kind is Kind.CHECKLIST:
        some = say(f"1–{min(len(fact.options), 9)} 勾", f"1–{min(len(fact.options), 9)} tick")
        return f"{some} {say('a全 z无', 'a all')}"
    if fact.kind in NUMERIC:
        unit = unit_text(fact, words)
        return say("输数字", "number") + (f" {unit}" if unit else "")
    if fact.kind is Kind.EVENTS:
        return say("8 位日期  z 没有", "date  z none")
    return say("输 8 位日期", "8-digit date")


def levels(fact: FactType, words: Phrases) -> list[tuple[str, str]]:
    """Digit and title of each level, in the order shown; of two the second is 0, as for yes and no."""
    shown = order(fact)
    digits = ["1", "0"] if len(shown) == 2 else [str((number + 1) % PAGE) for number in range(len(shown))]
    options = [fact.options[each] for each in shown]
    return [(digit, words.say(each.title, each.title_en)) for digit, each in zip(digits, options, strict=True)]


def members(fact: FactType, ticks: Ticks | None, page: int, words: Phrases) -> list[tuple[str, str]]:
    """Digit, mark and title of each member of a checklist; members beyond the ten at hand have no digit."""
    found = []
    marks: Mapping[str, str] = {}
    if ticks is not None:
        marks = {**dict.fromkeys(ticks.present, "✓"), **dict.fromkeys(ticks.absent, "✗")}
    for place, each in enumerate(fact.options):
        digit = str((place + 1) % PAGE) if place // PAGE == page else " "
        found.append((digit, f"{marks.get(each.id, '?' if ticks else '')}{words.say(each.title, each.title_en)}"))
    return found
