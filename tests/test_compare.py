"""Standards side by side: what each demands, who is stricter and by how much, and what an edition changed."""

from __future__ import annotations

import csv
import re
from datetime import date
from fractions import Fraction
from html.parser import HTMLParser
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest
from conftest import JURISDICTION, Install, Run
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import DOCS
from random_standards import VOCABULARY, fact_sets, leaf_conditions, standards
from rich.console import Console
from small_standards import of
from test_json_docs import documented, printed

from duibiao.assess.bind import bind
from duibiao.cli import base, compare_page
from duibiao.compare import table
from duibiao.compare.atoms import edges
from duibiao.compare.demands import Demand, Reader, demands_of, sketches_of
from duibiao.compare.editions import compare_editions
from duibiao.compare.implication import Logic
from duibiao.compare.regions import Choice, Members, Range, Region, implies, meet, opposite
from duibiao.model.facts import FactSet, Kind, Unit
from duibiao.model.outcome import Verdict
from duibiao.model.standard import Standard
from duibiao.registry import Registry, installed
from duibiao.rules.conditions import At, condition
from duibiao.rules.context import Context
from duibiao.rules.interpret import Interpreter
from duibiao.rules.nodes import FALSE, TRUE, Input, Span, Truth, inputs_of
from duibiao.services.compare_words import DemandWords
from duibiao.services.phrasing import Phrases

MANY = settings(max_examples=150, deadline=None)
FOUR = ("shanghai.qingpu.committee", "jiangsu.wujin.community", "daxinganling.station", "national.community")


@pytest.fixture(scope="module")
def bundled() -> Registry:
    return Registry([each for each in installed() if each.distribution == "duibiao"], blocked=())


@pytest.fixture(scope="module")
def rows(bundled: Registry) -> dict[str, table.Row]:
    """The four standards, by fact."""
    found = table.compare([bundled.program(name) for name in FOUR], bundled.vocabulary.topics)
    return {row.fact: row for row in found.rows}


def lines(answer: Any, fact: str) -> list[tuple[str, str, str]]:
    """Standard, text and clause of every demand on a fact."""
    row = next(each for each in answer["rows"] if each["fact"] == fact)
    return [(cell["standard"], each["text"], each["clause"]) for cell in row["cells"] for each in cell["demands"]]


# the four standards


def test_premises_are_640_400_300_and_none_each_with_its_clause(run: Run) -> None:
    answer = run("compare", *FOUR, "--json").json

    found = lines(answer, "premises_area")

    assert ("shanghai.qingpu.committee", "≥ 640 m²（仅 居委会）", "四、创建标准(十)") in found
    assert ("jiangsu.wujin.community", "≥ 400 m²（4.167 分 = 4.167%、假定）", "三(二)") in found
    assert ("daxinganling.station", "≥ 300 m²（仅 居委会）", "(三)") in found
    assert ("daxinganling.station", "≥ 500 m²（目标 2014-12-31 100%、仅 村委会 且 乡镇中心村）", "(二)") in found
    assert "national.community" not in {standard for standard, _, _ in found}


def test_640_square_metres_are_1_6_times_400(rows: dict[str, table.Row]) -> None:
    standing = rows["premises_area"].standing

    assert ("ranked", (0,)) == (standing.state, standing.strictest)
    assert {1: Fraction(8, 5), 2: Fraction(32, 15)} == standing.times


def test_a_ranking_that_a_guard_limits_is_not_certain(rows: dict[str, table.Row]) -> None:
    assert not rows["premises_area"].standing.certain  # 640 m² is asked of residents' committees only
    assert rows["registered_volunteers"].standing.certain


def test_volunteers_are_a_share_of_the_residents(run: Run) -> None:
    answer = run("compare", *FOUR, "--topic", "volunteers", "--json", "--lang", "en").json

    found = {standard: text for standard, text, _ in reversed(lines(answer, "registered_volunteers"))}

    assert "Registered volunteers ÷ Residents ≥ 15%" == found["shanghai.qingpu.committee"]
    assert "Registered volunteers ÷ Residents ≥ 10% (aim)" == found["daxinganling.station"] == found["national.community"]
    assert "jiangsu.wujin.community" not in found


