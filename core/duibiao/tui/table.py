"""A table of any length: only the rows on the screen are read, drawn and kept; its order is laid down in the database.

A listing shows its first rows at once. A thread lays down the whole order meanwhile; another question stops it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from attrs import frozen
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from duibiao.errors import BadInputError
from duibiao.services.lists import MOST, Listing
from duibiao.tui.base import Line
from duibiao.tui.keys import key
from duibiao.tui.later import later
from duibiao.tui.lines import Part, Rows
from duibiao.tui.look import SAFE, fit, whole
from duibiao.wording import many

R = TypeVar("R")
STRIPS = 400
"""So many drawn lines are kept."""

MARGIN = 2
"""Cells left of the first column, for the mark of a row."""

BAR = 1
"""Cells of the scroll bar."""

AGAIN = 0.4
"""Seconds after which a page that could not be read is asked for again."""


@frozen(kw_only=True)
class Column:
    """A column.

    Attributes:
        name: What it is called in the program.
        zh: Heading.
        en: The same in English.
        least: Cells it needs.
        grow: Its share of the cells that are left over.
        align: ``left``, ``right``, or ``tail``: of what is too long the end is shown.
        keep: Whether it is there at any width; others come in their order as far as there is room.
        order: What the rows are put in order by for it; empty when they cannot be.
    """

    name: str
    zh: str
    en: str
    least: int
    grow: int = 0
    align: str = "left"
    keep: bool = False
    order: str = ""


def laid_out(columns: Sequence[Column], width: int, shift: int = 0) -> list[tuple[int, int]]:
    """Which columns fit into *width* cells, and how wide each is; *shift* passes over so many of those that may be left out."""
    optional = [i for i, each in enumerate(columns) if not each.keep]
    shift = min(shift, most_shift(columns, width))
    shown = {i for i, each in enumerate(columns) if each.keep}
    room = width - sum(columns[i].least + 1 for i in shown)
    for i in optional[shift:]:
        if columns[i].least + 1 > room:
            break
        shown.add(i)
        room -= columns[i].least + 1
    shares = sum(columns[i].grow for i in shown)
    found = []
    for i in sorted(shown):
        more = max(room, 0) * columns[i].grow // shares if shares else 0
        found.append((i, columns[i].least + more))
    return found


def most_shift(columns: Sequence[Column], width: int) -> int:
    """How many of the columns that may be left out have to be passed over for the last one to be seen."""
    room = width - sum(each.least + 1 for each in columns if each.keep)
    optional = [each.least + 1 for each in columns if not each.keep]
    for passed in range(len(optional)):
        if sum(optional[passed:]) <= room:
            return passed
    return max(len(optional) - 1, 0)


class Table(Rows, Generic[R]):
    """A table over a :class:`Listing`.

    Attributes:
        columns: Its columns.
        listing: The rows; None before anything was asked.
        marked: Keys of the marked rows, in the order they were marked.
        shift: How many columns are passed over.
        empty: What is said when there are no rows, in both languages.
    """

    # The bar is always there: rows and headings are laid out once, whatever comes.
    DEFAULT_CSS = """
    Table { overflow-y: scroll; }
    """
    COLUMNS: ClassVar[tuple[Column, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        key("l,right", "shift(1)", "右移列", "columns right", show=False, name="table.right"),
        key("h,left", "shift(-1)", "左移列", "columns left", show=False, name="table.left"),
        key("v", "mark", "标记", "mark", show=False, name="table.mark"),
        key("V", "mark_all", "全部标记", "mark all", show=False, name="table.mark-all"),
    ]

    class Loaded(Message):
        """Rows are there.

        Attributes:
            table: The table.
            whole: Whether the whole order is.
        """

        def __init__(self, table: Table[Any], whole: bool) -> None:
            super().__init__()
            self.table, self.whole = table, whole

        @property
        def control(self) -> Table[Any]:
            """The table."""
            return self.table

    class Marked(Message):
        """Rows were marked or unmarked."""

    class _Ready(Message):
        """From the thread: a listing has got on. *count* is None while only its first rows are there."""

        def __init__(
            self, number: int, listing: Listing[Any] | None, count: int | None, problem: BadInputError | None = None
        ) -> None:
            super().__init__()
            self.number, self.listing, self.count, self.problem = number, listing, count, problem

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - textual's own name
        super().__init__(id=id, classes=classes)
        self.listing: Listing[R] | None = None
        self.marked: dict[str, None] = {}
        self.shift = 0
        self.empty = ("没有内容", "nothing here")
        self._under = ""
        self._coming: Listing[R] | None = None
        self._asked = 0

    # what a kind of table says

    def cells(self, row: R) -> Sequence[tuple[str, Style]]:
        """What stands in each column."""
        raise NotImplementedError

    # asking

    def ask(self, make: Callable[[], Listing[R]], *, at_once: bool = False, keep: bool = False) -> None:
        """Show what *make* lists; BadInputError when *at_once* and it cannot be read.

        *at_once*: read the first rows before returning (quick where no words are looked for). *keep*: the cursor stays on its
        row, and what is shown stays until all is there.
        """
        if self._coming is not None and self._coming is not self.listing:
            self._coming.stop()
        self._asked += 1
        self._under = self.key_here() if keep else ""
        listing: Listing[R] | None = None
        if at_once:
            listing = make()
            listing.begin()
            self._take(listing)
        self._coming, number = listing, self._asked
        self.run_worker(lambda: self._build(number, make, listing), thread=True, exclusive=True, group=f"table-{self.id}")

    def _build(self, number: int, make: Callable[[], Listing[R]], listing: Listing[R] | None) -> None:
        """In a thread: the first rows, then all. What nobody waits for any more is closed by whoever hears of it."""
        try:
            if listing is None:
                listing = make()
                if number == self._asked:
                    self._coming = listing
                listing.begin()
                if number == self._asked and not self._under:
                    self.post_message(self._Ready(number, listing, None))
            count = listing.count if listing.ready else listing.build()
        except BadInputError as error:
            self.post_message(self._Ready(number, listing, None, error))
            return
        self.post_message(self._Ready(number, listing, count))

    def on_table__ready(self, event: Table._Ready) -> None:
        """Show how far a listing is, unless another one has been asked for."""
        event.stop()
        listing = event.listing
        if event.number != self._asked or event.problem is not None:
            if listing is not None and listing is not self.listing:
                listing.close()
            if event.number == self._asked and event.problem is not None:
                self._coming = self.listing
                self.duibiao.tell_problems(event.problem)
            return
        if listing is None:
            return
        if listing is not self.listing:
            self._take(listing)
        if event.count is not None:
            if not listing.ready:
                listing.finish(event.count)
            self._whole(listing)

    def _take(self, listing: Listing[R]) -> None:
        old, self.listing = self.listing, listing
        if old is not None and old is not listing:
            old.close()
        if not self._under:
            self.cursor = 0
            self.scroll_to(y=0, animate=False, force=True)
        self.renew()
        self.post_message(self.Loaded(self, listing.ready))

    def _whole(self, listing: Listing[R]) -> None:
        if self._under:
            self.cursor = listing.place(self._under) or 0
            self._under = ""
        self.cursor = max(min(self.cursor, listing.count - 1), 0)
        self.renew()
        self.move_to(self.cursor)
        self.post_message(self.Loaded(self, True))

    def on_unmount(self) -> None:
        """Let go of the connection."""
        self._asked += 1
        if self._coming is not None and self._coming is not self.listing:
            self._coming.stop()
        if self.listing is not None:
            self.listing.stop()
            self.listing.close()

    # rows

    def total(self) -> int:
        return 0 if self.listing is None else self.listing.count

    def row(self, index: int | None = None) -> R | None:
        """A row, that under the cursor unless another is asked for."""
        return None if self.listing is None else self.listing.row(self.cursor if index is None else index)

    def key_here(self) -> str:
        """What tells the row under the cursor from the others; empty when there is none."""
        return "" if self.listing is None else self.listing.key(self.cursor)

    def chosen_keys(self) -> list[str]:
        """The marked rows; that under the cursor when none is marked."""
        return list(self.marked) or [each for each in (self.key_here(),) if each]

    def in_view(self) -> list[R]:
        """The rows on the screen."""
        top = self.scroll_offset.y
        found = (self.row(index) for index in range(top, min(top + self.size.height, self.total())))
        return [each for each in found if each is not None]

    # drawing

    def layout_of(self, width: int) -> list[tuple[int, int]]:
        """Columns shown and their widths."""
        return laid_out(self.COLUMNS, width - MARGIN, self.shift)

    def parts(self, index: int, width: int) -> Sequence[Part]:
        row = self.row(index)
        if row is None or self.listing is None:
            if self.listing is not None and self.listing.late:
                self.listing.late = False
                later(self, AGAIN, self.renew)
            return [("  …", self.inks.dim)]
        cells = self.cells(row)
        mark = "✓ " if self.marked and self.listing.key(index) in self.marked else "  "
        found: list[Part] = [(mark, self.inks.mark)]
        for place, size in self.layout_of(width):
            text, style = cells[place]
            found.append((self.cell(text, size, self.COLUMNS[place].align) + " ", style))
        return found

    def cell(self, text: str, size: int, align: str = "left") -> str:
        """Text in exactly *size* cells of this terminal: what stands for a wide glyph takes part in the count."""
        safe = self.duibiao.safe
        plain, dots = (text.translate(SAFE), "..") if safe else (text, "…")
        if cell_len(plain) > size:
            room = max(size - len(dots), 0)
            plain = dots + _end(plain, room) if align == "tail" else whole(set_cell_size(plain, room)) + dots
        return fit(plain, size, "right" if align == "right" else "left")

    def render_line(self, y: int) -> Strip:
        """The line at a row of the screen; on an empty table, that it is empty."""
        if len(self._strips) > STRIPS:
            self._strips.clear()
        if y == 0 and not self.total() and self.listing is not None and self.listing.ready:
            width, (zh, en) = self.size.width, self.empty
            return Strip([Segment(self.cell("  " + self.duibiao.say(zh, en), width), self.inks.dim)], width)
        return super().render_line(y)

    # keys

    def action_shift(self, step: int) -> None:
        """Other columns, where not all have room."""
        most = most_shift(self.COLUMNS, self.size.width - MARGIN)
        shift = max(0, min(self.shift + step, most))
        if shift != self.shift:
            self.shift = shift
            self.renew()
            self._head_changed()
        elif not most:
            self.duibiao.tell(self.duibiao.say("各列都在屏幕上", "every column is on the screen"))

    def _head_changed(self) -> None:
        for head in self.screen.query(Head):
            head.renew()

    def action_mark(self) -> None:
        """Mark the row, or take its mark away, and go on to the next."""
        name = self.key_here()
        if not name:
            return
        if name in self.marked:
            del self.marked[name]
        elif len(self.marked) < MOST:
            self.marked[name] = None
        self.renew_lines(self.cursor)
        self.action_cursor(1)
        self.post_message(self.Marked())

    def action_mark_all(self) -> None:
        """Mark every row that is listed; take all marks away when they are marked already."""
        if self.listing is None or not self.listing.ready:
            return
        if self.listing.count > MOST:
            self.duibiao.tell(
                self.duibiao.say(
                    f"有 {self.listing.count:,} 行，一次最多标记 {MOST:,} 行：先用 / 筛选",
                    f"{many(self.listing.count, 'row')}; at most {MOST:,} can be marked: filter with / first",
                ),
                "bad",
            )
            return
        names = self.listing.keys()
        if all(each in self.marked for each in names):
            self.marked.clear()
        else:
            self.marked.update(dict.fromkeys(names))
        self.renew()
        self.post_message(self.Marked())

    def clear_marks(self) -> bool:
        """Take all marks away; whether there were any."""
        had = bool(self.marked)
        self.marked.clear()
        if had:
            self.renew()
            self.post_message(self.Marked())
        return had


def _end(text: str, size: int) -> str:
    """The end of a text, in at most *size* cells."""
    while cell_len(text) > size:
        text = text[1:]
    return text


class Head(Line):
    """The headings of a table, with the order it is in."""

    def __init__(self, table: Table[Any], *, id: str | None = None) -> None:  # noqa: A002 - textual's own name
        super().__init__(id=id)
        self.table = table
        self.order, self.down = "", False

    def parts(self, index: int, width: int) -> Sequence[Part]:
        inks, found = self.inks, list[Part]()
        columns = self.table.COLUMNS
        shown = self.table.layout_of(width - BAR)
        for place, size in shown:
            each = columns[place]
            arrow = ("▼" if self.down else "▲") if each.order and each.order == self.order else ""
            text = self.duibiao.say(each.zh, each.en) + arrow
            found.append((fit(text, size, "right" if each.align == "right" else "left") + " ", inks.mark if arrow else inks.head))
        hidden = len(columns) - len(shown)
        return [(" " * MARGIN if not hidden else fit("«" if self.table.shift else " ", MARGIN), inks.head), *found]


def titled(table: Table[Any], head: Head) -> Sequence[Widget]:
    """A table below its headings."""
    return head, table


__all__ = ["MARGIN", "Column", "Head", "Table", "laid_out", "most_shift", "titled"]
