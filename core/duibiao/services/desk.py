"""What a person at work has before them: the workspace, the standards, who they are and which day they act on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from attrs import field, frozen

from duibiao.errors import BadInputError, Problem, Where
from duibiao.model.text import TextError, clean, clean_block
from duibiao.registry import Registry
from duibiao.services.holidays import holidays_of
from duibiao.store.workspace import ConflictError, Entry, RefusedError, Workspace
from duibiao.workflow.calendar import Holidays

T = TypeVar("T")
ATTEMPTS = 5
"""A decision is drawn up outside the lock; if what it rests on changed meanwhile it is drawn up again, so often."""


@frozen(slots=False)
class Desk:
    """A person at work.

    Attributes:
        space: The workspace.
        registry: The standards.
        actor: Operator id.
        day: The day on which things are done or asked.
        memo: What was counted once and does not change while a command runs.
    """

    space: Workspace
    registry: Registry
    actor: str
    day: date
    memo: dict[Any, Any] = field(factory=dict, eq=False, repr=False)

    @cached_property
    def holidays(self) -> Holidays:
        """The holiday table of the office."""
        return holidays_of(self.space.folder)

    def decide(self, streams: tuple[str, ...], draw_up: Callable[[], Callable[[Entry], T]]) -> T:
        """Draw up a decision from what is recorded, then save it, if nothing in *streams* has happened in between.

        *draw_up* reads and raises what is in the way; what it returns writes. ConflictError when others never leave off.
        """
        for _ in range(ATTEMPTS):
            before = [self.space.length(each) for each in streams]
            write = draw_up()
            with self.space.change(self.actor) as entry:
                if [self.space.length(each) for each in streams] == before:
                    return write(entry)
        raise ConflictError([Problem("E_CONFLICT", found=" ".join(streams))], {})

    def must_act_at(self, levels: Iterable[str], code: str, found: str, asked: str) -> None:
        """RefusedError *code*, with what was *asked*, unless the operator acts at one of *levels*; no level is everybody's."""
        wanted = [each for each in levels if each]
        person = self.space.operator(self.actor)
        if wanted and person is not None and not set(wanted) & set(person.levels):
            raise RefusedError([Problem(code, Where(asked), found, " ".join(wanted))])


def missing(code: str, place: str, found: str, among: Iterable[str]) -> BadInputError:
    """An error about a name that does not exist, with the names that do."""
    return BadInputError([Problem(code, Where(place), found, ", ".join(list(among)[:20]))])


def written(text: str, place: str, *, needed: bool = True, block: bool = False) -> str:
    """What a person wrote, without what cannot be seen; *block* allows several lines.

    BadInputError: nothing was written although it is *needed* (E_BLANK), it cannot be kept (TX01, TX02).
    """
    try:
        found = clean_block(text) if block else clean(text)
    except TextError as error:
        raise BadInputError([Problem(error.code, Where(place), error.found, error.allowed)]) from None
    if needed and not found:
        raise BadInputError([Problem("E_BLANK", Where(place))])
    return found


def not_before(day: date, earliest: date | None, place: str = "--date") -> None:
    """BadInputError E_DAY when *day* lies before the day on which what it rests on happened."""
    if earliest is not None and day < earliest:
        raise BadInputError([Problem("E_DAY", Where(place), day.isoformat(), f">= {earliest}")])
