"""Hypothesis strategies: random standards of every surface shape, and random facts with holes for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from duibiao.model.facts import (
    FactSet,
    FactType,
    Grading,
    Happening,
    Holding,
    Kind,
    Option,
    Ticks,
    Unit,
    Value,
    Vocabulary,
)
from duibiao.model.standard import Award, Criterion, Gate, Header, Indicator, Scoring, Standard, Veto

AS_OF = date(2012, 6, 30)
LEVELS = (Option("poor", "差"), Option("fair", "中"), Option("good", "良"), Option("best", "优"))
MEMBERS = tuple(Option(f"m{i}", f"成员{i}") for i in range(4))
SORTS = (Option("minor", "一般"), Option("serious", "重大"))

TYPES = (
    FactType("flag_a", "是否甲", Kind.FLAG),
    FactType("flag_b", "是否乙", Kind.FLAG),
    FactType("count_a", "人数甲", Kind.COUNT, unit="person", high=60),
    FactType("count_b", "人数乙", Kind.COUNT, unit="person", high=60),
    FactType("area", "面积", Kind.QUANTITY, unit="m2", step=Decimal("0.5"), high=400),
    FactType("rate_a", "比率甲", Kind.RATE, unit="%", step=Decimal("0.01"), high=10_000),
    FactType("rate_b", "比率乙", Kind.RATE, unit="%", step=Decimal("0.01"), high=10_000),
    FactType("grade", "等级", Kind.GRADE, options=LEVELS, high=3),
    FactType("category", "类别", Kind.CHOICE, options=LEVELS, high=3),
    FactType("list", "清单", Kind.CHECKLIST, options=MEMBERS),
    FactType("honour", "称号", Kind.TITLE),
    FactType("visits", "活动", Kind.EVENTS, options=SORTS),
    FactType("marks", "评分", Kind.COUNT, unit="point", high=5),
)
VOCABULARY = Vocabulary({each.id: each for each in TYPES})

small = st.integers(0, 60)
percent = st.integers(0, 100).map(lambda n: f"{n}%")
half_areas = st.integers(0, 400).map(lambda n: f"{Decimal(n) / 2} m2")
operators = st.sampled_from(["at_least", "more_than", "at_most", "less_than", "equals"])
level_names = st.sampled_from([each.id for each in LEVELS])


def _simple(fact: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda op, value: {"fact": fact, op: value}, operators, values)


leaf_conditions = st.one_of(
    st.sampled_from(["flag_a", "flag_b", "honour", "list", "grade"]).map(lambda name: {"fact": name}),
    st.builds(lambda name, yes: {"fact": name, "is_true": yes}, st.sampled_from(["flag_a", "flag_b"]), st.booleans()),
    _simple("count_a", small),
    _simple("area", half_areas),
    _simple("rate_a", percent),
    st.builds(lambda a, b: {"fact": "count_b", "between": sorted([a, b])}, small, small),
    st.builds(
        lambda share, empty: {"fact": "count_a", "ratio_to": "count_b", "at_least": share, "if_empty": empty},
        percent,
        st.sampled_from(["met", "not_met", "unknown", "not_applicable"]),
    ),
    st.builds(
        lambda n, each, mode: {
            "fact": "area",
            "at_least": f"{n} m2",
            "per": {"fact": "count_b", "each": each, "round": mode},
        },
        st.integers(1, 9),
        st.integers(1, 20),
        st.sampled_from(["up", "down", "none"]),
    ),
    st.builds(lambda n: {"fact": "list", "has_at_least": n}, st.integers(1, 4)),
    st.builds(
        lambda names: {"fact": "list", "has": sorted(names)}, st.sets(st.sampled_from([m.id for m in MEMBERS]), min_size=1)
    ),
    st.builds(lambda name: {"fact": "grade", "at_least": name}, level_names),
    st.builds(lambda names: {"fact": "category", "one_of": sorted(names)}, st.sets(level_names, min_size=1)),
    st.builds(
        lambda n, kind: {"fact": "visits", "at_least": n, "kind": kind, "within": "1 year"},
        st.integers(0, 3),
        st.sampled_from(["minor", "serious"]),
    ),
    st.just({"fact": "visits", "each_within": "1 month"}),
    st.sampled_from(["rises", "not_rising", "not_falling"]).map(lambda key: {"fact": "rate_b", key: True}),
    st.builds(lambda gain: {"fact": "rate_b", "rises_by": gain}, st.integers(1, 30).map(lambda n: f"{n}%")),
    st.builds(lambda cycles, share: {"fact": "rate_b", "at_least": share, "sustained": cycles}, st.integers(1, 3), percent),
    st.builds(lambda value: {"fact": "area", "about": value}, half_areas),
    st.sampled_from(
        [
            "count_a + count_b >= 30",
            "count_a * 2 - count_b > 10 and not flag_a",
            "min(rate_a, rate_b) >= 50%",
            "(area if flag_a else area * 2) >= 100",
            'grade >= "良" or category == "best"',
            "count(list) + count(flag_a, flag_b) >= 3",
            'round(area / 3, "1", "half_up") == 40',
            "between(count_a, 10, 20) if flag_b else rate_a > 30%",
            "known_or(count_a, 5) <= 5",
            "previous(rate_b) < rate_b",
        ]
    ).map(lambda text: {"rule": text}),
)
special = st.builds(
    lambda base, guard, other: {"fact": "rate_a", "at_least": base, "otherwise": [{"when": guard, "at_least": other}]},
    percent,
    st.sampled_from([{"fact": "flag_a"}, {"fact": "honour"}, "count_a > 20"]),
    percent,
)
by_value = st.builds(
    lambda a, b: {"fact": "area", "by": {"fact": "flag_b", "values": {"yes": {"at_least": a}, "no": {"at_most": b}}}},
    half_areas,
    half_areas,
)
by_kind = st.builds(
    lambda a: {"fact": "rate_b", "by_kind": {"居委会": {"at_least": a}}},
    percent,
)
conditions = st.recursive(
    st.one_of(leaf_conditions, special, by_value, by_kind),
    lambda inner: st.builds(
        lambda key, members: {key: members},
        st.sampled_from(["all_of", "any_of", "none_of"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=4,
)
guards = st.one_of(st.none(), leaf_conditions)
tenths = st.integers(0, 100).map(lambda n: str(Decimal(n) / 10))


@st.composite
def bands(draw: st.DrawFn) -> dict[str, Any]:
    """Exclusive, complete bands over a rate."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=3)))
    points = [draw(tenths) for _ in range(len(cuts) + 1)]
    edges: list[int | None] = [None, *cuts, None]
    table = []
    for low, high, value in zip(edges, edges[1:], points, strict=False):
        band: dict[str, Any] = {"points": value}
        if low is not None:
            band["at_least"] = f"{low}%"
        if high is not None:
            band["less_than"] = f"{high}%"
        table.append(band)
    return {"condition": {"fact": "rate_a"}, "points": {"bands": table}}


