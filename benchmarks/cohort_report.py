"""What the cohort benchmark prints, and the processes that it times."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Literal

from attrs import define, field, frozen

WORKER = Path(__file__).with_name("cohort_worker.py")
Measure = Literal["cpu", "wall"]


@frozen
class Turn:
    """One turn: seconds, and peak memory so far in MB (10^6 bytes)."""

    wall: float
    cpu: float
    memory: float


@define
class Child:
    """A contestant in a process of its own.

    Attributes:
        title: How it is called.
        process: It.
        version: What it runs on.
        turns: What it was timed at, after a first turn that does not count.
    """

    title: str
    process: subprocess.Popen[str]
    version: str = ""
    turns: list[Turn] = field(factory=list)

    @classmethod
    def start(cls, title: str, kind: str, spec: Mapping[str, Any], folder: Path, python: str = sys.executable) -> Child:
        """A worker of this *kind*, ready."""
        path = folder / f"{'-'.join(title.split())}.json".replace("/", "-")
        path.write_text(json.dumps(spec))
        command = [python, str(WORKER), kind, str(path)]
        found = cls(title, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        found.version = found.answer()["version"]
        return found

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.title}: ended with {self.process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found

    def ask(self, order: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()
        return self.answer()

    def go(self) -> Turn:
        """One turn."""
        return Turn(**self.ask("go"))

    def end(self) -> None:
        """Let it go."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def middle(self, measure: Measure) -> float:
        """Median seconds."""
        return median(getattr(each, measure) for each in self.turns)


def in_turn(children: Sequence[Child], rounds: int) -> None:
    """Time everybody, one after the other, *rounds* times; the first round warms up."""
    for number in range(rounds + 1):
        for each in children:
            turn = each.go()
            if number:
                each.turns.append(turn)


def ratio(over: Child, under: Child, measure: Measure) -> float:
    """The median of the rounds' ratios."""
    return median(getattr(a, measure) / getattr(b, measure) for a, b in zip(over.turns, under.turns, strict=True))


@define
class Report:
    """The figures so far.

    Attributes:
        rows: Name, what was measured, target, whether it is met (None where there is no target).
    """

    rows: list[tuple[str, str, str, bool | None]] = field(factory=list)

    def part(self, title: str, *heads: str) -> None:
        """Begin a part with a table of its own."""
        print(f"\n## {title}\n", flush=True)
        if heads:
            print(f"| {' | '.join(heads)} |\n|---|{'---:|' * (len(heads) - 1)}", flush=True)

    def line(self, *cells: str) -> None:
        """A row of the part's table."""
        print(f"| {' | '.join(cells)} |", flush=True)

    def figure(self, name: str, value: float, *, most: float | None = None, least: float | None = None, unit: str = "×") -> None:
        """Something with a target: no more than *most*, no less than *least*."""
        bound = f"≤ {most:g} {unit}" if most is not None else f"≥ {least:g} {unit}" if least is not None else ""
        met = None if not bound else value <= most if most is not None else value >= (least or 0)
        self.rows.append((name, f"{value:.{0 if value >= 100 else 2}f} {unit}", bound, met))

    def left_out(self, name: str, why: str) -> None:
        """Something that could not be measured."""
        self.rows.append((name, "–", why, None))

    @property
    def missed(self) -> list[str]:
        """Figures that miss their target."""
        return [name for name, _, _, met in self.rows if met is False]

    def summary(self) -> None:
        """Every figure beside its target."""
        self.part("Figures", "", "measured", "target", "")
        for name, value, target, met in self.rows:
            self.line(name, value, target, {True: "met", False: "MISSED", None: ""}[met])
