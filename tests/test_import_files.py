"""Tables that offices send: spreadsheets and CSV of every make come in whole, or not at all and with every wrong cell named."""

from __future__ import annotations

import tracemalloc
import warnings
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbooks import CHINESE_DAY, DAY, HEADER, KIND, MAIN, OWN_PERCENT, PERCENT, number, parts, sheet, table, text, workbook

from duibiao.errors import BadInputError, Collector, Where
from duibiao.exchange.csv_text import read_rows
from duibiao.exchange.facts import Preview, preview_facts, read_facts
from duibiao.exchange.tables import MOST_PROBLEMS, cell_name
from duibiao.exchange.xlsx import MOST_COLUMNS, MOST_ROWS, column_number, read_sheet
from duibiao.model.facts import FactSet, Vocabulary
from duibiao.registry import Registry
from duibiao.wording import describe

if TYPE_CHECKING:
    from conftest import Install, Run, WriteFacts

QINGPU = "shanghai.qingpu.committee"
LANGS = ("zh", "en")
TODAY = date(2011, 12, 31)
ROW = ("甲", "居委会", "25%", number(640))
CSV = "名称,类型,绿化覆盖率,premises_area\n"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Registry().vocabulary


Look = Callable[..., Preview]


@pytest.fixture
def look(facts: WriteFacts, vocabulary: Vocabulary) -> Look:
    """What a file of this content would bring."""

    def preview(content: str | bytes, name: str = "facts.xlsx") -> Preview:
        return preview_facts(facts(content, name), vocabulary, TODAY)

    return preview


def only(found: Preview) -> FactSet:
    """The one unit of a file with nothing wrong in it."""
    (each,) = found.taken()
    return each


def told(found: Preview) -> list[tuple[str, str, str]]:
    """Code, cell and what stands there, for each problem."""
    return [(each.code, each.where.key.partition(" ")[0], each.found) for each in found.problems]


# a spreadsheet that is right


def test_a_spreadsheet_says_the_same_as_the_csv_of_its_cells(look: Look) -> None:
    sheet_row = ("甲", "居委会", number("0.25", PERCENT), number("640.28999999999996"))

    from_sheet, from_text = only(look(table(sheet_row))), only(look(CSV + "甲,居委会,25%,640.29\n", "facts.csv"))

    assert from_text == from_sheet
    assert {"green_coverage": 2500, "premises_area": 64029} == from_sheet.values


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("绿化覆盖率", number("0.12340000000000001", PERCENT), 1234),
        ("绿化覆盖率", number("1", OWN_PERCENT), 10000),
        ("绿化覆盖率", "16.5%", 1650),
        ("residents", number("3"), 3),
        ("residents", number("3.0000000000000000"), 3),
        ("residents", number("1.2E3"), 1200),
        ("premises_area", number("0.28999999999999998"), 29),
        ("premises_area", "640 平方米", 64000),
        ("改造后的老区", 't="b"><v>1</v>', 1),
        ("改造后的老区", 't="b"><v>0</v>', 0),
        ("改造后的老区", "否", 0),
        ("application_date", number("40816", DAY), date(2011, 9, 30)),
        ("application_date", number("40816", CHINESE_DAY), date(2011, 9, 30)),
        ("application_date", number("59", DAY), date(1900, 2, 28)),
        ("application_date", number("61", DAY), date(1900, 3, 1)),
        ("application_date", 't="d"><v>2011-09-30T00:00:00</v>', date(2011, 9, 30)),
        ("application_date", "2011-09-30", date(2011, 9, 30)),
        ("residents", 't="str"><f>B1&amp;""</f><v>12</v>', 12),
    ],
)
def test_a_cell_means_what_its_reader_sees(look: Look, column: str, cell: str, value: object) -> None:
    found = only(look(table(("居委会", cell), header=("类型", column))))
    assert [value] == list(found.values.values())


def test_dates_are_kept_in_events(look: Look) -> None:
    found = only(
        look(
            table(
                ("居委会", number("40816", DAY), "2011-03-02; 2011-01-05"),
                header=("类型", "notice_objections", "supervision_problems"),
            )
        )
    )
    assert [date(2011, 9, 30)] == [each.on for each in found.values["notice_objections"]]  # type: ignore[union-attr]
    assert [5, 2] == [each.on.day for each in found.values["supervision_problems"]]  # type: ignore[union-attr]


def test_a_workbook_that_counts_days_from_1904_is_read_by_its_own_calendar(look: Look) -> None:
    rows = sheet([("类型", "application_date"), ("居委会", number("39354", DAY))])
    found = only(look(workbook(parts(rows, since_1904=True))))
    assert {"application_date": date(2011, 9, 30)} == found.values


