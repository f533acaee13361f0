"""Working days of a notice: the published orders, and the office's own table in their place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import MakeOffice
from offices import FACT, UNITS, Office
from workspaces import codes

from duibiao.errors import BadInputError
from duibiao.services.holidays import holidays_of, published, read_holidays

NOTICE = 'id = "notice"\ntitle = "公示"\nnotice = { days = 5, working = true }\nnext = ["naming"]'
NAMING = 'id = "naming"\ntitle = "命名"\ngrants = ["demonstration"]'
NAME = "small-2012-0001"


def own(folder: Path, text: str) -> Path:
    """An office's own table."""
    path = folder / "holidays.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def noticed(office: MakeOffice) -> Office:
    """A case whose notice lasts five working days."""
    made = office(NOTICE, NAMING)
    made.ok("fact", "set", UNITS[0][0], f"{FACT}=80", "--period", 2012)
    made.ok("case", "open", UNITS[0][0], "small.community", "--date", "2012-09-01")
    return made


def test_a_notice_before_national_day_2012_skips_the_holiday_and_counts_the_worked_saturday(noticed: Office) -> None:
    # Saturday 29 September was worked, 30 September to 7 October were off: 28, 29, then 8, 9 and 10 October.
    assert "公示，到 2012-10-10" in noticed.ok("case", "notice", NAME, "--date", "2012-09-27")
    assert ["WF10"] == noticed.codes(NAME, "2012-10-10")
    assert [] == noticed.codes(NAME, "2012-10-11")


def test_the_offices_own_table_takes_the_place_of_the_published_one_for_its_years(noticed: Office) -> None:
    own(noticed.folder, "[2012]\noff = [2012-10-01]\non = []\n")
    assert "公示，到 2012-10-05" in noticed.ok("case", "notice", NAME, "--date", "2012-09-27")
    found = holidays_of(noticed.folder)
    assert not found.works(date(2012, 9, 29))
    assert found.works(date(2012, 10, 2))
    assert not found.works(date(2013, 10, 2))


def test_a_year_that_nobody_published_counts_mondays_to_fridays() -> None:
    year = max(published().years) + 1
    assert not published().covers(year)
    assert all(published().works(day) == (day.weekday() < 5) for day in (date(year, 10, n) for n in range(1, 8)))


def test_a_notice_in_a_year_without_a_table_is_warned_of(office: MakeOffice) -> None:
    made = office(NOTICE, NAMING)
    assert not published().covers(2003)
    made.ok("case", "open", UNITS[0][0], "small.community", "--date", "2003-09-01")
    assert "公示，到 2003-10-02" in made.ok("case", "notice", "small-2003-0001", "--date", "2003-09-25")
    assert "※ WF52 没有这一年的节假日表：2003" in made.ok("case", "move", "small-2003-0001", "--date", "2003-10-08")


def test_the_published_orders_know_the_worked_weekends() -> None:
    found = published()
    assert (True, False, False, True) == tuple(
        found.works(day) for day in (date(2012, 9, 29), date(2012, 9, 30), date(2012, 10, 5), date(2012, 10, 8))
    )


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[twelve]\noff = []\n", "DB033"), ("2012 = 1\n", "DB008"), ("[2012]\nfree = []\n", "DB006"),
        ("[2012]\noff = 2012-10-01\n", "DB008"), ("[2012]\noff = [2013-10-01]\n", "DB033"), ("[2012]\non = ['x']\n", "DB033"),
        ("[2012]\noff = [\n", "DB004"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_with_its_line(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read_holidays(own(tmp_path, "# 放假安排\n" + text))
    (problem,) = caught.value.problems
    assert wrong == problem.code
    assert (problem.where.line or 0) >= 2


def test_everything_wrong_in_a_table_is_told_at_once_and_nothing_is_recorded(noticed: Office) -> None:
    path = own(noticed.folder, "[2012]\noff = [2013-10-01, 'x']\nfree = []\n[12]\non = []\n")
    with pytest.raises(BadInputError) as caught:
        read_holidays(path)
    assert ["DB006", "DB033", "DB033", "DB033"] == sorted(codes(caught.value.problems))
    found = noticed.no("case", "notice", NAME, "--date", "2012-09-27", code=2)
    assert f"{path}:2: DB033" in found
    assert "共 4 个问题" in found
