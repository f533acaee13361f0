"""Who may do what, asked of the rules themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import reference
from attrs import evolve

from duibiao.model.process import LEVELS
from duibiao.store.rights import ROLES, SINGLE, Operator, refusal
from duibiao.wording import Lang

ACTS: Sequence[tuple[str, str, Sequence[str]]] = (
    (
        "facts, evidence, points, papers, opinions, notices, tasks done",
        "事实、附件、给分、材料、意见、公示、任务完成",
        (
            "fact.set", "evidence.added", "evidence.removed", "case.scored", "paper.received", "opinion.given", "notice.posted",
            "task.done",
        ),
    ),
    ("open a case, give work to departments", "开申报件、分解任务", ("case.opened", "task.assigned")),
    ("objections and shortcomings: register", "异议、问题：登记", ("objection.raised", "finding.raised", "finding.settled")),
    ("check a stage", "复核一个环节", ("step.checked",)),
    ("send a case back", "退回", ("case.moved returned",)),
    ("pass a stage, refuse, settle objections, draw samples", "通过环节、不予通过、办结异议、抽样",
     ("case.moved passed", "case.moved refused", "case.moved withdrawn", "objection.settled", "sample.drawn")),
    ("name, renew, revoke; close a round", "命名、续期、撤销、结束轮次", ("award.granted", "award.changed", "round.closed")),
    ("open a round", "开始轮次", ("round.opened",)),
    ("import and add units", "导入和增加单位", ("units.imported", "unit.added")),
    ("people: add, change", "人员：增加、修改", ("operator.added", "operator.changed")),
)  # fmt: skip
"""What people do, English and 中文, and the entries of the journal that it makes."""

READING = {"en": "read, examine, verify, copy", "zh": "查看、检查、核验、备份"}


UNIT = "320412100002"


class Someone:
    """A workspace in which one person works and every case is open to them."""

    def __init__(self, role: str) -> None:
        self.person = Operator("me", "me", (role,), LEVELS)

    def operator(self, name: str) -> Operator:
        return evolve(self.person, id=name)

    def case_standing(self, case: str) -> tuple[str, str]:
        return UNIT, ""

    def holders(self, unit: str, period: str) -> list[tuple[str, str]]:
        return []

    def evidence_home(self, made: str) -> tuple[str, str]:
        return UNIT, ""

    def authors(self, case: str) -> frozenset[str]:
        return frozenset()

    checkers = authors


def table_of_roles(lang: Lang) -> str:
    """A row for each act, a column for each role."""
    roles = [name for name in ROLES if name != SINGLE]
    names = [f"{ROLES[name][0]} `{name}`" for name in roles]
    rows = [(act[lang == "zh"], *("✔" if all(may(role, each) for each in act[2]) else "" for role in roles)) for act in ACTS]
    rows.append((READING[lang], *("✔" for _ in roles)))
    return reference.page(reference.table(["", *names], rows))


def may(role: str, act: str) -> bool:
    """Whether somebody with this role may do it, in a case that is with them and that they did not enter."""
    kind, _, outcome = act.partition(" ")
    data: Mapping[str, Any] = {"case_id": "one", "unit": UNIT, "id": "e", "code": UNIT, "period": "2012", "outcome": outcome}
    return refusal(kind, "me", data, Someone(role)) is None
