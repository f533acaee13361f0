"""Many units at once: this project's columns against the same rules written by hand, and against other engines.

    python benchmarks/cohort.py [--check] [--units N] [--rounds N] [--peers PYTHON] [--keep FOLDER] [PART …]

PART: engines, slopes, building, few, mirror, compare; all of them unless named. PYTHON is that of an environment with
``requirements/bench-cohort.txt``; without it the other engines are left out with a line that says so. ``--check`` ends with 1
when a figure misses its target.

Everybody runs in a process of its own and in turn (A B C A B C …); a figure is the median of the rounds' ratios. CPU time
decides, because the wall time of a shared machine depends on who else is at work; it stands beside. Nobody is timed before its
results were equal to this project's, and those equal to the evaluator for one unit.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import cohort_engines
import cohort_figures
import cohort_mirror
from cohort_data import NATION
from cohort_report import Report

PARTS: dict[str, Callable[[Report, argparse.Namespace, Path], None]] = {
    "engines": cohort_engines.engines,
    "slopes": cohort_figures.slopes,
    "building": cohort_figures.building,
    "few": cohort_figures.few,
    "mirror": cohort_mirror.mirror,
    "compare": cohort_figures.comparing,
}


def asked() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure the cohort engine.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--check", action="store_true", help="end with 1 when a figure misses its target")
    parser.add_argument("--units", type=int, default=NATION)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--peers", default=os.environ.get("DUIBIAO_PEERS", ""), help="Python of the other engines' environment")
    parser.add_argument("--keep", type=Path, help="folder in which the made-up facts are kept for the next run")
    found = parser.parse_args()
    if strange := set(found.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(strange))}")
    return found


@contextmanager
def folder(keep: Path | None) -> Iterator[Path]:
    """Where files are made."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with TemporaryDirectory() as found:
        yield Path(found)


def main() -> int:
    """Measure and print the tables."""
    args = asked()
    report = Report()
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    with folder(args.keep) as place:
        for name in args.parts or PARTS:
            PARTS[name](report, args, place)
    report.summary()
    return int(args.check and bool(report.missed))


if __name__ == "__main__":
    sys.exit(main())
