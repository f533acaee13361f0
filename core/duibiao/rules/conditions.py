"""Condition keys (docs/pack-format.md) lowered to a truth node, a guard, and what to say about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar

from attrs import frozen

from duibiao.model.facts import LEVELLED, NUMERIC, FactType, Kind
from duibiao.model.notation import NotationError
from duibiao.rules.context import Context, present
from duibiao.rules.expression import parse_truth
from duibiao.rules.keys import CHANGES, CONDITION_KEYS, PEERS, SUBJECTS, TESTS, THRESHOLDS
from duibiao.rules.nodes import (
    NO,
    UNDECIDED,
    YES,
    Choose,
    Const,
    Num,
    Truth,
    both,
    bounds,
    either,
    equal,
    more_than,
    negate,
)
from duibiao.rules.program import Sketch
from duibiao.rules.quantity import (
    Quantity,
    RuleError,
    compare,
    constant,
)
from duibiao.rules.thresholds import numeric_test, subject_of

T = TypeVar("T")
_EMPTY = {"met": YES, "not_met": NO, "unknown": UNDECIDED, "not_applicable": YES}
_SAY_IF_EMPTY = 'if_empty = "met" / "not_met" / "not_applicable" / "unknown"'


@frozen
class Lowered:
    """A condition, lowered.

    Attributes:
        test: Whether it holds.
        applies: Whether it can be asked at all.
        sketch: What to say about it.
    """

    test: Truth
    applies: Truth
    sketch: Sketch


class At:
    """Where in the pack a rule stands, so that an error names the key."""

    def __init__(self, path: tuple[str | int, ...] = ()) -> None:
        self.path = path

    def at(self, *keys: str | int) -> At:
        """The place below."""
        return At((*self.path, *keys))


class LocatedRuleError(Exception):
    """A :class:`RuleError` with the key it is about."""

    def __init__(self, error: RuleError | NotationError, path: tuple[str | int, ...], found: object = "") -> None:
        super().__init__(error.code)
        self.error, self.path, self.found = error, path, found


def located(spec: object, at: At, action: Callable[[], T]) -> T:
    """Run *action*; an error without a place gets *at* and, if it names nothing, *spec* as what was found."""
    try:
        return action()
    except (RuleError, NotationError) as error:
        raise LocatedRuleError(error, at.path, getattr(error, "found", "") or spec) from None


def condition(spec: Any, context: Context, at: At) -> Lowered:
    """Lower a condition: an expression, a list (all of it), or a table of keys.

    Raises LocatedRuleError for the first thing that cannot be lowered.
    """
    if isinstance(spec, bool):
        return Lowered(YES if spec else NO, YES, Sketch("fixed", YES if spec else NO))
    if isinstance(spec, str):
        return _expression(spec, {}, context, at)
    if isinstance(spec, list | tuple):
        return _several("all_of", spec, context, at)
    if not isinstance(spec, Mapping):
        raise LocatedRuleError(RuleError("DB008", spec, "{ fact = … }"), at.path)
    subject = _subject(spec, at)
    match subject:
        case "rule":
            return _expression(spec["rule"], spec, context, at.at("rule"))
        case "holds":
            return located(spec["holds"], at.at("holds"), lambda: _holds(spec["holds"], context))
        case "fact":
            return _fact(spec, context, at)
    return _several(subject, spec[subject], context, at.at(subject))


def _subject(spec: Mapping[str, Any], at: At) -> str:
    for key in spec:
        if key not in CONDITION_KEYS:
            error = RuleError("DB006", key, among=sorted(CONDITION_KEYS))
            raise LocatedRuleError(error, at.at(key).path)
    found = [key for key in SUBJECTS if key in spec]
    if len(found) != 1:
        raise LocatedRuleError(RuleError("DB039", ", ".join(found), ", ".join(SUBJECTS)), at.path)
    return found[0]


def _expression(text: Any, spec: Mapping[str, Any], context: Context, at: At) -> Lowered:
    if not isinstance(text, str):
        raise LocatedRuleError(RuleError("DB008", text, '"…"'), at.path)
    before = len(context.denominators)
    test, sketch = located(text, at, lambda: parse_truth(text, context))
    divisors = context.denominators[before:]
    del context.denominators[before:]
    return _guard_empty(test, sketch, divisors, spec.get("if_empty"), at)


def _several(kind: str, members: Any, context: Context, at: At) -> Lowered:
    if not isinstance(members, list | tuple) or not members:
        raise LocatedRuleError(RuleError("DB008", members, "[…]"), at.path)
    parts = [condition(member, context, at.at(i)) for i, member in enumerate(members)]
    tests = [part.test for part in parts]
    if kind == "all_of":
        test = both(*(either(negate(part.applies), part.test) for part in parts))
    elif kind == "any_of":
        test = either(*(both(part.applies, part.test) for part in parts))
    else:
        test = both(*(negate(both(part.applies, t)) for part, t in zip(parts, tests, strict=True)))
    return Lowered(test, YES, Sketch(kind, test, children=tuple(part.sketch for part in parts)))


def _holds(name: Any, context: Context) -> Lowered:
    ftype = context.type(name)
    if ftype.kind is not Kind.TITLE:
        raise RuleError("DB019", f"{ftype.id} ({ftype.kind})", "title")
    test = context.held(ftype)
    return Lowered(test, YES, Sketch("held", test, ftype.id))


def _guard_empty(test: Truth, sketch: Sketch, divisors: list[Num], if_empty: Any, at: At) -> Lowered:
    if not divisors:
        if if_empty is not None and if_empty not in _EMPTY:
            raise LocatedRuleError(RuleError("DB018", if_empty, among=sorted(_EMPTY)), at.path)
        return Lowered(test, YES, sketch)
    if if_empty not in _EMPTY:
        raise LocatedRuleError(RuleError("DB023", if_empty or "", _SAY_IF_EMPTY), at.path)
    filled = both(*(more_than(each, Const(0)) for each in divisors))
    guarded = Choose(filled, test, _EMPTY[if_empty])
    applies = filled if if_empty == "not_applicable" else YES
    shown = Sketch("if_empty", guarded, children=(sketch,), note=if_empty, text="filled")
    return Lowered(guarded, applies, shown)


def _fact(spec: Mapping[str, Any], context: Context, at: At) -> Lowered:
    ftype: FactType = located(spec["fact"], at.at("fact"), lambda: context.type(spec["fact"]))
    if "sample" in spec:
        located(spec["sample"], at.at("sample"), lambda: _sample(spec["sample"], context))
    if "sustained" in spec:
        return _sustained(spec, ftype, context, at)
    variants = _variants(spec, ftype, context, at)
    return variants if variants is not None else _plain(spec, ftype, context, at)


def subject_guard(spec: Mapping[str, Any], context: Context, at: At) -> tuple[Truth, Truth]:
    """For a condition that only names what a points table looks at: whether it can be asked, and whether it is empty.

    Its ``sample`` is noted; a divisor that may be 0 needs ``if_empty``. Raises LocatedRuleError.
    """
    if "sample" in spec:
        located(spec["sample"], at.at("sample"), lambda: _sample(spec["sample"], context))
    if "if_empty" in spec and spec["if_empty"] not in _EMPTY:
        raise LocatedRuleError(RuleError("DB018", spec["if_empty"], among=sorted(_EMPTY)), at.at("if_empty").path)
    if "ratio_to" not in spec:
        return YES, NO
    ftype: FactType = located(spec["fact"], at.at("fact"), lambda: context.type(spec["fact"]))
    subject: Quantity = located(spec, at, lambda: subject_of(spec, ftype, context))
    divisor = subject.bottom
    if divisor is None or bounds(divisor)[0] > 0:
        return YES, NO
    if "if_empty" not in spec:
        raise LocatedRuleError(RuleError("DB023", "", _SAY_IF_EMPTY), at.path)
    filled = more_than(divisor, Const(0))
    return (filled, NO) if spec["if_empty"] == "not_applicable" else (YES, negate(filled))


def _sample(sample: Any, context: Context) -> None:
    if not isinstance(sample, Mapping) or set(sample) != {"of", "at_least"} or not isinstance(sample["at_least"], int):
        raise RuleError("DB008", sample, '{ of = "…", at_least = 10 }')
    ftype = context.type(sample["of"])
    context.samples[ftype.id] = max(sample["at_least"], context.samples.get(ftype.id, 0))


def _sustained(spec: Mapping[str, Any], ftype: FactType, context: Context, at: At) -> Lowered:
    cycles = spec["sustained"]
    if isinstance(cycles, bool) or not isinstance(cycles, int) or not 1 <= cycles <= 20:
        raise LocatedRuleError(RuleError("DB008", cycles, "1 … 20"), at.at("sustained").path)
    rest = {key: value for key, value in spec.items() if key != "sustained"}
    parts = [_fact(rest, context.earlier(back), at) for back in range(cycles)]
    test = both(*(part.test for part in parts))
    applies = both(*(part.applies for part in parts))
    shown = Sketch("sustained", test, ftype.id, children=tuple(part.sketch for part in parts), text=str(cycles))
    return Lowered(test, applies, shown)


def _variants(spec: Mapping[str, Any], ftype: FactType, context: Context, at: At) -> Lowered | None:
    """Thresholds that depend on the unit's kind, on an attribute, or on a special case; None when there are none."""
    base = {key: value for key, value in spec.items() if key not in ("by_kind", "by", "otherwise")}
    cases: list[tuple[Truth, Sketch, Lowered]] = []
    complete = False
    for index, case in enumerate(spec.get("otherwise", ())):
        cases.append(_special(case, base, ftype, context, at.at("otherwise", index)))
    if "by_kind" in spec:
        cases += _cases_by_kind(spec["by_kind"], base, ftype, context, at.at("by_kind"))
    if "by" in spec:
        found, complete = _cases_by_value(spec["by"], base, ftype, context, at.at("by"))
        cases += found
    if not cases:
        return None
    if any(key in base for key in TESTS) or "otherwise" in spec:
        main = _plain(base, ftype, context, at)
    elif complete:
        *cases, (_, _, main) = cases
    else:
        main = Lowered(NO, NO, Sketch("no_case", NO, ftype.id))
    test, applies, sketch = main.test, main.applies, main.sketch
    for guard, guard_sketch, case in reversed(cases):
        test = Choose(guard, case.test, test)
        applies = case.applies if case.applies == applies else Choose(guard, case.applies, applies)
        sketch = Sketch("choose", test, ftype.id, children=(guard_sketch, case.sketch, sketch))
    return Lowered(test, applies, sketch)


