"""Codes of divisions and of the communities and villages in them, as the National Bureau of Statistics gives them.

Province 2 digits, prefecture 4, county 6, township 9, community or village 12: each code begins with that of what lies above.
"""

from __future__ import annotations

LENGTHS = (2, 4, 6, 9, 12)
COMMUNITY = 12


def is_code(text: str) -> bool:
    """Whether *text* has the form of a code."""
    return text.isascii() and text.isdigit() and len(text) in LENGTHS


def ancestors(code: str) -> tuple[str, ...]:
    """The codes of the divisions above, greatest first."""
    return tuple(code[:length] for length in LENGTHS if length < len(code))


def community_kind(code: str) -> str:
    """居委会 or 村委会, by a community's or village's code: the last three digits number it, and begin with 0, 1 or 4 for 居委会.

    0 and 1 are residents' committees, 2 and 3 villagers' committees by the coding rules (统计上划分城乡的工作规定 and
    统计用区划代码和城乡划分代码编制规则); 4 … are communities-like areas and 5 … village-like ones that only statistics know.
    """
    return "居委会" if code[9] in "014" else "村委会"
