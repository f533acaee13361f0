"""The process in words: why a case cannot move, where it stands, what day matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from attrs import evolve

from duibiao.model.process import Stage
from duibiao.model.sources import Cite
from duibiao.model.standard import Standard
from duibiao.services.phrasing import Phrases
from duibiao.wording import catalogue, many, pick
from duibiao.workflow.blocks import Block, Condition
from duibiao.workflow.windows import Timing

STATUS: Mapping[str, tuple[str, str]] = {
    "open": ("办理中", "open"),
    "named": ("已命名", "named"),
    "not_named": ("不予命名", "not named"),
    "rectify": ("限期整改", "to be rectified"),
    "revoked": ("已撤销", "revoked"),
    "cancelled": ("已注销", "cancelled"),
    "withdrawn": ("已撤回", "withdrawn"),
    "expired": ("已到期", "expired"),
    "forfeited": ("逾期失效", "forfeited"),
    "closed": ("已办结", "closed"),
}
TITLES: Mapping[str, tuple[str, str]] = {
    "valid": ("有效", "valid"),
    "rectifying": ("整改中", "being rectified"),
    "revoked": ("已撤销", "revoked"),
    "cancelled": ("已注销", "cancelled"),
    "expired": ("已到期", "expired"),
    "renewed": ("已续期", "renewed"),
}
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "": ("", ""),
    "passed": ("通过", "passed"),
    "returned": ("退回", "returned"),
    "refused": ("不予通过", "refused"),
    "withdrawn": ("撤回", "withdrawn"),
}
UPHELD: Mapping[str, tuple[str, str]] = {"upheld": ("成立", "upheld"), "dismissed": ("不成立", "dismissed")}
PLACES: Mapping[str, tuple[str, str]] = {
    "taken": ("可命名", "can be named"),
    "left": ("不在名额内", "no place left"),
    "tied": ("并列，要选定", "tied: choose"),
    "open": ("结果未定", "open"),
    "not_qualified": ("不符合条件", "does not qualify"),
    "blocked": ("有事项未办结", "something is in the way"),
}
MOST_FACTS = 6
_SIGNS = {">=": "≥ ", "<=": "≤ ", "==": "= ", ">": "> ", "<": "< "}
_DAYS: Mapping[str, tuple[str, str]] = {
    "WF10": ("公示到 {day}，次日起可以办理", "posted until {day}, the case can move from the day after"),
    "WF12": ("{day} 提出", "raised on {day}"),
    "WF14": ("{day} 开始", "opens on {day}"),
    "WF15": ("截止 {day}", "closed on {day}"),
    "WF16": ("限 {day}", "due on {day}"),
    "WF19": ("限 {day}", "due on {day}"),
    "WF51": ("截止 {day}", "closed on {day}"),
}
"""Code to what its day means."""
_LEFT, _PAST = frozenset({"WF14"}), frozenset({"WF15", "WF51"})
_KEYS: Mapping[str, tuple[str, str]] = {
    "share": ("抽样比例（--share）", "the share (--share)"),
    "until": ("公示截止日（--until）", "the last day (--until)"),
    "reason": ("理由（--reason）", "a reason (--reason)"),
    "track": ("走哪一条线（--track）", "the track (--track)"),
    "validity": ("有效期", "a validity"),
    "assessment": ("评定结果", "an assessment"),
    "award": ("称号（--award）", "the title (--award)"),
}


class ProcessWords:
    """Words for the process in one language; with *standard*, its stages and titles by name and its own document left unsaid."""

    def __init__(self, phrases: Phrases, standard: Standard | None = None) -> None:
        self.phrases = phrases
        self.standard = standard
        self.lang = phrases.lang
        self.say = phrases.say
        self.comma = self.say("，", ", ")

    def named(self, table: Mapping[str, tuple[str, str]], key: str) -> str:
        """The word of *table* for *key*; the key itself where there is none."""
        return self.say(*table[key]) if key in table else key

    def cite(self, cite: Cite) -> str:
        """Where something comes from: of the standard's own document only the clause."""
        own = self.standard is not None and cite.document == self.standard.header.document
        return cite.clause if own and cite.clause else self.phrases.cite(cite)

    def block(self, block: Block) -> list[str]:
        """A block in lines: what is in the way with its clause, then the conditions it consists of."""
        entry = catalogue()[block.code]
        told = self.comma.join(part for part in (self._asked(block), self._when(block)) if part)
        head = f"{block.code} {pick(self.lang, entry.title, entry.title_en)}"
        line = head + (f"{self.say('：', ': ')}{told}" if told else "")
        return [f"{line}  {self.cite(block.cite)}".rstrip(), *self._parts(block.condition, 1)]

    def _asked(self, block: Block) -> str:
        """The condition, without the title of the stage that is spoken of anyway."""
        # What keeps a title in rectification is a finding, though the title is what asks for it.
        asks = evolve(block.condition, kind="finding") if block.code == "WF16" else block.condition
        return self.condition(evolve(asks, title="", title_en="") if asks.id == block.stage else asks)

    def _parts(self, condition: Condition, depth: int) -> list[str]:
        found = []
        for each in condition.parts:
            cite = "" if each.cite == condition.cite else self.cite(each.cite)
            told = self.condition(evolve(each, title="", title_en="") if each.title == condition.title else each)
            found.append(f"{'  ' * depth}· {told}  {cite}".rstrip())
            found += self._parts(each, depth + 1)
        return found

    def condition(self, each: Condition) -> str:
        """One condition: its title, what was found against what is required, what is missing."""
        parts = [self.say(each.title, each.title_en or each.title)] if each.title else []
        tell = _TOLD.get(each.kind)
        parts += tell(self, each) if tell else [self.listed(each.names), self.measured(each)]
        if each.missing:
            parts.append(self.say("缺：", "missing: ") + self._missing(each.missing))
        return self.comma.join(part for part in parts if part)

    def _missing(self, names: tuple[str, ...]) -> str:
        """What is missing: keys of the command line, then facts."""
        keys = [self.say(*_KEYS[name]) for name in names if name in _KEYS]
        facts = tuple(name for name in names if name not in _KEYS)
        more = self.say(f" 等 {len(facts)} 项", f" … {len(facts)} in all") if len(facts) > MOST_FACTS else ""
        return self.phrases.comma.join([*keys, *([self.phrases.facts(facts[:MOST_FACTS]) + more] if facts else [])])

    def listed(self, names: Iterable[str]) -> str:
        """Names in a row."""
        return self.phrases.comma.join(names)

    def measured(self, each: Condition) -> str:
        """What was found and what would be right."""
        what = self.say("得分 ", "score ") if each.kind == "score" else self.say("现有 ", "found ")
        found = what + each.found if each.found else ""
        sign = _SIGNS.get(each.operator, "")
        wanted = self.say("应为 ", "required ") + sign + each.required if each.required else ""
        return self.comma.join(part for part in (found, wanted) if part)

    def _when(self, block: Block) -> str:
        """The day that matters, as it matters."""
        if block.day is None:
            return ""
        told = _DAYS.get(block.code)
        text = f"{block.day}" if told is None else self.say(*told).format(day=block.day)
        if block.code in _LEFT and block.days:
            text += self.say(f"（还有 {block.days} 天）", f" ({many(block.days, 'day')} to go)")
        if block.code in _PAST and block.days:
            text += self.say(f"（已过 {block.days:,} 天）", f" ({many(block.days, 'day')} late)")
        return text

    def stage(self, stage: Stage) -> str:
        """A stage by its title."""
        return self.say(stage.title, stage.title_en or stage.title)

    def stages(self, standard: Standard, names: tuple[str, ...]) -> str:
        """Several stages by their titles."""
        known = {each.id: self.stage(each) for each in standard.stages}
        return self.phrases.comma.join(known.get(each, each) for each in names)

    def route(self, names: Iterable[str]) -> str:
        """Stages of the standard by their titles; by their ids where there is no standard."""
        listed = tuple(names)
        return self.listed(listed) if self.standard is None else self.stages(self.standard, listed)

    def titles(self, names: tuple[str, ...]) -> str:
        """Titles that can be given, with the ids that a command takes."""
        known = {} if self.standard is None else {each.id: self.say(each.title, each.title_en) for each in self.standard.awards}
        return self.listed(tuple(f"{name} {known[name]}" if name in known else name for name in names))

    def timing(self, timing: Timing) -> str:
        """How the day lies to a window; empty where there is none."""
        days = timing.days or 0
        window = timing.window
        span = "" if window is None else f"{_day(window.opens)}—{_day(window.closes)}".strip("—")
        match timing.state:
            case "early":
                return self.say(f"还有 {days} 天开始（{span}）", f"opens in {many(days, 'day')} ({span})")
            case "open":
                if window is None or window.closes is None:
                    return self.say(f"办理中（{span} 起）", f"open (from {span})") if span else ""
                return self.say(f"还剩 {days} 天（{span}）", f"{many(days, 'day')} left ({span})")
            case "late":
                return self.say(f"时限已过 {days:,} 天（{span}）", f"{many(days, 'day')} late ({span})")
        return ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _state(words: ProcessWords, each: Condition) -> list[str]:
    """The state of a case or a title, and what it would have to be; of a title, which ones there are."""
    table = STATUS if each.kind == "status" else TITLES
    told = []
    if each.found in table:
        told.append(words.say("现在是", "now ") + words.named(table, each.found))
    elif each.found and not each.found[0].isdigit():
        told.append(each.found)
    told.append(words.titles(each.names))
    if each.kind == "title" and each.required:
        names = each.required.split()
        can = words.phrases.comma.join(words.named(table, name) for name in names) if names[0] in table else each.required
        told.append(words.say("可以是 ", "possible: ") + can)
    return told


