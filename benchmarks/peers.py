"""The same rules for other engines: each gets them translated from the Python sentences of :mod:`table`, parsed once.

An engine without names of its own for intermediate results either gets every output spelt out down to the facts (one round)
or works in three rounds: indicators from the facts, then groups, gates and vetoes, then the score and the awards; whichever it
does faster. What an engine lets its caller prepare (compiled rules, a converted context) is prepared before the clock starts.
"""

from __future__ import annotations

import ast
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib import metadata
from typing import Any

import table

Facts = Mapping[str, int]
SENTENCES = {name: ast.parse(text, mode="eval").body for name, text in table.sentences()}
OUTPUTS = [name for names in table.outputs() for name in names]
LATER = {name for names in table.outputs()[2:] for name in names} | {"in_scope", "eligible"}
LAST = {"score", *(name for name, _, _ in table.awards())}


def _conditions() -> set[str]:
    """Names that the sentences use as yes or no; most engines want a boolean there, not a 1."""
    found: set[str] = set()
    for tree in SENTENCES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.BoolOp):
                found |= {each.id for each in node.values if isinstance(each, ast.Name)}
            elif isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Name):
                found.add(node.operand.id)
            elif isinstance(node, ast.IfExp) and isinstance(node.test, ast.Name):
                found.add(node.test.id)
    return found | {tree.id for tree in SENTENCES.values() if isinstance(tree, ast.Name)}


CONDITIONS = _conditions()


def typed(facts: Facts) -> dict[str, Any]:
    """The facts as engines like them: booleans for yes and no, integers otherwise."""
    return {name: bool(value) if name in CONDITIONS else value for name, value in facts.items()}


class Translator(ABC):
    """A sentence in another engine's words; the subclasses say how a part looks."""

    known: frozenset[str] = frozenset()
    """Names the engine can look up; other names are put in place."""

    def of(self, node: ast.expr) -> Any:
        match node:
            case ast.Name(name):
                return self.name(name) if name in self.known or name not in SENTENCES else self.of(SENTENCES[name])
            case ast.Constant(value):
                return self.number(value)
            case ast.BoolOp(op, values):
                return self.joined("and" if isinstance(op, ast.And) else "or", [self.of(each) for each in values])
            case ast.UnaryOp(_, operand):
                return self.negated(self.of(operand))
            case ast.BinOp(left, op, right):
                return self.arithmetic(SIGNS[type(op)], self.of(left), self.of(right))
            case ast.IfExp(test, body, orelse):
                return self.choice(self.of(test), self.of(body), self.of(orelse))
            case ast.Compare(left, ops, comparators):
                return self.comparison(left, ops, comparators)
            case ast.Call(ast.Name(name), args):
                return self.extreme(name, [self.of(each) for each in args])
            case ast.Subscript(ast.Tuple(values), index):
                return self.indexed([self.of(each) for each in values], self.of(index))
        raise TypeError(ast.dump(node))

    def comparison(self, left: ast.expr, ops: list[ast.cmpop], rights: list[ast.expr]) -> Any:
        if isinstance(left, ast.Call) and len(left.args) > 2:  # min(…) >= n: every one of them is
            return self.joined("and", [self.comparison(each, ops, rights) for each in left.args])
        parts = [
            self.compared(SIGNS[type(op)], self.of(one), self.of(two))
            for op, one, two in zip(ops, [left, *rights], rights, strict=False)
        ]
        return parts[0] if len(parts) == 1 else self.joined("and", parts)

    def indexed(self, values: list[Any], index: Any) -> Any:
        found = values[-1]
        for place in reversed(range(len(values) - 1)):
            found = self.choice(self.compared("==", index, self.number(place)), values[place], found)
        return found

    @abstractmethod
    def name(self, name: str) -> Any: ...

    @abstractmethod
    def number(self, value: Any) -> Any: ...

    @abstractmethod
    def joined(self, word: str, parts: list[Any]) -> Any: ...

    @abstractmethod
    def negated(self, part: Any) -> Any: ...

    @abstractmethod
    def arithmetic(self, sign: str, left: Any, right: Any) -> Any: ...

    @abstractmethod
    def compared(self, sign: str, left: Any, right: Any) -> Any: ...

    @abstractmethod
    def choice(self, test: Any, then: Any, other: Any) -> Any: ...

    @abstractmethod
    def extreme(self, call: str, parts: list[Any]) -> Any: ...