def _special(case: Any, base: Mapping[str, Any], ftype: FactType, context: Context, at: At) -> tuple[Truth, Sketch, Lowered]:
    if not isinstance(case, Mapping) or "when" not in case:
        raise LocatedRuleError(RuleError("DB007", "", "when"), at.path)
    guard = condition(case["when"], context, at.at("when"))
    return guard.test, guard.sketch, _with(case, base, ftype, context, at)


def _with(case: Mapping[str, Any], base: Mapping[str, Any], ftype: FactType, context: Context, at: At) -> Lowered:
    keys = {key: value for key, value in case.items() if key != "when"}
    for key in keys:
        if key not in TESTS and key != "per":
            raise LocatedRuleError(RuleError("DB006", key, among=[*TESTS, "per"]), at.at(key).path)
    kept = {key: value for key, value in base.items() if key not in TESTS}
    return _plain({**kept, **keys}, ftype, context, at)


def _cases_by_kind(
    table: Any, base: Mapping[str, Any], ftype: FactType, context: Context, at: At
) -> list[tuple[Truth, Sketch, Lowered]]:
    if not isinstance(table, Mapping):
        raise LocatedRuleError(RuleError("DB008", table, '{ "居委会" = { at_least = … } }'), at.path)
    found = []
    for kinds, case in table.items():
        names = tuple(part.strip() for part in kinds.replace("、", ",").split(","))
        guard = located(kinds, at.at(kinds), partial(context.kind_is, names))
        found.append((guard, Sketch("kind_is", guard, text=kinds), _with(case, base, ftype, context, at.at(kinds))))
    return found


