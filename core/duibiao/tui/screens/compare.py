"""对标: standards side by side, topic by topic: what each asks of the same thing, where they differ, a unit's values beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from attrs import frozen
from rich.style import Style
from textual import work
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.worker import get_current_worker

from duibiao.errors import BadInputError
from duibiao.model.outcome import Verdict
from duibiao.services.beside import FEWEST, MOST, Beside, Demand, beside, force_text, own_facts, short_name, usual
from duibiao.services.beside import Line as Subject
from duibiao.services.desk import Desk
from duibiao.services.office import open_office
from duibiao.services.phrasing import VERDICTS
from duibiao.tui.base import Line, Page
from duibiao.tui.dialogs import Field, Form, FormError, Pick, Plan, Values
from duibiao.tui.keys import key
from duibiao.tui.lines import Part
from duibiao.tui.lists import Entries, Entry, heading
from duibiao.tui.look import fit, wrapped

FROZEN, LEAST, OWN = 22, 20, 12
"""Cells of the first column, the least of a standard's, those of the unit's own values."""
NOBODY = "—"
WHICH: dict[str, tuple[str, str]] = {
    "": ("全部", "everything"),
    "shared": ("两个以上都要求的", "asked by two or more"),
    "differing": ("要求不同的", "only what differs"),
}


@frozen
class Columns:
    """How the width is divided.

    Attributes:
        first: Cells of the first column.
        own: Cells of the unit's own values; 0 without a unit.
        each: Cells of a standard's column.
        names: Standards that are in sight.
    """

    first: int
    own: int
    each: int
    names: tuple[str, ...]


def divided(width: int, names: Sequence[str], start: int, *, own: bool) -> Columns:
    """The columns that fit into *width* cells, beginning with standard number *start*."""
    first = min(max(width // 5, FROZEN), 34)
    beside = OWN if own else 0
    room = width - first - beside - 4
    count = max(min(room // (LEAST + 1), len(names)), 1)
    start = max(min(start, len(names) - count), 0)
    return Columns(first, beside, max(room // count - 1, 4), tuple(names[start : start + count]))


class NamesLine(Line):
    """The names of the columns in sight, and whether there are more to the left or right."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        screen, inks = self.screen, self.inks
        if not isinstance(screen, CompareScreen) or screen.found is None:
            return []
        columns, names = screen.columns(width), screen.found.standards
        before, after = columns.names[:1] != names[:1], columns.names[-1:] != names[-1:]
        found: list[Part] = [(" " + fit(screen.say("数据项", "Subject"), columns.first) + "   ", inks.panel)]
        if columns.own:
            found.append((fit(screen.say("本单位", "Own"), columns.own), inks.bar))
        for place, name in enumerate(columns.names):
            sign = "‹ " if before and place == 0 else ""
            end = " ›" if after and place == len(columns.names) - 1 else ""
            found.append((fit(sign + screen.short_name(name) + end, columns.each) + " ", inks.bar))
        return [*found, (" " * width, inks.panel)]


class ScopeLine(Line):
    """What is shown: which topic, only differences or everything, how many lines, whose values."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        screen, inks = self.screen, self.inks
        return [(fit(f" {screen.told()}", width), inks.dim)] if isinstance(screen, CompareScreen) else []


class Matrix(Entries):
    """The subjects: left and right move between the standards, the first column stays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("right,l", "screen.column(1)", "右一列", "next column", name="compare.right"),
        key("left,h", "screen.column(-1)", "左一列", "previous column", show=False, name="compare.left"),
    ]


