"""What is asked of the results of many units, and the answers where they lie in plain lists.

:mod:`duibiao.cohort.answers_columns` answers the same of data frames.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from typing import Protocol

from attrs import define, field, frozen

from duibiao.cohort.fields import CODE, KIND, NAME, PERIOD
from duibiao.cohort.layout import Layout
from duibiao.cohort.loop import Row
from duibiao.rules.compile import NOT_APPLICABLE
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE

CODES = 5
"""Codes of a verdict: not met, met, waits for a judgement, unknown, not applicable."""

MOST_BINS = 10


@frozen
class Bins:
    """Equal steps of the score; what lies below the first or above the last is counted in these.

    Attributes:
        width: Of one, in steps of a point (or indicators).
        count: How many.
    """

    width: int
    count: int

    def of(self, value: int) -> int:
        """The bin of a value."""
        return min(max(value // self.width, 0), self.count - 1)

    @classmethod
    def over(cls, full: int, step: int = 1) -> Bins:
        """At most ten bins, of whole *step*s, up to *full*."""
        width = max(-(-full // (MOST_BINS * step)), 1) * step
        return cls(width, max(-(-full // width), 1))


@frozen
class Division:
    """What became of the units of one division.

    Attributes:
        code: Beginning of their codes.
        rows: Units.
        in_scope: Of them those that the standard speaks of, or perhaps speaks of.
        held: Of these: hold the award.
        not_held: Surely do not.
        open: May still.
    """

    code: str
    rows: int
    in_scope: int
    held: int
    not_held: int
    open: int


@frozen
class Tally:
    """Counts over the units of a territory.

    Attributes:
        rows: Units.
        scope: Of them by the code of «in scope»: no, yes, open for a judgement, open.
        codes: Column of a verdict or finding to how many units have each code, of those that are not out of scope.
        settled: Per bin, units whose score is settled.
        open: Per bin, units whose score is open, by the least it can be.
        divisions: The divisions below, in the order of their codes.
    """

    rows: int
    scope: tuple[int, ...]
    codes: Mapping[str, tuple[int, ...]]
    settled: tuple[int, ...]
    open: tuple[int, ...]
    divisions: tuple[Division, ...] = ()


@frozen
class Line:
    """What the units nearest to an award are looked for by.

    Attributes:
        award: Column of the award.
        score: The score it asks for, in steps; None where it asks for none.
        kinds: Unit kinds it can go to; empty means all.
    """

    award: str
    score: int | None = None
    kinds: tuple[str, ...] = ()


@frozen
class Near:
    """A unit that is near to an award.

    Attributes:
        code: Statistical code.
        name: Name.
        kind: Kind.
        state: Code of the award.
        gap: Points missing to the line at best, and if nothing unknown turns out well; None without a line.
        not_met: Indicators that are not met.
        unknown: Indicators that are not settled.
        vetoed: Whether a veto stands against it.
    """

    code: str
    name: str
    kind: str
    state: int
    gap: tuple[int, int] | None
    not_met: int
    unknown: int
    vetoed: bool

    @property
    def order(self) -> tuple[bool, int, int, bool, int, str]:
        """The nearest comes first: nothing that is unknown is counted as if it turned out well."""
        gap = self.gap[1] if self.gap else 0
        return self.vetoed, gap, self.not_met + self.unknown, self.state == FALSE, self.unknown, self.code


Pick = tuple[int, str, int, int, int]
"""Row, code of the unit, code of the award, least and greatest points."""


class Answers(Protocol):
    """The results of many units, in the order of their facts."""

    rows: int

    def full(self) -> int:
        """The greatest full marks of any unit, in steps; the number of indicators where there are no points."""

    def tally(self, bins: Bins, under: str = "", level: int = 0, award: str = "") -> Tally:
        """Counts over the units whose codes begin with *under*, and by divisions with codes of *level* digits."""

    def nearest(self, line: Line, limit: int, under: str = "") -> list[Near]:
        """The units that are nearest to an award that they do not hold."""

    def candidates(self, award: str, points: tuple[str, str]) -> list[Pick]:
        """The units that hold an award or still may."""

    def pool(self, length: int, kinds: Sequence[str]) -> Mapping[str, int]:
        """How many units of *kinds* there are, by the beginning of their codes."""

    def lines(self, names: Sequence[str]) -> Iterator[tuple[str | int | bool, ...]]:
        """Some columns, row by row."""

    def within(self, under: str) -> Answers:
        """The results of the units whose codes begin with *under* alone."""


@define(eq=False)
class PlainAnswers:
    """Results in lists and arrays, column by column.

    Attributes:
        layout: Names of the columns.
        rows: How many units.
        columns: Column to values.
    """

    layout: Layout
    rows: int = 0
    columns: dict[str, list[str] | array[int]] = field(factory=dict)

    @classmethod
    def of(cls, layout: Layout, rows: Iterable[Row]) -> PlainAnswers:
        """Take in rows of results."""
        made = cls(layout)
        adds: list[tuple[str, Callable[[str | int], None]]] = []
        for row in rows:
            if not adds:
                made._begin(row)
                adds = [(name, column.append) for name, column in made.columns.items()]  # type: ignore[misc]
            for name, add in adds:
                add(row[name])
            made.rows += 1
        return made

    def _begin(self, row: Row) -> None:
        numbers = {name for ends in (*self.layout.points, *self.layout.score) for name in ends}
        numbers |= {name for points, full in self.layout.groups for name in (*points, *full)}
        for name, value in row.items():
            self.columns[name] = [] if isinstance(value, str) else array("q" if name in numbers else "b")

    def full(self) -> int:
        if not self.layout.score:
            return len(self.layout.verdicts)
        return max(self._ints(self.layout.score[1][1]), default=0)

    def tally(self, bins: Bins, under: str = "", level: int = 0, award: str = "") -> Tally:
        rows = self._under(under)
        scope = self._ints(self.layout.scope)
        inside = [row for row in rows if scope[row] != FALSE]
        settled, open_ = [0] * bins.count, [0] * bins.count
        for row in inside:
            low, high = self._measure(row)
            (settled if low == high else open_)[bins.of(low)] += 1
        names = (*self.layout.verdicts, *self.layout.findings)
        return Tally(
            len(rows), _counts((scope[row] for row in rows), 4),
            {name: self._codes(name, inside) for name in names},
            tuple(settled), tuple(open_), tuple(self._divisions(rows, level, award)) if level else (),
        )  # fmt: skip

    def nearest(self, line: Line, limit: int, under: str = "") -> list[Near]:
        award, scope, kinds = self._ints(line.award), self._ints(self.layout.scope), self.columns.get(KIND, [])
        rows = (
            row for row in self._under(under)
            if award[row] != TRUE and scope[row] != FALSE and (not line.kinds or kinds[row] in line.kinds)
        )  # fmt: skip
        return nsmallest(limit, (self._near(row, line, award[row]) for row in rows), key=lambda each: each.order)

    def candidates(self, award: str, points: tuple[str, str]) -> list[Pick]:
        codes, states = self._texts(CODE), self._ints(award)
        low, high = (self._ints(name) if name in self.columns else [0] * self.rows for name in points)
        return [(row, codes[row], states[row], low[row], high[row]) for row in range(self.rows) if states[row] != FALSE]

    def pool(self, length: int, kinds: Sequence[str]) -> Mapping[str, int]:
        pairs = zip(self._texts(CODE), self._texts(KIND), strict=True)
        return Counter(code[:length] for code, kind in pairs if kind in kinds)

    def lines(self, names: Sequence[str]) -> Iterator[tuple[str | int | bool, ...]]:
        yield from zip(*(self.columns[name] for name in names), strict=True) if self.rows else ()

    def within(self, under: str) -> PlainAnswers:
        rows = self._under(under)

        def some(column: list[str] | array[int]) -> list[str] | array[int]:
            if isinstance(column, array):
                return array(column.typecode, (column[row] for row in rows))
            return [column[row] for row in rows]

        return PlainAnswers(self.layout, len(rows), {name: some(column) for name, column in self.columns.items()})

    def _ints(self, name: str) -> Sequence[int]:
        found = self.columns.get(name, array("q"))
        assert isinstance(found, array)  # noqa: S101 - what is no text is a number
        return found

    def _texts(self, name: str) -> Sequence[str]:
        found = self.columns.get(name, [])
        assert isinstance(found, list)  # noqa: S101
        return found

    def _under(self, under: str) -> Sequence[int]:
        if not under:
            return range(self.rows)
        return [row for row, code in enumerate(self._texts(CODE)) if code.startswith(under)]

    def _codes(self, name: str, rows: Sequence[int]) -> tuple[int, ...]:
        column = self._ints(name)
        return _counts((column[row] for row in rows), CODES)

    def _measure(self, row: int) -> tuple[int, int]:
        """Least and greatest score; without points, indicators that are met and that still may be."""
        if self.layout.score:
            low, high = self.layout.score[0]
            return self._ints(low)[row], self._ints(high)[row]
        found = _counts((self._ints(name)[row] for name in self.layout.verdicts), CODES)
        met = found[TRUE] + found[NOT_APPLICABLE]
        return met, met + found[ASK] + found[OPEN]

    def _divisions(self, rows: Sequence[int], level: int, award: str) -> Iterator[Division]:
        codes, scope = self._texts(CODE), self._ints(self.layout.scope)
        states = self._ints(award) if award else None
        found: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            found[codes[row][:level]].append(row)
        for code in sorted(found):
            inside = [row for row in found[code] if scope[row] != FALSE]
            counts = _counts((states[row] for row in inside), CODES) if states is not None else (0,) * CODES
            yield Division(code, len(found[code]), len(inside), counts[TRUE], counts[FALSE], counts[ASK] + counts[OPEN])

    def _near(self, row: int, line: Line, state: int) -> Near:
        verdicts = _counts((self._ints(name)[row] for name in self.layout.verdicts), CODES)
        gap = None
        if line.score is not None and self.layout.score:
            low, high = (self._ints(name)[row] for name in self.layout.score[0])
            gap = (max(line.score - high, 0), max(line.score - low, 0))
        vetoes = [name for name in self.layout.findings if name.startswith("veto.")]
        return Near(
            self._texts(CODE)[row], self._texts(NAME)[row], self._texts(KIND)[row], state, gap,
            verdicts[FALSE], verdicts[ASK] + verdicts[OPEN], any(self._ints(name)[row] == TRUE for name in vetoes),
        )  # fmt: skip


def _counts(values: Iterable[int], codes: int) -> tuple[int, ...]:
    found = Counter(values)
    return tuple(found[code] for code in range(codes))


UNIT_COLUMNS = (CODE, NAME, KIND, PERIOD)
