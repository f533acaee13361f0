"""导出: what is to be written out, in which format, where; with the file's first lines before it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from attrs import evolve, field, frozen
from textual import work
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.worker import get_current_worker

from duibiao.errors import BadInputError
from duibiao.services import export
from duibiao.services.compare_board import usual
from duibiao.services.desk import Desk
from duibiao.services.export import FORMATS, KINDS, Asked, Seen
from duibiao.services.office import open_office
from duibiao.services.process_words import STATUS
from duibiao.tui.base import Page, spoken
from duibiao.tui.dialogs import Field, Form, FormError, Pick, Plan
from duibiao.tui.keys import key
from duibiao.tui.lines import Part
from duibiao.tui.lists import Entries, Entry, heading
from duibiao.tui.look import fit, wrapped
from duibiao.tui.screens.compare_widgets import WHICH

TWO = 100
LABEL = 10
OF_A_CASE = ("case", "scores")
NARROWED = ("cases", "facts", "targets")


@frozen
class Choice:
    """A row of the screen.

    Attributes:
        name: What it is about.
        label: What it is called.
        value: What stands there now.
        options: Values and words to step through; empty where Enter asks.
        at: Which of the options stands there.
    """

    name: str
    label: str
    value: str
    options: tuple[tuple[Any, str], ...] = field(default=(), eq=False)
    at: Any = field(default=None, eq=False)


class ChoiceRows(Entries):
    """The rows: left and right change, Enter asks, digits pick."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("right,l", "screen.step(1)", "下一项", "next", name="export.next"),
        key("left,h", "screen.step(-1)", "上一项", "previous", show=False, name="export.previous"),
        *(key(str(n), f"screen.pick({n})", f"第 {n} 项", f"choice {n}", show=False, name=f"export.{n}") for n in range(1, 10)),
    ]


