"""A standard of a few indicators, a unit, and points given to it: what tests of scoring need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from duibiao.assess.given import Given
from duibiao.assess.one import Assessor
from duibiao.errors import Collector
from duibiao.model.facts import FactSet, FactType, Kind, Option, Unit, Value, Vocabulary
from duibiao.model.standard import Award, Criterion, Header, Indicator, Scoring, Standard
from duibiao.rules.lower import lower

RATE = FactType("rate", "满意率", Kind.RATE, unit="%", step=Decimal("0.01"), high=10_000)
SHOP = FactType("has_shop", "有商铺", Kind.FLAG)
GRADE = FactType("grade", "评价", Kind.GRADE, options=(Option("poor", "差"), Option("good", "好")), high=1)
VOCABULARY = Vocabulary({each.id: each for each in (RATE, SHOP, GRADE)})
MEASURED = {"condition": {"fact": "rate", "at_least": "80%"}, "points": {"points": 10}}
JUDGED = {"condition": {"fact": "grade"}, "points": {"graded": {"差": 0, "好": 10}, "points": 10}}


def assessor(*leaves: Mapping[str, Any], requires: str = "score >= 9", **scoring: Any) -> Assessor:
    """A standard of these indicators (``i0``, ``i1``, …; one measured one by default) with one award."""
    indicators = tuple(Indicator(id=f"i{n}", title="", **keys) for n, keys in enumerate(leaves or (MEASURED,)))
    parts = {"method": "points", "awards": (Award(id="a", title="", requires=requires),), **scoring}
    return of(
        Standard(
            header=Header(id="t.s", edition="1", title="", unit_kinds=("居委会",)),
            scoring=Scoring(**parts),
            criteria=(Criterion(id="c", title="", indicators=indicators),),
        )
    )


def of(standard: Standard, vocabulary: Vocabulary = VOCABULARY) -> Assessor:
    """A standard ready to assess units."""
    problems = Collector()
    program = lower(standard, vocabulary, problems)
    assert program is not None, problems.problems
    return Assessor(program)


def unit(kind: str = "居委会", **values: Value) -> FactSet:
    """The facts of one unit."""
    return FactSet(Unit("甲", kind), values, date(2012, 6, 30), "2012")


def gives(points: str, indicator: str = "i0", **more: Any) -> Given:
    """Points that an assessor gives."""
    return Given(indicator, Decimal(points), **more)
