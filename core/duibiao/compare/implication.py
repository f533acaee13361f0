"""When one condition follows from another, shown from their nodes alone. Never wrong when it says yes; it may miss some."""

from __future__ import annotations

from attrs import field, frozen

from duibiao.compare.atoms import Atom, Subject, Types, atom
from duibiao.compare.regions import Region, implies, meet
from duibiao.rules import nodes
from duibiao.rules.nodes import FALSE, TRUE, Truth


@frozen(eq=False)
class Logic:
    """Draws conclusions over one vocabulary.

    Attributes:
        types: Data items.
    """

    types: Types
    _atoms: dict[int, tuple[Truth, Atom | None]] = field(factory=dict)

    def atom(self, node: Truth) -> Atom | None:
        """What a condition asks of one subject, worked out once."""
        found = self._atoms.get(id(node))
        if found is None:
            found = self._atoms[id(node)] = (node, atom(node, self.types))
        return found[1]

    def follows(self, first: Truth, second: Truth) -> bool:
        """Whether, all facts known, *second* is never false where *first* is true."""
        if first is second or first == second or self._settled(first, second):
            return True
        one, two = self.atom(first), self.atom(second)
        if one is not None and two is not None:
            return one[0] == two[0] and implies(one[1], two[1], product=True)
        return self._by_parts(first, second)

    def _settled(self, first: Truth, second: Truth) -> bool:
        never = isinstance(first, nodes.Fixed) and first.code != TRUE
        return never or (isinstance(second, nodes.Fixed) and second.code != FALSE)

    def _by_parts(self, first: Truth, second: Truth) -> bool:
        match first, second:
            case nodes.Not(one), nodes.Not(two):
                return self.follows(two, one)
            case nodes.Choose(test, then, other), nodes.Choose(same, second_then, second_other) if test == same:
                first_way = self._share(test, then, second_then) or self.follows(then, second_then)
                return first_way and self.follows(other, second_other)
        match second:
            case nodes.All(tests):
                return all(self.follows(first, test) for test in tests)
            case nodes.Choose(_, then, other) if self.follows(first, then) and self.follows(first, other):
                return True
        match first:
            case nodes.Any(tests):
                return all(self.follows(test, second) for test in tests)
            case nodes.Choose(_, then, other) if self.follows(then, second) and self.follows(other, second):
                return True
            case nodes.All(tests):
                return self.follows_all(tests, second)
        return isinstance(second, nodes.Any) and any(self.follows(first, test) for test in second.tests)

    def _share(self, test: Truth, first: Truth, second: Truth) -> bool:
        """The same of two shares of the same facts, where the guard keeps one fact above zero, and so the products from 0 = 0."""
        one, two = self.atom(first), self.atom(second)
        if one is None or two is None or one[0] != two[0] or not isinstance(test, nodes.Compare) or test.op != ">":
            return False
        above = isinstance(test.left, nodes.Read) and test.left.input.fact in (one[0].fact, one[0].over)
        return above and bool(one[0].over) and test.right == nodes.Const(0) and implies(one[1], two[1])

    def follows_all(self, given: tuple[Truth, ...], wanted: Truth) -> bool:
        """Whether *wanted* is never false where every condition in *given* is true."""
        if any(self.follows(each, wanted) for each in given):
            return True
        known = self.atom(wanted)
        if known is not None:
            region = self.region(given, known[0])
            return region is not None and implies(region, known[1], product=True)
        if isinstance(wanted, nodes.Any):
            return any(self.follows_all(given, test) for test in wanted.tests)
        return isinstance(wanted, nodes.All) and all(self.follows_all(given, test) for test in wanted.tests)

    def region(self, given: tuple[Truth, ...], subject: Subject) -> Region | None:
        """What the conditions together leave of a subject; None where none of them speaks of it plainly."""
        found: Region | None = None
        for each in given:
            own = self.atom(each)
            if own is not None and own[0] == subject:
                joined = own[1] if found is None else meet(found, own[1])
                found = joined if joined is not None else found
        return found


__all__ = ["Logic"]