SIGNS: Mapping[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//",
    ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Lt: "<", ast.Eq: "==",
}  # fmt: skip


class Words(Translator):
    """Engines whose rules are text in the manner of C."""

    both, one, none = "&&", "||", "!"

    def name(self, name: str) -> str:
        return name

    def number(self, value: Any) -> str:
        return str(value)

    def joined(self, word: str, parts: list[str]) -> str:
        return "(" + f" {self.both if word == 'and' else self.one} ".join(parts) + ")"

    def negated(self, part: str) -> str:
        return f"({self.none}{part})"

    def arithmetic(self, sign: str, left: str, right: str) -> str:
        return f"({left} {sign} {right})"

    def compared(self, sign: str, left: str, right: str) -> str:
        return f"({left} {sign} {right})"

    def choice(self, test: str, then: str, other: str) -> str:
        return f"({test} ? {then} : {other})"

    def extreme(self, call: str, parts: list[str]) -> str:
        left, right = parts
        return f"({left} {'<' if call == 'min' else '>'} {right} ? {left} : {right})"


class Engine(ABC):
    """An engine with the rules loaded.

    Attributes:
        title: Its name.
        package: The distribution that brings it.
    """

    title = ""
    package = ""

    @classmethod
    def version(cls) -> str:
        """The installed version; PackageNotFoundError when there is none."""
        return metadata.version(cls.package)

    @abstractmethod
    def take(self, facts: Facts) -> None:
        """Convert the facts of one unit, before the clock starts."""

    @abstractmethod
    def run(self) -> list[Any]:
        """Every output, in the order of :data:`OUTPUTS`."""


class Rounds(Engine):
    """Engines without names for intermediate results: each round is one list of rules.

    Attributes:
        at_once: Whether one round with everything spelt out is faster than three.
    """

    at_once = False

    def __init__(self, translator: Translator) -> None:
        self.rounds: list[tuple[list[str], list[str], Any]] = []
        if self.at_once:
            parts = [translator.of(SENTENCES[name]) for name in OUTPUTS]
            self.rounds.append((OUTPUTS, [], self.compiled(parts)))
            return
        first = [name for name in SENTENCES if name not in LATER]
        second = [name for name in SENTENCES if name in LATER - LAST]
        third = [name for name in SENTENCES if name in LAST]
        for names, known in ((first, []), (second, first), (third, [*first, *second])):
            translator.known = frozenset(known)
            parts = [translator.of(SENTENCES[name]) for name in names]
            self.rounds.append((names, sorted(_read(names, set(known))), self.compiled(parts)))

    @abstractmethod
    def compiled(self, parts: list[Any]) -> Any:
        """A list of rules as one compiled rule."""

    @abstractmethod
    def first(self, rule: Any) -> list[Any]:
        """The first round, over the facts."""

    @abstractmethod
    def later(self, rule: Any, values: dict[str, Any]) -> list[Any]:
        """A later round, over what the earlier ones found (and the facts it reads)."""

    def take(self, facts: Facts) -> None:
        self.facts = typed(facts)

    def run(self) -> list[Any]:
        names, _, rule = self.rounds[0]
        values = self.first(rule)
        if self.at_once:
            return values
        found = dict(zip(names, values, strict=True))
        for names, reads, rule in self.rounds[1:]:
            context = {name: found[name] if name in found else self.facts[name] for name in reads}
            found.update(zip(names, self.later(rule, context), strict=True))
        return [found[name] for name in OUTPUTS]


