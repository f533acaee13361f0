"""Demands in words, 中文 or English: from their regions, so that what is said is what is decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from duibiao.compare.atoms import UNIT_KIND_FACT, Subject
from duibiao.compare.demands import Asked, Case, Demand
from duibiao.compare.regions import Choice, Members, Opaque, Range, Region
from duibiao.compare.table import Row, Standing
from duibiao.model.facts import FactType, Kind, Ticks, Value
from duibiao.model.notation import plain, show_number, show_value
from duibiao.model.process import Target
from duibiao.model.sources import Cite
from duibiao.model.standard import Gate, Indicator, Veto
from duibiao.rules.context import KINDS
from duibiao.services.phrasing import FORCES, Phrases
from duibiao.wording import many

PLACES = Decimal("0.01")
_IF_EMPTY = {
    "met": ("除数为 0 算达到", "met when the divisor is 0"),
    "not_met": ("除数为 0 算未达到", "not met when the divisor is 0"),
}
_ROLES = {"gate": ("关口", "gate"), "veto": ("一票否决", "veto"), "target": ("目标", "target")}
_RELATIVE = {
    "rank": ("同类排名", "rank among peers"),
    "average": ("同类平均", "peers' average"),
    "median": ("同类中位数", "peers' median"),
}


class DemandWords:
    """Words for demands."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases = phrases
        self.say = phrases.say

    def type(self, fact: str) -> FactType | None:
        """The data item of this id."""
        return self.phrases.vocabulary.find(fact)

    def fact(self, fact: str) -> str:
        """A fact's title."""
        return self.say("单位类型", "unit kind") if fact == UNIT_KIND_FACT else self.phrases.fact(fact)

    def subject(self, subject: Subject) -> str:
        """What a demand looks at."""
        text = self.fact(subject.fact)
        ftype = self.type(subject.fact)
        if subject.over:
            text += f" ÷ {self.fact(subject.over)}"
        aside = []
        if subject.member and ftype is not None:
            aside += [self.say(each.title, each.title_en or each.title) for each in ftype.options if each.id == subject.member]
        if subject.months:
            aside.append(self.say(f"{subject.months} 个月内", f"within {many(subject.months, 'month')}"))
        if subject.settled is not None:
            aside.append(self.say("已办结", "settled") if subject.settled else self.say("未办结", "unsettled"))
        if subject.part == "late":
            months, days = subject.limit
            aside.append(
                self.say(
                    f"超过 {months or days} {'个月' if months else '天'}办结",
                    f"later than {months or days} {'months' if months else 'days'}",
                )
            )
        if subject.part in _RELATIVE:
            aside.append(self.say(*_RELATIVE[subject.part]))
        if subject.back:
            aside.append(self.say(f"往前 {subject.back} 期", f"{many(subject.back, 'period')} back"))
        return text + self.aside(aside)

    def aside(self, parts: Sequence[str]) -> str:
        """Parts in brackets; nothing for none."""
        inner = self.phrases.comma.join(each for each in parts if each)
        return "" if not inner else f"（{inner}）" if self.phrases.lang == "zh" else f" ({inner})"

    # numbers

    def number(self, subject: Subject, value: Fraction) -> str:
        """A bound as people read it."""
        ftype = self.type(subject.fact)
        if subject.over:
            return self.ratio(subject, value)
        if ftype is None or ftype.kind is Kind.EVENTS or subject.part not in ("value", "change", "average", "median"):
            return decimal(value)
        if ftype.kind is Kind.DATE:
            return (
                date.fromordinal(int(value)).isoformat()
                if subject.part == "value"
                else self.say(f"{int(value)} 天", f"{many(int(value), 'day')}")
            )
        if value.denominator == 1:
            text = show_number(ftype, int(value), self.phrases.lang)
        else:
            text = f"{decimal(value * Fraction(ftype.step))}{self.phrases.unit(ftype.unit)}"
        if subject.part == "change" and ftype.unit == "%":
            return text.replace("%", self.say(" 个百分点", " percentage points"))
        return text

    def ratio(self, subject: Subject, value: Fraction) -> str:
        """A share in percent; so many of one unit for so many of another where the units differ."""
        top, bottom = self.type(subject.fact), self.type(subject.over)
        units = (top.unit if top else "", bottom.unit if bottom else "")
        if units[0] == units[1]:
            return f"{decimal(value * 100)}%"
        each = next((size for size in (1, 100, 1000, 10_000) if value * size >= 1), 1)
        under = self.phrases.unit(units[1]).strip() or self.say("个", "")
        per = f"{each} {under}".strip() if each > 1 or not under else under
        return f"{decimal(value * each)}{self.phrases.unit(units[0])} / {per}"

    def range(self, subject: Subject, region: Range) -> str:
        """Operator and threshold, or both bounds."""
        if subject.part == "change" and (text := self.change(region)):
            return text
        if region.low is not None and region.low == region.high:
            return f"= {self.number(subject, region.low)}"
        low = "" if region.low is None else f"{'>' if region.low_open else '≥'} {self.number(subject, region.low)}"
        high = "" if region.high is None else f"{'<' if region.high_open else '≤'} {self.number(subject, region.high)}"
        text = self.say(" 且 ", " and ").join(filter(None, (low, high)))
        return self.say(f"比上一年提高 {text}", f"up by {text}") if subject.part == "change" else text

    def change(self, region: Range) -> str:
        """Against the year before, where the bound is that year's own value."""
        if region.high is None and region.low == 0:
            return (
                self.say("高于上一年", "above last year") if region.low_open else self.say("不低于上一年", "not below last year")
            )
        if region.low is None and region.high == 0:
            return (
                self.say("低于上一年", "below last year") if region.high_open else self.say("不高于上一年", "not above last year")
            )
        return ""

    # levels and lists

    def choice(self, subject: Subject, region: Choice) -> str:
        """Levels, yes or no, kinds of unit."""
        ftype = self.type(subject.fact)
        if subject.fact == UNIT_KIND_FACT:
            return self.phrases.comma.join(KINDS[each] for each in sorted(region.allowed))
        if ftype is not None and ftype.kind is Kind.TITLE:
            return self.say("持有", "held") if 1 in region.allowed else self.say("不持有", "not held")
        if ftype is None or not ftype.options:
            return self.say("是", "yes") if 1 in region.allowed else self.say("否", "no")
        names = [self.say(each.title, each.title_en or each.title) for each in ftype.options]
        chosen = sorted(region.allowed)
        if ftype.kind is Kind.GRADE and chosen and chosen == list(range(chosen[0], region.count)) and len(chosen) > 1:
            return f"≥ {names[chosen[0]]}"
        return self.phrases.comma.join(names[each] for each in chosen) or self.say("没有一种", "none")

    def members(self, subject: Subject, region: Members) -> str:
        """Members of a list."""
        ftype = self.type(subject.fact)
        order = [each.id for each in ftype.options] if ftype else sorted(region.required | region.forbidden)
        titles = {each.id: self.say(each.title, each.title_en or each.title) for each in ftype.options} if ftype else {}
        parts = []
        if region.required:
            named = self.phrases.comma.join(titles.get(each, each) for each in order if each in region.required)
            whole = len(region.required) == len(order) and len(order) > 1
            parts.append(
                self.say(f"{len(order)} 项齐全", f"all {len(order)}") if whole else self.say(f"有 {named}", f"has {named}")
            )
        if region.least:
            parts.append(
                self.say(f"{len(region.among)} 项中至少 {region.least} 项", f"at least {region.least} of {len(region.among)}")
            )
        if region.forbidden:
            named = self.phrases.comma.join(titles.get(each, each) for each in order if each in region.forbidden)
            parts.append(self.say(f"没有 {named}", f"not {named}"))
        return self.phrases.stop.join(parts)

    def region(self, subject: Subject, region: Region, demand: Demand | None = None) -> str:
        """What satisfies."""
        match region:
            case Range():
                return self.range(subject, region)
            case Choice():
                return self.choice(subject, region)
            case Members():
                return self.members(subject, region)
            case Opaque():
                return self.opaque(demand)

    def opaque(self, demand: Demand | None) -> str:
        """A condition that is only said as a whole."""
        if demand is None:
            return self.say("（见条件）", "(see the rule)")
        if demand.text:
            return self.phrases.expression(demand.text)
        item = demand.item
        if isinstance(item, Indicator):
            return self.phrases.rule(item)
        return (
            self.phrases.condition(item.condition) if isinstance(item, Gate | Veto) else self.say("（见条件）", "(see the rule)")
        )

    def value(self, fact: str, value: Value | None) -> str:
        """A recorded value; of a list what is there and what is not. Empty while it is unknown."""
        ftype = self.type(fact)
        if ftype is None or value is None:
            return ""
        if isinstance(value, Ticks):
            return self.members(Subject(fact, "members"), Members(value.present, value.absent)) or show_value(ftype, value)
        return show_value(ftype, value, self.phrases.lang)

    # whole demands

    def asked(self, asked: Asked, demand: Demand | None = None) -> str:
        """What is asked of a subject, exceptions included, without the subject's name."""
        parts = []
        if asked.region is not None:
            parts.append(self.region(asked.subject, asked.region, demand))
        if asked.soft is not None:
            parts.append(self.soft(asked.subject, asked.soft))
        parts += [self.case(asked.subject, each) for each in asked.cases]
        text = self.phrases.stop.join(parts)
        if asked.sustained > 1:
            text += self.say(f"，连续 {asked.sustained} 期", f", {many(asked.sustained, 'period')} running")
        return text

    def soft(self, subject: Subject, soft: Range) -> str:
        """A value that is only a reference."""
        ends = dict.fromkeys(self.number(subject, each) for each in (soft.low, soft.high) if each is not None)
        return self.say("约 ", "about ") + "–".join(ends) + self.aside([self.say("参考值", "reference only")])

    def case(self, subject: Subject, case: Case) -> str:
        """An exception."""
        asks = self.region(subject, case.region) if case.region is not None else self.say("不作要求", "nothing is asked")
        if case.soft is not None:
            asks = self.soft(subject, case.soft)
        return self.say(f"若 {self.when(case.when)}：{asks}", f"if {self.when(case.when)}: {asks}")

    def when(self, guards: Sequence[Asked]) -> str:
        """A guard in words."""
        return self.say(" 且 ", " and ").join(self.guard(each) for each in guards)

    def guard(self, each: Asked) -> str:
        """One part of a guard; of yes and no only the name is said."""
        ftype = self.type(each.subject.fact)
        if isinstance(each.region, Choice) and each.subject.fact == UNIT_KIND_FACT:
            return self.choice(each.subject, each.region)
        if isinstance(each.region, Choice) and ftype is not None and ftype.kind in (Kind.FLAG, Kind.TITLE):
            name = self.subject(each.subject)
            return name if 1 in each.region.allowed else self.say(f"不是“{name}”", f"not «{name}»")
        return f"{self.subject(each.subject)} {self.asked(each)}".strip()

    def applies(self, demand: Demand) -> str:
        """When a demand is asked at all; empty for always."""
        told = [each for each in demand.applies if each.subject.fact != demand.asked.subject.over]
        return self.when(told)

    def demand(self, demand: Demand, row: Row | None = None) -> str:
        """A whole demand in one line: what is asked, of whom, with what force, for how many points."""
        subject = demand.asked.subject
        text = self.asked(demand.asked, demand)
        if demand.role == "veto":
            text = self.say(f"出现即否决：{text}", f"vetoed when: {text}")
        aside = [
            self.say(*_ROLES[demand.role]) + self.target(demand) if demand.role in _ROLES and demand.role != "veto" else "",
            self.say("任一即可", "one of several ways") if demand.asked.either else "",
            self.say(f"仅 {self.applies(demand)}", f"only {self.applies(demand)}") if self.applies(demand) else "",
            self.say(*FORCES[demand.force]) if demand.force != "must" else "",
            self.points(demand),
            self.say(*_IF_EMPTY.get(demand.asked.if_empty, ("", ""))),
            self.say("假定", "assumed") if demand.assumed else "",
        ]
        plain_subject = row is None or (subject.over == "" and not subject.member and not subject.months and subject.back == 0)
        head = "" if plain_subject else f"{self.subject(subject)} "
        return f"{head}{text}{self.aside(aside)}"

    def target(self, demand: Demand) -> str:
        """The day and the share of a target."""
        item = demand.item
        if not isinstance(item, Target):
            return ""
        much = f" {item.at_least}" if item.at_least is not None else f" {item.count}" if item.count is not None else ""
        return f" {item.by.isoformat() if item.by else ''}{much}".rstrip()

    def points(self, demand: Demand) -> str:
        """Full marks and what part of all points that is."""
        if demand.points is None:
            return ""
        share = "" if not demand.share else f" = {decimal(demand.share * 100)}%"
        return self.say(f"{plain(demand.points)} 分{share}", f"{many(plain(demand.points), 'point')}{share}")

    def clause(self, cite: Cite, own: str) -> str:
        """The clause; the document too where it is not the standard's own."""
        return cite.clause if cite.document in ("", own) else f"{cite.document} {cite.clause}".strip()

    # who is stricter

    def standing(self, standing: Standing, names: Sequence[str]) -> str:
        """How the standards stand to each other on a fact."""
        match standing.state:
            case "only":
                return self.say(f"只有{names[standing.strictest[0]]}要求", f"only {names[standing.strictest[0]]}")
            case "ranked":
                return self.ranked(standing, names)
        if standing.state == "same" and not standing.certain:
            return self.say("要求相同（对象、例外或力度不同）", "the same, but for whom, exceptions or force differ")
        words = {
            "same": ("要求相同", "the same"), "crossing": ("各有宽严", "each stricter in part"),
            "incomparable": ("方式不同，不可比", "differ in kind: incomparable"), "aims": ("只见于目标", "only in targets"),
        }  # fmt: skip
        return self.say(*words[standing.state])

    def ranked(self, standing: Standing, names: Sequence[str]) -> str:
        """The strictest, and by how much."""
        who = self.phrases.comma.join(names[each] for each in standing.strictest)
        much = [f"{decimal(times)} × {names[column]}" for column, times in standing.times.items()]
        much += [
            self.say(f"比{names[column]}多 {count} 项", f"{count} more than {names[column]}")
            for column, count in standing.more.items()
        ]
        text = self.say(f"{who}最严", f"{who} strictest") + (self.say("：", ": ") + self.phrases.comma.join(much) if much else "")
        return text if standing.certain else text + self.aside([self.say("限于都要求的情形", "where both ask")])


def decimal(value: Fraction) -> str:
    """A number with two places at most; one that goes on is marked."""
    if value.denominator == 1:
        return str(value.numerator)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(exact) == value and exact == exact.quantize(PLACES * PLACES):
        return plain(exact)
    return f"≈{plain(exact.quantize(PLACES))}"


__all__ = ["DemandWords", "decimal"]
