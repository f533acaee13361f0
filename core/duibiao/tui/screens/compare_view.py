"""What of a comparison is in sight: which rows and columns, in which width, in whose words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import frozen
from rich.cells import cell_len, set_cell_size

from duibiao.compare.table import Row
from duibiao.model.outcome import Verdict
from duibiao.registry import Registry
from duibiao.services.compare_board import Board, Brief, Narrow, narrowed
from duibiao.services.compare_words import DemandWords
from duibiao.services.comparing import labels
from duibiao.services.phrasing import VERDICTS, Phrases
from duibiao.tui.look import SAFE

FIRST, WIDEST_FIRST = 22, 34
"""Least and most cells of the column of data items."""
LEAST, OWN = 19, 12
"""The least cells of a standard's column; those of the unit's own values."""
GAPS = 4
"""A blank before the first column, one behind it, and the sign that says whether the standards differ."""
NOBODY = "—"
_MARKS = re.compile(r" [!~※]+$")
_NUMBER_AT_END = re.compile(r"[≥≤<>=]*\s*[\d.,]+$")


@frozen
class Columns:
    """How the width is divided.

    Attributes:
        first: Cells of the first column.
        own: Cells of the unit's own values; 0 without a unit.
        each: Cells of a standard's column.
        start: Number of the first standard in sight.
        count: How many are in sight.
        total: How many there are.
    """

    first: int
    own: int
    each: int
    start: int
    count: int
    total: int

    @property
    def shown(self) -> range:
        """Numbers of the standards in sight."""
        return range(self.start, self.start + self.count)

    @property
    def told(self) -> str:
        """Which of how many are in sight, with arrows to where the others are; empty when all are."""
        if self.count == self.total:
            return ""
        last = self.start + self.count
        which = str(last) if self.count == 1 else f"{self.start + 1}–{last}"
        return f"{'← ' if self.start else ''}{which}/{self.total}{' →' if last < self.total else ''}"


def divided(width: int, total: int, column: int, start: int = 0, *, own: bool) -> Columns:
    """The columns that fit into *width* cells, standard number *column* among them, as few as possible away from *start*."""
    first = min(max(width // 5, FIRST), WIDEST_FIRST)
    beside = OWN if own else 0
    room = width - first - beside - GAPS
    count = max(min(room // (LEAST + 1), total), 1)
    start = min(max(start, column - count + 1), column, max(total - count, 0))
    return Columns(first, beside, max(room // count - 1, 4), start, count, total)


def squeezed(texts: Sequence[str], width: int, dots: str = "…") -> str:
    """Several demands in *width* cells: all of them, else some and how many more, else the beginning of the first."""
    for count in range(len(texts), 0, -1):
        text = " / ".join(texts[:count]) + _more(len(texts) - count)
        if cell_len(text) <= width:
            return text
    more = _more(len(texts) - 1)
    return shortened(texts[0], width - cell_len(more), dots) + more if texts else ""


def _more(count: int) -> str:
    return f" +{count}" if count else ""


def shortened(text: str, width: int, dots: str = "…") -> str:
    """The beginning of *text* with its marks in *width* cells, cut with *dots*; never a part of a number."""
    if cell_len(text) <= width:
        return text
    marks = _MARKS.search(text)
    tail = dots + (marks[0] if marks else "")
    room = width - cell_len(tail)
    if room < 1:
        return set_cell_size(dots, max(width, 0))
    head = set_cell_size(text, room).rstrip()
    return _NUMBER_AT_END.sub("", head).rstrip() + tail


class View:
    """What of a comparison is in sight.

    Attributes:
        board: The comparison; None while it is made.
        narrow: Which rows are wanted.
        rows: The rows that are.
        column: Number of the standard that the cursor is on.
        start: Number of the first standard in sight.
        safe: Whether the terminal draws ambiguous characters two cells wide: then others stand for them, which need more room.
        width: Cells of a line: the same in the matrix, above and below it, whether or not it has a scroll bar.
    """

    def __init__(self) -> None:
        self.board: Board | None = None
        self.labels: tuple[str, ...] = ()
        self.narrow = Narrow()
        self.rows: tuple[Row, ...] = ()
        self.column = 0
        self.start = 0
        self.width = 80
        self.safe = False
        self.lang = ""
        self.words: DemandWords
        self.brief: Brief
        self._by_fact: dict[str, Row] = {}

    def take(self, board: Board, registry: Registry, phrases: Phrases) -> None:
        """Another comparison; a topic that it does not have is given up."""
        self.board = board
        self.column = min(self.column, len(board.names) - 1)
        if self.narrow.topic not in board.comparison.topics():
            self.narrow = Narrow("", self.narrow.differing, self.narrow.contested, self.narrow.needle)
        self._by_fact = {row.fact: row for row in board.comparison.rows}
        self.speak(registry, phrases)

    def speak(self, registry: Registry, phrases: Phrases) -> None:
        """In another language."""
        assert self.board is not None  # noqa: S101 - nothing is said before
        self.lang, self.words = phrases.lang, DemandWords(phrases)
        self.brief = Brief(self.words)
        self.labels = tuple(labels(registry, self.board.names, phrases))
        self.choose(self.narrow)

    def choose(self, narrow: Narrow) -> None:
        """Other rows."""
        assert self.board is not None  # noqa: S101
        self.narrow = narrow
        self.rows = narrowed(self.board.comparison, narrow, self.words)

    def row(self, fact: object) -> Row | None:
        """The row about a data item."""
        return self._by_fact.get(str(fact))

    @property
    def columns(self) -> Columns:
        """How a line is divided now."""
        assert self.board is not None  # noqa: S101
        return divided(self.width, len(self.labels), self.column, self.start, own=self.board.look is not None)

    def columns_in(self, width: int) -> Columns:
        """The same; every column where somebody asks for a line wider than the screen."""
        if self.board is None or width <= self.width + 1:
            return self.columns
        return divided(width, len(self.labels), self.column, own=self.board.look is not None)

    def move(self, step: int) -> None:
        """The cursor to another standard, which comes into sight."""
        self.column = max(0, min(self.column + step, len(self.labels) - 1))
        self.start = self.columns.start

    def verdict(self, row: Row, column: int) -> Verdict | None:
        """How the unit's values come out under a standard; None without a unit, or where nothing is asked of it."""
        line = self.board.line(row) if self.board is not None else None
        return None if line is None else line.verdicts[column]

    def cell(self, row: Row, column: int, width: int) -> str:
        """A cell of the matrix: the verdict's sign, the strictest's, then what is asked."""
        texts = self.brief.cell(row, column)
        if not texts:
            return NOBODY
        verdict = self.verdict(row, column)
        signs = "" if verdict is None else VERDICTS[verdict][0]
        signs += "▲" if row.standing.state == "ranked" and column in row.standing.strictest else ""
        lead = self.plain(f"{signs} " if signs else "")
        return lead + squeezed([self.plain(each) for each in texts], width - cell_len(lead), ".." if self.safe else "…")

    def plain(self, text: str) -> str:
        """*text* in the characters that will be drawn."""
        return text.translate(SAFE) if self.safe else text


__all__ = ["NOBODY", "OWN", "Columns", "View", "divided", "shortened", "squeezed"]
