"""A page of paragraphs about a comparison, to read and to scroll; some lines stand for something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import frozen
from rich.style import Style
from textual.widget import Widget

from duibiao.tui.base import Page
from duibiao.tui.lists import Entries, Entry
from duibiao.tui.look import wrapped

INDENT = 2


@frozen
class Said:
    """A paragraph.

    Attributes:
        text: What it says.
        ink: Style; None for that of plain text.
        indent: Steps to the right.
        data: What Enter on it means; None for nothing.
        hang: Cells that its further lines stand to the right of the first.
    """

    text: str
    ink: Style | None = None
    indent: int = 0
    data: Any = None
    hang: int = 0


class Sheet(Page):
    """A page of paragraphs."""

    AUTO_FOCUS = "#sheet"

    def body(self) -> Iterable[Widget]:
        yield Entries(id="sheet")

    def on_mount(self) -> None:
        self.redraw()

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        self.call_after_refresh(self.redraw)

    @property
    def sheet(self) -> Entries:
        """The lines."""
        return self.query_one("#sheet", Entries)

    def trail(self) -> list[str]:
        return [self.say("对标", "Compare"), self.say(*self.CALLED)]

    def said(self) -> Iterable[Said]:
        """The paragraphs."""
        return ()

    def redraw(self) -> None:
        width = max((self.sheet.size.width or self.app.size.width) - 3, 30)
        self.sheet.show([entry for number, each in enumerate(self.said()) for entry in self._lines(number, each, width)])
        super().redraw()

    def _lines(self, number: int, each: Said, width: int) -> Iterator[Entry]:
        ink = each.ink or self.duibiao.inks.text
        lead = " " * (1 + each.indent * INDENT)
        lines = wrapped(each.text, max(width - len(lead) - each.hang, 10)) or [""]
        for place, line in enumerate(lines):
            data = (number, place, each.data)
            yield Entry([(lead + (" " * each.hang if place else "") + line, ink)], data)

    @property
    def at_cursor(self) -> Any:
        """What the paragraph under the cursor stands for; None for nothing."""
        chosen = self.sheet.chosen
        return None if chosen is None else chosen[2]


__all__ = ["Said", "Sheet"]