def test_the_exception_of_renovated_estates_stands_beside_the_threshold(run: Run) -> None:
    answer = run("compare", *FOUR, "--json").json

    assert [("shanghai.qingpu.committee", "≥ 25%；若 改造后的老区：≥ 16%", "四、创建标准(八)")] == lines(answer, "green_coverage")


@pytest.mark.parametrize(
    ("fact", "standard", "text"),
    [
        ("party_satisfaction", "shanghai.qingpu.committee", "≥ 80%"),
        ("service_satisfaction", "jiangsu.wujin.community", "高于上一年（2.083 分 = 2.083%、假定）"),
        ("public_affairs_awareness", "shanghai.qingpu.committee", "≥ 80%"),
        ("reproductive_health_awareness", "shanghai.qingpu.committee", "高于上一年"),
    ],
)
def test_satisfaction_and_awareness_are_there(fact: str, standard: str, text: str, run: Run) -> None:
    answer = run("compare", *FOUR, "--json").json

    assert (standard, text) in [each[:2] for each in lines(answer, fact)]


def test_every_demand_has_a_clause(run: Run) -> None:
    answer = run("compare", *FOUR, "--json").json

    bare = [each["item"] for row in answer["rows"] for cell in row["cells"] for each in cell["demands"] if not each["clause"]]

    assert len(answer["rows"]) > 200
    assert [] == bare


def test_what_only_one_demands_says_so(rows: dict[str, table.Row]) -> None:
    assert ("only", (0,)) == (rows["green_coverage"].standing.state, rows["green_coverage"].standing.strictest)


def test_one_of_several_ways_cannot_be_held_against_a_plain_demand(rows: dict[str, table.Row]) -> None:
    assert "incomparable" == rows["service_station_built"].standing.state


def test_a_list_with_more_members_is_stricter(rows: dict[str, table.Row]) -> None:
    standing = rows["rights_mechanisms"].standing

    assert (1, 3) == standing.strictest
    assert {2: 1} == standing.more


def test_stages_awards_targets_and_forms_stand_side_by_side(run: Run) -> None:
    tables = {each["table"]: each for each in run("compare", *FOUR, "--json").json["tables"]}

    texts = {name: " ".join(item["text"] for cell in each["cells"] for item in cell["items"]) for name, each in tables.items()}

    assert {"scoring", "awards", "gates", "targets", "selections", "stages", "forms"} == set(tables)
    assert "省民政厅考评组；每年 至 11-30" in texts["stages"]
    assert "150:1" in texts["selections"]
    assert "得分 ≥ 90" in texts["awards"]


# the command line


def test_a_topic_and_only_differences_leave_out_the_rest(run: Run) -> None:
    whole = run("compare", *FOUR, "--topic", "party", "--json").json["rows"]
    differing = run("compare", *FOUR, "--topic", "party", "--only-differences", "--json").json["rows"]

    assert {"party"} == {row["topic"] for row in whole}
    assert [row for row in whole if row["differs"]] == differing
    assert len(differing) <= len(whole)


def test_one_standard_named_twice_is_not_two(run: Run) -> None:
    assert "E_FEW" in run("compare", "national.community", "national.community").err


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_fits_the_terminal(width: int, lang: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_page, "console", lambda: Console(width=width, highlight=False, markup=False))

    out = run("--lang", lang, "compare", *FOUR).out

    assert [] == [line for line in out.splitlines() if base.width_of(line.rstrip()) > width]
    assert "≥ 640 m²" in out


def test_the_csv_has_a_line_for_each_demand(run: Run, tmp_path: Path) -> None:
    result = run("compare", *FOUR, "--csv", tmp_path / "四地.csv")

    with (tmp_path / "四地.csv").open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    premises = [each for each in found if each["数据项"] == "premises_area" and each["类别"] == "indicator"]
    assert 0 == result.code
    assert ["≥ 640 m²（仅 居委会）", "≥ 400 m²（4.167 分 = 4.167%、假定）"] == [each["要求"] for each in premises[:2]]
    assert ["四、创建标准(十)", "三(二)"] == [each["条款"] for each in premises[:2]]


