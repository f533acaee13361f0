"""Naming many at once (命名): who is taken within the quota, and what the certificates are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from duibiao.assess.selection import Candidate, Outcome, Place, select
from duibiao.errors import NOWHERE, Collector
from duibiao.model.process import Selection
from duibiao.model.standard import Standard
from duibiao.workflow.blocks import Block, of

_FIELD = re.compile(r"\{(year|n)(?::0([1-9]))?\}")


@frozen(kw_only=True)
class Choice:
    """Who is taken.

    Attributes:
        taken: Positions of the candidates that are taken, in the order given.
        places: Group to number of places; None is without limit.
        ties: Positions that the source's order cannot tell apart: somebody has to choose among them.
        open: Positions that missing facts still decide.
        left: Positions for which there is no place.
        blocks: What was picked against the bounds.
    """

    taken: tuple[int, ...]
    places: Mapping[str, int | None]
    ties: tuple[int, ...] = ()
    open: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    blocks: tuple[Block, ...] = ()


def selections_at(standard: Standard, stage: str, award: str = "") -> tuple[Selection, ...]:
    """The quotas and ratios that apply at *stage*, for *award* where one is named."""
    return tuple(each for each in standard.selections if each.stage == stage and award in ("", each.award))


def choose(
    selection: Selection, candidates: Sequence[Candidate], *, before: Sequence[Place] | None = None,
    picked: Iterable[int] | None = None, pools: Mapping[str, int] | None = None, taken: Mapping[str, int] | None = None,
) -> Choice:  # fmt: skip
    """Who of *candidates* is taken under *selection*.

    A quota is an upper bound: nobody is taken who does not hold the award, and places may stay empty. *before* is the
    standing after the selection that this one starts from; by group, *pools* is how many units a ratio speaks of and *taken*
    how many were taken earlier. *picked* are the positions that the deciding body chose; it may take fewer than there are
    places and choose freely among those that tie. A pick beyond the bounds is in ``blocks``, and nobody is taken then.
    """
    outcome = select(selection, candidates, before, pools, taken)
    found = {place: tuple(i for i, each in enumerate(outcome.standing) if each is place) for place in Place}
    blocks: tuple[Block, ...] = ()
    mine = found[Place.TAKEN]
    if picked is not None:
        mine = tuple(sorted(set(picked)))
        blocks = tuple(_against(selection, candidates, outcome, mine))
    return Choice(
        taken=() if blocks else mine, places=outcome.places, ties=found[Place.TIED], open=found[Place.OPEN],
        left=found[Place.LEFT], blocks=blocks,
    )  # fmt: skip


def _against(selection: Selection, candidates: Sequence[Candidate], outcome: Outcome, chosen: tuple[int, ...]) -> Iterable[Block]:
    """Picks that do not qualify, are still open or are out-ranked, and groups with more picks than places."""
    for index in chosen:
        if outcome.standing[index] not in (Place.TAKEN, Place.TIED):
            unit = candidates[index].assessment.unit
            yield _block("WF44", selection, names=(unit.code or unit.name,), found=outcome.standing[index].value)
    for group, room in outcome.places.items():
        mine = [i for i in chosen if group == (candidates[i].group if selection.group_by else "")]
        if room is not None and len(mine) > room:
            yield _block(
                "WF45", selection, found=str(len(mine)), required=str(room), operator="<=", names=(group,) if group else ()
            )


def _block(code: str, selection: Selection, **more: object) -> Block:
    return Block(code=code, stage=selection.stage, condition=of(selection, "quota", **more))


def certificates(pattern: str, year: int, start: int, number: int) -> tuple[str, ...]:
    """*number* certificate numbers from *start* on: ``"武社示〔{year}〕{n:03}号"``.

    ``{year}`` and ``{n}`` are filled in, ``:03`` pads with zeros. BadInputError: a brace that is neither, no ``{n}`` although
    there are several, a start below 1.
    """
    problems = Collector()
    rest = _FIELD.sub("", pattern)
    several = number > 1 and not any(found[1] == "n" for found in _FIELD.finditer(pattern))
    if "{" in rest or "}" in rest or several or not pattern.strip():
        problems.add("WF46", NOWHERE.at("certificates"), found=pattern, allowed="{year}, {n}, {n:03}")
    if start < 1 or number < 0:
        problems.add("DB024", NOWHERE.at("start"), found=start, allowed=">= 1")
    problems.raise_any()
    return tuple(_numbered(pattern, year, n) for n in range(start, start + number))


def _numbered(pattern: str, year: int, n: int) -> str:
    return _FIELD.sub(lambda found: f"{year if found[1] == 'year' else n:0{found[2] or 1}d}", pattern)


__all__ = ["Choice", "certificates", "choose", "selections_at"]
