"""What SQLite and the operating system report, as problems an operator can act on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duibiao.errors import BadInputError, Problem, Where

_BY_NAME = (
    ("SQLITE_FULL", "E_DISK_FULL"),
    ("SQLITE_READONLY_DBMOVED", "E_GONE"),
    ("SQLITE_READONLY_ROLLBACK", "E_NEEDS_RECOVERY"),
    ("SQLITE_READONLY_RECOVERY", "E_NEEDS_RECOVERY"),
    ("SQLITE_READONLY", "E_READONLY"),
    ("SQLITE_CANTOPEN", "E_IO"),
    ("SQLITE_NOTADB", "E_NOT_OURS"),
    ("SQLITE_CORRUPT", "E_CORRUPT"),
    ("SQLITE_BUSY", "E_BUSY"),
    ("SQLITE_LOCKED", "E_BUSY"),
    ("SQLITE_IOERR", "E_IO"),
    ("SQLITE_PERM", "E_READONLY"),
)
_BY_NUMBER = {
    errno.ENOSPC: "E_DISK_FULL",
    errno.EDQUOT: "E_DISK_FULL",
    errno.EROFS: "E_READONLY",
    errno.EACCES: "E_READONLY",
    errno.EPERM: "E_READONLY",
}


def fault(code: str, place: Path | str, found: object = "", allowed: object = "") -> BadInputError:
    """An error about the workspace (or file) at *place*."""
    return BadInputError([Problem(code, Where(str(place)), str(found), str(allowed))])


def code_of(error: Exception) -> str | None:
    """The problem code of an SQLite or system error; None for one that is a mistake of ours."""
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", None) or ""
        found = next((code for start, code in _BY_NAME if name.startswith(start)), None)
        if found is None and any(word in str(error) for word in ("malformed", "Could not decode")):
            return "E_CORRUPT"
        return found
    if isinstance(error, OSError):
        return _BY_NUMBER.get(error.errno or 0, "E_IO")
    return None


@contextmanager
def told(place: Path | str) -> Iterator[None]:
    """Errors of SQLite and the system inside become problems about *place*."""
    try:
        yield
    except UnicodeDecodeError as error:
        # SQLite quotes what it cannot read in its message, and that is not text.
        raise fault("E_CORRUPT", place, error.reason) from error
    except (sqlite3.Error, OSError) as error:
        code = code_of(error)
        if code is None:
            raise
        raise fault(code, place, getattr(error, "sqlite_errorname", None) or error) from error
