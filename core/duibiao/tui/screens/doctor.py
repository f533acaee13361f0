"""检查: whether the workspace is sound, fast or in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.widget import Widget

from duibiao.services.keeping import Check, examine
from duibiao.tui.base import Page
from duibiao.tui.keys import key
from duibiao.tui.lines import Panel, Part
from duibiao.tui.lists import paragraph
from duibiao.wording import describe


class DoctorScreen(Page):
    """The examination."""

    CALLED: ClassVar[tuple[str, str]] = ("检查", "Doctor")
    ABOUT: ClassVar[tuple[str, str]] = (
        "检查工作区：快速看文件和最近的记录；全面检查核对每一条记录、每一行数据和每一个附件。",
        "Examine the workspace: quickly, the file and the last entries; in full, every entry, every row, all evidence.",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        key("f", "examine(True)", "全面检查", "in full", name="doctor.full"),
        key("r", "examine(False)", "快速检查", "quick", name="doctor.quick"),
    ]

    def body(self) -> Iterable[Widget]:
        yield Panel(id="found")

    def on_mount(self) -> None:
        self.found: Check | None = None
        self.action_examine(False)

    def action_examine(self, full: bool) -> None:
        """Examine in the background."""
        self.duibiao.tell(self.say("正在检查…", "examining …"))
        self._examine(full)

    @work(thread=True, exclusive=True)
    def _examine(self, full: bool) -> None:
        found = examine(self.duibiao.workspace_named, full=full)
        self.app.call_from_thread(self._done, found)

    def _done(self, found: Check) -> None:
        self.found = found
        sound = not found.problems
        self.duibiao.tell(
            self.say("未发现问题", "nothing wrong found") if sound else self.say("发现问题", "problems found"),
            "good" if sound else "bad",
        )
        self.redraw()

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        self.call_after_refresh(self.redraw)

    def redraw(self) -> None:
        inks, width = self.duibiao.inks, max(self.size.width - 4, 20)
        lines: list[list[Part]] = []
        if self.found is not None:
            for each in self.found.problems:
                lines += paragraph(f"✗ {describe(each, self.duibiao.lang)}", width, inks.bad, 1)
            for look in self.found.looks:
                lines += paragraph(f"· {self.say(look.zh, look.en)}", width, inks.text, 1)
        self.query_one(Panel).show(lines)
        super().redraw()


SCREEN = DoctorScreen
