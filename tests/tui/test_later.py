"""What is to be done in a moment is done, however short the moment and however busy the machine."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App

from duibiao.tui.later import later

SHORTEST = 1e-9
"""Shorter than it takes to begin with anything: as if it had been due while another program had the processor."""
OFTEN = 200


async def told(count: list[int], wanted: int) -> None:
    """Wait until something was done so often, or for long enough that nothing can follow."""
    for _ in range(500):
        if len(count) >= wanted:
            return
        await asyncio.sleep(0.01)


async def test_what_is_due_before_it_has_begun_is_done_all_the_same() -> None:
    done: list[int] = []
    app = App[None]()
    async with app.run_test():
        for _ in range(OFTEN):
            later(app, SHORTEST, lambda: done.append(1))
        await told(done, OFTEN)

    assert OFTEN == len(done)


@pytest.mark.parametrize("seconds", [SHORTEST, 0.05])
async def test_it_is_done_once(seconds: float) -> None:
    done: list[int] = []
    app = App[None]()
    async with app.run_test():
        later(app, seconds, lambda: done.append(1))
        await told(done, 1)
        await asyncio.sleep(0.2)

    assert [1] == done


async def test_what_is_stopped_before_is_not_done() -> None:
    done: list[int] = []
    app = App[None]()
    async with app.run_test():
        later(app, 0.1, lambda: done.append(1)).stop()
        later(app, 0.2, lambda: done.append(2))
        await told(done, 1)

    assert [2] == done
