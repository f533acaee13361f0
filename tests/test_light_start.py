"""Asking for help costs next to nothing: what a command does not need is not imported."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

DATA = ("pandas", "polars", "pyarrow", "numpy", "sqlite3", "sqlite_utils")
SCREENS = ("textual", "rich", "asyncio")
MODEL = (
    "attrs",
    "attr",
    "cattrs",
    "tomli",
    "pluggy",
    "duibiao.model",
    "duibiao.registry",
    "duibiao.rules",
    "duibiao.api",
)
PLUGINS = ("importlib.metadata", "duibiao_national", "duibiao_jiangsu", "duibiao_shanghai", "duibiao_daxinganling")
PROGRAM = """
import contextlib, io, json, sys
from duibiao.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    code = main(json.loads(sys.argv[1]))
print(json.dumps([code, sorted(sys.modules)]))
"""


def imported(*args: str) -> set[str]:
    """The modules a fresh interpreter has after running a command that succeeds."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(args)], check=True, capture_output=True, text=True, timeout=120
    )
    code, modules = json.loads(done.stdout)
    assert 0 == code
    return set(modules)


@pytest.mark.parametrize("args", [("--help",), ("--lang", "en", "--help"), ("--version",), ("assess", "--help"), ()])
def test_help_loads_no_screens_no_data_libraries_no_model_and_no_plugins(args: tuple[str, ...]) -> None:
    assert set() == imported(*args) & {*DATA, *SCREENS, *MODEL, *PLUGINS}


def test_explaining_a_problem_loads_no_plugins() -> None:
    assert set() == imported("explain", "DB012") & {*DATA, *SCREENS, *PLUGINS, "duibiao.registry", "duibiao.rules"}


@pytest.mark.parametrize("args", [("standards",), ("show", "shanghai.qingpu.committee"), ("units", "national", "--limit", "1")])
def test_reading_commands_load_neither_the_terminal_ui_nor_data_libraries(args: tuple[str, ...]) -> None:
    modules = imported(*args)
    assert "duibiao.registry" in modules
    assert set() == modules & {*DATA, "textual", "asyncio"}


def test_the_list_of_standards_does_without_the_conformance_checks() -> None:
    assert "duibiao.testing" not in imported("standards")


def test_importing_the_interface_for_plugins_loads_neither_screens_nor_the_command_line() -> None:
    program = "import json, sys, duibiao.api; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=120)
    assert set() == set(json.loads(done.stdout)) & {*DATA, *SCREENS, "click", "duibiao.cli", "duibiao.registry"}
