"""单位: the register of units, and the card of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from attrs import evolve
from rich.cells import cell_len
from rich.style import Style
from textual import work
from textual.binding import BindingType
from textual.widget import Widget

from duibiao.errors import BadInputError
from duibiao.services import lists
from duibiao.services.lists import UnitRow, UnitsAsked
from duibiao.services.place_words import kind_word, kind_words
from duibiao.tui.base import Line, Page, spoken
from duibiao.tui.keys import key
from duibiao.tui.lines import Part
from duibiao.tui.lists import Entries, Entry, heading, pair
from duibiao.tui.searching import Searched
from duibiao.tui.table import Column, Head, Table
from duibiao.wording import many

LABEL = 12


class UnitTable(Table[UnitRow]):
    """The units of the workspace."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column(name="name", zh="单位", en="Unit", least=18, grow=3, keep=True, order="name"),
        Column(name="kind", zh="类型", en="Kind", least=9, keep=True, order="kind"),
        Column(name="code", zh="区划代码", en="Code", least=12, order="code"),
        Column(name="cases", zh="案卷", en="Cases", least=6, align="right", order="cases"),
        Column(name="path", zh="所在", en="Where", least=20, grow=4, align="tail"),
    )

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.empty = ("没有单位", "no units")

    def cells(self, row: UnitRow) -> Sequence[tuple[str, Style]]:
        inks = self.inks
        return (
            (row.name, inks.text),
            (kind_word(row.kind, self.duibiao.lang), inks.dim),
            (row.code, inks.dim),
            (str(row.cases) if row.cases else "", inks.good),
            (" › ".join(row.path), inks.dim),
        )


class Summary(Line):
    """How many units there are, and which ones."""

    def parts(self, index: int, width: int) -> Sequence[Part]:
        screen = self.screen
        return screen.summary() if isinstance(screen, UnitsScreen) else ()


