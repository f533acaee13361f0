"""Going about: from screen to screen, back, to help and commands; another language or theme while screens are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from duibiao.tui.base import Dialog, Page
from duibiao.tui.painting import PaintedApp

if TYPE_CHECKING:
    from duibiao.wording import Lang

PLACES: tuple[tuple[str, str, str, str], ...] = (
    ("cases", "案卷", "cases", "f2"),
    ("assess", "评估", "assess", "f3"),
    ("workflow", "流程", "workflow", "f4"),
    ("compare", "对标", "compare", "f5"),
    ("targets", "目标", "targets", "f6"),
    ("standards", "标准", "standards", "f7"),
    ("export", "导出", "export", "f8"),
    ("units", "单位", "units", "f9"),
    ("cohort", "全域评估", "cohort", "f10"),
)
"""Screens that can be gone to: name, words in both languages, key."""


class Going(PaintedApp[int]):
    """The part of the app that moves between screens.

    Attributes:
        lang: Language of the screens; changes while it runs.
        case: Id of the case at hand; empty before one is opened.
        sought: Ids of indicators, one of which the assessment begins at when it is gone to; empty for where it was.
    """

    lang: Lang
    case: str
    sought: tuple[str, ...] = ()
    _left = ""

    # what the app itself gives

    @property
    def has_desk(self) -> bool:
        """Whether a workspace is open, or being opened."""
        raise NotImplementedError

    def say(self, zh: str, en: str) -> str:
        """The word in the person's language."""
        raise NotImplementedError

    def tell(self, text: str, kind: str = "") -> None:
        """Say something on the status line."""
        raise NotImplementedError

    # from screen to screen

    def make_screen(self, name: str) -> Screen[Any]:
        """A screen by its name."""
        from importlib import import_module

        module = import_module(f"duibiao.tui.screens.{name}")
        screen: Screen[Any] = module.SCREEN()
        return screen

    def action_go(self, name: str) -> None:
        """Go to a screen; one that is open already comes to the front."""
        if not self.has_desk:
            self.tell(self.say("先建立或选择工作区", "make or choose a workspace first"), "bad")
            return
        if name in ("assess", "workflow") and not self.case:
            self.tell(self.say("先在案卷里打开一件", "open a case first"), "bad")
            return
        while len(self.screen_stack) > 2 and not isinstance(self.screen, Page):
            self.pop_screen()
        made, here = self.make_screen(name), self._name_of(self.screen)
        if here != name:
            self._left = here or self._left
        for index, each in enumerate(self.screen_stack):
            if type(each) is type(made):
                while len(self.screen_stack) > index + 1:
                    self.pop_screen()
                return
        self.push_screen(made)

    def _name_of(self, screen: Screen[Any]) -> str:
        """The name by which a screen is gone to; empty where it has none."""
        name = type(screen).__module__.rpartition(".")[2]
        known = any(name == place for place, _, _, _ in PLACES)
        return name if known else ""

    def back(self) -> None:
        """One screen back; the first one stays."""
        if len(self.screen_stack) > 2:
            self._left = self._name_of(self.screen) or self._left
            self.pop_screen()
        else:
            self.tell(self.say("退出按 ctrl+q", "ctrl+q quits"))

    def action_last(self) -> None:
        """The screen one was on before this one."""
        if self._left:
            self.action_go(self._left)
        else:
            self.tell(self.say("还没有去过别的屏", "no other screen so far"))

    def action_help(self) -> None:
        """Help for this screen."""
        self.push_screen(self.make_screen("help"))

    def action_palette(self) -> None:
        """Commands by name, pinyin or English."""
        self.push_screen(self.make_screen("palette"))

    def action_messages(self) -> None:
        """What was said before."""
        self.push_screen(self.make_screen("messages"))

    def action_doctor(self) -> None:
        """Examine the workspace."""
        self.push_screen(self.make_screen("doctor"))

    # another language, another theme

    def action_language(self) -> None:
        """The other language, everywhere, at once; not while something is open that cannot be said in it."""
        mute = [each for each in self.screen_stack if isinstance(each, Dialog) and each.again is None]
        if mute:
            self.tell(
                self.say("先完成或取消这个窗口，再换语言", "finish or cancel this dialog first, then change the language"), "bad"
            )
            return
        self.lang = "en" if self.lang == "zh" else "zh"
        for each in self.screen_stack:
            if isinstance(each, Page):
                each.redraw()
            elif isinstance(each, Dialog):
                each.speak()
        self.refresh_bindings()
        if isinstance(self.screen, Dialog):
            self.screen.refresh()

    def action_theme(self, name: str) -> None:
        """Another theme."""
        self.theme = name


__all__ = ["PLACES", "Going"]
