"""Unfinished things: files and children that are cleaned up even if the process is ended at once.

A signal handler that ends the process leaves no ``finally`` its turn; so what must
not stay behind is noted here for as long as it could.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

ENDING_SIGNALS: Final = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGXCPU", "SIGUSR1", "SIGUSR2", "SIGBREAK")
    if hasattr(signal, name)
)
"""Ctrl+C, the asked for end, the terminal that is gone, what batch systems send before they kill;
SIGBREAK is Windows'."""

_UNDO: Final[list[Callable[[], object]]] = []


@contextmanager
def undone_on_leaving(undo: Callable[[], object]) -> Iterator[None]:
    """Let :func:`undo_unfinished` call `undo`, as long as the context lasts."""
    _UNDO.append(undo)
    try:
        yield
    finally:
        _UNDO.remove(undo)


def undo_unfinished() -> None:
    """Undo all that is unfinished, the latest first."""
    for undo in reversed(_UNDO):
        with suppress(OSError):
            undo()


def leave_on_signals() -> None:
    """Let :func:`leave_on_signal` handle all that end a program, but for those ignored already.

    ``nohup`` asks for that, and so does a shell for what it runs in the background.
    """
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, leave_on_signal)


def leave_on_signal(signal_number: int, _frame: FrameType | None) -> None:
    """A handler that undoes what is unfinished and ends the process, without a traceback."""
    undo_unfinished()
    os._exit(128 + signal_number)
