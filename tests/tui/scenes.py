"""Every screen and dialog of the terminal UI, and how an operator comes to it: for tests that look at all of them."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from attrs import frozen
from textual.pilot import Pilot

from duibiao.registry import Registry
from duibiao.services import clock, export
from duibiao.services.demo_office import make
from duibiao.tui.app import DuibiaoApp
from tui.conftest import settled

DAY = date(2012, 11, 5)
CASE = "qingpu-2011-0003"
OTHER = "wujin-2012-0001"
FIRST_ENTRY = datetime(2012, 11, 5, 1, 0, tzinfo=UTC)
"""When the journal of the workspaces of these scenes begins: entries show their time."""


UNTIL_IDLE = 0.4
"""Seconds after which whatever screens do once nobody types is done."""


@frozen
class Scene:
    """A screen as an operator may have it before them.

    Attributes:
        name: What it is called here.
        shows: Name of the class of the screen on top.
        place: The screen gone to; empty for the first one.
        case: Case at hand.
        keys: Keys pressed there.
        workspace: Whether there is a workspace.
    """

    name: str
    shows: str
    place: str = ""
    case: str = ""
    keys: tuple[str, ...] = ()
    workspace: bool = True


SCENES: tuple[Scene, ...] = (
    Scene("cases", "CasesScreen"),
    Scene("cases-open", "UnitsScreen", keys=("o",)),
    Scene("cases-filter", "Choose", keys=("f",)),
    Scene("units-open", "PickStandard", "units", keys=("j", "j", "j", "j", "o")),
    Scene("unit", "UnitCard", "units", keys=("enter",)),
    Scene("assess", "AssessScreen", "assess", CASE),
    Scene("assess-why", "AssessScreen", "assess", CASE, ("tab",)),
    Scene("assess-note", "AskLine", "assess", CASE, ("e",)),
    Scene("assess-columns", "Reading", "assess", OTHER, ("c",)),
    Scene("workflow", "WorkflowScreen", "workflow", CASE),
    Scene("workflow-move", "Form", "workflow", CASE, ("w",)),
    Scene("workflow-papers", "Form", "workflow", OTHER, ("p",)),
    Scene("compare", "CompareScreen", "compare", OTHER),
    Scene("compare-details", "CompareScreen", "compare", OTHER, ("d", "enter")),
    Scene("compare-standards", "Form", "compare", OTHER, ("s",)),
    Scene("targets", "TargetsScreen", "targets"),
    Scene("targets-standard", "Pick", "targets", keys=("s",)),
    Scene("standards", "StandardsScreen", "standards"),
    Scene("standard", "StandardScreen", "standards", keys=("enter",)),
    Scene("export", "ExportScreen", "export"),
    Scene("export-case", "ExportScreen", "export", OTHER),
    Scene("help", "HelpScreen", keys=("f1",)),
    Scene("help-assess", "HelpScreen", "assess", CASE, ("f1",)),
    Scene("palette", "PaletteDialog", keys=("colon",)),
    Scene("messages", "MessagesScreen", keys=("exclamation_mark",)),
    Scene("doctor", "DoctorScreen", keys=("at",)),
    Scene("welcome", "WelcomeScreen", workspace=False),
)
BY_NAME = {each.name: each for each in SCENES}

NOT_WALKED = {
    "Page": "the base of screens",
    "Dialog": "the base of dialogs",
    "Answering": "a part of the assessment screen",
    "Saying": "a part of the assessment screen",
    "Step": "a part of the welcome",
    "Confirm": "asked before what cannot be undone; test_cases and test_welcome show it",
    "AskWay": "asked only when somebody else was first; test_assess shows it",
    "FirstUnit": "the welcome's last step; test_welcome shows it",
}
"""Classes of screens without a scene, and why."""


@contextmanager
def steady(folder: Path) -> Iterator[Path]:
    """A place in which what is shown is the same everywhere: clock, time zone, paths, settings. Yields the folder."""
    changed = {
        "TZ": "UTC", "DUIBIAO_STATE": str(folder / "state"), "XDG_DATA_HOME": str(folder / "share"), "TEXTUAL_ANIMATIONS": "none",
    }  # fmt: skip
    gone = ("DUIBIAO_LANG", "DUIBIAO_WORKSPACE", "DUIBIAO_OPERATOR", "NO_COLOR", "TEXTUAL", "SSH_CONNECTION", "TMUX", "EDITOR")
    before = {name: os.environ.get(name) for name in (*changed, *gone)}
    here, usual = Path.cwd(), export.usual_folder
    export.usual_folder = lambda: Path("/srv/documents")
    for name in gone:
        os.environ.pop(name, None)
    os.environ.update(changed)
    time.tzset()
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(here)
        export.usual_folder = usual
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        time.tzset()


def made_workspace(folder: Path, registry: Registry) -> Path:
    """The demonstration's workspace, whose journal tells the same times whenever it is made."""
    import sys

    ticks = iter(range(10**6))
    stopped = lambda: FIRST_ENTRY + timedelta(seconds=next(ticks))  # noqa: E731
    real = clock.now
    users = [each for name, each in sys.modules.items() if name.startswith("duibiao.") and getattr(each, "now", None) is real]
    for each in users:
        each.now = stopped  # type: ignore[attr-defined]
    try:
        make(str(folder), registry)[0].close()
    finally:
        for each in users:
            each.now = real  # type: ignore[attr-defined]
    return folder


@asynccontextmanager
async def opened(
    scene: Scene,
    size: tuple[int, int],
    registry: Registry,
    made: Path,
    *,
    lang: str = "zh",
    safe: bool = False,
    idle: float = UNTIL_IDLE,
) -> AsyncIterator[Pilot[int]]:
    """The app with a scene on its screen, once nothing has changed for *idle* seconds; for use inside :func:`steady`.

    *made* is a workspace of which a copy is taken.
    """
    place = Path("office")
    shutil.rmtree(place, ignore_errors=True)
    if scene.workspace:
        shutil.copytree(made, place)
    app = DuibiaoApp("office", lang=lang, day=DAY, registry=registry, safe=safe)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await calm(pilot)
        app.case = scene.case
        if scene.place:
            app.action_go(scene.place)
        await calm(pilot)
        for each in scene.keys:
            await pilot.press(each)
            await calm(pilot)
        await calm(pilot, idle)
        yield pilot
        if app.is_running:
            await app.action_leave()


async def calm(pilot: Pilot[int], pause: float = 0.02) -> None:
    """Wait until nothing changes on the screen any more; *pause* seconds without a change are enough."""
    seen = None
    for _ in range(100):
        await settled(pilot)
        now = frame(pilot)
        if now == seen:
            return
        seen = now
        await asyncio.sleep(pause)


def frame(pilot: Pilot[int]) -> list[str]:
    """The lines on the screen, whole."""
    return ["".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()]
