"""Running the app, and what is said when it had to stop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from duibiao.tui.app import DuibiaoApp


def run(workspace: str, **options: Any) -> int:
    """Run the app; its exit code. After an error three lines say what happened and where the report is."""
    app = DuibiaoApp(workspace, **options)
    code = app.run()
    failure: tuple[Path, Exception] | None = getattr(app, "failure", None)
    if failure is not None:
        say = app.say
        print(say("程序遇到问题，已经停下。", "The program met a problem and stopped."))  # noqa: T201
        print(say("已保存的内容不受影响。", "What was saved is not affected."))  # noqa: T201
        print(say(f"情况记在：{failure[0]}", f"It is noted in: {failure[0]}"))  # noqa: T201
        return 1
    return code or 0
