"""The part of the cohort view that works: units are assessed and divisions looked at in threads, and can be stopped."""

from __future__ import annotations

from textual import work
from textual.worker import Worker, get_current_worker

from duibiao.errors import BadInputError
from duibiao.services import cohort_desk
from duibiao.services.cohort_desk import Held, Memory, Question, StoppedError
from duibiao.services.cohort_overview import Overview
from duibiao.services.office import open_office
from duibiao.tui.base import Page
from duibiao.tui.lists import Entries
from duibiao.tui.screens.cohort_widgets import NAMES
from duibiao.wording import describe, many


class Working(Page):
    """Answers a question in the background and shows the answer division by division.

    Attributes:
        question: What is asked; None while nobody chose.
        held: The answer; None until it is there.
        seen: What is told of the division at hand.
        busy: Whether units are being assessed.
        award: The award asked about; empty for the first.
        wrong: Why there is no answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.question: Question | None = None
        self.held: Held | None = None
        self.seen: Overview | None = None
        self.busy = False
        self.award = ""
        self.wrong = ""
        self.asked, self.looked = 0, 0
        self._assessing: Worker[None] | None = None

    def list_of(self, name: str) -> Entries:
        """A pane by its name."""
        return self.query_one(f"#{name}", Entries)

    @property
    def memory(self) -> Memory:
        """What was worked out before."""
        app = self.duibiao
        if app.cohorts is None:
            app.cohorts = Memory()
        return app.cohorts

    # working it out

    def _ask(self, question: Question | None, *, anew: bool = False) -> None:
        """Show the answer to a question; work it out first, in the background, where it is not known."""
        app, memory = self.duibiao, self.memory
        memory.wanted = None
        self._stop()
        if question is None:
            self.redraw()
            return
        if self.question is None or question.standard != self.question.standard:
            self.award = ""
        self.question = memory.last = question
        held = None if anew else memory.find(app.workspace_named, app.day, question)
        if held is not None:
            self._take(held)
            return
        self.held, self.seen, self.wrong, self.busy = None, None, "", True
        self._assessing = self._work_out(self.asked, question)
        self.redraw()

    @work(thread=True, group="cohort")
    def _work_out(self, number: int, question: Question) -> None:
        app, me = self.duibiao, get_current_worker()

        def seen(done: int, total: int) -> None:
            if me.is_cancelled:
                raise StoppedError
            app.call_from_thread(self._progress, number, done, total)

        try:
            held = cohort_desk.work_out(
                lambda: open_office(app.workspace_named, write=False), app.registry, app.workspace_named, app.day, question, seen
            )
        except StoppedError:
            return
        except BadInputError as error:
            if not me.is_cancelled:
                app.call_from_thread(self._failed, number, error)
            return
        if me.is_cancelled:
            held.close()
        else:
            app.call_from_thread(self._got, number, held)

    def _progress(self, number: int, done: int, total: int) -> None:
        if number != self.asked or not self.busy:
            return
        reading = self.say(f"已读 {done:,}/{total:,} 个单位", f"{done:,} of {total:,} units read")
        counting = self.say(f"{total:,} 个单位，正在计算", f"{many(total, 'unit')}, working it out")
        self._say_now((reading if done < total else counting) + self.say("，Esc 停止", "; Esc stops"))

    def _say_now(self, text: str) -> None:
        """Say how far it is; that is not worth keeping in the message log."""
        self.duibiao.status = (text, "")
        self.duibiao.say_status()

    def _got(self, number: int, held: Held) -> None:
        app = self.duibiao
        if number != self.asked or not self.is_mounted:
            held.close()
            return
        self.memory.keep(app.workspace_named, app.day, held)
        self.busy = False
        self._say_now("")
        for note in held.view.results.notes:
            app.tell(describe(note, app.lang))
        self._take(held)

    def _failed(self, number: int, error: BadInputError) -> None:
        from duibiao.tui.app import problem_text

        if number == self.asked and self.is_mounted:
            self.busy = False
            self._say_now("")
            self.wrong = problem_text(error.problems, self.duibiao.lang)
            self.redraw()

    def _stop(self) -> bool:
        """Whoever works for this screen need not go on; whether somebody did."""
        self.asked += 1
        running, self._assessing, busy = self._assessing, None, self.busy
        if running is not None and not running.is_finished:
            running.cancel()
        self.busy = False
        return busy

    def _take(self, held: Held) -> None:
        """An answer is there: show the division that was looked at last."""
        self.held, self.wrong = held, ""
        self._look(held.path[-1], len(held.path))

    # looking at a division

    def _look(self, under: str, depth: int) -> None:
        """Show a division; *depth* is how many divisions of the path stay, itself included."""
        if self.held is None:
            return
        self.looked += 1
        known = self.held.known(under, self.award)
        if known is not None:
            self._show(self.looked, self.held, known, depth)
        else:
            self._look_there(self.looked, self.held, under, depth)

    @work(thread=True, exclusive=True, group="look")
    def _look_there(self, number: int, held: Held, under: str, depth: int) -> None:
        me, award = get_current_worker(), self.award
        found = held.descend(under, award)
        if not me.is_cancelled:
            self.duibiao.call_from_thread(self._show, number, held, found, depth)

    def _show(self, number: int, held: Held, look: Overview, depth: int) -> None:
        if number != self.looked or not self.is_attached or held is not self.held:
            return
        come_from = held.path[depth] if depth < len(held.path) else ""
        held.path[depth - 1 :] = [look.under]
        self.seen = look
        for name in NAMES:
            pane = self.list_of(name)
            pane.entries, pane.cursor = (), 0
        self.redraw()
        for name in NAMES:
            self.list_of(name).scroll_to(y=0, animate=False, force=True)
        self._rest_on(come_from)

    def _rest_on(self, code: str) -> None:
        """The cursor on the division one came up from."""
        pane = self.list_of("map")
        place = next((i for i, each in enumerate(pane.entries) if code and each.data == ("place", code)), None)
        if place is not None:
            pane.move_to(place)


__all__ = ["Working"]
