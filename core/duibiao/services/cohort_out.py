"""Results of many units written out: Parquet with codes for programs, CSV and XLSX with words for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from duibiao.assess.one import VERDICTS
from duibiao.assess.selection import Place
from duibiao.cohort.answers import UNIT_COLUMNS
from duibiao.errors import BadInputError, Problem, Where
from duibiao.exchange.target import Cell, pieces, write_csv, write_file
from duibiao.exchange.xlsx_write import Sheet, write_workbook
from duibiao.model.outcome import State, Verdict
from duibiao.model.sources import Item
from duibiao.rules.nodes import FALSE, TRUE
from duibiao.services.cohort_selection import CODES, Taken, columns_of
from duibiao.services.cohort_source import PARQUET, need_columns
from duibiao.services.cohorts import Results
from duibiao.services.phrasing import Phrases

SUFFIXES = (PARQUET, ".csv", ".xlsx")

PLACES: Mapping[Place, tuple[str, str]] = {
    Place.TAKEN: ("拟命名", "would be named"),
    Place.TIED: ("同分，须由人选", "tied: somebody has to choose"),
    Place.OPEN: ("待定", "open"),
    Place.LEFT: ("名额外", "no place left"),
    Place.NOT_QUALIFIED: ("不够条件", "does not qualify"),
}
"""Where a unit stands in a selection, in words."""


def check_suffix(path: Path) -> None:
    """BadInputError: no format has this suffix (E_FORMAT), or what writes it is not installed (CO05)."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadInputError([Problem("E_FORMAT", Where(str(path)), path.suffix, ", ".join(SUFFIXES))])
    if suffix == PARQUET:
        need_columns(str(path))


def write(results: Results, path: Path, phrases: Phrases, taken: Sequence[Taken] = (), *, overwrite: bool = False) -> int:
    """Write results to *path*, whole or not at all; how many units.

    The suffix says the format. *taken* are selections to be written beside. Raises BadInputError: see :func:`check_suffix` and
    :func:`duibiao.exchange.target.write_file`; more rows than a sheet has (CO11).
    """
    check_suffix(path)
    suffix = path.suffix.lower()
    told = _Told(results, phrases, tuple(taken))
    if suffix == ".csv":
        write_csv(path, told.header(), told.rows(), overwrite=overwrite)
    elif suffix == ".xlsx":
        with TemporaryDirectory(prefix="duibiao-") as folder:
            made = Path(folder) / "results.xlsx"
            results_sheet = Sheet(phrases.say("结果", "Results"), told.header(), told.rows())
            write_workbook(made, [results_sheet, told.sources()])
            write_file(path, pieces(made), overwrite=overwrite)
    else:
        _write_parquet(results, path, taken, overwrite=overwrite)
    return results.answers.rows


def _write_parquet(results: Results, path: Path, taken: Sequence[Taken], *, overwrite: bool) -> None:
    from duibiao.cohort.results import write_again

    with TemporaryDirectory(prefix="duibiao-") as folder:
        made = Path(folder) / "results.parquet"
        note = {**results.note, "engine": results.engine, "examples": results.examples}
        if taken:
            note["selection"] = {str(code): place.value for place, code in CODES.items()}
        program = results.assessor.program
        write_again(results.answers, results.layout, program, made, columns_of(results, taken), note)
        write_file(path, pieces(made), overwrite=overwrite)


