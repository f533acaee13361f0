"""How people write values and how they are shown: decimals, percent and units outside, exact integers inside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from duibiao.model.facts import NUMERIC, FactType, Grading, Happening, Holding, Kind, Ticks, Value
from duibiao.model.text import LONGEST_BLOCK, LONGEST_LINE, TextError, clean

LARGEST = 2**53

UNITS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "m2": ("m²", "m²", ("㎡", "m²", "平方米", "平米")),
    "km": ("公里", "km", ("公里", "千米")),
    "m": ("米", "m", ("米",)),
    "hour": ("小时", "h", ("小时", "学时", "hours", "h")),
    "day": ("天", "days", ("天", "日", "days")),
    "month": ("个月", "months", ("个月", "月", "months")),
    "year": ("年", "years", ("年", "years")),
    "person": ("人", "persons", ("人", "名", "persons", "people")),
    "household": ("户", "households", ("户", "households")),
    "event": ("次", "times", ("次", "件", "起", "events", "times")),
    "unit": ("个", "", ("个", "units")),
    "group": ("个", "groups", ("个", "组", "groups")),
    "yuan": ("元", "yuan", ("元", "CNY")),
    "%": ("%", "%", ("％", "个百分点")),
    "point": ("分", "points", ("分", "points")),
}

_SYMBOLS: dict[str, tuple[str, ...]] = {}
for _unit, (_, _, _aliases) in UNITS.items():
    for _alias in (_unit, *_aliases):
        _SYMBOLS[_alias] = (*_SYMBOLS.get(_alias, ()), _unit)
_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:[,_]\d{3})*|\d*)(?:\.\d+)?)\s*(万)?\s*(\S*)\s*\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_TOO_LONG = 64


class NotationError(ValueError):
    """A value that cannot be read as what it should be.

    Attributes:
        code: Problem code.
        allowed: What would be right, as names or values.
        found: The part that is wrong, where it is not the whole value.
    """

    def __init__(self, code: str, allowed: str = "", found: object = "") -> None:
        super().__init__(code, allowed)
        self.code = code
        self.allowed = allowed
        self.found = found


def split_number(raw: object) -> tuple[Decimal, str]:
    """The number and the unit symbol (perhaps empty) in what somebody wrote; NotationError when there is none."""
    if isinstance(raw, bool):
        raise NotationError("DB008", "number")
    if isinstance(raw, int):
        return Decimal(raw), ""
    if isinstance(raw, Decimal):
        if not raw.is_finite():
            raise NotationError("DB034", "number")
        return raw, ""
    if not isinstance(raw, str):
        raise NotationError("DB008", "number")
    found = _NUMBER.match(raw) if len(raw) <= _TOO_LONG else None
    if found is None or not found[1].strip("+-") or found[3].startswith("."):
        raise NotationError("DB008", "number")
    try:
        number = Decimal(found[1].replace(",", "").replace("_", ""))
    except InvalidOperation:
        raise NotationError("DB008", "number") from None
    return (number * 10_000 if found[2] else number), found[3]


def unit_of(symbol: str, like: str | None = "") -> str:
    """The canonical unit for *symbol*, *like* where it can mean that (个 may be a group or a unit); else NotationError."""
    if not symbol:
        return ""
    found = _SYMBOLS.get(symbol, ())
    if like and (like == symbol or like in found):
        return like
    if not found:
        raise NotationError("DB017", like or ", ".join(UNITS))
    return found[0]


def with_percent(number: Decimal) -> str:
    """What a bare number was probably meant to be, where that is plain: 16 is 16 %, but 0.16 could be two things."""
    return f"{number}%" if number > 1 else "…%"


def read_number(ftype: FactType, raw: object) -> int:
    """*raw* as an integer of *ftype*'s smallest step, in its declared range.

    Raises NotationError: not a number, another unit, finer than the step, outside the range, a rate without ``%``.
    """
    number, symbol = split_number(raw)
    unit = unit_of(symbol, ftype.unit)
    if unit and unit != ftype.unit:
        raise NotationError("DB017", ftype.unit or "-")
    if ftype.kind is Kind.RATE and not unit:
        raise NotationError("DB052", with_percent(number))
    steps = to_steps(number, ftype.step)
    if not ftype.low <= steps <= ftype.high:
        raise NotationError("DB024", f"{show_number(ftype, ftype.low)} … {show_number(ftype, ftype.high)}")
    return steps


def to_steps(number: Decimal, step: Decimal) -> int:
    """*number* in whole steps; NotationError when it is finer than *step* or too large to stay exact."""
    if number.adjusted() > 20:
        raise NotationError("DB036", str(LARGEST))
    steps = number / step
    if steps != steps.to_integral_value():
        raise NotationError("DB025", str(step))
    if abs(steps) >= LARGEST:
        raise NotationError("DB036", str(LARGEST))
    return int(steps)


def plain(number: Decimal) -> str:
    """*number* without exponent or needless zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def show_number(ftype: FactType, steps: int, lang: str = "zh") -> str:
    """*steps* of *ftype* as people read it, with its unit."""
    number = plain(steps * ftype.step)
    if not ftype.unit:
        return number
    symbol = UNITS.get(ftype.unit, (ftype.unit, ftype.unit, ()))[0 if lang == "zh" else 1]
    return f"{number}%" if ftype.unit == "%" else f"{number} {symbol}".strip()


