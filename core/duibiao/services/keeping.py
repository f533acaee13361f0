"""Keeping a workspace: making one, what is in it, copies, examining it, and its journal."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from duibiao.errors import BadInputError, Collector, Problem, Where
from duibiao.model.process import LEVELS
from duibiao.model.text import shown
from duibiao.services import office
from duibiao.store import backup, doctor, overview, place, rebuild, schema, witness
from duibiao.store import cases as kept
from duibiao.store.canonical import event_hash
from duibiao.store.connection import FILE
from duibiao.store.journal import BrokenError, Logged, Tick, entries
from duibiao.store.rights import ROLES, SINGLE, Operator
from duibiao.store.workspace import Workspace
from duibiao.wording import many

if TYPE_CHECKING:
    from duibiao.model.standard import Standard
    from duibiao.registry import Registry

# making one


@frozen
class First:
    """The first operator of a new workspace.

    Attributes:
        id: Id; empty for the login name.
        name: Name; empty for the id.
        roles: Roles; empty for a single-handed post (单人岗).
    """

    id: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()


def make(named: str, title: str, code: str, first: First) -> Workspace:
    """A new workspace, open. BadInputError for a code, id or role that cannot be, and whatever is wrong with the place."""
    problems = Collector()
    me = first.id or office.login()
    if code and not (code.isascii() and code.isdigit() and len(code) in CODE_LENGTHS):
        problems.add("E_CODE", Where("--code"), found=code, allowed="2, 4, 6, 9, 12")
    if not title.strip():
        problems.add("E_BLANK", Where("--title"))
    if not me.replace("-", "").replace("_", "").isalnum():
        problems.add("DB074", Where("--operator"), found=me)
    for role in first.roles:
        if role not in ROLES:
            problems.add("E_ROLE", Where("--role"), found=role, among=ROLES)
    problems.raise_any()
    roles = first.roles or (SINGLE,)
    return office.create(named, title.strip(), code, Operator(me, first.name or me, roles, LEVELS, code))


CODE_LENGTHS = (2, 4, 6, 9, 12)
"""Digits of a statistical code: province, city, county, town, community."""


# what is in it


@frozen
class Info:
    """What a workspace is and holds.

    Attributes:
        folder: Where.
        office: What is known of the office: ``id title code single``.
        size: Bytes of the database.
        evidence: Bytes of the kept contents.
        counts: What to how many: ``units facts evidence cases open_cases drafts entries``.
        head: Where the journal stands, to be written on paper.
        version: Version of the file format.
        backups: How many copies.
        latest: When the last copy was made; None when there is none.
        operators: Who works here.
        barred: Why it may not be written to; None when it may.
    """

    folder: Path
    office: Mapping[str, str]
    size: int
    evidence: int
    counts: Mapping[str, int]
    head: str
    version: int
    backups: int
    latest: datetime | None
    operators: tuple[Operator, ...]
    barred: Problem | None = None


def info(space: Workspace) -> Info:
    """What the workspace is and holds now."""
    copies = backup.listed(space.folder)
    return Info(
        folder=space.folder,
        office=space.office(),
        size=space.file.stat().st_size,
        evidence=sum(space.objects.path(each).stat().st_size for each in space.objects.digests()),
        counts=overview.counts(space),
        head=receipt(*space.head()),
        version=overview.version(space),
        backups=len(copies),
        latest=backup.when(copies[-1]) if copies else None,
        operators=tuple(space.operators()),
        barred=space.barred,
    )


def receipt(seq: int, link: str) -> str:
    """A place of the journal as people write it down: ``123-0f1e2d3c4b5a6978``."""
    return f"{seq}-{link[: witness.LINK]}"


# copies


@frozen
class Copy:
    """A backup.

    Attributes:
        path: The file.
        made: When, as its name says.
        seq: Number of the last entry in it.
        size: Bytes.
    """

    path: Path
    made: datetime
    seq: int
    size: int


_NAME = re.compile(r"\d{8}T\d{6}Z-(\d+)")


def copies(folder: Path) -> list[Copy]:
    """The backups of the workspace in *folder*, oldest first."""
    return [_copy(path) for path in backup.listed(folder) if _NAME.fullmatch(path.stem)]


def _copy(path: Path) -> Copy:
    found = _NAME.fullmatch(path.stem)
    return Copy(path, backup.when(path), int(found[1]) if found else 0, path.stat().st_size)


def copy(space: Workspace, to: Path | None) -> Copy:
    """A backup made now: among the workspace's own, or in another folder together with the evidence."""
    return _copy(backup.make(space, to))


