"""Rules that look at a unit's peers: averages, medians, ranks, imputed points (RULE-SHAPES A20, B21)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from duibiao.assess.cohort import assess_cohort, average, median, ranks
from duibiao.assess.one import Assessor
from duibiao.errors import Collector
from duibiao.model.facts import FactSet, FactType, Kind, Unit, Value, Vocabulary
from duibiao.model.outcome import Verdict
from duibiao.model.standard import Criterion, Header, Indicator, Scoring, Standard
from duibiao.rules.lower import lower

RATE = FactType("rate", "满意率", Kind.RATE, unit="%", step=Decimal("0.01"), high=10_000)
SHOP = FactType("has_shop", "有商铺", Kind.FLAG)
VOCABULARY = Vocabulary({each.id: each for each in (RATE, SHOP)})


def assessor(*, condition: Mapping[str, Any], **scoring: Any) -> Assessor:
    leaf = Indicator(id="i", title="", condition=condition, points={"points": 10}, when=scoring.pop("when", None))
    standard = Standard(
        header=Header(id="t.s", edition="1", title="", unit_kinds=("居委会",)),
        scoring=Scoring(method="points", **scoring),
        criteria=(Criterion(id="c", title="", indicators=(leaf,)),),
    )
    problems = Collector()
    program = lower(standard, VOCABULARY, problems)
    assert program is not None, problems.problems
    return Assessor(program)


def unit(name: str, **values: Value) -> FactSet:
    return FactSet(Unit(name, "居委会"), values, date(2012, 6, 30), "2012")


def verdicts(found: Assessor, *units: FactSet) -> list[Verdict]:
    return [each.indicator("i").verdict for each in assess_cohort(found, units)]


def test_only_a_unit_strictly_above_the_average_is_met() -> None:
    found = assessor(condition={"fact": "rate", "above_peers": "average"})

    met = verdicts(found, unit("甲", rate=9000), unit("乙", rate=8000), unit("丙", rate=7000))

    assert [Verdict.MET, Verdict.NOT_MET, Verdict.NOT_MET] == met


def test_an_average_with_no_end_is_still_compared_exactly() -> None:
    found = assessor(condition={"fact": "rate", "above_peers": "average"})

    met = verdicts(found, unit("甲", rate=34), unit("乙", rate=33), unit("丙", rate=33))

    assert [Verdict.MET, Verdict.NOT_MET, Verdict.NOT_MET] == met


def test_the_median_is_not_moved_by_one_extreme() -> None:
    found = assessor(condition={"fact": "rate", "above_peers": "median"})

    met = verdicts(found, unit("甲", rate=10_000), unit("乙", rate=5001), unit("丙", rate=5000))

    assert [Verdict.MET, Verdict.NOT_MET, Verdict.NOT_MET] == met


def test_one_missing_value_leaves_the_others_open_only_where_it_could_matter() -> None:
    found = assessor(condition={"fact": "rate", "above_peers": "average"})

    met = verdicts(found, unit("甲", rate=9900), unit("乙", rate=6000), unit("丁", rate=4000), unit("丙"))

    assert [Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET, Verdict.UNKNOWN] == met


def test_alone_a_unit_cannot_be_compared_with_its_peers() -> None:
    result = assessor(condition={"fact": "rate", "above_peers": "average"}).assess(unit("甲", rate=9000))

    assert Verdict.UNKNOWN is result.indicator("i").verdict
    assert ("peers.rate",) == result.unknown_facts


def test_equal_values_share_the_better_rank() -> None:
    found = assessor(condition={"fact": "rate", "rank_within": 2})

    met = verdicts(found, unit("甲", rate=9000), unit("乙", rate=8000), unit("丙", rate=8000), unit("丁", rate=100))

    assert [Verdict.MET, Verdict.MET, Verdict.MET, Verdict.NOT_MET] == met


def test_what_does_not_apply_gets_the_mean_of_the_peers_points() -> None:
    found = assessor(condition={"fact": "rate", "at_least": "80%"}, when={"fact": "has_shop"}, not_applicable="impute")

    scores = assess_cohort(
        found, [unit("甲", has_shop=1, rate=9000), unit("乙", has_shop=1, rate=100), unit("丙", has_shop=0, rate=0)]
    )

    assert [Decimal(10), Decimal(0), Decimal(5)] == [each.score.low for each in scores if each.score]
    assert all(each.score is not None and each.score.settled for each in scores)


def test_alone_imputed_points_stay_open() -> None:
    found = assessor(condition={"fact": "rate", "at_least": "80%"}, when={"fact": "has_shop"}, not_applicable="impute")

    score = found.assess(unit("丙", has_shop=0, rate=0)).score

    assert score is not None
    assert (Decimal(0), Decimal(10)) == (score.low, score.high)


def test_averages_medians_and_ranks_of_nobody_are_nothing() -> None:
    assert average([]) is None
    assert median([]) is None
    assert [] == ranks([])


def test_an_unknown_value_has_a_range_of_ranks() -> None:
    assert [(1, 2), (2, 3), (1, 3)] == ranks([(9, 9), (5, 5), (0, 10)])
