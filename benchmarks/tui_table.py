"""The tables of the terminal UI over the whole national register, in a real terminal of 120×40.

CPU time of the program (``/proc``, in steps of 10 ms), bytes that it wrote and its resident memory: until the first screen is
painted, until the units are listed, and for each key. The first page of an order or a search is timed on its own, in this
process. Linux only.

    python benchmarks/tui_table.py [WORKSPACE]

WORKSPACE: one that holds the national register; without it one is made in a temporary folder (half a minute).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

from duibiao.services import lists
from duibiao.services.lists import UnitsAsked

TARGETS = {"first paint": 450, "row": 10, "page": 25, "memory": 60, "first page": 100}
PROGRAM = "import sys; from duibiao.cli import main; sys.exit(main())"
KEYS = (("row down", b"j", 40, "row"), ("page down", b"\x1b[6~", 40, "page"), ("page up", b"\x1b[5~", 20, "page"))
ASKED = (
    ("by name", UnitsAsked(order="name")),
    ("by kind, greatest first", UnitsAsked(order="kind", down=True)),
    ("name holds 幸福", UnitsAsked(text="幸福")),
    ("initials hold xflsq", UnitsAsked(text="xflsq")),
    ("nothing found", UnitsAsked(text="没有这样的名字")),
)


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, *command: str) -> None:
        self.pid, self.handle = pty.fork()
        if not self.pid:
            os.environ.update(TERM="xterm-256color", TEXTUAL_ANIMATIONS="none")
            os.execvp(command[0], command)  # noqa: S606 - this very program
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(self, seconds: float) -> bytes:
        """What it writes in this time; it is answered as a terminal with synchronized output answers."""
        found, until = b"", time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([self.handle], [], [], left)[0]:
                with contextlib.suppress(OSError):
                    found += os.read(self.handle, 65536)
        if b"?2026$p" in found:
            os.write(self.handle, b"\x1b[?2026;2$y")
        return found

    def press(self, keys: bytes) -> None:
        """Send keys."""
        os.write(self.handle, keys)

    @property
    def cpu(self) -> float:
        """Milliseconds of CPU time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """Resident megabytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def tell(what: str, value: float, unit: str, target: str = "") -> None:
    """One line of the table."""
    print(f"{what:34} {value:9.1f} {unit:10} {'≤ ' + str(TARGETS[target]) if target else ''}")


def in_terminal(folder: Path) -> None:
    """Start, list the units, press keys."""
    terminal = Terminal(sys.executable, "-c", PROGRAM, "tui", "--no-safe", "--workspace", str(folder))
    seen = b""
    while "案卷".encode() not in seen:
        seen += terminal.read(0.02)
    tell("first paint", terminal.cpu, "CPU-ms", "first paint")
    terminal.read(3)
    tell("standards loaded in the background", terminal.cpu, "CPU-ms")
    terminal.press(b"\x1b[20~")
    terminal.read(3)
    tell("memory with the units listed", terminal.memory, "MB", "memory")
    for what, key, times, target in KEYS:
        before, count = terminal.cpu, 0
        for _ in range(times):
            terminal.press(key)
            count += len(terminal.read(0.1))
        count += len(terminal.read(0.3))
        tell(what, (terminal.cpu - before) / times, "CPU-ms", target)
        tell(f"{what}, written", count / times, "bytes")
    before, idle = terminal.cpu, len(terminal.read(5))
    tell("five seconds of nothing", terminal.cpu - before, "CPU-ms")
    tell("five seconds of nothing, written", idle, "bytes")
    terminal.press(b"\x11")
    terminal.read(1)
    os.waitpid(terminal.pid, 0)


def asked(folder: Path) -> None:
    """First page and whole order."""
    for what, question in ASKED:
        begun = time.perf_counter()
        listing = lists.units(folder, question)
        listing.begin()
        first = time.perf_counter()
        listing.build()
        whole = time.perf_counter()
        listing.close()
        tell(f"{what}: first page", (first - begun) * 1000, "ms", "first page")
        tell(f"{what}: whole order", (whole - first) * 1000, "ms")


def main() -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(place) / "nation"
        if not folder.exists():
            from duibiao.registry import Registry
            from duibiao.services import welcome

            welcome.begin(str(folder), "全国", "")
            welcome.bring(str(folder), Registry(), "", "")
        in_terminal(folder)
        asked(folder)


if __name__ == "__main__":
    main()
