"""Entries of the journal in words: what was done, in 中文 or English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from duibiao.model.standard import Standard
from duibiao.services.phrasing import Phrases
from duibiao.services.process_words import TITLES, UPHELD
from duibiao.store.rights import ROLES
from duibiao.wording import Lang, catalogue, many, pick

Data = Mapping[str, Any]

MOST = 6
"""So many facts or scores of one entry are spelt out."""


@frozen
class Teller:
    """Puts entries into words.

    Attributes:
        phrases: Words for facts, in the language chosen.
        units: Unit code to name, for the units that are spoken of.
        standards: Id of a case or a round to its standard, for those that are spoken of.
    """

    phrases: Phrases
    units: Mapping[str, str]
    standards: Mapping[str, Standard] = field(factory=dict)

    @property
    def lang(self) -> Lang:
        """The language chosen."""
        return self.phrases.lang

    def tell(self, kind: str, data: Data) -> str:
        """What an entry of this kind with these data says was done. An entry of an unknown kind is shown as its kind."""
        found = _TOLD.get(kind)
        return kind if found is None else found(self, data)

    def say(self, zh: str, en: str) -> str:
        """The word in the language chosen."""
        return pick(self.lang, zh, en)

    def unit(self, code: str) -> str:
        """A unit's name and code."""
        name = self.units.get(code, "")
        return name + self.phrases.aside(code) if name else code

    def named(self, d: Data, *names: str) -> str:
        """Stages, titles or indicators by their titles; by their ids where the standard is not there."""
        standard = self.standards.get(str(d.get("case_id") or d.get("round") or d.get("case", {}).get("id") or ""))
        if standard is None:
            return self.phrases.comma.join(names)
        items = (*standard.stages, *standard.awards, *standard.indicators())
        titles = {each.id: self.say(each.title, each.title_en or each.title) for each in reversed(items)}
        return self.phrases.comma.join(titles.get(name) or name for name in names)

    def some(self, parts: list[str]) -> str:
        """The first few of *parts*, and how many more there are."""
        text = self.say("，", ", ").join(parts[:MOST])
        more = len(parts) - MOST
        return text if more <= 0 else text + self.say(f"，另 {more} 项", f", and {more} more")


def literal(value: Any, say: Callable[[str, str], str]) -> str:
    """A recorded literal as people write it."""
    match value:
        case None:
            return say("（收回）", "(taken back)")
        case bool():
            return say("是", "yes") if value else say("否", "no")
        case Mapping():
            return say("，", ", ").join(f"{key} {literal(each, say)}" for key, each in value.items())
        case list():
            return say("；", "; ").join(literal(each, say) for each in value) or say("无", "none")
    return str(value)


def _created(t: Teller, d: Data) -> str:
    title, who = d["office"].get("title", ""), d["operator"]["name"]
    single = t.say("，单人岗", ", single-handed") if d["office"].get("single") == "1" else ""
    return t.say(f"建立工作区：{title}；经办人 {who}{single}", f"workspace made: {title}; operator {who}{single}")


def _operator(t: Teller, d: Data) -> str:
    parts = [d["id"]]
    if "name" in d:
        parts.append(d["name"])
    parts += [t.say(*ROLES[each]) if each in ROLES else each for each in d.get("roles", ())]
    parts += [t.phrases.level(each) for each in d.get("levels", ())]
    if d.get("territory"):
        parts.append(t.say(f"辖区 {d['territory']}", f"territory {d['territory']}"))
    if d.get("active") is False:
        parts.append(t.say("离岗", "left"))
    return " ".join(parts)


def _facts(t: Teller, d: Data) -> str:
    comma = t.say("，", ", ")
    facts = t.some([f"{t.phrases.fact(name)}={literal(value, t.say)}" for name, (value, _) in d["facts"].items()])
    note = comma + t.say(f"备注 {d['note']}", f"note {d['note']}") if d.get("note") else ""
    example = t.say("（示例）", " (example)") if d.get("example") else ""
    return t.say("填写", "set") + f" {t.unit(d['unit'])} {d['period']}{t.say('：', ': ')}{facts}{note}{example}"


