"""The harnesses themselves, tried on programs whose fate is known: SQLite with nothing around it, and files kept by hand."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from harness import require
from harness.cuts import Survey, cut
from harness.disk import EVERYTHING, NOTHING, SECTOR, Change, Disk, Entry, File, some, torn
from harness.kills import Marks, missing, said
from harness.nursery import Nursery
from harness.record import Recording, RecordingError, python, record
from harness.trace import calls

PLAIN = """
import os, sqlite3, sys
path, marks, mode, sync = sys.argv[1:]
db = sqlite3.connect(path, isolation_level=None)
db.execute(f"pragma journal_mode={mode}")
db.execute(f"pragma synchronous={sync}")
out = os.open(marks, os.O_WRONLY | os.O_APPEND)
for number in range(12):
    db.execute("begin immediate")
    db.execute("insert into save values (?, ?)", (number, "x" * (number * 97 % 1500)))
    db.execute("update total set saves = saves + 1")
    db.execute("commit")
    os.write(out, b"%d\\n" % number)
"""
KEEPING = """
import os, sys
folder, marks, sync_file, sync_folder = sys.argv[1:]
out = os.open(marks, os.O_WRONLY | os.O_APPEND)
for number in range(3):
    with open(f"{folder}/draft", "wb") as file:
        file.write(b"%d" % number * 2000)
        file.flush()
        if sync_file == "yes":
            os.fsync(file.fileno())
    os.rename(f"{folder}/draft", f"{folder}/kept{number}")
    if sync_folder == "yes":
        opened = os.open(folder, os.O_RDONLY)
        os.fsync(opened)
        os.close(opened)
    os.write(out, b"kept%d\\n" % number)
"""


def plain(tmp_path: Path, mode: str, sync: str) -> Recording:
    """Twelve saves of a program that uses SQLite with nothing around it."""
    folder = tmp_path / "plain"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "plain.db")) as db:
        db.execute(f"pragma journal_mode={mode}")
        db.executescript("create table save (n primary key, text); create table total (saves); insert into total values (0)")
    return record(python(PLAIN, str(folder / "plain.db"), str(tmp_path / "marks"), mode, sync), folder, tmp_path / "marks")


def plain_check(folder: Path, acknowledged: Sequence[str]) -> Iterator[str]:
    try:
        with closing(sqlite3.connect(folder / "plain.db")) as db:
            saves = [str(n) for (n,) in db.execute("select n from save")]
            (total,) = db.execute("select saves from total").fetchone()
            (sound,) = db.execute("pragma integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        yield f"damaged: {error}"
        return
    if total != len(saves) or sound != "ok":
        yield f"damaged: {total} counted, {len(saves)} there, {sound}"
    yield from missing(acknowledged, saves)


def keeping(tmp_path: Path, sync_file: str, sync_folder: str) -> Recording:
    """Three files written beside and renamed into place, with or without the two syncs that make this safe."""
    folder = tmp_path / "kept"
    folder.mkdir()
    command = python(KEEPING, str(folder), str(tmp_path / "marks"), sync_file, sync_folder)
    return record(command, folder, tmp_path / "marks")


def kept_check(folder: Path, acknowledged: Sequence[str]) -> Iterator[str]:
    whole = {f"kept{n}": b"%d" % n * 2000 for n in range(3)}
    found = {path.name: path.read_bytes() for path in folder.glob("kept*")}
    yield from (f"damaged: {name}" for name, content in found.items() if content != whole[name])
    yield from missing(acknowledged, found)


def losing(survey: Survey, word: str) -> int:
    return sum(any(fault.startswith(word) for fault in loss.faults) for loss in survey.losses)


# The model


def test_data_is_durable_after_its_file_was_synced_and_not_before() -> None:
    file = File()
    disk = Disk()
    disk.root.live["a"] = disk.root.durable["a"] = file
    file.change(Change(1, 0, b"new"))

    assert {"a": b""} == disk.after(NOTHING)
    assert {"a": b"new"} == disk.after(EVERYTHING)
    file.sync(2)
    assert {"a": b"new"} == disk.after(NOTHING)


def test_a_sync_that_began_before_a_write_ended_does_not_cover_it() -> None:
    file = File()
    file.change(Change(1, 0, b"old"))
    file.change(Change(5, 0, b"new"))
    file.sync(3)

    assert (b"new", b"old") == (bytes(file.live), bytes(file.durable))


def test_syncing_a_file_does_not_make_its_name_durable() -> None:
    disk, file = Disk(), File()
    disk.root.change(Entry(1, "a", file))
    file.change(Change(2, 0, b"new"))
    file.sync(3)

    assert {} == disk.after(NOTHING)
    disk.root.sync(4)
    assert {"a": b"new"} == disk.after(NOTHING)


def test_a_name_that_was_moved_may_still_be_at_both_places_or_the_old_one() -> None:
    disk = Disk.holding({"a": b"it"})
    disk.root.change(Entry(1, "b", disk.find("a")))
    disk.root.change(Entry(1, "a", None))
    found = {tuple(disk.after(some(Random(seed)))) for seed in range(100)}

    assert {("a",), ("b",), ("a", "b"), ()} == found


def test_a_write_may_arrive_in_sectors() -> None:
    disk = Disk.holding({"a": b"o" * 4 * SECTOR})
    file = disk.find("a")
    assert isinstance(file, File)
    file.change(Change(1, 10, b"n" * 3 * SECTOR))
    found = [bytes(disk.after(torn(Random(seed)))["a"] or b"") for seed in range(100)]

    assert any(b"o" in each[10 : 3 * SECTOR] and b"n" in each for each in found)
    assert all(len(set(each[at : at + SECTOR])) == 1 for each in found for at in range(SECTOR, 3 * SECTOR, SECTOR))


def test_the_same_seed_gives_the_same_disks() -> None:
    disk = Disk.holding({"a": b"o" * 4 * SECTOR})
    file = disk.find("a")
    assert isinstance(file, File)
    file.change(Change(1, 0, b"n" * 3 * SECTOR))

    assert disk.after(torn(Random(7))) == disk.after(torn(Random(7)))


def test_calls_of_two_threads_that_overlap_are_told_apart() -> None:
    found = list(
        calls(
            [
                r"10  fsync(3<\x2f\x61> <unfinished ...>",
                r'11  pwrite64(3<\x2f\x61>, "\x62", 1, 5) = 1',
                r"10  <... fsync resumed>)              = 0",
                r"12  +++ exited with 0 +++",
            ]
        )
    )

    assert [("pwrite64", 1, 1), ("fsync", 0, 2)] == [(each.name, each.started, each.at) for each in found]


@pytest.fixture(scope="module")
def strace() -> None:
    require.strace()


# The recorder, tried on programs whose fate is known


@pytest.mark.usefixtures("strace")
def test_a_recording_leads_to_the_folder_as_it_really_is(tmp_path: Path) -> None:
    program = """
