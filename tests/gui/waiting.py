"""Waiting for what is going to happen, however long a busy machine takes for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from gui.laboratory import Laboratory

LONGEST_S = 120.0
"""Far more than anything takes: only what never happens is waited for that long."""


def slowed(seconds: float) -> float:
    """What a promise in seconds comes to where others hold the cores as well.

    By how many wait for them: those of the last minute, or those of just now if they are more.
    """
    cores = os.cpu_count() or 1
    return seconds * max(1.0, 2.0 * max(_waiting_lately(), _waiting_now()) / cores)


def _waiting_lately() -> float:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _waiting_now() -> int:
    """How many run or wait for a core at this moment, ourselves among them; 0 if nobody knows."""
    try:
        running, _, _ = Path("/proc/loadavg").read_text(encoding="ascii").split()[3].partition("/")
    except OSError:
        return 0
    return int(running)


async def until(condition: Callable[[], object], seconds: float = LONGEST_S) -> None:
    """Wait until something holds, letting the loop run."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def until_later(lab: Laboratory, t: float) -> None:
    """Wait until the run has passed a time, in seconds of its own."""
    await until(lambda: lab.simulation.now > t)


async def frames(lab: Laboratory, n: int = 3) -> None:
    """Wait until the pump has gone round so many times more: a time would be none on a machine
    that is busy elsewhere."""
    counter = _Counter()
    lab.pump.watchers.append(counter)
    try:
        await until(lambda: counter.n >= n)
    finally:
        lab.pump.watchers.remove(counter)


class _Counter:
    """Counts the frames of a pump, which doesn't rest meanwhile."""

    wants_pictures = True

    def __init__(self) -> None:
        self.n = 0

    def take(self, _wall: float) -> None:
        self.n += 1
