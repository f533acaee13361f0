"""What people do to one another and to the program, and what the place and the clock do: nothing saved is lost."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
from pathlib import Path

import pytest
from workspaces import (
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
    says,
    set_fact,
    told,
    value_of,
)

from duibiao.errors import BadInputError, Problem
from duibiao.store import drafts, journal, place
from duibiao.store.records import add_evidence, remove_evidence, save_facts
from duibiao.store.rights import Operator
from duibiao.store.workspace import ConflictError
from duibiao.wording import Lang, catalogue, describe


@pytest.fixture(autouse=True)
def _profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new(tmp_path / "office", facts=2)


LANGS: tuple[Lang, ...] = ("zh", "en")


# 15, 16, 17: people


def test_who_comes_second_is_told_and_keeps_their_text(folder: Path) -> None:
    with opened(folder) as one, opened(folder) as other:
        set_fact(one, 421, base=2)
        with pytest.raises(ConflictError) as caught:
            set_fact(other, 500, base=2)
        says(caught.value.problems[0], "E_CONFLICT", "他人已修改此项，您的内容未丢失", "your text is kept")
        theirs = caught.value.theirs["households"]
        assert (421, 3) == (theirs.value, theirs.version)
        drafts.keep(other, drafts.Draft("me", "fact", "2", "500", "2026-05-01T08:00:00+00:00"))
        assert ["500"] == [each.text for each in drafts.of(one, "me")]
        assert "421" == value_of(one)


PEOPLE = (
    Operator("clerk", "录入", ("clerk",), ("社区",), "3204"),
    Operator("street", "街道", ("clerk", "checker"), ("街镇",), "3204"),
    Operator("far", "外地", ("clerk",), ("社区",), "31"),
    Operator("audit", "审计", ("auditor",), ("社区", "街镇"), ""),
)


@pytest.fixture
def staffed(folder: Path) -> Path:
    """A workspace with people of several roles, and a case that the 街镇 holds."""
    with opened(folder) as space, space.change("me") as entry:
        for each in PEOPLE:
            entry.append("operator.added", "office", {
                "id": each.id, "name": each.name, "roles": list(each.roles), "levels": list(each.levels),
                "territory": each.territory, "active": True,
            })  # fmt: skip
        entry.append("round.opened", "office", {"id": "r", "standard": "s", "year": 2012, "title": "", "state": "open"})
        row = {
            "id": "c", "unit": UNIT, "standard": "s", "edition": "2012", "content": "", "round": "r", "year": 2012, "track": "",
            "status": "open", "holder": "街镇", "opened": "2026-05-01", "result": {}, "version": 1,
        }  # fmt: skip
        entry.append("case.opened", "case/c", {"case": row, "unit": UNIT, "stages": ["check"]})
    return folder


CHECKED = {"case_id": "c", "seq": 1, "checked": "@actor"}
FACT = {"unit": UNIT, "period": "2012", "facts": {"households": [5, 3]}, "note": "", "example": False}
FORBIDDEN = {
    "no right": (
        "audit",
        "fact.set",
        "E_PERM",
        "无此权限（您是：审计员 auditor；需要：录入员 clerk）",
        "(you are: 审计员 auditor;",
    ),
    "another territory": ("far", "fact.set", "E_TERRITORY", f"单位 {UNIT} 不在您的辖区（31）内", "outside your territory (31)"),
    "another level holds it": ("clerk", "fact.set", "E_NOT_HOLDER", "案件 c 已报送，现由“街镇”一级办理", "now with level 街镇"),
    "own work": ("street", "step.checked", "E_SELF_CHECK", "不能复核或批准本人经办的内容（街道）", "nobody checks or approves"),
}


@pytest.mark.parametrize(("who", "kind", "code", "zh", "en"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_somebody_may_not_do_is_refused_with_the_reason_and_journalled(
    staffed: Path, who: str, kind: str, code: str, zh: str, en: str
) -> None:
    with opened(staffed) as space:
        with space.change("street") as entry:
            entry.append("fact.set", f"unit/{UNIT}", {**FACT, "facts": {"staff": [3, 1]}})
        before = value_of(space)
        with pytest.raises(BadInputError) as caught, space.change(who) as entry:
            entry.append(kind, *(("case/c", CHECKED) if kind == "step.checked" else (f"unit/{UNIT}", FACT)))
        told(caught, code, zh, en)
        told(caught, code, "未作改动", "nothing was changed")
        assert before == value_of(space)
        (last,) = journal.entries(space.db.conn, last=1)
    content = last.event.content
    assert ("refused", who, code, kind) == (last.event.kind, content["actor"], content["data"]["code"], content["data"]["asked"])
    assert [] == found_in(staffed)


def test_of_two_who_add_the_same_thing_the_second_is_told_that_it_is_there(folder: Path) -> None:
    row = {"id": "li", "name": "李", "roles": [], "levels": [], "territory": "", "active": True}
    with opened(folder) as space:
        with space.change("me") as entry:
            entry.append("operator.added", "office", row)
        before = space.head()
        with pytest.raises(BadInputError) as caught, space.change("me") as entry:
            entry.append("operator.added", "office", row)
        told(caught, "E_SAME", "已经有了", "It exists already")
        assert before == space.head()


def test_a_change_of_a_row_that_another_tool_deleted_is_a_problem_and_nothing_is_saved(folder: Path) -> None:
    with opened(folder) as space, space.change("me") as entry:
        made = add_evidence(entry, space.objects.add(b"x"), 1, "a.jpg", unit=UNIT)
    with plain(folder) as tool:
        tool.execute("DELETE FROM evidence")
    with opened(folder) as space:
        before = space.head()
        with pytest.raises(BadInputError) as caught, space.change("me") as entry:
            remove_evidence(entry, UNIT, made, "传错")
        told(caught, "E_DRIFT", f"evidence {made}", f"evidence {made}")
        assert before == space.head()


def test_a_head_who_checked_a_stage_does_not_decide_it(staffed: Path) -> None:
    decided = {
        "case_id": "c", "version": 2, "date": "2026-05-02", "outcome": "passed", "note": "",
        "leaves": [{"seq": 1, "stage": "check"}], "enters": [], "taken_back": [], "status": "open", "holder": "", "result": {},
    }  # fmt: skip
    with opened(staffed) as space:
        with space.change("me") as entry:
            for name in ("head", "chief"):
                entry.append("operator.added", "office", {
                    "id": name, "name": name, "roles": ["head"], "levels": ["街镇"], "territory": "", "active": True,
                })  # fmt: skip
        with space.change("head") as entry:
            entry.append("step.checked", "case/c", CHECKED)
        with pytest.raises(BadInputError) as caught, space.change("head") as entry:
            entry.append("case.moved", "case/c", decided)
        assert "E_SELF_CHECK" == refused(caught.value)
        with space.change("chief") as entry:
            entry.append("case.moved", "case/c", decided)
        assert "passed" == space.value("SELECT outcome FROM step WHERE case_id = 'c'")
    assert [] == found_in(staffed)


def test_a_stranger_is_refused_and_cannot_fill_the_journal(folder: Path) -> None:
    with opened(folder) as space:
        before = space.head()
        with pytest.raises(BadInputError) as caught:
            set_fact(space, 5, actor="nobody")
        told(caught, "E_PERSON", "没有这位在岗人员", "no such person works here")
        assert before == space.head()


# 18: another window holds the lock

HOLDING = """
with opened(folder) as space, space.change("me") as entry:
    save_facts(entry, UNIT, "2012", {"households": 77})
    print("holding", flush=True)
    sys.stdin.readline()
