"""Where things come from: documents (文件), clauses, citations, and what every citable item has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from duibiao.errors import NOWHERE, Where

Literal = str | int | Decimal | bool | date
"""A value as an author wrote it: ``"640 m2"``, ``5``, ``"25%"``, ``true``, a date."""


@frozen(kw_only=True)
class Clause:
    """A paragraph of a document that items can cite.

    Attributes:
        id: As cited, e.g. ``四、创建标准(二)``.
        title: Its short heading.
        rows: Ids of the ledger rows that it holds.
    """

    id: str
    title: str = ""
    rows: tuple[str, ...] = ()


@frozen(kw_only=True)
class Document:
    """A published document (文件).

    Attributes:
        id: 文号, or the title where there is none.
        title: Title.
        issuer: Who issued it.
        date: Date of issue.
        in_force: First day in force.
        until: Last day in force, if it ended.
        based_on: 文号 or titles of the documents it rests on.
        source: ``primary``, or ``secondary`` for a second-hand copy.
        note: What a reader must know of it.
        clauses: Its paragraphs.
        plugin: Name of the plugin that brings it.
        where: Place in the pack.
    """

    id: str
    title: str
    issuer: str = ""
    date: dt.date | None = None
    in_force: dt.date | None = None
    until: dt.date | None = None
    based_on: tuple[str, ...] = ()
    source: str = "primary"
    note: str = ""
    clauses: tuple[Clause, ...] = ()
    plugin: str = ""
    where: Where = field(default=NOWHERE, eq=False)


@frozen(kw_only=True)
class Cite:
    """Where an item comes from.

    Attributes:
        document: Document id.
        clause: Clause id.
        rows: Ledger rows that the item carries.
        as_printed: The source's own few words where they are less than plain.
        assumed: True when no source gives the value.
        reason: Why it is assumed.
        note: Anything else a reader must know.
        replaced_by: Where an office's own value comes from, when it took an assumed one's place.
    """

    document: str = ""
    clause: str = ""
    rows: tuple[str, ...] = ()
    as_printed: str = ""
    assumed: bool = False
    reason: str = ""
    note: str = ""
    replaced_by: str = ""


@frozen(kw_only=True)
class NotEncoded:
    """Paragraphs deliberately left as text.

    Attributes:
        document: Document id.
        clauses: Clause ids.
        rows: Ledger rows.
        reason: Why.
        where: Place in the pack.
    """

    document: str
    clauses: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    reason: str
    where: Where = field(default=NOWHERE, eq=False)


Spec = Mapping[str, Any]
"""Condition or points keys as the author wrote them (docs/pack-format.md), already checked for unknown keys."""


@frozen(kw_only=True)
class Item:
    """What every citable part of a standard has.

    Attributes:
        id: Id, unique among its siblings of the same table.
        title: 中文 title.
        title_en: English title.
        cite: Where it comes from.
        where: Place in the pack.
        given: Keys that the author wrote.
    """

    id: str
    title: str
    title_en: str = ""
    cite: Cite = Cite()
    where: Where = field(default=NOWHERE, eq=False)
    given: frozenset[str] = field(default=frozenset(), eq=False)