def _cases_by_value(
    spec: Any, base: Mapping[str, Any], ftype: FactType, context: Context, at: At
) -> tuple[list[tuple[Truth, Sketch, Lowered]], bool]:
    """The cases, and whether every value of the attribute has one."""
    if not isinstance(spec, Mapping) or set(spec) != {"fact", "values"}:
        raise LocatedRuleError(RuleError("DB008", spec, '{ fact = "…", values = { … } }'), at.path)
    attribute: FactType = located(spec["fact"], at.at("fact"), lambda: context.type(spec["fact"]))
    found = []
    for name, case in spec["values"].items():
        place = at.at("values", name)
        guard = located(name, place, partial(_value_is, attribute, name, context))
        sketch = Sketch("level_is", guard, attribute.id, operator="=", text=name)
        found.append((guard, sketch, _with(case, base, ftype, context, place)))
    levels = 2 if attribute.kind is Kind.FLAG else len(attribute.options)
    return found, len(spec["values"]) == levels


def _value_is(attribute: FactType, name: str, context: Context) -> Truth:
    if attribute.kind is Kind.FLAG:
        if name not in ("yes", "no"):
            raise RuleError("DB018", name, "yes, no")
        return context.flag(attribute) if name == "yes" else negate(context.flag(attribute))
    if attribute.kind not in LEVELLED:
        raise RuleError("DB019", f"{attribute.id} ({attribute.kind})", "choice, flag, grade")
    return equal(context.levels(attribute).read, Const(context.level(attribute, name)))


def _plain(spec: Mapping[str, Any], ftype: FactType, context: Context, at: At) -> Lowered:
    if ftype.kind in NUMERIC or ftype.kind in (Kind.DATE, Kind.EVENTS):
        return _numeric(spec, ftype, context, at)
    if ftype.kind in LEVELLED:
        return _levelled(spec, ftype, context, at)
    _only(spec, {Kind.CHECKLIST: {"has", "has_at_least"}}.get(ftype.kind, {"is_true"}), ftype, at)
    if ftype.kind is Kind.CHECKLIST:
        return located(spec, at, lambda: _checklist(spec, ftype, context))
    test = context.flag(ftype) if ftype.kind is Kind.FLAG else context.held(ftype)
    kind = "is_true" if ftype.kind is Kind.FLAG else "held"
    if spec.get("is_true", True) is False:
        return Lowered(negate(test), YES, Sketch("is_false", negate(test), ftype.id))
    return Lowered(test, YES, Sketch(kind, test, ftype.id))


