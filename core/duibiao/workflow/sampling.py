"""Drawing a sample that anybody can draw again: the same codes, share and seed give the same units, on every machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from hashlib import sha256
from typing import Any

from duibiao.errors import NOWHERE, Collector
from duibiao.model.notation import NotationError, split_number, unit_of
from duibiao.rules.nodes import divide

ROUNDS = ("up", "down", "half_up")


def sample(
    codes: Iterable[str], *, seed: str, share: Fraction | str | None = None, count: int | None = None, rounding: str = "up"
) -> tuple[str, ...]:
    """The units drawn from *codes*, in the order of their codes.

    Each code is given the SHA-256 of ``seed``, a line feed and the code in UTF-8; the units with the smallest hashes are
    drawn. So the order in which codes come does not matter, and a larger sample with the same seed contains the smaller one.
    *share* (``"20%"`` or a fraction) is rounded *up* unless told otherwise; *count* is cut to what there is.

    BadInputError: neither or both of share and count, a share outside 0–100 %, a negative count, an unknown rounding.
    """
    pool = sorted(set(codes))
    size = _size(len(pool), share, count, rounding)
    drawn = sorted(pool, key=lambda code: sha256(f"{seed}\n{code}".encode()).digest())[:size]
    return tuple(sorted(drawn))


def _size(pool: int, share: Fraction | str | None, count: int | None, rounding: str) -> int:
    problems = Collector()
    if (share is None) == (count is None):
        problems.add("DB039", NOWHERE.at("sampling"), allowed="share, count")
    if rounding not in ROUNDS:
        problems.add("DB018", NOWHERE.at("round"), found=rounding, among=ROUNDS)
    if count is not None and count < 0:
        problems.add("DB024", NOWHERE.at("count"), found=count, allowed=">= 0")
    part = Fraction(0) if share is None else _share(share, problems)
    problems.raise_any()
    if count is not None:
        return min(count, pool)
    return divide(pool * part.numerator, part.denominator, rounding)


def _share(share: Fraction | str, problems: Collector) -> Fraction:
    place = NOWHERE.at("share")
    found = share if isinstance(share, Fraction) else Fraction(0)
    if not isinstance(share, Fraction):
        try:
            number, symbol = split_number(share)
            if unit_of(symbol) != "%":
                problems.add("DB052", place, found=share, allowed="20%")
            found = Fraction(number) / 100
        except NotationError as error:
            problems.add(error.code, place, found=share, allowed="20%")
    if not 0 <= found <= 1:
        problems.add("DB024", place, found=share, allowed="0% … 100%")
    return found


def sample_as(
    spec: Mapping[str, Any], codes: Iterable[str], *, seed: str, share: Fraction | str | None = None
) -> tuple[str, ...]:
    """The sample that a stage's ``sampling`` or an award's ``recheck`` asks for.

    Where the source gives a share or a number, that one counts; where it gives none, *share* has to be said by who draws.
    BadInputError when neither is there, or both are and differ.
    """
    rounding = str(spec.get("round", "up"))
    if "count" in spec:
        return sample(codes, seed=seed, count=int(spec["count"]), rounding=rounding)
    given = spec.get("share")
    if given is not None and share is not None and given != share:
        problems = Collector()
        problems.add("DB018", NOWHERE.at("share"), found=share, allowed=given)
        problems.raise_any()
    return sample(codes, seed=seed, share=given if given is not None else share, rounding=rounding)


__all__ = ["ROUNDS", "sample", "sample_as"]
