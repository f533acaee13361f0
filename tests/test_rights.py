"""Who may do what: every role against every kind of entry, territories, levels, and nobody judging their own work."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve, frozen

from duibiao.model.process import LEVELS
from duibiao.store.events import KINDS
from duibiao.store.rights import ROLES, Operator, refusal

UNIT, OTHER = "320412100002", "310118100002"

RIGHTS = {
    "operator.added": "admin",
    "operator.changed": "admin",
    "units.imported": "clerk admin",
    "unit.added": "clerk admin",
    "fact.set": "clerk",
    "evidence.added": "clerk",
    "evidence.removed": "clerk",
    "round.opened": "clerk head admin",
    "round.closed": "head",
    "sample.drawn": "head",
    "case.opened": "clerk head",
    "case.scored": "clerk",
    "case.moved": "head",
    "step.checked": "checker head",
    "paper.received": "clerk",
    "opinion.given": "clerk",
    "notice.posted": "clerk",
    "objection.raised": "clerk checker head",
    "objection.settled": "head",
    "finding.raised": "clerk checker head",
    "finding.settled": "clerk checker head",
    "task.assigned": "clerk head",
    "task.done": "clerk",
    "award.granted": "head",
    "award.changed": "head",
}
"""Kind to the roles that may; 单人岗 may do all of it, an auditor none."""

OF_A_UNIT = ("unit.added", "fact.set", "evidence.added", "evidence.removed", "case.opened")
OF_A_CASE = (
    "case.scored", "case.moved", "step.checked", "paper.received", "opinion.given", "notice.posted", "objection.settled",
    "finding.settled", "task.assigned", "task.done", "award.granted",
)  # fmt: skip
"""What only the level that holds the case may do."""


@frozen
class Desk:
    """What the rules are told of the workspace.

    Attributes:
        person: The only operator.
        holder: Levels that hold the only case, ``c``.
        entered: Who entered what the case rests on.
        checked: Who checked it.
    """

    person: Operator
    holder: str = ""
    entered: frozenset[str] = frozenset()
    checked: frozenset[str] = frozenset()

    def operator(self, name: str) -> Operator | None:
        return self.person if name == self.person.id else None

    def case_standing(self, case: str) -> tuple[str, str] | None:
        return (UNIT, self.holder) if case == "c" else None

    def holders(self, unit: str, period: str) -> list[tuple[str, str]]:
        return [("c", self.holder)] if (unit, period) == (UNIT, "2012") else []

    def evidence_home(self, made: str) -> tuple[str, str] | None:
        return made, "2012"

    def authors(self, case: str) -> frozenset[str]:
        return self.entered

    def checkers(self, case: str) -> frozenset[str]:
        return self.checked


def person(*roles: str, levels: tuple[str, ...] = LEVELS, territory: str = "") -> Operator:
    """An operator called ``li``."""
    return Operator("li", "李", roles, levels, territory)


def data_of(kind: str, unit: str = UNIT) -> dict[str, Any]:
    """Data of an entry about the case or the unit, as far as the rules read them."""
    of_unit = {"unit": unit, "code": unit, "id": unit, "period": "2012"} if kind in OF_A_UNIT else {}
    of_case = (
        {"case_id": "c", "outcome": "passed"}
        if kind in (*OF_A_CASE, "objection.raised", "finding.raised", "award.changed")
        else {}
    )
    return {**of_unit, **of_case}


def refused(kind: str, desk: Desk, **changes: Any) -> str:
    """The code of the refusal; empty when it is allowed."""
    found = refusal(kind, "li", {**data_of(kind), **changes}, desk)
    return "" if found is None else found.code


def test_the_table_speaks_of_every_kind_of_entry() -> None:
    assert KINDS - {"refused", "workspace.created"} == set(RIGHTS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", RIGHTS)
def test_a_role_may_do_what_the_table_says_and_nothing_else(kind: str, role: str) -> None:
    may = role == "single" or role in RIGHTS[kind].split()

    assert ("" if may else "E_PERM") == refused(kind, Desk(person(role)))


def test_a_checker_may_send_a_case_back_but_not_on() -> None:
    desk = Desk(person("checker"))
    assert ("", "E_PERM") == (refused("case.moved", desk, outcome="returned"), refused("case.moved", desk))


def test_somebody_with_two_roles_may_do_what_either_may() -> None:
    desk = Desk(person("clerk", "head"))
    assert ("", "", "E_PERM") == (refused("fact.set", desk), refused("award.granted", desk), refused("operator.added", desk))


def test_a_refusal_names_the_roles_that_are_had_and_those_that_are_needed() -> None:
    found = refusal("step.checked", "li", data_of("step.checked"), Desk(person("clerk", "auditor")))
    assert found is not None
    assert ("录入员 clerk、审计员 auditor", "复核员 checker、负责人 head") == (found.found, found.allowed)


@pytest.mark.parametrize("kind", RIGHTS)
def test_whoever_has_left_or_was_never_here_may_do_nothing(kind: str) -> None:
    gone = Desk(evolve(person("single"), active=False))
    stranger = Desk(evolve(person("single"), id="wang"))
    assert ("E_PERSON", "E_PERSON") == (refused(kind, gone), refused(kind, stranger))


@pytest.mark.parametrize("kind", OF_A_UNIT)
def test_a_unit_outside_the_territory_is_refused_to_everybody(kind: str) -> None:
    desk = Desk(person("single", territory="3204"))
    assert ("", "E_TERRITORY") == (refused(kind, desk), refused(kind, desk, unit=OTHER, code=OTHER, id=OTHER))


@pytest.mark.parametrize("kind", [*OF_A_CASE, "objection.raised", "finding.raised", "award.changed"])
def test_a_case_of_a_unit_outside_the_territory_is_refused_whatever_the_entry_says(kind: str) -> None:
    desk = Desk(person("single", territory="31"))
    assert ("E_TERRITORY", "E_TERRITORY") == (refused(kind, desk), refused(kind, desk, unit=OTHER))


@pytest.mark.parametrize("kind", [*OF_A_CASE, "fact.set", "evidence.added", "evidence.removed"])
def test_a_case_with_another_level_is_left_alone_and_one_with_several_is_open_to_each(kind: str) -> None:
    street = person("single", levels=("街镇",))
    holders = ("街镇", "市", "街镇 区", "")
    assert ["", "E_NOT_HOLDER", "", ""] == [refused(kind, Desk(street, holder=each)) for each in holders]


def test_facts_of_another_period_are_free_while_a_case_is_elsewhere() -> None:
    desk = Desk(person("clerk", levels=("社区",)), holder="区")
    assert ("E_NOT_HOLDER", "") == (refused("fact.set", desk), refused("fact.set", desk, period="2011"))


@pytest.mark.parametrize("kind", ["objection.raised", "finding.raised", "award.changed"])
def test_objections_and_supervision_do_not_wait_for_the_holder(kind: str) -> None:
    assert "" == refused(kind, Desk(person("head", levels=("社区",)), holder="国"))


@pytest.mark.parametrize("kind", OF_A_CASE)
def test_a_case_that_does_not_exist_is_said_to(kind: str) -> None:
    assert "E_NO_CASE" == refused(kind, Desk(person("single")), case_id="none")


def test_nobody_checks_what_they_entered() -> None:
    desk = Desk(person("clerk", "checker"), entered=frozenset({"li"}))
    assert "E_SELF_CHECK" == refused("step.checked", desk)


@pytest.mark.parametrize(("entered", "checked"), [({"li"}, set()), (set(), {"li"})])
def test_nobody_decides_what_they_entered_or_checked_but_they_may_send_it_back(entered: set[str], checked: set[str]) -> None:
    desk = Desk(person("head"), entered=frozenset(entered), checked=frozenset(checked))
    assert ("E_SELF_CHECK", "") == (refused("case.moved", desk), refused("case.moved", desk, outcome="returned"))


def test_work_of_others_can_be_checked_and_decided() -> None:
    desk = Desk(person("head"), entered=frozenset({"wang"}), checked=frozenset({"zhao"}))
    assert ("", "") == (refused("step.checked", desk), refused("case.moved", desk))


def test_points_are_given_for_ones_own_level() -> None:
    desk = Desk(person("clerk", levels=("街镇", "区")), holder="街镇")
    assert ("", "E_OTHER_LEVEL") == (refused("case.scored", desk, level="区"), refused("case.scored", desk, level="市"))


def test_a_case_that_only_follows_its_title_does_not_wait_for_the_holder() -> None:
    desk = Desk(person("head", levels=("区",)), holder="国")
    found = [refused("case.moved", desk, leaves=leaves, enters=[], taken_back=[]) for leaves in ([], [{"seq": 1}])]
    assert ["", "E_NOT_HOLDER"] == found


def test_a_single_handed_post_does_it_all() -> None:
    desk = Desk(person("single"), entered=frozenset({"li"}), checked=frozenset({"li"}))
    assert ("", "") == (refused("step.checked", desk), refused("case.moved", desk))