import os, sys, threading
os.chdir(sys.argv[1])
def write():
    with open('一 "d".txt', "wb") as file:
        file.write(b"abc" * 1000)
        file.flush()
        file.seek(2)
        file.write(b"q")
    os.truncate('一 "d".txt', 1500)
thread = threading.Thread(target=write)
thread.start()
thread.join()
os.mkdir("in")
os.rename('一 "d".txt', "in/e")
os.link("in/e", "f")
child = os.fork()
if not child:
    os.write(os.open("g", os.O_CREAT | os.O_WRONLY | os.O_APPEND), b"child")
    os._exit(0)
os.wait()
file = os.open("f", os.O_RDWR)
os.unlink("f")
os.lseek(os.dup(file), 4, os.SEEK_SET)
os.writev(file, [b"one", b"two"])
"""
    folder = tmp_path / "it"
    folder.mkdir()
    (folder / "before").write_bytes(b"there")
    recording = record(python(program, str(folder)), folder, tmp_path / "marks")
    *_, (_, playing) = recording.moments()

    assert {"before": b"there"} == playing.disk.after(NOTHING)
    assert ["before", "g", "in", "in/e"] == list(playing.disk.after(EVERYTHING))


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit('no')", "ended with 1: no"),
        (
            "import mmap; f = open(a, 'wb+'); f.truncate(9); f.flush(); m = mmap.mmap(f.fileno(), 9); m[0] = 1",
            "mmap of .* is not known to the model",
        ),
        ("import os; open(b, 'w'); os.rename(b, a)", "moved between the folder and elsewhere"),
        ("import os; os.symlink(b, a)", "a symbolic link is not known"),
    ],
)
def test_what_the_model_does_not_know_is_refused(tmp_path: Path, program: str, said: str) -> None:
    folder = tmp_path / "it"
    folder.mkdir()
    with pytest.raises(RecordingError, match=said):
        record(
            python(f"import sys; a, b = sys.argv[1:]; {program}", str(folder / "a"), str(tmp_path / "b")), folder, tmp_path / "m"
        )


@pytest.mark.usefixtures("strace")
def test_a_file_synced_renamed_and_its_folder_synced_is_never_lost(tmp_path: Path) -> None:
    survey = cut(keeping(tmp_path, "yes", "yes"), kept_check, random_ways=6, seed=1)

    assert () == survey.losses
    assert survey.distinct > 10


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize(("sync_file", "sync_folder", "word"), [("no", "yes", "damaged"), ("yes", "no", "lost")])
def test_a_forgotten_sync_is_caught(tmp_path: Path, sync_file: str, sync_folder: str, word: str) -> None:
    assert losing(cut(keeping(tmp_path, sync_file, sync_folder), kept_check, random_ways=6, seed=1), word)


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize(("mode", "sync"), [("truncate", "extra"), ("delete", "extra"), ("wal", "full")])
def test_safe_settings_of_sqlite_lose_nothing(tmp_path: Path, mode: str, sync: str) -> None:
    survey = cut(plain(tmp_path, mode, sync), plain_check, random_ways=4, seed=1)

    assert () == survey.losses
    assert survey.distinct > 200


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize(
    ("mode", "sync", "word"), [("delete", "full", "lost"), ("wal", "normal", "lost"), ("delete", "off", "damaged")]
)
def test_unsafe_settings_of_sqlite_are_caught(tmp_path: Path, mode: str, sync: str, word: str) -> None:
    assert losing(cut(plain(tmp_path, mode, sync), plain_check, random_ways=4, seed=1), word)


# The nursery


def sleeps(marks: str) -> None:
    Marks(marks).say(str(os.getpid()))
    time.sleep(600)


def test_nobody_outlives_the_nursery(tmp_path: Path) -> None:
    with Nursery(()) as nursery:
        pid = nursery.start(sleeps, str(tmp_path / "marks"), errors=tmp_path / "errors")
        while not said(tmp_path / "marks"):
            time.sleep(0.001)
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_child_that_fails_says_why(tmp_path: Path) -> None:
    with Nursery(()) as nursery:
        code = nursery.wait(nursery.start(sleeps, errors=tmp_path / "errors"))

    assert 1 == code
    assert "TypeError" in (tmp_path / "errors").read_text("utf-8")
