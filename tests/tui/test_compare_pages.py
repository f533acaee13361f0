"""对标's pages: witnesses that a thread looks for and Esc stops; what an edition changed, old beside new."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import JURISDICTION, Install
from test_compare import EDITION, NEW, OLD

from duibiao.compare.witness import Answer, Side
from duibiao.exchange.facts import read_facts
from duibiao.registry import Registry
from duibiao.services import compare_witnesses
from duibiao.services.compare_witnesses import Apart
from duibiao.tui.app import DuibiaoApp
from duibiao.tui.screens import compare_witness
from duibiao.tui.screens.compare import CompareScreen
from duibiao.tui.screens.compare_more import EditionsScreen
from duibiao.tui.screens.compare_witness import WitnessScreen
from tui.conftest import DAY, AppAt, screen, settled, text_of

CASE = "wujin-2012-0001"
QINGPU, WUJIN = "shanghai.qingpu.committee", "jiangsu.wujin.community"


def whole(page: Any) -> str:
    """Everything on a page, in sight or not."""
    return "\n".join("".join(text for text, _ in entry.parts) for entry in page.sheet.entries)


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A search that goes on until somebody stops it or the event is set; then it finds nothing and proves nothing."""
    done = threading.Event()

    def look_for(registry: Registry, names: tuple[str, str], tick: Any) -> Any:
        while not done.wait(0.01):
            tick()
        sides = [Side(registry.assessor(name)) for name in names]
        return Apart(Answer(sides[0], sides[1], "not_found"), None), Apart(Answer(sides[1], sides[0], "none"), None)

    monkeypatch.setattr(compare_witness, "look_for", look_for)
    monkeypatch.setattr(compare_witness, "known", lambda registry, names: None)
    return done


async def test_both_ways_round_are_told_with_the_facts_and_both_verdicts(app_at: AppAt, registry: Registry) -> None:
    async with app_at((120, 40), go="compare", case=CASE) as pilot:
        await settled(pilot)
        pilot.app.push_screen(WitnessScreen(WUJIN, QINGPU))  # type: ignore[arg-type]
        await settled(pilot)
        page = pilot.app.screen
        assert isinstance(page, WitnessScreen)
        told = whole(page)

    assert told.index("达到武进区、达不到青浦区") < told.index("达到青浦区、达不到武进区")
    assert 2 == told.count("已用评估核对")
    assert "复核 武进区：省级和谐社区建设示范社区（村） ✓ 成立" in told
    assert "复核 青浦区：示范居委会 ✗ 不成立" in told
    assert "✗ 青浦区：" in told
    assert "四、创建标准(十)" in told
    assert "✓ ✗  办公和活动用房面积 = 400 m²（决定）" in told
    assert "后者只看得分" in told


async def test_the_facts_files_that_are_written_are_what_assess_reads(
    app_at: AppAt, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare_witness, "usual_folder", lambda: tmp_path)
    async with app_at((120, 40), go="compare", case=CASE) as pilot:
        await settled(pilot)
        pilot.app.push_screen(WitnessScreen(WUJIN, QINGPU))  # type: ignore[arg-type]
        await settled(pilot)
        await pilot.press("x")
        await settled(pilot)
        assert "已写入" in text_of(pilot.app)[-2]
        await pilot.press("x")
        await settled(pilot)
        assert "E_TARGET_EXISTS" in pilot.app.status[0]  # type: ignore[attr-defined]

    for first, second in ((WUJIN, QINGPU), (QINGPU, WUJIN)):
        (facts,) = read_facts(tmp_path / f"passes-{first}-fails-{second}.toml", registry.vocabulary, DAY)
        states = [registry.assessor(name).assess(facts).awards[0].state.value for name in (first, second)]
        assert ["held", "not_held"] == states


async def test_keys_are_heard_while_it_looks_and_escape_stops_it(app_at: AppAt, search: threading.Event) -> None:
    async with app_at((80, 24), go="compare", case=CASE) as pilot:
        await settled(pilot)
        page = WitnessScreen(WUJIN, QINGPU)
        pilot.app.push_screen(page)  # type: ignore[arg-type]
        await pilot.pause()
        assert "正在查找" in screen(pilot.app)
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert "looking … (Esc stops" in screen(pilot.app)
        await pilot.press("ctrl+l", "escape")
        await settled(pilot)
        assert "已停止，没有结论" in screen(pilot.app)
        assert pilot.app.screen is page
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(pilot.app.screen, CompareScreen)


async def test_none_is_said_only_where_it_is_proved(app_at: AppAt, search: threading.Event) -> None:
    async with app_at((80, 24), go="compare", case=CASE) as pilot:
        await settled(pilot)
        page = WitnessScreen(WUJIN, QINGPU)
        pilot.app.push_screen(page)  # type: ignore[arg-type]
        await pilot.pause()
        search.set()
        await settled(pilot)
        await asyncio.sleep(0)
        there, back = whole(page).split("达到青浦区、达不到武进区")

    assert "没有找到，也没有证明没有" in there
    assert "没有，已证明" in back


async def test_of_several_standards_the_other_one_is_asked_for(app_at: AppAt, search: threading.Event) -> None:
    search.set()
    async with app_at((80, 24), go="compare", case=CASE) as pilot:
        await settled(pilot)
        await pilot.press("w")
        await settled(pilot)
        assert "武进区 和哪一个比" in screen(pilot.app)
        await pilot.press("3")
        await settled(pilot)
        page = pilot.app.screen
        assert isinstance(page, WitnessScreen)
        assert (WUJIN, QINGPU) == page.names


def test_what_was_found_is_kept_for_either_way_round(registry: Registry) -> None:
    first = compare_witnesses.look_for(registry, (WUJIN, QINGPU), lambda: None)
    known = compare_witnesses.known(registry, (QINGPU, WUJIN))

    assert first[::-1] == known
    assert compare_witnesses.known(registry, (WUJIN, "national.community")) is None


def test_a_tick_that_raises_ends_the_search(registry: Registry) -> None:
    class Enough(Exception):  # noqa: N818 - a signal, nothing went wrong
        pass

    calls = []

    def tick() -> None:
        calls.append(1)
        if len(calls) == 5:
            raise Enough

    with pytest.raises(Enough):
        compare_witnesses.look_for(registry, (WUJIN, "daxinganling.station"), tick)

    assert 5 == len(calls)


async def test_e_tells_what_the_edition_under_the_cursor_changed(install: Install, demo: Path) -> None:
    install("small", "from duibiao.api import Pack\nplugin = Pack(__name__)\n", files={
        "jurisdiction.toml": JURISDICTION,
        "old.toml": EDITION.format(id="small.old", edition="2020", replaces="", requires="all") + OLD,
        "new.toml": EDITION.format(id="small.new", edition="2023", replaces='replaces = "small.old"', requires="all") + NEW,
    })  # fmt: skip
    app = DuibiaoApp(str(demo), lang="zh", day=DAY, registry=Registry())
    app.compared = ("small.new", WUJIN)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        app.action_go("compare")
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        page = app.screen
        assert isinstance(page, EditionsScreen)
        told = whole(page)
        await app.action_leave()

    assert "small.old@2020 → small.new@2023" in told
    assert "+ 新增 1  - 取消 1  ▲ 收紧 1  ▽ 放宽 2" in told
    assert "▲ 收紧  办公和活动用房面积  1.6 ×\n     旧  ≥ 400 m²" in told
    assert "新  ≥ 25%；若 改造后的老区：≥ 16%" in told
    assert "→ 移动  基本组织机构" in told
    assert "其余 1 项要求未变" in told
