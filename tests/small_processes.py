"""Small standards with stages of their own, for tests of the workflow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from journeys import Journey

from duibiao.api import pack_in
from duibiao.errors import BadInputError
from duibiao.model.facts import FactSet, Unit
from duibiao.registry import Candidate, Registry

DAY = date(2012, 6, 1)
HEAD = """\
[standard]
id = "small.community"
edition = "2020"
title = "示范社区"
jurisdiction = "small"
document = "示例〔2020〕1号"
unit_kinds = ["居委会", "村委会"]

[[award]]
id = "demonstration"
title = "示范社区"
clause = "一"
AWARD

[[criterion]]
id = "environment"
title = "环境"
clause = "一"

[[criterion.indicator]]
id = "it"
title = "指标"
fact = "renovated_old_estate"

"""


def process(write: Callable[..., Path], *stages: str, award: str = "", more: str = "") -> Registry:
    """A registry with one small standard, written by *write*: its stages as TOML, further keys of its award, further tables."""
    tables = "\n".join(f'[[stage]]\ntitle = "环节"\nclause = "一"\n{keys}\n' for keys in stages)
    return loaded(write(files={"community.toml": HEAD.replace("AWARD", award) + tables + more}))


def loaded(folder: Path) -> Registry:
    """A registry of the pack in *folder* alone."""
    made = pack_in(folder)
    return Registry([Candidate(made.name, "-", "-", lambda: made)])


def begin(source: Registry, *, kind: str = "居委会", year: int = 2012, track: str = "", met: bool | None = True) -> Journey:
    """A case of a unit whose only indicator is met, not met, or (None) unknown."""
    values = {} if met is None else {"renovated_old_estate": int(met)}
    facts = FactSet(Unit("甲", kind), values, DAY, "2012")
    return Journey.of(source, "small.community", facts, year=year, day=DAY, track=track)


def stage(name: str, *keys: str) -> str:
    """A stage of that id with further *keys*."""
    return "\n".join((f'id = "{name}"', *keys))


def faults(source: Registry) -> list[tuple[str, str]]:
    """Codes and places of everything wrong with the small standard."""
    with pytest.raises(BadInputError) as caught:
        source.program("small.community")
    return [(each.code, each.where.key) for each in caught.value.problems]
