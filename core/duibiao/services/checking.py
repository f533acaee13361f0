"""Check a pack or a single file without installing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from duibiao.api import Pack, pack_in
from duibiao.errors import BadInputError, Collector, Problem, Where, nearest_name, with_lines
from duibiao.exchange.facts import read_bytes, read_facts
from duibiao.model.standard import Standard
from duibiao.pack.build import build_pack
from duibiao.pack.examples import read_examples
from duibiao.pack.inherit import inherit
from duibiao.pack.override import Override, read_override
from duibiao.pack.proofs import World, prove, prove_coverage
from duibiao.pack.toml import Source, parse_toml
from duibiao.pack.vocabulary import merged
from duibiao.registry import Candidate, Registry, installed
from duibiao.services.clock import today
from duibiao.testing.checks import Check, checks_for


@frozen
class Checked:
    """What a check looked at and found.

    Attributes:
        what: ``pack``, ``standard``, ``facts`` or ``override``.
        problems: Everything wrong, with file and line.
        standards: Ids of the standards looked at.
        examples: Number of worked examples read.
    """

    what: str
    problems: tuple[Problem, ...]
    standards: tuple[str, ...] = ()
    examples: int = 0


def find_pack(path: Path) -> Pack | None:
    """The pack in a folder, or in the first package below it."""
    for folder in (path, *sorted(path.glob("*/")), *sorted(path.glob("*/*/"))):
        if is_pack(folder):
            return pack_in(folder.resolve())
    return None


def is_pack(folder: Path) -> bool:
    """Whether a folder looks like a pack: it names a jurisdiction in ``jurisdiction.toml`` or beside ``__init__.py``."""
    if (folder / "jurisdiction.toml").is_file():
        return True
    return (folder / "__init__.py").is_file() and any(folder.glob("*.toml"))


def others(pack: Pack) -> list[Candidate]:
    """Every installed plugin that does not bear the pack's name."""
    return [each for each in installed() if each.name != pack.name]


def check_path(path: Path) -> Checked:
    """Everything wrong with a pack folder, a standard, a facts file or an office's own table."""
    if path.is_dir():
        pack = find_pack(path)
        if pack is None:
            return Checked("pack", (Problem("DB075", Where(str(path))),))
        return check_pack(pack)
    return _check_file(path)


def check_pack(pack: Pack) -> Checked:
    """Everything wrong with a pack: its files, the proofs of its standards, its coverage, its examples."""
    content, rest, problems = pack.content, Registry(others(pack)), Collector()
    known = pack.example_sources
    problems.problems += pack.problems.problems
    world = _world(pack, rest, problems)
    faulty = {each.where.file for each in problems.problems}
    for standard in content.standards.values():
        try:
            made = _inherited(standard, content.standards, rest)
        except BadInputError as error:
            problems.problems += error.problems
            continue
        prove(made, world, problems, whole=standard.header.where.file not in faulty)
    if not faulty and content.jurisdictions:
        documents = content.jurisdictions[0].documents
        prove_coverage(documents, content.standards.values(), content.jurisdictions[0].not_encoded, problems)
    examples = sum(len(read_examples(source, world.vocabulary, problems)) for source in known)
    return Checked("pack", _lines(pack, problems.problems), tuple(content.standards), examples)


def _world(pack: Pack, rest: Registry, problems: Collector) -> World:
    """What the pack's standards may refer to; ids that an installed plugin has claimed are problems."""
    content = pack.content
    for header in (each.header for each in content.standards.values()):
        if header.id in rest.headers:
            problems.add("DB062", header.where.at("id"), found=header.id, allowed=rest.owner(header.id).name)
    documents = {each.id: each for home in content.jurisdictions for each in home.documents}
    return World(
        merged(rest.vocabulary, {each.id: each for each in content.facts}),
        {} if _unread(problems) else {**rest.documents, **documents},
        frozenset((*rest.headers, *content.standards)),
        {**rest.headers, **{name: each.header for name, each in content.standards.items()}},
    )


def _unread(problems: Collector) -> bool:
    """Whether some document could not be read, so that nobody can be blamed for citing it."""
    return any(each.where.path[:1] in (("document",), ("jurisdiction",)) for each in problems.problems)


