"""Lists of facts on the terminal, as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from duibiao.cli.base import Session
from duibiao.cli.output import console, flow, table
from duibiao.model.text import shown
from duibiao.services.fact_lists import Line, Listing, told
from duibiao.services.office import local
from duibiao.wording import many


def listing_json(found: Listing, state: Session) -> dict[str, Any]:
    """The documented answer of ``duibiao fact list --json``."""
    return {
        "unit": {"code": found.unit.code, "name": found.unit.name, "kind": found.unit.kind},
        "period": found.period,
        "facts": [
            {
                "fact": each.fact, "value": each.recorded.value, "version": each.recorded.version, "actor": each.recorded.actor,
                "at": each.recorded.at, "note": each.recorded.note, "example": each.recorded.example, "evidence": each.evidence,
            }
            for each in found.lines
        ],
        "missing": list(found.missing),
        "problems": [{"code": each.code, "found": each.found} for each in found.problems],
    }  # fmt: skip


def show_listing(
    state: Session, found: Listing, people: Mapping[str, str], periods: Mapping[str, int], most_missing: int
) -> None:
    """Print it; where the period has no facts, say which periods have."""
    from duibiao.wording import describe

    say = state.say
    click.echo(f"{shown(found.unit.name)} {found.unit.code} {found.period}")
    for problem in found.problems:
        click.echo(describe(problem, state.lang), err=True)
    if found.lines:
        console().print(table(_columns(state), [_row(state, each, people) for each in found.lines]))
        if any(each.recorded.example for each in found.lines):
            click.echo(say("※ 例子数据，不是真实情况", "※ example facts, not real ones"))
    elif not found.missing:
        click.echo(say("没有数据", "no facts"))
    if found.period not in periods and periods:
        comma = say("、", ", ")
        click.echo(
            say(f"有数据的时期：{comma.join(periods)}（用 --period）", f"Periods with facts: {comma.join(periods)} (--period)")
        )
    if found.missing:
        listed = found.missing[:most_missing]
        rest = len(found.missing) - len(listed)
        more = say(f" … 另有 {rest} 项", f" … and {rest} more") if rest else ""
        flow(console(), f"{say('还缺', 'Missing')} {len(found.missing)}{say('：', ': ')}{state.phrases.facts(listed)}{more}")


def _columns(state: Session) -> list[str]:
    words = (("数据项", "fact"), ("值", "value"), ("版本", "version"), ("谁", "who"), ("何时", "when"), ("附件", "evidence"))
    return [state.say(*pair) for pair in words]


def _row(state: Session, each: Line, people: Mapping[str, str]) -> tuple[str, ...]:
    title = state.say(each.ftype.title, each.ftype.title_en) if each.ftype else each.fact
    row = each.recorded
    value = told(each.ftype, row.value, state.lang)
    return title, shown(value), str(row.version), shown(people.get(row.actor, row.actor)), local(row.at), str(each.evidence or "")


def write_listing(state: Session, out: Path, found: Listing, people: Mapping[str, str]) -> None:
    """Write it to a CSV file: what is recorded, then what is missing with an empty value."""
    from duibiao.cli.office import saved
    from duibiao.exchange.target import write_csv

    rows = [(each.fact, *_row(state, each, people)) for each in found.lines]
    rows += [(name, state.phrases.fact(name), "", "", "", "", "") for name in found.missing]
    write_csv(out, [state.say("编号", "id"), *_columns(state)], rows)
    saved(state, f"{len(rows)} 行 → {out}", f"{many(len(rows), 'row')} → {out}")
