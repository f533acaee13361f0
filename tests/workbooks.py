"""Small XLSX workbooks for tests, each part open to being got wrong."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINK = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
PLAIN, PERCENT, DAY, CHINESE_DAY, OWN_PERCENT = range(5)
"""Styles of the workbook, by what they show a number as."""

STYLES = (
    f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
    '<numFmt numFmtId="165" formatCode="0.0%;[Red]-0.0%"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
    "</styleSheet>"
)
HEADER = ("名称", "类型", "绿化覆盖率", "premises_area")


def text(value: str) -> str:
    """A cell's inside for a text; its place and style come from :func:`sheet`."""
    return f't="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is>'


def number(value: object, style: int = PLAIN) -> str:
    """A cell's inside for a number that is shown in a style."""
    return f's="{style}"><v>{value}</v>'


def sheet(rows: Sequence[Sequence[str | None]], before: str = "", after: str = "") -> str:
    """A worksheet: plain texts are written as such, what has a ``>`` is a cell's inside."""
    lines = []
    for line, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{chr(64 + column)}{line}" {each if ">" in each else text(each)}</c>'
            for column, each in enumerate(row, 1)
            if each is not None
        )
        lines.append(f'<row r="{line}">{cells}</row>')
    return f"<worksheet {MAIN}>{before}<sheetData>{''.join(lines)}</sheetData>{after}</worksheet>"


def parts(*sheets: str, texts: Sequence[str] = (), since_1904: bool = False) -> dict[str, str]:
    """The members of a workbook by name."""
    numbers = range(1, len(sheets) + 1)
    names = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    links = "".join(f'<Relationship Id="rId{n}" Type="{KIND}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers)
    own = f'<Relationship Id="s" Type="{KIND}/styles" Target="styles.xml"/>'
    own += f'<Relationship Id="t" Type="{KIND}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    book = f'<workbookPr date1904="{int(since_1904)}"/><sheets>{names}</sheets>'
    made = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.xml": f"<workbook {MAIN} {LINK}>{book}</workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships {RELATIONS}>{links}{own}</Relationships>",
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": f"<sst {MAIN}>{''.join(f'<si>{each}</si>' for each in texts)}</sst>",
    }
    return made | {f"xl/worksheets/sheet{n}.xml": each for n, each in enumerate(sheets, 1)}


def workbook(
    members: Mapping[str, str | bytes] | Sequence[tuple[str, str | bytes]], packing: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """The members as a file."""
    buffer = io.BytesIO()
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name, content in pairs:
            archive.writestr(name, content)
    return buffer.getvalue()


def table(*rows: Sequence[str | None], header: Sequence[str] = HEADER, before: str = "", after: str = "") -> bytes:
    """A workbook of one sheet with a header."""
    return workbook(parts(sheet([header, *rows], before, after)))
