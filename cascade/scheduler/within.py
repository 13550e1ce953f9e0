"""Time limits on a part of a workflow, on either clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

from cascade.clock.base import hidden_failure


class CancelledAt(Protocol):
    """A clock that can cancel the workflow that asks for it."""

    @property
    def now(self) -> float:
        """Present time, in seconds."""

    def cancel_at(self, t: float) -> Callable[[], bool]:
        """Cancel the running workflow at `t`; gives what calls that off, and says if it came."""


RunChild = Callable[[Coroutine[Any, Any, Any]], Awaitable[Any]]


async def within_virtual(
    clock: CancelledAt, work: Awaitable[Any], seconds: float, name: str, run_child: RunChild
) -> Any:
    """The result of `work`, which is a child workflow and cancelled when it takes longer.

    Parameters
    ----------
    clock, work, seconds, name
        See ``Clock.run_within``.
    run_child
        Runs a workflow within the one that awaits this.
    """
    is_late = False

    async def limited() -> Any:
        nonlocal is_late
        call_off = clock.cancel_at(clock.now + seconds)
        try:
            return await work
        finally:
            is_late = call_off()

    try:
        result = await run_child(limited())
    except (Exception, asyncio.CancelledError) as error:
        if is_late:
            raise late(name, seconds) from hidden_failure(error)
        raise
    finally:
        if isinstance(work, Coroutine):
            work.close()  # it has ended, or was cancelled before it began
    if is_late:
        raise late(name, seconds)
    return result


async def within_real(
    now: Callable[[], float], work: Awaitable[Any], seconds: float, name: str
) -> Any:
    """The result of `work`, which is cancelled when it takes longer in real time.

    Parameters
    ----------
    now
        Reads the clock.
    work, seconds, name
        See ``Clock.run_within``.
    """
    deadline = now() + seconds
    limit = asyncio.timeout(seconds)
    error: BaseException | None = None
    try:
        async with limit:
            try:
                result = await work
            except (Exception, asyncio.CancelledError) as raised:
                error = raised
                raise
    except TimeoutError as raised:
        if raised is error and not limit.expired():
            raise
        raise late(name, seconds) from (None if error is None else hidden_failure(error))
    except Exception as raised:
        if limit.expired():
            raise late(name, seconds) from raised
        raise
    if limit.expired() or now() > deadline:
        raise late(name, seconds)
    return result


def late(name: str, seconds: float) -> TimeoutError:
    """The error for a task that took too long."""
    return TimeoutError(f"task '{name}' took longer than {seconds:g} s")
