"""The state of one case (申报件): everything the engine reads, and nothing it decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from attrs import field, frozen

from duibiao.model.facts import Unit


class Status(StrEnum):
    """Where a case stands as a whole."""

    OPEN = "open"
    NAMED = "named"
    NOT_NAMED = "not_named"
    RECTIFY = "rectify"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    FORFEITED = "forfeited"
    CLOSED = "closed"
    """The process is over and gave no title."""


@frozen
class Step:
    """One visit of a case to a stage.

    Attributes:
        stage: Stage id.
        seq: Number of the visit within the case, from 1, in the order they began; a return for correction begins new ones.
        entered: The day it began.
        left: The day it ended; None while it lasts.
        outcome: ``passed``, ``returned`` (also for one passed earlier that a return takes back), ``refused``, ``withdrawn``,
            or empty while it lasts.
        by: Who ended it.
        note: Why, where that was said.
    """

    stage: str
    seq: int
    entered: date
    left: date | None = None
    outcome: str = ""
    by: str = ""
    note: str = ""


@frozen
class Paper:
    """A document received at a stage.

    Attributes:
        stage: Stage id.
        name: As the stage's checklist calls it.
        received: The day.
        sha256: Content of the evidence, where it is kept.
    """

    stage: str
    name: str
    received: date
    sha256: str = ""


@frozen
class Opinion:
    """What a body that was consulted said; it carries no points.

    Attributes:
        stage: Stage id.
        body: Who was asked, as the stage's list calls it.
        given: The day.
        agrees: Whether it agrees.
        text: What it said.
    """

    stage: str
    body: str
    given: date
    agrees: bool
    text: str = ""


@frozen
class Notice:
    """A public notice (公示) as it was posted.

    Attributes:
        stage: Stage id.
        posted: First day.
        until: Last day; None when no end was said.
        places: Where it hangs.
        contacts: Whom people can call.
        media: Paper or site that carries it.
    """

    stage: str
    posted: date
    until: date | None = None
    places: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    media: str = ""


@frozen
class Objection:
    """An objection (异议) to a case.

    Attributes:
        id: Its id, unique in the case.
        stage: Stage at which it was raised.
        raised: The day.
        who: Who raised it.
        text: What it says.
        settled: The day it was settled; None while it is open.
        outcome: ``upheld``, ``dismissed``, or empty while it is open.
        answer: What was answered.
    """

    id: str
    stage: str
    raised: date
    who: str
    text: str
    settled: date | None = None
    outcome: str = ""
    answer: str = ""


@frozen
class Finding:
    """Something found wanting: by supervision, a mock inspection, or an order to rectify.

    Attributes:
        id: Its id, unique in the case.
        stage: Stage at which it was found.
        found: The day.
        text: What was found.
        due: The day by which it must be mended.
        settled: The day it was mended; None while it is open.
        measure: What was done.
    """

    id: str
    stage: str
    found: date
    text: str
    due: date | None = None
    settled: date | None = None
    measure: str = ""


@frozen
class Task:
    """A piece of the work given to a department (任务分解).

    Attributes:
        id: Its id, unique in the case.
        stage: Stage at which it was given out.
        department: Who has to do it.
        text: What has to be done.
        due: The day by which.
        done: The day it was done; None while it is open.
    """

    id: str
    stage: str
    department: str
    text: str
    due: date | None = None
    done: date | None = None


@frozen
class Held:
    """A title that the unit was given in this case.

    Attributes:
        award: Award id.
        since: First day of validity.
        until: Last day of validity; None when the source sets no end.
        certificate: Certificate number, if one was given.
        state: ``valid``, ``rectifying``, ``revoked`` (撤销), ``cancelled`` (注销), ``expired`` or ``renewed``.
    """

    award: str
    since: date
    until: date | None = None
    certificate: str = ""
    state: str = "valid"


@frozen(kw_only=True)
class CaseState:
    """One unit under one standard in one round.

    Attributes:
        id: Case id.
        unit: Who.
        standard: Standard id.
        round: Round id.
        year: Year of the round: recurring windows are read in it.
        track: Parallel track it follows; empty where the standard has one for its kind of unit.
        status: Where it stands as a whole.
        opened: The day it was opened.
        steps: Visits to stages, in the order they began.
        papers: Documents received.
        notices: Public notices.
        objections: Objections.
        opinions: Opinions of consulted bodies.
        findings: What was found wanting.
        tasks: Work given to departments.
        held: Titles given.
        sampled: Stage id to whether the unit was drawn; a stage without an entry has not drawn yet.
    """

    id: str
    unit: Unit
    standard: str
    round: str
    year: int
    track: str = ""
    status: Status = Status.OPEN
    opened: date
    steps: tuple[Step, ...] = ()
    papers: tuple[Paper, ...] = ()
    notices: tuple[Notice, ...] = ()
    objections: tuple[Objection, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    findings: tuple[Finding, ...] = ()
    tasks: tuple[Task, ...] = ()
    held: tuple[Held, ...] = ()
    sampled: Mapping[str, bool] = field(factory=dict)

    @property
    def active(self) -> tuple[str, ...]:
        """Ids of the stages entered and not left, in the order they were entered."""
        return tuple(step.stage for step in self.steps if step.left is None)

    def visits(self, stage: str) -> tuple[Step, ...]:
        """The visits to *stage*, in the order they began."""
        return tuple(step for step in self.steps if step.stage == stage)

    def last(self, stage: str) -> Step | None:
        """The latest visit to *stage*, or None."""
        return next(iter(self.visits(stage)[::-1]), None)

    def passed(self, stage: str) -> bool:
        """Whether *stage* was passed and not taken back since."""
        step = self.last(stage)
        return step is not None and step.outcome == "passed"
