"""Today and now, read in one place."""

from __future__ import annotations

from datetime import date, datetime


def today() -> date:
    """The current day where the office is."""
    return now().date()


def now() -> datetime:
    """The current time, with the office's offset."""
    return datetime.now().astimezone()
