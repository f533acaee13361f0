"""Units under several standards at once, from the facts they have: what is met, what is not, what still has to be collected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

from duibiao.compare.table import Comparison, Row
from duibiao.model.facts import FactSet, Value
from duibiao.model.outcome import Assessment, State, Verdict

WORST_FIRST = (
    Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT, Verdict.MET, Verdict.NOT_APPLICABLE, Verdict.OUT_OF_SCOPE,
)  # fmt: skip


@frozen
class Line:
    """One fact of a unit across the standards.

    Attributes:
        row: What the standards demand of it.
        value: The unit's own value; None while it is unknown.
        verdicts: For each standard what became of its indicators on the fact, the worst of them; None where it has none.
    """

    row: Row
    value: Value | None
    verdicts: tuple[Verdict | None, ...]


@frozen
class Look:
    """One unit across the standards.

    Attributes:
        facts: Its facts.
        assessments: Its assessment under each standard.
        lines: Fact by fact.
    """

    facts: FactSet
    assessments: tuple[Assessment, ...]
    lines: tuple[Line, ...]

    def counts(self, column: int) -> Mapping[Verdict, int]:
        """How many indicators of a standard came out how."""
        return Counter(leaf.verdict for leaf in self.assessments[column].indicators())

    def missing(self, column: int) -> tuple[str, ...]:
        """Facts that still have to be collected for a standard, those that settle most first."""
        return self.assessments[column].unknown_facts


@frozen
class Territory:
    """Many units across the standards.

    Attributes:
        units: How many.
        titles: For each standard, award id to how many units hold it, do not, or could still do either.
        in_scope: For each standard how many units it is for.
        verdicts: For each row and standard, how many units came out how; empty where the standard asks nothing.
        missing: For each standard, fact to how many units lack it, most first.
    """

    units: int
    titles: tuple[Mapping[str, Mapping[State, int]], ...]
    in_scope: tuple[int, ...]
    verdicts: tuple[tuple[Mapping[Verdict, int], ...], ...]
    missing: tuple[Mapping[str, int], ...]


def look_at(comparison: Comparison, facts: FactSet, assessments: Sequence[Assessment]) -> Look:
    """One unit's facts and assessments, by the rows of a comparison."""
    verdicts = [{leaf.id: leaf.verdict for leaf in each.indicators()} for each in assessments]
    lines = tuple(
        Line(row, facts.values.get(row.fact), tuple(_worst(row, column, found) for column, found in enumerate(verdicts)))
        for row in comparison.rows
    )
    return Look(facts, tuple(assessments), lines)


def _worst(row: Row, column: int, verdicts: Mapping[str, Verdict]) -> Verdict | None:
    mine = {verdicts[each.item.id] for each in row.cells[column] if each.role == "indicator"}
    return next((each for each in WORST_FIRST if each in mine), None)


class Tally:
    """Adds up looks, one after the other, so that no unit has to be kept."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        size = len(comparison.programs)
        self.units = 0
        self.in_scope = [0] * size
        self.titles: list[dict[str, Counter[State]]] = [
            {each.id: Counter() for each in program.standard.awards} for program in comparison.programs
        ]
        self.verdicts = [[Counter[Verdict]() for _ in range(size)] for _ in comparison.rows]
        self.missing = [Counter[str]() for _ in range(size)]

    def add(self, look: Look) -> None:
        """One more unit."""
        self.units += 1
        for column, each in enumerate(look.assessments):
            self.missing[column].update(each.unknown_facts)
            if each.in_scope is not False:
                self.in_scope[column] += 1
                for award in each.awards:
                    self.titles[column][award.id][award.state] += 1
        for place, line in enumerate(look.lines):
            for column, verdict in enumerate(line.verdicts):
                if verdict is not None:
                    self.verdicts[place][column][verdict] += 1

    def whole(self) -> Territory:
        """All of them."""
        return Territory(
            self.units, tuple(dict(each) for each in self.titles), tuple(self.in_scope),
            tuple(tuple(cells) for cells in self.verdicts), tuple(dict(each.most_common()) for each in self.missing),
        )  # fmt: skip


__all__ = ["Line", "Look", "Tally", "Territory", "look_at"]
