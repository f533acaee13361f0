"""``duibiao units``."""

from __future__ import annotations

from itertools import islice

import click

from duibiao.cli.base import command, option, session


@command(
    "units",
    zh="列出一个辖区的真实单位（国家统计局 2023 年区划代码）。",
    en="List the real units of a jurisdiction (codes of the National Bureau of Statistics, 2023).",
)
@click.argument("jurisdiction")
@option("--kind", zh="只看一种单位，如 居委会", en="Only one kind, e.g. 居委会")
@option("--search", zh="名称或代码里包含", en="Name or code contains")
@option("--limit", type=click.IntRange(min=1), default=50, show_default=True, zh="最多列多少个", en="List at most so many")
@option("--count", is_flag=True, zh="只数个数", en="Only count them")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def units(
    ctx: click.Context, jurisdiction: str, kind: str | None, search: str | None, limit: int, count: bool, as_json: bool
) -> None:
    from duibiao.cli.output import console, print_json, table
    from duibiao.errors import Collector, Where
    from duibiao.rules.context import KINDS

    state = session(ctx)
    homes = state.registry.jurisdictions
    close = [name for name, home in homes.items() if jurisdiction in name or jurisdiction in home.title]
    if jurisdiction not in homes and len(close) == 1:
        jurisdiction = close[0]
    if jurisdiction not in homes:
        problems = Collector()
        problems.add("DB037", found=jurisdiction, among=homes)
        problems.raise_any()
    if kind is not None and kind not in KINDS:
        problems = Collector()
        problems.add("DB031", Where("--kind"), found=kind, among=KINDS)
        problems.raise_any()
    found = (
        each
        for each in state.registry.units(homes[jurisdiction])
        if (kind is None or each.kind == kind) and (search is None or search in each.name or search in each.code)
    )
    if count:
        total = sum(1 for _ in found)
        if as_json:
            print_json({"jurisdiction": jurisdiction, "units": total})
        else:
            click.echo(str(total))
        return
    listed = list(islice(found, limit))
    if as_json:
        print_json([{"code": each.code, "name": each.name, "kind": each.kind} for each in listed])
        return
    columns = [state.say(*words) for words in (("代码", "code"), ("名称", "name"), ("类型", "kind"))]
    console().print(table(columns, [(each.code, each.name, each.kind) for each in listed]))
