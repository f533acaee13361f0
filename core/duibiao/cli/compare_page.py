"""What ``duibiao compare`` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console

from duibiao.cli.base import Session, width_of, wrap
from duibiao.cli.output import console, flow, table
from duibiao.compare.demands import Demand
from duibiao.compare.table import Comparison, Row
from duibiao.rules.program import Program
from duibiao.services.compare_sections import Section
from duibiao.services.compare_words import DemandWords
from duibiao.wording import many

WIDE = 110
"""From so many cells on, standards stand in columns; below, one under the other."""
MOST_COLUMNS = 5


class Page:
    """Standards side by side on a terminal."""

    def __init__(self, state: Session, words: DemandWords, labels: Sequence[str], out: Console | None = None) -> None:
        self.say = state.say
        self.words = words
        self.labels = labels
        self.out = out or console()
        self.label_width = max(map(width_of, labels), default=0)

    # pieces

    def line(self, text: str, indent: int = 0, style: str = "") -> None:
        """A line that may wrap."""
        flow(self.out, text, style, indent)

    def heading(self, text: str) -> None:
        """A line above what follows."""
        self.out.print()
        self.out.print(text, style="bold underline", soft_wrap=True)

    def hang(self, head: str, text: str, style: str = "") -> None:
        """A line with a head; what follows stands under the text."""
        indent = width_of(head)
        first, *rest = wrap(text, max(self.out.width - indent, 24))
        self.out.print(f"{head}{first}", soft_wrap=True, style=style or None)
        for each in rest:
            self.out.print(" " * indent + each, soft_wrap=True, style=style or None)

    def beside(self, mark: str, column: int, texts: Sequence[str]) -> None:
        """What one standard says, its name in front."""
        label = self.labels[column]
        head = f"{mark} {label}{' ' * (self.label_width - width_of(label))}  "
        for place, text in enumerate(texts):
            self.hang(head if place == 0 else " " * width_of(head), text)

    def topic_title(self, topic: str) -> str:
        """A topic's title."""
        known = self.words.phrases.vocabulary.topics.get(topic)
        return self.say(known.title, known.title_en or known.title) if known else topic or self.say("其他", "Other")

    # the comparison

    def comparison(self, found: Comparison, sections: Sequence[Section]) -> None:
        """Everything: who is compared, fact by fact, table by table, and sums."""
        self.head(found.programs)
        in_columns = self.out.width >= WIDE and len(self.labels) <= MOST_COLUMNS
        for topic in found.topics():
            self.heading(self.topic_title(topic))
            rows = [row for row in found.rows if row.topic == topic]
            if in_columns:
                self.columns(found.programs, rows)
            else:
                self.blocks(found.programs, rows)
        for section in sections:
            self.section(found.programs, section)
        self.sums(found)

    def head(self, programs: Sequence[Program]) -> None:
        """Who is compared."""
        for column, program in enumerate(programs):
            header = program.standard.header
            title = self.say(header.title, header.title_en or header.title)
            self.beside("·", column, [f"{title}  {header.id}@{header.edition}  {header.document}"])

    def blocks(self, programs: Sequence[Program], rows: Iterable[Row]) -> None:
        """Facts with the standards one under the other."""
        for row in rows:
            self.line(f"{self.words.fact(row.fact)}  {self.words.standing(row.standing, self.labels)}", style="bold")
            for column, program in enumerate(programs):
                texts = self.cell(program, row, row.cells[column])
                if texts or row.standing.state not in ("only", "aims"):
                    self.beside(self.mark(row, column), column, texts or ["–"])

    def columns(self, programs: Sequence[Program], rows: Iterable[Row]) -> None:
        """Facts as lines of a table, the standards as columns."""
        lines = []
        for row in rows:
            first = f"{self.words.fact(row.fact)}\n{self.words.standing(row.standing, self.labels)}"
            cells = []
            for column, program in enumerate(programs):
                texts = self.cell(program, row, row.cells[column])
                cells.append("\n".join(texts[:1] and [f"{self.mark(row, column)} {texts[0]}".strip(), *texts[1:]]) or "–")
            lines.append((first, *cells))
        made = table([self.say("数据项", "fact"), *self.labels], lines)
        for each in made.columns:
            each.ratio = 1
        made.expand, made.pad_edge, made.show_lines = True, False, False
        made.row_styles = ["", "dim"] if self.out.is_terminal else [""]
        self.out.print(made)

    def mark(self, row: Row, column: int) -> str:
        """What marks the strictest."""
        return "▲" if row.standing.state == "ranked" and column in row.standing.strictest else " "

    def cell(self, program: Program, row: Row, demands: Sequence[Demand]) -> list[str]:
        """What one standard demands of a fact, each with its clause."""
        own = program.standard.header.document
        return [f"{self.words.demand(each, row)}  {self.words.clause(each.cite, own)}".rstrip() for each in demands]

    def section(self, programs: Sequence[Program], section: Section) -> None:
        """One table of every standard."""
        self.heading(section.title)
        for column, (program, cell) in enumerate(zip(programs, section.cells, strict=True)):
            own = program.standard.header.document
            texts = []
            for each in cell:
                assumed = [self.say("假定", "assumed")] if each.cite.assumed else []
                said = [each.title, each.text, self.words.clause(each.cite, own), *assumed]
                texts.append("  ".join(filter(None, said)))
            self.beside(" ", column, texts or ["–"])

    def sums(self, found: Comparison) -> None:
        """How many facts stand how."""
        counts = Counter(row.standing.state for row in found.rows)
        words: Mapping[str, tuple[str, str]] = {
            "ranked": ("有宽有严", "ranked"), "same": ("要求相同", "the same"), "crossing": ("各有宽严", "each stricter in part"),
            "incomparable": ("方式不同、不可比", "incomparable"), "only": ("只有一家要求", "asked by one only"),
            "aims": ("只见于目标", "only in targets"),
        }  # fmt: skip
        told = [f"{self.say(*words[state])} {count}" for state, count in counts.items()]
        self.out.print()
        total = self.say(f"共 {len(found.rows)} 个数据项：", f"{many(len(found.rows), 'fact')}: ")
        self.line(total + self.words.phrases.comma.join(told))


__all__ = ["Page"]
