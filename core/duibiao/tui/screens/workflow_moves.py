"""Decisions about a case, each as a form that says first what will happen: passing a stage, returning, ending, titles."""

from __future__ import annotations

from collections.abc import Callable

from duibiao.model.process import Stage
from duibiao.services import case_view as view
from duibiao.services import cases, titles
from duibiao.services.cases import Outlook
from duibiao.services.process_words import STATUS, TITLES
from duibiao.tui.dialogs import Field, FormError, Plan, Values
from duibiao.tui.screens.workflow_acts import Acts, Said
from duibiao.wording import many
from duibiao.workflow.blocks import BlockedError
from duibiao.workflow.case import Held
from duibiao.workflow.engine import Move

ACTS: tuple[tuple[str, str, str], ...] = (
    ("keep", "保持", "keep"),
    ("rectify", "责令整改", "order to rectify"),
    ("renew", "续期", "renew"),
    ("expire", "到期", "expire"),
    ("revoke", "撤销", "revoke"),
    ("cancel", "注销", "cancel"),
)


def moving(acts: Acts, look: Outlook) -> Plan:
    """Pass a stage: what will happen, which title is given, what goes on record; barred with its reason when blocked."""
    stage, say = look.stage, acts.say
    able = view.grantable(acts.file, stage)
    fields = []
    blocks = look.blocks
    if view.must_choose(able):
        names = tuple((each.id, say(each.title, each.title_en or each.title)) for each in able)
        fields.append(Field("award", say("授予称号", "title given"), "choice", "", names))
        blocks = tuple(each for each in blocks if each.code != "WF23")
    if able:
        hint = ("如 武社示〔2012〕001号，可不填", "number of the certificate, may stay empty")
        fields.append(acts.text("certificate", "证书编号", "certificate", hint=hint))
    fields.append(acts.text("note", "意见", "remark", hint=("可不填", "may stay empty")))

    def do(values: Values) -> str:
        chosen = str(values.get("award", ""))
        if view.must_choose(able) and not chosen:
            raise FormError(say("要选定授予哪一个称号", "choose which title is given"))
        awards = (chosen,) if chosen else None
        number = str(values.get("certificate", ""))
        numbers = dict.fromkeys([chosen] if chosen else [each.id for each in able], number) if number else {}
        made = cases.move(acts.desk, acts.name, stage.id, awards=awards, note=str(values["note"]), certificates=numbers)
        return say("已保存：", "Saved: ") + told(acts, made)

    if blocks:
        said: Said = [(f"✗ {acts.words.block(each)[0]}", "bad") for each in blocks]
        count = say(f"还有 {len(blocks)} 项没有办结", f"{many(len(blocks), 'thing is', 'things are')} in the way")
        return acts.plan("move", stage, fields, do, said=said, barred=count)
    said = _ahead(acts, look)
    said += [(f"※ {acts.words.block(each)[0]}", "bad") for each in view.warnings(acts.desk, acts.file, stage)]
    return acts.plan("move", stage, fields, do, said=said)


def _ahead(acts: Acts, look: Outlook) -> Said:
    """What passing the stage would do, told from a dry run; where a title has still to be chosen, what is sure."""
    try:
        made = cases.move(acts.desk, acts.name, look.stage.id, dry_run=True)
    except BlockedError:
        return [(acts.say("选定称号以后通过", "passes once a title is chosen"), "")]
    return [(acts.say("将要：", "This will: ") + told(acts, made), "good")]


def told(acts: Acts, made: Move) -> str:
    """What a move does or did, in words."""
    words, say = acts.words, acts.say
    known = {each.id: words.stage(each) for each in acts.file.standard.stages}
    awards = {each.id: say(each.title, each.title_en or each.title) for each in acts.file.standard.awards}
    ends = {
        "passed": say("通过", "pass"), "returned": say("退回", "return from"), "refused": say("终止于", "end at"),
        "withdrawn": say("撤回", "withdraw"),
    }  # fmt: skip
    parts = [f"{ends.get(made.outcome, made.outcome)} {known.get(made.stage, '')}".strip()]
    if made.enters:
        parts.append(say("进入 ", "enter ") + words.stages(acts.file.standard, made.enters))
    if made.grants:
        parts.append(say("授予 ", "give ") + words.phrases.comma.join(awards.get(each, each) for each in made.grants))
    if made.finished is not None:
        parts.append(say("状态 ", "state ") + words.named(STATUS, str(made.finished)))
    return say("，", ", ").join(parts)


