"""Levels of government and kinds of units in words.

中文 is what sources and the register print; English readers get the customary word for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from duibiao.wording import Lang

LEVELS: Mapping[str, str] = {
    "社区": "community",
    "街镇": "township",
    "区": "district",
    "市": "city",
    "省": "province",
    "国": "nation",
}
"""Level that acts in a process to its English word."""

KINDS: Mapping[str, str] = {
    "居委会": "community",
    "村委会": "village",
    "街道": "subdistrict",
    "镇": "town",
    "乡": "township",
    "区": "district",
    "县": "county",
    "县级市": "county-level city",
    "地级市": "prefecture-level city",
    "地区": "prefecture",
    "林业局": "forestry bureau",
    "直辖市": "municipality",
    "省": "province",
    "开发区": "development zone",
}
"""Kind of a unit to its English word."""


def level_word(level: str, lang: Lang) -> str:
    """A level; one that is not known stays as it is."""
    return level if lang == "zh" else LEVELS.get(level, level)


def holder_words(holder: str, lang: Lang) -> str:
    """Who has a case: several levels with blanks between them are put in a row."""
    return ("、" if lang == "zh" else ", ").join(level_word(each, lang) for each in holder.split())


def kind_word(kind: str, lang: Lang) -> str:
    """A kind of unit; one that is not known stays as it is."""
    return kind if lang == "zh" else KINDS.get(kind, kind)


def kind_words(kinds: Iterable[str], lang: Lang) -> str:
    """Kinds of units in a row."""
    return ("、" if lang == "zh" else ", ").join(kind_word(each, lang) for each in kinds)
