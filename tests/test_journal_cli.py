"""``duibiao journal``, as an operator meets it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Run
from workspaces import UNIT, Clock, digest, found_in, new, opened, plain, set_fact, value_of, without_guards

from duibiao.services import telling
from duibiao.services.phrasing import Phrases
from duibiao.store import drafts
from duibiao.store.cases import open_case
from duibiao.store.events import KINDS
from duibiao.wording import Lang

LANGS: tuple[Lang, ...] = ("zh", "en")
HEAD = re.compile(r"\b(\d+-[0-9a-f]{16})\b")


@pytest.fixture(autouse=True)
def _profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DUIBIAO_WORKSPACE", str(tmp_path / "office"))
    monkeypatch.delenv("DUIBIAO_OPERATOR", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with one fact that was saved twice."""
    return new(tmp_path / "office", facts=2)


def tamper(folder: Path) -> None:
    """Change a fact with another tool."""
    with plain(folder) as tool:
        tool.execute("UPDATE fact SET value = '999'")


# journal show


@pytest.mark.parametrize(("lang", "words"), [
    ("zh", ("王芳  建立工作区：湖塘镇", f"填写 新民村委会（{UNIT}） 2012：", "=1")),
    ("en", ("王芳  workspace made: 湖塘镇", f"set 新民村委会 ({UNIT}) 2012: ", "=1")),
])  # fmt: skip
def test_the_journal_says_who_did_what(run: Run, folder: Path, lang: str, words: tuple[str, ...]) -> None:
    found = run("--lang", lang, "journal", "show").out
    assert [word for word in words if word in found] == list(words)


def test_the_last_entries_are_shown_and_how_to_see_more(run: Run, folder: Path) -> None:
    found = run("journal", "show", "--last", "1")
    assert ["4"] == [line.split()[0] for line in found.out.splitlines()]
    assert "共 4 条；看更多：--last 4" in found.err


@pytest.mark.parametrize(("args", "seqs"), [
    (("--since", "2"), [3, 4]), (("--unit", UNIT), [2, 3, 4]), (("--stream", "office"), [1]),
    (("--unit", UNIT, "--last", "1"), [4]), (("--since", "3", "--last", "9"), [4]),
])  # fmt: skip
def test_entries_can_be_asked_for_by_unit_stream_and_number(
    run: Run, folder: Path, args: tuple[str, ...], seqs: list[int]
) -> None:
    assert seqs == [each["seq"] for each in run("journal", "show", *args, "--json").json]


@pytest.mark.parametrize(("args", "code"), [(("--unit", "999"), "E_NO_STREAM"), (("--case", "x"), "E_NO_CASE")])
def test_what_the_journal_never_spoke_of_is_said(run: Run, folder: Path, args: tuple[str, str], code: str) -> None:
    found = run("journal", "show", *args)
    assert 2 == found.code
    assert code in found.err


def test_the_journal_of_a_case_and_of_its_unit_are_shown(run: Run, folder: Path) -> None:
    with opened(folder) as space, space.change("me") as entry:
        entry.append("round.opened", "office", {"id": "r", "standard": "s", "year": 2012, "title": "", "state": "open"})
        open_case(entry, stages=["check"], listed={
            "id": "c", "unit": UNIT, "standard": "s", "edition": "2012", "content": "", "round": "r", "year": 2012, "track": "",
            "status": "open", "holder": "", "opened": "2026-05-01",
        })  # fmt: skip
    assert ["case/c"] == [each["stream"] for each in run("journal", "show", "--case", "c", "--json").json]
    assert [2, 3, 4, 6] == [each["seq"] for each in run("journal", "show", "--unit", UNIT, "--json").json]


def test_a_refusal_is_in_the_journal_in_words(run: Run, folder: Path) -> None:
    run("operator", "add", "li", "--name", "李", "--role", "auditor")
    assert 2 == run("--as", "li", "operator", "add", "zhao", "--name", "赵", "--role", "admin").code
    (line,) = run("journal", "show", "--last", "1").out.splitlines()
    assert "李  拒绝“增加人员”：E_PERM 无此权限（您是：审计员 auditor；需要：管理员 admin）" in line


def test_an_entry_that_was_altered_is_not_shown_as_if_it_were_what_was_said(run: Run, folder: Path) -> None:
    with without_guards(folder) as tool:
        tool.execute("UPDATE event SET body = '{' WHERE kind = 'unit.added'")
    found = run("journal", "show")
    assert (2, "") == (found.code, found.out)
    assert "第 2 条起" in found.err


def test_an_entry_made_with_a_doubtful_clock_is_marked(run: Run, folder: Path) -> None:
    clock = Clock()
    with opened(folder, clock) as space:
        clock.on(days=-3)
        space.clock_confirmed = True
        set_fact(space, 7)
    assert "（时间存疑，已确认）" in run("journal", "show", "--last", "1").out


