"""What databases write differently: quotes, whole quotients, days and lists. Everything else is the same text for all."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

LAST_DAY = 719_163
"""Day number of 1970-01-01 where 0001-01-01 is day 1, as Python counts."""


@frozen
class Dialect:
    """How one kind of database writes what is not the same everywhere.

    Attributes:
        name: What it is called on the command line.
        quote: What a name stands between.
        escapes: What stands for a character inside a text.
        least: Function that gives the smallest of its arguments.
        greatest: Function that gives the largest.
        quotient: Whole quotient of ``{a}`` that is not negative by ``{b}`` that is at least 1; exact below 2^53.
        cte: Word between the name of a subquery and its text.
        day: The day ``{d}``, written out.
        ordinal: Number of the day ``{d}``.
        digits: Whether the text ``{t}`` is made of digits.
        events: How many elements of the list ``{list}`` pass ``{test}``, in which ``{element}`` is one; gap for no list.
        element: How ``{test}`` mentions a field of an element, by ``{name}``.
        day_later: The day ``{d}`` plus ``{months}`` and ``{days}``.
    """

    name: str
    quote: str = '"'
    escapes: tuple[tuple[str, str], ...] = (("'", "''"),)
    least: str = "LEAST"
    greatest: str = "GREATEST"
    quotient: str = "CAST(({a} - MOD({a}, {b})) / {b} AS BIGINT)"
    cte: str = "AS"
    day: str = "DATE '{d}'"
    ordinal: str = f"CAST({{d}} - DATE '1970-01-01' AS INTEGER) + {LAST_DAY}"
    digits: str = "{t} SIMILAR TO '[0-9]+'"
    events: str = (
        "CASE WHEN {list} IS NULL THEN NULL"
        ' ELSE (SELECT COUNT(*) FROM UNNEST({list}) AS e("on", "kind", "settled") WHERE {test}) END'
    )
    element: str = 'e."{name}"'
    day_later: str = "CAST({d} + INTERVAL '{months}' MONTH + INTERVAL '{days}' DAY AS DATE)"

    def text_of(self, value: str) -> str:
        """A text, written out."""
        for character, told in self.escapes:
            value = value.replace(character, told)
        return f"'{value}'"

    def name_of(self, column: str) -> str:
        """A column's name, quoted."""
        quote = self.quote
        if quote in column:
            column = column.replace(quote, quote * 2)
        return f"{quote}{column}{quote}"


ANSI = Dialect("ansi")
POSTGRES = Dialect(
    "postgres", quotient="{a} / {b}", ordinal=f"({{d}} - DATE '1970-01-01') + {LAST_DAY}", digits="{t} ~ '^[0-9]+$'"
)
DUCKDB = Dialect(
    "duckdb",
    quotient="{a} // {b}",
    ordinal=f"CAST(date_diff('day', DATE '1970-01-01', {{d}}) AS BIGINT) + {LAST_DAY}",
    digits="regexp_full_match({t}, '[0-9]+')",
    events="len(list_filter({list}, lambda e: COALESCE({test}, FALSE)))",
)
SPARK = Dialect(
    "spark",
    quote="`",
    escapes=(("\\", "\\\\"), ("'", "\\'")),
    quotient="{a} DIV {b}",
    ordinal=f"unix_date({{d}}) + {LAST_DAY}",
    digits="{t} RLIKE '^[0-9]+$'",
    events="CASE WHEN {list} IS NULL THEN NULL ELSE size(filter({list}, e -> {test})) END",
    element="e.`{name}`",
    day_later="date_add(add_months({d}, {months}), {days})",
)
SQLITE = Dialect(
    "sqlite",
    least="MIN",
    greatest="MAX",
    quotient="{a} / {b}",
    cte="AS MATERIALIZED",
    day="'{d}'",
    ordinal=f"CAST(julianday({{d}}) - 2440587.5 AS INTEGER) + {LAST_DAY}",
    digits="({t} <> '' AND {t} NOT GLOB '*[^0-9]*')",
    events="CASE WHEN {list} IS NULL THEN NULL ELSE (SELECT COUNT(*) FROM json_each({list}) AS e WHERE {test}) END",
    element="json_extract(e.value, '$.{name}')",
    day_later="date({d}, '+{months} months', '+{days} days')",
)
DIALECTS: Mapping[str, Dialect] = {each.name: each for each in (ANSI, POSTGRES, DUCKDB, SPARK, SQLITE)}
"""Every dialect by name; what runs where none is made for it: ``ansi``."""
