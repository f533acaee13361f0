"""From the shell in a real terminal: a first assessment by keys alone, killed in the middle, and nothing is missing."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from attrs import frozen

from duibiao.model.facts import NUMERIC, FactType, Kind
from duibiao.registry import Registry
from duibiao.services.desk import Desk
from duibiao.services.office import open_office
from duibiao.services.sitting import Sitting, sit_down
from duibiao.store import cases as kept

TMUX = shutil.which("tmux")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(TMUX is None and not os.environ.get("CI"), reason="tmux is not installed"),
]
FULL_WIDTH = str.maketrans({chr(each): chr(each + 0xFEE0) for each in range(0x21, 0x7F)})
PATIENCE = 30.0
NOTE = "查看了会议记录，情况属实"


class Terminal:
    """A terminal of 80×24 in which a person works.

    Attributes:
        keys: How many keys were pressed.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.socket = folder / "tmux"
        self.environment = {**environment, "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        self.keys = 0
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "-s", "work", "-c", str(folder), "sh")
        self._tmux("set-option", "-g", "escape-time", "0")

    def _tmux(self, *words: str) -> str:
        assert TMUX is not None
        done = subprocess.run(
            [TMUX, "-S", str(self.socket), *words], capture_output=True, text=True, check=True, env=self.environment, timeout=60
        )  # fmt: skip
        return done.stdout

    def text(self) -> str:
        """What is on the screen."""
        return self._tmux("capture-pane", "-p", "-t", "work")

    def type(self, text: str) -> None:
        """Type characters."""
        self.keys += len(text)
        self._tmux("send-keys", "-t", "work", "-l", text)

    def press(self, *names: str) -> None:
        """Press keys by their names."""
        self.keys += len(names)
        self._tmux("send-keys", "-t", "work", *names)

    def see(self, pattern: str) -> str:
        """Wait until the screen shows *pattern*; the screen."""
        return self.until(lambda text: re.search(pattern, text) is not None, pattern)

    def until(self, holds: Callable[[str], bool], what: str) -> str:
        """Wait until something holds of the screen."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            text = self.text()
            if holds(text):
                return text
            time.sleep(0.03)
        raise AssertionError(f"{what} is not on the screen:\n{self.text()}")

    def cursor(self) -> tuple[bool, int]:
        """Whether the terminal's cursor is shown, and in which line it is."""
        shown, line = self._tmux("display-message", "-p", "-t", "work", "#{cursor_flag} #{cursor_y}").split()
        return shown == "1", int(line)

    def process(self) -> int:
        """Id of the program that runs in the terminal."""
        shell = int(self._tmux("display-message", "-p", "-t", "work", "#{pane_pid}"))
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(shell)], capture_output=True, text=True, check=True).stdout
        return int(found.split()[0])

    def again(self) -> None:
        """A fresh terminal: one in which a program was killed stays as that program had set it."""
        self._tmux("respawn-pane", "-k", "-t", "work")

    def close(self) -> None:
        """Close the terminal."""
        self._tmux("kill-server")


@pytest.fixture
def terminal(tmp_path: Path, state: Path) -> Iterator[Terminal]:
    """A terminal in an empty folder."""
    made = Terminal(tmp_path, dict(os.environ))
    yield made
    made.close()


def start(terminal: Terminal, office: Path, *options: str) -> None:
    """Start the program as an operator does."""
    command = f"{Path(sys.executable).parent / 'duibiao'} --workspace {office} {' '.join(['tui', *options] if options else [])}"
    terminal.type(f"clear; {command}")
    terminal.press("Enter")


def welcomed(terminal: Terminal, office: Path) -> None:
    """From the shell to the first assessment of a committee of Qingpu, by keys."""
    start(terminal, office)
    terminal.see("建立本单位的工作区")
    terminal.type("1")
    terminal.type(numbered(terminal.see("居委会创建标准"), "居委会创建标准"))
    terminal.type(numbered(terminal.see("整个青浦区"), "夏阳街道"))
    terminal.see("本单位叫什么")
    terminal.press("Enter")
    terminal.see("东盛社区居委会")
    terminal.press("Enter")
    terminal.see(r"还剩 \d+ 题")


def numbered(text: str, words: str) -> str:
    """The digit of the line that holds *words*."""
    line = next(line for line in text.splitlines() if words in line)
    return line.split()[0]


def stored(office: Path, registry: Registry) -> Sitting:
    """The only case of a workspace as it is on the disk now."""
    with open_office(str(office), write=False) as space:
        (case,) = kept.cases(space)
        return sit_down(Desk(space, registry, space.operators()[0].id, case.opened), case.id)