def test_codes_and_periods_may_be_numbers(look: Look) -> None:
    found = only(look(table((number("320412001001"), "居委会", number("2011")), header=("代码", "类型", "时期"))))
    assert ("320412001001", "2011") == (found.unit.code, found.period)


def test_shared_texts_are_read_with_their_runs_and_without_their_pronunciation(look: Look) -> None:
    texts = (
        "<t>类型</t>",
        "<r><t>居</t></r><r><rPr/><t>委会</t></r><rPh><t>juweihui</t></rPh>",
        "<t>a_x000D_b_x005F_x0041_</t>",
        "<t>名称</t>",
    )
    rows = sheet([('t="s"><v>0</v>', 't="s"><v>3</v>'), ('t="s"><v>1</v>', 't="s"><v>2</v>')])
    found = only(look(workbook(parts(rows, texts=texts))))
    assert ("居委会", "a b_x0041_") == (found.unit.kind, found.unit.name)


def test_cells_without_a_place_follow_one_another(look: Look) -> None:
    first, second = (f"<c {text(left)}</c><c {text(right)}</c>" for left, right in (("名称", "类型"), ("甲", "居委会")))
    rows = f"<worksheet {MAIN}><sheetData><row>{first}</row><row/><row>{second}</row></sheetData></worksheet>"
    found = look(workbook(parts(rows)))
    assert ("甲", 3) == (only(found).unit.name, only(found).where.line)


def test_prefixed_names_and_far_empty_cells_do_no_harm(look: Look) -> None:
    rows = sheet([HEADER, ROW], after="<extLst/>").replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576" s="3"/></row></sheetData>'
    )
    prefixed = rows.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    assert only(look(workbook(parts(rows)))) == only(look(workbook(parts(prefixed))))


def test_empty_cells_are_unknown_and_blank_rows_are_skipped(look: Look) -> None:
    found = look(table(("甲", "居委会", " ", None), (None, None), (None, "村委会", "16%")))
    assert [{}, {"green_coverage": 1600}] == [each.values for each in found.taken()]


def test_a_command_takes_a_spreadsheet_like_any_facts_file(run: Run, facts: WriteFacts) -> None:
    found = run("assess", QINGPU, facts(table(("甲", "居委会", number("0.25", PERCENT), number(640))), "facts.xlsx"), "--json")
    assert 0 == found.code
    assert "甲" == found.json["units"][0]["unit"]["name"]


def test_a_spreadsheet_can_be_checked_before_it_is_used(run: Run, facts: WriteFacts) -> None:
    assert 0 == run("check", facts(table(ROW), "right.xlsx")).code
    found = run("check", facts(table(("甲", "居委会", "160%")), "wrong.xlsx"))
    assert 1 == found.code
    assert "DB024" in found.out
    assert "[C2 绿化覆盖率]" in found.out


# what it would bring


def test_a_preview_counts_rows_units_and_facts_before_anything_is_kept(look: Look) -> None:
    found = look(table(ROW, ("乙", "居委会", "16%", None), ("乙", "居委会", None, None)))
    assert (3, 2, 3) == (found.rows, found.units, found.facts)
    assert [("green_coverage", 2), ("premises_area", 1)] == list(found.per_fact.items())
    assert () == found.notes


def test_one_wrong_cell_keeps_everything_out(look: Look) -> None:
    found = look(table(ROW, ("乙", "居委会", "160%", None)))
    assert 2 == found.rows
    with pytest.raises(BadInputError) as error:
        found.taken()
    assert ["DB024"] == [each.code for each in error.value.problems]


@pytest.mark.parametrize("content", ['[unit]\nkind = "居委会"\n[facts]\nresidents = 3\n[history.2010]\nresidents = 2\n'])
def test_earlier_periods_count_in_a_preview(look: Look, content: str) -> None:
    found = look(content, "facts.toml")
    assert (1, 1, 2) == (found.rows, found.units, found.facts)


def test_a_formula_counts_with_its_stored_result_and_is_named(look: Look) -> None:
    found = look(table(("甲", "居委会", "25%", "><f>320*2</f><v>640</v>")))
    assert 64000 == only(found).values["premises_area"]
    assert ["facts.xlsx: X06 用公式保存时的结果：D2"] == notes(found, "zh")
    assert ["facts.xlsx: X06 Formulas count with their stored results: D2"] == notes(found, "en")


