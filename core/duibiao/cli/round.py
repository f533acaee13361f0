"""``duibiao round``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from duibiao.cli.base import Session, noun, option, session, verb
from duibiao.cli.office import DAY, at_desk, saved
from duibiao.model.text import shown
from duibiao.wording import many

if TYPE_CHECKING:
    from duibiao.model.process import Stage
    from duibiao.services.naming import Act
    from duibiao.store.cases import Round

round_ = noun("round", zh="轮次：开始、抽样、批量命名。", en="Rounds: open, sample, name in batch.")
_dated = option("--date", "day", type=DAY, metavar="DATE", zh="日期，默认今天", en="Day, today unless given")
_dry = option("--dry-run", is_flag=True, zh="只看会发生什么", en="Only say what would happen")


@verb(round_, "open", zh="开始一个轮次。", en="Open a round.")
@click.argument("standard")
@option("--year", type=click.IntRange(1949, 2999), zh="年份，默认今年", en="Year, this one unless given")
@option("--title", default="", zh="名称", en="Name")
@_dated
@click.pass_context
def open_(ctx: click.Context, standard: str, year: int | None, title: str, day: date | None) -> None:
    from duibiao.services import rounds

    with at_desk(ctx, day) as desk:
        name = rounds.open_round(desk, standard, year or desk.day.year, title)
    saved(session(ctx), f"轮次 {name}", f"round {name}")


@verb(
    round_,
    "list",
    zh="列出轮次：各环节有多少件，抽了哪些样。",
    en="List the rounds: how many cases at each stage, samples drawn.",
)
@option("--full", is_flag=True, zh="连同抽中的单位", en="With the units drawn")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def list_(ctx: click.Context, full: bool, as_json: bool) -> None:
    from duibiao.cli.output import console, flow, print_json
    from duibiao.services import rounds
    from duibiao.store import cases as kept
    from duibiao.store.units import units_of

    state = session(ctx)
    out, say = console(), state.say
    with at_desk(ctx, None, write=False) as desk:
        found = [(each, rounds.stages_of(desk, each), kept.samples(desk.space, each.id)) for each in kept.rounds(desk.space)]
        if as_json:
            print_json([_data(*each) for each in found])
            return
        for each, counts, samples in found:
            closed = "" if each.state == "open" else say("（已结束）", " (closed)")
            flow(out, shown(f"{each.id}  {each.title}{closed}"), "bold")
            stages = [f"{say(stage.title, stage.title_en or stage.title)} {count}" for stage, count in counts if count]
            flow(out, state.phrases.comma.join(stages) or say("没有在办的", "no open cases"), indent=2)
            titles = {stage.id: say(stage.title, stage.title_en or stage.title) for stage, _ in counts}
            for drawn in samples:
                flow(out, shown(_sampled(state, drawn, titles)), indent=2)
                for code, unit in units_of(desk.space, drawn["chosen"] if full else ()).items():
                    flow(out, shown(f"{code}  {unit.name}"), indent=4)
    if not found:
        click.echo(say("还没有轮次", "No rounds yet"))


def _sampled(state: Session, drawn: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """One sample in words."""
    title, size = titles.get(drawn["stage"], drawn["stage"]), f"{len(drawn['chosen'])}/{len(drawn['pool'])}"
    return state.say(
        f"抽样“{title}”：抽 {size}，种子 {drawn['seed']}，{drawn['drawn']}",
        f"sample for «{title}»: {size} drawn, seed {drawn['seed']}, {drawn['drawn']}",
    )


def _data(each: Round, counts: Sequence[tuple[Stage, int]], samples: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A round as JSON; a sample names everything that is needed to draw it again."""
    keys = ("stage", "seed", "asked", "drawn", "pool", "chosen")
    return {
        "id": each.id, "standard": each.standard, "year": each.year, "title": each.title, "state": each.state,
        "stages": {stage.id: count for stage, count in counts}, "samples": [{key: row[key] for key in keys} for row in samples],
    }  # fmt: skip


@verb(round_, "sample", zh="为一个环节抽样：同样的名单、比例和种子，谁抽都一样；结果记入记录。",
      en="Draw a stage's sample: the same list, share and seed give the same units to anybody; recorded.")  # fmt: skip
