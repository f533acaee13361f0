"""A case led through its stages as an office would, for tests of the workflow: papers, notices, moves, returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from attrs import define, evolve, field

from duibiao.api import Pack
from duibiao.assess.one import Assessor
from duibiao.errors import Collector
from duibiao.model.facts import FactSet, Unit
from duibiao.model.outcome import Assessment, Given
from duibiao.model.standard import Standard
from duibiao.pack.examples import Example, read_examples
from duibiao.registry import Registry
from duibiao.workflow.blocks import Block, BlockedError
from duibiao.workflow.calendar import WEEKDAYS, Holidays
from duibiao.workflow.case import CaseState, Finding, Notice, Objection, Opinion, Paper, Status, Task
from duibiao.workflow.derived import recorded, with_recorded
from duibiao.workflow.engine import Move, applied, blocks, move, reject, send_back, stage_of, start, withdraw


@cache
def registry() -> Registry:
    """What is installed."""
    return Registry()


@cache
def example(standard: str, name: str) -> Example:
    """A worked unit that a bundled pack ships."""
    found = registry()
    pack = found.owner(standard).target
    assert isinstance(pack, Pack)
    for source in pack.example_sources:
        for each in read_examples(source, found.vocabulary, Collector()):
            if (each.standard, each.id) == (standard, name):
                return each
    raise KeyError(name)


@define
class Journey:
    """One case on its way; every step is made through the engine's public functions.

    Attributes:
        assessor: Its standard, ready to assess.
        case: The case as it stands.
        facts: What operators recorded.
        registry: Where the standard comes from.
        holidays: The holiday table.
        given: Points that an assessor gave.
        warnings: Codes of what went on record, with their stages.
    """

    assessor: Assessor
    case: CaseState
    facts: FactSet
    registry: Registry
    holidays: Holidays = WEEKDAYS
    given: tuple[Given, ...] = ()
    warnings: list[tuple[str, str]] = field(factory=list)

    @classmethod
    def of(
        cls, source: Registry, standard: str, facts: FactSet, *, year: int, day: date, unit: Unit | None = None, track: str = ""
    ) -> Journey:
        """A case newly opened."""
        assessor = source.assessor(standard)
        who = unit or facts.unit
        empty = CaseState(id="1", unit=who, standard=standard, round=f"{year}", year=year, track=track, opened=day)
        begun = applied(assessor.program.standard, empty, start(assessor.program.standard, who, day, track))
        return cls(assessor, begun, evolve(facts, unit=who), source)

    @classmethod
    def worked(cls, standard: str, name: str, *, year: int, day: date, drop: Iterable[str] = ()) -> Journey:
        """A case of a worked unit of a bundled pack, without the facts in *drop*."""
        facts = example(standard, name).facts
        left = {key: value for key, value in facts.values.items() if key not in set(drop)}
        return cls.of(registry(), standard, evolve(facts, values=left), year=year, day=day)

    @property
    def standard(self) -> Standard:
        """The standard."""
        return self.assessor.program.standard

    # what an office registers

    def paper(self, stage: str, *names: str, day: date) -> None:
        """Papers received; all of the stage's checklist when none is named."""
        listed = names or stage_of(self.standard, self.case, stage).documents
        self.case = evolve(self.case, papers=(*self.case.papers, *(Paper(stage, name, day) for name in listed)))

    def notice(self, stage: str, posted: date, until: date | None, **changed: Any) -> None:
        """A notice with everything that the stage asks for, unless *changed* says otherwise."""
        spec = stage_of(self.standard, self.case, stage).notice or {}
        made = Notice(
            stage, posted, until, tuple(spec.get("places", ())), tuple(spec.get("contacts", ())), str(spec.get("media", ""))
        )
        self.case = evolve(self.case, notices=(*self.case.notices, evolve(made, **changed)))

    def opinion(self, stage: str, body: str, day: date, agrees: bool = True) -> None:
        """What a consulted body said."""
        self.case = evolve(self.case, opinions=(*self.case.opinions, Opinion(stage, body, day, agrees)))

    def object(self, stage: str, name: str, raised: date, settled: date | None = None, outcome: str = "") -> None:
        """An objection, or its settlement when one of that id is there."""
        rest = tuple(each for each in self.case.objections if each.id != name)
        made = Objection(name, stage, raised, "某居民", "有不同意见", settled, outcome or ("dismissed" if settled else ""))
        self.case = evolve(self.case, objections=(*rest, made))

    def finding(self, stage: str, name: str, found: date, due: date | None = None, settled: date | None = None) -> None:
        """A shortcoming, or its settlement when one of that id is there."""
        rest = tuple(each for each in self.case.findings if each.id != name)
        self.case = evolve(self.case, findings=(*rest, Finding(name, stage, found, "台账不全", due, settled)))

    def task(self, stage: str, name: str, department: str, done: date | None = None) -> None:
        """A task of a department, or the same done."""
        rest = tuple(each for each in self.case.tasks if each.id != name)
        self.case = evolve(self.case, tasks=(*rest, Task(name, stage, department, "示例任务", None, done)))

    def drawn(self, stage: str, chosen: bool) -> None:
        """Whether the sample of a stage took the unit."""
        self.case = evolve(self.case, sampled={**self.case.sampled, stage: chosen})

    # what the engine says and does

    def assessed(self, stage: str, day: date) -> Assessment:
        """The assessment with what the process itself records while *stage* is being left."""
        vocabulary = self.registry.vocabulary
        shown = recorded(self.standard, self.case, vocabulary, day, leaving=stage, holidays=self.holidays)
        return self.assessor.assess(evolve(with_recorded(self.facts, shown), as_of=day), given=self.given)

    def blocks(self, stage: str, day: date, awards: tuple[str, ...] | None = None) -> tuple[Block, ...]:
        """What is in the way."""
        found = self.assessed(stage, day)
        return blocks(self.standard, self.case, stage, day, found, awards=awards, holidays=self.holidays)

    def codes(self, stage: str, day: date, awards: tuple[str, ...] | None = None) -> list[str]:
        """The codes of what is in the way."""
        return [each.code for each in self.blocks(stage, day, awards)]

    def go(self, stage: str, day: date, *, awards: tuple[str, ...] | None = None) -> Move:
        """Pass a stage; BlockedError leaves the case as it was."""
        made = move(
            self.standard, self.case, stage, day, self.assessed(stage, day), awards=awards, holidays=self.holidays
        )  # fmt: skip
        return self._take(made)

    def back(self, stage: str, to: str, day: date, reason: str = "材料有误") -> Move:
        """Return for correction."""
        return self._take(send_back(self.standard, self.case, stage, to, day, reason))

    def refuse(self, stage: str, day: date, reason: str = "不符合标准") -> Move:
        """End the case without a title."""
        return self._take(reject(self.standard, self.case, stage, day, reason))

    def leave(self, day: date, reason: str = "暂缓创建") -> Move:
        """Take the application back."""
        return self._take(withdraw(self.standard, self.case, day, reason))

    # the whole way

    def supply(self, stage: str, day: date, *, drawn: bool = True) -> None:
        """Everything that a stage asks for beside the assessment."""
        spec = stage_of(self.standard, self.case, stage)
        self.paper(stage, *spec.documents, *filter(None, [spec.mock]), day=day)
        for body in spec.consults:
            self.opinion(stage, body, day)
        if spec.notice is not None:
            self.notice(stage, day, day)
        if spec.sampling is not None:
            self.drawn(stage, drawn)
        if spec.breakdown:
            self.task(stage, f"{stage}-1", "市民政局")
        self.settle(day)

    def settle(self, day: date) -> None:
        """Every objection, finding and task dealt with."""
        case = self.case
        self.case = evolve(
            case,
            objections=tuple(evolve(each, settled=each.settled or day, outcome="dismissed") for each in case.objections),
            findings=tuple(evolve(each, settled=each.settled or day) for each in case.findings),
            tasks=tuple(evolve(each, done=each.done or day) for each in case.tasks),
        )

    def finish(self, day: date, awards: tuple[str, ...] | None = None) -> None:
        """Go on to the end, a stage every other day."""
        while self.case.status is Status.OPEN:
            stage = self.case.active[0]
            self.supply(stage, day)
            day += timedelta(2)
            grants = stage_of(self.standard, self.case, stage).grants
            self.go(stage, day, awards=awards if grants else None)

    def _take(self, made: Move) -> Move:
        self.case = applied(self.standard, self.case, made)
        self.warnings += [(each.code, each.stage) for each in made.warnings]
        return made


def points(indicator: str, number: str) -> Given:
    """Points that an assessor gives."""
    return Given(indicator, Decimal(number), "现场检查", "考评组")


def passed(case: CaseState) -> list[str]:
    """Ids of the stages passed, in the order they were."""
    return [step.stage for step in case.steps if step.outcome == "passed"]


def prove_cited(found: Iterable[Block]) -> None:
    """Every block names its condition and the clause that poses it."""
    for each in found:
        assert each.condition.kind, each
        assert each.cite.document, each
        assert each.cite.clause, each


__all__ = ["BlockedError", "Journey", "Mapping", "example", "passed", "points", "prove_cited", "registry"]
