"""What goes over the line: only the cells that differ from what the terminal shows, in as few bytes as say it.

The framework writes whole lines of every widget that changed, and the whole style of every run. Over a slow line, and in
terminals without synchronized output, every byte is seen: so it is kept here what stands in each cell, and what moved up or down
is moved by the terminal.
"""

from __future__ import annotations

import sys
from asyncio import get_running_loop
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context
from operator import ne
from typing import Any, TypeVar

from rich.color import ColorSystem
from rich.console import RenderableType
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.app import App, ReturnType
from textual.driver import Driver
from textual.geometry import Region
from textual.messages import Update
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.strip import Strip
from textual.widget import Widget

from duibiao.tui.brush import NOTHING, Cell, Row, cells, moved, pieces, place, written

T = TypeVar("T")

LEAST_MOVED = 4
"""From so many lines on that may have moved it is tried whether moving them is shorter."""

PIECE = 8192 if sys.platform == "win32" else 1 << 20
"""Characters that are written at once: consoles of Windows lose longer ones."""


class Painter:
    """What the terminal shows."""

    def __init__(self) -> None:
        self._rows: list[Row] = []

    def forget(self) -> None:
        """Somebody else has written to the terminal: nothing is known of it."""
        self._rows = []

    def paint(self, update: LayoutUpdate | ChopsUpdate, system: ColorSystem, *, anew: bool = False) -> str:
        """What to write for an update, on a terminal with these colours. *anew*: of all lines even what did not change."""
        if isinstance(update, ChopsUpdate):
            return self.some(update, system)
        return self.whole(update, system) if anew or not self.knows(*update.region.size) else self.again(update, system)

    def whole(self, update: LayoutUpdate, system: ColorSystem) -> str:
        """Everything anew, whatever the terminal shows."""
        self._rows = _rows(update, system)
        unknown = [None] * update.region.width
        rows = dict(enumerate(self._rows))
        return written(rows, (piece for y, row in rows.items() for piece in pieces(y, unknown, row)))

    def again(self, update: LayoutUpdate, system: ColorSystem) -> str:
        """All lines, of which many may stand there already."""
        return self._shorter(dict(enumerate(_rows(update, system))))

    def some(self, update: ChopsUpdate, system: ColorSystem) -> str:
        """The lines that an update speaks of."""
        new: dict[int, Row] = {}
        for y, first, end in update.spans:
            if y >= len(self._rows):
                continue
            row = new.get(y) or self._rows[y].copy()
            for edge, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x < end and edge > first:
                    found = cells(strip, system)[: edge - x]
                    row[x : x + len(found)] = found
            new[y] = row
        return self._shorter(new)

    def knows(self, width: int, height: int) -> bool:
        """Whether it is known what a terminal of this size shows."""
        return len(self._rows) == height and all(len(row) == width for row in self._rows)

    def _shorter(self, new: dict[int, Row]) -> str:
        """What turns the lines into the new ones: by writing, or by moving some of them first."""
        changed = {y: row for y, row in new.items() if row != self._rows[y]}
        text = _turned(self._rows, changed)
        shift, top, end = _moved(self._rows, changed) or (0, 0, 0)
        if shift:
            empty, kept = [[NOTHING] * len(self._rows[top])] * abs(shift), self._rows[top:end]
            block = [*kept[shift:], *empty] if shift > 0 else [*empty, *kept[:shift]]
            after = [*self._rows[:top], *block, *self._rows[end:]]
            rows = changed | {y: new.get(y, self._rows[y]) for y in range(top, end)}
            if _differing(after, rows) < _differing(self._rows, changed):
                text = min(text, moved(top, end, shift) + _turned(after, rows), key=len)
        for y, row in changed.items():
            self._rows[y] = row
        return text


def _turned(old: Sequence[Row], new: Mapping[int, Row]) -> str:
    """What turns lines into others by writing alone."""
    return written(new, (piece for y, row in new.items() for piece in pieces(y, old[y], row)))


def _differing(old: Sequence[Row], new: Mapping[int, Row]) -> int:
    """How many cells of lines differ."""
    return sum(sum(map(ne, old[y], row)) for y, row in new.items())


