"""Saving in the background: whoever types never waits for the disk, and hears when a thing is saved or why it was not.

One thread has its own connection to the workspace. What waits is saved in order, several things in one transaction. What could
not be saved is kept, and tried again when asked.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from attrs import field, frozen

from duibiao.errors import BadInputError, Problem
from duibiao.store.records import Recorded, save_facts
from duibiao.store.workspace import ConflictError, Entry, Workspace

MOST = 50
"""So many things go into one transaction at most."""


@frozen
class Fact:
    """A fact to be saved.

    Attributes:
        unit: Code of the unit.
        period: Period it speaks of.
        fact: Fact id.
        literal: The value as it is stored; None takes the fact back.
        note: What is said with it.
        origin: ``""``, ``undo`` or ``redo``.
        example: Whether it is an example.
    """

    unit: str
    period: str
    fact: str
    literal: Any
    note: str = ""
    origin: str = ""
    example: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What is saved."""
        return self.unit, self.period, self.fact


@frozen
class Outcome:
    """What became of a fact that was to be saved.

    Attributes:
        fact: The fact.
        version: Its version now; 0 when it was not saved.
        problems: Why it was not saved.
        theirs: What stands instead, where somebody else changed it meanwhile.
    """

    fact: Fact
    version: int
    problems: tuple[Problem, ...] = ()
    theirs: Recorded | None = None

    @property
    def conflict(self) -> bool:
        """Whether somebody else was first."""
        return any(each.code == "E_CONFLICT" for each in self.problems)


Heard = Callable[[Outcome], object]


@frozen
class Job:
    """Something else to be done with the writer's connection, in its turn.

    Attributes:
        run: Does it; BadInputError when it cannot be done.
        done: Told of what is in the way (nothing, when it was done), from the writer's thread.
    """

    run: Callable[[Workspace], object]
    done: Callable[[tuple[Problem, ...]], object] = field(default=lambda problems: None)


@frozen
class _Known:
    key: tuple[str, str, str]
    version: int


@frozen
class _Retry:
    pass


@frozen(eq=False)
class _Stop:
    anyway: bool
    answered: Event = field(factory=Event)


Item = Fact | Job | Event | _Known | _Retry | _Stop


class Writer:
    """Saves facts in the background.

    Attributes:
        heard: Told of every outcome, from the writer's thread; it must not wait for whoever may be closing the writer.
        unsaved: What was tried and could not be saved, the newest for each fact; conflicts are not among them.
    """

    def __init__(self, opened: Callable[[], Workspace], actor: str, heard: Heard) -> None:
        """*opened* opens the writer's own connection; it is called in the writer's thread."""
        self._opened, self._actor, self.heard = opened, actor, heard
        self.unsaved: dict[tuple[str, str, str], Fact] = {}
        self._queue: SimpleQueue[Item] = SimpleQueue()
        self._versions: dict[tuple[str, str, str], int] = {}
        self._space: Workspace | None = None
        self._thread = Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def knows(self, unit: str, period: str, fact: str, version: int) -> None:
        """Say from which version the next save of a fact starts (0: there was none)."""
        self._queue.put(_Known((unit, period, fact), version))

    def put(self, fact: Fact) -> None:
        """Save a fact soon."""
        self._queue.put(fact)

    def do(self, job: Job) -> None:
        """Do something else with the connection, after what was put before it."""
        self._queue.put(job)

    def retry(self) -> int:
        """Try again what could not be saved; how many things that is."""
        self._queue.put(_Retry())
        return len(self.unsaved)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything put so far was tried; False when time ran out."""
        done = Event()
        self._queue.put(done)
        return done.wait(timeout)

    def close(self, timeout: float | None = 15, *, anyway: bool = False) -> bool:
        """Save what waits, try again what could not be saved, and stop.

        False when time ran out, or when something is still not saved: then it goes on working, unless it is to stop *anyway*.
        """
        if not self._thread.is_alive():
            return True
        stop = _Stop(anyway)
        self._queue.put(stop)
        if not stop.answered.wait(timeout) or (self.unsaved and not anyway):
            return False
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        after: Item | None = None
        while True:
            item = after or self._queue.get()
            after = None
            match item:
                case Fact():
                    batch, after = self._more(item)
                    self._save(batch)
                case Job():
                    self._do(item)
                case _Known(key, version):
                    self._versions[key] = version
                case Event():
                    item.set()
                case _Retry():
                    self._save_all(list(self.unsaved.values()))
                case _Stop():
                    if self._stops(item):
                        return

    def _stops(self, stop: _Stop) -> bool:
        """Whether it may stop: everything is saved, or it is to stop anyway."""
        self._save_all(list(self.unsaved.values()))
        going = bool(self.unsaved) and not stop.anyway
        if not going and self._space is not None:
            self._space.close()
        stop.answered.set()
        return not going

    def _more(self, first: Fact) -> tuple[list[Fact], Item | None]:
        """What else waits already, up to the first thing that is not a fact."""
        batch = [first]
        while len(batch) < MOST and not self._queue.empty():
            item = self._queue.get()
            if not isinstance(item, Fact):
                return batch, item
            batch.append(item)
        return batch, None

    def _save_all(self, facts: list[Fact]) -> None:
        for first in range(0, len(facts), MOST):
            self._save(facts[first : first + MOST])

    def _save(self, batch: list[Fact]) -> None:
        """Save a batch at once; one by one when that fails, so that one bad thing keeps no other from being saved."""
        try:
            versions = self._transaction(self._connection(), batch)
        except Exception as error:  # whatever it is, what was typed is kept and the next thing is saved
            if len(batch) == 1:
                self._failed(batch[0], error)
                return
            for each in batch:
                self._save([each])
            return
        for each, version in zip(batch, versions, strict=True):
            self.unsaved.pop(each.key, None)
            self.heard(Outcome(each, version))

    def _connection(self) -> Workspace:
        if self._space is None:
            self._space = self._opened()
        return self._space

    def _transaction(self, space: Workspace, batch: list[Fact]) -> list[int]:
        now = dict(self._versions)
        found = []
        with space.change(self._actor) as entry:
            for each in batch:
                found.append(_one(entry, each, now.get(each.key, 0)))
                now[each.key] = found[-1]
        self._versions = now
        return found

    def _failed(self, fact: Fact, error: Exception) -> None:
        if isinstance(error, ConflictError):
            theirs = next(iter(error.theirs.values()), None)
            self.unsaved.pop(fact.key, None)
            self.heard(Outcome(fact, 0, error.problems, theirs if isinstance(theirs, Recorded) else None))
            return
        self.unsaved[fact.key] = fact
        self.heard(Outcome(fact, 0, _problems(error)))

    def _do(self, job: Job) -> None:
        try:
            job.run(self._connection())
        except Exception as error:  # as above
            job.done(_problems(error))
        else:
            job.done(())


def _problems(error: Exception) -> tuple[Problem, ...]:
    if isinstance(error, BadInputError):
        return error.problems
    return (Problem("E_NOT_SAVED", found=type(error).__name__),)


def _one(entry: Entry, fact: Fact, base: int) -> int:
    versions = save_facts(
        entry, fact.unit, fact.period, {fact.fact: fact.literal}, base={fact.fact: base}, note=fact.note, example=fact.example,
        origin=fact.origin,
    )  # fmt: skip
    return versions[fact.fact]
