"""The arrays in which the kernel keeps what is due: see its module for what they are for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from experiments.population.compiled.kernel import (
    N_DUE,
    N_HEAP,
    N_LIVE,
    NOBODY,
    NOW,
    SOLE,
    WIDTH,
    WINDOW_END,
    Due,
)

WINDOWS_PER_PERIOD = 16
PER_BUCKET = 8.0
"""Fireflies that are due within a bucket of a window, if all are out of step. Both are a matter of
speed alone."""


def roomy_agenda(
    times: NDArray[np.float64], tallies: NDArray[np.int64], n: int, most_hearers: int
) -> Due:
    """An agenda with nothing in it, for n fireflies.

    Parameters
    ----------
    times, tallies
        Its own from now on.
    n
        Fireflies.
    most_hearers
        The most that hear one of them.

    Notes
    -----
    Its entries have room for all fireflies and a quarter more that are stale. Of that only as much
    is in memory as was ever used.
    """
    levels = [0]
    n_words = n
    while not len(levels) > 1 or n_words > 1:
        n_words = (n_words + 63) // 64
        levels.append(levels[-1] + n_words)
    room = n + n // 4 + 2 * most_hearers + 1_024
    n_buckets = 1 + int(n / (WINDOWS_PER_PERIOD * PER_BUCKET))
    return Due(
        times,
        tallies,
        starts=np.empty(n_buckets + 1, dtype=np.int32),
        lasts=np.empty(n_buckets, dtype=np.int32),
        ids=np.empty(room, dtype=np.int32),
        befores=np.empty(room, dtype=np.int32),
        heap_times=np.empty(room, dtype=np.float64),
        heap_ids=np.empty(room, dtype=np.int32),
        bits=np.zeros(levels[-1], dtype=np.uint64),
        levels=np.array(levels, dtype=np.int64),
    )


def forget_due(times: NDArray[np.float64], tallies: NDArray[np.int64]) -> None:
    """Have what is due looked for among all; the bits of who is due now are another matter."""
    times[WINDOW_END] = -math.inf
    tallies[[N_HEAP, N_LIVE, N_DUE]] = 0
    tallies[SOLE] = NOBODY


def set_width(times: NDArray[np.float64], longest_period: float) -> None:
    """Windows are a share of the period, s, but never so short that time couldn't pass."""
    smallest = 16.0 * math.ulp(float(times[NOW]) + longest_period)
    times[WIDTH] = max(longest_period / WINDOWS_PER_PERIOD, smallest)
