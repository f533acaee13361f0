"""``duibiao facts``."""

from __future__ import annotations

import click

from duibiao.cli.base import command, option, session
from duibiao.errors import Collector
from duibiao.model.facts import FactType, Kind
from duibiao.wording import many

MOST_WITH_OPTIONS = 12
"""Members and levels are listed with so few items at most."""

_BLANK = {
    Kind.FLAG: "true",
    Kind.COUNT: "0",
    Kind.RATE: '"0%"',
    Kind.DATE: "2012-01-31",
    Kind.EVENTS: "[{ on = 2012-01-31 }]",
    Kind.TITLE: "{ held = true, from = 2012-01-01, until = 2014-12-31 }",
}


@command(
    "facts",
    zh="列出数据项：编号、中文名、类型、单位。同一件事在所有标准里是同一个编号。\nWORD 按编号、名称查找。",
    en="List the data items: id, name, kind, unit. The same thing has one id in every standard.\nWORD searches ids and names.",
)
@click.argument("word", required=False)
@option("--topic", zh="只看一个主题", en="Only one topic")
@option("--topics", is_flag=True, zh="列出主题", en="List the topics")
@option("--standard", zh="只看一个标准用到的", en="Only those that a standard uses")
@option("--template", is_flag=True, zh="打印一份空白事实文件（TOML）", en="Print a blank facts file (TOML)")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def facts(
    ctx: click.Context,
    word: str | None,
    topic: str | None,
    topics: bool,
    standard: str | None,
    template: bool,
    as_json: bool,
) -> None:
    from duibiao.cli.output import console, flow, print_json, table

    state = session(ctx)
    vocabulary = state.registry.vocabulary
    if topics:
        listed = [(each.id, each.title, each.title_en) for each in vocabulary.topics.values()]
        if as_json:
            print_json([dict(zip(("id", "title", "title_en"), row, strict=True)) for row in listed])
        else:
            console().print(table([state.say("主题", "topic"), "中文", "English"], listed))
        return
    if topic is not None and topic not in vocabulary.topics:
        problems = Collector()
        problems.add("DB026", found=topic, among=vocabulary.topics)
        problems.raise_any()
    found = [each for each in vocabulary.types.values() if _matches(each, word, topic)]
    if standard is not None:
        used = {each.fact for each in state.registry.program(standard).inputs}
        found = [each for each in found if each.id in used]
    if as_json:
        print_json([_json(each) for each in found])
        return
    if template:
        kinds = state.registry.header(standard).unit_kinds if standard is not None else ()
        click.echo(blank_file(found, kinds))
        return
    columns = [state.say(*words) for words in (("编号", "id"), ("名称", "name"), ("类型", "kind"), ("单位", "unit"))]
    rows = [(each.id, state.say(each.title, each.title_en), each.kind.value, each.unit) for each in found]
    console().print(table(columns, rows))
    for each in (one for one in found if one.options and len(found) <= MOST_WITH_OPTIONS):
        options = state.say("、", ", ").join(f"{o.id} {state.say(o.title, o.title_en)}" for o in each.options)
        flow(console(), f"{each.id}: {options}", indent=2)
    click.echo(state.say(f"共 {len(found)} 项", f"{many(len(found), 'item')}"))


def _matches(each: FactType, word: str | None, topic: str | None) -> bool:
    if topic is not None and each.topic != topic:
        return False
    return word is None or any(word.lower() in text.lower() for text in (each.id, each.title, each.title_en, *each.aliases))


def _json(each: FactType) -> dict[str, object]:
    return {
        "id": each.id,
        "title": each.title,
        "title_en": each.title_en,
        "kind": each.kind.value,
        "unit": each.unit,
        "step": str(each.step),
        "topic": each.topic,
        "options": [{"id": o.id, "title": o.title, "title_en": o.title_en} for o in each.options],
        "description": each.description,
        "description_en": each.description_en,
    }


def blank_file(found: list[FactType], kinds: tuple[str, ...]) -> str:
    """A facts file with every item as a comment: what is filled in counts, what is left is unknown."""
    head = [
        "# 去掉行首的 # 并改成实际的值；没有写的就是未知。",
        'period = "2012"',
        "as_of = 2012-12-31",
        "",
        "[[unit]]",
        'name = ""',
        'code = ""',
        f'kind = "{kinds[0] if kinds else "居委会"}"   # {"、".join(kinds) or "居委会、村委会 …"}',
        "",
        "[unit.facts]",
    ]
    lines = []
    for each in found:
        options = "、".join(f"{o.id} {o.title}" for o in each.options)
        lines.append(f"# {_key(each.id)} = {_blank(each)}   # {each.title}{'：' + options if options else ''}")
    return "\n".join(head + lines)


def _key(name: str) -> str:
    return f'"{name}"' if "." in name else name


def _blank(each: FactType) -> str:
    """A value of the right form, to be written over."""
    if each.kind in (Kind.CHOICE, Kind.GRADE):
        return f'"{each.options[-1].id}"'
    if each.kind is Kind.CHECKLIST:
        return "[" + ", ".join(f'"{o.id}"' for o in each.options) + "]"
    return _BLANK.get(each.kind) or f'"0 {each.unit}"'
