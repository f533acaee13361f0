"""``duibiao workspace``, as an operator meets it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from conftest import Run
from workspaces import UNIT, Clock, digest, found_in, new, opened, plain, set_fact

from duibiao.store.records import add_evidence
from duibiao.wording import Lang

LANGS: tuple[Lang, ...] = ("zh", "en")


@pytest.fixture(autouse=True)
def _profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIBIAO_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DUIBIAO_WORKSPACE", str(tmp_path / "office"))
    monkeypatch.delenv("DUIBIAO_OPERATOR", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with one fact that was saved twice."""
    return new(tmp_path / "office", facts=2)


def tamper(folder: Path) -> None:
    """Change a fact with another tool."""
    with plain(folder) as tool:
        tool.execute("UPDATE fact SET value = '999'")


# init


def test_a_workspace_made_with_a_title_alone_is_single_handed_and_says_so(run: Run, tmp_path: Path) -> None:
    made = run("workspace", "init", "--title", "湖塘镇", "--code", "320412100")
    assert 0 == made.code
    assert "单人岗，已记录" in made.out
    (person,) = run("operator", "list", "--json").json
    assert (["single"], "320412100") == (person["roles"], person["territory"])
    assert "1" == run("workspace", "info", "--json").json["office"]["single"]


def test_the_first_of_several_people_is_the_administrator_who_adds_the_others(run: Run) -> None:
    run("workspace", "init", "--title", "湖塘镇", "--operator", "wang", "--name", "王芳")
    (person,) = run("operator", "list", "--json").json
    assert ("wang", "王芳", ["admin"]) == (person["id"], person["name"], person["roles"])
    assert 0 == run("operator", "add", "li", "--name", "李", "--role", "clerk").code


@pytest.mark.parametrize("how", ["argument", "option"])
def test_the_place_can_be_named_as_argument_or_option(run: Run, tmp_path: Path, how: str) -> None:
    place = tmp_path / "别处"
    named = [place] if how == "argument" else ["--workspace", place]
    assert 0 == run("workspace", "init", *named, "--title", "甲", "--operator", "a", "--single").code
    assert (place / "workspace.db").exists()


@pytest.mark.parametrize(("args", "code"), [
    (("--title", "甲", "--code", "3204x"), "E_CODE"),
    (("--title", "甲", "--code", "320"), "E_CODE"),
    (("--title", " "), "E_BLANK"),
    (("--title", "甲", "--operator", "a b"), "DB074"),
    (("--title", "甲", "--operator", "a", "--role", "boss"), "E_ROLE"),
])  # fmt: skip
@pytest.mark.parametrize("lang", LANGS)
def test_what_cannot_be_is_refused_before_anything_is_made(
    run: Run, tmp_path: Path, args: tuple[str, ...], code: str, lang: str
) -> None:
    found = run("--lang", lang, "workspace", "init", *args)
    assert 2 == found.code
    assert code in found.err
    assert not (tmp_path / "office").exists()


def test_a_second_workspace_in_the_same_place_is_refused(run: Run, folder: Path) -> None:
    before = digest(folder / "workspace.db")
    found = run("workspace", "init", "--title", "甲")
    assert (2, before) == (found.code, digest(folder / "workspace.db"))
    assert "E_EXISTS 这里已经有内容，未作改动" in found.err


# info


def test_info_says_where_what_and_how_far(run: Run, folder: Path) -> None:
    found = run("workspace", "info", "--json").json
    with opened(folder) as space:
        seq, link = space.head()
    assert f"{seq}-{link[:16]}" == found["head"]
    assert (1, 1, 4) == tuple(found["counts"][name] for name in ("units", "facts", "entries"))
    assert (str(folder), True, 1) == (found["folder"], found["writable"], found["backups"])


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("单位湖塘镇320412", "可抄在纸上")), ("en", ("office湖塘镇320412", "writeitdown"))]
)
def test_info_is_there_in_both_languages(run: Run, folder: Path, lang: str, words: tuple[str, ...]) -> None:
    found = run("--lang", lang, "workspace", "info").squeezed
    assert [word for word in words if word in found] == list(words)


# backup, restore, accept


def test_the_first_change_of_a_day_leaves_a_backup_and_the_next_ones_do_not(folder: Path) -> None:
    clock = Clock()
    made = [len(list((folder / "backups").glob("*.db")))]
    for much in ({"hours": 1}, {"days": 1}, {"minutes": 5}):
        clock.on(**much)
        with opened(folder, clock) as space:
            set_fact(space, 7)
        made.append(len(list((folder / "backups").glob("*.db"))))
    with opened(folder, clock):
        clock.on(days=1)
    assert [1, 1, 2, 2, 2] == [*made, len(list((folder / "backups").glob("*.db")))]


