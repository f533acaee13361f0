"""Which standards stand beside each other, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from duibiao.services.compare_board import MOST
from duibiao.services.comparing import FEWEST, labels
from duibiao.tui.base import Dialog
from duibiao.tui.keys import key
from duibiao.tui.lines import Panel, Part
from duibiao.tui.lists import Entries, Entry
from duibiao.tui.look import fit, wrapped

LABEL = 27


class Ordered(Entries):
    """The standards, those chosen first and numbered."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("space,1,y", "screen.turn", "加入、去掉", "add, remove", show=False, name="beside.turn"),
        key("left,h", "screen.shift(-1)", "往前排", "earlier", show=False, name="beside.earlier"),
        key("right,l", "screen.shift(1)", "往后排", "later", show=False, name="beside.later"),
        key("delete,0,n", "screen.drop", "去掉", "remove", show=False, name="beside.drop"),
    ]


class Standards(Dialog):
    """Add, remove, put in order. Dismissed with the ids in their order, or with None.

    Attributes:
        chosen: Ids in their order.
    """

    DEFAULT_CSS = """
    Standards Panel, Standards Ordered { background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("ctrl+s", "done", "确定", "OK", show=False, name="beside.done")]

    def __init__(self, chosen: Sequence[str]) -> None:
        super().__init__()
        self.chosen = list(chosen)
        self.called: dict[str, str] = {}
        self.wrong = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Panel(id="said")
            yield Ordered(id="list")
            yield Panel(id="hint")

    def on_mount(self) -> None:
        super().on_mount()
        self.again = lambda: Standards(self.chosen)
        self.draw()
        self.query_one(Ordered).focus()

    def take_words(self, made: Dialog) -> None:
        """In another language."""
        self._again()

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        self.draw()

    def draw(self) -> None:
        """Title, the standards, the keys or what is wrong."""
        inks, width = self.duibiao.inks, self.inner
        title = self.say(f"对照哪些标准：已选 {len(self.chosen)} 个", f"Which standards: {len(self.chosen)} chosen")
        hint = self.say("空格 加入/去掉  ← → 调顺序  回车 确定  Esc 取消", "space add/remove  ← → order  Enter OK  Esc cancel")
        said: list[list[Part]] = [[(line, inks.bad)] for line in wrapped(self.wrong, width)] if self.wrong else []
        lines: list[list[Part]] = [*said, *([(line, inks.dim)] for line in wrapped(hint, width))]
        every = list(self.duibiao.registry.headers)
        # In English the names of places are longer than ids.
        named = every if self.duibiao.lang == "en" else labels(self.duibiao.registry, every, self.duibiao.phrases)
        self.called = dict(zip(every, named, strict=True))
        listed, head, foot = self.query_one(Ordered), self.query_one("#said", Panel), self.query_one("#hint", Panel)
        head.styles.height, foot.styles.height = 1, len(lines)
        head.show([[(fit(title, width), inks.head)]])
        foot.show(lines)
        names = [*self.chosen, *(each for each in self.called if each not in self.chosen)]
        listed.styles.height = max(min(len(names), self.app.size.height * 9 // 10 - len(lines) - 3), 1)
        listed.show([self._entry(name, width - 1) for name in names])

    def _entry(self, name: str, width: int) -> Entry:
        inks, header = self.duibiao.inks, self.duibiao.registry.headers[name]
        place = self.chosen.index(name) + 1 if name in self.chosen else 0
        title = self.say(header.title, header.title_en or header.title)
        mark = f"{place} ☑ " if place else "  ☐ "
        room = max(width - LABEL - 6, 8)
        return Entry(
            [
                (mark, inks.good if place else inks.dim),
                (fit(f"{self.called[name]}", LABEL) + " ", inks.text),
                (fit(f"{title} {header.edition}", room), inks.dim),
            ],
            name,
        )

    def _again(self, wrong: str = "") -> None:
        self.wrong = f"✗ {wrong}" if wrong else ""
        self.draw()

    def action_turn(self) -> None:
        """Add the standard under the cursor at the end, or remove it."""
        name = self.query_one(Ordered).chosen
        if name in self.chosen:
            self.chosen.remove(name)
            self._again()
        elif len(self.chosen) == MOST:
            self._again(self.say(f"最多 {MOST} 个", f"{MOST} at most"))
        else:
            self.chosen.append(name)
            self._again()

    def action_drop(self) -> None:
        """Remove the standard under the cursor."""
        if self.query_one(Ordered).chosen in self.chosen:
            self.action_turn()

    def action_shift(self, step: int) -> None:
        """The standard under the cursor one place earlier or later."""
        name = self.query_one(Ordered).chosen
        if name in self.chosen:
            place = self.chosen.index(name)
            self.chosen.remove(name)
            self.chosen.insert(max(0, place + step), name)
            self._again()

    def on_rows_chosen(self) -> None:
        """Enter."""
        self.action_done()

    def action_done(self) -> None:
        """Put them side by side."""
        if len(self.chosen) < FEWEST:
            self._again(self.say(f"至少选 {FEWEST} 个", f"choose {FEWEST} at least"))
        else:
            self.dismiss(tuple(self.chosen))


__all__ = ["Standards"]
