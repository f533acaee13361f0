"""What every screen has: a line that says where one is, a status line, a line of keys, and words in the person's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from duibiao.tui.keys import key, words_of
from duibiao.tui.lines import Drawn, Part
from duibiao.tui.look import SAFE, fit, wrapped
from duibiao.tui.painting import PaintedModal, PaintedScreen
from duibiao.tui.small import TooSmall

if TYPE_CHECKING:
    from duibiao.services.writer import Outcome
    from duibiao.tui.app import DuibiaoApp


class Line(Drawn):
    """One line of its own."""

    DEFAULT_CSS = """
    Line { height: 1; overflow: hidden hidden; }
    """
    can_focus = False

    def total(self) -> int:
        return 1

    def renew(self) -> None:
        """Only what differs is painted."""
        self.renew_lines(0)


class TopLine(Line):
    """Where one is: breadcrumb left, office and person right."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        screen, app, inks = self.screen, self.duibiao, self.inks
        trail = " › ".join(screen.trail()) if isinstance(screen, Page) else ""
        right = app.who()
        if cell_len(trail) + cell_len(right) + 3 > width:
            # Which case one is in matters more than whose office this is.
            right = app.day.isoformat()
        room = max(width - cell_len(right) - 3, 10)
        return [(" " + fit(trail, room), inks.bar), (fit(right + " ", width - room - 1, "right"), inks.panel)]


class StatusLine(Line):
    """What was just done, whether everything is saved, what went wrong."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        app, inks = self.duibiao, self.inks
        saved = app.saved_text()
        text, kind = app.status
        style = {"bad": inks.bad, "good": inks.good}.get(kind, inks.text)
        room = max(width - cell_len(saved) - 2, 4)
        saved_style = inks.open if app.waiting else inks.bad if app.unsaved else inks.good
        return [(" " + fit(text, room), style), (saved + " ", saved_style)]


class KeyLine(Line):
    """The keys of this screen, as many as fit, help always."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        inks, found, used = self.inks, list[Part](), 1
        shown = [each for each in self.screen.active_bindings.values() if each.binding.show]
        last = f"? {self.duibiao.say('帮助', 'help')} "
        room = width - cell_len(last) - 1
        first = {e.binding.action: e for e in reversed(shown)}
        for each in sorted(first.values(), key=shown.index):
            name = self.app.get_key_display(each.binding)
            text = f"{name} {each.binding.description}  "
            if used + cell_len(text) > room:
                break
            found += [
                (name + " ", inks.mark if each.enabled else inks.dim),
                (text[len(name) + 1 :], inks.text if each.enabled else inks.dim),
            ]
            used += cell_len(text)
        return [(" ", inks.text), *found, (" " * (width - used - cell_len(last)), inks.text), (last, inks.mark)]


class Page(PaintedScreen[None]):
    """A screen of the app."""

    CALLED: ClassVar[tuple[str, str]] = ("", "")
    ABOUT: ClassVar[tuple[str, str]] = ("", "")
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,q", "back", "返回", "back", name="page.back"),
        key("c", "copy", "复制这一行", "copy this line", show=False, name="app.copy"),
        key("minus", "app.last", "上一个屏", "last screen", show=False, name="app.last"),
        key("u", "app.undo", "撤销", "undo", show=False, name="app.undo"),
        key("ctrl+r", "app.redo", "重做", "redo", show=False, name="app.redo"),
    ]

    @property
    def duibiao(self) -> DuibiaoApp:
        """The app, as what it is."""
        from duibiao.tui.app import DuibiaoApp

        app = self.app
        assert isinstance(app, DuibiaoApp)  # noqa: S101
        return app

    def say(self, zh: str, en: str) -> str:
        """The word in the person's language."""
        return self.duibiao.say(zh, en)

    def compose(self) -> ComposeResult:
        yield TopLine(id="top")
        yield from self.body()
        yield StatusLine(id="status")
        yield KeyLine(id="keys")
        yield TooSmall(id="too-small")

    def on_resize(self) -> None:
        """Too small, or large enough again. The framework calls this beside the method of a screen of its own."""
        self.query_one(TooSmall).show_for(self.app.size)

    def body(self) -> Iterable[Widget]:
        """The widgets between the top line and the status line."""
        return ()

    def trail(self) -> list[str]:
        """Where one is, from the outside in."""
        return [self.say(*self.CALLED)]

    def active_bindings_raw(self) -> dict[str, ActiveBinding]:
        """The keys that work now, described in both languages."""
        return super().active_bindings

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, described in the person's language."""
        lang = self.duibiao.lang
        found = {}
        for name, each in super().active_bindings.items():
            told = self.duibiao.framework_word(words_of(each.binding.description, lang))
            found[name] = each._replace(binding=replace(each.binding, description=told), tooltip="")
        return found

    def on_screen_resume(self) -> None:
        """Back from another screen: what it did may show here."""
        self.redraw()

    def redraw(self) -> None:
        """The language, the theme or the data changed: draw everything anew."""
        for each in self.query(Drawn):
            each.renew()

    def desk_ready(self) -> None:
        """The workspace and the standards, loaded after the first screen was painted, are there."""
        self.redraw()

    def say_status(self) -> None:
        """Only the status line changed."""
        self.query_one(StatusLine).renew()

    def heard(self, outcome: Outcome) -> None:
        """An answer was saved, or could not be."""

    def leaving(self) -> None:
        """The app is about to stop: what must not be lost is handed to the writer."""

    def action_back(self) -> None:
        """One step back; the first screen stays."""
        self.duibiao.back()

    def action_copy(self) -> None:
        """Copy the row under the cursor."""
        from duibiao.tui.copying import copy, row_text

        text = row_text(self.focused)
        if text:
            self.duibiao.tell(copy(self.duibiao, text), "good")
        else:
            self.duibiao.tell(self.say("这里没有可复制的", "there is nothing to copy here"))


