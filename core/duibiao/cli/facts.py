"""``duibiao facts``."""

from __future__ import annotations

import click

from duibiao.cli.base import command, option, session
from duibiao.errors import Collector
from duibiao.model.facts import FactType


@command(
    "facts",
    zh="列出数据项：编号、中文名、类型、单位。同一件事在所有标准里是同一个编号。\nWORD 按编号、名称查找。",
    en="List the data items: id, name, kind, unit. The same thing has one id in every standard.\nWORD searches ids and names.",
)
@click.argument("word", required=False)
@option("--topic", zh="只看一个主题", en="Only one topic")
@option("--topics", is_flag=True, zh="列出主题", en="List the topics")
@option("--standard", zh="只看一个标准用到的", en="Only those that a standard uses")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def facts(ctx: click.Context, word: str | None, topic: str | None, topics: bool, standard: str | None, as_json: bool) -> None:
    from duibiao.cli.output import console, print_json, table

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
    columns = [state.say(*words) for words in (("编号", "id"), ("名称", "name"), ("类型", "kind"), ("单位", "unit"))]
    rows = [(each.id, state.say(each.title, each.title_en), each.kind.value, each.unit) for each in found]
    console().print(table(columns, rows))
    click.echo(state.say(f"共 {len(found)} 项", f"{len(found)} items"))


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
