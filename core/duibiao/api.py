"""Everything a plugin imports.

A pack of TOML needs two lines::

    from duibiao.api import Pack

    plugin = Pack(__name__)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from duibiao.errors import BadInputError, Collector
from duibiao.hookspecs import API_VERSION, hookimpl
from duibiao.model.facts import FactType, Kind, Option, Unit
from duibiao.model.outcome import Assessment
from duibiao.model.process import Form, FormField, Opinion, Provision, Selection, Stage, Target
from duibiao.model.sources import Cite, Clause, Document, NotEncoded
from duibiao.model.standard import Award, Criterion, Gate, Header, Indicator, Jurisdiction, Scoring, Standard, Veto
from duibiao.pack.build import PackContent, build_pack
from duibiao.pack.toml import Source, parse_toml

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


class Pack:
    """A jurisdiction whose standards are TOML files beside its ``__init__.py``.

    Subclass it and implement a hook to say in Python what data cannot.

    Attributes:
        name: The plugin's name: the package name without ``duibiao_``.
        api: API version the plugin was written for.
    """

    api = API_VERSION

    def __init__(self, package: str, *, folder: Traversable | None = None, name: str | None = None) -> None:
        """Take the package's ``__name__``; files are read when first needed."""
        self.package = package
        self.name = name or package.rpartition(".")[2].removeprefix("duibiao_")
        self._folder = folder

    @property
    def folder(self) -> Traversable:
        """Where the TOML files are."""
        return self._folder if self._folder is not None else resources.files(self.package)

    @cached_property
    def problems(self) -> Collector:
        """Problems found while the files were read."""
        return Collector()

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The parsed files of the pack, jurisdiction first; one that cannot be parsed is a problem and left out."""
        return self._parse([(name, each) for name, each in toml_files(self.folder) if "/" not in name])

    @cached_property
    def example_sources(self) -> tuple[Source, ...]:
        """The parsed files that hold worked examples, read when somebody wants to see them."""
        apart = self._parse([(name, each) for name, each in toml_files(self.folder) if "/" in name])
        return (*(source for source in self.sources if "example" in source.data), *apart)

    def _parse(self, files: list[tuple[str, Traversable]]) -> tuple[Source, ...]:
        found = []
        for name, each in files:
            try:
                found.append(parse_toml(each.read_bytes(), f"{self.package}/{name}"))
            except BadInputError as error:
                self.problems.problems.extend(error.problems)
        return tuple(found)

    @cached_property
    def content(self) -> PackContent:
        """What the files say."""
        return build_pack(self.sources, self.name, self.problems)

    def line(self, file: str, path: tuple[str | int, ...]) -> int | None:
        """The line of a place in one of the files."""
        return next((source.line(path) for source in (*self.sources, *self.example_sources) if source.name == file), None)

    def _standard(self, name: str) -> Standard | None:
        return self.content.standards.get(name)

    @hookimpl
    def duibiao_jurisdictions(self) -> Sequence[Jurisdiction]:
        """From ``jurisdiction.toml`` and the headers of the standards."""
        return self.content.jurisdictions

    @hookimpl
    def duibiao_facts(self) -> Sequence[FactType]:
        """From ``[[fact]]``."""
        return self.content.facts

    @hookimpl
    def duibiao_criteria(self, standard: str) -> Sequence[Criterion] | None:
        """From ``[[criterion]]``."""
        found = self._standard(standard)
        return None if found is None else found.criteria

    @hookimpl
    def duibiao_scoring(self, standard: str) -> Scoring | None:
        """From ``[scoring]``."""
        found = self._standard(standard)
        return None if found is None else found.scoring

    @hookimpl
    def duibiao_targets(self, standard: str) -> Sequence[Target] | None:
        """From ``[[target]]``."""
        found = self._standard(standard)
        return None if found is None else found.targets

    @hookimpl
    def duibiao_stages(self, standard: str) -> Sequence[Stage] | None:
        """From ``[[stage]]``."""
        found = self._standard(standard)
        return None if found is None else found.stages

    @hookimpl
    def duibiao_forms(self, standard: str) -> Sequence[Form] | None:
        """From ``[[form]]``."""
        found = self._standard(standard)
        return None if found is None else found.forms

    @hookimpl
    def duibiao_units(self, jurisdiction: Jurisdiction) -> Iterable[Unit] | None:
        """Packs bring no units of their own; plugin national has the register."""
        return None


def toml_files(folder: Traversable) -> list[tuple[str, Traversable]]:
    """The TOML files of a pack with their names: ``jurisdiction.toml`` first, ``examples/`` last."""
    here = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name)
    here.sort(key=lambda each: each.name != "jurisdiction.toml")
    found = [(each.name, each) for each in here]
    examples = folder.joinpath("examples")
    if examples.is_dir():
        inner = sorted((e for e in examples.iterdir() if e.name.endswith(".toml")), key=lambda each: each.name)
        found += [(f"examples/{each.name}", each) for each in inner]
    return found


def pack_in(folder: Path) -> Pack:
    """The pack in a folder that is not installed; its name is the folder's, without ``duibiao_``."""
    return Pack(folder.name, folder=folder)


__all__ = [
    "API_VERSION",
    "Assessment",
    "Award",
    "Cite",
    "Clause",
    "Criterion",
    "Document",
    "FactType",
    "Form",
    "FormField",
    "Gate",
    "Header",
    "Indicator",
    "Jurisdiction",
    "Kind",
    "NotEncoded",
    "Opinion",
    "Option",
    "Pack",
    "Provision",
    "Scoring",
    "Selection",
    "Stage",
    "Standard",
    "Target",
    "Unit",
    "Veto",
    "hookimpl",
    "pack_in",
    "toml_files",
]
