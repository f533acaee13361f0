"""A made-up standard of 100 indicators, said three ways at once: as pack keys, as plain Python text, and as names to compare.

Every rule carries the condition and points keys of a pack and the sentence a programmer would write for them by hand, so that
all engines answer the same questions. Numbers in the texts are in the facts' smallest steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from math import gcd
from random import Random
from typing import Any

from attrs import field, frozen

from duibiao.errors import Collector
from duibiao.model.facts import FactSet, FactType, Grading, Kind, Option, Ticks, Unit, Value, Vocabulary
from duibiao.model.standard import Award, Criterion, Gate, Header, Indicator, Scoring, Standard, Veto
from duibiao.rules.context import KINDS
from duibiao.rules.lower import lower
from duibiao.rules.nodes import Input
from duibiao.rules.program import Program

TODAY = date(2011, 9, 30)
KIND = "居委会"
PER_GROUP = 5
UNSCORED, SCORED = 60, 40
POINT = 1000
"""Points are kept in thousandths."""


@frozen
class Fact:
    """A fact of the made-up vocabulary.

    Attributes:
        type: Its type.
        good: Values (in steps) from the first to the last that meet the rule.
        bad: Values that do not.
    """

    type: FactType
    good: tuple[int, int] = (1, 1)
    bad: tuple[int, int] = (0, 0)


@frozen
class Rule:
    """One indicator.

    Attributes:
        name: Id, also the stem of its names in the texts.
        condition: Condition keys.
        text: The condition in Python; empty where full marks decide.
        facts: What it reads.
        guard: Flag outside which it is not applicable; empty without one.
        full: Full marks in points; 0 when it is not scored.
        points: Points keys beside ``points``.
        marks: Points earned, in Python; empty where the condition decides.
    """

    name: str
    condition: Mapping[str, Any]
    text: str
    facts: tuple[Fact, ...]
    guard: str = ""
    full: int = 0
    points: Mapping[str, Any] = field(factory=dict)
    marks: str = ""


def _number(name: str, kind: Kind, good: tuple[int, int], bad: tuple[int, int]) -> Fact:
    unit, step, high = {
        Kind.COUNT: ("person", "1", 1_000_000),
        Kind.QUANTITY: ("m2", "0.01", 100_000_000),
        Kind.RATE: ("%", "0.01", 10_000),
        Kind.MONEY: ("yuan", "0.01", 10_000_000_000),
    }[kind]
    return Fact(FactType(name, name, kind, unit=unit, step=Decimal(step), high=high), good, bad)


def _flag(name: str) -> Fact:
    return Fact(FactType(name, name, Kind.FLAG))


def _list(name: str, size: int) -> Fact:
    options = tuple(Option(letter, letter) for letter in "abcdefgh"[:size])
    return Fact(FactType(name, name, Kind.CHECKLIST, options=options, high=size))


def _members(name: str, size: int) -> list[str]:
    return [f"{name}_{letter}" for letter in "abcdefgh"[:size]]


def flag(n: int, full: int = 0) -> Rule:
    """A yes."""
    return Rule(f"flag_{n}", {"fact": f"has_{n}"}, f"has_{n}", (_flag(f"has_{n}"),), full=full)


def least(n: int, full: int = 0, guard: str = "") -> Rule:
    """At least, at most, more than … of a number."""
    name, word = f"least_{n}", f"size_{n}"
    kind, key, raw, sign, good, bad = (
        (Kind.QUANTITY, "at_least", f"{600 + 10 * n} m2", f">= {60_000 + 1000 * n}", (99_000, 150_000), (9_000, 59_000)),
        (Kind.RATE, "at_least", f"{60 + n % 30}%", f">= {6_000 + n % 30 * 100}", (9_000, 10_000), (2_000, 5_999)),
        (Kind.COUNT, "at_most", 3 + n % 4, f"<= {3 + n % 4}", (0, 3), (7, 30)),
        (Kind.MONEY, "more_than", f"{20_000 + n} yuan", f"> {2_000_000 + 100 * n}", (2_100_000, 9_000_000), (0, 1_999_999)),
        (Kind.RATE, "less_than", f"{20 + n % 20}%", f"< {2_000 + n % 20 * 100}", (0, 1_999), (4_000, 10_000)),
    )[n % 5]
    facts = (_number(word, kind, good, bad), *((_flag(guard),) if guard else ()))
    return Rule(name, {"fact": word, key: raw}, f"{word} {sign}", facts, guard, full)


def between(n: int) -> Rule:
    """Both bounds count."""
    word, low, high = f"span_{n}", 100 + n, 200 + 10 * n
    fact = _number(word, Kind.COUNT, (low, high), (high + 1, 1_000))
    return Rule(f"between_{n}", {"fact": word, "between": [low, high]}, f"{low} <= {word} <= {high}", (fact,))


def ratio(n: int, full: int = 0) -> Rule:
    """One number against another; never divided."""
    part, whole, share = f"part_{n}", f"whole_{n}", 3 + n % 17
    spec = {"fact": part, "ratio_to": whole, "at_least": f"{share}%", "if_empty": "not_met"}
    facts = (_number(part, Kind.COUNT, (400, 900), (0, 20)), _number(whole, Kind.COUNT, (1_000, 2_000), (1_000, 4_000)))
    factor, bound = 100 // gcd(100, share), share // gcd(100, share)
    line = f"{bound} * {whole}" if bound > 1 else whole
    return Rule(f"ratio_{n}", spec, f"{whole} > 0 and {factor} * {part} >= {line}", facts, full=full)


def special(n: int) -> Rule:
    """Another threshold in a special case."""
    word, case = f"cover_{n}", f"old_{n}"
    spec = {"fact": word, "at_least": "25%", "otherwise": [{"when": {"fact": case}, "at_least": f"{10 + n}%"}]}
    facts = (_number(word, Kind.RATE, (2_600, 5_000), (0, 900)), _flag(case))
    return Rule(f"special_{n}", spec, f"{word} >= ({1_000 + 100 * n} if {case} else 2500)", facts)


def twice_special(n: int) -> Rule:
    """Two special cases, the first that holds counts."""
    word, one, two = f"rooms_{n}", f"poor_{n}", f"small_{n}"
    cases = [{"when": {"fact": one}, "at_least": 10 + n}, {"when": {"fact": two}, "at_least": 20 + n}]
    spec = {"fact": word, "at_least": 40, "otherwise": cases}
    facts = (_number(word, Kind.COUNT, (45, 90), (0, 9)), _flag(one), _flag(two))
    return Rule(f"twice_{n}", spec, f"{word} >= ({10 + n} if {one} else {20 + n} if {two} else 40)", facts)


def checklist(n: int) -> Rule:
    """So many of five."""
    word, most = f"list_{n}", 3 + n % 2
    spec = {"fact": word, "has_at_least": most}
    return Rule(f"checklist_{n}", spec, f"{' + '.join(_members(word, 5))} >= {most}", (_list(word, 5),))


def complete(n: int) -> Rule:
    """All of six."""
    word = f"full_{n}"
    return Rule(f"complete_{n}", {"fact": word}, " and ".join(_members(word, 6)), (_list(word, 6),))


def per(n: int) -> Rule:
    """So many per hundred, started hundreds counting."""
    word, base, price = f"staff_{n}", f"homes_{n}", 1 + n % 3
    spec = {"fact": word, "at_least": price, "per": {"fact": base, "each": 100, "round": "up"}}
    facts = (_number(word, Kind.COUNT, (120, 200), (0, 4)), _number(base, Kind.COUNT, (500, 3_000), (900, 3_000)))
    hundreds = f"(({base} + 99) // 100)"
    return Rule(f"per_{n}", spec, f"{word} >= {f'{price} * ' if price > 1 else ''}{hundreds}", facts)


def either_of(n: int) -> Rule:
    """One way or the other."""
    word, case = f"hours_{n}", f"shared_{n}"
    spec = {"any_of": [{"fact": case}, {"fact": word, "at_least": 8 + n}]}
    facts = (_flag(case), _number(word, Kind.COUNT, (20, 24), (0, 7)))
    return Rule(f"either_{n}", spec, f"{case} or {word} >= {8 + n}", facts)


def several(n: int) -> Rule:
    """Three things together."""
    word, one, two = f"fund_{n}", f"team_{n}", f"plan_{n}"
    spec = {"all_of": [{"fact": one}, {"fact": word, "at_least": 30 + n}, {"fact": two}]}
    facts = (_flag(one), _number(word, Kind.COUNT, (50, 90), (0, 29)), _flag(two))
    return Rule(f"several_{n}", spec, f"{one} and {word} >= {30 + n} and {two}", facts)


def bands(n: int, full: int) -> Rule:
    """Points by the band a rate lies in."""
    word, half = f"rate_{n}", full * POINT // 2
    table = [
        {"at_least": "90%", "points": full},
        {"at_least": "80%", "less_than": "90%", "points": str(Decimal(half) / POINT)},
        {"at_least": "60%", "less_than": "80%", "points": "0.5"},
        {"less_than": "60%", "points": 0},
    ]
    fact = _number(word, Kind.RATE, (9_000, 10_000), (4_000, 8_999))
    marks = f"{full * POINT} if {word} >= 9000 else {half} if {word} >= 8000 else 500 if {word} >= 6000 else 0"
    return Rule(f"bands_{n}", {"fact": word}, "", (fact,), full=full, points={"bands": table}, marks=marks)


def deductions(n: int, full: int) -> Rule:
    """From full marks down, half a point per case and one per three complaints."""
    cases, words = f"cases_{n}", f"complaints_{n}"
    table = [{"fact": cases, "each": 1, "points": "0.5"}, {"fact": words, "each": 3, "points": 1}]
    facts = (_number(cases, Kind.COUNT, (0, 0), (1, 4)), _number(words, Kind.COUNT, (0, 2), (3, 9)))
    marks = f"max(0, {full * POINT} - 500 * {cases} - 1000 * ({words} // 3))"
    return Rule(f"deductions_{n}", {}, "", facts, full=full, points={"deduct": table}, marks=marks)


def member_points(n: int, full: int) -> Rule:
    """Points for every member of five."""
    word = f"kit_{n}"
    price = Decimal(full) / 5
    marks = f"{int(price * POINT)} * ({' + '.join(_members(word, 5))})"
    return Rule(
        f"kit_points_{n}", {"fact": word}, "", (_list(word, 5),), full=full, points={"per_member": str(price)}, marks=marks
    )


def counted(n: int, full: int) -> Rule:
    """Half a point each, capped."""
    word = f"events_{n}"
    fact = _number(word, Kind.COUNT, (2 * full, 30), (0, 2 * full - 1))
    points = {"each": {"points": "0.5", "cap": full}}
    return Rule(f"counted_{n}", {"fact": word}, "", (fact,), full=full, points=points, marks=f"min({full * POINT}, 500 * {word})")


def shortfall(n: int, full: int) -> Rule:
    """A point lost for every whole 20 m² that are missing."""
    word = f"area_{n}"
    fact = _number(word, Kind.QUANTITY, (40_000, 90_000), (30_000, 38_000))
    points = {"shortfall": {"step": "20 m2", "points": 1, "mode": "full"}}
    marks = f"max(0, {full * POINT} - 1000 * (max(0, 40000 - {word}) // 2000))"
    condition = {"fact": word, "at_least": "400 m2"}
    return Rule(f"shortfall_{n}", condition, f"{word} >= 40000", (fact,), full=full, points=points, marks=marks)


def graded(n: int, full: int) -> Rule:
    """Points by an assessor's grade."""
    word, levels = f"grade_{n}", ("poor", "fair", "good", "best")
    worth = (0, 500, full * 500, full * POINT)
    options = tuple(Option(level, level) for level in levels)
    fact = Fact(FactType(word, word, Kind.GRADE, options=options, high=3), (3, 3), (0, 2))
    points = {"graded": {level: str(Decimal(w) / POINT) for level, w in zip(levels, worth, strict=True)}}
    return Rule(f"graded_{n}", {"fact": word}, "", (fact,), full=full, points=points, marks=f"{worth}[{word}]")


