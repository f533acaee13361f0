"""A small form over a screen: rows to choose and tick in, one line to type Chinese in, and what will happen said beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from attrs import field, frozen
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from duibiao.errors import BadInputError
from duibiao.services.writer import Outcome
from duibiao.tui.base import Dialog
from duibiao.tui.keys import key
from duibiao.tui.lines import Panel, Part, Rows
from duibiao.tui.lists import Entries, Entry
from duibiao.tui.look import fit
from duibiao.wording import many
from duibiao.workflow.blocks import BlockedError

LABEL = 14
WIDEST_LABEL = 22
TYPED = ("text", "day")
OK, CANCEL = "ok", "cancel"
MOST_SAID = 9
MOST_WRONG = 4


class FormError(ValueError):
    """What stands in a form cannot be used; the text says why, in the person's language."""


@frozen
class Field:
    """A row of a form.

    Attributes:
        name: Key under which its value is handed over.
        label: What it is called, in the person's language.
        kind: ``text``, ``day`` (a date or empty), ``choice`` (one of *options*), ``tick``, or ``head`` (only read).
        value: What it begins with: text, the option chosen, or whether it is ticked.
        options: Values and words of a choice.
        hint: What to write, shown while nothing is written.
    """

    name: str
    label: str
    kind: str = "text"
    value: Any = ""
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""


Values = Mapping[str, Any]
"""What a form hands over: the value of each row; of a row of kind ``day`` a date or None."""


@frozen
class Plan:
    """What a form asks and does.

    Attributes:
        title: What it is about.
        do: Does it; what it returns is said on the status line. FormError, BadInputError and BlockedError are shown in the form.
        fields: Rows.
        said: Lines that say what will happen: text and kind (``""``, ``good``, ``bad``, ``dim``).
        ok: Word on the row that does it.
        careful: Whether the cursor comes to «cancel» before it comes to the row that does it.
        barred: Why it cannot be done now; empty when it can.
        begin: Name of the row on which the cursor begins; empty for the first.
        at_once: Whether it needs nothing that is still being saved.
    """

    title: str
    do: Callable[[Values], str]
    fields: Sequence[Field] = ()
    said: Sequence[tuple[str, str]] = ()
    ok: str = ""
    careful: bool = False
    barred: str = field(default="")
    begin: str = ""
    at_once: bool = False


