"""Offices for tests: a workspace driven from the command line, as an operator would."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from duibiao.model.facts import FactSet, Unit
from duibiao.model.notation import literal_of
from duibiao.registry import Registry
from duibiao.services.clock import now
from duibiao.services.demo_office import make
from duibiao.services.desk import Desk
from duibiao.store.doctor import drift
from duibiao.store.journal import verify
from duibiao.store.workspace import Workspace, open_workspace

Call = Callable[..., Any]


@frozen
class Office:
    """A workspace and the command line.

    Attributes:
        run: The command line.
        folder: Folder of the workspace.
    """

    run: Call
    folder: Path

    def ok(self, *args: object) -> str:
        """What a command printed that did what it was asked."""
        found = self.run(*args)
        assert 0 == found.code, f"{args}\n{found.out}{found.err}"
        return str(found.out)

    def no(self, *args: object, code: int = 1) -> str:
        """What a command complained of that did not, without a trace in the journal of anything but the refusal."""
        found = self.run(*args)
        assert code == found.code, f"{args}\n{found.out}{found.err}"
        assert "Traceback" not in found.err
        return str(found.err)

    def json(self, *args: object) -> Any:
        """What a command printed as JSON."""
        return json.loads(self.ok(*args, "--json"))

    def each(self, *lines: str, day: str = "") -> None:
        """Commands, all of them as typed; ``--date`` is added where a *day* is given."""
        for line in lines:
            self.ok(*line.split(), *(("--date", day) if day else ()))

    def case(self, name: str) -> Any:
        """A case as JSON."""
        return self.json("case", "show", name)

    def stages(self, name: str) -> list[str]:
        """Stages a case is in."""
        return list(self.case(name)["stages"])

    def codes(self, name: str, day: str) -> list[str]:
        """Codes of what keeps a case where it is."""
        found = self.json("case", "show", name, "--date", day)
        return [block["code"] for look in found["now"] for block in look["blocks"]]

    def entries(self) -> int:
        """Number of the journal's last entry."""
        return int(self.json("journal", "show", "--last", 1)[0]["seq"])

    def last(self) -> Any:
        """The journal's last entry."""
        return self.json("journal", "show", "--last", 1)[0]

    def record(self, unit: Unit, year: int, facts: FactSet) -> None:
        """Import the facts of a worked example, and those of the years before, as facts of a unit in a year."""
        types = Registry().vocabulary.types
        lines = [f'period = "{year}"', "[unit]", f'name = "{unit.name}"', f'code = "{unit.code}"', f'kind = "{unit.kind}"']
        for head, values in (("facts", facts.values), *(
            (f"history.{year - back}", values) for back, (_, values) in enumerate(facts.history, 1)
        )):  # fmt: skip
            lines += [f"[{head}]", *(f"{name} = {_toml(literal_of(types[name], value))}" for name, value in values.items())]
        path = self.folder.parent / "facts.toml"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        self.ok("fact", "import", path)

    @contextmanager
    def desk(self, actor: str, day: date, registry: Registry | None = None) -> Iterator[Desk]:
        """A desk at the office, for what is not asked through the command line."""
        with open_workspace(self.folder, now) as space:
            yield Desk(space, registry or Registry(), actor, day)


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def prove_sound(space: Workspace) -> None:
    """The journal verifies and the tables are what it makes of them."""
    assert verify(space.db.conn) == space.head()[0]
    assert [] == drift(space.folder, space.db, space.objects)


def make_demo(home: Path) -> Path:
    """The demonstration's workspace, with what this computer remembers of it, below *home*."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUIBIAO_STATE", str(home / "state"))
        space, _ = make(str(home / "demo"), Registry())
        space.close()
    return home


def settle_in(home: Path, run: Call, monkeypatch: pytest.MonkeyPatch, source: Path | None = None) -> Office:
    """An office of its own below *home*: empty, or a copy of what was made before."""
    if source is not None:
        shutil.copytree(source, home, dirs_exist_ok=True)
    monkeypatch.setenv("DUIBIAO_STATE", str(home / "state"))
    monkeypatch.setenv("DUIBIAO_WORKSPACE", str(home / "demo"))
    for name in ("DUIBIAO_OPERATOR",):
        monkeypatch.delenv(name, raising=False)
    return Office(run, home / "demo")


# small standards, installed as a plugin

SMALL_JURISDICTION = """\
[[jurisdiction]]
id = "small"
title = "小区"

[[document]]
id = "示例〔2020〕1号"
title = "示例文件"
clause = [{ id = "一", title = "评定" }, { id = "二", title = "名额" }]
"""

SMALL_STANDARD = """\
[standard]
id = "small.community"
edition = "2020"
title = "示范社区"
jurisdiction = "small"
document = "示例〔2020〕1号"
unit_kinds = ["居委会", "村委会"]

[scoring]
method = "points"
total = 10
LEVELS

[[award]]
id = "demonstration"
title = "示范社区"
title_en = "Demonstration community"
clause = "一"
requires = "score >= 6"
AWARD

[[criterion]]
id = "service"
title = "服务"
clause = "一"

[[criterion.indicator]]
id = "reach"
title = "服务户数"
fact = "households"
points = 10
bands = [
  { less_than = 60, points = 5 },
  { at_least = 60, less_than = 70, points = 6 },
  { at_least = 70, less_than = 80, points = 7 },
  { at_least = 80, less_than = 90, points = 8 },
  { at_least = 90, less_than = 100, points = 9 },
  { at_least = 100, points = 10 },
]
"""

FACT = "households"
"""The one fact of the small standard: a tenth of it are the points, from 5 to 10."""

UNITS = tuple((f"3101040010{number:02}", f"第{name}居委会") for number, name in enumerate("一二三四五六七八九", 1))
"""Nine communities of one township."""


def small_pack(*stages: str, award: str = "", levels: str = "", more: str = "") -> dict[str, str]:
    """The files of a pack with one standard of ten points and a title at six."""
    tables = "\n".join(f'[[stage]]\nclause = "一"\n{keys}\n' for keys in stages)
    text = SMALL_STANDARD.replace("AWARD", award).replace("LEVELS", levels)
    return {"jurisdiction.toml": SMALL_JURISDICTION, "community.toml": f"{text}\n{tables}\n{more}"}


__all__ = ["FACT", "UNITS", "Office", "make_demo", "prove_sound", "settle_in", "small_pack"]
