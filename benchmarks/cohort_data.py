"""Made-up facts for many units, and the made-up standard with more or fewer indicators.

The facts of a unit follow from its number alone (a hash of number and fact), so that every machine measures the same file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import polars as pl
import table
from attrs import evolve, frozen
from table import Fact, Rule

from duibiao.cohort.fields import CODE, KIND, NAME, PERIOD, Field, fields_of
from duibiao.cohort.tabulate import dtype_of
from duibiao.errors import Collector
from duibiao.model.facts import Kind, Vocabulary
from duibiao.model.standard import Award, Criterion, Gate, Scoring, Standard, Veto
from duibiao.rules.lower import lower
from duibiao.rules.program import Program

NATION = 620_573
"""Communities and villages of the national register."""
GOOD = 93
"""Of a hundred facts, how many meet their rule."""
ROWS = 1 << 17
"""Rows of a group in the file."""
PER_GROUP = table.PER_GROUP
FULL_TABLE = len(table.RULES)


def write(path: Path, units: int, missing: int = 0, facts: Mapping[str, Fact] | None = None) -> Path:
    """A file of facts for *units* units; *missing* of a hundred values are gaps. An existing file is left as it is."""
    if not path.exists():
        found = pl.select(_columns(units, missing, table.FACTS if facts is None else facts))
        found.write_parquet(path, row_group_size=ROWS)
    return path


def _columns(units: int, missing: int, facts: Mapping[str, Fact]) -> list[pl.Expr]:
    numbers = pl.int_range(pl.lit(units))
    found = [
        numbers.cast(pl.String).alias(CODE),
        pl.lit("示例").alias(NAME),
        pl.when(_dice(units, "kind") % 100 < 98).then(pl.lit(table.KIND)).otherwise(pl.lit("街道")).alias(KIND),
        pl.lit("2011").alias(PERIOD),
    ]
    for name, fact in facts.items():
        fine = _dice(units, name, "fine") % 100 < GOOD
        for each in fields_of(fact.type):
            value = _value(units, fact, each, fine)
            if missing:
                value = pl.when(_dice(units, each.name, "known") % 100 >= missing).then(value)
            found.append(value.alias(each.name))
    return found


def _dice(units: int, *what: str) -> pl.Expr:
    return pl.int_range(pl.lit(units)).hash(seed=crc32(" ".join(what).encode()))


def _value(units: int, fact: Fact, each: Field, fine: pl.Expr) -> pl.Expr:
    if each.sort == "flag":
        if fact.type.kind is Kind.CHECKLIST:
            return fine | (_dice(units, each.name, "member") % 2 == 0)
        return ~fine if fact.type.id in table.RARE else fine
    good, bad = (
        low + (_dice(units, each.name, side) % (high - low + 1)).cast(pl.Int64)
        for side, (low, high) in (("good", fact.good), ("bad", fact.bad))
    )
    return pl.when(fine).then(good).otherwise(bad).cast(dtype_of(each))


@frozen
class Scaled:
    """The made-up standard with another number of indicators.

    Attributes:
        program: It, lowered.
        facts: What it reads.
    """

    program: Program
    facts: Mapping[str, Fact]


def scaled(indicators: int) -> Scaled:
    """The table with *indicators* indicators: every so many-th of its rules, or all of them again under other names."""
    once = min(indicators, FULL_TABLE)
    chosen = [table.RULES[place * FULL_TABLE // once] for place in range(once)]
    chosen += [_copy(table.RULES[place % FULL_TABLE], place // FULL_TABLE) for place in range(once, indicators)]
    assert len({rule.name for rule in chosen}) == indicators
    chosen.sort(key=lambda rule: rule.full > 0)
    plain = [rule for rule in chosen if not rule.full]
    marked = [rule for rule in chosen if rule.full]
    groups = [part[i : i + PER_GROUP] for part in (plain, marked) for i in range(0, len(part), PER_GROUP)]
    facts = {fact.type.id: fact for rule in chosen for fact in rule.facts}
    facts |= {name: table.FACTS[name] for name in ("forged", "sued", "struck", "deaths")}
    problems = Collector()
    made = lower(_standard(groups), Vocabulary({name: fact.type for name, fact in facts.items()}), problems)
    problems.raise_any()
    assert made is not None
    return Scaled(made, facts)


def _copy(rule: Rule, turn: int) -> Rule:
    """A rule once more, about facts of its own."""
    ids = {fact.type.id: f"{fact.type.id}_again_{turn}" for fact in rule.facts}
    facts = tuple(evolve(fact, type=evolve(fact.type, id=ids[fact.type.id], title=ids[fact.type.id])) for fact in rule.facts)
    return evolve(
        rule,
        name=f"{rule.name}_again_{turn}",
        condition=_renamed(rule.condition, ids),
        points=_renamed(rule.points, ids),
        facts=facts,
        guard=ids.get(rule.guard, ""),
    )


def _renamed(spec: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(spec, Mapping):
        return {key: _renamed(value, ids) for key, value in spec.items()}
    if isinstance(spec, list):
        return [_renamed(each, ids) for each in spec]
    return ids.get(spec, spec) if isinstance(spec, str) else spec


def _standard(groups: Sequence[Sequence[Rule]]) -> Standard:
    """Groups, gates, vetoes and awards in the manner of the table."""
    names = [f"group_{i}" for i in range(len(groups))]
    scored = [i for i, group in enumerate(groups) if group[0].full]
    total = sum(rule.full for group in groups for rule in group)
    criteria = tuple(
        Criterion(id=name, title=name, indicators=tuple(table.indicator(rule) for rule in group))
        for name, group in zip(names, groups, strict=True)
    )
    gates = {f"gate_{i}": " and ".join(f'met("{rule.name}")' for rule in group) for i, group in enumerate(groups)}
    gates |= {f"line_{i}": f'points("group_{i}") >= {max(sum(r.full for r in groups[i]) - 3, 1)}' for i in scored}
    awards = {
        "award_0": "all",
        "award_1": f"score >= {total * 9 // 10}",
        "award_2": f'score >= {total * 8 // 10} and gate("gate_0")',
        "award_3": f"score >= {total * 6 // 10} and lowest(criteria) >= 4",
        "award_4": f'gate("gate_1") and gate("line_{scored[0]}")',
    }
    scoring = Scoring(
        method="points",
        total=total,
        gates=tuple(Gate(id=name, title=name, requires=said) for name, said in gates.items()),
        vetoes=tuple(Veto(id=name, title=name, condition=spec) for name, spec, _ in table.VETOES),
        awards=tuple(Award(id=name, title=name, requires=said) for name, said in awards.items()),
    )
    return Standard(header=table.standard().header, scoring=scoring, criteria=criteria)
