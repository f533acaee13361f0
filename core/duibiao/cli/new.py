"""``duibiao new``."""

from __future__ import annotations

from pathlib import Path

import click

from duibiao.cli.base import command, option, session


@command(
    "new",
    zh="在 DIRECTORY 新建一个插件：一个辖区、一个小标准、例子和测试，共四个文件，原样即可安装、检查。",
    en="Start a plugin in DIRECTORY: one jurisdiction, one small standard, examples and tests "
    "in four files that install and pass as they are.",
)
@click.argument("directory", type=click.Path(path_type=Path))
@option("--name", zh="插件名（默认取文件夹名）", en="The plugin's name (default: the folder's)")
@click.pass_context
def new(ctx: click.Context, directory: Path, name: str | None) -> None:
    from duibiao.services.scaffold import plugin_name, scaffold

    state = session(ctx)
    for path in scaffold(directory, name):
        click.echo(f"  {path}")
    made = plugin_name(directory, name)
    click.echo(state.say("接下来：", "Next:"))
    click.echo(f"  duibiao check {directory}")
    click.echo(f"  pip install -e {directory}")
    click.echo(f"  duibiao test {made}")
