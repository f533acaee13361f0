"""Opening an Office file from anywhere: its zip is judged before a byte of it is parsed, and inflated only within limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from duibiao.errors import BadInputError, Collector, Where

MOST_BYTES = 16 << 20
"""Of the file itself."""
MOST_MEMBERS = 1_000
MOST_INFLATED = 64 << 20
"""Of all members together."""
MOST_RATIO = 120
"""Inflated to packed, of the whole file and of each member larger than a page."""
DEEPEST = 64
"""Elements inside one another."""
MOST_TAGS = 6_000_000
"""Of one XML part."""

_PAGE = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    ("vbaproject", "macro"), ("externallinks/", "external link"), ("embeddings/", "embedded object"),
    ("activex/", "ActiveX"), ("macrosheets/", "macro"), ("connections.xml", "data connection"),
)  # fmt: skip
_FORBIDDEN = frozenset('\\:*?"<>|')
_ENCRYPTED = 0x1


class Archive:
    """The members of a zip that passed the checks; they are inflated one at a time, never more than promised.

    Attributes:
        where: The file, for problems.
    """

    def __init__(self, raw: bytes, where: Where) -> None:
        """BadInputError says everything that speaks against opening *raw*."""
        self.where = where
        self._zip = _opened(raw, where)
        self._sizes = {each.filename: each for each in self._zip.infolist()}
        self._left = MOST_INFLATED
        _judge(self._zip.infolist(), where)

    def __contains__(self, name: str) -> bool:
        return name in self._sizes

    def read(self, name: str) -> bytes:
        """The content of a member; BadInputError where it is missing, damaged or larger than the limits allow."""
        info = self._sizes.get(name)
        if info is None:
            raise refused("X01", self.where, f"{name}: missing")
        try:
            with self._zip.open(info) as stream:
                content = stream.read(min(info.file_size, self._left) + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            raise refused("X01", self.where, f"{name}: damaged") from None
        if len(content) > info.file_size:
            raise refused("X01", self.where, f"{name}: damaged")
        self._left -= len(content)
        return content


def refused(code: str, where: Where, found: object = "", allowed: object = "") -> BadInputError:
    """The error for one problem."""
    problems = Collector()
    problems.add(code, where, found=found, allowed=allowed)
    return BadInputError(problems.problems)


def _opened(raw: bytes, where: Where) -> zipfile.ZipFile:
    if not raw:
        raise refused("DB047", where)
    if len(raw) > MOST_BYTES:
        raise refused("X02", where, _size(len(raw)), f"<= {_size(MOST_BYTES)}")
    if raw.startswith(_OLE):
        raise refused("X01", where, ".xls / .et / password", ".xlsx")
    if not raw.startswith(b"PK\x03\x04"):
        raise refused("X01", where, raw[:4].hex(" "), ".xlsx")
    try:
        return zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        raise refused("X01", where, "zip: damaged", ".xlsx") from None


def _judge(members: list[zipfile.ZipInfo], where: Where) -> None:
    problems = Collector()
    if len(members) > MOST_MEMBERS:
        problems.add("X02", where, found=f"{len(members)} members", allowed=f"<= {MOST_MEMBERS}")
        problems.raise_any()
    seen: set[str] = set()
    for each in members:
        reason = _foreign(each)
        if each.filename.casefold() in seen:
            reason = "name twice"
        seen.add(each.filename.casefold())
        if reason:
            problems.add("X03", where, found=f"{each.filename}: {reason}")
        elif each.file_size > _PAGE and each.file_size > MOST_RATIO * each.compress_size:
            problems.add("X02", where, found=f"{each.filename}: {_size(each.file_size)}", allowed=f"<= {MOST_RATIO} : 1")
    inflated = sum(each.file_size for each in members)
    if inflated > MOST_INFLATED:
        problems.add("X02", where, found=_size(inflated), allowed=f"<= {_size(MOST_INFLATED)}")
    problems.raise_any()


def _foreign(member: zipfile.ZipInfo) -> str:
    """What a member is that has no business in a table of facts; empty for the others."""
    name = member.filename
    if name.startswith("/") or ".." in name.split("/") or not name.isprintable() or _FORBIDDEN.intersection(name):
        return "name"
    if member.flag_bits & _ENCRYPTED:
        return "encrypted"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "packing"
    return next((what for part, what in _FOREIGN if part in name.casefold()), "")


def _size(number: int) -> str:
    return f"{number / (1 << 20):.1f} MB"


Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class XmlRefusedError(Exception):
    """What is wrong with an XML part: not readable, or ``DTD``, ``nesting`` or ``size``."""


def local(name: str) -> str:
    """An XML name without its prefix."""
    return name.rpartition(":")[2]


def walk_xml(content: bytes, start: Start, end: End | None = None, text: Text | None = None) -> None:
    """Call *start*, *end* and *text* through an XML part, element names without their namespace prefix.

    Raises XmlRefusedError for a document type (entities need one), nesting or size past the limits, and what is not well-formed.
    Exceptions of the callables pass through and end the walk at once.
    """
    if content.count(b"<") > MOST_TAGS:
        raise XmlRefusedError("size")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise XmlRefusedError("nesting")
        start(local(name) if ":" in name else name, attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(local(name) if ":" in name else name)

    def no_dtd(*_: object) -> None:
        raise XmlRefusedError("DTD")

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = no_dtd
    parser.EntityDeclHandler = no_dtd
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise XmlRefusedError(f"XML {error.lineno}:{error.offset}") from None
