r"""Signals that end a program: a clean close instead of a traceback, at any moment.

SIGINT is Ctrl+C, SIGTERM asks for the end, SIGHUP says that the terminal is gone, and SIGBREAK
is what Windows has for both. One that is ignored when the program starts stays so: that is what
``nohup`` asks for, and a shell for what it runs in the background. SIGQUIT is left alone: who
presses Ctrl+\ wants the process as it is, with its unfinished files.

While the program starts there is nothing to close, and it exits at once. Once a
window is open, a signal asks for the same close as the window's own button.

This is the first thing the program loads, and until its handlers are in place a
signal ends in a traceback; so it imports next to nothing: `typing` and
`contextlib` alone would take longer than all the rest.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    Handler = Callable[[int, FrameType | None], object]
    Previous = Handler | int | signal.Handlers | None

SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGXCPU", "SIGUSR1", "SIGUSR2", "SIGBREAK")
    if hasattr(signal, name)
)


def exit_code(signal_number: int) -> int:
    """What a shell expects of a program ended by this signal."""
    return 128 + signal_number


def exit_now(code: int) -> None:
    """End the process on the spot, after flushing what was printed."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError, RuntimeError):
            continue  # closed, none at all, or interrupted in the middle of a flush
    os._exit(code)


def exiting_at_once(clean_up: Callable[[], object] | None = None) -> Handlers:
    """Let a signal end the process on the spot, after calling `clean_up` if given.

    An exception would not do: raised in the middle of loading Qt it aborts the
    interpreter, and in a callback of C code it is lost.
    """

    def leave(signal_number: int, _frame: FrameType | None) -> None:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        try:
            if clean_up is not None:
                clean_up()
        finally:
            exit_now(exit_code(signal_number))

    return Handlers(leave)


def calling_on_signal(on_signal: Callable[[int], object]) -> Handlers:
    """Call `on_signal` in the running loop when a signal arrives."""
    return _HandlersInLoop(on_signal)


class Handlers:
    """A context in which signals go to `handler`, and afterwards to where they went before.

    Those that are ignored stay ignored.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._before: dict[int, Previous] = {}

    def ignore_from_now_on(self) -> None:
        """Let no signal spoil what the interpreter does at its end: all work is done."""
        for number in SIGNALS:
            self._before[number] = signal.SIG_IGN
            signal.signal(number, signal.SIG_IGN)

    def __enter__(self) -> Handlers:
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._handler)
        return self

    def __exit__(self, *_: object) -> None:
        for number, previous in self._before.items():
            signal.signal(number, previous)


class _HandlersInLoop(Handlers):
    """Handlers that wake the loop.

    Python runs signal handlers between two of its own instructions, of which there
    are none while Qt waits: so a signal writes to a socket that the loop reads. The
    loop's own ``add_signal_handler`` does the same, but taking it back leaves the
    signals to the system for a moment, which ends the process there and then.
    """

    def __init__(self, on_signal: Callable[[int], object]) -> None:
        import asyncio  # here, so that the rest can be had before anything heavy is loaded

        self._loop = loop = asyncio.get_running_loop()
        super().__init__(lambda number, _frame: loop.call_soon_threadsafe(on_signal, number))

    def __enter__(self) -> Handlers:
        import contextlib
        import socket

        super().__enter__()
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        with contextlib.suppress(NotImplementedError):  # Windows: the pump's frames have to do
            self._loop.add_reader(self._reader, self._on_reader_ready)
        fd = self._writer.fileno()
        self._fd_before = signal.set_wakeup_fd(fd, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        import contextlib

        super().__exit__()
        signal.set_wakeup_fd(self._fd_before)
        with contextlib.suppress(NotImplementedError):
            self._loop.remove_reader(self._reader)
        self._reader.close()
        self._writer.close()

    def _on_reader_ready(self) -> None:
        try:
            self._reader.recv(4096)
        except BlockingIOError:
            return
