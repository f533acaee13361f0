"""One real unit of each jurisdiction, with example facts, through its standard."""

from __future__ import annotations

from attrs import frozen

from duibiao.api import Pack
from duibiao.errors import Collector
from duibiao.model.outcome import Assessment, Verdict
from duibiao.pack.examples import Example, read_examples
from duibiao.registry import Plugin, Registry

TOLD_BEST = (Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT, Verdict.NOT_APPLICABLE)
"""A walk tells most when the unit shows many of these, and most of its indicators are settled."""


@frozen
class Walk:
    """One unit of the demonstration.

    Attributes:
        plugin: Plugin name.
        example: The worked example whose facts are used.
        assessment: The result.
    """

    plugin: str
    example: Example
    assessment: Assessment


def walks(registry: Registry) -> list[Walk]:
    """One walk per jurisdiction that ships an example for a community (or, failing that, for any unit)."""
    found = []
    for plugin in registry.usable():
        examples = _examples(registry, plugin)
        for home in plugin.jurisdictions:
            standards = {header.id for header in home.standards}
            mine = [each for each in examples if each.standard in standards]
            told = [Walk(plugin.name, each, registry.assessor(each.standard).assess(each.facts)) for each in _communities(mine)]
            if told:
                found.append(max(told, key=_worth))
    return found


def _communities(examples: list[Example]) -> list[Example]:
    """The examples about communities and villages, or all of them where there are none."""
    return [each for each in examples if each.facts.unit.kind in ("居委会", "村委会")] or examples


def _worth(walk: Walk) -> tuple[bool, int, int]:
    verdicts = [leaf.verdict for leaf in walk.assessment.indicators()]
    shown = sum(verdict in verdicts for verdict in TOLD_BEST)
    return Verdict.NOT_MET in verdicts, shown, sum(verdict is Verdict.MET for verdict in verdicts)


def worked_examples(registry: Registry) -> list[Example]:
    """Every worked example that the plugins ship."""
    return [each for plugin in registry.usable() for each in _examples(registry, plugin)]


def _examples(registry: Registry, plugin: Plugin) -> list[Example]:
    target = plugin.target
    problems = Collector()
    sources = target.example_sources if isinstance(target, Pack) else ()
    return [each for source in sources for each in read_examples(source, registry.vocabulary, problems)]
