"""Why a case cannot move: a code, the condition that is not met, and its clause; the words are made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import field, frozen

from duibiao.errors import DuibiaoError
from duibiao.model.outcome import Reason
from duibiao.model.sources import Cite, Item


@frozen(kw_only=True)
class Condition:
    """What was asked, what was found, and where the source asks it.

    Attributes:
        kind: What sort of thing: ``score gate award indicators fact document notice objection opinion window finding task
            sample mock status stage scope track quota title assessment``.
        id: Its id in the standard or the case; empty where it has none.
        title: 中文 title.
        title_en: English title.
        state: ``not_met``, or ``open`` while missing facts could still settle it either way.
        found: What was found, as text; empty when nothing was.
        required: What would be right, as text.
        operator: Sign between the two, for numbers.
        missing: Facts that would settle it, or keys that the operator has to supply.
        names: The single things that are missing or unsettled: documents, places, bodies, ids of objections …
        cite: Where the source asks it.
        because: The explanation, where an assessment gave it.
        parts: The conditions it consists of.
    """

    kind: str
    id: str = ""
    title: str = ""
    title_en: str = ""
    state: str = "not_met"
    found: str = ""
    required: str = ""
    operator: str = ""
    missing: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    cite: Cite = field(factory=Cite)
    because: Reason | None = None
    parts: tuple[Condition, ...] = ()


@frozen(kw_only=True)
class Block:
    """One thing that keeps a case where it is, or (as a warning) that goes on record without keeping it.

    Attributes:
        code: Code of ``problems.toml``.
        stage: Stage id; empty when it concerns the case as a whole.
        condition: What is not met.
        day: The day that matters: when a window opens or closed, when a notice ends, when a task was due.
        days: Days until then, or since.
    """

    code: str
    stage: str
    condition: Condition
    day: date | None = None
    days: int | None = None

    @property
    def cite(self) -> Cite:
        """Where the source asks for the condition."""
        return self.condition.cite


class BlockedError(DuibiaoError):
    """A move that the state of the case does not allow.

    Attributes:
        blocks: Everything that is in its way.
    """

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.blocks = tuple(blocks)
        super().__init__("; ".join(f"{each.code} {each.stage} {each.condition.id}" for each in self.blocks))


def of(item: Item, kind: str, **more: object) -> Condition:
    """A condition that *item* of the standard poses, with its title and clause; *more* are further attributes."""
    given = {"id": item.id, "title": item.title, "title_en": item.title_en, "cite": item.cite, **more}
    return Condition(kind=kind, **given)  # type: ignore[arg-type]


__all__ = ["Block", "BlockedError", "Condition", "of"]
