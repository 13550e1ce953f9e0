"""Pulses under way, as the kernel stores them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.flight import PULSES
from experiments.population.compiled import kernel
from experiments.population.compiled.kernel import PulseStore

_ROOM: Final = 1 << 10
_FIELDS: Final = ("arrival", "sender", "k", "loss")


def pulses_of(store: PulseStore, tallies: NDArray[np.int64]) -> NDArray[np.void]:
    """Those under way in the order of their arrival, shape ``(m,)`` of ``PULSES``; a copy."""
    queue, overtaking = store.queue, store.heap[: tallies[kernel.OVERTAKING_N]]
    at = (tallies[kernel.QUEUE_FIRST] + np.arange(tallies[kernel.QUEUE_N])) % len(queue)
    both = np.concatenate([queue[at], overtaking])
    both = both[np.lexsort([both["sequence"], both["arrival"]])]
    pulses = np.empty(len(both), dtype=PULSES)
    for name in _FIELDS:
        pulses[name] = both[name]
    return pulses


def roomy_store(pulses: NDArray[np.void], tallies: NDArray[np.int64]) -> PulseStore:
    """Pulses in order, with room for as many again and more; `tallies` tell where they are."""
    m = len(pulses)
    queue, heap = (np.zeros(2 * m + _ROOM, kernel.PULSE).view(np.recarray) for _ in range(2))
    for name in _FIELDS:
        queue[name][:m] = pulses[name]
    queue["sequence"][:m] = np.arange(m)
    tallies[[kernel.QUEUE_FIRST, kernel.OVERTAKING_N]] = 0
    tallies[[kernel.QUEUE_N, kernel.N_SENT]] = m
    return PulseStore(queue, heap)
