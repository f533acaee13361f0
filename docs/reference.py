"""Reference pages, made from the code and the packs. Cog runs these functions inside the pages; CI checks the result.

Only what ships with duibiao is read, so that the pages are the same on every machine.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import click

from duibiao import hookspecs
from duibiao.api import Pack
from duibiao.cli.base import COMMANDS, Session, root
from duibiao.errors import Collector
from duibiao.hookspecs import PROJECT
from duibiao.model.facts import FactType
from duibiao.model.process import Target
from duibiao.model.sources import Cite, Document, Item, NotEncoded
from duibiao.model.standard import Standard
from duibiao.pack.examples import read_examples
from duibiao.registry import Plugin, Registry, installed
from duibiao.services.phrasing import FORCES, Phrases
from duibiao.services.showing import as_data, target_text
from duibiao.wording import Entry, Lang, catalogue, general

HELP_WIDTH = 88
TABLES = (
    "criteria", "indicators", "awards", "gates", "vetoes", "targets", "selections", "stages", "forms", "provisions",
)  # fmt: skip
SINGULAR = {"criteria": "criterion", "vetoes": "veto"}


@cache
def bundled() -> Registry:
    """The plugins of this distribution, whatever else is installed or blocked."""
    return Registry([each for each in installed() if each.distribution == PROJECT], blocked=())


def plugin(name: str) -> Plugin:
    """A bundled plugin."""
    return next(each for each in bundled().plugins if each.name == name)


# Markdown


def cell(value: object) -> str:
    """*value* as the text of a table cell."""
    return " ".join(str(value).split()).replace("|", "\\|")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; nothing when it has no rows."""
    lines = [f"| {' | '.join(cell(each) for each in row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}", *lines]) + "\n"


def code(value: object) -> str:
    """*value* as code, nothing for nothing."""
    return f"`{value}`" if value not in ("", None) else ""


def page(*parts: str) -> str:
    """Paragraphs, tables and headings with a blank line between; empty ones are left out."""
    return "\n" + "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n\n"


def lines(values: Iterable[str]) -> str:
    """Several entries in one cell."""
    return "<br>".join(values)


# coverage


def tables_of(standard: Standard) -> Iterator[tuple[str, Item]]:
    """Every citable item of a standard with the name of its table."""
    for name in TABLES:
        found = standard.indicators() if name == "indicators" else getattr(standard, name)
        for item in found:
            yield SINGULAR.get(name, name.removesuffix("s")), item


@cache
def carriers() -> Sequence[tuple[str, Cite]]:
    """What every bundled standard cites, under its full name: ``standard : table : item``, or ``standard : scoring``."""
    found: list[tuple[str, Cite]] = []
    for name in bundled().headers:
        standard = bundled().standard(name)
        found += [(f"{name} : {kind} : {item.id}", item.cite) for kind, item in tables_of(standard)]
        found.append((f"{name} : scoring", standard.scoring.cite))
    return tuple(found)


@cache
def left_as_text() -> Sequence[NotEncoded]:
    """Every paragraph listed as deliberately left out, each once."""
    found = {(each.document, each.clauses): each for home in bundled().jurisdictions.values() for each in home.not_encoded}
    return tuple(found.values())


def carried_rows(row: str) -> list[str]:
    """What carries a ledger row: items, or the reason why it is left as text."""
    items = [code(name) for name, cite in carriers() if row in cite.rows]
    return items + [f"not encoded: {each.reason}" for each in left_as_text() if row in each.rows]


def carried_clause(document: str, clause: str) -> list[str]:
    """What carries a clause: items, or the reason why it is left as text."""
    items = [code(name) for name, cite in carriers() if (cite.document, cite.clause) == (document, clause)]
    left = [each.reason for each in left_as_text() if each.document == document and clause in each.clauses]
    return items + [f"not encoded: {reason}" for reason in left]


