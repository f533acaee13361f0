"""A standard ready to run: core nodes for every indicator, criterion, gate, veto and award, and what to say about them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from attrs import field, frozen

from duibiao.model.facts import Vocabulary
from duibiao.model.standard import Standard
from duibiao.rules.cells import Sheet, sheet_of
from duibiao.rules.nodes import Input, Node, Num, Truth, inputs_of
from duibiao.rules.quantity import Quantity


@frozen
class Sketch:
    """What an explanation says about a node, drawn up while lowering.

    Attributes:
        kind: Sort of step (see :class:`duibiao.model.outcome.Reason`).
        node: The condition whose truth decides it, if any.
        subject: Fact id or expression text looked at.
        shown: The number looked at, if any.
        bound: The number it is held against, if any.
        operator: Comparison sign.
        note: Token for a soft value, a missing-fact default …
        marks: Tokens that are said when their condition holds: ``capped``, ``floored``, ``exempted``, ``imputed`` …
        text: The author's own words.
        children: Steps it rests on.
    """

    kind: str
    node: Truth | None = None
    subject: str = ""
    shown: Quantity | None = None
    bound: Quantity | None = None
    operator: str = ""
    note: str = ""
    marks: tuple[tuple[Truth, str], ...] = ()
    text: str = ""
    children: tuple[Sketch, ...] = ()


@frozen(kw_only=True)
class Leaf:
    """An indicator, lowered.

    Attributes:
        id: Indicator id.
        group: Index of its criterion.
        applies: Whether it applies.
        rule: Whether it is met where it applies.
        points: Points earned, in steps; None when not scored.
        full: Full marks, in steps.
        bonus: Whether it counts on top of the total.
        binding: Whether ``all`` rests on it.
        sketch: What to say about the rule.
        applies_sketch: What to say about the guard.
        points_sketch: What to say about the points.
        assumed: Whether a value without source is in play.
        line: Points at which an indicator without a condition of its own counts as met, in steps; None where it has one.
    """

    id: str
    group: int
    applies: Truth
    rule: Truth
    points: Num | None
    full: int
    bonus: bool
    binding: bool
    sketch: Sketch
    applies_sketch: Sketch | None
    points_sketch: Sketch | None
    assumed: bool
    line: int | None = None


@frozen(kw_only=True)
class Group:
    """A criterion, lowered.

    Attributes:
        id: Criterion id.
        points: Points with bonus, in steps; None when not scored.
        full: Full marks, in steps.
        bonus: The part of the points that comes on top.
    """

    id: str
    points: Num | None
    full: Num | None
    bonus: Num


@frozen(kw_only=True)
class Finding:
    """An award, gate, veto or the guard of a stage, lowered."""

    id: str
    test: Truth
    sketch: Sketch
    pending: Truth | None = None


@frozen(kw_only=True)
class Program:
    """A standard, lowered.

    Attributes:
        standard: Where it comes from.
        vocabulary: Data items it may speak of.
        scope: Whether the unit is in scope.
        leaves: Indicators.
        groups: Criteria.
        score: Total points, in steps; None without points.
        full: Full marks, in steps.
        gates: Gates.
        vetoes: Vetoes.
        awards: Awards.
        stages: Guards of the stages that have one.
        inputs: Every input, in slot order.
        flags: The inputs that rules read as yes or no.
        samples: Sample-size demands: fact id to least size.
        point_step: Smallest step of a point.
    """

    standard: Standard
    vocabulary: Vocabulary
    scope: Truth
    scope_sketch: Sketch
    leaves: tuple[Leaf, ...]
    groups: tuple[Group, ...]
    score: Num | None
    full: Num | None
    gates: tuple[Finding, ...]
    vetoes: tuple[Finding, ...]
    awards: tuple[Finding, ...]
    stages: tuple[Finding, ...] = ()
    inputs: tuple[Input, ...]
    flags: frozenset[Input] = frozenset()
    samples: Mapping[str, int] = field(factory=dict)
    point_step: Decimal = Decimal("0.001")

    @cached_property
    def sheet(self) -> Sheet:
        """The cells of everything that an evaluation returns, which every engine starts from; not to be changed."""
        return sheet_of(self.inputs, self.roots())

    def findings(self) -> tuple[Finding, ...]:
        """What the result settles beside the indicators, in the order of every engine's answer: gates, vetoes, awards, guards."""
        return (*self.gates, *self.vetoes, *self.awards, *self.stages)

    def sketches(self) -> list[Sketch]:
        """Every step that an explanation can show, those below others included."""
        tops = [self.scope_sketch, *(each.sketch for each in self.findings())]
        for leaf in self.leaves:
            tops += [each for each in (leaf.sketch, leaf.applies_sketch, leaf.points_sketch) if each is not None]
        found: list[Sketch] = []
        while tops:
            found.append(tops.pop())
            tops.extend(found[-1].children)
        return found

    def shown(self) -> list[Node]:
        """Nodes that only explanations show, as far as they rest on the program's own inputs."""
        known = frozenset(self.inputs)
        found: list[Node] = []
        for sketch in self.sketches():
            numbers = [each for each in (sketch.shown, sketch.bound) if each is not None]
            tests = [sketch.node, *(test for test, _ in sketch.marks)]
            found += [each for each in (*tests, *(n.top for n in numbers), *(n.bottom for n in numbers)) if each is not None]
        return [node for node in found if known.issuperset(inputs_of(node))]

    def roots(self) -> list[Node]:
        """Every node whose value an evaluation returns, in a fixed order."""
        found: list[Node] = [self.scope]
        for leaf in self.leaves:
            found += [leaf.applies, leaf.rule]
            if leaf.points is not None:
                found.append(leaf.points)
        for group in self.groups:
            if group.points is not None and group.full is not None:
                found += [group.points, group.full]
        if self.score is not None and self.full is not None:
            found += [self.score, self.full]
        for finding in self.findings():
            found.append(finding.test)
            if finding.pending is not None:
                found.append(finding.pending)
        return found
