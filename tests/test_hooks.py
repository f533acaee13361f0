"""Every hook does what its specification says, for a pack that overrides its data and for plain objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from duibiao import hookspecs
from duibiao.api import Criterion, FactType, Form, Jurisdiction, Pack, Scoring, Stage, Target, Unit, hookimpl
from duibiao.model.facts import Kind
from duibiao.registry import Candidate, Registry

if TYPE_CHECKING:
    from conftest import Install, Run, WriteFacts, WritePack

HOOKS = [name for name in vars(hookspecs) if name.startswith("duibiao_")]
STANDARD = "small.community"


def registry_of(folder: Path, kind: type[Pack] = Pack) -> Registry:
    """A registry that knows one pack, its code being *kind*."""
    return Registry([Candidate("small", "small", "1.0", lambda: kind("small", folder=folder))])


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_test(hook: str) -> None:
    assert callable(globals().get(f"test_hook_{hook.removeprefix('duibiao_')}"))


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_says_what_it_is_for_and_when_it_is_called(hook: str) -> None:
    words = vars(hookspecs)[hook].__doc__
    assert words.splitlines()[0].endswith(".")
    assert "Called " in words


def test_hook_jurisdictions(pack: WritePack) -> None:
    class Renamed(Pack):
        @hookimpl
        def duibiao_jurisdictions(self) -> Sequence[Jurisdiction]:
            return [evolve(home, title="改名后的小区") for home in super().duibiao_jurisdictions()]

    registry = registry_of(pack(), Renamed)
    assert "改名后的小区" == registry.jurisdictions["small"].title
    assert [STANDARD] == list(registry.headers)


def test_hook_facts(pack: WritePack) -> None:
    class Counting(Pack):
        @hookimpl
        def duibiao_facts(self) -> Sequence[FactType]:
            return [FactType("small.trees", "树木", Kind.COUNT, high=1000)]

    registry = registry_of(pack({"fact": "small.trees", "at_least": 3}), Counting)
    assert "树木" == registry.vocabulary.types["small.trees"].title
    assert ["small.trees"] == [each.fact for each in registry.program(STANDARD).inputs if each.fact != "unit.kind"]


def test_hook_criteria(pack: WritePack) -> None:
    class Doubled(Pack):
        @hookimpl
        def duibiao_criteria(self, standard: str) -> Sequence[Criterion] | None:
            (group,) = super().duibiao_criteria(standard) or ()
            twin = evolve(group.indicators[0], id="twin", title="双胞胎")
            return [evolve(group, indicators=(*group.indicators, twin))]

    registry = registry_of(pack(), Doubled)
    assert ["it", "twin"] == [leaf.id for leaf in registry.program(STANDARD).leaves]


def test_hook_scoring(pack: WritePack) -> None:
    class Retitled(Pack):
        @hookimpl
        def duibiao_scoring(self, standard: str) -> Scoring | None:
            scoring = super().duibiao_scoring(standard) or Scoring()
            return evolve(scoring, awards=tuple(evolve(award, title="最美社区") for award in scoring.awards))

    registry = registry_of(pack(), Retitled)
    assert ["最美社区"] == [award.title for award in registry.standard(STANDARD).awards]


class Ambitious(Pack):
    """A pack that sets its target in Python."""

    @hookimpl
    def duibiao_targets(self, standard: str) -> Sequence[Target] | None:
        return [Target(id="all-2030", title="全部达标", by=date(2030, 12, 31), award="demonstration", at_least="100%")]


def test_hook_targets(pack: WritePack) -> None:
    standard = registry_of(pack(), Ambitious).standard(STANDARD)
    assert [("all-2030", date(2030, 12, 31))] == [(target.id, target.by) for target in standard.targets]


def test_a_target_set_in_python_is_proved_like_one_from_a_file(pack: WritePack) -> None:
    program = registry_of(pack(), Ambitious).program(STANDARD)
    assert ["demonstration"] == [target.award for target in program.standard.targets]


TARGET = """
[[target]]
id = "half"
by = 2030-12-31
award = "demonstration"
at_least = "50%"
"""


def test_a_hook_that_answers_none_leaves_the_data_of_the_pack_in_force(pack: WritePack) -> None:
    class Silent(Pack):
        @hookimpl
        def duibiao_targets(self, standard: str) -> Sequence[Target] | None:
            return None

    folder = pack('fact = "renovated_old_estate"\n' + TARGET)
    assert ["half"] == [target.id for target in registry_of(folder).standard(STANDARD).targets]
    assert ["half"] == [target.id for target in registry_of(folder, Silent).standard(STANDARD).targets]


def test_hook_stages(pack: WritePack) -> None:
    class Staged(Pack):
        @hookimpl
        def duibiao_stages(self, standard: str) -> Sequence[Stage] | None:
            return [Stage(id="self-check", title="自查", requires="all")]

    program = registry_of(pack(), Staged).program(STANDARD)
    assert [("self-check", "all")] == [(stage.id, stage.requires) for stage in program.standard.stages]


def test_hook_forms(pack: WritePack) -> None:
    class WithForm(Pack):
        @hookimpl
        def duibiao_forms(self, standard: str) -> Sequence[Form] | None:
            return [Form(id="form-1", title="申报表", award="demonstration")]

    standard = registry_of(pack(), WithForm).standard(STANDARD)
    assert ["申报表"] == [form.title for form in standard.forms]


class Settlers(Pack):
    """A pack that knows the units of its jurisdiction, and one of somebody else's."""

    @hookimpl
    def duibiao_units(self, jurisdiction: Jurisdiction) -> Iterable[Unit] | None:
        return [Unit("甲社区", "居委会", "1"), Unit("乙村", "村委会", "2")] if jurisdiction.id == "small" else None


