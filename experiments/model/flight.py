"""Pulses in flight: sent, and not yet arrived."""

from __future__ import annotations

import heapq
import math
from collections import deque
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

PULSES: Final = np.dtype([("arrival", "<f8"), ("sender", "<u4"), ("k", "<i8"), ("loss", "<f8")])
"""A pulse: when it arrives (s), whose flash it is of, which one, and how likely it was lost."""

NO_PULSES: Final = np.zeros(0, dtype=PULSES)
NO_PULSES.flags.writeable = False

Pulse: TypeAlias = tuple[float, int, int, int, float]
"""Arrival, sequence, sender, k, and the probability of loss when it was sent."""


class PulsesInFlight:
    """Pulses on their way, in the order in which they arrive: by time, then as they were sent.

    Parameters
    ----------
    pulses
        Those under way already, shape ``(m,)`` of :data:`PULSES`, as :meth:`as_array` gives them.

    Notes
    -----
    Which of the hearers miss a pulse follows from its sender, its number and the probability in
    force when it was sent (``u5``), so that is kept instead of a list. With one delay pulses arrive
    as they were sent: that takes a line, and a heap only for those sent after it became less.
    """

    def __init__(self, pulses: NDArray[np.void] = NO_PULSES) -> None:
        self._line: deque[Pulse] = deque(
            (arrival, sequence, sender, k, loss)
            for sequence, (arrival, sender, k, loss) in enumerate(pulses.tolist())
        )
        self._early: list[Pulse] = []  # a heap: sent after others of the line, and arrive before
        self._n_sent = len(self._line)

    def __len__(self) -> int:
        return len(self._line) + len(self._early)

    @property
    def first_arrival(self) -> float:
        """When the next one arrives, s; infinity if none is under way."""
        line = self._line
        if self._early and self._is_early_first():
            return self._early[0][0]
        return line[0][0] if line else math.inf

    def add(self, arrival: float, sender: int, k: int, loss: float) -> bool:
        """Send a pulse on its way; whether it is the next to arrive."""
        line, early = self._line, self._early
        pulse = (arrival, self._n_sent, sender, k, loss)
        self._n_sent += 1
        if line and arrival < line[-1][0]:  # the delay has become less
            heapq.heappush(early, pulse)
            return early[0] is pulse and self._is_early_first()
        line.append(pulse)
        return len(line) == 1 and not (early and self._is_early_first())

    def take(self) -> Pulse:
        """The next to arrive, which is no longer under way."""
        if self._early and self._is_early_first():
            return heapq.heappop(self._early)
        return self._line.popleft()

    def _is_early_first(self) -> bool:
        return not self._line or self._early[0] < self._line[0]

    def as_array(self) -> NDArray[np.void]:
        """Those under way, in order, shape ``(m,)``; a copy."""
        pulses = sorted([*self._line, *self._early])
        ordered = [(arrival, sender, k, loss) for arrival, _, sender, k, loss in pulses]
        return np.array(ordered, dtype=PULSES)
