"""An app that nobody touches uses no time: the thread that reads keys sleeps until there are some.

The framework's looks ten times a second whether it is to end, which is nearly all that an open app costs while it waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from socket import socket, socketpair
from threading import Event, get_ident
from time import monotonic
from typing import Any

from textual.constants import ESCAPE_DELAY
from textual.drivers.linux_driver import LinuxDriver

AWAKE = ESCAPE_DELAY + 0.4
"""Seconds after a key in which it is looked ten times a second as before: an escape may be a key, or the beginning of one."""


class Ending(Event):
    """Whether the thread that reads keys is to end. That thread, when it asks, is told once there is something for it to do."""

    def __init__(self, keys: int) -> None:
        """*keys*: the handle on which they come."""
        super().__init__()
        self._keys, self._reader, self._awake = keys, 0, 0.0
        self._far: socket | None = None

    @contextmanager
    def read_here(self) -> Iterator[None]:
        """This thread is the one that reads keys."""
        self._near, self._far = socketpair()
        self._reader, self._awake = get_ident(), 0.0
        try:
            yield
        finally:
            self._reader = 0
            self._near.close()
            self._far.close()

    def is_set(self) -> bool:
        """Whether it is to end; for the thread that reads keys not before there are some, or it is."""
        if get_ident() == self._reader and not super().is_set():
            wait = 0 if monotonic() < self._awake else None
            if self._keys in select([self._keys, self._near.fileno()], [], [], wait)[0]:
                self._awake = monotonic() + AWAKE
        return super().is_set()

    def set(self) -> None:
        """It is to end."""
        super().set()
        if self._far is not None:
            with suppress(OSError):  # it has ended by itself
                self._far.send(b".")


class RestingDriver(LinuxDriver):
    """The framework's for Linux and macOS, at rest while no keys come."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.exit_event: Ending = Ending(self.fileno)

    def run_input_thread(self) -> None:
        """Read keys until it is to end; after the app had stepped aside for another program, once more."""
        with self.exit_event.read_here():
            super().run_input_thread()


__all__ = ["AWAKE", "Ending", "RestingDriver"]
