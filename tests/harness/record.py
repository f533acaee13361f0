"""Runs a program and keeps, call by call, what it did to a folder.

The recording ends with a check of itself: played in full it must give the folder as it really is. What the model does not know
(a writable memory map, a file moved in from elsewhere) is an error, never a guess.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from .disk import Disk
from .playback import VOLATILE, Playback, RecordingError
from .trace import OPTIONS, Call, calls


def why_not() -> str:
    """Why nothing can be recorded on this machine; empty when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", *OPTIONS, "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    return f"strace does not work here: {tried.stderr.strip()[:200]}" if tried.returncode else ""


@frozen
class Recording:
    """What a program did to a folder.

    Attributes:
        folder: The folder.
        marks: Where it acknowledged saves, a line each.
        cwd: Where it ran.
        start: The folder as it was before, taken to be durable.
        calls: Its system calls, in order.
    """

    folder: Path
    marks: Path
    cwd: Path
    start: Mapping[str, bytes | None]
    calls: tuple[Call, ...]

    def playback(self) -> Playback:
        """A playback that stands before the first call."""
        return Playback(str(self.folder), str(self.marks), Disk.holding(self.start), str(self.cwd), dict(_births(self.calls)))

    def moments(self) -> Iterator[tuple[Call, Playback]]:
        """After each call that mattered: the call, and the playback as it stands (not a copy)."""
        playing = self.playback()
        for call in self.calls:
            if playing.play(call):
                yield call, playing


def _births(recorded: Sequence[Call]) -> Iterator[tuple[int, tuple[int, bool]]]:
    """Child ⇒ parent, and whether they share their descriptors (threads do)."""
    for call in recorded:
        if call.name in ("clone", "clone3", "fork", "vfork") and call.number:
            yield call.number, (call.pid, any("CLONE_FILES" in each for each in call.args))


def tree(folder: Path) -> dict[str, bytes | None]:
    """A folder as it is: path below it ⇒ content, None for folders; what need not survive is left out."""
    found: dict[str, bytes | None] = {}
    for path in sorted(folder.rglob("*")):
        if not path.name.endswith(VOLATILE):
            found[path.relative_to(folder).as_posix()] = None if path.is_dir() else path.read_bytes()
    return found


def record(command: Sequence[str], folder: Path, marks: Path, *, env: Mapping[str, str] | None = None) -> Recording:
    """Run *command* and record what it does to *folder*.

    Args:
        command: Program and arguments; it opens *marks* itself and writes a line there whenever a save is acknowledged.
        folder: An existing folder; what is in it now counts as durable.
        marks: A file outside of the folder; made empty here.
        env: Environment; this process's own when not given.

    Raises:
        RecordingError: The program failed, or the recording does not lead to the folder as it is now.
    """
    folder, marks = folder.resolve(), marks.resolve()
    marks.write_bytes(b"")
    start, traced = tree(folder), marks.with_name(marks.name + ".strace")
    done = subprocess.run(
        ["strace", *OPTIONS, "-o", str(traced), *command],
        cwd=marks.parent, env=env, capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    if done.returncode:
        raise RecordingError(f"ended with {done.returncode}: {done.stderr[-2000:]}")
    with traced.open(encoding="ascii", errors="replace") as lines:
        recording = Recording(folder, marks, marks.parent, start, tuple(calls(lines)))
    traced.unlink()
    _prove(recording)
    return recording


def _prove(recording: Recording) -> None:
    playing = recording.playback()
    for call in recording.calls:
        playing.play(call)
    seen, real = playing.disk.seen(), tree(recording.folder)
    if seen != real:
        different = sorted(path for path in {*seen, *real} if seen.get(path, b"?") != real.get(path, b"?"))
        raise RecordingError(f"the recording does not lead to the folder as it is: {different[:5]}")
    said = recording.marks.read_text("utf-8").splitlines()
    if playing.acknowledged != said:
        raise RecordingError(f"{len(playing.acknowledged)} acknowledgements recorded, {len(said)} written")


def python(program: str, *args: str) -> list[str]:
    """The command that runs a Python *program*."""
    return [sys.executable, "-X", "utf8", "-c", program, *args]