def notes(found: Preview, lang: Any) -> list[str]:
    """What an operator is told, without the folder."""
    return ["facts" + describe(each, lang).rpartition("/facts")[2] for each in found.notes]


def test_hidden_cells_are_read_and_named(look: Look) -> None:
    rows = sheet([HEADER, ROW, ROW], before='<cols><col min="2" max="2" hidden="1"/></cols>').replace(
        '<row r="3">', '<row r="3" hidden="1">'
    )
    found = look(workbook(parts(rows)))
    assert 2 == len(found.taken())
    assert ["facts.xlsx: X13 隐藏的行或列里的格也读入了：B1, B2, A3, B3, C3, D3"] == notes(found, "zh")


def test_other_filled_sheets_are_named_and_empty_ones_are_not(look: Look) -> None:
    found = look(workbook(parts(sheet([HEADER, ROW]), sheet([]), sheet([("说明",)]))))
    assert 1 == len(found.taken())
    assert ["facts.xlsx: X12 只读第一张可见的工作表，没有读：表3"] == notes(found, "zh")


def test_a_hidden_first_sheet_is_passed_over(look: Look) -> None:
    members = parts(sheet([("选项",)]), sheet([HEADER, ROW]))
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace('name="表1"', 'name="表1" state="veryHidden"')
    found = look(workbook(members))
    assert ("甲", ()) == (only(found).unit.name, found.notes)


# cells that are wrong


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("row", "cell", "code", "zh", "en"),
    [
        (("甲", "居委会", number("0.25")), "C2", "DB052", "比率要带 %", "A rate needs its %"),
        (("甲", "居委会", number("25")), "C2", "DB052", "可以是：25%", "allowed: 25%"),
        (("甲", "居委会", number("1.6", PERCENT)), "C2", "DB024", "写的是：160%", "found: 160%"),
        (("甲", "居委会", number("0.12345", PERCENT)), "C2", "DB025", "写的是：12.345%", "found: 12.345%"),
        (("甲", "居委会", None, number("0.5", PERCENT)), "D2", "DB017", "写的是：50%", "found: 50%"),
        (("甲", "居委会", None, number("40816", DAY)), "D2", "DB008", "写的是：2011-09-30", "found: 2011-09-30"),
        (("甲", "居委会", None, 't="e"><v>#DIV/0!</v>'), "D2", "X07", "单元格里是错误值", "The cell holds an error"),
        (("甲", "居委会", None, "><f>A1</f><v></v>"), "D2", "X05", "公式没有计算结果", "has no stored result"),
        (("甲", "居委会", None, "><f>A1</f>"), "D2", "X05", "公式没有计算结果", "has no stored result"),
        (("甲", "居委", None, None), "", "DB031", "是不是想写：居委会", "did you mean: 居委会"),
        ((number("1.5"), "居委会", None, None), "A2", "DB008", "写的是：1.5", "found: 1.5"),
        (("甲", "居委会", "25%", number(640), "多"), "E2", "X14", "这一列没有列名", "The column has no name"),
        (("甲\0".replace("\0", "_x0000_"), "居委会"), "", "TX01", "不能保存的字符", "no character"),
    ],
)
def test_a_wrong_cell_is_named_as_the_spreadsheet_names_it(
    run: Run, facts: WriteFacts, row: tuple[str | None, ...], cell: str, code: str, zh: str, en: str, lang: str
) -> None:
    found = run("--lang", lang, "assess", QINGPU, facts(table(row), "facts.xlsx"))
    first = found.err.splitlines()[0]
    assert (2, "") == (found.code, found.out)
    assert f"/facts.xlsx:2{':' + str(column_number(cell[0])) if cell else ''}: {code} " in first
    assert f"[{cell}" in first or not cell
    assert (zh if lang == "zh" else en) in first
    assert "Traceback" not in found.err


def test_every_wrong_cell_of_a_sheet_is_named_in_one_go(look: Look) -> None:
    found = look(table(("甲", "居委会", number("0.5"), "x"), ("乙", "居委会", "16%", number("-1"))))
    assert [("DB052", "C2", "0.5"), ("DB008", "D2", "x"), ("DB024", "D3", "-1")] == told(found)


def test_wrong_columns_are_named_once_and_not_for_every_row(look: Look) -> None:
    found = look(table(*[("甲", "居委会", "1")] * 50, header=("名称", "单位", "绿化复盖率")))
    assert [("DB010", "B1", "单位"), ("DB010", "C1", "绿化复盖率"), ("DB007", "", "")] == sorted(
        told(found), key=lambda each: each[1] or "Z"
    )


