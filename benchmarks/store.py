"""The workspace on disk: the national register in, opening, durable saves, many writers, the journal verified, targets counted.

Every step runs in a fresh process; the clock starts when its modules are imported, memory is the process's peak with everything.
Durable saves depend on the disk: the time of a bare `fsync` of one page stands beside them. The programs of the crowd are those
of the tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
START = """
import json, os, sys
from datetime import datetime
from pathlib import Path
from random import Random
from time import perf_counter
from harness import office
from duibiao.registry import Registry
from duibiao.store.workspace import create_workspace, open_workspace
folder = Path(sys.argv[1])
"""
IMPORT = """
from duibiao.services.units import import_register
registry = Registry()
space = create_workspace(folder, {"title": "全国", "code": ""}, office.ME, office.now)
begun = perf_counter()
with space:
    rows = import_register(space, registry, "me", []).rows
print(json.dumps({"seconds": perf_counter() - begun, "rows": rows}))
"""
OPEN = """
begun = perf_counter()
open_workspace(folder, office.now)
print(json.dumps({"seconds": perf_counter() - begun}))
"""
SAVE = """
from duibiao.store.records import save_facts
page, random = os.urandom(4096), Random(1)
file = os.open(folder / "yardstick", os.O_CREAT | os.O_WRONLY)
bare, saves = [], []
with open_workspace(folder, office.now) as space:
    for number in range(400):
        begun = perf_counter()
        with space.change("me") as entry:
            save_facts(entry, "320412100002", "2012", {"residents": number}, note="备注" * random.randrange(50))
        saves.append(perf_counter() - begun)
        begun = perf_counter()
        os.pwrite(file, page, 4096 * number)
        os.fsync(file)
        bare.append(perf_counter() - begun)
os.unlink(folder / "yardstick")
print(json.dumps({"bare": bare, "saves": saves}))
"""
FILL = """
from duibiao.store.records import save_facts
random = Random(1)
with open_workspace(folder, office.now) as space:
    units = [code for (code,) in space.db.execute("SELECT code FROM unit WHERE length(code) = 12 LIMIT 5000").fetchall()]
    for batch in range(50):
        with space.change("me") as entry:
            for number in range(1000):
                facts = {"residents": 1000 + number, "green_coverage": f"{random.randrange(100)}%"}
                save_facts(entry, random.choice(units), "2011", facts, note="报表")
print(json.dumps({"units": len(units)}))
"""
VERIFY = """
from duibiao.store.journal import verify
with open_workspace(folder, office.now) as space:
    begun = perf_counter()
    count = verify(space.db.conn)
print(json.dumps({"seconds": perf_counter() - begun, "entries": count}))
"""
TARGETS = """
from datetime import date
from duibiao.services.desk import Desk
from duibiao.services.targets import rows
registry = Registry()
with open_workspace(folder, office.now, write=False) as space:
    desk = Desk(space, registry, "me", date(2012, 6, 1))
    names = [name for name in registry.headers if registry.standard(name).targets]
    for name in names:
        registry.assessor(name)
    begun = perf_counter()
    found = sum(len(rows(desk, name, territory="")) for name in names)
print(json.dumps({"seconds": perf_counter() - begun, "targets": found, "standards": len(names)}))
"""
CROWD = """
from harness.crowd import gather
from harness.nursery import Nursery
with Nursery(("harness.crowd",)) as nursery:
    found = gather(nursery, folder, writers=8, times=60, pause=0.8, importer=sys.argv[2])
print(json.dumps({"waits": found.waits, "failures": found.failures, "counted": found.counted, "asked": found.asked}))
"""


def run(code: str, folder: Path, *args: str) -> tuple[dict[str, Any], float]:
    """What a fresh process says of *code*, and its peak memory in MB (10^6 bytes)."""
    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path, "DUIBIAO_STATE": str(folder.parent / "state")}
    child = subprocess.Popen([sys.executable, "-c", START + code, str(folder), *args], stdout=subprocess.PIPE, env=env, text=True)
    assert child.stdout is not None
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, out
    return json.loads(out), usage.ru_maxrss * 1024 / 1e6


def share(values: list[float], part: float) -> float:
    """The value that *part* of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def row(name: str, value: str, target: str) -> None:
    """Print a line of the table."""
    print(f"| {name:<58} | {value:>16} | {target:<20} |", flush=True)


def nation(folder: Path) -> None:
    """The register: import, opening, targets, single saves, journal."""
    found, memory = run(IMPORT, folder)
    row(f"import of the register, {found['rows']} units", f"{found['seconds']:.1f} s", "≤ 15 s")
    row("  peak memory", f"{memory:.0f} MB", "≤ 300 MB")
    row("opening that workspace", f"{median(run(OPEN, folder)[0]['seconds'] for _ in range(9)) * 1000:.1f} ms", "≤ 100 ms")
    found, memory = run(TARGETS, folder)
    row("target report over it, a standard", f"{found['seconds'] / found['standards']:.2f} s", "≤ 3 s")
    found, _ = run(SAVE, folder)
    for part in (0.5, 0.95):
        saved, bare = (share(found[each], part) * 1000 for each in ("saves", "bare"))
        row(f"durable save, p{part * 100:.0f} (bare fsync {bare:.1f} ms)", f"{saved:.1f} ms", "≤ 50 ms" if part > 0.9 else "")
    units = run(FILL, folder)[0]["units"]
    found, _ = run(VERIFY, folder)
    row(f"journal verified, {found['entries']} entries", f"{found['entries'] / found['seconds']:,.0f} /s", "≥ 100,000 /s")
    found, _ = run(TARGETS, folder)
    row(f"target reports again, {units} units with facts, a standard", f"{found['seconds'] / found['standards']:.2f} s", "≤ 3 s")


def crowd(folder: Path, importer: str, name: str, target: str) -> None:
    """Eight people who save every 0 to 0.8 s, and somebody who imports."""
    folder.mkdir()
    found, _ = run(CROWD, folder, importer)
    assert not found["failures"], found["failures"]
    assert found["counted"] == found["asked"]
    waits = found["waits"]
    row(f"8 writers beside {name}, {len(waits)} saves, p50", f"{share(waits, 0.5):.0f} ms", "")
    row("  p99", f"{share(waits, 0.99):.0f} ms", target)
    row("  the longest", f"{waits[-1]:.0f} ms", "")


def main() -> int:
    """Measure and print the table."""
    print(f"| {'':<58} | {'measured':>16} | {'target':<20} |")
    print(f"|{'-' * 60}|{'-' * 17}:|{'-' * 22}|")
    with TemporaryDirectory() as place:
        nation(Path(place) / "nation")
        crowd(Path(place) / "bulk", "bulk", "an importer of 50 entries a time", "≤ 500 ms")
        crowd(Path(place) / "register", "register", "the import of the register", "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
