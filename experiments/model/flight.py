"""Pulses in flight: sent, and not yet arrived."""

from __future__ import annotations

import heapq
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
    force when it was sent (``u5``), so that is kept instead of a list.
    """

    def __init__(self, pulses: NDArray[np.void] = NO_PULSES) -> None:
        self._heap: list[Pulse] = [
            (arrival, sequence, sender, k, loss)
            for sequence, (arrival, sender, k, loss) in enumerate(pulses.tolist())
        ]
        self._n_sent = len(self._heap)

    def __len__(self) -> int:
        return len(self._heap)

    @property
    def first_arrival(self) -> float:
        """When the next one arrives, s; infinity if none is under way."""
        return self._heap[0][0] if self._heap else float("inf")

    def add(self, arrival: float, sender: int, k: int, loss: float) -> bool:
        """Send a pulse on its way; whether it is the next to arrive."""
        pulse = (arrival, self._n_sent, sender, k, loss)
        self._n_sent += 1
        heapq.heappush(self._heap, pulse)
        return self._heap[0] is pulse

    def take(self) -> Pulse:
        """The next to arrive, which is no longer under way."""
        return heapq.heappop(self._heap)

    def as_array(self) -> NDArray[np.void]:
        """Those under way, in order, shape ``(m,)``; a copy."""
        ordered = [(arrival, sender, k, loss) for arrival, _, sender, k, loss in sorted(self._heap)]
        return np.array(ordered, dtype=PULSES)
