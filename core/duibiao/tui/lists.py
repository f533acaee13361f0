"""A list of ready lines: for screens whose lines do not change while one looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen
from rich.style import Style

from duibiao.tui.lines import Part, Rows
from duibiao.tui.look import fit, wrapped


@frozen
class Entry:
    """A line of a list.

    Attributes:
        parts: What it says.
        data: What it stands for; None for a heading, which the cursor passes over.
    """

    parts: Sequence[Part]
    data: Any = field(default=None)


class Entries(Rows):
    """A list of :class:`Entry`."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - textual's own name
        super().__init__(id=id, classes=classes)
        self.entries: Sequence[Entry] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these; the cursor stays on what it was on, if that is still there."""
        now = self.chosen
        self.entries = entries
        self.renew()
        same = next((i for i, each in enumerate(entries) if now is not None and each.data == now), self.cursor)
        self.cursor = min(same, max(len(entries) - 1, 0))
        self.move_to(self.cursor)

    def _show_cursor(self) -> None:
        """As in any list; what stands above the first line one can choose comes into sight with it."""
        super()._show_cursor()
        above = self.scroll_offset.y and self.cursor < self.size.height
        if above and not any(self.selectable(index) for index in range(self.cursor)):
            self.scroll_to(y=0, animate=False, force=True)

    @property
    def chosen(self) -> Any:
        """What the line under the cursor stands for; None on an empty list."""
        return self.entries[self.cursor].data if self.cursor < len(self.entries) else None

    def total(self) -> int:
        return len(self.entries)

    def selectable(self, index: int) -> bool:
        return self.entries[index].data is not None

    def parts(self, index: int, width: int) -> Sequence[Part]:
        return self.entries[index].parts


def heading(text: str, style: Style) -> Entry:
    """A line the cursor passes over."""
    return Entry([(text, style)])


def pair(first: str, second: str, width: int, styles: tuple[Style, Style], data: Any) -> Entry:
    """Two columns, the first *width* cells wide."""
    return Entry([(" " + fit(first, width) + " ", styles[0]), (second, styles[1])], data)


def paragraph(text: str, width: int, style: Style, indent: int = 0) -> list[list[Part]]:
    """Text in as many lines as it needs."""
    return [[(" " * indent + line, style)] for line in wrapped(text, max(width - indent, 10))]
