"""A schedule of absolute deadlines on the running loop, for frames and for probes."""

from __future__ import annotations

import asyncio
import math


class RateSchedule:
    """Deadlines ``k / rate`` after its first use; it never drifts, and never queues.

    Attributes
    ----------
    missed
        Deadlines that passed while the loop was busy, and were left out.
    """

    def __init__(self, rate_hz: float) -> None:
        self.missed = 0
        self._rate_hz = rate_hz
        self._begun: float | None = None
        self._number = 0

    async def next(self) -> float:
        """Wait for the next deadline that is still to come.

        Returns
        -------
        float
            How late the loop came back, in seconds; never below zero.

        Notes
        -----
        Cancelling is safe. The clock is the running loop's.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._begun is None:
            self._begun = now
        upcoming = math.floor((now - self._begun) * self._rate_hz) + 1
        following = self._number + 1
        self.missed += max(0, upcoming - following)
        self._number = max(upcoming, following)
        deadline = self._begun + self._number / self._rate_hz
        await asyncio.sleep(deadline - now)
        return loop.time() - deadline

    def catch_up(self) -> None:
        """Take the deadline that has passed last for the one waited for: it is late already."""
        if self._begun is None:
            return
        now = asyncio.get_running_loop().time()
        passed = math.floor((now - self._begun) * self._rate_hz)
        self.missed += max(0, passed - self._number - 1)
        self._number = max(self._number, passed)

    def left(self) -> float:
        """Seconds until the deadline after the one last waited for."""
        if self._begun is None:
            return 0.0
        following = self._begun + (self._number + 1) / self._rate_hz
        return following - asyncio.get_running_loop().time()

    def forget(self) -> None:
        """Begin anew at the next use."""
        self._begun = None
        self._number = 0