def test_what_others_typed_cannot_move_the_cursor(run: Run, folder: Path) -> None:
    with opened(folder) as space, space.change("me") as entry:
        row = {"code": UNIT, "name": "新民\x1b[2J村", "kind": "", "initials": "", "source": ""}
        entry.append("unit.added", f"unit/{UNIT}", row)
    assert "\x1b" not in run("journal", "show").out


SAID = {
    "workspace.created": {"office": {"title": "甲", "single": "1"}, "operator": {"name": "王"}},
    "operator.added": {"id": "li", "name": "李", "roles": ["clerk"], "levels": ["区"], "territory": "32", "active": True},
    "operator.changed": {"id": "li", "active": False},
    "units.imported": {"rows": 3, "source": "国家统计局"},
    "unit.added": {"code": UNIT, "name": "甲", "kind": "村委会"},
    "fact.set": {"unit": UNIT, "period": "2012", "note": "注", "example": True, "facts": {
        "green_coverage": ["16%", 1], "a": [None, 2], "b": [True, 1], "c": [["x"], 1], "d": [{"level": "good"}, 1], "e": [1, 1],
        "f": [1, 1], "g": [[], 1],
    }},
    "evidence.added": {"name": "照片.jpg", "size": 3, "unit": UNIT, "fact": "green_coverage", "case_id": ""},
    "evidence.removed": {"id": "x", "removed": "传错", "unit": UNIT},
    "round.opened": {"id": "r", "title": "一", "standard": "s"},
    "round.closed": {"id": "r", "state": "closed"},
    "sample.drawn": {"stage": "check", "pool": ["1", "2"], "chosen": ["1"], "seed": "7"},
    "case.opened": {"case": {"id": "c", "unit": UNIT, "standard": "s"}, "stages": ["check"]},
    "case.scored": {"level": "街镇", "scores": {"a": {"points": "3"}, "b": {"points": ""}}},
    "case.moved": {"outcome": "returned", "leaves": [{"stage": "a"}], "enters": [{"stage": "b"}], "holder": "区", "note": "缺"},
    "step.checked": {"case_id": "c", "seq": 1},
    "paper.received": {"stage": "a", "name": "表"},
    "opinion.given": {"stage": "a", "body": "民政局", "agrees": False, "text": "不"},
    "notice.posted": {"stage": "a", "posted": "2012-05-01", "until": None, "places": ["网站"]},
    "objection.raised": {"id": "1", "stage": "a", "who": "某", "text": "不实"},
    "objection.settled": {"id": "1", "outcome": "upheld", "answer": "属实"},
    "finding.raised": {"id": "1", "stage": "a", "text": "问题", "due": None},
    "finding.settled": {"id": "1", "measure": "改"},
    "task.assigned": {"id": "1", "department": "民政局", "text": "办", "due": "2012-06-01"},
    "task.done": {"id": "1", "done": "2012-06-01"},
    "award.granted": {"award": "model", "title": "示范社区", "certificate": "1号", "since": "2012-07-01"},
    "award.changed": {"award": "model", "state": "revoked", "reason": "弄虚作假"},
    "refused": {"code": "E_PERM", "found": "审计员", "allowed": "录入员", "asked": "fact.set"},
}  # fmt: skip


def test_every_kind_of_entry_has_words_in_both_languages(run: Run) -> None:
    from duibiao.registry import Registry

    vocabulary = Registry([]).vocabulary
    zh, en = (telling.Teller(Phrases(vocabulary, lang), {UNIT: "新民"}) for lang in LANGS)

    assert KINDS == set(SAID) == set(telling.KINDS)
    for kind, data in SAID.items():
        words = zh.tell(kind, data), en.tell(kind, data)  # type: ignore[arg-type]
        assert words[0] != words[1], kind
        assert not any(word in each for each in words for word in ("None", "{", "@")), words
    assert "kind.of.tomorrow" == zh.tell("kind.of.tomorrow", {})


# journal verify


def test_a_journal_in_order_agrees_with_a_receipt_written_down_earlier(run: Run, folder: Path) -> None:
    found = HEAD.search(run("workspace", "info").out)
    assert found is not None
    with opened(folder) as space:
        set_fact(space, 7)
    verified = run("journal", "verify", "--receipt", found[1])
    assert 0 == verified.code
    assert "核验 5 条记录" in verified.out


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "可能恢复过旧备份，或被改写过"), ("en", "an old backup restored, or the journal rewritten?")]
)
@pytest.mark.parametrize("receipt", ["9-0123456789abcdef", "2-0123456789abcdef"])
def test_a_receipt_that_is_later_or_other_than_the_journal_is_a_finding(
    run: Run, folder: Path, receipt: str, lang: str, words: str
) -> None:
    found = run("--lang", lang, "journal", "verify", "--receipt", receipt)
    assert 1 == found.code
    assert words in found.out
    assert receipt in found.out