def _evidence(t: Teller, d: Data) -> str:
    about = t.phrases.fact(d["fact"]) if d.get("fact") else d.get("case_id") or ""
    about = t.say(f"，关于 {about}", f", about {about}") if about else ""
    return t.say(
        f"附件 {d['name']}（{d['size']} 字节）→ {t.unit(d['unit'])}{about}",
        f"evidence {d['name']} ({many(d['size'], 'byte')}) → {t.unit(d['unit'])}{about}",
    )


def _scored(t: Teller, d: Data) -> str:
    taken = t.say("收回", "taken back")
    points = t.some([f"{t.named(d, name)} {given['points'] or taken}" for name, given in d["scores"].items()])
    return t.say(f"{d['level']}给分：{points}", f"points by {t.phrases.level(d['level'])}: {points}")


def _opened(t: Teller, d: Data) -> str:
    case, stages = d["case"], t.named(d, *d["stages"])
    known = t.standards.get(case["id"])
    standard = case["standard"] if known is None else t.say(known.header.title, known.header.title_en or known.header.title)
    return t.say(
        f"立案 {case['id']}：{t.unit(case['unit'])}，标准 {standard}，进入 {stages}",
        f"case {case['id']} opened: {t.unit(case['unit'])} under {standard}, enters {stages}",
    )


_OUTCOMES = {
    "passed": ("通过", "passed"),
    "returned": ("退回", "returned"),
    "refused": ("不予通过", "refused"),
    "withdrawn": ("撤回", "withdrawn"),
}


def _moved(t: Teller, d: Data) -> str:
    outcome = t.say(*_OUTCOMES.get(d["outcome"], (d["outcome"], d["outcome"])))
    leaves, enters = (t.named(d, *(each["stage"] for each in d[key])) for key in ("leaves", "enters"))
    text = f"{leaves} {outcome}".strip()
    if enters:
        text += t.say(f"，进入 {enters}", f", enters {enters}")
    if d["holder"]:
        text += t.say(f"，由“{t.phrases.level(d['holder'])}”办理", f", now with {t.phrases.level(d['holder'])}")
    return text + (t.say(f"，理由：{d['note']}", f", because: {d['note']}") if d["note"] else "")


def _award(t: Teller, d: Data) -> str:
    title = d.get("title") or d["award"]
    parts = [t.say(f"命名 {title}", f"title given: {title}"), d.get("certificate", ""), d.get("since", "")]
    return " ".join(each for each in parts if each)


def _award_changed(t: Teller, d: Data) -> str:
    reason = t.say(f"，理由：{d['reason']}", f", because: {d['reason']}") if d.get("reason") else ""
    award, state = t.named(d, d["award"]), d.get("state", "")
    now = t.say(*TITLES[state]) if state in TITLES else state
    return t.say(f"称号 {award} 变更为 {now}{reason}", f"title {award} changed to {now}{reason}")


def _refused(t: Teller, d: Data) -> str:
    words = catalogue().get(d["code"])
    title = "" if words is None else pick(t.lang, words.title, words.title_en)
    title = title.replace("{found}", d["found"]).replace("{allowed}", d["allowed"])
    asked = t.say(*KINDS.get(d["asked"], (d["asked"], d["asked"])))
    return t.say(f"拒绝“{asked}”：{d['code']} {title}", f"refused «{asked}»: {d['code']} {title}")


def _imported(t: Teller, d: Data) -> str:
    return t.say(f"导入单位 {d['rows']} 个，来源 {d['source']}", f"{many(d['rows'], 'unit')} imported from {d['source']}")


def _sample(t: Teller, d: Data) -> str:
    return t.say(
        f"抽样 {t.named(d, d['stage'])}：{len(d['pool'])} 个里抽 {len(d['chosen'])} 个，种子 {d['seed']}",
        f"sample for {t.named(d, d['stage'])}: {len(d['chosen'])} of {len(d['pool'])}, seed {d['seed']}",
    )


