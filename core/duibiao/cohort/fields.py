"""A table of facts with one row per unit: which columns it has, and what an input of a rule reads from them.

Every number is an integer of its fact's smallest step, so that every engine sees the same. A column that is absent, or a gap in
one, is a fact that nobody knows.

| fact | columns |
|---|---|
| flag | ``fact`` yes/no |
| count, quantity, rate, money | ``fact`` steps |
| choice, grade | ``fact`` index of the level |
| checklist | ``fact.member`` yes/no, one each |
| date | ``fact`` day |
| title | ``fact.held`` yes/no, ``fact.since`` day, ``fact.until`` day |
| events | ``fact`` list of ``on`` day, ``kind`` text, ``settled`` day |

Earlier periods stand beside with ``@-1``, ``@-2`` … behind the name; ``unit.code unit.name unit.kind period`` say whose they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from attrs import frozen

from duibiao.model.facts import FactType, Kind, Vocabulary
from duibiao.rules.context import KINDS
from duibiao.rules.nodes import Input

CODE, NAME, KIND, PERIOD = "unit.code", "unit.name", "unit.kind", "period"
UNIT_FIELDS = (CODE, NAME, KIND, PERIOD)
Sort = Literal["flag", "int", "day", "events", "text"]


@frozen
class Field:
    """One column of a table of facts.

    Attributes:
        name: Its name.
        sort: What it holds.
        low: For ``int``: least value.
        high: For ``int``: greatest value.
    """

    name: str
    sort: Sort
    low: int = 0
    high: int = 1


_HELD: tuple[tuple[str, Sort], ...] = (("held", "flag"), ("since", "day"), ("until", "day"))
_ALONE: Mapping[Kind, Sort] = {Kind.FLAG: "flag", Kind.DATE: "day", Kind.EVENTS: "events"}
"""What the only column of a fact holds, where that is no number."""


def names_of(ftype: FactType, back: int = 0) -> tuple[str, ...]:
    """The names of the columns that a fact takes, *back* periods before the assessed one."""
    behind = f"@-{back}" if back else ""
    if ftype.kind is Kind.CHECKLIST:
        return tuple([f"{ftype.id}.{each.id}{behind}" for each in ftype.options])
    if ftype.kind is Kind.TITLE:
        return tuple([f"{ftype.id}.{part}{behind}" for part, _ in _HELD])
    return (f"{ftype.id}{behind}",)


def fields_of(ftype: FactType, back: int = 0) -> tuple[Field, ...]:
    """The columns that a fact takes, *back* periods before the assessed one."""
    names = names_of(ftype, back)
    if ftype.kind is Kind.CHECKLIST:
        return tuple(Field(name, "flag") for name in names)
    if ftype.kind is Kind.TITLE:
        return tuple(Field(name, sort) for name, (_, sort) in zip(names, _HELD, strict=True))
    sort = _ALONE.get(ftype.kind)
    return (Field(names[0], "int", ftype.low, ftype.high) if sort is None else Field(names[0], sort),)


def read_by(each: Input, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Names of the columns that an input is read from; none for what only the cohort supplies."""
    if each.fact == KIND:
        return (KIND,)
    ftype = vocabulary.types.get(each.fact)
    if ftype is None:
        return ()
    if each.part == "member":
        behind = f"@-{each.back}" if each.back else ""
        return (f"{each.fact}.{each.member}{behind}",)
    return names_of(ftype, each.back)


def all_read_by(inputs: Iterable[Input], vocabulary: Vocabulary) -> list[str]:
    """The columns that the inputs are read from, each once."""
    return list(dict.fromkeys(name for each in inputs for name in read_by(each, vocabulary)))


def fact_of(column: str, vocabulary: Vocabulary) -> tuple[FactType, int] | None:
    """The fact that a column belongs to, and how many periods back; None for a column of none."""
    base, mark, number = column.partition("@-")
    if mark and not (number.isdecimal() and int(number) > 0):
        return None
    back = int(number) if mark else 0
    ftype = vocabulary.types.get(base) or vocabulary.types.get(base.rpartition(".")[0])
    if ftype is None or column not in names_of(ftype, back):
        return None
    return ftype, back


KIND_CODES = {kind: code for code, kind in enumerate(KINDS)}
"""What ``unit.kind`` is as a number."""
