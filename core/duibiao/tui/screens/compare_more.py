"""What surrounds a comparison: provisions beyond facts, editions, and what a unit still has to collect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType

from duibiao.compare.editions import Editions
from duibiao.services.compare_board import Board, place_to_give, to_collect
from duibiao.services.compare_sections import SECTIONS, Section, sections
from duibiao.services.compare_told import KINDS, Teller
from duibiao.services.compare_words import DemandWords
from duibiao.services.comparing import labels
from duibiao.tui.keys import key
from duibiao.tui.screens.compare_sheet import Said, Sheet


class ProvisionsScreen(Sheet):
    """Scoring, titles, gates, vetoes, targets, quotas, stages with actors and windows, forms: standard by standard."""

    CALLED: ClassVar[tuple[str, str]] = ("其他规定", "Other provisions")
    ABOUT: ClassVar[tuple[str, str]] = (
        "数据项以外的规定：评定方式、称号、关口、一票否决、目标、名额、环节（谁办、何时、要件）、表格。d 只看不同的。",
        "What is not about a fact: scoring, titles, gates, vetoes, targets, quotas, stages, forms. d: only what differs.",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        key("d", "differing", "只看不同", "differences", name="provisions.differing"),
        key("right_square_bracket,J", "group(1)", "下一类", "next kind", name="provisions.next"),
        key("left_square_bracket,K", "group(-1)", "上一类", "previous kind", show=False, name="provisions.previous"),
    ]

    def __init__(self, board: Board, *, differing: bool = False) -> None:
        super().__init__()
        self.board, self.only_differing = board, differing

    def tables(self) -> list[Section]:
        """The tables in sight."""
        found = sections(self.board.comparison.programs, self.duibiao.phrases)
        return [each for each in found if each.differs or not self.only_differing]

    def said(self) -> Iterable[Said]:
        app, inks = self.duibiao, self.duibiao.inks
        called, told = labels(app.registry, self.board.names, app.phrases), Teller(DemandWords(app.phrases))
        for label, program in zip(called, self.board.comparison.programs, strict=True):
            yield Said(f"{label}{self.say('：', ': ')}{told.identity(program)}", inks.dim)
        for table in self.tables():
            mark = "≠" if table.differs else "="
            yield Said(f"{mark} {self.say(*SECTIONS[table.id])}", inks.head, data=("table", table.id))
            for label, program, cell in zip(called, self.board.comparison.programs, table.cells, strict=True):
                if not cell:
                    yield Said(f"{label}{self.say('：没有', ': none')}", inks.dim, 1)
                    continue
                yield Said(f"{label}{self.say('：', ':')}", inks.mark, 1)
                for each in cell:
                    cite = told.words.clause(each.cite, program.standard.header.document)
                    assumed = self.say("※ 假定", "※ assumed") if each.cite.assumed else ""
                    yield Said("  ".join(part for part in (each.title, each.text, cite, assumed) if part), None, 2, hang=2)

    def action_differing(self) -> None:
        """Only the kinds in which the standards differ, or all."""
        self.only_differing = not self.only_differing
        self.redraw()

    def action_group(self, step: int) -> None:
        """The next or previous kind."""
        rows = self.sheet
        places = [index for index, each in enumerate(rows.entries) if each.data is not None and each.data[2] is not None]
        after = [index for index in places if (index > rows.cursor if step > 0 else index < rows.cursor)]
        if after:
            rows.move_to(after[0] if step > 0 else after[-1])


class EditionsScreen(Sheet):
    """What changed from edition to edition."""

    CALLED: ClassVar[tuple[str, str]] = ("版次", "Editions")
    ABOUT: ClassVar[tuple[str, str]] = (
        "同一标准前后版次：新增、取消、收紧、放宽、改变、移动、分值变动，新旧要求和条款。",
        "Editions of one standard: added, removed, tightened, loosened, changed, moved, points; old and new with clauses.",
    )

    def __init__(self, found: list[Editions]) -> None:
        super().__init__()
        self.found = found

    def said(self) -> Iterable[Said]:
        inks, told = self.duibiao.inks, Teller(DemandWords(self.duibiao.phrases))
        ink = {"tightened": inks.open, "removed": inks.dim, "added": inks.good, "loosened": inks.good}
        for each in self.found:
            yield Said(told.editions(each), inks.head)
            changes = list(told.changes(each))
            counts = ((kind, sum(one.kind == kind for one in changes)) for kind in KINDS)
            sums = "  ".join(f"{KINDS[kind][0]} {self.say(*KINDS[kind][1:])} {count}" for kind, count in counts if count)
            yield Said(sums or self.say("没有变化", "nothing changed"), inks.mark, 1)
            for one in changes:
                yield Said(one.text, ink.get(one.kind, inks.text), 1, hang=2)
                yield from (Said(f"{label}  {text}", inks.dim, 2, hang=4) for label, text in one.lines)
            yield Said(told.stayed(each), inks.dim, 1)


class NeedsScreen(Sheet):
    """How a unit would do under each standard, and what it still has to collect; Enter goes where that can be given."""

    CALLED: ClassVar[tuple[str, str]] = ("还要收集", "Still to collect")
    ABOUT: ClassVar[tuple[str, str]] = (
        "本单位在各个标准下的称号、得分、指标，和还没有的数据（最管用的在前）。回车到能填的案卷去填。",
        "The unit's titles, score and indicators under each standard, and the facts it lacks. Enter goes to give one.",
    )

    def __init__(self, board: Board) -> None:
        super().__init__()
        self.board = board

    def said(self) -> Iterable[Said]:
        app, inks, look = self.duibiao, self.duibiao.inks, self.board.look
        if look is None:
            return
        told, called = Teller(DemandWords(app.phrases)), labels(app.registry, self.board.names, app.phrases)
        unit = look.facts.unit
        kind = app.phrases.kinds([unit.kind])
        kind = self.say(f"（{kind}）", f" ({kind})")
        yield Said(f"{unit.name} {unit.code}{kind}  {self.say('数据', 'facts of')} {look.facts.period}", inks.head)
        if look.facts.example:
            yield Said(self.say("※ 例子数据，不是真实情况", "※ example facts, not real ones"), inks.open)
        for column, label in enumerate(called):
            yield Said(label, inks.mark)
            yield Said(told.summary(look, column), None, 1)
            missing = to_collect(look, column, app.phrases)
            if look.assessments[column].in_scope is False:
                continue
            if not missing:
                yield Said(self.say("不缺数据", "no fact is missing"), inks.good, 1)
                continue
            yield Said(self.say(f"还要收集 {len(missing)} 项：", f"{len(missing)} to collect:"), inks.dim, 1)
            yield from (Said(f"? {app.phrases.facts(names)}", None, 2, (column, fact), 2) for fact, names in missing.items())

    async def on_rows_chosen(self) -> None:
        """Enter, as an action: whatever fails says so and the app goes on."""
        await self.app.run_action("screen.give")

    def action_give(self) -> None:
        """To the case in which the fact under the cursor can be given."""
        at, app, look = self.at_cursor, self.duibiao, self.board.look
        if at is None or look is None:
            return
        column, fact = at
        wanted = (self.board.names[column], *self.board.names)
        place = place_to_give(app.desk, look.facts.unit.code, fact, wanted, self.board.case)
        if place is None:
            title = app.phrases.fact(fact)
            zh = f"没有问到“{title}”的案卷：在单位屏（F9）按 o 开案，或用 duibiao fact set"
            app.tell(self.say(zh, f"no case asks for «{title}»: open one in the units (F9, o), or duibiao fact set"), "bad")
            return
        app.case, app.sought = place.case, place.indicators
        app.action_go("assess")


__all__ = ["EditionsScreen", "NeedsScreen", "ProvisionsScreen"]
