"""What to expect of a target: if every open case succeeds, and if as many do as have so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from attrs import frozen

from duibiao.model.outcome import State
from duibiao.model.process import Target
from duibiao.targets.members import Member, without_case
from duibiao.targets.progress import Groups, Progress, grouped, progress


@frozen
class PassRate:
    """How decided cases have ended so far.

    Attributes:
        passed: Cases that ended well.
        decided: All cases that were decided; withdrawn ones are none of them.
    """

    passed: int
    decided: int

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.passed <= self.decided:
            raise ValueError(f"{self.passed} of {self.decided}")

    @property
    def rate(self) -> Fraction | None:
        """Passes among decided cases, exact; None while none has been decided."""
        return Fraction(self.passed, self.decided) if self.decided else None


@frozen
class Forecast:
    """What to expect.

    Attributes:
        now: Where the territory stands.
        cases: Least and greatest number of open cases of units that count and have not achieved it yet.
        if_all: Where it would stand if all of them succeeded.
        rate: The present pass rate; None while no case has been decided.
        expected: Least and greatest number of successes at that rate, rounded down; None without a rate.
        at_rate: Where it would stand then; None without a rate.
    """

    now: Progress
    cases: tuple[int, int]
    if_all: Progress
    rate: Fraction | None
    expected: tuple[int, int] | None
    at_rate: Progress | None


def forecast(target: Target, members: Iterable[Member] | Groups, so_far: PassRate) -> Forecast:
    """*target* as it would stand once the open cases are decided.

    A case of a unit that has achieved it already (a renewal) or that does not count changes nothing.
    """
    groups = grouped(members)
    cases = _range(_open_cases(groups, State.HELD), _open_cases(groups, State.OPEN))
    rate = so_far.rate
    found = None if rate is None else decided(groups, rate)
    expected = None
    if rate is not None:
        expected = _range(*(int(_open_cases(groups, counts) * rate) for counts in (State.HELD, State.OPEN)))
    return Forecast(
        now=progress(target, groups), cases=cases, if_all=progress(target, decided(groups, Fraction(1))),
        rate=rate, expected=expected, at_rate=None if found is None else progress(target, found),
    )  # fmt: skip


def _range(sure: int, maybe: int) -> tuple[int, int]:
    return sure, sure + maybe


def _waiting(member: Member) -> bool:
    """Whether a decision about it could change the count."""
    return member.case_open and member.achieved is not State.HELD and member.counts is not State.NOT_HELD


def _open_cases(groups: Groups, counts: State) -> int:
    return sum(number for member, number in groups.items() if member.counts is counts and _waiting(member))


def decided(members: Iterable[Member] | Groups, rate: Fraction) -> Groups:
    """The groups once every open case is decided and *rate* of them (0 to 1) succeeded.

    Whole units only: the number of successes is rounded down, among those that surely count and among those that may. Which
    kind of unit the successes are does not matter to the count; they are taken in the order of the groups.
    """
    groups = grouped(members)
    found: Counter[Member] = Counter()
    left = {counts: int(_open_cases(groups, counts) * rate) for counts in (State.HELD, State.OPEN)}
    for member, number in groups.items():
        if not _waiting(member):
            found[member] += number
            continue
        wins = min(left[member.counts], number)
        left[member.counts] -= wins
        for achieved, part in ((State.HELD, wins), (State.NOT_HELD, number - wins)):
            if part:
                found[without_case(member, achieved)] += part
    return found
