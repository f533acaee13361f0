"""Targets as a person looks at them: counted on a connection of their own, narrowed to a territory, each unit with its case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from attrs import frozen

from duibiao.errors import NOWHERE
from duibiao.model.divisions import LENGTHS
from duibiao.registry import Registry
from duibiao.services import targets
from duibiao.services.desk import Desk
from duibiao.services.targets import Row
from duibiao.services.units import find_unit
from duibiao.store import cases as kept
from duibiao.store.cases import Listed
from duibiao.store.workspace import Workspace
from duibiao.targets import Progress
from duibiao.workflow.case import Status
from duibiao.workflow.routes import tracks

NEAREST = 8
"""So many of the nearest units are shown."""


@frozen
class Question:
    """What is asked of the targets.

    Attributes:
        standards: Only these; empty for every standard whose units the workspace has.
        territory: Beginning of the codes; None for each standard's own.
    """

    standards: tuple[str, ...] = ()
    territory: str | None = None


def counted(
    opened: Callable[[], Workspace], registry: Registry, actor: str, day: date, asked: Question
) -> Iterator[tuple[str, Sequence[Row]]]:
    """Standards with their targets, one after the other as they are counted; made for a thread of its own.

    *opened* opens the connection that is used, which is closed at the end or when the caller stops listening.
    """
    with opened() as space:
        desk = Desk(space, registry, actor, day)
        for name in asked.standards or targets.present(desk):
            rows = targets.rows(desk, name, territory=asked.territory, limit=NEAREST)
            yield name, sorted(rows, key=_when)


def _when(row: Row) -> tuple[date, str]:
    target = row.report.target
    return target.by or date.max, " ".join(target.population.get("unit_kinds", ()))


def territory_of(desk: Desk, text: str) -> tuple[str, str] | None:
    """The territory that somebody means, as beginning of codes and name: digits, a jurisdiction's or a division's name.

    None for an empty text: no narrowing. BadInputError U01, U02 for a name that nothing or too much has.
    """
    named = text.strip()
    if not named:
        return None
    if named.isascii() and named.isdigit():
        return named, named
    homes = [each for each in desk.registry.jurisdictions.values() if each.divisions or each.code]
    fitting = [each for each in homes if named in (each.title, each.title_en)] or [each for each in homes if named in each.title]
    if len(fitting) == 1:
        return (fitting[0].divisions or (fitting[0].code,))[0], fitting[0].title
    unit = find_unit(desk.space, named, NOWHERE)
    return beginning(unit.code), unit.name


def beginning(code: str) -> str:
    """What the codes under a division begin with: its own without the zeros that fill it up."""
    return next((code[:size] for size in LENGTHS if size <= len(code) and not code[size:].strip("0")), code)


def case_of(desk: Desk, standard: str, code: str) -> Listed | None:
    """The case of a unit under a standard: the open one, else the latest; None when it never had one."""
    found = [each for each in kept.cases(desk.space, standard=standard, unit=code) if each.unit.code == code]
    return max(found, key=lambda each: (each.status is Status.OPEN, each.year, each.id), default=None)


def tracks_of(desk: Desk, standard: str, code: str) -> tuple[str, ...]:
    """The tracks that a case of a unit could follow; empty where there is nothing to choose."""
    found = tracks(desk.registry.standard(standard), find_unit(desk.space, code))
    return found if len(found) > 1 else ()


@frozen
class Bar:
    """A progress as lengths of a bar.

    Attributes:
        sure: Cells of units that surely have it.
        maybe: Cells of those that may have it.
        rest: Cells of the others.
        needed: The cell in which the number needed lies.
    """

    sure: int
    maybe: int
    rest: int
    needed: int


def bar(found: Progress, width: int) -> Bar:
    """*found* over *width* cells; whatever is not nothing has a cell, and what is not all leaves one."""
    whole = max(found.population[1], found.needed, 1)
    low, high = (_cells(number, whole, width) for number in found.achieved)
    needed = min(max(_cells(found.needed, whole, width) - 1, 0), width - 1)
    return Bar(low, max(high - low, 0), width - max(low, high), needed)


def _cells(number: int, whole: int, width: int) -> int:
    if number <= 0 or number >= whole:
        return 0 if number <= 0 else width
    return min(max(number * width // whole, 1), width - 1)


__all__ = ["NEAREST", "Bar", "Question", "bar", "beginning", "case_of", "counted", "territory_of", "tracks_of"]
