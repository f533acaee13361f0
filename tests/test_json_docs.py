"""docs/json.md lists exactly the keys that the commands print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pages
import pytest
from conftest import Run, WriteFacts, WritePack

from duibiao.api import Pack, pack_in
from duibiao.cli.base import COMMANDS, Session, root
from duibiao.errors import Collector
from duibiao.pack.examples import read_examples
from duibiao.registry import Candidate, Registry, installed
from duibiao.services.assessing import as_json
from duibiao.services.phrasing import Phrases
from duibiao.services.showing import as_data

OPEN = frozenset({"condition", "because", "population", "achieved", "ratio", "window", "sampling", "notice", "values[]"})
"""Objects whose keys are the pack's, or (because) described on their own."""

VETOED = pages.ROOT / "tests" / "shapes" / "packs"


def documented(section: str) -> dict[str, str]:
    """Key to type of the table under a heading of the page."""
    body = re.split(rf"^##+ {re.escape(section)}$", pages.text("docs/json.md"), flags=re.MULTILINE)[1].partition("\n#")[0]
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]*?) \|", body, re.MULTILINE))


def keys(value: Any, path: str = "") -> Iterator[str]:
    """The path of everything in an answer: of lists, objects and what they hold."""
    if path:
        yield path
    if isinstance(value, dict) and path.rpartition(".")[2] not in OPEN:
        for key, inner in value.items():
            yield from keys(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        yield f"{path}[]"
        for inner in value:
            yield from keys(inner, f"{path}[]")


def printed(*answers: Any) -> set[str]:
    """All keys of several answers; a list counts by its members."""
    found = {key for answer in answers for key in keys(answer)}
    return {key for key in found if f"{key}[]" not in found} - {"[]"}


def steps(reason: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A step of an explanation and all below it."""
    yield reason
    for child in reason.get("children", ()):
        yield from steps(child)


@pytest.fixture(scope="module")
def registries(tmp_path_factory: pytest.TempPathFactory) -> list[Registry]:
    """What is bundled, and a pack with a veto (no bundled document has one)."""
    home = tmp_path_factory.mktemp("packs") / "shapes"
    (home / "examples").mkdir(parents=True)
    for name in ("jurisdiction.toml", "c04.toml"):
        (home / name).write_bytes((VETOED / name).read_bytes())
    (home / "examples" / "c04.toml").write_bytes((VETOED / "c04.examples.toml").read_bytes())
    pack = pack_in(home)
    bundled = [each for each in installed() if each.distribution == "duibiao"]
    return [Registry(bundled, blocked=()), Registry([Candidate(pack.name, "-", "-", lambda: pack)], blocked=())]


@pytest.fixture(scope="module")
def assessments(registries: list[Registry]) -> list[Any]:
    """The answers of `assess` for a dozen worked units of every plugin."""
    return [
        as_json([registry.assessor(example.standard).assess(example.facts)])
        for registry in registries
        for plugin in registry.plugins
        if isinstance(plugin.target, Pack)
        for source in plugin.target.example_sources
        for example in read_examples(source, registry.vocabulary, Collector())[:12]
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_a_section_when_it_prints_json(command: str) -> None:
    context = click.Context(root, obj=Session("en"))
    found = root.get_command(context, command)
    assert found is not None
    prints = any("--json" in parameter.opts for parameter in found.params)

    assert prints == (f"\n## duibiao {command}\n" in pages.text("docs/json.md"))


def test_demo_answers_like_assess(run: Run) -> None:
    assert set() == printed(*run("demo", "--json").json) - set(documented("duibiao assess"))


def test_assess(assessments: list[Any]) -> None:
    assert set(documented("duibiao assess")) == printed(*assessments)


def test_the_steps_of_an_explanation(assessments: list[Any]) -> None:
    reasons = [leaf["because"] for answer in assessments for unit in answer["units"] for leaf in unit["indicators"]]
    found = {key for reason in reasons for step in steps(reason) for key in step}

    assert {key.removesuffix("[]") for key in documented("A step of `because`")} == found


def test_show(registries: list[Registry]) -> None:
    own, shared = documented("duibiao show"), documented("Keys of every item")
    every_item = {f"{path}.{key}" for path, kind in own.items() if kind == "items" for key in shared}
    phrases = {id(registry): Phrases(registry.vocabulary, "en") for registry in registries}
    answers = [as_data(registry.program(name), phrases[id(registry)]) for registry in registries for name in registry.headers]

    assert set(own) | every_item == printed(*answers) | {path for path, kind in own.items() if kind in ("items", "list")}


LISTING = (
    "standards", "facts service", "facts --topics", "units jiangsu.wujin --limit 3", "units jiangsu.wujin --count",
    "explain DB012",
)  # fmt: skip


@pytest.mark.parametrize("line", LISTING)
def test_a_command_that_lists(line: str, run: Run) -> None:
    words = line.split()
    section = " ".join(["duibiao", words[0], *(word for word in words if word in ("--topics", "--count"))])

    assert set(documented(section)) == printed(run(*words, "--json").json)


def test_check(run: Run, pack: WritePack) -> None:
    folder = pack('fact = "no_such_fact"')

    bad, good = run("check", folder, "--json").json, run("check", pages.ROOT / "plugins" / "shanghai", "--json").json

    assert set(documented("duibiao check")) == printed(bad, good)


def test_test(run: Run, pack: WritePack) -> None:
    assert set(documented("duibiao test")) == printed(run("test", pack(), "--json").json)


def test_plugins(run: Run, install: Any) -> None:
    install("broken", "raise RuntimeError('no')")

    assert set(documented("duibiao plugins")) == printed(run("plugins", "--json").json)


def test_what_the_command_line_prints_is_what_the_service_says(run: Run, facts: WriteFacts) -> None:
    path: Path = facts('as_of = 2020-12-31\n[unit]\nname = "南街"\nkind = "居委会"\n[facts]\npremises_area = 400\n')
    answer = run("assess", "jiangsu.wujin.premises-2020", path, "--json").json

    assert set() == printed(answer) - set(documented("duibiao assess"))
