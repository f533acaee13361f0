"""``duibiao check``: everything wrong with a pack or a file in one run, each fault once, with its file and line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Run, WriteFacts, WritePack

JURISDICTION = """\
[[jurisdiction]]
id = "small"
title = "小区"

[[document]]
id = "示例〔2020〕1号"
title = "示例文件"
clause = [{ id = "一", title = "环境" }]

[[fact]]
id = "other.trees"                      # DB042
title = "树"
kind = "count"
"""

HEAD = """\
[standard]
id = "small.NAME"
edition = "2020"
title = "示范社区"
jurisdiction = "small"
document = "示例〔2020〕1号"
unit_kinds = ["居委会"]

"""

COMMUNITY = """\
[[award]]                               # DB007
id = "demonstration"
clause = "一"

[[criterion]]
id = "environment"
title = "环境"
clause = "一"

  [[criterion.indicator]]
  id = "a"
  title = "甲"
  titel = "甲"                          # DB006
  fact = "renovated_old_estate"

  [[criterion.indicator]]
  id = "b"
  title = 5                             # DB008
  fact = "renovated_old_estate"

  [[criterion.indicator]]
  id = "c"
  title = "丙"
  fact = "green_covrage"                # DB010
  at_least = "25%"

  [[criterion.indicator]]
  id = "d"
  title = "丁"
  clause = "九"                         # DB011
  fact = "renovated_old_estate"

  [[criterion.indicator]]
  id = "e"
  title = "戊"
  rule = "registered_volunteers / residents >= 10%"   # DB023

  [[criterion.indicator]]
  id = "f"
  title = "己"
  fact = "residents"
  at_least = 3
  only_for = ["居委"]                   # DB031
"""

BANDS = """\
[scoring]
method = "points"
total = 5

[[criterion]]
id = "environment"
title = "环境"
clause = "一"

  [[criterion.indicator]]
  id = "a"
  title = "甲"
  fact = "green_coverage"
  points = 5
  bands = [{ at_least = "90%", points = 5 }, { less_than = "80%", points = 0 }]   # DB014
"""

EXAMPLES = """\
[[example]]
id = "too-green"
standard = "small.bands"
unit = { name = "甲", kind = "居委会" }
as_of = 2020-01-01
facts = { green_coverage = "123%" }     # DB024
expect = { others = "met" }
"""

MANY = {
    "jurisdiction.toml": JURISDICTION,
    "community.toml": HEAD.replace("NAME", "community") + COMMUNITY,
    "bands.toml": HEAD.replace("NAME", "bands") + BANDS,
    "examples/bands.toml": EXAMPLES,
}


def marked(files: dict[str, str]) -> set[tuple[str, int, str]]:
    """The faults that comments in the files announce: file, line, code."""
    return {
        (f"small/{name}", number, line.rpartition("# ")[2])
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if "# DB" in line
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_ten_different_mistakes_are_ten_problems_in_one_run(run: Run, pack: WritePack, lang: str) -> None:
    found = run("--lang", lang, "check", pack(files=MANY))
    *lines, last = found.out.splitlines()
    assert 10 == len(lines)
    assert {f"{file}:{line}: {code}" for file, line, code in marked(MANY)} == {line[: line.index(" DB") + 6] for line in lines}
    assert ("共 10 个问题。" if lang == "zh" else "10 problems.") in last
    assert (1, "") == (found.code, found.err)


def test_the_ten_mistakes_in_json(run: Run, pack: WritePack) -> None:
    found = run("check", pack(files=MANY), "--json")
    data = found.json
    assert marked(MANY) == {(each["file"], each["line"], each["code"]) for each in data["problems"]}
    assert (1, "pack", ["small.bands", "small.community"]) == (found.code, data["what"], sorted(data["standards"]))
    assert "green_coverage" in {each["nearest"] for each in data["problems"]}


def test_a_file_that_cannot_be_parsed_does_not_hide_the_others(run: Run, pack: WritePack) -> None:
    found = run("check", pack(files={**MANY, "broken.toml": "[standard\n"}))
    lines = found.out.splitlines()
    assert 11 == len(lines[:-1])
    assert any(line.startswith("small/broken.toml:1:10: DB004 ") for line in lines)


def test_a_pack_without_faults_says_so(run: Run, pack: WritePack) -> None:
    found = run("check", pack())
    assert 0 == found.code
    assert "✓ 没有问题" in found.out
    assert "1 个标准" in found.out


def codes(run: Run, folder: Path) -> list[tuple[str, str, int]]:
    return [(each["code"], each["file"], each["line"]) for each in run("check", folder, "--json").json["problems"]]


def line_of(folder: Path, name: str, text: str) -> int:
    """The line of *name* on which *text* begins."""
    return (folder / name).read_text("utf-8").partition(text)[0].count("\n") + 1


CRITERION = """\
[[criterion]]
id = "environment"
title = "环境"
clause = "一"
"""
TWO = """
[[criterion.indicator]]
id = "a"
title = "甲"
fact = "renovated_old_estate"
points = 5

