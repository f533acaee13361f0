"""The national register of divisions, communities and villages, read from the files in ``register/``.

Only the provinces that are asked for are read. A *prefix* is the beginning of a code; the empty one means the whole
nation.
"""

from __future__ import annotations

import csv
import gzip
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from duibiao.api import Unit

DIVISIONS = "divisions.csv.gz"
_PARENT = {4: 2, 6: 4, 9: 6}
"""Length of a code to length of its parent's."""

_ENDINGS = {
    "province": (("市", "直辖市"), ("省", "省"), ("自治区", "省")),
    "prefecture": (("市", "地级市"), ("地区", "地区"), ("盟", "地区"), ("州", "地区")),
    "county": (("县", "县"), ("旗", "县"), ("市", "县级市"), ("区", "区"), ("岛", "区"), ("海域", "区")),
    "township": (
        ("街道", "街道"), ("办事处", "街道"), ("街", "街道"), ("镇", "镇"), ("乡", "乡"), ("苏木", "乡"),
        ("林业局", "林业局"),
    ),
}  # fmt: skip
"""Level to endings of names and the kinds they tell; 民族乡 ends in 乡, 自治县 in 县, 自治旗 in 旗."""

_OTHER = "开发区"
"""Development zones, management committees, state farms and forest farms."""

_STAND_INS = ("市辖区", "县")
_STAND_IN_ENDINGS = ("直辖县级行政区划", "直辖村级区划")


class Division(NamedTuple):
    """A row of the register above the communities and villages.

    Attributes:
        code: 2, 4, 6 or 9 digits.
        name: 中文 name.
        level: ``province prefecture county township``.
    """

    code: str
    name: str
    level: str


def divisions(prefix: str = "") -> list[Division]:
    """Provinces, prefectures, counties and townships under *prefix*, itself included; stand-ins too."""
    return [each for each in _divisions() if each.code.startswith(prefix)]


def communities(prefix: str = "") -> Iterator[Unit]:
    """Communities and villages under *prefix*, in the order of their codes."""
    for province in _provinces():
        if province.startswith(prefix[:2]):
            for code, name in csv.reader(_under(prefix, _lines(f"{province}.csv.gz"))):
                yield Unit(name, community_kind(code), code)


def areas(prefix: str = "") -> Iterator[Unit]:
    """Divisions under *prefix* as units: townships, counties, prefectures and provinces, without stand-ins."""
    names = _names()
    for each in divisions(prefix):
        parent = names.get(each.code[: _PARENT.get(len(each.code), 0)], "")
        if not is_stand_in(each, parent):
            yield Unit(each.name, division_kind(each), each.code)


def units(prefixes: Sequence[str] = ()) -> Iterator[Unit]:
    """All units of some divisions, or of the whole nation: the divisions first, then their communities and villages."""
    for prefix in prefixes or ("",):
        yield from areas(prefix)
        yield from communities(prefix)


def community_kind(code: str) -> str:
    """居委会 or 村委会, by the tenth of the twelve digits."""
    return "居委会" if code[9] in "014" else "村委会"


def division_kind(division: Division) -> str:
    """The unit kind that the name tells; in a county code a fifth digit 7 marks a zone that only statistics know."""
    if division.level == "county" and division.code[4] == "7":
        return _OTHER
    if division.level == "township" and _is_area_office(division):
        return "街道"
    return next((kind for ending, kind in _ENDINGS[division.level] if division.name.endswith(ending)), _OTHER)


def _is_area_office(division: Division) -> bool:
    """Beijing's 地区 are subdistrict offices: their codes are those of subdistricts."""
    return division.name.endswith("地区") and division.code[6] == "0"


def is_stand_in(division: Division, parent: str) -> bool:
    """Whether a row merely fills a level that is missing there, *parent* being the name of the division above."""
    return (
        (division.name in _STAND_INS and division.level == "prefecture")
        or division.name == parent
        or division.name.endswith(_STAND_IN_ENDINGS)
    )


@cache
def _divisions() -> tuple[Division, ...]:
    return tuple(Division(*row) for row in csv.reader(_lines(DIVISIONS)))


@cache
def _names() -> dict[str, str]:
    return {each.code: each.name for each in _divisions()}


@cache
def _provinces() -> tuple[str, ...]:
    return tuple(each.code for each in _divisions() if each.level == "province")


def _lines(file: str) -> list[str]:
    """The lines of one file of the register, without the header."""
    packed = resources.files(__package__).joinpath("register", file).read_bytes()
    return gzip.decompress(packed).decode("utf-8").splitlines()[1:]


def _under(prefix: str, lines: list[str]) -> Iterator[str]:
    """The lines whose code begins with *prefix*; the lines are in the order of their codes."""
    for index in range(bisect_left(lines, prefix), len(lines)):
        if not lines[index].startswith(prefix):
            return
        yield lines[index]


__all__ = ["Division", "areas", "communities", "community_kind", "division_kind", "divisions", "is_stand_in", "units"]
