"""Month arithmetic as offices do it: a month after 31 January is the last day of February."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta


def add_months(day: date, months: int, days: int = 0) -> date:
    """*day* plus whole months (kept inside the target month), then plus *days*."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=days)


def period_of(day: date) -> str:
    """The period whose facts a question of that *day* is about: its calendar year."""
    return str(day.year)


def latest_period(periods: Iterable[str], day: date) -> str | None:
    """The newest year among recorded *periods* that is not after *day*; None when there is none. Other labels are left out."""
    years = [each for each in periods if each.isdecimal() and int(each) <= day.year]
    return max(years, key=int, default=None)
