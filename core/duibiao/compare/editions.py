"""Two editions of a standard: what was added, removed, tightened, loosened, moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import attrs
from attrs import frozen

from duibiao.compare.demands import Demand, demands_of
from duibiao.compare.implication import Logic
from duibiao.compare.regions import times_as_much
from duibiao.compare.table import relation
from duibiao.model.sources import Item
from duibiao.rules.nodes import YES, Truth
from duibiao.rules.program import Program

TABLES = ("awards", "gates", "vetoes", "targets", "selections", "stages", "forms", "provisions")
"""Tables of a standard that are told by item, not by fact."""

_FORCES = {"may": 0, "aim": 1, "must": 2}
_ASIDE = frozenset({"where", "given", "cite", "condition"})


@frozen
class Change:
    """What became of one demand.

    Attributes:
        kinds: ``added``, ``removed``; or some of ``tightened``, ``loosened``, ``changed`` (neither of them), ``moved`` (to
            another criterion or clause), ``points`` (worth more or less).
        fact: Fact id.
        topic: Topic id.
        old: The demand before; None for one that was added.
        new: The demand after; None for one that was removed.
        times: How many times as much is asked now, where that can be said.
    """

    kinds: tuple[str, ...]
    fact: str
    topic: str
    old: Demand | None
    new: Demand | None
    times: Fraction | None = None


@frozen
class ItemChange:
    """What became of an award, gate, stage, form …

    Attributes:
        table: Its table.
        kind: ``added``, ``removed``, ``changed``.
        id: Its id.
        old: Before.
        new: After.
        keys: What differs.
    """

    table: str
    kind: str
    id: str
    old: Item | None
    new: Item | None
    keys: tuple[str, ...] = ()


@frozen
class Editions:
    """Two editions held against each other.

    Attributes:
        old: The older.
        new: The newer.
        changes: Of demands that are not the same, in the order of the newer; then those removed.
        items: Of everything else.
        same: How many demands stayed as they were.
    """

    old: Program
    new: Program
    changes: tuple[Change, ...]
    items: tuple[ItemChange, ...]
    same: int


def compare_editions(old: Program, new: Program) -> Editions:
    """What changed from one edition to the next."""
    before, after = ([each for each in demands_of(program) if each.role != "gate"] for program in (old, new))
    pairs = matched(before, after)
    logic = Logic({**old.vocabulary.types, **new.vocabulary.types})
    met = _whole(old), _whole(new)
    changes: list[Change] = []
    same = 0
    for demand in after:
        earlier = pairs.get(id(demand))
        kinds = _kinds(earlier, demand, logic, met) if earlier is not None else ("added",)
        if not kinds:
            same += 1
            continue
        times = None if earlier is None else _times(earlier, demand)
        changes.append(Change(kinds, demand.asked.subject.fact, demand.topic, earlier, demand, times))
    kept = {id(each) for each in pairs.values()}
    changes += [Change(("removed",), d.asked.subject.fact, d.topic, d, None) for d in before if id(d) not in kept]
    return Editions(old, new, tuple(changes), tuple(_items(old, new)), same)


def matched(before: Sequence[Demand], after: Sequence[Demand]) -> dict[int, Demand]:
    """For each newer demand (by identity) the older one that it takes the place of: by item and fact, else by fact alone."""
    found: dict[int, Demand] = {}
    left = list(before)
    for same in (_by_item, _by_subject, _by_fact):
        for demand in after:
            if id(demand) in found:
                continue
            match = next((each for each in left if same(each, demand)), None)
            if match is not None:
                found[id(demand)] = match
                left = [each for each in left if each is not match]
    return found


def _by_item(old: Demand, new: Demand) -> bool:
    return (old.role, old.item.id, old.asked.subject) == (new.role, new.item.id, new.asked.subject)


def _by_subject(old: Demand, new: Demand) -> bool:
    return old.role == new.role and old.asked.subject == new.asked.subject


def _by_fact(old: Demand, new: Demand) -> bool:
    return old.role == new.role and old.asked.subject.fact == new.asked.subject.fact


Whole = Mapping[str, Truth]


def _whole(program: Program) -> Whole:
    """Each indicator with its guard: what has to hold for it not to count against a unit."""
    from duibiao.rules.nodes import either, negate

    return {leaf.id: either(negate(leaf.applies), leaf.rule) for leaf in program.leaves}


def _kinds(old: Demand, new: Demand, logic: Logic, met: tuple[Whole, Whole]) -> tuple[str, ...]:
    kinds = []
    if (found := _strictness(old, new, logic, met)) != "same":
        kinds.append(found)
    place, other = ((each.criterion, each.cite.document, each.cite.clause) for each in (old, new))
    if place[0] != other[0] or place[2] != other[2]:
        kinds.append("moved")
    if (old.points, old.share) != (new.points, new.share):
        kinds.append("points")
    return tuple(kinds)


def _strictness(old: Demand, new: Demand, logic: Logic, met: tuple[Whole, Whole]) -> str:
    found = relation((new,), (old,))
    if found == "same" and (old.asked, old.applies) != (new.asked, new.applies):
        before, after = met[0].get(old.item.id, YES), met[1].get(new.item.id, YES)
        forth, back = logic.follows(after, before), logic.follows(before, after)
        found = "same" if forth and back else "stricter" if forth else "looser" if back else "crossing"
    if found == "same" and old.force != new.force:
        found = "stricter" if _FORCES[new.force] > _FORCES[old.force] else "looser"
    return {"same": "same", "stricter": "tightened", "looser": "loosened"}.get(found, "changed")


def _times(old: Demand, new: Demand) -> Fraction | None:
    if old.asked.subject != new.asked.subject or old.asked.region is None or new.asked.region is None:
        return None
    return times_as_much(new.asked.region, old.asked.region)


def _items(old: Program, new: Program) -> Iterable[ItemChange]:
    for table in TABLES:
        before, after = ({each.id: each for each in getattr(each.standard, table)} for each in (old, new))
        for name in {**after, **before}:
            one, two = before.get(name), after.get(name)
            if one is None or two is None:
                yield ItemChange(table, "added" if one is None else "removed", name, one, two)
                continue
            keys = _differing(one, two)
            if keys:
                yield ItemChange(table, "changed", name, one, two, keys)


def _differing(one: Item, two: Item) -> tuple[str, ...]:
    names = [each.name for each in attrs.fields(type(one)) if each.name not in _ASIDE - {"condition"}]
    found = [name for name in names if getattr(one, name) != getattr(two, name)]
    return (*found, *(["clause"] if one.cite.clause != two.cite.clause else []))


__all__ = ["TABLES", "Change", "Editions", "ItemChange", "compare_editions", "matched"]