def test_one_column_by_two_names_is_refused(look: Look) -> None:
    assert [("DB009", "C1", "green_coverage")] == told(
        look(table(("居委会", "16%", "17%"), header=("类型", "绿化覆盖率", "green_coverage")))
    )


@pytest.mark.parametrize("lang", LANGS)
def test_merged_cells_are_refused_with_their_place(run: Run, facts: WriteFacts, lang: str) -> None:
    merged = '<mergeCells><mergeCell ref="A2:B3"/><mergeCell ref="C4:C4"/></mergeCells>'
    found = run("--lang", lang, "assess", QINGPU, facts(table(ROW, after=merged), "facts.xlsx"))
    assert 2 == found.code
    said = ("有合并单元格 [A2]；写的是：A2:B3", "Cells are merged [A2]; found: A2:B3")[LANGS.index(lang)]
    assert f"/facts.xlsx:2:1: X04 {said}" in found.err


def test_a_unit_with_two_rows_for_one_period_is_refused(look: Look) -> None:
    header = ("代码", "类型", "时期", "residents")
    rows = [("3201", "居委会", year, number(people)) for year, people in (("2011", 1), ("2010", 2), ("2011", 3))]
    assert [("X15", "A4", "3201 = A2")] == told(look(table(*rows, header=header)))


def test_a_code_that_the_spreadsheet_has_cut_is_refused(look: Look) -> None:
    assert [("X11", "A2", "1.23456789012346E+17")] == told(
        look(table((number("123456789012345678"), "居委会"), header=("代码", "类型")))
    )


@pytest.mark.parametrize(
    "cell", [number("0", DAY), number("60", DAY), number("99999999", DAY), 't="d"><v>soon</v>', number("40816.5", DAY)]
)
def test_what_is_no_day_is_no_date(look: Look, cell: str) -> None:
    found = look(table(("居委会", cell), header=("类型", "application_date")))
    assert ["B2"] == [place for _, place, _ in told(found)]
    assert found.problems[0].code in ("DB008", "DB033")


def test_a_workbook_without_styles_and_shared_texts_is_read_as_plain(look: Look) -> None:
    members = parts(sheet([HEADER, ("甲", "居委会", number("0.25", PERCENT))]))
    found = look(workbook({name: part for name, part in members.items() if "styles.xml" not in name and "shared" not in name}))
    assert [("DB052", "C2", "0.25")] == told(found)


def test_more_merged_cells_than_anybody_mends_end_in_one_word(look: Look) -> None:
    merged = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(2, 700))
    found = look(table(ROW, after=f"<mergeCells>{merged}</mergeCells>"))
    assert ({"X04", "X16"}, MOST_PROBLEMS + 1) == ({each.code for each in found.problems}, len(found.problems))


def test_a_thousand_problems_end_in_one_word(look: Look) -> None:
    found = look(table(*[("甲", "居委会", number("16"))] * 1000))
    assert MOST_PROBLEMS + 1 == len(found.problems)
    assert "X16" in {each.code for each in found.problems}


# files that mean harm


def edited(name: str, change: Callable[[str], str]) -> dict[str, str]:
    members = parts(sheet([HEADER, ROW]))
    return {**members, name: change(members[name])}


def far(place: str) -> bytes:
    rows = sheet([HEADER, ROW]).replace("</sheetData>", f'<row><c r="{place}"><v>1</v></c></row></sheetData>')
    return workbook(parts(rows))


