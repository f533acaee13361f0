"""Text that a person has typed and not saved: kept so that nothing typed is lost, not part of the record."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from attrs import frozen

from duibiao.store import gate
from duibiao.store.faults import told

if TYPE_CHECKING:
    from duibiao.store.workspace import Workspace


@frozen
class Draft:
    """What a person typed.

    Attributes:
        person: Operator id.
        form: What it was typed into, e.g. ``fact/320412100002/2012``.
        base: The version it started from.
        text: The text.
        at: When.
    """

    person: str
    form: str
    base: str
    text: str
    at: str


def digest(person: str, form: str, base: str, text: str, at: str) -> str:
    """What shows that a draft is as it was written: it has no place in the journal."""
    return sha256("\n".join((person, form, base, text, at)).encode()).hexdigest()


def keep(space: Workspace, draft: Draft) -> None:
    """Keep a draft, in place of the one of the same person and form."""
    values = (draft.person, draft.form, draft.base, draft.text, draft.at)
    _write(
        space, draft.person,
        "INSERT INTO draft (person, form, base, text, at, digest) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "base = excluded.base, text = excluded.text, at = excluded.at, digest = excluded.digest",
        (*values, digest(*values)),
    )  # fmt: skip


def drop(space: Workspace, person: str, form: str) -> None:
    """Forget a draft: it was saved, or given up."""
    _write(space, person, "DELETE FROM draft WHERE person = ? AND form = ?", (person, form))


def _write(space: Workspace, person: str, sql: str, values: tuple[str, ...]) -> None:
    space.check_writable()
    with told(space.folder), gate.hold(space.folder, person, space.clock(), space.patience):
        space.db.execute("BEGIN IMMEDIATE")
        try:
            space.db.execute(sql, values)
            space.db.execute("COMMIT")
        except BaseException:
            space.undo()
            raise


def of(space: Workspace, person: str) -> list[Draft]:
    """A person's drafts, oldest first."""
    rows = space.rows("SELECT person, form, base, text, at FROM draft WHERE person = ? ORDER BY at, form", (person,))
    return [Draft(**row) for row in rows]
