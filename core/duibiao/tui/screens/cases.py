"""案卷: the cases of the office, and what each waits for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from attrs import evolve
from rich.style import Style
from textual import work
from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import get_current_worker

from duibiao.errors import BadInputError
from duibiao.services import lists
from duibiao.services.lists import OVER, CaseRow, CasesAsked, Standing
from duibiao.services.place_words import holder_words
from duibiao.tui.base import Line, spoken
from duibiao.tui.keys import key
from duibiao.tui.later import later
from duibiao.tui.lines import Part
from duibiao.tui.searching import Searched
from duibiao.tui.table import Column, Head, Table
from duibiao.wording import many

IDLE = 0.3
"""Seconds without a key before the points of the rows on the screen are worked out."""

STATUS_WORDS = {
    "open": ("办理中", "open"), "named": ("已命名", "named"), "not_named": ("不予命名", "not named"),
    "rectify": ("限期整改", "rectify"), "revoked": ("已撤销", "revoked"), "cancelled": ("已注销", "cancelled"),
    "withdrawn": ("已撤回", "withdrawn"), "expired": ("已到期", "expired"), "forfeited": ("逾期失效", "forfeited"),
    "closed": ("已办结", "closed"),
}  # fmt: skip
MARKS = {"open": "▶", "named": "✓", "rectify": "!", "closed": "✓"}
"""What stands before a status; ✗ before those not named."""


class CaseTable(Table[CaseRow]):
    """The cases.

    Attributes:
        points: Case id to its points by the facts as they stand now.
    """

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column(name="name", zh="单位", en="Unit", least=16, grow=3, keep=True, order="name"),
        Column(name="stage", zh="环节", en="Stage", least=12, grow=3, keep=True, order="stage"),
        Column(name="due", zh="期限", en="Due", least=13, order="due"),
        Column(name="status", zh="状态", en="Status", least=11, order="status"),
        Column(name="score", zh="得分", en="Points", least=11, align="right", order="score"),
        Column(name="standard", zh="标准", en="Standard", least=20, grow=4, order="standard"),
        Column(name="level", zh="层级", en="Level", least=7, order="level"),
        Column(name="year", zh="年度", en="Year", least=5, order="year"),
        Column(name="id", zh="编号", en="Number", least=22, order="id"),
        Column(name="code", zh="区划代码", en="Code", least=12, order="code"),
    )

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.points: dict[str, str] = {}
        self._standings: dict[str, Standing] = {}
        self.empty = ("没有案卷：按 o 新开一件", "no cases: press o to open one")

    def renew(self) -> None:
        self._standings.clear()
        super().renew()

    def standing(self, row: CaseRow) -> Standing | None:
        """What the standard says of a case; None until the standards are loaded."""
        if not self.duibiao.seated:
            return None
        found = self._standings.get(row.id)
        if found is None:
            try:
                found = lists.standing(row, self.duibiao.registry, self.duibiao.day)
            except BadInputError:
                found = Standing((row.standard, row.standard), tuple((each, each) for each in row.stages), None)
            self._standings[row.id] = found
        return found

    def cells(self, row: CaseRow) -> Sequence[tuple[str, Style]]:
        inks, say, found = self.inks, self.duibiao.say, self.standing(row)
        comma = say("、", ", ")
        due, due_style = self._due(found)
        return (
            (row.name, inks.text),
            (comma.join(say(*each) for each in found.stages) if found else "…", inks.text),
            (due, due_style),
            self._status(row),
            self._score(row),
            (say(*found.title) if found else "…", inks.dim),
            (holder_words(row.holder, self.duibiao.lang) or "—", inks.dim),
            (str(row.year), inks.dim),
            (row.id, inks.dim),
            (row.unit, inks.dim),
        )

    def _status(self, row: CaseRow) -> tuple[str, Style]:
        mark = MARKS.get(row.status, "✗")
        style = {"▶": self.inks.text, "✓": self.inks.good, "!": self.inks.open}.get(mark, self.inks.bad)
        return f"{mark} {self.duibiao.say(*STATUS_WORDS.get(row.status, (row.status, row.status)))}", style

    def _score(self, row: CaseRow) -> tuple[str, Style]:
        now = self.points.get(row.id)
        return (now, self.inks.text) if now else (row.score or "—", self.inks.dim)

    def _due(self, found: Standing | None) -> tuple[str, Style]:
        inks, say = self.inks, self.duibiao.say
        timing = None if found is None else found.timing
        if timing is None or timing.days is None:
            return "—", inks.dim
        days = timing.days
        match timing.state:
            case "late":
                return say(f"已过 {days} 天", f"{days} d late"), inks.bad
            case "early":
                return say(f"{days} 天后开始", f"in {days} d"), inks.dim
        return say(f"还剩 {days} 天", f"{days} d left"), inks.open if days <= SOON else inks.text


SOON = 14
"""Days left from which a case stands out."""


class Summary(Line):
    """How many cases there are, and which ones."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        screen = self.screen
        return screen.summary() if isinstance(screen, CasesScreen) else ()


