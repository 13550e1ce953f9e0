"""The virtual clock: discrete events, and workflows resumed without the host loop."""

from __future__ import annotations

import asyncio
import math
import time
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from typing import Any

from cascade.clock.base import Clock, deadlines_of
from cascade.clock.channel import NEVER, Channel
from cascade.clock.seconds import as_duration, as_seconds
from cascade.errors import ClockError
from cascade.record import Record
from cascade.scheduler.foreign import without_current_task
from cascade.scheduler.request import FIRST, LAST
from cascade.scheduler.scheduler import Scheduler
from cascade.scheduler.within import within_virtual
from cascade.scheduler.workflow import Workflow


class Progress(Record, kw_only=False):
    """How far a clock came.

    Attributes
    ----------
    now
        Its time, in seconds.
    reached
        Whether everything up to and at the time asked for has happened. If so,
        `now` is exactly that time; otherwise the budget was used up first.
    wakes
        Resumptions of workflows in this advance.
    """

    now: float
    reached: bool
    wakes: int


class VirtualClock(Scheduler, Clock):
    """Time that passes only by ``advance`` and ``run_until``, from event to event.

    The running workflow goes on until it waits; then those that were woken, in
    the order in which they were; only when nobody is ready the next deadline,
    by (time, priority, who waited first).

    Parameters
    ----------
    start
        Time it shows at first, in seconds.

    Raises
    ------
    TypeError, ValueError
        `start` is not a number or not finite.

    Notes
    -----
    Workflows on this clock can wait only for this clock, channels and each
    other. Not for threads: one thread owns the clock and its workflows.
    """

    __slots__ = ()

    def __init__(self, start: float = 0.0) -> None:
        if not math.isfinite(as_seconds(start, "start of a VirtualClock")):
            raise ValueError(f"start of a VirtualClock must be finite, got {start!r}")
        super().__init__(float(start))

    # -- for everybody ------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Present virtual time, in seconds."""
        return self._now

    @property
    def scheduled(self) -> float:
        """Time for which the present wake was scheduled: on this clock always `now`."""
        return self._now

    @property
    def wakes(self) -> int:
        """Resumptions of workflows since the clock was made."""
        return self._wakes

    @property
    def waiting(self) -> int:
        """Workflows that wait for something just now."""
        n_ready = len(self._ready) + len(self._aside)
        return self._living - n_ready - (self.running is not None)

    @property
    def next_deadline(self) -> float | None:
        """When the next workflow is due: `now` if one is ready, None if nobody waits for a time."""
        if self._ready or self._aside:
            return self._now
        deadline = self._agenda.first()
        return None if deadline == NEVER else deadline

    def advance(self, dt: float, *, budget_s: float | None = None) -> Progress:
        """Let `dt` seconds pass; see :meth:`run_until`."""
        if dt.__class__ is not float:
            dt = as_seconds(dt, "what advance takes")
        if not 0 <= dt < math.inf:
            raise ValueError(f"advance takes a finite number of seconds >= 0, got {dt!r}")
        return self.run_until(self._now + dt, budget_s=budget_s)

    def run_until(self, t: float, *, budget_s: float | None = None) -> Progress:
        """Let time pass until `t`, everything that is due at `t` included.

        Parameters
        ----------
        t
            Virtual time in seconds, not before now.
        budget_s
            Seconds of wall time after which to stop, between any two wakes or
            tail calls, also inside an instant. The next call goes on there, and
            nothing shows where it stopped.

        Returns
        -------
        Progress

        Raises
        ------
        TypeError, ValueError
            `t` is not a finite number or has passed, or the budget is no number or negative.
        ClockError
            Called from inside a workflow.

        Notes
        -----
        A workflow that fails ends its own run alone: the error surfaces where
        that run is awaited, never here. Only ``KeyboardInterrupt``,
        ``SystemExit`` and their like leave this call.
        """
        if t.__class__ is not float:
            t = as_seconds(t, "what run_until takes")
        if not self._now <= t < math.inf:
            raise ValueError(f"run_until takes a finite time >= now ({self._now!r} s), got {t!r}")
        if budget_s is not None and as_seconds(budget_s, "budget_s") < 0:
            raise ValueError(f"budget_s must be >= 0 s, got {budget_s!r}")
        if self.running is not None:
            raise ClockError(
                f"workflow '{self.running.name}' tried to advance the clock it runs on"
            )
        before = self._wakes
        if budget_s is not None:
            self._stop_at = time.perf_counter() + budget_s
        try:
            with without_current_task():
                reached = self._resume_until(t)
        finally:
            self._stop_at = NEVER
            self.running = None
        return Progress(self._now, reached, self._wakes - before)

    def reschedule(self, channels: Sequence[Channel[Any]], deadlines: Sequence[float]) -> None:
        """Give the receivers of `channels` new deadlines; see :meth:`Clock.reschedule`."""
        add, now = self._agenda.add, self._now
        for channel, deadline in deadlines_of(channels, deadlines):
            workflow = channel.receiver
            if isinstance(workflow, Workflow):
                add(workflow, deadline if deadline > now else now)

    def call_at(self, t: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` when the clock shows `t`, before any workflow that is due then."""
        return self._call_at(t, callback, FIRST)

    def _call_at(self, t: float, callback: Callable[[], None], rank: int) -> Callable[[], None]:
        timer = Workflow(_call_when_resumed(callback), "timer", rank, self._arouse)
        self._living += 1
        timer.coroutine.send(None)
        self._agenda.add(timer, max(self._now, t))

        def cancel() -> None:
            if not timer.ended:
                timer.coroutine.close()
                self._end(timer, StopIteration())

        return cancel

    def cancel_at(self, t: float) -> Callable[[], bool]:
        """Cancel the running workflow at `t`, when all else that is due then has been resumed.

        Gives what calls that off; it says whether that is too late.
        """
        workflow = self._require_workflow("a time limit")
        is_late = False

        def on_time() -> None:
            nonlocal is_late
            is_late = True
            self._doom(workflow, asyncio.CancelledError())

        cancel = self._call_at(t, on_time, LAST)

        def call_off() -> bool:
            if not is_late:
                cancel()
            return is_late

        return call_off

    # -- waiting ------------------------------------------------------------------------

    async def sleep_until(self, t: float) -> None:
        """Wait until the clock shows `t` seconds; a time that has passed means now.

        Raises
        ------
        TypeError, ValueError
            `t` is not a number or not finite.
        ClockError
            Awaited outside a workflow of this clock.

        Notes
        -----
        Cancelling is safe.
        """
        if t.__class__ is not float:
            t = as_seconds(t, "what sleep_until takes")
        if not -math.inf < t < math.inf:
            raise ValueError(f"sleep_until takes a finite time in seconds, got {t!r}")
        workflow = self.running or self._require_workflow("sleep")
        workflow.deadline = t if t > self._now else self._now
        await self._sleep

    async def sleep(self, s: float) -> None:
        """Wait `s` seconds of this clock; see :meth:`Clock.sleep`."""
        if s.__class__ is not float or not 0 <= s < math.inf:
            s = as_duration(s)
        workflow = self.running or self._require_workflow("sleep")
        workflow.deadline = self._now + s
        await self._sleep

    def timeline(self) -> object:
        """Its own: no other clock shows its time."""
        return self

    async def run_to_end(self, run: Coroutine[Any, Any, Any]) -> Any:
        """Let time pass, from event to event, until a run has ended.

        Raises
        ------
        RuntimeError
            It waits for something that will never come.
        """
        task = asyncio.ensure_future(run)
        try:
            await asyncio.sleep(0)
            while not task.done():
                due = self.next_deadline
                if due is None:
                    raise RuntimeError(
                        "the run waits for something that will never come: nothing is due any "
                        "more on its virtual clock"
                    )
                self.run_until(due)
                await asyncio.sleep(0)
        except BaseException:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        return task.result()

    async def run_within(self, work: Awaitable[Any], seconds: float, name: str) -> Any:
        """The result of `work`, or ``TimeoutError``; see :meth:`Clock.run_within`."""
        rank = self._require_workflow("a time limit").priority

        def run_child(child: Coroutine[Any, Any, Any]) -> Awaitable[Any]:
            return self._run_child(child, name, rank)

        return await within_virtual(self, work, seconds, name, run_child)

    def __repr__(self) -> str:
        return f"<VirtualClock at {self._now!r} s>"


@types.coroutine
def _yield(request: object) -> Generator[object, Any, Any]:
    return (yield request)


async def _call_when_resumed(callback: Callable[[], None]) -> None:
    await _yield(None)
    callback()