def _read(names: list[str], known: set[str]) -> set[str]:
    """What the sentences of *names* look up when the results in *known* are at hand."""
    found: set[str] = set()
    stack = [SENTENCES[name] for name in names]
    while stack:
        for node in ast.walk(stack.pop()):
            if isinstance(node, ast.Name) and node.id not in ("min", "max"):
                if node.id in SENTENCES and node.id not in known:
                    stack.append(SENTENCES[node.id])
                else:
                    found.add(node.id)
    return found


class _CelWords(Words):
    def arithmetic(self, sign: str, left: str, right: str) -> str:
        return f"({left} {sign.replace('//', '/')} {right})"


class Cel(Rounds):
    title, package, at_once = "CEL (Rust)", "common-expression-language", True

    def __init__(self) -> None:
        import cel

        self.cel = cel
        super().__init__(_CelWords())

    def compiled(self, parts: list[str]) -> Any:
        return self.cel.compile(f"[{', '.join(parts)}]")

    def take(self, facts: Facts) -> None:
        super().take(facts)
        self.context = self.cel.Context(self.facts)

    def first(self, rule: Any) -> list[Any]:
        found: list[Any] = rule.execute(self.context)
        return found

    def later(self, rule: Any, values: dict[str, Any]) -> list[Any]:
        found: list[Any] = rule.execute(values)
        return found


class _Logic(Translator):
    """JSONLogic: operators over lists."""

    def name(self, name: str) -> Any:
        return {"var": name}

    def number(self, value: Any) -> Any:
        return value

    def joined(self, word: str, parts: list[Any]) -> Any:
        return {word: parts}

    def negated(self, part: Any) -> Any:
        return {"!": [part]}

    def arithmetic(self, sign: str, left: Any, right: Any) -> Any:
        return {"floor": [{"/": [left, right]}]} if sign == "//" else {sign: [left, right]}

    def compared(self, sign: str, left: Any, right: Any) -> Any:
        return {sign: [left, right]}

    def choice(self, test: Any, then: Any, other: Any) -> Any:
        return {"if": [test, then, other]}

    def extreme(self, call: str, parts: list[Any]) -> Any:
        return {call: parts}


class DataLogic(Rounds):
    title, package, at_once = "datalogic-py", "datalogic-py", True

    def __init__(self) -> None:
        import datalogic_py

        self.module = datalogic_py
        self.engine = datalogic_py.Engine()
        self.session = self.engine.session()
        super().__init__(_Logic())

    def compiled(self, parts: list[Any]) -> Any:
        return self.engine.compile(parts)

    def take(self, facts: Facts) -> None:
        super().take(facts)
        self.handle = self.module.DataHandle(self.facts)

    def first(self, rule: Any) -> list[Any]:
        found: list[Any] = self.session.evaluate_data(rule, self.handle)
        return found

    def later(self, rule: Any, values: dict[str, Any]) -> list[Any]:
        found: list[Any] = self.session.evaluate(rule, values)
        return found


class _RuleEngineWords(Words):
    both, one, none = "and", "or", "not "

    def extreme(self, call: str, parts: list[str]) -> str:
        return f"${call}([{', '.join(parts)}])"


class RuleEngine(Rounds):
    title, package = "rule-engine", "rule-engine"

    def __init__(self) -> None:
        import rule_engine

        self.module = rule_engine
        super().__init__(_RuleEngineWords())

    def compiled(self, parts: list[str]) -> Any:
        return self.module.Rule(f"[{', '.join(parts)}]")

    def first(self, rule: Any) -> list[Any]:
        found: list[Any] = rule.evaluate(self.facts)
        return found

    def later(self, rule: Any, values: dict[str, Any]) -> list[Any]:
        found: list[Any] = rule.evaluate(values)
        return found


