"""The works, the same for every rival, and how they are timed.

======================= =================================================================
``wide``                n plain functions, none of which needs another; their results
``wide_coroutines``     the same of coroutine functions, which may wait side by side
``chain``               n plain functions, each of which needs the one before; the last result
``virtual_sleeps``      workflows that sleep in virtual time, a number of times each
``waiting``             workflows that wait for something that doesn't come
======================= =================================================================

Graphs are declared, built and run, each time anew. What comes out is compared with what must.
Time is the processor's, of all threads.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Awaitable, Callable
from typing import Final

from experiments.benchmarks.processes import resident_bytes

GRAPHS: Final = ("wide", "wide_coroutines", "chain")


class WrongResultError(RuntimeError):
    """A work gave something else than it must."""


def check(found: object, expected: object) -> None:
    """Refuse a result that isn't right.

    Raises
    ------
    WrongResultError
        It is another one.
    """
    if found != expected:
        raise WrongResultError(f"gave {found!r:.100} instead of {expected!r:.100}")


def timed(work: Callable[[], object], expected: object, times: int) -> list[float]:
    """Processor seconds of some calls, one after the other."""
    seconds = []
    for _ in range(times):
        began = time.process_time()
        found = work()
        seconds.append(time.process_time() - began)
        check(found, expected)
        del found
    return seconds


async def timed_here(
    work: Callable[[], Awaitable[object]], expected: object, times: int
) -> list[float]:
    """As :func:`timed`, for what is awaited."""
    seconds = []
    for _ in range(times):
        began = time.process_time()
        found = await work()
        seconds.append(time.process_time() - began)
        check(found, expected)
        del found
    return seconds


def leaf(i: int) -> int:
    """A task that does nothing."""
    return i


async def leaf_coroutine(i: int) -> int:
    """The same, to be awaited."""
    return i


def step(x: int) -> int:
    """A task that needs the one before."""
    return x + 1


def sleep_s(sleeper: int, k: int) -> float:
    """How long somebody sleeps for the k-th time, virtual seconds: 0.001 to 1."""
    return (1 + (7919 * sleeper + 104_729 * k) % 1000) / 1000


def last_wake_ms(sleepers: int, each: int) -> int:
    """When the last of them wakes for the last time, virtual ms."""
    return max(
        round(sum(1000 * sleep_s(sleeper, k) for k in range(each))) for sleeper in range(sleepers)
    )


def resident() -> int:
    """Resident bytes of this process, with no garbage in them.

    Raises
    ------
    OSError
        This system doesn't say.
    """
    gc.collect()
    found = resident_bytes()
    if found is None:
        raise OSError("resident memory needs /proc")
    return found