def noise(length: int) -> str:
    """Digits that cannot be packed much."""
    return "".join(sha256(str(each).encode()).hexdigest() for each in range(length // 64 + 1))[:length]


def sparse(element: str, times: int) -> bytes:
    """A sheet of one element many times, beside enough noise not to be taken for a bomb."""
    return workbook(
        parts(f'<worksheet {MAIN}><sheetData x="{noise(times // 10)}"><row>{element * times}</row></sheetData></worksheet>')
    )


def flagged(raw: bytes) -> bytes:
    """The file with every member marked as encrypted."""
    return raw.replace(b"PK\x01\x02\x14\x00\x14\x00\x00", b"PK\x01\x02\x14\x00\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )


def twice() -> bytes:
    members = parts(sheet([HEADER, ROW]))
    return workbook([*members.items(), ("XL/workbook.xml", members["xl/workbook.xml"])])


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
SHEET = "xl/worksheets/sheet1.xml"
GOOD = parts(sheet([HEADER, ROW]))
HOSTILE: Mapping[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "DB047", ""),
    "text": (lambda: b"name,kind\n", "X01", "6e 61 6d 65"),
    "old-xls-or-password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "X01", ".xls"),
    "cut": (lambda: table(ROW)[:-40], "X01", "damaged"),
    "half": (lambda: table(ROW)[:300], "X01", "damaged"),
    "no-workbook": (lambda: workbook({"a.txt": "x"}), "X01", "missing"),
    "no-sheet": (lambda: workbook({k: v for k, v in GOOD.items() if k != SHEET}), "X01", "missing"),
    "not-well-formed": (lambda: workbook(edited(SHEET, lambda s: s[:-5])), "X01", "sheet1.xml"),
    "macro": (lambda: workbook(GOOD | {"xl/vbaProject.bin": "x"}), "X03", "macro"),
    "external-link": (lambda: workbook(GOOD | {"xl/externalLinks/externalLink1.xml": "<x/>"}), "X03", "external link"),
    "external-relation": (
        lambda: workbook(
            edited(
                "xl/_rels/workbook.xml.rels",
                lambda s: s.replace("</Rel", '<Relationship Id="x" Type="t" Target="file:///c:/a" TargetMode="External"/></Rel'),
            )
        ),
        "X03",
        "external link",
    ),
    "embedded": (lambda: workbook(GOOD | {"xl/embeddings/oleObject1.bin": "x"}), "X03", "embedded"),
    "traversal": (lambda: workbook(GOOD | {"../../evil.xml": "x"}), "X03", "name"),
    "absolute": (lambda: workbook(GOOD | {"/etc/x": "x"}), "X03", "name"),
    "drive": (lambda: workbook(GOOD | {"C:x": "x"}), "X03", "name"),
    "bidi-name": (lambda: workbook(GOOD | {"xl/\u202egnp.xml": "x"}), "X03", "name"),
    "member-twice": (twice, "X03", "name twice"),
    "encrypted": (lambda: flagged(table(ROW)), "X03", "encrypted"),
    "many-members": (lambda: workbook(GOOD | {f"x{i}": "" for i in range(1100)}), "X02", "members"),
    "entity-bomb": (lambda: workbook(edited(SHEET, lambda s: BOMB + s)), "X03", "DTD"),
    "dtd-in-texts": (lambda: workbook(edited("xl/sharedStrings.xml", lambda s: "<!DOCTYPE x>" + s)), "X03", "DTD"),
    "dtd-in-utf16": (lambda: workbook(GOOD | {SHEET: ("<!DOCTYPE x>" + GOOD[SHEET]).encode("utf-16")}), "X03", "DTD"),
    "nested": (lambda: workbook(edited(SHEET, lambda s: "<a>" * 100 + "</a>" * 100)), "X03", "nesting"),
    "zip-bomb": (lambda: workbook(GOOD | {"xl/media/a.bin": b"\0" * 30_000_000}), "X02", "28.6 MB"),
    "stray-cell": (lambda: far("XFD1048576"), "X02", "1048576 × 16384"),
    "too-many-rows": (lambda: far(f"A{MOST_ROWS + 1}"), "X02", str(MOST_ROWS + 1)),
    "too-many-columns": (lambda: far(cell_name(MOST_COLUMNS + 1, 2)), "X02", str(MOST_COLUMNS + 1)),
    "endless-text": (lambda: table((noise(70_000), "居委会")), "X02", "70000"),
    "endless-rows": (lambda: sparse("<row/>", (1 << 20) + 1), "X01", "row 1048577"),
    "endless-columns": (lambda: sparse("<c/>", (1 << 14) + 1), "X01", "column 16385"),
    "no-number": (lambda: table((*ROW[:3], number("many"))), "X01", "many"),
    "all-too-large-together": (
        lambda: workbook(GOOD | {f"xl/media/{i}.bin": noise(300_000) + "x" * 13_000_000 for i in range(6)}),
        "X02",
        "MB",
    ),
    "foreign-packing": (lambda: workbook(GOOD, zipfile.ZIP_BZIP2), "X03", "packing"),
    "more-than-a-file-may-have": (lambda: b"PK\x03\x04" + bytes(17 << 20), "X02", "17.0 MB"),
    "too-many-tags": (lambda: sparse("<c/>", 6_000_001), "X02", "size"),
    "impossible-place": (lambda: far("A0"), "X01", "A0"),
    "wide-place": (lambda: far("AAAA1"), "X01", "AAAA1"),
    "cell-twice": (lambda: far("A2"), "X01", "A2"),
    "no-such-text": (lambda: table((*ROW[:3], 't="s"><v>99999</v>')), "X01", "99999"),
    "negative-text": (lambda: table((*ROW[:3], 't="s"><v>-1</v>')), "X01", "-1"),
    "nan": (lambda: table((*ROW[:3], number("NaN"))), "X01", "NaN"),
    "endless-number": (lambda: table((*ROW[:3], number("1e999"))), "X01", "1e999"),
    "unknown-type": (lambda: table((*ROW[:3], 't="zz"><v>1</v>')), "X01", "zz"),
    "endless-style": (lambda: table((*ROW[:3], 's="99999999999"><v>1</v>')), "X01", "99999999999"),
    "relation-twice": (
        lambda: workbook(
            edited(
                "xl/_rels/workbook.xml.rels",
                lambda s: s.replace("</Rel", f'<Relationship Id="rId1" Type="{KIND}/worksheet" Target="x.xml"/></Rel'),
            )
        ),
        "X01",
        "rId1",
    ),
    "no-visible-sheet": (
        lambda: workbook(edited("xl/workbook.xml", lambda s: s.replace('sheetId="1"', 'sheetId="1" state="hidden"'))),
        "X01",
        "0 sheets",
    ),
    "only-a-header": (lambda: table(), "DB051", ""),
    "empty-sheet": (lambda: workbook(parts(sheet([]))), "DB051", ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_workbook_is_refused_and_left_as_it_was(look: Look, tmp_path: Path, name: str) -> None:
    make, code, said = HOSTILE[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile warns of the names we want twice
        raw = make()

    found = look(raw)

    assert {code} == {each.code for each in found.problems}
    assert said in found.problems[0].found
    assert () == found.found
    assert raw == (tmp_path / "facts.xlsx").read_bytes()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("cut", "不是能读的 XLSX 工作簿", "not a readable XLSX workbook"),
        ("stray-cell", "表格太大", "The table is too large"),
        ("macro", "工作簿里有不允许的内容", "holds something that is not allowed"),
    ],
)
def test_a_refused_workbook_is_explained_in_both_languages(
    run: Run, facts: WriteFacts, name: str, zh: str, en: str, lang: str
) -> None:
    found = run("--lang", lang, "assess", QINGPU, facts(HOSTILE[name][0](), "facts.xlsx"))
    assert (2, "") == (found.code, found.out)
    assert (zh if lang == "zh" else en) in found.err
    assert "Traceback" not in found.err


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    raw = table(ROW)
    info = zipfile.ZipFile(BytesIO(raw)).getinfo(SHEET)
    size, less = (each.to_bytes(4, "little") for each in (info.file_size, info.file_size - 7))
    with pytest.raises(BadInputError) as error:
        read_sheet(raw.replace(size, less), Where("x.xlsx"))
    assert ["X01"] == [each.code for each in error.value.problems]


def test_a_bomb_is_refused_without_being_inflated() -> None:
    raw = HOSTILE["zip-bomb"][0]()
    tracemalloc.start()
    try:
        with pytest.raises(BadInputError):
            read_sheet(raw, Where("x.xlsx"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


@given(st.data())
def test_no_flipped_byte_makes_a_workbook_fall_over(data: st.DataObject) -> None:
    raw = bytearray(table(ROW))
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), min_size=1, max_size=4)):
        raw[place] ^= data.draw(st.integers(1, 255))
    with suppress(BadInputError):
        read_sheet(bytes(raw), Where("x.xlsx"))


@given(st.text(alphabet='<>/"= crvft0123456789ABsn', max_size=200))
def test_no_sheet_makes_the_reader_fall_over(content: str) -> None:
    with suppress(BadInputError):
        read_sheet(workbook(parts(f"<w><row>{content}</row></w>")), Where("x.xlsx"))


@given(st.decimals(min_value=-1_000_000, max_value=1_000_000, places=2))
def test_a_number_is_read_to_the_last_digit_however_it_is_stored(value: Decimal) -> None:
    found = read_sheet(table(("甲", "居委会", None, number(f"{float(value):.17g}"))), Where("x.xlsx"))
    assert value == list(found.rows)[1].cells[4]


@given(st.integers(1, 16384), st.integers(1, 1_048_576))
def test_cells_are_named_as_they_are_counted(column: int, row: int) -> None:
    name = cell_name(column, row)
    assert (column, str(row)) == (column_number(name.rstrip("0123456789")), name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


# CSV in the encodings of offices


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("gbk", "GBK / GB 18030"),
        ("gb18030", "GBK / GB 18030"),
        ("utf-16", "UTF-16"),
    ],
)
def test_a_csv_is_read_in_the_encodings_that_offices_use(look: Look, encoding: str, note: str | None) -> None:
    found = look((CSV + "湖滨社区,居委会,25%,640\n").encode(encoding), "facts.csv")
    assert ("湖滨社区", {"green_coverage": 2500, "premises_area": 64000}) == (only(found).unit.name, only(found).values)
    assert [note] * bool(note) == [each.found for each in found.notes]


def test_reading_another_encoding_is_said(look: Look) -> None:
    found = look((CSV + "甲,居委会,25%,640\n").encode("gbk"), "facts.csv")
    assert ["facts.csv: X08 文件不是 UTF-8，已按 GBK / GB 18030 读入"] == notes(found, "zh")
    assert ["facts.csv: X08 The file is not UTF-8; it was read as GBK / GB 18030"] == notes(found, "en")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("name,kind\n乙,村委會\n".encode("big5"), "DB048"),
        ("name,kind\nrésumé,x\n".encode("latin-1"), "DB048"),
        ("name,kind\nカタカナ,x\n".encode("shift-jis"), "DB048"),
        ("name,kind\n甲\0,居委会\n".encode(), "DB003"),
        ((CSV + "甲,居委会,25%,640\n").encode("utf-16-le"), "DB003"),
        (b"PK\x03\x04" + bytes(range(256)), "DB003"),
        (b"\xff\xfe\x00", "DB048"),
        (b"\xef\xbb\xbf", "DB047"),
        (b"\xef\xbb\xbf\r\n", "DB047"),
        (b" \r\n", "DB047"),
        (b"\xef\xbb\xbf\xb0\xa1", "DB048"),
    ],
)
def test_other_encodings_are_refused(look: Look, raw: bytes, code: str) -> None:
    assert [code] == [each.code for each in look(raw, "facts.csv").problems]


