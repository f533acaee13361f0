"""Many people at once: nobody's work is lost, and nobody is told that a database is locked."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.crowd import Crowd, gather
from harness.nursery import Nursery


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the crowd, with a profile of its own."""
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    return tmp_path


def crowd(place: Path, **how: object) -> Crowd:
    with Nursery(("harness.crowd",)) as nursery:
        return gather(nursery, place, **how)  # type: ignore[arg-type]


def test_eight_writers_beside_an_importer_lose_no_update(place: Path) -> None:
    found = crowd(place, writers=8, times=10)

    assert () == found.failures
    assert 80 == found.counted
    assert found.conflicts > 0


@pytest.mark.slow
def test_eight_writers_of_a_hundred_saves_lose_no_update(place: Path) -> None:
    found = crowd(place, writers=8, times=100, pause=0.02)

    assert () == found.failures
    assert 800 == found.counted


def test_saving_without_saying_which_version_was_seen_is_caught(place: Path) -> None:
    found = crowd(place, writers=8, times=20, importer="", break_it="no version")

    assert () == found.failures
    assert found.counted < found.asked


def test_writing_without_waiting_in_line_is_caught(place: Path) -> None:
    found = crowd(place, writers=8, times=20, break_it="no gate")

    assert any("E_BUSY" in each for each in found.failures)
