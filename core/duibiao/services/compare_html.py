"""A comparison as one HTML file that needs nothing else: a table per topic, every cell with its clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from duibiao.compare.table import Comparison, Row
from duibiao.model.text import exported
from duibiao.rules.program import Program
from duibiao.services.compare_sections import Entry, Section
from duibiao.services.compare_words import DemandWords

STYLE = """
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 2rem; color: #1a1a1a; }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem; table-layout: fixed; }
th, td { border: 1px solid #c8c8c8; padding: .4rem .6rem; vertical-align: top; text-align: left; overflow-wrap: anywhere; }
thead th { position: sticky; top: 0; background: #f0f3f6; }
tbody th { font-weight: 600; background: #fafbfc; }
.clause { display: block; color: #55606a; font-size: .85em; }
.standing { display: block; font-weight: 400; font-size: .85em; margin-top: .2rem; }
.strictest { border-left: .35rem solid #0b57a4; }
.strictest > div:first-child::before { content: "▲ "; }
td > div + div { margin-top: .4rem; }
.nothing { color: #6a737c; }
@media print { thead th { position: static; } body { margin: 0; } }
"""


class Sheet:
    """Writes the file."""

    def __init__(self, found: Comparison, sections: Sequence[Section], words: DemandWords, labels: Sequence[str]) -> None:
        self.found, self.sections, self.words, self.labels = found, sections, words, labels
        self.say = words.say

    def text(self) -> str:
        """The whole file."""
        return "\n".join(self.parts()) + "\n"

    def parts(self) -> Iterator[str]:
        """The file piece by piece."""
        title = _safe(self.say("标准对照：", "Standards compared: ") + self.words.phrases.comma.join(self.labels))
        yield f'<!doctype html>\n<html lang="{self.say("zh-CN", "en")}">\n<head>\n<meta charset="utf-8">'
        yield f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>'
        yield f"<style>{STYLE}</style>\n</head>\n<body>"
        yield f"<h1>{title}</h1>"
        yield (
            "<ul>"
            + "".join(self.about(each, label) for each, label in zip(self.found.programs, self.labels, strict=True))
            + "</ul>"
        )
        for topic in self.found.topics():
            yield from self.topic(topic)
        for section in self.sections:
            yield from self.section(section)
        yield "</body>\n</html>"

    def about(self, program: Program, label: str) -> str:
        """One standard of the head."""
        header = program.standard.header
        name = self.say(header.title, header.title_en or header.title)
        said = f"{label} — {name} · {header.id}@{header.edition} · {header.document} · {program.standard.content_hash}"
        return f"<li>{_safe(said)}</li>"

    def topic(self, topic: str) -> Iterator[str]:
        """One topic's table."""
        known = self.words.phrases.vocabulary.topics.get(topic)
        name = self.say(known.title, known.title_en or known.title) if known else topic or self.say("其他", "Other")
        yield f"<h2>{_safe(name)}</h2>\n<table>\n<thead><tr><th>{_safe(self.say('数据项', 'fact'))}</th>"
        yield "".join(f"<th>{_safe(label)}</th>" for label in self.labels) + "</tr></thead>\n<tbody>"
        for row in self.found.rows:
            if row.topic == topic:
                yield self.row(row)
        yield "</tbody>\n</table>"

    def row(self, row: Row) -> str:
        """One fact."""
        standing = _safe(self.words.standing(row.standing, self.labels))
        head = f'<th scope="row">{_safe(self.words.fact(row.fact))}<span class="standing">{standing}</span></th>'
        cells = []
        for column, (program, cell) in enumerate(zip(self.found.programs, row.cells, strict=True)):
            own = program.standard.header.document
            said = [(self.words.demand(each, row), self.words.clause(each.cite, own)) for each in cell]
            ahead = row.standing.state == "ranked" and column in row.standing.strictest
            cells.append(self.cell(said, ahead=ahead))
        return f"<tr>{head}{''.join(cells)}</tr>"

    def cell(self, said: Sequence[tuple[str, str]], *, ahead: bool = False) -> str:
        """A cell of demands or items, each with its clause."""
        if not said:
            return '<td class="nothing">–</td>'
        inner = "".join(f'<div>{_safe(text)}<span class="clause">{_safe(clause)}</span></div>' for text, clause in said)
        return f'<td class="strictest">{inner}</td>' if ahead else f"<td>{inner}</td>"

    def section(self, section: Section) -> Iterator[str]:
        """One table of items."""
        yield f"<h2>{_safe(section.title)}</h2>\n<table>\n<thead><tr>"
        yield "".join(f"<th>{_safe(label)}</th>" for label in self.labels) + "</tr></thead>\n<tbody><tr>"
        for program, cell in zip(self.found.programs, section.cells, strict=True):
            own = program.standard.header.document
            yield self.cell([(_line(each), self.words.clause(each.cite, own)) for each in cell])
        yield "</tr></tbody>\n</table>"


def _line(each: Entry) -> str:
    return f"{each.title} — {each.text}" if each.text else each.title


def _safe(text: str) -> str:
    return escape(exported(text))


__all__ = ["Sheet"]
