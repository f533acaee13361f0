"""Targets over the units of a workspace: population, actual against needed, the gap in units, who is nearest, what to expect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cached_property

from attrs import frozen

from duibiao.assess.one import VERDICTS, Assessor
from duibiao.model.facts import FactSet
from duibiao.model.outcome import State, Verdict
from duibiao.model.process import Target
from duibiao.rules.compile import Raw
from duibiao.rules.nodes import FALSE, TRUE
from duibiao.services.desk import Desk
from duibiao.services.facts import fact_sets
from duibiao.services.past import NAMED, RUNNING, cases_on, title_on
from duibiao.store import cases as kept
from duibiao.store import units as register
from duibiao.targets import (
    Asked,
    Candidate,
    Member,
    PassRate,
    Question,
    TargetReport,
    belongs,
    candidate_of,
    census,
    either_way,
    missing_of,
    named,
    population,
    reached,
    report,
)  # fmt: skip
from duibiao.workflow.case import Status

FAILED = frozenset({Status.NOT_NAMED, Status.FORFEITED})
LOOKED_AT = 5
"""So many times the candidates wanted are looked at closely; the others are told apart by their bare points."""


@frozen
class Row:
    """One target of a standard over a territory.

    Attributes:
        standard: The standard whose target it is.
        counted: The standard whose titles count.
        report: Progress, forecast, nearest units.
        due: Days until the day it is measured; negative once that is past, None where no day is set.
        so_far: How the cases decided so far have ended.
    """

    standard: str
    counted: str
    report: TargetReport
    due: int | None
    so_far: PassRate


def rows(desk: Desk, standard: str, *, territory: str | None = None, year: int | None = None, limit: int = 5) -> list[Row]:
    """Every target of a standard, perhaps only those due in a year, over the units of a territory.

    Without *territory*: the divisions of the standard's jurisdiction, as far as the workspace has their units.
    """
    rules = desk.registry.standard(standard)
    homes = (territory,) if territory is not None else _divisions(desk, standard)
    found = []
    grounds: dict[str, Ground] = {}
    for target in rules.targets:
        if year is None or (target.by is not None and target.by.year == year):
            counted = target.standard or standard
            survey = Survey(desk, target, counted, homes, grounds.setdefault(counted, Ground(desk, counted)))
            due = None if target.by is None else (target.by - desk.day).days
            found.append(Row(standard, counted, survey.report(limit), due, survey.pass_rate))
    return found


def _divisions(desk: Desk, standard: str) -> tuple[str, ...]:
    """Beginnings of the codes of a standard's own territory; the whole nation where it has none."""
    home = desk.registry.jurisdictions[desk.registry.header(standard).jurisdiction]
    return home.divisions or ("",)


class Ground:
    """What several targets that count the same standard ask alike: each unit's facts and bare numbers, read once a day asked."""

    def __init__(self, desk: Desk, counted: str) -> None:
        self.desk, self.assessor = desk, desk.registry.assessor(counted)
        self._facts: dict[tuple[str, date], dict[str, FactSet]] = {}
        self._raw: dict[tuple[str, date], Raw] = {}

    def facts(self, home: str, day: date) -> dict[str, FactSet]:
        """Unit code to facts, of the units of a territory that have any."""
        if (home, day) not in self._facts:
            read = fact_sets(self.desk.space, self.desk.registry.vocabulary, home, day)
            self._facts[home, day] = {each.unit.code: each for each in read}
        return self._facts[home, day]

    def raw(self, facts: FactSet) -> Raw:
        """A unit's bare numbers under the standard."""
        key = (facts.unit.code, facts.as_of)
        if key not in self._raw:
            self._raw[key] = self.assessor.raw(facts)
        return self._raw[key]

    def awards(self, facts: FactSet) -> dict[str, State]:
        """Award id to whether the unit meets what it asks for."""
        program = self.assessor.program
        first = len(program.gates) + len(program.vetoes)
        codes = self.raw(facts)[12][first : first + len(program.awards)]
        states = {TRUE: State.HELD, FALSE: State.NOT_HELD}
        return {each.id: states.get(int(code), State.OPEN) for each, code in zip(program.awards, codes, strict=True)}


