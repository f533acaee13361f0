"""Acts on a whole workspace, recorded for the power cuts: making one, backing it up, restoring it; and what must hold after.

Each takes the folder that is watched, in which the workspace is ``office``, and the file of marks.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

from duibiao.store import backup, connection, objects
from duibiao.store.workspace import open_workspace

from . import office
from .kills import Marks

OFFICE = "office"


def with_evidence(place: Path) -> None:
    """A workspace with three pieces of evidence and a backup."""
    place.mkdir()
    office.fresh(place / OFFICE)
    with open_workspace(place / OFFICE, office.now) as space:
        for number in range(3):
            office.attach(space, Random(number), number)
        backup.make(space)


def create(place: str, marks: str) -> None:
    """Make a workspace where nothing was."""
    out = Marks(marks)
    office.fresh(Path(place) / OFFICE)
    out.say("made")


def back_up(folder: str, marks: str) -> None:
    """Save something, and make a backup inside the workspace and another, with the evidence, outside of it."""
    out, random = Marks(marks), Random(1)
    with open_workspace(Path(folder) / OFFICE, office.now) as space:
        out.say(office.attach(space, random, 1))
        out.say(f"backup {backup.make(space).relative_to(folder)}")
        out.say(f"backup {backup.make(space, Path(folder) / 'outside' / 'stick').relative_to(folder)}")


def restore(folder: str, marks: str) -> None:
    """Make a workspace from the latest backup."""
    out = Marks(marks)
    backup.restore(backup.listed(Path(folder) / OFFICE)[-1], Path(folder) / "restored")
    out.say("restored")


def attach_what_a_killed_process_left(folder: str, marks: str) -> None:
    """One process is stopped after it renamed its evidence into place; the next one attaches the same."""
    out, space = Marks(marks), open_workspace(Path(folder), office.now)
    sync, objects.sync_folder = objects.sync_folder, _stopped
    for number in range(3):
        with suppress(KeyboardInterrupt):
            space.objects.add(b"%d" % number * 5000)
    objects.sync_folder = sync
    for number in range(3):
        out.say(office.name_evidence(space, Random(number), space.objects.add(b"%d" % number * 5000), 5000))


def _stopped(path: Path) -> None:
    if path.name != objects.FOLDER:
        raise KeyboardInterrupt


def made_or_not(place: Path, acknowledged: Sequence[str]) -> Iterator[str]:
    """A workspace that is said to be made is sound; one that is not said to be can be made."""
    office.forget_heads()
    if not acknowledged and not (place / OFFICE / connection.FILE).exists():
        office.fresh(place / OFFICE)
    yield from office.sound(place / OFFICE, [])


def backed_up(place: Path, acknowledged: Sequence[str]) -> Iterator[str]:
    """Every backup that is said to be made can be restored and has what was saved before; the workspace is sound."""
    saved = [line for line in acknowledged if line.startswith("log")]
    for line in acknowledged:
        name = line.removeprefix("backup ")
        if name == line:
            continue
        if not (place / name).exists():
            yield f"lost: {line}"
            continue
        shutil.rmtree(place / "drill", ignore_errors=True)
        backup.restore(place / name, place / "drill")
        office.forget_heads()
        yield from office.sound(place / "drill", saved)
    office.forget_heads()
    yield from office.sound(place / OFFICE, saved)


def restored_or_not(place: Path, acknowledged: Sequence[str]) -> Iterator[str]:
    """A workspace that was restored, or looks as if it were, is sound."""
    if acknowledged or (place / "restored").exists():
        office.forget_heads()
        yield from office.sound(place / "restored", [])
