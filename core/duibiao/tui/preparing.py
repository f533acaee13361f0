"""What is seen while a workspace is brought up to date before it can be opened: of a whole province that takes a while."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from duibiao.tui.base import Dialog
from duibiao.tui.lines import Panel, Part


class Preparing(Dialog):
    """Says what is going on; it goes by itself."""

    DEFAULT_CSS = """
    Preparing #said { background: $surface; overflow: hidden hidden; }
    """

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Panel(id="said")

    def on_mount(self) -> None:
        super().on_mount()
        self.draw()

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        super().on_resize()
        self.draw()

    def take_words(self, made: Dialog) -> None:
        """The same in the language that is spoken now."""
        self.draw()

    def draw(self) -> None:
        """What is said, in as many lines as it takes."""
        inks, said = self.duibiao.inks, self.query_one("#said", Panel)
        told = (
            (self.say("正在准备工作区……", "preparing the workspace …"), inks.head),
            (
                self.say(
                    "它是较早的版本建立的，或者上次没有正常关闭：先备份、整理，再打开。单位很多时要等一会儿。",
                    "An earlier version made it, or it was not closed the last time: it is backed up and put in order first. "
                    "With very many units that takes a while.",
                ),
                inks.text,
            ),
            (self.say("已存的内容不会丢。ctrl+q 做完后退出。", "Nothing saved is lost. ctrl+q quits when it is done."), inks.dim),
        )
        lines: list[list[Part]] = [[(line, style)] for text, style in told for line in self.in_lines(text)]
        said.styles.height = len(lines)
        said.show(lines)

    def action_cancel(self) -> None:
        """It cannot be stopped half way."""
