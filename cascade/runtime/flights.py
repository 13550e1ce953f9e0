"""Flights: of calls that a cache can't tell apart, one is executed and the others wait for it.

A flight is one such call under way. Who leads it executes the task; whoever comes meanwhile
gets in line behind. When the leader has succeeded, all of them look into the cache; when it
has failed or was cancelled, the first in line leads.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Hashable, Mapping
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from cascade.adapters.cache import Arguments, FileCache, call_of
from cascade.adapters.fingerprint import FingerprintError
from cascade.clock.base import Clock
from cascade.clock.channel import Channel
from cascade.clock.virtual import VirtualClock
from cascade.spec.cache_policy import MISS, CachePolicy
from cascade.spec.lazy import Lazy
from cascade.spec.task import Task

T = TypeVar("T")


class Flight:
    """One call under way.

    Parameters
    ----------
    key
        What it is found by until it has landed.
    policy
        The cache that is asked; kept, so that no other gets its identity meanwhile.
    """

    __slots__ = ("_awaited", "_key", "_line", "_policy")

    def __init__(self, key: Hashable, policy: CachePolicy) -> None:
        self._key = key
        self._policy = policy
        self._line: deque[_Turn] = deque()
        self._awaited: Counter[Flight] = Counter()  # by what is executed below its leader

    async def lead(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, which is what the others wait for."""
        above = _led.get()
        _led.set((*above, self))
        try:
            result = await work
        except BaseException:
            self._pass_on()
            raise
        finally:
            _led.set(above)
        self._land()
        return result

    def waits_for_us(self) -> bool:
        """Whether it can't land before the call that asks has ended."""
        ours, seen, left = set(_led.get()), set[Flight](), [self]
        while left and ours:
            flight = left.pop()
            if flight in ours:
                return True
            if flight not in seen:
                seen.add(flight)
                left += flight._awaited
        return False

    async def wait(self) -> bool:
        """Wait for the leader; True if it has failed, and who waited is to lead now.

        Notes
        -----
        On the clock of the run that awaits this. Cancelling is safe: the next in line leads.
        """
        turn, above = _Turn(), _led.get()
        self._line.append(turn)
        for flight in above:
            flight._awaited[self] += 1
        try:
            await turn.came.receive()
        except BaseException:
            if turn.leads:
                self._pass_on()
            elif turn in self._line:
                self._line.remove(turn)
            raise
        finally:
            for flight in above:
                flight._awaited[self] -= 1
                if not flight._awaited[self]:
                    del flight._awaited[self]
        return turn.leads

    def _land(self) -> None:
        del _flights[self._key]
        while self._line:
            self._line.popleft().came.send(None)

    def _pass_on(self) -> None:
        """The leader has failed: the first in line leads, if anybody is."""
        if self._line:
            turn = self._line.popleft()
            turn.leads = True
            turn.came.send(None)
        else:
            del _flights[self._key]


class _Turn:
    """One who waits for a flight."""

    __slots__ = ("came", "leads")

    def __init__(self) -> None:
        self.came: Channel[None] = Channel(capacity=1)
        self.leads = False


_flights: Final[dict[Hashable, Flight]] = {}
_led: ContextVar[tuple[Flight, ...]] = ContextVar("flights led", default=())


async def find_or_make(
    cache: CachePolicy,
    task: Task[..., Any],
    named: Mapping[str, Any],
    clock: Clock,
    make: Callable[[], Coroutine[Any, Any, Any]],
    note_hit: Callable[[], None],
) -> Any:
    """The result of a call from the cache, if need be when another execution has put it there.

    Parameters
    ----------
    cache, task, named
        Where it may be, and the call: the task and its arguments by parameter.
    clock
        That of the run.
    make
        Executes the task.
    note_hit
        Called if the result was found.
    """
    arguments = Arguments(named)
    key = _key_of(cache, task, arguments, clock)
    while True:
        found = cache.check(task, arguments)
        if found is not MISS:
            note_hit()
            return found
        flight = None if key is None else _flights.get(key)
        if key is None or (flight is not None and flight.waits_for_us()):
            return await _make(cache, task, arguments, make)
        if flight is None:
            flight = _flights[key] = Flight(key, cache)
        elif not await flight.wait():
            key = None  # it has landed: the cache has its result now, or keeps none
            continue
        return await flight.lead(_make(cache, task, arguments, make))


async def _make(
    cache: CachePolicy,
    task: Task[..., Any],
    arguments: Arguments,
    make: Callable[[], Coroutine[Any, Any, Any]],
) -> Any:
    """Execute the task, and store its result."""
    result = await make()
    if not isinstance(result, Lazy):
        cache.save(task, arguments, result)
    return result


def _key_of(
    policy: CachePolicy, task: Task[..., Any], arguments: Arguments, clock: Clock
) -> Hashable | None:
    """What flights of a call are known by; None if nothing is known of it.

    Runs share flights if they share the cache, or the directory of one in files, and
    live in the same time: on one virtual clock, or in real time on one loop.
    """
    try:
        call = call_of(task, arguments)
    except FingerprintError:
        return None
    time = clock if isinstance(clock, VirtualClock) else asyncio.get_running_loop()
    if isinstance(policy, FileCache) and (path := policy.path_of(task, arguments)) is not None:
        return time, os.path.realpath(path)  # of whatever Task object, of one function
    return time, id(policy), task.serial, call.task.digits, call.digits
