"""The thread that reads keys sleeps until there are some, or until it is to end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Thread

import pytest

if sys.platform == "win32":
    pytest.skip("Windows waits for keys in a way of its own", allow_module_level=True)

from duibiao.tui import resting
from duibiao.tui.app import DuibiaoApp
from duibiao.tui.resting import Ending, RestingDriver


class Reader:
    """A thread that reads keys: what it was told each time it asked, and what it read."""

    def __init__(self) -> None:
        self.keys, self.typed = os.pipe()
        self.ending, self.told = Ending(self.keys), SimpleQueue[bytes | bool]()
        self.begin()

    def begin(self) -> None:
        self.thread = Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        with self.ending.read_here():
            while not self.ending.is_set():
                self.told.put(os.read(self.keys, 10))
        self.told.put(True)

    def close(self) -> None:
        self.ending.set()
        self.thread.join(10)
        os.close(self.keys)
        os.close(self.typed)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.setattr(resting, "AWAKE", 0)
    found = Reader()
    yield found
    found.close()


def test_it_is_told_nothing_while_nobody_types(reader: Reader) -> None:
    with pytest.raises(Empty):
        reader.told.get(timeout=0.3)

    assert reader.thread.is_alive()


def test_each_key_wakes_it(reader: Reader) -> None:
    for key in (b"1", b"\x1b"):
        os.write(reader.typed, key)

        assert reader.told.get(timeout=10) == key


def test_it_ends_at_once_though_no_key_comes(reader: Reader) -> None:
    reader.ending.set()

    assert reader.told.get(timeout=10) is True


def test_after_one_has_ended_another_may_begin(reader: Reader) -> None:
    reader.ending.set()
    reader.thread.join(10)
    assert reader.told.get(timeout=10) is True
    reader.ending.clear()
    assert not reader.ending.is_set()

    reader.begin()
    os.write(reader.typed, b"1")

    assert reader.told.get(timeout=10) == b"1"


def test_after_a_key_it_goes_on_looking_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resting, "AWAKE", 3600)
    keys, typed = os.pipe()
    ending = Ending(keys)
    os.write(typed, b"\x1b")

    with ending.read_here():
        assert [ending.is_set(), os.read(keys, 10), ending.is_set()] == [False, b"\x1b", False]

    os.close(keys)
    os.close(typed)


def test_the_app_reads_keys_in_this_way() -> None:
    assert DuibiaoApp().driver_class is RestingDriver
