"""Titles at the command line: validity, keeping, rectifying, revoking, cancelling, expiry, renewal, re-checks, and who may."""

from __future__ import annotations

import pytest
from conftest import MakeOffice
from offices import FACT, UNITS, Office

NAMING = 'id = "naming"\ntitle = "命名"\nlevel = "省"\ngrants = ["demonstration"]\nnext = ["care"]'
CARE = 'id = "care"\ntitle = "动态管理"\nlevel = "区"\nsupervises = true'
LASTS = (
    'validity = "36 months"\nrenew_before = "6 months"\nrectify_within = "2 months"\nrecheck = { share = "50%", round = "up" }'
)
NAME = "small-2012-0001"
DAY = ("--date", "2012-06-01")


def named(office: Office, units: int = 1) -> Office:
    """The office with so many communities named on 1 June 2012."""
    for number, (code, _) in enumerate(UNITS[:units], 1):
        office.ok("fact", "set", code, f"{FACT}=80", "--period", 2012)
        office.ok("case", "open", code, "small.community", "--date", "2012-03-01")
        office.ok("case", "move", f"small-2012-{number:04}", "--certificate", f"示{number}号", *DAY)
    return office


@pytest.fixture
def titled(office: MakeOffice) -> Office:
    """One community with a title of three years."""
    return named(office(NAMING, CARE, award=LASTS))


def state(office: Office, day: str) -> list[str]:
    """The states of the titles as they stand on a day."""
    return [each["state"] for each in office.json("award", "list", "--date", day)]


def test_a_title_lasts_to_the_same_day_so_many_months_on_and_has_expired_the_day_after(titled: Office) -> None:
    (title,) = titled.json("award", "list", "--date", "2012-06-01")
    assert ("2012-06-01", "2015-06-01", "示1号") == (title["since"], title["until"], title["certificate"])
    assert (["valid"], ["expired"]) == (state(titled, "2015-06-01"), state(titled, "2015-06-02"))
    assert "至 2015-06-01 已到期" in titled.ok("case", "show", NAME, "--date", "2015-06-02")
    assert "至 2015-06-01 有效" in titled.ok("case", "show", NAME, "--date", "2015-06-01")


def test_a_title_is_not_there_before_it_was_given(titled: Office) -> None:
    assert ([], ["valid"]) == (state(titled, "2012-05-31"), state(titled, "2012-06-01"))


def test_the_list_tells_the_titles_by_unit_and_narrows_them(titled: Office) -> None:
    told = titled.ok("award", "list", "--date", "2014-12-02")
    assert "示范社区  small.community  1 个" in told
    assert "有效，可续期" in told
    assert "可续期" not in titled.ok("award", "list", "--date", "2014-11-30")
    assert "valid, renewable" in titled.ok("award", "list", "--date", "2014-12-02", "--lang", "en")
    assert [] == titled.json("award", "list", "--under", "32")
    assert [] == titled.json("award", "list", "--state", "revoked")
    assert "E_STATUS" in titled.no("award", "list", "--state", "gone", code=2)
    assert "DB" in titled.no("award", "list", "--standard", "small.comunity", code=2)


def test_it_expires_on_record_only_after_its_last_day(titled: Office) -> None:
    assert "WF41 称号还没有到期" in titled.no("award", "expire", NAME, "--date", "2015-06-01")
    titled.ok("award", "expire", NAME, "--date", "2015-06-02")
    assert "expired" == titled.case(NAME)["status"]


def test_it_is_renewed_in_its_last_months_and_loses_nothing_by_asking_early(titled: Office) -> None:
    early = titled.no("award", "renew", NAME, "--date", "2014-11-30")
    assert "WF42 不在可以续期的时间内" in early
    assert "可以是 2014-12-01 … 2015-06-01" in early
    assert "WF42" in titled.no("award", "renew", NAME, "--date", "2015-06-02")
    assert "有效，至 2018-06-01" in titled.ok("award", "renew", NAME, "--certificate", "示1续", "--date", "2015-01-10")

    assert [("2012-06-01", "renewed", "示1号"), ("2015-06-02", "valid", "示1续")] == [
        (each["since"], each["state"], each["certificate"]) for each in titled.case(NAME)["titles"]
    ]
    assert "named" == titled.case(NAME)["status"]
    assert (["valid"], ["renewed"]) == (state(titled, "2015-01-09"), state(titled, "2015-01-10"))


def test_a_title_without_end_neither_expires_nor_is_renewed(office: MakeOffice) -> None:
    made = named(office(NAMING, CARE))
    assert "WF43" in made.no("award", "renew", NAME, "--date", "2020-06-01")
    assert "WF41" in made.no("award", "expire", NAME, "--date", "2020-06-01")
    assert ["valid"] == state(made, "2026-06-01")


