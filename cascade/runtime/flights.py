"""Flights: of calls that a cache can't tell apart, one is executed and the others wait for it.

A flight is one such call under way. Who leads it executes the task; whoever comes meanwhile
gets in line behind. When the leader has succeeded, all of them look into the cache; when it
has failed or was cancelled, the first in line leads. So it does when the leader has to wait
until it may begin: what that waits for may be held by those in the line.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Hashable, Mapping
from contextvars import ContextVar
from typing import Any, Final

from cascade.adapters.cache import Arguments, FileCache, call_of
from cascade.adapters.fingerprint import FingerprintError
from cascade.clock.base import Clock
from cascade.clock.channel import Channel
from cascade.spec.cache_policy import MISS, CachePolicy
from cascade.spec.lazy import Lazy
from cascade.spec.task import Task


class Flight:
    """One call under way.

    Parameters
    ----------
    key
        What it is found by until it has landed.
    policy
        The cache that is asked; kept, so that no other gets its identity meanwhile.
    """

    __slots__ = ("_awaited", "_key", "_line", "_offered", "_policy")

    def __init__(self, key: Hashable, policy: CachePolicy) -> None:
        self._key = key
        self._policy = policy
        self._line: deque[_Turn] = deque()
        self._offered: _Turn | None = None  # who is to lead, and has not heard of it yet
        self._awaited: Counter[Flight] = Counter()  # by what is executed below its leader

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
            while turn.waits:
                await turn.came.receive()
                turn.is_told = False
        except BaseException:
            if turn.leads:
                self.pass_on()
            elif turn.waits:
                self._line.remove(turn)
            raise
        finally:
            for flight in above:
                flight._awaited[self] -= 1
                if not flight._awaited[self]:
                    del flight._awaited[self]
        if turn.leads:
            self._offered = None
        return turn.leads

    def take_over(self) -> bool:
        """Lead instead of who is to lead and has not begun with it; tells whether that is so.

        For one who may begin at once. Otherwise those who may begin, and those who are to lead,
        could give way to each other for ever.
        """
        turn, self._offered = self._offered, None
        if turn is None:
            return False
        turn.leads, turn.waits = False, True
        self._line.appendleft(turn)
        return True

    def land(self) -> None:
        """The leader has succeeded: nobody waits any longer."""
        del _flights[self._key]
        while self._line:
            self._line.popleft().call(leads=False)

    def pass_on(self) -> None:
        """The leader has failed or waits: the first in line leads, if anybody is."""
        self._offered = None
        if self._line:
            turn = self._offered = self._line.popleft()
            turn.call(leads=True)
        else:
            del _flights[self._key]


class _Turn:
    """One who waits for a flight."""

    __slots__ = ("came", "is_told", "leads", "waits")

    def __init__(self) -> None:
        self.came: Channel[None] = Channel(capacity=1)
        self.is_told = False  # and has not gone on yet
        self.leads = False
        self.waits = True

    def call(self, leads: bool) -> None:
        """Let it go on, once it has left the line."""
        self.leads, self.waits = leads, False
        if not self.is_told:
            self.is_told = True
            self.came.send(None)


_flights: Final[dict[Hashable, Flight]] = {}
_led: ContextVar[tuple[Flight, ...]] = ContextVar("flights led", default=())


def n_under_way() -> int:
    """How many calls are under way, in the whole process."""
    return len(_flights)


class Lookup:
    """One who wants the result of a call: it is found in a cache, or made for all who want it.

    Parameters
    ----------
    cache, task, named
        Where it may be, and the call: the task and its arguments by parameter.
    clock
        That of the run.
    note_hit
        Called if the result was found.

    Attributes
    ----------
    found
        The result, once it was found.
    """

    __slots__ = (
        "_arguments", "_cache", "_flight", "_key", "_leads", "_note_hit", "_task", "found"
    )  # fmt: skip

    def __init__(
        self,
        cache: CachePolicy,
        task: Task[..., Any],
        named: Mapping[str, Any],
        clock: Clock,
        note_hit: Callable[[], None],
    ) -> None:
        self._cache = cache
        self._task = task
        self._arguments = Arguments(named)
        self._key = _key_of(cache, task, self._arguments, clock)
        self._note_hit = note_hit
        self._flight: Flight | None = None  # which it leads
        self._leads = False
        self.found: Any = MISS

    async def find_or_make(self, make: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """The result from the cache, if need be when another execution has put it there.

        Parameters
        ----------
        make
            Executes the task, and gives the result of that or what was found meanwhile.
        """
        if await self.is_found():
            return self.found
        try:
            result = await make()
            if self.found is MISS and not isinstance(result, Lazy):
                self._cache.save(self._task, self._arguments, result)
        except BaseException:
            self.step_aside()
            raise
        flight = self._let_go()
        if flight is not None:
            flight.land()
        return result

    async def is_found(self) -> bool:
        """Whether another has made it; otherwise this one leads when this returns.

        Notes
        -----
        Waits for another's flight on the clock of the run. Cancelling is safe.
        """
        while not self.leads():
            if self.found is not MISS:
                return True
            flight = _flights[self._key]
            if await flight.wait():
                self._lead(flight)
            else:
                self._key = None  # it has landed: the cache has its result now, or keeps none
        return False

    def leads(self) -> bool:
        """Whether it is this one who executes the task: not if it was found, or another does."""
        if self._leads:
            return True
        if self.found is MISS:
            self.found = self._cache.check(self._task, self._arguments)
            if self.found is not MISS:
                self._note_hit()
        if self.found is not MISS:
            return False
        flight = None if self._key is None else _flights.get(self._key)
        if flight is not None:
            self._leads = flight.waits_for_us()
        elif self._key is None:
            self._leads = True
        else:
            flight = _flights[self._key] = Flight(self._key, self._cache)
            self._lead(flight)
        return self._leads

    def leads_now(self) -> bool:
        """The same, for one who may begin at once: before those who would have to ask first."""
        flight = None if self._key is None else _flights.get(self._key)
        if not self.leads() and self.found is MISS and flight is not None and flight.take_over():
            self._lead(flight)
        return self._leads

    def step_aside(self) -> None:
        """Let another lead: this one has failed, or has to wait until it may begin."""
        flight = self._let_go()
        if flight is not None:
            flight.pass_on()

    def _lead(self, flight: Flight) -> None:
        self._leads, self._flight = True, flight
        _led.set((*_led.get(), flight))

    def _let_go(self) -> Flight | None:
        flight, self._flight, self._leads = self._flight, None, False
        if flight is not None:
            _led.set(tuple([each for each in _led.get() if each is not flight]))
        return flight


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
    time = clock.timeline()
    if isinstance(policy, FileCache) and (path := policy.path_of(task, arguments)) is not None:
        return time, os.path.realpath(path)  # of whatever Task object, of one function
    return time, id(policy), task.serial, call.task.digits, call.digits
