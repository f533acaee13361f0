"""Something to be done once a moment has passed, whatever else goes on."""

from __future__ import annotations

from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer


def later(where: MessagePump, seconds: float, run: Callable[[], object]) -> Timer:
    """Call *run* once, after so many *seconds*, as long as the screen or widget *where* is there; it may be stopped before then.

    The framework leaves a timer out that is due before it has begun, which the shortest are whenever the machine is busy: what
    waited for it never came.
    """
    timer = where.set_timer(seconds, run)
    timer._skip = False
    return timer
