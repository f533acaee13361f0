"""命令: everything that can be done, by Chinese name, pinyin initials or English."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from attrs import frozen
from rich.style import Style
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from duibiao.services.initials import initials
from duibiao.tui.base import Dialog, Page
from duibiao.tui.keys import SPLIT, key, words_of
from duibiao.tui.lists import Entries, pair
from duibiao.tui.look import THEME_NAMES


@frozen
class Command:
    """Something that can be done.

    Attributes:
        zh: Chinese name.
        en: English name.
        hint: Key, or what it is about.
        run: Does it.
    """

    zh: str
    en: str
    hint: str
    run: Callable[[], object]

    def fits(self, word: str) -> bool:
        """Whether it is what somebody typed: part of a name, or of the pinyin initials; a digit is that of the F key."""
        low = word.lower()
        if low.isdecimal():
            return self.hint == f"F{low}"
        return low in self.zh.lower() or low in self.en.lower() or low in initials(self.zh)


class Offered(Entries):
    """The commands found; the one that Enter takes is as plain to see as if the list had the keys."""

    def ground(self, index: int) -> Style | None:
        return self.inks.cursor if index == self.cursor else None


class PaletteDialog(Dialog):
    """The command palette."""

    DEFAULT_CSS = """
    PaletteDialog #list { height: 12; }
    PaletteDialog Input, PaletteDialog Input:focus { border: none; height: 1; padding: 0 1; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("down", "step(1)", "下移", "down", show=False, name="palette.down"),
        key("up", "step(-1)", "上移", "up", show=False, name="palette.up"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.again = lambda: self

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Input()
            yield Offered(id="list")

    def on_mount(self) -> None:
        super().on_mount()
        self.take_words(self)
        self.query_one(Input).focus()

    def take_words(self, made: Dialog) -> None:
        """The commands in the language that is spoken now; what was typed stays."""
        typed = self.query_one(Input)
        typed.placeholder = self.say("中文、拼音首字母或英文", "Chinese, pinyin initials or English")
        self.commands = list(self._all())
        self._show(_word(typed.value))

    def _all(self) -> Iterable[Command]:
        from duibiao.tui.app import PLACES

        app = self.duibiao
        for name, zh, en, keys in PLACES:
            yield Command(zh, en, keys.upper(), lambda name=name: app.action_go(name))  # type: ignore[misc]
        below = next((each for each in reversed(app.screen_stack[:-1]) if isinstance(each, Page)), None)
        if below is not None:
            yield from self._of_screen(below)
        for theme, (zh, en) in THEME_NAMES.items():
            yield Command(f"主题 {zh}", f"theme {en}", "", lambda theme=theme: app.action_theme(theme))  # type: ignore[misc]

    def _of_screen(self, below: Page) -> Iterable[Command]:
        """What the screen beneath and the app offer, each once."""
        seen: set[str] = set()
        for each in below.active_bindings_raw().values():
            binding = each.binding
            own = (
                binding.id
                and binding.description.strip(SPLIT)
                and not binding.id.startswith("rows.")
                and not binding.action.startswith(("go(", "palette"))
            )
            if not own or binding.action in seen:
                continue
            seen.add(binding.action)
            zh, en = words_of(binding.description, "zh"), words_of(binding.description, "en")
            zh = self.duibiao.framework_word(zh) if zh == en else zh
            yield Command(zh, en, self.app.get_key_display(binding), lambda each=each: self._do(each.binding.action, each.node))  # type: ignore[misc]

    @work
    async def _do(self, action: str, node: object) -> None:
        await self.app.run_action(action, node)  # type: ignore[arg-type]

    def _show(self, word: str) -> None:
        inks = self.duibiao.inks
        fitting = [each for each in self.commands if not word or each.fits(word)]
        fitting.sort(key=lambda each: not (each.zh.startswith(word) or each.en.startswith(word)))
        entries = [
            pair(self.say(each.zh, each.en), each.hint, 40, (inks.text, inks.mark), each)
            for each in fitting
        ]  # fmt: skip
        listed = self.query_one(Entries)
        listed.cursor = 0
        listed.show(entries)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._show(_word(event.value))

    def on_input_submitted(self) -> None:
        """Enter runs what the cursor is on."""
        self._run(self.query_one(Entries).chosen)

    def on_rows_chosen(self, event: Entries.Chosen) -> None:
        """As above."""
        self._run(self.query_one(Entries).chosen)

    def action_step(self, step: int) -> None:
        """Move in the list while the text has the keys."""
        self.query_one(Entries).action_cursor(step)

    def _run(self, command: Command | None) -> None:
        app = self.duibiao
        self.dismiss(None)
        if command is not None:
            app.call_later(command.run)


def _word(text: str) -> str:
    """What was typed, without the sign that opened the line."""
    return text.strip().lstrip(":：").strip()


SCREEN = PaletteDialog
