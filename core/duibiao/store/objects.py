"""Evidence and imported registers, kept by the hash of their content.

A file is written beside its place, synced, renamed, and the folder synced, before anything in the database names it.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from duibiao.store.faults import code_of, fault

FOLDER = "objects"
PART = ".part"
CHUNK = 1 << 20


class Objects:
    """The content-addressed files of one workspace.

    Attributes:
        folder: ``objects/`` inside the workspace.
    """

    def __init__(self, workspace: Path) -> None:
        self.folder = workspace / FOLDER

    def path(self, digest: str) -> Path:
        """Where the content with this SHA-256 is or would be."""
        return self.folder / digest[:2] / digest

    def add(self, content: bytes) -> str:
        """Keep *content* durably; its SHA-256. BadInputError E_DISK_FULL (and nothing left behind) when there is no room."""
        digest = sha256(content).hexdigest()
        target = self.path(digest)
        if target.exists() and self._good(target, digest):
            self._settle(target)
            return digest
        part = self.folder / part_name(digest[:16])
        try:
            if not self.folder.exists():
                self.folder.mkdir(exist_ok=True)
                sync_folder(self.folder.parent)
            target.parent.mkdir(exist_ok=True)
            write_synced(part, (content,))
            part.chmod(0o444)
            part.replace(target)
            self._settle(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            code = code_of(error) or "E_IO"
            raise fault("E_DISK_FULL_FILE" if code == "E_DISK_FULL" else code, target, megabytes(len(content))) from error
        return digest

    def _settle(self, target: Path) -> None:
        """Have the name of a content on the disk; whoever made it or its folder may have been stopped before doing so."""
        sync_folder(target.parent)
        sync_folder(self.folder)

    def read(self, digest: str) -> bytes:
        """The content; BadInputError E_OBJ_MISSING or E_OBJ_BAD when it is not what it was."""
        path = self.path(digest)
        try:
            content = path.read_bytes()
        except OSError:
            raise fault("E_OBJ_MISSING", path) from None
        if sha256(content).hexdigest() != digest:
            raise fault("E_OBJ_BAD", path)
        return content

    def state(self, digest: str) -> str:
        """Empty when the content is whole; else the problem code."""
        path = self.path(digest)
        if not path.is_file():
            return "E_OBJ_MISSING"
        return "" if self._good(path, digest) else "E_OBJ_BAD"

    def _good(self, path: Path, digest: str) -> bool:
        hashed = sha256()
        try:
            with path.open("rb") as handle:
                while chunk := handle.read(CHUNK):
                    hashed.update(chunk)
        except OSError:
            return False
        return hashed.hexdigest() == digest

    def digests(self) -> Iterator[str]:
        """Every content that is kept."""
        for path in sorted(self.folder.glob("??/*")):
            if path.suffix != PART:
                yield path.name


def part_name(stem: str) -> str:
    """A name for a file that is being written: nobody else's, and it says whose it is."""
    return f"{stem}-{uuid.uuid4().hex[:8]}-{os.getpid()}{PART}"


def sweep(folder: Path) -> int:
    """Remove what programs that are gone left half-written in *folder*; how many files. What is being written stays."""
    abandoned = [path for path in folder.glob(f"*{PART}") if not _being_written(path)]
    for path in abandoned:
        # Where a living program cannot be asked after, the system refuses to remove a file that it has open.
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return len(abandoned)


def _being_written(path: Path) -> bool:
    pid = path.stem.rpartition("-")[2]
    if os.name != "posix" or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def megabytes(size: int) -> int:
    """*size* in bytes as megabytes, rounded up."""
    return -(-size // 1_000_000)


def write_synced(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a new file and have it on the disk before returning."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        for chunk in chunks:
            view = memoryview(chunk)
            while view:
                view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Have a file's content on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Have a folder's names on the disk, where the system can."""
    if os.name == "posix":
        sync_file(path)


def make_folder(path: Path) -> None:
    """Make a folder and those above it that are missing, durably."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
    sync_folder(path.parent)


def sync_tree(path: Path) -> None:
    """Have everything in a folder on the disk, contents and names."""
    for each in path.rglob("*"):
        sync_folder(each) if each.is_dir() else sync_file(each)
    sync_folder(path)
