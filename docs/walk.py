"""Runs the pages that show what commands print: writes their files, runs their commands, and puts in what came out.

In a page, ``<!-- file: a/b.toml -->`` before a block writes the block to that file, ``<!-- append: a/b.toml -->`` adds it.
In a ``console`` block each line that starts with ``$`` is run and the lines below it are its output; ``| head -N`` and
``| tail -N`` keep the first and the last lines. What no two runs share (the time of an entry, the hash it got) stands as blanks:
``____-__-__ __:__``.
``pip install -e FOLDER`` puts the folder's plugin on the path for the rest of the page, as an editable install would.
"""

from __future__ import annotations

import importlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import tomli
from attrs import frozen

from duibiao.cli import main as duibiao

ROOT = Path(__file__).parents[1]
AT_HOME = (
    "README.md", "README.zh-CN.md", "docs/workspace.md", "docs/workspace.zh-CN.md", "docs/compare.md", "docs/cohort.md",
)  # fmt: skip
"""Pages whose commands speak of the repository's own files; the others start in an empty folder."""

PAGES = (*AT_HOME, "docs/tutorial.md")

_BLOCK = re.compile(r"(?:<!-- (file|append): (\S+) -->\n\n?)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VARIES = (
    (re.compile(r"\b20\d\d-\d\d-\d\d \d\d:\d\d\b"), "____-__-__ __:__"),
    (re.compile(r"\b20\d{6}T\d{6}Z-"), "________T______Z-"),
    (re.compile(r"\b(\d+)-[0-9a-f]{16}\b"), r"\1-________________"),
    (re.compile(r"(附件|evidence) [0-9a-f]{12}\b"), r"\1 ____________"),
)
"""What differs from run to run, and the blanks of the same width that stand for it."""

_PART = re.compile(r"\s*\|\s*(head|tail) -(?:n )?(\d+)\s*$")


@frozen
class Block:
    """A fenced block of a page.

    Attributes:
        verb: ``file`` or ``append`` when its text belongs in a file, else empty.
        path: That file.
        language: What stands behind the fence.
        text: Its lines.
    """

    verb: str
    path: str
    language: str
    text: str


def blocks(page: str) -> list[Block]:
    """Every fenced block, in order."""
    return [Block(found[1] or "", found[2] or "", found[3], found[4]) for found in _BLOCK.finditer(page)]


def commands(page: str) -> list[str]:
    """Every command line of every console block, in order."""
    listed = [line for block in blocks(page) if block.language == "console" for line in block.text.splitlines()]
    return [line.removeprefix("$ ") for line in listed if line.startswith("$ ")]


def walked(page: str) -> str:
    """*page* as it would stand if everything in it had just been run, in the present folder."""
    with installs() as installed:

        def run(found: re.Match[str]) -> str:
            if found[1]:
                write(found[1], Path(found[2]), found[4])
            if found[3] != "console":
                return found[0]
            lines = [each for line in found[4].splitlines() if line.startswith("$ ") for each in transcript(line, installed)]
            return found[0].replace(f"```console\n{found[4]}", "\n".join(["```console", *lines, ""]))

        return _BLOCK.sub(run, page)


def write(verb: str, path: Path, text: str) -> None:
    """Put a block where the page says it belongs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    old = path.read_text("utf-8") + "\n" if verb == "append" else ""
    path.write_text(old + text, "utf-8")


def transcript(line: str, installed: Path) -> Iterator[str]:
    """A command line and what it prints."""
    yield line
    piped = _PART.search(line)
    words = shlex.split(_PART.sub("", line.removeprefix("$ ")))
    printed = [each.rstrip() for each in settled(output(words, installed)).rstrip().splitlines()]
    most = int(piped[2]) if piped else len(printed)
    yield from printed[-most:] if piped and piped[1] == "tail" else printed[:most]


def settled(text: str) -> str:
    """What a command printed, with blanks for what the next run would print otherwise."""
    for varies, blank in _VARIES:
        text = varies.sub(blank, text)
    return text


def output(words: Sequence[str], installed: Path) -> str:
    """What a command prints. Only what the pages need is known; anything else is a mistake in the page."""
    match words:
        case ["duibiao", *rest]:
            said = io.StringIO()
            with redirect_stdout(said), redirect_stderr(said):
                duibiao(rest)
            return said.getvalue()
        case ["python", script]:
            bin_first = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
            return subprocess.check_output([sys.executable, script], env=bin_first, text=True, encoding="utf-8")
        case ["pip", "install", "-e", folder]:
            install(Path(folder), installed)
            return ""
        case ["cd", folder]:
            os.chdir(folder)
            return ""
        case ["export", setting]:
            name, _, value = setting.partition("=")
            os.environ[name] = value
            return ""
    raise ValueError(f"the page asks for a command that is not known here: {words}")


@contextmanager
def installs() -> Iterator[Path]:
    """A folder for the metadata of what a page installs; afterwards the interpreter is as it was."""
    path, environment, modules, here = list(sys.path), dict(os.environ), set(sys.modules), Path.cwd()
    for name in ("DUIBIAO_LANG", "DUIBIAO_BLOCK", "DUIBIAO_OPERATOR", "FORCE_COLOR"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DUIBIAO_STATE": f"{folder}/state", "DUIBIAO_WORKSPACE": f"{folder}/office"}
        try:
            yield Path(folder)
        finally:
            os.chdir(here)
            sys.path[:] = path
            os.environ.clear()
            os.environ.update(environment)
            for name in set(sys.modules) - modules:
                if name.startswith("duibiao_"):
                    del sys.modules[name]
            importlib.invalidate_caches()


def install(folder: Path, site: Path) -> None:
    """What an editable install does: the folder goes on the path, its entry points beside it."""
    project = tomli.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    entries = project["entry-points"]["duibiao"]
    (info / "entry_points.txt").write_text("[duibiao]\n" + "".join(f"{k} = {v}\n" for k, v in entries.items()), "utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", "utf-8")
    sys.path[:0] = [str(site), str(folder.resolve())]
    importlib.invalidate_caches()


def fresh(name: str) -> tuple[str, str]:
    """A page as it is kept, and as it should be."""
    kept = (ROOT / name).read_text("utf-8")
    if name in AT_HOME:
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            Path("docs").symlink_to(ROOT / "docs")
            return kept, walked(kept)
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        return kept, walked(kept)


def main(names: Sequence[str] = ()) -> None:
    """Put the present output into every page, or into those named."""
    for name in names or PAGES:
        kept, new = fresh(name)
        if new != kept:
            print(f"{name} (changed)")
            (ROOT / name).write_text(new, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