"""


def test_a_window_that_was_stopped_while_saving_is_named_and_its_end_frees_the_rest(folder: Path) -> None:
    child = program(HOLDING, folder)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGSTOP)
    try:
        with opened(folder) as space:
            assert "1" == value_of(space)
            space.patience = 0.2
            with pytest.raises(BadInputError) as caught:
                set_fact(space, 5)
            told(caught, "E_BUSY", "另一窗口（me@", "another window (me@")
            told(caught, "E_BUSY", "您的内容未丢失", "your text is kept")
            child.kill()
            child.communicate()
            space.patience = 10
            set_fact(space, 6)
            assert "6" == value_of(space)
    finally:
        child.kill()
        child.communicate()
    assert [] == found_in(folder)


def test_a_holder_that_never_said_who_it_is_is_told_as_unknown(folder: Path) -> None:
    handle = os.open(folder / "workspace.lock", os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.truncate(handle, 0)
        with opened(folder) as space:
            space.patience = 0.1
            with pytest.raises(BadInputError) as caught:
                set_fact(space, 5)
    finally:
        os.close(handle)
    told(caught, "E_BUSY", "另一窗口（?）正在保存", "another window (?) is saving")


def test_who_waits_for_a_window_that_finishes_saves_after_it(folder: Path) -> None:
    child = program(HOLDING, folder)
    assert child.stdout is not None
    child.stdout.readline()
    with opened(folder) as space:
        assert child.stdin is not None
        child.stdin.write("go on\n")
        child.stdin.flush()
        set_fact(space, 6)
        assert "6" == value_of(space)
    said_by(child)
    assert [] == found_in(folder)


# 20: the file has gone


@pytest.mark.parametrize("how", ["deleted", "renamed", "folder renamed", "replaced"])
def test_a_file_that_has_gone_while_it_was_open_is_missed_and_nothing_is_written_elsewhere(folder: Path, how: str) -> None:
    with opened(folder) as space:
        if how == "deleted":
            space.file.unlink()
        elif how == "renamed":
            space.file.rename(folder / "other.db")
        elif how == "replaced":
            shutil.copy(space.file, folder / "copy.db")
            (folder / "copy.db").replace(space.file)
        else:
            folder.rename(folder.with_name("moved"))
        with pytest.raises(BadInputError) as caught:
            set_fact(space, 5)
    told(caught, "E_GONE", "工作区文件已不在原处；本次修改未保存", "the workspace file has gone; not saved")


# 21: network drives and folders that something syncs


def test_a_network_drive_is_only_looked_at(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 0:1 / / rw - ext4 /dev/vda rw\n2 1 0:2 / {folder} rw - cifs //server/share rw\n", "utf-8")
    monkeypatch.setattr(place, "MOUNTS", mounts)
    before = digest(folder / "workspace.db")
    with opened(folder) as space:
        says(space.notes[0], "E_NETFS", "（cifs）里，只能查看；请复制到本机后使用", "copy to this computer")
        with pytest.raises(BadInputError) as caught:
            set_fact(space, 5)
    assert ("E_NETFS", before) == (refused(caught.value), digest(folder / "workspace.db"))


@pytest.mark.parametrize("content", [None, "", "nonsense\n1 2 3 - x\n- \n", "\xff"])
def test_a_system_that_does_not_tell_its_file_systems_is_no_reason_to_refuse(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "mountinfo").write_text(content, "latin-1")
    monkeypatch.setattr(place, "MOUNTS", tmp_path / "mountinfo")
    with opened(folder) as space:
        assert [] == space.notes


@pytest.mark.parametrize("name", ["OneDrive", "OneDrive - 单位", "坚果云", "Dropbox"])
def test_a_workspace_is_neither_made_nor_changed_in_a_folder_that_something_syncs(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInputError) as caught:
        new(tmp_path / name / "office")
    told(caught, "E_NETFS", f"（{name}）", f"({name})")

    shutil.copytree(new(tmp_path / "office"), tmp_path / name / "copied")
    with opened(tmp_path / name / "copied") as space:
        assert ["E_NETFS"] == codes(space.notes)


def test_a_folder_whose_name_only_contains_such_a_word_is_as_good_as_any(tmp_path: Path) -> None:
    with opened(new(tmp_path / "不用OneDrive")) as space:
        assert [] == space.notes


# 22: the clock

CLOCK = ("W_CLOCK", "请核对；尚未保存", "please check; not saved yet")


@pytest.mark.parametrize("days", [-1, -2500, 500])
def test_a_clock_that_does_not_fit_the_last_entry_has_to_be_confirmed_and_is_flagged(folder: Path, days: int) -> None:
    clock = Clock()
    with opened(folder, clock) as space:
        clock.on(days=days)
        before = space.head()
        with pytest.raises(BadInputError) as caught:
            set_fact(space, 5)
        told(caught, *CLOCK)
        assert before == space.head()
        space.clock_confirmed = True
        set_fact(space, 5)
        (last,) = journal.entries(space.db.conn, last=1)
    assert last.event.content["clock_warning"] is True
    assert before[0] + 1 == last.seq
    assert [] == found_in(folder)


def test_a_clock_that_goes_on_as_usual_is_not_flagged(folder: Path) -> None:
    clock = Clock()
    with opened(folder, clock) as space:
        clock.on(days=300)
        set_fact(space, 5)
        (last,) = journal.entries(space.db.conn, last=1)
    assert "clock_warning" not in last.event.content


# 36: the terminal closes, or somebody presses Ctrl-C


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_save_that_a_signal_interrupts_is_not_made_and_holds_nobody_up(folder: Path, name: str) -> None:
    child = program(HOLDING, folder)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.Signals[name])
    child.communicate(timeout=30)

    assert 0 != child.returncode
    with opened(folder) as space:
        assert "1" == value_of(space)
        space.patience = 1
        set_fact(space, 5)
    assert [] == found_in(folder)


BUSY_SAVING = """
from itertools import count
with opened(folder) as space:
    for number in count():
        set_fact(space, number)
        print(number, flush=True)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_every_save_that_was_acknowledged_before_a_signal_is_there_and_none_is_halved(folder: Path, name: str) -> None:
    child = program(BUSY_SAVING, folder)
    assert child.stdout is not None
    for _ in range(15):
        line = child.stdout.readline()
    child.send_signal(signal.Signals[name])
    acknowledged = int([line, *child.stdout][-1])
    child.communicate(timeout=30)

    with opened(folder) as space:
        assert int(str(value_of(space))) in (acknowledged, acknowledged + 1)
    assert [] == found_in(folder)


def test_ctrl_c_inside_a_change_undoes_it_and_lets_go_of_the_lock(folder: Path) -> None:
    def interrupted(entry: object) -> None:
        raise KeyboardInterrupt

    with opened(folder) as space, opened(folder) as other:
        before = space.head()
        with pytest.raises(KeyboardInterrupt), space.change("me") as entry:
            interrupted(save_facts(entry, UNIT, "2012", {"households": 9}))
        assert before == space.head()
        other.patience = 0.5
        set_fact(other, 5)


def test_every_message_about_the_workspace_is_there_in_both_languages() -> None:
    for code in (each for each in catalogue() if each.startswith(("E_", "W_"))):
        zh, en = (describe(Problem(code, found="x", allowed="y"), lang) for lang in LANGS)
        assert any("\u4e00" <= char <= "\u9fff" for char in zh)
        assert not any("\u4e00" <= char <= "\u9fff" for char in en)
