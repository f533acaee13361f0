"""Doors that many tests share: the command line, a facts file, a small pack on disk, an installed plugin."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from offices import UNITS, Office, make_demo, settle_in, small_pack

from duibiao.cli import main

# To look for garbage as often as Python does takes a seventh of the time: thousands of small worlds are made here.
gc.set_threshold(100_000, 20, 100)

JURISDICTION = """\
[[jurisdiction]]
id = "small"
title = "小区"

[[document]]
id = "示例〔2020〕1号"
title = "示例文件"
clause = [{ id = "一", title = "环境" }]
"""

STANDARD = """\
[standard]
id = "small.community"
edition = "2020"
title = "示范社区"
jurisdiction = "small"
document = "示例〔2020〕1号"
unit_kinds = ["居委会", "村委会"]

[[award]]
id = "demonstration"
title = "示范社区"
clause = "一"

[[criterion]]
id = "environment"
title = "环境"
clause = "一"

[[criterion.indicator]]
id = "it"
title = "指标"
"""


@dataclass(frozen=True)
class Result:
    """What a command did.

    Attributes:
        code: Its exit code.
        out: What it printed.
        err: What it complained of.
    """

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The printed JSON."""
        return json.loads(self.out)

    @property
    def squeezed(self) -> str:
        """What was printed, without blanks and line ends: tables wrap where they must."""
        return "".join(self.out.split())


Run = Callable[..., Result]
WriteFacts = Callable[..., Path]
WritePack = Callable[..., Path]
Install = Callable[..., None]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow tests run only when a marker expression asks for some."""
    if config.getoption("markexpr"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line, in this process and without what the environment may say."""
    for name in ("DUIBIAO_LANG", "DUIBIAO_BLOCK", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def call(*args: object) -> Result:
        code = main([str(arg) for arg in args])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture
def facts(tmp_path: Path) -> WriteFacts:
    """Write a facts file, from text or (to get it wrong) from bytes."""

    def write(content: str | bytes, name: str = "facts.toml") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def pack(tmp_path: Path) -> WritePack:
    """Write a pack ``small`` of one indicator, whose keys are a table or TOML; files can be replaced or added."""

    def write(
        indicator: str | Mapping[str, object] = 'fact = "renovated_old_estate"',
        *,
        files: Mapping[str, str] | None = None,
    ) -> Path:
        keys = indicator if isinstance(indicator, str) else toml(indicator)
        folder = tmp_path / "small"
        for name, text in {
            "jurisdiction.toml": JURISDICTION,
            "community.toml": STANDARD + keys,
            **(files or {}),
        }.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return folder

    return write


def toml(table: Mapping[str, object]) -> str:
    """A table of texts, numbers, flags and lists as TOML."""
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in table.items())


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install ``duibiao_NAME`` as a plugin for one test: a module and its distribution's metadata on the path."""
    sites: list[Path] = []

    def add(name: str, code: str, *, distribution: str = "", files: Mapping[str, str] | None = None) -> None:
        title = distribution or f"duibiao-{name}"
        site = tmp_path / f"site-{len(sites)}"
        info = f"{title.replace('-', '_')}-1.0.dist-info"
        texts = {
            f"duibiao_{name}/__init__.py": dedent(code),
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {title}\nVersion: 1.0\n",
            f"{info}/entry_points.txt": f"[duibiao]\n{name} = duibiao_{name}:plugin\n",
            **{f"duibiao_{name}/{file}": text for file, text in (files or {}).items()},
        }
        for file, text in texts.items():
            path = site / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        sites.append(site)
        monkeypatch.syspath_prepend(site)

    yield add
    for name, module in list(sys.modules.items()):
        if any(str(getattr(module, "__file__", None) or "").startswith(str(site)) for site in sites):
            del sys.modules[name]


@pytest.fixture(scope="session")
def demo_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's workspace, made once; copy it, do not work in it."""
    return make_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def demo(demo_made: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The demonstration's workspace, for one test alone."""
    return settle_in(tmp_path / "office", run, monkeypatch, demo_made)


MakeOffice = Callable[..., Office]


@pytest.fixture
def office(tmp_path: Path, run: Run, install: Install, monkeypatch: pytest.MonkeyPatch) -> MakeOffice:
    """Make a single-handed office with nine communities and a plugin whose one standard has these stages, written as TOML."""

    def make(*stages: str, **keys: str) -> Office:
        code = "from duibiao.api import Pack\n\nplugin = Pack(__name__)\n"
        install("small", code, files=small_pack(*stages, **keys))
        found = settle_in(tmp_path / "office", run, monkeypatch)
        found.ok("workspace", "init", "--title", "民政办", "--single")
        table = tmp_path / "units.csv"
        table.write_text("代码,名称,类型\n" + "".join(f"{code},{name},居委会\n" for code, name in UNITS), "utf-8")
        found.ok("unit", "import", "--file", table)
        return found

    return make
