"""Columns of facts (:mod:`duibiao.cohort.fields`) as inputs, and a whole standard as one SQL query over a table of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from attrs import frozen

from duibiao.assess.bind import PEER_PARTS, SUPPLIED_PARTS
from duibiao.cohort.columns import slot_name
from duibiao.cohort.dialects import ANSI, Dialect
from duibiao.cohort.fields import KIND, KIND_CODES, PERIOD, UNIT_FIELDS, read_by
from duibiao.cohort.render_sql import sql_of
from duibiao.cohort.widen import widen
from duibiao.errors import BadInputError, Problem, Where
from duibiao.model.calendar import add_months
from duibiao.model.facts import Kind
from duibiao.rules.nodes import Input
from duibiao.rules.program import Program

Ends = Mapping[int, tuple[str, str]]
"""Slots that the cohort supplies: text of the least and of the greatest value."""

_KINDS = " ".join(f"WHEN '{kind}' THEN {code}" for kind, code in KIND_CODES.items())


@frozen(eq=False)
class SqlBinder:
    """Says in SQL what each input of a standard is in a table of facts.

    Attributes:
        program: The standard, lowered.
        as_of: The day asked.
        dialect: Whose SQL.
        present: The columns that the table has; None: all that are needed.
    """

    program: Program
    as_of: date
    dialect: Dialect = ANSI
    present: frozenset[str] | None = None

    def inputs(self, ends: Ends | None = None) -> list[str]:
        """One column per input, named by its slot; two where the cohort supplies it, as *ends* say or as wide as declared."""
        found = []
        for slot, each in enumerate(self.program.inputs):
            if each.part in SUPPLIED_PARTS:
                texts = (ends or {}).get(slot) or (str(each.low), str(each.high))
                pairs = zip(texts, ("low", "high"), strict=True)
                found += [f"CAST({text} AS BIGINT) AS {self.named(slot_name(slot, side))}" for text, side in pairs]
            else:
                found.append(f"{self.column(each)} AS {self.named(slot_name(slot))}")
        return found

    def subquery(self, table: str, keep: Sequence[str], ends: Ends | None = None, joined: str = "") -> str:
        """The inputs beside the columns to *keep*, as a subquery named ``inputs``."""
        listed = ",\n  ".join([*(self.named(each) for each in keep), *self.inputs(ends)])
        return f"inputs {self.dialect.cte} (\nSELECT {listed}\nFROM {self.named(table)}{joined})"

    def column(self, each: Input) -> str:
        """The values of an input."""
        flag = each in self.program.flags
        sort = "BOOLEAN" if flag else "BIGINT"
        needed = read_by(each, self.program.vocabulary)
        found = f"CAST({self.known(each, needed)} AS {sort})" if needed and self.has(needed[0]) else f"CAST(NULL AS {sort})"
        if each.default is None:
            return found
        return f"COALESCE({found}, {('FALSE', 'TRUE')[bool(each.default)] if flag else each.default})"

    def has(self, name: str) -> bool:
        return self.present is None or name in self.present

    def named(self, name: str) -> str:
        return self.dialect.name_of(name)

    def known(self, each: Input, needed: tuple[str, ...]) -> str:
        first = self.named(needed[0])
        if each.fact == KIND:
            return f"CASE {first} {_KINDS} END"
        kind = self.program.vocabulary.types[each.fact].kind
        if kind is Kind.DATE:
            return self.dialect.ordinal.format(d=first)
        if kind is Kind.TITLE:
            return self.held(needed, each.back)
        return self.events(each, first) if kind is Kind.EVENTS else first

    def seen_from(self, back: int, text: Mapping[date, str]) -> str:
        """What holds on the day a period is looked at from: whole years earlier for earlier years."""
        if not back:
            return text[self.as_of]
        years = self.dialect.digits.format(t=self.named(PERIOD))
        return f"CASE WHEN {years} THEN {text[self.earlier(back)]} ELSE {text[self.as_of]} END"

    def earlier(self, back: int) -> date:
        return add_months(self.as_of, -12 * back)

    def days(self, back: int) -> set[date]:
        return {self.as_of, self.earlier(back)}

    def written(self, day: date) -> str:
        return self.dialect.day.format(d=day.isoformat())

    def held(self, names: tuple[str, ...], back: int) -> str:
        def on(day: date) -> str:
            held = self.named(names[0])
            signs = zip(names[1:], ("<=", ">="), strict=True)
            tests = [f"COALESCE({self.named(name)} {sign} {self.written(day)}, TRUE)" for name, sign in signs if self.has(name)]
            # Days alone do not say whether an honour is held, not even that it is not.
            return f"(CASE WHEN {held} THEN {' AND '.join(tests) or 'TRUE'} ELSE {held} END)"

        return self.seen_from(back, {day: on(day) for day in self.days(back)})

    def events(self, each: Input, name: str) -> str:
        """How many of a unit's events an input counts."""
        counted = {day: self.dialect.events.format(list=name, test=self.counts(each, day)) for day in self.days(each.back)}
        return self.seen_from(each.back, counted)

    def counts(self, each: Input, day: date) -> str:
        """Whether an event counts, looked at from *day*."""
        on, kind, settled = (self.dialect.element.format(name=part) for part in ("on", "kind", "settled"))
        today = self.written(day)
        tests = [f"{on} <= {today}"]
        if each.months:
            tests.append(f"{on} > {self.written(add_months(day, -each.months))}")
        if each.member:
            tests.append(f"COALESCE({kind} = {self.dialect.text_of(each.member)}, FALSE)")
        done = f"COALESCE({settled} <= {today}, FALSE)"
        if each.part == "late":
            months, days = each.limit
            later = self.dialect.day_later.format(d=on, months=months, days=days)
            tests.append(f"CASE WHEN {done} THEN {settled} ELSE {today} END > {later}")
        elif each.settled is not None:
            tests.append(done if each.settled else f"NOT {done}")
        return " AND ".join(tests)


