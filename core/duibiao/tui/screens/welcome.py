"""欢迎: the first start in three steps, and what to do when a workspace will not open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import evolve
from textual import work
from textual.binding import BindingType
from textual.widget import Widget

from duibiao.errors import BadInputError, Problem, Where
from duibiao.services import lists, welcome
from duibiao.services.lists import UnitsAsked
from duibiao.services.place_words import kind_word, kind_words
from duibiao.services.welcome import Division
from duibiao.tui.base import Page, spoken
from duibiao.tui.keys import key
from duibiao.tui.lines import Panel, Part
from duibiao.tui.lists import Entries, Entry, heading
from duibiao.tui.look import wrapped
from duibiao.tui.screens.units import UnitsScreen
from duibiao.wording import many

if TYPE_CHECKING:
    from duibiao.model.standard import Header

NEW, DEMO, OPEN, AGAIN, TABLE = "new", "demo", "open", "again", "table"
QUIET = frozenset({"E_MISSING"})
"""Where no workspace is, the welcome itself is the answer."""


class Step(Page):
    """A page that says something and offers a list; digits choose as Enter does."""

    DEFAULT_CSS = """
    Step #said { height: auto; max-height: 60%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(key(str(n), f"take({n})", f"第 {n} 项", f"item {n}", show=False, name=f"welcome.{n}") for n in range(1, 10))
    ]
    busy = False

    def body(self) -> Iterable[Widget]:
        yield Panel(id="said")
        yield Entries(id="list")

    def on_mount(self) -> None:
        self.query_one(Entries).focus()

    def on_resize(self) -> None:
        """Lines break elsewhere."""
        self.redraw()

    def redraw(self) -> None:
        width, found = max(self.size.width - 2, 20), list[list[Part]]()
        for text, style in self.said():
            found += [[(" " + line, style)] for line in (wrapped(text, width) if text else [""])]
        self.query_one("#said", Panel).show(found)
        self.query_one("#said", Panel).styles.height = len(found)
        self.query_one(Entries).show(list(self._numbered()))
        super().redraw()

    def _numbered(self) -> Iterable[Entry]:
        inks, number = self.duibiao.inks, 0
        for text, data in self.items():
            if data is None:
                yield heading(f" {text}", inks.head)
                continue
            number += 1
            yield Entry([(f" {number if number < 10 else ' '} ", inks.mark), (text, inks.text)], data)

    def said(self) -> Iterable[tuple[str, Any]]:
        """Paragraphs above the list, with their styles."""
        return ()

    def items(self) -> Iterable[tuple[str, Any]]:
        """What can be chosen: text and what it stands for, None for a heading."""
        return ()

    def on_rows_chosen(self) -> None:
        """Enter."""
        chosen = self.query_one(Entries).chosen
        if chosen is not None and not self.busy:
            self.take(chosen)

    def action_take(self, number: int) -> None:
        """A digit."""
        found = [data for _, data in self.items() if data is not None]
        if number <= len(found) and not self.busy:
            self.take(found[number - 1])

    def take(self, chosen: Any) -> None:
        """Something was chosen."""
        raise NotImplementedError

    def action_back(self) -> None:
        if not self.busy:
            super().action_back()


