"""Doors to the assessment screen: a workspace with two empty cases, keys as a terminal sends them, what stands in a row."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

from duibiao.errors import BadInputError, Problem
from duibiao.model.facts import Kind
from duibiao.registry import Registry
from duibiao.services import cases
from duibiao.services.desk import Desk
from duibiao.services.office import create, open_office
from duibiao.services.people import add_operator
from duibiao.services.session import Question, Session
from duibiao.services.writer import Writer
from duibiao.store.records import facts_of
from duibiao.store.rights import Operator
from duibiao.store.workspace import Workspace
from duibiao.tui.screens.assess import AssessScreen
from tui.conftest import AppAt, text_of

QINGPU, WUJIN = "shanghai.qingpu.committee", "jiangsu.wujin.community"
UNITS = {QINGPU: "310118002007", WUJIN: "320412100002"}
DAY = date(2011, 4, 1)
ME = Operator("me", "王芳", ("single",), (), "")
Walk = Callable[..., AbstractAsyncContextManager[Pilot[int]]]


@pytest.fixture(scope="session", name="made")
def made_office(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Path:
    """A workspace with one empty case of Qingpu and one of Wujin."""
    folder = tmp_path_factory.mktemp("assess") / "office"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUIBIAO_STATE", str(folder.parent / "state"))
        with create(str(folder), "演示办公室", "", ME) as space:
            add_operator(space, "me", "other", "李明", ["single"], [], "")
            with space.change("me") as entry:
                for code in UNITS.values():
                    unit = {"code": code, "name": "新民社区居委会", "kind": "居委会", "initials": "xmsqjwh", "source": ""}
                    entry.append("unit.added", f"unit/{code}", unit)
            for standard, day in ((QINGPU, DAY), (WUJIN, date(2012, 11, 5))):
                cases.open_case(Desk(space, registry, "me", day), UNITS[standard], standard)
    return folder


@pytest.fixture(name="office")
def own_office(made: Path, tmp_path: Path, state: Path) -> Path:
    """A copy that is the test's own."""
    return Path(shutil.copytree(made, tmp_path / "office"))


@pytest.fixture(name="at")
def assessment_at(app_at: AppAt, office: Path) -> Walk:
    """The assessment of the empty Qingpu case."""

    @asynccontextmanager
    async def opened(size: tuple[int, int] = (80, 24), standard: str = QINGPU, **more: Any) -> AsyncIterator[Pilot[int]]:
        case = {QINGPU: "qingpu-2011-0001", WUJIN: "wujin-2012-0001"}[standard]
        async with app_at(size, case=case, go="assess", workspace=office, person="me", **{"day": DAY, **more}) as pilot:
            await saved(pilot)
            yield pilot

    return opened


def page(pilot: Pilot[int]) -> AssessScreen:
    return next(each for each in pilot.app.screen_stack if isinstance(each, AssessScreen))


def session(pilot: Pilot[int]) -> Session:
    return page(pilot).session


def here(pilot: Pilot[int]) -> Question:
    found = page(pilot).at_cursor()
    assert found is not None
    return found


async def saved(pilot: Pilot[int]) -> None:
    """Wait until what was answered is on the disk and heard of."""
    while page(pilot).duibiao.waiting:
        await asyncio.sleep(0.01)
    await pilot.pause()


async def typed(pilot: Pilot[int], *keys: str) -> None:
    """Press keys; digits may be run together."""
    for each in keys:
        for name in each if each[0].isdigit() else (each,):
            press(pilot, name)
            await pilot.pause()


@contextlib.contextmanager
def disk_full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing can be saved."""

    def fail(self: Writer, space: Workspace, batch: list[Any]) -> list[int]:
        raise BadInputError([Problem("E_DISK_FULL")])

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "_transaction", fail)
        yield


def press(pilot: Pilot[int], name: str) -> None:
    """A key as a terminal sends it, without waiting for what it does."""
    plain = {"full_stop": ".", "slash": "/", "left_square_bracket": "["}.get(name, name)
    character = plain if len(plain) == 1 else None
    page(pilot).duibiao.post_message(Key(_character_to_key(plain) if character else name, character))


async def go(pilot: Pilot[int], kind: Kind) -> Question:
    """Put the cursor on the first question of a kind."""
    index = next(i for i, each in enumerate(session(pilot).questions) if each.fact.kind is kind)
    page(pilot).rows.go(index)
    await pilot.pause()
    return here(pilot)


def line_of(pilot: Pilot[int], title: str) -> str:
    """The list's line that begins with a title."""
    return next(line for line in text_of(pilot.app) if line[3:].startswith(title))


def stored(office: Path, standard: str = QINGPU) -> dict[tuple[str, str], Any]:
    with contextlib.closing(open_office(str(office), write=False)) as space:
        return {(each.period, each.fact): each for each in facts_of(space, UNITS[standard])}


__all__ = [
    "DAY", "ME", "QINGPU", "UNITS", "WUJIN", "Walk", "assessment_at", "disk_full", "go", "here", "line_of", "made_office",
    "own_office", "page", "press", "saved", "session", "stored", "typed",
]  # fmt: skip