@frozen
class Restored:
    """A workspace made from a backup.

    Attributes:
        folder: Where it is.
        check: What examining it fully found.
        missing: What this person's memory of the newer journal proves is not in it; None when nothing is.
    """

    folder: Path
    check: Check
    missing: Problem | None


def restore(named: str, source: Path, target: Path, tick: Tick = lambda seq: None) -> Restored:
    """Make a new folder from a backup (a file, or the name of one of the workspace *named*) and examine it fully.

    BadInputError: E_MISSING for no such backup, E_EXISTS for a folder that is there, and whatever is wrong with the backup.
    """
    if not source.is_file():
        own = [office.folder_of(named) / backup.FOLDER / name for name in (source.name, f"{source.name}.db")]
        source = next((each for each in own if each.is_file()), source)
    if not source.is_file():
        raise BadInputError([Problem("E_NO_BACKUP", Where(str(source)))])
    backup.restore(source, target)
    check = examine(str(target), full=True, tick=tick)
    missing = next((each for each in check.problems if each.code == "E_ROLLBACK"), None)
    return Restored(target, check, missing)


def accept(space: Workspace) -> str:
    """Go on with the workspace as it is, though it is older than what this person's profile remembers; where it stands now.

    BadInputError E_NOTHING when nothing contradicts it.
    """
    if witness.contradiction(space) is None:
        raise BadInputError([Problem("E_NOTHING", Where(str(space.folder)))])
    identity, head = space.office()["id"], space.head()
    witness.forget(identity)
    witness.remember(identity, *head)
    return receipt(*head)


# examining


GENUINE, WHOLE, USABLE, SAFE = "genuine", "whole", "usable", "safe"
QUALITIES: Mapping[str, tuple[str, str]] = {
    GENUINE: ("真实性", "authenticity"),
    WHOLE: ("完整性", "integrity"),
    USABLE: ("可用性", "usability"),
    SAFE: ("安全性", "security"),
}
"""The four qualities of an electronic archive (四性)."""

_USABLE = frozenset({"E_OLDER", "E_NEWER", "E_EMPTY", "E_NOT_OURS", "E_MISSING", "E_NEEDS_RECOVERY", "E_IO", "E_BUSY", "E_GONE"})
_WHOLE = frozenset({"E_CORRUPT", "E_SCHEMA", "E_DRIFT", "E_OBJ_MISSING", "E_OBJ_BAD", "E_DISK_FULL"})
_SAFE = frozenset({"E_NETFS", "E_READONLY", "W_ANYONE", "W_NAME"})


def quality_of(code: str) -> str:
    """Which quality a finding with this code speaks against; what is not named otherwise (the rules' own refusals) 真实性."""
    return USABLE if code in _USABLE else WHOLE if code in _WHOLE else SAFE if code in _SAFE else GENUINE


@frozen
class Look:
    """One thing that was examined.

    Attributes:
        quality: What it speaks for.
        zh: What was examined, 中文.
        en: The same in English.
    """

    quality: str
    zh: str
    en: str


@frozen
class Check:
    """What an examination looked at and found.

    Attributes:
        full: Whether everything was examined.
        problems: What is wrong; empty when the workspace is sound.
        looks: What was examined.
        head: Where the journal stands; empty when it cannot be read.
        notes: What opening it had to say that is no fault.
    """

    full: bool
    problems: tuple[Problem, ...]
    looks: tuple[Look, ...]
    head: str = ""
    notes: tuple[Problem, ...] = field(factory=tuple)

    def of(self, quality: str) -> tuple[Problem, ...]:
        """The findings that speak against *quality*."""
        return tuple(each for each in self.problems if quality_of(each.code) == quality)


_GOOD = frozenset({"W_RECOVERED", "W_UPGRADED"})


