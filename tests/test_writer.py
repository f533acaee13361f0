"""Saving in the background: in order, many at once, and nothing lost when a save fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event, current_thread

import pytest
from workspaces import UNIT, new, opened, set_fact, value_of

from duibiao.errors import BadInputError, Problem
from duibiao.services.writer import Fact, Job, Outcome, Writer
from duibiao.store import drafts
from duibiao.store.workspace import Workspace

PATIENT = 20.0
"""Seconds after which a test gives up waiting for the writer."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    return new(tmp_path / "office")


class Desk:
    """A writer on a workspace, what it said, and a switch that makes saving fail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard: list[Outcome] = []
        self.broken: str = ""
        self.writer = Writer(self._open, "me", self.heard.append)

    def _open(self) -> Workspace:
        if self.broken:
            raise BadInputError([Problem(self.broken)])
        return opened(self.folder)

    def put(self, value: int | str, fact: str = "households", **more: str) -> None:
        self.writer.put(Fact(UNIT, "2012", fact, value, **more))

    def flush(self) -> None:
        assert self.writer.flush(PATIENT)

    def stored(self, fact: str = "households") -> object:
        with opened(self.folder, write=False) as space:
            return value_of(space, fact)


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    found = Desk(folder)
    yield found
    found.writer.close(PATIENT, anyway=True)


def test_what_is_put_is_stored_in_order(desk: Desk) -> None:
    for number in range(1, 121):
        desk.put(number)
    desk.flush()

    assert "120" == desk.stored()
    assert list(range(1, 121)) == [each.version for each in desk.heard]


def test_a_save_starts_from_the_version_it_was_told(desk: Desk, folder: Path) -> None:
    with opened(folder) as space:
        set_fact(space, 5)
    desk.writer.knows(UNIT, "2012", "households", 1)
    desk.put(6)
    desk.flush()

    assert [2] == [each.version for each in desk.heard]
    assert "6" == desk.stored()


def test_somebody_elses_value_is_not_overwritten_but_shown(desk: Desk, folder: Path) -> None:
    with opened(folder) as space:
        set_fact(space, 5)
    desk.put(6)
    desk.put(7, "residents")
    desk.flush()

    conflict, other = desk.heard
    assert conflict.conflict
    assert conflict.theirs is not None
    assert (5, 1) == (conflict.theirs.value, conflict.theirs.version)
    assert 1 == other.version
    assert "5" == desk.stored()


def test_after_a_conflict_ours_can_follow_theirs(desk: Desk, folder: Path) -> None:
    with opened(folder) as space:
        set_fact(space, 5)
    desk.put(6)
    desk.flush()
    theirs = desk.heard[0].theirs
    assert theirs is not None

    desk.writer.knows(UNIT, "2012", "households", theirs.version)
    desk.put(6)
    desk.flush()

    assert 2 == desk.heard[-1].version
    assert "6" == desk.stored()


def test_what_could_not_be_saved_is_kept_and_tried_again(desk: Desk) -> None:
    desk.broken = "E_BUSY"
    desk.put(6)
    desk.flush()
    assert ["E_BUSY"] == [each.code for each in desk.heard[0].problems]
    assert [6] == [each.literal for each in desk.writer.unsaved.values()]

    desk.broken = ""
    assert 1 == desk.writer.retry()
    desk.flush()

    assert {} == desk.writer.unsaved
    assert "6" == desk.stored()


def test_a_newer_answer_takes_the_place_of_one_that_waits_to_be_tried_again(desk: Desk) -> None:
    desk.broken = "E_DISK_FULL"
    desk.put(6)
    desk.flush()
    desk.broken = ""
    desk.put(7)
    desk.writer.retry()
    desk.flush()

    assert "7" == desk.stored()


def test_closing_refuses_while_something_is_unsaved_and_goes_on_working(desk: Desk) -> None:
    desk.broken = "E_DISK_FULL"
    desk.put(6)

    assert not desk.writer.close(PATIENT)

    desk.broken = ""
    desk.put(7, "residents")
    assert desk.writer.close(PATIENT)
    assert ("6", "7") == (desk.stored(), desk.stored("residents"))


def test_closing_anyway_stops_although_something_is_unsaved(desk: Desk) -> None:
    desk.broken = "E_DISK_FULL"
    desk.put(6)
    desk.flush()

    assert desk.writer.close(PATIENT, anyway=True)


def test_an_unexpected_failure_keeps_what_was_typed_and_the_next_thing_is_saved(desk: Desk) -> None:
    desk.writer.put(Fact(UNIT, "2012", "households", object()))
    desk.put(7, "residents")
    desk.flush()

    failed, saved = desk.heard
    assert ["E_NOT_SAVED"] == [each.code for each in failed.problems]
    assert 1 == saved.version


def test_other_work_is_done_in_its_turn_with_the_same_connection(desk: Desk) -> None:
    done, threads = Event(), []

    def keep(space: Workspace) -> None:
        threads.append(current_thread().name)
        assert "6" == value_of(space)
        drafts.keep(space, drafts.Draft("me", "typing/x", "", "95.", "2026-05-01T08:00:00+00:00"))

    desk.put(6)
    desk.writer.do(Job(keep, lambda problems: done.set()))

    assert done.wait(PATIENT)
    assert ["writer"] == threads
    with opened(desk.folder) as space:
        assert ["95."] == [each.text for each in drafts.of(space, "me")]


def test_other_work_that_fails_says_why(desk: Desk) -> None:
    said: list[str] = []

    def fail(space: Workspace) -> None:
        raise BadInputError([Problem("E_EV_KIND")])

    desk.writer.do(Job(fail, lambda problems: said.extend(each.code for each in problems)))
    desk.put(6)
    desk.flush()

    assert ["E_EV_KIND"] == said
    assert "6" == desk.stored()