def _only(spec: Mapping[str, Any], suits: set[str], ftype: FactType, at: At) -> None:
    for key in spec:
        if key in TESTS and key not in suits:
            raise LocatedRuleError(
                RuleError("DB019", f"{key} / {ftype.id} ({ftype.kind})", ", ".join(sorted(suits))), at.at(key).path
            )


def _checklist(spec: Mapping[str, Any], ftype: FactType, context: Context) -> Lowered:
    tests = context.members(ftype, spec.get("has"))
    names = spec.get("has") or [each.id for each in ftype.options]
    children = tuple(
        Sketch("member", test, ftype.id, text=context.option(ftype, name)) for test, name in zip(tests, names, strict=True)
    )
    least = spec.get("has_at_least")
    if least is None:
        test = both(*tests)
        return Lowered(
            test, YES, Sketch("has_all", test, ftype.id, present(tests), constant(Fraction(len(tests)), ""), children=children)
        )
    if isinstance(least, bool) or not isinstance(least, int) or not 1 <= least <= len(tests):
        raise RuleError("DB024", least, f"1 … {len(tests)}")
    shown, bound = present(tests), constant(Fraction(least), "")
    test = compare(">=", shown, bound)
    return Lowered(test, YES, Sketch("has_at_least", test, ftype.id, shown, bound, ">=", children=children))


def _levelled(spec: Mapping[str, Any], ftype: FactType, context: Context, at: At) -> Lowered:
    grade = ftype.kind is Kind.GRADE
    suits = {"equals", "one_of", *({"at_least", "at_most", "more_than", "less_than"} if grade else ())}
    _only(spec, suits, ftype, at)
    levels = context.levels(ftype)
    tests, sketches = [], []
    keys = [key for key in (*THRESHOLDS, "one_of") if key in spec]
    if not keys:
        if not grade:
            raise LocatedRuleError(RuleError("DB007", "", "equals, one_of"), at.path)
        spec, keys = {"at_least": ftype.options[-1].id}, ["at_least"]
    shown = Quantity(levels.read, Fraction(1), "")
    for key in keys:
        names = spec[key] if key == "one_of" else [spec[key]]
        test = located(names, at.at(key), partial(_level_test, key, names, ftype, shown, context))
        tests.append(test)
        titles = "、".join(ftype.options[context.level(ftype, name)].title for name in names)
        sketches.append(Sketch("level_is", test, ftype.id, operator=THRESHOLDS.get(key, "=").replace("==", "="), text=titles))
    return _joined(tests, sketches)


def _level_test(key: str, names: list[Any], ftype: FactType, shown: Quantity, context: Context) -> Truth:
    sign = THRESHOLDS.get(key, "==")
    indexes = [context.level(ftype, name) for name in names]
    return either(*(compare(sign, shown, constant(Fraction(index), "")) for index in indexes))


def _joined(tests: list[Truth], sketches: list[Sketch]) -> Lowered:
    if len(tests) == 1:
        return Lowered(tests[0], YES, sketches[0])
    test = both(*tests)
    return Lowered(test, YES, Sketch("all_of", test, children=tuple(sketches)))


def _numeric(spec: Mapping[str, Any], ftype: FactType, context: Context, at: At) -> Lowered:
    events = ftype.kind is Kind.EVENTS
    suits = {*THRESHOLDS, "between", *(("each_within",) if events else ("about", "floor", *CHANGES, *PEERS))}
    _only(spec, suits, ftype, at)
    for key in ("kind", "within", "settled"):
        if key in spec and not events:
            raise LocatedRuleError(RuleError("DB019", f"{key} / {ftype.id} ({ftype.kind})", "events"), at.at(key).path)
    subject: Quantity = located(spec, at, lambda: subject_of(spec, ftype, context))
    tests: list[Truth] = []
    sketches: list[Sketch] = []
    for key in spec:
        if key in suits:
            test, sketch = located(spec[key], at.at(key), partial(numeric_test, key, spec, ftype, subject, context))
            tests.append(test)
            sketches.append(sketch)
    if not tests:
        raise LocatedRuleError(RuleError("DB007", "", ", ".join(sorted(suits))), at.path)
    joined = _joined(tests, sketches)
    empty = [subject.bottom] if subject.bottom is not None and bounds(subject.bottom)[0] <= 0 else []
    return _guard_empty(joined.test, joined.sketch, empty, spec.get("if_empty"), at)
