"""An upgrade killed at any moment leaves the old version or the new one, and the next start finishes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from harness import office, upgrades
from harness.kills import Kills, Tally, Victim
from harness.nursery import Nursery


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the killing, with a profile of its own."""
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    return tmp_path


def killed(place: Path, victim: Victim, version: int, times: int) -> Tally:
    """Upgrade a workspace of a published *version*, and kill whoever does it."""
    upgrades.published(place / "published", version)
    office.forget_heads()

    def copy(folder: Path) -> None:
        office.forget_heads()
        shutil.copytree(place / "published", folder)

    with Nursery(("harness.upgrades",)) as nursery:
        return Kills(nursery, place, copy, upgrades.old_or_new, seed=1).action(victim, times=times)


@pytest.mark.parametrize("version", upgrades.PUBLISHED)
def test_an_upgrade_that_is_not_disturbed_is_whole(place: Path, version: int) -> None:
    upgrades.published(place / "published", version)
    upgrades.upgrade(str(place / "published"), 1, str(place / "marks"))

    assert [] == list(upgrades.old_or_new(place / "published", ["upgraded"]))


@pytest.mark.slow
@pytest.mark.parametrize("version", upgrades.PUBLISHED)
def test_fifty_kills_leave_the_old_version_or_the_new(place: Path, version: int) -> None:
    found = killed(place, upgrades.upgrade, version, times=50)

    assert () == found.bad
    assert found.killed > 10


@pytest.mark.slow
def test_an_upgrade_in_several_transactions_is_caught(place: Path) -> None:
    found = killed(place, upgrades.upgrade_in_steps, upgrades.PUBLISHED[0], times=50)

    assert any(fault.startswith("between") for each in found.bad for fault in each.faults)
