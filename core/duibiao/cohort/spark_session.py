"""A Spark session: a cluster's where one is named, else one on this machine; and what is missing when there is none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from duibiao.errors import BadInputError, Problem

LEAST_JAVA = 17
_OURS = {"spark.sql.ansi.enabled": "true", "spark.sql.caseSensitive": "true"}
"""A sum too large stops with an error instead of wrapping round, and names are told apart as everywhere else here."""

_CODES = {"PATH_NOT_FOUND": "DB001", "PATH_ALREADY_EXISTS": "E_TARGET_EXISTS"}
"""What Spark calls a problem that has a code of ours."""


@contextmanager
def session(master: str = "") -> Iterator[Any]:
    """A Spark session, stopped at the end if it was started here.

    *master* is what Spark calls so (``local[4]``, ``yarn``, ``spark://…``, ``k8s://…``), or ``sc://…`` for Spark Connect; empty
    leaves it to SPARK_REMOTE, spark-submit or Spark's own settings, which without any of them mean all cores of this machine.
    Raises BadInputError: E_NO_SPARK, E_NO_JAVA, E_SPARK.
    """
    if find_spec("pyspark") is None:
        raise BadInputError([Problem("E_NO_SPARK", allowed="pip install 'duibiao[spark]'")])
    if not _address(master).startswith("sc://"):
        _check_java()
    from pyspark.sql import SparkSession

    found = SparkSession.getActiveSession()
    with spark_problems():
        spark = found or _builder(master).getOrCreate()
        before = {name: spark.conf.get(name, None) for name in _OURS}
        for name, value in _OURS.items():
            spark.conf.set(name, value)
    try:
        yield spark
    finally:
        if found is None:
            spark.stop()
        else:
            for name, value in before.items():
                spark.conf.set(name, value)


def _address(master: str) -> str:
    """The address of Spark Connect, where that is asked for; ``local`` is a server of one's own."""
    return os.environ.get("SPARK_REMOTE", "") if not master else master if master.startswith("sc://") else ""


def _builder(master: str) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("duibiao")
    if _address(master):
        return builder.remote(_address(master))
    if master:
        builder = builder.master(master)
    return builder.config("spark.log.level", "OFF").config("spark.ui.showConsoleProgress", "false")


def _check_java() -> None:
    found = java_version()
    if found < LEAST_JAVA:
        raise BadInputError([Problem("E_NO_JAVA", found=f"Java {found}" if found else "", allowed=f"Java >= {LEAST_JAVA}")])


def java_version() -> int:
    """The version of the Java that Spark would take; 0 for none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None:
        return 0
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=True).stderr  # noqa: S603 - the user's own Java
    except (OSError, subprocess.SubprocessError):
        return 0
    version = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(version[1]) if version else 0


@contextmanager
def spark_problems() -> Iterator[None]:
    """Turns what Spark complains of into a problem: the first line of its message."""
    try:
        yield
    except _complaints() as error:
        condition = getattr(error, "getCondition", lambda: None)() or ""
        raise BadInputError([Problem(_CODES.get(condition, "E_SPARK"), found=_first_line(error))]) from error
    except ImportError as error:
        raise BadInputError(
            [Problem("E_NO_SPARK", found=_first_line(error), allowed="pip install 'pyspark[connect]'")]
        ) from error


def _complaints() -> tuple[type[Exception], ...]:
    """Errors of Spark's Python side and, where it has a Java side here, of that."""
    from pyspark.errors import PySparkException

    try:
        from py4j.protocol import Py4JError
    except ImportError:
        return (PySparkException,)
    return (PySparkException, Py4JError)


def _first_line(error: Exception) -> str:
    """What happened: of an error of the Java side the line behind «An error occurred while calling …»."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    told = next((line.removeprefix(": ") for line in lines if line.startswith(": ")), lines[0])
    return told[:300]
