"""What goes over the line: only the cells that differ from what the terminal shows, in as few bytes as say it.

The framework writes whole lines of every widget that changed, and the whole style of every run. Over a slow line, and in
terminals without synchronized output, every byte is seen: so it is kept here what stands in each cell, and what moved up or down
is moved by the terminal.
"""

from __future__ import annotations

import sys
from asyncio import get_running_loop
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from contextvars import copy_context
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.app import App, ReturnType
from textual.geometry import Region
from textual.screen import Screen, ScreenResultType
from textual.strip import Strip
from textual.widget import Widget

T = TypeVar("T")

GAP = 4
"""Cells that did not change between two that did: up to so many are written again, more are stepped over."""

LEAST_MOVED = 4
"""From so many lines on that may have moved it is tried whether moving them is shorter."""

PIECE = 8192 if sys.platform == "win32" else 1 << 20
"""Characters that are written at once: consoles of Windows lose longer ones."""


class Pen(NamedTuple):
    """How a cell is drawn: parameters of the control sequences that switch it on.

    Attributes:
        marks: Bold, underlined and the like.
        front: Colour of the glyph; empty for the terminal's own.
        back: Colour behind it; empty for the terminal's own.
    """

    marks: tuple[str, ...] = ()
    front: str = ""
    back: str = ""


class Cell(NamedTuple):
    """A cell: what stands in it (nothing in the second half of a wide glyph), and how."""

    glyph: str
    pen: Pen


PLAIN = Pen()
_NOTHING = Cell(" ", PLAIN)
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29", "21": "24", "53": "55"}
_SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})
_CODES = {0: "1", 1: "2", 2: "3", 3: "4", 4: "5", 5: "6", 6: "7", 7: "8", 8: "9", 9: "21", 10: "51", 11: "52", 12: "53"}
Row = list[Cell]


@lru_cache(maxsize=512)
def pen_of(style: Style | None, system: ColorSystem) -> Pen:
    """The pen of a style on a terminal with these colours."""
    if style is None:
        return PLAIN
    bits = style._attributes & style._set_attributes
    marks = tuple(code for place, code in _CODES.items() if bits & (1 << place))
    front, back = (
        "" if colour is None else ";".join(colour.downgrade(system).get_ansi_codes(foreground=foreground))
        for colour, foreground in ((style.color, True), (style.bgcolor, False))
    )
    return Pen(marks, front, back)


@lru_cache(maxsize=1024)
def cells_of(text: str, pen: Pen) -> tuple[Cell, ...]:
    """The cells that a text takes. Of a blank only the ground is seen, unless it is underlined or the like."""
    found: list[Cell] = []
    for glyph in text:
        cells = _cells_of_glyph(glyph, pen)
        if cells:
            found += cells
        elif found:
            place = len(found) - 1 if found[-1].glyph else len(found) - 2
            found[place] = found[place]._replace(glyph=found[place].glyph + glyph)
    return tuple(found)


@lru_cache(maxsize=8192)
def _cells_of_glyph(glyph: str, pen: Pen) -> tuple[Cell, ...]:
    if glyph == " ":
        return (Cell(" ", pen if _SEEN_ON_BLANKS.intersection(pen.marks) else Pen(back=pen.back)),)
    size = cell_len(glyph)
    return (Cell(glyph, pen), *[Cell("", pen)] * (size - 1)) if size else ()


@lru_cache(maxsize=1024)
def turn(old: Pen, new: Pen) -> str:
    """The control sequence from one pen to another."""
    if old == new:
        return ""
    codes = [] if set(old.marks) <= set(new.marks) else list(dict.fromkeys(_OFF.get(each, "0") for each in old.marks))
    if "0" in codes:
        return "\x1b[" + ";".join(["0", *new.marks, *(each for each in (new.front, new.back) if each)]) + "m"
    codes += [each for each in new.marks if codes or each not in old.marks]
    if old.front != new.front:
        codes.append(new.front or "39")
    if old.back != new.back:
        codes.append(new.back or "49")
    return f"\x1b[{';'.join(codes)}m"


def runs(old: Sequence[Cell | None], new: Sequence[Cell | None]) -> Iterator[tuple[int, int]]:
    """Where two lines differ: first cell and end (exclusive). A cell of which nothing is known any more is left as it is."""
    begun, last = -1, -1
    for place, (was, now) in enumerate(zip(old, new, strict=True)):
        if was is now or was == now or now is None:
            continue
        if begun >= 0 and (place - last > GAP or None in new[last:place]):
            yield begun, last + 1
            begun = -1
        if begun < 0:
            begun = place
        last = place
    if begun >= 0:
        yield begun, last + 1


