"""Standards (标准) as data: criteria, indicators, awards, targets, stages, forms, and where each comes from."""

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
    """

    document: str = ""
    clause: str = ""
    rows: tuple[str, ...] = ()
    as_printed: str = ""
    assumed: bool = False
    reason: str = ""
    note: str = ""


@frozen(kw_only=True)
class Item:
    """What every citable part of a standard has.

    Attributes:
        id: Id, unique among its siblings of the same table.
        title: 中文 title.
        title_en: English title.
        cite: Where it comes from.
        where: Place in the pack.
    """

    id: str
    title: str
    title_en: str = ""
    cite: Cite = Cite()
    where: Where = field(default=NOWHERE, eq=False)


Spec = Mapping[str, Any]
"""Condition or points keys as the author wrote them (docs/pack-format.md), already checked for unknown keys."""


@frozen(kw_only=True)
class Indicator(Item):
    """A leaf (指标): a condition, and perhaps points.

    Attributes:
        topic: Topic id.
        force: ``must``, ``aim`` or ``may``.
        condition: Condition keys.
        points: Points keys; empty when it is not scored.
        when: Guard; where it is false the indicator does not apply.
        only_for: Unit kinds it applies to; empty means all.
        exempt: ``{"when": …, "because": …}``.
        scored_by: The body that scores it.
    """

    topic: str = ""
    force: str = "must"
    condition: Spec = field(factory=dict)
    points: Spec = field(factory=dict)
    when: Any = None
    only_for: tuple[str, ...] = ()
    exempt: Spec | None = None
    scored_by: str = ""


@frozen(kw_only=True)
class Criterion(Item):
    """A group of indicators (大类).

    Attributes:
        topic: Topic id.
        points: Declared sum of its indicators' points.
        weight: Share in a weighted score, e.g. ``20%``.
        cap: Upper limit of its bonus points.
        indicators: Its leaves.
    """

    topic: str = ""
    points: Literal | None = None
    weight: Literal | None = None
    cap: Literal | None = None
    indicators: tuple[Indicator, ...] = ()


@frozen(kw_only=True)
class Award(Item):
    """A title (称号) that an assessment can earn.

    Attributes:
        requires: ``all`` or an expression over the result.
        unit_kinds: Kinds it can go to; empty means the standard's.
        rank: Place on a ladder of awards, 1 lowest; 0 when there is none.
        form: Id of the form to apply with.
        validity: How long it is valid, e.g. ``36 months``.
        rectify_within: Time to mend what keeps it conditional.
    """

    requires: str = "all"
    unit_kinds: tuple[str, ...] = ()
    rank: int = 0
    form: str = ""
    validity: str = ""
    rectify_within: str = ""


@frozen(kw_only=True)
class Gate(Item):
    """A condition to proceed, evaluated apart from the score.

    Attributes:
        requires: Expression over the result, or empty.
        condition: Condition keys, when it speaks of facts.
    """

    requires: str = ""
    condition: Spec = field(factory=dict)


@frozen(kw_only=True)
class Veto(Item):
    """Something that beats any score (一票否决).

    Attributes:
        condition: Condition keys: when it falls.
        confirmed_by: The body that confirms it.
        confirmed: Flag fact that says so; until known the veto is pending.
    """

    condition: Spec = field(factory=dict)
    confirmed_by: str = ""
    confirmed: str = ""


@frozen(kw_only=True)
class Target(Item):
    """A dated aim for a territory (目标).

    Attributes:
        by: The day it is measured.
        population: ``unit_kinds`` and perhaps ``where``.
        award: Award of this standard that counts.
        standard: Other standard that counts.
        achieved: Condition that counts.
        at_least: Share, e.g. ``75%``.
        count: Number of units.
        force: ``must`` or ``aim``.
    """

    by: date | None = None
    population: Spec = field(factory=dict)
    award: str = ""
    standard: str = ""
    achieved: Spec = field(factory=dict)
    at_least: Literal | None = None
    count: int | None = None
    force: str = "must"


@frozen(kw_only=True)
class Selection(Item):
    """How many of those that qualify are taken: quotas, ratios, ranking (名额).

    Attributes:
        award: Award it rations.
        stage: Stage at which it applies.
        quota: Fixed number.
        ratio: ``{"take": 1, "of": 5, "round": "down"}``.
        share: Share of those that pass.
        minimum: Least number.
        group_by: Attribute inside whose groups it counts.
        rank_by: What orders the candidates (``score``).
        ties: ``exclude``, ``include`` or ``declare``.
        after: Id of the selection whose result it starts from.
        upper_bound: Never filled by lowering the standard.
    """

    award: str = ""
    stage: str = ""
    quota: int | None = None
    ratio: Spec | None = None
    share: Literal | None = None
    minimum: int | None = None
    group_by: str = ""
    rank_by: str = "score"
    ties: str = "declare"
    after: str = ""
    upper_bound: bool = False


@frozen(kw_only=True)
class Stage(Item):
    """A step of the process (环节).

    Attributes:
        actor: Who acts.
        track: Parallel track it belongs to.
        unit_kinds: Kinds of unit it is for; empty means all.
        opens: First day.
        closes: Last day.
        window: Recurring window with exceptions.
        requires: Guard: expression over the result.
        documents: What must be there.
        methods: How it is checked.
        forms: Ids of the forms used.
        produces: What it yields.
        sampling: Sampling at this stage.
        notice: Public notice: places, contacts, media, days.
        duties: What has to be done.
        next: Ids of the stages that follow; empty means the next in the file.
    """

    actor: str = ""
    track: str = ""
    unit_kinds: tuple[str, ...] = ()
    opens: date | None = None
    closes: date | None = None
    window: Spec | None = None
    requires: str = ""
    documents: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()
    sampling: Spec | None = None
    notice: Spec | None = None
    duties: tuple[str, ...] = ()
    next: tuple[str, ...] = ()


@frozen(kw_only=True)
class FormField:
    """A line of a form.

    Attributes:
        label: Printed label.
        attach: Whether material may be attached instead.
    """

    label: str
    attach: bool = False


@frozen(kw_only=True)
class Opinion:
    """A box of a form in which a body gives its opinion.

    Attributes:
        label: Printed label.
        seal: Whether it is sealed.
        date: Whether it is dated.
    """

    label: str
    seal: bool = True
    date: bool = True


@frozen(kw_only=True)
class Form(Item):
    """An application form or table (申报表).

    Attributes:
        award: Award it applies for.
        fields: Lines to fill in.
        opinions: Boxes of the deciding bodies, in order.
    """

    award: str = ""
    fields: tuple[FormField, ...] = ()
    opinions: tuple[Opinion, ...] = ()


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


@frozen(kw_only=True)
class Provision(Item):
    """Something a document fixes that is neither rule, target nor stage.

    Attributes:
        kind: ``organisation fund tier duty reference material principle process``.
        text: In our own words.
        values: Named figures.
    """

    kind: str = ""
    text: str = ""
    values: tuple[Spec, ...] = ()


@frozen(kw_only=True)
class Header:
    """What identifies a standard.

    Attributes:
        id: ``jurisdiction.name``.
        edition: Edition, usually the year.
        title: 中文 title.
        title_en: English title.
        jurisdiction: Jurisdiction id.
        document: Document that its items cite unless they say otherwise.
        unit_kinds: Kinds of unit it assesses.
        in_force: First day in force.
        until: Last day in force.
        extends: Id of the standard it inherits from.
        without: Ids of inherited criteria and indicators that are left out.
        scope: Condition or expression; units for which it is false are out of scope.
        note: What a reader must know.
        provisions: What else its documents fix.
        where: Place in the pack.
    """

    id: str
    edition: str
    title: str
    title_en: str = ""
    jurisdiction: str = ""
    document: str = ""
    unit_kinds: tuple[str, ...] = ()
    in_force: date | None = None
    until: date | None = None
    extends: str = ""
    without: tuple[str, ...] = ()
    scope: Any = None
    note: str = ""
    provisions: tuple[Provision, ...] = ()
    where: Where = field(default=NOWHERE, eq=False)


@frozen(kw_only=True)
class Scoring:
    """How points become a score, and a score a title.

    Attributes:
        method: ``all``, ``points``, ``weighted`` or ``none``.
        total: Declared full marks.
        step: Smallest step of a point.
        not_applicable: ``full``, ``drop``, ``rescale`` or ``impute``.
        levels: Parallel score columns, lowest first.
        deciding: The column that decides.
        cite: Source, or why it is assumed.
        where: Place in the pack.
        awards: Titles.
        gates: Conditions to proceed.
        vetoes: What beats any score.
        selections: Quotas and ratios.
    """

    method: str = "all"
    total: Literal | None = None
    step: Decimal = Decimal("0.001")
    not_applicable: str = "full"
    levels: tuple[str, ...] = ()
    deciding: str = ""
    cite: Cite = Cite()
    where: Where = field(default=NOWHERE, eq=False)
    awards: tuple[Award, ...] = ()
    gates: tuple[Gate, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    selections: tuple[Selection, ...] = ()


@frozen(kw_only=True)
class Standard:
    """A whole standard (标准), as its plugin gives it.

    Attributes:
        header: Identity, and what else its documents fix.
        scoring: How points become a score, and a score a title.
        criteria: The tree.
        targets: Dated aims.
        stages: The process.
        forms: Forms.
        content_hash: SHA-256 of the standard's content, 16 hexadecimal digits; empty until it is computed.
    """

    header: Header
    scoring: Scoring = field(factory=Scoring)
    criteria: tuple[Criterion, ...] = ()
    targets: tuple[Target, ...] = ()
    stages: tuple[Stage, ...] = ()
    forms: tuple[Form, ...] = ()
    content_hash: str = ""

    @property
    def id(self) -> str:
        """The standard's id."""
        return self.header.id

    @property
    def awards(self) -> tuple[Award, ...]:
        """Titles."""
        return self.scoring.awards

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Conditions to proceed."""
        return self.scoring.gates

    @property
    def vetoes(self) -> tuple[Veto, ...]:
        """What beats any score."""
        return self.scoring.vetoes

    @property
    def selections(self) -> tuple[Selection, ...]:
        """Quotas and ratios."""
        return self.scoring.selections

    @property
    def provisions(self) -> tuple[Provision, ...]:
        """What else its documents fix."""
        return self.header.provisions

    def indicators(self) -> tuple[Indicator, ...]:
        """All leaves, in order."""
        return tuple(leaf for group in self.criteria for leaf in group.indicators)


@frozen(kw_only=True)
class Jurisdiction:
    """A place with standards of its own (辖区).

    Attributes:
        id: Id; its first part is the plugin's name.
        title: 中文 name.
        title_en: English name.
        code: GB/T 2260 code.
        level: ``nation province prefecture county township``.
        divisions: Statistical codes whose units are its own.
        documents: Its documents.
        standards: Its standards, by header.
        not_encoded: Paragraphs left as text, of whatever standard.
        plugin: Name of the plugin that brings it.
        where: Place in the pack.
    """

    id: str
    title: str
    title_en: str = ""
    code: str = ""
    level: str = ""
    divisions: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    standards: tuple[Header, ...] = ()
    not_encoded: tuple[NotEncoded, ...] = ()
    plugin: str = ""
    where: Where = field(default=NOWHERE, eq=False)
