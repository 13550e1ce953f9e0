"""Unfinished things: files and children that are cleaned up even if the process is ended at once.

A signal handler that ends the process skips every ``finally``; so what must not be left
behind is registered here for as long as it exists.
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
"""Ctrl+C, a polite request to end, a closed terminal, and what batch systems send before they
kill; SIGBREAK is Windows'."""

_CLEANUPS: Final[list[Callable[[], object]]] = []


@contextmanager
def cleanup_on_exit(cleanup: Callable[[], object]) -> Iterator[None]:
    """Have `cleanup` called by :func:`clean_up`, as long as the context lasts."""
    _CLEANUPS.append(cleanup)
    try:
        yield
    finally:
        _CLEANUPS.remove(cleanup)


def clean_up() -> None:
    """Run all cleanups that are registered, the latest first."""
    for cleanup in reversed(_CLEANUPS):
        with suppress(OSError):
            cleanup()


def exit_on_signals() -> None:
    """Install :func:`exit_on_signal` for all signals that end a program and aren't ignored.

    ``nohup`` asks for that, and so does a shell for what it runs in the background.
    """
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, exit_on_signal)


def exit_on_signal(signal_number: int, _frame: FrameType | None) -> None:
    """A handler that cleans up and ends the process, without a traceback."""
    clean_up()
    os._exit(128 + signal_number)
