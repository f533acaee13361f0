"""Every rule shape as one tiny pack, with worked examples on, just under and just over each boundary; and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duibiao.api import Assessment, Pack, pack_in
from duibiao.errors import BadInputError, Collector, Where
from duibiao.model.facts import FactSet, Unit
from duibiao.model.outcome import Reason, State, Verdict
from duibiao.pack.examples import Example, read_examples
from duibiao.pack.facts import read_history, read_values
from duibiao.registry import Candidate, Registry
from duibiao.services.phrasing import Phrases
from duibiao.testing import checks_for

PACKS = Path(__file__).parent / "packs"

# B23 (parallel columns) and C10–C16 (quotas, targets) are about many units at once and are tried with the cohort.
# D01 is the guards of stages; what moves a case through them (D2–D19) is tried with the workflow.
SHAPES = (
    *(f"a{number:02}" for number in range(1, 27)),
    *(f"b{number:02}" for number in range(1, 25) if number != 23),
    *(f"c{number:02}" for number in range(1, 10)),
    "d01",
)
STEMS = sorted(path.name.removesuffix(".examples.toml") for path in PACKS.glob("*.examples.toml"))

DAY = date(2011, 12, 31)
HEAD = """\
[standard]
id = "shapes.small"
edition = "1"
title = "小标准"
jurisdiction = "shapes"
document = "形状集"
unit_kinds = ["居委会", "村委会"]
"""
RATE_AND_AREA = 'fact = "shapes.rate"\nat_least = "50%"\npoints = 5', 'fact = "shapes.area"\nat_least = "1 m2"\npoints = 5'
TENTH = '{ less_than = "10%", points = 1 }, { at_least = "10%", points = 5 }'
SHORT = 'fact = "shapes.area"\npoints = 5\nshortfall = { step = "10 m2", points = 1 }\n'


def loaded(folder: Path) -> Registry:
    pack = pack_in(folder)
    return Registry([Candidate(pack.name, "-", "-", lambda: pack)])


def shape(stem: str, folder: Path) -> Registry:
    """The pack of one shape, put together in *folder*, in a registry of its own."""
    home = folder / "shapes"
    (home / "examples").mkdir(parents=True)
    for path in (PACKS / "jurisdiction.toml", *PACKS.glob(f"{stem}.*")):
        name = "examples/examples.toml" if path.name.endswith(".examples.toml") else path.name
        (home / name).write_bytes(path.read_bytes())
    return loaded(home)


def small(folder: Path, *parts: str, total: int | str = "", method: str = "points", more: str = "") -> Registry:
    """A registry with one small standard: *parts* are tables, *total* and *method* its scoring."""
    home = folder / "shapes"
    home.mkdir()
    (home / "jurisdiction.toml").write_bytes((PACKS / "jurisdiction.toml").read_bytes())
    scoring = f'[scoring]\nmethod = "{method}"\ntotal = "{total}"\n{more}\n' if total else ""
    (home / "small.toml").write_text("\n".join((HEAD, scoring, *parts)), "utf-8")
    return loaded(home)


def group(*indicators: str, name: str = "only", more: str = "") -> str:
    """A criterion; its indicators are called ``it-0``, ``it-1`` … after its name unless that is ``only``."""
    stem = "it" if name == "only" else name
    tables = (f'[[criterion.indicator]]\nid = "{stem}-{i}"\ntitle = "{i}"\n{keys}' for i, keys in enumerate(indicators))
    head = f'[[criterion]]\nid = "{name}"\ntitle = "类"\ntopic = "base"\nclause = "一"\n{more}'
    return "\n".join((head, *tables))


def award(requires: str, more: str = "") -> str:
    return f'[[award]]\nid = "pass"\ntitle = "合格"\nrequires = \'{requires}\'\n{more}'


def codes(registry: Registry) -> list[str]:
    """What is wrong with the small standard."""
    found = [problem.code for plugin in registry.plugins for problem in plugin.problems]
    try:
        registry.program("shapes.small")
    except BadInputError as error:
        found += [problem.code for problem in error.problems if not found]
    return found


def examples(registry: Registry) -> list[Example]:
    pack, problems = registry.plugins[0].target, Collector()
    assert isinstance(pack, Pack)
    return [each for source in pack.example_sources for each in read_examples(source, registry.vocabulary, problems)]


def recorded(registry: Registry, values: Mapping[str, Any]) -> dict[str, Any]:
    problems = Collector()
    found = read_values({f"shapes.{k}": v for k, v in values.items()}, registry.vocabulary, Where("facts"), problems)
    problems.raise_any()
    return found


def worked(registry: Registry, name: str, **changed: Any) -> Assessment:
    """The assessment of a worked example, some of its facts *changed*."""
    each = next(each for each in examples(registry) if each.id == name)
    facts = each.facts
    values = {**facts.values, **recorded(registry, changed)}
    changed_facts = FactSet(facts.unit, values, facts.as_of, facts.period, facts.history)
    return registry.assessor(each.standard).assess(changed_facts)


def assessed(registry: Registry, history: Mapping[str, Any] | None = None, **values: Any) -> Assessment:
    """The assessment of a unit under the small standard."""
    before = {year: {f"shapes.{k}": v for k, v in table.items()} for year, table in (history or {}).items()}
    earlier = read_history(before, registry.vocabulary, Where("history"), Collector())
    facts = FactSet(Unit("甲居委会", "居委会"), recorded(registry, values), DAY, "2011", earlier)
    return registry.assessor("shapes.small").assess(facts)


def steps(reason: Reason) -> Iterator[Reason]:
    yield reason
    for child in reason.children:
        yield from steps(child)


# the catalogue


def test_every_shape_of_the_catalogue_has_a_pack() -> None:
    assert [] == [name for name in SHAPES if name not in STEMS]


@pytest.mark.parametrize("stem", STEMS)
def test_the_pack_of_a_shape_conforms(stem: str, tmp_path: Path) -> None:
    failures = [f"{check.name}: {each}" for check in checks_for(shape(stem, tmp_path), "shapes") for each in check.run()]
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize("stem", STEMS)
def test_the_examples_of_a_shape_show_it_met_not_met_and_open(stem: str, tmp_path: Path) -> None:
    registry = shape(stem, tmp_path)
    results = [registry.assessor(each.standard).assess(each.facts) for each in examples(registry)]
    seen = {leaf.verdict for result in results for leaf in result.indicators()}

    assert seen & {Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT}
    assert Verdict.NOT_MET in seen
    assert Verdict.MET in seen or stem == "a20"  # nothing is above its peers while no peer is known


# facts that are refused


@pytest.mark.parametrize(
    ("stem", "name", "fact", "value", "code"),
    [
        ("a04", "at", "coverage", "100.01%", "DB024"),
        ("a26", "at", "grade", "特优", "DB018"),
        ("b09", "most", "slips", "3.5", "DB024"),
        ("b14", "at", "visited", 9, "DB054"),
        ("b22", "at", "given", "6.5", "DB024"),
    ],
)
def test_a_fact_one_step_outside_what_the_rule_allows_is_refused(
    stem: str, name: str, fact: str, value: object, code: str, tmp_path: Path
) -> None:
    registry = shape(stem, tmp_path)

    with pytest.raises(BadInputError) as refused:
        worked(registry, name, **{fact: value})

    assert [code] == [each.code for each in refused.value.problems]


def test_a_sample_that_is_too_small_is_refused_where_points_come_in_bands(tmp_path: Path) -> None:
    bands = '{ less_than = "50%", points = 0 }, { at_least = "50%", points = 5 }'
    keys = f'fact = "shapes.rate"\nsample = {{ of = "shapes.visited", at_least = 10 }}\nbands = [{bands}]'
    registry = small(tmp_path, group(keys), total=5)

    with pytest.raises(BadInputError, match="DB054"):
        assessed(registry, rate="90%", visited=9)


# rules that are refused


@pytest.mark.parametrize(
    ("bands", "code"),
    [
        ('{ less_than = "80%", points = 0 }, { more_than = "80%", points = 5 }', "DB014"),
        ('{ at_most = "79.98%", points = 0 }, { at_least = "80%", points = 5 }', "DB014"),
        ('{ at_least = "0.01%", less_than = "80%", points = 0 }, { at_least = "80%", points = 5 }', "DB014"),
        ('{ less_than = "80%", points = 0 }, { at_least = "80%", less_than = "100%", points = 5 }', "DB014"),
        ('{ at_most = "80%", points = 0 }, { at_least = "80%", points = 5 }', "DB013"),
        ('{ less_than = "80.01%", points = 0 }, { at_least = "80%", points = 5 }', "DB013"),
        ('{ less_than = "80%", points = 0 }, { points = 5 }', "DB013"),
    ],
)
@pytest.mark.parametrize("ratio", ["", 'ratio_to = "shapes.residents"\nif_empty = "met"\n'], ids=["rate", "ratio"])
def test_bands_with_a_gap_or_an_overlap_are_refused(bands: str, code: str, ratio: str, tmp_path: Path) -> None:
    fact = "shapes.helpers" if ratio else "shapes.rate"

    assert [code] == codes(small(tmp_path, group(f'fact = "{fact}"\n{ratio}bands = [{bands}]'), total=5))


def test_bands_that_adjoin_in_the_facts_own_steps_leave_no_gap(tmp_path: Path) -> None:
    bands = '{ at_most = "79.99%", points = 0 }, { more_than = "79.99%", at_most = "100%", points = 5 }'

    assert [] == codes(small(tmp_path, group(f'fact = "shapes.rate"\nbands = [{bands}]'), total=5))


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ('fact = "shapes.area"\nat_least = "25%"', "DB017"),
        ('fact = "shapes.rate"\nat_least = 25', "DB052"),
        ('fact = "shapes.rate"\nat_least = "25.001%"', "DB025"),
        ('fact = "shapes.rate"\nat_most = "100.01%"', "DB024"),
        ('fact = "shapes.rooms"\nhas_at_least = 6', "DB024"),
        ('fact = "shapes.rooms"\nhas = ["office", "办公室"]\nhas_at_least = 2', "DB009"),
        ('fact = "shapes.helpers"\nratio_to = "shapes.residents"\nat_least = "10%"', "DB023"),
        ('rule = "志愿人数 / 住户人数 >= 10%"', "DB023"),
        ('fact = "shapes.grade"\nat_least = "特优"', "DB018"),
        ('fact = "shapes.incidents"\nkind = "terrible"\nat_most = 0', "DB018"),
        ('fact = "shapes.rate"\nby_kind = { "小区" = { at_least = "50%" } }', "DB031"),
    ],
)
def test_a_condition_that_no_fact_can_answer_is_refused(keys: str, code: str, tmp_path: Path) -> None:
    assert [code] == codes(small(tmp_path, group(keys)))


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ('fact = "shapes.progress"\ngraded = { idle = 0, done = 5 }', "DB014"),
        ('fact = "shapes.progress"\ngraded = { idle = 0, going = 3, done = 5, "已完成" = 5 }', "DB009"),
        ('points = 5\nsources = [{ fact = "shapes.daily", share = "60%" }, { fact = "shapes.survey", share = "39%" }]', "DB044"),
        ('fact = "shapes.cases"\npoints = 5\ndeduct = [{ points = "-1" }]', "DB024"),
        ('fact = "shapes.rooms"\nhas = ["office", "办公室"]\nper_member = "2.5"', "DB009"),
        ('fact = "shapes.progress"\ngraded = { idle = 0, going = "0.0001", done = 5 }', "DB025"),
        ('points = 5\nfact = "shapes.area"\nat_least = "1 m2"\neach = { points = 1 }\ngraded = { idle = 0 }', "DB039"),
    ],
)
def test_points_that_do_not_hold_together_are_refused(keys: str, code: str, tmp_path: Path) -> None:
    assert [code] == codes(small(tmp_path, group(keys), total=5))


@pytest.mark.parametrize(
    "keys",
    [
        f'fact = "shapes.helpers"\nratio_to = "shapes.residents"\nbands = [{TENTH}]',
        'fact = "shapes.cases"\nif_empty = "perhaps"\npoints = 5\ndeduct = [{ points = 1 }]',
        'fact = "shapes.cases"\nsample = "many"\npoints = 5\ndeduct = [{ points = 1 }]',
        SHORT + 'at_least = "20 m2"\nper = { fact = "shapes.households", each = 100 }',
        SHORT + 'at_least = "100 m2"\nby_kind = { "村委会" = { at_least = "50 m2" } }',
    ],
    ids=["ratio without if_empty", "unknown if_empty", "unreadable sample", "shortfall of a norm", "shortfall by kind"],
)
def test_what_the_points_would_silently_ignore_is_refused(keys: str, tmp_path: Path) -> None:
    assert [] != codes(small(tmp_path, group(keys), total=5))


@pytest.mark.parametrize("total", ["9", "11", "10.0004"])
def test_a_total_that_its_points_do_not_sum_to_is_refused(total: str, tmp_path: Path) -> None:
    assert codes(small(tmp_path, group(*RATE_AND_AREA), total=total)) in (["DB012"], ["DB025"])


def test_a_criterion_whose_points_its_indicators_do_not_sum_to_is_refused(tmp_path: Path) -> None:
    assert ["DB012"] == codes(small(tmp_path, group(*RATE_AND_AREA, more="points = 9"), total=10))


@pytest.mark.parametrize(
    ("first", "second", "expected"), [("59%", "40%", ["DB015"]), ("60%", "40%", []), ("61%", "40%", ["DB015"])]
)
def test_weights_must_total_a_hundred_per_cent(first: str, second: str, expected: list[str], tmp_path: Path) -> None:
    one = group(RATE_AND_AREA[0], more=f'weight = "{first}"')
    two = group(RATE_AND_AREA[1], name="other", more=f'weight = "{second}"')

    assert expected == codes(small(tmp_path, one, two, total=100, method="weighted"))


def test_a_weighted_criterion_without_points_is_refused(tmp_path: Path) -> None:
    one = group(RATE_AND_AREA[0], more='weight = "60%"')
    two = group('fact = "shapes.area"\nat_least = "1 m2"', name="other", more='weight = "40%"')

    assert [] != codes(small(tmp_path, one, two, total=100, method="weighted"))


@pytest.mark.parametrize(
    ("requires", "more", "expected"),
    [
        ("score >= 10", "", []),
        ("score >= 10.001", "", ["DB016"]),
        ("score >= 5", 'unit_kinds = ["街道"]', ["DB016"]),
        ("lowest(indicators) > 5", "", ["DB016"]),
    ],
)
def test_an_award_that_can_never_be_won_is_refused(requires: str, more: str, expected: list[str], tmp_path: Path) -> None:
    assert expected == codes(small(tmp_path, group(*RATE_AND_AREA), award(requires, more), total=10))


def test_a_child_may_leave_out_only_what_it_inherits(tmp_path: Path) -> None:
    shape("b24", tmp_path)
    path = tmp_path / "shapes" / "b24.toml"
    path.write_text(path.read_text("utf-8").replace('without = ["rate"]', 'without = ["rate", "rats"]'), "utf-8")

    with pytest.raises(BadInputError, match="DB037"):
        loaded(path.parent).program("shapes.b24")


# what an assessment says


def test_the_sources_own_words_stay_beside_a_bare_number(tmp_path: Path) -> None:
    leaf = worked(shape("a05", tmp_path), "at").indicator("helpers")

    assert ("15%", ">=") == (leaf.cite.as_printed, next(s.operator for s in steps(leaf.because) if s.operator))


def test_a_soft_value_is_shown_as_soft(tmp_path: Path) -> None:
    found = [s for s in steps(worked(shape("a13", tmp_path), "below-target").indicator("rate").because) if s.note == "soft"]

    assert [("95.99", "96", "≈")] == [(s.value, s.bound, s.operator) for s in found]


def test_every_failing_member_of_all_of_is_named(tmp_path: Path) -> None:
    because = worked(shape("a21", tmp_path), "under").indicator("all").because

    assert ["shapes.area", "shapes.rate", "shapes.cases"] == [s.subject for s in because.children if s.outcome == "not_met"]


def test_the_missing_members_of_a_checklist_are_named(tmp_path: Path) -> None:
    because = worked(shape("a22", tmp_path), "at").indicator("all").because

    assert ["clinic", "school"] == [s.text for s in steps(because) if s.kind == "member" and s.outcome == "not_met"]


def test_an_unknown_member_of_a_local_checklist_is_called_by_its_name(tmp_path: Path) -> None:
    registry = shape("a22", tmp_path)
    result = worked(registry, "partly-known")

    assert ["活动场所·宣传栏", "活动场所·市民学校"] == [Phrases(registry.vocabulary, "zh").fact(n) for n in result.unknown_facts]


@pytest.mark.parametrize("name", ["average", "median", "rank"])
def test_a_comparison_with_peers_asks_for_the_peers(name: str, tmp_path: Path) -> None:
    assert ("peers.shapes.rate",) == worked(shape("a20", tmp_path), "alone").indicator(name).missing


def test_an_exemption_says_why(tmp_path: Path) -> None:
    because = worked(shape("b20", tmp_path), "exempt").indicator("area").because

    assert ["改造期间免评"] == [s.text for s in steps(because) if s.kind == "exempt" and s.outcome == "met"]


def test_the_explanation_of_an_exempt_item_shows_the_points_it_was_given(tmp_path: Path) -> None:
    because = worked(shape("b20", tmp_path), "exempt").indicator("area").because

    assert "5" in [s.value for s in steps(because) if s.unit == "point"]


@pytest.mark.parametrize(
    ("stem", "name", "leaf", "note"),
    [
        ("b10", "over", "helpers", "capped"),
        ("b19", "sum-over", "sum", "capped"),
        ("b03", "below-floor", "cases", "floored"),
        ("b05", "nothing", "floored", "floored"),
        ("b21-impute", "under", "guarded", "imputed"),
    ],
)
def test_what_was_capped_floored_or_imputed_is_in_the_explanation(
    stem: str, name: str, leaf: str, note: str, tmp_path: Path
) -> None:
    because = worked(shape(stem, tmp_path), name).indicator(leaf).because

    assert note in {step.note for step in steps(because)}


def test_an_item_exactly_at_its_cap_is_not_called_capped(tmp_path: Path) -> None:
    because = worked(shape("b10", tmp_path), "at").indicator("helpers").because

    assert "capped" not in {step.note for step in steps(because)}


def test_who_scores_an_item_is_kept(tmp_path: Path) -> None:
    standard = shape("b22", tmp_path).standard("shapes.b22")

    assert ["民政局", "公安局"] == [leaf.scored_by for leaf in standard.indicators()]


@pytest.mark.parametrize(("name", "pending"), [("pending", True), ("unknown", False), ("confirmed", False), ("rejected", False)])
def test_a_veto_is_pending_while_it_has_fallen_and_nobody_has_confirmed_it(name: str, pending: bool, tmp_path: Path) -> None:
    accident = worked(shape("c04", tmp_path), name).vetoes[0]

    assert pending is accident.pending


def test_an_award_names_the_time_to_rectify(tmp_path: Path) -> None:
    awards = shape("c08", tmp_path).standard("shapes.c08").awards

    assert {"pass": "", "rectify": "6 months", "fail": ""} == {each.id: each.rectify_within for each in awards}


def test_the_ladder_is_in_order_of_rank(tmp_path: Path) -> None:
    registry = shape("c09", tmp_path)
    held = {each.id for each in worked(registry, "silver-at").awards if each.state is State.HELD}

    assert 2 == max(each.rank for each in registry.standard("shapes.c09").awards if each.id in held)


@pytest.mark.parametrize(
    ("stem", "name", "fact"),
    [("a24", "missing", "shapes.households"), ("c03", "missing", "shapes.title"), ("c04", "pending", "shapes.confirmed")],
    ids=["scope", "gate", "veto"],
)
def test_a_fact_that_keeps_only_an_award_open_is_listed_as_unknown(stem: str, name: str, fact: str, tmp_path: Path) -> None:
    assert (fact,) == worked(shape(stem, tmp_path), name).unknown_facts


# shapes that meet


@pytest.mark.parametrize(("rate", "verdict"), [("25%", Verdict.MET), ("15.99%", Verdict.NOT_MET), ("24.99%", Verdict.UNKNOWN)])
def test_an_unknown_attribute_does_not_matter_where_every_value_of_it_agrees(rate: str, verdict: Verdict, tmp_path: Path) -> None:
    values = 'yes = { at_least = "16%" }, no = { at_least = "25%" }'
    keys = f'fact = "shapes.rate"\nby = {{ fact = "shapes.renovated", values = {{ {values} }} }}'

    assert verdict is assessed(small(tmp_path, group(keys)), rate=rate).indicator("it-0").verdict


@pytest.mark.parametrize(("settled", "verdict"), [("2012-01-01", Verdict.MET), ("2012-02-01", Verdict.MET), (None, Verdict.MET)])
def test_a_case_settled_after_the_day_asked_is_not_late_before_its_term_has_run_out(
    settled: str | None, verdict: Verdict, tmp_path: Path
) -> None:
    case = {"on": "2011-12-20"} | ({"settled": settled} if settled else {})
    registry = small(tmp_path, group('fact = "shapes.requests"\neach_within = "1 month"'))

    assert verdict is assessed(registry, requests=[case]).indicator("it-0").verdict


@pytest.mark.parametrize(("last_year", "verdict"), [("2010-03-01", Verdict.MET), ("2009-12-31", Verdict.NOT_MET)])
def test_the_window_of_an_earlier_period_ends_with_that_period(last_year: str, verdict: Verdict, tmp_path: Path) -> None:
    registry = small(tmp_path, group('fact = "shapes.hearings"\nat_least = 1\nwithin = "1 year"\nsustained = 2'))
    result = assessed(registry, {"2010": {"hearings": [last_year]}}, hearings=["2011-03-01"])

    assert verdict is result.indicator("it-0").verdict


@pytest.mark.parametrize(("if_empty", "score"), [("met", 5), ("not_met", 0), ("not_applicable", 5)])
def test_bands_of_a_ratio_honour_what_is_declared_for_a_zero_denominator(if_empty: str, score: int, tmp_path: Path) -> None:
    keys = f'fact = "shapes.helpers"\nratio_to = "shapes.residents"\nif_empty = "{if_empty}"\nbands = [{TENTH}]'
    result = assessed(small(tmp_path, group(keys), total=5), helpers=0, residents=0)

    assert Decimal(score) == result.indicator("it-0").points.low  # type: ignore[union-attr]


def test_weighted_scores_count_a_criterion_whose_items_may_drop_out(tmp_path: Path) -> None:
    one = group(RATE_AND_AREA[0], more='weight = "60%"')
    two = group(RATE_AND_AREA[1] + '\nwhen = "住户数 >= 300"', name="other", more='weight = "40%"')
    registry = small(tmp_path, one, two, total=100, method="weighted", more='not_applicable = "drop"')

    assert Decimal(100) == assessed(registry, rate="50%", area="1 m2", households=300).score.low  # type: ignore[union-attr]


RESCALED = group(
    RATE_AND_AREA[0],
    RATE_AND_AREA[1] + '\nwhen = "住户数 >= 300"',
    'fact = "shapes.helpers"\nbonus = true\neach = { points = 1, cap = 2 }',
)


def test_rescaling_leaves_bonus_points_alone(tmp_path: Path) -> None:
    registry = small(tmp_path, RESCALED, total=10, more='not_applicable = "rescale"')

    assert Decimal(12) == assessed(registry, rate="50%", helpers=2, households=299).score.low  # type: ignore[union-attr]


def test_a_rescaled_score_that_is_open_stays_inside_the_total(tmp_path: Path) -> None:
    registry = small(tmp_path, RESCALED, total=10, more='not_applicable = "rescale"')

    assert Decimal(10) >= assessed(registry, rate="50%", area="1 m2", helpers=0).score.high  # type: ignore[union-attr]
