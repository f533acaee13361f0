"""The app: one workspace, one person, a stack of screens; keys as a Chinese input method sends them; nothing typed is lost."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Iterable
from concurrent.futures import Future, wait
from datetime import date
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from duibiao.errors import BadInputError, Problem
from duibiao.tui import words
from duibiao.tui.base import Dialog, Page, StatusLine, spoken
from duibiao.tui.going import PLACES, Going
from duibiao.tui.keys import ARROWS, is_hanzi, key, name_of, narrow, takes_text, words_of
from duibiao.tui.look import THEMES, Inks
from duibiao.tui.report import write_report
from duibiao.tui.small import STILL_WORK, is_small
from duibiao.wording import Lang, describe, many, pick

if TYPE_CHECKING:
    from duibiao.registry import Registry
    from duibiao.services.cohort_desk import Memory
    from duibiao.services.desk import Desk
    from duibiao.services.phrasing import Phrases
    from duibiao.services.process_words import ProcessWords
    from duibiao.services.writer import Outcome, Writer
    from duibiao.store.workspace import Workspace


class DuibiaoApp(Going):
    """The terminal UI.

    Attributes:
        lang: Language of the screens; changes while it runs.
        desk: Workspace, standards, person and day.
        office: Name of the office, known before its workspace is open.
        problems: Why the workspace could not be opened.
        case: Id of the case at hand; empty before one is opened.
        compared: Ids of the standards last put side by side.
        cohorts: The units of territories that were assessed at once; None before any were.
        waiting: Answers that are not on the disk yet.
        unsaved: Answers that are shown and could not be saved.
        status: What the status line says, and its kind (``""``, ``good``, ``bad``).
        log_lines: What was said before, for the message log.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { background: $background; layers: base small; overflow: hidden hidden; }
    Dialog { background: transparent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("question_mark,f1", "help", "帮助", "help", show=False, name="app.help"),
        key("colon,ctrl+p", "palette", "命令", "commands", name="app.palette"),
        key("exclamation_mark", "messages", "消息", "messages", show=False, name="app.messages"),
        key("at", "doctor", "检查", "doctor", show=False, name="app.doctor"),
        key("ctrl+q,Q", "leave", "退出", "quit", show=False, name="app.quit", priority=True),
        key("ctrl+l", "language", "中/英", "zh/en", show=False, name="app.language"),
        *(
            key(each, f"go('{name}')", zh, en, show=False, name=f"app.{name}") for name, zh, en, each in PLACES
        ),
    ]  # fmt: skip

    def __init__(
        self,
        workspace: str = "",
        *,
        lang: Lang = "zh",
        person: str = "",
        day: date | None = None,
        safe: bool = False,
        a11y: bool = False,
        theme: str = "duibiao-dark",
        registry: Registry | None = None,
        clock_ok: bool = False,
    ) -> None:
        """*safe*: the terminal draws ambiguous glyphs two cells wide. *day*: the day acted on, today unless given.

        *clock_ok*: an odd time of the clock is confirmed.
        """
        super().__init__()
        self.lang: Lang = lang
        self.workspace_named = workspace
        self.person = person
        self.clock_ok = clock_ok
        self.safe = safe or a11y
        self.a11y = a11y
        self._day = day
        self._standards = registry
        self._theme_wanted = theme
        self._desk: Desk | None = None
        self._seating: Future[Desk] | None = None
        self._loading = Lock()
        self.office = ""
        self.problems: tuple[Problem, ...] = ()
        self._writer: Writer | None = None
        self.case = ""
        self.compared: tuple[str, ...] = ()
        self.cohorts: Memory | None = None
        self.waiting = 0
        self.unsaved = 0
        self._asked_to_leave = False
        self.status: tuple[str, str] = ("", "")
        self.log_lines: list[tuple[str, str]] = []
        self.plain = bool(os.environ.get("NO_COLOR"))
        self.inks = Inks(THEMES[0], plain=self.plain)

    # what it works with

    @property
    def desk(self) -> Desk:
        """Workspace, standards, person and day; waits for it while it is being opened.

        BadInputError when that cannot be, RuntimeError before a workspace was named.
        """
        if self._desk is None and self._seating is not None:
            self._sit_soon()
            seating, self._seating = self._seating, None
            self._take_seat(seating.result())
        if self._desk is None:
            raise RuntimeError("no workspace is open")
        return self._desk

    @property
    def has_desk(self) -> bool:
        """Whether a workspace is open, or being opened."""
        return self._desk is not None or self._seating is not None

    @property
    def seated(self) -> bool:
        """Whether the workspace and the standards are there without waiting."""
        return self._desk is not None or (self._seating is not None and self._seating.done())

    @property
    def registry(self) -> Registry:
        """The standards."""
        from duibiao.registry import Registry

        with self._loading:
            if self._standards is None:
                self._standards = Registry()
            return self._standards

    @property
    def day(self) -> date:
        """The day acted on."""
        from duibiao.services.clock import today

        return self._day or today()

    @property
    def phrases(self) -> Phrases:
        """Words for rules and reasons in the person's language."""
        from duibiao.services.phrasing import Phrases

        return Phrases(self.registry.vocabulary, self.lang)

    @property
    def process_words(self) -> ProcessWords:
        """Words for the process in the person's language."""
        from duibiao.services.process_words import ProcessWords

        return ProcessWords(self.phrases)

    def open_workspace(self) -> Workspace:
        """Another connection to the workspace."""
        from duibiao.services.office import open_office

        return open_office(self.workspace_named, clock_ok=self.clock_ok)

    def sit(self) -> None:
        """Open the workspace now. BadInputError when that cannot be."""
        self._seating = None
        self._take_seat(self._made_desk())

    def _made_desk(self) -> Desk:
        """Everything to work with; also in a thread. BadInputError when the workspace cannot be opened."""
        from duibiao.services.desk import Desk
        from duibiao.services.office import acting

        space = self.open_workspace()
        try:
            return Desk(space, self.registry, acting(space, self.person), self.day)
        except BaseException:
            space.close()
            raise

    def _take_seat(self, desk: Desk) -> None:
        if not gc.get_freeze_count():
            gc.freeze()  # what is loaded by now stays: to look through it for garbage takes as long as ten keys
        self._desk = desk
        self.office = desk.space.office().get("title", "")
        for note in desk.space.notes:
            self.tell(describe(note, self.lang), "bad" if note.code.startswith("E_") else "")

    def _sit_soon(self) -> None:
        """Open the workspace in a thread: the first screen is there before the standards are loaded. Once is enough."""
        seating = self._seating = self._seating or Future()
        if seating.running() or seating.done():
            return
        seating.set_running_or_notify_cancel()

        def sit() -> None:
            try:
                seating.set_result(self._made_desk())
            except Exception as error:  # whoever asks for the desk gets it
                seating.set_exception(error)

        def tell() -> None:
            wait([seating])
            self.call_from_thread(self._seat_ready)

        # A thread of its own: whoever waits for the desk may keep the framework from starting one.
        Thread(target=sit, name="sitting", daemon=True).start()
        self.run_worker(tell, thread=True, group="sitting", name="sitting")

    def _sit_if_wanted(self) -> None:
        """Unless a key has brought it about already, or somebody has left."""
        if self._seating is not None:
            self._sit_soon()

    def _seat_ready(self) -> None:
        if not self.has_desk:
            return  # somebody has left meanwhile
        try:
            _ = self.desk
        except BadInputError as error:
            self._refused(error)
            return
        if not any(isinstance(each, Page) for each in self.screen_stack):
            self._to_the_first_screen()
            self.push_screen(self.make_screen("cases"))
        for each in self.screen_stack:
            if isinstance(each, Page):
                each.desk_ready()

    def _refused(self, error: BadInputError) -> None:
        """The workspace cannot be opened: say why, and what can be done."""
        self._seating = None
        self.problems = tuple(error.problems)
        self._to_the_first_screen()
        self.push_screen(self.make_screen("welcome"))

    def _to_the_first_screen(self) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def begin_again(self, workspace: str, *, person: str = "", go: str = "", case: str = "") -> None:
        """Start with another workspace or person, perhaps right on a screen for a case."""
        self.workspace_named, self.person = workspace, person or self.person
        self.problems, self.office, self.case = (), "", case
        self._to_the_first_screen()
        self._begin()
        if go and self.has_desk:
            self.action_go(go)

    @property
    def writer(self) -> Writer:
        """Saves in the background."""
        from duibiao.services.writer import Writer

        if self._writer is None:
            self._writer = Writer(self.open_workspace, self.desk.actor, self._from_thread(self._saved))
        return self._writer

    def _saved(self, outcome: Outcome) -> None:
        self.waiting = max(self.waiting - 1, 0)
        if self._desk is None:
            return  # saved while somebody was leaving
        self._asked_to_leave = self._asked_to_leave and bool(outcome.problems)
        if outcome.problems:
            self.tell("；".join(map(self.phrases.problem, outcome.problems)), "bad")
        for each in self.screen_stack:
            if isinstance(each, Page | Dialog):
                each.heard(outcome)
        self.say_status()

    # words

    def say(self, zh: str, en: str) -> str:
        """The word in the person's language."""
        return pick(self.lang, zh, en)

    def get_key_display(self, binding: Binding) -> str:
        """What a key is called; arrows by their names where their signs are drawn two cells wide."""
        shown = super().get_key_display(binding)
        return ARROWS.get(shown, shown) if self.safe else shown

    def framework_word(self, text: str) -> str:
        """A word of the framework in the person's language."""
        return words.FRAMEWORK.get(text, text) if self.lang == "zh" else text

    def who(self) -> str:
        """Office and person, for the top line."""
        if not self.has_desk and not self.office:
            return self.say("还没有工作区", "no workspace")
        office = self.office or self.say("工作区", "workspace")
        return f"{office} · {self._desk.actor} · {self.day}" if self._desk is not None else f"{office} · {self.day}"

    def saved_text(self) -> str:
        """Whether everything is on the disk, in words."""
        if self._desk is not None and self._desk.space.barred is not None:
            return self.say("只读", "read-only")
        if self.waiting:
            return self.say(f"○ 待存 {self.waiting}", f"○ saving {self.waiting}")
        if self.unsaved:
            return self.say(f"✗ 未存 {self.unsaved}", f"✗ {self.unsaved} not saved")
        return self.say("● 已存", "● saved") if self._desk is not None else ""

    def tell(self, text: str, kind: str = "") -> None:
        """Say something on the status line and keep it in the message log; *kind*: ``""``, ``good`` or ``bad``."""
        self.status = (text, kind)
        self.log_lines.append((text, kind))
        self.say_status()

    def tell_problems(self, error: BadInputError) -> None:
        """Say what is wrong."""
        self.tell(problem_text(error.problems, self.lang), "bad")

    def say_status(self) -> None:
        """The status line changed; also that of the screen beneath a dialog, of which it is a part to see."""
        page = next((each for each in reversed(self.screen_stack) if isinstance(each, Page)), None) if self.is_running else None
        if page is None or not page.is_mounted:
            return
        page.query_one("#status", StatusLine).renew()
        if self.screen is not page:
            self.screen.refresh()

    # starting, stopping

    def on_mount(self) -> None:
        """Themes, then the first screen."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme_changed_signal.subscribe(self, lambda theme: self._themed())
        self.theme = self._theme_wanted
        self._themed()
        if self.a11y and self._driver is not None:
            self._driver.write("\x1b[?25h")  # screen readers follow the terminal's own cursor, which the framework hides
        self._begin()

    def _begin(self) -> None:
        from duibiao.services.welcome import glance

        try:
            seen = glance(self.workspace_named)
        except BadInputError as error:
            self._refused(error)
            return
        self.office = seen.title
        if seen.plain or self._desk is not None:
            self.push_screen(self.make_screen("cases"))
        else:
            from duibiao.tui.preparing import Preparing

            self.push_screen(spoken(Preparing))
        if self._desk is None:
            self._seating = Future()  # a key may come before the screen is painted, and waits
            self.call_after_refresh(self._sit_if_wanted)

    def _themed(self) -> None:
        self.inks = Inks(self.current_theme, plain=self.plain)
        for each in self.screen_stack:
            if isinstance(each, Page):
                each.redraw()

    async def action_leave(self) -> None:
        """Save what waits, then stop."""
        for each in self.screen_stack if self.has_desk else ():
            if isinstance(each, Page):
                each.leaving()
        if self._writer is not None and not self._writer.close(anyway=self._asked_to_leave):
            self._asked_to_leave, left = True, len(self._writer.unsaved)
            zh = f"还有 {left} 个答案没有存好：ctrl+s 再试；再按一次 ctrl+q 放弃它们退出"
            self.tell(
                self.say(
                    zh,
                    f"{many(left, 'answer is', 'answers are')} not saved: ctrl+s tries again; ctrl+q again leaves without them",
                ),
                "bad",
            )
            return
        self._writer = None
        if self._seating is not None:
            seating, self._seating = self._seating, None
            if seating.running():
                await asyncio.wait([asyncio.wrap_future(seating)])
            if seating.done() and seating.exception() is None:
                seating.result().space.close()
        if self.cohorts is not None:
            self.cohorts.close()
        if self._desk is not None:
            self._desk.space.close()
            self._desk = None
        self.exit(0)

    def action_undo(self) -> None:
        """Screens that can undo do so themselves."""
        self.tell(self.say("这里没有可撤销的", "nothing to undo here"))

    def action_redo(self) -> None:
        """As above."""
        self.tell(self.say("这里没有可重做的", "nothing to redo here"))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """None of the framework's: the palette has our own."""
        return ()

    # keys as an input method sends them

    async def on_event(self, event: events.Event) -> None:
        """A full-width letter or sign is the key it stands for, unless text is being typed."""
        if isinstance(event, events.Key) and is_small(self.size) and event.key not in STILL_WORK:
            return
        if isinstance(event, events.Key) and event.character and not takes_text(self.focused):
            typed = event.character
            plain = narrow(typed)
            if plain:
                event = events.Key(name_of(plain), plain)
            elif is_hanzi(typed):
                self.tell(
                    self.say(
                        "中文输入法开着：按 Shift 切到英文，数字和方向键随时可用",
                        "An input method is on: Shift turns it off; digits and arrows always work",
                    )
                )
        await super().on_event(event)

    # when something goes wrong

    async def run_action(self, action: Any, *args: Any, **kwargs: Any) -> bool:
        """An action that fails says so on the status line; the app goes on."""
        try:
            return await super().run_action(action, *args, **kwargs)
        except BadInputError as error:
            self.tell("；".join(describe(each, self.lang) for each in error.problems), "bad")
        except Exception as error:  # whatever a screen or plugin does, the app lives on
            path = write_report(error, self.workspace_named)
            self.tell(self.say(f"出错了，已记下：{path}", f"Something failed; noted in {path}"), "bad")
        return True

    def _handle_exception(self, error: Exception) -> None:
        """An error outside an action: save what waits, write a report without anybody's data, say where it is."""
        if self._writer is not None:
            self._writer.close(5)
        self.failure = (write_report(error, self.workspace_named), error)
        self._exception = error
        self._exception_event.set()
        self._close_messages_no_wait()
        self.exit(1)


def problem_text(problems: Iterable[Problem], lang: Lang) -> str:
    """Problems on one line."""
    return "；".join(describe(each, lang) for each in problems)


__all__ = ["PLACES", "Binding", "DuibiaoApp", "problem_text", "words_of"]