class _ZenWords(Words):
    both, one, none = "and", "or", "not "

    def arithmetic(self, sign: str, left: str, right: str) -> str:
        return f"floor({left} / {right})" if sign == "//" else f"({left} {sign} {right})"

    def extreme(self, call: str, parts: list[str]) -> str:
        return f"{call}([{', '.join(parts)}])"


class Zen(Rounds):
    """Takes its facts as JSON text, which it reads faster than a dictionary."""

    title, package, at_once = "zen-engine", "zen-engine", True

    def __init__(self) -> None:
        import zen

        self.compile = zen.compile_expression
        super().__init__(_ZenWords())

    def compiled(self, parts: list[str]) -> Any:
        return self.compile(f"[{', '.join(parts)}]")

    def take(self, facts: Facts) -> None:
        super().take(facts)
        self.text = json.dumps(self.facts)

    def first(self, rule: Any) -> list[Any]:
        found: list[Any] = rule.evaluate(self.text)
        return found

    def later(self, rule: Any, values: dict[str, Any]) -> list[Any]:
        found: list[Any] = rule.evaluate(values)
        return found


class NumpyWords(Words):
    """Formulas over vectors; `known` names are asked of the unit."""

    known = frozenset(SENTENCES)

    def name(self, name: str) -> str:
        return f"unit({name!r}, period)"

    def joined(self, word: str, parts: list[str]) -> str:
        return "(" + (" & " if word == "and" else " | ").join(parts) + ")"

    def negated(self, part: str) -> str:
        return f"(~{part})"

    def choice(self, test: str, then: str, other: str) -> str:
        return f"where({test}, {then}, {other})"

    def extreme(self, call: str, parts: list[str]) -> str:
        return f"{call}imum({', '.join(parts)})"


class OpenFisca(Engine):
    """Vectorised over a population; here a population of one."""

    title, package = "openfisca-core", "openfisca-core"

    def __init__(self) -> None:
        import numpy as np
        from openfisca_core.entities import build_entity
        from openfisca_core.periods import DateUnit
        from openfisca_core.simulations import SimulationBuilder
        from openfisca_core.taxbenefitsystems import TaxBenefitSystem
        from openfisca_core.variables import Variable

        self.array, words = np.array, NumpyWords()
        unit = build_entity("unit", "units", "unit", is_person=True)
        system = TaxBenefitSystem([unit])
        common = {"entity": unit, "definition_period": DateUnit.YEAR}
        space = {"where": np.where, "minimum": np.minimum, "maximum": np.maximum}
        for name in _read(list(SENTENCES), set(SENTENCES)) - set(SENTENCES):
            kind = bool if name in CONDITIONS else int
            system.add_variable(type(name, (Variable,), {**common, "value_type": kind}))
        for name, tree in SENTENCES.items():
            kind = int if name.endswith(("_points", "_met")) or name.startswith(("group", "score")) else bool
            local: dict[str, Any] = dict(space)
            exec(f"def formula(unit, period):\n    return {words.of(tree)}", local)  # noqa: S102 - our own text
            system.add_variable(type(name, (Variable,), {**common, "value_type": kind, "formula": local["formula"]}))
        self.build, self.system = SimulationBuilder, system

    def take(self, facts: Facts) -> None:
        self.simulation = self.build().build_default_simulation(self.system, 1)
        for name, value in typed(facts).items():
            self.simulation.set_input(name, "2011", self.array([value]))

    def reset(self) -> None:
        """Forget what the last run worked out, before the clock starts."""
        for name in SENTENCES:
            self.simulation.delete_arrays(name)

    def run(self) -> list[Any]:
        calculate = self.simulation.calculate
        return [calculate(name, "2011")[0] for name in OUTPUTS]


PEERS: tuple[type[Engine], ...] = (DataLogic, Zen, Cel, RuleEngine, OpenFisca)