def _documents(words: ProcessWords, each: Condition) -> list[str]:
    return [words.listed(each.names)]


def _spoken(words: ProcessWords, each: Condition) -> list[str]:
    """An objection, a finding, an opinion: its number or body, and what it says."""
    number = words.listed(each.names)
    if each.kind != "opinion":
        number = words.say(f"第 {number} 号", f"no. {number}")
    return [f"{number}{words.say('：', ': ')}{each.found}" if each.found else number]


def _task(words: ProcessWords, each: Condition) -> list[str]:
    if not each.names:
        return [each.required]
    department, number = each.names[0], each.names[-1]
    return [words.say(f"第 {number} 号（{department}）", f"no. {number} ({department})"), each.found]


def _sample(words: ProcessWords, each: Condition) -> list[str]:
    return [each.found or words.listed(each.names), each.required]


def _window(words: ProcessWords, each: Condition) -> list[str]:
    return [words.say(f"原文“{each.required}”", f"the source says «{each.required}»")] if each.required else []


def _notice(words: ProcessWords, each: Condition) -> list[str]:
    return [words.listed(each.names) or ("" if each.operator else each.required)]


def _stage(words: ProcessWords, each: Condition) -> list[str]:
    """Where the case is, or to which stages it can go."""
    if each.names:
        return [words.say("可以退回到 ", "possible: ") + words.route(each.names)]
    return [words.say("现在在 ", "it is at ") + words.route(each.found.split())] if each.found else []


