"""What the painter writes to a terminal leaves on it what the app shows, in few bytes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.messages import Update
from textual.pilot import Pilot
from textual.strip import Strip

from duibiao.tui.app import DuibiaoApp
from duibiao.tui.brush import Row
from duibiao.tui.lines import Drawn
from duibiao.tui.painting import Painter
from duibiao.tui.screens.assess import AssessScreen
from tui.conftest import AppAt, settled, text_of, typed

WIDTH, HEIGHT = 24, 12
INK, MARK, BAR = Style.parse("#d5d9e8 on #16181f"), Style.parse("bold #e0af68 on #16181f"), Style.parse("#101010 on #7aa2f7")
PENS = (
    *(INK, MARK, BAR, Style(), Style.parse("reverse #d5d9e8 on #16181f"), Style.parse("underline #d5d9e8 on #16181f")),
    *(
        Style.parse("bold"),
        Style.parse("dim italic green"),
        Style.parse("#16181f on #d5d9e8"),
        Style.parse("frame #d5d9e8 on #16181f"),
    ),
)
_NOT_DRAWN = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[\?\d+[hl]")
"""What the framework says of the mouse pointer, and of when to show what was written."""
_SEQUENCE = re.compile(r"\x1b\[([\d;]*)([A-Za-z])|(.)", re.DOTALL)
_ENDED = {22: {1, 2}, 23: {3}, 24: {4, 21}, 25: {5, 6}, 27: {7}, 28: {8}, 29: {9}, 55: {53}}
_SEEN_ON_BLANKS = {4, 7, 9, 21, 51}


class Held(NamedTuple):
    """The pen of a terminal."""

    marks: frozenset[int] = frozenset()
    front: tuple[int, ...] = ()
    back: tuple[int, ...] = ()

    def turned(self, numbers: list[int]) -> Held:
        """The pen after a sequence of numbers."""
        pen = self
        while numbers:
            first = numbers.pop(0)
            more = 0 if first not in (38, 48) else 4 if numbers[0] == 2 else 2
            colour, numbers = (first % 10, *numbers[:more]), numbers[more:]
            if first == 0:
                pen = Held()
            elif first in _ENDED:
                pen = pen._replace(marks=pen.marks - _ENDED[first])
            elif first in (39, 49):
                pen = pen._replace(front=()) if first == 39 else pen._replace(back=())
            elif first < 30 or first in (51, 53):
                pen = pen._replace(marks=pen.marks | {first})
            else:
                pen = pen._replace(front=colour) if first // 10 in (3, 9) else pen._replace(back=colour)
        return pen


class Glass:
    """A terminal that knows what the painter needs: places, colours, lines moved within a part of the screen.

    Half of a wide glyph does not survive the other, and nothing may be written across the edge. Terminals are of two kinds: *odd*
    ones give lines that come in empty the colour of the pen, and go on to the next line as soon as one is full.
    """

    def __init__(self, size: tuple[int, int] = (WIDTH, HEIGHT), *, odd: bool = False) -> None:
        self.odd, (self.width, self.height) = odd, size
        self.cells = [[(" ", Held())] * self.width for _ in range(self.height)]
        self.x = self.y = 0
        self.pen, self.part = Held(), (0, self.height)

    def write(self, text: str) -> None:
        for codes, what, glyph in _SEQUENCE.findall(_NOT_DRAWN.sub("", text)):
            if glyph:
                self._glyph(glyph)
                continue
            numbers = [int(each) for each in codes.split(";") if each]
            {"m": self._pen, "H": self._go, "G": self._across, "r": self._part, "M": self._up, "L": self._down}[what](numbers)

    def _glyph(self, glyph: str) -> None:
        size, row = cell_len(glyph), self.cells[self.y]
        assert self.x + size <= self.width
        for place in range(self.x, self.x + size):
            if row[place][0] == "":
                row[place - 1] = ("\ufffd", Held())
            if place + 1 < self.width and row[place + 1][0] == "":
                row[place + 1] = ("\ufffd", Held())
            row[place] = (glyph if place == self.x else "", self.pen)
        self.x += size
        if self.odd and self.x == self.width:
            self.x, self.y = 0, min(self.y + 1, self.height - 1)

    def _pen(self, numbers: list[int]) -> None:
        self.pen = self.pen.turned(numbers)

    def _go(self, numbers: Sequence[int]) -> None:
        self.y, self.x = ([*numbers, 1, 1][0] - 1, numbers[1] - 1 if len(numbers) > 1 else 0)

    def _across(self, numbers: Sequence[int]) -> None:
        self.x = numbers[0] - 1

    def _part(self, numbers: Sequence[int]) -> None:
        self.part = (numbers[0] - 1, numbers[1]) if numbers else (0, self.height)
        self.x = self.y = 0

    def _empty(self, count: int) -> list[list[tuple[str, Held]]]:
        return [[(" ", self.pen if self.odd else Held())] * self.width for _ in range(count)]

    def _up(self, numbers: Sequence[int]) -> None:
        top, end = self.part
        assert self.y == top
        self.cells[top:end] = [*self.cells[top + numbers[0] : end], *self._empty(numbers[0])]

    def _down(self, numbers: Sequence[int]) -> None:
        top, end = self.part
        assert self.y == top
        self.cells[top:end] = [*self._empty(numbers[0]), *self.cells[top : end - numbers[0]]]

    def lines(self) -> list[str]:
        return ["".join(glyph for glyph, _ in row) for row in self.cells]

    def seen(self) -> list[list[tuple[str, Held]]]:
        """The cells as they look: of a blank only the ground, unless it is underlined or the like."""
        return [
            [(glyph, Held(back=pen.back) if glyph == " " and not pen.marks & _SEEN_ON_BLANKS else pen) for glyph, pen in row]
            for row in self.cells
        ]


def strip(text: str, style: Style = INK) -> Strip:
    """A line: a mark, then the text."""
    return Strip([Segment("✓ ", MARK), Segment(text, style)]).adjust_cell_length(WIDTH, style)


def painted(lines: Sequence[Strip]) -> LayoutUpdate:
    """All lines of the screen, as the framework hands them over."""
    return LayoutUpdate([[each] for each in lines], Region(0, 0, WIDTH, HEIGHT))


def shown(painter: Painter, glass: Glass, lines: Sequence[Strip], system: ColorSystem = ColorSystem.TRUECOLOR) -> str:
    """Show all lines; what was written."""
    spans = [(y, 0, WIDTH) for y in range(HEIGHT)]
    text = painter.some(ChopsUpdate([{0: each} for each in lines], spans, [[WIDTH]] * HEIGHT), system)
    glass.write(text)
    return text


def begun(lines: Sequence[Strip], system: ColorSystem = ColorSystem.TRUECOLOR, *, odd: bool = False) -> tuple[Painter, Glass]:
    """A terminal on which these lines have been painted."""
    painter, glass = Painter(), Glass(odd=odd)
    glass.write(painter.whole(painted(lines), system))
    return painter, glass


WORDS = st.lists(st.text("社区居委会ab 12·，", max_size=9), min_size=HEIGHT, max_size=HEIGHT)
PARTS = st.lists(st.tuples(st.text("社区ab  ·", max_size=5), st.sampled_from(PENS)), max_size=5)
SCREENS = st.lists(PARTS, min_size=HEIGHT, max_size=HEIGHT).map(
    lambda lines: [Strip([Segment(*part) for part in parts]).adjust_cell_length(WIDTH, INK) for parts in lines]
)
SYSTEMS = st.sampled_from([ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])


@given(st.lists(SCREENS, min_size=2, max_size=4), SYSTEMS, st.booleans())
def test_whatever_a_terminal_showed_it_shows_what_comes_after_in_its_colours(
    screens: list[list[Strip]], system: ColorSystem, odd: bool
) -> None:
    painter, glass = begun(screens[0], system, odd=odd)

    for lines in screens[1:]:
        shown(painter, glass, lines, system)

        assert [each.text for each in lines] == glass.lines()
        assert glass.seen() == begun(lines, system)[1].seen()
        assert glass.pen == Held()


@given(SCREENS)
def test_a_screen_painted_for_the_first_time_has_each_cell_in_its_colours(lines: list[Strip]) -> None:
    _, glass = begun(lines)

    colours = [[(segment.style or Style()).bgcolor for segment in each for _ in range(segment.cell_length)] for each in lines]
    wanted = [[() if each is None else (8, 2, *(each.triplet or ())) for each in row] for row in colours]
    assert [each.text for each in lines] == glass.lines()
    assert [[pen.back for _, pen in row] for row in glass.cells] == wanted


@given(WORDS, st.integers(-6, 6), st.booleans())
def test_lines_that_move_together_arrive_where_they_should(words: list[str], shift: int, odd: bool) -> None:
    old = [f"{y}号{each}" for y, each in enumerate(words)]
    new = [old[y + shift] if 0 <= y + shift < HEIGHT else f"新{y}" for y in range(HEIGHT)]
    painter, glass = begun([strip(each) for each in old], odd=odd)
    lines = [strip(each) for each in new]

    shown(painter, glass, lines)

    assert glass.seen() == begun(lines)[1].seen()


def test_lines_that_move_together_are_moved_by_the_terminal() -> None:
    old = [strip("甲乙丙丁戊己庚辛壬癸子丑"[y:] + "居委会") for y in range(HEIGHT)]
    new = [*old[:2], *old[3:], strip("新来的")]
    painter, glass = begun(old)

    written = shown(painter, glass, new)

    assert "丑" not in written
    assert glass.seen() == begun(new)[1].seen()
    assert glass.part == (0, HEIGHT)


def test_what_did_not_change_is_not_written() -> None:
    lines = [strip(f"第{y}题") for y in range(HEIGHT)]
    painter, glass = begun(lines)

    assert shown(painter, glass, lines) == ""


def test_of_a_line_only_what_differs_is_written() -> None:
    painter, glass = begun([strip(f"第{y}题 0–100") for y in range(HEIGHT)])

    written = shown(painter, glass, [strip(f"第{y}题 {'1' if y == 3 else '0'}–100") for y in range(HEIGHT)])

    assert "题" not in written
    assert len(written) < 60


def test_what_stands_between_is_written_again_only_where_that_is_shorter() -> None:
    painter, glass = begun([strip("甲1-2社区1委2"), *[strip("")] * (HEIGHT - 1)])

    written = shown(painter, glass, [strip("甲3-4社区5委6"), *[strip("")] * (HEIGHT - 1)])

    assert "3-4\x1b" in written
    assert "5委6" in written
    assert "社" not in written


def test_a_colour_is_said_once_however_many_lines_have_it() -> None:
    painter, glass = begun([strip("")] * HEIGHT)

    written = shown(painter, glass, [strip(f"第{y}题", BAR if y % 2 else INK) for y in range(HEIGHT)])

    assert written.count("38;2;213;217;232") == written.count("48;2;122;162;247") == 1


@pytest.mark.parametrize("anew", [False, True])
def test_a_screen_that_stands_there_already_is_painted_only_where_it_is_wanted_anew(anew: bool) -> None:
    lines = [strip("案卷")] * HEIGHT
    painter, _ = begun(lines)

    assert bool(painter.paint(painted(lines), ColorSystem.TRUECOLOR, anew=anew)) == anew


def test_after_somebody_else_wrote_everything_is_painted_anew() -> None:
    lines = [strip("案卷")] * HEIGHT
    painter, _ = begun(lines)

    painter.forget()

    assert not painter.knows(WIDTH, HEIGHT)
    assert painter.paint(painted(lines), ColorSystem.TRUECOLOR).count("案卷") == HEIGHT


KEYS = (
    *("1", "ctrl+l", "G", "e", "escape", "slash", "社区", "escape", "ctrl+l"),
    *("question_mark", "K", "ctrl+l", "escape", "pagedown"),
)
"""Over pages, dialogs and what changes beneath them."""


@asynccontextmanager
async def heard(app_at: AppAt, size: tuple[int, int]) -> AsyncIterator[tuple[Pilot[int], Glass]]:
    """The app on an assessment, and a terminal that hears what it writes."""
    glass = Glass(size)
    with pytest.MonkeyPatch.context() as patch:
        async with app_at(size, case="wujin-2012-0001", go="assess") as pilot:
            patch.setattr(DuibiaoApp, "is_headless", False)
            patch.setattr(pilot.app._driver, "write", glass.write)
            pilot.app.screen.refresh()
            await settled(pilot)
            yield pilot, glass


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_terminal_that_heard_everything_shows_what_the_app_shows(app_at: AppAt, size: tuple[int, int]) -> None:
    async with heard(app_at, size) as (pilot, glass):
        for key in KEYS:
            await (pilot.press(key) if key.isascii() else typed(pilot, key))
            await settled(pilot)

            assert text_of(pilot.app) == [line.rstrip() for line in glass.lines()], key


async def test_what_changes_beneath_a_dialog_is_painted_beside_it(app_at: AppAt) -> None:
    async with heard(app_at, (120, 40)) as (pilot, glass):
        await pilot.press("e")
        await settled(pilot)
        page = pilot.app.screen_stack[-2]
        assert isinstance(page, AssessScreen)
        before = glass.lines()

        page.rows.go(20)
        page.explain()
        await settled(pilot)

        assert before != glass.lines()
        assert text_of(pilot.app) == [line.rstrip() for line in glass.lines()]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("keys", [(), ("e",), ("colon",), ("question_mark",)], ids=["page", "dialog", "palette", "help"])
async def test_every_part_is_painted_as_it_stands_in_the_whole(
    app_at: AppAt, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    random = Random(2011)
    width, height = size
    async with app_at(size, case="wujin-2012-0001", go="assess") as pilot:
        for key in keys:
            await pilot.press(key)
        await settled(pilot)
        app = pilot.app
        whole = left_by(app.screen._compositor.render_update(full=True, screen_stack=app._background_screens), size)

        for _ in range(25):
            parts = [
                Region(x, y, random.randint(1, width - x), random.randint(1, height - y))
                for x, y in ((random.randrange(width), random.randrange(height)) for _ in range(random.randint(1, 3)))
            ]
            app.screen._compositor._dirty_regions = {*parts}
            part = left_by(app.screen._compositor.render_update(screen_stack=app._background_screens), size)
            for left, top, across, down in parts:
                for y in range(top, top + down):
                    assert part[y][left : left + across] == whole[y][left : left + across], (y, parts)


def left_by(update: object, size: tuple[int, int]) -> list[Row]:
    """The cells that an update leaves on a terminal on which nothing stood."""
    assert isinstance(update, LayoutUpdate | ChopsUpdate)
    painter = Painter()
    blank = [[Strip.blank(size[0])] for _ in range(size[1])]
    painter.paint(LayoutUpdate(blank, Region(0, 0, *size)), ColorSystem.TRUECOLOR)
    painter.paint(update, ColorSystem.TRUECOLOR)
    return painter._rows


async def test_what_waits_to_be_painted_is_painted_though_something_changes_beneath(app_at: AppAt) -> None:
    async with heard(app_at, (80, 24)) as (pilot, glass):
        app = pilot.app
        assert isinstance(app, DuibiaoApp)
        app.lang = "en"

        for each in (app.screen_stack[-2].query_one("#top", Drawn), app.screen.query_one("#rows", Drawn)):
            each.renew()
            each.screen.post_message(Update(each))
        await settled(pilot)

        assert "Basic bodies" in "".join(glass.lines())
