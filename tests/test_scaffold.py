"""``duibiao new``: a plugin in four short files that works as it is, installs, and goes away again."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Run

ROOT = Path(__file__).parents[1]


@pytest.fixture
def made(run: Run, tmp_path: Path) -> Path:
    """A new plugin ``hangzhou``."""
    folder = tmp_path / "duibiao-hangzhou"
    assert 0 == run("new", folder).code
    return folder


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def test_a_new_plugin_is_at_most_four_files(made: Path) -> None:
    assert {
        "pyproject.toml",
        "duibiao_hangzhou/__init__.py",
        "duibiao_hangzhou/community.toml",
        "tests/test_conformance.py",
    } == {path.relative_to(made).as_posix() for path in files(made)}


def test_at_most_forty_lines_stand_before_the_first_criterion(made: Path) -> None:
    texts = {path.name: path.read_text("utf-8") for path in files(made)}
    before = texts["community.toml"].partition("[[criterion]]")[0]
    parts = (texts["pyproject.toml"], texts["__init__.py"], before)
    assert sum(1 for part in parts for line in part.splitlines() if line.strip()) <= 40


def test_no_placeholder_is_left_in_a_new_plugin(made: Path) -> None:
    assert not any("{name}" in text or "{year}" in text for text in (path.read_text("utf-8") for path in files(made)))


@pytest.mark.parametrize(("lang", "word"), [("zh", "✓ 没有问题"), ("en", "✓ no problems")])
def test_a_new_plugin_passes_the_check_untouched(run: Run, made: Path, lang: str, word: str) -> None:
    found = run("--lang", lang, "check", made)
    assert 0 == found.code
    assert word in found.out


def test_a_new_plugin_passes_the_conformance_checks_untouched(run: Run, made: Path) -> None:
    found = run("test", made, "--json")
    assert 0 == found.code
    assert {"met", "just-under", "renovated", "unknown"} <= {
        each["check"].removeprefix("hangzhou.community-") for each in found.json if each["passed"]
    }


def test_the_next_steps_are_printed(run: Run, tmp_path: Path) -> None:
    found = run("new", tmp_path / "duibiao-hangzhou")
    assert f"duibiao check {tmp_path / 'duibiao-hangzhou'}" in found.out
    assert "duibiao test hangzhou" in found.out


def test_the_name_can_be_given_apart_from_the_folder(run: Run, tmp_path: Path) -> None:
    assert 0 == run("new", tmp_path / "work", "--name", "suzhou").code
    assert (tmp_path / "work" / "duibiao_suzhou" / "community.toml").is_file()


@pytest.mark.parametrize(("lang", "word"), [("zh", "目标文件夹已经有内容"), ("en", "The folder is not empty")])
def test_a_folder_with_content_is_left_alone(run: Run, made: Path, lang: str, word: str) -> None:
    before = {path: path.read_bytes() for path in files(made)}
    found = run("--lang", lang, "new", made)
    assert 2 == found.code
    assert f"DB073 {word}" in found.err
    assert before == {path: path.read_bytes() for path in files(made)}


@pytest.mark.parametrize("name", ["9lives", "Big", "with space", "杭州", ""])
def test_a_name_that_no_package_can_have_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    found = run("new", tmp_path / "work", "--name", name)
    assert 2 == found.code
    assert "DB074 名字不能用" in found.err
    assert not (tmp_path / "work").exists()


class Home:
    """A fresh virtual environment with duibiao in it."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=True)
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self.pip("install", str(ROOT))

    def pip(self, *args: str) -> None:
        command = [str(self.bin / "python"), "-m", "pip", "--disable-pip-version-check", "-q", *args]
        subprocess.run(command, check=True, capture_output=True, timeout=600)

    def json(self, *args: str) -> Any:
        done = subprocess.run([self.bin / "duibiao", *args, "--json"], check=True, capture_output=True, timeout=120)
        return json.loads(done.stdout)

    def standards(self) -> set[str]:
        return {each["id"] for each in self.json("standards")}

    def states(self) -> dict[str, str]:
        return {each["name"]: each["state"] for each in self.json("plugins")}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


@pytest.mark.slow
def test_a_new_plugin_installs_works_and_goes_away_without_trace(home: Home, made: Path) -> None:
    before = home.standards()
    home.pip("install", str(made))
    assert before | {"hangzhou.community"} == home.standards()
    assert all(each["passed"] for each in home.json("test", "hangzhou"))
    home.pip("uninstall", "-y", "duibiao-hangzhou")
    assert before == home.standards()


@pytest.mark.slow
def test_a_plugin_that_raises_at_import_is_listed_as_broken_and_the_rest_works(home: Home, made: Path) -> None:
    before = home.standards()
    (made / "duibiao_hangzhou" / "__init__.py").write_text("raise RuntimeError('unfinished')\n", "utf-8")
    home.pip("install", str(made))
    assert before == home.standards()
    assert "broken" == home.states()["hangzhou"]
    assert {"ok"} == {state for name, state in home.states().items() if name != "hangzhou"}
    home.pip("uninstall", "-y", "duibiao-hangzhou")


@pytest.mark.slow
def test_the_plugins_own_tests_pass_in_the_environment_it_is_installed_in(home: Home, made: Path) -> None:
    home.pip("install", "pytest", str(made))
    command = [str(home.bin / "python"), "-m", "pytest", "-q", str(made / "tests")]
    done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=120)
    home.pip("uninstall", "-y", "duibiao-hangzhou")
    assert 0 == done.returncode, done.stdout
    assert " passed" in done.stdout
