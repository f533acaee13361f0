"""Who may do what with a case: roles, levels, territories, nobody judging their own work; every refusal is in the journal."""

from __future__ import annotations

import pytest
from conftest import MakeOffice
from offices import FACT, UNITS, Office

CODE = UNITS[0][0]
NAME = "small-2012-0001"
APPLY = 'id = "apply"\ntitle = "申报"\nlevel = "街镇"\ndocuments = ["申报表"]'
REVIEW = 'id = "review"\ntitle = "审核"\nlevel = "区"'
NAMING = 'id = "naming"\ntitle = "命名"\nlevel = "省"\ngrants = ["demonstration"]\nnext = ["care"]'
CARE = 'id = "care"\ntitle = "动态管理"\nlevel = "区"\nsupervises = true'
PEOPLE = (
    ("clerk", "clerk", "街镇", ""), ("checker", "checker", "街镇", ""), ("both", "clerk head", "街镇", ""),
    ("town", "head", "街镇", ""), ("district", "head", "区", ""), ("province", "head", "省", ""),
    ("elsewhere", "single", "街镇 区 省", "32"), ("auditor", "auditor", "街镇", ""),
)  # fmt: skip


@pytest.fixture
def staffed(office: MakeOffice) -> Office:
    """A case that a town's clerk opened, in an office with people of every role."""
    made = office(APPLY, REVIEW, NAMING, CARE)
    for name, roles, levels, territory in PEOPLE:
        words = [word for role in roles.split() for word in ("--role", role)]
        words += [word for level in levels.split() for word in ("--level", level)]
        made.ok("operator", "add", name, "--name", name, *words, "--territory", territory)
    made.ok("fact", "set", CODE, f"{FACT}=80", "--period", 2012, "--as", "clerk")
    made.ok("case", "open", CODE, "small.community", "--date", "2012-03-01", "--as", "clerk")
    made.ok("case", "paper", NAME, "申报表", "--date", "2012-03-02", "--as", "clerk")
    return made


def refused(office: Office, code: str, who: str, *args: object) -> str:
    """A command that is refused: nothing but the refusal is in the journal, with who and why."""
    before, stands = office.entries(), office.case(NAME)
    told = office.no(*args, "--as", who, code=2)
    last = office.last()

    assert code in told
    assert (before + 1, "refused", who, code) == (last["seq"], last["kind"], last["actor"], last["data"]["code"])
    assert stands == office.case(NAME)
    return told


def test_a_case_goes_up_through_the_hands_of_each_level(staffed: Office) -> None:
    staffed.ok("case", "check", NAME, "--as", "checker")
    staffed.ok("case", "move", NAME, "--date", "2012-03-05", "--as", "town")
    staffed.ok("case", "move", NAME, "--date", "2012-03-06", "--as", "district")
    staffed.ok("case", "move", NAME, "--date", "2012-03-07", "--certificate", "示1号", "--as", "province")

    assert ("named", "区") == tuple(staffed.case(NAME)[key] for key in ("status", "holder"))
    assert ["town", "district", "province"] == [each["by"] for each in staffed.case(NAME)["steps"] if each["by"]]
    assert "复核 checker" in staffed.ok("case", "show", NAME)


def test_a_level_that_handed_the_case_on_cannot_move_it(staffed: Office) -> None:
    staffed.ok("case", "move", NAME, "--date", "2012-03-05", "--as", "town")
    told = refused(staffed, "E_NOT_HOLDER", "town", "case", "move", NAME, "--date", "2012-03-06")
    assert f"案件 {NAME} 已报送，现由“区”一级办理；未作改动" in told
    refused(staffed, "E_NOT_HOLDER", "clerk", "case", "opinion", NAME, "某局")
    refused(staffed, "E_NOT_HOLDER", "clerk", "fact", "set", CODE, f"{FACT}=90", "--period", 2012)
    assert "was handed over and is now with level 区" in staffed.no(
        "case", "move", NAME, "--date", "2012-03-06", "--as", "town", "--lang", "en", code=2
    )


@pytest.mark.parametrize("who", ["clerk", "checker", "auditor"])
def test_only_a_head_decides(staffed: Office, who: str) -> None:
    assert "无此权限" in refused(staffed, "E_PERM", who, "case", "move", NAME, "--date", "2012-03-05")


