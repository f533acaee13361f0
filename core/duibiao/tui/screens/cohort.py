"""全域评估: every unit of a territory under one standard: distribution, what fails most, who is nearest, division by division."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from attrs import evolve
from textual import work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from duibiao.errors import BadInputError
from duibiao.services import cohort_desk
from duibiao.services.cohort_desk import Held, Question
from duibiao.services.cohort_overview import Place
from duibiao.tui.keys import key
from duibiao.tui.lines import Part
from duibiao.tui.lists import Entries, Entry, heading
from duibiao.tui.screens import cohort_ask
from duibiao.tui.screens.cohort_panes import ORDERS, Pen, bar_entries, map_entries, near_entries, tried_entries, tried_lines
from duibiao.tui.screens.cohort_widgets import NAMES, HeadLines, Pane, ScopeLine, TabLine
from duibiao.tui.screens.cohort_work import Working
from duibiao.wording import many

TWO, THREE, TALL = 100, 140, 36
"""From these widths on there are two panes, three; from this height on the third has both that it can be."""
BESIDE = ("tried", "near")
_ABOUT_ZH = """\
辖区里全部单位按一个标准评：多少成立、得分分布、哪些指标最多没达到、谁最接近、各区划怎样。\
区划上按回车往下，退格或 Esc 往上，别的栏跟着变。s 标准，/ 辖区，p 年度，x 导出。"""
_ABOUT_EN = """\
Every unit of a territory under one standard: who holds the award, points, what most fail, who is nearest, by division. \
Enter goes down, Backspace or Esc up; the other panes follow. s standard, / territory, p year, x export."""


class CohortScreen(Working):
    """Every unit of a territory under one standard.

    Attributes:
        pane: The pane that has the keys.
        beside: The pane beside the map where there are two.
        third: The pane on the right where there are three.
        failed: Whether indicators are listed by how many fail, else by how many are unknown; None while nobody said.
        order: In which order the divisions are.
    """

    CALLED: ClassVar[tuple[str, str]] = ("全域评估", "Cohort")
    ABOUT: ClassVar[tuple[str, str]] = (_ABOUT_ZH, _ABOUT_EN)
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    CohortScreen #all { height: 1fr; }
    CohortScreen Entries { width: 1fr; height: 1fr; }
    CohortScreen #third { width: 1fr; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("s", "standard", "标准", "standard", name="cohort.standard"),
        key("slash", "territory", "辖区", "territory", name="cohort.territory"),
        key("tab", "pane(1)", "换栏", "pane", name="cohort.pane"),
        key("t", "tried", "未达到/未知", "failed/unknown", name="cohort.tried"),
        key("d", "order", "排序", "order", name="cohort.order"),
        key("x", "export", "导出", "export", name="cohort.export"),
        key("p", "period", "年度", "year", name="cohort.period"),
        key("a", "award", "称号", "award", name="cohort.award"),
        key("r", "again", "重评", "again", name="cohort.again"),
        key("backspace", "up", "往上", "up", show=False, name="cohort.up"),
        key("shift+tab", "pane(-1)", "上一栏", "pane before", show=False, name="cohort.pane-before"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.pane, self.beside, self.third = "map", "bars", "tried"
        self.failed: bool | None = None
        self.order = "code"

    def body(self) -> Iterable[Widget]:
        yield ScopeLine(self)
        yield HeadLines(self)
        yield TabLine(self)
        with Horizontal(id="all"):
            yield Pane(id="map")
            yield Pane(id="bars")
            with Vertical(id="third"):
                yield Pane(id="tried")
                yield Pane(id="near")

    def on_mount(self) -> None:
        app, memory = self.duibiao, self.memory
        self.set_panes()
        self.list_of("map").focus()
        self._ask(memory.wanted or memory.last or cohort_desk.usual(app.desk, app.case))

    def on_screen_resume(self) -> None:
        """Something else may be wanted."""
        if self.memory.wanted is not None:
            self._ask(self.memory.wanted)
        super().on_screen_resume()

    def trail(self) -> list[str]:
        path = self.held.path if self.held is not None else ()
        return [self.say(*self.CALLED), *(self._named(under) for under in path)]

    def _named(self, under: str) -> str:
        """What a division is called; one without a name as what lies above it, where that is all there is."""
        assert self.held is not None  # noqa: S101 - it is one of its path
        for size in reversed(range(len(under) + 1)):
            look = self.held.known(under[:size], self.award) or self.held.known(under[:size])
            if look is not None and look.name:
                return look.name
        return under or self.say("全部", "all")

    # going up and down

    def action_up(self) -> None:
        """The division above."""
        if self.held is not None and len(self.held.path) > 1:
            self._look(self.held.path[-2], len(self.held.path) - 1)

    def action_back(self) -> None:
        """One step: the assessment is stopped, or the division above, or the screen before."""
        if self._stop():
            self._say_now("")
            self.wrong = self.say("已停止：r 重新评估，/ 换辖区", "stopped: r assesses again, / another territory")
            self.redraw()
        elif self.held is not None and len(self.held.path) > 1:
            self.action_up()
        else:
            super().action_back()

    # what is shown

    def on_resize(self) -> None:
        """Other panes fit."""
        self.set_panes()
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        if self.focused is None:
            self.list_of(self.pane).focus()
        self.redraw()

    def shown(self) -> Sequence[str]:
        """The panes in sight."""
        width = self.app.size.width
        if width < TWO:
            return (self.pane,)
        if width < THREE:
            return ("map", self.beside)
        return ("map", "bars", *BESIDE) if self.app.size.height >= TALL else ("map", "bars", self.third)

    def set_panes(self) -> None:
        """Those in sight, and the one with the keys among them."""
        self.beside = self.pane if self.pane != "map" else self.beside
        self.third = self.pane if self.pane in BESIDE else self.third
        shown = self.shown()
        for name in NAMES:
            self.list_of(name).display = name in shown
        self.query_one("#third").display = any(name in shown for name in BESIDE)

    def redraw(self) -> None:
        for name in self.shown():
            self._fill(self.list_of(name))
        super().redraw()

    def _fill(self, pane: Entries) -> None:
        if pane.size.height:
            pen = Pen(self._phrases(), self.duibiao.inks, max(pane.size.width - 2, 24), self.duibiao.safe)
            pane.show(self._lines(str(pane.id), pen))

    def on_pane_sized(self, event: Pane.Sized) -> None:
        """A pane came into sight, or has another size."""
        self._fill(event.pane)

    def _phrases(self) -> Any:
        phrases = self.duibiao.phrases
        return phrases.of(self.held.view.results.assessor.program.standard) if self.held is not None else phrases

    def _lines(self, name: str, pen: Pen) -> Sequence[Entry]:
        look = self.seen
        if look is None:
            return self._instead(name, pen)
        if name == "bars":
            return bar_entries(pen, look)
        if name == "tried":
            return tried_entries(pen, look, failed=self._failing())
        return near_entries(pen, look) if name == "near" else map_entries(pen, look, self.order)

    def _instead(self, name: str, pen: Pen) -> Sequence[Entry]:
        """What is said while there is nothing to show, in the pane with the keys alone."""
        if name != self.pane:
            return ()
        if self.wrong:
            return list(pen.heads(self.wrong, pen.inks.bad))
        if self.busy:
            return [heading(self.say(" 正在评估…", " assessing …"), pen.inks.dim)]
        none = self.say(" 工作区里没有可评的单位", " the workspace has no units to assess")
        return [heading(none if self.question is None else "", pen.inks.dim)]

    def told_territory(self) -> str:
        """The units that are asked for, in few words."""
        asked = "" if self.question is None else self.question.territory
        home = self.duibiao.registry.jurisdictions.get(asked)
        if home is not None:
            return self.say(home.title, home.title_en or home.title)
        if asked in ("", cohort_desk.ALL):
            return self.say("全部单位", "all units")
        known = self.held.known(self.held.root) if self.held is not None and self.held.root == asked else None
        return f"{known.name} {asked}" if known is not None and known.name else asked

    def stale(self) -> bool:
        """Whether something was recorded since the units were assessed."""
        return self.held is not None and self.held.entry != self.duibiao.desk.space.head()[0]

    # keys

    def action_pane(self, step: int) -> None:
        """The next pane, or the one before."""
        self._go(NAMES[(NAMES.index(self.pane) + step) % len(NAMES)])

    def _go(self, name: str) -> None:
        self.pane = name
        self.set_panes()
        self.list_of(name).focus()
        self.redraw()

    def on_descendant_focus(self, event: Any) -> None:
        """A click gives a pane the keys."""
        if event.widget.id in NAMES and event.widget.id != self.pane:
            self.pane = event.widget.id
            self.query_one(TabLine).renew()

    async def on_rows_chosen(self) -> None:
        """Enter, as an action: whatever fails says so and the app goes on."""
        await self.app.run_action("screen.chosen")

    def action_chosen(self) -> None:
        """Down into a division, to a unit or its case, to what an indicator asks."""
        chosen = self.list_of(self.pane).chosen
        if not isinstance(chosen, tuple) or self.held is None or self.seen is None:
            return
        match chosen[0]:
            case "place":
                self._enter(next(each for each in self.seen.places if each.code == chosen[1]))
            case "near":
                self._open(chosen[1])
            case "indicator":
                self._tell(chosen[1])
            case "award":
                self._about(chosen[1])

    def _enter(self, place: Place) -> None:
        assert self.held is not None  # noqa: S101 - a row of it was chosen
        assert self.seen is not None  # noqa: S101
        if cohort_desk.is_unit(self.duibiao.desk, self.held, place, self.seen.level):
            self._open(place.code)
        else:
            self._look(place.code, len(self.held.path) + 1)

    def _open(self, code: str) -> None:
        """A unit's case, or what is known of the unit where it has none."""
        from duibiao.tui.screens.units import UnitCard

        assert self.held is not None  # noqa: S101
        case = cohort_desk.case_for(self.duibiao.desk, self.held, code)
        if case is None:
            self.app.push_screen(UnitCard(code))
        else:
            self.duibiao.case = case.id
            self.duibiao.action_go("assess")

    def _tell(self, name: str) -> None:
        """What an indicator asks, where it says so, how the units do."""
        from duibiao.tui.assess_dialogs import Reading

        look, held = self.seen, self.held
        assert look is not None  # noqa: S101
        assert held is not None  # noqa: S101
        tried = next(each for each in look.indicators if each.id == name)
        spec = next(each for each in held.view.results.assessor.program.standard.indicators() if each.id == name)

        def lines(width: int) -> list[list[Part]]:
            app, phrases = self.duibiao, self._phrases()
            return tried_lines(Pen(phrases, app.inks, width, app.safe), look, tried, phrases.rule(spec))

        self.app.push_screen(Reading(lines))

    def _failing(self) -> bool:
        """Whether indicators are listed by how many fail: unless somebody said otherwise, where any do."""
        if self.failed is not None or self.seen is None:
            return self.failed is not False
        return any(each.not_met for each in self.seen.indicators)

    def action_tried(self) -> None:
        """Indicators that most fail, or of which least is known; first of all they come into sight."""
        if "tried" not in self.shown():
            self._go("tried")
            return
        self.failed = not self._failing()
        self.list_of("tried").cursor = 0
        self.redraw()
        self.list_of("tried").scroll_to(y=0, animate=False, force=True)

    def action_order(self) -> None:
        """Another order of the divisions."""
        known = list(ORDERS)
        self.order = known[(known.index(self.order) + 1) % len(known)]
        if "map" not in self.shown():
            self._go("map")
        self.redraw()

    def action_again(self) -> None:
        """Assess anew."""
        self._ask(self.question, anew=True)

    # what is asked

    @work
    async def action_standard(self) -> None:
        """Another standard, with its own territory unless one was chosen."""
        app, now = self.duibiao, self.question
        found = await cohort_ask.standard(app, now.standard if now else "")
        if not found or (now is not None and found == now.standard):
            return
        period = now.period if now else str(app.day.year)
        self._ask(Question(found, cohort_desk.territory_for(app.desk, found), period))

    def action_territory(self) -> None:
        """The units of another territory."""
        now = self.question
        if now is not None:
            self.app.push_screen(cohort_ask.territory(self.duibiao, now.territory, self._in))

    def _in(self, territory: str) -> None:
        if self.question is not None and territory != self.question.territory:
            self._ask(evolve(self.question, territory=territory))

    @work
    async def action_period(self) -> None:
        """The facts of another year."""
        try:
            found = await cohort_ask.period(self.duibiao, self.question.period if self.question else "")
        except BadInputError as error:
            self.duibiao.tell_problems(error)
            return
        if found and self.question is not None and found != self.question.period:
            self._ask(evolve(self.question, period=found))

    @work
    async def action_award(self) -> None:
        """Another award of the standard."""
        if self.held is None or self.seen is None:
            return
        found = await cohort_ask.award(self.duibiao, self.held, self.seen.award)
        if found:
            self._about(found)

    def _about(self, award: str) -> None:
        if self.held is not None and self.seen is not None and award != self.seen.award:
            self.award = award
            self._look(self.seen.under, len(self.held.path))

    def action_export(self) -> None:
        """Write the units of the division in sight, or all of them, to a file."""
        held, look = self.held, self.seen
        if held is None or look is None:
            return
        here = (look.under, look.name or look.under or self.say("全部", "all"))

        def write(under: str, path: Path, overwrite: bool) -> None:
            self._write(held, under, path, overwrite)

        places = [here] if look.under == held.root else [here, (held.root, self.say("全部", "all"))]
        self.app.push_screen(cohort_ask.export(self.duibiao, held, places, write))

    @work(thread=True, group="export")
    def _write(self, held: Held, under: str, path: Path, overwrite: bool) -> None:
        app = self.duibiao
        try:
            rows = held.export(under, path, app.phrases, overwrite=overwrite)
        except BadInputError as error:
            app.call_from_thread(app.tell_problems, error)
        else:
            told = self.say(f"已保存：{rows:,} 个单位 → {path}", f"Saved: {many(rows, 'unit')} → {path}")
            app.call_from_thread(app.tell, told, "good")


SCREEN = CohortScreen
__all__ = ["SCREEN", "CohortScreen"]
