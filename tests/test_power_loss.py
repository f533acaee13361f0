"""Power cuts: what was acknowledged is there when the power is back, whatever of the rest reached the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from harness import acts, office, require, upgrades
from harness.cuts import Check, Survey, cut, scratch
from harness.record import python, record

RUN = "import sys; sys.path.insert(0, sys.argv[1]); from harness import {0}; {0}.{1}(*sys.argv[2:])"
TESTS = str(Path(__file__).parent)


@pytest.fixture(autouse=True)
def at_the_recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can record, and a profile of its own."""
    require.strace()
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))


def recorded(program: str, make: Callable[[Path], None], check: Check, *args: str, **how: int) -> Survey:
    """Record a program of the harness at work on what *make* makes, and cut the power after each of its calls."""
    with scratch() as place:
        watched, marks = place / "watched", place / "marks"
        make(watched)
        command = python(RUN.format(*program.split(".")), TESTS, str(watched), str(marks), *args)
        return cut(record(command, watched, marks), check, **{"seed": 1, **how})


def session(mutant: str = "", *, count: int = 1, seed: int = 1, **how: int) -> Survey:
    """Saves of every sort, *count* times each, perhaps by a broken store; *seed* decides what is saved and what arrives."""
    args = (mutant, str(seed), str(count))
    return recorded("mutants.session", office.fresh, office.after_power, *args, seed=seed, **how)


def told(found: Survey) -> set[str]:
    """The first word of every fault."""
    return {fault.split()[0] for loss in found.losses for fault in loss.faults}


def test_a_power_cut_after_any_call_of_a_save_loses_nothing() -> None:
    found = session(random_ways=0)

    assert () == found.losses
    assert found.distinct > 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_thousands_of_power_cuts_lose_nothing(seed: int) -> None:
    found = session(count=2, random_ways=8, seed=seed)

    assert () == found.losses
    assert found.distinct >= 1500


@pytest.mark.parametrize(
    ("mutant", "fault"),
    [
        ("delete and full", "lost"),
        ("evidence not synced", "E_OBJ_BAD"),
        pytest.param("journal and state apart", "E_DRIFT", marks=pytest.mark.slow),
        pytest.param("names of evidence not synced", "E_OBJ_MISSING", marks=pytest.mark.slow),
    ],
)
def test_a_store_that_is_less_careful_is_caught(mutant: str, fault: str) -> None:
    assert fault in told(session(mutant, random_ways=1, enough=1))


def test_a_workspace_that_is_said_to_be_made_is_whole_and_another_can_be_made() -> None:
    assert () == recorded("acts.create", Path.mkdir, acts.made_or_not, random_ways=0).losses


def test_evidence_left_by_a_killed_process_is_durable_before_another_names_it() -> None:
    found = recorded("acts.attach_what_a_killed_process_left", office.fresh, office.after_power, random_ways=0)

    assert () == found.losses


def test_a_backup_that_is_said_to_be_made_can_be_restored() -> None:
    assert () == recorded("acts.back_up", acts.with_evidence, acts.backed_up, random_ways=0).losses


def test_a_restored_workspace_is_whole_or_not_there() -> None:
    assert () == recorded("acts.restore", acts.with_evidence, acts.restored_or_not, random_ways=8).losses


@pytest.mark.slow
@pytest.mark.parametrize("version", upgrades.PUBLISHED)
def test_a_power_cut_during_an_upgrade_leaves_the_old_version_or_the_new(version: int) -> None:
    def make(watched: Path) -> None:
        upgrades.published(watched, version)

    found = recorded("upgrades.upgrade_recorded", make, upgrades.after_power, random_ways=2)

    assert () == found.losses
    assert found.distinct > 200
