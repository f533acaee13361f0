"""目标: how far each target is, how many units are still to go, which are nearest, what to expect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from textual import work
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.worker import get_current_worker

from duibiao.errors import BadInputError
from duibiao.services import target_view
from duibiao.services.cases import open_case
from duibiao.services.process_words import STATUS
from duibiao.services.target_view import Question
from duibiao.services.targets import Row
from duibiao.store.cases import Listed
from duibiao.targets import Candidate
from duibiao.tui.base import Line, Page, spoken
from duibiao.tui.dialogs import Field, Form, FormError, Pick, Plan, Values
from duibiao.tui.keys import key
from duibiao.tui.lines import Part
from duibiao.tui.lists import Entries, heading
from duibiao.tui.look import fit
from duibiao.tui.screens.targets_lines import Aim, Near, Pen, detail_entries, list_entries, years

TWO = 100
PANES = (("list", "目标", "targets"), ("detail", "详情", "details"))
EVERY = ""
AROUND = 6
"""Lines of the screen that are not of the panes."""


class FilterLine(Line):
    """What is shown, and whether it is still being counted."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        screen, inks, say = self.screen, self.inks, self.duibiao.say
        if not isinstance(screen, TargetsScreen):
            return []
        standard = screen.standard_name(screen.only) if screen.only else say("全部标准", "every standard")
        territory = screen.territory[1] if screen.territory else say("标准自己的辖区", "the standard's own territory")
        year = say(f"{screen.year} 年", f"{screen.year}") if screen.year else say("各年", "every year")
        busy = say("正在统计… ", "counting … ") if screen.busy else ""
        told = f" {year} · {territory} · {standard}"
        return [(fit(told, width - cell_len(busy) - 1), inks.panel), (busy, inks.open)]


class TabLine(Line):
    """The panes, where only one is shown."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        screen, inks = self.screen, self.inks
        found: list[Part] = [(" ", inks.text)]
        for name, zh, en in PANES:
            word, mine = self.duibiao.say(zh, en), isinstance(screen, TargetsScreen) and name == screen.pane
            found.append((f"[{word}]" if mine else f" {word} ", inks.mark if mine else inks.dim))
        legend = self.duibiao.say("  █ 已有 ▒ 可能 ░ 没有 │ 需要", "  █ have ▒ may have ░ have not │ needed")
        return [*found, (fit(legend, max(width - 14 if self.duibiao.lang == "zh" else width - 20, 4)), inks.dim)]


class TargetList(Entries):
    """The targets; both lines of the one under the cursor stay in sight. Left and right change the year."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("right,l", "screen.year(1)", "下一年", "next year", name="targets.next-year"),
        key("left,h", "screen.year(-1)", "上一年", "previous year", show=False, name="targets.previous-year"),
    ]

    def _show_cursor(self) -> None:
        if not self.size.height:
            return
        super()._show_cursor()
        bottom, height = min(self.cursor + 1, self.total() - 1), self.size.height
        if bottom >= self.scroll_offset.y + height:
            self.scroll_to(y=bottom - height + 1, animate=False, force=True)


