"""Copying a row: through the terminal to the clipboard, and into a file for terminals that drop what is sent to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.widget import Widget

from duibiao.tui.assess_rows import AssessRows
from duibiao.tui.lines import Drawn, Panel, Rows
from duibiao.tui.probe import home
from duibiao.tui.table import Table

if TYPE_CHECKING:
    from duibiao.tui.app import DuibiaoApp

FILE = "copied.txt"
WHOLE = 4000
"""So many cells are room enough for a line to be told whole."""


def row_text(widget: Widget | None) -> str:
    """The row at hand as text: the visible columns of a table in full, tab-separated; elsewhere the line; of a panel that is
    only read, all of it. Empty where there is nothing to copy.
    """
    if isinstance(widget, Table):
        row = widget.row()
        cells = widget.cells(row) if row is not None else ()
        return "\t".join(cells[place][0] for place, _ in widget.layout_of(widget.room)) if cells else ""
    if isinstance(widget, AssessRows):
        # Every column is there, so that rows copied one after another stand below each other.
        return "\t".join(text.strip() for text, _ in widget.told(widget.cursor, WHOLE)) if widget.total() else ""
    if isinstance(widget, Rows):
        return _line(widget, widget.cursor) if widget.total() else ""
    if isinstance(widget, Panel):
        return "\n".join(_line(widget, index) for index in range(widget.total()))
    return ""


def _line(widget: Drawn, index: int) -> str:
    """A line, its pieces tab-separated; a mark stays with what it marks."""
    pieces = [text.strip() for text, _ in widget.parts(index, WHOLE)]
    return "\t".join(each for each in pieces if each)


def copy(app: DuibiaoApp, text: str) -> str:
    """Copy a text; what is to be said of it."""
    app.copy_to_clipboard(text)
    try:
        path = _shown(keep(text))
    except OSError as error:
        told = str(error.strerror or error)
        return app.say(f"已发给终端的剪贴板；文件写不进：{told}", f"sent to the terminal's clipboard; no file: {told}")
    long = app.say(f"已复制；终端不支持时见 {path}", f"copied; if the terminal cannot, see {path}")
    short = app.say(f"已复制，也在 {path}", f"copied, also in {path}")
    return long if cell_len(long) + ROOM <= app.size.width else short


ROOM = 12
"""Cells of the status line that are taken by what is said of the saves."""


def keep(text: str) -> Path:
    """Write a text where the program keeps what it remembers, for nobody else to read; where that is. OSError when it cannot."""
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")
    return path


def _shown(path: Path) -> str:
    """A path as people write it."""
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except (ValueError, RuntimeError):
        return str(path)


__all__ = ["copy", "keep", "row_text"]
