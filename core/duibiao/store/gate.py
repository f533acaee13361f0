"""One writer at a time: an operating-system lock on a side file, waited for with a deadline.

``flock`` belongs to the open file, so that closing another handle of the same file does not drop it (a POSIX record lock would
be dropped). The waiting is done by a thread, because a blocked ``flock`` cannot be given a deadline.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from duibiao.errors import BadInputError, Problem, Where

NAME = "workspace.lock"
PATIENCE = 10.0
"""Seconds a save waits for another window before it says so."""

if sys.platform == "win32":
    import msvcrt
    import time

    def _wait(handle: int) -> None:
        while not _try(handle):
            time.sleep(0.005)

    def _try(handle: int) -> bool:
        os.lseek(handle, 1 << 20, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _wait(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)

    def _try(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def hold(folder: Path, who: str, now: datetime, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the folder's lock; BadInputError E_BUSY naming the holder when it is not free in time.

    *who* and *now* go into the lock file, for the message of whoever waits.
    """
    path = folder / NAME
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    if not _try(handle) and not _patient(handle, patience):
        raise BadInputError([Problem("E_BUSY", Where(str(folder)), holder(folder))])
    try:
        note = {"user": who, "host": socket.gethostname(), "pid": os.getpid(), "since": now.isoformat(timespec="seconds")}
        text = json.dumps(note, ensure_ascii=False).encode()
        os.truncate(handle, 0) if sys.platform != "win32" else None
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, text)
        yield
    finally:
        os.close(handle)


def _patient(handle: int, patience: float) -> bool:
    """Wait for the lock in a thread. When time runs out the thread gives the lock back as soon as it gets it."""
    got, given_up, guard = threading.Event(), threading.Event(), threading.Lock()

    def wait() -> None:
        _wait(handle)
        with guard:
            if given_up.is_set():
                os.close(handle)
            else:
                got.set()

    threading.Thread(target=wait, daemon=True).start()
    if got.wait(patience):
        return True
    with guard:
        if got.is_set():
            return True
        given_up.set()
    return False


def holder(folder: Path) -> str:
    """Who holds the lock, as the lock file says: user, host, since when."""
    try:
        note = json.loads((folder / NAME).read_text("utf-8"))
        return f"{note['user']}@{note['host']} pid {note['pid']}, {note['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "?"


def is_free(folder: Path) -> bool:
    """Whether nobody is saving at this moment."""
    try:
        handle = os.open(folder / NAME, os.O_RDWR)
    except OSError:
        return True
    try:
        return _try(handle)
    finally:
        os.close(handle)