@frozen(slots=False)
class Survey:
    """One target asked of every unit of a territory.

    Attributes:
        desk: Workspace and day.
        target: The target.
        counted: Id of the standard whose titles count.
        homes: Beginnings of the codes of the territory.
        ground: What it shares with other targets.
    """

    desk: Desk
    target: Target
    counted: str
    homes: tuple[str, ...]
    ground: Ground

    @property
    def assessor(self) -> Assessor:
        """Of the standard that counts."""
        return self.ground.assessor

    @cached_property
    def question(self) -> Question:
        """The condition that the target asks, where it asks one."""
        return Question.of(self.target.achieved, self.desk.registry.vocabulary)

    def report(self, limit: int) -> TargetReport:
        """The target's report with at most *limit* nearest units."""
        kinds: Counter[str] = Counter()
        members: list[Member] = []
        facts: dict[str, FactSet] = {}
        states: dict[str, State | Asked] = {}
        for home in self.homes:
            kinds.update(register.kinds_under(self.desk.space, home))
            mine = self.ground.facts(home, self._asked_on())
            held = self._held(home)
            waiting = self._waiting(home)
            for code, unit in register.units_of(self.desk.space, sorted({*mine, *held, *waiting})).items():
                found = states[code] = self._achieved(mine.get(code), held.get(code, frozenset()))
                achieved = found.state if isinstance(found, Asked) else found
                members.append(Member(self._counts(unit.kind, mine.get(code)), achieved, unit.kind, code in waiting))
            facts |= mine
        groups = census(self.target, kinds, members, State.NOT_HELD if self._by_record() else State.OPEN)
        return report(self.target, groups, so_far=self.pass_rate, candidates=self._nearest(facts, states, limit), limit=limit)

    @cached_property
    def pass_rate(self) -> PassRate:
        """How the cases of the territory that were decided by the day asked have ended."""
        states = [
            status for home in self.homes
            for _, status in cases_on(self.desk.space, self._asked_on(), standard=self.counted, territory=home).values()
        ]  # fmt: skip
        passed = sum(each in NAMED for each in states)
        return PassRate(passed, passed + sum(each in FAILED for each in states))

    def _waiting(self, home: str) -> set[str]:
        """Units with a case that was open on the day asked; none once the target was measured: a later naming counts no more."""
        if self.target.by is not None and self.desk.day > self.target.by:
            return set()
        known = cases_on(self.desk.space, self._asked_on(), standard=self.counted, territory=home)
        return {each.unit.code for each, status in known.values() if status is Status.OPEN}

    def _by_record(self) -> bool:
        """Whether a unit without record has surely not achieved it: only a naming counts."""
        return not self.target.achieved and not self.target.meets

    def _asked_on(self) -> date:
        """The day whose facts count: today, or the day the target is measured once that is past."""
        return min(self.desk.day, self.target.by) if self.target.by else self.desk.day

    def _held(self, home: str) -> dict[str, frozenset[str]]:
        """Unit code to the titles it holds on the day asked."""
        found: dict[str, set[str]] = {}
        day = self._asked_on()
        for row in kept.awards(self.desk.space, standard=self.counted, territory=home):
            running = row["until"] is None or day.isoformat() <= row["until"]
            if running and title_on(self.desk.space, row, day) in RUNNING:
                found.setdefault(row["unit"], set()).add(row["award"])
        return {code: frozenset(awards) for code, awards in found.items()}

    def _counts(self, kind: str, facts: FactSet | None) -> State:
        if facts is None:
            return population(self.target, kind)
        return belongs(self.target, facts, self.desk.registry.vocabulary)

    def _achieved(self, facts: FactSet | None, held: frozenset[str]) -> State | Asked:
        if self.target.achieved:
            return State.OPEN if facts is None else self.question.ask(facts)
        state = named(self.target, held)
        if not self.target.meets:
            return state
        return either_way(state, self._meets(facts))

    def _meets(self, facts: FactSet | None) -> State:
        return State.OPEN if facts is None else reached(self.target, self.ground.awards(facts))

    def _nearest(self, facts: dict[str, FactSet], states: dict[str, State | Asked], limit: int) -> Iterator[Candidate | None]:
        """Units that could be nearest: by their bare points first, the best of them looked at closely."""
        here = {code: each for code, each in facts.items() if self._counts(each.unit.kind, each) is not State.NOT_HELD}
        if self.target.achieved:
            yield from (missing_of(each.unit, states[code]) for code, each in here.items())
            return
        open_ones = [each for code, each in here.items() if states[code] is not State.HELD]
        standard = self.assessor.program.standard
        for each in sorted(open_ones, key=self._bare)[: limit * LOOKED_AT]:
            yield candidate_of(self.target, standard, self.assessor.assess(each), unnamed=self._by_record())

    def _bare(self, facts: FactSet) -> tuple[int, int]:
        """What the bare numbers say is missing: points to full marks, then indicators that are not met."""
        _, verdicts, *_, low, _, full, _, _ = self.ground.raw(facts)
        return full - low, sum(VERDICTS[int(code)] is not Verdict.MET for code in verdicts)


def present(desk: Desk) -> list[str]:
    """Standards with targets whose territory has units in the workspace, the nation's last."""
    found = []
    for name in desk.registry.headers:
        if desk.registry.standard(name).targets:
            homes = _divisions(desk, name)
            if any(register.kinds_under(desk.space, home) for home in homes):
                found.append((homes == ("",), name))
    return [name for _, name in sorted(found)]
