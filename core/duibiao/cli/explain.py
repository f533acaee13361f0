"""``duibiao explain``."""

from __future__ import annotations

import click

from duibiao.cli.base import command, option, session


@command("explain", zh="解释一个问题代码：出了什么事，怎么改。", en="Explain a problem code: what is wrong and what to do.")
@click.argument("code")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def explain(ctx: click.Context, code: str, as_json: bool) -> None:
    from duibiao.errors import Collector
    from duibiao.wording import catalogue, general

    state = session(ctx)
    entry = catalogue().get(code.strip().upper())
    if entry is None:
        problems = Collector()
        problems.add("DB071", found=code, among=catalogue())
        problems.raise_any()
        return
    title, remedy = general(state.say(entry.title, entry.title_en)), state.say(entry.help, entry.help_en)
    if as_json:
        from duibiao.cli.output import print_json

        print_json({"code": entry.code, "title": title, "help": remedy})
        return
    click.echo(f"{entry.code}  {title}\n\n{remedy}")
