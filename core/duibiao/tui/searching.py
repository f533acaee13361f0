"""A page whose table is searched as one types, and sorted by any of its columns."""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import evolve
from textual import work

from duibiao.tui.base import Page, spoken
from duibiao.tui.table import Column


class Searched(Page):
    """A page with a table.

    Attributes:
        FIND: What may be typed to find something, 中文 and English.
        SORTED: The table's columns.
        FALLING: Orders that begin with the greatest.
        asked: What the table shows: ``text``, ``order`` and ``down`` among other things.
    """

    FIND: ClassVar[tuple[str, str]]
    SORTED: ClassVar[tuple[Column, ...]]
    FALLING: ClassVar[frozenset[str]] = frozenset()

    asked: Any

    def load(self) -> None:
        """Show what is asked for."""
        raise NotImplementedError

    def ask_for(self, **changes: Any) -> None:
        """Show something else."""
        self.asked = evolve(self.asked, **changes)
        self.load()

    @work
    async def action_find(self) -> None:
        """Find as one types."""
        from duibiao.tui.assess_dialogs import AskLine

        before = self.asked.text
        text = await self.app.push_screen_wait(spoken(lambda: AskLine(self.say(*self.FIND), before, low=True, heard=self._find)))
        self._find(before if text is None else str(text))

    def _find(self, text: str) -> None:
        if text.strip() != self.asked.text:
            self.ask_for(text=text.strip())

    @work
    async def action_sort(self) -> None:
        """Choose the order; the one in use turns round."""
        from duibiao.tui.picking import Choose

        def asking() -> Choose:
            items = [(self.say(each.zh, each.en), each.order) for each in self.SORTED if each.order]
            return Choose(self.say("按哪一列排序", "Sort by"), items, now=self.asked.order)

        chosen = await self.app.push_screen_wait(spoken(asking))
        if chosen is not None:
            again = chosen == self.asked.order
            self.ask_for(order=str(chosen), down=not self.asked.down if again else chosen in self.FALLING)

    def action_reverse(self) -> None:
        """The other way round."""
        self.ask_for(down=not self.asked.down)
