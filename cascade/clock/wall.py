"""The wall clock: the same workflows in real time, on the host's asyncio loop."""

from __future__ import annotations

import asyncio
import contextvars
import math
import time
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from typing import Any

from cascade.clock.base import Clock, Source, deadlines_of
from cascade.clock.channel import NEVER, TIMED_OUT, Channel, ReceiveWithin
from cascade.clock.crowd import TURN_S, Crowd
from cascade.clock.current import Run
from cascade.clock.seconds import as_seconds
from cascade.clock.within import within_real
from cascade.errors import ClockError


class WallClock(Clock):
    """Real time.

    Workflows run inside the asyncio task that awaits ``Engine.run`` and may
    await anything that asyncio can.

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

    __slots__ = ("_offset", "_scheduled", "_turn_began", "_waiting", "_wakes")

    def __init__(self, start: float | None = None) -> None:
        if start is not None and not math.isfinite(as_seconds(start, "start of a WallClock")):
            raise ValueError(f"start of a WallClock must be finite, got {start!r}")
        self._offset = (time.time() if start is None else start) - time.monotonic()
        self._scheduled: float | None = None
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
        return self.now if self._scheduled is None else self._scheduled

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
            handles[:] = [loop.call_at(loop.time() + t - self.now, on_time)]

        def on_time() -> None:
            if self.now < t:  # the host's timer was early
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
        await Channel[None]().receive(deadline=t)

    def reschedule(self, channels: Sequence[Channel[Any]], deadlines: Sequence[float]) -> None:
        """Give the receivers of `channels` new deadlines; see :meth:`Clock.reschedule`."""
        for channel, deadline in deadlines_of(channels, deadlines):
            if isinstance(channel.receiver, _Waiter):
                channel.receiver.wait_until(deadline)

    async def run_workflow(
        self,
        workflow: Coroutine[Any, Any, Any],
        name: str,
        priority: int,
        run: Run,
    ) -> Any:
        """Run a workflow in the asyncio task that awaits this; the priority means nothing here."""
        run.host = asyncio.current_task()
        try:
            return await self._drive(workflow)
        finally:
            run.host = None

    async def run_crowd(self, source: Source, priority: int | None = None) -> None:
        """Run workflows side by side, in asyncio tasks that this one owns."""
        if source.due:
            await Crowd(source, self._drive).run()

    def is_turn_over(self) -> bool:
        """Whether the host loop has been held for long enough."""
        return time.perf_counter() - self._turn_began > TURN_S

    async def run_within(self, work: Awaitable[Any], seconds: float, name: str) -> Any:
        """The result of `work`, or ``TimeoutError``; see :meth:`Clock.run_within`."""
        return await within_real(lambda: self.now, work, seconds, name)

    def should_yield(self) -> bool:
        """Whether a chain of tail calls has held the host loop for long enough."""
        return time.perf_counter() - self._turn_began > TURN_S

    async def yield_turn(self) -> None:
        """Let the host loop go once round."""
        await asyncio.sleep(0)

    @types.coroutine
    def _drive(self, workflow: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Resume `workflow` in its own context, waiting for channels here, for all else there."""
        call = contextvars.copy_context().run
        waiter: _Waiter | None = None
        resume: Any = workflow.send
        value: Any = None
        scheduled = self.now
        while True:
            outer, self._scheduled = self._scheduled, scheduled
            self._turn_began = time.perf_counter()
            self._wakes += 1
            try:
                request = call(resume, value)
            except StopIteration as stop:
                return stop.value
            finally:
                self._scheduled = outer
            self._waiting += 1
            try:
                if isinstance(request, (Channel, ReceiveWithin)):
                    if waiter is None:
                        waiter = _Waiter(self)
                    value = yield from waiter.receive(request)
                    scheduled = waiter.scheduled
                else:
                    value = yield request
                    scheduled = self.now
                resume = workflow.send
            except BaseException as error:  # noqa: BLE001 - handed on to the workflow
                resume, value, scheduled = workflow.throw, error, self.now
            finally:
                self._waiting -= 1

    def __repr__(self) -> str:
        return f"<WallClock at {self.now:.6f} s>"


class _Waiter:
    """A workflow that waits on a channel, in an asyncio task."""

    __slots__ = (
        "_channel",
        "_clock",
        "_future",
        "_handle",
        "_loop",
        "deadline",
        "scheduled",
        "value",
    )

    def __init__(self, clock: WallClock) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None
        self._future: asyncio.Future[None] | None = None
        self._channel: Channel[Any] | None = None
        self.deadline = NEVER
        self.scheduled = 0.0
        self.value: Any = None

    def receive(self, request: Channel[Any] | ReceiveWithin) -> Generator[Any, Any, Any]:
        channel = request if isinstance(request, Channel) else request.at(self._clock.scheduled)
        if channel.deadline != channel.deadline:
            raise ValueError("a deadline must be a number of seconds, got nan")
        if channel.receiver is not None:
            raise ClockError("another workflow began to receive from this channel")
        self._future = self._loop.create_future()
        self.value = TIMED_OUT
        channel.receiver = self
        self._channel = channel
        try:
            self.wait_until(channel.deadline)
            yield from self._future
        finally:
            self._future = None
            self._let_go()
            if self._handle is not None:
                self._handle.cancel()
                self._handle = None
        return self.value

    def wait_until(self, deadline: float) -> None:
        """Wait until `deadline` instead of what it was before."""
        self.deadline = deadline
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if deadline < NEVER:
            delay = deadline - self._clock.now
            self._handle = self._loop.call_at(self._loop.time() + delay, self._on_deadline)

    def _on_deadline(self) -> None:
        if self._clock.now < self.deadline:  # the host's timer was early
            self._handle = None
            self.wait_until(self.deadline)
        elif self._future is not None and not self._future.done():
            self._let_go()  # a value sent from now on comes too late
            self.scheduled = self.deadline
            self._future.set_result(None)

    def _let_go(self) -> None:
        if self._channel is not None and self._channel.receiver is self:
            self._channel.receiver = None
        self._channel = None

    def arouse(self, _receiver: object) -> None:
        """A value was sent; ``Channel.send`` has put it on `value`."""
        self.scheduled = self._clock.scheduled
        if self._future is not None and not self._future.done():
            self._future.set_result(None)
