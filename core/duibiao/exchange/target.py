"""Files that duibiao writes for others: whole or not at all, never over somebody's file unasked, safe in a spreadsheet."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import os
import platform
import re
import stat
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import NoReturn

from duibiao.errors import BadInputError, Problem, Where
from duibiao.exchange.formulas import guarded
from duibiao.model.notation import plain
from duibiao.model.text import exported

LONGEST_NAME = 255
"""Bytes of a file name, on every file system in use."""
LONGEST_PATH = 259
"""Characters of a path, where Windows counts them."""

_PIECE = 1 << 20
_WAITS = (0.05, 0.2)
"""Seconds before trying again: virus scanners and indexers hold a new file for a moment."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_LINKS = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV, errno.EACCES})
_WINDOWS_NAME = re.compile(r'[<>:"|?*\x00-\x1f]|[. ]\Z|\A(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)', re.IGNORECASE)
_TEMPORARY = ".duibiao-{machine}-{process}-{once}.tmp"

Cell = str | int | Decimal | date | None


def write_file(path: Path, data: bytes | Iterable[bytes], *, overwrite: bool = False) -> None:
    """Write *path* so that it is there whole, and on the disk, or is as it was before.

    Written beside its place, synced, put in place in one step, the folder synced. A symbolic link is followed.
    Raises BadInputError with the old file intact and nothing left over: ``E_TARGET_EXISTS`` (without *overwrite*),
    ``E_TARGET_FOLDER`` (no such folder), ``E_TARGET_NAME`` (too long, not allowed), ``E_TARGET`` (open elsewhere, no right,
    no ordinary file), ``E_DISK_FULL_FILE`` (with the space needed).
    """
    target = _checked(path, overwrite)
    folder = target.parent
    _sweep(folder)
    temporary = folder / _TEMPORARY.format(machine=_machine(), process=os.getpid(), once=uuid.uuid4().hex[:12])
    try:
        _fill(temporary, [data] if isinstance(data, bytes) else data, path)
        try:
            if overwrite:
                _keep_mode(temporary, target)
                _patiently(lambda: temporary.replace(target))
            else:
                _patiently(lambda: _place_new(temporary, target))
        except OSError as error:
            _fail(error, path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    _sync_folder(folder)


def pieces(path: Path) -> Iterator[bytes]:
    """The content of a file piece by piece, however large it is."""
    with path.open("rb") as handle:
        while piece := handle.read(_PIECE):
            yield piece


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, overwrite: bool = False) -> None:
    """Write a CSV that Excel and WPS open as it is meant: UTF-8 with a mark, texts quoted and never taken for formulas.

    Texts lose hidden characters (see model.text); numbers and days stand bare, None is empty. Errors as :func:`write_file`.
    """
    write_file(path, csv_bytes(header, rows), overwrite=overwrite)


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The same as pieces of bytes, one per row."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    buffer.write("\ufeff")
    for row in chain([header], rows):
        writer.writerow([_cell(each) for each in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case str():
            return guarded(exported(value).replace("\r\n", "\n").replace("\r", "\n"))
        case date():
            return value.isoformat()
        case Decimal():
            return plain(value)
    return str(value)


def _checked(path: Path, overwrite: bool) -> Path:
    """Where *path* really leads, when a file may be written there."""
    try:
        target = path.resolve()
        found = target.lstat()
    except (FileNotFoundError, NotADirectoryError):
        found = None
    except (OSError, ValueError, RuntimeError) as error:
        _fail(error, path)
    if _impossible(target):
        _refuse("E_TARGET_NAME", path, target.name, f"<= {LONGEST_NAME} B")
    if not target.parent.is_dir():
        _refuse("E_TARGET_FOLDER", path, str(path.parent))
    if found is not None:
        if not stat.S_ISREG(found.st_mode):
            _refuse("E_TARGET", path, "directory" if stat.S_ISDIR(found.st_mode) else "no ordinary file")
        if not overwrite:
            _refuse("E_TARGET_EXISTS", path)
    return target


def _impossible(target: Path, windows: bool = os.name == "nt") -> bool:
    """Whether the system at hand cannot have a file of that name."""
    if len(os.fsencode(target.name)) > LONGEST_NAME:
        return True
    return windows and (len(str(target)) > LONGEST_PATH or _WINDOWS_NAME.search(target.name) is not None)


def _fill(temporary: Path, chunks: Iterable[bytes], path: Path) -> None:
    pending = iter(chunks)
    written = 0
    chunk = b""
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        _fail(error, path, sum(map(len, pending)))
    try:
        for chunk in pending:
            view = memoryview(chunk)
            while view:
                view = view[os.write(handle, view) :]
            written += len(chunk)
        chunk = b""
        os.fsync(handle)
    except OSError as error:
        _fail(error, path, written + len(chunk) + sum(map(len, pending)))
    finally:
        os.close(handle)


def _keep_mode(temporary: Path, target: Path) -> None:
    with suppress(OSError):
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))


def _place_new(temporary: Path, target: Path) -> None:
    """Give the file its name unless somebody took it meanwhile; a link, because a rename would replace theirs."""
    if os.name == "nt":
        temporary.rename(target)
        return
    try:
        os.link(temporary, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        temporary.replace(target)


def _patiently(step: Callable[[], object]) -> None:
    for wait in _WAITS:
        try:
            step()
        except PermissionError:
            time.sleep(wait)
        else:
            return
    step()


def _fail(error: Exception, path: Path, size: int = 0) -> NoReturn:
    number = getattr(error, "errno", None) or 0
    if number in _FULL:
        _refuse("E_DISK_FULL_FILE", path, str(megabytes(size)))
    if isinstance(error, FileExistsError):
        _refuse("E_TARGET_EXISTS", path)
    if number in (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ) or isinstance(error, ValueError):
        _refuse("E_TARGET_NAME", path)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        _refuse("E_TARGET_FOLDER", path, str(path.parent))
    _refuse("E_TARGET", path, errno.errorcode.get(number, type(error).__name__))


def _refuse(code: str, path: Path, found: str = "", allowed: str = "") -> NoReturn:
    raise BadInputError([Problem(code, Where(str(path)), found, allowed)]) from None


def megabytes(size: int) -> int:
    """*size* in bytes as megabytes, rounded up."""
    return -(-size // 1_000_000)


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _sweep(folder: Path) -> None:
    """Remove what a killed run of this machine left half-written in *folder*."""
    if os.name != "posix":
        return
    for left in folder.glob(_TEMPORARY.format(machine=_machine(), process="*", once="*")):
        process = left.name.split("-")[2]
        if process.isdigit() and not _alive(int(process)):
            with suppress(OSError):
                left.unlink()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk, where the system lets us."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
