"""``duibiao fact``: setting, listing, history, import. Evidence and drafts are in :mod:`duibiao.cli.evidence`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duibiao.cli import fact_many
from duibiao.cli.base import Session, noun, option, session, verb
from duibiao.cli.evidence import COMMANDS, period_asked
from duibiao.cli.office import DAY
from duibiao.wording import many

if TYPE_CHECKING:
    from duibiao.services.fact_entry import Done, Wanted
    from duibiao.services.fact_import import Incoming
    from duibiao.services.fact_lists import Listing
    from duibiao.store.workspace import ConflictError, Workspace

fact = noun("fact", zh="事实：填写、查看、历史、导入、附件、草稿。", en="Facts: set, list, history, import, evidence, drafts.")
for _each in (*COMMANDS, *fact_many.COMMANDS):
    fact.add_command(_each)

MOST_MISSING = 30


@verb(
    fact,
    "set",
    zh="填写一个单位的数据：duibiao fact set 320412100002 绿化覆盖率=16% 居民人数=4210。\n"
    "等号后面空着是收回。一次填写，用到它的标准都能用。别人填过的不会被悄悄改掉：会列出对照，您的内容留作草稿。",
    en="Enter facts of a unit: duibiao fact set 320412100002 green_coverage=16% residents=4210.\n"
    "Nothing after the sign takes a fact back. Entered once, every standard uses it. What somebody else entered is never "
    "replaced in silence: both values are shown, and yours is kept as a draft.",
)
@click.argument("named", metavar="UNIT")
@click.argument("lines", nargs=-1, metavar="[FACT=VALUE]...")
@option("--period", metavar="YEAR", zh="时期（默认：--as-of 或今天的年份）", en="Period (default: the year of --as-of or today)")
@option("--as-of", "as_of", type=DAY, metavar="DATE", zh="哪一天", en="Which day")
@option("--note", default="", zh="说明", en="A remark")
@option("--base", "bases", multiple=True, metavar="VERSION", zh="按哪个版本改：数字，或 数据项=数字",
        en="The version it was made from: a number, or fact=number")  # fmt: skip
@option("--evidence", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE", zh="附件，可以多个",
        en="Evidence, repeatable")  # fmt: skip
@option(
    "--file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="从事实文件读这个单位的数据",
    en="Read this unit's facts from a file",
)
@option("--drop-draft", is_flag=True, zh="放弃草稿，保留对方的值", en="Give the draft up and keep their value")
@click.pass_context
def set_(
    ctx: click.Context, named: str, lines: tuple[str, ...], period: str | None, as_of: date | None, note: str,
    bases: tuple[str, ...], files: tuple[Path, ...], file: Path | None, drop_draft: bool,
) -> None:  # fmt: skip
    from duibiao.cli.office import me, opened
    from duibiao.services.fact_entry import drop_draft as drop
    from duibiao.services.fact_entry import set_facts
    from duibiao.services.units import find_unit
    from duibiao.store.workspace import ConflictError

    state = session(ctx)
    with opened(ctx) as space:
        actor = me(space, state)
        unit = find_unit(space, named)
        when = period_asked(period, as_of)
        if drop_draft:
            drop(space, actor, unit.code, when)
            click.echo(state.say("草稿已放弃。", "The draft was given up."))
            return
        wanted = _wanted(state, space, actor, (unit.code, when), lines, file, bases, note)
        try:
            done = set_facts(space, actor, wanted, files)
        except ConflictError as error:
            show_conflict(state, space, actor, wanted, error)
            raise
        _tell_done(state, space, wanted, done, unit.name)


def _wanted(
    state: Session, space: Workspace, actor: str, home: tuple[str, str], lines: Sequence[str], file: Path | None,
    bases: Sequence[str], note: str,
) -> Wanted:  # fmt: skip
    """What the arguments, a file, or a draft say; BadInputError with everything wrong in them."""
    from duibiao.errors import Collector
    from duibiao.services import fact_entry as entry

    problems = Collector()
    vocabulary = state.registry.vocabulary
    draft = entry.draft_of(space, actor, *home) if bases and not lines and file is None else None
    if draft is not None:
        lines, note = draft.lines, note or draft.note
    values = entry.read_assignments(vocabulary, lines, problems)
    example = False
    if file is not None:
        more, example = entry.read_file(vocabulary, file, *home, problems)
        lines = [*lines, *entry.as_lines({name: more[name] for name in more if name not in values})]
        values = {**more, **values}
    if not values and not problems.problems:
        problems.add("U10")
    base = entry.read_bases(vocabulary, bases, list(values), problems)
    said = entry.read_note(note, problems)
    problems.raise_any()
    return entry.Wanted(*home, values, tuple(lines), base, said, example)


def show_conflict(state: Session, space: Workspace, actor: str, wanted: Wanted, error: ConflictError) -> None:
    """Say what each side has and how to go on; nothing was saved, and what was typed is kept."""
    from duibiao.services.fact_lists import names_of, past, told
    from duibiao.services.office import local
    from duibiao.store.records import Recorded

    vocabulary, lang, say = state.registry.vocabulary, state.lang, state.say
    all_theirs = {name: each for name, each in error.theirs.items() if isinstance(each, Recorded)}
    names = names_of(space, {each.actor for each in all_theirs.values()})
    for name, theirs in all_theirs.items():
        ftype = vocabulary.types.get(name)
        before = past(space, wanted.unit, name, wanted.period)
        known = wanted.base.get(name)
        old = next((one for one in reversed(before) if (one.version == known if known is not None else one.actor == actor)), None)
        base = old.version if old else known or 0
        was = told(ftype, old.value, lang) if old else say("（没有）", "(none)")
        text = told(ftype, theirs.value, lang)
        who = f"{names[theirs.actor]} {local(theirs.at)}"
        lines = [
            f"{say(ftype.title, ftype.title_en) if ftype else name} ({name})",
            f"  {say('原值', 'was   ')}  {was}  {say('版本', 'version')} {base}",
            f"  {say('对方', 'theirs')}  {text}  {say('版本', 'version')} {theirs.version}  {who}",
            f"  {say('您的', 'yours ')}  {told(ftype, wanted.values.get(name), lang)}",
        ]
        click.echo("\n".join(lines), err=True)
    click.echo(_ways(state, wanted, {each.version for each in all_theirs.values()}), err=True)


def _ways(state: Session, wanted: Wanted, versions: set[int]) -> str:
    """The three ways to go on after a conflict, as commands."""
    say = state.say
    start = f"duibiao fact set {wanted.unit} --period {wanted.period}"
    base = "--base " + (str(*versions) if len(versions) == 1 else say("数据项=版本", "fact=version"))
    return "\n".join([
        say("没有保存，您的内容已存为草稿。三种办法：", "Nothing was saved; yours is kept as a draft. Three ways on:"),
        f"  {say('保留对方的值', 'keep theirs')}: {start} --drop-draft",
        f"  {say('按对方的版本保存您的', 'save yours on their version')}: {start} {base}",
        f"  {say('修改后保存', 'edit and save')}: {start} {say('数据项=值', 'fact=value')} {base}",
    ])  # fmt: skip


def _tell_done(state: Session, space: Workspace, wanted: Wanted, done: Done, name: str) -> None:
    from duibiao.cli.office import saved
    from duibiao.model.text import shown
    from duibiao.services.fact_lists import names_of, told

    vocabulary, say = state.registry.vocabulary, state.say
    people = names_of(space, {each.actor for each in done.before.values()})
    if not done.versions and not done.evidence:
        click.echo(say("没有变化：这些值已经在了。", "No change: these values are there already."))
        return
    saved(state, f"{shown(name)} {wanted.period}", f"{shown(name)} {wanted.period}")
    for fact_id, version in done.versions.items():
        ftype = vocabulary.types[fact_id]
        was = done.before.get(fact_id)
        old = f"（{say('原值', 'was')} {told(ftype, was.value, state.lang)}，{people[was.actor]}）" if was is not None else ""
        new = told(ftype, wanted.values[fact_id], state.lang)
        click.echo(f"  {say(ftype.title, ftype.title_en)} = {new}  {say('版本', 'version')} {version}{old}")
    if done.evidence:
        click.echo(f"  {say('附件', 'evidence')} {' '.join(done.evidence)}")


@verb(fact, "list",
      zh="列出一个单位的数据：值、版本、谁、何时、附件数。\n加 --standard 只看这个标准用到的，并列出还缺的，最有用的在前。",
      en="List a unit's facts: value, version, who, when, evidence. With --standard those it reads, and those it still misses, "
         "the most useful first.")  # fmt: skip
@click.argument("named", metavar="UNIT")
@option("--period", metavar="YEAR", zh="时期（默认：--as-of 或今天的年份）", en="Period (default: the year of --as-of or today)")
@option("--as-of", "as_of", type=DAY, metavar="DATE", zh="哪一天", en="Which day")
@option("--standard", default="", metavar="ID", zh="只看这个标准用到的", en="Only those that a standard reads")
@option("--missing", is_flag=True, zh="只列还缺的（要有 --standard）", en="Only those missing (needs --standard)")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@option("--out", type=click.Path(path_type=Path), metavar="FILE", zh="写入 CSV 文件", en="Write to a CSV file")
@click.pass_context
def list_(
    ctx: click.Context, named: str, period: str | None, as_of: date | None, standard: str, missing: bool, as_json: bool,
    out: Path | None,
) -> None:  # fmt: skip
    from duibiao.cli.fact_sheets import listing_json, show_listing, write_listing
    from duibiao.cli.office import opened
    from duibiao.cli.output import print_json
    from duibiao.errors import BadInputError, Problem, Where
    from duibiao.services.clock import today
    from duibiao.services.fact_lists import listing
    from duibiao.services.units import find_unit
    from duibiao.store.units import periods_of

    state = session(ctx)
    if missing and not standard:
        raise BadInputError([Problem("DB007", Where("--missing"), allowed="--standard")])
    with opened(ctx, write=False) as space:
        unit = find_unit(space, named)
        found = listing(space, state.registry, unit, period_asked(period, as_of), standard, as_of or today())
        periods = periods_of(space, unit.code)
        people = {each.id: each.name for each in space.operators()}
    shown = found if not missing else _only_missing(found)
    if as_json:
        print_json(listing_json(shown, state))
    elif out is not None:
        write_listing(state, out, shown, people)
    else:
        show_listing(state, shown, people, periods, MOST_MISSING)


def _only_missing(found: Listing) -> Listing:
    from attrs import evolve

    return evolve(found, lines=())


@verb(fact, "history", zh="一个数据项怎么变成现在这样：每次保存的值、谁、何时、说明。",
      en="How a fact came to be what it is: each value saved, by whom, when, with what remark.")  # fmt: skip
@click.argument("named", metavar="UNIT")
@click.argument("name", metavar="FACT")
@option("--period", metavar="YEAR", zh="只看一个时期", en="Only one period")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def history(ctx: click.Context, named: str, name: str, period: str | None, as_json: bool) -> None:
    from duibiao.cli.office import opened
    from duibiao.cli.output import console, print_json, table
    from duibiao.model.text import shown
    from duibiao.services.fact_lists import fact_type, names_of, past, told
    from duibiao.services.office import local
    from duibiao.services.units import find_unit

    state = session(ctx)
    ftype = fact_type(state.registry.vocabulary, name)
    with opened(ctx, write=False) as space:
        unit = find_unit(space, named)
        found = past(space, unit.code, ftype.id, period)
        people = names_of(space, {each.actor for each in found})
    if as_json:
        keys = ("seq", "period", "value", "version", "actor", "at", "note")
        print_json([{key: getattr(each, key) for key in keys} for each in found])
        return
    click.echo(f"{shown(unit.name)} {state.say(ftype.title, ftype.title_en)} ({ftype.id})")
    if not found:
        click.echo(state.say("还没有记录", "nothing was recorded yet"))
        return
    words = (("时期", "period"), ("值", "value"), ("版本", "version"), ("谁", "who"), ("何时", "when"), ("说明", "note"))
    rows = [
        (e.period, told(ftype, e.value, state.lang), str(e.version), people[e.actor], local(e.at), shown(e.note)) for e in found
    ]
    console().print(table([state.say(*pair) for pair in words], rows))


@verb(
    fact,
    "import",
    zh="从事实文件（.toml .json .csv .xlsx）导入，可以一次很多单位：全部正确才导入，先用 --dry-run 看会改什么。\n"
    "别人填过的值不会被替换，除非加 --replace。",
    en="Import facts files (.toml .json .csv .xlsx), of many units at once: all of it or nothing. Look first with --dry-run.\n"
    "What other people entered is not replaced, unless --replace says so.",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@option(
    "--as-of",
    "as_of",
    type=DAY,
    metavar="DATE",
    zh="哪一天（文件没写时期的，按这一年）",
    en="Which day (its year is the period where a file has none)",
)
@option("--note", default="", zh="说明", en="A remark")
@option("--replace", is_flag=True, zh="也替换别人填的值", en="Replace what other people entered too")
@option("--dry-run", is_flag=True, zh="只看会导入什么", en="Only show what would be imported")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def import_(
    ctx: click.Context, files: tuple[Path, ...], as_of: date | None, note: str, replace: bool, dry_run: bool, as_json: bool
) -> None:
    from duibiao.cli.office import me, opened, saved
    from duibiao.cli.output import print_json
    from duibiao.cli.unit import counting
    from duibiao.errors import Collector
    from duibiao.services.clock import today
    from duibiao.services.fact_entry import read_note
    from duibiao.services.fact_import import look_through, take_in

    state = session(ctx)
    problems = Collector()
    said = read_note(note, problems)
    problems.raise_any()
    with opened(ctx, write=not dry_run) as space:
        actor = me(space, state)
        found = look_through(space, state.registry.vocabulary, files, as_of or today())
        others = len(found.others(actor))
        if not dry_run and found.batches:
            with counting(state, "保存", "Saving") as seen:
                take_in(space, actor, found, replace=replace, note=said, seen=seen)
    if as_json:
        print_json(_incoming_json(found, others, dry_run))
        return
    zh = f"{found.units:,} 个单位 {found.facts:,} 个数据（新增 {found.new:,}，更新 {found.changed:,}，不变 {found.same:,}）"
    counts = f"{found.new:,} new, {found.changed:,} changed, {found.same:,} as they were"
    en = f"{many(found.units, 'unit')}, {many(found.facts, 'fact')} ({counts})"
    _tell_incoming(state, found, others)
    if dry_run:
        click.echo(state.say(f"将导入 {zh}，尚未保存", f"Would import {en}; nothing was saved"))
    elif not found.batches:
        click.echo(state.say(f"没有变化：{zh}", f"No change: {en}"))
    else:
        saved(state, zh, en)


def _incoming_json(found: Incoming, others: int, dry_run: bool) -> dict[str, Any]:
    return {
        "units": found.units, "facts": found.facts, "new": found.new, "changed": found.changed, "same": found.same,
        "others": others, "per_fact": dict(found.per_fact), "saved": not dry_run,
    }  # fmt: skip


def _tell_incoming(state: Session, found: Incoming, others: int) -> None:
    from duibiao.cli.output import console, flow
    from duibiao.wording import describe

    for note in found.notes:
        click.echo(describe(note, state.lang), err=True)
    types = state.registry.vocabulary.types
    told = (f"{state.say(types[name].title, types[name].title_en)} {number}" for name, number in found.per_fact.items())
    flow(console(), state.say("、", ", ").join(told))
    if others:
        click.echo(state.say(f"其中 {others} 个是别人填的", f"{others} of them were entered by others"))