def _column(t: Teller, d: Data, key: str) -> str:
    """What stands in a column, in words."""
    if key == "stage":
        return t.named(d, d[key])
    if key == "kind":
        return t.phrases.kinds(d[key])
    if key == "agrees":
        return t.say("同意", "agrees") if d[key] else t.say("不同意", "does not agree")
    if key == "outcome" and d[key] in UPHELD:
        return t.say(*UPHELD[d[key]])
    return literal(d[key], t.say)


def _plain(zh: str, en: str, *keys: str) -> Callable[[Teller, Data], str]:
    """Words for kinds that need no more than some of their columns."""

    def told(t: Teller, d: Data) -> str:
        parts = [_column(t, d, key) for key in keys if d.get(key) not in (None, "")]
        return " ".join([t.say(zh, en), *parts])

    return told


KINDS: Mapping[str, tuple[str, str]] = {
    "workspace.created": ("建立工作区", "workspace made"),
    "operator.added": ("增加人员", "operator added"),
    "operator.changed": ("人员变更", "operator changed"),
    "units.imported": ("导入单位", "units imported"),
    "unit.added": ("增加单位", "unit added"),
    "fact.set": ("填写事实", "facts set"),
    "evidence.added": ("增加附件", "evidence added"),
    "evidence.removed": ("收回附件", "evidence taken back"),
    "round.opened": ("开始轮次", "round opened"),
    "round.closed": ("结束轮次", "round closed"),
    "sample.drawn": ("抽样", "sample drawn"),
    "case.opened": ("立案", "case opened"),
    "case.scored": ("给分", "points given"),
    "case.moved": ("办理环节", "case moved"),
    "step.checked": ("复核环节", "stage checked"),
    "paper.received": ("收到材料", "document received"),
    "opinion.given": ("征求意见", "opinion given"),
    "notice.posted": ("公示", "public notice"),
    "objection.raised": ("提出异议", "objection raised"),
    "objection.settled": ("处理异议", "objection settled"),
    "finding.raised": ("提出问题", "finding raised"),
    "finding.settled": ("问题整改", "finding settled"),
    "task.assigned": ("交办任务", "task assigned"),
    "task.done": ("任务完成", "task done"),
    "award.granted": ("命名", "title given"),
    "award.changed": ("称号变更", "title changed"),
    "refused": ("拒绝", "refused"),
}
"""Kind to its name."""

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "unit.added": ("name", "code", "kind"),
    "evidence.removed": ("id", "removed"),
    "round.opened": ("id", "title", "standard"),
    "round.closed": ("id",),
    "step.checked": ("case_id", "seq"),
    "paper.received": ("stage", "name"),
    "opinion.given": ("stage", "body", "agrees", "text"),
    "notice.posted": ("stage", "posted", "until", "places"),
    "objection.raised": ("id", "stage", "who", "text"),
    "objection.settled": ("id", "outcome", "answer"),
    "finding.raised": ("id", "stage", "text", "due"),
    "finding.settled": ("id", "measure"),
    "task.assigned": ("id", "department", "text", "due"),
    "task.done": ("id", "done"),
}

_TOLD: Mapping[str, Callable[[Teller, Data], str]] = {
    **{kind: _plain(*KINDS[kind], *columns) for kind, columns in _COLUMNS.items()},
    "workspace.created": _created,
    "operator.added": lambda t, d: f"{t.say(*KINDS['operator.added'])} {_operator(t, d)}",
    "operator.changed": lambda t, d: f"{t.say(*KINDS['operator.changed'])} {_operator(t, d)}",
    "units.imported": _imported,
    "fact.set": _facts,
    "evidence.added": _evidence,
    "sample.drawn": _sample,
    "case.opened": _opened,
    "case.scored": _scored,
    "case.moved": _moved,
    "award.granted": _award,
    "award.changed": _award_changed,
    "refused": _refused,
}
