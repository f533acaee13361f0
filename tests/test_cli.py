"""The commands that read: help and JSON everywhere, both languages, and what the standards' pages must show."""

from __future__ import annotations

import json
import re
from contextlib import redirect_stdout
from functools import cache
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pages  # noqa: F401 - finds the modules of the documentation
import pytest
import reference
import tomli

from duibiao import __version__
from duibiao.cli import main
from duibiao.registry import Registry

if TYPE_CHECKING:
    from conftest import Result, Run, WriteFacts

COMMANDS = [
    "tui", "demo", "standards", "show", "facts", "assess", "assess-all", "compare", "units", "workspace", "operator", "unit",
    "fact", "case", "round", "award", "target", "export", "ask", "journal", "plugins", "check", "test", "new", "explain",
]  # fmt: skip
EVERY_COMMAND = [" ".join(words) for words in reference.every_command() if words]
"""Commands, and those that the nouns among them consist of."""
LANGS = ["zh", "en"]
QINGPU = "shanghai.qingpu.committee"
WUJIN = "jiangsu.wujin.community"
STANDARDS = [
    "daxinganling.county", "daxinganling.prefecture", "daxinganling.station", "daxinganling.town",
    "jiangsu.wujin.community", "jiangsu.wujin.premises-2020", "jiangsu.yixing.city",
    "national.community", "national.district", "national.street",
    "shanghai.qingpu.committee", "shanghai.qingpu.street",
]  # fmt: skip
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CORE = files("duibiao")


def leaf(answer: Any, name: str) -> Any:
    return next(each for group in answer["criteria"] for each in group["indicators"] if each["id"] == name)


def test_the_version_is_printed(run: Run) -> None:
    assert f"duibiao {__version__}\n" == run("--version").out


@pytest.mark.parametrize(("lang", "title"), [("zh", "命令"), ("en", "Commands")])
def test_the_help_lists_every_command(run: Run, lang: str, title: str) -> None:
    found = run("--lang", lang, "--help")
    assert 0 == found.code
    listed = [line.split()[0] for line in found.out.partition(f"\n{title}\n")[2].splitlines() if re.match(r"  \w", line)]
    assert COMMANDS == listed


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_command_has_help_in_chinese(run: Run, command: str) -> None:
    found = run(*command.split(), "--help")
    assert 0 == found.code
    assert found.out.startswith(f"用法：duibiao {command}")
    assert all(CHINESE.search(part) for part in found.out.split("\n\n")[:2])


OFFICIAL = re.compile("社区[, ]+街镇[, ]+区[, ]+市[, ]+省[, ]+国|居委会|村委会|街道|湖塘镇|代码|名称|类型|武进 新民")
"""Words that an English reader has to type, or meets in the data, as they are."""


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_command_has_help_in_english(run: Run, command: str) -> None:
    found = run("--lang", "en", *command.split(), "--help")
    assert found.out.startswith(f"Usage: duibiao {command}")
    assert [] == [line for line in found.out.splitlines() if CHINESE.search(OFFICIAL.sub("", line))]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_line_of_a_help_page_says_something(run: Run, command: str, lang: str) -> None:
    """Arguments are named in the usage and explained in the text, not listed with nothing behind them."""
    title = "选项" if lang == "zh" else "Options"
    options = run("--lang", lang, *command.split(), "--help").out.partition(f"\n{title}\n")[2].splitlines()
    assert [] == [line for line in options if re.match(r"  \S", line) and len(line.split()) < 2]


def test_no_arguments_print_the_help(run: Run) -> None:
    assert run("--help").out.rstrip() == run().out.rstrip()


@pytest.mark.parametrize("place", [("--lang", "en", "plugins"), ("plugins", "--lang", "en"), ("plugins", "--lang=en")])
def test_the_language_may_stand_anywhere(run: Run, place: tuple[str, ...]) -> None:
    assert "✓ ok" in run(*place).out


