"""What people write is read exactly or refused, and what is shown can be read again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duibiao.model.facts import NUMERIC, FactType, Grading, Happening, Holding, Kind, Option, Ticks, Value
from duibiao.model.notation import NotationError, read_value, show_value
from duibiao.model.text import clean
from duibiao.registry import Registry

OPTIONS = (Option("poor", "差", "poor"), Option("fair", "中", "fair"), Option("good", "好", "good"))
COUNT = FactType("count", "数", Kind.COUNT, unit="person", high=10**8)
AREA = FactType("area", "面积", Kind.QUANTITY, unit="m2", step=Decimal("0.01"), high=10**8)
RATE = FactType("rate", "率", Kind.RATE, unit="%", step=Decimal("0.01"), high=10_000)
MONEY = FactType("money", "钱", Kind.MONEY, unit="yuan", step=Decimal("0.01"), high=10**14)
GRADE = FactType("grade", "等级", Kind.GRADE, options=OPTIONS, high=2)
CHOICE = FactType("choice", "选择", Kind.CHOICE, options=OPTIONS, high=2)
LIST = FactType("list", "清单", Kind.CHECKLIST, options=OPTIONS)
EVENTS = FactType("events", "事件", Kind.EVENTS, options=OPTIONS)
FLAG = FactType("flag", "是否", Kind.FLAG)
DATE = FactType("date", "日期", Kind.DATE)
TITLE = FactType("title", "称号", Kind.TITLE)
NUMBERS = [COUNT, AREA, RATE, MONEY]
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
IDS = st.sampled_from(OPTIONS)


def by_id(ftype: FactType) -> str:
    return ftype.id


def read(ftype: FactType, raw: object) -> tuple[Value | None, str]:
    """The value read, or the code of the complaint."""
    try:
        return read_value(ftype, raw), ""
    except NotationError as error:
        return None, error.code


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("ftype", NUMBERS, ids=by_id)
@given(data=st.data())
def test_a_number_that_is_shown_is_read_as_the_same_number(ftype: FactType, lang: str, data: st.DataObject) -> None:
    steps = data.draw(st.integers(ftype.low, ftype.high))
    assert steps == read_value(ftype, show_value(ftype, steps, lang))


@pytest.mark.parametrize("ftype", NUMBERS, ids=by_id)
@given(data=st.data())
def test_a_number_is_read_exactly_or_refused(ftype: FactType, data: st.DataObject) -> None:
    places = data.draw(st.integers(0, 6))
    number = data.draw(st.decimals(0, ftype.high * ftype.step, places=places))
    steps = number / ftype.step
    expected = (steps, "") if steps % 1 == 0 else (None, "DB025")
    assert expected == read(ftype, f"{number:f}{ftype.unit}")


@pytest.mark.parametrize("ftype", NUMBERS, ids=by_id)
@given(data=st.data())
def test_a_number_outside_its_range_is_refused(ftype: FactType, data: st.DataObject) -> None:
    steps = data.draw(st.integers(-(10**15), -1) | st.integers(ftype.high + 1, 10**15))
    assert (None, "DB024") == read(ftype, f"{steps * ftype.step:f} {ftype.unit}")


@given(number=st.decimals(0, 100, places=2))
def test_full_width_and_half_width_percent_mean_the_same(number: Decimal) -> None:
    assert read_value(RATE, f"{number}%") == read_value(RATE, f"{number}％") == read_value(RATE, f" {number} % ")


@given(number=st.decimals(0, 100, places=2))
def test_a_rate_without_percent_is_never_guessed(number: Decimal) -> None:
    for raw in (str(number), number):
        assert (None, "DB052") == read(RATE, raw)


@given(number=st.decimals(0, 10**6, places=4))
def test_ten_thousand_is_written_as_one_character(number: Decimal) -> None:
    assert number * 10_000 * 100 == read_value(MONEY, f"{number}万元")
    assert read_value(MONEY, f"{number} 万") == read_value(MONEY, f"{number}万元")


@given(count=st.integers(0, 10**8))
def test_thousands_may_be_grouped(count: int) -> None:
    assert count == read_value(COUNT, f"{count:,}") == read_value(COUNT, f"{count:_}") == read_value(COUNT, f"{count:,} 人")


@pytest.mark.parametrize("text", ["1,2", "1,23,456", "12,34", "1__000", ",5", "1,"])
def test_commas_that_group_nothing_are_refused(text: str) -> None:
    steps, complaint = read(COUNT, text)
    assert steps is None
    assert complaint in {"DB008", "DB017"}


@pytest.mark.parametrize("alias", ["m2", "m²", "㎡", "平方米", "平米"])
def test_a_unit_may_be_written_in_every_usual_way(alias: str) -> None:
    assert 64_000 == read_value(AREA, f"640{alias}") == read_value(AREA, f"640 {alias}")


@pytest.mark.parametrize(("raw", "code"), [("640 km", "DB017"), ("640 furlongs", "DB017"), ("640%", "DB017"), ("m2", "DB008")])
def test_a_foreign_unit_is_refused(raw: str, code: str) -> None:
    assert (None, code) == read(AREA, raw)


@pytest.mark.parametrize("ftype", NUMBERS, ids=by_id)
@given(text=st.text(max_size=80) | st.text(alphabet="0123456789.,_+-万%％ e", max_size=30))
def test_any_text_is_a_number_in_range_or_a_known_complaint(ftype: FactType, text: str) -> None:
    steps, complaint = read(ftype, text)
    if steps is None:
        assert complaint in {"DB008", "DB017", "DB024", "DB025", "DB036", "DB052"}
    else:
        assert isinstance(steps, int)
        assert ftype.low <= steps <= ftype.high


@pytest.mark.parametrize("raw", ["nan", "inf", "--1", ".", "", "  ", True, 1.5, None, [], {}])
@pytest.mark.parametrize("ftype", NUMBERS, ids=by_id)
def test_what_is_no_number_is_refused(ftype: FactType, raw: object) -> None:
    assert (None, "DB008") == read(ftype, raw)


@pytest.mark.parametrize("raw", ["1e5", "0x10", "1 2"])
@pytest.mark.parametrize("ftype", NUMBERS, ids=by_id)
def test_what_follows_a_number_must_be_its_unit(ftype: FactType, raw: str) -> None:
    assert read(ftype, raw) in [(None, "DB017"), (None, "DB008")]


@pytest.mark.parametrize("digits", ["١٢٣", "१२३", "１２３"])
def test_digits_of_other_scripts_are_the_same_number_or_refused(digits: str) -> None:
    assert read(COUNT, digits) in [(123, ""), (None, "DB008")]


@pytest.mark.parametrize("raw", [Decimal("NaN"), Decimal("Infinity")])
def test_infinities_are_no_numbers(raw: Decimal) -> None:
    assert (None, "DB034") == read(COUNT, raw)


@given(zeros=st.integers(17, 60))
def test_a_number_too_large_to_stay_exact_is_refused(zeros: int) -> None:
    assert (None, "DB036") == read(COUNT, "1" + "0" * zeros)


@pytest.mark.parametrize("lang", ["zh", "en"])
@given(flag=st.booleans())
def test_a_flag_that_is_shown_is_read_as_the_same_flag(lang: str, flag: bool) -> None:
    assert flag == bool(read_value(FLAG, show_value(FLAG, int(flag), lang)))


@pytest.mark.parametrize("raw", [1, 0, "1", "maybe", "", None, []])
def test_a_flag_is_yes_or_no_and_nothing_else(raw: object) -> None:
    assert (None, "DB008") == read(FLAG, raw)


@given(day=DAYS)
def test_a_day_that_is_shown_is_read_as_the_same_day(day: date) -> None:
    assert day == read_value(DATE, show_value(DATE, day)) == read_value(DATE, day)


@pytest.mark.parametrize("raw", ["2011-02-30", "2011-13-01", "2011/02/03", "30.9.2011", "today", "", "20110203", "2011-W05-1"])
def test_a_day_is_written_in_one_way_only(raw: str) -> None:
    assert (None, "DB033") == read(DATE, raw)


@pytest.mark.parametrize("ftype", [GRADE, CHOICE], ids=by_id)
@pytest.mark.parametrize("lang", ["zh", "en"])
@given(level=st.integers(0, 2))
def test_a_level_that_is_shown_is_read_as_the_same_level(ftype: FactType, lang: str, level: int) -> None:
    assert Grading(level) == read_value(ftype, show_value(ftype, Grading(level), lang))


@given(option=IDS, by=st.text(st.characters(categories=["L", "N"]), max_size=5).map(clean), on=DAYS)
def test_a_level_keeps_who_judged_and_when(option: Option, by: str, on: date) -> None:
    found = read_value(GRADE, {"level": option.title, "by": by, "reason": "现场", "on": on})
    assert Grading(OPTIONS.index(option), by, "现场", on) == found


@given(members=st.sets(IDS))
def test_a_list_of_members_says_that_the_others_are_absent(members: set[Option]) -> None:
    present = frozenset(each.id for each in members)
    ticks = Ticks(present, frozenset(each.id for each in OPTIONS) - present)
    assert ticks == read_value(LIST, [each.id for each in members]) == read_value(LIST, [each.title for each in members])


@given(members=st.sets(IDS, min_size=1))
def test_members_in_one_cell_are_separated_in_every_usual_way(members: set[Option]) -> None:
    listed = [each.title for each in members]
    assert 1 == len({read_value(LIST, sign.join(listed)) for sign in (";", "；", "、", "|")})


@given(marks=st.dictionaries(IDS.map(lambda option: option.id), st.booleans()))
def test_a_table_of_members_leaves_the_others_unknown(marks: dict[str, bool]) -> None:
    present, absent = (frozenset(name for name, mark in marks.items() if mark is wanted) for wanted in (True, False))
    assert Ticks(present, absent) == read_value(LIST, marks)


@given(days=st.lists(DAYS, max_size=5), option=IDS)
def test_events_are_put_in_the_order_of_their_days(days: list[date], option: Option) -> None:
    found = read_value(EVENTS, [{"on": day, "kind": option.title, "settled": day} for day in days])
    assert tuple(Happening(day, option.id, day) for day in sorted(days)) == found


@given(days=st.tuples(DAYS, DAYS).filter(lambda pair: pair[0] != pair[1]))
def test_nothing_is_settled_before_it_happened_and_no_title_ends_before_it_begins(days: tuple[date, date]) -> None:
    first, last = sorted(days)
    for ftype, raw in ((EVENTS, [{"on": last, "settled": first}]), (TITLE, {"from": last, "until": first})):
        assert (None, "DB024") == read(ftype, raw)


@given(days=st.tuples(DAYS, DAYS, DAYS).map(sorted))
def test_a_title_counts_from_its_first_day_to_its_last(days: list[date]) -> None:
    title = Holding(True, days[0], days[2])
    assert title == read_value(TITLE, {"held": True, "from": days[0].isoformat(), "until": days[2]})
    assert all(title.on(day) for day in days)


@pytest.mark.parametrize(
    ("ftype", "raw"),
    [(GRADE, {"level": "good", "who": "x"}), (EVENTS, [{"on": "2011-01-01", "when": 1}]), (TITLE, {"hold": True})],
    ids=["grade", "events", "title"],
)
def test_a_key_that_is_not_known_is_refused(ftype: FactType, raw: object) -> None:
    assert (None, "DB006") == read(ftype, raw)


@pytest.mark.parametrize("ftype", [GRADE, CHOICE, LIST], ids=by_id)
def test_an_unknown_option_is_answered_with_the_known_ones(ftype: FactType) -> None:
    with pytest.raises(NotationError) as error:
        read_value(ftype, ["excellent"] if ftype is LIST else "excellent")
    assert ("DB018", "poor 差, fair 中, good 好") == (error.value.code, error.value.allowed)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_numeric_fact_of_the_catalogue_reads_what_it_shows_at_both_ends(lang: str) -> None:
    types = [each for each in Registry().vocabulary.types.values() if each.kind in NUMERIC]
    ends = [(each, steps) for each in types for steps in (each.low, each.high)]
    assert [] == [(each.id, each.unit) for each, steps in ends if read(each, show_value(each, steps, lang)) != (steps, "")]
