"""Text from people and other offices: what misleads is taken out, what names somebody stays, nothing moves the cursor."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duibiao.exchange.target import write_csv
from duibiao.model.text import LONGEST_LINE, TextError, clean, clean_block, exported, shown, shown_block

if TYPE_CHECKING:
    from conftest import Run, WriteFacts

QINGPU = "shanghai.qingpu.committee"
LANGS = ("zh", "en")
FAMILY = "👨\u200d👩\u200d👧"
RARE = "𠮷𪚥㐂镕喆堃淼\U0003106c"
"""Names have such characters; the last ones take four bytes in GB 18030."""
COMPATIBLE = "\uf92c\ufa0c\U0002f800"
ANY = st.text(st.characters())
HIDDEN = st.sampled_from("\x1b\x07\x9b\u200b\u202e\u2066\ufeff\u00ad\u200d\u3164\U000e0041")
MIXED = st.lists(st.one_of(HIDDEN, st.sampled_from(["甲", "村", " ", "\n", "\t", "e\u0301", FAMILY, "𠮷"])), max_size=30).map(
    "".join
)


def moves_or_hides(text: str) -> list[str]:
    """The characters of *text* that a screen would not show as themselves."""
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return [
        char for char in text if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(char) in bidi
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  湖滨社区 ", "湖滨社区"),
        ("\u3000湖滨社区\u3000", "湖滨社区"),
        ("湖滨\x1b[31m社区", "湖滨[31m社区"),
        ("湖滨\u202e社区\u2069", "湖滨社区"),
        ("湖\u200b滨\ufeff社\u00ad区", "湖滨社区"),
        ("湖滨\r\n社区\t一组", "湖滨 社区 一组"),
        ("\U000e0068\U000e0069湖滨", "湖滨"),
        ("cafe\u0301", "café"),
        ("a\u200db", "ab"),
    ],
)
def test_what_misleads_a_reader_is_taken_out_of_a_line(typed: str, kept: str) -> None:
    assert kept == clean(typed)


@pytest.mark.parametrize(
    "text",
    [
        RARE,
        COMPATIBLE,
        FAMILY,
        "❤\ufe0f\u200d🔥",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "葛\U000e0101城",
        "=1+1",
        "[red]甲[/red]",
        "<b>甲</b>",
        "{{ 甲 }}",
        "ئۇيغۇر",
        "ᠮᠣᠩᠭᠣᠯ",
        "（村）·〔2011〕№ ㎡",
    ],
)
def test_names_rare_characters_emoji_and_markup_are_kept_to_the_letter(text: str) -> None:
    assert text == clean(text)


@pytest.mark.parametrize("text", ["甲\0", "\ud800", "甲\udfff乙", "\ufffe", "\U0010ffff"])
def test_what_is_no_character_is_refused(text: str) -> None:
    with pytest.raises(TextError) as error:
        clean(text)
    assert "TX01" == error.value.code
    assert error.value.found.startswith("\\")


def test_a_megabyte_is_no_name() -> None:
    with pytest.raises(TextError) as error:
        clean("甲" * (1 << 20))
    assert ("TX02", "1048576", f"<= {LONGEST_LINE}") == (error.value.code, error.value.found, error.value.allowed)


def test_the_longest_line_may_stand_between_blanks() -> None:
    assert "甲" * LONGEST_LINE == clean(f"  {'甲' * LONGEST_LINE}  ")


def test_a_block_keeps_its_lines_and_nothing_else_that_moves_the_cursor() -> None:
    assert "理由：\n\n材料  齐全\n可以" == clean_block("\r\n理由： \r\n\r\n材料\t 齐全\x0b可以\x1b\r\n\n")


@given(st.one_of(ANY, MIXED))
def test_cleaning_twice_changes_no_more_than_once(text: str) -> None:
    for how in (clean, clean_block):
        try:
            once = how(text)
        except TextError:
            continue
        assert once == how(once)


@given(st.one_of(ANY, MIXED))
def test_a_clean_line_neither_moves_the_cursor_nor_turns_the_text(text: str) -> None:
    try:
        kept = clean(text)
    except TextError:
        return
    assert [] == moves_or_hides(kept)


@given(st.one_of(ANY, MIXED))
def test_a_clean_line_is_shown_as_it_is(text: str) -> None:
    try:
        kept = clean(text)
    except TextError:
        return
    assert kept == shown(kept)


@given(st.one_of(ANY, MIXED))
def test_whatever_is_shown_stays_on_its_line(text: str) -> None:
    assert [] == moves_or_hides(shown(text))


@given(st.one_of(ANY, MIXED))
def test_whatever_is_exported_can_be_encoded_and_has_no_escape(text: str) -> None:
    sent = exported(text)
    assert sent == sent.encode().decode()
    assert {"\n", "\t", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"} >= set(moves_or_hides(sent))


IDEOGRAPHS = st.one_of(
    [
        st.characters(min_codepoint=first, max_codepoint=last, categories=["Lo"])
        for first, last in ((0x3400, 0x9FFF), (0xF900, 0xFAD9), (0x20000, 0x323AF))
    ]
)
"""Between the blocks of ideographs lie letters of other scripts, some of which have a composed form."""


@given(st.text(IDEOGRAPHS, max_size=LONGEST_LINE))
def test_every_ideograph_survives(name: str) -> None:
    assert name == clean(name)
    assert name == name.encode("gb18030").decode("gb18030")


def test_what_is_hidden_is_shown_as_an_escape() -> None:
    assert r"甲\x1b[2J\u202e\n\U000e0041" == shown("甲\x1b[2J\u202e\n\U000e0041")
    assert "一\n二\\x07" == shown_block("一\n二\x07")


# through the command line


def one(name: str) -> str:
    """A facts file in JSON, which can spell any character."""
    return json.dumps({"unit": {"name": name, "kind": "居委会"}, "facts": {"green_coverage": "25%"}})


@pytest.mark.parametrize("name", [RARE, FAMILY, "=cmd|'/c calc'!A1", "[bold red]甲[/]", "\ufa0c村", "<b>&amp;"])
def test_a_name_is_shown_literally(run: Run, facts: WriteFacts, name: str) -> None:
    path = facts(one(name), "facts.json")
    assert name == run("assess", QINGPU, path, "--json").json["units"][0]["unit"]["name"]
    assert name in run("assess", QINGPU, path).out


def test_a_name_cannot_paint_the_screen(run: Run, facts: WriteFacts) -> None:
    found = run("assess", QINGPU, facts(one("甲\x1b[2J\u202e社区\x07"), "facts.json"))
    assert "甲[2J社区" in found.out
    assert [] == moves_or_hides(found.out.replace("\n", ""))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("name", "code"), [("甲\0", "TX01"), ("\ud83d", "TX01"), ("甲" * 1_000_000, "TX02")])
def test_a_name_that_cannot_be_kept_is_refused(run: Run, facts: WriteFacts, name: str, code: str, lang: str) -> None:
    found = run("--lang", lang, "assess", QINGPU, facts(one(name), "facts.json"))
    said = {
        "TX01": ("文字里有不能保存的字符", "something that is no character"),
        "TX02": ("文字太长", "The text is too long"),
    }[code][LANGS.index(lang)]
    assert 2 == found.code
    assert f"{code} " in found.err
    assert said in found.err
    assert len(found.err) < 1000


def test_a_complaint_shows_what_it_quotes_without_obeying_it(run: Run, facts: WriteFacts) -> None:
    found = run("assess", QINGPU, facts('[unit]\nkind = "居委会\\u001b[2J\\u202e"\n'))
    assert 2 == found.code
    assert [] == moves_or_hides(found.err.replace("\n", ""))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rare_characters_come_through_a_table_in_every_encoding(run: Run, facts: WriteFacts, encoding: str) -> None:
    name = f"吉祥社区{RARE}"
    text = f"名称,类型,绿化覆盖率\n{name},居委会,25%\n"
    found = run("assess", QINGPU, facts(text.encode(encoding), "facts.csv"), "--json")
    assert name == found.json["units"][0]["unit"]["name"]


def test_an_exported_table_comes_back_as_it_went(run: Run, tmp_path: Path) -> None:
    names = ["=1+1", "'=1", "+甲", "-1", "@甲", "＝甲", '"甲",乙', RARE]
    write_csv(tmp_path / "units.csv", ["名称", "类型"], [[name, "居委会"] for name in names])
    found = run("assess", QINGPU, tmp_path / "units.csv", "--json")
    assert names == [each["unit"]["name"] for each in found.json["units"]]
