"""``duibiao case score``: giving points, the levels beside each other, and what to do when somebody else gave others."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from duibiao.cli.base import Session, command, option, session
from duibiao.cli.office import DAY, at_desk, saved
from duibiao.services.place_words import level_word
from duibiao.wording import many

if TYPE_CHECKING:
    from duibiao.services.desk import Desk
    from duibiao.services.scores import Wanted
    from duibiao.store.records import Score
    from duibiao.store.workspace import ConflictError


@command(
    "score",
    zh="给分：某一级对指标的打分，代替按规则算出的分。不写指标就并列显示各级的分。\n"
    "POINTS 写作 指标=分数，如 basic-bodies=1.2；分数为空就收回。别人给过的分不会被悄悄改掉：会列出对照，您的留作草稿。",
    en="Give points: what a level gives for indicators, in the place of what the rules compute. "
    "Without POINTS: the levels' points beside each other.\n"
    "POINTS read INDICATOR=POINTS, e.g. basic-bodies=1.2; empty points take them back. What somebody else gave is never "
    "replaced in silence: both are shown, and yours is kept as a draft.",
)
@click.argument("case_id", metavar="CASE")
@click.argument("level", required=False)
@click.argument("points", nargs=-1)
@option("--reason", default="", zh="理由", en="Why")
@option("--approver", default="", zh="批准人", en="Who approved it")
@option(
    "--base",
    type=click.IntRange(min=0),
    zh="从第几版改起；别人又改过就不保存。不写 POINTS 时保存草稿里的",
    en="Version it was made from; not saved if another stands now. Without POINTS: what the draft holds is saved",
)
@option("--drop-draft", is_flag=True, zh="放弃草稿，保留对方给的分", en="Give the draft up and keep their points")
@option("--date", "day", type=DAY, metavar="DATE", zh="日期，默认今天", en="Day, today unless given")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def score(
    ctx: click.Context, case_id: str, level: str | None, points: tuple[str, ...], reason: str, approver: str, base: int | None,
    drop_draft: bool, day: date | None, as_json: bool,
) -> None:  # fmt: skip
    if level is None or (not points and base is None and not drop_draft):
        _show(ctx, case_id, day, as_json)
        return
    from duibiao.cli.case_sheet import explained
    from duibiao.model.notation import plain
    from duibiao.services import scores
    from duibiao.store.workspace import ConflictError

    state = session(ctx)
    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        if drop_draft:
            scores.drop_draft(desk, case_id, level)
            click.echo(state.say("草稿已放弃。", "The draft was given up."))
            return
        wanted = _wanted(desk, case_id, level, points, reason, approver, base)
        try:
            found = scores.score(desk, wanted)
        except ConflictError as error:
            _conflict(state, desk, wanted, error)
            raise
    total = ""
    if found.score is not None:
        total = plain(found.score.low) if found.score.settled else f"{plain(found.score.low)}–{plain(found.score.high)}"
    count = len(wanted.points)
    saved(
        state,
        f"{case_id} {level} {count} 项，总分 {total}",
        f"{case_id} {level_word(level, 'en')}: {many(count, 'indicator')}, score {total}",
    )


def _show(ctx: click.Context, case_id: str, day: date | None, as_json: bool) -> None:
    """The levels' points beside each other."""
    from duibiao.cli.case_sheet import columns_data, columns_table
    from duibiao.cli.output import console, print_json
    from duibiao.services import cases, scores

    with at_desk(ctx, day, write=False) as desk:
        found = scores.score_columns(desk, cases.get(desk, case_id))
    if as_json:
        print_json(columns_data(found))
    elif found.rows:
        console().print(columns_table(found, session(ctx)))
    else:
        click.echo(session(ctx).say("这个标准不打分", "This standard gives no points"))


def _wanted(
    desk: Desk, case_id: str, level: str, points: tuple[str, ...], reason: str, approver: str, base: int | None
) -> Wanted:  # fmt: skip
    """What the arguments or the draft say. BadInputError: no such draft, arguments that are no pairs."""
    from attrs import evolve

    from duibiao.errors import BadInputError, Problem
    from duibiao.services import scores

    given = _pairs(points)
    wanted = scores.Wanted(case_id, level, given, reason, approver)
    if not given:
        draft = scores.draft_of(desk, case_id, level)
        if draft is None:
            raise BadInputError([Problem("U14", found=f"score/{case_id}/{level}")])
        wanted = evolve(draft, reason=reason or draft.reason, approver=approver or draft.approver)
    return wanted if base is None else evolve(wanted, base=dict.fromkeys(wanted.points, base))


def _pairs(points: tuple[str, ...]) -> dict[str, str]:
    """``indicator=points`` as a table; BadInputError names every argument that is no pair or says an indicator twice."""
    from duibiao.errors import Collector, Where

    problems = Collector()
    found: dict[str, str] = {}
    for each in points:
        name, sign, value = (part.strip() for part in each.replace("＝", "=").partition("="))
        if not sign or not name:
            problems.add("E_PAIR", Where(each), found=each)
        elif name in found:
            problems.add("DB009", Where(each), found=name)
        else:
            found[name] = value
    problems.raise_any()
    return found


def _conflict(state: Session, desk: Desk, wanted: Wanted, error: ConflictError) -> None:
    """Say what each side gave and how to go on; nothing was saved, and what was typed is kept."""
    from duibiao.services import scores
    from duibiao.store.records import Score

    say = state.say
    people = {each.id: each.name for each in desk.space.operators()}
    theirs = {name: each for name, each in error.theirs.items() if isinstance(each, Score)}
    for name, now in theirs.items():
        known = wanted.base.get(name)
        past = scores.past(desk, wanted.case, wanted.level, name)
        mine = (each for each in reversed(past) if (each.version == known if known is not None else each.actor == desk.actor))
        old = next(mine, None)
        was = old.points or say("（收回）", "(taken back)") if old is not None else say("（没有）", "(none)")
        base = old.version if old is not None else known or 0
        click.echo(name, err=True)
        click.echo(f"  {say('原值', 'was   ')}  {was}  {say('版本', 'version')} {base}", err=True)
        click.echo(f"  {say('对方', 'theirs')}  {_told(state, now, people)}", err=True)
        click.echo(f"  {say('您的', 'yours ')}  {wanted.points[name] or say('（收回）', '(taken back)')}", err=True)
    versions = {each.version for each in theirs.values()}
    start = f"duibiao case score {wanted.case} {wanted.level}"
    base_text = f"--base {max(versions, default=0)}" if len(versions) == 1 else f"--base {say('版本', 'VERSION')}"
    for line in (
        say("没有保存，您的内容已存为草稿。三种办法：", "Nothing was saved; yours is kept as a draft. Three ways on:"),
        f"  {say('保留对方的', 'keep theirs')}: {start} --drop-draft",
        f"  {say('按对方的版本保存您的', 'save yours on their version')}: {start} {base_text}",
        f"  {say('修改后保存', 'edit and save')}: {start} {say('指标=分数', 'INDICATOR=POINTS')} {base_text}",
    ):
        click.echo(line, err=True)


def _told(state: Session, now: Score, people: dict[str, str]) -> str:
    """What somebody gave: points, version, who, when, why."""
    from duibiao.model.text import shown
    from duibiao.services.office import local

    points = now.points or state.say("（收回）", "(taken back)")
    reason = f"  {state.say('理由：', 'because: ')}{now.reason}" if now.reason else ""
    who = f"{people.get(now.actor, now.actor)} {local(now.at)}"
    return shown(f"{points}  {state.say('版本', 'version')} {now.version}  {who}{reason}")
