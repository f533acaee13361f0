"""Facts that reach a goal: deductions first, then one way after another, within a budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from duibiao.compare.atoms import Linear, difference
from duibiao.compare.boxes import Box, Goal, hull, key, narrowed, step, truth
from duibiao.rules import nodes
from duibiao.rules.nodes import FALSE, TRUE, Input, Num, Read, Truth, at_least, bounds, more_than

BUDGET = 600
"""So many ways are tried for one question."""

PLAIN_SIZE = 1000
"""A round number for what a ratio is measured against."""

_State = tuple[tuple[Goal, ...], tuple[tuple[tuple[Goal, ...], ...], ...], tuple[Goal, ...], Box]


def solutions(goals: Sequence[Goal], box: Box, budget: int = BUDGET) -> Iterator[Box]:
    """Boxes whose facts probably reach all *goals*: what spans cannot hold has to be checked by an evaluation."""
    stack: list[_State] = [(tuple(goals), (), (), box)]
    for _ in range(budget):
        if not stack:
            return
        state = _settled(stack.pop())
        if state is None:
            continue
        _, ways, waiting, now = state
        if ways:
            first, *rest = ways
            stack += [(way, tuple(rest), waiting, now) for way in reversed(first)]
        elif waiting:
            goal, *others = waiting
            stack += [(more, (), tuple(others), made) for more, made in reversed(list(_numbers(goal, now)))]
        else:
            yield now


def _settled(state: _State) -> _State | None:
    """Everything that follows without a choice; None where the goals contradict each other."""
    goals, ways, waiting, box = state
    rest, open_ways, later = list(reversed(goals)), list(ways), list(waiting)
    while rest:
        goal = rest.pop()
        found = step(goal, box)
        if found.box is None:
            return None
        box = found.box
        rest += reversed(found.goals)
        if found.waits:
            later.append(goal)
        elif found.ways and truth(goal[0], box) != goal[1]:
            open_ways.append(found.ways)
    return (), tuple(open_ways), tuple(later), box


def _numbers(goal: Goal, box: Box) -> Iterator[tuple[tuple[Goal, ...], Box]]:
    """Ways to reach a comparison of several numbers."""
    node, want = goal
    assert isinstance(node, nodes.Compare)  # noqa: S101 - nothing else waits
    if truth(node, box) == want:
        yield (), box
        return
    form = difference(node.left, node.right)
    if all(isinstance(term, Read) for term in form[0]):
        yield from _filled(node, want, form, box)
        return
    up = want == TRUE
    if node.op == "==" and up:
        yield from _pushed(node.left, node.right, box)
        return
    made = push(node.left, up=up, box=box)
    yield (), push(node.right, up=not up, box=made)


def _pushed(left: Num, right: Num, box: Box) -> Iterator[tuple[tuple[Goal, ...], Box]]:
    both = at_least(left, right), at_least(right, left)
    yield (), push(right, up=False, box=push(left, up=True, box=box))
    yield (), push(right, up=True, box=push(left, up=False, box=box))
    yield ((both[0], TRUE), (both[1], TRUE)), box


def _filled(node: nodes.Compare, want: int, form: Linear, box: Box) -> Iterator[tuple[tuple[Goal, ...], Box]]:
    """All numbers but one fixed at a round value, that one bounded."""
    reads = [(term.input, factor) for term, factor in form[0].items() if isinstance(term, Read)]
    for pivot, factor in sorted(reads, key=lambda each: (_fixed(each[0], box), -abs(each[1]))):
        made: Box | None = box
        total = form[1]
        for each, own in reads:
            if each is not pivot and made is not None:
                value = _round_value(each, made)
                made = narrowed(made, each, value, value)
                total += own * value
        if made is not None:
            alone = nodes.Compare(node.op, nodes.total(nodes.times(factor, Read(pivot)), nodes.Const(total)), nodes.Const(0))
            found, _ = hull([(alone, want)], made)
            if found is not None:
                yield (), found


def _fixed(each: Input, box: Box) -> bool:
    low, high = box.get(key(each), (0, 1))
    return low == high


def _round_value(each: Input, box: Box) -> int:
    low, high = box.get(key(each), (each.low, each.high))
    return min(max(PLAIN_SIZE, low), high)


def push(node: Num, *, up: bool, box: Box) -> Box:
    """*box* with every fact that moves a number towards its top (or bottom) set so, where nothing stands against it."""
    match node:
        case Read(each):
            end = each.high if up else each.low
            return narrowed(box, each, end, end) or box
        case nodes.Add(terms) | nodes.Least(terms) | nodes.Greatest(terms):
            for term in terms:
                box = push(term, up=up, box=box)
        case nodes.Scale(factor, term):
            return push(term, up=up == (factor > 0), box=box)
        case nodes.Mul(left, _) | nodes.Div(left, _, _):
            return push(left, up=up, box=box)
        case nodes.Pick(test, then, other):
            return _picked(test, then, other, up, box)
        case nodes.Bands(term, cuts, values):
            return _banded(term, cuts, values, up, box)
        case nodes.Count(tests):
            for test in tests:
                box = reached((test, TRUE if up else FALSE), box)
    return box


def _picked(test: Truth, then: Num, other: Num, up: bool, box: Box) -> Box:
    end = 1 if up else 0
    better = bounds(then)[end] >= bounds(other)[end] if up else bounds(then)[end] < bounds(other)[end]
    box = reached((test, TRUE if better else FALSE), box)
    return push(then if better else other, up=up, box=box)


def _banded(term: Num, cuts: tuple[int, ...], values: tuple[int, ...], up: bool, box: Box) -> Box:
    best = (max if up else min)(values)
    place = values.index(best)
    if place:
        box = reached((at_least(term, nodes.Const(cuts[place - 1])), TRUE), box)
    if place < len(cuts):
        box = reached((more_than(nodes.Const(cuts[place]), term), TRUE), box)
    return box


def reached(goal: Goal, box: Box) -> Box:
    """*box* with a goal reached as well, where that is possible; else as it was."""
    return next(solutions([goal], box, 40), box)


def chosen(box: Box) -> dict[Input, int]:
    """One value for each input of a box: the one next to the bound that was drawn, else the least."""
    found = {}
    for each, (low, high) in box.items():
        found[each] = high if low == each.low and high < each.high else low
    return found


__all__ = ["BUDGET", "chosen", "push", "reached", "solutions"]
