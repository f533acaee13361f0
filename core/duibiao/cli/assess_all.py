"""``duibiao assess-all``: many units under one standard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import frozen

from duibiao.cli.base import Session, command, option, session
from duibiao.cli.office import DAY
from duibiao.wording import many

if TYPE_CHECKING:
    from duibiao.errors import Problem
    from duibiao.services.cohort_overview import View
    from duibiao.services.cohort_source import Source
    from duibiao.services.cohorts import Results

LEVELS = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "省": 2, "市": 4, "县": 6, "街镇": 9}


@frozen(kw_only=True)
class Asked:
    """What the line says.

    Attributes:
        standard: Standard id.
        facts: Facts file.
        units: Words for units of the workspace.
        period: Period of the facts.
        day: Day asked.
        engine: Engine.
        master: Address of a Spark cluster.
    """

    standard: str
    facts: str | None
    units: tuple[str, ...]
    period: str | None
    day: date | None
    engine: str
    master: str


@command(
    "assess-all",
    zh="一次评很多单位：数据从文件来（--facts，.parquet .csv .xlsx .toml .json），或用工作区里的单位（--units）。\n"
    "屏幕上是概况：称号、得分分布、哪些指标最多没达到、最多未知、谁离标准最近、按名额会命名谁（同分的照实列出）。\n"
    "每个单位的结果用 --out 写出：.csv 和 .xlsx 是文字，.parquet 是代码。装上 duibiao[cohort]，几十万个单位只要几秒；\n"
    "没装也一样评，只是一个一个来。",
    en="Assess many units at once: facts from a file (--facts, .parquet .csv .xlsx .toml .json), or units of the workspace "
    "(--units).\nOn the screen an overview: titles, distribution of points, what most fail, what is least known, who is nearest, "
    "who would be named within the quotas (ties are declared).\nEach unit's results go to --out: words in .csv and .xlsx, codes "
    "in .parquet. With duibiao[cohort] hundreds of thousands of units take seconds;\nwithout it they are assessed one by one, "
    "with the same results.",
)
@click.argument("standard")
@option("--facts", metavar="FILE", zh="事实文件", en="Facts file")
@option("--units", "units", multiple=True, metavar="WORD",
        zh="工作区里的哪些单位：all、代码的开头、类型、辖区、名称；可以多个",
        en="Units of the workspace: all, beginning of codes, kind, jurisdiction, name; repeatable")  # fmt: skip
@option("--period", metavar="YEAR", zh="和 --units 一起：哪个时期的数据", en="With --units: the facts of which period")
@option("--as-of", "day", type=DAY, metavar="DATE", zh="按哪一天评估（默认：文件写的，否则今天）",
        en="The day asked (default: the file's, else today)")  # fmt: skip
@option("--out", "to", metavar="FILE", zh="每个单位的结果（.parquet .csv .xlsx）",
        en="Each unit's results (.parquet .csv .xlsx)")  # fmt: skip
@option("--overwrite", is_flag=True, zh="已有同名文件就替换", en="Replace a file of that name")
@option("--under", default="", metavar="CODE", zh="概况只看这个区划", en="Overview of this division only")
@option(
    "--by",
    default="",
    metavar="LEVEL",
    zh="概况再按区划列：省、市、县、街镇",
    en="Divisions: province, prefecture, county, township",
)
@option("--award", default="", metavar="ID", zh="最接近哪个称号（默认第一个）", en="Nearest to which award (default: the first)")
@option("--nearest", type=click.IntRange(min=0), default=5, show_default=True, zh="列出最接近的几个", en="So many of the nearest")
@option(
    "--engine",
    default="auto",
    metavar="NAME",
    show_default=True,
    zh="auto、columns、loop、spark",
    en="auto, columns, loop, spark",
)
@option("--master", default="", metavar="URL", zh="Spark 集群地址", en="Address of the Spark cluster")
@option("--sql", "dialect", is_flag=False, flag_value="ansi", default=None, metavar="[DIALECT]",
        zh="不评，只打印同样规则的 SQL（ansi、postgres、duckdb、spark、sqlite）",
        en="Print the same rules as SQL instead (ansi, postgres, duckdb, spark, sqlite)")  # fmt: skip
@option("--json", "as_json", is_flag=True, zh="概况输出 JSON", en="Print the overview as JSON")
@click.pass_context
def assess_all(
    ctx: click.Context, standard: str, facts: str | None, units: tuple[str, ...], period: str | None, day: date | None,
    to: str | None, overwrite: bool, under: str, by: str, award: str, nearest: int, engine: str, master: str,
    dialect: str | None, as_json: bool,
) -> None:  # fmt: skip
    from duibiao.services.clock import today
    from duibiao.services.cohort_out import check_suffix
    from duibiao.services.cohorts import sql_of

    state = session(ctx)
    if dialect is not None:
        click.echo(sql_of(state.registry, standard, day or today(), dialect))
        return
    level = _level(by)
    asked = Asked(standard=standard, facts=facts, units=units, period=period, day=day, engine=engine, master=master)
    if engine == "spark" and facts is not None and to is not None and _elsewhere(facts, to):
        _far_away(state, asked, to)
        return
    out = None if to is None else Path(to)
    if out is not None:
        check_suffix(out)
    with _assessed(ctx, asked) as results:
        view = _view(state, results, award)
        _show(state, view, under, level, nearest, as_json=as_json)
        for note in results.notes:
            _tell(state, note)
        if out is not None:
            _write(state, results, view, out, overwrite=overwrite, quiet=as_json)


def _level(by: str) -> int:
    from duibiao.errors import Collector, Where

    if by and by not in LEVELS:
        problems = Collector()
        problems.add("CO12", Where("--by"), found=by, among=LEVELS)
        problems.raise_any()
    return LEVELS.get(by, 0)


def _elsewhere(*places: str) -> bool:
    """Whether one of the addresses is none of this machine's files."""
    return any("://" in each for each in places)


