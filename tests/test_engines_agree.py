"""Every way of evaluating a standard gives the same answer, and a decided answer holds whatever is still unknown."""

from __future__ import annotations

from attrs import evolve
from hypothesis import assume, given, settings
from random_standards import MEMBERS, TYPES, VOCABULARY, fact_sets, standards

from duibiao.assess.bind import bind
from duibiao.assess.one import Assessor
from duibiao.errors import Collector
from duibiao.model.facts import FactSet, Ticks, Value
from duibiao.model.outcome import State, Verdict
from duibiao.model.standard import Standard
from duibiao.rules.compile import Bound
from duibiao.rules.lower import lower
from duibiao.rules.nodes import Input, Span
from duibiao.testing.reference import reference_findings, reference_points, reference_verdicts

MANY = settings(max_examples=100, deadline=None)


def assessor_of(standard: Standard) -> Assessor:
    problems = Collector()
    program = lower(standard, VOCABULARY, problems)
    assert program is not None, problems.problems
    return Assessor(program)


def known_in(assessor: Assessor, bound: Bound) -> dict[Input, Span]:
    spans = zip(assessor.program.inputs, bound.lows, bound.highs, strict=True)
    return {each: (low, high) for each, low, high in spans if low == high}


def filled(facts: FactSet, donor: FactSet) -> FactSet:
    """*facts* with every hole filled from *donor*."""
    history = tuple(
        (period, overlay(values, other)) for (period, values), (_, other) in zip(facts.history, donor.history, strict=True)
    )
    return evolve(facts, values=overlay(facts.values, donor.values), history=history)


def overlay(own: object, donor: object) -> dict[str, Value]:
    merged: dict[str, Value] = {**donor, **own}  # type: ignore[dict-item]
    ticks = merged["list"]
    assert isinstance(ticks, Ticks)
    open_members = {m.id for m in MEMBERS} - ticks.present - ticks.absent
    merged["list"] = Ticks(ticks.present | open_members, ticks.absent)
    return merged


@MANY
@given(standards(), fact_sets())
def test_the_interval_function_its_trace_and_plain_interpretation_agree(standard: Standard, facts: FactSet) -> None:
    assessor = assessor_of(standard)
    bound = bind(assessor.program, facts)
    compiled, known = assessor.compiled, known_in(assessor, bound)

    general = compiled.general(bound.lows, bound.highs)
    points = [*zip(general[2], general[3], strict=True), (general[8], general[9])]

    assert compiled.trace(bound.lows, bound.highs)[0] == general
    assert reference_verdicts(assessor.program, known.get) == [int(code) for code in general[1]]
    assert reference_findings(assessor.program, known.get) == [int(code) for code in general[12]]
    assert reference_points(assessor.program, known.get) == points


@MANY
@given(standards(), fact_sets(holes=False))
def test_the_fast_function_agrees_with_the_interval_function_when_nothing_is_missing(standard: Standard, facts: FactSet) -> None:
    assessor = assessor_of(standard)
    bound = bind(assessor.program, filled(facts, facts))

    fast, general = assessor.compiled.fast(bound.lows), assessor.compiled.general(bound.lows, bound.highs)

    assert bound.complete
    assert [_plain(part) for part in general] == [_plain(part) for part in fast]


def _plain(part: object) -> object:
    return tuple(int(each) for each in part) if isinstance(part, tuple) else int(part)  # type: ignore[call-overload]


@MANY
@given(standards(), fact_sets(), fact_sets(holes=False))
def test_what_is_decided_stays_so_however_the_holes_are_filled(standard: Standard, facts: FactSet, donor: FactSet) -> None:
    assume("known_or" not in str(standard))  # a default that the author declared gives way to the real value
    assessor = assessor_of(standard)
    early, late = assessor.assess(facts), assessor.assess(filled(facts, donor))
    undecided = (Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT)

    for before, after in zip(early.indicators(), late.indicators(), strict=True):
        if before.verdict not in undecided and early.in_scope is not None:
            assert before.verdict == after.verdict
    if early.score is not None and late.score is not None:
        assert early.score.low <= late.score.low <= late.score.high <= early.score.high
    for award, then in zip(early.awards, late.awards, strict=True):
        assert award.state in (State.OPEN, then.state)


@MANY
@given(standards(), fact_sets(), fact_sets(holes=False))
def test_supplying_the_facts_named_as_missing_settles_the_verdict(standard: Standard, facts: FactSet, donor: FactSet) -> None:
    assessor = assessor_of(standard)
    result = assessor.assess(facts)
    named = {name for leaf in result.indicators() for name in leaf.missing}

    supplied = assessor.assess(_supply(facts, donor, named))

    for leaf in supplied.indicators():
        declared_open = "unknown" in str(assessor.program.standard.indicators()[int(leaf.id[1:])])
        assert leaf.verdict not in (Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT) or declared_open, leaf.missing


def _supply(facts: FactSet, donor: FactSet, names: set[str]) -> FactSet:
    """Only the named facts (and members, and earlier periods) taken from *donor*."""
    history = []
    for back, ((period, own), (_, other)) in enumerate(zip(facts.history, donor.history, strict=True), 1):
        mine = {name.partition("@")[0] for name in names if name.endswith(f"@-{back}")}
        history.append((period, _take(own, other, mine)))
    now = {name for name in names if "@" not in name}
    return evolve(facts, values=_take(facts.values, donor.values, now), history=tuple(history))


def _take(own: object, donor: object, names: set[str]) -> dict[str, Value]:
    found: dict[str, Value] = dict(own)  # type: ignore[call-overload]
    for ftype in TYPES:
        if ftype.id in names:
            found[ftype.id] = donor[ftype.id]  # type: ignore[index]
    members = {name.partition(".")[2] for name in names if name.startswith("list.")}
    if members:
        ticks = found.get("list", Ticks(frozenset(), frozenset()))
        assert isinstance(ticks, Ticks)
        found["list"] = Ticks(ticks.present | members, ticks.absent)
    return found


@MANY
@given(standards(), fact_sets())
def test_an_explanation_ends_in_the_verdict_it_explains(standard: Standard, facts: FactSet) -> None:
    result = assessor_of(standard).assess(facts)
    expected = {"met": Verdict.MET, "not_met": Verdict.NOT_MET}

    for leaf in result.indicators():
        steps = leaf.because.children if leaf.because.kind == "steps" else (leaf.because,)
        guards = [step for step in steps if step.kind == "applies"]
        rule = next(step for step in steps if step.kind != "applies")
        applies = all(step.outcome == "met" for step in guards)
        if applies and leaf.verdict is not Verdict.OUT_OF_SCOPE and rule.outcome in expected:
            assert leaf.verdict is expected[rule.outcome]
