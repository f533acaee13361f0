"""Pictures of the screens: the lines of the real program, each character on its own cell."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from unicodedata import east_asian_width

from attrs import frozen
from reference import bundled
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from duibiao.services.demo_office import make
from duibiao.tui.app import DuibiaoApp
from duibiao.wording import Lang

CELL, LINE, SIZE, EDGE = 9.6, 20, 16, 12
"""Width and height of a cell, size of a narrow character, margin, in the units of the picture."""
WIDE = 17.5
"""Size of a wide character, which has two cells."""
FONTS = (
    "'Sarasa Mono SC', 'Noto Sans Mono CJK SC', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'PingFang SC', "
    "'Microsoft YaHei', 'Noto Sans CJK SC', monospace"
)

KEYS = frozenset("⏎⌫")
"""Signs of keys, which Chinese fonts draw wide too."""
NARROW = "'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, monospace"


@frozen
class View:
    """A screen to be pictured.

    Attributes:
        name: Name of the picture.
        place: Screen gone to.
        case: Case at hand.
        day: The day acted on.
        keys: Keys pressed there.
        size: Width and height in cells.
    """

    name: str
    place: str
    case: str = ""
    day: date = date(2012, 11, 5)
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (110, 30)


VIEWS = (
    View("cases", "cases"),
    View("assess", "assess", "qingpu-2011-0003", date(2011, 8, 20)),
    View("workflow", "workflow", "wujin-2012-0003"),
    View("targets", "targets"),
    View("compare", "compare", "wujin-2012-0001", keys=("d", "d")),
)


@cache
def pictures(lang: Lang) -> dict[str, str]:
    """Every view as a picture, by name."""
    with tempfile.TemporaryDirectory() as place:
        before = os.environ.get("DUIBIAO_STATE")
        os.environ["DUIBIAO_STATE"] = f"{place}/state"
        try:
            make(f"{place}/made", bundled())[0].close()
            return {each.name: asyncio.run(_pictured(each, lang, Path(place))) for each in VIEWS}
        finally:
            os.environ.pop("DUIBIAO_STATE") if before is None else os.environ.update(DUIBIAO_STATE=before)


async def _pictured(view: View, lang: Lang, place: Path) -> str:
    office = place / "office"
    shutil.rmtree(office, ignore_errors=True)
    shutil.copytree(place / "made", office)
    app = DuibiaoApp(str(office), lang=lang, day=view.day, registry=bundled())
    async with app.run_test(size=view.size) as pilot:
        await _still(app, pilot.pause)
        app.case = view.case
        app.action_go(view.place)
        await _still(app, pilot.pause)
        for each in view.keys:
            await pilot.press(each)
        await _still(app, pilot.pause)
        strips = app.screen._compositor.render_strips()
        picture = svg(strips, view.size, app.current_theme.background or "#000000")
        await app.action_leave()
    return picture


async def _still(app: DuibiaoApp, pause: Callable[[], Awaitable[object]]) -> None:
    """Wait until the workers are done and nothing changes any more."""
    seen: list[str] = []
    for _ in range(200):
        await pause()
        await asyncio.sleep(0.2)
        now = [strip.text for strip in app.screen._compositor.render_strips()]
        if now == seen and all(each.is_finished for each in app.workers):
            return
        seen = now


def svg(strips: list[Strip], size: tuple[int, int], ground: str) -> str:
    """The lines as a picture, every character where its cell is."""
    width, height = size[0] * CELL + 2 * EDGE, size[1] * LINE + 2 * EDGE
    back, front, styles = list[str](), list[str](), dict[str, str]()
    for row, strip in enumerate(strips):
        column = 0
        for segment in strip:
            cells = cell_len(segment.text)
            _box(back, segment, (row, column, cells), ground)
            front += _runs(segment, row, column, styles)
            column += cells
    classes = "\n".join(f".{name} {{ {rule} }}" for rule, name in styles.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">\n<style>\n'
        f"text {{ font-family: {FONTS}; font-size: {SIZE}px; white-space: pre; }}\n.w {{ font-size: {WIDE}px; }}\n"
        f".a {{ font-family: {NARROW}; }}\n{classes}\n</style>\n"
        f'<rect width="{width:g}" height="{height:g}" rx="8" fill="{ground}"/>\n' + "\n".join([*back, *front]) + "\n</svg>\n"
    )


def _colours(style: Style | None, ground: str) -> tuple[str, str]:
    """Colours of the text and of what is behind it."""
    front, back = "#d5d9e8", ground
    if style is not None:
        front = style.color.get_truecolor().hex if style.color is not None else front
        back = style.bgcolor.get_truecolor().hex if style.bgcolor is not None else back
        if style.reverse:
            front, back = back, front
    return front, back


def _box(back: list[str], segment: Segment, place: tuple[int, int, int], ground: str) -> None:
    row, column, cells = place
    colour = _colours(segment.style, ground)[1]
    if colour.lower() != ground.lower() and cells:
        x, y = EDGE + column * CELL, EDGE + row * LINE
        back.append(f'<rect x="{x:g}" y="{y:g}" width="{cells * CELL + 0.4:g}" height="{LINE + 0.4:g}" fill="{colour}"/>')


def _kind(char: str) -> tuple[int, bool]:
    """Cells of a character, and whether Chinese fonts draw it wider than that."""
    return cell_len(char), east_asian_width(char) == "A" or char in KEYS


def _runs(segment: Segment, row: int, column: int, styles: dict[str, str]) -> Iterator[str]:
    """The pieces of a segment: characters of one width, each with its place.

    Those that Chinese fonts draw as wide as their own are taken from others.
    """
    y = EDGE + row * LINE + 15
    bold = "; font-weight: bold" if segment.style is not None and segment.style.bold else ""
    rule = f"fill: {_colours(segment.style, '#16181f')[0]}{bold}"
    name = styles.setdefault(rule, f"s{len(styles)}")
    for (cells, odd), group in groupby(segment.text, key=_kind):
        piece = "".join(group)
        if piece.strip():
            inset = (2 * CELL - WIDE) / 2 if cells == 2 else 0
            places = " ".join(f"{EDGE + (column + cells * index) * CELL + inset:g}" for index in range(len(piece)))
            kind = f"{name} w" if cells == 2 else f"{name} a" if odd else name
            yield f'<text class="{kind}" x="{places}" y="{y}">{escape(piece)}</text>'
        column += cells * len(piece)
