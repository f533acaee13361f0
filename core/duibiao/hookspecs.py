"""The hooks a plugin can implement. ``Pack`` implements all of them from data; implement one to override it.

A hook is called for one plugin at a time, so that a plugin that fails is reported and the rest go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    import click

    from duibiao.model.facts import FactType, Unit
    from duibiao.model.outcome import Assessment
    from duibiao.model.process import Form, Stage, Target
from duibiao.model.standard import Criterion, Jurisdiction, Scoring

PROJECT = "duibiao"
API_VERSION = 1
"""Raised when a plugin written for the older number would no longer work."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def duibiao_jurisdictions() -> Sequence[Jurisdiction]:
    """Name the jurisdictions of this plugin, with their documents and the headers of their standards.

    Called once, when the plugin is loaded; never for ``--help``. An empty sequence means none.
    An id that another plugin has claimed makes this plugin broken.
    """
    return ()


@hookspec
def duibiao_facts() -> Sequence[FactType]:
    """Offer local data items; their ids start with the plugin's name.

    Called once, before the plugin's standards are read. An empty sequence is the normal answer.
    """
    return ()


@hookspec
def duibiao_criteria(standard: str) -> Sequence[Criterion] | None:
    """Give the criteria tree of one of this plugin's standards.

    Called when the standard is first used. None means: as the pack's data says.
    """


@hookspec
def duibiao_scoring(standard: str) -> Scoring | None:
    """Say how points of the standard become a score.

    Called when the standard is first used. None means: as the pack's data says.
    """


@hookspec
def duibiao_targets(standard: str) -> Sequence[Target] | None:
    """Give the standard's dated targets.

    Called when the standard is first used. None means: as the pack's data says.
    """


@hookspec
def duibiao_stages(standard: str) -> Sequence[Stage] | None:
    """Give the standard's stages, in order.

    Called when the standard is first used. None means: as the pack's data says.
    """


@hookspec
def duibiao_forms(standard: str) -> Sequence[Form] | None:
    """Give the standard's forms.

    Called when the standard is first used. None means: as the pack's data says.
    """


@hookspec
def duibiao_units(jurisdiction: Jurisdiction) -> Iterable[Unit] | None:
    """List the real units of a jurisdiction, of whatever plugin.

    Called when somebody asks for the units. None means: this plugin knows none. The answers of all plugins are joined,
    the first to name a code wins.
    """


@hookspec
def duibiao_assessed(assessment: Assessment) -> None:
    """Hear of an assessment that was made; the answer is ignored.

    Called after each assessment that a person asked for.
    """


@hookspec
def duibiao_commands(cli: click.Group) -> None:
    """Add commands to the command line.

    Called when a command is asked for that the core does not have, and never for ``--help``.
    """
