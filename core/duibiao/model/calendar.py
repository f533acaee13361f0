"""Month arithmetic as offices do it: a month after 31 January is the last day of February."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int, days: int = 0) -> date:
    """*day* plus whole months (kept inside the target month), then plus *days*."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=days)
