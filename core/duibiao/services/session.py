"""One unit being assessed: its questions, its answers, what follows from them at once, and undo across restarts.

Nothing here waits for the disk: an answer changes the session and gives back what has to be saved; :mod:`duibiao.services.writer`
saves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property

from attrs import evolve, field, frozen

from duibiao.assess.bind import SUPPLIED_PARTS
from duibiao.assess.one import VERDICTS, Assessor
from duibiao.model.facts import NUMERIC, FactSet, FactType, Kind, Value, Values
from duibiao.model.outcome import Assessment, Interval, State, Verdict
from duibiao.model.standard import Standard
from duibiao.rules.nodes import FALSE, TRUE, inputs_of
from duibiao.rules.program import Leaf, Program

_STATES = {TRUE: State.HELD, FALSE: State.NOT_HELD}
OPEN_VERDICTS = frozenset({Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT})
_WANT_LOOKING = (
    Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT, Verdict.MET, Verdict.NOT_APPLICABLE, Verdict.OUT_OF_SCOPE,
)  # fmt: skip


@frozen
class Question:
    """One thing to answer: a fact, asked where a standard first needs it.

    Attributes:
        fact: What is asked.
        back: How many periods back it speaks of.
        criterion: Id of the criterion under which it is asked; empty for what only gates, vetoes and the like rest on.
        indicators: Ids of the indicators that rest on it.
        findings: Kind (``gates vetoes awards stages``) and id of what rests on it directly, where no indicator does.
    """

    fact: FactType
    back: int
    criterion: str
    indicators: tuple[str, ...]
    findings: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from the others."""
        return self.fact.id, self.back


@frozen
class Reading:
    """What the answers amount to.

    Attributes:
        verdicts: Indicator id to verdict.
        points: Indicator id to points, of those that are scored.
        score: The score; None for a standard without points.
        gates: Gate id to state.
        vetoes: Veto id to state.
        awards: Award id to state.
        stages: Stage id to the state of its guard.
    """

    verdicts: Mapping[str, Verdict]
    points: Mapping[str, Interval]
    score: Interval | None
    gates: Mapping[str, State]
    vetoes: Mapping[str, State]
    awards: Mapping[str, State]
    stages: Mapping[str, State]


@frozen
class Change:
    """One answer, and what followed from it.

    Attributes:
        question: What was answered.
        before: The answer before; None when there was none.
        after: The answer now; None when it was taken back.
        rows: Positions of the questions whose line reads differently now.
        scored: Whether score, awards, gates or vetoes changed.
        origin: ``answer``, ``undo`` or ``redo``.
    """

    question: Question
    before: Value | None
    after: Value | None
    rows: tuple[int, ...]
    scored: bool
    origin: str = "answer"


