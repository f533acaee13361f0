"""The lines around the panes of the cohort view: what is asked, how many units there are, which panes there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from rich.cells import cell_len
from textual.message import Message

from duibiao.services.cohort_desk import Held, Question
from duibiao.services.cohort_overview import Overview
from duibiao.tui.base import Line
from duibiao.tui.lines import Drawn, Part
from duibiao.tui.lists import Entries
from duibiao.tui.look import fit
from duibiao.tui.screens.cohort_panes import Pen, head_lines

if TYPE_CHECKING:
    from duibiao.tui.app import DuibiaoApp

PANES = (("map", "区划", "map"), ("bars", "分布", "points"), ("tried", "指标", "indicators"), ("near", "最接近", "nearest"))
"""The panes: name, words."""
NAMES = tuple(name for name, _, _ in PANES)


class Asking(Protocol):
    """What these lines are told from."""

    question: Question | None
    held: Held | None
    seen: Overview | None
    busy: bool
    pane: str

    def shown(self) -> Sequence[str]:
        """The panes in sight."""

    def told_territory(self) -> str:
        """The units that are asked for."""

    def stale(self) -> bool:
        """Whether something was recorded since."""


def year_word(app: DuibiaoApp, period: str) -> str:
    """A period in words."""
    return app.say(f"{period} 年", f"{period}") if period.isdigit() else period


class ScopeLine(Line):
    """The standard, the territory, the period; whether they are being assessed, or something was recorded since."""

    def __init__(self, page: Asking) -> None:
        super().__init__(id="scope")
        self.page = page

    def parts(self, index: int, width: int) -> Sequence[Part]:
        page, inks, say = self.page, self.inks, self.duibiao.say
        if page.question is None:
            return [(say(" 按 s 选标准", " press s to choose a standard"), inks.panel)]
        header = self.duibiao.registry.header(page.question.standard)
        period = year_word(self.duibiao, page.question.period)
        right = (
            say("正在评估… ", "assessing … ")
            if page.busy
            else say("有新记录，r 重评 ", "new records: r ")
            if page.stale()
            else ""
        )
        fixed = f" · {page.told_territory()} · {period}"
        room = max(width - cell_len(fixed) - cell_len(right) - 2, 8)
        title = say(header.title, header.title_en or header.title)
        told = title if cell_len(title) <= room else fit(title, room)
        rest = max(width - cell_len(told) - cell_len(right) - 1, 4)
        return [(" " + told, inks.panel), (fit(fixed, rest), inks.panel), (right, inks.open)]


class HeadLines(Drawn):
    """How many units, how many in scope; the award held, open, not held."""

    DEFAULT_CSS = """
    HeadLines { height: 2; overflow: hidden hidden; }
    """
    can_focus = False

    def __init__(self, page: Asking) -> None:
        super().__init__(id="head")
        self.page = page

    def total(self) -> int:
        return 2

    def parts(self, index: int, width: int) -> Sequence[Part]:
        seen, app = self.page.seen, self.duibiao
        return head_lines(Pen(app.phrases, app.inks, width, app.safe), seen)[index] if seen is not None else []


class Pane(Entries):
    """A pane, filled anew when its size is known or becomes another."""

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        super().on_resize()
        if self.size.height:
            self.call_after_refresh(self.post_message, self.Sized(self))

    class Sized(Message):
        """The size is known.

        Attributes:
            pane: Of which pane.
        """

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane = pane


class TabLine(Line):
    """The panes: that which has the keys in brackets, the others in sight marked."""

    def __init__(self, page: Asking) -> None:
        super().__init__(id="tabs")
        self.page = page

    def parts(self, index: int, width: int) -> Sequence[Part]:
        page, inks, shown = self.page, self.inks, self.page.shown()
        found: list[Part] = [(" ", inks.text)]
        for name, zh, en in PANES:
            word, mine = self.duibiao.say(zh, en), name == page.pane
            style = inks.mark if mine else inks.text if name in shown else inks.dim
            found.append((f"[{word}]" if mine else f" {word} ", style))
        used = sum(cell_len(text) for text, _ in found)
        hint = self.duibiao.say("Tab 换栏  退格 往上", "Tab pane  Backspace up")
        return [*found, (fit(hint, width - used - 1, "right") if cell_len(hint) < width - used - 1 else "", inks.dim)]


__all__ = ["NAMES", "PANES", "Asking", "HeadLines", "Pane", "ScopeLine", "TabLine", "year_word"]