@frozen
class _Told:
    """Results in words.

    Attributes:
        results: What is told.
        phrases: Words in the reader's language.
        taken: Selections to be told beside.
    """

    results: Results
    phrases: Phrases
    taken: tuple[Taken, ...]

    def header(self) -> list[str]:
        """Names of the columns."""
        say, layout = self.phrases.say, self.results.layout
        standard = self.results.assessor.program.standard
        units = (("代码", "code"), ("名称", "name"), ("类型", "kind"), ("时期", "period"), ("在评定范围", "in scope"))
        first = [say(*pair) for pair in units]
        if layout.score:
            first += [say(*pair) for pair in (("得分下限", "score, least"), ("得分上限", "score, most"), ("满分", "full marks"))]
        words = (("称号", "award"), ("关口", "gate"), ("一票否决", "veto"))
        for (zh, en), items in zip(words, (standard.awards, standard.gates, standard.vetoes), strict=True):
            first += [f"{say(zh, en)} {self.title(each)}" for each in items]
        first += [f"{say('名额', 'quota')} {self.title(each.selection)}" for each in self.taken]
        verdicts = [self.title(each) for each in standard.indicators()]
        points = [name.removeprefix("points.").removesuffix(".low") for name, _ in layout.points]
        ends = (say("分 下限", "points, least"), say("分 上限", "points, most"))
        return [*first, *verdicts, *(f"{name} {end}" for name in points for end in ends)]

    def title(self, item: Item) -> str:
        """Title and id."""
        return f"{self.phrases.say(item.title, item.title_en or item.title)} 〔{item.id}〕"

    def rows(self) -> Iterator[list[Cell]]:
        """Unit by unit."""
        layout = self.results.layout
        states = [name for kind in ("award.", "gate.", "veto.") for name in layout.findings if name.startswith(kind)]
        pending = [name for name in map(layout.pending, states) if name in self.pending]
        scores = [*layout.score[0], layout.score[1][1]] if layout.score else []
        points = [name for ends in layout.points for name in ends]
        names = [*UNIT_COLUMNS, layout.scope, *scores, *states, *layout.verdicts, *points, *pending]
        places = {name: place for place, name in enumerate(names)}
        standing = list(columns_of(self.results, self.taken).values())
        step = self.results.assessor.program.point_step
        verdicts = [self.phrases.verdict(each) for each in VERDICTS]
        outside = self.phrases.verdict(Verdict.OUT_OF_SCOPE)
        for number, row in enumerate(self.results.answers.lines(names)):
            scope = row[len(UNIT_COLUMNS)]
            inside = scope != FALSE

            def some(wanted: Sequence[str], row: Sequence[object] = row) -> Iterable[int]:
                return (int(row[places[name]]) for name in wanted)  # type: ignore[call-overload]

            yield [
                *(str(each or "") for each in row[: len(UNIT_COLUMNS)]), self.scope(int(scope)),
                *(_points(each, step, inside) for each in some(scores)),
                *(self.state(name, row[places[name]], row, places) for name in states),
                *(self.place(column[number]) for column in standing),
                *(verdicts[code] if inside else outside for code in some(layout.verdicts)),
                *(_points(each, step, inside) for each in some(points)),
            ]  # fmt: skip

    @property
    def pending(self) -> frozenset[str]:
        """Columns that say whether a veto falls but is not confirmed."""
        program, layout = self.results.assessor.program, self.results.layout
        pairs = zip(layout.findings, program.findings(), strict=True)
        return frozenset(layout.pending(name) for name, each in pairs if each.pending is not None)

    def scope(self, code: int) -> str:
        """Whether the standard speaks of a unit."""
        if code == TRUE:
            return self.phrases.say("是", "yes")
        return self.phrases.say("否", "no") if code == FALSE else self.phrases.say("未知", "unknown")

    def state(self, name: str, code: object, row: Sequence[object], places: Mapping[str, int]) -> str:
        """An award, gate or veto."""
        found = {TRUE: State.HELD, FALSE: State.NOT_HELD}.get(int(str(code)), State.OPEN)
        waiting = self.results.layout.pending(name)
        pending = found is State.OPEN and waiting in places and bool(row[places[waiting]])
        return self.phrases.state(found) + (self.phrases.say("（待认定）", " (pending)") if pending else "")

    def place(self, code: int) -> str:
        """Where a unit stands in a selection."""
        return self.phrases.say(*next(PLACES[place] for place, each in CODES.items() if each == code))

    def sources(self) -> Sheet:
        """The clauses that the columns rest on, what was assumed, and what was asked."""
        say, program = self.phrases.say, self.results.assessor.program
        standard = program.standard
        rows: list[list[Cell]] = [
            [say("标准", "standard"), f"{standard.id}@{standard.header.edition}", standard.content_hash, ""],
            [say("截至", "as of"), self.results.day, "", ""],
        ]
        if self.results.examples:
            said = say("※ 例子数据，不是真实情况", "※ example facts, not real ones")
            rows.append([say("例子", "examples"), self.results.examples, said, ""])
        for each in (*standard.indicators(), *standard.awards, *standard.gates, *standard.vetoes):
            assumed = say("假定：", "assumed: ") + each.cite.reason if each.cite.assumed else ""
            rows.append(
                [each.id, self.phrases.say(each.title, each.title_en or each.title), self.phrases.cite(each.cite), assumed]
            )
        header = [say("编号", "id"), say("名称", "title"), say("出处", "source"), say("假定", "assumed")]
        return Sheet(say("说明", "Sources"), header, rows)


def _points(steps: int, step: Decimal, inside: bool) -> Cell:
    return steps * step if inside else None
