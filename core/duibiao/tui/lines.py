"""Widgets drawn line by line: a list that repaints only what changed, and panels of plain lines.

Measured: a widget per row, a restyle per key or a whole repaint costs ten times what a key may cost over a slow line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from duibiao.tui.keys import key
from duibiao.tui.look import Inks, fit, plain_parts, whole

if TYPE_CHECKING:
    from duibiao.tui.app import DuibiaoApp

Part = tuple[str, Style]
"""A piece of a line: text and style."""


class Drawn(ScrollView):
    """A widget drawn line by line, with the lines it has drawn before kept."""

    DEFAULT_CSS = """
    Drawn { background: $background; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - textual's own name
        super().__init__(id=id, classes=classes)
        self._strips: dict[tuple[int, int], Strip] = {}

    @property
    def duibiao(self) -> DuibiaoApp:
        """The app, as what it is."""
        from duibiao.tui.app import DuibiaoApp

        app = self.app
        assert isinstance(app, DuibiaoApp)  # noqa: S101 - no other app runs these widgets
        return app

    @property
    def inks(self) -> Inks:
        """The styles of the theme."""
        return self.duibiao.inks

    @property
    def room(self) -> int:
        """Cells of a line: the width without the scroll bar."""
        return self.scrollable_content_region.width

    def total(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def parts(self, index: int, width: int) -> Sequence[Part]:
        """Line *index* in pieces; what is left of the width is filled."""
        raise NotImplementedError

    def ground(self, index: int) -> Style | None:
        """Style laid over the whole line, e.g. the cursor's; None for none."""
        return None

    def renew(self) -> None:
        """Everything may have changed: count and draw anew."""
        self._strips.clear()
        self.virtual_size = Size(0, self.total())
        self.refresh()

    def renew_lines(self, *indexes: int) -> None:
        """Only these lines changed; one that reads as it was drawn before is not painted."""
        width = self.room
        for index in indexes:
            old = self._strips.get((index, width))
            if old is not None and 0 <= index < self.total():
                new = self._draw(index, width)
                if new == old:
                    continue
                self._strips[index, width] = new
            self.refresh_lines(index, 1)

    def on_resize(self) -> None:
        """The width changed: nothing drawn before fits."""
        self._strips.clear()

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        self._strips.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the widget: they have no border and their own ground, so nothing needs to be laid over them."""
        if self.duibiao.plain:
            return super().render_lines(crop)
        first, end = crop.column_span
        kept, top, width, ground = self._strips, self.scroll_offset.y, self.room, self.inks.ground
        found = [kept.get((top + y, width)) or self.render_line(y) for y in crop.line_range]
        return [each if first == 0 and end == each.cell_length else each.crop_extend(first, end, ground) for each in found]

    def render_line(self, y: int) -> Strip:
        """The line at a row of the screen."""
        index, width = self.scroll_offset.y + y, self.room
        if index >= self.total():
            return Strip.blank(width, self.inks.ground)
        strip = self._strips.get((index, width))
        if strip is None:
            strip = self._strips[index, width] = self._draw(index, width)
        return strip

    def _draw(self, index: int, width: int) -> Strip:
        over, used = self.ground(index), 0
        segments: list[Segment] = []
        parts = self.parts(index, width)
        for text, style in plain_parts(parts) if self.duibiao.safe else parts:
            segments.append(Segment(text, self.inks.over(style, over)))
        strip = Strip(segments)
        used = strip.cell_length
        if used > width:
            return self._cut(strip, width)
        rest = self.inks.over(self.inks.ground, over)
        return Strip([*segments, Segment(" " * (width - used), rest)], width).simplify()

    def _cut(self, strip: Strip, width: int) -> Strip:
        """A line that is too long: what is cut from it is never cut unseen."""
        if not strip.crop(width, strip.cell_length).text.strip():
            return strip.crop(0, width)
        dots = ".." if self.duibiao.safe else "…"
        kept = strip.crop(0, width - len(dots))
        kept = kept.crop(0, cell_len(whole(kept.text)))
        last = next((each.style for each in reversed(list(kept)) if each.text), None)
        return Strip([*kept, Segment(dots.ljust(width - kept.cell_length), last)], width)


class WholeCells(ScrollBarRender):
    """A scrollbar of whole cells: some terminals draw its finer ends two cells wide, and they change with every line scrolled."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "]
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "]


ScrollBar.renderer = WholeCells


class Panel(Drawn):
    """Lines to read: set them with :meth:`show`."""

    can_focus = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: list[Sequence[Part]] = []

    def show(self, lines: Sequence[Sequence[Part]]) -> None:
        """Draw these lines; those that did not change are not drawn again."""
        if len(lines) != len(self._lines):
            self._lines = list(lines)
            self.renew()
            return
        changed = [i for i, (old, new) in enumerate(zip(self._lines, lines, strict=True)) if old != new]
        self._lines = list(lines)
        self.renew_lines(*changed)

    def total(self) -> int:
        return len(self._lines)

    def parts(self, index: int, width: int) -> Sequence[Part]:
        return self._lines[index]


class Rows(Drawn):
    """A list with a cursor. It moves by half a page at the edge, so that one key repaints little.

    Attributes:
        cursor: The line the cursor is on.
    """

    can_focus = True
    BINDINGS: ClassVar[list[BindingType]] = [
        key("j,down", "cursor(1)", "下移", "down", show=False, name="rows.down"),
        key("k,up", "cursor(-1)", "上移", "up", show=False, name="rows.up"),
        key("pagedown,space,ctrl+f", "page(1)", "下一页", "next page", show=False, name="rows.page-down"),
        key("pageup,b,ctrl+b", "page(-1)", "上一页", "previous page", show=False, name="rows.page-up"),
        key("ctrl+d", "half(1)", "下半页", "half a page down", show=False, name="rows.half-down"),
        key("ctrl+u", "half(-1)", "上半页", "half a page up", show=False, name="rows.half-up"),
        key("g,home", "edge(0)", "到最前", "first", show=False, name="rows.first"),
        key("G,end", "edge(1)", "到最后", "last", show=False, name="rows.last"),
        Binding("enter", "choose", "打开‖open", id="rows.choose"),
    ]

    class Moved(Message):
        """The cursor is on another line.

        Attributes:
            rows: The list.
            index: The line.
        """

        def __init__(self, rows: Rows, index: int) -> None:
            super().__init__()
            self.rows, self.index = rows, index

        @property
        def control(self) -> Rows:
            """The list."""
            return self.rows

    class Chosen(Moved):
        """Enter was pressed on a line."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.cursor = 0

    def selectable(self, index: int) -> bool:
        """Whether the cursor may rest on a line (headings are passed over)."""
        return True

    def ground(self, index: int) -> Style | None:
        if index != self.cursor:
            return None
        return self.inks.cursor if self.has_focus else self.inks.quiet_cursor

    def move_to(self, index: int, *, direction: int = 1) -> None:
        """Put the cursor on a line, or on the nearest one it may rest on."""
        total = self.total()
        if not total:
            return
        index = max(0, min(index, total - 1))
        found = self._rest(index, direction)
        if found is None:
            found = self._rest(index, -direction)
        if found is None or found == self.cursor:
            self._show_cursor()
            return
        old, self.cursor = self.cursor, found
        self.renew_lines(old, found)
        self._show_cursor()
        self.post_message(self.Moved(self, found))

    def _rest(self, index: int, direction: int) -> int | None:
        while 0 <= index < self.total():
            if self.selectable(index):
                return index
            index += direction
        return None

    def _show_cursor(self) -> None:
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        if not top <= self.cursor < top + height:
            target = self.cursor - height // 2
            self.scroll_to(y=max(0, min(target, self.total() - height)), animate=False, force=True)
        if self.duibiao.a11y:
            self._place_terminal_cursor()

    def _place_terminal_cursor(self) -> None:
        self.app.cursor_position = self.content_region.offset + Offset(0, self.cursor - self.scroll_offset.y)

    def on_focus(self) -> None:
        """The cursor line looks different while the list has the keys."""
        self.renew_lines(self.cursor)

    def on_blur(self) -> None:
        """As above."""
        self.renew_lines(self.cursor)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; a second one opens."""
        index = self.scroll_offset.y + event.y
        if index < self.total() and self.selectable(index):
            again = index == self.cursor
            self.move_to(index)
            if again:
                self.action_choose()

    def action_cursor(self, step: int) -> None:
        """One line up or down."""
        self.move_to(self.cursor + step, direction=step)

    def action_page(self, step: int) -> None:
        """One page up or down."""
        self.move_to(self.cursor + step * max(self.size.height - 1, 1), direction=step)

    def action_half(self, step: int) -> None:
        """Half a page up or down."""
        self.move_to(self.cursor + step * max(self.size.height // 2, 1), direction=step)

    def action_edge(self, end: int) -> None:
        """The first or last line."""
        self.move_to(self.total() - 1 if end else 0, direction=-1 if end else 1)

    def action_choose(self) -> None:
        """Enter."""
        if self.total():
            self.post_message(self.Chosen(self, self.cursor))


def columns(cells: Sequence[tuple[str, int, str]], style: Style, gap: int = 1) -> list[Part]:
    """Cells (text, width, alignment) beside each other, each in exactly its width."""
    return [(fit(text, width, align) + " " * gap, style) for text, width, align in cells]
