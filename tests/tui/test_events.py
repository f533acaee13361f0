"""Events as an answer: each with its day, its kind where the fact declares kinds, and the day it was dealt with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from small_processes import loaded
from textual.pilot import Pilot

from duibiao.model.facts import Happening
from duibiao.registry import Registry
from duibiao.services import cases
from duibiao.services.desk import Desk
from duibiao.services.office import create, open_office
from duibiao.services.people import add_operator
from duibiao.store.records import facts_of
from duibiao.store.rights import Operator
from duibiao.tui.app import DuibiaoApp
from duibiao.tui.assess_events import EventList
from duibiao.tui.dialogs import Form
from tui.assessing import here, line_of, page, saved, session, typed
from tui.conftest import SIZES, screen, settled

UNIT, DAY = "310118002007", date(2012, 11, 5)
STANDARD = """\
[standard]
id = "small.community"
edition = "2020"
title = "示范社区"
jurisdiction = "small"
document = "示例〔2020〕1号"
unit_kinds = ["居委会"]

[[award]]
id = "demonstration"
title = "示范社区"
clause = "一"

[[criterion]]
id = "order"
title = "秩序"
clause = "一"

[[criterion.indicator]]
id = "settled"
title = "问题都已解决"
fact = "supervision_problems"
settled = false
at_most = 0

[[criterion.indicator]]
id = "visited"
title = "有过暗访"
fact = "supervision_visits"
kind = "unannounced"
at_least = 1

