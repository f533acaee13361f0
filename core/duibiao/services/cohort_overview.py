"""What many units look like from above: counts, distribution, what fails most, who is nearest, division by division.

An :class:`Overview` is data for a screen or a page; :class:`View` makes one for any territory, quickly enough to drill down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from itertools import takewhile

from attrs import evolve, field, frozen

from duibiao.assess.one import VERDICTS
from duibiao.cohort.answers import Answers, Bins, Line, Near, Tally
from duibiao.cohort.lines import score_line
from duibiao.errors import Collector, Where
from duibiao.model.divisions import COMMUNITY, LENGTHS, is_code
from duibiao.model.notation import plain
from duibiao.model.outcome import State, Verdict
from duibiao.model.sources import Cite
from duibiao.model.standard import Indicator, Jurisdiction
from duibiao.registry import Registry
from duibiao.rules.nodes import ASK, FALSE, OPEN, TRUE
from duibiao.services.cohort_selection import Taken, selections
from duibiao.services.cohorts import Results
from duibiao.store.tables import Tables
from duibiao.store.units import stored

Names = Callable[[Iterable[str]], Mapping[str, str]]
"""Codes of divisions to their names; those that nobody knows are left out."""

SHOWN = 10


@frozen
class Outcomes:
    """How an award, gate or veto came out.

    Attributes:
        id: Its id.
        title: 中文 title.
        title_en: English title.
        held: Units for which it surely holds.
        not_held: Units for which it surely does not.
        open: Units for which it may.
    """

    id: str
    title: str
    title_en: str
    held: int
    not_held: int
    open: int


@frozen
class Tried:
    """How an indicator came out.

    Attributes:
        id: Indicator id.
        title: 中文 title.
        title_en: English title.
        force: ``must``, ``aim`` or ``may``.
        cite: Where it comes from.
        counts: Verdict to number of units.
    """

    id: str
    title: str
    title_en: str
    force: str
    cite: Cite
    counts: Mapping[Verdict, int]

    @property
    def not_met(self) -> int:
        """Units that surely fail."""
        return self.counts[Verdict.NOT_MET]

    @property
    def unsettled(self) -> int:
        """Units of which nobody knows, a judgement that is waited for included."""
        return self.counts[Verdict.UNKNOWN] + self.counts[Verdict.NEEDS_JUDGEMENT]


@frozen
class Bar:
    """One step of the distribution.

    Attributes:
        low: Least points (or indicators) that belong to it.
        high: Where the next begins; the last one has everything above too.
        settled: Units whose score is settled.
        open: Units whose score is still open, by the least that it can be.
    """

    low: Decimal
    high: Decimal
    settled: int
    open: int

    @property
    def units(self) -> int:
        """All of them."""
        return self.settled + self.open


@frozen
class Nearby:
    """A unit near to an award.

    Attributes:
        code: Statistical code.
        name: Name.
        kind: Kind.
        state: Whether the award is lost by what is known, or open.
        gap: Points missing to the line, at best and if nothing unknown turns out well; None where the award asks for none.
        not_met: Indicators that are not met.
        unsettled: Indicators that are not known.
        vetoed: Whether a veto stands against it.
    """

    code: str
    name: str
    kind: str
    state: State
    gap: tuple[Decimal, Decimal] | None
    not_met: int
    unsettled: int
    vetoed: bool


def lacking(each: Nearby, say: Callable[[str, str], str]) -> str:
    """What a unit lacks, in words; *say* picks 中文 or English."""
    parts = []
    if each.gap is not None and each.gap[1]:
        low, high = (plain(point) for point in each.gap)
        span = low if low == high else f"{low}–{high}"
        parts.append(say(f"差 {span} 分", f"lacks {span} points" if span != "1" else "lacks 1 point"))
    if each.not_met:
        parts.append(say(f"{each.not_met} 项未达到", f"{each.not_met} not met"))
    if each.unsettled:
        parts.append(say(f"{each.unsettled} 项未知", f"{each.unsettled} unknown"))
    if each.vetoed:
        parts.append(say("一票否决", "vetoed"))
    return say("，", ", ").join(parts) or say("只差别的条件", "only other conditions")


@frozen
class Place:
    """A division, with what became of its units.

    Attributes:
        code: Its code.
        name: Its name; empty where nobody knows it.
        units: Units in it.
        in_scope: Of them those that are assessed.
        held: Hold the award.
        not_held: Surely do not.
        open: May.
    """

    code: str
    name: str
    units: int
    in_scope: int
    held: int
    not_held: int
    open: int


@frozen(kw_only=True)
class Overview:
    """The units of a territory under a standard.

    Attributes:
        under: Beginning of their codes; empty for all there are.
        name: Name of that division, where it is known.
        units: How many.
        examples: How many of all have example facts.
        in_scope: Assessed by the standard.
        out_of_scope: Of a kind or in a case that it does not speak of.
        scope_open: Perhaps assessed.
        awards: Titles.
        gates: Conditions to proceed.
        vetoes: What beats any score.
        indicators: In the order of the standard.
        award: The award that places and the nearest units are about; empty where the standard has none.
        scored: Whether bars are about points; else they are about indicators that are met.
        line: The score that the award asks for; None where it asks for none.
        bars: The distribution.
        nearest: The units nearest to the award.
        level: Digits of the codes of *places*; 0 where none were asked.
        places: The divisions below, in the order of their codes.
        taken: Who would be named within the standard's quotas, of all units; only where that was asked.
    """

    under: str
    name: str
    units: int
    examples: int
    in_scope: int
    out_of_scope: int
    scope_open: int
    awards: tuple[Outcomes, ...]
    gates: tuple[Outcomes, ...]
    vetoes: tuple[Outcomes, ...]
    indicators: tuple[Tried, ...]
    award: str
    scored: bool
    line: Decimal | None
    bars: tuple[Bar, ...]
    nearest: tuple[Nearby, ...]
    level: int = 0
    places: tuple[Place, ...] = ()
    taken: tuple[Taken, ...] = ()

    def failed(self, most: int = SHOWN) -> list[Tried]:
        """The indicators that most units fail."""
        return sorted((each for each in self.indicators if each.not_met), key=lambda each: -each.not_met)[:most]

    def unknown(self, most: int = SHOWN) -> list[Tried]:
        """The indicators of which least is known."""
        return sorted((each for each in self.indicators if each.unsettled), key=lambda each: -each.unsettled)[:most]


def level_below(under: str) -> int:
    """Digits of the codes of the divisions right below a division; 12 where only communities are left."""
    return next((length for length in LENGTHS if length > len(under)), COMMUNITY)


def no_names(codes: Iterable[str]) -> Mapping[str, str]:
    """Nobody knows the names."""
    return {}


def names_in(space: Tables) -> Names:
    """Names as the workspace has them."""
    return lambda codes: {code: row[0] for code, row in stored(space, codes).items()}


def names_known(registry: Registry) -> Names:
    """Names of divisions as the plugins' registers have them, each province looked up once."""
    known: dict[str, dict[str, str]] = {}

    def province(top: str) -> dict[str, str]:
        if top not in known:
            home = Jurisdiction(id="", title="", level="nation", divisions=(top,))
            # A register tells the divisions before the communities in them, of which there are too many.
            above = takewhile(lambda unit: len(unit.code) < COMMUNITY, registry.units(home))
            known[top] = {unit.code: unit.name for unit in above}
        return known[top]

    def look(codes: Iterable[str]) -> Mapping[str, str]:
        wanted = [code for code in codes if is_code(code) and len(code) < COMMUNITY]
        return {code: name for code in wanted if (name := province(code[:2]).get(code))}

    return look


