"""Standards side by side: by topic and by what they ask about, each demand with its clause, a unit's own values next to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from duibiao.assess.bind import SUPPLIED_PARTS
from duibiao.errors import BadInputError, Problem, Where
from duibiao.model.facts import FactSet
from duibiao.model.notation import show_value
from duibiao.model.outcome import Verdict
from duibiao.model.sources import Cite
from duibiao.model.standard import Indicator
from duibiao.registry import Registry
from duibiao.rules.nodes import inputs_of
from duibiao.rules.program import Leaf
from duibiao.services.compare_words import DemandWords
from duibiao.services.comparing import compare_standards, labels
from duibiao.services.desk import Desk
from duibiao.services.facts import fact_set
from duibiao.services.phrasing import FORCES, Phrases
from duibiao.store import cases as kept
from duibiao.wording import Lang

_OUTER = re.compile(r"^.*[省市](?=.)")
"""What a place lies in."""

FEWEST = 2
"""A comparison needs so many standards."""
MOST = 4
"""So many fit beside each other on a screen or a page."""


@frozen
class Demand:
    """What an indicator of a standard asks of one subject.

    Attributes:
        indicator: Indicator id.
        title: Its title, in the person's language.
        text: Operator, threshold and exceptions in words, without the subject's name.
        points: Full marks in words; empty where it is not scored.
        force: ``must``, ``aim`` or ``may``.
        cite: Where it comes from.
        verdict: How the unit's own values come out; None without a unit.
    """

    indicator: str
    title: str
    text: str
    points: str
    force: str
    cite: Cite
    verdict: Verdict | None = None


@frozen
class Line:
    """One subject: a data item, or a ratio of two.

    Attributes:
        topic: Topic id; empty where the standards name none.
        facts: Data items it is about.
        title: What it is called, in the person's language.
        demands: Standard id to what it asks; a standard that asks nothing is not there.
        own: The unit's own value in words; empty without a unit or a value.
        differs: Whether two standards ask something of it, and not the same.
        standing: Who is strictest and by how much, in words; empty where one alone asks.
    """

    topic: str
    facts: tuple[str, ...]
    title: str
    demands: Mapping[str, tuple[Demand, ...]]
    own: str = ""
    differs: bool = True
    standing: str = ""

    @property
    def shared(self) -> bool:
        """Whether at least two standards ask something of it."""
        return len(self.demands) > 1


@frozen
class Beside:
    """Standards side by side.

    Attributes:
        standards: Their ids, in the order asked.
        titles: Standard id to title.
        lines: Subjects, topic by topic.
        topics: Topic id to title, of those that have lines, in order.
        unit: Whose values stand beside; empty for none.
    """

    standards: tuple[str, ...]
    titles: Mapping[str, str]
    lines: tuple[Line, ...]
    topics: Mapping[str, str]
    unit: str = ""

    def narrowed(self, topic: str = "", *, shared: bool = False, differing: bool = False) -> tuple[Line, ...]:
        """The lines of one topic (all when empty), perhaps only what two standards ask about, or what they differ in."""
        return tuple(
            each for each in self.lines
            if topic in ("", each.topic) and (each.shared or not shared) and (each.differs or not differing)
        )  # fmt: skip


@frozen
class _Gathering:
    """Subjects while they are gathered."""

    demands: dict[tuple[str, ...], dict[str, list[Demand]]] = field(factory=dict)
    topics: dict[tuple[str, ...], str] = field(factory=dict)


def beside(registry: Registry, standards: Sequence[str], phrases: Phrases, own: FactSet | None = None) -> Beside:
    """*standards* (ids) side by side, with the values of *own* next to them.

    BadInputError: fewer than two standards (E_FEW), no such standard.
    """
    names = tuple(dict.fromkeys(standards))
    if len(names) < FEWEST:
        raise BadInputError([Problem("E_FEW", Where("STANDARD"), " ".join(names), f">= {FEWEST}")])
    _known(registry, names)
    found = _Gathering()
    for name in names:
        _gather(registry, name, phrases, found, _verdicts(registry, name, own))
    standings = _standings(registry, names, phrases)
    vocabulary = registry.vocabulary
    order = {each: place for place, each in enumerate(vocabulary.topics)}
    lines = [
        Line(
            found.topics[key], key, _title(key, phrases), {name: tuple(each) for name, each in by.items()},
            _own(key, own, phrases), _differ(by), standings.get(key[0], "") if len(by) > 1 else "",
        )
        for key, by in found.demands.items()
    ]  # fmt: skip
    lines.sort(key=lambda line: order.get(line.topic, len(order)))
    topics = {line.topic: _topic(phrases, line.topic) for line in lines}
    titles = {name: phrases.say(head.title, head.title_en or head.title) for name in names for head in [registry.header(name)]}
    return Beside(names, titles, tuple(lines), topics, own.unit.name if own is not None else "")


def _standings(registry: Registry, names: Sequence[str], phrases: Phrases) -> dict[str, str]:
    """Fact id to how the standards stand to each other on it."""
    words, titles = DemandWords(phrases), labels(registry, names, phrases)
    return {row.fact: words.standing(row.standing, titles) for row in compare_standards(registry, names).rows}


def _known(registry: Registry, names: Iterable[str]) -> None:
    """BadInputError with every name that is no standard's."""
    problems: list[Problem] = []
    for name in names:
        try:
            registry.header(name)
        except BadInputError as error:
            problems += error.problems
    if problems:
        raise BadInputError(problems)


