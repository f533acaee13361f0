"""What a unit's peers supply, worked out by Spark: averages, medians, ranks and imputed points, exactly as over one list.

Texts are put together from names that are quoted and from numbers.
"""

from __future__ import annotations

from typing import Any

from attrs import define

from duibiao.assess.cohort import HUNDREDTHS
from duibiao.cohort.bind_sql import Ends, SqlBinder, peer_inputs
from duibiao.errors import BadInputError, Problem, Where
from duibiao.rules.compile import NOT_APPLICABLE
from duibiao.rules.nodes import Input, Span, divide

IMPUTED = "mean_points"
_EXACT = "DECIMAL(38, 0)"
"""Wide enough for the sum of 53 bits over as many rows as a table can have."""


@define(eq=False)
class Peers:
    """The cohort's part of one standard over one table.

    Attributes:
        spark: The session.
        binder: Reads facts from the table.
        table: Its name.
        rows: How many units it has.
    """

    spark: Any
    binder: SqlBinder
    table: str
    rows: int

    def wanted(self) -> dict[int, Input]:
        return peer_inputs(self.binder.program)

    def imputed(self) -> dict[int, Input]:
        """The inputs that need the results of a first round."""
        return {slot: each for slot, each in self.wanted().items() if each.part == IMPUTED}

    def of_facts(self) -> dict[int, tuple[str, str]]:
        """What the peers' facts supply, by slot: text of the least and of the greatest value; nothing without units."""
        if not self.rows:
            return {}
        found: dict[int, tuple[str, str]] = {}
        for slot, each in self.wanted().items():
            match each.part:
                case "average":
                    found[slot] = _texts(self.average(each))
                case "median":
                    found[slot] = _texts(self.median(each))
                case "rank":
                    found[slot] = self.rank(slot, each)
        return found

    def of_points(self, results: str) -> Ends:
        """Mean points over the units to which an indicator applies, from the query for the *results* of a first round."""
        found = {}
        for slot, each in self.imputed().items():
            name = self.binder.named
            ends = [f"SUM(CAST({name(f'points.{each.fact}.{side}')} AS {_EXACT}))" for side in ("low", "high")]
            taking = f"({results}) WHERE {name(f'verdict.{each.fact}')} <> {NOT_APPLICABLE}"
            low, high, count = self.one(f"{', '.join(ends)}, COUNT(*)", taking)
            if count:
                found[slot] = _texts((divide(low, count, "half_up"), divide(high, count, "half_up")))
        return found

    def value(self, each: Input) -> tuple[str, int, int]:
        """The fact that is compared, and its least and greatest possible value."""
        ftype = self.binder.program.vocabulary.types[each.fact]
        return self.binder.column(Input(each.fact, back=each.back, low=ftype.low, high=ftype.high)), ftype.low, ftype.high

    def one(self, columns: str, source: str) -> list[int]:
        return [int(value or 0) for value in self.spark.sql(f"SELECT {columns} FROM {source}").first()]  # noqa: S608 - names are quoted

    def average(self, each: Input) -> Span:
        value, low, high = self.value(each)
        total, known = self.one(f"SUM(CAST({value} AS {_EXACT})), COUNT({value})", self.binder.named(self.table))
        unknown = self.rows - known
        least, most = (total + unknown * end for end in (low, high))
        return least * HUNDREDTHS // self.rows, most * HUNDREDTHS // self.rows

    def tallied(self, value: str) -> str:
        """The distinct values, each with how many units have it and how many have at most it."""
        groups = f"SELECT {value} AS v, COUNT(*) AS c FROM {self.binder.named(self.table)} WHERE {value} IS NOT NULL GROUP BY 1"  # noqa: S608 - names are quoted
        return f"SELECT v, c, SUM(c) OVER (ORDER BY v) AS upto FROM ({groups})"  # noqa: S608 - names are quoted

    def median(self, each: Input) -> Span:
        value, low, high = self.value(each)
        (known,) = self.one(f"COUNT({value})", self.binder.named(self.table))
        unknown, middle = self.rows - known, self.rows // 2
        places = (middle - 1, middle) if self.rows % 2 == 0 else (middle, middle)
        # Unknown values stand below all others for the least median, above them for the greatest.
        among = [place - unknown for place in places] + list(places)
        columns = ", ".join(f"MIN(CASE WHEN upto > {place} THEN v END)" for place in among)
        found = self.one(columns, f"({self.tallied(value)})")
        least = [low if place < 0 else v for place, v in zip(among[:2], found[:2], strict=True)]
        most = [high if place >= known else v for place, v in zip(among[2:], found[2:], strict=True)]
        return sum(least) * HUNDREDTHS // 2, sum(most) * HUNDREDTHS // 2

    def rank(self, slot: int, each: Input) -> tuple[str, str]:
        """Best and worst rank: of a known value from how many have more, of an unknown one from how many might."""
        if self.rows > each.high:
            raise BadInputError([Problem("DB024", Where(each.fact), found=str(self.rows), allowed=f"<= {each.high}")])
        value, low, high = self.value(each)
        known, above_least = self.one(
            f"COUNT({value}), COUNT(CASE WHEN {value} > {low} THEN 1 END)", self.binder.named(self.table)
        )
        unknown = self.rows - known
        best = f"COALESCE(`above{slot}` + 1, 1)"
        might = f"`above{slot}` + 1 + CASE WHEN `v{slot}` < {high} THEN {unknown} ELSE 0 END"
        blind = 1 + above_least + (unknown - 1 if high > low else 0)
        return best, f"COALESCE({might}, {blind})"

    def joins(self) -> str:
        """What stands beside each row for the ranks: its value and how many units have more."""
        found = ""
        for slot, each in self.wanted().items():
            if each.part == "rank" and self.rows:
                value, *_ = self.value(each)
                ranked = f"SELECT v AS v{slot}, SUM(c) OVER () - upto AS above{slot} FROM ({self.tallied(value)})"  # noqa: S608 - names are quoted
                found += f"\nLEFT JOIN ({ranked}) ON {value} = v{slot}"
        return found


def _texts(span: Span) -> tuple[str, str]:
    return str(span[0]), str(span[1])