def open_slots(program: Program, gaps: Iterable[str] | None, present: frozenset[str] | None = None) -> frozenset[int]:
    """The inputs that some unit may lack, from the columns in which there are *gaps* (None: any of them) or that are absent."""
    some = None if gaps is None else frozenset(gaps)
    found = set()
    for slot, each in enumerate(program.inputs):
        needed = read_by(each, program.vocabulary)
        if not needed or each.default is not None or each.fact == KIND:
            continue
        if some is None or needed[0] in some or (present is not None and needed[0] not in present):
            found.add(slot)
    return frozenset(found)


def peer_inputs(program: Program) -> dict[int, Input]:
    """The inputs that come from the other units, by slot."""
    return {slot: each for slot, each in enumerate(program.inputs) if each.part in PEER_PARTS}


def ranges_of(program: Program) -> tuple[int, ...]:
    """Slots that are ranges by nature."""
    return tuple(slot for slot, each in enumerate(program.inputs) if each.part in SUPPLIED_PARTS)


def sql_text(
    program: Program, as_of: date, gaps: Iterable[str] | None = None, dialect: Dialect = ANSI,
    table: str = "facts", keep: Sequence[str] = UNIT_FIELDS,
) -> str:  # fmt: skip
    """One query for the results of every row of *table*, whose columns are those of :mod:`duibiao.cohort.fields`.

    *gaps* are the columns in which values are missing (None: any may). Codes and points are those of
    :class:`~duibiao.cohort.layout.Layout`.
    Raises TooWideError: numbers may grow beyond 53 bits; BadInputError: rules that look at other units are not in the text.
    """
    peers = peer_inputs(program)
    if peers:
        header = program.standard.header
        raise BadInputError(
            Problem("E_SQL_PEERS", Where(header.id), found=f"peers.{each.part}: {each.fact}") for each in peers.values()
        )
    binder = SqlBinder(program, as_of, dialect)
    sheaf = widen(program, open_slots(program, gaps), ranges_of(program))
    return sql_of(sheaf, dialect, "inputs", keep, [binder.subquery(table, keep)])
