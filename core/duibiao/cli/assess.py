"""``duibiao assess``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from duibiao.cli.base import command, option, session


@command(
    "assess",
    zh="用标准 STANDARD 评估事实文件 FACTS（.toml、.csv、.json）里的单位。\n"
    "输出称号、得分（区间）、哪些没达到、为什么、还缺哪些数据。缺的数据是“未知”，从不当成零或“否”。",
    en="Assess the units of the file FACTS (.toml, .csv, .json) under STANDARD.\n"
    "Prints awards, points (an interval), what is not met and why, and which facts are missing.\n"
    "A missing fact is unknown, never zero or «no».",
)
@click.argument("standard")
@click.argument("facts", type=click.Path(path_type=Path))
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
def assess(ctx: click.Context, standard: str, facts: Path, as_of: str | None, explain: bool, as_json: bool) -> None:
    from duibiao.cli.assessed import Sheet
    from duibiao.cli.output import print_json
    from duibiao.services import assessing

    state = session(ctx)
    asked = _day(as_of)
    found = assessing.assess_file(state.registry, standard, facts, asked)
    if as_json:
        print_json(assessing.as_json(found))
        return
    for each in found:
        Sheet(each, state, explain=explain).show()


def _day(text: str | None) -> date | None:
    from duibiao.errors import BadInputError, Problem, Where
    from duibiao.model.notation import NotationError, read_date

    if text is None:
        return None
    try:
        return read_date(text)
    except NotationError as error:
        raise BadInputError([Problem(error.code, Where("--as-of"), text, error.allowed)]) from None
