"""An explanation as indented lines: what was asked, how it came out, which of two cases applies."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from duibiao.model.outcome import IndicatorResult, Reason
from duibiao.services.assessing import main_step
from duibiao.services.phrasing import Phrases


@frozen
class Line:
    """A line of an explanation.

    Attributes:
        depth: How far it is indented.
        text: What it says, with the mark and word of its outcome.
        outcome: ``met not_met unknown needs_judgement``, or empty.
        used: Whether it is part of the case that applies.
    """

    depth: int
    text: str
    outcome: str = ""
    used: bool = True


def lines(reason: Reason, phrases: Phrases, depth: int = 0, *, asked: bool = False, lead: str = "") -> Iterator[Line]:
    """A reason and the steps it rests on; *asked* ones are answered yes or no, *lead* goes before the first line."""
    if reason.kind in ("steps", "award"):
        for child in reason.children:
            yield from lines(child, phrases, depth)
        return
    asked = asked or reason.kind == "applies"
    outcome = f"  {phrases.outcome(reason.outcome, asked=asked)}" if reason.outcome else ""
    yield Line(depth, f"{lead}{phrases.reason(reason)}{outcome}", reason.outcome, not lead.startswith(("(", "（")))
    if reason.kind == "choose" and len(reason.children) == 3:
        yield from _choice(reason, phrases, depth + 1)
        return
    for child in reason.children:
        yield from lines(child, phrases, depth + 1, asked=asked)


def _choice(reason: Reason, phrases: Phrases, depth: int) -> Iterator[Line]:
    test, then, other = reason.children
    taken = {"met": then, "not_met": other}.get(test.outcome)
    yield from lines(test, phrases, depth, asked=True)
    for case in (then, other):
        unused = phrases.say("（不用）", "(unused) ")
        yield from lines(case, phrases, depth, lead="" if taken is None else "→ " if case is taken else unused)


def changes(leaf: IndicatorResult, phrases: Phrases) -> list[str]:
    """What would turn an indicator that is not met; nothing where that is unclear."""
    step = main_step(leaf.because)
    return list(dict.fromkeys(filter(None, (phrases.change(step), phrases.change(leaf.because)))))