scored = st.one_of(
    st.builds(lambda rule, full: {"condition": rule, "points": {"points": full}}, conditions, tenths),
    bands(),
    st.builds(
        lambda a, b: {
            "condition": {"fact": "count_a"},
            "points": {
                "points": 5,
                "deduct": [
                    {"fact": "count_a", "each": 3, "points": a},
                    {"events": "visits", "kind": "serious", "points": b, "unsettled": 2},
                ],
            },
        },
        tenths,
        tenths,
    ),
    st.builds(
        lambda price, mode: {
            "condition": {"fact": "area", "at_least": "100 m2"},
            "points": {"points": 8, "shortfall": {"step": "20 m2", "points": price, "mode": mode}},
        },
        st.integers(0, 30).map(lambda n: str(Decimal(n) / 10)),
        st.sampled_from(["full", "started", "proportional"]),
    ),
    st.just({"condition": {"fact": "list"}, "points": {"per_member": "1.5"}}),
    st.just({"condition": {"fact": "count_b"}, "points": {"each": {"points": "0.5", "cap": 4}}}),
    st.just({"condition": {"fact": "grade"}, "points": {"graded": {"poor": 0, "fair": 1, "good": 3, "best": 5}}}),
    st.just({"condition": {}, "points": {"points": 5, "points_from": "marks"}}),
    st.just(
        {
            "condition": {},
            "points": {
                "parts": {
                    "coefficient": 2,
                    "facts": ["grade", "category"],
                    "grades": {"poor": "0.2", "fair": "0.5", "good": "0.8", "best": 1},
                    "combine": "product",
                }
            },
        }
    ),
    st.just(
        {
            "condition": {"fact": "visits"},
            "points": {"bonus": True, "honours": {"levels": {"minor": 1, "serious": 3}, "within": "1 year"}},
        }
    ),
)  # fmt: skip


