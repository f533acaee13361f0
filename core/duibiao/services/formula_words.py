"""Expressions of rules in words: what stands in a pack for the program is never shown to people as it stands there."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Protocol

Say = Callable[[str, str], str]

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
_OPERATORS = str.maketrans({"≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "（": "(", "）": ")", "，": ","})
_SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.GtE: "≥", ast.Gt: ">", ast.LtE: "≤", ast.Lt: "<", ast.Eq: "=", ast.NotEq: "≠",
}  # fmt: skip
_SUMS: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.Div: "÷"}
_RESULT: Mapping[str, tuple[str, str]] = {
    "all": ("应达指标全部达到", "every binding indicator met"), "score": ("得分", "score"), "full": ("满分", "full marks"),
    "vetoed": ("被一票否决", "vetoed"),
}  # fmt: skip
_ABOUT: Mapping[str, tuple[str, str]] = {
    "gate": ("关口“{}”通过", "gate “{}” passed"), "award": ("“{}”成立", "“{}” held"), "met": ("“{}”达到", "“{}” met"),
    "points": ("“{}”得分", "points of “{}”"),
}  # fmt: skip
_LOWEST: Mapping[str, tuple[str, str]] = {
    "criteria": ("得分最低的大类", "lowest group"), "indicators": ("得分最低的指标", "lowest indicator"),
}  # fmt: skip
_ROUNDED: Mapping[str, tuple[str, str]] = {
    "up": ("进位", "up"), "down": ("舍去", "down"), "half_up": ("四舍五入", "half up"),
}  # fmt: skip
_PERIOD = re.compile(r"\s*(\d{1,3})\s*(years?|年|months?|个?月)\s*\Z")


class Names(Protocol):
    """What an expression speaks of, by its names."""

    def say(self, zh: str, en: str) -> str:
        """The word in the language chosen."""

    def fact(self, name: str) -> str:
        """A data item's title."""

    def option(self, fact: str, name: str) -> str:
        """The title of an option of a data item."""

    def titled(self, name: str) -> str:
        """The title of a gate, an award or an indicator."""


