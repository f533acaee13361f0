"""The points of every level beside each other, or below each other where that has no room; names and numbers are never cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style

from duibiao.model.notation import plain
from duibiao.services.place_words import level_word
from duibiao.tui.assess_panels import span
from duibiao.tui.lines import Part
from duibiao.tui.look import fit, flowed, wrapped

if TYPE_CHECKING:
    from duibiao.assess.columns import Columns, Row
    from duibiao.tui.app import DuibiaoApp

LEVEL, SPREAD = 15, 8
"""Cells for the points of a level, such as ``10.125–13.472*``, and for how far apart the levels are."""
LEAST_TITLE = 18
"""Cells that the name of an indicator needs beside its points."""

Lines = list[Sequence[Part]]


def column_lines(app: DuibiaoApp, found: Columns, width: int) -> Lines:
    """What the window says in *width* cells, in the language that is spoken now."""
    return _Told(app, found, width).lines()


class _Told:
    """Makes the lines."""

    def __init__(self, app: DuibiaoApp, found: Columns, width: int) -> None:
        self.say, self.inks, self.lang, self.comma = app.say, app.inks, app.lang, app.phrases.comma
        self.found, self.width = found, width
        self.levels = [each for each in found.levels if any(row.points.get(each) is not None for row in found.rows)]
        self.title = width - LEVEL * len(self.levels) - SPREAD

    def lines(self) -> Lines:
        """Title, a row for every indicator, what the marks mean."""
        if not self.levels:
            return self._wrapped(self.say("各级都还没有打分", "no level has scored yet"), self.inks.text)
        rows = self._beside() if self.title >= LEAST_TITLE else self._stacked()
        return [*rows, *self._below()]

    def _wrapped(self, text: str, style: Style) -> Lines:
        return [[(line, style)] for line in wrapped(text, self.width)]

    def _head(self) -> str:
        decides = self.found.deciding
        deciding = self.say(f"（{decides}为准）", f" ({level_word(decides, 'en')} decides)") if decides else ""
        return self.say("各级得分", "points by level") + deciding

    def _beside(self) -> Lines:
        levels = [(fit(level_word(each, self.lang), LEVEL, "right"), self.inks.head) for each in self.levels]
        first, *rest = wrapped(self._head(), self.title)
        lines: Lines = [[(fit(first, self.title), self.inks.head), *levels], *([(line, self.inks.head)] for line in rest)]
        for row in self.found.rows:
            lines += self._row(row)
        return lines

    def _row(self, row: Row) -> Lines:
        """The name in as many lines as it needs, the points in the first of them."""
        style = self.inks.bar if row.id == "score" else self.inks.text
        first, *rest = wrapped(self._name(row), self.title - 1)
        cells: list[Part] = [(fit(first, self.title), style)]
        cells += [(fit(self._points(row, level), LEVEL, "right"), style) for level in self.levels]
        cells.append((fit(f"Δ{plain(row.spread)}" if row.spread else "", SPREAD, "right"), self.inks.bad))
        return [cells, *([(line, style)] for line in rest)]

    def _stacked(self) -> Lines:
        """Under each name the levels with their points, beside each other as far as they go."""
        lines = self._wrapped(self._head(), self.inks.head)
        for row in self.found.rows:
            lines += self._wrapped(self._name(row), self.inks.head)
            told = [f"{level_word(level, self.lang)} {self._points(row, level)}" for level in self.levels]
            told += [f"Δ{plain(row.spread)}"] if row.spread else []
            lines += [[(f"  {line}", self.inks.text)] for line in flowed(told, self.width - 2)]
        return lines

    def _below(self) -> Lines:
        """What the marks mean, and which levels have not scored."""
        lines: Lines = []
        if any(row.given for row in self.found.rows):
            lines += self._wrapped(self.say("* 人工给分", "* points given by an assessor"), self.inks.dim)
        waiting = self.comma.join(level_word(each, self.lang) for each in self.found.waiting)
        if waiting:
            lines += self._wrapped(self.say(f"还没有打分：{waiting}", f"not scored yet: {waiting}"), self.inks.dim)
        return lines

    def _name(self, row: Row) -> str:
        return self.say("合计", "total") if row.id == "score" else self.say(row.title, row.title_en or row.title)

    def _points(self, row: Row, level: str) -> str:
        return span(row.points.get(level)) + ("*" if level in row.given else "")


__all__ = ["column_lines"]
