"""What a disk may hold of a folder when the power fails: what was synced, and of the rest anything between nothing and all.

The rules are the strictest that POSIX allows. A file's data is durable after an `fsync` that began after the write. A name —
made, moved or removed — is durable after an `fsync` of its folder, and of nothing else. Changes that were not synced may arrive
in any order, each or not, and a write may arrive in pieces of a sector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import TypeVar

from attrs import Factory, define, frozen

SECTOR = 512
GROWN_FIRST = 0.1
"""How often a file has its new length before it has the data; file systems that place data late do so."""

Tree = Mapping[str, "bytes | None"]
"""Path below the folder ⇒ content; None is a folder."""


@frozen
class Change:
    """Data written to, or a size given to, a file.

    Attributes:
        at: When it was finished.
        offset: Where the data begins; for a size, the size itself.
        data: The bytes; None says that the file was cut or stretched to *offset*, no bytes that it is at least that long.
    """

    at: int
    offset: int
    data: bytes | None

    def apply(self, content: bytearray) -> None:
        """Do it to *content*."""
        if self.data is None or len(content) < self.offset:
            _resize(content, self.offset)
        if self.data:
            content[self.offset : self.offset + len(self.data)] = self.data


@frozen
class Entry:
    """A name that appeared in, or vanished from, a folder.

    Attributes:
        at: When.
        name: The name.
        node: What it leads to now; None when it is gone.
    """

    at: int
    name: str
    node: File | Folder | None


Timed = TypeVar("Timed", Change, Entry)


@define(eq=False)
class File:
    """A file: what programs read of it, what is durable, and what is on its way."""

    live: bytearray = Factory(bytearray)
    durable: bytearray = Factory(bytearray)
    pending: list[Change] = Factory(list)

    def change(self, change: Change) -> None:
        """Do *change*, for now only in memory."""
        change.apply(self.live)
        self.pending.append(change)

    def sync(self, since: int) -> None:
        """Make durable what was finished before *since*."""
        for change in _taken(self.pending, since):
            change.apply(self.durable)


@define(eq=False)
class Folder:
    """A folder: the names programs see, the durable ones, and those on their way."""

    live: dict[str, File | Folder] = Factory(dict)
    durable: dict[str, File | Folder] = Factory(dict)
    pending: list[Entry] = Factory(list)

    def change(self, entry: Entry) -> None:
        """Do *entry*, for now only in memory."""
        _enter(self.live, entry)
        self.pending.append(entry)

    def sync(self, since: int) -> None:
        """Make durable what was finished before *since*."""
        for entry in _taken(self.pending, since):
            _enter(self.durable, entry)


@frozen
class Way:
    """A way for the power to fail: which changes on their way arrive.

    Attributes:
        name: What to call it.
        entries: Picks, of the changes of names in one folder, those that arrive.
        changes: Picks, of the changes of one file, those that arrive, whole or in part.
    """

    name: str
    entries: Callable[[Sequence[Entry]], Sequence[Entry]]
    changes: Callable[[Sequence[Change]], Sequence[Change]]


NOTHING = Way("nothing that was not synced", lambda entries: (), lambda changes: ())
EVERYTHING = Way("everything", lambda entries: entries, lambda changes: changes)


def some(random: Random) -> Way:
    """Each change arrives or not, as *random* has it; all in their order."""
    share = random.choice((0.15, 0.5, 0.85))
    return Way(
        "some of it",
        lambda entries: [each for each in entries if random.random() < share],
        lambda changes: [each for each in changes if random.random() < share],
    )


def torn(random: Random) -> Way:
    """Each sector of each write arrives or not; a file may have grown before its data came."""
    share = random.choice((0.15, 0.5, 0.85))
    return Way(
        "some sectors of it",
        lambda entries: [each for each in entries if random.random() < share],
        lambda changes: [piece for each in changes for piece in _pieces(each, share, random)],
    )


def _pieces(change: Change, share: float, random: Random) -> Iterator[Change]:
    if change.data is None:
        if random.random() < share:
            yield change
        return
    end = change.offset + len(change.data)
    if random.random() < GROWN_FIRST:
        yield Change(change.at, end, b"")
    begin = change.offset
    while begin < end:
        stop = min(end, (begin // SECTOR + 1) * SECTOR)
        if random.random() < share:
            yield Change(change.at, begin, change.data[begin - change.offset : stop - change.offset])
        begin = stop


@define(eq=False)
class Disk:
    """A folder on a disk, as a tree of durable and not yet durable things."""

    root: Folder = Factory(Folder)

    @classmethod
    def holding(cls, tree: Tree) -> Disk:
        """A disk that durably holds *tree*; folders come before what is in them."""
        disk = cls()
        for path, content in tree.items():
            node: File | Folder = Folder() if content is None else File(bytearray(content), bytearray(content))
            parent, name = disk.parent(path)
            parent.live[name] = parent.durable[name] = node
        return disk

    def find(self, path: str) -> File | Folder | None:
        """What programs see at *path* (the root is ``""``), or None."""
        node: File | Folder | None = self.root
        for part in filter(None, path.split("/")):
            if not isinstance(node, Folder):
                return None
            node = node.live.get(part)
        return node

    def parent(self, path: str) -> tuple[Folder, str]:
        """The folder a path is in, and the last name of it.

        Raises:
            KeyError: There is no such folder.
        """
        above, _, name = path.rpartition("/")
        folder = self.find(above)
        if not isinstance(folder, Folder):
            raise KeyError(path)
        return folder, name

    def seen(self) -> dict[str, bytes | None]:
        """The tree that programs see."""
        return dict(_walk(self.root, "", lambda folder: folder.live, lambda file: bytes(file.live)))

    def after(self, way: Way) -> dict[str, bytes | None]:
        """A tree that may be found when the power comes back after failing in this *way*."""

        def names(folder: Folder) -> dict[str, File | Folder]:
            found = dict(folder.durable)
            for entry in way.entries(folder.pending):
                _enter(found, entry)
            return found

        def content(file: File) -> bytes:
            if not file.pending:
                return bytes(file.durable)
            found = bytearray(file.durable)
            for change in way.changes(file.pending):
                change.apply(found)
            return bytes(found)

        return dict(_walk(self.root, "", names, content))


def _walk(
    folder: Folder, above: str, names: Callable[[Folder], Mapping[str, File | Folder]], content: Callable[[File], bytes]
) -> Iterator[tuple[str, bytes | None]]:
    for name, node in sorted(names(folder).items()):
        path = above + name
        if isinstance(node, File):
            yield path, content(node)
        else:
            yield path, None
            yield from _walk(node, path + "/", names, content)


def _resize(content: bytearray, size: int) -> None:
    if size < len(content):
        del content[size:]
    else:
        content.extend(bytes(size - len(content)))


def _enter(names: dict[str, File | Folder], entry: Entry) -> None:
    if entry.node is None:
        names.pop(entry.name, None)
    else:
        names[entry.name] = entry.node


def _taken(pending: list[Timed], since: int) -> list[Timed]:
    """Take those that were finished before *since* out of *pending*."""
    count = next((index for index, each in enumerate(pending) if each.at >= since), len(pending))
    taken = pending[:count]
    del pending[:count]
    return taken