def told(text: str, names: Names) -> str:
    """The expression *text* in words; as it stands when it is none."""
    source = _PERCENT.sub(r"percent(\1)", text.translate(_OPERATORS)).strip()
    try:
        return _Teller(names, source).tell(ast.parse(source, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return text


class _Teller:
    """Walks the syntax tree of an expression."""

    def __init__(self, names: Names, source: str) -> None:
        self.names, self.say, self.source = names, names.say, source

    def tell(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value):
                return self.literal(value, node)
            case ast.Name(name) | ast.Attribute(ast.Name(), name):
                return self.name(node, name)
            case ast.BoolOp(op, values):
                word = self.say("，且", " and ") if isinstance(op, ast.And) else self.say("，或", " or ")
                return word.join(self.inner(value) for value in values)
            case ast.UnaryOp(ast.Not(), operand):
                return self.say(f"不是（{self.tell(operand)}）", f"not ({self.tell(operand)})")
            case ast.UnaryOp(ast.USub(), operand):
                return f"−{self.inner(operand)}"
            case ast.BinOp(left, op, right) if type(op) in _SUMS:
                return f"{self.inner(left)} {_SUMS[type(op)]} {self.inner(right)}"
            case ast.Compare(left, ops, rights):
                return self.comparison([left, *rights], ops)
            case ast.IfExp(test, body, other):
                parts = self.tell(test), self.tell(body), self.tell(other)
                return self.say("若 {} 则 {}，否则 {}", "if {} then {}, otherwise {}").format(*parts)
            case ast.Call(ast.Name(name), args, []):
                return self.call(name, args)
        raise ValueError(ast.dump(node))

    def inner(self, node: ast.expr) -> str:
        """A part; one that is itself made of parts joined loosely stands in brackets."""
        text = self.tell(node)
        if isinstance(node, ast.BoolOp | ast.BinOp | ast.IfExp):
            return self.say(f"（{text}）", f"({text})")
        return text

    def literal(self, value: object, node: ast.expr) -> str:
        if isinstance(value, bool):
            return self.say("是", "yes") if value else self.say("否", "no")
        if isinstance(value, int | float):
            return (ast.get_source_segment(self.source, node) or str(value)).strip()
        return str(value)

    def name(self, node: ast.expr, name: str) -> str:
        whole = f"{node.value.id}.{name}" if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else name
        return self.say(*_RESULT[whole]) if whole in _RESULT else self.names.fact(whole)

    def comparison(self, parts: list[ast.expr], ops: list[ast.cmpop]) -> str:
        if len(ops) == 1 and isinstance(parts[1], ast.Constant) and isinstance(parts[1].value, str):
            return self.level(parts[0], ops[0], parts[1].value)
        if not all(type(op) in _SIGNS for op in ops):
            raise ValueError(ops)
        told = [self.tell(part) if isinstance(part, ast.BinOp) else self.inner(part) for part in parts]
        return " ".join([told[0], *(f"{_SIGNS[type(op)]} {each}" for op, each in zip(ops, told[1:], strict=True))])

    def level(self, subject: ast.expr, op: ast.cmpop, name: str) -> str:
        """A choice or grade held against one of its options."""
        title, option = self.tell(subject), self.names.option(self.word(subject), name)
        if isinstance(op, ast.Eq):
            return self.say(f"{title}为 {option}", f"{title} is {option}")
        if isinstance(op, ast.NotEq):
            return self.say(f"{title}不为 {option}", f"{title} is not {option}")
        return f"{title} {_SIGNS[type(op)]} {option}"

    def word(self, node: ast.expr) -> str:
        """An argument that is a name or a quoted text, as it is written."""
        match node:
            case ast.Name(name) | ast.Constant(str(name)):
                return name
            case ast.Attribute(ast.Name(plugin), name):
                return f"{plugin}.{name}"
        return ast.get_source_segment(self.source, node) or ""

    def call(self, name: str, args: list[ast.expr]) -> str:
        if name == "percent":
            return f"{self.tell(args[0])}%"
        if name in _ABOUT:
            return self.say(*_ABOUT[name]).format(self.names.titled(self.word(args[0])))
        tell = _CALLS.get(name)
        if tell is None:
            raise ValueError(name)
        return tell(self, args)

    def several(self, args: list[ast.expr]) -> str:
        return self.say("、", ", ").join(self.tell(arg) for arg in args)


def _has(t: _Teller, args: list[ast.expr]) -> str:
    fact = t.word(args[0])
    members = t.say("、", ", ").join(t.names.option(fact, t.word(arg)) for arg in args[1:])
    return t.say(f"{t.names.fact(fact)}含 {members}", f"{t.names.fact(fact)} with {members}")


def _count(t: _Teller, args: list[ast.expr]) -> str:
    if len(args) == 1:
        return t.say(f"{t.tell(args[0])} 的项数", f"number of {t.tell(args[0])}")
    return t.say(f"{t.several(args)} 中成立的项数", f"how many hold of {t.several(args)}")


def _between(t: _Teller, args: list[ast.expr]) -> str:
    return f"{t.inner(args[0])} {t.inner(args[1])} – {t.inner(args[2])}"


def _previous(t: _Teller, args: list[ast.expr]) -> str:
    return t.say(f"{t.tell(args[0])}（上一期）", f"{t.tell(args[0])} (period before)")


def _events(t: _Teller, args: list[ast.expr]) -> str:
    about = []
    for word in map(t.word, args[1:]):
        found = _PERIOD.match(word)
        months = found is not None and found[2][0] not in "y年"
        unit = t.say("个月", "months") if months else t.say("年", "years")
        about.append(word if found is None else t.say(f"{found[1]} {unit}内", f"within {found[1]} {unit}"))
    aside = t.say("，", ", ").join(about)
    return t.names.fact(t.word(args[0])) + (t.say(f"（{aside}）", f" ({aside})") if aside else "")


def _round(t: _Teller, args: list[ast.expr]) -> str:
    step, mode = t.word(args[1]), t.say(*_ROUNDED.get(t.word(args[2]), ("", "")))
    return t.say(f"{t.inner(args[0])}（按 {step} {mode}）", f"{t.inner(args[0])} (rounded {mode} to {step})")


def _known_or(t: _Teller, args: list[ast.expr]) -> str:
    return t.say(f"{t.tell(args[0])}（未知按 {t.tell(args[1])}）", f"{t.tell(args[0])} ({t.tell(args[1])} if unknown)")


_CALLS: Mapping[str, Callable[[_Teller, list[ast.expr]], str]] = {
    "has": _has, "count": _count, "between": _between, "previous": _previous, "events": _events, "round": _round,
    "known_or": _known_or,
    "min": lambda t, args: t.say(f"{t.several(args)} 中最小的", f"least of {t.several(args)}"),
    "max": lambda t, args: t.say(f"{t.several(args)} 中最大的", f"greatest of {t.several(args)}"),
    "ratio": lambda t, args: f"{t.inner(args[0])} ÷ {t.inner(args[1])}",
    "holds": lambda t, args: t.say("持有 ", "holds ") + t.tell(args[0]),
    "days": lambda t, args: t.say("{} 到 {} 的天数", "days from {} to {}").format(*map(t.tell, args)),
    "lowest": lambda t, args: t.say(*_LOWEST.get(t.word(args[0]), (t.word(args[0]), t.word(args[0])))),
}  # fmt: skip
"""Function to how a call of it is told."""

__all__ = ["Names", "told"]