def coverage() -> str:
    """docs/coverage.md: from every ledger row, and from every clause, to what carries it."""
    documents = list(bundled().documents.values())
    places: dict[str, list[tuple[Document, str]]] = {}
    for document in documents:
        for clause in document.clauses:
            for row in clause.rows:
                places.setdefault(row, []).append((document, clause.id))
    rows = [
        (row, lines(dict.fromkeys(d.id for d, _ in found)), lines(c for _, c in found), lines(carried_rows(row)))
        for row, found in places.items()
    ]
    clauses = sum(len(each.clauses) for each in documents)
    return page(
        f"{len(rows)} rows, {clauses} clauses in {len(documents)} documents. "
        "An item is written `standard : table : id`; clauses are named as the pack tells them apart.",
        "## From row to item",
        table(("row", "document", "clause", "carried by"), rows),
        "## From clause to item",
        *(part for each in documents for part in document_coverage(each)),
    )


def document_coverage(document: Document) -> tuple[str, str, str]:
    """Heading, source and table of one document."""
    rows = [
        (clause.id, clause.title, lines(clause.rows), lines(carried_clause(document.id, clause.id)))
        for clause in document.clauses
    ]
    issued = document.date.isoformat() if document.date else "no date"
    source = "primary text" if document.source == "primary" else "second-hand copy"
    about = f"{document.title} · {document.issuer or 'no issuer'} · {issued} · {source} · plugin {document.plugin}"
    return f"### {document.id}", about, table(("clause", "heading", "rows", "carried by"), rows)


# vocabulary, problems, commands, hooks


def facts() -> str:
    """docs/facts.md: every data item, by topic."""
    registry = bundled()
    vocabulary = registry.vocabulary
    local = sum(len(each.facts) for each in registry.usable())
    parts = [
        f"{len(vocabulary.types)} data items, {local} of them local to one plugin (their ids start with the plugin's name).",
    ]
    for topic in vocabulary.topics.values():
        rows = [fact_row(each) for each in vocabulary.types.values() if each.topic == topic.id]
        parts += [
            f"## {topic.title} · {topic.title_en} (`{topic.id}`)",
            table(("id", "中文", "English", "kind", "unit", "options"), rows),
        ]
    return page(*parts)


def fact_row(each: FactType) -> tuple[str, ...]:
    """One data item as a row."""
    options = "、".join(f"`{option.id}` {option.title}" for option in each.options)
    return code(each.id), each.title, each.title_en, each.kind.value, each.unit, options


FAMILIES = (
    (r"DB\d+", "Packs, facts files and plugins", "包、事实文件、插件"),
    (r"TX\d+", "Text", "文字"),
    (r"X\d+", "Tables and workbooks that are read", "读入的表格和工作簿"),
    (r"U\d+", "Units and facts of a workspace", "工作区里的单位和事实"),
    (r"S\d+", "Points given, and editions", "给分和版次"),
    (r"CO\d+", "Many units at once", "很多单位一起评"),
    (r"WF[0-4]\d", "What keeps a case or a title from moving", "申报件或称号被什么挡住"),
    (r"WF5\d", "What goes on record when a case moves all the same", "不挡住、但记录在案的"),
    (r"E_\w+", "The workspace: not opened, not saved, not allowed", "工作区：打不开、没有保存、不允许"),
    (r"W_\w+", "The workspace: told, and work goes on", "工作区：提示"),
)
"""Shape of a family's codes and its name, English and 中文."""


def problems() -> str:
    """docs/problems.md: every problem code by family, in both languages."""
    parts = []
    for shape, name, name_zh in FAMILIES:
        parts.append(f"## {name} · {name_zh}")
        for entry in family(shape):
            title, title_en = (general(each) for each in (entry.title, entry.title_en))
            parts += [f"### {entry.code}", f"**{title}** {entry.help}", f"**{title_en}.** {entry.help_en}"]
    return page(f"{len(catalogue())} codes.", *parts)


def family(shape: str) -> list[Entry]:
    """The codes of a family, in the order of their numbers or names."""
    return sorted((each for each in catalogue().values() if re.fullmatch(shape, each.code)), key=lambda each: each.code)


Words = tuple[str, ...]
"""Words of a command: ``("case", "move")``; empty for the program itself."""


