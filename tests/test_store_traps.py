"""What sqlite-utils and SQLite do by default, and what another tool can do to the file: none of it catches the store."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
from attrs import evolve
from sqlite_utils.plugins import pm
from workspaces import (
    GUARDS,
    UNIT,
    Clock,
    codes,
    digest,
    found_in,
    new,
    opened,
    plain,
    program,
    refused,
    said_by,
    set_fact,
    value_of,
    without_guards,
)

from duibiao.errors import BadInputError
from duibiao.store import connection, doctor, journal, schema, witness, workspace
from duibiao.store.canonical import START, event_hash, log_link
from duibiao.store.events import Put
from duibiao.store.records import save_facts
from duibiao.store.schema import STEPS, Step
from duibiao.store.workspace import open_workspace


@pytest.fixture(autouse=True)
def _profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new(tmp_path / "office", facts=3)


def guards(folder: Path) -> set[str]:
    """The triggers that keep the record of truth."""
    with plain(folder) as tool:
        sql = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ('event', 'log')"
        return {name for (name,) in tool.execute(sql)}


ADDED = Step(STEPS[-1].version + 1, ("ALTER TABLE unit ADD COLUMN address TEXT NOT NULL DEFAULT ''",))


# 1: transform() drops the triggers of a table


def test_transform_takes_the_guards_of_a_table_away_and_that_makes_the_workspace_read_only(folder: Path) -> None:
    with plain(folder) as tool:
        sqlite_utils.Database(tool)["event"].transform(drop={"kind"})  # type: ignore[union-attr]
    assert {"log_grows", "log_stays", "log_lasts"} == guards(folder)

    with opened(folder) as space:
        assert ["E_SCHEMA"] == codes(space.notes)
        with pytest.raises(BadInputError) as caught:
            set_fact(space, 1)
    assert "E_SCHEMA" == refused(caught.value)


def test_after_an_upgrade_every_guard_is_there(folder: Path) -> None:
    before = guards(folder)
    with open_workspace(folder, Clock(), steps=(*STEPS, ADDED)) as space:
        assert ["W_UPGRADED"] == codes(space.notes)
    assert before == guards(folder)
    assert 6 == len(before)


def test_the_published_versions_of_the_schema_all_have_the_guards() -> None:
    for count in range(1, len(STEPS) + 1):
        assert {f"trigger {name}" for name in GUARDS} <= set(schema.expected_schema(STEPS[:count]))


def test_a_workspace_that_lost_a_guard_before_is_not_upgraded_over_it(folder: Path) -> None:
    with plain(folder) as tool:
        tool.execute("DROP TRIGGER event_lasts")
    before = said(folder)
    with pytest.raises(BadInputError) as caught:
        open_workspace(folder, Clock(), steps=(*STEPS, ADDED))
    assert ("E_MIGRATE", before) == (refused(caught.value), said(folder))


def said(folder: Path) -> list[str]:
    """Everything in the file, as SQL."""
    with plain(folder) as tool:
        return [*tool.iterdump(), str(tool.execute("PRAGMA user_version").fetchone())]


# 2, 3: deferred transactions, and methods that save by themselves

COUNTING = """
from duibiao.store.records import facts_of
with opened(folder) as space:
    space.patience = 60
    sys.stdin.readline()
    for _ in range(10):
        with space.change("me") as entry:
            (now,) = facts_of(space, UNIT, "2012", ["households"])
            save_facts(entry, UNIT, "2012", {"households": now.value + 1})