def test_rectification_is_ordered_with_a_reason_due_in_time_and_kept_once_mended(titled: Office) -> None:
    assert "WF31" in titled.no("award", "rectify", NAME, "--reason", " ", "--date", "2013-05-02")
    titled.ok("award", "rectify", NAME, "--reason", "复查不合格", "--text", "用房被占", "--date", "2013-05-02")

    assert "rectify" == titled.case(NAME)["status"]
    assert "问题 1：用房被占  [未整改，限 2013-07-02]" in titled.ok("case", "show", NAME)
    found = titled.no("award", "keep", NAME, "--date", "2013-06-01")
    assert "WF16 有问题没有整改到位：示范社区，第 1 号：用房被占，限 2013-07-02" in found
    assert f"→ duibiao case mend {NAME} 1 --measure 措施" in found
    assert "WF40" in titled.no("award", "rectify", NAME, "--reason", "再改", "--date", "2013-06-01")
    titled.ok("case", "mend", NAME, "1", "--measure", "已腾退", "--date", "2013-06-10")
    titled.ok("award", "keep", NAME, "--date", "2013-06-11")
    assert "named" == titled.case(NAME)["status"]
    assert (["valid"], ["rectifying"], ["valid"]) == (
        state(titled, "2013-05-01"), state(titled, "2013-05-02"), state(titled, "2013-06-11"),
    )  # fmt: skip


@pytest.mark.parametrize(("act", "after", "words"), [("revoke", "revoked", "已撤销"), ("cancel", "cancelled", "已注销")])
def test_revoking_and_cancelling_need_a_reason_and_end_the_title(titled: Office, act: str, after: str, words: str) -> None:
    assert "WF31" in titled.no("award", act, NAME, "--reason", "", "--date", "2013-05-02")
    assert "E_DAY" in titled.no("award", act, NAME, "--reason", "弄虚作假", "--date", "2012-05-31", code=2)
    assert words in titled.ok("award", act, NAME, "--reason", "弄虚作假", "--date", "2013-05-02")

    assert (after, [after]) == (titled.case(NAME)["status"], [each["state"] for each in titled.case(NAME)["titles"]])
    assert (["valid"], [after]) == (state(titled, "2013-05-01"), state(titled, "2013-05-02"))
    found = titled.no("award", "keep", NAME, "--date", "2013-05-03")
    assert f"WF40 称号现在的状态不能这样处理：示范社区，现在是{words}，可以是 整改中、有效" in found
    assert "WF21" in titled.no("case", "find", NAME, "--text", "晚了")


def test_a_case_without_title_or_one_of_another_name_is_said_to(titled: Office) -> None:
    assert "E_NO_TITLE" in titled.no("award", "keep", NAME, "--award", "model", code=2)
    titled.ok("case", "open", UNITS[1][0], "small.community", "--date", "2012-03-01")
    assert "E_NO_TITLE" in titled.no("award", "revoke", "small-2012-0002", "--reason", "x", code=2)
    titled.ok("award", "keep", NAME, "--award", "示范社区", "--date", "2013-01-01")


def test_holders_are_checked_again_by_a_sample_that_anybody_can_draw_again(office: MakeOffice) -> None:
    made = named(office(NAMING, CARE, award=LASTS), 5)
    args = ("award", "recheck", "small.community", "demonstration", "--date", "2013-06-01")
    drawn = made.ok(*args, "--seed", "甲")
    assert drawn == made.ok(*args, "--seed", "甲")
    assert "共 3 个" in drawn
    assert "share" in made.no(*args, "--seed", "甲", "--share", "20%", code=2)
    assert "E_NO_TITLE" in made.no("award", "recheck", "small.community", "model", "--seed", "甲", code=2)
    made.ok("award", "revoke", NAME, "--reason", "弄虚作假", "--date", "2013-05-02")
    assert UNITS[0][0] not in made.ok(*args, "--seed", "甲")
    assert "共 2 个" in made.ok(*args, "--seed", "甲")


def test_who_gave_the_title_takes_it_away_and_who_supervises_may_order_rectification(titled: Office) -> None:
    titled.ok("operator", "add", "town", "--name", "镇", "--role", "head", "--level", "街镇")
    titled.ok("operator", "add", "district", "--name", "区", "--role", "head", "--level", "区")
    titled.ok("operator", "add", "province", "--name", "省", "--role", "head", "--level", "省")
    reason = ("--reason", "弄虚作假", "--date", "2013-05-02")
    for who in ("town", "district"):
        found = titled.no("award", "revoke", NAME, *reason, "--as", who, code=2)
        assert "E_NOT_GIVER 称号 demonstration 由“省”一级办理；未作改动" in found
        assert ("refused", who) == (titled.last()["kind"], titled.last()["actor"])
    assert "E_NOT_GIVER" in titled.no("award", "rectify", NAME, *reason, "--as", "town", code=2)
    titled.ok("award", "rectify", NAME, *reason, "--as", "district")
    titled.ok("award", "revoke", NAME, *reason, "--as", "province")
    assert "revoked" == titled.case(NAME)["status"]
