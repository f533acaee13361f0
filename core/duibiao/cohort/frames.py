"""A standard over frames of facts: one row per unit in, one row of results per unit out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

import polars as pl
from attrs import define, field

from duibiao.assess.bind import SUPPLIED_PARTS
from duibiao.cohort.columns import slot_name
from duibiao.cohort.fields import KIND, PERIOD, all_read_by, read_by
from duibiao.cohort.layout import Layout
from duibiao.cohort.render_polars import Layers, render
from duibiao.cohort.widen import widen
from duibiao.model.calendar import add_months
from duibiao.model.facts import Kind, Vocabulary
from duibiao.rules.context import KINDS
from duibiao.rules.nodes import Input
from duibiao.rules.program import Program

Supplied = Mapping[int, tuple[pl.Expr, pl.Expr]]
"""Slots that the cohort supplies: least and greatest value."""

EPOCH = date(1970, 1, 1).toordinal()


class Binder:
    """Turns columns of facts into columns of inputs."""

    def __init__(self, vocabulary: Vocabulary, as_of: date) -> None:
        self.vocabulary = vocabulary
        self.as_of = as_of

    def column(self, each: Input, present: frozenset[str]) -> pl.Expr:
        """The values of an input; *present* are the columns that the table has."""
        needed = read_by(each, self.vocabulary)
        absent = bool(needed) and needed[0] not in present
        found = pl.lit(None, dtype=pl.Int8) if absent else self.known(each, needed, present)
        return found if each.default is None else found.fill_null(each.default)

    def known(self, each: Input, needed: tuple[str, ...], present: frozenset[str]) -> pl.Expr:
        if each.fact == KIND:
            return pl.col(KIND).cast(pl.Enum(KINDS)).to_physical().cast(pl.Int8)
        kind = self.vocabulary.types[each.fact].kind
        if kind is Kind.DATE:
            return pl.col(needed[0]).cast(pl.Int32) + EPOCH
        if kind is Kind.TITLE:
            return self.held(needed, present, self.day(each.back))
        if kind is Kind.EVENTS:
            return self.events(each, needed[0])
        return pl.col(needed[0])

    def day(self, back: int) -> pl.Expr:
        """The day a period is looked at from: whole years earlier for earlier years."""
        today = pl.lit(self.as_of)
        if not back:
            return today
        years = pl.col(PERIOD).str.contains(r"^\d+$")
        return pl.when(years).then(pl.lit(add_months(self.as_of, -12 * back))).otherwise(today)

    def held(self, names: tuple[str, ...], present: frozenset[str], day: pl.Expr) -> pl.Expr:
        held = found = pl.col(names[0])
        if names[1] in present:
            found = found & (pl.col(names[1]) <= day).fill_null(True)
        if names[2] in present:
            found = found & (pl.col(names[2]) >= day).fill_null(True)
        # Days alone do not say whether an honour is held, not even that it is not.
        return pl.when(held).then(found).otherwise(held)

    def events(self, each: Input, name: str) -> pl.Expr:
        """How many of a unit's events an input counts."""
        if not each.back:
            return self.counted(each, name, self.as_of)
        years = pl.col(PERIOD).str.contains(r"^\d+$")
        earlier = self.counted(each, name, add_months(self.as_of, -12 * each.back))
        return pl.when(years).then(earlier).otherwise(self.counted(each, name, self.as_of))

    def counted(self, each: Input, name: str, day: date) -> pl.Expr:
        event = pl.element().struct
        on, settled = event.field("on"), event.field("settled")
        test = on <= day
        if each.months:
            test = test & (on > add_months(day, -each.months))
        if each.member:
            test = test & (event.field("kind") == each.member).fill_null(False)
        done = (settled <= day).fill_null(False)
        if each.part == "late":
            end = pl.when(done).then(settled).otherwise(pl.lit(day))
            test = test & (end > self.later(on, each.limit))
        elif each.settled is not None:
            test = test & (done if each.settled else ~done)
        return pl.col(name).list.eval(test.cast(pl.Int32)).list.sum()

    def later(self, day: pl.Expr, limit: tuple[int, int]) -> pl.Expr:
        months, days = limit
        return day.dt.offset_by(f"{months}mo{days}d") if months else day + pl.duration(days=days)


