"""流程: where a case stands, what is in the way and what mends it, and every decision about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from duibiao.errors import BadInputError
from duibiao.services import case_view as view
from duibiao.services import cases, seek
from duibiao.services.cases import File, Outlook
from duibiao.services.place_words import holder_words, kind_word
from duibiao.services.process_words import STATUS, ProcessWords
from duibiao.services.writer import Outcome
from duibiao.tui.base import Line, Page, spoken
from duibiao.tui.dialogs import Form, Plan
from duibiao.tui.keys import key
from duibiao.tui.lines import Part
from duibiao.tui.lists import Entries, Entry, heading
from duibiao.tui.look import fit
from duibiao.tui.screens import workflow_moves as moves
from duibiao.tui.screens.workflow_acts import MENDS, WORDS, Acts, concerned
from duibiao.tui.screens.workflow_panes import MENU, READ, Do, Ink, barred, history_entries, now_entries, rail_entries, span
from duibiao.wording import catalogue, many
from duibiao.workflow.blocks import Block

TWO, THREE = 100, 140
PANES: tuple[tuple[str, str, str], ...] = (("rail", "环节", "stages"), ("now", "办理", "to do"), ("log", "记录", "history"))


class CaseLine(Line):
    """Which case: never left out, however narrow."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        screen, inks = self.screen, self.inks
        if not isinstance(screen, WorkflowScreen) or screen.file is None:
            return []
        each, words = screen.file.listed, self.duibiao.process_words
        holder = self.duibiao.say(f" 在{each.holder}", f" with {holder_words(each.holder, 'en')}") if each.holder else ""
        right = f"{words.named(STATUS, each.status)}{holder} "
        left = f" {each.id}  {each.unit.name}"
        kind = self.duibiao.say(f"（{each.unit.kind}）", f" ({kind_word(each.unit.kind, 'en')})")
        return [(fit(left + kind, width - cell_len(right)), inks.head), (right, inks.mark)]


class StageLine(Line):
    """The stages the case is in, how long they still run, the score and how much is in the way."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        screen, inks = self.screen, self.inks
        if not isinstance(screen, WorkflowScreen):
            return []
        told = next((each for each in screen.now_told() if cell_len(each) < width), screen.now_told()[-1])
        stuck = any(each.blocks for each in screen.looks.values())
        return [(fit(f" {told}", width), inks.bad if stuck else inks.good)]


class TabLine(Line):
    """The panes, where only one is shown."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        screen, inks = self.screen, self.inks
        if not isinstance(screen, WorkflowScreen):
            return []
        found: list[Part] = [(" ", inks.text)]
        for name, zh, en in PANES:
            word = self.duibiao.say(zh, en)
            mine = name == screen.pane
            found.append((f"[{word}]" if mine else f" {word} ", inks.mark if mine else inks.dim))
        return [*found, (self.duibiao.say("  Tab 换一栏", "  Tab: next pane"), inks.dim)]


