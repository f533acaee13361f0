"""The parts of the comparison screen: what is shown, the names of the columns, the matrix, the sums at its foot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual.binding import BindingType
from textual.message import Message

from duibiao.compare.table import Row
from duibiao.model.outcome import Verdict
from duibiao.services.compare_board import sign, to_collect
from duibiao.tui.base import Line
from duibiao.tui.keys import key
from duibiao.tui.lines import Drawn, Panel, Part
from duibiao.tui.lists import Entries, Entry, heading
from duibiao.tui.look import fit
from duibiao.tui.screens.compare_view import NOBODY, Columns, View
from duibiao.wording import many

WHICH: dict[tuple[bool, bool], tuple[str, str]] = {
    (False, False): ("全部", "everything"),
    (True, False): ("只看不同的", "only what differs"),
    (True, True): ("都要求而不同的", "asked by two or more, and not alike"),
}
"""Words for which rows are in sight: whether only those that differ, whether only those that two standards ask about."""


class ScopeLine(Line):
    """What is shown: which topic, only differences or everything, how many rows, whose values; what the marks mean."""

    def __init__(self, view: View) -> None:
        super().__init__(id="scope")
        self.view = view
        self.wrong = ""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        say, inks = self.duibiao.say, self.inks
        if self.wrong:
            return [(f" ✗ {self.wrong}", inks.bad)]
        if self.view.board is None:
            return [(say(" 正在对照…", " comparing …"), inks.dim)]
        told = say("，", ", ").join(self._told())
        marks = say("▲最严 !例外或限定 ~不强制 ※假定", "▲ strictest  ! exception or for some  ~ not binding  ※ assumed")
        room = width - cell_len(told) - 3
        return [(f" {told}", inks.text), (fit(marks, room + 1, "right") if cell_len(marks) < room else "", inks.dim)]

    def _told(self) -> list[str]:
        view, say = self.view, self.duibiao.say
        assert view.board is not None  # noqa: S101 - asked only then
        narrow, board = view.narrow, view.board
        found = [say(*WHICH[narrow.differing or narrow.contested, narrow.contested])]
        found += (
            [say(f"主题 {view.brief.topic(narrow.topic)}", f"topic {view.brief.topic(narrow.topic)}")] if narrow.topic else []
        )
        found += [say(f"含 {narrow.needle}", f"with {narrow.needle}")] if narrow.needle else []
        whole = len(board.comparison.rows)
        count = str(whole) if len(view.rows) == whole else f"{len(view.rows)}/{whole}"
        found.append(say(f"{count} 项", f"{many(count, 'row')}"))
        if board.look is not None:
            found.append(say(f"{board.look.facts.period} 年 {board.unit}", f"{board.look.facts.period} {board.unit}"))
        return found


class NamesLine(Line):
    """The names of the columns in sight, which of how many they are, and which one the cursor is on."""

    def __init__(self, view: View) -> None:
        super().__init__(id="names")
        self.view = view

    def parts(self, index: int, width: int) -> Sequence[Part]:
        view, inks, say = self.view, self.inks, self.duibiao.say
        if view.board is None:
            return []
        columns = view.columns
        told, name = columns.told, say("数据项", "fact")
        found: list[Part] = [
            (" " + fit(name, columns.first - cell_len(told)), inks.panel),
            (told, inks.bar_mark),
            ("   ", inks.panel),
        ]
        if columns.own:
            found.append((fit(say("本单位", "own value"), columns.own), inks.bar))
        for column in columns.shown:
            here = column == view.column
            found.append(
                (fit(("▶ " if here else "  ") + view.labels[column], columns.each) + " ", inks.bar_mark if here else inks.bar)
            )
        return [*found, (" " * max(width - sum(cell_len(text) for text, _ in found), 0), inks.panel)]


class Words(Panel):
    """The whole of a row in words, to read and to scroll; left and right move between the standards."""

    can_focus = True
    BINDINGS: ClassVar[list[BindingType]] = [
        key("right,l", "screen.column(1)", "右一列", "next column", show=False, name="words.right"),
        key("left,h", "screen.column(-1)", "左一列", "previous column", show=False, name="words.left"),
        key("j,down", "scroll_down", "下滚", "scroll down", show=False, name="words.down"),
        key("k,up", "scroll_up", "上滚", "scroll up", show=False, name="words.up"),
        key("space,pagedown", "page_down", "下一页", "next page", show=False, name="words.page-down"),
        key("b,pageup", "page_up", "上一页", "previous page", show=False, name="words.page-up"),
        key("g,home", "scroll_home", "到最前", "first", show=False, name="words.first"),
        key("G,end", "scroll_end", "到最后", "last", show=False, name="words.last"),
    ]

    class Resized(Message):
        """There is room for more lines now, or for fewer."""

    def on_resize(self) -> None:
        """Another height. The framework calls this beside the method of the panel."""
        self.post_message(self.Resized())

    def tell(self, lines: Iterable[tuple[str, Style]], *, everything: bool) -> None:
        """Show lines: *everything*, or as many as there is room for, so that a move of the cursor words no more."""
        room = max(self.size.height, 1)
        taken = list(lines if everything else islice(lines, room))
        # As many lines as before: only those that differ are painted.
        found = [*([(" " + text, ink)] for text, ink in taken), *([("", self.inks.text)] for _ in range(room - len(taken)))]
        self.scroll_to(y=0, animate=False, force=True)
        self.show(found)


class Matrix(Entries):
    """Data items down, standards across; a line is worded when it comes into sight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("right,l", "screen.column(1)", "右一列", "next column", show=False, name="compare.right"),
        key("left,h", "screen.column(-1)", "左一列", "previous column", show=False, name="compare.left"),
    ]

    def __init__(self, view: View) -> None:
        super().__init__(id="matrix")
        self.view = view

    def fill(self) -> None:
        """Show the rows that are wanted, under their topics."""
        found: list[Entry] = []
        topic: str | None = None
        for row in self.view.rows:
            if row.topic != topic:
                topic = row.topic
                found.append(heading(f" {self.view.brief.topic(topic)}", self.inks.head))
            found.append(Entry((), row.fact))
        self.show(found)

    def from_the_top(self) -> None:
        """Now that it is known how many lines there are in sight: the heading above the first row too."""
        if self.cursor < self.size.height:
            self.scroll_to(y=0, animate=False, force=True)

    def parts(self, index: int, width: int) -> Sequence[Part]:
        entry = self.entries[index]
        row = self.view.row(entry.data) if entry.data is not None else None
        return entry.parts if row is None else self._row(row, self.view.columns_in(width))

    def _row(self, row: Row, columns: Columns) -> list[Part]:
        view, inks = self.view, self.inks
        mark = sign(row)
        ink = {"=": inks.good, "≠": inks.open}.get(mark, inks.dim)
        parts: list[Part] = [(" " + fit(view.brief.title(row), columns.first) + " ", inks.text), (mark + " ", ink)]
        if columns.own and view.board is not None:
            own = view.brief.own(view.board.line(row))
            parts.append((fit(own or NOBODY, columns.own - 1) + " ", inks.mark if own else inks.dim))
        for column in columns.shown:
            text = view.cell(row, column, columns.each)
            parts.append((fit(text, columns.each) + " ", self._ink(row, column, text)))
        return parts

    def _ink(self, row: Row, column: int, text: str) -> Style:
        inks = self.inks
        if text == NOBODY:
            return inks.dim
        return {Verdict.MET: inks.good, Verdict.NOT_MET: inks.bad}.get(
            self.view.verdict(row, column) or Verdict.UNKNOWN, inks.text
        )