@st.composite
def standards(draw: st.DrawFn) -> Standard:
    """A standard with points, gates, vetoes and awards."""
    parts = draw(st.lists(st.tuples(scored, guards, st.sampled_from(["must", "aim"])), min_size=1, max_size=6))
    leaves = tuple(
        Indicator(id=f"i{n}", title="", condition=part["condition"], points=part["points"], when=guard, force=force)
        for n, (part, guard, force) in enumerate(parts)
    )
    half = (len(leaves) + 1) // 2
    groups = [Criterion(id="c0", title="", indicators=leaves[:half], cap=draw(st.sampled_from([None, 2])))]
    if leaves[half:]:
        groups.append(Criterion(id="c1", title="", indicators=leaves[half:]))
    line = draw(st.integers(0, 20))
    requires = draw(
        st.sampled_from(
            [
                f"score >= {line}",
                "all",
                f"score >= {line} and not vetoed",
                f"lowest(criteria) > {line}",
                f'met("i0") or score > {line}',
                f'gate("g") and score < {line}',
            ]
        )
    )  # fmt: skip
    vetoes = (Veto(id="v", title="", condition=draw(leaf_conditions), confirmed="flag_b"),) if draw(st.booleans()) else ()
    return Standard(
        header=Header(id="t.s", edition="1", title="", unit_kinds=("居委会", "村委会"), scope=draw(guards)),
        scoring=Scoring(
            method="points",
            not_applicable=draw(st.sampled_from(["full", "drop", "rescale"])),
            gates=(Gate(id="g", title="", condition=draw(conditions)),),
            vetoes=vetoes,
            awards=(Award(id="a", title="", requires=requires),),
        ),
        criteria=tuple(groups),
    )


def _value(ftype: FactType) -> st.SearchStrategy[Value]:
    days = st.dates(date(2010, 1, 1), date(2012, 12, 31))
    match ftype.kind:
        case Kind.GRADE | Kind.CHOICE:
            return st.integers(0, 3).map(Grading)
        case Kind.CHECKLIST:
            marks = st.lists(st.sampled_from([True, False, None]), min_size=4, max_size=4)
            return marks.map(
                lambda found: Ticks(
                    frozenset(m.id for m, on in zip(MEMBERS, found, strict=True) if on),
                    frozenset(m.id for m, on in zip(MEMBERS, found, strict=True) if on is False),
                )
            )
        case Kind.TITLE:
            return st.builds(Holding, st.booleans(), st.none() | days, st.none())
        case Kind.EVENTS:
            late = st.builds(
                lambda on, kind, settled: Happening(on, kind, max(on, settled) if settled else None),
                days,
                st.sampled_from(["minor", "serious"]),
                st.none() | days,
            )
            return st.lists(late, max_size=4).map(lambda found: tuple(sorted(found, key=lambda each: each.on)))
    return st.integers(ftype.low, ftype.high)


def values(*, holes: bool) -> st.SearchStrategy[dict[str, Value]]:
    """Values for the data items; with *holes* some are missing."""
    every = {each.id: _value(each) for each in TYPES}
    return st.fixed_dictionaries({}, optional=every) if holes else st.fixed_dictionaries(every)


@st.composite
def fact_sets(draw: st.DrawFn, *, holes: bool = True) -> FactSet:
    """The facts of one unit, with two earlier years."""
    history = (("2011", draw(values(holes=holes))), ("2010", draw(values(holes=holes))))
    kind = draw(st.sampled_from(["居委会", "村委会"]))
    return FactSet(Unit("单位", kind), draw(values(holes=holes)), AS_OF, "2012", history)
