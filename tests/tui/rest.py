"""When an app has nothing left to do: asked of its queues, not guessed from a clock.

The framework's pilot sleeps 20 ms at a time until the process uses little time; on a busy machine that is both slow and wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from textual import app as framework
from textual import pilot as framework_pilot
from textual._context import active_app
from textual.app import App, ScreenStackError
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen

ROUNDS = 2_000
"""So often it is asked at most."""
TURNS = 6
"""Turns of the loop that a key takes from the driver to the app's queue, and more."""


async def rest(app: App[Any]) -> None:
    """Wait until every message was handled, every callback called and everything painted; timers and threads may still run."""
    still = 0
    for _ in range(ROUNDS):
        for _ in range(TURNS):
            await asyncio.sleep(0)
        if not app.is_running or not await Pilot(app)._wait_for_screen():
            return
        app._check_resize()  # the framework waits for more of them to come
        try:
            for screen in app.screen_stack:  # those below are drawn as well
                screen._on_timer_update()
        except ScreenStackError:
            return
        await asyncio.sleep(0)
        still = still + 1 if _quiet(app) else 0
        if still == 2:
            return
        if not still:
            await asyncio.sleep(0.001)


def waits(app: App[Any]) -> bool:
    """Whether a timer that goes off once is running somewhere in *app*."""
    return any(
        timer._repeat is not None and timer._active.is_set() and timer._task is not None and not timer._task.done()
        for each in _pumps(app) for timer in list(each._timers)
    )  # fmt: skip


def _quiet(app: App[Any]) -> bool:
    return not any(map(_due, _seen(app))) and not any(map(_busy, _pumps(app)))


def _seen(app: App[Any]) -> Iterator[Screen[Any]]:
    """The screen on top, and those seen beside it."""
    for screen in reversed(app.screen_stack):
        yield screen
        if not screen.is_modal:
            return


def _due(screen: Screen[Any]) -> bool:
    """Whether a screen, also one beneath a dialog, has something to paint."""
    return bool(screen._layout_required or screen._scroll_required or screen._repaint_required or screen._dirty_widgets)


def _busy(each: MessagePump) -> bool:
    called = each._callbacks if isinstance(each, Screen) else ()
    return bool(each._running and (not each._message_queue.empty() or each._next_callbacks or called))


def _pumps(app: App[Any]) -> Iterator[MessagePump]:
    yield app
    for screen in app.screen_stack:
        yield from screen.walk_children(with_self=True)


async def _idle(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """What the pilot calls where it would sleep."""
    await rest(active_app.get())


def install() -> None:
    """Let the framework's pilot ask, too."""
    for module in (framework, framework_pilot):
        vars(module)["wait_for_idle"] = _idle
