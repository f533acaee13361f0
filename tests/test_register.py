"""The register of real units: how many there are, what kind each is, through the hook and the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import pytest

from duibiao.api import Unit
from duibiao.registry import Registry
from duibiao_national import register

if TYPE_CHECKING:
    from conftest import Run

COMMITTEES = {"jiangsu.wujin": 297, "jiangsu.yixing": 312, "shanghai.qingpu": 355, "daxinganling": 135}
AREAS = {"jiangsu.wujin": 19, "jiangsu.yixing": 22, "shanghai.qingpu": 12, "daxinganling": 51}
NATION = 620_573
STAND_INS = 26
"""Rows of the divisions that only fill a level which is missing there."""


@cache
def units_of(jurisdiction: str) -> Sequence[Unit]:
    registry = Registry(blocked=())
    return tuple(registry.units(registry.jurisdictions[jurisdiction]))


def test_the_nation_has_620573_committees() -> None:
    assert NATION == sum(len(unit.code) == 12 for unit in units_of("national"))


def test_no_code_is_listed_twice() -> None:
    codes = [unit.code for unit in units_of("national")]
    assert len(codes) == len(set(codes))


def test_every_committee_has_a_name_and_a_code_of_digits() -> None:
    assert all(unit.name and unit.code.isdigit() for unit in units_of("national"))


def test_the_files_hold_44703_divisions_whose_stand_ins_are_no_units() -> None:
    rows = register.divisions()
    names = {row.code: row.name for row in rows}
    real = {row.code for row in rows if not register.is_stand_in(row, names.get(parent(row.code), ""))}
    assert (44_703, 44_703 - STAND_INS) == (len(rows), len(real))
    assert real == {unit.code for unit in units_of("national") if len(unit.code) < 12}


def parent(code: str) -> str:
    """The code of the division above."""
    return code[: {4: 2, 6: 4, 9: 6}.get(len(code), 0)]


def test_there_are_31_provinces_of_which_four_are_cities() -> None:
    kinds = Counter(unit.kind for unit in units_of("national") if len(unit.code) == 2)
    assert {"省": 27, "直辖市": 4} == kinds


@pytest.mark.parametrize("jurisdiction", COMMITTEES)
def test_every_jurisdiction_has_its_committees(jurisdiction: str) -> None:
    lengths = Counter(len(unit.code) == 12 for unit in units_of(jurisdiction))
    assert (COMMITTEES[jurisdiction], AREAS[jurisdiction]) == (lengths[True], lengths[False])


@pytest.mark.parametrize("jurisdiction", COMMITTEES)
def test_all_units_of_a_jurisdiction_lie_in_its_divisions(jurisdiction: str) -> None:
    prefixes = Registry(blocked=()).jurisdictions[jurisdiction].divisions
    assert all(unit.code.startswith(prefixes) for unit in units_of(jurisdiction))


def test_the_tenth_digit_tells_residents_from_villagers() -> None:
    by_digit = {(unit.code[9], unit.kind) for unit in units_of("national") if len(unit.code) == 12}
    assert {
        ("0", "居委会"),
        ("1", "居委会"),
        ("2", "村委会"),
        ("3", "村委会"),
        ("4", "居委会"),
        ("5", "村委会"),
    } == by_digit


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("31", "上海市", "直辖市"),
        ("2327", "大兴安岭地区", "地区"),
        ("310118", "青浦区", "区"),
        ("320282", "宜兴市", "县级市"),
        ("232701", "漠河市", "县级市"),
        ("310118105", "赵巷镇", "镇"),
        ("310118105001", "赵巷居委会", "居委会"),
    ],
)
def test_well_known_units_are_what_they_are(code: str, name: str, kind: str) -> None:
    found = {unit.code: (unit.name, unit.kind) for unit in units_of("national")}
    assert (name, kind) == found[code]


@pytest.mark.parametrize(("kind", "count"), [("居委会", 127_337), ("村委会", 493_236)])
def test_the_command_line_counts_one_kind(run: Run, kind: str, count: int) -> None:
    found = run("units", "national", "--kind", kind, "--count")
    assert (0, f"{count}\n") == (found.code, found.out)


def test_the_command_line_counts_the_nation_with_its_divisions(run: Run) -> None:
    assert f"{NATION + 44_703 - STAND_INS}\n" == run("units", "national", "--count").out


@pytest.mark.parametrize("jurisdiction", COMMITTEES)
def test_the_command_line_counts_a_jurisdiction(run: Run, jurisdiction: str) -> None:
    found = run("units", jurisdiction, "--count", "--json").json
    assert {"jurisdiction": jurisdiction, "units": COMMITTEES[jurisdiction] + AREAS[jurisdiction]} == found


def test_the_command_line_lists_and_searches(run: Run) -> None:
    found = run("units", "shanghai.qingpu", "--search", "赵巷居", "--json").json
    assert [{"code": "310118105001", "name": "赵巷居委会", "kind": "居委会"}] == found


def test_the_command_line_lists_no_more_than_asked(run: Run) -> None:
    found = run("units", "jiangsu.yixing", "--limit", "3", "--json").json
    assert ["320282", "320282001", "320282002"] == [each["code"] for each in found]
