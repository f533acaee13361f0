"""The tables of a workspace, version by version. A new workspace runs every step, so its text equals a migrated one's.

``event`` and ``log`` are the record of truth and only grow; ``draft`` is a person's unsaved text; ``setting`` is this
program's own bookkeeping; every other table is a projection that can be rebuilt from the journal.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from attrs import frozen

APPLICATION_ID = 0x44554249
"""«DUBI», in the header of every workspace."""


@frozen
class Step:
    """One published version of the schema.

    Attributes:
        version: What ``user_version`` says afterwards.
        statements: SQL, run in order inside one transaction.
    """

    version: int
    statements: tuple[str, ...]


_JOURNAL = (
    """CREATE TABLE event (
  hash TEXT NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
  stream TEXT NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 1),
  prev TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (stream, n)
) STRICT""",
    """CREATE TABLE log (
  seq INTEGER NOT NULL PRIMARY KEY CHECK (seq >= 1),
  event TEXT NOT NULL UNIQUE REFERENCES event (hash),
  link TEXT NOT NULL CHECK (length(link) = 64)
) STRICT""",
    """CREATE TRIGGER event_grows BEFORE INSERT ON event
WHEN new.n <> 1 + coalesce((SELECT max(n) FROM event WHERE stream = new.stream), 0)
  OR new.prev <> coalesce((SELECT hash FROM event WHERE stream = new.stream ORDER BY n DESC LIMIT 1), printf('%064d', 0))
  OR EXISTS (SELECT 1 FROM event WHERE hash = new.hash)
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END""",
    "CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END",
    "CREATE TRIGGER event_lasts BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END",
    """CREATE TRIGGER log_grows BEFORE INSERT ON log
