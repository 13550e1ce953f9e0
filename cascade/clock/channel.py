"""Channels: how one workflow wakes another."""

from __future__ import annotations

import enum
import math
import types
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterable
from typing import Any, Final, Generic, Literal, Protocol, TypeAlias, TypeVar

from cascade.clock.current import CURRENT, Run
from cascade.clock.seconds import as_seconds
from cascade.errors import ChannelBusyError, ChannelFullError, ClockError

T = TypeVar("T")

NEVER: Final = math.inf


class TimedOut(enum.Enum):
    """Type of :data:`TIMED_OUT`."""

    TIMED_OUT = "timed out"

    def __repr__(self) -> str:
        return "cascade.TIMED_OUT"


TIMED_OUT: Final = TimedOut.TIMED_OUT
"""What ``receive`` gives when its deadline came first."""


Received: TypeAlias = T | Literal[TimedOut.TIMED_OUT]


class Receiver(Protocol):
    """Who waits on a channel, as its clock sees it."""

    value: Any

    @property
    def arouse(self) -> Callable[[Any], object]:
        """Put the receiver on its clock's ready list."""


class Home(Protocol):
    """The clock that a channel was received from last, if it resumes workflows itself."""

    @property
    def running(self) -> object:
        """What it is resuming just now; None between advances."""


class _Nowhere:
    """Where nobody has received from a channel yet."""

    running: Final = None


_NOWHERE: Final = _Nowhere()


class NotHereError(RuntimeError):
    """Tells who receives that he isn't resumed by the channel's home."""


