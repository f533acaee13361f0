"""Witnesses: facts with which a unit passes one standard and fails another, or the proof that there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Literal

from attrs import field, frozen

from duibiao.assess.one import Assessor
from duibiao.compare.boxes import Box, Goal, at_kind, conjuncts, hull, key, truth
from duibiao.compare.facts import fact_ids, facts_from
from duibiao.compare.implication import Logic
from duibiao.compare.search import chosen, solutions
from duibiao.model.facts import FactSet
from duibiao.model.outcome import State
from duibiao.model.outcome import Verdict as Outcome
from duibiao.model.standard import Award
from duibiao.rules.compile import NOT_APPLICABLE
from duibiao.rules.context import KINDS, UNIT_KIND
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE, Input, Span, Truth, both, either, inputs_of, negate
from duibiao.rules.program import Leaf

Verdict = Literal["found", "none", "not_found", "no_common_kind"]
MOST_SHRUNK = 12
"""Of so many witnesses the smallest is looked for."""
MOST_BRANCHES = 64
"""So many alternatives are refuted one by one before a proof is given up."""


@frozen
class Side:
    """A standard and what it means to pass it.

    Attributes:
        assessor: The standard.
        award: The award that has to be held; None where the standard has none: then every binding indicator has to be met.
    """

    assessor: Assessor
    award: Award | None = None

    @property
    def goal(self) -> Truth:
        """Passing, as a condition."""
        program = self.assessor.program
        if self.award is not None:
            return next(found.test for found in program.awards if found.id == self.award.id)
        return both(program.scope, *(either(negate(leaf.applies), leaf.rule) for leaf in program.leaves if leaf.binding))

    def passes(self, box: Box, *, recorded: bool = False) -> int:
        """Whether every unit in *box* passes: TRUE, FALSE, or open.

        *recorded*: an input that the box does not hold is a fact that nobody recorded, so that a rule's own default stands in.
        """
        lows: list[int] = []
        highs: list[int] = []
        flags = self.assessor.program.flags
        for each in self.assessor.program.inputs:
            low, high = _span(each, box, recorded)
            known = low == high
            lows.append(low if each not in flags or known else ASK if each.judged else OPEN)
            highs.append(high)
        raw = self.assessor.compiled.general(lows, highs)
        if self.award is not None:
            program = self.assessor.program
            place = len(program.gates) + len(program.vetoes) + [each.id for each in program.awards].index(self.award.id)
            return int(raw[12][place])
        codes = [int(raw[0])]
        codes += [int(code) for code, leaf in zip(raw[1], self.assessor.program.leaves, strict=True) if leaf.binding]
        settled = [TRUE if code == NOT_APPLICABLE else code for code in codes]
        return FALSE if FALSE in settled else max(settled)

    def score(self, box: Box) -> Span:
        """Least and greatest score of the units in *box*; (0, 0) without points."""
        if self.assessor.program.score is None:
            return 0, 0
        lows, highs = zip(*(_span(each, box, True) for each in self.assessor.program.inputs), strict=True)
        flags = self.assessor.program.flags
        open_lows = [
            OPEN if each in flags and low != high else low
            for each, low, high in zip(self.assessor.program.inputs, lows, highs, strict=True)
        ]
        raw = self.assessor.compiled.general(open_lows, highs)
        return raw[8], raw[9]

    def holds(self, facts: FactSet) -> State:
        """How the evaluator itself settles it."""
        found = self.assessor.assess(facts)
        if self.award is not None:
            return found.award(self.award.id).state
        if found.in_scope is False:
            return State.NOT_HELD
        binding = {leaf.id for leaf in self.assessor.program.leaves if leaf.binding}
        verdicts = {each.verdict for each in found.indicators() if each.id in binding}
        if Outcome.NOT_MET in verdicts:
            return State.NOT_HELD
        return State.HELD if verdicts <= {Outcome.MET, Outcome.NOT_APPLICABLE} else State.OPEN


def _span(each: Input, box: Box, recorded: bool) -> Span:
    found = box.get(key(each))
    if found is not None:
        return found
    return (each.default, each.default) if recorded and each.default is not None else (each.low, each.high)


def side_of(assessor: Assessor) -> Side:
    """A standard with its lowest award, the first named where several are alike."""
    awards = sorted(assessor.program.standard.awards, key=lambda each: each.rank)
    return Side(assessor, awards[0] if awards else None)


@frozen
class Apart:
    """Whether a unit can pass the first standard and fail one demand of the second.

    Attributes:
        leaf: The indicator; None where it is the score (or something else than an indicator) that has to fail.
        state: ``found``, ``none`` (proved), ``not_found``.
        values: The inputs of the demand, as they are then.
    """

    leaf: str | None
    state: Verdict
    values: Mapping[Input, int] = field(factory=dict)


@frozen
class Witness:
    """Facts that pass the first standard and fail the second.

    Attributes:
        facts: The facts of one unit; none of them can be left out.
        fails: Indicators of the second standard that are not met.
        decisive: Those of the facts that these indicators look at.
    """

    facts: FactSet
    fails: tuple[str, ...]
    decisive: tuple[str, ...]


@frozen
class Answer:
    """What was found out about «passes the first, fails the second».

    Attributes:
        first: The standard that is passed.
        second: The standard that is failed.
        state: ``found``; ``none``: proved that there is no such unit; ``not_found``: neither; ``no_common_kind``: no kind of
            unit can get both titles.
        kind: The kind of unit looked at.
        witness: The smallest that was found.
        apart: For each demand of the second standard, whether it alone can tell the two apart.
    """

    first: Side
    second: Side
    state: Verdict
    kind: str = ""
    witness: Witness | None = None
    apart: tuple[Apart, ...] = ()


Tick = Callable[[], object]
"""Called again and again during a search; what it raises ends the search."""


def passes_but_fails(first: Side, second: Side, as_of: date, name: str, tick: Tick = lambda: None) -> Answer:
    """Look for a unit that passes *first* and fails *second*; its facts are called *name* and asked about on *as_of*.

    *tick* is called at every step: a search may take seconds, and whoever waits may want to stop it.
    """
    answers = []
    for kind in common_kinds(first, second):
        answer = _Search(first, second, kind, as_of, name, tick).answer()
        if answer.state == "found":
            return answer
        answers.append(answer)
    unsettled = [each for each in answers if each.state == "not_found"]
    return next(iter([*unsettled, *answers]), Answer(first, second, "no_common_kind"))


def common_kinds(first: Side, second: Side) -> Iterator[str]:
    """Kinds of unit that can get both titles."""
    for kind in first.assessor.program.standard.header.unit_kinds or KINDS:
        box = {UNIT_KIND: (KINDS.index(kind), KINDS.index(kind))}
        if FALSE not in (first.passes(box), second.passes(box)):
            yield kind


Values = dict[Input, int]


class _Search:
    """One question about units of one kind."""

    def __init__(self, first: Side, second: Side, kind: str, as_of: date, name: str, tick: Tick) -> None:
        self.first, self.second, self.kind, self.as_of, self.name, self.tick = first, second, kind, as_of, name, tick
        self.types = {**first.assessor.program.vocabulary.types, **second.assessor.program.vocabulary.types}
        self.logic = Logic(self.types)
        place = KINDS.index(kind)
        self.base: Box = {UNIT_KIND: (place, place)}
        self.passing = at_kind(first.goal, kind)
        self.given = conjuncts(self.passing)
        self.demands = conjuncts(at_kind(second.goal, kind))
        self.leaves = self._leaves()

    def _leaves(self) -> dict[Truth, Leaf]:
        found: dict[Truth, Leaf] = {}
        for leaf in self.second.assessor.program.leaves:
            for each in conjuncts(at_kind(either(negate(leaf.applies), leaf.rule), self.kind)):
                found.setdefault(each, leaf)
        return found

    def answer(self) -> Answer:
        left, _ = hull([(self.passing, TRUE)], self.base)
        if left is None or self.first.passes(left) == FALSE:
            return Answer(self.first, self.second, "none", self.kind)
        apart, found = [], []
        for demand in self.demands:
            self.tick()
            leaf = self.leaves.get(demand)
            name = None if leaf is None else leaf.id
            values = None if self.follows(demand, left) else self.separate(demand)
            if values is not None:
                found.append((demand, values))
                mine = {key(each): values[key(each)] for each in inputs_of(demand) if key(each) in values} if leaf else {}
                apart.append(Apart(name, "found", {each: value for each, value in mine.items() if each != UNIT_KIND}))
            else:
                apart.append(Apart(name, "none" if self.follows(demand, left) else "not_found"))
        witness = self.smallest(found)
        state: Verdict = "found" if witness else "none" if all(each.state == "none" for each in apart) else "not_found"
        return Answer(self.first, self.second, state, self.kind, witness, tuple(apart))

    def follows(self, demand: Truth, left: Box) -> bool:
        """Whether it is proved that every unit that passes the first standard meets a demand of the second."""
        if truth(demand, left) == TRUE or self.logic.follows_all(self.given, demand):
            return True
        return self.refuted([(demand, FALSE)], left, [MOST_BRANCHES])

    def refuted(self, goals: list[Goal], box: Box, left: list[int]) -> bool:
        """Whether no unit in *box* passes the first standard and reaches *goals* as well, way by way."""
        left[0] -= 1
        self.tick()
        now, ways = hull(goals, box)
        if now is None or self.first.passes(now) == FALSE:
            return True
        if not ways or left[0] <= 0:
            return False
        return all(self.refuted(list(way), now, left) for way in ways[0])

    def separate(self, demand: Truth) -> Values | None:
        """Values that pass the first standard and fail *demand*; None when none were found."""
        for box in solutions([(demand, FALSE), (self.passing, TRUE)], self.base):
            values = chosen(box)
            if self.holds(values):
                return values
        return None

    def holds(self, values: Mapping[Input, int]) -> bool:
        self.tick()
        box = {each: (value, value) for each, value in values.items()}
        return self.first.passes(box, recorded=True) == TRUE and self.second.passes(box, recorded=True) == FALSE

    def smallest(self, found: list[tuple[Truth, Values]]) -> Witness | None:
        """The witness of fewest facts, checked by the evaluator; facts that both standards ask for are tried first."""
        asked = {each.fact for each in self.first.assessor.program.inputs}
        found.sort(key=lambda each: len(set(fact_ids(inputs_of(each[0]))) - asked))
        best: Witness | None = None
        for _, values in found[:MOST_SHRUNK]:
            made = self.checked(self.shrunk(values))
            if made is not None and (best is None or len(made.facts.values) < len(best.facts.values)):
                best = made
        return best

    def shrunk(self, values: Values) -> Values:
        """*values* without all that is not needed: what is worth least goes first."""
        groups: dict[str, list[Input]] = {}
        for each in values:
            if each != UNIT_KIND:
                groups.setdefault(each.fact, []).append(each)
        for fact in sorted(groups, key=lambda name: self.worth(values, groups[name])):
            values = self.without(values, groups[fact])
        for each in [each for each in values if each != UNIT_KIND]:
            values = self.without(values, [each])
        return values

    def without(self, values: Values, some: list[Input]) -> Values:
        rest = {each: value for each, value in values.items() if each not in some}
        return rest if self.holds(rest) else values

    def worth(self, values: Values, some: list[Input]) -> int:
        """How many points hang on some inputs, in either standard."""
        whole = {each: (value, value) for each, value in values.items()}
        rest = {each: span for each, span in whole.items() if each not in some}
        low, high = self.first.score(whole)[0], self.second.score(whole)[1]
        return max(low - self.first.score(rest)[0], self.second.score(rest)[1] - high)

    def checked(self, values: Values) -> Witness | None:
        """The witness as facts, if the evaluator says of these facts what the search says."""
        facts = facts_from(values, self.types, self.as_of, self.name)
        if facts is None or (self.first.holds(facts), self.second.holds(facts)) != (State.HELD, State.NOT_HELD):
            return None
        result = self.second.assessor.assess(facts)
        fails = tuple(each.id for each in result.indicators() if each.verdict is Outcome.NOT_MET)
        looked_at = {
            each.fact for leaf in self.second.assessor.program.leaves if leaf.id in fails for each in inputs_of(leaf.rule)
        }
        return Witness(facts, fails, tuple(fact for fact in facts.values if fact in looked_at))


__all__ = ["Answer", "Apart", "Side", "Tick", "Witness", "common_kinds", "passes_but_fails", "side_of"]