[[stage]]
id = "report"
title = "自查"
clause = "一"
"""


@pytest.fixture
def small(pack: Callable[..., Path]) -> Registry:
    """A standard that asks for problems with the day each was dealt with, and for visits by kind."""
    return loaded(pack(files={"community.toml": STANDARD}))


@pytest.fixture
def office(tmp_path: Path, state: Path, small: Registry) -> Path:
    """A workspace with one case of it."""
    folder = tmp_path / "office"
    with create(str(folder), "演示办公室", "", Operator("me", "王芳", ("single",), (), "")) as space:
        add_operator(space, "me", "other", "李明", ["single"], [], "")
        with space.change("me") as entry:
            unit = {"code": UNIT, "name": "新民社区居委会", "kind": "居委会", "initials": "xmsqjwh", "source": ""}
            entry.append("unit.added", f"unit/{UNIT}", unit)
        cases.open_case(Desk(space, small, "me", DAY), UNIT, "small.community")
    return folder


class App:
    """The assessment of that case, at a size and in a language."""

    def __init__(self, office: Path, small: Registry, size: tuple[int, int] = (80, 24), lang: str = "zh") -> None:
        self.app = DuibiaoApp(str(office), lang=lang, day=DAY, registry=small, person="me")  # type: ignore[arg-type]
        self.running = self.app.run_test(size=size)

    async def __aenter__(self) -> Pilot[int]:
        pilot = await self.running.__aenter__()
        await settled(pilot)
        self.app.case = "small-2012-0001"
        self.app.action_go("assess")
        await settled(pilot)
        return pilot

    async def __aexit__(self, *raised: object) -> None:
        if self.app.is_running:
            await self.app.action_leave()
        await self.running.__aexit__(*raised)  # type: ignore[arg-type]


async def at(pilot: Pilot[int], fact: str) -> None:
    """Put the cursor on the question about a fact."""
    question = session(pilot).find(fact)
    assert question is not None
    page(pilot).rows.go(session(pilot).place(question))
    await pilot.pause()


async def pressed(pilot: Pilot[int], *keys: str) -> None:
    """Press keys, waiting until dialogs have opened and closed; digits may be run together."""
    for each in keys:
        await pilot.press(*(each if each[0].isdigit() else (each,)))
        await settled(pilot)


async def test_a_day_typed_in_the_row_adds_an_event_that_is_open(office: Path, small: Registry) -> None:
    async with App(office, small) as pilot:
        await at(pilot, "supervision_problems")
        await typed(pilot, "20121015", "20121020")

        assert (Happening(date(2012, 10, 15)), Happening(date(2012, 10, 20))) == session(pilot).value(here(pilot))
        assert "2 次 2 件未结" in line_of(pilot, "督查发现问题")
        assert "✗" in line_of(pilot, "督查发现问题")


async def test_the_day_it_was_dealt_with_is_given_and_the_rule_sees_it(office: Path, small: Registry) -> None:
    async with App(office, small) as pilot:
        await at(pilot, "supervision_problems")
        await typed(pilot, "20121015")
        await pressed(pilot, "r", "enter", "down", "20121020", "ctrl+s")
        await saved(pilot)

        assert isinstance(pilot.app.screen, EventList)
        assert "2012-10-15  办结 2012-10-20" in screen(pilot.app)
        await pressed(pilot, "escape")
        assert "✓" in line_of(pilot, "督查发现问题")
        assert "2012-10-15  办结 2012-10-20" in screen(pilot.app)
    with open_office(str(office), write=False) as space:
        (stored,) = facts_of(space, UNIT)
    assert [{"on": "2012-10-15", "settled": "2012-10-20"}] == stored.value


async def test_where_kinds_are_declared_the_day_is_followed_by_the_question_which(office: Path, small: Registry) -> None:
    async with App(office, small) as pilot:
        await at(pilot, "supervision_visits")
        await pressed(pilot, "20121015")
        assert isinstance(pilot.app.screen, Form)

        await pressed(pilot, "4", "ctrl+s")

        assert (Happening(date(2012, 10, 15), "unannounced"),) == session(pilot).value(here(pilot))
        assert "✓" in line_of(pilot, "命名后督查")
        assert "2012-10-15  暗访" in screen(pilot.app)


async def test_an_event_without_its_kind_is_not_taken_and_says_why(office: Path, small: Registry) -> None:
    async with App(office, small) as pilot:
        await at(pilot, "supervision_visits")
        await pressed(pilot, "20121015", "ctrl+s")

        assert "选一个种类" in screen(pilot.app)
        assert session(pilot).value(session(pilot).questions[-1]) is None


async def test_an_event_dealt_with_before_it_happened_is_not_taken(office: Path, small: Registry) -> None:
    async with App(office, small) as pilot:
        await at(pilot, "supervision_problems")
        await pressed(pilot, "r", "20121015", "down", "20121014", "ctrl+s")

        assert "办结日期在发生日期之前" in screen(pilot.app)


async def test_an_event_is_corrected_removed_and_brought_back(office: Path, small: Registry) -> None:
    async with App(office, small) as pilot:
        await at(pilot, "supervision_problems")
        await typed(pilot, "20121015", "20121020")
        await pressed(pilot, "r", "enter", *["backspace"] * 2, "16", "ctrl+s", "x", "escape")
        assert (Happening(date(2012, 10, 20)),) == session(pilot).value(here(pilot))

        await pressed(pilot, "u")
        assert (Happening(date(2012, 10, 16)), Happening(date(2012, 10, 20))) == session(pilot).value(here(pilot))


async def test_removing_the_last_one_leaves_the_question_open_and_z_says_there_was_none(office: Path, small: Registry) -> None:
    async with App(office, small) as pilot:
        await at(pilot, "supervision_problems")
        question = here(pilot)
        await typed(pilot, "20121015")
        await pressed(pilot, "r", "x")
        assert session(pilot).value(question) is None
        assert page(pilot) is pilot.app.screen

        await pressed(pilot, "z")
        assert () == session(pilot).value(question)


async def test_the_list_adds_one_more_and_speaks_the_other_language_at_once(office: Path, small: Registry) -> None:
    async with App(office, small) as pilot:
        await at(pilot, "supervision_visits")
        await pressed(pilot, "20121015", "1", "ctrl+s", "r", "a", "20121020", "down", "2", "ctrl+s")
        assert "2012-10-20  随机督查" in screen(pilot.app)

        await pressed(pilot, "ctrl+l")
        assert "2012-10-20  Random" in screen(pilot.app)
        assert "a adds one" in screen(pilot.app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_no_day_and_no_number_is_cut_at_any_size(office: Path, small: Registry, size: tuple[int, int], lang: str) -> None:
    async with App(office, small, size, lang) as pilot:
        await at(pilot, "supervision_problems")
        await typed(pilot, "20121015", "20121020")
        rows = page(pilot).rows
        row = "".join(segment.text for segment in rows.render_line(rows.cursor - rows.scroll_offset.y))
        assert "…" not in row.removesuffix(" ")[-40:]
        await pressed(pilot, "r")
        assert {"zh": "Esc 完成", "en": "Esc done"}[lang] in screen(pilot.app)
