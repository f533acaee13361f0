"""What people read: problems in 中文 or English, and a word of ours in the language they chose."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from attrs import frozen

from duibiao.errors import Problem

Lang = Literal["zh", "en"]


@frozen
class Entry:
    """The words for one problem code.

    Attributes:
        code: The code.
        title: What is wrong, 中文.
        title_en: The same in English.
        help: What to do, 中文.
        help_en: The same in English.
    """

    code: str
    title: str
    title_en: str
    help: str
    help_en: str


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every problem code with its words."""
    import tomli

    data = tomli.loads(resources.files("duibiao").joinpath("problems.toml").read_text("utf-8"))
    return {table["code"]: Entry(**table) for table in data["problem"]}


def pick(lang: Lang, zh: str, en: str) -> str:
    """The word in the language chosen; an absent translation falls back to the other."""
    return (zh or en) if lang == "zh" else (en or zh)


def many(number: int | str, one: str, more: str = "") -> str:
    """A number and what is counted, in English: ``1 unit``, ``1,200 units``; *more* where it takes more than an «s»."""
    told = number if isinstance(number, str) else f"{number:,}"
    return f"{told} {one}" if told == "1" else f"{told} {more or one + 's'}"


def general(title: str) -> str:
    """A title as it reads of no case in particular: what it would name is left open."""
    return title.replace("{found}", "…").replace("{allowed}", "…")


def describe(problem: Problem, lang: Lang) -> str:
    """One problem as one line: place, code, what is wrong, what was found, what is allowed, did you mean.

    A title with ``{found}`` or ``{allowed}`` says the whole sentence itself.
    """
    entry = catalogue()[problem.code]
    title = pick(lang, entry.title, entry.title_en)
    told = title.replace("{found}", problem.found).replace("{allowed}", problem.allowed)
    parts = [f"{problem.where}: " if problem.where.file else "", f"{problem.code} {told}"]
    if problem.where.key:
        parts.append(f" [{problem.where.key}]")
    if told != title:
        return "".join(parts)
    if problem.found:
        parts.append(pick(lang, f"；写的是：{problem.found}", f"; found: {problem.found}"))
    if problem.allowed:
        parts.append(pick(lang, f"；可以是：{problem.allowed}", f"; allowed: {problem.allowed}"))
    if problem.nearest:
        parts.append(pick(lang, f"；是不是想写：{problem.nearest}？", f"; did you mean: {problem.nearest}?"))
    return "".join(parts)
