"""A contestant in a process of its own: ``python cohort_worker.py NAME SPEC.json``.

It says ``{"version": …}`` when it is ready, answers every line «go» with the wall time, CPU time and peak memory of one turn, and
«write FILE» by writing what the last turn found, as Parquet. What it imports depends on who it is, so that the other engines'
environment needs neither this project nor Polars, and the other way round.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

THREADS = os.cpu_count() or 1
YEAR = "2011"


class Contestant(ABC):
    """Somebody who is timed.

    Attributes:
        version: What it runs on.
        result: What its last turn found.
    """

    version = ""
    result: Any = None

    def reset(self) -> None:
        """What is done before a turn, off the clock."""
        self.result = None

    @abstractmethod
    def turn(self) -> Any:
        """Everything that is timed."""

    @abstractmethod
    def write(self, path: Path) -> None:
        """The result as Parquet."""


class Reading(Contestant):
    """Polars reads the columns that the standard needs, and no more."""

    def __init__(self, spec: dict[str, Any]) -> None:
        import polars as pl

        self.pl, self.version = pl, f"Polars {pl.__version__}"
        self.facts, self.columns, self.engine = spec["file"], spec["columns"], spec.get("engine", "streaming")

    def turn(self) -> Any:
        return self.pl.scan_parquet(self.facts).select(self.columns).collect(engine=self.engine)

    def write(self, path: Path) -> None:
        self.result.write_parquet(path)


class Ours(Reading):
    """This project's columns; *gaps* says whether facts are missing, *loaded* whether they are in memory beforehand."""

    def __init__(self, spec: dict[str, Any]) -> None:
        super().__init__(spec)
        import table
        from cohort_data import scaled

        from duibiao.cohort.frames import Frames

        size = spec.get("indicators")
        self.frames = Frames(scaled(size).program if size else table.program(), table.TODAY)
        self.gaps = None if spec["gaps"] else frozenset[str]()
        self.loaded = super().turn().lazy() if spec.get("loaded") else None

    def turn(self) -> Any:
        facts = self.pl.scan_parquet(self.facts) if self.loaded is None else self.loaded
        return self.frames.results(facts, self.gaps).collect(engine=self.engine)


class ByHand(Reading):
    """The same rules as a Polars query written by hand."""

    def __init__(self, spec: dict[str, Any]) -> None:
        super().__init__(spec)
        import cohort_rivals
        import table

        width = {"narrow": self.pl.Int32(), "int64": self.pl.Int64()}[spec["width"]]
        program = table.program()
        self.query = lambda: cohort_rivals.polars_query(program, self.pl.scan_parquet(self.facts), width)

    def turn(self) -> Any:
        return self.query().collect(engine=self.engine)


class DuckDb(Contestant):
    """A query in DuckDB, its result fetched as Arrow."""

    def __init__(self, spec: dict[str, Any]) -> None:
        import duckdb

        self.version = f"DuckDB {duckdb.__version__}"
        self.connection = duckdb.connect()
        self.connection.execute(f"SET threads = {THREADS}")
        self.connection.execute(f"CREATE VIEW facts AS FROM read_parquet('{spec['facts']}')")
        self.sql = spec["sql"]
        self.renamed = spec.get("renamed", {})

    def turn(self) -> Any:
        return self.connection.sql(self.sql).to_arrow_table()

    def write(self, path: Path) -> None:
        from pyarrow import parquet

        found = self.result
        parquet.write_table(found.rename_columns([self.renamed.get(name, name) for name in found.column_names]), path)


class OpenFisca(Contestant):
    """The same rules as OpenFisca's variables.

    *loaded*: the facts are in its memory beforehand, only formulas are timed. *wide*: every number has 64 bits, else those that
    their facts' ranges ask for.
    """

    def __init__(self, spec: dict[str, Any]) -> None:
        from importlib.metadata import version

        import numpy as np

        self.np, self.spec = np, spec
        self.version = f"openfisca-core {version('openfisca-core')}, NumPy {np.__version__}"
        self.system = self.rules()
        self.simulation = self.load() if spec["loaded"] else None

    def rules(self) -> Any:
        from openfisca_core.entities import build_entity
        from openfisca_core.periods import DateUnit
        from openfisca_core.taxbenefitsystems import TaxBenefitSystem
        from openfisca_core.variables import Variable

        unit = build_entity("unit", "units", "unit", is_person=True)
        system = TaxBenefitSystem([unit])
        kinds = {"bool": bool, "int": int, "long": int}
        space = {"where": self.np.where, "minimum": self.np.minimum, "maximum": self.np.maximum}
        common = {"entity": unit, "definition_period": DateUnit.YEAR}
        for name, kind, text in [
            ("in_scope", "bool", ""),
            *((n, k, "") for n, _, k in self.spec["facts"]),
            *self.spec["formulas"],
        ]:
            said = {**common, "value_type": kinds[kind]}
            if text:
                local: dict[str, Any] = dict(space)
                exec(f"def formula(unit, period):\n    return {text}", local)  # noqa: S102 - our own text
                said["formula"] = local["formula"]
            system.add_variable(type(name, (Variable,), said))
            if kind == "long" or (kind == "int" and self.spec["wide"]):  # else 32 bits, which overflow silently
                system.get_variable(name).dtype = self.np.int64
        return system

    def load(self) -> Any:
        from openfisca_core.simulations import SimulationBuilder
        from pyarrow import array, compute, parquet

        columns = [self.spec["kind"], *(column for _, column, _ in self.spec["facts"])]
        found = parquet.read_table(self.spec["file"], columns=columns)
        simulation = SimulationBuilder().build_default_simulation(self.system, found.num_rows)
        inside = compute.is_in(found.column(self.spec["kind"]), value_set=array(self.spec["scope"]))
        simulation.set_input("in_scope", YEAR, inside.to_numpy())
        for name, column, _ in self.spec["facts"]:
            simulation.set_input(name, YEAR, found.column(column).to_numpy())
        return simulation

    def reset(self) -> None:
        super().reset()
        if self.simulation is not None:
            for name, _, _ in self.spec["formulas"]:
                self.simulation.delete_arrays(name)

    def turn(self) -> Any:
        simulation = self.simulation or self.load()
        return {name: simulation.calculate(name, YEAR) for name in self.spec["outputs"]}

    def write(self, path: Path) -> None:
        from pyarrow import parquet, table

        parquet.write_table(table(self.result), path)


CONTESTANTS: dict[str, type[Contestant]] = {
    "reading": Reading, "ours": Ours, "by_hand": ByHand, "duckdb": DuckDb, "openfisca": OpenFisca,
}  # fmt: skip


def turned(each: Contestant) -> dict[str, float]:
    """Seconds of one turn, and peak memory so far in MB (10^6 bytes)."""
    each.reset()
    gc.collect()
    wall, cpu = perf_counter(), process_time()
    each.result = each.turn()
    wall, cpu = perf_counter() - wall, process_time() - cpu
    return {"wall": wall, "cpu": cpu, "memory": peak()}


def peak() -> float:
    """Peak memory of this process; Linux counts what its parent had before it began, unless asked like this."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def main() -> int:
    """Answer until nobody asks any more."""
    name, path = sys.argv[1:]
    each = CONTESTANTS[name](json.loads(Path(path).read_text()))
    print(json.dumps({"version": each.version}), flush=True)
    for line in sys.stdin:
        order, _, where = line.strip().partition(" ")
        if order == "write":
            each.write(Path(where))
        print(json.dumps(turned(each) if order == "go" else {}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