class WelcomeScreen(Step):
    """The first page."""

    CALLED: ClassVar[tuple[str, str]] = ("欢迎", "Welcome")
    ABOUT: ClassVar[tuple[str, str]] = (
        "数字或方向键加回车选择。三步建好工作区：选辖区和标准、放进单位、开第一件案卷。",
        "Choose by digit, or arrows and Enter. Three steps: jurisdiction and standard, units, the first case.",
    )

    def said(self) -> Iterable[tuple[str, Any]]:
        inks, say, app = self.duibiao.inks, self.say, self.duibiao
        loud = [each for each in app.problems if each.code not in QUIET]
        if not loud:
            yield say("对标：按政府公布的标准评估社区。", "duibiao assesses communities against published standards."), inks.head
            where = str(lists.folder(app.workspace_named))
            yield say(f"还没有工作区。它会放在：{where}", f"There is no workspace yet. It would be made in: {where}"), inks.text
            yield "", inks.text
            return
        yield say("工作区打不开，里面的内容没有动过。", "The workspace cannot be opened; nothing in it was changed."), inks.bad
        for each in loud:
            what, todo = welcome.advice(each, app.lang)
            yield what, inks.text
            yield say(f"怎么办：{todo}", f"What to do: {todo}"), inks.open
        yield "", inks.text

    def items(self) -> Iterable[tuple[str, Any]]:
        say, codes = self.say, {each.code for each in self.duibiao.problems}
        if "E_PERSON" in codes:
            yield say("以谁的身份办公", "Who is working"), None
            for each in self._people():
                yield f"{each.name}  {each.id}", each
            yield say("或者", "Or"), None
        elif codes - QUIET:
            yield say("再试一次", "Try again"), AGAIN
        if not codes - QUIET:
            yield say("建立本单位的工作区（三步）", "Make a workspace for this office (three steps)"), NEW
        yield say("试用演示工作区", "Try the demonstration"), DEMO
        yield say("打开已有的工作区文件夹", "Open a workspace folder"), OPEN

    def _people(self) -> Sequence[Any]:
        try:
            return welcome.people(self.duibiao.workspace_named)
        except BadInputError:
            return ()

    def take(self, chosen: Any) -> None:
        app = self.duibiao
        if chosen == NEW:
            self.app.push_screen(StandardStep())
        elif chosen == DEMO:
            self._demo()
        elif chosen == OPEN:
            self._open()
        elif chosen == AGAIN:
            app.begin_again(app.workspace_named)
        else:
            app.begin_again(app.workspace_named, person=chosen.id)

    @work
    async def _open(self) -> None:
        from duibiao.tui.assess_dialogs import AskLine

        text = await self.app.push_screen_wait(
            spoken(lambda: AskLine(self.say("工作区文件夹（可以粘贴路径）", "Workspace folder (paste its path)"), low=True))
        )
        if text is None:
            return
        try:
            named = welcome.chosen_folder(str(text))
            welcome.glance(named)
        except BadInputError as error:
            # The path was just typed; on the status line it would push aside what is wrong with it.
            told = [welcome.advice(evolve(each, where=Where("")), self.duibiao.lang)[0] for each in error.problems]
            self.duibiao.tell(self.say("；", "; ").join(told), "bad")
            return
        self.duibiao.begin_again(named)

    @work
    async def _demo(self) -> None:
        app, named = self.duibiao, welcome.demo_place()
        self.busy = True
        app.tell(self.say(f"正在建演示工作区：{named}", f"Making the demonstration in {named}"))

        def said(name: str, count: int) -> None:
            app.call_from_thread(app.tell, self.say(f"演示工作区：{name} {count}", f"Demonstration: {name} {count}"))

        error = await run_apart(self, lambda: welcome.make_demo(named, app.registry, said))
        self.busy = False
        if error is not None:
            app.tell_problems(error)
            return
        app.begin_again(named)


class StandardStep(Step):
    """Step 1: the jurisdiction and the standard."""

    CALLED: ClassVar[tuple[str, str]] = ("第 1 步：辖区和标准", "Step 1: jurisdiction and standard")

    def trail(self) -> list[str]:
        return [self.say("欢迎", "Welcome"), self.say(*self.CALLED)]

    def said(self) -> Iterable[tuple[str, Any]]:
        yield (
            self.say("先按哪个标准评估？以后可以随时加别的。", "Which standard first? Others can be added any time."),
            self.duibiao.inks.text,
        )

    def items(self) -> Iterable[tuple[str, Any]]:
        for offer in welcome.offers(self.duibiao.registry):
            yield self.say(offer.home.title, offer.home.title_en or offer.home.title), None
            for each in offer.standards:
                title = self.say(each.title, each.title_en or each.title)
                yield f"{title} {each.edition}  {kind_words(each.unit_kinds[:3], self.duibiao.lang)}", each.id

    def take(self, chosen: Any) -> None:
        registry = self.duibiao.registry
        header = registry.headers[str(chosen)]
        home = registry.jurisdictions[header.jurisdiction]
        self.app.push_screen(BringStep(home.divisions[0] if home.divisions else "", header))