class UnitsScreen(Searched):
    """The units of the workspace.

    Attributes:
        asked: Which units are shown, in which order.
        picking: Whether one is being chosen to open a case of.
    """

    CALLED: ClassVar[tuple[str, str]] = ("单位", "Units")
    ABOUT: ClassVar[tuple[str, str]] = (
        (
            "工作区里的全部单位。/ 按汉字、拼音首字母或代码查找，几个词一起写可以限定辖区（如「武进 幸福」）。"
            "回车看一个单位的资料，o 开案；v 标记多个、V 全部标记后按 o，一次为它们各开一件。"
        ),
        (
            "Every unit of the workspace. / finds by name, pinyin initials or code; several words narrow it to a territory. "
            "Enter shows a unit's card, o opens a case; mark several with v, all with V, and o opens one for each."
        ),
    )
    FIND: ClassVar[tuple[str, str]] = (
        "查找：汉字、拼音首字母或代码；几个词用空格隔开",
        "Find: name, pinyin initials or code; words with blanks",
    )
    SORTED: ClassVar[tuple[Column, ...]] = UnitTable.COLUMNS
    FALLING: ClassVar[frozenset[str]] = frozenset({"cases"})
    BINDINGS: ClassVar[list[BindingType]] = [
        key("o", "open", "开案", "open case", name="units.open"),
        key("slash", "find", "查找", "find", name="units.find"),
        key("f", "narrow", "类型", "kind", name="units.filter"),
        key("s", "sort", "排序", "sort", name="units.sort"),
        key("i", "bring", "导入", "import", name="units.import"),
        key("a", "app.go('cohort')", "全域", "cohort", name="units.cohort"),
        key("S", "reverse", "倒序", "reverse", show=False, name="units.reverse"),
    ]

    asked: UnitsAsked

    def __init__(self, *, picking: bool = False, asked: UnitsAsked | None = None) -> None:
        super().__init__()
        self.asked = self.all_of_them = asked or UnitsAsked()
        self.picking = picking

    def body(self) -> Iterable[Widget]:
        table = UnitTable(id="units")
        yield Summary(id="summary")
        yield Head(table, id="head")
        yield table

    @property
    def table(self) -> UnitTable:
        """The table."""
        return self.query_one(UnitTable)

    def trail(self) -> list[str]:
        if self.picking:
            return [self.say("案卷", "Cases"), self.say("新开：选单位", "New: choose the unit")]
        return super().trail()

    def on_mount(self) -> None:
        self.load(at_once=not self.asked.text)
        self.table.focus()

    def load(self, *, at_once: bool = False, keep: bool = False) -> None:
        """Read the units that are asked for."""
        asked, folder = self.asked, lists.folder(self.duibiao.workspace_named)
        self.table.empty = (
            ("没有符合的单位：Esc 取消查找", "no unit fits: Esc clears the search")
            if self.narrowed
            else ("没有单位：按 i 导入", "no units: press i to import some")
        )
        head = self.query_one(Head)
        head.order, head.down = asked.order, asked.down
        head.renew()
        try:
            self.table.ask(lambda: lists.units(folder, asked), at_once=at_once, keep=keep)
        except BadInputError as error:
            self.duibiao.tell_problems(error)

    def on_table_loaded(self) -> None:
        """Rows came."""
        self.query_one(Summary).renew()
        self.query_one(Head).renew()

    def on_table_marked(self) -> None:
        """Marks changed."""
        self.query_one(Summary).renew()

    @property
    def narrowed(self) -> bool:
        """Whether only some units are asked for."""
        return evolve(self.asked, order="code", down=False) != evolve(self.all_of_them, order="code", down=False)

    def summary(self) -> Sequence[Part]:
        """How many, and which."""
        inks, say, listing = self.duibiao.inks, self.say, self.table.listing
        count = "…" if listing is None or not listing.ready else f"{listing.count:,}"
        found: list[Part] = [(say(f" {count} 个单位", f" {many(count, 'unit')}"), inks.text)]
        if self.table.marked:
            found.append((say(f"  已标记 {len(self.table.marked)} 个", f"  {len(self.table.marked)} marked"), inks.mark))
        if self.asked.text:
            found.append((say(f"  查找「{self.asked.text}」", f"  find “{self.asked.text}”"), inks.mark))
        if self.asked.kinds:
            found.append(("  " + kind_words(self.asked.kinds, self.duibiao.lang), inks.mark))
        return found

    # keys

    def on_rows_chosen(self) -> None:
        """Enter: its card, or take it."""
        code = self.table.key_here()
        if not code:
            return
        if self.picking:
            self.action_open()
        else:
            self.app.push_screen(UnitCard(code))

    def action_back(self) -> None:
        """Esc takes back the search first, then the marks."""
        if self.narrowed:
            self.asked = evolve(self.all_of_them, order=self.asked.order, down=self.asked.down)
            self.load()
        elif not self.table.clear_marks():
            super().action_back()

    @work
    async def action_narrow(self) -> None:
        """Choose a kind; the one that is chosen takes it back."""
        from duibiao.tui.picking import Choose

        counts = lists.kinds_of_units(lists.folder(self.duibiao.workspace_named))
        items = [
            (f"{'✓ ' if self.asked.kinds == (kind,) else ''}{kind_word(kind, self.duibiao.lang)}  {count:,}", kind)
            for kind, count in counts.items()
            if not self.all_of_them.kinds or kind in self.all_of_them.kinds
        ]
        chosen = await self.app.push_screen_wait(spoken(lambda: Choose(self.say("只看哪一类", "Show only"), items)))
        if chosen is not None:
            kinds = self.all_of_them.kinds if self.asked.kinds == (chosen,) else (str(chosen),)
            self.asked = evolve(self.asked, kinds=kinds)
            self.load()

    def action_bring(self) -> None:
        """Import units."""
        from duibiao.tui.screens.welcome import BringStep

        self.app.push_screen(BringStep(), self._brought)

    def _brought(self, _: object) -> None:
        self.load(keep=True)

    @work
    async def action_open(self) -> None:
        """Open a case of the unit under the cursor, or of every marked one."""
        from duibiao.tui.opening import open_for

        codes = self.table.chosen_keys()
        if not codes:
            return
        done = await open_for(self.duibiao, codes)
        if done is None:
            return
        self.table.clear_marks()
        if len(done.cases) == 1:
            self.duibiao.case = done.cases[0]
            if self.picking:
                self.app.pop_screen()
            self.duibiao.action_go("assess")
        elif self.picking:
            self.app.pop_screen()
        else:
            self.load(keep=True)


