"""What a test needs of the machine it runs on."""

from __future__ import annotations

import os

import pytest

from .record import why_not


def strace() -> None:
    """The tool that records system calls; on a build server its absence is a failure, elsewhere a reason to skip."""
    if why := why_not():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{why}: power cuts cannot be rebuilt")
