"""The store does what it is for: one workspace, a journal that its tables follow, copies, and evidence by its content."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workspaces import ME, OFFICE, UNIT, Clock, codes, found_in, new, opened, plain, program, refused, said_by, set_fact

from duibiao.errors import BadInputError
from duibiao.store import backup, cases, drafts, journal, witness
from duibiao.store.canonical import canonical
from duibiao.store.doctor import examine
from duibiao.store.events import KINDS, pack_units
from duibiao.store.records import add_evidence, facts_of, history, remove_evidence, save_facts, save_scores, scores_of
from duibiao.store.workspace import ConflictError, Workspace, create_workspace
from duibiao.workflow.case import Status


@pytest.fixture(autouse=True)
def _profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new(tmp_path / "office")


# making and opening


def test_a_new_workspace_holds_its_office_its_first_operator_and_one_entry(tmp_path: Path) -> None:
    with create_workspace(tmp_path / "office", OFFICE, ME, Clock()) as space:
        assert "湖塘镇" == space.office()["title"]
        assert ["me"] == [each.id for each in space.operators()]
        assert 1 == space.head()[0]


def test_of_eight_processes_that_make_the_workspace_at_once_one_does_and_seven_are_told(tmp_path: Path) -> None:
    made = tmp_path / "office"
    children = [
        program(
            """
            sys.stdin.readline()
            try:
                create_workspace(folder, OFFICE, ME, Clock()).close()
                print("made")
            except BadInputError as error:
                print(refused(error))
            """,
            made,
        )
        for _ in range(8)
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()

    assert ["E_EXISTS"] * 7 + ["made"] == sorted(said_by(child).strip() for child in children)
    assert [] == found_in(made)


def test_a_workspace_half_made_by_a_program_that_died_is_made_anew(tmp_path: Path) -> None:
    made = tmp_path / "office"
    made.mkdir()
    (made / "workspace.db.new").write_bytes(b"half")

    assert [] == found_in(new(made))
    assert not (made / "workspace.db.new").exists()


@pytest.mark.parametrize("pragma", ["journal_mode=truncate", "synchronous=3", "foreign_keys=1", "recursive_triggers=1",
                                    "trusted_schema=0", "cell_size_check=1"])  # fmt: skip
def test_every_connection_has_the_settings_that_lose_nothing(folder: Path, pragma: str) -> None:
    name, _, value = pragma.partition("=")
    with opened(folder) as space:
        assert value == str(space.value(f"PRAGMA {name}"))


# saving and reading


def test_a_saved_fact_is_read_by_whoever_opens_the_workspace_next(folder: Path) -> None:
    with opened(folder) as space:
        set_fact(space, 421)
    with opened(folder) as space:
        (fact,) = facts_of(space, UNIT)
    assert (421, 1, "me", "2012") == (fact.value, fact.version, fact.actor, fact.period)


def test_the_history_of_a_fact_says_who_saved_what_and_that_it_was_taken_back(folder: Path) -> None:
    with opened(folder) as space:
        for value in (421, 430, None):
            set_fact(space, value)
        assert [(421, 1), (430, 2), (None, 3)] == [(each.value, each.version) for each in history(space, UNIT, "households")]


def test_a_stale_version_is_told_what_stands_now_and_nothing_is_saved(folder: Path) -> None:
    with opened(folder) as space:
        set_fact(space, 421)
        before = space.head()
        with pytest.raises(ConflictError) as caught:
            set_fact(space, 500, base=0)
        assert before == space.head()
    assert ("E_CONFLICT", 421) == (refused(caught.value), caught.value.theirs["households"].value)


def test_people_who_edit_different_facts_of_a_unit_never_meet(folder: Path) -> None:
    with opened(folder) as one, opened(folder) as other:
        set_fact(one, 421, "households", base=0)
        set_fact(other, 9, "staff", base=0)
        assert 2 == len(facts_of(one, UNIT))


def test_what_was_said_in_one_change_is_saved_together_or_not_at_all(folder: Path) -> None:
    with opened(folder) as space:
        before = space.head()
        with pytest.raises(ZeroDivisionError), space.change("me") as entry:
            assert save_facts(entry, UNIT, "2012", {"households": 1})["households"] / 0
        assert (before, []) == (space.head(), facts_of(space, UNIT))
    assert [] == found_in(folder)


# evidence


def test_the_same_evidence_is_kept_once_however_often_it_is_attached(folder: Path) -> None:
    with opened(folder) as space:
        assert space.objects.add(b"photo") == space.objects.add(b"photo")
        assert 1 == len(list(space.objects.digests()))


def test_evidence_that_was_damaged_is_kept_anew_when_it_is_attached_again(folder: Path) -> None:
    with opened(folder) as space:
        path = space.objects.path(space.objects.add(b"photo"))
        path.chmod(0o644)
        path.write_bytes(b"something else")
        assert b"photo" == space.objects.read(space.objects.add(b"photo"))


@pytest.mark.parametrize("place", ["objects", "backups"])
def test_what_a_program_that_died_left_half_written_goes_when_the_workspace_is_opened(folder: Path, place: str) -> None:
    child = program("import os; print(os.getpid())", folder)
    dead = said_by(child).strip()
    left = folder / place / f"0123456789abcdef-00000000-{dead}.part"
    left.write_bytes(b"half")
    mine = folder / place / f"0123456789abcdef-00000000-{os.getpid()}.part"
    mine.write_bytes(b"being written")

    with opened(folder) as space:
        assert ["W_RECOVERED"] == codes(space.notes)
    assert (False, True) == (left.exists(), mine.exists())


# copies


def test_a_backup_is_whole_and_says_how_far_the_journal_went(folder: Path) -> None:
    with opened(folder) as space:
        made = backup.make(space)
    assert made.stem.endswith("-0000002")
    assert [made] == backup.listed(folder)


def test_a_restored_backup_is_a_sound_workspace_with_its_evidence(folder: Path, tmp_path: Path) -> None:
    with opened(folder) as space:
        content = space.objects.add(b"photo")
        with space.change("me") as entry:
            add_evidence(entry, content, 5, "照片.jpg", unit=UNIT)
        made = backup.make(space)

    backup.restore(made, tmp_path / "restored")

    assert [] == found_in(tmp_path / "restored")
    assert 1 == examine(tmp_path / "restored", full=True).objects


def test_a_backup_to_another_folder_takes_the_evidence_along(folder: Path, tmp_path: Path) -> None:
    with opened(folder) as space:
        content = space.objects.add(b"photo")
        with space.change("me") as entry:
            add_evidence(entry, content, 5, "照片.jpg", unit=UNIT)
        made = backup.make(space, tmp_path / "stick")

    backup.restore(made, tmp_path / "restored")

    assert [] == found_in(tmp_path / "restored")


def test_a_backup_is_never_restored_over_something(folder: Path, tmp_path: Path) -> None:
    with opened(folder) as space:
        made = backup.make(space)
    with pytest.raises(BadInputError) as caught:
        backup.restore(made, folder)
    assert "E_EXISTS" == refused(caught.value)


def test_of_many_backups_the_newest_ten_and_the_last_of_each_day_stay(folder: Path) -> None:
    clock = Clock()
    with opened(folder, clock) as space:
        for _ in range(48):
            backup.make(space)
            clock.on(hours=2)
    kept = [backup.when(each) for each in backup.listed(folder)]
    days = {each.date() for each in kept}

    assert {date(2026, 5, day) for day in (1, 2, 3, 4)} <= days
    assert 10 + len({each for each in days if each < date(2026, 5, 4)}) == len(kept)
    assert datetime(2026, 5, 1, 22, tzinfo=UTC) == kept[0]


def test_programs_that_back_up_at_the_same_second_do_not_spoil_each_other(folder: Path) -> None:
    text = """
    from duibiao.store import backup
    with opened(folder) as space:
        print(backup.make(space))
    """
    children = [program(text, folder) for _ in range(4)]
    (made,) = {said_by(child).strip() for child in children}

    with sqlite3.connect(made) as copy:
        assert "ok" == copy.execute("PRAGMA integrity_check").fetchone()[0]
    copy.close()
    assert ["workspace"] == [each.stem for each in folder.glob("*.db")]
    assert [] == list((folder / "backups").glob("*.part"))


# drafts


def test_a_draft_is_kept_replaced_and_dropped_without_an_entry_in_the_journal(folder: Path) -> None:
    with opened(folder) as space:
        before = space.head()
        for text in ("421", "430"):
            drafts.keep(space, drafts.Draft("me", "fact", "0", text, "2026-05-01T08:00:00+00:00"))
        assert ["430"] == [each.text for each in drafts.of(space, "me")]
        drafts.drop(space, "me", "fact")
        assert ([], before) == (drafts.of(space, "me"), space.head())


def test_a_draft_changed_by_another_tool_is_found(folder: Path) -> None:
    with opened(folder) as space:
        drafts.keep(space, drafts.Draft("me", "fact", "0", "421", "2026-05-01T08:00:00+00:00"))
    with plain(folder) as tool:
        tool.execute("UPDATE draft SET text = '999'")
    assert ["E_DRIFT"] == found_in(folder)


# memory of the journal's head


def test_the_profile_remembers_how_far_the_journal_went(folder: Path) -> None:
    with opened(folder) as space:
        set_fact(space, 421)
        identity, head = space.office()["id"], space.head()
    assert head == witness.recall(identity)


def test_a_profile_that_cannot_be_written_to_is_no_reason_to_fail(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "file"))
    with opened(folder) as space:
        set_fact(space, 421)
    with opened(folder) as space:
        assert [] == space.notes


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"seq": "x", "link": 1}'])
def test_a_memory_that_cannot_be_read_is_none(folder: Path, content: str) -> None:
    with opened(folder) as space:
        identity = space.office()["id"]
    (witness.home() / f"{identity}.json").write_text(content, "utf-8")

    with opened(folder) as space:
        assert [] == space.notes


# the bytes that are hashed


@pytest.mark.parametrize("value", [1.5, float("nan"), 1 << 53, "\ud800", {1: "a"}, b"bytes", {"a": {"b": [object()]}}])
def test_what_has_no_one_way_to_be_written_is_not_written(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical(value)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=9)
CONTENTS: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(CONTENTS)
def test_the_same_content_is_always_written_the_same_way(value: Any) -> None:
    assert canonical(value) == canonical(json.loads(canonical(value)))


# the tables follow from the journal, whatever happens in whatever order

CASE = "wujin-2012-0001"
FACTS = st.dictionaries(
    st.sampled_from(["households", "staff", "green_coverage"]),
    st.none() | st.integers(0, 9) | st.sampled_from(["16%", True, ["a", "b"], {"level": "good"}]),
    min_size=1,
)
POINTS = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.tuples(st.sampled_from(["", "3", "89.5"]), st.text("理由 x", max_size=3), st.just("")),
    min_size=1,
)
ACTS = st.one_of(
    st.tuples(st.just("facts"), FACTS, st.sampled_from(["2011", "2012"])),
    st.tuples(st.just("scores"), POINTS, st.sampled_from(["社区", "街镇"])),
    st.tuples(st.just("attach"), st.binary(max_size=9), st.text("照片.jpg\x1b", max_size=5)),
    st.tuples(st.just("detach"), st.just(None), st.just("错")),
    st.tuples(st.just("move"), st.sampled_from(["passed", "returned"]), st.text("注", max_size=2)),
    st.tuples(st.just("units"), st.integers(1, 4), st.just("")),
    st.tuples(st.just("unit"), st.sampled_from(["甲村委会", "乙居委会"]), st.just("")),
    st.tuples(st.just("draft"), TEXTS, st.just("")),
    st.tuples(st.just("stranger"), st.just(None), st.just("")),
)


def act(space: Workspace, what: str, content: Any, more: str) -> None:
    """Do one of the things that people do, through the functions that programs use."""
    if what == "draft":
        drafts.keep(space, drafts.Draft("me", "form", "", content, "2026-05-01T08:00:00+00:00"))
        return
    with space.change("me") as entry:
        if what == "facts":
            save_facts(entry, UNIT, more, content, note="注")
        elif what == "scores":
            save_scores(entry, CASE, more, content)
        elif what == "attach":
            add_evidence(entry, space.objects.add(content), len(content), more, unit=UNIT, period="2012", fact="households")
        elif what == "detach":
            for row in space.rows("SELECT id FROM evidence WHERE removed = '' LIMIT 1"):
                remove_evidence(entry, UNIT, row["id"], more)
        elif what == "units":
            rows = [(f"32041210000{number}", f"第{number}村委会", "村委会", "dcwh") for number in range(content)]
            data = {"object": space.objects.add(pack_units(rows)), "rows": content, "source": "own"}
            entry.append("units.imported", "office", data)
        elif what == "unit":
            row = {"code": UNIT, "name": content, "kind": "村委会", "initials": "", "source": ""}
            entry.append("unit.added", f"unit/{UNIT}", row)
        elif what == "move":
            move(entry, space, content, more)


def move(entry: Any, space: Workspace, outcome: str, note: str) -> None:
    """Let the case go on to its next stage, or round again."""
    listed = cases.case(space, CASE)
    assert listed is not None
    now = cases.state(space, listed)
    stage = next(step.stage for step in now.steps if step.left is None)
    cases.move(
        entry, listed, now, day=date(2026, 5, 2), leaves=[stage], enters=["next" if outcome == "passed" else "check"],
        outcome=outcome, status=Status.OPEN, holder="", note=note, result={"points": "90"},
    )  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=8))
def test_replaying_the_journal_gives_the_tables_whatever_was_done(
    acts: list[tuple[str, Any, str]], tmp_path_factory: Any
) -> None:
    folder = new(tmp_path_factory.mktemp("w") / "office")
    with opened(folder) as space:
        with space.change("me") as entry:
            row = {"id": "r", "standard": "s", "year": 2012, "title": "一", "state": "open"}
            entry.append("round.opened", "office", row)
            cases.open_case(entry, stages=["check"], listed={
                "id": CASE, "unit": UNIT, "standard": "s", "edition": "2012", "content": "", "round": "r", "year": 2012,
                "track": "", "status": "open", "holder": "", "opened": "2026-05-01",
            })  # fmt: skip
        for what, content, more in acts:
            if what == "stranger":
                with pytest.raises(BadInputError), space.change("nobody") as entry:
                    save_facts(entry, UNIT, "2012", {"households": 1})
            else:
                act(space, what, content, more)
        scores = scores_of(space, CASE)
    report = examine(folder, full=True)

    assert () == report.problems
    assert len(scores) == len({(each.level, each.indicator) for each in scores})


def test_every_kind_of_entry_is_one_that_the_tables_know_what_to_do_with(folder: Path) -> None:
    with opened(folder) as space:
        assert {each.event.kind for each in journal.entries(space.db.conn)} <= KINDS
