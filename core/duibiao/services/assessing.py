"""Assess the units of a facts file under a standard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from duibiao.errors import BadInputError, Collector, Problem, with_lines
from duibiao.exchange.facts import located, preview_facts, read_bytes
from duibiao.model.notation import plain
from duibiao.model.outcome import Assessment, IndicatorResult, Interval, Reason, StateResult
from duibiao.pack.override import Override, read_override
from duibiao.pack.toml import parse_toml
from duibiao.registry import Registry
from duibiao.services.clock import today

if TYPE_CHECKING:
    from duibiao.store.tables import Tables


def read_overrides(paths: tuple[Path, ...]) -> tuple[Override, ...]:
    """The office's own tables; BadInputError with everything wrong in them."""
    found: list[Override] = []
    problems: list[Problem] = []
    for path in paths:
        collector = Collector()
        try:
            source = parse_toml(read_bytes(path), str(path))
        except BadInputError as error:
            problems += error.problems
            continue
        made = read_override(source, collector)
        problems += with_lines(collector.problems, source.line)
        if made is not None:
            found.append(made)
    if problems:
        raise BadInputError(problems)
    return tuple(found)


def assess_file(
    registry: Registry, standard: str, path: Path, as_of: date | None = None, tell: Callable[[Problem], None] | None = None
) -> list[Assessment]:
    """Every unit of the file under the standard, as of *as_of* (default: the file's day, else today).

    *tell* hears what an operator should know of the file although nothing is wrong (its encoding, formulas, hidden cells).
    Raises BadInputError: no such standard, a standard or facts that do not hold together.
    """
    assessor = registry.assessor(standard)
    preview = preview_facts(path, registry.vocabulary, as_of or today())
    facts = preview.taken()
    if tell is not None:
        for note in preview.notes:
            tell(note)
    problems: list[Problem] = []
    found: list[Assessment] = []
    for each in facts:
        asked = each if as_of is None else evolve(each, as_of=as_of)
        try:
            found.append(assessor.assess(asked))
        except BadInputError as error:
            problems += error.problems
    if problems:
        raise BadInputError(located(path, problems))
    for assessment in found:
        registry.announce(assessment)
    return found


def assess_units(
    space: Tables, registry: Registry, standard: str, units: Sequence[str], as_of: date | None = None, period: str | None = None
) -> list[Assessment]:
    """Units of the workspace (codes or names) by the edition of a standard in force on *as_of* (default: today).

    The facts are those of *period*, by default the year of that day; earlier periods are the history.
    Raises BadInputError: no such standard or none in force, units that are not there, facts that cannot be read or do not fit.
    """
    from duibiao.services.facts import fact_set
    from duibiao.services.units import find_unit

    day = as_of or today()
    assessor = registry.assessor(registry.edition(standard, day))
    problems: list[Problem] = []
    found: list[Assessment] = []
    for named in units:
        try:
            facts = fact_set(space, registry.vocabulary, find_unit(space, named).code, day, period)
            found.append(assessor.assess(facts))
        except BadInputError as error:
            problems += error.problems
    if problems:
        raise BadInputError(problems)
    for assessment in found:
        registry.announce(assessment)
    return found


def as_json(assessments: list[Assessment]) -> dict[str, Any]:
    """The documented answer of ``duibiao assess --json`` (docs/json.md)."""
    first = assessments[0]
    return {
        "standard": first.standard,
        "edition": first.edition,
        "content_hash": first.content_hash,
        "as_of": first.as_of.isoformat(),
        "assumed": list(first.assumed),
        "units": [_unit(each) for each in assessments],
    }


def _unit(each: Assessment) -> dict[str, Any]:
    return {
        "unit": {"name": each.unit.name, "code": each.unit.code, "kind": each.unit.kind},
        "period": each.period,
        "as_of": each.as_of.isoformat(),
        "example": each.example,
        "in_scope": each.in_scope,
        "score": _interval(each.score),
        "awards": [_state(award) for award in each.awards],
        "gates": [_state(gate) for gate in each.gates],
        "vetoes": [{**_state(veto), "pending": veto.pending} for veto in each.vetoes],
        "indicators": [_indicator(leaf) for leaf in each.indicators()],
        "unknown_facts": list(each.unknown_facts),
    }


def _state(each: StateResult) -> dict[str, Any]:
    return {
        "id": each.id,
        "title": each.title,
        "state": each.state.value,
        "clause": each.cite.clause,
        "document": each.cite.document,
    }


def _interval(points: Interval | None) -> dict[str, str] | None:
    if points is None:
        return None
    return {"low": plain(points.low), "high": plain(points.high), "full": plain(points.full)}


def _indicator(leaf: IndicatorResult) -> dict[str, Any]:
    step = main_step(leaf.because)
    return {
        "id": leaf.id,
        "criterion": leaf.criterion,
        "title": leaf.title,
        "verdict": leaf.verdict.value,
        "points": _interval(leaf.points),
        "force": leaf.force,
        "scored_by": leaf.scored_by,
        "value": _value(step),
        "rule": {
            "kind": step.kind,
            "fact": step.subject,
            "operator": step.operator,
            "bound": step.bound,
            "text": step.text,
        },
        "clause": leaf.cite.clause,
        "document": leaf.cite.document,
        "because": reason_json(leaf.because),
        "assumed": leaf.assumed,
        "missing": list(leaf.missing),
    }


def _value(step: Reason) -> dict[str, Any] | None:
    """The number that decided; a ratio also shows its two numbers, and whether the number had to be cut."""
    if not step.value:
        return None
    number = step.value.rstrip("…")
    found: dict[str, Any] = {"number": number, "unit": step.unit}
    if step.quotient:
        found |= {"quotient": step.quotient, "exact": number == step.value}
    return found


def main_step(reason: Reason) -> Reason:
    """The step that decided: inside a choice the branch taken, else the first step that holds a value or a rule."""
    if reason.kind == "choose" and len(reason.children) == 3:
        test, then, other = reason.children
        return main_step(then if test.outcome == "met" else other)
    if reason.kind in ("steps", "exempt", "if_empty"):
        inner = [child for child in reason.children if child.kind != "applies"]
        return main_step(inner[-1] if reason.kind == "exempt" else inner[0]) if inner else reason
    return reason


def reason_json(reason: Reason) -> dict[str, Any]:
    """An explanation node without its empty fields."""
    plain_fields = {
        name: getattr(reason, name)
        for name in ("kind", "outcome", "subject", "value", "operator", "bound", "unit", "quotient", "note", "text", "judged")
        if getattr(reason, name)
    }
    if reason.missing:
        plain_fields["missing"] = list(reason.missing)
    if reason.children:
        plain_fields["children"] = [reason_json(child) for child in reason.children]
    return plain_fields