def show_value(ftype: FactType, value: Value, lang: str = "zh") -> str:
    """Any recorded value as people read it."""
    if isinstance(value, Grading):
        return _title(ftype, value.level, lang)
    if isinstance(value, Ticks):
        there = [each.title if lang == "zh" else each.title_en for each in ftype.options if each.id in value.present]
        return f"{len(there)}/{len(ftype.options)}"
    if isinstance(value, Holding):
        return {True: ("持有", "held"), False: ("未持有", "not held")}[value.held][0 if lang == "zh" else 1]
    if isinstance(value, tuple):
        return f"{len(value)} " + ("次", "events")[0 if lang == "zh" else 1]
    if isinstance(value, date):
        return value.isoformat()
    if ftype.kind is Kind.FLAG:
        return (("否", "no"), ("是", "yes"))[value][0 if lang == "zh" else 1]
    return show_number(ftype, value, lang)


def _title(ftype: FactType, level: int, lang: str) -> str:
    option = ftype.options[level]
    return option.title if lang == "zh" else option.title_en or option.title


def literal_of(ftype: FactType, value: Value) -> Any:
    """A recorded value as plain JSON that :func:`read_value` reads back to the same value."""
    match value:
        case Grading():
            judged = {"by": value.by, "reason": value.reason, "on": value.on.isoformat() if value.on else ""}
            return {"level": ftype.options[value.level].id, **{key: each for key, each in judged.items() if each}}
        case Ticks():
            return {**dict.fromkeys(sorted(value.present), True), **dict.fromkeys(sorted(value.absent), False)}
        case Holding():
            days = {"from": value.since, "until": value.until}
            return {"held": value.held, **{key: day.isoformat() for key, day in days.items() if day}}
        case tuple():
            return [_event_literal(each) for each in value]
        case date():
            return value.isoformat()
    if ftype.kind is Kind.FLAG:
        return bool(value)
    number = plain(value * ftype.step)
    if ftype.unit == "%":
        return f"{number}%"
    return f"{number} {ftype.unit}" if ftype.unit else int(number) if number.lstrip("-").isdigit() else number


def _event_literal(each: Happening) -> dict[str, str]:
    settled = {"settled": each.settled.isoformat()} if each.settled else {}
    return {"on": each.on.isoformat(), **({"kind": each.kind} if each.kind else {}), **settled}


def read_value(ftype: FactType, raw: Any) -> Value:
    """What somebody wrote in a facts file as a recorded value; NotationError says what would be right."""
    if ftype.kind in NUMERIC:
        return read_number(ftype, raw)
    return _READERS[ftype.kind](ftype, raw)


_YES = {"是", "有", "yes", "true", "y", "√"}
_NO = {"否", "无", "no", "false", "n", "×"}


def _read_flag(ftype: FactType, raw: Any) -> int:
    if isinstance(raw, bool):
        return int(raw)
    word = raw.strip().lower() if isinstance(raw, str) else ""
    if word in _YES:
        return 1
    if word in _NO:
        return 0
    raise NotationError("DB008", "true, false, 是, 否")