@pytest.mark.parametrize(
    "args",
    [
        ("withdraw", NAME, "--reason", "x"), ("reject", NAME, "--reason", "x"), ("paper", NAME, "申报表"),
        ("object", NAME, "--who", "甲", "--text", "乙"), ("find", NAME, "--text", "x"), ("task", NAME, "局", "事"),
    ],
)  # fmt: skip
def test_an_auditor_changes_nothing(staffed: Office, args: tuple[str, ...]) -> None:
    refused(staffed, "E_PERM", "auditor", "case", *args)


def test_a_checker_returns_but_does_not_decide(staffed: Office) -> None:
    staffed.ok("case", "move", NAME, "--date", "2012-03-05", "--as", "town")
    staffed.ok("operator", "change", "checker", "--level", "区")
    staffed.ok("case", "return", NAME, "--to", "apply", "--reason", "有误", "--date", "2012-03-06", "--as", "checker")
    assert ["apply"] == staffed.stages(NAME)


def test_nobody_checks_or_approves_what_they_entered(staffed: Office) -> None:
    staffed.ok("fact", "set", CODE, "residents=400", "--period", 2012, "--as", "both")
    told = refused(staffed, "E_SELF_CHECK", "both", "case", "move", NAME, "--date", "2012-03-05")
    assert "不能复核或批准本人经办的内容（both）" in told
    refused(staffed, "E_SELF_CHECK", "both", "case", "check", NAME)


def test_whoever_checked_a_stage_does_not_approve_it(staffed: Office) -> None:
    staffed.ok("case", "check", NAME, "--as", "town")
    refused(staffed, "E_SELF_CHECK", "town", "case", "move", NAME, "--date", "2012-03-05")


@pytest.mark.parametrize(
    "args",
    [("move", NAME, "--date", "2012-03-05"), ("paper", NAME, "申报表"), ("object", NAME, "--who", "甲", "--text", "乙"),
     ("score", NAME, "街镇", "reach=8")],
)  # fmt: skip
def test_a_unit_of_another_territory_is_left_alone(staffed: Office, args: tuple[str, ...]) -> None:
    assert "不在您的辖区（32）内" in refused(staffed, "E_TERRITORY", "elsewhere", "case", *args)


def test_nobody_gives_the_points_of_another_level(staffed: Office) -> None:
    why = ("--reason", "x", "--approver", "y")
    told = refused(staffed, "E_OTHER_LEVEL", "clerk", "case", "score", NAME, "省", "reach=9", *why)
    assert "这一步由“省”一级办理，不在您的级别之内" in told
    staffed.ok("case", "score", NAME, "街镇", "reach=9", *why, "--as", "clerk")


def test_a_stranger_is_told_who_there_is(staffed: Office) -> None:
    before = staffed.entries()
    assert "E_PERSON" in staffed.no("case", "move", NAME, "--as", "nobody", code=2)
    assert before == staffed.entries()


def test_a_sample_is_drawn_at_the_level_that_checks(office: MakeOffice) -> None:
    made = office('id = "check"\ntitle = "抽查"\nlevel = "市"\nsampling = { share = "50%" }', REVIEW)
    made.ok("operator", "add", "town", "--name", "镇", "--role", "head", "--level", "街镇")
    made.ok("case", "open", CODE, "small.community", "--date", "2012-03-01")
    draw = ("round", "sample", "small.community-2012", "check", "--seed", "1")
    assert "E_OTHER_LEVEL" in made.no(*draw, "--as", "town", code=2)
    assert ("refused", "town") == (made.last()["kind"], made.last()["actor"])
    made.ok(*draw)


def test_of_two_stages_at_two_levels_each_is_passed_by_its_own(office: MakeOffice) -> None:
    first = 'id = "apply"\ntitle = "申报"\nnext = ["notice", "review"]'
    notice = 'id = "notice"\ntitle = "公示"\nlevel = "街镇"\nnext = ["naming"]'
    made = office(first, notice, REVIEW + '\nnext = ["naming"]', NAMING, CARE)
    made.ok("operator", "add", "town", "--name", "镇", "--role", "head", "--level", "街镇")
    made.ok("case", "open", CODE, "small.community", "--date", "2012-03-01")
    made.ok("case", "move", NAME, "--date", "2012-03-02")
    assert "街镇 区" == made.case(NAME)["holder"]
    assert "E_NOT_HOLDER" in made.no("case", "move", NAME, "--stage", "review", "--as", "town", code=2)
    made.ok("case", "move", NAME, "--stage", "notice", "--date", "2012-03-03", "--as", "town")
