"""Long tables for screens: rows a page at a time as they are looked at, and what is said of a case in a line."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from attrs import evolve, frozen

from duibiao.errors import BadInputError, Problem, Where
from duibiao.store import views
from duibiao.store.unit_views import UnitRow, UnitsAsked, UnitsView
from duibiao.store.views import PAGE, CaseRow, CasesAsked, CasesView, View

if TYPE_CHECKING:
    from duibiao.model.process import Stage
    from duibiao.model.standard import Jurisdiction
    from duibiao.registry import Registry
    from duibiao.services.desk import Desk
    from duibiao.workflow.blocks import Block
    from duibiao.workflow.windows import Timing

PAGES = 64
"""So many pages are kept."""

MOST = 2000
"""So many rows can be marked at once."""

OVER = frozenset({"not_named", "revoked", "cancelled", "withdrawn", "expired", "forfeited", "closed"})
"""States in which a case waits for nothing more."""

R = TypeVar("R")
Seen = Callable[[int], object]


class Listing(Generic[R]):
    """Rows of a view, read when they are looked at.

    Attributes:
        asked: What was asked for.
        count: How many rows can be looked at now.
        ready: Whether these are all; until then only the first are there.
        late: Whether a page could not be read because somebody was saving; ask again soon.
    """

    def __init__(self, view: View[R], asked: UnitsAsked | CasesAsked) -> None:
        self.view, self.asked = view, asked
        self.count, self.ready, self.late = 0, False, False
        self._first: list[R] = []
        self._pages: OrderedDict[int, list[R]] = OrderedDict()

    def begin(self) -> None:
        """Find the first rows."""
        self._first = self.view.first()
        self.count = len(self._first)
        self.ready = len(self._first) < views.FIRST

    def build(self) -> int | None:
        """Lay down the whole order; takes a while, so call it in a thread, then :meth:`finish`. None when it was stopped."""
        return self.view.build()

    def finish(self, count: int) -> None:
        """The order is there: every row can be looked at."""
        self.count, self.ready = count, True
        self._pages.clear()
        self._first = self._first if len(self._first) >= count else []

    def row(self, index: int) -> R | None:
        """A row; None when it is not known, or gone."""
        if index < len(self._first):
            return self._first[index]
        if not self.ready or index >= self.count:
            return None
        rows = self._page(index // PAGE)
        place = index % PAGE
        return rows[place] if place < len(rows) else None

    def _page(self, number: int) -> list[R]:
        found = self._pages.get(number)
        if found is not None:
            self._pages.move_to_end(number)
            return found
        try:
            found = self.view.page(number)
        except BadInputError as error:
            if not views.is_busy(error):
                raise
            self.late = True
            return []
        self._pages[number] = found
        if len(self._pages) > PAGES:
            self._pages.popitem(last=False)
        return found

    def key(self, index: int) -> str:
        """What tells a row from the others; empty for one that is not known."""
        row = self.row(index)
        return "" if row is None else self.view.key_of(row)

    def place(self, key: str) -> int | None:
        """Where a row is; None when it is not here or not known yet."""
        if self._first or not self.count:
            return next((i for i, row in enumerate(self._first) if self.view.key_of(row) == key), None)
        return self.view.place(key)

    def keys(self) -> list[str]:
        """The keys of all rows, at most :data:`MOST`."""
        if self._first or not self.count:
            return [self.view.key_of(row) for row in self._first]
        return self.view.keys(MOST)

    def stop(self) -> None:
        """Another one takes its place: stop building."""
        self.view.stop()

    def close(self) -> None:
        """Let go of the connection."""
        self.view.close()


def folder(named: str) -> Path:
    """The workspace's folder."""
    from duibiao.services.office import folder_of

    return folder_of(named)


def units(place: Path, asked: UnitsAsked) -> Listing[UnitRow]:
    """Units of the workspace in *place*."""
    return Listing(UnitsView(place, asked), asked)


def cases(place: Path, asked: CasesAsked, due: Sequence[tuple[str, int, str, str]] = ()) -> Listing[CaseRow]:
    """Cases of the workspace in *place*; *due* is asked for when they are put in the order of their last days."""
    asked = evolve(asked, due=tuple(due)) if asked.order == "due" else asked
    return Listing(CasesView(place, asked), asked)