class Channel(Generic[T]):
    """Carries values to the one workflow that waits for them.

    Parameters
    ----------
    capacity
        0: a value sent while nobody waits is gone. n: up to n values are kept
        for the next receiver, one more raises.
    accept
        Filter, called with each value at the moment it is sent. What it
        refuses is gone, whether somebody waits or not.

    Raises
    ------
    ValueError
        The capacity is not an integer >= 0.
    """

    __slots__ = ("_accept", "_capacity", "_home", "_queue", "deadline", "receiver")

    def __init__(self, *, capacity: int = 0, accept: Callable[[T], object] | None = None) -> None:
        if not isinstance(capacity, int) or capacity < 0:
            raise ValueError(f"capacity of a Channel must be an integer >= 0, got {capacity!r}")
        if accept is not None and not callable(accept):
            raise TypeError(f"accept of a Channel must be callable, got {accept!r}")
        self._accept = accept
        self._capacity = capacity
        self._queue: deque[T] | None = deque() if capacity else None
        self._home: Home = _NOWHERE
        # Set by `receive` and by the clock that drives it; nobody else writes them.
        self.deadline = NEVER
        self.receiver: Receiver | None = None

    def send(self, value: T) -> bool:
        """Hand over `value` and return at once; the receiver runs later.

        Returns
        -------
        bool
            Whether the value was taken: False when `accept` refused it, or
            when nobody waits and nothing is kept.

        Raises
        ------
        ChannelFullError
            The channel keeps values and holds as many as it can.
        """
        accept = self._accept
        if accept is not None and not accept(value):
            return False
        receiver = self.receiver
        if receiver is not None:
            self.receiver = None
            receiver.value = value
            arouse = receiver.arouse  # kept on the receiver: no method, and faster apart
            arouse(receiver)
            return True
        if self._queue is None:
            return False
        self._keep(self._queue, value)
        return True

    def _keep(self, queue: deque[T], value: T) -> None:
        """Keep a value for who receives next."""
        if len(queue) >= self._capacity:
            raise ChannelFullError(f"channel is full: it keeps {self._capacity} values")
        queue.append(value)

    @staticmethod
    def send_to_all(channels: Iterable[Channel[T]], value: T) -> int:
        """Send `value` to each of `channels` in turn, as :meth:`send` does, in one call.

        Returns
        -------
        int
            How many took it.

        Raises
        ------
        ChannelFullError
            One keeps values and is full; those after it get nothing.
        """
        taken = 0
        for channel in channels:
            accept = channel._accept
            if accept is not None and not accept(value):
                continue
            receiver = channel.receiver
            if receiver is not None:
                channel.receiver = None
                receiver.value = value
                arouse = receiver.arouse
                arouse(receiver)
                taken += 1
            elif channel._queue is not None:
                channel._keep(channel._queue, value)
                taken += 1
        return taken

    def receive(
        self, *, timeout: float | None = None, deadline: float | None = None
    ) -> Awaitable[Received[T]]:
        """Wait for a value.

        Parameters
        ----------
        timeout
            At most so many seconds of the clock, >= 0.
        deadline
            Until this time of the clock; one that has passed means now.

        Returns
        -------
        T or TIMED_OUT
            The value, or :data:`TIMED_OUT` when the deadline came first.

        Raises
        ------
        TypeError, ValueError
            A time is not a number, or the time-out is negative.
        ChannelBusyError
            Another workflow is waiting on this channel.
        ClockError
            Called outside a workflow of an engine.

        Notes
        -----
        Uses the clock of the run it is awaited in. Cancelling is safe: no
        value is lost by it that had not been handed over.
        """
        if deadline is None:
            deadline = NEVER
        if timeout is None:
            return self.receive_until(deadline)
        return self._receive_within(timeout, deadline)

    @types.coroutine
    def receive_until(self, deadline: float) -> Generator[Any, Received[T], Received[T]]:
        """Wait for a value until a time of the clock: ``receive(deadline=...)``, a little faster.

        For those who wait at every turn: an argument by position alone takes the least.
        """
        if self._queue:
            return self._queue.popleft()
        if self.receiver is not None:
            raise ChannelBusyError("another workflow is receiving from this channel")
        if deadline.__class__ is float:
            self.deadline = deadline
        else:
            self.deadline = as_seconds(deadline, "a deadline")
        if self._home.running is None:
            wait_on_host = self._find_home().wait_on_host
            if wait_on_host is not None:
                received: Received[T] = yield from wait_on_host(self)
                return received
        try:
            return (yield self)
        except RuntimeError as error:
            if not isinstance(error, NotHereError) and "got bad yield" not in str(error):
                raise  # those are asyncio's words: an asyncio task awaited us
        run = self._find_home()
        if run.wait_on_host is None:
            raise ClockError(
                "Channel.receive was awaited in an asyncio task, but its run is on a "
                f"{type(run.clock).__name__}, which knows only workflows"
            )
        if self._queue:  # sent until asyncio told
            return self._queue.popleft()
        if self.receiver is not None:
            raise ChannelBusyError("another workflow is receiving from this channel")
        received = yield from run.wait_on_host(self)
        return received

    @types.coroutine
    def _receive_within(
        self, timeout: float, deadline: float
    ) -> Generator[Any, Received[T], Received[T]]:
        """Wait for a value for a time that begins when this is awaited."""
        if not self._queue and self.receiver is None:
            seconds = as_seconds(timeout, "timeout of receive")
            if seconds < 0:
                raise ValueError(f"timeout of receive must be >= 0 s, got {timeout!r}")
            deadline = as_seconds(deadline, "a deadline")
            deadline = min(deadline, self._find_home().clock.scheduled + seconds)
        received: Received[T] = yield from self.receive_until(deadline)
        return received

    def _find_home(self) -> Run:
        """The run that waits; its clock is the channel's home if it resumes workflows itself.

        To look up the run at each wait takes longer than all else here. So who receives while
        the home resumes a workflow is taken for that. Where it is another, such as one in a
        loop or thread that a workflow begins and waits for, who resumes it tells: the wall
        clock by :class:`NotHereError`, and asyncio by its own error.
        """
        run = CURRENT.get(None)
        if run is None:
            raise ClockError(
                "Channel.receive was awaited outside a workflow: "
                "await it in a task that an Engine runs"
            )
        if run.wait_on_host is None:
            self._home = run.clock
        return run

    def __repr__(self) -> str:
        kept = f"{len(self._queue)}/{self._capacity} kept" if self._queue is not None else "lossy"
        return f"<Channel {kept}, {'one waits' if self.receiver else 'nobody waits'}>"
