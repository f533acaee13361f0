"""Standards side by side: one row for each fact, who demands what of it, and who is stricter and by how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from attrs import evolve, field, frozen

from duibiao.compare.demands import Asked, Demand, demands_of
from duibiao.compare.regions import Members, Opaque, Region, implies, meet, times_as_much
from duibiao.rules.program import Program

Relation = Literal["same", "stricter", "looser", "crossing", "incomparable"]
"""How one demand stands to another on the same subject. *Crossing*: each lets pass what the other does not.
*Incomparable*: the rules differ in kind (a threshold against a change, a list, an expression)."""

State = Literal["same", "ranked", "only", "crossing", "incomparable", "aims"]
_BINDING = ("indicator", "gate", "veto")
_FORCES = {"may": 0, "aim": 1, "must": 2}
_TURNED: Mapping[Relation, Relation] = {"stricter": "looser", "looser": "stricter"}


@frozen
class Standing:
    """How the standards that demand something of a fact stand to each other.

    Attributes:
        state: ``same``, ``ranked``, ``only`` (one demands it), ``crossing``, ``incomparable``; ``aims``: only targets of a
            territory speak of it.
        strictest: Columns of the strictest, where they are ranked.
        times: Column to how many times as much the strictest asks, where that can be said.
        more: Column to how many members of a list the strictest asks beyond those asked there.
        certain: Whether the ranking holds in every exception and whatever the guards say.
    """

    state: State
    strictest: tuple[int, ...] = ()
    times: Mapping[int, Fraction] = field(factory=dict)
    more: Mapping[int, int] = field(factory=dict)
    certain: bool = True


@frozen
class Row:
    """One fact under every standard.

    Attributes:
        fact: Fact id.
        topic: Topic id; empty where neither the fact nor the items have one.
        cells: For each standard what it demands, in its own order.
        standing: How they stand to each other.
        differs: Whether they do not all demand the same.
    """

    fact: str
    topic: str
    cells: tuple[tuple[Demand, ...], ...]
    standing: Standing
    differs: bool


@frozen
class Comparison:
    """Standards held against one another.

    Attributes:
        programs: The standards, a column each.
        rows: One for each fact, by topic.
    """

    programs: tuple[Program, ...]
    rows: tuple[Row, ...]

    def chosen(self, topic: str = "", *, only_differences: bool = False) -> Comparison:
        """Only one topic, only what differs."""
        kept = tuple(row for row in self.rows if (not topic or row.topic == topic) and (row.differs or not only_differences))
        return Comparison(self.programs, kept)

    def topics(self) -> tuple[str, ...]:
        """The topics in order."""
        return tuple(dict.fromkeys(row.topic for row in self.rows))


def compare(programs: Sequence[Program], topics: Iterable[str] = ()) -> Comparison:
    """Hold standards against one another; rows come in the order of *topics*, then of the standards."""
    whole = [demands_of(program) for program in programs]
    facts: dict[str, list[list[Demand]]] = {}
    for column, demands in enumerate(whole):
        for demand in demands:
            facts.setdefault(demand.asked.subject.fact, [[] for _ in programs])[column].append(demand)
    rows = [_row(fact, tuple(map(tuple, cells))) for fact, cells in facts.items()]
    place = {topic: index for index, topic in enumerate(topics)}
    rows.sort(key=lambda row: place.get(row.topic, len(place)))
    return Comparison(tuple(programs), tuple(rows))


def _row(fact: str, cells: tuple[tuple[Demand, ...], ...]) -> Row:
    topic = next((each.topic for cell in cells for each in cell if each.topic), "")
    return Row(fact, topic, cells, standing(cells), differs(cells))


def differs(cells: Sequence[Sequence[Demand]]) -> bool:
    """Whether the standards do not all demand the same, exceptions, guards and force included."""
    return len({_content(cell) for cell in cells}) > 1


def _content(cell: Sequence[Demand]) -> frozenset[object]:
    return frozenset((each.asked, each.role, frozenset(each.applies), each.force) for each in cell)


def standing(cells: Sequence[Sequence[Demand]]) -> Standing:
    """How the standards stand to each other on one fact."""
    asking = {column: binding(cell) for column, cell in enumerate(cells) if binding(cell)}
    if len(asking) < 2:
        return Standing("only" if asking else "aims", tuple(asking))
    pairs = {(i, j): relation(asking[i], asking[j]) for i in asking for j in asking if i < j}
    pairs |= {(j, i): _TURNED.get(found, found) for (i, j), found in pairs.items()}
    if set(pairs.values()) == {"same"}:
        return Standing("same", certain=_certain(asking, tuple(asking)))
    best = tuple(i for i in asking if all(pairs[i, j] in ("same", "stricter") for j in asking if j != i))
    if not best:
        return Standing("incomparable" if "incomparable" in pairs.values() else "crossing")
    others = [column for column in asking if column not in best]
    times = {column: much for column in others if (much := _times(asking[best[0]], asking[column])) is not None}
    more = {column: count for column in others if (count := _more(asking[best[0]], asking[column]))}
    return Standing("ranked", best, times, more, _certain(asking, best))


def binding(cell: Sequence[Demand]) -> tuple[Demand, ...]:
    """The demands on a unit itself (not those on a territory) that have most force."""
    mine = [each for each in cell if each.role in _BINDING]
    most = max((_FORCES[each.force] for each in mine), default=0)
    return tuple(each for each in mine if _FORCES[each.force] == most)


def relation(mine: Sequence[Demand], others: Sequence[Demand]) -> Relation:
    """How demands on one fact stand to those of another standard, where both ask and no exception is at hand."""
    first, second = _together(mine), _together(others)
    if not all(_of_a_kind(one.asked, two.asked) for one in first for two in second):
        same = {each.asked for each in first} == {each.asked for each in second}
        return "same" if same else "incomparable"
    forth, back = _cover(first, second), _cover(second, first)
    if forth and back:
        return "same"
    return "stricter" if forth else "looser" if back else "crossing"


def _together(demands: Sequence[Demand]) -> list[Demand]:
    """What is asked of everybody, put together; what is asked of some only, as it is."""
    found: list[Demand] = []
    for each in demands:
        place = next((i for i, other in enumerate(found) if _joinable(other, each)), None)
        own = each.asked.region
        region = None if place is None or own is None else meet(found[place].asked.region or own, own)
        if place is None or region is None:
            found.append(each)
        else:
            found[place] = evolve(found[place], asked=evolve(found[place].asked, region=region))
    return found


def _joinable(one: Demand, two: Demand) -> bool:
    alike = one.asked.subject == two.asked.subject and one.asked.sustained == two.asked.sustained
    plain = not any(each.applies or each.asked.either or each.asked.cases or each.asked.soft for each in (one, two))
    return alike and plain


def _cover(mine: Sequence[Demand], others: Sequence[Demand]) -> bool:
    """Whether whoever meets *mine* meets each of *others*: by one asked of everybody, or by all where each is asked of some."""
    always = [each.asked for each in mine if not each.applies]
    return all(
        any(asks_more(one, two.asked) for one in always) or all(asks_more(each.asked, two.asked) for each in mine)
        for two in others
    )


def _of_a_kind(one: Asked, two: Asked) -> bool:
    """Whether two demands can be held against each other at all."""
    if one.subject != two.subject or one.either or two.either:
        return False
    if any(isinstance(each.region, Opaque) or (each.region is None and each.soft is None) for each in (one, two)):
        return False
    return one.soft is None or two.soft is None or one.soft == two.soft


def asks_more(one: Asked, two: Asked) -> bool:
    """Whether *one* asks at least as much as *two* of the same subject, exceptions aside."""
    return one.sustained >= two.sustained and _within(one.region, two.region)


def _within(one: Region | None, two: Region | None) -> bool:
    return two is None or (one is not None and implies(one, two))


def _times(mine: Sequence[Demand], others: Sequence[Demand]) -> Fraction | None:
    found = {
        times_as_much(one.asked.region, two.asked.region)
        for one in mine for two in others
        if one.asked.region is not None and two.asked.region is not None
    }  # fmt: skip
    much = found.pop() if len(found) == 1 else None
    return much if much is not None and much > 1 else None


def _more(mine: Sequence[Demand], others: Sequence[Demand]) -> int:
    own, given = _named(mine), _named(others)
    return len(own - given) if given else 0


def _named(demands: Sequence[Demand]) -> frozenset[str]:
    lists = [each.asked.region.required for each in demands if isinstance(each.asked.region, Members)]
    return frozenset().union(*lists)


def _certain(asking: Mapping[int, Sequence[Demand]], best: tuple[int, ...]) -> bool:
    """Whether the strictest ask at least as much whatever the guards and exceptions say."""
    plain = all(not each.applies and each.force == "must" for column in best for each in asking[column])
    pairs = [(one.asked, two.asked) for i in best for j in asking if i != j for one in asking[i] for two in asking[j]]
    every = all(_within(own, other) for one, two in pairs for own in _regions(one) for other in _regions(two))
    alike = len({_content(cell) for cell in asking.values()}) == 1
    return alike or (plain and every)


def _regions(asked: Asked) -> list[Region | None]:
    return [asked.region, *(case.region for case in asked.cases)]


__all__ = ["Comparison", "Relation", "Row", "Standing", "asks_more", "binding", "compare", "differs", "relation", "standing"]
