"""Cells as they stand on a terminal, and the fewest bytes that turn some of them into others.

Only places, colours and moved lines are said, in sequences that every terminal knows: nothing that fills cells with a colour,
repeats a glyph or goes by where the cursor should be after one, because terminals differ in that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style


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


class Piece(NamedTuple):
    """Cells beside each other that are written with one pen.

    Attributes:
        y: Their line.
        x: The first of them.
        end: The one after the last.
        pen: How they are drawn.
        text: What is written.
        blank: Whether of all of them only the ground is seen.
    """

    y: int
    x: int
    end: int
    pen: Pen
    text: str
    blank: bool


Row = list[Cell]
Known = Sequence[Cell | None]
"""A line of which perhaps not everything is known."""

PLAIN = Pen()
NOTHING = Cell(" ", PLAIN)
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29", "21": "24", "53": "55"}
_SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})
_CODES = {0: "1", 1: "2", 2: "3", 3: "4", 4: "5", 5: "6", 6: "7", 7: "8", 8: "9", 9: "21", 10: "51", 11: "52", 12: "53"}


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


def cells(segments: Iterable[Segment], system: ColorSystem) -> list[Cell]:
    """The cells of a line."""
    found: list[Cell] = []
    for text, style, control in segments:
        if text and not control:
            found += cells_of(text, pen_of(style, system))
    return found


@lru_cache(maxsize=1024)
def cells_of(text: str, pen: Pen) -> tuple[Cell, ...]:
    """The cells that a text takes. Of a blank only the ground is seen, unless it is underlined or the like."""
    found: list[Cell] = []
    for glyph in text:
        taken = _cells_of_glyph(glyph, pen)
        if taken:
            found += taken
        elif found:
            place = len(found) - 1 if found[-1].glyph else len(found) - 2
            found[place] = found[place]._replace(glyph=found[place].glyph + glyph)
    return tuple(found)


@lru_cache(maxsize=8192)
def _cells_of_glyph(glyph: str, pen: Pen) -> tuple[Cell, ...]:
    if glyph == " ":
        return (Cell(" ", Pen(back=pen.back) if _ground_only(pen) else pen),)
    size = cell_len(glyph)
    return (Cell(glyph, pen), *[Cell("", pen)] * (size - 1)) if size else ()


@lru_cache(maxsize=512)
def _ground_only(pen: Pen) -> bool:
    """Whether of a blank written with this pen only the ground is seen."""
    return not _SEEN_ON_BLANKS.intersection(pen.marks)


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


def place(y: int, x: int) -> str:
    """The control sequence that puts the cursor there."""
    return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"


def moved(top: int, end: int, shift: int) -> str:
    """Lines from *top* to *end* (exclusive) go up by *shift*, down where it is negative; those left behind are empty.

    To be written with the plain pen: some terminals fill the empty lines with the colour of the pen, others never do.
    """
    what = f"{shift}M" if shift > 0 else f"{-shift}L"
    return f"\x1b[{top + 1};{end}r{place(top, 0)}\x1b[{what}\x1b[r"


def pieces(y: int, old: Known, new: Row) -> Iterator[Piece]:
    """What has to be written to turn one line into the other."""
    first, pen, text, blank = -1, PLAIN, "", True
    for x, (was, now) in enumerate(zip(old, new, strict=True)):
        glyph, wanted = now
        if was is now or was == now:
            # The second half of a glyph is the same whatever the glyph: it goes with the first.
            if first >= 0 and glyph:
                yield Piece(y, first, x, pen, text, blank)
                first = -1
            continue
        ground = glyph == " " and not wanted.marks
        if first >= 0:
            if wanted == pen or (ground and _covers(pen, wanted)):
                text, blank = text + glyph, blank and ground
                continue
            if blank and _covers(wanted, pen):
                pen, text, blank = wanted, text + glyph, False
                continue
            yield Piece(y, first, x, pen, text, blank)
        first, pen, text, blank = x, wanted, glyph, ground
    if first >= 0:
        yield Piece(y, first, len(new), pen, text, blank)


def _covers(pen: Pen, blank: Pen) -> bool:
    """Whether a blank looks the same when it is written with a pen that was meant for something else."""
    return pen.back == blank.back and (not pen.marks or _ground_only(pen))


def written(rows: Mapping[int, Row], found: Iterable[Piece]) -> str:
    """Writes these pieces of lines, everything of one pen together: to go elsewhere is shorter to say than a colour."""
    told, pen, y, x = list[str](), PLAIN, -1, 0
    for wanted, group in _by_pen(found):
        told.append(turn(pen, wanted))
        pen = wanted
        for each in group:
            if each.y != y or each.x != x:
                told.append(_step(rows[y], x, each.x, pen) if each.y == y else place(each.y, each.x))
            told.append(each.text)
            # Where the cursor stands after the last cell of a line, terminals do not agree.
            y, x = (each.y, each.end) if each.end < len(rows[each.y]) else (-1, 0)
    return "".join([*told, "\x1b[0m" if pen != PLAIN else ""])


def _by_pen(found: Iterable[Piece]) -> Iterator[tuple[Pen, list[Piece]]]:
    """The pieces of each pen from the top down, the pens in an order in which little has to be said of each."""
    groups: dict[Pen, list[Piece]] = {}
    blanks = list[Piece]()
    for each in found:
        if each.blank:
            blanks.append(each)
        else:
            groups.setdefault(each.pen, []).append(each)
    for each in blanks:
        fitting = next((pen for pen in groups if _covers(pen, each.pen)), each.pen)
        groups.setdefault(fitting, []).append(each)
    pen = PLAIN
    while groups:
        pen = min(groups, key=lambda each: len(turn(pen, each)))
        yield pen, sorted(groups.pop(pen))


def _step(row: Row, here: int, there: int, pen: Pen) -> str:
    """On to another cell of a line: by writing again what stands between, where that is shorter than to say where to go."""
    told = f"\x1b[{there + 1}G"
    if here < there <= here + len(told):
        text = ""
        for glyph, held in row[here:there]:
            if held != pen and not (glyph == " " and not held.marks and _covers(pen, held)):
                return told
            text += glyph
        if len(text.encode()) <= len(told):
            return text
    return told
