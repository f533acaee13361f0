"""A folder of TOML as jurisdictions, data items and standards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from attrs import define, evolve, field, frozen

from duibiao.errors import Collector, Where
from duibiao.model.facts import FactType
from duibiao.model.process import Form, Provision, Selection, Stage, Target
from duibiao.model.sources import Cite, Document, Item, NotEncoded
from duibiao.model.standard import Award, Criterion, Gate, Header, Indicator, Jurisdiction, Scoring, Standard, Veto
from duibiao.pack.expand import indicator_tables
from duibiao.pack.structure import CITE_KEYS, build, unknown_keys
from duibiao.pack.toml import Source
from duibiao.pack.vocabulary import fact_types
from duibiao.rules.keys import CONDITION_KEYS, POINTS_KEYS

I = TypeVar("I", bound=Item)  # noqa: E741 - an item
SHARED_TABLES = frozenset({"jurisdiction", "document", "fact", "not_encoded", "example"})
STANDARD_TABLES = SHARED_TABLES | {
    "standard", "scoring", "award", "gate", "veto", "criterion", "target", "selection", "stage", "form", "provision", "shape",
}  # fmt: skip
_RULE_KEYS = CONDITION_KEYS | POINTS_KEYS
_LEAF_KEYS = CITE_KEYS | {
    "id",
    "title",
    "title_en",
    "topic",
    "force",
    "when",
    "only_for",
    "exempt",
    "scored_by",
    "like",
}


@frozen
class PackContent:
    """What the files of one pack say.

    Attributes:
        jurisdictions: Its jurisdictions, with documents and headers.
        standards: Standard id to standard.
        facts: Local data items.
    """

    jurisdictions: tuple[Jurisdiction, ...] = ()
    standards: Mapping[str, Standard] = field(factory=dict)
    facts: tuple[FactType, ...] = ()


def build_pack(sources: Iterable[Source], plugin: str, problems: Collector) -> PackContent:
    """Everything that *sources* (parsed files) say; what is wrong with them goes to *problems*."""
    return _Builder(plugin, problems).run(list(sources))


@define
class _Builder:
    plugin: str
    problems: Collector
    documents: list[Document] = field(factory=list)
    facts: list[FactType] = field(factory=list)
    left: list[NotEncoded] = field(factory=list)
    jurisdictions: list[Jurisdiction] = field(factory=list)
    standards: dict[str, Standard] = field(factory=dict)
    homeless: bool = False

    def run(self, sources: list[Source]) -> PackContent:
        for source in sources:
            self.tables_of(source)
        for source in sources:
            if "standard" in source.data:
                self.standard(source)
        headers = tuple(each.header for each in self.standards.values())
        homes = tuple(
            evolve(
                home,
                documents=tuple(self.documents),
                not_encoded=tuple(self.left),
                standards=tuple(h for h in headers if h.jurisdiction == home.id),
            )
            for home in self.jurisdictions
        )
        known = {home.id for home in homes}
        for header in headers:
            if header.jurisdiction not in known and not self.homeless:
                place = header.where.at("jurisdiction")
                self.problems.add("DB037", place, found=header.jurisdiction, among=known)
        return PackContent(homes, self.standards, tuple(self.facts))

    def tables_of(self, source: Source) -> None:
        """What any file of a pack may hold beside a standard."""
        known = STANDARD_TABLES if "standard" in source.data else SHARED_TABLES
        unknown_keys(source.data, known, source.where(), self.problems)
        self.jurisdiction(source)
        self.not_encoded(source)

    def tables(self, source: Source, key: str) -> list[tuple[Any, Where]]:
        """The tables of an array of tables, with their places."""
        found = source.data.get(key, [])
        if not isinstance(found, list):
            self.problems.add("DB008", source.where(key), found=found, allowed=f"[[{key}]]")
            return []
        return [(table, source.where(key, index)) for index, table in enumerate(found)]

    def jurisdiction(self, source: Source) -> None:
        for table, where in self.tables(source, "jurisdiction"):
            made = build(Jurisdiction, table, where, self.problems, given={"plugin": self.plugin})
            self.homeless = self.homeless or made is None
            if made is not None:
                self.own_name(made.id, where.at("id"))
                self.jurisdictions.append(made)
        for table, where in self.tables(source, "document"):
            self.document(table, where)
        self.facts += fact_types(source, self.problems, prefix=f"{self.plugin}.")

    def own_name(self, name: str, where: Where) -> None:
        """Ids begin with the plugin's own name, so that two plugins can never claim the same one by accident."""
        if name.split(".")[0] != self.plugin:
            self.problems.add("DB042", where, found=name, allowed=f"{self.plugin}.…")

    def document(self, table: Any, where: Where) -> None:
        if isinstance(table, Mapping) and isinstance(table.get("clause"), list):
            table = {**{k: v for k, v in table.items() if k != "clause"}, "clauses": table["clause"]}
        made = build(Document, table, where, self.problems, given={"plugin": self.plugin})
        if made is not None:
            self.documents.append(made)

    def not_encoded(self, source: Source) -> None:
        for table, where in self.tables(source, "not_encoded"):
            made = build(NotEncoded, table, where, self.problems)
            if made is not None:
                self.left.append(made)

    def standard(self, source: Source) -> None:
        header = build(Header, source.data["standard"], source.where("standard"), self.problems, given={"provisions": ()})
        if header is None:
            return
        self.own_name(header.id, header.where.at("id"))
        if header.id in self.standards:
            self.problems.add("DB009", header.where.at("id"), found=header.id)
            return
        cite = Cite(document=header.document)
        bare = frozenset({"title"}) if header.extends else frozenset[str]()
        self.standards[header.id] = Standard(
            header=evolve(header, provisions=self.items(Provision, source, "provision", cite, bare)),
            scoring=self.scoring(source, cite, bare),
            criteria=self.criteria(source, cite, bare),
            targets=self.items(Target, source, "target", cite, bare | {"title"}),
            stages=self.items(Stage, source, "stage", cite, bare),
            forms=self.items(Form, source, "form", cite, bare),
        )

    def scoring(self, source: Source, cite: Cite, bare: frozenset[str]) -> Scoring:
        parts: dict[str, Any] = {
            "awards": self.items(Award, source, "award", cite, bare),
            "gates": self.ruled(Gate, source, "gate", cite, bare),
            "vetoes": self.ruled(Veto, source, "veto", cite, bare),
            "selections": self.items(Selection, source, "selection", cite, bare | {"title"}),
        }
        table = source.data.get("scoring")
        if table is None:
            return Scoring(**parts)
        place = source.where("scoring")
        return build(Scoring, table, place, self.problems, given=parts, default_cite=cite) or Scoring(**parts)

    def items(self, cls: type[I], source: Source, key: str, cite: Cite, bare: frozenset[str]) -> tuple[I, ...]:
        made = (
            build(cls, table, where, self.problems, default_cite=cite, optional=bare) for table, where in self.tables(source, key)
        )
        return tuple(each for each in made if each is not None)

    def ruled(self, cls: type[I], source: Source, key: str, cite: Cite, bare: frozenset[str]) -> tuple[I, ...]:
        """Items whose own table holds condition keys."""
        found = []
        for table, where in self.tables(source, key):
            rule = _only(table, CONDITION_KEYS)
            made = build(
                cls, _without(table, CONDITION_KEYS), where, self.problems,
                given={"condition": rule}, default_cite=cite, optional=bare,
            )  # fmt: skip
            if made is not None:
                found.append(made)
        return tuple(found)

    def criteria(self, source: Source, cite: Cite, bare: frozenset[str]) -> tuple[Criterion, ...]:
        shapes = source.data.get("shape", {})
        if not isinstance(shapes, Mapping):
            self.problems.add("DB008", source.where("shape"), found=shapes, allowed="[shape.name]")
            shapes = {}
        found = []
        for table, where in self.tables(source, "criterion"):
            made = self.criterion(table, where, shapes, cite, bare)
            if made is not None:
                found.append(made)
        return tuple(found)

    def criterion(
        self, table: Any, where: Where, shapes: Mapping[str, Any], cite: Cite, bare: frozenset[str]
    ) -> Criterion | None:
        if not isinstance(table, Mapping):
            self.problems.add("DB008", where, found=table, allowed="[table]")
            return None
        own = _without(table, frozenset({"indicator", "rows"}))
        if all(isinstance(each, str) for each in table.get("rows", ())):
            own["rows"] = table.get("rows", [])
        made = build(Criterion, own, where, self.problems, given={"indicators": ()}, default_cite=cite, optional=bare)
        inherited = Cite(document=cite.document) if made is None else made.cite
        topic = "" if made is None else made.topic
        leaves = [
            self.indicator(leaf, place, inherited, topic, bare)
            for leaf, place in indicator_tables(table, where, shapes, self.problems)
        ]
        if made is None:
            return None
        return evolve(made, indicators=tuple(leaf for leaf in leaves if leaf is not None))

    def indicator(self, table: Mapping[str, Any], where: Where, cite: Cite, topic: str, bare: frozenset[str]) -> Indicator | None:
        rest = _without(table, _RULE_KEYS)
        rest.setdefault("topic", topic)
        given = {"condition": _only(table, CONDITION_KEYS), "points": _only(table, POINTS_KEYS)}
        inherited = Cite(document=cite.document, clause=cite.clause)
        unknown = {key for key in rest if key not in _LEAF_KEYS}
        for key in sorted(unknown):
            self.problems.add("DB006", where.at(key), found=key, among=_LEAF_KEYS | _RULE_KEYS)
        return build(
            Indicator, _without(rest, frozenset(unknown)), where, self.problems, given=given,
            default_cite=inherited, optional=bare,
        )  # fmt: skip


def _only(table: Any, keys: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key in keys} if isinstance(table, Mapping) else {}


def _without(table: Any, keys: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in keys} if isinstance(table, Mapping) else table
