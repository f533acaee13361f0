"""``duibiao demo``."""

from __future__ import annotations

import click

from duibiao.cli.base import Session, command, option, session


@command(
    "demo",
    zh="每个辖区挑一个真实单位（名称和代码是真的，数据是例子），用它的标准评一遍，说明理由和出处。\n"
    "加 --workspace 文件夹：建一个演示工作区，各辖区的申报件办到不同的环节，可以接着办；在终端里随即打开屏幕界面。",
    en="Take one real unit of each jurisdiction (real name and code, example facts) through its standard, "
    "with reasons and clauses.\n"
    "With --workspace FOLDER: make a workspace to try, with cases of each jurisdiction at every stage; "
    "on a terminal the terminal UI opens on it.",
)
@option("--full", is_flag=True, zh="打印完整推理", en="Print the whole reasoning")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@option("--no-tui", is_flag=True, zh="建好演示工作区后不打开屏幕界面", en="Do not open the terminal UI on the workspace made")
@click.pass_context
def demo(ctx: click.Context, full: bool, as_json: bool, no_tui: bool) -> int:
    from duibiao.cli.assessed import Sheet
    from duibiao.cli.output import print_json
    from duibiao.services import assessing
    from duibiao.services.demo import walks

    state = session(ctx)
    if state.workspace_named:
        _make_workspace(state)
        return 0 if no_tui else _open(state)
    if as_json:
        print_json([assessing.as_json([walk.assessment]) for walk in walks(state.registry)])
        return 0
    for walk in walks(state.registry):
        click.echo(f"── {walk.plugin} ── {walk.example.title}")
        sheet = Sheet(walk.assessment, state, explain=full)
        sheet.show()
        if not full:
            sheet.reasons(3)
    click.echo(
        state.say(
            "继续：duibiao show 标准编号；duibiao assess 标准编号 事实文件；duibiao demo --workspace 文件夹",
            "Next: duibiao show STANDARD; duibiao assess STANDARD FACTS; duibiao demo --workspace FOLDER",
        )
    )
    return 0


def _open(state: Session) -> int:
    """The terminal UI on what was made, where a person is watching."""
    from duibiao.cli.tui import on_terminal, open_tui

    return open_tui(state, state.workspace) if on_terminal() else 0


def _make_workspace(state: Session) -> None:
    """The demonstration's workspace, told as it grows."""
    from duibiao.services.demo_office import first_moves, make

    def said(name: str, count: int) -> None:
        what = state.say("个真实单位", "real units") if name == "units" else state.say(f"件申报  {name}", f"cases  {name}")
        click.echo(f"  {count:>5} {what}")

    space, made = make(state.workspace, state.registry, said)
    space.close()
    click.echo(state.say(f"已建立演示工作区：{state.workspace}", f"Workspace made: {state.workspace}"))
    click.echo(state.say("※ 单位是真的，事实和办理情况都是例子", "※ the units are real; facts and cases are examples"))
    click.echo(state.say("接着试：", "Try:"))
    for each in ("duibiao case list", *first_moves(made), "duibiao target show jiangsu.wujin.community"):
        click.echo(f"  {each} --workspace {state.workspace}")
