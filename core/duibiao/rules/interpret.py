"""Core nodes walked one by one: slow, obvious, and the yardstick for the generated functions."""

from __future__ import annotations

from collections.abc import Callable

from duibiao.rules import nodes
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE, Input, Num, Span, Truth, open_choice

Lookup = Callable[[Input], Span | None]
"""What is known of an input: its value twice, or None when it is missing."""


class Interpreter:
    """Evaluates nodes over partly known inputs; every node is worked out at most once."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self._truths: dict[int, int] = {}
        self._spans: dict[int, Span] = {}

    def truth(self, node: Truth) -> int:
        """The truth code of a condition."""
        if id(node) not in self._truths:
            self._truths[id(node)] = self._truth(node)
        return self._truths[id(node)]

    def span(self, node: Num) -> Span:
        """Least and greatest value of a number."""
        if id(node) not in self._spans:
            self._spans[id(node)] = self._span(node)
        return self._spans[id(node)]

    def _truth(self, node: Truth) -> int:
        match node:
            case nodes.Fixed(code):
                return code
            case nodes.Flag(each):
                known = self.lookup(each)
                return known[0] if known is not None else ASK if each.judged else OPEN
            case nodes.Compare(op, left, right):
                code = compare_spans(op, self.span(left), self.span(right))
                return ASK if code == OPEN and self._awaits_judgement(node) else code
            case nodes.Not(test):
                code = self.truth(test)
                return code if code > TRUE else 1 - code
            case nodes.All(tests):
                codes = [self.truth(test) for test in tests]
                return FALSE if FALSE in codes else max(codes)
            case nodes.Any(tests):
                codes = [self.truth(test) for test in tests]
                return TRUE if TRUE in codes else max(codes)
            case nodes.Choose(test, then, other):
                return choose_code(self.truth(test), self.truth(then), self.truth(other))
        raise TypeError(node)

    def _awaits_judgement(self, node: Truth) -> bool:
        """Whether nothing but judgements is missing below an open comparison."""
        return all(each.judged for each in nodes.inputs_of(node) if not self._settled(each))

    def _settled(self, each: Input) -> bool:
        known = self.lookup(each)
        return known is not None and known[0] == known[1]

    def _span(self, node: Num) -> Span:
        match node:
            case nodes.Const(value):
                return value, value
            case nodes.Read(each):
                return self.lookup(each) or (each.low, each.high)
            case nodes.Add(terms):
                spans = [self.span(term) for term in terms]
                return sum(s[0] for s in spans), sum(s[1] for s in spans)
            case nodes.Scale(factor, term):
                return nodes.product_span((factor, factor), self.span(term))
            case nodes.Mul(left, right):
                return nodes.product_span(self.span(left), self.span(right))
            case nodes.Div(left, right, rounding):
                return nodes.quotient_span(self.span(left), self.span(right), rounding)
            case nodes.Least(terms) | nodes.Greatest(terms):
                best = min if isinstance(node, nodes.Least) else max
                spans = [self.span(term) for term in terms]
                return best(s[0] for s in spans), best(s[1] for s in spans)
            case nodes.Count(tests):
                codes = [self.truth(test) for test in tests]
                return sum(c == TRUE for c in codes), sum(c != FALSE for c in codes)
            case nodes.Bands(term, cuts, values):
                return nodes.band_span(*self.span(term), cuts, values)
            case nodes.Pick(test, then, other):
                code, first, second = self.truth(test), self.span(then), self.span(other)
                if code <= TRUE:
                    return first if code == TRUE else second
                return min(first[0], second[0]), max(first[1], second[1])
        raise TypeError(node)


def compare_spans(op: str, left: Span, right: Span) -> int:
    """A comparison of two ranges as a truth code."""
    if op == "==":
        if left[1] < right[0] or left[0] > right[1]:
            return FALSE
        return TRUE if left[0] == left[1] == right[0] == right[1] else OPEN
    if op == ">=":
        return TRUE if left[0] >= right[1] else FALSE if left[1] < right[0] else OPEN
    return TRUE if left[0] > right[1] else FALSE if left[1] <= right[0] else OPEN


def choose_code(test: int, then: int, other: int) -> int:
    """One truth or the other, or what both agree on."""
    if test <= TRUE:
        return then if test == TRUE else other
    return open_choice(test, then, other)
