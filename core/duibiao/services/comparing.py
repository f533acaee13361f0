"""Standards held against each other: their demands, their editions, what tells them apart, and units under all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from duibiao.compare.editions import Editions, compare_editions
from duibiao.compare.elsewhere import Look, Tally, Territory, look_at
from duibiao.compare.table import Comparison, compare
from duibiao.compare.witness import Answer, Tick, passes_but_fails, side_of
from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.exchange.facts import located, preview_facts
from duibiao.model.editions import family
from duibiao.model.facts import FactSet
from duibiao.model.notation import literal_of
from duibiao.registry import Registry
from duibiao.services.clock import today
from duibiao.services.phrasing import Phrases

if TYPE_CHECKING:
    from duibiao.store.tables import Tables

FEWEST = 2
"""A comparison needs so many standards."""
MOST_LOOKS = 50
"""Of so many units the details are kept; of more only the sums."""
_LAST_PLACE = re.compile(r"(?:省|自治区|特别行政区|市)(?=.)")


@frozen
class Elsewhere:
    """Units under several standards.

    Attributes:
        comparison: The standards.
        looks: Unit by unit, the first :data:`MOST_LOOKS`.
        territory: All of them together.
    """

    comparison: Comparison
    looks: tuple[Look, ...]
    territory: Territory


def compare_standards(
    registry: Registry, names: Sequence[str], topic: str = "", *, only_differences: bool = False, fewest: int = FEWEST
) -> Comparison:
    """Standards (ids) side by side, rows by topic; only one topic, only what differs, where asked.

    BadInputError: fewer than *fewest* standards (E_FEW), no such standard (DB070), no such topic (DB026).
    """
    wanted = known(registry, names, fewest)
    _check_topic(registry, topic)
    programs = [registry.program(name) for name in wanted]
    return compare(programs, registry.vocabulary.topics).chosen(topic, only_differences=only_differences)


def known(registry: Registry, names: Sequence[str], fewest: int = FEWEST) -> tuple[str, ...]:
    """Ids of standards, each once. BadInputError: too few (E_FEW), no such standard (DB070), all of them told."""
    wanted = tuple(dict.fromkeys(names))
    problems = Collector()
    for name in wanted:
        if name not in registry.headers:
            problems.add("DB070", found=name, among=registry.headers)
    if len(wanted) < fewest:
        problems.add("E_FEW", Where("STANDARD"), found=" ".join(wanted), allowed=f">= {fewest}")
    problems.raise_any()
    return wanted


def _check_topic(registry: Registry, topic: str) -> None:
    problems = Collector()
    if topic and topic not in registry.vocabulary.topics:
        problems.add("DB026", Where("--topic"), found=topic, among=registry.vocabulary.topics)
    problems.raise_any()


def labels(registry: Registry, names: Iterable[str], phrases: Phrases) -> list[str]:
    """A short name for each column: where the standard comes from; what tells columns of one place apart."""
    headers = [registry.header(name) for name in names]
    places = []
    for header in headers:
        home = registry.jurisdictions[header.jurisdiction]
        zh, en = _LAST_PLACE.split(home.title)[-1], (home.title_en or home.id).partition(",")[0]
        places.append(phrases.say(zh, en))
    alike = [place for place in places if places.count(place) > 1]
    editions = {header.edition for header in headers}
    found = []
    for header, place in zip(headers, places, strict=True):
        if place not in alike:
            found.append(place)
        elif len(editions) == len(headers):
            found.append(f"{place} {header.edition}")
        else:
            found.append(f"{place} {header.id.rpartition('.')[2]}")
    return found


# editions


def linked(registry: Registry, names: Sequence[str]) -> bool:
    """Whether two standards are editions of the same."""
    return len(names) == 2 and names[1] in {each.id for each in family(registry.headers, names[0])}


def compare_family(registry: Registry, names: Sequence[str]) -> list[Editions]:
    """What changed from edition to edition: of one standard all its editions, of several these, in the order of time.

    BadInputError: no such standard (DB070), a standard that has only one edition (S13).
    """
    wanted = known(registry, names, 1)
    if len(wanted) == 1:
        wanted = tuple(each.id for each in family(registry.headers, wanted[0]))
    if len(wanted) < FEWEST:
        raise BadInputError([Problem("S13", Where("STANDARD"), wanted[0])])
    programs = [registry.program(name) for name in wanted]
    programs.sort(key=lambda each: (each.standard.header.in_force or date.min, each.standard.header.edition))
    return [compare_editions(old, new) for old, new in pairwise(programs)]


# witnesses


def find_witnesses(registry: Registry, names: Sequence[str], tick: Tick = lambda: None) -> tuple[Answer, Answer]:
    """«Passes the first, fails the second», and the other way round; *tick* is called on the way and may raise to stop it.

    BadInputError: not exactly two standards (E_WITNESS), no such standard (DB070).
    """
    wanted = known(registry, names)
    if len(wanted) != 2:
        raise BadInputError([Problem("E_WITNESS", Where("--witness"), " ".join(wanted), "2")])
    first, second = (side_of(registry.assessor(name)) for name in wanted)
    starts = [each.assessor.program.standard.header.in_force for each in (first, second)]
    day = max((each for each in starts if each is not None), default=None) or today()
    there = passes_but_fails(first, second, day, f"{wanted[0]} ✓ {wanted[1]} ✗", tick)
    back = passes_but_fails(second, first, day, f"{wanted[1]} ✓ {wanted[0]} ✗", tick)
    return there, back


def rechecked(registry: Registry, answer: Answer) -> Look | None:
    """A witness assessed under both standards by the evaluator, fact by fact; None where there is no witness."""
    if answer.witness is None:
        return None
    both = compare([each.assessor.program for each in (answer.first, answer.second)], registry.vocabulary.topics)
    (look,) = elsewhere(registry, both, [answer.witness.facts]).looks
    return look


def witness_name(answer: Answer) -> str:
    """A file name for a witness."""
    first, second = (each.assessor.program.standard.id for each in (answer.first, answer.second))
    return f"passes-{first}-fails-{second}.toml"


def witness_file(answer: Answer, phrases: Phrases) -> str:
    """A witness as a facts file that ``duibiao assess`` reads; empty where there is none."""
    if answer.witness is None:
        return ""
    facts, types = answer.witness.facts, phrases.vocabulary.types
    first, second = (each.assessor.program.standard.id for each in (answer.first, answer.second))
    head = [
        phrases.say(f"# 见证：达到 {first}，达不到 {second}。", f"# A witness: passes {first}, fails {second}."),
        phrases.say("# 推算出来的最少数据，不是真实单位。", "# The fewest facts found, worked out; not a real unit."),
        f"# duibiao assess {first} FILE", f"# duibiao assess {second} FILE", "",
        f"as_of = {facts.as_of.isoformat()}", f'period = "{facts.period}"', "example = true", "",
        "[unit]", f"name = {_toml(facts.unit.name)}", f"kind = {_toml(facts.unit.kind)}", "", "[facts]",
    ]  # fmt: skip
    decisive = set(answer.witness.decisive)
    lines = [
        f"{_key(fact)} = {_toml(literal_of(types[fact], value))}   # {phrases.fact(fact)}"
        + (phrases.say("（决定）", " (decides)") if fact in decisive else "")
        for fact, value in sorted(facts.values.items(), key=lambda item: item[0] not in decisive)
    ]
    for period, values in facts.history:
        lines += ["", f"[history.{period}]"]
        lines += [f"{_key(fact)} = {_toml(literal_of(types[fact], value))}" for fact, value in values.items()]
    return "\n".join([*head, *lines]) + "\n"


def _key(name: str) -> str:
    return f'"{name}"' if "." in name else name


def _toml(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_toml(each)}" for key, each in value.items()) + " }" if value else "{}"
        case list():
            return "[" + ", ".join(_toml(each) for each in value) + "]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


# assess elsewhere


def file_elsewhere(
    registry: Registry,
    comparison: Comparison,
    path: Path,
    as_of: date | None = None,
    tell: Callable[[Problem], None] | None = None,
) -> Elsewhere:
    """Every unit of a facts file under all standards of *comparison*; *tell* hears notes about the file.

    BadInputError: a file or facts that cannot be used.
    """
    preview = preview_facts(path, registry.vocabulary, as_of or today())
    facts = preview.taken()
    if tell is not None:
        for note in preview.notes:
            tell(note)
    asked = (each if as_of is None else evolve(each, as_of=as_of) for each in facts)
    try:
        return elsewhere(registry, comparison, asked)
    except BadInputError as error:
        raise BadInputError(located(path, error.problems)) from None


def units_elsewhere(
    space: Tables, registry: Registry, comparison: Comparison, units: Sequence[str], under: str = "",
    as_of: date | None = None, period: str | None = None,
) -> Elsewhere:  # fmt: skip
    """Units of the workspace under all standards of *comparison*: those named, or all of a territory that have facts.

    BadInputError: units that are not there, facts that cannot be read, a territory without facts (U16).
    """
    from duibiao.services.facts import fact_sets
    from duibiao.services.units import find_unit

    day = as_of or today()
    if units:
        codes = list(dict.fromkeys(find_unit(space, named).code for named in units))
        return elsewhere(registry, comparison, fact_sets(space, registry.vocabulary, codes, day, period))
    found = elsewhere(registry, comparison, fact_sets(space, registry.vocabulary, under, day, period))
    if not found.territory.units:
        raise BadInputError([Problem("U16", Where("--under"), under)])
    return found


def elsewhere(registry: Registry, comparison: Comparison, units: Iterable[FactSet]) -> Elsewhere:
    """Units under all standards of *comparison*, one after the other. BadInputError: facts that do not fit, all of them told."""
    assessors = [registry.assessor(program.standard.id) for program in comparison.programs]
    tally, looks, problems = Tally(comparison), list[Look](), list[Problem]()
    for facts in units:
        try:
            look = look_at(comparison, facts, [each.assess(facts) for each in assessors])
        except BadInputError as error:
            problems += error.problems
            continue
        tally.add(look)
        if len(looks) < MOST_LOOKS:
            looks.append(look)
    if problems:
        raise BadInputError(dict.fromkeys(problems))
    return Elsewhere(comparison, tuple(looks), tally.whole())


__all__ = [
    "Elsewhere", "compare_family", "compare_standards", "elsewhere", "file_elsewhere", "find_witnesses", "known", "labels",
    "linked", "rechecked", "units_elsewhere", "witness_file", "witness_name",
]  # fmt: skip
