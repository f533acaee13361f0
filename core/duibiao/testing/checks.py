"""What is demanded of every plugin: it loads, its standards hold together, its examples come out, its engines agree."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from attrs import evolve, frozen

from duibiao.api import Pack
from duibiao.assess.bind import bind
from duibiao.assess.one import Assessor
from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.model.facts import FactSet
from duibiao.model.notation import plain
from duibiao.model.outcome import Assessment
from duibiao.pack.examples import Example, expected_score, read_examples
from duibiao.pack.proofs import prove_coverage
from duibiao.registry import Registry
from duibiao.rules.nodes import Span
from duibiao.testing.reference import reference_findings, reference_verdicts
from duibiao.wording import describe

DROPS = 12
"""How many partly filled versions of each example the engines are compared on."""


@frozen
class Failure:
    """Why a check fails.

    Attributes:
        where: File and line, or the example's id.
        text: What is wrong, 中文.
        text_en: The same in English.
    """

    where: str
    text: str
    text_en: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text} / {self.text_en}"


@frozen
class Check:
    """One demand on a plugin.

    Attributes:
        name: Short English name, used as a test id.
        title: 中文 title.
        title_en: English title.
        run: Returns the failures, none when the demand is met.
    """

    name: str
    title: str
    title_en: str
    run: Callable[[], list[Failure]]


def checks_for(registry: Registry, plugin: str) -> list[Check]:
    """Every check of the plugin of that name; BadInputError when there is no such plugin."""
    found = next((each for each in registry.plugins if each.name == plugin), None)
    if found is None:
        problems = Collector()
        problems.add("DB072", found=plugin, among=[each.name for each in registry.plugins])
        raise BadInputError(problems.problems)
    loads = Check("loads", "能够载入", "loads", lambda: _failures(registry.located(found.problems)))
    if found.state != "ok":
        return [loads]
    headers = [header for home in found.jurisdictions for header in home.standards]
    checks = [
        loads,
        Check(
            "covers-its-documents", "条款全部编入或列明", "every clause is encoded or listed", lambda: _coverage(registry, plugin)
        ),
    ]
    for header in headers:
        checks.append(
            Check(
                f"{header.id}-holds-together",
                f"{header.id} 自洽",
                f"{header.id} holds together",
                partial(_proved, registry, header.id),
            )
        )
    examples, unreadable = _examples(registry, found.target)
    checks.append(Check("examples-are-readable", "例子可读", "examples can be read", lambda: _failures(unreadable)))
    for header in headers:
        mine = [each for each in examples if each.standard == header.id]
        checks.append(
            Check(
                f"{header.id}-has-examples", f"{header.id} 有例子", f"{header.id} has examples", partial(_some, header.id, mine)
            )
        )
    for example in examples:
        label = f"{example.standard}-{example.id}"
        checks.append(Check(label, example.title, example.id, partial(outcome_failures, registry, example)))
        checks.append(
            Check(
                f"{label}-engines-agree",
                f"{example.title}（各引擎一致）",
                f"{example.id}: engines agree",
                partial(_agreement, registry, example),
            )
        )
    return checks


def _failures(problems: Any) -> list[Failure]:
    return [Failure(str(p.where), describe(p, "zh"), describe(p, "en")) for p in problems]


def _coverage(registry: Registry, name: str) -> list[Failure]:
    plugin = next(each for each in registry.plugins if each.name == name)
    problems = Collector()
    standards = []
    for home in plugin.jurisdictions:
        for header in home.standards:
            try:
                standards.append(registry.standard(header.id))
            except BadInputError as error:
                problems.problems += error.problems
    if plugin.jurisdictions:
        home = plugin.jurisdictions[0]
        prove_coverage(home.documents, standards, home.not_encoded, problems)
    return _failures(registry.located(problems.problems))


def _proved(registry: Registry, standard: str) -> list[Failure]:
    try:
        registry.program(standard)
    except BadInputError as error:
        return _failures(error.problems)
    return []


def _examples(registry: Registry, target: Any) -> tuple[list[Example], list[Any]]:
    found: list[Example] = []
    problems = Collector()
    for source in target.example_sources if isinstance(target, Pack) else ():
        found += read_examples(source, registry.vocabulary, problems)
    if isinstance(target, Pack):
        problems.problems += target.problems.problems
    return found, registry.located(problems.problems)


def _some(standard: str, examples: list[Example]) -> list[Failure]:
    return [] if examples else _failures([Problem("DB066", Where(standard))])


def outcome_failures(registry: Registry, example: Example) -> list[Failure]:
    """Where an example comes out differently from what it expects."""
    try:
        result = registry.assessor(example.standard).assess(example.facts)
    except BadInputError as error:
        return _failures(error.problems)
    different = [*_score(result, example.expect), *_states(result, example.expect), *_verdicts(result, example.expect)]
    line = registry.located_line(example.where)
    place = f"{example.where.file}:{line} {example.id}"
    return [
        Failure(place, f"DB065 {what}：应为 {want}，得到 {got}", f"DB065 {what}: expected {want}, got {got}")
        for what, want, got in different
    ]


Difference = tuple[str, object, object]


def _score(result: Assessment, expect: Mapping[str, Any]) -> list[Difference]:
    found: list[Difference] = []
    if "score" in expect:
        want = expected_score(expect["score"])
        got = None if result.score is None else (result.score.low, result.score.high)
        if got != want:
            found.append(("score", _span(want), _span(got)))
    scope = "open" if result.in_scope is None else result.in_scope
    if "in_scope" in expect and expect["in_scope"] != scope:
        found.append(("in_scope", expect["in_scope"], scope))
    if "unknown_facts" in expect and sorted(expect["unknown_facts"]) != sorted(result.unknown_facts):
        found.append(("unknown_facts", sorted(expect["unknown_facts"]), sorted(result.unknown_facts)))
    return found


def _span(ends: tuple[Decimal, Decimal] | None) -> str:
    return "-" if ends is None else plain(ends[0]) if ends[0] == ends[1] else f"{plain(ends[0])}–{plain(ends[1])}"


def _states(result: Assessment, expect: Mapping[str, Any]) -> list[Difference]:
    found: list[Difference] = []
    tables = (("awards", result.awards), ("gates", result.gates), ("vetoes", result.vetoes), ("stages", result.stages))
    for table, states in tables:
        got = {each.id: "pending" if each.pending else each.state.value for each in states}
        found += [
            (f"{table}.{name}", want, got.get(name)) for name, want in expect.get(table, {}).items() if got.get(name) != want
        ]
    return found


def _verdicts(result: Assessment, expect: Mapping[str, Any]) -> list[Difference]:
    got = {leaf.id: leaf.verdict.value for leaf in result.indicators()}
    named = expect.get("verdicts", {})
    found: list[Difference] = [(name, want, got.get(name)) for name, want in named.items() if got.get(name) != want]
    if "others" in expect:
        found += [(name, expect["others"], have) for name, have in got.items() if name not in named and have != expect["others"]]
    for name, want in expect.get("points", {}).items():
        leaf = next((each for each in result.indicators() if each.id == name), None)
        have = None if leaf is None or leaf.points is None else (leaf.points.low, leaf.points.high)
        if have != expected_score(want):
            found.append((f"points.{name}", _span(expected_score(want)), _span(have)))
    return found


def _agreement(registry: Registry, example: Example) -> list[Failure]:
    """The generated functions against plain interpretation, on the example and on thinned-out versions of it."""
    assessor = registry.assessor(example.standard)
    chance = random.Random(example.id)  # noqa: S311 - reproducible thinning, not a secret
    found: list[Failure] = []
    for facts in (example.facts, *(_thinned(example.facts, chance) for _ in range(DROPS))):
        found += disagreement(assessor, facts, example.id)
    return found


def _thinned(facts: FactSet, chance: random.Random) -> FactSet:
    kept = {name: value for name, value in facts.values.items() if chance.random() < 0.7}
    return evolve(facts, values=kept)


def disagreement(assessor: Assessor, facts: FactSet, where: str) -> list[Failure]:
    """Differences between fast, general, traced and interpreted results for one unit."""
    try:
        bound = bind(assessor.program, facts)
    except BadInputError:
        return []
    compiled = assessor.compiled
    general = compiled.general(bound.lows, bound.highs)
    results = {"traced": compiled.trace(bound.lows, bound.highs)[0]}
    if bound.complete:
        results["fast"] = compiled.fast(bound.lows)
    found = [
        Failure(where, f"{name} 与区间求值不一致", f"{name} differs from the interval evaluation")
        for name, result in results.items()
        if tuple(map(_ints, result)) != tuple(map(_ints, general))
    ]
    slots = {each: i for i, each in enumerate(assessor.program.inputs)}

    def known(each: Any) -> Span | None:
        slot = slots[each]
        low, high = bound.lows[slot], bound.highs[slot]
        return (low, high) if low == high else None

    if reference_verdicts(assessor.program, known) != list(map(int, general[1])):
        found.append(Failure(where, "生成代码与逐步求值的判定不一致", "generated verdicts differ from interpretation"))
    if reference_findings(assessor.program, known) != list(map(int, general[12])):
        found.append(Failure(where, "生成代码与逐步求值的称号不一致", "generated awards differ from interpretation"))
    return found


def _ints(part: Any) -> Any:
    return tuple(map(int, part)) if isinstance(part, tuple) else int(part)