def examine(named: str, *, full: bool, tick: Tick = lambda seq: None) -> Check:
    """Examine a workspace without changing it (a save that was cut off is undone first, as by any opening).

    BadInputError E_MISSING where there is none; everything else is a finding.
    """
    folder = office.folder_of(named)
    if not (folder / FILE).exists():
        raise BadInputError([Problem("E_MISSING", Where(str(folder)))])
    notes, head, extra = _on_opening(folder)
    report = doctor.examine(folder, full=full, tick=tick)
    known = {(each.code, each.found) for each in report.problems}
    codes = {each.code for each in report.problems}
    # What opening says of the chain or the tables the examination says in more detail.
    added = [each for each in extra if each.code not in codes and (each.code, each.found) not in known]
    problems = (*report.problems, *added)
    return Check(full, problems, tuple(_looks(report, folder)), head, tuple(notes))


def _on_opening(folder: Path) -> tuple[list[Problem], str, list[Problem]]:
    """Good news, where the journal stands, and trouble that only an open workspace shows."""
    try:
        with office.open_office(str(folder), write=False) as space:
            notes = [each for each in space.notes if each.code in _GOOD]
            trouble = [each for each in space.notes if each.code not in _GOOD]
            return notes, receipt(*space.head()), [*trouble, *_unsafe(space)]
    except BadInputError:
        return [], "", []


def _unsafe(space: Workspace) -> list[Problem]:
    """Where it lies, who can change it, and names of evidence that mislead a reader."""
    found = []
    where = place.unsafe(space.folder)
    if where:
        found.append(Problem("E_NETFS", Where(str(space.folder)), where))
    if stat.S_IMODE(space.folder.stat().st_mode) & stat.S_IWOTH:
        found.append(Problem("W_ANYONE", Where(str(space.folder))))
    names = overview.evidence_names(space)
    found += [Problem("W_NAME", Where(str(space.folder)), shown(name)) for name in names if _misleads(name)]
    return found


def _misleads(name: str) -> bool:
    return shown(name) != name or any(each in name for each in '/\\:*?"<>|')


def _looks(report: doctor.Report, folder: Path) -> Iterable[Look]:
    """What was examined, under each quality (DA/T 70-2018 names the four; what counts under each is this program's choice)."""
    count, full = report.entries, report.full
    yield Look(
        GENUINE,
        f"记录链：{'全部' if full else '最后'} {count} 条",
        f"chain of the journal: {'all' if full else 'last'} {many(count, 'entry', 'entries')}",
    )
    yield Look(GENUINE, "本机记得的最后一条", "the last entry that this profile remembers")
    yield Look(WHOLE, "文件结构、表的结构", "structure of the file and of its tables")
    if full:
        yield Look(GENUINE, "每一条记录是否有人有权作出", "whether somebody had the right to make each entry")
        yield Look(WHOLE, "重放记录所得与各表逐行比较", "every row against a replay of the journal")
        yield Look(WHOLE, f"附件内容 {report.objects} 份", f"contents of {many(report.objects, 'piece')} of evidence")
    yield Look(USABLE, f"能够打开，格式版本 {schema.VERSION}", f"it opens; format {schema.VERSION}")
    yield Look(USABLE, f"备份 {len(backup.listed(folder))} 份", f"{many(len(backup.listed(folder)), 'backup')}")
    yield Look(SAFE, "所在位置、写入权限、附件名称", "place, who may write, names of evidence")
    yield Look(SAFE, "病毒查杀由本单位的安全软件负责", "viruses are left to the office's own scanner")


# the journal


@frozen
class Line:
    """An entry as it is told.

    Attributes:
        seq: Its number.
        at: When, UTC.
        actor: Id of who did it.
        name: Their name.
        kind: Kind of entry.
        stream: What it is about.
        data: What it says.
        odd: Whether the clock was doubtful and a person confirmed it.
        link: The log's link.
    """

    seq: int
    at: str
    actor: str
    name: str
    kind: str
    stream: str
    data: Mapping[str, Any]
    odd: bool
    link: str


@frozen
class Which:
    """Which entries to show.

    Attributes:
        streams: Only of these; empty for all.
        after: Only later than this number.
        last: Only the last so many of them; None for all.
    """

    streams: tuple[str, ...] = ()
    after: int = 0
    last: int | None = None


