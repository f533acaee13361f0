"""When a stage is open: fixed days, a window of every year with exceptions, and thirds of a month (旬)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from duibiao.model.process import Stage

LATE = ("warned", "forfeited")
WINDOW_KEYS = frozenset({"opens", "closes", "yearly", "exceptions"})
EXCEPTION_KEYS = frozenset({"year", "opens", "closes"})
_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")
_PART = re.compile(r"(\d{1,2})月(上旬|中旬|下旬|底)")
_THIRDS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "底": (31, 31)}


class WindowError(ValueError):
    """A window that cannot be read.

    Attributes:
        key: Where it is wrong, below ``window``.
        found: What stands there.
        allowed: What would be right.
    """

    def __init__(self, key: tuple[str | int, ...], found: object, allowed: str) -> None:
        super().__init__(f"{found!r}: {allowed}")
        self.key, self.found, self.allowed = key, found, allowed


@frozen
class Window:
    """The days on which a stage can be passed in one round.

    Attributes:
        opens: First day; None when there is none.
        closes: Last day; None when there is none.
        text: As the source prints it, where that says more than the days.
        late: What passing it later means: ``warned`` or ``forfeited``.
        exception: Whether it stands in for the usual days in this year only.
    """

    opens: date | None = None
    closes: date | None = None
    text: str = ""
    late: str = "warned"
    exception: bool = False


@frozen
class Timing:
    """How a day lies to a window.

    Attributes:
        state: ``early``, ``open``, ``late``, or ``none`` where the stage has no window in that round.
        days: Days until it opens (early), days left with today not counted (open), days too late (late); None without a bound.
        window: The window.
    """

    state: str
    days: int | None = None
    window: Window = Window()

    @property
    def forfeited(self) -> bool:
        """Whether it is too late for good."""
        return self.state == "late" and self.window.late == "forfeited"


def third(year: int, month: int, part: str) -> tuple[date, date]:
    """First and last day of a third of a month: 上旬 1–10, 中旬 11–20, 下旬 21 to the end; 底 is the last day."""
    first, last = _THIRDS[part]
    end = monthrange(year, month)[1]
    return date(year, month, min(first, end)), date(year, month, min(last, end))


def window(stage: Stage, year: int) -> Window | None:
    """The window of *stage* in the round of *year*; None when the source sets none for it.

    Fixed days belong to the round they were written for: they bind no round of a later year.
    WindowError when the keys cannot be read.
    """
    if stage.window is not None:
        return _recurring(stage, stage.window, year)
    last = stage.closes or stage.opens
    if last is None or last.year < year:
        return None
    return Window(stage.opens, stage.closes, stage.cite.as_printed, stage.late)


def _recurring(stage: Stage, spec: Mapping[str, Any], year: int) -> Window:
    _known(spec, WINDOW_KEYS, ())
    found: Mapping[str, Any] = spec
    at: tuple[str | int, ...] = ()
    exceptions = spec.get("exceptions", ())
    if not isinstance(exceptions, list | tuple):
        raise WindowError(("exceptions",), exceptions, '[{ year = 2012, closes = "11-15" }]')
    for index, each in enumerate(exceptions):
        _known(each, EXCEPTION_KEYS, ("exceptions", index))
        if each.get("year") == year:
            found, at = {**spec, **each}, ("exceptions", index)
    opens = _day(found.get("opens"), year, 0, (*at, "opens"))
    closes = _day(found.get("closes"), year, 1, (*at, "closes"))
    if opens is not None and closes is not None and closes < opens:
        closes = _day(found.get("closes"), year + 1, 1, (*at, "closes"))
    return Window(opens, closes, stage.cite.as_printed, stage.late, bool(at))


def _known(table: Any, keys: frozenset[str], at: tuple[str | int, ...]) -> None:
    if not isinstance(table, Mapping):
        raise WindowError(at, table, "{ … }")
    for key in table:
        if key not in keys:
            raise WindowError((*at, key), key, ", ".join(sorted(keys)))
    if keys is EXCEPTION_KEYS and type(table.get("year")) is not int:
        raise WindowError((*at, "year"), table.get("year", ""), "2012")


def _day(raw: object, year: int, end: int, key: tuple[str | int, ...]) -> date | None:
    """A day of *year*: ``"09-30"``, ``"11月中旬"`` (its first or, with *end* 1, its last day), or a whole date."""
    if raw is None or type(raw) is date:
        return raw
    text = raw if isinstance(raw, str) else ""
    try:
        if found := _DAY.fullmatch(text):
            month, day = int(found[1]), int(found[2])
            return date(year, month, min(day, monthrange(year, month)[1]) if (month, day) == (2, 29) else day)
        if found := _PART.fullmatch(text):
            return third(year, int(found[1]), found[2])[end]
    except ValueError as error:
        raise WindowError(key, raw, '"09-30", "11月中旬"') from error
    raise WindowError(key, raw, '"09-30", "11月中旬"')


def timing(stage: Stage, year: int, day: date) -> Timing:
    """How *day* lies to the window of *stage* in the round of *year*; both ends are inside."""
    found = window(stage, year)
    if found is None:
        return Timing("none")
    if found.opens is not None and day < found.opens:
        return Timing("early", (found.opens - day).days, found)
    if found.closes is not None and day > found.closes:
        return Timing("late", (day - found.closes).days, found)
    return Timing("open", None if found.closes is None else (found.closes - day).days, found)


__all__ = ["EXCEPTION_KEYS", "LATE", "WINDOW_KEYS", "Timing", "Window", "WindowError", "third", "timing", "window"]
