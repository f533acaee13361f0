"""Upgrades to a schema that does not exist yet, from every one that was published; and what may be found when one is cut off."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import cast
from unittest.mock import patch

from duibiao.errors import BadInputError
from duibiao.store import backup, connection, migrate, schema
from duibiao.store.journal import verify
from duibiao.store.schema import STEPS, Step
from duibiao.store.workspace import open_workspace

from . import mutants, office
from .kills import Marks

PUBLISHED = tuple(step.version for step in STEPS)

_NEXT = (
    "CREATE TABLE closed_day (day TEXT NOT NULL PRIMARY KEY, unit TEXT NOT NULL) STRICT",
    "INSERT INTO closed_day SELECT code, name FROM unit",
    "ALTER TABLE unit ADD COLUMN telephone TEXT NOT NULL DEFAULT ''",
    "DROP TRIGGER event_stays",
    "CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'an entry stays as it is'); END",
    "CREATE TABLE office_new (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, since TEXT NOT NULL DEFAULT '') STRICT",
    "INSERT INTO office_new SELECT key, value, '' FROM office",
    "DROP TABLE office",
    "ALTER TABLE office_new RENAME TO office",
)
_AFTER = ("CREATE INDEX closed_by_unit ON closed_day (unit)", "UPDATE closed_day SET unit = unit || '。'")
DONE = "upgraded"
SAVED = 45
"""Entries that a published workspace has at least."""

TO_COME = (*STEPS, Step(STEPS[-1].version + 1, _NEXT), Step(STEPS[-1].version + 2, _AFTER))
"""Every published step, and two more: tables made, filled, altered, replaced, and a guard of the journal renewed."""


def published(folder: Path, version: int) -> None:
    """A workspace as it was made when *version* was the newest, with some work in it."""
    steps = STEPS[: PUBLISHED.index(version) + 1]
    then = patch.dict(cast(dict[str, object], open_workspace.__kwdefaults__), steps=steps)
    with then, patch.object(schema.run_steps, "__defaults__", (steps,)), patch.object(schema, "VERSION", version):
        office.fresh(folder)
        with open_workspace(folder, office.now, steps=steps) as space:
            for number in range(60):
                office.SAVES[number % len(office.SAVES)](space, Random(number), number)


def upgrade(folder: str, seed: int, marks: str) -> None:
    """Open a workspace with the program of the future, and say so."""
    out = Marks(marks)
    out.ready()
    open_workspace(Path(folder), office.now, steps=TO_COME).close()
    out.say(DONE)


def upgrade_recorded(folder: str, marks: str) -> None:
    """`upgrade`, under the recorder."""
    upgrade(folder, 0, marks)


def upgrade_in_steps(folder: str, seed: int, marks: str) -> None:
    """The same with an upgrade that saves statement by statement."""
    mutants.upgrade_in_steps()
    upgrade(folder, seed, marks)


def old_or_new(folder: Path, acknowledged: Sequence[str]) -> Iterator[str]:
    """What is wrong with a workspace whose upgrade was cut off: it is of one version or the other, whole, and can be upgraded."""
    try:
        found = _recovered(folder)
        if found not in (*PUBLISHED, TO_COME[-1].version) or (DONE in acknowledged and found != TO_COME[-1].version):
            yield f"lost: version {found}"
        steps = TO_COME if found == TO_COME[-1].version else STEPS[: PUBLISHED.index(found) + 1]
        yield from _whole(folder, steps)
        with open_workspace(folder, office.now, steps=TO_COME) as space:
            yield from (f"on opening: {each.code} {each.found}" for each in space.notes if each.code not in office.TOLD)
        yield from _whole(folder, TO_COME)
        if not any(connection.look_at(each) in PUBLISHED for each in backup.listed(folder)):
            yield "no backup of the old version"
    except (BadInputError, sqlite3.Error, ValueError) as error:
        yield f"damaged: {error}"


def after_power(folder: Path, acknowledged: Sequence[str]) -> Iterator[str]:
    """`old_or_new` for a rebuilt disk."""
    office.forget_heads()
    yield from old_or_new(folder, acknowledged)


def _recovered(folder: Path) -> int:
    """The version of the file after SQLite rolled back what was half done."""
    with closing(sqlite3.connect(folder / connection.FILE)) as db:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def _whole(folder: Path, steps: tuple[Step, ...]) -> Iterator[str]:
    with closing(sqlite3.connect(folder / connection.FILE)) as db:
        yield from (f"between: {name}" for name in migrate.differences(db, steps))
        (sane,) = db.execute("PRAGMA integrity_check").fetchone()
        if sane != "ok" or verify(db) < SAVED:
            yield f"damaged: {sane}"
        if steps == TO_COME and db.execute("SELECT count(*) FROM closed_day WHERE unit LIKE '%。'").fetchone() != (3,):
            yield "between: rows are missing"
