"""One condition on one fact (or ratio of two), read from the core nodes: which fact, and what is left of its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import reduce
from math import ceil, floor

from attrs import frozen

from duibiao.compare.regions import Choice, Members, Range, Region, meet, opposite
from duibiao.model.facts import LEVELLED, NUMERIC, FactType
from duibiao.rules import nodes
from duibiao.rules.context import KINDS
from duibiao.rules.nodes import Input, Num, Truth

UNIT_KIND_FACT = "unit.kind"


@frozen
class Subject:
    """What a demand looks at.

    Attributes:
        fact: Fact id, or ``unit.kind``.
        part: ``value``, ``members``, ``count``, ``late``, ``held``, ``rank`` …; ``change`` against the period before.
        over: For a ratio: the fact below the line.
        member: For events: their kind.
        months: For events: length of the look-back window.
        settled: For events: only settled, only unsettled, or all (None).
        back: Periods back from the assessed one.
        limit: For ``late``: months and days within which an event has to be settled.
    """

    fact: str
    part: str = "value"
    over: str = ""
    member: str = ""
    months: int = 0
    settled: bool | None = None
    back: int = 0
    limit: tuple[int, int] = (0, 0)


Atom = tuple[Subject, Region]
Linear = tuple[dict[Num, int], int]
Types = Mapping[str, FactType]


def atom(node: Truth, types: Types, top: str = "") -> Atom | None:
    """The one thing that a condition asks of one subject; None for anything else.

    *top* says which fact of a ratio stands above the line; without it the one whose id comes first does.
    """
    match node:
        case nodes.Flag(each):
            return _flag(each)
        case nodes.Not(test):
            found = atom(test, types, top)
            other = None if found is None else opposite(found[1])
            return None if found is None or other is None else (found[0], other)
        case nodes.Compare(op, left, right):
            return _compared(op, left, right, types, top)
        case nodes.All(tests):
            return _joined([atom(test, types, top) for test in tests])
        case nodes.Any(tests):
            return _united([atom(test, types, top) for test in tests])
    return None


def _flag(each: Input) -> Atom:
    if each.part == "member":
        return Subject(each.fact, "members", back=each.back), Members(frozenset((each.member,)))
    return _subject(each), Choice(frozenset((1,)), 2)


def _subject(each: Input) -> Subject:
    return Subject(each.fact, each.part, "", each.member, each.months, each.settled, each.back, each.limit)


def _same_subject(found: list[Atom | None]) -> list[Atom] | None:
    known = [each for each in found if each is not None]
    return known if len(known) == len(found) and len({each[0] for each in known}) == 1 else None


def _joined(found: list[Atom | None]) -> Atom | None:
    known = _same_subject(found)
    if known is None:
        return None
    region: Region | None = known[0][1]
    for _, other in known[1:]:
        region = None if region is None else meet(region, other)
    return None if region is None else (known[0][0], region)


def _united(found: list[Atom | None]) -> Atom | None:
    known = _same_subject(found)
    sets = [each[1] for each in known or ()]
    choices = [each for each in sets if isinstance(each, Choice)]
    if known is None or len(choices) != len(sets):
        return None
    allowed: frozenset[int] = reduce(frozenset.union, (each.allowed for each in choices))
    return known[0][0], Choice(allowed, choices[0].count)


def linear(node: Num) -> Linear:
    """A number as a sum of terms with whole factors, and what is added; a term that is no plain input stays as it is."""
    factors: dict[Num, int] = {}
    fixed = 0
    for factor, term in _terms(node, 1):
        if isinstance(term, nodes.Const):
            fixed += factor * term.value
        else:
            factors[term] = factors.get(term, 0) + factor
    return {term: factor for term, factor in factors.items() if factor}, fixed


def _terms(node: Num, factor: int) -> Iterator[tuple[int, Num]]:
    match node:
        case nodes.Add(terms):
            for term in terms:
                yield from _terms(term, factor)
        case nodes.Scale(own, term):
            yield from _terms(term, factor * own)
        case _:
            yield factor, node


def difference(left: Num, right: Num) -> Linear:
    """``left - right`` as :func:`linear`."""
    (factors, fixed), (others, other) = linear(left), linear(right)
    whole = {term: factors.get(term, 0) - others.get(term, 0) for term in {**factors, **others}}
    return {term: factor for term, factor in whole.items() if factor}, fixed - other


def _compared(op: str, left: Num, right: Num, types: Types, top: str) -> Atom | None:
    factors, fixed = difference(left, right)
    match list(factors.items()):
        case [(nodes.Read(each), factor)]:
            return _one(each, _bounded(op, Fraction(-fixed, factor), factor > 0, (each.low, each.high)), types)
        case [(nodes.Count(tests), factor)]:
            return _counted(tests, _bounded(op, Fraction(-fixed, factor), factor > 0, (0, len(tests))))
        case [(nodes.Bands(term, cuts, values), factor)]:
            return _banded(
                term, cuts, values, _bounded(op, Fraction(-fixed, factor), factor > 0, (min(values), max(values))), types
            )
        case [(nodes.Read(one), first), (nodes.Read(two), second)]:
            return _pair(op, (one, first), (two, second), fixed, types, top)
    return None


def _bounded(op: str, bound: Fraction, above: bool, domain: nodes.Span | None) -> Range:
    if op == "==":
        return Range(bound, bound, domain=domain)
    strict = op == ">"
    return Range(low=bound, low_open=strict, domain=domain) if above else Range(high=bound, high_open=strict, domain=domain)


def _one(each: Input, region: Range, types: Types) -> Atom:
    ftype = types.get(each.fact)
    count = len(KINDS) if each.fact == UNIT_KIND_FACT else len(ftype.options) if ftype and ftype.kind in LEVELLED else 0
    if not count or each.part != "value":
        return _subject(each), region
    low, high = region.whole()
    return _subject(each), Choice(frozenset(range(low, high + 1)), count)


def _counted(tests: tuple[Truth, ...], region: Range) -> Atom | None:
    """So many members of a checklist; only «at least» is said so."""
    inputs = [test.input for test in tests if isinstance(test, nodes.Flag) and test.input.part == "member"]
    low, high = region.whole()
    if len(inputs) != len(tests) or len({(each.fact, each.back) for each in inputs}) != 1 or high < len(tests):
        return None
    names = frozenset(each.member for each in inputs)
    return Subject(inputs[0].fact, "members", back=inputs[0].back), Members(least=max(low, 0), among=names)


def _banded(term: Num, cuts: tuple[int, ...], values: tuple[int, ...], wanted: Range, types: Types) -> Atom | None:
    """The range of a number whose bands are worth enough; None where that is not one piece up to an end."""
    low, high = wanted.whole()
    fits = [low <= value <= high for value in values]
    first = fits.index(True) if True in fits else -1
    if first < 0 or False in fits[first : first + sum(fits)] or not isinstance(term, nodes.Read):
        return None
    last = first + sum(fits) - 1
    under = Fraction(cuts[last]) if last < len(cuts) else None
    start = Fraction(cuts[first - 1]) if first else None
    each = term.input
    return _one(each, Range(start, under, high_open=under is not None, domain=(each.low, each.high)), types)


def _pair(op: str, one: tuple[Input, int], two: tuple[Input, int], fixed: int, types: Types, top: str) -> Atom | None:
    (first, a), (second, b) = one, two
    if first.part != "value" or second.part != "value":
        return None
    if first.fact == second.fact:
        return _change(op, one, two, fixed)
    if fixed or (a > 0) == (b > 0) or first.back != second.back or not (_measured(first, types) and _measured(second, types)):
        return None
    if (second.fact == top) if top in (first.fact, second.fact) else (second.fact < first.fact):
        (first, a), (second, b) = (second, b), (first, a)
    if second.low < 0:
        return None
    size = Fraction(-b, a) * Fraction(types[first.fact].step) / Fraction(types[second.fact].step)
    return Subject(first.fact, over=second.fact, back=first.back), _bounded(op, size, a > 0, None)


def _measured(each: Input, types: Types) -> bool:
    return each.fact in types and types[each.fact].kind in NUMERIC


def _change(op: str, one: tuple[Input, int], two: tuple[Input, int], fixed: int) -> Atom | None:
    (first, a), (second, b) = (one, two) if one[0].back < two[0].back else (two, one)
    if a != -b or second.back != first.back + 1:
        return None
    spread = first.high - first.low
    return Subject(first.fact, "change", back=first.back), _bounded(op, Fraction(-fixed, a), a > 0, (-spread, spread))


def edges(region: Range) -> tuple[int, ...]:
    """Whole numbers at which a range begins or ends, with their neighbours outside, inside the domain."""
    if region.domain is None:
        return tuple(each for bound in (region.low, region.high) if bound is not None for each in (floor(bound), ceil(bound)))
    least, most = region.domain
    low, high = region.whole()
    near = {low - 1, low, high, high + 1}
    return tuple(sorted(each for each in near if least <= each <= most))


__all__ = ["UNIT_KIND_FACT", "Atom", "Linear", "Subject", "Types", "atom", "difference", "edges", "linear"]