@lru_cache(maxsize=1024)
def taken(held: Pen, pen: Pen, blank: bool) -> tuple[Pen, str]:
    """The pen to go on with and how to get it: a blank needs no other than the one held, as far as only the ground is seen."""
    if blank and not _SEEN_ON_BLANKS.intersection((*held.marks, *pen.marks)):
        pen = held._replace(back=pen.back)
    return pen, turn(held, pen)


class Brush:
    """Writes cells and remembers with which pen."""

    def __init__(self) -> None:
        self.pen, self.found = PLAIN, list[str]()

    def line(self, y: int, old: Sequence[Cell | None], new: Sequence[Cell | None]) -> None:
        """Turn one line into the other."""
        found, here = self.found, False
        for first, end in runs(old, new):
            found.append(f"\x1b[{first + 1}G" if here else f"\x1b[{y + 1};{first + 1}H")
            here, last = True, None
            for cell in new[first:end]:
                glyph, pen = cell or _NOTHING
                if pen is not last:
                    self.pen, codes = taken(self.pen, pen, glyph == " ")
                    last = pen
                    found.append(codes)
                found.append(glyph)

    def move(self, top: int, end: int, shift: int) -> None:
        """Move the lines from *top* to *end* (exclusive) up by *shift*, down where it is negative. Needs no colour behind."""
        self.found.append(turn(self.pen, PLAIN))
        self.pen = PLAIN
        what = f"{shift}M" if shift > 0 else f"{-shift}L"
        self.found.append(f"\x1b[{top + 1};{end}r\x1b[{top + 1};1H\x1b[{what}\x1b[r")

    def text(self) -> str:
        """What was written; the pen is put down."""
        self.found.append("\x1b[0m" if self.pen != PLAIN else "")
        return "".join(self.found)


class Painter:
    """What the terminal shows."""

    def __init__(self) -> None:
        self._rows: list[list[Cell | None]] = []

    def forget(self) -> None:
        """Somebody else has written to the terminal: nothing is known of it."""
        self._rows = []

    def paint(self, update: LayoutUpdate | ChopsUpdate, system: ColorSystem) -> str:
        """What to write for an update, on a terminal with these colours."""
        return self.whole(update, system) if isinstance(update, LayoutUpdate) else self.some(update, system)

    def whole(self, update: LayoutUpdate, system: ColorSystem) -> str:
        """Everything anew, whatever the terminal shows."""
        _, _, width, height = update.region
        brush, unknown = Brush(), [None] * width
        self._rows = []
        for y, strips in zip(range(height), update.strips, strict=False):
            row = _fitted(_cells((segment for strip in strips for segment in strip), system), width)
            brush.line(y, unknown, row)
            self._rows.append(row)
        return brush.text()

    def some(self, update: ChopsUpdate, system: ColorSystem) -> str:
        """The lines that an update speaks of."""
        new: dict[int, list[Cell | None]] = {}
        for y, first, end in update.spans:
            if y >= len(self._rows):
                continue
            row = new.get(y) or self._rows[y].copy()
            for edge, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x < end and edge > first:
                    cells = _cells(strip, system)[: edge - x]
                    row[x : x + len(cells)] = cells
            new[y] = row
        return self._shorter(new)

    def knows(self, width: int, height: int) -> bool:
        """Whether it is known what a terminal of this size shows."""
        return len(self._rows) == height and all(len(row) == width for row in self._rows)

    def _shorter(self, new: dict[int, list[Cell | None]]) -> str:
        """What turns the lines into the new ones: by writing, or by moving some of them first."""
        plain = Brush()
        changed = [y for y, row in new.items() if row != self._rows[y]]
        for y in changed:
            plain.line(y, self._rows[y], new[y])
        text = plain.text()
        for top, end, shift in _moved(self._rows, new, changed):
            rows = self._rows.copy()
            blank: list[Cell | None] = [_NOTHING] * len(rows[top])
            kept = rows[top:end]
            rows[top:end] = (
                [*kept[shift:], *[blank] * shift] if shift > 0 else [*[blank] * -shift, *kept[:shift]]
            )  # fmt: skip
            brush = Brush()
            brush.move(top, end, shift)
            for y in range(top, end):
                brush.line(y, rows[y], new[y])
            for y in changed:
                if not top <= y < end:
                    brush.line(y, rows[y], new[y])
            text = min(text, brush.text(), key=len)
        for y, row in new.items():
            self._rows[y] = row
        return text


