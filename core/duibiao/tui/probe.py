"""Whether a terminal draws ambiguous characters one cell wide or two: asked of the terminal itself, once for each kind.

The characters are written, then the terminal is asked where its cursor is (``ESC[6n``). A terminal that does not answer is
taken for an ordinary one.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

GLYPHS = "●─“≥"
"""Characters of several blocks that fonts for Chinese draw wide."""

PATIENCE = 0.4
"""Seconds to wait for the answer: over a slow line it takes some."""

FILE = "terminals.json"
_ANSWER = re.compile(rb"\x1b\[(\d+);(\d+)R")
_KIND = ("TERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "VTE_VERSION", "WT_SESSION", "KONSOLE_VERSION", "XTERM_VERSION", "LANG")

Ask = Callable[[], int | None]


def kind_of(environment: Mapping[str, str]) -> str:
    """What tells one kind of terminal from another; a window's own number is left out."""
    return " ".join(
        f"{name}={'1' if name == 'WT_SESSION' else environment[name]}" for name in _KIND if environment.get(name)
    )  # fmt: skip


def is_wide(environment: Mapping[str, str], folder: Path, ask: Ask | None = None) -> bool:
    """Whether ambiguous characters are two cells wide here: remembered in *folder*, else asked of the terminal.

    Only an answer is remembered. A folder that cannot be written to is no reason to fail.
    """
    kind, known = kind_of(environment), remembered(folder)
    if kind in known:
        return known[kind]
    width = (ask or asked)()
    if width is None:
        return False
    wide = width > len(GLYPHS)
    _remember(folder, {**known, kind: wide})
    return wide


def remembered(folder: Path) -> dict[str, bool]:
    """Kinds of terminal asked before, and whether they are wide; nothing where the file is gone or damaged."""
    try:
        found = json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {kind: wide for kind, wide in found.items() if isinstance(wide, bool)}


def _remember(folder: Path, known: Mapping[str, bool]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{FILE}.{os.getpid()}.part"
        part.write_text(json.dumps(known, ensure_ascii=False, indent=1), "utf-8")
        part.replace(folder / FILE)
    except OSError:
        return


def asked() -> int | None:
    """How many cells the glyphs take in the terminal of this process; None when it does not say."""
    try:
        import termios
        import tty
    except ImportError:
        return None
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    source = sys.stdin.fileno()
    try:
        before = termios.tcgetattr(source)
        tty.setcbreak(source)
    except termios.error:
        return None
    try:
        return measured(source, sys.stdout.fileno())
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)


def measured(source: int, target: int, patience: float = PATIENCE) -> int | None:
    """Write the glyphs to *target*, read from *source* where the cursor came to, and clear the line again."""
    import select

    os.write(target, f"\r{GLYPHS}\x1b[6n".encode())
    answer, until = b"", time.monotonic() + patience
    found = None
    while found is None:
        left = until - time.monotonic()
        if left <= 0 or not select.select([source], [], [], left)[0]:
            break
        some = os.read(source, 64)
        if not some:
            break
        answer += some
        found = _ANSWER.search(answer)
    os.write(target, b"\r\x1b[K")
    return None if found is None else int(found[2]) - 1


def home() -> Path:
    """The folder in which the program keeps what it remembers."""
    import platformdirs

    return Path(os.environ.get("DUIBIAO_STATE") or platformdirs.user_state_dir("duibiao", appauthor=False))


__all__ = ["GLYPHS", "home", "is_wide", "kind_of", "measured", "remembered"]
