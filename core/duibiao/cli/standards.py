"""``duibiao standards``, ``duibiao show``, ``duibiao units`` share what a jurisdiction publishes."""

from __future__ import annotations

import click

from duibiao.cli.base import command, option, session
from duibiao.services.place_words import kind_words


@command(
    "standards",
    zh="列出全部标准：编号、版次、名称、评估对象、文件。",
    en="List all standards: id, edition, title, unit kinds, document.",
)
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def standards(ctx: click.Context, as_json: bool) -> None:
    from duibiao.cli.output import console, print_json, table

    state = session(ctx)
    headers = list(state.registry.headers.values())
    if as_json:
        print_json(
            [
                {
                    "id": each.id,
                    "edition": each.edition,
                    "title": each.title,
                    "title_en": each.title_en,
                    "jurisdiction": each.jurisdiction,
                    "unit_kinds": list(each.unit_kinds),
                    "document": each.document,
                    "in_force": each.in_force.isoformat() if each.in_force else None,
                    "plugin": state.registry.owner(each.id).name,
                }
                for each in headers
            ]
        )
        return
    columns = [state.say(*words) for words in (("编号", "id"), ("版次", "edition"), ("名称", "title"), ("对象", "unit kinds"))]
    rows = [
        (each.id, each.edition, state.say(each.title, each.title_en or each.title), kind_words(each.unit_kinds, state.lang))
        for each in headers
    ]
    console().print(table(columns, rows, grow=2))
    broken = [each.name for each in state.registry.plugins if each.state == "broken"]
    if broken:
        click.echo(
            state.say(
                f"有损坏的插件：{'、'.join(broken)}（duibiao plugins 看原因）",
                f"Broken plugins: {', '.join(broken)} (duibiao plugins says why)",
            )
        )


@command(
    "show",
    zh="显示一个标准：大类和指标（规则、分值、条款）、称号、目标、名额、环节、表格和其他规定。",
    en="Show a standard: criteria and indicators (rule, points, clause), awards, targets, quotas, stages, "
    "forms and what else is fixed.",
)
@click.argument("standard")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def show(ctx: click.Context, standard: str, as_json: bool) -> None:
    from duibiao.cli.output import print_json
    from duibiao.cli.showing import Page
    from duibiao.services.showing import as_data

    state = session(ctx)
    program = state.registry.program(standard)
    if as_json:
        print_json(as_data(program, state.phrases))
    else:
        Page(program, state).show()
