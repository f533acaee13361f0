"""Sitting down to a case: its session with all that was answered before, what can be undone, and how answers are stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from attrs import evolve

from duibiao.errors import Problem
from duibiao.model.facts import Value, Values, Vocabulary
from duibiao.model.notation import literal_of
from duibiao.services import cases
from duibiao.services.cases import File
from duibiao.services.clock import now
from duibiao.services.desk import Desk
from duibiao.services.fact_entry import as_lines, form_of
from duibiao.services.facts import fact_set, stored_value
from duibiao.services.session import Change, Question, Session
from duibiao.services.writer import Fact, Job, Outcome
from duibiao.store import drafts
from duibiao.store.journal import entries
from duibiao.store.records import Recorded, evidence_of, facts_of
from duibiao.store.workspace import Workspace, stamp
from duibiao.workflow.derived import recorded

Key = tuple[str, int]
"""A fact and how many periods back it speaks of."""
Place = tuple[str, str]
"""A period and a fact of it."""
Steps = list[tuple[Key, Value | None]]


class Sitting:
    """A case on the desk.

    Attributes:
        case: The case.
        session: Its assessment in progress.
        stored: Period and fact id to what is stored, as far as this sitting has heard.
        evidence: Period and fact id to the names of the files attached.
        typed: What was being typed when the program stopped: fact id, periods back, text; None when nothing was.
    """

    def __init__(
        self, desk: Desk, case: File, session: Session, stored: Mapping[Place, Recorded], typed: tuple[str, int, str] | None
    ) -> None:
        self.desk, self.case, self.session = desk, case, session
        self.stored = dict(stored)
        self.typed = typed
        self.evidence: dict[Place, list[str]] = {}
        self._length = desk.space.length(self.stream)
        self.read_evidence()

    @property
    def unit(self) -> str:
        """Code of the unit."""
        return self.case.listed.unit.code

    @property
    def stream(self) -> str:
        """The stream of the unit's facts."""
        return f"unit/{self.unit}"

    @property
    def form(self) -> str:
        """The name under which half-typed text is kept."""
        return f"typing/{self.case.listed.id}"

    def place(self, question: Question) -> Place:
        """Period and fact id of a question."""
        return self.session.period(question.back), question.fact.id

    def question(self, place: Place) -> Question | None:
        """The question that asks for a fact of a period; None when the standard does not ask for it."""
        back = _back(self.session.period(), place[0])
        return self.session.find(place[1], back) if back >= 0 else None

    def version(self, question: Question) -> int:
        """Version of a fact that is stored; 0 when there is none."""
        found = self.stored.get(self.place(question))
        return 0 if found is None else found.version

    def note(self, question: Question) -> str:
        """What was said with a fact."""
        found = self.stored.get(self.place(question))
        return "" if found is None else found.note

    def files(self, question: Question) -> list[str]:
        """Names of the files attached to a fact."""
        return self.evidence.get(self.place(question), [])

    def read_evidence(self) -> None:
        """Read again which files are attached."""
        self.evidence = {}
        for row in evidence_of(self.desk.space, self.unit):
            self.evidence.setdefault((row["period"], row["fact"]), []).append(row["name"])

    def to_save(self, change: Change, note: str | None = None) -> Fact:
        """A change as the writer takes it; what was said with the fact before stays, unless *note* says otherwise."""
        origin = change.origin if change.origin in ("undo", "redo") else ""
        return self._fact(change.question, change.after, self.note(change.question) if note is None else note, origin)

    def as_it_stands(self, question: Question, note: str | None = None) -> Fact:
        """An answer as the session has it, as the writer takes it: to say something else with it, or to save it once more."""
        said = self.note(question) if note is None else note
        standing = self.stored.get(self.place(question))
        made = self._fact(question, self.session.value(question), said, "")
        unchanged = standing is not None and standing.value == made.literal
        return evolve(made, example=unchanged and standing is not None and standing.example)

    def _fact(self, question: Question, value: Value | None, note: str, origin: str) -> Fact:
        literal = None if value is None else literal_of(question.fact, value)
        return Fact(self.unit, self.session.period(question.back), question.fact.id, literal, note, origin)

    def saved(self, outcome: Outcome) -> None:
        """A fact was saved: that is what is stored now."""
        fact = outcome.fact
        self.stored[fact.period, fact.fact] = Recorded(
            fact.unit, fact.period, fact.fact, fact.literal, outcome.version, self.desk.actor, "", fact.note, fact.example
        )

    def keep_note(self, question: Question, note: str) -> None:
        """What is said with a fact from now on; it is stored with the fact's next save."""
        place = self.place(question)
        standing = self.stored.get(place) or Recorded(self.unit, *place, None, 0, self.desk.actor, "")
        self.stored[place] = evolve(standing, note=note)

    def accept(self, theirs: Recorded) -> Change | None:
        """Take over what somebody else has stored; what followed. None when the standard does not ask for it."""
        place = (theirs.period, theirs.fact)
        self.stored[place] = theirs
        question = self.question(place)
        if question is None:
            return None
        return self.session.take_over(question, read_stored(self.desk.registry.vocabulary, theirs.fact, theirs.value))

    def news(self) -> list[Recorded]:
        """What others have stored since this sitting last heard; cheap when nothing happened. Not while own saves wait."""
        length = self.desk.space.length(self.stream)
        if length == self._length:
            return []
        self._length = length
        self.read_evidence()
        found = []
        for each in facts_of(self.desk.space, self.unit):
            known = self.stored.get((each.period, each.fact))
            if known is None or known.version != each.version:
                found.append(each)
        return found

    def typing(self, question: Question | None, text: str) -> Job:
        """What is being typed, as something for the writer to keep; without text it is forgotten."""
        actor, form = self.desk.actor, self.form
        if question is None or not text:
            return Job(lambda space: _forget(space, actor, form))
        content = json.dumps({"fact": question.fact.id, "back": question.back, "text": text}, ensure_ascii=False)
        return Job(lambda space: drafts.keep(space, drafts.Draft(actor, form, "", content, stamp(now()))))

    def as_draft(self, places: Iterable[Place]) -> list[Job]:
        """Answers that nobody has decided upon, as drafts of the unit's facts: they can be taken up again later."""
        periods: dict[str, dict[str, Any]] = {}
        for place in places:
            question = self.question(place)
            if question is not None:
                periods.setdefault(place[0], {})[place[1]] = self.as_it_stands(question).literal
        actor, at = self.desk.actor, stamp(now())
        return [
            Job(
                partial(drafts.keep, draft=drafts.Draft(actor, form_of(self.unit, period), "{}", "\n".join(as_lines(values)), at))
            )
            for period, values in periods.items()
        ]

    def process_went_on(self) -> bool:
        """Read the case and what its process records again; whether that changed anything."""
        desk = self.desk
        self.case = cases.get(desk, self.case.listed.id)
        return self.session.process_shows(_known(desk, self.case))


