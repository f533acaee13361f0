"""Every screen and dialog of the terminal UI, and how an operator comes to it: for tests that look at all of them."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from attrs import frozen
from textual.pilot import Pilot

from duibiao.registry import Registry
from duibiao.services import clock, export
from duibiao.services.demo_office import make
from duibiao.services.office import open_office
from duibiao.store import cases as kept
from duibiao.store.records import save_facts
from duibiao.tui import table
from duibiao.tui.app import DuibiaoApp
from duibiao.tui.screens import assess, cases
from tui.conftest import settled, strips_of
from tui.rest import waits

DAY = date(2012, 11, 5)
CASE = "qingpu-2011-0003"
OTHER = "wujin-2012-0001"
FIRST_ENTRY = datetime(2012, 11, 5, 1, 0, tzinfo=UTC)
"""When the journal of the workspaces of these scenes begins: entries show their time."""

DELAYS = ((cases, "IDLE"), (assess, "EXPLAINS_AFTER"), (table, "AGAIN"))
"""How long screens wait, once nobody types, before they work something out: here not long."""


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
        meanwhile: What somebody else does to the workspace before the last key.
    """

    name: str
    shows: str
    place: str = ""
    case: str = ""
    keys: tuple[str, ...] = ()
    workspace: bool = True
    meanwhile: Callable[[Path], object] | None = None


def answered(office: Path) -> None:
    """Somebody else answers the second question of the case."""
    with open_office(str(office), clock_ok=True) as space:
        (unit,) = [each.unit.code for each in kept.cases(space) if each.id == CASE]
        with space.change(space.operators()[0].id) as entry:
            save_facts(entry, unit, "2011", {"leading_group_meets": False}, note="电话核实")


SCENES: tuple[Scene, ...] = (
    Scene("cases", "CasesScreen"),
    Scene("cases-open", "UnitsScreen", keys=("o",)),
    Scene("cases-filter", "Choose", keys=("f",)),
    Scene("cases-find", "AskLine", keys=("slash", "q", "p")),
    Scene("units-open", "PickStandard", "units", keys=("j", "j", "j", "j", "o")),
    Scene("units-open-many", "Confirm", "units", keys=("j", "j", "j", "j", "v", "j", "v", "o", "1")),
    Scene("unit", "UnitCard", "units", keys=("enter",)),
    Scene("assess", "AssessScreen", "assess", CASE),
    Scene("assess-why", "AssessScreen", "assess", CASE, ("tab",)),
    Scene("assess-typing", "AssessScreen", "assess", CASE, ("j", "j", "j", "j", "j", "8")),
    Scene("assess-filter", "AskLine", "assess", CASE, ("slash", "d")),
    Scene("assess-two-answers", "AskWay", "assess", CASE, ("j", "x"), meanwhile=answered),
    Scene("assess-file", "AskLine", "assess", CASE, ("f",)),
    Scene("assess-note", "AskLine", "assess", CASE, ("e",)),
    Scene("assess-columns", "Reading", "assess", OTHER, ("C",)),
    Scene("workflow", "WorkflowScreen", "workflow", CASE),
    Scene("workflow-move", "Form", "workflow", CASE, ("w",)),
    Scene("workflow-blocked", "Form", "workflow", OTHER, ("w",)),
    Scene("workflow-return", "Form", "workflow", CASE, ("b",)),
    Scene("workflow-finding", "Form", "workflow", CASE, ("f",)),
    Scene("workflow-notice", "Form", "workflow", "qingpu-2011-0005", ("n",)),
    Scene("workflow-title", "Form", "workflow", "qingpu-2011-0022", ("d",)),
    Scene("workflow-history", "WorkflowScreen", "workflow", OTHER, ("tab", "tab")),
    Scene("workflow-papers", "Form", "workflow", OTHER, ("p",)),
    Scene("compare", "CompareScreen", "compare", OTHER),
    Scene("compare-details", "CompareScreen", "compare", OTHER, ("d", "enter")),
    Scene("compare-plain", "CompareScreen", "compare"),
    Scene("compare-standards", "Standards", "compare", OTHER, ("s",)),
    Scene("compare-lacking", "NeedsScreen", "compare", OTHER, ("m",)),
    Scene("compare-provisions", "ProvisionsScreen", "compare", OTHER, ("p",)),
    Scene("compare-witness", "WitnessScreen", "compare", OTHER, ("w", "3")),
    Scene("targets", "TargetsScreen", "targets"),
    Scene("targets-details", "TargetsScreen", "targets", keys=("tab",)),
    Scene("targets-standard", "Pick", "targets", keys=("s",)),
    Scene("cohort", "CohortScreen", "cohort", CASE),
    Scene("cohort-points", "CohortScreen", "cohort", OTHER, ("tab",)),
    Scene("cohort-indicators", "CohortScreen", "cohort", OTHER, ("t",)),
    Scene("cohort-nearest", "CohortScreen", "cohort", OTHER, ("tab", "tab", "tab")),
    Scene("cohort-units", "CohortScreen", "cohort", CASE, ("enter",)),
    Scene("cohort-indicator", "Reading", "cohort", OTHER, ("t", "enter")),
    Scene("cohort-standard", "Choose", "cohort", CASE, ("s",)),
    Scene("cohort-export", "Form", "cohort", CASE, ("x",)),
    Scene("standards", "StandardsScreen", "standards"),
    Scene("standard", "StandardScreen", "standards", keys=("enter",)),
    Scene("export", "ExportScreen", "export"),
    Scene("export-case", "ExportScreen", "export", OTHER),
    Scene("help", "HelpScreen", keys=("f1",)),
    Scene("help-assess", "HelpScreen", "assess", CASE, ("f1",)),
    Scene("palette", "PaletteDialog", keys=("colon",)),
    Scene("palette-find", "PaletteDialog", keys=("colon", "d", "c")),
    Scene("messages", "MessagesScreen", "assess", CASE, ("r", "exclamation_mark")),
    Scene("doctor", "DoctorScreen", keys=("at",)),
    Scene("welcome", "WelcomeScreen", workspace=False),
    Scene("welcome-standard", "StandardStep", keys=("1",), workspace=False),
    Scene("welcome-units", "BringStep", keys=("1", "3"), workspace=False),
    Scene("welcome-name", "AskLine", keys=("1", "3", "1"), workspace=False),
    Scene("welcome-case", "FirstUnit", keys=("1", "3", "1", "enter"), workspace=False),
)
BY_NAME = {each.name: each for each in SCENES}