class UnitCard(Page):
    """What is known of a unit: where it lies, facts by year, cases, titles."""

    CALLED: ClassVar[tuple[str, str]] = ("单位资料", "Unit")
    ABOUT: ClassVar[tuple[str, str]] = (
        "一个单位的资料：所在、各年度的事实、案卷、称号。光标在案卷上按回车去评估，o 新开一件。",
        "What is known of a unit. Enter on a case assesses it, o opens a new one.",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        key("o", "open", "开案", "open case", name="unit.open"),
        key("w", "workflow", "流程", "workflow", name="unit.workflow"),
    ]

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code
        self._called = ""

    def body(self) -> Iterable[Widget]:
        yield Entries(id="card")

    def trail(self) -> list[str]:
        return [self.say("单位", "Units"), self._called]

    def on_mount(self) -> None:
        self.query_one(Entries).focus()

    def redraw(self) -> None:
        self.query_one("#card", Entries).show(list(self._lines()))
        super().redraw()

    def _lines(self) -> Iterable[Entry]:
        from duibiao.services.process_words import STATUS
        from duibiao.services.units import sheet

        found = sheet(self.duibiao.desk.space, self.code)
        inks, say, unit = self.duibiao.inks, self.say, found.found.unit
        self._called = unit.name

        def said(label: str, text: str) -> Entry:
            return Entry([(f" {label}{' ' * max(LABEL - cell_len(label), 1)}", inks.dim), (text, inks.text)])

        yield heading(f" {unit.name}", inks.head)
        yield said(say("类型", "Kind"), kind_word(unit.kind, self.duibiao.lang))
        yield said(say("区划代码", "Code"), unit.code)
        yield said(say("所在", "Where"), " › ".join(found.found.path) or "—")
        own = found.found.source != "register"
        yield said(
            say("来源", "Source"), say("本单位自录", "entered here") if own else say("全国统计用区划", "national register")
        )
        for place, (kind, count) in enumerate(found.below.items()):
            yield said("" if place else say("下辖", "Below"), f"{kind_word(kind, self.duibiao.lang)} {count:,}")
        yield heading(say(" 事实", " Facts"), inks.head)
        for period, count in found.periods.items():
            yield said(period, say(f"{count} 项", f"{many(count, 'fact')}"))
        if not found.periods:
            yield said("", say("还没有", "none yet"))
        yield heading(say(" 案卷（回车打开）", " Cases (Enter opens)"), inks.head)
        for case in found.cases:
            header = self.duibiao.registry.headers.get(case.standard)
            title = case.standard if header is None else say(header.title, header.title_en or header.title)
            text = f"{say(*STATUS[str(case.status)])}  {title}"
            yield pair(case.id, text, 22, (inks.text, inks.dim), case.id)
        if not found.cases:
            yield Entry([(say("   没有：按 o 新开", "   none: press o to open one"), inks.text)], "")
        yield heading(say(" 称号", " Titles"), inks.head)
        for row in found.awards:
            until = row["until"] or say("长期", "no end")
            yield said(row["title"], f"{row['since']} — {until}  {row['certificate']}")
        if not found.awards:
            yield said("", say("还没有", "none yet"))

    def on_rows_chosen(self) -> None:
        """Enter on a case: assess it."""
        self._go("assess")

    def action_workflow(self) -> None:
        """The process of the case under the cursor."""
        self._go("workflow")

    def _go(self, screen: str) -> None:
        case = self.query_one("#card", Entries).chosen
        if not case:
            self.duibiao.tell(self.say("这里没有案卷：按 o 新开", "no case here: press o to open one"), "bad")
            return
        self.duibiao.case = str(case)
        self.duibiao.action_go(screen)

    @work
    async def action_open(self) -> None:
        """Open a case of this unit."""
        from duibiao.tui.opening import open_for

        done = await open_for(self.duibiao, [self.code])
        if done is not None:
            self.duibiao.case = done.cases[0]
            self.duibiao.action_go("assess")


SCREEN = UnitsScreen
