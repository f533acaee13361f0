"""帮助: the keys of the screen that help was asked on, and what that screen is for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import ActiveBinding, BindingType
from textual.widget import Widget

from duibiao.services.initials import initials
from duibiao.tui.assess_dialogs import AskLine
from duibiao.tui.base import Page, spoken
from duibiao.tui.keys import key
from duibiao.tui.lines import Panel
from duibiao.tui.lists import Entries, Entry, heading, pair, paragraph


class HelpScreen(Page):
    """Help for one screen."""

    CALLED: ClassVar[tuple[str, str]] = ("帮助", "Help")
    DEFAULT_CSS = """
    HelpScreen #about { height: auto; max-height: 6; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [key("slash", "find", "查找", "find", name="help.find")]
    needle = ""

    def body(self) -> Iterable[Widget]:
        yield Panel(id="about")
        yield Entries(id="list")

    def on_mount(self) -> None:
        self.redraw()
        self.query_one(Entries).focus()

    def trail(self) -> list[str]:
        below = self._below()
        return [*(below.trail() if below is not None else []), self.say(*self.CALLED)]

    def _below(self) -> Page | None:
        stack = self.app.screen_stack
        place = stack.index(self) if self in stack else len(stack)
        return next((each for each in reversed(stack[:place]) if isinstance(each, Page)), None)

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        self.call_after_refresh(self.redraw)

    def redraw(self) -> None:
        below, inks = self._below(), self.duibiao.inks
        about = self.query_one(Panel)
        text = self.say(*below.ABOUT) if below is not None else ""
        about.show(paragraph(text, max(self.size.width - 2, 20), inks.text, 1) if text else [])
        entries: list[Entry] = []
        bindings = below.active_bindings if below is not None else {}
        for title, found in self._groups(bindings):
            found = [each for each in found if self._fits(*each)]
            if found:
                entries.append(heading(title, inks.head))
                entries += [pair(keys, words, 22, (inks.mark, inks.text), keys) for keys, words in found]
        none = heading(self.say(" 没有这样的键；Esc 取消查找", " no such key; Esc clears the search"), inks.dim)
        self.query_one(Entries).show(entries or [none])
        super().redraw()

    def _fits(self, keys: str, words: str) -> bool:
        """Whether a key is what is looked for: by what it does, its pinyin initials, or its own name."""
        needle = self.needle.lower()
        return not needle or needle in words.lower() or needle in initials(words) or needle in keys.lower().split()

    def action_find(self) -> None:
        """Look for a key by what it does."""

        def asking() -> AskLine:
            title = self.say("查找：做什么、拼音首字母或键名", "Find: what it does, pinyin initials or the key")
            return AskLine(title, self.needle, low=True, heard=self._found)

        self.app.push_screen(spoken(asking), self._found)

    def _found(self, text: object) -> None:
        self.needle = text.strip() if isinstance(text, str) else ""
        self.redraw()

    def action_back(self) -> None:
        """Esc ends the search first."""
        if self.needle:
            self._found("")
        else:
            super().action_back()

    def _groups(self, bindings: dict[str, ActiveBinding]) -> list[tuple[str, list[tuple[str, str]]]]:
        """Keys by where they work: here, in lists, everywhere."""
        names = (
            (self.say("这一屏", "This screen"), ""),
            (self.say("列表里", "In lists"), "rows."),
            (self.say("到处", "Everywhere"), "app."),
        )
        found: dict[str, dict[str, tuple[list[str], str]]] = {prefix: {} for _, prefix in names}
        for each in bindings.values():
            name = each.binding.id or ""
            # The framework's own scrolling and focus keys have no id, and lists have better ones.
            if not name or not each.binding.description:
                continue
            prefix = next((p for _, p in names if p and name.startswith(p)), "")
            keys, _ = found[prefix].setdefault(each.binding.action, ([], each.binding.description))
            keys.append(self.app.get_key_display(each.binding))
            found[prefix][each.binding.action] = (keys, each.binding.description)
        return [(title, [(" ".join(keys), words) for keys, words in found[prefix].values()]) for title, prefix in names]


SCREEN = HelpScreen
