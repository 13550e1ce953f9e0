"""The asyncio loop that runs inside Qt's; the only module that knows qasync.

qasync turns every ``call_soon`` into a Qt timer of its own and cuts delays to
whole milliseconds on Qt's coarse timer, which aligns wake-ups to a grid of its
own. Here callbacks wait in a queue of ours, drained by one zero-delay timer,
and deadlines in a heap of ours, served by one precise timer that is armed again
if it fires early. What qasync does with sockets, threads and signals is kept.
"""

from __future__ import annotations

import asyncio
import heapq
import inspect
import math
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from functools import partial
from types import FunctionType, MethodType
from typing import Any, Final, TypeVar

import PySide6.QtWidgets  # noqa: F401  (qasync takes the binding that is already loaded)
import qasync  # type: ignore[import-untyped]
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from gui.system.awake_clock import LONGEST_WAIT_S, AwakeClock

T = TypeVar("T")

DRAIN_BUDGET_S: Final = 0.004
"""Longest that queued callbacks go on before input and painting get their turn."""

TURN_S: Final = 0.001
"""Seconds for which another thread of Python may go on while the loop waits for its turn.

A frame gives its turn away several times, to draw and to reckon with arrays, and waits as often.
"""

_LONGEST_TIMER_MS: Final = 24 * 60 * 60 * 1_000
_CANCELLED_HANDLES_KEPT: Final = 64

_PYTHON_MADE: Final = (FunctionType, MethodType, partial)
"""What coroutine functions are; steps of tasks aren't, of which a swarm begins with thousands."""


class _Timers(QObject):
    """Owner of the loop's timers, in the loop's thread, and what other threads call."""

    wakeRequested = Signal()


