"""Naming in batch, and what becomes of a title (D12–D15): certificates, validity, renewal, re-check, revoking."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from journeys import BlockedError
from small_processes import DAY, begin, process, stage

from duibiao.errors import BadInputError
from duibiao.workflow.case import Finding, Held, Status
from duibiao.workflow.engine import Move, applied
from duibiao.workflow.naming import certificates
from duibiao.workflow.sampling import sample_as
from duibiao.workflow.titles import changed, due, expired, hold, renewal, renewed, status_of, with_title

if TYPE_CHECKING:
    from conftest import WritePack


# D12 naming in batch, D13 validity, D14 re-check, D15 what becomes of a title


def test_d12_certificates_are_numbered_in_a_row() -> None:
    assert ("示〔2012〕007号", "示〔2012〕008号") == certificates("示〔{year}〕{n:03}号", 2012, 7, 2)
    assert ("2012-1", "2012-2") == certificates("{year}-{n}", 2012, 1, 2)


@pytest.mark.parametrize("pattern", ["示{year}号", "{n.__class__}{n}", "{0}{n}", "{n", " "])
def test_d12_a_pattern_that_would_repeat_or_reach_further_is_refused(pattern: str) -> None:
    with pytest.raises(BadInputError) as caught:
        certificates(pattern, 2012, 1, 2)
    assert ["WF46"] == [each.code for each in caught.value.problems]


def test_d12_naming_gives_the_title_with_its_certificate_and_last_day(pack: WritePack) -> None:
    journey = begin(process(pack, stage("one", 'grants = ["demonstration"]'), award='validity = "36 months"'))
    made = Move(stage="one", outcome="passed", day=DAY, leaves=(1,), grants=("demonstration",), finished=Status.NAMED)
    named = applied(journey.standard, journey.case, made, certificates={"demonstration": "示〔2012〕1号"})
    assert (Held("demonstration", DAY, date(2015, 6, 1), "示〔2012〕1号"),) == named.held


def test_d12_a_title_is_not_given_while_its_condition_is_not_met_or_open(pack: WritePack) -> None:
    source = process(pack, stage("one", 'grants = ["demonstration"]'))
    codes = [begin(source, met=met).codes("one", DAY) for met in (True, False, None)]
    assert [[], ["WF27"], ["WF28"]] == codes
    (block,) = begin(source, met=None).blocks("one", DAY)
    assert ("demonstration", ("renovated_old_estate",), "一") == (block.condition.id, block.condition.missing, block.cite.clause)


def award_of(pack: WritePack, keys: str) -> Any:
    return process(pack, stage("one"), award=keys).standard("small.community").awards[0]


def test_d13_validity_and_the_time_to_renew_follow_the_months_also_at_their_ends(pack: WritePack) -> None:
    award = award_of(pack, 'validity = "6 months"\nrenew_before = "3 months"')
    held = hold(award, date(2011, 8, 31), "1号")
    assert date(2012, 2, 29) == held.until
    found = [renewal(award, held, day) for day in (date(2011, 11, 28), date(2011, 11, 29), date(2012, 2, 29), date(2012, 3, 1))]
    assert [("early", 1), ("open", 92), ("open", 0), ("late", 1)] == [(each.state, each.days) for each in found]
    old, new = renewed(award, held, date(2012, 1, 5))
    assert ("renewed", date(2012, 3, 1), date(2012, 8, 29), "valid") == (old.state, new.since, new.until, new.state)
    for day in (date(2011, 11, 28), date(2012, 3, 1)):
        with pytest.raises(BlockedError) as caught:
            renewed(award, held, day)
        assert ["WF42"] == [each.code for each in caught.value.blocks]


def test_d13_a_title_expires_after_its_last_day_and_one_without_validity_never(pack: WritePack) -> None:
    award = award_of(pack, 'validity = "1 year"')
    held = hold(award, date(2012, 3, 1))
    assert ["valid", "expired"] == [expired(award, held, day).state for day in (date(2013, 3, 1), date(2013, 3, 2))]
    endless = hold(award_of(pack, ""), date(2012, 3, 1))
    assert (None, "valid") == (endless.until, expired(award, endless, date(2099, 1, 1)).state)


def test_d14_a_re_check_sample_is_rounded_up(pack: WritePack) -> None:
    award = award_of(pack, 'recheck = { share = "20%", round = "up" }')
    assert award.recheck is not None
    assert [1, 1, 2] == [len(sample_as(award.recheck, [str(n) for n in range(size)], seed="2015")) for size in (1, 5, 6)]


ALLOWED = {
    "valid": {"keep", "rectify", "revoke", "cancel", "expire", "renew"},
    "rectifying": {"keep", "revoke", "cancel", "expire"},
    "revoked": set[str](), "cancelled": set[str](), "expired": set[str](), "renewed": set[str](),
}  # fmt: skip


@pytest.mark.parametrize("state", ALLOWED)
@pytest.mark.parametrize("act", ["keep", "rectify", "revoke", "cancel", "expire", "renew"])
def test_d15_what_can_be_done_to_a_title_depends_on_its_state(pack: WritePack, state: str, act: str) -> None:
    award = award_of(pack, 'validity = "1 year"')
    held = Held("demonstration", date(2012, 1, 1), date(2013, 1, 1), "", state)
    day = date(2013, 1, 2) if act == "expire" else date(2012, 12, 1)
    try:
        after = changed(award, held, act, day, reason="动态管理").state
    except BlockedError as error:
        after = error.blocks[0].code
    follows = {"keep": "valid", "rectify": "rectifying", "revoke": "revoked", "cancel": "cancelled",
               "expire": "expired", "renew": "renewed"}  # fmt: skip
    assert after == (follows[act] if act in ALLOWED[state] else "WF40")


def test_d15_a_title_is_taken_away_only_with_a_reason_and_the_case_follows(pack: WritePack) -> None:
    award = award_of(pack, "")
    source = process(pack, stage("one", 'grants = ["demonstration"]'), stage("after", "supervises = true"))
    journey = begin(source)
    journey.go("one", DAY)
    (held,) = journey.case.held
    with pytest.raises(BlockedError) as caught:
        changed(award, held, "revoke", DAY)
    assert ["WF31"] == [each.code for each in caught.value.blocks]
    rectifying = with_title(journey.case, changed(award, held, "rectify", DAY, reason="环境脏乱"))
    revoked = with_title(rectifying, changed(award, rectifying.held[0], "revoke", DAY, reason="逾期未改"))
    assert [Status.NAMED, Status.RECTIFY, Status.REVOKED] == [each.status for each in (journey.case, rectifying, revoked)]
    assert Status.REVOKED is status_of(revoked)


def test_d15_a_title_in_rectification_is_kept_once_everything_found_is_mended(pack: WritePack) -> None:
    award = award_of(pack, 'rectify_within = "3 months"')
    held = Held("demonstration", DAY, None, "", "rectifying")
    finding = Finding("f1", "after", date(2012, 11, 30), "台账不全", due(award, date(2012, 11, 30)))
    with pytest.raises(BlockedError) as caught:
        changed(award, held, "keep", date(2013, 1, 1), findings=[finding])
    assert [("WF16", date(2013, 2, 28))] == [(each.code, each.day) for each in caught.value.blocks]
    mended = evolve(finding, settled=date(2013, 1, 1))
    assert "valid" == changed(award, held, "keep", date(2013, 1, 1), findings=[mended]).state
