"""Rules, values and reasons in words, 中文 or English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any

from attrs import evolve

from duibiao.errors import Problem
from duibiao.model.facts import Vocabulary
from duibiao.model.notation import UNITS, NotationError, plain, unit_of
from duibiao.model.outcome import Reason, State, Verdict
from duibiao.model.sources import Cite, Item
from duibiao.model.standard import Indicator, Standard
from duibiao.services.formula_words import told
from duibiao.services.place_words import kind_word, level_word
from duibiao.wording import Lang, describe, many, pick

VERDICTS = {
    Verdict.MET: ("✓", "达到", "met"),
    Verdict.NOT_MET: ("✗", "未达到", "not met"),
    Verdict.UNKNOWN: ("?", "未知", "unknown"),
    Verdict.NEEDS_JUDGEMENT: ("…", "待评判", "needs judgement"),
    Verdict.NOT_APPLICABLE: ("–", "不适用", "not applicable"),
    Verdict.OUT_OF_SCOPE: ("∅", "不在范围", "out of scope"),
}
STATES = {
    State.HELD: ("✓", "成立", "held"),
    State.NOT_HELD: ("✗", "不成立", "not held"),
    State.OPEN: ("?", "未定", "open"),
}
FORCES = {"must": ("应", "must"), "aim": ("力争", "aim"), "may": ("可选", "may")}
_SIGNS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<", "equals": "="}
_SHOWN = {">=": "≥", "<=": "≤", "==": "=", "=": "=", ">": ">", "<": "<", "≈": "≈"}
_CHANGES = {
    "rises": ("高于上一年", "above last year"),
    "not_rising": ("不高于上一年", "not above last year"),
    "not_falling": ("不低于上一年", "not below last year"),
}

_POINTS = {
    "all_or_nothing": ("得分", "points"),
    "bands": ("分档得分", "points by band"),
    "deduct": ("扣分后得分", "after deductions"),
    "shortfall": ("按差额得分", "by shortfall"),
    "each": ("按数量得分", "per unit"),
    "graded": ("按等级得分", "by grade"),
    "per_member": ("按项得分", "per member"),
    "parts": ("系数×分项得分", "coefficient × parts"),
    "sources": ("按来源加权得分", "mixture"),
    "honours": ("按荣誉得分", "by honour"),
    "points_from": ("评分", "assessor's points"),
    "settled": ("计入得分", "points counted"),
}
_NOTES = {
    "soft": ("参考值，不作否决", "soft: shown, never failed"),
    "capped": ("封顶", "capped"),
    "floored": ("扣完为止", "not below 0"),
    "exempted": ("免评，计满分", "exempt: full marks"),
    "not_applicable_full": ("不适用，计满分", "not applicable: full marks"),
    "not_applicable_dropped": ("不适用，不计入满分", "not applicable: left out of the maximum"),
    "not_valid_on_the_day": ("当日不在有效期内", "not valid on the day"),
    "imputed": ("不适用，按同类平均计", "not applicable: mean of the peers"),
}
_KEYS = {
    "name": ("项目", "item"),
    "amount": ("金额", "amount"),
    "period": ("周期", "per"),
    "territories": ("地区", "territories"),
    "from": ("自", "from"),
    "until": ("至", "until"),
    "places": ("地点", "places"),
    "contacts": ("联系", "contacts"),
    "media": ("媒体", "media"),
    "days": ("天数", "days"),
    "note": ("说明", "note"),
    "value": ("数值", "value"),
    "unit": ("单位", "unit"),
}


def _lacking(reason: Reason) -> str:
    """How much a number falls short of (or exceeds) what is required; empty where that says nothing."""
    if reason.outcome != "not_met" or reason.operator not in (">=", "<=") or not reason.unit:
        return ""
    try:
        gap = Decimal(reason.bound) - Decimal(reason.value)
    except InvalidOperation:
        return ""
    return plain(abs(gap))


def _more(reason: Reason) -> str:
    """How much the upper number of a ratio lacks to reach its least share; whole where both numbers are."""
    if reason.outcome != "not_met" or reason.operator != ">=" or reason.unit != "%":
        return ""
    top, bottom = (Decimal(part) for part in reason.quotient.split(" ÷ "))
    lack = Decimal(reason.bound) / 100 * bottom - top
    whole = top == top.to_integral_value() and bottom == bottom.to_integral_value()
    return plain(lack.to_integral_value(ROUND_CEILING) if whole else lack)


class Phrases:
    """Words for one language over one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, lang: Lang, standard: Standard | None = None) -> None:
        """*standard*: the one whose gates, titles and indicators expressions name."""
        self.vocabulary = vocabulary
        self.standard = standard
        self.lang: Lang = lang
        self.stop = pick(lang, "；", "; ")
        self.comma = pick(lang, "、", ", ")

    def say(self, zh: str, en: str) -> str:
        """The word in this language."""
        return pick(self.lang, zh, en)

    def of(self, standard: Standard) -> Phrases:
        """Words for a standard."""
        return Phrases(self.vocabulary, self.lang, standard)

    def titled(self, name: str) -> str:
        """The title of a gate, an award or an indicator of the standard; its name where there is none."""
        if self.standard is None:
            return name
        items: Iterable[Item] = (*self.standard.gates, *self.standard.awards, *self.standard.indicators())
        found = next((each for each in items if each.id == name), None)
        return name if found is None else self.say(found.title or name, found.title_en or found.title or name)

    def fact(self, name: str) -> str:
        """A data item's title; members and periods are spelt out."""
        base, _, back = name.partition("@")
        base, peers = base.removeprefix("peers."), base.startswith("peers.")
        item, member = self.split(base)
        ftype = self.vocabulary.find(item)
        if ftype is None:
            return name
        text = self.say(ftype.title, ftype.title_en)
        if member:
            option = next((each for each in ftype.options if each.id == member), None)
            text += f"·{self.say(option.title, option.title_en) if option else member}"
        if peers:
            text += self.say("（同类单位）", " (peers)")
        return text + (self.say(f"（往前 {back[1:]} 期）", f" ({many(back[1:], 'period')} back)") if back else "")

    def split(self, name: str) -> tuple[str, str]:
        """A name as data item and checklist member (local ids have a dot of their own)."""
        if name in self.vocabulary.types:
            return name, ""
        item, _, member = name.rpartition(".")
        return (item, member) if item in self.vocabulary.types else (name, "")

    def problem(self, each: Problem) -> str:
        """A problem in words; a data item that it names by its id is called by its title."""
        known = isinstance(each.found, str) and self.vocabulary.find(each.found) is not None
        return describe(evolve(each, found=self.fact(str(each.found))) if known else each, self.lang)

    def facts(self, names: Sequence[str]) -> str:
        """Several data items; members of one checklist are gathered under its title."""
        found: dict[str, list[str]] = {}
        for name in names:
            base, member = self.split(name)
            found.setdefault(base, []).extend([member] if member else [])
        return self.comma.join(self._gathered(base, members) for base, members in found.items())

    def _gathered(self, base: str, members: list[str]) -> str:
        ftype = self.vocabulary.find(base)
        if not members or ftype is None or len(members) == len(ftype.options):
            return self.fact(base)
        if len(members) == 1:
            return self.fact(f"{base}.{members[0]}")
        titles = self.comma.join(self.option(base, each.partition("@")[0]) for each in members)
        return f"{self.fact(base)}（{titles}）" if self.lang == "zh" else f"{self.fact(base)} ({titles})"

    def verdict(self, verdict: Verdict) -> str:
        """Symbol and word of a verdict."""
        sign, zh, en = VERDICTS[verdict]
        return f"{sign} {self.say(zh, en)}"

    def state(self, state: State) -> str:
        """Symbol and word of a state."""
        sign, zh, en = STATES[state]
        return f"{sign} {self.say(zh, en)}"

    def aside(self, text: str) -> str:
        """Words in brackets behind others."""
        return self.say(f"（{text}）", f" ({text})")

    def kinds(self, kinds: str | Iterable[str]) -> str:
        """Kinds of units in a row; of a text the parts between commas."""
        names = kinds.replace("、", ",").split(",") if isinstance(kinds, str) else kinds
        return self.comma.join(kind_word(each.strip(), self.lang) for each in names)

    def level(self, levels: str) -> str:
        """A level, or several with blanks between them."""
        return self.comma.join(level_word(each, self.lang) for each in levels.split())

    def force(self, force: str) -> str:
        """What stands behind something that is not a must; empty for a must."""
        return "" if force == "must" else self.say(f"〔{FORCES[force][0]}〕", f" ({FORCES[force][1]})")

    def unit(self, unit: str) -> str:
        """A unit's symbol, with the space it wants before it."""
        if unit in ("%", ""):
            return unit
        symbol = UNITS.get(unit, (unit, unit, ()))[0 if self.lang == "zh" else 1]
        return f" {symbol}" if symbol else ""

    def cite(self, cite: Cite) -> str:
        """Where something comes from."""
        if cite.clause:
            return f"{cite.document} {cite.clause}"
        return cite.document if not cite.assumed else self.say("假定", "assumed")

    def written(self, raw: Any) -> str:
        """A threshold as its author wrote it, with the unit in this language's form."""
        if isinstance(raw, bool):
            return self.say("是", "yes") if raw else self.say("否", "no")
        if isinstance(raw, date):
            return raw.isoformat()
        number, _, symbol = str(raw).partition(" ")
        try:
            return f"{number}{self.unit(unit_of(symbol))}" if symbol else number
        except NotationError:
            return str(raw)

    def rule(self, indicator: Indicator) -> str:
        """An indicator's whole rule in words."""
        text = self.condition(indicator.condition) if indicator.condition else ""
        parts = [text] if text else []
        if indicator.when is not None:
            parts.append(self.say("仅当 ", "only if ") + self.condition(indicator.when))
        if indicator.only_for:
            parts.append(self.say("仅 ", "only for ") + self.kinds(indicator.only_for))
        if indicator.exempt:
            parts.append(self.say("免评：", "exempt: ") + str(indicator.exempt.get("because", "")))
        points = self.points(indicator.points)
        return self.stop.join(parts + ([points] if points else []))

    def points(self, spec: Mapping[str, Any]) -> str:
        """A points table in short."""
        return "".join(self.say(*words) for key, words in _POINTS.items() if key in spec)

    def condition(self, spec: Any) -> str:
        """A condition in words."""
        if isinstance(spec, str):
            return self.expression(spec)
        if isinstance(spec, list | tuple):
            return self._join("all_of", spec)
        if not isinstance(spec, Mapping):
            return str(spec)
        for key in ("all_of", "any_of", "none_of"):
            if key in spec:
                return self._join(key, spec[key])
        if "rule" in spec:
            return self.expression(str(spec["rule"]))
        if "holds" in spec:
            return self.say("持有 ", "holds ") + self.fact(str(spec["holds"]))
        return self._fact(spec)

    def expression(self, text: str) -> str:
        """An expression in words."""
        return told(text, self)

    def result(self, text: str, standard: Standard) -> str:
        """An award's or a stage's expression over the result in words."""
        return self.of(standard).expression(text)

    def table(self, values: Mapping[str, Any]) -> str:
        """A small table of named values as one line."""
        return self.stop.join(f"{self.say(*_KEYS.get(key, (key, key)))} {self._listed(value)}" for key, value in values.items())

    def _listed(self, value: Any) -> str:
        if isinstance(value, list | tuple):
            return self.comma.join(self._listed(each) for each in value)
        return self.written(value)

    def _join(self, key: str, members: Any) -> str:
        head = {"all_of": ("同时：", "all of: "), "any_of": ("任一：", "any of: "), "none_of": ("均无：", "none of: ")}[key]
        return self.say(*head) + self.stop.join(self.condition(each) for each in members)

    def _fact(self, spec: Mapping[str, Any]) -> str:
        name = str(spec.get("fact", ""))
        subject = self.fact(name)
        if "ratio_to" in spec:
            subject += f" ÷ {self.fact(str(spec['ratio_to']))}"
        if "kind" in spec:
            subject += self.aside(str(spec["kind"]))
        parts = self._thresholds(spec, name)
        text = subject if not parts else f"{subject} {self.say('且', ' and ').join(parts)}"
        if "has" in spec:
            text += self.say("：", ": ") + self.comma.join(self.option(name, str(each)) for each in spec["has"])
        for case in spec.get("otherwise", ()):
            extra = self.say("且", " and ").join(self._thresholds(case, name))
            text += self.say("；若 ", "; if ") + self.condition(case.get("when")) + self.say("：", ": ") + extra
        for kinds, case in spec.get("by_kind", {}).items():
            text += f"{self.stop}{self.kinds(kinds)} " + " ".join(self._thresholds(case, name))
        for level, case in spec.get("by", {}).get("values", {}).items():
            text += f"{self.stop}{self.option(str(spec['by']['fact']), level)} " + " ".join(self._thresholds(case, name))
        if "sustained" in spec:
            text += self.say(f"，连续 {spec['sustained']} 期", f", {many(spec['sustained'], 'period')} running")
        return text

    def option(self, fact: str, name: str) -> str:
        """The title of an option of a data item; yes and no of a question."""
        ftype = self.vocabulary.find(fact)
        index = ftype.option(name) if ftype else None
        if ftype is None or index is None:
            return {"yes": self.say("是", "yes"), "no": self.say("否", "no")}.get(name, name)
        return self.say(ftype.options[index].title, ftype.options[index].title_en)

    def _thresholds(self, spec: Mapping[str, Any], fact: str) -> list[str]:
        found = [f"{sign} {self._bound(spec[key], fact)}" for key, sign in _SIGNS.items() if key in spec]
        if "per" in spec:
            per = spec["per"]
            base = self.fact(str(per.get("fact")))
            found = [self.say(f"{text}（每 {per.get('each')} {base}）", f"{text} per {per.get('each')} {base}") for text in found]
        if "between" in spec:
            low, high = (self._bound(each, fact) for each in spec["between"])
            found.append(f"{low} – {high}")
        if "about" in spec:
            found.append(self.say(f"约 {self.written(spec['about'])}", f"about {self.written(spec['about'])}"))
        if "floor" in spec:
            found.append(self.say(f"不低于 {self.written(spec['floor'])}", f"not below {self.written(spec['floor'])}"))
        if spec.get("is_true") is False:
            found.append(self.say("否", "no"))
        if "has_at_least" in spec:
            found.append(self.say(f"至少 {spec['has_at_least']} 项", f"at least {spec['has_at_least']}"))
        if "one_of" in spec:
            found.append("∈ " + self.comma.join(self.option(fact, str(each)) for each in spec["one_of"]))
        found += [self.say(*words) for key, words in _CHANGES.items() if spec.get(key) is True]
        return found + self._relations(spec)

    def _bound(self, raw: Any, fact: str) -> str:
        ftype = self.vocabulary.find(fact)
        if ftype is not None and isinstance(raw, str) and ftype.option(raw) is not None:
            return self.option(fact, raw)
        text = self.written(raw)
        if ftype is not None and not isinstance(raw, str) and ftype.unit and ftype.unit != "%":
            text += self.unit(ftype.unit)
        return text

    def _relations(self, spec: Mapping[str, Any]) -> list[str]:
        found = []
        if "rises_by" in spec:
            found.append(self.say(f"比上一年提高 {spec['rises_by']}", f"up by {spec['rises_by']}"))
        if "above_peers" in spec:
            word = {"average": ("平均", "average"), "median": ("中位数", "median")}.get(str(spec["above_peers"]), ("", ""))
            found.append(self.say(f"高于同类{word[0]}", f"above the peers' {word[1]}"))
        if "rank_within" in spec:
            found.append(self.say(f"排名前 {spec['rank_within']}", f"among the first {spec['rank_within']}"))
        if "each_within" in spec:
            found.append(self.say(f"每件在 {spec['each_within']} 内办结", f"each settled within {spec['each_within']}"))
        if "within" in spec:
            found.append(self.say(f"（{spec['within']} 内）", f"(within {spec['within']})"))
        return found

    def reason(self, reason: Reason) -> str:
        """One step of an explanation as a line."""
        if reason.kind == "given":
            return self._given(reason)
        subject = self.fact(reason.subject) if reason.subject else ""
        written = self.expression(reason.text) if reason.text else subject
        text = {"steps": "", "number": written, "compare": written}.get(reason.kind)
        if text is None:
            text = self._step(reason, subject)
        elif reason.value and reason.bound and reason.kind == "compare":
            text += self.aside(self._amount(reason))
        said = [self.say(*_NOTES[token]) for token in reason.note.split() if token in _NOTES]
        if reason.judged:
            said.append(reason.judged)
        if said:
            text += self.aside(self.comma.join(said))
        if reason.missing and not reason.children:
            others = [name for name in reason.missing if self.fact(name) != text]
            text += self.say("；缺：", "; missing: ") + self.facts(others) if others else ""
        return text

    def _given(self, reason: Reason) -> str:
        """Points that an assessor gave: how many, why, who approved."""
        text = self.say("人工给分 ", "points given ") + f"{reason.value}{self.unit(reason.unit)}"
        aside = [self.say("理由：", "reason: ") + reason.text] if reason.text else []
        aside += [self.say("批准人：", "approved by: ") + reason.judged] if reason.judged else []
        return text + self.aside(self.stop.join(aside)) if aside else text

    def outcome(self, code: str, *, asked: bool = False) -> str:
        """Symbol and word of a step's outcome; a question that is merely *asked* is answered yes or no."""
        if asked and code in ("met", "not_met"):
            return self.say("✓ 是", "✓ yes") if code == "met" else self.say("✗ 否", "✗ no")
        return self.verdict(Verdict(code)) if code else ""

    def change(self, reason: Reason) -> str:
        """What would turn a step that is not met: how much is lacking, or which other case would hold; empty if unclear."""
        if reason.kind == "choose" and len(reason.children) == 3:
            test, then, other = reason.children
            taken, left = (then, other) if test.outcome == "met" else (other, then)
            if left.outcome == "met" and test.outcome != "unknown":
                case = self.reason(test)
                return self.say(f"若“{case}”成立则达到", f"met if «{case}»") if left is then else ""
            return self.change(taken)
        if reason.kind in ("steps", "if_empty"):
            inner = [child for child in reason.children if child.outcome == "not_met" and child.kind != "applies"]
            return self.change(inner[0]) if inner else ""
        if reason.quotient:
            more = _more(reason)
            subject = self.fact(reason.subject)
            return self.say(f"{subject}还差 {more}", f"{subject}: {more} short") if more else ""
        lacking = _lacking(reason)
        if not lacking:
            return ""
        if reason.unit == "%":
            return self.say(f"还差 {lacking} 个百分点", f"{lacking} percentage points short")
        return self.say(f"还差 {lacking}{self.unit(reason.unit)}", f"{lacking}{self.unit(reason.unit)} short")

    def _amount(self, reason: Reason) -> str:
        value = f"{reason.value}{self.unit(reason.unit)}" if reason.value else self.say("未知", "unknown")
        if reason.quotient:
            value = f"{reason.quotient} = {value}"
        if not reason.bound:
            return value
        bound = f"{_SHOWN.get(reason.operator, reason.operator)} {reason.bound}{self.unit(reason.unit)}"
        if reason.operator == "≈":
            return self.say(f"{value}，参考 {reason.bound}{self.unit(reason.unit)}", f"{value}, {bound}")
        return self.say(f"{value}，要求 {bound}", f"{value}, required {bound}")

    def _step(self, reason: Reason, subject: str) -> str:
        simple = {
            "all_of": ("同时满足", "all of"), "any_of": ("满足任一", "any of"), "none_of": ("均不成立", "none of"),
            "not": ("不成立才算", "not"), "choose": ("分情形", "depends"), "applies": ("适用条件", "applies if"),
            "can_be_asked": ("分母不为零", "divisor above zero"), "if_empty": ("除数可能为零", "divisor may be zero"),
            "award": ("称号条件", "award requires"), "all_indicators": ("全部应达指标", "every binding indicator"),
            "vetoed": ("一票否决", "vetoed"), "full_marks": ("得满分算达到", "met at full marks"),
            "exempt": ("免评：" + reason.text, "exempt: " + reason.text), "fixed": ("固定", "fixed"),
            "kind_is": ("单位类型：" + reason.text, "unit kind: " + self.kinds(reason.text)), "no_case": ("没有规定", "no rule"),
            "sustained": (f"连续 {reason.text} 期", f"{many(reason.text, 'period')} running"),
        }  # fmt: skip
        if reason.kind in simple:
            words = self.say(*simple[reason.kind])
            return f"{subject} {words}".strip() if reason.kind in ("choose", "sustained") else words
        if reason.kind in _POINTS:
            value = reason.value or self.say("未定", "open")
            return f"{self.say(*_POINTS[reason.kind])} {value}"
        return self._about_fact(reason, subject)

    def _about_fact(self, reason: Reason, subject: str) -> str:
        kind = reason.kind
        if kind == "member":
            return self.fact(f"{reason.subject}.{reason.text}")
        if kind in ("is_true", "held", "is_false", "has_all"):
            word = {"is_false": ("应为“否”", "must be no"), "has_all": ("应齐全：", "complete:")}.get(kind, ("", ""))
            count = f" {reason.value or '?'}/{reason.bound}" if kind == "has_all" else ""
            return f"{subject} {self.say(*word)}".strip() + count
        if kind == "level_is":
            levels = self.comma.join(self.option(reason.subject, each) for each in reason.text.split("、"))
            return f"{subject} {_SHOWN.get(reason.operator, '')} {levels}"
        return f"{subject} {self._amount(reason)}"
