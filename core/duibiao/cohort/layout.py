"""What a row of results holds, column by column, whichever engine worked it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from duibiao.rules.compile import Raw
from duibiao.rules.nodes import Num
from duibiao.rules.program import Program


@frozen
class Layout:
    """Names of the result's columns; codes are those of :mod:`duibiao.rules.compile`, points are in steps of a point.

    Attributes:
        scope: Code of «in scope».
        verdicts: Codes of the indicators.
        points: Least and greatest points of the scored indicators.
        groups: Least and greatest points of the scored criteria, and their full marks.
        score: Least and greatest score and full marks; empty without points.
        findings: Codes of gates, vetoes, awards and guards of stages.
    """

    scope: str
    verdicts: tuple[str, ...]
    points: tuple[tuple[str, str], ...]
    groups: tuple[tuple[tuple[str, str], tuple[str, str]], ...]
    score: tuple[tuple[str, str], ...]
    findings: tuple[str, ...]

    @classmethod
    def of(cls, program: Program) -> Layout:
        """The columns that results under *program* have."""
        return cls(
            scope="scope",
            verdicts=tuple(f"verdict.{leaf.id}" for leaf in program.leaves),
            points=tuple(_ends(f"points.{leaf.id}") for leaf in program.leaves if leaf.points is not None),
            groups=tuple(
                (_ends(f"group.{each.id}"), _ends(f"full.{each.id}")) for each in program.groups if each.points is not None
            ),
            score=() if program.score is None else (_ends("score"), _ends("full")),
            findings=tuple(
                f"{kind}.{each.id}"
                for kind, found in (
                    ("gate", program.gates),
                    ("veto", program.vetoes),
                    ("award", program.awards),
                    ("stage", program.stages),
                )
                for each in found
            ),
        )

    @staticmethod
    def pending(finding: str) -> str:
        """The column that says whether a veto falls but is not confirmed."""
        return f"pending.{finding}"

    def numbers(self, program: Program) -> Iterable[tuple[tuple[str, str], Num]]:
        """Names of least and greatest value, and the number, of all points and scores."""
        yield from zip(self.points, (leaf.points for leaf in program.leaves if leaf.points is not None), strict=True)
        scored = [(each.points, each.full) for each in program.groups if each.points is not None]
        for names, found in zip(self.groups, scored, strict=True):
            for ends, node in zip(names, found, strict=True):
                if node is not None:
                    yield ends, node
        if program.score is not None and program.full is not None:
            yield from zip(self.score, (program.score, program.full), strict=True)

    def raw(self, row: Mapping[str, int]) -> Raw:
        """A row as the evaluator for one unit gives it."""
        lows, highs = (tuple(int(row[ends[side]]) for ends in self.points) for side in (0, 1))
        groups = [tuple(int(row[points[side]]) for points, _ in self.groups) for side in (0, 1)]
        fulls = [tuple(int(row[full[side]]) for _, full in self.groups) for side in (0, 1)]
        score = [int(row[name]) for ends in self.score for name in ends] or [0, 0, 0, 0]
        return (
            int(row[self.scope]), self._codes(row, self.verdicts), lows, highs, groups[0], groups[1], fulls[0], fulls[1],
            score[0], score[1], score[2], score[3], self._codes(row, self.findings),
        )  # fmt: skip

    def row(self, raw: Raw) -> dict[str, int]:
        """What the evaluator for one unit gives, as a row."""
        found = {self.scope: int(raw[0])}
        found |= dict(zip(self.verdicts, map(int, raw[1]), strict=True))
        pairs = [*zip(self.points, raw[2], raw[3], strict=True)]
        pairs += zip((points for points, _ in self.groups), raw[4], raw[5], strict=True)
        pairs += zip((full for _, full in self.groups), raw[6], raw[7], strict=True)
        pairs += zip(self.score, (raw[8], raw[10]), (raw[9], raw[11]), strict=False)
        for ends, low, high in pairs:
            found |= dict(zip(ends, (int(low), int(high)), strict=True))
        return found | dict(zip(self.findings, map(int, raw[12]), strict=True))

    @staticmethod
    def _codes(row: Mapping[str, int], names: Sequence[str]) -> tuple[int, ...]:
        return tuple(int(row[name]) for name in names)


def _ends(name: str) -> tuple[str, str]:
    return f"{name}.low", f"{name}.high"
