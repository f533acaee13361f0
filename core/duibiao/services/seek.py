"""Where something is given: the question of an assessment that is meant by an indicator, a fact, a gate, a title or the score;
for what the process itself records, the paper, the notice or the stage that shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from duibiao.model.process import Stage
from duibiao.model.standard import Standard
from duibiao.services.session import Question, Session
from duibiao.workflow.derived import proof_of

SCORE = "score"
"""Stands for the score as a whole."""


def wanted(session: Session, names: Iterable[str]) -> int | None:
    """Position of the question that is meant; None when none is. Open questions come first, then the order of *names*.

    *names*: ids of indicators, facts (also with a member or ``@-1`` behind them), gates, vetoes and titles; ``score`` for
    whatever the score lacks most.
    """
    named = tuple(names)
    found = [place for name in named for place, each in enumerate(session.questions) if _is_named(each, name)]
    open_ = [place for place in found if session.matters(session.questions[place])]
    if open_ or found:
        return (open_ or found)[0]
    return _lacking(session) if SCORE in named else None


def _is_named(question: Question, name: str) -> bool:
    fact = question.fact.id
    beside = (each for _, each in question.findings)
    return name in (fact, *question.indicators, *beside) or name.startswith((f"{fact}.", f"{fact}@"))


def _lacking(session: Session) -> int | None:
    """An open question that brings points, else the question whose indicator lacks most of its points."""
    gaps: list[tuple[bool, Decimal, int]] = []
    for place, question in enumerate(session.questions):
        points = session.points(question)
        if points is not None and points.low < points.full:
            gaps.append((not session.matters(question), points.low - points.full, place))
    return min(gaps)[2] if gaps else None


@frozen
class Shown:
    """What of the process shows a fact.

    Attributes:
        stage: The stage.
        act: ``papers`` for a paper received, ``notice`` for a public notice, ``move`` for passing the stage.
        name: Name of the paper; empty for the others.
    """

    stage: Stage
    act: str
    name: str = ""


def shown_by(standard: Standard, missing: Iterable[str]) -> Shown | None:
    """What of the process shows some missing facts (also members, ``fact.member``): a paper or a notice before a stage passed,
    else the first; None where one of them is not the process's to show, or where there are none.
    """
    found = [_shown(standard, name) for name in missing]
    shown = [each for each in found if each is not None]
    if not shown or len(shown) < len(found):
        return None
    return next((each for each in shown if each.act != "move"), shown[0])


def _shown(standard: Standard, name: str) -> Shown | None:
    for stage in standard.stages:
        for fact in (stage.notice or {}).get("records") or {}:
            if _speaks_of(fact, name):
                return Shown(stage, "notice")
        for fact, raw in stage.records.items():
            if _speaks_of(fact, name):
                return _proved(stage, _member(fact, raw, name))
    return None


def _speaks_of(fact: str, name: str) -> bool:
    return name == fact or name.startswith(f"{fact}.")


def _member(fact: str, raw: Any, name: str) -> Any:
    member = name.removeprefix(fact).removeprefix(".")
    return raw.get(member, raw) if member and isinstance(raw, Mapping) else raw


def _proved(stage: Stage, raw: Any) -> Shown:
    proof = proof_of(raw)
    return Shown(stage, "papers", proof[1]) if proof is not None and proof[0] == "paper" else Shown(stage, "move")


__all__ = ["SCORE", "Shown", "shown_by", "wanted"]
