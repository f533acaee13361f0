"""Tables to frozen classes: strict types through cattrs, unknown and missing keys named, every problem kept."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast

import attrs
import cattrs
from cattrs.errors import ClassValidationError, IterableValidationError

from duibiao.errors import Collector, Where
from duibiao.model import process, sources
from duibiao.model.notation import split_number
from duibiao.model.sources import Cite

T = TypeVar("T")
CITE_KEYS = frozenset(field.name for field in attrs.fields(Cite)) - {"replaced_by"}
_OURS = frozenset({"cite", "where", "given", "plugin", "content_hash"})
_AS_IS = frozenset({str, int, bool, date})
_TEXTS = tuple[str, ...]


class WrongTypeError(ValueError):
    """A value of another type than its key takes.

    Attributes:
        expected: Name of the type that would be right.
    """

    def __init__(self, value: object, expected: str) -> None:
        super().__init__(f"{value!r} is not {expected}")
        self.value, self.expected = value, expected


def _strict(kind: type[Any], name: str) -> Any:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise WrongTypeError(value, name)
        return value

    return hook


def _decimal(value: Any, _: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise WrongTypeError(value, 'number, "0.001"')
    try:
        number, symbol = split_number(value)
    except ValueError:
        raise WrongTypeError(value, 'number, "0.001"') from None
    if symbol:
        raise WrongTypeError(value, 'number, "0.001"')
    return number


def _literal(value: Any, _: Any) -> Any:
    if isinstance(value, str | int | Decimal) or type(value) is date:
        return value
    raise WrongTypeError(value, 'number, "640 m2", "25%"')


def _mapping(value: Any, _: Any) -> Any:
    if not isinstance(value, Mapping):
        raise WrongTypeError(value, "{ … }")
    return value


@cache
def converter() -> cattrs.Converter:
    """The strict converter: nothing is coerced."""
    made = cattrs.Converter(forbid_extra_keys=True)
    for kind, name in ((str, '"…"'), (int, "0, 1, 2 …"), (bool, "true, false"), (date, "2012-11-15")):
        made.register_structure_hook(kind, _strict(kind, name))
    made.register_structure_hook(Decimal, _decimal)
    made.register_structure_hook_func(lambda t: t in (sources.Literal, sources.Literal | None), _literal)
    made.register_structure_hook_func(lambda t: t in (sources.Spec, sources.Spec | None), _mapping)
    made.register_structure_hook_func(lambda t: t is Any, lambda value, _: value)
    made.register_structure_hook(process.FormField, _label)
    made.register_structure_hook(process.Opinion, _label)
    return made


def _label(value: Any, kind: Any) -> Any:
    """A form line is a label, or a table with a label."""
    if isinstance(value, str):
        return kind(label=value)
    if not isinstance(value, Mapping) or not isinstance(value.get("label"), str):
        raise WrongTypeError(value, '"…", { label = "…" }')
    known = {field.name: field for field in attrs.fields(kind)}
    for key, each in value.items():
        if key not in known or (key != "label" and not isinstance(each, bool)):
            raise WrongTypeError(key, ", ".join(known))
    return kind(**value)


@cache
def _types(cls: type[Any]) -> Mapping[str, Any]:
    attrs.resolve_types(cls)
    return {field.name: field.type for field in attrs.fields(cls)}


@cache
def _required(cls: type[Any]) -> frozenset[str]:
    return frozenset(field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING)


@cache
def _own(cls: type[Any], given: frozenset[str]) -> frozenset[str]:
    """The keys of a table that fields of *cls* take."""
    return frozenset(_types(cast(Hashable, cls))) - _OURS - given


def build(
    cls: type[T], table: Any, where: Where, problems: Collector, *, given: Mapping[str, Any] | None = None,
    optional: frozenset[str] = frozenset(), default_cite: Cite | None = None,
) -> T | None:  # fmt: skip
    """*table* as a *cls*; None when it cannot be built.

    *given* are fields already made, *optional* required fields that may be missing here, *default_cite* what a citation inherits.
    """
    given = given or {}
    if not isinstance(table, Mapping):
        problems.add("DB008", where, found=table, allowed="[table]")
        return None
    types = _types(cast(Hashable, cls))
    citing = "cite" in types
    own = _own(cast(Hashable, cls), frozenset(given))
    before = len(problems.problems)
    unknown_keys(table, own | CITE_KEYS if citing else own, where, problems)
    values = {**given, **{key: _taken(table, key, types[key], where, problems) for key in table if key in own}}
    for key in sorted((_required(cast(Hashable, cls)) - set(values)) - optional):
        problems.add("DB007", where, found=table.get("id", ""), allowed=key)
    for key in optional - set(values):
        values[key] = ""
    if citing:
        values["cite"] = _cite(table, where, problems, default_cite)
    if "where" in types:
        values["where"] = where
    if "given" in types:
        values["given"] = frozenset(table)
    return cls(**values) if len(problems.problems) == before else None


def unknown_keys(table: Mapping[str, Any], known: Iterable[str], where: Where, problems: Collector) -> None:
    """Add a problem for every key of *table* that is not in *known*."""
    names = frozenset(known)
    for key in table:
        if key not in names:
            problems.add("DB006", where.at(key), found=key, among=names)


def _taken(table: Mapping[str, Any], key: str, kind: Any, where: Where, problems: Collector) -> Any:
    """The value of a key as its field takes it: most are right as they stand, the converter sees to the rest."""
    value = table[key]
    if type(value) is kind and kind in _AS_IS:
        return value
    if kind == _TEXTS and type(value) is list and all(type(each) is str for each in value):
        return tuple(value)
    return convert(value, kind, where.at(key), problems)


def convert(value: Any, kind: Any, where: Where, problems: Collector) -> Any:
    """*value* as *kind*, or None with problems added."""
    try:
        return converter().structure(value, kind)
    except (WrongTypeError, IterableValidationError, ClassValidationError, TypeError, ValueError) as error:
        _report(error, value, where, problems)
        return None


def _report(error: BaseException, value: Any, where: Where, problems: Collector) -> None:
    if isinstance(error, IterableValidationError):
        for each, note in error.group_exceptions()[0]:
            _report(each, value, where.at(note.index), problems)
        for each in error.group_exceptions()[1]:
            _report(each, value, where, problems)
        return
    if isinstance(error, WrongTypeError):
        problems.add("DB008", where, found=error.value, allowed=error.expected)
        return
    problems.add("DB008", where, found=value, allowed="[…]")


def _cite(table: Mapping[str, Any], where: Where, problems: Collector, default: Cite | None) -> Cite:
    values: dict[str, Any] = {}
    types = _types(Cite)
    for key in table:
        if key in CITE_KEYS:
            values[key] = _taken(table, key, types[key], where, problems)
    base = default or Cite()
    if "clause" not in values:
        values["clause"] = base.clause
    if "document" not in values:
        values["document"] = base.document
    values.setdefault("assumed", False)
    values.setdefault("reason", "")
    return Cite(**{key: value for key, value in values.items() if value is not None})
