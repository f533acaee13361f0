"""Targets as lines: a bullet line for each, and the whole of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from attrs import field, frozen
from rich.cells import cell_len
from rich.style import Style

from duibiao.model.outcome import State
from duibiao.model.process import Target
from duibiao.services.showing import target_text
from duibiao.services.target_view import bar
from duibiao.services.targets import Row
from duibiao.store.cases import Listed
from duibiao.targets import Candidate, Progress
from duibiao.tui.lettering import Lettering
from duibiao.tui.lines import Part
from duibiao.tui.lists import Entry, heading
from duibiao.tui.look import fit, wrapped
from duibiao.wording import many

WIDEST = 48
STATES: Mapping[State, str] = {State.HELD: "✓", State.NOT_HELD: "✗", State.OPEN: "?"}


@frozen
class Aim:
    """Which target a line stands for.

    Attributes:
        standard: Standard id.
        target: Target id.
    """

    standard: str
    target: str


@frozen
class Near:
    """A candidate on a line.

    Attributes:
        unit: Code.
        line: Place among the lines of one candidate.
    """

    unit: str
    line: int = 0


@frozen
class Pen(Lettering):
    """Writes targets as lines.

    Attributes:
        titles: Award ids to their titles, by standard.
    """

    titles: Callable[[str], Mapping[str, str]] = field(kw_only=True)

    def text(self, text: str, style: Style | None = None, indent: int = 1) -> Iterator[Entry]:
        """A text in as many lines as it needs; the cursor goes through them, so that all can be read."""
        for number, line in enumerate(wrapped(self.plain(text), max(self.width - indent, 10))):
            yield Entry([(" " * indent + line, style or self.inks.text)], (text, number))

    def aim(self, row: Row) -> str:
        """A target in words."""
        return self.plain(target_text(row.report.target, self.phrases, self.titles(row.counted)))

    def ends(self, text: str, width: int) -> str:
        """A target in so many cells; how much is asked for stands at its end and stays."""
        sign = self.plain(" ≥ ")
        head, _, tail = text.rpartition(sign)
        if not head or cell_len(text) <= width:
            return fit(text, width)
        tail = sign + tail
        return fit(head, max(width - cell_len(tail), 4)) + tail


def figures(pen: Pen, found: Progress) -> str:
    """Actual against needed, and the gap in units."""
    if found.empty:
        return pen.say("工作区里没有这样的单位", "the workspace has no such units")
    low, high = found.gap
    gap = pen.say("已达到", "reached") if high == 0 else pen.say(f"差 {span((low, high))} 个", f"{span((low, high))} to go")
    done = span(found.achieved)
    return pen.say(f"已有 {done} / 需要 {found.needed:,}，{gap}", f"{done} of {found.needed:,} needed, {gap}")


def span(pair: tuple[int, int]) -> str:
    """A number, or the range it lies in."""
    return f"{pair[0]:,}" if pair[0] == pair[1] else f"{pair[0]:,}–{pair[1]:,}"


def bullet(pen: Pen, found: Progress, width: int) -> list[Part]:
    """█ have it, ▒ may have it, ░ do not; │ is where the target lies."""
    drawn = bar(found, max(width, 4))
    cells = "█" * drawn.sure + "▒" * drawn.maybe + "░" * drawn.rest
    styles = [pen.inks.good] * drawn.sure + [pen.inks.open] * drawn.maybe + [pen.inks.dim] * drawn.rest
    runs: list[Part] = []
    for place, (cell, style) in enumerate(zip(cells, styles, strict=True)):
        if place == drawn.needed:
            cell, style = "│", pen.inks.mark
        if runs and runs[-1][1] is style:
            runs[-1] = (runs[-1][0] + cell, style)
        else:
            runs.append((cell, style))
    return runs


def years(rows: Mapping[str, Sequence[Row]]) -> list[int]:
    """The years in which something is due."""
    return sorted({row.report.target.by.year for each in rows.values() for row in each if row.report.target.by is not None})


def in_year(target: Target, year: int | None) -> bool:
    """Whether a target is due in a year; every target where none is asked for."""
    return year is None or (target.by is not None and target.by.year == year)


def list_entries(
    pen: Pen, found: Mapping[str, Sequence[Row]], names: Mapping[str, Sequence[str]], year: int | None
) -> list[Entry]:
    """Every target by standard (*names*: title and id) and year: what it asks, and its bullet line below."""
    entries: list[Entry] = []
    for standard, rows in found.items():
        mine = [row for row in rows if in_year(row.report.target, year)]
        if not mine:
            continue
        told = max(cell_len(figures(pen, row.report.progress)) for row in mine)
        title = "  ".join(names[standard])
        title = title if cell_len(title) < pen.width else names[standard][0]
        entries.append(heading(fit(f" {title}", pen.width), pen.inks.head))
        last: int | None = -1
        for row in mine:
            by = row.report.target.by
            if (by and by.year) != last:
                last = by.year if by else None
                entries.append(heading(f" {_year(pen, by)}", pen.inks.mark))
            entries += _two(pen, row, told)
    return entries


def _year(pen: Pen, by: date | None) -> str:
    return pen.say("没有期限", "no day set") if by is None else pen.say(f"{by.year} 年", f"{by.year}")


def _two(pen: Pen, row: Row, widest: int) -> Iterator[Entry]:
    """A target in two lines; the bars of a standard are as long as its *widest* figures allow."""
    found, by = row.report.progress, row.report.target.by
    mark = "-" if found.empty else STATES[found.state]
    style = {"✓": pen.inks.good, "✗": pen.inks.bad, "?": pen.inks.open}.get(mark, pen.inks.dim)
    day = f"{by:%m-%d} " if by else ""
    yield Entry(
        [(f"  {mark} ", style), (day, pen.inks.dim), (pen.ends(pen.aim(row), max(pen.width - 4 - len(day), 8)), pen.inks.text)],
        Aim(row.standard, row.report.target.id),
    )
    told = figures(pen, found)
    room = max(min(pen.width - 6 - widest, WIDEST), min(8, pen.width - 6 - cell_len(told)))
    line: list[Part] = [("    ", pen.inks.text)]
    if not found.empty and room >= 8:
        line += [*bullet(pen, found, room), (" ", pen.inks.text)]
    yield Entry([*line, (told, style)])


# the whole of one


def detail_entries(pen: Pen, row: Row, cases: Mapping[str, Listed], stage_words: Callable[[Listed], str]) -> list[Entry]:
    """One target: who counts, how far it is, what to expect, who is nearest."""
    found, inks = row.report, pen.inks
    by = f"{found.target.by}  " if found.target.by else ""
    entries = [*pen.text(by + pen.aim(row), inks.head), *pen.text(pen.phrases.cite(found.target.cite), inks.dim)]
    if row.due is not None:
        due = (
            pen.say(f"还有 {row.due} 天", f"{many(row.due, 'day')} left") if row.due >= 0 else pen.say("期限已过", "past its day")
        )
        entries += pen.text(due, inks.text if row.due >= 0 else inks.dim)
    kinds = pen.phrases.comma.join(f"{pen.phrases.kinds(kind)} {span(count)}" for kind, count in found.population.items())
    entries += pen.text(pen.say("总数：", "Population: ") + (kinds or "0"))
    entries += _measured(pen, pen.say("现在", "Now"), found.progress)
    entries += _forecast(pen, row)
    entries += _nearest(pen, row, cases, stage_words)
    return entries


def _measured(pen: Pen, title: str, found: Progress) -> Iterator[Entry]:
    style = {State.HELD: pen.inks.good, State.NOT_HELD: pen.inks.bad}.get(found.state, pen.inks.open)
    if found.empty:
        style = pen.inks.dim
    else:
        yield Entry([(" ", pen.inks.text), *bullet(pen, found, min(pen.width - 2, WIDEST))])
    yield from pen.text(f"{'-' if found.empty else STATES[found.state]} {title}{pen.say('：', ': ')}{figures(pen, found)}", style)


def _forecast(pen: Pen, row: Row) -> Iterator[Entry]:
    ahead = row.report.forecast
    yield heading(pen.say(" 预计", " Forecast"), pen.inks.head)
    if not ahead.cases[1]:
        yield from pen.text(pen.say("没有在办的申报件", "no open cases"), pen.inks.dim)
        return
    many = span(ahead.cases)
    yield from _measured(pen, pen.say(f"在办 {many} 件全部成功", f"if all {many} open cases succeed"), ahead.if_all)
    if ahead.at_rate is None or not row.so_far.decided:
        yield from pen.text(pen.say("还没有办结的，通过率未知", "no case decided yet: pass rate unknown"), pen.inks.dim)
        return
    rate = f"{row.so_far.passed}/{row.so_far.decided}"
    yield from _measured(pen, pen.say(f"按现在的通过率 {rate}", f"at the present pass rate {rate}"), ahead.at_rate)


def _nearest(pen: Pen, row: Row, cases: Mapping[str, Listed], stage_words: Callable[[Listed], str]) -> Iterator[Entry]:
    yield heading(pen.say(" 最接近的（回车打开申报件）", " Nearest (Enter opens the case)"), pen.inks.head)
    if not row.report.nearest:
        yield from pen.text(pen.say("还没有记录数据的单位", "no unit has facts yet"), pen.inks.dim)
    for place, each in enumerate(row.report.nearest, 1):
        case = cases.get(each.unit.code)
        tag = stage_words(case) if case is not None else pen.say("没有申报件", "no case")
        name = fit(f" {place}. {each.unit.name}", max(pen.width - cell_len(tag) - 2, 8))
        yield Entry(
            [(name, pen.inks.text), (f" {tag}", pen.inks.mark if case is not None else pen.inks.dim)], Near(each.unit.code)
        )
        for number, line in enumerate(wrapped(f"{each.unit.code}  {lacking(pen, each)}", max(pen.width - 4, 10)), 1):
            yield Entry([("    " + line, pen.inks.dim)], Near(each.unit.code, number))


def lacking(pen: Pen, each: Candidate) -> str:
    """What a unit still lacks."""
    say, parts = pen.say, []
    if each.points is not None and each.points[1]:
        low, high = (f"{point.normalize():f}" for point in each.points)
        parts.append(say("差 ", "lacks ") + (low if low == high else f"{low}–{high}") + say(" 分", " points"))
    if each.conditions:
        parts.append(say(f"{each.conditions} 项条件未达到", f"{many(each.conditions, 'condition')} not met"))
    if each.vetoed:
        parts.append(say("一票否决", "vetoed"))
    if each.unknown:
        parts.append(say(f"{len(each.unknown)} 项数据未知", f"{many(len(each.unknown), 'fact')} unknown"))
    return say("，", ", ").join(parts) or say("条件已达到，只差命名", "lacks nothing but the naming")


__all__ = ["Aim", "Near", "Pen", "bullet", "detail_entries", "figures", "in_year", "lacking", "list_entries", "span", "years"]