def test_how_fast_and_how_far_it_is_are_told_on_a_terminal_only(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "每秒" not in run("journal", "verify").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    found = run("journal", "verify")
    assert "每秒" in found.out
    assert "核验记录" in found.err


@pytest.mark.parametrize("receipt", ["", "5", "0-0123456789abcdef", "5-0123", "五-0123456789abcdef", "5-0123456789abcdeg"])
def test_what_is_no_receipt_is_said_to_be_none(run: Run, folder: Path, receipt: str) -> None:
    found = run("journal", "verify", "--receipt", receipt)
    assert (0 if receipt == "" else 2) == found.code
    assert ("E_RECEIPT" in found.err) == (receipt != "")


@pytest.mark.parametrize(("lang", "words"), [("zh", "第 3 条起"), ("en", "from entry 3")])
def test_a_broken_journal_is_told_from_the_first_entry_that_is_wrong(run: Run, folder: Path, lang: str, words: str) -> None:
    with without_guards(folder) as tool:
        tool.execute("UPDATE event SET body = replace(body, '2012', '2011') WHERE kind = 'fact.set'")
    found = run("--lang", lang, "journal", "verify")
    assert 1 == found.code
    assert words in found.out


# journal rebuild


def journal_of(folder: Path) -> list[object]:
    """The journal and the schema as they stand."""
    with plain(folder) as tool:
        return [tool.execute(f"SELECT * FROM {each} ORDER BY 1, 2").fetchall() for each in ("event", "log", "sqlite_schema")]  # noqa: S608


def test_a_dry_run_names_what_differs_and_changes_nothing(run: Run, folder: Path) -> None:
    tamper(folder)
    before = digest(folder / "workspace.db")
    found = run("journal", "rebuild", "--dry-run")
    assert (1, before) == (found.code, digest(folder / "workspace.db"))
    assert "E_DRIFT" in found.out


def test_a_rebuild_puts_the_tables_right_after_a_backup_and_leaves_the_journal_alone(run: Run, folder: Path) -> None:
    tamper(folder)
    there = [each.name for each in (folder / "backups").glob("*.db")]
    with plain(folder) as tool:
        tool.execute("DELETE FROM unit")
        tool.execute("INSERT INTO operator VALUES ('x', 'x', '[]', '[]', '', 1)")
    before = journal_of(folder)
    found = run("journal", "rebuild")

    assert 0 == found.code
    assert "已按记录重建" in found.out
    assert (before, []) == (journal_of(folder), found_in(folder))
    with opened(folder) as space:
        assert "1" == value_of(space)
        set_fact(space, 8)
    assert [True] == [b"999" in each.read_bytes() for each in (folder / "backups").glob("*.db") if each.name not in there]


@pytest.mark.parametrize("sql", ["DELETE FROM cases", "UPDATE cases SET holder = '市'", "DELETE FROM step"])
def test_a_rebuild_puts_rows_right_that_name_one_another(run: Run, folder: Path, sql: str) -> None:
    with opened(folder) as space, space.change("me") as entry:
        entry.append("round.opened", "office", {"id": "r", "standard": "s", "year": 2012, "title": "", "state": "open"})
        open_case(entry, stages=["check"], listed={
            "id": "c", "unit": UNIT, "standard": "s", "edition": "2012", "content": "", "round": "r", "year": 2012, "track": "",
            "status": "open", "holder": "", "opened": "2026-05-01",
        })  # fmt: skip
        entry.append("paper.received", "case/c", {
            "case_id": "c", "stage": "check", "name": "申报表", "received": "2026-05-01", "sha256": "",
        })  # fmt: skip
    with plain(folder) as tool:
        tool.execute(sql)
        tool.execute("UPDATE paper SET name = '别的表'")

    assert 0 == run("journal", "rebuild").code
    with opened(folder) as space:
        assert ["申报表"] == [row["name"] for row in space.rows("SELECT name FROM paper")]
        assert ("c", "") == (space.value("SELECT id FROM cases"), space.value("SELECT holder FROM cases"))
        assert "check" == space.value("SELECT stage FROM step")


def test_a_rebuild_of_what_agrees_does_nothing(run: Run, folder: Path) -> None:
    before, there = digest(folder / "workspace.db"), sorted((folder / "backups").glob("*.db"))
    found = run("journal", "rebuild")
    assert (0, before) == (found.code, digest(folder / "workspace.db"))
    assert "不用重建" in found.out
    assert there == sorted((folder / "backups").glob("*.db"))


def test_a_rebuild_keeps_unsaved_texts(run: Run, folder: Path) -> None:
    with opened(folder) as space:
        drafts.keep(space, drafts.Draft("me", "fact", "0", "421", "2026-05-01T08:00:00+00:00"))
    tamper(folder)
    run("journal", "rebuild")
    with opened(folder) as space:
        assert ["421"] == [each.text for each in drafts.of(space, "me")]


def test_a_broken_journal_is_no_ground_to_rebuild_on(run: Run, folder: Path) -> None:
    tamper(folder)
    with without_guards(folder) as tool:
        tool.execute("UPDATE event SET body = replace(body, '2012', '2011') WHERE kind = 'fact.set'")
    before = digest(folder / "workspace.db")
    found = run("journal", "rebuild")
    assert (2, before) == (found.code, digest(folder / "workspace.db"))
    assert "E_CHAIN" in found.err
