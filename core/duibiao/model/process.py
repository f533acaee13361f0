"""What surrounds the assessment: dated targets (目标), quotas (名额), stages (环节), forms (申报表), other provisions."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from duibiao.model.sources import Item, Literal, Spec

LEVELS = ("社区", "街镇", "区", "市", "省", "国")
"""The levels at which communities are assessed, lowest first; 社区 is the unit's own score of itself."""


@frozen(kw_only=True)
class Target(Item):
    """A dated aim for a territory (目标).

    Attributes:
        by: The day it is measured.
        population: ``unit_kinds`` and perhaps ``where``.
        award: Award of this standard that counts.
        standard: Other standard that counts.
        achieved: Condition that counts.
        meets: Whether meeting what the award asks for counts, named or not.
        at_least: Share, e.g. ``75%``.
        count: Number of units.
        force: ``must`` or ``aim``.
    """

    by: date | None = None
    population: Spec = field(factory=dict)
    award: str = ""
    standard: str = ""
    achieved: Spec = field(factory=dict)
    meets: bool = False
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
        level: Level that assesses here: ``社区 街镇 区 市 省 国``; empty where the source does not say.
        track: Parallel track it belongs to.
        unit_kinds: Kinds of unit it is for; empty means all.
        opens: First day.
        closes: Last day.
        window: Recurring window with exceptions: ``opens``, ``closes`` (``"09-30"``, ``"11月中旬"``), ``yearly``, ``exceptions``.
        late: What passing it after its last day means: ``warned`` or ``forfeited``.
        requires: Guard: expression over the result.
        documents: What must be there.
        consults: Bodies whose opinions are asked; they give no points.
        breakdown: Whether the work is broken down to departments here, and done before it is left.
        mock: What the record of the mock inspection is called that has to be held first; empty when there is none.
        methods: How it is checked.
        forms: Ids of the forms used.
        produces: What it yields.
        sampling: Sampling at this stage: ``share`` or ``count`` where the source gives one, ``round``, ``note``.
        notice: Public notice: ``places``, ``contacts``, ``media``, ``days``, ``working``, ``records``.
        records: Facts that the process itself shows: fact id to value, or to the paper that proves it.
        grants: Ids of the awards that passing it gives.
        supervises: Whether it follows the naming.
        duties: What has to be done.
        next: Ids of the stages that follow; empty means the next in the file.
    """

    actor: str = ""
    level: str = ""
    track: str = ""
    unit_kinds: tuple[str, ...] = ()
    opens: date | None = None
    closes: date | None = None
    window: Spec | None = None
    late: str = "warned"
    requires: str = ""
    documents: tuple[str, ...] = ()
    consults: tuple[str, ...] = ()
    breakdown: bool = False
    mock: str = ""
    methods: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()
    sampling: Spec | None = None
    notice: Spec | None = None
    records: Spec = field(factory=dict)
    grants: tuple[str, ...] = ()
    supervises: bool = False
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
