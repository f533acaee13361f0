"""Random walks through small processes: whatever people try, the record stays sound and no stage is skipped."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from attrs import evolve, frozen
from offices import FACT, UNITS, prove_sound, small_pack

from duibiao.api import pack_in
from duibiao.errors import BadInputError
from duibiao.model.process import LEVELS
from duibiao.registry import Candidate, Registry
from duibiao.services import cases, naming, papers, rounds, scores, titles
from duibiao.services.clock import now
from duibiao.services.desk import Desk
from duibiao.store.journal import verify
from duibiao.store.rights import SINGLE, Operator
from duibiao.store.workspace import create_workspace
from duibiao.workflow.blocks import BlockedError
from duibiao.workflow.routes import before

STAGES = (
    'id = "apply"\ntitle = "申报"\nlevel = "街镇"\ndocuments = ["申报表"]\nnext = ["notice", "review"]',
    'id = "notice"\ntitle = "公示"\nlevel = "街镇"\nnotice = { places = ["社区"], days = 3 }\nnext = ["check"]',
    'id = "review"\ntitle = "审核"\nlevel = "区"\nconsults = ["公安"]\nrequires = "score >= 6"\nnext = ["check"]',
    'id = "check"\ntitle = "抽查"\nlevel = "市"\nsampling = { note = "比例未定" }\nbreakdown = true\nnext = ["naming"]',
    'id = "naming"\ntitle = "命名"\nlevel = "省"\ngrants = ["demonstration"]\nnext = ["care"]',
    'id = "care"\ntitle = "督查"\nlevel = "区"\nsupervises = true',
)
QUOTA = '[[selection]]\nid = "q"\ntitle = "名额"\nclause = "二"\nstage = "naming"\naward = "demonstration"\nquota = 2'
AWARD = 'validity = "12 months"\nrectify_within = "1 months"'
PEOPLE = (
    Operator("all", "甲", (SINGLE,), LEVELS), Operator("town", "乙", ("clerk",), ("街镇",)),
    Operator("head", "丙", ("head",), ("街镇", "区", "市", "省")), Operator("away", "丁", (SINGLE,), LEVELS, "32"),
)  # fmt: skip
STEPS = 150


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """A registry of one small standard."""
    folder = tmp_path_factory.mktemp("packs") / "small"
    folder.mkdir()
    for name, text in small_pack(*STAGES, award=AWARD, more=QUOTA).items():
        (folder / name).write_text(text, "utf-8")
    made = pack_in(folder)
    return Registry([Candidate(made.name, "-", "-", lambda: made)])


Act = Callable[[Desk, "Walk"], object]


@frozen
class Walk:
    """Somebody who tries things at random.

    Attributes:
        desk: The desk; who sits at it and on which day changes from step to step.
        dice: Where chance comes from.
    """

    desk: Desk
    dice: random.Random

    def step(self, day: date) -> bool:
        """Try one thing on a day; whether it was done."""
        who = self.dice.choices(("all", "town", "head", "away"), (12, 2, 2, 1))[0]
        desk = evolve(self.desk, actor=who, day=day)
        act = _help if self.dice.random() < 0.6 else self.dice.choice(_ACTS)
        try:
            act(desk, self)
        except (BadInputError, BlockedError):
            return False
        return True

    @property
    def case(self) -> str:
        """Some case; perhaps one that does not exist."""
        known = [f"small-2012-{n:04}" for n in range(1, 5)]
        return self.dice.choice(known)

    @property
    def stage(self) -> str:
        """Some stage, or none."""
        return self.dice.choice(("", "", "", "apply", "notice", "review", "check", "naming", "care"))


def _open(desk: Desk, walk: Walk) -> None:
    cases.open_case(desk, walk.dice.choice(UNITS[:4])[0], "small.community", year=2012)


def _score(desk: Desk, walk: Walk) -> None:
    points = walk.dice.choice(("5", "7", "10", "11", ""))
    scores.score(desk, scores.Wanted(walk.case, walk.dice.choice(("街镇", "区", "省")), {"reach": points}, "查看", "组长"))


def _title(desk: Desk, walk: Walk) -> None:
    what = walk.dice.choice(("keep", "rectify", "revoke", "cancel", "expire", "renew"))
    titles.act(desk, walk.case, "", what, reason=walk.dice.choice(("", "复查", "复查")), certificate="")


def _sample(desk: Desk, walk: Walk) -> None:
    rounds.draw(desk, "small.community-2012", "check", seed="1", share="50%")


def _name(desk: Desk, walk: Walk) -> None:
    naming.name_batch(desk, "small.community-2012", pattern="{year}-{n}")


def _help(desk: Desk, walk: Walk) -> None:
    """Deal with one thing that is in the way of some case, or move it on where nothing is."""
    case = cases.get(desk, walk.case)
    stage = walk.dice.choice(case.state.active or ("",))
    blocks = cases.outlook(desk, case, case.stage(stage)).blocks
    if not blocks:
        cases.move(desk, case.listed.id, stage)
        return
    block = walk.dice.choice(blocks)
    names = block.condition.names
    match block.code:
        case "WF07":
            papers.receive(desk, case.listed.id, names[0], stage=stage)
        case "WF08" | "WF09":
            papers.notice(desk, case.listed.id, stage=stage)
        case "WF12":
            papers.settle(desk, case.listed.id, names[0], walk.dice.choice(("upheld", "dismissed")), "答复")
        case "WF13":
            papers.opinion(desk, case.listed.id, names[0], walk.dice.random() < 0.5, stage=stage)
        case "WF16":
            papers.mended(desk, case.listed.id, names[0], "措施")
        case "WF17":
            _sample(desk, walk)
        case "WF18":
            papers.task(desk, case.listed.id, "民政", "事", stage=stage)
        case "WF19":
            papers.done(desk, case.listed.id, names[-1])


def _seldom(act: Act) -> Act:
    """*act*, one time in five."""
    return lambda desk, walk: act(desk, walk) if walk.dice.random() < 0.2 else None


_ACTS: tuple[Act, ...] = (
    _open, _score, _title, _sample, _name,
    lambda desk, walk: cases.move(desk, walk.case, walk.stage),
    _seldom(lambda desk, walk: cases.send_back(desk, walk.case, walk.stage or "apply", "补正")),
    _seldom(lambda desk, walk: cases.withdraw(desk, walk.case, "撤回")),
    _seldom(lambda desk, walk: cases.reject(desk, walk.case, "不符")),
    lambda desk, walk: cases.forfeit(desk, walk.case),
    lambda desk, walk: papers.receive(desk, walk.case, "申报表", stage=walk.stage),
    lambda desk, walk: papers.notice(desk, walk.case),
    lambda desk, walk: papers.opinion(desk, walk.case, "公安", True),
    lambda desk, walk: papers.task(desk, walk.case, "民政", "事", stage="check"),
    lambda desk, walk: papers.done(desk, walk.case, "1"),
    _seldom(lambda desk, walk: papers.objection(desk, walk.case, "某人", "异议")),
    lambda desk, walk: papers.settle(desk, walk.case, walk.dice.choice("12"), "dismissed", "答复"),
    _seldom(lambda desk, walk: papers.finding(desk, walk.case, "问题")),
    lambda desk, walk: papers.mended(desk, walk.case, walk.dice.choice("12"), "措施"),
    lambda desk, walk: papers.check(desk, walk.case),
)  # fmt: skip


def prove_in_order(desk: Desk) -> int:
    """No stage was entered before all that lead to it were passed; the number of titles that are given."""
    given = 0
    for each in cases.listing(desk):
        case = cases.get(desk, each.id)
        for step in case.state.steps:
            earlier = before(case.standard, case.state.unit, step.stage)
            done = {other.stage for other in case.state.steps if other.seq < step.seq and other.outcome in ("passed", "returned")}
            assert earlier <= done, (each.id, step.stage)
            assert step.left is None or step.entered <= step.left
        given += bool(case.state.held)
        assert bool(case.state.held) == (each.status in ("named", "rectify", "revoked", "cancelled", "expired"))
    return given


@pytest.mark.parametrize("seed", range(30))
def test_whatever_people_try_the_record_stays_sound_and_no_stage_is_skipped(
    seed: int, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    dice = random.Random(seed)
    with create_workspace(tmp_path / "office", {"title": "民政办", "code": ""}, PEOPLE[0], now) as space:
        _staff(space)
        desk = Desk(space, registry, "all", date(2012, 3, 1))
        walk, day, done = Walk(desk, dice), desk.day, 0
        for code, _ in UNITS[:4]:
            cases.open_case(desk, code, "small.community", year=2012)
        for _ in range(STEPS):
            day += timedelta(days=dice.choice((0, 0, 0, 1, 3)))
            length = space.head()[0]
            worked = walk.step(day)
            refusals = space.head()[0] - length
            assert worked or refusals <= 1
            assert space.head()[0] == verify(space.db.conn)
            done += worked
        assert 2 >= prove_in_order(desk)
        assert done > STEPS // 3
        prove_sound(space)


def _staff(space: object) -> None:
    """The people and units of the walks."""
    from duibiao.store.records import save_facts
    from duibiao.store.workspace import Workspace

    assert isinstance(space, Workspace)
    with space.change("all") as entry:
        for each in PEOPLE[1:]:
            row = {"id": each.id, "name": each.name, "roles": list(each.roles), "levels": list(each.levels),
                   "territory": each.territory, "active": True}  # fmt: skip
            entry.append("operator.added", "office", row)
        for number, (code, name) in enumerate(UNITS[:4]):
            row = {"code": code, "name": name, "kind": "居委会", "initials": "", "source": ""}
            entry.append("unit.added", f"unit/{code}", row)
            save_facts(entry, code, "2012", {FACT: 50 + 20 * number})
