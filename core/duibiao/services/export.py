"""Exporting: what was asked for is gathered once, shown before it is written, and written whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from attrs import evolve, frozen

from duibiao.errors import BadInputError, Collector, DuibiaoError, Problem, Where
from duibiao.exchange.target import write_file
from duibiao.services.desk import ATTEMPTS, Desk
from duibiao.services.extract import KINDS, Asked, Extract, Sources, Work
from duibiao.services.extract_cases import list_of_cases, one_case, scores
from duibiao.services.extract_compare import side_by_side
from duibiao.services.extract_formats import FORMATS, Format
from duibiao.services.extract_wide import aims, facts
from duibiao.services.keeping import receipt
from duibiao.services.phrasing import Phrases
from duibiao.services.process_words import STATUS
from duibiao.wording import Lang

MAKERS: Mapping[str, Callable[[Work], Extract]] = {
    "cases": list_of_cases, "case": one_case, "facts": facts, "scores": scores, "targets": aims, "compare": side_by_side,
}  # fmt: skip
_UNFIT = re.compile(r"[^\w.\-〔〕（）]+")


def gather(desk: Desk, asked: Asked, lang: Lang) -> Extract:
    """What was asked for, as it stands in the workspace now.

    BadInputError: nothing of that name (E_EXPORT), no such case, standard, state; too few standards to compare (E_FEW).
    """
    _check(desk, asked)
    phrases = Phrases(desk.registry.vocabulary, lang)
    sources = Sources(desk.registry, phrases)
    head = receipt(*desk.space.head())
    made = MAKERS[asked.what](Work(desk, phrases, asked, sources))
    return evolve(made, clauses=sources.clauses(), assumed=sources.assumed(), head=head)


def _check(desk: Desk, asked: Asked) -> None:
    problems = Collector()
    if asked.what not in MAKERS:
        problems.add("E_EXPORT", Where("WHAT"), found=asked.what, among=MAKERS)
    if asked.status and asked.status not in STATUS:
        problems.add("E_STATUS", Where("--status"), found=asked.status, among=STATUS)
    for name in asked.standards:
        try:
            desk.registry.header(name)
        except BadInputError as error:
            problems.problems += error.problems
    problems.raise_any()


def format_of(name: str, path: Path | None = None) -> Format:
    """The format of that name or, without one, of the file's suffix; Markdown where neither says anything.

    BadInputError E_FORMAT: there is no such format.
    """
    suffix = path.suffix.lstrip(".").lower() if path is not None else ""
    wanted = name or suffix or "md"
    if wanted not in FORMATS:
        problems = Collector()
        problems.add("E_FORMAT", Where("--format" if name else str(path)), found=wanted, allowed=", ".join(FORMATS))
        problems.raise_any()
    return FORMATS[wanted]


def text_of(found: Extract, form: Format, lang: Lang) -> str:
    """The extract as it would stand in the file (as Markdown where the format is no text)."""
    shown = form if form.readable else FORMATS["md"]
    return b"".join(shown.write(found, _say(lang))).decode("utf-8-sig")


def preview(found: Extract, form: Format, lang: Lang, lines: int = 200) -> list[str]:
    """The first *lines* lines of the file, without writing it and without reading more than they need."""
    shown = form if form.readable else FORMATS["md"]
    text, count = "", 0
    for piece in shown.write(found, _say(lang)):
        part = piece.decode("utf-8-sig")
        text += part
        count += part.count("\n")
        if count >= lines:
            break
    return text.splitlines()[:lines]


@frozen
class Seen:
    """What an export would hold, before it is written.

    Attributes:
        lines: The first lines of the file.
        name: A name for the file.
        title: What it is.
    """

    lines: tuple[str, ...]
    name: str
    title: str


def look(made: Callable[[], Desk], asked: Asked, form: Format, lang: Lang) -> Seen:
    """What an export would hold; made for a thread: *made* opens a desk of its own, which is closed. Errors as :func:`gather`."""
    desk = made()
    with desk.space:
        found = gather(desk, asked, lang)
        return Seen(tuple(preview(found, form, lang)), suggested(asked, desk, form), found.title)


def write(made: Callable[[], Desk], asked: Asked, form: Format, path: Path, lang: Lang, *, overwrite: bool = False) -> Extract:
    """The same as :func:`save` on a desk of its own."""
    desk = made()
    with desk.space:
        return save(desk, asked, form, path, lang, overwrite=overwrite)


def usual_folder() -> Path:
    """Where files go unless somebody says otherwise: the person's documents, else the folder the program was started in."""
    import platformdirs

    documents = Path(platformdirs.user_documents_dir())
    return documents if documents.is_dir() else Path.cwd()


def save(desk: Desk, asked: Asked, form: Format, path: Path, lang: Lang, *, overwrite: bool = False) -> Extract:
    """Gather and write; the extract that was written. BadInputError as :func:`gather` and :func:`write_file`.

    A file is of one moment: when others record something while it is written, it is begun again. E_CONFLICT when they never
    leave off; the old file is as it was then.
    """
    for _ in range(ATTEMPTS):
        found = gather(desk, asked, lang)
        with suppress(_MovedError):
            write_file(path, _of_one_moment(desk, found, form, lang), overwrite=overwrite)
            return found
    raise BadInputError([Problem("E_CONFLICT", Where(str(path)), found.head)])


def _of_one_moment(desk: Desk, found: Extract, form: Format, lang: Lang) -> Iterator[bytes]:
    yield from form.write(found, _say(lang))
    if receipt(*desk.space.head()) != found.head:
        raise _MovedError


class _MovedError(DuibiaoError):
    """Something was recorded while a file was written."""


def suggested(asked: Asked, desk: Desk, form: Format) -> str:
    """A name for the file: what, of what, when."""
    scope = asked.case or "-".join(asked.standards) or asked.territory
    parts = [asked.what, scope if asked.what != "cases" or scope else "", str(asked.year or ""), desk.day.isoformat()]
    return _UNFIT.sub("-", "-".join(part for part in parts if part))[:120] + f".{form.id}"


def _say(lang: Lang) -> Callable[[str, str], str]:
    return lambda zh, en: zh if lang == "zh" else en


__all__ = [
    "FORMATS", "KINDS", "Asked", "Seen", "format_of", "gather", "look", "preview", "save", "suggested", "text_of", "usual_folder",
    "write",
]  # fmt: skip
