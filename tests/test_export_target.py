"""Files written for others: there whole or as before, never over somebody's file unasked, and no formula in any cell."""

from __future__ import annotations

import csv
import errno
import io
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from duibiao.errors import BadInputError, Problem
from duibiao.exchange import target
from duibiao.exchange.formulas import guarded, unguarded
from duibiao.exchange.target import csv_bytes, write_csv, write_file
from duibiao.wording import Lang, describe

OLD, NEW = b"old report", b"new report"
MEGABYTE = 1_000_000
LANGS: tuple[Lang, ...] = ("zh", "en")


def refused(path: Path, data: Any = NEW, *, overwrite: bool = True) -> Problem:
    """The one problem with writing to *path*."""
    with pytest.raises(BadInputError) as error:
        write_file(path, data, overwrite=overwrite)
    (problem,) = error.value.problems
    assert str(path) == problem.where.file
    return problem


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report that was written before."""
    path = tmp_path / "年度报告.csv"
    path.write_bytes(OLD)
    return path


# what is written


def test_a_new_file_is_there_whole_and_alone(tmp_path: Path) -> None:
    write_file(tmp_path / "报告.html", NEW)
    assert {"报告.html": NEW} == {each.name: each.read_bytes() for each in tmp_path.iterdir()}


def test_pieces_are_written_one_after_the_other(tmp_path: Path) -> None:
    write_file(tmp_path / "a", (bytes([n]) * 70_000 for n in range(3)))
    assert b"\0" * 70_000 + b"\1" * 70_000 + b"\2" * 70_000 == (tmp_path / "a").read_bytes()


def test_an_old_file_is_replaced_when_asked_and_keeps_its_permissions(report: Path) -> None:
    report.chmod(0o640)
    write_file(report, NEW, overwrite=True)
    assert (NEW, 0o640) == (report.read_bytes(), stat.S_IMODE(report.stat().st_mode))
    assert [report.name] == names(report.parent)


def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    write_file(tmp_path / "mine", NEW)
    assert (tmp_path / "other").stat().st_mode == (tmp_path / "mine").stat().st_mode


def test_a_symbolic_link_is_followed_and_stays(report: Path, tmp_path: Path) -> None:
    link = tmp_path / "latest"
    link.symlink_to(report)
    write_file(link, NEW, overwrite=True)
    assert (True, NEW) == (link.is_symlink(), report.read_bytes())


def test_content_and_name_are_on_the_disk_before_we_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync, link = os.fsync, os.link
    kind = {True: "folder", False: "file"}
    monkeypatch.setattr(os, "fsync", lambda fd: (steps.append(kind[stat.S_ISDIR(os.fstat(fd).st_mode)]), sync(fd)))
    monkeypatch.setattr(os, "link", lambda a, b: (steps.append("name"), link(a, b)))
    write_file(tmp_path / "a", NEW)
    assert ["file", "name", "folder"] == steps


# what is refused


def test_an_old_file_is_not_replaced_unasked(report: Path) -> None:
    assert "E_TARGET_EXISTS" == refused(report, overwrite=False).code
    assert OLD == report.read_bytes()


def test_a_file_that_appears_meanwhile_is_not_replaced_either(tmp_path: Path) -> None:
    path = tmp_path / "a"

    def slow() -> Iterator[bytes]:
        yield NEW
        path.write_bytes(OLD)

    assert "E_TARGET_EXISTS" == refused(path, slow(), overwrite=False).code
    assert ({"a"}, OLD) == (set(names(tmp_path)), path.read_bytes())


def test_where_links_are_unknown_a_file_that_appears_meanwhile_is_safe_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no links on this stick")

    monkeypatch.setattr(os, "link", no_links)
    write_file(tmp_path / "a", NEW)
    assert "E_TARGET_EXISTS" == refused(tmp_path / "a", overwrite=False).code
    monkeypatch.setattr(target, "_checked", lambda path, _: path)
    assert "E_TARGET_EXISTS" == refused(tmp_path / "a", b"x", overwrite=False).code
    assert {"a": NEW} == {each.name: each.read_bytes() for each in tmp_path.iterdir()}


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_folder_is_no_target(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "报告").mkdir()
    assert ("E_TARGET", "directory") == (refused(tmp_path / "报告", overwrite=overwrite).code, refused(tmp_path / "报告").found)
    assert ["报告"] == names(tmp_path)


def test_a_device_or_pipe_is_no_target(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "E_TARGET" == refused(tmp_path / "pipe").code
    assert "E_TARGET" == refused(Path(os.devnull)).code
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("place", ["没有/报告.csv", "a-file/报告.csv"])
def test_a_missing_folder_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").write_bytes(OLD)
    problem = refused(tmp_path / place)
    assert ("E_TARGET_FOLDER", str((tmp_path / place).parent)) == (problem.code, problem.found)


@pytest.mark.parametrize("name", ["报" * 86, "a" * 256, "报告\0.csv"])
def test_an_impossible_name_is_refused(tmp_path: Path, name: str) -> None:
    assert "E_TARGET_NAME" == refused(tmp_path / name).code
    assert [] == names(tmp_path)


def test_the_longest_name_is_possible(tmp_path: Path) -> None:
    write_file(tmp_path / ("报" * 85), NEW)
    assert NEW == (tmp_path / ("报" * 85)).read_bytes()


def test_a_path_longer_than_the_system_takes_is_refused(tmp_path: Path) -> None:
    assert "E_TARGET_NAME" == refused(tmp_path.joinpath(*["a" * 200] * 30, "x")).code


@pytest.mark.parametrize(
    ("path", "possible"),
    [
        (Path("/") / ("a" * 129) / ("b" * 128), True),
        (Path("/") / ("a" * 130) / ("b" * 128), False),
        (Path("/con.csv"), False),
        (Path("/constitution.csv"), True),
        (Path("/第1季度?.csv"), False),
        (Path("/报告."), False),
    ],
)
def test_windows_has_rules_of_its_own(path: Path, possible: bool) -> None:
    assert possible != target._impossible(path, windows=True)
    assert not target._impossible(path, windows=False)


def test_a_name_that_windows_cannot_have_is_refused_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impossible = target._impossible
    monkeypatch.setattr(target, "_impossible", lambda path: impossible(path, windows=True))
    assert ("E_TARGET_NAME", "a?.csv") == (refused(tmp_path / "a?.csv").code, refused(tmp_path / "a?.csv").found)


def test_a_file_that_is_open_elsewhere_is_tried_again_and_then_left_alone(report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries, waits = [], []

    def held(*_: object) -> None:
        tries.append(1)
        raise PermissionError(errno.EACCES, "used by another process")

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(time, "sleep", waits.append)
    problem = refused(report)
    assert ("E_TARGET", "EACCES", 3, 2) == (problem.code, problem.found, len(tries), len(waits))
    assert {report.name: OLD} == {each.name: each.read_bytes() for each in report.parent.iterdir()}


def test_a_scanner_that_lets_go_in_time_is_not_noticed(report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, tries = Path.replace, []

    def held_once(self: Path, other: Path) -> Path:
        tries.append(1)
        if len(tries) == 1:
            raise PermissionError(errno.EACCES, "scanning")
        return replace(self, other)

    monkeypatch.setattr(Path, "replace", held_once)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    write_file(report, NEW, overwrite=True)
    assert NEW == report.read_bytes()


def test_a_folder_where_nobody_may_write_is_refused() -> None:
    assert "E_TARGET" in refused(Path("/proc/报告.csv")).code


def test_an_error_while_the_content_is_made_leaves_nothing_behind(report: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield NEW
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_file(report, failing(), overwrite=True)
    assert {report.name: OLD} == {each.name: each.read_bytes() for each in report.parent.iterdir()}


# no room


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Files may not grow beyond *size* bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize("data", [b"x" * 3 * MEGABYTE, [b"x" * MEGABYTE] * 3], ids=["whole", "pieces"])
def test_without_room_the_need_is_told_and_the_old_report_kept(report: Path, data: Any) -> None:
    with room_for(MEGABYTE + 1):
        problem = refused(report, data)
    assert ("E_DISK_FULL_FILE", "3") == (problem.code, problem.found)
    assert {report.name: OLD} == {each.name: each.read_bytes() for each in report.parent.iterdir()}


def test_the_rest_of_a_stream_counts_towards_the_need(tmp_path: Path) -> None:
    with room_for(1000):
        assert "5" == refused(tmp_path / "a", (b"x" * MEGABYTE for _ in range(5))).found
    assert [] == names(tmp_path)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_at_the_last_moment_is_told_in_both_languages(
    report: Path, monkeypatch: pytest.MonkeyPatch, number: int, lang: Lang
) -> None:
    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    said = describe(refused(report, b"x" * 1_200_000), lang)
    assert ("空间不足，需要约 2 MB" if lang == "zh" else "needs about 2 MB") in said
    assert {report.name: OLD} == {each.name: each.read_bytes() for each in report.parent.iterdir()}


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    small = tmp_path / "stick"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small file system needs rights that this run does not have")
    try:
        write_file(small / "a", OLD)
        assert "E_DISK_FULL_FILE" == refused(small / "a", b"x" * 200_000).code
        assert {"a": OLD} == {each.name: each.read_bytes() for each in small.iterdir()}
    finally:
        subprocess.run(["umount", small], check=True)


# killed in between

KILLED = """
import os, signal, sys
from pathlib import Path
from duibiao.exchange.target import write_file
def pieces():
    yield b"new"
    os.kill(os.getpid(), signal.SIGKILL)
