"""Peers over columns: the same averages, medians, ranks and imputed points as one list of units gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from test_cohort import RATE, SHOP, assessor, unit

from duibiao.assess.cohort import cohort_peers, ranks
from duibiao.assess.one import Assessor
from duibiao.cohort.answers import UNIT_COLUMNS
from duibiao.cohort.frames import Frames
from duibiao.cohort.loop import Loop
from duibiao.cohort.mirror import of_frames
from duibiao.cohort.peers import peers_of
from duibiao.cohort.tabulate import to_frame
from duibiao.model.facts import FactSet
from duibiao.rules.nodes import Span

CONDITIONS: Sequence[dict[str, Any]] = (
    {"condition": {"fact": "rate", "above_peers": "average"}},
    {"condition": {"fact": "rate", "above_peers": "median"}},
    {"condition": {"fact": "rate", "rank_within": 2}},
    {"condition": {"fact": "rate", "at_least": "80%"}, "when": {"fact": "has_shop"}, "not_applicable": "impute"},
)
rates = st.none() | st.sampled_from([0, 1, 33, 34, 7999, 8000, 8000, 9999, 10_000]) | st.integers(0, 10_000)
units = st.tuples(rates, st.none() | st.booleans())


def cohort_of(drawn: Sequence[tuple[int | None, bool | None]]) -> list[FactSet]:
    found = []
    for number, (rate, shop) in enumerate(drawn):
        values = {"rate": rate, "has_shop": None if shop is None else int(shop)}
        found.append(unit(f"{number}", **{name: value for name, value in values.items() if value is not None}))
    return found


def in_columns(found: Assessor, cohort: Sequence[FactSet]) -> tuple[list[dict[str, Any]], list[Any]]:
    frames = Frames(found.program, cohort[0].as_of)
    frame = to_frame(cohort, [(RATE, 0), (SHOP, 0)])
    table = of_frames([frame])
    peers = peers_of(frames, table)
    results = frames.results(table.frame, table.about.gaps, peers.supplied, UNIT_COLUMNS).collect()
    return list(results.iter_rows(named=True)), peers.of(frame)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CONDITIONS), st.lists(units, min_size=1, max_size=9))
def test_columns_supply_what_a_list_of_units_supplies(keys: dict[str, Any], drawn: list[tuple[int | None, bool | None]]) -> None:
    found, cohort = assessor(**keys), cohort_of(drawn)

    rows, supplied = in_columns(found, cohort)

    assert cohort_peers(found, cohort) == supplied
    assert list(Loop(found).rows(cohort)) == rows


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: (min(pair), max(pair))), max_size=12))
def test_a_rank_counts_who_is_surely_ahead_and_who_may_be(values: list[Span]) -> None:
    counted = []
    for place, (low, high) in enumerate(values):
        others = [value for index, value in enumerate(values) if index != place]
        counted.append((1 + sum(value[0] > high for value in others), 1 + sum(value[1] > low for value in others)))

    assert counted == ranks(values)


def test_sums_beyond_64_bits_stay_exact() -> None:
    import polars as pl

    from duibiao.cohort.peers import _sums

    large = (1 << 53) - 1
    table = of_frames([pl.DataFrame({"unit.kind": ["居委会"] * 2000, "period": ["2012"] * 2000, "a": [large] * 2000})])

    assert [2000 * large, -2000 * large] == _sums([pl.col("a"), -pl.col("a")], table)
