"""Workspaces for tests: small ones, opened, changed, and looked at from outside."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from duibiao.errors import BadInputError, Problem
from duibiao.store.doctor import examine
from duibiao.store.records import save_facts
from duibiao.store.rights import Operator
from duibiao.store.workspace import Workspace, create_workspace, open_workspace
from duibiao.wording import describe

ME = Operator("me", "王芳", ("single",), (), "")
OFFICE = {"title": "湖塘镇", "code": "320412"}
UNIT = "320412100002"
START = datetime(2026, 5, 1, 8, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is set.

    Attributes:
        at: What it shows.
    """

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def on(self, **much: float) -> None:
        """Let time pass, or go back."""
        self.at += timedelta(**much)


def new(folder: Path, facts: int = 0, operator: Operator = ME) -> Path:
    """A workspace with one unit and so many facts, each saved by itself."""
    with create_workspace(folder, OFFICE, operator, Clock()) as space:
        with space.change(operator.id) as entry:
            entry.append("unit.added", f"unit/{UNIT}", {
                "code": UNIT, "name": "新民村委会", "kind": "村委会", "initials": "xmcwh", "source": "",
            })  # fmt: skip
        for number in range(facts):
            set_fact(space, number, actor=operator.id)
    return folder


def opened(folder: Path, clock: Clock | None = None, *, write: bool = True) -> Workspace:
    """The workspace, opened."""
    return open_workspace(folder, clock or Clock(), write=write)


def set_fact(space: Workspace, value: object, fact: str = "households", *, actor: str = "me", base: int | None = None) -> int:
    """Save a fact of the one unit; its version."""
    with space.change(actor) as entry:
        return save_facts(entry, UNIT, "2012", {fact: value}, base=None if base is None else {fact: base})[fact]


def value_of(space: Workspace, fact: str = "households") -> object:
    """The stored literal of a fact."""
    return space.value("SELECT value FROM fact WHERE fact = ?", (fact,))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return sha256(path.read_bytes()).hexdigest()


def codes(problems: Iterable[Problem]) -> list[str]:
    """The codes of problems, in order."""
    return [each.code for each in problems]


def refused(error: BadInputError) -> str:
    """The code of an error's first problem."""
    return error.problems[0].code


def says(problem: Problem, code: str, zh: str, en: str) -> None:
    """The problem has this code, and says this in 中文 and in English."""
    assert code == problem.code
    assert zh in describe(problem, "zh")
    assert en in describe(problem, "en")


def told(error: pytest.ExceptionInfo[BadInputError], code: str, zh: str, en: str) -> None:
    """The error's first problem :func:`says` so."""
    says(error.value.problems[0], code, zh, en)


def found_in(folder: Path) -> list[str]:
    """Codes of what a full examination finds."""
    return codes(examine(folder, full=True).problems)


@contextmanager
def plain(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database as another tool opens it: SQLite's own settings, every statement saved at once."""
    connection = sqlite3.connect(folder / "workspace.db", isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


GUARDS = ("event_grows", "event_stays", "event_lasts", "log_grows", "log_stays", "log_lasts")


@contextmanager
def without_guards(folder: Path) -> Iterator[sqlite3.Connection]:
    """Another tool that takes the triggers away first and puts them back as they were."""
    with plain(folder) as connection:
        texts = [connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (name,)).fetchone()[0] for name in GUARDS]
        for name in GUARDS:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for text in texts:
            connection.execute(text)


def program(text: str, *args: object) -> subprocess.Popen[str]:
    """A program of its own that works in a workspace; it can be talked to line by line."""
    return subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", PREAMBLE + textwrap.dedent(text), *map(str, args)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parent,
    )  # fmt: skip


def said_by(child: subprocess.Popen[str], timeout: float = 60) -> str:
    """What a program printed; it must have ended well."""
    out, err = child.communicate(timeout=timeout)
    assert 0 == child.returncode, err
    return out


PREAMBLE = """
import signal, sys
from pathlib import Path
from workspaces import *
folder = Path(sys.argv[1])
if hasattr(signal, "SIGHUP"):  # ignored where the tests run in the background, and that is inherited
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
"""
