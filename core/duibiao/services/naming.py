"""Naming many at once (批量命名): who can be named within quotas and ratios, certificates in a row, one transaction."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from attrs import evolve, frozen

from duibiao.assess.selection import Candidate, Place
from duibiao.errors import BadInputError, Problem, Where
from duibiao.model.notation import plain
from duibiao.model.process import Selection, Stage
from duibiao.model.standard import Standard
from duibiao.services import cases as work
from duibiao.services import rounds
from duibiao.services.cases import File, Outlook
from duibiao.services.desk import Desk, missing, written
from duibiao.services.quotas import gone, group_of, pools
from duibiao.store import cases as kept
from duibiao.store.cases import Round
from duibiao.store.workspace import Entry
from duibiao.workflow.blocks import Block, BlockedError
from duibiao.workflow.naming import Choice, certificates, choose, selections_at

OF_THE_TITLE = frozenset({"WF27", "WF28", "WF45"})
"""What is in the way of the title itself; a case with anything else in its way does not compete for places."""

PLACES: Mapping[str, str] = {
    "WF01": "not_qualified", "WF03": "not_qualified", "WF05": "not_qualified", "WF27": "not_qualified",
    "WF02": "open", "WF04": "open", "WF06": "open", "WF28": "open", "WF45": "left",
}  # fmt: skip
"""What is in the way, to the place it leads to; anything else has to be dealt with first."""

_YEAR = re.compile(r"\{year(?::0\d)?\}")
_N = re.compile(r"\{n(?::0\d)?\}")


@frozen
class Line:
    """One case in a naming act.

    Attributes:
        case: The case.
        place: ``taken``, ``left``, ``tied``, ``open`` or ``not_qualified``; ``blocked`` when something else is in the way.
        blocks: What is in the way.
        score: Its points, or the range they lie in; empty where the standard gives none.
        certificate: Number of its certificate.
    """

    case: File
    place: str
    blocks: tuple[Block, ...]
    score: str = ""
    certificate: str = ""


@frozen
class Act:
    """A naming act, before or after it was carried out.

    Attributes:
        stage: The stage at which titles are given.
        award: The title.
        limits: Selection to the places left per group.
        lines: Every case at that stage.
        blocks: Picks against the bounds.
    """

    stage: Stage
    award: str
    limits: tuple[tuple[Selection, Mapping[str, int | None]], ...]
    lines: tuple[Line, ...]
    blocks: tuple[Block, ...] = ()

    @property
    def taken(self) -> tuple[Line, ...]:
        """Those that are named."""
        return tuple(each for each in self.lines if each.place == "taken")


def name_batch(
    desk: Desk, name: str, *, award: str = "", pattern: str = "", first: int | None = None,
    picked: tuple[str, ...] | None = None, dry_run: bool = False,
) -> Act:  # fmt: skip
    """Name, in one act, the cases of a round at their naming stage, as far as quotas and ratios have places.

    *picked*: ids of the cases that the deciding body chose, where it names fewer than could be or chooses among equals.
    *pattern*: certificate numbers, e.g. ``"武社示〔{year}〕{n:03}号"``, from *first* on; without it, after the last one in use.
    Those with something in the way are left where they are; BlockedError when one of them was picked. All or nothing is saved.
    """
    round_ = rounds.get(desk, name)
    standard = desk.registry.standard(round_.standard)
    stage, title = _naming(standard, award)
    numbers = written(pattern, "--certificates", needed=False)

    def drawn_up() -> Act:
        act = _act(desk, standard, stage, title, round_, picked)
        return _numbered(desk, act, numbers, round_.year, first)

    act = drawn_up()
    if dry_run:
        return act
    made = [act]

    def again() -> Callable[[Entry], None]:
        made[:] = [drawn_up()]
        _stop(made[0], picked)
        return lambda entry: _write(entry, desk, made[0])

    _stop(act, picked)
    if act.taken:
        desk.decide(tuple(stream for line in act.lines for stream in line.case.streams), again)
    return made[0]


def _naming(standard: Standard, award: str) -> tuple[Stage, str]:
    """The stage that gives a title, and the title's id. BadInputError: nothing gives it, or it has to be said which."""
    titles = {name: each.id for each in standard.awards for name in (each.id, each.title, each.title_en) if name}
    wanted = titles.get(award, award)
    stages = [each for each in standard.stages if each.grants and (not award or wanted in each.grants)]
    if not stages:
        given = [name for each in standard.stages for name in each.grants]
        raise missing("E_NO_NAMING", "--award", award or standard.header.title, given)
    choices = dict.fromkeys(name for each in stages for name in each.grants)
    if not award and len(choices) > 1:
        raise missing("E_WHICH_AWARD", "--award", "", choices)
    return stages[-1], wanted or next(iter(choices))


