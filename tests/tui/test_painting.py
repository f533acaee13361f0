"""What the painter writes to a terminal leaves on it what the app shows, in few bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from duibiao.tui.painting import Painter

WIDTH, HEIGHT = 24, 12
INK, MARK, BAR = Style.parse("#d5d9e8 on #16181f"), Style.parse("bold #e0af68 on #16181f"), Style.parse("#101010 on #7aa2f7")
_CONSOLE = Console(color_system="truecolor")
_SEQUENCE = re.compile(r"\x1b\[([\d;]*)([A-Za-z])|(.)", re.DOTALL)


class Glass:
    """A terminal that knows what the painter needs: places, colours, lines moved within a part of the screen."""

    def __init__(self) -> None:
        self.cells = [[(" ", "")] * WIDTH for _ in range(HEIGHT)]
        self.x = self.y = 0
        self.style, self.part = Style(), (0, HEIGHT)

    def write(self, text: str) -> None:
        for codes, what, glyph in _SEQUENCE.findall(text):
            if glyph:
                self._glyph(glyph)
                continue
            numbers = [int(each) for each in codes.split(";") if each]
            {"m": self._pen, "H": self._go, "G": self._across, "r": self._part, "M": self._up, "L": self._down}[what](numbers)

    def _glyph(self, glyph: str) -> None:
        size = cell_len(glyph)
        for place in range(self.x, self.x + size):
            self.cells[self.y][place] = (glyph if place == self.x else "", str(self.style))
        self.x += size

    def _pen(self, numbers: Sequence[int]) -> None:
        codes = ";".join(str(each) for each in numbers)
        spans = Text.from_ansi(f"\x1b[{codes}m.").spans
        off = {22: Style(bold=False), 39: Style(color="default"), 49: Style(bgcolor="default")}
        self.style = Style() if 0 in numbers else self.style
        for number in numbers:
            self.style += off.get(number, Style())
        if spans and isinstance(spans[0].style, Style):
            self.style += spans[0].style

    def _go(self, numbers: Sequence[int]) -> None:
        self.y, self.x = numbers[0] - 1, numbers[1] - 1

    def _across(self, numbers: Sequence[int]) -> None:
        self.x = numbers[0] - 1

    def _part(self, numbers: Sequence[int]) -> None:
        self.part = (numbers[0] - 1, numbers[1]) if numbers else (0, HEIGHT)
        self.x = self.y = 0

    def _up(self, numbers: Sequence[int]) -> None:
        top, end = self.part
        self.cells[top:end] = [*self.cells[top + numbers[0] : end], *[[(" ", "")] * WIDTH for _ in range(numbers[0])]]

    def _down(self, numbers: Sequence[int]) -> None:
        top, end = self.part
        self.cells[top:end] = [*[[(" ", "")] * WIDTH for _ in range(numbers[0])], *self.cells[top : end - numbers[0]]]

    def lines(self) -> list[str]:
        return ["".join(glyph for glyph, _ in row) for row in self.cells]

    def grounds(self) -> list[list[str]]:
        return [[str(Style.parse(style or "none").bgcolor) for _, style in row] for row in self.cells]


def strip(text: str, style: Style = INK) -> Strip:
    """A line: a mark, then the text."""
    found = Strip(list(Text.assemble(("✓ ", MARK), (text, style)).render(_CONSOLE, "")))
    return found.adjust_cell_length(WIDTH, style)


def shown(painter: Painter, glass: Glass, lines: Sequence[Strip]) -> str:
    """Show all lines; what was written."""
    spans = [(y, 0, WIDTH) for y in range(HEIGHT)]
    text = painter.some(ChopsUpdate([{0: each} for each in lines], spans, [[WIDTH]] * HEIGHT), ColorSystem.TRUECOLOR)
    glass.write(text)
    return text


def begun(lines: Sequence[Strip]) -> tuple[Painter, Glass]:
    """A terminal on which these lines have been painted."""
    painter, glass = Painter(), Glass()
    glass.write(painter.whole(LayoutUpdate([[each] for each in lines], Region(0, 0, WIDTH, HEIGHT)), ColorSystem.TRUECOLOR))
    return painter, glass


WORDS = st.lists(st.text("社区居委会ab 12·，", max_size=9), min_size=HEIGHT, max_size=HEIGHT)


@given(WORDS, WORDS, st.integers(0, HEIGHT - 1))
def test_the_terminal_shows_the_new_lines_whatever_it_showed_before(old: list[str], new: list[str], cursor: int) -> None:
    painter, glass = begun([strip(each) for each in old])
    wanted = [strip(each, BAR if y == cursor else INK) for y, each in enumerate(new)]

    shown(painter, glass, wanted)

    assert [each.text for each in wanted] == glass.lines()
    assert all(str(BAR.bgcolor) == each for each in glass.grounds()[cursor][2:])


@given(WORDS, st.integers(-6, 6))
def test_lines_that_move_together_arrive_where_they_should(words: list[str], shift: int) -> None:
    old = [f"{y}号{each}" for y, each in enumerate(words)]
    new = [old[y + shift] if 0 <= y + shift < HEIGHT else f"新{y}" for y in range(HEIGHT)]
    painter, glass = begun([strip(each) for each in old])
    wanted = [strip(each) for each in new]

    shown(painter, glass, wanted)

    assert [each.text for each in wanted] == glass.lines()


def test_what_did_not_change_is_not_written() -> None:
    lines = [strip(f"第{y}题") for y in range(HEIGHT)]
    painter, glass = begun(lines)

    assert shown(painter, glass, lines) == ""


def test_of_a_line_only_what_differs_is_written() -> None:
    painter, glass = begun([strip(f"第{y}题 0–100") for y in range(HEIGHT)])

    written = shown(painter, glass, [strip(f"第{y}题 {'1' if y == 3 else '0'}–100") for y in range(HEIGHT)])

    assert "题" not in written
    assert len(written) < 60


def test_after_somebody_else_wrote_everything_is_painted_anew() -> None:
    painter, _ = begun([strip("案卷")] * HEIGHT)

    painter.forget()

    assert not painter.knows(WIDTH, HEIGHT)
