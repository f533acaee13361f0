"""Explanations built from the interval function's own intermediate values, so that they cannot disagree with it."""

from __future__ import annotations

from typing import Any

from duibiao.assess.bind import missing_name
from duibiao.assess.plans import Amount, Plan, Plans
from duibiao.model.facts import FactSet, Grading, Holding
from duibiao.model.outcome import Reason
from duibiao.rules import nodes
from duibiao.rules.compile import Bound
from duibiao.rules.interpret import Interpreter
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE, Input, Node, Span
from duibiao.rules.program import Leaf, Program, Sketch

OUTCOMES = {FALSE: "not_met", TRUE: "met", ASK: "needs_judgement", OPEN: "unknown"}
_NOTHING: Amount = ("", "", "")


class Explainer:
    """Reads one evaluation's cell values; what no result rests on is worked out from the same facts."""

    def __init__(self, program: Program, plans: Plans, values: tuple[Any, ...], facts: Bound, recorded: FactSet) -> None:
        self.program = program
        self.plans = plans
        self.sheet = plans.sheet
        self.values = values
        self.facts = facts
        self.recorded = recorded
        self.rest = Interpreter(self._known)
        self._missing: dict[int, tuple[Input, ...]] = {}

    def reason(self, sketch: Sketch) -> Reason:
        """What to say about a sketched step."""
        return self._tell(self.plans.of(sketch))

    def leaf(self, leaf: Leaf) -> Reason:
        """Why an indicator came out as it did: whether it applies, its rule, its points."""
        rule = self._tell(self.plans.of(leaf.sketch))
        if leaf.applies_sketch is None and leaf.points_sketch is None:
            return rule
        steps = [rule]
        if leaf.applies_sketch is not None:
            steps.insert(0, self.reason(leaf.applies_sketch))
        if leaf.points_sketch is not None:
            steps.append(self.reason(leaf.points_sketch))
        return Reason(kind="steps", children=tuple(steps))

    def _tell(self, plan: Plan) -> Reason:
        sketch, outcome, missing = plan.sketch, "", tuple[str, ...]()
        if sketch.node is not None:
            code = self.values[plan.cell] if plan.cell is not None else self.rest.truth(sketch.node)
            if code in plan.settled:
                return plan.settled[code]
            outcome = OUTCOMES[code]
            if code > TRUE:
                missing = self.names(self.unsettled(sketch.node))
        value, unit, quotient = plan.shown.told(self.values) if plan.shown is not None else _NOTHING
        bound, bound_unit, _ = plan.bound.told(self.values) if plan.bound is not None else _NOTHING
        note, judged = self._aside(plan) if plan.marks or plan.recorded else (sketch.note, "")
        return Reason(
            sketch.kind, outcome, sketch.subject, value, bound, unit or bound_unit, quotient, sketch.operator, note,
            sketch.text, judged, missing, tuple([self._tell(child) for child in plan.children]),
        )  # fmt: skip

    def _aside(self, plan: Plan) -> tuple[str, str]:
        """Tokens that have to be said of a step, and who judged, why and when."""
        sketch = plan.sketch
        said = [sketch.note] if sketch.note else []
        said += [token for cell, token in plan.marks if self.values[cell] == TRUE]
        value, judged = self.recorded.values.get(sketch.subject), ""
        if isinstance(value, Holding) and value.held and not value.on(self.recorded.as_of):
            said.append("not_valid_on_the_day")
        if isinstance(value, Grading) and sketch.kind == "level_is":
            judged = " ".join(filter(None, [value.by, value.reason, value.on.isoformat() if value.on else ""]))
        return " ".join(said), judged

    def truth(self, node: nodes.Truth) -> int:
        """The truth code of any node, also of one that only the explanation shows."""
        cell = self.sheet.find(node)
        found: int = self.rest.truth(node) if cell is None else self.values[cell]
        return found

    def span(self, node: nodes.Num) -> Span:
        """Bounds of any number, also of one that only the explanation shows."""
        cell = self.sheet.find(node)
        found: Span = self.rest.span(node) if cell is None else self.values[cell]
        return found

    def _known(self, each: Input) -> Span | None:
        slot = self.sheet.slots.get(each)
        if slot is None:
            return None
        low, high = self.facts.lows[slot], self.facts.highs[slot]
        return (low, high) if low == high else None

    def unsettled(self, node: Node) -> tuple[Input, ...]:
        """The missing inputs that could still change an open node; none for a settled one."""
        key = id(node)
        if key not in self._missing:
            self._missing[key] = tuple(dict.fromkeys(self._unsettled(node)))
        return self._missing[key]

    def _unsettled(self, node: Node) -> list[Input]:
        if isinstance(node, nodes.NUMERIC_NODES):
            low, high = self.span(node)
            if low == high:
                return []
        elif self.truth(node) <= TRUE:
            return []
        match node:
            case nodes.Read(each) | nodes.Flag(each):
                return [each]
            case nodes.Choose(test, then, other) | nodes.Pick(test, then, other):
                code = self.truth(test)
                if code <= TRUE:
                    return list(self.unsettled(then if code == TRUE else other))
        return [each for child in nodes.children(node) for each in self.unsettled(child)]

    def names(self, inputs: tuple[Input, ...]) -> tuple[str, ...]:
        """Missing inputs as the facts people can supply, each once."""
        types = self.program.vocabulary.types
        return tuple(dict.fromkeys(missing_name(each, types) for each in inputs))
