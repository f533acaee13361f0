"""What a case collects on its way: papers, opinions, notices, objections, findings, tasks, and the office's own check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from duibiao.errors import BadInputError, Problem, Where
from duibiao.model.process import Stage
from duibiao.services.cases import ALIVE, File, get
from duibiao.services.desk import Desk, missing, not_before, written
from duibiao.store import cases as kept
from duibiao.workflow.case import Finding, Notice, Objection, Task
from duibiao.workflow.checks import notice_end

Part = TypeVar("Part", Objection, Finding, Task)


def _alive(desk: Desk, name: str) -> File:
    """A case that is not over; BlockedError WF21 otherwise."""
    case = get(desk, name)
    case.must_be(ALIVE)
    return case


def _at(case: File, stage: str, asks: Callable[[Stage], Any] = lambda stage: True) -> Stage:
    """The stage named; where none is, the only open one, or of several the only one that asks for such a thing."""
    if not stage:
        fitting = [each for each in map(case.stage, case.state.active) if asks(each)]
        if len(fitting) == 1:
            return fitting[0]
    return case.stage(stage)


def _append(desk: Desk, case: File, kind: str, data: Mapping[str, Any], still: Callable[[File], Any] = lambda case: None) -> None:
    """Append something to a case that is not over, if *still* finds nothing against it inside the transaction."""
    with desk.space.change(desk.actor) as entry:
        still(_alive(desk, case.listed.id))
        entry.append(kind, f"case/{case.listed.id}", {"case_id": case.listed.id, **data})


def _add(desk: Desk, case: File, table: str, kind: str, data: Mapping[str, Any]) -> str:
    """Append something that is numbered within the case; its number."""
    with desk.space.change(desk.actor) as entry:
        _alive(desk, case.listed.id)
        made = kept.next_part(desk.space, case.listed.id, table)
        entry.append(kind, f"case/{case.listed.id}", {"case_id": case.listed.id, "id": made, **data})
    return made


def receive(desk: Desk, name: str, paper: str, *, stage: str = "", file: Path | None = None) -> str:
    """A paper of the stage's checklist has come in, perhaps with a scan; its name as the checklist has it.

    BadInputError E_PAPER for a name that the checklists of the open stages do not have.
    """
    case = _alive(desk, name)
    at = _at(case, stage, lambda each: _named(paper, asked_papers(each)))
    wanted = asked_papers(at)
    found = _named(paper, wanted)
    if len(found) != 1:
        raise missing("E_PAPER", "PAPER", paper, wanted)
    digest = ""
    if file is not None:
        from duibiao.services.evidence import admitted

        digest = desk.space.objects.add(admitted(file))
    _append(desk, case, "paper.received", {
        "stage": at.id, "name": found[0], "received": desk.day.isoformat(), "sha256": digest,
    })  # fmt: skip
    return found[0]


def _named(paper: str, wanted: list[str]) -> list[str]:
    """The papers of a checklist that somebody means: the one of that name, or those with it in their name."""
    return [each for each in wanted if each == paper] or [each for each in wanted if paper and paper in each]


def asked_papers(stage: Stage) -> list[str]:
    """Every paper that can be registered at a stage: its checklist, the mock inspection's record, what proves its records."""
    return list(dict.fromkeys([*stage.documents, *([stage.mock] if stage.mock else []), *_proofs(stage.records)]))


def _proofs(records: Mapping[str, Any]) -> list[str]:
    """Papers by which a stage's records are proved."""
    found: list[str] = []
    for value in records.values():
        if isinstance(value, Mapping):
            if isinstance(value.get("paper"), str):
                found.append(value["paper"])
            else:
                found += _proofs(value)
    return found


def opinion(desk: Desk, name: str, body: str, agrees: bool, text: str = "", *, stage: str = "") -> None:
    """A body that was consulted has answered."""
    case = _alive(desk, name)
    at = _at(case, stage, lambda each: each.consults)
    who, said = written(body, "BODY"), written(text, "--text", needed=False, block=True)
    _append(desk, case, "opinion.given", {
        "stage": at.id, "body": who, "given": desk.day.isoformat(), "agrees": agrees, "text": said,
    })  # fmt: skip


def notice(
    desk: Desk, name: str, *, stage: str = "", until: date | None = None, places: tuple[str, ...] = (),
    contacts: tuple[str, ...] = (), media: str = "",
) -> date | None:  # fmt: skip
    """A public notice was posted; its last day, if the source or the notice says one.

    Without *places* and *contacts*: all that the source asks for. BadInputError E_NO_NOTICE for a stage that asks for none.
    """
    case = _alive(desk, name)
    at = _at(case, stage, lambda each: each.notice is not None)
    if at.notice is None:
        raise missing("E_NO_NOTICE", "--stage", at.title, [each.title for each in case.route if each.notice is not None])
    if until is not None:
        not_before(until, desk.day, "--until")
    spec = at.notice
    posted = Notice(
        at.id, desk.day, until,
        tuple(written(each, "--place") for each in places) or tuple(spec.get("places", ())),
        tuple(written(each, "--contact") for each in contacts) or tuple(spec.get("contacts", ())),
        written(media, "--media", needed=False),
    )  # fmt: skip
    _append(desk, case, "notice.posted", {
        "stage": at.id, "posted": desk.day.isoformat(), "until": until and until.isoformat(), "places": list(posted.places),
        "contacts": list(posted.contacts), "media": posted.media,
    })  # fmt: skip
    return notice_end(spec, posted, desk.holidays)


