"""What is proved of a standard's process when it is loaded: windows, notices, samples, records, titles given, no circles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from duibiao.errors import Collector, Where
from duibiao.model.facts import Vocabulary
from duibiao.model.notation import NotationError, split_number, unit_of
from duibiao.model.process import LEVELS, Stage
from duibiao.model.standard import Standard
from duibiao.workflow.derived import record_faults
from duibiao.workflow.routes import circle
from duibiao.workflow.sampling import ROUNDS
from duibiao.workflow.windows import LATE, WindowError, window

NOTICE_KEYS = {"places": list, "contacts": list, "media": str, "days": int, "working": bool, "records": Mapping}
SAMPLE_KEYS = {"share": str, "count": int, "round": str, "note": str}
_WRITTEN: Mapping[Any, str] = {list: '["…"]', str: '"…"', int: "5", bool: "true, false", Mapping: "{ … }"}
_YEAR = 2012
"""Any year will do to see whether a window can be read; a leap year allows 29 February."""


def prove_process(standard: Standard, vocabulary: Vocabulary, problems: Collector) -> None:
    """Every fault in the stages of *standard*, and in what follows its titles, goes to *problems*."""
    awards = {each.id for each in standard.awards}
    for stage in standard.stages:
        _stage(stage, awards, problems)
        for place, code, found, allowed in record_faults(stage, vocabulary):
            problems.add(code, stage.where.at(*place), found=found, allowed=allowed)
    for award in standard.awards:
        _sample(award.recheck, award.where.at("recheck"), problems)
    _circles(standard, problems)


def _stage(stage: Stage, awards: set[str], problems: Collector) -> None:
    where = stage.where
    if stage.level and stage.level not in LEVELS:
        problems.add("DB018", where.at("level"), found=stage.level, among=LEVELS)
    if stage.late not in LATE:
        problems.add("DB018", where.at("late"), found=stage.late, among=LATE)
    for index, name in enumerate(stage.grants):
        if name not in awards:
            problems.add("DB037", where.at("grants", index), found=name, among=awards)
    _window(stage, problems)
    _sample(stage.sampling, where.at("sampling"), problems)
    _keys(stage.notice, NOTICE_KEYS, where.at("notice"), problems)
    days = (stage.notice or {}).get("days")
    if type(days) is int and days < 1:
        problems.add("DB024", where.at("notice", "days"), found=days, allowed=">= 1")


def _window(stage: Stage, problems: Collector) -> None:
    """The window of every year that it names, and of a year that it does not."""
    exceptions = (stage.window or {}).get("exceptions", ())
    named = [each.get("year") for each in exceptions if isinstance(each, Mapping)] if isinstance(exceptions, list | tuple) else []
    for year in (_YEAR, *(each for each in named if type(each) is int and each != _YEAR)):
        try:
            window(stage, year)
        except WindowError as error:
            problems.add("DB077", stage.where.at("window", *error.key), found=error.found, allowed=error.allowed)
            return
    if stage.window is None and stage.opens is not None and stage.closes is not None and stage.closes < stage.opens:
        problems.add("DB077", stage.where.at("closes"), found=stage.closes, allowed=f">= {stage.opens}")


def _sample(spec: Any, where: Where, problems: Collector) -> None:
    _keys(spec, SAMPLE_KEYS, where, problems)
    if not isinstance(spec, Mapping):
        return
    if "round" in spec and spec["round"] not in ROUNDS:
        problems.add("DB018", where.at("round"), found=spec["round"], among=ROUNDS)
    if "share" in spec and "count" in spec:
        problems.add("DB039", where, allowed="share, count")
    if isinstance(spec.get("share"), str):
        _percent(spec["share"], where.at("share"), problems)


def _percent(raw: str, where: Where, problems: Collector) -> None:
    try:
        number, symbol = split_number(raw)
        if unit_of(symbol) != "%":
            problems.add("DB052", where, found=raw, allowed="20%")
        elif not 0 < number <= 100:
            problems.add("DB024", where, found=raw, allowed="0% … 100%")
    except NotationError as error:
        problems.add(error.code, where, found=raw, allowed="20%")


def _keys(spec: Any, known: Mapping[str, Any], where: Where, problems: Collector) -> None:
    """Unknown keys of a table, and known ones of another type than they take."""
    for key, value in spec.items() if isinstance(spec, Mapping) else ():
        kind = known.get(key)
        if kind is None:
            problems.add("DB006", where.at(key), found=key, among=known)
        elif not _is(kind)(value):
            problems.add("DB008", where.at(key), found=value, allowed=_WRITTEN[kind])


def _is(kind: Any) -> Callable[[Any], bool]:
    if kind is list:
        return lambda value: isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    if kind is int:
        return lambda value: type(value) is int
    return lambda value: isinstance(value, kind)


def _circles(standard: Standard, problems: Collector) -> None:
    """A stage that waits for itself is never entered."""
    for track in dict.fromkeys(each.track for each in standard.stages):
        mine = [each for each in standard.stages if each.track in ("", track)]
        found = circle(mine)
        if found:
            place = next(each for each in mine if each.id == found[0])
            problems.add("DB076", place.where.at("next"), found=" → ".join(found))
            return


__all__ = ["LEVELS", "prove_process"]
