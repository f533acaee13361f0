"""见证: units that pass one standard and fail another, both ways round, or the proof that there are none."""

from __future__ import annotations

from collections.abc import Iterable
from time import sleep
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.worker import get_current_worker

from duibiao.errors import BadInputError
from duibiao.model.outcome import Verdict
from duibiao.services.compare_told import Teller
from duibiao.services.compare_witnesses import Apart, Pair, known, look_for, write
from duibiao.services.compare_words import DemandWords
from duibiao.services.comparing import labels
from duibiao.services.export import usual_folder
from duibiao.services.phrasing import VERDICTS
from duibiao.tui.keys import key
from duibiao.tui.screens.compare_sheet import Said, Sheet

NOT_ASKED = "—"


class _StoppedError(Exception):
    """Nobody waits for the search any more."""


class WitnessScreen(Sheet):
    """What tells two standards apart; looked for in a thread, which Esc stops.

    Attributes:
        names: Ids of the two standards.
        pair: What was found out; None while it is looked for.
        state: ``searching``, ``stopped``, ``done``; else what is wrong.
    """

    CALLED: ClassVar[tuple[str, str]] = ("见证", "Witnesses")
    ABOUT: ClassVar[tuple[str, str]] = (
        "什么样的单位达到一个、达不到另一个：最少的数据，每项在两边的判定，由评估复核。Esc 停止查找，x 写成事实文件。",
        "Units that pass one and fail the other: fewest facts, verdicts on both sides, checked. Esc stops; x writes facts files.",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        key("x", "write", "写成事实文件", "write facts files", name="witness.write"),
        key("w", "look", "再找", "look again", show=False, name="witness.look"),
    ]

    def __init__(self, first: str, second: str) -> None:
        super().__init__()
        self.names = (first, second)
        self.pair: Pair | None = None
        self.state = ""

    def on_mount(self) -> None:
        self.action_look()

    # looking

    def action_look(self) -> None:
        """Look for them, unless that is being done or was done before."""
        if self.state == "searching":
            return
        self.pair = known(self.duibiao.registry, self.names)
        self.state = "done" if self.pair is not None else "searching"
        if self.pair is None:
            self._look()
        self.redraw()

    @work(thread=True, exclusive=True, group="witness")
    def _look(self) -> None:
        app, me = self.duibiao, get_current_worker()

        def tick() -> None:
            if me.is_cancelled:
                raise _StoppedError
            sleep(0)  # keys come first

        try:
            found: Pair | BadInputError = look_for(app.registry, self.names, tick)
        except _StoppedError:
            return
        except BadInputError as error:
            found = error
        if not me.is_cancelled:
            app.call_from_thread(self._got, found)

    def _got(self, found: Pair | BadInputError) -> None:
        from duibiao.tui.app import problem_text

        if not self.is_mounted or self.state != "searching":
            return
        if isinstance(found, BadInputError):
            self.state = problem_text(found.problems, self.duibiao.lang)
        else:
            self.state, self.pair = "done", found
        self.redraw()

    def action_back(self) -> None:
        """Stop looking; else one screen back."""
        if self.state != "searching":
            super().action_back()
            return
        self.workers.cancel_group(self, "witness")
        self.state = "stopped"
        self.redraw()

    # what is said

    def said(self) -> Iterable[Said]:
        inks, app = self.duibiao.inks, self.duibiao
        called = labels(app.registry, self.names, app.phrases)
        told = Teller(DemandWords(app.phrases))
        for label, name in zip(called, self.names, strict=True):
            yield Said(f"{label}{self.say('：', ': ')}{told.identity(app.registry.program(name))}", inks.dim)
        match self.state:
            case "searching":
                yield Said(self.say("正在查找……（Esc 停止，其他键照常）", "looking … (Esc stops, other keys work)"), inks.open)
            case "stopped":
                yield Said(self.say("已停止，没有结论；w 再找", "stopped, nothing is known; w looks again"), inks.open)
            case "done" if self.pair is not None:
                yield from self._way(self.pair[0], called[0], called[1])
                yield from self._way(self.pair[1], called[1], called[0])
            case _:
                yield Said(f"✗ {self.state}", inks.bad)

    def _way(self, each: Apart, first: str, second: str) -> Iterable[Said]:
        """One way round: the answer, what the evaluator says, what is not met, every fact with both verdicts."""
        inks, told = self.duibiao.inks, Teller(DemandWords(self.duibiao.phrases))
        yield Said("")
        yield Said(told.passing(first, second), inks.head)
        yield Said(told.titles(each.answer), inks.dim, 1)
        ink = inks.mark if each.answer.state == "found" else inks.good if each.answer.state == "none" else inks.open
        yield Said(told.verdict(each.answer), ink, 1)
        if each.look is not None and each.answer.witness is not None:
            for column, label in enumerate((first, second)):
                stands = self.duibiao.phrases.stop.join(told.awards(each.look, column))
                yield Said(self.say(f"复核 {label}：{stands}", f"checked, {label}: {stands}"), None, 1)
            for title, cite in told.fails(each.answer):
                clause = told.words.clause(cite, each.answer.second.assessor.program.standard.header.document)
                yield Said(f"✗ {second}{self.say('：', ': ')}{title}  {clause}".rstrip(), inks.bad, 1, hang=2)
            yield from self._facts(each, told, first, second)
        yield from (Said(line, inks.dim, 1) for line in told.apart(each.answer))

    def _facts(self, each: Apart, told: Teller, first: str, second: str) -> Iterable[Said]:
        """The facts, those that decide first: the verdict under the first standard, under the second, the value."""
        inks, witness, look = self.duibiao.inks, each.answer.witness, each.look
        assert witness is not None  # noqa: S101 - asked only of one that was found
        assert look is not None  # noqa: S101
        lines = {line.row.fact: line for line in look.lines}
        legend = "  ".join(f"{sign} {self.say(zh, en)}" for sign, zh, en in list(VERDICTS.values())[:5])
        none = self.say(f"{NOT_ASKED} 不要求", f"{NOT_ASKED} not asked")
        yield Said(
            self.say(f"数据，先 {first} 后 {second}：", f"Facts, {first} then {second}: ") + f"{legend}  {none}", inks.dim, 1
        )
        for fact in sorted(witness.facts.values, key=lambda name: name not in witness.decisive):
            verdicts = lines[fact].verdicts if fact in lines else (None, None)
            marks = " ".join(NOT_ASKED if verdict is None else VERDICTS[verdict][0] for verdict in verdicts)
            value = told.words.value(fact, witness.facts.values[fact])
            decides = self.say("（决定）", " (decides)") if fact in witness.decisive else ""
            ink = inks.bad if Verdict.NOT_MET in verdicts else inks.text
            yield Said(f"{marks}  {told.words.fact(fact)} = {value}{decides}", ink, 2, hang=5)

    # writing

    def action_write(self) -> None:
        """The witnesses as facts files. What cannot be written says why."""
        if self.pair is None:
            self.duibiao.tell(self.say("还没有找到", "nothing was found so far"))
            return
        paths = write(self.pair, usual_folder(), self.duibiao.phrases)
        named = self.duibiao.phrases.comma.join(map(str, paths))
        told = self.say(f"已写入 {named}", f"Written: {named}") if paths else self.say("没有可写的", "there is nothing to write")
        self.duibiao.tell(told, "good" if paths else "")


__all__ = ["WitnessScreen"]