def _rules() -> tuple[Rule, ...]:
    plain: list[Rule] = []
    for n in range(10):
        plain += [flag(n), least(n)]
    for n in range(6):
        plain += [ratio(n), special(n), checklist(n)]
    for n in range(4):
        plain += [complete(n), per(n), least(10 + n, guard=f"applies_{n}"), either_of(n), several(n)]
    plain += [between(0), twice_special(0)]
    scored: list[Rule] = []
    for n in range(8):
        scored += [bands(n, 3), least(20 + n, 2)]
    for n in range(4):
        scored += [deductions(n, 4), member_points(n, 2), graded(n, 3), counted(n, 2)]
    scored += [shortfall(0, 3), shortfall(1, 3), shortfall(2, 3), ratio(6, 2)]
    scored += [least(30, 1, guard="applies_30"), least(31, 1, guard="applies_31"), flag(30, 2), flag(31, 1)]
    return (*plain, *scored)


RULES = _rules()
GROUPS = tuple(RULES[i : i + PER_GROUP] for i in range(0, UNSCORED + SCORED, PER_GROUP))
FACTS = {fact.type.id: fact for rule in RULES for fact in rule.facts} | {
    f.type.id: f for f in (_flag("forged"), _flag("sued"), _flag("struck"), _number("deaths", Kind.COUNT, (0, 0), (1, 3)))
}
RARE = {"forged", "sued", "struck"}
"""Flags that are no in a good unit."""

