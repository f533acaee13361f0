"""Which plugins there are, what they bring, and which of them are broken. No plugin can take another down."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from importlib import metadata
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import pluggy
from attrs import define, evolve, field, frozen

from duibiao import hookspecs
from duibiao.api import Pack
from duibiao.errors import BadInputError, Collector, Problem, Where, nearest_name
from duibiao.hookspecs import API_VERSION, PROJECT
from duibiao.model.editions import edition_on, in_force
from duibiao.model.facts import FactType, Unit, Vocabulary
from duibiao.model.process import Form, Stage, Target
from duibiao.model.sources import Document
from duibiao.model.standard import Criterion, Header, Jurisdiction, Scoring, Standard
from duibiao.pack.inherit import inherit
from duibiao.pack.override import Override, check_total, override

if TYPE_CHECKING:
    from duibiao.assess.one import Assessor
    from duibiao.pack.proofs import World
    from duibiao.rules.program import Program

T = TypeVar("T")
HOOKS = tuple(name for name in vars(hookspecs) if name.startswith(f"{PROJECT}_"))
PARTS = {"criteria": Criterion, "scoring": Scoring, "targets": Target, "stages": Stage, "forms": Form}
"""Parts of a standard, each from the hook of that name."""

BLOCK = "DUIBIAO_BLOCK"
"""Environment variable: names of plugins not to load, separated by commas."""


@frozen
class Candidate:
    """A plugin that could be loaded.

    Attributes:
        name: Entry-point name.
        distribution: Name of the distribution that brings it.
        version: Version of the distribution.
        load: Imports and returns the plugin object.
    """

    name: str
    distribution: str
    version: str
    load: Callable[[], Any]


@define
class Plugin:
    """A plugin, loaded or broken.

    Attributes:
        name: Entry-point name.
        distribution: Distribution that brings it.
        version: Its version.
        target: The plugin object, when it could be imported.
        state: ``ok``, ``broken`` or ``blocked``.
        problems: Why it is broken.
        jurisdictions: What it brings.
        facts: Local data items.
    """

    name: str
    distribution: str
    version: str
    target: Any = None
    state: str = "ok"
    problems: list[Problem] = field(factory=list)
    jurisdictions: tuple[Jurisdiction, ...] = ()
    facts: tuple[FactType, ...] = ()

    def fail(self, code: str, found: object = "", allowed: object = "") -> None:
        """Mark the plugin as broken, with the reason."""
        collector = Collector()
        collector.add(code, Where(self.name), found=found, allowed=allowed)
        self.problems += collector.problems
        self.state = "broken"


def installed() -> list[Candidate]:
    """Every plugin registered under the entry-point group, the bundled ones first."""
    found = []
    for entry in metadata.entry_points(group=PROJECT):
        dist = entry.dist
        found.append(Candidate(entry.name, dist.name if dist else "", dist.version if dist else "", entry.load))
    return sorted(found, key=lambda each: (each.distribution != PROJECT, each.distribution, each.name))


class Registry:
    """All plugins and everything they bring.

    One plugin that raises, misspells a hook, claims a taken id or needs a newer API is listed as broken; the rest work.
    """

    def __init__(
        self, candidates: Iterable[Candidate] | None = None, *, blocked: Iterable[str] | None = None,
        overrides: Sequence[Override] = (),
    ) -> None:  # fmt: skip
        """Load *candidates* (default: what is installed), except those *blocked* by name."""
        names = os.environ.get(BLOCK, "").split(",") if blocked is None else blocked
        self._blocked = {name.strip() for name in names}
        self._overrides = tuple(overrides)
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._standards: dict[str, Standard] = {}
        self._programs: dict[str, Program] = {}
        self._assessors: dict[str, Assessor] = {}
        self.plugins: list[Plugin] = []
        for candidate in installed() if candidates is None else candidates:
            self._load(candidate)
        self._check_overrides()

    def _check_overrides(self) -> None:
        problems = Collector()
        for each in self._overrides:
            if each.standard not in self.headers:
                problems.add("DB070", each.at("override", "standard"), found=each.standard, among=self.headers)
        problems.raise_any()

    # loading

    def _load(self, candidate: Candidate) -> None:
        plugin = Plugin(candidate.name, candidate.distribution, candidate.version)
        same = next((each for each in self.plugins if each.name == plugin.name and each.state == "ok"), None)
        self.plugins.append(plugin)
        if plugin.name in self._blocked:
            plugin.state = "blocked"
            return
        if same is not None:
            plugin.fail("DB062", plugin.name, f"{same.distribution} {same.version}")
            return
        try:
            plugin.target = candidate.load()
        except (Exception, SystemExit) as error:
            plugin.fail("DB060", f"{type(error).__name__}: {error}")
            return
        if plugin.target is None:
            plugin.fail("DB060", "None")
            return
        try:
            if self._acceptable(plugin):
                self._take(plugin)
        except (Exception, SystemExit) as error:
            plugin.fail("DB060", f"{type(error).__name__}: {error}")

    def _acceptable(self, plugin: Plugin) -> bool:
        needs = getattr(plugin.target, "api", API_VERSION)
        if not isinstance(needs, int) or needs > API_VERSION:
            plugin.fail("DB063", needs, API_VERSION)
            return False
        for name in dir(plugin.target):
            if name.startswith(f"{PROJECT}_") and name not in HOOKS:
                plugin.fail("DB061", name, nearest_name(name, HOOKS) or ", ".join(HOOKS))
        if plugin.state == "ok":
            try:
                self._manager.register(plugin.target, f"{plugin.distribution}:{plugin.name}")
            except (pluggy.PluginValidationError, ValueError) as error:
                plugin.fail("DB061", str(error).strip().splitlines()[-1])
        for name in HOOKS if plugin.state == "ok" else ():
            if callable(getattr(plugin.target, name, None)) and self._implementation(plugin, name) is None:
                plugin.fail("DB061", name, "@hookimpl")
        return plugin.state == "ok"

    def _take(self, plugin: Plugin) -> None:
        plugin.jurisdictions = self._list(plugin, "duibiao_jurisdictions", Jurisdiction)
        plugin.facts = self._list(plugin, "duibiao_facts", FactType)
        if plugin.state != "ok":
            return
        if isinstance(plugin.target, Pack) and plugin.target.problems.problems:
            plugin.state = "broken"
            plugin.problems += plugin.target.problems.problems
        self._claims(plugin)

    def _claims(self, plugin: Plugin) -> None:
        """Two claims to one id are an error, not a race."""
        taken: dict[str, str] = {}
        for other in self.usable():
            if other is not plugin:
                taken.update(dict.fromkeys(_claimed(other), other.name))
        seen: set[str] = set()
        for name in _claimed(plugin):
            if name in taken or name in seen:
                plugin.fail("DB062", name, taken.get(name, plugin.name))
            seen.add(name)
        for each in plugin.facts:
            # Shared ids have no dot, so the shared catalogue need not be read for ids that do.
            if "." not in each.id and each.id in self._shared.types:
                plugin.fail("DB062", each.id, "duibiao")

    def _implementation(self, plugin: Plugin, hook: str) -> Any:
        """The plugin's implementation of a hook, or None."""
        caller = getattr(self._manager.hook, hook)
        return next((each for each in caller.get_hookimpls() if each.plugin is plugin.target), None)

    def _call(self, plugin: Plugin, hook: str, **arguments: Any) -> Any:
        """Call one hook of one plugin; whatever it raises makes it broken, nothing else."""
        found = self._implementation(plugin, hook)
        if found is None:
            return None
        try:
            return found.function(*(arguments[name] for name in found.argnames))
        except (Exception, SystemExit) as error:
            plugin.fail("DB064", f"{hook}: {type(error).__name__}: {error}")
            return None

    def _list(self, plugin: Plugin, hook: str, kind: type[T]) -> tuple[T, ...]:
        """What a hook lists; anything but a list of *kind* makes the plugin broken."""
        if self._implementation(plugin, hook) is None:
            return ()
        found = self._call(plugin, hook)
        return self._of_kind(plugin, hook, found, kind) if plugin.state == "ok" else ()

    def _of_kind(self, plugin: Plugin, hook: str, found: Any, kind: type[T]) -> tuple[T, ...]:
        try:
            listed = tuple(found)
            wrong = next((each for each in listed if not isinstance(each, kind)), None)
        except (Exception, SystemExit) as error:
            plugin.fail("DB064", f"{hook}: {type(error).__name__}: {error}")
            return ()
        if wrong is None:
            return listed
        plugin.fail("DB064", f"{hook}: {type(wrong).__name__}", kind.__name__)
        return ()

    # what there is

    def usable(self) -> list[Plugin]:
        """The plugins that work."""
        return [plugin for plugin in self.plugins if plugin.state == "ok"]

    @cached_property
    def _shared(self) -> Vocabulary:
        from duibiao.pack.vocabulary import shared_vocabulary

        problems = Collector()
        found = shared_vocabulary(problems)
        problems.raise_any()
        return found

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The shared catalogue and every plugin's local data items."""
        from duibiao.pack.vocabulary import merged

        return merged(self._shared, {each.id: each for plugin in self.usable() for each in plugin.facts})

    @property
    def jurisdictions(self) -> Mapping[str, Jurisdiction]:
        """Jurisdiction id to jurisdiction."""
        return {home.id: home for plugin in self.usable() for home in plugin.jurisdictions}

    @property
    def headers(self) -> Mapping[str, Header]:
        """Standard id to header."""
        return {header.id: header for home in self.jurisdictions.values() for header in home.standards}

    @property
    def documents(self) -> Mapping[str, Document]:
        """Document id to document."""
        return {each.id: each for home in self.jurisdictions.values() for each in home.documents}

    def owner(self, standard: str) -> Plugin:
        """The plugin that brings a standard; KeyError when there is none."""
        for plugin in self.usable():
            if any(header.id == standard for home in plugin.jurisdictions for header in home.standards):
                return plugin
        raise KeyError(standard)

    def header(self, name: str) -> Header:
        """The header of a standard; BadInputError with the nearest name when there is none."""
        found = self.headers.get(name)
        if found is None:
            problems = Collector()
            problems.add("DB070", found=name, among=self.headers)
            problems.raise_any()
            raise AssertionError(name)
        return found

    def edition(self, name: str, as_of: date) -> str:
        """Id of the edition of a standard that is in force on a day: the one named, else another of its family.

        Raises BadInputError: no such standard (DB070), or no edition in force on that day (S09, S10).
        """
        self.header(name)
        found = edition_on(self.headers, name, as_of)
        return in_force(self.headers, name, as_of).id if found is None else found.id

    def standard(self, name: str, *, _below: tuple[str, ...] = ()) -> Standard:
        """A standard put together from its plugin's hooks, what it inherits, and the office's own tables.

        Raises BadInputError: no such standard, a circle of inheritance, a hook that fails.
        """
        if name not in self._standards:
            self._standards[name] = self._assemble(self.header(name), _below)
        return self._standards[name]

    def _assemble(self, header: Header, below: tuple[str, ...]) -> Standard:
        plugin = self.owner(header.id)
        parts = {part: self._part(plugin, part, kind, header.id) for part, kind in PARTS.items()}
        if plugin.state != "ok":
            raise BadInputError(plugin.problems)
        if isinstance(plugin.target, Pack):
            written = plugin.target.content.standards[header.id]
            parts = {part: getattr(written, part) if value is None else value for part, value in parts.items()}
        given: dict[str, Any] = {
            part: value if part == "scoring" else tuple(value) for part, value in parts.items() if value is not None
        }
        made = Standard(header=header, **given)
        if header.extends:
            made = inherit(made, self._parent(header, below))
        problems = Collector()
        tables = [each for each in self._overrides if each.standard == header.id]
        for each in tables:
            made = override(made, each, problems)
        if not problems.problems:
            check_total(made, tables, problems)
        problems.raise_any()
        return evolve(made, content_hash=content_hash(made))

    def _part(self, plugin: Plugin, part: str, kind: type[Any], standard: str) -> Any:
        """One part of a standard from its hook: None when the plugin leaves it to the pack's data."""
        hook = f"duibiao_{part}"
        found = self._call(plugin, hook, standard=standard)
        if found is None or plugin.state != "ok":
            return None
        whole = self._of_kind(plugin, hook, [found] if kind is Scoring else found, kind)
        return whole[0] if kind is Scoring and whole else whole

    def _parent(self, header: Header, below: tuple[str, ...]) -> Standard:
        problems = Collector()
        if header.extends in (*below, header.id):
            problems.add("DB038", header.where.at("extends"), found=" → ".join((*below, header.id, header.extends)))
        elif header.extends not in self.headers:
            problems.add("DB038", header.where.at("extends"), found=header.extends, among=self.headers)
        problems.raise_any()
        return self.standard(header.extends, _below=(*below, header.id))

    def world(self) -> World:
        """What standards may refer to."""
        from duibiao.pack.proofs import World

        return World(self.vocabulary, self.documents, frozenset(self.headers), self.headers)

    def program(self, name: str) -> Program:
        """A standard proved and lowered; BadInputError lists everything wrong with it."""
        from duibiao.pack.proofs import prove

        if name not in self._programs:
            problems = Collector()
            program = prove(self.standard(name), self.world(), problems)
            if program is None:
                raise BadInputError(self.located(problems.problems))
            self._programs[name] = program
        return self._programs[name]

    def assessor(self, name: str) -> Assessor:
        """A standard ready to assess units."""
        from duibiao.assess.one import Assessor

        if name not in self._assessors:
            self._assessors[name] = Assessor(self.program(name))
        return self._assessors[name]

    def units(self, jurisdiction: Jurisdiction) -> Iterator[Unit]:
        """The real units of a jurisdiction, each code once."""
        seen: set[str] = set()
        for plugin in self.usable():
            for unit in self._units_of(plugin, jurisdiction):
                if not unit.code or unit.code not in seen:
                    seen.add(unit.code)
                    yield unit

    def _units_of(self, plugin: Plugin, jurisdiction: Jurisdiction) -> Iterator[Unit]:
        """One plugin's units, one at a time; what it raises on the way makes it broken and ends its list."""
        hook = "duibiao_units"
        try:
            for unit in self._call(plugin, hook, jurisdiction=jurisdiction) or ():
                if not isinstance(unit, Unit):
                    plugin.fail("DB064", f"{hook}: {type(unit).__name__}", Unit.__name__)
                    return
                yield unit
        except (Exception, SystemExit) as error:
            plugin.fail("DB064", f"{hook}: {type(error).__name__}: {error}")

    def announce(self, assessment: Any) -> None:
        """Tell every plugin of an assessment."""
        for plugin in self.usable():
            self._call(plugin, "duibiao_assessed", assessment=assessment)

    def add_commands(self, cli: Any) -> None:
        """Let every plugin add its commands."""
        for plugin in self.usable():
            self._call(plugin, "duibiao_commands", cli=cli)

    def located(self, problems: Iterable[Problem]) -> list[Problem]:
        """*problems* with their line numbers, where a pack's file is concerned."""
        return [self._locate(problem) for problem in problems]

    def located_line(self, where: Where) -> int | None:
        """The line of a place in a pack."""
        return self._locate(Problem("", where)).where.line

    def _locate(self, problem: Problem) -> Problem:
        if problem.where.line is not None or not problem.where.path:
            return problem
        for plugin in self.plugins:
            if isinstance(plugin.target, Pack):
                line = plugin.target.line(problem.where.file, problem.where.path)
                if line is not None:
                    return evolve(problem, where=evolve(problem.where, line=line))
        return problem


def _claimed(plugin: Plugin) -> list[str]:
    homes = [home.id for home in plugin.jurisdictions]
    return [*homes, *(h.id for home in plugin.jurisdictions for h in home.standards), *(f.id for f in plugin.facts)]


def content_hash(standard: Standard) -> str:
    """SHA-256 of everything a standard says (not of where it says it), 16 hexadecimal digits."""
    content = attrs.asdict(standard, filter=lambda attribute, _: attribute.name not in ("where", "given", "content_hash"))
    text = json.dumps(content, default=_plain, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value))
