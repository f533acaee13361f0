"""消息: what was said on the status line, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from duibiao.tui.base import Page
from duibiao.tui.lists import Entries, Entry, heading
from duibiao.tui.look import wrapped


class MessagesScreen(Page):
    """The message log."""

    CALLED: ClassVar[tuple[str, str]] = ("消息", "Messages")
    ABOUT: ClassVar[tuple[str, str]] = ("这次打开以来说过的话，最新的在上面。", "What was said since the start, newest first.")

    def body(self) -> Iterable[Widget]:
        yield Entries(id="list")

    def on_mount(self) -> None:
        self.redraw()
        self.query_one(Entries).focus()

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        self.call_after_refresh(self.redraw)

    def redraw(self) -> None:
        inks = self.duibiao.inks
        styles = {"bad": inks.bad, "good": inks.good}
        marks = {"bad": "✗", "good": "✓"}
        entries: list[Entry] = []
        for number, (text, kind) in reversed(list(enumerate(self.duibiao.log_lines, 1))):
            for index, line in enumerate(wrapped(text, max(self.size.width - 4, 20))):
                mark = marks.get(kind, " ") if index == 0 else " "
                entries.append(Entry([(f" {mark} {line}", styles.get(kind, inks.text))], (number, index)))
        empty = heading(" " + self.say("还没有消息", "nothing yet"), inks.dim)
        self.query_one(Entries).show(entries or [empty])
        super().redraw()


SCREEN = MessagesScreen
