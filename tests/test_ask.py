"""``duibiao ask`` and ``duibiao export`` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tui.conftest import demo, demo_made, registry, state

from duibiao.cli.base import run

__all__ = ["demo", "demo_made", "registry", "state"]

CASE = "qingpu-2011-0003"


def asked(demo: Path, typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """What ``duibiao ask`` says to somebody who types these lines."""
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert 0 == run(["ask", CASE, "--workspace", str(demo), "--date", "2011-04-01", "--all", *more], {})
    return capsys.readouterr().out


def test_an_answer_typed_full_width_is_saved_at_once(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = asked(demo, "１\nq\n", monkeypatch, capsys)

    assert "1/83 社区创建领导小组成员" in told
    assert "已保存：1/5 党支部(党总支)，✗ 未达到" in told
    assert "1/5 党支部(党总支)" in asked(demo, "q\n", monkeypatch, capsys)


def test_undo_in_a_later_run_brings_the_answer_before_back(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(demo, "z\nq\n", monkeypatch, capsys)
    told = asked(demo, "u\nq\n", monkeypatch, capsys)

    assert "撤销：社区创建领导小组成员" in told
    assert "已保存：5/5" in told


def test_what_cannot_be_an_answer_is_said_and_asked_again(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = asked(demo, "99\n\n7\nq\n", monkeypatch, capsys, "--lang", "en")

    assert 2 == told.count("1/83 Members of the community leading group")
    assert 2 == told.count("2/83 Leading group meets regularly")
    assert "0 answered" in told


def test_why_names_the_rule_its_clause_and_how_it_comes_out(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = asked(demo, "w\ns\nq\n", monkeypatch, capsys)

    assert "青民〔2011〕8号 四、创建标准(一)" in told
    assert "应齐全： 5/5  ✓ 达到" in told
    assert "示范居委会：" in told


@pytest.mark.parametrize(("name", "head"), [("a.md", "# 案卷清单"), ("a.csv", "\ufeff编号,单位")])
def test_the_suffix_says_the_format(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, head: str) -> None:
    out = tmp_path / name

    assert 0 == run(["export", "cases", "--workspace", str(demo), "--out", str(out)], {})
    assert out.read_text("utf-8").startswith(head)
    assert "已保存：案卷清单" in capsys.readouterr().out
    assert 2 == run(["export", "cases", "--workspace", str(demo), "--out", str(out)], {})
    assert "E_TARGET_EXISTS" in capsys.readouterr().err
    assert 0 == run(["export", "cases", "--workspace", str(demo), "--out", str(out), "--overwrite"], {})


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["nothing"], "E_EXPORT"), (["cases", "--format", "pdf"], "E_FORMAT"), (["compare", "national.community"], "E_FEW"),
        (["cases", "--status", "odd"], "E_STATUS"),
    ],
)  # fmt: skip
def test_what_cannot_be_exported_is_refused_by_code(
    demo: Path, capsys: pytest.CaptureFixture[str], args: list[str], code: str
) -> None:
    assert 2 == run(["export", *args, "--workspace", str(demo)], {})
    assert code in capsys.readouterr().err
