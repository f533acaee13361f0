"""The terminal UI where an operator spends the day: CPU time and bytes to the terminal per key, in a terminal of its own.

The app runs in a child process on a pseudo-terminal (120 × 40 and 80 × 24, no animations) with the demonstration's workspace. The
answers run faster than anybody types, so the reasons, which wait for a moment without keys, are measured apart.

    python benchmarks/tui.py [--check]

``--check``: a missed target is an error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep, thread_time

from tui_terminal import Measured, Sheet, Target, Terminal, measured

ANSWER, ROW, PAGE = Target(8, 1000, 1000), Target(10, 700), Target(25, 12_000)
IDLE_SHARE, SAVE_MS, EDITOR = 0.1, 0.1, Target(60)
SAVES, NOTES = 200, 5
DOWN, UP, PAGE_DOWN, PAGE_UP, REDO = b"\x1b[B", b"\x1b[A", b"\x1b[6~", b"\x1b[5~", b"\x12"

START = """
import sys
from datetime import date
from duibiao.tui.app import DuibiaoApp
class Bench(DuibiaoApp):
    CASE, SCREEN_WANTED = sys.argv[2], sys.argv[3]
    def _begin(self):
        self.sit()
        self.case = self.CASE
        from duibiao.tui.base import Page
        self.push_screen(Page())
        self.push_screen(self.make_screen(self.SCREEN_WANTED))
Bench(sys.argv[1], day=date(2011, 4, 1)).run()
"""


@contextmanager
def app(folder: Path, case: str, screen: str, size: tuple[int, int], ready: str) -> Iterator[Terminal]:
    """The app with a case on a screen, painted."""
    env = {"DUIBIAO_STATE": str(folder.parent / "state"), "COLUMNS": str(size[0]), "LINES": str(size[1])}
    terminal = Terminal([sys.executable, "-X", "utf8", "-c", START, str(folder), case, screen], size, env)
    try:
        terminal.wait_for(ready)
        terminal.read(1.0)
        yield terminal
    finally:
        terminal.close()


def assessment(folder: Path, size: tuple[int, int], sheet: Sheet) -> None:
    """Answers, moves and reasons on the screen where questions are answered: a first assessment, from the first question on."""
    case, keys = fresh(folder)
    sheet.acts(f"Assessment, {size[0]} × {size[1]}")
    with app(folder, case, "assess", size, "得分") as terminal:
        sheet.act("an answer with its score, and on", measured(terminal, keys), ANSWER)
        sheet.act("undo and redo", measured(terminal, [b"u", REDO] * 20))
        terminal.key(b"g")
        sheet.act("row down and up", measured(terminal, [DOWN] * 30 + [UP] * 30), ROW)
        terminal.key(b"g")
        sheet.act("page down and up", measured(terminal, [PAGE_DOWN, PAGE_UP] * 15), PAGE)
        terminal.key(b"g")
        sheet.act("row down, with the reasons (after a rest)", measured(terminal, [DOWN] * 10, rest=0.4))
        terminal.read(1)
        sheet.act("the note of a question opens", first_note(folder, size), EDITOR)
        terminal.key(b"e", 0.5)
        sheet.act("a letter of the note", measured(terminal, [b"a"] * 20))
        sheet.act("the note closes", measured(terminal, [b"\x1b"], quiet=0.3))
        idle(terminal, sheet)


def first_note(folder: Path, size: tuple[int, int]) -> Measured:
    """What it costs to open the note of a question for the first time: the middle of a few apps, each has only one first time."""
    found = []
    for _ in range(NOTES):
        with app(folder, fresh(folder)[0], "assess", size, "得分") as terminal:
            found.append(measured(terminal, [b"e"], quiet=0.3))
    return sorted(found)[NOTES // 2]


def idle(terminal: Terminal, sheet: Sheet) -> None:
    """What it does while nobody touches it."""
    terminal.read(1.5)
    before = terminal.cpu()[1]
    sleep(5)
    count = terminal.read()
    sheet.title("Nobody touches it for five seconds", "what", "found", "target")
    sheet.value("written", count, "bytes", 0)
    sheet.value("CPU", (terminal.cpu()[1] - before) / 50, "%", IDLE_SHARE)


def fresh(folder: Path) -> tuple[str, list[bytes]]:
    """A case of a unit about which nothing is known yet; and a key for each of its questions that is not a number."""
    from datetime import date

    from duibiao.model.facts import NUMERIC, Kind
    from duibiao.registry import Registry
    from duibiao.services import cases
    from duibiao.services.desk import Desk
    from duibiao.services.office import open_office
    from duibiao.services.sitting import sit_down
    from duibiao.store import units

    with open_office(str(folder)) as space:
        desk = Desk(space, Registry(), "demo", date(2012, 11, 1))
        known = {row["unit"] for row in space.rows("SELECT unit FROM fact UNION SELECT unit FROM cases")}
        unit = next(each for each in units.units_under(space, "320412") if each.kind == "居委会" and each.code not in known)
        case = cases.open_case(desk, unit.code, "jiangsu.wujin.community")
        kinds = [each.fact.kind for each in sit_down(desk, case).session.questions]
    keys = []
    for kind in kinds:
        keys += [b"\x1b[B"] if kind in NUMERIC else [b"a" if kind is Kind.CHECKLIST else b"1"]
    return case, keys


def saves(folder: Path, sheet: Sheet) -> None:
    """What a save costs the thread that draws, and after how long it is on the disk."""
    from duibiao.services.office import open_office
    from duibiao.services.writer import Fact, Outcome, Writer
    from duibiao.store import units

    with open_office(str(folder)) as space:
        unit = units.units_under(space, "320412")[0].code
    heard = list[float]()

    def hear(outcome: Outcome) -> None:
        heard.append(perf_counter())

    writer, cost, put = Writer(lambda: open_office(str(folder)), "demo", hear), list[float](), list[float]()
    for number in range(SAVES):
        fact = Fact(unit, "2012", "population", number)
        put.append(perf_counter())
        before = thread_time()
        writer.put(fact)
        cost.append((thread_time() - before) * 1000)
        writer.flush()
    writer.close()
    sheet.title(f"{SAVES} saves, one after the other", "what", "found", "target")
    sheet.value("the thread that draws, median", median(cost), "ms", SAVE_MS)
    sheet.value("on the disk, median", median((b - a) * 1000 for a, b in zip(put, heard, strict=True)), "ms")
    sheet.value("on the disk, 95th of 100", percentile([(b - a) * 1000 for a, b in zip(put, heard, strict=True)]), "ms", 50)


def percentile(found: Sequence[float]) -> float:
    """The 95th of 100."""
    return sorted(found)[int(len(found) * 0.95)]


def main() -> None:
    """Print the tables."""
    from duibiao.registry import Registry
    from duibiao.services.demo_office import make

    sheet = Sheet()
    with TemporaryDirectory() as place:
        os.environ["DUIBIAO_STATE"] = str(Path(place, "state"))
        folder = Path(place, "office")
        make(str(folder), Registry())[0].close()
        for size in ((120, 40), (80, 24)):
            assessment(folder, size, sheet)
        saves(folder, sheet)
    sheet.done()


if __name__ == "__main__":
    main()
