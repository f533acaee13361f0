"""A report of an unexpected error: where it happened, never what anybody had entered."""

from __future__ import annotations

import os
import platform
import traceback
from datetime import datetime
from pathlib import Path

from duibiao import __version__


def write_report(error: BaseException, workspace: str) -> Path:
    """Write the report and return where it is: places in the program, versions, no values and no message text."""
    import platformdirs

    home = Path(os.environ.get("DUIBIAO_STATE") or platformdirs.user_state_dir("duibiao", appauthor=False)) / "reports"
    home.mkdir(parents=True, exist_ok=True)
    now = datetime.now().astimezone()
    lines = [
        f"duibiao {__version__}, Python {platform.python_version()}, {platform.system()}",
        now.isoformat(timespec="seconds"),
        type(error).__name__,
        *(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)),
    ]
    path = home / f"{now:%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
