"""The workspace a person works in: where it is, who they are, what time it is."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path

from duibiao.errors import BadInputError, Problem, Where
from duibiao.model.process import LEVELS
from duibiao.services.clock import now
from duibiao.store.rights import SINGLE, Operator
from duibiao.store.workspace import Workspace, create_workspace, open_workspace

__all__ = ["acting", "create", "folder_of", "open_office"]


def folder_of(named: str) -> Path:
    """The workspace's folder: as named, or the usual place for data on this system."""
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("duibiao", appauthor=False)) / "office"


def open_office(named: str, *, write: bool = True, clock_ok: bool = False) -> Workspace:
    """Open the workspace; BadInputError when that cannot be done. What to tell the person is in its ``notes``."""
    space = open_workspace(folder_of(named), now, write=write)
    space.clock_confirmed = clock_ok
    return space


def create(named: str, title: str, code: str, operator: Operator | None = None) -> Workspace:
    """A new workspace; without *operator*, for one person who does everything (单人岗), recorded as such."""
    me = operator or Operator(login(), login(), (SINGLE,), LEVELS, code)
    return create_workspace(folder_of(named), {"title": title, "code": code}, me, now)


def login() -> str:
    """The name this person is logged in with."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"


def acting(space: Workspace, named: str) -> str:
    """Id of the operator who acts: as named, or the one whose id is the login name, or the only one there is.

    BadInputError E_PERSON, listing who there is, when that is not settled.
    """
    active = {each.id: each for each in space.operators() if each.active}
    for guess in (named, "" if named else login()):
        if guess in active:
            return guess
    by_name = [each.id for each in active.values() if named and each.name == named]
    if len(by_name) == 1:
        return by_name[0]
    if not named and len(active) == 1:
        return next(iter(active))
    raise BadInputError([Problem("E_PERSON", Where("--as"), named, ", ".join(sorted(active)))])


def local(at: str) -> str:
    """A stored time as the clock on the wall showed it, to the minute."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")