write_file(Path(sys.argv[1]), pieces(), overwrite=True)
"""


def test_what_a_killed_run_left_is_removed_by_the_next(report: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, report], check=False, timeout=60)
    assert (-signal.SIGKILL, OLD) == (done.returncode, report.read_bytes())
    assert 2 == len(names(report.parent))
    write_file(report.with_name("b"), NEW)
    assert ["b", report.name] == names(report.parent)


def test_what_another_run_is_just_writing_stays(tmp_path: Path) -> None:
    def busy() -> Iterator[bytes]:
        yield NEW
        write_file(tmp_path / "b", NEW)
        yield NEW

    write_file(tmp_path / "a", busy())
    assert {"a": NEW + NEW, "b": NEW} == {each.name: each.read_bytes() for each in tmp_path.iterdir()}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("exists", "已经有这个文件，没有覆盖", "The file exists; it was not overwritten"),
        ("no/such", "要写入的文件夹不存在", "The folder to write to does not exist"),
        ("x" * 300, "文件名或路径太长", "The name or path is too long"),
        ("folder", "文件被占用或没有写入权限", "The file is open elsewhere or may not be written"),
    ],
)
def test_every_refusal_is_told_in_both_languages(tmp_path: Path, name: str, zh: str, en: str, lang: Lang) -> None:
    (tmp_path / "exists").write_bytes(OLD)
    (tmp_path / "folder").mkdir()
    assert (zh if lang == "zh" else en) in describe(refused(tmp_path / name, overwrite=False), lang)
    assert OLD == (tmp_path / "exists").read_bytes()


# tables


def read_back(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_a_table_opens_in_a_spreadsheet_as_it_is_meant(tmp_path: Path) -> None:
    row = ["湖滨社区,一组", Decimal("640.50"), -5, date(2011, 9, 30), None, "320412001001"]
    write_csv(tmp_path / "a.csv", ["名称", "面积", "差", "日期", "备注", "代码"], [row])
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf" + "名称,面积".encode())
    assert ["湖滨社区,一组", "640.5", "-5", "2011-09-30", "", "320412001001"] == read_back(tmp_path / "a.csv")[1]
    assert (tmp_path / "a.csv").read_bytes().endswith(b"\r\n")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@sum", "\t=1", " =1", "\u00a0=1", "\u3000-1", "\tx", "＝1", "＋1", "＠x", "'=1", "甲\n=1", "\r=1",
     "=HYPERLINK(\"http://x\")", "=cmd|'/c calc'!A1", "\u200b=1", "\x00=1"],
)  # fmt: skip
def test_no_text_is_taken_for_a_formula(tmp_path: Path, text: str) -> None:
    write_csv(tmp_path / "a.csv", ["名称"], [[text]])
    ((cell,),) = read_back(tmp_path / "a.csv")[1:]
    for line in cell.split("\n"):
        assert not line.strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("text", ["湖滨社区", "a=b", "3-1", "甲@乙", "'甲'", "", "（=）"])
def test_ordinary_texts_are_left_alone(text: str) -> None:
    assert text == guarded(text)


@given(st.text(st.sampled_from("'=+-@ \t\n甲＝a\u3000")))
@example("''=1")
@example("'\n'=1")
def test_a_guarded_text_comes_back_as_it_was(text: str) -> None:
    assert text == unguarded(guarded(text))


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), max_size=20), min_size=1, max_size=4)))
def test_a_table_comes_back_cell_by_cell(rows: list[list[str]]) -> None:
    written = b"".join(csv_bytes(["甲"], rows)).decode("utf-8-sig")
    back = [[unguarded(cell) for cell in row] for row in csv.reader(io.StringIO(written, newline=""), strict=True)][1:]
    assert [[exact(cell) for cell in row] for row in rows] == back


def exact(cell: str) -> str:
    """What of a text is exported: all but what nobody sees."""
    from duibiao.model.text import exported

    return exported(cell)


def test_hidden_characters_and_half_ones_are_not_exported(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", ["名称"], [["甲\x1b\u202e乙\ud800"]])
    assert [["甲乙\ufffd"]] == read_back(tmp_path / "a.csv")[1:]
