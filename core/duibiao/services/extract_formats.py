"""The formats of extracts: Markdown to read, CSV for a spreadsheet. Others join with :func:`add_format`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain

from attrs import frozen

from duibiao.exchange.target import Cell, csv_bytes
from duibiao.model.notation import plain
from duibiao.model.text import exported
from duibiao.services.extract import Clause, Extract, Table

Say = Callable[[str, str], str]


@frozen
class Format:
    """A way to write an extract.

    Attributes:
        id: Short name, also the suffix of its files.
        zh: What it is called in Chinese.
        en: The same in English.
        write: The bytes of an extract, piece by piece.
        readable: Whether the bytes are text that can be looked at before it is written.
    """

    id: str
    zh: str
    en: str
    write: Callable[[Extract, Say], Iterator[bytes]]
    readable: bool = True


FORMATS: dict[str, Format] = {}
"""The formats there are, by short name."""


def add_format(made: Format) -> None:
    """Have another format offered. ValueError when the name is taken."""
    if made.id in FORMATS:
        raise ValueError(made.id)
    FORMATS[made.id] = made


# what every format ends with


def end_tables(found: Extract, say: Say) -> list[Table]:
    """The clauses used and what was assumed, as tables."""
    ends = []
    if found.clauses:
        header = (say("文件", "document"), say("名称", "title"), say("条款", "clause"), say("用于", "used for"))
        ends.append(Table(say("依据的条款", "Clauses used"), header, [_clause(each, say) for each in found.clauses]))
    rows = [*found.assumed] or [(say("没有假定的值", "nothing was assumed"), "")]
    ends.append(Table(say("假定的值", "What was assumed"), (say("内容", "what"), say("为什么", "why")), rows))
    return ends


MOST_USES = 6


def _clause(each: Clause, say: Say) -> tuple[str, str, str, str]:
    uses = say("、", ", ").join(each.used_by[:MOST_USES])
    more = len(each.used_by) - MOST_USES
    uses += say(f" 等 {len(each.used_by)} 项", f" and {more} more") if more > 0 else ""
    return each.document, each.title if each.title != each.document else "", each.clause, uses


def end_line(found: Extract, say: Say) -> tuple[str, str]:
    """Where the journal stood."""
    return say("记录到", "Journal at"), found.head


# Markdown


def markdown(found: Extract, say: Say) -> Iterator[bytes]:
    """The extract as Markdown, UTF-8."""
    yield f"# {escaped(found.title)}\n\n".encode()
    for label, text in found.told:
        yield f"- {escaped(label)}{say('：', ': ')}{escaped(text)}\n".encode()
    for table in chain(found.tables, end_tables(found, say)):
        yield from _table(table)
    label, text = end_line(found, say)
    yield f"\n{escaped(label)}{say('：', ': ')}`{text}`\n".encode()


def _table(table: Table) -> Iterator[bytes]:
    yield f"\n## {escaped(table.title)}\n\n{_row(table.header)}{_row(['---'] * len(table.header), raw=True)}".encode()
    for row in table.rows:
        yield _row([written(each) for each in row]).encode()


def _row(cells: Sequence[str], *, raw: bool = False) -> str:
    return f"| {' | '.join(each if raw else escaped(each) for each in cells)} |\n"


def written(cell: Cell) -> str:
    """A cell as people read it."""
    match cell:
        case None:
            return ""
        case date():
            return cell.isoformat()
        case Decimal():
            return plain(cell)
    return str(cell)


_SIGNS = re.compile(r"([\\`*_\[\]<>|#~])")


def escaped(text: str) -> str:
    """*text* so that Markdown shows it as it stands: no markup, no row of its own, no hidden characters."""
    return "<br>".join(_SIGNS.sub(r"\\\1", line.strip()) for line in exported(text).splitlines()).strip()


# CSV


def comma_separated(found: Extract, say: Say) -> Iterator[bytes]:
    """The extract as CSV: the first table from the first line on, everything else below it, parted by empty lines."""
    first, *others = found.tables or (Table("", (found.title,), ()),)
    rows: Iterable[Sequence[Cell]] = chain(
        first.rows,
        chain.from_iterable(_below(each) for each in (*others, *end_tables(found, say))),
        [(), (say("内容", "Content"), found.title), *found.told, end_line(found, say)],
    )
    yield from csv_bytes(first.header, rows)


def _below(table: Table) -> Iterator[Sequence[Cell]]:
    yield ()
    yield (table.title,)
    yield table.header
    yield from table.rows


add_format(Format("md", "Markdown 文档", "Markdown", markdown))
add_format(Format("csv", "CSV 表格", "CSV table", comma_separated))

__all__ = [
    "FORMATS",
    "Format",
    "Say",
    "add_format",
    "comma_separated",
    "end_line",
    "end_tables",
    "escaped",
    "markdown",
    "written",
]
