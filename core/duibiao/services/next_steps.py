"""What to do about what is in the way: the command to type, one line for each thing that is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from attrs import frozen

from duibiao.model.process import Stage
from duibiao.services.cases import File
from duibiao.workflow.blocks import Block, Condition
from duibiao.workflow.case import Status

Say = Callable[[str, str], str]
_ASSESSED = ("WF01", "WF02", "WF03", "WF04", "WF05", "WF06", "WF27", "WF28")


@frozen
class NextSteps:
    """Commands for one case.

    Attributes:
        case: The case.
        say: Picks the language.
    """

    case: File
    say: Say

    def of(self, block: Block, others: tuple[Block, ...] = ()) -> list[str]:
        """The commands that deal with *block*; empty where nothing but time or a decision helps.

        *others* is everything in the way: what the stage records by itself waits for them.
        """
        found = _COMMANDS.get(block.code)
        if found is not None:
            return [line for line in found(self, block) if line]
        if block.code in _ASSESSED:
            return list(self._assessed(block, others))
        return []

    def beneath(self, blocks: tuple[Block, ...]) -> list[list[str]]:
        """The commands for each of *blocks*; one that helps with several is told with the first."""
        seen: set[str] = set()
        found = []
        for each in blocks:
            lines = [line for line in self.of(each, blocks) if line not in seen]
            seen.update(lines)
            found.append(lines)
        return found

    @property
    def name(self) -> str:
        """Id of the case."""
        return self.case.listed.id

    def run(self, what: str, *words: str) -> str:
        """A command about the case."""
        return " ".join((f"duibiao case {what} {self.name}", *(word for word in words if word)))

    def at(self, block: Block) -> str:
        """``--stage``, where the case is in several."""
        return f"--stage {block.stage}" if len(self.case.state.active) > 1 and block.stage else ""

    def _assessed(self, block: Block, others: tuple[Block, ...]) -> Iterator[str]:
        """Facts that are missing, points that are too few: what the stage will record by itself needs nobody to type it."""
        stage = next((each for each in self.case.route if each.id == block.stage), None)
        missing = set(_missing(block.condition))
        own = _records(stage) if stage is not None else set()
        waits = any(each.code not in _ASSESSED for each in others)
        if missing and {name.partition(".")[0] for name in missing} <= own and waits:
            yield self.say("上面的办完，这里自动记录", "recorded by itself once the rest is done")
        elif missing:
            listed = self.case.listed
            yield f"duibiao fact list {listed.unit.code} --standard {listed.standard} --period {listed.year} --missing"
        else:
            yield self.run("show", "--full")


def _missing(condition: Condition) -> Iterator[str]:
    yield from condition.missing
    for each in condition.parts:
        yield from _missing(each)


def _records(stage: Stage) -> set[str]:
    """Facts that a stage and its notice record by themselves."""
    return {*stage.records, *(stage.notice or {}).get("records", {})}


def _quoted(text: str) -> str:
    """A word of a command line."""
    return f'"{text}"' if any(char in text for char in " ()[]{};&|<>*?!#") else text


def _papers(steps: NextSteps, block: Block) -> list[str]:
    return [steps.run("paper", _quoted(name), steps.at(block)) for name in block.condition.names]


def _notice(steps: NextSteps, block: Block) -> list[str]:
    stage = next(each for each in steps.case.route if each.id == block.stage)
    spec = stage.notice or {}
    until = "" if spec.get("days") else steps.say("--until 截止日", "--until DATE")
    media = steps.say("--media 媒体名称", "--media NAME") if spec.get("media") else ""
    return [steps.run("notice", until, media, steps.at(block))]


def _later(steps: NextSteps, block: Block) -> list[str]:
    if block.day is None:
        return []
    day = block.day + timedelta(days=block.code == "WF10")
    return [steps.run("move", steps.at(block)) + steps.say(f"（{day} 起）", f" (from {day})")]


def _opinions(steps: NextSteps, block: Block) -> list[str]:
    text = steps.say("--text 意见", "--text TEXT")
    return [steps.run("opinion", _quoted(name), text, steps.at(block)) for name in block.condition.names]


def _settle(steps: NextSteps, block: Block) -> list[str]:
    return [steps.run("settle", *block.condition.names, "--dismissed|--upheld", steps.say("--answer 答复", "--answer TEXT"))]


def _mend(steps: NextSteps, block: Block) -> list[str]:
    return [steps.run("mend", *block.condition.names, steps.say("--measure 措施", "--measure TEXT"))]


def _sample(steps: NextSteps, block: Block) -> list[str]:
    share = steps.say("--share 比例", "--share SHARE") if block.condition.missing else ""
    seed = steps.say("--seed 种子", "--seed WORD")
    return [" ".join(part for part in ("duibiao round sample", steps.case.listed.round, block.stage, seed, share) if part)]


def _task(steps: NextSteps, block: Block) -> list[str]:
    return [steps.run("task", steps.say("部门 任务", "DEPARTMENT TASK"), steps.at(block))]


def _done(steps: NextSteps, block: Block) -> list[str]:
    return [steps.run("done", block.condition.names[-1])]


def _award(steps: NextSteps, block: Block) -> list[str]:
    return [steps.run("move", f"--award {name}", steps.at(block)) for name in block.condition.names]


def _back(steps: NextSteps, block: Block) -> list[str]:
    reason = steps.say("--reason 理由", "--reason TEXT")
    return [steps.run("return", f"--to {name}", reason) for name in block.condition.names]


def _forfeit(steps: NextSteps, block: Block) -> list[str]:
    return [steps.run("forfeit", steps.at(block))]


def _over(steps: NextSteps, block: Block) -> list[str]:
    if steps.case.state.status is Status.OPEN:
        return []
    return [steps.run("show")]


def _full(steps: NextSteps, block: Block) -> list[str]:
    """A ratio is counted over what the workspace has: the whole division may have to be imported first."""
    names = block.condition.names
    return [f"duibiao unit import {names[0]}"] if len(names) > 1 and names[0] else []


_COMMANDS: dict[str, Callable[[NextSteps, Block], list[str]]] = {
    "WF07": _papers, "WF08": _notice, "WF09": _notice, "WF10": _later, "WF11": _notice, "WF12": _settle, "WF13": _opinions,
    "WF14": _later, "WF15": _forfeit, "WF16": _mend, "WF17": _sample, "WF18": _task, "WF19": _done, "WF20": _papers,
    "WF21": _over, "WF22": _over, "WF23": _award, "WF30": _back, "WF45": _full,
}  # fmt: skip
"""Code to the commands that deal with it."""

__all__ = ["NextSteps"]
