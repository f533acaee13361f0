"""Standards (标准) as data: criteria, indicators, awards, gates, vetoes, and what identifies them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from duibiao.errors import NOWHERE, Where
from duibiao.model.process import Form, Provision, Selection, Stage, Target
from duibiao.model.sources import Cite, Document, Item, Literal, NotEncoded, Spec


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
        renew_before: How long before its end a renewal may be asked for, e.g. ``3 months``.
        recheck: Sample of the holders that is checked again: ``share`` or ``count``, ``round``.
    """

    requires: str = "all"
    unit_kinds: tuple[str, ...] = ()
    rank: int = 0
    form: str = ""
    validity: str = ""
    rectify_within: str = ""
    renew_before: str = ""
    recheck: Spec | None = None


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
        replaces: Id of the older edition that it takes the place of.
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
    replaces: str = ""
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
        given: Keys that the author wrote.
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
    cite: Cite = field(factory=Cite)
    where: Where = field(default=NOWHERE, eq=False)
    given: frozenset[str] = field(default=frozenset(), eq=False)
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

    def tables(self) -> tuple[tuple[Item, ...], ...]:
        """Its citable items, table by table."""
        return (
            self.criteria, self.indicators(), self.awards, self.gates, self.vetoes,
            self.targets, self.selections, self.stages, self.forms, self.provisions,
        )  # fmt: skip

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