def _moved(old: Sequence[Row], new: Mapping[int, Row]) -> tuple[int, int, int] | None:
    """Lines that seem to have moved together: by how many up, first, end (exclusive). None where too few have.

    Lines are known by their left halves: beside a list stands what does not move with it.
    """
    if len(new) < LEAST_MOVED:
        return None
    middle = len(old[0]) // 2
    known: dict[tuple[Cell, ...], list[int]] = {}
    for y in new:
        known.setdefault(tuple(old[y][:middle]), []).append(y)
    places = ((y, known.get(tuple(row[:middle]), [])) for y, row in new.items())
    found = [(was[0] - y, y) for y, was in places if len(was) == 1 and was[0] != y]
    shift, count = next(iter(Counter(shift for shift, _ in found).most_common(1)), (0, 0))
    if count < LEAST_MOVED:
        return None
    lines = [line for by, y in found if by == shift for line in (y, y + shift)]
    return shift, min(lines), max(lines) + 1


def _rows(update: LayoutUpdate, system: ColorSystem) -> list[Row]:
    """All lines of the screen."""
    _, _, width, height = update.region
    lines = zip(range(height), update.strips, strict=False)
    return [_fitted(cells((segment for strip in strips for segment in strip), system), width) for _, strips in lines]


def _fitted(found: Row, width: int) -> Row:
    return [*found[:width], *[NOTHING] * (width - len(found))]


Band = tuple[int, int, int, int]
"""Lines next to each other of which the same cells are wanted: first and end line, first and end cell (ends exclusive)."""


class LineCompositor(Compositor):
    """Asks widgets only for the lines that changed; the framework's own asks each for all that it shows."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What changed since the last time; None when nothing did."""
        regions = self._dirty_regions.copy()
        self._dirty_regions.clear()
        spans = list(self._regions_to_spans(regions)) if regions else []
        return ChopsUpdate(self._chops(spans), spans, [each[1:] for each in self.cuts]) if spans else None

    def lines(self, first: int, end: int) -> list[Strip]:
        """Lines as they stand on the screen, from *first* to *end* (exclusive)."""
        chops = self._chops([(y, 0, self.size.width) for y in range(first, min(end, self.size.height))])
        return [Strip.join(chops[y].values()) for y in range(first, min(end, len(chops)))]

    def _chops(self, spans: Sequence[tuple[int, int, int]]) -> list[dict[int, Strip | None]]:
        """Spans of lines, in the pieces in which widgets draw them."""
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [{} for _ in cuts]
        for y, _, _ in spans:
            chops[y] = dict.fromkeys(cuts[y][:-1])
        bands = list(_bands(spans))
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            for band in bands if shown else ():
                self._fill(chops, widget, region, shown, band)
        return chops

    def _fill(self, chops: list[dict[int, Strip | None]], widget: Widget, region: Region, shown: Region, band: Band) -> None:
        """What a widget shows in a band, where nothing in front of it stands already."""
        (left, right), (top, bottom) = shown.column_span, shown.line_span
        top, bottom = max(top, band[0]), min(bottom, band[1])
        first, end = max(left, band[2]), min(right, band[3])
        if first >= end or not any(_open(chops[y], self.cuts[y], first, end) for y in range(top, bottom)):
            return
        found = widget.render_lines(Region(left - region.x, top - region.y, shown.width, bottom - top))
        for y, strip in zip(range(top, bottom), found, strict=False):
            cuts = [cut for cut in self.cuts[y] if left <= cut <= right]
            for cut, part in zip(cuts, strip.divide([cut - left for cut in cuts[1:]]), strict=False):
                if chops[y][cut] is None:
                    chops[y][cut] = part


def _open(line: dict[int, Strip | None], cuts: Sequence[int], left: int, right: int) -> bool:
    """Whether a piece of a line that reaches into these cells is not there yet."""
    pieces = zip(line.items(), cuts[1:], strict=False)
    return any(strip is None and x < right and edge > left for (x, strip), edge in pieces)


def _bands(spans: Iterable[tuple[int, int, int]]) -> Iterator[Band]:
    """Spans of lines next to each other together."""
    band: Band | None = None
    for y, first, end in sorted(spans, key=lambda each: (each[1], each[2], each[0])):
        if band is not None and band[1:] == (y, first, end):
            band = (band[0], y + 1, first, end)
            continue
        if band is not None:
            yield band
        band = (y, y + 1, first, end)
    if band is not None:
        yield band


