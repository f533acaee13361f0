"""What the cohort view is asked, and how it answers: in the background, once, with data frames and without; and its export."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot

from duibiao.errors import BadInputError
from duibiao.registry import Registry
from duibiao.services import cohort_desk, cohort_source, cohorts
from duibiao.services.cohort_desk import ONE_BY_ONE, Held, Memory, Question, StoppedError, root_of, work_out
from duibiao.services.desk import Desk
from duibiao.services.mirroring import Chosen
from duibiao.services.office import open_office
from duibiao.store.records import save_facts
from duibiao.tui.dialogs import Form

from .conftest import DAY, AppAt, screen, settled, text_of
from .test_cohort import COMMITTEE, QINGPU, press, shown

# asked once


async def test_coming_back_works_nothing_out_again(app_at: AppAt, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        await press(pilot, "enter", "f2")
        monkeypatch.setattr(cohort_desk, "work_out", None)
        text = await press(pilot, "f10")

        assert "全域评估 › 青浦区 › 夏阳街道" in text
        assert "32 个单位：在评 32" in text
        assert "东盛社区居委会" in text


async def test_new_records_are_told_and_r_assesses_again(app_at: AppAt, demo: Path) -> None:
    async with app_at((80, 24), workspace=demo, case=QINGPU, go="cohort") as pilot:
        with open_office(str(demo)) as space, space.change("demo") as entry:
            save_facts(entry, "310118001020", "2011", {"leading_group_meets": False})
        shown(pilot).redraw()
        await settled(pilot)
        assert "有新记录，r 重评" in text_of(pilot.app)[1]

        text = await press(pilot, "r")
        assert "有新记录" not in text
        look = shown(pilot).seen
        assert look is not None
        assert 1 == next(each for each in look.indicators if each.id == "leading-group-meets").not_met


async def test_another_standard_territory_and_year_are_asked_for(app_at: AppAt) -> None:
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        await press(pilot, "s")
        offered = [data for _, data in pilot.app.screen._items]  # type: ignore[attr-defined]
        await press(pilot, "home", *["down"] * offered.index("jiangsu.wujin.community"), "enter")
        assert Question("jiangsu.wujin.community", "320412", "2011") == shown(pilot).question

        await press(pilot, "p", "1")
        assert "2012 年" in text_of(pilot.app)[1]
        assert "✓ 成立 6" in text_of(pilot.app)[3]

        await press(pilot, "slash", "end")
        for _ in range(6):
            await pilot.press("backspace")
        await press(pilot, "home")
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.typed.value = "320412001"
        await press(pilot, "ctrl+s")
        assert "7 个单位" in text_of(pilot.app)[2]


async def test_a_territory_without_units_is_said_in_the_pane(app_at: AppAt) -> None:
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        shown(pilot)._ask(Question(COMMITTEE, "99", "2011"))
        await settled(pilot)

        assert "没有选到任何单位" in screen(pilot.app)


class Slow:
    """Works something out until it is told to go on."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.stopped = Event(), Event(), Event()

    def __call__(self, *asked: Any) -> Held:
        seen: Callable[[int, int], object] = asked[-1]
        seen(1000, 5000)
        self.begun.set()
        self.go_on.wait(20)
        try:
            seen(2000, 5000)
        except StoppedError:
            self.stopped.set()
            raise
        raise AssertionError("nobody stopped it")