def _verdicts(registry: Registry, name: str, own: FactSet | None) -> Mapping[str, Verdict]:
    """Indicator id to how a unit's own values come out under a standard."""
    if own is None:
        return {}
    return {each.id: each.verdict for each in registry.assessor(name).assess(own).indicators()}


def _gather(registry: Registry, name: str, phrases: Phrases, found: _Gathering, verdicts: Mapping[str, Verdict]) -> None:
    program = registry.program(name)
    leaves = {each.id: each for each in program.leaves}
    types = registry.vocabulary.types
    for group in program.standard.criteria:
        for each in group.indicators:
            full = leaves[each.id].full * program.point_step if leaves[each.id].points is not None else None
            points = "" if full is None else phrases.say(f"{full.normalize():f} 分", f"{full.normalize():f} points")
            for key, text in _asked(each, leaves[each.id], phrases):
                title = phrases.say(each.title, each.title_en or each.title)
                made = Demand(each.id, title, text, points, each.force, each.cite, verdicts.get(each.id))
                by = found.demands.setdefault(key, {}).setdefault(name, [])
                if made not in by:
                    by.append(made)
                topic = each.topic or group.topic or next((types[one].topic for one in key if one in types), "")
                found.topics.setdefault(key, topic)


def _asked(indicator: Indicator, leaf: Leaf, phrases: Phrases) -> Iterator[tuple[tuple[str, ...], str]]:
    """Subjects and demands of an indicator; one that joins several is told at each of them."""
    parts = list(_parts(indicator.condition, phrases)) if indicator.condition else []
    if indicator.condition and not parts:
        parts = [(key, phrases.condition(indicator.condition)) for key in _inputs(leaf)[:1]]
    if not parts:
        parts = [(key, phrases.points(indicator.points)) for key in _inputs(leaf)]
    guard = phrases.say("仅当 ", "only if ") + phrases.condition(indicator.when) if indicator.when is not None else ""
    only = phrases.say("仅 ", "only for ") + phrases.comma.join(indicator.only_for) if indicator.only_for else ""
    for key, text in parts:
        yield key, phrases.stop.join(part for part in (text, guard, only) if part)