def test_an_assessment_says_so_too(run: Run, facts: WriteFacts) -> None:
    found = run("assess", QINGPU, facts((CSV + "甲,居委会,25%,640\n").encode("gbk"), "facts.csv"), "--json")
    assert "甲" == found.json["units"][0]["unit"]["name"]
    assert "X08 文件不是 UTF-8，已按 GBK / GB 18030 读入" in found.err


@pytest.mark.parametrize("lang", LANGS)
def test_a_csv_that_reads_in_two_ways_is_refused(run: Run, facts: WriteFacts, lang: str) -> None:
    raw = "name,kind\n马,x\n".encode().replace("马".encode(), b"\xd2\xbb\xd6\xb7")
    assert ("һַ", "一址") == tuple(raw[10:14].decode(each) for each in ("utf-8", "gb18030"))
    found = run("--lang", lang, "assess", QINGPU, facts(raw, "facts.csv"))
    assert 2 == found.code
    said = ("看不出文件是 UTF-8 还是 GBK", "can be read as UTF-8 and as GBK")[LANGS.index(lang)]
    assert f"/facts.csv: X09 {said if lang == 'zh' else 'The file ' + said}" in found.err


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("mark", "name"), [("\t", "TAB"), (";", ";"), ("，", "，"), ("|", "|")])
def test_columns_parted_by_something_else_are_explained(run: Run, facts: WriteFacts, mark: str, name: str, lang: str) -> None:
    found = run(
        "--lang", lang, "assess", QINGPU, facts(CSV.replace(",", mark) + f"甲{mark}居委会{mark}25%{mark}640\n", "facts.csv")
    )
    said = (
        f"列不是用英文逗号隔开的；写的是：{name}；可以是：,",
        f"The columns are not parted by commas; found: {name}; allowed: ,",
    )
    assert 2 == found.code
    assert f"/facts.csv:1: X10 {said[LANGS.index(lang)]}" in found.err


