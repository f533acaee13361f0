"""The assessment screen: a whole standard by keys, and every kind of answer in its row."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from duibiao.model.facts import LEVELLED, NUMERIC, Grading, Holding, Kind, Ticks, Value
from duibiao.registry import Registry
from duibiao.services import answers
from duibiao.services.demo import worked_examples
from duibiao.services.session import Question
from duibiao.tui.screens.assess import AssessScreen
from tui.assessing import (
    QINGPU,
    WUJIN,
    Walk,
    assessment_at,
    go,
    here,
    line_of,
    made_office,
    own_office,
    page,
    press,
    saved,
    session,
    stored,
    typed,
)
from tui.conftest import screen, text_of


class TestAFirstAssessment:
    async def test_a_whole_standard_takes_one_key_an_indicator_and_the_digits_of_its_numbers(
        self, at: Walk, registry: Registry, office: Path
    ) -> None:
        facts = next(each.facts for each in worked_examples(registry) if each.standard == QINGPU and _all(registry, each))
        async with at() as pilot:
            keys = digits = 0
            for _ in range(200):
                if not session(pilot).left():
                    break
                question = here(pilot)
                values = dict(facts.values) if not question.back else dict(facts.history)[_last(facts)]
                pressed, content = keys_for(question, values[question.fact.id])
                for each in pressed:
                    press(pilot, each)
                await pilot.pause()
                keys, digits = keys + len(pressed) - content, digits + content
            await saved(pilot)

            assert 0 == session(pilot).left()
            assert keys <= 80 == len(page(pilot).indicators)
            assert all(state == "held" for state in session(pilot).reading.awards.values())
            assert "✓ 示范居委会" in screen(pilot.app)
            assert "● 已存" in screen(pilot.app)
        assert {name for (period, name) in stored(office) if period == "2011"} <= set(facts.values)

    async def test_the_same_keys_in_full_width_answer_too(self, at: Walk) -> None:
        async with at() as pilot:
            await typed(pilot, "ａ", "ｙ", "ｎ", "１", "０")

            values = [session(pilot).value(each) for each in session(pilot).questions[:5]]
            assert isinstance(values[0], Ticks)
            assert [1, 0, 1, 0] == values[1:]

    async def test_it_begins_at_the_first_open_question_with_its_heading_in_sight(self, at: Walk) -> None:
        async with at() as pilot:
            assert here(pilot) == session(pilot).questions[0]
            assert "组织领导坚强有力" in text_of(pilot.app)[2]

    async def test_when_all_is_answered_it_says_so_and_what_comes_next(self, at: Walk) -> None:
        async with at() as pilot:
            for each in session(pilot).questions[:-1]:
                session(pilot).answer(each, _any(each))
            page(pilot).rows.action_edge(1)
            await typed(pilot, "a")

            assert "全部答完" in screen(pilot.app)


def _all(registry: Registry, example: Any) -> bool:
    found = registry.assessor(QINGPU).assess(example.facts)
    return all(each.state == "held" for each in found.awards)


def _last(facts: Any) -> str:
    return str(max(period for period, _ in facts.history))


def _any(question: Question) -> Value:
    fact = question.fact
    if fact.kind in LEVELLED:
        return Grading(len(fact.options) - 1)
    if fact.kind is Kind.CHECKLIST:
        return answers.whole(fact, there=True)
    return Holding(True) if fact.kind is Kind.TITLE else fact.high


def keys_for(question: Question, value: Value) -> tuple[list[str], int]:
    """Keys that give an answer, and how many of them are its content: digits of numbers, members of lists."""
    fact = question.fact
    if fact.kind in NUMERIC:
        text = answers.typed_as(fact, value)
        content = ["full_stop" if each == "." else each for each in text]
        return [*content, *([] if answers.complete(fact, text) else ["enter"])], len(text)
    if fact.kind in LEVELLED:
        assert isinstance(value, Grading)
        return [str(answers.order(fact).index(value.level) + 1)], 0
    if isinstance(value, Ticks):
        if len(value.present) == len(fact.options):
            return ["a"], 0
        digits = [str((place + 1) % 10) for place, each in enumerate(fact.options) if each.id in value.present]
        return [*digits, "enter"], len(digits)
    return ["1" if (value.held if isinstance(value, Holding) else value) else "0"], 0


class TestEveryKindOfAnswer:
    async def test_yes_and_no_step_on_and_n_means_no(self, at: Walk) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.FLAG)
            await typed(pilot, "n")

            assert 0 == session(pilot).value(question)
            assert here(pilot) != question
            assert "✗" in line_of(pilot, question.fact.title)

    async def test_a_checklist_is_ticked_by_digits_and_enter_says_the_rest_is_not_there(self, at: Walk) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.CHECKLIST)
            await typed(pilot, "1", "3")
            assert "2/5 项，3 项未定" in line_of(pilot, question.fact.title)
            assert "1 ✓" in screen(pilot.app)

            await typed(pilot, "enter")

            value = session(pilot).value(question)
            assert isinstance(value, Ticks)
            assert (2, 3) == (len(value.present), len(value.absent))
            assert here(pilot) != question

    async def test_the_eleventh_member_is_on_the_next_ten(self, at: Walk) -> None:
        async with at() as pilot:
            long = next(i for i, each in enumerate(session(pilot).questions) if len(each.fact.options) == 11)
            page(pilot).rows.go(long)
            await typed(pilot, "right", "1")

            value = session(pilot).value(session(pilot).questions[long])
            assert Ticks(frozenset({session(pilot).questions[long].fact.options[10].id}), frozenset()) == value

    async def test_a_number_is_typed_in_the_row_and_kept_with_its_unit(self, at: Walk, office: Path) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.RATE)
            await typed(pilot, "9", "5", "full_stop", "5")
            assert "95.5_ %" in line_of(pilot, question.fact.title)

            await typed(pilot, "enter")
            await saved(pilot)

            assert "95.5%" in line_of(pilot, question.fact.title)
        assert "95.5%" == stored(office)["2011", question.fact.id].value

    async def test_the_cursor_leaves_a_number_only_when_it_is_right(self, at: Walk) -> None:
        async with at((60, 18)) as pilot:
            question = await go(pilot, Kind.RATE)
            await typed(pilot, "101", "down")

            assert here(pilot) == question
            assert "101 ✗ 0% 到 100%" in screen(pilot.app)

            await typed(pilot, "backspace", "down")
            assert 1000 == session(pilot).value(question)
            assert here(pilot) != question

    async def test_escape_drops_what_is_typed_and_keeps_the_answer(self, at: Walk) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.RATE)
            await typed(pilot, "95", "enter", "up", "3", "escape")

            assert 9500 == session(pilot).value(question)
            assert isinstance(pilot.app.screen, AssessScreen)

    async def test_backspace_edits_a_number_that_stands_there(self, at: Walk) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.RATE)
            await typed(pilot, "95", "enter", "up", "backspace", "8", "enter")

            assert 9800 == session(pilot).value(question)

    async def test_a_hundred_per_cent_needs_no_enter_and_one_out_of_habit_skips_nothing(self, at: Walk) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.RATE)
            await typed(pilot, "100")
            following = here(pilot)
            await typed(pilot, "enter")

            assert 10000 == session(pilot).value(question)
            assert following == here(pilot) != question

    async def test_a_grade_is_chosen_by_digit_and_shifted_by_arrows(self, at: Walk) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.GRADE)
            assert "1 符合  0 不符合" in line_of(pilot, question.fact.title)
            await typed(pilot, "1", "up", "right")

            assert Grading(0) == session(pilot).value(question)

    async def test_a_judgement_keeps_its_reason(self, at: Walk, office: Path) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.GRADE)
            await typed(pilot, "1", "up", "r")
            await saved(pilot)
            await typed(pilot, "抽", "查", "三", "户", "ctrl+s")
            await saved(pilot)

            value = session(pilot).value(question)
            assert isinstance(value, Grading)
            assert "抽查三户" == value.reason
        assert "抽查三户" == stored(office)["2011", question.fact.id].value["reason"]

    async def test_a_title_is_held_or_not(self, at: Walk) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.TITLE)
            await typed(pilot, "1")

            assert Holding(True) == session(pilot).value(question)

    async def test_a_fact_of_the_year_before_names_its_year(self, at: Walk) -> None:
        async with at() as pilot:
            index = next(i for i, each in enumerate(session(pilot).questions) if each.back)
            page(pilot).rows.go(index)
            await pilot.pause()

            assert "（2010 年）" in screen(pilot.app)

    async def test_x_clears_and_the_question_is_open_again(self, at: Walk) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.FLAG)
            await typed(pilot, "1", "up", "x")

            assert session(pilot).value(question) is None
            assert "1 是  0 否" in line_of(pilot, question.fact.title)

    async def test_points_and_score_follow_at_once(self, at: Walk) -> None:
        async with at(standard=WUJIN, day=date(2012, 11, 5)) as pilot:
            before = session(pilot).reading.score
            question = await go(pilot, Kind.GRADE)
            await typed(pilot, "0")

            after = session(pilot).reading.score
            assert before is not None
            assert after is not None
            assert after.high < before.high
            assert f"得分 {_plain(after.low)}–{_plain(after.high)}/100" in screen(pilot.app)
            points = session(pilot).points(question)
            assert points is not None
            assert line_of(pilot, question.fact.title).rstrip("▁▂▃▄▅▆▇█ ").endswith(f"0/{_plain(points.full)}")


def _plain(number: Any) -> str:
    from duibiao.model.notation import plain

    return plain(number)


__all__ = ["assessment_at", "made_office", "own_office"]