def _far_away(state: Session, asked: Asked, out: str) -> None:
    """Facts and results on a cluster's own storage: nothing of it passes through here."""
    from duibiao.services.clock import today
    from duibiao.services.cohorts import on_cluster

    rows = on_cluster(state.registry, asked.standard, asked.day or today(), asked.facts or "", out, asked.master)
    click.echo(state.say(f"已写 {rows:,} 个单位 → {out}", f"{many(rows, 'unit')} written → {out}"))


@contextmanager
def _assessed(ctx: click.Context, asked: Asked) -> Iterator[Results]:
    """The results of what the line asks for, while they are kept."""
    from duibiao.cli.unit import counting
    from duibiao.services.cohorts import Cohort

    state = session(ctx)
    with _source(ctx, asked) as source, Cohort(state.registry) as cohort:
        with counting(state, "评估", "Assessing") as seen:
            results = cohort.assess_all(asked.standard, source, engine=asked.engine, master=asked.master, seen=seen)
        yield results


@contextmanager
def _source(ctx: click.Context, asked: Asked) -> Iterator[Source]:
    """The facts file, or units of the workspace; BadInputError CO13 when it is not clear which."""
    from duibiao.cli.evidence import period_asked
    from duibiao.cli.office import opened
    from duibiao.errors import BadInputError, Problem
    from duibiao.services.clock import today
    from duibiao.services.cohort_source import FileSource, SpaceSource
    from duibiao.services.mirroring import choose

    state = session(ctx)
    if (asked.facts is None) == (not asked.units) or (asked.facts is not None and asked.period is not None):
        raise BadInputError([Problem("CO13")])
    if asked.facts is not None:
        yield FileSource(Path(asked.facts), state.registry.vocabulary, asked.day, lambda note: _tell(state, note))
        return
    day = asked.day or today()
    header = state.registry.header(asked.standard)
    with opened(ctx, write=False) as space:
        chosen = choose(space, state.registry, asked.units, header.unit_kinds)
        yield SpaceSource(space, state.registry.vocabulary, chosen, day, period_asked(asked.period, day))


def _tell(state: Session, note: Problem) -> None:
    from duibiao.model.text import shown
    from duibiao.wording import describe

    click.echo(shown(describe(note, state.lang)), err=True)


def _view(state: Session, results: Results, award: str) -> View:
    """The results from above; BadInputError CO10 for an award that the standard does not have."""
    from duibiao.services.cohort_overview import View, names_known

    made = View(results, names_known(state.registry), award)
    made.check()
    return made


def _show(state: Session, view: View, under: str, level: int, nearest: int, *, as_json: bool) -> None:
    from duibiao.cli.assess_all_parts import as_data, show
    from duibiao.cli.output import print_json

    overview = view.overview(under, level=level, nearest=nearest, quotas=True)
    if as_json:
        print_json(as_data(view.results, overview, nearest))
    else:
        show(state, view.results, overview, nearest)


def _write(state: Session, results: Results, view: View, out: Path, *, overwrite: bool, quiet: bool) -> None:
    from duibiao.cli.unit import counting
    from duibiao.services import cohort_out

    with counting(state, "写出", "Writing"):
        rows = cohort_out.write(results, out, state.phrases, view.taken, overwrite=overwrite)
    if not quiet:
        click.echo(state.say(f"已保存：{rows:,} 个单位 → {out}", f"Saved: {many(rows, 'unit')} → {out}"))