def _inherited(standard: Standard, mine: Mapping[str, Standard], rest: Registry, below: tuple[str, ...] = ()) -> Standard:
    """*standard* with what it inherits, from this pack or an installed one."""
    name = standard.header.extends
    if not name:
        return standard
    where, chain = standard.header.where.at("extends"), (*below, standard.id)
    if name in chain:
        raise BadInputError([Problem("DB038", where, " → ".join((*chain, name)))])
    if name in mine:
        return inherit(standard, _inherited(mine[name], mine, rest, chain))
    try:
        return inherit(standard, rest.standard(name))
    except BadInputError:
        raise BadInputError([Problem("DB038", where, name, nearest=nearest_name(name, [*mine, *rest.headers]))]) from None


def _lines(pack: Pack, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    found = []
    for each in problems:
        line = each.where.line or pack.line(each.where.file, each.where.path)
        found.append(evolve(each, where=evolve(each.where, line=line)))
    return tuple(sorted(found, key=lambda each: (each.where.file, each.where.line or 0)))


def _check_file(path: Path) -> Checked:
    """One file: what it is shows from what is in it."""
    try:
        if path.suffix.lower() in (".csv", ".json", ".xlsx"):
            return _check_facts(path)
        source = parse_toml(read_bytes(path), str(path))
    except BadInputError as error:
        return Checked("standard", error.problems)
    if "standard" in source.data:
        return _check_standard(path)
    if "override" in source.data:
        return _check_override(source)
    return _check_facts(path)


def _check_facts(path: Path) -> Checked:
    """A facts file: every cell must fit its data item."""
    try:
        read_facts(path, Registry().vocabulary, today())
    except BadInputError as error:
        return Checked("facts", error.problems)
    return Checked("facts", ())


def _check_override(source: Source) -> Checked:
    """An office's own table: laid over its standard, which must still hold together."""
    problems = Collector()
    made = read_override(source, problems)
    if made is not None:
        try:
            Registry(overrides=(made,)).program(made.standard)
        except BadInputError as error:
            problems.problems += error.problems
    return Checked("override", tuple(with_lines(problems.problems, source.line)))


def _check_standard(path: Path) -> Checked:
    """A standard is checked in its folder: its documents and local facts stand beside it."""
    folder = path.resolve().parent
    if not is_pack(folder):
        return Checked("standard", _alone(path))
    pack = pack_in(folder)
    whole = check_pack(pack)
    name = f"{pack.package}/{path.name}"
    mine = tuple(each for each in whole.problems if each.where.file == name)
    ids = tuple(key for key, each in pack.content.standards.items() if each.header.where.file == name)
    return Checked("standard", mine, ids)


def _alone(path: Path) -> tuple[Problem, ...]:
    """A standard file with no pack around it: everything but its documents and jurisdiction can be checked."""
    source = parse_toml(read_bytes(path), str(path))
    problems, header, rest = Collector(), source.data["standard"], Registry()
    name = header.get("id", "") if isinstance(header, dict) else ""
    content = build_pack([source], str(name).split(".")[0], problems)
    whole = not problems.problems
    headers = {**rest.headers, **{name: each.header for name, each in content.standards.items()}}
    world = World(rest.vocabulary, {}, frozenset(headers), headers)
    found = Collector()
    for standard in content.standards.values():
        prove(standard, world, found, whole=whole)
    alone = ("standard", "jurisdiction")
    kept = [p for p in problems.problems if p.where.path != alone] + [p for p in found.problems if p.code != "DB027"]
    return tuple(with_lines(kept, source.line))


def conformance_of(target: str, overrides: tuple[Override, ...] = ()) -> list[Check]:
    """The conformance checks of an installed plugin, or of the pack in a folder."""
    path = Path(target)
    if not path.is_dir():
        return checks_for(Registry(overrides=overrides), target)
    pack = find_pack(path)
    if pack is None:
        raise BadInputError([Problem("DB075", Where(target))])
    registry = Registry([*others(pack), Candidate(pack.name, "-", "-", lambda: pack)], overrides=overrides)
    return checks_for(registry, pack.name)
