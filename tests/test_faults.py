"""What goes wrong with disks and files, row by row: what is said in both languages, and that nothing saved is lost."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from workspaces import (
    ME,
    OFFICE,
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
    says,
    set_fact,
    told,
    value_of,
)

from duibiao.errors import BadInputError
from duibiao.store import backup, drafts
from duibiao.store.doctor import examine
from duibiao.store.records import facts_of, save_facts
from duibiao.store.schema import STEPS, Step
from duibiao.store.workspace import Workspace, create_workspace, open_workspace

BIG = "备注" * 50_000
ADDED = Step(STEPS[-1].version + 1, ("ALTER TABLE unit ADD COLUMN address TEXT NOT NULL DEFAULT ''",))


@pytest.fixture(autouse=True)
def _profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new(tmp_path / "office", facts=2)


def mounted(*args: str) -> bool:
    """Whether this user may mount, and has."""
    return os.name == "posix" and subprocess.run(["mount", *args], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if not mounted("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)):
        pytest.skip("needs the right to mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Make a folder a read-only medium."""
    done: list[Path] = []

    def lock(folder: Path) -> None:
        if not mounted("--bind", str(folder), str(folder)):
            pytest.skip("needs the right to mount a read-only medium")
        done.append(folder)
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)

    yield lock
    for folder in done:
        subprocess.run(["umount", "-l", str(folder)], check=True)


# 3, 4: the disk is full

FULL = ("E_DISK_FULL", "磁盘已满，本次修改未保存，内容保留在表单中", "the disk is full; not saved, your text is kept")
FULL_FILE = ("E_DISK_FULL_FILE", "空间不足，需要约 1 MB", "needs about 1 MB")


def save_big(space: Workspace) -> None:
    """Save a fact with a very long note."""
    with space.change("me") as entry:
        save_facts(entry, UNIT, "2012", {"households": 7}, note=BIG)


def test_a_save_that_finds_no_room_is_undone_and_goes_through_once_there_is_some(folder: Path) -> None:
    with opened(folder) as space:
        pages = space.value("PRAGMA page_count")
        space.db.execute(f"PRAGMA max_page_count = {pages}").fetchall()
        before = space.head()
        with pytest.raises(BadInputError) as caught:
            save_big(space)
        told(caught, *FULL)
        assert (before, "1") == (space.head(), value_of(space))
        space.db.execute("PRAGMA max_page_count = 1000000").fetchall()
        save_big(space)
        assert "7" == value_of(space)
    assert [] == found_in(folder)


def test_on_a_full_disk_nothing_saved_is_lost_and_work_goes_on_when_there_is_room_again(small: Path) -> None:
    folder = new(small / "office", facts=2)
    filler = small / "filler"
    with opened(folder) as space:
        filler.write_bytes(bytes(_free(small) - 65536))
        with pytest.raises(BadInputError) as caught:
            save_big(space)
        told(caught, *FULL)
        assert "1" == value_of(space)
        filler.unlink()
        save_big(space)
    assert [] == found_in(folder)


def _free(disk: Path) -> int:
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


