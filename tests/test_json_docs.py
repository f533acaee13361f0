"""docs/json.md lists exactly the keys that the commands print."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pages
import pytest
import reference
from conftest import Run, WriteFacts, WritePack

from duibiao.api import Pack, pack_in
from duibiao.cli import main
from duibiao.errors import Collector
from duibiao.pack.examples import read_examples
from duibiao.registry import Candidate, Registry, installed
from duibiao.services.assessing import as_json
from duibiao.services.phrasing import Phrases
from duibiao.services.showing import as_data

OPEN = frozenset(
    {"condition", "because", "population", "achieved", "ratio", "window", "sampling", "notice", "records", "recheck", "values[]"}
)
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


@pytest.mark.parametrize("words", [each for each in reference.every_command() if each], ids=" ".join)
def test_a_command_has_a_section_when_it_prints_json(words: tuple[str, ...]) -> None:
    prints = any("--json" in parameter.opts for parameter in reference.context_of(words, "en").command.params)

    assert prints == (f"\n## duibiao {' '.join(words)}\n" in pages.text("docs/json.md"))


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


# the workspace


SAID_IN_DATA = {
    "unit show": {"periods", "below"},
    "unit import": {"kinds"},
    "fact list": {"value"},
    "fact import": {"per_fact"},
    "fact history": {"value"},
    "fact drafts": {"base"},
    "case list": {"result"},
    "round list": {"stages"},
    "case show": {"result"},
    "case score": {"points", "given"},
    "journal show": {"data"},
}
"""Objects whose keys are data: facts, kinds, periods, levels, indicators."""

LIKE_ANOTHER = re.compile(r"\[\]\.(if_all|at_rate)\.|qualities\.(whole|usable|safe)\b")
"""Objects with the keys of the one beside them."""

WORK = """
fact attach 320412001001 premises_area lease.txt --period 2012
fact set 320412001001 premises_area=410 --period 2012
fact set 320412001001 premises_area=420 --period 2012 --base 1
case task yixing-2012-0001 民政局 社区组织 --due 2012-10-31 --date 2012-10-09
case notice national-2008-0004 --media 中国社会报 --until 2009-01-10 --date 2008-12-20
case score wujin-2012-0001 街镇 premises-area=1 --reason 复测 --approver 考评组 --date 2012-11-03
case object wujin-2012-0002 --who 居民 --text 没有挂牌 --date 2012-11-13
case find wujin-2012-0005 --text 台账不全 --due 2012-12-23 --date 2012-11-23
operator add zhao --name 赵敏 --role clerk
"""
"""What happens in the demonstration's workspace before it is asked, so that no list is empty."""

ASKED = """
workspace info
workspace check
operator list
unit import 320412 --dry-run
unit list --search njsq
unit show 320412001005
fact list 320412001001 --period 2012
fact list 320412001001 --period 2014 --standard jiangsu.wujin.community --missing
fact history 320412001001 premises_area
fact import facts.toml --dry-run
fact drafts
fact evidence 320412001001
case list --standard jiangsu.wujin.community
case show wujin-2012-0001 --date 2012-11-05
case show wujin-2012-0002 --date 2012-11-14
case show wujin-2012-0005 --date 2012-11-24
case show yixing-2012-0001 --date 2012-10-10
case show national-2008-0004 --date 2008-12-21
case score wujin-2012-0001 --date 2012-11-05
round list
award list
target show jiangsu.wujin.community --as-of 2012-12-31
target show national.community --as-of 2009-06-30
journal show --last 40
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demonstration's workspace with something of everything in it; commands without ``--workspace`` work in it."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "lease.txt").write_text("租约", "utf-8")
    unit = 'name = "戚大街社区居民委员会"\ncode = "320412001002"\nkind = "居委会"'
    (folder / "facts.toml").write_text(f'period = "2012"\n[unit]\n{unit}\n[facts]\nhouseholds = 1400\n', "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in {"STATE": folder / "state", "WORKSPACE": "demo", "OPERATOR": "demo"}.items():
            patch.setenv(f"DUIBIAO_{name}", str(value))
        said("demo --workspace demo")
        for line in WORK.strip().splitlines():
            said(line)
        yield folder


def said(line: str) -> str:
    """What a command prints."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()):
        main(line.split())
    return out.getvalue()


@pytest.fixture(scope="module")
def told(office: Path) -> dict[str, set[str]]:
    """Command to every key that its answers have."""
    found: dict[str, set[str]] = {}
    for line in ASKED.strip().splitlines():
        name = " ".join(line.split()[:2])
        answer = without(json.loads(said(f"{line} --json")), SAID_IN_DATA.get(name, set()))
        found[name] = found.get(name, set()) | set(keys(answer))
    return {name: bare(some) for name, some in found.items()}


def bare(found: Iterable[str]) -> set[str]:
    """Keys without what shows that they hold lists, and without those of objects that are like another one."""
    return {key.removesuffix("[]") for key in found if not LIKE_ANOTHER.match(key)} - {""}


def without(value: Any, names: set[str]) -> Any:
    """*value* with nothing inside the objects of these names, whose keys are data."""
    if isinstance(value, dict):
        return {key: None if key in names and isinstance(inner, dict) else without(inner, names) for key, inner in value.items()}
    return [without(each, names) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("command", sorted({" ".join(line.split()[:2]) for line in ASKED.strip().splitlines()}))
def test_a_command_of_the_workspace(command: str, told: dict[str, set[str]]) -> None:
    listed = documented(f"duibiao {command}")
    if command == "case show":
        listed |= {key.removeprefix("[]."): kind for key, kind in documented("duibiao case list").items()}

    assert bare(listed) == told[command]


def test_every_command_of_the_workspace_that_prints_json_is_asked() -> None:
    prints = {
        " ".join(words) for words in reference.every_command()
        if len(words) == 2 and any("--json" in each.opts for each in reference.context_of(words, "en").command.params)
    }  # fmt: skip

    assert prints == {" ".join(line.split()[:2]) for line in ASKED.strip().splitlines()}