def test_a_wrong_cell_of_a_csv_is_named_by_line_and_by_the_name_a_spreadsheet_gives_it(run: Run, facts: WriteFacts) -> None:
    found = run("assess", QINGPU, facts('名称,类型,绿化覆盖率\n"甲\n社区",居委会,25%\n乙,居委会,16\n', "facts.csv"))
    assert "/facts.csv:4:3: DB052 比率要带 % [C3 绿化覆盖率]；写的是：16" in found.err


def test_an_endless_field_and_an_open_quote_are_refused(look: Look) -> None:
    assert ["DB053"] == [each.code for each in look(CSV + '甲,居委会,"25%\n' * 2, "facts.csv").problems]
    assert ["DB053"] == [each.code for each in look(CSV + "甲" * 70_000 + ",居委会,25%,1\n", "facts.csv").problems]


def test_blank_lines_are_skipped_and_ragged_ones_counted_only_so_far(look: Look) -> None:
    assert 1 == len(look("\n" + CSV + "\n,,,\n甲,居委会,25%,1\n\n", "facts.csv").taken())
    found = look(CSV + "甲,居委会\n" * 700, "facts.csv")
    assert ({"DB053", "X16"}, MOST_PROBLEMS + 1) == ({each.code for each in found.problems}, len(found.problems))