def commands() -> str:
    """docs/cli.md: the help of every command, and of what it consists of, in both languages."""
    parts = [part for path in every_command() for part in command_section(path)]
    return page(command_index(), *parts)


def command_index() -> str:
    """Every command with its first words in both languages, and the verbs of a noun."""
    rows = []
    for name, (_, zh, en) in COMMANDS.items():
        verbs = " ".join(linked(path) for path in every_command((name,)) if len(path) == 2)
        rows.append((linked((name,)), en, zh, verbs))
    return table(("command", "English", "中文", "verbs"), rows)


def linked(path: Words) -> str:
    """The last word of a command, leading to its section."""
    return f"[{path[-1]}](#{'-'.join((PROJECT, *path))})"


def every_command(path: Words = ()) -> Iterator[Words]:
    """The program, its commands, and theirs, in the order of the help."""
    yield path
    found = context_of(path, "en")
    if isinstance(found.command, click.Group):
        for name in list(found.command.commands) or found.command.list_commands(found):
            yield from every_command((*path, name))


def command_section(path: Words) -> tuple[str, ...]:
    """A heading as deep as the command lies, and its help."""
    title = f"{'#' * (1 + max(len(path), 1))} {' '.join((PROJECT, *path))}"
    return title, fenced(help_of(path, "en")), fenced(help_of(path, "zh"))


def context_of(path: Words, lang: Lang) -> click.Context:
    """What click knows of a command when it is asked for help."""
    context = click.Context(root, info_name=PROJECT, obj=Session(lang), terminal_width=HELP_WIDTH, **root.context_settings)
    for name in path:
        assert isinstance(context.command, click.Group)  # noqa: S101 - only a group has commands
        command = context.command.get_command(context, name)
        assert command is not None, name  # noqa: S101 - the names come from the groups themselves
        context = click.Context(command, info_name=name, parent=context, terminal_width=HELP_WIDTH)
    return context


def help_of(path: Words, lang: Lang) -> str:
    """The help of a command, as the terminal shows it."""
    context = context_of(path, lang)
    return context.command.get_help(context)


def fenced(text: str, language: str = "text") -> str:
    """*text* as a block."""
    return f"```{language}\n{text.strip()}\n```"


def hooks() -> str:
    """docs/hooks.md: every hook with its exact signature, when it is called, what None means, who implements it."""
    tree = ast.parse(inspect.getsource(hookspecs))
    parts: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith(f"{PROJECT}_"):
            parts += hook(node)
    return page(*parts)


def hook(node: ast.FunctionDef) -> list[str]:
    """One hook."""
    assert node.returns is not None  # noqa: S101 - mypy holds hookspecs to it
    returns = ast.unparse(node.returns)
    signature = f"def {node.name}({ast.unparse(node.args)}) -> {returns}"
    head, _, rest = (ast.get_docstring(node) or "").partition("\n\n")
    empty = "The answer is ignored." if returns == "None" else nothing_means(rest, returns)
    return [f"## {node.name}", fenced(signature, "python"), head, rest.replace("\n", " "), empty, implementers(node.name)]


def nothing_means(text: str, returns: str) -> str:
    """What None means, in the words of the docstring where it says so."""
    if not returns.endswith("| None"):
        return "None is not an answer: return an empty sequence."
    assert "None means" in text, text  # noqa: S101 - a hook that may return None says what that means
    return ""


def implementers(name: str) -> str:
    """Who implements a hook."""
    own = [each.name for each in bundled().usable() if name in vars(type(each.target)) and type(each.target) is not Pack]
    who = ["`Pack`, from the pack's files"] if name in vars(Pack) else []
    who += [f"plugin {each}, in Python" for each in own]
    return f"Implemented by {', '.join(who)}." if who else "No bundled plugin needs it."


# plugins


