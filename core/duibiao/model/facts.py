"""Data items (数据项): their types, how people write them, and the exact integers inside.

A number is kept as an integer of its type's smallest step (0.01 m², a basis point, a fen),
so that every engine agrees on every boundary to the last digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from duibiao.errors import NOWHERE, Where


class Kind(StrEnum):
    """What sort of answer a data item takes."""

    FLAG = "flag"
    COUNT = "count"
    QUANTITY = "quantity"
    RATE = "rate"
    MONEY = "money"
    CHOICE = "choice"
    GRADE = "grade"
    CHECKLIST = "checklist"
    DATE = "date"
    EVENTS = "events"
    TITLE = "title"


NUMERIC = frozenset({Kind.COUNT, Kind.QUANTITY, Kind.RATE, Kind.MONEY})
LEVELLED = frozenset({Kind.CHOICE, Kind.GRADE})


@frozen
class Option:
    """A named member of a checklist, level of a grade or choice, or kind of event.

    Attributes:
        id: Stable English id.
        title: 中文 name.
        title_en: English name.
    """

    id: str
    title: str
    title_en: str = ""


@frozen
class Topic:
    """A subject that criteria of different standards share.

    Attributes:
        id: Stable id.
        title: 中文 name.
        title_en: English name.
    """

    id: str
    title: str
    title_en: str = ""


@frozen
class FactType:
    """One data item of the vocabulary.

    Attributes:
        id: Stable English id, the same in every standard.
        title: 中文 name; may be used instead of the id in facts files and expressions.
        title_en: English name.
        kind: What sort of answer it takes.
        unit: Unit symbol for numbers (``m2``, ``person``, ``%``, ``yuan``); empty when there is none.
        step: Smallest step of a number, in its unit (a rate: 0.01 %).
        low: Least possible value, in steps; for levels and flags the first index.
        high: Greatest possible value, in steps.
        options: Members, levels (worst first for grades) or event kinds.
        topic: Topic id.
        description: What exactly is counted, 中文.
        description_en: The same in English.
        aliases: Other names people write.
    """

    id: str
    title: str
    kind: Kind
    title_en: str = ""
    unit: str = ""
    step: Decimal = Decimal(1)
    low: int = 0
    high: int = 1
    options: tuple[Option, ...] = ()
    topic: str = ""
    description: str = ""
    description_en: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether an assessor's judgement, not a measurement, settles it."""
        return self.kind is Kind.GRADE

    def option(self, name: str) -> int | None:
        """Index of the option with this id or 中文 name, or None."""
        for index, each in enumerate(self.options):
            if name in (each.id, each.title):
                return index
        return None


@frozen
class Grading:
    """A level chosen by an assessor (or simply one of several alternatives).

    Attributes:
        level: Index into the type's options.
        by: Who judged, if said.
        reason: Why, if said.
        on: When, if said.
    """

    level: int
    by: str = ""
    reason: str = ""
    on: date | None = None


@frozen
class Ticks:
    """A checklist as filled: members present, members absent; the others are unknown.

    Attributes:
        present: Ids of the members that are there.
        absent: Ids of the members that are not.
    """

    present: frozenset[str]
    absent: frozenset[str]


@frozen
class Happening:
    """One dated event.

    Attributes:
        on: The day.
        kind: Id of the kind of event, or empty.
        settled: The day it was dealt with, if it was.
    """

    on: date
    kind: str = ""
    settled: date | None = None


@frozen
class Holding:
    """An honour of another programme: whether it is held, and from when to when it is valid.

    Attributes:
        held: Whether it was awarded.
        since: First day of validity, if known.
        until: Last day of validity, if limited.
    """

    held: bool
    since: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether the honour is valid on *day* (both ends included)."""
        return self.held and (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


Value = int | date | Grading | Ticks | Holding | tuple[Happening, ...]
Values = Mapping[str, Value]


@frozen
class Unit:
    """Who is assessed: a community, village, subdistrict, town, district or city.

    Attributes:
        name: 中文 name.
        kind: Unit kind, e.g. 居委会.
        code: Statistical or GB/T 2260 code, if known.
    """

    name: str
    kind: str
    code: str = ""


@frozen
class FactSet:
    """The facts about one unit that an assessment reads.

    Attributes:
        unit: Whose facts.
        period: The period they speak of (``"2011"``).
        values: Fact id to value; what is absent is unknown.
        history: Earlier periods, newest first.
        as_of: The day the question is asked.
        example: Whether these are example facts, not real ones.
        where: The place in a file that they were read from.
    """

    unit: Unit
    values: Values
    as_of: date
    period: str = ""
    history: tuple[tuple[str, Values], ...] = ()
    example: bool = False
    where: Where = field(default=NOWHERE, eq=False)


@frozen
class Vocabulary:
    """Every data item a standard may speak of.

    Attributes:
        types: Fact id to type.
        topics: Topic id to topic.
    """

    types: Mapping[str, FactType]
    topics: Mapping[str, Topic] = field(factory=dict)

    def find(self, name: str) -> FactType | None:
        """The type with this id, 中文 name or alias."""
        found = self.types.get(name)
        return found if found is not None else self._titles.get(name)

    @cached_property
    def _titles(self) -> Mapping[str, FactType]:
        return {name: each for each in self.types.values() for name in (each.title, *each.aliases)}

    def names(self) -> list[str]:
        """All ids and 中文 names."""
        return [name for each in self.types.values() for name in (each.id, each.title)]
