"""Which edition of a standard is in force on a day.

Every edition is a standard with an id of its own; the newer one names the older in ``replaces``. An edition is in force from
``in_force`` (without it: since ever) to ``until``, both days included; without ``until`` it ends the day before the edition
that replaces it begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from duibiao.errors import NOWHERE, Collector, Where
from duibiao.model.standard import Header


def family(headers: Mapping[str, Header], name: str) -> tuple[Header, ...]:
    """All editions that belong together with *name*, oldest first; just itself where nothing links it to others."""
    found = {name}
    while True:
        near = {each.replaces for each in headers.values() if each.id in found and each.replaces in headers}
        near |= {each.id for each in headers.values() if each.replaces in found}
        if near <= found:
            break
        found |= near
    return tuple(sorted((headers[each] for each in found), key=lambda each: (each.in_force or date.min, each.edition, each.id)))


def ends(headers: Mapping[str, Header], name: str) -> date | None:
    """The last day on which an edition is in force; None when no end is known."""
    header = headers[name]
    if header.until is not None:
        return header.until
    starts = [each.in_force for each in headers.values() if each.replaces == name and each.in_force is not None]
    return min(starts) - timedelta(days=1) if starts and min(starts) > date.min else None


def runs(headers: Mapping[str, Header], name: str, day: date) -> bool:
    """Whether an edition is in force on *day*."""
    since, until = headers[name].in_force, ends(headers, name)
    return (since is None or since <= day) and (until is None or day <= until)


def edition_on(headers: Mapping[str, Header], name: str, day: date) -> Header | None:
    """The edition of *name*'s family in force on *day*: itself if it is, else the newest that is; None when none is."""
    if runs(headers, name, day):
        return headers[name]
    running = [each for each in family(headers, name) if runs(headers, each.id, day)]
    return running[-1] if running else None


def in_force(headers: Mapping[str, Header], name: str, day: date, where: Where = NOWHERE) -> Header:
    """The standard *name* itself, if it is in force on *day*.

    Raises BadInputError, which says since or until when and which edition applies on that day instead: it is not in force yet
    (S09) or no longer (S10).
    """
    if runs(headers, name, day):
        return headers[name]
    header, other = headers[name], edition_on(headers, name, day)
    problems = Collector()
    allowed = "" if other is None else f"{other.id} ({other.edition})"
    early = header.in_force is not None and day < header.in_force
    edge = header.in_force if early else ends(headers, name)
    span = f"{edge} →" if early else f"→ {edge}"
    problems.add("S09" if early else "S10", where, found=f"{name} ({header.edition}) {span}; {day}", allowed=allowed)
    problems.raise_any()
    raise AssertionError(name)


def check_replaces(headers: Mapping[str, Header], header: Header, problems: Collector) -> None:
    """Add what is wrong with a standard's ``replaces``: no such standard, a circle, no later beginning than the older one."""
    if not header.replaces:
        return
    where = header.where.at("replaces")
    older = headers.get(header.replaces)
    if older is None:
        problems.add("DB037", where, found=header.replaces, among=headers)
        return
    chain = [header.id]
    while older is not None and older.id not in chain:
        chain.append(older.id)
        older = headers.get(older.replaces)
    if older is not None:
        problems.add("S11", where, found=" → ".join((*chain, older.id)))
        return
    before = headers[header.replaces].in_force
    if header.in_force is None or (before is not None and header.in_force <= before):
        allowed = f"in_force > {before}" if before else "in_force"
        key = "in_force" if header.in_force else "replaces"
        problems.add("S12", header.where.at(key), found=header.in_force or "", allowed=allowed)
