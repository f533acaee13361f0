"""Doors to the terminal UI: an app at a size on a workspace of its own, and the text that stands on its screen.

Tests here may be coroutines; each runs in an event loop of its own::

    async def test_the_first_screen_lists_the_cases(app_at: AppAt) -> None:
        async with app_at((80, 24)) as pilot:
            assert "wujin-2012-0001" in screen(pilot.app)
"""

from __future__ import annotations

import asyncio
import inspect
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual._context import visible_screen_stack
from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from duibiao.registry import Registry
from duibiao.services.demo_office import make
from duibiao.tui.app import DuibiaoApp
from tui import rest

rest.install()

SIZES = ((60, 18), (80, 24), (100, 30), (120, 40), (200, 60))
"""Every screen has to be right at these."""

DAY = date(2012, 11, 5)
"""The day on which the app of a test stands, unless the test says another."""

AppAt = Callable[..., AbstractAsyncContextManager[Pilot[int]]]
"""``app_at(size, lang=…, case=…, go=…, workspace=…, **options of the app)``: the app running, its first screen painted."""


def strips_of(app: App[Any]) -> list[Strip]:
    """The lines on the screen as an operator sees them: what lies beside a dialog too."""
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()


def text_of(app: App[Any]) -> list[str]:
    """The lines on the screen, as they stand there (blanks at the ends of lines cut)."""
    strips = strips_of(app)
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def screen(app: App[Any]) -> str:
    """The same as one text."""
    return "\n".join(text_of(app))


async def settled(pilot: Pilot[int]) -> None:
    """Wait until the app's threads are done and what they brought is painted; not for workers that wait for a person."""
    for _ in range(2_000):
        await pilot.pause()
        if not _busy(pilot):
            await pilot.pause()
            if not _busy(pilot):
                return
        await asyncio.sleep(0.005)
    raise AssertionError([worker.name for worker in pilot.app.workers if not worker.is_finished])


async def typed(pilot: Pilot[int], text: str) -> None:
    """Text put into the line that has the keys, at once, as an input method or a paste puts it."""
    line = pilot.app.focused
    assert isinstance(line, Input), line
    line.insert_text_at_cursor(text)
    await settled(pilot)


async def find(pilot: Pilot[int], text: str) -> None:
    """``/``, the text, Enter."""
    await pilot.press("slash")
    await settled(pilot)
    await typed(pilot, text)
    await pilot.press("enter")
    await settled(pilot)


def _busy(pilot: Pilot[int]) -> bool:
    return any(worker._thread_worker and not worker.is_finished for worker in pilot.app.workers)


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The bundled standards, loaded once for all tests of a process: nobody changes them."""
    return Registry()


@pytest.fixture(scope="session")
def demo_made(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Path:
    """The demonstration's workspace, made once (by one of several processes). Read it; to change it take ``demo``."""
    own = tmp_path_factory.getbasetemp()
    root = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, ready = root / "demo-made" / "demo", root / "demo-made" / "ready"
    try:
        folder.parent.mkdir()
    except FileExistsError:
        for _ in range(1200):
            if ready.exists():
                return folder
            time.sleep(0.1)
        raise
    before = os.environ.get("DUIBIAO_STATE")
    os.environ["DUIBIAO_STATE"] = str(folder.parent / "state")
    try:
        make(str(folder), registry)[0].close()
    finally:
        os.environ.pop("DUIBIAO_STATE") if before is None else os.environ.update(DUIBIAO_STATE=before)
    ready.touch()
    return folder


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program keeps what it remembers, empty; and nothing else of this machine's settings."""
    for name in ("DUIBIAO_LANG", "DUIBIAO_WORKSPACE", "DUIBIAO_OPERATOR", "NO_COLOR", "TEXTUAL", "SSH_CONNECTION", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path / "state"


@pytest.fixture
def demo(tmp_path: Path, demo_made: Path, state: Path) -> Path:
    """A copy of the demonstration's workspace that is the test's own."""
    return Path(shutil.copytree(demo_made, tmp_path / "demo"))


@pytest.fixture
def app_at(request: pytest.FixtureRequest, state: Path, registry: Registry) -> AppAt:
    """The app on the demonstration's workspace (or on *workspace*), painted; *case* and *go* open a screen on a case."""

    @asynccontextmanager
    async def at(
        size: tuple[int, int] = (80, 24), *, lang: str = "zh", case: str = "", go: str = "", workspace: Path | str | None = None,
        day: date = DAY, **options: Any,
    ) -> AsyncIterator[Pilot[int]]:  # fmt: skip
        folder = request.getfixturevalue("demo") if workspace is None else workspace
        app = DuibiaoApp(str(folder), lang=lang, day=day, registry=registry, **options)
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            app.case = case
            if go:
                app.action_go(go)
                await settled(pilot)
            yield pilot
            if app.is_running:
                await app.action_leave()

    return at