def _quota(words: ProcessWords, each: Condition) -> list[str]:
    if not each.required:
        return [words.listed(each.names), words.named(PLACES, each.found)]
    told = [
        words.say(
            f"名额 {each.required}，这是第 {each.found} 个", f"{many(each.required, 'place')}, this would be no. {each.found}"
        )
    ]
    if len(each.names) > 1:
        group, pool = each.names
        told.append(
            words.say(f"按工作区里 {group} 的 {pool} 个单位计", f"counted over {many(pool, 'unit')} of {group} in the workspace")
        )
    elif each.names:
        told.append(words.say(f"分组 {each.names[0]}", f"group {each.names[0]}"))
    return told


def _award(words: ProcessWords, each: Condition) -> list[str]:
    """A title's condition is told by its parts; without any, by what was measured."""
    return [] if each.parts else [words.listed(each.names), words.measured(each)]


_TOLD: Mapping[str, Callable[[ProcessWords, Condition], list[str]]] = {
    "status": _state, "title": _state, "document": _documents, "mock": _documents, "opinion": _spoken, "objection": _spoken,
    "finding": _spoken, "task": _task, "sample": _sample, "window": _window, "notice": _notice, "stage": _stage,
    "quota": _quota, "award": _award, "indicators": _award,
}  # fmt: skip
"""Kind of condition to how it is told; any other by its names and what was measured."""
