"""System calls as strace prints them, read into calls: who, what, with which arguments, and when.

Strings are expected in hexadecimal (`-xx`) and descriptors with their paths (`-y`), so that no file name, however odd, can be
taken for punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import frozen

CALLS = (
    "open,openat,openat2,creat,close,dup,dup2,dup3,fcntl,lseek,chdir,fchdir,mmap,"
    "write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,splice,truncate,ftruncate,fallocate,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,"
    "fsync,fdatasync,sync_file_range,sync,syncfs,clone,clone3,fork,vfork"
)
"""Everything that can change a folder, make it durable, or move the meaning of a descriptor."""

OPTIONS = ("-f", "--seccomp-bpf", "-y", "-xx", "-s", "100000000", "-e", f"trace={CALLS}", "-e", "signal=none")

_LINE = re.compile(r"(?P<pid>\d+) +(?P<rest>.*)", re.DOTALL)
_RESUMED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>\s?,?\s?(?P<rest>.*)", re.DOTALL)
_CALL = re.compile(r"(?P<name>\w+)\((?P<args>.*)\)\s+= (?P<result>.*)", re.DOTALL)
_UNFINISHED = re.compile(r"\s*<unfinished \.\.\.>$")
_OPENS, _CLOSES = "([{<", ")]}>"


@frozen
class Call:
    """One finished system call.

    Attributes:
        pid: Thread that made it.
        name: Its name.
        args: Arguments as printed.
        result: What it returned, as printed.
        started: Number of lines printed when it began; what finished before is older than it.
        at: Number of lines printed when it was finished.
    """

    pid: int
    name: str
    args: tuple[str, ...]
    result: str
    started: int
    at: int

    @property
    def number(self) -> int | None:
        """The number it returned, None when it failed or never returned."""
        found = re.match(r"\d+", self.result)
        return int(found[0]) if found else None


def text_of(hexed: str) -> str:
    r"""The string that strace printed as ``"\x61\x62"`` or ``\x61\x62``."""
    return bytes_of(hexed).decode("utf-8", "surrogateescape")


def bytes_of(hexed: str) -> bytes:
    """The bytes that strace printed in hexadecimal, with or without quotes."""
    return bytes.fromhex(hexed.strip('"').replace("\\x", ""))


def descriptor(argument: str) -> tuple[int, str]:
    """Number and path of an argument such as ``3</path>`` or ``3</path>(deleted)``.

    The current folder is number -1; a path that strace does not know is empty.
    """
    number, _, path = argument.partition("<")
    return -1 if number == "AT_FDCWD" else int(number), text_of(path.partition(">")[0])


def vectors(argument: str) -> bytes:
    """The bytes of all parts of an I/O vector, one after the other."""
    return b"".join(bytes_of(part) for part in re.findall(r'iov_base=("[^"]*")', argument))


def calls(lines: Iterable[str]) -> Iterator[Call]:
    """Every finished call of a trace, in the order of finishing.

    Args:
        lines: Lines of strace's output file, written with `OPTIONS`.

    Raises:
        ValueError: A line cannot be read; its beginning is quoted.
    """
    begun: dict[int, tuple[str, int]] = {}
    for number, line in enumerate(lines):
        found = _LINE.match(line.rstrip("\n"))
        if found is None:
            raise ValueError(f"line {number}: {line[:200]!r}")
        pid, rest = int(found["pid"]), found["rest"]
        if rest.startswith(("+++", "---")):
            continue
        if _UNFINISHED.search(rest):
            begun[pid] = _UNFINISHED.sub("", rest), number
            continue
        started = number
        if resumed := _RESUMED.match(rest):
            head, started = begun.pop(pid)
            rest = _joined(head, resumed["rest"])
        yield _call(pid, rest, started, number)


def _joined(head: str, tail: str) -> str:
    separator = "" if tail.startswith(")") or head.endswith("(") else ", " if not head.endswith(",") else " "
    return head.rstrip() + separator + tail


def _call(pid: int, rest: str, started: int, at: int) -> Call:
    found = _CALL.match(rest)
    if found is None:
        raise ValueError(f"line {at}: {rest[:200]!r}")
    return Call(pid, found["name"], tuple(_split(found["args"])), found["result"], started, at)


def _split(args: str) -> Iterator[str]:
    """Arguments at the top level; a comma inside braces belongs to a structure."""
    if '"' in args and not any(each in args for each in "{["):
        yield from args.split(", ")
        return
    depth, begin = 0, 0
    for place, letter in enumerate(args):
        if letter in _OPENS:
            depth += 1
        elif letter in _CLOSES:
            depth -= 1
        elif letter == "," and not depth:
            yield args[begin:place].strip()
            begin = place + 1
    if args:
        yield args[begin:].strip()
