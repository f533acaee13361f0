"""What a pack says wrongly of its process is found when it is loaded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tomli
from small_processes import faults, process, stage

import duibiao

if TYPE_CHECKING:
    from conftest import WritePack


# what a pack may say


@pytest.mark.parametrize(
    ("keys", "code", "place"),
    [
        ('level = "县"', "DB018", "level"),
        ('late = "maybe"', "DB018", "late"),
        ('grants = ["nothing"]', "DB037", "grants[0]"),
        ("records = { nothing_known = true }", "DB010", "records.nothing_known"),
        ("records = { self_check_done = 5 }", "DB008", "records.self_check_done"),
        ('records = { local_notice = ["on_the_moon"] }', "DB018", "records.local_notice.on_the_moon"),
        ('records = { local_notice = { street_phone = "电话" } }', "DB008", "records.local_notice.street_phone"),
        ('records = { premises_area = { paper = "表" } }', "DB008", "records.premises_area"),
        ('notice = { records = { self_check_done = "objections" } }', "DB008", "notice.records.self_check_done"),
        ('notice = { place = ["居委会"] }', "DB006", "notice.place"),
        ('notice = { days = "5" }', "DB008", "notice.days"),
        ("notice = { days = 0 }", "DB024", "notice.days"),
        ('sampling = { share = "20" }', "DB052", "sampling.share"),
        ('sampling = { share = "0%" }', "DB024", "sampling.share"),
        ('sampling = { share = "20%", count = 3 }', "DB039", "sampling"),
        ('sampling = { count = 3, round = "off" }', "DB018", "sampling.round"),
        ('window = { closes = "30 Sep" }', "DB077", "window.closes"),
        ('window = { closes = "02-30" }', "DB077", "window.closes"),
        ('window = { closes = "09-30", exceptions = [{ closes = "11-15" }] }', "DB077", "window.exceptions[0].year"),
        (
            'window = { closes = "09-30", exceptions = [{ year = 2015, closes = "11-31" }] }',
            "DB077",
            "window.exceptions[0].closes",
        ),
        ('window = { until = "09-30" }', "DB077", "window.until"),
        ("opens = 2012-06-02\ncloses = 2012-06-01", "DB077", "closes"),
        ('next = ["one"]', "DB076", "next"),
    ],
)
def test_what_a_stage_says_wrongly_is_found_when_the_pack_is_loaded(pack: WritePack, keys: str, code: str, place: str) -> None:
    assert (code, f"stage[0].{place}") in faults(process(pack, stage("one", keys)))


def test_a_renewal_time_or_re_check_that_cannot_be_read_is_found(pack: WritePack) -> None:
    found = faults(process(pack, stage("one"), award='renew_before = "soon"\nrecheck = { share = "x" }'))
    assert ["award[0].recheck.share", "award[0].renew_before"] == sorted(place for _, place in found)


def test_stages_that_lead_in_a_circle_are_refused(pack: WritePack) -> None:
    found = faults(process(pack, stage("one"), stage("two", 'next = ["three"]'), stage("three", 'next = ["two"]')))
    assert [("DB076", "stage[1].next")] == found


def test_every_code_of_the_workflow_has_its_words_and_every_one_that_has_words_is_used() -> None:
    core = Path(duibiao.__file__).parent
    worded = {each["code"] for each in tomli.loads(core.joinpath("problems.toml").read_text("utf-8"))["problem"]}
    used = {code for path in core.rglob("*.py") for code in re.findall(r"\bWF\d{2}\b", path.read_text("utf-8"))}
    assert used == {code for code in worded if code.startswith("WF")}
