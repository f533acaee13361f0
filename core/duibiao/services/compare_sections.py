"""What surrounds the rules, standard by standard: scoring, awards, gates, vetoes, targets, quotas, stages, forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from duibiao.model.process import Form, Selection, Stage, Target
from duibiao.model.sources import Cite, Item
from duibiao.model.standard import Award, Gate, Standard, Veto
from duibiao.rules.program import Program
from duibiao.services.phrasing import FORCES, Phrases
from duibiao.services.showing import target_text
from duibiao.wording import many

SECTIONS = {
    "scoring": ("评定方式", "Scoring"), "awards": ("称号", "Awards"), "gates": ("关口", "Gates"),
    "vetoes": ("一票否决", "Vetoes"),
    "targets": ("目标", "Targets"), "selections": ("名额", "Quotas"), "stages": ("环节", "Stages"), "forms": ("表格", "Forms"),
}  # fmt: skip
_METHODS = {
    "all": ("应达指标全部达到", "every binding indicator met"), "points": ("累计得分", "points"),
    "weighted": ("加权得分", "weighted points"), "none": ("不评分", "no scoring"),
}  # fmt: skip


@frozen
class Entry:
    """One item of a standard.

    Attributes:
        id: Its id.
        title: Its title, in the person's language.
        text: What it says, in one line.
        cite: Where it comes from.
    """

    id: str
    title: str
    text: str
    cite: Cite


@frozen
class Section:
    """One table of every standard.

    Attributes:
        id: ``scoring``, ``awards``, ``gates`` …
        title: Its title, in the person's language.
        cells: For each standard its items.
    """

    id: str
    title: str
    cells: tuple[tuple[Entry, ...], ...]

    @property
    def differs(self) -> bool:
        """Whether the standards do not say the same."""
        return len({tuple((each.title, each.text) for each in cell) for cell in self.cells}) > 1


def sections(programs: Sequence[Program], phrases: Phrases) -> list[Section]:
    """The tables that at least one of the standards has."""
    words = ItemWords(phrases)
    found = []
    for name, titles in SECTIONS.items():
        cells = tuple(tuple(words.entries(name, program.standard)) for program in programs)
        if any(cells):
            found.append(Section(name, phrases.say(*titles), cells))
    return found


class ItemWords:
    """Words for the items of a standard."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases = phrases
        self.say = phrases.say

    def entries(self, table: str, standard: Standard) -> Iterator[Entry]:
        """The items of one table."""
        if table == "scoring":
            yield Entry("scoring", self.say(*_METHODS[standard.scoring.method]), self.scoring(standard), standard.scoring.cite)
            return
        for item in getattr(standard, table):
            yield Entry(item.id, self.title(item), self.item(item, standard), item.cite)

    def title(self, item: Item) -> str:
        """An item's title."""
        return self.say(item.title or item.id, item.title_en or item.title or item.id)

    def item(self, item: Item, standard: Standard) -> str:
        """What an item says."""
        match item:
            case Award():
                return self.award(item, standard)
            case Gate():
                return self.phrases.result(item.requires, standard) if item.requires else self.phrases.condition(item.condition)
            case Veto():
                by = [self.say(f"{item.confirmed_by}认定", f"confirmed by {item.confirmed_by}")] if item.confirmed_by else []
                return self.phrases.stop.join([self.phrases.condition(item.condition), *by])
            case Target():
                names = {award.id: self.title(award) for award in standard.awards}
                when = [item.by.isoformat()] if item.by else []
                force = [self.say(*FORCES[item.force])] if item.force != "must" else []
                return self.phrases.stop.join([*when, target_text(item, self.phrases, names), *force])
            case Selection():
                return self.selection(item)
            case Stage():
                return self.stage(item, standard)
            case Form():
                fields = self.say(f"{len(item.fields)} 栏", f"{many(len(item.fields), 'field')}")
                opinions = " → ".join(each.label for each in item.opinions)
                return self.phrases.stop.join(filter(None, (fields, opinions)))
        return ""

    def scoring(self, standard: Standard) -> str:
        """Full marks, and whether they are assumed."""
        scoring = standard.scoring
        parts = [self.say(f"满分 {scoring.total}", f"{scoring.total} in all")] if scoring.total is not None else []
        if scoring.cite.assumed:
            parts.append(self.say("分值为假定", "points are assumed"))
        return self.phrases.stop.join(parts)

    def award(self, item: Award, standard: Standard) -> str:
        """What an award requires, who can get it and for how long."""
        parts = [self.phrases.result(item.requires, standard)]
        if item.unit_kinds:
            parts.append(self.say("限 ", "only for ") + self.phrases.kinds(item.unit_kinds))
        if item.validity:
            parts.append(self.say(f"有效期 {item.validity}", f"valid {item.validity}"))
        if item.recheck:
            parts.append(self.say("复查 ", "re-check ") + self.phrases.table(item.recheck))
        return self.phrases.stop.join(parts)

    def selection(self, item: Selection) -> str:
        """How many are taken."""
        parts = []
        if item.quota is not None:
            parts.append(self.say(f"{item.quota} 个", f"{item.quota}"))
        if item.ratio is not None:
            parts.append(f"{item.ratio.get('of')}:{item.ratio.get('take', 1)}")
        if item.share is not None:
            parts.append(str(item.share))
        if item.minimum is not None:
            parts.append(self.say(f"至少 {item.minimum}", f"at least {item.minimum}"))
        if item.upper_bound:
            parts.append(self.say("上限", "an upper bound"))
        return self.phrases.comma.join(parts)

    def stage(self, item: Stage, standard: Standard) -> str:
        """Who acts, when, with what, and what comes of it."""
        parts = [
            item.actor,
            self.window(item),
            self.say("前提：", "guard: ") + self.phrases.result(item.requires, standard) if item.requires else "",
            self._named(("要件", "documents"), item.documents),
            self._named(("征求意见", "opinions of"), item.consults),
            self._named(("方法", "methods"), item.methods),
            self._named(("产生", "yields"), item.produces),
            self._table(("公示", "notice"), {k: v for k, v in (item.notice or {}).items() if k != "records"}),
            self._table(("抽查", "sampling"), dict(item.sampling or {})),
            self._named(("授予", "gives"), [self.title(each) for each in standard.awards if each.id in item.grants]),
        ]
        return self.phrases.stop.join(filter(None, parts))

    def window(self, item: Stage) -> str:
        """First and last day."""
        if item.window is not None:
            text = self._span({key: str(item.window[key]) for key in ("opens", "closes") if key in item.window})
            text = self.say(f"每年 {text}", f"yearly {text}") if item.window.get("yearly") else text
            for case in item.window.get("exceptions", ()):
                text += self.say(
                    f"（{case.get('year')} 年 {case.get('closes')}）", f" ({case.get('year')}: {case.get('closes')})"
                )
            return text
        days = {"opens": item.opens.isoformat() if item.opens else "", "closes": item.closes.isoformat() if item.closes else ""}
        return self._span({key: day for key, day in days.items() if day}) or item.cite.as_printed

    def _span(self, days: Mapping[str, str]) -> str:
        """From one day to another, or one end alone."""
        if len(days) == 1:
            (end,) = days
            words = {"opens": ("自 ", "from "), "closes": ("至 ", "by ")}[end]
            return self.say(*words) + days[end]
        return " – ".join(days.values())

    def _named(self, words: tuple[str, str], values: Sequence[str]) -> str:
        return f"{self.say(*words)} {self.phrases.comma.join(values)}" if values else ""

    def _table(self, words: tuple[str, str], values: dict[str, object]) -> str:
        return f"{self.say(*words)} {self.phrases.table(values)}" if values else ""


__all__ = ["SECTIONS", "Entry", "ItemWords", "Section", "sections"]
