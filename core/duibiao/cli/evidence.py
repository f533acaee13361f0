"""``duibiao fact attach|detach|evidence|drafts|draft``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from duibiao.cli.base import command, noun, option, session, verb
from duibiao.cli.office import DAY
from duibiao.wording import many

draft = noun("draft", zh="草稿：没有保存成的内容。", en="Drafts: what could not be saved.")


def period_asked(period: str | None, as_of: date | None) -> str:
    from duibiao.errors import Collector
    from duibiao.model.calendar import period_of
    from duibiao.services.clock import today
    from duibiao.services.fact_entry import read_period

    if period is None:
        return period_of(as_of or today())
    problems = Collector()
    found = read_period(period, problems)
    problems.raise_any()
    return found


@command("attach", zh="给一个数据项加附件（PDF、OFD、图片、docx、xlsx、txt、csv，每份不超过 200 MB）。",
      en="Attach evidence to a fact (PDF, OFD, pictures, docx, xlsx, txt, csv; 200 MB each at most).")  # fmt: skip
@click.argument("named", metavar="UNIT")
@click.argument("name", metavar="FACT")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@option("--period", metavar="YEAR", zh="时期（默认：--as-of 或今天的年份）", en="Period (default: the year of --as-of or today)")
@option("--as-of", "as_of", type=DAY, metavar="DATE", zh="哪一天", en="Which day")
@click.pass_context
def attach(ctx: click.Context, named: str, name: str, files: tuple[Path, ...], period: str | None, as_of: date | None) -> None:
    from duibiao.cli.office import me, opened, saved
    from duibiao.services.evidence import attach as attach_files
    from duibiao.services.fact_lists import fact_type
    from duibiao.services.units import find_unit

    state = session(ctx)
    ftype = fact_type(state.registry.vocabulary, name)
    when = period_asked(period, as_of)
    with opened(ctx) as space:
        unit = find_unit(space, named)
        made = attach_files(space, me(space, state), unit.code, when, ftype.id, files)
    ids = " ".join(made)
    saved(state, f"附件 {ids}", f"evidence {ids}")


@command("detach", zh="收回一份附件，写明理由；内容仍保留在记录里。",
      en="Take evidence back, with a reason; its content stays on record.")  # fmt: skip
@click.argument("made", metavar="ID")
@option("--reason", default="", zh="理由", en="Why")
@click.pass_context
def detach(ctx: click.Context, made: str, reason: str) -> None:
    from duibiao.cli.office import me, opened, saved
    from duibiao.model.text import shown
    from duibiao.services.evidence import detach as take_back

    state = session(ctx)
    with opened(ctx) as space:
        row = take_back(space, me(space, state), made, reason)
    name = shown(row["name"])
    saved(state, f"已收回 {name}", f"taken back: {name}")


@command("evidence", zh="列出一个单位的附件。", en="List a unit's evidence.")
@click.argument("named", metavar="UNIT")
@option("--period", metavar="YEAR", zh="只看一个时期", en="Only one period")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def evidence(ctx: click.Context, named: str, period: str | None, as_json: bool) -> None:
    from duibiao.cli.office import opened
    from duibiao.cli.output import console, print_json, table
    from duibiao.model.text import shown
    from duibiao.services.office import local
    from duibiao.services.units import find_unit
    from duibiao.store.records import evidence_of

    state = session(ctx)
    with opened(ctx, write=False) as space:
        unit = find_unit(space, named)
        rows = evidence_of(space, unit.code, period)
    if as_json:
        keys = ("id", "period", "fact", "case_id", "name", "size", "sha256", "actor", "at")
        print_json([{key: row[key] for key in keys} for row in rows])
        return
    if not rows:
        click.echo(state.say("没有附件", "no evidence"))
        return
    words = (("编号", "id"), ("时期", "period"), ("数据项", "fact"), ("文件", "file"), ("大小", "bytes"), ("何时", "when"))
    cells = [
        (row["id"], row["period"], state.phrases.fact(row["fact"]), shown(row["name"]), f"{row['size']:,}", local(row["at"]))
        for row in rows
    ]
    console().print(table([state.say(*pair) for pair in words], cells))


@command("drafts", zh="列出您没有保存成的内容。", en="List what you typed and could not save.")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def drafts(ctx: click.Context, as_json: bool) -> None:
    from duibiao.cli.office import me, opened
    from duibiao.cli.output import print_json
    from duibiao.model.text import shown
    from duibiao.services.fact_entry import fact_drafts
    from duibiao.services.office import local

    state = session(ctx)
    with opened(ctx, write=False) as space:
        found = fact_drafts(space, me(space, state))
    if as_json:
        print_json([
            {"unit": e.unit, "period": e.period, "lines": list(e.lines), "base": dict(e.base), "note": e.note, "at": e.at}
            for e in found
        ])  # fmt: skip
        return
    for each in found:
        click.echo(f"{each.unit} {each.period}  {local(each.at)}")
        for line in (*each.lines, *([f"{state.say('说明：', 'remark: ')}{each.note}"] if each.note else [])):
            click.echo(f"  {shown(line)}")
    click.echo(state.say(f"共 {len(found)} 份草稿", f"{many(len(found), 'draft')}"))


@verb(draft, "drop", zh="放弃一份草稿。", en="Give a draft up.")
@click.argument("named", metavar="UNIT")
@option("--period", metavar="YEAR", zh="时期（默认：--as-of 或今天的年份）", en="Period (default: the year of --as-of or today)")
@option("--as-of", "as_of", type=DAY, metavar="DATE", zh="哪一天", en="Which day")
@click.pass_context
def drop(ctx: click.Context, named: str, period: str | None, as_of: date | None) -> None:
    from duibiao.cli.office import me, opened
    from duibiao.services.fact_entry import drop_draft
    from duibiao.services.units import find_unit

    state = session(ctx)
    with opened(ctx) as space:
        drop_draft(space, me(space, state), find_unit(space, named).code, period_asked(period, as_of))
    click.echo(state.say("草稿已放弃。", "The draft was given up."))


COMMANDS = (attach, detach, evidence, drafts, draft)
"""What joins the noun ``fact``."""
