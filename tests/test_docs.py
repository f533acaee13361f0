"""Generated pages are up to date, complete, and say exactly what the code says."""

from __future__ import annotations

import os
import re
from html import unescape
from pathlib import Path

import attrs
import pages
import pytest
import reference
import roles
import tomli
import walk
from cogapp import Cog
from conftest import Run

from duibiao.errors import Collector
from duibiao.exchange.facts import FILE_KEYS, UNIT_TABLE_KEYS, read_facts
from duibiao.model import process, sources, standard
from duibiao.pack.build import STANDARD_TABLES, build_pack
from duibiao.pack.examples import EXPECT_KEYS, KEYS, read_examples
from duibiao.pack.override import read_override
from duibiao.pack.toml import Source, parse_toml
from duibiao.registry import HOOKS
from duibiao.rules.expression import FUNCTIONS
from duibiao.rules.keys import CONDITION_KEYS, POINTS_KEYS
from duibiao.services.clock import today
from duibiao.store import events
from duibiao.wording import catalogue

EVERY_PAGE = (*pages.PAGES, *pages.PLUGIN_PAGES)
EVERY_COMMAND = list(reference.every_command())
ROWS = pages.text("tests/ledger_rows.txt").split()
HOOKSPECS = (pages.ROOT / "core" / "duibiao" / "hookspecs.py").read_text("utf-8")
SIGNATURES = re.findall(r"^(def duibiao_\w+\(.*\) -> .*):$", HOOKSPECS, re.MULTILINE)
TOML_BLOCKS = [each.text for each in walk.blocks(pages.text("docs/pack-format.md")) if each.language == "toml"]
KEYED = [
    each for module in (process, sources, standard) for each in vars(module).values()
    if isinstance(each, type) and attrs.has(each) and each.__module__ == module.__name__
]  # fmt: skip
"""The classes that a pack's tables become."""

INSIDE = {
    "where", "plugin", "cite", "content_hash", "given", "replaced_by", "header", "criteria", "targets", "stages", "standards",
    "documents", "clauses", "indicators", "awards", "gates", "vetoes", "selections",
    "provisions", "condition", "forms",
}  # fmt: skip
"""Attributes that no author writes under that name."""


@pytest.mark.parametrize("page", [name for name in EVERY_PAGE if "[[[cog" in pages.text(name)])
def test_a_generated_page_is_up_to_date(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pages.ROOT)
    monkeypatch.delenv("DUIBIAO_BLOCK", raising=False)

    code = Cog().main(["cog", "-I", "docs", "--check", "--check-fail-msg", "run: bash docs/update", page])

    assert 0 == code


@pytest.mark.parametrize("page", walk.AT_HOME)
def test_the_commands_of_a_page_print_what_it_shows(page: str) -> None:
    kept, fresh = walk.fresh(page)

    assert fresh == kept


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("7  2026-11-22 06:34  王芳", "7  ____-__-__ __:__  王芳"),
        ("2012-10-08 → 2012-10-15", "2012-10-08 → 2012-10-15"),
        ("office/backups/20261122T063456Z-0000010.db", "office/backups/________T______Z-0000010.db"),
        ("journal at 10-fe760c02805e209b", "journal at 10-________________"),
        ("evidence 123456789012", "evidence ____________"),
        ("320412100002  南街社区居委会", "320412100002  南街社区居委会"),
    ],
)
def test_what_no_two_runs_share_is_shown_as_blanks(printed: str, shown: str) -> None:
    assert shown == walk.settled(printed)


def test_a_page_works_in_a_workspace_and_a_profile_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_WORKSPACE", "mine")
    with walk.installs():
        inside = os.environ["DUIBIAO_WORKSPACE"], os.environ["DUIBIAO_STATE"]

    assert "mine" not in inside
    assert "mine" == os.environ["DUIBIAO_WORKSPACE"]


def test_both_languages_of_the_guide_type_the_same_commands() -> None:
    english, chinese = (walk.commands(pages.text(f"docs/workspace{each}.md")) for each in ("", ".zh-CN"))

    assert chinese == [line for line in english if line != "export DUIBIAO_LANG=en"]


def test_the_guide_shows_a_move_refused_below_ninety_and_done_at_ninety() -> None:
    shown = pages.text("docs/workspace.md")
    refused, done = shown.index("score 89.5, required ≥ 90"), shown.index("score 90\n")

    assert refused < done < shown.index("named Provincial demonstration community")


# coverage


def carried(row: str) -> str:
    """The last cell of a row's line in docs/coverage.md."""
    found = re.search(rf"^\| {row} \|.*\| (.*) \|$", pages.text("docs/coverage.md"), re.MULTILINE)
    assert found is not None, row
    return found[1]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_sources_is_carried_by_an_item_or_left_as_text_with_a_reason(row: str) -> None:
    assert re.match(r"`[\w.-]+ : \w+|not encoded: \S", carried(row))


