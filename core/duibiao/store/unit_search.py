"""Finding units by 汉字, code or pinyin initials; every word may also name a division that a unit lies in.

The conditions are about the table ``unit`` called ``here``. That a unit lies in a division of some name is told by the table
``place``, which has beside every division the names of all that it lies in.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from duibiao.model.facts import Unit
from duibiao.store.sql import Sql, marks
from duibiao.store.tables import Tables
from duibiao.store.units import Found, between, paths

_ENDINGS = ("社区居民委员会", "村民委员会", "居民委员会", "社区居委会", "村委会", "居委会", "社区", "街道", "村", "镇", "乡")

SAMPLED = 251
"""Of so many streets one is looked at to guess how often words fit; a prime, for the last digits of codes are no accident."""


@frozen
class Query:
    """What units are asked for.

    Attributes:
        words: Each has to match the unit (part of its name or of its initials, beginning of its code) or a division above it,
            and one at least the unit itself. None: all.
        kind: Only this kind.
        under: Beginning of the codes.
    """

    words: tuple[str, ...] = ()
    kind: str = ""
    under: str = ""

    @classmethod
    def of(cls, text: str, kind: str = "", under: str = "") -> Query:
        """A query from what a person types: words parted by blanks."""
        return cls(tuple(dict.fromkeys(text.split())), kind, under)


def search(space: Tables, query: Query, limit: int | None = 50) -> list[Found]:
    """The units asked for: exact matches first, then by how early the words stand in the name, divisions before communities."""
    where, rank = condition(query), _rank(query.words)
    sql = f"""SELECT code, name, kind, source FROM unit AS here WHERE {where.text}
    ORDER BY {rank.text}length(code), code LIMIT ?"""  # noqa: S608
    rows = space.db.execute(sql, [*where.values, *rank.values, -1 if limit is None else limit]).fetchall()
    above = paths(space, [row[0] for row in rows])
    return [Found(Unit(name, kind, code), above[code], source) for code, name, kind, source in rows]


def count(space: Tables, query: Query) -> int:
    """How many units are asked for."""
    where = condition(query)
    return int(space.value(f"SELECT count(*) FROM unit AS here WHERE {where.text}", where.values))  # noqa: S608


def condition(query: Query) -> Sql:
    """Whether a unit is asked for: range of codes, kind, the words."""
    parts = [Sql("1")]
    if query.under:
        parts.append(Sql("here.code >= ? AND here.code < ?", between(query.under)))
    if query.kind:
        parts.append(Sql("here.kind = ?", (query.kind,)))
    if query.words:
        parts.append(_any(query.words))
    if len(query.words) > 1:
        parts += [_own_or_above(word) for word in query.words]
    return Sql.joined(" AND ", parts)


def gathered(words: Sequence[str], first: str, where: Sql, order: str, most: int) -> Sql:
    """The codes of the first *most* units, in an order, that several words find and that are *where*; for use as a table.

    Looks through what the word *first* finds: units whose own name has it in one reading of the names, those below such a
    division by the range of their codes. Cheaper than walking along the order with :func:`condition` when few units are found.
    """
    others = [word for word in words if word != first]
    own = Sql.joined(" AND ", [_own(first), where, *(_own_or_its_place(word) for word in others)])
    below = Sql.joined(" AND ", [_above(first), where, _any(others), *map(_own_or_beside, others)])
    last = f"ORDER BY {order} LIMIT {most}"
    return Sql(
        f"""(SELECT * FROM (SELECT here.code FROM unit AS here WHERE {own.text} {last})
UNION SELECT * FROM (SELECT here.code FROM place CROSS JOIN unit AS here
ON here.code >= place.code AND here.code < place.code || CASE length(place.code) WHEN 9 THEN ':' ELSE ' ' END
WHERE {below.text} {last}))""",  # noqa: S608
        own.values + below.values,
    )


def sampled(space: Tables, words: Sequence[str]) -> tuple[int, str]:
    """Of the units of one street in :data:`SAMPLED`: how many the words find, and the word that leaves least to look through."""
    tests = [(_own(word), _above(word)) for word in words]
    fits = Sql.joined(" AND ", [_any(words), *map(_own_or_beside, words)])
    asked = [Sql(f"total{fits.text}", fits.values)]
    asked += [Sql(f"total({own.text}) + 2 * total({above.text})", own.values + above.values) for own, above in tests]
    sql = f"""SELECT {", ".join(each.text for each in asked)} FROM place CROSS JOIN unit AS here
    ON here.code >= place.code AND here.code < place.code || ':'
    WHERE length(place.code) = 9 AND place.code % {SAMPLED} = 0"""  # noqa: S608
    found, *sums = space.db.execute(sql, [value for each in asked for value in each.values]).fetchone()
    return int(found), min(zip(sums, words, strict=True), key=lambda pair: pair[0])[1]


def _own(word: str) -> Sql:
    """Whether a unit itself matches a word."""
    if word.isascii() and word.isdigit():
        return Sql("(here.code >= ? AND here.code < ? OR instr(here.name, ?) > 0)", (*between(word), word))
    if word.isascii():
        return Sql("(instr(here.initials, ?) > 0 OR instr(here.name, ?) > 0)", (word.lower(), word))
    return Sql("(instr(here.name, ?) > 0)", (word,))


def _any(words: Sequence[str]) -> Sql:
    return Sql.joined(" OR ", [_own(word) for word in words])


def _above(word: str) -> Sql:
    """Whether a division of the table ``place``, or one that it lies in, matches a word.

    What lies in a division whose code begins with a word has a code that begins so itself.
    """
    if word.isascii() and not word.isdigit():
        return Sql("(instr(place.initials, ?) > 0 OR instr(place.names, ?) > 0)", (word.lower(), word))
    return Sql("(instr(place.names, ?) > 0)", (word,))


def _own_or_above(word: str) -> Sql:
    above = _above(word)
    lies = Sql(f"substr(here.code, 1, 9) IN (SELECT code FROM place WHERE {above.text})", above.values)  # noqa: S608
    return Sql.joined(" OR ", [_own(word), lies])


def _own_or_beside(word: str) -> Sql:
    """The same where the place of a unit stands beside it."""
    return Sql.joined(" OR ", [_own(word), _above(word)])


def _own_or_its_place(word: str) -> Sql:
    """The same, looked up for each unit: for when few are asked."""
    above = _above(word)
    lies = Sql(f"EXISTS (SELECT 1 FROM place WHERE code = substr(here.code, 1, 9) AND {above.text})", above.values)  # noqa: S608
    return Sql.joined(" OR ", [_own(word), lies])


def _rank(words: Sequence[str]) -> Sql:
    """What comes first: a word that is the whole name (without 社区, 村 …), code or initials, then one at its beginning."""
    tests, values = [], list[str]()
    for word in words:
        lower = word.lower()
        whole = [word, *(f"{word}{ending}" for ending in _ENDINGS)]
        tests.append(
            f"CASE WHEN name IN ({marks(whole)}) OR code = ? OR initials = ? THEN 0 "
            "WHEN instr(name, ?) = 1 OR instr(initials, ?) = 1 OR instr(code, ?) = 1 THEN 1 ELSE 2 END"
        )
        values += [*whole, lower, lower, word, lower, lower]
    return Sql(f"{' + '.join(tests)}, " if tests else "", tuple(values))
