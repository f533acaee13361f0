"""Standards beside each other for somebody who looks around in them: which rows, which cells, whose values, in few words."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen

from duibiao.compare.demands import Demand
from duibiao.compare.elsewhere import Line, Look
from duibiao.compare.regions import Members, Region
from duibiao.compare.table import Comparison, Row, differs
from duibiao.model.facts import FactSet, Ticks
from duibiao.registry import Registry
from duibiao.rules.nodes import inputs_of
from duibiao.services.compare_words import DemandWords
from duibiao.services.comparing import FEWEST, compare_standards, elsewhere, labels
from duibiao.services.desk import Desk
from duibiao.services.facts import fact_set
from duibiao.services.initials import initials
from duibiao.services.phrasing import Phrases
from duibiao.services.units import find_unit
from duibiao.store import cases as kept
from duibiao.store.units import periods_of
from duibiao.wording import many

MOST = 9
"""So many standards can stand beside each other: each has a digit."""
OFFERED = 4
"""So many are put side by side before anybody has chosen."""
EXCEPTION, ASIDE, ASSUMED = "!", "~", "※"
"""Marks behind a demand: it has an exception or is made of some only; it is an aim or a reference; a value is assumed."""


@frozen
class Narrow:
    """Which rows are wanted.

    Attributes:
        topic: Topic id; empty for all.
        differing: Only what the standards do not all ask alike; what one alone asks is a difference.
        contested: Only what two or more ask, and not alike.
        needle: Part of a title, an id, or pinyin initials; empty for all.
    """

    topic: str = ""
    differing: bool = False
    contested: bool = False
    needle: str = ""


@frozen
class Whose:
    """Whose values stand beside: a case's unit for the case's year, or a unit for its newest year.

    Attributes:
        case: Case id; empty for none.
        unit: Code or name of a unit; empty for none.
    """

    case: str = ""
    unit: str = ""

    def __bool__(self) -> bool:
        return bool(self.case or self.unit)


@frozen
class Board:
    """Standards side by side, perhaps with a unit's own values.

    Attributes:
        comparison: The standards, row by row.
        labels: A short name for each column.
        look: The unit under all of them; None without one.
        case: The case whose unit it is; empty without one.
    """

    comparison: Comparison
    labels: tuple[str, ...]
    look: Look | None = None
    case: str = ""
    _lines: dict[str, Line] = field(factory=dict, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.look is not None:
            self._lines.update({each.row.fact: each for each in self.look.lines})

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of the standards, in their order."""
        return tuple(each.standard.id for each in self.comparison.programs)

    @property
    def unit(self) -> str:
        """Name of the unit whose values stand beside; empty without one."""
        return "" if self.look is None else self.look.facts.unit.name

    def line(self, row: Row) -> Line | None:
        """The unit's own value and verdicts on a row."""
        return self._lines.get(row.fact)


def board(registry: Registry, names: Sequence[str], phrases: Phrases, own: FactSet | None = None, case: str = "") -> Board:
    """*names* side by side; *own* is assessed under each.

    BadInputError as :func:`compare_standards`, and facts that do not fit.
    """
    comparison = compare_standards(registry, names)
    wanted = [each.standard.id for each in comparison.programs]
    look = elsewhere(registry, comparison, [own]).looks[0] if own is not None else None
    return Board(comparison, tuple(labels(registry, wanted, phrases)), look, case)


def own_facts(desk: Desk, whose: Whose) -> FactSet | None:
    """What is recorded of somebody; None for nobody. BadInputError: no such unit, values that cannot be read."""
    vocabulary = desk.registry.vocabulary
    listed = kept.case(desk.space, whose.case) if whose.case else None
    if listed is not None:
        return fact_set(desk.space, vocabulary, listed.unit.code, desk.day, str(listed.year))
    if not whose.unit:
        return None
    code = find_unit(desk.space, whose.unit).code
    return fact_set(desk.space, vocabulary, code, desk.day, next(iter(periods_of(desk.space, code)), None))


def usual(desk: Desk, case: str) -> tuple[str, ...]:
    """The standards that a person most likely wants side by side: the case's own, then those of other places for its kind.

    Without a case those for residents' committees, of which there are most.
    """
    registry = desk.registry
    listed = kept.case(desk.space, case) if case else None
    kind = listed.unit.kind if listed is not None else "居委会"
    own = [listed.standard] if listed is not None and listed.standard in registry.headers else []
    one_each: dict[str, str] = {registry.header(each).jurisdiction: each for each in own}
    for name, head in registry.headers.items():
        if kind in head.unit_kinds:
            one_each.setdefault(head.jurisdiction, name)
    found = tuple(one_each.values())[:OFFERED]
    return found if len(found) >= FEWEST else tuple(dict.fromkeys([*found, *registry.headers]))[:FEWEST]


def to_collect(look: Look, column: int, phrases: Phrases) -> dict[str, list[str]]:
    """Data items that a standard lacks, those that settle most first: each with what of it is lacking."""
    found: dict[str, list[str]] = {}
    for name in look.missing(column):
        found.setdefault(item_of(name, phrases), []).append(name)
    return found


def item_of(name: str, phrases: Phrases) -> str:
    """The data item of what is lacking, which may be a member of a list, of an earlier period, or of other units."""
    return phrases.split(name.partition("@")[0].removeprefix("peers."))[0]


@frozen
class Place:
    """Where a fact can be given.

    Attributes:
        case: Case id.
        indicators: Ids of its standard's indicators that look at the fact.
    """

    case: str
    indicators: tuple[str, ...]


