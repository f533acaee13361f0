"""Texts in a CSV that a spreadsheet would take for formulas: kept from it on the way out, freed again on the way in."""

from __future__ import annotations

import re

_RISKY = r"'*(?:[\t\v\f]|[^\S\n]*[=+\-@＝＋－＠])"
"""The start of a line that a spreadsheet may run; with the apostrophes that other guards may have put there."""
_TO_GUARD = re.compile(rf"^(?={_RISKY})", re.MULTILINE)
_GUARDED = re.compile(rf"^'(?={_RISKY})", re.MULTILINE)


def guarded(text: str) -> str:
    """*text* with an apostrophe before every line that a spreadsheet would take for a formula."""
    return _TO_GUARD.sub("'", text)


def unguarded(text: str) -> str:
    """What :func:`guarded` was given."""
    return _GUARDED.sub("", text)
