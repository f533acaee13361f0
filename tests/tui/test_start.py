"""Starting the terminal UI: from the command line, on which terminal, what is loaded before the first screen, and how it ends."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import Run

from duibiao.cli import base
from duibiao.cli import tui as command
from duibiao.registry import Registry
from duibiao.tui import probe
from duibiao.tui import start as running
from duibiao.tui.app import DuibiaoApp
from duibiao.tui.screens.assess import AssessScreen
from tui.conftest import DAY, AppAt, screen, settled

HEAVY = (
    "sqlite_utils",
    "duibiao.registry",
    "duibiao.pack",
    "duibiao.rules",
    "duibiao.services.desk",
    "pypinyin",
    "textual.widgets._text_area",
)


class Asked:
    """A terminal that answers with a width, and counts how often it is asked."""

    def __init__(self, width: int | None) -> None:
        self.width, self.times = width, 0

    def __call__(self) -> int | None:
        self.times += 1
        return self.width


class Opened:
    """Stands in for the app: what it was started with."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, object]]] = []

    def __call__(self, workspace: str, **options: object) -> int:
        self.calls.append((workspace, options))
        return 0


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Opened:
    """The app is not opened but noted, on what looks like a terminal."""
    found = Opened()
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("DUIBIAO_WORKSPACE", raising=False)
    monkeypatch.setattr(running, "run", found)
    monkeypatch.setattr(command, "on_terminal", lambda: True)
    monkeypatch.setattr(probe, "asked", Asked(len(probe.GLYPHS)))
    return found


# the command line


def test_the_command_opens_the_workspace_in_the_language_asked_for(opened: Opened, run: Run, tmp_path: Path) -> None:
    assert 0 == run("tui", "--lang", "en", "--workspace", tmp_path, "--as", "wang", "--theme", "light").code
    ((workspace, options),) = opened.calls
    assert str(tmp_path) == workspace
    assert ("en", "wang", "duibiao-light", False) == tuple(options[name] for name in ("lang", "person", "theme", "safe"))


@pytest.mark.parametrize(("args", "safe"), [((), False), (("--safe",), True), (("--no-safe",), False)])
def test_safe_is_as_asked_or_as_the_terminal_says(opened: Opened, run: Run, args: tuple[str, ...], safe: bool) -> None:
    run("tui", *args)
    assert safe == opened.calls[0][1]["safe"]


def test_without_a_terminal_it_says_so_and_without_arguments_there_is_help(run: Run) -> None:
    refused = run("tui")
    assert (2, "屏幕界面要在终端里打开。\n") == (refused.code, refused.err)
    assert "用法" in run().out


def test_on_a_terminal_the_bare_name_opens_it(opened: Opened, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(base.sys, "stdin", Terminal())
    monkeypatch.setattr(base.sys, "stdout", Terminal())
    assert 0 == run().code
    assert 1 == len(opened.calls)


@pytest.mark.parametrize(("more", "times"), [((), 1), (("--no-tui",), 0)])
def test_the_demonstration_opens_it_when_made_unless_told_not_to(
    opened: Opened, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], times: int
) -> None:
    monkeypatch.setattr("duibiao.cli.demo._make_workspace", lambda state: None)
    assert 0 == run("demo", "--workspace", tmp_path / "x", *more).code
    assert times == len(opened.calls)


# which terminal


def test_a_terminal_is_asked_once_and_remembered_by_its_kind(tmp_path: Path) -> None:
    wide, narrow = Asked(len(probe.GLYPHS) * 2), Asked(len(probe.GLYPHS))
    for _ in range(3):
        assert probe.is_wide({"TERM": "xterm", "LANG": "zh_CN.GBK"}, tmp_path, wide)
        assert not probe.is_wide({"TERM": "tmux-256color"}, tmp_path, narrow)
    assert (1, 1) == (wide.times, narrow.times)


def test_a_terminal_that_does_not_answer_is_taken_for_ordinary_and_asked_again(tmp_path: Path) -> None:
    silent = Asked(None)
    for _ in range(2):
        assert not probe.is_wide({"TERM": "dumb"}, tmp_path, silent)
    assert 2 == silent.times


@pytest.mark.parametrize("content", ["", "[]", '{"TERM=x": "yes"}', "\x00"])
def test_a_damaged_memory_is_no_reason_to_fail(tmp_path: Path, content: str) -> None:
    (tmp_path / probe.FILE).write_text(content, "utf-8")
    assert probe.is_wide({"TERM": "x"}, tmp_path, Asked(8))
    assert {"TERM=x": True} == json.loads((tmp_path / probe.FILE).read_text("utf-8"))


