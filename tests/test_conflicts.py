"""Points by several levels at the command line: beside each other, reasoned, and two people who give others at one time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import MakeOffice
from offices import FACT, UNITS, Office

CODE = UNITS[0][0]
NAME = "small-2012-0001"
APPLY = 'id = "apply"\ntitle = "申报"\nlevel = "街镇"\nrequires = "score >= 6"'
NAMING = 'id = "naming"\ntitle = "命名"\nlevel = "省"\nrequires = "score >= 6"\ngrants = ["demonstration"]'
LEVELS = 'levels = ["街镇", "市", "省"]\ndeciding = "省"'
MAIN = "import sys; from duibiao.cli import main; sys.exit(main(sys.argv[1:]))"
WHY = ("--reason", "现场查看", "--approver", "考评组")


@pytest.fixture
def scored(office: MakeOffice) -> Office:
    """A case of eight points, with three levels that score."""
    made = office(APPLY, NAMING, levels=LEVELS)
    made.ok("fact", "set", CODE, f"{FACT}=80", "--period", 2012)
    made.ok("case", "open", CODE, "small.community", "--date", "2012-03-01")
    return made


@pytest.fixture
def two(scored: Office) -> Office:
    """The same office with a second person, 李."""
    scored.ok("operator", "add", "li", "--name", "李", "--role", "single")
    return scored


def give(office: Office, level: str, points: str, *args: object) -> str:
    """Points that a level gives."""
    return office.ok("case", "score", NAME, level, f"reach={points}", *WHY, *args)


# beside each other


def test_the_levels_stand_beside_each_other_with_differences_and_the_deciding_one_marked(scored: Office) -> None:
    give(scored, "街镇", "9")
    give(scored, "市", "7")
    give(scored, "省", "6")
    told = scored.ok("case", "score", NAME)
    found = scored.json("case", "score", NAME)
    (row, total) = found["rows"]

    assert ("省", {"街镇": "9", "市": "7", "省": "6"}, "3", "6") == (
        found["deciding"], row["points"], row["spread"], row["deciding"],
    )  # fmt: skip
    assert total["points"] == row["points"]
    assert "省（定）" in told
    assert "9*" in told
    assert "* reach 街镇: 现场查看 批准: 考评组" in told
    assert "spread" in scored.ok("case", "score", NAME, "--lang", "en")


def test_a_guard_reads_the_points_of_its_own_level(scored: Office) -> None:
    give(scored, "省", "5")
    scored.ok("case", "move", NAME, "--date", "2012-03-02")
    assert "得分 5，应为 ≥ 6" in scored.no("case", "move", NAME, "--date", "2012-03-03")
    give(scored, "省", "6")
    scored.ok("case", "move", NAME, "--date", "2012-03-03")


def test_points_taken_back_leave_the_computed_ones(scored: Office) -> None:
    give(scored, "街镇", "5")
    scored.ok("case", "score", NAME, "街镇", "reach=")
    assert "8" == scored.json("case", "score", NAME)["rows"][0]["points"]["街镇"]


def test_points_like_the_computed_ones_need_no_reason_and_others_need_reason_and_approver(scored: Office) -> None:
    scored.ok("case", "score", NAME, "街镇", "reach=8")
    before = scored.entries()
    found = scored.no("case", "score", NAME, "街镇", "reach=7", code=2)
    assert "--reason: E_REASON" in found
    assert "--approver: E_REASON" in found
    assert "--approver: E_REASON" in scored.no("case", "score", NAME, "街镇", "reach=7", "--reason", "查看", code=2)
    assert before == scored.entries()


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("街镇", "reach=11"), "S03"), (("街镇", "reach=-1"), "S03"), (("街镇", "reach=1.0001"), "S04"),
        (("街镇", "reech=1"), "S02"), (("街镇", "reech="), "S02"), (("区", "reach=1"), "E_LEVEL"), (("街镇", "reach"), "E_PAIR"),
        (("街镇", "reach=1", "reach=2"), "DB009"), (("街镇", "reach=好"), "DB"), (("街镇", "reach=50%"), "DB052"),
    ],
)  # fmt: skip
def test_points_that_cannot_be_are_refused_with_what_can(scored: Office, args: tuple[str, ...], code: str) -> None:
    before = scored.entries()
    assert code in scored.no("case", "score", NAME, *args, *WHY, code=2)
    assert before == scored.entries()


def test_a_standard_without_points_says_so(demo: Office) -> None:
    assert "这个标准不打分" in demo.ok("case", "score", "qingpu-2011-0001")
    assert "S01" in demo.no("case", "score", "qingpu-2011-0001", "街镇", "green-coverage=1", *WHY, code=2)


# two at one time


def test_what_somebody_else_gave_is_not_replaced_in_silence(two: Office) -> None:
    give(two, "省", "7")
    before = two.entries()
    found = two.no("case", "score", NAME, "省", "reach=6", *WHY, "--as", "li", code=2)

    assert "reach\n  原值  （没有）  版本 0\n  对方  7  版本 1" in found
    assert "  您的  6\n" in found
    assert "E_CONFLICT 他人已修改此项，您的内容未丢失：reach" in found
    assert f"duibiao case score {NAME} 省 --drop-draft" in found
    assert f"duibiao case score {NAME} 省 --base 1" in found
    assert before == two.entries()
    assert f"※ 省有没保存的给分：duibiao case score {NAME} 省 --base …" in two.ok("case", "show", NAME, "--as", "li")
    assert "没保存的给分" not in two.ok("case", "show", NAME, "--as", two.json("operator", "list")[1]["id"])


def test_the_draft_is_saved_on_their_version_with_its_reason(two: Office) -> None:
    give(two, "省", "7")
    two.no("case", "score", NAME, "省", "reach=6", *WHY, "--as", "li", code=2)
    two.ok("case", "score", NAME, "省", "--base", 1, "--as", "li")
    (row, _) = two.json("case", "score", NAME)["rows"]

    assert ("6", "现场查看", "考评组") == (row["points"]["省"], row["given"]["省"]["reason"], row["given"]["省"]["approver"])
    assert "U14" in two.no("case", "score", NAME, "省", "--drop-draft", "--as", "li", code=2)


def test_the_draft_can_be_given_up(two: Office) -> None:
    give(two, "省", "7")
    two.no("case", "score", NAME, "省", "reach=6", *WHY, "--as", "li", "--lang", "en", code=2)
    assert "草稿已放弃" in two.ok("case", "score", NAME, "省", "--drop-draft", "--as", "li")
    assert "7" == two.json("case", "score", NAME)["rows"][0]["points"]["省"]
    assert "U14" in two.no("case", "score", NAME, "省", "--base", 1, "--as", "li", code=2)


def test_a_version_that_stands_no_more_is_told_with_what_it_was(two: Office) -> None:
    give(two, "省", "7")
    give(two, "省", "9", "--base", 1, "--as", "li")
    found = two.no("case", "score", NAME, "省", "reach=6", *WHY, "--base", 1, "--lang", "en", code=2)
    assert "was     7  version 1\n  theirs  9  version 2  李 " in found
    assert "because: 现场查看" in found
    assert "Three ways on" in found


def test_two_on_different_indicators_or_levels_never_meet(two: Office) -> None:
    give(two, "街镇", "9")
    give(two, "省", "6", "--as", "li")
    assert {"街镇": "9", "市": None, "省": "6"} == two.json("case", "score", NAME)["rows"][0]["points"]


def typed(office: Office, *args: str) -> subprocess.Popen[str]:
    """The command line as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(office.folder).parents[1] / "site-0"), "PYTHONUTF8": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, "case", "score", NAME, *args], env=environment, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_of_two_processes_that_edit_one_score_the_second_is_told_and_loses_nothing(two: Office) -> None:
    first, second = (
        typed(two, "省", f"reach={points}", *WHY, "--base", "0", "--as", who)
        for points, who in (("7", two.json("operator", "list")[1]["id"]), ("6", "li"))
    )
    ended = [(each.communicate(timeout=60), each.returncode) for each in (first, second)]
    (saved,) = [out for (out, _), code in ended if code == 0]
    (told,) = [err for (_, err), code in ended if code == 2]

    stands = two.json("case", "score", NAME)["rows"][0]["points"]["省"]
    lost = "6" if stands == "7" else "7"
    assert f"总分 {stands}" in saved
    assert f"对方  {stands}  版本 1" in told
    assert f"您的  {lost}" in told
    who = "li" if lost == "6" else two.json("operator", "list")[1]["id"]
    two.ok("case", "score", NAME, "省", "--base", 1, "--as", who)
    assert lost == two.json("case", "score", NAME)["rows"][0]["points"]["省"]
