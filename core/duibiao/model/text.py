"""Text that people type, paste or send: made harmless on the way in, made visible on the way out.

What is taken out carries no meaning to a reader but misleads one: control characters, direction overrides,
characters without width. What is kept is kept to the letter: every ideograph (rare ones and compatibility
forms included, for they stand in people's and places' names), emoji, markup, a leading ``=``.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_LINE = 200
"""Characters of one line of input: a name, a title, a certificate number."""
LONGEST_BLOCK = 10_000
"""Characters of a text of several lines: a reason, an opinion, an answer."""

_CONTROLS = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_BREAKS = r"\n\r\x0b\x0c\x85\u2028\u2029"
_DIRECTIONS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_WIDTHLESS = r"\xad\u115f\u1160\u200b\u200c\u2060-\u2065\u3164\ufeff\uffa0\ufff9-\ufffb"
_TAGS = r"\U000e0000-\U000e007f"
_EMOJI = r"\xa9\xae\u200d\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff"
_NO_CHARACTERS = (
    r"\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17))
)  # fmt: skip

_REFUSED = re.compile(rf"[\x00{_NO_CHARACTERS}]")
_HIDDEN = re.compile(rf"[{_CONTROLS}{_DIRECTIONS}{_WIDTHLESS}]")
_FLAG = re.compile(rf"(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]+\U000e007f)|[{_TAGS}]")
_LOOSE_JOINER = re.compile(rf"(?<![{_EMOJI}])\u200d+|\u200d+(?![{_EMOJI}])|(?<=\u200d)\u200d+")
_BREAK = re.compile(rf"\r\n|[{_BREAKS}]")
_COMPATIBILITY = re.compile(r"([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_INVISIBLE = re.compile(rf"[{_CONTROLS}{_BREAKS}\t{_DIRECTIONS}{_WIDTHLESS}{_NO_CHARACTERS}]")
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


class TextError(ValueError):
    """A text that cannot be kept as it is, and must not be kept otherwise.

    Attributes:
        code: Problem code: ``TX01`` no characters, ``TX02`` too long.
        found: What is wrong, visible.
        allowed: What would be right.
    """

    def __init__(self, code: str, found: str, allowed: str = "") -> None:
        super().__init__(code, found)
        self.code, self.found, self.allowed = code, found, allowed


def clean(text: str, most: int = LONGEST_LINE) -> str:
    """One line of input as it is kept: composed (NFC), no hidden characters, breaks and tabs as blanks, no blanks around it.

    Raises TextError: NUL, lone surrogates and noncharacters (``TX01``), more than *most* characters (``TX02``).
    """
    return _short(_BREAK.sub(" ", _bare(text)).replace("\t", " ").strip(), most)


def clean_block(text: str, most: int = LONGEST_BLOCK) -> str:
    """Like :func:`clean`, for several lines: breaks of every kind become ``\\n``, blank ends of lines and text go."""
    lines = _BREAK.sub("\n", _bare(text)).replace("\t", " ").split("\n")
    return _short("\n".join(line.rstrip() for line in lines).strip(), most)


def shown(text: str) -> str:
    """*text* on one line of a screen: whatever cannot be seen, or moves the cursor, is written as an escape such as ``\\x1b``."""
    return _INVISIBLE.sub(lambda found: _escape(found[0]), _FLAG.sub(_escaped_tag, _LOOSE_JOINER.sub(_escaped, text)))


def shown_block(text: str) -> str:
    """Like :func:`shown`, with the line breaks kept."""
    return "\n".join(shown(line) for line in text.split("\n"))


def exported(text: str) -> str:
    """*text* for a file that others open: hidden characters gone, whatever is no character as ``\\ufffd``; never refused."""
    return _without_hidden(_REFUSED.sub("\ufffd", text))


def _bare(text: str) -> str:
    refused = _REFUSED.search(text)
    if refused is not None:
        raise TextError("TX01", _escape(refused[0]))
    return _composed(_without_hidden(text))


def _without_hidden(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return _LOOSE_JOINER.sub("", _FLAG.sub(lambda found: found[1] or "", _HIDDEN.sub("", text)))


def _composed(text: str) -> str:
    """NFC, except that compatibility ideographs stay: folding them would change how a name is written."""
    if unicodedata.is_normalized("NFC", text):
        return text
    return "".join(
        part if _COMPATIBILITY.match(part) else unicodedata.normalize("NFC", part) for part in _COMPATIBILITY.split(text)
    )


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise TextError("TX02", str(len(text)), f"<= {most}")
    return text


def _escape(char: str) -> str:
    number = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _escaped(found: re.Match[str]) -> str:
    return "".join(map(_escape, found[0]))


def _escaped_tag(found: re.Match[str]) -> str:
    return found[0] if found[1] else _escape(found[0])
