"""Tables, trees and JSON on the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from duibiao.cli.base import wrap

PLAIN_WIDTH = 100


def console() -> Console:
    """A console for the standard output: colour only on a terminal, a fixed width elsewhere."""
    made = Console(highlight=False, emoji=False, markup=False)
    return made if made.is_terminal else Console(highlight=False, emoji=False, markup=False, width=PLAIN_WIDTH)


def flow(out: Console, text: str, style: str = "", indent: int = 0) -> None:
    """Print *text* filling the width: Chinese breaks anywhere, Latin words stay whole."""
    for line in wrap(text, max(out.width - indent, 20)):
        out.print(" " * indent + line, style=style or None, soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "", grow: int | None = None) -> Table:
    """A light table; column *grow* takes the room that is left."""
    made = Table(
        title=title or None,
        title_justify="left",
        box=None,
        pad_edge=False,
        header_style="bold",
        expand=grow is not None,
    )
    for index, name in enumerate(columns):
        made.add_column(name, ratio=1 if index == grow else None, overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


def print_json(data: Any) -> None:
    """Machine-readable output: UTF-8, readable as it stands."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
