"""Pieces of SQL with their values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from attrs import frozen


@frozen
class Sql:
    """A piece of SQL with the values of its marks, in their order."""

    text: str
    values: tuple[Any, ...] = ()

    @classmethod
    def joined(cls, between: str, some: Sequence[Sql]) -> Sql:
        """All of them in parentheses, with *between* between two; there must be one at least."""
        return cls(f"({between.join(each.text for each in some)})", tuple(value for each in some for value in each.values))


def marks(values: Collection[object]) -> str:
    """The marks of SQL that stand for these values."""
    return ", ".join("?" * len(values))
