"""The wall clock: the same workflows in real time, on the host's asyncio loop."""

from __future__ import annotations

import asyncio
import contextvars
import math
import time
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from typing import Any, Final

from cascade.clock.base import Clock, Source, deadlines_of, wrong_clock
from cascade.clock.channel import NEVER, TIMED_OUT, Channel, NotHereError
from cascade.clock.current import CURRENT, Run
from cascade.clock.seconds import as_duration, as_seconds
from cascade.scheduler.crowd import TURN_S, Crowd
from cascade.scheduler.request import Renewal
from cascade.scheduler.within import within_real

_LONGEST_TIMER_S: Final = 86_400.0
"""Timers of a Qt host count milliseconds in 32 bits: 25 days, and longer ones fail."""


class WallClock(Clock):
    """Real time.

    Workflows run inside the asyncio task that awaits ``Engine.run`` and may
    await anything that asyncio can. ``sleep`` and channels work in asyncio tasks
    that they make, too.

    Parameters
    ----------
    start
        Time it shows now, in seconds; Unix time by default. It goes on
        monotonically from there, whatever happens to the system's clock.

    Raises
    ------
    TypeError, ValueError
        `start` is not a number or not finite.
    """

    __slots__ = ("_offset", "_scheduled", "_step", "_turn_began", "_waiting", "_wakes")

    def __init__(self, start: float | None = None) -> None:
        if start is not None and not math.isfinite(as_seconds(start, "start of a WallClock")):
            raise ValueError(f"start of a WallClock must be finite, got {start!r}")
        self._offset = (time.time() if start is None else start) - time.monotonic()
        self._scheduled: float | None = None  # while a workflow is resumed
        # An asyncio task that a workflow has made, and what its present step was woken for.
        self._step: tuple[asyncio.Task[Any] | None, float] | None = None
        self._turn_began = 0.0
        self._waiting = 0
        self._wakes = 0

    @property
    def now(self) -> float:
        """Present time, in seconds."""
        return self._offset + time.monotonic()

    @property
    def scheduled(self) -> float:
        """The time for which the present wake was scheduled; never later than `now`."""
        if self._scheduled is not None:
            return self._scheduled
        step = self._step
        if step is not None and asyncio._get_running_loop() is not None:
            task, t = step
            if task is asyncio.current_task():
                return t
        return self.now

    @property
    def wakes(self) -> int:
        """Resumptions of workflows since the clock was made."""
        return self._wakes

    @property
    def waiting(self) -> int:
        """Workflows that wait for something just now."""
        return self._waiting

    def call_at(self, t: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` when the clock shows `t`, never earlier; gives what cancels that."""
        loop = asyncio.get_running_loop()

        handles: list[asyncio.TimerHandle] = []

        def set_timer() -> None:
            delay = min(t - self.now, _LONGEST_TIMER_S)
            handles[:] = [loop.call_at(loop.time() + delay, on_time)]

        def on_time() -> None:
            if self.now < t:  # the host's timer was early, or `t` is far away
                set_timer()
            else:
                callback()

        set_timer()
        return lambda: handles[0].cancel()

    async def sleep_until(self, t: float) -> None:
        """Wait until the clock shows `t` seconds; a time that has passed means now.

        Never returns early. Cancelling is safe.

        Raises
        ------
        TypeError, ValueError
            `t` is not a number or not finite.
        """
        if t.__class__ is not float:
            t = as_seconds(t, "what sleep_until takes")
        if not -math.inf < t < math.inf:
            raise ValueError(f"sleep_until takes a finite time in seconds, got {t!r}")
        await self._wait_until(t)

    async def sleep(self, s: float) -> None:
        """Wait `s` seconds of this clock; see :meth:`Clock.sleep`."""
        await self._wait_until(self.now + as_duration(s))

    def _wait_until(self, t: float) -> Awaitable[Any]:
        run = CURRENT.get(None)
        if run is not None and run.clock is not self:
            raise wrong_clock(self, run)
        channel: Channel[None] = Channel()
        channel.deadline = t
        return _Waiter(self).receive(channel)

    def wait_on_host(self, channel: Channel[Any]) -> Generator[Any, Any, Any]:
        """Wait for a value in the asyncio task that awaits this."""
        return _Waiter(self).receive(channel)

    def note_wake(self, t: float) -> None:
        """The workflow or asyncio task that goes on now was woken for the time `t`."""
        if self._scheduled is not None:  # a workflow
            self._scheduled = t
        else:
            self._step = asyncio.current_task(), t
            # What it awaits next ends this step, and comes after this call.
            asyncio.get_running_loop().call_soon(self._end_step)

    def _end_step(self) -> None:
        self._step = None

    def reschedule(self, channels: Sequence[Channel[Any]], deadlines: Sequence[float]) -> None:
        """Give the receivers of `channels` new deadlines; see :meth:`Clock.reschedule`."""
        for channel, deadline in deadlines_of(channels, deadlines):
            if isinstance(channel.receiver, _Waiter):
                channel.receiver.wait_until(deadline)

    async def run_workflow(self, run: Run, target: Any, priority: int) -> Any:
        """Run a workflow in the asyncio task that awaits this; the priority means nothing here."""
        run.host = asyncio.current_task()
        try:
            return await self._drive(run.run(target))
        finally:
            run.host = None

    async def run_crowd(self, source: Source, priority: int | None = None) -> None:
        """Run workflows side by side, in asyncio tasks that this one owns."""
        if source.due:
            await Crowd(source, self._drive).run()

    def is_turn_over(self) -> bool:
        """Whether the host loop has been held for long enough."""
        return time.perf_counter() - self._turn_began > TURN_S

    should_yield = is_turn_over

    def end_of_turn(self) -> asyncio.Future[None]:
        """Done when the host loop has gone on."""
        loop = asyncio.get_running_loop()
        end: asyncio.Future[None] = loop.create_future()
        loop.call_soon(end.set_result, None)
        return end

    async def run_within(self, work: Awaitable[Any], seconds: float, name: str) -> Any:
        """The result of `work`, or ``TimeoutError``; see :meth:`Clock.run_within`."""
        return await within_real(lambda: self.now, work, seconds, name)

    async def yield_turn(self) -> None:
        """Let the host loop go once round."""
        await asyncio.sleep(0)

    async def renew_context(self, context: contextvars.Context) -> None:
        """Let the running workflow go on in a copy of `context`, at the same moment."""
        await Renewal(context)

    @types.coroutine
    def _drive(self, workflow: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Resume `workflow` in its own context; asyncio waits for what it yields."""
        call = contextvars.copy_context().run
        resume: Any = workflow.send
        value: Any = None
        while True:
            outer, self._scheduled = self._scheduled, self.now
            self._turn_began = time.perf_counter()
            self._wakes += 1
            try:
                request = call(resume, value)
            except StopIteration as stop:
                return stop.value
            finally:
                self._scheduled = outer
                value = None  # an error that ends it has a traceback, which leads back here
            if request.__class__ is Renewal:
                call = request.context.copy().run
                resume, value = workflow.send, None
                continue
            if isinstance(request, Channel):
                resume, value = workflow.throw, NotHereError()
                continue
            self._waiting += 1
            try:
                value = yield request
                resume = workflow.send
            except BaseException as error:  # noqa: BLE001 - handed on to the workflow
                resume, value = workflow.throw, error
            finally:
                self._waiting -= 1

    def __repr__(self) -> str:
        return f"<WallClock at {self.now:.6f} s>"


class _Waiter:
    """One wait on a channel, in an asyncio task."""

    __slots__ = ("_channel", "_clock", "_future", "_handle", "_scheduled", "deadline", "value")

    def __init__(self, clock: WallClock) -> None:
        self._clock = clock
        self._handle: asyncio.TimerHandle | None = None
        self._scheduled = 0.0
        self.deadline = NEVER
        self.value: Any = TIMED_OUT

    @types.coroutine
    def receive(self, channel: Channel[Any]) -> Generator[Any, Any, Any]:
        """The value of `channel`, in the asyncio task that awaits this."""
        if channel.deadline != channel.deadline:
            raise ValueError("a deadline must be a number of seconds, got nan")
        if channel.deadline < self._clock.scheduled:
            # It came before what this workflow goes on with, only the machine is late. Nobody
            # may overtake it again: those who send all the time would hold it up for ever.
            yield
            self._clock.note_wake(channel.deadline)
            return TIMED_OUT
        self._future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        channel.receiver = self
        self._channel = channel
        try:
            self.wait_until(channel.deadline)
            yield from self._future
        finally:
            self._let_go()
            if self._handle is not None:
                self._handle.cancel()
        self._clock.note_wake(self._scheduled)
        return self.value

    def wait_until(self, deadline: float) -> None:
        """Wait until `deadline` instead of what it was before."""
        self.deadline = deadline
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if deadline < NEVER:
            loop = self._future.get_loop()
            delay = min(deadline - self._clock.now, _LONGEST_TIMER_S)
            self._handle = loop.call_at(loop.time() + delay, self._on_deadline)

    def _on_deadline(self) -> None:
        if self._clock.now < self.deadline:  # the timer was early, or the deadline is far away
            self._handle = None
            self.wait_until(self.deadline)
        elif not self._future.done():
            self._let_go()  # a value sent from now on comes too late
            self._scheduled = self.deadline
            self._future.set_result(None)

    def _let_go(self) -> None:
        if self._channel.receiver is self:
            self._channel.receiver = None

    def arouse(self, _receiver: object) -> None:
        """A value was sent; ``Channel.send`` has put it on `value`."""
        self._scheduled = self._clock.scheduled
        if not self._future.done():
            self._future.set_result(None)