[[criterion.indicator]]
id = "b"
title = "乙"
fact = "renovated_old_estate"
points = 5
"""


def scored(pack: WritePack, *, total: int, points: int, award: str = "score >= 5") -> Path:
    """A pack of two indicators of 5 points each, with the totals and the award given."""
    scoring = f'[scoring]\nmethod = "points"\ntotal = {total}\n\n'
    won = f'[[award]]\nid = "x"\ntitle = "称号"\nclause = "一"\nrequires = "{award}"\n\n'
    text = HEAD.replace("NAME", "community") + scoring + won + CRITERION + f"points = {points}\n" + TWO
    return pack(files={"community.toml": text})


def test_points_that_do_not_add_up_are_located_at_the_declared_total(run: Run, pack: WritePack) -> None:
    folder = scored(pack, total=11, points=10)
    assert [("DB012", "small/community.toml", line_of(folder, "community.toml", "total = "))] == codes(run, folder)
    assert "写的是：11；可以是：10" in run("check", folder).out


def test_points_of_a_criterion_that_do_not_add_up_are_located_there(run: Run, pack: WritePack) -> None:
    folder = scored(pack, total=10, points=9)
    assert [("DB012", "small/community.toml", line_of(folder, "community.toml", "points = 9"))] == codes(run, folder)


def test_an_award_nobody_can_win_is_a_fault(run: Run, pack: WritePack) -> None:
    folder = scored(pack, total=10, points=10, award="score > 10")
    assert [("DB016", "small/community.toml", line_of(folder, "community.toml", "requires"))] == codes(run, folder)


def test_a_clause_nobody_encodes_is_a_fault(run: Run, pack: WritePack) -> None:
    text = JURISDICTION.partition("[[fact]]")[0].replace('title = "环境" }', 'title = "环境" }, { id = "二", title = "其他" }')
    folder = pack(files={"jurisdiction.toml": text})
    assert ["DB028"] == [code for code, _, _ in codes(run, folder)]
    assert "示例〔2020〕1号 二" in run("check", folder).out


def test_a_clause_left_as_text_on_purpose_is_none(run: Run, pack: WritePack) -> None:
    text = JURISDICTION.partition("[[fact]]")[0].replace('title = "环境" }', 'title = "环境" }, { id = "二", title = "其他" }')
    left = '[[not_encoded]]\ndocument = "示例〔2020〕1号"\nclauses = ["二"]\nreason = "总则"\n'
    assert [] == codes(run, pack(files={"jurisdiction.toml": text + left}))


def test_a_misspelt_topic_of_a_criterion_is_one_fault(run: Run, pack: WritePack) -> None:
    text = HEAD.replace("NAME", "community") + CRITERION + 'topic = "enviroment"\n' + TWO.replace("points = 5\n", "")
    folder = pack(files={"community.toml": text})
    assert [("DB026", "small/community.toml", line_of(folder, "community.toml", "topic"))] == codes(run, folder)


def test_a_misspelt_document_of_a_standard_is_one_fault(run: Run, pack: WritePack) -> None:
    head = HEAD.replace("NAME", "community").replace("〔2020〕1号", "〔2020〕2号")
    folder = pack(files={"community.toml": head + CRITERION + TWO.replace("points = 5\n", "")})
    found = [each for each in codes(run, folder) if each[1] == "small/community.toml"]
    assert [("DB027", "small/community.toml", line_of(folder, "community.toml", "document"))] == found


def test_a_misspelt_key_of_the_jurisdiction_is_not_blamed_on_the_standard(run: Run, pack: WritePack) -> None:
    text = JURISDICTION.partition("[[fact]]")[0].replace('title = "小区"\n', 'title = "小区"\ncod = "310118"\n')
    folder = pack(files={"jurisdiction.toml": text})
    assert [("DB006", "small/jurisdiction.toml", 4)] == codes(run, folder)


def test_a_threshold_outside_its_range_is_answered_in_the_facts_own_unit(run: Run, pack: WritePack) -> None:
    found = run("check", pack({"fact": "green_coverage", "at_least": "125%"}))
    assert "DB024" in found.out
    assert "写的是：125%；可以是：0% … 100%" in found.out


def test_a_folder_without_a_pack_is_told_so(run: Run, tmp_path: Path) -> None:
    found = run("check", tmp_path)
    assert 1 == found.code
    assert "DB075 这不是一个包" in found.out


def test_a_missing_path_is_bad_use(run: Run, tmp_path: Path) -> None:
    found = run("check", tmp_path / "nowhere")
    assert 2 == found.code
    assert "/nowhere: DB001 找不到" in found.err


def test_one_standard_of_a_pack_is_checked_with_what_stands_beside_it(run: Run, pack: WritePack) -> None:
    folder = pack(files=MANY)
    data = run("check", folder / "bands.toml", "--json").json
    assert ("standard", ["small.bands"]) == (data["what"], data["standards"])
    assert ["DB014"] == [each["code"] for each in data["problems"]]


def test_a_standard_on_its_own_is_checked_as_far_as_that_goes(run: Run, facts: WriteFacts) -> None:
    text = HEAD.replace("NAME", "bands") + BANDS
    found = run("check", facts(text, "bands.toml"), "--json").json["problems"]
    assert [("DB014", text.partition("bands = [")[0].count("\n") + 1)] == [(each["code"], each["line"]) for each in found]


def test_a_sound_facts_file_passes(run: Run, facts: WriteFacts) -> None:
    found = run("check", facts('[unit]\nkind = "居委会"\n\n[facts]\ngreen_coverage = "16%"\n'))
    assert 0 == found.code
    assert "✓ 没有问题" in found.out


@pytest.mark.parametrize("name", ["facts.toml", "facts.json", "facts.csv"])
def test_a_faulty_facts_file_is_code_one_not_two(run: Run, facts: WriteFacts, name: str) -> None:
    text = {
        "facts.toml": '[unit]\nkind = "居委会"\n\n[facts]\ngreen_coverage = "101%"\n',
        "facts.json": '{ "unit": { "kind": "居委会" }, "facts": { "green_coverage": "101%" } }',
        "facts.csv": "类型,green_coverage\n居委会,101%\n",
    }[name]
    found = run("check", facts(text, name), "--json")
    assert (1, "facts") == (found.code, found.json["what"])
    assert ["DB024"] == [each["code"] for each in found.json["problems"]]


def test_a_pack_that_takes_the_id_of_an_installed_standard_is_at_fault(run: Run, pack: WritePack, tmp_path: Path) -> None:
    folder = pack(files={"community.toml": HEAD.replace("small.NAME", "shanghai.qingpu.committee") + CRITERION})
    assert {"DB042", "DB062"} == {code for code, _, _ in codes(run, folder)}


@pytest.mark.parametrize("plugin", ["national", "jiangsu", "shanghai", "daxinganling"])
def test_the_bundled_packs_have_no_faults(run: Run, plugin: str) -> None:
    folder = Path(__file__).parents[1] / "plugins" / plugin
    data = run("check", folder, "--json").json
    assert [] == data["problems"]
    assert data["examples"] > 0


def test_the_conformance_command_passes_a_sound_pack_with_an_example(run: Run, pack: WritePack) -> None:
    example = """\
[[example]]
id = "renovated"
title = "已改造"
standard = "small.community"
unit = { name = "甲", kind = "居委会" }
as_of = 2020-01-01
facts = { renovated_old_estate = true }
expect = { awards = { demonstration = "held" }, others = "met" }
"""
    found = run("test", pack(files={"examples/community.toml": example}), "--json")
    assert 0 == found.code
    assert all(each["passed"] for each in found.json)


def test_the_conformance_command_names_the_example_that_comes_out_differently(run: Run, pack: WritePack) -> None:
    example = """\
[[example]]
id = "renovated"
standard = "small.community"
unit = { name = "甲", kind = "居委会" }
as_of = 2020-01-01
facts = { renovated_old_estate = false }
expect = { others = "met" }
"""
    found = run("test", pack(files={"examples/community.toml": example}))
    assert 1 == found.code
    assert "small/examples/community.toml:1 renovated: DB065 it：应为 met，得到 not_met" in found.out
