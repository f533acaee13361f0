"""One real unit of each jurisdiction, with example facts, through its standard."""

from __future__ import annotations

from attrs import frozen

from duibiao.api import Pack
from duibiao.errors import Collector
from duibiao.model.outcome import Assessment
from duibiao.pack.examples import Example, read_examples
from duibiao.registry import Plugin, Registry

SHOWN_FIRST = ("demo", "near-miss")
"""Ids of examples that make the best walk: something is met, something is not, something is unknown."""


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
        for home in plugin.jurisdictions:
            standards = {header.id for header in home.standards}
            example = _best([each for each in _examples(registry, plugin) if each.standard in standards])
            if example is not None:
                result = registry.assessor(example.standard).assess(example.facts)
                found.append(Walk(plugin.name, example, result))
    return found


def _examples(registry: Registry, plugin: Plugin) -> list[Example]:
    target = plugin.target
    problems = Collector()
    sources = target.example_sources if isinstance(target, Pack) else ()
    return [each for source in sources for each in read_examples(source, registry.vocabulary, problems)]


def _best(examples: list[Example]) -> Example | None:
    def worth(each: Example) -> tuple[bool, int]:
        rank = next((i for i, name in enumerate(SHOWN_FIRST) if each.id.startswith(name)), len(SHOWN_FIRST))
        return each.facts.unit.kind not in ("居委会", "村委会"), rank

    return min(examples, key=worth, default=None)
