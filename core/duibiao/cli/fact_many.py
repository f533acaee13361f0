"""``duibiao fact mirror`` and ``duibiao fact example``: tables of facts of many units."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from duibiao.cli.base import command, option, session
from duibiao.cli.office import DAY
from duibiao.wording import many


@command(
    "mirror",
    zh="把工作区里的数据写成一张 Parquet 表，一行一个单位，供 assess-all 反复使用（要装 duibiao[cohort]）。\n"
    "不写 --units 就是所有有数据的单位；写了，没有数据的也在表里（都是未知）。",
    en="Write the workspace's facts as one Parquet table, one row per unit, for assess-all to use again and again (needs "
    "duibiao[cohort]).\nWithout --units every unit with facts; with it those without facts are there too (all unknown).",
)
@option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="FILE", zh="写到哪个 .parquet 文件", en="Which .parquet file"
)
@option("--units", "units", multiple=True, metavar="WORD", zh="哪些单位：all、代码的开头、类型、辖区、名称；可以多个",
        en="Which units: all, beginning of codes, kind, jurisdiction, name; repeatable")  # fmt: skip
@option("--period", metavar="YEAR", zh="哪个时期（默认：--as-of 或今天的年份），更早的也在表里",
        en="Which period (default: the year of --as-of or today); earlier ones come with it")  # fmt: skip
@option("--as-of", "day", type=DAY, metavar="DATE", zh="哪一天", en="Which day")
@option("--overwrite", is_flag=True, zh="已有同名文件就替换", en="Replace a file of that name")
@click.pass_context
def mirror(ctx: click.Context, out: Path, units: tuple[str, ...], period: str | None, day: date | None, overwrite: bool) -> None:
    from duibiao.cli.evidence import period_asked
    from duibiao.cli.office import opened
    from duibiao.cli.unit import counting
    from duibiao.services.clock import today
    from duibiao.services.mirroring import save

    state = session(ctx)
    when = day or today()
    with opened(ctx, write=False) as space, counting(state, "读取数据", "Reading facts") as seen:
        about = save(space, state.registry, units, period_asked(period, when), out, when, overwrite=overwrite, seen=seen)
    known = sum(about.rows - each.gaps for each in about.columns.values())
    zh = f"{about.rows:,} 个单位，{len(about.columns)} 列，{known:,} 个值 → {out}"
    en = f"{many(about.rows, 'unit')}, {many(len(about.columns), 'column')}, {many(known, 'value')} → {out}"
    click.echo(state.say(f"已保存：{zh}", f"Saved: {en}"))


@command(
    "example",
    zh="给真实单位编造例子数据，写成 Parquet 表，用来试 assess-all：同样的 --seed 得到同样的数。\n"
    "到处都标明是例子。单位从国家登记来，不用工作区。",
    en="Make up example facts for real units, as a Parquet table to try assess-all with: the same --seed gives the same facts.\n"
    "They are marked as examples everywhere. Units come from the register; no workspace is needed.",
)
@click.argument("standard")
@option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="FILE", zh="写到哪个 .parquet 文件", en="Which .parquet file"
)
@option("--units", "units", multiple=True, required=True, metavar="WORD", zh="哪些单位：all、代码的开头、辖区；可以多个",
        en="Which units: all, beginning of codes, jurisdiction; repeatable")  # fmt: skip
@option("--seed", type=int, default=1, show_default=True, zh="随机种子", en="Seed")
@option(
    "--good",
    type=click.IntRange(0, 100),
    default=92,
    show_default=True,
    zh="一百个值里大约多少个达到",
    en="Good of a hundred values",
)
@option("--missing", type=click.IntRange(0, 100), default=5, show_default=True, zh="一百个值里大约缺多少个",
        en="Missing of a hundred values")  # fmt: skip
@option("--as-of", "day", type=DAY, metavar="DATE", zh="哪一天的数据（默认今天）", en="As of which day (default: today)")
@option("--overwrite", is_flag=True, zh="已有同名文件就替换", en="Replace a file of that name")
@click.pass_context
def example(
    ctx: click.Context, standard: str, out: Path, units: tuple[str, ...], seed: int, good: int, missing: int, day: date | None,
    overwrite: bool,
) -> None:  # fmt: skip
    from duibiao.cli.unit import counting
    from duibiao.services.clock import today
    from duibiao.services.cohort_examples import Wanted, save

    state = session(ctx)
    wanted = Wanted(standard, units, day or today(), seed, good, missing)
    with counting(state, "编造例子", "Making examples") as seen:
        about = save(state.registry, wanted, out, overwrite=overwrite, seen=seen)
    zh = f"{about.rows:,} 个单位的例子数据（不是真实情况），种子 {seed} → {out}"
    en = f"example facts (not real) of {many(about.rows, 'unit')}, seed {seed} → {out}"
    click.echo(state.say(f"已保存：{zh}", f"Saved: {en}"))


COMMANDS = (mirror, example)
