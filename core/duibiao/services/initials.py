"""Pinyin initials of names (拼音首字母): 重庆 is ``cq``, 湖塘镇 ``htz``."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_IN_PLACES = {"长": "c", "重": "c"}
"""Characters that are commonly read otherwise in the names of places than where they stand alone: 长 is long, 重 is again."""

_LONGEST_PHRASE = 3
"""Longer ones are sayings, not names."""


def initials(name: str) -> str:
    """The first letters of the readings, lower-case; Latin letters and digits stay, everything else goes.

    A character with several readings has that of a phrase it stands in (厦门 ``xm``), else its first.
    """
    letters, lead = _readings()
    for found in lead.finditer(name):
        start = found.start()
        for size in range(_LONGEST_PHRASE, 1, -1):
            phrase = name[start : start + size]
            if phrase in letters.known:
                return initials(name[:start]) + letters.known[phrase] + initials(name[start + len(phrase) :])
    return name.translate(letters)


class _Letters(dict[int, str | None]):
    """Code point to letter, looked up once for each character; None for what has no reading."""

    def __init__(self, known: dict[str, str]) -> None:
        super().__init__()
        self.known = known

    def __missing__(self, point: int) -> str | None:
        self[point] = found = _letter(point, self.known)
        return found


def _letter(point: int, known: dict[str, str]) -> str | None:
    from pypinyin.pinyin_dict import pinyin_dict

    char = chr(point)
    if char in known:
        return known[char]
    if point in pinyin_dict:
        return _plain(pinyin_dict[point])
    plain = unicodedata.normalize("NFKC", char).lower()
    return plain if plain.isascii() and plain.isalnum() else None


def _plain(reading: str) -> str:
    """The letter a reading begins with, without its tone."""
    return unicodedata.normalize("NFD", reading)[0]


@cache
def _readings() -> tuple[_Letters, re.Pattern[str]]:
    """Letters of characters, with phrases that are read otherwise than their characters; and where one may begin."""
    from pypinyin.phrases_dict import phrases_dict

    letters = _Letters(dict(_IN_PLACES))
    leads, seconds = set(), set()
    for phrase, readings in phrases_dict.items():
        if 1 < len(phrase) == len(readings) <= _LONGEST_PHRASE:
            read = "".join(_plain(each[0]) for each in readings)
            if read != phrase.translate(letters):
                letters.known[phrase] = read
                leads.add(phrase[0])
                seconds.add(phrase[1])
    return letters, re.compile(f"[{''.join(sorted(leads))}](?=[{''.join(sorted(seconds))}])")
