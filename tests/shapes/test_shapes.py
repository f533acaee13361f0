"""Every rule shape as one tiny pack: worked examples on, just under and just over each boundary."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duibiao.api import pack_in
from duibiao.registry import Candidate, Registry
from duibiao.testing import Check, checks_for

PACKS = Path(__file__).parent / "packs"

# A, B and C of the catalogue. B23 (parallel columns) and C10-C16 (quotas, targets) rest on many units and are tried elsewhere.
SHAPES = (
    *(f"a{number:02}" for number in range(1, 27)),
    *(f"b{number:02}" for number in range(1, 25) if number != 23),
    *(f"c{number:02}" for number in range(1, 10)),
)
STEMS = sorted(path.name.removesuffix(".examples.toml") for path in PACKS.glob("*.examples.toml"))


def gather(stem: str, folder: Path) -> Registry:
    """The pack of one shape put together in *folder*, in a registry of its own."""
    home = folder / "shapes"
    (home / "examples").mkdir(parents=True)
    for path in (PACKS / "jurisdiction.toml", *PACKS.glob(f"{stem}.*")):
        name = "examples/examples.toml" if path.name.endswith(".examples.toml") else path.name
        (home / name).write_bytes(path.read_bytes())
    pack = pack_in(home)
    return Registry([Candidate(pack.name, "-", "-", lambda: pack)])


def test_every_shape_of_the_catalogue_has_a_pack() -> None:
    assert [] == [shape for shape in SHAPES if shape not in STEMS]


@pytest.mark.parametrize("stem", STEMS)
def test_the_pack_of_a_shape_conforms(stem: str, tmp_path: Path) -> None:
    checks = checks_for(gather(stem, tmp_path), "shapes")
    failures = [f"{check.name}: {failure}" for check in checks for failure in check.run()]
    assert not failures, "\n".join(failures)
