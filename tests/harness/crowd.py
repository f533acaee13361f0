"""Many people at once: processes that count together, beside one that imports in bulk."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

from attrs import frozen

from duibiao.errors import BadInputError
from duibiao.store.records import facts_of, save_facts
from duibiao.store.workspace import ConflictError, Workspace, open_workspace

from . import mutants, office
from .kills import Marks, said
from .nursery import Nursery

COUNTERS = ("one", "two", "three")
PERIOD = "2011"
BULK = 50
"""Entries that the importer saves in one transaction."""


@frozen
class Crowd:
    """What became of everyone.

    Attributes:
        asked: Additions that were asked for.
        counted: What the counters say in the end.
        waits: Milliseconds that each save took, shortest first.
        conflicts: How often somebody was told that another was first, and did it again.
        failures: What anybody else was told.
    """

    asked: int
    counted: int
    waits: tuple[float, ...]
    conflicts: int
    failures: tuple[str, ...]

    def wait(self, share: float) -> float:
        """The wait that *share* of all saves did not exceed, in milliseconds."""
        return self.waits[min(len(self.waits) - 1, int(len(self.waits) * share))]


def values(space: Workspace) -> dict[str, tuple[int, int]]:
    """Each counter: its value and its version."""
    found = {each.fact: (int(each.value), each.version) for each in facts_of(space, office.UNITS[0], PERIOD, COUNTERS)}
    return {name: found.get(name, (0, 0)) for name in COUNTERS}


def add_one(space: Workspace, name: str) -> None:
    """Look, think, and save what was seen plus one. ConflictError when somebody else was first."""
    value, version = values(space)[name]
    with space.change("me") as entry:
        save_facts(entry, office.UNITS[0], PERIOD, {name: value + 1}, base={name: version})


def add_one_blindly(space: Workspace, name: str) -> None:
    """The same without saying which version was seen."""
    value, _ = values(space)[name]
    with space.change("me") as entry:
        save_facts(entry, office.UNITS[0], PERIOD, {name: value + 1})


def count_up(folder: str, seed: int, marks: str, times: int, pause: float, break_it: str) -> None:
    """Add one to a counter *times* times, again after each conflict; up to *pause* seconds between two."""
    if break_it == "no gate":
        mutants.no_gate()
    out, random, add = Marks(marks), Random(seed), add_one_blindly if break_it == "no version" else add_one
    out.ready()
    with open_workspace(Path(folder), office.now) as space:
        for _ in range(times):
            out.say(_once(space, random.choice(COUNTERS), add))
            time.sleep(random.uniform(0, pause))


def _once(space: Workspace, name: str, add: object) -> str:
    assert callable(add)
    conflicts, begun = 0, time.perf_counter()
    while True:
        try:
            add(space, name)
        except ConflictError:
            conflicts += 1
            begun = time.perf_counter()
            continue
        except BadInputError as error:
            return f"failed {error.problems[0].code} {error.problems[0].found}"
        return f"saved {(time.perf_counter() - begun) * 1000:.3f} {conflicts}"


def import_in_bulk(folder: str, seed: int, marks: str, pause: float) -> None:
    """Facts of made-up units, `BULK` entries a transaction, until killed."""
    out, random = Marks(marks), Random(seed)
    out.ready()
    with open_workspace(Path(folder), office.now) as space:
        while True:
            rows = {f"fact_{number}": random.randrange(10**6) for number in range(10)}
            with space.change("me") as entry:
                for number in range(BULK):
                    save_facts(entry, f"320412{random.randrange(10**6):06d}", PERIOD, {**rows, "n": number})
            time.sleep(pause)


def import_register(folder: str, seed: int, marks: str, pause: float) -> None:
    """The whole national register, once."""
    from duibiao.registry import Registry
    from duibiao.services.units import import_register as bring

    out = Marks(marks)
    out.ready()
    with open_workspace(Path(folder), office.now) as space:
        bring(space, Registry(), "me", [])
    out.say("imported")


IMPORTERS = {"bulk": import_in_bulk, "register": import_register}


def gather(
    nursery: Nursery, work: Path, *, writers: int, times: int, pause: float = 0.0, importer: str = "bulk", break_it: str = ""
) -> Crowd:
    """Let *writers* processes add *times* each to a fresh workspace in *work*, and see what they were told.

    Args:
        nursery: Where they are started.
        work: A folder of one's own.
        writers: How many processes.
        times: Additions of each.
        pause: The longest pause between two, in seconds.
        importer: What another process does meanwhile, one of `IMPORTERS`; nothing when empty.
        break_it: ``no gate`` or ``no version``: what the writers do without.
    """
    folder = work / "crowd"
    office.fresh(folder)
    marks = [work / f"crowd{number}" for number in range(writers)]
    errors = [path.with_suffix(".errors") for path in [*marks, work / "importer"]]
    pids = [
        nursery.start(count_up, str(folder), number, str(path), times, pause, break_it, errors=errors[number])
        for number, path in enumerate(marks)
    ]
    bulk = 0
    if importer:
        bulk = nursery.start(IMPORTERS[importer], str(folder), 99, str(work / "importer"), 0.01, errors=errors[-1])
    for pid in pids:
        nursery.wait(pid)
    if bulk:
        nursery.kill(bulk)
    lines = [line.split() for path in marks for line in said(path)]
    failures = [" ".join(line) for line in lines if line[0] == "failed"]
    failures += [path.read_text("utf-8") for path in errors if path.exists()]
    saved = [line for line in lines if line[0] == "saved"]
    with open_workspace(folder, office.now) as space:
        counted = sum(value for value, _ in values(space).values())
    waits = sorted(float(line[1]) for line in saved)
    return Crowd(writers * times, counted, tuple(waits), sum(int(line[2]) for line in saved), tuple(failures))