class CasesScreen(Searched):
    """The cases of the office.

    Attributes:
        asked: Which cases are shown, in which order.
    """

    CALLED: ClassVar[tuple[str, str]] = ("案卷", "Cases")
    ABOUT: ClassVar[tuple[str, str]] = (
        (
            "本单位的全部申报件：在哪个环节、还剩几天、现在多少分。回车去评估，w 去流程，o 新开一件。"
            "先用 v 标记几行再按 o，可为这些单位一起开新一轮的案卷。"
        ),
        (
            "Every case of the office: its stage, the days left, the points so far. Enter assesses, w moves it on, o opens one. "
            "Mark rows with v and press o to open cases of a new round for all these units."
        ),
    )
    FIND: ClassVar[tuple[str, str]] = (
        "查找单位或编号：汉字、拼音首字母、代码开头",
        "Find a unit or number: name, pinyin initials, code",
    )
    SORTED: ClassVar[tuple[Column, ...]] = CaseTable.COLUMNS
    BINDINGS: ClassVar[list[BindingType]] = [
        key("w", "workflow", "流程", "workflow", name="cases.workflow"),
        key("o", "open", "新开", "open new", name="cases.open"),
        key("slash", "find", "查找", "find", name="cases.find"),
        key("f", "narrow", "筛选", "filter", name="cases.filter"),
        key("s", "sort", "排序", "sort", name="cases.sort"),
        key("S", "reverse", "倒序", "reverse", show=False, name="cases.reverse"),
    ]

    asked: CasesAsked

    def __init__(self) -> None:
        super().__init__()
        self.asked = CasesAsked()
        self._idle: Timer | None = None

    def body(self) -> Iterable[Widget]:
        table = CaseTable(id="cases")
        yield Summary(id="summary")
        yield Head(table, id="head")
        yield table

    @property
    def table(self) -> CaseTable:
        """The table."""
        return self.query_one(CaseTable)

    def on_mount(self) -> None:
        self.load(at_once=True)
        self.table.focus()

    def desk_ready(self) -> None:
        self.redraw()
        self._soon()

    def on_screen_resume(self) -> None:
        # What was done on another screen may have moved cases; the first time there is nothing to read again.
        if self.table.listing is not None:
            self.table.points.clear()
            self.load(keep=True)
        super().on_screen_resume()

    # reading

    def load(self, *, at_once: bool = False, keep: bool = False) -> None:
        """Read the cases that are asked for."""
        asked, app = self.asked, self.duibiao
        folder = lists.folder(app.workspace_named)

        def make() -> lists.Listing[CaseRow]:
            due = lists.due_days(folder, app.registry) if asked.order == "due" else ()
            return lists.cases(folder, asked, due)

        table = self.table
        table.empty = (
            ("没有符合的案卷：Esc 取消筛选", "no case fits: Esc clears the filter")
            if self.narrowed
            else ("没有案卷：按 o 新开一件", "no cases: press o to open one")
        )
        head = self.query_one(Head)
        head.order, head.down = asked.order, asked.down
        head.renew()
        try:
            table.ask(make, at_once=at_once and asked.order != "due", keep=keep)
        except BadInputError as error:
            app.tell_problems(error)

    def on_table_loaded(self) -> None:
        """Rows came."""
        self._changed()

    def on_table_marked(self) -> None:
        """Marks changed."""
        self.query_one(Summary).renew()

    def on_rows_moved(self) -> None:
        """The cursor moved, perhaps to rows whose points are not known."""
        self._soon()

    def on_resize(self) -> None:
        """More rows may be on the screen."""
        self._soon()

    def _changed(self) -> None:
        self.query_one(Summary).renew()
        self.query_one(Head).renew()
        self._soon()

    def _soon(self) -> None:
        """Work out the points on the screen when no key came for a while."""
        if self._idle is not None:
            self._idle.stop()
        if self.duibiao.seated:
            self._idle = later(self, IDLE, self._points)

    def _points(self) -> None:
        table = self.table
        missing = [each.id for each in table.in_view() if each.status not in OVER and each.id not in table.points]
        if missing and self.is_current:
            self._work_out(missing)

    @work(thread=True, exclusive=True, group="points")
    def _work_out(self, names: Sequence[str]) -> None:
        worker, app = get_current_worker(), self.duibiao
        for name, points in lists.points_of(app.workspace_named, app.registry, app.day, names):
            if worker.is_cancelled:
                return
            app.call_from_thread(self._pointed, name, points)

    def _pointed(self, name: str, points: str) -> None:
        table = self.table
        table.points[name] = points
        top = table.scroll_offset.y
        for offset, row in enumerate(table.in_view()):
            if row.id == name and points:
                table.renew_lines(top + offset)

    # what is shown

    @property
    def narrowed(self) -> bool:
        """Whether only some cases are asked for."""
        asked = self.asked
        return bool(asked.text or asked.standard or asked.status or asked.stage or asked.year or asked.under)

    def summary(self) -> Sequence[Part]:
        """How many, and which."""
        inks, say, listing = self.duibiao.inks, self.say, self.table.listing
        count = "…" if listing is None or not listing.ready else f"{listing.count:,}"
        found: list[Part] = [(say(f" {count} 件", f" {many(count, 'case')}"), inks.text)]
        if self.table.marked:
            found.append((say(f"  已标记 {len(self.table.marked)} 件", f"  {len(self.table.marked)} marked"), inks.mark))
        for word in self._filters():
            found.append((f"  {word}", inks.mark))
        return found

    def _filters(self) -> Iterable[str]:
        asked, say = self.asked, self.say
        if asked.text:
            yield say(f"查找「{asked.text}」", f"find “{asked.text}”")
        if asked.status:
            yield say(*STATUS_WORDS.get(asked.status, (asked.status, asked.status)))
        if asked.standard:
            yield self._standard_title(asked.standard)
        if asked.stage:
            yield self._stage_title(asked.standard, asked.stage)
        if asked.year:
            yield str(asked.year)
        if asked.under:
            yield asked.under

    def _standard_title(self, name: str) -> str:
        header = self.duibiao.registry.headers.get(name)
        return name if header is None else self.say(header.title, header.title_en or header.title)

    def _stage_title(self, standard: str, stage: str) -> str:
        registry = self.duibiao.registry
        found = registry.standard(standard).stages if standard in registry.headers else ()
        return next((self.say(each.title, each.title_en or each.title) for each in found if each.id == stage), stage)

    # keys

    def on_rows_chosen(self) -> None:
        """Enter: assess it."""
        self._go("assess")

    def action_workflow(self) -> None:
        """To its process."""
        self._go("workflow")

    def _go(self, screen: str) -> None:
        row = self.table.row()
        if row is None:
            self.duibiao.tell(self.say("先新开一件：按 o", "open a case first: press o"), "bad")
            return
        self.duibiao.case = row.id
        self.duibiao.action_go(screen)

    def action_back(self) -> None:
        """Esc takes back the filter first, then the marks."""
        if self.narrowed:
            self.asked = CasesAsked(order=self.asked.order, down=self.asked.down)
            self.load(keep=True)
        elif not self.table.clear_marks():
            super().action_back()

    @work
    async def action_narrow(self) -> None:
        """Choose what to see: a standard, a state, a stage, a territory, a year; choosing what is chosen takes it back."""
        from duibiao.tui.picking import Choose

        chosen = await self.app.push_screen_wait(spoken(lambda: Choose(self.say("只看哪些", "Show only"), self._choices())))
        if not isinstance(chosen, dict):
            return
        same = all(getattr(self.asked, name) == value for name, value in chosen.items())
        self.asked = evolve(self.asked, **({name: type(value)() for name, value in chosen.items()} if same else chosen))
        self.load()

    def _choices(self) -> list[tuple[str, Any]]:
        folder = lists.folder(self.duibiao.workspace_named)
        counts = lists.cases_by(folder)
        names = lists.names_of(folder, list(counts["under"]))
        groups = (
            ("状态", "Status", "status", lambda v: self.say(*STATUS_WORDS.get(v, (v, v)))),
            ("标准", "Standard", "standard", self._standard_title),
            ("环节", "Stage", "stage", lambda v: v),
            ("辖区", "Territory", "under", lambda v: f"{names.get(v, '')} {v}".strip()),
            ("年度", "Year", "year", str),
        )
        items: list[tuple[str, Any]] = []
        for zh, en, name, told in groups:
            items.append((self.say(zh, en), None))
            for value, count in counts[name].items():
                if name == "stage":
                    standard, _, stage = value.partition("\n")
                    text = f"{self._stage_title(standard, stage)} · {self._standard_title(standard)}"
                    data: dict[str, Any] = {"standard": standard, "stage": stage}
                else:
                    text, data = told(value), {name: value}
                on = all(getattr(self.asked, each) == what for each, what in data.items())
                items.append((f"{'✓ ' if on else ''}{text}  {count}", data))
        return items

    @work
    async def action_open(self) -> None:
        """Open a new case: of the units of the marked cases, or of one chosen among the units."""
        from duibiao.tui.opening import open_for
        from duibiao.tui.screens.units import UnitsScreen

        app = self.duibiao
        if not self.table.marked:
            self.app.push_screen(UnitsScreen(picking=True))
            return
        codes = lists.unit_codes(lists.folder(app.workspace_named), list(self.table.marked))
        if await open_for(app, codes):
            self.table.clear_marks()
            self.load(keep=True)


SCREEN = CasesScreen