Text = tuple[str, str, str]
"""An output: its id in the standard, what a pack says, and the same in Python."""


def gates() -> list[Text]:
    """One per group, one per scored group's points, and eight across groups."""
    found = [
        (f"gate_{i}", " and ".join(f'met("{r.name}")' for r in group), " and ".join(f"{r.name}_ok" for r in group))
        for i, group in enumerate(GROUPS)
    ]
    for i, group in enumerate(GROUPS):
        if group[0].full:
            line = max(sum(r.full for r in group) - 3, 1)
            found.append((f"line_{i}", f'points("group_{i}") >= {line}', f"group_{i} >= {line * POINT}"))
    for i in range(8):
        one, two, three = RULES[7 * i], RULES[7 * i + 3], RULES[UNSCORED + 5 * i]
        found.append((
            f"theme_{i}",
            f'met("{one.name}") and (met("{two.name}") or points("{three.name}") >= 1)',
            f"{one.name}_ok and ({two.name}_ok or {three.name}_points >= 1000)",
        ))  # fmt: skip
    return found


VETOES: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    ("veto_0", {"fact": "forged"}, "forged"),
    ("veto_1", {"fact": "deaths", "more_than": 0}, "deaths > 0"),
    ("veto_2", {"all_of": [{"fact": "sued"}, {"fact": "struck"}]}, "sued and struck"),
)


