"""Entering facts: what a person typed as typed values, saved without overwriting what somebody else entered meanwhile."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import field, frozen

from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.exchange.facts import read_facts
from duibiao.model.facts import FactType, Kind, Vocabulary
from duibiao.model.notation import NotationError, literal_of, read_value
from duibiao.model.text import LONGEST_BLOCK, TextError, clean
from duibiao.services.clock import now
from duibiao.services.evidence import attach_in, keep
from duibiao.store import drafts
from duibiao.store.records import Recorded, facts_of, save_facts
from duibiao.store.workspace import ConflictError, Workspace, stamp

_EQUALS = re.compile("[=＝]")
_EVENT_MARKS = re.compile("[;；、]")
LONGEST_PERIOD = 20


@frozen
class Wanted:
    """What somebody wants to save of one unit and period.

    Attributes:
        unit: Code.
        period: Period.
        values: Fact id to literal; None takes the fact back.
        typed: The same as it was typed, line by line: what a draft keeps.
        base: Fact id to the version it was made from; a fact that is not named was made from what its author entered last.
        note: What is said with it.
        example: Whether it is an example, not real.
    """

    unit: str
    period: str
    values: Mapping[str, Any]
    typed: tuple[str, ...] = ()
    base: Mapping[str, int] = field(factory=dict)
    note: str = ""
    example: bool = False

    @property
    def form(self) -> str:
        """The name of its draft."""
        return form_of(self.unit, self.period)


@frozen
class Done:
    """What was saved.

    Attributes:
        before: Fact id to what stood there before, for those that were changed.
        versions: Fact id to its new version.
        same: Facts that stood there already with this value.
        evidence: Ids of the evidence attached.
    """

    before: Mapping[str, Recorded]
    versions: Mapping[str, int]
    same: tuple[str, ...]
    evidence: tuple[str, ...] = ()


def form_of(unit: str, period: str) -> str:
    """The name of the draft of a unit's facts."""
    return f"fact/{unit}/{period}"


def read_assignments(vocabulary: Vocabulary, lines: Sequence[str], problems: Collector) -> dict[str, Any]:
    """``fact=value`` as fact ids and literals; nothing after the sign is None. *problems* takes what is wrong, by argument."""
    found: dict[str, Any] = {}
    for line in lines:
        name, *rest = _EQUALS.split(line, maxsplit=1)
        where = Where(line)
        if not rest or not name.strip():
            problems.add("U09", where, found=line)
            continue
        ftype = vocabulary.find(name.strip())
        if ftype is None:
            problems.add("DB010", where, found=name.strip(), among=vocabulary.names())
        elif ftype.id in found:
            problems.add("DB009", where, found=name.strip())
        else:
            found[ftype.id] = _literal(ftype, rest[0].strip(), where, problems)
    return found


def _literal(ftype: FactType, text: str, where: Where, problems: Collector) -> Any:
    if not text:
        return None
    try:
        return literal_of(ftype, read_value(ftype, _raw(ftype, text)))
    except NotationError as error:
        problems.add(error.code, where, found=error.found or text, allowed=error.allowed)
        return None


def _raw(ftype: FactType, text: str) -> Any:
    """What a facts file would say: JSON where the value has parts, dates of events parted by semicolons, else the text."""
    if text[0] in "[{":
        try:
            return json.loads(text, parse_float=Decimal)
        except (ValueError, RecursionError):
            raise NotationError("DB055", '{"…": "…"}') from None
    if ftype.kind is Kind.EVENTS:
        return [part.strip() for part in _EVENT_MARKS.split(text) if part.strip()]
    return text


def read_file(vocabulary: Vocabulary, file: Path, unit: str, period: str, problems: Collector) -> tuple[dict[str, Any], bool]:
    """The facts that a file holds of one unit and period, as literals, and whether they are examples.

    BadInputError when the file cannot be read; *problems* takes what is about others: units (U11), periods (U12).
    """
    found: dict[str, Any] = {}
    example = False
    year = int(period) if period.isdecimal() and len(period) == len("2012") else 1
    for each in read_facts(file, vocabulary, date(max(year, 1), 1, 1)):
        if each.unit.code not in ("", unit):
            problems.add("U11", each.where, found=each.unit.code, allowed=unit)
        for other, _ in each.history:
            problems.add("U12", each.where, found=other, allowed=period)
        if each.period != period:
            problems.add("U12", each.where, found=each.period, allowed=period)
        found |= {name: literal_of(vocabulary.types[name], value) for name, value in each.values.items()}
        example = example or each.example
    return found, example


def as_lines(values: Mapping[str, Any]) -> list[str]:
    """Literals as a person may type them, for a draft."""
    return [f"{name}={_typed(value)}" for name, value in values.items()]