def _moved(
    old: Sequence[Sequence[Cell | None]], new: dict[int, list[Cell | None]], changed: Sequence[int]
) -> Iterator[tuple[int, int, int]]:
    """Lines that seem to have moved together, at most one block: first, end (exclusive), by how many up."""
    if len(changed) < LEAST_MOVED:
        return
    top, end = max(_blocks(sorted(new)), key=lambda each: each[1] - each[0])
    middle = slice(0, len(old[top]) // 2)
    places: dict[tuple[Cell | None, ...], list[int]] = {}
    for y in range(top, end):
        places.setdefault(tuple(old[y][middle]), []).append(y)
    found = ((y, places.get(tuple(new[y][middle]), ())) for y in range(top, end))
    votes = Counter(was[0] - y for y, was in found if len(was) == 1 and was[0] != y)
    if votes:
        shift, count = votes.most_common(1)[0]
        if count >= max(LEAST_MOVED, (end - top) // 4):
            yield top, end, shift


def _blocks(lines: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Lines next to each other together: first and end (exclusive)."""
    first = lines[0]
    for here, after in zip(lines, [*lines[1:], lines[-1] + 2], strict=True):
        if after != here + 1:
            yield first, here + 1
            first = after


def _cells(segments: Iterable[Segment], system: ColorSystem) -> list[Cell]:
    found: list[Cell] = []
    for text, style, control in segments:
        if text and not control:
            found += cells_of(text, pen_of(style, system))
    return found


def _fitted(cells: list[Cell], width: int) -> list[Cell | None]:
    return [*cells[:width], *[_NOTHING] * (width - len(cells))]


Band = tuple[int, int, int, int]
"""Lines next to each other of which the same cells are wanted: first and end line, first and end cell (ends exclusive)."""


class LineCompositor(Compositor):
    """Asks widgets only for the lines that changed; the framework's own asks each for all that it shows."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What changed since the last time; None when nothing did."""
        regions = self._dirty_regions.copy()
        self._dirty_regions.clear()
        spans = list(self._regions_to_spans(regions)) if regions else []
        if not spans:
            return None
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [{} for _ in cuts]
        for y, _, _ in spans:
            chops[y] = dict.fromkeys(cuts[y][:-1])
        bands = list(_bands(spans))
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            for band in bands if shown else ():
                self._fill(chops, widget, region, shown, band)
        return ChopsUpdate(chops, spans, [each[1:] for each in cuts])

    def _fill(self, chops: list[dict[int, Strip | None]], widget: Widget, region: Region, shown: Region, band: Band) -> None:
        """What a widget shows in a band, where nothing in front of it stands already."""
        (left, right), (top, bottom) = shown.column_span, shown.line_span
        top, bottom = max(top, band[0]), min(bottom, band[1])
        first, end = max(left, band[2]), min(right, band[3])
        if first >= end or not any(_open(chops[y], first, end) for y in range(top, bottom)):
            return
        found = widget.render_lines(Region(left - region.x, top - region.y, shown.width, bottom - top))
        for y, strip in zip(range(top, bottom), found, strict=False):
            cuts = [cut for cut in self.cuts[y] if left <= cut <= right]
            for cut, part in zip(cuts, strip.divide([cut - left for cut in cuts[1:]]), strict=False):
                if chops[y][cut] is None:
                    chops[y][cut] = part


def _open(line: dict[int, Strip | None], left: int, right: int) -> bool:
    return any(strip is None and left <= x < right for x, strip in line.items())


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


class PaintedApp(App[ReturnType]):
    """An app that writes only what differs."""

    def __init__(self) -> None:
        super().__init__()
        self.painter = Painter()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """As the framework's; what it writes is what differs, where it is known what the terminal shows."""
        ours = not (self.is_headless or self._batch_count or self.is_inline)
        if ours and isinstance(renderable, ChopsUpdate) and not self.painter.knows(*self.size):
            renderable = screen._compositor.render_update(full=True, screen_stack=self._background_screens)
        if not ours or not isinstance(renderable, (LayoutUpdate, ChopsUpdate)):
            super()._display(screen, renderable)
            return
        if self._driver is not None and self._running and not self._closed:
            self._write(self.painter.paint(renderable, self.console._color_system or ColorSystem.TRUECOLOR))
        self.post_display_hook()

    def _write(self, text: str) -> None:
        """All at once: every piece would wake the thread that writes."""
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        if self._driver is None or (not text and cursor == self._previous_cursor_position):
            return
        self._previous_cursor_position = cursor
        text += f"\x1b[{cursor.y + 1};{cursor.x + 1}H"
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
