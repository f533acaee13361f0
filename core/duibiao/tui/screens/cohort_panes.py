"""Many units as lines: the distribution, the indicators, who is nearest, division by division; bars that read without colour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.style import Style

from duibiao.model.divisions import COMMUNITY
from duibiao.model.notation import plain
from duibiao.model.outcome import Verdict
from duibiao.services.cohort_overview import Bar, Outcomes, Overview, Place, Tried, lacking
from duibiao.tui.lettering import Lettering
from duibiao.tui.lines import Part
from duibiao.tui.lists import Entry, heading
from duibiao.tui.look import fit, wrapped
from duibiao.wording import many

SURE, MAYBE, NOT = "█", "▒", "░"
"""Textures: holds or is settled, may or is open, does not."""
LEAST_BAR, WIDEST_BAR = 4, 40
LEAST_NAME, LONGEST_NAME = 8, 40
_WITH_CODES = 50

ORDERS: Mapping[str, tuple[tuple[str, str], Callable[[Place], tuple[float, ...]]]] = {
    "code": (("按代码", "by code"), lambda each: ()),
    "held": (("成立多的在前", "most held first"), lambda each: (-_share(each.held, each), -each.held)),
    "failed": (("不成立多的在前", "most failed first"), lambda each: (-_share(each.not_held, each), -each.not_held)),
    "open": (("未定多的在前", "most open first"), lambda each: (-_share(each.open, each), -each.open)),
}
"""Ways to order the divisions: words, and what they are ordered by before their codes."""


def _share(count: int, place: Place) -> float:
    return count / place.in_scope if place.in_scope else 0.0


class Pen(Lettering):
    """Writes many units as lines."""

    def title(self, item: Outcomes | Tried) -> str:
        """What something is called."""
        return self.say(item.title, item.title_en or item.title)

    def lines(self, text: str, indent: int = 1) -> Iterator[str]:
        """A text in as many lines as it needs, in the characters that will be drawn."""
        yield from (" " * indent + line for line in wrapped(self.plain(text), max(self.width - indent, 10)))

    def heads(self, text: str, style: Style | None = None) -> Iterator[Entry]:
        """Headings."""
        yield from (heading(line, style or self.inks.head) for line in self.lines(text))


# bars


def shares(counts: Sequence[int], width: int) -> list[int]:
    """*width* cells parted as *counts* are; whatever is there has a cell, as far as there are so many."""
    whole = sum(counts)
    if not whole:
        return [0] * len(counts)
    cells = [max(count * width // whole, 1) if count else 0 for count in counts]
    while sum(cells) != width:
        step = 1 if sum(cells) < width else -1
        most = max(
            range(len(cells)), key=lambda place: cells[place] if step < 0 else counts[place] * width / whole - cells[place]
        )
        cells[most] += step
    return cells


def parted(pen: Pen, counts: tuple[int, int, int], width: int) -> list[Part]:
    """█ holds, ▒ may, ░ does not: in exactly *width* cells."""
    cells = shares(counts, width)
    styles = (pen.inks.good, pen.inks.open, pen.inks.bad)
    found: list[Part] = [
        (sign * size, style) for sign, size, style in zip((SURE, MAYBE, NOT), cells, styles, strict=True) if size
    ]
    return found or [(" " * width, pen.inks.text)]


def measured(count: int, most: int, width: int) -> int:
    """Cells of a bar; whoever is there shows."""
    return -(-count * width // most) if most else 0


# what stands above


def head_lines(pen: Pen, look: Overview) -> list[list[Part]]:
    """How many units, how many of them in scope; the award asked about, held, open, not held."""
    say, inks = pen.say, pen.inks
    told = [say(f"在评 {look.in_scope:,}", f"{look.in_scope:,} in scope")]
    told += [say(f"不评 {look.out_of_scope:,}", f"{look.out_of_scope:,} out of scope")] if look.out_of_scope else []
    told += [say(f"是否在评未知 {look.scope_open:,}", f"scope of {look.scope_open:,} not known")] if look.scope_open else []
    units = say(f" {look.units:,} 个单位：", f" {many(look.units, 'unit')}: ")
    first: list[Part] = [(units + say("，", ", ").join(told), inks.text)]
    if look.examples:
        first.append(
            (
                say(
                    f"  ※ 数据里有 {look.examples:,} 个单位是例子",
                    f"  ※ {many(look.examples, 'unit has', 'units have')} example facts",
                ),
                inks.open,
            )
        )
    award = asked_award(look)
    if award is None:
        return [first, [(say(" 这个标准没有称号", " the standard has no award"), inks.dim)]]
    counts = [(f"  {text} {number:,}", style) for text, number, style in _three(pen, award)]
    room = max(pen.width - 2 - sum(cell_len(text) for text, _ in counts), 4)
    name = pen.title(award)
    return [first, [(" " + (name if cell_len(name) <= room else fit(name, room)), inks.head), *counts]]


def asked_award(look: Overview) -> Outcomes | None:
    """The award that is asked about."""
    return next((each for each in look.awards if each.id == look.award), None)


def words_of_states(pen: Pen) -> tuple[str, str, str]:
    """Holds, may, does not: sign and word."""
    say = pen.say
    return say("✓ 成立", "✓ held"), say("? 未定", "? open"), say("✗ 不成立", "✗ not held")


def _three(pen: Pen, each: Outcomes | Place) -> list[tuple[str, int, Style]]:
    inks = pen.inks
    numbers, styles = (each.held, each.open, each.not_held), (inks.good, inks.open, inks.bad)
    return list(zip(words_of_states(pen), numbers, styles, strict=True))


# distribution


def bar_entries(pen: Pen, look: Overview) -> list[Entry]:
    """A bar for every step of points, then awards, gates and vetoes."""
    most = max((each.units for each in look.bars), default=0)
    title = pen.say("得分分布", "Distribution of points") if look.scored else pen.say("达到的指标数", "Indicators met")
    entries = list(pen.heads(title + pen.say("：█ 已定 ▒ 未定（按最低可能）", ": █ settled ▒ open (by the least it can be)")))
    if look.line is not None:
        entries += pen.heads(
            pen.say(f"▶ 称号要 {plain(look.line)} 分", f"▶ the award asks for {plain(look.line)}"), pen.inks.mark
        )
    entries += _steps(pen, look, most) if most else [heading(pen.say(" 没有在评的单位", " no unit in scope"), pen.inks.dim)]
    return [*entries, *_states(pen, look)]


def _steps(pen: Pen, look: Overview, most: int) -> Iterator[Entry]:
    inks, say = pen.inks, pen.say
    names = [_range(each, each is look.bars[-1]) for each in look.bars]
    wide = max(map(len, names))
    heads = (say("已定", "settled"), say("未定", "open"))
    numbers = [(f"{each.settled:,}", f"{each.open:,}") for each in look.bars]
    first, second = (max(cell_len(heads[n]), *(len(each[n]) for each in numbers)) for n in (0, 1))
    size = max(min(pen.width - 6 - wide - first - second, WIDEST_BAR), LEAST_BAR)
    yield heading(" " * (wide + size + 4) + f" {fit(heads[0], first, 'right')} {fit(heads[1], second, 'right')}", inks.dim)
    for place, (each, name, (settled, open_)) in enumerate(zip(look.bars, names, numbers, strict=True)):
        last = each is look.bars[-1]
        here = look.line is not None and (each.low <= look.line < each.high or (last and look.line >= each.low))
        solid, light = measured(each.settled, most, size), measured(each.open, most, size)
        light = min(light, max(size - solid, 1 if light else 0))
        solid = min(solid, size - light)
        yield Entry(
            [
                ("▶ " if here else "  ", inks.mark),
                (fit(name, wide, "right") + "  ", inks.mark if here else inks.text),
                (SURE * solid, inks.good),
                (MAYBE * light, inks.open),
                (" " * (size - solid - light + 1), inks.text),
                (fit(settled, first, "right") + " ", inks.text),
                (fit(open_, second, "right"), inks.open),
            ],
            ("bar", place),
        )


def _range(each: Bar, last: bool) -> str:
    return f"{plain(each.low)}–{plain(each.high)}" if last else f"{plain(each.low)}–<{plain(each.high)}"


def _states(pen: Pen, look: Overview) -> Iterator[Entry]:
    say = pen.say
    kinds = (
        ("award", say("称号", "Awards"), look.awards),
        ("gate", say("关口", "Gates"), look.gates),
        ("veto", say("一票否决", "Vetoes"), look.vetoes),
    )
    every = [each for _, _, some in kinds for each in some]
    if not every:
        return
    heads, sizes = _columns(pen, every)
    room = max(pen.width - 2 - sum(sizes) - len(sizes), LEAST_NAME)
    for kind, name, some in kinds:
        if some:
            yield heading("", pen.inks.text)
            cells = "".join(" " + fit(text, size, "right") for text, size in zip(heads, sizes, strict=True))
            yield Entry([(" " + fit(name, room) + " ", pen.inks.head), (cells, pen.inks.dim)])
        for each in some:
            mark = "▶" if kind == "award" and each.id == look.award and len(look.awards) > 1 else " "
            yield Entry(
                [(mark, pen.inks.mark), (fit(pen.title(each), room) + " ", pen.inks.text), *_numbers(pen, each, sizes)],
                (kind, each.id),
            )


def _columns(pen: Pen, some: Sequence[Outcomes | Place]) -> tuple[tuple[str, str, str], list[int]]:
    """Heads of the columns of counts, and how wide they are."""
    heads = words_of_states(pen)
    numbers = [(f"{each.held:,}", f"{each.open:,}", f"{each.not_held:,}") for each in some]
    return heads, [max(cell_len(text), *(len(each[n]) for each in numbers)) for n, text in enumerate(heads)]


def _numbers(pen: Pen, each: Outcomes | Place, sizes: Sequence[int]) -> list[Part]:
    return [
        (" " + fit(f"{number:,}", size, "right"), style)
        for (_, number, style), size in zip(_three(pen, each), sizes, strict=True)
    ]


# indicators


def tried_entries(pen: Pen, look: Overview, *, failed: bool) -> list[Entry]:
    """The indicators that most fail, or of which least is known."""
    say, inks = pen.say, pen.inks
    found = look.failed(len(look.indicators)) if failed else look.unknown(len(look.indicators))
    title = say("✗ 最多未达到的指标", "✗ most failed") if failed else say("? 最多未知的指标", "? least known")
    other = (
        say("t 看未知的，回车看细则", "t: unknown; Enter: the rule")
        if failed
        else say("t 看未达到的，回车看细则", "t: failed; Enter: the rule")
    )
    entries = [*pen.heads(title), *pen.heads(other, inks.dim)]
    if not found:
        return [*entries, heading(say(" 没有", " none"), inks.dim)]
    total = look.in_scope + look.scope_open
    counts = [each.not_met if failed else each.unsettled for each in found]
    wide = max(len(f"{each:,}") for each in counts)
    size = max(min(pen.width // 4, 24), LEAST_BAR)
    room = max(pen.width - size - wide - 8, LEAST_NAME)
    for each, number in zip(found, counts, strict=True):
        cells = min(measured(number, total, size), size)
        sign, style = (NOT, inks.bad) if failed else (MAYBE, inks.open)
        share = f"{number * 100 // total if total else 0}%"
        entries.append(
            Entry(
                [
                    (" " + fit(pen.title(each), room) + " ", inks.text),
                    (sign * cells + " " * (size - cells), style),
                    (f" {number:>{wide},} ", style),
                    (fit(share, 4, "right"), inks.text),
                ],
                ("indicator", each.id),
            )
        )
    return entries


def tried_lines(pen: Pen, look: Overview, each: Tried, rule: str) -> list[list[Part]]:
    """One indicator: its rule, its clause, and how many units have which verdict."""
    say, inks = pen.say, pen.inks
    found: list[list[Part]] = [[(line, inks.head)] for line in pen.lines(pen.title(each) + pen.phrases.force(each.force), 0)]
    parts = [(say("规则：", "Rule: ") + rule, inks.text), (say("出处：", "From: ") + pen.phrases.cite(each.cite), inks.dim)]
    if each.cite.assumed and each.cite.reason:
        parts.append((say("※ 假定：", "※ assumed: ") + each.cite.reason, inks.open))
    found += [[(line, style)] for text, style in parts for line in pen.lines(text, 0)]
    found.append([("", inks.text)])
    names = {verdict: pen.phrases.verdict(verdict) for verdict in Verdict}
    wide, most = max(map(cell_len, names.values())), max(*each.counts.values(), 1)
    digits = len(f"{most:,}")
    size = max(min(pen.width - wide - digits - 8, WIDEST_BAR), LEAST_BAR)
    for verdict in Verdict:
        number = each.counts[verdict]
        cells = measured(number, most, size)
        share = f"{number * 100 // look.units if look.units else 0}%"
        bar = _TEXTURES[verdict] * cells + " " * (size - cells)
        found.append(
            [(f"{fit(names[verdict], wide)} ", inks.text), (bar, inks.text), (f" {number:>{digits},} {share:>4}", inks.text)]
        )
    return found


_TEXTURES: Mapping[Verdict, str] = {
    Verdict.MET: SURE, Verdict.NOT_APPLICABLE: SURE, Verdict.NOT_MET: NOT, Verdict.OUT_OF_SCOPE: NOT,
    Verdict.NEEDS_JUDGEMENT: MAYBE, Verdict.UNKNOWN: MAYBE,
}  # fmt: skip


# nearest


def near_entries(pen: Pen, look: Overview) -> list[Entry]:
    """The units nearest to the award that they do not hold, and what each lacks."""
    award, say, inks = asked_award(look), pen.say, pen.inks
    name = pen.title(award) if award else ""
    entries = list(pen.heads(say(f"离“{name}”最近", f"Nearest to “{name}”") if name else say("最接近的", "Nearest")))
    entries += pen.heads(say("回车打开案卷或单位", "Enter opens the case or the unit"), inks.dim)
    if not look.nearest:
        return [*entries, heading(say(" 没有", " none"), inks.dim)]
    for place, each in enumerate(look.nearest, 1):
        code = "" if pen.width < cell_len(each.name) + 24 else each.code
        room = max(pen.width - 2 - cell_len(code), LEAST_NAME)
        entries.append(Entry([(" " + fit(f"{place}. {each.name}", room), inks.text), (code, inks.dim)], ("near", each.code, 0)))
        for number, line in enumerate(pen.lines(("" if code else f"{each.code} ") + lacking(each, pen.say), 4), 1):
            entries.append(Entry([(line, inks.dim)], ("near", each.code, number)))
    return entries


# the map


def map_entries(pen: Pen, look: Overview, order: str) -> list[Entry]:
    """The divisions below, with what became of their units; at the lowest level the units themselves."""
    say, inks = pen.say, pen.inks
    lowest = look.level == COMMUNITY
    title = say("单位", "Units") if lowest else say("区划", "Divisions")
    legend = "" if lowest else say("：█ 成立 ▒ 未定 ░ 不成立", ": █ held ▒ open ░ not held")
    how, down = say(*ORDERS[order][0]), say("回车打开", "Enter opens") if lowest else say("回车往下", "Enter goes down")
    entries = [*pen.heads(title + legend), *pen.heads(say(f"{how}（d 换），{down}", f"{how} (d), {down}"), inks.dim)]
    if not look.places:
        return [*entries, heading(say(" 没有", " none"), inks.dim)]
    places = ordered(look.places, order)
    return [*entries, *(_unit_rows(pen, places) if lowest else _division_rows(pen, places))]


def _division_rows(pen: Pen, places: Sequence[Place]) -> Iterator[Entry]:
    heads, sizes = _columns(pen, places)
    widest = max(cell_len(each.name or each.code) for each in places)
    left = pen.width - 2 - sum(sizes) - len(sizes)
    room = max(min(widest, left - LEAST_BAR, max(left * 3 // 5, LEAST_NAME)), LEAST_NAME)
    size = max(min(left - room, WIDEST_BAR), LEAST_BAR)
    cells = "".join(" " + fit(text, wide, "right") for text, wide in zip(heads, sizes, strict=True))
    yield heading(" " * (room + size + 2) + cells, pen.inks.dim)
    for each in places:
        line: list[Part] = [(" " + fit(each.name or each.code, room) + " ", pen.inks.text)]
        if each.in_scope:
            line += [*parted(pen, (each.held, each.open, each.not_held), size), *_numbers(pen, each, sizes)]
        else:
            line.append((fit(pen.say("∅ 不评", "∅ out of scope"), size), pen.inks.dim))
        yield Entry(line, ("place", each.code))


def _unit_rows(pen: Pen, places: Sequence[Place]) -> Iterator[Entry]:
    heads = words_of_states(pen)
    outside = pen.say("∅ 不评", "∅ out of scope")
    wide = max(map(cell_len, (*heads, outside)))
    code = max(len(each.code) for each in places) if pen.width >= _WITH_CODES else 0
    room = max(pen.width - 2 - wide - (code + 1 if code else 0), LEAST_NAME)
    for each in places:
        told = next(((text, style) for text, number, style in _three(pen, each) if number), (outside, pen.inks.dim))
        codes = [(fit(each.code, code) + " ", pen.inks.dim)] if code else []
        name = fit(each.name or each.code, min(room, LONGEST_NAME)) + " "
        yield Entry([(" " + name, pen.inks.text), *codes, told], ("place", each.code))


def ordered(places: Iterable[Place], order: str) -> list[Place]:
    """The divisions in an order, equals by code."""
    by = ORDERS[order][1]
    return sorted(places, key=lambda each: (*by(each), each.code))


__all__ = [
    "ORDERS", "Pen", "asked_award", "bar_entries", "head_lines", "map_entries", "measured", "near_entries", "ordered",
    "parted", "shares", "tried_entries", "tried_lines", "words_of_states",
]  # fmt: skip
