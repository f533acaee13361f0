"""A screen too small to work on says so, in place of lines cut short."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widget import Widget

from duibiao.tui.base import Line, Page
from duibiao.tui.lines import Part
from duibiao.tui.look import fit

LEAST = (60, 18)
"""Columns and rows that a screen needs."""


class SmallLine(Line):
    """What is said then; out of sight otherwise."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        columns, rows = LEAST
        told = self.duibiao.say(f" 请放大到 {columns}×{rows}", f" please enlarge to {columns}×{rows}")
        return [(fit(told, width), self.inks.bad)]


def hide_when_small(page: Page, *widgets: Widget) -> bool:
    """Show either *widgets* or the request for more room; whether the screen is too small."""
    columns, rows = page.app.size
    small = columns < LEAST[0] or rows < LEAST[1]
    page.query_one(SmallLine).display = small
    for each in widgets:
        each.display = not small
    return small


__all__ = ["LEAST", "SmallLine", "hide_when_small"]
