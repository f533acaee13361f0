"""Opening cases: for one unit or for many, under a standard that fits them, in a year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from duibiao.errors import BadInputError
from duibiao.services import lists
from duibiao.services.lists import Fitting, Opened
from duibiao.tui.base import spoken
from duibiao.tui.keys import key
from duibiao.tui.picking import Choose, Confirm
from duibiao.wording import describe, many

if TYPE_CHECKING:
    from duibiao.tui.app import DuibiaoApp

FIRST_YEAR, LAST_YEAR = 1949, 2999


class PickStandard(Choose):
    """Which standard, which year. Dismissed with both, or with None.

    Attributes:
        year: The year.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("left,h", "turn(-1)", "前一年", "year before", name="opening.before"),
        key("right,l", "turn(1)", "后一年", "year after", name="opening.after"),
    ]

    def __init__(self, title: str, found: Sequence[Fitting], year: int, told: Sequence[str]) -> None:
        super().__init__(title, [(line, each) for line, each in zip(told, found, strict=True)])
        self.year = year

    def draw(self) -> None:
        self._said = (self.say(f"年度 {self.year}（← → 换年）", f"Year {self.year} (← → changes it)"),)
        super().draw()

    def hint(self) -> str:
        return self.say("↑↓ 选标准  ← → 换年度  回车 开案  Esc 取消", "↑↓ standard  ← → year  Enter opens  Esc cancel")

    def action_turn(self, step: int) -> None:
        """Another year."""
        self.year = max(FIRST_YEAR, min(self.year + step, LAST_YEAR))
        self.draw()

    def taken(self, data: Any) -> None:
        if not isinstance(data, Fitting):
            return
        if data.problem is not None:
            self.duibiao.tell(describe(data.problem, self.duibiao.lang), "bad")
            return
        self.dismiss((data, self.year))


def _line(app: DuibiaoApp, each: Fitting) -> str:
    """A standard in the list: title, edition, whom of the units it is not for, why it cannot be."""
    text = f"{app.say(*each.title)} {each.edition}"
    if each.left_out:
        text += app.say(f"（{each.left_out} 个单位不适用）", f" ({many(each.left_out, 'unit does', 'units do')} not fit)")
    if each.problem is not None:
        text = "✗ " + text + app.say("（这一天不施行）", " (not in force on this day)")
    return text


async def open_for(app: DuibiaoApp, codes: Sequence[str]) -> Opened | None:
    """Ask under which standard and open the cases; None when nothing was opened. Meant for a worker of the app."""
    found = lists.fitting(app.desk, codes)
    if not found:
        app.tell(app.say("没有适用于这类单位的标准", "no standard is for units of this kind"), "bad")
        return None

    def asking() -> PickStandard:
        title = app.say(f"新开案卷：{_whom(app, codes)}", f"New case: {_whom(app, codes)}")
        return PickStandard(title, found, app.day.year, [_line(app, each) for each in found])

    chosen = await app.push_screen_wait(spoken(asking))
    if not isinstance(chosen, tuple):
        return None
    standard, year = chosen
    track = await _track(app, standard)
    if track is None or not await _sure(app, standard, year):
        return None
    return await _open(app, standard, year, track)


async def open_under(app: DuibiaoApp, code: str, standard: str) -> str:
    """Open one unit's case under a standard that was chosen before; its id, empty when none was opened."""
    fitting = next((each for each in lists.fitting(app.desk, [code]) if each.standard == standard), None)
    if fitting is None:
        app.tell(app.say("这个标准不适用于这类单位", "this standard is not for units of this kind"), "bad")
        return ""
    if fitting.problem is not None:
        app.tell(describe(fitting.problem, app.lang), "bad")
        return ""
    track = await _track(app, fitting)
    done = None if track is None else await _open(app, fitting, app.day.year, track)
    return done.cases[0] if done is not None else ""


def _whom(app: DuibiaoApp, codes: Sequence[str]) -> str:
    names = lists.names_of(lists.folder(app.workspace_named), list(codes)[:3])
    told = app.say("、", ", ").join(names.values())
    return told if len(codes) <= len(names) else app.say(f"{told} 等 {len(codes)} 个单位", f"{told} … {many(len(codes), 'unit')}")


async def _track(app: DuibiaoApp, standard: Fitting) -> str | None:
    if not standard.tracks:
        return ""
    tracks = [(each, each) for each in standard.tracks]
    chosen = await app.push_screen_wait(spoken(lambda: Choose(app.say("走哪一条线", "Which track"), tracks)))
    return None if chosen is None else str(chosen)


async def _sure(app: DuibiaoApp, standard: Fitting, year: int) -> bool:
    """Many at once are confirmed, with their number."""
    count = len(standard.codes)
    if count == 1:
        return True
    return bool(await app.push_screen_wait(spoken(lambda: _asked_whether(app, standard, year, count))))


def _asked_whether(app: DuibiaoApp, standard: Fitting, year: int, count: int) -> Confirm:
    title = app.say(f"为 {count} 个单位各开一件案卷？", f"Open a case for each of {many(count, 'unit')}?")
    said = [f"{app.say(*standard.title)} {standard.edition}", app.say(f"年度 {year}", f"Year {year}")]
    if standard.left_out:
        said.append(
            app.say(
                f"{standard.left_out} 个单位不适用，不开",
                f"{many(standard.left_out, 'unit does', 'units do')} not fit and get none",
            )
        )
    said.append(app.say("已有同年度案卷的单位会跳过。", "Units that have one of that year are passed over."))
    yes = app.say(f"开 {count} 件", f"Open {many(count, 'case')}")
    return Confirm(title, yes, app.say("取消，什么也不开", "Cancel, nothing is opened"), said)


async def _open(app: DuibiaoApp, standard: Fitting, year: int, track: str) -> Opened | None:
    desk, named, count = app.desk, app.workspace_named, len(standard.codes)

    def seen(number: int) -> None:
        if number and number % 20 == 0:
            app.call_from_thread(app.tell, app.say(f"正在开案：{number}/{count}", f"opening: {number}/{count}"))

    def work() -> Opened | BadInputError:
        try:
            return lists.open_cases(named, desk, standard.codes, standard.standard, year, track, seen)
        except BadInputError as error:
            return error

    done = await app.run_worker(work, thread=True, group="opening", exit_on_error=False).wait()
    if isinstance(done, BadInputError):
        app.tell_problems(done)
        return None
    _told(app, done, year)
    return done if done.cases else None


def _told(app: DuibiaoApp, done: Opened, year: int) -> None:
    """What became of it, on the status line."""
    parts = []
    if len(done.cases) == 1:
        parts.append(app.say(f"已开案卷 {done.cases[0]}", f"opened case {done.cases[0]}"))
    elif done.cases:
        parts.append(app.say(f"已开 {len(done.cases)} 件案卷", f"opened {many(len(done.cases), 'case')}"))
    if done.same:
        parts.append(
            app.say(
                f"{done.same} 个单位 {year} 年度已有案卷", f"{many(done.same, 'unit has', 'units have')} a case of {year} already"
            )
        )
    parts += [describe(each, app.lang) for each in done.problems]
    parts += [app.process_words.block(each)[0] for each in done.blocks]
    bad = done.problems or done.blocks or not done.cases
    app.tell(app.say("；", "; ").join(parts), "bad" if bad else "good")


__all__ = ["PickStandard", "open_for", "open_under"]
