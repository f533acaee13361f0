"""`kill -9` at any moment: what was acknowledged is there, journal and tables agree, evidence is whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import mutants, office
from harness.kills import Kills, Marks, Tally, Victim
from harness.nursery import Nursery

WRITERS = (office.facts, office.cases, office.evidence)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the killing, with a profile of its own."""
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    return tmp_path


def killed(place: Path, *writers: Victim, rounds: int, enough: int | None = None, seed: int = 1) -> Tally:
    with Nursery(("harness.mutants",)) as nursery:
        kills = Kills(nursery, place, office.fresh, office.sound, seed)
        return kills.writers(writers, rounds=rounds, longest=0.1, renew=10, enough=enough)


def told(found: Tally) -> set[str]:
    """The first word of every fault."""
    return {fault.split()[0] for each in found.bad for fault in each.faults}


def raises(folder: str, seed: int, marks: str) -> None:
    out = Marks(marks)
    out.ready()
    raise ValueError("no good")


def test_three_writers_killed_at_random_moments_lose_nothing(place: Path) -> None:
    found = killed(place, *WRITERS, rounds=12)

    assert () == found.bad
    assert found.acknowledged >= 5


@pytest.mark.slow
def test_three_hundred_rounds_of_kills_lose_nothing(place: Path) -> None:
    found = killed(place, *WRITERS, rounds=300, seed=2)

    assert () == found.bad
    assert (300, 900) == (found.rounds, found.killed)
    assert found.acknowledged >= 200
    assert found.cut_off > 0


@pytest.mark.slow
def test_journal_and_state_in_two_transactions_are_caught(place: Path) -> None:
    assert "E_DRIFT" in told(killed(place, mutants.facts_apart, office.cases, office.evidence, rounds=200, enough=1))


@pytest.mark.slow
def test_evidence_kept_after_its_row_is_caught(place: Path) -> None:
    assert "E_OBJ_MISSING" in told(killed(place, office.facts, office.cases, mutants.evidence_row_first, rounds=200, enough=1))


def test_a_writer_that_ends_by_itself_is_a_fault(place: Path) -> None:
    (bad,) = killed(place, raises, rounds=1).bad

    assert "no good" in bad.faults[0]
