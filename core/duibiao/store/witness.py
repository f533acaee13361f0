"""What this person's profile remembers of a workspace's log, so that an older copy put in its place is noticed.

The memory lies outside the workspace: whoever restores or replaces the folder does not restore it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from duibiao.errors import Problem, Where

if TYPE_CHECKING:
    from duibiao.store.workspace import Workspace

LINK = 16
"""Digits of a link that people compare."""


def home() -> Path:
    """The folder of the memories."""
    import platformdirs

    return Path(os.environ.get("DUIBIAO_STATE") or platformdirs.user_state_dir("duibiao", appauthor=False)) / "heads"


def remember(office: str, seq: int, link: str) -> None:
    """Note where an office's log stands. A profile that cannot be written to is no reason to fail."""
    if not office.isalnum():
        return
    path = home() / f"{office}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps({"seq": seq, "link": link}), "utf-8")
        part.replace(path)
    except OSError:
        return


def recall(office: str) -> tuple[int, str] | None:
    """Where the log stood when this person last closed it."""
    try:
        found = json.loads((home() / f"{office}.json").read_text("utf-8"))
        return int(found["seq"]), str(found["link"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget(office: str) -> None:
    """Accept the workspace as it is: a person has said that the older copy is the one to go on with."""
    (home() / f"{office}.json").unlink(missing_ok=True)


def contradiction(space: Workspace) -> Problem | None:
    """E_ROLLBACK when the log is shorter than, or differs from, what is remembered of it."""
    known = recall(space.office().get("id", ""))
    return None if known is None else against(space, *known)


def against(space: Workspace, seq: int, link: str) -> Problem | None:
    """E_ROLLBACK when entry *seq* of the log is not there or its link does not begin with *link* (a receipt, a print)."""
    found = space.value("SELECT link FROM log WHERE seq = ?", (seq,))
    if found is not None and found.startswith(link):
        return None
    return Problem("E_ROLLBACK", Where(str(space.folder)), f"{space.head()[0]}", f"{seq}-{link[:LINK]}")
