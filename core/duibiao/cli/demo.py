"""``duibiao demo``."""

from __future__ import annotations

import click

from duibiao.cli.base import command, option, session


@command(
    "demo",
    zh="每个辖区挑一个真实单位（名称和代码是真的，数据是例子），用它的标准评一遍，说明理由和出处。",
    en="Take one real unit of each jurisdiction (real name and code, example facts) through its standard, "
    "with reasons and clauses.",
)
@option("--full", is_flag=True, zh="打印完整推理", en="Print the whole reasoning")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def demo(ctx: click.Context, full: bool, as_json: bool) -> None:
    from duibiao.cli.assessed import Sheet
    from duibiao.cli.output import print_json
    from duibiao.services import assessing
    from duibiao.services.demo import walks

    state = session(ctx)
    if as_json:
        print_json([assessing.as_json([walk.assessment]) for walk in walks(state.registry)])
        return
    for walk in walks(state.registry):
        click.echo(f"── {walk.plugin} ── {walk.example.title}")
        sheet = Sheet(walk.assessment, state, explain=full)
        sheet.show()
        if not full:
            sheet.reasons(3)
    click.echo(
        state.say(
            "继续：duibiao show 标准编号；duibiao assess 标准编号 事实文件；duibiao demo --full",
            "Next: duibiao show STANDARD; duibiao assess STANDARD FACTS; duibiao demo --full",
        )
    )