def read_date(raw: Any) -> date:
    """A calendar date; NotationError for anything else (a time of day included)."""
    if type(raw) is date:
        return raw
    if isinstance(raw, str):
        try:
            if not _DAY.match(raw.strip()):
                raise ValueError
            return date.fromisoformat(raw.strip())
        except ValueError:
            raise NotationError("DB033", "2012-11-15") from None
    raise NotationError("DB008", "2012-11-15")


def _read_date(ftype: FactType, raw: Any) -> date:
    return read_date(raw)


def _read_level(ftype: FactType, raw: Any) -> Grading:
    table = raw if isinstance(raw, Mapping) else {"level": raw}
    _known_keys(table, {"level", "by", "reason", "on"})
    name = table.get("level")
    if isinstance(name, bool) and len(ftype.options) == 2:
        return Grading(int(name))
    level = ftype.option(name.strip()) if isinstance(name, str) else None
    if level is None:
        raise NotationError("DB018", _options(ftype))
    on = read_date(table["on"]) if "on" in table else None
    return Grading(level, _line(table, "by", LONGEST_LINE), _line(table, "reason", LONGEST_BLOCK), on)


def _line(table: Mapping[str, Any], key: str, most: int) -> str:
    try:
        return clean(str(table.get(key, "")), most)
    except TextError as error:
        raise NotationError(error.code, error.allowed, error.found) from None


def _read_checklist(ftype: FactType, raw: Any) -> Ticks:
    if isinstance(raw, bool):
        every = frozenset(each.id for each in ftype.options)
        return Ticks(every, frozenset()) if raw else Ticks(frozenset(), every)
    if isinstance(raw, str):
        raw = [part.strip() for part in re.split(r"[;；、|]", raw) if part.strip()]
    if isinstance(raw, Mapping):
        marks = {_member(ftype, name): _read_flag(ftype, mark) for name, mark in raw.items()}
        return Ticks(frozenset(m for m, on in marks.items() if on), frozenset(m for m, on in marks.items() if not on))
    if isinstance(raw, list):
        present = frozenset(_member(ftype, name) for name in raw)
        return Ticks(present, frozenset(each.id for each in ftype.options) - present)
    raise NotationError("DB008", f"[…]: {_options(ftype)}")


def _member(ftype: FactType, name: Any) -> str:
    index = ftype.option(name) if isinstance(name, str) else None
    if index is None:
        raise NotationError("DB018", _options(ftype), name)
    return ftype.options[index].id


def _read_events(ftype: FactType, raw: Any) -> tuple[Happening, ...]:
    if not isinstance(raw, list):
        raise NotationError("DB008", "[{ on = 2012-03-02 }, …]")
    return tuple(sorted((_read_event(ftype, each) for each in raw), key=lambda each: each.on))


def _read_event(ftype: FactType, raw: Any) -> Happening:
    if not isinstance(raw, Mapping):
        raw = {"on": raw}
    _known_keys(raw, {"on", "kind", "settled"})
    if "on" not in raw:
        raise NotationError("DB007", "on")
    kind = raw.get("kind", "")
    if kind:
        kind = _member(ftype, kind)
    settled = read_date(raw["settled"]) if "settled" in raw else None
    on = read_date(raw["on"])
    if settled is not None and settled < on:
        raise NotationError("DB024", f">= {on}")
    return Happening(on, kind, settled)


def _read_title(ftype: FactType, raw: Any) -> Holding:
    if not isinstance(raw, Mapping):
        return Holding(bool(_read_flag(ftype, raw)))
    _known_keys(raw, {"held", "from", "until"})
    since, until = (read_date(raw[key]) if key in raw else None for key in ("from", "until"))
    if since and until and until < since:
        raise NotationError("DB024", f">= {since}")
    return Holding(bool(_read_flag(ftype, raw.get("held", True))), since, until)


def _known_keys(table: Mapping[str, Any], known: set[str]) -> None:
    for key in table:
        if key not in known:
            raise NotationError("DB006", ", ".join(sorted(known)))


def _options(ftype: FactType) -> str:
    return ", ".join(f"{each.id} {each.title}" for each in ftype.options)


_READERS: Mapping[Kind, Callable[[FactType, Any], Value]] = {
    Kind.FLAG: _read_flag,
    Kind.DATE: _read_date,
    Kind.CHOICE: _read_level,
    Kind.GRADE: _read_level,
    Kind.CHECKLIST: _read_checklist,
    Kind.EVENTS: _read_events,
    Kind.TITLE: _read_title,
}