def plugin_tables(name: str) -> str:
    """A plugin's README: standards, indicators with thresholds and clauses, targets, stages, what is left as text."""
    found = plugin(name)
    headers = [header for home in found.jurisdictions for header in home.standards]
    parts = [part for header in headers for part in standard_tables(header.id)]
    documents = {each.id for home in found.jurisdictions for each in home.documents}
    left = [(each.document, lines(each.clauses), each.reason) for each in left_as_text() if each.document in documents]
    return page(
        *parts,
        "### Left as text",
        table(("document", "clauses", "why"), left) or "Nothing.",
    )


def standard_tables(name: str) -> list[str]:
    """One standard, table by table."""
    registry = bundled()
    phrases = Phrases(registry.vocabulary, "en")
    data = as_data(registry.program(name), phrases)
    own = data["document"]
    scored = any(leaf["points"] for group in data["criteria"] for leaf in group["indicators"])
    leaves = [leaf_row(leaf, own, scored=scored) for group in data["criteria"] for leaf in group["indicators"]]
    columns = ["indicator", "中文", "rule", *(["points"] if scored else []), "clause"]
    names = {each["id"]: each["title_en"] or each["title"] for each in data["awards"]}
    targets = [target_row(each, phrases, names) for each in registry.standard(name).targets]
    return [
        f"### {data['title']} `{name}`",
        about(data),
        table(columns, leaves),
        titled("Awards", ("award", "中文", "requires", "clause"), awards_rows(data)),
        titled("Targets", ("by", "中文", "target", "clause"), targets),
        titled("Quotas", ("quota", "中文", "measure", "clause"), [quota_row(each, own) for each in data["selections"]]),
        titled("Stages", ("stage", "中文", "actor", "window", "clause"), [stage_row(each, own) for each in data["stages"]]),
        titled("Forms", ("form", "中文", "lines", "opinions", "clause"), [form_row(each, own) for each in data["forms"]]),
        titled("Also fixed", ("provision", "中文", "kind", "clause"), [other_row(each, own) for each in data["provisions"]]),
    ]


