"""What the cohort view asks a person for: a standard, a territory, a period, an award, a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from duibiao.services import cohort_desk
from duibiao.services import export as exporting
from duibiao.services.cohort_desk import Held
from duibiao.tui.assess_dialogs import AskLine
from duibiao.tui.base import spoken
from duibiao.tui.dialogs import Field, Form, Plan, Values
from duibiao.tui.picking import Choose
from duibiao.tui.screens.cohort_widgets import year_word

if TYPE_CHECKING:
    from duibiao.tui.app import DuibiaoApp

FORMATS = (("xlsx", "Excel", "Excel"), ("csv", "CSV", "CSV"), ("parquet", "Parquet", "Parquet"))
TYPED = "typed"

Write = Callable[[str, Path, bool], None]
"""Writes the units of a division to a file, replacing one or not."""


async def standard(app: DuibiaoApp, now: str) -> str:
    """A standard for which there are units; empty when none was chosen."""

    def asking() -> Choose:
        items: list[tuple[str, object]] = []
        for name in cohort_desk.standards(app.desk):
            header = app.registry.header(name)
            items.append((f"{app.say(header.title, header.title_en or header.title)}  {name}", name))
        return Choose(app.say("按哪个标准评", "Under which standard"), items, now=now)

    found = await app.push_screen_wait(spoken(asking))
    return found if isinstance(found, str) else ""


async def period(app: DuibiaoApp, now: str) -> str:
    """A period; empty when none was chosen. BadInputError U12: it cannot be one."""

    def asking() -> Choose:
        years = dict.fromkeys([*cohort_desk.years(app.day), now])
        items: list[tuple[str, object]] = [(year_word(app, each), each) for each in years if each]
        items.append((app.say("写别的……", "another …"), TYPED))
        return Choose(app.say("评哪个年度的数据", "The facts of which year"), items, now=now)

    found = await app.push_screen_wait(spoken(asking))
    if found == TYPED:
        text = await app.push_screen_wait(spoken(lambda: AskLine(app.say("年度，如 2012", "A year such as 2012"), now)))
        return "" if text is None else cohort_desk.named_period(str(text))
    return found if isinstance(found, str) else ""


async def award(app: DuibiaoApp, held: Held, now: str) -> str:
    """One of the standard's awards; empty when none was chosen."""
    awards = held.view.results.assessor.program.standard.awards

    def asking() -> Choose:
        items = [(app.say(each.title, each.title_en or each.title), each.id) for each in awards]
        return Choose(app.say("看哪个称号", "Which award"), items, now=now)

    found = await app.push_screen_wait(spoken(asking))
    return found if isinstance(found, str) else ""


def territory(app: DuibiaoApp, now: str, take: Callable[[str], None]) -> Form:
    """Asks for a territory, and takes it."""

    def plan() -> Plan:
        hint = app.say("代码的开头，或辖区、单位的名称；空着是全部", "beginning of codes, or a name; empty for all")
        field = Field("territory", app.say("辖区", "territory"), value="" if now == cohort_desk.ALL else now, hint=hint)

        def do(values: Values) -> str:
            found = cohort_desk.named_territory(app.desk, str(values["territory"]))
            take(found)
            return (
                app.say("辖区：全部", "Territory: all")
                if found == cohort_desk.ALL
                else app.say(f"辖区：{found}", f"Territory: {found}")
            )

        return Plan(app.say("评哪个辖区的单位", "Units of which territory"), do, [field], at_once=True)

    return spoken(lambda: Form(plan()))


def export(app: DuibiaoApp, held: Held, places: Sequence[tuple[str, str]], write: Write) -> Form:
    """Asks for a file and writes to it. *places*: divisions that can be written, with their names, the one in sight first."""

    def plan() -> Plan:
        say, question = app.say, held.question
        name = str(exporting.usual_folder() / f"{question.standard}-{question.period}-{places[0][0] or 'all'}.xlsx")
        fields = [
            Field("what", say("哪些单位", "units"), "choice", places[0][0], tuple(places)),
            Field(
                "form",
                say("格式", "format"),
                "choice",
                "",
                (("", say("看文件名", "by its name")), *((a, say(b, c)) for a, b, c in FORMATS)),
            ),
            Field("path", say("文件", "file"), value=name),
            Field("replace", say("已有同名文件就替换", "replace a file of that name"), "tick", value=False),
        ]

        def do(values: Values) -> str:
            path, replace = Path(str(values["path"])).expanduser(), bool(values["replace"])
            path = path.with_suffix(f".{values['form']}") if values["form"] else path
            cohort_desk.check_file(path, overwrite=replace)
            write(str(values["what"]), path, replace)
            return say(f"正在写出 {path}", f"writing {path}")

        said = [
            (
                say(
                    "每个单位一行：得分、称号、每项指标的判定",
                    "a row for each unit: points, titles, the verdict of every indicator",
                ),
                "dim",
            )
        ]
        return Plan(say("导出评估结果", "Export the results"), do, fields, said, say("写入文件", "write the file"))

    return spoken(lambda: Form(plan()))


__all__ = ["Write", "award", "export", "period", "standard", "territory"]
