"""The assessment screen: nothing typed is ever lost, whatever fails and whoever else is at work."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from duibiao.errors import Problem
from duibiao.model.facts import Kind
from duibiao.model.notation import read_value
from duibiao.services.fact_entry import draft_of
from duibiao.services.office import open_office
from duibiao.services.session import Question
from duibiao.store.records import evidence_of, save_facts
from duibiao.tui.screens.assess import AssessScreen
from tui.assessing import (
    QINGPU,
    UNITS,
    Walk,
    assessment_at,
    disk_full,
    go,
    here,
    line_of,
    made_office,
    own_office,
    page,
    saved,
    session,
    stored,
    typed,
)
from tui.conftest import screen

KILLED = """
import asyncio, os, signal, sys
from datetime import date
from duibiao.tui.app import DuibiaoApp

async def work():
    app = DuibiaoApp(sys.argv[1], day=date(2011, 4, 1), person="me")
    async with app.run_test(size=(80, 24)) as pilot:
        while not app.has_desk:
            await pilot.pause()
        app.case = "qingpu-2011-0001"
        app.action_go("assess")
        await pilot.pause()
        await pilot.press("a", "1", "0", "1", "1", "8", "7")
        await asyncio.sleep(0.8)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(work())
"""
"""Answers, types half a number, and is killed."""


class TestUndo:
    async def test_undo_and_redo_say_what_they_did_and_go_there(self, at: Walk) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.RATE)
            await typed(pilot, "95", "enter", "G", "u")

            assert session(pilot).value(question) is None
            assert here(pilot) == question
            assert "撤销：党小组覆盖率  95% → 未答" in screen(pilot.app)

            await typed(pilot, "ctrl+r")
            assert "重做：党小组覆盖率  未答 → 95%" in screen(pilot.app)

    async def test_undo_and_redo_go_on_after_a_restart(self, at: Walk) -> None:
        async with at() as pilot:
            await typed(pilot, "a", "1", "0", "u")

        async with at() as pilot:
            first, second, third = session(pilot).questions[:3]
            assert session(pilot).value(third) is None
            await typed(pilot, "ctrl+r")
            assert 0 == session(pilot).value(third)
            await typed(pilot, "u", "u")
            assert session(pilot).value(second) is None
            assert session(pilot).value(first) is not None


class TestNothingTypedIsLost:
    async def test_answers_are_on_the_disk_without_being_asked_for(self, at: Walk, office: Path) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.FLAG)
            await typed(pilot, "1")
            await saved(pilot)

            assert stored(office)["2011", question.fact.id].value is True
            assert "● 已存" in screen(pilot.app)

    async def test_a_note_is_kept_and_a_later_answer_does_not_erase_it(self, at: Walk, office: Path) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.FLAG)
            await typed(pilot, "e", "见", "台", "账", "enter")
            await saved(pilot)
            assert "注" in line_of(pilot, question.fact.title)
            await typed(pilot, "1")
            await saved(pilot)

        found = stored(office)["2011", question.fact.id]
        assert ("见台账", True) == (found.note, found.value)

    async def test_a_file_is_attached_by_its_path_and_a_wrong_one_says_why(self, at: Walk, office: Path, tmp_path: Path) -> None:
        (tmp_path / "list.txt").write_text("张三", "utf-8")
        async with at() as pilot:
            question = await go(pilot, Kind.FLAG)
            for name in ("list.exe", "list.txt"):
                await typed(pilot, "f")
                pilot.app.screen.query_one("Typed").value = str(tmp_path / name)  # type: ignore[attr-defined]
                await typed(pilot, "enter")
                assert page(pilot).duibiao.writer.flush(10)
                await pilot.pause()

            assert any("list.exe" in text for text, kind in page(pilot).duibiao.log_lines if kind == "bad")
            assert "附" in line_of(pilot, question.fact.title)
        with contextlib.closing(open_office(str(office), write=False)) as space:
            assert ["list.txt"] == [row["name"] for row in evidence_of(space, UNITS[QINGPU], "2011", question.fact.id)]

    async def test_what_is_half_typed_when_the_program_stops_is_there_again(self, at: Walk) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.RATE)
            await typed(pilot, "87")

        async with at() as pilot:
            assert here(pilot) == question
            assert "87_ %" in line_of(pilot, question.fact.title)
            await typed(pilot, "enter")
            assert 8700 == session(pilot).value(question)

        async with at() as pilot:
            assert "_ %" not in screen(pilot.app)

    async def test_a_program_that_is_killed_has_lost_nothing_and_undo_goes_on(self, at: Walk, office: Path) -> None:
        child = [sys.executable, "-X", "utf8", "-c", KILLED, str(office)]
        ended = await asyncio.to_thread(subprocess.run, child, timeout=60, check=False, capture_output=True)
        assert -signal.SIGKILL == ended.returncode, ended.stderr.decode()

        async with at() as pilot:
            questions = session(pilot).questions
            assert [1, 0, 1, 1] == [session(pilot).value(each) for each in questions[1:5]]
            assert here(pilot) == questions[5]
            assert "87_ %" in line_of(pilot, questions[5].fact.title)
            await typed(pilot, "u", "u")
            assert session(pilot).value(questions[4]) is None

    async def test_an_answer_that_cannot_be_saved_stays_with_the_reason_and_is_saved_later(
        self, at: Walk, office: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.FLAG)
            with disk_full(monkeypatch):
                await typed(pilot, "1", "up")
                await saved(pilot)
                assert "未存" in line_of(pilot, question.fact.title)
                assert "✗ 未存 1" in screen(pilot.app)
                assert "磁盘已满" in screen(pilot.app)
                await page(pilot).duibiao.action_leave()
                assert pilot.app.is_running

            await typed(pilot, "ctrl+s")
            await saved(pilot)
            assert "未存" not in screen(pilot.app)
        assert stored(office)["2011", question.fact.id].value is True

    async def test_a_workspace_that_is_read_only_takes_no_answers_and_says_so(self, at: Walk) -> None:
        async with at() as pilot:
            page(pilot).duibiao.desk.space.barred = Problem("E_READONLY")
            question = await go(pilot, Kind.FLAG)
            await typed(pilot, "1")

            assert session(pilot).value(question) is None
            assert "E_READONLY" in screen(pilot.app)


class TestSomebodyElse:
    def theirs(self, office: Path, question: Question, value: Any) -> None:
        """Somebody else stores an answer from another window."""
        with contextlib.closing(open_office(str(office))) as space, space.change("other") as entry:
            save_facts(entry, UNITS[QINGPU], "2011", {question.fact.id: value}, note="电话核实")

    @pytest.mark.parametrize(("way", "value"), [("1", 9000), ("2", 9500), ("3", 9000)])
    async def test_two_answers_to_one_question_are_settled_by_the_person(
        self, at: Walk, office: Path, way: str, value: int
    ) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.RATE)
            self.theirs(office, question, "90%")
            await typed(pilot, "95", "enter")
            await saved(pilot)
            text = screen(pilot.app)
            assert all(each in text for each in ("other 先改了", "原值", "未答", "90%（电话核实）", "95%"))

            await typed(pilot, way)
            await saved(pilot)

            assert value == session(pilot).value(question)
            assert "未存" not in screen(pilot.app)
            if way == "3":
                assert "95_ %" in screen(pilot.app)
                await typed(pilot, "escape")
        assert value == read_value(question.fact, stored(office)["2011", question.fact.id].value)

    async def test_putting_the_choice_off_keeps_ours_in_sight_and_asks_again(self, at: Walk, office: Path) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.RATE)
            self.theirs(office, question, "90%")
            await typed(pilot, "95", "enter")
            await saved(pilot)
            await typed(pilot, "escape")
            assert "未存" in line_of(pilot, question.fact.title)

            await typed(pilot, "ctrl+s", "1")
            assert 9000 == session(pilot).value(question)

    async def test_an_answer_left_undecided_is_kept_as_a_draft_of_the_facts(self, at: Walk, office: Path) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.RATE)
            self.theirs(office, question, "90%")
            await typed(pilot, "95", "enter")
            await saved(pilot)
            await typed(pilot, "escape", "escape")
            assert "再按一次 Esc 留作草稿" in screen(pilot.app)
            await typed(pilot, "escape")
            assert not isinstance(pilot.app.screen, AssessScreen)

        with contextlib.closing(open_office(str(office), write=False)) as space:
            kept = draft_of(space, "me", UNITS[QINGPU], "2011")
        assert kept is not None
        assert (f"{question.fact.id}=95%",) == kept.lines

    async def test_what_others_changed_is_taken_over_and_said(self, at: Walk, office: Path) -> None:
        async with at() as pilot:
            question = await go(pilot, Kind.RATE)
            self.theirs(office, question, "90%")

            page(pilot).look_around()
            await pilot.pause()

            assert 9000 == session(pilot).value(question)
            assert "other 改了 1 个答案：党小组覆盖率" in screen(pilot.app)
            await typed(pilot, "80", "enter")
            await saved(pilot)
            assert isinstance(pilot.app.screen, AssessScreen)
        assert "80%" == stored(office)["2011", question.fact.id].value


__all__ = ["assessment_at", "made_office", "own_office"]
