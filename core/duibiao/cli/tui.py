"""``duibiao tui``, and ``duibiao`` alone on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from duibiao.cli.base import command, option, session

if TYPE_CHECKING:
    from duibiao.cli.base import Session

THEMES = ("dark", "light", "contrast", "colour-blind")


@command(
    "tui",
    zh="打开屏幕界面；在终端里只打 duibiao 也一样。没有工作区时，三步建好一个。",
    en="Open the terminal UI; plain duibiao on a terminal does the same. Without a workspace it makes one in three steps.",
)
@option(
    "--safe/--no-safe", "safe", default=None,
    zh="终端把 “”≥● 画成两格宽时用 --safe；不写会自动探测，结果记住",
    en="--safe for terminals that draw “”≥● two cells wide; found out and remembered unless given",
)  # fmt: skip
@option(
    "--a11y",
    is_flag=True,
    zh="读屏和盲文显示器：光标跟随，不用特殊符号",
    en="Screen readers and braille: the cursor follows, no special signs",
)
@option("--theme", type=click.Choice(THEMES), default="dark", zh="配色：深、浅、高对比、色觉友好", en="Colours")
@click.pass_context
def tui(ctx: click.Context, safe: bool | None, a11y: bool, theme: str) -> int:
    state = session(ctx)
    if not on_terminal():
        click.echo(state.say("屏幕界面要在终端里打开。", "The terminal UI needs a terminal."), err=True)
        return 2
    return open_tui(state, state.workspace, safe=safe, a11y=a11y, theme=theme)


def on_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def open_tui(state: Session, workspace: str, *, safe: bool | None = None, a11y: bool = False, theme: str = "dark") -> int:
    """Open the terminal UI on a workspace (the usual one when empty); its exit code."""
    import os

    from duibiao.tui import probe
    from duibiao.tui.start import run

    if safe is None:
        safe = probe.is_wide(os.environ, probe.home())
    return run(
        workspace, lang=state.lang, person=state.person, safe=safe, a11y=a11y, theme=f"duibiao-{theme}",
        clock_ok=state.clock_ok, registry=state.registry if state.packs else None,
    )  # fmt: skip