class BringStep(Step):
    """Step 2: the units; also from the units screen, later.

    Attributes:
        code: The division whose units are offered; empty for the nation.
        header: The standard chosen in step 1; None when units are only added.
    """

    CALLED: ClassVar[tuple[str, str]] = ("第 2 步：单位", "Step 2: units")

    def __init__(self, code: str = "", header: Header | None = None) -> None:
        super().__init__()
        self.code, self.header = code, header
        self._above: list[str] = []
        self._below: dict[str, list[Division]] = {}
        self._progress = ""

    def trail(self) -> list[str]:
        if self.header is None:
            return [self.say("单位", "Units"), self.say("导入", "Import")]
        return [self.say("欢迎", "Welcome"), self.say(*self.CALLED)]

    def said(self) -> Iterable[tuple[str, Any]]:
        inks = self.duibiao.inks
        yield (
            self.say(
                "把哪里的单位放进工作区？名称和代码来自全国统计用区划，以后可以再加。",
                "Whose units go into the workspace? Names and codes are those of the national register; more can be added later.",
            ),
            inks.text,
        )
        if self._progress:
            yield self._progress, inks.mark

    def items(self) -> Iterable[tuple[str, Any]]:
        registry, say = self.duibiao.registry, self.say
        here = welcome.division(registry, self.code) if self.code else None
        whole = (
            here.name
            if here is not None
            else say("全国（66 万个单位，约半分钟）", "the whole nation (660 000 units, half a minute)")
        )
        yield (
            say(f"整个{whole}" if here is not None else whole, f"All of {whole}" if here is not None else whole),
            (self.code, whole),
        )
        yield say("自己的表格（.csv、.xlsx：代码、名称、类型）", "Our own table (.csv, .xlsx: code, name, kind)"), TABLE
        if self.code not in self._below:
            self._below[self.code] = welcome.divisions_below(registry, self.code)
        if self._below[self.code]:
            yield say("或者只要其中一处", "Or only a part"), None
        for each in self._below[self.code]:
            # 夏阳街道 says itself what it is, to those who read Chinese.
            plain = self.duibiao.lang == "zh" and each.name.endswith(each.kind)
            yield each.name if plain else f"{each.name}  {kind_word(each.kind, self.duibiao.lang)}", each

    def take(self, chosen: Any) -> None:
        if isinstance(chosen, Division):
            if len(chosen.code) >= TOWNSHIP:
                self._bring(chosen.code, chosen.name, None)
                return
            self._above.append(self.code)
            self.code = chosen.code
            self._fresh()
        elif chosen == TABLE:
            self._table()
        else:
            code, name = chosen
            self._bring(code, name if code else "", None)

    def _fresh(self) -> None:
        self.query_one(Entries).cursor = 0
        self.redraw()
        self.query_one(Entries).move_to(0)

    def action_back(self) -> None:
        """Up to the division above, then back."""
        if self.busy:
            return
        if self._above:
            self.code = self._above.pop()
            self._fresh()
            return
        super().action_back()

    @work
    async def _table(self) -> None:
        from duibiao.tui.assess_dialogs import AskLine

        text = await self.app.push_screen_wait(
            spoken(lambda: AskLine(self.say("表格文件（可以粘贴路径）", "The table's file (paste its path)"), low=True))
        )
        if text:
            self._bring("", "", Path(str(text).strip().strip("'\"")).expanduser())

    @work
    async def _bring(self, code: str, name: str, table: Path | None) -> None:
        from duibiao.tui.assess_dialogs import AskLine

        app, title = self.duibiao, ""
        if self.header is not None and not app.has_desk:

            def asking() -> AskLine:
                zh, en = "本单位叫什么？（写在文书和屏幕上方）", "What is the office called? (shown on papers and screens)"
                return AskLine(self.say(zh, en), name, low=True)

            answer = await self.app.push_screen_wait(spoken(asking))
            title = str(answer or "").strip()
            if answer is None:
                return
        elif table is None and not await self._sure(name):
            return
        self.busy = True
        error = await run_apart(self, lambda: self._work(title or name, code, table))
        self.busy, self._progress = False, ""
        self.redraw()
        if error is not None:
            app.tell_problems(error)
            return
        self._brought()

    async def _sure(self, name: str) -> bool:
        """Units stay once they are there: what is brought in later is confirmed."""
        from duibiao.tui.picking import Confirm

        def asking() -> Confirm:
            whose = name or self.say("全国", "the whole nation")
            title = self.say(f"导入{whose}的全部单位？", f"Import all units of {whose}?")
            return Confirm(title, self.say("导入", "Import"), self.say("取消", "Cancel"))

        return bool(await self.app.push_screen_wait(spoken(asking)))

    def _work(self, title: str, code: str, table: Path | None) -> None:
        """In a thread: the workspace, then its units."""
        app = self.duibiao
        if self.header is not None:
            welcome.begin(app.workspace_named, title, code)
        if table is None:
            welcome.bring(app.workspace_named, app.registry, app.person, code, self._seen)
        else:
            welcome.bring_table(app.workspace_named, app.person, table, self._seen)

    def _seen(self, rows: int) -> None:
        if rows % STRIDE == 0:
            self.app.call_from_thread(
                self._say_progress, self.say(f"正在导入：{rows:,} 个单位", f"importing: {many(rows, 'unit')}")
            )

    def _say_progress(self, text: str) -> None:
        self._progress = text
        self.redraw()

    def _brought(self) -> None:
        app = self.duibiao
        if self.header is None:
            app.tell(self.say("单位已导入", "units imported"), "good")
            self.dismiss(None)
            return
        try:
            app.sit()
        except BadInputError as error:
            app.tell_problems(error)
            return
        self.app.switch_screen(FirstUnit(self.header))


