"""The first minutes: what a folder holds, making a workspace in three steps, and what to do when one will not open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from duibiao.errors import BadInputError, Problem, Where
from duibiao.model.divisions import COMMUNITY
from duibiao.store import connection, schema, views

if TYPE_CHECKING:
    from duibiao.model.standard import Header, Jurisdiction
    from duibiao.registry import Registry
    from duibiao.services.units import Imported
    from duibiao.store.rights import Operator
    from duibiao.wording import Lang

DEMO = "demo"
"""The demonstration's workspace lies beside the usual one, under this name."""

Said = Callable[[str, int], object]
Seen = Callable[[int], object]


@frozen
class Glance:
    """What a look at a workspace tells before it is opened.

    Attributes:
        title: Name of the office.
        plain: Whether its tables can be shown as they are: nothing is left to be undone or upgraded first.
    """

    title: str
    plain: bool


def glance(named: str) -> Glance:
    """Look at a workspace. BadInputError: missing, empty, somebody else's, newer, damaged."""
    from duibiao.services.office import folder_of

    folder = folder_of(named)
    version = connection.look_at(folder / connection.FILE)
    journal = folder / f"{connection.FILE}-journal"
    if version != schema.VERSION or (journal.exists() and journal.stat().st_size):
        return Glance("", False)
    try:
        return Glance(views.office_title(folder), True)
    except BadInputError:
        # Opening it properly says more: the latest backup, what to do.
        return Glance("", False)


@frozen
class Offer:
    """A jurisdiction with the standards that can be taken up there.

    Attributes:
        home: The jurisdiction.
        standards: Headers of its standards.
    """

    home: Jurisdiction
    standards: tuple[Header, ...]


def offers(registry: Registry) -> list[Offer]:
    """Every jurisdiction that has standards with a process: counties first, the nation last."""
    found = []
    for home in registry.jurisdictions.values():
        mine = tuple(each for each in home.standards if registry.standard(each.id).stages)
        if mine:
            found.append(Offer(home, mine))
    return sorted(found, key=lambda each: (not each.home.divisions, -len(each.home.code.rstrip("0")), each.home.id))


@frozen
class Division:
    """A division whose units can be imported.

    Attributes:
        code: Its code.
        name: Its name.
        kind: Its kind.
    """

    code: str
    name: str
    kind: str


def divisions_below(registry: Registry, code: str) -> list[Division]:
    """The divisions right below one; the provinces when *code* is empty. Communities are not among them."""
    if not code:
        return [each for number in range(11, 100) for each in _first(registry, str(number))]
    found = [
        Division(each.code, each.name, each.kind)
        for each in registry.units(_of(code))
        if len(each.code) < COMMUNITY and each.code != code
    ]  # fmt: skip
    nearest = min((len(each.code) for each in found), default=0)
    return [each for each in found if len(each.code) == nearest]


def division(registry: Registry, code: str) -> Division | None:
    """A division by its code."""
    return next(iter(_first(registry, code)), None)


def _first(registry: Registry, code: str) -> Iterable[Division]:
    first = next(iter(registry.units(_of(code))), None)
    return [Division(first.code, first.name, first.kind)] if first is not None and first.code == code else []


def _of(code: str) -> Jurisdiction:
    from duibiao.model.standard import Jurisdiction

    return Jurisdiction(id="", title="", divisions=(code,))


def begin(named: str, title: str, code: str) -> None:
    """Make the workspace of an office, unless it is there. BadInputError E_NETFS, E_READONLY …"""
    from duibiao.services.office import create, folder_of

    if not (folder_of(named) / connection.FILE).exists():
        create(named, title, code).close()


def bring(named: str, registry: Registry, person: str, code: str, seen: Seen | None = None) -> Imported:
    """Import the units of a division (of the whole nation when *code* is empty) into the workspace. Meant for a thread."""
    from duibiao.services.office import acting, open_office
    from duibiao.services.units import import_register

    with open_office(named) as space:
        return import_register(space, registry, acting(space, person), [code] if code else [], seen=seen)


def bring_table(named: str, person: str, path: Path, seen: Seen | None = None) -> Imported:
    """Import an office's own table of units into the workspace. BadInputError names every wrong row."""
    from duibiao.services.office import acting, open_office
    from duibiao.services.units import import_table

    with open_office(named) as space:
        return import_table(space, acting(space, person), path, seen=seen)


def demo_place() -> str:
    """Where the demonstration's workspace is made when no folder was named."""
    from duibiao.services.office import folder_of

    return str(folder_of("").with_name(DEMO))


def make_demo(named: str, registry: Registry, said: Said) -> None:
    """Make the demonstration's workspace; one that is there is left as it is. Meant for a thread."""
    from duibiao.services.demo_office import make

    if not (Path(named) / connection.FILE).exists():
        make(named, registry, said)[0].close()


def people(named: str) -> list[Operator]:
    """Who works in a workspace."""
    from duibiao.services.office import open_office

    with open_office(named, write=False) as space:
        return [each for each in space.operators() if each.active]


def chosen_folder(text: str) -> str:
    """A folder as a person types or pastes it: without quotation marks and blanks, the database file for its folder.

    BadInputError E_MISSING for an empty text.
    """
    plain = text.strip().strip("'\"“”‘’").strip()
    if not plain:
        raise BadInputError([Problem("E_MISSING", Where(text))])
    path = Path(plain).expanduser()
    return str(path.parent if path.name == connection.FILE else path)


def advice(problem: Problem, lang: Lang) -> tuple[str, str]:
    """A problem in words, and what to do about it."""
    from duibiao.wording import catalogue, describe, pick

    entry = catalogue()[problem.code]
    return describe(problem, lang), pick(lang, entry.help, entry.help_en)


__all__ = [
    "Division", "Glance", "Offer", "advice", "begin", "bring", "bring_table", "chosen_folder", "demo_place",
    "division", "divisions_below", "glance", "make_demo", "offers", "people",
]  # fmt: skip
