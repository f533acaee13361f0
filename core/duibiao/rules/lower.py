"""A standard lowered to core nodes: all meaning is settled here, once, for every engine."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import lcm
from typing import Any

from attrs import define, evolve, field

from duibiao.errors import Collector, Where
from duibiao.model.facts import NUMERIC, Kind, Vocabulary
from duibiao.model.notation import NotationError, split_number, unit_of
from duibiao.model.process import Stage
from duibiao.model.standard import Award, Criterion, Gate, Indicator, Standard, Veto
from duibiao.rules.conditions import At, LocatedRuleError, Lowered, condition, subject_guard
from duibiao.rules.context import Context, Result
from duibiao.rules.expression import parse_truth
from duibiao.rules.keys import WAYS
from duibiao.rules.nodes import (
    NO,
    NUMERIC_NODES,
    UNDECIDED,
    YES,
    Const,
    Div,
    Input,
    Least,
    Num,
    Read,
    Truth,
    at_least,
    both,
    bounds,
    divide,
    either,
    leaves_of,
    more_than,
    negate,
    pick,
    times,
    total,
)
from duibiao.rules.points import Marks, Scored, lower_points
from duibiao.rules.program import Finding, Group, Leaf, Program, Sketch
from duibiao.rules.quantity import Quantity, RuleError, constant

GREATEST = 2**62
"""No intermediate integer of any engine may reach this."""

UNIT_POINTS = "point"


def lower(standard: Standard, vocabulary: Vocabulary, problems: Collector) -> Program | None:
    """*standard* as a program; what cannot be lowered is added to *problems* (then the result is None)."""
    before = len(problems.problems)
    program = _Lowering(standard, vocabulary, problems).run()
    return program if len(problems.problems) == before else None


def lower_again(program: Program, leaves: tuple[Leaf, ...]) -> Program:
    """*program* with other *leaves* (same ids, same order): all that rests on them is drawn up anew.

    Raises BadInputError when a number could grow too large to stay exact.
    """
    problems = Collector()
    lowering = _Lowering(program.standard, program.vocabulary, problems)
    lowering.begin()
    lowering.leaves = list(leaves)
    lowering.context.samples.update(program.samples)
    found = lowering.finish(program.scope, program.scope_sketch)
    problems.raise_any()
    return found


@define
class _Lowering:
    """One standard on its way to core nodes."""

    standard: Standard
    vocabulary: Vocabulary
    problems: Collector
    context: Context = field(init=False)
    marks: Marks = field(init=False)
    leaves: list[Leaf] = field(factory=list)
    result: Result = field(factory=Result)

    def run(self) -> Program:
        self.begin()
        scope, scope_sketch = self.scope()
        for index, criterion in enumerate(self.standard.criteria):
            self.leaves += [self.leaf(index, each) for each in criterion.indicators]
        return self.finish(scope, scope_sketch)

    def begin(self) -> None:
        self.context = Context(self.vocabulary)
        self.marks = Marks(self.standard.scoring.step)

    def finish(self, scope: Truth, scope_sketch: Sketch) -> Program:
        """Everything that rests on the leaves."""
        groups = tuple(self.group(i, each) for i, each in enumerate(self.standard.criteria))
        score, full = self.score(groups)
        self.fill_result(groups, score, full)
        gates = tuple(self.gate(each) for each in self.standard.gates)
        vetoes = tuple(self.veto(each) for each in self.standard.vetoes)
        self.result.vetoed = either(*(each.test for each in vetoes))
        awards = tuple(self.award(each, scope) for each in self.standard.awards)
        stages = tuple(self.stage(each) for each in self.standard.stages if each.requires)
        program = Program(
            standard=self.standard, vocabulary=self.vocabulary, scope=scope, scope_sketch=scope_sketch,
            leaves=tuple(self.leaves), groups=groups, score=score, full=full, gates=gates, vetoes=vetoes,
            awards=awards, stages=stages, inputs=(), samples=dict(self.context.samples), point_step=self.marks.step,
        )  # fmt: skip
        return self.with_inputs(program)

    def with_inputs(self, program: Program) -> Program:
        seen: dict[int, tuple[int, int]] = {}
        roots = program.roots()
        for root in roots:
            if isinstance(root, NUMERIC_NODES) and max(map(abs, bounds(root, seen))) >= GREATEST:
                self.problems.add("DB036", self.standard.header.where, found=bounds(root)[1], allowed=GREATEST)
        inputs, flags = leaves_of(roots)
        return evolve(program, inputs=inputs, flags=flags)

    def attempt(self, where: Where, action: Callable[[], Any], fallback: Any) -> Any:
        """Run *action*; a rule error becomes a located problem and *fallback* the result."""
        try:
            return action()
        except LocatedRuleError as error:
            inner, place = error.error, where.at(*error.path)
            found = getattr(inner, "found", "") or error.found
            among = getattr(inner, "among", None)
            self.problems.add(inner.code, place, found=found, allowed=inner.allowed, among=among)
        except RuleError as error:
            self.problems.add(error.code, where, found=error.found, allowed=error.allowed, among=error.among)
        except NotationError as error:
            self.problems.add(error.code, where, allowed=error.allowed)
        except RecursionError:
            self.problems.add("DB035", where)
        return fallback

    def scope(self) -> tuple[Truth, Sketch]:
        header = self.standard.header
        kinds = self.attempt(
            header.where.at("unit_kinds"), lambda: self.context.kind_is(header.unit_kinds), YES
        ) if header.unit_kinds else YES  # fmt: skip
        kind_sketch = Sketch("kind_is", kinds, text="、".join(header.unit_kinds))
        if header.scope is None:
            return kinds, kind_sketch
        extra: Lowered = self.attempt(header.where.at("scope"), lambda: condition(header.scope, self.context, At()), _NOTHING)
        test = both(kinds, extra.test)
        return test, Sketch("all_of", test, children=(kind_sketch, extra.sketch))

    def group(self, index: int, criterion: Criterion) -> Group:
        scored = [leaf for leaf in self.leaves if leaf.group == index and leaf.points is not None]
        if not scored:
            return Group(id=criterion.id, points=None, full=None, bonus=Const(0))
        regular = [leaf.points for leaf in scored if not leaf.bonus and leaf.points is not None]
        extra: Num = total(*(leaf.points for leaf in scored if leaf.bonus and leaf.points is not None))
        if criterion.cap is not None:
            cap = self.attempt(criterion.where.at("cap"), lambda: self.marks.steps(criterion.cap), 0)
            extra = Least((extra, Const(cap)))
        full = total(*(self.full_of(leaf) for leaf in scored))
        return Group(id=criterion.id, points=total(*regular, extra), full=full, bonus=extra)

    def full_of(self, leaf: Leaf) -> Num:
        if leaf.bonus:
            return Const(0)
        if self.standard.scoring.not_applicable in ("drop", "rescale"):
            return pick(leaf.applies, Const(leaf.full), Const(0))
        return Const(leaf.full)

    def leaf(self, group: int, indicator: Indicator) -> Leaf:
        where = indicator.where
        needs_rule = bool(indicator.condition) and not _only_subject(indicator, self.context)
        rule: Lowered = _NOTHING
        empty: Truth = NO
        if not needs_rule and indicator.points:
            found = self.attempt(where, lambda: subject_guard(indicator.condition, self.context, At()), (YES, NO))
            rule, empty = Lowered(UNDECIDED, found[0], rule.sketch), found[1]
        if needs_rule:
            rule = self.attempt(where, lambda: condition(indicator.condition, self.context, At()), _NOTHING)
        elif not indicator.points:
            self.problems.add("DB039", where, allowed="fact, rule, all_of, any_of, none_of, holds")
        applies, guard = self.guard(indicator, rule)
        exempt = self.exempt(indicator)
        scored = self.points(indicator, rule, empty)
        test, line = rule.test, None
        if scored is not None and not needs_rule:
            line = 1 if indicator.points.get("bonus") else scored.full
            test = at_least(scored.points, Const(line))
        if scored is not None:
            scored = self.settle(indicator, scored, applies, exempt.test)
        points = None if scored is None else scored.points
        sketch = rule.sketch if needs_rule else Sketch("full_marks", test)
        if exempt.test != NO:
            sketch = Sketch("exempt", either(exempt.test, test), children=(exempt.sketch, sketch), text=_because(indicator))
        return Leaf(
            id=indicator.id, group=group, applies=applies, rule=either(exempt.test, test), points=points,
            full=0 if scored is None else scored.full, bonus=bool(indicator.points.get("bonus", False)),
            binding=indicator.force == "must" and not indicator.points.get("bonus", False), sketch=sketch,
            applies_sketch=guard, points_sketch=None if scored is None else scored.sketch, assumed=self.assumed(group, indicator),
            line=line,
        )  # fmt: skip

    def assumed(self, group: int, indicator: Indicator) -> bool:
        """Whether a value without source is in play: its own, or points that the standard or criterion only assumes."""
        above = self.standard.scoring.cite.assumed or self.standard.criteria[group].cite.assumed
        return indicator.cite.assumed or bool(indicator.points and above and not indicator.cite.replaced_by)

    def guard(self, indicator: Indicator, rule: Lowered) -> tuple[Truth, Sketch | None]:
        parts: list[tuple[Truth, Sketch]] = []
        if indicator.only_for:
            place = indicator.where.at("only_for")
            kinds = self.attempt(place, lambda: self.context.kind_is(indicator.only_for), YES)
            parts.append((kinds, Sketch("kind_is", kinds, text="、".join(indicator.only_for))))
        if indicator.when is not None:
            when: Lowered = self.attempt(
                indicator.where, lambda: condition(indicator.when, self.context, At(("when",))), _NOTHING
            )
            parts.append((when.test, when.sketch))
        if rule.applies != YES:
            parts.append((rule.applies, Sketch("can_be_asked", rule.applies)))
        test = both(*(part for part, _ in parts))
        if not parts:
            return YES, None
        return test, Sketch("applies", test, children=tuple(sketch for _, sketch in parts))

    def exempt(self, indicator: Indicator) -> Lowered:
        if indicator.exempt is None:
            return Lowered(NO, YES, Sketch("fixed", NO))
        place = indicator.where.at("exempt")
        if set(indicator.exempt) != {"when", "because"}:
            self.problems.add("DB007", place, allowed="when, because")
            return Lowered(NO, YES, Sketch("fixed", NO))
        when: Lowered = self.attempt(
            indicator.where,
            lambda: condition(indicator.exempt["when"], self.context, At(("exempt", "when"))),  # type: ignore[index]
            _NOTHING,
        )
        return when

    def points(self, indicator: Indicator, rule: Lowered, empty: Truth) -> Scored | None:
        spec = indicator.points
        if not spec or self.standard.scoring.method in ("all", "none"):
            if spec:
                self.problems.add("DB046", indicator.where, found=", ".join(spec), allowed='method = "points"')
            return None
        scored: Scored | None = self.attempt(
            indicator.where,
            lambda: lower_points(spec, indicator.condition, rule.test, self.context, self.marks, At()),
            None,
        )
        if scored is None or empty == NO:
            return scored
        nothing = {"met": Const(scored.full), "not_met": Const(0)}.get(indicator.condition.get("if_empty", ""))
        absent = pick(UNDECIDED, Const(scored.full), Const(0)) if nothing is None else nothing
        return evolve(scored, points=pick(empty, absent, scored.points))

    def settle(self, indicator: Indicator, scored: Scored, applies: Truth, exempt: Truth) -> Scored:
        """Points with exemption and non-applicability as the standard declares them."""
        full, policy = Const(scored.full), self.standard.scoring.not_applicable
        earned, marks = pick(exempt, full, scored.points), [] if exempt == NO else [(exempt, "exempted")]
        if applies != YES:
            if policy == "impute":
                absent: Num = Read(Input(indicator.id, "mean_points", low=0, high=scored.full))
            else:
                absent = full if policy == "full" and not indicator.points.get("bonus") else Const(0)
            earned = pick(applies, earned, absent)
            marks.append((negate(applies), _ABSENT[policy]))
        if not marks:
            return scored
        shown = Quantity(earned, Fraction(self.marks.step), UNIT_POINTS)
        sketch = Sketch("settled", shown=shown, marks=tuple(marks), children=(scored.sketch,))
        return evolve(scored, points=earned, sketch=sketch)

    def score(self, groups: tuple[Group, ...]) -> tuple[Num | None, Num | None]:
        scoring = self.standard.scoring
        scored = [group for group in groups if group.points is not None]
        if scoring.method not in ("points", "weighted") or not scored:
            return None, None
        fulls = total(*(group.full for group in scored if group.full is not None))
        if scoring.method == "weighted":
            return self.weighted(groups)
        bonus = total(*(group.bonus for group in scored))
        points = total(*(group.points for group in scored if group.points is not None))
        if scoring.not_applicable != "rescale":
            return points, fulls
        whole = Const(sum(leaf.full for leaf in self.leaves if not leaf.bonus and leaf.points is not None))
        regular = total(points, times(-1, bonus)) if bonus != Const(0) else points
        stretched = Least((Div(times(whole.value, regular), fulls, "half_up"), whole))
        return total(pick(more_than(Const(1), fulls), whole, stretched), bonus), whole

    def weighted(self, groups: tuple[Group, ...]) -> tuple[Num | None, Num | None]:
        """Each criterion's share of its own full marks, times its weight of the declared total."""
        scoring = self.standard.scoring
        whole = self.attempt(scoring.where.at("total"), lambda: self.marks.steps(scoring.total), 0)
        parts: list[tuple[Fraction, Num]] = []
        for criterion, group in zip(self.standard.criteria, groups, strict=True):
            weight = self.weight(criterion)
            if isinstance(group.full, Const) and group.points is not None and group.full.value:
                parts.append((weight * whole / group.full.value, group.points))
            elif group.full is not None and group.points is not None:
                parts.append((Fraction(1), _share_of(weight * whole, group.points, group.full)))
        common = lcm(*(factor.denominator for factor, _ in parts)) if parts else 1
        summed = total(*(times(int(factor * common), points) for factor, points in parts))
        return (summed if common == 1 else Div(summed, Const(common), "half_up")), Const(whole)

    def weight(self, criterion: Criterion) -> Fraction:
        def read() -> Fraction:
            number, symbol = split_number(criterion.weight)
            if unit_of(symbol) != "%":
                raise RuleError("DB052", criterion.weight, "20%")
            return Fraction(number) / 100

        found: Fraction = self.attempt(criterion.where.at("weight"), read, Fraction(0))
        return found

    def fill_result(self, groups: tuple[Group, ...], score: Num | None, full: Num | None) -> None:
        result, step = self.result, Fraction(self.marks.step)
        if score is not None and full is not None:
            result.numbers = {"score": Quantity(score, step, UNIT_POINTS), "full": Quantity(full, step, UNIT_POINTS)}
        scored = {group.id: group.points for group in groups if group.points is not None}
        leaves = {leaf.id: leaf.points for leaf in self.leaves if leaf.points is not None and not leaf.bonus}
        every = {leaf.id: leaf.points for leaf in self.leaves if leaf.points is not None}
        result.points = {name: Quantity(node, step, UNIT_POINTS) for name, node in {**scored, **every}.items()}
        if scored:
            result.lowest = {
                "criteria": Quantity(Least(tuple(scored.values())), step, UNIT_POINTS),
                "indicators": Quantity(Least(tuple(leaves.values())), step, UNIT_POINTS) if leaves else constant(Fraction(0)),
            }
        result.met = {leaf.id: either(negate(leaf.applies), leaf.rule) for leaf in self.leaves}
        result.every = both(*(result.met[leaf.id] for leaf in self.leaves if leaf.binding))

    def expression(self, where: Where, text: str) -> tuple[Truth, Sketch]:
        context = Context(self.vocabulary, result=self.result, samples=self.context.samples)

        def read() -> tuple[Truth, Sketch]:
            found = parse_truth(text, context)
            if context.denominators:
                raise RuleError("DB023", text, "")
            return found

        found: tuple[Truth, Sketch] = self.attempt(where, read, (UNDECIDED, Sketch("fixed", UNDECIDED)))
        return found

    def gate(self, gate: Gate) -> Finding:
        if gate.requires:
            test, sketch = self.expression(gate.where.at("requires"), gate.requires)
        else:
            found: Lowered = self.attempt(gate.where, lambda: condition(gate.condition, self.context, At()), _NOTHING)
            test, sketch = found.test, found.sketch
        self.result.gates[gate.id] = test
        return Finding(id=gate.id, test=test, sketch=sketch)

    def veto(self, veto: Veto) -> Finding:
        found: Lowered = self.attempt(veto.where, lambda: condition(veto.condition, self.context, At()), _NOTHING)
        if not veto.confirmed:
            return Finding(id=veto.id, test=found.test, sketch=found.sketch)
        flag = {"fact": veto.confirmed}
        confirmed: Lowered = self.attempt(veto.where, lambda: condition(flag, self.context, At(("confirmed",))), _NOTHING)
        test = both(found.test, confirmed.test)
        sketch = Sketch("all_of", test, children=(found.sketch, confirmed.sketch))
        return Finding(id=veto.id, test=test, sketch=sketch, pending=found.test)

    def award(self, award: Award, scope: Truth) -> Finding:
        test, sketch = self.expression(award.where.at("requires"), award.requires)
        parts = [scope, test]
        if award.unit_kinds:
            place = award.where.at("unit_kinds")
            parts.append(self.attempt(place, lambda: self.context.kind_is(award.unit_kinds), YES))
        if self.result.vetoed is not None and self.result.vetoed != NO:
            parts.append(negate(self.result.vetoed))
        whole = both(*parts)
        self.result.awards[award.id] = test
        return Finding(id=award.id, test=whole, sketch=Sketch("award", whole, children=(sketch,), text=award.requires))

    def stage(self, stage: Stage) -> Finding:
        """The guard of a stage; a number may stand in it that no award speaks of."""
        test, sketch = self.expression(stage.where.at("requires"), stage.requires)
        return Finding(id=stage.id, test=test, sketch=sketch)