class ExportScreen(Page):
    """What to write, how, and where."""

    CALLED: ClassVar[tuple[str, str]] = ("导出", "Export")
    ABOUT: ClassVar[tuple[str, str]] = (
        "选内容、范围、格式和位置，旁边是文件的开头。左右键换一项，回车填写，w 写入。文末注明依据、假定和记录到哪一条。",
        "Choose what, of whom, which format, where; its first lines beside. Left and right change, Enter fills in, w writes.",
    )
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    ExportScreen #both { height: 1fr; }
    ExportScreen #rows { width: 50; height: 1fr; }
    ExportScreen #seen { width: 1fr; height: 1fr; }
    ExportScreen.narrow #both { layout: vertical; }
    ExportScreen.narrow #rows { width: 100%; height: auto; max-height: 70%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("w,ctrl+s", "write", "写入文件", "write", name="export.write"),
        key("o", "overwrite", "替换同名文件", "replace", show=False, name="export.overwrite"),
        key("tab,shift+tab", "pane", "换栏", "pane", name="export.pane"),
    ]

    def __init__(self, asked: Asked | None = None) -> None:
        """*asked*: what is to be exported; without it the case at hand, else the list of cases."""
        super().__init__()
        self.given = asked
        self.asked = asked or Asked("cases")
        self.form = "md"
        self.path: Path | None = None
        self.folder = export.usual_folder()
        self.overwrite = False
        self.seen: Seen | None = None
        self.wrong = ""
        self.number = 0
        self.lang = ""

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="both"):
            yield ChoiceRows(id="rows")
            yield Entries(id="seen")

    def on_mount(self) -> None:
        app = self.duibiao
        if app.case and self.given is None:
            self.asked = Asked("case", case=app.case)
        self.on_resize()
        self.rows.focus()
        self.look_again()

    @property
    def rows(self) -> ChoiceRows:
        """What can be chosen."""
        return self.query_one(ChoiceRows)

    def on_resize(self) -> None:
        """Beside each other, or one above the other."""
        self.set_class(self.app.size.width < TWO, "narrow")
        self.call_after_refresh(self.redraw)

    # what stands in the rows

    def choices(self) -> list[Choice]:
        """The rows that what is asked for needs, in order."""
        say, asked = self.say, self.asked
        kinds = tuple((name, say(zh, en)) for name, zh, en in KINDS)
        found = [self._options("what", say("内容", "what"), kinds, asked.what)]
        if asked.what in (*OF_A_CASE, "compare"):
            none = (
                asked.unit or say("（不列本单位）", "(no own values)")
                if asked.what == "compare"
                else say("（要选一件）", "(pick one)")
            )
            found.append(Choice("case", say("申报件", "case"), asked.case or none))
        if asked.what == "compare":
            picked = self.duibiao.phrases.comma.join(asked.standards) or say("（要选两个以上）", "(pick two or more)")
            found.append(Choice("standards", say("标准", "standards"), picked))
            found += self._compared()
        if asked.what in NARROWED:
            found += self._narrowing()
        return [*found, *self._file()]

    def _compared(self) -> list[Choice]:
        """Which rows of a comparison."""
        say, asked = self.say, self.asked
        ways = tuple((way, say(*words)) for way, words in WHICH.items())
        found = [self._options("which", say("范围", "scope"), ways, (asked.differing or asked.contested, asked.contested))]
        topics = self.duibiao.registry.vocabulary.topics
        topic = (
            say(topics[asked.topic].title, topics[asked.topic].title_en or asked.topic) if asked.topic in topics else asked.topic
        )
        only = self.duibiao.phrases.comma.join(each for each in (topic, asked.needle) if each)
        return [*found, Choice("only", say("只要", "only"), only)] if only else found

    def _narrowing(self) -> list[Choice]:
        say, asked = self.say, self.asked
        found = [Choice("standard", say("标准", "standard"), "".join(asked.standards) or say("全部", "all"))]
        found.append(Choice("territory", say("辖区", "territory"), asked.territory or say("全部", "all")))
        found.append(Choice("year", say("年份", "year"), str(asked.year or say("全部", "all"))))
        if asked.what == "cases":
            states = (("", say("全部", "all")), *((name, say(*words)) for name, words in STATUS.items()))
            found.append(self._options("status", say("状态", "state"), states, asked.status))
        return found

    def _file(self) -> list[Choice]:
        say = self.say
        forms = tuple((each.id, say(each.zh, each.en)) for each in FORMATS.values())
        there = ((False, say("不替换", "not replaced")), (True, say("替换", "replaced")))
        return [
            self._options("format", say("格式", "format"), forms, self.form),
            Choice("path", say("文件", "file"), str(self.target())),
            self._options("overwrite", say("同名文件", "same name"), there, self.overwrite),
            Choice("write", "", say("写入文件", "Write the file")),
        ]

    def _options(self, name: str, label: str, options: tuple[tuple[Any, str], ...], at: Any) -> Choice:
        return Choice(name, label, dict(options)[at], options, at)

    def target(self) -> Path:
        """The file that would be written."""
        if self.path is not None:
            return self.path
        return self.folder / (self.seen.name if self.seen is not None else f"{self.asked.what}.{self.form}")

    def redraw(self) -> None:
        if self.lang not in ("", self.duibiao.lang):
            self.look_again()
            return
        inks = self.duibiao.inks
        width = max((self.rows.size.width or self.app.size.width) - 1, 30)
        entries: list[Entry] = []
        for each in self.choices():
            entries += self._lines(each, width)
        self.rows.show(entries)
        if self.has_class("narrow"):
            self.rows.styles.height = min(len(entries), max((self.app.size.height - 3) * 7 // 10, 4))
        pane = self.query_one("#seen", Entries)
        room = max((pane.size.width or width) - 2, 20)
        shown: list[Entry] = [heading(" " + self.say("文件的开头", "The file's first lines"), inks.head)]
        if self.wrong:
            shown += [Entry([(f" {line}", inks.bad)], ("wrong", n)) for n, line in enumerate(wrapped(f"✗ {self.wrong}", room))]
        elif self.seen is None:
            shown.append(heading(" " + self.say("正在读取…", "reading …"), inks.dim))
        for number, line in enumerate(self.seen.lines if self.seen is not None and not self.wrong else ()):
            ink = inks.head if line.startswith("#") else inks.text
            shown.append(Entry([(" " + fit(line.replace("\t", " "), room), ink)], number))
        pane.show(shown)
        super().redraw()

    def _lines(self, each: Choice, width: int) -> list[Entry]:
        inks = self.duibiao.inks
        if each.name == "write":
            return [Entry([(f" {fit('▶ ' + each.value, width - 1)}", inks.good)], each)]
        value = f"‹ {each.value} ›" if each.options else each.value
        room = width - LABEL - 2
        parts: list[Part] = [(f" {fit(each.label, LABEL)} ", inks.dim)]
        if each.name != "path" or len(wrapped(value, room)) == 1:
            return [Entry([*parts, (fit(value, room), inks.text)], each)]
        first, *rest = wrapped(value, room)
        more = [Entry([(" " * (LABEL + 2) + line, inks.text)]) for line in rest]
        return [Entry([*parts, (first, inks.text)], each), *more]

    # looking

    def look_again(self) -> None:
        """Something else is asked for: read it in the background and show its first lines."""
        self.number += 1
        self.seen, self.wrong, self.lang = None, "", self.duibiao.lang
        self.redraw()
        self._look(self.number, self.asked, self.form)

    def _own_desk(self) -> Desk:
        app = self.duibiao
        desk = app.desk
        return Desk(open_office(app.workspace_named, write=False), app.registry, desk.actor, app.day)

    @work(thread=True, exclusive=True, group="export")
    def _look(self, number: int, asked: Asked, form: str) -> None:
        app, me = self.duibiao, get_current_worker()
        try:
            seen = export.look(self._own_desk, asked, FORMATS[form], app.lang)
        except BadInputError as error:
            if not me.is_cancelled:
                app.call_from_thread(self._failed, number, error)
        else:
            if not me.is_cancelled:
                app.call_from_thread(self._seen, number, seen)

    def _seen(self, number: int, seen: Seen) -> None:
        if number == self.number and self.is_mounted:
            self.seen = seen
            self.redraw()

    def _failed(self, number: int, error: BadInputError) -> None:
        from duibiao.tui.app import problem_text

        if number == self.number and self.is_mounted:
            self.wrong = problem_text(error.problems, self.duibiao.lang)
            self.redraw()

    # changing

    @property
    def chosen(self) -> Choice | None:
        """The row under the cursor."""
        found = self.rows.chosen
        return found if isinstance(found, Choice) else None

    def action_step(self, step: int) -> None:
        """The next or previous option of a row."""
        row = self.chosen
        if row is not None and row.options:
            values = [value for value, _ in row.options]
            self._set(row.name, values[(values.index(row.at) + step) % len(values)])

    def action_pick(self, number: int) -> None:
        """An option by its number."""
        row = self.chosen
        if row is not None and number <= len(row.options):
            self._set(row.name, row.options[number - 1][0])

    def _set(self, name: str, value: Any) -> None:
        if name == "overwrite":
            self.overwrite = value
            self.redraw()
            return
        if name == "format":
            self.form = value
            self.path = self.path and self.path.with_suffix(f".{value}")
        elif name == "what":
            case = self.asked.case or self.duibiao.case if value in (*OF_A_CASE, "compare") else ""
            self.asked = Asked(value, case=case, standards=self._to_compare(case) if value == "compare" else ())
        elif name == "which":
            self.asked = evolve(self.asked, differing=value[0], contested=value[1])
        else:
            self.asked = evolve(self.asked, **{name: value})
        self.look_again()

    def _to_compare(self, case: str) -> tuple[str, ...]:
        """The standards last put side by side, else those that fit best."""
        return self.duibiao.compared or usual(self.duibiao.desk, case)

    async def on_rows_chosen(self) -> None:
        """Enter, as an action: whatever fails says so and the app goes on."""
        await self.app.run_action("screen.chosen")

    def action_chosen(self) -> None:
        """Enter on a row: write, ask, or the next option."""
        row = self.chosen
        if not self.rows.has_focus or row is None:
            return
        match row.name:
            case "write":
                self.action_write()
            case "case":
                self._pick_case()
            case "standard":
                self._pick_standard()
            case "standards":
                self._tick_standards()
            case "territory" | "year" | "path":
                self._type(row)
            case "only":
                self.asked = evolve(self.asked, topic="", needle="")
                self.look_again()
            case _:
                self.action_step(1)

    def _pick_case(self) -> None:
        from duibiao.store import cases as kept

        def asking() -> Pick:
            named = [(each.id, f"{each.id}  {each.unit.name}") for each in kept.cases(self.duibiao.desk.space)]
            if self.asked.what == "compare":
                named.insert(0, ("", self.say("不列本单位", "no own values")))
            return Pick(self.say("哪一件申报件", "Which case"), named)

        self.app.push_screen(spoken(asking), lambda found: self._picked("case", found))

    def _pick_standard(self) -> None:
        def asking() -> Pick:
            every = ("", self.say("全部标准", "every standard"))
            return Pick(self.say("哪一个标准", "Which standard"), [every, *self._standards()])

        self.app.push_screen(spoken(asking), lambda found: self._picked("standards", found))

    def _standards(self) -> Sequence[tuple[str, str]]:
        headers = self.duibiao.registry.headers
        return [(name, f"{self.say(each.title, each.title_en or each.title)}  {name}") for name, each in headers.items()]

    def _picked(self, name: str, found: object) -> None:
        if found is None:
            return
        value: Any = found
        if name == "standards":
            value = (str(found),) if found else ()
        self._set(name, value)

    def _tick_standards(self) -> None:
        from duibiao.tui.screens.compare_choose import Standards

        self.app.push_screen(Standards(self.asked.standards), self._ticked)

    def _ticked(self, found: object) -> None:
        if isinstance(found, tuple):
            self.duibiao.compared = found
            self._set("standards", found)

    def _type(self, row: Choice) -> None:
        def asking() -> Form:
            now = next(each for each in self.choices() if each.name == row.name)
            return Form(self._asked_for(now))

        self.app.push_screen(spoken(asking))

    def _asked_for(self, row: Choice) -> Plan:
        """A form for what is typed in a row."""
        hints = {
            "territory": self.say("代码的开头，空着是全部", "beginning of the codes; empty for all"),
            "year": self.say("如 2012，空着是全部", "e.g. 2012; empty for all"),
            "path": self.say("文件的位置，后缀 .md 或 .csv", "where the file goes, ending in .md or .csv"),
        }
        now = {"territory": self.asked.territory, "year": str(self.asked.year or ""), "path": str(self.target())}[row.name]
        return Plan(
            row.label,
            lambda values: self._typed(row, str(values["text"])),
            [Field("text", row.label, value=now, hint=hints[row.name])],
        )

    def _typed(self, row: Choice, text: str) -> str:
        match row.name:
            case "path":
                self.path = Path(text).expanduser() if text else None
                if self.path is not None:
                    self.form = export.format_of("", self.path).id
                self.look_again()
            case "year":
                if text and not (text.isdigit() and len(text) == 4):
                    raise FormError(self.say("年份写作 2012", "a year reads 2012"))
                self._set("year", int(text) if text else None)
            case _:
                if not text.isdigit() and text:
                    raise FormError(self.say("写代码开头的数字", "write the first digits of the codes"))
                self._set(row.name, text)
        return f"{row.label}{self.say('：', ': ')}{text or self.say('全部', 'all')}"

    # writing

    def action_overwrite(self) -> None:
        """Whether a file of that name is replaced."""
        self._set("overwrite", not self.overwrite)

    def action_pane(self) -> None:
        """The other pane."""
        other = self.query_one("#seen", Entries) if self.rows.has_focus else self.rows
        other.focus()

    def action_write(self) -> None:
        """Write the file, in the background."""
        self.duibiao.tell(self.say("正在写入…", "writing …"))
        self._write(self.asked, self.form, self.target(), self.overwrite)

    @work(thread=True, exclusive=True, group="write")
    def _write(self, asked: Asked, form: str, path: Path, overwrite: bool) -> None:
        app = self.duibiao
        try:
            found = export.write(self._own_desk, asked, FORMATS[form], path, app.lang, overwrite=overwrite)
        except BadInputError as error:
            app.call_from_thread(self._not_written, error)
        else:
            told = self.say(f"已写入 {path}，记录到 {found.head}", f"Written: {path}, journal at {found.head}")
            app.call_from_thread(app.tell, told, "good")

    def _not_written(self, error: BadInputError) -> None:
        from duibiao.tui.app import problem_text

        told = problem_text(error.problems, self.duibiao.lang)
        if any(each.code == "E_TARGET_EXISTS" for each in error.problems):
            told += self.say("；按 o 改为替换，再按 w", "; o has it replaced, then w again")
        self.duibiao.tell(told, "bad")


SCREEN = ExportScreen
__all__ = ["SCREEN", "ExportScreen"]