WHEN new.seq <> 1 + coalesce((SELECT max(seq) FROM log), 0)
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END""",
    "CREATE TRIGGER log_stays BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END",
    "CREATE TRIGGER log_lasts BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END",
)

_OFFICE = (
    "CREATE TABLE office (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT",
    """CREATE TABLE operator (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,
  levels TEXT NOT NULL,
  territory TEXT NOT NULL,
  active INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE unit (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  initials TEXT NOT NULL,
  source TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX division ON unit (code, name, initials) WHERE length(code) < 12",
    """CREATE TABLE fact (
  unit TEXT NOT NULL,
  period TEXT NOT NULL,
  fact TEXT NOT NULL,
  value TEXT NOT NULL,
  version INTEGER NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL,
  note TEXT NOT NULL,
  example INTEGER NOT NULL,
  PRIMARY KEY (unit, period, fact)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX fact_by_name ON fact (fact, period, unit)",
    """CREATE TABLE evidence (
  id TEXT NOT NULL PRIMARY KEY,
  unit TEXT NOT NULL,
  period TEXT NOT NULL,
  fact TEXT NOT NULL,
  case_id TEXT NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL,
  removed TEXT NOT NULL
) STRICT""",
    "CREATE INDEX evidence_of_unit ON evidence (unit, period, fact)",
)

_CASES = (
    """CREATE TABLE round (
  id TEXT NOT NULL PRIMARY KEY,
  standard TEXT NOT NULL,
  year INTEGER NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT""",
    """CREATE TABLE sample (
  round TEXT NOT NULL REFERENCES round (id),
  stage TEXT NOT NULL,
  seed TEXT NOT NULL,
  asked TEXT NOT NULL,
  pool TEXT NOT NULL,
  chosen TEXT NOT NULL,
  drawn TEXT NOT NULL,
  PRIMARY KEY (round, stage)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE cases (
  id TEXT NOT NULL PRIMARY KEY,
  unit TEXT NOT NULL,
  standard TEXT NOT NULL,
  edition TEXT NOT NULL,
  content TEXT NOT NULL,
  round TEXT NOT NULL,
  year INTEGER NOT NULL,
  track TEXT NOT NULL,
  status TEXT NOT NULL,
  holder TEXT NOT NULL,
  opened TEXT NOT NULL,
  result TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX case_of_unit ON cases (unit)",
    """CREATE TABLE step (
  case_id TEXT NOT NULL REFERENCES cases (id),
  seq INTEGER NOT NULL,
  stage TEXT NOT NULL,
  entered TEXT NOT NULL,
  left TEXT,
  outcome TEXT NOT NULL,
  actor TEXT NOT NULL,
  note TEXT NOT NULL,
  result TEXT NOT NULL,
  checked TEXT NOT NULL,
  PRIMARY KEY (case_id, seq)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE score (
  case_id TEXT NOT NULL REFERENCES cases (id),
  level TEXT NOT NULL,
  indicator TEXT NOT NULL,
  points TEXT NOT NULL,
  reason TEXT NOT NULL,
  approver TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (case_id, level, indicator)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE paper (
  case_id TEXT NOT NULL REFERENCES cases (id),
  stage TEXT NOT NULL,
  name TEXT NOT NULL,
  received TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (case_id, stage, name)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE opinion (
  case_id TEXT NOT NULL REFERENCES cases (id),
  stage TEXT NOT NULL,
  body TEXT NOT NULL,
  given TEXT NOT NULL,
  agrees INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (case_id, stage, body)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE notice (
  case_id TEXT NOT NULL REFERENCES cases (id),
  stage TEXT NOT NULL,
  posted TEXT NOT NULL,
  until TEXT,
  places TEXT NOT NULL,
  contacts TEXT NOT NULL,
  media TEXT NOT NULL,
  PRIMARY KEY (case_id, stage)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE objection (
  case_id TEXT NOT NULL REFERENCES cases (id),
  id TEXT NOT NULL,
  stage TEXT NOT NULL,
  raised TEXT NOT NULL,
  who TEXT NOT NULL,
  text TEXT NOT NULL,
  settled TEXT,
  outcome TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (case_id, id)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE finding (
  case_id TEXT NOT NULL REFERENCES cases (id),
  id TEXT NOT NULL,
  stage TEXT NOT NULL,
  found TEXT NOT NULL,
  text TEXT NOT NULL,
  due TEXT,
  settled TEXT,
  measure TEXT NOT NULL,
  PRIMARY KEY (case_id, id)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE task (
  case_id TEXT NOT NULL REFERENCES cases (id),
  id TEXT NOT NULL,
  stage TEXT NOT NULL,
  department TEXT NOT NULL,
  text TEXT NOT NULL,
  due TEXT,
  done TEXT,
  PRIMARY KEY (case_id, id)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE award (
  case_id TEXT NOT NULL REFERENCES cases (id),
  award TEXT NOT NULL,
  unit TEXT NOT NULL,
  standard TEXT NOT NULL,
  title TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT,
  certificate TEXT NOT NULL,
  state TEXT NOT NULL,
  act TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (case_id, award, since)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX award_of_unit ON award (standard, award, unit)",
)

_OWN = (
    """CREATE TABLE draft (
  person TEXT NOT NULL,
  form TEXT NOT NULL,
  base TEXT NOT NULL,
  text TEXT NOT NULL,
  at TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (person, form)
) STRICT, WITHOUT ROWID""",
)

_PATH = """coalesce((SELECT group_concat({column}, char(10)) FROM (SELECT {column} FROM unit
    WHERE code IN (substr(place.code, 1, 2), substr(place.code, 1, 4), substr(place.code, 1, 6), place.code)
    ORDER BY length(code))), '')"""
_PLACED = f"UPDATE place SET names = {_PATH.format(column='name')},\n  initials = {_PATH.format(column='initials')}"  # noqa: S608
_BELOW = f"{_PLACED}\n  WHERE code >= substr(new.code, 1, 9) AND code < substr(new.code, 1, 9) || ':'"
_SEARCH = (
    "DROP INDEX division",
    "CREATE INDEX unit_first ON unit (initials, name, code, kind) WHERE initials < 'c'",
    "CREATE INDEX unit_last ON unit (initials, name, code, kind) WHERE initials >= 'z'",
    "CREATE INDEX unit_by_kind ON unit (kind, code, name, initials)",
    "CREATE TABLE place (code TEXT NOT NULL PRIMARY KEY, names TEXT NOT NULL, initials TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "INSERT INTO place SELECT DISTINCT substr(code, 1, 9), '', '' FROM unit",
    _PLACED,
    f"""CREATE TRIGGER unit_added AFTER INSERT ON unit
WHEN length(new.code) < 12 OR NOT EXISTS (SELECT 1 FROM place WHERE code = substr(new.code, 1, 9)) BEGIN
  INSERT INTO place SELECT substr(new.code, 1, 9), '', '' WHERE NOT EXISTS (SELECT 1 FROM place WHERE code = new.code);
  {_BELOW};
END""",  # noqa: S608 - only our own words
    f"""CREATE TRIGGER division_renamed AFTER UPDATE ON unit
WHEN length(new.code) < 12 AND (new.name <> old.name OR new.initials <> old.initials) BEGIN
  {_BELOW};
END""",
)
"""What searches rest on: both ends of the order by name (all of it would slow imports down: every part would write to every page
of it), the order by kind, and beside every division the names of all that it lies in, a line each."""

_ENDS = (
    "DROP INDEX unit_first",
    "DROP INDEX unit_last",
    "CREATE INDEX unit_first ON unit (initials, name, code, kind) WHERE initials < 'bj'",
    "CREATE INDEX unit_last ON unit (initials, name, code, kind) WHERE initials >= 'zx'",
)
"""Shorter ends, a fiftieth of the nation each. Some workspaces of version 2 have these already."""

STEPS: tuple[Step, ...] = (Step(1, (*_JOURNAL, *_OFFICE, *_CASES, *_OWN)), Step(2, _SEARCH), Step(3, _ENDS))
VERSION = STEPS[-1].version

JOURNAL = ("event", "log")
OWN = ("draft",)


def run_steps(connection: sqlite3.Connection, after: int, steps: Sequence[Step] = STEPS) -> None:
    """Run every step later than version *after* inside the transaction that is open."""
    for step in steps:
        if step.version > after:
            for statement in step.statements:
                connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {steps[-1].version}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def schema_of(connection: sqlite3.Connection) -> Mapping[str, str]:
    """What the file says its tables, indexes and triggers are: kind and name to SQL text."""
    # Bytes in the place of text read the same and are damage.
    said = "CASE WHEN typeof(type) || typeof(name) || typeof(tbl_name) = 'texttexttext' THEN '' ELSE '?' END"
    rows = connection.execute(
        f"SELECT type || ' ' || name, {said} || coalesce(sql, '') || ' ' || tbl_name FROM sqlite_schema"  # noqa: S608
    ).fetchall()
    return dict(rows)


def expected_schema(steps: Sequence[Step] = STEPS) -> Mapping[str, str]:
    """What it should say after *steps*."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        run_steps(connection, 0, steps)
        return schema_of(connection)
    finally:
        connection.close()


def projections(connection: sqlite3.Connection) -> list[str]:
    """Names of the tables that the journal can rebuild."""
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
    return [name for (name,) in names.fetchall() if name not in (*JOURNAL, *OWN)]