class Foot(Drawn):
    """Under each standard: how many of its indicators the unit would meet or not, and what it still has to collect."""

    DEFAULT_CSS = """
    Foot { height: 2; overflow: hidden hidden; }
    """
    can_focus = False

    def __init__(self, view: View) -> None:
        super().__init__(id="foot")
        self.view = view

    def total(self) -> int:
        return 2

    def parts(self, index: int, width: int) -> Sequence[Part]:
        view, inks, say = self.view, self.inks, self.duibiao.say
        if view.board is None or view.board.look is None:
            return []
        columns, look = view.columns, view.board.look
        words = (
            say("会达到 ✓ 未达到 ✗", "met ✓, not met ✗"),
            say("未知 ? 待评判 … 要收集几项", "unknown ?, to judge …, to give"),
        )
        found: list[Part] = [(" " + fit(words[index], columns.first + columns.own + 3), inks.panel)]
        for column in columns.shown:
            counts, missing = look.counts(column), len(to_collect(look, column, view.words.phrases))
            if look.assessments[column].in_scope is False:
                text = say("∅ 不评", "∅ not for it") if index == 0 else ""
            elif index == 0:
                text = f"✓ {counts[Verdict.MET]}  ✗ {counts[Verdict.NOT_MET]}"
            else:
                need = say(f"缺 {missing}", f"give {missing}")
                text = f"? {counts[Verdict.UNKNOWN]} … {counts[Verdict.NEEDS_JUDGEMENT]} {need}"
            found.append((fit(view.plain(text), columns.each) + " ", inks.bar))
        return [*found, (" " * max(width - sum(cell_len(text) for text, _ in found), 0), inks.panel)]


__all__ = ["WHICH", "Foot", "Matrix", "NamesLine", "ScopeLine", "Words"]
