"""What a standard demands, read from its lowered nodes: subject by subject, with exceptions, guard, points, force and clause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from attrs import evolve, field, frozen

from duibiao.compare.atoms import Subject, Types, atom
from duibiao.compare.regions import Opaque, Range, Region, meet
from duibiao.model.process import Target
from duibiao.model.sources import Cite, Item
from duibiao.model.standard import Criterion, Indicator, Standard
from duibiao.rules import nodes
from duibiao.rules.conditions import At, condition
from duibiao.rules.context import Context
from duibiao.rules.nodes import YES, Const, Truth, bounds, inputs_of
from duibiao.rules.program import Finding, Leaf, Program, Sketch


@frozen
class Case:
    """An exception: where *when* holds, another region is asked.

    Attributes:
        when: The special case.
        region: What is asked then; None for nothing.
        soft: The value that is only a reference then.
    """

    when: tuple[Asked, ...]
    region: Region | None
    soft: Range | None = None


@frozen
class Asked:
    """What a condition asks of one subject.

    Attributes:
        subject: What it looks at.
        region: What satisfies; None where nothing is asked but in the exceptions.
        cases: Exceptions, those that come first in the rule first.
        soft: A value that is only a reference (左右, 一般) and fails nobody.
        sustained: In so many periods running.
        if_empty: What a divisor of zero means; empty where there is none.
        either: Whether something else may be there instead (one of several ways).
    """

    subject: Subject
    region: Region | None
    cases: tuple[Case, ...] = ()
    soft: Range | None = None
    sustained: int = 1
    if_empty: str = ""
    either: bool = False


@frozen(kw_only=True)
class Demand:
    """One thing that a standard asks.

    Attributes:
        asked: Of which subject, and what.
        role: ``indicator``, ``gate``, ``veto`` (what may not be) or ``target`` (of a territory).
        item: The item of the standard that asks.
        criterion: Id of the criterion it stands under; empty where it stands under none.
        applies: When it is asked; empty means always.
        force: ``must``, ``aim`` or ``may``.
        points: Full marks for the item; None when it is not scored.
        share: These as a part of all points; None when it is not scored.
        topic: Topic id.
        cite: Where it comes from.
        assumed: Whether a value without source is in play.
        node: The whole condition of the item.
        text: The author's own expression, where the condition is one.
    """

    asked: Asked
    role: str
    item: Item
    criterion: str = ""
    applies: tuple[Asked, ...] = ()
    force: str = "must"
    points: Decimal | None = None
    share: Fraction | None = None
    topic: str = ""
    cite: Cite = field(factory=Cite)
    assumed: bool = False
    node: Truth = YES
    text: str = ""


Sketches = Mapping[int, Sketch]


def sketches_of(tops: Iterable[Sketch | None]) -> dict[int, Sketch]:
    """What explanations say of each condition, by the identity of its node; the most particular step wins."""
    found: dict[int, Sketch] = {}
    stack = [each for each in tops if each is not None]
    while stack:
        each = stack.pop()
        if each.node is not None and not isinstance(each.node, nodes.Fixed):
            found[id(each.node)] = each
        stack.extend(each.children)
    return found


@frozen
class Reader:
    """Reads conditions of one standard.

    Attributes:
        types: Data items.
        sketches: What explanations say of each condition.
    """

    types: Types
    sketches: Sketches

    def read(self, node: Truth) -> tuple[Asked, ...]:
        """Everything that a condition asks, each subject once; what cannot be taken apart is asked as an opaque whole."""
        return _merged(self._read(node))

    def _read(self, node: Truth) -> Iterator[Asked]:
        sketch = self.sketches.get(id(node))
        kind = "" if sketch is None else sketch.kind
        found = atom(node, self.types, self._top(node))
        if sketch is not None and kind == "about":
            yield self._soft(node, sketch)
        elif sketch is not None and kind == "sustained":
            earlier = sketch.children[0].node
            for each in self.read(earlier if earlier is not None else node):
                yield evolve(each, sustained=int(sketch.text))
        elif found is not None:
            yield Asked(*found)
        else:
            yield from self._compound(node, sketch)

    def _compound(self, node: Truth, sketch: Sketch | None) -> Iterator[Asked]:
        match node:
            case nodes.Fixed():
                return
            case nodes.All(tests):
                for test in tests:
                    yield from self._read(test)
            case nodes.Choose(_, then, _) if sketch is not None and sketch.kind == "if_empty":
                for each in self.read(then):
                    yield evolve(each, if_empty=sketch.note)
            case nodes.Choose(test, then, other):
                yield from self._cases(test, then, other)
            case nodes.Any(tests):
                for test in tests:
                    yield from (evolve(each, either=True) for each in self._read(test))
            case nodes.Not(nodes.Any(tests)):
                for test in tests:
                    yield from self._read(nodes.Not(test))
            case _:
                yield from self._opaque(node)

    def _top(self, node: Truth) -> str:
        """The fact above the line of a ratio, as the author wrote it."""
        sketch = self.sketches.get(id(node))
        top = sketch.shown.top if sketch is not None and sketch.shown is not None else None
        return top.input.fact if isinstance(top, nodes.Read) else ""

    def _soft(self, node: Truth, sketch: Sketch) -> Asked:
        """The reference in steps of the fact; of a ratio, in its units."""
        (each, *_) = inputs_of(node)
        bound, shown = sketch.bound, sketch.shown
        size = Fraction(bound.top.value) * bound.step if bound is not None and isinstance(bound.top, Const) else Fraction(0)
        if shown is not None and isinstance(shown.bottom, nodes.Read):
            subject = Subject(each.fact, over=shown.bottom.input.fact, back=each.back)
            return Asked(subject, None, soft=Range(size, size))
        size /= shown.step if shown is not None else 1
        return Asked(Subject(each.fact, back=each.back), None, soft=Range(size, size, domain=(each.low, each.high)))

    def _cases(self, test: Truth, then: Truth, other: Truth) -> Iterator[Asked]:
        when = self.read(test)
        first, second = ({each.subject: each for each in self.read(side)} for side in (then, other))
        for subject in {**second, **first}:
            special, plain = first.get(subject), second.get(subject, Asked(subject, None))
            case = Case(when, special.region if special else None, special.soft if special else None)
            yield evolve(plain, cases=(case, *plain.cases), either=plain.either or (special is not None and special.either))

    def _opaque(self, node: Truth) -> Iterator[Asked]:
        for fact in dict.fromkeys(each.fact for each in inputs_of(node)):
            yield Asked(Subject(fact, "expression"), Opaque(node))


def _merged(found: Iterable[Asked]) -> tuple[Asked, ...]:
    """The same with what concerns one subject put together."""
    whole: dict[tuple[Subject, bool], Asked] = {}
    rest: list[Asked] = []
    for each in found:
        key = (each.subject, each.either)
        before = whole.get(key)
        if before is None:
            whole[key] = each
            continue
        joined = None if each.either else _joined(before, each)
        if joined is None:
            rest.append(each)
        else:
            whole[key] = joined
    return (*whole.values(), *rest)


def _joined(left: Asked, right: Asked) -> Asked | None:
    if left.cases or right.cases or left.sustained != right.sustained:
        return None
    if left.soft is not None and right.soft is not None and left.region is None and right.region is None:
        low, high = sorted((left.soft.low or Fraction(0), right.soft.low or Fraction(0)))
        return evolve(left, soft=evolve(left.soft, low=low, high=high))
    region = meet(left.region, right.region) if left.region and right.region else left.region or right.region
    return None if region is None else evolve(left, region=region, soft=left.soft or right.soft)


def demands_of(program: Program) -> tuple[Demand, ...]:
    """Everything that a standard asks, in its own order: indicators, then gates, vetoes, targets."""
    whole = _total(program)
    found: list[Demand] = []
    for leaf, spec in zip(program.leaves, program.standard.indicators(), strict=True):
        found += _of_leaf(program, leaf, spec, whole)
    for gate, finding in zip(program.standard.gates, program.gates, strict=True):
        if gate.condition:
            found += _of_finding(program, gate, finding, "gate")
    for veto, finding in zip(program.standard.vetoes, program.vetoes, strict=True):
        found += _of_finding(program, veto, finding, "veto")
    for target in program.standard.targets:
        found += _of_target(program, target)
    return tuple(found)


def _of_leaf(program: Program, leaf: Leaf, spec: Indicator, whole: Mapping[int, Fraction]) -> Iterator[Demand]:
    reader = Reader(program.vocabulary.types, sketches_of((leaf.sketch, leaf.applies_sketch)))
    group = program.standard.criteria[leaf.group]
    points = None if leaf.points is None else leaf.full * program.point_step
    # Only the rule: that nothing is asked of an exempt unit, or of one it does not apply to, is said of the demand as a whole.
    rule = leaf.sketch.children[1].node if leaf.sketch.kind == "exempt" else leaf.rule
    exempt = reader.read(nodes.negate(leaf.sketch.children[0].node or nodes.NO)) if leaf.sketch.kind == "exempt" else ()
    applies = (*reader.read(leaf.applies), *exempt)
    for asked in reader.read(leaf.rule if rule is None else rule):
        yield Demand(
            asked=asked, role="indicator", item=spec, criterion=group.id, applies=applies, force=spec.force, points=points,
            share=None if points is None else whole.get(leaf.group, Fraction(0)) * leaf.full,
            topic=topic_of(program.standard, asked, program.vocabulary.types, spec, group), cite=spec.cite, assumed=leaf.assumed,
            node=leaf.rule, text=leaf.sketch.text,
        )  # fmt: skip


def topic_of(standard: Standard, asked: Asked, types: Types, spec: Indicator | None, group: Criterion | None) -> str:
    """The fact's own topic, the same in every standard; for a fact without one, the item's."""
    ftype = types.get(asked.subject.fact)
    own = ftype.topic if ftype is not None else ""
    return own or (spec.topic if spec is not None else "") or (group.topic if group is not None else "")


def _of_finding(program: Program, item: Item, finding: Finding, role: str) -> Iterator[Demand]:
    reader = Reader(program.vocabulary.types, sketches_of((finding.sketch,)))
    node = finding.pending or finding.test
    for asked in reader.read(node):
        yield Demand(
            asked=asked, role=role, item=item, cite=item.cite, assumed=item.cite.assumed, node=node, text=finding.sketch.text,
            topic=topic_of(program.standard, asked, program.vocabulary.types, None, None),
        )  # fmt: skip


def _of_target(program: Program, target: Target) -> Iterator[Demand]:
    """What the units of a territory have to reach by a day."""
    if not target.achieved:
        return
    types = program.vocabulary.types
    reached = condition(target.achieved, Context(program.vocabulary), At())
    who: tuple[Asked, ...] = ()
    if "where" in target.population:
        guard = condition(target.population["where"], Context(program.vocabulary), At())
        who = Reader(types, sketches_of((guard.sketch,))).read(guard.test)
    if "unit_kinds" in target.population:
        kinds = Context(program.vocabulary).kind_is(tuple(target.population["unit_kinds"]))
        who = (*Reader(types, {}).read(kinds), *who)
    for asked in Reader(types, sketches_of((reached.sketch,))).read(reached.test):
        yield Demand(
            asked=asked, role="target", item=target, applies=who, force=target.force, cite=target.cite,
            assumed=target.cite.assumed, node=reached.test, topic=topic_of(program.standard, asked, types, None, None),
        )  # fmt: skip


def _total(program: Program) -> dict[int, Fraction]:
    """What one step of a point is of all points, by the place of the criterion; bonus points are measured by the same total."""
    if program.full is None:
        return {}
    whole = bounds(program.full)[1]
    if program.standard.scoring.method == "weighted":
        return {
            index: Fraction(_weight(group), 100) / bounds(found.full)[1]
            for index, (group, found) in enumerate(zip(program.standard.criteria, program.groups, strict=True))
            if found.full is not None and bounds(found.full)[1]
        }
    return dict.fromkeys(range(len(program.groups)), Fraction(1, whole)) if whole else {}


def _weight(group: Criterion) -> Fraction:
    return Fraction(str(group.weight or "0").strip().rstrip("%％"))


__all__ = ["Asked", "Case", "Demand", "Reader", "demands_of", "sketches_of"]
