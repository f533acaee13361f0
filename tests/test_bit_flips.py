"""Single bits flipped in the database file: each that changes what the file says is found by the full examination."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest
from harness import office
from harness.cuts import scratch
from harness.flips import flip, said_by

from duibiao.errors import BadInputError
from duibiao.store import connection
from duibiao.store.doctor import examine
from duibiao.store.workspace import open_workspace


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A workspace with some work of every sort in it."""
    with scratch() as place:
        monkeypatch.setenv("DUIBIAO_STATE", str(place / "state"))
        office.fresh(place / "office")
        with open_workspace(place / "office", office.now) as space:
            for number in range(200):
                office.SAVES[number % len(office.SAVES)](space, Random(number), number)
        yield place / "office"


def test_whatever_a_bit_changes_is_found(folder: Path) -> None:
    found = flip(folder / connection.FILE, office.examined, times=100, seed=1)

    assert () == found.missed
    assert found.changed > 20


def test_whatever_a_bit_of_the_schema_changes_is_found(folder: Path) -> None:
    found = flip(folder / connection.FILE, office.examined, times=150, seed=1, near=b"CREATE TABLE")

    assert () == found.missed
    assert found.changed > 50


@pytest.mark.slow
def test_whatever_any_of_five_hundred_bits_changes_is_found(folder: Path) -> None:
    found = flip(folder / connection.FILE, office.examined, times=500, seed=2)

    assert () == found.missed
    assert found.changed > 100


@pytest.mark.slow
@pytest.mark.parametrize("near", [b"CREATE TABLE", b"CREATE TRIGGER", b'"actor":"me"', b"form-", b"SQLite format 3"])
def test_whatever_a_bit_changes_in_the_pages_that_matter_most_is_found(folder: Path, near: bytes) -> None:
    assert () == flip(folder / connection.FILE, office.examined, times=300, seed=3, near=near).missed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"CREATE TABLE task", b"CREATE TABL\xc5 task"),
        (rb"\x17(\x13\x13\x01..tableloglog)", b"\x16\\1"),
        ('"note":"备'.encode(), b'"note":"' + b"\xe5\x24\x87"),
        (rb'\{"actor":"me","at":', b'\xfb"actor":"me","at":'),
        (b"fact_1", b"fact\xdf1"),
    ],
    ids=["schema not text", "name of a kind as bytes", "body not text", "body not JSON", "row not text"],
)
def test_damage_is_told_on_examining_and_never_a_surprise_on_opening(folder: Path, before: bytes, after: bytes) -> None:
    file = folder / connection.FILE
    sound = file.read_bytes()
    damaged = re.sub(before, after, sound, flags=re.DOTALL)
    assert sound != damaged
    file.write_bytes(damaged)

    assert [] != list(office.examined(folder))
    with suppress(BadInputError):
        open_workspace(folder, office.now).close()


@pytest.mark.parametrize(
    ("place", "code", "names"),
    [('"note":"备注', "E_CHAIN", r"\d+"), ('(?<!"note":")(?<!备注)备注', "E_DRIFT", r"fact 32041210000\d 2011 fact_\d+")],
)
def test_what_is_found_is_named_by_entry_or_by_row(folder: Path, place: str, code: str, names: str) -> None:
    file = folder / connection.FILE
    damaged = bytearray(file.read_bytes())
    found = re.search(place.encode(), damaged)
    assert found is not None
    damaged[found.end() - 1] ^= 1
    file.write_bytes(damaged)
    problems = [each for each in examine(folder, full=True).problems if each.code == code]

    assert re.fullmatch(names, problems[0].found)


def test_the_check_of_sqlite_alone_is_caught_missing_some(folder: Path) -> None:
    def sqlite_alone(office_folder: Path) -> Iterator[str]:
        try:
            with closing(sqlite3.connect(office_folder / connection.FILE)) as db:
                (said,) = db.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.DatabaseError as error:
            said = str(error)
        if said != "ok":
            yield said

    assert flip(folder / connection.FILE, sqlite_alone, times=100, seed=1).missed


def test_the_text_of_the_schema_counts_as_what_a_file_says(folder: Path) -> None:
    file = folder / connection.FILE
    before, sound = said_by(file), bytearray(file.read_bytes())
    sound[sound.index(b"the journal only grows")] ^= 1
    file.write_bytes(sound)

    assert before != said_by(file)
