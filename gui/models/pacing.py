"""Pacing: how much virtual time is owed to the wall clock, and how much was achieved."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

LONGEST_DEBT_S: Final = 2.0
"""Wall seconds of virtual time that are kept when the work falls behind."""

_CATCHING_UP: Final = 2.0
"""How much faster than asked, or than lately, time may pass to catch up: leaps hide what happens.

At twice the speed held lately as much wall time goes by between two instants with much to do as
in them, however long these take: then every other frame has something new to show.
"""

_LATELY_S: Final = 2.0
_LONGEST_FRAME_S: Final = 0.25
"""A longer gap is a stall, which says no more than this of what the swarm can hold."""

_LEAST_PACE: Final = 0.01
"""Of what is asked; without it nothing would pass any more after a very long instant."""

_FRAME_S: Final = 1 / 60


class Pacer:
    """Keeps account of the virtual time that is owed.

    Time owed is ``speed * elapsed``. What can't be worked off at once stays
    owed, up to two wall seconds' worth; only the excess is dropped.

    Attributes
    ----------
    dropped
        Virtual seconds dropped so far.
    leap
        Virtual seconds that may pass at once, however many are owed, so that the picture
        shows the time between two busy instants instead of jumping over it.
    """

    def __init__(self) -> None:
        self.dropped = 0.0
        self.leap = math.inf
        self._owed = 0.0
        self._last: float | None = None
        self._asked = self._held = 0.0  # virtual seconds per wall second
        self._paid = 0.0

    def owe(self, wall: float, speed: float) -> float:
        """Virtual seconds owed at `wall`; infinite when the speed is.

        Parameters
        ----------
        wall
            Wall time, seconds, never going back.
        speed
            Virtual seconds per wall second.
        """
        elapsed = 0.0 if self._last is None else wall - self._last
        self._last = wall
        if math.isinf(speed):
            self._owed = 0.0
            self.leap = math.inf
            return math.inf
        if speed != self._asked or math.isinf(self.leap):
            self._asked = self._held = speed  # as long as nothing else is known
        elif elapsed > 0.0:
            weight = -math.expm1(-min(elapsed, _LONGEST_FRAME_S) / _LATELY_S)
            self._held += (self._paid / elapsed - self._held) * weight
        if elapsed > 0.0:
            self._paid = 0.0
        if elapsed > 0.0 or math.isinf(self.leap):
            pace = _CATCHING_UP * min(speed, max(self._held, _LEAST_PACE * speed))
            kept = self.leap if math.isfinite(self.leap) else 0.0
            self.leap = min(kept + pace * elapsed, pace * max(elapsed, _FRAME_S))
        self._owed += speed * elapsed
        excess = self._owed - LONGEST_DEBT_S * speed
        if excess > 0.0:
            self._owed -= excess
            self.dropped += excess
        return self._owed

    def pay(self, virtual: float) -> None:
        """Note that `virtual` seconds have passed."""
        self._owed = max(0.0, self._owed - virtual)
        self._paid += virtual
        self.leap = max(0.0, self.leap - virtual)

    def rest(self, wall: float) -> None:
        """Let wall time pass for which nothing is owed: paused."""
        self._last = wall
        self.leap = math.inf

    def forgive(self) -> None:
        """Owe nothing any more: the run begins anew."""
        self._owed = 0.0
        self._last = None
        self.leap = math.inf


_BURSTS: Final = 1.5
"""How much faster than lately a swarm may run for a moment; the flash guard does the rest."""


class SpeedMeter:
    """Virtual seconds achieved per wall second, over the last `window_s` of wall time."""

    def __init__(self, window_s: float = 1.0) -> None:
        self._window_s = window_s
        self._readings: deque[tuple[float, float]] = deque()

    def note(self, wall: float, virtual: float) -> None:
        """Take a reading of both clocks."""
        self._readings.append((wall, virtual))
        while len(self._readings) > 2 and self._readings[1][0] <= wall - self._window_s:
            self._readings.popleft()

    def rate(self) -> float | None:
        """Virtual seconds per wall second, or None before a third of the window is known."""
        if len(self._readings) < 2:
            return None
        (wall_0, virtual_0), (wall_1, virtual_1) = self._readings[0], self._readings[-1]
        if wall_1 - wall_0 < self._window_s / 3.0:
            return None
        return (virtual_1 - virtual_0) / (wall_1 - wall_0)

    def forget(self) -> None:
        """Begin anew: after a pause, a step or a restart."""
        self._readings.clear()


def display_speed(asked: float, achieved: float | None) -> float:
    """How fast the picture runs at worst.

    What is asked until it is known what was achieved lately; then that, or more
    if it falls short of what is asked: bursts of a swarm that catches up are
    faster than the mean.
    """
    if achieved is None:
        return asked
    return max(achieved, min(asked, _BURSTS * achieved))
