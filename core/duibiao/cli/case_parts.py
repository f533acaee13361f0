"""``duibiao case``: papers, opinions, notices, objections, findings, tasks, and the office's own check."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from duibiao.cli.base import BiCommand, command, option, session
from duibiao.cli.office import DAY, at_desk, saved

_dated = option("--date", "day", type=DAY, metavar="DATE", zh="日期，默认今天", en="Day, today unless given")
_stage = option("--stage", default="", zh="环节；同时在几个环节时要指明", en="Stage, where the case is in several")
_due = option("--due", type=DAY, metavar="DATE", zh="期限", en="By when")
_case = click.argument("case_id", metavar="CASE")


@command("paper", zh="登记收到的材料，可以附扫描件。", en="Register a paper that came in, perhaps with a scan.")
@_case
@click.argument("name")
@option("--file", type=click.Path(path_type=Path), zh="扫描件", en="Scan")
@_stage
@_dated
@click.pass_context
def paper(ctx: click.Context, case_id: str, name: str, file: Path | None, stage: str, day: date | None) -> None:
    from duibiao.cli.case_sheet import explained
    from duibiao.services import papers

    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        found = papers.receive(desk, case_id, name, stage=stage, file=file)
    saved(session(ctx), f"{case_id} 收到 {found}", f"{case_id} received {found}")


@command("opinion", zh="登记征求到的意见。", en="Register the opinion of a body that was consulted.")
@_case
@click.argument("body")
@option("--agree/--disagree", "agrees", default=True, zh="同意 / 不同意", en="Agrees / does not")
@option("--text", default="", zh="意见内容", en="What it says")
@_stage
@_dated
@click.pass_context
def opinion(ctx: click.Context, case_id: str, body: str, agrees: bool, text: str, stage: str, day: date | None) -> None:
    from duibiao.cli.case_sheet import explained
    from duibiao.services import papers

    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        papers.opinion(desk, case_id, body, agrees, text, stage=stage)
    view = ("同意", "agrees") if agrees else ("不同意", "does not agree")
    saved(session(ctx), f"{case_id} 意见：{body} {view[0]}", f"{case_id} opinion: {body} {view[1]}")


@command("notice", zh="登记公示；不写地点和联系方式，就是文件要求的全部。",
         en="Register a public notice; without places and contacts: all that the source asks for.")  # fmt: skip
@_case
@option("--until", type=DAY, metavar="DATE", zh="截止日", en="Last day")
@option("--place", "places", multiple=True, zh="地点", en="Place")
@option("--contact", "contacts", multiple=True, zh="联系方式", en="Contact")
@option("--media", default="", zh="媒体", en="Paper or site")
@_stage
@_dated
@click.pass_context
def notice(
    ctx: click.Context, case_id: str, until: date | None, places: tuple[str, ...], contacts: tuple[str, ...], media: str,
    stage: str, day: date | None,
) -> None:  # fmt: skip
    from duibiao.cli.case_sheet import explained
    from duibiao.services import papers

    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        last = papers.notice(desk, case_id, stage=stage, until=until, places=places, contacts=contacts, media=media)
    saved(
        session(ctx),
        f"{case_id} 公示" + (f"，到 {last}" if last else ""),
        f"{case_id} notice" + (f" until {last}" if last else ""),
    )


@command(
    "object", zh="登记异议；办结以前申报件不能往下走。", en="Register an objection; the case does not go on before it is settled."
)
@_case
@option("--who", required=True, zh="提出人", en="Who objects")
@option("--text", required=True, zh="内容", en="What they say")
@_stage
@_dated
@click.pass_context
def object_(ctx: click.Context, case_id: str, who: str, text: str, stage: str, day: date | None) -> None:
    from duibiao.cli.case_sheet import explained
    from duibiao.services import papers

    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        made = papers.objection(desk, case_id, who, text, stage=stage)
    saved(session(ctx), f"{case_id} 异议 {made}", f"{case_id} objection {made}")


@command("settle", zh="办结异议，写明答复。", en="Settle an objection with an answer.")
@_case
@click.argument("objection")
@option("--upheld/--dismissed", "upheld", required=True, zh="成立 / 不成立", en="Upheld / dismissed")
@option("--answer", required=True, zh="答复", en="Answer")
@_dated
@click.pass_context
def settle(ctx: click.Context, case_id: str, objection: str, upheld: bool, answer: str, day: date | None) -> None:
    from duibiao.cli.case_sheet import explained
    from duibiao.services import papers

    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        papers.settle(desk, case_id, objection, "upheld" if upheld else "dismissed", answer)
    saved(session(ctx), f"{case_id} 异议 {objection} 已办结", f"{case_id} objection {objection} settled")


@command(
    "find",
    zh="登记发现的问题（督查、模拟检查、整改）。",
    en="Register a shortcoming (supervision, mock inspection, rectification).",
)
@_case
@option("--text", required=True, zh="问题", en="What was found")
@_due
@_stage
@_dated
@click.pass_context
def find(ctx: click.Context, case_id: str, text: str, due: date | None, stage: str, day: date | None) -> None:
    from duibiao.cli.case_sheet import explained
    from duibiao.services import papers

    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        made = papers.finding(desk, case_id, text, stage=stage, due=due)
    saved(session(ctx), f"{case_id} 问题 {made}", f"{case_id} finding {made}")


@command("mend", zh="问题已整改，写明措施。", en="A shortcoming is mended, by this measure.")
@_case
@click.argument("finding")
@option("--measure", required=True, zh="措施", en="What was done")
@_dated
@click.pass_context
def mend(ctx: click.Context, case_id: str, finding: str, measure: str, day: date | None) -> None:
    from duibiao.cli.case_sheet import explained
    from duibiao.services import papers

    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        papers.mended(desk, case_id, finding, measure)
    saved(session(ctx), f"{case_id} 问题 {finding} 已整改", f"{case_id} finding {finding} mended")


@command("task", zh="把任务分解给部门。", en="Give a department a piece of the work.")
@_case
@click.argument("department")
@click.argument("text")
@_due
@_stage
@_dated
@click.pass_context
def task(ctx: click.Context, case_id: str, department: str, text: str, due: date | None, stage: str, day: date | None) -> None:
    from duibiao.cli.case_sheet import explained
    from duibiao.services import papers

    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        made = papers.task(desk, case_id, department, text, stage=stage, due=due)
    saved(session(ctx), f"{case_id} 任务 {made}（{department}）", f"{case_id} task {made} ({department})")


@command("done", zh="任务已完成。", en="A task is done.")
@_case
@click.argument("task_id", metavar="TASK")
@_dated
@click.pass_context
def done(ctx: click.Context, case_id: str, task_id: str, day: date | None) -> None:
    from duibiao.cli.case_sheet import explained
    from duibiao.services import papers

    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        papers.done(desk, case_id, task_id)
    saved(session(ctx), f"{case_id} 任务 {task_id} 已完成", f"{case_id} task {task_id} done")


@command("check", zh="复核：由经办人以外的人复核现在的环节。", en="Check the present stage: by somebody who did not enter it.")
@_case
@_stage
@_dated
@click.pass_context
def check(ctx: click.Context, case_id: str, stage: str, day: date | None) -> None:
    from duibiao.cli.case_sheet import explained
    from duibiao.services import papers

    with at_desk(ctx, day) as desk, explained(ctx, desk, case_id):
        papers.check(desk, case_id, stage)
    saved(session(ctx), f"{case_id} 已复核", f"{case_id} checked")


COMMANDS: tuple[BiCommand, ...] = (paper, opinion, notice, object_, settle, find, mend, task, done, check)
