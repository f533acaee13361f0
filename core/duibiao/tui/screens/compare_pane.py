"""A whole row in words: what each standard asks, in which clause, for which points, with which exceptions; who is stricter."""

from __future__ import annotations

from collections.abc import Iterator

from rich.style import Style

from duibiao.compare.demands import Demand
from duibiao.compare.table import Row
from duibiao.model.sources import Cite
from duibiao.services.compare_board import sign
from duibiao.services.phrasing import VERDICTS
from duibiao.tui.look import Inks, wrapped
from duibiao.tui.screens.compare_view import View

Told = tuple[str, Style]


def whole(view: View, row: Row, width: int, inks: Inks) -> Iterator[Told]:
    """Lines about a row: its name, who is stricter, the standard that the cursor is on, then the others."""
    assert view.board is not None  # noqa: S101 - there are no rows before
    yield from _lines(_head(view, row), width, inks.head)
    mark = sign(row).strip()
    lead = f"{mark} " if mark else ""
    yield from _lines(lead + view.words.standing(row.standing, view.labels), width, inks.good if mark == "=" else inks.open)
    here = view.column
    for column in (here, *(each for each in range(len(view.labels)) if each != here)):
        yield from _standard(view, row, column, width, inks)


def _head(view: View, row: Row) -> str:
    """What the row is about, and the unit's own value."""
    board, title = view.board, view.brief.title(row)
    line = board.line(row) if board is not None else None
    if line is None:
        return title
    own = f"{view.words.fact(row.fact)} = {view.words.value(row.fact, line.value) or view.words.say('未知', 'unknown')}"
    return own if title == view.words.fact(row.fact) else f"{title}{view.words.phrases.stop}{own}"


def _standard(view: View, row: Row, column: int, width: int, inks: Inks) -> Iterator[Told]:
    say, cell = view.words.say, row.cells[column]
    label = f"{'▶ ' if column == view.column else '  '}{view.labels[column]}"
    if not cell:
        yield from _lines(label + say("：没有要求", ": asks nothing"), width, inks.dim)
        return
    verdict = view.verdict(row, column)
    told = "" if verdict is None else f"  {VERDICTS[verdict][0]} {say(*VERDICTS[verdict][1:])}"
    best = row.standing.state == "ranked" and column in row.standing.strictest
    strictest = say("  ▲ 最严", "  ▲ strictest") if best else ""
    assert view.board is not None  # noqa: S101
    standard = view.board.comparison.programs[column].standard
    scoring = standard.scoring.cite
    yield from _lines(f"{label}{told}{strictest}  {standard.header.document}", width, inks.mark)
    for each in cell:
        yield from _lines(_demand(view, row, each, column), width, inks.text, 4)
    for reason in dict.fromkeys(_assumed(each, scoring) for each in cell if each.assumed):
        yield from _lines(say("※ 假定：", "※ assumed: ") + reason, width, inks.open, 4)


def _assumed(each: Demand, scoring: Cite) -> str:
    """Why a value without a source is there: the demand's own, or the points of the whole standard."""
    return each.cite.reason or scoring.reason


def _demand(view: View, row: Row, each: Demand, column: int) -> str:
    """One demand with its item, its clause (the document too where it is another one), and the source's own words."""
    words = view.words
    assert view.board is not None  # noqa: S101
    own = view.board.comparison.programs[column].standard.header.document
    title = words.say(each.item.title or "", each.item.title_en or each.item.title or "")
    named = title if title != words.fact(row.fact) else ""
    source = words.clause(each.cite, own)
    printed = words.say(f"“{each.cite.as_printed}”", f"«{each.cite.as_printed}»") if each.cite.as_printed else ""
    return words.phrases.stop.join(part for part in (words.demand(each, row), named, source, printed) if part)


def _lines(text: str, width: int, ink: Style, indent: int = 0) -> Iterator[Told]:
    yield from ((" " * indent + line, ink) for line in wrapped(text, max(width - indent, 10)))


__all__ = ["Told", "whole"]
