"""评估: the questions of a case's standard, answered in the row, with what follows from them beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import monotonic
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.widget import Widget

from duibiao.errors import BadInputError
from duibiao.model.notation import plain
from duibiao.model.standard import Criterion, Indicator
from duibiao.services import seek
from duibiao.services.phrasing import Phrases
from duibiao.services.session import Change, Question
from duibiao.services.sitting import Sitting, sit_down
from duibiao.services.writer import Outcome
from duibiao.tui.assess_more import Saying
from duibiao.tui.assess_panels import Told
from duibiao.tui.assess_rows import AssessRows
from duibiao.tui.base import KeyLine
from duibiao.tui.keys import key
from duibiao.tui.later import later
from duibiao.tui.lines import Panel
from duibiao.wording import describe, many

EXPLAINS_AFTER = 0.2
"""Seconds without a key after which the reasons are worked out: they take longer than a key may."""
LOOKS_EVERY = 3.0
"""Seconds between two looks at whether somebody else has stored something."""
TRIES_EVERY = 5
"""After so many looks, what could not be saved is tried again."""
_WIDE, _HUGE = 100, 140
_ABOUT_ZH = """\
一行一题，答完自动到下一题。是/否按 1 0；等级按显示的数字；清单按数字勾选，a 全有 z 全无，回车表示其余没有；\
数和日期直接输，回车确认。答案随输随存，u 撤销，ctrl+r 重做。"""
_ABOUT_EN = """\
One question a line; an answer goes on to the next. Yes/no is 1 0; levels by the digit shown; checklists by digits, \
a all, z none, Enter means not the rest; numbers and dates are typed, Enter confirms. Saved as you go; u undoes, \
ctrl+r redoes."""


_BESIDE = Criterion(id="", title="关口、否决和称号另外要看的", title_en="What gates, vetoes and titles look at besides")


class Why(Panel):
    """The reasons, to read and to scroll."""

    can_focus = True
    BINDINGS: ClassVar[list[BindingType]] = [
        key("j,down", "scroll_down", "下滚", "scroll down", show=False, name="why.down"),
        key("k,up", "scroll_up", "上滚", "scroll up", show=False, name="why.up"),
        key("space,pagedown", "page_down", "下一页", "next page", show=False, name="why.page-down"),
        key("b,pageup", "page_up", "上一页", "previous page", show=False, name="why.page-up"),
        key("g,home", "scroll_home", "到最前", "first", show=False, name="why.first"),
        key("G,end", "scroll_end", "到最后", "last", show=False, name="why.last"),
    ]


class Side(Container):
    """Score and reasons; their lines break by the room they have."""

    def on_resize(self) -> None:
        """More room, or less."""
        screen = self.screen
        if isinstance(screen, AssessScreen):
            self.call_after_refresh(screen.show_panels)


class Brief(Panel):
    """What the question at hand asks, in as many lines as there is room for."""

    def on_resize(self) -> None:
        """More room, or less."""
        screen = self.screen
        if isinstance(screen, AssessScreen):
            self.call_after_refresh(screen.show_brief)


class AssessScreen(Saying):
    """One case being assessed."""

    CALLED: ClassVar[tuple[str, str]] = ("评估", "Assess")
    ABOUT: ClassVar[tuple[str, str]] = (_ABOUT_ZH, _ABOUT_EN)
    DEFAULT_CSS = """
    AssessScreen #bar, AssessScreen #brief { overflow: hidden hidden; }
    AssessScreen #bar { height: 1; }
    AssessScreen #work { height: 1fr; }
    AssessScreen #rows { width: 1fr; height: 100%; }
    AssessScreen #side { display: none; width: 42%; height: 100%; margin-left: 1; }
    AssessScreen #score { height: auto; overflow: hidden hidden; }
    AssessScreen #why { height: 1fr; }
    AssessScreen #brief { height: 5; }
    AssessScreen.-short #brief { height: 4; }
    AssessScreen.-wide #bar, AssessScreen.-wide #brief { display: none; }
    AssessScreen.-wide #side { display: block; }
    AssessScreen.-huge #side { layout: horizontal; width: 58%; }
    AssessScreen.-huge #score { width: 44%; margin-right: 2; }
    AssessScreen.-huge #why { width: 1fr; height: 100%; }
    AssessScreen.-peek #rows, AssessScreen.-peek #brief { display: none; }
    AssessScreen.-peek #side { display: block; width: 1fr; margin-left: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("ctrl+n", "next_open(1)", "下一未答", "next open", name="assess.next-open"),
        key("N", "next_open(-1)", "上一未答", "previous open", show=False, name="assess.previous-open"),
        key("J,right_square_bracket", "group(1)", "下一大类", "next group", show=False, name="assess.next-group"),
        key("K,left_square_bracket", "group(-1)", "上一大类", "previous group", show=False, name="assess.previous-group"),
        key("slash", "filter", "筛选", "filter", name="assess.filter"),
        key("tab", "panel", "说明", "why", name="assess.panel"),
        key("e", "note", "备注", "note", name="assess.note"),
        key("E", "editor", "用编辑器写备注", "note in the editor", show=False, name="assess.editor"),
        key("f", "attach", "附件", "file", name="assess.file"),
        key("r", "details", "理由、有效期、逐件", "reason, validity, events", show=False, name="assess.details"),
        key("u", "undo", "撤销", "undo", name="assess.undo"),
        key("ctrl+r", "redo", "重做", "redo", show=False, name="assess.redo"),
        key("ctrl+s", "save_again", "再存一次", "save again", show=False, name="assess.save"),
        key("C", "columns", "各级得分", "levels' points", show=False, name="assess.columns"),
        key("w", "workflow", "流程", "workflow", name="assess.workflow"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.indicators: Mapping[str, Indicator] = {}
        self.words: Phrases
        self.told: Told
        self.longest_points = 0
        self._sat, self._warned = False, False
        self._due, self._explaining, self._looks = 0.0, False, 0

    def body(self) -> Iterable[Widget]:
        yield Panel(id="bar")
        with Horizontal(id="work"):
            yield AssessRows(id="rows")
            with Side(id="side"):
                yield Panel(id="score")
                yield Why(id="why")
        yield Brief(id="brief")

    @property
    def rows(self) -> AssessRows:
        """The questions."""
        return self._rows

    def trail(self) -> list[str]:
        if not self._sat:
            return super().trail()
        listed = self.sitting.case.listed
        stages = self.duibiao.process_words.stages(self.sitting.case.standard, listed.stages)
        return [listed.unit.name, stages or listed.status, listed.id, *super().trail()]

    def asked(self, question: Question) -> str:
        title = self.say(question.fact.title, question.fact.title_en)
        if not question.back:
            return title
        period = self.session.period(question.back)
        return title + self.say(f"（{period} 年）", f" ({period})")

    # beginning and coming back

    def on_mount(self) -> None:
        """Sit down to the case at hand."""
        self._rows = self.query_one(AssessRows)
        self._bar, self._score = self.query_one("#bar", Panel), self.query_one("#score", Panel)
        self._brief, self._why = self.query_one("#brief", Panel), self.query_one(Why)
        self._classes_for(self.app.size.width, self.app.size.height)
        if self._sit():
            self.set_interval(LOOKS_EVERY, self.look_around)
            self._rows.focus()

    def heard(self, outcome: Outcome) -> None:
        """What became of a save, once there is a case."""
        if self._sat:
            super().heard(outcome)

    def on_unmount(self) -> None:
        """What must not be lost is handed to the writer."""
        if self.duibiao.has_desk:
            self.leaving()

    def leaving(self) -> None:
        """Keep what is half typed, and what nobody has decided upon."""
        if self._sat:
            self.keep_typed()
            self.leave_undecided()

    def _sit(self) -> bool:
        try:
            self.sitting: Sitting = sit_down(self.duibiao.desk, self.duibiao.case)
        except BadInputError as error:
            self.duibiao.tell("；".join(describe(each, self.duibiao.lang) for each in error.problems), "bad")
            self.call_later(self.duibiao.back)
            return False
        self._sat, self.needle = True, ""
        self.indicators = {each.id: each for each in self.sitting.case.standard.indicators()}
        self.longest_points = max((len(plain(each)) for each in self.session.worth.values()), default=0)
        for (period, fact), each in self.sitting.stored.items():
            self.duibiao.writer.knows(self.sitting.unit, period, fact, each.version)
        self.redraw()
        self.narrow("")
        first = self.session.next_open(-1)
        self._rows.go(0 if first is None else first)
        self.take_up_typed()
        self._seek()
        self.show_question(now=True)
        self.call_after_refresh(self._from_the_top)
        return True

    def _seek(self) -> None:
        """Go to what another screen spoke of: of its questions one that is open before one that is answered."""
        names, self.duibiao.sought = self.duibiao.sought, ()
        found = seek.wanted(self.session, names) if names else None
        if found is None:
            return
        if self._rows.line(found) is None:
            self.narrow("")
        self._rows.go(found)
        asked = self.asked(self.session.questions[found])
        self.duibiao.tell(self.say(f"流程要看的：{asked}；w 回流程", f"asked for by the workflow: {asked}; w goes back"))

    def _from_the_top(self) -> None:
        """Now that it is known how many lines there are: as much of the list as there is above the cursor."""
        rows = self._rows
        if rows.cursor < rows.size.height:
            rows.scroll_to(y=0, animate=False, force=True)
        else:
            rows.move_to(rows.cursor)

    def on_screen_resume(self) -> None:
        """Back from another screen: perhaps to another case, perhaps the process went on."""
        if not self._sat:
            return
        if self.duibiao.case != self.sitting.case.listed.id:
            self.leaving()
            self._rows.typed = self._rows.wrong = ""
            self._sit()
            return
        self.sitting.process_went_on()
        self._seek()
        self.redraw()
        self.look_around()
        self.ask_about_conflict()

    def look_around(self) -> None:
        """Take over what others have stored; try again what could not be saved."""
        if not self._sat or self.app.screen is not self or self.duibiao.waiting:
            return
        self._looks += 1
        if self.unsaved and self._looks % TRIES_EVERY == 0 and self.duibiao.writer.unsaved:
            self.duibiao.waiting += self.duibiao.writer.retry()
            return
        changed = self.accept(each for each in self.sitting.news() if (each.period, each.fact) not in self.conflicts)
        if changed:
            names = self.words.comma.join(self.asked(each) for each in changed[:3])
            who = self.sitting.stored[self.sitting.place(changed[0])].actor
            count = len(changed)
            self.duibiao.tell(
                self.say(f"{who} 改了 {count} 个答案：{names}", f"{who} has changed {many(count, 'answer')}: {names}")
            )

    # drawing

    def redraw(self) -> None:
        """Everything anew: another language, theme, or state of the process."""
        if self._sat:
            self.words = self.duibiao.phrases.of(self.sitting.case.standard)
            self.told = Told(self)
            self.show_score()
            self.show_question(now=True)
        super().redraw()

    def on_resize(self) -> None:
        """Another width: other panes."""
        self._classes_for(self.app.size.width, self.app.size.height)
        self.call_after_refresh(self.redraw)

    def _classes_for(self, width: int, height: int) -> None:
        self.set_class(height < 22, "-short")
        self.set_class(width >= _WIDE, "-wide")
        self.set_class(width >= _HUGE, "-huge")
        if width >= _WIDE:
            self.remove_class("-peek")

    @property
    def wide(self) -> bool:
        """Whether score and reasons stand beside the list."""
        return self.app.size.width >= _WIDE

    @property
    def panels_shown(self) -> bool:
        """Whether the panels can be seen: beside the list, or in its place."""
        return self.wide or self.has_class("-peek")

    def show_score(self) -> None:
        """Score, titles, what is left."""
        if not self.wide:
            self._bar.show(self.told.bar(self.app.size.width))
        if self.panels_shown:
            lines = self.told.score(self._score.size.width or 40)
            most = max(self.app.size.height // 2 - 2, 4) if not self.has_class("-huge") else self.app.size.height - 3
            if len(lines) > most:
                rest = self.say(f"…另有 {len(lines) - most + 1} 行", f"… {len(lines) - most + 1} more")
                lines = [*lines[: most - 2], [(rest, self.duibiao.inks.dim)], lines[-1]]
            if self._score.styles.height is None or self._score.styles.height.value != len(lines):
                self._score.styles.height = len(lines)
            self._score.show(lines)

    def show_question(self, *, now: bool = False) -> None:
        """What is said of the question under the cursor: its choices at once where the row has no room for them, the rest when
        no key has come for a moment.
        """
        question = self.at_cursor()
        if question is None:
            return
        fact = question.fact
        if now or len(fact.options) > 2:
            self._show_brief(question)
        self._due = monotonic() + EXPLAINS_AFTER
        if not self._explaining:
            self._explaining = True
            later(self, EXPLAINS_AFTER, self._explain)

    def show_brief(self) -> None:
        """The question at hand, for the room there is now."""
        question = self.at_cursor() if self._sat else None
        if question is not None:
            self._show_brief(question)

    def _show_brief(self, question: Question) -> None:
        if not self.panels_shown:
            self._brief.show(self.told.brief(question, self.app.size.width - 1, self._brief.size.height or 4))

    def _explain(self) -> None:
        wait = self._due - monotonic()
        if wait > 0:
            later(self, wait, self._explain)
            return
        self._explaining = False
        self.explain()

    def explain(self) -> None:
        """Say what there is to say of the question under the cursor, with its reasons where there is room for them."""
        question = self.at_cursor()
        if question is not None:
            self._show_brief(question)
        if question is not None and self.panels_shown:
            self._why.scroll_to(y=0, animate=False)
            self._why.show(self.told.why(question, self.session.assessment(), max(self._why.size.width - 2, 20)))

    def show_change(self, change: Change) -> None:
        rows = self._rows
        lines = {rows.line(each) for each in change.rows} | {rows.heading(each) for each in change.rows}
        rows.renew_lines(*(each for each in lines if each is not None))
        self.show_score()
        self.show_question()

    def on_rows_moved(self) -> None:
        """Another question."""
        self.show_question()

    # going about

    def narrow(self, needle: str) -> None:
        """Show the questions that *needle* finds, under their criteria; all for an empty one."""
        self.needle = needle.strip().lower()
        here, found = self._rows.question, list[Criterion | int]()
        for criterion in (*self.sitting.case.standard.criteria, _BESIDE):
            mine = [
                index for index, each in enumerate(self.session.questions)
                if each.criterion == criterion.id and (not self.needle or self.matches(each, self.needle))
            ]  # fmt: skip
            found += [criterion, *mine] if mine else []
        self._rows.set_items(found)
        if here is None or not self._rows.go(here):
            self._rows.cursor = 0
            self._rows.action_edge(0)
        self.show_question()
        if self.needle and not found:
            self.duibiao.tell(self.say("没有这样的题；Esc 取消筛选", "no such question; Esc ends the filter"))

    def action_group(self, step: int) -> None:
        """The first question of the next or previous criterion."""
        rows = self._rows
        heads = [line for line, item in enumerate(rows.items) if isinstance(item, Criterion)]
        here = max((line for line in heads if line <= rows.cursor), default=0)
        place = heads.index(here) + step if here in heads else 0
        if 0 <= place < len(heads):
            rows.move_to(heads[place] + 1)

    def action_panel(self) -> None:
        """Score and reasons: beside the list they get the keys, on a narrow screen they stand in its place; again: back."""
        if not self.commit():
            return
        if self.has_class("-peek") or self._why.has_focus:
            self._to_list()
            return
        if not self.wide:
            self.add_class("-peek")
        self._why.focus()

    def on_descendant_focus(self) -> None:
        """Other keys serve in the panel than in the list."""
        self.query_one(KeyLine).renew()

    def show_panels(self) -> None:
        """Score and reasons for the room that the panels have now."""
        if self._sat and self.panels_shown:
            self.show_score()
            self.explain()

    def _to_list(self) -> None:
        self.remove_class("-peek")
        self._rows.focus()
        self.call_after_refresh(self._show_again)

    def _show_again(self) -> None:
        self.show_question(now=True)

    def action_workflow(self) -> None:
        """On to the stages of the case."""
        if self.commit():
            self.duibiao.action_go("workflow")

    def action_back(self) -> None:
        """One step: what is half typed, the panel, the filter, then the screen."""
        if self.drop_typed():
            return
        if self.has_class("-peek") or self._why.has_focus:
            self._to_list()
        elif self.needle:
            self.narrow("")
        elif self.conflicts and not self._warned:
            self._warned = True
            zh = f"有 {len(self.conflicts)} 个答案和别人的不一致：ctrl+s 决定用哪个；再按一次 Esc 留作草稿"
            told = many(len(self.conflicts), "answer differs", "answers differ")
            en = f"{told} from somebody else's: ctrl+s decides; Esc again keeps them as drafts"
            self.duibiao.tell(self.say(zh, en), "bad")
        else:
            self.duibiao.back()


SCREEN = AssessScreen