def due_days(place: Path, registry: Registry) -> list[tuple[str, int, str, str]]:
    """The last day of every stage that a case is in: standard id, year, stage id, day."""
    from duibiao.workflow.windows import window

    found = []
    for standard, year, name in views.standing_stages(place):
        stage = _stages(registry, standard).get(name)
        span = None if stage is None else window(stage, year)
        if span is not None and span.closes is not None:
            found.append((standard, year, name, span.closes.isoformat()))
    return found


def _stages(registry: Registry, standard: str) -> Mapping[str, Stage]:
    if standard not in registry.headers:
        return {}
    return {each.id: each for each in registry.standard(standard).stages}


@frozen
class Standing:
    """What a line says of a case beyond its row.

    Attributes:
        title: Title of the standard, in both languages.
        stages: Titles of the stages it is in, in both languages.
        timing: How the day lies to the window that closes first; None where there is none.
    """

    title: tuple[str, str]
    stages: tuple[tuple[str, str], ...]
    timing: Timing | None


def standing(row: CaseRow, registry: Registry, day: date) -> Standing:
    """What the standard says of where a case is. A standard that is not installed any more is named by its id."""
    from duibiao.workflow.windows import timing

    if row.standard not in registry.headers:
        return Standing((row.standard, row.standard), tuple((each, each) for each in row.stages), None)
    rules = registry.standard(row.standard)
    mine = {each.id: each for each in rules.stages}
    here = [mine[each] for each in row.stages if each in mine]
    told = () if row.status in OVER else tuple(timing(each, row.year, day) for each in here)
    pressing = sorted((each for each in told if each.state != "none"), key=_pressing)
    return Standing(
        (rules.header.title, rules.header.title_en or rules.header.title),
        tuple((each.title, each.title_en or each.title) for each in here),
        pressing[0] if pressing else None,
    )


def _pressing(each: Timing) -> tuple[int, int]:
    """What presses most comes first: late ones, then those that close, then those that open."""
    days = each.days or 0
    return {"late": (0, -days), "open": (1 if each.days is not None else 3, days)}.get(each.state, (2, days))


def points_now(desk: Desk, name: str) -> str:
    """The points that a case has so far by the facts as they stand; empty for a standard without points."""
    from duibiao.services import cases as work

    case = work.get(desk, name)
    level = next((case.stage(each).level for each in case.state.active), "")
    found = work.assessment(desk, case, level).score
    if found is None:
        return ""
    low, high = (f"{each.normalize():f}" for each in (found.low, found.high))
    return low if found.settled else f"{low}…{high}"


