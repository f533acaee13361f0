"""Well-known terminal programs beside ours, where they do the same work: in the same terminal of 120 × 40, on the same data.

toolong opens a file of one line for each community and village of the nation; harlequin opens the same units as an SQLite table;
posting has fields to type in. Each is taken from a virtual environment of its own, so that the project's stays as it is:

    python -m venv ../peers/toolong && ../peers/toolong/bin/pip install toolong
    python -m venv ../peers/posting && ../peers/posting/bin/pip install posting "tree-sitter<0.26"
    python -m venv ../peers/harlequin && ../peers/harlequin/bin/pip install harlequin

    python benchmarks/tui_peers.py ../peers [WORKSPACE]

WORKSPACE: one that holds the national register; without it one is made in a temporary folder. A program that is not
there, or does not come up, is told with what it wrote last.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import tui
from tui_table import PROGRAM, nation
from tui_terminal import Measured, Sheet, Terminal, measured

SIZE = (120, 40)
DOWN, PAGE_DOWN, TAB = b"\x1b[B", b"\x1b[6~", b"\t"
ONCE = 1.0
"""Seconds of quiet after which something that is done once is over."""


@contextmanager
def program(place: Path, *command: str) -> Iterator[Terminal]:
    """A program in a home of its own."""
    home = place / "home"
    home.mkdir(exist_ok=True)
    env = {"HOME": str(home), "DUIBIAO_STATE": str(home), "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
    terminal = Terminal(command, SIZE, env)
    try:
        yield terminal
    finally:
        terminal.close()


def once(terminal: Terminal, ready: str, keys: bytes = b"") -> Measured:
    """What it costs until something is painted."""
    before, size = terminal.cpu(), len(terminal.seen)
    if keys:
        os.write(terminal.handle, keys)
    terminal.wait_for(ready, 180)
    after, count = terminal.cpu(), len(terminal.seen) - size
    return Measured(after[0] - before[0], after[1] - before[1], count, count, count)


def keys(terminal: Terminal, key: bytes) -> Measured:
    """What a key costs, with what it sets going: some draw later."""
    return measured(terminal, [key] * 15, quiet=ONCE / 3)


def memory(terminal: Terminal, sheet: Sheet, who: str) -> None:
    """After all that it does on its own."""
    terminal.read(ONCE * 2, 60)
    print(f"| {who}: resident | {terminal.memory:.0f} MB | | | | |", flush=True)


def toolong(sheet: Sheet, peers: Path, place: Path) -> None:
    """A file of one line a unit, opened, and gone about in."""
    with program(place, str(peers / "toolong/bin/tl"), str(place / "units.txt")) as terminal:
        sheet.act("toolong: first paint", once(terminal, "村委会"))
        memory(terminal, sheet, "toolong")
        terminal.key(b"\x1b[H", ONCE)
        sheet.act("toolong: row down", keys(terminal, DOWN))
        sheet.act("toolong: page down", keys(terminal, PAGE_DOWN))


def harlequin(sheet: Sheet, peers: Path, place: Path) -> None:
    """The table, asked for as a whole, and gone about in."""
    with program(place, str(peers / "harlequin/bin/harlequin"), "-a", "sqlite", str(place / "units.db")) as terminal:
        sheet.act("harlequin: first paint", once(terminal, "Run Query"))
        terminal.read(ONCE, 20)
        terminal.key(b"select * from units order by code", ONCE)
        sheet.act("harlequin: all units, first rows painted", once(terminal, "居委会", b"\n"))
        memory(terminal, sheet, "harlequin")
        sheet.act("harlequin: row down", keys(terminal, DOWN))
        sheet.act("harlequin: page down", keys(terminal, PAGE_DOWN))


def posting(sheet: Sheet, peers: Path, place: Path) -> None:
    """A field to type in, and the way to the next."""
    collection = place / "collection"
    collection.mkdir(exist_ok=True)
    with program(place, str(peers / "posting/bin/posting"), "--collection", str(collection)) as terminal:
        sheet.act("posting: first paint", once(terminal, "Enter a URL"))
        memory(terminal, sheet, "posting")
        sheet.act("posting: a letter in a field", keys(terminal, b"a"))
        sheet.act("posting: to the next field", keys(terminal, TAB))


def ours(sheet: Sheet, peers: Path, place: Path) -> None:
    """The same units, and the fields of an assessment."""
    command = [sys.executable, "-c", PROGRAM, "tui", "--no-safe", "--workspace", str(place / "nation")]
    with program(place, *command) as terminal:
        sheet.act("duibiao: first paint", once(terminal, "案卷"))
        terminal.read(ONCE * 2, 20)
        sheet.act("duibiao: all units, first rows painted", once(terminal, "北京市", b"\x1b[20~"))
        memory(terminal, sheet, "duibiao")
        sheet.act("duibiao: row down", keys(terminal, DOWN))
        sheet.act("duibiao: page down", keys(terminal, PAGE_DOWN))
    case, answers = tui.fresh(place / "office")
    with tui.app(place / "office", case, "assess", SIZE, "得分") as terminal:
        sheet.act("duibiao: an answer, with what follows from it", measured(terminal, answers[:40]))
        sheet.act("duibiao: to the next question", keys(terminal, DOWN))
        sheet.act("duibiao: the note of a question opens", measured(terminal, [b"e"], quiet=0.3))
        sheet.act("duibiao: a letter in a field", keys(terminal, b"a"))


def data(place: Path, space: Path) -> None:
    """The units as a file of lines, as a table, and as our workspace; and the demonstration's."""
    from duibiao.registry import Registry
    from duibiao.services.demo_office import make

    if space.resolve() != (place / "nation").resolve():
        shutil.copytree(space, place / "nation")
    with closing(sqlite3.connect(place / "nation/workspace.db")) as source:
        rows = source.execute("SELECT code, name, kind, initials FROM unit WHERE length(code) = 12 ORDER BY code").fetchall()
    Path(place, "units.txt").write_text("".join("  ".join(each) + "\n" for each in rows), "utf-8")
    with closing(sqlite3.connect(place / "units.db")) as made:
        made.execute("CREATE TABLE units (code TEXT, name TEXT, kind TEXT, initials TEXT)")
        made.executemany("INSERT INTO units VALUES (?, ?, ?, ?)", rows)
        made.commit()
    print(f"{len(rows)} units")
    make(str(place / "office"), Registry())[0].close()


def main() -> None:
    """Print one table."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    peers, sheet = Path(sys.argv.pop(1)), Sheet()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        os.environ["DUIBIAO_STATE"] = str(place / "state")
        data(place, nation(name))
        sheet.acts("The same acts, 120 × 40")
        acts: tuple[Callable[[Sheet, Path, Path], None], ...] = (toolong, harlequin, posting, ours)
        for act in acts:
            try:
                act(sheet, peers, place)
            except (OSError, TimeoutError) as error:
                print(f"| {act.__name__}: does not come up here | {error} | | | | |")


if __name__ == "__main__":
    main()
