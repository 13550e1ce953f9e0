"""Counter-based random numbers: the same whatever the order they are asked for in.

``u(seed, stream, i, k)`` is a pure function, made of SplitMix64 (Steele, Lea &
Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

MASK: Final = (1 << 64) - 1
START: Final = 0
JITTER: Final = 1
SCRAMBLE: Final = 2
SPREAD: Final = 3
REWIRING: Final = 4
TARGETS: Final = 5
LOSS: Final = 6
"""The streams: initial phases, jitter of each flash, scrambled phases, spread of the periods,
which edges are rewired, to whom, and which pulses are lost."""

_TO_UNIT: Final = 2.0**-53
_AT_ONCE: Final = 1 << 14


def mix(x: int) -> int:
    """One step of SplitMix64, from and to ``[0, 2**64)``."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def mix_array(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """:func:`mix` of each element; same shape."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def stream_keys(seed: int, stream: int, n: int, first: int = 0) -> NDArray[np.uint64]:
    """The part of ``u`` that is constant per firefly and stream, shape ``(n - first,)``.

    ``mix(mix(mix(seed) ^ stream) ^ i)`` for i = `first` … n - 1.
    """
    key = np.uint64(mix(mix(seed) ^ stream))
    return mix_array(key ^ np.arange(first, n, dtype=np.uint64))


def stream_key(seed: int, stream: int, i: int) -> int:
    """That part for one firefly."""
    return mix(mix(mix(seed) ^ stream) ^ i)


def uniform(key: int, k: int) -> float:
    """The k-th number of a stream, in [0, 1), from its key: ``mix(key ^ k)``, written out."""
    x = ((key ^ k) + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return ((x ^ (x >> 31)) >> 11) * _TO_UNIT


def uniform_array(keys: NDArray[np.uint64], k: int) -> NDArray[np.float64]:
    """The k-th number of each stream, shape ``(n,)``, in [0, 1)."""
    return (mix_array(keys ^ np.uint64(k)) >> np.uint64(11)).astype(np.float64) * _TO_UNIT


def first_uniforms(seed: int, stream: int, n: int) -> NDArray[np.float64]:
    """The number 0 of each firefly's stream, shape ``(n,)``, in [0, 1).

    Worked out piece by piece: of a million no more than themselves are in memory.
    """
    numbers = np.empty(n)
    for first in range(0, n, _AT_ONCE):
        end = min(n, first + _AT_ONCE)
        numbers[first:end] = uniform_array(stream_keys(seed, stream, end, first), 0)
    return numbers


def uniforms(key: int, js: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Several numbers of one stream, those of `js`, in [0, 1); same shape."""
    return (mix_array(np.uint64(key) ^ js) >> np.uint64(11)).astype(np.float64) * _TO_UNIT
