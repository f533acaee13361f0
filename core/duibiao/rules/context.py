"""What rules may speak of: facts turned into inputs, the unit's kind, and (for awards) the result so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from attrs import define, field, frozen

from duibiao.model.facts import FactType, Kind, Vocabulary
from duibiao.rules.nodes import Const, Count, Flag, Input, Num, Read, Truth, either, equal
from duibiao.rules.quantity import RATIO, Quantity, RuleError, may_be_empty

DATE_LOW, DATE_HIGH = date(1900, 1, 1).toordinal(), date(2199, 12, 31).toordinal()
MOST_EVENTS = 100_000

KINDS = (
    "居委会", "村委会", "街道", "镇", "乡", "区", "县", "县级市", "地级市", "地区", "林业局", "直辖市", "省", "开发区",
)  # fmt: skip
"""Unit kinds; their place in this tuple is the integer that rules compare."""

UNIT_KIND = Input("unit.kind", low=0, high=len(KINDS) - 1)


@frozen
class Levels:
    """A choice or grade inside an expression.

    Attributes:
        type: Its data item.
        read: The level's index.
    """

    type: FactType
    read: Read


@define
class Result:
    """What award expressions may speak of, filled in while a standard is lowered.

    Attributes:
        numbers: ``score``, ``full``.
        points: Points by indicator or criterion id.
        met: Truth by indicator id (not applicable counts as met).
        lowest: ``criteria`` and ``indicators``.
        gates: Gates lowered so far.
        awards: Awards lowered so far.
        every: Every binding indicator is met or not applicable.
        vetoed: A veto has fallen.
    """

    numbers: dict[str, Quantity] = field(factory=dict)
    points: dict[str, Quantity] = field(factory=dict)
    met: dict[str, Truth] = field(factory=dict)
    lowest: dict[str, Quantity] = field(factory=dict)
    gates: dict[str, Truth] = field(factory=dict)
    awards: dict[str, Truth] = field(factory=dict)
    every: Truth | None = None
    vetoed: Truth | None = None


@define
class Context:
    """The names a rule can use.

    Attributes:
        vocabulary: Data items.
        back: Periods back that plain fact names refer to.
        result: For award expressions, the result so far.
        samples: Sample-size demands met on the way: fact id to least size.
        denominators: Divisors met on the way that may be 0.
    """

    vocabulary: Vocabulary
    back: int = 0
    result: Result | None = None
    samples: dict[str, int] = field(factory=dict)
    denominators: list[Num] = field(factory=list)

    def earlier(self, periods: int) -> Context:
        """The same names, *periods* further back."""
        return Context(self.vocabulary, self.back + periods, None, self.samples, self.denominators)

    def divided(self, value: Quantity) -> Quantity:
        """*value*, its divisor noted if it may be 0."""
        if value.bottom is not None and may_be_empty(value):
            self.denominators.append(value.bottom)
        return value

    def type(self, name: object) -> FactType:
        """The data item of this id or 中文 name; RuleError when there is none."""
        found = self.vocabulary.find(name) if isinstance(name, str) else None
        if found is None:
            raise RuleError("DB010", name, among=self.vocabulary.names())
        return found

    def number(self, ftype: FactType, default: int | None = None) -> Quantity:
        """A numeric or date fact as a quantity."""
        if ftype.kind is Kind.DATE:
            each = Input(ftype.id, back=self.back, low=DATE_LOW, high=DATE_HIGH, default=default)
            return Quantity(Read(each), Fraction(1), "date")
        if ftype.kind in (Kind.COUNT, Kind.QUANTITY, Kind.MONEY, Kind.RATE):
            each = Input(ftype.id, back=self.back, low=ftype.low, high=ftype.high, default=default)
            if ftype.kind is Kind.RATE:
                return Quantity(Read(each), Fraction(ftype.step) / 100, RATIO, rate=True)
            return Quantity(Read(each), Fraction(ftype.step), ftype.unit)
        raise RuleError("DB019", f"{ftype.id} ({ftype.kind})", "count, quantity, rate, money, date")

    def flag(self, ftype: FactType) -> Truth:
        """A yes/no fact."""
        return Flag(Input(ftype.id, back=self.back))

    def member(self, ftype: FactType, member: str) -> Truth:
        """Whether a checklist has a member."""
        return Flag(Input(ftype.id, "member", member, self.back))

    def members(self, ftype: FactType, names: object = None) -> tuple[Truth, ...]:
        """The members of a checklist (those named, or all) as conditions."""
        if ftype.kind is not Kind.CHECKLIST:
            raise RuleError("DB019", f"{ftype.id} ({ftype.kind})", "checklist")
        if names is None:
            return tuple(self.member(ftype, each.id) for each in ftype.options)
        if not isinstance(names, list | tuple) or not names:
            raise RuleError("DB008", names, "[…]")
        members = [self.option(ftype, name) for name in names]
        if len(set(members)) != len(members):
            raise RuleError("DB009", ", ".join(sorted({each for each in members if members.count(each) > 1})))
        return tuple(self.member(ftype, each) for each in members)

    def option(self, ftype: FactType, name: object) -> str:
        """Id of an option; RuleError with the nearest name when there is none."""
        return ftype.options[self.level(ftype, name)].id

    def level(self, ftype: FactType, name: object) -> int:
        """Index of an option; RuleError with the nearest name when there is none."""
        index = ftype.option(name) if isinstance(name, str) else None
        if index is None:
            raise RuleError("DB018", name, among=[n for each in ftype.options for n in (each.id, each.title)])
        return index

    def levels(self, ftype: FactType) -> Levels:
        """A grade or choice."""
        each = Input(ftype.id, back=self.back, low=0, high=len(ftype.options) - 1, judged=ftype.judged)
        return Levels(ftype, Read(each))

    def held(self, ftype: FactType) -> Truth:
        """Whether a title is valid on the day."""
        return Flag(Input(ftype.id, "held", back=self.back))

    def events(self, ftype: FactType, kind: str = "", months: int = 0, settled: bool | None = None) -> Quantity:
        """The number of events of a kind inside a look-back window."""
        if ftype.kind is not Kind.EVENTS:
            raise RuleError("DB019", f"{ftype.id} ({ftype.kind})", "events")
        member = self.option(ftype, kind) if kind else ""
        each = Input(ftype.id, "count", member, self.back, months, settled, 0, MOST_EVENTS)
        return Quantity(Read(each), Fraction(1), "event")

    def late(self, ftype: FactType, limit: tuple[int, int], months: int = 0, kind: str = "") -> Quantity:
        """How many events were not settled within *limit* (months, days) of their day."""
        member = self.option(ftype, kind) if kind else ""
        each = Input(ftype.id, "late", member, self.back, months, None, 0, MOST_EVENTS, limit=limit)
        return Quantity(Read(each), Fraction(1), "event")

    def peers(self, ftype: FactType, part: str) -> Quantity:
        """The average or median of a fact over the cohort, or this unit's rank by it (1 is best)."""
        mine = self.number(ftype)
        if part == "rank":
            each = Input(ftype.id, "rank", back=self.back, low=1, high=10_000_000)
            return Quantity(Read(each), Fraction(1), "")
        each = Input(ftype.id, part, back=self.back, low=ftype.low * 100, high=ftype.high * 100)
        return Quantity(Read(each), mine.step / 100, mine.unit, rate=mine.rate)

    def kind_is(self, kinds: Mapping[str, object] | tuple[str, ...] | list[str]) -> Truth:
        """Whether the unit is of one of these kinds."""
        for each in kinds:
            if each not in KINDS:
                raise RuleError("DB031", each, among=list(KINDS))
        return either(*(equal(Read(UNIT_KIND), Const(KINDS.index(each))) for each in kinds))


def present(tests: tuple[Truth, ...]) -> Quantity:
    """How many of the conditions hold, as a number."""
    return Quantity(Count(tests), Fraction(1), "")