class PaintedScreen(Screen[ScreenResultType]):
    """A screen of which only the lines that changed are drawn."""

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(name, id, classes)
        self._compositor = LineCompositor()

    def _compositor_refresh(self) -> None:
        """As the framework's; beneath a dialog only what changed is painted again, and only once."""
        stack, dirty = self.app.screen_stack, self._compositor._dirty_regions
        if self is stack[-1] or self not in self.app._background_screens:
            super()._compositor_refresh()
            return
        if dirty and stack[-1].is_modal:
            # To refresh a screen is to forget what else on it waits to be painted.
            stack[-1]._set_dirty(*dirty)
            stack[-1].post_message(Update(stack[-1]))
        dirty.clear()
        self._dirty_widgets.clear()


class PaintedModal(ModalScreen[ScreenResultType], PaintedScreen[ScreenResultType]):
    """A screen over another one that is seen beside it: the lines that stand there already."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """What stands beneath. The framework has all of it drawn anew for each part that is asked for."""
        stack = self.app.screen_stack
        depth = stack.index(self) if self in stack else 0
        beneath = stack[depth - 1]._compositor if depth else None
        seen = self.styles.background.is_transparent and not self.app.no_color
        if not seen or not isinstance(beneath, LineCompositor) or beneath.size != self.size:
            return super().render_lines(crop)
        first, end = crop.column_span
        return [each.crop(first, end) for each in beneath.lines(*crop.line_span)]


class PaintedApp(App[ReturnType]):
    """An app that writes only what differs."""

    def __init__(self) -> None:
        super().__init__()
        self.painter = Painter()
        self._page: Screen[Any] | None = None

    def get_driver_class(self) -> type[Driver]:
        """As the framework's; where the app may, it sleeps until a key comes."""
        found = super().get_driver_class()
        if found.__module__ != "textual.drivers.linux_driver":
            return found
        from duibiao.tui.resting import RestingDriver

        return RestingDriver

    def get_default_screen(self) -> Screen[Any]:
        """The one beneath all others; dialogs may be the first to stand on it."""
        return PaintedScreen(id="_default")

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """As the framework's; what it writes is what differs, where it is known what the terminal shows."""
        ours = not (self.is_headless or self._batch_count or self.is_inline)
        if ours and isinstance(renderable, ChopsUpdate) and not self.painter.knows(*self.size):
            renderable = screen._compositor.render_update(full=True, screen_stack=self._background_screens)
        if not ours or not isinstance(renderable, (LayoutUpdate, ChopsUpdate)):
            super()._display(screen, renderable)
            return
        if self._driver is not None and self._running and not self._closed:
            system = self.console._color_system or ColorSystem.TRUECOLOR
            self._write(self.painter.paint(renderable, system, anew=self._turned_to(screen)))
        self.post_display_hook()

    def _turned_to(self, screen: Screen[Any]) -> bool:
        """Whether another page is shown now: then all is painted, also over what others may have written meanwhile."""
        page = next((each for each in reversed(self.screen_stack) if not each.is_modal), screen)
        turned, self._page = page is not self._page, page
        return turned

    def _write(self, text: str) -> None:
        """All at once: every piece would wake the thread that writes."""
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        if self._driver is None or (not text and cursor == self._previous_cursor_position):
            return
        self._previous_cursor_position = cursor
        text += place(cursor.y, cursor.x)
        text = f"{SYNC_START}{text}{SYNC_END}" if self._sync_available else text
        for begin in range(0, len(text), PIECE):
            self._driver.write(text[begin : begin + PIECE])
        self._driver.flush()

    def _from_thread(self, run: Callable[[T], object]) -> Callable[[T], None]:
        """*run*, to be called from another thread; it runs in this one, soon, and the other does not wait for it.

        A message would do the same, and ask the framework to look whether anything changed, at the cost of a key.
        """
        loop, context = get_running_loop(), copy_context()

        def here(what: T) -> None:
            try:
                run(what)
            except Exception as error:  # as with any message
                self._handle_exception(error)

        def there(what: T) -> None:
            with suppress(RuntimeError):  # the app has gone meanwhile
                loop.call_soon_threadsafe(here, what, context=context)

        return there

    def on_mount(self) -> None:
        """Whoever had the terminal meanwhile has drawn over it."""
        self.app_resume_signal.subscribe(self, lambda _: self.painter.forget())

    def on_resize(self) -> None:
        """Terminals keep what they like of what they showed."""
        self.painter.forget()
