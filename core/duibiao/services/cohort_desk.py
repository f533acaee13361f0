"""Many units under one standard for somebody who looks around in them: asked once, worked out once, told division by division."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from attrs import define, evolve, field, frozen

from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.model.calendar import period_of
from duibiao.model.divisions import COMMUNITY, LENGTHS
from duibiao.registry import Registry
from duibiao.services.cohort_out import check_suffix, write
from duibiao.services.cohort_overview import Overview, Place, View, names_known
from duibiao.services.cohort_source import SpaceSource, columns_installed
from duibiao.services.cohorts import Cohort
from duibiao.services.desk import Desk
from duibiao.services.fact_entry import read_period
from duibiao.services.lists import folder, names_of
from duibiao.services.mirroring import ALL, Chosen, choose
from duibiao.services.phrasing import Phrases
from duibiao.services.target_view import beginning, case_of, territory_of
from duibiao.store import cases as kept
from duibiao.store.cases import Listed
from duibiao.store.units import kinds_under, unit_of
from duibiao.store.workspace import Workspace

NEAREST = 20
"""So many of the nearest units are shown."""
ONE_BY_ONE = 20_000
"""More units than these are not assessed one by one while somebody waits."""
HELD = 3
"""So many questions stay answered while the program runs."""

Seen = Callable[[int, int], object]
"""Told how many units were read, of how many."""


class StoppedError(Exception):
    """Whoever waited does not wait any more: raised by what is told how far it is."""


@frozen
class Question:
    """What is asked.

    Attributes:
        standard: Standard id.
        territory: Which units: ``all``, the beginning of codes, or a jurisdiction's id.
        period: Period of the facts.
    """

    standard: str
    territory: str
    period: str


# what can be asked


def standards(desk: Desk) -> list[str]:
    """The standards for which the workspace has units of the right kind, those of its own territories first."""
    here: dict[str, set[str]] = {}

    def kinds(home: str) -> set[str]:
        if home not in here:
            here[home] = set(kinds_under(desk.space, home))
        return here[home]

    found: list[tuple[bool, str]] = []
    for name, header in desk.registry.headers.items():
        wanted = set(header.unit_kinds)
        if kinds("") and (not wanted or wanted & kinds("")):
            own = any(not wanted or wanted & kinds(home) for home in _homes(desk.registry, name))
            found.append((not own, name))
    return [name for _, name in sorted(found, key=lambda each: each[0])]


def usual(desk: Desk, case: str = "") -> Question | None:
    """What is asked before anybody has chosen: the standard and year of *case*, else of most cases; None without units."""
    listed = kept.cases(desk.space)
    mine = next((each for each in listed if each.id == case), None)
    if mine is not None:
        return Question(mine.standard, territory_for(desk, mine.standard), str(mine.year))
    here = standards(desk)
    most = Counter((each.standard, each.year) for each in listed if each.standard in here).most_common(1)
    if most:
        ((standard, year), _), *_ = most
        return Question(standard, territory_for(desk, standard), str(year))
    return Question(here[0], territory_for(desk, here[0]), period_of(desk.day)) if here else None


def territory_for(desk: Desk, standard: str) -> str:
    """The units that are meant unless somebody says otherwise: the office's, as far as the standard speaks of them."""
    homes = _homes(desk.registry, standard)
    office = beginning(desk.space.office().get("code", ""))
    if office and any(office.startswith(home) for home in homes):
        return office
    if homes == ("",):
        return ALL
    return homes[0] if len(homes) == 1 else desk.registry.header(standard).jurisdiction


def named_territory(desk: Desk, text: str) -> str:
    """The units that somebody means by what they typed; everything for nothing. BadInputError U01, U02: no such name."""
    found = territory_of(desk, text)
    return ALL if found is None else found[0]


def named_period(text: str) -> str:
    """A period as typed. BadInputError U12: it cannot be one."""
    problems = Collector()
    found = read_period(text, problems)
    problems.raise_any()
    return found


def _homes(registry: Registry, standard: str) -> tuple[str, ...]:
    home = registry.jurisdictions[registry.header(standard).jurisdiction]
    return home.divisions or ("",)


# working it out


@define(eq=False)
class Held:
    """An answered question, kept to be looked at from any division.

    Attributes:
        question: What was asked.
        root: The division all units lie in; empty when there is none.
        entry: Number of the last entry of the journal when it was asked.
        view: The results from above.
        cohort: Where they are kept.
        path: The divisions gone down to, from the root on.
    """

    question: Question
    root: str
    entry: int
    view: View
    cohort: Cohort
    path: list[str] = field(factory=list)
    _views: dict[str, View] = field(factory=dict)
    _looks: dict[tuple[str, str], Overview] = field(factory=dict)

    def known(self, under: str, award: str = "") -> Overview | None:
        """The overview of a division that was looked at before."""
        return self._looks.get((under, award))

    def look(self, under: str, award: str = "") -> Overview:
        """The overview of a division, about one of the awards (the first unless named)."""
        found = self.known(under, award)
        if found is None:
            if award not in self._views:
                self._views[award] = self.view.about(award) if award else self.view
            found = self._views[award].overview(under, nearest=NEAREST, drilling=True)
            self._looks[under, award] = found
        return found

    def descend(self, under: str, award: str = "") -> Overview:
        """The overview of a division, or of the only one that lies in it, and so on down."""
        found = self.look(under, award)
        while len(found.places) == 1 and found.places[0].units > 1 and len(found.places[0].code) == found.level < COMMUNITY:
            found = self.look(found.places[0].code, award)
        return found

    def export(self, under: str, path: Path, phrases: Phrases, *, overwrite: bool = False) -> int:
        """Write the units of a division to *path*; how many. Of all of them it also says who would be named.

        Raises BadInputError as :func:`duibiao.services.cohort_out.write`.
        """
        results = self.view.results
        if under == self.root:
            return write(results, path, phrases, self.view.taken, overwrite=overwrite)
        return write(evolve(results, answers=results.answers.within(under)), path, phrases, overwrite=overwrite)

    def close(self) -> None:
        """Remove what is kept."""
        self.cohort.__exit__(None, None, None)