TOWNSHIP = 9
STRIDE = 5000
"""Units between two words of progress."""


class FirstUnit(UnitsScreen):
    """Step 3: the first case."""

    def __init__(self, header: Header) -> None:
        super().__init__(picking=True, asked=UnitsAsked(kinds=header.unit_kinds))
        self.header = header

    def trail(self) -> list[str]:
        return [
            self.say("欢迎", "Welcome"),
            self.say("第 3 步：选单位，回车开第一件案卷", "Step 3: choose a unit, Enter opens its case"),
        ]

    @work
    async def action_open(self) -> None:
        """Open the first case and go on to assess it."""
        from duibiao.tui.opening import open_under

        code = self.table.key_here()
        case = await open_under(self.duibiao, code, self.header.id) if code else ""
        if case:
            self.duibiao.begin_again(self.duibiao.workspace_named, go="assess", case=case)

    def action_back(self) -> None:
        """There is a workspace now: to its cases."""
        if self.narrowed or self.table.marked:
            super().action_back()
        else:
            self.duibiao.begin_again(self.duibiao.workspace_named)


async def run_apart(page: Page, what: Any) -> BadInputError | None:
    """Do something in a thread; what was wrong with it, or None."""

    def act() -> BadInputError | None:
        try:
            what()
        except BadInputError as error:
            return error
        except OSError as error:
            return BadInputError([Problem("E_IO", Where(str(error.filename or "")), str(error.strerror or error))])
        return None

    return await page.run_worker(act, thread=True, group="welcome", exit_on_error=False).wait()


SCREEN = WelcomeScreen
