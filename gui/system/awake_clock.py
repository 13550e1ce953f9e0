"""Wall time without the time for which this program was stopped, or the machine asleep."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

LONGEST_WAIT_S: Final = 1.0
"""The clock must be read at least this often: a longer silence is unusual."""

_SHORTEST_STOP_S: Final = 5.0
"""On a machine with too much to do a program may well get no turn for two or three seconds."""

_MOST_WORK: Final = 0.25
"""Share of a silence that was worked through, from which on it was work and no stop."""


class AwakeClock:
    """A monotonic clock that stands still while nobody could look at it.

    A program that is stopped, or whose machine sleeps, finds that a minute has passed
    between two looks. Nothing is owed for that minute, nothing was late in it, and no
    deadline ran out: so it is left out once, in the clock that everything uses.

    Parameters
    ----------
    monotonic
        Seconds of wall time, never going back.
    cpu
        Seconds of processor time of this program: a long silence in which it worked hard
        is no stop.

    Attributes
    ----------
    stopped_s
        Seconds left out so far.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        self.stopped_s = 0.0
        self._monotonic = monotonic
        self._cpu = cpu
        self._last = self._noted = monotonic()
        self._cpu_noted = cpu()

    def __call__(self) -> float:
        """Seconds; only differences mean anything."""
        now = self._monotonic()
        silence = now - self._last
        if silence > _SHORTEST_STOP_S and self._cpu() - self._cpu_noted < _MOST_WORK * silence:
            self.stopped_s += silence
        if now - self._noted > LONGEST_WAIT_S / 4:
            self._noted, self._cpu_noted = now, self._cpu()
        self._last = now
        return now - self.stopped_s