def test_a_backup_is_made_listed_and_restored(run: Run, folder: Path, tmp_path: Path) -> None:
    for each in (folder / "backups").iterdir():
        each.unlink()
    assert "还没有备份" in run("workspace", "backup", "--list").out
    assert "到第 4 条记录" in run("workspace", "backup").out
    (line,) = [line for line in run("workspace", "backup", "--list").out.splitlines() if ".db" in line]
    restored = run("workspace", "restore", line.split()[0], tmp_path / "again")

    assert 0 == restored.code
    assert [] == found_in(tmp_path / "again")


def test_a_backup_on_a_stick_is_restored_by_its_path(run: Run, folder: Path, tmp_path: Path) -> None:
    with opened(folder) as space:
        content = space.objects.add(b"photo")
        with space.change("me") as entry:
            add_evidence(entry, content, 5, "照片.jpg", unit=UNIT)
    run("workspace", "backup", "--to", tmp_path / "stick")
    (copy,) = (tmp_path / "stick").glob("*.db")
    shutil.rmtree(folder)

    assert 0 == run("workspace", "restore", copy, tmp_path / "again").code
    assert [] == found_in(tmp_path / "again")


@pytest.mark.parametrize(("lang", "words"), [
    ("zh", "本机记得记录曾到 5-"), ("en", "This profile remembers the journal at 5-"),
])  # fmt: skip
def test_restoring_an_old_backup_says_what_is_missing_and_accepting_it_makes_it_the_one(
    run: Run, folder: Path, tmp_path: Path, lang: str, words: str
) -> None:
    run("workspace", "backup")
    with opened(folder) as space:
        set_fact(space, 421)
    restored = run("--lang", lang, "workspace", "restore", next((folder / "backups").glob("*.db")), tmp_path / "again")
    assert 0 == restored.code
    assert words in restored.out
    there = ("--workspace", tmp_path / "again")

    assert "E_CONFIRM" in run(*there, "workspace", "accept").err
    with opened(tmp_path / "again") as space:
        assert space.barred is not None
    assert 0 == run(*there, "workspace", "accept", "--yes").code
    assert run(*there, "workspace", "info", "--json").json["writable"] is True


def test_there_is_nothing_to_accept_in_a_workspace_nobody_doubts(run: Run, folder: Path) -> None:
    found = run("workspace", "accept", "--yes")
    assert 2 == found.code
    assert "E_NOTHING 没有需要确认的" in found.err


def test_a_damaged_workspace_is_restored_by_the_name_that_the_message_gives(run: Run, folder: Path, tmp_path: Path) -> None:
    run("workspace", "backup")
    file = folder / "workspace.db"
    file.write_bytes(file.read_bytes()[:5000])
    before = digest(file)
    found = re.search("最近备份：(.*)", run("workspace", "info").err)
    assert found is not None

    assert 0 == run("workspace", "restore", found[1], tmp_path / "again").code
    assert ([], before) == (found_in(tmp_path / "again"), digest(file))


@pytest.mark.parametrize(("args", "code"), [(("nothing.db", "x"), "E_NO_BACKUP"), ((__file__, "x"), "E_NOT_OURS")])
def test_what_is_no_backup_is_not_restored(run: Run, folder: Path, tmp_path: Path, args: tuple[str, str], code: str) -> None:
    found = run("workspace", "restore", args[0], tmp_path / args[1])
    assert (2, False) == (found.code, (tmp_path / args[1]).exists())
    assert code in found.err


# check


@pytest.mark.parametrize(("lang", "words"), [
    ("zh", ("真实性  ✓", "完整性  ✓", "可用性  ✓", "安全性  ✓", "全部 4 条", "附件内容 0 份")),
    ("en", ("authenticity  ✓", "integrity  ✓", "usability  ✓", "security  ✓", "all 4 entries")),
])  # fmt: skip
def test_a_sound_workspace_passes_in_all_four_qualities(run: Run, folder: Path, lang: str, words: tuple[str, ...]) -> None:
    before = digest(folder / "workspace.db")
    found = run("--lang", lang, "workspace", "check", "--full")
    assert (0, before) == (found.code, digest(folder / "workspace.db"))
    assert [word for word in words if word in found.out] == list(words)


def test_a_fast_examination_says_how_to_examine_everything(run: Run, folder: Path) -> None:
    found = run("workspace", "check")
    assert 0 == found.code
    assert "workspace check --full" in found.out


def test_a_finding_is_told_under_the_quality_it_speaks_against(run: Run, folder: Path) -> None:
    tamper(folder)
    found = run("workspace", "check", "--full")
    assert 1 == found.code
    assert "完整性  ✗ 1 个问题" in found.out
    assert f"E_DRIFT 数据与记录不一致：fact {UNIT} 2012 households" in found.out
    assert "真实性  ✓" in found.out


