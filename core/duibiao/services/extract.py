"""What is written out for others: titled tables, then the clauses used, what was assumed, and where the journal stood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import field, frozen

from duibiao.errors import BadInputError, Problem, Where
from duibiao.exchange.target import Cell
from duibiao.model.sources import Cite
from duibiao.registry import Registry
from duibiao.services.desk import Desk
from duibiao.services.phrasing import Phrases

KINDS: tuple[tuple[str, str, str], ...] = (
    ("cases", "案卷清单", "list of cases"),
    ("case", "一件申报件", "one case"),
    ("facts", "单位数据", "facts of units"),
    ("scores", "各级打分", "score columns"),
    ("targets", "目标进度", "targets"),
    ("compare", "标准对照", "standards side by side"),
)
"""What can be exported: name, words in both languages."""


@frozen
class Asked:
    """What somebody wants to have exported.

    Attributes:
        what: One of :data:`KINDS`.
        case: Case id, for ``case`` and ``scores``; its unit's values stand beside a comparison.
        standards: Standard ids; for ``cases``, ``facts`` and ``targets`` none means all.
        territory: Beginning of the units' codes; empty for all.
        year: Year of the round, of the facts or of the targets; None for all.
        status: State of the cases; empty for all.
        topic: Topic of the comparison; empty for all.
        differing: Whether a comparison shows only what differs.
        contested: Whether it shows only what two standards or more ask, and not alike.
        needle: Words or pinyin initials that its rows are found by; empty for all.
        unit: Code or name of a unit whose values stand beside it, where there is no case.
    """

    what: str
    case: str = ""
    standards: tuple[str, ...] = ()
    territory: str = ""
    year: int | None = None
    status: str = ""
    topic: str = ""
    differing: bool = False
    contested: bool = False
    needle: str = ""
    unit: str = ""


@frozen
class Table:
    """A table.

    Attributes:
        title: What it shows.
        header: Names of the columns.
        rows: Its rows; may be read from the workspace while they are written, and can be read again.
    """

    title: str
    header: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]


@frozen
class Extract:
    """Something ready to be written in any format.

    Attributes:
        title: What it is.
        told: What a reader must know first: label and text.
        tables: The content.
        clauses: The clauses it rests on.
        assumed: What no source gives and was assumed: where, and why.
        head: Where the journal stood when it was read: ``seq-16hex``.
    """

    title: str
    told: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    clauses: tuple[Clause, ...] = ()
    assumed: tuple[tuple[str, str], ...] = ()
    head: str = ""


@frozen
class Clause:
    """A clause, and what of the content rests on it.

    Attributes:
        document: Document id.
        clause: Clause id.
        title: Title of the document, where it is known.
        used_by: Titles of what rests on it.
    """

    document: str
    clause: str
    title: str
    used_by: tuple[str, ...]


@frozen
class Sources:
    """Gathers the clauses and assumptions of what is being written.

    Attributes:
        registry: Knows the documents.
        phrases: Words in the person's language.
    """

    registry: Registry
    phrases: Phrases
    _clauses: dict[tuple[str, str], dict[str, None]] = field(factory=dict)
    _assumed: dict[tuple[str, str], None] = field(factory=dict)

    def add(self, cite: Cite, title: str) -> None:
        """*title* rests on *cite*."""
        if cite.document and (cite.clause or not cite.assumed):
            self._clauses.setdefault((cite.document, cite.clause), {})[title] = None
        if cite.assumed:
            self.assume(title, cite.reason)

    def assume(self, what: str, reason: str) -> None:
        """No source gives *what*."""
        self._assumed[what, reason] = None

    def clauses(self) -> tuple[Clause, ...]:
        """The clauses, document by document in the order of use, each document's as they are printed."""
        known = {doc.id: doc for home in self.registry.jurisdictions.values() for doc in home.documents}
        printed = {(doc.id, each.id): place for doc in known.values() for place, each in enumerate(doc.clauses)}
        order = {document: place for place, document in enumerate(dict.fromkeys(doc for doc, _ in self._clauses))}
        found = sorted(self._clauses.items(), key=lambda each: (order[each[0][0]], printed.get(each[0], len(printed))))
        return tuple(Clause(doc, clause, known[doc].title if doc in known else "", tuple(used)) for (doc, clause), used in found)

    def assumed(self) -> tuple[tuple[str, str], ...]:
        """What was assumed, and why."""
        return tuple(self._assumed)


@frozen
class Work:
    """What every part of an extract is made with.

    Attributes:
        desk: Workspace, standards, day.
        phrases: Words in the person's language.
        asked: What is wanted.
        sources: Gathers clauses and assumptions.
    """

    desk: Desk
    phrases: Phrases
    asked: Asked
    sources: Sources

    def say(self, zh: str, en: str) -> str:
        """The word in the person's language."""
        return self.phrases.say(zh, en)

    def words(self, *pairs: tuple[str, str]) -> tuple[str, ...]:
        """Several words at once: names of columns."""
        return tuple(self.say(*each) for each in pairs)

    def standard_title(self, name: str) -> str:
        """Title and edition of a standard; its id where it is not installed."""
        headers = self.desk.registry.headers
        if name not in headers:
            return name
        return f"{self.say(headers[name].title, headers[name].title_en or headers[name].title)} {name}@{headers[name].edition}"

    def scope(self) -> tuple[tuple[str, str], ...]:
        """What the content was narrowed to, in words."""
        asked = self.asked
        told = [(self.say("标准", "Standard"), self.standard_title(each)) for each in asked.standards]
        told += [(self.say("辖区代码", "Territory"), asked.territory)] if asked.territory else []
        told += [(self.say("年份", "Year"), str(asked.year))] if asked.year is not None else []
        return tuple(told)

    def need_case(self) -> str:
        """The case asked for; BadInputError E_NO_CASE when none was named."""
        if not self.asked.case:
            raise BadInputError([Problem("E_NO_CASE", Where("CASE"))])
        return self.asked.case


__all__ = ["KINDS", "Asked", "Clause", "Extract", "Sources", "Table", "Work"]
