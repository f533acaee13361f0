"""``duibiao export``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from duibiao.cli.base import command, option, session
from duibiao.cli.office import DAY, at_desk, saved

OF_A_CASE = ("case", "scores")


@command(
    "export",
    zh="导出，文末注明依据的条款、假定的值和记录到哪一条。WHAT 是：\n"
    "cases 案卷清单，case 一件申报件（连同经过和评定），facts 单位数据，scores 各级打分，targets 目标进度，compare 标准对照。\n"
    "NAME：case、scores 写申报件编号；其余写标准编号，可以几个。不写 --out 就显示在屏幕上。",
    en="Export, ending with the clauses used, what was assumed and where the journal stood. WHAT is one of:\n"
    "cases, case (with its history and assessment), facts (of units), scores (of the levels), targets, "
    "compare (standards side by side).\n"
    "NAME is a case's id for case and scores, else ids of standards. Without --out it is shown.",
)
@click.argument("what")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@option(
    "--out", type=click.Path(path_type=Path), metavar="FILE",
    zh="写入文件，后缀决定格式（.md .csv）", en="Write to a file; its suffix says the format (.md .csv)",
)  # fmt: skip
@option("--format", "form", default="", metavar="md|csv", zh="格式，默认看文件后缀", en="Format, else the file's suffix says it")
@option("--overwrite", is_flag=True, zh="已有同名文件就替换", en="Replace a file of that name")
@option("--under", default="", metavar="CODE", zh="辖区：代码的开头", en="Territory: beginning of the codes")
@option("--year", type=click.IntRange(1949, 2999), zh="只要这一年的", en="Only of this year")
@option("--status", default="", zh="案卷清单：只要一种状态", en="List of cases: only one state")
@option("--case", "own", default="", metavar="CASE", zh="对照：旁边列出这件申报件单位的数据",
        en="Side by side: with the values of this case's unit")  # fmt: skip
@option("--topic", default="", zh="对照：只要一个主题", en="Side by side: only one topic")
@option("--only-differences", "differing", is_flag=True, zh="对照：只要不同的", en="Side by side: only what differs")
@option("--date", "day", type=DAY, metavar="DATE", zh="哪一天的情况，默认今天", en="As of which day, today unless given")
@click.pass_context
def export(
    ctx: click.Context, what: str, names: tuple[str, ...], out: Path | None, form: str, overwrite: bool, under: str,
    year: int | None, status: str, own: str, topic: str, differing: bool, day: date | None,
) -> None:  # fmt: skip
    from duibiao.services import export as service
    from duibiao.services.export import Asked

    state = session(ctx)
    if what in OF_A_CASE:
        asked = Asked(what, case=names[0] if names else own)
    else:
        asked = Asked(
            what, case=own, standards=names, territory=under, year=year, status=status, topic=topic, differing=differing
        )  # fmt: skip
    made = service.format_of(form, out)
    with at_desk(ctx, day, write=False) as desk:
        if out is None:
            click.echo(service.text_of(service.gather(desk, asked, state.lang), made, state.lang), nl=False)
            return
        found = service.save(desk, asked, made, out, state.lang, overwrite=overwrite)
    saved(state, f"{found.title} → {out}（记录到 {found.head}）", f"{found.title} → {out} (journal at {found.head})")