class TargetsScreen(Page):
    """The targets of the standards whose units the workspace has."""

    CALLED: ClassVar[tuple[str, str]] = ("目标", "Targets")
    ABOUT: ClassVar[tuple[str, str]] = (
        "各项目标做到了多少、差几个单位、哪些最接近、预计如何。左右键换年份，s 选标准，/ 选辖区，回车看详情、打开申报件。",
        "How far each target is, how many are to go, who is nearest. ← → year, s standard, / territory; Enter: details, cases.",
    )
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    TargetsScreen #both { height: 1fr; }
    TargetsScreen Entries { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("s", "standard", "标准", "standard", name="targets.standard"),
        key("slash", "territory", "辖区", "territory", name="targets.territory"),
        key("r", "again", "重新统计", "count again", show=False, name="targets.again"),
        key("tab,shift+tab", "pane", "换栏", "pane", name="targets.pane"),
        key("a", "cohort", "全域", "cohort", name="targets.cohort"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Sequence[Row]] = {}
        self.only = EVERY
        self.territory: tuple[str, str] | None = None
        self.year: int | None = None
        self.busy = False
        self.pane = "list"
        self.asked = 0
        self.known: dict[tuple[str, str], Listed | None] = {}

    def body(self) -> Iterable[Widget]:
        yield FilterLine(id="filter")
        yield TabLine(id="tabs")
        with Horizontal(id="both"):
            yield TargetList(id="list")
            yield Entries(id="detail")

    def on_mount(self) -> None:
        self.set_panes()
        self.query_one("#list", Entries).focus()
        self.action_again()

    def on_resize(self) -> None:
        """One pane or two."""
        self.set_panes()
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """Draw for the new width; a pane that is not shown any more has lost the keys."""
        if self.focused is None:
            self.query_one(f"#{self.pane}", Entries).focus()
        self.redraw()

    def set_panes(self) -> None:
        """Both panes, or the one that has the keys."""
        both = self.app.size.width >= TWO
        for name, _, _ in PANES:
            self.query_one(f"#{name}", Entries).display = both or name == self.pane

    # counting

    def action_again(self) -> None:
        """Count anew, in the background."""
        self.found, self.busy = {}, True
        self.known.clear()
        self.asked += 1
        only = (self.only,) if self.only else ()
        self._count(self.asked, Question(only, self.territory and self.territory[0]))
        self.redraw()

    @work(thread=True, exclusive=True, group="targets")
    def _count(self, number: int, asked: Question) -> None:
        app, me = self.duibiao, get_current_worker()
        try:
            for name, rows in target_view.counted(app.open_workspace, app.registry, app.desk.actor, app.day, asked):
                if me.is_cancelled:
                    return
                app.call_from_thread(self._got, number, name, rows)
        except BadInputError as error:
            app.call_from_thread(self._failed, number, error)
        else:
            app.call_from_thread(self._done, number)

    def _got(self, number: int, name: str, rows: Sequence[Row]) -> None:
        if number == self.asked and self.is_mounted:
            if rows:
                self.found[name] = rows
            self.redraw()

    def _done(self, number: int) -> None:
        if number == self.asked and self.is_mounted:
            self.busy = False
            self.redraw()

    def _failed(self, number: int, error: BadInputError) -> None:
        from duibiao.tui.app import problem_text

        if number == self.asked:
            self.duibiao.tell(problem_text(error.problems, self.duibiao.lang), "bad")
            self._done(number)

    # what is shown

    def standard_name(self, name: str) -> str:
        """A standard by its title and id."""
        header = self.duibiao.registry.header(name)
        return f"{self.say(header.title, header.title_en or header.title)}  {name}"

    def titles(self, standard: str) -> Mapping[str, str]:
        """Awards of a standard by their titles."""
        return {
            each.id: self.say(each.title, each.title_en or each.title) for each in self.duibiao.registry.standard(standard).awards
        }

    def _pen(self, name: str) -> Pen:
        width = self.query_one(f"#{name}", Entries).size.width or self.app.size.width
        return Pen(self.duibiao.phrases, self.duibiao.inks, max(width - 1, 24), self.duibiao.safe, titles=self.titles)

    def redraw(self) -> None:
        pane, inks = self.query_one("#list", Entries), self.duibiao.inks
        names = {each: self.standard_name(each).split("  ") for each in self.found}
        entries = list_entries(self._pen("list"), self.found, names, self.year)
        none = self.say(" 正在统计…", " counting …") if self.busy else self.say(" 没有目标", " no targets")
        pane.show(entries or [heading(none, inks.dim)])
        self._detail()
        super().redraw()

    def _detail(self) -> None:
        row, pane = self.row, self.query_one("#detail", Entries)
        pen = self._pen("detail")
        if row is None:
            pane.show([heading(self.say(" 左边选一项目标", " pick a target"), pen.inks.dim)])
            return
        entries = detail_entries(pen, row, self._cases(row), self._stages)
        if not pane.entries:
            first = next((i for i, each in enumerate(entries) if isinstance(each.data, Near)), 0)
            # The units one can open, unless the figures above them would be out of sight.
            pane.cursor = first if first < self.size.height - AROUND else 0
        pane.show(entries)

    def _cases(self, row: Row) -> dict[str, Listed]:
        """Cases of the nearest units, looked up once: moving through the list must not ask the workspace again."""
        desk = self.duibiao.desk
        for each in row.report.nearest:
            mine = (row.counted, each.unit.code)
            if mine not in self.known:
                self.known[mine] = target_view.case_of(desk, *mine)
        found = ((each.unit.code, self.known[row.counted, each.unit.code]) for each in row.report.nearest)
        return {code: case for code, case in found if case is not None}

    def on_screen_resume(self) -> None:
        """What another screen did to the cases shows here; the figures are counted anew when asked for."""
        self.known.clear()
        super().on_screen_resume()

    def _stages(self, case: Listed) -> str:
        words = self.duibiao.process_words
        stages = words.stages(self.duibiao.registry.standard(case.standard), case.stages)
        return f"{words.named(STATUS, case.status)} {stages}".strip()

    @property
    def row(self) -> Row | None:
        """The target under the cursor."""
        aim = self.query_one("#list", Entries).chosen
        rows = self.found.get(aim.standard, ()) if isinstance(aim, Aim) else ()
        return next((each for each in rows if each.report.target.id == aim.target), None)

    # keys

    def on_rows_moved(self, event: Entries.Moved) -> None:
        """Another target: its details, from their top."""
        if event.rows.id == "list":
            pane = self.query_one("#detail", Entries)
            pane.entries, pane.cursor = (), 0
            self._detail()
            pane.scroll_to(y=0, animate=False, force=True)

    async def on_rows_chosen(self) -> None:
        """Enter, as an action: whatever fails says so and the app goes on."""
        await self.app.run_action("screen.chosen")

    def action_chosen(self) -> None:
        """On a target its details, on a unit its case."""
        if self.pane == "list":
            if self.row is not None:
                self.action_pane()
            return
        chosen, row = self.query_one("#detail", Entries).chosen, self.row
        if isinstance(chosen, Near) and row is not None:
            self._open(row, next(each for each in row.report.nearest if each.unit.code == chosen.unit))

    def _open(self, row: Row, each: Candidate) -> None:
        case = target_view.case_of(self.duibiao.desk, row.counted, each.unit.code)
        if case is None:
            self.app.push_screen(spoken(lambda: Form(self._opening(row, each))), self._opened)
        else:
            self._go(case.id)

    def _go(self, case: str) -> None:
        self.duibiao.case = case
        self.duibiao.action_go("workflow")

    def _opening(self, row: Row, each: Candidate) -> Plan:
        """A form that opens a case for a unit that has none."""
        desk, say = self.duibiao.desk, self.say
        tracks = target_view.tracks_of(desk, row.counted, each.unit.code)
        fields = [Field("year", say("年份", "year"), value=str(desk.day.year))]
        if tracks:
            fields.append(Field("track", say("走哪一条线", "track"), "choice", tracks[0], tuple((name, name) for name in tracks)))

        def do(values: Values) -> str:
            if not str(values["year"]).isdigit():
                raise FormError(say("年份写作 2012", "a year reads 2012"))
            track = str(values.get("track", ""))
            self._made = open_case(desk, each.unit.code, row.counted, year=int(values["year"]), track=track)
            return say(f"已保存：申报件 {self._made}", f"Saved: case {self._made}")

        said = [(self.standard_name(row.counted), ""), (say("这个单位还没有申报件", "this unit has no case yet"), "dim")]
        title = say(f"为 {each.unit.name} 开申报件", f"Open a case for {each.unit.name}")
        return Plan(title, do, fields, said, say("开申报件", "open a case"))

    def _opened(self, told: object) -> None:
        if told is not None:
            self._go(self._made)

    def action_pane(self) -> None:
        """The other pane."""
        self.pane = "detail" if self.pane == "list" else "list"
        self.set_panes()
        self.query_one(f"#{self.pane}", Entries).focus()
        self.call_after_refresh(self.redraw)

    def on_descendant_focus(self, event: Any) -> None:
        """A click gives a pane the keys."""
        if event.widget.id in ("list", "detail") and event.widget.id != self.pane:
            self.pane = event.widget.id
            self.query_one(TabLine).renew()

    def action_back(self) -> None:
        """From the details to the list, where only one is shown; else one screen back."""
        if self.pane == "detail" and self.app.size.width < TWO:
            self.action_pane()
        else:
            super().action_back()

    def action_year(self, step: int) -> None:
        """Only the targets of another year; past the last, all of them."""
        known: list[int | None] = [None, *years(self.found)]
        place = known.index(self.year) if self.year in known else 0
        self.year = known[(place + step) % len(known)]
        self.query_one("#list", Entries).cursor = 0
        self.redraw()

    def action_cohort(self) -> None:
        """Every unit under the standard of the target at hand."""
        from duibiao.services.cohort_desk import Memory, Question, territory_for

        app, row = self.duibiao, self.row
        if row is not None:
            where = self.territory[0] if self.territory else territory_for(app.desk, row.counted)
            app.cohorts = app.cohorts or Memory()
            app.cohorts.wanted = Question(row.counted, where, str(app.day.year))
        app.action_go("cohort")

    def action_standard(self) -> None:
        """Only one standard, or all."""
        registry = self.duibiao.registry

        def asking() -> Pick:
            named = [(name, self.standard_name(name)) for name in registry.headers if registry.standard(name).targets]
            every = (EVERY, self.say("全部标准", "every standard"))
            return Pick(self.say("只看一个标准", "Only one standard"), [every, *named])

        self.app.push_screen(spoken(asking), self._picked)

    def _picked(self, name: object) -> None:
        if name is not None and name != self.only:
            self.only, self.year = str(name), None
            self.action_again()

    def action_territory(self) -> None:
        """Only the units of a territory."""
        made = spoken(lambda: Form(self._asking_territory()))
        self.app.push_screen(made, lambda told: self.action_again() if told is not None else None)

    def _asking_territory(self) -> Plan:
        say = self.say
        hint = say("代码的开头，或辖区、单位的名称；空着就不限", "beginning of codes, or a name; empty for no limit")
        field = Field("territory", say("辖区", "territory"), value=self.territory[0] if self.territory else "", hint=hint)

        def do(values: Values) -> str:
            self.territory = target_view.territory_of(self.duibiao.desk, str(values["territory"]))
            return say("辖区：", "Territory: ") + (self.territory[1] if self.territory else say("不限", "no limit"))

        return Plan(say("只看一个辖区", "Only one territory"), do, [field], at_once=True)


SCREEN = TargetsScreen
__all__ = ["SCREEN", "TargetsScreen"]
