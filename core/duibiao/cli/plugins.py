"""``duibiao plugins``."""

from __future__ import annotations

import click

from duibiao.cli.base import command, option, session


@command(
    "plugins",
    zh="列出已安装的插件：状态、版本、带来的辖区；坏了的写明原因，不影响其他插件。\n"
    "环境变量 DUIBIAO_BLOCK=名字,名字 可停用插件。",
    en="List the installed plugins with state, version and jurisdictions; a broken one gives its reason and harms no other.\n"
    "The environment variable DUIBIAO_BLOCK=name,name turns plugins off.",
)
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def plugins(ctx: click.Context, as_json: bool) -> None:
    from duibiao.cli.output import console, print_json, table
    from duibiao.wording import describe

    state = session(ctx)
    found = state.registry.plugins
    if as_json:
        print_json(
            [
                {
                    "name": each.name,
                    "distribution": each.distribution,
                    "version": each.version,
                    "state": each.state,
                    "jurisdictions": [home.id for home in each.jurisdictions],
                    "problems": [describe(problem, state.lang) for problem in state.registry.located(each.problems)],
                }
                for each in found
            ]
        )
        return
    states = {
        "ok": state.say("✓ 正常", "✓ ok"),
        "broken": state.say("✗ 损坏", "✗ broken"),
        "blocked": state.say("– 停用", "– blocked"),
    }
    columns = [
        state.say(*words) for words in (("插件", "plugin"), ("状态", "state"), ("来自", "from"), ("辖区", "jurisdictions"))
    ]
    rows = [
        (
            each.name,
            states[each.state],
            f"{each.distribution} {each.version}",
            "、".join(state.say(home.title, home.title_en or home.title) for home in each.jurisdictions),
        )
        for each in found
    ]
    console().print(table(columns, rows))
    for each in found:
        for problem in state.registry.located(each.problems):
            click.echo(f"{each.name}: {describe(problem, state.lang)}")
