"""Facts as assessments read them: what the workspace holds of a unit for a period, with the periods before it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from attrs import evolve, field, frozen

from duibiao.errors import Collector, Problem, Where
from duibiao.model.calendar import period_of
from duibiao.model.facts import FactSet, Unit, Value, Values, Vocabulary
from duibiao.model.notation import NotationError, read_value
from duibiao.store.tables import Tables
from duibiao.store.units import facts_by_unit, units_of, units_with_facts


def fact_set(
    space: Tables,
    vocabulary: Vocabulary,
    unit_code: str,
    as_of: date,
    period: str | None = None,
    known: Values | None = None,
    problems: Collector | None = None,
) -> FactSet:
    """The facts of a unit as an assessment reads them.

    *period* is that of the facts, by default the year of *as_of*, never another one; earlier periods become the history,
    newest first. *known* are facts that need nobody to type them (the process records them): what was typed wins.
    Raises BadInputError: no such unit (U01); and, unless *problems* takes them, values that do not fit the vocabulary any
    more (U03) — such a value is left out, so the fact is unknown.
    """
    found = Collector() if problems is None else problems
    made = next(fact_sets(space, vocabulary, [unit_code], as_of, period, found), None)
    if problems is None or made is None:
        found.raise_any()
    assert made is not None  # noqa: S101 — without a unit there is a problem
    return evolve(made, values={**known, **made.values}) if known else made


def fact_sets(
    space: Tables,
    vocabulary: Vocabulary,
    units: str | Iterable[str],
    as_of: date,
    period: str | None = None,
    problems: Collector | None = None,
) -> Iterator[FactSet]:
    """The facts of many units, read in batches: of the codes given in their order, or of a territory.

    A territory is given as the beginning of its codes (the empty text is everything); of it only units with facts are told.
    Errors as for :func:`fact_set`, at the end.
    """
    found = Collector() if problems is None else problems
    codes = units_with_facts(space, units) if isinstance(units, str) else list(units)
    homes = units_of(space, codes)
    reader = _Reader(vocabulary, homes, as_of, period or period_of(as_of), found)
    for code, rows in facts_by_unit(space, codes):
        unit = homes.get(code)
        if unit is None:
            found.add("U01", found=code)
            continue
        yield reader.read(unit, rows)
    if problems is None:
        found.raise_any()


@frozen
class _Reader:
    """Turns rows into facts; equal values are read once."""

    vocabulary: Vocabulary
    homes: Mapping[str, Unit]
    as_of: date
    period: str
    problems: Collector
    read_before: dict[tuple[str, str], Any] = field(factory=dict)

    def read(self, unit: Unit, rows: Iterable[Mapping[str, Any]]) -> FactSet:
        """The facts of one unit from its rows, newest period first."""
        periods: dict[str, dict[str, Value]] = {}
        example = False
        for row in rows:
            if row["period"] > self.period:
                continue
            value = self._value(unit, row)
            if value is not None:
                periods.setdefault(row["period"], {})[row["fact"]] = value
                example = example or bool(row["example"])
        values = periods.pop(self.period, {})
        return FactSet(unit, values, self.as_of, self.period, tuple(periods.items()), example)

    def _value(self, unit: Unit, row: Mapping[str, Any]) -> Any:
        key = (row["fact"], row["value"])
        if key not in self.read_before:
            self.read_before[key] = stored_value(self.vocabulary, row["fact"], json.loads(row["value"]))
        found = self.read_before[key]
        if isinstance(found, Problem):
            where = Where(unit.name, (row["period"], row["fact"]))
            self.problems.add(found.code, where, found=found.found, allowed=found.allowed)
            return None
        return found


def stored_value(vocabulary: Vocabulary, fact: str, literal: Any) -> Any:
    """A stored literal as a value; None for one that was taken back, the Problem (U03) for one that cannot be read any more."""
    if literal is None:
        return None
    ftype = vocabulary.types.get(fact)
    if ftype is None:
        return Problem("U03", found=f"{fact} = {literal}")
    try:
        return read_value(ftype, literal)
    except NotationError as error:
        return Problem("U03", found=f"{fact} = {literal}", allowed=error.allowed)
