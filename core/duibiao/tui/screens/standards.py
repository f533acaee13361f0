"""标准: what each standard asks, line by line, with the clause it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.style import Style
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from duibiao.model.process import Stage
from duibiao.model.sources import Item
from duibiao.model.standard import Criterion, Header, Indicator, Standard
from duibiao.services.place_words import level_word
from duibiao.tui.base import Page
from duibiao.tui.keys import key
from duibiao.tui.lines import Panel, Part
from duibiao.tui.lists import Entries, Entry, heading, paragraph
from duibiao.tui.look import fit

WIDE = 100


class StandardsScreen(Page):
    """Every standard; Enter opens one."""

    CALLED: ClassVar[tuple[str, str]] = ("标准", "Standards")
    ABOUT: ClassVar[tuple[str, str]] = (
        "各辖区的标准：指标、规则、称号、环节、目标，每一条都注明出自哪个文件哪一条。",
        "The standards of each jurisdiction: indicators, rules, titles, stages, targets, each with its document and clause.",
    )

    def body(self) -> Iterable[Widget]:
        yield Entries(id="list")

    def on_mount(self) -> None:
        self.redraw()
        self.query_one(Entries).focus()

    def on_resize(self) -> None:
        """Another width: lines break elsewhere."""
        self.call_after_refresh(self.redraw)

    def redraw(self) -> None:
        registry, inks = self.duibiao.registry, self.duibiao.inks
        entries: list[Entry] = []
        for home in registry.jurisdictions.values():
            entries.append(heading(f" {self.say(home.title, home.title_en or home.title)}", inks.head))
            for header in home.standards:
                title = self.say(header.title, header.title_en or header.title)
                if self.app.size.width < WIDE:
                    parts: list[Part] = [(f"   {fit(title, self.app.size.width - 12)} ", inks.text), (header.edition, inks.dim)]
                else:
                    parts = [(f"   {fit(header.id, 28)} ", inks.mark), (f"{header.edition}  ", inks.dim), (title, inks.text)]
                entries.append(Entry(parts, header.id))
        self.query_one(Entries).show(entries)
        super().redraw()

    def on_rows_chosen(self, event: Entries.Chosen) -> None:
        """Open the standard."""
        self.app.push_screen(StandardScreen(self.query_one(Entries).chosen))


class StandardScreen(Page):
    """One standard."""

    CALLED: ClassVar[tuple[str, str]] = ("标准", "Standard")
    ABOUT: ClassVar[tuple[str, str]] = (
        "左边是条目，右边（窄屏在下面）是规则、出处和说明。",
        "Left the items; right (below on a narrow screen) the rule, where it comes from, and notes.",
    )
    DEFAULT_CSS = """
    StandardScreen #both { height: 1fr; }
    StandardScreen Entries { width: 1fr; }
    StandardScreen Panel { width: 46; padding: 0 0 0 1; }
    StandardScreen.narrow #both { layout: vertical; }
    StandardScreen.narrow Panel { width: 100%; height: 8; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("right_square_bracket,J", "group(1)", "下一类", "next group", name="standard.next"),
        key("left_square_bracket,K", "group(-1)", "上一类", "previous group", show=False, name="standard.previous"),
    ]

    def __init__(self, name: str) -> None:
        super().__init__()
        self.standard_name = name

    @property
    def standard(self) -> Standard:
        """The standard."""
        return self.duibiao.registry.standard(self.standard_name)

    def trail(self) -> list[str]:
        header = self.standard.header
        return [self.say("标准", "Standards"), self.say(header.title, header.title_en or header.title)]

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="both"):
            yield Entries(id="list")
            yield Panel(id="detail")

    def on_mount(self) -> None:
        self.redraw()
        self.query_one(Entries).focus()

    def on_resize(self) -> None:
        """Beside or below each other, as the width allows."""
        self.set_class(self.size.width < WIDE, "narrow")
        self.call_after_refresh(self.redraw)

    def redraw(self) -> None:
        self.query_one(Entries).show(list(self._entries()))
        self._detail()
        super().redraw()

    def _title(self, item: Item | Header) -> str:
        return self.say(item.title or item.id, item.title_en or item.title or item.id)

    def _entries(self) -> Iterable[Entry]:
        standard, inks = self.standard, self.duibiao.inks
        for number, group in enumerate(standard.criteria, 1):
            yield Entry([(f"{number}. {self._title(group)}", inks.head)], group)
            for leaf in group.indicators:
                mark = self.duibiao.phrases.force(leaf.force)
                assumed = self.say(" 假定", " assumed") if leaf.cite.assumed else ""
                yield Entry([(f"   {self._title(leaf)}{mark}", inks.text), (assumed, inks.open)], leaf)
        sections: tuple[tuple[str, str, Iterable[Item]], ...] = (
            ("称号", "Titles", standard.awards), ("关口", "Gates", standard.gates), ("一票否决", "Vetoes", standard.vetoes),
            ("环节", "Stages", standard.stages), ("目标", "Targets", standard.targets), ("名额", "Quotas", standard.selections),
            ("表格", "Forms", standard.forms),
        )  # fmt: skip
        for zh, en, items in sections:
            listed = list(items)
            if listed:
                yield heading(self.say(zh, en), inks.head)
                yield from (Entry([(f"   {self._title(each)}", inks.text)], each) for each in listed)

    def on_rows_moved(self, event: Entries.Moved) -> None:
        """Say more of what the cursor is on."""
        self._detail()

    def _detail(self) -> None:
        panel, inks = self.query_one(Panel), self.duibiao.inks
        item = self.query_one(Entries).chosen
        width = max((self.size.width if self.has_class("narrow") else 46) - 3, 20)
        lines: list[list[Part]] = []
        if item is not None:
            lines += paragraph(self._title(item), width, inks.head)
            for text, style in self._said(item):
                lines += paragraph(text, width, style)
        panel.show(lines)

    def _said(self, item: Item) -> Iterable[tuple[str, Style]]:
        """Rule, conditions, clause, assumption, note."""
        inks, phrases = self.duibiao.inks, self.duibiao.phrases
        yield from ((text, inks.text) for text in self._asks(item) if text)
        yield phrases.cite(item.cite), inks.dim
        if item.cite.as_printed:
            yield f"«{item.cite.as_printed}»", inks.dim
        if item.cite.assumed:
            yield self.say("假定：", "Assumed: ") + item.cite.reason, inks.open
        if item.cite.note:
            yield item.cite.note, inks.dim

    def _asks(self, item: Item) -> Iterable[str]:
        """What an item demands, in words."""
        phrases, standard = self.duibiao.phrases, self.standard
        if isinstance(item, Indicator):
            yield phrases.rule(item)
            yield phrases.points(item.points) if item.points else ""
        elif isinstance(item, Stage):
            yield " ".join(part for part in (item.actor, level_word(item.level, self.duibiao.lang)) if part)
            lists = (("材料", "Documents", item.documents), ("做法", "Methods", item.methods), ("任务", "Duties", item.duties))
            for zh, en, values in lists:
                yield f"{self.say(zh, en)}{self.say('：', ': ')}{phrases.comma.join(values)}" if values else ""
            yield self.say("前提：", "Requires: ") + phrases.result(item.requires, standard) if item.requires else ""
        elif not isinstance(item, Criterion):
            requires = getattr(item, "requires", "")
            condition = getattr(item, "condition", None) or getattr(item, "achieved", None)
            yield phrases.result(requires, standard) if requires else phrases.condition(condition) if condition else ""

    def action_group(self, step: int) -> None:
        """The next or previous group."""
        rows = self.query_one(Entries)
        places = [index for index, each in enumerate(rows.entries) if isinstance(each.data, Criterion)]
        after = [index for index in places if (index > rows.cursor if step > 0 else index < rows.cursor)]
        if after:
            rows.move_to(after[0] if step > 0 else after[-1])


SCREEN = StandardsScreen
