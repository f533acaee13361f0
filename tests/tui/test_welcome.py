"""The first start, finished by keys alone; and workspaces that will not open, told in words."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from workspaces import digest

from duibiao.errors import BadInputError, Problem, Where
from duibiao.registry import Registry
from duibiao.services import welcome
from duibiao.services.office import create, open_office
from duibiao.services.people import add_operator
from duibiao.store import schema
from duibiao.store.cases import cases
from duibiao.tui.screens.cases import CasesScreen
from duibiao.tui.screens.units import UnitsScreen
from duibiao.tui.screens.welcome import BringStep, StandardStep, WelcomeScreen
from tui.conftest import SIZES, AppAt, screen, settled, text_of, typed


async def choose(pilot: Pilot[int], *keys: str) -> None:
    """Press keys, waiting for what each brings."""
    for each in keys:
        await pilot.press(each)
        await settled(pilot)


# the three steps


async def test_five_keys_lead_from_nothing_to_the_first_case_under_assessment(app_at: AppAt, tmp_path: Path) -> None:
    async with app_at((80, 24), workspace=tmp_path / "new") as pilot:
        assert "还没有工作区" in screen(pilot.app)
        await choose(pilot, "1")
        assert isinstance(pilot.app.screen, StandardStep)
        await choose(pilot, "3")
        assert isinstance(pilot.app.screen, BringStep)
        assert "整个青浦区" in screen(pilot.app)
        await choose(pilot, "1", "enter")
        assert isinstance(pilot.app.screen, UnitsScreen)
        assert "第 3 步" in screen(pilot.app)
        await choose(pilot, "enter")
        assert "qingpu-2012-0001" == pilot.app.case
        assert "qingpu-2012-0001" in screen(pilot.app)
        assert "青浦区" == pilot.app.office
    with open_office(str(tmp_path / "new")) as space:
        (case,) = cases(space)
        assert ("shanghai.qingpu.committee", "居委会") == (case.standard, case.unit.kind)


async def test_a_part_of_a_district_is_chosen_by_going_into_it_and_escape_goes_up_again(app_at: AppAt, tmp_path: Path) -> None:
    async with app_at((80, 24), workspace=tmp_path / "new") as pilot:
        await choose(pilot, "1", "7")
        assert "北京市  直辖市" in screen(pilot.app)
        await choose(pilot, "3")
        assert "整个北京市" in screen(pilot.app)
        assert "东城区" in screen(pilot.app)
        await choose(pilot, "3")
        assert "整个东城区" in screen(pilot.app)
        await choose(pilot, "escape")
        assert "整个北京市" in screen(pilot.app)
        await choose(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, StandardStep)
        assert not (tmp_path / "new").exists(), "nothing was made on the way"


async def test_the_office_gives_its_own_name_and_its_own_table_of_units(app_at: AppAt, tmp_path: Path) -> None:
    table = tmp_path / "units.csv"
    table.write_text("代码,名称,类型\n320412100002,南街社区居委会,居委会\n", "utf-8")
    async with app_at((80, 24), workspace=tmp_path / "new") as pilot:
        await choose(pilot, "1", "1", "2")
        await typed(pilot, str(table))
        await choose(pilot, "enter")
        await choose(pilot, *"WJ", "enter")
        assert "南街社区居委会" in screen(pilot.app)
        assert "WJ" == pilot.app.office


async def test_a_table_that_is_wrong_says_what_and_can_be_mended(app_at: AppAt, tmp_path: Path) -> None:
    async with app_at((80, 24), workspace=tmp_path / "new") as pilot:
        await choose(pilot, "1", "1", "2")
        await typed(pilot, str(tmp_path / "nowhere.csv"))
        await choose(pilot, "enter")
        await choose(pilot, "x", "enter")
        assert isinstance(pilot.app.screen, BringStep)
        assert "bad" == pilot.app.status[1]
        await choose(pilot, "1", "enter")
        assert isinstance(pilot.app.screen, UnitsScreen)


async def test_stopping_before_the_name_is_given_makes_nothing(app_at: AppAt, tmp_path: Path) -> None:
    async with app_at((80, 24), workspace=tmp_path / "new") as pilot:
        await choose(pilot, "1", "1", "1", "escape")
        assert isinstance(pilot.app.screen, BringStep)
        assert not (tmp_path / "new").exists()


async def test_leaving_the_third_step_leads_to_the_cases_of_the_workspace_that_is_there(app_at: AppAt, tmp_path: Path) -> None:
    async with app_at((80, 24), workspace=tmp_path / "new") as pilot:
        await choose(pilot, "1", "1", "1", "enter", "escape")
        assert isinstance(pilot.app.screen, CasesScreen)
        assert "没有案卷" in screen(pilot.app)


async def test_the_demonstration_is_one_key_away(
    app_at: AppAt, tmp_path: Path, demo_made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy(named: str, registry: Registry, said: welcome.Said) -> None:
        said("units", 7600)
        shutil.copytree(demo_made, named)

    monkeypatch.setattr(welcome, "make_demo", copy)
    async with app_at((80, 24), workspace=tmp_path / "new") as pilot:
        await choose(pilot, "2")
        assert "38 件" in screen(pilot.app)
        assert str(tmp_path / "share") in pilot.app.workspace_named


async def test_a_folder_is_opened_by_its_path_quotation_marks_and_all(app_at: AppAt, tmp_path: Path, demo: Path) -> None:
    async with app_at((80, 24), workspace=tmp_path / "new") as pilot:
        await choose(pilot, "3")
        await typed(pilot, f'"{demo}/workspace.db"')
        await choose(pilot, "enter")
        assert "38 件" in screen(pilot.app)


async def test_a_path_without_a_workspace_is_told_and_asked_for_again(app_at: AppAt, tmp_path: Path) -> None:
    async with app_at((80, 24), workspace=tmp_path / "new") as pilot:
        await choose(pilot, "3")
        await typed(pilot, str(tmp_path))
        await choose(pilot, "enter")
        assert isinstance(pilot.app.screen, WelcomeScreen)
        assert "E_MISSING" in screen(pilot.app)


async def test_other_screens_wait_for_a_workspace(app_at: AppAt, tmp_path: Path) -> None:
    async with app_at((80, 24), workspace=tmp_path / "new") as pilot:
        for each in ("f2", "f3", "f4", "f7", "f9", "u", "ctrl+r"):
            await pilot.press(each)
            assert isinstance(pilot.app.screen, WelcomeScreen)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_step_fits_the_screen(app_at: AppAt, tmp_path: Path, size: tuple[int, int], lang: str) -> None:
    async with app_at(size, lang=lang, workspace=tmp_path / "new") as pilot:
        for keys in ("1", "1"):
            lines = text_of(pilot.app)
            assert all(cell_len(line) <= size[0] for line in lines)
            assert ("帮助" if lang == "zh" else "help") in lines[-1]
            await choose(pilot, keys)
        assert "1 " in screen(pilot.app)


# workspaces that will not open


def spoil(folder: Path, how: str) -> str:
    """Make a workspace unfit in one way; the code that says so."""
    file = folder / "workspace.db"
    if how == "E_EMPTY":
        file.write_bytes(b"")
    elif how == "E_NOT_OURS":
        file.write_bytes(b"PK\x03\x04" * 400)
    elif how == "E_NEWER":
        with sqlite3.connect(file) as connection:
            connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
        connection.close()
    elif how == "E_CORRUPT":
        content = bytearray(file.read_bytes())
        content[100:3000] = os.urandom(2900)
        file.write_bytes(content)
    return how


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("how", ["E_EMPTY", "E_NOT_OURS", "E_NEWER", "E_CORRUPT"])
async def test_a_workspace_that_will_not_open_is_left_untouched_and_told_with_what_to_do(
    app_at: AppAt, demo: Path, how: str, lang: str
) -> None:
    spoil(demo, how)
    before = digest(demo / "workspace.db")
    async with app_at((80, 30), workspace=demo, lang=lang) as pilot:
        text = screen(pilot.app)
        assert how in text
        assert ("怎么办" if lang == "zh" else "What to do") in text
        assert ("再试一次" if lang == "zh" else "Try again") in text
        assert "Traceback" not in text
        await choose(pilot, "1")
        assert how in screen(pilot.app)
    assert before == digest(demo / "workspace.db")


async def test_trying_again_opens_what_was_mended_meanwhile(app_at: AppAt, demo: Path, demo_made: Path) -> None:
    spoil(demo, "E_EMPTY")
    async with app_at((80, 24), workspace=demo) as pilot:
        shutil.copy(demo_made / "workspace.db", demo / "workspace.db")
        await choose(pilot, "1")
        assert "38 件" in screen(pilot.app)


async def test_an_office_of_several_people_asks_who_is_working(app_at: AppAt, tmp_path: Path) -> None:
    folder = tmp_path / "office"
    create(str(folder), "湖塘镇", "320412100").close()
    with open_office(str(folder)) as space:
        me = space.operators()[0].id
        for name, title in (("wang", "王芳"), ("li", "李明")):
            add_operator(space, me, name, title, ["clerk"], ["街镇"], "320412100")
    async with app_at((80, 24), workspace=folder, person="nobody") as pilot:
        assert "以谁的身份办公" in screen(pilot.app)
        row = next(line for line in text_of(pilot.app) if "王芳" in line)
        await choose(pilot, row.split()[0])
        assert isinstance(pilot.app.screen, CasesScreen)
        assert "wang" == pilot.app.desk.actor


async def test_what_was_left_half_done_is_recovered_and_said(app_at: AppAt, demo: Path) -> None:
    (demo / "objects" / "ab").mkdir(parents=True, exist_ok=True)
    (demo / "objects" / "ab" / "left.part").write_bytes(b"x")
    async with app_at((80, 24), workspace=demo) as pilot:
        assert isinstance(pilot.app.screen, CasesScreen)


def test_advice_says_what_is_wrong_and_what_to_do_in_both_languages() -> None:
    problem = Problem("E_NEWER", Where("x"), "9", "1")
    for lang in ("zh", "en"):
        what, todo = welcome.advice(problem, lang)
        assert "E_NEWER" in what
        assert todo


@pytest.mark.parametrize("text", ["", "   ", '""'])
def test_no_path_is_no_folder(text: str) -> None:
    with pytest.raises(BadInputError):
        welcome.chosen_folder(text)