def test_hook_units(pack: WritePack) -> None:
    registry = registry_of(pack(), Settlers)
    units = list(registry.units(registry.jurisdictions["small"]))
    assert [("甲社区", "居委会"), ("乙村", "村委会")] == [(unit.name, unit.kind) for unit in units]


def test_the_first_plugin_to_name_a_code_wins(pack: WritePack) -> None:
    class Rival:
        @hookimpl
        def duibiao_units(self, jurisdiction: Jurisdiction) -> Iterable[Unit] | None:
            return [Unit("另一个甲", "居委会", "1"), Unit("丙社区", "居委会", "3")]

    folder = pack()
    first = Candidate("small", "small", "1.0", lambda: Settlers("small", folder=folder))
    registry = Registry([first, Candidate("rival", "rival", "1.0", Rival)])
    assert ["甲社区", "乙村", "丙社区"] == [unit.name for unit in registry.units(registry.jurisdictions["small"])]


LISTENER = """
    import json
    from pathlib import Path
    from duibiao.api import hookimpl

    class Listener:
        @hookimpl
        def duibiao_assessed(self, assessment):
            heard = [assessment.standard, assessment.unit.name, assessment.indicator("green-coverage").verdict]
            Path(__file__).with_name("heard.json").write_text(json.dumps(heard), "utf-8")

    plugin = Listener()
"""


def test_hook_assessed(run: Run, facts: WriteFacts, install: Install, tmp_path: Path) -> None:
    install("listener", LISTENER)
    path = facts('[unit]\nname = "甲"\nkind = "居委会"\n\n[facts]\ngreen_coverage = "40%"\n')
    assert 0 == run("assess", "shanghai.qingpu.committee", path).code
    heard = next(tmp_path.rglob("heard.json")).read_text("utf-8")
    assert ["shanghai.qingpu.committee", "甲", "met"] == json.loads(heard)


COMMANDER = """
    import click
    from duibiao.api import hookimpl

    class Commander:
        @hookimpl
        def duibiao_commands(self, cli):
            cli.add_command(click.Command("greet", callback=lambda: click.echo("你好")))
            cli.add_command(click.Command("plugins", callback=lambda: click.echo("mine now")))

    plugin = Commander()
"""


def test_hook_commands(run: Run, install: Install) -> None:
    install("commander", COMMANDER)
    found = run("greet")
    assert (0, "你好\n") == (found.code, found.out)


def test_a_plugin_cannot_replace_a_command_of_the_core(run: Run, install: Install) -> None:
    install("commander", COMMANDER)
    assert 0 == run("greet").code
    assert "mine now" not in run("plugins").out


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_imports_no_plugin(run: Run, install: Install, tmp_path: Path, option: str) -> None:
    install("noisy", "from pathlib import Path\nPath(__file__).with_name('imported').touch()\nplugin = object()\n")
    assert 0 == run(option).code
    assert [] == list(tmp_path.rglob("imported"))