def _parts(spec: Any, phrases: Phrases) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(spec, Mapping):
        return
    if "all_of" in spec:
        for each in spec["all_of"]:
            yield from _parts(each, phrases)
    elif "any_of" in spec:
        for key in dict.fromkeys(key for each in spec["any_of"] for key, _ in _parts(each, phrases)):
            yield key, phrases.condition(spec)
    elif "fact" in spec:
        key = (str(spec["fact"]), *([str(spec["ratio_to"])] if "ratio_to" in spec else []))
        subject = " ÷ ".join(phrases.fact(each) for each in key)
        yield key, phrases.condition(spec).removeprefix(subject).strip(" ：:") or phrases.say("应有", "needed")


def _inputs(leaf: Leaf) -> list[tuple[str, ...]]:
    nodes = [node for node in (leaf.rule, leaf.points) if node is not None]
    read = (each for node in nodes for each in inputs_of(node))
    names = dict.fromkeys(each.fact for each in read if each.part not in SUPPLIED_PARTS and each.fact != "unit.kind")
    return [(name,) for name in names]


def _title(key: tuple[str, ...], phrases: Phrases) -> str:
    return " ÷ ".join(phrases.fact(each) for each in key)


def _topic(phrases: Phrases, name: str) -> str:
    found = phrases.vocabulary.topics.get(name)
    return phrases.say("其他", "other") if found is None else phrases.say(found.title, found.title_en or found.title)


def _own(key: tuple[str, ...], own: FactSet | None, phrases: Phrases) -> str:
    if own is None:
        return ""
    types = phrases.vocabulary.types
    found = [
        show_value(types[each], own.values[each], phrases.lang) if each in own.values and each in types else "" for each in key
    ]
    return " ÷ ".join(each or "?" for each in found) if any(found) else ""


def _differ(by: Mapping[str, Sequence[Demand]]) -> bool:
    """Whether those standards that ask something do not all ask the same."""
    return len({tuple(sorted((each.text, each.force) for each in asked)) for asked in by.values()}) > 1


def force_text(demand: Demand, phrases: Phrases) -> str:
    """How binding a demand is, in words; empty where it simply must be."""
    return "" if demand.force == "must" else phrases.say(*FORCES[demand.force])


def short_name(registry: Registry, name: str, lang: Lang) -> str:
    """What a standard is called where there is little room: the place without what it lies in, whom it assesses, which edition.

    A title's beginning would say the same of all of them.
    """
    header = registry.header(name)
    home = registry.jurisdictions[header.jurisdiction]
    if lang == "en":
        own = name.rpartition(".")[2]
        edition = "" if own.endswith(header.edition) else f" {header.edition}"
        return f"{(home.title_en or home.title).partition(',')[0]} {own}{edition}"
    return f"{_OUTER.sub('', home.title)}{header.unit_kinds[0] if header.unit_kinds else ''} {header.edition}"


def usual(desk: Desk, case: str) -> tuple[str, ...]:
    """The standards that a person most likely wants side by side: the case's own, then those of other places for its kind.

    Without a case those for residents' committees, of which there are most.
    """
    registry = desk.registry
    listed = kept.case(desk.space, case) if case else None
    kind = listed.unit.kind if listed is not None else "居委会"
    own = [listed.standard] if listed is not None and listed.standard in registry.headers else []
    one_each: dict[str, str] = {registry.header(each).jurisdiction: each for each in own}
    for name, head in registry.headers.items():
        if kind in head.unit_kinds:
            one_each.setdefault(head.jurisdiction, name)
    return tuple(one_each.values())[:MOST]


def own_facts(desk: Desk, case: str) -> FactSet | None:
    """What is recorded of a case's unit for its year; None without a case. BadInputError: values that cannot be read."""
    listed = kept.case(desk.space, case) if case else None
    if listed is None:
        return None
    return fact_set(desk.space, desk.registry.vocabulary, listed.unit.code, desk.day, str(listed.year))


__all__ = ["FEWEST", "MOST", "Beside", "Demand", "Line", "beside", "force_text", "own_facts", "short_name", "usual"]
