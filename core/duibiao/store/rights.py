"""Who may do what: by role, level and territory, and by who holds the case (职责分离).

The same rules are asked when something is saved and when the journal is replayed, so that an entry that nobody could have made
is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from attrs import frozen

from duibiao.errors import Problem, Where

CLERK, CHECKER, HEAD, ADMIN, AUDITOR, SINGLE = "clerk", "checker", "head", "admin", "auditor", "single"
ROLES: Mapping[str, tuple[str, str]] = {
    CLERK: ("录入员", "clerk"),
    CHECKER: ("复核员", "checker"),
    HEAD: ("负责人", "head"),
    ADMIN: ("管理员", "administrator"),
    AUDITOR: ("审计员", "auditor"),
    SINGLE: ("单人岗", "single-handed"),
}
"""Role to its names. 单人岗 is one person for everything, recorded as such."""


@frozen
class Operator:
    """Someone who works in the workspace.

    Attributes:
        id: Id, e.g. ``wang``.
        name: Name.
        roles: Roles.
        levels: Levels at which they act.
        territory: Beginning of the codes of the units they act for; empty for all.
        active: Whether they still work here.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    levels: tuple[str, ...]
    territory: str = ""
    active: bool = True

    def may(self, roles: frozenset[str]) -> bool:
        """Whether one of *roles* is theirs."""
        return SINGLE in self.roles or not roles.isdisjoint(self.roles)


class Standing(Protocol):
    """What the rules need to know of the workspace at that moment."""

    def operator(self, name: str) -> Operator | None:
        """The operator with this id."""

    def case_standing(self, case: str) -> tuple[str, str] | None:
        """Unit and holder of a case."""

    def holders(self, unit: str, period: str) -> list[tuple[str, str]]:
        """Open cases of a unit in a period: id and holder."""

    def evidence_home(self, made: str) -> tuple[str, str] | None:
        """Unit and period of a piece of evidence."""

    def authors(self, case: str) -> frozenset[str]:
        """Who entered the facts and scores that a case rests on."""

    def checkers(self, case: str) -> frozenset[str]:
        """Who checked the case's present stages."""


_ENTRY = frozenset({CLERK})
_CHECK = frozenset({CHECKER, HEAD})
_DECIDE = frozenset({HEAD})
_MANAGE = frozenset({ADMIN})
_EITHER = frozenset({CLERK, ADMIN})

_ROLES: Mapping[str, frozenset[str]] = {
    "operator.added": _MANAGE, "operator.changed": _MANAGE, "units.imported": _EITHER, "unit.added": _EITHER,
    "fact.set": _ENTRY, "evidence.added": _ENTRY, "evidence.removed": _ENTRY,
    "round.opened": _EITHER | _DECIDE, "round.closed": _DECIDE, "sample.drawn": _DECIDE,
    "case.opened": _ENTRY | _DECIDE, "case.scored": _ENTRY, "step.checked": _CHECK,
    "paper.received": _ENTRY, "opinion.given": _ENTRY, "notice.posted": _ENTRY,
    "objection.raised": _ENTRY | _CHECK, "objection.settled": _DECIDE,
    "finding.raised": _ENTRY | _CHECK, "finding.settled": _ENTRY | _CHECK, "task.assigned": _ENTRY | _DECIDE,
    "task.done": _ENTRY, "award.granted": _DECIDE, "award.changed": _DECIDE,
}  # fmt: skip

_OF_CASE = frozenset({
    "case.scored", "case.moved", "step.checked", "paper.received", "opinion.given", "notice.posted", "objection.settled",
    "finding.settled", "task.assigned", "task.done", "award.granted",
})  # fmt: skip
"""Kinds that only the level that holds the case may do."""


def _roles_for(kind: str, data: Mapping[str, Any]) -> frozenset[str]:
    if kind == "case.moved":
        return _CHECK if data["outcome"] == "returned" else _DECIDE
    return _ROLES[kind]


def refusal(kind: str, actor: str, data: Mapping[str, Any], now: Standing) -> Problem | None:
    """Why *actor* may not do this; None when they may."""
    if kind in ("refused", "workspace.created"):
        return None
    operator = now.operator(actor)
    if operator is None or not operator.active:
        return Problem("E_PERSON", Where("--as"), actor)
    roles = _roles_for(kind, data)
    if not operator.may(roles):
        return Problem("E_PERM", found=_names(operator.roles), allowed=_names(tuple(sorted(roles))))
    return _outside(kind, operator, data, now) or _own_work(kind, operator, data, now)


def _names(roles: tuple[str, ...]) -> str:
    """The roles by name and id: the id is what a reader of either language writes on the command line."""
    return "、".join(f"{ROLES[each][0]} {each}" for each in roles)


def _outside(kind: str, operator: Operator, data: Mapping[str, Any], now: Standing) -> Problem | None:
    """Another territory, or a case that another level holds."""
    held: list[tuple[str, str]] = []
    unit = data["code"] if kind == "unit.added" else data.get("unit")
    if kind in ("fact.set", "evidence.added", "evidence.removed"):
        unit, period = _home(kind, data, now)
        held = now.holders(unit, period)
    elif "case_id" in data:
        standing = now.case_standing(data["case_id"])
        if standing is None:
            return Problem("E_NO_CASE", found=data["case_id"])
        unit = standing[0]
        held = [(data["case_id"], standing[1])] if kind in _OF_CASE and not _about_title(kind, data) else []
    if unit is not None and not unit.startswith(operator.territory):
        return Problem("E_TERRITORY", found=unit, allowed=operator.territory)
    for case, holder in held:
        if holder and set(holder.split()).isdisjoint(operator.levels):
            return Problem("E_NOT_HOLDER", found=case, allowed=holder)
    level = data.get("level") if kind == "case.scored" else None
    if level is not None and level not in operator.levels:
        return Problem("E_OTHER_LEVEL", found=str(level), allowed=" ".join(operator.levels))
    return None


def _home(kind: str, data: Mapping[str, Any], now: Standing) -> tuple[str, str]:
    """Unit and period that facts or evidence speak of; evidence that is not there is nobody's."""
    if kind != "evidence.removed":
        return data["unit"], data["period"]
    return now.evidence_home(data["id"]) or ("", "")


def _about_title(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether a case only follows its title: no stage is left or entered, so nothing of the holder's is touched."""
    return kind == "case.moved" and "leaves" in data and not (data["leaves"] or data["enters"] or data["taken_back"])


def _own_work(kind: str, operator: Operator, data: Mapping[str, Any], now: Standing) -> Problem | None:
    """Nobody checks what they entered, nor decides what they checked, unless the post is single-handed."""
    if SINGLE in operator.roles or kind not in ("step.checked", "case.moved"):
        return None
    barred = now.authors(data["case_id"])
    if kind == "case.moved":
        barred |= now.checkers(data["case_id"])
    if operator.id in barred and not (kind == "case.moved" and data["outcome"] == "returned"):
        return Problem("E_SELF_CHECK", found=operator.name)
    return None
