"""Plugins that misbehave are listed as broken, each with its reason, and take nobody down with them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from duibiao.api import Criterion, FactType, Jurisdiction, Pack, Unit, hookimpl
from duibiao.errors import BadInputError
from duibiao.model.facts import Kind
from duibiao.registry import Candidate, Plugin, Registry, installed

if TYPE_CHECKING:
    from conftest import Install, Run, WritePack

BUNDLED = ["daxinganling", "jiangsu", "national", "shanghai"]


def beside(load: Callable[[], Any], name: str = "stranger", distribution: str = "strange") -> tuple[Registry, Plugin]:
    """The bundled plugins with one more, and that one."""
    registry = Registry([*installed(), Candidate(name, distribution, "1.0", load)])
    return registry, registry.plugins[-1]


def reasons(plugin: Plugin) -> str:
    return " ".join(f"{each.code} {each.found} {each.allowed}" for each in plugin.problems)


def raises() -> Any:
    raise RuntimeError("no such library")


def exits() -> Any:
    sys.exit("goodbye")


class Misspelt:
    @hookimpl
    def duibiao_jurisdiction(self) -> Sequence[Jurisdiction]:
        return ()


class WrongArgument:
    @hookimpl
    def duibiao_criteria(self, standrd: str) -> Sequence[Criterion] | None:
        return None


class RaisesInHook:
    @hookimpl
    def duibiao_jurisdictions(self) -> Sequence[Jurisdiction]:
        raise KeyError("population")


class ExitsInHook:
    @hookimpl
    def duibiao_facts(self) -> Sequence[FactType]:
        sys.exit(3)


class RaisesWhileListing:
    @hookimpl
    def duibiao_jurisdictions(self) -> Iterator[Jurisdiction]:
        yield Jurisdiction(id="stranger", title="外地", plugin="stranger")
        raise KeyError("population")


class TakesJurisdiction:
    @hookimpl
    def duibiao_jurisdictions(self) -> Sequence[Jurisdiction]:
        return [Jurisdiction(id="shanghai.qingpu", title="青浦", plugin="stranger")]


class TakesSharedFact:
    @hookimpl
    def duibiao_facts(self) -> Sequence[FactType]:
        return [FactType("green_coverage", "绿化", Kind.COUNT)]


class TakesLocalFact:
    @hookimpl
    def duibiao_facts(self) -> Sequence[FactType]:
        return [FactType("shanghai.wide_participation", "参与", Kind.FLAG)]


class NeedsNewer:
    api = 99


class TextForJurisdictions:
    @hookimpl
    def duibiao_jurisdictions(self) -> Any:
        return "青浦"


class NumberForJurisdictions:
    @hookimpl
    def duibiao_jurisdictions(self) -> Any:
        return 3


class NothingForJurisdictions:
    @hookimpl
    def duibiao_jurisdictions(self) -> Any:
        return None


class TextsForFacts:
    @hookimpl
    def duibiao_facts(self) -> Any:
        return ["trees"]


class RaisesWhenLookedAt:
    @property
    def api(self) -> int:
        raise RuntimeError("do not look")


def nothing() -> Any:
    return None


HOSTILE = {
    "raises-at-import": (raises, "DB060 RuntimeError: no such library"),
    "exits-at-import": (exits, "DB060 SystemExit: goodbye"),
    "misspelt-hook": (Misspelt, "DB061 duibiao_jurisdiction duibiao_jurisdictions"),
    "wrong-hook-argument": (WrongArgument, "standrd"),
    "raises-in-a-hook": (RaisesInHook, "DB064 duibiao_jurisdictions: KeyError: 'population'"),
    "exits-in-a-hook": (ExitsInHook, "DB064 duibiao_facts: SystemExit: 3"),
    "raises-while-listing": (RaisesWhileListing, "DB064 duibiao_jurisdictions: KeyError: 'population'"),
    "takes-a-jurisdiction": (TakesJurisdiction, "DB062 shanghai.qingpu shanghai"),
    "takes-a-shared-fact": (TakesSharedFact, "DB062 green_coverage duibiao"),
    "takes-a-local-fact": (TakesLocalFact, "DB062 shanghai.wide_participation shanghai"),
    "needs-a-newer-interface": (NeedsNewer, "DB063 99 1"),
    "text-for-jurisdictions": (TextForJurisdictions, "DB064 duibiao_jurisdictions"),
    "number-for-jurisdictions": (NumberForJurisdictions, "DB064 duibiao_jurisdictions"),
    "nothing-for-jurisdictions": (NothingForJurisdictions, "DB064 duibiao_jurisdictions"),
    "texts-for-facts": (TextsForFacts, "DB064 duibiao_facts"),
    "raises-when-looked-at": (RaisesWhenLookedAt, "do not look"),
    "no-plugin-at-all": (nothing, "DB06"),
}


@pytest.mark.parametrize(("load", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_plugin_is_broken_with_its_reason_and_harms_no_other(load: Callable[[], Any], reason: str) -> None:
    registry, stranger = beside(load)
    assert ("stranger", "strange", "broken") == (stranger.name, stranger.distribution, stranger.state)
    assert reason in reasons(stranger)
    assert BUNDLED == sorted(plugin.name for plugin in registry.usable())
    assert "绿化覆盖率" == registry.vocabulary.types["green_coverage"].title
    assert 80 == len(registry.program("shanghai.qingpu.committee").leaves)


def test_the_same_name_from_another_distribution_is_a_conflict_not_a_race() -> None:
    registry, second = beside(Misspelt, name="shanghai", distribution="other-shanghai")
    assert "broken" == second.state
    assert "DB062 shanghai duibiao" in reasons(second)
    assert "shanghai" == registry.owner("shanghai.qingpu.committee").name
    assert "duibiao" == registry.owner("shanghai.qingpu.committee").distribution


def test_a_standard_that_is_taken_breaks_the_plugin_that_came_later(pack: WritePack) -> None:
    folder = pack()
    first, second = (Candidate(name, name, "1.0", lambda: Pack("small", folder=folder)) for name in ("one", "two"))
    registry = Registry([first, second])
    assert ["ok", "broken"] == [plugin.state for plugin in registry.plugins]
    assert "DB062 small.community one" in reasons(registry.plugins[1])


def test_a_plugin_whose_files_are_faulty_is_broken_with_file_and_line(pack: WritePack) -> None:
    folder = pack({"fact": "renovated_old_estate", "titel": "拼错"})
    registry, plugin = beside(lambda: Pack("small", folder=folder), name="small")
    (problem,) = registry.located(plugin.problems)
    assert "broken" == plugin.state
    assert ("DB006", "small/community.toml", "title") == (problem.code, problem.where.file, problem.nearest)
    assert (folder / "community.toml").read_text("utf-8").splitlines()[(problem.where.line or 0) - 1].startswith("titel")


class RaisesLater(Pack):
    @hookimpl
    def duibiao_criteria(self, standard: str) -> Sequence[Criterion] | None:
        raise ZeroDivisionError("later")


class TextForCriteria(Pack):
    @hookimpl
    def duibiao_criteria(self, standard: str) -> Any:
        return "criteria"


@pytest.mark.parametrize("kind", [RaisesLater, TextForCriteria])
def test_a_plugin_that_fails_when_its_standard_is_used_breaks_then_and_alone(pack: WritePack, kind: type[Pack]) -> None:
    folder = pack()
    registry, plugin = beside(lambda: kind("small", folder=folder), name="small")
    assert "ok" == plugin.state
    with pytest.raises(BadInputError):
        registry.standard("small.community")
    assert "broken" == plugin.state
    assert "DB064 duibiao_criteria" in reasons(plugin)
    assert 80 == len(registry.program("shanghai.qingpu.committee").leaves)


class RaisesBetweenUnits:
    @hookimpl
    def duibiao_units(self, jurisdiction: Jurisdiction) -> Iterator[Unit]:
        yield Unit("外地社区", "居委会", "999999999999")
        raise ConnectionError("register unreachable")


class TextForUnits:
    @hookimpl
    def duibiao_units(self, jurisdiction: Jurisdiction) -> Any:
        return "青浦"


@pytest.mark.parametrize("kind", [RaisesBetweenUnits, TextForUnits])
def test_a_plugin_that_fails_while_units_are_listed_keeps_no_others_back(kind: type[Any]) -> None:
    registry, stranger = beside(kind)
    names = {unit.name for unit in registry.units(registry.jurisdictions["shanghai.qingpu"])}
    assert "赵巷居委会" in names
    assert "broken" == stranger.state
    assert "DB064 duibiao_units" in reasons(stranger)


class RaisesWhenTold:
    @hookimpl
    def duibiao_assessed(self, assessment: Any) -> None:
        raise RuntimeError("deaf")

    @hookimpl
    def duibiao_commands(self, cli: Any) -> None:
        raise RuntimeError("mute")


def test_a_plugin_that_fails_when_told_of_an_assessment_is_broken_afterwards() -> None:
    registry, stranger = beside(RaisesWhenTold)
    registry.announce(None)
    assert "broken" == stranger.state
    assert "DB064 duibiao_assessed: RuntimeError: deaf" in reasons(stranger)


def test_a_plugin_that_fails_when_adding_commands_is_broken_afterwards() -> None:
    registry, stranger = beside(RaisesWhenTold)
    registry.add_commands(None)
    assert "DB064 duibiao_commands: RuntimeError: mute" in reasons(stranger)
    assert BUNDLED == sorted(plugin.name for plugin in registry.usable())


def test_blocked_plugins_are_not_even_imported() -> None:
    candidate = Candidate("stranger", "strange", "1.0", lambda: pytest.fail("imported"))
    registry = Registry([candidate], blocked=["stranger"])
    assert ["blocked"] == [plugin.state for plugin in registry.plugins]


def test_the_environment_turns_plugins_off(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_BLOCK", "jiangsu, daxinganling")
    states = {each["name"]: each["state"] for each in run("plugins", "--json").json}
    assert {"jiangsu": "blocked", "daxinganling": "blocked", "national": "ok", "shanghai": "ok"} == states
    assert {"national", "shanghai"} == {each["plugin"] for each in run("standards", "--json").json}


def test_a_jurisdiction_can_be_removed_without_anybody_noticing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_BLOCK", "national")
    assert 0 == run("show", "shanghai.qingpu.committee").code
    assert 2 == run("show", "national.community").code


BROKEN = "raise RuntimeError('half installed')\n"


@pytest.mark.parametrize(("lang", "word"), [("zh", "✗ 损坏"), ("en", "✗ broken")])
def test_the_list_of_plugins_shows_the_broken_one_with_its_reason(run: Run, install: Install, lang: str, word: str) -> None:
    install("stranger", BROKEN, distribution="strange")
    found = run("--lang", lang, "plugins")
    assert 0 == found.code
    assert word in found.out
    assert "DB060" in found.out
    assert "RuntimeError: half installed" in found.out


def test_standards_are_listed_beside_a_broken_plugin_and_it_is_named(run: Run, install: Install) -> None:
    install("stranger", BROKEN, distribution="strange")
    found = run("standards")
    assert 0 == found.code
    assert "shanghai.qingpu.committee" in found.out
    assert "有损坏的插件：stranger" in found.out


def test_a_plugin_that_exits_at_import_does_not_end_the_program(run: Run, install: Install) -> None:
    install("stranger", "import sys\nsys.exit(7)\n", distribution="strange")
    states = {each["name"]: each["state"] for each in run("plugins", "--json").json}
    assert {**dict.fromkeys(BUNDLED, "ok"), "stranger": "broken"} == states
