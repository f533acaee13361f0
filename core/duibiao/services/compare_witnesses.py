"""What tells two standards apart, looked for once and kept: with each fact's verdict under both, by the evaluator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

from attrs import frozen

from duibiao.compare.elsewhere import Look
from duibiao.compare.witness import Answer, Tick
from duibiao.exchange.target import write_file
from duibiao.registry import Registry
from duibiao.services.comparing import find_witnesses, rechecked, witness_file, witness_name
from duibiao.services.phrasing import Phrases


@frozen
class Apart:
    """One way round.

    Attributes:
        answer: What was found out.
        look: The witness under both standards, the one that is passed first; None without a witness.
    """

    answer: Answer
    look: Look | None


Pair = tuple[Apart, Apart]
"""«Passes the first, fails the second», and the other way round."""

_FOUND: WeakKeyDictionary[Registry, dict[tuple[str, ...], Pair]] = WeakKeyDictionary()


def known(registry: Registry, names: Sequence[str]) -> Pair | None:
    """What was found out before of two standards; None when nobody has looked."""
    found = _FOUND.get(registry, {})
    there, back = tuple(names), tuple(reversed(names))
    if there in found:
        return found[there]
    return found[back][::-1] if back in found else None


def look_for(registry: Registry, names: Sequence[str], tick: Tick) -> Pair:
    """Find out what tells two standards apart; takes seconds. *tick* is called on the way: what it raises ends the search.

    BadInputError as :func:`find_witnesses`.
    """
    before = known(registry, names)
    if before is not None:
        return before
    there, back = (Apart(each, rechecked(registry, each)) for each in find_witnesses(registry, names, tick))
    _FOUND.setdefault(registry, {})[tuple(names)] = (there, back)
    return there, back


def write(pair: Pair, folder: Path, phrases: Phrases, *, overwrite: bool = False) -> list[Path]:
    """The witnesses as facts files in *folder*, for ``duibiao assess``; which files. BadInputError as :func:`write_file`."""
    found = []
    for each in pair:
        if each.answer.witness is not None:
            path = folder / witness_name(each.answer)
            write_file(path, witness_file(each.answer, phrases).encode(), overwrite=overwrite)
            found.append(path)
    return found


__all__ = ["Apart", "Pair", "known", "look_for", "write"]
