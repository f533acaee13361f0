"""What tests of the workflow screen share: the demonstration's cases, and hands for its keys."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from textual.pilot import Pilot

from duibiao.registry import Registry
from duibiao.services import cases
from duibiao.services.cases import File
from duibiao.services.desk import Desk
from duibiao.services.office import open_office
from duibiao.tui.app import DuibiaoApp
from duibiao.tui.screens.workflow import Lines

LATER = date(2012, 11, 30)
"""After the last thing that the demonstration recorded of Wujin's cases."""

BEGINNING, CONSULTING, SAMPLED, DECIDING, NAMED = (f"wujin-2012-000{number}" for number in range(1, 6))
"""Wujin's cases of the demonstration, by the stage they are in."""

BESIDE = "qingpu-2011-0005"
"""A case of Qingpu in two stages at once."""


def case_of(pilot: Pilot[int], name: str = "") -> File:
    """The case as the workspace has it now."""
    app = pilot.app
    assert isinstance(app, DuibiaoApp)
    return cases.get(app.desk, name or app.case)


def entries(pilot: Pilot[int]) -> int:
    """How many entries the journal has."""
    app = pilot.app
    assert isinstance(app, DuibiaoApp)
    return app.desk.space.head()[0]


def below(pilot: Pilot[int]) -> str:
    """The status line, whatever lies over the screen."""
    app = pilot.app
    assert isinstance(app, DuibiaoApp)
    return app.status[0]


async def typed(pilot: Pilot[int], text: str) -> None:
    """Type a text as it comes from an input method."""
    await pilot.press(*(each for each in text))


def go_to(pilot: Pilot[int], text: str) -> None:
    """Put the cursor on the first line about *text*."""
    pane = pilot.app.screen.query_one("#now", Lines)
    pane.move_to(next(place for place, each in enumerate(pane.entries) if text in each.parts[0][0]))


def desk_on(workspace: Path, registry: Registry, day: date = LATER) -> Desk:
    """A desk of the test's own, beside the app."""
    return Desk(open_office(str(workspace)), registry, "demo", day)
