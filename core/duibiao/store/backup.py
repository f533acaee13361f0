"""Copies of the database: in one step, checked, then renamed into place; and restoring one into a new folder."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from duibiao.errors import BadInputError
from duibiao.store import connection
from duibiao.store.faults import code_of, fault, told
from duibiao.store.objects import FOLDER as OBJECTS
from duibiao.store.objects import make_folder, megabytes, part_name, sync_file, sync_folder, sync_tree

if TYPE_CHECKING:
    from duibiao.store.workspace import Workspace

FOLDER = "backups"
RECENT, DAILY = 10, 30
"""The newest so many are kept, and the newest of each of so many days."""


def make(space: Workspace, folder: Path | None = None) -> Path:
    """Copy the database as it is at this moment; the new file. With *folder*, there, and the evidence too.

    BadInputError E_DISK_FULL_FILE (and nothing left behind) when there is no room.
    """
    target_folder = folder or space.folder / FOLDER
    stamp = space.clock().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = target_folder / f"{stamp}-{space.head()[0]:07d}.db"
    part = target.with_name(part_name(target.stem))
    try:
        make_folder(target_folder)
        _copy(space, part)
        sync_file(part)
        part.replace(target)
        sync_folder(target_folder)
        sync_folder(target_folder.parent)
        if folder is not None:
            _copy_objects(space, folder)
    except (OSError, sqlite3.Error) as error:
        code = code_of(error) or "E_IO"
        if code == "E_DISK_FULL":
            raise fault("E_DISK_FULL_FILE", target, megabytes(_size(space, with_objects=folder is not None))) from error
        raise fault(code, target, getattr(error, "sqlite_errorname", None) or error) from error
    finally:
        part.unlink(missing_ok=True)
    if folder is None:
        _thin_out(target_folder)
    return target


def _size(space: Workspace, *, with_objects: bool) -> int:
    objects = sum(space.objects.path(each).stat().st_size for each in space.objects.digests()) if with_objects else 0
    return space.file.stat().st_size + objects


def _copy(space: Workspace, part: Path) -> None:
    """One step: copying page by page starts anew each time somebody saves."""
    copy = sqlite3.connect(part, isolation_level=None)
    try:
        # A copy that fails is thrown away: a journal beside it would only be left behind by a kill.
        copy.execute("PRAGMA journal_mode = OFF").fetchall()
        copy.execute("PRAGMA synchronous = EXTRA").fetchall()
        space.db.conn.backup(copy)
        found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    finally:
        copy.close()
    if found != "ok":
        raise fault("E_CORRUPT", space.folder, found)


def _copy_objects(space: Workspace, folder: Path) -> None:
    for digest in space.objects.digests():
        source = space.objects.path(digest)
        target = folder / OBJECTS / digest[:2] / digest
        if not target.exists():
            make_folder(target.parent)
            part = folder / OBJECTS / part_name(digest[:16])
            try:
                shutil.copyfile(source, part)
                sync_file(part)
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
            sync_folder(target.parent)


def make_due(space: Workspace) -> Path | None:
    """The first backup of a day on which something changed; None when there is one already."""
    day = space.clock().astimezone(UTC).strftime("%Y%m%d")
    if any(each.name.startswith(day) for each in listed(space.folder)):
        return None
    return make(space)


def listed(folder: Path) -> list[Path]:
    """The backups of a workspace, oldest first."""
    return sorted((folder / FOLDER).glob("*.db"))


def _thin_out(folder: Path) -> None:
    found = sorted(folder.glob("*.db"))
    by_day = {path.name[:8]: path for path in found}
    keep = {*found[-RECENT:], *[by_day[day] for day in sorted(by_day)[-DAILY:]]}
    for path in found:
        if path not in keep:
            path.unlink(missing_ok=True)


def with_latest(error: BadInputError, folder: Path) -> BadInputError:
    """The error, naming the latest backup where the file is damaged."""
    found = listed(folder)
    if error.problems[0].code != "E_CORRUPT":
        return error
    name = found[-1].name if found else "-"
    return BadInputError([evolve(each, allowed=name) for each in error.problems])


def restore(source: Path, target: Path) -> None:
    """Make a new workspace folder from a backup, with the evidence that lies beside it or in its workspace.

    BadInputError E_EXISTS when the folder is there, and whatever is wrong with the backup. *source* is not touched.
    """
    connection.look_at(source)
    if target.exists():
        raise fault("E_EXISTS", target)
    with told(target):
        part = target.with_name(f"{target.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        shutil.copyfile(source, part / connection.FILE)
        sync_file(part / connection.FILE)
        for home in (source.parent, source.parent.parent):
            if (home / OBJECTS).is_dir():
                shutil.copytree(home / OBJECTS, part / OBJECTS)
                break
        for each in (OBJECTS, FOLDER):
            (part / each).mkdir(exist_ok=True)
        sync_tree(part)
        part.replace(target)
        sync_folder(target.parent)


def when(path: Path) -> datetime:
    """When a backup was made, by its name."""
    return datetime.strptime(path.name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
