"""The tables of the terminal UI over the whole national register, in a terminal of 120 × 40.

Until the first screen is painted and until the units are listed: CPU time and resident memory; then for each key CPU time and
bytes. The first page of every order and search is timed on its own, in this process.

    python benchmarks/tui_table.py [WORKSPACE] [--check]

WORKSPACE: one that holds the national register; without it one is made in a temporary folder (half a minute). ``--check``: a
missed target is an error.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, sleep, thread_time

from tui_terminal import Sheet, Target, Terminal, measured

from duibiao.services import lists
from duibiao.services.lists import UnitsAsked

STARTS, ROUNDS, SIZE = 5, 3, (120, 40)
FIRST_PAINT, MEMORY, FIRST_PAGE, IDLE_SHARE = 450, 60, 100, 0.2
ROW, PAGE = Target(10, 700), Target(25, 12_000)
PROGRAM = "import sys; from duibiao.cli import main; sys.exit(main())"
ORDERS = ("code", "name", "kind", "cases")
SOUGHT = (
    ("everything", UnitsAsked()),
    ("one kind", UnitsAsked(kinds=("居委会",))),
    ("name holds 幸福", UnitsAsked(text="幸福")),
    ("name holds 村", UnitsAsked(text="村")),
    ("initials hold xflsq", UnitsAsked(text="xflsq")),
    ("code begins 4401", UnitsAsked(text="4401")),
    ("天河 社区", UnitsAsked(text="天河 社区")),
    ("村 镇", UnitsAsked(text="村 镇")),
    ("山 水", UnitsAsked(text="山 水")),
    ("四川 村", UnitsAsked(text="四川 村")),
    ("幸福镇 村", UnitsAsked(text="幸福镇 村")),
    ("幸福 路 社区", UnitsAsked(text="幸福 路 社区")),
    ("jz 村", UnitsAsked(text="jz 村")),
    ("罕见 村, of which there is none", UnitsAsked(text="罕见 村")),
    ("nothing found", UnitsAsked(text="没有这样的名字")),
)


def started(folder: Path) -> Terminal:
    """The program, begun."""
    return Terminal([sys.executable, "-c", PROGRAM, "tui", "--no-safe", "--workspace", str(folder)], SIZE, {})


def painting(folder: Path, sheet: Sheet) -> None:
    """CPU time until the first screen is painted, of several starts."""
    found, memory = list[float](), list[float]()
    for _ in range(STARTS):
        terminal = started(folder)
        terminal.wait_for("案卷")
        found.append(terminal.cpu()[1])
        memory.append(terminal.memory)
        terminal.close()
    sheet.title(f"Start, {STARTS} times", "what", "found", "target")
    sheet.value("first paint, median", median(found), "CPU-ms", FIRST_PAINT)
    sheet.value("first paint, least disturbed", min(found), "CPU-ms")
    sheet.value("memory then", median(memory), "MB", MEMORY)


def in_terminal(folder: Path, sheet: Sheet) -> None:
    """List the units, press keys."""
    terminal = started(folder)
    try:
        terminal.wait_for("案卷")
        terminal.read(3)
        sheet.value("standards loaded in the background", terminal.cpu()[1], "CPU-ms")
        terminal.key(b"\x1b[20~", 3)
        sheet.value("memory with the units listed", terminal.memory, "MB", MEMORY)
        sheet.acts("The units of the nation")
        sheet.act("row down", measured(terminal, [b"j"] * 40), ROW)
        sheet.act("page down", measured(terminal, [b"\x1b[6~"] * 40), PAGE)
        sheet.act("page up", measured(terminal, [b"\x1b[5~"] * 20), PAGE)
        terminal.read(1.5)
        before = terminal.cpu()[1]
        sleep(5)
        count = terminal.read()
        sheet.title("Nobody touches it for five seconds", "what", "found", "target")
        sheet.value("written", count, "bytes", 0)
        sheet.value("CPU", (terminal.cpu()[1] - before) / 50, "%", IDLE_SHARE)
    finally:
        terminal.close()


def asked(folder: Path, sheet: Sheet) -> None:
    """First page and whole order, of every order and search."""
    from attrs import evolve

    sheet.title("First page (CPU-ms; the first 64 rows)", "what", "found", "target")
    for what, question in SOUGHT:
        for order in ORDERS:
            for down in (False, True):
                first, wall = first_page(folder, evolve(question, order=order, down=down))
                told = f"{what}, by {order}{', greatest first' if down else ''} (wall {wall:.0f} ms)"
                sheet.value(told, first, "CPU-ms", FIRST_PAGE)
    sheet.title("Whole order (wall)", "what", "found", "target")
    for what, question in (*SOUGHT, ("by name", UnitsAsked(order="name"))):
        listing = lists.units(folder, question)
        begun = perf_counter()
        listing.build()
        sheet.value(what, (perf_counter() - begun) * 1000, "ms")
        listing.close()


def first_page(folder: Path, question: UnitsAsked) -> tuple[float, float]:
    """Milliseconds of CPU until the first rows are there, and on the clock, median of the rounds."""
    found, wall = list[float](), list[float]()
    for _ in range(ROUNDS):
        before, begun = thread_time(), perf_counter()
        listing = lists.units(folder, question)
        listing.begin()
        found.append((thread_time() - before) * 1000)
        wall.append((perf_counter() - begun) * 1000)
        listing.close()
    return median(found), median(wall)


def nation(place: str) -> Path:
    """The workspace named, or a new one with the whole national register."""
    named = [each for each in sys.argv[1:] if not each.startswith("-")]
    if named:
        return Path(named[0])
    from duibiao.registry import Registry
    from duibiao.services import welcome

    folder = Path(place) / "nation"
    welcome.begin(str(folder), "全国", "")
    welcome.bring(str(folder), Registry(), "", "")
    return folder


def main() -> None:
    """Measure."""
    sheet = Sheet()
    with tempfile.TemporaryDirectory() as place:
        os.environ["DUIBIAO_STATE"] = str(Path(place, "state"))
        folder = nation(place)
        painting(folder, sheet)
        in_terminal(folder, sheet)
        asked(folder, sheet)
    sheet.done()


if __name__ == "__main__":
    main()
