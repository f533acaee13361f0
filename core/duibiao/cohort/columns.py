"""Ordinary columns: what the core nodes become when many units are worked out at once.

A number is a column of integers without gaps; a test is a column of yes and no with gaps, a gap being «open». Data frames and
databases combine such gaps by Kleene's rules themselves: open and no is no, open or yes is yes. Where a missing fact leaves a
number open, it is two columns, its least and its greatest value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Literal

from attrs import field, frozen

from duibiao.rules.nodes import Rounding

Side = Literal["", "low", "high"]


@frozen(eq=False)
class Lit:
    """The same integer for every unit."""

    value: int


@frozen(eq=False)
class Slot:
    """The number of an input.

    Attributes:
        index: Slot of the program.
        missing: What a gap stands for; None where there are none, or where gaps are meant to show.
        side: For an input that is a range by nature: which end.
    """

    index: int
    missing: int | None = None
    side: Side = ""


@frozen(eq=False)
class Number:
    """A number that an earlier layer worked out."""

    name: str
    layer: int


@frozen(eq=False)
class Plus:
    """Sum; *wide* where 32 bits do not hold it."""

    terms: tuple[Ints, ...]
    wide: bool = False


@frozen(eq=False)
class Times:
    """Product."""

    left: Ints
    right: Ints
    wide: bool = False


@frozen(eq=False)
class Quotient:
    """Rounded quotient; a divisor below one counts as one.

    Attributes:
        left: What is divided.
        right: By what.
        rounding: How.
        natural: Whether *left* is never negative.
        wide: Whether 32 bits do not hold twice of both together.
    """

    left: Ints
    right: Ints
    rounding: Rounding
    natural: bool
    wide: bool = True


@frozen(eq=False)
class Extreme:
    """The smallest or the largest of the terms."""

    terms: tuple[Ints, ...]
    least: bool


@frozen(eq=False)
class If:
    """*then* where the test surely holds, else *other*."""

    test: Tests
    then: Ints
    other: Ints


@frozen(eq=False)
class Ladder:
    """``values[i]`` while term < ``cuts[i]``, else the last."""

    term: Ints
    cuts: tuple[int, ...]
    values: tuple[int, ...]


@frozen(eq=False)
class Tally:
    """How many of the tests surely hold; with *possible*, how many may hold."""

    tests: tuple[Tests, ...]
    possible: bool = False


@frozen(eq=False)
class Code:
    """1 for yes, 0 for no, else what *open* says."""

    test: Tests
    open: Ints


@frozen(eq=False)
class Known:
    """The same answer for every unit; None is open."""

    value: bool | None


@frozen(eq=False)
class FlagSlot:
    """The yes or no of an input; a gap where it is missing."""

    index: int


@frozen(eq=False)
class Answer:
    """A test that an earlier layer worked out."""

    name: str
    layer: int


@frozen(eq=False)
class Cmp:
    """A comparison of two numbers; a gap in either is a gap."""

    op: Literal[">=", ">", "==", "<", "<="]
    left: Ints
    right: Ints


@frozen(eq=False)
class And:
    """Every test holds."""

    tests: tuple[Tests, ...]


@frozen(eq=False)
class Or:
    """At least one test holds."""

    tests: tuple[Tests, ...]


@frozen(eq=False)
class Neg:
    """The test does not hold."""

    test: Tests


@frozen(eq=False)
class Settled:
    """Yes where *yes* holds, no where *no* holds, else open; neither has gaps and they never hold together."""

    yes: Tests
    no: Tests


@frozen(eq=False)
class Fork:
    """One test or the other; where it is open which, what both agree on; *sure* where that is never open."""

    test: Tests
    then: Tests
    other: Tests
    sure: bool = False


@frozen(eq=False)
class Sure:
    """Whether the test surely holds: without gaps."""

    test: Tests


@frozen(eq=False)
class Open:
    """Whether the test is open: without gaps."""

    test: Tests


@frozen(eq=False)
class Gap:
    """Whether an input is missing."""

    index: int


Ints = Lit | Slot | Number | Plus | Times | Quotient | Extreme | If | Ladder | Tally | Code
Tests = Known | FlagSlot | Answer | Cmp | And | Or | Neg | Settled | Fork | Sure | Open | Gap
Column = Ints | Tests
SIMPLE = (Lit, Slot, Number, Known, FlagSlot, Answer, Gap)
"""Columns that cost nothing to mention again."""
PLAIN: frozenset[type] = frozenset(SIMPLE)
"""The same, to look a type up in."""


@frozen(eq=False)
class Sheaf:
    """Columns to work out, layer by layer: each rests on inputs and on layers before its own.

    Attributes:
        layers: Per layer: the name and definition of each column.
        results: Name and definition of each column of the result.
        ranges: Slots that are read as ranges.
    """

    layers: tuple[tuple[tuple[str, Column], ...], ...]
    results: tuple[tuple[str, Column], ...]
    ranges: frozenset[int] = field(factory=frozenset)


def slot_name(index: int, side: str = "") -> str:
    """The column in which an input stands."""
    return f"x{index}.{side}" if side else f"x{index}"


PARTS: Mapping[type, Callable[[Any], tuple[Column, ...]]] = {
    **dict.fromkeys(SIMPLE, lambda _: ()),
    **dict.fromkeys((Plus, Extreme), attrgetter("terms")),
    **dict.fromkeys((Times, Quotient, Cmp), attrgetter("left", "right")),
    **dict.fromkeys((If, Fork), attrgetter("test", "then", "other")),
    Ladder: lambda column: (column.term,),
    **dict.fromkeys((Tally, And, Or), attrgetter("tests")),
    Code: attrgetter("test", "open"),
    **dict.fromkeys((Neg, Sure, Open), lambda column: (column.test,)),
    Settled: attrgetter("yes", "no"),
}
"""Per kind of column: reads the columns directly below."""