def test_findings_are_there_for_other_programs(run: Run, folder: Path) -> None:
    tamper(folder)
    found = run("workspace", "check", "--full", "--json").json
    assert found["sound"] is False
    assert ["E_DRIFT"] == [each["code"] for each in found["qualities"]["whole"]["problems"]]


@pytest.mark.parametrize(("damage", "code", "quality"), [
    ("cut", "E_CORRUPT", "完整性"), ("empty", "E_EMPTY", "可用性"), ("foreign", "E_NOT_OURS", "可用性"),
    ("name", "W_NAME", "安全性"), ("anyone", "W_ANYONE", "安全性"), ("older", "E_ROLLBACK", "真实性"),
])  # fmt: skip
def test_every_kind_of_damage_is_a_finding_with_exit_code_1(run: Run, folder: Path, damage: str, code: str, quality: str) -> None:
    file = folder / "workspace.db"
    if damage == "cut":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif damage in ("empty", "foreign"):
        file.write_bytes(b"" if damage == "empty" else b"something else")
    elif damage == "anyone":
        folder.chmod(0o777)
    elif damage == "older":
        old = file.read_bytes()
        with opened(folder) as space:
            set_fact(space, 7)
        file.write_bytes(old)
    else:
        with opened(folder) as space, space.change("me") as entry:
            add_evidence(entry, space.objects.add(b"x"), 1, "报告\u202efdp.exe", unit=UNIT)
    found = run("workspace", "check")

    assert 1 == found.code
    (line,) = [line for line in found.out.splitlines() if "✗" in line]
    assert line.startswith(quality)
    assert code in found.out
    assert "\u202e" not in found.out


COMMANDS = (("workspace", "info"), ("workspace", "check"), ("operator", "list"), ("journal", "show"), ("journal", "verify"))


def test_whatever_page_of_the_file_is_lost_no_command_ends_in_a_traceback(run: Run, folder: Path) -> None:
    file = folder / "workspace.db"
    sound = file.read_bytes()
    size = int.from_bytes(sound[16:18], "big")
    for number, start in enumerate(range(0, len(sound), size)):
        file.write_bytes(sound[:start] + b"\xff" * size + sound[start + size :])
        found = run(*COMMANDS[number % len(COMMANDS)])
        assert found.code in (0, 1, 2)
        assert "Traceback" not in found.err


def test_a_page_that_is_damaged_while_somebody_reads_is_told_with_the_latest_backup(run: Run, folder: Path) -> None:
    run("workspace", "backup")
    copy = max((folder / "backups").glob("*.db"))
    with plain(folder) as tool:
        (page,) = tool.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'operator'").fetchone()
    file = folder / "workspace.db"
    sound = bytearray(file.read_bytes())
    sound[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    file.write_bytes(sound)
    found = run("operator", "list")

    assert 2 == found.code
    assert "E_CORRUPT" in found.err
    assert f"最近备份：{copy.name}" in found.err


def test_what_an_abnormal_exit_left_is_cleared_away_and_that_is_told(run: Run, folder: Path) -> None:
    (folder / "objects" / "0123456789abcdef-00000000-999999999.part").write_bytes(b"half")
    assert "W_RECOVERED 上次程序未正常退出，已自动恢复" in run("workspace", "info").err
    assert [] == list((folder / "objects").glob("*.part"))
    assert 0 == run("workspace", "check").code


def test_where_there_is_no_workspace_there_is_nothing_to_check(run: Run) -> None:
    found = run("workspace", "check")
    assert 2 == found.code
    assert "E_MISSING" in found.err


# any command


def test_ctrl_c_ends_a_command_without_a_traceback(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from duibiao.store import backup

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, "make", interrupted)
    found = run("workspace", "backup")
    assert (130, "") == (found.code, found.out)
    assert [] == found_in(folder)


@pytest.mark.parametrize(("lang", "words"), [("zh", "请核对；尚未保存"), ("en", "please check; not saved yet")])
def test_an_odd_clock_is_confirmed_on_the_command_line(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, lang: str, words: str
) -> None:
    clock = Clock()
    clock.on(days=-30)
    monkeypatch.setattr("duibiao.services.office.now", clock)
    args = ("--lang", lang, "operator", "add", "li", "--name", "李", "--role", "clerk")
    refused = run(*args)
    assert 2 == refused.code
    assert words in refused.err
    assert 0 == run("--clock-ok", *args).code
    assert run("journal", "show", "--last", "1", "--json").json[0]["clock_warning"] is True
