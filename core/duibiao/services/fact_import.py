"""Facts files into the workspace: looked through first, then all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from attrs import field, frozen

from duibiao.errors import BadInputError, Collector, Problem
from duibiao.exchange.facts import Preview, located, preview_facts
from duibiao.model.facts import FactSet, Unit, Vocabulary
from duibiao.model.notation import literal_of
from duibiao.store.records import Recorded, facts_of, save_facts
from duibiao.store.tables import Tables
from duibiao.store.units import units_named, units_of
from duibiao.store.workspace import ConflictError, Workspace

Seen = Callable[[int, int], object]
"""Told how many units of how many were saved."""

MOST_LISTED = 20


@frozen
class Batch:
    """The facts of one unit and period that a file would change.

    Attributes:
        unit: Code.
        period: Period.
        values: Fact id to literal.
        before: Fact id to what stands there now.
        example: Whether they are examples, not real.
    """

    unit: str
    period: str
    values: Mapping[str, Any]
    before: Mapping[str, Recorded]
    example: bool


@frozen
class Incoming:
    """What files would bring to the workspace.

    Attributes:
        batches: What is new or would change.
        units: How many units the files speak of.
        facts: How many values they hold.
        new: Values for facts that have none yet.
        changed: Values that differ from what stands there.
        per_fact: Fact id to number of values, most first.
        notes: What an operator should know although nothing is wrong.
    """

    batches: tuple[Batch, ...] = field(repr=False)
    units: int
    facts: int
    new: int
    changed: int
    per_fact: Mapping[str, int] = field(repr=False)
    notes: tuple[Problem, ...] = ()

    @property
    def same(self) -> int:
        """How many values stand there already."""
        return self.facts - self.new - self.changed

    def others(self, actor: str) -> list[Recorded]:
        """What other people entered and the files would replace."""
        return [
            each for batch in self.batches for each in batch.before.values() if each.actor != actor and each.value is not None
        ]


def look_through(space: Tables, vocabulary: Vocabulary, files: Sequence[Path], as_of: date) -> Incoming:
    """What *files* would bring; nothing is changed.

    *as_of* is the day asked where a file names none; its year the period. Raises BadInputError with everything wrong in every
    file: unreadable values, units that the workspace does not have (U01, U02), another kind than it has (U11).
    """
    problems: list[Problem] = []
    found: list[tuple[FactSet, Unit]] = []
    notes: list[Problem] = []
    for file in files:
        preview = preview_facts(file, vocabulary, as_of)
        notes += preview.notes
        homes, wrong = _homes(space, preview)
        problems += [*preview.problems, *located(file, wrong)] if wrong else preview.problems
        found += zip(preview.found, homes, strict=False)
    problems += _twice(found)
    if problems:
        raise BadInputError(problems)
    return _compared(space, vocabulary, found, tuple(notes))


def _homes(space: Tables, preview: Preview) -> tuple[list[Unit], list[Problem]]:
    """The workspace's unit for each set of facts, and what is wrong with those that have none."""
    known = units_of(space, {each.unit.code for each in preview.found if each.unit.code})
    problems = Collector()
    homes: list[Unit] = []
    for each in preview.found:
        unit = each.unit
        same = [one for one in [known.get(unit.code)] if one] if unit.code else units_named(space, unit.name)
        if not same:
            problems.add("U01", each.where, found=f"{unit.code} {unit.name}".strip())
        elif len(same) > 1:
            problems.add("U02", each.where, found=unit.name, allowed=", ".join(one.code for one in same[:MOST_LISTED]))
        elif same[0].kind != unit.kind:
            problems.add("U11", each.where, found=f"{unit.name} {unit.kind}", allowed=f"{same[0].name} {same[0].kind}")
        homes.append(same[0] if same else unit)
    return homes, problems.problems


def _twice(found: Iterable[tuple[FactSet, Unit]]) -> Iterator[Problem]:
    """Facts of one unit and period that several places give differently: neither is the right one."""
    values: dict[tuple[str, str, str], object] = {}
    for each, unit in found:
        for period, facts in ((each.period, each.values), *each.history):
            for name, value in facts.items():
                if values.setdefault((unit.code, period, name), value) != value:
                    yield Problem("DB009", each.where, f"{unit.code} {period} {name}")


def _compared(
    space: Tables, vocabulary: Vocabulary, found: Sequence[tuple[FactSet, Unit]], notes: tuple[Problem, ...]
) -> Incoming:
    wanted: dict[tuple[str, str], dict[str, Any]] = {}
    examples: set[tuple[str, str]] = set()
    for each, unit in found:
        for period, facts in ((each.period, each.values), *each.history):
            literals = {name: literal_of(vocabulary.types[name], value) for name, value in facts.items()}
            wanted.setdefault((unit.code, period), {}).update(literals)
            if each.example:
                examples.add((unit.code, period))
    batches, counts = [], Counter[str]()
    new = changed = 0
    for (code, period), values in wanted.items():
        counts.update(values.keys())
        before = {row.fact: row for row in facts_of(space, code, period, values)}
        fresh = {name: value for name, value in values.items() if name not in before or before[name].value != value}
        some = sum(name in before and before[name].value is not None for name in fresh)
        new, changed = new + len(fresh) - some, changed + some
        if fresh:
            there = {name: before[name] for name in fresh if name in before}
            batches.append(Batch(code, period, fresh, there, (code, period) in examples))
    ordered = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    units = len({code for code, _ in wanted})
    return Incoming(tuple(batches), units, sum(counts.values()), new, changed, ordered, notes)


def take_in(
    space: Workspace, actor: str, incoming: Incoming, *, replace: bool = False, note: str = "", seen: Seen | None = None
) -> None:
    """Save what was looked through: everything in one transaction, one entry for each unit and period.

    Raises ConflictError, with nothing saved, when it would replace what other people entered (unless *replace*), or when
    somebody changed one of the facts since they were looked at; RefusedError when the rules say no.
    """
    others = incoming.others(actor)
    if others and not replace:
        told = [f"{each.unit} {each.period} {each.fact} ({each.actor})" for each in others[:MOST_LISTED]]
        more = f" … ({len(others)})" if len(others) > MOST_LISTED else ""
        raise ConflictError([Problem("E_CONFLICT", found=", ".join(told) + more)], {})
    with space.change(actor) as entry:
        for number, each in enumerate(incoming.batches, 1):
            base = {name: each.before[name].version if name in each.before else 0 for name in each.values}
            save_facts(entry, each.unit, each.period, each.values, base=base, note=note, example=each.example)
            if seen is not None:
                seen(number, len(incoming.batches))
