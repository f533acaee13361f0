"""Finding units by words: whatever is found is what a plain reading of every name finds, in every order, walked or gathered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspaces import ME, OFFICE, Clock, plain

from duibiao.model.divisions import ancestors
from duibiao.registry import Registry
from duibiao.services import lists
from duibiao.services.lists import UnitsAsked
from duibiao.services.units import add_unit, import_register
from duibiao.store import unit_search, unit_views, views
from duibiao.store.events import pack_units
from duibiao.store.unit_search import Query
from duibiao.store.workspace import Workspace, create_workspace

WUJIN = "320412"
DIVISIONS = ("32", "33", "3201", "3304", "320101", "320102", "330401", "320101001", "320101100", "320102001", "330401200")
KINDS = ("居委会", "村委会")
NAMES = ("山", "水", "山水", "水山", "明", "a山", "明1", "b水", "中山", "zz")
Row = tuple[str, str, str, str]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """An open workspace without units."""
    with create_workspace(tmp_path / "direct", OFFICE, ME, Clock()) as made:
        yield made


def walks_first(patch: pytest.MonkeyPatch) -> None:
    """A search looks at every street before it decides, so that whatever can be found by walking is."""
    patch.setattr(unit_search, "SAMPLED", 1)


def gathers_only(patch: pytest.MonkeyPatch) -> None:
    """No walk along an order is long enough."""
    patch.setattr(unit_views, "WALK", 0)
    patch.setattr(unit_views, "GRAIN", 1)


def with_cases(folder: Path, units: Sequence[str]) -> None:
    """A case each time a unit is named."""
    with plain(folder) as tool:
        for number, unit in enumerate(units):
            tool.execute(
                "INSERT INTO cases VALUES (?, ?, 's', '', '', '', 2020, '', 'open', '', '', '', 1)", (f"c{number}", unit)
            )


def brought(space: Workspace, rows: Sequence[Row]) -> None:
    """Units imported, in this order."""
    with space.change(ME.id) as entry:
        data = {"object": space.objects.add(pack_units(iter(rows))), "rows": len(rows), "source": "register"}
        entry.append("units.imported", "office", data)


def some_units(random: Random) -> list[Row]:
    """Divisions, of which some are missing, and what lies in them, in any order."""
    codes = [code for code in DIVISIONS if random.random() < 0.8]
    codes += [f"{street}{number:03}" for street in DIVISIONS if len(street) == 9 for number in random.sample(range(300), 6)]
    random.shuffle(codes)
    return [row(code, random) for code in codes]


def row(code: str, random: Random) -> Row:
    """A unit with this code and any name."""
    name = random.choice(NAMES)
    initials = name.replace("山", "s").replace("水", "h").replace("明", "m").replace("中", "z")
    return code, name, random.choice(KINDS) if len(code) == 12 else "区", initials


def fits(unit: Row, words: Sequence[str], known: dict[str, Row]) -> bool:
    """Whether words find a unit, by reading what is there."""
    above = [known[code] for code in ancestors(unit[0]) if code in known]
    own = [says(unit, word) for word in words]
    return not words or (
        any(own) and all(mine or any(says(each, word) for each in above) for mine, word in zip(own, words, strict=True))
    )


def says(unit: Row, word: str) -> bool:
    """Whether a unit's own name, initials or code match a word."""
    code, name, _, initials = unit
    if word.isdigit():
        return code.startswith(word) or word in name
    return word in name or (word.isascii() and word.lower() in initials)


def in_order(found: Sequence[Row], asked: UnitsAsked, cases: dict[str, int]) -> list[str]:
    """Codes in the order asked for."""
    by = {
        "code": lambda each: each[0],
        "name": lambda each: (each[3], each[1], each[0]),
        "kind": lambda each: (each[2], each[0]),
        "cases": lambda each: (cases.get(each[0], 0), each[0]),
    }[asked.order]
    return [each[0] for each in sorted(found, key=by, reverse=asked.down)]


@pytest.mark.parametrize("walks", [True, False])
@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    words=st.lists(st.sampled_from(["山", "水", "明", "s", "H", "3201", "1", "山水", "没有"]), max_size=3),
    order=st.sampled_from(["code", "name", "kind", "cases"]),
    down=st.booleans(),
    under=st.sampled_from(["", "", "32", "320101"]),
    kinds=st.sampled_from([(), ("居委会",), KINDS]),
)
def test_words_find_in_every_order_what_reading_every_name_finds(
    walks: bool, seed: int, words: list[str], order: str, down: bool, under: str, kinds: tuple[str, ...]
) -> None:
    random = Random(seed)
    rows = some_units(random)
    renamed = [row(each[0], random) for each in rows if random.random() < 0.3]
    known = {each[0]: each for each in [*rows, *renamed]}
    cases = random.choices([*known], k=5)
    asked = UnitsAsked(text=" ".join(words), kinds=kinds, under=under, order=order, down=down)
    wanted = [each for each in known.values() if fits(each, words, known) and each[0].startswith(under)]
    wanted = [each for each in wanted if not kinds or each[2] in kinds]
    expected = in_order(wanted, asked, Counter(cases))

    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUIBIAO_STATE", f"{place}/state")
        patch.setattr(views, "FIRST", 5)
        (walks_first if walks else gathers_only)(patch)
        folder = Path(place, "office")
        with create_workspace(folder, OFFICE, ME, Clock()) as space:
            brought(space, rows)
            brought(space, renamed)
            assert len(wanted) == unit_search.count(space, Query.of(asked.text, under=under)) or kinds
        with_cases(folder, cases)
        listing = lists.units(folder, asked)
        listing.begin()
        assert expected[:5] == listing.keys()
        assert len(expected) == listing.build()
        assert expected == listing.view.keys(1000)
        listing.close()


def test_exact_names_come_first_then_names_that_begin_so(space: Workspace) -> None:
    for number, name in enumerate(["东新民村委会", "新民二村委会", "新民村委会"]):
        add_unit(space, "me", f"32041210020{number}", name)

    found = [each.unit.name for each in unit_search.search(space, Query.of("新民"))]

    assert ["新民村委会", "新民二村委会", "东新民村委会"] == found


def test_what_is_gathered_of_a_county_is_what_walking_through_it_meets(space: Workspace) -> None:
    import_register(space, Registry(), "me", [WUJIN])
    for text in ("镇 村", "湖塘 社区", "武进 ht", "常州 没有"):
        for order in ("code", "name", "kind", "cases"):
            asked, found = UnitsAsked(text=text, order=order), []
            for gathers in (False, True):
                with pytest.MonkeyPatch.context() as patch:
                    (gathers_only if gathers else walks_first)(patch)
                    listing = lists.units(space.folder, asked)
                    listing.begin()
                    found.append(listing.keys())
                    listing.close()
            assert found[0] == found[1]
            assert bool(found[0]) == (text != "常州 没有")


def test_a_search_that_is_closed_while_it_gathers_finds_nothing(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    import_register(space, Registry(), "me", [WUJIN])
    gathers_only(monkeypatch)
    listing = lists.units(space.folder, UnitsAsked(text="镇 村"))
    monkeypatch.setattr(unit_search, "gathered", lambda *args: listing.close() or original(*args))
    listing.begin()
    assert 0 == listing.count


original = unit_search.gathered
