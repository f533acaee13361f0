"""How many a stage may let pass: quotas and ratios as upper bounds, counted over the round and the territory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from duibiao.assess.selection import places_for
from duibiao.model.process import Selection, Stage
from duibiao.model.standard import Standard
from duibiao.services.desk import Desk
from duibiao.store import cases as kept
from duibiao.store import units as register
from duibiao.store.cases import Listed
from duibiao.workflow.blocks import Block, of

GROUPS: Mapping[str, int] = {"province": 2, "prefecture": 4, "county": 6, "township": 9}
"""Level of a division to the length of its code: what ``group_by`` groups by."""


def group_of(selection: Selection, code: str) -> str:
    """The group in which a unit is counted; empty where there are none."""
    return code[: GROUPS.get(selection.group_by, len(code))] if selection.group_by else ""


def pools(desk: Desk, selection: Selection, standard: Standard) -> Mapping[str, int] | None:
    """Units of the kinds assessed, by group, that a ratio counts; None for a selection without one.

    A workspace that holds only some units of a province cannot know the whole pool: it counts those it holds.
    """
    if selection.ratio is None:
        return None
    key = ("pool", selection.group_by, standard.header.unit_kinds)
    if key not in desk.memo:
        length = GROUPS.get(selection.group_by, 0)
        desk.memo[key] = register.counts_by_prefix(desk.space, length, standard.header.unit_kinds)
    found: Mapping[str, int] = desk.memo[key]
    return found


def gone(desk: Desk, selection: Selection, standard: Standard, year: int, *, but: str = "") -> Counter[str]:
    """How many places of each group are gone: the units that passed the stage this year, *but* for one of them.

    Where the stage gives titles, only those given the selection's own title count.
    """
    stage = next((each for each in standard.stages if each.id == selection.stage), None)
    award = selection.award if stage is not None and selection.award in stage.grants else ""
    units = kept.passed(desk.space, standard.id, year, selection.stage, award)
    return Counter(group_of(selection, code) for code in units if code != but)


def full_blocks(
    desk: Desk, standard: Standard, case: Listed, stage: Stage, awards: tuple[str, ...] | None = None
) -> tuple[Block, ...]:
    """The quotas of a stage that this case would exceed, those that passed it this year being counted.

    *awards* are the titles it would be given; while that is not said, a stage that gives several is not asked.
    """
    titles = awards or (stage.grants if len(stage.grants) == 1 else ())
    found = []
    for selection in standard.selections:
        if selection.stage != stage.id or selection.share is not None:
            continue
        if selection.award in stage.grants and selection.award not in titles:
            continue
        group = group_of(selection, case.unit.code)
        pool = (pools(desk, selection, standard) or {}).get(group, 0)
        room = places_for(selection, pool, 0)
        before = gone(desk, selection, standard, case.year, but=case.unit.code)[group]
        if room is not None and before >= room:
            counted = (group, str(pool)) if selection.ratio is not None else ()
            told = of(selection, "quota", found=str(before + 1), required=str(room), operator="<=", names=counted)
            found.append(Block(code="WF45", stage=stage.id, condition=told))
    return tuple(found)


__all__ = ["GROUPS", "full_blocks", "gone", "group_of", "pools"]