def place_to_give(desk: Desk, code: str, fact: str, standards: Sequence[str], first: str = "") -> Place | None:
    """A case of the unit that asks for a fact: *first* if it does, else one under *standards*, newest first; None for none."""
    found = [each for each in kept.cases(desk.space, unit=code) if each.unit.code == code]
    found = [
        each for each in found if each.standard in desk.registry.headers and (each.id == first or each.standard in standards)
    ]
    found.sort(key=lambda each: (each.id != first, -each.year))
    for each in found:
        program = desk.registry.program(each.standard)
        if any(one.fact == fact for one in program.inputs):
            leaves = (leaf.id for leaf in program.leaves if any(one.fact == fact for one in inputs_of(leaf.rule)))
            return Place(each.id, tuple(leaves))
    return None


# which rows


def narrowed(comparison: Comparison, wanted: Narrow, words: DemandWords) -> tuple[Row, ...]:
    """The rows that are wanted, in order."""
    needle = wanted.needle.strip().lower()
    return tuple(
        row for row in comparison.rows
        if (not wanted.topic or row.topic == wanted.topic)
        and (row.differs or not (wanted.differing or wanted.contested))
        and (contested(row) or not wanted.contested)
        and (not needle or _called(row, needle, words))
    )  # fmt: skip


def sign(row: Row) -> str:
    """``≠`` where two standards or more ask something and not alike, ``=`` where they do; a blank where one alone asks."""
    return "≠" if contested(row) else "=" if sum(map(bool, row.cells)) > 1 else " "


def contested(row: Row) -> bool:
    """Whether two standards or more ask something, and not the same."""
    asking = [cell for cell in row.cells if cell]
    return len(asking) > 1 and differs(asking)


def _called(row: Row, needle: str, words: DemandWords) -> bool:
    ftype = words.type(row.fact)
    titles = [words.fact(row.fact), *([ftype.title, ftype.title_en or ""] if ftype is not None else [])]
    titles += [each.item.title for cell in row.cells for each in cell]
    return needle in row.fact or any(needle in each.lower() or needle in initials(each) for each in titles if each)


# few words


class Brief:
    """Rows and cells in few words."""

    def __init__(self, words: DemandWords) -> None:
        self.words, self.say = words, words.say

    def title(self, row: Row) -> str:
        """What a row is about: the ratio where nothing but that ratio is asked, else the data item."""
        subjects = {each.asked.subject for cell in row.cells for each in cell}
        (only, *others) = subjects
        return self.words.fact(row.fact) if others or not only.over else self.words.subject(only)

    def topic(self, topic: str) -> str:
        """A topic's title."""
        known = self.words.phrases.vocabulary.topics.get(topic)
        return self.say(known.title, known.title_en or known.title) if known else topic or self.say("其他", "other")

    def own(self, line: Line | None) -> str:
        """The unit's own value; of a list how many are there."""
        if line is None or line.value is None:
            return ""
        ftype = self.words.type(line.row.fact)
        if isinstance(line.value, Ticks) and ftype is not None:
            return f"{len(line.value.present)}/{len(ftype.options)}"
        return self.words.value(line.row.fact, line.value)

    def cell(self, row: Row, column: int) -> tuple[str, ...]:
        """What a standard asks on a row: operator, threshold, unit and marks, each once; of targets only what is not asked so."""
        cell = row.cells[column]
        found: dict[str, str] = {}
        for each in sorted(cell, key=lambda one: one.role == "target"):
            text = self.text(each)
            if each.role == "target" and text in found:
                continue
            text = self.say(f"目标 {text}", f"target {text}") if each.role == "target" else text
            found[text] = "".join(dict.fromkeys(found.get(text, "") + self.marks(each)))
        return tuple(f"{text} {marks}" if marks else text for text, marks in found.items())

    def text(self, each: Demand) -> str:
        """A demand's operator and threshold, or levels, or members."""
        asked = each.asked
        if asked.region is not None:
            text = self.region(each, asked.region)
        elif asked.soft is not None:
            text = self.words.soft(asked.subject, asked.soft)
        else:
            text = self.words.asked(asked, each)
        if each.role == "veto":
            text = self.say(f"否决：{text}", f"vetoed: {text}")
        return text + (
            self.say(f"，连续 {asked.sustained} 期", f", {many(asked.sustained, 'period')}") if asked.sustained > 1 else ""
        )

    def region(self, each: Demand, region: Region) -> str:
        """What satisfies; of a list its length first, which says most where the list itself has no room."""
        text = self.words.region(each.asked.subject, region, each)
        named = len(region.required) if isinstance(region, Members) and not (region.forbidden or region.least) else 0
        lead = self.say("有 ", "has ")
        return self.say(f"{named} 项：", f"{named}: ") + text.removeprefix(lead) if named > 1 and text.startswith(lead) else text

    def marks(self, each: Demand) -> str:
        """What else there is to know of a demand; the whole of it is told beside."""
        special = each.asked.cases or each.asked.either or self.words.applies(each)
        aside = each.force != "must" or (each.asked.soft is not None and each.asked.region is None)
        return (EXCEPTION if special else "") + (ASIDE if aside else "") + (ASSUMED if each.assumed else "")


__all__ = [
    "MOST", "Board", "Brief", "Narrow", "Place", "Whose", "board", "contested", "item_of", "narrowed", "own_facts",
    "place_to_give", "sign", "to_collect", "usual",
]  # fmt: skip
