"""Power cuts: after every call of a recording, the disks that may be found are rebuilt and looked at."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from attrs import frozen

from .disk import EVERYTHING, NOTHING, Way, some, torn
from .record import Recording
from .trace import Call, descriptor

Check = Callable[[Path, Sequence[str]], Iterable[str]]
"""Looks at a folder after a crash: the folder, the acknowledged lines ⇒ what is wrong, a sentence each."""

MEMORY = Path("/dev/shm")  # noqa: S108 -- only thousands of throw-away copies go there


@frozen
class Loss:
    """A disk that failed its check.

    Attributes:
        call: Which call was the last.
        way: How the power failed.
        acknowledged: How many saves were acknowledged by then.
        faults: What is wrong with it.
    """

    call: str
    way: str
    acknowledged: int
    faults: tuple[str, ...]


@frozen
class Survey:
    """What became of all disks.

    Attributes:
        moments: Calls after which the power failed.
        built: Disks rebuilt.
        distinct: Disks looked at; one is looked at once for each number of acknowledged saves.
        losses: Those that failed.
    """

    moments: int
    built: int
    distinct: int
    losses: tuple[Loss, ...]


@contextmanager
def scratch() -> Iterator[Path]:
    """A throw-away folder, in memory where the platform offers it: what is rebuilt there needs no disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def ways(random: Random, count: int) -> Iterator[Way]:
    """Nothing, everything, and *count* random ways, half of them in torn sectors."""
    yield NOTHING
    yield EVERYTHING
    for index in range(count):
        yield torn(random) if index % 2 else some(random)


def put(tree: Mapping[str, bytes | None], folder: Path) -> None:
    """Make *folder* hold *tree* and nothing else; the folder is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, content in tree.items():
        if content is None:
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(content)


def fingerprint(tree: Mapping[str, bytes | None], acknowledged: int) -> bytes:
    """Tells two disks apart, or the same disk when more was promised."""
    found = hashlib.blake2b(str(acknowledged).encode())
    for path, content in tree.items():
        found.update(f"\0{path}\0{-1 if content is None else len(content)}\0".encode("utf-8", "surrogateescape"))
        found.update(content or b"")
    return found.digest()


def cut(recording: Recording, check: Check, *, random_ways: int, seed: int, enough: int | None = None) -> Survey:
    """Fail the power after every call of *recording*, in every way, and *check* what is found.

    Args:
        recording: The calls.
        check: Opens the folder as the program would after the power is back, and says what is wrong.
        random_ways: Random disks a call, beside the two extremes.
        seed: Decides the random ones; the same seed gives the same disks.
        enough: Stop after so many losses: one is proof.
    """
    random, known, losses = Random(seed), set[bytes](), list[Loss]()
    moments = built = 0
    with scratch() as place:
        for call, playing in recording.moments():
            moments += 1
            acknowledged = tuple(playing.acknowledged)
            for way in ways(random, random_ways):
                built += 1
                found = playing.disk.after(way)
                mark = fingerprint(found, len(acknowledged))
                if mark in known:
                    continue
                known.add(mark)
                put(found, place / "disk")
                if faults := tuple(check(place / "disk", acknowledged)):
                    losses.append(Loss(_shown(call), way.name, len(acknowledged), faults))
                if len(losses) == enough:
                    return Survey(moments, built, len(known), tuple(losses))
    return Survey(moments, built, len(known), tuple(losses))


def _shown(call: Call) -> str:
    where = descriptor(call.args[0])[1] if "<" in call.args[0] else ""
    return f"{call.at}: {call.name}({where})"