def test_no_pack_speaks_of_a_row_that_the_sources_do_not_have() -> None:
    documents = reference.bundled().documents.values()

    assert set(ROWS) == {row for document in documents for clause in document.clauses for row in clause.rows}


def test_every_clause_is_carried_by_an_item_or_left_as_text() -> None:
    documents = reference.bundled().documents.values()

    assert [] == [(d.id, clause.id) for d in documents for clause in d.clauses if not reference.carried_clause(d.id, clause.id)]


def test_the_rows_of_an_item_belong_to_the_document_it_cites() -> None:
    rows = {d.id: {row for clause in d.clauses for row in clause.rows} for d in reference.bundled().documents.values()}

    assert [] == [name for name, cite in reference.carriers() if not set(cite.rows) <= rows.get(cite.document, set())]


# layers


def test_the_page_of_the_architecture_has_a_row_for_every_layer() -> None:
    contracts = tomli.loads(pages.text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = {name for each in contracts for layer in each.get("layers", ()) for name in re.findall(r"\w+", layer)}
    rows = re.findall(r"^\| (`.*?) \|", pages.text("docs/architecture.md"), re.MULTILINE)

    assert set() == layers - {name for row in rows for name in re.findall(r"\w+", row)}


# hooks, commands, problems, data items


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_hook_has_a_heading_and_its_exact_signature(signature: str) -> None:
    name = signature.removeprefix("def ").partition("(")[0]

    assert f"\n## {name}\n\n```python\n{signature}\n```\n" in pages.text("docs/hooks.md")


def test_every_hook_is_among_those_documented() -> None:
    assert list(HOOKS) == [signature.removeprefix("def ").partition("(")[0] for signature in SIGNATURES]


def test_the_example_of_the_hooks_page_is_a_working_plugin() -> None:
    (code,) = [block.text for block in walk.blocks(pages.text("docs/hooks.md")) if "class OfficePack" in block.text]
    names: dict[str, object] = {}
    exec(compile(code, "docs/hooks.md", "exec"), names)  # noqa: S102 - our own page
    lakeside = standard.Jurisdiction(id="lakeside", title="湖滨")

    assert ["湖滨社区居委会"] == [unit.name for unit in names["plugin"].duibiao_units(lakeside)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("words", [each for each in EVERY_COMMAND if each], ids=" ".join)
def test_a_command_has_a_section_with_the_help_it_prints(words: tuple[str, ...], language: str, run: Run) -> None:
    section = re.split(rf"^##+ duibiao {' '.join(words)}$", pages.text("docs/cli.md"), flags=re.MULTILINE)[1].partition("\n##")[0]

    assert run("--lang", language, *words, "--help").squeezed in "".join(section.split())


@pytest.mark.parametrize("page", [*EVERY_PAGE, "CHANGELOG.md"])
def test_every_command_that_a_page_shows_exists(page: str) -> None:
    used = re.findall(r"(?:^\$ |`|bin/)duibiao (?:--\w+ \S+ )*([a-z]+)\b(?: ([a-z]+)\b)?", pages.text(page), re.MULTILINE)
    nouns = {words[0] for words in EVERY_COMMAND if len(words) == 2}

    assert set() == {(name, verb) if name in nouns and verb else (name,) for name, verb in used} - set(EVERY_COMMAND)


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_verb_that_a_page_names_without_the_program_exists(page: str) -> None:
    nouns = {words[0] for words in EVERY_COMMAND if len(words) == 2}
    named = re.findall(rf"`({'|'.join(sorted(nouns))}) ([a-z]+)\b[^`]*`", pages.text(page))

    assert set() == set(named) - set(EVERY_COMMAND)


@pytest.mark.parametrize("code", catalogue())
def test_a_problem_code_has_a_section(code: str) -> None:
    assert f"\n### {code}\n" in pages.text("docs/problems.md")


def test_every_problem_code_belongs_to_one_family() -> None:
    listed = [each.code for shape, _, _ in reference.FAMILIES for each in reference.family(shape)]

    assert sorted(catalogue()) == sorted(listed)


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_problem_code_that_a_page_names_exists(page: str) -> None:
    named = re.findall(r"(?<![\w-])(DB\d{3}|WF\d\d|TX\d\d|[EW]_[A-Z]+(?:_[A-Z]+)*)(?![\w-])", pages.text(page))

    assert set() == set(named) - set(catalogue())


# the processes, the roles


STAGES = [(name, stage) for name in reference.bundled().headers for stage in reference.bundled().standard(name).stages]


@pytest.mark.parametrize(("name", "stage"), STAGES, ids=lambda each: getattr(each, "id", each))
def test_the_page_of_processes_shows_a_stage_with_its_clause(name: str, stage: process.Stage) -> None:
    shown = pages.text("docs/processes.md").partition(f"`{name}`")[2].partition("\n## ")[0]
    (line,) = re.findall(rf"^\| \*\*{re.escape(stage.title)}\*\*.*$", shown, re.MULTILINE)

    assert stage.cite.clause in line.rpartition(" | ")[2]
    for word in (stage.actor, stage.requires, *stage.documents, *stage.consults, *stage.produces, *stage.methods):
        assert word in line


def test_every_kind_of_entry_that_somebody_may_make_is_in_the_table_of_roles() -> None:
    listed = {act.partition(" ")[0] for _, _, acts in roles.ACTS for act in acts}

    assert {"refused", "workspace.created"} == events.KINDS - listed


def test_an_auditor_may_only_look() -> None:
    assert [] == [act for _, _, acts in roles.ACTS for act in acts if roles.may("auditor", act)]


KINDS = {"count", "flag", "rate", "checklist", "date", "events", "title"}
"""First cells of the table that says how each kind is written."""


def test_every_data_item_is_listed_under_its_topic() -> None:
    listed = re.findall(r"^\| `([\w.]+)` \|", pages.text("docs/facts.md"), re.MULTILINE)

    assert sorted(reference.bundled().vocabulary.types) == sorted(set(listed) - KINDS)


# the pack format


@pytest.mark.parametrize("block", TOML_BLOCKS, ids=lambda block: block.split("\n")[0])
def test_an_example_of_the_pack_format_is_understood(block: str, tmp_path: Path) -> None:
    source = parse_toml(block.encode(), "pack-format.md")
    problems = Collector()

    if "override" in source.data:
        read_override(source, problems)
    elif "unit" in source.data:
        (tmp_path / "facts.toml").write_text(block, "utf-8")
        assert read_facts(tmp_path / "facts.toml", reference.bundled().vocabulary, today())
    elif "example" in source.data:
        read_examples(alone(source), reference.bundled().vocabulary, problems)
    else:
        build_pack([with_header(source)], "shanghai", problems)

    assert [] == [problem for problem in problems.problems if problem.code != "DB037"]


def alone(source: Source) -> Source:
    """The example without the one it is like, which the page does not show."""
    table = {key: value for key, value in source.data["example"][0].items() if key not in ("like", "drop")}
    return attrs.evolve(source, data={"example": [table]})


def with_header(source: Source) -> Source:
    """A fragment of a standard's file with the header that would stand above it."""
    if "jurisdiction" in source.data or "standard" in source.data:
        return source
    header = {"id": "shanghai.x", "edition": "1", "title": "x", "jurisdiction": "shanghai"}
    return attrs.evolve(source, data={"standard": header, **source.data})


def written_keys() -> set[str]:
    """Every key that an author may write."""
    named = {field.name for cls in KEYED for field in attrs.fields(cls)} - INSIDE
    return named.union(STANDARD_TABLES, CONDITION_KEYS, POINTS_KEYS, KEYS, EXPECT_KEYS, FILE_KEYS, UNIT_TABLE_KEYS, FUNCTIONS) - {
        "percent"  # what a percent literal becomes; nobody writes it
    }


@pytest.mark.parametrize("key", sorted(written_keys()))
def test_the_pack_format_names_every_key(key: str) -> None:
    assert re.search(rf"(?<![\w-]){key}(?![\w-])", pages.text("docs/pack-format.md"))


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_toml_block_of_a_page_parses(page: str) -> None:
    for block in walk.blocks(pages.text(page)):
        if block.language == "toml":
            tomli.loads(block.text)


# links and pictures


@pytest.mark.parametrize("page", [*EVERY_PAGE, "CHANGELOG.md"])
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    folder = (pages.ROOT / page).parent
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", pages.text(page)) if "://" not in link]

    assert [] == [link for link in links if not leads(folder, page, link)]


def leads(folder: Path, page: str, link: str) -> bool:
    """Whether the file is there, and the heading in it."""
    name, _, anchor = link.partition("#")
    target = folder / name if name else pages.ROOT / page
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> set[str]:
    """What links can name in a page: its headings in small letters, without punctuation, joined by ``-``."""
    headings = re.findall(r"^##+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize(("picture", "language"), [("assess.svg", "en"), ("assess.zh-CN.svg", "zh")])
def test_the_picture_shows_what_the_command_prints(picture: str, language: str, run: Run) -> None:
    facts = pages.DOCS / "examples" / "community.toml"
    result = run("--lang", language, "assess", "shanghai.qingpu.committee", facts)
    drawn = re.findall(r"<text [^>]*>([^<]*)</text>", pages.text(f"docs/pictures/{picture}"))

    shown = re.sub(r"\s", "", unescape("".join(drawn)))
    for word in re.findall(r"[\w.%≥✗✓?]+", result.out):
        assert word in shown
