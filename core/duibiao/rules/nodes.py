"""The core nodes: integers and three-valued truth, nothing else.

A numeric node stands for an exact integer (its unit and step were settled while lowering); where facts are missing it stands
for every integer between two bounds. A truth node is ``FALSE``, ``TRUE``, ``ASK`` (open, and only an assessor's judgement
settles it) or ``OPEN`` (open for want of a fact).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any as Whatever
from typing import Literal

from attrs import frozen

FALSE, TRUE, ASK, OPEN = 0, 1, 2, 3

Span = tuple[int, int]


@frozen(cache_hash=True)
class Input:
    """One integer that a rule reads from the facts.

    Attributes:
        fact: Fact id, or ``unit.kind``.
        part: ``value``, ``member``, ``count``, ``late``, ``held``; ``average``, ``median``, ``rank``, ``mean_points`` of the
            peers; ``is_given`` and ``given``, an assessor's own points for the indicator that *fact* names.
        member: Checklist member or kind of event.
        back: Periods back from the assessed one.
        months: Length of the look-back window of events; 0 is without limit.
        settled: Only settled (True), only unsettled (False) events, or all (None).
        low: Least possible value.
        high: Greatest possible value.
        judged: Whether an assessor's judgement supplies it.
        default: Value the author declared for a missing fact.
        limit: For ``late``: months and days within which an event must be settled.
    """

    fact: str
    part: str = "value"
    member: str = ""
    back: int = 0
    months: int = 0
    settled: bool | None = None
    low: int = 0
    high: int = 1
    judged: bool = False
    default: int | None = None
    limit: tuple[int, int] = (0, 0)


@frozen
class Const:
    """A fixed integer."""

    value: int


@frozen
class Read:
    """The integer of an input."""

    input: Input


@frozen
class Add:
    """Sum."""

    terms: tuple[Num, ...]


@frozen
class Scale:
    """A term times a fixed integer."""

    factor: int
    term: Num


@frozen
class Mul:
    """Product of two terms."""

    left: Num
    right: Num


Rounding = Literal["up", "down", "half_up"]


@frozen
class Div:
    """Rounded quotient; a divisor below one counts as one (a guard around it decides that case)."""

    left: Num
    right: Num
    rounding: Rounding


@frozen
class Least:
    """The smallest of the terms."""

    terms: tuple[Num, ...]


@frozen
class Greatest:
    """The largest of the terms."""

    terms: tuple[Num, ...]


@frozen
class Pick:
    """One number or the other."""

    test: Truth
    then: Num
    other: Num


@frozen
class Bands:
    """The value of the band that the term lies in: ``values[i]`` while term < ``cuts[i]``, else the last."""

    term: Num
    cuts: tuple[int, ...]
    values: tuple[int, ...]


@frozen
class Count:
    """How many of the conditions hold."""

    tests: tuple[Truth, ...]


@frozen
class Fixed:
    """A truth that is known beforehand (or declared open)."""

    code: int


@frozen
class Flag:
    """Whether a yes/no input is yes."""

    input: Input


@frozen
class Compare:
    """``>=``, ``>`` or ``==`` between two numbers of the same step."""

    op: Literal[">=", ">", "=="]
    left: Num
    right: Num


@frozen
class All:
    """Every condition holds."""

    tests: tuple[Truth, ...]


@frozen
class Any:
    """At least one condition holds."""

    tests: tuple[Truth, ...]


@frozen
class Not:
    """The condition does not hold."""

    test: Truth


@frozen
class Choose:
    """One condition or the other."""

    test: Truth
    then: Truth
    other: Truth


Num = Const | Read | Add | Scale | Mul | Div | Least | Greatest | Pick | Bands | Count
Truth = Fixed | Flag | Compare | All | Any | Not | Choose
Node = Num | Truth
NUMERIC_NODES = (Const, Read, Add, Scale, Mul, Div, Least, Greatest, Pick, Bands, Count)

YES, NO, UNDECIDED = Fixed(TRUE), Fixed(FALSE), Fixed(OPEN)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below *node*."""
    found: tuple[Node, ...] = _BELOW[type(node)](node)
    return found


_BELOW: Mapping[type, Callable[[Whatever], tuple[Node, ...]]] = {
    **dict.fromkeys((Const, Read, Fixed, Flag), lambda _: ()),
    **dict.fromkeys((Add, Least, Greatest), attrgetter("terms")),
    **dict.fromkeys((Scale, Bands), lambda node: (node.term,)),
    **dict.fromkeys((Mul, Div, Compare), attrgetter("left", "right")),
    **dict.fromkeys((Pick, Choose), attrgetter("test", "then", "other")),
    **dict.fromkeys((Count, All, Any), attrgetter("tests")),
    Not: lambda node: (node.test,),
}
"""By a table: every standard is walked through node by node, several times."""


def open_choice(test: int, then: int, other: int) -> int:
    """The code of a choice whose test is open: what both sides agree on, if they do."""
    return then if then == other and then <= TRUE else max(test, then, other)


def inputs_of(*roots: Node) -> tuple[Input, ...]:
    """Every input below *roots*, each once, in order of first use."""
    return leaves_of(roots)[0]


def leaves_of(roots: Iterable[Node]) -> tuple[tuple[Input, ...], frozenset[Input]]:
    """Every input below *roots*, each once, in order of first use; and those that are read as yes or no."""
    found: dict[Input, None] = {}
    flags: set[Input] = set()
    seen: set[int] = set()
    stack: list[Node] = list(roots)[::-1]
    while stack:
        each = stack.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Read | Flag):
            found.setdefault(each.input)
            if isinstance(each, Flag):
                flags.add(each.input)
        stack.extend(reversed(children(each)))
    return tuple(found), frozenset(flags)