def test_a_folder_that_cannot_be_written_to_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert probe.is_wide({"TERM": "x"}, tmp_path / "file", Asked(8))


def test_the_windows_of_one_kind_of_terminal_are_one_kind() -> None:
    assert probe.kind_of({"WT_SESSION": "a-1"}) == probe.kind_of({"WT_SESSION": "b-2"})
    assert probe.kind_of({"TERM": "a"}) != probe.kind_of({"TERM": "b"})


@pytest.mark.parametrize(("answer", "width"), [(b"\x1b[12;9R", 8), (b"typed ahead\x1b[1;5R", 4), (b"", None), (b"noise", None)])
def test_the_width_is_where_the_cursor_came_to(answer: bytes, width: int | None) -> None:
    ours, theirs = pty.openpty()
    import tty

    tty.setraw(theirs)
    os.write(ours, answer)
    try:
        assert width == probe.measured(theirs, theirs, patience=0.2)
        assert probe.GLYPHS.encode() in os.read(ours, 200)
    finally:
        os.close(ours)
        os.close(theirs)


# the first screen


def test_the_first_screen_needs_neither_standards_nor_the_whole_store(demo_made: Path, tmp_path: Path) -> None:
    program = """
import asyncio, json, sys
from duibiao.tui.app import DuibiaoApp
app, seen = DuibiaoApp(sys.argv[1]), []
def first():
    seen.extend(sys.modules)
    app.exit()
app._sit_soon = first
asyncio.run(app.run_async(headless=True, size=(80, 24)))
print(json.dumps(seen))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(demo_made)], check=True, capture_output=True, text=True, timeout=120,
        env={**os.environ, "DUIBIAO_STATE": str(tmp_path)},
    )  # fmt: skip
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "duibiao.tui.screens.cases" in loaded
    assert set() == loaded & set(HEAVY)


async def test_whoever_asks_for_the_desk_early_waits_for_it(app_at: AppAt) -> None:
    async with app_at((80, 24)) as pilot:
        app = pilot.app
        app._desk.space.close()
        app._desk = None
        app._sit_soon()
        assert app.has_desk
        assert "demo" == app.desk.actor
        await settled(pilot)


async def test_a_key_before_anything_is_loaded_waits_and_is_not_refused(demo: Path, registry: Registry) -> None:
    class Early(DuibiaoApp):
        """Enter is pressed as soon as the first screen is on the stack."""

        def _begin(self) -> None:
            super()._begin()
            self.case = "wujin-2012-0001"
            self.action_go("assess")

    app = Early(str(demo), day=DAY, registry=registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, AssessScreen)
        await app.action_leave()


async def test_whoever_leaves_before_anything_is_loaded_leaves(demo: Path, registry: Registry) -> None:
    class Gone(DuibiaoApp):
        """Nothing is opened before the person leaves."""

        def _sit_soon(self) -> None:
            """Not yet."""

    app = Gone(str(demo), day=DAY, registry=registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await app.action_leave()
    assert 0 == app.return_value


async def test_a_broken_desk_leads_to_the_welcome_not_to_an_end(app_at: AppAt, demo: Path) -> None:
    async with app_at((80, 24), workspace=demo) as pilot:
        app = pilot.app
        app._desk.space.close()
        app._desk = None
        (demo / "workspace.db").write_bytes(b"")
        app._sit_soon()
        await settled(pilot)
        assert "E_EMPTY" in screen(app)


async def test_leaving_closes_the_workspace_and_ends_with_nothing_wrong(app_at: AppAt) -> None:
    async with app_at((80, 24)) as pilot:
        before = threading.active_count()
        await pilot.press("ctrl+q")
        assert 0 == pilot.app.return_value
        assert not pilot.app.has_desk
        assert threading.active_count() <= before


async def test_a_screen_that_fails_is_reported_without_anybodys_data(app_at: AppAt, state: Path) -> None:
    async with app_at((80, 24)) as pilot:
        entered = "王芳的电话"

        def fail() -> None:
            raise ValueError(entered)

        pilot.app.screen.action_workflow = fail
        await pilot.press("w")
        assert pilot.app.is_running
        assert "出错了，已记下" in screen(pilot.app)
    (report,) = (state / "reports").iterdir()
    assert entered not in report.read_text("utf-8")
    assert "ValueError" in report.read_text("utf-8")
