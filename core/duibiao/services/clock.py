"""Today, read in one place."""

from __future__ import annotations

from datetime import date, datetime


def today() -> date:
    """The current day where the office is."""
    return datetime.now().astimezone().date()
