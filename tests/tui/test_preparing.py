"""A workspace of an earlier version: what is going on is said before it is brought up to date, and then it is there."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from harness.upgrades import published
from rich.cells import cell_len

from duibiao.registry import Registry
from duibiao.services.desk import Desk
from duibiao.services.office import open_office
from duibiao.store import schema
from duibiao.tui.app import DuibiaoApp
from duibiao.tui.screens.cases import CasesScreen
from tui.conftest import DAY, SIZES, screen, settled, text_of


@pytest.fixture
def office(tmp_path: Path, state: Path) -> Path:
    """A workspace as the first version made it."""
    folder = tmp_path / "office"
    published(folder, 1)
    return folder


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Workspaces are not opened before this is set."""
    go, opening = Event(), DuibiaoApp._made_desk

    def opened(app: DuibiaoApp) -> Desk:
        go.wait(60)
        return opening(app)

    monkeypatch.setattr(DuibiaoApp, "_made_desk", opened)
    yield go
    go.set()


def version(folder: Path) -> int:
    """Of the file on the disk."""
    with closing(sqlite3.connect(folder / "workspace.db")) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
@pytest.mark.parametrize(("lang", "said"), [("zh", "正在准备工作区"), ("en", "preparing the workspace")])
async def test_it_says_so_on_every_screen_and_opens_by_itself(
    office: Path, held: Event, registry: Registry, size: tuple[int, int], lang: str, said: str
) -> None:
    app = DuibiaoApp(str(office), lang=lang, day=DAY, registry=registry)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        text = "\n".join(line.strip(" │") for line in text_of(app))
        assert said in text
        assert ("quits when it is done" if lang == "en" else "做完后退出") in text.replace("\n", "" if lang == "zh" else " ")
        assert "…" not in text.replace("……", "").replace(" …", "")
        assert all(cell_len(line) <= size[0] for line in text_of(app))
        assert 1 == version(office)

        held.set()
        await settled(pilot)
        assert isinstance(app.screen, CasesScreen)
        assert schema.VERSION == version(office)
        await app.action_leave()


async def test_no_key_stops_it_half_way_and_another_language_is_spoken_meanwhile(
    office: Path, held: Event, registry: Registry
) -> None:
    app = DuibiaoApp(str(office), day=DAY, registry=registry)
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("escape", "f3", "o", "question_mark", "ctrl+l"):
            await pilot.press(key)
            await pilot.pause()
        assert "preparing the workspace" in screen(app)

        held.set()
        await settled(pilot)
        assert isinstance(app.screen, CasesScreen)
        await app.action_leave()


async def test_whoever_leaves_meanwhile_leaves_when_it_is_done(office: Path, held: Event, registry: Registry) -> None:
    app = DuibiaoApp(str(office), day=DAY, registry=registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        leaving = asyncio.create_task(app.action_leave())
        await asyncio.sleep(0.1)
        assert not leaving.done()
        held.set()
        await leaving
    assert (0, schema.VERSION) == (app.return_value, version(office))
    with open_office(str(office)) as space:
        assert not space.notes


async def test_one_that_cannot_be_brought_up_to_date_is_told_with_what_to_do(office: Path, registry: Registry) -> None:
    with closing(sqlite3.connect(office / "workspace.db")) as connection:
        connection.execute("CREATE TABLE place (code TEXT)")
    app = DuibiaoApp(str(office), day=DAY, registry=registry)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "E_MIGRATE" in screen(app)
    assert 1 == version(office)