def test_the_html_needs_nothing_else_and_is_well_formed(run: Run, tmp_path: Path) -> None:
    run("compare", *FOUR, "--html", tmp_path / "x.html")
    text = (tmp_path / "x.html").read_text("utf-8")
    opened: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag not in ("meta",):
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert tag == opened.pop()

    Checker().feed(text)
    assert [] == opened
    assert "≥ 640 m²" in text
    assert re.search(r"<(script|link|img)|src=|href=|url\(", text) is None


def test_a_file_that_is_there_is_not_overwritten_unasked(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_text("mine", "utf-8")

    refused = run("compare", *FOUR, "--html", path)

    assert (2, "mine") == (refused.code, path.read_text("utf-8"))
    assert 0 == run("compare", *FOUR, "--html", path, "--overwrite").code


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("shanghai.qingpu.committee",), "E_FEW"),
        (("shanghai.qingpu.committee", "no.such"), "DB070"),
        ((*FOUR, "--topic", "nothing"), "DB026"),
        ((*FOUR[:3], "--witness"), "E_WITNESS"),
        (("shanghai.qingpu.committee", "--edition"), "S13"),
        ((*FOUR[:2], "--edition", "--witness"), "E_QUESTIONS"),
        ((*FOUR, "--csv", "a.csv", "--html", "a.html"), "E_QUESTIONS"),
        ((*FOUR, "--facts", "a.toml", "--unit", "1"), "U15"),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_code(args: tuple[str, ...], code: str, run: Run) -> None:
    result = run("compare", *args)

    assert 2 == result.code
    assert code in result.err


# editions

EDITION = """\
[standard]
id = "{id}"
edition = "{edition}"
title = "示范社区"
jurisdiction = "small"
document = "示例〔2020〕1号"
unit_kinds = ["居委会", "村委会"]
in_force = {edition}-01-01
{replaces}

[[award]]
id = "demonstration"
title = "示范社区"
clause = "一"
requires = "{requires}"

[[criterion]]
id = "environment"
title = "环境"
clause = "一"
"""
OLD = """
[[criterion.indicator]]
id = "area"
title = "用房"
fact = "premises_area"
at_least = "400 m2"
[[criterion.indicator]]
id = "green"
title = "绿化"
fact = "green_coverage"
at_least = "25%"
[[criterion.indicator]]
id = "share"
title = "志愿者"
fact = "registered_volunteers"
ratio_to = "residents"
at_least = "15%"
if_empty = "unknown"
[[criterion.indicator]]
id = "plan"
title = "规划"
fact = "development_plan"
[[criterion.indicator]]
id = "bodies"
title = "机构"
fact = "basic_bodies"
has = ["committee"]
[[criterion.indicator]]
id = "same"
title = "年度计划"
fact = "annual_plan"
"""
NEW = """
[[criterion.indicator]]
id = "area"
title = "用房"
fact = "premises_area"
at_least = "640 m2"
[[criterion.indicator]]
id = "green"
title = "绿化"
fact = "green_coverage"
at_least = "25%"
otherwise = [{ when = "renovated_old_estate", at_least = "16%" }]
[[criterion.indicator]]
id = "rate"
title = "志愿者"
fact = "registered_volunteers"
ratio_to = "residents"
at_least = "10%"
if_empty = "unknown"
[[criterion.indicator]]
id = "same"
title = "年度计划"
fact = "annual_plan"
[[criterion.indicator]]
id = "safe"
title = "安全"
fact = "safe_estate_team"
[[criterion]]
id = "organisation"
title = "组织"
clause = "一"
[[criterion.indicator]]
id = "bodies"
title = "机构"
fact = "basic_bodies"
has = ["committee"]
"""


