"""Sets of facts as a span for each input: what conditions leave of them, for certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from duibiao.compare.atoms import difference
from duibiao.rules import nodes
from duibiao.rules.context import KINDS, UNIT_KIND
from duibiao.rules.interpret import Interpreter
from duibiao.rules.nodes import FALSE, TRUE, Input, Node, Num, Span, Truth

Box = Mapping[Input, Span]
"""Least and greatest value of some inputs; nothing is known of the others."""

Goal = tuple[Truth, int]
"""A condition, and the truth it is to have: TRUE or FALSE."""


@frozen
class Step:
    """What follows from a goal.

    Attributes:
        box: What is left of the facts; None where the goal cannot be reached.
        goals: What else has to be reached.
        ways: Several ways to go on, of which one has to be taken.
        waits: Whether the goal says more than spans can hold.
    """

    box: Box | None
    goals: tuple[Goal, ...] = ()
    ways: tuple[tuple[Goal, ...], ...] = ()
    waits: bool = False


def key(each: Input) -> Input:
    """The input as one standard and another know it: a default that a rule declares is the rule's own."""
    return each if each.default is None else evolve(each, default=None)


def narrowed(box: Box, each: Input, low: int, high: int) -> Box | None:
    """*box* with an input between two values; None where nothing is left."""
    name = key(each)
    least, most = box.get(name, (name.low, name.high))
    low, high = max(low, least), min(high, most)
    if low > high:
        return None
    return box if (low, high) == (least, most) and name in box else {**box, name: (low, high)}


def step(goal: Goal, box: Box) -> Step:
    """The first thing that follows from a goal; nothing is guessed."""
    node, want = goal
    match node:
        case nodes.Fixed(code):
            return Step(box if code == want else None)
        case nodes.Flag(each):
            return Step(narrowed(box, each, want, want))
        case nodes.Not(test):
            return Step(box, ((test, 1 - want),))
        case nodes.All(tests) | nodes.Any(tests):
            parts = tuple((test, want) for test in tests)
            together = isinstance(node, nodes.All) == (want == TRUE)
            return Step(box, parts) if together else Step(box, ways=tuple((part,) for part in parts))
        case nodes.Choose(test, then, other):
            ways = (((test, TRUE), (then, want)), ((test, FALSE), (other, want)))
            return Step(box, ways=ways if isinstance(other, nodes.Fixed) else ways[::-1])
        case nodes.Compare(op, left, right):
            return _compared(op, left, right, want, box)
    raise TypeError(node)


def _compared(op: str, left: Num, right: Num, want: int, box: Box) -> Step:
    factors, fixed = difference(left, right)
    match list(factors.items()):
        case []:
            holds = {">=": fixed >= 0, ">": fixed > 0, "==": fixed == 0}[op]
            return Step(box if holds == (want == TRUE) else None)
        case [(nodes.Read(each), factor)]:
            if op == "==":
                return _equal(each, factor, fixed, want, box)
            return Step(_bounded(each, factor, fixed, op, want, box))
    return Step(box, waits=True)


def _bounded(each: Input, factor: int, fixed: int, op: str, want: int, box: Box) -> Box | None:
    """``factor × each + fixed >= 0`` (or ``> 0``), or its opposite, as bounds of one input."""
    if want == FALSE:
        factor, fixed, op = -factor, -fixed, ">" if op == ">=" else ">="
    least = 1 if op == ">" else 0
    if factor > 0:
        return narrowed(box, each, -((fixed - least) // factor), each.high)
    return narrowed(box, each, each.low, (fixed - least) // -factor)


def _equal(each: Input, factor: int, fixed: int, want: int, box: Box) -> Step:
    value, rest = divmod(-fixed, factor)
    if want == TRUE:
        return Step(None if rest else narrowed(box, each, value, value))
    if rest:
        return Step(box)
    sides = (nodes.more_than(nodes.Read(each), nodes.Const(value)), nodes.more_than(nodes.Const(value), nodes.Read(each)))
    return Step(box, ways=tuple(((side, TRUE),) for side in sides))


def hull(goals: Sequence[Goal], box: Box) -> tuple[Box | None, tuple[tuple[tuple[Goal, ...], ...], ...]]:
    """What goals certainly leave of *box* (None: they cannot all be reached), and the choices that stay open."""
    rest, open_ways = list(goals), []
    while rest:
        found = step(rest.pop(), box)
        if found.box is None:
            return None, ()
        box = found.box
        rest += found.goals
        if found.ways:
            open_ways.append(found.ways)
    return box, tuple(open_ways)


def truth(node: Truth, box: Box) -> int:
    """The truth of a condition over everything in a box."""
    return Interpreter(lambda each: _known(box.get(key(each)), each)).truth(node)


def _known(span: Span | None, each: Input) -> Span | None:
    return None if span is None or span == (each.low, each.high) else span


def at_kind(node: Truth, kind: str, memo: dict[int, tuple[Node, Truth]] | None = None) -> Truth:
    """A condition as it reads for units of one kind."""
    done: dict[int, tuple[Node, Truth]] = {} if memo is None else memo
    if id(node) not in done:
        done[id(node)] = (node, _at_kind(node, kind, done))
    return done[id(node)][1]


def _at_kind(node: Truth, kind: str, memo: dict[int, tuple[Node, Truth]]) -> Truth:
    match node:
        case nodes.Compare(_, nodes.Read(each), nodes.Const()) if each == UNIT_KIND:
            place = KINDS.index(kind)
            return nodes.Fixed(truth(node, {UNIT_KIND: (place, place)}))
        case nodes.All(tests):
            return nodes.both(*(at_kind(test, kind, memo) for test in tests))
        case nodes.Any(tests):
            return nodes.either(*(at_kind(test, kind, memo) for test in tests))
        case nodes.Not(test):
            return nodes.negate(at_kind(test, kind, memo))
        case nodes.Choose(test, then, other):
            first, second, third = (at_kind(part, kind, memo) for part in (test, then, other))
            return second if first == nodes.YES else third if first == nodes.NO else nodes.Choose(first, second, third)
    return node


def conjuncts(node: Truth) -> tuple[Truth, ...]:
    """The conditions that all have to hold for *node* to hold, each once."""
    if isinstance(node, nodes.All):
        return tuple(dict.fromkeys(each for test in node.tests for each in conjuncts(test)))
    return () if node == nodes.YES else (node,)


__all__ = ["Box", "Goal", "Step", "at_kind", "conjuncts", "hull", "key", "narrowed", "step", "truth"]