def returning(acts: Acts, stage: Stage) -> Plan:
    """Return a case to an earlier stage, saying why."""
    possible = view.back_to(acts.file, stage)
    choices = tuple((each.id, acts.words.stage(each)) for each in possible)
    said: Said = [(acts.say("退回后，其后的环节都要重新办理", "the stages after it have to be gone through again"), "dim")]
    said += [(f"  {place}. {word}", "") for place, (_, word) in enumerate(choices, 1)] if len(choices) > 1 else []
    fields = [
        Field("to", acts.say("退回到", "return to"), "choice", choices[-1][0] if choices else "", choices),
        acts.text("reason", "理由", "reason"),
    ]

    def do(values: Values) -> str:
        reason = acts.need(values, "reason", "理由", "a reason")
        return acts.say("已保存：", "Saved: ") + told(
            acts, cases.send_back(acts.desk, acts.name, str(values["to"]), reason, stage.id)
        )

    none = "" if choices else acts.say("前面没有已通过的环节可以退回", "there is no passed stage before it to return to")
    return acts.plan("back", stage, fields, do, said=said, barred=none)


def withdrawing(acts: Acts) -> Plan:
    """Take the application back."""
    return _ending(acts, "withdraw", None, lambda reason: cases.withdraw(acts.desk, acts.name, reason))


def rejecting(acts: Acts, stage: Stage) -> Plan:
    """End the case without a title."""
    return _ending(acts, "reject", stage, lambda reason: cases.reject(acts.desk, acts.name, reason, stage.id))


def forfeiting(acts: Acts, stage: Stage) -> Plan:
    """End a case that came too late."""
    return _ending(acts, "forfeit", stage, lambda reason: cases.forfeit(acts.desk, acts.name, stage.id), reasoned=False)


def _ending(acts: Acts, act: str, stage: Stage | None, do: Callable[[str], Move], *, reasoned: bool = True) -> Plan:
    said: Said = [(acts.say("这件申报就此结束，不能恢复", "the case ends with this; it cannot be taken up again"), "bad")]

    def ended(values: Values) -> str:
        made = do(acts.need(values, "reason", "理由", "a reason") if reasoned else "")
        return acts.say("已保存：", "Saved: ") + told(acts, made)

    fields = [acts.text("reason", "理由", "reason")] if reasoned else []
    over = "" if view.is_open(acts.file) else acts.say("申报件已经不在办理中", "the case is not open any more")
    return acts.plan(act, stage, fields, ended, said=said, careful=True, barred=over)


def title(acts: Acts, held: Held) -> Plan:
    """Keep, rectify, renew, revoke or cancel a title; what cannot be done now stands there with its reason."""
    say = acts.say
    open_acts, said = [], [(acts_title(acts, held), "")]
    for name, zh, en in ACTS:
        blocks = view.title_blocks(acts.desk, acts.file, held, name)
        if blocks:
            said.append((f"✗ {say(zh, en)}{say('：', ': ')}{acts.words.block(blocks[0])[0]}", "dim"))
        else:
            open_acts.append((name, say(zh, en)))
    fields = [
        Field("act", say("处理", "act"), "choice", open_acts[0][0] if open_acts else "", tuple(open_acts)),
        acts.text("reason", "理由", "reason", hint=("整改、撤销、注销要写", "needed to rectify, revoke, cancel")),
        acts.text("text", "整改内容", "to be mended", hint=("责令整改时写", "when ordering to rectify")),
        acts.text("certificate", "新证书编号", "new certificate", hint=("续期时写，可不填", "when renewing, may stay empty")),
    ]

    def do(values: Values) -> str:
        made = titles.act(
            acts.desk, acts.name, held.award, str(values["act"]), reason=str(values["reason"]), text=str(values["text"]),
            certificate=str(values["certificate"]),
        )  # fmt: skip
        return acts.told("title", acts.words.named(TITLES, made.state))

    none = "" if open_acts else say("现在没有可以做的处理", "nothing can be done to it now")
    return acts.plan("title", None, fields, do, said=said, careful=True, barred=none)


def acts_title(acts: Acts, held: Held) -> str:
    """A title in one line: name, state, since, until, certificate."""
    say = acts.say
    names = {each.id: say(each.title, each.title_en or each.title) for each in acts.file.standard.awards}
    until = say(f"至 {held.until}", f"until {held.until}") if held.until else ""
    parts = [names.get(held.award, held.award), acts.words.named(TITLES, held.state), held.certificate, f"{held.since}", until]
    return " ".join(each for each in parts if each)


__all__ = ["ACTS", "acts_title", "forfeiting", "moving", "rejecting", "returning", "title", "told", "withdrawing"]
