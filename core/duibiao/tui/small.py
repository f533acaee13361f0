"""A screen too small to work on says so, and how large it is now, in place of lines cut short."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size

from duibiao.tui.lines import Drawn, Part
from duibiao.tui.look import wrapped

LEAST = (60, 18)
"""Columns and rows that a screen needs."""

STILL_WORK = frozenset({"ctrl+q", "Q"})
"""Keys that work on a screen too small: what cannot be seen cannot be changed."""


def is_small(size: Size) -> bool:
    """Whether a screen of that size is too small to work on."""
    return size.width < LEAST[0] or size.height < LEAST[1]


class TooSmall(Drawn):
    """Lies over the whole screen while it is too small; what lies under it stays as it was, typed text and all."""

    DEFAULT_CSS = """
    TooSmall { layer: small; width: 100%; height: 100%; display: none; overflow: hidden hidden; }
    """
    can_focus = False

    def on_mount(self) -> None:
        """It may have been too small from the beginning."""
        self.show_for(self.app.size)

    def show_for(self, size: Size) -> None:
        """The screen has this size now: lie over it or step aside."""
        small = is_small(size)
        if small != self.display:
            self.display = small
        if small:
            self.renew()

    def _lines(self) -> list[str]:
        (least_columns, least_rows), now = LEAST, self.app.size
        told = self.duibiao.say(
            f"请放大到 {least_columns}×{least_rows}（现在 {now.width}×{now.height}）",
            f"please enlarge to {least_columns}×{least_rows} (now {now.width}×{now.height})",
        )
        return wrapped(told, max(now.width - 2, 4))

    def total(self) -> int:
        return len(self._lines())

    def parts(self, index: int, width: int) -> Sequence[Part]:
        return [(f" {self._lines()[index]}", self.inks.bad)]


__all__ = ["LEAST", "STILL_WORK", "TooSmall", "is_small"]
