"""What recorded system calls did to a folder, played onto a model of its disk."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from attrs import Factory, define, field

from .disk import Change, Disk, Entry, File, Folder
from .trace import Call, bytes_of, descriptor, text_of, vectors

VOLATILE = ("-shm",)
"""Ends of names that need not survive: SQLite builds its shared index of a write-ahead log anew after a crash."""


class RecordingError(Exception):
    """The program failed, or did something to the folder that the model does not know."""


@define(eq=False)
class Open:
    """An open file: what it is, where the next write goes, whether writes go to its end or straight to the disk."""

    node: File | Folder
    place: int = 0
    appends: bool = False
    synced: bool = False


@define(eq=False)
class Process:
    """What descriptors and relative names mean to a process."""

    cwd: str
    files: dict[int, Open] = Factory(dict)


@define
class Playback:
    """Plays recorded calls onto a `Disk`.

    Attributes:
        folder: The folder that is watched, absolute and resolved.
        marks: The file whose lines acknowledge saves.
        disk: What became of the folder so far.
        acknowledged: Lines acknowledged so far.
    """

    folder: str
    marks: str
    disk: Disk
    cwd: str
    births: Mapping[int, tuple[int, bool]]
    acknowledged: list[str] = field(factory=list)
    _processes: dict[int, Process] = field(factory=dict)

    def play(self, call: Call) -> bool:
        """Do what *call* did; whether it changed the folder, made something durable or acknowledged a save."""
        doing = getattr(self, f"_{call.name}", None)
        if doing is None or call.number is None:
            return False
        return bool(doing(call, self._process(call.pid)))

    def _process(self, pid: int) -> Process:
        if pid not in self._processes:
            parent, shares = self.births.get(pid, (0, False))
            above = self._process(parent) if parent else Process(self.cwd)
            self._processes[pid] = above if shares else Process(above.cwd, dict(above.files))
        return self._processes[pid]

    def _inside(self, path: str) -> str | None:
        """Path below the watched folder (the folder itself is ``""``), None when it is elsewhere or need not survive."""
        if path == self.folder:
            return ""
        if not path.startswith(self.folder + "/") or path.endswith(VOLATILE):
            return None
        return path[len(self.folder) + 1 :]

    def _path(self, process: Process, name: str, at: str = "") -> str:
        base = descriptor(at)[1] if at else ""
        return os.path.normpath(os.path.join(base or process.cwd, text_of(name)))

    def _of(self, argument: str, process: Process) -> Open | None:
        """The open file behind a descriptor, None when it is not of the watched folder."""
        number, path = descriptor(argument)
        if self._inside(path) is None:
            return None
        if number not in process.files:
            raise RecordingError(f"descriptor {number} of {path} was never opened")
        return process.files[number]

    # Opening, closing, moving about

    def _openat(self, call: Call, process: Process) -> bool:
        return self._opened(call, process, self._path(process, call.args[1], call.args[0]), call.args[2])

    def _open(self, call: Call, process: Process) -> bool:
        return self._opened(call, process, self._path(process, call.args[0]), call.args[1])

    def _creat(self, call: Call, process: Process) -> bool:
        return self._opened(call, process, self._path(process, call.args[0]), "O_CREAT|O_TRUNC")

    def _opened(self, call: Call, process: Process, path: str, flagged: str) -> bool:
        number, real = descriptor(call.result)
        process.files.pop(number, None)
        inside, flags = self._inside(real or path), set(flagged.split("|"))
        if inside is None:
            return False
        if "O_TMPFILE" in flags:
            raise RecordingError(f"{path}: a file without a name is not known to the model")
        node, changed = self.disk.find(inside), False
        if node is None:
            parent, name = self.disk.parent(inside)
            node, changed = File(), True
            parent.change(Entry(call.at, name, node))
        if "O_TRUNC" in flags and isinstance(node, File) and node.live:
            node.change(Change(call.at, 0, None))
            changed = True
        process.files[number] = Open(node, 0, "O_APPEND" in flags, bool(flags & {"O_SYNC", "O_DSYNC"}))
        return changed

    def _close(self, call: Call, process: Process) -> bool:
        process.files.pop(descriptor(call.args[0])[0], None)
        return False

    def _dup(self, call: Call, process: Process) -> bool:
        same = process.files.get(descriptor(call.args[0])[0])
        number = descriptor(call.result)[0]
        process.files.pop(number, None)
        if same is not None:
            process.files[number] = same
        return False

    _dup2 = _dup3 = _dup

    def _fcntl(self, call: Call, process: Process) -> bool:
        return call.args[1].startswith("F_DUPFD") and self._dup(call, process)

    def _lseek(self, call: Call, process: Process) -> bool:
        opened = self._of(call.args[0], process)
        if opened is not None:
            opened.place = call.number or 0
        return False

    def _chdir(self, call: Call, process: Process) -> bool:
        process.cwd = self._path(process, call.args[0])
        return False

    def _fchdir(self, call: Call, process: Process) -> bool:
        process.cwd = descriptor(call.args[0])[1]
        return False

    def _mmap(self, call: Call, process: Process) -> bool:
        if "PROT_WRITE" in call.args[2] and "MAP_SHARED" in call.args[3] and "<" in call.args[4]:
            self._refuse(call, call.args[4])
        return False

    def _refuse(self, call: Call, argument: str) -> None:
        if self._inside(descriptor(argument)[1]) is not None:
            raise RecordingError(f"{call.name} of {descriptor(argument)[1]} is not known to the model")

    # Data

    def _write(self, call: Call, process: Process) -> bool:
        return self._written(call, process, bytes_of(call.args[1]), None)

    def _writev(self, call: Call, process: Process) -> bool:
        return self._written(call, process, vectors(call.args[1]), None)

    def _pwrite64(self, call: Call, process: Process) -> bool:
        return self._written(call, process, bytes_of(call.args[1]), int(call.args[3]))

    def _pwritev(self, call: Call, process: Process) -> bool:
        return self._written(call, process, vectors(call.args[1]), int(call.args[3]))

    _pwritev2 = _pwritev

    def _written(self, call: Call, process: Process, data: bytes, offset: int | None) -> bool:
        if descriptor(call.args[0])[1] == self.marks:
            self.acknowledged += data.decode().splitlines()
            return True
        opened = self._of(call.args[0], process)
        if opened is None or not call.number:
            return False
        assert isinstance(opened.node, File)
        data = data[: call.number]
        place = len(opened.node.live) if opened.appends else opened.place if offset is None else offset
        opened.node.change(Change(call.at, place, data))
        if offset is None:
            opened.place = place + len(data)
        if opened.synced:
            opened.node.sync(call.at + 1)
        return True

    def _sendfile(self, call: Call, process: Process) -> bool:
        """A copy made by the system; its data are known when its source is in the folder too."""
        target, source = self._of(call.args[0], process), self._of(call.args[1], process)
        if target is None or not call.number:
            return False
        if source is None or call.args[2] == "NULL":
            self._refuse(call, call.args[0])
        assert source is not None
        assert isinstance(source.node, File)
        assert isinstance(target.node, File)
        begin = int(re.findall(r"\d+", call.args[2])[0])
        data = bytes(source.node.live[begin : begin + call.number])
        target.node.change(Change(call.at, target.place, data))
        target.place += len(data)
        return True

    def _copy_file_range(self, call: Call, process: Process) -> bool:
        self._refuse(call, call.args[2])
        return False

    _splice = _copy_file_range

    def _ftruncate(self, call: Call, process: Process) -> bool:
        opened = self._of(call.args[0], process)
        return opened is not None and self._resized(opened.node, call)

    def _truncate(self, call: Call, process: Process) -> bool:
        inside = self._inside(self._path(process, call.args[0]))
        node = self.disk.find(inside) if inside is not None else None
        return node is not None and self._resized(node, call)

    def _resized(self, node: File | Folder, call: Call) -> bool:
        assert isinstance(node, File)
        node.change(Change(call.at, int(call.args[1]), None))
        return True

    def _fallocate(self, call: Call, process: Process) -> bool:
        opened = self._of(call.args[0], process)
        if opened is None:
            return False
        if call.args[1] != "0" or not isinstance(opened.node, File):
            raise RecordingError(f"fallocate with {call.args[1]} is not known to the model")
        opened.node.change(Change(call.at, int(call.args[2]) + int(call.args[3]), b""))
        return True

    # Durability

    def _fsync(self, call: Call, process: Process) -> bool:
        opened = self._of(call.args[0], process)
        if opened is None:
            return False
        opened.node.sync(call.started)
        return True

    _fdatasync = _fsync

    def _sync(self, call: Call, process: Process) -> bool:
        raise RecordingError(f"{call.name} is not known to the model")

    _syncfs = _sync

    # Names

    def _renameat2(self, call: Call, process: Process) -> bool:
        old, new = self._path(process, call.args[1], call.args[0]), self._path(process, call.args[3], call.args[2])
        if len(call.args) > 4 and "RENAME_EXCHANGE" in call.args[4]:
            raise RecordingError("exchanging two names is not known to the model")
        return self._moved(call, old, new)

    _renameat = _renameat2

    def _rename(self, call: Call, process: Process) -> bool:
        return self._moved(call, self._path(process, call.args[0]), self._path(process, call.args[1]))

    def _moved(self, call: Call, old: str, new: str) -> bool:
        source, target = self._inside(old), self._inside(new)
        if source is None and target is None:
            return False
        if source is None or target is None:
            raise RecordingError(f"moved between the folder and elsewhere: {old} -> {new}")
        node = self.disk.find(source)
        if node is None:
            raise RecordingError(f"{old} was moved but never made")
        self._enter(call, target, node)
        self._enter(call, source, None)
        return True

    def _linkat(self, call: Call, process: Process) -> bool:
        return self._linked(
            call, self._path(process, call.args[1], call.args[0]), self._path(process, call.args[3], call.args[2])
        )

    def _link(self, call: Call, process: Process) -> bool:
        return self._linked(call, self._path(process, call.args[0]), self._path(process, call.args[1]))

    def _linked(self, call: Call, old: str, new: str) -> bool:
        source, target = self._inside(old), self._inside(new)
        if target is None:
            return False
        node = self.disk.find(source) if source is not None else None
        if node is None:
            raise RecordingError(f"{new} is a link to something unknown: {old}")
        self._enter(call, target, node)
        return True

    def _symlinkat(self, call: Call, process: Process) -> bool:
        if self._inside(self._path(process, call.args[-1])) is not None:
            raise RecordingError("a symbolic link is not known to the model")
        return False

    _symlink = _symlinkat

    def _unlinkat(self, call: Call, process: Process) -> bool:
        return self._gone(call, self._path(process, call.args[1], call.args[0]))

    def _unlink(self, call: Call, process: Process) -> bool:
        return self._gone(call, self._path(process, call.args[0]))

    _rmdir = _unlink

    def _gone(self, call: Call, path: str) -> bool:
        inside = self._inside(path)
        if inside is None:
            return False
        self._enter(call, inside, None)
        return True

    def _mkdirat(self, call: Call, process: Process) -> bool:
        return self._made(call, self._path(process, call.args[1], call.args[0]))

    def _mkdir(self, call: Call, process: Process) -> bool:
        return self._made(call, self._path(process, call.args[0]))

    def _made(self, call: Call, path: str) -> bool:
        inside = self._inside(path)
        if inside is None:
            return False
        self._enter(call, inside, Folder())
        return True

    def _enter(self, call: Call, inside: str, node: File | Folder | None) -> None:
        parent, name = self.disk.parent(inside)
        parent.change(Entry(call.at, name, node))
