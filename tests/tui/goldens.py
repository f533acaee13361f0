"""The screens as text: ``python tests/tui/goldens.py --update`` writes them anew; with names, only those; without, compares.

A file per scene and language; in it the text at every size, then at 80×24 in the profile for terminals with wide ambiguous
characters and without colours; under each a digest of the styles. What differs from run to run (hashes) is masked.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from rich.cells import cell_len
from textual.pilot import Pilot

from duibiao.model.process import LEVELS
from duibiao.registry import Registry
from duibiao.rules.context import KINDS
from duibiao.services.office import open_office
from duibiao.store import cases as kept
from tui.conftest import SIZES, strips_of
from tui.looks import PLAIN, SAFE, Shot, Sources, broken, collected
from tui.scenes import SCENES, Scene, calm, frame, made_workspace, opened, steady

FOLDER = Path(__file__).parent / "goldens"
LANGS = ("zh", "en")
SMALL = (80, 24)
_HASHES = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{16})(?![0-9a-f])|(?<=\d-)[0-9a-f]{6,16}(?![0-9a-f])")
_BYTES = re.compile(r"\d[\d,.]* (?:字节|bytes|B|kB|KB|MB)")


def masked(line: str) -> str:
    """*line* without what differs from run to run."""
    return _BYTES.sub(lambda found: "#" * len(found[0]), _HASHES.sub(lambda found: "#" * len(found[0]), line))


def shot(pilot: Pilot[int], lang: str, profile: str = "") -> Shot:
    """What is on the screen now."""
    strips = strips_of(pilot.app)
    runs = [
        f"{y},{cell_len(''.join(s.text for s in strip[:place]))} {segment.style}"
        for y, strip in enumerate(map(list, strips)) for place, segment in enumerate(strip) if segment.text.strip()
    ]  # fmt: skip
    size = pilot.app.size.width, pilot.app.size.height
    return Shot(size, lang, tuple(frame(pilot)), profile, sha256("\n".join(runs).encode()).hexdigest()[:12])


async def at_every_size(pilot: Pilot[int], lang: str, profile: str = "") -> list[Shot]:
    """The same app, resized: what is drawn is what an app started at that size draws (a test says so)."""
    found = []
    for size in SIZES:
        await pilot.resize_terminal(*size)
        await calm(pilot)
        found.append(shot(pilot, lang, profile))
    return found


async def _drawn(scene: Scene, registry: Registry, made: Path, lang: str, plain: bool) -> list[Shot]:
    found = list[Shot]()
    if plain:
        async with opened(scene, SMALL, registry, made, lang=lang) as pilot:
            found += await at_every_size(pilot, lang)
    async with opened(scene, SMALL, registry, made, lang=lang, safe=True) as pilot:
        found += await at_every_size(pilot, lang, SAFE)
    with without_colours():
        async with opened(scene, SMALL, registry, made, lang=lang) as pilot:
            return [*found, shot(pilot, lang, PLAIN)]


@contextmanager
def without_colours() -> Iterator[None]:
    """The terminal says that it wants no colours."""
    os.environ["NO_COLOR"] = "1"
    try:
        yield
    finally:
        del os.environ["NO_COLOR"]


def drawn(scene: Scene, registry: Registry, made: Path, lang: str, *, plain: bool = True) -> list[Shot]:
    """A scene at every size, the same where ambiguous characters are wide, and without colours: each by an app of its own.

    Without *plain* not the first of the three.
    """
    return asyncio.run(_drawn(scene, registry, made, lang, plain))


# the files


def path_of(name: str, lang: str) -> Path:
    """The file of a scene in a language."""
    return FOLDER / lang / f"{name}.txt"


def stored(shots: Iterable[Shot]) -> Iterator[Shot]:
    """The pictures that are kept word for word: of the special profiles one is enough, the rules look at all."""
    yield from (each for each in shots if not each.profile or each.size == SMALL)


def text_of(each: Shot) -> str:
    """A picture as it stands in a file."""
    return "\n".join([f"=== {each.title} ===", *(masked(line).rstrip() for line in each.lines), f"~ {each.styles}", ""])


def golden(shots: Iterable[Shot]) -> str:
    """A file's text."""
    return "\n".join(text_of(each) for each in stored(shots))


def parts(text: str) -> dict[str, str]:
    """Title to picture, of a file's text."""
    found = re.split(r"^=== (.+) ===\n", text, flags=re.MULTILINE)
    return {title: f"=== {title} ===\n{rest.rstrip()}\n" for title, rest in zip(found[1::2], found[2::2], strict=True)}


def read_shots(text: str) -> list[Shot]:
    """The pictures of a file, each line as wide as it was drawn."""
    found = []
    for title, rest in parts(text).items():
        size, lang, *profile = title.split()
        width, height = map(int, size.split("×"))
        lines = (line + " " * (width - cell_len(line)) for line in rest.split("\n")[1 : height + 1])
        found.append(Shot((width, height), lang, tuple(lines), " ".join(profile)))
    return found


# what they are drawn from


def made_here(folder: Path) -> tuple[Registry, Path]:
    """The standards and a workspace to take copies of."""
    registry = Registry()
    return registry, made_workspace(folder / "made", registry)


def sources_of(registry: Registry, made: Path) -> Sources:
    """Everything that the standards and the workspace say, in whatever language: it is shown as it is."""
    with open_office(str(made), write=False) as space:
        units = [str(row["name"]) for row in space.rows("SELECT name FROM unit")]
        theirs = [kept.cases(space), space.office(), space.operators()]
    standards = [registry.standard(name) for name in registry.headers]
    things = [standards, registry.jurisdictions, registry.vocabulary.types, theirs, list(registry.headers)]
    return collected(things, kinds=[*LEVELS, *KINDS], units=units)


def main(arguments: Sequence[str]) -> int:
    """Write the files anew (``--update``), or say which are out of date; in both cases say what breaks a rule."""
    names, update = [each for each in arguments if not each.startswith("-")], "--update" in arguments
    stale, wrong = list[str](), 0
    with tempfile.TemporaryDirectory() as place, steady(Path(place)) as folder:
        registry, made = made_here(folder)
        sources = sources_of(registry, made)
        for scene in SCENES:
            for lang in LANGS if not names or scene.name in names else ():
                shots = drawn(scene, registry, made, lang)
                found = broken(shots, sources)
                wrong += len(found)
                sys.stdout.writelines(f"{scene.name}: {each}\n" for each in found)
                sys.stdout.flush()
                text, path = golden(shots), path_of(scene.name, lang)
                if not path.is_file() or path.read_text("utf-8") != text:
                    stale.append(f"{scene.name}.{lang}")
                    if update:
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_text(text, "utf-8")
    sys.stdout.write(f"{'written' if update else 'out of date'}: {' '.join(stale) or '-'}\n")
    return 1 if wrong or (stale and not update) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
