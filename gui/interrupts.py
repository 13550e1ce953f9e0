"""SIGINT and SIGTERM: a clean close instead of a traceback, at any moment.

While the program starts there is nothing to close, and it leaves at once. Once a
window is open, a signal asks for the same close as the window's own button.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def exit_code(signal_number: int) -> int:
    """What a shell expects of a program ended by this signal."""
    return 128 + signal_number


def leave_now(code: int) -> None:
    """End the process on the spot; only what was written is seen to."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or none at all
            stream.flush()
    os._exit(code)


@contextlib.contextmanager
def leaving_at_once() -> Iterator[None]:
    """Let a signal end the process on the spot, while there is nothing to close.

    An exception would not do: raised in the middle of loading Qt it aborts the
    interpreter.
    """

    def leave(signal_number: int, _frame: FrameType | None) -> None:
        leave_now(exit_code(signal_number))

    with _python_handlers(leave):
        yield


@contextlib.contextmanager
def calling_on_signal(on_signal: Callable[[int], None]) -> Iterator[None]:
    """Call `on_signal` in the running loop when a signal arrives.

    Python runs signal handlers between two of its own instructions, of which
    there are none while Qt waits. So asyncio's self-pipe wakes the loop where
    there is one; elsewhere the pump runs instructions 60 times a second anyway.
    """
    import asyncio  # here, so that the rest can be had before anything heavy is loaded

    loop = asyncio.get_running_loop()

    def handle(signal_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(on_signal, signal_number)

    with _python_handlers(handle):
        try:
            for number in SIGNALS:
                loop.add_signal_handler(number, on_signal, int(number))
        except NotImplementedError:  # Windows: the handlers just set have to do
            yield
            return
        try:
            yield
        finally:
            for number in SIGNALS:
                loop.remove_signal_handler(number)


@contextlib.contextmanager
def _python_handlers(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in SIGNALS}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
