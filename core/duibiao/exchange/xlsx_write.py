"""XLSX workbooks written row by row, however many rows: texts are never formulas, numbers keep their digits, the header stays.

The same content gives the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

from attrs import frozen

from duibiao.errors import BadInputError, Problem, Where
from duibiao.exchange.tables import cell_name
from duibiao.exchange.target import Cell
from duibiao.model.notation import plain
from duibiao.model.text import exported

MOST_ROWS = 1 << 20
"""Of a sheet, by the format."""

_LONGEST = 32_767
"""Characters of a cell, by the format."""

_WHEN = (1980, 1, 1, 0, 0, 0)
_PIECE = 1 << 16
_BOLD = ' s="1"'
_UNFIT = re.compile(r"[\[\]:*?/\\']")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs></styleSheet>'
)


@frozen
class Sheet:
    """One sheet.

    Attributes:
        name: As its tab says.
        header: Names of the columns.
        rows: Its rows; read once.
    """

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook to *path*, which must not be anybody's file. BadInputError CO11: more rows than a sheet can have."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in _parts(sheets).items():
            archive.writestr(_info(name), text)
        for number, sheet in enumerate(sheets, 1):
            with archive.open(_info(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as part:
                for piece in _joined(_sheet(sheet)):
                    part.write(piece.encode())


def _info(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, _WHEN)
    found.compress_type = zipfile.ZIP_DEFLATED
    return found


def _parts(sheets: Sequence[Sheet]) -> dict[str, str]:
    numbers = range(1, len(sheets) + 1)
    kinds = {
        "/xl/workbook.xml": "sheet.main",
        "/xl/styles.xml": "styles",
        **{f"/xl/worksheets/sheet{n}.xml": "worksheet" for n in numbers},
    }
    spread = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    types = "".join(f'<Override PartName="{name}" ContentType="{spread}{kind}+xml"/>' for name, kind in kinds.items())
    names = [escape(_UNFIT.sub(" ", each.name)[:31], {'"': "&quot;"}) for each in sheets]
    tabs = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
    links = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers] + [("rIdS", "styles", "styles.xml")]
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": _links([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{tabs}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(links),
        "xl/styles.xml": _STYLES,
    }


def _links(links: Iterable[tuple[str, str, str]]) -> str:
    found = "".join(f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"/>' for name, kind, target in links)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
    )
    yield _row(1, sheet.header, _BOLD)
    for number, row in enumerate(sheet.rows, 2):
        if number > MOST_ROWS:
            raise BadInputError([Problem("CO11", Where(sheet.name), f"> {MOST_ROWS - 1}", f"<= {MOST_ROWS - 1}")])
        yield _row(number, row)
    yield "</sheetData></worksheet>"


def _row(number: int, cells: Sequence[Cell], style: str = "") -> str:
    told = "".join(_cell(cell_name(place, number), each, style) for place, each in enumerate(cells, 1))
    return f'<row r="{number}">{told}</row>'


def _cell(name: str, value: Cell, style: str) -> str:
    match value:
        case None | "":
            return ""
        case bool() | date():
            text = str(value)
        case int():
            return f'<c r="{name}"{style}><v>{value}</v></c>'
        case Decimal():
            return f'<c r="{name}"{style}><v>{plain(value)}</v></c>'
        case _:
            text = value
    said = escape(exported(text)[:_LONGEST])
    return f'<c r="{name}" t="inlineStr"{style}><is><t xml:space="preserve">{said}</t></is></c>'


def _joined(pieces: Iterable[str]) -> Iterator[str]:
    """The same in larger pieces."""
    some: list[str] = []
    size = 0
    for each in pieces:
        some.append(each)
        size += len(each)
        if size > _PIECE:
            yield "".join(some)
            some, size = [], 0
    yield "".join(some)
