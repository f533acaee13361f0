"""What keys mean for an answer: a digit on a flag, a level, a checklist, a date; a typed number; none of it touches a screen."""

from __future__ import annotations

from datetime import date

from attrs import evolve, frozen

from duibiao.model.facts import LEVELLED, NUMERIC, FactType, Grading, Happening, Holding, Kind, Ticks, Value
from duibiao.model.notation import NotationError, plain, read_value, show_number

PAGE = 10
"""So many members of a checklist, or levels, have a digit at a time: 1 to 9, then 0."""
_DATE_DIGITS = 8
TYPED = NUMERIC | {Kind.DATE, Kind.EVENTS}
"""Kinds whose answer is typed character by character."""


@frozen
class Pressed:
    """What a key made of an answer.

    Attributes:
        value: The answer now; None where the key says nothing about it.
        done: Whether the answer is complete, so that the next question may be asked.
    """

    value: Value | None
    done: bool = True


def order(ftype: FactType) -> tuple[int, ...]:
    """Indexes of the levels in the order in which they are shown: grades best first, so that 1 is always the good answer."""
    indexes = range(len(ftype.options))
    return tuple(reversed(indexes)) if ftype.kind is Kind.GRADE else tuple(indexes)


def digit(ftype: FactType, value: Value | None, number: int, page: int = 0) -> Pressed:
    """A digit on an answer that is not typed: yes and no, a level, a member of a checklist (of page *page*).

    The value is None where the digit stands for nothing.
    """
    if ftype.kind is Kind.FLAG:
        return Pressed(number if number in (0, 1) else None)
    if ftype.kind is Kind.TITLE:
        return Pressed(_held(value, number == 1) if number in (0, 1) else None)
    place = (number - 1) % PAGE + page * PAGE
    if ftype.kind in LEVELLED:
        if number == 0 and len(ftype.options) <= 2:
            place = len(ftype.options) - 1
        return Pressed(_level(value, order(ftype)[place]) if place < len(ftype.options) else None)
    if ftype.kind is Kind.CHECKLIST and place < len(ftype.options):
        return Pressed(toggled(value, ftype.options[place].id), done=False)
    return Pressed(None)


def _held(value: Value | None, held: bool) -> Holding:
    return evolve(value, held=held) if isinstance(value, Holding) else Holding(held)


def _level(value: Value | None, level: int) -> Grading:
    return evolve(value, level=level) if isinstance(value, Grading) else Grading(level)


def shifted(ftype: FactType, value: Value | None, step: int) -> Grading:
    """The level *step* places to the right of the one chosen, in the order shown; the first or last where there is none yet."""
    shown = order(ftype)
    if not isinstance(value, Grading):
        return Grading(shown[0 if step > 0 else -1])
    place = max(0, min(shown.index(value.level) + step, len(shown) - 1))
    return evolve(value, level=shown[place])


def toggled(value: Value | None, member: str) -> Ticks:
    """A checklist with a member there that was not, or not there that was; what was not said of others stays unsaid."""
    ticks = value if isinstance(value, Ticks) else Ticks(frozenset(), frozenset())
    if member in ticks.present:
        return Ticks(ticks.present - {member}, ticks.absent | {member})
    return Ticks(ticks.present | {member}, ticks.absent - {member})


def whole(ftype: FactType, there: bool) -> Value:
    """Everything on the list is there, or nothing is; of events only «none» can be said so."""
    if ftype.kind is Kind.EVENTS:
        return ()
    every = frozenset(each.id for each in ftype.options)
    return Ticks(every, frozenset()) if there else Ticks(frozenset(), every)


def closed(ftype: FactType, value: Value | None) -> Ticks | None:
    """A checklist of which something was said, with the rest not there; None where there is nothing to close."""
    if ftype.kind is not Kind.CHECKLIST or not isinstance(value, Ticks):
        return None
    rest = frozenset(each.id for each in ftype.options) - value.present - value.absent
    return Ticks(value.present, value.absent | rest) if rest else None


def typed_as(ftype: FactType, value: Value | None) -> str:
    """The text from which a person would edit an answer: its digits without the unit."""
    if ftype.kind in NUMERIC and isinstance(value, int):
        return plain(value * ftype.step)
    return value.isoformat().replace("-", "") if isinstance(value, date) else ""


def read_typed(ftype: FactType, text: str, value: Value | None = None) -> Value:
    """What was typed as an answer: a number in the item's own unit, a day as eight digits, one more event.

    Raises NotationError: not a number or day, finer than the step, out of range, another unit.
    """
    if ftype.kind is Kind.DATE:
        return read_day(ftype, text)
    if ftype.kind is Kind.EVENTS:
        return with_event(value, Happening(read_day(ftype, text)))
    unit = "%" if ftype.kind is Kind.RATE and "%" not in text else ""
    return read_value(ftype, text + unit)


def read_day(ftype: FactType, text: str) -> date:
    """A day typed as eight digits. Raises NotationError: no day."""
    digits = text.replace("-", "").replace(".", "")
    if len(digits) != _DATE_DIGITS or not digits.isdecimal():
        raise NotationError("DB033", "20121115")
    day = read_value(evolve(ftype, kind=Kind.DATE), f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    assert isinstance(day, date)  # noqa: S101 - a date is read as one
    return day


def complete(ftype: FactType, text: str) -> bool:
    """Whether nothing more can be typed: a day has all its digits, a rate is 100."""
    if ftype.kind is Kind.RATE:
        return text == typed_as(ftype, ftype.high)
    return ftype.kind in (Kind.DATE, Kind.EVENTS) and len(text.replace("-", "").replace(".", "")) == _DATE_DIGITS


def limits(ftype: FactType) -> str:
    """The least and greatest number that may be answered; empty for other kinds."""
    if ftype.kind not in NUMERIC:
        return ""
    return f"{show_number(ftype, ftype.low)} … {show_number(ftype, ftype.high)}"


def without_last(value: Value | None) -> Value | None:
    """Events without the latest one; None when none is left."""
    return value[:-1] or None if isinstance(value, tuple) else None


def with_event(value: Value | None, event: Happening, place: int | None = None) -> tuple[Happening, ...]:
    """Events with one more, or with that at *place* put right; in the order of their days."""
    before = list(value) if isinstance(value, tuple) else []
    if place is not None:
        del before[place]
    return tuple(sorted((*before, event), key=lambda each: each.on))


def without_event(value: Value | None, place: int) -> tuple[Happening, ...] | None:
    """Events without that at *place*; None when none is left."""
    before = list(value) if isinstance(value, tuple) else []
    del before[place : place + 1]
    return tuple(before) or None


def happened(ftype: FactType, event: Happening, lang: str = "zh") -> str:
    """An event in words: its day, its kind, the day it was dealt with or that it was not; of visits and the like, which have
    kinds, only what was said.
    """
    zh = lang == "zh"
    kind = next((each.title if zh else each.title_en or each.title for each in ftype.options if each.id == event.kind), "")
    settled = "" if ftype.options else "未办结" if zh else "open"
    if event.settled is not None:
        settled = f"{'办结' if zh else 'settled'} {event.settled}"
    return "  ".join(each for each in (event.on.isoformat(), kind, settled) if each)
