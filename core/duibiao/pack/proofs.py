"""What is proved of a standard when it is loaded, before anyone is assessed by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from duibiao.errors import Collector, Where
from duibiao.model.editions import check_replaces
from duibiao.model.facts import Vocabulary
from duibiao.model.notation import NotationError, split_number, to_steps, unit_of
from duibiao.model.sources import Document, Item, NotEncoded
from duibiao.model.standard import Header, Indicator, Standard
from duibiao.pack.process import prove_process
from duibiao.rules.conditions import At, LocatedRuleError, condition
from duibiao.rules.context import KINDS, UNIT_KIND, Context
from duibiao.rules.expression import months_in
from duibiao.rules.interpret import Interpreter
from duibiao.rules.lower import lower
from duibiao.rules.nodes import FALSE, Input, Span
from duibiao.rules.program import Program
from duibiao.rules.quantity import RuleError

FORCES = ("must", "aim", "may")
METHODS = ("all", "points", "weighted", "none")
POLICIES = ("full", "drop", "rescale", "impute")
TIES = ("exclude", "include", "declare")
PROVISIONS = ("organisation", "fund", "tier", "duty", "reference", "material", "principle", "process")


@frozen
class World:
    """What a standard may refer to.

    Attributes:
        vocabulary: Data items and topics.
        documents: Document id to document.
        standards: Ids of all standards.
        headers: Standard id to header, for what one edition says of another.
    """

    vocabulary: Vocabulary
    documents: Mapping[str, Document] = field(factory=dict)
    standards: frozenset[str] = frozenset()
    headers: Mapping[str, Header] = field(factory=dict)


def prove(standard: Standard, world: World, problems: Collector, *, whole: bool = True) -> Program | None:
    """*standard* lowered, if nothing is wrong with it; every fault found goes to *problems*.

    With *whole* false some of its items could not be read: sums and awards, which rest on all of them, are then not judged.
    """
    before = len(problems.problems)
    _ids(standard, problems)
    _choices(standard, problems)
    _cites(standard, world, problems)
    _references(standard, world, problems)
    check_replaces(world.headers, standard.header, problems)
    _targets(standard, world, problems)
    prove_process(standard, world.vocabulary, problems)
    program = lower(standard, world.vocabulary, problems)
    if program is not None and whole:
        _totals(standard, program, problems)
    if program is None or not whole or len(problems.problems) > before:
        return None
    _reachable(program, problems)
    return program if len(problems.problems) == before else None


def items_of(standard: Standard) -> list[Item]:
    """Every citable item of a standard, in the order of its tables."""
    return [item for table in standard.tables() for item in table]


def _ids(standard: Standard, problems: Collector) -> None:
    for table in standard.tables():
        seen: set[str] = set()
        for item in table:
            if item.id in seen:
                problems.add("DB009", item.where.at("id"), found=item.id)
            seen.add(item.id)


def _choices(standard: Standard, problems: Collector) -> None:
    def one_of(where: Where, value: str, known: Iterable[str]) -> None:
        if value not in known:
            problems.add("DB018", where, found=value, among=known)

    scoring = standard.scoring
    one_of(scoring.where.at("method"), scoring.method, METHODS)
    one_of(scoring.where.at("not_applicable"), scoring.not_applicable, POLICIES)
    if scoring.levels or scoring.deciding:
        one_of(scoring.where.at("deciding"), scoring.deciding, scoring.levels)
    for leaf in standard.indicators():
        one_of(leaf.where.at("force"), leaf.force, FORCES)
    for target in standard.targets:
        one_of(target.where.at("force"), target.force, FORCES)
    for selection in standard.selections:
        one_of(selection.where.at("ties"), selection.ties, TIES)
    for award in standard.awards:
        for key in ("validity", "rectify_within", "renew_before"):
            _period(award.where.at(key), getattr(award, key), problems)
    for provision in standard.provisions:
        one_of(provision.where.at("kind"), provision.kind, PROVISIONS)
    limited = [(a.where, a.unit_kinds) for a in standard.awards] + [(s.where, s.unit_kinds) for s in standard.stages]
    for where, kinds in limited:
        for index, kind in enumerate(kinds):
            one_of(where.at("unit_kinds", index), kind, KINDS)


def _period(where: Where, text: str, problems: Collector) -> None:
    try:
        if text:
            months_in(text)
    except RuleError as error:
        problems.add(error.code, where, found=text, allowed=error.allowed)


def _cites(standard: Standard, world: World, problems: Collector) -> None:
    _topics(standard, world, problems)
    header = standard.header
    if world.documents and header.document not in world.documents:
        problems.add("DB027", header.where.at("document"), found=header.document, among=world.documents)
    for item in items_of(standard):
        if world.documents:
            _cite(item, header.document, world, problems)
    if standard.scoring.cite.assumed and not standard.scoring.cite.reason:
        problems.add("DB041", standard.scoring.where)


def _topics(standard: Standard, world: World, problems: Collector) -> None:
    topics = world.vocabulary.topics
    for group in standard.criteria:
        named = [(group.where, group.topic)]
        named += [(leaf.where, leaf.topic) for leaf in group.indicators if leaf.topic != group.topic]
        for where, topic in named:
            if topic and topic not in topics:
                problems.add("DB026", where.at("topic"), found=topic, among=topics)


def _cite(item: Item, own: str, world: World, problems: Collector) -> None:
    cite = item.cite
    if cite.assumed and not cite.reason:
        problems.add("DB041", item.where, found=item.id)
    if not cite.clause:
        if isinstance(item, Indicator) and not cite.assumed:
            problems.add("DB050", item.where, found=item.id)
        return
    document = world.documents.get(cite.document)
    if document is None:
        if cite.document != own:
            problems.add("DB027", item.where.at("document"), found=cite.document, among=world.documents)
        return
    clauses = {each.id: each for each in document.clauses}
    if cite.clause not in clauses:
        problems.add("DB011", item.where.at("clause"), found=cite.clause, among=clauses)
    rows = {row for each in document.clauses for row in each.rows}
    for index, row in enumerate(cite.rows):
        if row not in rows:
            problems.add("DB030", item.where.at("rows", index), found=row, among=rows)


def _references(standard: Standard, world: World, problems: Collector) -> None:
    awards, forms = {a.id for a in standard.awards}, {f.id for f in standard.forms}
    stages, selections = {s.id for s in standard.stages}, {s.id for s in standard.selections}

    def known(item: Item, key: str, value: str, among: Iterable[str]) -> None:
        if value and value not in among:
            problems.add("DB037", item.where.at(key), found=value, among=among)

    for award in standard.awards:
        known(award, "form", award.form, forms)
    for form in standard.forms:
        known(form, "award", form.award, awards)
    for selection in standard.selections:
        known(selection, "award", selection.award, awards)
        known(selection, "stage", selection.stage, stages)
        known(selection, "after", selection.after, selections)
    for stage in standard.stages:
        for name in stage.forms:
            known(stage, "forms", name, forms)
        for name in stage.next:
            known(stage, "next", name, stages)
    for target in standard.targets:
        known(target, "award", target.award, awards)
        known(target, "standard", target.standard, world.standards)


def _targets(standard: Standard, world: World, problems: Collector) -> None:
    for target in standard.targets:
        for key, spec in (("population", target.population.get("where")), ("achieved", target.achieved or None)):
            if spec is not None:
                at = At((key, "where") if key == "population" else (key,))
                _attempt(spec, world.vocabulary, target.where, at, problems)
        if (target.at_least is None) == (target.count is None):
            problems.add("DB039", target.where, found=target.id, allowed="at_least, count")
        if sum(map(bool, (target.award, target.standard, target.achieved))) != 1:
            problems.add("DB039", target.where, found=target.id, allowed="award, standard, achieved")
        if target.at_least is not None:
            share(target.at_least, target.where.at("at_least"), problems)
    for selection in standard.selections:
        if selection.share is not None:
            share(selection.share, selection.where.at("share"), problems)


def share(raw: Any, where: Where, problems: Collector) -> Fraction:
    """A share such as ``75%``; a problem when it is none."""
    try:
        number, symbol = split_number(raw)
        unit = unit_of(symbol)
    except NotationError as error:
        problems.add(error.code, where, found=raw, allowed="75%")
        return Fraction(0)
    if unit != "%":
        problems.add("DB052", where, found=raw, allowed="75%")
    elif not 0 <= number <= 100:
        problems.add("DB024", where, found=raw, allowed="0% … 100%")
    return Fraction(number) / 100


def _attempt(spec: Any, vocabulary: Vocabulary, where: Where, at: At, problems: Collector) -> None:
    try:
        condition(spec, Context(vocabulary), at)
    except LocatedRuleError as error:
        inner = error.error
        found = getattr(inner, "found", "") or error.found
        problems.add(inner.code, where.at(*error.path), found=found, allowed=inner.allowed, among=getattr(inner, "among", None))


def _totals(standard: Standard, program: Program, problems: Collector) -> None:
    step = program.point_step
    for index, group in enumerate(standard.criteria):
        mine = sum(leaf.full for leaf in program.leaves if leaf.group == index and not leaf.bonus)
        declared = _steps(group.points, step, group.where.at("points"), problems)
        if declared is not None and declared != mine:
            problems.add("DB012", group.where.at("points"), found=f"{group.points}", allowed=mine * step)
    scoring = standard.scoring
    if scoring.method == "weighted":
        for group, lowered in zip(standard.criteria, program.groups, strict=True):
            if lowered.points is None:
                problems.add("DB007", group.where, found=group.id, allowed="points")
        weights = [share(group.weight, group.where.at("weight"), problems) for group in standard.criteria]
        if sum(weights) != 1:
            problems.add("DB015", scoring.where, found=f"{float(sum(weights)) * 100:g}%", allowed="100%")
    elif scoring.method == "points":
        total = sum(leaf.full for leaf in program.leaves if not leaf.bonus)
        declared = _steps(scoring.total, step, scoring.where.at("total"), problems)
        if scoring.total is None:
            problems.add("DB007", scoring.where, allowed="total")
        elif declared is not None and declared != total:
            problems.add("DB012", scoring.where.at("total"), found=f"{scoring.total}", allowed=total * step)


def _steps(raw: Any, step: Any, where: Where, problems: Collector) -> int | None:
    if raw is None:
        return None
    try:
        return to_steps(split_number(raw)[0], step)
    except NotationError as error:
        problems.add(error.code, where, found=raw, allowed=error.allowed)
        return None


def _reachable(program: Program, problems: Collector) -> None:
    """Evaluate with every fact unknown: an award that is lost already then can never be won."""
    kinds = program.standard.header.unit_kinds or KINDS
    states = [Interpreter(_only_kind(KINDS.index(kind))) for kind in kinds]
    for award, found in zip(program.standard.awards, program.awards, strict=True):
        if all(state.truth(found.test) == FALSE for state in states):
            problems.add("DB016", award.where.at("requires"), found=award.requires)


def _only_kind(kind: int) -> Callable[[Input], Span | None]:
    return lambda each: (kind, kind) if each == UNIT_KIND else None


def prove_coverage(
    documents: Iterable[Document], standards: Iterable[Standard], left: Iterable[NotEncoded], problems: Collector
) -> None:
    """Every clause and row of *documents* is cited by an item or listed as deliberately left as text."""
    cited: set[tuple[str, str]] = set()
    carried: set[str] = set()
    for standard in standards:
        for item in items_of(standard):
            cited.add((item.cite.document, item.cite.clause))
            carried.update(item.cite.rows)
        carried.update(standard.scoring.cite.rows)
        cited.add((standard.scoring.cite.document, standard.scoring.cite.clause))
    known = {document.id: document for document in documents}
    for each in left:
        _left(each, known, problems)
        cited.update((each.document, clause) for clause in each.clauses)
        carried.update(each.rows)
    for document in known.values():
        for index, clause in enumerate(document.clauses):
            place = document.where.at("clause", index)
            if (document.id, clause.id) not in cited:
                problems.add("DB028", place, found=f"{document.id} {clause.id}")
            for row in clause.rows:
                if row not in carried:
                    problems.add("DB029", place.at("rows"), found=row)


def _left(each: NotEncoded, known: Mapping[str, Document], problems: Collector) -> None:
    document = known.get(each.document)
    if document is None:
        problems.add("DB027", each.where.at("document"), found=each.document, among=known)
        return
    clauses = {clause.id for clause in document.clauses}
    for index, clause in enumerate(each.clauses):
        if clause not in clauses:
            problems.add("DB011", each.where.at("clauses", index), found=clause, among=clauses)
    rows = {row for clause in document.clauses for row in clause.rows}
    for index, row in enumerate(each.rows):
        if row not in rows:
            problems.add("DB030", each.where.at("rows", index), found=row, among=rows)


__all__ = ["World", "items_of", "prove", "prove_coverage"]