@frozen(slots=False)
class View:
    """Results seen from above, territory by territory.

    Attributes:
        results: The results.
        names: Knows the names of divisions.
        award: The award that is asked about; the standard's first unless named.
    """

    results: Results
    names: Names = no_names
    award: str = field(default="")

    def check(self) -> None:
        """BadInputError CO10 when the standard has no such award."""
        ids = [each.id for each in self.results.assessor.program.standard.awards]
        if self.award and self.award not in ids:
            problems = Collector()
            problems.add("CO10", Where("--award"), found=self.award, among=ids)
            problems.raise_any()

    @cached_property
    def asked(self) -> str:
        """Id of the award asked about; empty where there is none."""
        awards = self.results.assessor.program.standard.awards
        return self.award or (awards[0].id if awards else "")

    @cached_property
    def quick(self) -> Answers:
        """The results at hand in memory: for a screen that goes from division to division."""
        from duibiao.services.cohort_source import columns_installed

        if columns_installed():
            from duibiao.cohort.answers_columns import ColumnAnswers

            if isinstance(self.results.answers, ColumnAnswers):
                return self.results.answers.in_memory()
        return self.results.answers

    def about(self, award: str) -> View:
        """The same results, asked about another award; what is in memory is shared."""
        made = evolve(self, award=award)
        made.__dict__.update(quick=self.quick, bins=self.bins)
        return made

    @cached_property
    def bins(self) -> Bins:
        """The steps of the distribution: the same for every territory."""
        step = self.results.assessor.program.point_step
        whole = int(1 / step) if self.results.layout.score and step < 1 else 1
        return Bins.over(self.results.answers.full(), whole)

    @cached_property
    def line(self) -> Line | None:
        """What the nearest units are looked for by."""
        program = self.results.assessor.program
        for finding, award in zip(program.awards, program.standard.awards, strict=True):
            if finding.id == self.asked:
                return Line(f"award.{finding.id}", score_line(program, finding), award.unit_kinds)
        return None

    @cached_property
    def taken(self) -> tuple[Taken, ...]:
        """Who would be named within the quotas of the standard."""
        return selections(self.results)

    def overview(
        self, under: str = "", *, level: int | None = None, nearest: int = SHOWN, drilling: bool = False, quotas: bool = False
    ) -> Overview:
        """The units whose codes begin with *under*.

        *level* is the number of digits of the divisions to tell apart (None: those right below, 0: none). When *drilling*, the
        results are kept in memory once and every further territory is quick. With *quotas* it says who would be named.
        """
        answers = self.quick if drilling else self.results.answers
        digits = level_below(under) if level is None else level
        line = self.line
        found = answers.tally(self.bins, under, digits, line.award if line else "")
        near = answers.nearest(line, nearest, under) if line and nearest else []
        told = self._told(found, under, digits, near)
        return evolve(told, taken=self.taken) if quotas else told

    def _told(self, found: Tally, under: str, level: int, near: list[Near]) -> Overview:
        program = self.results.assessor.program
        standard, layout = program.standard, self.results.layout
        scored = bool(layout.score)
        step = program.point_step if scored else Decimal(1)
        names = self.names([under, *(each.code for each in found.divisions)])
        indicators = tuple(
            _tried(spec, found.codes[name], found.scope[FALSE])
            for spec, name in zip(standard.indicators(), layout.verdicts, strict=True)
        )
        line = self.line
        return Overview(
            under=under, name=names.get(under, ""), units=found.rows, examples=self.results.examples,
            in_scope=found.scope[TRUE], out_of_scope=found.scope[FALSE], scope_open=found.scope[ASK] + found.scope[OPEN],
            awards=_outcomes("award", standard.awards, found), gates=_outcomes("gate", standard.gates, found),
            vetoes=_outcomes("veto", standard.vetoes, found), indicators=indicators, award=self.asked, scored=scored,
            line=line.score * program.point_step if line and line.score is not None and scored else None,
            bars=tuple(self._bars(found, step)), nearest=tuple(_nearby(each, step) for each in near), level=level,
            places=tuple(
                Place(each.code, names.get(each.code, ""), each.rows, each.in_scope, each.held, each.not_held, each.open)
                for each in found.divisions
            ),
        )  # fmt: skip

    def _bars(self, found: Tally, step: Decimal) -> Iterable[Bar]:
        for index, (settled, open_) in enumerate(zip(found.settled, found.open, strict=True)):
            low = index * self.bins.width
            yield Bar(low * step, (low + self.bins.width) * step, settled, open_)


def _outcomes(kind: str, items: Iterable[object], found: Tally) -> tuple[Outcomes, ...]:
    made = []
    for each in items:
        name, title, title_en = (getattr(each, key) for key in ("id", "title", "title_en"))
        counts = found.codes[f"{kind}.{name}"]
        made.append(Outcomes(name, title, title_en, counts[TRUE], counts[FALSE], counts[ASK] + counts[OPEN]))
    return tuple(made)


def _tried(spec: Indicator, counts: tuple[int, ...], outside: int) -> Tried:
    found = {verdict: counts[code] if code < len(counts) else outside for code, verdict in enumerate(VERDICTS)}
    return Tried(spec.id, spec.title, spec.title_en, spec.force, spec.cite, found)


def _nearby(each: Near, step: Decimal) -> Nearby:
    gap = (each.gap[0] * step, each.gap[1] * step) if each.gap is not None else None
    state = State.NOT_HELD if each.state == FALSE else State.OPEN
    return Nearby(each.code, each.name, each.kind, state, gap, each.not_met, each.unknown, each.vetoed)
