"""Files and command lines that people get wrong: the place is named, what is allowed is said, nothing falls over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from duibiao.api import Criterion, Pack, hookimpl
from duibiao.errors import BadInputError
from duibiao.registry import Candidate, Registry

if TYPE_CHECKING:
    from conftest import Install, Run, WriteFacts, WritePack

QINGPU = "shanghai.qingpu.committee"
LANGS = ("zh", "en")
UNIT = '[unit]\nname = "甲"\nkind = "居委会"\n[facts]\n'
"""The first four lines of a facts file; what is wrong stands on the fifth."""
HEADER = "名称,类型,绿化覆盖率,premises_area\n"


@dataclass(frozen=True)
class Bad:
    """A file that cannot be used, and what must be said about it.

    Attributes:
        name: What is wrong, as a test id.
        content: The file.
        code: The problem's code.
        place: What follows the file's name: line, column.
        zh: What the 中文 message contains.
        en: What the English message contains.
    """

    name: str
    content: str | bytes
    code: str
    place: str
    zh: str
    en: str

    def __str__(self) -> str:
        return self.name


def same(word: str) -> tuple[str, str]:
    """What may be written instead, as both languages say it."""
    return f"可以是：{word}", f"allowed: {word}"


def meant(word: str) -> tuple[str, str]:
    return f"是不是想写：{word}？", f"did you mean: {word}?"


RANGE, NUMBER = same("0% … 100%"), same("number")
TOO_DEEP = "文件太大、太长或嵌套太深", "too large, too long or nested too deeply"
NOT_FINITE = "nan 和 inf 不是数", "nan and inf are no numbers"
MARKED = "字节顺序标记（BOM），或是 UTF-16", "byte order mark, or is UTF-16"
QUOTES = "中文键要加引号", "A Chinese key needs quotes"
EMPTY = "文件是空的", "The file is empty"

TOML = (
    Bad("wrong-type", UNIT + "renovated_old_estate = 3\n", "DB008", ":5", *same("true, false, 是, 否")),
    Bad("list-for-a-number", UNIT + "residents = [1]\n", "DB008", ":5", *NUMBER),
    Bad("unknown-fact", UNIT + 'green_covrage = "16%"\n', "DB010", ":5", *meant("green_coverage")),
    Bad("unknown-chinese-fact", UNIT + '"绿化复盖率" = "16%"\n', "DB010", ":5", *meant("绿化覆盖率")),
    Bad("same-fact-by-two-names", UNIT + 'residents = 3\n"居民人数" = 4\n', "DB009", ":6", "重复", "twice"),
    Bad("unknown-unit-kind", '[unit]\nname = "甲"\nkind = "居委"\n', "DB031", ":3", *meant("居委会")),
    Bad("rate-over-100", UNIT + 'green_coverage = "101%"\n', "DB024", ":5", *RANGE),
    Bad("rate-without-percent", UNIT + "green_coverage = 16\n", "DB052", ":5", *same("16%")),
    Bad("text-rate-without-percent", UNIT + 'green_coverage = "16"\n', "DB052", ":5", *same("16%")),
    Bad("negative-area", UNIT + 'premises_area = "-5 m2"\n', "DB024", ":5", *same("0 m² … 1000000 m²")),
    Bad("foreign-unit", UNIT + 'premises_area = "5 km"\n', "DB017", ":5", *same("m2")),
    Bad("finer-than-the-step", UNIT + 'premises_area = "5.001 m2"\n', "DB025", ":5", *same("0.01")),
    Bad("no-such-date", "as_of = 2011-02-30\n" + UNIT, "DB033", ":1", *same("2012-11-15")),
    Bad("no-such-date-as-text", UNIT + 'application_date = "2011-02-30"\n', "DB033", ":5", *same("2012-11-15")),
    Bad("empty", "", "DB047", "", *EMPTY),
    Bad("only-blanks", " \n\n", "DB047", "", *EMPTY),
    Bad("no-unit", "as_of = 2011-02-28\n", "DB051", "", "没有任何单位", "has no unit"),
    Bad("not-utf8", b"[unit]\nname = '\xff\x80\x81'\n", "DB048", ":2", "不是 UTF-8 文本", "not UTF-8 text"),
    Bad("gbk", UNIT.encode("gbk"), "DB002", ":2", "需要 UTF-8", "UTF-8 is needed"),
    Bad("byte-order-mark", b"\xef\xbb\xbf" + UNIT.encode(), "DB003", ":1", *MARKED),
    Bad("utf16", UNIT.encode("utf-16"), "DB003", ":1", *MARKED),
    Bad("utf16-without-mark", UNIT.encode("utf-16-le"), "DB003", "", *MARKED),
    Bad("chinese-bare-key", UNIT + '绿化覆盖率 = "16%"\n', "DB032", ":5", *QUOTES),
    Bad("chinese-bare-header", '[unit]\nkind = "居委会"\n[事实]\n', "DB032", ":3", *QUOTES),
    Bad("chinese-punctuation", UNIT + "green_coverage = “16%”\n", "DB049", ":5", "用了中文标点", "Chinese punctuation"),
    Bad("nan", UNIT + "residents = nan\n", "DB034", ":5", *NOT_FINITE),
    Bad("inf", UNIT + "residents = -inf\n", "DB034", ":5", *NOT_FINITE),
    Bad("no-value", UNIT + "residents =\n", "DB004", ":5", "TOML 写法有误", "not valid TOML"),
    Bad("key-twice", UNIT + "residents = 3\nresidents = 4\n", "DB009", ":6", "重复", "twice"),
    Bad("1000-lists-deep", UNIT + f"residents = {'[' * 1000}{']' * 1000}\n", "DB005", ":5", *TOO_DEEP),
    Bad("1000-tables-deep", UNIT + f"residents = {'{ a = ' * 1000}1{' }' * 1000}\n", "DB005", ":5", *TOO_DEEP),
    Bad("1000-lists-deep-with-values", UNIT + f"residents = {'[1, ' * 1000}1{']' * 1000}\n", "DB005", "", *TOO_DEEP),
    Bad("dotted-key-of-200-kB", UNIT + "a." * 100_000 + "a = 1\n", "DB005", ":5", *same("65536")),
    Bad("dotted-key-of-9-dots", UNIT + "a." * 9 + "a = 1\n", "DB005", ":5", *same("8")),
    Bad(
        "2000-deeper-headers",
        "".join(f"[{'.'.join('a' * depth)}]\n" for depth in range(1, 2001)),
        "DB005",
        "",
        *same("1048576 B"),
    ),
    Bad(
        "10-deeper-headers",
        "".join(f"[{'.'.join('a' * depth)}]\n" for depth in range(1, 12)),
        "DB005",
        ":10",
        *same("8"),
    ),
    Bad("10-megabytes", "#" * 10_000_000, "DB005", "", *same("1048576 B")),
)

CSV = (
    Bad("ragged-row", HEADER + "甲,居委会,16%,5\n乙,居委会\n", "DB053", ":3", *same("4")),
    Bad("row-too-long", HEADER + "甲,居委会,16%,5,6\n", "DB053", ":2", *same("4")),
    Bad(
        "same-column-by-two-names",
        "类型,绿化覆盖率,green_coverage\n居委会,16%,17%\n",
        "DB009",
        ":1:3",
        "green_coverage",
        "green_coverage",
    ),
    Bad("unknown-column", "类型,绿化复盖率\n居委会,16%\n", "DB010", ":1:2", *meant("绿化覆盖率")),
    Bad(
        "unterminated-quote",
        HEADER + '甲,居委会,"16%,5\n乙,居委会,17%,5\n丙,居委会,18%,5\n',
        "DB053",
        ":2",
        "表格有误",
        "malformed",
    ),
    Bad("rate-over-100", HEADER + "甲,居委会,101%,5\n", "DB024", ":2:3", *RANGE),
    Bad("rate-without-percent", HEADER + "甲,居委会,16,5\n", "DB052", ":2:3", *same("16%")),
    Bad("negative-area", HEADER + "甲,居委会,16%,5\n乙,居委会,16%,-5\n", "DB024", ":3:4", *same("0 m² … 1000000 m²")),
    Bad("not-a-number", HEADER + "甲,居委会,16%,nan\n", "DB008", ":2:4", *NUMBER),
    Bad("unknown-unit-kind", HEADER + "甲,居委,16%,5\n", "DB031", ":2", *meant("居委会")),
    Bad("only-a-header", HEADER, "DB051", "", "没有任何单位", "has no unit"),
    Bad("empty", "", "DB047", "", *EMPTY),
)

JSON = (
    Bad("key-twice", '{\n"unit": {},\n"unit": {} }', "DB009", ":3", "重复", "twice"),
    Bad("nan", '{ "unit": { "kind": "居委会" },\n"facts": { "residents": NaN } }', "DB034", ":2", *NOT_FINITE),
    Bad("infinity", '{ "unit": { "kind": "居委会" },\n"facts": { "residents": -Infinity } }', "DB034", ":2", *NOT_FINITE),
    Bad(
        "huge-exponent",
        '{ "unit": { "kind": "居委会" }, "facts": { "residents": 1e999999 } }',
        "DB036",
        "",
        *same("9007199254740992"),
    ),
    Bad("100000-deep", "[" * 100_000 + "]" * 100_000, "DB005", ":1", *TOO_DEEP),
    Bad("truncated", '{ "unit": {\n"kind": "居委会" }, "facts": {', "DB055", ":2:28", "JSON 写法有误", "not valid JSON"),
    Bad("a-list", "[1, 2]", "DB008", "", *same('{ "unit": [ … ] }')),
    Bad("no-unit", "{}", "DB051", "", "没有任何单位", "has no unit"),
    Bad("byte-order-mark", b"\xef\xbb\xbf{}", "DB003", ":1", *MARKED),
)

FILES = [
    pytest.param(bad, kind, id=f"{kind}-{bad}") for kind, cases in (("toml", TOML), ("csv", CSV), ("json", JSON)) for bad in cases
]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("bad", "kind"), FILES)
def test_a_wrong_facts_file_is_refused_with_place_and_remedy(run: Run, facts: WriteFacts, bad: Bad, kind: str, lang: str) -> None:
    found = run("--lang", lang, "assess", QINGPU, facts(bad.content, f"facts.{kind}"))
    assert (2, "") == (found.code, found.out)
    first = found.err.splitlines()[0]
    assert f"/facts.{kind}{bad.place}:" in first
    assert bad.code in first
    assert (bad.zh if lang == "zh" else bad.en) in first
    assert f"duibiao explain {bad.code}" in found.err
    assert "Traceback" not in found.err


def test_a_wrong_value_in_json_is_named_by_its_key(run: Run, facts: WriteFacts) -> None:
    text = '{ "unit": [{ "kind": "居委会", "facts": {} }, { "kind": "居委会", "facts": { "green_coverage": "101%" } }] }'
    found = run("assess", QINGPU, facts(text, "facts.json"))
    assert 2 == found.code
    assert "[unit[1].facts.green_coverage]；写的是：101%；可以是：0% … 100%" in found.err


def test_every_wrong_value_of_a_file_is_reported_in_one_run(run: Run, facts: WriteFacts) -> None:
    found = run("assess", QINGPU, facts(UNIT + 'green_coverage = "101%"\nresidents = "x"\nresidnts = 3\n'))
    places = [line.partition(": ")[0].rpartition(":")[2] for line in found.err.splitlines()[:3]]
    assert ["5", "6", "7"] == places
    assert "共 3 个问题。" in found.err


def test_brackets_inside_texts_are_no_nesting(run: Run, facts: WriteFacts) -> None:
    unit = '{ "name": "甲[", "kind": "居委会", "facts": {} }'
    found = run("assess", QINGPU, facts(f'{{ "unit": [{", ".join([unit] * 40)}] }}', "facts.json"), "--json")
    assert 0 == found.code


def test_what_was_found_is_shown_as_it_was_written(run: Run, facts: WriteFacts) -> None:
    found = run("assess", QINGPU, facts(UNIT + 'safe_estate_title = { held = true, from = "2011-02-30" }\n'))
    assert "2011-02-30" in found.err
    assert "{'held': True" not in found.err


def test_a_sample_that_is_too_small_is_refused_with_file_and_line(
    run: Run, facts: WriteFacts, pack: WritePack, install: Install
) -> None:
    folder = pack('fact = "service_satisfaction"\nat_least = "80%"\nsample = { of = "residents", at_least = 10 }\n')
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    install("small", "from duibiao.api import Pack\nplugin = Pack(__name__)\n", files=texts)
    found = run("assess", "small.community", facts(UNIT + 'residents = 9\nservice_satisfaction = "90%"\n'))
    assert 2 == found.code
    assert "/facts.toml:5: DB054 样本太小" in found.err
    assert "可以是：>= 10" in found.err


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["folder", "folder.toml"])
def test_a_directory_is_no_facts_file(run: Run, tmp_path: Path, name: str, lang: str) -> None:
    (tmp_path / name).mkdir()
    found = run("--lang", lang, "assess", QINGPU, tmp_path / name)
    assert 2 == found.code
    assert f"/{name}: DB001 {'找不到或读不了这个文件' if lang == 'zh' else 'The file cannot be found or read'}" in found.err


@pytest.mark.parametrize("lang", LANGS)
def test_a_missing_file_is_named(run: Run, tmp_path: Path, lang: str) -> None:
    found = run("--lang", lang, "assess", QINGPU, tmp_path / "nowhere.toml")
    assert 2 == found.code
    assert f"/nowhere.toml: DB001 {'找不到' if lang == 'zh' else 'The file cannot be found'}" in found.err


@pytest.mark.parametrize("lang", LANGS)
def test_an_unknown_extension_is_answered_with_the_known_ones(run: Run, facts: WriteFacts, lang: str) -> None:
    found = run("--lang", lang, "assess", QINGPU, facts("x", "facts.xls"))
    assert 2 == found.code
    assert "/facts.xls: DB056" in found.err
    assert ".csv, .json, .toml" in found.err


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("command", ["assess", "show", "facts"])
def test_a_misspelt_standard_is_answered_with_the_nearest(run: Run, facts: WriteFacts, command: str, lang: str) -> None:
    name = "shanghai.qingpu.comittee"
    rest = {"assess": (name, facts(UNIT)), "show": (name,), "facts": ("--standard", name)}[command]
    found = run("--lang", lang, command, *rest)
    assert 2 == found.code
    assert f"DB070 {'没有这个标准' if lang == 'zh' else 'No such standard'}" in found.err
    assert (meant(QINGPU)[LANGS.index(lang)]) in found.err


MISUSES = (
    (
        ("assess", QINGPU, "facts.toml", "--jsn"),
        "没有选项 --jsn；是不是想写：--json？",
        "No such option '--jsn'. Did you mean '--json'?",
    ),
    (("plugins", "--nothing"), "没有选项 --nothing", "No such option '--nothing'."),
    (("asess",), "没有命令 asess", "No such command 'asess'."),
    (("plugins", "more"), "参数太多：more", "Got unexpected extra argument (more)"),
    (("assess", QINGPU), "U15 要说明评哪个单位", "U15 It has to be said whom to assess"),
    (("assess", QINGPU, "facts.toml", "--as-of"), "选项 --as-of 用法不对", "Option '--as-of' requires an argument."),
    (("explain", "DB999"), "没有这个问题代码", "No such code"),
    (("units", "shanghai.qinpu"), "是不是想写：shanghai.qingpu？", "did you mean: shanghai.qingpu?"),
    (("units", "shanghai.qingpu", "--kind", "居委"), "是不是想写：居委会？", "did you mean: 居委会?"),
    (("facts", "--topic", "enviroment"), "是不是想写：environment？", "did you mean: environment?"),
    (("test", "shangai"), "是不是想写：shanghai？", "did you mean: shanghai?"),
    (("plugins", "--lang", "fr"), "没有这种语言", "no such language: fr (zh, en)"),
)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("args", "zh", "en"), MISUSES, ids=[" ".join(args) for args, _, _ in MISUSES])
def test_a_wrong_command_line_says_what_is_wrong(run: Run, args: Sequence[str], zh: str, en: str, lang: str) -> None:
    found = run("--lang", lang, *args)
    assert (2, "") == (found.code, found.out)
    assert (zh if lang == "zh" else en) in found.err


@pytest.mark.parametrize(("option", "value"), [("--as-of", "2011-02-30"), ("--as-of", "30.9.2011")])
def test_a_wrong_day_on_the_command_line_is_explained_in_chinese(run: Run, option: str, value: str) -> None:
    found = run("assess", QINGPU, "facts.toml", option, value)
    assert 2 == found.code
    assert f"{option}: DB033 没有这一天" in found.err
    assert "does not match" not in found.err


EXPRESSIONS = (
    ("attribute", "residents.real > 3", "DB021", "表达式里不能用这个", "Not allowed in an expression"),
    ("foreign-call", 'open("x") > 3', "DB021", "open(…)", "open(…)"),
    ("import", '__import__("os").system("true")', "DB021", "可以是：between, count", "allowed: between, count"),
    ("lambda", "(lambda: 3)() > 2", "DB021", "lambda", "lambda"),
    ("comprehension", "[x for x in residents]", "DB021", "[x for x in residents]", "[x for x in residents]"),
    ("generator", "any(x for x in residents)", "DB021", "any(…)", "any(…)"),
    ("subscript", "residents[0] > 3", "DB021", "residents[0]", "residents[0]"),
    ("assignment", "(residents := 3) > 2", "DB021", "residents := 3", "residents := 3"),
    ("keyword-argument", "min(residents, key = 3) > 2", "DB021", "key = 3", "key = 3"),
    ("power", "residents ** 9 > 3", "DB021", "可以是：+, -, *, /", "allowed: +, -, *, /"),
    ("no-condition", "residents", "DB020", "可以是：>=, <=", "allowed: >=, <="),
    ("unfinished", "residents >", "DB020", "表达式写法有误", "The expression cannot be read"),
    ("unknown-fact", "residnts > 3", "DB010", "是不是想写：residents？", "did you mean: residents?"),
    ("division-by-zero", "residents / 0 > 1", "DB022", "除以零", "Division by zero"),
    (
        "possible-zero-divisor",
        "registered_volunteers / residents >= 10%",
        "DB023",
        'if_empty = "met"',
        'if_empty = "met"',
    ),
    ("rate-against-number", "green_coverage > 16", "DB052", "可以是：10%", "allowed: 10%"),
    ("huge-number", "residents > 1e400", "DB036", "数太大", "too large to stay exact"),
    ("long", "residents > 3 and " * 3000 + "residents > 3", "DB035", "可以是：4000", "allowed: 4000"),
    ("nested", "(" * 200 + "residents > 3" + ")" * 200, "DB035", "可以是：40", "allowed: 40"),
    ("repeated-not", "not " * 500 + "residents > 3", "DB035", "可以是：40", "allowed: 40"),
    ("endless-sum", "+".join(["residents"] * 390) + " > 3", "DB035", "可以是：40", "allowed: 40"),
    ("repeated-minus", "-" * 3000 + "residents > 3", "DB020", "表达式写法有误", "The expression cannot be read"),
)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("rule", "code", "zh", "en"), [each[1:] for each in EXPRESSIONS], ids=[each[0] for each in EXPRESSIONS])
def test_an_expression_outside_the_language_is_refused_with_its_line(
    run: Run, pack: WritePack, rule: str, code: str, zh: str, en: str, lang: str
) -> None:
    folder = pack(f"rule = '{rule}'\n")
    line = (folder / "community.toml").read_text("utf-8").partition("rule = ")[0].count("\n") + 1
    found = run("--lang", lang, "check", folder)
    assert 1 == found.code
    first = found.out.splitlines()[0]
    assert first.startswith(f"small/community.toml:{line}: {code} ")
    assert (zh if lang == "zh" else en) in first


def test_a_possible_zero_divisor_is_fine_once_the_rule_says_what_then(run: Run, pack: WritePack) -> None:
    folder = pack({"rule": "registered_volunteers / residents >= 10%", "if_empty": "not_applicable"})
    assert 0 == run("check", folder).code


@pytest.mark.parametrize("lang", LANGS)
def test_a_file_with_a_ten_megabyte_expression_is_not_even_parsed(run: Run, pack: WritePack, lang: str) -> None:
    found = run("--lang", lang, "check", pack(f"rule = '{'residents > 3 and ' * 600_000}residents > 3'\n"))
    assert 1 == found.code
    assert found.out.startswith("small/community.toml: DB005 ")
    assert "1048576 B" in found.out


class LongWinded(Pack):
    """A pack whose Python code gives its indicator a rule of ten million characters."""

    @hookimpl
    def duibiao_criteria(self, standard: str) -> Sequence[Criterion] | None:
        (group,) = super().duibiao_criteria(standard) or ()
        (leaf,) = group.indicators
        rule = "residents > 3 and " * 600_000 + "residents > 3"
        return [evolve(group, indicators=(evolve(leaf, condition={"rule": rule}),))]


def test_a_ten_megabyte_expression_made_in_python_is_refused(pack: WritePack) -> None:
    folder = pack()
    registry = Registry([Candidate("small", "-", "-", lambda: LongWinded("small", folder=folder))])
    with pytest.raises(BadInputError) as error:
        registry.program("small.community")
    (problem,) = error.value.problems
    assert ("DB035", "4000") == (problem.code, problem.allowed)
    assert len(str(error.value)) < 500
