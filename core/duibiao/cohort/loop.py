"""The evaluator for one unit over many, one after the other: the same rows of results without any data frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import define, field

from duibiao.assess.bind import PEER_PARTS, Peers, bind
from duibiao.assess.cohort import cohort_peers
from duibiao.assess.one import Assessor
from duibiao.cohort.fields import CODE, KIND, NAME, PERIOD
from duibiao.cohort.layout import Layout
from duibiao.errors import BadInputError, Collector
from duibiao.model.facts import FactSet
from duibiao.rules.compile import Bound
from duibiao.rules.nodes import TRUE

Row = dict[str, str | int | bool]


@define(eq=False, slots=False)
class Loop:
    """A standard ready to work out units one after the other.

    Attributes:
        assessor: The standard.
        layout: Names of the columns.
        pending: Column of «falls, not confirmed» to the cell that says so.
    """

    assessor: Assessor
    layout: Layout = field(init=False)
    pending: dict[str, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        program = self.assessor.program
        self.layout = Layout.of(program)
        names = zip(self.layout.findings, program.findings(), strict=True)
        self.pending = {
            self.layout.pending(name): self.assessor.compiled.sheet.cell_of(each.pending)
            for name, each in names
            if each.pending is not None
        }

    @property
    def looks_around(self) -> bool:
        """Whether a rule looks at peers, so that all units have to be known before the first result."""
        return any(each.part in PEER_PARTS for each in self.assessor.program.inputs)

    def rows(self, units: Iterable[FactSet]) -> Iterator[Row]:
        """Each unit's result, in the order given.

        Raises BadInputError, at the end and with everything wrong, when the facts of units do not fit.
        """
        problems = Collector()
        for facts, peers in self._with_peers(units, problems):
            try:
                bound = bind(self.assessor.program, facts, peers)
            except BadInputError as error:
                problems.problems += error.problems
                continue
            yield self.row(facts, bound)
        problems.raise_any()

    def row(self, facts: FactSet, bound: Bound) -> Row:
        """One unit's result."""
        unit = facts.unit
        found: Row = {CODE: unit.code, NAME: unit.name, KIND: unit.kind, PERIOD: facts.period}
        found |= self.layout.row(self.assessor.compiled.run(bound))
        if self.pending:
            _, values = self.assessor.compiled.trace(bound.lows, bound.highs)
            found |= {name: values[cell] == TRUE for name, cell in self.pending.items()}
        return found

    def _with_peers(self, units: Iterable[FactSet], problems: Collector) -> Iterator[tuple[FactSet, Peers | None]]:
        if not self.looks_around:
            yield from ((each, None) for each in units)
            return
        every: Sequence[FactSet] = list(units)
        for each in every:
            try:
                bind(self.assessor.program, each)
            except BadInputError as error:
                problems.problems += error.problems
        problems.raise_any()
        yield from zip(every, cohort_peers(self.assessor, every), strict=True)
