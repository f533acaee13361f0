"""Hypothesis strategies: core nodes of every sort over a few inputs, as programs that any engine can run."""

from __future__ import annotations

from attrs import frozen
from hypothesis import strategies as st

from duibiao.model.facts import FactType, Kind, Vocabulary
from duibiao.model.standard import Criterion, Header, Indicator, Scoring, Standard
from duibiao.rules import nodes
from duibiao.rules.nodes import Input, Node, Num, Truth, inputs_of
from duibiao.rules.program import Finding, Group, Leaf, Program, Sketch

NUMBERS = (
    Input("small", low=0, high=6),
    Input("signed", low=-5, high=5),
    Input("large", low=0, high=3_000_000_000),
    Input("judged_number", low=0, high=3, judged=True),
)
FLAGS = (Input("flag"), Input("other_flag"), Input("judged_flag", judged=True))
VOCABULARY = Vocabulary(
    {each.fact: FactType(each.fact, each.fact, Kind.COUNT, low=each.low, high=each.high) for each in NUMBERS}
    | {each.fact: FactType(each.fact, each.fact, Kind.FLAG) for each in FLAGS}
)
NO_SKETCH = Sketch("fixed", nodes.YES)

reads = st.sampled_from(NUMBERS).map(nodes.Read)
constants = st.integers(-8, 12).map(nodes.Const)
flags = st.one_of(
    st.sampled_from(FLAGS).map(nodes.Flag), st.sampled_from([nodes.FALSE, nodes.TRUE, nodes.ASK, nodes.OPEN]).map(nodes.Fixed)
)


@st.composite
def _bands(draw: st.DrawFn, term: st.SearchStrategy[Num]) -> Num:
    cuts = sorted(draw(st.sets(st.integers(-4, 8), min_size=1, max_size=4)))
    values = draw(st.lists(st.integers(-3, 6), min_size=len(cuts) + 1, max_size=len(cuts) + 1))
    return nodes.Bands(draw(term), tuple(cuts), tuple(values))


def _some(each: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(each, min_size=1, max_size=3).map(tuple)


def numbers(depth: int) -> st.SearchStrategy[Num]:
    """A number, at most *depth* nodes deep."""
    if depth == 0:
        return st.one_of(reads, constants)
    below, test = numbers(depth - 1), truths(depth - 1)
    return st.one_of(
        reads,
        st.builds(nodes.Add, _some(below)),
        st.builds(nodes.Scale, st.integers(-3, 3), below),
        st.builds(nodes.Mul, st.one_of(reads, constants), st.one_of(reads, constants)),
        st.builds(nodes.Div, below, st.one_of(reads, constants), st.sampled_from(["up", "down", "half_up"])),
        st.builds(nodes.Least, _some(below)),
        st.builds(nodes.Greatest, _some(below)),
        st.builds(nodes.Pick, test, below, below),
        _bands(below),
        st.builds(nodes.Count, _some(test)),
    )


def truths(depth: int) -> st.SearchStrategy[Truth]:
    """A condition, at most *depth* nodes deep."""
    if depth == 0:
        return flags
    below, number = truths(depth - 1), numbers(depth - 1)
    return st.one_of(
        flags,
        st.builds(nodes.Compare, st.sampled_from([">=", ">", "=="]), number, number),
        st.builds(nodes.All, _some(below)),
        st.builds(nodes.Any, _some(below)),
        st.builds(nodes.Not, below),
        st.builds(nodes.Choose, below, below, below),
    )


@frozen
class _Part:
    """An indicator's nodes."""

    applies: Truth
    rule: Truth
    points: Num


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Nodes as a program; some stand in it more than once."""
    shared = draw(truths(2))
    guards = st.one_of(st.just(nodes.YES), truths(2), st.just(shared))
    found = draw(st.lists(st.builds(_Part, guards, st.one_of(truths(3), st.just(shared)), numbers(3)), min_size=1, max_size=3))
    findings = [Finding(id="g", test=shared, sketch=NO_SKETCH), Finding(id="h", test=draw(truths(3)), sketch=NO_SKETCH)]
    score = nodes.Add(tuple(each.points for each in found))
    leaves = tuple(
        Leaf(
            id=f"i{n}", group=0, applies=each.applies, rule=each.rule, points=each.points, full=9, bonus=False, binding=True,
            sketch=NO_SKETCH, applies_sketch=None, points_sketch=None, assumed=False,
        )
        for n, each in enumerate(found)
    )  # fmt: skip
    roots: list[Node] = [score, shared, *(node for each in found for node in (each.applies, each.rule))]
    standard = Standard(
        header=Header(id="t.n", edition="1", title="", unit_kinds=("居委会",)),
        scoring=Scoring(method="points"),
        criteria=(Criterion(id="c", title="", indicators=tuple(Indicator(id=each.id, title="") for each in leaves)),),
    )
    return Program(
        standard=standard, vocabulary=VOCABULARY, scope=nodes.YES, scope_sketch=NO_SKETCH, leaves=leaves,
        groups=(Group(id="c", points=score, full=nodes.Const(9), bonus=nodes.Const(0)),), score=score, full=nodes.Const(9),
        gates=tuple(findings), vetoes=(), awards=(), inputs=inputs_of(*roots, *(each.test for each in findings)),
        flags=frozenset(FLAGS),
    )  # fmt: skip


values = st.fixed_dictionaries(
    {},
    optional={each.fact: st.integers(each.low, min(each.high, 4_000)) | st.just(each.high) for each in NUMBERS}
    | {each.fact: st.integers(0, 1) for each in FLAGS},
)
"""What a unit says of the inputs; some are missing."""