class Session:
    """A unit's assessment while somebody works on it.

    Attributes:
        assessor: The standard.
        facts: The facts as they stand in the session.
        reading: What they amount to.
        questions: What is asked, in the order of the standard.
    """

    def __init__(
        self, assessor: Assessor, facts: FactSet, *, known: Values | None = None,
        past: Iterable[tuple[tuple[str, int], Value | None]] = (), ahead: Iterable[tuple[tuple[str, int], Value | None]] = (),
    ) -> None:  # fmt: skip
        """*known* are facts that the process records.

        *past* are earlier answers that can be undone, oldest first, each with what was there before it; *ahead* those that
        were undone and can be given again, in the order in which they were undone.
        """
        self.assessor = assessor
        self.known = dict(known or {})
        self.facts = facts
        self.questions = tuple(_questions(assessor))
        self._place = {each.key: index for index, each in enumerate(self.questions)}
        self._undo, self._redo = self._steps(past), self._steps(ahead)
        self.reading = self._read()

    def _steps(self, found: Iterable[tuple[tuple[str, int], Value | None]]) -> list[tuple[Question, Value | None]]:
        return [(self.questions[self._place[key]], value) for key, value in found if key in self._place]

    @property
    def standard(self) -> Standard:
        """The standard."""
        return self.assessor.program.standard

    def value(self, question: Question) -> Value | None:
        """The answer as it stands; None when there is none."""
        return self._values(question.back).get(question.fact.id)

    def place(self, question: Question) -> int:
        """Position of a question."""
        return self._place[question.key]

    def find(self, fact: str, back: int = 0) -> Question | None:
        """The question about a fact; None when the standard does not ask it."""
        index = self._place.get((fact, back))
        return None if index is None else self.questions[index]

    def given(self, question: Question) -> bool:
        """Whether the process itself shows it, so that nobody needs to answer."""
        return question.back == 0 and question.fact.id in self.known and self.value(question) is None

    def _values(self, back: int) -> Values:
        if back == 0:
            return self.facts.values
        return dict(self.facts.history).get(self.period(back), {})

    def period(self, back: int = 0) -> str:
        """The period that an answer speaks of."""
        return str(int(self.facts.period) - back) if back and self.facts.period.isdecimal() else self.facts.period

    def answer(self, question: Question, value: Value | None) -> Change:
        """Answer a question (None takes the answer back); what followed. The answer can be undone."""
        change = self._set(question, value, "answer")
        if change.before != change.after:
            self._undo.append((question, change.before))
            self._redo.clear()
        return change

    def undo(self) -> Change | None:
        """Take the last answer back; None when there is none."""
        return self._turn(self._undo, self._redo, "undo")

    def redo(self) -> Change | None:
        """Give the answer that was undone last again; None when there is none."""
        return self._turn(self._redo, self._undo, "redo")

    def _turn(
        self, source: list[tuple[Question, Value | None]], target: list[tuple[Question, Value | None]], origin: str
    ) -> Change | None:
        if not source:
            return None
        question, value = source.pop()
        change = self._set(question, value, origin)
        target.append((question, change.before))
        return change

    def take_over(self, question: Question, value: Value | None) -> Change:
        """Somebody else's answer arrived: it is shown, and is not ours to undo."""
        self.forget(question)
        return self._set(question, value, "theirs")

    def forget(self, question: Question) -> None:
        """Somebody else has changed an answer: ours to it can neither be undone nor given again."""
        self._undo = [each for each in self._undo if each[0] != question]
        self._redo = [each for each in self._redo if each[0] != question]

    def process_shows(self, known: Values) -> bool:
        """The process went on and records other facts now; whether that changed anything."""
        if dict(known) == self.known:
            return False
        self.known = dict(known)
        self.reading = self._read()
        return True

    def _set(self, question: Question, value: Value | None, origin: str) -> Change:
        before, old = self.value(question), self.reading
        self.facts = self._with(question, value)
        self.reading = self._read()
        rows = {self._place[question.key], *self._touched(old)}
        scored = any(
            getattr(old, name) != getattr(self.reading, name) for name in ("score", "awards", "gates", "vetoes", "stages")
        )
        return Change(question, before, value, tuple(sorted(rows)), scored, origin)

    def _with(self, question: Question, value: Value | None) -> FactSet:
        values = {name: each for name, each in self._values(question.back).items() if name != question.fact.id}
        if value is not None:
            values[question.fact.id] = value
        if question.back == 0:
            return evolve(self.facts, values=values)
        period = self.period(question.back)
        history = {**dict(self.facts.history), period: values}
        return evolve(self.facts, history=tuple(sorted(history.items(), reverse=True)))

    def _touched(self, old: Reading) -> Iterator[int]:
        changed = {name for name, verdict in self.reading.verdicts.items() if old.verdicts[name] is not verdict}
        changed |= {name for name, points in self.reading.points.items() if old.points.get(name) != points}
        for index, question in enumerate(self.questions):
            settled = any(_state(old, each) is not _state(self.reading, each) for each in question.findings)
            if settled or not changed.isdisjoint(question.indicators):
                yield index

    def whole(self) -> FactSet:
        """The facts with what the process shows; what was typed wins."""
        return evolve(self.facts, values={**self.known, **self.facts.values}) if self.known else self.facts

    def _read(self) -> Reading:
        program, step = self.assessor.program, self.assessor.program.point_step
        raw = self.assessor.raw(self.whole())
        scored = [leaf.id for leaf in program.leaves if leaf.points is not None]
        fulls = {leaf.id: leaf.full for leaf in program.leaves}
        points = {
            name: Interval(low * step, high * step, fulls[name] * step)
            for name, low, high in zip(scored, raw[2], raw[3], strict=True)
        }
        states = [_STATES.get(int(code), State.OPEN) for code in raw[12]]
        parts: list[dict[str, State]] = []
        for group in (program.gates, program.vetoes, program.awards, program.stages):
            parts.append(dict(zip((each.id for each in group), states, strict=False)))
            states = states[len(group) :]
        verdicts = {leaf.id: VERDICTS[int(code)] for leaf, code in zip(program.leaves, raw[1], strict=True)}
        score = None if program.score is None else Interval(raw[8] * step, raw[9] * step, raw[11] * step)
        return Reading(verdicts, points, score, *parts)

    def assessment(self) -> Assessment:
        """The full assessment with its reasons, for the panel that says why."""
        return self.assessor.assess(self.whole())

    def left(self) -> int:
        """How many questions are not answered and still matter."""
        return sum(self.matters(each) for each in self.questions)

    def matters(self, question: Question) -> bool:
        """Whether a question is open and its answer could change a verdict or points."""
        if self.value(question) is not None or self.given(question):
            return False
        if any(_state(self.reading, each) is State.OPEN for each in question.findings):
            return True
        return any(self.is_open(name) for name in question.indicators)

    def is_open(self, indicator: str) -> bool:
        """Whether an indicator's verdict or points could still change."""
        return self.reading.verdicts[indicator] in OPEN_VERDICTS or not _settled(self.reading.points.get(indicator))

    def next_open(self, after: int, step: int = 1) -> int | None:
        """Position of the next question that matters, from *after* on and around; None when none is left."""
        size = len(self.questions)
        for offset in range(1, size + 1):
            index = (after + step * offset) % size
            if self.matters(self.questions[index]):
                return index
        return None

    def next_below(self, after: int) -> int:
        """Position of the next question below *after* that matters; the next one at all where none does, the last at the end."""
        for index in range(after + 1, len(self.questions)):
            if self.matters(self.questions[index]):
                return index
        return min(after + 1, len(self.questions) - 1)

    def verdict(self, question: Question) -> Verdict:
        """What stands at a question's line: the verdict among its indicators' that most wants looking at."""
        found = {self.reading.verdicts[name] for name in question.indicators}
        found |= {_verdict(each, _state(self.reading, each)) for each in question.findings}
        return next(each for each in _WANT_LOOKING if each in found)

    def points(self, question: Question) -> Interval | None:
        """Points of the indicators that rest on a question, together; None where none is scored."""
        found = [self.reading.points[name] for name in question.indicators if name in self.reading.points]
        if not found:
            return None
        return Interval(*(sum((getattr(each, name) for each in found), Decimal(0)) for name in ("low", "high", "full")))

    @cached_property
    def worth(self) -> Mapping[str, Decimal]:
        """Indicator id to its full marks."""
        step = self.assessor.program.point_step
        return {leaf.id: leaf.full * step for leaf in self.assessor.program.leaves if leaf.points is not None}