class FormRows(Rows):
    """The rows of a form and the pair that ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("space", "screen.turn(1)", "勾选、换一项", "tick, next choice", show=False, name="form.turn"),
        key("right,l", "screen.turn(1)", "下一项", "next choice", show=False, name="form.next"),
        key("left,h", "screen.turn(-1)", "上一项", "previous choice", show=False, name="form.previous"),
        key("1,y", "screen.pick(1)", "是；第一项", "yes; first choice", show=False, name="form.one"),
        key("0,n", "screen.pick(0)", "否", "no", show=False, name="form.zero"),
        *(key(str(n), f"screen.pick({n})", f"第 {n} 项", f"choice {n}", show=False, name=f"form.{n}") for n in range(2, 10)),
    ]

    def total(self) -> int:
        return len(self.form.plan.fields) + 2

    @property
    def form(self) -> Form:
        """The form it belongs to."""
        screen = self.screen
        assert isinstance(screen, Form)  # noqa: S101 - these rows are made by the form alone
        return screen

    def selectable(self, index: int) -> bool:
        each = self.form.at(index)
        return isinstance(each, str) or each.kind != "head"

    def parts(self, index: int, width: int) -> Sequence[Part]:
        each, inks = self.form.at(index), self.inks
        if isinstance(each, str):
            return self._ends(each)
        if each.kind == "head":
            return [(fit(each.label, width), inks.head)]
        value = self.form.values[each.name]
        if each.kind == "tick":
            mark = self.form.say("☑ 已勾 ", "☑ yes ") if value else self.form.say("☐ 未勾 ", "☐ no  ")
            return [(mark, inks.good if value else inks.dim), (fit(each.label, width - 8), inks.text)]
        label = self.form.label_width
        told, style = self._told(each, value, max(width - label - 1, 4))
        return [(fit(each.label, label) + " ", inks.dim), (fit(told, max(width - label - 1, 4)), style)]

    def _told(self, each: Field, value: Any, width: int) -> tuple[str, Any]:
        if each.kind == "choice":
            numbered = [(name == value, f"{place} {word}") for place, (name, word) in enumerate(each.options, 1)]
            told = "  ".join(f"[{word}]" if mine else word for mine, word in numbered)
            if cell_len(told) > width:
                chosen = next((word for mine, word in numbered if mine), self.form.say("未选", "none yet"))
                told = f"[{chosen}]  " + self.form.say(f"1–{len(numbered)} 选", f"1–{len(numbered)}")
            return told, self.inks.text
        return (str(value), self.inks.text) if value else (each.hint or "—", self.inks.dim)

    def _ends(self, each: str) -> Sequence[Part]:
        inks, form = self.inks, self.form
        if each == CANCEL:
            return [(form.say("取消，什么也不改", "Cancel, nothing is changed"), inks.text)]
        word = form.plan.ok or form.say("确定", "OK")
        if form.plan.barred:
            return [(f"✗ {word}", inks.dim), (form.say("（现在不能）", " (not now)"), inks.bad)]
        return [(word, inks.good)]


class Form(Dialog):
    """A form. It is dismissed with what its act said, or with None when nothing was done."""

    DEFAULT_CSS = """
    Form Panel, Form FormRows { background: $surface; }
    Form Input, Form Input:focus { border: none; height: 1; padding: 0; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("down,tab", "step(1)", "下移", "down", show=False, name="form.down"),
        key("up,shift+tab", "step(-1)", "上移", "up", show=False, name="form.up"),
        key("ctrl+s", "submit", "确定", "OK", show=False, name="form.submit"),
    ]

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.values: dict[str, Any] = {each.name: each.value for each in plan.fields}
        self.ends = (CANCEL, OK) if plan.careful else (OK, CANCEL)
        self.wrong = ""
        self.held: Mapping[str, Any] | None = None
        """What stood in it when it was to be done, while that waits for something to be saved."""
        named = (cell_len(each.label) for each in plan.fields if each.kind not in ("tick", "head"))
        self.label_width = min(max(named, default=LABEL), WIDEST_LABEL)

    def at(self, index: int) -> Field | str:
        """What stands in a row: a field, or one of the pair that ends the form."""
        place = index - len(self.plan.fields)
        return self.ends[place] if place >= 0 else self.plan.fields[index]

    @property
    def rows(self) -> FormRows:
        """The rows."""
        return self.query_one(FormRows)

    @property
    def typed(self) -> Input:
        """The line one types in."""
        return self.query_one(Input)

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Panel(id="said")
            yield FormRows(id="rows")
            yield Input(id="typed", select_on_focus=False)
            yield Panel(id="wrong")
            yield Panel(id="keys")

    def on_mount(self) -> None:
        super().on_mount()
        self.typed.display = any(each.kind in TYPED for each in self.plan.fields)
        self.draw()
        first = next((i for i in range(self.rows.total()) if self.rows.selectable(i)), 0)
        self.rows.cursor = next((i for i, each in enumerate(self.plan.fields) if each.name == self.plan.begin), first)
        self._attend()

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        self.draw()

    def draw(self) -> None:
        """What is said, what is wrong and the keys, in as many lines as there is room for."""
        width, inks = self.inner, self.duibiao.inks
        styles = {"good": inks.good, "bad": inks.bad, "dim": inks.dim}
        lines: list[list[Part]] = [[(fit(self.plan.title, width), inks.head)]]
        barred = [(f"✗ {self.plan.barred}", "bad")] if self.plan.barred else []
        for text, kind in [*barred, *self.plan.said]:
            lines += [[(line, styles.get(kind, inks.text))] for line in self.in_lines(text)]
        wrong = self._in_the_way()
        total = self.rows.total()
        room = self.app.size.height * 9 // 10 - 2 - len(wrong) - 1 - int(self.typed.display)
        said = lines[: max(min(MOST_SAID, room - min(total, 5)), 1)]
        if len(said) < len(lines):
            more = len(lines) - len(said) + 1
            said[-1] = [
                (self.say(f"……还有 {more} 行，见流程屏", f"… {many(more, 'line')} more, see the screen behind"), inks.dim)
            ]
        hint = self.say("↑↓ 选行  空格 勾选/换项  回车 下一行  Esc 取消", "↑↓ rows  space tick/change  Enter on  Esc cancel")
        for name, content in (("#said", said), ("#wrong", wrong), ("#keys", [[(fit(hint, width), inks.dim)]])):
            panel = self.query_one(name, Panel)
            panel.styles.height = len(content)
            panel.display = bool(content)
            panel.show(content)
        self.rows.styles.height = max(min(total, room - len(said)), 1)

    def _in_the_way(self) -> list[list[Part]]:
        if self.held is not None:
            told = self.say("○ 还有内容正在保存，存好就办", "○ something is still being saved; it is done after that")
            return [[(line, self.duibiao.inks.open)] for line in self.in_lines(told)]
        return [[(line, self.duibiao.inks.bad)] for line in self.in_lines(self.wrong)][:MOST_WRONG] if self.wrong else []

    def take_words(self, made: Dialog) -> None:
        """The same form in other words; what was typed or chosen stays, what only stood there as it came is said anew."""
        if not isinstance(made, Form):
            return
        self._keep_typed()
        for old, new in zip(self.plan.fields, made.plan.fields, strict=False):
            if old.name == new.name and self.values[old.name] == old.value:
                self.values[old.name] = new.value
        self.plan, self.label_width, self.wrong = made.plan, made.label_width, ""
        self.rows.renew()
        self.draw()
        self._attend()

    # moving about

    def _attend(self) -> None:
        """Give the keys to whatever the cursor is on."""
        each = self.at(self.rows.cursor)
        if isinstance(each, Field) and each.kind in TYPED:
            self.typed.placeholder = each.hint
            self.typed.value = str(self.values[each.name])
            self.typed.cursor_position = len(self.typed.value)
            self.typed.focus()
        else:
            self.typed.placeholder = ""
            self.typed.value = ""
            self.rows.focus()

    def action_step(self, step: int) -> None:
        """Another row."""
        self._keep_typed()
        self.rows.action_cursor(step)
        self._attend()

    def on_rows_moved(self) -> None:
        """The list moved by a key of its own."""
        self.call_later(self._attend)

    def on_input_changed(self) -> None:
        """What is typed stands in the row at once."""
        self._keep_typed()

    def _keep_typed(self) -> None:
        """The value of the line, not of the event: that may be of a row the cursor has left since."""
        each = self.at(self.rows.cursor)
        if self.typed.has_focus and isinstance(each, Field) and each.kind in TYPED:
            self.values[each.name] = self.typed.value
            self.rows.renew_lines(self.rows.cursor)

    def on_input_submitted(self) -> None:
        """Enter while typing: the next row."""
        self.action_step(1)

    async def on_rows_chosen(self) -> None:
        """Enter, as an action: whatever fails says so and the app goes on."""
        await self.app.run_action("screen.chosen")

    def action_chosen(self) -> None:
        """Enter on a row: tick it, take the next choice, or end the form."""
        each = self.at(self.rows.cursor)
        if each == CANCEL:
            self.action_cancel()
        elif each == OK:
            self.action_submit()
        elif isinstance(each, Field):
            self.action_turn(1)

    def action_turn(self, step: int) -> None:
        """Tick, or another choice."""
        each = self.at(self.rows.cursor)
        if not isinstance(each, Field):
            return
        if each.kind == "tick":
            self.values[each.name] = not self.values[each.name]
        elif each.kind == "choice" and each.options:
            names = [name for name, _ in each.options]
            now = self.values[each.name]
            self.values[each.name] = names[((names.index(now) if now in names else -step) + step) % len(names)]
        self.rows.renew_lines(self.rows.cursor)

    def action_pick(self, number: int) -> None:
        """A digit: tick or not, or the choice of that number; then on."""
        each = self.at(self.rows.cursor)
        if not isinstance(each, Field):
            return
        if each.kind == "tick" and number in (0, 1):
            self.values[each.name] = bool(number)
        elif each.kind == "choice" and 1 <= number <= len(each.options):
            self.values[each.name] = each.options[number - 1][0]
        else:
            return
        self.rows.renew_lines(self.rows.cursor)
        self.action_step(1)

    # ending

    def action_submit(self) -> None:
        """Do it, after what is being saved; what is in the way is said here, and nothing typed is lost."""
        self._keep_typed()
        if self.plan.barred:
            self._say_wrong(self.plan.barred)
        elif self.duibiao.waiting and not self.plan.at_once:
            self.wrong, self.held = "", dict(self.values)
            self.draw()
        else:
            self._do()

    def heard(self, outcome: Outcome) -> None:
        """What waits for something to be saved goes on with the last of it, or with the first that cannot be."""
        if self.held is not None and (outcome.problems or not self.duibiao.waiting):
            self.call_later(self._go_on, failed=bool(outcome.problems))

    async def _go_on(self, *, failed: bool) -> None:
        """What waited is done, unless something could not be saved or the form was changed since."""
        if self.held is None:
            return
        self._keep_typed()
        unchanged, self.held = self.held == self.values, None
        self.draw()
        if unchanged and failed:
            told = self.say(
                "有内容没有存好，还没有办；再确定一次就办", "something was not saved, so nothing was done; OK does it"
            )
            self._say_wrong(told)
        elif unchanged and self.is_current:
            await self.app.run_action("screen.submit")

    def _do(self) -> None:
        try:
            told = self.plan.do(self._handed())
        except FormError as error:
            self._say_wrong(str(error))
        except BlockedError as error:
            words = self.duibiao.process_words
            self._say_wrong("；".join(words.block(each)[0] for each in error.blocks))
        except BadInputError as error:
            from duibiao.tui.app import problem_text

            self._say_wrong(problem_text(error.problems, self.duibiao.lang))
        else:
            self.duibiao.tell(told, "good")
            self.dismiss(told)

    def _handed(self) -> Values:
        found = dict(self.values)
        for each in self.plan.fields:
            if each.kind == "day":
                found[each.name] = self._day(each)
            elif each.kind == "text":
                found[each.name] = str(found[each.name]).strip()
        return found

    def _day(self, each: Field) -> date | None:
        """A day as people write it: ``2012-11-15``, ``20121115``, or ``+7`` for so many days from the day acted on."""
        text = str(self.values[each.name]).strip()
        if not text:
            return None
        try:
            return self.duibiao.day + timedelta(days=int(text[1:])) if text[0] in "+＋" else date.fromisoformat(text)
        except (ValueError, OverflowError):
            told = self.say("日期写作 2012-11-15，或 +7 表示七天后", "a date reads 2012-11-15, or +7 for seven days from now")
            raise FormError(f"{each.label}{self.say('：', ': ')}{told}") from None

    def _say_wrong(self, text: str) -> None:
        self.wrong = f"✗ {text}"
        self.duibiao.tell(text, "bad")
        self.draw()


