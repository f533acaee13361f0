"""A standard that extends another: parameters are overridden by id, the rest is inherited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import evolve, fields

from duibiao.errors import NOWHERE, Collector
from duibiao.model.sources import Cite, Item
from duibiao.model.standard import Criterion, Indicator, Scoring, Standard
from duibiao.rules.keys import SUBJECTS, TESTS, WAYS

I = TypeVar("I", bound=Item)  # noqa: E741 - an item


def inherit(child: Standard, parent: Standard) -> Standard:
    """*child* with everything of *parent* that it neither overrides nor leaves out.

    Raises BadInputError when it leaves out what the parent does not have.
    """
    without = frozenset(child.header.without)
    _check_without(child, parent)
    return evolve(
        child,
        header=evolve(
            child.header,
            title=child.header.title or parent.header.title,
            unit_kinds=child.header.unit_kinds or parent.header.unit_kinds,
            scope=child.header.scope if child.header.scope is not None else parent.header.scope,
            provisions=_items(child.header.provisions, parent.header.provisions, without),
        ),
        scoring=_scoring(child.scoring, parent.scoring, without),
        criteria=_criteria(child.criteria, parent.criteria, without),
        targets=_items(child.targets, parent.targets, without),
        stages=_items(child.stages, parent.stages, without),
        forms=_items(child.forms, parent.forms, without),
    )


def _check_without(child: Standard, parent: Standard) -> None:
    known = {item.id for table in parent.tables() for item in table}
    problems = Collector()
    for index, name in enumerate(child.header.without):
        if name not in known:
            problems.add("DB037", child.header.where.at("without", index), found=name, among=known)
    problems.raise_any()


def _scoring(mine: Scoring, theirs: Scoring, without: frozenset[str]) -> Scoring:
    own = {name: getattr(mine, name) for name in mine.given - {"assumed", "reason", "note"} if hasattr(mine, name)}
    cite = mine.cite if mine.given & {"assumed", "reason"} else theirs.cite
    return evolve(
        theirs,
        **own,
        cite=cite,
        where=theirs.where if mine.where == NOWHERE else mine.where,
        awards=_items(mine.awards, theirs.awards, without),
        gates=_items(mine.gates, theirs.gates, without),
        vetoes=_items(mine.vetoes, theirs.vetoes, without),
        selections=_items(mine.selections, theirs.selections, without),
    )


def _criteria(mine: tuple[Criterion, ...], theirs: tuple[Criterion, ...], without: frozenset[str]) -> tuple[Criterion, ...]:
    own = {each.id: each for each in mine}
    found = []
    for old in theirs:
        if old.id in without:
            continue
        new = own.pop(old.id, None)
        leaves = _leaves(new.indicators if new else (), old.indicators, without)
        found.append(evolve(_over(new, old) if new else old, indicators=leaves))
    return (*found, *own.values())


def _leaves(mine: tuple[Indicator, ...], theirs: tuple[Indicator, ...], without: frozenset[str]) -> tuple[Indicator, ...]:
    own = {each.id: each for each in mine}
    found = []
    for old in theirs:
        if old.id not in without:
            new = own.pop(old.id, None)
            found.append(old if new is None else _leaf(new, old))
    return (*found, *own.values())


def _leaf(new: Indicator, old: Indicator) -> Indicator:
    condition = new.condition
    if not any(key in new.condition for key in SUBJECTS):
        # A new threshold takes the old one's place; it does not stand beside it.
        replaced = TESTS if any(key in TESTS for key in new.condition) else ()
        condition = {**{key: value for key, value in old.condition.items() if key not in replaced}, **new.condition}
    keeps = not any(way in new.points for way in WAYS)
    points: Mapping[str, Any] = {**old.points, **new.points} if keeps else new.points
    return evolve(_over(new, old), condition=condition, points=points)


def _items(mine: tuple[I, ...], theirs: tuple[I, ...], without: frozenset[str]) -> tuple[I, ...]:
    own = {each.id: each for each in mine}
    found = [_over(own.pop(old.id), old) if old.id in own else old for old in theirs if old.id not in without]
    return (*found, *own.values())


def _over(new: I, old: I) -> I:
    """*new*, with *old*'s value wherever *new* has only the default."""
    kept = {
        field.name: getattr(old, field.name)
        for field in fields(type(new))
        if field.name not in ("id", "where", "given", "cite", *new.given)
    }
    return evolve(new, cite=_cite(new.cite, old.cite), **kept)


def _cite(new: Cite, old: Cite) -> Cite:
    return evolve(new, clause=new.clause or old.clause, document=new.document if new.clause else old.document)
