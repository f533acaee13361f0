"""A territory's units as a target sees them: whether they count, whether they have what it asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from attrs import evolve, field, frozen

from duibiao.assess.bind import find
from duibiao.model.facts import FactSet, Vocabulary
from duibiao.model.outcome import Assessment, State
from duibiao.model.process import Target
from duibiao.model.sources import Spec
from duibiao.rules.conditions import At, Lowered, condition
from duibiao.rules.context import Context
from duibiao.rules.interpret import Interpreter
from duibiao.rules.nodes import FALSE, TRUE
from duibiao.rules.program import Sketch


@frozen
class Member:
    """A unit of the territory, as a target sees it; alike units are one member and a number.

    Attributes:
        counts: Whether it belongs to the target's population.
        achieved: Whether it has what the target asks for.
        kind: Kind of unit, where reports tell them apart.
        case_open: Whether it has applied and nobody has decided yet.
    """

    counts: State
    achieved: State
    kind: str = ""
    case_open: bool = False


@frozen
class Asked:
    """How a condition came out for a unit.

    Attributes:
        state: Whether it holds.
        missing: How many of its parts do not hold yet, or are not known to.
    """

    state: State
    missing: int


@frozen(eq=False)
class Question:
    """A condition on facts, ready to be asked of many units."""

    _lowered: Lowered = field()

    @classmethod
    def of(cls, spec: Spec | str, vocabulary: Vocabulary) -> Question:
        """The question that a condition (already checked) asks."""
        return cls(condition(spec, Context(vocabulary), At()))

    def ask(self, facts: FactSet) -> Asked:
        """How it comes out for a unit; a condition that cannot be asked of it (nothing to divide by) does not hold."""
        walk = Interpreter(lambda each: find(each, facts))
        codes = (walk.truth(self._lowered.applies), walk.truth(self._lowered.test))
        if codes == (TRUE, TRUE):
            return Asked(State.HELD, 0)
        state = State.NOT_HELD if FALSE in codes else State.OPEN
        return Asked(state, max(_unmet(self._lowered.sketch, walk), 1))


def _unmet(sketch: Sketch, walk: Interpreter) -> int:
    """How many parts of a condition do not hold: of alternatives the fewest, else the sum."""
    if sketch.node is not None and walk.truth(sketch.node) == TRUE:
        return 0
    if sketch.kind == "all_of":
        return sum(_unmet(each, walk) for each in sketch.children)
    if sketch.kind == "any_of" and sketch.children:
        return min(_unmet(each, walk) for each in sketch.children)
    return 1


def holds(spec: Spec | str, facts: FactSet, vocabulary: Vocabulary) -> State:
    """Whether a condition holds for a unit; a condition that cannot be asked of it does not."""
    return Question.of(spec, vocabulary).ask(facts).state


def population(target: Target, kind: str) -> State:
    """Whether units of a kind belong to the target's population; open where their facts decide."""
    kinds = target.population.get("unit_kinds")
    if kinds and kind not in kinds:
        return State.NOT_HELD
    return State.HELD if target.population.get("where") is None else State.OPEN


def belongs(target: Target, facts: FactSet, vocabulary: Vocabulary) -> State:
    """Whether a unit belongs to the target's population."""
    state = population(target, facts.unit.kind)
    return holds(target.population["where"], facts, vocabulary) if state is State.OPEN else state


def named(target: Target, held: Collection[str]) -> State:
    """Whether a unit has been named as the target asks.

    *held* are the ids of the awards that it holds on the day, of the standard that the target counts; a target that counts
    a whole standard takes any of them.
    """
    return State.HELD if (target.award in held if target.award else bool(held)) else State.NOT_HELD


def assessed(target: Target, assessment: Assessment | None) -> State:
    """Whether a unit meets what the award asks for, named or not; open while it has not been assessed.

    *assessment* is under the standard that the target counts; a target that counts a whole standard takes any award of it.
    """
    if assessment is None:
        return State.OPEN
    return reached(target, {each.id: each.state for each in assessment.awards})


def reached(target: Target, awards: Mapping[str, State]) -> State:
    """The same from the states of the awards, by id; a target that counts a whole standard takes the best of them."""
    if target.award:
        return awards[target.award]
    return next((state for state in (State.HELD, State.OPEN) if state in awards.values()), State.NOT_HELD)


def either_way(one: State, other: State) -> State:
    """Achieved one way or the other: named, or found to meet the standard."""
    return next((state for state in (State.HELD, State.OPEN) if state in (one, other)), State.NOT_HELD)


def census(target: Target, kinds: Mapping[str, int], known: Iterable[Member], rest: State = State.OPEN) -> Counter[Member]:
    """A whole territory from its number of units by kind and from those of which something is recorded.

    *known* carry their kind; every other unit of a kind that can count is taken as *rest*: open where nobody has asked, not
    held where a record would be there. ValueError when more units of a kind are known than there are.
    """
    found = Counter(known)
    left = Counter(kinds)
    for member, number in found.items():
        left[member.kind] -= number
    for kind, number in left.items():
        if number < 0:
            raise ValueError(f"{kind}: {-number} more are known than there are")
        counts = population(target, kind)
        if number and counts is not State.NOT_HELD:
            found[Member(counts, rest, kind)] += number
    return found


def without_case(member: Member, achieved: State) -> Member:
    """The member once its case is decided."""
    return evolve(member, achieved=achieved, case_open=False)
