"""``duibiao compare``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duibiao.cli.base import Session, command, option, session
from duibiao.cli.office import DAY

if TYPE_CHECKING:
    from duibiao.services.compare_words import DemandWords
    from duibiao.services.comparing import Elsewhere


@command(
    "compare",
    zh="对照几个标准：按主题、按数据项，谁要求什么、谁最严、严多少，每一格都有条款。\n"
    "一个标准加 --edition，或写同一标准的两个版次：新增、取消、收紧、放宽、移动了什么。\n"
    "--witness：什么样的单位达到一个、达不到另一个；写成事实文件，可用 duibiao assess 核对。\n"
    "--facts、--unit、--under：单位用现有数据在各个标准下的结果，还缺哪些数据。",
    en="Compare standards by topic and fact: who demands what, who is strictest and by how much, every cell with its clause.\n"
    "One standard with --edition, or two editions of it: what was added, removed, tightened, loosened, moved.\n"
    "--witness: units that pass one and fail the other, written as facts files that duibiao assess can check.\n"
    "--facts, --unit, --under: units under all of the standards from the facts they have, and which facts are missing.",
)
@click.argument("standards", nargs=-1, required=True, metavar="STANDARD...")
@option("--topic", default="", metavar="TOPIC", zh="只看一个主题", en="Only one topic")
@option("--only-differences", "differing", is_flag=True, zh="只看不同的", en="Only what differs")
@option("--edition", is_flag=True, zh="作为同一标准的版次来比", en="Compare as editions of one standard")
@option("--witness", is_flag=True, zh="找出达到一个、达不到另一个的单位", en="Find units that pass one and fail the other")
@option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="FOLDER",
        zh="见证写到哪个文件夹（默认：当前文件夹）", en="Folder for the witnesses (default: the current one)")  # fmt: skip
@option("--facts", type=click.Path(path_type=Path), metavar="FILE", zh="事实文件里的单位", en="The units of a facts file")
@option("--unit", "units", multiple=True, metavar="UNIT", zh="工作区里的单位（代码或名称），可以多个",
        en="A unit of the workspace (code or name), repeatable")  # fmt: skip
@option(
    "--under",
    metavar="CODE",
    zh="工作区里这个代码以下有数据的全部单位",
    en="All units of the workspace below a code that have facts",
)
@option("--period", metavar="YEAR", zh="用哪个时期的数据", en="The facts of which period")
@option("--as-of", "as_of", type=DAY, metavar="DATE", zh="按哪一天评估", en="The day asked")
@option("--csv", "csv_file", type=click.Path(path_type=Path), metavar="FILE", zh="写成 CSV", en="Write as CSV")
@option("--html", "html_file", type=click.Path(path_type=Path), metavar="FILE", zh="写成 HTML", en="Write as HTML")
@option("--overwrite", is_flag=True, zh="已有同名文件就替换", en="Replace files of that name")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def compare(
    ctx: click.Context, standards: tuple[str, ...], topic: str, differing: bool, edition: bool, witness: bool, out: Path,
    facts: Path | None, units: tuple[str, ...], under: str | None, period: str | None, as_of: date | None, csv_file: Path | None,
    html_file: Path | None, overwrite: bool, as_json: bool,
) -> None:  # fmt: skip
    from duibiao.services import comparing
    from duibiao.services.compare_words import DemandWords

    state = session(ctx)
    words = DemandWords(state.phrases)
    whose = facts is not None or bool(units) or under is not None
    _check(edition, witness, whose, csv_file, html_file, as_json)
    if edition or (not witness and not whose and comparing.linked(state.registry, comparing.known(state.registry, standards, 1))):
        _editions(state, words, standards, as_json)
    elif witness:
        _witnesses(state, words, standards, out, as_json, overwrite)
    elif whose:
        found = _elsewhere(ctx, standards, (facts, units, under, period, as_of), topic, differing)
        _show_elsewhere(state, words, found, as_json)
    else:
        _side_by_side(state, words, standards, (topic, differing), (csv_file, html_file, overwrite, as_json))


def _check(edition: bool, witness: bool, whose: bool, csv_file: Path | None, html_file: Path | None, as_json: bool) -> None:
    """One question at a time, one answer at a time; BadInputError E_QUESTIONS."""
    from duibiao.errors import BadInputError, Problem

    asked = {"--edition": edition, "--witness": witness, "--facts, --unit, --under": whose}
    files = {"--csv": csv_file is not None, "--html": html_file is not None}
    forms = {**files, "--json": as_json}
    named = [name for name, here in asked.items() if here]
    shown = [name for name, here in forms.items() if here]
    if len(named) > 1 or len(shown) > 1 or (named and any(files.values())):
        raise BadInputError([Problem("E_QUESTIONS", found=" ".join([*named, *shown]))])


def _side_by_side(
    state: Session, words: DemandWords, standards: Sequence[str], chosen: tuple[str, bool],
    form: tuple[Path | None, Path | None, bool, bool],
) -> None:  # fmt: skip
    from duibiao.cli.compare_page import Page
    from duibiao.cli.output import print_json
    from duibiao.exchange.target import write_csv, write_file
    from duibiao.services import comparing
    from duibiao.services.compare_data import Data
    from duibiao.services.compare_html import Sheet
    from duibiao.services.compare_sections import sections

    topic, differing = chosen
    csv_file, html_file, overwrite, as_json = form
    found = comparing.compare_standards(state.registry, standards, topic, only_differences=differing)
    labels = comparing.labels(state.registry, [each.standard.id for each in found.programs], state.phrases)
    tables = [] if topic else [each for each in sections(found.programs, state.phrases) if each.differs or not differing]
    data = Data(words, labels)
    if as_json:
        print_json(data.comparison(found, tables))
    elif csv_file is not None:
        write_csv(csv_file, data.header(), data.lines(found), overwrite=overwrite)
    elif html_file is not None:
        write_file(html_file, Sheet(found, tables, words, labels).text().encode(), overwrite=overwrite)
    else:
        Page(state, words, labels).comparison(found, tables)
    written = csv_file or html_file
    if written is not None:
        click.echo(state.say(f"已写入 {written}", f"Written: {written}"))


def _editions(state: Session, words: DemandWords, standards: Sequence[str], as_json: bool) -> None:
    from duibiao.cli.compare_more import EditionsPage
    from duibiao.cli.compare_page import Page
    from duibiao.cli.output import print_json
    from duibiao.services import comparing
    from duibiao.services.compare_data import Data

    found = comparing.compare_family(state.registry, standards)
    if as_json:
        print_json(Data(words, ()).editions(found))
        return
    page = EditionsPage(Page(state, words, ()))
    for each in found:
        page.show(each)


def _witnesses(state: Session, words: DemandWords, standards: Sequence[str], out: Path, as_json: bool, overwrite: bool) -> None:
    from duibiao.cli.compare_more import WitnessPage
    from duibiao.cli.compare_page import Page
    from duibiao.cli.output import print_json
    from duibiao.exchange.target import write_file
    from duibiao.services import comparing
    from duibiao.services.compare_data import Data

    found = comparing.find_witnesses(state.registry, standards)
    files: dict[int, Path] = {}
    for index, each in enumerate(found):
        if each.witness is not None:
            files[index] = out / comparing.witness_name(each)
            write_file(files[index], comparing.witness_file(each, state.phrases).encode(), overwrite=overwrite)
    if as_json:
        print_json(Data(words, ()).answers(found, {index: str(file) for index, file in files.items()}))
        return
    labels = comparing.labels(state.registry, [each.first.assessor.program.standard.id for each in found], state.phrases)
    WitnessPage(Page(state, words, labels)).show(found, files)


Whose = tuple[Path | None, tuple[str, ...], str | None, str | None, date | None]


def _elsewhere(ctx: click.Context, standards: Sequence[str], whose: Whose, topic: str, differing: bool) -> Elsewhere:
    from duibiao.cli.evidence import period_asked
    from duibiao.cli.office import opened
    from duibiao.errors import BadInputError, Problem
    from duibiao.model.text import shown
    from duibiao.services import comparing
    from duibiao.wording import describe

    state = session(ctx)
    facts, units, under, period, as_of = whose
    comparison = comparing.compare_standards(state.registry, standards, topic, only_differences=differing, fewest=1)
    if [facts is not None, bool(units), under is not None].count(True) > 1 or (facts is not None and period is not None):
        raise BadInputError([Problem("U15")])
    if facts is not None:
        return comparing.file_elsewhere(
            state.registry, comparison, facts, as_of, lambda note: click.echo(shown(describe(note, state.lang)), err=True)
        )
    asked = None if period is None else period_asked(period, as_of)
    with opened(ctx, write=False) as space:
        return comparing.units_elsewhere(space, state.registry, comparison, units, under or "", as_of, asked)


def _show_elsewhere(state: Session, words: DemandWords, found: Elsewhere, as_json: bool) -> None:
    from duibiao.cli.compare_more import ElsewherePage
    from duibiao.cli.compare_page import Page
    from duibiao.cli.output import print_json
    from duibiao.services import comparing
    from duibiao.services.compare_data import Data

    labels = comparing.labels(state.registry, [each.standard.id for each in found.comparison.programs], state.phrases)
    if as_json:
        print_json(Data(words, labels).elsewhere(found))
        return
    ElsewherePage(Page(state, words, labels)).show(found)