def test_the_environment_may_set_the_language(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    chinese = run("plugins").out
    monkeypatch.setenv("DUIBIAO_LANG", "en")
    assert ("✓ 正常" in chinese, "✓ ok" in run("plugins").out) == (True, True)


JSON = {
    "demo": ("demo",),
    "standards": ("standards",),
    "show": ("show", QINGPU),
    "facts": ("facts",),
    "topics": ("facts", "--topics"),
    "units": ("units", "shanghai.qingpu"),
    "count": ("units", "shanghai.qingpu", "--count"),
    "plugins": ("plugins",),
    "test": ("test", "shanghai"),
    "explain": ("explain", "DB012"),
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("args", JSON.values(), ids=JSON)
def test_every_reading_command_speaks_json(run: Run, args: tuple[str, ...], lang: str) -> None:
    found = run("--lang", lang, *args, "--json")
    assert (0, "") == (found.code, found.err)
    assert found.json


def test_the_plugins_are_listed_with_what_they_bring(run: Run) -> None:
    found = {each["name"]: each for each in run("plugins", "--json").json}
    assert {"daxinganling", "jiangsu", "national", "shanghai"} == set(found)
    assert {("ok", "duibiao", __version__)} == {(e["state"], e["distribution"], e["version"]) for e in found.values()}
    assert ["jiangsu.wujin", "jiangsu.yixing"] == sorted(found["jiangsu"]["jurisdictions"])


@pytest.mark.parametrize("lang", LANGS)
def test_the_standards_are_listed(run: Run, lang: str) -> None:
    found = run("--lang", lang, "standards")
    assert 0 == found.code
    assert STANDARDS == [line.split()[0] for line in found.out.splitlines() if re.match(r"[a-z]+\.", line)]


def test_the_list_of_standards_names_edition_document_and_plugin(run: Run) -> None:
    found = {each["id"]: each for each in run("standards", "--json").json}
    assert STANDARDS == sorted(found)
    mine = found[QINGPU]
    assert ("2011", "青民〔2011〕8号", "2011-02-28", "shanghai") == tuple(
        mine[key] for key in ("edition", "document", "in_force", "plugin")
    )


@cache
def page(standard: str) -> str:
    """The page of a standard, in Chinese."""
    with redirect_stdout(StringIO()) as out:
        assert 0 == main(["--lang", "zh", "show", standard])
    return out.getvalue()


@cache
def data(standard: str) -> Any:
    """The page of a standard for machines."""
    with redirect_stdout(StringIO()) as out:
        assert 0 == main(["--lang", "zh", "show", standard, "--json"])
    return json.loads(out.getvalue())


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_standard_has_a_page_in_both_languages(run: Run, standard: str) -> None:
    english = run("--lang", "en", "show", standard)
    assert (0, "") == (english.code, english.err)
    for shown in (page(standard), english.out):
        assert f"{standard}@" in shown[:300]


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_standard_has_a_page_for_machines(standard: str) -> None:
    assert (standard, 16) == (data(standard)["standard"], len(data(standard)["content_hash"]))
    indicators = [leaf for group in data(standard)["criteria"] for leaf in group["indicators"]]
    assert all(leaf["clause"] or leaf["assumed"] for leaf in indicators)


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_page_does_not_squeeze_its_words_into_columns_of_letters(standard: str) -> None:
    lines = [line.strip() for line in page(standard).splitlines()]
    threes = zip(lines, lines[1:], lines[2:], strict=False)
    assert [] == [three for three in threes if all(0 < len(line) <= 3 for line in three)]


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_page_names_the_gates_before_its_stages_as_people_call_them(standard: str) -> None:
    titles = {gate["id"]: gate["title"] for gate in data(standard)["gates"]}
    required = {name for stage in data(standard)["stages"] for name in re.findall(r'gate\("(.+?)"\)', stage["requires"])}
    stages = "".join(page(standard).partition("\n环节\n")[2].split())
    assert set() == {name for name in required if "".join(titles[name].split()) not in stages}


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_page_shows_what_every_form_asks(standard: str) -> None:
    """A label may be broken at the end of a line, so its first two characters stand for it."""
    labels = {field["label"] for form in data(standard)["forms"] for field in form["fields"]}
    assert set() == {label for label in labels if label[:2] not in page(standard)}


def test_the_page_of_qingpu_lists_its_ten_criteria() -> None:
    shown = page(QINGPU)
    titles = re.findall(r"^(\d+)\. (\S+)\s+四、创建标准\(([一二三四五六七八九十])\)", shown, re.MULTILINE)
    assert list("一二三四五六七八九十") == [clause for _, _, clause in titles]
    assert ("8", "社区环境整洁优美", "八") in titles


THRESHOLDS = {
    "party-group-coverage": ("党小组覆盖率≥100%", "二"),
    "contact-household-coverage": ("党员联系户覆盖率≥100%", "二"),
    "party-satisfaction": ("党组织满意率≥80%", "二"),
    "two-new-party-coverage": ("两新组织党建覆盖率≥100%；仅当两新组织数>0", "二"),
    "public-affairs-awareness": ("公共事务知晓率≥80%", "三"),
    "volunteer-share": ("注册志愿者人数÷居民人数≥15%", "四"),
    "resident-family-planning": ("居民计划生育率≥99%", "五"),
    "migrant-family-planning": ("外来人口计划生育率≥80%；仅当外来人口数>0", "五"),
    "public-parts-renovation": ("公用部位整治达标率≥90%", "八"),
    "bagged-rubbish": ("垃圾袋装化率≥95%", "八"),
    "green-land-ratio": ("绿化率≥30%", "八"),
    "green-coverage": ("绿化覆盖率≥25%；若改造后的老区：≥16%", "八"),
    "cobuilding-participation": ("共建参与率≥60%", "九"),
    "premises-area": ("办公和活动用房面积≥640m²；仅居委会", "十"),
}


@pytest.mark.parametrize("name", THRESHOLDS)
def test_qingpus_fourteen_thresholds_each_cite_their_clause(name: str) -> None:
    rule, clause = THRESHOLDS[name]
    found = leaf(data(QINGPU), name)
    assert (rule, f"四、创建标准({clause})") == ("".join(found["rule"].split()), found["clause"])


def test_qingpu_has_fourteen_thresholds_and_no_more() -> None:
    leaves = [each for group in data(QINGPU)["criteria"] for each in group["indicators"]]
    numeric = {each["id"] for each in leaves if "at_least" in each["condition"]}
    assert set(THRESHOLDS) == numeric


def test_the_page_of_qingpu_prints_thresholds_beside_their_clause() -> None:
    shown = page(QINGPU)
    for words in ("垃圾袋装化率 ≥ 95%", "共建参与率 ≥ 60%", "注册志愿者人数 ÷ 居民人数 ≥ 15%"):
        line = next(line for line in shown.splitlines() if words in line)
        assert "四、创建标准(" in line


def test_the_page_of_wujin_lists_eight_criteria_of_twelve_and_a_half_points() -> None:
    criteria = data(WUJIN)["criteria"]
    assert [f"三({number})" for number in "一二三四五六七八"] == [group["clause"] for group in criteria]
    assert {"12.5"} == {group["points"] for group in criteria}


def test_the_page_of_wujin_shows_the_line_of_ninety_and_that_points_are_assumed() -> None:
    assert re.search(r"省级和谐社区建设示范社区（村） +得分 ≥ 90，且关口“验收考核分达到命名线”通过", page(WUJIN))
    assert "«90分以上»" in page(WUJIN)
    assert "累计得分，满分 100" in page(WUJIN)
    assert "假定:附件1的百分评分表未公开" in "".join(page(WUJIN).split())


def test_the_page_of_wujin_shows_six_dated_targets() -> None:
    shown = page(WUJIN)
    found = [(each["by"], each["population"]["unit_kinds"], each["at_least"]) for each in data(WUJIN)["targets"]]
    assert [
        ("2012-12-31", ["居委会"], "75%"), ("2012-12-31", ["村委会"], "71%"), ("2013-12-31", ["居委会"], "83%"),
        ("2013-12-31", ["村委会"], "81%"), ("2014-12-31", ["居委会"], "98%"), ("2014-12-31", ["村委会"], "95%"),
    ] == found  # fmt: skip
    assert 6 == len(re.findall(r"^201[234]-12-31 .*≥ \d\d%", shown, re.MULTILINE))


QUOTAS = {"national.district": (100, 5), "national.street": (200, 30), "national.community": (500, 150)}


@pytest.mark.parametrize("standard", QUOTAS)
def test_the_national_standards_have_a_quota_and_a_ratio_of_recommendation(standard: str) -> None:
    quota, of = QUOTAS[standard]
    selections = {each["id"]: each for each in data(standard)["selections"]}
    assert (quota, True) == (selections["first-round"]["quota"], selections["first-round"]["upper_bound"])
    assert (1, of) == (selections["recommendation"]["ratio"]["take"], selections["recommendation"]["ratio"]["of"])
    shown = page(standard)
    assert re.search(rf" {quota} 个.*上限，宁缺勿滥", shown)
    assert re.search(rf" {of}:1.*上限，宁缺勿滥", shown)


TIERS = {
    "station-area": ("daxinganling.station", "办公和活动用房面积 ≥ 300 m²"),
    "town-area": ("daxinganling.town", "办公和活动用房面积 ≥ 500 m²"),
    "town-radius": ("daxinganling.town", "服务半径 约 1 公里"),
    "county-radius": ("daxinganling.county", "服务半径 约 2 公里"),
}


@pytest.mark.parametrize(("standard", "words"), TIERS.values(), ids=TIERS)
def test_daxinganling_has_three_tiers_of_service_premises(standard: str, words: str) -> None:
    line = next(line for line in page(standard).splitlines() if words in line)
    assert "(三)" in line


def test_daxinganling_has_dated_targets_from_2012_to_2015() -> None:
    targets = data("daxinganling.station")["targets"]
    dated = sorted((each["by"], each["at_least"]) for each in targets if each["by"] <= "2015-12-31")
    assert [
        ("2012-12-31", "100%"), ("2012-12-31", "100%"), ("2012-12-31", "100%"), ("2013-12-31", "40%"),
        ("2013-12-31", "70%"), ("2014-12-31", "100%"), ("2015-12-31", "100%"), ("2015-12-31", "100%"),
    ] == dated  # fmt: skip
    assert {"(二)"} == {each["clause"] for each in targets}


def test_facts_are_found_by_a_part_of_their_name_in_either_language(run: Run) -> None:
    for word in ("绿化覆盖", "green_cov", "Green cov"):
        assert ["green_coverage"] == [each["id"] for each in run("facts", word, "--json").json]


@pytest.mark.parametrize(("lang", "name"), [("zh", "绿化覆盖率"), ("en", "Green coverage")])
def test_facts_are_listed_with_name_kind_and_unit(run: Run, lang: str, name: str) -> None:
    line = next(line for line in run("--lang", lang, "facts").out.splitlines() if line.startswith("green_coverage"))
    assert ["green_coverage", *name.split(), "rate", "%"] == line.split()


def test_facts_can_be_limited_to_a_topic_and_to_a_standard(run: Run) -> None:
    topic = {each["topic"] for each in run("facts", "--topic", "environment", "--json").json}
    used = {each["id"] for each in run("facts", "--standard", QINGPU, "--json").json}
    assert {"environment"} == topic
    assert {"green_coverage", "renovated_old_estate", "shanghai.wide_participation"} <= used
    assert "service_radius" not in used


CODE = r"(?:(?:WF|TX|CO|[XUS])\d\d|[EW]_[A-Z]+(?:_[A-Z]+)*)"
"""A code of the later families, quoted in the source."""


@pytest.fixture(scope="module")
def catalogue() -> dict[str, dict[str, str]]:
    return {table["code"]: table for table in tomli.loads(CORE.joinpath("problems.toml").read_text("utf-8"))["problem"]}


def test_every_code_that_the_core_uses_is_explained_and_every_one_explained_is_used(
    catalogue: dict[str, dict[str, str]],
) -> None:
    texts = [path.read_text("utf-8") for path in Path(str(CORE)).rglob("*.py")]
    used = {code for text in texts for code in re.findall(r"\bDB\d{3}\b|(?<=\")" + CODE + r"(?=\")", text)}
    assert set() == used - set(catalogue)
    assert set() == set(catalogue) - used


@pytest.mark.parametrize("lang", LANGS)
def test_every_code_is_explained(run: Run, catalogue: dict[str, dict[str, str]], lang: str) -> None:
    for code, words in catalogue.items():
        found = run("--lang", lang, "explain", code.lower())
        title, remedy = (words[key] if lang == "zh" else words[f"{key}_en"] for key in ("title", "help"))
        title = re.sub(r"{\w+}", "…", title)
        assert (0, f"{code}  {title}\n\n{remedy}\n") == (found.code, found.out)
        assert bool(CHINESE.search(title + remedy)) == (lang == "zh") or lang == "en"


def test_english_explanations_are_english(catalogue: dict[str, dict[str, str]]) -> None:
    quoted = re.compile(r"居委会, 村委会, 街道, 镇|名称|中文|\"[^\"]*\"|(?:社区|街镇|区|市|省|国)(?= [a-z])")
    told = {code: OFFICIAL.sub("", quoted.sub("", words["title_en"] + words["help_en"])) for code, words in catalogue.items()}
    assert [] == [code for code, words in told.items() if CHINESE.search(words)]


@pytest.fixture
def demo(run: Run) -> Result:
    return run("demo")


def test_the_demo_walks_through_a_unit_of_every_plugin(demo: Result) -> None:
    assert 0 == demo.code
    assert {"daxinganling", "jiangsu", "national", "shanghai"} == set(re.findall(r"^── (\S+) ──", demo.out, re.MULTILINE))


def test_the_units_of_the_demo_are_real_and_marked_as_examples(demo: Result) -> None:
    named = re.findall(r"^(\S+) (\d{6,12})（(.+)）$", demo.out, re.MULTILINE)
    registry = Registry()
    register = {unit.code: unit for unit in registry.units(registry.jurisdictions["national"])}
    assert len(named) >= 4
    assert named == [(register[code].name, code, register[code].kind) for _, code, _ in named]
    assert len(named) == demo.out.count("※ 例子数据，不是真实情况")


def test_the_demo_explains_and_cites(demo: Result) -> None:
    assert len(re.findall(r"^── ", demo.out, re.MULTILINE)) == demo.out.count("\n为什么\n")
    assert "青民〔2011〕8号 四、创建标准(一)" in demo.out


def test_the_demo_shows_something_that_is_not_met(demo: Result) -> None:
    assert "没有达到" in demo.out
    assert re.search(r"办公和活动用房面积 399\.99 m².*≥ 400 m²", demo.out)


def test_the_demo_in_english(run: Run) -> None:
    found = run("--lang", "en", "demo")
    assert 0 == found.code
    assert "※ example facts, not real ones" in found.out


def test_the_full_demo_shows_every_indicator(run: Run, demo: Result) -> None:
    full = run("demo", "--full")
    assert 0 == full.code
    assert len(full.out) > 2 * len(demo.out)


def test_the_check_speaks_json(run: Run, facts: WriteFacts) -> None:
    found = run("check", facts('[unit]\nkind = "居委会"\n\n[facts]\n'), "--json").json
    assert {"what", "standards", "examples", "problems"} == set(found)


def test_a_blank_facts_file_is_complete_and_can_be_read(run: Run, facts: WriteFacts) -> None:
    blank = run("facts", "--standard", "shanghai.qingpu.committee", "--template").out
    filled = re.sub(r"(?m)^# (\S+ = )", r"\1", blank)
    units = run("assess", "shanghai.qingpu.committee", facts(filled), "--json").json["units"]
    assert [] == units[0]["unknown_facts"]
    assert "办公和活动用房面积" in blank


def test_the_options_of_a_few_items_are_listed(run: Run) -> None:
    assert "party_organisation 党组织" in run("facts", "basic_bodies").out


def test_a_part_of_a_jurisdictions_name_finds_it(run: Run) -> None:
    assert run("units", "wujin", "--count").out == run("units", "jiangsu.wujin", "--count").out
