"""The facts of a workspace that holds the national register, streamed into one Parquet file.

Every step runs in a fresh process, like those of `store.py`; the clock starts when the workspace is open, and stops when the file
is complete.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import store
from cohort_report import Report

SOME = 5_000
"""Units with facts to begin with; then all others get theirs, put into the table without a journal to spare the time."""

HERE = f"""
sys.path.insert(0, {str(Path(__file__).parent)!r})
registry = Registry()
names = registry.vocabulary.types
flags = [name for name in names if names[name].kind.value == "flag"][:8]

def made(dice):
    facts = {{"residents": dice.randrange(100, 9000), "green_coverage": f"{{dice.randrange(100)}}%"}}
    return facts | {{name: dice.random() < 0.9 for name in flags}}

"""
SOME_UNITS = """
from duibiao.store.records import save_facts
most, dice = int(sys.argv[2]), Random(2)
with open_workspace(folder, office.now) as space:
    units = [code for (code,) in space.db.execute("SELECT code FROM unit WHERE length(code) = 12").fetchall()]
    units = sorted(Random(1).sample(units, most))
    for begin in range(0, most, 1000):
        with space.change("me") as entry:
            for code in units[begin : begin + 1000]:
                save_facts(entry, code, "2011", made(dice), note="报表")
print(json.dumps({"units": most}))
"""
ALL_UNITS = """
import sqlite3
asked = "SELECT code FROM unit WHERE length(code) = 12 AND code NOT IN (SELECT unit FROM fact) ORDER BY code"
with open_workspace(folder, office.now) as space:
    units = [code for (code,) in space.db.execute(asked).fetchall()]
    file = space.db.execute("PRAGMA database_list").fetchone()[2]
dice = Random(3)
with sqlite3.connect(file) as raw:
    raw.executemany(
        "INSERT INTO fact VALUES (?, '2011', ?, ?, 1, 'me', '2011-09-30T00:00:00', '报表', 0)",
        ((code, name, json.dumps(value)) for code in units for name, value in sorted(made(dice).items())),
    )
print(json.dumps({"units": len(units)}))
"""
MIRROR = """
from datetime import date
from time import process_time
from cohort_worker import peak
from duibiao.cohort import mirror  # what is imported is not timed
from duibiao.services import mirroring
path = folder.parent / "mirror.parquet"
with open_workspace(folder, office.now, write=False) as space:
    begun, cpu = perf_counter(), process_time()
    chosen = mirroring.choose(space, registry, ["all"], ("居委会", "村委会"))
    about = mirroring.write(space, registry.vocabulary, chosen, "2011", path, date(2011, 9, 30))
    found = {"wall": perf_counter() - begun, "cpu": process_time() - cpu, "rows": about.rows}
print(json.dumps({**found, "size": path.stat().st_size / 1e6, "memory": peak()}))
"""


def mirror(report: Report, args: argparse.Namespace, place: Path) -> None:
    """Measure it with facts of some units, and with facts of all."""
    report.part("Facts of the national register to Parquet", "", "rows", "CPU s", "wall s", "peak MB", "file MB")
    with TemporaryDirectory() as found:
        folder = Path(found) / "nation"
        store.run(store.IMPORT, folder)
        filled = 0
        for step in (SOME_UNITS, ALL_UNITS):
            filled += store.run(HERE + step, folder, str(SOME))[0]["units"]
            told, _ = store.run(HERE + MIRROR, folder)
            name, sizes = f"10 facts of {filled:,} units", [f"{told[key]:.1f}" for key in ("cpu", "wall", "memory", "size")]
            report.line(name, f"{told['rows']:,}", *sizes)
            report.figure(f"mirror of the register, {name}, CPU", told["cpu"], most=15, unit="s")
            report.figure(f"mirror of the register, {name}, wall", told["wall"], unit="s")
