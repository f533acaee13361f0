"""Processes killed with SIGKILL at random moments, and what is found afterwards.

A writer is a function ``(folder, seed, marks)``: it says through `Marks` that it is ready and, after each commit, what it saved,
for ever. A kill never undoes what a process handed to the system, so the marks need no syncing.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random

from attrs import field, frozen

from .cuts import Check
from .nursery import Nursery

Victim = Callable[[str, int, str], None]
"""``(folder, seed, marks)``, started in a process of its own."""

READY = "ready"
PATIENCE = 60.0
"""Seconds for a process to say that it is ready; only a broken one takes as long."""

SAVING = 0.75
"""So many rounds wait for the first save before the time of the kills begins."""


@frozen
class Marks:
    """Where a process says what it has safely done, a line at a time.

    Attributes:
        path: The file.
    """

    path: str
    _file: int = field(init=False)

    @_file.default
    def _opened(self) -> int:
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def ready(self) -> None:
        """Say that work begins now; from here on the process may be killed."""
        self.say(READY)

    def say(self, line: str) -> None:
        """Acknowledge a save; *line* is what a check must find again."""
        os.write(self._file, f"{line}\n".encode())


def said(path: Path) -> list[str]:
    """What a process acknowledged before it was killed."""
    lines = path.read_bytes().decode().split("\n")[:-1] if path.exists() else []
    return [line for line in lines if line != READY]


@frozen
class Bad:
    """A round after which something was wrong.

    Attributes:
        round: Its number.
        faults: What was wrong, a sentence each.
    """

    round: int
    faults: tuple[str, ...]


@frozen
class Tally:
    """What became of all rounds.

    Attributes:
        rounds: How many.
        killed: Processes killed while at work.
        finished: Processes that were done before their time came; only those that end by themselves.
        acknowledged: Saves acknowledged.
        cut_off: Rounds that left a half-made save behind.
        bad: Rounds with faults.
    """

    rounds: int
    killed: int
    finished: int
    acknowledged: int
    cut_off: int
    bad: tuple[Bad, ...]


@frozen
class Kills:
    """Kills processes at work on a folder.

    Attributes:
        nursery: Where they are started.
        work: A folder for their marks and errors; the folder under test is made in it.
        fresh: Makes the folder under test.
        check: Looks at it after a round.
        seed: Decides the moments, and what writers do.
    """

    nursery: Nursery
    work: Path
    fresh: Callable[[Path], None]
    check: Check
    seed: int

    def writers(self, victims: Sequence[Victim], *, rounds: int, longest: float, renew: int, enough: int | None = None) -> Tally:
        """Let several writers loose on one folder and kill them one after the other, in random order.

        Args:
            victims: The writers; they never end by themselves.
            rounds: How often.
            longest: The latest moment of a kill, in seconds after all are ready or, mostly, the first has saved something.
            renew: After how many rounds to begin with a new folder; the last one's saves are promised until then.
            enough: Stop after so many rounds with faults: one is proof.
        """
        random, bad, promised = Random(self.seed), list[Bad](), list[str]()
        folder, acknowledged, cut_off = self._renewed(), 0, 0
        for number in range(rounds):
            if number and (number % renew == 0 or (bad and bad[-1].round == number - 1)):
                folder, promised = self._renewed(), []
            spared = self._round(number, victims, folder, random, longest)
            lines = [line for index in range(len(victims)) for line in said(self._marks(number, index))]
            promised += lines
            acknowledged += len(lines)
            cut_off += half_made(folder)
            if faults := (*spared, *self.check(folder, promised)):
                bad.append(Bad(number, faults))
            if len(bad) == enough:
                rounds = number + 1
                break
        return Tally(rounds, rounds * len(victims), 0, acknowledged, cut_off, tuple(bad))

    def _round(self, number: int, victims: Sequence[Victim], folder: Path, random: Random, longest: float) -> list[str]:
        pids = [
            self.nursery.start(
                victim, str(folder), random.getrandbits(32), str(self._marks(number, index)), errors=self._errors(number, index)
            )
            for index, victim in enumerate(victims)
        ]
        for index in range(len(victims)):
            self._until_ready(number, index)
        # Most rounds are for saving, the rest for opening and recovering, however slow the machine is.
        if random.random() < SAVING:
            self._until_saved(number, len(victims))
        order = sorted(range(len(pids)), key=lambda index: random.random())
        moments = sorted(random.uniform(0, longest) for _ in pids)
        begun, faults = time.monotonic(), list[str]()
        for index, moment in zip(order, moments, strict=True):
            time.sleep(max(0.0, begun + moment - time.monotonic()))
            os.kill(pids[index], signal.SIGKILL)
        for index in order:
            if self.nursery.wait(pids[index]) != -signal.SIGKILL:
                faults.append(f"writer {index} ended by itself: {self._reason(number, index)}")
        return faults

    def action(self, victim: Victim, *, times: int, longest: float = 1.1) -> Tally:
        """Kill one process that does one thing to a fresh folder, at moments spread over the time that it takes.

        Args:
            victim: Does it and ends; acknowledges when it is done.
            times: How often.
            longest: The latest moment of a kill, as a share of the longest of three undisturbed runs.
        """
        random, bad = Random(self.seed), list[Bad]()
        finished = acknowledged = cut_off = 0
        span = longest * max(self._undisturbed(victim, -index) for index in (1, 2, 3))
        for number in range(times):
            folder = self._renewed()
            pid = self._started(victim, folder, number, random)
            # One in each slice of the time, so that few kills still meet every part of it.
            time.sleep(span * (number + random.random()) / times)
            code, faults = self.nursery.kill(pid), list[str]()
            finished += code == 0
            if code not in (0, -signal.SIGKILL):
                faults.append(f"ended with {code}: {self._reason(number, 0)}")
            lines = said(self._marks(number, 0))
            acknowledged += len(lines)
            cut_off += half_made(folder)
            if faults := [*faults, *self.check(folder, lines)]:
                bad.append(Bad(number, tuple(faults)))
        return Tally(times, times - finished, finished, acknowledged, cut_off, tuple(bad))

    def _undisturbed(self, victim: Victim, number: int) -> float:
        pid = self._started(victim, self._renewed(), number, Random(number))
        begun = time.monotonic()
        if self.nursery.wait(pid):
            raise RuntimeError(self._reason(number, 0))
        return time.monotonic() - begun

    def _renewed(self) -> Path:
        folder = self.work / "folder"
        shutil.rmtree(folder, ignore_errors=True)
        self.fresh(folder)
        return folder

    def _started(self, victim: Victim, folder: Path, number: int, random: Random) -> int:
        pid = self.nursery.start(
            victim, str(folder), random.getrandbits(32), str(self._marks(number, 0)), errors=self._errors(number, 0)
        )
        self._until_ready(number, 0)
        return pid

    def _until_ready(self, number: int, index: int) -> None:
        marks, late = self._marks(number, index), time.monotonic() + PATIENCE
        while not marks.exists() or not marks.stat().st_size:
            if time.monotonic() > late or self._errors(number, index).exists():
                raise RuntimeError(f"writer {index} never began: {self._reason(number, index)}")
            time.sleep(0.001)

    def _until_saved(self, number: int, count: int) -> None:
        late = time.monotonic() + PATIENCE
        while not any(said(self._marks(number, index)) or self._errors(number, index).exists() for index in range(count)):
            if time.monotonic() > late:
                raise RuntimeError("nobody saved anything")
            time.sleep(0.001)

    def _marks(self, number: int, index: int) -> Path:
        return self.work / f"marks{number}.{index}"

    def _errors(self, number: int, index: int) -> Path:
        return self.work / f"errors{number}.{index}"

    def _reason(self, number: int, index: int) -> str:
        path = self._errors(number, index)
        return path.read_text("utf-8") if path.exists() else "no reason given"


def half_made(folder: Path) -> bool:
    """Whether SQLite has to roll something back: a rollback journal that is not empty."""
    return any(each.stat().st_size for each in folder.glob("*-journal"))


def missing(promised: Iterable[str], found: Iterable[str]) -> list[str]:
    """The sentence about promised lines that were not found again, or none."""
    lost = sorted(set(promised) - set(found))
    return [f"lost {len(lost)}: {', '.join(lost[:5])}"] if lost else []
