"""CPU time of comparing standards, the standards loaded and lowered beforehand.

«Demands and ranks» reads what the four standards demand and holds it against each other; «as JSON» and «as text» add the words
and everything beside the rules. A witness is searched, made as small as it goes, and checked by the evaluator.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from statistics import median
from time import process_time

from rich.console import Console

from duibiao.cli.base import Session
from duibiao.cli.compare_page import Page
from duibiao.compare.table import Comparison, compare
from duibiao.registry import Registry
from duibiao.services.compare_data import Data
from duibiao.services.compare_html import Sheet
from duibiao.services.compare_sections import sections
from duibiao.services.compare_words import DemandWords
from duibiao.services.comparing import find_witnesses, labels
from duibiao.services.phrasing import Phrases

FOUR = ("shanghai.qingpu.committee", "jiangsu.wujin.community", "daxinganling.station", "national.community")
TIMES = 9
TARGET = 200


def cpu_ms(action: Callable[[], object], times: int = TIMES) -> float:
    """Median CPU milliseconds of *action*."""
    found = []
    for _ in range(times):
        start = process_time()
        action()
        found.append((process_time() - start) * 1000)
    return median(found)


def main() -> int:
    """Measure and print the table."""
    registry = Registry()
    programs = [registry.program(name) for name in FOUR]
    phrases = Phrases(registry.vocabulary, "zh")
    words, names = DemandWords(phrases), labels(registry, FOUR, phrases)

    def found() -> Comparison:
        return compare(programs, registry.vocabulary.topics)

    def page() -> None:
        out = Console(file=io.StringIO(), width=120, highlight=False, markup=False)
        Page(Session("zh"), words, names, out).comparison(found(), sections(programs, phrases))

    for name in FOUR[:2]:
        _ = registry.assessor(name).compiled.general
    rows = [
        ("demands and ranks", cpu_ms(found)),
        ("as JSON", cpu_ms(lambda: Data(words, names).comparison(found(), sections(programs, phrases)))),
        ("as HTML", cpu_ms(lambda: Sheet(found(), sections(programs, phrases), words, names).text())),
        ("as text, 120 columns", cpu_ms(page)),
        ("witnesses, both ways", cpu_ms(lambda: find_witnesses(registry, FOUR[:2]), 3)),
    ]
    print(f"{len(FOUR)} standards, {sum(len(each.leaves) for each in programs)} indicators, {len(found().rows)} facts\n")
    print("| CPU time, median | ms | target |\n|---|---:|---|")
    for name, ms in rows:
        print(f"| {name} | {ms:.1f} | {f'≤ {TARGET} ms' if name != rows[-1][0] else ''} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
