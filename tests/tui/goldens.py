"""The screens as text: ``python tests/tui/goldens.py --update`` writes them anew; with names, only those.

A file per scene; in it the text at every size in both languages, in the profile for terminals with wide ambiguous characters,
and without colours; under each a digest of the styles. What differs from run to run (hashes) is masked.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from attrs import frozen

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from rich.cells import cell_len
from textual.pilot import Pilot

from duibiao.registry import Registry
from tui.conftest import SIZES
from tui.scenes import SCENES, UNTIL_IDLE, Scene, calm, frame, made_workspace, opened, steady

FOLDER = Path(__file__).parent / "goldens"
SMALL = (80, 24)
_HASHES = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{16})(?![0-9a-f])|(?<=\d-)[0-9a-f]{6,16}(?![0-9a-f])")
_BYTES = re.compile(r"\d[\d,.]* (?:字节|bytes|B|kB|KB|MB)")


@frozen
class Shot:
    """A screen at one size.

    Attributes:
        title: Size, language and profile.
        size: Width and height.
        lines: The lines, whole.
        styles: Digest of the style of every run of text.
    """

    title: str
    size: tuple[int, int]
    lines: tuple[str, ...]
    styles: str

    def text(self) -> str:
        """As it stands in the file."""
        return "\n".join([f"=== {self.title} ===", *(masked(line).rstrip() for line in self.lines), f"~ {self.styles}", ""])


def masked(line: str) -> str:
    """*line* without what differs from run to run."""
    return _BYTES.sub(lambda found: "#" * len(found[0]), _HASHES.sub(lambda found: "#" * len(found[0]), line))


def shot(pilot: Pilot[int], title: str, size: tuple[int, int]) -> Shot:
    """What is on the screen now."""
    strips = pilot.app.screen._compositor.render_strips()
    runs = [
        f"{y},{cell_len(''.join(s.text for s in strip[:place]))} {segment.style}"
        for y, strip in enumerate(map(list, strips)) for place, segment in enumerate(strip) if segment.text.strip()
    ]  # fmt: skip
    return Shot(title, size, tuple(frame(pilot)), sha256("\n".join(runs).encode()).hexdigest()[:12])


def drawn(scene: Scene, registry: Registry, made: Path) -> list[Shot]:
    """A scene at every size, in both languages, and in the special profiles."""
    return asyncio.run(_drawn(scene, registry, made))


def drawn_small(scene: Scene, registry: Registry, made: Path) -> list[Shot]:
    """The first of the same: at every size, in Chinese."""
    return asyncio.run(_sized(scene, registry, made, "zh"))


async def _sized(scene: Scene, registry: Registry, made: Path, lang: str) -> list[Shot]:
    found = []
    async with opened(scene, SMALL, registry, made, lang=lang) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await calm(pilot, UNTIL_IDLE if scene.place == "assess" else 0.05)
            found.append(shot(pilot, f"{size[0]}×{size[1]} {lang}", size))
    return found


async def _drawn(scene: Scene, registry: Registry, made: Path) -> list[Shot]:
    found = [each for lang in ("zh", "en") for each in await _sized(scene, registry, made, lang)]
    async with opened(scene, SMALL, registry, made, safe=True) as pilot:
        found.append(shot(pilot, "80×24 zh safe", SMALL))
    os.environ["NO_COLOR"] = "1"
    try:
        async with opened(scene, SMALL, registry, made) as pilot:
            found.append(shot(pilot, "80×24 zh NO_COLOR", SMALL))
    finally:
        del os.environ["NO_COLOR"]
    return found


def golden(shots: Iterable[Shot]) -> str:
    """A file's text."""
    return "\n".join(each.text() for each in shots)


# what holds for every picture, whatever it shows


def crooked(each: Shot) -> Iterator[str]:
    """Lines that are not as wide as the terminal, and a screen that is not as high."""
    if len(each.lines) != each.size[1]:
        yield f"{each.title}: {len(each.lines)} lines"
    for number, line in enumerate(each.lines, 1):
        if cell_len(line) != each.size[0]:
            yield f"{each.title}: line {number} is {cell_len(line)} wide: {line!r}"


def ambiguous(each: Shot) -> Iterator[str]:
    """Characters that some Chinese terminals draw two cells wide."""
    for number, line in enumerate(each.lines, 1):
        found = sorted({char for char in line if unicodedata.east_asian_width(char) == "A"})
        if found:
            yield f"{each.title}: line {number}: {' '.join(found)}: {line.strip()}"


def made_here(folder: Path) -> tuple[Registry, Path]:
    """The standards and a workspace to take copies of."""
    registry = Registry()
    return registry, made_workspace(folder / "made", registry)


def main(arguments: list[str]) -> int:
    """Write the files anew (``--update``), or say which are out of date."""
    names = [each for each in arguments if not each.startswith("-")]
    stale = []
    with tempfile.TemporaryDirectory() as place, steady(Path(place)) as folder:
        registry, made = made_here(folder)
        for scene in SCENES:
            if names and scene.name not in names:
                continue
            text, path = golden(drawn(scene, registry, made)), FOLDER / f"{scene.name}.txt"
            if not path.is_file() or path.read_text("utf-8") != text:
                stale.append(scene.name)
                if "--update" in arguments:
                    FOLDER.mkdir(exist_ok=True)
                    path.write_text(text, "utf-8")
    told = f"{'written:' if '--update' in arguments else 'out of date:'} {' '.join(stale) or '-'}\n"
    sys.stdout.write(told)
    return 1 if stale and "--update" not in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
