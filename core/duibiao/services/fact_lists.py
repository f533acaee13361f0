"""Facts as people look at them: what is recorded of a unit, what a standard still misses, and how a fact came to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from attrs import frozen

from duibiao.errors import Collector, Problem, Where
from duibiao.model.facts import FactType, Unit, Vocabulary
from duibiao.model.notation import NotationError, read_value, show_value
from duibiao.model.outcome import Assessment
from duibiao.registry import Registry
from duibiao.services.facts import fact_set
from duibiao.store.records import Recorded, Saved, evidence_of, facts_of, history
from duibiao.store.tables import Tables
from duibiao.store.workspace import Workspace
from duibiao.wording import Lang, pick


@frozen
class Line:
    """A recorded fact, ready to be shown.

    Attributes:
        fact: Fact id.
        ftype: Its type; None when the vocabulary does not have it any more.
        recorded: What is recorded.
        evidence: How many pieces of evidence it has.
    """

    fact: str
    ftype: FactType | None
    recorded: Recorded
    evidence: int


@frozen
class Listing:
    """The facts of a unit in a period.

    Attributes:
        unit: The unit.
        period: The period.
        lines: What is recorded, in the order of the vocabulary.
        missing: With a standard: facts it still misses, those that settle most first.
        problems: Values that do not fit the vocabulary any more.
    """

    unit: Unit
    period: str
    lines: tuple[Line, ...]
    missing: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def listing(space: Tables, registry: Registry, unit: Unit, period: str, standard: str = "", as_of: date | None = None) -> Listing:
    """What is recorded of a unit in a period; with *standard*, only what it reads, and what it misses on the day *as_of*.

    Raises BadInputError: no such standard, no edition of it in force on that day.
    """
    vocabulary = registry.vocabulary
    order = {name: index for index, name in enumerate(vocabulary.types)}
    pieces = Counter(row["fact"] for row in evidence_of(space, unit.code, period))
    rows = [row for row in facts_of(space, unit.code, period) if row.value is not None]
    rows.sort(key=lambda row: order.get(row.fact, len(order)))
    missing: tuple[str, ...] = ()
    problems = Collector()
    if standard and as_of is not None:
        name = registry.edition(standard, as_of)
        used = {each.fact for each in registry.program(name).inputs}
        rows = [row for row in rows if row.fact in used]
        missing = assessed(space, registry, name, unit.code, as_of, period, problems).unknown_facts
    lines = (Line(row.fact, vocabulary.types.get(row.fact), row, pieces[row.fact]) for row in rows)
    return Listing(unit, period, tuple(lines), missing, tuple(problems.problems))


def assessed(
    space: Tables,
    registry: Registry,
    standard: str,
    code: str,
    as_of: date,
    period: str | None,
    problems: Collector | None = None,
) -> Assessment:
    """The assessment of a unit of the workspace on a day. BadInputError as :func:`fact_set`, and for facts that do not fit."""
    return registry.assessor(standard).assess(fact_set(space, registry.vocabulary, code, as_of, period, problems=problems))


def fact_type(vocabulary: Vocabulary, name: str) -> FactType:
    """The data item with this id or name; BadInputError DB010 with the nearest when there is none."""
    found = vocabulary.find(name)
    if found is None:
        problems = Collector()
        problems.add("DB010", Where("FACT"), found=name, among=vocabulary.names())
        problems.raise_any()
        raise AssertionError(name)
    return found


def past(space: Workspace, unit: str, fact: str, period: str | None = None) -> list[Saved]:
    """How a fact of a unit came to be, oldest first; of one period or all."""
    return [each for each in history(space, unit, fact) if period in (None, each.period)]


def told(ftype: FactType | None, literal: Any, lang: Lang) -> str:
    """A stored literal as people read it; as it is stored where the vocabulary cannot read it any more."""
    if literal is None:
        return pick(lang, "（收回）", "(taken back)")
    if ftype is None:
        return str(literal)
    try:
        return show_value(ftype, read_value(ftype, literal), lang)
    except NotationError:
        return str(literal)


def names_of(space: Tables, ids: Iterable[str]) -> dict[str, str]:
    """Operator ids to names; an id without one stands for itself."""
    people = {each.id: each.name for each in space.operators()}
    return {each: people.get(each, each) for each in ids}
