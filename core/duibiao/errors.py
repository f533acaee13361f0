"""What can go wrong, and where: located problems that are collected and shown together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import evolve, field, frozen

Path = tuple[str | int, ...]


@frozen
class Where:
    """A place in somebody's files.

    Attributes:
        file: File name as the reader knows it.
        path: Keys and list positions from the top of the file, e.g. ``("criterion", 0, "title")``.
        line: Line number from 1, once known.
        column: Column from 1 (characters), or a CSV column.
    """

    file: str
    path: Path = ()
    line: int | None = None
    column: int | None = None

    def at(self, *keys: str | int) -> Where:
        """The place below this one that *keys* lead to."""
        return evolve(self, path=(*self.path, *keys))

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f":{self.line}"
        if self.column is not None:
            place += f":{self.column}"
        return place

    @property
    def key(self) -> str:
        """The path in the notation of TOML users: ``criterion[0].title``."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text


NOWHERE = Where("")


@frozen
class Problem:
    """One thing to mend: a code, a place, what was found and what would be right.

    Attributes:
        code: Stable code such as ``DB012``; its words are in ``problems.toml``.
        where: Where it is.
        found: What stands there now, as the author wrote it.
        allowed: What may stand there, as names or values (no prose: the words are translated by code).
        nearest: The known name that looks most like the one found.
    """

    code: str
    where: Where = field(default=NOWHERE)
    found: str = ""
    allowed: str = ""
    nearest: str | None = None


def with_lines(problems: Iterable[Problem], line: Callable[[Path], int | None]) -> list[Problem]:
    """*problems* of one file with their line numbers, looked up by path where they have none."""
    return [p if p.where.line else evolve(p, where=evolve(p.where, line=line(p.where.path))) for p in problems]


class DuibiaoError(Exception):
    """Base of every error that duibiao raises on purpose."""


class BadInputError(DuibiaoError):
    """Somebody's file or argument cannot be used.

    Attributes:
        problems: Everything found wrong, in the order of the files.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.where}: {p.code} {p.found} ({p.allowed})" for p in self.problems))


MOST_NAMES = 20
"""So many names are listed; of more only the nearest is told."""


class Collector:
    """Gathers problems so that all of them can be shown at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(
        self,
        code: str,
        where: Where = NOWHERE,
        *,
        found: object = "",
        allowed: object = "",
        among: Iterable[str] | None = None,
    ) -> None:
        """Record a problem; with *among*, the nearest known name is looked up and the names are listed as allowed."""
        nearest = None
        if among is not None:
            names = sorted(set(among))
            nearest = nearest_name(str(found), names)
            if not allowed and (nearest is None or len(names) <= MOST_NAMES):
                allowed = _some(names)
        self.problems.append(Problem(code, where, clip(written(found)), clip(allowed, 400), nearest))

    def raise_any(self) -> None:
        """Raise :class:`BadInputError` if anything was recorded."""
        if self.problems:
            raise BadInputError(self.problems)


def _some(names: list[str]) -> str:
    """The names, or how many there are when a reader would drown in them."""
    return ", ".join(names) if len(names) <= MOST_NAMES else ", ".join(names[:8]) + f" … ({len(names)})"


def written(value: object) -> str:
    """A value as its author would write it in TOML (a text that is shown alone keeps its quotes off)."""
    return value if isinstance(value, str) else _written(value)


def _written(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case Mapping():
            return "{ " + ", ".join(f"{key} = {_written(each)}" for key, each in value.items()) + " }" if value else "{}"
        case list() | tuple():
            return "[" + ", ".join(map(_written, value)) + "]"
    return str(value)


def clip(value: object, most: int = 80) -> str:
    """*value* as text of at most *most* characters."""
    text = str(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """The one of *names* that looks most like *name*, or None when none comes close."""
    import difflib

    found = difflib.get_close_matches(name[:200], list(names), n=1, cutoff=0.6)
    return found[0] if found else None
