"""Example facts for real units: seeded, the same on every machine, most of them near the numbers that decide.

They are marked as examples wherever they go. A unit's values hang on its code, the fact and the seed alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import polars as pl
from attrs import frozen

from duibiao.cohort.fields import CODE, KIND, NAME, PERIOD, Field, fields_of
from duibiao.cohort.mirror import About, write_example_frames
from duibiao.cohort.tabulate import EVENTS, Facts, dtype_of, read_facts
from duibiao.model.facts import LEVELLED, FactType, Unit
from duibiao.rules import nodes
from duibiao.rules.program import Program

_WHOLE = 1 << 64
_HUNDRED = 100
_NEAR = 3
"""Steps around a number that decides."""

_CLOSE = 8
"""Of a hundred values so many lie around the number that decides."""

_LARGE = 3_000
_DAYS = 900


@frozen(slots=False)
class Recipe:
    """How example facts are made.

    Attributes:
        program: The standard whose facts are made.
        as_of: The day asked; its year is the period.
        seed: What makes them the same again.
        good: Of a hundred values so many meet their rule, as a rule.
        missing: Of a hundred values so many are not there.
    """

    program: Program
    as_of: date
    seed: int = 1
    good: int = 92
    missing: int = 5

    @property
    def facts(self) -> Facts:
        """What is made."""
        return read_facts(self.program)

    def frame(self, units: Sequence[Unit]) -> pl.DataFrame:
        """The facts of some units."""
        base = pl.DataFrame({
            CODE: [each.code for each in units], NAME: [each.name for each in units], KIND: [each.kind for each in units],
            PERIOD: [str(self.as_of.year)] * len(units),
        })  # fmt: skip
        return base.with_columns(self.columns)

    @cached_property
    def columns(self) -> list[pl.Expr]:
        """Every column of facts."""
        wishes = wishes_of(self.program)
        found = []
        for ftype, back in self.facts:
            for each in fields_of(ftype, back):
                name = each.name.partition("@-")[0]
                keys = ((name, back), (ftype.id, back), (name, 0), (ftype.id, 0))
                wish = next((wishes[key] for key in keys if key in wishes), Wish())
                found.append(self.column(ftype, each, wish))
        return found

    def column(self, ftype: FactType, each: Field, wish: Wish) -> pl.Expr:
        """The values of one column."""
        made = self.value(ftype, each, wish)
        there = self.dice(each.name, "there") % _HUNDRED >= self.missing
        return pl.when(there).then(made).otherwise(None).cast(dtype_of(each)).alias(each.name)

    def value(self, ftype: FactType, each: Field, wish: Wish) -> pl.Expr:
        fine = self.dice(each.name, "fine") % _HUNDRED < self.good
        if each.sort == "flag":
            return ~fine if wish.less else fine
        if each.sort == "day":
            return self.day(each, fine)
        if each.sort == "events":
            return self.events(ftype, each, fine)
        if ftype.kind in LEVELLED:
            return pl.when(fine).then(each.high).otherwise((self.dice(each.name, "level") % (each.high + 1)).cast(pl.Int64))
        return self.number(each, ~fine if wish.less else fine, wish.cuts)

    def number(self, each: Field, more: pl.Expr, cuts: Sequence[int]) -> pl.Expr:
        """Above, on and below the numbers that decide; any number where none is known."""
        if not cuts:
            top = min(each.high, max(each.low, 0) + _LARGE)
            return (self.dice(each.name, "any") % (top - max(each.low, 0) + 1)).cast(pl.Int64) + max(each.low, 0)
        low, high = min(cuts), max(cuts)
        spread = max(high - low, high // 2, 2)
        far = (self.dice(each.name, "far") % (spread + 1)).cast(pl.Int64)
        near = (self.dice(each.name, "near") % (2 * _NEAR + 1)).cast(pl.Int64) - _NEAR
        side = self.dice(each.name, "side") % _HUNDRED
        value = pl.when(side < _CLOSE).then(high + near).when(more).then(high + far).otherwise(low - far)
        return value.clip(each.low, each.high)

    def day(self, each: Field, fine: pl.Expr) -> pl.Expr:
        back = (self.dice(each.name, "day") % _DAYS).cast(pl.Int64)
        if each.name.endswith(".until"):
            return pl.lit(self.as_of) + pl.duration(days=back - 60)
        return pl.lit(self.as_of) - pl.duration(days=back)

    def events(self, ftype: FactType, each: Field, fine: pl.Expr) -> pl.Expr:
        """None where all is well, else one or two."""
        kinds = [option.id for option in ftype.options] or [""]
        one = self.event(each, kinds, "one")
        two = self.event(each, kinds, "two")
        twice = self.dice(each.name, "twice") % 2 == 0
        none = pl.lit([], dtype=EVENTS)
        return pl.when(fine).then(none).when(twice).then(pl.concat_list(one, two)).otherwise(pl.concat_list(one))

    def event(self, each: Field, kinds: Sequence[str], which: str) -> pl.Expr:
        on = pl.lit(self.as_of - timedelta(days=30)) - pl.duration(days=(self.dice(each.name, which) % _DAYS).cast(pl.Int64))
        index = (self.dice(each.name, f"{which} kind") % len(kinds)).cast(pl.Int64)
        kind = index.replace_strict(list(range(len(kinds))), list(kinds), return_dtype=pl.String)
        settled = self.dice(each.name, f"{which} settled") % 3 != 0
        days = pl.duration(days=(self.dice(each.name, f"{which} days") % 60).cast(pl.Int64))
        return pl.struct(
            on.cast(pl.Date).alias("on"), kind.alias("kind"),
            pl.when(settled).then(on + days).otherwise(None).cast(pl.Date).alias("settled"),
        )  # fmt: skip

    def dice(self, column: str, what: str) -> pl.Expr:
        """A number of 64 bits for each unit, told by its code, the column, what it is for, and the seed."""
        key = hashlib.sha256(f"{self.seed}/{column}/{what}".encode()).digest()
        value = pl.col(CODE).cast(pl.UInt64) * pl.lit(_odd(key[:8]), dtype=pl.UInt64) + pl.lit(_odd(key[8:16]), dtype=pl.UInt64)
        for shift, factor in ((1 << 30, 0xBF58476D1CE4E5B9), (1 << 27, 0x94D049BB133111EB)):
            value = (value ^ (value // shift)) * pl.lit(factor, dtype=pl.UInt64)
        return value // (1 << 16)


def _odd(key: bytes) -> int:
    return int.from_bytes(key, "little") % _WHOLE | 1


@frozen
class Wish:
    """What a standard would like of a fact.

    Attributes:
        cuts: The fixed numbers (in steps) that it is compared with.
        less: Whether less, or no, is better.
    """

    cuts: tuple[int, ...] = ()
    less: bool = False


def wishes_of(program: Program) -> dict[tuple[str, int], Wish]:
    """Fact (with the member of a checklist) and periods back to what the rules would like of it."""
    cuts: dict[tuple[str, int], set[int]] = {}
    leaning: Counter[tuple[str, int]] = Counter()
    pending: list[tuple[nodes.Node, bool]] = [(leaf.rule, False) for leaf in program.leaves]
    pending += [(each.test, False) for each in program.gates] + [(each.test, True) for each in program.vetoes]
    seen: set[tuple[int, bool]] = set()
    while pending:
        node, against = pending.pop()
        if (id(node), against) in seen:
            continue
        seen.add((id(node), against))
        for each, value in _asked(node):
            key = (f"{each.fact}.{each.member}" if each.part == "member" else each.fact, each.back)
            leaning[key] += -1 if against else 1
            cuts.setdefault(key, set()).update(value)
        inside = against != isinstance(node, nodes.Not)
        pending += [(child, inside) for child in nodes.children(node)]
    return {key: Wish(tuple(sorted(cuts[key])), leaning[key] < 0) for key in leaning}


def _asked(node: nodes.Node) -> Iterator[tuple[nodes.Input, tuple[int, ...]]]:
    """The inputs that a node asks about itself, with the numbers it holds them against."""
    match node:
        case nodes.Flag(each):
            yield each, ()
        case nodes.Compare(_, nodes.Read(each), nodes.Const(value)) | nodes.Compare(_, nodes.Const(value), nodes.Read(each)):
            if each.part == "value":
                yield each, (value,)
        case nodes.Bands(nodes.Read(each), cuts, _):
            yield each, cuts


def write_examples(path: Path, units: Iterable[Sequence[Unit]], recipe: Recipe) -> About:
    """Write example facts of units (so many at a time) to a Parquet file."""

    def frames() -> Iterator[pl.DataFrame]:
        yield from (recipe.frame(some) for some in units)

    return write_example_frames(path, frames(), recipe.facts, recipe.as_of)


__all__ = ["Recipe", "wishes_of", "write_examples"]