def points_of(named: str, registry: Registry, day: date, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The same for many, one at a time, on a connection of its own: meant for a thread. Empty for one that cannot be assessed."""
    from duibiao.services.desk import Desk
    from duibiao.services.office import open_office

    try:
        space = open_office(named, write=False)
    except BadInputError:
        return
    with space:
        desk = Desk(space, registry, "", day)
        for name in names:
            try:
                yield name, points_now(desk, name)
            except BadInputError:
                yield name, ""


def cases_by(place: Path) -> dict[str, dict[Any, int]]:
    """How many cases there are of each standard, status, year, stage (after its standard) and county."""
    return views.cases_by(place)


def kinds_of_units(place: Path) -> dict[str, int]:
    """How many units there are of each kind, most first."""
    return views.kinds_of_units(place)


def names_of(place: Path, codes: Sequence[str]) -> dict[str, str]:
    """Names of units and divisions by code."""
    return views.names_of(place, codes)


@frozen
class Fitting:
    """A standard under which cases of some units could be opened.

    Attributes:
        standard: Standard id.
        title: Its title, in both languages.
        edition: Edition.
        codes: The units it is for.
        left_out: How many of the units it is not for.
        tracks: Tracks to choose from; none where there is nothing to choose.
        problem: Why it cannot be on that day; None when it can.
    """

    standard: str
    title: tuple[str, str]
    edition: str
    codes: tuple[str, ...]
    left_out: int
    tracks: tuple[str, ...]
    problem: Problem | None


def fitting(desk: Desk, codes: Sequence[str]) -> list[Fitting]:
    """The standards of where the units lie that fit one at least of them, those that fit most first."""
    from duibiao.model.editions import in_force
    from duibiao.store.units import units_of
    from duibiao.workflow.routes import route, tracks

    known, homes = units_of(desk.space, codes), desk.registry.jurisdictions
    found = []
    for header in desk.registry.headers.values():
        if not any(each.kind in header.unit_kinds for each in known.values()):
            continue
        rules = desk.registry.standard(header.id)
        mine = [
            each for each in known.values()
            if _lies_in(each.code, homes.get(header.jurisdiction)) and route(rules, each, next(iter(tracks(rules, each)), ""))
        ]  # fmt: skip
        if not mine:
            continue
        problem = None
        try:
            in_force(desk.registry.headers, header.id, desk.day, Where(header.id))
        except BadInputError as error:
            problem = error.problems[0]
        open_to = tracks(rules, mine[0])
        found.append(
            Fitting(
                header.id, (header.title, header.title_en or header.title), header.edition, tuple(each.code for each in mine),
                len(known) - len(mine), open_to if len(open_to) > 1 else (), problem,
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: (each.problem is not None, each.left_out, each.standard))


def _lies_in(code: str, home: Jurisdiction | None) -> bool:
    """Whether a unit lies in a jurisdiction; one without divisions of its own is the nation."""
    return home is None or not home.divisions or code.startswith(home.divisions)


@frozen
class Opened:
    """What became of cases that were to be opened.

    Attributes:
        cases: Ids of those that were opened, in the order of the units.
        same: How many units had one already.
        problems: Why the next one could not be opened; those after it were not tried.
        blocks: The same, where the standard's process is in the way.
    """

    cases: tuple[str, ...]
    same: int = 0
    problems: tuple[Problem, ...] = ()
    blocks: tuple[Block, ...] = ()


def open_cases(
    named: str, desk: Desk, codes: Sequence[str], standard: str, year: int, track: str = "", seen: Seen = lambda number: None
) -> Opened:
    """Open a case of each unit, on a connection of its own: meant for a thread. *seen* hears how far it is.

    Units that have a case of that standard and year are passed over and counted. BadInputError when nothing can be opened.
    """
    from duibiao.services.office import open_office

    with open_office(named) as space:
        return _open_cases(evolve(desk, space=space), codes, standard, year, track, seen)


def _open_cases(desk: Desk, codes: Sequence[str], standard: str, year: int, track: str, seen: Seen) -> Opened:
    from duibiao.services import cases as work
    from duibiao.store.units import units_of
    from duibiao.workflow.blocks import BlockedError
    from duibiao.workflow.routes import tracks

    rules, known = desk.registry.standard(standard), units_of(desk.space, codes)
    made, same = list[str](), 0
    for number, code in enumerate(codes):
        seen(number)
        mine = track if code in known and track in tracks(rules, known[code]) else ""
        try:
            made.append(work.open_case(desk, code, standard, year=year, track=mine))
        except BlockedError as error:
            return Opened(tuple(made), same, blocks=tuple(error.blocks))
        except BadInputError as error:
            if all(each.code != "E_SAME_CASE" for each in error.problems):
                return Opened(tuple(made), same, tuple(error.problems))
            same += 1
    return Opened(tuple(made), same)


def unit_codes(place: Path, case_ids: Sequence[str]) -> list[str]:
    """The units of cases, each once, in the order of the cases."""
    listing = cases(place, CasesAsked())
    try:
        rows = listing.view.rows(case_ids)
    finally:
        listing.close()
    return list(dict.fromkeys(each.unit for each in rows))


__all__ = [
    "MOST", "OVER", "CaseRow", "CasesAsked", "Fitting", "Listing", "Opened", "Standing", "UnitRow", "UnitsAsked", "cases",
    "cases_by", "due_days", "fitting", "folder", "kinds_of_units", "names_of", "open_cases", "points_now", "points_of",
    "standing", "unit_codes", "units",
]  # fmt: skip
