"""Titles after they were given: what is due, and keeping, rectifying, revoking, cancelling, renewing them; re-checks."""

from __future__ import annotations

from datetime import date
from typing import Any

from attrs import evolve, frozen

from duibiao.errors import BadInputError, Problem, Where
from duibiao.model.standard import Award
from duibiao.services.cases import File, get
from duibiao.services.desk import Desk, missing, not_before, written
from duibiao.services.past import title_on
from duibiao.store import cases as kept
from duibiao.store.workspace import Entry
from duibiao.workflow import titles
from duibiao.workflow.case import Held
from duibiao.workflow.sampling import sample_as
from duibiao.workflow.windows import Timing


@frozen
class Title:
    """A title that a unit has or had.

    Attributes:
        row: As recorded: case_id, award, unit, name, standard, title, since, until, certificate, state, act, reason.
        held: The same as the workflow reads it, on the day asked.
        award: What the standard says of it; None when the standard no longer knows it.
        renewal: How the day lies to the time of renewal; None when it is not known.
    """

    row: dict[str, Any]
    held: Held
    award: Award | None
    renewal: Timing | None

    @property
    def state(self) -> str:
        """Its state on the day asked, expiry included."""
        return self.held.state


def listed(desk: Desk, *, standard: str = "", territory: str = "", state: str = "") -> list[Title]:
    """Titles given by the day as they stand on it, by standard, title and unit; perhaps only those in one *state*."""
    if standard:
        desk.registry.header(standard)
    found = [_title(desk, row) for row in kept.awards(desk.space, standard=standard, territory=territory)]
    mine = [each for each in found if each is not None and state in ("", each.state)]
    return sorted(mine, key=lambda each: (each.row["standard"], each.row["award"], each.row["unit"], each.row["since"]))


def _title(desk: Desk, row: dict[str, Any]) -> Title | None:
    state = title_on(desk.space, row, desk.day)
    if state is None:
        return None
    held = evolve(_held(row), state=state)
    known = desk.registry.standard(row["standard"]).awards if row["standard"] in desk.registry.headers else ()
    award = next((each for each in known if each.id == row["award"]), None)
    if award is None:
        return Title(row, held, None, None)
    return Title(row, titles.expired(award, held, desk.day), award, titles.renewal(award, held, desk.day))


def _held(row: dict[str, Any]) -> Held:
    until = None if row["until"] is None else date.fromisoformat(row["until"])
    return Held(row["award"], date.fromisoformat(row["since"]), until, row["certificate"], row["state"])


def act(desk: Desk, case: str, award: str, what: str, *, reason: str = "", text: str = "", certificate: str = "") -> Held:
    """Do one of ``keep rectify revoke cancel expire renew`` to a title; the title afterwards.

    ``rectify`` records *text* (what has to be mended) as a finding, due as the standard says. BlockedError when the state does
    not allow it, RefusedError when the operator may not, or does not act at the level that gave the title.
    """
    if what not in titles.ACTS:
        raise missing("E_ACT", "ACT", what, titles.ACTS)
    said = written(reason, "--reason", needed=False, block=True)
    number = written(certificate, "--certificate", needed=False)
    file = get(desk, case)
    held = _meant(file, award)
    rule = next(each for each in file.standard.awards if each.id == held.award)
    not_before(desk.day, held.since)
    after, new = _changed(desk, file, rule, held, what, said, number)
    with desk.space.change(desk.actor) as entry:
        desk.must_act_at(_levels(file, held.award, what), "E_NOT_GIVER", held.award, "award.changed")
        _still_as_read(entry, file, held)
        entry.append("award.changed", f"case/{case}", {
            "case_id": case, "award": held.award, "since": held.since.isoformat(), "state": after.state, "reason": said,
            "act": f"{what} {desk.day}",
        })  # fmt: skip
        _write(entry, desk, file, rule, after, new, said, text if what == "rectify" else None)
    return new or after


