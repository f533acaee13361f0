"""What other tools do to a workspace, and older copies of it: it is noticed, named, and nothing is made worse."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from workspaces import UNIT, digest, found_in, new, opened, plain, refused, says, set_fact, without_guards

from duibiao.errors import BadInputError
from duibiao.store import rebuild, witness
from duibiao.store.doctor import examine
from duibiao.store.events import pack_units
from duibiao.store.records import add_evidence, facts_of


@pytest.fixture(autouse=True)
def _profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new(tmp_path / "office", facts=2)


# 12, 13: changed by another tool, or an older copy

TAMPERED = {
    "an entry": ("UPDATE event SET body = replace(body, '2012', '2011') WHERE kind = 'fact.set'",
                 "E_CHAIN", "记录曾被本程序以外的工具改动，第 3 条起", "changed outside the program from entry 3"),
    "the schema": ("CREATE TABLE own (x)", "E_SCHEMA", "表的结构被改动：table own", "the structure was changed: table own"),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "code", "zh", "en"), TAMPERED.values(), ids=TAMPERED)
def test_what_another_tool_changed_makes_the_workspace_read_only(folder: Path, sql: str, code: str, zh: str, en: str) -> None:
    with without_guards(folder) as tool:
        tool.execute(sql)
    before = digest(folder / "workspace.db")
    with opened(folder) as space:
        says(space.notes[0], code, zh, en)
        assert 1 == len(facts_of(space, UNIT))
        with pytest.raises(BadInputError) as caught:
            set_fact(space, 5)
    assert (code, before) == (refused(caught.value), digest(folder / "workspace.db"))


@pytest.mark.parametrize("sql", ["UPDATE fact SET value = '{'", "UPDATE operator SET roles = 'clerk'"])
def test_a_row_that_cannot_even_be_read_is_a_problem_and_not_a_crash(folder: Path, sql: str) -> None:
    with plain(folder) as tool:
        tool.execute(sql)
    with opened(folder) as space, pytest.raises(BadInputError) as caught:
        space.operators() and facts_of(space, UNIT)
    assert "E_DRIFT" == refused(caught.value)


def test_text_that_is_no_text_any_more_is_a_damaged_file(folder: Path) -> None:
    file = folder / "workspace.db"
    file.write_bytes(file.read_bytes().replace("湖塘镇".encode(), b"\xff" * 9))
    with pytest.raises(BadInputError) as caught, opened(folder) as space:
        space.office()
    assert "E_CORRUPT" == refused(caught.value)


def test_a_row_that_another_tool_changed_is_named(folder: Path) -> None:
    with plain(folder) as tool:
        tool.execute("UPDATE fact SET value = '999'")
    (first, *_) = examine(folder, full=True).problems
    says(
        first,
        "E_DRIFT",
        f"数据与记录不一致：fact {UNIT} 2012 households",
        f"data and journal differ: fact {UNIT} 2012 households",
    )


def test_an_older_copy_is_noticed_and_read_only_until_somebody_accepts_it(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "old")
    with opened(folder) as space:
        set_fact(space, 5)
    shutil.rmtree(folder)
    (tmp_path / "old").rename(folder)
    before = digest(folder / "workspace.db")

    with opened(folder) as space:
        says(space.notes[0], "E_ROLLBACK", "可能恢复过旧备份", "an old backup restored")
        with pytest.raises(BadInputError):
            set_fact(space, 6)
        witness.forget(space.office()["id"])
    assert before == digest(folder / "workspace.db")
    with opened(folder) as space:
        set_fact(space, 6)


def test_an_imported_register_whose_content_is_gone_is_named_and_nothing_is_rebuilt_without_it(folder: Path) -> None:
    rows = [("320412100003", "甲村委会", "村委会", "jcwh")]
    with opened(folder) as space:
        made = space.objects.add(pack_units(rows))
        with space.change("me") as entry:
            entry.append("units.imported", "office", {"object": made, "rows": 1, "source": "own"})
    (folder / "objects" / made[:2] / made).unlink()
    assert ["E_OBJ_MISSING"] == found_in(folder)
    with opened(folder) as space:
        with pytest.raises(BadInputError):
            rebuild.rebuild(space, "me")
        assert "甲村委会" == space.value("SELECT name FROM unit WHERE code = '320412100003'")


# 14: evidence that is missing or altered


@pytest.mark.parametrize(("how", "code", "zh", "en"), [
    ("missing", "E_OBJ_MISSING", "附件“照片.jpg”缺失", "evidence «照片.jpg» is missing"),
    ("altered", "E_OBJ_BAD", "附件“照片.jpg”的内容已变", "evidence «照片.jpg» was altered"),
])  # fmt: skip
def test_evidence_that_is_gone_or_altered_is_named_and_the_rest_can_be_used(
    folder: Path, how: str, code: str, zh: str, en: str
) -> None:
    with opened(folder) as space:
        lost, kept = space.objects.add(b"photo"), space.objects.add(b"minutes")
        with space.change("me") as entry:
            add_evidence(entry, lost, 5, "照片.jpg", unit=UNIT)
            add_evidence(entry, kept, 7, "纪要.pdf", unit=UNIT)
    path = folder / "objects" / lost[:2] / lost
    path.unlink()
    if how == "altered":
        path.write_bytes(b"Photo")

    (problem,) = examine(folder, full=True).problems
    says(problem, code, zh, en)
    with opened(folder) as space:
        assert b"minutes" == space.objects.read(kept)
        set_fact(space, 5)
        with pytest.raises(BadInputError) as caught:
            space.objects.read(lost)
    assert code == refused(caught.value)
