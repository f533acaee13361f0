"""A process that has everything imported and forks children on request, so that a victim is at work within milliseconds.

Run as ``python -m harness.nursery MODULE …``. It reads a line of JSON for each order and answers with one: ``{"call":
"module:function", "args": […]}`` starts a child, ``{"wait": pid}`` waits for one. It has a single thread, so forking is safe.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

from attrs import define

TESTS = Path(__file__).parents[1]


@define(eq=False)
class Nursery:
    """The parent's side: starts children, waits for them. A context manager."""

    modules: tuple[str, ...]
    _server: subprocess.Popen[str] | None = None

    def __enter__(self) -> Nursery:
        path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._server = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "harness.nursery", *self.modules],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()

    def _ask(self, **order: Any) -> int:
        assert self._server is not None
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps(order), file=self._server.stdin, flush=True)
        answer = self._server.stdout.readline()
        if not answer:
            raise RuntimeError("the nursery has ended")
        return int(json.loads(answer))

    def start(self, call: Callable[..., None], *args: Any, errors: Path) -> int:
        """Start a child.

        Args:
            call: A function of a module; it is found again by its name.
            args: What it is called with, as far as JSON can say it.
            errors: Where the child writes why it failed, if it does.

        Returns:
            Its process id.
        """
        return self._ask(call=f"{call.__module__}:{call.__qualname__}", args=args, errors=str(errors))

    def wait(self, pid: int) -> int:
        """Wait until a child has ended; its exit code, negative for the signal that killed it."""
        return self._ask(wait=pid)

    def kill(self, pid: int) -> int:
        """Kill a child with SIGKILL; its exit code, 0 when it had ended by itself."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return self.wait(pid)


def serve() -> None:
    """Take orders until there are no more; children that are left then are killed."""
    for module in sys.argv[1:]:
        import_module(module)
    children: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
            children.discard(order["wait"])
        else:
            answer = _fork(order)
            children.add(answer)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        module, _, name = order["call"].partition(":")
        getattr(import_module(module), name)(*order["args"])
        code = 0
    except BaseException:
        Path(order["errors"]).write_text(traceback.format_exc(), "utf-8")
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve()