class Pick(Dialog):
    """A list to pick one thing from. It is dismissed with the value picked, or with None."""

    DEFAULT_CSS = """
    Pick Entries { background: $surface; }
    """

    def __init__(self, title: str, offered: Sequence[tuple[str, str]]) -> None:
        """*offered*: values and words."""
        super().__init__()
        self.told = title
        self.offered = offered

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Panel(id="said")
            yield Entries(id="list")

    def on_mount(self) -> None:
        super().on_mount()
        self.on_resize()
        self.query_one(Entries).focus()

    def on_resize(self) -> None:
        """As many rows as there is room for."""
        inks, width = self.duibiao.inks, self.inner
        head, listed = self.query_one("#said", Panel), self.query_one(Entries)
        head.styles.height = 1
        head.show([[(fit(self.told, width), inks.head)]])
        listed.styles.height = max(min(len(self.offered), self.app.size.height * 9 // 10 - 3), 1)
        listed.show([Entry([(fit(f" {word}", width - 1), inks.text)], (value,)) for value, word in self.offered])

    def take_words(self, made: Dialog) -> None:
        """The same list in other words; the cursor stays."""
        if isinstance(made, Pick):
            self.told, self.offered = made.told, made.offered
            self.on_resize()

    def on_rows_chosen(self) -> None:
        """Enter picks."""
        self.dismiss(self.query_one(Entries).chosen[0])


__all__ = ["Field", "Form", "FormError", "Pick", "Plan", "Values"]