def awards() -> list[Text]:
    """The last word: everything met, points, gates, and one award on top of another."""
    return [
        ("award_0", "all", " and ".join(f"gate_{i}" for i in range(len(GROUPS)))),
        ("award_1", "score >= 90", f"score >= {90 * POINT}"),
        ("award_2", 'score >= 80 and gate("gate_0")', f"score >= {80 * POINT} and gate_0"),
        ("award_3", "score >= 60 and lowest(criteria) >= 4", f"score >= {60 * POINT} and min({_all_groups()}) >= 4000"),
        ("award_4", 'gate("gate_1") and gate("line_12") and gate("theme_3")', "gate_1 and line_12 and theme_3"),
    ]


def _all_groups() -> str:
    return ", ".join(f"group_{i}" for i, group in enumerate(GROUPS) if group[0].full)


def standard() -> Standard:
    """The table as a standard."""
    criteria = tuple(
        Criterion(id=f"group_{i}", title=f"group {i}", indicators=tuple(indicator(rule) for rule in group))
        for i, group in enumerate(GROUPS)
    )
    scoring = Scoring(
        method="points",
        total=100,
        gates=tuple(Gate(id=name, title=name, requires=said) for name, said, _ in gates()),
        vetoes=tuple(Veto(id=name, title=name, condition=spec) for name, spec, _ in VETOES),
        awards=tuple(Award(id=name, title=name, requires=said) for name, said, _ in awards()),
    )
    header = Header(id="bench.unit", edition="2011", title="bench", unit_kinds=(KIND, "村委会"))
    return Standard(header=header, scoring=scoring, criteria=criteria)