def left(text: str) -> int:
    """How many questions the screen says are left; -1 while it does not say."""
    found = re.search(r"还剩 (\d+)", text)
    return int(found[1]) if found else -1


def asked(text: str, facts: Mapping[str, FactType]) -> tuple[FactType, str] | None:
    """The question at hand, and its line: the first below the list begins with its title."""
    for line in text.splitlines()[2:]:
        titles = [title for title in facts if line.startswith(title)]
        if titles:
            return facts[max(titles, key=len)], line
    return None


GOOD = {
    Kind.FLAG: "1", Kind.GRADE: "1", Kind.CHOICE: "1", Kind.CHECKLIST: "a", Kind.TITLE: "1", Kind.EVENTS: "z", Kind.RATE: "100",
    Kind.COUNT: "5", Kind.QUANTITY: "900", Kind.MONEY: "9", Kind.DATE: "20110405",
}  # fmt: skip
"""Keys that answer a question; of numbers Enter as well, which is then the one key, the digits are what has to be said."""


@frozen
class Typist:
    """Answers questions by keys.

    Attributes:
        terminal: Where.
        facts: Title to question.
        wide: Whether an input method makes every character full-width.
    """

    terminal: Terminal
    facts: Mapping[str, FactType]
    wide: bool

    def answer(self) -> int:
        """Answer the question at hand and wait for what follows; how many keys that took beside the digits of a number."""
        text = self.terminal.until(lambda text: asked(text, self.facts) is not None, "a question")
        found = asked(text, self.facts)
        assert found is not None
        fact = found[0]
        keys = GOOD[fact.kind]
        self.terminal.type(keys.translate(FULL_WIDTH) if self.wide else keys)
        number = fact.kind in NUMERIC
        if number:
            self.terminal.press("Enter")
        self.terminal.until(
            lambda text: left(text) == 0 or asked(text, self.facts) not in (None, found), f"what follows {fact.id}"
        )
        return 1

    def assess(self, most: int) -> int:
        """Answer until nothing is left; the keys it took, digits of numbers not counted."""
        count = 0
        for _ in range(most):
            if left(self.terminal.text()) == 0:
                return count
            count += self.answer()
        raise AssertionError(self.terminal.text())


def notes(office: Path, registry: Registry) -> set[str]:
    """What stands beside the answers that are kept."""
    return {each.note for each in stored(office, registry).stored.values()}


@pytest.mark.parametrize("wide", [False, True], ids=["plain", "full-width"])
def test_a_first_assessment_is_finished_by_keys_killed_and_found_again(
    terminal: Terminal, tmp_path: Path, registry: Registry, wide: bool
) -> None:
    office = tmp_path / "office"
    welcomed(terminal, office)
    questions = stored(office, registry).session.questions
    facts = {each.fact.title: each.fact for each in questions}

    keys = Typist(terminal, facts, wide).assess(len(questions) + 5)
    assert keys <= len(questions)

    # Chinese evidence, then the power goes.
    terminal.type("ｅ" if wide else "e")
    terminal.see("佐证说明")
    terminal.type(NOTE)
    terminal.press("Enter")
    # «● 已存» stands on the screen beneath already: only what follows the note tells that it is kept.
    terminal.until(lambda text: "佐证说明" not in text and NOTE in notes(office, registry), "the note")
    terminal.see("● 已存")
    before = stored(office, registry)
    assert 0 == before.session.left()
    os.kill(terminal.process(), signal.SIGKILL)
    terminal.see("Killed")
    terminal.again()

    start(terminal, office)
    terminal.see("东盛社区居委会")
    terminal.press("Enter")
    terminal.see("还剩 0 题")
    again = stored(office, registry)
    assert before.session.facts == again.session.facts
    assert NOTE in notes(office, registry)
    terminal.type("ｕ" if wide else "u")
    terminal.see("还剩 1 题|撤销：|已撤销")


def test_for_a_screen_reader_the_cursor_is_shown_and_follows_the_line(
    terminal: Terminal, tmp_path: Path, registry: Registry
) -> None:
    start(terminal, tmp_path / "office", "--a11y")
    terminal.see("建立本单位的工作区")
    first = terminal.cursor()
    terminal.press("Down")
    terminal.until(lambda text: terminal.cursor() != first, "the cursor, moved")
    second = terminal.cursor()

    assert (True, True) == (first[0], second[0])
    assert first[1] + 1 == second[1]