WIDTH = 76
FRAME = 4
"""Cells that the border of a dialog takes from its width."""


class Dialog(PaintedModal[object]):
    """A small screen over another one; Esc closes it and changes nothing."""

    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > #box {
        width: 76; max-width: 100%; height: auto; max-height: 90%; border: solid $primary; background: $surface; padding: 0 1;
    }
    Dialog.safe > #box { border: ascii $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "cancel", "取消", "cancel", name="dialog.cancel"),
        key("ctrl+l", "language", "中/英", "zh/en", show=False, name="dialog.language"),
    ]
    again: Callable[[], Dialog | None] | None = None
    """Makes the same dialog, in the language that is spoken then; None where that cannot be done."""

    @property
    def duibiao(self) -> DuibiaoApp:
        """The app, as what it is."""
        from duibiao.tui.app import DuibiaoApp

        app = self.app
        assert isinstance(app, DuibiaoApp)  # noqa: S101
        return app

    def say(self, zh: str, en: str) -> str:
        """The word in the person's language."""
        return self.duibiao.say(zh, en)

    @property
    def inner(self) -> int:
        """Cells inside the frame."""
        return min(WIDTH, self.app.size.width) - FRAME

    def in_lines(self, text: str) -> list[str]:
        """Text in lines that fit inside the frame, counted in the characters that will be drawn."""
        return wrapped(text.translate(SAFE) if self.duibiao.safe else text, self.inner)

    def on_mount(self) -> None:
        """Straight borders where ambiguous glyphs are wide; no blinking, which would be sent over the line twice a second."""
        self.set_class(self.duibiao.safe, "safe")
        if not self.query(TooSmall):
            self.mount(TooSmall(id="too-small"))
        for each in self.query(Input):
            each.cursor_blink = False

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, described in the person's language."""
        lang = self.duibiao.lang
        return {
            name: each._replace(
                binding=replace(each.binding, description=self.duibiao.framework_word(words_of(each.binding.description, lang)))
            )
            for name, each in super().active_bindings.items()
        }

    def on_resize(self) -> None:
        """Too small, or large enough again. The framework calls this beside the method of a dialog of its own."""
        for each in self.query(TooSmall):
            each.show_for(self.app.size)

    def heard(self, outcome: Outcome) -> None:
        """An answer was saved, or could not be."""

    def action_cancel(self) -> None:
        """Close it, nothing was done."""
        self.dismiss(None)

    def action_language(self) -> None:
        """The other language, with everything typed kept."""
        self.duibiao.action_language()

    def speak(self) -> None:
        """Another language is spoken: say the same in it."""
        made = self.again() if self.again is not None else None
        if made is not None:
            self.take_words(made)

    def take_words(self, made: Dialog) -> None:
        """Say what another dialog of the same kind says; what was typed or chosen here stays."""


D = TypeVar("D", bound=Dialog)


def spoken(make: Callable[[], D]) -> D:
    """A dialog that can be made again when the language changes while it is open."""
    dialog = make()
    dialog.again = make
    return dialog