def objection(desk: Desk, name: str, who: str, text: str, *, stage: str = "") -> str:
    """Somebody objects; the objection's id. Of several open stages, the one with the public notice."""
    case = _alive(desk, name)
    active = [case.stage(each) for each in case.state.active]
    public = next((each.id for each in active if each.notice is not None), active[0].id if active else "")
    return _add(desk, case, "objection", "objection.raised", {
        "stage": case.stage(stage or public).id, "raised": desk.day.isoformat(), "who": written(who, "--who"),
        "text": written(text, "--text", block=True), "settled": None, "outcome": "", "answer": "",
    })  # fmt: skip


def settle(desk: Desk, name: str, objection_id: str, outcome: str, answer: str) -> None:
    """An objection is settled: ``upheld`` or ``dismissed``, with the answer that was given."""
    case = _alive(desk, name)
    found = _open(case.state.objections, objection_id, "OBJECTION")
    not_before(desk.day, found.raised)
    _append(desk, case, "objection.settled", {
        "id": objection_id, "settled": desk.day.isoformat(), "outcome": outcome, "answer": _answer(answer, "--answer"),
    }, lambda now: _open(now.state.objections, objection_id, "OBJECTION"))  # fmt: skip


def _answer(text: str, place: str) -> str:
    """BadInputError E_ANSWER when nothing was answered."""
    found = written(text, place, needed=False, block=True)
    if not found:
        raise BadInputError([Problem("E_ANSWER", Where(place))])
    return found


def finding(desk: Desk, name: str, text: str, *, stage: str = "", due: date | None = None) -> str:
    """Something was found wanting, to be mended by a day; the finding's id."""
    case = _alive(desk, name)
    at = _at(case, stage, lambda each: each.mock or each.supervises)
    if due is not None:
        not_before(due, desk.day, "--due")
    return _add(desk, case, "finding", "finding.raised", {
        "stage": at.id, "found": desk.day.isoformat(), "text": written(text, "--text", block=True),
        "due": due and due.isoformat(), "settled": None, "measure": "",
    })  # fmt: skip


def mended(desk: Desk, name: str, finding_id: str, measure: str) -> None:
    """What was found wanting is mended, by this measure."""
    case = _alive(desk, name)
    found = _open(case.state.findings, finding_id, "FINDING")
    not_before(desk.day, found.found)
    _append(desk, case, "finding.settled", {
        "id": finding_id, "settled": desk.day.isoformat(), "measure": _answer(measure, "--measure"),
    }, lambda now: _open(now.state.findings, finding_id, "FINDING"))  # fmt: skip


def task(desk: Desk, name: str, department: str, text: str, *, stage: str = "", due: date | None = None) -> str:
    """A department is given a piece of the work; the task's id."""
    case = _alive(desk, name)
    at = _at(case, stage, lambda each: each.breakdown)
    if due is not None:
        not_before(due, desk.day, "--due")
    return _add(desk, case, "task", "task.assigned", {
        "stage": at.id, "department": written(department, "DEPARTMENT"), "text": written(text, "TEXT", block=True),
        "due": due and due.isoformat(), "done": None,
    })  # fmt: skip


def done(desk: Desk, name: str, task_id: str) -> None:
    """A task is done."""
    case = _alive(desk, name)
    _open(case.state.tasks, task_id, "TASK")
    told = {"id": task_id, "done": desk.day.isoformat()}
    _append(desk, case, "task.done", told, lambda now: _open(now.state.tasks, task_id, "TASK"))


def check(desk: Desk, name: str, stage: str = "") -> None:
    """The office's own second look at a stage: nobody checks what they entered."""
    case = _alive(desk, name)
    at = case.stage(stage)
    step = next((each for each in case.state.steps if each.stage == at.id and each.left is None), None)
    if step is None:
        raise missing("E_STAGE", "--stage", at.id, case.state.active)
    _append(desk, case, "step.checked", {"seq": step.seq, "checked": "@actor"})


def _open(parts: Iterable[Part], name: str, kind: str) -> Part:
    """The one of *parts* with this number; BadInputError E_PART when there is none that is not settled."""
    waiting = {each.id: each for each in parts if (each.done if isinstance(each, Task) else each.settled) is None}
    if name not in waiting:
        raise missing("E_PART", kind, name, waiting)
    return waiting[name]
