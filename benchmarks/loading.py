"""CPU time from nothing to every standard proved and lowered, each time in a fresh process.

Bytecode is cached beforehand, as it is for an installed package; CPU time, not wall time, is what counts. A yardstick of plain
Python work runs in between, so that figures of two machines (or of a busy one) can be compared as multiples of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from statistics import median
from tempfile import TemporaryDirectory

TIMES = 9
MAIN = "from duibiao.cli import main; raise SystemExit(main())"
YARDSTICK = """
found = {}
for i in range(400_000):
    found[i & 1023] = str(i)
"""
STEPS = """
import json, sys
from time import process_time as now

marks = [("", now())]
def mark(name):
    marks.append((name, now()))

import duibiao.assess.one, duibiao.pack.proofs, duibiao.pack.vocabulary
from duibiao.api import Pack
from duibiao.registry import Registry, installed
mark("imports")
packs = [each.load() for each in installed()]
packs = [each for each in packs if isinstance(each, Pack)]
mark("finding the plugins")
for pack in packs:
    pack.sources
mark("TOML")
for pack in packs:
    pack.content
mark("building")
registry = Registry()
registry.vocabulary
mark("registry and vocabulary")
for name in registry.headers:
    registry.standard(name)
mark("putting together, hashes")
for name in registry.headers:
    registry.program(name)
mark("proofs and lowering")
for name in registry.headers:
    registry.assessor(name).compiled
mark("generating functions")
steps = {name: after - before for (_, before), (name, after) in zip(marks, marks[1:])}
json.dump(steps, sys.stdout)
"""
TARGETS = {"loading": 150, "duibiao standards": 300}
OUTSIDE = ("imports", "generating functions")
"""Steps that are shown beside, not in, the loading: one is Python's, the other is done when a standard is first used."""


def cpu_ms(code: str, *args: str, env: dict[str, str]) -> tuple[float, str]:
    """CPU milliseconds of a fresh Python that runs *code*, and what it prints."""
    child = subprocess.Popen([sys.executable, "-c", code, *args], stdout=subprocess.PIPE, env=env, text=True)
    assert child.stdout is not None
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, out
    return (usage.ru_utime + usage.ru_stime) * 1000, out


def main() -> int:
    """Measure and print the table."""
    whole: dict[str, list[float]] = {"yardstick": [], "bare Python": [], "duibiao --version": [], "duibiao standards": []}
    steps: dict[str, list[float]] = {}
    with TemporaryDirectory() as cache:
        env = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        cpu_ms(STEPS, env=env)
        cpu_ms(MAIN, "standards", env=env)
        for _ in range(TIMES):
            whole["bare Python"].append(cpu_ms("", env=env)[0])
            whole["yardstick"].append(cpu_ms(YARDSTICK, env=env)[0] - whole["bare Python"][-1])
            whole["duibiao --version"].append(cpu_ms(MAIN, "--version", env=env)[0])
            whole["duibiao standards"].append(cpu_ms(MAIN, "standards", env=env)[0])
            for name, seconds in json.loads(cpu_ms(STEPS, env=env)[1]).items():
                steps.setdefault(name, []).append(seconds * 1000)
    loading = [sum(values) for values in zip(*(v for name, v in steps.items() if name not in OUTSIDE), strict=True)]
    unit = median(whole["yardstick"])
    print(f"| {'CPU time, median of ' + str(TIMES):<32} | {'ms':>7} | {'÷ yardstick':>11} | target |")
    print(f"|{'-' * 34}|{'-' * 8}:|{'-' * 12}:|--------|")
    for name, values in {**whole, "loading": loading, **{f"  {name}": v for name, v in steps.items()}}.items():
        goal = f"≤ {TARGETS[name]} ms" if name in TARGETS else ""
        print(f"| {name:<32} | {median(values):>7.1f} | {median(values) / unit:>11.2f} | {goal} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