def _act(
    desk: Desk, standard: Standard, stage: Stage, title: str, round_: Round, picked: tuple[str, ...] | None
) -> Act:  # fmt: skip
    listed = kept.cases(desk.space, standard=standard.id, round_=round_.id)
    here = [work.get(desk, each.id) for each in listed if stage.id in each.stages]
    ids = [each.listed.id for each in here]
    stray = [each for each in picked or () if each not in ids]
    if stray:
        raise missing("E_NOT_THERE", "--pick", " ".join(stray), ids)
    looks = [work.outlook(desk, each, stage, (title,)) for each in here]
    chosen = None if picked is None else [ids.index(each) for each in picked]
    # What is blocked by something else does not compete for places.
    standing = [Place.LEFT if _blocked(each) else Place.TAKEN for each in looks]
    limits, blocks = [], list[Block]()
    for selection in selections_at(standard, stage.id, title):
        found = _chosen(desk, standard, selection, looks, standing, chosen, round_.year)
        limits.append((selection, found.places))
        blocks += found.blocks
        standing = _standing(found, len(here))
    lines = [
        Line(each, _place(look, place, chosen is None or index in chosen), look.blocks, _score(look))
        for index, (each, look, place) in enumerate(zip(here, looks, standing, strict=True))
    ]
    return Act(stage, title, tuple(limits), tuple(lines), tuple(blocks))


def _blocked(look: Outlook) -> bool:
    return any(each.code not in OF_THE_TITLE for each in look.blocks)


def _chosen(
    desk: Desk, standard: Standard, selection: Selection, looks: Sequence[Outlook], standing: Sequence[Place],
    picked: list[int] | None, year: int,
) -> Choice:  # fmt: skip
    grouped = [
        Candidate(each.assessment, group_of(selection, each.assessment.unit.code))
        for each in looks
        if each.assessment is not None
    ]
    return choose(
        selection, grouped, before=standing, picked=picked, pools=pools(desk, selection, standard),
        taken=gone(desk, selection, standard, year),
    )  # fmt: skip


def _standing(found: Choice, size: int) -> list[Place]:
    standing = [Place.NOT_QUALIFIED] * size
    for place, members in (
        (Place.LEFT, found.left), (Place.OPEN, found.open), (Place.TIED, found.ties), (Place.TAKEN, found.taken),
    ):  # fmt: skip
        for index in members:
            standing[index] = place
    return standing


def _place(look: Outlook, standing: Place, chosen: bool) -> str:
    if look.blocks:
        led = [PLACES.get(each.code, "blocked") for each in look.blocks]
        return "blocked" if "blocked" in led else led[0]
    return str(standing) if chosen else "left"


def _score(look: Outlook) -> str:
    points = None if look.assessment is None else look.assessment.score
    if points is None:
        return ""
    return plain(points.low) if points.settled else f"{plain(points.low)}–{plain(points.high)}"


def _numbered(desk: Desk, act: Act, pattern: str, year: int, first: int | None) -> Act:
    """*act* with certificate numbers for those who are named."""
    if not pattern:
        return act
    start = first or _next_number(desk, pattern, year)
    numbers = iter(certificates(pattern, year, start, len(act.taken)))
    lines = [evolve(each, certificate=next(numbers)) if each.place == "taken" else each for each in act.lines]
    used = kept.certificates(desk.space)
    double = [each.certificate for each in lines if each.certificate in used]
    if double:
        raise BadInputError([Problem("E_CERTIFICATE", Where("--start"), "、".join(double[:5]))])
    return evolve(act, lines=tuple(lines))


def _next_number(desk: Desk, pattern: str, year: int) -> int:
    """One more than the highest number in use with this pattern in this year."""
    parts = _N.split(_YEAR.sub(str(year), pattern), maxsplit=1)
    if len(parts) == 1:
        return 1
    before, after = map(re.escape, parts)
    found = [re.fullmatch(rf"{before}(\d+){after}", each) for each in kept.certificates(desk.space)]
    return max((int(each[1]) for each in found if each), default=0) + 1


def _stop(act: Act, picked: tuple[str, ...] | None) -> None:
    """BlockedError for picks against the bounds, or with something in the way."""
    mine = [block for line in act.lines if line.case.listed.id in (picked or ()) for block in line.blocks]
    if act.blocks or mine:
        raise BlockedError([*act.blocks, *mine])


def _write(entry: Entry, desk: Desk, act: Act) -> None:
    """Every case that is taken passes the stage and is given the title."""
    number = f"{act.stage.id} {desk.day}"
    for line in act.taken:
        made, result = work.draw_up(desk, line.case, act.stage.id, (act.award,))
        work.write_move(entry, desk, line.case, made, result, {act.award: line.certificate}, act=number)


__all__ = ["Act", "Line", "name_batch"]
