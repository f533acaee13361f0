"""Time travel: the edition in force on a day, what its file may say of older ones, and the period of the facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from conftest import JURISDICTION, STANDARD, Install, Run, WritePack
from hypothesis import given
from hypothesis import strategies as st

from duibiao.errors import BadInputError, Problem
from duibiao.model.calendar import latest_period, period_of
from duibiao.model.editions import edition_on, ends, family, in_force
from duibiao.model.standard import Header
from duibiao.registry import Registry
from duibiao.wording import describe


def header(name: str, since: date | None = None, until: date | None = None, replaces: str = "") -> Header:
    return Header(id=name, edition=name[-4:], title="", in_force=since, until=until, replaces=replaces)


def headers(*found: Header) -> dict[str, Header]:
    return {each.id: each for each in found}


OLD = header("s.2008", date(2008, 10, 1))
NEW = header("s.2015", date(2015, 1, 1), replaces="s.2008")
NEWEST = header("s.2020", date(2020, 6, 1), date(2029, 12, 31), replaces="s.2015")
CHAIN = headers(OLD, NEW, NEWEST, header("other", date(2001, 1, 1)))


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        (date(2008, 9, 30), None),
        (date(2008, 10, 1), "s.2008"),
        (date(2014, 12, 31), "s.2008"),
        (date(2015, 1, 1), "s.2015"),
        (date(2020, 5, 31), "s.2015"),
        (date(2020, 6, 1), "s.2020"),
        (date(2029, 12, 31), "s.2020"),
        (date(2030, 1, 1), None),
    ],
)
@pytest.mark.parametrize("asked", ["s.2008", "s.2015", "s.2020"])
def test_whichever_edition_is_asked_for_the_one_in_force_on_the_day_is_found(asked: str, day: date, edition: str | None) -> None:
    found = edition_on(CHAIN, asked, day)

    assert edition == (found.id if found else None)


def test_an_edition_ends_the_day_before_its_successor_unless_it_says_otherwise() -> None:
    overlapping = headers(
        header("a.2008", date(2008, 1, 1), date(2016, 12, 31)), header("a.2015", date(2015, 1, 1), replaces="a.2008")
    )

    assert (date(2014, 12, 31), date(2029, 12, 31)) == (ends(CHAIN, "s.2008"), ends(CHAIN, "s.2020"))
    assert ["a.2008", "a.2015"] == [in_force(overlapping, each, date(2016, 1, 1)).id for each in overlapping]


def test_of_two_others_in_force_the_newer_stands_in() -> None:
    old, new = header("a.2008", date(2008, 1, 1), date(2016, 12, 31)), header("a.2015", date(2015, 1, 1), replaces="a.2008")
    chain = headers(old, new, header("a.2020", date(2020, 1, 1), replaces="a.2015"))

    assert new == edition_on(chain, "a.2020", date(2016, 1, 1))


def test_a_standard_without_dates_is_always_in_force() -> None:
    assert "x" == in_force(headers(header("x")), "x", date(1949, 10, 1)).id


def test_editions_that_nothing_links_are_apart() -> None:
    assert ["other"] == [each.id for each in family(CHAIN, "other")]
    assert ["s.2008", "s.2015", "s.2020"] == [each.id for each in family(CHAIN, "s.2015")]


def refused(name: str, day: date) -> Problem:
    with pytest.raises(BadInputError) as caught:
        in_force(CHAIN, name, day)
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("name", "day", "code", "edge", "instead"),
    [
        ("s.2015", date(2014, 12, 31), "S09", "2015-01-01 →", "s.2008 (2008)"),
        ("s.2008", date(2015, 1, 1), "S10", "→ 2014-12-31", "s.2015 (2015)"),
        ("s.2020", date(2030, 1, 1), "S10", "→ 2029-12-31", ""),
        ("other", date(2000, 1, 1), "S09", "2001-01-01 →", ""),
    ],
)
def test_an_edition_out_of_force_says_since_or_until_when_and_which_applies_instead(
    name: str, day: date, code: str, edge: str, instead: str
) -> None:
    found = refused(name, day)

    assert (code, instead) == (found.code, found.allowed)
    assert edge in found.found


@pytest.mark.parametrize(("lang", "words"), [("zh", "标准已废止"), ("en", "no longer in force")])
def test_it_is_said_in_both_languages(lang: Any, words: str) -> None:
    assert words in describe(refused("s.2008", date(2015, 1, 1)), lang)


days = st.dates(date(2000, 1, 1), date(2035, 1, 1))


@given(days, st.sampled_from(["s.2008", "s.2015", "s.2020"]))
def test_the_edition_found_is_itself_in_force(day: date, asked: str) -> None:
    found = edition_on(CHAIN, asked, day)

    if found is not None:
        assert found == in_force(CHAIN, found.id, day)


# in packs and in the registry


def edition(year: int, replaces: str = "", since: str = "") -> str:
    """A file with an edition of the small standard."""
    keys = f"in_force = {since or f'{year}-01-01'}\n" if since != "-" else ""
    keys += f'replaces = "{replaces}"\n' if replaces else ""
    text = STANDARD.replace('id = "small.community"', f'id = "small.community-{year}"').replace('"2020"', f'"{year}"')
    return text.replace("[[award]]", f"{keys}[[award]]", 1) + 'fact = "renovated_old_estate"\n'


def installed(install: Install, *found: str) -> Registry:
    """A registry with a plugin of these editions."""
    files = {"jurisdiction.toml": JURISDICTION, **{f"edition-{n}.toml": text for n, text in enumerate(found)}}
    install("small", "from duibiao.api import Pack\nplugin = Pack(__name__)\n", files=files)
    return Registry()


def test_the_registry_finds_the_edition_of_a_day(install: Install) -> None:
    registry = installed(install, edition(2008), edition(2015, "small.community-2008"))

    found = [registry.edition("small.community-2015", date(year, 6, 1)) for year in (2010, 2016)]

    assert ["small.community-2008", "small.community-2015"] == found
    assert {"2008", "2015"} == {registry.standard(each).header.edition for each in found}


def test_the_registry_says_when_no_edition_is_in_force(install: Install) -> None:
    registry = installed(install, edition(2008))

    with pytest.raises(BadInputError) as early:
        registry.edition("small.community-2008", date(2001, 1, 1))
    with pytest.raises(BadInputError) as unknown:
        registry.edition("small.community-2009", date(2011, 1, 1))

    assert ("S09", "DB070") == (early.value.problems[0].code, unknown.value.problems[0].code)


def test_a_newer_edition_can_inherit_from_the_one_it_replaces(install: Install) -> None:
    newer = edition(2015, "small.community-2008").replace("[[award]]", 'extends = "small.community-2008"\n\n[[award]]', 1)
    registry = installed(install, edition(2008), newer)

    assert ["it"] == [each.id for each in registry.standard("small.community-2015").indicators()]
    assert registry.program("small.community-2015")


@pytest.mark.parametrize(
    ("found", "code", "said"),
    [
        ((edition(2015, "small.community-2007"),), "DB037", "small.community-2007"),
        ((edition(2015, "small.community-2015"),), "S11", "small.community-2015 → small.community-2015"),
        ((edition(2008, "small.community-2015"), edition(2015, "small.community-2008")), "S11", "small.community-2008 → "),
        ((edition(2008), edition(2015, "small.community-2008", since="-")), "S12", "in_force > 2008-01-01"),
        ((edition(2008), edition(2015, "small.community-2008", since="2008-01-01")), "S12", "2008-01-01"),
    ],
)
def test_what_a_pack_says_wrongly_of_its_editions_is_found(
    run: Run, pack: WritePack, found: tuple[str, ...], code: str, said: str
) -> None:
    folder = pack(files={f"edition-{n}.toml": text for n, text in enumerate(found)})
    (folder / "community.toml").unlink()

    result = run("check", folder)

    assert 1 == result.code
    assert code in result.out + result.err
    assert said in result.out + result.err


# periods


def test_a_question_of_a_day_is_about_the_facts_of_its_year() -> None:
    assert ("2012", "2013") == (period_of(date(2012, 12, 31)), period_of(date(2013, 1, 1)))


@pytest.mark.parametrize(("day", "period"), [(date(2012, 6, 30), "2011"), (date(2014, 1, 1), "2013"), (date(2010, 1, 1), None)])
def test_the_newest_recorded_period_of_a_day_is_never_a_later_one(day: date, period: str | None) -> None:
    assert period == latest_period(["2013", "2011", "上半年", "²"], day)
