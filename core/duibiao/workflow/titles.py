"""A title after it was given (称号): validity, renewal, and keep, rectify, revoke (撤销), cancel (注销)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from attrs import evolve

from duibiao.model.calendar import add_months
from duibiao.model.standard import Award
from duibiao.rules.expression import months_in
from duibiao.workflow.blocks import Block, BlockedError, of
from duibiao.workflow.case import CaseState, Finding, Held, Status
from duibiao.workflow.windows import Timing, Window

ACTS: Mapping[str, tuple[frozenset[str], str]] = {
    "keep": (frozenset({"valid", "rectifying"}), "valid"),
    "rectify": (frozenset({"valid"}), "rectifying"),
    "revoke": (frozenset({"valid", "rectifying"}), "revoked"),
    "cancel": (frozenset({"valid", "rectifying"}), "cancelled"),
    "expire": (frozenset({"valid", "rectifying"}), "expired"),
    "renew": (frozenset({"valid"}), "renewed"),
}
"""What can be done to a title: the states it can be done in, and the state that follows."""

_STATUS = {
    "valid": Status.NAMED, "renewed": Status.NAMED, "rectifying": Status.RECTIFY, "revoked": Status.REVOKED,
    "cancelled": Status.CANCELLED, "expired": Status.EXPIRED,
}  # fmt: skip
_RANK = ("valid", "renewed", "rectifying", "expired", "cancelled", "revoked")


def hold(award: Award, day: date, certificate: str = "") -> Held:
    """*award* given on *day*.

    Its last day is the same day of the month so many months later, or that month's last day (民法典 第二百零二条).
    """
    until = add_months(day, months_in(award.validity)) if award.validity else None
    return Held(award.id, day, until, certificate)


def changed(award: Award, held: Held, act: str, day: date, *, reason: str = "", findings: Iterable[Finding] = ()) -> Held:
    """*held* after an act of :data:`ACTS` on *day*.

    BlockedError: the state does not allow it; a title in rectification is kept before its *findings* are settled;
    it expires before its last day is over; it is renewed outside the window; it is taken away without a reason.
    """
    blocks = tuple(act_blocks(award, held, act, day, reason=reason, findings=findings))
    if blocks:
        raise BlockedError(blocks)
    return evolve(held, state=ACTS[act][1])


def act_blocks(
    award: Award, held: Held, act: str, day: date, *, reason: str = "", findings: Iterable[Finding] = ()
) -> list[Block]:
    """Why *act* cannot be done to *held* on *day*; KeyError for an act that does not exist."""
    states, _ = ACTS[act]
    found = []
    if held.state not in states:
        found.append(_block("WF40", award, found=held.state, required=" ".join(sorted(states))))
    if act in ("rectify", "revoke", "cancel") and not reason.strip():
        found.append(_block("WF31", award, missing=("reason",)))
    if act == "keep" and held.state == "rectifying":
        open_ones = [each for each in findings if each.settled is None or each.settled > day]
        found += [_block("WF16", award, each.due, names=(each.id,), found=each.text) for each in open_ones]
    if act == "expire" and (held.until is None or day <= held.until):
        found.append(_block("WF41", award, held.until, found=day.isoformat(), missing=() if held.until else ("validity",)))
    if act == "renew":
        found += _renewal_blocks(award, held, day)
    return found


def _renewal_blocks(award: Award, held: Held, day: date) -> list[Block]:
    if held.until is None:
        return [_block("WF43", award, missing=("validity",))]
    time = renewal(award, held, day)
    if time.state == "open":
        return []
    edge = time.window.opens if time.state == "early" else time.window.closes
    return [_block("WF42", award, edge, found=day.isoformat(), required=f"{time.window.opens} … {time.window.closes}")]


def _block(code: str, award: Award, day: date | None = None, **more: object) -> Block:
    return Block(code=code, stage="", condition=of(award, "title", **more), day=day)


def renewal(award: Award, held: Held, day: date) -> Timing:
    """How *day* lies to the time in which a renewal can be asked for.

    It runs from ``renew_before`` ahead of the last day up to that day; without that key, over the whole validity.
    ``none`` for a title without end.
    """
    if held.until is None:
        return Timing("none")
    opens = add_months(held.until, -months_in(award.renew_before)) if award.renew_before else held.since
    window = Window(opens, held.until)
    if day < opens:
        return Timing("early", (opens - day).days, window)
    if day > held.until:
        return Timing("late", (day - held.until).days, window)
    return Timing("open", (held.until - day).days, window)


def renewed(award: Award, held: Held, day: date, certificate: str = "") -> tuple[Held, Held]:
    """The old title, and the new one that begins on the day after the old one's last; BlockedError outside the window.

    The new one ends so many months after the old one's last day, so that asking early loses nothing.
    """
    old = changed(award, held, "renew", day)
    last = held.until or day
    return old, evolve(hold(award, last, certificate or held.certificate), since=add_months(last, 0, 1))


def expired(award: Award, held: Held, day: date) -> Held:
    """*held* as it stands on *day*: expired once its last day is over, untouched before."""
    return held if act_blocks(award, held, "expire", day) else evolve(held, state="expired")


def due(award: Award, found: date) -> date | None:
    """The day by which a shortcoming found on *found* has to be mended; None where the source sets no time."""
    return add_months(found, months_in(award.rectify_within)) if award.rectify_within else None


def status_of(case: CaseState) -> Status:
    """The state of a named case as a whole, from its titles: the best that is left."""
    states = [each.state for each in case.held]
    return _STATUS[min(states, key=_RANK.index)] if states else case.status


def with_title(case: CaseState, held: Held) -> CaseState:
    """*case* with the latest title of the same award replaced by *held*, and its state as a whole following."""
    place = max(index for index, each in enumerate(case.held) if each.award == held.award)
    titles = (*case.held[:place], held, *case.held[place + 1 :])
    made = evolve(case, held=titles)
    return evolve(made, status=status_of(made))


__all__ = [
    "ACTS", "act_blocks", "changed", "due", "expired", "hold", "renewal", "renewed", "status_of", "with_title",
]  # fmt: skip
