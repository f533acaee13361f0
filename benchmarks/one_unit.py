"""One unit under 100 indicators: this project, a hand-written function and other engines, side by side in one run.

Equal values come first: no engine is timed before its every output agreed on several units. The figures are ratios of medians
of interleaved runs (A B C A B C …), so that a slow machine or a busy minute touches all alike.
"""

from __future__ import annotations

import gc
import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from statistics import median
from time import perf_counter_ns
from typing import Any

import by_hand
import peers
import table
from attrs import define, field

from duibiao.assess.bind import bind
from duibiao.assess.one import Assessor
from duibiao.rules.compile import Bound, Raw
from duibiao.rules.nodes import TRUE

UNITS = [(seed, good) for seed in range(6) for good in (0.4, 0.7, 0.93, 1.0)]
TIMED, MISSING = 1, 0.10
ROUNDS = 41
SLICE_NS = 4_000_000
OURS, GENERAL, HAND, TREE = "duibiao, complete facts", "duibiao, 10 % missing", "hand-written Python", "duibiao, all reasons"
ASSESS = "duibiao, `assess` as a whole"


@define
class Contestant:
    """Something that is timed.

    Attributes:
        run: One evaluation.
        reset: What is done before each, off the clock; None when nothing is.
        times: Nanoseconds per evaluation, one per round.
    """

    run: Callable[[], Any]
    reset: Callable[[], None] | None = None
    often: int = 1
    times: list[float] = field(factory=list)

    def warm(self) -> None:
        """Run until it is warm, and see how often it fits into a slice of time."""
        spent, turns = 0, 0
        while turns < 50 and spent < 50 * SLICE_NS:
            spent += self.turn(1)
            turns += 1
        self.often = 1 if self.reset else max(1, SLICE_NS * turns // max(spent, 1))

    def turn(self, often: int) -> int:
        if self.reset is not None:
            self.reset()
        run = self.run
        start = perf_counter_ns()
        for _ in range(often):
            run()
        return perf_counter_ns() - start

    def measure(self) -> None:
        self.times.append(self.turn(self.often) / self.often)


def flat(raw: Raw) -> list[int]:
    """Our result as the others give theirs: verdicts, points, groups, score, findings."""
    return [int(each) for part in (raw[1], raw[2], raw[4], (raw[8],), raw[12]) for each in part]


def named(assessor: Assessor, bound: Bound) -> dict[str, int]:
    """The typed facts by name."""
    return {table.name_of(each): value for each, value in zip(assessor.program.inputs, bound.lows, strict=True)}


def contestants(assessor: Assessor) -> dict[str, Contestant]:
    """Everyone who agrees, ready to run."""
    compiled, program = assessor.compiled, assessor.program
    by_python = by_hand.function(program)
    units = [bind(program, table.unit(seed, good)) for seed, good in UNITS]
    for bound in units:
        assert bound.complete
        assert flat(compiled.run(bound)) == [int(each) for part in by_python(bound.lows) for each in part]
    facts, partly = table.unit(TIMED), table.unit(TIMED, missing=MISSING)
    whole, open_ = bind(program, facts), bind(program, partly)
    found = {
        OURS: Contestant(lambda: compiled.run(whole)),
        HAND: Contestant(lambda: by_python(whole.lows)),
        GENERAL: Contestant(lambda: compiled.run(open_)),
        TREE: Contestant(lambda: assessor.reasons(facts, whole)),
        ASSESS: Contestant(lambda: assessor.assess(facts)),
    }
    for kind in peers.PEERS:
        try:
            version = kind.version()
            engine = kind()
        except (PackageNotFoundError, ImportError):
            print(f"skipped: {kind.title} is not installed; python -m pip install -r requirements/bench.txt")
            continue
        for bound in units:
            engine.take(named(assessor, bound))
            assert [int(each) for each in engine.run()] == flat(compiled.run(bound)), kind.title
        engine.take(named(assessor, whole))
        found[f"{kind.title} {version}"] = Contestant(engine.run, getattr(engine, "reset", None))
    return found


def describe(assessor: Assessor) -> None:
    """What is measured, in numbers."""
    program, compiled = assessor.program, assessor.compiled
    bound = bind(program, table.unit(TIMED, missing=MISSING))
    raw = compiled.run(bound)
    missing = sum(1 for low, high in zip(bound.lows, bound.highs, strict=True) if low != high)
    settled = sum(1 for code in (*raw[1], *raw[12]) if int(code) <= TRUE or int(code) == 4)
    print(f"Python {platform.python_version()}, {platform.machine()}")
    print(
        f"{len(program.leaves)} indicators: {table.UNSCORED} pass/fail, {table.SCORED} scored; {len(program.inputs)} typed facts;"
    )
    print(f"{len(raw[1]) + len(raw[12])} three-valued outputs, {len(raw[2])} points, {len(raw[4])} groups")
    print(f"with facts missing: {missing} of {len(program.inputs)} open, {settled} outputs settled all the same\n")


def main() -> int:
    """Measure and print the table."""
    assessor = Assessor(table.program())
    describe(assessor)
    found = contestants(assessor)
    gc.collect()
    gc.disable()
    for each in found.values():
        each.warm()
    for _ in range(ROUNDS):
        for each in found.values():
            each.measure()
        gc.collect()
    print_table(found)
    return 0


def print_table(found: dict[str, Contestant]) -> None:
    """Medians, ratios, and the project's targets beside them."""
    base, hand = found[OURS].times, found[HAND].times
    targets = {OURS: "≤ 1.1 × hand-written", GENERAL: "≤ 2.2 × hand-written", TREE: "≤ 1000 µs", HAND: "", ASSESS: ""}
    print(f"| {'engine':<30} | {'µs median':>9} | {'÷ duibiao':>9} | {'÷ by hand':>9} | target |")
    print(f"|{'-' * 32}|{'-' * 10}:|{'-' * 10}:|{'-' * 10}:|--------|")
    for name, each in found.items():
        ours, by_python = (median(a / b for a, b in zip(each.times, base_, strict=True)) for base_ in (base, hand))
        goal = targets.get(name, "slower than duibiao")
        print(f"| {name:<30} | {median(each.times) / 1000:>9.2f} | {ours:>9.2f} | {by_python:>9.2f} | {goal} |")


if __name__ == "__main__":
    sys.exit(main())
