"""The command line. Nothing heavy is imported until a command needs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 fine, 1 a check found problems, 2 bad use or bad input."""
    from duibiao.cli.base import run

    return run(list(sys.argv[1:] if args is None else args), dict(os.environ))
