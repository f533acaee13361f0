"""Days as offices count them: calendar days, and working days under the year's holiday order (放假调休)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from attrs import frozen

_ONE = timedelta(days=1)
_SATURDAY = 5


@frozen
class Holidays:
    """Which days are off and which weekend days are worked, for the years that a table covers.

    The State Council orders both anew each year, so no rule can give them: a year that the table does not
    cover falls back to Monday to Friday, and :meth:`covers` says so.

    Attributes:
        off: Days off that would otherwise be worked.
        on: Weekend days that are worked instead.
        years: Years that the table covers.
    """

    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    @classmethod
    def of(cls, off: Iterable[date], on: Iterable[date] = (), years: Iterable[int] | None = None) -> Holidays:
        """A table from its days; it covers *years*, or every year that one of its days off lies in."""
        free, worked = frozenset(off), frozenset(on)
        return cls(free, worked, frozenset({day.year for day in free} if years is None else years))

    def covers(self, year: int) -> bool:
        """Whether the days off of *year* are known."""
        return year in self.years

    def works(self, day: date) -> bool:
        """Whether *day* is a working day."""
        return day in self.on or (day.weekday() < _SATURDAY and day not in self.off)

    def unknown(self, first: date, last: date) -> tuple[int, ...]:
        """Years between two days, both included, that the table does not cover."""
        return tuple(year for year in range(first.year, last.year + 1) if not self.covers(year))


WEEKDAYS = Holidays()
"""Monday to Friday: what is left when nobody gave a table."""


def add_days(start: date, number: int, working: bool = False, holidays: Holidays = WEEKDAYS) -> date:
    """The last of *number* days after *start*, which itself does not count (民法典 第二百零一条); *start* for 0.

    With *working* only working days count, and the day found is one. ValueError for a negative number.
    """
    if number < 0:
        raise ValueError(number)
    if not working:
        return start + number * _ONE
    day = start
    while number:
        day += _ONE
        number -= holidays.works(day)
    return day


__all__ = ["WEEKDAYS", "Holidays", "add_days"]
