"""A program on a pseudo-terminal: what a key costs it in CPU time, and how many bytes come back; and the sheet that is printed.

CPU time is read from ``/proc``, to the nanosecond and per thread. It is what a machine that does other things too disturbs least;
of the keys of one act the median is told. Linux only.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import sys
import termios
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median
from time import monotonic
from typing import NamedTuple

QUIET = 0.04
"""Seconds without output after which a key is taken to be dealt with."""
SYNC_ASKED, SYNC_ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
PLAIN = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none", "LANG": "C.UTF-8"}


class Terminal:
    """A program in a terminal that answers as one with synchronized output and 24-bit colours.

    Attributes:
        pid: Its process.
        handle: The near end of its terminal.
        seen: Everything it has written.
    """

    def __init__(self, arguments: Sequence[str], size: tuple[int, int], env: dict[str, str]) -> None:
        self.handle, end = os.openpty()
        # The size is there before the program asks for it.
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.handle)
            os.login_tty(end)
            os.execvpe(arguments[0], list(arguments), {**os.environ, **PLAIN, **env})  # noqa: S606 - the program that is measured
        os.close(end)
        self.seen = b""

    def take(self, seconds: float) -> int:
        """Take one piece of what it writes, waiting so long for it; how many bytes, 0 for none."""
        if not select.select([self.handle], [], [], seconds)[0]:
            return 0
        try:
            found = os.read(self.handle, 65536)
        except OSError:
            return 0
        if SYNC_ASKED in found:
            os.write(self.handle, SYNC_ANSWER)
        self.seen += found
        return len(found)

    def read(self, quiet: float = QUIET, most: float = 20) -> int:
        """Take what it writes until it has been quiet for so long; how many bytes."""
        count, end = 0, monotonic() + most
        while monotonic() < end and (found := self.take(quiet)):
            count += found
        return count

    def wait_for(self, text: str, most: float = 60) -> None:
        """Read until something has been written, and not a byte more than comes with it. TimeoutError when it never is."""
        end, begun = monotonic() + most, len(self.seen)
        while text.encode() not in self.seen[begun:]:
            if monotonic() > end:
                raise TimeoutError(text + "\n" + self.seen.decode(errors="replace")[-2000:])
            self.take(0.05)

    def key(self, keys: bytes, quiet: float = QUIET) -> int:
        """Send a key; how many bytes come back."""
        os.write(self.handle, keys)
        return self.read(quiet)

    def cpu(self) -> tuple[float, float]:
        """Milliseconds of CPU so far: of the first thread, which draws, and of the whole process."""
        found = {}
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            try:
                found[task.name] = int(Path(task, "schedstat").read_text().split()[0]) / 1e6
            except OSError:  # a thread that ended meanwhile
                continue
        return found.get(str(self.pid), 0.0), sum(found.values())

    @property
    def memory(self) -> float:
        """Resident megabytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def close(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.handle)


class Measured(NamedTuple):
    """What a key costs.

    Attributes:
        drawing: Milliseconds of CPU of the thread that draws, median of the keys.
        whole: The same of the whole process.
        size: Bytes that come back, median.
        mean: The same, mean: what a whole walk costs.
        most: The most of them.
    """

    drawing: float
    whole: float
    size: float
    mean: float
    most: int


class Target(NamedTuple):
    """What a figure must not be above; None where nothing is said."""

    cpu: float | None = None
    size: float | None = None
    mean: float | None = None

    def __str__(self) -> str:
        told = ((self.cpu, "ms"), (self.size, "B"), (self.mean, "B in the mean"))
        return ", ".join(f"≤ {most:g} {unit}" for most, unit in told if most is not None)

    def missed(self, found: Measured) -> bool:
        """Whether it is: by the thread that draws, by the median of the bytes, by their mean."""
        pairs = ((self.cpu, found.drawing), (self.size, found.size), (self.mean, found.mean))
        return any(most is not None and value > most for most, value in pairs)


def measured(terminal: Terminal, keys: Sequence[bytes], *, quiet: float = QUIET, rest: float = 0) -> Measured:
    """Send keys one by one. *rest*: what comes so many seconds later belongs to the key as well."""
    drawing, whole, sizes = list[float](), list[float](), list[int]()
    before = terminal.cpu()
    for each in keys:
        size = terminal.key(each, quiet)
        if rest:
            size += terminal.read(rest, rest)
        after = terminal.cpu()
        drawing.append(after[0] - before[0])
        whole.append(after[1] - before[1])
        sizes.append(size)
        before = after
    return Measured(median(drawing), median(whole), median(sizes), mean(sizes), max(sizes))


class Sheet:
    """Prints figures beside their targets.

    Attributes:
        missed: What was above its target.
    """

    def __init__(self) -> None:
        self.missed: list[str] = []

    def title(self, text: str, *heads: str) -> None:
        """A table begins."""
        print(f"\n{text}\n\n| {' | '.join(heads)} |\n|---|{'---:|' * (len(heads) - 2)}---|", flush=True)

    def acts(self, text: str) -> None:
        """A table of keys begins."""
        self.title(text, "what", "CPU-ms, drawing", "CPU-ms, process", "bytes, median", "mean", "most", "target")

    def act(self, what: str, found: Measured, target: Target | None = None) -> None:
        """What a key costs."""
        target = target or Target()
        cells = [f"{found.drawing:.1f}", f"{found.whole:.1f}", f"{found.size:.0f}", f"{found.mean:.0f}", str(found.most)]
        self._line(what, cells, str(target), target.missed(found))

    def value(self, what: str, value: float, unit: str, most: float | None = None) -> None:
        """One figure."""
        told = "" if most is None else f"≤ {most:g} {unit}"
        self._line(what, [f"{value:.3g} {unit}"], told, most is not None and value > most)

    def _line(self, what: str, cells: Sequence[str], target: str, missed: bool) -> None:
        if missed:
            self.missed.append(what)
        print(f"| {what} | {' | '.join(cells)} | {target}{' **missed**' if missed else ''} |", flush=True)

    def done(self) -> None:
        """The end: with ``--check`` a missed target is an error."""
        if self.missed:
            print(f"\nmissed: {', '.join(self.missed)}")
            if "--check" in sys.argv:
                sys.exit(1)