def both(*tests: Truth) -> Truth:
    """Conjunction, with what is already known left out."""
    left = tuple(t for t in tests if t != YES)
    if any(t == NO for t in left):
        return NO
    return YES if not left else left[0] if len(left) == 1 else All(left)


def either(*tests: Truth) -> Truth:
    """Disjunction, with what is already known left out."""
    left = tuple(t for t in tests if t != NO)
    if any(t == YES for t in left):
        return YES
    return NO if not left else left[0] if len(left) == 1 else Any(left)


def negate(test: Truth) -> Truth:
    """Negation."""
    if isinstance(test, Fixed):
        return Fixed(1 - test.code) if test.code < ASK else test
    return test.test if isinstance(test, Not) else Not(test)


def total(*terms: Num) -> Num:
    """Sum, with constants folded."""
    fixed = sum(t.value for t in terms if isinstance(t, Const))
    left: tuple[Num, ...] = tuple(t for t in terms if not isinstance(t, Const))
    if fixed or not left:
        left = (*left, Const(fixed))
    return left[0] if len(left) == 1 else Add(left)


def times(factor: int, term: Num) -> Num:
    """Product with a fixed integer, folded where possible."""
    if isinstance(term, Const):
        return Const(factor * term.value)
    if factor == 1:
        return term
    return Scale(factor * term.factor, term.term) if isinstance(term, Scale) else Scale(factor, term)


def pick(test: Truth, then: Num, other: Num) -> Num:
    """One number or the other, decided now where possible."""
    if test == YES or then == other:
        return then
    return other if test == NO else Pick(test, then, other)


def at_least(left: Num, right: Num) -> Truth:
    """``left >= right``."""
    return Compare(">=", left, right)


def more_than(left: Num, right: Num) -> Truth:
    """``left > right``."""
    return Compare(">", left, right)


def equal(left: Num, right: Num) -> Truth:
    """``left == right``."""
    return Compare("==", left, right)


Spans = dict[int, Span]


def bounds(node: Num, seen: Spans | None = None) -> Span:
    """Least and greatest value that *node* can take when every fact is unknown."""
    memo: Spans = {} if seen is None else seen
    found = memo.get(id(node))
    if found is None:
        found = memo[id(node)] = _SPANS[type(node)](node, memo)
    return found


def _const_span(node: Const, memo: Spans) -> Span:
    return node.value, node.value


def _read_span(node: Read, memo: Spans) -> Span:
    return node.input.low, node.input.high


def _ends(terms: Iterable[Num], memo: Spans) -> tuple[list[int], list[int]]:
    spans = [bounds(each, memo) for each in terms]
    return [low for low, _ in spans], [high for _, high in spans]


def _sum_span(node: Add, memo: Spans) -> Span:
    lows, highs = _ends(node.terms, memo)
    return sum(lows), sum(highs)


def _scaled_span(node: Scale, memo: Spans) -> Span:
    low, high = bounds(node.term, memo)
    return (node.factor * low, node.factor * high) if node.factor >= 0 else (node.factor * high, node.factor * low)


def _least_span(node: Least, memo: Spans) -> Span:
    lows, highs = _ends(node.terms, memo)
    return min(lows), min(highs)


def _greatest_span(node: Greatest, memo: Spans) -> Span:
    lows, highs = _ends(node.terms, memo)
    return max(lows), max(highs)


def _picked_span(node: Pick, memo: Spans) -> Span:
    lows, highs = _ends((node.then, node.other), memo)
    return min(lows), max(highs)


_SPANS: Mapping[type, Callable[[Whatever, Spans], Span]] = {
    Const: _const_span,
    Read: _read_span,
    Add: _sum_span,
    Scale: _scaled_span,
    Mul: lambda node, memo: product_span(bounds(node.left, memo), bounds(node.right, memo)),
    Div: lambda node, memo: quotient_span(bounds(node.left, memo), bounds(node.right, memo), node.rounding),
    Least: _least_span,
    Greatest: _greatest_span,
    Pick: _picked_span,
    Bands: lambda node, memo: band_span(*bounds(node.term, memo), node.cuts, node.values),
    Count: lambda node, _: (0, len(node.tests)),
}


def product_span(left: Span, right: Span) -> Span:
    """Bounds of a product."""
    corners = [a * b for a in left for b in right]
    return min(corners), max(corners)


def divide(left: int, right: int, rounding: str) -> int:
    """Quotient rounded ``up``, ``down`` or ``half_up`` (away from zero at the half); a divisor below one counts as one."""
    right = max(right, 1)
    if rounding == "down":
        return left // right
    if rounding == "up":
        return -(-left // right)
    size = (2 * abs(left) + right) // (2 * right)
    return size if left >= 0 else -size


def quotient_span(left: Span, right: Span, rounding: str) -> Span:
    """Bounds of a rounded quotient."""
    corners = [divide(a, b, rounding) for a in left for b in right]
    return min(corners), max(corners)


def band_span(low: int, high: int, cuts: tuple[int, ...], values: tuple[int, ...]) -> Span:
    """Bounds of the band values that a term between *low* and *high* can reach."""
    first = sum(1 for cut in cuts if cut <= low)
    last = sum(1 for cut in cuts if cut <= high)
    reached = values[first : last + 1]
    return min(reached), max(reached)
