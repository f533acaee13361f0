"""What packs write for the program is said in words, in both languages; places, kinds and counts as well."""

from __future__ import annotations

import re

import pytest

from duibiao.registry import Registry
from duibiao.services.phrasing import Phrases
from duibiao.services.place_words import holder_words, kind_word, level_word
from duibiao.services.telling import Teller
from duibiao.wording import many

WUJIN = "jiangsu.wujin.community"
NATION = "national.community"
RAW = re.compile(r"\b(?:gate|award|met|points|has|holds|count|lowest|events|previous|round)\(|[=!]=|>=|<=")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry()


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ('settlement_type == "urban"', "城乡类型为 城镇社区", "Urban or rural is Urban community"),
        ('settlement_type != "urban"', "城乡类型不为 城镇社区", "Urban or rural is not Urban community"),
        ("households >= 300", "居民户数 ≥ 300", "Households ≥ 300"),
        ("households / residents >= 10%", "居民户数 ÷ 居民人数 ≥ 10%", "Households ÷ Residents ≥ 10%"),
        (
            "has(property_arrangements, maintenance_station)",
            "物业管理形式含 房屋维修站",
            "Property management arrangements with House maintenance station",
        ),
        (
            "new_facility and not new_facility_accepted",
            "新建服务设施，且不是（新建设施验收达标）",
            "New facility and not (New facility accepted)",
        ),
        (
            "(households > 1 or residents > 1) and new_facility",
            "（居民户数 > 1，或居民人数 > 1），且新建服务设施",
            "(Households > 1 or Residents > 1) and New facility",
        ),
        ("households - residents", "居民户数 − 居民人数", "Households − Residents"),
        ("previous(households) < households", "居民户数（上一期） < 居民户数", "Households (period before) < Households"),
        ("known_or(households, 5) <= 5", "居民户数（未知按 5） ≤ 5", "Households (5 if unknown) ≤ 5"),
        ("between(households, 10, 20)", "居民户数 10 – 20", "Households 10 – 20"),
        ("max(households, 3) > 2", "居民户数、3 中最大的 > 2", "greatest of Households, 3 > 2"),
        (
            'round(households / 3, "1", "half_up") == 40',
            "（居民户数 ÷ 3）（按 1 四舍五入） = 40",
            "(Households ÷ 3) (rounded half up to 1) = 40",
        ),
        (
            "households if new_facility else 2",
            "若 新建服务设施 则 居民户数，否则 2",
            "if New facility then Households, otherwise 2",
        ),
        ("score >= 90", "得分 ≥ 90", "score ≥ 90"),
    ],
)  # fmt: skip
def test_an_expression_is_said_in_words(registry: Registry, text: str, zh: str, en: str) -> None:
    assert (zh, en) == tuple(Phrases(registry.vocabulary, lang).expression(text) for lang in ("zh", "en"))  # type: ignore[arg-type]


def test_gates_titles_and_indicators_are_called_by_their_titles_where_the_standard_is_known(registry: Registry) -> None:
    standard, words = registry.standard(NATION), Phrases(registry.vocabulary, "zh")

    assert "关口“申报资格”通过" == words.result('gate("eligible")', standard)
    assert "关口“eligible”通过" == words.expression('gate("eligible")')
    assert "gate “Eligible to apply” passed" == Phrases(registry.vocabulary, "en").result('gate("eligible")', standard)


def test_what_is_no_expression_stays_as_it_is(registry: Registry) -> None:
    assert "一 二 (" == Phrases(registry.vocabulary, "zh").expression("一 二 (")


def test_no_expression_of_a_bundled_standard_is_shown_raw(registry: Registry) -> None:
    for lang in ("zh", "en"):
        for name in registry.headers:
            standard, words = registry.standard(name), Phrases(registry.vocabulary, lang)  # type: ignore[arg-type]
            told = [
                words.result(each.requires, standard)
                for each in (*standard.awards, *standard.gates, *standard.stages)
                if each.requires
            ]
            told += [words.rule(leaf) for leaf in standard.indicators()]
            assert [] == [each for each in told if RAW.search(each)]


def test_levels_and_kinds_have_english_words_and_keep_what_is_not_known() -> None:
    assert ("township", "township, province", "省", "未知") == (
        level_word("街镇", "en"), holder_words("街镇 省", "en"), level_word("省", "zh"), level_word("未知", "en"),
    )  # fmt: skip
    assert ("community", "居委会") == (kind_word("居委会", "en"), kind_word("居委会", "zh"))


def test_every_level_and_kind_that_rules_know_has_an_english_word() -> None:
    from duibiao.model.process import LEVELS
    from duibiao.rules.context import KINDS
    from duibiao.services import place_words

    assert set(LEVELS) == set(place_words.LEVELS)
    assert set(KINDS) == set(place_words.KINDS)


def test_one_is_one() -> None:
    assert ["1 unit", "0 units", "1,200 units", "1 entry", "2 entries"] == [
        many(1, "unit"), many(0, "unit"), many(1200, "unit"), many("1", "entry", "entries"), many(2, "entry", "entries"),
    ]  # fmt: skip


def test_entries_of_the_journal_call_stages_and_titles_by_their_names(registry: Registry) -> None:
    standard = registry.standard(WUJIN)
    moved = {
        "case_id": "c", "outcome": "passed", "note": "", "holder": "区", "leaves": [{"stage": "self-check"}],
        "enters": [{"stage": "acceptance"}],
    }  # fmt: skip
    changed = {"case_id": "c", "award": "demonstration", "state": "revoked", "reason": ""}
    zh, en = (Teller(Phrases(registry.vocabulary, lang), {}, {"c": standard}) for lang in ("zh", "en"))  # type: ignore[arg-type]

    assert "自查申报 通过，进入 验收命名，由“区”办理" == zh.tell("case.moved", moved)
    assert "now with district" in en.tell("case.moved", moved)
    assert "self-check" not in en.tell("case.moved", moved)
    assert "变更为 已撤销" in zh.tell("award.changed", changed)
    assert "self-check 通过" in Teller(zh.phrases, {}).tell("case.moved", moved), "a standard that is not installed"
