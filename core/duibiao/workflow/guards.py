"""What a stage asks of the assessment: its guard taken apart into gates, score lines and indicators, and the title it gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import evolve

from duibiao.model.outcome import Assessment, IndicatorResult, Reason, State, StateResult, Verdict
from duibiao.model.process import Stage
from duibiao.model.sources import Item
from duibiao.model.standard import Award, Standard
from duibiao.workflow.blocks import Block, Condition, of
from duibiao.workflow.checks import Leaving

_CALL = re.compile(r"""\s*(gate|award|met|points)\(\s*["'](.+?)["']\s*\)\s*""")
_CODES = {"gate": ("WF03", "WF04"), "all": ("WF05", "WF06")}
_UNMET = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT)


def guard_blocks(leaving: Leaving, assessment: Assessment | None, awards: tuple[str, ...] | None = None) -> tuple[Block, ...]:
    """What of the guard is not met or still open, one block for each part, and what keeps the title from being given.

    A unit outside the sample is passed without being checked: the guard is not asked then, the title's own condition is.
    """
    stage = leaving.stage
    asks = bool(stage.requires) and leaving.drawn is not False
    if not asks and not stage.grants:
        return ()
    if assessment is None:
        return (leaving.block("WF25", "assessment", required=stage.level, missing=("assessment",)),)
    if assessment.in_scope is False:
        return (_scope_block(leaving, assessment),)
    found = list(_guard(leaving, assessment)) if asks else []
    return (*found, *title_blocks(leaving, assessment, awards))


def _scope_block(leaving: Leaving, assessment: Assessment) -> Block:
    condition = Condition(
        kind="scope", title=leaving.standard.header.title, title_en=leaving.standard.header.title_en,
        found=assessment.unit.kind, required=" ".join(leaving.standard.header.unit_kinds), cite=leaving.stage.cite,
    )  # fmt: skip
    return Block(code="WF26", stage=leaving.stage.id, condition=condition)


def _guard(leaving: Leaving, assessment: Assessment) -> Iterator[Block]:
    state = next((each for each in assessment.stages if each.id == leaving.stage.id), None)
    if state is None:
        # An assessment under another edition knows no guard of this name: it cannot speak for the stage.
        yield leaving.block("WF25", "assessment", found=f"{assessment.standard} {assessment.edition}", missing=("assessment",))
        return
    if state.state is State.HELD:
        return
    for each in _failing(state.because):
        condition = _condition(leaving.stage, each, assessment)
        codes = _CODES.get(condition.kind if condition.kind != "indicators" else "all", ("WF01", "WF02"))
        yield Block(code=codes[condition.state == "open"], stage=leaving.stage.id, condition=condition)


def _failing(reason: Reason) -> Iterator[Reason]:
    """The steps of a guard that keep it from being met: every failing member of an «and», an «or» as a whole."""
    if reason.kind == "all_of" and reason.children:
        for child in reason.children:
            if child.outcome != "met":
                yield from _failing(child)
    else:
        yield reason


def _condition(asks: Item, reason: Reason, assessment: Assessment) -> Condition:
    state = "not_met" if reason.outcome == "not_met" else "open"
    call = _CALL.fullmatch(reason.text)
    if reason.kind == "all_indicators":
        return _indicators(asks, reason, assessment)
    if call is not None and call[1] in ("gate", "award"):
        return _named(asks, call[1], call[2], reason, assessment)
    if call is not None and call[1] == "met":
        return _indicator(assessment.indicator(call[2]))
    kind = "score" if reason.subject == "score" else "expression"
    parts = tuple(_condition(asks, child, assessment) for child in reason.children if child.outcome not in ("met", ""))
    return of(
        asks, kind, state=state, found=reason.value, required=reason.bound or reason.text,
        operator=reason.operator, missing=reason.missing, because=reason, parts=parts,
    )  # fmt: skip


def _named(asks: Item, kind: str, name: str, reason: Reason, assessment: Assessment) -> Condition:
    """A gate (or award) that the guard names: its own title and clause say more than the stage's."""
    states: Iterable[StateResult] = assessment.gates if kind == "gate" else assessment.awards
    found = next((each for each in states if each.id == name), None)
    if found is None:
        return of(asks, kind, required=reason.text, missing=reason.missing, because=reason)
    return _state(kind, found)


def _state(kind: str, found: StateResult) -> Condition:
    step = _telling(found.because)
    return Condition(
        kind=kind, id=found.id, title=found.title, title_en=found.title_en,
        state="not_met" if found.state is State.NOT_HELD else "open", missing=found.missing,
        cite=found.cite, because=found.because, found=step.value, required=step.bound,
        operator=step.operator,
    )  # fmt: skip


def _indicators(asks: Item, reason: Reason, assessment: Assessment) -> Condition:
    """«All»: the binding indicators that are not met, or not yet known to be."""
    parts = [_indicator(leaf) for leaf in assessment.indicators() if leaf.verdict in _UNMET and leaf.force == "must"]
    state = "not_met" if reason.outcome == "not_met" else "open"
    if state == "not_met":
        parts = [each for each in parts if each.state == "not_met"]
    return of(
        asks, "indicators", state=state, missing=reason.missing, because=reason, parts=tuple(parts),
        names=tuple(each.id for each in parts),
    )  # fmt: skip


def _telling(reason: Reason) -> Reason:
    """The step that holds a number against another and fails, wherever in the explanation it is; the whole where none does."""
    waiting = [reason]
    while waiting:
        step = waiting.pop(0)
        if step.bound and step.value and step.outcome != "met":
            return step
        waiting = [*(child for child in step.children if child.outcome != "met"), *waiting]
    return reason


def _indicator(leaf: IndicatorResult) -> Condition:
    step = _telling(leaf.because)
    return Condition(
        kind="indicator", id=leaf.id, title=leaf.title, title_en=leaf.title_en,
        state="not_met" if leaf.verdict is Verdict.NOT_MET else "open", found=step.value, required=step.bound,
        operator=step.operator, missing=leaf.missing, cite=leaf.cite, because=leaf.because,
    )  # fmt: skip


# titles


def candidates(standard: Standard, stage: Stage, kind: str) -> tuple[Award, ...]:
    """The awards that *stage* can give to a unit of *kind*, in the order of the file."""
    own = [each for each in standard.awards if each.id in stage.grants]
    return tuple(each for each in own if not each.unit_kinds or kind in each.unit_kinds)


def granted(leaving: Leaving, assessment: Assessment, awards: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Ids of the awards that passing the stage gives: those asked for, else the one there is, else the highest of a ladder."""
    able = candidates(leaving.standard, leaving.stage, leaving.case.unit.kind)
    if awards is not None:
        return tuple(each.id for each in able if each.id in awards)
    held = [each for each in able if assessment.award(each.id).state is State.HELD]
    ladder = [each for each in held if each.rank]
    if ladder:
        return (max(ladder, key=lambda each: each.rank).id,)
    return tuple(each.id for each in held)


def title_blocks(leaving: Leaving, assessment: Assessment, awards: tuple[str, ...] | None) -> Iterator[Block]:
    """What keeps the title from being given: none chosen among several, none of that name, its condition not met."""
    stage, able = leaving.stage, candidates(leaving.standard, leaving.stage, leaving.case.unit.kind)
    if not stage.grants:
        return
    names = tuple(each.id for each in able)
    wrong = tuple(name for name in awards or () if name not in names)
    if wrong or not able:
        yield leaving.block("WF24", "title", names=wrong, required=" ".join(names), found=leaving.case.unit.kind)
        return
    ladder = all(each.rank for each in able)
    if not awards and len(able) > 1 and not ladder:
        yield leaving.block("WF23", "title", names=names, missing=("award",))
        return
    asked = [each for each in able if awards is None or each.id in awards]
    states = [assessment.award(each.id) for each in asked]
    lost = [each for each in states if each.state is not State.HELD]
    if awards is None and ladder and len(lost) < len(states):
        return
    for each in lost:
        yield Block(code="WF27" if each.state is State.NOT_HELD else "WF28", stage=stage.id, condition=_award(each, assessment))


def _award(found: StateResult, assessment: Assessment) -> Condition:
    """A title's condition with what it consists of; of «all», the indicators that fail."""
    asks = Item(id=found.id, title=found.title, title_en=found.title_en, cite=found.cite)
    parts = tuple(
        _condition(asks, each, assessment) for child in found.because.children or (found.because,) for each in _failing(child)
    )
    return evolve(_state("award", found), parts=parts, found="", required=found.because.text, operator="")


__all__ = ["candidates", "granted", "guard_blocks"]
