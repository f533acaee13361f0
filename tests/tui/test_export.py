"""导出 and 一问一答: what is written, from the screen and from the command line; and questions answered line by line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from duibiao.errors import BadInputError
from duibiao.registry import Registry
from duibiao.services import export
from duibiao.services.desk import Desk
from duibiao.services.export import FORMATS, Asked
from duibiao.services.keeping import receipt
from duibiao.services.office import open_office
from duibiao.tui.screens.export import ExportScreen
from tui.conftest import DAY, AppAt, screen, settled
from tui.scenes import calm

MD, CSV = FORMATS["md"], FORMATS["csv"]
CASE = "wujin-2012-0001"
EVERYTHING = (
    Asked("cases"), Asked("case", case=CASE), Asked("facts", territory="320412"), Asked("scores", case="wujin-2012-0005"),
    Asked("targets", standards=("jiangsu.wujin.community",)),
    Asked("compare", case=CASE, standards=("shanghai.qingpu.committee", "jiangsu.wujin.community")),
)  # fmt: skip


def desk_on(folder: Path, registry: Registry) -> Desk:
    """A desk on the demonstration's workspace, which nobody changes."""
    return Desk(open_office(str(folder), write=False), registry, "demo", DAY)


def rows_of(text: str) -> list[list[str]]:
    """A CSV's rows."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("asked", EVERYTHING, ids=lambda asked: asked.what)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_export_ends_with_its_clauses_assumptions_and_the_journal_s_place(
    asked: Asked, lang: str, demo_made: Path, state: Path, registry: Registry
) -> None:
    desk = desk_on(demo_made, registry)
    with desk.space:
        found = export.gather(desk, asked, lang)  # type: ignore[arg-type]
        head = receipt(*desk.space.head())
        last = export.text_of(found, MD, lang).splitlines()[-1]  # type: ignore[arg-type]

        assert head == found.head
        assert last.endswith(f"`{head}`")
        assert all(table.header and list(table.rows) for table in found.tables)
        if asked.what != "facts":
            assert found.clauses


def test_a_case_is_exported_with_its_way_what_is_in_it_and_every_indicator(
    demo_made: Path, state: Path, registry: Registry
) -> None:
    desk = desk_on(demo_made, registry)
    with desk.space:
        found = export.gather(desk, Asked("case", case=CASE), "zh")
    titles = [table.title for table in found.tables]
    results = next(table for table in found.tables if table.title == "指标评定")

    assert ["办理经过", "未办结事项", "指标评定", "称号、门槛、一票否决", "填写的数据", "记录"] == titles
    assert len(registry.standard("jiangsu.wujin.community").indicators()) == len(list(results.rows))
    assert "附件1 的百分评分表未公开" in found.assumed[0][1]


def test_clauses_stand_in_the_order_in_which_the_document_prints_them(demo_made: Path, state: Path, registry: Registry) -> None:
    desk = desk_on(demo_made, registry)
    with desk.space:
        found = export.gather(desk, Asked("case", case="qingpu-2011-0003"), "zh")
    document = next(
        each for home in registry.jurisdictions.values() for each in home.documents if each.id == found.clauses[0].document
    )
    printed = [each.id for each in document.clauses]
    used = [each.clause for each in found.clauses if each.document == document.id and each.clause in printed]

    assert used == sorted(used, key=printed.index)


def test_a_comparison_shows_the_unit_s_own_values_and_how_they_come_out(demo_made: Path, state: Path, registry: Registry) -> None:
    desk = desk_on(demo_made, registry)
    with desk.space:
        found = export.gather(desk, EVERYTHING[-1], "zh")
    header, rows = found.tables[0].header, [list(each) for each in found.tables[0].rows]
    area = next(row for row in rows if row[1] == "办公和活动用房面积")

    assert "本单位 站北社区居民委员会" == header[2]
    assert "400 m²" == area[2]
    assert ["≥ 640 m²（仅 居委会）", "✗ 未达到", "四、创建标准(十)"] == area[3:6]
    assert ["≥ 400 m²（4.167 分 = 4.167%、假定）", "✓ 达到", "三(二)"] == area[6:9]


def test_text_that_a_spreadsheet_would_run_is_written_as_text(demo: Path, registry: Registry) -> None:
    with open_office(str(demo)) as space:
        unit = space.rows("SELECT unit FROM cases LIMIT 1")[0]["unit"]
        from duibiao.store.records import save_facts

        with space.change("demo") as entry:
            save_facts(entry, unit, "2012", {"policy_publicity": True}, note="=1+1")
        desk = Desk(space, registry, "demo", DAY)
        found = export.gather(desk, Asked("facts", territory=unit, year=2012), "zh")
        text = export.text_of(found, CSV, "zh")

    assert "'=1+1" in [cell for row in rows_of(text) for cell in row]


def test_markdown_shows_what_was_written_and_nothing_else() -> None:
    from duibiao.services.extract_formats import escaped

    assert r"\| \<b\> \[x\](y) \*z\*" == escaped("| <b> [x](y) *z*")
    assert "一<br>二" == escaped("一\n二")


def test_the_first_table_of_a_csv_begins_in_its_first_line(demo_made: Path, state: Path, registry: Registry) -> None:
    desk = desk_on(demo_made, registry)
    with desk.space:
        rows = rows_of(export.text_of(export.gather(desk, Asked("cases"), "en"), CSV, "en"))

    assert ["case", "unit", "code"] == rows[0][:3]
    assert [] == rows[1 + 38]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Asked("nothing"), "E_EXPORT"), (Asked("case", case="no-such"), "E_NO_CASE"), (Asked("case"), "E_NO_CASE"),
        (Asked("compare", standards=("national.community",)), "E_FEW"), (Asked("cases", status="odd"), "E_STATUS"),
    ],
)  # fmt: skip
def test_what_cannot_be_exported_is_said_by_its_code(
    asked: Asked, code: str, demo_made: Path, state: Path, registry: Registry
) -> None:
    desk = desk_on(demo_made, registry)
    with desk.space, pytest.raises(BadInputError) as caught:
        export.gather(desk, asked, "zh")

    assert code == caught.value.problems[0].code


def test_a_file_is_begun_again_when_something_is_recorded_while_it_is_written(
    demo: Path, tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duibiao.services.extract_formats import Format, markdown
    from duibiao.store.records import save_facts

    written: list[str] = []
    with open_office(str(demo)) as space:
        desk = Desk(space, registry, "demo", DAY)

        def slow(found, say):  # type: ignore[no-untyped-def]
            yield from markdown(found, say)
            if not written:
                with space.change("demo") as entry:
                    save_facts(entry, "320412001001", "2012", {"policy_publicity": False})
            written.append(found.head)

        made = export.save(desk, Asked("cases"), Format("slow", "慢", "slow", slow), tmp_path / "a.md", "zh")

        assert 2 == len(written)
        assert made.head == receipt(*space.head())
        assert made.head in (tmp_path / "a.md").read_text("utf-8")


# the screen


async def test_the_screen_shows_the_file_before_it_is_written_and_writes_it(app_at: AppAt, tmp_path: Path) -> None:
    async with app_at((100, 30), go="export", case=CASE) as pilot:
        page = pilot.app.screen
        assert isinstance(page, ExportScreen)
        page.folder = tmp_path
        await calm(pilot)
        assert f"# {CASE} 站北社区居民委员会" in screen(pilot.app)

        await pilot.press("w")
        await settled(pilot)
        written = tmp_path / f"case-{CASE}-2012-11-05.md"
        assert f"# {CASE}" in written.read_text("utf-8")
        assert "已写入" in pilot.app.status[0]  # type: ignore[attr-defined]

        await pilot.press("w")
        await settled(pilot)
        assert "E_TARGET_EXISTS" in pilot.app.status[0]  # type: ignore[attr-defined]
        await pilot.press("o", "w")
        await settled(pilot)
        assert "已写入" in pilot.app.status[0]  # type: ignore[attr-defined]


async def test_digits_and_arrows_choose_what_is_exported(app_at: AppAt) -> None:
    async with app_at((100, 30), go="export") as pilot:
        page = pilot.app.screen
        assert isinstance(page, ExportScreen)
        await pilot.press("5")
        await settled(pilot)
        assert "targets" == page.asked.what
        await pilot.press("right")
        await settled(pilot)
        assert "compare" == page.asked.what
        assert len(page.asked.standards) >= 2
        await pilot.press("left", "left")
        await settled(pilot)
        assert "scores" == page.asked.what
        assert "E_NO_CASE" in screen(pilot.app)