@pytest.mark.parametrize("what", ["evidence", "backup", "backup elsewhere"])
def test_evidence_or_a_backup_that_finds_no_room_leaves_no_half_file(
    folder: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(folder) as space:
        before = files(folder)
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(BadInputError) as caught:
            make(space, what)
        monkeypatch.undo()
        told(caught, *FULL_FILE)
        assert before == files(folder)
        set_fact(space, 5)


def test_a_backup_elsewhere_says_how_much_room_it_needs_with_the_evidence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(folder) as space:
        space.objects.add(bytes(3_000_000))
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(BadInputError) as caught:
            make(space, "backup elsewhere")
        monkeypatch.undo()
    told(caught, "E_DISK_FULL_FILE", "空间不足，需要约 4 MB", "needs about 4 MB")


def full(handle: int) -> None:
    raise OSError(errno.ENOSPC, "no room")


def make(space: Workspace, what: str) -> None:
    """Attach something, or back up."""
    if what == "evidence":
        space.objects.add(b"photo" * 1000)
    else:
        backup.make(space, space.folder / "copy" if what == "backup elsewhere" else None)


def files(folder: Path) -> list[Path]:
    """Every file of a workspace but its journal and lock."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in ("", ".part", ".db"))


@pytest.mark.parametrize("what", ["evidence", "backup"])
def test_on_a_full_disk_neither_evidence_nor_a_backup_leaves_half_a_file(small: Path, what: str) -> None:
    folder = new(small / "office")
    with opened(folder) as space:
        before = files(folder)
        (small / "filler").write_bytes(bytes(_free(small) - 20480))
        with pytest.raises(BadInputError) as caught:
            space.objects.add(bytes(100_000)) if what == "evidence" else backup.make(space)
        told(caught, *FULL_FILE)
        assert before == files(folder)
    assert [] == found_in(folder)


def test_a_backup_of_a_damaged_file_is_refused_naming_the_last_good_one(folder: Path) -> None:
    with opened(folder) as space:
        good = backup.make(space)
        (page,) = space.db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'operator'").fetchone()
    file = folder / "workspace.db"
    file.write_bytes(file.read_bytes()[: (page - 1) * 4096] + b"\xff" * 4096 + file.read_bytes()[page * 4096 :])
    with opened(folder) as space, pytest.raises(BadInputError) as caught:
        set_fact(space, 8)
    told(caught, "E_CORRUPT", f"最近备份：{good.name}", f"latest backup: {good.name}")
    with opened(folder) as space, pytest.raises(BadInputError) as caught:
        backup.make(space)
    assert "E_CORRUPT" == refused(caught.value)
    assert [good] == sorted((folder / "backups").iterdir())


def test_a_disk_that_fails_while_a_backup_is_made_is_told_as_that(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(handle: int) -> None:
        raise OSError(errno.EIO, "broken")

    before = list((folder / "backups").iterdir())
    with opened(folder) as space:
        monkeypatch.setattr(os, "fsync", broken)
        with pytest.raises(BadInputError) as caught:
            backup.make(space)
        monkeypatch.undo()
    told(caught, "E_IO", "读写出错", "reading or writing failed")
    assert before == list((folder / "backups").iterdir())


def test_a_draft_that_finds_no_room_leaves_the_one_before_it(folder: Path) -> None:
    with opened(folder) as space:
        drafts.keep(space, drafts.Draft("me", "fact", "0", "421", "2026-05-01T08:00:00+00:00"))
        space.db.execute(f"PRAGMA max_page_count = {space.value('PRAGMA page_count')}").fetchall()
        with pytest.raises(BadInputError) as caught:
            drafts.keep(space, drafts.Draft("me", "fact", "0", BIG, "2026-05-01T08:00:01+00:00"))
        told(caught, *FULL)
        assert ["421"] == [each.text for each in drafts.of(space, "me")]


# 5, 6: read-only media

READONLY = ("E_READONLY", "只读方式打开，可查看不可修改", "opened read-only: you can look but not change")


def test_a_read_only_medium_can_be_looked_at_but_not_changed(folder: Path, locked: Callable[[Path], None]) -> None:
    locked(folder)
    before = digest(folder / "workspace.db")
    with opened(folder) as space:
        says(space.notes[0], *READONLY)
        assert 1 == len(facts_of(space, UNIT))
        with pytest.raises(BadInputError) as caught:
            set_fact(space, 5)
    told(caught, *READONLY)
    assert before == digest(folder / "workspace.db")
    assert [] == found_in(folder)


def test_a_workspace_whose_permissions_forbid_it_is_only_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    before = digest(folder / "workspace.db")
    with opened(folder) as space:
        says(space.notes[0], *READONLY)
        with pytest.raises(BadInputError):
            set_fact(space, 5)
    assert before == digest(folder / "workspace.db")


def test_a_medium_that_becomes_read_only_while_it_is_open_refuses_the_save(folder: Path, locked: Callable[[Path], None]) -> None:
    with opened(folder) as space:
        locked(folder)
        with pytest.raises(BadInputError) as caught:
            set_fact(space, 5)
    told(caught, *READONLY)


CUT_OFF = """
import os, signal
space = opened(folder)
space.db.execute("PRAGMA cache_size = 2")
with space.change("me") as entry:
    for number in range(60):
        save_facts(entry, UNIT, "2012", {f"fact_{number}": "x" * 3000})
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def hot(folder: Path) -> Path:
    """A workspace whose last save was cut off in the middle."""
    child = program(CUT_OFF, folder)
    child.communicate()
    assert -signal.SIGKILL == child.returncode
    assert (folder / "workspace.db-journal").stat().st_size
    return folder


RECOVERED = (
    "W_RECOVERED",
    "上次程序未正常退出，已自动恢复，记录完整",
    "recovered after an abnormal exit; the records are complete",
)


@pytest.mark.parametrize("write", [True, False])
def test_a_save_that_was_cut_off_is_undone_when_the_workspace_is_opened(hot: Path, write: bool) -> None:
    with opened(hot, write=write) as space:
        says(space.notes[0], *RECOVERED)
        assert ["households"] == [each.fact for each in facts_of(space, UNIT)]
    assert [] == found_in(hot)


def test_a_save_that_was_cut_off_on_a_read_only_medium_is_left_as_it_is(hot: Path, locked: Callable[[Path], None]) -> None:
    locked(hot)
    before = [digest(path) for path in sorted(hot.glob("workspace.db*"))]
    with pytest.raises(BadInputError) as caught:
        opened(hot)
    told(caught, "E_NEEDS_RECOVERY", "请把整个文件夹复制到硬盘后打开", "copy the whole folder to a disk first")
    assert before == [digest(path) for path in sorted(hot.glob("workspace.db*"))]


def test_the_whole_folder_copied_from_such_a_medium_is_recovered(hot: Path, tmp_path: Path) -> None:
    shutil.copytree(hot, tmp_path / "copy")
    with opened(tmp_path / "copy") as space:
        assert ["W_RECOVERED"] == codes(space.notes)
    assert [] == found_in(tmp_path / "copy")


# 7, 8: damaged, empty and foreign files


def test_a_file_cut_short_is_refused_naming_the_latest_backup_and_kept_as_it_is(folder: Path) -> None:
    with opened(folder) as space:
        name = backup.make(space).name
    file = folder / "workspace.db"
    os.truncate(file, file.stat().st_size // 2)
    before = digest(file)
    with pytest.raises(BadInputError) as caught:
        opened(folder)
    told(caught, "E_CORRUPT", "工作区文件损坏，已停止写入", "is damaged, writing stopped")
    told(caught, "E_CORRUPT", f"最近备份：{name}", f"latest backup: {name}")
    assert before == digest(file)


def test_every_page_that_is_zeroed_is_noticed(folder: Path) -> None:
    file = folder / "workspace.db"
    sound, missed = file.read_bytes(), []
    size = int.from_bytes(sound[16:18], "big")
    for start in range(0, len(sound), size):
        file.write_bytes(sound[:start] + bytes(size) + sound[start + size :])
        if not examine(folder, full=True).problems and any(sound[start : start + size]):
            missed.append(start // size)
    assert [] == missed


@pytest.mark.parametrize(("content", "code", "zh", "en"), [
    (b"", "E_EMPTY", "文件为空（可能复制失败），未作改动", "the file is empty"),
    (b"hello", "E_NOT_OURS", "这不是对标的工作区文件，未作改动", "not a duibiao workspace"),
    (b"\x89PNG\r\n\x1a\n" + bytes(500), "E_NOT_OURS", "这不是对标的工作区文件", "it was not changed"),
    ("另一个程序".encode() * 100, "E_NOT_OURS", "这不是对标的工作区文件", "it was not changed"),
])  # fmt: skip
def test_an_empty_or_foreign_file_is_refused_and_left_alone(folder: Path, content: bytes, code: str, zh: str, en: str) -> None:
    (folder / "workspace.db").write_bytes(content)
    with pytest.raises(BadInputError) as caught:
        opened(folder)
    told(caught, code, zh, en)
    assert content == (folder / "workspace.db").read_bytes()


def test_somebody_elses_database_is_refused_and_left_alone(folder: Path) -> None:
    with plain(folder) as tool:
        tool.execute("PRAGMA application_id = 7")
    before = digest(folder / "workspace.db")
    with pytest.raises(BadInputError) as caught:
        opened(folder)
    assert ("E_NOT_OURS", before) == (refused(caught.value), digest(folder / "workspace.db"))


def test_a_workspace_is_never_made_over_an_empty_or_foreign_file(folder: Path) -> None:
    (folder / "workspace.db").write_bytes(b"")
    with pytest.raises(BadInputError) as caught:
        create_workspace(folder, OFFICE, ME, Clock())
    told(caught, "E_EXISTS", "这里已经有内容，未作改动", "there is something here already")
    assert b"" == (folder / "workspace.db").read_bytes()


def test_where_there_is_no_workspace_that_is_said_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        opened(tmp_path / "nowhere")
    told(caught, "E_MISSING", "这里没有工作区", "there is no workspace here")
    assert not (tmp_path / "nowhere").exists()


# 9, 10, 11: versions of the file


def test_a_newer_file_is_left_byte_for_byte(folder: Path) -> None:
    open_workspace(folder, Clock(), steps=(*STEPS, ADDED)).close()
    before = digest(folder / "workspace.db")
    with pytest.raises(BadInputError) as caught:
        opened(folder)
    told(caught, "E_NEWER", "由更新版本创建", "made by a newer version")
    told(caught, "E_NEWER", "文件未改动", "the file was not touched")
    assert before == digest(folder / "workspace.db")


def test_an_older_file_is_backed_up_and_upgraded(folder: Path) -> None:
    with open_workspace(folder, Clock(), steps=(*STEPS, ADDED)) as space:
        says(space.notes[0], "W_UPGRADED", "升级前已备份", "after a backup")
    (copy,) = backup.listed(folder)
    assert STEPS[-1].version == int.from_bytes(copy.read_bytes()[60:64], "big")


def test_whoever_only_looks_at_an_older_file_has_it_upgraded_too(folder: Path) -> None:
    with open_workspace(folder, Clock(), write=False, steps=(*STEPS, ADDED)) as space:
        assert "W_UPGRADED" in codes(space.notes)
        assert ADDED.version == space.value("PRAGMA user_version")
        with pytest.raises(BadInputError) as caught:
            set_fact(space, 9)
    assert "E_READONLY" == refused(caught.value)
    assert 1 == len(backup.listed(folder))


def test_an_older_file_that_cannot_be_written_to_is_not_upgraded(folder: Path, locked: Callable[[Path], None]) -> None:
    before = digest(folder / "workspace.db")
    locked(folder)
    with pytest.raises(BadInputError) as caught:
        open_workspace(folder, Clock(), write=False, steps=(*STEPS, ADDED))
    told(caught, "E_OLDER", "由旧版本创建", "made by an older version")
    assert before == digest(folder / "workspace.db")


def test_a_version_number_that_another_tool_changed_is_noticed_and_the_file_left_whole(folder: Path) -> None:
    with plain(folder) as tool:
        tool.execute("PRAGMA user_version = 0")
    with pytest.raises(BadInputError) as caught:
        opened(folder)
    assert "E_MIGRATE" == refused(caught.value)
    assert "E_OLDER" in found_in(folder)
    with plain(folder) as tool:
        assert (1,) == tool.execute("SELECT count(*) FROM fact").fetchone()


def test_an_upgrade_that_fails_half_way_leaves_the_old_version_whole(folder: Path) -> None:
    broken = Step(ADDED.version, (*ADDED.statements, "CREATE TABLE nonsense ("))
    with pytest.raises(BadInputError) as caught:
        open_workspace(folder, Clock(), steps=(*STEPS, broken))
    told(caught, "E_MIGRATE", "升级失败，已恢复原状", "the upgrade failed and was undone")
    assert [] == found_in(folder)
    with opened(folder) as space:
        set_fact(space, 5)