NOT_WALKED = {
    "Page": "the base of screens",
    "PaintedScreen": "the base of screens",
    "PaintedModal": "the base of dialogs",
    "Dialog": "the base of dialogs",
    "Answering": "a part of the assessment screen",
    "Saying": "a part of the assessment screen",
    "Deciding": "a part of the assessment screen",
    "Eventful": "a part of the assessment screen",
    "EventList": "no bundled standard asks for events; test_events shows it",
    "Step": "a part of the welcome",
    "Sheet": "the base of the pages about a comparison",
    "Searched": "the base of the pages whose table is searched",
    "Working": "a part of the cohort view",
    "Preparing": "no workspace of a scene is an old one; test_preparing shows it",
    "EditionsScreen": "no bundled standard has two editions; test_compare_pages shows it",
}
"""Classes of screens without a scene, and why."""


@contextmanager
def steady(folder: Path) -> Iterator[Path]:
    """A place in which what is shown is the same everywhere: clock, time zone, paths, settings. Yields the folder."""
    changed = {
        "TZ": "UTC", "DUIBIAO_STATE": str(folder / "state"), "XDG_DATA_HOME": str(folder / "share"), "TEXTUAL_ANIMATIONS": "none",
        "LOGNAME": "demo",
    }  # fmt: skip
    gone = ("DUIBIAO_LANG", "DUIBIAO_WORKSPACE", "DUIBIAO_OPERATOR", "NO_COLOR", "TEXTUAL", "SSH_CONNECTION", "TMUX", "EDITOR")
    before = {name: os.environ.get(name) for name in (*changed, *gone)}
    here, usual = Path.cwd(), export.usual_folder
    delays = [(module, name, vars(module)[name]) for module, name in DELAYS]
    for module, name, _ in delays:
        vars(module)[name] = 0.01
    export.usual_folder = lambda: Path("/srv/documents")
    for name in gone:
        os.environ.pop(name, None)
    os.environ.update(changed)
    time.tzset()
    os.chdir(folder)
    try:
        yield folder
    finally:
        for module, name, value in delays:
            vars(module)[name] = value
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
    scene: Scene, size: tuple[int, int], registry: Registry, made: Path, *, lang: str = "zh", safe: bool = False
) -> AsyncIterator[Pilot[int]]:
    """The app with a scene on its screen and nothing left to do; for use inside :func:`steady`.

    *made* is a workspace of which a copy is taken.
    """
    place = Path("office")
    for each in (place, Path(os.environ["DUIBIAO_STATE"])):  # what is remembered of the workspace before goes with it
        shutil.rmtree(each, ignore_errors=True)
    if scene.workspace:
        shutil.copytree(made, place)
    app = DuibiaoApp("office", lang=lang, day=DAY, registry=registry, safe=safe)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await calm(pilot)
        app.case = scene.case
        if scene.place:
            app.action_go(scene.place)
        await calm(pilot)
        for place, each in enumerate(scene.keys, 1):
            if scene.meanwhile is not None and place == len(scene.keys):
                scene.meanwhile(Path("office"))
            await pilot.press(each)
            await calm(pilot)
        await saved(pilot)
        yield pilot
        if app.is_running:
            await app.action_leave()


async def saved(pilot: Pilot[int]) -> None:
    """Wait until what was typed is on the disk, or is known not to get there."""
    while pilot.app.waiting:  # type: ignore[attr-defined]
        await asyncio.sleep(0.01)
    await calm(pilot)


async def calm(pilot: Pilot[int]) -> None:
    """Wait until nothing is left to do: no message, no thread, no timer that goes off once."""
    for _ in range(1_000):
        await settled(pilot)
        if not waits(pilot.app):
            return
        await asyncio.sleep(0.005)
    raise AssertionError("timers go on and on")


def frame(pilot: Pilot[int]) -> list[str]:
    """The lines on the screen, whole."""
    return ["".join(segment.text for segment in strip) for strip in strips_of(pilot.app)]
