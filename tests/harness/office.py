"""An office's workspace as the harnesses use it: a small one made anew, the programs that work in it, and what must hold after.

Whatever is acknowledged is a line: ``log <link>`` for an entry of the journal, ``draft <form> <text>`` for a kept draft.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random

from duibiao.errors import BadInputError
from duibiao.store import drafts
from duibiao.store.cases import open_case
from duibiao.store.doctor import examine
from duibiao.store.records import add_evidence, save_facts, save_scores, scores_of
from duibiao.store.rights import Operator
from duibiao.store.workspace import Workspace, create_workspace, open_workspace

from .kills import Marks, missing

ME = Operator("me", "我", ("single",), (), "")
UNITS = ("320412100002", "320412100003", "320412100004")
CASE = "case-1"
CASE_ROW: dict[str, str | int] = {
    "id": CASE, "unit": UNITS[0], "standard": "example", "edition": "2012", "content": "", "round": "r", "year": 2012,
    "track": "", "status": "open", "holder": "", "opened": "2012-05-01",
}  # fmt: skip
ROUND_ROW: dict[str, str | int] = {"id": "r", "standard": "example", "year": 2012, "title": "示例轮次", "state": "open"}
INDICATORS = tuple(f"indicator-{number}" for number in range(20))
TOLD = ("W_RECOVERED", "W_UPGRADED")
"""Notes on opening that are good news."""


def now() -> datetime:
    """The time, as a workspace's clock."""
    return datetime.now().astimezone()


def forget_heads() -> None:
    """Empty the memory of how far workspaces were: a copy that begins anew is no rollback."""
    shutil.rmtree(os.environ["DUIBIAO_STATE"], ignore_errors=True)


def fresh(folder: Path) -> None:
    """A new workspace with three units, a round and one open case."""
    forget_heads()
    with create_workspace(folder, {"title": "示例街道", "code": "320412"}, ME, now) as space, space.change("me") as entry:
        for code in UNITS:
            row = {"code": code, "name": f"第{code[-1]}社区", "kind": "居委会", "initials": "dsq", "source": ""}
            entry.append("unit.added", f"unit/{code}", row)
        entry.append("round.opened", "office", ROUND_ROW)
        open_case(entry, listed=CASE_ROW, stages=["check"])


def sound(folder: Path, acknowledged: Sequence[str]) -> Iterator[str]:
    """What is wrong with a workspace after a crash: it must open for writing, be sound in full, and hold what was promised."""
    try:
        with open_workspace(folder, now) as space:
            yield from (f"on opening: {each.code} {each.found}" for each in space.notes if each.code not in TOLD)
            found = [f"log {link}" for (link,) in space.db.execute("SELECT link FROM log").fetchall()]
            found += [f"draft {each.form} {each.text}" for each in drafts.of(space, "me")]
    except BadInputError as error:
        yield f"not opened: {error.problems[0].code} {error.problems[0].found}"
        return
    yield from missing(acknowledged, found)
    yield from examined(folder)


def examined(folder: Path) -> Iterator[str]:
    """What a full examination finds."""
    for each in examine(folder, full=True).problems:
        yield f"{each.code} {each.found} {each.allowed}"


# The work that people do, one save at a time; each returns the line that acknowledges it

Save = Callable[[Workspace, Random, int], str]


def promise(space: Workspace) -> str:
    """The line that acknowledges the last entry; asked inside the transaction that appended it."""
    return f"log {space.head()[1]}"


def set_facts(space: Workspace, random: Random, number: int) -> str:
    """Some facts of a unit, with a note of any length."""
    unit = random.choice(UNITS)
    values = {f"fact_{random.randrange(30)}": random.randrange(10**6) for _ in range(random.randrange(1, 6))}
    with space.change("me") as entry:
        save_facts(entry, unit, "2011", values, note="备注" * random.randrange(300))
        return promise(space)


def edit_case(space: Workspace, random: Random, number: int) -> str:
    """Points for a few indicators, made from the versions that stood before, or a finding."""
    base = {each.indicator: each.version for each in scores_of(space, CASE, "街镇")}
    finding = {
        "case_id": CASE, "id": f"{random.getrandbits(64):x}", "stage": "check", "found": "2012-06-01", "text": "问题" * 20,
        "due": None, "settled": None, "measure": "",
    }  # fmt: skip
    points = {name: (f"{random.randrange(100)}", "", "") for name in random.sample(INDICATORS, 3)}
    with space.change("me") as entry:
        if random.random() < 0.3:
            entry.append("finding.raised", f"case/{CASE}", finding)
        else:
            save_scores(entry, CASE, "街镇", points, base={name: base.get(name, 0) for name in points})
        return promise(space)


def content_of(random: Random) -> bytes:
    """A piece of evidence; now and then the same as before."""
    return random.randbytes(random.choice((10, 700, 5000, 60_000))) if random.random() < 0.9 else b"the same again"


def attach(space: Workspace, random: Random, number: int) -> str:
    """A piece of evidence: kept first, named afterwards."""
    content = content_of(random)
    return name_evidence(space, random, space.objects.add(content), len(content))


def name_evidence(space: Workspace, random: Random, kept: str, size: int) -> str:
    """The entry that names a piece of evidence."""
    with space.change("me") as entry:
        add_evidence(entry, kept, size, "照片.jpg", unit=random.choice(UNITS), period="2011", fact="fact_1")
        return promise(space)


def keep_draft(space: Workspace, random: Random, number: int) -> str:
    """An unsaved text."""
    form, text = f"form-{random.getrandbits(64):x}", "草稿" * random.randrange(1, 50)
    drafts.keep(space, drafts.Draft("me", form, "", text, now().isoformat()))
    return f"draft {form} {text}"


SAVES: tuple[Save, ...] = (set_facts, edit_case, attach, keep_draft)


def for_ever(folder: str, seed: int, marks: str, save: Save) -> None:
    """Save again and again, opening the workspace anew now and then."""
    out, random = Marks(marks), Random(seed)
    out.ready()
    for number in count():
        if number % 25 == 0:
            space = open_workspace(Path(folder), now)
            space.patience = 60
        out.say(save(space, random, number))
        if number % 25 == 24:
            space.close()


def facts(folder: str, seed: int, marks: str) -> None:
    """A writer of facts."""
    for_ever(folder, seed, marks, set_facts)


def cases(folder: str, seed: int, marks: str) -> None:
    """A writer who edits the case, and keeps drafts."""
    for_ever(folder, seed, marks, lambda space, random, number: (edit_case, keep_draft)[number % 4 == 3](space, random, number))


def evidence(folder: str, seed: int, marks: str) -> None:
    """A writer who attaches evidence."""
    for_ever(folder, seed, marks, attach)


def some_of_each(folder: str, marks: str, seed: str, count: str) -> None:
    """A session at the desk, recorded for the power cuts: saves of every sort, with the workspace closed in between."""
    out, random = Marks(marks), Random(int(seed))
    for number in range(int(count)):
        with open_workspace(Path(folder), now) as space:
            for save in random.sample(SAVES, len(SAVES)):
                out.say(save(space, random, number))


def after_power(folder: Path, acknowledged: Sequence[str]) -> Iterator[str]:
    """`sound`, each time on a machine that has not seen the workspace before: rebuilt disks go back and forth in time."""
    forget_heads()
    yield from sound(folder, acknowledged)