def _typed(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case str() | int():
            return str(value)
    return json.dumps(value, ensure_ascii=False)


def read_bases(vocabulary: Vocabulary, lines: Sequence[str], facts: Sequence[str], problems: Collector) -> dict[str, int]:
    """Versions as typed: a number for every fact, or ``fact=number``."""
    found: dict[str, int] = {}
    for line in lines:
        name, *rest = _EQUALS.split(line, maxsplit=1)
        number = (rest[0] if rest else name).strip()
        ftype = vocabulary.find(name.strip()) if rest else None
        if not (number.isascii() and number.isdigit()):
            problems.add("U13", Where("--base"), found=line)
        elif not rest:
            found |= dict.fromkeys(facts, int(number))
        elif ftype is None:
            problems.add("DB010", Where("--base"), found=name.strip(), among=vocabulary.names())
        else:
            found[ftype.id] = int(number)
    return found


def read_period(text: str, problems: Collector, where: Where | None = None) -> str:
    """A period as typed: a year, or another short label. *problems* takes what is wrong."""
    place = where or Where("--period")
    try:
        found = clean(text, LONGEST_PERIOD)
    except TextError as error:
        problems.add("U12", place, found=error.found, allowed="2012")
        return ""
    if not found:
        problems.add("U12", place, found=text, allowed="2012")
    return found


def read_note(text: str, problems: Collector) -> str:
    """A remark as typed, on one line. *problems* takes what is wrong."""
    try:
        return clean(text)
    except TextError as error:
        problems.add(error.code, Where("--note"), found=error.found, allowed=error.allowed)
        return ""


def set_facts(space: Workspace, actor: str, wanted: Wanted, files: Sequence[Path] = ()) -> Done:
    """Save facts and attach *files* to each of them, together; a draft of the same form is forgotten.

    Without a base, what somebody else entered is not replaced: ConflictError says what stands there, and what was typed is
    kept as a draft. Raises BadInputError too for files that are not taken, RefusedError when the rules say no.
    """
    standing = {each.fact: each for each in facts_of(space, wanted.unit, wanted.period, wanted.values)}
    values, same = _changes(wanted, standing)
    kept = keep(space, files)
    if not values and not kept:
        return Done({}, {}, same)
    bases = {name: wanted.base.get(name, _own_version(standing.get(name), actor)) for name in values}
    try:
        with space.change(actor) as entry:
            versions: dict[str, int] = {}
            if values:
                versions = save_facts(
                    entry, wanted.unit, wanted.period, values, base=bases, note=wanted.note, example=wanted.example
                )
            made = attach_in(entry, kept, wanted.unit, wanted.period, list(wanted.values))
    except ConflictError:
        _keep_draft(space, actor, wanted)
        raise
    _forget_draft(space, actor, wanted.form)
    return Done({name: standing[name] for name in values if name in standing}, versions, same, tuple(made))


def _changes(wanted: Wanted, standing: Mapping[str, Recorded]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What is not there already, and what is; a remark or a base makes a value worth saving again."""
    values, same = {}, []
    for name, value in wanted.values.items():
        there = standing.get(name)
        if wanted.note or wanted.base.get(name) is not None or (there.value if there else None) != value:
            values[name] = value
        else:
            same.append(name)
    return values, tuple(same)


def _own_version(there: Recorded | None, actor: str) -> int:
    """The version that *actor* knows without saying so: none was there, or they entered it themselves."""
    return there.version if there is not None and there.actor == actor else 0


def _keep_draft(space: Workspace, actor: str, wanted: Wanted) -> None:
    text = "\n".join(wanted.typed)[:LONGEST_BLOCK]
    made_from = json.dumps({"base": dict(wanted.base), "note": wanted.note}, sort_keys=True, ensure_ascii=False)
    drafts.keep(space, drafts.Draft(actor, wanted.form, made_from, text, stamp(now())))


def _forget_draft(space: Workspace, actor: str, form: str) -> None:
    if any(each.form == form for each in drafts.of(space, actor)):
        drafts.drop(space, actor, form)


@frozen
class Unsaved:
    """Facts that a person typed and that were not saved.

    Attributes:
        unit: Code.
        period: Period.
        lines: What was typed, ``fact=value``.
        base: Fact id to the version it was made from, where that was said.
        note: The remark that was to go with it.
        at: When, UTC.
    """

    unit: str
    period: str
    lines: tuple[str, ...]
    base: Mapping[str, int]
    note: str
    at: str


def fact_drafts(space: Workspace, actor: str) -> list[Unsaved]:
    """The facts that a person typed and that were not saved, oldest first."""
    return [_unsaved(each) for each in drafts.of(space, actor) if each.form.startswith("fact/")]


def _unsaved(each: drafts.Draft) -> Unsaved:
    _, unit, period = each.form.split("/", 2)
    made_from = json.loads(each.base or "{}")
    return Unsaved(unit, period, tuple(each.text.splitlines()), made_from.get("base", {}), made_from.get("note", ""), each.at)


def draft_of(space: Workspace, actor: str, unit: str, period: str) -> Unsaved | None:
    """A person's draft of a unit's facts; None when there is none."""
    return next((each for each in fact_drafts(space, actor) if (each.unit, each.period) == (unit, period)), None)


def drop_draft(space: Workspace, actor: str, unit: str, period: str) -> None:
    """Give a draft up; BadInputError U14 when there is none."""
    if draft_of(space, actor, unit, period) is None:
        raise BadInputError([Problem("U14", found=form_of(unit, period))])
    drafts.drop(space, actor, form_of(unit, period))
