"""The tutorial is run as a reader would: its files written, its commands typed, its output compared."""

from __future__ import annotations

from pathlib import Path

import pages
import pytest
import walk

from duibiao.registry import Registry
from duibiao.testing import checks_for

TUTORIAL = pages.text("docs/tutorial.md")


def test_the_tutorial_prints_what_it_shows() -> None:
    kept, fresh = walk.fresh("docs/tutorial.md")

    assert fresh == kept


def test_the_tutorial_takes_the_whole_way() -> None:
    verbs = [line.split()[1] for line in walk.commands(TUTORIAL) if line.startswith("duibiao ")]

    assert ["new", "check", "facts", "test", "show", "assess"] == list(dict.fromkeys(verbs))


def test_the_pack_of_the_tutorial_conforms_when_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    walk.output(["duibiao", "new", "duibiao-yunhu"], tmp_path)
    for block in walk.blocks(TUTORIAL):
        if block.verb:
            walk.write(block.verb, Path(block.path), block.text)

    with walk.installs() as site:
        walk.install(Path("duibiao-yunhu"), site)
        failures = [failure for check in checks_for(Registry(), "yunhu") for failure in check.run()]

    assert [] == failures


def test_nothing_stays_installed_after_a_page() -> None:
    walk.fresh("docs/tutorial.md")

    assert "yunhu" not in [plugin.name for plugin in Registry().plugins]


def test_a_command_that_no_page_should_use_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not known here"):
        walk.output(["rm", "-r", "."], tmp_path)