async def test_escape_stops_the_work_and_keys_go_on_meanwhile(app_at: AppAt, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    async with app_at((80, 24), case=QINGPU) as pilot:
        monkeypatch.setattr(cohort_desk, "work_out", slow)
        pilot.app.action_go("cohort")  # type: ignore[attr-defined]
        assert await asyncio.to_thread(slow.begun.wait, 20)
        await pilot.pause()
        assert "已读 1,000/5,000 个单位，Esc 停止" in screen(pilot.app)
        await pilot.press("tab")
        assert "[分布]" in screen(pilot.app)

        await pilot.press("escape")
        assert "已停止：r 重新评估" in screen(pilot.app)
        assert "已读" not in screen(pilot.app)
        slow.go_on.set()
        assert await asyncio.to_thread(slow.stopped.wait, 20)


# without data frames


async def test_a_small_territory_is_assessed_one_by_one_without_data_frames(
    app_at: AppAt, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for module in (cohort_desk, cohort_source, cohorts):
        monkeypatch.setattr(module, "columns_installed", lambda: False)
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        assert "示范居委会  ✓ 成立 0  ? 未定 160  ✗ 不成立 195" in screen(pilot.app)
        assert "32 个单位：在评 32" in await press(pilot, "enter")
        assert "1 项未达到" in await press(pilot, "shift+tab")

        await press(pilot, "x")
        await export_to(pilot, tmp_path / "some.csv")
    assert 33 == len((tmp_path / "some.csv").read_text(encoding="utf-8-sig").splitlines())


async def test_a_large_one_says_what_to_install(app_at: AppAt, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cohort_desk, cohort_source, cohorts):
        monkeypatch.setattr(module, "columns_installed", lambda: False)
    monkeypatch.setattr(cohort_desk, "ONE_BY_ONE", 300)
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        text = screen(pilot.app)

    assert "355 个单位一个一个评" in text
    assert "pip install 'duibiao[cohort]'" in text.replace("\n", "")
    assert ONE_BY_ONE > 1000


# export


async def test_the_units_in_sight_are_written_to_a_file(app_at: AppAt, tmp_path: Path) -> None:
    path = tmp_path / "所评.csv"
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        await press(pilot, "enter", "x")
        await export_to(pilot, path)

        assert f"已保存：32 个单位 → {path}" in "\n".join(text for text, _ in pilot.app.log_lines)  # type: ignore[attr-defined]
    with path.open(encoding="utf-8-sig") as handle:
        rows = list(csv.DictReader(handle))
    assert 32 == len(rows)
    assert {"310118001"} == {row["代码"][:9] for row in rows}


async def test_a_file_that_is_there_is_not_replaced_unasked(app_at: AppAt, tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("mine")
    async with app_at((80, 24), case=QINGPU, go="cohort") as pilot:
        await press(pilot, "x")
        await export_to(pilot, path)

        assert isinstance(pilot.app.screen, Form)
        assert "已经有这个文件" in screen(pilot.app)
    assert "mine" == path.read_text()


async def export_to(pilot: Pilot[int], path: Path) -> None:
    """Type a file's name into the form and write."""
    form = pilot.app.screen
    assert isinstance(form, Form)
    await press(pilot, "down", "down")
    form.typed.value = str(path)
    await press(pilot, "ctrl+s")


# the service beneath


@pytest.mark.parametrize(
    ("codes", "root"),
    [
        (["310118"], "310118"),
        (["310118001", "310118002"], "310118"),
        (["32", "33"], ""),
        (["310118001001"], "310118001"),
        ([""], ""),
    ],
)
def test_the_root_is_the_smallest_division_that_has_them_all(codes: list[str], root: str) -> None:
    assert root == root_of(Chosen(tuple((code, f"{code}:", True) for code in codes)))


def test_only_the_last_answers_are_kept(demo: Path, registry: Registry) -> None:
    memory = Memory()
    made = []
    for period in ("2008", "2009", "2010", "2011"):
        question = Question(COMMITTEE, "310118001", period)
        held = work_out(lambda: open_office(str(demo), write=False), registry, str(demo), DAY, question, lambda done, total: None)
        memory.keep(str(demo), DAY, held)
        made.append(held)

    assert memory.find(str(demo), DAY, made[0].question) is None
    assert memory.find(str(demo), DAY, made[-1].question) is made[-1]
    assert not made[0].cohort.folder.exists()
    assert made[-1].cohort.folder.exists()
    memory.close()
    assert not made[-1].cohort.folder.exists()


def test_what_fails_on_the_way_leaves_nothing_behind(demo: Path, registry: Registry) -> None:
    folders: list[Path] = []

    def seen(done: int, total: int) -> None:
        raise StoppedError

    def cohort(registry: Registry) -> cohorts.Cohort:
        made = cohorts.Cohort(registry)
        folders.append(made.folder)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cohort_desk, "Cohort", cohort)
        with pytest.raises(StoppedError):
            work_out(
                lambda: open_office(str(demo), write=False), registry, str(demo), DAY, Question(COMMITTEE, "310118", "2011"), seen
            )
    assert [False] == [each.exists() for each in folders]


def test_the_standards_offered_are_those_there_are_units_for(demo: Path, registry: Registry) -> None:
    with open_office(str(demo)) as space:
        desk = Desk(space, registry, "demo", DAY)

        assert COMMITTEE in cohort_desk.standards(desk)
        assert "310118" == cohort_desk.territory_for(desk, COMMITTEE)
        assert "all" == cohort_desk.named_territory(desk, " ")
        with pytest.raises(BadInputError):
            cohort_desk.named_period("")