@define
class Memory:
    """The questions answered while the program runs, the last few of them.

    Attributes:
        wanted: What is to be asked next, set by whoever goes to where it is shown; None for what was asked last.
        last: What was asked last.
    """

    wanted: Question | None = None
    last: Question | None = None
    _held: dict[tuple[str, date, Question], Held] = field(factory=dict)

    def find(self, workspace: str, day: date, question: Question) -> Held | None:
        """The answer, where it is known."""
        return self._held.get((workspace, day, question))

    def keep(self, workspace: str, day: date, held: Held) -> None:
        """Keep an answer; the oldest goes when there are too many."""
        key = (workspace, day, held.question)
        old = self._held.pop(key, None)
        if old is not None:
            old.close()
        self._held[key] = held
        while len(self._held) > HELD:
            self._held.pop(next(iter(self._held))).close()

    def close(self) -> None:
        """Forget everything."""
        for each in self._held.values():
            each.close()
        self._held.clear()


def work_out(opened: Callable[[], Workspace], registry: Registry, named: str, day: date, question: Question, seen: Seen) -> Held:
    """Assess the units that are asked for; made for a thread of its own.

    *opened* opens the connection that is used and closed, *named* is the workspace. What *seen* raises ends it.
    Raises BadInputError: no such units, values that cannot be read, more units than can be assessed one by one where data
    frames are not installed (CO14).
    """
    cohort = Cohort(registry)
    try:
        with opened() as space:
            chosen = choose(space, registry, [question.territory], registry.header(question.standard).unit_kinds)
            total = count(space, chosen)
            if total > ONE_BY_ONE and not columns_installed():
                raise BadInputError([Problem("CO14", found=f"{total:,}", allowed="pip install 'duibiao[cohort]'")])
            seen(0, total)
            source = SpaceSource(space, registry.vocabulary, chosen, day, question.period)
            results = cohort.assess_all(question.standard, source, seen=lambda done: seen(done, total))
            entry = space.head()[0]
        held = Held(question, root_of(chosen), entry, View(results, names_of_all(named, registry)), cohort)
        held.path = [held.descend(held.root).under]
    except BaseException:
        cohort.__exit__(None, None, None)
        raise
    return held


def count(space: Workspace, chosen: Chosen) -> int:
    """How many units were chosen."""
    return sum(
        number
        for first, _, narrowed in chosen.ranges
        for kind, number in kinds_under(space, first).items()
        if not (narrowed and chosen.kinds) or kind in chosen.kinds
    )


def root_of(chosen: Chosen) -> str:
    """The smallest division all chosen units lie in; empty when there is none."""
    codes = [first for first, _, _ in chosen.ranges]
    above = (codes[0][:size] for size in reversed(LENGTHS) if size < COMMUNITY and size <= len(codes[0]))
    return next((each for each in above if all(code.startswith(each) for code in codes)), "")


def names_of_all(named: str, registry: Registry) -> Callable[[Iterable[str]], Mapping[str, str]]:
    """Names of divisions and units as the workspace has them, else as the registers do; from any thread."""
    place, registers = folder(named), names_known(registry)

    def look(codes: Iterable[str]) -> Mapping[str, str]:
        wanted = [code for code in codes if code]
        found = names_of(place, wanted)
        return {**registers(code for code in wanted if code not in found), **found}

    return look


# what can be done from there


def is_unit(desk: Desk, held: Held, place: Place, level: int) -> bool:
    """Whether a row of the map is a unit itself, not a division with units in it."""
    if len(place.code) == COMMUNITY or len(place.code) < level:
        return True
    found = unit_of(desk.space, place.code) if place.units == 1 else None
    return found is not None and found.kind in held.view.results.assessor.program.standard.header.unit_kinds


def case_for(desk: Desk, held: Held, code: str) -> Listed | None:
    """The case of a unit under the standard; None when it never had one."""
    return case_of(desk, held.question.standard, code)


def check_file(path: Path, *, overwrite: bool) -> None:
    """BadInputError: no format has this suffix, or (without *overwrite*) such a file is there (E_TARGET_EXISTS)."""
    check_suffix(path)
    if path.exists() and not overwrite:
        raise BadInputError([Problem("E_TARGET_EXISTS", Where(str(path)))])


def years(day: date, most: int = 6) -> Sequence[str]:
    """The years that are offered, this one first."""
    return [str(day.year - back) for back in range(most)]


__all__ = [
    "ALL", "HELD", "NEAREST", "ONE_BY_ONE", "Held", "Memory", "Question", "StoppedError", "case_for", "check_file", "count",
    "is_unit",
    "named_period", "named_territory", "names_of_all", "root_of", "standards", "territory_for", "usual", "work_out", "years",
]  # fmt: skip
