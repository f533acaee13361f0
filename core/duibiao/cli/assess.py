"""``duibiao assess``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duibiao.cli.base import command, option, session

if TYPE_CHECKING:
    from duibiao.model.outcome import Assessment


@command(
    "assess",
    zh="用标准 STANDARD 评估事实文件 FACTS（.toml、.csv、.xlsx、.json）里的单位。\n"
    "输出称号、得分（区间）、哪些没达到、为什么、还缺哪些数据。缺的数据是“未知”，从不当成零或“否”。\n"
    "评工作区里的单位用 --unit：按那一天施行的版本和那一年的数据。",
    en="Assess the units of the file FACTS (.toml, .csv, .xlsx, .json) under STANDARD.\n"
    "Prints awards, points (an interval), what is not met and why, and which facts are missing.\n"
    "A missing fact is unknown, never zero or «no».\n"
    "With --unit a unit of the workspace: by the edition in force on the day, and that year's facts.",
)
@click.argument("standard")
@click.argument("facts", required=False, type=click.Path(path_type=Path))
@option("--unit", "units", multiple=True, metavar="UNIT", zh="工作区里的单位（代码或名称），可以多个",
        en="A unit of the workspace (code or name), repeatable")  # fmt: skip
@option("--period", metavar="YEAR", zh="和 --unit 一起：用哪个时期的数据（默认：那一天的年份）",
        en="With --unit: the facts of which period (default: the year of the day)")  # fmt: skip
@option(
    "--as-of",
    metavar="DATE",
    zh="按哪一天评估（默认：文件里写的，否则今天）",
    en="The day asked (default: the file's, else today)",
)
@option(
    "--explain",
    is_flag=True,
    zh="打印完整的推理、算式和条款",
    en="Print the whole reasoning with arithmetic and clauses",
)
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def assess(
    ctx: click.Context, standard: str, facts: Path | None, units: tuple[str, ...], period: str | None, as_of: str | None,
    explain: bool, as_json: bool,
) -> None:  # fmt: skip
    from duibiao.cli.assessed import Sheet
    from duibiao.cli.output import print_json
    from duibiao.model.text import shown
    from duibiao.services import assessing
    from duibiao.wording import describe

    state = session(ctx)
    asked = _day(as_of)
    if facts is not None and not units and period is None:
        found = assessing.assess_file(
            state.registry, standard, facts, asked, lambda note: click.echo(shown(describe(note, state.lang)), err=True)
        )
    else:
        found = _from_workspace(ctx, standard, units if facts is None else (), asked, period)
    if as_json:
        print_json(assessing.as_json(found))
        return
    for each in found:
        Sheet(each, state, explain=explain).show()


def _from_workspace(
    ctx: click.Context, standard: str, units: tuple[str, ...], as_of: date | None, period: str | None
) -> list[Assessment]:
    """Units of the workspace, in the order named; BadInputError when it is not clear whose facts to take."""
    from duibiao.cli.evidence import period_asked
    from duibiao.cli.office import opened
    from duibiao.errors import BadInputError, Problem
    from duibiao.services import assessing

    if not units:
        raise BadInputError([Problem("U15")])
    asked = None if period is None else period_asked(period, as_of)
    with opened(ctx, write=False) as space:
        return assessing.assess_units(space, session(ctx).registry, standard, units, as_of, asked)


def _day(text: str | None) -> date | None:
    from duibiao.errors import BadInputError, Problem, Where
    from duibiao.model.notation import NotationError, read_date

    if text is None:
        return None
    try:
        return read_date(text)
    except NotationError as error:
        raise BadInputError([Problem(error.code, Where("--as-of"), text, error.allowed)]) from None
