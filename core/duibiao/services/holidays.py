"""Days off and worked weekend days: the office's own table, or the published orders as a library knows them.

``holidays.toml`` in the workspace takes the place of the library for the years it lists::

    [2012]
    off = [2012-10-01, 2012-10-02]
    on = [2012-09-29]
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from duibiao.errors import BadInputError, Collector, Where, with_lines
from duibiao.exchange.facts import read_bytes
from duibiao.pack.toml import parse_toml
from duibiao.workflow.calendar import Holidays

FILE = "holidays.toml"


def holidays_of(folder: Path) -> Holidays:
    """The holiday table of a workspace. BadInputError, with lines, for what is wrong in its own file."""
    path = folder / FILE
    own = read_holidays(path) if path.exists() else Holidays()
    known = published()
    off = {day for day in known.off if not own.covers(day.year)} | own.off
    on = {day for day in known.on if not own.covers(day.year)} | own.on
    return Holidays.of(off, on, known.years | own.years)


@cache
def published() -> Holidays:
    """The State Council's yearly orders, as package chinese-calendar has them."""
    import chinese_calendar
    from chinese_calendar import constants

    years = {day.year for day in constants.holidays}
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    off = {day for day in days if day.weekday() < 5 and chinese_calendar.is_holiday(day)}
    on = {day for day in days if day.weekday() >= 5 and chinese_calendar.is_workday(day)}
    return Holidays.of(off, on, years)


def read_holidays(path: Path) -> Holidays:
    """A table from its file; BadInputError names every line that is wrong."""
    source = parse_toml(read_bytes(path), str(path))
    problems = Collector()
    off: set[date] = set()
    on: set[date] = set()
    years: set[int] = set()
    for name, table in source.data.items():
        where = Where(str(path), (name,))
        if not (name.isdigit() and len(name) == 4):
            problems.add("DB033", where, found=name, allowed="[2012]")
            continue
        if not isinstance(table, Mapping):
            problems.add("DB008", where, found=table, allowed="[2012]")
            continue
        years.add(int(name))
        for key, value in table.items():
            if key not in ("off", "on"):
                problems.add("DB006", where.at(key), found=key, among=["off", "on"])
                continue
            (off if key == "off" else on).update(_days(value, int(name), where.at(key), problems))
    if problems.problems:
        raise BadInputError(with_lines(problems.problems, source.line))
    return Holidays.of(off, on, years)


def _days(value: Any, year: int, where: Where, problems: Collector) -> set[date]:
    if not isinstance(value, list):
        problems.add("DB008", where, found=value, allowed="[2012-10-01, …]")
        return set()
    found = set()
    for index, day in enumerate(value):
        if not isinstance(day, date) or isinstance(day, datetime) or day.year != year:
            problems.add("DB033", where.at(index), found=day, allowed=f"{year}-10-01")
        else:
            found.add(day)
    return found
