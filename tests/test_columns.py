"""Several levels score one unit by one standard; the deciding level's points count, and every difference can be seen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as each_of
from hypothesis import settings
from hypothesis import strategies as st
from small_standards import MEASURED, assessor, gives, unit

from duibiao.assess.columns import columns
from duibiao.assess.one import Assessor
from duibiao.errors import BadInputError, Where
from duibiao.model.outcome import Assessment, Given
from duibiao.model.process import LEVELS
from duibiao.model.standard import Scoring

NAMED = {"levels": ("街镇", "区", "省"), "deciding": "省"}
FREE = Scoring(method="points")
TWO = assessor(MEASURED, MEASURED)


def scored(points: str, found: Assessor = TWO, **more: Any) -> Assessment:
    return found.assess(unit(rate=9000), given=[gives(points, **more)])


def test_the_levels_stand_beside_each_other_with_their_greatest_difference() -> None:
    found = columns(Scoring(method="points", **NAMED), {"街镇": scored("9"), "区": scored("6.5"), "省": scored("7")})

    row = found.row("i0")
    assert ["9", "6.5", "7"] == [f"{each.low.normalize():f}" for each in row.points.values() if each]
    assert (Decimal("2.5"), Decimal(7)) == (row.spread, row.deciding.low if row.deciding else None)
    assert (Decimal("2.5"), Decimal(17)) == (found.row("score").spread, found.rows[-1].deciding.low)  # type: ignore[union-attr]


def test_levels_that_have_not_scored_are_named() -> None:
    found = columns(Scoring(method="points", **NAMED), {"区": scored("9")})

    assert ("街镇", "省") == found.waiting
    assert (None, None) == (found.row("i0").points["省"], found.row("i0").deciding)
    assert ("省", None) == (found.deciding, found.decided)


def test_the_override_that_decides_comes_with_its_reason_and_approver() -> None:
    town, province = scored("9", reason="自评"), scored("7", reason="现场复核", approver="考评组")

    found = columns(Scoring(method="points", **NAMED), {"街镇": town, "省": province})

    row = found.row("i0")
    assert (("现场复核", "考评组"), "自评") == ((row.used.reason, row.used.approver), row.given["街镇"].reason)  # type: ignore[union-attr]
    assert Decimal(10) == row.computed["省"].low
    assert ["i0"] == [each.id for each in found.overridden()]


def test_points_given_below_the_deciding_level_are_shown_but_not_used() -> None:
    found = columns(Scoring(method="points", **NAMED), {"街镇": scored("9"), "省": TWO.assess(unit(rate=9000))})

    assert (None, Decimal(10)) == (found.row("i0").used, found.row("i0").deciding.low)  # type: ignore[union-attr]
    assert () == found.overridden()


def test_where_a_standard_names_no_levels_the_highest_that_has_scored_decides() -> None:
    found = columns(FREE, {"市": scored("6"), "社区": scored("9")})

    assert (LEVELS, "市", Decimal(6)) == (found.levels, found.deciding, found.row("i0").deciding.low)  # type: ignore[union-attr]
    assert () == found.waiting


@pytest.mark.parametrize(("scoring", "level"), [(Scoring(method="points", **NAMED), "市"), (FREE, "自评")])
def test_a_level_that_does_not_score_this_standard_is_refused(scoring: Scoring, level: str) -> None:
    with pytest.raises(BadInputError) as caught:
        columns(scoring, {level: scored("1")}, Where("评分表", line=2))

    assert [("S07", "评分表:2", level)] == [(each.code, str(each.where), each.found) for each in caught.value.problems]


def test_scores_of_two_units_or_two_contents_are_not_compared() -> None:
    other = assessor(MEASURED)
    with pytest.raises(BadInputError) as caught:
        columns(FREE, {"区": scored("1"), "市": other.assess(unit("村委会", rate=9000))})

    assert ["S08"] == [each.code for each in caught.value.problems]


def test_before_anybody_has_scored_there_is_nothing_to_compare() -> None:
    found = columns(FREE, {})

    assert ((), "", None) == (found.rows, found.deciding, found.decided)


def test_open_points_do_not_count_as_a_difference() -> None:
    found = columns(FREE, {"区": scored("1"), "市": TWO.assess(unit())})

    assert Decimal(0) == found.row("i0").spread


points = st.integers(0, 10_000).map(lambda n: Decimal(n) / 1000)


@settings(max_examples=40, deadline=None)
@each_of(st.dictionaries(st.sampled_from(LEVELS), st.tuples(points, points), min_size=1))
def test_the_deciding_column_is_the_deciding_assessment(by_level: dict[str, tuple[Decimal, Decimal]]) -> None:
    made = {level: TWO.assess(unit(rate=1), given=[Given("i0", one), Given("i1", two)]) for level, (one, two) in by_level.items()}

    found = columns(FREE, made)

    assert found.decided is made[found.deciding]
    assert [leaf.points for leaf in found.decided.indicators()] == [row.deciding for row in found.rows[:-1]]
    assert found.decided.score == found.rows[-1].deciding
    for row in found.rows:
        assert row.spread == max(e.low for e in row.points.values() if e) - min(e.low for e in row.points.values() if e)