"""


def test_four_programs_that_read_and_then_write_lose_no_update_and_meet_no_lock(folder: Path) -> None:
    with opened(folder) as space:
        set_fact(space, 0)
    children = [program(COUNTING, folder) for _ in range(4)]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()

    assert [""] * 4 == [said_by(child) for child in children]
    with opened(folder) as space:
        assert "40" == value_of(space)
    assert [] == found_in(folder)


# 4, 5: upgrades step by step, or by several at once


def test_an_upgrade_that_fails_at_its_second_statement_leaves_nothing_of_its_first(folder: Path) -> None:
    before = said(folder)
    broken = Step(ADDED.version, (*ADDED.statements, "CREATE TABLE unit (code TEXT)"))
    with pytest.raises(BadInputError):
        open_workspace(folder, Clock(), steps=(*STEPS, broken))
    assert before == said(folder)


def test_of_four_programs_that_upgrade_at_once_one_does_and_all_work(folder: Path) -> None:
    children = [
        program(
            """
            from duibiao.store.schema import STEPS, Step
            later = Step(STEPS[-1].version + 1, ("ALTER TABLE unit ADD COLUMN address TEXT NOT NULL DEFAULT ''",))
            sys.stdin.readline()
            with open_workspace(folder, Clock(), steps=(*STEPS, later)) as space:
                print(*codes(space.notes), space.value("SELECT count(address) FROM unit"))
            """,
            folder,
        )
        for _ in range(4)
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()

    assert ["1"] * 3 + ["W_UPGRADED 1"] == sorted(said_by(child).strip() for child in children)
    assert 1 == len(list((folder / "backups").glob("*.db")))


# 6: an old program and a newer file


def test_a_newer_file_is_refused_before_anything_is_written(folder: Path) -> None:
    open_workspace(folder, Clock(), steps=(*STEPS, ADDED)).close()
    before = (digest(folder / "workspace.db"), (folder / "workspace.db").stat().st_mtime_ns)
    with pytest.raises(BadInputError) as caught:
        opened(folder)
    assert "E_NEWER" == refused(caught.value)
    assert before == (digest(folder / "workspace.db"), (folder / "workspace.db").stat().st_mtime_ns)


# 7: what a typo, a wrong type or somebody's plugin would do


def test_a_table_that_does_not_exist_is_an_error_and_not_a_new_table(folder: Path) -> None:
    with opened(folder) as space:
        with pytest.raises(sqlite3.OperationalError, match="no such table"), space.change("me"):
            space.carry_out([Put("fct", {"unit": UNIT})])
        assert 0 == space.value("SELECT count(*) FROM sqlite_schema WHERE name = 'fct'")


def test_a_row_that_names_a_case_nobody_opened_is_an_error(folder: Path) -> None:
    row = {"case_id": "nobody", "stage": "check", "name": "表", "received": "2026-05-01", "sha256": ""}
    with opened(folder) as space, pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"), space.change("me"):
        space.carry_out([Put("paper", row)])


def test_a_value_of_another_type_is_an_error_and_not_stored_as_it_came(folder: Path) -> None:
    row = {"id": "r", "standard": "s", "year": "next year", "title": "", "state": "open"}
    with opened(folder) as space, pytest.raises(sqlite3.IntegrityError, match="INTEGER"), space.change("me"):
        space.carry_out([Put("round", row)])


def test_other_packages_that_hook_into_connections_are_not_asked(folder: Path) -> None:
    seen: list[object] = []

    class Hooked:
        @sqlite_utils.hookimpl
        def prepare_connection(self, conn: sqlite3.Connection) -> None:
            seen.append(conn)

    pm.register(Hooked(), "hooked")
    try:
        sqlite_utils.Database(memory=True)
        assert 1 == len(seen)
        with opened(folder) as space:
            set_fact(space, 1)
    finally:
        pm.unregister(name="hooked")
    assert 1 == len(seen)


def test_a_file_that_another_tool_put_into_wal_mode_is_taken_out_of_it(folder: Path) -> None:
    with plain(folder) as tool:
        tool.execute("PRAGMA journal_mode = WAL").fetchall()
    with opened(folder) as space:
        assert "truncate" == space.value("PRAGMA journal_mode")
        set_fact(space, 7)
    assert [] == [*folder.glob("*-wal"), *found_in(folder)]


def test_a_file_that_another_tool_holds_in_wal_mode_is_not_worked_with(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY", 50)
    with plain(folder) as tool:
        tool.execute("PRAGMA journal_mode = WAL").fetchall()
        tool.execute("BEGIN")
        tool.execute("SELECT count(*) FROM log").fetchone()
        with pytest.raises(BadInputError) as caught:
            opened(folder)
    assert refused(caught.value) in ("E_BUSY", "E_IO")
    assert [] == found_in(folder)


# 8: writes that stay uncommitted


def test_nothing_that_was_written_waits_for_somebody_to_commit_it(folder: Path) -> None:
    with opened(folder) as one, opened(folder) as other:
        set_fact(one, 77)
        assert not one.db.conn.in_transaction
        assert "77" == value_of(other)
        statement = "INSERT INTO draft VALUES ('me', 'f', '', '', '', '') RETURNING form"
        assert [{"form": "f"}] == one.rows(statement)
        assert not one.db.conn.in_transaction
        assert 1 == other.value("SELECT count(*) FROM draft")


# 10: lazy readers


def test_a_reader_that_lingers_over_the_journal_keeps_nobody_from_saving(folder: Path) -> None:
    with opened(folder) as reader, opened(folder) as writer:
        writer.db.execute("PRAGMA busy_timeout = 50")
        rows = iter(reader.rows("SELECT * FROM unit"))
        entries = journal.entries(reader.db.conn)
        next(rows)
        next(entries)
        set_fact(writer, 99)

        lazy = reader.db.query("SELECT * FROM fact UNION ALL SELECT * FROM fact")
        next(iter(lazy))
        with pytest.raises(BadInputError) as caught:
            set_fact(writer, 100)
        assert "E_BUSY" == refused(caught.value)


# 9, and the journal attacked with plain SQL while SQLite's own settings hold

BAD = "printf('%064d', 7)"
"""Put where the statements below say @: a hash that nothing has."""

REFUSED = {
    "an entry is changed": "UPDATE event SET body = '{}'",
    "a kind is changed": "UPDATE event SET kind = 'refused' WHERE n = 1",
    "a link is changed": "UPDATE log SET link = @ WHERE seq = 2",
    "an entry is deleted": "DELETE FROM event WHERE n = 1",
    "the last log row is deleted": "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)",
    "an entry is replaced by its hash": "INSERT OR REPLACE INTO event SELECT hash, stream, n, prev, kind, '{}' FROM event",
    "an entry is replaced by its place": "INSERT OR REPLACE INTO event SELECT @, stream, n, prev, kind, '{}' FROM event",
    "an entry is moved to another stream": (
        "INSERT OR REPLACE INTO event SELECT hash, 'x', 1, printf('%064d', 0), kind, body FROM event WHERE n = 2"
    ),
    "a log row is replaced": "INSERT OR REPLACE INTO log SELECT seq, event, @ FROM log WHERE seq = 2",
    "a number is left out": "INSERT INTO event SELECT @, stream, n + 5, hash, kind, body FROM event",
    "a log number is left out": "INSERT INTO log SELECT max(seq) + 2, @, link FROM log",
    "an entry hangs on another": "INSERT INTO event SELECT @, stream, max(n) + 1, @, kind, body FROM event GROUP BY 2",
    "an entry is added or updated": (
        "INSERT INTO event SELECT hash, stream, n, prev, kind, '{}' FROM event WHERE 1 ON CONFLICT DO UPDATE SET body = '{}'"
    ),
    "an entry is added or ignored": "INSERT OR IGNORE INTO event SELECT hash, stream, n, prev, kind, '{}' FROM event",
}


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
def test_the_file_itself_refuses_that(folder: Path, sql: str) -> None:
    before = said(folder)
    with plain(folder) as tool:
        tool.execute("PRAGMA recursive_triggers = OFF")
        with pytest.raises(sqlite3.IntegrityError, match="the journal only grows"):
            tool.execute(sql.replace("@", BAD))
    assert before == said(folder)


FOUND = {
    "a log row takes another's event": (
        "INSERT OR REPLACE INTO log SELECT max(seq) + 1, (SELECT event FROM log WHERE seq = 2), @ FROM log",
        "E_CHAIN",
    ),
    "an entry with a made-up hash": ("INSERT INTO event VALUES (@, 'x', 1, printf('%064d', 0), 'refused', '{}')", "E_CHAIN"),
    "a fact is changed": ("UPDATE fact SET value = '999'", "E_DRIFT"),
    "a fact is deleted": ("DELETE FROM fact", "E_DRIFT"),
    "an operator is made an administrator": ("UPDATE operator SET roles = '[\"admin\"]'", "E_DRIFT"),
    "a unit nobody added": ("INSERT INTO unit VALUES ('1', 'x', '', '', '')", "E_DRIFT"),
    "the office is renamed": ("UPDATE office SET value = '别的单位' WHERE key = 'title'", "E_DRIFT"),
    "a guard is dropped": ("DROP TRIGGER event_stays", "E_SCHEMA"),
    "a table is renamed": ("ALTER TABLE award RENAME TO prize", "E_SCHEMA"),
    "an index is dropped": ("DROP INDEX award_of_unit", "E_SCHEMA"),
    "a trigger of somebody's own": ("CREATE TRIGGER own AFTER INSERT ON fact BEGIN SELECT 1; END", "E_SCHEMA"),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "code"), FOUND.values(), ids=FOUND)
def test_a_full_examination_finds_that(folder: Path, sql: str, code: str) -> None:
    with plain(folder) as tool:
        tool.execute(sql.replace("@", BAD))
    assert code in found_in(folder)


def test_a_guard_whose_text_was_rewritten_in_the_schema_itself_is_found(folder: Path) -> None:
    with plain(folder) as tool:
        tool.execute("PRAGMA writable_schema = ON")
        tool.execute("UPDATE sqlite_schema SET sql = replace(sql, 'BEFORE UPDATE', 'AFTER UPDATE') WHERE name = 'event_stays'")
    assert "E_SCHEMA" in found_in(folder)


SWAP = """CREATE TEMP TABLE two AS SELECT seq, event FROM log WHERE seq IN (3, 4);
UPDATE log SET event = seq WHERE seq IN (3, 4);
UPDATE log SET event = (SELECT event FROM two WHERE two.seq = 7 - log.seq) WHERE seq IN (3, 4)"""
BEHIND_THE_GUARDS = {
    "an entry's body is changed": ("UPDATE event SET body = replace(body, '2012', '2011') WHERE kind = 'fact.set'", "E_CHAIN"),
    "an entry is left out": ("DELETE FROM log WHERE seq = 3", "E_CHAIN"),
    "an event is deleted": ("DELETE FROM event WHERE kind = 'unit.added'", "E_CHAIN"),
    "the last entry is cut off": ("DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)", "E_CHAIN"),
    "two entries change places": (SWAP, "E_CHAIN"),
    "the numbers are moved along": ("UPDATE log SET seq = seq + 1000; UPDATE log SET seq = seq - 999", "E_CHAIN"),
    "who did it is changed": ("UPDATE event SET body = replace(body, '\"actor\":\"me\"', '\"actor\":\"li\"')", "E_CHAIN"),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "code"), BEHIND_THE_GUARDS.values(), ids=BEHIND_THE_GUARDS)
def test_what_a_tool_does_after_taking_the_guards_away_is_found_though_it_puts_them_back(
    folder: Path, sql: str, code: str
) -> None:
    with without_guards(folder) as tool:
        tool.executescript(sql)
    assert code in found_in(folder)


def rewrite(folder: Path) -> None:
    """Change what the last entry says, and every hash and table so that they fit: what an insider with time can do."""
    with without_guards(folder) as tool:
        rows = journal.entries(tool)
        link = START
        for each in rows:
            event = each.event
            if each.seq == 5:
                content = json.loads(event.body)
                content["data"]["facts"]["households"][0] = 999
                body = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
                event = type(event)(event.stream, event.n, event.prev, event.kind, body)
                tool.execute("UPDATE event SET body = ?, hash = ? WHERE hash = ?", (body, event_hash(event), each.hash))
                tool.execute("UPDATE fact SET value = '999'")
            link = log_link(link, event_hash(event))
            tool.execute("UPDATE log SET event = ?, link = ? WHERE seq = ?", (event_hash(event), link, each.seq))


def test_a_rewrite_of_everything_passes_every_check_inside_but_not_the_memory_outside(folder: Path) -> None:
    with opened(folder) as space:
        receipt = space.head()
    rewrite(folder)

    assert [] == found_in(folder)
    with opened(folder) as space:
        assert ["E_ROLLBACK"] == codes(space.notes)
        against = witness.against(space, *receipt)
        with pytest.raises(BadInputError) as caught:
            set_fact(space, 1)
    assert against is not None
    assert ("E_ROLLBACK", "E_ROLLBACK") == (against.code, refused(caught.value))


def test_an_entry_that_nobody_had_the_right_to_make_is_found_though_its_hashes_fit(folder: Path) -> None:
    with opened(folder) as space, space.change("me") as entry:
        row = {"id": "li", "name": "李", "roles": ["auditor"], "levels": [], "territory": "", "active": True}
        entry.append("operator.added", "office", row)
    with opened(folder) as space:
        space.db.execute("BEGIN IMMEDIATE")
        entry = workspace.Entry(space, "li", (space.clock(), False))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(workspace, "refusal", lambda *_: None)
            save_facts(entry, UNIT, "2012", {"households": 5})
        space.db.execute("COMMIT")
    assert ["E_PERM"] == found_in(folder)


def append(folder: Path, **changes: Any) -> None:
    """Add a copy of the last entry, changed, with every hash as it should be."""
    with without_guards(folder) as tool:
        last = list(journal.entries(tool))[-1]
        event = evolve(last.event, **{"n": last.event.n + 1, "prev": last.hash, **changes})
        made = event_hash(event)
        values = (made, event.stream, event.n, event.prev, event.kind, event.body)
        tool.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", values)
        tool.execute("INSERT INTO log VALUES (?, ?, ?)", (last.seq + 1, made, log_link(last.link, made)))


def test_an_entry_that_skips_a_place_in_its_stream_is_found_though_every_hash_fits(folder: Path) -> None:
    append(folder, n=9)
    assert "E_CHAIN" in found_in(folder)


@pytest.mark.parametrize("changes", [{"kind": "kind.of.tomorrow"}, {"body": "{}"}, {"body": "no JSON"}, {"body": "[1]"}])
def test_an_entry_that_no_program_of_ours_wrote_is_found_and_can_be_looked_past(folder: Path, changes: dict[str, str]) -> None:
    append(folder, **changes)
    assert ["E_CHAIN"] == found_in(folder)
    with opened(folder) as space:
        assert "2" == value_of(space)


def test_a_save_between_replaying_the_journal_and_comparing_the_tables_is_no_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, left = doctor.rebuilt, [1, 1]
    with opened(folder) as space:

        def slow(*args: Any) -> doctor.Rebuilt:
            found = ours(*args)
            if left:
                left.pop()
                set_fact(space, len(left))
            return found

        monkeypatch.setattr(doctor, "rebuilt", slow)
        assert [] == found_in(folder)
    assert [] == left


def test_while_somebody_is_inside_a_change_no_other_tool_can_write(folder: Path) -> None:
    with opened(folder) as space, plain(folder) as tool:
        tool.execute("PRAGMA busy_timeout = 0")
        with space.change("me"), pytest.raises(sqlite3.OperationalError, match="locked"):
            tool.execute("BEGIN IMMEDIATE")


def test_saves_while_the_journal_is_verified_are_no_fault(folder: Path) -> None:
    with opened(folder) as reader, opened(folder) as writer:

        def save(seq: int) -> None:
            set_fact(writer, seq)

        assert 5 == journal.verify(reader.db.conn, save)


@pytest.mark.parametrize("full", [True, False])
def test_a_long_journal_that_is_read_to_its_end_keeps_nobody_waiting(
    folder: Path, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    monkeypatch.setattr(journal, "BATCH", 2)
    left = [1, 2]
    with opened(folder) as reader, opened(folder) as writer:
        writer.db.execute("PRAGMA busy_timeout = 0")

        def save(seq: int) -> None:
            if left:
                set_fact(writer, left.pop())

        if full:
            fresh = doctor.rebuilt(reader.db, reader.objects, save)
            assert () == fresh.problems
            fresh.tables.db.close()
        else:
            assert 5 == journal.verify(reader.db.conn, save)
    assert [] == left


def test_saves_while_everything_is_examined_are_no_fault(folder: Path) -> None:
    child = program(
        """
        with opened(folder) as space:
            print("working", flush=True)
            for number in range(40):
                set_fact(space, number)
        """,
        folder,
    )
    assert child.stdout is not None
    child.stdout.readline()
    found: list[str] = []
    while child.poll() is None:
        found += found_in(folder)
    said_by(child)

    assert [] == found


def test_the_tables_that_can_be_rebuilt_are_all_but_the_journal_and_the_drafts(folder: Path) -> None:
    with opened(folder) as space:
        tables = set(schema.projections(space.db.conn))
    assert {"fact", "unit", "cases", "operator"} <= tables
    assert not tables & {"event", "log", "draft"}
