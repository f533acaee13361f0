"""A unit's assessment while somebody works on it: what an answer changes, undo and redo, and what they are after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from workspaces import ME, UNIT, new, opened

from duibiao.model.facts import FactSet, FactType, Grading, Happening, Holding, Kind, Ticks, Unit, Value
from duibiao.model.notation import NotationError, literal_of
from duibiao.model.outcome import State, Verdict
from duibiao.registry import Registry
from duibiao.services import answers, cases
from duibiao.services.desk import Desk
from duibiao.services.people import add_operator
from duibiao.services.session import Session
from duibiao.services.sitting import Sitting, sit_down
from duibiao.services.writer import Fact
from duibiao.store.records import save_facts
from duibiao.store.workspace import Workspace

QINGPU, WUJIN = "shanghai.qingpu.committee", "jiangsu.wujin.community"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry()


def a_session(registry: Registry, standard: str, **values: Value) -> Session:
    return Session(registry.assessor(standard), FactSet(Unit("新民村", "居委会"), values, date(2011, 4, 1), "2011"))


class TestAnswering:
    def test_an_answer_changes_its_own_line_and_what_rests_on_it(self, registry: Registry) -> None:
        session = a_session(registry, QINGPU)
        question = session.questions[1]

        change = session.answer(question, 1)

        assert (None, 1) == (change.before, change.after)
        assert session.place(question) in change.rows
        assert Verdict.MET is session.verdict(question)

    def test_points_of_a_line_are_those_of_all_its_indicators(self, registry: Registry) -> None:
        session = a_session(registry, WUJIN)
        several = next(each for each in session.questions if len(each.indicators) > 1)

        points = session.points(several)

        assert points is not None
        assert sum(session.worth[name] for name in several.indicators) == points.full

    def test_a_standard_without_points_has_none_on_its_lines(self, registry: Registry) -> None:
        session = a_session(registry, QINGPU)

        assert {None} == {session.points(each) for each in session.questions}

    def test_what_matters_next_is_below_and_the_end_is_the_last_line(self, registry: Registry) -> None:
        session = a_session(registry, QINGPU)
        session.answer(session.questions[1], 1)

        assert 2 == session.next_below(0)
        assert len(session.questions) - 1 == session.next_below(len(session.questions) - 1)

    def test_what_the_process_records_later_is_taken_up(self, registry: Registry) -> None:
        session = a_session(registry, QINGPU)
        question = session.questions[1]

        assert session.process_shows({question.fact.id: 1})
        assert session.given(question)
        assert Verdict.MET is session.verdict(question)
        assert not session.process_shows({question.fact.id: 1})

    def test_somebody_elses_answer_is_not_ours_to_undo(self, registry: Registry) -> None:
        session = a_session(registry, QINGPU)
        mine, theirs = session.questions[1], session.questions[2]
        session.answer(mine, 1)
        session.answer(theirs, 1)

        session.take_over(theirs, 0)

        undone = session.undo()
        assert undone is not None
        assert mine == undone.question
        assert session.undo() is None
        assert 0 == session.value(theirs)

    def test_what_only_a_gate_looks_at_is_asked_last_and_settles_it(self, registry: Registry) -> None:
        session = a_session(registry, "national.community")
        question = session.questions[-1]
        other = session.find("development_zone_unit")
        assert other is not None
        assert (("gates", "eligible"),) == question.findings == other.findings
        assert session.matters(question)

        change = session.answer(other, 0)

        assert State.HELD is session.reading.gates["eligible"]
        assert {session.place(other), session.place(question)} <= set(change.rows)
        assert Verdict.MET is session.verdict(question)
        assert not session.matters(question)

    @pytest.mark.parametrize("standard", [QINGPU, WUJIN, "national.community", "daxinganling.station"])
    def test_answering_everything_leaves_nothing_open_but_what_the_process_records(
        self, registry: Registry, standard: str
    ) -> None:
        session = a_session(registry, standard)
        for each in session.questions:
            session.answer(each, best(each.fact))

        assert 0 == session.left()
        assert session.next_open(0) is None
        assert not {Verdict.UNKNOWN, Verdict.NEEDS_JUDGEMENT} & set(session.reading.verdicts.values())


def best(fact: FactType) -> Value:
    """An answer that says everything is well."""
    match fact.kind:
        case Kind.CHECKLIST:
            return answers.whole(fact, there=True)
        case Kind.GRADE | Kind.CHOICE:
            return Grading(len(fact.options) - 1)
        case Kind.TITLE:
            return Holding(True)
        case Kind.DATE:
            return date(2011, 3, 1)
        case Kind.EVENTS:
            return ()
    return min(fact.high, 10000)


class TestKeys:
    @pytest.mark.parametrize(("key", "value"), [(1, 1), (0, 0), (2, None)])
    def test_one_is_yes_and_zero_is_no(self, registry: Registry, key: int, value: int | None) -> None:
        flag = next(each for each in registry.vocabulary.types.values() if each.kind is Kind.FLAG)

        assert value == answers.digit(flag, None, key).value

    def test_one_is_always_the_best_grade_and_zero_the_worst_of_two(self, registry: Registry) -> None:
        grade = _of(registry, Kind.GRADE, 2)

        assert Grading(1) == answers.digit(grade, None, 1).value
        assert Grading(0) == answers.digit(grade, None, 0).value
        assert Grading(0) == answers.digit(grade, None, 2).value
        assert answers.digit(grade, None, 3).value is None

    def test_a_changed_grade_keeps_who_judged_it_and_why(self, registry: Registry) -> None:
        grade = _of(registry, Kind.GRADE, 2)

        assert Grading(0, "王芳", "抽查") == answers.shifted(grade, Grading(1, "王芳", "抽查"), 1)

    def test_a_digit_ticks_a_member_and_ticks_it_off_again(self, registry: Registry) -> None:
        checklist = _of(registry, Kind.CHECKLIST, 11)
        first, eleventh = checklist.options[0].id, checklist.options[10].id

        once = answers.digit(checklist, None, 1)
        twice = answers.digit(checklist, once.value, 1)

        assert Ticks(frozenset({first}), frozenset()) == once.value
        assert Ticks(frozenset(), frozenset({first})) == twice.value
        assert not once.done
        assert Ticks(frozenset({eleventh}), frozenset()) == answers.digit(checklist, None, 1, page=1).value
        assert answers.digit(checklist, None, 2, page=1).value is None

    def test_closing_a_checklist_says_that_the_rest_is_not_there(self, registry: Registry) -> None:
        checklist = _of(registry, Kind.CHECKLIST, 5)
        first, *rest = (each.id for each in checklist.options)

        closed = answers.closed(checklist, Ticks(frozenset({first}), frozenset()))

        assert Ticks(frozenset({first}), frozenset(rest)) == closed
        assert answers.closed(checklist, closed) is None
        assert answers.closed(checklist, None) is None

    def test_a_rate_is_typed_without_its_sign_and_kept_exactly(self, registry: Registry) -> None:
        rate = _of(registry, Kind.RATE)

        assert 9555 == answers.read_typed(rate, "95.55")
        assert 9500 == answers.read_typed(rate, "95%")
        assert "95.55" == answers.typed_as(rate, 9555)

    @pytest.mark.parametrize(
        ("typed", "code"), [("101", "DB024"), ("-1", "DB024"), ("9.555", "DB025"), ("9..5", "DB008"), ("-", "DB008")]
    )
    def test_a_wrong_rate_says_what_would_be_right(self, registry: Registry, typed: str, code: str) -> None:
        with pytest.raises(NotationError) as caught:
            answers.read_typed(_of(registry, Kind.RATE), typed)

        assert code == caught.value.code

    def test_a_percent_sign_on_a_count_is_another_unit(self, registry: Registry) -> None:
        with pytest.raises(NotationError) as caught:
            answers.read_typed(_of(registry, Kind.COUNT), "5%")

        assert "DB017" == caught.value.code

    def test_a_day_is_eight_digits(self, registry: Registry) -> None:
        events = _fact(Kind.DATE)

        assert date(2012, 11, 15) == answers.read_typed(events, "20121115")
        assert answers.complete(events, "20121115")
        with pytest.raises(NotationError, match="DB033"):
            answers.read_typed(events, "20121315")

    def test_each_day_typed_is_one_event_more(self) -> None:
        events = _fact(Kind.EVENTS)
        first = answers.read_typed(events, "20121115")

        both = answers.read_typed(events, "20120302", first)

        assert (Happening(date(2012, 3, 2)), Happening(date(2012, 11, 15))) == both
        assert (Happening(date(2012, 3, 2)),) == answers.without_last(both)
        assert answers.without_last(first) is None
        assert () == answers.whole(events, there=False)


def _of(registry: Registry, kind: Kind, options: int = 0) -> FactType:
    return next(
        each for each in registry.vocabulary.types.values() if each.kind is kind and options in (0, len(each.options))
    )  # fmt: skip


def _fact(kind: Kind) -> FactType:
    return FactType("it", "某事", kind)


class TestSittingDown:
    @pytest.fixture
    def office(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
        monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
        folder = new(tmp_path / "office")
        with opened(folder) as space:
            yield space

    @pytest.fixture
    def desk(self, office: Workspace, registry: Registry) -> Desk:
        return Desk(office, registry, ME.id, date(2011, 4, 1))

    @pytest.fixture
    def case(self, desk: Desk) -> str:
        return cases.open_case(desk, UNIT, QINGPU)

    def saved(self, desk: Desk, sitting: Sitting, *answered: tuple[int, Value | None]) -> None:
        """Answer, and save as the writer would."""
        for index, value in answered:
            self.store(desk, sitting.to_save(sitting.session.answer(sitting.session.questions[index], value)))

    def store(self, desk: Desk, fact: Fact) -> None:
        with desk.space.change(desk.actor) as entry:
            save_facts(entry, fact.unit, fact.period, {fact.fact: fact.literal}, note=fact.note, origin=fact.origin)

    def test_answers_are_there_again_and_can_be_undone_and_redone(self, desk: Desk, case: str) -> None:
        sitting = sit_down(desk, case)
        self.saved(desk, sitting, (1, 1), (2, 0))
        undone = sitting.session.undo()
        assert undone is not None
        self.store(desk, sitting.to_save(undone))

        again = sit_down(desk, case).session

        assert 1 == again.value(again.questions[1])
        assert again.value(again.questions[2]) is None
        redone = again.redo()
        assert redone is not None
        assert (again.questions[2], 0) == (redone.question, redone.after)
        assert again.undo() is not None
        earlier = again.undo()
        assert earlier is not None
        assert again.questions[1] == earlier.question

    def test_a_later_answer_keeps_the_note(self, desk: Desk, case: str) -> None:
        sitting = sit_down(desk, case)
        question = sitting.session.questions[1]
        sitting.keep_note(question, "见台账第三页")
        self.store(desk, sitting.as_it_stands(question, "见台账第三页"))

        self.saved(desk, sitting, (1, 1))

        again = sit_down(desk, case)
        assert "见台账第三页" == again.note(question)
        assert 1 == again.session.value(again.session.questions[1])

    def test_what_others_store_is_news_once(self, desk: Desk, case: str) -> None:
        sitting = sit_down(desk, case)
        question = sitting.session.questions[1]
        add_operator(desk.space, ME.id, "other", "李明", ["single"], [], "")
        with desk.space.change("other") as entry:
            save_facts(entry, UNIT, "2011", {question.fact.id: True})

        found = sitting.news()

        assert [(question.fact.id, "other")] == [(each.fact, each.actor) for each in found]
        change = sitting.accept(found[0])
        assert change is not None
        assert 1 == sitting.session.value(question)
        assert [] == sitting.news()

    def test_nothing_happened_is_no_news(self, desk: Desk, case: str) -> None:
        assert [] == sit_down(desk, case).news()

    def test_half_typed_text_is_there_again_until_it_is_forgotten(self, desk: Desk, case: str) -> None:
        sitting = sit_down(desk, case)
        question = sitting.session.questions[5]

        sitting.typing(question, "95.").run(desk.space)
        kept = sit_down(desk, case).typed
        sitting.typing(None, "").run(desk.space)

        assert (question.fact.id, 0, "95.") == kept
        assert sit_down(desk, case).typed is None

    def test_a_fact_of_the_year_before_goes_to_that_year(self, desk: Desk, case: str) -> None:
        sitting = sit_down(desk, case)
        before = next(each for each in sitting.session.questions if each.back)

        fact = sitting.to_save(sitting.session.answer(before, 8000))

        assert ("2010", literal_of(before.fact, 8000)) == (fact.period, fact.literal)

    def test_the_files_of_a_fact_are_listed_with_it(self, desk: Desk, case: str, tmp_path: Path) -> None:
        from duibiao.services import evidence

        file = tmp_path / "台账.txt"
        file.write_text("张三", "utf-8")
        question = sit_down(desk, case).session.questions[1]
        evidence.attach(desk.space, desk.actor, UNIT, "2011", question.fact.id, [file])

        assert ["台账.txt"] == sit_down(desk, case).files(question)