def sit_down(desk: Desk, name: str) -> Sitting:
    """Put a case on the desk. BadInputError E_NO_CASE when there is none."""
    case = cases.get(desk, name)
    vocabulary, code = desk.registry.vocabulary, case.listed.unit.code
    facts = fact_set(desk.space, vocabulary, code, desk.day, period=str(case.listed.year))
    past, ahead = undoable(desk, code, str(case.listed.year))
    session = Session(desk.registry.assessor(case.listed.standard), facts, known=_known(desk, case), past=past, ahead=ahead)
    stored = {(each.period, each.fact): each for each in facts_of(desk.space, code)}
    return Sitting(desk, case, session, stored, _typed(desk, f"typing/{name}"))


def _known(desk: Desk, case: File) -> Values:
    return recorded(case.standard, case.state, desk.registry.vocabulary, desk.day, holidays=desk.holidays)


def _typed(desk: Desk, form: str) -> tuple[str, int, str] | None:
    """The half-typed text that was kept; None when there is none, or none that can be read."""
    text = next((each.text for each in drafts.of(desk.space, desk.actor) if each.form == form), "")
    try:
        found = json.loads(text)
        return str(found["fact"]), int(found["back"]), str(found["text"])
    except (ValueError, TypeError, KeyError):
        return None


def _forget(space: Workspace, actor: str, form: str) -> None:
    if any(each.form == form for each in drafts.of(space, actor)):
        drafts.drop(space, actor, form)


def undoable(desk: Desk, unit: str, period: str) -> tuple[Steps, Steps]:
    """The operator's own answers about a unit that can be undone, oldest first, each with what was there before it.

    Beside them those that were undone and can be given again, each with what it was. What somebody else has changed since is
    not ours to undo.
    """
    standing: dict[Key, Any] = {}
    undo: list[tuple[Key, Any]] = []
    redo: list[tuple[Key, Any]] = []
    for each in entries(desk.space.db.conn, stream=f"unit/{unit}"):
        if each.event.kind != "fact.set":
            continue
        content = each.event.content
        data = content["data"]
        for name, (literal, _) in data["facts"].items():
            key = (name, _back(period, data["period"]))
            before = standing.get(key)
            standing[key] = literal
            if content["actor"] != desk.actor:
                undo[:] = [pair for pair in undo if pair[0] != key]
                redo[:] = [pair for pair in redo if pair[0] != key]
            else:
                _turn(data.get("origin", ""), key, before, literal, undo, redo)
    vocabulary = desk.registry.vocabulary
    first, second = (
        [(key, read_stored(vocabulary, key[0], literal)) for key, literal in steps if key[1] >= 0] for steps in (undo, redo)
    )
    return first, second


def _turn(origin: str, key: Key, before: Any, literal: Any, undo: list[tuple[Key, Any]], redo: list[tuple[Key, Any]]) -> None:
    """What one of our own entries does to the two stacks; one that changed only a note does nothing."""
    if origin in ("undo", "redo"):
        source, target = (undo, redo) if origin == "undo" else (redo, undo)
        if source and source[-1][0] == key:
            source.pop()
            target.append((key, before))
    elif before != literal:
        undo.append((key, before))
        redo.clear()


def _back(period: str, other: str) -> int:
    return int(period) - int(other) if period.isdecimal() and other.isdecimal() else 0 if period == other else -1


def read_stored(vocabulary: Vocabulary, fact: str, literal: Any) -> Value | None:
    """A stored literal as a value; None where there was none or it cannot be read any more."""
    if literal is None or fact not in vocabulary.types:
        return None
    found = stored_value(vocabulary, fact, literal)
    return None if isinstance(found, Problem) else found
