"""Small screens of the assessment: one line to type Chinese in, one of several ways to go on, lines to read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.geometry import Offset
from textual.widgets import Input

from duibiao.tui.base import Dialog
from duibiao.tui.keys import key
from duibiao.tui.lines import Panel, Part, Rows
from duibiao.tui.look import fit, wrapped


class Typed(Input):
    """One line to type in, with the terminal's cursor where an input method puts its candidates."""

    @property
    def cursor_screen_offset(self) -> Offset:
        """At the end of the text the framework says one cell too far right."""
        at = super().cursor_screen_offset
        return at - (1, 0) if self.cursor_position == len(self.value) else at


class AskLine(Dialog):
    """Asks for one line; dismissed with it, or with None."""

    DEFAULT_CSS = """
    AskLine Panel { height: auto; background: $surface; }
    AskLine Input, AskLine Input:focus { border: none; height: 1; padding: 0; background: $panel; }
    AskLine.low { align: center bottom; }
    AskLine.low > #box { width: 100%; }
    """

    def __init__(
        self, title: str, text: str = "", *, hint: str = "", low: bool = False, heard: Callable[[str], object] | None = None
    ) -> None:
        """*low*: at the foot of the screen, so that the list stays in sight. *heard* is told of every change."""
        super().__init__()
        self._title, self._text, self._hint, self._told = title, text, hint, heard
        self.set_class(low, "low")

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Panel(id="said")
            yield Typed(self._text, placeholder=self._hint, select_on_focus=False)

    def on_mount(self) -> None:
        super().on_mount()
        entry = self.query_one(Typed)
        entry.cursor_blink = False
        entry.cursor_position = len(self._text)
        entry.focus()
        self.draw()

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        self.draw()

    def draw(self) -> None:
        """What is asked, and the keys."""
        inks = self.duibiao.inks
        keys = self.say("回车 确定  Esc 取消", "Enter OK  Esc cancel")
        lines: list[list[Part]] = [[(line, inks.head)] for line in self.in_lines(self._title)]
        panel = self.query_one("#said", Panel)
        panel.styles.height = len(lines) + 1
        panel.show([*lines, [(fit(keys, self.inner), inks.dim)]])

    def take_words(self, made: Dialog) -> None:
        """The same question in other words; what was typed stays."""
        if isinstance(made, AskLine):
            self._title, self._hint = made._title, made._hint
            self.query_one(Typed).placeholder = self._hint
            self.draw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell whoever listens."""
        if self._told is not None:
            self._told(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(event.value)


class Ways(Rows):
    """The ways to go on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(key(str(n), f"screen.take({n})", f"第 {n} 种", f"way {n}", show=False, name=f"ways.{n}") for n in range(1, 6))
    ]
    ways: Sequence[str] = ()

    def total(self) -> int:
        return len(self.ways)

    def parts(self, index: int, width: int) -> Sequence[Part]:
        return [(fit(f"{index + 1} {self.ways[index]}", width), self.inks.text)]


class AskWay(Dialog):
    """Says what has happened and asks how to go on; dismissed with the number of the way, from 0, or with None."""

    DEFAULT_CSS = """
    AskWay Panel, AskWay Ways { background: $surface; }
    """

    def __init__(self, said: Sequence[tuple[str, str]], ways: Sequence[str]) -> None:
        """*said* are texts with their kind: ``head``, ``bad`` or none."""
        super().__init__()
        self._said, self._ways = said, ways

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Panel(id="said")
            yield Ways(id="ways")
            yield Panel(id="hint")

    def on_mount(self) -> None:
        super().on_mount()
        self.draw()
        self.query_one(Ways).focus()

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        self.draw()

    def draw(self) -> None:
        """What has happened, and the ways."""
        inks = self.duibiao.inks
        styles = {"head": inks.head, "bad": inks.bad, "good": inks.good}
        panel, ways, hint = self.query_one("#said", Panel), self.query_one(Ways), self.query_one("#hint", Panel)
        lines = [[(line, styles.get(kind, inks.text))] for text, kind in self._said for line in self.in_lines(text)]
        panel.styles.height, ways.styles.height = len(lines), len(self._ways)
        panel.show(lines)
        ways.ways = self._ways
        keys = self.say(f"1–{len(self._ways)} 选  Esc 以后再定", f"1–{len(self._ways)} choose  Esc decide later")
        hint.styles.height = 1
        hint.show([[(fit(keys, self.inner), inks.dim)]])
        ways.renew()

    def take_words(self, made: Dialog) -> None:
        """The same ways in other words."""
        if isinstance(made, AskWay):
            self._said, self._ways = made._said, made._ways
            self.draw()

    def action_take(self, number: int) -> None:
        """A digit."""
        if number <= len(self._ways):
            self.dismiss(number - 1)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Enter."""
        self.dismiss(event.index)


class Read(Rows):
    """Lines to read, and to scroll through."""

    lines: Sequence[Sequence[Part]] = ()

    def total(self) -> int:
        return len(self.lines)

    def parts(self, index: int, width: int) -> Sequence[Part]:
        return self.lines[index]


class Reading(Dialog):
    """Lines to read; Esc or Enter closes it."""

    DEFAULT_CSS = """
    Reading Read, Reading Panel { background: $surface; }
    Reading > #box { width: 110; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("c,ctrl+y", "copy", "复制这一行", "copy this line", show=False, name="reading.copy"),
        key("q", "cancel", "关闭", "close", show=False, name="reading.close"),
    ]

    def __init__(self, made: Callable[[int], Sequence[Sequence[Part]]]) -> None:
        """*made* makes the lines for a width, in the language that is spoken then."""
        super().__init__()
        self._made = made
        self.again = lambda: self
        self._told = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Read(id="read")
            yield Panel(id="hint")

    def on_mount(self) -> None:
        super().on_mount()
        self.draw()
        self.query_one(Read).focus()

    def on_resize(self) -> None:
        """Another width: lines are made anew."""
        self.draw()

    def draw(self) -> None:
        """The lines, as many at once as there is room for, and the keys."""
        width, read, hint = min(106, self.app.size.width - 5), self.query_one(Read), self.query_one("#hint", Panel)
        read.lines = self._made(width)
        keys = self._told or self.say("↑↓ 滚动  c 复制  Esc 关闭", "↑↓ scroll  c copy  Esc close")
        told = wrapped(keys, width)
        read.styles.height = max(1, min(len(read.lines), self.app.size.height * 9 // 10 - 2 - len(told)))
        hint.styles.height = len(told)
        hint.show([[(line, self.duibiao.inks.dim)] for line in told])
        read.renew()

    def take_words(self, made: Dialog) -> None:
        """The lines in the other language."""
        self._told = ""
        self.draw()

    def action_copy(self) -> None:
        """Copy the line under the cursor; said here, since the status line may be covered."""
        from duibiao.tui.copying import copy, row_text

        self._told = copy(self.duibiao, row_text(self.query_one(Read)))
        self.duibiao.tell(self._told, "good")
        self.draw()

    def on_rows_chosen(self) -> None:
        """Enter."""
        self.dismiss(None)