def _meant(file: File, award: str) -> Held:
    """The title that is meant: the latest of that id or name, or the only one; BadInputError E_NO_TITLE, E_WHICH_AWARD."""
    names = {each.id: (each.id, each.title, each.title_en) for each in file.standard.awards}
    latest = {each.award: each for each in file.state.held if each.award in names}
    found = [each for each in latest.values() if award in ("", *names[each.award])]
    if not found:
        raise missing("E_NO_TITLE", "--award", award, latest)
    if len(found) > 1:
        raise missing("E_WHICH_AWARD", "--award", award, latest)
    return found[0]


def _changed(
    desk: Desk, file: File, rule: Award, held: Held, what: str, reason: str, certificate: str
) -> tuple[Held, Held | None]:
    """The title afterwards, and the new one that a renewal gives. BlockedError when the state does not allow it."""
    if what == "renew":
        return titles.renewed(rule, held, desk.day, certificate)
    return titles.changed(rule, held, what, desk.day, reason=reason, findings=file.state.findings), None


def _levels(file: File, award: str, what: str) -> list[str]:
    """The levels that may do it: the one that gave the title, beside it the one that supervises; expiry is nobody's decision."""
    if what == "expire":
        return []
    supervises = what in ("keep", "rectify")
    found = [each.level for each in file.route if award in each.grants or (supervises and each.supervises)]
    return found if all(found) else []


def _still_as_read(entry: Entry, file: File, held: Held) -> None:
    """BadInputError E_CONFLICT when somebody else has dealt with the title meanwhile."""
    rows = kept.awards(entry.workspace, unit=file.listed.unit.code)
    now = [row["state"] for row in rows if row["case_id"] == file.listed.id and _held(row).since == held.since
           and row["award"] == held.award]  # fmt: skip
    if now != [held.state]:
        raise BadInputError([Problem("E_CONFLICT", Where(file.listed.id), held.award)])


def _write(
    entry: Entry, desk: Desk, file: File, rule: Award, after: Held, new: Held | None, reason: str, mend: str | None
) -> None:
    """What follows from an act on a title: the new title, the finding that has to be mended, the state of the case."""
    case, stream = file.listed.id, f"case/{file.listed.id}"
    if mend is not None:
        due = titles.due(rule, desk.day)
        at = next((step.stage for step in reversed(file.state.steps)), "")
        entry.append("finding.raised", stream, {
            "case_id": case, "id": kept.next_part(desk.space, case, "finding"), "stage": at, "found": desk.day.isoformat(),
            "text": written(mend or reason, "--text", block=True), "due": due and due.isoformat(), "settled": None, "measure": "",
        })  # fmt: skip
    if new is not None:
        used = kept.certificates(desk.space)
        if used.get(new.certificate, file.listed.unit.code) != file.listed.unit.code:
            raise BadInputError([Problem("E_CERTIFICATE", Where("--certificate"), new.certificate)])
        entry.append("award.granted", stream, {
            "case_id": case, "award": new.award, "unit": file.listed.unit.code, "standard": file.listed.standard,
            "title": rule.title, "since": new.since.isoformat(), "until": new.until and new.until.isoformat(),
            "certificate": new.certificate, "state": new.state, "act": f"renew {desk.day}", "reason": reason,
        })  # fmt: skip
    status = titles.with_title(file.state, new or after).status
    if status is not file.state.status:
        kept.move(
            entry, file.listed, file.state, day=desk.day, leaves=(), enters=(), outcome="", status=status,
            holder=file.listed.holder, note=reason,
        )  # fmt: skip


def recheck(desk: Desk, standard: str, award: str, *, seed: str, share: str | None = None, territory: str = "") -> list[Title]:
    """The holders of a title that are checked again: a sample that anybody can draw again with the same seed."""
    awards = desk.registry.standard(standard).awards
    rule = next((each for each in awards if award in (each.id, each.title)), None)
    if rule is None:
        raise missing("E_NO_TITLE", "AWARD", award, [each.id for each in awards])
    mine = listed(desk, standard=standard, territory=territory, state="valid")
    holders = {each.row["unit"]: each for each in mine if each.row["award"] == rule.id}
    chosen = sample_as(rule.recheck or {}, holders, seed=written(seed, "--seed"), share=share)
    return [holders[code] for code in chosen]


__all__ = ["Title", "act", "listed", "recheck"]