def titled(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table under a bold line; nothing when it is empty."""
    return f"**{title}**\n\n{table(columns, rows)}" if rows else ""


def about(data: Mapping[str, Any]) -> str:
    """What a standard is, in a line."""
    scoring = data["scoring"]
    methods = {
        "all": "every binding indicator must be met",
        "points": f"points, {scoring['total']} in all",
        "weighted": f"weighted points, {scoring['total']} in all",
        "none": "no scoring",
    }
    parts = [
        data["title_en"],
        f"edition {data['edition']}",
        f"document {data['document']}",
        f"for {'、'.join(data['unit_kinds'])}",
        methods[scoring["method"]],
    ]
    text = " · ".join(part for part in parts if part) + "."
    return f"{text} Points are assumed: {scoring['reason']}。" if scoring["assumed"] else text


def clause_of(item: Mapping[str, Any], document: str) -> str:
    """The clause an item cites, its document where it is another one, the printed words, and whether the value is assumed."""
    parts = [item["document"] if item["document"] != document else "", item["clause"]]
    parts += [f"«{item['as_printed']}»" if item["as_printed"] else "", "**assumed**" if item["assumed"] else ""]
    return " ".join(part for part in parts if part)


def leaf_row(leaf: Mapping[str, Any], document: str, *, scored: bool) -> tuple[str, ...]:
    """One indicator as a row."""
    force = "" if leaf["force"] == "must" else f" ({FORCES[leaf['force']][1]})"
    points = (leaf["points"] or "",) if scored else ()
    return f"{code(leaf['id'])}{force}", leaf["title"], leaf["rule"], *points, clause_of(leaf, document)


def awards_rows(data: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Awards, then gates and vetoes."""
    rows: list[tuple[str, ...]] = [
        (code(each["id"]), each["title"], code(each["requires"]), clause_of(each, data["document"])) for each in data["awards"]
    ]
    for kind in ("gates", "vetoes"):
        rows += [
            (f"{code(each['id'])} ({SINGULAR.get(kind, kind[:-1])})", each["title"], code(each.get("requires", "")) or "on facts",
             clause_of(each, data["document"]))
            for each in data[kind]
        ]  # fmt: skip
    return rows


def target_row(each: Target, phrases: Phrases, names: Mapping[str, str]) -> tuple[str, ...]:
    """One target as a row."""
    force = "" if each.force == "must" else f" ({FORCES[each.force][1]})"
    by = each.by.isoformat() if each.by else ""
    return by, each.title, target_text(each, phrases, names) + force, each.cite.clause


def quota_row(each: Mapping[str, Any], document: str) -> tuple[str, ...]:
    """One quota as a row."""
    parts = [f"at most {each['quota']}" if each["quota"] is not None else ""]
    if each["ratio"] is not None:
        parts.append(f"{each['ratio'].get('take', 1)} of {each['ratio']['of']}")
    parts += [f"{each['share']} of those that pass" if each["share"] else ""]
    parts += [f"at least {each['minimum']}" if each["minimum"] is not None else ""]
    parts += [f"by {each['group_by']}" if each["group_by"] else "", "an upper bound" if each["upper_bound"] else ""]
    return code(each["id"]), each["title"], ", ".join(part for part in parts if part), clause_of(each, document)


def stage_row(each: Mapping[str, Any], document: str) -> tuple[str, ...]:
    """One stage as a row."""
    track = f" ({each['track']})" if each["track"] else ""
    return code(each["id"]), each["title"] + track, each["actor"], window(each), clause_of(each, document)


def window(each: Mapping[str, Any]) -> str:
    """When a stage is open."""
    spec = each["window"] or {"opens": each["opens"], "closes": each["closes"]}
    days = " – ".join(str(spec[key]) for key in ("opens", "closes") if spec.get(key))
    text = f"yearly until {days}" if spec.get("yearly") else days if spec.get("opens") or not days else f"until {days}"
    return text + "".join(f"; {case['year']}: {case['closes']}" for case in spec.get("exceptions", ()))


def form_row(each: Mapping[str, Any], document: str) -> tuple[str, ...]:
    """One form as a row."""
    fields = "、".join(field["label"] for field in each["fields"])
    opinions = " → ".join(opinion["label"] for opinion in each["opinions"])
    return code(each["id"]), each["title"], fields, opinions, clause_of(each, document)


def other_row(each: Mapping[str, Any], document: str) -> tuple[str, ...]:
    """One provision as a row."""
    return code(each["id"]), each["title"], each["kind"], clause_of(each, document)


# the box of the READMEs

HEADINGS = {
    "en": ("plugin", "what it is", "standards", "indicators", "targets", "stages", "forms", "worked units"),
    "zh": ("插件", "是什么", "标准", "指标", "目标", "环节", "表格", "例子"),
}


def in_the_box(lang: Lang) -> str:
    """What ships, counted."""
    rows = [box_row(each, lang) for each in sorted(bundled().usable(), key=lambda each: each.name != "national")]
    totals = [sum(int(row[i]) for row in rows) for i in range(2, 8)]
    word = {"en": "together", "zh": "合计"}[lang]
    return page(table(HEADINGS[lang], [*rows, (word, "", *totals)]))


def box_row(found: Plugin, lang: Lang) -> tuple[str | int, ...]:
    """One plugin, counted."""
    registry = bundled()
    standards = [registry.standard(header.id) for home in found.jurisdictions for header in home.standards]
    homes = "、".join(home.title for home in found.jurisdictions)
    if lang == "en":
        homes = "; ".join(home.title_en or home.title for home in found.jurisdictions)
    sources = found.target.example_sources if isinstance(found.target, Pack) else ()
    examples = sum(len(read_examples(source, registry.vocabulary, Collector())) for source in sources)
    return (
        f"[{found.name}](plugins/{found.name}/README.md)", homes, len(standards),
        sum(len(each.indicators()) for each in standards), sum(len(each.targets) for each in standards),
        sum(len(each.stages) for each in standards), sum(len(each.forms) for each in standards), examples,
    )  # fmt: skip


def source(name: str) -> str:
    """A file of the repository, as a block."""
    text = (Path(__file__).parents[1] / name).read_text("utf-8")
    return page(fenced(text, {"py": "python"}.get(name.rpartition(".")[2], name.rpartition(".")[2])))