class FirefliesEventLoop(qasync.QEventLoop):  # type: ignore[misc]
    """A qasync loop that keeps its own queue and its own deadlines.

    Parameters
    ----------
    app
        The application whose Qt loop it runs in.

    Attributes
    ----------
    clock
        What it goes by: time in which the program was stopped doesn't count.
    on_exit
        Called when Qt's loop is left although nobody has stopped this one, which then goes
        on; None: it ends too.

    Notes
    -----
    A deadline is never served early, not even by a fraction of a millisecond,
    and late by a millisecond at most when nothing else is going on.
    """

    def __init__(self, app: QApplication) -> None:
        self._soon: deque[asyncio.Handle] = deque()
        self._deadlines: list[asyncio.TimerHandle] = []
        self._cancelled_deadlines = 0
        self._leaving: BaseException | None = None
        self._is_stopping = False
        self.on_exit: Callable[[], object] | None = None
        self._thread = threading.get_ident()
        self._timers = _Timers()
        self._soon_timer = self._make_timer("asyncio-soon", self._drain)
        # A slot of a QObject: called in that object's thread, whoever emits.
        self._timers.wakeRequested.connect(self._soon_timer.start)
        self._deadline_timer = self._make_timer("asyncio-deadline", self._on_deadline)
        self.clock = AwakeClock()
        self._clock_timer = self._make_timer("asyncio-clock", self.time)
        self._clock_timer.setSingleShot(False)
        self._clock_timer.setInterval(round(LONGEST_WAIT_S * 1e3))
        self._clock_timer.setTimerType(Qt.TimerType.CoarseTimer)
        super().__init__(app)

    @property
    def n_deadlines(self) -> int:
        """Deadlines that are kept, with those that were cancelled but not yet forgotten."""
        return len(self._deadlines)

    def _make_timer(self, name: str, on_timeout: Callable[[], object]) -> QTimer:
        timer = QTimer(self._timers)
        timer.setObjectName(name)
        timer.setSingleShot(True)
        timer.setInterval(0)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(on_timeout)
        return timer

    # -- asking for a callback ----------------------------------------------------------

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run `callback` in the next drain."""
        self._check_callback_allowed(callback, "call_soon")
        return self._add_callback(asyncio.Handle(callback, args, self, context))

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Run `callback` once `delay` seconds have passed."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Run `callback` at `when` on the scale of :meth:`time`, never before."""
        self._check_callback_allowed(callback, "call_at")
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        # asyncio's own mark: with it, cancel() reports to the loop
        handle._scheduled = True  # type: ignore[attr-defined]
        heapq.heappush(self._deadlines, handle)
        if self._deadlines[0] is handle:
            self._arm_deadline_timer()
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run `callback` soon; may be called from any thread."""
        self._check_callback_allowed(callback, "call_soon_threadsafe")
        handle = asyncio.Handle(callback, args, self, context)
        if threading.get_ident() == self._thread:
            return self._add_callback(handle)
        self._soon.append(handle)
        self._timers.wakeRequested.emit()
        return handle

    def _add_callback(self, handle: asyncio.Handle) -> asyncio.Handle:
        """Queue a handle; asyncio's own code for signals comes in here too."""
        self._soon.append(handle)
        if not self._soon_timer.isActive():
            self._soon_timer.start()
        return handle

    def _check_callback_allowed(self, callback: object, method: str) -> None:
        self._check_closed()
        if not callable(callback) or (
            isinstance(callback, _PYTHON_MADE) and inspect.iscoroutinefunction(callback)
        ):
            raise TypeError(f"{method} needs a function that can be called, got {callback!r}")

    def time(self) -> float:
        """Seconds on the scale of deadlines; they wait for as long as the program is stopped."""
        return self.clock()

    # -- running callbacks --------------------------------------------------------------

    def _drain(self) -> None:
        """Run what was queued when the drain began, as far as the budget goes.

        A task that lets Qt handle events in the middle of its own step is not interrupted by
        others, which asyncio refuses: they wait until that step has ended.
        """
        if asyncio.current_task(self) is not None:
            return
        stop_at = time.perf_counter() + DRAIN_BUDGET_S
        for _ in range(len(self._soon)):
            if not self._soon:  # a callback has let Qt handle events: they were run meanwhile
                break
            handle = self._soon.popleft()
            if not handle.cancelled() and not self._run_handle(handle):
                break
            if time.perf_counter() >= stop_at:
                break
        if self._soon and not self._soon_timer.isActive() and not self.is_closed():
            self._soon_timer.start()

    def _run_handle(self, handle: asyncio.Handle) -> bool:
        """Run one callback; False when SystemExit or KeyboardInterrupt ends the loop."""
        started = time.perf_counter()
        try:
            handle._run()
        except (
            SystemExit,
            KeyboardInterrupt,
        ) as leaving:  # all others went to the exception handler
            self._leaving = leaving
            self.stop()
            return False
        if self.get_debug():
            took = time.perf_counter() - started
            if took >= self.slow_callback_duration:
                self._logger.warning("Executing %s took %.3f seconds", handle, took)
        return True

    def _on_deadline(self) -> None:
        """Queue all whose time has come, in order of their deadlines, and run them."""
        now = self.time()
        while self._deadlines and (
            self._deadlines[0].when() <= now or self._deadlines[0].cancelled()
        ):
            handle = heapq.heappop(self._deadlines)
            handle._scheduled = False  # type: ignore[attr-defined]
            if handle.cancelled():
                self._cancelled_deadlines -= 1
            else:
                self._soon.append(handle)
        self._arm_deadline_timer()
        self._drain()

    def _arm_deadline_timer(self) -> None:
        if self.is_closed() or not self._deadlines:
            self._deadline_timer.stop()
            return
        delay_ms = math.ceil((self._deadlines[0].when() - self.time()) * 1e3)
        self._deadline_timer.start(min(max(delay_ms, 0), _LONGEST_TIMER_MS))

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Asyncio says a deadline was cancelled; drop them once they are the larger part."""
        self._cancelled_deadlines += 1
        many = self._cancelled_deadlines > _CANCELLED_HANDLES_KEPT
        if many and self._cancelled_deadlines * 2 > len(self._deadlines):
            self._deadlines = [each for each in self._deadlines if not each.cancelled()]
            heapq.heapify(self._deadlines)
            self._cancelled_deadlines = 0
            self._arm_deadline_timer()

    # -- life ---------------------------------------------------------------------------

    def run_forever(self) -> Any:
        """Run until stopped; SystemExit and KeyboardInterrupt of a callback come out here."""
        if self._soon:
            self._soon_timer.start()
        self._arm_deadline_timer()
        self._clock_timer.start()
        self._is_stopping = False
        try:
            result = super().run_forever()
            while not self._is_stopping and self.on_exit is not None:
                self.on_exit()  # somebody has left Qt's loop, and not by way of this one
                result = super().run_forever()
        finally:
            self._clock_timer.stop()
        leaving, self._leaving = self._leaving, None
        if leaving is not None:
            raise leaving
        return result

    def stop(self) -> None:
        """Let :meth:`run_forever` end."""
        self._is_stopping = True
        super().stop()

    def close(self) -> None:
        """Stop all timers and forget what was still waiting."""
        super().close()
        self._soon.clear()
        self._deadlines.clear()
        for timer in (self._soon_timer, self._deadline_timer, self._clock_timer):
            timer.stop()
            timer.timeout.disconnect()
        self._timers.deleteLater()


def run_app(main: Coroutine[Any, Any, T], app: QApplication) -> T:
    """Run `main` on a loop inside Qt's, and return what it returns.

    The last window's closing does not end it: `main` decides when all is over. Meanwhile other
    threads of Python give way to the loop sooner than is usual.
    """
    app.setQuitOnLastWindowClosed(False)
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)
    try:
        with asyncio.Runner(loop_factory=lambda: FirefliesEventLoop(app)) as runner:
            return runner.run(main)
    finally:
        sys.setswitchinterval(usual_s)
