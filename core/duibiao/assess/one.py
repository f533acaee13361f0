"""One unit under one standard: verdicts, points, awards, reasons, and what would settle the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property

from attrs import evolve, field, frozen

from duibiao.assess.bind import Peers, bind
from duibiao.assess.explain import Explainer
from duibiao.assess.given import accepting, place_of, steps_given, supplied
from duibiao.assess.plans import Plans
from duibiao.errors import Collector
from duibiao.model.facts import FactSet
from duibiao.model.notation import plain
from duibiao.model.outcome import (
    Assessment,
    CriterionResult,
    Given,
    IndicatorResult,
    Interval,
    Reason,
    State,
    StateResult,
    Verdict,
)
from duibiao.model.sources import Item
from duibiao.model.standard import Criterion
from duibiao.rules.compile import OUT_OF_SCOPE, Bound, Compiled, Raw
from duibiao.rules.nodes import FALSE, TRUE
from duibiao.rules.program import Finding, Leaf, Program

VERDICTS = (
    Verdict.NOT_MET,
    Verdict.MET,
    Verdict.NEEDS_JUDGEMENT,
    Verdict.UNKNOWN,
    Verdict.NOT_APPLICABLE,
    Verdict.OUT_OF_SCOPE,
)


@frozen(eq=False, slots=False)
class Assessor:
    """A standard ready to assess units.

    Attributes:
        program: The standard, lowered.
    """

    program: Program = field()

    @cached_property
    def compiled(self) -> Compiled:
        """The generated functions."""
        return Compiled(self.program)

    @cached_property
    def plans(self) -> Plans:
        """How each step of an explanation is told."""
        return Plans(self.compiled.sheet, self.program.vocabulary)

    def raw(self, facts: FactSet, peers: Peers | None = None) -> Raw:
        """The bare numbers of one unit, without reasons."""
        return self.compiled.run(bind(self.program, facts, peers))

    @cached_property
    def accepting(self) -> Assessor:
        """The same standard, open to points that an assessor gives; one for whatever points are given."""
        return Assessor(accepting(self.program))

    def assess(self, facts: FactSet, peers: Peers | None = None, given: Sequence[Given] = ()) -> Assessment:
        """The full assessment of one unit; points *given* stand in the place of the computed ones.

        Raises BadInputError: facts that do not fit the standard, or points that do not (S01–S06).
        """
        if not given:
            return self.explained(facts, bind(self.program, facts, peers))
        extra = supplied(self.program, steps_given(self.program, given))
        other = self.accepting
        bound = bind(other.program, facts, {**(peers or {}), **extra})
        raw, values = other.compiled.trace(bound.lows, bound.highs)
        explainer = Explainer(other.program, other.plans, values, bound, facts)
        by_rule = {leaf.id: leaf for leaf in self.program.leaves}
        return _Report(other.program, raw, explainer, facts, by_rule, given).whole()

    def reasons(self, facts: FactSet, bound: Bound) -> dict[str, Reason]:
        """Why each indicator came out as it did, by indicator id, from facts that are typed already."""
        _, values = self.compiled.trace(bound.lows, bound.highs)
        explainer = Explainer(self.program, self.plans, values, bound, facts)
        return {leaf.id: explainer.leaf(leaf) for leaf in self.program.leaves}

    def explained(self, facts: FactSet, bound: Bound) -> Assessment:
        """The full assessment of facts that are typed already."""
        raw, values = self.compiled.trace(bound.lows, bound.highs)
        return _Report(self.program, raw, Explainer(self.program, self.plans, values, bound, facts), facts).whole()


class _Report:
    """Turns bare numbers and cell values into an :class:`Assessment`."""

    def __init__(
        self, program: Program, raw: Raw, explainer: Explainer, facts: FactSet,
        by_rule: Mapping[str, Leaf] | None = None, given: Sequence[Given] = (),
    ) -> None:  # fmt: skip
        """*by_rule* are the leaves as the standard has them, where *given* points stand in the place of some."""
        self.by_rule = by_rule or {}
        self.given = {each.indicator: each for each in given}
        self.program = program
        self.explainer = explainer
        self.facts = facts
        self.in_scope = {TRUE: True, FALSE: False}.get(raw[0])
        self.raw = raw
        self.step = program.point_step
        self.members: list[list[tuple[int, Leaf]]] = [[] for _ in program.groups]
        for seat, leaf in enumerate(program.leaves):
            self.members[leaf.group].append((seat, leaf))
        self.specs = program.standard.indicators()
        self.seats = {leaf.id: seat for seat, leaf in enumerate(one for one in program.leaves if one.points is not None)}
        self.group_seats = {g.id: seat for seat, g in enumerate(one for one in program.groups if one.points is not None)}

    def whole(self) -> Assessment:
        standard, header = self.program.standard, self.program.standard.header
        criteria = tuple(self.criterion(i, each) for i, each in enumerate(standard.criteria))
        gates, vetoes, awards, stages = self.findings()
        self.check_applies()
        return Assessment(
            standard=header.id, edition=header.edition, content_hash=standard.content_hash, as_of=self.facts.as_of,
            period=self.facts.period, unit=self.facts.unit, in_scope=self.in_scope, score=self.score(),
            criteria=criteria, awards=awards, gates=gates, vetoes=vetoes,
            unknown_facts=self.unknown(criteria, awards), assumed=self.assumptions(), example=self.facts.example,
            stages=stages,
        )  # fmt: skip

    def check_applies(self) -> None:
        """Points for an indicator that the unit does not have are refused: there is nothing they could stand for."""
        problems = Collector()
        for name, each in self.given.items():
            if self.in_scope is False or self.explainer.truth(self.by_rule[name].applies) == FALSE:
                problems.add("S06", place_of(each), found=name)
        problems.raise_any()

    def score(self) -> Interval | None:
        if self.program.score is None or self.in_scope is False:
            return None
        *_, low, high, _, full, _ = self.raw
        return Interval(low * self.step, high * self.step, full * self.step)

    def criterion(self, index: int, criterion: Criterion) -> CriterionResult:
        leaves = [self.indicator(seat, leaf) for seat, leaf in self.members[index]]
        points = None
        if criterion.id in self.group_seats and self.in_scope is not False:
            seat = self.group_seats[criterion.id]
            points = self.interval(self.raw[4][seat], self.raw[5][seat], self.raw[7][seat])
        return CriterionResult(
            id=criterion.id, title=criterion.title, title_en=criterion.title_en, points=points,
            cite=criterion.cite, indicators=tuple(leaves),
        )  # fmt: skip

    def interval(self, low: int, high: int, full: int) -> Interval:
        return Interval(low * self.step, high * self.step, full * self.step)

    def indicator(self, seat: int, leaf: Leaf) -> IndicatorResult:
        spec = self.specs[seat]
        verdict = VERDICTS[OUT_OF_SCOPE if self.in_scope is False else int(self.raw[1][seat])]
        missing: tuple[str, ...] = ()
        if verdict in (Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT):
            found = (*self.explainer.unsettled(leaf.applies), *self.explainer.unsettled(leaf.rule))
            missing = self.explainer.names(tuple(dict.fromkeys(found)))
        points = None
        if leaf.points is not None and self.in_scope is not False:
            place = self.seats[leaf.id]
            points = self.interval(self.raw[2][place], self.raw[3][place], leaf.full)
            if not points.settled:
                more = self.explainer.names(self.explainer.unsettled(leaf.points))
                missing = tuple(dict.fromkeys((*missing, *more)))
        told = IndicatorResult(
            id=leaf.id, criterion=self.program.groups[leaf.group].id, title=spec.title, title_en=spec.title_en,
            verdict=verdict, points=points, force=spec.force, scored_by=spec.scored_by, cite=spec.cite,
            because=self.because(leaf, verdict),
            missing=missing, assumed=leaf.assumed,
        )  # fmt: skip
        return self.with_given(told) if leaf.id in self.given else told

    def with_given(self, found: IndicatorResult) -> IndicatorResult:
        """An indicator's outcome that says who gave its points, and what the rules alone would give."""
        given, leaf, because = self.given[found.id], self.by_rule[found.id], found.because
        computed = None if leaf.points is None else self.interval(*self.explainer.span(leaf.points), leaf.full)
        step = Reason("given", value=plain(given.points), unit="point", text=given.reason, judged=given.approver)
        told = because.children if because.kind == "steps" else (because,)
        return evolve(found, given=given, computed=computed, because=Reason("steps", children=(*told, step)))

    def because(self, leaf: Leaf, verdict: Verdict) -> Reason:
        if verdict is Verdict.OUT_OF_SCOPE:
            return self.explainer.reason(self.program.scope_sketch)
        return self.explainer.leaf(leaf)

    def findings(self) -> tuple[tuple[StateResult, ...], ...]:
        standard, codes = self.program.standard, iter(self.raw[12])
        return tuple(
            tuple(self.finding(item, found, next(codes)) for item, found in zip(items, findings, strict=True))
            for items, findings in (
                (standard.gates, self.program.gates),
                (standard.vetoes, self.program.vetoes),
                (standard.awards, self.program.awards),
                (tuple(each for each in standard.stages if each.requires), self.program.stages),
            )
        )

    def finding(self, item: Item, finding: Finding, code: int) -> StateResult:
        state = {TRUE: State.HELD, FALSE: State.NOT_HELD}.get(int(code), State.OPEN)
        missing = self.explainer.names(self.explainer.unsettled(finding.test)) if state is State.OPEN else ()
        pending = finding.pending is not None and state is State.OPEN and self.explainer.truth(finding.pending) == TRUE
        return StateResult(
            id=item.id, title=item.title, title_en=item.title_en, state=state, cite=item.cite,
            because=self.explainer.reason(finding.sketch), missing=missing, pending=pending,
        )  # fmt: skip

    def unknown(self, criteria: tuple[CriterionResult, ...], awards: tuple[StateResult, ...]) -> tuple[str, ...]:
        """Missing facts: those with most points at stake first, then by how many indicators wait for them."""
        if self.in_scope is False:
            return ()
        worth: dict[str, tuple[Decimal, int]] = {}
        for leaf in (leaf for group in criteria for leaf in group.indicators):
            at_stake = leaf.points.high - leaf.points.low if leaf.points else Decimal(0)
            for name in leaf.missing:
                points, count = worth.get(name, (Decimal(0), 0))
                worth[name] = (points + at_stake, count + 1)
        for name in self.explainer.names(self.explainer.unsettled(self.program.scope)):
            worth.setdefault(name, (Decimal(0), 0))
        for name in (name for award in awards for name in award.missing):
            worth.setdefault(name, (Decimal(0), 0))
        return tuple(sorted(worth, key=lambda name: worth[name], reverse=True))

    def assumptions(self) -> tuple[str, ...]:
        """The reasons why values without source are in play, each once."""
        standard = self.program.standard
        cites = [standard.scoring.cite, *(each.cite for each in standard.criteria)]
        cites += [each.cite for each in (*standard.indicators(), *standard.gates, *standard.awards)]
        return tuple(dict.fromkeys(cite.reason for cite in cites if cite.assumed and cite.reason))
