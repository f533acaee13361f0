"""The pictures of the README, made from real output. ``--check`` compares them with the files that are kept."""

from __future__ import annotations

import io
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from html import escape, unescape
from itertools import groupby
from pathlib import Path

import screens
from reference import bundled
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from duibiao.cli.assessed import Sheet
from duibiao.cli.base import Session
from duibiao.services.assessing import assess_file
from duibiao.wording import Lang

LANGS: Mapping[Lang, str] = {"en": "", "zh": ".zh-CN"}
"""Languages of the pictures, and what their names end with."""
HERE = Path(__file__).parent
WIDTH = 84
CELL = 12.2
"""Width of a terminal cell in the units of the picture: 20 high, and 0.61 of that wide, as rich draws them."""

WIDE = 22
"""Size of a wide character, which has 24.4 of room."""

FONTS = (
    "'Cascadia Mono', 'JetBrains Mono', 'Fira Code', Menlo, Consolas, 'DejaVu Sans Mono', "
    "'Sarasa Mono SC', 'Noto Sans Mono CJK SC', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', monospace"
)
COLOURS = [(255, 123, 114), (126, 211, 133), (240, 198, 116), (130, 170, 255), (208, 158, 240), (120, 205, 222)]
"""Red, green, yellow, blue, magenta, cyan: light enough for a dark ground."""

THEME = TerminalTheme(
    (24, 26, 31),
    (216, 219, 226),
    [(24, 26, 31), *COLOURS, (216, 219, 226)],
    [(120, 126, 140), *COLOURS, (255, 255, 255)],
)
FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<style>
.{unique_id}-matrix {{ font-family: FONTS; font-size: {char_height}px; line-height: {line_height}px; white-space: pre; }}
.{unique_id}-matrix .wide {{ font-size: WIDEpx; }}
.{unique_id}-title {{ font-family: FONTS; font-size: 17px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
""".replace("FONTS", FONTS).replace("WIDE", str(WIDE))
_TEXT = re.compile(r'<text class="([^"]+)" x="([^"]+)" y="([^"]+)" textLength="[^"]+" clip-path="([^"]+)">([^<]*)</text>')


def assess(lang: Lang) -> str:
    """One real unit under Qingpu's standard: two things not met, one not known, each with its clause."""
    state = Session(lang)
    vars(state)["registry"] = bundled()
    facts = HERE / "examples" / "community.toml"
    (found,) = assess_file(bundled(), "shanghai.qingpu.committee", facts)
    out = recorder()
    asked = "--lang en " if lang == "en" else ""
    out.print(f"$ duibiao {asked}assess shanghai.qingpu.committee docs/examples/community.toml", style="bold bright_white")
    sheet = Sheet(found, state, explain=False)
    sheet.out = out
    sheet.show()
    return svg(out, "duibiao 对标")


def recorder() -> Console:
    """A console that remembers what is printed and looks the same everywhere."""
    return Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False, emoji=False,
        markup=False, legacy_windows=False, _environ={},
    )  # fmt: skip


def svg(console: Console, title: str) -> str:
    """What was printed, as a picture."""
    drawn = console.export_svg(title=title, theme=THEME, unique_id="duibiao", code_format=FRAME)
    return _TEXT.sub(placed, drawn)


def placed(found: re.Match[str]) -> str:
    """One run of text, cut so that every piece stands on its own cells.

    Rich counts characters where it should count cells, and a browser spreads a run evenly: 中文 would be squeezed into half
    its room, and Latin beside it pushed aside. Narrow pieces are given their place and length, wide characters each their
    own place.
    """
    style, x, y, clip, text = found.groups()
    start = float(x)
    pieces = []
    for width, group in groupby(unescape(text), key=cells):
        piece = "".join(group)
        length = len(piece) * max(width, 1) * CELL
        if piece.strip(" \u00a0"):
            kind, room = (" wide", each_place(start, len(piece))) if width == 2 else ("", f'{start:g}" textLength="{length:g}')
            fit = ' lengthAdjust="spacingAndGlyphs"' if width == 0 else ""
            pieces.append(
                f'<text class="{style}{kind}" x="{room}" y="{y}"{fit} clip-path="{clip}">'
                f"{escape(piece).replace(chr(160), '&#160;')}</text>"
            )
        start += length
    return "\n".join(pieces)


def each_place(start: float, characters: int) -> str:
    """Where each wide character of a piece begins, a little inside its two cells."""
    return " ".join(f"{start + (2 * CELL - WIDE) / 2 + 2 * CELL * index:g}" for index in range(characters))


def cells(char: str) -> int:
    """2 for a wide character, 1 for a narrow one, 0 for one cell whose glyph some fonts draw wide."""
    width = unicodedata.east_asian_width(char)
    return 2 if width in "WF" else 0 if width == "A" and char not in "─│├└" else 1


def screen(name: str, lang: Lang) -> str:
    """A screen of the terminal UI."""
    return screens.pictures(lang)[name]


PICTURES: Mapping[str, Callable[[], str]] = {
    "assess.svg": partial(assess, "en"),
    "assess.zh-CN.svg": partial(assess, "zh"),
    **{
        f"screen-{view.name}{suffix}.svg": partial(screen, view.name, lang)
        for view in screens.VIEWS for lang, suffix in LANGS.items()
    },
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Write the pictures, or with ``--check`` say which are out of date."""
    stale = []
    for name, draw in PICTURES.items():
        path, drawn = HERE / "pictures" / name, draw()
        if path.is_file() and path.read_text("utf-8") == drawn:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(drawn, "utf-8")
    if stale and "--check" in arguments:
        print(f"out of date: {', '.join(stale)}; run: bash docs/update", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