def _share_of(worth: Fraction, points: Num, full: Num) -> Num:
    """A criterion's part of the total where some of its items may drop out; one of which all drop out counts whole."""
    part = Div(times(worth.numerator, points), times(worth.denominator, full), "half_up")
    whole = Const(divide(worth.numerator, worth.denominator, "half_up"))
    return pick(more_than(Const(1), full), whole, part)


_ABSENT = {
    "full": "not_applicable_full",
    "drop": "not_applicable_dropped",
    "rescale": "not_applicable_dropped",
    "impute": "imputed",
}
_NOTHING = Lowered(UNDECIDED, YES, Sketch("fixed", UNDECIDED))
_ONLY_SUBJECT = frozenset({"fact", "ratio_to", "kind", "within", "settled", "has", "sample", "if_empty"})


def _only_subject(indicator: Indicator, context: Context) -> bool:
    """Whether the condition keys merely name what the points table looks at."""
    if not any(way in indicator.points for way in WAYS) or not set(indicator.condition) <= _ONLY_SUBJECT:
        return False
    ftype = context.vocabulary.find(indicator.condition.get("fact", ""))
    return ftype is None or ftype.kind in NUMERIC or ftype.kind in (Kind.EVENTS, Kind.GRADE, Kind.CHOICE, Kind.CHECKLIST)


def _because(indicator: Indicator) -> str:
    return str(indicator.exempt.get("because", "")) if indicator.exempt else ""


__all__ = ["lower", "lower_again"]