class CompareScreen(Page):
    """Standards side by side."""

    CALLED: ClassVar[tuple[str, str]] = ("对标", "Compare")
    ABOUT: ClassVar[tuple[str, str]] = (
        "几个标准并排：同一件事各自要求什么、出自哪一条、本单位怎样。左右键换列，d 只看不同的，t 主题，s 标准，c 单位。",
        "Standards side by side, each demand with its clause, a unit's values beside. Left and right: columns, d: differences.",
    )
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    CompareScreen #matrix { height: 1fr; }
    CompareScreen #detail { height: 9; }
    CompareScreen.short #detail { height: 6; }
    CompareScreen.whole #detail { height: 1fr; }
    CompareScreen.whole #matrix { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("s", "standards", "标准", "standards", name="compare.standards"),
        key("d", "differing", "筛选异同", "differences", name="compare.differing"),
        key("t", "topic", "主题", "topic", name="compare.topic"),
        key("c", "own", "单位", "unit", name="compare.own"),
        key("right_square_bracket,J", "group(1)", "下一主题", "next topic", show=False, name="compare.next-topic"),
        key("left_square_bracket,K", "group(-1)", "上一主题", "previous topic", show=False, name="compare.previous-topic"),
        key("tab,shift+tab", "whole", "详情", "details", name="compare.details"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.found: Beside | None = None
        self.wrong = ""
        self.case = ""
        self.start = 0
        self.topic = ""
        self.which = ""
        self.asked = 0
        self.lang = ""

    def body(self) -> Iterable[Widget]:
        yield ScopeLine(id="scope")
        yield NamesLine(id="names")
        with Vertical():
            yield Matrix(id="matrix")
            yield Entries(id="detail")

    def on_mount(self) -> None:
        app = self.duibiao
        self.case = app.case
        if not app.compared:
            app.compared = usual(app.desk, app.case)
        self.on_resize()
        self.matrix.focus()
        self.compare_again()

    def on_screen_resume(self) -> None:
        """Another case may be at hand, other standards picked."""
        if self.found is not None and (self.duibiao.case != self.case or self.found.standards != self.duibiao.compared):
            self.case = self.duibiao.case
            self.compare_again()
        super().on_screen_resume()

    def on_resize(self) -> None:
        """Other columns fit."""
        self.set_class(self.app.size.height < 24, "short")
        self.call_after_refresh(self.redraw)

    @property
    def matrix(self) -> Matrix:
        """The subjects."""
        return self.query_one(Matrix)

    # comparing

    def compare_again(self) -> None:
        """Put the standards side by side, in the background."""
        self.asked += 1
        self.lang = self.duibiao.lang
        self._compare(self.asked, self.duibiao.compared, self.case)

    @work(thread=True, exclusive=True, group="compare")
    def _compare(self, number: int, names: tuple[str, ...], case: str) -> None:
        app, me = self.duibiao, get_current_worker()
        try:
            with open_office(app.workspace_named, write=False) as space:
                desk = Desk(space, app.registry, app.desk.actor, app.day)
                found: Beside | BadInputError = beside(app.registry, names, app.phrases, own_facts(desk, case))
        except BadInputError as error:
            found = error
        if not me.is_cancelled:
            app.call_from_thread(self._got, number, found)

    def _got(self, number: int, found: Beside | BadInputError) -> None:
        from duibiao.tui.app import problem_text

        if number != self.asked or not self.is_mounted:
            return
        if isinstance(found, Beside):
            self.found, self.wrong = found, ""
            if self.topic not in found.topics:
                self.topic = ""
        else:
            self.wrong = problem_text(found.problems, self.duibiao.lang)
        self.redraw()

    # what is shown

    def told(self) -> str:
        """What is shown, in words."""
        if self.wrong:
            return f"✗ {self.wrong}"
        if self.found is None:
            return self.say("正在对照…", "comparing …")
        lines = self.lines(self.found)
        topic = self.found.topics.get(self.topic, self.say("全部主题", "every topic"))
        which = self.say(*WHICH[self.which])
        count = self.say(f"{len(lines)} 项", f"{len(lines)} lines")
        return self.say("，", ", ").join(each for each in (topic, which, count, self.found.unit) if each)

    def lines(self, found: Beside) -> tuple[Subject, ...]:
        """The lines that are shown."""
        return found.narrowed(self.topic, shared=self.which == "shared", differing=self.which == "differing")

    def short_name(self, name: str) -> str:
        """What a column is called."""
        return short_name(self.duibiao.registry, name, self.duibiao.lang)

    def columns(self, width: int) -> Columns:
        """How a line of that width is divided now."""
        assert self.found is not None  # noqa: S101 - nothing is drawn before
        return divided(width, self.found.standards, self.start, own=bool(self.found.unit))

    def redraw(self) -> None:
        if self.lang not in ("", self.duibiao.lang):
            self.compare_again()
        if self.found is None:
            self.matrix.show([])
        else:
            width = self.matrix.size.width or self.app.size.width
            self.matrix.show(list(self._entries(self.found, self.columns(width))))
        self._detail()
        super().redraw()

    def _entries(self, found: Beside, columns: Columns) -> Iterable[Entry]:
        inks, topic = self.duibiao.inks, None
        for line in self.lines(found):
            if line.topic != topic:
                topic = line.topic
                yield heading(f" {found.topics[topic]}", inks.head)
            yield Entry(self._row(line, columns), line.facts)

    def _row(self, line: Subject, columns: Columns) -> list[Part]:
        inks = self.duibiao.inks
        mark = ("≠ ", inks.open) if line.differs else ("= ", inks.good) if line.shared else ("  ", inks.dim)
        parts: list[Part] = [(" " + fit(line.title, columns.first) + " ", inks.text), mark]
        if columns.own:
            parts.append((fit(line.own or NOBODY, columns.own - 1) + " ", inks.mark if line.own else inks.dim))
        for name in columns.names:
            asked = line.demands.get(name, ())
            text, ink = self._cell(asked)
            parts.append((fit(text, columns.each) + " ", ink))
        return parts

    def _cell(self, asked: Sequence[Demand]) -> tuple[str, Style]:
        """A standard's demands on one line, its worst verdict before them."""
        inks = self.duibiao.inks
        if not asked:
            return NOBODY, inks.dim
        text = " / ".join(dict.fromkeys(each.text for each in asked))
        verdict = next((each for each in _WORST if any(one.verdict is each for one in asked)), None)
        if verdict is None:
            return text, inks.text
        ink = {Verdict.MET: inks.good, Verdict.NOT_MET: inks.bad}.get(verdict, inks.text)
        return f"{VERDICTS[verdict][0]} {text}", ink

    @property
    def subject(self) -> Subject | None:
        """The subject under the cursor."""
        facts = self.matrix.chosen
        return next((each for each in self.found.lines if each.facts == facts), None) if self.found is not None else None

    def _detail(self) -> None:
        pane, line, inks = self.query_one("#detail", Entries), self.subject, self.duibiao.inks
        width = max((pane.size.width or self.app.size.width) - 3, 20)
        if line is None or self.found is None:
            pane.show([])
            return
        own = self.say(f"，本单位 {line.own or '没有数据'}", f", own: {line.own or 'no value'}") if self.found.unit else ""
        found = [(each, inks.head) for each in wrapped(line.title + own, width)]
        if line.standing:
            found.append((fit(("≠ " if line.differs else "= ") + line.standing, width), inks.open if line.differs else inks.good))
        for name in self.found.standards:
            found += self._told(name, line.demands.get(name, ()), width)
        pane.entries, pane.cursor = (), 0
        pane.show([Entry([(" " + text, ink)], (place,)) for place, (text, ink) in enumerate(found)])
        pane.scroll_to(y=0, animate=False, force=True)

    def _told(self, name: str, asked: Sequence[Demand], width: int) -> list[tuple[str, Style]]:
        inks, phrases = self.duibiao.inks, self.duibiao.phrases
        if not asked:
            text = f"{self.short_name(name)}{self.say('：没有要求', ': asks nothing')}"
            return [(line, inks.dim) for line in wrapped(text, width)]
        found: list[tuple[str, Style]] = []
        for each in asked:
            verdict = "" if each.verdict is None else phrases.verdict(each.verdict)
            parts = (each.text, each.points, force_text(each, phrases), verdict, phrases.cite(each.cite))
            text = f"{self.short_name(name)}{self.say('：', ': ')}{phrases.stop.join(part for part in parts if part)}"
            found += [(line, inks.text) for line in wrapped(text, width)]
        return found

    # keys

    def on_rows_moved(self, event: Entries.Moved) -> None:
        """Another subject: its details."""
        if event.rows.id == "matrix":
            self._detail()

    def on_rows_chosen(self, event: Entries.Chosen) -> None:
        """Enter: the details have the whole height, or the list has it back."""
        self.action_whole()

    def action_whole(self) -> None:
        """The details, whole; or the list again."""
        whole = not self.has_class("whole")
        self.set_class(whole, "whole")
        (self.query_one("#detail", Entries) if whole else self.matrix).focus()

    def action_back(self) -> None:
        """From the details to the list; else one screen back."""
        if self.has_class("whole"):
            self.action_whole()
        else:
            super().action_back()

    def action_column(self, step: int) -> None:
        """The standards one to the left or right."""
        if self.found is not None:
            shown = len(self.columns(self.matrix.size.width).names)
            self.start = max(0, min(self.start + step, len(self.found.standards) - shown))
            self.redraw()

    def action_differing(self) -> None:
        """Everything, only what two standards ask about, only what they differ in: in turn."""
        names = list(WHICH)
        self.which = names[(names.index(self.which) + 1) % len(names)]
        self.redraw()

    def action_group(self, step: int) -> None:
        """To the next or previous topic's first line."""
        rows = self.matrix
        heads = [place for place, each in enumerate(rows.entries) if each.data is None]
        after = [place for place in heads if (place > rows.cursor if step > 0 else place < rows.cursor - 1)]
        if after:
            rows.move_to((after[0] if step > 0 else after[-1]) + 1)

    def action_topic(self) -> None:
        """Only one topic, or all."""
        if self.found is None:
            return
        offered = [("", self.say("全部主题", "every topic")), *self.found.topics.items()]
        self.app.push_screen(Pick(self.say("只看一个主题", "Only one topic"), offered), self._topic_picked)

    def _topic_picked(self, picked: object) -> None:
        if picked is not None:
            self.topic = str(picked)
            self.redraw()

    def action_own(self) -> None:
        """Whose values stand beside."""
        from duibiao.store import cases as kept

        listed = [(each.id, f"{each.id}  {each.unit.name}") for each in kept.cases(self.duibiao.desk.space)]
        none = ("", self.say("不列本单位", "no own values"))
        self.app.push_screen(Pick(self.say("旁边列出哪个单位", "Whose values beside"), [none, *listed]), self._own_picked)

    def _own_picked(self, picked: object) -> None:
        if picked is not None:
            self.case = str(picked)
            if picked:
                self.duibiao.case = self.case
            self.compare_again()

    def action_standards(self) -> None:
        """Which standards."""
        app = self.duibiao
        headers = app.registry.headers
        fields = [
            Field(name, f"{self.say(each.title, each.title_en or each.title)}  {name}", "tick", name in app.compared)
            for name, each in headers.items()
        ]

        def do(values: Values) -> str:
            names = tuple(name for name, ticked in values.items() if ticked)
            if not FEWEST <= len(names) <= MOST:
                raise FormError(self.say(f"选 {FEWEST} 到 {MOST} 个", f"pick {FEWEST} to {MOST}"))
            app.compared, self.start = names, 0
            self.compare_again()
            return self.say("对照：", "Side by side: ") + app.phrases.comma.join(names)

        self.app.push_screen(Form(Plan(self.say("对照哪些标准", "Which standards"), do, fields)))


_WORST: tuple[Any, ...] = (
    Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT, Verdict.MET, Verdict.NOT_APPLICABLE, Verdict.OUT_OF_SCOPE,
)  # fmt: skip

SCREEN = CompareScreen
__all__ = ["SCREEN", "CompareScreen", "divided"]
