"""``duibiao award``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from duibiao.cli.base import Session, noun, option, session, verb
from duibiao.cli.office import DAY, at_desk, saved
from duibiao.wording import many

if TYPE_CHECKING:
    from duibiao.services.titles import Title

award = noun("award", zh="称号：有效期、复查、撤销、注销。", en="Titles: validity, re-check, revoke, cancel.")
_dated = option("--date", "day", type=DAY, metavar="DATE", zh="日期，默认今天", en="Day, today unless given")


@verb(award, "list", zh="列出称号和它们现在的状态。", en="List the titles as they stand.")
@option("--standard", default="", zh="只看一个标准", en="Only one standard")
@option("--under", default="", zh="只看一个辖区：代码的开头", en="Only one territory: beginning of the codes")
@option(
    "--state", "wanted", default="", zh="只看一种状态：valid rectifying revoked cancelled expired renewed", en="Only one state"
)
@_dated
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def list_(ctx: click.Context, standard: str, under: str, wanted: str, day: date | None, as_json: bool) -> None:
    from duibiao.cli.output import print_json
    from duibiao.services import titles
    from duibiao.services.desk import missing
    from duibiao.services.process_words import TITLES

    state = session(ctx)
    if wanted and wanted not in TITLES:
        raise missing("E_STATUS", "--state", wanted, TITLES)
    with at_desk(ctx, day, write=False) as desk:
        found = titles.listed(desk, standard=standard, territory=under, state=wanted)
    if as_json:
        print_json([{**each.row, "state": each.state} for each in found])
        return
    for title in dict.fromkeys((each.row["standard"], each.row["title"]) for each in found):
        _table([each for each in found if (each.row["standard"], each.row["title"]) == title], state)
    click.echo(state.say(f"共 {len(found)} 个", f"{many(len(found), 'title')}"))


def _table(found: Sequence[Title], state: Session) -> None:
    """The holders of one title; columns in which nobody has anything are left out."""
    from duibiao.cli.output import console, flow, table
    from duibiao.model.text import shown
    from duibiao.services.process_words import TITLES, ProcessWords

    words, say, first = ProcessWords(state.phrases), state.say, found[0]
    title = first.row["title"] if first.award is None else say(first.award.title, first.award.title_en or first.award.title)
    flow(console(), f"{title}  {first.row['standard']}  " + say(f"{len(found)} 个", f"{len(found)}"), "bold")
    names = [say(*each) for each in (
        ("单位", "unit"), ("证书", "certificate"), ("起", "since"), ("止", "until"), ("状态", "state"), ("申报件", "case"),
    )]  # fmt: skip
    rows = []
    for each in found:
        due = each.state == "valid" and each.renewal is not None and each.renewal.state == "open"
        now = words.named(TITLES, each.state) + (say("，可续期", ", renewable") if due else "")
        row = each.row
        rows.append((shown(row["name"]), shown(row["certificate"]), row["since"], row["until"] or "", now, row["case_id"]))
    used = [place for place in range(len(names)) if any(row[place] for row in rows)]
    made = table([names[place] for place in used], [[row[place] for place in used] for row in rows], grow=0)
    made.columns[0].min_width = 10
    console().print(made)
    console().print()


def _act(what: str, zh: str, en: str, *, reasoned: bool) -> None:
    """Add the command that does *what* to a title."""

    @verb(award, what, zh=zh, en=en)
    @click.argument("case_id", metavar="CASE")
    @option("--award", "award_id", default="", zh="称号（有几个时）", en="Title, where there are several")
    @option("--text", default="", zh="要整改的问题（限期整改）", en="What has to be mended (rectify)")
    @option("--reason", required=reasoned, default=None if reasoned else "", zh="理由", en="Why")
    @option("--certificate", default="", zh="新证书编号（续期）", en="New certificate (renewal)")
    @_dated
    @click.pass_context
    def run(ctx: click.Context, case_id: str, award_id: str, text: str, reason: str, certificate: str, day: date | None) -> None:
        from duibiao.cli.case_sheet import explained
        from duibiao.services import titles
        from duibiao.services.process_words import TITLES, ProcessWords

        state = session(ctx)
        with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
            held = titles.act(desk, case_id, award_id, what, reason=reason, text=text, certificate=certificate)
        now = ProcessWords(state.phrases).named(TITLES, held.state)
        until = "" if held.until is None else state.say(f"，至 {held.until}", f", until {held.until}")
        saved(state, f"{case_id} {held.award} {now}{until}", f"{case_id} {held.award} {now}{until}")


for _what, _zh, _en, _reasoned in (
    ("keep", "保留：复查合格。", "Keep: it passed the re-check.", False),
    ("rectify", "限期整改。", "Demand rectification.", True),
    ("revoke", "撤销。", "Revoke.", True),
    ("cancel", "注销。", "Cancel.", True),
    ("expire", "到期。", "Mark as expired.", False),
    ("renew", "续期。", "Renew.", False),
):
    _act(_what, _zh, _en, reasoned=_reasoned)


@verb(award, "recheck", zh="抽取要复查的单位：同样的名单、比例和种子，谁抽都一样。",
      en="Draw the holders to be checked again: the same list, share and seed give the same units for everybody.")  # fmt: skip
@click.argument("standard")
@click.argument("award_id", metavar="AWARD")
@option("--seed", required=True, zh="种子", en="Seed")
@option("--share", zh="比例，如 20%（文件没有写时）", en="Share, e.g. 20% (where the source gives none)")
@option("--under", default="", zh="辖区：代码的开头", en="Territory: beginning of the codes")
@_dated
@click.pass_context
def recheck(ctx: click.Context, standard: str, award_id: str, seed: str, share: str | None, under: str, day: date | None) -> None:
    from duibiao.model.text import shown
    from duibiao.services import titles

    with at_desk(ctx, day, write=False) as desk:
        found = titles.recheck(desk, standard, award_id, seed=seed, share=share, territory=under)
    for each in found:
        click.echo(shown(f"{each.row['unit']}  {each.row['name']}  {each.row['case_id']}"))
    click.echo(session(ctx).say(f"共 {len(found)} 个", f"{many(len(found), 'title')}"))