@pytest.fixture
def editions(install: Install, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A plugin with two editions of a standard; their ids."""
    files = {
        "jurisdiction.toml": JURISDICTION,
        "old.toml": EDITION.format(id="small.old", edition="2020", replaces="", requires="all") + OLD,
        "new.toml": EDITION.format(
            id="small.new", edition="2023", replaces='replaces = "small.old"', requires="not vetoed and all"
        ) + NEW,
    }  # fmt: skip
    install("small", "from duibiao.api import Pack\nplugin = Pack(__name__)\n", files=files)
    return "small.old", "small.new"


def test_an_edition_tightens_loosens_moves_adds_and_removes(editions: tuple[str, str], run: Run) -> None:
    (found,) = run("compare", editions[1], "--edition", "--json").json["editions"]

    kinds = {change["fact"]: change["kinds"] for change in found["changes"]}

    assert {
        "premises_area": ["tightened"],
        "green_coverage": ["loosened"],
        "registered_volunteers": ["loosened"],
        "basic_bodies": ["moved"],
        "safe_estate_team": ["added"],
        "development_plan": ["removed"],
    } == kinds
    assert 1 == found["same"]
    assert [("awards", "changed", ["requires"])] == [(each["table"], each["kind"], each["keys"]) for each in found["items"]]


def test_two_editions_of_one_standard_are_compared_as_such_in_the_order_of_time(editions: tuple[str, str], run: Run) -> None:
    out = run("compare", editions[1], editions[0]).out

    assert "small.old@2020 → small.new@2023" in out
    assert "▲ 收紧  办公和活动用房面积  1.6 ×" in out
    assert "旧  ≥ 400 m²" in out


def test_the_same_edition_twice_has_no_changes(bundled: Registry) -> None:
    program = bundled.program("shanghai.qingpu.committee")
    found = compare_editions(program, program)

    assert ((), ()) == (found.changes, found.items)


# properties


def lowered(spec: Any) -> tuple[Truth, Reader]:
    found = condition(spec, Context(VOCABULARY), At())
    return found.test, Reader(VOCABULARY.types, sketches_of((found.sketch,)))


def at(values: dict[Input, int], node: Truth) -> int:
    def known(each: Input) -> Span | None:
        return (values[each], values[each]) if each in values else None

    return Interpreter(known).truth(node)


@MANY
@given(leaf_conditions)
def test_an_extracted_threshold_is_where_the_evaluator_flips(spec: Any) -> None:
    node, reader = lowered(spec)
    inputs = inputs_of(node)
    for asked in reader.read(node):
        region = asked.region
        if len(inputs) != 1 or not isinstance(region, Range) or region.domain is None or asked.cases:
            continue
        low, high = region.whole()
        for value in edges(region):
            assert (TRUE if low <= value <= high else FALSE) == at({inputs[0]: value}, node)


def test_every_threshold_of_the_bundled_standards_is_where_the_assessment_flips(bundled: Registry) -> None:
    checked = 0
    for name in bundled.headers:
        program = bundled.program(name)
        assessor = bundled.assessor(name)
        for demand in demands_of(program):
            region, ftype = demand.asked.region, bundled.vocabulary.find(demand.asked.subject.fact)
            plain = demand.role == "indicator" and not demand.applies and not demand.asked.cases and not demand.asked.either
            if not plain or not isinstance(region, Range) or region.domain is None or demand.asked.subject.part != "value":
                continue
            assert ftype is not None
            assert ftype.kind is not Kind.DATE
            low, high = region.whole()
            for value in edges(region):
                facts = FactSet(Unit("甲", program.standard.header.unit_kinds[0]), {ftype.id: value}, date(2012, 12, 31), "2012")
                verdict = assessor.assess(facts).indicator(demand.item.id).verdict
                assert (Verdict.MET if low <= value <= high else Verdict.NOT_MET) == verdict
                checked += 1
    assert checked > 20


@MANY
@given(standards(), standards())
def test_stricter_is_antisymmetric(one: Standard, two: Standard) -> None:
    first, second = (of(each, VOCABULARY).program for each in (one, two))
    turned = {"stricter": "looser", "looser": "stricter"}

    for row in table.compare([first, second]).rows:
        mine, others = (table.binding(cell) for cell in row.cells)
        if mine and others:
            forth, back = table.relation(mine, others), table.relation(others, mine)
            assert turned.get(forth, forth) == back


@MANY
@given(standards(), standards(), fact_sets(holes=False))
def test_what_follows_is_never_false_where_the_first_is_true(one: Standard, two: Standard, facts: FactSet) -> None:
    first, second = (of(each, VOCABULARY).program for each in (one, two))
    logic = Logic(VOCABULARY.types)
    known = [_known(program, facts) for program in (first, second)]

    for mine in first.leaves:
        for other in (*second.leaves, *first.leaves):
            if logic.follows(mine.rule, other.rule):
                values = {**known[0], **known[1]}
                assert (TRUE, FALSE) != (at(values, mine.rule), at(values, other.rule))


def _known(program: Any, facts: FactSet) -> dict[Input, int]:
    bound = bind(program, facts)
    spans = zip(program.inputs, bound.lows, bound.highs, strict=True)
    return {each: low for each, low, high in spans if low == high}


@MANY
@given(
    st.sampled_from(["at_least", "more_than"]), st.integers(0, 100), st.sampled_from(["at_least", "more_than"]),
    st.integers(0, 100), st.integers(0, 60), st.integers(0, 60),
)  # fmt: skip
def test_a_stricter_share_lets_nobody_pass_whom_the_looser_fails(
    one: str, high: int, two: str, low: int, top: int, bottom: int
) -> None:
    base = {"fact": "count_a", "ratio_to": "count_b", "if_empty": "not_met"}
    (first, _), (second, _) = lowered({**base, one: f"{high}%"}), lowered({**base, two: f"{low}%"})
    names = {each.fact: each for node in (first, second) for each in inputs_of(node)}
    values = {names["count_a"]: top, names["count_b"]: bottom}

    if Logic(VOCABULARY.types).follows(first, second):
        assert (TRUE, FALSE) != (at(values, first), at(values, second))
    elif high > low > 0:
        pytest.fail("a plainly higher share was not seen to imply the lower one")


ENDS = st.none() | st.integers(-2, 12).map(lambda n: Fraction(n, 2))
RANGES = st.builds(Range, ENDS, ENDS, st.booleans(), st.booleans(), st.just((0, 5)))
CHOICES = st.frozensets(st.integers(0, 3)).map(lambda some: Choice(some, 4))
NAMES = st.frozensets(st.sampled_from("abcd"))
LISTS = st.builds(
    lambda required, forbidden, among, least: Members(required, forbidden - required, min(least, len(among)), among),
    NAMES, NAMES, NAMES, st.integers(0, 3),
)  # fmt: skip


def everything(region: Region) -> list[Any]:
    """All values that could be asked about."""
    if isinstance(region, Members):
        return [frozenset(some) for some in chain.from_iterable(combinations("abcd", n) for n in range(5))]
    return list(range(6)) if isinstance(region, Range) else list(range(4))


def inside(value: Any, region: Region) -> bool:
    match region:
        case Range(low, high, low_open, high_open):
            above = low is None or value > low or (value == low and not low_open)
            return above and (high is None or value < high or (value == high and not high_open))
        case Choice(allowed):
            return value in allowed
        case Members(required, forbidden, least, among):
            return required <= value and not forbidden & value and len(value & among) >= least
    raise TypeError(region)


@settings(max_examples=400, deadline=None)
@given(st.one_of(*(st.tuples(each, each) for each in (RANGES, CHOICES, LISTS))))
def test_regions_mean_what_they_say(pair: tuple[Region, Region]) -> None:
    one, two = pair
    if implies(one, two):
        assert [] == [value for value in everything(one) if inside(value, one) and not inside(value, two)]
    joined, other = meet(one, two), opposite(one)
    for value in everything(one):
        if joined is not None:
            assert (inside(value, one) and inside(value, two)) == inside(value, joined)
        if other is not None:
            assert inside(value, one) != inside(value, other)


HALVES = st.none() | st.integers(0, 4).map(lambda n: Fraction(n, 2))
SHARES = st.builds(Range, HALVES, HALVES, st.booleans(), st.booleans())


@settings(max_examples=400, deadline=None)
@given(SHARES, SHARES)
def test_a_share_asked_as_a_product_is_implied_only_where_nothing_out_of_nothing_is_too(one: Range, two: Range) -> None:
    def holds(top: int, bottom: int, share: Range) -> bool:
        low, high = (None if bound is None else bound * bottom for bound in (share.low, share.high))
        above = low is None or top > low or (top == low and not share.low_open)
        return above and (high is None or top < high or (top == high and not share.high_open))

    for product in (False, True):
        least = 0 if product else 1
        if implies(one, two, product=product):
            pairs = [(top, bottom) for top in range(9) for bottom in range(least, 5)]
            assert [] == [pair for pair in pairs if holds(*pair, one) and not holds(*pair, two)]


def test_a_demand_says_which_item_asks(bundled: Registry) -> None:
    found: list[Demand] = [
        each for each in demands_of(bundled.program("jiangsu.wujin.community")) if each.asked.subject.fact == "premises_area"
    ]

    assert [("premises-area", "premises", Fraction(4167, 100_000))] == [(d.item.id, d.criterion, d.share) for d in found]


# docs/json.md


def shown(answer: Any) -> set[str]:
    """Keys of an answer, demands aside: they have a table of their own."""
    return {key for key in printed(answer) if not re.search(r"\.(demands\[\]|changes\[\]\.(old|new))\.", key)}


def test_the_pages_name_every_key_of_a_comparison(run: Run) -> None:
    answer = run("compare", *FOUR, "daxinganling.county", "--json").json
    demands = [each for row in answer["rows"] for cell in row["cells"] for each in cell["demands"]]
    exceptions = {"exceptions[].when"} | {f"exceptions[].{key}" for key in ("kind", "low", "low_open", "high", "high_open")}
    exceptions |= {f"exceptions[].{key}" for key in ("levels[]", "members[]", "without[]", "at_least", "of[]")}

    assert set(documented("duibiao compare")) == shown(answer)
    assert set(documented("A demand")) | exceptions == printed(*demands)


def test_the_pages_name_every_key_of_editions(editions: tuple[str, str], run: Run) -> None:
    answer = run("compare", *editions, "--json").json
    standard = re.compile(r"^editions\[\]\.(old|new)\.")

    assert set(documented("duibiao compare --edition")) == {key for key in shown(answer) if not standard.match(key)}


def test_the_pages_name_every_key_of_witnesses_and_units(run: Run, tmp_path: Path) -> None:
    community = DOCS / "examples" / "community.toml"
    witness = run("compare", FOUR[0], FOUR[1], "--witness", "--out", tmp_path, "--json").json
    units = run("compare", FOUR[0], FOUR[1], "--facts", community, "--json").json

    assert set(documented("duibiao compare --witness")) == printed(witness)
    assert set(documented("duibiao compare --facts")) == printed(units)


@MANY
@given(standards())
def test_whatever_a_pack_asks_can_be_said_in_both_languages(made: Standard) -> None:
    program = of(made, VOCABULARY).program
    for lang in ("zh", "en"):
        words = DemandWords(Phrases(VOCABULARY, lang))  # type: ignore[arg-type]
        for each in demands_of(program):
            assert words.demand(each).strip()
            assert "Subject(" not in words.demand(each)


def test_a_reference_that_is_a_ratio_is_told_in_its_units() -> None:
    node, reader = lowered({"fact": "count_a", "ratio_to": "count_b", "about": "15%", "if_empty": "met"})

    (asked,) = reader.read(node)

    assert "约 15%（参考值）" == DemandWords(Phrases(VOCABULARY, "zh")).asked(asked)