@pytest.mark.parametrize("lang", LANGS)
def test_a_file_larger_than_any_table_is_not_even_read(run: Run, tmp_path: Path, lang: str) -> None:
    with (tmp_path / "facts.csv").open("wb") as handle:
        handle.truncate(300 << 20)
    tracemalloc.start()
    try:
        found = run("--lang", lang, "assess", QINGPU, tmp_path / "facts.csv")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 2 == found.code
    assert ("表格太大；写的是：300 MB" if lang == "zh" else "The table is too large; found: 300 MB") in found.err
    assert peak < 100 << 20


def test_an_apostrophe_that_keeps_a_text_from_being_a_formula_is_not_part_of_it(look: Look) -> None:
    found = look("名称,类型\n'=1+1,居委会\n'甲,居委会\n", "facts.csv")
    assert ["=1+1", "'甲"] == [each.unit.name for each in found.taken()]


@given(st.binary(max_size=300))
def test_no_bytes_make_the_csv_reader_fall_over(raw: bytes) -> None:
    with suppress(BadInputError):
        list(read_rows(raw, Where("x.csv"), Collector()).rows)


# TOML that people get wrong


UNIT = '[unit]\nkind = "居委会"\n[facts]\n'


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("content", "place", "code", "zh", "en"),
    [
        (UNIT + '绿化覆盖率 = "16%"\n', ":4", "DB032", "中文键要加引号", "A Chinese key needs quotes"),
        ('unit = { kind = "居委会", 名称 = "甲" }\n', ":1", "DB032", "中文键要加引号", "A Chinese key needs quotes"),
        (UNIT + "𠮷 = 1\n", ":4", "DB032", "中文键要加引号", "A Chinese key needs quotes"),
        (UNIT + "residents人 = 1\n", ":4", "DB032", "中文键要加引号", "A Chinese key needs quotes"),
        ('[unit]\nkind = "居委会"\n[unit]\n', ":3", "DB009", "编号重复", "The id is used twice"),
        ('unit = { kind = "居委会", kind = "村委会" }\n', ":1", "DB009", "编号重复", "The id is used twice"),
        (UNIT + 'note = "x = nan"\nresidents = nan\n', ":5", "DB034", "nan 和 inf 不是数", "nan and inf are no numbers"),
        (UNIT + f"residents = {'9' * 5000}\n", ":4", "DB036", "数太大", "too large to stay exact"),
        (UNIT + 'residents = "3\0"\n', ":1", "DB003", "字节顺序标记", "byte order mark"),
        (UNIT.encode("gb18030"), ":2", "DB002", "GBK", "GBK"),
        (b"\xef\xbb\xbf" + UNIT.encode(), ":1", "DB003", "BOM", "byte order mark"),
    ],
)
def test_toml_is_refused_with_the_line_and_the_remedy(
    run: Run, facts: WriteFacts, content: str | bytes, place: str, code: str, zh: str, en: str, lang: str
) -> None:
    found = run("--lang", lang, "assess", QINGPU, facts(content))
    first = found.err.splitlines()[0]
    assert (2, "") == (found.code, found.out)
    assert f"/facts.toml{place}:" in first
    assert code in first
    assert (zh if lang == "zh" else en) in first


@pytest.mark.parametrize("content", ['名称 = "甲"\n', "x = nan\n", "[a]\n[a]\n", "\ufeff", "[[" * 50])
def test_a_pack_that_cannot_be_read_is_refused_and_the_others_are_loaded(run: Run, install: Install, content: str) -> None:
    install("broken", "from duibiao.api import Pack\nplugin = Pack(__name__)\n", files={"jurisdiction.toml": content})
    states = {each["name"]: each for each in run("plugins", "--json").json}
    assert QINGPU in run("standards").out
    assert states["broken"] != states["shanghai"]


def test_the_same_reader_serves_previews_and_assessments(facts: WriteFacts, vocabulary: Vocabulary) -> None:
    path = facts(table(ROW), "FACTS.XLSX")
    assert preview_facts(path, vocabulary, TODAY).taken() == read_facts(path, vocabulary, TODAY)
