"""对标: standards side by side, topic by topic: what each asks of the same thing, who is stricter, how a unit does under each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from attrs import evolve
from textual import work
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import get_current_worker

from duibiao.errors import BadInputError
from duibiao.services.compare_board import Board, Narrow, Whose, board, own_facts, usual
from duibiao.services.desk import Desk
from duibiao.services.office import open_office
from duibiao.tui.base import Page, spoken
from duibiao.tui.keys import key
from duibiao.tui.lists import Entries
from duibiao.tui.screens.compare_pane import whole
from duibiao.tui.screens.compare_view import View
from duibiao.tui.screens.compare_widgets import WHICH, Foot, Matrix, NamesLine, ScopeLine, Words

SHORT = 24
"""Screens lower than this have a lower pane."""
MOST_LISTED = 100
"""So many cases are offered to choose from; others are named."""
_ABOUT_ZH = """\
几个标准并排：同一件事各自要求什么、出自哪一条、谁最严。▲ 最严，! 有例外或只对一部分，~ 不强制，※ 假定；≠ 要求不同。\
选了单位，格里是判定（✓ ✗ ? …），表底是会达到几项、还缺几项。"""
_ABOUT_EN = """\
Standards side by side, each demand with its clause. ▲ strictest, ! exception or for some only, ~ not binding, \
※ assumed, ≠ not alike. With a unit: verdicts in the cells, sums at the foot."""


class CompareScreen(Page):
    """Standards side by side.

    Attributes:
        view: What of the comparison is in sight.
        whose: Whose values stand beside.
    """

    CALLED: ClassVar[tuple[str, str]] = ("对标", "Compare")
    ABOUT: ClassVar[tuple[str, str]] = (_ABOUT_ZH, _ABOUT_EN)
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    CompareScreen #matrix { height: 1fr; }
    CompareScreen #detail { height: 10; }
    CompareScreen.short #detail { height: 6; }
    CompareScreen.tall #detail { height: 14; }
    CompareScreen.whole #detail { height: 1fr; }
    CompareScreen.whole #matrix { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("s", "standards", "选标准", "standards", name="compare.standards"),
        key("d", "differing", "异同", "differences", name="compare.differing"),
        key("o", "own", "单位", "unit", name="compare.own"),
        key("m", "needs", "缺什么", "lacking", name="compare.needs"),
        key("w", "witness", "见证", "witnesses", name="compare.witness"),
        key("p", "provisions", "其他规定", "provisions", name="compare.provisions"),
        key("x", "export", "导出", "export", name="compare.export"),
        key("t", "topic", "主题", "topic", name="compare.topic"),
        key("slash", "filter", "查找", "find", name="compare.filter"),
        key("e", "editions", "版次", "editions", name="compare.editions"),
        key("right_square_bracket,J", "group(1)", "下一主题", "next topic", show=False, name="compare.next-topic"),
        key("left_square_bracket,K", "group(-1)", "上一主题", "previous topic", show=False, name="compare.previous-topic"),
        key("tab,shift+tab", "whole", "详情", "details", show=False, name="compare.details"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.view = View()
        self.whose = Whose()
        self.asked = 0
        self._case = ""
        self._rested_on: object = None

    def body(self) -> Iterable[Widget]:
        yield ScopeLine(self.view)
        yield NamesLine(self.view)
        with Vertical():
            yield Matrix(self.view)
            yield Foot(self.view)
            yield Words(id="detail")

    def on_mount(self) -> None:
        app = self.duibiao
        self._case, self.whose = app.case, Whose(app.case)
        if not app.compared:
            app.compared = usual(app.desk, app.case)
        self.on_resize()
        self.matrix.focus()
        self.compare_again()

    def on_screen_resume(self) -> None:
        """Another case may be at hand, other standards picked, facts given."""
        app = self.duibiao
        if app.case not in ("", self._case):
            self._case, self.whose = app.case, Whose(app.case)
        if self.board is not None and self._resting_on() != self._rested_on:
            self.compare_again()
        super().on_screen_resume()

    def on_resize(self) -> None:
        """Other columns fit."""
        height = self.app.size.height
        self.set_class(height < SHORT, "short")
        self.set_class(height >= SHORT * 3 // 2, "tall")
        self.call_after_refresh(self.redraw)

    @property
    def matrix(self) -> Matrix:
        """The rows."""
        return self.query_one(Matrix)

    @property
    def words(self) -> Words:
        """The whole of the row under the cursor."""
        return self.query_one(Words)

    @property
    def board(self) -> Board | None:
        """The comparison; None while it is made."""
        return self.view.board

    # comparing

    def compare_again(self) -> None:
        """Put the standards side by side, in the background."""
        self.asked += 1
        self._rested_on = self._resting_on()
        self._compare(self.asked, self.duibiao.compared, self.whose)

    def _resting_on(self) -> object:
        """What the comparison rests on: the standards, whose values, and where the journal stands."""
        return self.duibiao.compared, self.whose, self.duibiao.desk.space.head()[0]

    @work(thread=True, exclusive=True, group="compare")
    def _compare(self, number: int, names: tuple[str, ...], whose: Whose) -> None:
        app, me = self.duibiao, get_current_worker()
        try:
            own = None
            if whose:
                with open_office(app.workspace_named, write=False) as space:
                    own = own_facts(Desk(space, app.registry, app.desk.actor, app.day), whose)
            found: Board | BadInputError = board(app.registry, names, app.phrases, own, whose.case)
        except BadInputError as error:
            found = error
        if not me.is_cancelled:
            app.call_from_thread(self._got, number, found)

    def _got(self, number: int, found: Board | BadInputError) -> None:
        from duibiao.tui.app import problem_text

        if number != self.asked or not self.is_mounted:
            return
        scope = self.query_one(ScopeLine)
        if isinstance(found, Board):
            scope.wrong = ""
            self.view.take(found, self.duibiao.registry, self.duibiao.phrases)
        else:
            scope.wrong = problem_text(found.problems, self.duibiao.lang)
        self.redraw()

    # what is shown

    def redraw(self) -> None:
        if self.board is not None:
            if self.view.lang != self.duibiao.lang:
                self.view.speak(self.duibiao.registry, self.duibiao.phrases)
            self.view.safe = self.duibiao.safe
            self.view.width = self.app.size.width - 1
            self.view.move(0)
            self._show_foot()
            self.matrix.fill()
            self.call_after_refresh(self.matrix.from_the_top)
        self._detail()
        super().redraw()

    def _show_foot(self) -> None:
        """The sums: with a unit, under the matrix."""
        self.query_one(Foot).display = self.board is not None and self.board.look is not None and not self.has_class("whole")

    def _detail(self) -> None:
        row = self.view.row(self.matrix.chosen)
        lines = () if row is None else whole(self.view, row, self.app.size.width - 3, self.duibiao.inks)
        self.words.tell(lines, everything=self.has_class("whole"))

    def on_words_resized(self) -> None:
        """As many words as there is room for."""
        self._detail()

    def on_rows_moved(self, event: Entries.Moved) -> None:
        """Another row: its words."""
        if event.rows.id == "matrix":
            self._detail()

    # going about

    def on_rows_chosen(self, event: Entries.Chosen) -> None:
        """Enter: the words have the whole height, or the matrix has it back."""
        self.action_whole()

    def action_whole(self) -> None:
        """The words, whole; or the matrix again."""
        there = not self.has_class("whole")
        self.set_class(there, "whole")
        self._show_foot()
        (self.words if there else self.matrix).focus()
        self.call_after_refresh(self._detail)

    def action_back(self) -> None:
        """One step: from the words to the matrix, from what was found to everything, then the screen."""
        if self.has_class("whole"):
            self.action_whole()
        elif self.view.narrow.needle:
            self._narrow(evolve(self.view.narrow, needle=""))
        else:
            super().action_back()

    def action_column(self, step: int) -> None:
        """The standard to the left or right: its words come first, and it comes into sight."""
        if self.board is None:
            return
        start = self.view.start
        self.view.move(step)
        self.query_one(NamesLine).renew()
        if start != self.view.start:
            self.matrix.renew()
            self.query_one(Foot).renew()
        self._detail()

    def action_group(self, step: int) -> None:
        """To the next or previous topic's first row."""
        rows = self.matrix
        heads = [place for place, each in enumerate(rows.entries) if each.data is None]
        after = [place for place in heads if (place > rows.cursor if step > 0 else place < rows.cursor - 1)]
        if after:
            rows.move_to((after[0] if step > 0 else after[-1]) + 1)

    # which rows

    def _narrow(self, narrow: Narrow) -> None:
        if self.board is not None:
            self.view.choose(narrow)
            self.redraw()

    def action_differing(self) -> None:
        """Everything, only what differs, only what two standards ask about and not alike: in turn."""
        narrow, ways = self.view.narrow, list(WHICH)
        now = ways.index((narrow.differing or narrow.contested, narrow.contested))
        differing, contested = ways[(now + 1) % len(ways)]
        self._narrow(evolve(narrow, differing=differing, contested=contested))

    @work
    async def action_topic(self) -> None:
        """Only one topic, or all."""
        from duibiao.tui.picking import Choose

        if self.board is None:
            return
        counts = {
            topic: sum(row.topic == topic for row in self.board.comparison.rows) for topic in self.board.comparison.topics()
        }

        def asking() -> Choose:
            items = [(self.say("全部主题", "every topic"), "*")]
            items += [(f"{self.view.brief.topic(topic)}  {count}", topic) for topic, count in counts.items()]
            return Choose(self.say("只看一个主题", "Only one topic"), items, now=self.view.narrow.topic or "*")

        found = await self.app.push_screen_wait(spoken(asking))
        if isinstance(found, str):
            self._narrow(evolve(self.view.narrow, topic="" if found == "*" else found))

    @work
    async def action_filter(self) -> None:
        """Only rows whose title, or its pinyin initials, holds what is typed."""
        from duibiao.tui.assess_dialogs import AskLine

        before = self.view.narrow

        def asking() -> AskLine:
            title = self.say("查找：汉字、拼音首字母或编号", "Find: words, pinyin initials or id")
            return AskLine(title, before.needle, low=True, heard=heard)

        def heard(text: str) -> None:
            self._narrow(evolve(self.view.narrow, needle=text.strip()))

        if await self.app.push_screen_wait(spoken(asking)) is None:
            self._narrow(before)
        elif not self.view.rows:
            self.duibiao.tell(self.say("没有这样的数据项；Esc 取消查找", "no such fact; Esc ends the search"))

    # which standards, whose values

    @work
    async def action_standards(self) -> None:
        """Add, remove, put in order."""
        from duibiao.tui.screens.compare_choose import Standards

        app = self.duibiao
        here = self.board.names[self.view.column] if self.board is not None else ""
        found = await app.push_screen_wait(Standards(app.compared))
        if isinstance(found, tuple):
            app.compared = found
            self.view.column, self.view.start = found.index(here) if here in found else 0, 0
            self.compare_again()

    @work
    async def action_own(self) -> None:
        """Whose values stand beside: a case's unit, another unit, nobody."""
        from duibiao.store import cases as kept
        from duibiao.tui.assess_dialogs import AskLine
        from duibiao.tui.picking import Choose

        listed = kept.cases(self.duibiao.desk.space)
        listed.sort(key=lambda each: each.id != self.whose.case)

        def asking() -> Choose:
            items: list[tuple[str, object]] = [(self.say("不列本单位", "no own values"), Whose())]
            items.append((self.say("写单位代码或名称……", "by a unit's code or name …"), "named"))
            items += [(f"{each.id}  {each.unit.name}", Whose(each.id)) for each in listed[:MOST_LISTED]]
            return Choose(self.say("旁边列出哪个单位的数据", "Whose values beside"), items, now=self.whose)

        found = await self.app.push_screen_wait(spoken(asking))
        if found == "named":
            text = await self.app.push_screen_wait(
                spoken(lambda: AskLine(self.say("单位代码或名称", "A unit's code or name"), self.whose.unit))
            )
            found = Whose(unit=str(text).strip()) if text and str(text).strip() else None
        if isinstance(found, Whose):
            self.whose = found
            if found.case:
                self._case = self.duibiao.case = found.case
            self.compare_again()

    # other pages

    def _open(self, screen: Screen[None]) -> None:
        self.app.push_screen(screen)

    def action_needs(self) -> None:
        """How the unit would do, and what is still to be collected."""
        from duibiao.tui.screens.compare_more import NeedsScreen

        if self.board is None or self.board.look is None:
            self.duibiao.tell(self.say("先按 o 选一个单位", "choose a unit first: o"))
        else:
            self._open(NeedsScreen(self.board))

    def action_provisions(self) -> None:
        """Scoring, titles, gates, stages and what else is not about a fact."""
        from duibiao.tui.screens.compare_more import ProvisionsScreen

        if self.board is not None:
            narrow = self.view.narrow
            self._open(ProvisionsScreen(self.board, differing=narrow.differing or narrow.contested))

    def action_editions(self) -> None:
        """The editions of the standard that the cursor is on."""
        from duibiao.model.editions import family
        from duibiao.services.comparing import compare_family
        from duibiao.tui.screens.compare_more import EditionsScreen

        if self.board is None:
            return
        name, label = self.board.names[self.view.column], self.view.labels[self.view.column]
        if len(family(self.duibiao.registry.headers, name)) == 1:
            self.duibiao.tell(self.say(f"{label}的标准只有一个版次", f"the standard of {label} has one edition only"))
        else:
            self._open(EditionsScreen(compare_family(self.duibiao.registry, [name])))

    @work
    async def action_witness(self) -> None:
        """Who passes one and fails the other: the standard that the cursor is on, and another."""
        from duibiao.tui.picking import Choose
        from duibiao.tui.screens.compare_witness import WitnessScreen

        if self.board is None:
            return
        here = self.view.column
        others = [(self.view.labels[column], name) for column, name in enumerate(self.board.names) if column != here]
        second: object = others[0][1]
        if len(others) > 1:
            label = self.view.labels[here]
            second = await self.app.push_screen_wait(
                spoken(lambda: Choose(self.say(f"{label} 和哪一个比", f"{label} against"), others))
            )
        if isinstance(second, str):
            self._open(WitnessScreen(self.board.names[here], second))

    def action_export(self) -> None:
        """Write what is in sight to a file."""
        from duibiao.services.export import Asked
        from duibiao.tui.screens.export import ExportScreen

        if self.board is None:
            return
        narrow = self.view.narrow
        self._open(
            ExportScreen(
                Asked(
                    "compare", case=self.whose.case, unit=self.whose.unit, standards=self.board.names, topic=narrow.topic,
                    differing=narrow.differing, contested=narrow.contested, needle=narrow.needle,
                )
            )
        )  # fmt: skip


SCREEN = CompareScreen
__all__ = ["SCREEN", "CompareScreen"]