def _state(reading: Reading, finding: tuple[str, str]) -> State:
    found: State = getattr(reading, finding[0])[finding[1]]
    return found


def _verdict(finding: tuple[str, str], state: State) -> Verdict:
    """A gate that holds is well, a veto that falls is not."""
    if state is State.OPEN:
        return Verdict.UNKNOWN
    return Verdict.MET if (state is State.HELD) is (finding[0] != "vetoes") else Verdict.NOT_MET


def _settled(points: Interval | None) -> bool:
    return points is None or points.settled


@frozen
class _Asked:
    """Questions while they are gathered."""

    criterion: dict[tuple[str, int], str] = field(factory=dict)
    indicators: dict[tuple[str, int], list[str]] = field(factory=dict)


def _questions(assessor: Assessor) -> Iterator[Question]:
    """Every fact that a standard reads, once, where it is read first; what only gates, vetoes and the like read comes last."""
    program, found = assessor.program, _Asked()
    types = program.vocabulary.types
    for leaf in program.leaves:
        criterion = program.groups[leaf.group].id
        for key in _keys(leaf, types):
            found.criterion.setdefault(key, criterion)
            found.indicators.setdefault(key, []).append(leaf.id)
    for (name, back), criterion in found.criterion.items():
        yield Question(types[name], back, criterion, tuple(dict.fromkeys(found.indicators[name, back])))
    for (name, back), findings in _beside(program).items():
        if (name, back) not in found.criterion:
            yield Question(types[name], back, "", (), tuple(dict.fromkeys(findings)))


def _beside(program: Program) -> Mapping[tuple[str, int], list[tuple[str, str]]]:
    """What gates, vetoes, awards and guards read directly, as far as the process does not record it."""
    types, found = program.vocabulary.types, dict[tuple[str, int], list[tuple[str, str]]]()
    recorded = {
        name for stage in program.standard.stages for name in (*stage.records, *(stage.notice or {}).get("records", {}))
    }  # fmt: skip
    for kind in ("gates", "vetoes", "awards", "stages"):
        for each in getattr(program, kind):
            nodes = [node for node in (each.test, each.pending) if node is not None]
            for read in (read for node in nodes for read in inputs_of(node)):
                if read.part not in SUPPLIED_PARTS and read.fact in types and read.fact not in recorded:
                    found.setdefault((read.fact, read.back), []).append((kind, each.id))
    # A guard is made of gates and titles: it says nothing of a fact that they do not say better.
    return {key: [each for each in rests if each[0] != "stages"] or rests for key, rests in found.items()}


def _keys(leaf: Leaf, types: Mapping[str, FactType]) -> Iterator[tuple[str, int]]:
    """What a leaf reads. Of its rule the measure comes before the circumstances that soften its line: these are often not
    needed then.
    """
    for node in (leaf.applies, leaf.rule, leaf.points):
        if node is not None:
            found = [each for each in inputs_of(node) if each.part not in SUPPLIED_PARTS and each.fact in types]
            late = node is leaf.rule and any(types[each.fact].kind in NUMERIC for each in found)
            for each in sorted(found, key=lambda each: late and types[each.fact].kind is Kind.FLAG):
                yield each.fact, each.back
