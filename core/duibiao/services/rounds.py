"""Rounds (轮次): opening one and drawing the samples that a stage checks; naming is in :mod:`duibiao.services.naming`."""

from __future__ import annotations

from attrs import frozen

from duibiao.errors import BadInputError, Problem, Where
from duibiao.model.process import Stage
from duibiao.model.standard import Standard
from duibiao.services.cases import new_round, round_id
from duibiao.services.desk import Desk, missing, written
from duibiao.store import cases as kept
from duibiao.store.cases import Round
from duibiao.workflow.case import Status
from duibiao.workflow.sampling import sample_as


def get(desk: Desk, name: str) -> Round:
    """A round by its id; BadInputError E_ROUND when there is none."""
    found = {each.id: each for each in kept.rounds(desk.space)}
    if name not in found:
        raise missing("E_ROUND", "ROUND", name, sorted(found))
    return found[name]


def open_round(desk: Desk, standard: str, year: int, title: str = "") -> str:
    """Open a round of a standard; its id. Cases of that standard and year belong to it."""
    rules = desk.registry.standard(standard)
    name = round_id(standard, year)
    said = written(title, "--title", needed=False)
    with desk.space.change(desk.actor) as entry:
        if any(each.id == name for each in kept.rounds(desk.space)):
            raise BadInputError([Problem("E_SAME", Where("ROUND"), name)])
        new_round(entry, rules, year, said)
    return name


def close_round(desk: Desk, name: str) -> None:
    """No more cases are opened in this round. BadInputError E_ROUND_OVER when it is closed already."""
    if get(desk, name).state != "open":
        raise BadInputError([Problem("E_ROUND_OVER", Where("ROUND"), name)])
    with desk.space.change(desk.actor) as entry:
        entry.append("round.closed", "office", {"id": name, "state": "closed"})


@frozen
class Drawn:
    """A sample that was drawn.

    Attributes:
        stage: Stage that checks it.
        seed: What makes it the same again.
        pool: Codes it was drawn from.
        chosen: Codes that were drawn.
    """

    stage: Stage
    seed: str
    pool: tuple[str, ...]
    chosen: tuple[str, ...]


def draw(
    desk: Desk, name: str, stage: str, *, seed: str, share: str | None = None, count: int | None = None, dry_run: bool = False
) -> Drawn:
    """Draw a stage's sample from the open cases of the round that go through it; recorded with seed and pool.

    BadInputError: no such stage, no share although the source gives none, another than the source gives, drawn already.
    """
    round_ = get(desk, name)
    standard = desk.registry.standard(round_.standard)
    at = _stage(standard, stage)
    if at.sampling is None:
        raise missing("E_NO_SAMPLE", "STAGE", at.title, [each.title for each in standard.stages if each.sampling is not None])
    _as_given(at, share, count)
    said = written(seed, "--seed")
    pool = _pool(desk, standard, name, at)
    spec = at.sampling if count is None else {**at.sampling, "count": count}
    chosen = sample_as(spec, pool, seed=said, share=share if count is None else None)
    _not_drawn(desk, name, at)
    if dry_run:
        return Drawn(at, said, pool, chosen)
    with desk.space.change(desk.actor) as entry:
        _not_drawn(desk, name, at)
        desk.must_act_at([at.level], "E_OTHER_LEVEL", at.level, "sample.drawn")
        if _pool(desk, standard, name, at) != pool:
            raise BadInputError([Problem("E_CONFLICT", Where(name), at.title)])
        asked = share or str(count if count is not None else at.sampling.get("share", at.sampling.get("count", "")))
        entry.append("sample.drawn", "office", {
            "round": name, "stage": at.id, "seed": said, "asked": asked, "pool": list(pool), "chosen": list(chosen),
            "drawn": desk.day.isoformat(),
        })  # fmt: skip
    return Drawn(at, said, pool, chosen)


def _as_given(stage: Stage, share: str | None, count: int | None) -> None:
    """BadInputError when a number is said although the source gives a share, or another number than it gives."""
    spec = stage.sampling or {}
    given = spec.get("count", spec.get("share"))
    if count is not None and given is not None and count != given:
        raise BadInputError([Problem("DB018", Where("--count"), str(count), str(given))])


def _pool(desk: Desk, standard: Standard, name: str, stage: Stage) -> tuple[str, ...]:
    """Codes of the units whose open cases of the round are on a route with this stage."""
    found = [each for each in kept.cases(desk.space, standard=standard.id, round_=name) if each.status is Status.OPEN]
    return tuple(sorted(
        each.unit.code for each in found
        if stage.track in ("", each.track) or not each.track
        if not stage.unit_kinds or each.unit.kind in stage.unit_kinds
    ))  # fmt: skip


def _not_drawn(desk: Desk, name: str, stage: Stage) -> None:
    if any(each["stage"] == stage.id for each in kept.samples(desk.space, name)):
        raise BadInputError([Problem("E_DRAWN", Where(name), stage.title)])


def _stage(standard: Standard, name: str) -> Stage:
    for each in standard.stages:
        if name in (each.id, each.title, each.title_en):
            return each
    raise missing("E_STAGE", "STAGE", name, [each.id for each in standard.stages])


def stages_of(desk: Desk, round_: Round) -> list[tuple[Stage, int]]:
    """Every stage of a round's standard with the number of cases that are there."""
    standard = desk.registry.standard(round_.standard)
    listed = kept.cases(desk.space, standard=standard.id, round_=round_.id)
    counts = {each.id: 0 for each in standard.stages}
    for case in listed:
        for stage in case.stages:
            counts[stage] = counts.get(stage, 0) + 1
    return [(each, counts[each.id]) for each in standard.stages]


__all__ = ["Drawn", "close_round", "draw", "get", "open_round", "stages_of"]
