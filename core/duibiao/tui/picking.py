"""Small lists to choose from, over a screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from duibiao.tui.base import Dialog
from duibiao.tui.keys import key
from duibiao.tui.lines import Panel, Part
from duibiao.tui.lists import Entries, Entry

EDGES = 2
"""Lines that it takes from its height."""
SHARE = 90
"""Per cent of the screen's height that a dialog has at most."""


class Choose(Dialog):
    """A list to choose one thing from; dismissed with what it stands for, or with None."""

    DEFAULT_CSS = """
    Choose Panel, Choose Entries { background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            key(str(n), f"take({n})", f"第 {n} 项", f"item {n}", show=False, name=f"choose.{n}")
            for n in range(1, 10)
        ),
        key("q", "cancel", "取消", "cancel", show=False, name="choose.cancel"),
    ]  # fmt: skip

    def __init__(self, title: str, items: Sequence[tuple[str, Any]], *, said: Sequence[str] = (), now: Any = None) -> None:
        """*items*: text and what it stands for, None for a heading. *said*: lines above. *now*: where the cursor begins."""
        super().__init__()
        self._title, self._items, self._said, self._now = title, list(items), said, now

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Panel(id="said")
            yield Entries(id="list")
            yield Panel(id="hint")

    def on_mount(self) -> None:
        super().on_mount()
        self.draw()
        listed = self.query_one(Entries)
        if self._now is not None:
            place = next((i for i, (_, data) in enumerate(self._items) if data == self._now), 0)
            listed.move_to(place)
        listed.focus()
        # The list is as tall as it will be only now; a heading above the first item is worth seeing.
        self.call_after_refresh(lambda: listed.scroll_to(y=0, animate=False) if listed.cursor < listed.size.height else None)

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        self.draw()

    def draw(self) -> None:
        """Title, what is said, the list and the keys, as tall as there is room for."""
        inks = self.duibiao.inks
        head: list[list[Part]] = [[(line, inks.head)] for line in self.in_lines(self._title)]
        head += [[(line, inks.text)] for each in self._said for line in self.in_lines(each)]
        hint: list[list[Part]] = [[(line, inks.dim)] for line in self.in_lines(self.hint())]
        listed = self.query_one(Entries)
        room = self.app.size.height * SHARE // 100 - EDGES - len(head) - len(hint)
        listed.styles.height = max(min(len(self._items), room), 1)
        listed.show([self._entry(text, data, number) for (text, data), number in zip(self._items, self._numbers(), strict=True)])
        for name, lines in (("#said", head), ("#hint", hint)):
            panel = self.query_one(name, Panel)
            panel.styles.height = len(lines)
            panel.show(lines)

    def take_words(self, made: Dialog) -> None:
        """The same list in other words; the cursor stays on its line."""
        if not isinstance(made, Choose):
            return
        here = self.query_one(Entries).cursor
        self._title, self._items, self._said = made._title, made._items, made._said
        self.draw()
        self.query_one(Entries).move_to(here)

    def hint(self) -> str:
        """The keys."""
        return self.say("↑↓ 选  回车 确定  Esc 取消", "↑↓ choose  Enter OK  Esc cancel")

    def _numbers(self) -> list[int]:
        """The digit that takes an item; 0 for one that none takes."""
        found, last = [], 0
        for _, data in self._items:
            last += data is not None
            found.append(last if data is not None and last <= 9 else 0)
        return found

    def _entry(self, text: str, data: Any, number: int) -> Entry:
        inks = self.duibiao.inks
        if data is None:
            return Entry([(text, inks.head)])
        return Entry([(f"{number} " if number else "  ", inks.mark), (text, inks.text)], data)

    def on_rows_chosen(self) -> None:
        """Enter."""
        self.taken(self.query_one(Entries).chosen)

    def action_take(self, number: int) -> None:
        """A digit takes the item of that number."""
        found = [data for (_, data), each in zip(self._items, self._numbers(), strict=True) if each == number]
        if found:
            self.taken(found[0])

    def taken(self, data: Any) -> None:
        """Something was chosen."""
        if data is not None:
            self.dismiss(data)


class Confirm(Choose):
    """Says what will happen; the cursor begins on «cancel». Dismissed with True, or with None."""

    def __init__(self, title: str, yes: str, no: str, said: Sequence[str] = ()) -> None:
        super().__init__(title, [(yes, True), (no, False)], said=said, now=False)

    def taken(self, data: Any) -> None:
        self.dismiss(True if data else None)


__all__ = ["Choose", "Confirm"]
