"""What commands of the workspace share: opening it, saying what it has to say, telling saved from not saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import click

from duibiao.cli.base import Session, session

if TYPE_CHECKING:
    from duibiao.services.desk import Desk
    from duibiao.store.workspace import Workspace


@contextmanager
def opened(ctx: click.Context, *, write: bool = True) -> Iterator[Workspace]:
    """The workspace of this command, open; its notes (recovered, read-only and why) go to the error stream."""
    from duibiao.services.office import open_office
    from duibiao.wording import describe

    state = session(ctx)
    with open_office(state.workspace, write=write, clock_ok=state.clock_ok) as space:
        for note in space.notes:
            click.echo(describe(note, state.lang), err=True)
        yield space


def me(space: Workspace, state: Session) -> str:
    """Id of the operator who acts."""
    from duibiao.services.office import acting

    return acting(space, state.person)


def saved(state: Session, zh: str, en: str) -> None:
    """Say that something is on the disk."""
    click.echo(state.say(f"已保存：{zh}", f"Saved: {en}"))


class Day(click.ParamType[date]):
    """A calendar day on the command line."""

    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day; a problem with the form that would be right."""
        from duibiao.errors import BadInputError, Problem, Where
        from duibiao.model.notation import NotationError, read_date

        try:
            return read_date(value)
        except NotationError as error:
            raise BadInputError([Problem(error.code, Where(param.opts[0] if param else ""), str(value), error.allowed)]) from None


DAY = Day()


@contextmanager
def at_desk(ctx: click.Context, day: date | None, *, write: bool = True) -> Iterator[Desk]:
    """The workspace, the standards, the operator and the day (today unless given) of this command.

    Nothing is put on record for a day to come: BadInputError E_DAY.
    """
    from duibiao.errors import BadInputError, Problem, Where
    from duibiao.services.clock import today
    from duibiao.services.desk import Desk

    state = session(ctx)
    if write and day is not None and day > today():
        raise BadInputError([Problem("E_DAY", Where("--date"), day.isoformat(), f"<= {today()}")])
    registry = state.registry
    with opened(ctx, write=write) as space:
        actor = me(space, state) if write else ""
        yield Desk(space, registry, actor, day or today())