@click.argument("round_id", metavar="ROUND")
@click.argument("stage")
@option("--seed", required=True, zh="种子：当众定的一个词或数", en="Seed: a word or number settled in public")
@option("--share", zh="比例，如 20%（文件没有写时）", en="Share, e.g. 20% (where the source gives none)")
@option("--count", type=click.IntRange(min=0), zh="个数", en="Number")
@_dry
@_dated
@click.pass_context
def sample(
    ctx: click.Context, round_id: str, stage: str, seed: str, share: str | None, count: int | None, dry_run: bool,
    day: date | None,
) -> None:  # fmt: skip
    from duibiao.services import rounds
    from duibiao.store.units import units_of

    state = session(ctx)
    with at_desk(ctx, day, write=not dry_run) as desk:
        drawn = rounds.draw(desk, round_id, stage, seed=seed, share=share, count=count, dry_run=dry_run)
        names = units_of(desk.space, drawn.chosen)
    for code in drawn.chosen:
        click.echo(shown(f"{code}  {names[code].name if code in names else ''}"))
    told = (f"{len(drawn.pool)} 抽 {len(drawn.chosen)}", f"{len(drawn.chosen)} of {len(drawn.pool)}")
    if dry_run:
        click.echo(state.say(f"试算，未保存：{told[0]}", f"Dry run, not saved: {told[1]}"))
    else:
        saved(state, *told)


@verb(round_, "name", zh="批量命名：在名额和比例之内，按得分排序；证书连续编号，一次保存。",
      en="Name in batch: within quotas and ratios, by score; certificates numbered in a row, saved at once.")  # fmt: skip
@click.argument("round_id", metavar="ROUND")
@option("--award", default="", zh="称号", en="Title")
@option(
    "--certificates",
    "pattern",
    default="",
    zh="证书编号的样式，如 武社示〔{year}〕{n:03}号",
    en="Pattern of the numbers: {year}, {n:03}",
)
@option(
    "--start",
    type=click.IntRange(min=1),
    zh="从几号起，不写就接着用过的编",
    en="First number; after the last in use unless given",
)
@option(
    "--pick",
    "picked",
    multiple=True,
    metavar="CASE",
    zh="选定的申报件（并列或不满额时）",
    en="Case chosen, where some tie or fewer are taken",
)
@_dry
@_dated
@click.pass_context
def name(
    ctx: click.Context, round_id: str, award: str, pattern: str, start: int | None, picked: tuple[str, ...],
    dry_run: bool, day: date | None,
) -> None:  # fmt: skip
    from duibiao.services.naming import name_batch
    from duibiao.workflow.blocks import BlockedError

    state = session(ctx)
    with at_desk(ctx, day, write=not dry_run) as desk:
        try:
            act = name_batch(
                desk, round_id, award=award, pattern=pattern, first=start, picked=picked or None, dry_run=dry_run
            )  # fmt: skip
        except BlockedError:
            _tell(name_batch(desk, round_id, award=award, picked=picked or None, dry_run=True), state)
            raise
    _tell(act, state)
    told = (f"命名 {len(act.taken)} 个", f"{len(act.taken)} named")
    if dry_run:
        click.echo(state.say(f"试算，未保存：{told[0]}", f"Dry run, not saved: {told[1]}"))
    elif act.taken:
        saved(state, *told)
    else:
        click.echo(state.say("没有可以命名的，什么也没有改", "Nobody can be named; nothing was changed"))


def _tell(act: Act, state: Session) -> None:
    """The places there are, then every case at the stage: named or why not."""
    from duibiao.cli.output import console, flow
    from duibiao.services.process_words import PLACES, ProcessWords

    out, say = console(), state.say
    for selection, places in act.limits:
        for group, room in places.items():
            limit = say("不限", "no limit") if room is None else say(f"还有 {room} 个名额", f"{many(room, 'place')} left")
            title = f"{say(selection.title, selection.title_en or selection.title)} {group}".rstrip()
            flow(out, f"{title}{say('：', ': ')}{limit}  {state.phrases.cite(selection.cite)}", "dim")
    for line in act.lines:
        each = line.case.listed
        words = ProcessWords(state.phrases, line.case.standard)
        told = (each.id, each.unit.name, line.score, words.named(PLACES, line.place), line.certificate)
        flow(out, shown("  ".join(part for part in told if part)))
        for block in line.blocks:
            flow(out, f"✗ {words.block(block)[0]}", indent=4)


@verb(round_, "close", zh="结束轮次。", en="Close a round.")
@click.argument("round_id", metavar="ROUND")
@click.pass_context
def close(ctx: click.Context, round_id: str) -> None:
    from duibiao.services import rounds

    with at_desk(ctx, None) as desk:
        rounds.close_round(desk, round_id)
    saved(session(ctx), f"轮次 {round_id} 已结束", f"round {round_id} closed")
