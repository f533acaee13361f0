"""What the lines of a pane are written with."""

from __future__ import annotations

from attrs import frozen

from duibiao.services.phrasing import Phrases
from duibiao.tui.look import SAFE, Inks


@frozen
class Lettering:
    """Words, styles and room for lines.

    Attributes:
        phrases: Words in the person's language.
        inks: Styles.
        width: Cells.
        safe: Whether ambiguous characters are written otherwise, which can take more cells.
    """

    phrases: Phrases
    inks: Inks
    width: int
    safe: bool = False

    def say(self, zh: str, en: str) -> str:
        """The word in the person's language."""
        return self.phrases.say(zh, en)

    def plain(self, text: str) -> str:
        """The text with the characters that will be drawn, so that their cells are counted."""
        return text.translate(SAFE) if self.safe else text