def indicator(rule: Rule) -> Indicator:
    """A rule as an indicator of a standard."""
    points = {**({"points": rule.full} if rule.full else {}), **rule.points}
    when = {"fact": rule.guard} if rule.guard else None
    return Indicator(id=rule.name, title=rule.name, condition=rule.condition, points=points, when=when)


def program() -> Program:
    """The table, lowered."""
    problems = Collector()
    vocabulary = Vocabulary({name: fact.type for name, fact in FACTS.items()})
    made = lower(standard(), vocabulary, problems)
    problems.raise_any()
    assert made is not None
    return made


def unit(seed: int, good: float = 0.93, missing: float = 0.0) -> FactSet:
    """A unit: most facts meet their rules, a share of them is missing."""
    dice = Random(seed)
    values: dict[str, Value] = {}
    for name, fact in FACTS.items():
        fine, known = dice.random() < good, dice.random() >= missing
        value = _value(fact, fine, dice)
        if known:
            values[name] = value
    return FactSet(unit=Unit("bench", KIND), values=values, as_of=TODAY, period="2011")


def _value(fact: Fact, fine: bool, dice: Random) -> Value:
    ftype = fact.type
    if ftype.kind is Kind.CHECKLIST:
        here = frozenset(each.id for each in ftype.options if fine or dice.random() < 0.5)
        return Ticks(here, frozenset(each.id for each in ftype.options) - here)
    number = dice.randint(*(fact.good if fine else fact.bad))
    if ftype.kind is Kind.GRADE:
        return Grading(number)
    return 1 - number if ftype.id in RARE else number


def name_of(each: Input) -> str:
    """The Python name of an input."""
    if each.fact == "unit.kind":
        return "unit_kind"
    return f"{each.fact}_{each.member}" if each.member else each.fact


IN_SCOPE = f"unit_kind == {KINDS.index(KIND)} or unit_kind == {KINDS.index('村委会')}"


def sentences() -> list[tuple[str, str]]:
    """Every intermediate result and output as a name and what it is in Python, in an order that can be run."""
    found = [("in_scope", IN_SCOPE)]
    for rule in RULES:
        found += _sentences_of(rule)
    scored = [(i, group) for i, group in enumerate(GROUPS) if group[0].full]
    for i, group in scored:
        found.append((f"group_{i}", " + ".join(f"{rule.name}_points" for rule in group)))
    found.append(("score", " + ".join(f"group_{i}" for i, _ in scored)))
    found += [(name, text) for name, _, text in (*gates(), *VETOES)]
    found.append(("eligible", f"in_scope and not ({' or '.join(name for name, _, _ in VETOES)})"))
    found += [(name, f"eligible and {text}") for name, _, text in awards()]
    return found


def _sentences_of(rule: Rule) -> list[tuple[str, str]]:
    stem, full = rule.name, rule.full * POINT
    found = []
    if rule.marks:
        found.append((f"{stem}_points", rule.marks))
    if rule.guard:
        found.append((f"{stem}_ok", f"not {rule.guard} or {rule.text}"))
        found.append((f"{stem}_met", f"{stem}_ok if {rule.guard} else 4"))
    else:
        found.append((f"{stem}_ok", rule.text or f"{stem}_points >= {full}"))
    if rule.full and not rule.marks:
        found.append((f"{stem}_points", f"{full} if {stem}_ok else 0"))
    return found


def outputs() -> tuple[list[str], ...]:
    """Names of the verdicts, points, groups, score, and of gates, vetoes and awards."""
    return (
        [f"{rule.name}_met" if rule.guard else f"{rule.name}_ok" for rule in RULES],
        [f"{rule.name}_points" for rule in RULES if rule.full],
        [f"group_{i}" for i, group in enumerate(GROUPS) if group[0].full],
        ["score"],
        [each[0] for each in (*gates(), *VETOES, *awards())],
    )
