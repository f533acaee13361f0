"""Where something is given: the question that is meant, or what of the process shows it."""

from __future__ import annotations

import pytest

from duibiao.model.facts import FactSet
from duibiao.registry import Registry
from duibiao.services.demo import worked_examples
from duibiao.services.seek import SCORE, shown_by, wanted
from duibiao.services.session import Session

WUJIN, NATIONAL = "jiangsu.wujin.community", "national.community"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry()


@pytest.fixture
def session(registry: Registry) -> Session:
    """A unit of Wujin of which everything is known."""
    facts: FactSet = next(each.facts for each in worked_examples(registry) if each.standard == WUJIN)
    return Session(registry.assessor(WUJIN), facts)


def test_an_indicator_a_fact_and_a_gate_mean_their_question(session: Session) -> None:
    for question in session.questions:
        for name in (question.fact.id, *question.indicators, *(each for _, each in question.findings)):
            place = wanted(session, [name])
            assert place is not None
            found = session.questions[place]
            assert name in (found.fact.id, *found.indicators, *(each for _, each in found.findings))


def test_a_member_or_an_earlier_year_of_a_fact_means_the_fact(session: Session) -> None:
    question = session.questions[3]

    for name in (f"{question.fact.id}.part", f"{question.fact.id}@-1"):
        place = wanted(session, [name])
        assert place is not None
        assert question.fact.id == session.questions[place].fact.id


def test_an_open_question_comes_before_one_that_is_answered(session: Session) -> None:
    first, later = session.questions[0], session.questions[4]
    session.answer(later, None)

    assert 4 == wanted(session, [first.fact.id, later.fact.id])


def test_the_score_means_what_lacks_most_and_nothing_where_nothing_lacks(session: Session) -> None:
    worth = {place: session.points(each) for place, each in enumerate(session.questions)}
    assert all(each is None or each.low == each.full for each in worth.values()) is (wanted(session, [SCORE]) is None)
    session.answer(session.questions[2], None)

    assert 2 == wanted(session, [SCORE])


def test_what_nobody_knows_means_nothing(session: Session) -> None:
    assert wanted(session, ["no_such_thing"]) is None
    assert wanted(session, []) is None


@pytest.mark.parametrize(
    ("missing", "stage", "act", "name"),
    [
        (["application_form_filled"], "self-check", "papers", "申报表"),
        (["self_check_done"], "self-check", "move", ""),
        (["self_check_done", "application_form_filled"], "self-check", "papers", "申报表"),
        (["recommendation_materials.acceptance_report"], "recommendation", "papers", "省（区、市）评审机构考核验收报告"),
        (["acceptance_passed"], "evaluation", "move", ""),
        (["media_notice_given", "notice_objections"], "naming", "notice", ""),
    ],
)
def test_what_the_process_records_is_shown_by_a_paper_a_notice_or_a_stage(
    registry: Registry, missing: list[str], stage: str, act: str, name: str
) -> None:
    found = shown_by(registry.standard(NATIONAL), missing)

    assert found is not None
    assert (stage, act, name) == (found.stage.id, found.act, found.name)


def test_what_an_operator_answers_is_not_the_processs_to_show(registry: Registry) -> None:
    standard = registry.standard(NATIONAL)

    assert shown_by(standard, ["self_check_done", "green_coverage"]) is None
    assert shown_by(standard, []) is None
