"""The repository keeps its own rules: layout, sizes, and nothing that belongs to one machine."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_LINES = 500
LONGEST_FUNCTION = 60
SOURCES = sorted((ROOT / "core").rglob("*.py")) + sorted((ROOT / "plugins").rglob("*.py"))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / line for line in listed.stdout.splitlines()] or SOURCES


@pytest.mark.parametrize("folder", sorted(each.name for each in (ROOT / "plugins").iterdir() if each.is_dir()))
def test_every_plugin_folder_is_packaged_importable_and_registered(folder: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    build = project["tool"]["hatch"]["build"]

    assert f"plugins/{folder}/duibiao_{folder}" in build["targets"]["wheel"]["packages"]
    assert f"plugins/{folder}" in build["dev-mode-dirs"]
    assert f"duibiao_{folder}:plugin" == project["project"]["entry-points"]["duibiao"][folder]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_its_subject_needs(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


def test_functions_stay_small() -> None:
    sizes = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    )

    assert sizes[len(sizes) // 2] <= 10
    assert sizes[len(sizes) * 9 // 10] <= 35
    assert sizes[-1] <= LONGEST_FUNCTION


def test_every_public_function_and_class_says_what_it_is() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in SOURCES
        if "cli" not in path.parts
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if ast.get_docstring(node) is None
    ]

    assert [] == silent


def test_no_file_names_a_package_host_or_a_place_on_one_machine() -> None:
    hosts = re.compile(rb"pythonhosted|pypi\.org/simple|registry\.npmjs|/(?:home/[a-z]+|root|work|tmp/[a-z]+)/")
    guilty = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".txt", ".cfg", ""} and path != Path(__file__)
        if hosts.search(path.read_bytes())
    ]

    assert [] == guilty


def test_lock_files_that_name_hosts_are_not_kept() -> None:
    assert [] == [path.name for path in tracked() if path.name in {"uv.lock", "pylock.toml", "poetry.lock"}]
