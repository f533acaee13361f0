"""Operators: adding and changing them."""

from __future__ import annotations

from collections.abc import Sequence

from duibiao.errors import Collector, Where
from duibiao.model.process import LEVELS
from duibiao.store.rights import ROLES
from duibiao.store.workspace import Workspace


def add_operator(
    space: Workspace, actor: str, name_id: str, name: str, roles: Sequence[str], levels: Sequence[str], territory: str
) -> None:
    """Add somebody; without *levels* they act at every level. BadInputError for what cannot be, before anything is saved."""
    problems = Collector()
    _check(roles, levels, territory, problems)
    if not name_id or not name_id.replace("-", "").replace("_", "").isalnum():
        problems.add("DB074", Where("ID"), found=name_id)
    if space.operator(name_id) is not None:
        problems.add("E_SAME", Where("ID"), found=name_id)
    problems.raise_any()
    row = {
        "id": name_id, "name": name, "roles": list(roles), "levels": list(levels or LEVELS),
        "territory": territory, "active": True,
    }  # fmt: skip
    with space.change(actor) as entry:
        entry.append("operator.added", "office", row)


def change_operator(
    space: Workspace,
    actor: str,
    name_id: str,
    roles: Sequence[str] = (),
    levels: Sequence[str] = (),
    territory: str | None = None,
    *,
    left: bool = False,
) -> None:
    """Change what is given; the rest stays."""
    problems = Collector()
    known = space.operator(name_id)
    if known is None:
        problems.add("E_PERSON", Where("ID"), found=name_id, among=[each.id for each in space.operators()])
    _check(roles, levels, territory or "", problems)
    problems.raise_any()
    row: dict[str, object] = {"id": name_id}
    if roles:
        row["roles"] = list(roles)
    if levels:
        row["levels"] = list(levels)
    if territory is not None:
        row["territory"] = territory
    if left:
        row["active"] = False
    if len(row) == 1:
        return
    with space.change(actor) as entry:
        entry.append("operator.changed", "office", row)


def _check(roles: Sequence[str], levels: Sequence[str], territory: str, problems: Collector) -> None:
    for each in roles:
        if each not in ROLES:
            problems.add("E_ROLE", Where("--role"), found=each, among=ROLES)
    for each in levels:
        if each not in LEVELS:
            problems.add("E_LEVEL", Where("--level"), found=each, among=LEVELS)
    if territory and not (territory.isdigit() and len(territory) <= 12):
        problems.add("E_CODE", Where("--territory"), found=territory, allowed="32, 3204, 320412 …")