def streams_of(space: Workspace, stream: str, unit: str, case: str) -> tuple[str, ...]:
    """The streams that an operator means: one by its name, a case's, a unit's together with those of its cases.

    BadInputError E_NO_CASE for a case that is not there, E_NO_STREAM for a stream or unit nothing was ever said of.
    """
    wanted = [stream] if stream else []
    if case:
        if space.case_standing(case) is None:
            raise BadInputError([Problem("E_NO_CASE", Where("--case"), case)])
        wanted.append(f"case/{case}")
    if unit:
        wanted += overview.unit_streams(space, unit)
    if wanted and not overview.spoken_of(space, wanted):
        raise BadInputError([Problem("E_NO_STREAM", Where("--unit" if unit else "--stream"), unit or stream)])
    return tuple(wanted)


def lines(space: Workspace, which: Which) -> list[Line]:
    """The entries asked for, in order. BadInputError E_CHAIN where the journal is broken."""
    names = {each.id: each.name for each in space.operators()}
    try:
        found = [
            each for stream in which.streams or ("",)
            for each in entries(space.db.conn, after=which.after, stream=stream, last=which.last)
        ]  # fmt: skip
        found.sort(key=lambda each: each.seq)
        return [_line(each, names) for each in (found if which.last is None else found[-which.last :])]
    except BrokenError as broken:
        raise BadInputError([Problem("E_CHAIN", Where(str(space.folder)), str(broken.seq), broken.why)]) from broken


def _line(each: Logged, names: Mapping[str, str]) -> Line:
    try:
        whole = event_hash(each.event) == each.hash
    except AttributeError:
        whole = False
    if not whole:
        raise BrokenError(each.seq, "its content does not match its hash")
    content = each.event.content
    actor = content["actor"]
    return Line(
        each.seq, content["at"], actor, names.get(actor, actor), each.event.kind, each.event.stream, content["data"],
        content.get("clock_warning", False), each.link,
    )  # fmt: skip


def names_of(space: Workspace, told: Sequence[Line]) -> dict[str, str]:
    """Names of the units that entries speak of."""
    return overview.unit_names(space, [code for each in told if isinstance(code := _unit_in(each.data), str)])


def standards_of(space: Workspace, registry: Registry, told: Sequence[Line]) -> dict[str, Standard]:
    """Standards of the cases and rounds that entries speak of, by the ids of these; those that are not installed are left out."""
    named = {str(name) for each in told for name in (each.data.get("case_id"), each.data.get("case", {}).get("id")) if name}
    found = {name: listed.standard for name in named if (listed := kept.case(space, name)) is not None}
    if any("round" in each.data for each in told):
        found |= {each.id: each.standard for each in kept.rounds(space)}
    return {name: registry.standard(each) for name, each in found.items() if each in registry.headers}


def _unit_in(data: Mapping[str, Any]) -> Any:
    return data.get("unit") or data.get("case", {}).get("unit")


_RECEIPT = re.compile(r"([1-9]\d{0,15})-([0-9a-f]{16,64})")


def read_receipt(text: str) -> tuple[int, str]:
    """Number and link of a receipt. BadInputError E_RECEIPT for what is none."""
    found = _RECEIPT.fullmatch(text.strip().lower())
    if found is None:
        raise BadInputError([Problem("E_RECEIPT", Where("--receipt"), text)])
    return int(found[1]), found[2]


@frozen
class Verified:
    """What verifying the journal found.

    Attributes:
        entries: Entries verified.
        head: Where it stands.
        problems: What is wrong: E_CHAIN, E_ROLLBACK.
    """

    entries: int
    head: str
    problems: tuple[Problem, ...]


def verify(space: Workspace, given: str = "", tick: Tick = lambda seq: None) -> Verified:
    """Verify the whole journal, and that a *given* receipt and this person's memory of it agree with it."""
    known = read_receipt(given) if given else None
    count, broken = doctor.verified(space, tick)
    problems = [] if broken is None else [broken]
    problems += [each for each in (witness.contradiction(space),) if each is not None]
    if known is not None:
        problems += [each for each in (witness.against(space, *known),) if each is not None and each not in problems]
    return Verified(count, receipt(*space.head()), tuple(problems))


def compare(space: Workspace, tick: Tick = lambda seq: None) -> rebuild.Rebuild:
    """What a rebuild would change."""
    return rebuild.Rebuild(rebuild.compare(space, tick))


def put_right(space: Workspace, tick: Tick = lambda seq: None) -> tuple[rebuild.Rebuild, Check]:
    """Make every table anew from the journal after a backup, and examine the workspace fully again."""
    done = rebuild.rebuild(space, office.login(), tick)
    return done, examine(str(space.folder), full=True)