@define(eq=False, slots=False)
class Frames:
    """A standard ready to work out frames of facts.

    Attributes:
        program: The standard, lowered.
        as_of: The day asked.
    """

    program: Program
    as_of: date
    _rendered: dict[frozenset[int], Layers] = field(factory=dict)

    @cached_property
    def layout(self) -> Layout:
        """Names of the result's columns."""
        return Layout.of(self.program)

    @cached_property
    def binder(self) -> Binder:
        """Reads inputs from columns of facts."""
        return Binder(self.program.vocabulary, self.as_of)

    @cached_property
    def ranges(self) -> tuple[int, ...]:
        """Slots that the cohort supplies as ranges."""
        return tuple(i for i, each in enumerate(self.program.inputs) if each.part in SUPPLIED_PARTS)

    @cached_property
    def needed(self) -> list[str]:
        """The columns of facts that the standard reads."""
        return all_read_by(self.program.inputs, self.program.vocabulary)

    def layers(self, gaps: frozenset[int]) -> Layers:
        """The expressions for inputs of which those in *gaps* may be missing.

        Raises TooWideError: numbers may grow beyond what columns keep exactly.
        """
        found = self._rendered.get(gaps)
        if found is None:
            sheaf = widen(self.program, gaps, self.ranges)
            found = self._rendered[gaps] = render(sheaf, self.program.inputs)
        return found

    def inputs(self, present: frozenset[str], supplied: Supplied | None = None) -> list[pl.Expr]:
        """The program's inputs, read from a table that has the columns *present*; those of the cohort from *supplied*."""
        found: list[pl.Expr] = []
        for slot, each in enumerate(self.program.inputs):
            if slot in self.ranges:
                ends = (supplied or {}).get(slot) or (pl.lit(each.low), pl.lit(each.high))
                found += [end.alias(slot_name(slot, side)) for end, side in zip(ends, ("low", "high"), strict=True)]
            else:
                column = self.binder.column(each, present)
                if each in self.program.flags:
                    column = column.cast(pl.Boolean)
                found.append(column.alias(slot_name(slot)))
        return found

    def gaps(self, present: frozenset[str], gaps: frozenset[str] | None) -> frozenset[int]:
        """The inputs that some unit may lack, from the columns in which there are *gaps* (None: any of them)."""
        found = set()
        for slot, each in enumerate(self.program.inputs):
            first = read_by(each, self.program.vocabulary)[:1]
            always = slot in self.ranges or each.default is not None or each.fact == KIND or not first
            if not always and (first[0] not in present or gaps is None or first[0] in gaps):
                found.add(slot)
        return frozenset(found)

    def results(
        self, facts: pl.LazyFrame, gaps: frozenset[str] | None = None, supplied: Supplied | None = None, keep: Sequence[str] = ()
    ) -> pl.LazyFrame:
        """The result of every unit, in the order of *facts*, as :class:`~duibiao.cohort.layout.Layout` names it.

        *gaps* are the columns in which values are missing (None: any may), *keep* the columns of *facts* to carry along.
        Raises TooWideError: numbers of the standard may grow beyond what columns keep exactly.
        """
        present = frozenset(facts.collect_schema().names())
        layers = self.layers(self.gaps(present, gaps))
        kept = [pl.col(name) for name in keep]
        # Constants alone would make a frame of one row, so a row number goes along.
        frame = facts.with_row_index("row").select("row", *kept, *self.inputs(present, supplied))
        for layer in layers[:-2]:
            frame = frame.with_columns(layer)
        return frame.select("row", *kept, *layers[-2]).with_columns(layers[-1]).drop("row")
