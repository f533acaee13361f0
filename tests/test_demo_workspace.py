"""The demonstration's workspace: real units, example facts, cases at every stage, and what it says to try."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path

import pytest
from conftest import Run
from offices import Office, prove_sound, settle_in

from duibiao.registry import Registry
from duibiao.services.demo_office import SHOWS


def test_the_command_makes_it_says_what_to_try_and_all_of_that_works(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = settle_in(tmp_path / "office", run, monkeypatch)
    monkeypatch.delenv("DUIBIAO_WORKSPACE")
    told = made.ok("demo", "--workspace", made.folder)
    tries = [line.strip() for line in told.splitlines() if line.strip().startswith("duibiao ")]

    assert "※ 单位是真的，事实和办理情况都是例子" in told
    assert 8 == len(tries)
    for each in tries:
        assert made.ok(*each.split()[1:])
    assert "E_EXISTS" in made.no("demo", "--workspace", made.folder, code=2)


def test_the_journal_verifies_and_replays_to_the_tables(demo: Office) -> None:
    with demo.desk("demo", date(2012, 1, 1)) as desk:
        prove_sound(desk.space)
    assert "全部相符" in demo.ok("journal", "verify")


@pytest.mark.parametrize("show", [each for each in SHOWS if len(each.kinds[0]) != len("县级市")], ids=lambda each: each.standard)
def test_a_case_stands_at_every_stage_of_every_process_and_one_at_the_end(demo: Office, show: object) -> None:
    name = show.standard  # type: ignore[attr-defined]
    cases = demo.json("case", "list", "--standard", name)
    stages = {stage for each in cases for stage in each["stages"]}

    assert {stage.id for stage in Registry().standard(name).stages} == stages
    assert {"named", "closed"} & {each["status"] for each in cases}


def test_every_fact_is_marked_as_an_example_and_every_unit_is_in_the_register(demo: Office) -> None:
    known = {unit.code for unit in Registry().units(Registry().jurisdictions["jiangsu.wujin"])}
    cases = demo.json("case", "list", "--standard", "jiangsu.wujin.community")
    with demo.desk("demo", date(2012, 1, 1)) as desk:
        marks = desk.space.rows("SELECT DISTINCT example FROM fact")

    assert [{"example": 1}] == marks
    assert {each["unit"]["code"] for each in cases} <= known


def test_every_open_case_says_what_to_type_next_and_typing_it_helps(demo: Office) -> None:
    """A hint that names a whole command can be run as it stands; what is in its way grows fewer, or the case moves."""
    for each in demo.json("case", "list", "--status", "open"):
        name, day = each["id"], f"{each['year']}-12-20"
        told = demo.ok("case", "show", name, "--date", day)
        hints = [line.strip(" →") for line in told.splitlines() if line.strip().startswith("→ duibiao case paper")]
        passes = [line.partition("：")[2] for line in told.splitlines() if "可以通过：" in line]
        assert "→ " in told or passes, told
        before = len(demo.codes(name, day))
        for hint in hints:
            demo.ok(*shlex.split(hint)[1:], "--date", day)
        assert len(demo.codes(name, day)) < before or not hints
        for line in passes:
            demo.ok(*shlex.split(line)[1:], "--date", day)
