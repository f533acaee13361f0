"""Formats of the workspace: one that was published stays as it was, and whatever one of them made comes to the newest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from harness.upgrades import PUBLISHED, published
from workspaces import plain

from duibiao.services import lists
from duibiao.services.lists import UnitsAsked
from duibiao.services.office import open_office
from duibiao.store import schema
from duibiao.store.schema import STEPS

DIGESTS = {
    1: "9879e8d918d06e20e9063d0caffe461358790e6103a5902c8686d84fc7aa6f29",
    2: "dceefa04aad7c98c162f6cb80101ca8f829d1b181a7c7d6472fe6fa4d25c0a4c",
    3: "61bf02aa0211474df4f6f1038d14cbce51c9d405a39c4226aa7ecad9c194966b",
}
"""Of the statements of each. Workspaces out there have them: what has to be otherwise is a further step."""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a workspace is made, with a profile of its own."""
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    return tmp_path / "office"


@pytest.mark.parametrize("version", PUBLISHED)
def test_a_published_step_is_not_changed(version: int) -> None:
    (step,) = (each for each in STEPS if each.version == version)

    assert DIGESTS[version] == hashlib.sha256("\n;\n".join(step.statements).encode()).hexdigest()


@pytest.mark.parametrize("version", PUBLISHED)
def test_the_units_of_every_published_format_are_listed_by_name(office: Path, version: int) -> None:
    published(office, version)

    with open_office(str(office), clock_ok=True):
        listed(office)


def test_a_workspace_that_had_the_ends_of_the_third_format_in_the_second_is_brought_up_to_date(office: Path) -> None:
    published(office, 2)
    with plain(office) as tool:
        for statement in STEPS[2].statements:
            tool.execute(statement)

    with open_office(str(office), clock_ok=True) as space:
        assert {"W_UPGRADED"} == {each.code for each in space.notes}
        assert schema.VERSION == space.value("PRAGMA user_version")
        listed(office)


def listed(folder: Path) -> None:
    """By name, from both ends, the same units are there."""
    found = []
    for down in (False, True):
        listing = lists.units(folder, UnitsAsked(order="name", down=down))
        listing.begin()
        found.append(listing.keys())
        listing.close()
    assert found[0]
    assert found[0] == found[1][::-1]