class Lines(Entries):
    """A pane: ``b`` returns the case here, so that it does not page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("b", "screen.act('back')", "退回", "return", name="workflow.back"),
        key("right_square_bracket,J", "group(1)", "下一组", "next group", show=False, name="workflow.next-group"),
        key("left_square_bracket,K", "group(-1)", "上一组", "previous group", show=False, name="workflow.previous-group"),
    ]
    _broken_for = 0

    def on_resize(self) -> None:
        """Lines break by the room they have."""
        screen = self.screen
        if isinstance(screen, WorkflowScreen) and self.size.width != self._broken_for:
            self._broken_for = self.size.width
            self.call_after_refresh(screen.redraw)

    def action_group(self, step: int) -> None:
        """The first line under the next heading, or under the one before."""
        tops = [i + 1 for i in range(self.total() - 1) if not self.selectable(i) and self.selectable(i + 1)]
        ahead = [i for i in tops if (i - self.cursor) * step > 0]
        if ahead:
            self.move_to(ahead[0] if step > 0 else ahead[-1], direction=step)

    def _show_cursor(self) -> None:
        # Before it has a height every line would seem out of sight.
        if self.size.height:
            super()._show_cursor()


class StageRail(Lines):
    """The stages; both lines of the one under the cursor stay in sight."""

    def _show_cursor(self) -> None:
        super()._show_cursor()
        bottom, height = min(self.cursor + 1, self.total() - 1), max(self.size.height, 1)
        if bottom >= self.scroll_offset.y + height:
            self.scroll_to(y=bottom - height + 1, animate=False, force=True)


class WorkflowScreen(Page):
    """One case on its way."""

    CALLED: ClassVar[tuple[str, str]] = ("流程", "Workflow")
    ABOUT: ClassVar[tuple[str, str]] = (
        "一件申报走到哪一步、被什么挡住、怎么办：左边是环节，中间是要办的事（回车就办），右边是记录。Tab 换栏。",
        "Where a case stands and what is in its way: stages left, what is to be done beside them (Enter does it). Tab: panes.",
    )
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    WorkflowScreen #panes { height: 1fr; }
    WorkflowScreen #rail { width: 42; }
    WorkflowScreen #now { width: 1fr; }
    WorkflowScreen #log { width: 1fr; }
    WorkflowScreen.three #rail { width: 46; }
    WorkflowScreen.one #rail { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("w", "act('move')", "通过", "pass", name="workflow.move"),
        key("p", "act('papers')", "材料", "papers", name="workflow.papers"),
        key("o", "act('opinion')", "意见", "opinion", show=False, name="workflow.opinion"),
        key("n", "act('notice')", "公示", "notice", show=False, name="workflow.notice"),
        key("y", "act('objection')", "异议", "objection", show=False, name="workflow.objection"),
        key("f", "act('finding')", "问题", "shortcoming", show=False, name="workflow.finding"),
        key("t", "act('task')", "任务", "task", show=False, name="workflow.task"),
        key("s", "act('sample')", "抽样", "sample", show=False, name="workflow.sample"),
        key("C", "act('check')", "复核", "check", show=False, name="workflow.check"),
        key("d", "act('title')", "称号", "title", show=False, name="workflow.title"),
        key("X", "act('withdraw')", "撤回申报", "withdraw", show=False, name="workflow.withdraw"),
        key("R", "act('reject')", "不予命名", "refuse the title", show=False, name="workflow.reject"),
        key("tab", "pane(1)", "换栏", "pane", name="workflow.pane"),
        key("shift+tab", "pane(-1)", "上一栏", "previous pane", show=False, name="workflow.pane-back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.file: File | None = None
        self.looks: dict[str, Outlook] = {}
        self.stops: tuple[tuple[view.Stop, ...], ...] = ()
        self.pane = "now"
        self.stage = ""
        self.fresh = ""

    def trail(self) -> list[str]:
        return [self.say("案卷", "Cases"), self.duibiao.case, self.say(*self.CALLED)]

    def body(self) -> Iterable[Widget]:
        yield CaseLine(id="case")
        yield StageLine(id="stage")
        yield TabLine(id="tabs")
        with Horizontal(id="panes"):
            yield StageRail(id="rail")
            yield Lines(id="now")
            yield Lines(id="log")

    def on_mount(self) -> None:
        self.set_panes()
        self.load()
        self.query_one(f"#{self.pane}", Lines).focus()

    def heard(self, outcome: Outcome) -> None:
        """The last answer given on another screen is on the disk only now."""
        if not self.duibiao.waiting and self.is_current and self.file is not None:
            self.load()

    def on_resize(self) -> None:
        """More or fewer panes."""
        self.set_panes()
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """Draw for the new width; a pane that is not shown any more has lost the keys."""
        if self.focused is None:
            self.query_one(f"#{self.pane}", Lines).focus()
        self.redraw()

    def on_screen_resume(self) -> None:
        """What another screen did may show here."""
        if self.is_mounted and self.file is not None:
            self.load()

    # what is shown

    def load(self) -> None:
        """Read the case."""
        desk = self.duibiao.desk
        if self.file is not None and self.file.listed.id != self.duibiao.case:
            self.stage = self.fresh = ""
        try:
            self.file = cases.get(desk, self.duibiao.case)
            self.looks = {each.stage.id: each for each in cases.outlooks(desk, self.file)}
            self.stops = view.rail(self.file, desk.day)
        except BadInputError as error:
            from duibiao.tui.app import problem_text

            self.duibiao.tell(problem_text(error.problems, self.duibiao.lang), "bad")
            return
        known = [each.stage.id for group in self.stops for each in group]
        if self.stage not in known:
            last = [each.stage for each in self.file.state.steps[-1:]]
            self.stage = next(iter([*self.file.state.active, *last, *known]), "")
        self.redraw()

    def set_panes(self) -> None:
        """One pane, two or three, as the width allows."""
        width = self.app.size.width
        several = width >= TWO
        self.set_class(width >= THREE, "three")
        self.set_class(not several, "one")
        self.query_one(TabLine).display = width < THREE
        for name, _, _ in PANES:
            shown = width >= THREE or name == self.pane or (several and self._beside(name))
            self.query_one(f"#{name}", Lines).display = shown

    def _beside(self, name: str) -> bool:
        """Of two panes, the rail stays; the other one is that of the history or what is to be done."""
        return name == "rail" or (name == "now" and self.pane == "rail")

    def redraw(self) -> None:
        if self.file is not None:
            self._rail()
            self._now()
            self._log()
        super().redraw()

    @property
    def acts(self) -> Acts:
        """Forms for the case. RuntimeError before it was read."""
        if self.file is None:
            raise RuntimeError("no case was read")
        return Acts(self.duibiao.desk, self.file, ProcessWords(self.duibiao.phrases, self.file.standard))

    def _ink(self, name: str) -> Ink:
        width = self.query_one(f"#{name}", Lines).size.width or self.app.size.width
        return Ink(self.acts, self.duibiao.inks, max(width - 1, 20), self.duibiao.safe)

    def _rail(self) -> None:
        pane = self.query_one("#rail", Lines)
        pane.show(rail_entries(self._ink("rail"), self.stops, self.looks))
        place = next((i for i, each in enumerate(pane.entries) if each.data == self.stage), pane.cursor)
        pane.move_to(place)

    def _now(self) -> None:
        stop = self.stop
        entries: list[Entry] = [] if stop is None else now_entries(self._ink("now"), stop, self.looks.get(stop.stage.id))
        pane = self.query_one("#now", Lines)
        if self.fresh != self.stage:
            # Another stage: the cursor begins on the first thing that can be done.
            first = (i for i, each in enumerate(entries) if isinstance(each.data, Do) and each.data.act not in (READ, "assess"))
            pane.entries, pane.cursor, self.fresh = (), next(first, 0), self.stage
            pane.scroll_to(y=0, animate=False, force=True)
        pane.show(entries or [heading(self.say(" 没有环节", " no stages"), self.duibiao.inks.dim)])

    def _log(self) -> None:
        pane = self.query_one("#log", Lines)
        if pane.display and self.file is not None:
            pane.show(history_entries(self._ink("log"), *view.history(self.duibiao.desk, self.file)))

    @property
    def stop(self) -> view.Stop | None:
        """The stage under the rail's cursor."""
        return next((each for group in self.stops for each in group if each.stage.id == self.stage), None)

    def now_told(self) -> list[str]:
        """The stages the case is in, in one line: name, time, score, what is in the way; the fullest first."""
        if not self.looks:
            return [self.say("没有在办的环节", "at no stage")]
        told = [self._told(each) for each in self.looks.values()]
        shorter = [[name, score, way] for name, _, score, way in told]
        least = [[name, way] for name, _, _, way in told]
        stuck = sum(bool(each.blocks) for each in self.looks.values())
        all_told = self.say(f"在 {len(told)} 个环节", f"at {many(len(told), 'stage')}")
        way = self.say(f"✗ {stuck} 个被挡住", f"✗ {stuck} stuck") if stuck else self.say("✓ 可通过", "✓ can pass")
        between = self.say("；", "; ")
        full = [between.join(" · ".join(part for part in each if part) for each in parts) for parts in (told, shorter, least)]
        return [*full, f"{all_told} · {way}"] if len(told) > 1 else full

    def _told(self, look: Outlook) -> list[str]:
        words, count, score = self.duibiao.process_words, len(look.blocks), ""
        if look.assessment is not None and look.assessment.score is not None:
            score = self.say("得分 ", "score ") + span(look.assessment.score)
        way = self.say(f"✗ {count} 项挡住", f"✗ {count} in the way") if count else self.say("✓ 可通过", "✓ can pass")
        return [words.stage(look.stage), words.timing(look.timing).partition("（")[0].partition(" (")[0], score, way]

    # moving about

    def on_rows_moved(self, event: Entries.Moved) -> None:
        """Another stage on the rail: what is to be done there."""
        if event.rows.id == "rail" and isinstance(event.rows, Lines) and event.rows.chosen not in (None, self.stage):
            self.stage = event.rows.chosen
            self._now()

    def action_pane(self, step: int) -> None:
        """The next pane."""
        names = [name for name, _, _ in PANES]
        self.pane = names[(names.index(self.pane) + step) % len(names)]
        self.set_panes()
        self.query_one(TabLine).renew()
        self.query_one(f"#{self.pane}", Lines).focus()
        self.call_after_refresh(self.redraw)

    def on_descendant_focus(self, event: Any) -> None:
        """A click gives a pane the keys."""
        name = getattr(event.widget, "id", "")
        if name in (each for each, _, _ in PANES) and name != self.pane:
            self.pane = name
            self.set_panes()
            self.query_one(TabLine).renew()

    async def on_rows_chosen(self) -> None:
        """Enter, as an action: whatever fails says so and the app goes on."""
        await self.app.run_action("screen.chosen")

    def action_chosen(self) -> None:
        """On the rail what is to be done there, elsewhere what the line stands for."""
        chosen = self.query_one(f"#{self.pane}", Lines).chosen
        if self.pane == "rail":
            self.action_pane(1)
        elif isinstance(chosen, Do) and chosen.act != READ:
            self.do(chosen)

    # doing

    def action_act(self, act: str) -> None:
        """A key: the act at the stage under the cursor."""
        self.do(Do(act, self.stage))

    def do(self, what: Do) -> None:
        """Open the form of an act, or say why there is none."""
        stop = self.stop
        if stop is None or self.file is None:
            return
        if what.act == "mend":
            self._mend(what.of, stop)
            return
        if what.act == "assess":
            self.duibiao.sought = what.of if isinstance(what.of, tuple) else ("score",)
            self.duibiao.action_go("assess")
            return
        if what.of is None and any(what.act == act for _, act in MENU) and what.act != "move":
            why = barred(self.acts, what.act, stop, self.looks.get(stop.stage.id))
            if why:
                self.duibiao.tell(f"{self.say(*WORDS[what.act])}{self.say('：', ': ')}{why}", "bad")
                return
        plan = self._plan(what, stop)
        if plan is None:
            why = barred(self.acts, what.act, stop, self.looks.get(stop.stage.id))
            self.duibiao.tell(why or self.say("这里没有可办的", "there is nothing to do here"), "bad")
            return
        self.app.push_screen(self._form(lambda: self._plan(what, stop)), self._done)

    def _form(self, make: Callable[[], Plan | None]) -> Form:
        """The form that *make* plans, made again when the language changes."""

        def made() -> Form:
            plan = make()
            assert plan is not None  # noqa: S101 - whoever asks for the form has seen that there is one
            return Form(plan)

        return spoken(made)

    def _plan(self, what: Do, stop: view.Stop) -> Plan | None:
        acts, stage, of = self.acts, stop.stage, what.of
        look = self.looks.get(stage.id)
        match what.act:
            case "move":
                return moves.moving(acts, look) if look is not None else None
            case "back":
                return moves.returning(acts, stage)
            case "withdraw":
                return moves.withdrawing(acts)
            case "reject":
                return moves.rejecting(acts, stage)
            case "forfeit":
                return moves.forfeiting(acts, stage)
            case "title":
                held = of or next(iter(acts.file.state.held[::-1]), None)
                return moves.title(acts, held) if held is not None else None
            case "settle" | "mended" | "done":
                plan: Plan = getattr(acts, what.act)(of)
                return plan
            case "papers" | "opinion" | "notice" | "objection" | "finding" | "task" | "sample" | "check":
                made: Plan = getattr(acts, what.act)(stage)
                return made
        return None

    def _mend(self, block: Block, stop: view.Stop) -> None:
        """What mends a block: a form, another screen, or what the help says."""
        act = MENDS.get(block.code, "")
        plan = self.acts.mends(block, stop.stage)
        if plan is not None:
            self.app.push_screen(self._form(lambda: self.acts.mends(block, stop.stage)), self._done)
        elif act == "assess":
            self._mend_fact(block, stop)
        elif act:
            self.do(Do(act, stop.stage.id))
        else:
            entry = catalogue()[block.code]
            self.duibiao.tell(self.say(entry.help, entry.help_en))

    def _mend_fact(self, block: Block, stop: view.Stop) -> None:
        """To the question that is meant; what the process itself shows comes from a paper, a notice or a stage passed."""
        shown = None if self.file is None else seek.shown_by(self.file.standard, block.condition.missing)
        if shown is None:
            self.do(Do("assess", stop.stage.id, concerned(block.condition)))
        elif shown.stage.id == stop.stage.id and shown.act == "papers":
            self.app.push_screen(self._form(lambda: self.acts.papers(shown.stage, shown.name)), self._done)
        elif shown.stage.id == stop.stage.id and shown.act == "notice":
            self.do(Do("notice", stop.stage.id))
        else:
            where, what = self.acts.words.stage(shown.stage), shown.name
            zh = f"这由流程记录：「{where}」的材料「{what}」收到以后就有" if what else f"这由流程记录：「{where}」办完就有"
            en = (
                f"the process records it: once {what} is received at “{where}”"
                if what
                else f"the process records it: once “{where}” is done"
            )
            self.duibiao.tell(self.say(zh, en))

    def _done(self, told: object) -> None:
        """A form was closed: read the case anew if anything was done."""
        if told is None:
            return
        was = self.stage
        self.load()
        if self.file is not None and was not in self.file.state.active and self.file.state.active:
            self.stage = self.file.state.active[0]
            self.redraw()


SCREEN = WorkflowScreen
__all__ = ["SCREEN", "WorkflowScreen"]
