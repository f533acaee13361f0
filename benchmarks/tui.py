"""The terminal UI in a terminal of its own: CPU time and bytes to the terminal per key, where an operator spends the day.

The app runs in a child process on a pseudo-terminal (120 × 40 and 80 × 24, no animations) with the demonstration's workspace. A
key is sent, everything that comes back until the line has been quiet is counted, and the CPU time of the child before and after
a run of keys is read from ``/proc``: of the thread that draws, and of the whole process (with the thread that saves). The
answers run faster than anybody types, so the reasons, which wait for a moment without keys, are measured apart.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, sleep

QUIET = 0.04
"""Seconds without output after which a key is taken to be dealt with."""
SYNC_ASKED, SYNC_ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
Check = tuple[str, float, str]

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


class Terminal:
    """A program on a pseudo-terminal.

    Attributes:
        pid: Its process.
        seen: Everything it has written.
    """

    def __init__(self, arguments: Sequence[str], size: tuple[int, int], env: dict[str, str]) -> None:
        self.pid, self._handle = pty.fork()
        if self.pid == 0:
            os.execvpe(arguments[0], list(arguments), {**os.environ, **env})  # noqa: S606 - the program that is measured
        fcntl.ioctl(self._handle, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.seen = b""

    def read(self, quiet: float = QUIET, most: float = 20) -> int:
        """Take what it writes until it has been quiet for so long; how many bytes."""
        count, end = 0, monotonic() + most
        while monotonic() < end:
            ready, _, _ = select.select([self._handle], [], [], quiet)
            if not ready:
                break
            try:
                found = os.read(self._handle, 65536)
            except OSError:
                break
            if SYNC_ASKED in found:
                os.write(self._handle, SYNC_ANSWER)
            self.seen += found
            count += len(found)
        return count

    def wait_for(self, text: str, most: float = 30) -> None:
        """Read until something has been written. TimeoutError when it never is."""
        end = monotonic() + most
        while text.encode() not in self.seen:
            if monotonic() > end:
                raise TimeoutError(text + "\n" + self.seen.decode(errors="replace")[-2000:])
            self.read(0.05, 1)

    def key(self, keys: bytes) -> int:
        """Send a key; how many bytes come back."""
        os.write(self._handle, keys)
        return self.read()

    def cpu(self) -> tuple[float, float]:
        """Milliseconds of CPU so far: of the thread that draws, and of the whole process."""
        drawn = int(Path(f"/proc/{self.pid}/task/{self.pid}/schedstat").read_text().split()[0]) / 1e6
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        whole = sum(int(Path(task, "schedstat").read_text().split()[0]) for task in tasks) / 1e6
        return drawn, whole

    def close(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._handle)


@contextmanager
def app(folder: Path, case: str, screen: str, size: tuple[int, int], ready: str) -> Iterator[Terminal]:
    """The app with a case on a screen, painted."""
    env = {
        "TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none", "LANG": "C.UTF-8",
        "DUIBIAO_STATE": str(folder.parent / "state"), "COLUMNS": str(size[0]), "LINES": str(size[1]),
    }  # fmt: skip
    terminal = Terminal([sys.executable, "-X", "utf8", "-c", START, str(folder), case, screen], size, env)
    try:
        terminal.wait_for(ready)
        terminal.read(1.0)
        yield terminal
    finally:
        terminal.close()


def measured(terminal: Terminal, keys: Sequence[bytes], *, rest: float = 0) -> tuple[float, float, float, int]:
    """Milliseconds of the drawing thread and of the process per key, bytes per key (median and most)."""
    found = []
    before = terminal.cpu()
    for each in keys:
        found.append(terminal.key(each))
        if rest:
            sleep(rest)
            found[-1] += terminal.read()
    after = terminal.cpu()
    count = len(keys)
    return (after[0] - before[0]) / count, (after[1] - before[1]) / count, median(found), max(found)


def assessment(folder: Path, size: tuple[int, int]) -> Iterator[tuple[str, tuple[float, float, float, int], str]]:
    """Answers, moves and reasons on the screen where questions are answered: a first assessment, from the first question on."""
    case, keys = fresh(folder)
    with app(folder, case, "assess", size, "得分") as terminal:
        yield "an answer with its score, and on", measured(terminal, keys), "≤ 8 ms, ≤ 1 kB"
        yield "undo and redo", measured(terminal, [b"u", b"\x12"] * 20), ""
        terminal.key(b"g")
        yield "row down and up", measured(terminal, [b"\x1b[B"] * 30 + [b"\x1b[A"] * 30), "≤ 10 ms"
        terminal.key(b"g")
        yield "page down and up", measured(terminal, [b"\x1b[6~", b"\x1b[5~"] * 15), "≤ 25 ms"
        terminal.key(b"g")
        yield "row down, with the reasons (after a rest)", measured(terminal, [b"\x1b[B"] * 10, rest=0.4), ""
        terminal.read(1.5)
        before, count = terminal.cpu(), terminal.read(5, 5)
        share = (terminal.cpu()[1] - before[1]) / 50
        yield f"idle for 5 s: {share:.2f} % CPU", (0, 0, count, count), "0 bytes, ≤ 0.2 %"


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


def show(title: str, rows: Iterator[tuple[str, tuple[float, float, float, int], str]], say: Callable[[str], object]) -> None:
    """A table."""
    say(f"\n{title}\n")
    say("| what | CPU-ms per key, drawing | CPU-ms, whole process | bytes per key, median | most | target |")
    say("|---|---:|---:|---:|---:|---|")
    for name, (drawn, whole, middle, most), target in rows:
        say(f"| {name} | {drawn:.1f} | {whole:.1f} | {middle:.0f} | {most} | {target} |")


def main() -> None:
    """Print the tables."""
    from duibiao.registry import Registry
    from duibiao.services.demo_office import make

    with TemporaryDirectory() as place:
        os.environ["DUIBIAO_STATE"] = str(Path(place, "state"))
        folder = Path(place, "office")
        make(str(folder), Registry())[0].close()
        for size in ((120, 40), (80, 24)):
            show(f"Assessment, {size[0]} × {size[1]}", assessment(folder, size), print)


if __name__ == "__main__":
    main()
